// When messages are due and what they say: language.md, section "Messages".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support/scenario.h"

namespace dpol::test {
namespace {

using decision::MessageState;
using ::testing::HasSubstr;

Scenario told(const std::string& policy) {
  return Scenario(R"(
    facts { service string  ticket string  busy bool  risk low | high  closed_at? time  moved_at time }
    role manager from ["Ann", "Bo"]
    metric errors ratio every 1m stale after 2h
    metric speed duration every 1m stale after 2h
  )" + policy);
}

std::string state(const Scenario& s, std::string_view message = "m") {
  return decision::name(s.message(message).state);
}

std::string state_at(Scenario& s, double minute, std::string_view message = "m") {
  s.now(minute).judge();
  return state(s, message);
}

constexpr const char* kRule = "item a \"A\" require not busy ";

TEST(Messages, AreDueInTheirWindowItsBeginningIncluded) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" at T-48m..T-24m })");
  s.deployed(60);
  EXPECT_EQ(state_at(s, 11.99), "not_yet");
  EXPECT_EQ(s.message("m").from, "2025-02-13T14:12:00Z");
  EXPECT_EQ(state_at(s, 12), "due");
  EXPECT_EQ(state_at(s, 35.99), "due");
  EXPECT_EQ(state_at(s, 36), "missed");
}

TEST(Messages, ThatWereSentAreNotDueAgain) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" at T-48m..T-24m })");
  s.deployed(60).sent(20, "m").sent(20, "other");
  EXPECT_EQ(state_at(s, 19), "due");
  EXPECT_EQ(state_at(s, 20), "sent");
  EXPECT_EQ(state_at(s, 50), "sent");
  EXPECT_EQ(s.message("m").sent_at, "2025-02-13T14:20:00Z");
}

TEST(Messages, SentBeforeTheirTimeBeganAreDueAgain) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" at T-48m..T-24m })");
  s.deployed(60).sent(11, "m");
  EXPECT_EQ(state_at(s, 30), "due");
}

TEST(Messages, WithinATimeAreLateAndStayDue) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" within 10m of closed_at })");
  s.fact("closed_at", "absent");
  EXPECT_EQ(state_at(s, 30), "not_applicable");
  Scenario t = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" within 10m of closed_at })");
  t.fact("closed_at", "2025-02-13T14:30:00Z");
  EXPECT_EQ(state_at(t, 29), "not_yet");
  EXPECT_EQ(state_at(t, 30), "due");
  EXPECT_EQ(state_at(t, 40), "late");
  EXPECT_THAT(t.message("m").reason, HasSubstr("late by 0s"));
}

TEST(Messages, OverAndOverAreDueEverySoOften) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" every 15m while busy })");
  s.fact("busy", "true").sent(10, "m");
  EXPECT_EQ(state_at(s, 9), "due");
  EXPECT_EQ(state_at(s, 24.9), "sent");
  EXPECT_EQ(s.message("m").again_at, "2025-02-13T14:25:00Z");
  EXPECT_EQ(state_at(s, 25), "due");
  s.sent(25, "m");
  EXPECT_EQ(state_at(s, 26), "sent");
}

TEST(Messages, WaitForTheirCondition) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" every 15m while busy })");
  s.fact("busy", "false");
  EXPECT_EQ(state_at(s, 5), "not_yet");
  EXPECT_EQ(s.message("m").reason, "only while busy");
}

TEST(Messages, OverAndOverWithoutMoreBeginAtT) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" every 15m })");
  EXPECT_EQ(state_at(s, 5), "unknown");
  s.deployed(10);
  EXPECT_EQ(state_at(s, 9), "not_yet");
  EXPECT_EQ(state_at(s, 10), "due");
}

TEST(Messages, SpeakOfRulesThatAreBroken) {
  Scenario s = told(std::string("policy p {") + kRule + R"(message m "M" to manager via "mail" on a })");
  EXPECT_EQ(state_at(s, 1), "unknown");
  EXPECT_EQ(s.message("m").missing.at(0).name, "busy");
  s.fact("busy", "false");
  EXPECT_EQ(state_at(s, 2), "not_yet");
  s.fact("busy", "true");
  EXPECT_EQ(state_at(s, 3), "due");
  EXPECT_EQ(s.message("m").reason, "p.a: fail");
}

TEST(Messages, OfARollbackCountFromWhenItFired) {
  Scenario s = told(R"(policy p { rollback r "R" when errors > 5%  message m "M ${errors}" to manager via "mail" on r })");
  s.deployed(0).samples("errors", 1, {"1%", "6%", "1%"}).sent(1.5, "m");
  EXPECT_EQ(state_at(s, 1.6), "sent");
  EXPECT_EQ(state_at(s, 3), "due");
  EXPECT_EQ(s.message("m").text, "M 1%");
  s.sent(2.5, "m");
  EXPECT_EQ(state_at(s, 3), "sent");
}

TEST(Messages, OfRulesOnTrialAreNotSent) {
  Scenario s = told(R"(policy p { item b "B" require risk == low  trial item a "A" require not busy
    message m "M" to manager via "mail" on a })");
  s.fact("busy", "true").fact("risk", "low");
  EXPECT_EQ(state_at(s, 1), "not_yet");
  EXPECT_EQ(s.decision(), "go");
}

TEST(Messages, StandWithTheirPhaseOrStage) {
  Scenario s = told(R"(policy p {
    phase after from T+10m until T+20m only if risk == high { item a "A" require not busy
      message m "M" to manager via "mail" at T }
    rollout canary {
      stage 10% bake 5m { message ten "Ten" to manager via "mail" at T }
      stage 100% bake 5m { message all "All" to manager via "mail" at T }
    }
  })");
  s.deployed(0).fact("risk", "high").fact("busy", "false").stage_mark(0, "10").stage_mark(15, "100");
  s.samples("errors", 0, {"1%"});
  EXPECT_EQ(state_at(s, 9), "not_yet");
  EXPECT_EQ(state(s, "ten"), "due");
  EXPECT_EQ(state(s, "all"), "not_yet");
  EXPECT_EQ(state_at(s, 16), "due");
  EXPECT_EQ(state(s, "ten"), "missed");
  EXPECT_EQ(state(s, "all"), "due");
  EXPECT_EQ(state_at(s, 21), "missed");
  s.fact("risk", "low");
  EXPECT_EQ(state_at(s, 16), "not_applicable");
}

TEST(Messages, OfOtherReleasesAreNotSent) {
  Scenario s = told(R"(policy p { applies only if risk == high  item a "A" require not busy
    message m "M" to manager via "mail" at T  message n "N" to manager via "mail" at T only if busy })");
  s.deployed(0).fact("busy", "false").fact("risk", "low");
  EXPECT_EQ(state_at(s, 5), "not_applicable");
  s.fact("risk", "high");
  EXPECT_EQ(state_at(s, 5), "due");
  EXPECT_EQ(state(s, "n"), "not_applicable");
}

TEST(Messages, WithoutTheirMomentNobodyCanTell) {
  Scenario s = told(std::string("policy p {") + kRule +
                    R"(message m "M" to manager via "mail" at T-48m..T-24m  message n "N" to manager via "mail" at moved_at })");
  EXPECT_EQ(state_at(s, 5), "unknown");
  EXPECT_EQ(s.message("m").missing.at(0).name, "T");
  EXPECT_EQ(state(s, "n"), "unknown");
  EXPECT_EQ(s.message("n").missing.at(0).name, "moved_at");
}

TEST(Messages, ShowWhatTheirTextLacksAndChangeNoDecision) {
  Scenario s = told(R"(policy p { item a "A" require not busy
    message m """
      ${service}: ${ticket}, ${speed}
      second line
      """ to manager, "x@y" via "mail" at T })");
  s.deployed(0).fact("busy", "false").fact("service", "cart\x1b[2J").sample("speed", 1, "NaN");
  EXPECT_EQ(state_at(s, 2), "due");
  EXPECT_EQ(s.decision(), "go");
  const decision::MessageVerdict& m = s.message("m");
  EXPECT_THAT(m.text, HasSubstr(": ‹ticket unknown›, ‹speed unknown›\nsecond line"));
  EXPECT_EQ(m.text.find('\x1b'), std::string::npos);
  ASSERT_EQ(m.missing.size(), 2U);
  EXPECT_EQ(m.missing[0].name, "ticket");
  EXPECT_EQ(m.missing[1].fault, "not_a_number");
  EXPECT_EQ(m.recipients.at(0).members, (std::vector<std::string>{"Ann", "Bo"}));
  EXPECT_FALSE(m.recipients.at(1).is_role);
}

TEST(Messages, SayWhetherTheyWereSentOnlyWhereThatIsKept) {
  Scenario s = told(R"(policy p { item a "A" require sent(m)  message m "M" to manager via "mail" at T })");
  s.now(10).judge();
  EXPECT_EQ(s.outcome("a"), "unknown");
  EXPECT_EQ(s.decision(), "hold");
  s.keeps_what_was_sent().judge();
  EXPECT_EQ(s.outcome("a"), "fail");
  s.sent(11, "m").judge();
  EXPECT_EQ(s.outcome("a"), "fail");
  s.now(11).judge();
  EXPECT_EQ(s.outcome("a"), "pass");
}

TEST(Messages, AreInheritedAndLoseDroppedRules) {
  Scenario s = told(R"(
    policy base { item a "A" require not busy  item b "B" require risk == low  message m "M" to manager via "mail" on a }
    policy p extends base { drop a because "measured elsewhere" }
    message everywhere "E" to manager via "mail" at T)");
  s.deployed(0).fact("busy", "true").fact("risk", "low").now(1).judge();
  const auto& policies = s.judge().policies;
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[1].messages->size(), 2U);
  EXPECT_EQ(policies[0].messages->at(0).state, MessageState::due);
  EXPECT_EQ(policies[1].messages->at(0).state, MessageState::not_applicable);
  EXPECT_EQ(policies[1].messages->at(1).id, "p.everywhere");
}

}  // namespace
}  // namespace dpol::test
