// IntervalSet against brute force: a set is what it says of every quarter between -6 and 6.

#include "compiler/lint/intervals.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace dpol::lint {
namespace {

Decimal quarter(int count) {
  Decimal value;
  EXPECT_TRUE(Decimal::div(Decimal::from_int64(count), Decimal::from_int64(4), value));
  return value;
}

constexpr int kEdge = 24;  // quarters
using Points = std::vector<bool>;

Points points_of(const IntervalSet& set) {
  Points points;
  for (int i = -kEdge; i <= kEdge; ++i) points.push_back(set.contains(quarter(i)));
  return points;
}

struct Sample {
  IntervalSet set;
  Points points;
};

// Limits are whole, so that between two of them there is always a quarter to tell them apart.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  int below(int end) { return static_cast<int>(engine_() % static_cast<unsigned>(end)); }

  Sample sample(int depth) {
    if (depth == 0) return simple();
    Sample a = sample(depth - 1);
    if (below(4) == 0) return complement(a);
    const Sample b = sample(depth - 1);
    const bool is_union = below(2) == 0;
    Sample result{is_union ? united(a.set, b.set) : intersected(a.set, b.set), {}};
    for (std::size_t i = 0; i < a.points.size(); ++i) {
      result.points.push_back(is_union ? a.points[i] || b.points[i] : a.points[i] && b.points[i]);
    }
    return result;
  }

  static Sample complement(const Sample& a) {
    Sample result{a.set.complement(), {}};
    for (const bool inside : a.points) result.points.push_back(!inside);
    return result;
  }

 private:
  Sample simple() {
    const int limit = below(7) - 3;
    const bool with_limit = below(2) == 0;
    const Decimal value = Decimal::from_int64(limit);
    const int form = below(4);
    Sample result;
    if (form == 0) result.set = IntervalSet::below(value, with_limit);
    if (form == 1) result.set = IntervalSet::above(value, with_limit);
    if (form == 2) result.set = IntervalSet::point(value);
    if (form == 3) result.set = IntervalSet::closed(value, Decimal::from_int64(limit + 2));
    for (int i = -kEdge; i <= kEdge; ++i) {
      const bool at = i == 4 * limit;
      const bool inside = form == 0   ? i < 4 * limit || (with_limit && at)
                          : form == 1 ? i > 4 * limit || (with_limit && at)
                          : form == 2 ? at
                                      : i >= 4 * limit && i <= 4 * limit + 8;
      result.points.push_back(inside);
    }
    return result;
  }

  std::mt19937 engine_;
};

TEST(Intervals, OperationsSayOfEveryPointWhatTheyShould) {
  Random random(7);
  for (int i = 0; i < 5'000; ++i) {
    const Sample sample = random.sample(1 + i % 4);
    ASSERT_EQ(points_of(sample.set), sample.points) << i;
    ASSERT_EQ(sample.set.is_empty(), sample.set == IntervalSet::none());
    ASSERT_EQ(points_of(sample.set.complement()), Random::complement(sample).points) << i;
  }
}

// Beyond the limits every set is all or nothing, so quarters within them tell sets apart.
TEST(Intervals, EqualSetsAreEqual) {
  Random random(11);
  std::size_t equal = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Sample a = random.sample(2);
    const Sample b = random.sample(2);
    ASSERT_EQ(a.set == b.set, a.points == b.points) << i;
    equal += a.set == b.set ? 1 : 0;
  }
  EXPECT_GT(equal, 100U);
}

TEST(Intervals, WholeNumbersAreThoseOfTheSet) {
  Random random(13);
  for (int i = 0; i < 5'000; ++i) {
    const Sample sample = random.sample(1 + i % 3);
    const IntervalSet whole = sample.set.whole();
    bool some = false;
    for (int n = -6; n <= 6; ++n) {
      const bool inside = sample.set.contains(Decimal::from_int64(n));
      ASSERT_EQ(whole.contains(Decimal::from_int64(n)), inside) << i;
      some = some || inside;
    }
    const bool endless =
        sample.set.contains(quarter(-kEdge)) || sample.set.contains(quarter(kEdge));
    ASSERT_EQ(whole.is_empty(), !some && !endless) << i;
    ASSERT_EQ(whole.whole(), whole);
  }
}

TEST(Intervals, EndsOfTheRange) {
  const IntervalSet top = IntervalSet::above(Decimal::max(), false);
  EXPECT_FALSE(top.is_empty());  // nothing is there, but nothing is claimed
  EXPECT_TRUE(IntervalSet::all().contains(Decimal::max()));
  EXPECT_TRUE(IntervalSet::all().contains(Decimal::min()));
  EXPECT_EQ(IntervalSet::all().whole(), IntervalSet::all());
  EXPECT_EQ(IntervalSet::all().complement(), IntervalSet::none());
  EXPECT_TRUE(IntervalSet::above(Decimal::max(), true).whole().contains(Decimal::max()));
}

TEST(Intervals, BetweenExchangedEndsThereIsNothing) {
  const Decimal one = Decimal::from_int64(1);
  const Decimal two = Decimal::from_int64(2);
  EXPECT_TRUE(IntervalSet::closed(two, one).is_empty());
  EXPECT_TRUE(
      intersected(IntervalSet::below(one, false), IntervalSet::above(one, true)).is_empty());
  EXPECT_EQ(united(IntervalSet::below(one, false), IntervalSet::above(one, true)),
            IntervalSet::all());
}

}  // namespace
}  // namespace dpol::lint
