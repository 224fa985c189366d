// IntervalSet: a set of numbers as intervals, each end open, closed or endless.
//
// Promises: sets are kept in one normal form (intervals ascend and do not touch), so equal sets
// compare equal; every operation is exact and linear in the number of intervals.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/program/decimal.h"

namespace dpol::lint {

using program::Decimal;

class IntervalSet {
 public:
  // A place between two numbers: directly before or directly after one, or beyond all.
  struct Cut {
    int beyond = 0;  // -1: before all numbers, 1: after all
    Decimal value;
    bool after = false;

    static Cut lowest() { return {-1, {}, false}; }
    static Cut highest() { return {1, {}, false}; }
    static Cut before(Decimal value) { return {0, value, false}; }
    static Cut behind(Decimal value) { return {0, value, true}; }
    friend bool operator==(const Cut&, const Cut&) = default;
    friend bool operator<(const Cut& a, const Cut& b);
  };

  static IntervalSet none() { return {}; }
  static IntervalSet all() { return between(Cut::lowest(), Cut::highest()); }
  static IntervalSet point(Decimal value) {
    return between(Cut::before(value), Cut::behind(value));
  }
  // Numbers below a limit, and the limit itself where it is said to belong.
  static IntervalSet below(Decimal limit, bool with_limit) {
    return between(Cut::lowest(), {0, limit, with_limit});
  }
  static IntervalSet above(Decimal limit, bool with_limit) {
    return between({0, limit, !with_limit}, Cut::highest());
  }
  static IntervalSet closed(Decimal low, Decimal high) {
    return between(Cut::before(low), Cut::behind(high));
  }
  static IntervalSet between(Cut low, Cut high);

  bool is_empty() const { return cuts_.empty(); }
  bool contains(Decimal value) const;
  // Entering and leaving, in turns.
  const std::vector<Cut>& cuts() const { return cuts_; }
  std::size_t size() const { return cuts_.size() / 2; }

  IntervalSet complement() const;
  // Of two sets of whole numbers in normal form the answer is one, too.
  friend IntervalSet united(const IntervalSet& a, const IntervalSet& b);
  friend IntervalSet intersected(const IntervalSet& a, const IntervalSet& b);
  // Stands for the whole numbers of this set: each interval begins with one and ends before one.
  IntervalSet whole() const;

  friend bool operator==(const IntervalSet&, const IntervalSet&) = default;

 private:
  std::vector<Cut> cuts_;  // strictly ascending, an even number
};

}  // namespace dpol::lint
