#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "runtime/reports/report.h"
#include "runtime/reports/text.h"
#include "tests/unit/reports/verdicts.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Outcome;
using decision::RuleVerdict;
using decision::Verdict;
using testing::canary;
using testing::policy;
using testing::rule;
using testing::verdict;
using testing::with_procedure;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// An expected text begins on the line below its quote.
std::string page(const char* text) { return text + 1; }

std::string pretty(const Verdict& verdict, Options options = {}) {
  if (options.width == kDefaultWidth) options.width = 80;
  return render(Format::pretty, verdict, options);
}

std::string pretty(std::vector<RuleVerdict> rules, Decision decision = Decision::hold) {
  return pretty(verdict({policy("shop", decision, std::move(rules))}));
}

RuleVerdict stale_rule(const char* id) {
  RuleVerdict out = rule(id, "rollback", Outcome::unknown, "error_rate > 5%");
  out.observed = {{"error_rate", 0, 10, {"unknown (stale)"}, "m.json:3", false}};
  out.missing = {{"error_rate", "stale", "error_rate is stale: its newest sample is too old", "m.json:3"}};
  return out;
}

TEST(Pretty, RollbackOfACanary) {
  EXPECT_EQ(pretty(canary()), page(R"(
ROLLBACK  auth_canary · auth-service 3.1.0 · stage 50% (3 of 5)

  fired  latency_p95 >= 250ms in 3 of 5 samples           auth_canary.dpol:25
         │              268ms 272ms 265ms · 22ms over
         auth_canary.canary.latency_p95.rollback · read metrics.ndjson:3 · fired
         at 2025-02-13T14:06:00Z
  pass   1 rule                                           (--verbose lists them)
)"));
}

TEST(Pretty, VerboseListsEveryRuleAndWhatItRestsOn) {
  EXPECT_EQ(pretty(canary(), {.verbose = true}), page(R"(
ROLLBACK  auth_canary · auth-service 3.1.0 · stage 50% (3 of 5)

  fired   latency_p95 >= 250ms in 3 of 5 samples             auth_canary.dpol:25
          │              268ms 272ms 265ms · 22ms over
          auth_canary.canary.latency_p95.rollback · read metrics.ndjson:3 ·
          fired at 2025-02-13T14:06:00Z
  pass    success_rate < 99% in 3 of 5 samples               auth_canary.dpol:24
          │              99.71%
          auth_canary.canary.success_rate.rollback · read metrics.ndjson:3

  policy  Authentication service, canary
  owner   team-identity
  digest  sha256:00ff
  file    auth_canary.dpol
  stage   since 2025-02-13T14:04:00Z

  judged at 2025-02-13T14:06:00Z
  deployed at 2025-02-13T13:30:00Z
  input metrics.ndjson sha256:aa
  dpol 0.1.0
)"));
}

TEST(Pretty, ColoursOnlyWhenAsked) {
  EXPECT_THAT(pretty(canary()), Not(HasSubstr("\x1b")));
  const std::string colored = pretty(canary(), {.color = true});
  EXPECT_THAT(colored, StartsWith("\x1b[1;31mROLLBACK\x1b[0m  auth_canary"));
  // Colours change no character and no column.
  std::string plain;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') i = colored.find('m', i);
    else plain += colored[i];
  }
  EXPECT_EQ(plain, pretty(canary()));
}

TEST(Pretty, ValuesStandBelowTheirPartsAndTheMarginNamesItsComparison) {
  RuleVerdict both = rule("shop.errors", "require", Outcome::fail,
                          "error_rate <= baseline + 1pp and failed == 0");
  both.observed = {{"error_rate", 0, 10, {"5.4%"}, "m.json:3", true},
                   {"baseline", 14, 8, {"0.3%"}, "b.json:1", true},
                   {"baseline + 1pp", 14, 14, {"1.3%"}, "", true},
                   {"failed", 33, 6, {"0"}, "f.json:9", true}};
  both.margin_words = "4.1pp over";
  both.margin_expr = "error_rate <= baseline + 1pp";
  both.title = "Errors stay low";
  both.severity = "high";
  both.owner = "team-sre";
  both.why = "Customers leave";
  EXPECT_EQ(pretty({both}, Decision::no_go), page(R"(
NO-GO  shop · shop 3.1.0 · production

  fail  error_rate <= baseline + 1pp and failed == 0      shop.dpol:7
        5.4%          0.3%     1.3%      0
        error_rate <= baseline + 1pp: 4.1pp over
        shop.errors · "Errors stay low" · severity high · owner team-sre · read
        m.json:3, b.json:1, f.json:9
        why: Customers leave
)"));
}

TEST(Pretty, CollidingValuesTakeSeveralLines) {
  RuleVerdict slow = rule("shop.slow", "rollback", Outcome::fired, "a > stable + 10% and b > c");
  slow.observed = {{"a", 0, 1, {"1s", "2s", "3s"}, "", true},
                   {"stable", 4, 6, {"0.9s", "1s"}, "", true},
                   {"stable + 10%", 4, 12, {"1.1s"}, "", true},
                   {"b", 21, 1, {"10"}, "", true},
                   {"c", 25, 1, {"9"}, "", true}};
  EXPECT_EQ(pretty({slow}, Decision::rollback), page(R"(
ROLLBACK  shop · shop 3.1.0 · production

  fired  a > stable + 10% and b > c                       shop.dpol:7
         │   │      1.1s      10  9
         │   0.9s 1s
         1s 2s 3s
         shop.slow
)"));
}

TEST(Pretty, TheGravestComesFirstAndWhatIsMissingIsSaidOnce) {
  RuleVerdict confirm = rule("shop.before.plan", "confirm", Outcome::pending, "");
  confirm.title = "Rollback plan reviewed";
  confirm.reason = "needs 1 release_manager to sign off, other than author";
  RuleVerdict bake = rule("shop.canary.10%.bake", "bake", Outcome::held, "bake 5m at most 30m");
  bake.reason = "baking: 3m of 5m";
  bake.due_at = "2025-02-13T14:08:00Z";
  RuleVerdict warn = rule("shop.cover", "warn", Outcome::warn, "coverage < 85%");
  warn.observed = {{"coverage", 0, 8, {"81%"}, "", true}};
  warn.margin_words = "4pp under";
  RuleVerdict skipped = rule("shop.load", "require", Outcome::skipped, "x == 1");
  skipped.reason = "due at stage 50%";
  RuleVerdict later = skipped;
  later.reason = "due from T on";
  later.due_at = "2025-02-13T15:00:00Z";
  EXPECT_EQ(pretty({rule("shop.ok", "require", Outcome::pass, "y > 1"), warn, confirm,
                    stale_rule("shop.e1"), skipped, bake, later, skipped, stale_rule("shop.e2")}),
            page(R"(
HOLD  shop · shop 3.1.0 · production

  held     bake 5m at most 30m                            shop.dpol:7
           shop.canary.10%.bake
           baking: 3m of 5m, until 2025-02-13T14:08:00Z
  unknown  error_rate > 5%                                shop.dpol:7
           │            unknown (stale)
           shop.e1 · read m.json:3
  unknown  error_rate > 5%                                shop.dpol:7
           │            unknown (stale)
           shop.e2 · read m.json:3
  pending  Rollback plan reviewed                         shop.dpol:7
           shop.before.plan
           needs 1 release_manager to sign off, other than author
  warn     coverage < 85%                                 shop.dpol:7
           │          81% · 4pp under
           shop.cover

  missing  error_rate is stale: its newest sample is too  m.json:3
           old
           give newer samples: --metrics FILE · 2 rules wait for it

  pass     1 rule                                         (--verbose lists them)
  skipped  2 rules, due at stage 50%
           1 rule, due from T on (2025-02-13T15:00:00Z)
)"));
}

TEST(Pretty, AdviceNamesWhatIsMissing) {
  RuleVerdict fact = rule("shop.tests", "require", Outcome::unknown, "tests.failed == 0");
  fact.missing = {{"tests.failed", "missing", "tests.failed was not given", ""}};
  EXPECT_THAT(pretty({fact}), HasSubstr("  missing  tests.failed was not given\n"
                                        "           give it: --fact tests.failed=VALUE, or a document with --facts"));
}

TEST(Pretty, NothingDueIsSaid) {
  RuleVerdict later = rule("shop.load", "require", Outcome::skipped, "x == 1");
  later.reason = "due from T on";
  later.due_at = "2025-02-13T15:00:00Z";
  RuleVerdict sooner = later;
  sooner.due_at = "2025-02-13T14:30:00Z";
  decision::PolicyVerdict idle = policy("shop", Decision::hold, {later, sooner});
  idle.decision_reason = "nothing is due yet";
  EXPECT_THAT(pretty(verdict({idle})),
              StartsWith("HOLD  shop · shop 3.1.0 · production\n"
                         "  nothing is due yet, the next rule at 2025-02-13T14:30:00Z\n\n"));
}

TEST(Pretty, AWarningThatHoldsIsExplained) {
  RuleVerdict warn = rule("shop.cover", "warn", Outcome::warn, "coverage < 85%");
  EXPECT_THAT(pretty({warn}, Decision::hold), HasSubstr("\n  a warning holds under --strict\n"));
  EXPECT_THAT(pretty({warn}, Decision::go), Not(HasSubstr("strict")));
}

TEST(Pretty, TrialsStandApart) {
  RuleVerdict trial = rule("shop.new", "rollback", Outcome::fired, "p99 > 1s");
  trial.trial = true;
  trial.observed = {{"p99", 0, 3, {"2s"}, "", true}};
  trial.margin_words = "1s over";
  RuleVerdict quiet = rule("shop.quiet", "require", Outcome::pass, "z > 1");
  quiet.trial = true;
  EXPECT_EQ(pretty({rule("shop.ok", "require", Outcome::pass, "y > 1"), trial, quiet}, Decision::go),
            page(R"(
GO  shop · shop 3.1.0 · production

  pass  1 rule                                            (--verbose lists them)

  on trial, deciding nothing
  would roll back
        p99 > 1s                                          shop.dpol:7
        │     2s · 1s over
        shop.new
  would pass: 1 rule
)"));
}

TEST(Pretty, WhatIsToBeDoneStandsBelowWhatHappened) {
  EXPECT_EQ(pretty(verdict({with_procedure()})), page(R"(
ROLLBACK  shop · shop 3.1.0 · production

  fired  y > 1                                            shop.dpol:7
         shop.bad

  do     Roll back, for shop.bad                          shop.dpol:9
         shop.undo · severity high · owner on call
         cannot tell whether it is for this release
         platform was not given
         why: users see errors
         evidence: the runbook
         1. Undo, owner ops
         why: quickly
           $ kubectl rollout undo deployment/'a b' --namespace a-name-that-is-rather-long
             echo <x unknown>
         x was not given
         2. verify
         cannot tell whether it is for this release
         now fail: y < 1 (y 2)
         now unknown: z
         z was not given
)"));
}

TEST(Pretty, OverridesAreShownWithTheirReasons) {
  decision::PolicyVerdict team =
      policy("shop", Decision::go, {rule("shop.ok", "require", Outcome::pass, "y > 1")});
  team.overrides = {
      {"set", "max_error_rate", "", "0.5%", "0.3%", {"shop.dpol", 9, 3}},
      {"drop", "load_test", "Load is tested weekly", "require rps >= 100/s", "", {"shop.dpol", 11, 3}}};
  EXPECT_EQ(pretty(verdict({team})), page(R"(
GO  shop · shop 3.1.0 · production

  pass  1 rule                                            (--verbose lists them)

  set   max_error_rate: 0.3% in place of 0.5%             shop.dpol:9
  drop  load_test: require rps >= 100/s, because "Load    shop.dpol:11
        is tested weekly"
)"));
}

TEST(Pretty, AdvanceNamesTheNextStage) {
  Verdict going = canary();
  going.policies[0].decision = Decision::go;
  going.policies[0].decision_word = "advance";
  going.policies[0].rules.pop_back();
  EXPECT_THAT(pretty(going), StartsWith("ADVANCE  auth_canary · auth-service 3.1.0 · stage 50% (3 of 5), next 75%\n"));
}

TEST(Pretty, SeveralPoliciesEachAloneUnderTheGravest) {
  decision::PolicyVerdict other = policy("other", Decision::hold, {});
  other.applies = false;
  other.not_applicable_because = "only if environment == staging";
  decision::PolicyVerdict good =
      policy("good", Decision::go, {rule("good.ok", "require", Outcome::pass, "y > 1")});
  EXPECT_EQ(pretty(verdict({good, other})), page(R"(
GO  2 policies

GO  good · shop 3.1.0 · production

  pass  1 rule                                            (--verbose lists them)

NOT APPLICABLE  other · shop 3.1.0 · production
  decides nothing: only if environment == staging
)"));
  EXPECT_THAT(pretty(verdict({other, other})), StartsWith("NOTHING DECIDED  2 policies\n"));
}

TEST(Pretty, TheClockIsOwnedUpTo) {
  Verdict timeless = verdict({policy("shop", Decision::go, {rule("shop.ok", "require", Outcome::pass, "y")})});
  EXPECT_THAT(pretty(timeless), Not(HasSubstr("clock")));
  timeless.at_from_clock = true;
  EXPECT_THAT(render(Format::pretty, timeless),
              HasSubstr("judged at 2025-02-13T14:06:00Z, the machine's clock: neither a document nor --at says when\n"));
}

TEST(Pretty, RulesStoppedByOneCauseAreNamedTogether) {
  std::vector<RuleVerdict> rules;
  for (const char* id : {"shop.a", "shop.b", "shop.c"}) {
    RuleVerdict stopped = rule(id, "require", Outcome::unknown, "environment == production");
    stopped.reason = "cannot tell whether it applies";
    stopped.missing = {{"environment", "missing", "environment was not given", ""}};
    rules.push_back(stopped);
  }
  rules[1].missing = {{"environment", "missing", "environment is odd", ""}};
  const std::string text = pretty(rules);
  EXPECT_THAT(text, HasSubstr("           shop.a\n"
                              "           cannot tell whether it applies\n"
                              "           likewise shop.c\n"
                              "  unknown  environment == production                      shop.dpol:7\n"
                              "           shop.b\n"));
  EXPECT_THAT(pretty(verdict({policy("shop", Decision::hold, rules)}), {.verbose = true}), Not(HasSubstr("likewise")));
}

TEST(Pretty, ManyRulesStayShort) {
  std::vector<RuleVerdict> rules;
  for (int i = 0; i < 500; ++i) rules.push_back(stale_rule(("shop.r" + std::to_string(i)).c_str()));
  const Verdict many = verdict({policy("shop", Decision::hold, rules)});
  const std::string brief = pretty(many);
  EXPECT_THAT(brief, HasSubstr("  unknown  480 rules more"));
  EXPECT_THAT(brief, HasSubstr("500 rules wait for it"));
  EXPECT_LT(brief.size(), 8000U);
  EXPECT_THAT(pretty(many, {.verbose = true}), HasSubstr("shop.r499"));
}

// No line is wider than the page, and no value is lost in one that fits.
TEST(Pretty, LinesKeepTheWidth) {
  RuleVerdict long_rule = rule("shop.long", "require", Outcome::fail,
                               "first.quite_long_name <= second.quite_long_name and "
                               "third.quite_long_name <= fourth.quite_long_name or fifth == 1");
  std::vector<std::string> many;
  for (int i = 0; i < 60; ++i) many.push_back(std::to_string(100 + i) + "ms");
  long_rule.observed = {{"first.quite_long_name", 0, 21, many, "", true},
                        {"third.quite_long_name", 52, 21, {std::string(300, 'x')}, "", true},
                        {"fifth", 103, 5, {"2"}, "", true}};
  long_rule.place.file = "policies/of/a/team/that/likes/folders/shop.dpol";
  long_rule.why = std::string(200, 'w');
  for (const std::size_t width : {40U, 60U, 79U, 120U, 200U}) {
    const std::string text = pretty(verdict({policy("shop", Decision::no_go, {long_rule})}), {.width = width});
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(width_of(line), width) << text;
    EXPECT_THAT(text, HasSubstr("100ms")) << width;
    EXPECT_THAT(text, HasSubstr("159ms")) << width;
    EXPECT_THAT(text, HasSubstr("…")) << width;
  }
}

TEST(Pretty, NothingInAReportMovesTheCursor) {
  RuleVerdict evil = rule("shop.\x1b[2J", "require", Outcome::fail, "name == \"\x1b]0;x\x07\"");
  evil.observed = {{"name", 0, 4, {"\"\r\n\xe2\x80\xae\xff\""}, "a\x1b.json:1", true}};
  evil.title = "t\x9b";
  evil.reason = "r\x08";
  evil.why = "\x7f";
  const std::string text = pretty({evil}, Decision::no_go);
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
  EXPECT_THAT(text, HasSubstr("name == \"\\u{1b}]0;x\\u{7}\""));
  EXPECT_THAT(text, HasSubstr("\"\\r\\n\\u{202e}\\xff\""));
  EXPECT_THAT(text, HasSubstr("\"t\\x9b\""));
}

TEST(Pretty, WideCharactersKeepValuesInTheirColumns) {
  RuleVerdict wide = rule("shop.name", "require", Outcome::fail, "\"日本\" == name and x > 1");
  wide.observed = {{"name", 12, 4, {"\"é\""}, "", true}, {"x", 21, 1, {"0"}, "", true}};
  EXPECT_THAT(pretty({wide}, Decision::no_go), HasSubstr("\n  fail  \"日本\" == name and x > 1"));
  EXPECT_THAT(pretty({wide}, Decision::no_go), HasSubstr("\n                  \"é\"      0\n"));
}

TEST(Pretty, PartsOutsideTheConditionDoNoHarm) {
  RuleVerdict odd = rule("shop.odd", "require", Outcome::fail, "a");
  odd.observed = {{"b", 4'000'000'000U, 4'000'000'000U, {"1"}, "", true}, {"c", 0, 0, {}, "", true}};
  EXPECT_THAT(pretty({odd}, Decision::no_go), HasSubstr("fail  a"));
}

TEST(Pretty, AnEmptyVerdictIsNoCrash) {
  EXPECT_EQ(pretty(verdict({})), "NOTHING DECIDED  0 policies\n");
}

// Each row of hints.def speaks of a reason that exists, once.
TEST(Hints, NameReasonsThatExist) {
  const std::set<std::string> reasons = {
#define DPOL_FAULT(name, text) #name,
#include "runtime/program/faults.def"
  };
  std::set<std::string> seen;
#define DPOL_HINT(fault, advice)                       \
  EXPECT_EQ(reasons.count(#fault), 1U) << #fault;      \
  EXPECT_TRUE(seen.insert(#fault).second) << #fault;
#include "runtime/reports/hints.def"
  EXPECT_FALSE(seen.empty());
}

}  // namespace
}  // namespace dpol::reports
