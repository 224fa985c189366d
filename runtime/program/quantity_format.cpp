// Writing quantities.

#include <algorithm>
#include <array>
#include <cstdlib>

#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"

namespace dpol::program {
namespace {

constexpr int kReadable = 4;  // significant digits of format_value
constexpr int kExact = 1000;  // more than any value has

Decimal seconds(std::int64_t value) { return Decimal::from_int64(value); }

// A magnitude as decimal digits: 0.d1d2d3… times 10^point, without zeros at either end.
struct Digits {
  std::string digits;  // empty for zero
  int point = 0;

  explicit Digits(Decimal magnitude) {
    const std::string text = magnitude.to_string();
    const std::size_t dot = std::min(text.find('.'), text.size());
    digits = text.substr(0, dot);
    point = static_cast<int>(dot);
    if (dot != text.size()) digits += text.substr(dot + 1);
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    digits.erase(0, zeros);
    point -= static_cast<int>(zeros);
    strip();
  }

  int count() const { return static_cast<int>(digits.size()); }

  Digits shifted(int places) const {
    Digits result = *this;
    result.point += places;
    return result;
  }

  // To `count` significant digits, ties to even, but never within the whole part.
  Digits rounded(int wanted) const {
    Digits result = *this;
    const int kept = std::max(wanted, point);
    if (kept >= count()) return result;
    const auto cut = static_cast<std::size_t>(kept);
    const char next = digits[cut];
    const bool odd = cut > 0 && (digits[cut - 1] - '0') % 2 == 1;
    const bool tie = next == '5' && cut + 1 == digits.size();
    result.digits.resize(cut);
    if (next > '5' || (next == '5' && (!tie || odd))) result.increment();
    result.strip();
    return result;
  }

  std::string text() const {
    if (digits.empty()) return "0";
    if (point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    const auto whole = static_cast<std::size_t>(point);
    if (whole >= digits.size()) return digits + std::string(whole - digits.size(), '0');
    return digits.substr(0, whole) + '.' + digits.substr(whole);
  }

 private:
  void strip() { digits.erase(digits.find_last_not_of('0') + 1); }

  // One more in the last digit.
  void increment() {
    for (std::size_t i = digits.size(); i > 0; --i) {
      if (digits[i - 1] != '9') {
        ++digits[i - 1];
        return;
      }
      digits[i - 1] = '0';
    }
    digits.insert(digits.begin(), '1');
    ++point;
  }
};

// ------------------------------------------------------------------------------ shares and points

// Hundredths. What is not the whole does not print as the whole.
std::string percent_text(Decimal magnitude, int digits, std::string_view suffix) {
  const Digits exact = Digits(magnitude).shifted(2);
  Digits shown = exact.rounded(digits);
  for (int more = digits + 1; shown.text() == "100" && more <= exact.count(); ++more) {
    shown = exact.rounded(more);
  }
  return shown.text().append(suffix);
}

// -------------------------------------------------------------------------------------- durations

// `seconds` to a step that suits its size; `digits` beyond kReadable make the step finer.
Decimal round_clock(Decimal magnitude, int digits) {
  const int finer = digits - kReadable;
  int places = finer;
  Decimal result = magnitude;
  if (magnitude < seconds(3'600)) {
    places = finer + 1;
  } else if (magnitude >= seconds(86'400)) {
    places = finer - 1;
  }
  bool ok = true;
  if (places < 0) {
    ok = Decimal::div(magnitude, seconds(60), result) && Decimal::round(result, 0, result) &&
         Decimal::mul(result, seconds(60), result);
  } else {
    ok = Decimal::round(magnitude, places, result);
  }
  return ok ? result : magnitude;
}

// From a minute up: 1h30m, 2d4h, 1m30.5s. Parts that are zero are left out.
std::string clock_text(Decimal magnitude) {
  Decimal floor;
  Decimal fraction;
  if (!Decimal::floor(magnitude, floor) || !Decimal::sub(magnitude, floor, fraction)) return {};
  const Int128 whole = floor.whole_part();
  const auto rest = static_cast<std::int64_t>(whole % 86'400);
  const Int128 days = whole / 86'400;
  std::string text;
  const auto append = [&text](std::int64_t count, char unit) {
    if (count != 0) text += std::to_string(count) + unit;
  };
  append(static_cast<std::int64_t>(days), 'd');
  append(rest / 3'600, 'h');
  append(rest / 60 % 60, 'm');
  if (rest % 60 != 0 || !fraction.is_zero()) {
    text += std::to_string(rest % 60);
    if (!fraction.is_zero()) text += fraction.to_string().substr(1);
    text += 's';
  }
  return text;
}

std::string duration_text(Decimal magnitude, int digits) {
  if (magnitude >= seconds(60)) {
    return clock_text(digits == kExact ? magnitude : round_clock(magnitude, digits));
  }
  const Digits shown = Digits(magnitude).rounded(digits);
  if (shown.point == 2 && shown.digits[0] >= '6') return clock_text(seconds(60));
  if (shown.digits.empty() || shown.point > 0) return shown.text() + "s";
  if (shown.point > -3) return shown.shifted(3).text() + "ms";
  if (shown.point > -6) return shown.shifted(6).text() + "us";
  return shown.shifted(9).text() + "ns";
}

// ------------------------------------------------------------------------------------------ bytes

struct ByteUnit {
  std::string_view binary;
  std::string_view decimal;
};
constexpr std::array<ByteUnit, 5> kByteUnits = {
    {{"B", "B"}, {"KiB", "kB"}, {"MiB", "MB"}, {"GiB", "GB"}, {"TiB", "TB"}}};

struct ByteText {
  int digits = kExact;  // kExact: none found
  std::string text;

  void offer(const Digits& number, int count, std::string_view unit) {
    if (count >= digits) return;
    digits = count;
    text = number.text().append(unit);
  }
};

// The unit in which the exact value has the fewest significant digits: the largest such binary
// one, else bytes (where trailing zeros are digits too), else the largest such decimal one.
ByteText exact_bytes(Decimal magnitude) {
  ByteText best;
  for (std::size_t i = kByteUnits.size(); i-- > 1;) {
    const Int128 factor = Int128{1} << (10 * i);
    if (magnitude < Decimal::from_raw(factor * Decimal::kScale)) continue;
    if (magnitude.raw() % factor != 0) continue;
    const Digits number(Decimal::from_raw(magnitude.raw() / factor));
    best.offer(number, number.count(), kByteUnits[i].binary);
  }
  const Digits digits(magnitude);
  best.offer(digits, std::max(digits.count(), digits.point), "B");
  for (std::size_t i = kByteUnits.size(); i-- > 1;) {
    const int places = 3 * static_cast<int>(i);
    if (digits.point <= places) continue;
    best.offer(digits.shifted(-places), digits.count(), kByteUnits[i].decimal);
  }
  return best;
}

std::string bytes_text(Decimal magnitude, int digits) {
  ByteText exact = exact_bytes(magnitude);
  if (exact.digits <= digits) return std::move(exact.text);
  Decimal scaled = magnitude;
  std::size_t unit = 0;
  const Decimal step = Decimal::from_int64(1'024);
  while (scaled >= step && unit + 1 < kByteUnits.size()) {
    if (!Decimal::div(scaled, step, scaled)) return std::move(exact.text);
    ++unit;
  }
  std::string text = Digits(scaled).rounded(digits).text();
  if (text == "1024" && unit + 1 < kByteUnits.size()) {
    text = "1";
    ++unit;
  }
  return text.append(kByteUnits[unit].binary);
}

// --------------------------------------------------------------------------------- rates and rest

struct Per {
  Decimal rate;
  std::string_view unit;
};

// Slow rates read better over a longer time, which no longer is exact.
Per choose_per(Decimal magnitude, int digits) {
  const Per per_second{magnitude, "/s"};
  constexpr Decimal kTenth = Decimal::from_raw(Decimal::kScale / 10);
  if (digits == kExact || magnitude.is_zero() || magnitude >= kTenth) {
    return per_second;
  }
  struct Choice {
    std::int64_t seconds;
    std::string_view unit;
  };
  Per result = per_second;
  for (const Choice& choice : {Choice{60, "/m"}, Choice{3'600, "/h"}, Choice{86'400, "/d"}}) {
    result.unit = choice.unit;
    if (!Decimal::mul(magnitude, seconds(choice.seconds), result.rate)) return per_second;
    if (Digits(result.rate).rounded(digits).point > 0) break;
  }
  return result;
}

// The user unit that a dimension is the first power of, or kUserUnits.
std::size_t single_user_unit(const Dimension& dimension) {
  for (std::size_t unit = 0; unit < Dimension::kUserUnits; ++unit) {
    if (dimension == Dimension::user(unit)) return unit;
  }
  return Dimension::kUserUnits;
}

std::string dimension_text(Decimal magnitude, const Dimension& dimension, int digits,
                           const UnitNames& names) {
  if (dimension == Dimension::duration()) return duration_text(magnitude, digits);
  if (dimension == Dimension::bytes()) return bytes_text(magnitude, digits);
  if (const std::size_t unit = single_user_unit(dimension); unit != Dimension::kUserUnits) {
    return Digits(magnitude).rounded(digits).text().append(names.unit_name(unit));
  }
  Dimension counted;
  const bool divided = Dimension::multiply(dimension, Dimension::duration(), counted);
  if (divided && counted == Dimension::bytes()) return bytes_text(magnitude, digits) + "/s";
  const std::size_t unit = single_user_unit(counted);
  if (divided && (counted.is_none() || unit != Dimension::kUserUnits)) {
    const Per per = choose_per(magnitude, digits);
    std::string text = Digits(per.rate).rounded(digits).text();
    if (unit != Dimension::kUserUnits) text += names.unit_name(unit);
    return text.append(per.unit);
  }
  return Digits(magnitude).rounded(digits).text() + ' ' + to_text(dimension, names);
}

std::string magnitude_text(Decimal magnitude, const Type& type, int digits,
                           const UnitNames& names) {
  switch (type.kind) {
    case Kind::ratio:
    case Kind::change:
      return percent_text(magnitude, digits, "%");
    case Kind::points:
      return percent_text(magnitude, digits, "pp");
    case Kind::quantity:
      return dimension_text(magnitude, type.dimension, digits, names);
    default:
      return Digits(magnitude).rounded(digits).text();
  }
}

std::string format(Decimal value, const Type& type, int digits, const UnitNames& names, Sign sign) {
  if (type.kind == Kind::time) return format_time(value);
  std::string text = magnitude_text(value.abs(), type, digits, names);
  if (value.is_negative()) return '-' + text;
  return sign == Sign::always && !value.is_zero() ? '+' + text : text;
}

}  // namespace

std::string format_value(Decimal value, const Type& type, const UnitNames& units, Sign sign) {
  return format(value, type, kReadable, units, sign);
}

std::string format_exact(Decimal value, const Type& type, const UnitNames& units, Sign sign) {
  return format(value, type, kExact, units, sign);
}

std::pair<std::string, std::string> format_pair(Decimal a, Decimal b, const Type& type,
                                                const UnitNames& units) {
  // No value has more digits than its longest text.
  for (int digits = kReadable; digits <= Decimal::kMaxTextLength; ++digits) {
    std::string a_text = format(a, type, digits, units, Sign::negative);
    std::string b_text = format(b, type, digits, units, Sign::negative);
    if (a == b || a_text != b_text) return {std::move(a_text), std::move(b_text)};
  }
  return {format_exact(a, type, units), format_exact(b, type, units)};
}

}  // namespace dpol::program
