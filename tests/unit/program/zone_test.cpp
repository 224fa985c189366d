#include "runtime/program/zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/program/time_text.h"

namespace dpol::program {
namespace {

std::int64_t utc(const char* text) {
  std::int64_t nanoseconds = 0;
  TextError error;
  EXPECT_TRUE(parse_time(text, Zoneless::utc, nanoseconds, error)) << text;
  return nanoseconds / 1'000'000'000;
}

std::int64_t offset(const char* zone, const char* time) { return Zone::find(zone)->offset_at(utc(time)); }

TEST(Zone, KnowsNamesUtcAndOffsets) {
  for (const std::string& name : Zone::names()) EXPECT_TRUE(Zone::find(name)) << name;
  EXPECT_GT(Zone::names().size(), 400U);
  for (const char* name : {"", "CET", "europe/berlin", "+2", "+02:60", "+15:00", "02:00", "+02:00 ", "Z"}) {
    EXPECT_FALSE(Zone::find(name)) << name;
  }
}

TEST(Zone, FixedOffsets) {
  EXPECT_EQ(offset("UTC", "2026-07-01"), 0);
  EXPECT_EQ(offset("+05:45", "2026-07-01"), 20'700);
  EXPECT_EQ(offset("-03:30", "2026-07-01"), -12'600);
  EXPECT_EQ(offset("Asia/Kolkata", "2026-07-01"), 19'800);
  EXPECT_EQ(offset("America/Sao_Paulo", "2026-12-01"), -10'800);
}

TEST(Zone, ClocksChangeToTheSecond) {
  EXPECT_EQ(offset("Europe/Berlin", "2026-03-29T00:59:59Z"), 3'600);
  EXPECT_EQ(offset("Europe/Berlin", "2026-03-29T01:00:00Z"), 7'200);
  EXPECT_EQ(offset("Europe/Berlin", "2026-10-25T00:59:59Z"), 7'200);
  EXPECT_EQ(offset("Europe/Berlin", "2026-10-25T01:00:00Z"), 3'600);
  EXPECT_EQ(offset("America/New_York", "2026-03-08T06:59:59Z"), -18'000);
  EXPECT_EQ(offset("America/New_York", "2026-03-08T07:00:00Z"), -14'400);
  EXPECT_EQ(offset("America/New_York", "2026-11-01T05:59:59Z"), -14'400);
  EXPECT_EQ(offset("America/New_York", "2026-11-01T06:00:00Z"), -18'000);
}

TEST(Zone, SummerOverTheNewYearInTheSouth) {
  EXPECT_EQ(offset("Australia/Sydney", "2026-12-31T23:00:00Z"), 39'600);
  EXPECT_EQ(offset("Australia/Sydney", "2027-01-01T10:00:00Z"), 39'600);
  EXPECT_EQ(offset("Australia/Sydney", "2026-04-04T15:59:59Z"), 39'600);
  EXPECT_EQ(offset("Australia/Sydney", "2026-04-04T16:00:00Z"), 36'000);
}

// Whose law calls winter the exception.
TEST(Zone, Dublin) {
  EXPECT_EQ(offset("Europe/Dublin", "2026-07-01"), 3'600);
  EXPECT_EQ(offset("Europe/Dublin", "2026-12-01"), 0);
}

TEST(Zone, StartOfDay) {
  const auto start = [](const char* zone, const char* time) { return Zone::find(zone)->start_of_day(utc(time)); };
  EXPECT_EQ(start("Europe/Berlin", "2026-07-01T22:30:00Z"), utc("2026-07-01T22:00:00Z"));
  EXPECT_EQ(start("Europe/Berlin", "2026-03-29T12:00:00Z"), utc("2026-03-28T23:00:00Z"));
  EXPECT_EQ(start("Europe/Berlin", "2026-10-25T12:00:00Z"), utc("2026-10-24T22:00:00Z"));
  // At midnight the clocks of Cairo go to one: the day begins there.
  EXPECT_EQ(start("Africa/Cairo", "2026-04-24T12:00:00Z"), utc("2026-04-23T22:00:00Z"));
  // In Havana midnight is skipped at the beginning of summer.
  EXPECT_EQ(start("America/Havana", "2026-03-08T12:00:00Z"), utc("2026-03-08T05:00:00Z"));
}

TEST(Zone, DatesThereAndBack) {
  for (std::int64_t day = -800'000; day < 3'000'000; day += 89) {
    EXPECT_EQ(days_of_date(date_of_days(day)), day);
  }
  EXPECT_EQ(weekday_of_days(0), 3);
  EXPECT_EQ(weekday_of_days(-1), 2);
  EXPECT_EQ(date_of_days(11'016).month, 2);
  EXPECT_EQ(date_of_days(11'016).day, 29);
}

}  // namespace
}  // namespace dpol::program
