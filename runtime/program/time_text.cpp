#include "runtime/program/time_text.h"

#include <chrono>

namespace dpol::program {
namespace {

constexpr std::int64_t kNanosInSecond = 1'000'000'000;
constexpr std::int64_t kSecondsInDay = 86'400;

constexpr std::string_view kExpectedSeconds = "a number of seconds";
constexpr std::string_view kExpectedYears = "a time from 1677-09-21 to 2262-04-11";

// A time of day that may lie a leap second or a zone's offset outside its day.
struct Clock {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
};

class TimeReader {
 public:
  TimeReader(std::string_view text, Zoneless zoneless, TextError& error)
      : text_(text), zoneless_(zoneless), error_(error) {}

  bool read(std::int64_t& nanoseconds) {
    std::int64_t days = 0;
    Clock clock;
    if (!read_date(days)) return false;
    if (at_ < text_.size() && !(read_separator() && read_clock(clock) && read_zone(clock))) {
      return false;
    }
    if (at_ != text_.size()) return fail("the end of the time");
    const Int128 seconds = static_cast<Int128>(days) * kSecondsInDay + clock.seconds;
    const Int128 total = seconds * kNanosInSecond + clock.nanos;
    if (total < INT64_MIN || total > INT64_MAX) {
      at_ = 0;
      return fail(kExpectedYears);
    }
    nanoseconds = static_cast<std::int64_t>(total);
    return true;
  }

 private:
  bool fail(std::string_view expected) {
    error_ = {at_, expected};
    return false;
  }

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }

  // Exactly `count` digits, of a value from `least` to `most`; an error points at the first.
  bool digits(int count, int least, int most, std::string_view expected, int& value) {
    const std::size_t start = at_;
    int read = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (at_ == text_.size() || text_[at_] < '0' || text_[at_] > '9') return fail(expected);
      read = read * 10 + (text_[at_] - '0');
    }
    if (read < least || read > most) {
      at_ = start;
      return fail(expected);
    }
    value = read;
    return true;
  }

  bool read_date(std::int64_t& days) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!digits(4, 0, 9999, "a year of four digits", year)) return false;
    if (!take('-')) return fail("\"-\" after the year");
    if (!digits(2, 1, 12, "a month from 01 to 12", month)) return false;
    if (!take('-')) return fail("\"-\" after the month");
    const std::size_t day_at = at_;
    if (!digits(2, 1, 31, "a day from 01 to 31", day)) return false;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) {
      at_ = day_at;
      return fail("a day that this month has");
    }
    days = std::chrono::sys_days(date).time_since_epoch().count();
    return true;
  }

  bool read_separator() {
    return take('T') || take('t') || take(' ') || fail("\"T\" and a time of day, or the end");
  }

  bool read_clock(Clock& clock) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!digits(2, 0, 23, "an hour from 00 to 23", hour)) return false;
    if (!take(':')) return fail("\":\" after the hour");
    if (!digits(2, 0, 59, "a minute from 00 to 59", minute)) return false;
    if (take(':')) {
      if (!digits(2, 0, 60, "a second from 00 to 60", second)) return false;
      if ((take('.') || take(',')) && !read_fraction(clock.nanos)) return false;
    }
    clock.seconds = hour * 3600 + minute * 60 + second;
    // The leap second 60 has no room of its own; neither has its fraction.
    if (second == 60) clock.nanos = 0;
    return true;
  }

  bool read_fraction(std::int64_t& nanos) {
    const std::size_t start = at_;
    for (std::int64_t place = kNanosInSecond / 10; at_ < text_.size(); ++at_, place /= 10) {
      const char c = text_[at_];
      if (c < '0' || c > '9') break;
      nanos += place * (c - '0');
    }
    return at_ != start || fail("a digit after the point");
  }

  bool read_zone(Clock& clock) {
    if (take('Z') || take('z')) return true;
    if (text_.substr(at_) == " UTC") {
      at_ = text_.size();
      return true;
    }
    if (next_is('+') || next_is('-')) return read_offset(clock);
    if (at_ == text_.size() && zoneless_ == Zoneless::utc) return true;
    return fail("a zone: \"Z\" or an offset such as \"+01:00\"");
  }

  bool read_offset(Clock& clock) {
    const int sign = take('-') ? -1 : 1;
    if (sign > 0) take('+');
    int hours = 0;
    int minutes = 0;
    if (!digits(2, 0, 23, "the hours of the zone from 00 to 23", hours)) return false;
    const bool colon = take(':');
    if ((colon || at_ != text_.size()) &&
        !digits(2, 0, 59, "the minutes of the zone from 00 to 59", minutes)) {
      return false;
    }
    clock.seconds -= sign * (hours * 3600 + minutes * 60);
    return true;
  }

  std::string_view text_;
  Zoneless zoneless_;
  TextError& error_;
  std::size_t at_ = 0;
};

void append_padded(std::string& text, std::int64_t value, int width) {
  const std::string digits = std::to_string(value);
  text.append(static_cast<std::size_t>(width) - digits.size(), '0').append(digits);
}

// Whole seconds within the years 0 to 9999; `fraction` is what follows the decimal point.
std::string format_civil(std::int64_t seconds, std::string_view fraction) {
  std::int64_t day = seconds / kSecondsInDay;
  std::int64_t rest = seconds % kSecondsInDay;
  if (rest < 0) {
    --day;
    rest += kSecondsInDay;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  std::string text;
  append_padded(text, static_cast<int>(date.year()), 4);
  text += '-';
  append_padded(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_padded(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_padded(text, rest / 3600, 2);
  text += ':';
  append_padded(text, rest / 60 % 60, 2);
  text += ':';
  append_padded(text, rest % 60, 2);
  if (!fraction.empty()) text.append(".").append(fraction);
  text += 'Z';
  return text;
}

}  // namespace

bool parse_time(std::string_view text, Zoneless zoneless, std::int64_t& nanoseconds,
                TextError& error) {
  return TimeReader(text, zoneless, error).read(nanoseconds);
}

bool parse_epoch_seconds(std::string_view text, std::int64_t& nanoseconds, TextError& error) {
  Decimal seconds;
  const NumberError fault = Decimal::parse(text, seconds);
  if (fault == NumberError::malformed || fault == NumberError::not_finite) {
    error = {0, kExpectedSeconds};
    return false;
  }
  if (fault != NumberError::none || !decimal_to_time(seconds, nanoseconds)) {
    error = {0, kExpectedYears};
    return false;
  }
  return true;
}

bool decimal_to_time(Decimal seconds, std::int64_t& nanoseconds) {
  Decimal rounded;
  constexpr int kNanosecondDigits = 9;
  if (!Decimal::round(seconds, kNanosecondDigits, rounded)) return false;
  const Int128 nanos = rounded.raw() / kNanosInSecond;
  if (nanos < INT64_MIN || nanos > INT64_MAX) return false;
  nanoseconds = static_cast<std::int64_t>(nanos);
  return true;
}

std::string format_time(std::int64_t nanoseconds) {
  return format_time(time_to_decimal(nanoseconds));
}

std::string format_time(Decimal seconds) {
  // 0000-01-01T00:00:00Z and the last second of 9999.
  constexpr std::int64_t kFirst = -62'167'219'200;
  constexpr std::int64_t kLast = 253'402'300'799;
  Decimal floor;
  Decimal fraction;
  const bool fits = Decimal::floor(seconds, floor) && floor >= Decimal::from_int64(kFirst) &&
                    floor <= Decimal::from_int64(kLast) && Decimal::sub(seconds, floor, fraction);
  if (!fits) return '@' + seconds.to_string();
  // Of a fraction's text, "0.5", what follows the point.
  const std::string digits = fraction.is_zero() ? std::string() : fraction.to_string().substr(2);
  return format_civil(static_cast<std::int64_t>(floor.whole_part()), digits);
}

}  // namespace dpol::program
