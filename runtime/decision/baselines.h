// baselines: those that were kept of earlier versions, for a snapshot whose documents bring none.
//
// A kept baseline counts if it is of this service and environment and is older than the deployment:
// what was measured since T is not the time before. One in another unit than the metric has is
// unknown; nothing is converted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/program/kept_baseline.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::decision {

struct WantedBaseline {
  std::uint32_t input = 0;
  std::string name;  // "" where the policy names none
  std::string metric;
};
// Those that the program reads and no document brought, in the order of inputs.
std::vector<WantedBaseline> wanted_baselines(const program::Program& program,
                                             const vm::Snapshot& snapshot);
// The moment that a kept baseline may not be later than.
vm::Instant newest_baseline(const vm::Snapshot& snapshot);
// `from` is the name of what keeps it. Reports say which version it is of, and how old.
void use_baseline(const program::Program& program, const WantedBaseline& wanted,
                  const program::KeptBaseline& kept, const std::string& from,
                  vm::Snapshot& snapshot);

// What the numeric metrics are worth now on a track, to be kept.
struct Measured {
  std::vector<program::KeptBaseline> known;  // without name and release
  std::vector<std::string> unknown;          // sentences: "latency_p95 has no samples …"
};
Measured measure(const program::Program& program, const vm::Snapshot& snapshot,
                 program::Track track);

}  // namespace dpol::decision
