#include "runtime/program/zone.h"

#include <algorithm>
#include <array>

#include "runtime/program/characters.h"

namespace dpol::program {

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kHour = 3'600;

struct ZoneRow {
  std::string_view name;
  std::string_view rule;
};
constexpr auto kZones = std::to_array<ZoneRow>({
#define DPOL_ZONE(name, rule) {name, rule},
#include "runtime/program/zones.def"
});

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b != 0 && a < 0);
}

int days_in_month(std::int64_t year, int month) {
  const CalendarDate next{month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1};
  return static_cast<int>(days_of_date(next) - days_of_date({year, month, 1}));
}

// The local second, counted from 1970 on that clock, at which a change falls in a year.
std::int64_t change_in(std::int64_t year, const ClockChange& change) {
  const std::int64_t first = days_of_date({year, change.month, 1});
  const int first_weekday = (weekday_of_days(first) + 1) % 7;
  int day = 1 + (change.weekday - first_weekday + 7) % 7 + (change.week - 1) * 7;
  while (day > days_in_month(year, change.month)) day -= 7;
  return (first + day - 1) * kDay + change.seconds;
}

}  // namespace

// Counts years from March, so that a leap day ends one.
CalendarDate date_of_days(std::int64_t days) {
  constexpr std::int64_t kDaysTo1970 = 719'468;  // from 0000-03-01
  constexpr std::int64_t kEra = 146'097;         // days in 400 years
  const std::int64_t shifted = days + kDaysTo1970;
  const std::int64_t era = floor_divide(shifted, kEra);
  const std::int64_t day = shifted - era * kEra;
  const std::int64_t year = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
  const std::int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  const int calendar_month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  return {year + era * 400 + (calendar_month <= 2 ? 1 : 0), calendar_month,
          static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1)};
}

std::int64_t days_of_date(const CalendarDate& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

int weekday_of_days(std::int64_t days) {
  constexpr std::int64_t kThursday = 3;  // 1970-01-01
  const std::int64_t shifted = days + kThursday;
  return static_cast<int>(shifted - floor_divide(shifted, 7) * 7);
}

// POSIX TZ: "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30". The rules are our own table's.
class ZoneReader {
 public:
  explicit ZoneReader(std::string_view text) : text_(text) {}

  bool read(Zone& zone) {
    if (!name()) return false;
    zone.standard_ = -clock();
    if (at_ == text_.size()) return true;
    if (!name()) return false;
    zone.changes_ = true;
    zone.summer_ = zone.standard_ + kHour;
    if (at_ < text_.size() && text_[at_] != ',') zone.summer_ = -clock();
    return change(zone.to_summer_) && change(zone.to_standard_) && at_ == text_.size();
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  bool name() {
    const std::size_t begin = at_;
    if (take('<')) {
      while (next() != '>' && next() != '\0') ++at_;
      return take('>');
    }
    while (next() != '\0' && next() != '-' && next() != '+' && next() != ',' && !is_digit(next()))
      ++at_;
    return at_ > begin;
  }
  int number() {
    int value = 0;
    while (is_digit(next()) && value < 1000) value = value * 10 + (text_[at_++] - '0');
    return value;
  }
  std::int64_t clock() {
    const bool negative = take('-');
    if (!negative) take('+');
    std::int64_t seconds = number() * kHour;
    if (take(':')) seconds += number() * 60;
    if (take(':')) seconds += number();
    return negative ? -seconds : seconds;
  }
  bool change(ClockChange& out) {
    if (!take(',') || !take('M')) return false;
    out.month = number();
    if (!take('.')) return false;
    out.week = number();
    if (!take('.')) return false;
    out.weekday = number();
    if (take('/')) out.seconds = clock();
    return out.month >= 1 && out.month <= 12 && out.week >= 1 && out.week <= 5 && out.weekday <= 6;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

namespace {

// "+02:00"; in POSIX TZ east is negative.
std::optional<std::string> rule_of_offset(std::string_view name) {
  const bool formed = name.size() == 6 && (name[0] == '+' || name[0] == '-') && is_digit(name[1]) &&
                      is_digit(name[2]) && name[3] == ':' && is_digit(name[4]) && is_digit(name[5]);
  if (!formed) return std::nullopt;
  const int hours = (name[1] - '0') * 10 + (name[2] - '0');
  if (hours > 14 || name[4] > '5') return std::nullopt;
  return "<fixed>" + std::string(name[0] == '+' ? "-" : "+") + std::string(name.substr(1));
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  std::string rule;
  const auto row = std::ranges::find(kZones, name, &ZoneRow::name);
  if (row != kZones.end()) {
    rule = row->rule;
  } else if (name == "UTC") {
    rule = "UTC0";
  } else if (const auto offset = rule_of_offset(name)) {
    rule = *offset;
  } else {
    return std::nullopt;
  }
  Zone zone;
  if (!ZoneReader(rule).read(zone)) return std::nullopt;
  return zone;
}

std::vector<std::string> Zone::names() {
  std::vector<std::string> names;
  for (const ZoneRow& row : kZones) names.emplace_back(row.name);
  names.emplace_back("UTC");
  return names;
}

std::int64_t Zone::offset_at(std::int64_t utc) const {
  if (!changes_) return standard_;
  const std::int64_t year = date_of_days(floor_divide(utc + standard_, kDay)).year;
  // A change is told by the clock that runs until then.
  const std::int64_t summer_begins = change_in(year, to_summer_) - standard_;
  const std::int64_t summer_ends = change_in(year, to_standard_) - summer_;
  const bool northern = summer_begins < summer_ends;
  const bool is_summer = northern ? utc >= summer_begins && utc < summer_ends
                                  : utc >= summer_begins || utc < summer_ends;
  return is_summer ? summer_ : standard_;
}

std::int64_t Zone::start_of_day(std::int64_t utc) const {
  const std::int64_t midnight = floor_divide(local(utc), kDay) * kDay;
  std::optional<std::int64_t> first;
  for (const std::int64_t offset : {standard_, changes_ ? summer_ : standard_}) {
    const std::int64_t candidate = midnight - offset;
    if (offset_at(candidate) == offset && (!first || candidate < *first)) first = candidate;
  }
  // Where clocks are put forward at midnight, the day begins at the change.
  return first.value_or(midnight - std::min(standard_, changes_ ? summer_ : standard_));
}

}  // namespace dpol::program
