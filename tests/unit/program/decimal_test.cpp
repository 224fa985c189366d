#include "runtime/program/decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/unit/program/big_int.h"
#include "tests/unit/program/random.h"

namespace dpol::program {
namespace {

using testing::BigInt;
using testing::Random;

static_assert(std::is_trivially_copyable_v<Decimal>);

constexpr std::uint64_t kSeed = 20250213;

Decimal dec(std::string_view text) {
  const auto value = Decimal::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value.value_or(Decimal());
}

using Operation = bool (*)(Decimal, Decimal, Decimal&);

// The result's text, or "none".
std::string apply(Operation operation, std::string_view a, std::string_view b) {
  Decimal out;
  return operation(dec(a), dec(b), out) ? out.to_string() : "none";
}

BigInt units_of(Decimal value) {
  std::string digits;
  const Int128 units = value.raw();
  UInt128 rest = units < 0 ? UInt128{0} - static_cast<UInt128>(units) : static_cast<UInt128>(units);
  for (; rest != 0; rest /= 10) digits.insert(digits.begin(), static_cast<char>('0' + rest % 10));
  if (digits.empty()) digits = "0";
  return BigInt(units < 0 ? '-' + digits : digits);
}

const BigInt kOracleScale("1000000000000000000");
const BigInt kOracleMax("170141183460469231713240559642174554112");  // 2^127 - 2^64

// What the operation must answer, given its exact result in units.
void expect_units(bool ok, Decimal out, const BigInt& expected) {
  const bool fits = compare(expected.abs(), kOracleMax) <= 0;
  ASSERT_EQ(ok, fits) << expected.text();
  if (fits) {
    ASSERT_EQ(units_of(out).text(), expected.text());
  }
}

TEST(Decimal, LimitsAreSymmetricAndLeaveTheReservedPatternsOut) {
  EXPECT_EQ(units_of(Decimal::max()).text(), kOracleMax.text());
  EXPECT_EQ(Decimal::min(), Decimal::max().neg());
  EXPECT_EQ(Decimal::min().abs(), Decimal::max());
  EXPECT_EQ(Decimal::min().high_word(), INT64_MIN + 1);
  EXPECT_FALSE(Decimal::in_range(Decimal::min().raw() - 1));
  EXPECT_FALSE(Decimal::in_range(Decimal::max().raw() + 1));
  const auto reserved = static_cast<Int128>(static_cast<UInt128>(1) << 127);
  EXPECT_FALSE(Decimal::in_range(reserved));
  EXPECT_FALSE(Decimal::in_range(reserved + static_cast<std::int64_t>(INT64_MAX)));
}

TEST(Decimal, BoundariesComeOutAsOnPaper) {
  EXPECT_EQ(apply(Decimal::add, "0.1", "0.2"), "0.3");
  EXPECT_EQ(apply(Decimal::mul, "0.180", "1.1"), "0.198");
  EXPECT_EQ(apply(Decimal::add, "0.003", "0.01"), "0.013");
  EXPECT_EQ(apply(Decimal::sub, "0.3", "0.1"), "0.2");
  EXPECT_EQ(apply(Decimal::div, "1", "3"), "0.333333333333333333");
  EXPECT_EQ(apply(Decimal::div, "2", "3"), "0.666666666666666667");
  EXPECT_EQ(apply(Decimal::div, "-2", "3"), "-0.666666666666666667");
  EXPECT_EQ(apply(Decimal::mul, "1200", "1.5"), "1800");
}

TEST(Decimal, TiesGoToTheEvenUnit) {
  EXPECT_EQ(apply(Decimal::mul, "0.000000000000000001", "0.5"), "0");
  EXPECT_EQ(apply(Decimal::mul, "0.000000000000000003", "0.5"), "0.000000000000000002");
  EXPECT_EQ(apply(Decimal::mul, "-0.000000000000000005", "0.5"), "-0.000000000000000002");
  EXPECT_EQ(apply(Decimal::div, "0.000000000000000001", "2"), "0");
  EXPECT_EQ(apply(Decimal::div, "0.000000000000000007", "-2"), "-0.000000000000000004");
  EXPECT_EQ(dec("0.0000000000000000005").to_string(), "0");
  EXPECT_EQ(dec("0.0000000000000000015").to_string(), "0.000000000000000002");
  EXPECT_EQ(dec("0.00000000000000000050000000001").to_string(), "0.000000000000000001");
}

TEST(Decimal, LeavingTheRangeIsFalseAndLeavesTheOutput) {
  const std::string max = Decimal::max().to_string();
  EXPECT_EQ(max, "170141183460469231713.240559642174554112");
  EXPECT_EQ(apply(Decimal::add, max, "0.000000000000000001"), "none");
  EXPECT_EQ(apply(Decimal::sub, '-' + max, "0.000000000000000001"), "none");
  EXPECT_EQ(apply(Decimal::add, max, max), "none");
  EXPECT_EQ(apply(Decimal::mul, max, "1.000000000000000001"), "none");
  EXPECT_EQ(apply(Decimal::mul, max, "-1"), '-' + max);
  EXPECT_EQ(apply(Decimal::mul, max, max), "none");
  EXPECT_EQ(apply(Decimal::div, max, "0.000000000000000001"), "none");
  EXPECT_EQ(apply(Decimal::div, max, max), "1");
  EXPECT_EQ(apply(Decimal::div, "1", "0"), "none");
  EXPECT_EQ(apply(Decimal::div, "0", "0"), "none");
  EXPECT_EQ(apply(Decimal::div, max, "0"), "none");
  Decimal kept = dec("7");
  EXPECT_FALSE(Decimal::div(dec("1"), Decimal(), kept));
  EXPECT_FALSE(Decimal::add(Decimal::max(), Decimal::max(), kept));
  EXPECT_FALSE(Decimal::sqrt(dec("-1"), kept));
  EXPECT_EQ(kept, dec("7"));
}

TEST(Decimal, ArithmeticAgreesWithTheOracle) {
  Random random(kSeed);
  for (int i = 0; i < 4'000; ++i) {
    const Decimal a = random.decimal();
    const Decimal b = random.decimal();
    const BigInt x = units_of(a);
    const BigInt y = units_of(b);
    SCOPED_TRACE(a.to_string() + " and " + b.to_string());
    Decimal out;
    bool ok = Decimal::add(a, b, out);
    expect_units(ok, out, x + y);
    ok = Decimal::sub(a, b, out);
    expect_units(ok, out, x - y);
    ok = Decimal::mul(a, b, out);
    expect_units(ok, out, divide_half_even(x * y, kOracleScale));
    ok = Decimal::div(a, b, out);
    if (b.is_zero()) {
      ASSERT_FALSE(ok);
    } else {
      expect_units(ok, out, divide_half_even(x * kOracleScale, y));
    }
    ASSERT_EQ(a < b, compare(x, y) < 0);
    ASSERT_EQ(a == b, compare(x, y) == 0);
    ASSERT_EQ(a.neg().neg(), a);
    ASSERT_EQ(units_of(a.abs()).text(), x.abs().text());
  }
}

TEST(Decimal, MulDivRoundsOnce) {
  Random random(kSeed + 1);
  for (int i = 0; i < 3'000; ++i) {
    const Decimal a = random.decimal();
    const Decimal b = random.decimal();
    const Decimal c = random.decimal();
    Decimal out;
    const bool ok = Decimal::mul_div(a, b, c, out);
    if (c.is_zero()) {
      ASSERT_FALSE(ok);
      continue;
    }
    SCOPED_TRACE(a.to_string() + " * " + b.to_string() + " / " + c.to_string());
    expect_units(ok, out, divide_half_even(units_of(a) * units_of(b), units_of(c)));
  }
}

// Divisors right at the edges of the two-step long division, where its estimates are worst.
TEST(Decimal, DivisionAtDigitBoundaries) {
  std::vector<Int128> edges;
  for (const int shift : {0, 32, 63, 64, 65, 96, 126}) {
    for (const int nudge : {-1, 0, 1}) {
      const Int128 units = (static_cast<Int128>(1) << shift) + nudge;
      if (Decimal::in_range(units)) edges.push_back(units);
    }
  }
  edges.push_back(Decimal::kMaxUnits);
  edges.push_back(Decimal::kMaxUnits - INT64_MAX);
  for (const Int128 a : edges) {
    for (const Int128 b : edges) {
      for (const Int128 c : edges) {
        if (c == 0) continue;
        const std::array<Decimal, 3> v = {Decimal::from_raw(a), Decimal::from_raw(b),
                                          Decimal::from_raw(c)};
        Decimal out;
        if (!Decimal::mul_div(v[0], v[1], v[2], out)) continue;
        // |a * b - out * c| <= |c| / 2, which the oracle checks without dividing.
        const BigInt error = units_of(v[0]) * units_of(v[1]) - units_of(out) * units_of(v[2]);
        ASSERT_LE(compare((error + error).abs(), units_of(v[2]).abs()), 0);
      }
    }
  }
}

TEST(Decimal, SqrtIsTheNearestUnit) {
  EXPECT_EQ(dec("0").to_string(), "0");
  Decimal root;
  ASSERT_TRUE(Decimal::sqrt(dec("2"), root));
  EXPECT_EQ(root.to_string(), "1.414213562373095049");
  ASSERT_TRUE(Decimal::sqrt(dec("0.000004"), root));
  EXPECT_EQ(root.to_string(), "0.002");
  Random random(kSeed + 2);
  for (int i = 0; i < 3'000; ++i) {
    const Decimal a = random.decimal().abs();
    ASSERT_TRUE(Decimal::sqrt(a, root));
    // (2r - 1)^2 < 4 a scale < (2r + 1)^2: nearest, and no tie is possible.
    const BigInt target = units_of(a) * kOracleScale * BigInt("4");
    const BigInt twice = units_of(root) + units_of(root);
    const BigInt above = twice + BigInt("1");
    ASSERT_LT(compare(target, above * above), 0) << a.to_string();
    if (root.is_zero()) continue;
    const BigInt below = twice - BigInt("1");
    ASSERT_GT(compare(target, below * below), 0) << a.to_string();
  }
}

TEST(Decimal, RoundingToDigits) {
  const auto rounded = [](std::string_view text, int digits) {
    Decimal out;
    return Decimal::round(dec(text), digits, out) ? out.to_string() : std::string("none");
  };
  EXPECT_EQ(rounded("2.5", 0), "2");
  EXPECT_EQ(rounded("3.5", 0), "4");
  EXPECT_EQ(rounded("-2.5", 0), "-2");
  EXPECT_EQ(rounded("2.345", 2), "2.34");
  EXPECT_EQ(rounded("2.3450001", 2), "2.35");
  EXPECT_EQ(rounded("1250", -2), "1200");
  EXPECT_EQ(rounded("1.5", 18), "1.5");
  EXPECT_EQ(rounded("1.5", INT32_MAX), "1.5");
  EXPECT_EQ(rounded("99999999999999999999", -20), "100000000000000000000");
  EXPECT_EQ(rounded("170141183460469231713", -21), "0");
  EXPECT_EQ(rounded("170141183460469231713", INT32_MIN), "0");
  EXPECT_EQ(rounded(Decimal::max().to_string(), -3), "none");
  EXPECT_EQ(rounded(Decimal::max().to_string(), 16), "170141183460469231713.2405596421745541");
}

TEST(Decimal, FloorAndCeil) {
  const auto both = [](std::string_view text) {
    Decimal low;
    Decimal high;
    const bool ok = Decimal::floor(dec(text), low) && Decimal::ceil(dec(text), high);
    return ok ? low.to_string() + ' ' + high.to_string() : std::string("none");
  };
  EXPECT_EQ(both("1.2"), "1 2");
  EXPECT_EQ(both("-1.2"), "-2 -1");
  EXPECT_EQ(both("7"), "7 7");
  EXPECT_EQ(both("-7"), "-7 -7");
  EXPECT_EQ(both("0.000000000000000001"), "0 1");
  EXPECT_EQ(both(Decimal::max().to_string()), "none");
  EXPECT_EQ(both(Decimal::min().to_string()), "none");
}

TEST(Decimal, Integers) {
  for (const std::int64_t value : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX}) {
    EXPECT_EQ(Decimal::from_int64(value).to_int64(), value);
    EXPECT_EQ(Decimal::from_int64(value).to_string(), std::to_string(value));
  }
  EXPECT_EQ(dec("1.5").to_int64(), std::nullopt);
  EXPECT_EQ(dec("9223372036854775808").to_int64(), std::nullopt);
  EXPECT_TRUE(dec("9223372036854775808").is_integer());
  EXPECT_FALSE(dec("0.000000000000000001").is_integer());
}

TEST(Decimal, ReadsEveryNumberOfJsonAndPrometheus) {
  EXPECT_EQ(dec("0").to_string(), "0");
  EXPECT_EQ(dec("-0").to_string(), "0");
  EXPECT_EQ(dec("+7").to_string(), "7");
  EXPECT_EQ(dec("1.50").to_string(), "1.5");
  EXPECT_EQ(dec("1e3").to_string(), "1000");
  EXPECT_EQ(dec("1E+06").to_string(), "1000000");
  EXPECT_EQ(dec("-2.5e-3").to_string(), "-0.0025");
  EXPECT_EQ(dec("123.456e-2").to_string(), "1.23456");
  EXPECT_EQ(dec(".5").to_string(), "0.5");
  EXPECT_EQ(dec("5.").to_string(), "5");
  EXPECT_EQ(dec("1.7014118346046923e+20").to_string(), "170141183460469230000");
  EXPECT_EQ(dec("0e999999999999999999999").to_string(), "0");
  EXPECT_EQ(dec("5e-999999999999999999999").to_string(), "0");
  EXPECT_EQ(dec("0." + std::string(500, '0') + "1e501").to_string(), "1");
  EXPECT_EQ(dec('1' + std::string(500, '0') + "e-500").to_string(), "1");
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  Decimal out = dec("7");
  for (const std::string_view text : {"", "+", "-", ".", "e3", "1e", "1e+", "1.2.3", " 1", "1 ",
                                      "--1", "0x10", "1_000", "1,5", "nano", "in", "١"}) {
    EXPECT_EQ(Decimal::parse(text, out), NumberError::malformed) << text;
  }
  for (const std::string_view text : {"NaN", "nan", "+Inf", "-Inf", "inf", "Infinity"}) {
    EXPECT_EQ(Decimal::parse(text, out), NumberError::not_finite) << text;
  }
  for (const std::string_view text :
       {"1e21", "170141183460469231713.240559642174554113", "-170141183460469231714",
        "1e99999999999999999999", "999999999999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(Decimal::parse(text, out), NumberError::out_of_range) << text;
  }
  EXPECT_EQ(out, dec("7"));
}

TEST(Decimal, TextRoundTrips) {
  Random random(kSeed + 3);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal a = random.decimal();
    const std::string text = a.to_string();
    ASSERT_LE(text.size(), static_cast<std::size_t>(Decimal::kMaxTextLength));
    ASSERT_EQ(Decimal::parse(text), a) << text;
    ASSERT_EQ(Decimal::parse(text + "e0"), a);
    if (text.find('.') != std::string::npos) {
      ASSERT_NE(text.back(), '0');
    }
  }
}

TEST(Decimal, ParseAgreesWithTheOracle) {
  Random random(kSeed + 4);
  for (int i = 0; i < 5'000; ++i) {
    std::string whole(1 + random.below(22), '0');
    std::string fraction(random.below(30), '0');
    for (char& c : whole) c = static_cast<char>('0' + random.below(10));
    for (char& c : fraction) c = static_cast<char>('0' + random.below(10));
    if (random.below(4) == 0) fraction = fraction.substr(0, 18) + "5";
    const auto exponent = static_cast<int>(random.below(11)) - 5;
    const std::string text = whole + '.' + fraction + 'e' + std::to_string(exponent);
    // digits * 10^(18 + exponent - fraction digits), padded to keep the power positive.
    constexpr int kPad = 40;
    const int power = 18 + exponent - static_cast<int>(fraction.size()) + kPad;
    const BigInt scaled(whole + fraction + std::string(static_cast<std::size_t>(power), '0'));
    const BigInt expected = divide_half_even(scaled, BigInt('1' + std::string(kPad, '0')));
    Decimal out;
    SCOPED_TRACE(text);
    expect_units(Decimal::parse(text, out) == NumberError::none, out, expected);
  }
}

TEST(Decimal, RandomBytesNeverBreakTheParser) {
  Random random(kSeed + 5);
  int read = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto value = Decimal::parse(random.text("0123456789.eE+-", 24));
    if (!value) continue;
    ++read;
    ASSERT_TRUE(Decimal::in_range(value->raw()));
    ASSERT_EQ(Decimal::parse(value->to_string()), *value);
  }
  EXPECT_GT(read, 1'000);
}

TEST(Decimal, DoublesMeanTheirShortestText) {
  Decimal out;
  ASSERT_EQ(Decimal::from_double(0.1, out), NumberError::none);
  EXPECT_EQ(out.to_string(), "0.1");
  ASSERT_EQ(Decimal::from_double(0.1 + 0.2, out), NumberError::none);
  EXPECT_EQ(out.to_string(), "0.30000000000000004");
  ASSERT_EQ(Decimal::from_double(-0.0, out), NumberError::none);
  EXPECT_EQ(out.to_string(), "0");
  ASSERT_EQ(Decimal::from_double(5e-324, out), NumberError::none);
  EXPECT_EQ(out.to_string(), "0");
  EXPECT_EQ(Decimal::from_double(std::nan(""), out), NumberError::not_finite);
  EXPECT_EQ(Decimal::from_double(-std::numeric_limits<double>::infinity(), out),
            NumberError::not_finite);
  EXPECT_EQ(Decimal::from_double(1e300, out), NumberError::out_of_range);
  EXPECT_EQ(dec("0.1").to_double(), 0.1);
  Random random(kSeed + 6);
  for (int i = 0; i < 5'000; ++i) {
    const double value = std::ldexp(static_cast<double>(random.bits() >> 11), -50);
    ASSERT_EQ(Decimal::from_double(value, out), NumberError::none);
    // 8192 and less with 17 digits: 18 fraction digits hold every one of them from 0.1 up.
    if (value >= 0.1) {
      ASSERT_EQ(out.to_double(), value);
    }
  }
}

TEST(DecimalSum, OrderDoesNotMatter) {
  Random random(kSeed + 7);
  std::vector<Decimal> terms;
  for (int i = 0; i < 400; ++i) terms.push_back(random.decimal());
  DecimalSum forward;
  BigInt oracle;
  for (const Decimal term : terms) {
    forward.add(term);
    oracle = oracle + units_of(term);
  }
  DecimalSum backward;
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) backward.add(*term);
  // Take terms out until the rest fits, and compare all along.
  for (const Decimal term : terms) {
    Decimal a;
    Decimal b;
    const bool ok = forward.total(a);
    ASSERT_EQ(ok, backward.total(b));
    expect_units(ok, a, oracle);
    if (ok) {
      ASSERT_EQ(a, b);
    }
    forward.remove(term);
    backward.remove(term);
    oracle = oracle - units_of(term);
  }
  Decimal zero = dec("1");
  ASSERT_TRUE(forward.total(zero));
  EXPECT_TRUE(zero.is_zero());
}

TEST(DecimalSum, PartialSumsMayLeaveTheRange) {
  DecimalSum sum;
  for (int i = 0; i < 1'000; ++i) sum.add(Decimal::max());
  Decimal out;
  EXPECT_FALSE(sum.total(out));
  ASSERT_TRUE(sum.mean(1'000, out));
  EXPECT_EQ(out, Decimal::max());
  EXPECT_FALSE(sum.mean(999, out));
  EXPECT_FALSE(sum.mean(0, out));
  for (int i = 0; i < 1'000; ++i) sum.add(Decimal::min());
  ASSERT_TRUE(sum.total(out));
  EXPECT_TRUE(out.is_zero());
}

TEST(DecimalSum, MeanRoundsOnce) {
  Random random(kSeed + 8);
  for (int i = 0; i < 2'000; ++i) {
    DecimalSum sum;
    BigInt oracle;
    const auto terms = 1 + random.below(5);
    for (std::uint64_t term = 0; term < terms; ++term) {
      const Decimal value = random.decimal();
      sum.add(value);
      oracle = oracle + units_of(value);
    }
    const auto count = static_cast<std::int64_t>(1 + random.below(random.coin() ? 9 : INT64_MAX));
    Decimal out;
    expect_units(sum.mean(count, out), out,
                 divide_half_even(oracle, BigInt(std::to_string(count))));
  }
}

}  // namespace
}  // namespace dpol::program
