// What is shown to be done: language.md, section "Procedures".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/decision/shell.h"
#include "tests/unit/support/scenario.h"

namespace dpol::decision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ShellWord, LeavesPlainWordsAlone) {
  for (const char* word : {"checkout", "3.1.0", "a-b_c", "team/app:v1@x", "--x=1", "99%", "a,b"}) {
    EXPECT_EQ(shell_word(word), word);
  }
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(shell_word("`x`;&|<>*?[]{}~#!\\\""), "'`x`;&|<>*?[]{}~#!\\\"'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("'"), "''\\'''");
  EXPECT_EQ(shell_word("grün"), "'grün'");
}

TEST(SoundWord, HasNoControlCharacterAndIsNoOption) {
  EXPECT_TRUE(is_sound_word("checkout", "undo "));
  EXPECT_FALSE(is_sound_word("a\nb", "undo "));
  EXPECT_FALSE(is_sound_word("a\x1b[2J", "undo "));
  EXPECT_FALSE(is_sound_word("a\x7f", "undo "));
  EXPECT_FALSE(is_sound_word(std::string(4'001, 'a'), "undo "));
  EXPECT_TRUE(is_sound_word(std::string(4'000, 'a'), "undo "));
  EXPECT_FALSE(is_sound_word("-rf", "rm "));
  EXPECT_FALSE(is_sound_word("-rf", ""));
  EXPECT_FALSE(is_sound_word("-rf", "rm\n"));
  EXPECT_TRUE(is_sound_word("-1", "scale --by="));
}

constexpr const char* kPolicy = R"(
  facts { service string  platform kubernetes | vm  failed int  ready bool }
  metric errors ratio  every 1m
  policy p {
    rollback broken when errors > 5%
    item tests require failed == 0
    trial item tried require failed == 0
    item busy hold when ready  if missing fail
    procedure undo "Undo" on broken, tests only if platform == kubernetes {
      step "Undo" run "undo ${service}"
      step "Verify" require errors < 1% require ready
    }
    procedure wait on busy { step "Wait" }
    procedure never on tried { step "Never" }
  }
)";

const ProcedureVerdict* find(const Verdict& verdict, const char* id) {
  for (const ProcedureVerdict& procedure : verdict.policies[0].procedures) {
    if (procedure.id == id) return &procedure;
  }
  return nullptr;
}

test::Scenario scenario() {
  test::Scenario s(kPolicy);
  s.deployed(0).now(2).samples("errors", 0, {"1%", "2%", "2%"});
  s.fact("service", "checkout").fact("platform", "kubernetes").fact("failed", "0").fact("ready", "false");
  return s;
}

TEST(Procedures, AreSilentWhileNothingFails) {
  test::Scenario s = scenario();
  EXPECT_THAT(s.judge().policies[0].procedures, IsEmpty());
}

TEST(Procedures, AnswerWhatFailedOrFired) {
  test::Scenario s = scenario();
  s.fact("failed", "1");
  EXPECT_THAT(find(s.judge(), "p.undo")->answers, ElementsAre("p.tests"));
  s.sample("errors", 1.5, "9%");
  EXPECT_THAT(find(s.judge(), "p.undo")->answers, ElementsAre("p.broken", "p.tests"));
  EXPECT_EQ(find(s.judge(), "p.never"), nullptr) << "of a trial";
}

TEST(Procedures, AreForTheReleasesTheySay) {
  test::Scenario s = scenario();
  s.fact("failed", "1").fact("platform", "vm");
  EXPECT_THAT(s.judge().policies[0].procedures, IsEmpty());
  test::Scenario unknown(kPolicy);
  unknown.deployed(0).now(2).fact("failed", "1");
  const ProcedureVerdict* undo = find(unknown.judge(), "p.undo");
  ASSERT_NE(undo, nullptr);
  EXPECT_EQ(undo->reason, "cannot tell whether it is for this release");
  ASSERT_THAT(undo->missing, SizeIs(1));
  EXPECT_EQ(undo->missing[0].name, "platform");
}

TEST(Procedures, FillTheirCommandsAndDecideNothing) {
  test::Scenario s(kPolicy);
  s.deployed(0).now(2).samples("errors", 0, {"1%", "2%", "2%"});
  s.fact("failed", "1").fact("service", "a; reboot").fact("platform", "kubernetes");
  const Verdict& verdict = s.judge();
  EXPECT_EQ(s.decision(), "no-go");
  const ProcedureVerdict& undo = *find(verdict, "p.undo");
  EXPECT_EQ(undo.steps[0].run, "undo 'a; reboot'");
  EXPECT_TRUE(undo.steps[0].is_complete);
  ASSERT_THAT(undo.steps[1].checks, SizeIs(2));
  EXPECT_EQ(undo.steps[1].checks[0].outcome, Outcome::fail);
  EXPECT_EQ(undo.steps[1].checks[0].observed[0].values[0], "2%");
  EXPECT_EQ(undo.steps[1].checks[1].outcome, Outcome::unknown);
  EXPECT_EQ(undo.steps[1].checks[1].missing[0].name, "ready");
  EXPECT_EQ(verdict.policies[0].counts[static_cast<std::size_t>(Outcome::unknown)], 0U);
}

TEST(Procedures, WhatIsUnknownLeavesACommandThatNoShellRuns) {
  test::Scenario s(kPolicy);
  s.deployed(0).now(2).fact("failed", "1").fact("platform", "kubernetes");
  const StepVerdict& step = find(s.judge(), "p.undo")->steps[0];
  EXPECT_EQ(step.run, "undo <|service unknown|>");
  EXPECT_FALSE(step.is_complete);
  ASSERT_THAT(step.missing, SizeIs(1));
  EXPECT_THAT(step.missing[0].reason, HasSubstr("service"));
  s.fact("service", "a\nb");
  EXPECT_EQ(find(s.judge(), "p.undo")->steps[0].run, "undo <|service unknown|>");
}

TEST(Procedures, AnswerAHoldThatFailsWhereItIsMissing) {
  test::Scenario s(kPolicy);
  s.deployed(0).now(2).fact("service", "a").fact("platform", "kubernetes");
  ASSERT_NE(find(s.judge(), "p.wait"), nullptr);
  EXPECT_EQ(find(s.judge(), "p.wait")->steps[0].title, "Wait");
}

}  // namespace
}  // namespace dpol::decision
