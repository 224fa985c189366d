#include "runtime/inputs/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/program/digest.h"
#include "tests/unit/inputs/support.h"

namespace dpol::test {
namespace {

using ::testing::HasSubstr;

constexpr vm::Instant kSecond = 1'000'000'000;
constexpr const char* kSample = R"({"time": 1739455500, "stage": 50, "metrics": {"restarts": 1}})";

TEST(Load, Instants) {
  Loading loading;
  loading.request().at = "2025-02-13T14:10:00Z";
  loading.request().deployed_at = "1739455000.5";
  loading.request().stage = "50";
  loading.request().stage_at = "2025-02-13T14:05:00+00:00";
  ASSERT_EQ(loading.metrics(kSample).load(), "");
  EXPECT_EQ(loading.snapshot().now(), 1'739'455'800 * kSecond);
  EXPECT_FALSE(loading.snapshot().now_from_clock());
  EXPECT_EQ(loading.snapshot().deployed_at(), 1'739'455'000 * kSecond + kSecond / 2);
  EXPECT_EQ(loading.snapshot().stage(), "50%");
  EXPECT_EQ(loading.snapshot().stage_at(), 1'739'455'500 * kSecond);
}

TEST(Load, NowIsTheNewestSample) {
  Loading loading;
  loading.request().clock = 7;
  ASSERT_EQ(loading.metrics(kSample).load(), "");
  EXPECT_EQ(loading.snapshot().now(), 1'739'455'500 * kSecond);
  EXPECT_FALSE(loading.snapshot().now_from_clock());
}

TEST(Load, WithoutASampleTheClockCounts) {
  Loading loading;
  loading.request().clock = 7;
  ASSERT_EQ(loading.facts("{}").load(), "");
  EXPECT_EQ(loading.snapshot().now(), 7);
  EXPECT_TRUE(loading.snapshot().now_from_clock());
}

TEST(Load, SamplesAfterNowAreNotThere) {
  Loading loading;
  loading.request().at = "1739455499";
  ASSERT_EQ(loading.metrics(kSample).load(), "");
  EXPECT_TRUE(loading.series(2).times.empty());
}

TEST(Load, BadOptions) {
  Loading loading;
  loading.request().at = "today";
  loading.request().deployed_at = "2025-02-13T14:10:00";
  loading.request().stage = "51";
  loading.request().stage_at = "1739455500000";
  EXPECT_EQ(loading.load(),
            "--at: expected a time such as \"2026-12-31T10:00:00Z\", or seconds since 1970, found "
            "\"today\"\n"
            "--deployed-at: expected a time such as \"2026-12-31T10:00:00Z\", or seconds since "
            "1970, found "
            "\"2025-02-13T14:10:00\"; expected a zone: \"Z\" or an offset such as \"+01:00\" at "
            "character 20\n"
            "--stage-at: expected a time between the years 1825 and 2115, found \"1739455500000\"; "
            "seconds since 1970 "
            "are expected: is it in milliseconds?\n"
            "--stage: expected a stage of a rollout: 10%, 50%, 75% or green, found \"51\"; did you "
            "mean `50%`?");
}

TEST(Load, ErrorsOfAllInputsAreListed) {
  Loading loading;
  EXPECT_EQ(loading.facts("{\"service\": 1}").facts("", "b.json").metrics("{").load().substr(0, 62),
            "facts.json:1: service: expected a string, found the number 1; ");
  const std::string errors = loading.load();
  EXPECT_THAT(errors, HasSubstr("\nb.json: expected facts"));
  EXPECT_THAT(errors, HasSubstr("\nmetrics.json:1: is not JSON"));
}

TEST(Load, DocumentsAreNumberedAndDigested) {
  Loading loading;
  ASSERT_EQ(loading.metrics(kSample).facts("{}").fact("service=a").set("auth.grace=1m").load(), "");
  const auto& documents = loading.snapshot().documents();
  ASSERT_EQ(documents.size(), 4U);
  EXPECT_EQ(documents[0].name, "facts.json");
  EXPECT_EQ(documents[0].digest, program::sha256_hex("{}"));
  EXPECT_EQ(documents[1].name, "--fact service");
  EXPECT_EQ(documents[2].name, "--set auth.grace");
  EXPECT_EQ(documents[3].name, "metrics.json");
  EXPECT_EQ(documents[3].digest, program::sha256_hex(kSample));
}

TEST(Load, MetricsArguments) {
  const auto split = [](std::string_view argument) {
    const auto parts = inputs::split_metrics_argument(argument);
    return parts.target + "|" + parts.path;
  };
  EXPECT_EQ(split("m.json"), "|m.json");
  EXPECT_EQ(split("-"), "|-");
  EXPECT_EQ(split("p95=m.json"), "p95|m.json");
  EXPECT_EQ(split("p95.stable=a=b.json"), "p95.stable|a=b.json");
  EXPECT_EQ(split("./p95=m.json"), "|./p95=m.json");
  EXPECT_EQ(split("dir/p95=m.json"), "|dir/p95=m.json");
  EXPECT_EQ(split("http://h/?query=up"), "|http://h/?query=up");
  EXPECT_EQ(split("=x"), "|=x");
  EXPECT_EQ(split("p95="), "p95|");
}

}  // namespace
}  // namespace dpol::test
