// Metrics as other systems write them, real ones of tests/data/metrics, and what is hard about
// each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/inputs/support.h"

namespace dpol::test {
namespace {

using program::Kind;
using program::Track;
using program::Type;
using ::testing::HasSubstr;

constexpr vm::Instant kClock = 1'739'455'500'000'000'000;

std::string sample(const std::string& name) { return file_text(data_folder() / "metrics" / name); }

// The values of one metric of a document, or what is wrong with it.
struct Read {
  explicit Read(std::string_view metric, const Type& type, std::string text,
                std::string target = "")
      : loading(release_program({{metric, type}})) {
    loading.request().clock = kClock;
    error = loading.metrics(std::move(text), std::move(target), "m").load();
    if (error.empty()) values = loading.values(0);
  }
  Loading loading;
  std::string error, values;
};
Read number(std::string_view metric, std::string text) {
  return Read(metric, Type::of(Kind::number), std::move(text));
}

TEST(Exposition, LinesOfRealPrograms) {
  EXPECT_EQ(number("probe_http_status_code", sample("blackbox-0.23-probe-success.prom")).values,
            "200");
  EXPECT_EQ(number("probe_success", sample("blackbox-0.23-probe-failure.prom")).values, "0");
  EXPECT_EQ(number("go_goroutines", sample("openmetrics-roundtrip.om.txt")).values, "166");
  EXPECT_EQ(number("minimal_metric", sample("from_test_parse_1.prom")).values, "1.234");
  EXPECT_EQ(number("another_metric", sample("from_test_parse_1.prom")).values, "-3000");
  EXPECT_EQ(number("fake_sum", sample("from_test_parse_3.prom")).values, "2001");
  EXPECT_EQ(number("request_duration_microseconds_sum", sample("from_test_parse_4.prom")).values,
            "1756047.3");
  EXPECT_EQ(number("process_virtual_memory_bytes", sample("openmetrics-roundtrip.om.txt")).values,
            "2478268416");
  EXPECT_EQ(number("prometheus_ready", sample("prometheus-2.42-self.prom")).values, "1");
}

TEST(Exposition, TimesAreMillisecondsOrInOpenMetricsSeconds) {
  const Read text = number("up", "up 1 1739455500000\n");
  EXPECT_EQ(text.loading.series(0).times, std::vector<vm::Instant>{kClock});
  const Read open = number("up", "up 1 1739455500.5\nup 2 1739455501.5\n# EOF\n");
  EXPECT_EQ(open.loading.series(0).times,
            (std::vector<vm::Instant>{kClock + 500'000'000, kClock + 1'500'000'000}));
  const Read none = number("up", "up 1\n");
  EXPECT_EQ(none.loading.series(0).times, std::vector<vm::Instant>{kClock});
  EXPECT_TRUE(none.loading.snapshot().now_from_clock());
}

TEST(Exposition, WhatIsNoNumberIsUnknown) {
  for (const char* value : {"NaN", "+Inf", "-Inf"})
    EXPECT_EQ(number("up", "up " + std::string(value) + "\n").values, "not_a_number") << value;
}

TEST(Exposition, SeriesOfSeveralLabelsAreNotMixed) {
  EXPECT_THAT(number("name", sample("from_test_parse_2.prom")).error,
              HasSubstr("name has 2 series where one is expected: {__name__=\"name\", basename=\"basevalue\", "
                        "labelname=\"val1\"}"));
  EXPECT_THAT(number("up", "up{a=\"1\",b=\"2\"} 1\nup{b=\"2\",a=\"1\"} 2\n").error,
              HasSubstr("m:2: expected each series once"));
  EXPECT_EQ(number("up", "up{a=\"1\",b=\"2\"} 1\nup{b=\"2\",a=\"1\"} 1\n").values, "1");
}

TEST(Exposition, TheCommandLineNamesTheMetric) {
  EXPECT_EQ(Read("p95", Type::duration(), "latency_seconds{q=\"0.95\"} 0.25\n", "p95").values,
            "0.25");
  EXPECT_EQ(number("p95", "latency 0.25\n").values, "0.25");
  EXPECT_THAT(number("p95", "a 1\nb 2\n").error,
              HasSubstr("expected a series named as a declared metric (p95), found a and b; "
                        "say which metric the file holds: --metrics p95=m"));
}

TEST(Exposition, QuotedNamesAndLabelsThatAreHard) {
  EXPECT_EQ(number("http.requests", "{\"http.requests\",a=\"}\\\" # \\\\\",} 3\n").values, "3");
  EXPECT_EQ(number("up", "# HELP up is {it} 1\n  up  { a = \"b\" , }  5 \n").values, "5");
}

TEST(Exposition, WhatIsCutOffOrNoExposition) {
  EXPECT_THAT(number("a", "a_bucket{le=\"1\"} 2 # {x=\"y\"} 0.5\n# TYPE a gauge\n").error,
              HasSubstr("expected # EOF at the end"));
  EXPECT_THAT(number("up", "# EOF\nup 1\n").error, HasSubstr("m:2: expected nothing behind # EOF"));
  EXPECT_THAT(number("up", "# TYPE up gauge\nup{a=\"b\n").error,
              HasSubstr("m:2: expected labels such as"));
  EXPECT_THAT(number("up", "# TYPE up gauge\nup\n").error,
              HasSubstr("m:2: expected a number behind up"));
  EXPECT_THAT(number("up", "# TYPE up gauge\nup many\n").error, HasSubstr("expected a number"));
  EXPECT_THAT(number("up", "# TYPE up gauge\nup 1 soon\n").error,
              HasSubstr("expected milliseconds since 1970"));
  EXPECT_THAT(number("up", "up 1 2 3\n").error, HasSubstr("expected an answer of Prometheus"));
  EXPECT_THAT(number("up", "# TYPE up gauge\nup{a=\"1\",a=\"2\"} 1\n").error,
              HasSubstr("each label once"));
}

TEST(Otlp, NumbersAreStringsAndNamesHaveDots) {
  EXPECT_EQ(number("airflow.scheduler_heartbeat", sample("airflow.json")).values.substr(0, 1), "6");
  EXPECT_EQ(number("my_gauge", sample("proto-example.json")).values, "10");
  EXPECT_THAT(number("my_histogram", sample("proto-example.json")).error,
              HasSubstr("is a histogram or a summary"));
  const char* point =
      R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","unit":"ms","gauge":
      {"dataPoints":[{"asInt":"7","timeUnixNano":"1739455500000000000"}]}}]}]}]})";
  const Read read("a", Type::duration(), point);
  EXPECT_EQ(read.values, "0.007");
  EXPECT_EQ(read.loading.series(0).times, std::vector<vm::Instant>{kClock});
  EXPECT_THAT(number("a", point).error,
              HasSubstr("found numbers in \"ms\"; declare a as what it measures"));
}

TEST(Otlp, OneExportALine) {
  const auto line = [](int value, int second) {
    return R"({"resourceMetrics":[{"instrumentationLibraryMetrics":[{"metrics":[{"name":"a","sum":{"dataPoints":[{"asDouble":)" +
           std::to_string(value) + R"(,"timeUnixNano":"17394555)" + (second < 10 ? "0" : "") +
           std::to_string(second) + "000000000\"}]}}]}]}]}\n";
  };
  EXPECT_EQ(number("a", line(1, 0) + "\n" + line(2, 10)).values, "1 2");
  EXPECT_THAT(number("a", line(1, 0) + line(2, 10).substr(0, 40)).error, HasSubstr("m:2:"));
}

TEST(CloudWatch, ParallelListsAndPointsInNoOrder) {
  EXPECT_EQ(number("m3", sample("get-metric-data.json")).values, "96.85");
  const Read cpu("CPUUtilization", Type::of(Kind::ratio), sample("get-metric-statistics.json"));
  EXPECT_EQ(cpu.error, "");
  EXPECT_TRUE(std::ranges::is_sorted(cpu.loading.series(0).times));
  EXPECT_THAT(cpu.values, HasSubstr("0.4792"));
  EXPECT_THAT(number("CPUUtilization", sample("get-metric-statistics.json")).error,
              HasSubstr("numbers in \"%\""));
  const Read part = number("a", R"({"MetricDataResults":[{"Id":"a","StatusCode":"PartialData",
      "Timestamps":["2025-02-13T14:05:00+00:00",1739455440],"Values":[2,1]}]})");
  EXPECT_EQ(part.values, "1 2");
  EXPECT_THAT(part.loading.notes(), HasSubstr("a is not complete: PartialData"));
  EXPECT_THAT(
      number("a", R"({"MetricDataResults":[{"Id":"a","Timestamps":[1],"Values":[2,1]}]})").error,
      HasSubstr("as many Values as Timestamps"));
  EXPECT_THAT(
      number("a", R"({"Label":"a","Datapoints":[{"Timestamp":1,"Average":1,"Maximum":2}]})").error,
      HasSubstr("expected one statistic, found several"));
  EXPECT_THAT(number("a", R"({"Label":"a","Datapoints":[]})").loading.notes(),
              HasSubstr("CloudWatch has no points for a"));
}

TEST(NewRelic, RowsAreSeriesByTheirColumnsAndTexts) {
  const Read count = number("count", sample("insights-count.json"));
  EXPECT_EQ(count.values, "80275388");
  EXPECT_EQ(count.loading.series(0).times,
            std::vector<vm::Instant>{1'484'781'521'198'000'000});  // until when was asked
  EXPECT_THAT(number("count", sample("nerdgraph-facet-timeseries.json")).error,
              HasSubstr("count has 2 series where one is expected: {__name__=\"count\", appName=\"App1\"}"));
  const auto answer = [](const std::string& rows, const std::string& more = "") {
    return R"({"data":{"actor":{"account":{"nrql":{"results":[)" + rows + "]" + more + "}}}}}";
  };
  const Read rows = number(
      "p95", answer(R"({"beginTimeSeconds":1739455440,"endTimeSeconds":1739455500,"p95":{"95":1}},
      {"beginTimeSeconds":1739455500,"endTimeSeconds":1739455560,"p95":{"95":null},"inspectedCount":3})"));
  EXPECT_EQ(rows.values, "1 not_a_number");
  EXPECT_EQ(rows.loading.series(0).times,
            (std::vector<vm::Instant>{kClock - 60'000'000'000, kClock}));
  EXPECT_EQ(
      number("percentile_duration_95", answer(R"({"percentile.duration":{"95":0.2,"99":0.4}})"))
          .values,
      "0.2");
  EXPECT_EQ(number("errors", R"([{"beginTimeSeconds":1739455440,"errors":7}])").values, "7");
}

TEST(NewRelic, WhatIsNoResultOrOnlyAPart) {
  EXPECT_THAT(number("a", R"({"data":null,"errors":[{"message":"NRQL Syntax Error"}]})").error,
              HasSubstr("New Relic answered with an error: the string \"NRQL Syntax Error\""));
  const auto answer = [](const std::string& fields) {
    return R"({"data":{"actor":{"account":{"nrql":{)" + fields + "}}}}}";
  };
  EXPECT_THAT(number("a", answer(R"("results":[])")).loading.notes(),
              HasSubstr("the query found nothing"));
  EXPECT_THAT(number("a", answer(R"("results":null,"queryProgress":{"completed":false})")).error,
              HasSubstr("still runs"));
  EXPECT_THAT(
      number("a", answer(R"("results":[{"a":1}],"metadata":{"messages":["Results are cut"]})"))
          .loading.notes(),
      HasSubstr("New Relic says: Results are cut"));
  EXPECT_THAT(number("a", answer(R"("results":[{"events":[{"a":1}]}])")).error,
              HasSubstr("ask for one"));
  EXPECT_THAT(number("a", answer(R"("results":[{"beginTimeSeconds":"now","a":1}])")).error,
              HasSubstr("seconds since 1970"));
  EXPECT_THAT(number("a", answer(R"("results":[3])")).error, HasSubstr("expected a row"));
  EXPECT_THAT(number("a", answer(R"("results":{})")).error, HasSubstr("expected a list"));
  EXPECT_THAT(number("a", R"({"facets":[],"metadata":{"eventType":"T"}})").error,
              HasSubstr("ask NerdGraph"));
}

TEST(Datadog, PointsAreMillisecondsAndMayBeNull) {
  const Read cpu("system_cpu_idle", Type::of(Kind::ratio), sample("query-timeseries.json"));
  EXPECT_EQ(cpu.error, "");
  EXPECT_THAT(cpu.values, ::testing::StartsWith("0.914583840476142"));
  const auto answer = [](const std::string& series) {
    return R"({"status":"ok","res_type":"time_series","series":[)" + series + "]}";
  };
  const Read hole = number(
      "a",
      answer(R"({"metric":"a","pointlist":[[1739455440000,1],[1739455500000,null]],"unit":null})"));
  EXPECT_EQ(hole.values, "1 not_a_number");
  EXPECT_THAT(number("a", answer("")).loading.notes(), HasSubstr("the query found no series"));
  EXPECT_THAT(number("a", R"({"errors":["Forbidden"]})").error,
              HasSubstr("Datadog answered with an error"));
  EXPECT_THAT(number("a", answer(R"({"metric":"a","pointlist":[[1,"x"]]})")).error,
              HasSubstr("[milliseconds, number or null]"));
  EXPECT_THAT(
      number(
          "a",
          answer(
              R"({"metric":"a","scope":"x","pointlist":[]},{"metric":"a","scope":"y","pointlist":[]})"))
          .error,
      HasSubstr("2 series where one is expected"));
}

TEST(Table, ColumnsAreMetrics) {
  Loading loading;
  EXPECT_EQ(
      loading.metrics(file_text(data_folder() / "formats/metric_table.csv"), "", "m.csv").load(),
      "");
  EXPECT_EQ(loading.values(0), "0.268 not_a_number");
  EXPECT_EQ(loading.values(0, Track::stable), "0.22 0.22");
  EXPECT_EQ(loading.snapshot().stage_marks().size(), 1U);
}

// The values of metric m, by service_name, in the order of the labels.
std::string by_service(std::string text, Track track = Track::candidate) {
  ProgramBuilder b;
  b.metric_at(b.metric("m")).label_set = b.label_set({"service_name"});
  Loading loading(b.build());
  loading.request().clock = kClock;
  if (const std::string error = loading.metrics(std::move(text), "", "m").load(); !error.empty()) return error;
  std::string all;
  const vm::Snapshot& snapshot = loading.snapshot();
  for (std::uint32_t i = 0; i < snapshot.members().size(); ++i) {
    all += snapshot.members()[i].values[0] + "=";
    for (const program::Value value : snapshot.series(snapshot.series_index(0, track, i, false)).values)
      all += loading.text(Type::of(Kind::number), value) + " ";
  }
  return all;
}

TEST(Labels, OfOtherFormats) {
  EXPECT_EQ(by_service("m{service_name=\"b\",pod=\"x\"} 1\nm{service_name=\"a\"} 2\n"), "a=2 b=1 ");
  EXPECT_THAT(by_service("m{service_name=\"b\",pod=\"x\"} 1\nm{service_name=\"b\",pod=\"y\"} 2\n"),
              HasSubstr("its labels do not tell them apart"));
  EXPECT_THAT(by_service("m{pod=\"x\"} 1\n"), HasSubstr("expected a series for each service_name"));
  EXPECT_EQ(by_service(R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[
      {"asInt":"7","timeUnixNano":"1739455500000000000","attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},
      {"asInt":"8","timeUnixNano":"1739455500000000000","attributes":[{"key":"service.name","value":{"stringValue":"b"}}]}
      ]}}]}]}]})"), "a=7 b=8 ");
  EXPECT_EQ(by_service(R"({"data":{"actor":{"account":{"nrql":{"results":[
      {"service.name":"b","beginTimeSeconds":1739455440,"m":1},{"service.name":"a","beginTimeSeconds":1739455440,"m":2},
      {"service.name":"a","beginTimeSeconds":1739455500,"m":3}]}}}}})"), "a=2 3 b=1 ");
  const std::string table = "time,service_name,m,m.stable,m.baseline\n1739455440,a,1,,\n1739455440,b,2,3,4\n1739455500,a,5,,\n";
  EXPECT_EQ(by_service(table), "a=1 5 b=2 ");
  EXPECT_EQ(by_service(table, Track::stable), "a=b=3 ");
  EXPECT_THAT(by_service("time,m\n1739455440,1\n"), HasSubstr("expected a series for each service_name"));
}

TEST(Table, WhatIsWrongSaysWhere) {
  const auto error = [](const std::string& text) {
    return Loading().metrics(text, "", "m.csv").load();
  };
  EXPECT_THAT(error("time,error_rate\n2025-02-13T14:05:00Z,1,2\n"),
              HasSubstr("m.csv:2: expected 2 fields, found 3"));
  EXPECT_THAT(error("time,error_rate\nnever,1\n"), HasSubstr("m.csv:2: time: expected"));
  EXPECT_THAT(error("time,error_rate\n2025-02-13T14:05:00Z,=1+1\n"),
              HasSubstr("m.csv:2: error_rate: expected"));
  EXPECT_THAT(error("time,error_rate.old\n"), HasSubstr("candidate, stable or baseline"));
  EXPECT_THAT(error("time,error_rate,error_rate\n"), HasSubstr("each column once"));
  EXPECT_THAT(error("time,error_rate\n\"2025,1\n"), HasSubstr("expected a closing quote"));
  EXPECT_THAT(error("time,error_rate\n2025-02-13T14:05:00Z,1ms\n"),
              HasSubstr("m.csv:2: error_rate"));
  Loading nearly;
  EXPECT_EQ(
      nearly.metrics("\xEF\xBB\xBFtimestamp,eror_rate\r\n1739455500,\"0.3%\"\r\n", "", "m.csv")
          .load(),
      "");
  EXPECT_THAT(nearly.unclaimed(), HasSubstr("did you mean `error_rate`?"));
}

}  // namespace
}  // namespace dpol::test
