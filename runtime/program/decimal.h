// Decimal: the one number of dpol. A signed 128-bit count of 1e-18 units.
//
// Promises
//  - What can be written with up to 18 fraction digits is held exactly: 0.1 + 0.2 is 0.3.
//  - add, sub, neg, abs and compare are exact. A sum is therefore the same in every order of its
//    terms as long as no partial sum leaves the range; DecimalSum lifts even that condition.
//    Sums of whole numbers are exact whole numbers.
//  - mul and div round once, to the nearest unit, ties to the even unit; so do round and parse.
//    sqrt is the correctly rounded root (a tie cannot occur).
//  - Nothing wraps and nothing saturates: an operation that leaves the range, divides by zero or
//    takes the root of a negative number returns false and leaves `out` as it was.
//  - No binary floating point takes part, so results do not depend on machine or compiler flags.
//
// The range is symmetric, |units| <= 2^127 - 2^64 (about 1.7e20 in value), so neg and abs cannot
// fail. Bit patterns whose high 64-bit word is INT64_MIN lie outside it: they are never Decimals,
// and the holder of a Decimal may give them a meaning of its own (Value marks unknowns with them).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dpol::program {

// __extension__ keeps -Wpedantic silent about the compiler's 128-bit integers.
__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

enum class NumberError : std::uint8_t {
  none,
  malformed,     // not the text of a number
  not_finite,    // NaN or an infinity: a number's text, but no value
  out_of_range,  // beyond Decimal::max()
};

class Decimal {
 public:
  // Units in 1: 10^18, the largest power of ten that an int64 holds.
  static constexpr std::int64_t kScale = 1'000'000'000'000'000'000;
  // Fraction digits that are held.
  static constexpr int kFractionDigits = 18;
  // Largest magnitude in units: the largest whose negative is not a reserved bit pattern.
  static constexpr Int128 kMaxUnits = static_cast<Int128>(INT64_MAX) << 64;
  // Longest text of to_string: sign, 21 whole digits, point, 18 fraction digits.
  static constexpr int kMaxTextLength = 41;

  constexpr Decimal() = default;

  // The caller guarantees in_range(units).
  static constexpr Decimal from_raw(Int128 units) { return Decimal(units); }
  // Every int64 is in range.
  static constexpr Decimal from_int64(std::int64_t value) {
    return Decimal(static_cast<Int128>(value) * kScale);
  }
  static constexpr Decimal max() { return Decimal(kMaxUnits); }
  static constexpr Decimal min() { return Decimal(-kMaxUnits); }

  static constexpr bool in_range(Int128 units) {
    return static_cast<UInt128>(units) + static_cast<UInt128>(kMaxUnits) <=
           2 * static_cast<UInt128>(kMaxUnits);
  }

  constexpr Int128 raw() const { return units_; }
  constexpr std::int64_t high_word() const { return static_cast<std::int64_t>(units_ >> 64); }
  constexpr std::uint64_t low_word() const { return static_cast<std::uint64_t>(units_); }

  constexpr bool is_zero() const { return units_ == 0; }
  constexpr bool is_negative() const { return units_ < 0; }
  constexpr int sign() const { return (units_ > 0) - (units_ < 0); }
  constexpr bool is_integer() const { return units_ % kScale == 0; }

  friend constexpr bool operator==(Decimal, Decimal) = default;
  friend constexpr std::strong_ordering operator<=>(Decimal a, Decimal b) {
    return a.units_ <=> b.units_;
  }

  static constexpr bool add(Decimal a, Decimal b, Decimal& out) {
    Int128 units = 0;
    const bool wrapped = __builtin_add_overflow(a.units_, b.units_, &units);
    return take(wrapped, units, out);
  }
  static constexpr bool sub(Decimal a, Decimal b, Decimal& out) {
    Int128 units = 0;
    const bool wrapped = __builtin_sub_overflow(a.units_, b.units_, &units);
    return take(wrapped, units, out);
  }
  static bool mul(Decimal a, Decimal b, Decimal& out);
  static bool div(Decimal a, Decimal b, Decimal& out);
  // a * b / c, rounded once. False if c is zero or the result leaves the range.
  static bool mul_div(Decimal a, Decimal b, Decimal c, Decimal& out);
  static bool sqrt(Decimal a, Decimal& out);

  constexpr Decimal neg() const { return Decimal(-units_); }
  constexpr Decimal abs() const { return Decimal(units_ < 0 ? -units_ : units_); }

  // Only the last whole number before either end of the range can make these three fail.
  static bool floor(Decimal a, Decimal& out);
  static bool ceil(Decimal a, Decimal& out);
  // To `digits` fraction digits (negative: tens, hundreds, …), ties to the even digit.
  static bool round(Decimal a, int digits, Decimal& out);

  // The whole part, rounded towards zero; at most 21 digits, so not always an int64.
  constexpr Int128 whole_part() const { return units_ / kScale; }
  // The value, if it is whole and fits.
  std::optional<std::int64_t> to_int64() const;

  // The shortest decimal text that reads back as `value` is taken as what was meant, so that the
  // double 0.1 is exactly 0.1 here. Digits beyond the 18th fraction digit are rounded.
  static NumberError from_double(double value, Decimal& out);
  // The nearest double, for charts and statistics; never for a decision.
  double to_double() const;

  // [+-] digits [. digits] [e [+-] digits], where either side of the point may be empty but not
  // both; the whole text must match. NaN, Inf and Infinity (any case, signed) are not_finite.
  // Linear in the text's length; the exponent may have any number of digits.
  static NumberError parse(std::string_view text, Decimal& out);
  static std::optional<Decimal> parse(std::string_view text);

  // The shortest exact text: no exponent, no trailing zeros, "-0" never occurs.
  std::string to_string() const;

 private:
  explicit constexpr Decimal(Int128 units) : units_(units) {}

  static constexpr bool take(bool wrapped, Int128 units, Decimal& out) {
    if (wrapped || !in_range(units)) [[unlikely]] {
      return false;
    }
    out.units_ = units;
    return true;
  }
  static constexpr UInt128 magnitude(Int128 units) {
    const auto bits = static_cast<UInt128>(units);
    return units < 0 ? UInt128{0} - bits : bits;
  }
  static bool take_signed(bool negative, UInt128 magnitude, Decimal& out);
  static bool mul_wide(Decimal a, Decimal b, Decimal& out);
  static bool div_wide(Decimal a, Decimal b, Decimal& out);

  Int128 units_ = 0;
};

static_assert(sizeof(Decimal) == 16);

// A sum that cannot overflow on the way: up to 2^63 terms, any order, and terms may be taken out
// again (a window that slides). Only reading it can fail.
class DecimalSum {
 public:
  constexpr void add(Decimal term) { accumulate(term.raw()); }
  constexpr void remove(Decimal term) { accumulate(-term.raw()); }
  constexpr void clear() { *this = DecimalSum(); }
  // All terms of another sum at once: the difference of two running sums is the sum between them.
  constexpr void add(const DecimalSum& terms) {
    const bool carry = __builtin_add_overflow(low_, terms.low_, &low_);
    high_ += terms.high_ + static_cast<std::int64_t>(carry);
  }
  constexpr void remove(const DecimalSum& terms) {
    const bool borrow = __builtin_sub_overflow(low_, terms.low_, &low_);
    high_ -= terms.high_ + static_cast<std::int64_t>(borrow);
  }

  constexpr bool total(Decimal& out) const {
    const auto units = static_cast<Int128>(low_);
    const std::int64_t extension = units < 0 ? -1 : 0;
    if (high_ != extension || !Decimal::in_range(units)) {
      return false;
    }
    out = Decimal::from_raw(units);
    return true;
  }
  // total / count, rounded once to the nearest unit (ties to even) even where the total itself is
  // out of range. False if count is not positive.
  bool mean(std::int64_t count, Decimal& out) const;

 private:
  constexpr void accumulate(Int128 units) {
    const bool carry = __builtin_add_overflow(low_, static_cast<UInt128>(units), &low_);
    high_ += (units < 0 ? -1 : 0) + static_cast<std::int64_t>(carry);
  }

  // Two's complement over 192 bits.
  UInt128 low_ = 0;
  std::int64_t high_ = 0;
};

// ------------------------------------------------------------------------------------------------

inline bool Decimal::take_signed(bool negative, UInt128 magnitude, Decimal& out) {
  if (magnitude > static_cast<UInt128>(kMaxUnits)) [[unlikely]] {
    return false;
  }
  const auto units = static_cast<Int128>(magnitude);
  out.units_ = negative ? -units : units;
  return true;
}

namespace detail {

struct ScaleDivision {
  UInt128 quotient = 0;
  std::uint64_t rest = 0;
};

// (high, low) / Decimal::kScale for high < kScale. A library division costs several times as much,
// so each 64-bit digit is found by a multiplication with the divisor's reciprocal (Moller and
// Granlund, "Improved division by invariant integers", 2011, algorithm 4).
inline ScaleDivision divide_by_scale(std::uint64_t high, UInt128 low) {
  constexpr int kShift = 4;  // brings the top bit of the scale to bit 63
  constexpr std::uint64_t kDivisor = static_cast<std::uint64_t>(Decimal::kScale) << kShift;
  static_assert((kDivisor >> 63) == 1);
  constexpr auto kReciprocal = static_cast<std::uint64_t>(~UInt128{0} / kDivisor);
  const auto digit = [](std::uint64_t& rest, std::uint64_t next) {
    const UInt128 dividend = static_cast<UInt128>(rest) << 64 | next;
    const UInt128 estimate = static_cast<UInt128>(kReciprocal) * rest + dividend;
    auto quotient = static_cast<std::uint64_t>(estimate >> 64) + 1;
    rest = next - quotient * kDivisor;
    if (rest > static_cast<std::uint64_t>(estimate)) {
      --quotient;
      rest += kDivisor;
    }
    if (rest >= kDivisor) [[unlikely]] {
      ++quotient;
      rest -= kDivisor;
    }
    return quotient;
  };
  std::uint64_t rest = high << kShift | static_cast<std::uint64_t>(low >> (128 - kShift));
  low <<= kShift;
  const UInt128 upper = digit(rest, static_cast<std::uint64_t>(low >> 64));
  const UInt128 lower = digit(rest, static_cast<std::uint64_t>(low));
  return {upper << 64 | lower, rest >> kShift};
}

// Ties to even. A quotient of all ones cannot occur: it would be out of range long before.
inline UInt128 round_scaled(const ScaleDivision& division) {
  constexpr std::uint64_t kHalf = Decimal::kScale / 2;
  const bool odd = (division.quotient & 1) != 0;
  const bool up = division.rest > kHalf || (division.rest == kHalf && odd);
  return division.quotient + static_cast<UInt128>(up);
}

}  // namespace detail

inline bool Decimal::mul(Decimal a, Decimal b, Decimal& out) {
  const UInt128 x = magnitude(a.units_);
  const UInt128 y = magnitude(b.units_);
  if (((x | y) >> 64) != 0) {
    return mul_wide(a, b, out);
  }
  // Both below 18.4: the product of units fits 128 bits.
  const UInt128 units = detail::round_scaled(detail::divide_by_scale(0, x * y));
  return take_signed((a.units_ < 0) != (b.units_ < 0), units, out);
}

inline bool Decimal::div(Decimal a, Decimal b, Decimal& out) {
  const UInt128 x = magnitude(a.units_);
  const UInt128 y = magnitude(b.units_);
  // Dividends up to 340 leave room for the scale within 128 bits.
  constexpr UInt128 kFastLimit = ~UInt128{0} / static_cast<UInt128>(kScale);
  if (x > kFastLimit || y == 0) {
    return div_wide(a, b, out);
  }
  const UInt128 scaled = x * static_cast<UInt128>(kScale);
  UInt128 quotient = scaled / y;
  const UInt128 rest = scaled - quotient * y;
  const UInt128 gap = y - rest;
  quotient += static_cast<UInt128>(rest > gap || (rest == gap && (quotient & 1) != 0));
  return take_signed((a.units_ < 0) != (b.units_ < 0), quotient, out);
}

}  // namespace dpol::program
