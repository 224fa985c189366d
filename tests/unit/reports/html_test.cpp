// The page: whole, in the order that readers need, with a picture of each metric, and bounded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/reports/report.h"
#include "tests/unit/reports/verdicts.h"
#include "tests/unit/support/html_page.h"

namespace dpol::reports {
namespace {

using decision::ChartVerdict;
using decision::Decision;
using decision::Outcome;
using decision::RuleVerdict;
using decision::Verdict;
using test::fault_of;
using test::seen;
using testing::canary;
using testing::policy;
using testing::rule;
using testing::verdict;
using testing::with_procedure;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'739'455'560'000'000'000;  // 2025-02-13T14:06:00Z
constexpr std::int64_t kMinute = 60'000'000'000;

std::string html(const Verdict& verdict) { return render(Format::html, verdict); }

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

ChartVerdict chart(const char* name, std::vector<std::string> rules) {
  ChartVerdict out{.name = name, .doc = "Of requests", .rules = std::move(rules), .from = kNow - 4 * kMinute, .to = kNow};
  out.curves = {{.name = name, .count = 3, .points = {{kNow - 2 * kMinute, 0.268}, {kNow - kMinute, 0.272}, {kNow, 0.265}},
                 .least = "265ms", .greatest = "272ms",
                 .newest = {{"2025-02-13T14:04:00Z", "268ms"}, {"2025-02-13T14:05:00Z", "272ms"}, {"2025-02-13T14:06:00Z", "265ms"}}},
                {.name = std::string(name) + ".stable", .is_stable = true, .count = 2,
                 .points = {{kNow - kMinute, 0.2}, {kNow, {}}}, .least = "200ms", .greatest = "200ms",
                 .newest = {{"2025-02-13T14:05:00Z", "200ms"}, {"2025-02-13T14:06:00Z", "unknown (not_a_number)"}}}};
  out.limits = {{.expr = "latency_p95 >= 250ms", .text = "250ms", .line = {{kNow, 0.25}}}};
  out.windows = {{.rule = out.rules.front(), .from = kNow - 2 * kMinute, .to = kNow}};
  out.baselines = {{.name = "latency_p95.baseline", .value = 0.18, .text = "180ms", .source = "metrics.ndjson:1"}};
  out.ticks = {{0.15, "150ms"}, {0.2, "200ms"}, {0.25, "250ms"}, {0.3, "300ms"}};
  return out;
}

Verdict drawn_canary() {
  Verdict all = canary();
  decision::PolicyVerdict& one = all.policies.front();
  one.charts = {chart("latency_p95", {one.rules[1].id}), chart("success_rate", {one.rules[0].id})};
  return all;
}

// Something for each section.
Verdict of_all_kinds() {
  decision::PolicyVerdict one = with_procedure();
  for (const bool trial : {false, true}) {
    for (std::size_t i = 0; i < decision::kOutcomeCount; ++i) {
      const auto outcome = static_cast<Outcome>(i);
      one.rules.push_back(rule(("shop." + std::string(trial ? "trial_" : "") + name(outcome)).c_str(), "require", outcome, "x"));
      one.rules.back().trial = trial;
      one.rules.back().observed = {{"x", 0, 1, {"2"}, "a.json:1", true}};
    }
  }
  one.rules.back().missing = {};
  one.rules[7].missing = {{"x", "missing", "x was not given", ""}};
  one.overrides = {{"set", "shop.p", "because", "1", "2", {"shop.dpol", 3, 1}}};
  one.messages = {{{.id = "shop.window", .name = "window", .text = "Dear <b>all</b>\nhello", .recipients = {{"ops", true, {"ann"}}},
                    .channels = {"chat"}, .when = "at T-1h", .state = decision::MessageState::due, .reason = "", .from = {}, .until = {},
                    .sent_at = {}, .again_at = {}, .missing = {}, .owner = "", .severity = "", .doc = "", .why = "", .evidence = "",
                    .covers = {}, .place = {}}}};
  std::fill(std::begin(one.counts), std::end(one.counts), 0U);
  std::fill(std::begin(one.trial_counts), std::end(one.trial_counts), 0U);
  one.charts = {chart("latency_p95", {"shop.pass"})};
  return verdict({testing::counted(std::move(one))});
}

TEST(Html, IsAWholePage) {
  decision::PolicyVerdict other = policy("other", Decision::go, {});
  other.applies = false;
  other.not_applicable_because = "only if x";
  for (const Verdict& each : {canary(), drawn_canary(), of_all_kinds(), verdict({}), verdict({other}),
                              verdict({canary().policies.front(), of_all_kinds().policies.front(), other})}) {
    const std::string text = html(each);
    EXPECT_EQ(fault_of(text), "") << text;
    EXPECT_TRUE(text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    EXPECT_TRUE(text.ends_with("</html>\n"));
    EXPECT_EQ(occurrences(text, "<main "), 1U);
    EXPECT_EQ(occurrences(text, "<h1"), 1U);
    for (const char* outside : {"<script", "<link", "<img", "src=", "url(", "@import", "://", "onload"}) EXPECT_THAT(text, Not(HasSubstr(outside)));
    EXPECT_EQ(text, html(each));
  }
}

TEST(Html, NothingDecidedIsSaid) {
  EXPECT_THAT(seen(html(verdict({}))), HasSubstr("NOTHING DECIDED"));
  EXPECT_THAT(seen(html(verdict({}))), HasSubstr("No policy was judged."));
}

TEST(Html, SaysEveryRule) {
  const Verdict all = of_all_kinds();
  const std::string text = seen(html(all));
  for (const RuleVerdict& each : all.policies.front().rules) EXPECT_THAT(text, HasSubstr(each.id));
  EXPECT_THAT(text, HasSubstr("shop.window"));
}

TEST(Html, WhatDecidedComesFirst) {
  const std::string text = seen(html(of_all_kinds()));
  std::size_t at = 0;
  for (const char* part : {"ROLLBACK shop", "What decided", "fired", "fail", "What is missing", "What to do", "Warnings", "Messages",
                           "Metrics", "The rest", "on trial, deciding nothing", "waived", "passed", "skipped", "1 change", "The policy"}) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part;
    at = found;
  }
}

TEST(Html, ValuesStandBelowTheirPartsOfTheCondition) {
  RuleVerdict odd = rule("shop.a", "require", Outcome::fail, "error_rate <= baseline + 1pp");
  odd.observed = {{"error_rate", 0, 10, {"5.4%"}, "m.json:3", true}, {"baseline", 14, 8, {"0.3%"}, "m.json:1", true},
                  {"baseline + 1pp", 14, 14, {"1.3%"}, "", true}};
  odd.margin_words = "4.1pp over";
  odd.margin_expr = odd.condition;
  const std::string text = html(verdict({policy("shop", Decision::no_go, {odd})}));
  EXPECT_THAT(text, HasSubstr("<span class=\"part\"><span><code>error_rate</code></span><span class=\"value\">5.4%</span></span>"));
  EXPECT_THAT(text, HasSubstr("<span class=\"value\">0.3%</span></span><code> + 1pp</code></span><span class=\"value\">1.3%</span></span>"));
  EXPECT_THAT(text, HasSubstr("<strong>4.1pp over</strong>"));
}

// Whatever places the parts have, nothing is read outside of the condition.
TEST(Html, OddPlacesOfPartsDoNoHarm) {
  RuleVerdict odd = rule("shop.a", "require", Outcome::fail, "x < ä");
  odd.observed = {{"a", 0, 5, {"1"}, "", true}, {"b", 3, 9, {"2"}, "", true}, {"c", 2, 3, {"3"}, "", false}, {"d", 4, 1, {"4"}, "", true},
                  {"e", 4'000'000'000U, 4'000'000'000U, {"5"}, "", true}, {"f", 0, 0, {"6"}, "", true}};
  EXPECT_EQ(fault_of(html(verdict({policy("shop", Decision::no_go, {odd})}))), "");
}

TEST(Html, DrawsEachMetricOnceWithItsNumbersAsText) {
  Verdict all = drawn_canary();
  decision::PolicyVerdict& one = all.policies.front();
  one.charts->front().rules.push_back(one.rules[0].id);
  one.rules[0].outcome = Outcome::fail;
  const std::string text = html(all);
  EXPECT_EQ(fault_of(text), "");
  EXPECT_EQ(occurrences(text, "role=\"img\""), 2U);
  EXPECT_EQ(occurrences(text, "<title id="), 2U);
  EXPECT_EQ(occurrences(text, "<desc id="), 2U);
  EXPECT_THAT(text, HasSubstr("aria-labelledby=\"metric-1-title metric-1-desc\""));
  EXPECT_THAT(seen(text), HasSubstr("Drawn above: latency_p95."));
  for (const char* part : {"3 samples, least 265ms, greatest 272ms, last 265ms", "limit 250ms: latency_p95 &gt;= 250ms", "baseline 180ms",
                           "metrics.ndjson:1", "samples from 14:04:00Z to 14:06:00Z", "not known"}) {
    std::string wanted = part;
    if (const std::size_t at = wanted.find("&gt;"); at != std::string::npos) wanted.replace(at, 4, ">");
    EXPECT_THAT(seen(text), HasSubstr(wanted));
  }
  for (const char* line : {"class=\"line\"", "class=\"stable\"", "class=\"limit\"", "class=\"baseline\"", "class=\"window\"", "class=\"unknown\""})
    EXPECT_THAT(text, HasSubstr(line));
  // A sample that is not known is no place in the line.
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(Html, LegendsAreBounded) {
  Verdict all = drawn_canary();
  ChartVerdict& drawn = all.policies.front().charts->front();
  drawn.windows.clear();
  for (int i = 0; i < 50; ++i) drawn.windows.push_back({"shop.r" + std::to_string(i), kNow - kMinute, kNow});
  for (int i = 0; i < 50; ++i) drawn.windows.push_back({"shop.s" + std::to_string(i), kNow - i * kMinute, kNow - kMinute});
  const std::string text = seen(html(all));
  EXPECT_THAT(text, HasSubstr("shop.r7 and 42 more"));
  EXPECT_THAT(text, HasSubstr("and 43 more windows"));
  EXPECT_THAT(text, Not(HasSubstr("shop.s9")));
}

TEST(Html, SaysWhatIsNotInThePicture) {
  Verdict all = drawn_canary();
  ChartVerdict& drawn = all.policies.front().charts->front();
  drawn.limits.front().line.front().value = 9;
  drawn.windows.front().to = drawn.windows.front().from = drawn.from - kMinute;
  const std::string text = html(all);
  EXPECT_THAT(seen(text), HasSubstr("limit 250ms: latency_p95 >= 250ms, not in the picture"));
  EXPECT_THAT(seen(text), HasSubstr("the sample of 14:01:00Z, not in the picture"));
  EXPECT_EQ(occurrences(text, ">limit 250ms</text>"), 1U);  // of the other metric
}

TEST(Html, OfAGoTheMetricsAreOpen) {
  RuleVerdict good = rule("shop.a", "require", Outcome::pass, "x < 1");
  decision::PolicyVerdict one = policy("shop", Decision::go, {good});
  one.charts = {chart("x", {"shop.a"})};
  EXPECT_THAT(html(verdict({one})), HasSubstr("<details open><summary>1 metric "));
  one.charts.reset();
  EXPECT_THAT(html(verdict({one})), Not(HasSubstr("<figure")));
  EXPECT_THAT(seen(html(verdict({one}))), HasSubstr("1 rule passes; none stops the release."));
}

TEST(Html, TextsStayTexts) {
  const std::string hostile = "</title></style></code><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;\x1b[2J\xff\xe2\x80\xae";
  RuleVerdict odd = rule("shop.a", "require", Outcome::fail, "");
  for (std::string* text : {&odd.id, &odd.title, &odd.condition, &odd.reason, &odd.owner, &odd.why, &odd.evidence, &odd.confirm_command, &odd.place.file})
    *text = hostile;
  odd.observed = {{hostile, 0, 9, {hostile}, hostile, true}};
  odd.missing = {{hostile, "missing", hostile, hostile}};
  decision::PolicyVerdict one = policy(hostile.c_str(), Decision::no_go, {odd});
  one.title = one.service = one.version = one.decision_word = hostile;
  ChartVerdict drawn = chart(hostile.c_str(), {hostile});
  drawn.ticks.front().text = drawn.limits.front().text = drawn.limits.front().expr = drawn.baselines.front().source = hostile;
  drawn.curves.front().newest.front().second = hostile;
  one.charts = {drawn};
  Verdict all = verdict({one});
  all.inputs = {{hostile, hostile}};
  const std::string text = html(all);
  EXPECT_EQ(fault_of(text), "");
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(seen(text), HasSubstr("<script>alert(1)</script>"));
}

TEST(Html, HasBounds) {
  std::vector<RuleVerdict> rules;
  for (int i = 0; i < 3'000; ++i) {
    const Outcome outcome = i % 3 == 0 ? Outcome::fail : i % 3 == 1 ? Outcome::pass : Outcome::warn;
    rules.push_back(rule(("shop.rule_" + std::to_string(i)).c_str(), "require", outcome, "x"));
    rules.back().missing = {{"x" + std::to_string(i), "missing", "x" + std::to_string(i) + " was not given", ""}};
  }
  const std::string text = html(verdict({policy("shop", Decision::no_go, rules)}));
  EXPECT_EQ(fault_of(text), "");
  EXPECT_EQ(occurrences(text, "<article>"), 400U);
  EXPECT_EQ(occurrences(text, "And 800 more"), 2U);  // of the passed, and of what is missing
  EXPECT_EQ(occurrences(text, "And 800 rules more"), 2U);
  EXPECT_LT(text.size(), 500'000U);
}

TEST(Html, RulesStoppedByTheSameAreNamedOnce) {
  std::vector<RuleVerdict> rules;
  for (const char* id : {"shop.a", "shop.b", "shop.c"}) {
    rules.push_back(rule(id, "require", Outcome::unknown, "environment == production"));
    rules.back().reason = "cannot tell whether it applies";
  }
  const std::string text = html(verdict({policy("shop", Decision::hold, rules)}));
  EXPECT_EQ(occurrences(text, "<article>"), 1U);
  EXPECT_THAT(seen(text), HasSubstr("2 rules likewise\nshop.b, shop.c"));
}

// A caption of every colour is readable on its paper: 4.5 to 1, as WCAG 2 counts.
TEST(Html, ColoursHaveContrast) {
  const std::string text = html(canary());
  const auto channel = [](int value) {
    const double share = value / 255.0;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
  };
  const auto luminance = [&](const std::string& colour) {
    const auto of = [&](std::size_t at) { return channel(std::stoi(colour.substr(at, 2), nullptr, 16)); };
    return 0.2126 * of(0) + 0.7152 * of(2) + 0.0722 * of(4);
  };
  std::size_t at = 0;
  for (int palette = 0; palette < 2; ++palette) {
    at = text.find("--paper: #", at + 1);
    ASSERT_NE(at, std::string::npos);
    const std::string colours = text.substr(at, text.find('}', at) - at);
    const auto colour = [&](const std::string& name) { return colours.substr(colours.find("--" + name + ": #") + name.size() + 5, 6); };
    for (const char* name : {"ink", "soft", "link", "require", "warn", "hold", "rollback", "person"}) {
      for (const char* paper : {"paper", "fill"}) {
        const double a = luminance(colour(name)) + 0.05;
        const double b = luminance(colour(paper)) + 0.05;
        EXPECT_GE(std::max(a, b) / std::min(a, b), 4.5) << name << " on " << paper << " of palette " << palette;
      }
    }
  }
}

}  // namespace
}  // namespace dpol::reports
