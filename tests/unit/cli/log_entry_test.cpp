// Lines of the record that anybody may have written.
#include "cli/log_entry.h"

#include <gtest/gtest.h>

namespace dpol::cli {
namespace {

constexpr const char* kWhole =
    R"({"seq":7,"schema":"dpol.log/1","at":"2025-02-13T14:05:00Z","decision":"promoted",)"
    R"("release":{"service":"cart","version":"1.2.0","environment":null},)"
    R"("policies":[{"id":"p","decision":"promoted","stage":"100%","decided_by":[{"rule":"p.a","outcome":"held"}]}],)"
    R"("metrics":[{"metric":"m","value":"0.18","unit":"s"}]})";

TEST(LogEntry, IsReadAsItWasWritten) {
  const auto read = read_log_entry(kWhole);
  ASSERT_TRUE(std::holds_alternative<LoggedDecision>(read));
  const auto& one = std::get<LoggedDecision>(read);
  EXPECT_EQ(one.number, 7U);
  EXPECT_EQ(one.decision, "promoted");
  EXPECT_EQ(one.service, "cart");
  EXPECT_EQ(one.environment, "");
  ASSERT_EQ(one.policies.size(), 1U);
  EXPECT_EQ(one.policies[0].stage, "100%");
  EXPECT_EQ(one.policies[0].decided_by, std::vector<std::string>{"p.a held"});
  ASSERT_EQ(one.metrics.size(), 1U);
  EXPECT_EQ(one.metrics[0].value.to_string(), "0.18");
}

TEST(LogEntry, WhatSaysNothingIsRefused) {
  const std::string whole = kWhole;
  const std::pair<const char*, const char*> changes[] = {
      {R"("seq":7)", R"("seq":0)"},           {R"("seq":7)", R"("seq":1e300)"},     {R"("seq":7)", R"("seq":"7")"},
      {R"("seq":7,)", ""},                    {"log/1", "log/2"},                   {"14:05:00Z", "24:05:00"},
      {R"("promoted",)", "3,"},               {R"({"service":"cart",)", R"([],"x":{)"}, {R"("cart")", "[]"},
      {R"([{"id")", R"([3,{"id")"},           {R"([{"rule")", R"([[],{"rule")"},    {R"("0.18")", R"("much")"},
      {R"("0.18")", R"("1e300")"},            {R"("0.18")", "0.18"},                {R"([{"metric")", R"({"a":{"metric")"}};
  for (const auto& [from, to] : changes) {
    std::string changed = whole;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    EXPECT_TRUE(std::holds_alternative<std::string>(read_log_entry(changed))) << changed;
  }
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_TRUE(std::holds_alternative<std::string>(read_log_entry(whole.substr(0, length)))) << length;
  EXPECT_TRUE(std::holds_alternative<std::string>(read_log_entry(std::string(100'000, '['))));
}

}  // namespace
}  // namespace dpol::cli
