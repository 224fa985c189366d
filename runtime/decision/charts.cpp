#include "runtime/decision/charts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "runtime/decision/observe.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/opcode_table.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {
namespace {

using program::Block;
using program::BlockId;
using program::CellId;
using program::Decimal;
using program::Instruction;
using program::kNone;
using program::Metric;
using program::Opcode;
using program::Program;
using program::Track;
using program::Value;
using vm::Context;
using vm::Instant;

constexpr std::size_t kMostInstants = 60;     // of a window, the newest: where a limit that moves is read
constexpr std::size_t kMostRuns = 2'000;      // of conditions, for all charts of a rule
constexpr std::size_t kMostListRows = 3;
constexpr std::ptrdiff_t kFewestSamples = 30;  // drawn before what was looked at, where there are so many
constexpr int kBefore = 3;                     // times as long as what was looked at is drawn before it
constexpr double kFarLimit = 6;                // times as much as is drawn without it
constexpr Instant kLongGap = 10;               // times as long as those before

// What rules looked at of one metric.
struct Seen {
  struct Limit {
    LimitVerdict verdict;
    std::string rule;
    std::uint32_t begin = 0;   // of its comparison, …
    std::size_t index = 0;     // … and which it is of the block's: `within` has two
  };
  std::uint32_t metric = 0;
  std::vector<std::string> rules{};
  std::vector<std::pair<std::uint32_t, bool>> series{};  // and whether it is compared with
  std::uint32_t series_left_out = 0;
  std::vector<Limit> limits{};
  std::vector<WindowVerdict> windows{};
  std::vector<BaselineVerdict> baselines{};
};

// Where the limit of a comparison stands on the axis of a metric: limit * factor + shift.
struct OnAxis {
  std::uint32_t metric = 0;
  Decimal factor = Decimal::from_int64(1);
  Decimal shift{};
};

// ---- what one condition looks at ----

class Looking {
 public:
  Looking(vm::Machine& machine, const std::string& rule, std::vector<Seen>& seen)
      : machine_(machine), program_(machine.program()), snapshot_(machine.snapshot()), rule_(rule), seen_(seen) {}

  void run(BlockId id, const Context& context) {
    whole_ = &program_.blocks[id];
    machine_.run(id, context);
    visit(id, context, 0);
  }

  // Another series of which a rule says the same.
  void also(std::uint32_t metric, std::uint32_t member, const Context& context) {
    note_series(of(metric), snapshot_.series_index(metric, context.bare, member, false), false);
  }

 private:
  // The block has just run under `context`.
  void visit(BlockId id, const Context& context, int depth) {
    const Block& block = program_.blocks[id];
    const vm::Machine::Kept kept(machine_);
    const std::span<const Instruction> code = std::span(program_.code).subspan(block.first, block.count);
    for (const Instruction& instruction : code) look_at(instruction, context);
    for (const program::TracePoint& trace : block.traces) note_baseline_input(trace.cell);
    for (std::size_t i = 0; i < block.comparisons.size(); ++i) note_limit(code, block.comparisons[i], i, context);
    if (depth > static_cast<int>(program::kMaxBlockDepth)) return;
    for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
      const Instruction& instruction = program_.code[i];
      if (program::is_window(instruction.op)) visit_window(i, context, depth);
      if (program::is_list_loop(instruction.op)) visit_rows(instruction, context, depth);
    }
  }

  void visit_window(std::uint32_t instruction, const Context& context, int depth) {
    const BlockId body = program_.code[instruction].d;
    for (const Context& then : machine_.window_instants(instruction, context, kMostInstants)) {
      if (++runs_ > kMostRuns) return;
      machine_.run(body, then);
      visit(body, then, depth + 1);
    }
  }

  void visit_rows(const Instruction& loop, const Context& context, int depth) {
    const Value list = machine_.cell(loop.b);
    if (list.is_unknown()) return;
    for (std::uint32_t i = 0; i < list.row_count() && i < kMostListRows; ++i) {
      if (++runs_ > kMostRuns) return;
      machine_.set_cell(loop.c, Value::id(list.first_row() + i));
      machine_.run(loop.d, context);
      visit(loop.d, context, depth + 1);
    }
  }

  void look_at(const Instruction& instruction, const Context& context) {
    const bool measured = program::is_measured(instruction.op);
    if (!measured && instruction.op != Opcode::baseline) return;
    const std::uint32_t metric = instruction.d / program::kTrackCount;
    if (!program_.metrics[metric].type.is_numeric()) return;
    Seen& seen = of(metric);
    if (instruction.op == Opcode::baseline) {
      const vm::Channel& channel = snapshot_.channels()[snapshot_.channel(metric, context.member)];
      note_baseline(seen, machine_.cell(instruction.a), "", channel.baseline_origin);
      return;
    }
    if (instruction.op == Opcode::all_series) {
      note_members(seen, instruction, context);
      return;
    }
    const bool compared = instruction.d % program::kTrackCount != 0;
    const Instant until = std::min(context.at, context.until);
    const auto index = [&](bool stable) {
      return snapshot_.series_index(metric, stable ? Track::stable : context.bare, context.member, stable);
    };
    const std::uint32_t series = index(compared);
    note_series(seen, series, compared);
    if (program::is_ranking(instruction.op) && !compared) note_series(seen, index(true), true);
    if (instruction.op == Opcode::sample) {
      if (const auto newest = newest_of(series, until)) note_window(seen, *newest, *newest);
      return;
    }
    const Instant from = std::max(minus(context.at, machine_.cell(instruction.b)), context.aggregates_from);
    note_window(seen, std::min(from, until), until);
  }

  void note_members(Seen& seen, const Instruction& instruction, const Context& context) {
    const auto [begin, end] = snapshot_.members_of(program_.metrics[seen.metric].label_set);
    Context inside = context;
    for (inside.member = begin; inside.member < end; ++inside.member) {
      if (!machine_.is_member(instruction.d, inside)) continue;
      const std::uint32_t series = snapshot_.series_index(seen.metric, context.bare, inside.member, false);
      note_series(seen, series, false);
      if (const auto newest = newest_of(series, std::min(context.at, context.until))) note_window(seen, *newest, *newest);
    }
  }

  std::optional<Instant> newest_of(std::uint32_t series, Instant until) const {
    const std::vector<Instant>& times = snapshot_.series(series).times;
    const auto after = std::ranges::upper_bound(times, until);
    if (after == times.begin()) return std::nullopt;
    return *(after - 1);
  }

  static Instant minus(Instant at, Value seconds) {
    Instant span = 0;
    if (seconds.is_unknown() || !program::decimal_to_time(seconds.as_number(), span)) return at;
    const auto before = static_cast<program::Int128>(at) - span;
    return before < vm::kBeginningOfTime ? vm::kBeginningOfTime : static_cast<Instant>(before);
  }

  Seen& of(std::uint32_t metric) {
    auto found = std::ranges::find(seen_, metric, &Seen::metric);
    if (found == seen_.end()) found = seen_.insert(found, Seen{.metric = metric});
    if (found->rules.empty() || found->rules.back() != rule_) found->rules.push_back(rule_);
    return *found;
  }

  static void note_series(Seen& seen, std::uint32_t series, bool compared) {
    const auto known = std::ranges::find(seen.series, series, &std::pair<std::uint32_t, bool>::first);
    if (known != seen.series.end()) return;
    if (seen.series.size() < kMostCurves) seen.series.emplace_back(series, compared);
    else ++seen.series_left_out;
  }

  void note_window(Seen& seen, Instant from, Instant to) const {
    // Rules are looked at one after the other.
    if (seen.windows.empty() || seen.windows.back().rule != rule_) {
      if (seen.windows.size() < kMostWindows) seen.windows.push_back({rule_, from, to});
      return;
    }
    WindowVerdict& known = seen.windows.back();
    known.from = std::min(known.from, from);
    known.to = std::max(known.to, to);
  }

  // Of a metric without labels it is an input.
  void note_baseline_input(CellId cell) {
    const std::size_t constants = program_.constants.size();
    if (cell < constants || cell >= constants + program_.inputs.size()) return;
    const program::Input& input = program_.inputs[cell - constants];
    if (input.kind != program::InputKind::baseline) return;
    const std::string name = input.baseline == kNone ? "" : program_.text(input.baseline);
    note_baseline(of(input.metric), machine_.cell(cell), name, snapshot_.origins()[cell - constants]);
  }

  void note_baseline(Seen& seen, Value value, const std::string& name, const vm::Origin& origin) const {
    const Metric& metric = program_.metrics[seen.metric];
    if (value.is_unknown() || !metric.type.is_numeric()) return;
    BaselineVerdict baseline{.name = program_.text(metric.name) + ".baseline" + (name.empty() ? "" : " (" + name + ")"),
                             .value = value.as_number().to_double(),
                             .text = number_text(program_, value.as_number(), metric.type),
                             .source = source_text(snapshot_, origin)};
    const bool known = std::ranges::any_of(seen.baselines, [&](const BaselineVerdict& other) {
      return other.name == baseline.name && other.text == baseline.text;
    });
    if (!known && seen.baselines.size() < kMostLimits) seen.baselines.push_back(std::move(baseline));
  }

  // ---- limits ----

  void note_limit(std::span<const Instruction> code, const program::Comparison& comparison, std::size_t index,
                  const Context& context) {
    const auto axis = axis_of(code, comparison.value);
    const Value limit = machine_.cell(comparison.limit);
    Decimal value;
    if (!axis || limit.is_unknown() || !Decimal::mul(limit.as_number(), axis->factor, value) ||
        !Decimal::add(value, axis->shift, value)) {
      return;
    }
    Seen& seen = of(axis->metric);
    auto found = std::ranges::find_if(seen.limits, [&](const Seen::Limit& known) {
      return known.begin == comparison.begin && known.index == index && known.rule == rule_;
    });
    if (found == seen.limits.end()) {
      if (seen.limits.size() >= kMostLimits) return;
      found = seen.limits.insert(found, Seen::Limit{{.expr = text_of(comparison)}, rule_, comparison.begin, index});
    }
    LimitVerdict& drawn = found->verdict;
    const PointVerdict point{.at = context.at, .value = value.to_double()};
    if (drawn.line.empty() || drawn.line.back().at <= point.at)
      drawn.text = number_text(program_, value, program_.metrics[axis->metric].type);
    if (drawn.line.size() < kMostPoints) drawn.line.push_back(point);
  }

  std::string text_of(const program::Comparison& comparison) const {
    const std::string& whole = program_.text(whole_->text);
    return comparison.begin > whole.size() ? std::string() : whole.substr(comparison.begin, comparison.length);
  }

  // Of what is a sample itself, less something, or by something; nothing has to be drawn of the rest.
  std::optional<OnAxis> axis_of(std::span<const Instruction> code, CellId cell) const {
    const auto found = std::ranges::find(code, cell, &Instruction::a);
    if (found == code.end()) return std::nullopt;
    const Instruction& instruction = *found;
    const std::uint32_t metric = instruction.d / program::kTrackCount;
    switch (instruction.op) {
      case Opcode::sample:
        return program_.metrics[metric].type.is_numeric() ? std::optional(OnAxis{.metric = metric}) : std::nullopt;
      case Opcode::aggregate:
        return is_value(static_cast<program::Aggregate>(instruction.c)) ? std::optional(OnAxis{.metric = metric}) : std::nullopt;
      case Opcode::assumed: return axis_of(code, instruction.b);
      case Opcode::subtract:
      case Opcode::divide: return moved(axis_of(code, instruction.b), instruction);
      default: return std::nullopt;
    }
  }

  std::optional<OnAxis> moved(std::optional<OnAxis> axis, const Instruction& by) const {
    const Value value = machine_.cell(by.c);
    if (!axis || value.is_unknown()) return std::nullopt;
    const Decimal number = value.as_number();
    Decimal step;
    if (by.op == Opcode::subtract) {
      if (!Decimal::mul(number, axis->factor, step) || !Decimal::add(axis->shift, step, axis->shift)) return std::nullopt;
    } else if (number.is_zero() || number.is_negative() || !Decimal::mul(axis->factor, number, axis->factor)) {
      return std::nullopt;
    }
    return axis;
  }

  // Whether it is of the kind of a sample: not a count, a growth or a spread.
  static bool is_value(program::Aggregate aggregate) {
    using program::Aggregate;
    constexpr Aggregate kValues[] = {Aggregate::avg, Aggregate::min, Aggregate::max,   Aggregate::p50, Aggregate::p90,
                                     Aggregate::p95, Aggregate::p99, Aggregate::first, Aggregate::last};
    return std::ranges::find(kValues, aggregate) != std::end(kValues);
  }

  vm::Machine& machine_;
  const Program& program_;
  const vm::Snapshot& snapshot_;
  const std::string& rule_;
  std::vector<Seen>& seen_;
  const Block* whole_ = nullptr;
  std::size_t runs_ = 0;
};

// ---- one chart of it ----

class Drawing {
 public:
  Drawing(const vm::Machine& machine, Seen seen)
      : machine_(machine), program_(machine.program()), snapshot_(machine.snapshot()), seen_(std::move(seen)),
        metric_(program_.metrics[seen_.metric]) {}

  // Nothing where there is no sample to draw.
  std::optional<ChartVerdict> run() {
    out_.name = program_.text(metric_.name);
    out_.doc = metric_.doc == kNone ? "" : program_.text(metric_.doc);
    out_.rules = std::move(seen_.rules);
    std::ranges::stable_sort(seen_.series, {}, &std::pair<std::uint32_t, bool>::second);
    frame_time();
    for (const auto& [series, compared] : seen_.series) add_curve(series, compared);
    if (out_.curves.empty()) return std::nullopt;
    out_.curves_left_out = seen_.series_left_out;
    for (Seen::Limit& limit : seen_.limits) add_limit(std::move(limit.verdict));
    out_.windows = std::move(seen_.windows);
    out_.baselines = std::move(seen_.baselines);
    add_ticks();
    return std::move(out_);
  }

 private:
  // Around what the rule looked at that decides first: what was before it, three times as long or some
  // samples; and what came after it, if that is not much. Samples beyond a long gap are another story.
  void frame_time() {
    const Instant now = snapshot_.now();
    WindowVerdict looked{.from = now, .to = now};
    if (!seen_.windows.empty()) looked = seen_.windows.front();
    const auto span = kBefore * (static_cast<program::Int128>(looked.to) - looked.from);
    out_.from = looked.from;
    out_.to = looked.to;
    for (const auto& [index, compared] : seen_.series) {
      const std::vector<Instant>& times = snapshot_.series(index).times;
      const auto after = std::ranges::upper_bound(times, std::min(looked.to, now)) - times.begin();
      const auto end = std::ranges::upper_bound(times, now) - times.begin();
      out_.from = std::min(out_.from, reach(times, after - 1, -1, looked.from - span, 0));
      out_.to = std::max(out_.to, reach(times, after - 1, 1, looked.to + span, end - 1));
    }
    out_.to = std::max(out_.from, std::min(out_.to, std::max(looked.to, now)));
  }

  // The last sample on the way from one to another that is within the span or one of the next few.
  static Instant reach(const std::vector<Instant>& times, std::ptrdiff_t from, std::ptrdiff_t step, program::Int128 border,
                       std::ptrdiff_t last) {
    if (from < 0) return step < 0 ? vm::kEndOfTime : vm::kBeginningOfTime;
    Instant longest = 0;
    std::ptrdiff_t i = from;
    for (std::ptrdiff_t count = 1; i != last && count < kFewestSamples; i += step, ++count) {
      const Instant next = times[static_cast<std::size_t>(i + step)];
      const Instant gap = step < 0 ? times[static_cast<std::size_t>(i)] - next : next - times[static_cast<std::size_t>(i)];
      if (longest != 0 && gap / kLongGap > longest) return times[static_cast<std::size_t>(i)];
      longest = std::max(longest, gap);
    }
    while (i != last && (step < 0 ? times[static_cast<std::size_t>(i - 1)] >= border : times[static_cast<std::size_t>(i + 1)] <= border)) i += step;
    return times[static_cast<std::size_t>(i)];
  }

  void add_curve(std::uint32_t index, bool compared) {
    const vm::Series& series = snapshot_.series(index);
    const auto first = static_cast<std::size_t>(std::ranges::lower_bound(series.times, out_.from) - series.times.begin());
    const auto end = static_cast<std::size_t>(std::ranges::upper_bound(series.times, out_.to) - series.times.begin());
    if (first >= end || series.values.empty()) return;
    CurveVerdict curve{.name = name_of(index), .is_stable = compared, .count = static_cast<std::uint32_t>(end - first)};
    std::optional<Decimal> least;
    std::optional<Decimal> greatest;
    for (std::size_t i = first; i < end; ++i) {
      if (series.values[i].is_unknown()) continue;
      const Decimal value = series.values[i].as_number();
      least = least ? std::min(*least, value) : value;
      greatest = greatest ? std::max(*greatest, value) : value;
    }
    if (least) curve.least = text(*least);
    if (greatest) curve.greatest = text(*greatest);
    for (std::size_t i = end - std::min(end - first, kMostValues); i < end; ++i) {
      const Value value = series.values[i];
      curve.newest.emplace_back(program::format_time(series.times[i]),
                                value.is_unknown() ? std::string("unknown (") + program::fault_name(value.fault()) + ")"
                                                   : text(value.as_number()));
    }
    curve.points = thinned(series, first, end);
    out_.curves.push_back(std::move(curve));
  }

  static PointVerdict point(const vm::Series& series, std::size_t i) {
    PointVerdict point{.at = series.times[i]};
    if (!series.values[i].is_unknown()) point.value = series.values[i].as_number().to_double();
    return point;
  }

  // Of each stretch of as many samples the least, the greatest and one that is unknown; and the newest.
  static std::vector<PointVerdict> thinned(const vm::Series& series, std::size_t first, std::size_t end) {
    std::vector<PointVerdict> points;
    if (end - first <= kMostPoints) {
      for (std::size_t i = first; i < end; ++i) points.push_back(point(series, i));
      return points;
    }
    constexpr std::size_t kStretches = kMostPoints / 3 - 1;
    const std::size_t count = end - 1 - first;
    for (std::size_t stretch = 0; stretch < kStretches; ++stretch) {
      const std::size_t from = first + count * stretch / kStretches;
      const std::size_t to = first + count * (stretch + 1) / kStretches;
      std::vector<std::size_t> kept = extremes(series, from, to);
      std::ranges::sort(kept);
      kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
      for (const std::size_t i : kept) points.push_back(point(series, i));
    }
    points.push_back(point(series, end - 1));
    return points;
  }

  static std::vector<std::size_t> extremes(const vm::Series& series, std::size_t from, std::size_t to) {
    std::optional<std::size_t> least;
    std::optional<std::size_t> greatest;
    std::optional<std::size_t> unknown;
    for (std::size_t i = from; i < to; ++i) {
      if (series.values[i].is_unknown()) {
        if (!unknown) unknown = i;
        continue;
      }
      const Decimal value = series.values[i].as_number();
      if (!least || value < series.values[*least].as_number()) least = i;
      if (!greatest || value > series.values[*greatest].as_number()) greatest = i;
    }
    std::vector<std::size_t> kept;
    for (const auto& one : {least, greatest, unknown}) {
      if (one) kept.push_back(*one);
    }
    return kept;
  }

  // A line that stays where it is needs one point.
  void add_limit(LimitVerdict limit) {
    std::ranges::stable_sort(limit.line, {}, &PointVerdict::at);
    const auto is_outside = [&](const PointVerdict& point) { return point.at < out_.from || point.at > out_.to; };
    const PointVerdict newest = limit.line.back();
    std::erase_if(limit.line, is_outside);
    if (limit.line.empty()) limit.line = {newest};
    const bool constant = std::ranges::all_of(limit.line, [&](const PointVerdict& p) { return p.value == limit.line.front().value; });
    if (constant) limit.line.resize(1);
    const bool known = std::ranges::any_of(out_.limits, [&](const LimitVerdict& other) {
      return other.expr == limit.expr && other.text == limit.text;
    });
    if (!known) out_.limits.push_back(std::move(limit));
  }

  std::string name_of(std::uint32_t index) const {
    const vm::Channel& channel = snapshot_.channels()[index / program::kTrackCount];
    const bool stable = static_cast<Track>(index % program::kTrackCount) == Track::stable;
    const std::string labels = member_text(machine_, channel.member);
    return out_.name + (stable ? ".stable" : "") + (labels.empty() ? "" : "{" + labels + "}");
  }

  std::string text(Decimal value) const { return number_text(program_, value, metric_.type); }

  // ---- the axis of values ----

  void add_ticks() {
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    const auto reach = [&](const std::vector<PointVerdict>& points) {
      for (const PointVerdict& point : points) {
        if (!point.value) continue;
        least = std::min(least, *point.value);
        greatest = std::max(greatest, *point.value);
      }
    };
    for (const CurveVerdict& curve : out_.curves) reach(curve.points);
    for (const BaselineVerdict& baseline : out_.baselines) reach({{.at = 0, .value = baseline.value}});
    // The limit that decides first is always seen; others only where the samples can still be read beside them.
    for (const LimitVerdict& limit : out_.limits) {
      const double before[] = {least, greatest};
      reach(limit.line);
      const bool is_far = &limit != &out_.limits.front() && greatest - least > kFarLimit * std::max(before[1] - before[0], std::abs(before[1]) / 10);
      if (!is_far) continue;
      least = before[0];
      greatest = before[1];
    }
    if (least > greatest) least = greatest = 0;
    const double size = std::max(std::max(greatest, -least), 1e-15);
    if (greatest - least < size / 1'000) {
      // All in one place: it lies in the middle.
      least = least > 0 && least < size / 10 ? 0 : least - size / 10;
      greatest += size / 10;
    }
    // Nothing lies at the edge, unless there is nothing beyond it.
    const double margin = (greatest - least) / 20;
    least = least >= 0 ? std::max(least - margin, 0.0) : least - margin;
    const bool is_full = metric_.type.kind == program::Kind::ratio && greatest <= 1;
    greatest = is_full ? std::min(greatest + margin, 1.0) : greatest + margin;
    const double step = step_for((greatest - least) / 4);
    const auto first = static_cast<std::int64_t>(std::floor(least / step));
    const auto last = std::max(static_cast<std::int64_t>(std::ceil(greatest / step)), first + 1);
    for (std::int64_t i = first; i <= last; ++i) {
      const double value = static_cast<double>(i) * step;
      Decimal number;
      if (Decimal::from_double(value, number) == program::NumberError::none) out_.ticks.push_back({value, text(number)});
    }
  }

  // The least round step that is not smaller: in hours, in powers of two of bytes, else 1, 2 or 5.
  double step_for(double least) const {
    constexpr double kTimes[] = {15, 30, 60, 120, 300, 600, 900, 1'800, 3'600, 7'200, 10'800, 21'600, 43'200, 86'400};
    if (metric_.type.is_duration() && least > 10 && least <= 86'400) return *std::ranges::lower_bound(kTimes, least);
    if (metric_.type.kind == program::Kind::integer && least <= 1) return 1;
    if (metric_.type.is_bytes() && least > 1) {
      double step = 2;
      while (step < least) step *= 2;
      return step;
    }
    for (int exponent = -18; exponent < 22; ++exponent) {
      double power = 1;
      for (int i = exponent < 0 ? -exponent : exponent; i > 0; --i) power *= 10;
      for (const double digit : {1.0, 2.0, 5.0}) {
        const double step = exponent < 0 ? digit / power : digit * power;
        if (step >= least) return step;
      }
    }
    return least;
  }

  const vm::Machine& machine_;
  const Program& program_;
  const vm::Snapshot& snapshot_;
  Seen seen_;
  const Metric& metric_;
  ChartVerdict out_;
};

bool has_looked(const RuleJudgement& judged) {
  return judged.outcome != Outcome::skipped && judged.block != kNone && !judged.by_people;
}

void add_charts_of(const Judge& judge, std::size_t index, PolicyVerdict& verdict) {
  vm::Machine& machine = judge.machine();
  const Program& program = machine.program();
  const program::Policy& policy = program.policies[index];
  const std::vector<RuleJudgement>& judgements = judge.policies()[index].rules;
  std::vector<Seen> seen;
  const auto look = [&](std::size_t rule, const RuleJudgement& judged) {
    Looking looking(machine, program.text(policy.rules[rule].id), seen);
    looking.run(judged.block, judged.context);
    if (policy.rules[rule].each == kNone) return;
    const std::size_t named = std::min<std::size_t>(judged.series_alike, judged.series.size());
    for (std::size_t i = 1; i < named; ++i) looking.also(policy.rules[rule].each, judged.series[i], judged.context);
  };
  // Those that decide first: what they look at is not left out.
  std::vector<std::size_t> rules;
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (has_looked(judgements[i])) rules.push_back(i);
  }
  const auto weight = [&](std::size_t rule) { return judge.on_trial(index, rule) ? -1 : gravity(judgements[rule].outcome); };
  std::ranges::stable_sort(rules, std::greater{}, weight);
  for (const std::size_t rule : rules) look(rule, judgements[rule]);
  std::vector<ChartVerdict>& charts = verdict.charts.emplace();
  for (Seen& one : seen) {
    std::optional<ChartVerdict> chart = Drawing(machine, std::move(one)).run();
    if (!chart) continue;
    if (charts.size() < kMostCharts) charts.push_back(std::move(*chart));
    else ++verdict.charts_left_out;
  }
}

}  // namespace

void add_charts(const Judge& judge, Verdict& verdict) {
  for (std::size_t i = 0; i < verdict.policies.size(); ++i) add_charts_of(judge, i, verdict.policies[i]);
}

}  // namespace dpol::decision
