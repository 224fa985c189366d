#include <array>

#include "runtime/vm/functions/arguments.h"

namespace dpol::vm {

using program::Value;

namespace {

constexpr std::int64_t kDay = 86'400;
// Where a calendar is printed and read without doubt: the years 1 to 9999.
constexpr std::int64_t kFirstSecond = -62'135'596'800 + kDay;
constexpr std::int64_t kLastSecond = 253'402'300'799 - kDay;
constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b != 0 && a < 0);
}

bool utc_time(const Arguments& arguments, std::int64_t& seconds) {
  program::Decimal floor;
  if (!program::Decimal::floor(arguments.number(0), floor)) return false;
  const auto whole_seconds = floor.to_int64();
  if (!whole_seconds || *whole_seconds < kFirstSecond || *whole_seconds > kLastSecond) return false;
  seconds = *whole_seconds;
  return true;
}

const program::Zone* zone_of(const Arguments& arguments) {
  const auto found = arguments.written.zones.find(arguments.constant_text(1));
  return found == arguments.written.zones.end() ? nullptr : &found->second;
}

template <class Answer>
Value of_date(const Arguments& arguments, const Answer& answer) {
  std::int64_t local = 0;
  if (!arguments.local_time(local)) return bad_argument();
  return answer(program::date_of_days(floor_divide(local, kDay)));
}

void append_padded(std::string& out, std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  out.append(text.size() < digits ? digits - text.size() : 0, '0').append(text);
}

}  // namespace

bool Arguments::local_time(std::int64_t& seconds) const {
  const program::Zone* const zone = zone_of(*this);
  std::int64_t utc = 0;
  if (zone == nullptr || !utc_time(*this, utc)) return false;
  seconds = zone->local(utc);
  return true;
}

Value body_year(const Arguments& arguments) {
  return of_date(arguments, [](const program::CalendarDate& date) { return whole(date.year); });
}
Value body_month(const Arguments& arguments) {
  return of_date(arguments, [](const program::CalendarDate& date) { return whole(date.month); });
}
Value body_day_of_month(const Arguments& arguments) {
  return of_date(arguments, [](const program::CalendarDate& date) { return whole(date.day); });
}

Value body_hour(const Arguments& arguments) {
  std::int64_t local = 0;
  if (!arguments.local_time(local)) return bad_argument();
  return whole((local - floor_divide(local, kDay) * kDay) / 3'600);
}

Value body_minute(const Arguments& arguments) {
  std::int64_t local = 0;
  if (!arguments.local_time(local)) return bad_argument();
  return whole((local - floor_divide(local, 3'600) * 3'600) / 60);
}

Value body_weekday(const Arguments& arguments) {
  std::int64_t local = 0;
  if (!arguments.local_time(local)) return bad_argument();
  const int day = program::weekday_of_days(floor_divide(local, kDay));
  return arguments.built.text(kWeekdays[static_cast<std::size_t>(day)]);
}

Value body_date(const Arguments& arguments) {
  return of_date(arguments, [&arguments](const program::CalendarDate& date) {
    append_padded(arguments.draft, date.year, 4);
    arguments.draft += '-';
    append_padded(arguments.draft, date.month, 2);
    arguments.draft += '-';
    append_padded(arguments.draft, date.day, 2);
    return arguments.built.text(arguments.draft);
  });
}

Value body_start_of_day(const Arguments& arguments) {
  const program::Zone* const zone = zone_of(arguments);
  std::int64_t utc = 0;
  if (zone == nullptr || !utc_time(arguments, utc)) return bad_argument();
  return whole(zone->start_of_day(utc));
}

}  // namespace dpol::vm
