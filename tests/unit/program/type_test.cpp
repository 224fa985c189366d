#include "runtime/program/type.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dpol::program {
namespace {

class Names final : public TypeNames {
 public:
  std::string_view unit_name(std::size_t unit) const override {
    constexpr std::string_view kNames[] = {"request", "order", "pod", "u3", "u4", "u5"};
    return kNames[unit];
  }
  std::string_view enumeration_name(std::uint16_t) const override { return "status"; }
  std::string_view record_name(std::uint16_t) const override { return "pod"; }
  // Element 0 is a record, element 1 a list of it, element 2 a list of itself.
  Type element_type(std::uint16_t index) const override {
    if (index == 0) return Type::of(Kind::record, 0);
    return Type::of(Kind::list, index == 1 ? 0 : 2);
  }
};

static_assert(std::is_trivially_copyable_v<Type>);
static_assert(std::is_trivially_copyable_v<Dimension>);

Dimension product(const Dimension& a, const Dimension& b) {
  Dimension out;
  EXPECT_TRUE(Dimension::multiply(a, b, out));
  return out;
}

Dimension quotient(const Dimension& a, const Dimension& b) {
  Dimension out;
  EXPECT_TRUE(Dimension::divide(a, b, out));
  return out;
}

TEST(Dimension, MultipliesAndDivides) {
  const Dimension bandwidth = quotient(Dimension::bytes(), Dimension::duration());
  EXPECT_EQ(product(bandwidth, Dimension::duration()), Dimension::bytes());
  EXPECT_EQ(quotient(bandwidth, bandwidth), Dimension::none());
  EXPECT_EQ(Dimension::duration().inverse(), Dimension::per_second());
  EXPECT_EQ(product(bandwidth, bandwidth.inverse()), Dimension::none());
  EXPECT_NE(Dimension::user(0), Dimension::user(1));
}

TEST(Dimension, ExponentsAreBounded) {
  Dimension power = Dimension::duration();
  int steps = 1;
  while (Dimension::multiply(power, Dimension::duration(), power)) ++steps;
  EXPECT_EQ(steps, 127);
  EXPECT_EQ(power.exponents[Dimension::kTime], 127);
  EXPECT_EQ(power.inverse().inverse(), power);
  EXPECT_FALSE(Dimension::divide(power.inverse(), Dimension::duration(), power));
  EXPECT_EQ(power.exponents[Dimension::kTime], 127);
}

TEST(Dimension, CanonicalText) {
  const Names names;
  EXPECT_EQ(to_text(Dimension::none(), names), "");
  EXPECT_EQ(to_text(Dimension::per_second(), names), "1/s");
  EXPECT_EQ(to_text(product(Dimension::user(0), Dimension::per_second()), names), "request/s");
  const Dimension bandwidth = product(Dimension::bytes(), Dimension::per_second());
  EXPECT_EQ(to_text(bandwidth, names), "bytes/s");
  EXPECT_EQ(
      to_text(product(bandwidth, product(Dimension::user(1), Dimension::per_second())), names),
      "order*bytes/s^2");
  EXPECT_EQ(to_text(quotient(Dimension::per_second(), Dimension::bytes()), names), "1/bytes/s");
}

TEST(Type, QuantityWithoutDimensionIsANumber) {
  EXPECT_EQ(Type::quantity(Dimension::none()), Type::of(Kind::number));
  EXPECT_TRUE(Type::quantity(Dimension::duration()).is_duration());
  EXPECT_FALSE(Type::bytes().is_duration());
  EXPECT_NE(Type::of(Kind::record, 1), Type::of(Kind::record, 2));
}

TEST(Type, Differences) {
  EXPECT_EQ(Type::of(Kind::ratio).difference(), Type::of(Kind::points));
  EXPECT_EQ(Type::of(Kind::time).difference(), Type::duration());
  EXPECT_EQ(Type::bytes().difference(), Type::bytes());
}

TEST(Type, NumericKinds) {
  for (const Kind kind : {Kind::integer, Kind::number, Kind::ratio, Kind::points, Kind::change,
                          Kind::quantity, Kind::time}) {
    EXPECT_TRUE(Type::of(kind).is_numeric()) << kind_text(kind);
  }
  for (const Kind kind : {Kind::boolean, Kind::semver, Kind::string, Kind::enumeration,
                          Kind::record, Kind::list, Kind::map}) {
    EXPECT_FALSE(Type::of(kind).is_numeric()) << kind_text(kind);
  }
}

TEST(Type, TextAsInAPolicy) {
  const Names names;
  EXPECT_EQ(to_text(Type::duration(), names), "duration");
  EXPECT_EQ(to_text(Type::bytes(), names), "bytes");
  EXPECT_EQ(to_text(Type::quantity(Dimension::per_second()), names), "1/s");
  EXPECT_EQ(to_text(Type::of(Kind::change), names), "percent change");
  EXPECT_EQ(to_text(Type::of(Kind::enumeration, 3), names), "status");
  EXPECT_EQ(to_text(Type::of(Kind::list, 0), names), "list of pod");
  EXPECT_EQ(to_text(Type::of(Kind::map, 1), names), "map of list of pod");
  // A table that names itself ends all the same.
  const std::string endless = to_text(Type::of(Kind::list, 2), names);
  EXPECT_EQ(endless.substr(endless.size() - 3), "...");
}

TEST(Type, EveryKindHasItsOwnWord) {
  std::set<std::string_view> words;
  for (int kind = 0; kind <= static_cast<int>(Kind::map); ++kind) {
    words.insert(kind_text(static_cast<Kind>(kind)));
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(Kind::map) + 1);
  EXPECT_EQ(words.count(""), 0U);
}

}  // namespace
}  // namespace dpol::program
