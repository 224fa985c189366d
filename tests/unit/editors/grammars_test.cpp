#include "editors/generate/grammars.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace dpol::editors {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path kRoot = DPOL_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

json read_json(const fs::path& path) { return json::parse(read(path)); }

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    // In front of a word an expression may have \b, so that only the end is looked at closely.
    const std::size_t end = at + word.size();
    const bool ends = end == text.size() || !is_name_char(text[end]);
    const bool begins = at == 0 || !is_name_char(text[at - 1]) ||
                        (at > 1 && text[at - 1] == 'b' && text[at - 2] == '\\');
    if (begins && ends) return true;
  }
  return false;
}

TEST(Grammars, CommittedFilesAreWhatTheTablesGive) {
  const Grammars grammars = make_grammars(kRoot);
  EXPECT_THAT(grammars.problems, IsEmpty());
  ASSERT_FALSE(grammars.files.empty());
  for (const GrammarFile& file : grammars.files) {
    EXPECT_EQ(read(kRoot / file.path), file.text)
        << file.path << " is out of date: run ./dev grammars";
  }
}

TEST(Grammars, KnowEveryWordOfTheLanguage) {
  constexpr std::string_view kSpellings[] = {
#define DPOL_WORD(kind, spelling, category) spelling,
#include "lang/token_kinds.def"
  };
  for (const GrammarFile& file : make_grammars(kRoot).files) {
    if (file.path.starts_with("docs/")) continue;  // a page about functions
    for (const std::string_view spelling : kSpellings) {
      EXPECT_TRUE(has_word(file.text, spelling)) << file.path << " does not know " << spelling;
    }
  }
}

// ---- TextMate ----

void collect_includes(const json& node, std::set<std::string>& includes) {
  if (node.is_object() && node.contains("include")) {
    includes.insert(node["include"].get<std::string>().substr(1));
  }
  for (const auto& child : node) {
    if (child.is_structured()) collect_includes(child, includes);
  }
}

TEST(TextMate, EveryPieceIsThereAndUsed) {
  const json grammar = read_json(kRoot / "editors/textmate/dpol.tmLanguage.json");
  std::set<std::string> includes;
  collect_includes(grammar, includes);
  std::set<std::string> pieces;
  for (const auto& piece : grammar.at("repository").items()) pieces.insert(piece.key());
  EXPECT_EQ(includes, pieces);
}

// Of a regular expression, the groups that capture.
int capture_groups(std::string_view expression) {
  int groups = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      groups += expression.substr(i + 1, 1) != "?";
    }
  }
  return groups;
}

void check_captures(const json& node, int& checked) {
  const std::pair<const char*, const char*> kPairs[] = {
      {"match", "captures"}, {"begin", "beginCaptures"}, {"end", "endCaptures"}};
  for (const auto& [expression, captures] : kPairs) {
    if (!node.is_object() || !node.contains(captures)) continue;
    const auto text = node.at(expression).get<std::string>();
    for (const auto& capture : node.at(captures).items()) {
      EXPECT_LE(std::stoi(capture.key()), capture_groups(text)) << text;
      ++checked;
    }
  }
  for (const auto& child : node) {
    if (child.is_structured()) check_captures(child, checked);
  }
}

TEST(TextMate, CapturesNameGroupsOfTheirExpression) {
  int checked = 0;
  check_captures(read_json(kRoot / "editors/textmate/dpol.tmLanguage.json"), checked);
  EXPECT_GT(checked, 50);
}

// ---- Visual Studio Code ----

TEST(VsCode, ManifestPointsToFilesThatFit) {
  const fs::path folder = kRoot / "editors/vscode";
  const json contributes = read_json(folder / "package.json").at("contributes");
  const json& language = contributes.at("languages").at(0);
  const json& grammar = contributes.at("grammars").at(0);
  EXPECT_THAT(language.at("extensions"), ElementsAre(".dpol"));
  EXPECT_EQ(grammar.at("language"), language.at("id"));
  EXPECT_EQ(read_json(folder / grammar.at("path").get<std::string>()).at("scopeName"),
            grammar.at("scopeName"));
  const json configuration = read_json(folder / language.at("configuration").get<std::string>());
  EXPECT_EQ(configuration.at("comments").at("lineComment"), "//");
}

// ---- templates ----

class Templates : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    fs::create_directories(folder());
    for (const char* file : {"dpol.vim.in", "dpol.vim.parts", "dpol.tmLanguage.json.in",
                             "dpol.tmLanguage.json.parts"}) {
      write(file, "");
    }
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path folder() const { return root_ / "editors/generate/templates"; }
  void write(const char* file, std::string_view text) const {
    std::ofstream(folder() / file, std::ios::binary) << text;
  }
  Grammars vim(std::string_view parts, std::string_view text) const {
    write("dpol.vim.parts", parts);
    write("dpol.vim.in", text);
    return make_grammars(root_);
  }
  static std::string vim_text(const Grammars& grammars) {
    for (const GrammarFile& file : grammars.files) {
      if (file.path.ends_with(".vim")) return file.text;
    }
    return "no such file";
  }

  fs::path root_;
};

TEST_F(Templates, AreExpanded) {
  const Grammars grammars =
      vim("# a comment\n"
          "\n"
          "one = {{word KwItem}}\n"
          "two = <{{one}}>\n",
          "a {{two}} b {{or reserved Track}} c {{each [@] contextual Operator Verb}}\n");
  EXPECT_THAT(grammars.problems, IsEmpty());
  EXPECT_EQ(vim_text(grammars), "a <item> b stable|baseline|candidate c [pass]|[fail]|[present]\n");
}

TEST_F(Templates, SeveralReachesWiden) {
  const Grammars grammars = vim("", "{{or Verb}} {{or contextual reserved Verb}}");
  EXPECT_THAT(grammars.problems, IsEmpty());
  EXPECT_EQ(vim_text(grammars),
            "pass|fail|require|warn|hold|rollback|confirm "
            "pass|fail|require|warn|hold|rollback|confirm");
}

TEST_F(Templates, WhatMeansNothingIsReported) {
  for (const char* text :
       {"{{nothing}}", "{{word KwNothing}}", "{{or Nothing}}", "{{or plain Verb}}",
        "{{each nothing Verb}}", "{{each}}", "{{}}", "{{word KwIf KwElse}}"}) {
    const Grammars grammars = vim("", text);
    EXPECT_THAT(grammars.problems, ElementsAre(HasSubstr(std::string("means nothing: ") + text)));
  }
}

TEST_F(Templates, BrokenFilesAreReported) {
  EXPECT_THAT(vim("", "a {{or Verb").problems, ElementsAre(HasSubstr("never closed")));
  EXPECT_THAT(vim("no sign here\n", "").problems, ElementsAre(HasSubstr("no NAME = TEXT")));
  EXPECT_THAT(vim("a = 1\na = 2\n", "").problems, ElementsAre(HasSubstr("defined twice: a")));
  EXPECT_THAT(vim("a = {{b}}\nb = 1\n", "").problems,
              ElementsAre(HasSubstr("means nothing: {{b}}")));
  fs::remove(folder() / "dpol.vim.in");
  EXPECT_THAT(make_grammars(root_).problems, ElementsAre("dpol.vim.in: cannot be read"));
}

}  // namespace
}  // namespace dpol::editors
