// What every finding keeps to, allowances, and where the rules must be silent.

#include "compiler/lint/lint.h"

#include <gmock/gmock.h>

#include "compiler/lint/fix.h"
#include "tests/unit/lint/support.h"

namespace dpol::lint {
namespace {

using test::found;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

// A policy without any finding but those about its rules.
std::string policy(const std::string& rules) {
  return "facts { a int  b int  flag bool  name string }\n"
         "metric share ratio lower is better every 1m\n"
         "metric speed duration lower is better every 1m\n"
         "policy p \"P\" {\n  owner \"team-p\"\n" +
         rules +
         "\n  phase late from T+1h {\n    item used \"Reads the rest\" require a != 77 or b != 77 "
         "or flag or "
         "name != \"\" or share != 0% or speed > 9h\n  }\n}\n"
         "test \"t\" of p { facts { a = 1 }  expect hold }\n";
}

TEST(Lint, SaysNothingOfASoundPolicy) { EXPECT_THAT(found(policy("")), IsEmpty()); }

TEST(Lint, SaysNothingOfWhatDoesNotCompile) {
  EXPECT_THAT(lint(test::compile("policy p { item i require nothing }"), {}), IsEmpty());
}

TEST(Lint, LooksForWhatItIsAskedFor) {
  const auto result = test::compile(policy("item untitled require share <= 100%"));
  ASSERT_TRUE(result.ok()) << test::complaints(result);
  LintOptions options;
  EXPECT_EQ(lint(result, options).size(), 2U);
  options.only = {Rule::never_fails};
  ASSERT_EQ(lint(result, options).size(), 1U);
  EXPECT_EQ(lint(result, options)[0].rule, Rule::never_fails);
  options.only.clear();
  options.without = {Rule::never_fails, Rule::no_title};
  EXPECT_THAT(lint(result, options), IsEmpty());
}

// ---- allowances

TEST(Allow, OnTheLineOrTheLineAbove) {
  EXPECT_THAT(found(policy("item x require a == 1 // dpol: allow(no-title) because \"short\"")),
              IsEmpty());
  EXPECT_THAT(found(policy("// dpol: allow(no-title) because \"short\"\nitem x require a == 1")),
              IsEmpty());
  EXPECT_THAT(found(policy("// dpol: allow( no-title , never-fails ) because \"both\"\n"
                           "item x require share <= 100%")),
              IsEmpty());
}

TEST(Allow, OneLineOnly) {
  EXPECT_THAT(found(policy("// dpol: allow(no-title) because \"short\"\nitem x require a == "
                           "1\nitem y require b == 1")),
              ElementsAre("no-title"));
  EXPECT_THAT(found(policy("item x \"X\" require a == 1 // dpol: allow(no-title) because "
                           "\"s\"\nitem y require b == 1")),
              ElementsAre("unused-allow", "no-title"));
}

TEST(Allow, WithoutReasonAllowsNothing) {
  for (const char* comment :
       {"// dpol: allow(no-title)", "// dpol: allow(no-title) because",
        "// dpol: allow(no-title) because \" \"", "// dpol: allow no-title because \"x\"",
        "// dpol: allow() because \"x\"", "// dpol: alow(no-title)",
        "// dpol: allow(no-title) because \"x\" and more",
        "// dpol: allow(no-title because \"x\""}) {
    EXPECT_THAT(found(policy(std::string(comment) + "\nitem x require a == 1")),
                ElementsAre("bad-allow", "no-title"))
        << comment;
  }
}

TEST(Allow, UnknownNamesGetTheNearestOne) {
  const auto result =
      test::compile(policy("// dpol: allow(no-titel) because \"x\"\nitem x \"X\" require a == 1"));
  const auto findings = lint(result, {});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule, Rule::unknown_allow);
  ASSERT_FALSE(findings[0].diagnostic.help.empty());
  EXPECT_EQ(findings[0].diagnostic.help[0].edits.at(0).replacement, "no-title");
}

TEST(Allow, TextsAreNoComments) {
  EXPECT_THAT(found(policy("item x \"// dpol: allow(no-title)\" require a == 1")), IsEmpty());
}

// ---- rules where they must be silent

TEST(Silent, LimitsWithMeaning) {
  EXPECT_THAT(
      found(policy("threshold share {\n require <= 1%\n warn > 0.5%\n rollback > 5% for 2m\n}")),
      Not(Contains("dead-warning")));
  // A window is slower than the warning, so the warning is seen.
  EXPECT_THAT(found(policy("threshold share {\n warn > 10%\n rollback > 5% for 2m\n}")),
              Not(Contains("dead-warning")));
}

TEST(Silent, RelatedLimits) {
  EXPECT_THAT(
      found(policy("threshold speed {\n require <= baseline + 10%\n warn > baseline + 5%\n}")),
      Not(Contains("dead-warning")));
  EXPECT_THAT(
      found(policy("threshold speed {\n require <= baseline + 10%\n warn > baseline + 20%\n}")),
      Contains("dead-warning"));
  EXPECT_THAT(
      found(policy("threshold speed {\n require <= baseline + 10%\n warn > baseline + 10%\n}")),
      Contains("warning-equals-failure"));
  EXPECT_THAT(
      found(policy("threshold speed {\n require <= baseline + 5ms\n warn > baseline + 9ms\n}")),
      Contains("dead-warning"));
}

TEST(Fires, UnitsAreOfValuesAndNotOfText) {
  EXPECT_THAT(found(policy("item x \"X\" require speed <= 1s and speed <= 2000ms")),
              Contains("redundant-part"));
  EXPECT_THAT(found(policy("item x \"X\" require a == 1 and a >= 2")), Contains("never-passes"));
  EXPECT_THAT(found(policy("item x \"X\" require a > 3 and a < 4")), Contains("never-passes"));
  EXPECT_THAT(found(policy("item x \"X\" require name == \"x\" and name == \"y\"")),
              Contains("never-passes"));
  EXPECT_THAT(found(policy("item x \"X\" require not (flag and not flag)")),
              Contains("never-fails"));
}

TEST(Fires, WindowsCoverEachOther) {
  EXPECT_THAT(
      found(policy(
          "rollback x \"X\" when share > 5% for 2m\nrollback y \"Y\" when share > 6% for 3m")),
      Contains("covered-rule"));
  EXPECT_THAT(
      found(policy(
          "rollback x \"X\" when share > 5% for 3m\nrollback y \"Y\" when share > 6% for 2m")),
      Not(Contains("covered-rule")));
}

// ---- fixes

TEST(Fix, TakesTurnsWhereFixesTouch) {
  std::string text = policy("item x \"X\" require flag == true or flag == true and a == 1");
  for (int round = 0; round < 5; ++round) {
    const auto result = test::compile(text);
    ASSERT_TRUE(result.ok()) << test::complaints(result);
    const auto fixed = apply_fixes(lint(result, {}));
    if (fixed.findings == 0) break;
    ASSERT_EQ(fixed.texts.size(), 1U);
    text = fixed.texts.begin()->second;
  }
  EXPECT_NE(text.find("require flag or (flag and a == 1)"), std::string::npos) << text;
}

}  // namespace
}  // namespace dpol::lint
