// Time zones: the clock of a place, by the rule that it keeps now.
//
// Promises
//  - The rules are those of zones.def, embedded: no file, no environment and no clock is read, so a
//    moment has the same date and hour on every machine. They are the rules in force; of years in
//    which a place kept another rule they say what today's would have been.
//  - A zone is a name of zones.def, `UTC`, or a fixed offset `+HH:MM` or `-HH:MM`.
//  - The calendar is the proleptic Gregorian one; moments are whole seconds since 1970, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::program {

// A day of a year and a second of it, as a zone's rule says when its clocks change.
struct ClockChange {
  int month = 1;
  int week = 1;     // 5: the last
  int weekday = 0;  // 0: Sunday
  std::int64_t seconds = 7200;
};

struct CalendarDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};
CalendarDate date_of_days(std::int64_t days);  // since 1970-01-01
std::int64_t days_of_date(const CalendarDate& date);
// 0 is Monday.
int weekday_of_days(std::int64_t days);

class Zone {
 public:
  static std::optional<Zone> find(std::string_view name);
  // For suggestions, in the order of the alphabet.
  static std::vector<std::string> names();

  // Seconds to add to UTC.
  std::int64_t offset_at(std::int64_t utc) const;
  std::int64_t local(std::int64_t utc) const { return utc + offset_at(utc); }
  // The first moment of the day that `utc` is in, on the clocks of the place.
  std::int64_t start_of_day(std::int64_t utc) const;

 private:
  friend class ZoneReader;
  std::int64_t standard_ = 0;
  std::int64_t summer_ = 0;
  bool changes_ = false;
  ClockChange to_summer_;
  ClockChange to_standard_;
};

}  // namespace dpol::program
