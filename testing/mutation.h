// Mutation testing: each place of a policy at which it could have been written wrongly is changed
// in turn, and the policy's tests are run: what no test notices, no test holds.
//
// Promises: bounded (`most` of a policy, evenly taken where there are more) and deterministic;
// a change that does not compile, or that leaves the program as it was, does not count. Only what
// the policy itself says is changed, not what it inherits.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/decision/verdict.h"
#include "testing/run.h"

namespace dpol::testing {

inline constexpr std::size_t kMaxMutants = 2'000;

struct Mutant {
  std::string rule;       // id, or what else was changed: "stage 50%"
  std::string condition;  // that the change is in; "" where it is in none
  std::string from;
  std::string to;
  decision::Place place;
  bool counts = false;   // it compiles and is another program
  bool noticed = false;  // by some test
};
struct MutationResult {
  std::string policy;
  std::vector<Mutant> mutants;  // in the order of the policy
  std::size_t left_out = 0;     // beyond the most that are tried

  // Adds what tests of the same policy in another file have noticed. False: it is another policy.
  bool merge(const MutationResult& other);

  std::size_t tried() const;
  std::size_t noticed() const;
  std::vector<const Mutant*> survivors() const;
};

// `tests` are those of the subject's policy, and pass.
MutationResult mutate(const compiler::CompileResult& compiled, const Subject& subject,
                      const std::vector<const compiler::CheckedTest*>& tests,
                      std::size_t most = kMaxMutants);

}  // namespace dpol::testing
