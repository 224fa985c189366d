// Types of expressions, and what is wrong with those that have none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/compiler/probe.h"

namespace dpol::compiler {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What an expression is: its type, or the code of its one error.
struct Row {
  const char* expression;
  const char* type_or_code;
};

std::string outcome(const Probe& probe) {
  if (!probe.codes.empty()) {
    std::string codes;
    for (const std::string& code : probe.codes) codes += (codes.empty() ? "" : " ") + code;
    return codes;
  }
  return probe.type;
}

void expect_all(std::span<const Row> rows) {
  for (const Row& row : rows) {
    const Probe result = probe(row.expression);
    EXPECT_EQ(outcome(result), row.type_or_code)
        << row.expression << (result.messages.empty() ? "" : "\n  " + result.messages[0]);
  }
}

TEST(Expressions, Literals) {
  expect_all(std::to_array<Row>({
      {"12", "int"},
      {"0.5", "float"},
      {"5%", "ratio"},
      {"5pp", "points"},
      {"250ms", "duration"},
      {"1h30m", "duration"},
      {"2GiB", "bytes"},
      {"1200/s", "1/s"},
      {"5request/s", "request/s"},
      {"10MiB/s", "bytes/s"},
      {"3orders/s", "E0304"},
      {"2026-12-31", "time"},
      {"2026-12-31T10:00:00Z", "time"},
      {"3.1.0", "semver"},
      {"v3.1.0-rc.1", "semver"},
      {"\"text\"", "string"},
      {"\"${version}\"", "string"},
      {"true", "bool"},
      {"999999999999999999999999", "E0425"},
      {"0.1234567890123456789", "E0425"},
  }));
}

TEST(Expressions, Names) {
  expect_all(std::to_array<Row>({
      {"frozen", "bool"},
      {"tests.failed", "int"},
      {"facts.frozen", "bool"},
      {"facts.tests.failed", "int"},
      {"metrics.latency", "duration"},
      {"metrics.latency.stable", "duration"},
      {"params.max_rate", "ratio"},
      {"max_rate", "ratio"},
      {"growth", "percent change"},
      {"now", "time"},
      {"T", "time"},
      {"latency", "duration"},
      {"latency.candidate", "duration"},
      {"latency.stable", "duration"},
      {"latency.baseline", "duration"},
      {"health", "passing | failing"},
      {"up", "bool"},
      {"risk.high", "risk"},
      {"risk.hihg", "E0303"},
      {"nonsense", "E0301"},
      {"latncy", "E0301"},
      {"facts.nonsense", "E0301"},
      {"metrics.nonsense", "E0301"},
      {"params.nonsense", "E0301"},
      {"tests", "E0311"},
      {"tests.faild", "E0302"},
      {"frozen.deep", "E0302"},
      {"latency.p99", "E0302"},
      {"max_rate.deep", "E0302"},
      {"health.baseline", "E0420"},
      {"double", "E0301"},
      {"floor", "E0301"},
  }));
}

TEST(Expressions, Comparisons) {
  expect_all(std::to_array<Row>({
      {"tests.failed == 0", "bool"},
      {"tests.failed < 1.5", "bool"},
      {"latency < 250ms", "bool"},
      {"250ms > latency", "bool"},
      {"error_rate < 1%", "bool"},
      {"error_rate < other_rate", "bool"},
      {"gap < 1pp", "bool"},
      {"throughput > 1200/s", "bool"},
      {"throughput > 1200request/s", "bool"},
      {"served >= 100", "bool"},
      {"orders > 5", "bool"},
      {"version >= 3.1.0", "bool"},
      {"version == minimum", "bool"},
      {"version != minimum", "bool"},
      {"since < 2026-12-31", "bool"},
      {"now > since", "bool"},
      {"service == \"checkout\"", "bool"},
      {"\"checkout\" == service", "bool"},
      {"environment == production", "bool"},
      {"production == environment", "bool"},
      {"environment == \"production\"", "bool"},
      {"environment != target", "bool"},
      {"colour == \"2xx\"", "bool"},
      {"level >= medium", "bool"},
      {"low < level", "bool"},
      {"level == risk.high", "bool"},
      {"frozen == true", "bool"},
      {"health == failing", "bool"},
      {"tests.failed / tests.total < 0.5", "bool"},
      {"tests.failed / tests.total < 5%", "bool"},
      {"tests.failed / tests.total < error_rate", "bool"},
      {"load.cpu < 0.8", "bool"},
      {"growth < 10%", "bool"},

      {"latency < 250", "E0403"},
      {"250 > latency", "E0403"},
      {"memory < 250", "E0403"},
      {"throughput > 1200", "E0403"},
      {"gap < 1", "E0403"},
      {"error_rate < 0.5", "E0404"},
      {"success < 0.5", "E0301"},
      {"1 < error_rate", "E0404"},
      {"gap < 1%", "E0401"},
      {"latency < error_rate", "E0401"},
      {"latency < 1%", "E0401"},
      {"latency < 2GiB", "E0401"},
      {"served < orders", "E0401"},
      {"served < 100/s", "E0403"},
      {"tests.failed < 5%", "E0401"},
      {"version >= \"3.1.0\"", "E0401"},
      {"version >= 3", "E0401"},
      {"service == 3", "E0401"},
      {"service == checkout", "E0301"},
      {"service < \"b\"", "E0405"},
      {"environment < production", "E0405"},
      {"environment == prodction", "E0303"},
      {"environment == \"prodction\"", "E0303"},
      {"environment == level", "E0401"},
      {"frozen < true", "E0405"},
      {"frozen == 1", "E0401"},
      {"tags == tags", "E0405"},
      {"growth < 10pp", "E0401"},
      {"0% < error_rate < 1%", "E0213"},
  }));
}

TEST(Expressions, Arithmetic) {
  expect_all(std::to_array<Row>({
      {"1 + 2", "int"},
      {"1 + 2.5", "float"},
      {"tests.failed + 1", "int"},
      {"tests.failed * 2", "int"},
      {"tests.failed / 2", "float"},
      {"-tests.failed", "int"},
      {"latency + 5ms", "duration"},
      {"latency - latency_p50", "duration"},
      {"latency * 2", "duration"},
      {"2 * latency", "duration"},
      {"latency / 2", "duration"},
      {"latency / latency_p50", "float"},
      {"memory / latency", "bytes/s"},
      {"memory * memory", "bytes^2"},
      {"memory / memory", "float"},
      {"tests.failed / latency", "1/s"},
      {"throughput * latency", "request"},
      {"served / latency", "request/s"},
      {"served + 5", "request"},
      {"throughput + 5/s", "request/s"},
      {"latency + 10%", "duration"},
      {"latency - 10%", "duration"},
      {"180ms + 10%", "duration"},
      {"latency.baseline + 10%", "duration"},
      {"latency + growth", "duration"},
      {"error_rate + growth", "ratio"},
      {"growth + 5%", "percent change"},
      {"growth * 2", "percent change"},
      {"served + 10%", "request"},
      {"tests.total + 10%", "float"},
      {"2x latency.baseline", "duration"},
      {"2x tests.total", "float"},
      {"1.5x error_rate", "ratio"},
      {"error_rate + 1pp", "ratio"},
      {"error_rate - 1pp", "ratio"},
      {"1pp + error_rate", "ratio"},
      {"0.3% + 1pp", "ratio"},
      {"error_rate - other_rate", "points"},
      {"error_rate + other_rate", "ratio"},
      {"100% - error_rate", "points"},
      {"error_rate * 2", "ratio"},
      {"error_rate * 1.01", "ratio"},
      {"error_rate * other_rate", "ratio"},
      {"error_rate / other_rate", "float"},
      {"error_rate * tests.total", "float"},
      {"50% * latency", "duration"},
      {"150% * peak.rps", "request/s"},
      {"latency / 50%", "duration"},
      {"gap + 1pp", "points"},
      {"gap * 2", "points"},
      {"gap / 1pp", "float"},
      {"gap + 10%", "points"},
      {"T - 48h", "time"},
      {"T + 15m", "time"},
      {"15m + T", "time"},
      {"now - since", "duration"},
      {"since + 2 * 5m", "time"},

      {"latency + 5", "E0406"},
      {"latency + error_rate", "E0406"},
      {"latency + memory", "E0406"},
      {"served + orders", "E0406"},
      {"now + since", "E0406"},
      {"5m - T", "E0406"},
      {"T * 2", "E0406"},
      {"-T", "E0406"},
      {"service + service", "string"},
      {"frozen + 1", "E0406"},
      {"10% + latency", "E0406"},
      {"latency * growth", "E0406"},
      {"gap * latency", "E0406"},
      {"2x service", "E0406"},
      {"error_rate + 1%", "E0312"},
      {"error_rate - 1%", "E0312"},
      {"error_rate.baseline + 1%", "E0312"},
      {"1% + error_rate", "E0312"},
      {"0.3% + 1%", "E0312"},
      {"1 / 0", "E0421"},
      {"latency / 0", "E0421"},
      {"100000000000000000000 * 100", "E0421"},
  }));
}

TEST(Expressions, Logic) {
  expect_all(std::to_array<Row>({
      {"frozen and up", "bool"},
      {"frozen or not up", "bool"},
      {"not (frozen and up)", "bool"},
      {"if frozen then 1 else 2", "int"},
      {"if frozen then 1 else 2.5", "float"},
      {"latency < (if frozen then 250ms else 1s)", "bool"},
      {"environment == (if frozen then target else target)", "bool"},
      {"frozen and 1", "E0402"},
      {"latency and frozen", "E0402"},
      {"not tests.failed", "E0402"},
      {"if 1 then 2 else 3", "E0402"},
      {"if frozen then 1 else 2ms", "E0415"},
      {"frozen and nonsense", "E0301"},
      {"nonsense and rubbish", "E0301 E0301"},
  }));
}

TEST(Expressions, Membership) {
  expect_all(std::to_array<Row>({
      {"tests.failed in 0..5", "bool"},
      {"error_rate in 0%..5%", "bool"},
      {"latency not in 1s..2s", "bool"},
      {"error_rate in 0%..max_rate", "bool"},
      {"environment in {dev, staging}", "bool"},
      {"environment in [dev]", "bool"},
      {"environment not in {dev}", "bool"},
      {"service in {\"a\", \"b\"}", "bool"},
      {"tests.failed in {1, 2, 3}", "bool"},
      {"\"prod\" in tags", "bool"},
      {"\"prod\" not in tags", "bool"},
      {"3 in sizes", "bool"},
      {"tags contains \"prod\"", "bool"},
      {"service contains \"out\"", "bool"},
      {"service matches r\"^check\"", "bool"},
      {"since in T..now", "bool"},
      {"version in 1.0.0..2.0.0", "bool"},

      {"error_rate in 5%..0%", "E0423"},
      {"tests.failed in 0%..5%", "E0401"},
      {"environment in {dev, prodction}", "E0303"},
      {"3 in tags", "E0415"},
      {"3 in service", "E0416"},
      {"3.1.0 in versions", "E0416"},
      {"service matches \"^check\"", "E0418"},
      {"service matches r\"((\"", "E0418"},
      {"tests.failed matches r\"1\"", "E0417"},
      {"tests.failed contains 1", "E0417"},
      {"service contains 1", "E0415"},
      {"0..5", "E0415"},
      {"[1, 2]", "E0415"},
  }));
}

TEST(Expressions, Optional) {
  expect_all(std::to_array<Row>({
      {"present tests.report", "bool"},
      {"present tests.report and tests.report == \"ok\"", "bool"},
      {"not present tests.report or tests.report == \"ok\"", "bool"},
      {"if present tests.skipped then tests.skipped else 0", "int"},
      {"tests.report else \"none\"", "string"},
      {"(tests.skipped else 0) < 5", "bool"},
      {"every p in pods: present p.image.digest and p.image.digest == \"x\"", "bool"},
      {"every p in pods where present p.image.digest: p.image.digest == \"x\"", "bool"},
      {"every p in pods: (p.image.digest else \"\") == \"x\"", "bool"},

      {"tests.report == \"ok\"", "E0407"},
      {"present tests.report or tests.report == \"ok\"", "E0407"},
      {"not present tests.report and tests.report == \"ok\"", "E0407"},
      {"tests.report == \"ok\" and present tests.report", "E0407"},
      {"present tests.report and tests.skipped == 0", "E0407"},
      {"every p in pods: p.image.digest == \"x\"", "E0407"},
      {"present tests.failed", "E0408"},
      {"present latency", "E0408"},
      {"tests.failed else 0", "E0408"},
      {"tests.skipped else \"0\"", "E0415"},
  }));
}

TEST(Expressions, Lists) {
  expect_all(std::to_array<Row>({
      {"every p in pods: p.ready", "bool"},
      {"any p in pods: p.restarts > 5", "bool"},
      {"none p in pods: p.phase == Pending", "bool"},
      {"every p in pods where p.ready: p.cpu < 0.5", "bool"},
      {"every s in sizes: s > 3", "bool"},
      {"every p in pods: every l in p.labels: l != \"bad\"", "bool"},
      {"every z in zones: z.ready", "bool"},
      {"every p in pods: is_ready(p)", "bool"},
      {"count(p in pods where p.ready)", "int"},
      {"count(p in pods)", "int"},
      {"count(pods)", "int"},
      {"count(zones)", "int"},
      {"sum(p in pods: p.restarts)", "int"},
      {"sum(p in pods where p.ready: p.cpu)", "float"},
      {"count(p in pods where p.ready) / count(pods) > 90%", "bool"},
      {"limits[\"a\"]", "int"},
      {"zones[\"a\"].image.tag", "string"},
      {"zones[\"a\"].ready", "bool"},
      {"limits[service] > 3", "bool"},

      {"every p in service: p", "E0416"},
      {"every p in pods: p.redy", "E0302"},
      {"every p in pods: p", "E0402"},
      {"every p in pods: p.restarts", "E0402"},
      {"every p in pods: every p in pods: p.ready", "E0309"},
      {"every p in podz: p.ready", "E0301"},
      {"every s in sizes: s.deep > 1", "E0302"},
      {"sum(p in pods)", "E0414"},
      {"sum(p in pods: p.name)", "E0415"},
      {"count(p in pods: p.ready)", "E0414"},
      {"max(p in pods: p.restarts)", "int"},
      {"count(service)", "E0416"},
      {"limits[3]", "E0415"},
      {"tags[\"a\"]", "E0415"},
      {"zones[\"a\"].nope", "E0302"},
      {"every p in pods: (latency > 1s for 3 samples)", "E0410"},
  }));
}

TEST(Expressions, Calls) {
  expect_all(std::to_array<Row>({
      {"avg(latency, 5m)", "duration"},
      {"avg(latency, over: 5m)", "duration"},
      {"avg(latency.stable, 5m)", "duration"},
      {"p99(error_rate, 10m)", "ratio"},
      {"count(latency, 5m)", "int"},
      {"count(health, 5m)", "int"},
      {"delta(error_rate, 5m)", "points"},
      {"delta(latency, 5m)", "duration"},
      {"increase(restarts, 5m) > 5", "bool"},
      {"rate(restarts, 5m)", "1/s"},
      {"rate(served, 5m) > 100/s", "bool"},
      {"slope(memory, 1h)", "bytes/s"},
      {"min(latency, 5m)", "duration"},
      {"abs(latency - latency_p50)", "duration"},
      {"least(latency, 5ms)", "duration"},
      {"greatest(served, 5)", "request"},
      {"floor(load.cpu)", "int"},
      {"round(tests.failed / 2)", "int"},
      {"starts_with(service, \"a\")", "bool"},
      {"chars(service)", "int"},
      {"double(5ms)", "duration"},
      {"double(x: 5ms)", "duration"},
      {"too_slow(1s)", "bool"},
      {"steady()", "bool"},

      {"avg(latency)", "E0414"},
      {"avg(latency, 5m, 3)", "E0414"},
      {"avg(latency, ovr: 5m)", "E0414"},
      {"avg(latency, 5)", "E0415"},
      {"avg(latency, 0s)", "E0411"},
      {"avg(latency, limit)", "E0422"},
      {"avg(tests.failed, 5m)", "E0413"},
      {"avg(latency.baseline, 5m)", "E0413"},
      {"avg(health, 5m)", "E0413"},
      {"increase(error_rate, 5m)", "E0413"},
      {"min(1ms, 2ms)", "E0413"},
      {"median(latency, 5m)", "E0305"},
      {"nonsense(1)", "E0305"},
      {"differs(latency, stable, over: 30m, by: 10%, confidence: 98%)", "bool"},
      {"differs(latency, latency.stable, over: 30m, by: 5ms, confidence: 98%)", "bool"},
      {"differs(error_rate, stable, over: 30m, by: 1pp, confidence: 50%)", "bool"},
      {"worse(latency, stable, over: 30m, by: 10%, confidence: 98%)", "E0413"},
      {"differs(health, stable, over: 30m, by: 10%, confidence: 98%)", "E0413"},
      {"differs(latency.stable, stable, over: 30m, by: 10%, confidence: 98%)", "E0413"},
      {"differs(error_rate, stable, over: 30m, by: 10%, confidence: 98%)", "E0414"},
      {"differs(latency, stable, over: 30m, by: 0ms, confidence: 98%)", "E0414"},
      {"differs(latency, stable, over: 30m, by: 5pp, confidence: 98%)", "E0415"},
      {"differs(latency, baseline, over: 30m, by: 10%, confidence: 98%)", "E0414"},
      {"differs(latency, latency_p50.stable, over: 30m, by: 10%, confidence: 98%)", "E0414"},
      {"differs(latency, stable, over: 30m, by: 10%, confidence: 100%)", "E0414"},
      {"differs(latency, stable, over: 30m, by: 10%)", "E0414"},
      {"differs(latency, stable, over: 30m, by: latency_p50, confidence: 98%)", "E0422"},
      {"abs(service)", "E0415"},
      {"least(latency, 5)", "E0401"},
      {"floor(latency)", "E0415"},
      {"double(5)", "E0415"},
      {"double()", "E0414"},
      {"double(5ms, 6ms)", "E0414"},
      {"double(y: 5ms)", "E0414"},
      {"looped(1)", "E0316"},
      {"latency(1)", "E0305"},
  }));
}

TEST(Expressions, Windows) {
  expect_all(std::to_array<Row>({
      {"latency > 1s for 5m", "bool"},
      {"latency > 1s for 3 samples", "bool"},
      {"latency > 1s in 3 of 5 samples", "bool"},
      {"latency > 1s in 3 samples", "bool"},
      {"latency > 1s for 5m across stages", "bool"},
      {"(latency > 1s for 5m) and up", "bool"},
      {"not (latency > 1s for 5m)", "bool"},
      {"health == failing for 3 samples", "bool"},
      {"up for 3 samples", "bool"},
      {"latency > baseline + 25% for 2m", "bool"},

      {"frozen for 5m", "E0409"},
      {"latency for 5m", "E0402"},
      {"latency > 1s for 0s", "E0411"},
      {"latency > 1s for limit", "E0422"},
      {"latency > 1s for 0 samples", "E0412"},
      {"latency > 1s for 20000 samples", "E0412"},
      {"latency > 1s in 5 of 3 samples", "E0412"},
      {"(latency > 1s for 5m) for 3 samples", "E0427"},
      {"steady() for 3 samples", "E0427"},
  }));
}

TEST(Expressions, BaselineAlone) {
  const auto of = [](const char* expression, const char* subject) {
    return outcome(probe(expression, subject));
  };
  EXPECT_EQ(of("<= baseline + 10%", "latency"), "bool");
  EXPECT_EQ(of("<= stable + 10%", "latency"), "bool");
  EXPECT_EQ(of("<= baseline + 1pp", "error_rate"), "bool");
  EXPECT_EQ(of("<= baseline + 1%", "error_rate"), "E0312");
  EXPECT_EQ(of("< 1s or <= 2x baseline", "latency"), "bool");
  EXPECT_EQ(of("within 10% of baseline", "latency"), "bool");
  EXPECT_EQ(of("within 10% of baseline", "error_rate"), "E0312");
  EXPECT_EQ(of("within 1pp of baseline", "error_rate"), "bool");
  EXPECT_EQ(of("within 5ms of baseline", "latency"), "bool");
  EXPECT_EQ(of("within -5% of baseline", "latency"), "E0423");
  EXPECT_EQ(of("<= baseline", "avg(latency, 5m)"), "bool");
  EXPECT_EQ(of("<= baseline", "tests.coverage"), "E0419");
  EXPECT_EQ(of("<= baseline + 10%", "health"), "E0420");
  EXPECT_EQ(outcome(probe("latency <= baseline + 10%")), "bool");
  EXPECT_EQ(outcome(probe("latency + latency_p50 <= baseline")), "E0419");
  EXPECT_EQ(outcome(probe("frozen or baseline > 5ms")), "E0419");
}

TEST(Expressions, BaselineOfAThresholdIsItsMetrics) {
  const Probe result = probe("<= baseline + latency_p50", "latency");
  ASSERT_TRUE(result.expr);
  const Expr& baseline = *result.expr->args[1]->args[0];
  EXPECT_EQ(baseline.op, ExprOp::baseline);
  EXPECT_EQ(baseline.index, result.expr->args[0]->index);
}

TEST(Expressions, ChangesOfABaselineAreRelative) {
  const auto op = [](const char* expression) {
    return std::string(expr_op_name(probe(expression, "latency").expr->args[1]->op));
  };
  EXPECT_EQ(op("<= baseline + 10%"), "relative");
  EXPECT_EQ(op("<= stable - 10%"), "relative");
  EXPECT_EQ(op("<= 2x baseline"), "relative");
  EXPECT_EQ(op("<= baseline * 1.5"), "relative");
  EXPECT_EQ(op("<= 1.5 * baseline"), "relative");
  EXPECT_EQ(op("<= latency_p50 + 10%"), "multiply");
  EXPECT_EQ(op("<= baseline + 10ms"), "add");
}

TEST(Expressions, FoldExactly) {
  const auto value = [](const char* expression) {
    const Probe result = probe(expression);
    return result.expr && result.expr->known ? result.expr->known->number.to_string() : "none";
  };
  EXPECT_EQ(value("0.1 + 0.2"), "0.3");
  EXPECT_EQ(value("180ms + 10%"), "0.198");
  EXPECT_EQ(value("0.3% + 1pp"), "0.013");
  EXPECT_EQ(value("100% - 1pp"), "0.99");
  EXPECT_EQ(value("2 * 5m"), "600");
  EXPECT_EQ(value("-3"), "-3");
  EXPECT_EQ(value("round(2.5)"), "3");
  EXPECT_EQ(value("round(-2.5)"), "-3");
  EXPECT_EQ(value("least(3ms, 5ms)"), "0.003");
  EXPECT_EQ(value("chars(\"äbc\")"), "3");
  EXPECT_EQ(value("double(5ms)"), "0.01");
  EXPECT_EQ(value("if true then 1 else tests.failed"), "1");
  EXPECT_EQ(value("tests.failed"), "none");
  EXPECT_EQ(value("1 / 3"), "0.333333333333333333");
}

TEST(Expressions, TextIsCanonical) {
  EXPECT_EQ(probe("latency>=250ms   in 3 of 5 samples").text, "latency >= 250ms in 3 of 5 samples");
  EXPECT_EQ(probe("latency // c\n > 1s\n and   ((frozen or up))").text,
            "latency > 1s and (frozen or up)");
  EXPECT_EQ(probe("<= baseline+10%", "latency").text, "latency <= baseline + 10%");
  EXPECT_EQ(probe("< 1s or <= 2x baseline", "latency").text,
            "latency < 1s or latency <= 2x baseline");
  EXPECT_EQ(probe("every p in pods where p.ready :p.restarts<5").text,
            "every p in pods where p.ready: p.restarts < 5");
  EXPECT_EQ(probe("avg( latency ,5m )<-1s").text, "avg(latency, 5m) < -1s");
  EXPECT_EQ(probe("limits[ \"a\" ] in {1,2}").text, "limits[\"a\"] in {1, 2}");
}

TEST(Expressions, TextSpansNameTheParts) {
  const Probe result = probe("<= baseline + 10%", "latency");
  ASSERT_TRUE(result.expr);
  const auto part = [&](const Expr& expr) {
    return result.text.substr(expr.text_begin, expr.text_length);
  };
  EXPECT_EQ(part(*result.expr), "latency <= baseline + 10%");
  EXPECT_EQ(part(*result.expr->args[0]), "latency");
  EXPECT_EQ(part(*result.expr->args[1]), "baseline + 10%");
  EXPECT_EQ(part(*result.expr->args[1]->args[0]), "baseline");
}

TEST(Expressions, FirstMetricIsTheFirstInTheText) {
  const auto first = [](const char* expression) {
    const Probe result = probe(expression);
    return result.expr ? first_metric(*result.expr) : kNone;
  };
  EXPECT_EQ(first("latency > latency_p50"), first("latency"));
  EXPECT_EQ(first("latency_p50 < latency"), first("latency_p50"));
  EXPECT_EQ(first("5ms < latency"), first("latency"));
  EXPECT_EQ(first("latency in latency_p50..1s"), first("latency"));
  EXPECT_EQ(first("1.5 * latency_p50.stable < latency"), first("latency_p50"));
  EXPECT_EQ(first("frozen"), kNone);
}

TEST(Expressions, HelpIsCodeToPaste) {
  const auto help = [](const char* expression) { return probe(expression).help; };
  EXPECT_THAT(help("error_rate.baseline + 1% > 2%"),
              ElementsAre("percentage points: `error_rate.baseline + 1pp`",
                          "relative change:   `error_rate.baseline * 1.01`"));
  EXPECT_THAT(help("error_rate < 0.5"), ElementsAre("per cent:   `0.5%`", "share of 1: `50%`"));
  EXPECT_THAT(help("latency < 250"), Contains(HasSubstr("`250ms`")));
  EXPECT_THAT(help("latncy < 250ms"), Contains(HasSubstr("`latency`")));
  EXPECT_THAT(help("tests.report == \"ok\""),
              Contains("test for it first: `(present tests.report and tests.report == \"ok\")`"));
  EXPECT_THAT(help("service == checkout"), Contains(HasSubstr("`\"checkout\"`")));
  EXPECT_THAT(help("version >= \"3.1.0\""), ElementsAre("without quotes: `3.1.0`"));
}

TEST(Expressions, OneCauseOneMessage) {
  EXPECT_THAT(probe("nonsense + 1 < 5 and 2 * nonsense2 > 3ms").codes, SizeIs(2));
  EXPECT_THAT(probe("avg(nonsense, 5m) > baseline + 10% for 3m").codes, SizeIs(1));
}

TEST(Expressions, SizeIsBounded) {
  std::string deep = "frozen";
  for (int i = 0; i < 400; ++i) deep += " and frozen";
  EXPECT_THAT(probe(deep).codes, ElementsAre("E0428"));
}

TEST(Expressions, WithNeedsAsksInsideWindows) {
  const ExprPtr needs = probe("served >= 100").expr;
  const ExprPtr window = with_needs(probe("latency > 1s for 3 samples").expr, needs);
  EXPECT_EQ(window->op, ExprOp::for_samples);
  EXPECT_EQ(window->args[0]->op, ExprOp::given);
  const ExprPtr plain = with_needs(probe("latency > 1s and up").expr, needs);
  EXPECT_EQ(plain->op, ExprOp::given);
  const ExprPtr mixed = with_needs(probe("up and (latency > 1s for 3 samples)").expr, needs);
  EXPECT_EQ(mixed->op, ExprOp::both);
  EXPECT_EQ(mixed->args[0]->op, ExprOp::given);
  EXPECT_EQ(mixed->args[1]->op, ExprOp::for_samples);
  EXPECT_EQ(mixed->args[1]->args[0]->args[1]->text_length, 0U);
}

TEST(Expressions, OnlyTheOutermostEveryAsksForRows) {
  const auto op = [](const char* expression) {
    return with_outermost_every(probe(expression).expr);
  };
  EXPECT_EQ(op("every p in pods: p.ready")->op, ExprOp::every_of_some);
  EXPECT_EQ(op("every p in pods: every q in pods: p.name == q.name")->args[1]->op, ExprOp::every);
  EXPECT_EQ(op("frozen and every p in pods: p.ready")->args[1]->op, ExprOp::every_of_some);
  EXPECT_EQ(op("frozen or every p in pods: p.ready")->args[1]->op, ExprOp::every);
}

}  // namespace
}  // namespace dpol::compiler
