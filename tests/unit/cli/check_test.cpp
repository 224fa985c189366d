// `dpol check` on policies as text: what reaches the streams, and the exit codes.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/cli/session.h"

namespace dpol::cli {
namespace {

using nlohmann::json;
using testing::Outcome;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kShop = R"(facts {
  service  string
  tests    { failed int }
  frozen   bool
}
metric latency  duration  lower is better  every 1m

policy shop "The shop" {
  param most ratio = 10%  within 0%..50%
  item tests   "All tests pass"  require tests.failed == 0
  item spare   "Spare"           warn when tests.failed > -1
  hold freeze  "Change freeze"   when frozen
  rollback slow "Too slow"       when latency > 1s
}
)";

class Check : public testing::Session {
 protected:
  void SetUp() override {
    Session::SetUp();
    policy_ = write("shop.dpol", kShop);
  }

  // Of facts, with latency at T+1m.
  Outcome check(int failed, bool frozen, const char* latency, Arguments more = {}) {
    write("m.ndjson", "{\"time\": \"2025-02-13T14:01:00Z\", \"metrics\": {\"latency\": {\"candidate\": \"" +
                          std::string(latency) + "\"}}}\n");
    Arguments arguments = {"check", policy_, "--fact", "tests.failed=" + std::to_string(failed),
                           "--fact", frozen ? "frozen=true" : "frozen=false",
                           "--fact", "service=shop", "--metrics", path("m.ndjson"),
                           "--deployed-at", "2025-02-13T14:00:00Z"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return dpol(arguments);
  }

  std::string policy_;
};

TEST_F(Check, EveryDecisionHasItsExitCode) {
  const Outcome go = check(0, false, "200ms");
  EXPECT_EQ(go.code, 0);
  EXPECT_THAT(go.out, StartsWith("GO  shop · shop\n"));
  EXPECT_EQ(go.err, "");
  const Outcome no_go = check(2, false, "200ms");
  EXPECT_EQ(no_go.code, 1);
  EXPECT_THAT(no_go.out, HasSubstr("  fail  tests.failed == 0"));
  EXPECT_THAT(no_go.out, HasSubstr("2 over"));
  EXPECT_EQ(check(0, true, "200ms").code, 2);
  const Outcome rollback = check(2, true, "1200ms");
  EXPECT_EQ(rollback.code, 3);
  EXPECT_THAT(rollback.out, StartsWith("ROLLBACK  shop · shop\n"));
  EXPECT_THAT(rollback.out, HasSubstr("200ms over"));
  EXPECT_EQ(check(0, false, "NaN").code, 2);
}

TEST_F(Check, StrictHoldsOnAWarning) {
  const Outcome strict = check(0, false, "200ms", {"--strict"});
  EXPECT_EQ(strict.code, 2);
  EXPECT_THAT(strict.out, HasSubstr("a warning holds under --strict"));
}

TEST_F(Check, WhatIsMissingIsNamed) {
  const Outcome hold = dpol({"check", policy_, "--at", "2025-02-13T14:01:00Z"});
  EXPECT_EQ(hold.code, 2);
  EXPECT_THAT(hold.out, HasSubstr("missing  tests.failed was not given"));
  EXPECT_THAT(hold.out, HasSubstr("--fact frozen=VALUE"));
}

TEST_F(Check, TheReportIsTheSameEveryTime) {
  EXPECT_EQ(check(2, true, "1200ms", {"--format", "json"}).out, check(2, true, "1200ms", {"--format", "json"}).out);
}

TEST_F(Check, SeveralReportsOfOneDecision) {
  write("there.xml", "before");
  const Outcome done = check(2, false, "200ms", {"--format", "pretty", "--format", "json=" + path("r.json"), "--format",
                                                 "junit=" + path("there.xml"), "--format", "sarif=" + path("r.sarif")});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.out, StartsWith("NO-GO  shop"));
  EXPECT_EQ(json::parse(read("r.json"))["decision"], "no-go");
  EXPECT_THAT(read("there.xml"), HasSubstr("<failure type=\"fail\""));
  EXPECT_EQ(read("there.xml").find("before"), std::string::npos);
  EXPECT_EQ(json::parse(read("r.sarif"))["runs"][0]["results"][0]["ruleId"], "shop.tests");
}

TEST_F(Check, AReportThatCannotBeWrittenLeavesNothing) {
  const Outcome none = check(0, false, "200ms", {"--format", "pretty", "--format", "json=" + path("nowhere/r.json")});
  EXPECT_EQ(none.code, 74);
  EXPECT_EQ(none.out, "");
  EXPECT_THAT(none.err, HasSubstr("cannot be written: No such file or directory"));
  EXPECT_EQ(check(0, false, "200ms", {"--format", "json=" + path(".")}).code, 74);
  check(0, false, "200ms", {"--format", "json=" + path("whole.json")});
  for (const auto& entry : std::filesystem::directory_iterator(path("."))) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("whole.json.")));
  }
}

TEST_F(Check, PoliciesThatDoNotCompile) {
  const std::string wrong = write("wrong.dpol", "policy p {\n  item a \"A\" require nosuch == 1\n}\n");
  const Outcome text = dpol({"check", wrong});
  EXPECT_EQ(text.code, 4);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, StartsWith("error[E0"));
  EXPECT_THAT(text.err, HasSubstr("wrong.dpol:2:22"));
  EXPECT_THAT(text.err, HasSubstr("dpol: 1 error: nothing was decided\n"));
  const Outcome colored = dpol({"check", wrong, "--color", "always"});
  EXPECT_THAT(colored.err, HasSubstr("\x1b["));
  const Outcome as_json = dpol({"check", wrong, "--message-format", "json"});
  EXPECT_EQ(as_json.code, 4);
  EXPECT_EQ(as_json.out, "");
  EXPECT_EQ(json::parse(as_json.err)["severity"], "error");
  EXPECT_EQ(dpol({"compile", wrong, "-o", path("wrong.dpolc")}).code, 4);
  EXPECT_EQ(read("wrong.dpolc"), "");
}

TEST_F(Check, APolicyThatIsNotForThisReleaseDecidesNothing) {
  const std::string other = write("other.dpol", "facts { service string }\npolicy other {\n  applies only if service == \"x\"\n"
                                                "  hold h \"H\" when service == \"y\"\n}\n");
  const Outcome none = dpol({"check", other, "--fact", "service=shop", "--format", "json"});
  EXPECT_EQ(none.code, 4);
  EXPECT_TRUE(json::parse(none.out)["decision"].is_null());
  EXPECT_EQ(json::parse(none.out)["exit_code"], 4);
  EXPECT_THAT(dpol({"check", other, "--fact", "service=shop"}).out, StartsWith("NOT APPLICABLE  other"));
}

TEST_F(Check, OfSeveralPoliciesTheGravestCounts) {
  const std::string two = write("two.dpol", "facts { n int }\npolicy a {\n  item x \"X\" require n == 1\n}\n"
                                            "policy b {\n  item x \"X\" require n == 2\n}\n");
  const Outcome both = dpol({"check", two, "--fact", "n=1", "--format", "json"});
  EXPECT_EQ(both.code, 1);
  EXPECT_EQ(json::parse(both.out)["policies"][0]["decision"], "go");
  EXPECT_EQ(json::parse(both.out)["policies"][1]["decision"], "no-go");
  const Outcome first = dpol({"check", two, "--fact", "n=1", "--policy", "a", "--format", "json"});
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(json::parse(first.out)["policy"]["id"], "a");
  EXPECT_THAT(dpol({"check", two, "--fact", "n=1", "--policy", "c"}).err,
              StartsWith("dpol: --policy `c`: there is no such policy; there is a and b\n"));
}

TEST_F(Check, ImportsComeFromThePolicyPath) {
  write("lib/std/ours.dpol", "module std.ours\nfacts { n int }\npolicy ours {\n  item x \"X\" require n == 1\n}\n");
  const std::string team = write("team.dpol", "import std.ours\npolicy team extends ours.ours {\n}\n");
  EXPECT_EQ(dpol({"check", team, "--fact", "n=1"}).code, 4);
  const Outcome found = dpol({"check", team, "--fact", "n=1", "--policy-path", path("lib")});
  EXPECT_EQ(found.err, "");
  EXPECT_EQ(found.code, 0);
}

TEST_F(Check, CompiledAndTextDecideAlike) {
  EXPECT_EQ(dpol({"compile", policy_, "-o", path("shop.dpolc")}).code, 0);
  const std::string from_text = check(2, true, "1200ms", {"--format", "json"}).out;
  policy_ = path("shop.dpolc");
  EXPECT_EQ(check(2, true, "1200ms", {"--format", "json"}).out, from_text);
}

TEST_F(Check, FactsThatNothingReadsAreNoted) {
  const Outcome noted = check(0, false, "200ms", {"--facts", write("f.json", "{\"servce\": \"x\"}")});
  EXPECT_EQ(noted.code, 0);
  EXPECT_THAT(noted.err, HasSubstr("note: "));
  EXPECT_THAT(noted.err, HasSubstr("servce"));
  EXPECT_THAT(noted.out, Not(HasSubstr("servce")));
}

TEST_F(Check, ValuesThatAreNotOfTheirType) {
  const Outcome wrong = check(0, false, "200ms", {"--fact", "tests.failed=many"});
  EXPECT_EQ(wrong.code, 5);
  EXPECT_EQ(wrong.out, "");
  EXPECT_THAT(wrong.err, HasSubstr("tests.failed"));
  EXPECT_EQ(check(0, false, "200ms", {"--set", "most=60%"}).code, 5);
  EXPECT_EQ(check(0, false, "200ms", {"--set", "most=20%"}).code, 0);
}

TEST_F(Check, ThePolicyMayComeFromStandardInput) {
  standard_input = kShop;
  EXPECT_EQ(dpol({"check", "-", "--fact", "tests.failed=1"}).code, 1);
}

}  // namespace
}  // namespace dpol::cli
