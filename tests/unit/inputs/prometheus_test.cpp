// Answers of a real Prometheus, and made ones for what it did not answer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "runtime/inputs/formats.h"
#include "runtime/program/time_text.h"
#include "tests/unit/inputs/support.h"

namespace dpol::test {
namespace {

using program::Kind;
using program::Track;
using program::Type;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string answer(const std::string& name) {
  return file_text(data_folder() / "prometheus" / name);
}

Loading one_metric(const Type& type = Type::of(Kind::number)) {
  return Loading(release_program({{"up", type}}));
}

// What becomes of each recorded file where a program declares the metric `up` alone and the
// command line says nothing: the values, or what stands in the error.
struct Outcome {
  std::string values;
  std::string error;
  std::string note;
};
const std::map<std::string, Outcome>& outcomes() {
  static const std::string kSeveral = "series where one is expected: ";
  static const std::map<std::string, Outcome> kOutcomes = {
      {"alertmanager_alerts_v2.json", {"", "found a list of 1", ""}},
      {"alertmanager_status_v2.json",
       {"", "found a map with \"cluster\", \"config\", \"uptime\" and \"versionInfo\"", ""}},
      {"iter8-vector.json", {"21.7639", "", ""}},
      {"prom-2.42-alerts.json",
       {"", "with resultType and result, found a map with \"alerts\"", ""}},
      {"prom-2.42-buildinfo.json",
       {"", "with resultType and result, found a map with \"version\"", ""}},
      {"prom-2.42-error_execution.json",
       {"", "Prometheus answered with an error (execution): found duplicate series", ""}},
      {"prom-2.42-error_parse.json",
       {"", "error (bad_data): invalid parameter \"query\": 1:10: parse error", ""}},
      {"prom-2.42-error_range_too_many_points.json",
       {"", "error (bad_data): exceeded maximum resolution", ""}},
      {"prom-2.42-error_timeout.json",
       {"", "error (timeout): query timed out in expression evaluation", ""}},
      {"prom-2.42-instant_empty.json",
       {"", "", "prom-2.42-instant_empty.json:1: the query found no series"}},
      {"prom-2.42-instant_error_ratio_by_job.json", {"0.18374558303886926", "", ""}},
      {"prom-2.42-instant_inf_and_nan.json",
       {"", kSeveral + "{k=\"plus_inf\"}, {k=\"minus_inf\"} and {k=\"nan\"}", ""}},
      {"prom-2.42-instant_matrix_raw_samples.json", {"", kSeveral, ""}},
      {"prom-2.42-instant_memory_bytes.json", {"", kSeveral, ""}},
      {"prom-2.42-instant_p95_with_nan.json", {"", "up has 10 " + kSeveral, ""}},
      {"prom-2.42-instant_requests_by_code.json",
       {"", ", …; choose one by its labels, aggregate in the query, or declare the "
         "metric `by` what tells them apart", ""}},
      {"prom-2.42-instant_scalar.json", {"4", "", ""}},
      {"prom-2.42-instant_scalar_inf.json", {"not_a_number", "", ""}},
      {"prom-2.42-instant_stats.json", {"", kSeveral, ""}},
      {"prom-2.42-instant_string.json",
       {"", "expected vector, matrix or scalar, found \"string\"; a string has no number to judge",
        ""}},
      {"prom-2.42-instant_up.json", {"", kSeveral, ""}},
      {"prom-2.42-metadata.json", {"", "with resultType and result", ""}},
      {"prom-2.42-range_error_ratio_incident.json", {"48 numbers", "", ""}},
      {"prom-2.42-range_p99_with_nan_and_gaps.json", {"", kSeveral, ""}},
      {"prom-2.42-range_up_down_target.json", {"", kSeveral, ""}},
      {"prom-2.42-rules.json", {"", "with resultType and result, found a map with \"groups\"", ""}},
      {"prom-2.42-targets.json", {"", "with resultType and result", ""}},
      {"roadie-matrix.json", {"6461119616 6444519616", "", ""}},
  };
  return kOutcomes;
}

std::string summary(const Loading& loading) {
  const auto& values = loading.series(0).values;
  if (values.size() < 3) return loading.values(0);
  const bool all_known = std::ranges::none_of(values, &program::Value::is_unknown);
  return std::to_string(values.size()) + (all_known ? " numbers" : " samples");
}

class RecordedAnswers : public ::testing::TestWithParam<std::string> {};
TEST_P(RecordedAnswers, AreReadOrRefusedForAReason) {
  const auto expected = outcomes().find(GetParam());
  ASSERT_NE(expected, outcomes().end()) << "say what becomes of this file";
  Loading loading = one_metric();
  const std::string errors = loading.metrics(answer(GetParam()), "", GetParam()).load();
  if (!expected->second.error.empty()) {
    EXPECT_THAT(errors, HasSubstr(expected->second.error));
    return;
  }
  ASSERT_EQ(errors, "");
  EXPECT_EQ(summary(loading), expected->second.values);
  EXPECT_THAT(loading.notes(), HasSubstr(expected->second.note));
  EXPECT_EQ(loading.notes().empty(), expected->second.note.empty()) << loading.notes();
}
std::vector<std::string> recorded_names() {
  std::vector<std::string> names;
  for (const auto& file : files_of(data_folder() / "prometheus", ".json"))
    names.push_back(file.filename());
  return names;
}
INSTANTIATE_TEST_SUITE_P(Each, RecordedAnswers, ::testing::ValuesIn(recorded_names()));

TEST(Prometheus, RecordedAnswersAreThere) { EXPECT_EQ(recorded_names().size(), outcomes().size()); }

TEST(Prometheus, ARange) {
  Loading loading(
      release_program({{"latency_p95", Type::duration()}, {"error_rate", Type::of(Kind::ratio)}}));
  ASSERT_EQ(
      loading.metrics(answer("prom-2.42-range_error_ratio_incident.json"), "error_rate").load(),
      "");
  const vm::Series& series = loading.series(1);
  ASSERT_EQ(series.times.size(), 48U);
  EXPECT_EQ(program::format_time(series.times[0]), "2026-11-22T19:22:48Z");
  EXPECT_EQ(loading.text(Type::of(Kind::ratio), series.values[6]), "0.09135531105963984");
  EXPECT_EQ(loading.snapshot().now(), series.times.back());
  EXPECT_TRUE(loading.series(0).values.empty());
}

// A program that declares one metric by labels.
program::Program by_labels(std::string_view name, std::initializer_list<std::string_view> labels) {
  ProgramBuilder b;
  const std::uint32_t metric = b.metric(name);
  b.metric_at(metric).label_set = b.label_set(labels);
  return b.build();
}

// "a=1 2; b=3": each series with its values.
std::string series_of(const Loading& loading, Track track = Track::candidate) {
  std::string text;
  const vm::Snapshot& snapshot = loading.snapshot();
  for (std::uint32_t m = 0; m < snapshot.members().size(); ++m) {
    text += text.empty() ? "" : "; ";
    for (const std::string& value : snapshot.members()[m].values) text += value + "/";
    text.back() = '=';
    const vm::Series& series = snapshot.series(snapshot.series_index(0, track, m, false));
    for (const program::Value value : series.values) {
      text += (text.ends_with("=") ? "" : " ") + loading.text(Type::of(Kind::number), value);
    }
  }
  return text;
}

TEST(Prometheus, SeveralSeriesOfAMetricByLabels) {
  Loading memory(by_labels("process_resident_memory_bytes", {"instance"}));
  ASSERT_EQ(memory.metrics(answer("prom-2.42-instant_memory_bytes.json")).load(), "");
  EXPECT_EQ(series_of(memory), "127.0.0.1:19090=59117568; 127.0.0.1:19100=21151744");
  Loading up(by_labels("up", {"job", "instance"}));
  ASSERT_EQ(up.metrics(answer("prom-2.42-range_up_down_target.json")).load(), "");
  ASSERT_EQ(up.snapshot().members().size(), 5U);
  EXPECT_EQ(up.snapshot().members()[2].values, (std::vector<std::string>{"down", "127.0.0.1:19999"}));
  const vm::Series& down = up.snapshot().series(up.snapshot().series_index(0, Track::candidate, 2, false));
  ASSERT_EQ(down.values.size(), 23U);
  EXPECT_EQ(up.text(Type::of(Kind::number), down.values[7]), "0");
  EXPECT_EQ(program::format_time(down.times[0]), "2026-11-22T19:21:13Z");
  Loading quantiles(by_labels("p99", {"handler"}));
  ASSERT_EQ(quantiles.metrics(answer("prom-2.42-range_p99_with_nan_and_gaps.json"), "p99.stable").load(), "");
  EXPECT_EQ(quantiles.snapshot().members().size(), 4U);
}

TEST(Prometheus, LabelsThatDoNotTellSeriesApart) {
  Loading loading(by_labels("rate", {"code"}));
  EXPECT_THAT(loading.metrics(answer("prom-2.42-instant_requests_by_code.json"), "rate").load(),
              AllOf(HasSubstr("rate has 10 series where one is expected: {code=\"200\", handler=\"/-/healthy\"}"),
                    HasSubstr("its labels do not tell them apart: choose one, aggregate in the query, or declare more")));
  Loading without(by_labels("error_ratio", {"pod"}));
  EXPECT_THAT(without.metrics(answer("prom-2.42-instant_error_ratio_by_job.json"), "error_ratio").load(),
              HasSubstr("expected a series for each pod, since error_ratio is declared so, found one of "
                        "{__name__=\"job:http_error_ratio:rate1m\", job=\"prometheus\"}; keep the label in the query: "
                        "`sum by (pod) (…)`"));
  // What it is compared with may be one for all.
  Loading stable(by_labels("error_ratio", {"pod"}));
  ASSERT_EQ(stable.metrics(answer("prom-2.42-instant_error_ratio_by_job.json"), "error_ratio.stable").load(), "");
  EXPECT_EQ(series_of(stable, Track::stable), "=0.18374558303886926");
}

TEST(Prometheus, MoreSeriesThanMayBe) {
  std::string many = R"({"status":"success","data":{"resultType":"vector","result":[)";
  for (int i = 0; i < 1001; ++i) {
    many += (i == 0 ? "" : ",") + std::string(R"({"metric":{"pod":"p)") + std::to_string(i) + R"("},"value":[1795375453,"1"]})";
  }
  Loading loading(by_labels("m", {"pod"}));
  EXPECT_THAT(loading.metrics(many + "]}}", "m").load(),
              HasSubstr("m has more than 1000 series: one for each pod; aggregate in the query"));
}

TEST(Prometheus, TimesAreExact) {
  Loading loading = one_metric();
  ASSERT_EQ(
      loading
          .metrics(R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},)"
                   R"("values":[[1795375453.5,"1"],[1795375453.501,"2"],[1795375454,"1e+02"]]}]}})")
          .load(),
      "");
  EXPECT_EQ(loading.series(0).times,
            (std::vector<vm::Instant>{1795375453'500'000'000, 1795375453'501'000'000,
                                      1795375454'000'000'000}));
  EXPECT_EQ(loading.values(0), "1 2 100");
}

TEST(Prometheus, TracksAreNamedOnTheCommandLine) {
  Loading loading(
      release_program({{"latency_p95", Type::duration()}, {"error_rate", Type::of(Kind::ratio)}}));
  const std::string scalar =
      R"({"status":"success","data":{"resultType":"scalar","result":[1795375356.859,"0.25"]}})";
  ASSERT_EQ(loading.metrics(scalar, "latency_p95")
                .metrics(scalar, "latency_p95.stable")
                .metrics(scalar, "latency_p95.baseline")
                .metrics(scalar, "error_rate")
                .load(),
            "");
  EXPECT_EQ(loading.values(0), "0.25");
  EXPECT_EQ(loading.values(0, Track::stable), "0.25");
  EXPECT_EQ(loading.input("latency_p95", program::InputKind::baseline), "0.25");
  EXPECT_EQ(loading.values(1), "0.25");
}

TEST(Prometheus, ANameIsFoundInTheLabels) {
  Loading loading(release_program(
      {{"error_rate", Type::of(Kind::ratio)}, {"node_memory_MemTotal_bytes", Type::bytes()}}));
  ASSERT_EQ(loading.metrics(answer("prom-2.42-instant_memory_bytes.json")).load(), "");
  EXPECT_EQ(loading.values(0), "");
  EXPECT_EQ(loading.values(1), "25276026880");
  EXPECT_EQ(loading.unclaimed(),
            "metrics.json:1: no policy reads `process_resident_memory_bytes`\n"
            "metrics.json:1: no policy reads `process_start_time_seconds`");
}

TEST(Prometheus, SeveralSeriesAreAnErrorThatNamesTheLabels) {
  Loading loading(release_program({{"process_start_time_seconds", Type::of(Kind::number)},
                                   {"node_memory_MemTotal_bytes", Type::bytes()}}));
  EXPECT_EQ(loading.metrics(answer("prom-2.42-instant_memory_bytes.json")).load(),
            "metrics.json:1: process_start_time_seconds has 2 series where one is expected: "
            "{__name__=\"process_start_time_seconds\", instance=\"127.0.0.1:19090\", "
            "job=\"prometheus\", service=\"checkout\", version=\"v1\"} and "
            "{__name__=\"process_start_time_seconds\", instance=\"127.0.0.1:19100\", "
            "job=\"node\"}; choose one by its labels, aggregate in the query, or "
            "declare the metric `by` what tells them apart");
}

TEST(Prometheus, ANameIsNeeded) {
  Loading loading;
  EXPECT_EQ(loading.metrics(answer("iter8-vector.json"), "", "x.json").load(),
            "x.json:6: expected a series named as a declared metric (latency_p95, error_rate, "
            "restarts or memory), "
            "found no name; say which metric the file holds: --metrics latency_p95=x.json");
  Loading misspelt;
  EXPECT_THAT(
      misspelt
          .metrics(R"({"status":"success","data":{"resultType":"vector","result":[)"
                   R"({"metric":{"__name__":"eror_rate"},"value":[1,"1"]}]}})")
          .load(),
      HasSubstr("found the name \"eror_rate\"; did you mean `error_rate`? say which metric"));
  Loading none(release_program({}));
  EXPECT_THAT(none.metrics(answer("prom-2.42-instant_scalar.json")).load(),
              HasSubstr("no policy declares a metric"));
}

TEST(Prometheus, OneSeriesInSeveralFiles) {
  const auto file = [](const char* pod, int second) {
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":")" +
           std::string(pod) + R"("},"value":[)" + std::to_string(second) + R"(,"1"]}]}})";
  };
  Loading one = one_metric();
  ASSERT_EQ(one.metrics(file("a", 1)).metrics(file("a", 2)).load(), "");
  EXPECT_EQ(one.values(0), "1 1");
  Loading two = one_metric();
  EXPECT_EQ(two.metrics(file("a", 1)).metrics(file("b", 2), "", "b.json").load(),
            "b.json:1: up has 2 series where one is expected: {pod=\"a\"} and {pod=\"b\"}; "
            "choose one by its labels, aggregate in the query, or "
            "declare the metric `by` what tells them apart");
}

TEST(Prometheus, NothingIsUnknownAndNotZero) {
  Loading loading = one_metric();
  loading.request().clock = 5;
  ASSERT_EQ(loading.metrics(answer("prom-2.42-instant_empty.json"), "up.stable", "e.json").load(),
            "");
  EXPECT_TRUE(loading.series(0).times.empty());
  EXPECT_TRUE(loading.snapshot().now_from_clock());
  EXPECT_EQ(loading.notes(), "e.json:1: the query found no series for up.stable");
}

TEST(Prometheus, WarningsAreNotes) {
  Loading loading = one_metric();
  ASSERT_EQ(loading
                .metrics(R"({"status":"success","data":{"resultType":"scalar","result":[1,"1"]},
                               "warnings":["partial\n response"],"infos":["PromQL info"]})")
                .load(),
            "");
  EXPECT_EQ(loading.notes(),
            "metrics.json:2: Prometheus warning: partial\\n response\n"
            "metrics.json:2: Prometheus info: PromQL info");
}

TEST(Prometheus, NumbersOfMetricsWithAType) {
  const auto vector = [](const char* value) {
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,")" +
           std::string(value) + R"("]}]}})";
  };
  Loading whole = one_metric(Type::of(Kind::integer));
  EXPECT_EQ(whole.metrics(vector("2.5")).load(),
            "metrics.json:1: data.result[0].value: expected a whole number, since up is declared "
            "int, found \"2.5\"; "
            "declare it float");
  Loading large = one_metric();
  ASSERT_EQ(large.metrics(vector("1.7976931348623157e+308")).load(), "");
  EXPECT_EQ(large.values(0), "overflow");
  Loading percent = one_metric(Type::of(Kind::ratio));
  ASSERT_EQ(percent.metrics(vector("87")).load(), "");
  EXPECT_EQ(percent.values(0), "out_of_range");
  EXPECT_THAT(percent.notes(), StartsWith("metrics.json:1: up is 87, outside 0%..100%"));
}

TEST(Prometheus, GivesNoEnumerations) {
  ProgramBuilder b;
  b.metric("health", b.enumeration("health", {"passing", "failing"}));
  Loading loading(b.build());
  EXPECT_EQ(loading.metrics(answer("prom-2.42-instant_scalar.json")).load(),
            "metrics.json:1: data.result: expected passing or failing, found \"4\"; give it as "
            "samples of dpol's own");
}

struct Bad {
  const char* data;  // what stands behind "data":
  const char* error;
};
class BadAnswers : public ::testing::TestWithParam<Bad> {};
TEST_P(BadAnswers, AreErrors) {
  Loading loading = one_metric();
  EXPECT_THAT(
      loading.metrics(std::string(R"({"status":"success","data":)") + GetParam().data + "}").load(),
      HasSubstr(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(
    Each, BadAnswers,
    ::testing::Values(
        Bad{"null", "data: expected the answer to a query, with resultType and result, found null"},
        Bad{R"({"resultType":"vector"})", "data.result: expected a list, found none"},
        Bad{R"({"resultType":1,"result":[]})",
            "data.resultType: expected vector, matrix or scalar, found the number 1"},
        Bad{R"({"resultType":"streams","result":[]})",
            "data.resultType: expected vector, matrix or scalar, found \"streams\""},
        Bad{R"({"resultType":"scalar","result":[1]})",
            "data.result: expected [seconds, \"number\"], found a list of 1"},
        Bad{R"({"resultType":"scalar","result":[1, 4]})",
            "data.result: expected [seconds, \"number\"], found a list of 2"},
        Bad{R"({"resultType":"scalar","result":[1, "x"]})",
            "data.result: expected a number, found the string \"x\""},
        Bad{R"({"resultType":"scalar","result":[1e12, "1"]})", "is it in milliseconds?"},
        Bad{R"({"resultType":"vector","result":[3]})",
            "data.result[0]: expected a series, found the number 3"},
        Bad{R"({"resultType":"vector","result":[{"metric":[],"value":[1,"1"]}]})",
            "data.result[0].metric: expected a map of labels"},
        Bad{R"({"resultType":"vector","result":[{"metric":{"a":1},"value":[1,"1"]}]})",
            "expected labels that are strings"},
        Bad{R"({"resultType":"vector","result":[{"metric":{}}]})",
            "data.result[0].value: expected a list, found none"},
        Bad{R"({"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2]]}]})",
            "data.result[0].values: expected [seconds"},
        Bad{R"({"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]})",
            "found a native histogram; ask for a number"},
        Bad{R"({"resultType":"matrix","result":[{"metric":{},"values":[],"histograms":[]}]})",
            "found a native histogram"}));

TEST(Prometheus, StatusIsRead) {
  const auto error = [](std::string text) { return one_metric().metrics(std::move(text)).load(); };
  EXPECT_THAT(error(R"({"status":"ok","data":{}})"),
              HasSubstr("status: expected \"success\" or \"error\", found the string \"ok\""));
  EXPECT_THAT(error(R"({"status":200,"data":{}})"), HasSubstr("found the number 200"));
  EXPECT_THAT(error(R"({"status":"success","error":"x"})"),
              HasSubstr("data: expected the data of the answer, found none"));
  EXPECT_THAT(error(R"({"status":"error","errorType":"x\u001b"})"),
              HasSubstr("error (x\\u001b): no text"));
}

TEST(Prometheus, ABaselineIsOneValue) {
  Loading loading = one_metric();
  EXPECT_THAT(
      loading.metrics(answer("roadie-matrix.json"), "up.baseline").load(),
      HasSubstr(
          "data.result[0].values: expected one value, since a baseline is one, found a list of 2"));
}

TEST(Prometheus, SecretsOfItsUrlStayOut) {
  Loading loading = one_metric();
  const std::string url = "https://me:hunter2@prom.example/api/v1/query?query=up&token=hunter2";
  ASSERT_EQ(loading.metrics(answer("prom-2.42-instant_empty.json"), "", url).load(), "");
  EXPECT_EQ(loading.snapshot().documents()[0].name,
            "https://***@prom.example/api/v1/query?query=up&token=***");
  EXPECT_THAT(loading.notes(), ::testing::Not(HasSubstr("hunter2")));
  Loading failing;
  EXPECT_THAT(failing.metrics(answer("iter8-vector.json"), "", url).load(),
              ::testing::Not(HasSubstr("hunter2")));
  Loading several = one_metric();
  EXPECT_THAT(several.metrics(answer("prom-2.42-instant_up.json"), "", url).load(),
              ::testing::Not(HasSubstr("hunter2")));
}

// ---- formats.def ----

TEST(Formats, EachHasASampleThatIsRecognised) {
  std::map<std::string, std::filesystem::path> samples;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder() / "formats")) {
    samples[entry.path().stem()] = entry.path();
  }
  for (const inputs::FormatInfo& format : inputs::formats()) {
    const auto sample = samples.find(std::string(format.name));
    ASSERT_NE(sample, samples.end()) << format.name;
    const inputs::InputFile file = {sample->second.filename(), file_text(sample->second)};
    EXPECT_EQ(inputs::recognise(format.family, file), format.name);
    EXPECT_FALSE(format.doc.empty());
  }
  EXPECT_EQ(samples.size(), inputs::formats().size());
}

TEST(Formats, NothingElseIsRecognised) {
  using inputs::FormatFamily;
  EXPECT_EQ(inputs::recognise(FormatFamily::metrics, {"m", "<html>"}), "");
  EXPECT_EQ(inputs::recognise(FormatFamily::metrics, {"m", "{"}), "");
  EXPECT_EQ(inputs::recognise(FormatFamily::metrics, {"m", "{}"}), "");
  EXPECT_EQ(inputs::recognise(FormatFamily::facts, {"m", ""}), "");
}

}  // namespace
}  // namespace dpol::test
