// Random material for property tests. The seed is fixed and no standard distribution is used, so
// every machine draws the same.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "runtime/program/decimal.h"

namespace dpol::program::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  // From 0 to count - 1.
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  bool coin() { return below(2) == 0; }

  // Any magnitude is as likely as any other; whole numbers and both ends of the range turn up.
  Decimal decimal() {
    const auto width = static_cast<int>(below(128));
    UInt128 units = static_cast<UInt128>(bits()) << 64 | bits();
    units = width == 0 ? 0 : units >> (128 - width);
    constexpr auto kMax = static_cast<UInt128>(Decimal::kMaxUnits);
    if (below(16) == 0) units = kMax - units % 3;
    if (below(3) == 0) units -= units % static_cast<UInt128>(Decimal::kScale);
    if (units > kMax) units = kMax;
    const auto value = static_cast<Int128>(units);
    return Decimal::from_raw(coin() ? -value : value);
  }

  // Up to `longest` bytes, mostly of `alphabet`, some of any kind.
  std::string text(std::string_view alphabet, std::size_t longest) {
    std::string result(below(longest + 1), ' ');
    for (char& c : result) {
      c = below(20) == 0 ? static_cast<char>(bits()) : alphabet[below(alphabet.size())];
    }
    return result;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace dpol::program::testing
