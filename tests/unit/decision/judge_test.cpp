// When rules are due, what latches, what holds: language.md, sections "Due", "Before and after T",
// "Rollback latches", "Stages" and the table of outcomes.
#include <gtest/gtest.h>

#include "tests/unit/support/scenario.h"

namespace dpol::test {
namespace {

// One metric and a few facts that most policies here use.
std::string with_metrics(const std::string& policy) {
  return R"(
    facts { ready bool  frozen bool  kind web | worker  note? string  opened_at? time }
    metric latency    duration  lower is better  every 1m  "95th percentile"
    metric error_rate ratio     lower is better  every 1m  "Share of failed requests"
  )" + policy;
}

// ---- outcomes and decision ----

TEST(Outcomes, RequireIsPassFailOrUnknown) {
  Scenario s(with_metrics(R"(policy p "P" { item ready "Ready"  require ready })"));
  s.now(0).fact("ready", "true").judge();
  EXPECT_EQ(s.outcome("ready"), "pass");
  EXPECT_EQ(s.decision(), "go");
  s.fact("ready", "false").judge();
  EXPECT_EQ(s.outcome("ready"), "fail");
  EXPECT_EQ(s.decision(), "no-go");
  s.fact("ready", "missing").judge();
  EXPECT_EQ(s.outcome("ready"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
  ASSERT_EQ(s.rule("ready").missing.size(), 1U);
  EXPECT_EQ(s.rule("ready").missing[0].name, "ready");
}

TEST(Outcomes, HoldHoldsAndItsUnknownHolds) {
  Scenario s(with_metrics(R"(policy p "P" { hold freeze "Freeze" when frozen })"));
  s.now(0).fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("freeze"), "held");
  EXPECT_EQ(s.decision(), "hold");
  s.fact("frozen", "false").judge();
  EXPECT_EQ(s.decision(), "go");
  s.fact("frozen", "missing").judge();
  EXPECT_EQ(s.outcome("freeze"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
}

TEST(Outcomes, WarnGoesUnlessStrictEvenWhenUnknown) {
  Scenario s(with_metrics(R"(policy p "P" { item ready "Ready"  require ready  warn when frozen })"));
  s.now(0).fact("ready", "true").fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("ready"), "warn");
  EXPECT_EQ(s.decision(), "go");
  s.fact("frozen", "missing").judge();
  EXPECT_EQ(s.outcome("ready"), "warn");
  EXPECT_EQ(s.decision(), "go");
  s.strict().judge();
  EXPECT_EQ(s.decision(), "hold");
}

TEST(Outcomes, ConfirmIsPendingWithoutSignOff) {
  Scenario s(with_metrics(R"(policy p "P" { item plan "Plan"  confirm by 2 engineer })"));
  s.now(0).judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  EXPECT_EQ(s.decision(), "hold");
}

TEST(Outcomes, TheGravestClauseSpeaksForAnItem) {
  Scenario s(with_metrics(R"(policy p "P" { item ready "Ready"  warn when frozen  require ready })"));
  s.now(0).fact("ready", "false").fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("ready"), "fail");
}

TEST(Outcomes, RollbackIsGraverThanNoGoThanHold) {
  Scenario s(with_metrics(R"(policy p "P" {
    item ready "Ready" require ready
    hold freeze "Freeze" when frozen
    rollback slow "Slow" when latency > 1s
  })"));
  s.now(1).deployed(0).fact("ready", "false").fact("frozen", "true").sample("latency", 1, "2s").judge();
  EXPECT_EQ(s.decision(), "rollback");
  EXPECT_EQ(s.judge().exit_code, 3);
}

TEST(Outcomes, ATrialNeverCounts) {
  Scenario s(with_metrics(R"(policy p "P" {
    item ready "Ready" require ready
    trial hold freeze "Freeze" when frozen
  })"));
  s.now(0).fact("ready", "true").fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("freeze"), "held");
  EXPECT_TRUE(s.rule("freeze").trial);
  EXPECT_EQ(s.decision(), "go");
}

// ---- who is judged at all ----

TEST(Applies, ARuleNotForThisReleaseIsSkippedWithAReason) {
  Scenario s(with_metrics(R"(policy p "P" {
    item web "Web" only if kind == web require ready
    item open "Open" require not frozen
  })"));
  s.now(0).fact("kind", "worker").fact("frozen", "false").judge();
  EXPECT_EQ(s.outcome("web"), "skipped");
  EXPECT_NE(s.rule("web").reason.find("kind == web"), std::string::npos);
  EXPECT_EQ(s.decision(), "go");
}

TEST(Applies, AnUnknownOnlyIfIsUnknown) {
  Scenario s(with_metrics(R"(policy p "P" { item web "Web" only if kind == web require ready })"));
  s.now(0).fact("kind", "missing").fact("ready", "true").judge();
  EXPECT_EQ(s.outcome("web"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
  EXPECT_EQ(s.rule("web").missing.at(0).name, "kind");
}

TEST(Applies, APolicyNotForThisReleaseDecidesNothing) {
  Scenario s(with_metrics(R"(policy p "P" { applies only if kind == web  item r "R" require ready })"));
  s.now(0).fact("kind", "worker").fact("ready", "true").judge();
  EXPECT_EQ(s.judge().exit_code, 4);
  EXPECT_FALSE(s.judge().any_applies);
}

TEST(Applies, NoRuleForThisReleaseDecidesNothing) {
  Scenario s(with_metrics(R"(policy p "P" { item r "R" only if kind == web require ready })"));
  s.now(0).fact("kind", "worker").fact("ready", "true");
  EXPECT_EQ(s.judge().exit_code, 4);
}

// ---- before and after T ----

TEST(Start, RollbacksAreNeverDueBeforeT) {
  Scenario s(with_metrics(R"(policy p "P" { rollback bad "Bad" when frozen })"));
  s.now(-1).deployed(0).fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("bad"), "skipped");
  EXPECT_EQ(s.decision(), "hold");  // nothing is due yet
  s.now(0).judge();
  EXPECT_EQ(s.outcome("bad"), "fired");
}

TEST(Start, WithoutTNothingThatNeedsItIsDue) {
  Scenario s(with_metrics(R"(policy p "P" {
    rollback bad "Bad" when frozen
    threshold latency require <= 1s
    item ready "Ready" require ready
  })"));
  s.now(0).fact("frozen", "true").fact("ready", "true").sample("latency", 0, "2s").judge();
  EXPECT_EQ(s.outcome("bad"), "skipped");
  EXPECT_EQ(s.outcome("latency"), "skipped");
  EXPECT_EQ(s.decision(), "go");
}

TEST(Start, RequireElseRollbackIsNoGoBeforeTAndRollbackAfter) {
  Scenario s(with_metrics(R"(policy p "P" {
    phase before "Before" from T-1h until T+1h { item ready "Ready" require ready else rollback }
  })"));
  s.deployed(0).now(-5).fact("ready", "false").judge();
  EXPECT_EQ(s.outcome("ready"), "fail");
  s.now(5).judge();
  EXPECT_EQ(s.outcome("ready"), "fired");
}

TEST(Start, SamplesFromBeforeTDoNotSpeakForTheCandidate) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency require <= 1s })"));
  s.deployed(0).now(1).sample("latency", -1, "100ms").judge();
  EXPECT_EQ(s.outcome("latency"), "unknown");
  EXPECT_EQ(s.rule("latency").missing.at(0).fault, "no_sample");
}

TEST(Start, TheFirstSampleThatCarriesAStageIsTheStart) {
  Scenario s(with_metrics(R"(policy p "P" {
    threshold latency require <= 1s
    rollout canary { stage 10% bake 1m  stage 100% }
  })"));
  s.now(3).stage_mark(2, "10%").sample("latency", 2, "100ms").sample("latency", 3, "100ms").judge();
  EXPECT_EQ(s.judge().deployed_at, "2025-02-13T14:02:00Z");
  EXPECT_EQ(s.outcome("latency"), "pass");
}

// ---- phases ----

constexpr const char* kPhases = R"(policy p "P" {
  phase before "Before" from T-48h { item ready "Ready" require ready }
  phase after  "After" during T..T+15m { threshold latency { require <= 200ms  rollback > 1s } }
  phase later  "Later" from T+2h { item later "Later" require not frozen }
})";

TEST(Phases, WithoutTThoseBeforeAreOpenAndLaterOnesAreNot) {
  Scenario s(with_metrics(kPhases));
  s.now(0).fact("ready", "true").fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("before.ready"), "pass");
  EXPECT_EQ(s.outcome("latency.require"), "skipped");
  EXPECT_EQ(s.outcome("later.later"), "skipped");
  EXPECT_EQ(s.decision(), "go");
}

TEST(Phases, APhaseBeforeTClosesAtT) {
  Scenario s(with_metrics(kPhases));
  s.deployed(0).now(-1).fact("ready", "false").judge();
  EXPECT_EQ(s.outcome("before.ready"), "fail");
  EXPECT_EQ(s.decision(), "no-go");
  s.now(1).sample("latency", 1, "100ms").judge();
  EXPECT_EQ(s.outcome("before.ready"), "skipped");
  EXPECT_EQ(s.decision(), "go");
  s.force_phase("before").judge();
  EXPECT_EQ(s.outcome("before.ready"), "fail");
}

TEST(Phases, APhaseOpensAtItsAnchorAndSaysWhen) {
  Scenario s(with_metrics(kPhases));
  s.deployed(0).now(119).fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("later.later"), "skipped");
  EXPECT_EQ(s.rule("later.later").due_at, "2025-02-13T16:00:00Z");
  s.now(120).judge();
  EXPECT_EQ(s.outcome("later.later"), "fail");
}

TEST(Phases, TheVerdictOfDuringStandsAfterItsEnd) {
  Scenario s(with_metrics(kPhases));
  s.deployed(0).sample("latency", 14, "300ms").sample("latency", 30, "100ms").now(30).judge();
  EXPECT_EQ(s.outcome("latency.require"), "fail");  // as of T+15m, whatever came later
  EXPECT_EQ(s.outcome("latency.rollback"), "pass");
}

TEST(Phases, ARollbackThatFiredAfterDuringEndedIsNotItsOwn) {
  Scenario s(with_metrics(kPhases));
  s.deployed(0).sample("latency", 14, "100ms").sample("latency", 16, "2s").now(16).judge();
  EXPECT_EQ(s.outcome("latency.rollback"), "pass");
}

TEST(Phases, AnAbsentAnchorSkipsThePhase) {
  Scenario s(with_metrics(R"(policy p "P" {
    phase incident "Incident" from opened_at { item r "R" require ready }
    item other "Other" require not frozen
  })"));
  s.now(0).fact("opened_at", "absent").fact("frozen", "false").judge();
  EXPECT_EQ(s.outcome("incident.r"), "skipped");
  EXPECT_EQ(s.decision(), "go");
}

// ---- latches ----

TEST(Latch, ARollbackThatRecoveredStaysFired) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency rollback > 250ms for 3 samples })"));
  s.deployed(0).samples("latency", 1, {"300ms", "300ms", "300ms"}).now(3).judge();
  EXPECT_EQ(s.outcome("latency"), "fired");
  s.samples("latency", 4, {"100ms", "100ms", "100ms", "100ms"}).now(7).judge();
  EXPECT_EQ(s.outcome("latency"), "fired");
  EXPECT_EQ(s.rule("latency").fired_at, "2025-02-13T14:03:00Z");
}

TEST(Latch, ARequireRecovers) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency require <= 250ms })"));
  s.deployed(0).sample("latency", 1, "300ms").now(1).judge();
  EXPECT_EQ(s.decision(), "no-go");
  s.sample("latency", 2, "200ms").now(2).judge();
  EXPECT_EQ(s.decision(), "go");
}

TEST(Latch, WhatWasUnknownForAWhileDoesNotHoldForEver) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency rollback > 250ms })"));
  s.deployed(0).samples("latency", 1, {"NaN", "100ms"}).now(1).judge();
  EXPECT_EQ(s.outcome("latency"), "unknown");
  s.now(2).judge();
  EXPECT_EQ(s.outcome("latency"), "pass");
}

// ---- stages ----

constexpr const char* kCanary = R"(policy p "P" {
  rollout canary {
    stage 10%  bake 5m
    stage 50%  bake 5m at most 20m else rollback { threshold error_rate rollback > 1% }
    stage 100% bake 5m
    threshold latency rollback >= 250ms in 3 of 5 samples
  }
})";

TEST(Stages, ThreeOfFiveFiresAtThreeOfThreeNotAtTwoOfTwo) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "10%").samples("latency", 0, {"300ms", "300ms"}).now(1).judge();
  EXPECT_EQ(s.outcome("latency"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
  s.sample("latency", 2, "300ms").now(2).judge();
  EXPECT_EQ(s.outcome("latency"), "fired");
  EXPECT_EQ(s.decision(), "rollback");
}

TEST(Stages, BakingHoldsThenTheStageAdvances) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "10%").samples("latency", 0, {"1ms", "1ms", "1ms", "1ms", "1ms", "1ms"}).now(4).judge();
  EXPECT_EQ(s.outcome("10%.bake"), "held");
  EXPECT_EQ(s.decision(), "hold");
  s.now(5).judge();
  EXPECT_EQ(s.outcome("10%.bake"), "pass");
  EXPECT_EQ(s.decision(), "advance");
  EXPECT_EQ(s.judge().policies[0].rollout->next, "50%");
}

TEST(Stages, TheLastStagePromotes) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "100%").samples("latency", 0, {"1ms", "1ms", "1ms", "1ms", "1ms", "1ms"}).now(5).judge();
  EXPECT_EQ(s.decision(), "promoted");
  EXPECT_EQ(s.judge().exit_code, 0);
}

TEST(Stages, WindowsBeginAfreshAtAStage) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "10%").samples("latency", 0, {"1ms", "1ms", "1ms", "300ms", "300ms"});
  s.stage_mark(5, "50%").sample("latency", 5, "300ms").sample("error_rate", 5, "0%").now(5).judge();
  EXPECT_EQ(s.outcome("latency"), "unknown");  // one of five in this stage, not three
  EXPECT_EQ(s.decision(), "hold");
}

TEST(Stages, ARuleOfAnEarlierStageStaysFired) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "10%").sample("latency", 0, "1ms");
  s.stage_mark(1, "50%").sample("error_rate", 1, "5%");
  s.stage_mark(2, "100%").sample("error_rate", 2, "0%").sample("latency", 2, "1ms").now(2).judge();
  EXPECT_EQ(s.outcome("error_rate"), "fired");
}

TEST(Stages, ARuleOfAnotherStageIsNotDue) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "10%").sample("latency", 0, "1ms").sample("error_rate", 0, "5%").now(0).judge();
  EXPECT_EQ(s.outcome("error_rate"), "skipped");
  EXPECT_NE(s.rule("error_rate").reason.find("50%"), std::string::npos);
}

TEST(Stages, AStageEnteredAtAnUnknownTimeHolds) {
  Scenario s(with_metrics(kCanary));
  s.deployed(0).stage_option("100%").samples("latency", 1, {"1ms", "1ms", "1ms", "1ms", "1ms", "1ms"}).now(6).judge();
  EXPECT_EQ(s.outcome("100%.bake"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
  s.stage_at_option(1).judge();
  EXPECT_EQ(s.outcome("100%.bake"), "pass");
  EXPECT_EQ(s.decision(), "promoted");
}

TEST(Stages, AMostTimeEndsEveryHold) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "50%").sample("latency", 0, "1ms").now(19).judge();  // stale: unknown
  EXPECT_EQ(s.decision(), "hold");
  s.now(20).judge();
  EXPECT_EQ(s.outcome("50%.bake"), "fired");
  EXPECT_EQ(s.decision(), "rollback");
}

TEST(Stages, AStageNobodyNamedIsUnknown) {
  Scenario s(with_metrics(kCanary));
  s.deployed(0).sample("latency", 1, "1ms").now(1).judge();
  EXPECT_EQ(s.decision(), "hold");
  EXPECT_EQ(s.rule("canary.stage").outcome, decision::Outcome::unknown);
}

TEST(Stages, SettleLeavesOutTheFirstMinutes) {
  Scenario s(with_metrics(R"(policy p "P" { rollout r {
    stage 10% bake 3m settle 2m
    stage 100%
    threshold latency rollback > 250ms
  } })"));
  s.stage_mark(0, "10%").samples("latency", 0, {"900ms", "900ms", "100ms", "100ms"}).now(3).judge();
  EXPECT_EQ(s.outcome("latency"), "pass");
}

// ---- if missing ----

TEST(Missing, ARuleMayAnswerForItself) {
  Scenario s(with_metrics(R"(policy p "P" { item ready "Ready" require ready if missing fail })"));
  s.now(0).fact("ready", "missing").judge();
  EXPECT_EQ(s.outcome("ready"), "fail");
}

TEST(Missing, AGraceTimeMustPassFirst) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency { require <= 1s if missing for 10m rollback } })"));
  s.deployed(0).sample("latency", 1, "100ms").now(10).judge();
  EXPECT_EQ(s.outcome("latency"), "unknown");
  s.now(11).judge();
  EXPECT_EQ(s.outcome("latency"), "fired");
}

TEST(Missing, TheBaselineIsAnsweredForApart) {
  Scenario s(with_metrics(R"(policy p "P" {
    threshold latency { require <= baseline + 10% if baseline missing pass }
  })"));
  s.deployed(0).sample("latency", 1, "100ms").now(1).judge();
  EXPECT_EQ(s.outcome("latency"), "pass");
  s.now(30).judge();  // now the candidate is stale
  EXPECT_EQ(s.outcome("latency"), "unknown");
}

TEST(Missing, TheBaselinesGraceTimeMustPassFirst) {
  Scenario s(with_metrics(R"(policy p "P" {
    threshold latency { require <= stable + 10% if missing fail if baseline missing for 4m rollback }
  })"));
  s.deployed(0);
  for (int minute = 1; minute <= 11; ++minute) s.sample("latency", minute, "100ms");
  s.stable("latency", 2, "100ms").now(2).judge();
  EXPECT_EQ(s.outcome("latency"), "pass");
  s.now(8).judge();  // the stable version fell silent, and was last known at 7
  EXPECT_EQ(s.outcome("latency"), "unknown");
  s.now(10).judge();
  EXPECT_EQ(s.outcome("latency"), "unknown");
  s.now(11).judge();
  EXPECT_EQ(s.outcome("latency"), "fired");
}

// ---- what a report shows ----

TEST(Explain, ValuesMarginAndPlaceOfTheRuleThatDecided) {
  Scenario s(with_metrics(kCanary));
  s.stage_mark(0, "50%").samples("latency", 0, {"268ms", "272ms", "265ms"}).sample("error_rate", 2, "0.1%").now(2);
  s.judge();
  const decision::RuleVerdict& rule = s.rule("latency");
  EXPECT_EQ(rule.condition, "latency >= 250ms in 3 of 5 samples");
  ASSERT_EQ(rule.observed.size(), 1U);
  EXPECT_EQ(rule.observed[0].expr, "latency");
  EXPECT_EQ(rule.observed[0].values, (std::vector<std::string>{"268ms", "272ms", "265ms"}));
  EXPECT_EQ(rule.margin, "+22ms");
  EXPECT_EQ(rule.margin_words, "22ms over");
  EXPECT_EQ(rule.margin_permille, 88U);  // of 250ms
}

TEST(Explain, ABaselineAndTheLimitItMakes) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency require <= baseline + 10% })"));
  s.deployed(0).sample("latency", 1, "199ms").baseline("latency", "180ms").now(1).judge();
  const decision::RuleVerdict& rule = s.rule("latency");
  EXPECT_EQ(rule.outcome, decision::Outcome::fail);
  EXPECT_EQ(rule.margin, "+1ms");
  ASSERT_EQ(rule.observed.size(), 3U);
  EXPECT_EQ(rule.observed[0].values.at(0), "199ms");
  s.sample("latency", 2, "198ms").now(2).judge();
  EXPECT_EQ(s.outcome("latency"), "pass");
  EXPECT_EQ(s.rule("latency").margin_words, "at the limit");
  EXPECT_EQ(s.rule("latency").margin_permille, 0U);
}

TEST(Explain, AMissingBaselineIsNamed) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency require <= baseline + 10% })"));
  s.deployed(0).sample("latency", 1, "199ms").now(1).judge();
  EXPECT_EQ(s.rule("latency").missing.at(0).name, "latency.baseline");
  EXPECT_EQ(s.rule("latency").missing.at(0).fault, "no_baseline");
}

TEST(Explain, StalenessSaysHowOld) {
  Scenario s(with_metrics(R"(policy p "P" { threshold latency require <= 1s })"));
  s.deployed(0).sample("latency", 1, "100ms").now(8).judge();
  EXPECT_EQ(s.rule("latency").missing.at(0).reason,
            "latency is stale: its newest sample is too old (7m old, limit 5m)");
}

// ---- strategy ----

std::string with_strategy(const std::string& strategy) {
  return with_metrics(R"(policy p "P" {
    rollout rolling { stage 100% bake 1m  threshold error_rate rollback > 5% }
    rollout canary { stage 10% bake 1m  stage 100% bake 1m  threshold latency rollback > 1s }
    )" + strategy + " }");
}

TEST(Strategy, TheFirstThatHoldsIsFollowed) {
  Scenario s(with_strategy("strategy { use canary when ready  use rolling otherwise }"));
  s.now(2).deployed(0).stage_mark(0, "10%").stage_mark(1, "100%").fact("ready", "true");
  s.sample("latency", 1, "2s").sample("error_rate", 1, "9%").judge();
  EXPECT_EQ(s.outcome("canary.latency"), "fired");
  EXPECT_EQ(s.outcome("rolling.error_rate"), "skipped");
  EXPECT_EQ(s.rule("rolling.error_rate").reason, "rollout rolling is not used, but canary");
  EXPECT_EQ(s.judge().policies[0].rollout->because, "ready");
  s.fact("ready", "false").judge();
  EXPECT_EQ(s.outcome("canary.latency"), "skipped");
  EXPECT_EQ(s.outcome("rolling.error_rate"), "fired");
  EXPECT_EQ(s.judge().policies[0].rollout->because, "otherwise");
  EXPECT_EQ(s.outcome("p.strategy"), "pass");
}

TEST(Strategy, AnUnknownConditionHolds) {
  Scenario s(with_strategy("strategy { use canary when ready  use rolling otherwise }"));
  s.now(1).deployed(0).stage_mark(0, "100%").fact("ready", "missing");
  s.sample("latency", 1, "2s").sample("error_rate", 1, "9%").judge();
  EXPECT_EQ(s.decision(), "hold");
  EXPECT_EQ(s.outcome("p.strategy"), "unknown");
  EXPECT_EQ(s.outcome("canary.latency"), "unknown");
  EXPECT_EQ(s.outcome("rolling.error_rate"), "unknown");
  ASSERT_EQ(s.rule("p.strategy").missing.size(), 1U);
  EXPECT_EQ(s.rule("p.strategy").missing[0].name, "ready");
  EXPECT_FALSE(s.judge().policies[0].rollout);
}

TEST(Strategy, AnUnknownConditionDoesNotMatterWhereTheRestChoosesTheSame) {
  Scenario s(with_strategy("strategy { use canary when ready  use rolling when frozen  use canary otherwise }"));
  s.now(1).deployed(0).stage_mark(0, "10%").fact("ready", "missing").fact("frozen", "false");
  s.sample("latency", 1, "0.5s").judge();
  EXPECT_EQ(s.outcome("p.strategy"), "pass");
  EXPECT_EQ(s.decision(), "advance");
  s.fact("frozen", "missing").judge();
  EXPECT_EQ(s.outcome("p.strategy"), "unknown");
}

TEST(Strategy, NoneMayBeFollowed) {
  Scenario s(with_strategy("item go require frozen  strategy { use canary when ready }"));
  s.now(1).deployed(0).stage_mark(0, "10%").fact("ready", "false").fact("frozen", "true").judge();
  EXPECT_EQ(s.decision(), "go");
  EXPECT_EQ(s.rule("canary.latency").reason, "rollout canary is not used");
}

TEST(Strategy, BeforeTheStartItIsDueLater) {
  Scenario s(with_strategy("strategy { use canary when ready  use rolling otherwise }"));
  s.now(-5).deployed(0).fact("ready", "true").judge();
  EXPECT_EQ(s.decision(), "hold");
  EXPECT_EQ(s.outcome("canary.latency"), "skipped");
  EXPECT_EQ(s.judge().policies[0].decision_reason, "nothing is due yet");
}

TEST(Strategy, ARolloutThatIsNotForTheReleaseIsNotUsed) {
  Scenario s(with_metrics(R"(policy p "P" {
    rollout canary only if ready { stage 10% bake 9m  threshold latency rollback > 1s }
    item calm require frozen
  })"));
  s.now(1).deployed(0).stage_mark(0, "10%").fact("ready", "false").fact("frozen", "true").judge();
  EXPECT_EQ(s.decision(), "go");
  s.fact("ready", "true").judge();
  EXPECT_EQ(s.decision(), "hold");
}

TEST(Stages, OneThatIsNotForTheReleaseIsPassedOver) {
  Scenario s(with_metrics(R"(policy p "P" { rollout canary {
    step smoke "Smoke" run "make smoke" bake 1m require ready
    stages 10% to 20% by 10% bake 1m only if frozen
    stage 100% bake 1m
  } })"));
  s.now(2).deployed(0).stage_option("smoke").stage_at_option(0).fact("ready", "true").fact("frozen", "false").judge();
  const auto& rollout = *s.judge().policies[0].rollout;
  EXPECT_EQ(s.decision(), "advance");
  EXPECT_EQ(rollout.next, "100%");
  EXPECT_EQ(rollout.stage_title, "Smoke");
  EXPECT_EQ(rollout.run, "make smoke");
  EXPECT_EQ(s.outcome("canary.smoke"), "pass");
}

TEST(Stages, WhatIsMissingHasOneName) {
  Scenario s(with_metrics(R"(policy p "P" { rollout canary { stage 10% bake 1m  threshold latency rollback > 1s } })"));
  s.now(1).deployed(0).sample("latency", 1, "0.2s").judge();
  EXPECT_EQ(s.rule("canary.latency").missing[0].name, s.rule("canary.stage").missing[0].name);
}

// ---- trials and scores ----

TEST(Trials, LapseIntoForce) {
  Scenario s(with_metrics(R"(policy p "P" {
    item go require ready
    trial until 2025-02-13T14:05:00Z hold freeze when frozen
  })"));
  s.fact("ready", "true").fact("frozen", "true").now(4).judge();
  EXPECT_EQ(s.decision(), "go");
  EXPECT_TRUE(s.rule("freeze").trial);
  s.now(5).judge();
  EXPECT_EQ(s.decision(), "hold");
  EXPECT_FALSE(s.rule("freeze").trial);
  EXPECT_EQ(s.rule("freeze").trial_until, "2025-02-13T14:05:00Z");
}

TEST(Trials, OfAPolicyLapseIntoForce) {
  Scenario s(with_metrics(R"(trial until 2025-02-13T14:05:00Z policy p "P" { item go require ready })"));
  s.fact("ready", "false").now(4).judge();
  EXPECT_EQ(s.judge().exit_code, 4);
  s.now(6).judge();
  EXPECT_EQ(s.decision(), "no-go");
}

const char* const kScore = R"(policy p "P" { score quality {
  worth 2 latency <= 100ms half latency <= 200ms
  worth 1 ready
  worth 1 not frozen
  require >= 75%  warn < 90%
} })";

TEST(Scores, WeighTheirParts) {
  Scenario s(with_metrics(kScore));
  s.now(1).deployed(0).sample("latency", 1, "150ms").fact("ready", "true").fact("frozen", "false").judge();
  EXPECT_EQ(s.outcome("quality"), "warn");  // (1 + 1 + 1) of 4
  EXPECT_EQ(s.rule("quality").score, "75%");
  ASSERT_EQ(s.rule("quality").parts.size(), 3U);
  EXPECT_EQ(s.rule("quality").parts[0].earned, "1");
  s.fact("frozen", "true").judge();
  EXPECT_EQ(s.outcome("quality"), "fail");
  s.fact("frozen", "false").sample("latency", 1, "100ms").judge();
  EXPECT_EQ(s.outcome("quality"), "pass");
}

TEST(Scores, AreKnownOnceEveryCaseDecidesAlike) {
  Scenario s(with_metrics(kScore));
  s.now(1).deployed(0).sample("latency", 1, "100ms").fact("ready", "true").fact("frozen", "missing").judge();
  EXPECT_EQ(s.outcome("quality"), "warn");  // 3 or 4 of 4: it is required either way, and an unknown warning warns
  EXPECT_EQ(s.rule("quality").score, "75%..100%");
  s.fact("ready", "false").judge();
  EXPECT_EQ(s.outcome("quality"), "unknown");
  ASSERT_EQ(s.rule("quality").missing.size(), 1U);
  EXPECT_EQ(s.rule("quality").missing[0].name, "frozen");
  EXPECT_EQ(s.decision(), "hold");
  s.sample("latency", 1, "900ms").judge();
  EXPECT_EQ(s.outcome("quality"), "fail");  // 0 or 1 of 4
}

TEST(Scores, ThirdsMakeAWhole) {
  Scenario s(with_metrics(R"(policy p "P" { score q { worth 1 ready worth 1 ready worth 1 ready require >= 100% } })"));
  s.now(0).fact("ready", "true").judge();
  EXPECT_EQ(s.outcome("q"), "pass");
}

// ---- distributions ----

const char* const kRanked = R"(policy p "P" {
  rollback slow "Slow" when worse(latency, stable, over: 30m, by: 10%, confidence: 95%)
  item other "Other" require not differs(latency, stable, over: 30m, by: 5ms, confidence: 95%) if baseline missing hold
})";

// Twelve minutes of both tracks, the candidate's `more` milliseconds slower.
void both_tracks(Scenario& s, int more, int stable_samples = 12) {
  s.deployed(0);
  for (int minute = 1; minute <= 12; ++minute) {
    const int jitter = minute * 7 % 12;
    s.sample("latency", minute, std::to_string(200 + jitter + more) + "ms");
    if (minute <= stable_samples) s.stable("latency", minute, std::to_string(200 + minute * 5 % 12) + "ms");
  }
  s.now(12).judge();
}

TEST(Ranks, AreWorseByMoreThanTheEffect) {
  Scenario slow(with_metrics(kRanked));
  both_tracks(slow, 60);
  EXPECT_EQ(slow.outcome("slow"), "fired");
  EXPECT_EQ(slow.outcome("other"), "fail");
  // By 5 % only: not the effect that is asked for, and yet another distribution.
  Scenario little(with_metrics(kRanked));
  both_tracks(little, 18);
  EXPECT_EQ(little.outcome("slow"), "pass");
  EXPECT_EQ(little.outcome("other"), "fail");
  Scenario faster(with_metrics(kRanked));
  both_tracks(faster, -60);
  EXPECT_EQ(faster.outcome("slow"), "pass");
  EXPECT_EQ(faster.outcome("other"), "fail");
  Scenario alike(with_metrics(kRanked));
  both_tracks(alike, 0);
  EXPECT_EQ(alike.outcome("slow"), "pass");
  EXPECT_EQ(alike.outcome("other"), "pass");
}

TEST(Ranks, AreUnknownBelowTenSamples) {
  Scenario s(with_metrics(kRanked));
  both_tracks(s, 60, 9);
  EXPECT_EQ(s.outcome("slow"), "unknown");
  ASSERT_EQ(s.rule("slow").missing.size(), 1U);
  EXPECT_EQ(s.rule("slow").missing[0].fault, "window_open");
  EXPECT_EQ(s.outcome("other"), "held");  // it is the stable version that lacks them
}

// ---- after a rollback ----

TEST(AfterRollback, ABareMetricIsTheStableVersions) {
  Scenario s(R"(
    facts { rolled_back_at? time }
    metric latency duration lower is better every 1m
    policy p "P" {
      phase undone "Undone" from rolled_back_at { threshold latency require <= 200ms for 2m }
      item calm require latency > 0s
    }
  )");
  s.now(8).deployed(0).sample("latency", 8, "900ms");
  s.stable("latency", 4, "800ms").stable("latency", 5, "150ms").stable("latency", 6, "150ms");
  s.stable("latency", 7, "150ms").stable("latency", 8, "150ms");
  s.fact("rolled_back_at", "absent").judge();
  EXPECT_EQ(s.outcome("latency"), "skipped");
  s.fact("rolled_back_at", "2025-02-13T14:05:00Z").judge();
  EXPECT_EQ(s.outcome("latency"), "pass");
  s.stable("latency", 7, "300ms").judge();
  EXPECT_EQ(s.outcome("latency"), "fail");
}

// ---- several series ----

std::string with_series(const std::string& policy) {
  return R"(
    metric memory   int  lower is better  every 1m  by pod
    metric old      int  every 1m  by pod gone after 6m
    metric queue    int  every 1m  by zone, pod
  )" + policy;
}

std::string labels_of(const decision::RuleVerdict& rule) {
  std::string text;
  for (const decision::SeriesLabels& series : rule.series) {
    text += text.empty() ? "" : " ";
    for (const auto& [label, value] : series) text += label + "=" + value + ";";
  }
  return text + " " + std::to_string(rule.series_alike) + "/" + std::to_string(rule.series_judged);
}

TEST(Each, TheGravestSeriesSpeaksAndIsNamed) {
  Scenario s(with_series("policy p { threshold queue each pod, zone { require < 10  warn > 5 } }"));
  s.now(1).deployed(0).sample("queue[west/a]", 1, "1").sample("queue[east/b]", 1, "2").judge();
  EXPECT_EQ(s.outcome("require"), "pass");
  EXPECT_EQ(labels_of(s.rule("require")), "zone=east;pod=b; zone=west;pod=a; 2/2");
  s.sample("queue[west/b]", 1, "7").judge();
  EXPECT_EQ(s.outcome("warn"), "warn");
  EXPECT_EQ(labels_of(s.rule("warn")), "zone=west;pod=b; 1/3");
  s.sample("queue[west/c]", 1, "12").sample("queue[north/a]", 1, "11").judge();
  EXPECT_EQ(s.outcome("require"), "fail");
  EXPECT_EQ(labels_of(s.rule("require")), "zone=north;pod=a; zone=west;pod=c; 2/5");
  EXPECT_EQ(s.decision(), "no-go");
  ASSERT_FALSE(s.rule("require").observed.empty());
  EXPECT_EQ(s.rule("require").observed[0].values, (std::vector<std::string>{"11"}));
}

TEST(Each, NamesTenAtMost) {
  Scenario s(with_series("policy p { threshold memory each pod require < 10 }"));
  s.now(1).deployed(0);
  for (char pod = 'a'; pod < 'p'; ++pod) s.sample(std::string("memory[") + pod + "]", 1, "20");
  s.judge();
  EXPECT_EQ(s.rule("memory").series.size(), 10U);
  EXPECT_EQ(s.rule("memory").series_alike, 15U);
  EXPECT_EQ(s.rule("memory").series_judged, 15U);
}

TEST(Each, WithoutAnySeriesNothingIsKnown) {
  Scenario s(with_series("policy p { threshold memory each pod require < 10 }"));
  s.now(1).deployed(0).judge();
  EXPECT_EQ(s.outcome("memory"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
  ASSERT_EQ(s.rule("memory").missing.size(), 1U);
  EXPECT_EQ(s.rule("memory").missing[0].fault, "no_series");
  // What there was before T is not of this version.
  s.sample("memory[a]", -2, "1").judge();
  EXPECT_EQ(s.outcome("memory"), "unknown");
  EXPECT_EQ(s.rule("memory").missing[0].fault, "no_sample");
  EXPECT_TRUE(s.rule("memory").series.empty());
}

TEST(Each, ASeriesThatFallsSilentIsUnknownUntilItIsGone) {
  Scenario s(with_series("policy p { threshold memory each pod require < 10  threshold old each pod require < 10 }"));
  s.now(8).deployed(0);
  for (const char* metric : {"memory", "old"}) {
    s.samples(std::string(metric) + "[a]", 1, {"1", "1", "1", "1", "1", "1", "1", "1"});
    s.samples(std::string(metric) + "[b]", 1, {"1", "1"});
  }
  s.judge();
  EXPECT_EQ(s.outcome("memory"), "unknown");
  EXPECT_EQ(labels_of(s.rule("memory")), "pod=b; 1/2");
  EXPECT_EQ(s.rule("memory").missing[0].name, "memory{pod=\"b\"}");
  EXPECT_EQ(s.rule("memory").missing[0].fault, "stale");
  EXPECT_EQ(s.outcome("old"), "unknown");
  s.now(8.5).judge();
  EXPECT_EQ(s.outcome("old"), "pass");
  EXPECT_EQ(labels_of(s.rule("old")), "pod=a; 1/1");
  EXPECT_EQ(s.decision(), "hold");
}

TEST(Each, ARollbackOfOneSeriesStays) {
  Scenario s(with_series("policy p { threshold memory each pod rollback > 10 for 2 samples  threshold old each pod rollback > 10 }"));
  s.now(20).deployed(0);
  s.samples("memory[a]", 1, {"20", "1", "20", "1", "20"});
  s.samples("memory[b]", 1, {"1", "20", "20", "1", "1"});
  s.samples("old[a]", 1, {"20"});
  s.samples("old[b]", 18, {"1", "1", "1"});
  s.judge();
  // Two bad samples of different series are not two of one.
  EXPECT_EQ(s.outcome("memory"), "fired");
  EXPECT_EQ(labels_of(s.rule("memory")), "pod=b; 1/2");
  EXPECT_EQ(s.rule("memory").fired_at, "2025-02-13T14:03:00Z");
  // Nor does it matter that the series is gone.
  EXPECT_EQ(s.outcome("old"), "fired");
  EXPECT_EQ(labels_of(s.rule("old")), "pod=a; 1/2");
}

TEST(Each, IsComparedWithItsOwnTracks) {
  Scenario s(with_series(R"(policy p {
    threshold memory each pod as beside  require <= stable if baseline missing pass
    threshold memory each pod as before  require <= baseline
    threshold memory each pod as peers   require <= 2 * avg(memory)
  })"));
  s.now(1).deployed(0).sample("memory[a]", 1, "5").sample("memory[b]", 1, "6").stable("memory[a]", 1, "4");
  s.baseline("memory[a]", "5").baseline("memory[b]", "6").judge();
  EXPECT_EQ(s.outcome("beside"), "fail");
  EXPECT_EQ(labels_of(s.rule("beside")), "pod=a; 1/2");  // b has none, which is answered
  EXPECT_EQ(s.outcome("before"), "pass");
  EXPECT_EQ(s.outcome("peers"), "pass");
  s.sample("memory[a]", 1, "1").sample("memory[b]", 1, "9").judge();
  EXPECT_EQ(s.outcome("beside"), "pass");
  EXPECT_EQ(labels_of(s.rule("before")), "pod=b; 1/2");
  EXPECT_EQ(s.outcome("peers"), "pass");
}

TEST(AllSeries, AreAList) {
  Scenario s(with_series(R"(policy p {
    item most   require max(memory) <= 6 and min(memory) >= 5
    item enough require count(memory) >= 2 and sum(memory) < 12
    item alike  require every m in memory: m < 7
    item window require (max(memory) < 7) for 2 samples
  })"));
  s.now(2).deployed(0).samples("memory[a]", 1, {"5", "5"}).samples("memory[b]", 1, {"6", "6"}).judge();
  for (const char* rule : {"most", "enough", "alike", "window"}) EXPECT_EQ(s.outcome(rule), "pass") << rule;
  ASSERT_FALSE(s.rule("alike").observed.empty());
  EXPECT_EQ(s.rule("alike").observed[0].values, std::vector<std::string>{"a: 5, b: 6"});
  s.sample("memory[b]", 2, "7").judge();
  EXPECT_EQ(s.outcome("most"), "fail");
  EXPECT_EQ(s.outcome("alike"), "fail");
  EXPECT_EQ(s.outcome("window"), "fail");
  s.sample("memory[b]", 2, "NaN").judge();
  EXPECT_EQ(s.outcome("most"), "unknown");
  EXPECT_EQ(s.outcome("enough"), "unknown");
  EXPECT_EQ(s.outcome("alike"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
}

}  // namespace
}  // namespace dpol::test
