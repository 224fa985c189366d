// What a table has a row for, a golden file shows: a new row cannot be forgotten here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lang/tree.h"
#include "runtime/program/opcode_table.h"
#include "tests/golden/annotations.h"
#include "tests/golden/case.h"

namespace dpol::golden {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

using Words = std::set<std::string>;

Words words_of(const std::string& text) {
  Words words;
  std::string word;
  for (const char c : text + "\n") {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::move(word));
      word.clear();
    }
  }
  return words;
}

// The words of all golden files with a suffix.
Words words_of_all(const std::string& suffix) {
  Words all;
  for (const std::string& name : case_names()) {
    const fs::path file = golden_folder() / (name + suffix);
    if (fs::exists(file)) all.merge(words_of(read_file(file)));
  }
  return all;
}

Words without(const Words& wanted, const Words& seen) {
  Words missing;
  for (const std::string& word : wanted) {
    if (!seen.contains(word)) missing.insert(word);
  }
  return missing;
}

Words codes() {
  Words all;
  for (const lang::DiagnosticInfo& info : lang::diagnostic_infos()) all.emplace(info.text);
  return all;
}

// The codes of all annotations.
Words annotated_codes() {
  Words all;
  for (const std::string& name : case_names()) {
    std::istringstream file(read_file(golden_folder() / (name + ".dpol")));
    for (std::string line; std::getline(file, line);) {
      if (is_annotation(line)) all.emplace(annotation_code(line));
    }
  }
  return all;
}

TEST(Coverage, EveryDiagnosticIsSeen) { EXPECT_THAT(without(codes(), annotated_codes()), IsEmpty()); }

Words pages() {
  Words all;
  for (const fs::directory_entry& entry : fs::directory_iterator(golden_folder() / "../../docs/diagnostics")) {
    all.insert(entry.path().filename().string());
  }
  return all;
}

TEST(Coverage, EveryDiagnosticHasItsPageAndEveryPageItsDiagnostic) {
  Words wanted;
  for (const std::string& code : codes()) wanted.insert(code + ".md");
  EXPECT_THAT(without(wanted, pages()), IsEmpty()) << "have no page in docs/diagnostics";
  EXPECT_THAT(without(pages(), wanted), IsEmpty()) << "are pages of nothing";
}

TEST(Coverage, PagesBeginWithTheirCodeAndSayEnough) {
  for (const std::string& page : pages()) {
    const std::string text = read_file(golden_folder() / "../../docs/diagnostics" / page);
    EXPECT_TRUE(text.starts_with("# " + page.substr(0, 5))) << page;
    EXPECT_GT(text.size(), 200U) << page;
  }
}

TEST(Coverage, EveryNodeIsInATree) {
  const Words wanted = {
#define DPOL_NODE(kind, group, repeat, shown) #kind,
#include "lang/node_kinds.def"
  };
  EXPECT_THAT(without(wanted, words_of_all(".tree")), IsEmpty());
}

// The programs whose listing is a golden file.
std::vector<program::Program> listed_programs() {
  std::vector<program::Program> programs;
  for (const std::string& name : case_names()) {
    if (!fs::exists(golden_folder() / (name + ".bytecode"))) continue;
    compiler::CompileResult result = compile(read_case(name));
    if (result.program) programs.push_back(std::move(*result.program));
  }
  return programs;
}

TEST(Coverage, EveryOpcodeAggregateAndFunctionIsInAListing) {
  Words missing = {
#define DPOL_OPCODE(name, a, b, c, d, text) #name,
#include "runtime/program/opcodes.def"
#define DPOL_AGGREGATE(name, result, text) "aggregate " #name,
#include "runtime/program/aggregates.def"
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) "function " #name,
#include "runtime/program/functions.def"
  };
  for (const program::Program& program : listed_programs()) {
    for (const program::Instruction& instruction : program.code) {
      missing.erase(std::string(program::row_of(instruction.op).name));
      if (instruction.op == program::Opcode::aggregate) {
        missing.erase("aggregate " + std::string(program::kAggregateNames[instruction.c]));
      }
      if (instruction.op == program::Opcode::call) {
        missing.erase("function " + std::string(program::kFunctionRows[instruction.c].name));
      }
    }
  }
  EXPECT_THAT(missing, IsEmpty());
}

}  // namespace
}  // namespace dpol::golden
