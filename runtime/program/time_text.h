// Instants as text. An instant is an int64 of nanoseconds since 1970-01-01T00:00:00Z, which spans
// the years 1678 to 2262 (from 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z).
//
// Arithmetic is UTC on the proleptic Gregorian calendar: no time-zone database, no locale, no
// clock. Leap seconds are folded into the second that follows, as POSIX time does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/program/decimal.h"
#include "runtime/program/text_error.h"

namespace dpol::program {

// What a date and time without a zone means.
enum class Zoneless : std::uint8_t { error, utc };

// RFC 3339 and the ISO 8601 spellings seen in the wild:
//   2026-12-31                        midnight UTC, with either Zoneless
//   2026-12-31T10:00:00.123456789Z    "T", "t" or one space; seconds and their fraction optional
//   …+01:00  …+0100  …+01  …Z  …z  … UTC
// Fraction digits beyond the ninth are dropped, so that reading never moves an instant forward.
// On failure `nanoseconds` is untouched.
bool parse_time(std::string_view text, Zoneless zoneless, std::int64_t& nanoseconds,
                TextError& error);

// Seconds since the epoch as number text (Decimal::parse), to the nearest nanosecond.
bool parse_epoch_seconds(std::string_view text, std::int64_t& nanoseconds, TextError& error);

// RFC 3339 in UTC with "Z"; a fraction only if there is one, without trailing zeros.
std::string format_time(std::int64_t nanoseconds);

// Seconds since the epoch, exact.
constexpr Decimal time_to_decimal(std::int64_t nanoseconds) {
  constexpr std::int64_t kUnitsInNanosecond = 1'000'000'000;
  return Decimal::from_raw(static_cast<Int128>(nanoseconds) * kUnitsInNanosecond);
}
// To the nearest nanosecond, ties to even; false outside the span of instants.
bool decimal_to_time(Decimal seconds, std::int64_t& nanoseconds);

// RFC 3339 of seconds since the epoch with every fraction digit that the Decimal holds; outside
// the years 0 to 9999, which RFC 3339 cannot write, "@" and the seconds.
std::string format_time(Decimal seconds);

}  // namespace dpol::program
