// The reports for other programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "runtime/reports/finding.h"
#include "runtime/reports/report.h"
#include "tests/unit/reports/verdicts.h"
#include "tests/unit/support/html_page.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Outcome;
using decision::RuleVerdict;
using nlohmann::json;
using testing::policy;
using testing::rule;
using testing::verdict;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Format kForPrograms[] = {Format::junit, Format::sarif, Format::github, Format::gitlab, Format::tap, Format::markdown,
                                    Format::html};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

// One rule of each outcome, and each once more on trial.
decision::Verdict of_each_outcome() {
  std::vector<RuleVerdict> rules;
  for (const bool trial : {false, true}) {
    for (std::size_t i = 0; i < decision::kOutcomeCount; ++i) {
      const auto outcome = static_cast<Outcome>(i);
      rules.push_back(rule(("shop." + std::string(trial ? "trial_" : "") + name(outcome)).c_str(), "require", outcome, "x"));
      rules.back().trial = trial;
    }
  }
  rules.push_back(rule("shop.bake", "bake", Outcome::held, "bake 5m"));
  return verdict({policy("shop", Decision::rollback, std::move(rules))});
}

TEST(Finding, EachOutcomeWeighsWhatItDoes) {
  std::map<std::string, Weight> weights;
  const decision::Verdict all = of_each_outcome();
  for (const Finding& finding : findings(all)) weights[finding.rule->id] = finding.weight;
  const std::map<std::string, Weight> expected = {
      {"shop.pass", Weight::passes},       {"shop.warn", Weight::warns},         {"shop.fail", Weight::stops},
      {"shop.fired", Weight::stops},       {"shop.held", Weight::stops},         {"shop.pending", Weight::waits},
      {"shop.unknown", Weight::unknown},   {"shop.waived", Weight::passes},      {"shop.skipped", Weight::skipped},
      {"shop.trial_pass", Weight::passes}, {"shop.trial_warn", Weight::trial},   {"shop.trial_fail", Weight::trial},
      {"shop.trial_fired", Weight::trial}, {"shop.trial_held", Weight::trial},   {"shop.trial_pending", Weight::trial},
      {"shop.trial_unknown", Weight::trial}, {"shop.trial_waived", Weight::passes}, {"shop.trial_skipped", Weight::skipped},
      {"shop.bake", Weight::waits}};
  EXPECT_EQ(weights, expected);
  EXPECT_EQ(by_weight(findings(all)).front().rule->id, "shop.fired");
  EXPECT_EQ(by_weight(findings(all)).at(1).rule->id, "shop.fail");
}

TEST(Finding, ASourceIsAFileAndALine) {
  EXPECT_EQ(source_place("a.json:12").file, "a.json");
  EXPECT_EQ(source_place("a.json:12").line, 12U);
  for (const char* whole : {"a.json", "a:b", "a:", "a:99999999999", "http://x:1x", "http://x:9090", ""}) {
    EXPECT_EQ(source_place(whole).file, whole);
    EXPECT_EQ(source_place(whole).line, 0U);
  }
}

TEST(Junit, CountsWhatStopsAndWhatIsUnknown) {
  const std::string xml = render(Format::junit, of_each_outcome());
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"shop\" tests=\"20\" failures=\"4\" errors=\"1\" skipped=\"4\">"));
  EXPECT_EQ(count(xml, "<testcase "), 20U);
  EXPECT_EQ(count(xml, "<failure "), 4U);  // three rules, and the decision
  EXPECT_EQ(count(xml, "<error "), 1U);
  EXPECT_EQ(count(xml, "<skipped>"), 4U);
  // Whoever sums reads the suites: of all together there is no number of the skipped ones.
  EXPECT_THAT(xml, HasSubstr("<testsuites name=\"dpol\">\n"));
}

TEST(Junit, AttachesNothingThatAValueNames) {
  RuleVerdict odd = rule("shop.a", "warn", Outcome::warn, "x");
  odd.observed = {{"x", 0, 1, {"[[ATTACHMENT|/etc/passwd]] [[[PROPERTY|a=b]]"}, "", true}};
  const std::string xml = render(Format::junit, verdict({policy("shop", Decision::go, {odd})}));
  EXPECT_THAT(xml, HasSubstr("[ [ATTACHMENT|/etc/passwd]] [ [ [PROPERTY|a=b]]"));
}

TEST(Sarif, ALinkInAValueIsNone) {
  RuleVerdict odd = rule("shop.a", "require", Outcome::fail, "x == \"[a](http://b.example)\"");
  odd.title = "[title](http://b.example)";
  odd.observed = {{"x", 0, 1, {"[v](http://b.example)"}, "http://prometheus.example:9090", true}};
  const std::string text = render(Format::sarif, verdict({policy("shop", Decision::no_go, {odd})}));
  EXPECT_EQ(text.find("]("), std::string::npos) << text;
  const json place = json::parse(text)["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "http://prometheus.example:9090");
  EXPECT_FALSE(place.contains("region"));
}

TEST(Github, PathsAreThoseOfTheRepository) {
  RuleVerdict here = rule("shop.a", "require", Outcome::fail, "x");
  here.place = {"./policies/a.dpol", 3, 1};
  EXPECT_THAT(render(Format::github, verdict({policy("shop", Decision::no_go, {here})})), HasSubstr(",file=policies/a.dpol,line=3"));
}

// A comment of 65,536 characters is all that GitHub takes.
TEST(Markdown, FitsACommentWhateverValuesHold) {
  RuleVerdict wide = rule("shop.wide", "require", Outcome::fail, "x");
  wide.observed = {{"x", 0, 1, {std::string(100'000, 'v')}, "a.json:1", true}};
  std::vector<RuleVerdict> rules = {wide};
  for (int i = 0; i < 5000; ++i) {
    rules.push_back(rule(("shop.rule_" + std::to_string(i)).c_str(), "require", i % 2 == 0 ? Outcome::fail : Outcome::pass,
                         std::string(1000, 'c').c_str()));
  }
  const std::string text = render(Format::markdown, verdict({policy("shop", Decision::no_go, std::move(rules))}));
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_THAT(text, HasSubstr("shop.wide"));
  EXPECT_THAT(text, HasSubstr("and 2"));  // how many more did not pass
  EXPECT_THAT(text, HasSubstr("2500 other rules"));
}

// A decision that no rule stands for: nothing is due yet.
TEST(Formats, NothingIsAllGreenThatIsNotLetGo) {
  decision::PolicyVerdict early = policy("shop", Decision::hold, {rule("shop.a", "require", Outcome::skipped, "x")});
  early.decision_reason = "nothing is due yet";
  const decision::Verdict held = verdict({early});
  EXPECT_THAT(render(Format::junit, held), HasSubstr("failures=\"1\""));
  EXPECT_THAT(render(Format::tap, held), HasSubstr("not ok 1 - HOLD shop"));
  EXPECT_THAT(render(Format::github, held), StartsWith("::error title=HOLD shop"));
  EXPECT_THAT(render(Format::markdown, held), HasSubstr("nothing is due yet"));
  decision::PolicyVerdict other = policy("other", Decision::go, {});
  other.applies = false;
  other.not_applicable_because = "it is for staging";
  const decision::Verdict none = verdict({other});
  EXPECT_THAT(render(Format::junit, none), HasSubstr("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(render(Format::tap, none), HasSubstr("# SKIP decides nothing"));
}

TEST(Sarif, PointsAtPolicyAndDocuments) {
  RuleVerdict broken = rule("shop.latency", "require", Outcome::fail, "latency <= 1s");
  broken.place = {"./poli cies/ä.dpol", 7, 5};
  broken.evidence = "https://runbook.example/latency";
  broken.covers = {"G006"};
  broken.observed = {{"latency", 0, 7, {"2s"}, "metrics.ndjson:3", true}, {"limit", 11, 2, {"1s"}, "", true}};
  const json sarif = json::parse(render(Format::sarif, verdict({policy("shop", Decision::no_go, {rule("shop.a", "require", Outcome::pass, "x"), broken})})));
  const json& run = sarif["runs"][0];
  ASSERT_EQ(run["results"].size(), 1U);
  const json& result = run["results"][0];
  EXPECT_EQ(result["ruleId"], "shop.latency");
  EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"], "shop.latency");
  EXPECT_EQ(run["tool"]["driver"]["rules"][1]["helpUri"], "https://runbook.example/latency");
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "poli%20cies/%C3%A4.dpol");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 7);
  ASSERT_EQ(result["relatedLocations"].size(), 1U);
  EXPECT_EQ(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 3);
  EXPECT_EQ(run["invocations"][0]["exitCode"], 1);
  // The same rule has the same fingerprint whatever it sees.
  broken.outcome = Outcome::unknown;
  broken.observed.clear();
  const json later = json::parse(render(Format::sarif, verdict({policy("shop", Decision::hold, {broken})})));
  EXPECT_EQ(later["runs"][0]["results"][0]["partialFingerprints"], result["partialFingerprints"]);
}

TEST(Gitlab, PathsAreRelativeAndLinesBeginAtOne) {
  RuleVerdict compiled = rule("shop.a", "rollback", Outcome::fired, "x");
  compiled.place = {"", 0, 0};
  RuleVerdict here = rule("shop.b", "warn", Outcome::warn, "y");
  here.place = {"././a.dpol", 3, 1};
  const json list = json::parse(render(Format::gitlab, verdict({policy("shop", Decision::rollback, {here, compiled})})));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["severity"], "blocker");
  EXPECT_EQ(list[0]["location"]["path"], "shop");
  EXPECT_EQ(list[0]["location"]["lines"]["begin"], 1);
  EXPECT_EQ(list[1]["severity"], "minor");
  EXPECT_EQ(list[1]["location"]["path"], "a.dpol");
  EXPECT_NE(list[0]["fingerprint"], list[1]["fingerprint"]);
}

TEST(Markdown, WhatAValueHoldsIsText) {
  RuleVerdict odd = rule("shop.a", "require", Outcome::fail, "x == `|`");
  odd.title = "<b> [a](b) @team #1 https://x.example WWW.x a|b *c* _d_";
  odd.observed = {{"x", 0, 1, {"``` | </details>"}, "a|b.json:1", true}};
  const std::string text = render(Format::markdown, verdict({policy("shop", Decision::no_go, {odd})}));
  EXPECT_THAT(text, HasSubstr("&lt;b&gt; \\[a\\](b) \\@<!-- -->team \\#<!-- -->1 https\\:<!-- -->//x.example WWW\\.<!-- -->x a\\|b \\*c\\* \\_d\\_"));
  EXPECT_THAT(text, HasSubstr("````x = ``` \\| </details>````"));
  EXPECT_THAT(text, HasSubstr("`a\\|b.json:1`"));
}

TEST(Formats, WithoutPoliciesThereIsAReport) {
  for (const Format format : kForPrograms) {
    const std::string text = render(format, verdict({}));
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(text.back(), '\n');
  }
}

// Any bytes in any text: one command a line, whole JSON, no control character.
TEST(Formats, AnyTextRenders) {
  std::mt19937 engine(11);
  const auto below = [&engine](std::size_t n) { return engine() % n; };
  const std::vector<std::string> kPieces = {"<", "&", "\"", "]]>", "%", ":", ",", "\n", "\r", "#", "\\", "`", "|", "::",
                                            "\x1b[2J", "\xff", "\xe2\x80\xae", "a"};
  const auto odd = [&] {
    std::string text;
    for (std::size_t i = below(24); i > 0; --i)
      text += below(10) < 6 ? kPieces[below(kPieces.size())] : std::string(1, static_cast<char>(below(256)));
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    RuleVerdict bad = rule("x", "require", static_cast<Outcome>(below(decision::kOutcomeCount)), "");
    for (std::string* text : {&bad.id, &bad.title, &bad.condition, &bad.reason, &bad.owner, &bad.why, &bad.doc, &bad.evidence,
                              &bad.confirm_command, &bad.place.file, &bad.verb, &bad.score})
      *text = odd();
    bad.observed = {{odd(), 0, 0, {odd(), odd()}, odd(), below(2) == 0}};
    bad.missing = {{odd(), "missing", odd(), odd()}};
    bad.series = {{{odd(), odd()}}};
    decision::PolicyVerdict one = policy("p", Decision::hold, {bad});
    for (std::string* text : {&one.id, &one.service, &one.version, &one.environment, &one.decision_reason}) *text = odd();
    const decision::Verdict all = verdict({one});
    for (const Format format : kForPrograms) {
      const std::string text = render(format, all);
      ASSERT_FALSE(text.empty());
      EXPECT_EQ(text.back(), '\n');
      EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
      EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    }
    EXPECT_EQ(test::fault_of(render(Format::html, all)), "");
    EXPECT_TRUE(json::accept(render(Format::sarif, all)));
    EXPECT_TRUE(json::accept(render(Format::gitlab, all)));
    const std::string github = render(Format::github, all);
    for (std::size_t at = 0; at < github.size(); at = github.find('\n', at) + 1) EXPECT_EQ(github.compare(at, 2, "::"), 0) << github;
    const std::string junit = render(Format::junit, all);
    EXPECT_EQ(count(junit, "<testcase "), 2U);
    EXPECT_EQ(count(junit, "</testsuites>"), 1U);
  }
}

}  // namespace
}  // namespace dpol::reports
