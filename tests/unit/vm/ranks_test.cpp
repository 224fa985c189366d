// How sure the comparison of two tracks is: against numbers worked out by hand and by another program, and by how often
// it finds something where there is nothing.

#include "runtime/vm/ranks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "runtime/program/decimal.h"

namespace dpol::vm {
namespace {

using program::Decimal;
using Numbers = std::vector<std::int64_t>;

// In millionths.
std::int64_t sure(const Numbers& ours, const Numbers& theirs, std::size_t look = 1, bool above = true,
                  std::int64_t sides = 1) {
  std::vector<Ranked> values;
  for (const Numbers* side : {&ours, &theirs}) {
    for (const std::int64_t number : *side)
      values.push_back({Decimal::from_int64(number), static_cast<std::uint32_t>(values.size()), 0});
  }
  Decimal millionths;
  EXPECT_TRUE(Decimal::mul(evidence(values, ours.size(), above, look, sides), Decimal::from_int64(1'000'000),
                           millionths));
  return *millionths.to_int64();
}

const Numbers kHigh = {12, 19, 14, 11, 17, 13, 18, 16, 15, 20};
const Numbers kLow = {2, 9, 4, 1, 7, 3, 8, 6, 5, 10};

// All of the one above all of the other, ten of each: z = (100 - 50 - 1/2) / sqrt(10 * 10 * 21 / 12) = 3.7418, and
// Q(3.7) = 0.000107800, in the table rounded up; 1 - 2 * Q is shown as 99.9784 %, since the first look gets half.
TEST(Evidence, OfAllAboveAll) {
  EXPECT_EQ(sure(kHigh, kLow), 999'784);
  EXPECT_EQ(sure(kLow, kHigh), 0);
  EXPECT_EQ(sure(kLow, kHigh, 1, false), 999'784);
  EXPECT_EQ(sure(kHigh, kLow, 1, false), 0);
}

TEST(Evidence, OfBothSidesIsHalfAsStrong) { EXPECT_EQ(sure(kHigh, kLow, 1, true, 2), 999'568); }

// The k-th look gets the k (k + 1)-th part.
TEST(Evidence, OfLaterLooksIsWeaker) {
  EXPECT_EQ(sure(kHigh, kLow, 2), 999'353);
  EXPECT_EQ(sure(kHigh, kLow, 5), 996'766);
  EXPECT_EQ(sure(kHigh, kLow, 20), 954'724);
  EXPECT_EQ(sure(kHigh, kLow, 100), 0);
}

TEST(Evidence, WithTies) {
  EXPECT_EQ(sure({5, 7, 6, 8, 5, 7, 8, 6, 7, 6}, {4, 6, 5, 7, 5, 6, 4, 6, 5, 6}), 954'499);
  EXPECT_EQ(sure(Numbers(10, 3), Numbers(10, 2)), 999'982);
}

TEST(Evidence, OfWhatIsAlikeIsNone) {
  EXPECT_EQ(sure(kHigh, kHigh), 0);
  EXPECT_EQ(sure(Numbers(10, 3), Numbers(12, 3)), 0);
}

// A series that only ever rises is one observation, however long it is.
TEST(Evidence, OfWhatFollowsItselfIsWeaker) {
  Numbers rising = kHigh;
  std::ranges::sort(rising);
  EXPECT_EQ(sure(rising, kLow), 0);
}

TEST(Evidence, DoesNotDependOnTheSizeOfOneWildValue) {
  Numbers wild = kHigh;
  wild[3] = 1'000'000'000;
  Numbers tame = kHigh;
  tame[3] = 21;
  EXPECT_EQ(sure(wild, kLow), sure(tame, kLow));
}

TEST(Evidence, OfTheLongestSeriesIsComputed) {
  Numbers ours(kMostRanked);
  Numbers theirs(kMostRanked);
  for (std::size_t i = 0; i < kMostRanked; ++i) {
    ours[i] = static_cast<std::int64_t>(i * 7'919 % kMostRanked + kMostRanked);
    theirs[i] = static_cast<std::int64_t>(i * 7'919 % kMostRanked);
  }
  EXPECT_EQ(sure(ours, theirs, 1'000), 999'999);
  // The tail is less than can be counted, so its limit stands: 1e-18 for each of the 1e14 parts.
  EXPECT_EQ(sure(ours, theirs, kMostLooks), 999'899);
}

// Noise that remembers: the next value is a part of the one before it and something new.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  Numbers series(std::size_t count, std::int64_t tenths) {
    Numbers out;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count + 20; ++i) {
      value = value * tenths / 10 + next();
      if (i >= 20) out.push_back(value);
    }
    return out;
  }

 private:
  // About normal: a sum of uniform ones.
  std::int64_t next() {
    std::int64_t sum = 0;
    for (int i = 0; i < 6; ++i) {
      state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      sum += static_cast<std::int64_t>(state_ >> 44U) - (1 << 19);
    }
    return sum;
  }
  std::uint64_t state_;
};

// Both tracks alike, asked at every sample of an hour: at 95 % not one rollout in twenty may find a difference.
TEST(Evidence, IsRarelyFoundWhereThereIsNoDifference) {
  constexpr int kRollouts = 100;
  constexpr std::size_t kHour = 60;
  constexpr std::size_t kWindow = 30;
  for (const std::int64_t memory : {0, 5, 8}) {
    int wrong = 0;
    for (int rollout = 0; rollout < kRollouts; ++rollout) {
      Noise noise(static_cast<std::uint64_t>(rollout) * 10 + static_cast<std::uint64_t>(memory));
      const Numbers ours = noise.series(kHour, memory);
      const Numbers theirs = noise.series(kHour, memory);
      bool found = false;
      for (std::size_t now = kLeastRanked; now <= kHour && !found; ++now) {
        const auto from = static_cast<std::ptrdiff_t>(now > kWindow ? now - kWindow : 0);
        const auto to = static_cast<std::ptrdiff_t>(now);
        found = sure({ours.begin() + from, ours.begin() + to}, {theirs.begin() + from, theirs.begin() + to},
                     now - kLeastRanked + 1) >= 950'000;
      }
      wrong += found ? 1 : 0;
    }
    EXPECT_LE(wrong, kRollouts / 20) << "with a memory of " << memory << " tenths";
  }
}

}  // namespace
}  // namespace dpol::vm
