// docs/lint: of each page the example has what the page is about, and the way out has not.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "compiler/lint/fix.h"
#include "tests/unit/lint/support.h"

namespace dpol::lint {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(DPOL_SOURCE_DIR) / "docs" / "lint"; }

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> blocks_of(const std::string& page) {
  constexpr std::string_view kOpen = "```dpol\n";
  std::vector<std::string> blocks;
  for (std::size_t at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = page.find("```", at);
    blocks.push_back(page.substr(at, end - at));
    at = end + 3;
  }
  return blocks;
}

bool has(const std::vector<std::string>& found, std::string_view name) {
  return std::ranges::find(found, name) != found.end();
}

class Page : public testing::TestWithParam<RuleInfo> {};

TEST_P(Page, ExampleFiresAndTheWayOutIsSilent) {
  const RuleInfo& info = GetParam();
  const std::string page = read(folder() / (std::string(info.name) + ".md"));
  ASSERT_TRUE(
      page.starts_with("# " + std::string(info.name) + " (" + std::string(info.code) + ")\n"));
  EXPECT_NE(page.find(std::string(info.title) + "."), std::string::npos);
  EXPECT_NE(page.find("## Example\n"), std::string::npos);
  EXPECT_NE(page.find("## Way out\n"), std::string::npos);
  const std::vector<std::string> blocks = blocks_of(page);
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_TRUE(has(test::found(blocks[0]), info.name)) << "the example has no such finding";
  EXPECT_FALSE(has(test::found(blocks[1]), info.name))
      << "the repaired example has the finding still";
}

// A fix does away with its finding, and what comes out compiles.
TEST_P(Page, FixRepairsTheExample) {
  const RuleInfo& info = GetParam();
  const std::vector<std::string> blocks =
      blocks_of(read(folder() / (std::string(info.name) + ".md")));
  ASSERT_FALSE(blocks.empty());
  const compiler::CompileResult result = test::compile(blocks[0]);
  LintOptions options;
  options.only = {info.rule};
  const Fixed fixed = apply_fixes(lint(result, options));
  for (const auto& [file, text] : fixed.texts) {
    EXPECT_NE(text, blocks[0]);
    EXPECT_FALSE(has(test::found(text), info.name)) << text;
  }
}

std::string test_name(const testing::TestParamInfo<RuleInfo>& info) {
  return std::string(info.param.code);
}
INSTANTIATE_TEST_SUITE_P(Rules, Page, testing::ValuesIn(rules().begin(), rules().end()), test_name);

TEST(Pages, EveryPageIsOfARule) {
  std::set<std::string> wanted = {"README.md"};
  for (const RuleInfo& info : rules()) wanted.insert(std::string(info.name) + ".md");
  std::set<std::string> there;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder())) {
    there.insert(entry.path().filename().string());
  }
  EXPECT_EQ(there, wanted);
}

std::string index_text() {
  std::string text =
      "# Lint rules\n\n"
      "What `dpol lint` looks for. `dpol explain NAME` prints a page of these; a line of a policy "
      "is let be by\n"
      "`// dpol: allow(NAME) because \"…\"` on it or above it.\n";
  const RuleInfo* before = nullptr;
  for (const RuleInfo& info : rules()) {
    if (before == nullptr || before->family != info.family) {
      std::string family(family_text(info.family));
      family[0] = static_cast<char>(family[0] - 'a' + 'A');
      text += "\n## " + family + "\n\n| Rule | Code | Says |\n|---|---|---|\n";
    }
    before = &info;
    const std::string name(info.name);
    text += "| [" + name + "](" + name + ".md) | " + std::string(info.code) + " | " +
            std::string(info.title) + " |\n";
  }
  return text;
}

TEST(Pages, IndexListsTheRules) {
  const fs::path index = folder() / "README.md";
  const char* update = std::getenv("DPOL_UPDATE");
  if (update != nullptr && std::string(update) == "1")
    std::ofstream(index, std::ios::binary) << index_text();
  EXPECT_EQ(read(index), index_text()) << "DPOL_UPDATE=1 rewrites it";
}

TEST(Rules, AreInOrderAndWithoutRepeats) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < rules().size(); ++i) {
    EXPECT_TRUE(names.insert(rules()[i].name).second) << rules()[i].name;
    EXPECT_EQ(find_rule(rules()[i].name), &rules()[i]);
    EXPECT_EQ(find_rule(rules()[i].code), &rules()[i]);
    if (i > 0) {
      EXPECT_LT(rules()[i - 1].code, rules()[i].code);
    }
  }
  EXPECT_GE(rules().size(), 40U);
  EXPECT_EQ(find_rule("no-such-rule"), nullptr);
}

}  // namespace
}  // namespace dpol::lint
