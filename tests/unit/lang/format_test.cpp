// The formatter, rule by rule of docs/formatting.md. That tokens, comments and tree stay, and that
// formatting twice is formatting once, is tested over every golden file and its mutants
// (tests/property).

#include "lang/format.h"

#include <gtest/gtest.h>

#include <string>

#include "lang/source.h"

namespace dpol::lang {
namespace {

std::string formatted(std::string_view text) { return format(text).text; }

// What is formatted already stays.
#define EXPECT_FORMATTED(from, to)  \
  do {                              \
    EXPECT_EQ(formatted(from), to); \
    EXPECT_EQ(formatted(to), to);   \
  } while (false)

TEST(Format, IndentsByTwo) {
  EXPECT_FORMATTED("policy p \"P\" {\nphase a from T-1h {\n      item x require y == 1\n}\n}\n",
                   "policy p \"P\" {\n  phase a from T-1h {\n    item x  require y == 1\n  }\n}\n");
}

TEST(Format, LineEndsAndBlanks) {
  EXPECT_FORMATTED("unit a  \r\n\r\n\r\n\r\nunit b\t", "unit a\n\nunit b\n");
  EXPECT_FORMATTED("facts {\n\n  a int\n\n}\n", "facts {\n  a int\n}\n");
  EXPECT_EQ(formatted(""), "");
}

TEST(Format, ABlockOfOneLineStaysOnOne) {
  EXPECT_FORMATTED("facts {a int   b int}\n", "facts { a int  b int }\n");
  std::string wide = "facts {";
  for (int i = 0; i < 20; ++i) wide += " name_number_" + std::to_string(i) + " int";
  const std::string broken = formatted(wide + " }\n");
  EXPECT_TRUE(broken.starts_with("facts {\n  name_number_0 "));
  EXPECT_TRUE(broken.ends_with("int\n}\n"));
}

TEST(Format, StatementsOfOneKindMakeATable) {
  EXPECT_FORMATTED(
      "policy p \"P\" {\n  item unit_tests \"All pass\" require a == 0\n  item b \"B\" require b "
      ">= 80%\n}\n",
      "policy p \"P\" {\n  item unit_tests  \"All pass\"  require a == 0\n  item b           \"B\" "
      "        require b >= "
      "80%\n}\n");
  EXPECT_FORMATTED(
      "policy p \"P\" {\n  threshold m {\n    require <= 1%\n    rollback > 5% for 2m\n  }\n}\n",
      "policy p \"P\" {\n  threshold m {\n    require  <= 1%\n    rollback >  5% for 2m\n  }\n}\n");
}

TEST(Format, ABlankLineBeginsANewTable) {
  EXPECT_FORMATTED("facts {\n  a int\n  long_name int\n\n  b int\n}\n",
                   "facts {\n  a          int\n  long_name  int\n\n  b int\n}\n");
}

TEST(Format, ClausesOnLinesOfTheirOwnBeginBelowEachOther) {
  EXPECT_FORMATTED(
      "policy p \"P\" {\n  item a \"A\" require x == 1\n why \"because\"\n}\n",
      "policy p \"P\" {\n  item a \"A\"  require x == 1\n              why \"because\"\n}\n");
  EXPECT_FORMATTED(
      "policy p \"P\" {\n  item a \"A\"\n require x == 1\n why \"because\"\n}\n",
      "policy p \"P\" {\n  item a \"A\"\n    require x == 1\n    why \"because\"\n}\n");
}

TEST(Format, ALongRuleIsBrokenAtItsClauses) {
  const std::string text = formatted(
      "policy p \"P\" {\n  item a \"A title of some length\" require "
      "something.that.has.a.long.name == 1 why \"There is a "
      "reason for it that takes long to tell\" evidence \"a link\"\n}\n");
  EXPECT_EQ(
      text,
      "policy p \"P\" {\n  item a \"A title of some length\"\n    require "
      "something.that.has.a.long.name == 1\n    "
      "why \"There is a reason for it that takes long to tell\"\n    evidence \"a link\"\n}\n");
}

TEST(Format, CommentsStayWhereTheyAre) {
  EXPECT_FORMATTED(
      "// head\nfacts {\n// of a\na int // short\nlong_name int // longer\n/// doc\nb int\n}\n// "
      "tail\n",
      "// head\nfacts {\n  // of a\n  a          int  // short\n  long_name  int  // longer\n  /// "
      "doc\n  b  "
      "        int\n}\n// tail\n");
}

TEST(Format, SpacesInConditions) {
  EXPECT_FORMATTED(
      "policy p \"P\" {\n  item a require x==1 and(y<2 or not z)and m in{a,b}and f( x )>-1\n}\n",
      "policy p \"P\" {\n  item a  require x == 1 and (y < 2 or not z) and m in {a, b} and f(x) > "
      "-1\n}\n");
}

TEST(Format, ManyParentsStandOnSeveralLines) {
  const std::string six = "alphabet.soup, alphabet.soup, alphabet.soup, alphabet.soup, alphabet.soup, alphabet.soup";
  EXPECT_FORMATTED("policy p \"P\" extends " + six + ", " + six + " {\n  owner \"o\"\n}\n",
                   "policy p \"P\" extends " + six + ",\n                     " + six + " {\n  owner \"o\"\n}\n");
}

// `5.limit` would be no number, and `notapplicable` no answer.
TEST(Format, SpacesThatKeepWordsApart) {
  EXPECT_FORMATTED("policy p \"P\" {\n  item a require 5 .limit < b.c\n}\n",
                   "policy p \"P\" {\n  item a  require 5 .limit < b.c\n}\n");
  EXPECT_FORMATTED("test \"t\" of p {\n  confirm a says  not   applicable\n  expect no - go\n}\n",
                   "test \"t\" of p {\n  confirm a says not applicable\n  expect no-go\n}\n");
}

TEST(Format, ABrokenStatementKeepsItsText) {
  const Formatted result = format(
      "facts {\n      a int\n}\npolicy p \"P\" {\nitem a  require   ==  \n      item b require x "
      "== 1\n}\n");
  EXPECT_NE(result.text.find("require   =="), std::string::npos) << result.text;
  EXPECT_NE(result.text.find("facts {\n  a int\n}\n"), std::string::npos) << result.text;
  EXPECT_NE(result.reach, FormatReach::LineEnds);
}

TEST(Format, WhatIsNoPolicyKeepsAllButLineEnds) {
  EXPECT_EQ(formatted("}{  )( ¬ \r\n"), "}{  )( ¬\n");
}

TEST(Format, AFileBeyondTheLimitIsLeftAlone) {
  const std::string text = "unit   a\n" + std::string(kMaxSourceBytes, '\n');
  const Formatted result = format(text);
  EXPECT_EQ(result.reach, FormatReach::LineEnds);
  EXPECT_TRUE(result.text.starts_with("unit   a\n"));
}

}  // namespace
}  // namespace dpol::lang
