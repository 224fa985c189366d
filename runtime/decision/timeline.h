// Timeline: when things of a policy happen: which stage was current when, when phases open and close.
//
// Promises: computed once per snapshot; pure. An instant belongs to at most one stage visit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/snapshot.h"

namespace dpol::decision {

// A stretch of time during which one stage of the rollout was current.
struct Visit {
  vm::Instant begin = 0;                // first instant
  vm::Instant end = vm::kEndOfTime;     // first instant after it
  std::uint32_t stage = 0;              // index into Rollout::stages
};

// Where a policy's rollout stands.
struct RolloutTimeline {
  std::vector<Visit> visits;                       // by time
  std::uint32_t current = program::kNone;          // stage; kNone: not known or not begun
  std::optional<vm::Instant> began;                // the current stage
  std::string odd_stage;                           // a stage that was named but that the rollout lacks
};

RolloutTimeline rollout_timeline(const program::Program& program, const program::Rollout& rollout,
                                 const vm::Snapshot& snapshot);

// The stage that a document or option means by `spelling` ("50", "50%", "green").
std::optional<std::uint32_t> find_stage(const program::Program& program, const program::Rollout& rollout,
                                        std::string_view spelling);

enum class PhaseState : std::uint8_t {
  open,
  not_open,            // opens later
  closed,
  no_anchor,           // its anchor is absent: not for this release
  no_deployment_time,  // anchored at or after T, and T is not known
  unknown,             // its anchor is unknown
};

struct PhaseTime {
  PhaseState state = PhaseState::open;
  std::optional<vm::Instant> opens;
  std::optional<vm::Instant> closes;
  program::Value unknown;                         // of PhaseState::unknown: the anchor's value
  program::BlockId blamed = program::kNone;       // likewise: the anchor's block
};

// When an anchor is. Neither: T is not known.
struct AnchorTime {
  std::optional<vm::Instant> at;
  program::Value unknown;
  bool deployment_time_missing = false;
};
AnchorTime anchor_time(const program::Anchor& anchor, vm::Machine& machine);

// `forced`: judge it whatever the time (`--phase`). Does not allocate.
PhaseTime phase_time(const program::Phase& phase, vm::Machine& machine, bool forced);

// 1e-18 seconds to nanoseconds, saturating at the ends of time.
vm::Instant plus(vm::Instant instant, program::Decimal seconds);

}  // namespace dpol::decision
