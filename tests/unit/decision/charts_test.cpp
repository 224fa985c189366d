// What is drawn of metrics: what rules looked at, where their limits stand, and within bounds.
#include "runtime/decision/charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/support/scenario.h"

namespace dpol::decision {
namespace {

using test::at_minute;
using test::Scenario;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kMetrics =
    "metric latency duration every 1m \"Of requests\"\n"
    "metric errors ratio every 1m\n"
    "metric health good | bad\n"
    "metric memory bytes by pod\n";

const std::vector<ChartVerdict>& charts_of(Scenario& scenario) { return *scenario.judge().policies.front().charts; }

std::vector<std::string> limits_of(const ChartVerdict& chart) {
  std::vector<std::string> texts;
  for (const LimitVerdict& limit : chart.limits) texts.push_back(limit.expr + ": " + limit.text);
  return texts;
}

TEST(Charts, ShowSamplesLimitAndWindow) {
  Scenario s(kMetrics + "policy p { threshold latency rollback >= 250ms in 3 of 5 samples }");
  s.deployed(0).samples("latency", 0, {"100ms", "120ms", "268ms", "272ms", "265ms"}).now(4);
  const auto& charts = charts_of(s);
  ASSERT_THAT(charts, SizeIs(1));
  const ChartVerdict& chart = charts.front();
  EXPECT_EQ(chart.name, "latency");
  EXPECT_EQ(chart.doc, "Of requests");
  EXPECT_EQ(chart.from, at_minute(0));
  EXPECT_EQ(chart.to, at_minute(4));
  ASSERT_THAT(chart.curves, SizeIs(1));
  const CurveVerdict& curve = chart.curves.front();
  EXPECT_EQ(curve.count, 5U);
  ASSERT_THAT(curve.points, SizeIs(5));
  EXPECT_EQ(curve.points[3].value, 0.272);
  EXPECT_EQ(curve.least, "100ms");
  EXPECT_EQ(curve.greatest, "272ms");
  EXPECT_EQ(curve.newest.back(), std::pair(std::string("2025-02-13T14:04:00Z"), std::string("265ms")));
  EXPECT_THAT(limits_of(chart), ElementsAre("latency >= 250ms: 250ms"));
  EXPECT_THAT(chart.limits.front().line, SizeIs(1));
  ASSERT_THAT(chart.windows, SizeIs(1));
  EXPECT_EQ(chart.windows.front().from, at_minute(0));
  EXPECT_EQ(chart.windows.front().to, at_minute(4));
  // The axis holds all of it, in round steps.
  EXPECT_EQ(chart.ticks.front().text, "50ms");
  EXPECT_EQ(chart.ticks.back().text, "300ms");
}

TEST(Charts, ABaselineAndWhatIsRelativeToIt) {
  Scenario s(kMetrics + "policy p { threshold errors { require <= baseline + 1pp  rollback > 5% for 2m } }");
  s.deployed(-1).samples("errors", 0, {"0.3%", "2%", "2%"}).baseline("errors", "0.5%").now(2);
  const ChartVerdict chart = charts_of(s).front();
  // What failed comes before what did not fire.
  EXPECT_THAT(limits_of(chart), ElementsAre("errors <= baseline + 1pp: 1.5%", "errors > 5%: 5%"));
  ASSERT_THAT(chart.baselines, SizeIs(1));
  EXPECT_EQ(chart.baselines.front().name, "errors.baseline");
  EXPECT_EQ(chart.baselines.front().text, "0.5%");
  EXPECT_EQ(chart.windows.front().from, chart.windows.front().to);
  EXPECT_THAT(chart.rules, ElementsAre("p.errors.require", "p.errors.rollback"));
}

TEST(Charts, ALimitMovesWithTheStableVersion) {
  Scenario s(kMetrics + "policy p { threshold latency warn > stable + 10% for 3 samples }");
  s.deployed(-1).samples("latency", 0, {"300ms", "300ms", "300ms"}).now(2);
  for (int minute = 0; minute < 3; ++minute) s.stable("latency", minute, std::to_string(100 * (minute + 1)) + "ms");
  const ChartVerdict chart = charts_of(s).front();
  ASSERT_THAT(chart.curves, SizeIs(2));
  EXPECT_FALSE(chart.curves[0].is_stable);
  EXPECT_EQ(chart.curves[1].name, "latency.stable");
  EXPECT_TRUE(chart.curves[1].is_stable);
  ASSERT_THAT(chart.limits, SizeIs(1));
  EXPECT_THAT(chart.limits.front().line, SizeIs(3));
  EXPECT_EQ(chart.limits.front().text, "330ms");
}

// A difference, a share and an aggregate have their limits where the sample would reach them.
TEST(Charts, LimitsOfWhatIsMadeOfASample) {
  Scenario s(kMetrics +
             "policy p { item a \"a\" require latency - latency.baseline <= 20ms\n"
             " item b \"b\" require latency / latency.baseline < 1.5  item c \"c\" require p95(latency, 5m) < 1s\n"
             " item d \"d\" require count(latency, 5m) > 1 }");
  s.deployed(-1).samples("latency", 0, {"100ms", "110ms"}).baseline("latency", "100ms").now(1);
  EXPECT_THAT(limits_of(charts_of(s).front()),
              ::testing::UnorderedElementsAre("latency - latency.baseline <= 20ms: 120ms", "latency / latency.baseline < 1.5: 150ms",
                                              "p95(latency, 5m) < 1s: 1s"));
}

TEST(Charts, WithinHasTwoLimits) {
  Scenario s(kMetrics + "policy p { item a \"a\" require latency within 10% of latency.baseline }");
  s.deployed(-1).samples("latency", 0, {"100ms", "110ms"}).baseline("latency", "100ms").now(1);
  const ChartVerdict chart = charts_of(s).front();
  ASSERT_THAT(chart.limits, SizeIs(2));
  for (const LimitVerdict& limit : chart.limits) EXPECT_THAT(limit.line, SizeIs(1));
  EXPECT_NE(chart.limits[0].text, chart.limits[1].text);
}

// The samples stay readable beside a limit that is far away.
TEST(Charts, TheAxisIsThatOfTheLimitThatDecidesFirst) {
  Scenario s(kMetrics + "policy p { threshold latency { require < 150ms  rollback > 60s } }");
  s.deployed(-1).samples("latency", 0, {"100ms", "160ms"}).now(1);
  const ChartVerdict near = charts_of(s).front();
  EXPECT_THAT(limits_of(near), ElementsAre("latency < 150ms: 150ms", "latency > 60s: 1m"));
  EXPECT_LT(near.ticks.back().value, 0.3);
  s.sample("latency", 2, "61s").now(2);
  const ChartVerdict far = charts_of(s).front();
  EXPECT_EQ(far.limits.front().text, "1m");
  EXPECT_GE(far.ticks.back().value, 61);
}

TEST(Charts, WhatIsOnTrialDecidesNothing) {
  Scenario s(kMetrics + "policy p { trial item a \"a\" require latency < 50ms  item b \"b\" require latency < 1s }");
  s.deployed(-1).sample("latency", 0, "100ms").now(0);
  EXPECT_THAT(charts_of(s).front().rules, ElementsAre("p.b", "p.a"));
}

TEST(Charts, OnlyOfNumbersThatAreThere) {
  Scenario s(kMetrics + "policy p { item a \"a\" require health == good  item b \"b\" require latency < 1s  item c \"c\" require errors < 1% }");
  s.deployed(-1).sample("latency", 0, "NaN").now(0);
  const auto& charts = charts_of(s);
  ASSERT_THAT(charts, SizeIs(1));
  EXPECT_EQ(charts.front().name, "latency");
  EXPECT_EQ(charts.front().curves.front().points.front().value, std::nullopt);
  EXPECT_EQ(charts.front().curves.front().newest.front().second, "unknown (not_a_number)");
  Scenario none(kMetrics + "policy p { item a \"a\" require latency < 1s }");
  none.now(0);
  EXPECT_THAT(charts_of(none), IsEmpty());
}

TEST(Charts, SeriesOfLabelsShareAChart) {
  Scenario s(kMetrics + "policy p { threshold memory each pod require < 1GiB }");
  s.deployed(-1).now(0);
  for (int pod = 0; pod < 20; ++pod) s.sample("memory[" + std::to_string(10 + pod) + "]", 0, pod < 12 ? "2GiB" : "1MiB");
  const ChartVerdict chart = charts_of(s).front();
  EXPECT_THAT(chart.curves, SizeIs(kMostCurves));
  EXPECT_EQ(chart.curves.front().name, "memory{pod=\"10\"}");
  EXPECT_EQ(chart.curves_left_out, 3U);  // of the ten that are named
  EXPECT_EQ(chart.ticks.back().text, "2.5GiB");
}

TEST(Charts, OfManySamplesTheExtremesStay) {
  Scenario s(kMetrics + "policy p { item a \"a\" require max(latency, 100h) < 1s }");
  for (int minute = 0; minute < 4'000; ++minute) s.sample("latency", minute, minute == 1'234 ? "900ms" : minute == 77 ? "NaN" : "100ms");
  s.deployed(-1).now(3'999);
  const ChartVerdict chart = charts_of(s).front();
  const CurveVerdict& curve = chart.curves.front();
  EXPECT_EQ(curve.count, 4'000U);
  EXPECT_LE(curve.points.size(), kMostPoints);
  EXPECT_TRUE(std::ranges::is_sorted(curve.points, {}, &PointVerdict::at));
  EXPECT_EQ(std::ranges::count(curve.points, std::optional(0.9), &PointVerdict::value), 1);
  EXPECT_EQ(std::ranges::count(curve.points, std::optional<double>(), &PointVerdict::value), 1);
  EXPECT_EQ(curve.points.back().at, at_minute(3'999));
  EXPECT_THAT(curve.newest, SizeIs(kMostValues));
}

TEST(Charts, AreBounded) {
  std::string metrics;
  std::string rules;
  for (int i = 0; i < 60; ++i) {
    metrics += "metric m" + std::to_string(i) + " int\n";
    rules += "threshold m" + std::to_string(i) + " require < " + (i == 59 ? "1" : "9") + "\n";
  }
  Scenario s(metrics + "policy p { " + rules + "}");
  for (int i = 0; i < 60; ++i) s.sample("m" + std::to_string(i), 0, "5");
  s.deployed(-1).now(0);
  const auto& charts = charts_of(s);
  EXPECT_THAT(charts, SizeIs(kMostCharts));
  EXPECT_EQ(charts.front().name, "m59");  // whose rule fails
  EXPECT_EQ(s.judge().policies.front().charts_left_out, 60 - kMostCharts);
}

// What lies a day off is another story, and the newest samples are not what a rule looked at in the past.
TEST(Charts, TheTimeIsThatOfWhatWasLookedAt) {
  Scenario s(kMetrics + "policy p { threshold latency rollback > 1s for 2 samples }");
  s.deployed(-1).samples("latency", -2'000, {"100ms", "100ms"}).samples("latency", 0, {"100ms", "2s", "2s"});
  for (int minute = 3; minute < 2'000; ++minute) s.sample("latency", minute, "100ms");
  s.now(1'999);
  const ChartVerdict chart = charts_of(s).front();
  EXPECT_EQ(chart.windows.front().from, at_minute(1));
  EXPECT_EQ(chart.windows.front().to, at_minute(2));
  EXPECT_EQ(chart.from, at_minute(0));
  EXPECT_LE(chart.to, at_minute(60));
}

TEST(Charts, WhatWasSkippedLookedAtNothing) {
  Scenario s(kMetrics + "facts { on bool }\npolicy p { item a \"a\" only if on require latency < 1s }");
  s.deployed(-1).fact("on", "false").sample("latency", 0, "1ms").now(0);
  EXPECT_THAT(charts_of(s), IsEmpty());
}

}  // namespace
}  // namespace dpol::decision
