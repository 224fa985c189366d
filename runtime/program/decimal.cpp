// Wide arithmetic and text of Decimal.

#include "runtime/program/decimal.h"

#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <cmath>

#include "runtime/program/characters.h"

namespace dpol::program {
namespace {

constexpr UInt128 kOne = 1;
constexpr auto kUnit = static_cast<UInt128>(Decimal::kScale);

// An unsigned 256-bit number.
struct Wide {
  UInt128 high = 0;
  UInt128 low = 0;
};

Wide multiply(UInt128 a, UInt128 b) {
  const auto a_low = static_cast<std::uint64_t>(a);
  const auto b_low = static_cast<std::uint64_t>(b);
  const auto a_high = static_cast<std::uint64_t>(a >> 64);
  const auto b_high = static_cast<std::uint64_t>(b >> 64);
  const UInt128 low = static_cast<UInt128>(a_low) * b_low;
  const UInt128 cross = static_cast<UInt128>(a_high) * b_low + (low >> 64);
  const UInt128 middle = static_cast<UInt128>(a_low) * b_high + static_cast<std::uint64_t>(cross);
  return {static_cast<UInt128>(a_high) * b_high + (cross >> 64) + (middle >> 64),
          (middle << 64) | static_cast<std::uint64_t>(low)};
}

int leading_zeros(UInt128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? std::countl_zero(high)
                   : 64 + std::countl_zero(static_cast<std::uint64_t>(value));
}

struct Division {
  UInt128 quotient = 0;
  UInt128 rest = 0;
};

// One step of schoolbook division: (rest, digit) / divisor in base 2^64, where the divisor's top
// bit is set and rest < divisor. The estimate from the divisor's upper half is at most 2 too big.
std::uint64_t next_digit(UInt128& rest, std::uint64_t digit, UInt128 divisor) {
  const UInt128 upper = divisor >> 64;
  const auto lower = static_cast<std::uint64_t>(divisor);
  UInt128 guess = rest / upper;
  UInt128 left = rest - guess * upper;
  while ((guess >> 64) != 0 || guess * lower > ((left << 64) | digit)) {
    --guess;
    left += upper;
    if ((left >> 64) != 0) break;
  }
  // Exact modulo 2^128, and the true rest is below the divisor.
  rest = ((rest << 64) | digit) - guess * divisor;
  return static_cast<std::uint64_t>(guess);
}

// The quotient must fit 128 bits, that is dividend.high < divisor.
Division divide(Wide dividend, UInt128 divisor) {
  assert(dividend.high < divisor);
  const auto low_upper = static_cast<std::uint64_t>(dividend.low >> 64);
  const auto low_lower = static_cast<std::uint64_t>(dividend.low);
  if ((divisor >> 64) == 0) {
    const UInt128 first = (dividend.high << 64) | low_upper;
    const UInt128 upper = first / divisor;
    const UInt128 second = ((first - upper * divisor) << 64) | low_lower;
    const UInt128 lower = second / divisor;
    return {(upper << 64) | lower, second - lower * divisor};
  }
  const int shift = leading_zeros(divisor);
  UInt128 rest = dividend.high;
  UInt128 low = dividend.low;
  if (shift != 0) {
    divisor <<= shift;
    rest = (rest << shift) | (low >> (128 - shift));
    low <<= shift;
  }
  const UInt128 upper = next_digit(rest, static_cast<std::uint64_t>(low >> 64), divisor);
  const UInt128 lower = next_digit(rest, static_cast<std::uint64_t>(low), divisor);
  return {(upper << 64) | lower, rest >> shift};
}

UInt128 round_half_even(const Division& division, UInt128 divisor) {
  const UInt128 gap = divisor - division.rest;
  const bool odd = (division.quotient & 1) != 0;
  const bool up = division.rest > gap || (division.rest == gap && odd);
  return division.quotient + static_cast<UInt128>(up);
}

constexpr UInt128 power_of_ten(int exponent) {
  UInt128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

// A number's text, taken apart but not yet evaluated.
struct Scientific {
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

// Exponents beyond this decide alike: no text is long enough to make up for them.
constexpr std::int64_t kExponentLimit = std::int64_t{1} << 58;

bool split(std::string_view text, Scientific& parts) {
  parts.whole = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return false;
  if (text.empty()) return true;
  if ((text[0] | 0x20) != 'e') return false;
  text.remove_prefix(1);
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return false;
  std::int64_t exponent = 0;
  for (const char c : digits) {
    if (exponent < kExponentLimit) exponent = exponent * 10 + (c - '0');
  }
  parts.exponent = negative ? -exponent : exponent;
  return true;
}

// Reads digits from the most significant on; each has a place, the power of ten in units that it
// counts. Digits below place 0 only decide the rounding.
class DigitReader {
 public:
  explicit DigitReader(std::int64_t first_place) : place_(first_place) {}

  void read(std::string_view digits) {
    for (const char c : digits) read(static_cast<unsigned>(c - '0'));
  }

  // False if the magnitude is beyond the range; may then be anything.
  bool finish(UInt128& magnitude) {
    if (magnitude_ != 0) {
      for (; place_ >= 0 && !overflow_; --place_) append(0);
    }
    const bool odd = (magnitude_ & 1) != 0;
    const bool up = half_digit_ > 5 || (half_digit_ == 5 && (sticky_ || odd));
    magnitude = magnitude_ + static_cast<UInt128>(up);
    return !overflow_;
  }

 private:
  void read(unsigned digit) {
    if (place_ >= 0) {
      append(digit);
    } else if (place_ == -1) {
      half_digit_ = digit;
    } else {
      sticky_ = sticky_ || digit != 0;
    }
    --place_;
  }

  void append(unsigned digit) {
    if (magnitude_ > static_cast<UInt128>(Decimal::kMaxUnits) / 10) {
      overflow_ = true;
      return;
    }
    magnitude_ = magnitude_ * 10 + digit;
  }

  std::int64_t place_;
  UInt128 magnitude_ = 0;
  unsigned half_digit_ = 0;
  bool sticky_ = false;
  bool overflow_ = false;
};

}  // namespace

bool Decimal::mul_div(Decimal a, Decimal b, Decimal c, Decimal& out) {
  const UInt128 divisor = magnitude(c.units_);
  const Wide product = multiply(magnitude(a.units_), magnitude(b.units_));
  // Also the case of a zero divisor.
  if (product.high >= divisor) return false;
  const Division division = divide(product, divisor);
  if (division.quotient > static_cast<UInt128>(kMaxUnits)) return false;
  const bool negative = (a.units_ < 0) != ((b.units_ < 0) != (c.units_ < 0));
  return take_signed(negative, round_half_even(division, divisor), out);
}

bool Decimal::mul_wide(Decimal a, Decimal b, Decimal& out) {
  const Wide product = multiply(magnitude(a.units_), magnitude(b.units_));
  if (product.high >= kUnit) return false;
  const detail::ScaleDivision division =
      detail::divide_by_scale(static_cast<std::uint64_t>(product.high), product.low);
  if (division.quotient > static_cast<UInt128>(kMaxUnits)) return false;
  return take_signed((a.units_ < 0) != (b.units_ < 0), detail::round_scaled(division), out);
}

bool Decimal::div_wide(Decimal a, Decimal b, Decimal& out) {
  return mul_div(a, from_raw(kScale), b, out);
}

bool Decimal::sqrt(Decimal a, Decimal& out) {
  if (a.units_ < 0) return false;
  if (a.units_ == 0) {
    out = Decimal();
    return true;
  }
  const Wide square = multiply(magnitude(a.units_), kUnit);
  const int bits =
      square.high != 0 ? 256 - leading_zeros(square.high) : 128 - leading_zeros(square.low);
  // Newton's steps fall from a start above the root until they stop at its floor.
  UInt128 root = kOne << ((bits + 1) / 2);
  for (;;) {
    const UInt128 next = (root + divide(square, root).quotient) / 2;
    if (next >= root) break;
    root = next;
  }
  // (root + 1/2)^2 is root^2 + root + 1/4: above it exactly when the rest exceeds the root.
  const UInt128 rest = square.low - root * root;
  return take_signed(false, root + static_cast<UInt128>(rest > root), out);
}

bool Decimal::floor(Decimal a, Decimal& out) {
  // Leaves Int128 nowhere: the range ends 2^64 units before it.
  const Int128 rest = a.units_ % kScale;
  return take(false, a.units_ - rest - (rest < 0 ? kScale : 0), out);
}

bool Decimal::ceil(Decimal a, Decimal& out) {
  const Int128 rest = a.units_ % kScale;
  return take(false, a.units_ - rest + (rest > 0 ? kScale : 0), out);
}

bool Decimal::round(Decimal a, int digits, Decimal& out) {
  // Half of 10^21 is beyond the range, so anything rounds to zero there.
  constexpr int kCoarsest = -20;
  if (digits >= kFractionDigits || digits < kCoarsest) {
    out = digits < kCoarsest ? Decimal() : a;
    return true;
  }
  const UInt128 step = power_of_ten(kFractionDigits - digits);
  const UInt128 units = magnitude(a.units_);
  const UInt128 steps = round_half_even({units / step, units % step}, step);
  return take_signed(a.units_ < 0, steps * step, out);
}

std::optional<std::int64_t> Decimal::to_int64() const {
  const Int128 whole = whole_part();
  if (whole * kScale != units_ || whole < INT64_MIN || whole > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

NumberError Decimal::from_double(double value, Decimal& out) {
  if (!std::isfinite(value)) return NumberError::not_finite;
  std::array<char, 32> text;  // the shortest text has at most 24 characters
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  assert(end.ec == std::errc());
  return parse({text.data(), static_cast<std::size_t>(end.ptr - text.data())}, out);
}

double Decimal::to_double() const {
  const std::string text = to_string();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

NumberError Decimal::parse(std::string_view text, Decimal& out) {
  const bool negative = take_sign(text);
  Scientific parts;
  if (!split(text, parts)) {
    const bool named = equals_ignoring_case(text, "nan") || equals_ignoring_case(text, "inf") ||
                       equals_ignoring_case(text, "infinity");
    return named ? NumberError::not_finite : NumberError::malformed;
  }
  DigitReader reader(static_cast<std::int64_t>(parts.whole.size()) - 1 + parts.exponent +
                     kFractionDigits);
  reader.read(parts.whole);
  reader.read(parts.fraction);
  UInt128 units = 0;
  if (!reader.finish(units) || !take_signed(negative, units, out)) {
    return NumberError::out_of_range;
  }
  return NumberError::none;
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal value;
  if (parse(text, value) != NumberError::none) return std::nullopt;
  return value;
}

std::string Decimal::to_string() const {
  std::array<char, kMaxTextLength> text;
  char* const end = text.data() + text.size();
  char* begin = end;
  const UInt128 units = magnitude(units_);
  UInt128 whole = units / kUnit;
  auto fraction = static_cast<std::uint64_t>(units - whole * kUnit);
  if (fraction != 0) {
    int places = kFractionDigits;
    for (; fraction % 10 == 0; --places) fraction /= 10;
    for (; places > 0; --places, fraction /= 10) *--begin = static_cast<char>('0' + fraction % 10);
    *--begin = '.';
  }
  do {
    *--begin = static_cast<char>('0' + static_cast<int>(whole % 10));
    whole /= 10;
  } while (whole != 0);
  if (units_ < 0) *--begin = '-';
  return {begin, end};
}

bool DecimalSum::mean(std::int64_t count, Decimal& out) const {
  if (count <= 0) return false;
  const bool negative = high_ < 0;
  Wide sum{static_cast<UInt128>(static_cast<std::uint64_t>(high_)), low_};
  if (negative) {
    sum.low = UInt128{0} - low_;
    sum.high = static_cast<std::uint64_t>(~high_) + static_cast<UInt128>(sum.low == 0);
  }
  const auto divisor = static_cast<UInt128>(count);
  if (sum.high >= divisor) return false;
  const Division division = divide(sum, divisor);
  if (division.quotient > static_cast<UInt128>(Decimal::kMaxUnits)) return false;
  const UInt128 units = round_half_even(division, divisor);
  if (units > static_cast<UInt128>(Decimal::kMaxUnits)) return false;
  const auto value = static_cast<Int128>(units);
  out = Decimal::from_raw(negative ? -value : value);
  return true;
}

}  // namespace dpol::program
