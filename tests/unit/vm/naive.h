// The semantics of samples, windows and aggregates once more, the slow way: every answer from the
// raw samples alone, nothing kept. What the machine is compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/vm/machine.h"

namespace dpol::test {

inline constexpr vm::Instant kSecond = 1'000'000'000;

// true, false or nothing: unknown.
using Answer = std::optional<bool>;

inline Answer conjunction(Answer a, Answer b) {
  if ((a && !*a) || (b && !*b)) return false;
  if (!a || !b) return std::nullopt;
  return true;
}

// A sample; nothing: NaN. Values are whole hundredths, so that most results are exact.
struct NaiveSample {
  vm::Instant time = 0;
  std::optional<std::int64_t> hundredths;
};
struct NaiveSeries {
  std::vector<NaiveSample> samples;  // by time
  vm::Instant every = 0;
  vm::Instant stale = 0;
};

inline vm::Instant interval_of(const NaiveSeries& series, vm::Instant time) {
  const vm::Instant quotient = time / series.every;
  return time % series.every < 0 ? quotient - 1 : quotient;
}

// The thinned series as of `at`, newest first.
inline std::vector<NaiveSample> thinned(const NaiveSeries& series, vm::Instant at, vm::Instant lower,
                                        vm::Instant until) {
  std::vector<NaiveSample> result;
  for (std::size_t i = series.samples.size(); i-- > 0;) {
    const NaiveSample& sample = series.samples[i];
    if (sample.time > at || sample.time > until || sample.time < lower) continue;
    const bool taken = !result.empty() && series.every > 0 &&
                       interval_of(series, sample.time) >= interval_of(series, result.back().time);
    if (!taken) result.push_back(sample);
  }
  return result;
}

// The newest sample in force, if there is one and it is not stale. The lower limit is the caller's.
inline std::optional<NaiveSample> in_force(const NaiveSeries& series, vm::Instant at,
                                           vm::Instant lower, vm::Instant until) {
  const auto all = thinned(series, at, lower, until);
  if (all.empty() || at - all.front().time > series.stale) return std::nullopt;
  return all.front();
}

enum class WindowKind { for_time, for_samples, of_samples, in_samples };
struct NaiveWindow {
  WindowKind kind = WindowKind::for_time;
  vm::Instant span = 0;     // for_time
  std::size_t wanted = 0;   // N
  std::size_t most = 0;     // M of `in N of M`
};

// `truth` answers at an instant.
inline Answer judge_window(const NaiveWindow& window, const NaiveSeries& base, vm::Instant at,
                           vm::Instant lower, vm::Instant until,
                           const std::function<Answer(vm::Instant)>& truth) {
  const auto samples = thinned(base, at, lower, until);
  const bool silent = samples.empty() || at - samples.front().time > base.stale;
  std::size_t trues = 0;
  std::size_t falses = 0;
  std::size_t unknowns = 0;
  const auto count = [&](Answer answer) {
    if (!answer) ++unknowns;
    else if (*answer) ++trues;
    else ++falses;
  };
  const auto is_gap = [&](std::size_t older) {
    return samples[older - 1].time - samples[older].time > base.stale;
  };
  switch (window.kind) {
    case WindowKind::for_time: {
      bool reaches_back = false;
      for (std::size_t i = 0; i < samples.size() && !reaches_back; ++i) {
        if (i > 0 && is_gap(i)) ++unknowns;
        count(truth(samples[i].time));
        reaches_back = samples[i].time <= at - window.span;
      }
      if (!reaches_back) ++unknowns;
      if (!samples.empty() && silent) ++unknowns;
      if (falses > 0) return false;
      return unknowns > 0 ? Answer() : Answer(true);
    }
    case WindowKind::for_samples:
    case WindowKind::of_samples: {
      const std::size_t room = window.kind == WindowKind::for_samples ? window.wanted : window.most;
      std::size_t looked = 0;
      for (std::size_t i = 0; i < samples.size() && i < room && !silent; ++i) {
        if (i > 0 && is_gap(i)) break;
        count(truth(samples[i].time));
        ++looked;
      }
      unknowns += room - looked;
      if (window.kind == WindowKind::for_samples) {
        if (falses > 0) return false;
        return unknowns > 0 ? Answer() : Answer(true);
      }
      break;
    }
    case WindowKind::in_samples: {
      bool hidden = silent;
      for (std::size_t i = 0; i < samples.size(); ++i) {
        if (i > 0 && is_gap(i)) hidden = true;
        count(truth(samples[i].time));
      }
      if (hidden) unknowns += window.wanted;
      break;
    }
  }
  if (trues >= window.wanted) return true;
  if (trues + unknowns < window.wanted) return false;
  return std::nullopt;
}

// a / b to the nearest whole, ties to the even one; b > 0.
inline program::Int128 divide_to_even(program::Int128 a, program::Int128 b) {
  program::Int128 quotient = a / b;
  program::Int128 rest = a % b;
  if (rest < 0) {
    rest += b;
    --quotient;
  }
  if (2 * rest > b || (2 * rest == b && quotient % 2 != 0)) ++quotient;
  return quotient;
}

inline constexpr program::Int128 kUnitsInHundredth = program::Decimal::kScale / 100;

struct NaiveNumber {
  bool known = false;
  program::Int128 units = 0;
  double about = 0;        // where no exact answer is asked for
  bool exact = true;
};

inline NaiveNumber exactly(program::Int128 units) { return {true, units, 0, true}; }
inline NaiveNumber about(double value) { return {true, 0, value, false}; }

// `fit` answers whether the sample at an instant may be used.
inline NaiveNumber naive_aggregate(program::Aggregate aggregate, const NaiveSeries& series,
                                   vm::Instant span, vm::Instant at, vm::Instant lower,
                                   vm::Instant until,
                                   const std::function<Answer(vm::Instant)>& fit) {
  using program::Aggregate;
  if (series.samples.empty()) return {};
  const auto back = thinned(series, at, lower, until);
  std::vector<NaiveSample> inside;  // newest first
  std::optional<NaiveSample> start;
  for (const NaiveSample& sample : back) {
    if (sample.time > at - span) inside.push_back(sample);
    else if (!start) start = sample;
  }
  const auto usable = [&](const NaiveSample& sample) {
    return sample.hundredths && fit(sample.time) == Answer(true);
  };
  if (aggregate == Aggregate::count) {
    return exactly(std::count_if(inside.begin(), inside.end(), usable) *
                   program::Int128{program::Decimal::kScale});
  }
  if (inside.empty() || at - inside.front().time > series.stale) return {};
  const bool from_start = aggregate == Aggregate::delta || aggregate == Aggregate::increase ||
                          aggregate == Aggregate::rate;
  if (from_start && start && at - span - start->time <= series.stale) inside.push_back(*start);
  std::vector<program::Int128> values;  // oldest first, in hundredths
  std::vector<double> seconds;
  for (std::size_t i = inside.size(); i-- > 0;) {
    if (!usable(inside[i])) return {};
    if (i > 0 && inside[i - 1].time - inside[i].time > series.stale) return {};
    values.push_back(*inside[i].hundredths);
    seconds.push_back(static_cast<double>(inside[i].time - inside.back().time) / 1e9);
  }
  const auto n = static_cast<program::Int128>(values.size());
  const bool needs_two = from_start || aggregate == Aggregate::slope;
  if (needs_two && n < 2) return {};
  program::Int128 sum = 0;
  program::Int128 growth = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    if (i > 0) growth += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
  }
  std::vector<program::Int128> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](program::Int128 percent) {
    const program::Int128 rank = (n - 1) * percent;
    const auto low = static_cast<std::size_t>(rank / 100);
    const program::Int128 step = rank % 100 == 0 ? 0 : sorted[low + 1] - sorted[low];
    return exactly(sorted[low] * kUnitsInHundredth + step * (rank % 100) * (kUnitsInHundredth / 100));
  };
  const double mean = static_cast<double>(sum) / static_cast<double>(n) / 100;
  switch (aggregate) {
    case Aggregate::avg: return exactly(divide_to_even(sum * kUnitsInHundredth, n));
    case Aggregate::min: return exactly(sorted.front() * kUnitsInHundredth);
    case Aggregate::max: return exactly(sorted.back() * kUnitsInHundredth);
    case Aggregate::sum: return exactly(sum * kUnitsInHundredth);
    case Aggregate::count: break;
    case Aggregate::p50: return percentile(50);
    case Aggregate::p90: return percentile(90);
    case Aggregate::p95: return percentile(95);
    case Aggregate::p99: return percentile(99);
    case Aggregate::first: return exactly(values.front() * kUnitsInHundredth);
    case Aggregate::last: return exactly(values.back() * kUnitsInHundredth);
    case Aggregate::delta: return exactly((values.back() - values.front()) * kUnitsInHundredth);
    case Aggregate::increase: return exactly(growth * kUnitsInHundredth);
    case Aggregate::rate: {
      const vm::Instant spanned = inside.front().time - inside.back().time;
      // growth / (spanned / 1e9), with few enough digits for 128 bits
      return exactly(divide_to_even(growth * kUnitsInHundredth * 1'000'000'000, spanned));
    }
    case Aggregate::stddev: {
      double squares = 0;
      for (const auto v : values) squares += std::pow(static_cast<double>(v) / 100 - mean, 2);
      return about(std::sqrt(squares / static_cast<double>(n)));
    }
    case Aggregate::slope: {
      double mean_time = 0;
      for (const double t : seconds) mean_time += t / static_cast<double>(n);
      double products = 0;
      double squares = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        products += (seconds[i] - mean_time) * (static_cast<double>(values[i]) / 100 - mean);
        squares += std::pow(seconds[i] - mean_time, 2);
      }
      return about(products / squares);
    }
  }
  return {};
}

}  // namespace dpol::test
