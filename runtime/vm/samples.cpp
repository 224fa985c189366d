#include "runtime/vm/samples.h"

#include <cassert>

namespace dpol::vm {
namespace {

using program::Aggregate;
using program::Decimal;
using program::DecimalSum;
using program::Fault;
using program::Int128;
using program::Value;

constexpr Int128 kUnitsInNanosecond = 1'000'000'000;

Instant clamp_to_instant(Int128 nanoseconds) {
  constexpr Instant kLeast = std::numeric_limits<Instant>::min();
  constexpr Instant kMost = std::numeric_limits<Instant>::max();
  if (nanoseconds < kLeast) return kLeast;
  if (nanoseconds > kMost) return kMost;
  return static_cast<Instant>(nanoseconds);
}

Instant floor_div(Instant a, Instant b) {
  const Instant quotient = a / b;
  return quotient - static_cast<Instant>(a % b != 0 && (a < 0) != (b < 0));
}

Value overflow() { return Value::unknown(Fault::overflow); }

// Between two samples of one series, which are never 2^63 ns apart in earnest.
Decimal seconds_between(Instant older, Instant newer) {
  return Decimal::from_raw((static_cast<Int128>(newer) - older) * kUnitsInNanosecond);
}

bool less_value(const Sample& a, const Sample& b) { return a.value < b.value; }

Value mean_of(std::span<const Sample> samples) {
  DecimalSum sum;
  for (const Sample& sample : samples) sum.add(sample.value);
  Decimal mean;
  return known_or_overflow(sum.mean(static_cast<std::int64_t>(samples.size()), mean), mean);
}

Value sum_of(std::span<const Sample> samples) {
  DecimalSum sum;
  for (const Sample& sample : samples) sum.add(sample.value);
  Decimal total;
  return known_or_overflow(sum.total(total), total);
}

// Type 7: the rank (n - 1) * p, linear between the two nearest.
Value percentile(std::span<Sample> samples, std::size_t percent) {
  const std::size_t hundredths = (samples.size() - 1) * percent;
  const auto nth = samples.begin() + static_cast<std::ptrdiff_t>(hundredths / 100);
  std::nth_element(samples.begin(), nth, samples.end(), less_value);
  const Decimal low = nth->value;
  if (hundredths % 100 == 0) return Value::number(low);
  const Decimal high = std::min_element(nth + 1, samples.end(), less_value)->value;
  const auto rest = static_cast<std::int64_t>(hundredths % 100);
  const Decimal share = Decimal::from_raw(static_cast<Int128>(rest) * (Decimal::kScale / 100));
  Decimal step;
  const bool ok = Decimal::sub(high, low, step) && Decimal::mul(step, share, step) &&
                  Decimal::add(low, step, step);
  return known_or_overflow(ok, step);
}

Value stddev(std::span<const Sample> samples) {
  const Value mean = mean_of(samples);
  if (mean.is_unknown()) return mean;
  DecimalSum squares;
  for (const Sample& sample : samples) {
    Decimal square;
    if (!Decimal::sub(sample.value, mean.as_number(), square)) return overflow();
    if (!Decimal::mul(square, square, square)) return overflow();
    squares.add(square);
  }
  Decimal root;
  const bool ok = squares.mean(static_cast<std::int64_t>(samples.size()), root) &&
                  Decimal::sqrt(root, root);
  return known_or_overflow(ok, root);
}

Value delta(std::span<const Sample> samples) {
  Decimal difference;
  return known_or_overflow(Decimal::sub(samples.back().value, samples.front().value, difference),
                           difference);
}

// A counter that fell began again at zero.
bool increase(std::span<const Sample> samples, Decimal& total) {
  DecimalSum sum;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    sum.add(samples[i].value);
    if (samples[i].value >= samples[i - 1].value) sum.remove(samples[i - 1].value);
  }
  return sum.total(total);
}

Value rate(std::span<const Sample> samples) {
  const Decimal seconds = seconds_between(samples.front().time, samples.back().time);
  Decimal growth;
  return known_or_overflow(increase(samples, growth) && Decimal::div(growth, seconds, growth),
                           growth);
}

// Least squares about the means: mean((t - mean t) * (v - mean v)) / mean((t - mean t)^2).
Value slope(std::span<const Sample> samples) {
  const auto count = static_cast<std::int64_t>(samples.size());
  const Value mean_value = mean_of(samples);
  if (mean_value.is_unknown()) return mean_value;
  DecimalSum times;
  for (const Sample& sample : samples) times.add(seconds_between(samples.front().time, sample.time));
  Decimal mean_time;
  if (!times.mean(count, mean_time)) return overflow();
  DecimalSum products;
  DecimalSum squares;
  for (const Sample& sample : samples) {
    Decimal time;
    Decimal value;
    Decimal square;
    const bool ok =
        Decimal::sub(seconds_between(samples.front().time, sample.time), mean_time, time) &&
        Decimal::sub(sample.value, mean_value.as_number(), value) &&
        Decimal::mul(time, value, value) && Decimal::mul(time, time, square);
    if (!ok) return overflow();
    products.add(value);
    squares.add(square);
  }
  Decimal upper;
  Decimal lower;
  const bool ok = products.mean(count, upper) && squares.mean(count, lower) &&
                  Decimal::div(upper, lower, upper);
  return known_or_overflow(ok, upper);
}

}  // namespace

Instant nanoseconds_below(Decimal seconds) {
  const Int128 units = seconds.raw();
  const Int128 quotient = units / kUnitsInNanosecond;
  return clamp_to_instant(quotient - static_cast<Int128>(units % kUnitsInNanosecond < 0));
}

Instant nanoseconds_above(Decimal seconds) {
  const Int128 units = seconds.raw();
  const Int128 quotient = units / kUnitsInNanosecond;
  return clamp_to_instant(quotient + static_cast<Int128>(units % kUnitsInNanosecond > 0));
}

Spacing spacing_of(const program::Metric& metric) {
  return {nanoseconds_below(metric.interval_seconds), nanoseconds_below(metric.stale_seconds)};
}

std::uint32_t newest_between(const std::vector<Instant>& times, Instant lower, Instant upper) {
  const auto after = std::upper_bound(times.begin(), times.end(), upper);
  if (after == times.begin() || *(after - 1) < lower) return kNoSample;
  return static_cast<std::uint32_t>(after - times.begin() - 1);
}

void Thinned::build(const Series& series, Spacing spacing) {
  times_ = &series.times;
  stale_ = spacing.stale;
  const std::vector<Instant>& times = series.times;
  assert(times.size() < kNoSample / 2);
  position_.resize(times.size());
  last_.clear();
  element_of_.clear();
  elements_.clear();
  newest_gap_.clear();
  for (std::uint32_t i = 0; i < times.size(); ++i) {
    const bool same_interval =
        i > 0 && spacing.every > 0 &&
        floor_div(times[i], spacing.every) == floor_div(times[i - 1], spacing.every);
    if (same_interval) {
      last_.back() = i;
    } else {
      last_.push_back(i);
    }
    position_[i] = static_cast<std::uint32_t>(last_.size() - 1);
  }
  for (std::uint32_t p = 0; p < last_.size(); ++p) {
    if (p > 0 && is_gap(time_at(p - 1), time_at(p))) elements_.push_back(kGap);
    element_of_.push_back(static_cast<std::uint32_t>(elements_.size()));
    elements_.push_back(last_[p]);
  }
  for (std::uint32_t e = 0; e < elements_.size(); ++e) {
    newest_gap_.push_back(elements_[e] == kGap ? e : newest_gap(e));
  }
}

std::uint32_t Thinned::first_at_or_after(std::uint32_t from, std::uint32_t to, Instant time) const {
  while (from < to) {
    const std::uint32_t middle = from + (to - from) / 2;
    if (time_at(middle) < time) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

View view_of(const Thinned& samples, Instant at, Instant lower, Instant until) {
  View view;
  view.samples = &samples;
  view.head = newest_between(samples.times(), lower, std::min(at, until));
  if (view.empty()) return view;
  view.head_time = samples.times()[view.head];
  view.stale = minus(at, view.head_time) > samples.stale();
  view.end = samples.position(view.head);
  view.begin = samples.first_at_or_after(0, view.end, lower);
  return view;
}

Value aggregate_of(Aggregate aggregate, std::span<Sample> samples) {
  if (aggregate == Aggregate::count) {
    return Value::number(Decimal::from_int64(static_cast<std::int64_t>(samples.size())));
  }
  if (samples.size() < least_samples(aggregate)) return Value::unknown(Fault::no_sample);
  switch (aggregate) {
    case Aggregate::avg: return mean_of(samples);
    case Aggregate::min:
      return Value::number(std::min_element(samples.begin(), samples.end(), less_value)->value);
    case Aggregate::max:
      return Value::number(std::max_element(samples.begin(), samples.end(), less_value)->value);
    case Aggregate::sum: return sum_of(samples);
    case Aggregate::count: break;
    case Aggregate::p50: return percentile(samples, 50);
    case Aggregate::p90: return percentile(samples, 90);
    case Aggregate::p95: return percentile(samples, 95);
    case Aggregate::p99: return percentile(samples, 99);
    case Aggregate::stddev: return stddev(samples);
    case Aggregate::first: return Value::number(samples.front().value);
    case Aggregate::last: return Value::number(samples.back().value);
    case Aggregate::delta: return delta(samples);
    case Aggregate::increase: {
      Decimal total;
      return known_or_overflow(increase(samples, total), total);
    }
    case Aggregate::rate: return rate(samples);
    case Aggregate::slope: return slope(samples);
  }
  return Value::unknown(Fault::bad_argument);
}

}  // namespace dpol::vm
