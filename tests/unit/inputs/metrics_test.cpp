#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/inputs/metrics.h"
#include "tests/unit/inputs/support.h"

namespace dpol::test {
namespace {

using program::Track;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::uint32_t kLatency = 0;
constexpr std::uint32_t kErrors = 1;
constexpr std::uint32_t kRestarts = 2;
constexpr vm::Instant kSecond = 1'000'000'000;
constexpr vm::Instant kFirst = 1'739'455'500 * kSecond;  // 2025-02-13T14:05:00Z

std::string format_sample(const char* name) { return file_text(data_folder() / "formats" / name); }

TEST(Samples, OfLines) {
  Loading loading;
  ASSERT_EQ(loading.metrics(format_sample("sample_lines.ndjson")).load(), "");
  EXPECT_EQ(loading.values(kLatency), "0.268 0.272 0.265");
  EXPECT_EQ(loading.values(kLatency, Track::stable), "0.22");
  EXPECT_EQ(loading.input("latency_p95", program::InputKind::baseline), "0.18");
  EXPECT_EQ(loading.values(kErrors), "0.003 not_a_number not_a_number");
  EXPECT_EQ(loading.series(kLatency).times,
            (std::vector<vm::Instant>{kFirst, kFirst + 60 * kSecond,
                                      kFirst + 120 * kSecond + kSecond / 2}));
  EXPECT_EQ(loading.series(kLatency).origins[2], (vm::Origin{0, 4}));
  ASSERT_EQ(loading.snapshot().stage_marks().size(), 2U);
  EXPECT_EQ(loading.snapshot().stage_marks()[0].stage, "50%");
  EXPECT_EQ(loading.snapshot().stage_marks()[1].stage, "75%");
  EXPECT_EQ(loading.snapshot().now(), kFirst + 120 * kSecond + kSecond / 2);
  EXPECT_FALSE(loading.snapshot().now_from_clock());
  EXPECT_EQ(loading.snapshot().deployed_at(), kFirst);
}

TEST(Samples, OfADocument) {
  Loading loading;
  ASSERT_EQ(loading.metrics(format_sample("sample_document.json")).load(), "");
  EXPECT_EQ(loading.values(kLatency), "0.268 0.272");
  EXPECT_EQ(loading.series(kLatency).origins[0], (vm::Origin{0, 6}));
  EXPECT_EQ(loading.series(kLatency).origins[1], (vm::Origin{0, 13}));
}

TEST(Samples, OneObject) {
  Loading loading;
  ASSERT_EQ(
      loading
          .metrics(
              R"({"time": 1739455500, "metrics": {"restarts": {"stable": 3, "candidate": null}}})")
          .load(),
      "");
  EXPECT_EQ(loading.values(kRestarts), "not_a_number");
  EXPECT_EQ(loading.values(kRestarts, Track::stable), "3");
  EXPECT_TRUE(loading.snapshot().stage_marks().empty());
}

TEST(Samples, NoneAtAll) {
  Loading loading;
  loading.request().clock = kFirst;
  ASSERT_EQ(loading.metrics("[]").load(), "");
  EXPECT_EQ(loading.values(kLatency), "");
  EXPECT_TRUE(loading.snapshot().now_from_clock());
  EXPECT_EQ(loading.snapshot().now(), kFirst);
}

TEST(Samples, LaterDocumentsWinAtOneTime) {
  Loading loading;
  ASSERT_EQ(
      loading
          .metrics("{\"time\": 1739455500, \"metrics\": {\"restarts\": 1}}\n"
                   "{\"time\": 1739455400, \"metrics\": {\"restarts\": 2}}")
          .metrics(
              R"({"time": "2025-02-13T14:05:00Z", "metrics": {"restarts": {"candidate": 9, "baseline": 1}}})")
          .load(),
      "");
  EXPECT_EQ(loading.values(kRestarts), "2 9");
}

TEST(Samples, RatiosOutOfRange) {
  Loading loading;
  ASSERT_EQ(
      loading
          .metrics(
              "{\"time\": 1, \"metrics\": {\"error_rate\": 87}}\n"
              "{\"time\": 2, \"metrics\": {\"error_rate\": {\"candidate\": 99, \"baseline\": 5}}}")
          .load(),
      "");
  EXPECT_EQ(loading.values(kErrors), "out_of_range out_of_range");
  EXPECT_EQ(loading.input("error_rate", program::InputKind::baseline), "out_of_range");
  EXPECT_EQ(loading.notes(),
            "metrics.json:1: error_rate is 87, outside 0%..100%, and counts as unknown; "
            "a percentage is written \"87%\"");
}

TEST(Samples, OfAnEnumeration) {
  ProgramBuilder b;
  b.metric("health", b.enumeration("health", {"passing", "failing"}));
  const program::Program program = b.build();
  Loading loading(program);
  ASSERT_EQ(loading
                .metrics("{\"time\": 1, \"metrics\": {\"health\": \"failing\"}}\n"
                         "{\"time\": 2, \"metrics\": {\"health\": {\"candidate\": null, "
                         "\"stable\": \"passing\"}}}")
                .load(),
            "");
  EXPECT_EQ(loading.values(0), "failing not_a_number");
  EXPECT_EQ(loading.values(0, Track::stable), "passing");
  Loading misspelt(program);
  EXPECT_EQ(misspelt.metrics("{\"time\": 1, \"metrics\": {\"health\": \"failling\"}}").load(),
            "metrics.json:1: metrics.health: expected passing or failing, found the string "
            "\"failling\"; did you mean `failing`?");
}

TEST(Samples, UnknownNames) {
  Loading loading;
  ASSERT_EQ(
      loading
          .metrics(
              "{\"time\": 1, \"metrics\": {\"latency_p59\": 1, \"zebra\": 2}, \"pod\": \"x\"}\n"
              "{\"time\": 2, \"stage\": \"gren\", \"metrics\": {\"latency_p59\": 1}}")
          .load(),
      "");
  EXPECT_EQ(loading.unclaimed(),
            "metrics.json:1: no policy reads `pod`\n"
            "metrics.json:1: no policy reads `latency_p59`; did you mean `latency_p95`?\n"
            "metrics.json:1: no policy reads `zebra`");
  EXPECT_EQ(loading.notes(),
            "metrics.json:2: no rollout has a stage \"gren\"; did you mean `green`?");
}

// ---- several series ----

Loading labelled() {
  ProgramBuilder b;
  const std::uint32_t labels = b.label_set({"zone", "pod"});
  for (const char* name : {"memory", "queue"}) b.metric_at(b.metric(name)).label_set = labels;
  b.metric("single");
  return Loading(b.build());
}

TEST(Labels, OfSamples) {
  Loading loading = labelled();
  ASSERT_EQ(
      loading
          .metrics(
              R"({"time": 1, "metrics": {"memory": [)"
              R"({"labels": {"zone": "west", "pod": "b"}, "candidate": 7, "stable": 6, "baseline": 5}, )"
              R"({"labels": {"pod": "a", "zone": "west"}, "candidate": null}]}})"
              "\n"
              R"({"time": 2, "metrics": {"memory": [{"labels": {"pod": "a", "zone": "west"}, "candidate": 3}], )"
              R"("queue": {"stable": 4, "baseline": 2}, "single": 1}})")
          .load(),
      "");
  const vm::Snapshot& snapshot = loading.snapshot();
  ASSERT_EQ(snapshot.members().size(), 3U);  // with the one of no labels
  EXPECT_EQ(snapshot.members()[1].values, (std::vector<std::string>{"west", "a"}));
  const auto values = [&](std::uint32_t metric, Track track, std::uint32_t member) {
    std::string text;
    for (const program::Value value : snapshot.series(snapshot.series_index(metric, track, member, true)).values) {
      text += (text.empty() ? "" : " ") + loading.text(program::Type::of(program::Kind::number), value);
    }
    return text;
  };
  EXPECT_EQ(values(0, Track::candidate, 1), "not_a_number 3");
  EXPECT_EQ(values(0, Track::candidate, 2), "7");
  EXPECT_EQ(values(0, Track::stable, 2), "6");
  EXPECT_EQ(values(1, Track::stable, 2), "4");  // for all
  EXPECT_EQ(snapshot.channels()[snapshot.channel(0, 2)].baseline, number("5"));
  EXPECT_EQ(snapshot.channels()[snapshot.channel(1, 1)].baseline, number("2"));
  EXPECT_EQ(loading.values(2), "1");
}

struct Case {
  const char* document;
  const char* error;
};
class BadSamples : public ::testing::TestWithParam<Case> {};
TEST_P(BadSamples, AreErrors) {
  Loading loading;
  EXPECT_THAT(loading.metrics(GetParam().document).load(), StartsWith(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(
    Each, BadSamples,
    ::testing::Values(
        Case{R"({"metrics": {"restarts": 1}})",
             "metrics.json:1: time: expected the time of the sample, found none"},
        Case{R"({"time": null, "metrics": {}})", "metrics.json:1: time: expected a time such as"},
        Case{R"({"time": "now", "metrics": {}})", "metrics.json:1: time: expected a time such as"},
        Case{R"({"time": 1739455500000, "metrics": {}})",
             "metrics.json:1: time: expected a time between the years 1825 and 2115, found the "
             "number 1739455500000; "
             "seconds since 1970 are expected: is it in milliseconds?"},
        Case{R"({"time": 1, "stage": 3})",
             "metrics.json:1: metrics: expected a map of metrics, found none"},
        Case{R"({"time": 1, "metrics": []})",
             "metrics.json:1: metrics: expected a map of metrics, found an empty list"},
        Case{R"({"time": 1, "stage": 101, "metrics": {}})",
             "metrics.json:1: stage: expected a percentage from 0 to 100, or a stage's name, found "
             "the number 101"},
        Case{R"({"time": 1, "stage": [], "metrics": {}})",
             "metrics.json:1: stage: expected a percentage"},
        Case{R"({"time": 1, "stge": 50, "metrics": {}})",
             "metrics.json:1: expected time, stage and metrics, found \"stge\"; did you mean "
             "`stage`?"},
        Case{R"({"time": 1, "metrics": {"restarts": 1.5}})",
             "metrics.json:1: metrics.restarts: expected a whole number, found the number 1.5"},
        Case{R"({"time": 1, "metrics": {"latency_p95": "fast"}})",
             "metrics.json:1: metrics.latency_p95: expected a duration"},
        Case{R"({"time": 1, "metrics": {"latency_p95": true}})",
             "metrics.json:1: metrics.latency_p95: expected a duration"},
        Case{R"({"time": 1, "metrics": {"latency_p95": [1]}})",
             "metrics.json:1: metrics.latency_p95: expected a duration"},
        Case{R"({"time": 1, "metrics": {"latency_p95": {"stable": "1GiB"}}})",
             "metrics.json:1: metrics.latency_p95.stable: expected a duration"},
        Case{R"({"time": 1, "metrics": {"latency_p95": {"candidat": 1}}})",
             "metrics.json:1: metrics.latency_p95: expected candidate, stable or baseline, found "
             "\"candidat\"; "
             "did you mean `candidate`?"},
        Case{R"({"time": 1, "metrics": {"memory": 1e30}})",
             "metrics.json:1: metrics.memory: expected a size"},
        Case{"[{\"time\": 1, \"metrics\": {}},\n 3]",
             "metrics.json:2: expected a sample {\"time\": …, \"metrics\": {…}}, found the number "
             "3"},
        Case{"{\"time\": 1, \"metrics\": {}}\n[1]", "metrics.json:2: expected a sample"},
        Case{"{\"time\": 1, \"metrics\": {}}\n{\"time\": 2, \"metr\n{\"time\": 3, \"metrics\": "
             "{}}\n",
             "metrics.json:2: is not JSON: invalid string"}));

class BadLabels : public ::testing::TestWithParam<Case> {};
TEST_P(BadLabels, AreErrors) {
  Loading loading = labelled();
  const std::string line = R"({"time": 1, "metrics": )" + std::string(GetParam().document) + "}";
  EXPECT_THAT(loading.metrics(line).load(), StartsWith(std::string("metrics.json:1: metrics.") + GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(
    Each, BadLabels,
    ::testing::Values(
        Case{R"({"memory": 3})",
             R"(memory: expected a list of series, [{"labels": {"zone": …}, "candidate": …}, …], found the number 3; )"
             "the metric is declared with a series for each zone and pod"},
        Case{R"({"memory": {"candidate": 3}})", "memory: expected a list of series"},
        Case{R"({"memory": [{"candidate": 3}]})",
             R"(memory: expected a series {"labels": {…}, "candidate": …}, found a map with "candidate")"},
        Case{R"({"memory": [{"labels": 3, "candidate": 3}]})", "memory: expected a series"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pod": "a"}, "candidate": 3}, 7]})", "memory: expected a series"},
        Case{R"({"memory": [{"labels": {"zone": "w"}, "candidate": 3}]})",
             "memory.labels: expected each of zone and pod, found none for pod"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pot": "a"}, "candidate": 3}]})",
             R"(memory.labels: expected zone and pod, found "pot"; did you mean `pod`?)"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pod": 7}, "candidate": 3}]})",
             "memory.labels: expected a text that is not empty, found the number 7"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pod": ""}, "candidate": 3}]})",
             "memory.labels: expected a text that is not empty"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pod": "a"}, "candidat": 3}]})",
             R"(memory: expected candidate, stable or baseline, found "candidat"; did you mean `candidate`?)"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pod": "a"}, "stable": "x"}]})", "memory.stable: expected"},
        Case{R"({"memory": [{"labels": {"zone": "w", "pod": "a"}, "candidate": 3}, )"
             R"({"labels": {"pod": "a", "zone": "w"}, "candidate": 4}]})",
             "memory: expected each series once, found the same labels again"},
        Case{R"({"single": [{"labels": {"pod": "a"}, "candidate": 3}, {"labels": {"pod": "b"}, "candidate": 4}]})",
             R"(single: single has 2 series where one is expected: {pod="a"} and {pod="b"}; )"
             "declare the metric `by` what tells them apart"}));

TEST(Samples, ACutLastLine) {
  Loading loading;
  EXPECT_EQ(
      loading.metrics("{\"time\": 1, \"metrics\": {}}\n\n{\"time\": 2, \"metrics\": {").load(),
      "metrics.json:3: is not JSON: unexpected end of input; expected string literal; "
      "this last line has no end: is the document cut off?");
}

TEST(Samples, DocumentsOfTheWrongKind) {
  const auto error = [](std::string bytes, std::string target = "") {
    Loading loading;
    return loading.metrics(std::move(bytes), std::move(target)).load();
  };
  EXPECT_THAT(error(""), StartsWith("metrics.json: expected an answer of Prometheus' HTTP API"));
  EXPECT_THAT(error(""), HasSubstr("found nothing: it is empty"));
  EXPECT_THAT(
      error("<html>"),
      HasSubstr("found HTML or XML: \"<html>\"; is this the error or login page of a server?"));
  EXPECT_THAT(error("# a heading\n\nand text\n"), HasSubstr("found \"# a heading\""));
  EXPECT_THAT(error("\x1F\x8B"), HasSubstr("unpack it first"));
  EXPECT_THAT(error(std::string("{\0", 2)), HasSubstr("convert it to UTF-8"));
  EXPECT_THAT(error(R"({"service": "a", "tests": {}})"),
              HasSubstr("it looks like facts: give it by --facts"));
  EXPECT_THAT(error(R"({"x": 1})"), HasSubstr("found a map with \"x\""));
  EXPECT_THAT(error("[1, 2]"), HasSubstr("found a list of 2"));
  EXPECT_EQ(error("{\n\"time\": 1,\n"),
            "metrics.json:3: is not JSON: unexpected end of input; expected string literal");
  EXPECT_EQ(error(R"({"time": 1, "metrics": {}})", "latency_p95"),
            "metrics.json: names its metrics itself; give it without `NAME=`");
  EXPECT_EQ(error(R"({"time": 1, "metrics": {}})", "latency_p59"),
            "metrics.json: no policy declares a metric `latency_p59`; did you mean `latency_p95`?");
  EXPECT_EQ(error("{}", "latency_p95.stabel"),
            "metrics.json: expected candidate, stable or baseline behind the metric's name, found "
            "\"stabel\"");
}

TEST(Stages, Spellings) {
  EXPECT_EQ(inputs::read_stage("50"), "50%");
  EXPECT_EQ(inputs::read_stage("50%"), "50%");
  EXPECT_EQ(inputs::read_stage("50.0%"), "50%");
  EXPECT_EQ(inputs::read_stage("12.5"), "12.5%");
  EXPECT_EQ(inputs::read_stage("0"), "0%");
  EXPECT_EQ(inputs::read_stage("green"), "green");
  EXPECT_EQ(inputs::read_stage("100.1"), std::nullopt);
  EXPECT_EQ(inputs::read_stage("-1%"), std::nullopt);
  EXPECT_EQ(inputs::read_stage(""), std::nullopt);
}

}  // namespace
}  // namespace dpol::test
