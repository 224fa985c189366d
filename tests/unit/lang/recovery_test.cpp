#include "support.h"

namespace dpol::lang {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string in_policy(const std::string& text) { return "policy p {\n" + text + "\n}\n"; }

struct Case {
  const char* text;
  const char* code;
};

// Each of these has one cause, and gives one message; the item behind it is read.
TEST(Recovery, OneCauseOneMessage) {
  const Case cases[] = {
      {"item a require x >=", "E0202"},
      {"item a require", "E0202"},
      {"item a require (x + 1", "E0206"},
      {"item a require f(x, y", "E0206"},
      {"item a require [x, y", "E0206"},
      {"item a require f(x y)", "E0201"},
      {"item a require x )", "E0209"},
      {"item a \"A\" reqire x", "E0209"},
      {"itme a require x", "E0209"},
      {"item require x", "E0203"},
      {"item hold \"H\" require x", "E0204"},
      {"item a require phase == 3", "E0204"},
      {"item a require x < y < z", "E0213"},
      {"item a require x and y for 5m", "E0212"},
      {"item a require not x for 5m", "E0212"},
      {"item a require every p in pods: p.x for 5m", "E0212"},
      {"item a require x for 5m for 3 samples", "E0214"},
      {"item a warn x > 5", "E0215"},
      {"rollback a", "E0215"},
      {"rollback when x", "E0216"},
      {"hold \"x\" when y", "E0216"},
      {"threshold m require < 3 rollback > 5", "E0217"},
      {"item a", "E0220"},
      {"item a { }", "E0220"},
      {"item a only if x", "E0220"},
      {"threshold m { why \"x\" }", "E0220"},
      {"item a require 1 + if x then y else z", "E0221"},
      {"item a warn unless x", "E0222"},
      {"item a require x = 3", "E0223"},
      {"item a require x > 250 ms", "E0224"},
      {"item a require x owner \"a\" owner \"b\"", "E0225"},
      {"stage 50%", "E0210"},
      {"param a", "E0219"},
      {"param a = 3", "E0219"},
      {"drop a", "E0201"},
      {"applies if x", "E0201"},
      {"item a confirm by 2", "E0203"},
      {"item a require x if missing perhaps", "E0201"},
      {"final phase x { }", "E0201"},
      {"strategy { use a }", "E0201"},
      {"phase a \"x\" item b require c", "E0201"},
      {"item a require x for samples of y", "E0209"},
      {"item a require 5K > x", "E0114"},
      {"item a require x && y", "E0117"},
  };
  for (const Case& c : cases) {
    const auto syntax = parse("t.dpol", in_policy(std::string("  ") + c.text + "\n  item behind require z"));
    EXPECT_THAT(codes(*syntax), ElementsAre(c.code)) << c.text << "\n" << all_messages(*syntax);
    expect_well_formed(*syntax);
    EXPECT_THAT(dump_tree(*syntax), HasSubstr("Name behind\n")) << c.text;
  }
}

TEST(Recovery, SeveralErrorsInOneFile) {
  const auto syntax = parse("t.dpol",
                            "facts {\n"
                            "  service string\n"
                            "  rate 5\n"                          // E0219
                            "}\n"
                            "polcy x { item a require }\n"         // E0208
                            "metric m ratio lowr is better\n"      // E0209
                            "policy p {\n"
                            "  item a require x >=\n"              // E0202
                            "  item a2 require x\n"
                            "  itme b require x\n"                 // E0209
                            "  phase q {\n"
                            "    item c require (x\n"              // E0206
                            "    item d require y warn when\n"     // E0202
                            "  }\n"
                            "  item e require z\n"
                            "}\n"
                            "}\n"                                  // E0207
                            "test \"t\" { expect rollback by e at }\n");  // E0202
  EXPECT_THAT(codes(*syntax), ElementsAre("E0219", "E0208", "E0209", "E0202", "E0209", "E0206", "E0202", "E0207", "E0202"))
      << all_messages(*syntax);
  expect_well_formed(*syntax);
}

TEST(Recovery, AMissingBraceIsFoundByIndentation) {
  const auto syntax = parse("t.dpol",
                            "policy p {\n"
                            "  phase a {\n"
                            "    item x require y\n"
                            "  phase b {\n"
                            "    item z require w\n"
                            "  }\n"
                            "}\n"
                            "policy q {\n"
                            "  item y require x\n"
                            "facts { a int }\n");
  EXPECT_THAT(codes(*syntax), ElementsAre("E0205", "E0205")) << all_messages(*syntax);
  EXPECT_THAT(syntax->diagnostics[0].message, HasSubstr("line 2"));
  EXPECT_THAT(syntax->diagnostics[1].message, HasSubstr("line 8"));
  EXPECT_EQ(ast::File(*syntax).declarations().size(), 3U);
}

TEST(Recovery, TheMissingBraceIsPutWhereTheHelpSays) {
  const auto syntax = parse("t.dpol", "policy p {\n  phase a {\n    item x require y\n  phase b { item z require w }\n}\n");
  ASSERT_THAT(codes(*syntax), ElementsAre("E0205"));
  EXPECT_EQ(mended(*syntax), "policy p {\n  phase a {\n    item x require y\n  }\n  phase b { item z require w }\n}\n");
  EXPECT_THAT(codes_of(mended(*syntax)), IsEmpty());
}

TEST(Recovery, IndentationMeansNothingWhereBracesPair) {
  EXPECT_THAT(codes_of("policy p {\nphase a {\nitem x require y\n}\n}\nfacts {\nsource string\nmetric int\n}\n"), IsEmpty());
}

TEST(Recovery, ABraceTooManyIsOneError) {
  EXPECT_THAT(codes_of("policy p {\n  phase a {\n    item x require y\n  }\n  }\n  phase b {\n    item z require w\n  }\n"
                       "  item q require r\n}\npolicy q { item y require x }\n"),
              ElementsAre("E0211"));
  EXPECT_THAT(codes_of("}\n)\nfacts { a int }\n"), ElementsAre("E0207"));
}

TEST(Recovery, HelpCanBePasted) {
  struct Mending {
    const char* before;
    const char* after;
  };
  const Mending cases[] = {
      {"item a require x <= y <= z", "item a require y in x..z"},
      {"item a require x < y < z", "item a require x < y and y < z"},
      {"rollback slow x > 5s", "rollback slow when x > 5s"},
      {"item a require x and y for 5m", "item a require (x and y) for 5m"},
      {"item a warn x > 5", "item a warn when x > 5"},
      {"item a require x = 3", "item a require x == 3"},
      {"item a require x > 250 ms", "item a require x > 250ms"},
      {"item a require 1 + if x then y else z", "item a require 1 + (if x then y else z)"},
      {"itme a require x", "item a require x"},
      {"item a require x && y", "item a require x and y"},
      {"item a require f(x, y", "item a require f(x, y)"},
      {"item hold \"H\" require x", "item hold_1 \"H\" require x"},
  };
  for (const Mending& c : cases) {
    const auto syntax = parse("t.dpol", in_policy(c.before));
    EXPECT_EQ(mended(*syntax), in_policy(c.after));
  }
}

TEST(Recovery, BothReadingsOfAWindowAreOffered) {
  const auto syntax = parse("t.dpol", in_policy("item a require x and y for 5m"));
  ASSERT_EQ(syntax->diagnostics.front().help.size(), 2U);
  EXPECT_EQ(mended(*syntax, 1), in_policy("item a require x and (y for 5m)"));
  EXPECT_THAT(codes_of(mended(*syntax, 0)), IsEmpty());
  EXPECT_THAT(codes_of(mended(*syntax, 1)), IsEmpty());
}

TEST(Recovery, DeepNestingIsOneErrorAndNoOverflow) {
  for (const char* opening : {"(", "[", "not ", "-", "2x ", "f(", "if ", "x else ", "a[", "every p in q: ", "count(p in ", "{a = "}) {
    std::string text = "policy p {\n  item a require ";
    for (int i = 0; i < 40000; ++i) text += opening;
    text += "\n}\nfacts { a int }\n";
    const auto syntax = parse("t.dpol", text);
    EXPECT_THAT(codes(*syntax), ElementsAre("E0218")) << opening;
    ASSERT_EQ(ast::File(*syntax).declarations().size(), 2U) << opening;
  }
  for (const char* opening : {"facts { a { ", "policy p { phase a { ", "policy p { item a require x { "}) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += opening;
    const auto syntax = parse("t.dpol", text);
    EXPECT_LE(syntax->diagnostics.size(), kMaxSyntaxDiagnostics + 1) << opening;
    EXPECT_FALSE(syntax->ok());
  }
  std::string text = "facts { a ";
  for (int i = 0; i < 200000; ++i) text += "list of ";
  EXPECT_THAT(codes_of(text), ElementsAre("E0218"));
}

TEST(Recovery, ErrorsAreCounted) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "policy p { item a require }\n";
  const auto syntax = parse("t.dpol", text);
  ASSERT_EQ(syntax->diagnostics.size(), kMaxSyntaxDiagnostics + 1);
  EXPECT_EQ(syntax->diagnostics.back().code, DiagnosticCode::E0227);
  EXPECT_THAT(codes_of(std::string(100000, '@')), ::testing::SizeIs(kMaxSyntaxDiagnostics + 1));
}

TEST(Recovery, ModuleComesFirst) {
  EXPECT_THAT(codes_of("facts { a int }\nmodule x.y\n"), ElementsAre("E0226"));
}

// ---------------------------------------------------------------------- any text at all

/// A generator whose numbers are the same everywhere.
class Dice {
 public:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state_ >> 33U) % limit;
  }

 private:
  std::uint64_t state_ = 20260101;
};

TEST(Robustness, TokensInAnyOrder) {
  Dice dice;
  const std::string signs = "(){}[]";
  for (int round = 0; round < 1000; ++round) {
    std::string text = "policy p {\n";
    for (std::size_t i = 0, count = dice.below(60); i < count; ++i) {
      const std::size_t which = dice.below(10);
      if (which < 5)
        text += std::string(words()[dice.below(words().size())].spelling) + " ";
      else if (which < 7)
        text += "x ";
      else if (which == 7)
        text += "5% ";
      else
        text += std::string(1, signs[dice.below(signs.size())]) + (dice.below(4) == 0 ? "\n" : " ");
    }
    const auto syntax = parse("m.dpol", text);
    expect_well_formed(*syntax);
    if (::testing::Test::HasFatalFailure()) FAIL() << text;
  }
}

}  // namespace
}  // namespace dpol::lang
