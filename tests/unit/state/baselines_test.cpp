// Saved baselines: the newest one that is old enough, and nothing of a row that says nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>

#include "runtime/state/state.h"

namespace dpol::state {
namespace {

namespace fs = std::filesystem;
using program::Decimal;
using program::KeptBaseline;

KeptBaseline baseline(const std::string& value, std::int64_t at, const std::string& name = "") {
  return {.name = name, .metric = "latency_p95", .service = "checkout", .version = "3.0.0", .environment = "production",
          .value = *Decimal::parse(value), .unit = "s", .at = at};
}

class Baselines : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (fs::temp_directory_path() / (std::string("dpol-baselines-") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".db")).string();
    fs::remove(path_);
  }
  void TearDown() override { fs::remove(path_); }
  State open(Open mode) const {
    auto opened = State::open(path_, mode);
    if (const auto* fault = std::get_if<Fault>(&opened)) ADD_FAILURE() << fault->text;
    return std::move(std::get<State>(opened));
  }
  Result<std::optional<KeptBaseline>> ask(std::int64_t newest, const std::string& name = "",
                                          const std::string& service = "checkout") const {
    return open(Open::read).baseline(service, "production", name, "latency_p95", newest);
  }
  std::optional<KeptBaseline> kept(std::int64_t newest, const std::string& name = "",
                                   const std::string& service = "checkout") const {
    auto found = ask(newest, name, service);
    if (const auto* fault = std::get_if<Fault>(&found)) ADD_FAILURE() << fault->text;
    return std::get<std::optional<KeptBaseline>>(found);
  }
  void run(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  std::string path_;
};

TEST_F(Baselines, TheNewestThatIsOldEnoughComesBackWithEveryDigit) {
  const KeptBaseline first = baseline("0.180000000000000001", 10);
  const KeptBaseline second = baseline("-17014118346046923173", 20);
  EXPECT_FALSE(open(Open::write).record({second, baseline("3", 30, "good")}));
  EXPECT_FALSE(open(Open::write).record({first}));
  EXPECT_EQ(kept(9), std::nullopt);
  EXPECT_EQ(kept(10), first);
  EXPECT_EQ(kept(19), first);
  EXPECT_EQ(kept(INT64_MAX), second);
  EXPECT_EQ(kept(30, "good"), baseline("3", 30, "good"));
  EXPECT_EQ(kept(30, "bad"), std::nullopt);
  EXPECT_EQ(kept(30, "", "cart"), std::nullopt);
  EXPECT_EQ(kept(30, "", "' OR 1 --"), std::nullopt);
}

TEST_F(Baselines, OfTwoOfOneMomentTheLaterWordCounts) {
  EXPECT_FALSE(open(Open::write).record({baseline("1", 10), baseline("2", 10)}));
  EXPECT_EQ(kept(10), baseline("2", 10));
}

TEST_F(Baselines, AreListedOnceForEachNameAndMetric) {
  EXPECT_FALSE(open(Open::write).record({baseline("1", 10), baseline("2", 20), baseline("3", 15, "good")}));
  const auto found = open(Open::read).baselines();
  ASSERT_TRUE(std::holds_alternative<std::vector<KeptBaseline>>(found));
  EXPECT_THAT(std::get<std::vector<KeptBaseline>>(found),
              ::testing::ElementsAre(baseline("2", 20), baseline("3", 15, "good")));
}

TEST_F(Baselines, AFileOfAFormBeforeHasNoneUntilOneIsRecorded) {
  EXPECT_FALSE(open(Open::write).record(program::Sending{.message = "window", .service = "checkout", .at = 1}));
  for (const char* make_earlier : {"DROP TABLE baseline; PRAGMA user_version = 2",
                                   "DROP TABLE baseline; DROP TABLE sending; PRAGMA user_version = 1"}) {
    run(make_earlier);
    EXPECT_EQ(kept(INT64_MAX), std::nullopt);
    EXPECT_FALSE(open(Open::write).record({baseline("1", 10)}));
    EXPECT_EQ(kept(INT64_MAX), baseline("1", 10));
  }
}

TEST_F(Baselines, WhatSaysNothingIsDamage) {
  for (const char* damage : {"UPDATE baseline SET value = 'much'", "UPDATE baseline SET value = '1e99'",
                             "UPDATE baseline SET value = X'00FF'", "UPDATE baseline SET at = 1.5, value = '1'"}) {
    fs::remove(path_);
    EXPECT_FALSE(open(Open::write).record({baseline("1", 1)}));
    run(damage);
    const auto found = ask(INT64_MAX);
    ASSERT_TRUE(std::holds_alternative<Fault>(found)) << damage;
    EXPECT_THAT(std::get<Fault>(found).text, ::testing::HasSubstr("damaged"));
    EXPECT_TRUE(std::holds_alternative<Fault>(open(Open::read).baselines())) << damage;
  }
}

TEST_F(Baselines, TooManyAreRefusedAndNotHeld) {
  EXPECT_FALSE(open(Open::write).record({baseline("1", 1)}));
  run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)"
      "INSERT INTO baseline (name, metric, service, version, environment, value, unit, at)"
      " SELECT '', 'm' || i, 'checkout', '1', 'production', '1', 's', 1 FROM n");
  const auto found = open(Open::read).baselines();
  ASSERT_TRUE(std::holds_alternative<Fault>(found));
  EXPECT_THAT(std::get<Fault>(found).text, ::testing::HasSubstr("more than 10000"));
  EXPECT_EQ(kept(1), baseline("1", 1));
}

}  // namespace
}  // namespace dpol::state
