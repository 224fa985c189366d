// Dimension: what a quantity is a quantity of, as exponents of base dimensions.
//
// The bases are time (counted in seconds), information (in bytes) and up to fourteen count units that a
// policy declares or brings along (request, order, …), known here by index only. Every base unit
// has factor one, so quantities of equal Dimension compare and add by their Decimals alone.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dpol::program {

struct Dimension {
  static constexpr std::size_t kUserUnits = 14;
  static constexpr std::size_t kBases = 2 + kUserUnits;
  static constexpr std::size_t kTime = 0;
  static constexpr std::size_t kBytes = 1;
  static constexpr std::size_t kFirstUser = 2;

  // Exponent of each base: [kTime], [kBytes], then user units 0..13.
  std::array<std::int8_t, kBases> exponents{};

  static constexpr Dimension none() { return {}; }
  static constexpr Dimension of_base(std::size_t base, std::int8_t exponent = 1) {
    Dimension result;
    result.exponents[base] = exponent;
    return result;
  }
  static constexpr Dimension duration() { return of_base(kTime); }
  static constexpr Dimension bytes() { return of_base(kBytes); }
  static constexpr Dimension per_second() { return of_base(kTime, -1); }
  static constexpr Dimension user(std::size_t unit) { return of_base(kFirstUser + unit); }

  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
  friend constexpr auto operator<=>(const Dimension&, const Dimension&) = default;

  constexpr bool is_none() const { return *this == none(); }

  // False, with `out` untouched, if an exponent would leave -127..127.
  static constexpr bool multiply(const Dimension& a, const Dimension& b, Dimension& out) {
    return combine(a, b, 1, out);
  }
  static constexpr bool divide(const Dimension& a, const Dimension& b, Dimension& out) {
    return combine(a, b, -1, out);
  }
  // Total, as -128 never occurs.
  constexpr Dimension inverse() const {
    Dimension result;
    for (std::size_t i = 0; i < kBases; ++i) {
      result.exponents[i] = static_cast<std::int8_t>(-exponents[i]);
    }
    return result;
  }

 private:
  static constexpr bool combine(const Dimension& a, const Dimension& b, int sign, Dimension& out) {
    Dimension result;
    for (std::size_t i = 0; i < kBases; ++i) {
      const int sum = a.exponents[i] + sign * b.exponents[i];
      if (sum < -127 || sum > 127) {
        return false;
      }
      result.exponents[i] = static_cast<std::int8_t>(sum);
    }
    out = result;
    return true;
  }
};

static_assert(sizeof(Dimension) == Dimension::kBases);

// What a user unit is called; the index is the one Dimension::user takes.
class UnitNames {
 public:
  virtual ~UnitNames() = default;
  virtual std::string_view unit_name(std::size_t unit) const = 0;
};

// Canonical text: user units in order of index, then bytes, then s; first what is multiplied, then
// what is divided by: `request/s`, `bytes/s`, `1/s`, `order*bytes/s^2`. Empty for none().
std::string to_text(const Dimension& dimension, const UnitNames& names);

}  // namespace dpol::program
