// Machine: runs a verified Program's blocks on a Snapshot.
//
// Promises
//  - load() allocates; run() never does (a test counts), but for conditions that build texts and lists.
//  - run() always ends: no block runs itself, loops are bounded by the input, and a step budget
//    bounds their product (unknown, step_budget, when it is spent).
//  - The same program, snapshot and context give the same value, bit for bit.
// The program must have passed verify() and outlive the machine; the snapshot must have been built
// for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::vm {

// Room in which a machine keeps what windows have found; what does not fit is found anew each time.
inline constexpr std::size_t kWindowBytes = std::size_t{512} << 20;
inline constexpr std::uint64_t kStepBudget = 20'000'000;  // instructions and loop turns a run() may take

// What a condition may see.
struct Context {
  Instant at = 0;                               // the instant judged
  Instant fresh_from = kBeginningOfTime;        // conditions and samples: nothing before (T, stage begin + settle, phase opening)
  Instant aggregates_from = kBeginningOfTime;   // aggregates, and windows `across stages`: nothing before (T or phase opening)
  Instant until = kEndOfTime;                   // samples after it do not exist (a `during` phase's end)
  program::Track bare = program::Track::candidate;  // what a bare metric means
  // Where the stable version takes no traffic any more: the stage before, over whose samples
  // [stable_from, stable_to) a metric's `.stable` is the median. Empty: `.stable` is read as of `at`.
  Instant stable_from = 0;
  Instant stable_to = 0;
  // The label values in force, into Snapshot::members(): what a metric by those labels means.
  std::uint32_t member = program::kNone;
};

class Machine {
 public:
  explicit Machine(const program::Program& program, std::size_t window_bytes = kWindowBytes);
  ~Machine();
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;

  // The snapshot must outlive the machine or the next load().
  void load(const Snapshot& snapshot);

  // The block's result under the context.
  program::Value run(program::BlockId block, const Context& context);

  // After run(): what a cell of that block (or of a block it ran last) holds.
  program::Value cell(program::CellId cell) const;

  // What a text stands for, an input's or one that the last run built.
  std::string_view text(program::Value text) const;

  // While it lives, what the last run built stays through the runs that follow. For reports, which
  // run the bodies of a block whose cells they read.
  class Kept {
   public:
    explicit Kept(Machine& machine);
    ~Kept();
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

   private:
    Machine& machine_;
    std::array<std::size_t, 3> before_{};
  };

  // For reports: binds the row of a list's body before that body is run by itself.
  void set_cell(program::CellId cell, program::Value value);

  // The instants of a metric's candidate series (or `bare` track) inside [from, to], as indices
  // [first, last) into Series::times. Of a metric with labels: of the member's series, or of all.
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  Span instants(std::uint32_t metric, program::Track track, Instant from, Instant to,
                std::uint32_t member = program::kNone) const;
  // Whether a metric with labels (the operand of an instruction: metric * kTrackCount + track) has a
  // series of the context's label values: one that was seen so far and is not gone.
  bool is_member(std::uint32_t series, const Context& context) const;
  // A row of a list that the last run built.
  program::Value built_row(program::Value list, std::uint32_t row) const;

  // What the window instruction at `instruction` of Program::code looks at when its block runs under
  // the context: of each sample, newest last and at most the newest `most`, the context in which the
  // window's body judges it, so that run(body, it) shows what the window saw. For reports: allocates.
  std::vector<Context> window_instants(std::size_t instruction, const Context& context,
                                       std::size_t most) const;

  std::uint64_t steps() const;  // taken since load()

  const program::Program& program() const;
  const Snapshot& snapshot() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dpol::vm
