// Which lines of documents --explain shows.

#include "cli/quotes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dpol::cli {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

decision::Verdict looked_at(std::vector<std::pair<std::string, std::string>> parts) {
  decision::RuleVerdict rule;
  for (auto& [expr, source] : parts) rule.observed.push_back({std::move(expr), 0, 1, {"1"}, std::move(source), true});
  decision::PolicyVerdict policy;
  policy.rules = {rule};
  decision::Verdict verdict;
  verdict.policies = {policy};
  return verdict;
}

TEST(Quotes, AreTheLinesThatAReportNames) {
  const KeptDocuments documents = {{"a.json", "{\n  \"failed\": 2,\r\n  \"db_password\": \"hidden\"\n}"}};
  EXPECT_THAT(quoted_lines(looked_at({{"failed", "a.json:2"}, {"db_password", "a.json:3"}, {"end", "a.json:4"}}), documents),
              UnorderedElementsAre(Pair("a.json:2", "\"failed\": 2,"), Pair("a.json:3", "\"db_password\": ***"), Pair("a.json:4", "}")));
  EXPECT_THAT(quoted_lines(looked_at({{"x", "a.json:5"}, {"x", "b.json:1"}, {"x", "--fact x"}, {"x", "a.json"}, {"x", "http://a.json:2"}}), documents),
              IsEmpty());
}

TEST(Quotes, OfALongLineThePartAroundTheName) {
  const std::string line = "{\"" + std::string(500, 'a') + "\": 1, \"critical\": 7, \"" + std::string(500, 'b') + "\": 2}";
  const auto found = quoted_lines(looked_at({{"scan.critical", "a.json:1"}}), {{"a.json", line}});
  ASSERT_EQ(found.size(), 1U);
  const std::string& text = found.begin()->second;
  EXPECT_LT(text.size(), 200U);
  EXPECT_TRUE(text.starts_with("…aaa") && text.ends_with("b…")) << text;
  EXPECT_NE(text.find("\"critical\": 7"), std::string::npos);
}

// No character is cut in two.
TEST(Quotes, KeepCharactersWhole) {
  std::string line = "x";
  for (int i = 0; i < 300; ++i) line += "ä";
  const auto found = quoted_lines(looked_at({{"none", "a.txt:1"}}), {{"a.txt", line}});
  const std::string& text = found.begin()->second;
  EXPECT_TRUE(text.ends_with("ä…"));
}

}  // namespace
}  // namespace dpol::cli
