// generator: files of random well-typed policies, as text, and random inputs for them.
//
// Promises: a pure function of the seed. Every file compiles (a test that meets one which does not
// reports it); inputs include unknowns, NaN, gaps, stale series, jitter, absent facts, empty lists,
// baselines of zero, and numbers near the ends of their range.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"
#include "runtime/vm/snapshot.h"

namespace dpol::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // 0 … n - 1. Not std::uniform_int_distribution: the same numbers on every library.
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// Of one file: they share declarations, whose reading would otherwise cost more than what is to be tested.
inline constexpr std::uint64_t kPoliciesAtOnce = 8;

std::string random_policies(Random& random);

// What people said about the items of the program, most of it about this release.
std::vector<program::SignOff> random_sign_offs(const program::Program& program, const vm::Snapshot& snapshot, Random& random);

vm::Snapshot random_snapshot(const program::Program& program, Random& random);

}  // namespace dpol::test
