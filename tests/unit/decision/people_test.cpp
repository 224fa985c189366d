// What people say: language.md, section "People".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support/scenario.h"

namespace dpol::test {
namespace {

using program::Answer;
using ::testing::HasSubstr;

std::string people(const std::string& policy) {
  return R"(
    facts { service string  author string  lead string  crew list of string  failed int }
    role manager from ["Ann", "Bo", "Cy"]
    role lead from lead
    role crew from crew
    role anyone
    metric errors ratio every 1m stale after 2h
  )" + policy;
}

Scenario scenario(const std::string& policy) { return Scenario(people(policy)); }

TEST(SignOffs, EnoughDistinctPeoplePass) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 2 manager })");
  s.now(10).fact("service", "checkout").judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  EXPECT_THAT(s.rule("plan").confirm_command, HasSubstr("dpol confirm p.plan --by NAME --role manager"));
  EXPECT_THAT(s.rule("plan").confirm_command, HasSubstr("--fact service=checkout"));
  s.says(1, "plan", "Ann", "manager").says(2, "plan", "Ann", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  EXPECT_THAT(s.rule("plan").reason, HasSubstr("1 has, 1 missing; not yet: Bo, Cy"));
  s.says(3, "plan", "Bo", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
  EXPECT_EQ(s.decision(), "go");
}

TEST(SignOffs, OnePersonIsNotTwoInTwoRoles) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 manager, 1 anyone })");
  s.now(10).fact("service", "checkout");
  s.says(1, "plan", "Ann", "manager").says(2, "plan", "Ann", "anyone").judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  s.says(3, "plan", "Bo", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
}

TEST(SignOffs, ARefusalFailsUntilThatPersonSigns) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 manager within 5m })");
  s.now(60).fact("service", "checkout");
  s.says(1, "plan", "Ann", "manager", Answer::refuse).says(58, "plan", "Bo", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "fail");
  EXPECT_EQ(s.decision(), "no-go");
  s.says(59, "plan", "Ann", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
}

TEST(SignOffs, LastAsLongAsTheyAreSaidTo) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 manager within 5m })");
  s.fact("service", "checkout").says(10, "plan", "Ann", "manager");
  s.now(9).judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  s.now(10).judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
  s.now(15).judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
  s.now(15.1).judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  EXPECT_EQ(s.rule("plan").sign_offs.front().why_not, "has expired");
}

TEST(SignOffs, WhoMayNotSignDoesNotCount) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 manager other than author })");
  s.now(10).fact("service", "checkout").fact("author", "Ann");
  s.says(1, "plan", "Ann", "manager").says(1, "plan", "Eve", "manager").says(1, "plan", "Bo", "crew").judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  ASSERT_EQ(s.rule("plan").sign_offs.size(), 3U);
  for (const decision::SignOffVerdict& sign_off : s.rule("plan").sign_offs) EXPECT_FALSE(sign_off.counts) << sign_off.by;
  s.says(2, "plan", "Bo", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
}

TEST(SignOffs, AnUnknownFactAboutPeopleHolds) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 manager other than author })");
  s.now(10).fact("service", "checkout").says(1, "plan", "Ann", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "unknown");
  ASSERT_EQ(s.rule("plan").missing.size(), 1U);
  EXPECT_EQ(s.rule("plan").missing[0].name, "author");
  EXPECT_EQ(s.decision(), "hold");
}

TEST(SignOffs, CountForNoReleaseThatIsNotKnown) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 manager })");
  s.now(10).says(1, "plan", "Ann", "manager").judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  EXPECT_THAT(s.rule("plan").reason, HasSubstr("service is not known"));
}

TEST(SignOffs, MembersMayComeFromAFact) {
  Scenario s = scenario(R"(policy p "P" { item plan "Plan" confirm by 1 lead })");
  s.now(10).fact("service", "checkout").says(1, "plan", "Ann", "lead").judge();
  EXPECT_EQ(s.outcome("plan"), "unknown");
  s.fact("lead", "Bo").judge();
  EXPECT_EQ(s.outcome("plan"), "pending");
  s.fact("lead", "Ann").judge();
  EXPECT_EQ(s.outcome("plan"), "pass");
}

TEST(SignOffs, NotApplicableOnlyWhereThatIsAllowed) {
  Scenario s = scenario(R"(policy p "P" {
    item a "A" confirm by 2 manager or not applicable because
    item b "B" confirm by 2 manager })");
  s.now(10).fact("service", "checkout");
  s.says(1, "a", "Ann", "manager", Answer::not_applicable).says(1, "b", "Ann", "manager", Answer::not_applicable).judge();
  EXPECT_EQ(s.outcome("p.a"), "pass");
  EXPECT_EQ(s.outcome("p.b"), "pending");
}

constexpr const char* kGates = R"(policy p "P" { rollout r {
    stage 10%  decide by 1 manager
    stage 50%  leave confirm by 1 manager
    stage 100% enter confirm by 1 manager { item look "Look" confirm by 1 anyone } } })";

TEST(Gates, EnterIsDueBeforeTheStageAndInIt) {
  Scenario s = scenario(kGates);
  s.now(10).deployed(0).fact("service", "checkout").stage_option("10%").judge();
  EXPECT_EQ(s.outcome("stage_100.enter"), "skipped");
  s.stage_option("50%").judge();
  EXPECT_EQ(s.outcome("stage_100.enter"), "pending");
  EXPECT_EQ(s.outcome("stage_50.leave"), "pending");
  EXPECT_EQ(s.decision(), "hold");
  s.says(5, "enter", "Ann", "manager", Answer::confirm, "100%");
  s.says(5, "leave", "Ann", "manager", Answer::confirm, "50%").judge();
  EXPECT_EQ(s.outcome("stage_100.enter"), "pass");
  EXPECT_EQ(s.outcome("stage_50.leave"), "pass");
  EXPECT_EQ(s.decision(), "advance");
}

TEST(Gates, SignOffsOfAStageAreForThatStage) {
  Scenario s = scenario(kGates);
  s.now(10).deployed(0).fact("service", "checkout").stage_option("100%");
  s.says(5, "look", "Ann", "anyone", Answer::confirm, "50%").says(5, "enter", "Ann", "manager", Answer::confirm, "100%").judge();
  EXPECT_EQ(s.outcome("look"), "pending");
  s.says(5, "look", "Ann", "anyone", Answer::confirm, "100%").judge();
  EXPECT_EQ(s.outcome("look"), "pass");
}

TEST(Gates, ADecisionHoldsAndARollbackStays) {
  Scenario s = scenario(kGates);
  s.now(10).deployed(0).fact("service", "checkout").stage_option("10%").judge();
  EXPECT_EQ(s.outcome("decide"), "pending");
  s.says(1, "decide", "Ann", "manager", Answer::hold, "10%").says(2, "decide", "Bo", "manager", Answer::proceed, "10%").judge();
  EXPECT_EQ(s.outcome("decide"), "held");
  s.says(3, "decide", "Ann", "manager", Answer::proceed, "10%").judge();
  EXPECT_EQ(s.outcome("decide"), "pass");
  s.says(4, "decide", "Cy", "manager", Answer::rollback, "10%").says(5, "decide", "Cy", "manager", Answer::proceed, "10%").judge();
  EXPECT_EQ(s.outcome("decide"), "fired");
  s.stage_option("50%").judge();
  EXPECT_EQ(s.outcome("decide"), "fired");
  EXPECT_EQ(s.decision(), "rollback");
}

TEST(Waivers, TurnFailUnknownAndPendingOnly) {
  Scenario s = scenario(R"(policy p "P" {
    item a "A" require failed == 0  waivable by manager
    item b "B" confirm by 1 manager  waivable by manager
    hold c "C" when failed > 0  waivable by manager
    item d "D" require failed == 0  warn when failed == 1  waivable by manager
  }
  waiver a for service "checkout" until 2025-02-14 by "Ann" because "known"
  waiver b for service "checkout" until 2025-02-14 by "Ann" because "known"
  waiver c for service "checkout" until 2025-02-14 by "Ann" because "known"
  waiver d for service "checkout" until 2025-02-14 by "Ann" because "known")");
  s.now(0).fact("service", "checkout").judge();
  EXPECT_EQ(s.outcome("p.a"), "waived");
  EXPECT_EQ(s.rule("p.a").waiver->instead_of, "unknown");
  EXPECT_EQ(s.outcome("p.b"), "waived");
  EXPECT_EQ(s.outcome("p.c"), "waived");
  s.fact("failed", "1").judge();
  EXPECT_EQ(s.rule("p.a").waiver->instead_of, "fail");
  EXPECT_EQ(s.outcome("p.c"), "held");
  EXPECT_EQ(s.outcome("p.d"), "warn");
  EXPECT_EQ(s.rule("p.d").waiver->instead_of, "fail");
  s.fact("failed", "0").judge();
  EXPECT_EQ(s.outcome("p.a"), "pass");
  EXPECT_EQ(s.rule("p.a").waiver->state, "valid");
  s.now(10 * 60).judge();
  EXPECT_EQ(s.rule("p.a").waiver->state, "expired");
  s.fact("service", "cart").judge();
  EXPECT_FALSE(s.rule("p.a").waiver);
}

TEST(Waivers, AnyOfSeveralRolesMayWaive) {
  Scenario s = scenario(R"(policy p "P" {
    item a "A" require failed == 0  waivable by lead, crew
    phase before "Before" from T-1h {
      item a "A" require failed == 1  waivable by crew, lead
      waiver a for service "checkout" until 2025-02-14 by "Di" because "known"
    }
  }
  waiver p.a for service "checkout" until 2025-02-14 by "Ann" because "known")");
  s.deployed(0).now(-60).fact("service", "checkout").fact("failed", "2").judge();
  EXPECT_EQ(s.outcome("p.a"), "fail");  // nobody knows who is of either role
  s.fact("lead", "Ann").judge();
  EXPECT_EQ(s.outcome("p.a"), "waived");
  EXPECT_EQ(s.outcome("before.a"), "fail");
  s.fact("lead", "Di").judge();
  EXPECT_EQ(s.outcome("p.a"), "fail");
  EXPECT_EQ(s.outcome("before.a"), "waived");
}

TEST(Waivers, ByWhoMayNoLongerWaiveCountForNothing) {
  Scenario s = scenario(R"(policy p "P" { item a "A" require failed == 0  waivable by crew }
  waiver a for service "checkout" until 2025-02-14 by "Ann" because "known")");
  s.now(0).fact("service", "checkout").fact("failed", "1").judge();
  EXPECT_EQ(s.outcome("p.a"), "fail");
  EXPECT_EQ(s.rule("p.a").waiver->state, "not_a_member");
}

}  // namespace
}  // namespace dpol::test
