// history: what the record of decisions says of earlier ones, for a snapshot that is to be judged.
//
// Where the policy declares them and nobody gave them, these facts are filled in, of the service, version and environment
// that are judged:
//   history.recorded        bool     a decision on it is recorded
//   history.rollbacks       int      how often it turned to rollback
//   history.rolled_back_at  string?  the stage at which it last did; absent where it never did
// And a baseline that is declared over the last promoted releases is taken from what they measured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/program/kept_baseline.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::decision {

struct PastDecision {
  std::int64_t at = 0;        // the moment judged
  bool is_rollback = false;
  bool is_promoted = false;
  std::string version{};
  std::string stage{};        // "" where it has none
  std::vector<program::KeptBaseline> metrics{};  // of a promoted release
};

// What the program wants to know, so that no more has to be held.
struct WantedHistory {
  bool facts = false;
  std::vector<std::string> metrics;  // whose baselines are taken over promoted releases
  bool is_empty() const { return !facts && metrics.empty(); }
};
WantedHistory wanted_history(const program::Program& program, const vm::Snapshot& snapshot);

// `past` is of the release's service and environment, in the order of the record; `from` is its name. What was judged
// after `now` is not heard, and of baselines what was after the deployment. Too few releases leave a baseline unknown.
void tell_history(const program::Program& program, const std::vector<PastDecision>& past,
                  const std::string& from, vm::Snapshot& snapshot);

}  // namespace dpol::decision
