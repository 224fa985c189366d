#include "runtime/program/time_text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/unit/program/random.h"

namespace dpol::program {
namespace {

using testing::Random;

constexpr std::int64_t kSecond = 1'000'000'000;

// The time, or "offset: expected …".
std::string read(std::string_view text, Zoneless zoneless = Zoneless::error) {
  std::int64_t nanoseconds = 0;
  TextError error;
  if (parse_time(text, zoneless, nanoseconds, error)) return std::to_string(nanoseconds);
  return std::to_string(error.offset) + ": expected " + std::string(error.expected);
}

std::string at(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return std::to_string(seconds * kSecond + nanoseconds);
}

TEST(ParseTime, SpellingsOfOneInstant) {
  for (const std::string_view text :
       {"2025-02-13T14:05:00Z", "2025-02-13t14:05:00z", "2025-02-13 14:05:00Z", "2025-02-13T14:05Z",
        "2025-02-13T14:05:00.000Z", "2025-02-13T15:05:00+01:00", "2025-02-13T15:05:00+0100",
        "2025-02-13T15:05:00+01", "2025-02-13T08:35:00-05:30", "2025-02-14T00:05:00+10:00",
        "2025-02-13 14:05:00 UTC", "2025-02-13T14:05:00-00:00"}) {
    EXPECT_EQ(read(text), at(1'739'455'500)) << text;
  }
}

TEST(ParseTime, DatesAloneAreMidnight) {
  EXPECT_EQ(read("1970-01-01"), "0");
  EXPECT_EQ(read("2026-12-31"), at(1'798'675'200));
  EXPECT_EQ(read("1969-12-31"), at(-86'400));
}

TEST(ParseTime, FractionsReachNanosecondsAndNeverRoundUp) {
  EXPECT_EQ(read("1970-01-01T00:00:00.5Z"), at(0, 500'000'000));
  EXPECT_EQ(read("1970-01-01T00:00:00,25Z"), at(0, 250'000'000));
  EXPECT_EQ(read("1970-01-01T00:00:00.123456789Z"), at(0, 123'456'789));
  EXPECT_EQ(read("1970-01-01T00:00:00.99999999999999999999Z"), at(0, 999'999'999));
}

TEST(ParseTime, LeapSecondsFoldIntoTheNext) {
  EXPECT_EQ(read("2016-12-31T23:59:60Z"), read("2017-01-01T00:00:00Z"));
  EXPECT_EQ(read("2016-12-31T23:59:60.7Z"), read("2017-01-01T00:00:00Z"));
}

TEST(ParseTime, ZonelessOnlyWhereAllowed) {
  EXPECT_EQ(read("2025-02-13T14:05:00"),
            "19: expected a zone: \"Z\" or an offset such as \"+01:00\"");
  EXPECT_EQ(read("2025-02-13T14:05:00", Zoneless::utc), at(1'739'455'500));
}

TEST(ParseTime, TheSpanOfInstants) {
  EXPECT_EQ(read("1677-09-21T00:12:43.145224192Z"), std::to_string(INT64_MIN));
  EXPECT_EQ(read("2262-04-11T23:47:16.854775807Z"), std::to_string(INT64_MAX));
  const std::string beyond = "0: expected a time from 1677-09-21 to 2262-04-11";
  EXPECT_EQ(read("1677-09-21T00:12:43.145224191Z"), beyond);
  EXPECT_EQ(read("2262-04-11T23:47:16.854775808Z"), beyond);
  EXPECT_EQ(read("0000-01-01"), beyond);
  EXPECT_EQ(read("9999-12-31"), beyond);
  // Only with its zone is this one inside.
  EXPECT_EQ(read("2262-04-12T00:47:16+01:00"), at(9'223'372'036));
}

TEST(ParseTime, RefusalsPointAtTheFault) {
  EXPECT_EQ(read(""), "0: expected a year of four digits");
  EXPECT_EQ(read("25-02-13"), "2: expected a year of four digits");
  EXPECT_EQ(read("2025/02/13"), "4: expected \"-\" after the year");
  EXPECT_EQ(read("2025-13-01"), "5: expected a month from 01 to 12");
  EXPECT_EQ(read("2025-1-01"), "6: expected a month from 01 to 12");
  EXPECT_EQ(read("2025-02-30"), "8: expected a day that this month has");
  EXPECT_EQ(read("2025-02-29"), "8: expected a day that this month has");
  EXPECT_EQ(read("2025-02-00"), "8: expected a day from 01 to 31");
  EXPECT_EQ(read("2025-02-13T"), "11: expected an hour from 00 to 23");
  EXPECT_EQ(read("2025-02-13T24:00:00Z"), "11: expected an hour from 00 to 23");
  EXPECT_EQ(read("2025-02-13T14Z"), "13: expected \":\" after the hour");
  EXPECT_EQ(read("2025-02-13T14:60Z"), "14: expected a minute from 00 to 59");
  EXPECT_EQ(read("2025-02-13T14:05:61Z"), "17: expected a second from 00 to 60");
  EXPECT_EQ(read("2025-02-13T14:05:00.Z"), "20: expected a digit after the point");
  EXPECT_EQ(read("2025-02-13T14:05:00 CEST"),
            "19: expected a zone: \"Z\" or an offset such as \"+01:00\"");
  EXPECT_EQ(read("2025-02-13T14:05:00+24:00"), "20: expected the hours of the zone from 00 to 23");
  EXPECT_EQ(read("2025-02-13T14:05:00+01:"), "23: expected the minutes of the zone from 00 to 59");
  EXPECT_EQ(read("2025-02-13T14:05:00Zulu"), "20: expected the end of the time");
  EXPECT_EQ(read("2025-02-13x"), "10: expected \"T\" and a time of day, or the end");
}

// Walks the calendar day by day, with the rules of leap years written out.
TEST(ParseTime, EveryDayOfTheCalendar) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  // 1678-01-01 lies 292 years before 1970, 70 of them leap: 73 are multiples of 4, but 1700, 1800
  // and 1900 are not leap.
  std::int64_t day_number = -(292 * 365 + 70);
  for (int year = 1678; year <= 2261; ++year) {
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    for (int month = 1; month <= 12; ++month) {
      const int days = kDays[static_cast<std::size_t>(month - 1)] + (leap && month == 2 ? 1 : 0);
      for (int day = 1; day <= days; ++day, ++day_number) {
        const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        const std::string date = std::to_string(year) + '-' + two(month) + '-' + two(day);
        ASSERT_EQ(read(date), at(day_number * 86'400)) << date;
        ASSERT_EQ(format_time(day_number * 86'400 * kSecond), date + "T00:00:00Z");
      }
    }
  }
}

TEST(FormatTime, RoundTripsEveryInstant) {
  Random random(1);
  for (int i = 0; i < 50'000; ++i) {
    auto instant = static_cast<std::int64_t>(random.bits());
    if (random.coin()) instant -= instant % kSecond;
    const std::string text = format_time(instant);
    ASSERT_EQ(read(text), std::to_string(instant)) << text;
    std::int64_t back = 0;
    ASSERT_TRUE(decimal_to_time(time_to_decimal(instant), back));
    ASSERT_EQ(back, instant);
  }
  EXPECT_EQ(format_time(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(format_time(INT64_MAX), "2262-04-11T23:47:16.854775807Z");
}

TEST(FormatTime, DecimalsKeepEveryDigit) {
  EXPECT_EQ(format_time(*Decimal::parse("-0.000000000000000001")),
            "1969-12-31T23:59:59.999999999999999999Z");
  EXPECT_EQ(format_time(*Decimal::parse("253402300799.5")), "9999-12-31T23:59:59.5Z");
  EXPECT_EQ(format_time(*Decimal::parse("253402300800")), "@253402300800");
  EXPECT_EQ(format_time(*Decimal::parse("-62167219200")), "0000-01-01T00:00:00Z");
  EXPECT_EQ(format_time(*Decimal::parse("-62167219200.5")), "@-62167219200.5");
  EXPECT_EQ(format_time(Decimal::min()), "@" + Decimal::min().to_string());
}

TEST(EpochSeconds, FloatTexts) {
  const auto epoch = [](std::string_view text) {
    std::int64_t nanoseconds = 0;
    TextError error;
    if (parse_epoch_seconds(text, nanoseconds, error)) return std::to_string(nanoseconds);
    return "expected " + std::string(error.expected);
  };
  EXPECT_EQ(epoch("1739455500"), at(1'739'455'500));
  EXPECT_EQ(epoch("1739455500.123"), at(1'739'455'500, 123'000'000));
  EXPECT_EQ(epoch("1.7394555e9"), at(1'739'455'500));
  EXPECT_EQ(epoch("-0.5"), "-500000000");
  EXPECT_EQ(epoch("0.0000000015"), "2");
  EXPECT_EQ(epoch("9223372036.854775807"), std::to_string(INT64_MAX));
  EXPECT_EQ(epoch("9223372036.854775808"), "expected a time from 1677-09-21 to 2262-04-11");
  EXPECT_EQ(epoch("1e30"), "expected a time from 1677-09-21 to 2262-04-11");
  EXPECT_EQ(epoch("NaN"), "expected a number of seconds");
  EXPECT_EQ(epoch("2025-02-13"), "expected a number of seconds");
}

TEST(ParseTime, RandomBytesNeverBreakIt) {
  Random random(2);
  const std::string whole = "2025-02-13T14:05:00.123+01:00";
  int accepted = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = whole;
    for (std::uint64_t change = random.below(4); change > 0; --change) {
      text[random.below(text.size())] = "0123456789-:TZ+. "[random.below(17)];
    }
    text.resize(random.below(text.size() + 1));
    std::int64_t nanoseconds = 0;
    TextError error;
    if (parse_time(text, Zoneless::utc, nanoseconds, error)) {
      ++accepted;
      ASSERT_EQ(read(format_time(nanoseconds)), std::to_string(nanoseconds)) << text;
    } else {
      ASSERT_LE(error.offset, text.size());
      ASSERT_FALSE(error.expected.empty());
    }
  }
  EXPECT_GT(accepted, 5'000);
}

}  // namespace
}  // namespace dpol::program
