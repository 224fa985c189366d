// What tests give, when it is, and what of their expectations comes true.

#include <gmock/gmock.h>

#include "tests/unit/testing/suite.h"

namespace dpol::test {
namespace {

using ::testing::HasSubstr;

const std::string kChecklist = R"(
facts { ok bool  since? time  tests { failed int  coverage ratio }  pods list of pod  labels map of string  version semver }
record pod { name string  restarts int  image { digest string } }
role reviewer
policy p {
  param limit int = 3 within 0..10
  item ready    require ok
  item coverage require tests.coverage >= 80%  warn when tests.coverage < 85%
  item pods     require every x in pods: x.restarts <= limit
  item digest   require none x in pods: x.image.digest == "bad"
  item team     require labels["team"] == "cart"
  item version  require version >= 2.0.0
  item plan     confirm by 1 reviewer
  item old      require (since else T) >= T-1h
}
)";

std::string checklist(const std::string& body) {
  return failures_of(kChecklist + "test \"t\" of p {" + body + "}");
}

TEST(Facts, AreWhatTheTestGives) {
  EXPECT_EQ(checklist(R"(
    facts {
      ok = true  tests = { failed = 0  coverage = 82% }  version = "2.0.0"  labels["team"] = "cart"  since = T-1h
      pods = [{ name = "a"  restarts = 3  image = { digest = "x" } }, { name = "b"  restarts = 1  image = { digest = "y" } }]
    }
    at T { }
    expect ready, pods, digest, team, version, old is pass
    expect coverage is warn
    expect tests.failed == 0
    expect count(x in pods where x.restarts > 1) == 1)"),
            "");
}

TEST(Facts, ThatAreNotGivenAreUnknown) {
  EXPECT_EQ(
      checklist(
          "facts { labels = { other = \"cart\" } pods = [{ name = \"a\" }] ok = unknown } at T { }"
          "expect hold  expect ready, coverage, pods, digest, team, version is unknown  expect old "
          "is pass"),
      "");
}

TEST(Facts, OfARecordMayBeMissing) {
  EXPECT_EQ(checklist("facts { pods = [{ restarts = 4 }, { restarts = missing }] } expect pods is "
                      "fail  expect digest is unknown"),
            "");
}

TEST(Parameters, AreSet) {
  const std::string pods = "facts { pods = [{ restarts = 4 }] }";
  EXPECT_EQ(checklist(pods + "expect pods is fail"), "");
  EXPECT_EQ(checklist(pods + "set limit = 4  expect pods is pass  expect limit == 4"), "");
}

const std::string kSeries = R"(
metric memory int every 1m by zone, pod
policy p {
  threshold memory each zone, pod { require <= baseline + 10  rollback > stable for 2 samples }
  item all  require max(memory) < 20
}
)";

TEST(Series, AreGivenByTheirLabels) {
  EXPECT_EQ(failures_of(kSeries + R"(test "t" {
    at T for 2m {
      memory["west"]["a"] = 5  memory["west"]["b"] = [5, 6, 7]  memory.stable = 9
      memory.baseline["west"]["a"] = 1  metrics.memory.baseline["west"]["b"] = 1
    }
    at T+3m { memory["west"]["a"] = 30  memory["west"]["b"] = missing }
    expect memory.rollback, memory.require, all is pass at T+2m
    expect memory.require, all is fail
    expect count(memory) == 2
    expect max(memory) == 30 at T+3m
    expect no-go at T+3m
    at T+4m { memory["west"]["a"] = 31 }
    expect rollback by memory.rollback
  })"),
            "");
  EXPECT_EQ(failures_of(kSeries + R"(test "t" { at T { memory.stable = 9 } expect all, memory.require is unknown })"), "");
}

const std::string kAsked = R"(
facts { ok bool  due_at? time }
role reviewer
policy p {
  item plan "Plan" confirm by 1 reviewer or not applicable
  message window "Going out" to reviewer via "mail" at T-48h..T-24h
  message undone "It failed" to reviewer via "mail" on ready
  message timed  "In time" to reviewer via "mail" at due_at
  item ready require ok
  rollout canary { stage 10% bake 1m decide by 1 reviewer  stage 100% bake 1m }
}
)";

std::string asked(const std::string& body) {
  return failures_of(kAsked + "test \"t\" of p {" + body + "}");
}

TEST(Answers, AreWhatTheTestSays) {
  EXPECT_EQ(asked("confirm plan says refuse  expect plan is fail"), "");
  EXPECT_EQ(asked("confirm plan says not applicable  expect plan is pass"), "");
  EXPECT_EQ(asked("confirm plan says confirm  expect plan is pass"), "");
  const std::string stage = "facts { ok = true }  confirm plan  at stage 10% { }  at T+5m { }  ";
  EXPECT_EQ(asked(stage + "confirm decide  expect decide is pass"), "");
  EXPECT_EQ(asked(stage + "confirm decide says hold  expect hold by decide"), "");
  EXPECT_EQ(asked(stage + "confirm decide says rollback  expect rollback by decide"), "");
}

TEST(Messages, AreExpectedOrNot) {
  EXPECT_EQ(asked("at T-30h { }  expect message window  expect no message undone at T-30h"),
            "expect no message undone at T-30h: undone is unknown: one of its rules is unknown\n");
  EXPECT_EQ(asked("facts { ok = false }  at T-50h { }  expect no message window  expect message "
                  "p.undone  expect message window at T-48h  expect no message window at T-24h"),
            "");
  EXPECT_EQ(asked("facts { ok = true }  at T-30h { }  expect no message window  expect message "
                  "window, undone"),
            "expect no message window: window is due\n"
            "expect message window, undone: undone is not_yet: nothing to tell of its rules\n");
}

TEST(Expectations, SayWhatCameOut) {
  EXPECT_EQ(checklist("facts { ok = false } expect go  expect no-go by coverage  expect ready, "
                      "coverage is pass  expect ok == true  expect tests.failed > 1"),
            "expect go: it is no-go\n"
            "expect no-go by coverage: it is no-go, but not by coverage, which is unknown\n"
            "expect ready, coverage is pass: ready is fail, coverage is unknown\n"
            "expect ok == true: it is false\n"
            "expect tests.failed > 1: it is unknown\n");
}

const std::string kCanary = R"(
metric m duration every 1m
metric e ratio every 1m
policy p {
  rollout r {
    stage 10%  bake 5m
    stage 100% bake 5m
    threshold m { require < 1s  rollback > 2s in 3 of 5 samples }
    threshold e rollback > baseline + 5pp for 2m
  }
}
)";
std::string canary(const std::string& body) {
  return failures_of(kCanary + "test \"t\" of p {" + body + "}");
}

TEST(Time, BlocksFollowEachOther) {
  EXPECT_EQ(canary(R"(
    at T-10m { e.baseline = 1% }
    at stage 10%  every 1m for 5m { m = 500ms  e = 1% }
    at stage 100% every 1m for 5m { m = 500ms  e = 1% }
    expect hold at T+4m
    expect advance at stage 10%
    expect advance at T+5m
    expect hold at T+6m
    expect go
    expect promoted
    expect count(m, 20m) == 12
    expect count(m, 20m) == 6 at stage 10%)"),
            "");
}

TEST(Time, ABlockIsAsLongAsItsLists) {
  EXPECT_EQ(canary("at stage 10% every 2m { m = [1s, 2s, 3s]  e = 1% } expect m == 3s  expect m == "
                   "2s at T+3m  "
                   "expect count(e, 1h) == 3  expect now == T+4m"),
            "");
}

TEST(Time, GapsAreUnknownOrMissing) {
  EXPECT_EQ(canary("at stage 10% every 1m { m = [3s, 3s, unknown, 3s] } expect rollback by m"), "");
  EXPECT_EQ(
      canary(
          "at stage 10% every 1m { m = [3s, 3s, unknown, unknown] } expect m.rollback is unknown"),
      "");
  EXPECT_EQ(canary("at stage 10% every 1m { m = [3s, 3s, missing, 500ms] } expect count(m, 1h) == "
                   "3  expect m.require is pass"),
            "");
}

TEST(Time, IsAsDatesSay) {
  EXPECT_EQ(canary("at 2026-05-01T10:00:00Z stage 10% every 1m for 5m { m = 500ms } expect now == "
                   "T+5m  expect T == 2026-05-01T10:00:00Z"),
            "");
  EXPECT_EQ(canary("at T { } expect now == 2030-01-01T12:00:00Z"), "");
}

TEST(Time, WithoutTIsUnknown) {
  EXPECT_EQ(failures_of("facts { ok bool } policy p { item a require ok  item b require now >= T } "
                        "test \"t\" { facts { ok = true } expect a is pass  expect b is unknown }"),
            "");
}

TEST(Time, IsWhatTheFactSays) {
  EXPECT_EQ(
      failures_of(
          "facts { deployed_at time } policy p { item b require now == T+1h } "
          "test \"t\" { facts { deployed_at = 2026-05-01T10:00:00Z } at T+1h { } expect go }"),
      "");
}

TEST(Expectations, OfSeveralRulesWithOneName) {
  const std::string fired = "at stage 10% every 1m { m = [3s, 3s, 3s]  e = 1%  e.baseline = 1% } ";
  EXPECT_EQ(canary(fired + "expect m is fail  expect m is fired  expect rollback by m"), "");
  EXPECT_EQ(canary(fired + "expect m is pass"), "expect m is pass: m is fail and fired\n");
}

TEST(Expectations, OfMetricsBeforeTAreNotJudged) {
  EXPECT_EQ(canary("at T-5m { m = 3s } expect m == 3s"),
            "expect m == 3s: metrics are not judged before T\n");
}

TEST(Expectations, OfAPolicyThatDoesNotApply) {
  EXPECT_EQ(failures_of("facts { ok bool } policy p { applies only if ok  item a require ok } test "
                        "\"t\" { facts { ok = false } expect go  expect a is skipped }"),
            "expect go: it is that the policy decides nothing\n");
}

TEST(Failures, ShowTheRulesThatDecided) {
  const Suite suite(kCanary +
                    "test \"t\" of p { at stage 10% every 1m { m = [3s, 4s, 5s]  e = 1%  "
                    "e.baseline = 1% } expect hold }");
  const auto result = suite.run();
  ASSERT_EQ(result.failures.size(), 1U);
  const auto& failure = result.failures[0];
  EXPECT_EQ(failure.at, "2030-01-01T12:02:00Z");
  EXPECT_EQ(failure.place.line, 12U);
  ASSERT_EQ(failure.verdict.policies[0].rules.size(), 1U);
  EXPECT_EQ(failure.verdict.policies[0].rules[0].id, "p.r.m.rollback");
  EXPECT_THAT(failure.verdict.policies[0].rules[0].observed[0].values,
              ::testing::ElementsAre("3s", "4s", "5s"));
  EXPECT_EQ(failure.verdict.policies[0].rules[0].observed[0].source, "t.dpol:12");
}

TEST(SignOffs, CountFromWhereTheyStand) {
  const std::string policy =
      "role r from [\"Ann\", \"Bo\"] policy p { item a confirm by 2 r  item b confirm by 1 r "
      "within 1h "
      "rollout c { stage 10% stage 100% leave confirm by 1 r } } test \"t\" {";
  EXPECT_EQ(failures_of(policy + R"(
    confirm a by "Ann"
    at T-2h { }
    confirm a as r
    confirm b
    at stage 100% { }
    expect a is pending at T-3h
    expect a, b is pass at T-2h
    expect b is pending
    expect leave is pending })"),
            "");
  EXPECT_EQ(
      failures_of(policy + "at stage 100% { } confirm leave by \"Bo\" expect leave is pass }"), "");
}

TEST(Expectations, AreNeeded) {
  EXPECT_EQ(
      failures_of(
          "facts { ok bool } policy p { item a require ok } test \"t\" { facts { ok = true } }"),
      "it expects nothing: it could not fail");
}

TEST(Trials, AreTestedAsIfInForce) {
  EXPECT_EQ(failures_of("facts { ok bool } trial policy p { item a require ok } test \"t\" { facts "
                        "{ ok = false } expect no-go by a }"),
            "");
}

TEST(OpenPolicies, AreTestedWithTheirParametersSet) {
  EXPECT_EQ(failures_of("facts { n int } policy base { param limit int  item a require n <= limit "
                        "} policy mine extends base { set limit = 1 }"
                        "test \"t\" of base { facts { n = 3 } set limit = 3 expect go }"),
            "");
}

}  // namespace
}  // namespace dpol::test
