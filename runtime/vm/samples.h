// Samples of one series as windows and aggregates see them: thinned to one in each interval of
// `every`, with a mark where two neighbours lie further apart than the staleness limit. And the
// aggregates over such samples. Private to runtime/vm.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "runtime/program/decimal.h"
#include "runtime/program/program.h"
#include "runtime/program/value.h"
#include "runtime/vm/snapshot.h"

namespace dpol::vm {

// Differences of instants, held at the ends of the range: any two instants may be compared.
constexpr Instant minus(Instant a, Instant b) {
  Instant difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b > 0 ? std::numeric_limits<Instant>::min() : std::numeric_limits<Instant>::max();
}

// Seconds as whole nanoseconds, the next below or above, held at the ends of the range.
Instant nanoseconds_below(program::Decimal seconds);
Instant nanoseconds_above(program::Decimal seconds);

inline program::Value known_or_overflow(bool ok, program::Decimal value) {
  return ok ? program::Value::number(value) : program::Value::unknown(program::Fault::overflow);
}

// The metric's two spans in nanoseconds.
struct Spacing {
  Instant every = 0;  // 0: no thinning
  Instant stale = 0;
};
Spacing spacing_of(const program::Metric& metric);

inline constexpr std::uint32_t kNoSample = program::kNone;

// The newest sample of times inside [lower, upper], or kNoSample.
std::uint32_t newest_between(const std::vector<Instant>& times, Instant lower, Instant upper);

// Which samples count. As of a sample i the thinned series is: the last sample of each interval
// before that of i, and i. Those last samples do not depend on i; `position` says how many of them
// precede it. The *elements* are the last samples with a gap mark between neighbours that lie too
// far apart, so that "the last five" is a range of elements whatever lies between.
class Thinned {
 public:
  static constexpr std::uint32_t kGap = kNoSample;

  void build(const Series& series, Spacing spacing);

  const std::vector<Instant>& times() const { return *times_; }
  Instant stale() const { return stale_; }
  std::size_t raw_count() const { return position_.size(); }
  std::size_t position_count() const { return last_.size(); }
  std::size_t element_count() const { return elements_.size(); }

  std::uint32_t position(std::uint32_t raw) const { return position_[raw]; }
  std::uint32_t raw_at(std::uint32_t position) const { return last_[position]; }
  Instant time_at(std::uint32_t position) const { return (*times_)[last_[position]]; }
  // A raw index, or kGap.
  std::uint32_t element(std::uint32_t index) const { return elements_[index]; }
  // The element index of a position's sample; a gap before it has the index below.
  std::uint32_t element_of(std::uint32_t position) const { return element_of_[position]; }

  // The index of the newest gap before element `end`; 0 where there is none (element 0 is no gap).
  std::uint32_t newest_gap(std::uint32_t end) const { return end == 0 ? 0 : newest_gap_[end - 1]; }

  // The first position in [from, to) whose sample is at or after `time`, else `to`.
  std::uint32_t first_at_or_after(std::uint32_t from, std::uint32_t to, Instant time) const;
  bool is_gap(Instant older, Instant newer) const { return minus(newer, older) > stale_; }

 private:
  const std::vector<Instant>* times_ = nullptr;
  Instant stale_ = 0;
  std::vector<std::uint32_t> position_;    // of each raw sample
  std::vector<std::uint32_t> last_;        // raw sample of each position
  std::vector<std::uint32_t> element_of_;  // of each position
  std::vector<std::uint32_t> elements_;
  std::vector<std::uint32_t> newest_gap_;  // at or before each element
};

// The thinned series as of an instant and not before `lower`.
struct View {
  const Thinned* samples = nullptr;
  std::uint32_t head = kNoSample;  // raw; kNoSample: there is none
  std::uint32_t begin = 0;         // positions [begin, end) precede the head
  std::uint32_t end = 0;
  bool stale = false;              // the head is older than its staleness limit
  Instant head_time = 0;

  bool empty() const { return head == kNoSample; }
};
View view_of(const Thinned& samples, Instant at, Instant lower, Instant until);

// Whether a gap mark stands between position end - 1 and the head, given that positions from
// `from` on are looked at.
inline bool gap_before_head(const View& view, std::uint32_t from) {
  return from < view.end &&
         view.samples->is_gap(view.samples->time_at(view.end - 1), view.head_time);
}

struct Sample {
  Instant time = 0;
  program::Decimal value;
};
// How many samples the aggregate needs.
constexpr std::size_t least_samples(program::Aggregate aggregate) {
  using program::Aggregate;
  const bool two = aggregate == Aggregate::delta || aggregate == Aggregate::increase ||
                   aggregate == Aggregate::rate || aggregate == Aggregate::slope;
  return two ? 2 : 1;
}
// Whether it starts from the value in force when its window begins.
constexpr bool uses_start(program::Aggregate aggregate) {
  using program::Aggregate;
  return aggregate == Aggregate::delta || aggregate == Aggregate::increase ||
         aggregate == Aggregate::rate;
}
// Of samples that are all known, oldest first. May reorder them. Unknown: no_sample if there are
// too few, overflow.
program::Value aggregate_of(program::Aggregate aggregate, std::span<Sample> samples);

}  // namespace dpol::vm
