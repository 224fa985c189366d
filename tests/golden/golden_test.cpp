// Every golden file says what it says, and holds what every file holds. README.md tells how to add one.
//
// `golden_test --update`, or DPOL_UPDATE=1, writes messages and stages in place of comparing them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "compiler/lint/fix.h"
#include "compiler/lint/lint.h"
#include "lang/format.h"
#include "tests/golden/annotations.h"
#include "tests/golden/case.h"
#include "tests/golden/stages.h"
#include "tests/unit/support/invariants.h"

namespace dpol::golden {
namespace {

namespace fs = std::filesystem;

bool update_asked = false;

bool updating() {
  const char* value = std::getenv("DPOL_UPDATE");
  return update_asked || (value != nullptr && std::string(value) == "1");
}

// What is a file's content must be its expected one, or becomes it.
void compare(const fs::path& path, const std::string& actual) {
  const std::string expected = read_file(path);
  if (expected == actual) return;
  if (updating()) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(expected, actual) << path.filename() << " (left) differs from what is so now; DPOL_UPDATE=1 rewrites it";
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  const Case test_ = read_case(GetParam());
};

TEST_P(Golden, Says) {
  const compiler::CompileResult result = compile(test_);
  const lang::SourceFile* source = result.files.empty() ? nullptr : &result.files.front()->source;
  compare(golden_folder() / test_.file(), annotate(test_.text, source, messages(test_, result)));
  for (const Stage& stage : stages()) {
    const fs::path sibling = golden_folder() / (test_.name + std::string(stage.suffix));
    if (fs::exists(sibling)) compare(sibling, stage.text(test_, result));
  }
}

std::string all_messages(const compiler::CompileResult& result) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : result.diagnostics) {
    text += lang::render_diagnostic(diagnostic) + lang::render_diagnostic_json(diagnostic);
  }
  return text;
}

TEST_P(Golden, HoldsWhatEveryFileHolds) {
  const auto syntax = lang::parse(test_.file(), test_.padded_text());
  EXPECT_EQ(test::syntax_fault(*syntax), "");
  EXPECT_EQ(test::format_fault(test_.padded_text()), "");
  const compiler::CompileResult once = compile(test_);
  EXPECT_EQ(test::compile_fault(once), "");
  const compiler::CompileResult again = compile(test_);
  EXPECT_EQ(all_messages(once), all_messages(again));
  EXPECT_TRUE(once.program == again.program);
  const compiler::CompileResult plain = compile(test_, false);
  EXPECT_EQ(all_messages(once), all_messages(plain)) << "the optimiser changes what is said";
  EXPECT_EQ(test::compile_fault(plain), "");
}

// Findings keep to the file, and what the fixes make of it compiles as before.
TEST_P(Golden, CanBeLinted) {
  const compiler::CompileResult result = compile(test_);
  const std::vector<lint::Finding> findings = lint::lint(result, {});
  for (const lint::Finding& finding : findings) {
    const lang::Label& place = finding.diagnostic.primary;
    ASSERT_EQ(place.file, &result.files.front()->source);
    ASSERT_LE(place.span.begin, place.span.end);
    ASSERT_LE(place.span.end, place.file->text().size());
    EXPECT_NE(lang::render_diagnostic(finding.diagnostic), "");
  }
  for (const auto& [file, text] : lint::apply_fixes(findings).texts) {
    EXPECT_TRUE(compile(test_.file(), text).ok()) << text;
  }
}

// tests/property cuts every file at every byte for the parser; here what is left is compiled.
constexpr std::size_t kMostCuts = 120;

TEST_P(Golden, CutAnywhere) {
  const std::size_t size = test_.text.size();
  const std::size_t stride = std::max<std::size_t>(1, size / kMostCuts);
  for (std::size_t cut = 0; cut < size; cut += stride) {
    const compiler::CompileResult result = compile(test_.file(), test_.text.substr(0, cut));
    ASSERT_EQ(test::compile_fault(result), "") << "cut after " << cut << " bytes";
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(case_names()), test_name);

// ---- the folder

TEST(GoldenFolder, EveryFileBelongsToACase) {
  const std::vector<std::string> names = case_names();
  const std::set<std::string> cases(names.begin(), names.end());
  std::set<std::string> suffixes = {".dpol"};
  for (const Stage& stage : stages()) suffixes.emplace(stage.suffix);
  for (const std::string_view suffix : input_suffixes()) suffixes.emplace(suffix);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(golden_folder())) {
    const fs::path path = entry.path().lexically_relative(golden_folder());
    if (!entry.is_regular_file() || !path.has_parent_path()) continue;
    const std::string file = path.filename().string();
    const std::size_t dot = file.find('.');
    EXPECT_TRUE(suffixes.contains(file.substr(dot))) << path << ": no stage has this suffix";
    EXPECT_TRUE(cases.contains((path.parent_path() / file.substr(0, dot)).generic_string())) << path << " has no .dpol";
  }
}

TEST(GoldenFolder, ExamplesHoldWhatEveryFileHolds) {
  EXPECT_GE(examples().size(), 3U);
  for (const Example& example : examples()) {
    SCOPED_TRACE(example.name);
    EXPECT_EQ(test::syntax_fault(*lang::parse(example.name, example.text)), "");
    EXPECT_EQ(test::compile_fault(compile(example.name, example.text)), "");
    EXPECT_EQ(lang::format(example.text).text, example.text) << "`dpol fmt examples` formats it";
  }
}

}  // namespace

void ask_for_update() { update_asked = true; }

}  // namespace dpol::golden

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--update") dpol::golden::ask_for_update();
  }
  return RUN_ALL_TESTS();
}
