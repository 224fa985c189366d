// docs/language.md says what the language is: its blocks compile, and its tables are whole.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "lang/token.h"
#include "sources/schemas.h"

namespace dpol::compiler {
namespace {

// A fenced block that is marked `dpol`. A name behind the mark is the file's, for other blocks to
// import.
struct Block {
  std::string name;
  std::size_t line = 0;
  std::string text;
};

std::string read_reference() {
  std::ifstream in(std::filesystem::path(DPOL_SOURCE_DIR) / "docs" / "language.md");
  EXPECT_TRUE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Block> blocks_of(const std::string& document) {
  constexpr std::string_view kOpen = "```dpol";
  std::vector<Block> blocks;
  std::istringstream lines(document);
  std::string line;
  bool inside = false;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back().text += line + "\n";
    } else if (line.starts_with(kOpen)) {
      inside = true;
      std::string name = line.substr(std::min(line.size(), kOpen.size() + 1));
      blocks.push_back({std::move(name), number, {}});
    }
  }
  EXPECT_FALSE(inside) << "a block is never closed";
  return blocks;
}

std::string shown(const std::vector<lang::Diagnostic>& diagnostics) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : diagnostics)
    text += lang::render_diagnostic(diagnostic);
  return text;
}

TEST(Reference, EveryBlockCompilesWithoutAMessage) {
  const std::vector<Block> blocks = blocks_of(read_reference());
  ASSERT_GT(blocks.size(), 10U);
  for (const Block& block : blocks) {
    CompileOptions options;
    options.source_formats = sources::source_formats();
    const std::string name = "language.md, line " + std::to_string(block.line);
    options.entries = {{block.name.empty() ? name : block.name, block.text}};
    options.read_file = [&blocks](const std::string& path) -> std::optional<std::string> {
      const auto found = std::ranges::find(blocks, path, &Block::name);
      return found == blocks.end() ? std::nullopt : std::optional(found->text);
    };
    const CompileResult result = compile(options);
    EXPECT_TRUE(result.ok() && result.diagnostics.empty()) << name << "\n"
                                                           << shown(result.diagnostics);
  }
}

// ---- tables ----

// The words of the indented block below the first line that begins with `before`.
std::set<std::string> words_below(const std::string& document, std::string_view before) {
  std::istringstream lines(document.substr(std::min(document.find(before), document.size())));
  std::set<std::string> words;
  std::string line;
  while (std::getline(lines, line)) {
    if (!line.starts_with("    ") && !words.empty()) break;
    if (!line.starts_with("    ")) continue;
    std::istringstream in(line);
    for (std::string word; in >> word;) words.insert(word);
  }
  return words;
}

TEST(Reference, ListsTheReservedWords) {
  std::set<std::string> reserved;
  for (const lang::Word& word : lang::words()) {
    if (word.reach == lang::WordReach::Reserved) reserved.emplace(word.spelling);
  }
  EXPECT_EQ(words_below(read_reference(), "\nReserved:"), reserved);
}

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Whether the word stands somewhere in `code`.
bool quotes(const std::string& document, const std::string& word) {
  bool inside = false;
  for (std::size_t i = 0; i < document.size(); ++i) {
    if (document[i] == '`') inside = !inside;
    const bool begins = i == 0 || !is_name_char(document[i - 1]);
    if (!inside || !begins || document.compare(i, word.size(), word) != 0) continue;
    if (i + word.size() == document.size() || !is_name_char(document[i + word.size()])) return true;
  }
  return false;
}

// Between two headings.
std::string section(const std::string& document, const std::string& heading) {
  const std::size_t begin = document.find("\n" + heading + "\n");
  EXPECT_NE(begin, std::string::npos) << "there is no section " << heading;
  if (begin == std::string::npos) return {};
  const std::string level = heading.substr(0, heading.find(' ') + 1);
  return document.substr(begin, document.find("\n" + level, begin + 1) - begin);
}

TEST(Reference, NamesEveryReasonOfTheUnknown) {
  const std::string text = section(read_reference(), "## Unknown");
  for (const char* name : {
#define DPOL_FAULT(name, text) #name,
#include "runtime/program/faults.def"
       }) {
    if (std::string_view(name) == "none") continue;
    EXPECT_TRUE(quotes(text, name)) << name;
  }
}

TEST(Reference, NamesEveryAggregate) {
  const std::string text = section(read_reference(), "## Aggregates");
  for (const char* name : {
#define DPOL_AGGREGATE(name, result, text) #name,
#include "runtime/program/aggregates.def"
       }) {
    EXPECT_TRUE(quotes(text, name)) << name;
  }
}

TEST(Reference, NamesEveryFunction) {
  const std::string text = section(read_reference(), "### Functions");
  for (const char* name : {
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) #name,
#include "runtime/program/functions.def"
       }) {
    EXPECT_TRUE(quotes(text, name)) << name;
  }
}

// 20000 as "20,000".
std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) {
    text.insert(static_cast<std::size_t>(i), ",");
  }
  return text;
}

TEST(Reference, StatesTheLimits) {
  const std::string text = section(read_reference(), "## Limits");
  const auto states = [&text](std::string_view of, const std::string& limit) {
    const std::size_t row = text.find("| " + std::string(of));
    ASSERT_NE(row, std::string::npos) << of;
    EXPECT_THAT(text.substr(row, text.find('\n', row) - row), testing::HasSubstr(limit));
  };
  states("a file", std::to_string(lang::kMaxSourceBytes >> 20) + " MiB");
  states("brackets and blocks", grouped(lang::kMaxNesting));
  states("rules", grouped(program::kMaxRules));
  states("constants, inputs", grouped(program::kMaxCells));
  states("instructions", grouped(program::kMaxInstructions));
  states("loops and windows", grouped(program::kMaxBlockDepth));
  states("samples of a window", grouped(program::kMaxWindowSamples));
  states("a compiled file", std::to_string(program::kMaxFileBytes >> 20) + " MiB");
  states("messages of one file", grouped(lang::kMaxSyntaxDiagnostics) + " about its form");
}

}  // namespace
}  // namespace dpol::compiler
