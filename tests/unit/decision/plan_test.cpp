// What a release still takes: language.md, section "The plan".
#include "runtime/decision/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/unit/support/scenario.h"

namespace dpol::decision {
namespace {

using test::Scenario;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kPolicy = R"(
  facts {
    service string  version string  environment dev | production
    platform kubernetes | vm  risk low | high  failed int  schema bool  login passed | failed
    namespace string  pods list of pod  opened_at? time  explained bool  author string
  }
  record pod { restarts int }
  metric errors  ratio     lower is better  every 1m
  metric latency duration  lower is better  every 1m
  role manager from ["Ann", "Bo"]
  policy p {
    param slower percent change = 10%
    param most int = 3
    item always require failed == 0
    rollback broken when errors > 5%
    phase before "Before" from T-48h {
      item tests require failed == 0  warn when errors > 1%
      item signed confirm by 1 manager other than author within 24h
      item both require failed == 0  confirm by 1 manager
      item schema only if schema require failed == 0
      item pods only if platform == kubernetes require every q in pods: q.restarts <= most
    }
    phase verified during T..T+15m {
      item login require login == passed else rollback
      threshold latency { require <= baseline + slower }
      item over_vm only if platform == vm require latency < 1s
    }
    phase review from opened_at { item explained require explained }
    rollout canary {
      stage 10% bake 5m
      stage 50% bake 10m at most 1h else no-go  only if schema
      stage 90% bake 10m { threshold latency rollback > stable + 20% in 3 of 5 samples }
      stage 100% enter confirm by 1 manager
      threshold errors rollback > baseline + 1pp for 2m
    }
    rollout rolling { stage 100% bake 5m { item calm require errors < 1% } }
    strategy { use canary when risk == high  use rolling otherwise }
    procedure undo on errors only if platform == kubernetes { step run "undo ${service} -n ${namespace}" }
    procedure undo_vm on errors only if platform == vm { step run "undo-vm" }
    procedure other on calm { step "Wait" }
    message window "${service} ${version}" to "team" via "mail" at T-48h..T-24h
  }
)";

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() : release(kPolicy) {
    release.fact("service", "cart").fact("version", "1.2.0").fact("environment", "production");
    release.fact("platform", "kubernetes").fact("risk", "high").fact("failed", "0").fact("author", "Cy");
    release.fact("schema", "false").fact("opened_at", "absent");
    release.now(0).deployed(60).baseline("latency", "180ms").baseline("errors", "0.2%");
  }

  void make() { plan = release.plan(); }
  const PolicyPlan& policy() const { return plan.policies.front(); }
  const SectionPlan& section(const std::string& title) const {
    const auto found = std::ranges::find(policy().sections, title, &SectionPlan::title);
    if (found == policy().sections.end()) throw std::runtime_error("no section " + title);
    return *found;
  }
  const ItemPlan& item(const std::string& id) const {
    for (const SectionPlan& section : policy().sections) {
      for (const ItemPlan& item : section.items)
        if (item.rule.id == id) return item;
    }
    throw std::runtime_error("no item " + id);
  }
  std::string state(const std::string& id) const { return name(item(id).state); }
  std::vector<std::string> needs() const {
    std::vector<std::string> names;
    for (const Need& need : policy().needs) names.push_back(need.missing.name + (need.now ? " now" : ""));
    return names;
  }
  std::string limit(const std::string& id) const {
    const Limit& limit = item(id).clauses.front().limits.at(0);
    return limit.relation + " " + limit.value + " (" + limit.made_of + ")";
  }

  Scenario release;
  Plan plan;
};

TEST_F(PlanTest, SectionsAreInTheOrderOfTime) {
  make();
  std::vector<std::string> titles;
  for (const SectionPlan& section : policy().sections) titles.push_back(section.title);
  EXPECT_THAT(titles, ElementsAre("At any time", "Before", "From the deployment on", "canary: every stage", "canary: stage 90%",
                                  "canary: stage 100%", "rolling: stage 100%", "verified", "review"));
  EXPECT_EQ(section("Before").from, "T-48h");
  EXPECT_EQ(section("Before").until, "T");
  EXPECT_EQ(section("Before").from_at, "2025-02-11T15:00:00Z");
  EXPECT_EQ(section("verified").until_at, "2025-02-13T15:15:00Z");
}

TEST_F(PlanTest, WhatIsSoIsDoneAndWhatIsNotIsOpen) {
  make();
  EXPECT_EQ(state("p.always"), "done");
  EXPECT_EQ(state("p.before.signed"), "open");
  release.fact("failed", "1");
  make();
  EXPECT_EQ(state("p.always"), "open");
  EXPECT_EQ(item("p.always").rule.outcome, Outcome::fail);
}

TEST_F(PlanTest, EachClauseOfARuleIsToldByItself) {
  release.fact("failed", "1");
  make();
  const ItemPlan& both = item("p.before.both");
  ASSERT_THAT(both.clauses, SizeIs(2));
  EXPECT_EQ(both.clauses[0].outcome, Outcome::fail);
  EXPECT_EQ(both.clauses[1].outcome, Outcome::pending);
  EXPECT_THAT(both.clauses[1].ask->members, ElementsAre("Ann", "Bo"));
  release.fact("failed", "0");
  make();
  EXPECT_EQ(item("p.before.both").clauses[0].state, PlanState::done);
  EXPECT_EQ(state("p.before.both"), "open");
  release.says(-1, "before.both", "Ann", "manager");
  make();
  EXPECT_EQ(state("p.before.both"), "done");
  // What nobody measures yet warns, and says what is missing.
  EXPECT_EQ(item("p.before.tests").clauses[1].outcome, Outcome::warn);
  EXPECT_THAT(item("p.before.tests").clauses[1].missing, SizeIs(1));
}

TEST_F(PlanTest, WhoeverSignsKnowsHow) {
  make();
  const Ask& ask = *item("p.before.signed").clauses[0].ask;
  EXPECT_EQ(ask.role, "manager");
  EXPECT_EQ(ask.within, "1d");
  EXPECT_THAT(ask.other_than, ElementsAre("author"));
  EXPECT_THAT(ask.command, HasSubstr("dpol confirm p.before.signed --by NAME --role manager"));
  EXPECT_THAT(item("p.canary.stage_100.enter").clauses[0].ask->command, HasSubstr("dpol confirm p.canary.stage_100.enter"));
  EXPECT_EQ(item("p.canary.stage_100.enter").gate, "enter");
}

TEST_F(PlanTest, WhatIsNotForTheReleaseSaysWhy) {
  make();
  const ItemPlan& schema = item("p.before.schema");
  EXPECT_EQ(schema.state, PlanState::not_applicable);
  EXPECT_EQ(schema.because.condition, "schema");
  ASSERT_THAT(schema.because.observed, SizeIs(1));
  EXPECT_THAT(schema.because.observed[0].values, ElementsAre("false"));
  // Also where it is not due yet.
  EXPECT_EQ(state("p.verified.over_vm"), "not_applicable");
  EXPECT_EQ(section("review").state, PlanState::not_applicable);
  EXPECT_EQ(state("p.review.explained"), "not_applicable");
  EXPECT_EQ(section("rolling: stage 100%").reason, "rollout canary is used instead");
  EXPECT_EQ(state("p.rolling.stage_100.calm"), "not_applicable");
}

TEST_F(PlanTest, WhatIsUnknownIsOpenAndNeverDone) {
  release.fact("schema", "missing");
  make();
  EXPECT_EQ(state("p.before.schema"), "open");
  EXPECT_THAT(item("p.before.schema").because.missing, SizeIs(1));
  EXPECT_EQ(state("p.before.pods"), "open");
  EXPECT_THAT(needs(), ::testing::Contains("schema now"));
  EXPECT_THAT(needs(), ::testing::Contains("pods now"));
  EXPECT_THAT(needs(), ::testing::Contains("login"));
  EXPECT_THAT(needs(), ::testing::Contains("namespace"));
}

TEST_F(PlanTest, LimitsAreNumbers) {
  make();
  EXPECT_EQ(limit("p.verified.latency"), "<= 198ms (baseline 180ms + slower 10%)");
  EXPECT_EQ(limit("p.canary.errors"), "> 1.2% (baseline 0.2% + 1pp)");
  EXPECT_EQ(limit("p.broken"), "> 5% ()");
  EXPECT_EQ(limit("p.before.pods"), "<= 3 (most)");
  const Limit& stable = item("p.canary.stage_90.latency").clauses[0].limits.at(0);
  EXPECT_EQ(stable.made_of, "stable + 20%");
  EXPECT_TRUE(stable.measured_then);
}

TEST_F(PlanTest, ALimitWithoutItsBaselineIsOpenToo) {
  Scenario bare(kPolicy);
  bare.now(0).deployed(60).fact("risk", "high");
  plan = bare.plan();
  const Limit& limit = item("p.verified.latency").clauses[0].limits.at(0);
  EXPECT_EQ(limit.value, "");
  EXPECT_EQ(limit.made_of, "baseline unknown + slower 10%");
  EXPECT_FALSE(limit.measured_then);
  EXPECT_THAT(needs(), ::testing::Contains("latency.baseline"));
}

TEST_F(PlanTest, TheChosenRolloutHasItsStagesWithTheirTimes) {
  make();
  EXPECT_EQ(policy().rollout, "canary");
  ASSERT_THAT(policy().choices, SizeIs(2));
  EXPECT_TRUE(policy().choices[0].chosen);
  EXPECT_EQ(policy().choices[1].holds, "not_asked");
  const auto& stages = policy().stages;
  ASSERT_THAT(stages, SizeIs(4));
  EXPECT_EQ(stages[0].from, "T");
  EXPECT_EQ(stages[0].from_at, "2025-02-13T15:00:00Z");
  EXPECT_EQ(stages[0].baked_at, "2025-02-13T15:05:00Z");
  // Passed over: it takes no time.
  EXPECT_EQ(stages[1].state, PlanState::not_applicable);
  EXPECT_EQ(stages[1].at_most_else, "no-go");
  EXPECT_EQ(stages[2].from, "T+5m");
  EXPECT_EQ(stages[3].from, "T+15m");
  EXPECT_EQ(stages[3].from_at, "2025-02-13T15:15:00Z");
}

TEST_F(PlanTest, WhileItRunsTheStagesHaveTheirOwnTimes) {
  release.now(75).stage_mark(60, "10%").stage_mark(70, "90%");
  release.sample("errors", 61, "0.1%").sample("errors", 75, "0.1%");
  make();
  const auto& stages = policy().stages;
  EXPECT_EQ(stages[0].state, PlanState::over);
  EXPECT_EQ(stages[0].from_at, "2025-02-13T15:00:00Z");
  EXPECT_EQ(stages[2].state, PlanState::open);
  EXPECT_EQ(stages[2].from_at, "2025-02-13T15:10:00Z");
  EXPECT_EQ(stages[3].from_at, "2025-02-13T15:20:00Z");
  // What was to be done before stays on the list, as it was at its end.
  EXPECT_EQ(section("Before").state, PlanState::over);
  EXPECT_EQ(state("p.before.tests"), "done");
  EXPECT_EQ(state("p.before.signed"), "over");
}

TEST_F(PlanTest, NobodyKnowsWhichRollout) {
  release.fact("risk", "missing");
  make();
  EXPECT_TRUE(policy().rollout_unknown);
  EXPECT_EQ(policy().choices[0].holds, "unknown");
  EXPECT_THAT(policy().stages, IsEmpty());
  EXPECT_THAT(needs(), ::testing::Contains("risk now"));
  EXPECT_EQ(state("p.rolling.stage_100.calm"), "open");
}

TEST_F(PlanTest, WithoutTTimesAreFromT) {
  Scenario bare(kPolicy);
  bare.now(0).fact("risk", "high").fact("schema", "false").fact("opened_at", "absent");
  plan = bare.plan();
  EXPECT_EQ(plan.deployed_at, std::nullopt);
  EXPECT_EQ(policy().stages[3].from, "T+15m");
  EXPECT_EQ(policy().stages[3].from_at, std::nullopt);
  EXPECT_EQ(section("Before").state, PlanState::open);
  EXPECT_EQ(section("verified").state, PlanState::later);
  EXPECT_THAT(needs(), ::testing::Contains("T"));
}

TEST_F(PlanTest, ProceduresHaveTheirCommands) {
  release.fact("namespace", "shops");
  make();
  const auto& procedures = policy().procedures;
  ASSERT_THAT(procedures, SizeIs(3));
  EXPECT_EQ(procedures[0].state, PlanState::later);
  EXPECT_EQ(procedures[0].procedure.steps[0].run, "undo cart -n shops");
  EXPECT_THAT(procedures[0].on, ElementsAre("p.canary.errors"));
  EXPECT_EQ(procedures[1].state, PlanState::not_applicable);
  EXPECT_EQ(procedures[1].reason, "only if platform == vm");
  EXPECT_THAT(procedures[1].because.observed[0].values, ElementsAre("kubernetes"));
  EXPECT_EQ(procedures[2].reason, "no rule that it answers is for this release");
  // Once its rule has fired it is for now.
  release.now(64).stage_mark(60, "10%").samples("errors", 60, {"2%", "2%", "2%", "2%"});
  make();
  EXPECT_EQ(policy().procedures[0].state, PlanState::open);
  EXPECT_THAT(policy().procedures[0].procedure.answers, ElementsAre("p.canary.errors"));
  EXPECT_EQ(item("p.canary.errors").rule.outcome, Outcome::fired);
}

TEST_F(PlanTest, MessagesAreFilledIn) {
  make();
  const MessagePlan& window = policy().messages.at(0);
  EXPECT_EQ(window.message.text, "cart 1.2.0");
  EXPECT_EQ(window.from, "T-48h");
  EXPECT_EQ(window.from_at, "2025-02-11T15:00:00Z");
}

TEST_F(PlanTest, CountsAreOfTasks) {
  make();
  std::uint32_t all = 0;
  for (const std::uint32_t count : policy().counts) all += count;
  std::uint32_t tasks = 0;
  for (const SectionPlan& section : policy().sections)
    tasks += static_cast<std::uint32_t>(std::ranges::count(section.items, true, &ItemPlan::is_task));
  EXPECT_EQ(all, tasks);
  EXPECT_GT(policy().counts[static_cast<std::size_t>(PlanState::done)], 0U);
}

TEST(Plans, OfAPolicyForOthersAskNothing) {
  Scenario release("facts { service string }  policy p { applies only if service == \"a\"  item x require service != \"\" }");
  release.fact("service", "b");
  Plan plan = release.plan();
  EXPECT_FALSE(plan.any_applies);
  EXPECT_FALSE(plan.policies[0].applies);
  EXPECT_THAT(plan.policies[0].sections, IsEmpty());
  EXPECT_THAT(plan.policies[0].because.observed[0].values, ElementsAre("\"b\""));
  release.fact("service", "missing");
  plan = release.plan();
  EXPECT_TRUE(plan.any_applies);
  EXPECT_EQ(plan.policies[0].sections.at(0).items.at(0).state, PlanState::open);
  EXPECT_THAT(plan.policies[0].needs, SizeIs(1));
}

TEST(Plans, OfATrialAreCountedApart) {
  Scenario release("facts { failed int }  trial policy p { item x require failed == 0 }  policy q { trial item x require failed == 0 }");
  release.fact("failed", "0");
  const Plan plan = release.plan();
  EXPECT_TRUE(plan.any_applies);
  EXPECT_TRUE(plan.policies[0].trial);
  EXPECT_EQ(plan.policies[1].counts[0], 0U);
  EXPECT_EQ(plan.policies[1].sections.at(0).items.at(0).state, PlanState::done);
}

}  // namespace
}  // namespace dpol::decision
