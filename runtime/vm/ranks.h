// Whether the values of one series tend to be larger than those of another one, and how sure that is. Private to
// runtime/vm.
//
// The method, for reading by whoever doubts a roll-back
//  - Mann and Whitney's rank test (1947) of the candidate's samples against the stable version's, each of these moved by
//    the effect that is asked for: with the normal approximation, a correction for ties and one of 1/2 for continuity
//    (Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, section 4.1). Ranks, so that one wild sample is
//    one sample, whatever its size.
//  - Samples that follow each other resemble each other, and then they say less than their number. The variance is
//    multiplied by (1 + r) / (1 - r), where r is the larger of both series' lag-1 autocorrelations of the ranks, made
//    larger by what it comes out too small in short series (Kendall 1954: by (1 + 3r) / n), and at least 0.
//  - Who looks again and again finds something at last. Look number k may be wrong with the (1 / (k (k + 1)))th part of
//    what all looks together may; these parts add up to one, however long the rollout lasts (Bonferroni's inequality,
//    which asks for no independence). A look is any sample of the candidate's since T at which there were enough.
//
// Promises
//  - Integers decide, never binary fractions: statistics are compared as products of 128 bits, probabilities read from
//    a table that is rounded up. What is rounded makes the answer less sure.
//  - Fewer than kLeastRanked samples on a side are no answer.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/program/decimal.h"

namespace dpol::vm {

inline constexpr std::size_t kLeastRanked = 10;      // samples on each side
inline constexpr std::size_t kMostRanked = 10'000;   // likewise: the products below fit 128 bits
inline constexpr std::size_t kMostLooks = 10'000'000;

struct Ranked {
  program::Decimal value;
  std::uint32_t position = 0;  // before sorting
  std::int64_t rank = 0;       // doubled, so that ties have whole ones
};

// How sure it is that the first `count` values tend to be larger than the rest (`above`), or smaller: from 0 to 1, a
// whole number of millionths, rounded down. Both parts are in the order of time; each has from kLeastRanked to
// kMostRanked. `looks`: which look this is, from 1; `sides`: 2 where the other question is asked as well. Reorders the
// values.
program::Decimal evidence(std::span<Ranked> values, std::size_t count, bool above, std::size_t looks,
                          std::int64_t sides);

}  // namespace dpol::vm
