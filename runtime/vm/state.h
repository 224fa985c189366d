// What a Machine holds while it runs. Private to runtime/vm: machine.cpp dispatches, windows.cpp
// judges windows and aggregates, functions.cpp calls the functions, functions/ holds them, regexes.cpp the
// patterns, built.cpp what conditions build.
//
// How run() does without allocation and without judging an instant twice: load() gives each block
// that windows run a Site, with room for its truth at every sample of its metric (as long as there
// is room: a Site without any judges anew each time). Truths are filled
// in when first asked for and stay valid while the context but for its instant is the same; running
// totals over them make any window a subtraction.
//
// How steps stay the same whatever a Site has kept: it keeps what each truth cost as well, and a
// window is charged for all instants it looks at, new or kept.
#pragma once

#include <memory>
#include <vector>

#include "runtime/program/opcode_table.h"
#include "runtime/vm/built.h"
#include "runtime/vm/functions/arguments.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/regexes.h"
#include "runtime/vm/ranks.h"
#include "runtime/vm/samples.h"

namespace dpol::vm {

// Text operations cost a step for so many bytes.
inline constexpr std::size_t kBytesPerStep = 16;

// All of a Context but its instant: what truths at given instants depend on.
struct Frame {
  Instant fresh_from = 0;
  Instant aggregates_from = 0;
  Instant until = 0;
  program::Track bare = program::Track::candidate;
  Instant stable_from = 0;
  Instant stable_to = 0;
  std::uint32_t member = program::kNone;
  friend bool operator==(const Frame&, const Frame&) = default;
};

enum class Truth : std::uint8_t { not_judged, is_true, is_false, is_unknown };

struct Judged {
  Truth truth = Truth::not_judged;
  std::uint32_t cost = 0;
};

// Of a run of elements.
struct Totals {
  std::uint32_t trues = 0;
  std::uint32_t unknowns = 0;
  std::uint64_t cost = 0;

  void add(Judged element);
  void take(Judged element);
  friend Totals operator-(const Totals& a, const Totals& b) {
    return {a.trues - b.trues, a.unknowns - b.unknowns, a.cost - b.cost};
  }
};

// A block judged at the samples of a metric (windows), or the samples' own fitness (aggregates).
struct Site {
  program::BlockId block = program::kNone;  // kNone: fitness of samples
  std::uint32_t metric = 0;
  bool reads_context = true;                // false: its truths hold in every frame

  bool cached = false;                      // the tables below have room
  bool has_frame = false;
  Frame frame;
  std::uint32_t series = 0;                 // that is looked at: channel * kTrackCount + track
  bool reads_member = false;                // it differs between the label values in force …
  std::uint32_t first_member = program::kNone;  // … and so has more Sites, from here on:
  bool one_for_all = false;                 // one that keeps nothing, where there is no room for one each
  std::vector<Judged> judged;               // of each raw sample
  std::vector<Totals> totals;               // of elements [filled_from, i)
  std::uint32_t filled_from = 0;            // totals hold for [filled_from, filled_to]
  std::uint32_t filled_to = 0;
};

// What a window looks at: elements [from, to), then a gap, the head and the head's staleness.
struct Look {
  View view;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  bool head_gap = false;
  bool head = false;
  bool stale = false;
  std::uint64_t missing = 0;  // elements not yet taken, or hidden by a gap

  std::uint64_t count() const {
    return std::uint64_t{to} - from + static_cast<std::uint64_t>(head_gap) +
           static_cast<std::uint64_t>(head) + static_cast<std::uint64_t>(stale);
  }
};
// The newest `wanted` elements.
Look look_at_newest(const View& view, std::uint64_t wanted);
// Those since conditions last started afresh, for a window that asks for `wanted` of them.
Look look_at_all(const View& view, std::uint64_t wanted);
// The elements after `start` and the last one at or before it.
Look look_back_to(const View& view, Instant start);

struct Machine::State {
  struct Code {
    const program::Instruction* first = nullptr;
    std::uint32_t count = 0;
    program::CellId result = 0;
  };
  struct MetricInfo {
    Spacing spacing;
    program::BlockId needs = program::kNone;
    bool thinned = false;  // windows or aggregates read it
    bool summed = false;   // avg or sum
    bool has_labels = false;
    Instant gone = 0;      // ns; 0: never
  };
  // The median of a stable track over the last span that was asked for.
  struct StableThen {
    Instant from = 0;
    Instant to = 0;
    program::Value median{};
  };
  // A channel on the candidate or the stable track.
  struct SeriesInfo {
    Thinned thinned;
    std::vector<program::DecimalSum> sums;  // of positions [0, i), unknown samples counting as 0
  };

  State(const program::Program& program_given, std::size_t window_bytes_given);

  void load(const Snapshot& snapshot_given);
  program::Value run(program::BlockId block, const Context& context);

  // ---- machine.cpp ----
  program::Value execute(program::BlockId block, const Context& context);
  program::Value sample(const Context& context, std::uint32_t series);
  program::Value stable_then(const Context& context, std::uint32_t metric, std::uint32_t series);
  program::Value baseline(std::uint32_t metric, const Context& context) const;
  program::Value all_series(const program::Instruction& instruction, const Context& context);
  bool is_member(std::uint32_t operand, const Context& context) const;
  program::Value needs_of(std::uint32_t metric, std::uint32_t series, const Context& context);
  program::Value run_rows(const program::Instruction& instruction, const Context& context);
  program::Value every_row(const program::Instruction& instruction, const Context& context,
                           bool stop_at);
  program::Value count_rows(const program::Instruction& instruction, const Context& context);
  program::Value sum_rows(const program::Instruction& instruction, const Context& context);
  program::Value has(program::Value list, program::Value wanted, std::uint32_t column);
  program::Value find(const program::Instruction& instruction);
  program::Value contains_text(program::Value text, program::Value part);
  program::Value matches(std::uint32_t regex, program::Value text) const;
  program::Value field(program::Value row, std::uint32_t column) const;
  program::Value nth(const program::Instruction& instruction) const;
  program::Value extreme_row(const program::Instruction& instruction, const Context& context,
                             bool largest);
  program::Value mean_row(const program::Instruction& instruction, const Context& context);
  // As execute(), for an answer that needs nothing of what the block built.
  program::Value judge_block(program::BlockId block, const Context& context);
  program::Birthplace birthplace(program::CellId cell) const;
  void charge(std::uint64_t cost) {
    steps += cost;
    if (steps > kStepBudget) [[unlikely]] spent = true;
  }

  // ---- windows.cpp ----
  void prepare_sites();
  void load_series();
  void load_sites();
  void make_room(Site& site, std::uint32_t member, std::size_t& bytes_left) const;
  void make_member_sites(std::size_t site, std::size_t& bytes_left);
  bool depends_on_member(const program::Block& block) const;
  Site& site_at(const program::Instruction* instruction, const Context& context);
  const Thinned& thinned_of(std::uint32_t series) const;
  const Series& series_of(const Site& site) const;
  program::Birthplace born_at(const Site& site) const;

  Context body_context(program::BlockId body, const Context& context) const;
  Look look_of(const program::Instruction& instruction, const Context& body) const;
  program::Value window(const program::Instruction& instruction, Site& site,
                        const Context& context);
  program::Value window_unknown(Site& site, const Look& look, Judged head, Totals before,
                                const Context& body);
  program::Value aggregate(const program::Instruction& instruction, Site& site,
                           const Context& context);
  program::Value aggregate_unknown(Site& site, const View& view, std::uint32_t from,
                                   const Context& body);
  program::Value aggregate_known(program::Aggregate aggregate, const Site& site, const View& view,
                                 std::uint32_t from);
  program::Value ranking(const program::Instruction& instruction, Site& site,
                         const Context& context);
  program::Value gather(Site& site, const program::Instruction& instruction, const Context& context,
                        bool compared, std::size_t first);
  bool shift(const program::Instruction& instruction, bool above, std::size_t first);
  std::uint32_t count_known(Site& site, const View& view, std::uint32_t from, const Context& body);

  void enter(Site& site, const Context& body, std::uint32_t series);
  Judged judge(Site& site, std::uint32_t raw, const Context& body);
  Judged judge_element(Site& site, std::uint32_t element, const Context& body);
  program::Value value_at(const Site& site, std::uint32_t raw, const Context& body);
  Totals total(Site& site, std::uint32_t from, std::uint32_t to, const Context& body);
  void fill(Site& site, std::uint32_t from, std::uint32_t to, const Context& body);
  program::Value newest_unknown(Site& site, std::uint32_t from, std::uint32_t to,
                                const Context& body);

  // ---- functions.cpp ----
  program::Value call(program::Function function, const program::CellId* arguments);

  const program::Program* program = nullptr;
  std::size_t window_bytes = 0;  // that all Sites together may take
  const Snapshot* snapshot = nullptr;
  std::vector<program::Value> cells;
  std::vector<Code> blocks;
  std::vector<MetricInfo> metrics;
  std::vector<std::uint32_t> site_of;     // of each instruction that looks back, else kNone
  std::vector<Site> sites;
  std::size_t own_sites = 0;              // the rest are for members
  std::vector<bool> reads_member;         // of each block: itself or a block it runs
  std::vector<SeriesInfo> series_info;    // channel * 2 + track
  std::vector<StableThen> stable_info;    // of each channel
  std::vector<program::Value> listed;     // by all_series, of those that run
  std::vector<Sample> scratch;            // of one aggregate
  std::vector<Ranked> ranked;             // of two tracks that are compared …
  std::size_t ranked_count = 0;           // … how many there are
  bool ranks = false;                     // something compares tracks
  std::size_t looks = 0;                  // … how often they could have been
  std::vector<std::uint32_t> semver_rank; // of each semantic version: equal ranks, equal precedence
  Regexes regexes;
  Written written;
  Built built;
  std::string draft;                      // of the function that runs
  std::vector<program::Value> values;     // likewise

  std::uint64_t steps = 0;        // of this run
  std::uint64_t steps_before = 0; // of the runs before it
  bool spent = false;             // this run has no steps left: nothing it computes counts
};

}  // namespace dpol::vm
