#include "runtime/vm/ranks.h"

#include <algorithm>
#include <array>

namespace dpol::vm {

using program::Decimal;

namespace {

using Wide = program::Int128;

constexpr std::int64_t kUnit = 1'000'000'000;  // in which autocorrelations are counted
constexpr Wide kSure = Wide{1'000'000'000} * 1'000'000'000;  // 1, as Decimal counts it
constexpr Wide kShown = 1'000'000'000'000;  // a millionth

constexpr auto kTails = std::to_array<std::int64_t>({
#define DPOL_TAIL(value) value,
#include "runtime/vm/normal_tail.def"
});
constexpr Wide kTailsPerOne = 20;

Wide divided_up(Wide a, Wide b) {
  const Wide quotient = a / b;
  return a % b > 0 ? quotient + 1 : quotient;
}

// Gives every value the doubled mean of the ranks that it and its equals take, in the order of time again. Returns the
// sum of t³ - t over the ties.
Wide rank(std::span<Ranked> values) {
  std::ranges::sort(values, {}, &Ranked::value);
  Wide ties = 0;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i + 1;
    while (end < values.size() && values[end].value == values[i].value) ++end;
    for (std::size_t k = i; k < end; ++k) values[k].rank = static_cast<std::int64_t>(i + 1 + end);
    const Wide equal = static_cast<Wide>(end - i);
    ties += equal * equal * equal - equal;
    i = end;
  }
  std::ranges::sort(values, {}, &Ranked::position);
  return ties;
}

std::int64_t sum_of(std::span<const Ranked> values) {
  std::int64_t sum = 0;
  for (const Ranked& value : values) sum += value.rank;
  return sum;
}

// How much a value resembles the one before it, in units of 1 / kUnit.
Wide autocorrelation(std::span<const Ranked> values) {
  const auto count = static_cast<Wide>(values.size());
  const std::int64_t sum = sum_of(values);
  Wide spread = 0;
  Wide together = 0;
  Wide before = 0;
  for (const Ranked& value : values) {
    const Wide from_mean = count * value.rank - sum;
    spread += from_mean * from_mean;
    together += from_mean * before;
    before = from_mean;
  }
  // All alike: it does not vary, so neither does it vary together.
  if (spread == 0) return 0;
  const Wide plain = divided_up(together * kUnit, spread);
  return std::max<Wide>(0, divided_up(count * plain + kUnit, count - 3));
}

// The tail beyond the root of a / b.
Wide tail_beyond_root(Wide a, Wide b) {
  const auto reached = [&](std::size_t step) {
    return static_cast<Wide>(step) * static_cast<Wide>(step) * b <= kTailsPerOne * kTailsPerOne * a;
  };
  std::size_t known = 0;
  std::size_t beyond = kTails.size();
  while (beyond - known > 1) {
    const std::size_t middle = known + (beyond - known) / 2;
    (reached(middle) ? known : beyond) = middle;
  }
  return kTails[known];
}

}  // namespace

Decimal evidence(std::span<Ranked> values, std::size_t count, bool above, std::size_t looks,
                 std::int64_t sides) {
  const Wide ties = rank(values);
  const std::span<const Ranked> ours = values.first(count);
  const auto n = static_cast<Wide>(count);
  const auto m = static_cast<Wide>(values.size() - count);
  const auto all = n + m;
  // Twice by how much U lies beyond its mean, less the correction for continuity.
  Wide beyond = Wide{sum_of(ours)} - n * (n + 1) - n * m;
  beyond = (above ? beyond : -beyond) - 1;
  const Wide alike = std::max(autocorrelation(ours), autocorrelation(values.subspan(count)));
  if (beyond <= 0 || alike >= kUnit) return {};
  const Wide cube = all * (all - 1);
  const Wide tail =
      tail_beyond_root(beyond * beyond * 3 * cube * (kUnit - alike),
                       n * m * ((all + 1) * cube - ties) * (kUnit + alike));
  const auto look = static_cast<Wide>(std::min(looks, kMostLooks));
  const Wide doubt = tail * sides * look * (look + 1);
  if (doubt >= kSure) return {};
  const Wide sure = kSure - doubt;
  return Decimal::from_raw(sure - sure % kShown);
}

}  // namespace dpol::vm
