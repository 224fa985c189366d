// The dispatch loop, and what one instruction does on its own or over the rows of a list.

#include "runtime/vm/machine.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>
#include <utility>

#include "runtime/vm/state.h"

namespace dpol::vm {

using program::BirthKind;
using program::Birthplace;
using program::BlockId;
using program::CellId;
using program::Decimal;
using program::DecimalSum;
using program::Fault;
using program::Function;
using program::Instruction;
using program::kleene_and;
using program::kleene_not;
using program::kleene_or;
using program::kNone;
using program::kTrackCount;
using program::Opcode;
using program::Program;
using program::Track;
using program::Value;

// ---- the public face ----

Machine::Machine(const Program& program, std::size_t window_bytes)
    : state_(std::make_unique<State>(program, window_bytes)) {}
Machine::~Machine() = default;
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

void Machine::load(const Snapshot& snapshot) { state_->load(snapshot); }

Value Machine::run(BlockId block, const Context& context) { return state_->run(block, context); }

Value Machine::cell(CellId cell) const { return state_->cells[cell]; }

std::string_view Machine::text(Value text) const { return state_->built.text_of(text.as_id()); }

Machine::Kept::Kept(Machine& machine) : machine_(machine) {
  const Built& built = machine.state_->built;
  before_ = {built.base().texts, built.base().bytes, built.base().rows};
  machine.state_->built.set_base(built.mark());
}
Machine::Kept::~Kept() { machine_.state_->built.set_base({before_[0], before_[1], before_[2]}); }

void Machine::set_cell(CellId cell, Value value) { state_->cells[cell] = value; }

bool Machine::is_member(std::uint32_t series, const Context& context) const {
  return state_->is_member(series, context);
}

Value Machine::built_row(Value list, std::uint32_t row) const {
  return state_->built.row(std::uint64_t{list.first_row()} + row);
}

Machine::Span Machine::instants(std::uint32_t metric, Track track, Instant from, Instant to,
                                std::uint32_t member) const {
  const Series& series =
      state_->snapshot->series(state_->snapshot->series_index(metric, track, member, false));
  const auto first = std::ranges::lower_bound(series.times, from);
  const auto last = std::upper_bound(first, series.times.end(), to);
  return {static_cast<std::size_t>(first - series.times.begin()),
          static_cast<std::size_t>(last - series.times.begin())};
}

std::uint64_t Machine::steps() const { return state_->steps_before + state_->steps; }
const Program& Machine::program() const { return *state_->program; }
const Snapshot& Machine::snapshot() const { return *state_->snapshot; }

// ---- loading ----

Machine::State::State(const Program& program_given, std::size_t window_bytes_given)
    : program(&program_given),
      window_bytes(window_bytes_given),
      cells(program_given.cell_count()),
      site_of(program_given.code.size(), kNone),
      regexes(program_given),
      written(program_given) {
  for (const program::Block& block : program->blocks) {
    blocks.push_back({program->code.data() + block.first, block.count, block.result});
  }
  for (const program::Metric& metric : program->metrics) {
    metrics.push_back({.spacing = spacing_of(metric), .needs = metric.needs,
                       .has_labels = metric.label_set != kNone,
                       .gone = nanoseconds_above(metric.gone_seconds)});
  }
  prepare_sites();
}

namespace {

// Places in the order of precedence; versions that differ in their build alone share one.
std::vector<std::uint32_t> rank(const std::vector<program::Semver>& versions) {
  std::vector<std::uint32_t> order(versions.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&versions](std::uint32_t a, std::uint32_t b) {
    return versions[a].compare(versions[b]) < 0;
  });
  std::vector<std::uint32_t> ranks(versions.size());
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && versions[order[i - 1]].compare(versions[order[i]]) != 0) ++next;
    ranks[order[i]] = next;
  }
  return ranks;
}

}  // namespace

void Machine::State::load(const Snapshot& snapshot_given) {
  snapshot = &snapshot_given;
  const std::size_t constants = program->constants.size();
  const std::size_t inputs = program->inputs.size();
  assert(snapshot->inputs().size() == inputs);
  std::uint64_t versions = 0;
  for (std::size_t i = 0; i < constants; ++i) {
    const bool is_version = program->constant_types[i].kind == program::Kind::semver;
    const bool known = !program->constants[i].is_unknown();
    cells[i] = is_version && known ? Value::id(versions) : program->constants[i];
    versions += static_cast<std::uint64_t>(is_version);
  }
  std::ranges::copy(snapshot->inputs(), cells.begin() + static_cast<std::ptrdiff_t>(constants));
  // A row of an earlier snapshot must not be looked up in this one.
  std::fill(cells.begin() + static_cast<std::ptrdiff_t>(constants + inputs), cells.end(),
            Value::unknown(Fault::bad_argument));
  semver_rank = rank(snapshot->semvers());
  regexes.load(*program, *snapshot);
  built.load(*snapshot);
  load_series();
  load_sites();
  steps = 0;
  steps_before = 0;
}

Value Machine::State::run(BlockId block, const Context& context) {
  steps_before += steps;
  steps = 0;
  spent = false;
  built.release(built.base());
  const Value result = execute(block, context);
  return spent ? Value::unknown(Fault::step_budget) : result;
}

// ---- operations ----

namespace {

using Operation = bool (*)(Decimal, Decimal, Decimal&);
template <Operation kOperation>
Value arithmetic(Value a, Value b) {
  if (a.is_unknown()) return a;
  if (b.is_unknown()) return b;
  Decimal result;
  const bool ok = kOperation(a.as_number(), b.as_number(), result);
  return known_or_overflow(ok, result);
}

Value divide(Value a, Value b) {
  if (a.is_unknown()) return a;
  if (b.is_unknown()) return b;
  if (b.as_number().is_zero()) return Value::unknown(Fault::division_by_zero);
  return arithmetic<Decimal::div>(a, b);
}

Value negate(Value a) { return a.is_unknown() ? a : Value::number(a.as_number().neg()); }

template <class Holds>
Value compare(Value a, Value b, const Holds& holds) {
  if (a.is_unknown()) return a;
  if (b.is_unknown()) return b;
  return Value::boolean(holds(a, b));
}
bool is_less(Value a, Value b) { return a.raw() < b.raw(); }
bool is_less_equal(Value a, Value b) { return a.raw() <= b.raw(); }
bool is_greater(Value a, Value b) { return a.raw() > b.raw(); }
bool is_greater_equal(Value a, Value b) { return a.raw() >= b.raw(); }
bool is_equal(Value a, Value b) { return a == b; }
bool is_not_equal(Value a, Value b) { return !(a == b); }

Value choose(Value yes, Value no, Value condition) {
  if (condition.is_true()) return yes;
  if (condition.is_false()) return no;
  return yes == no && !yes.is_unknown() ? yes : condition;
}

Value present(Value a) {
  if (a.is_absent()) return Value::boolean(false);
  return a.is_unknown() ? a : Value::boolean(true);
}

Value given(Value a, Value condition) {
  if (condition.is_true()) return a;
  return condition.is_unknown() ? condition : Value::unknown(Fault::too_little_traffic);
}

// A row that is left out is an unknown without a fault: it stays between a body and its loop.
Value picked(Value a, Value condition) {
  if (condition.is_true()) return a;
  return condition.is_unknown() ? condition : Value::unknown(Fault::none);
}

// Of rows over which nothing can be said.
Value none_counts(Value list, Birthplace born) {
  return Value::unknown(list.row_count() == 0 ? Fault::empty_list : Fault::no_row_chosen, born);
}

Value row_count(Value list) {
  return list.is_unknown() ? list : Value::number(Decimal::from_int64(list.row_count()));
}

}  // namespace

// An input's unknown names the input; of what was computed, no single one is to blame.
Birthplace Machine::State::birthplace(CellId cell) const {
  const std::size_t constants = program->constants.size();
  if (cell < constants || cell >= constants + program->inputs.size()) return {};
  return {BirthKind::input, static_cast<std::uint32_t>(cell - constants)};
}

Value Machine::State::contains_text(Value text, Value part) {
  if (text.is_unknown()) return text;
  if (part.is_unknown()) return part;
  const std::string_view whole = built.text_of(text.as_id());
  const std::string_view sought = built.text_of(part.as_id());
  charge((whole.size() + sought.size()) / kBytesPerStep);
  // Linear in both, unlike std::string::find.
  return Value::boolean(memmem(whole.data(), whole.size(), sought.data(), sought.size()) !=
                        nullptr);
}

Value Machine::State::has(Value list, Value wanted, std::uint32_t column) {
  if (list.is_unknown()) return list;
  if (list.row_count() == 0) return Value::boolean(false);
  if (wanted.is_unknown()) return wanted;
  charge(list.row_count());
  Value result = Value::boolean(false);
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    const Value value = field(Value::id(std::uint64_t{list.first_row()} + i), column);
    if (value == wanted) return Value::boolean(true);
    if (value.is_unknown() && !result.is_unknown()) result = value;
  }
  return result;
}

Value Machine::State::find(const Instruction& instruction) {
  const Value list = cells[instruction.b];
  const Value key = cells[instruction.c];
  if (list.is_unknown()) return list;
  if (key.is_unknown()) return key;
  charge(list.row_count());
  const Value* keys = snapshot->column(instruction.d).data() + list.first_row();
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    if (keys[i] == key) return Value::id(list.first_row() + i);
  }
  return Value::unknown(Fault::no_such_key, birthplace(instruction.b));
}

Value Machine::State::matches(std::uint32_t regex, Value text) const {
  if (text.is_unknown()) return text;
  return regexes.matches(regex, text.as_id(), built.text_of(text.as_id()));
}

Value Machine::State::field(Value row, std::uint32_t column) const {
  if (row.is_unknown()) return row;
  if (row.as_id() >= kFirstBuiltRow) [[unlikely]] return built.row(row.as_id());
  return snapshot->column(column)[row.as_id()];
}

Value Machine::State::nth(const Instruction& instruction) const {
  const Value list = cells[instruction.b];
  const Value number = cells[instruction.c];
  if (list.is_unknown()) return list;
  if (number.is_unknown()) return number;
  const std::int64_t count = list.row_count();
  if (count == 0) return Value::unknown(Fault::empty_list, birthplace(instruction.b));
  const auto whole_number = number.as_number().to_int64();
  const bool inside = whole_number && *whole_number >= -count && *whole_number < count;
  if (!inside) return Value::unknown(Fault::no_such_row, birthplace(instruction.b));
  const std::int64_t row = *whole_number < 0 ? *whole_number + count : *whole_number;
  return Value::id(list.first_row() + static_cast<std::uint64_t>(row));
}

Value Machine::State::judge_block(BlockId block, const Context& context) {
  const Built::Mark before = built.mark();
  const Value result = execute(block, context);
  built.release(before);
  return result;
}

// ---- lists ----

// For all rows (stop_at false) or for some (true): Kleene's and, Kleene's or.
Value Machine::State::every_row(const Instruction& instruction, const Context& context,
                                bool stop_at) {
  const Value list = cells[instruction.b];
  Value result = Value::boolean(!stop_at);
  for (std::uint32_t i = 0; i < list.row_count() && !spent; ++i) {
    cells[instruction.c] = Value::id(list.first_row() + i);
    const Value row = judge_block(instruction.d, context);
    result = stop_at ? kleene_or(result, row) : kleene_and(result, row);
    if (stop_at ? result.is_true() : result.is_false()) break;
  }
  return result;
}

Value Machine::State::count_rows(const Instruction& instruction, const Context& context) {
  const Value list = cells[instruction.b];
  std::int64_t count = 0;
  for (std::uint32_t i = 0; i < list.row_count() && !spent; ++i) {
    cells[instruction.c] = Value::id(list.first_row() + i);
    const Value row = judge_block(instruction.d, context);
    if (row.is_unknown()) return row;
    count += static_cast<std::int64_t>(row.is_true());
  }
  return Value::number(Decimal::from_int64(count));
}

Value Machine::State::sum_rows(const Instruction& instruction, const Context& context) {
  const Value list = cells[instruction.b];
  DecimalSum sum;
  for (std::uint32_t i = 0; i < list.row_count() && !spent; ++i) {
    cells[instruction.c] = Value::id(list.first_row() + i);
    const Value row = judge_block(instruction.d, context);
    if (row.is_unknown()) return row;
    sum.add(row.as_number());
  }
  Decimal total;
  return known_or_overflow(sum.total(total), total);
}

// Of the rows that are not left out.
Value Machine::State::extreme_row(const Instruction& instruction, const Context& context,
                                  bool largest) {
  const Value list = cells[instruction.b];
  Value best = none_counts(list, birthplace(instruction.b));
  for (std::uint32_t i = 0; i < list.row_count() && !spent; ++i) {
    cells[instruction.c] = Value::id(std::uint64_t{list.first_row()} + i);
    const Value row = judge_block(instruction.d, context);
    if (row.is_unknown() && row.fault() == Fault::none) continue;
    if (row.is_unknown()) return row;
    const bool better = best.is_unknown() || (largest ? is_less(best, row) : is_less(row, best));
    if (better) best = row;
  }
  return best;
}

Value Machine::State::mean_row(const Instruction& instruction, const Context& context) {
  const Value list = cells[instruction.b];
  DecimalSum sum;
  std::int64_t count = 0;
  for (std::uint32_t i = 0; i < list.row_count() && !spent; ++i) {
    cells[instruction.c] = Value::id(std::uint64_t{list.first_row()} + i);
    const Value row = judge_block(instruction.d, context);
    if (row.is_unknown() && row.fault() == Fault::none) continue;
    if (row.is_unknown()) return row;
    sum.add(row.as_number());
    ++count;
  }
  if (count == 0) return none_counts(list, birthplace(instruction.b));
  Decimal total;
  if (!sum.total(total)) return Value::unknown(Fault::overflow);
  return divide(Value::number(total), Value::number(Decimal::from_int64(count)));
}

Value Machine::State::run_rows(const Instruction& instruction, const Context& context) {
  const Value list = cells[instruction.b];
  if (list.is_unknown()) return list;
  switch (instruction.op) {
    case Opcode::every_of_some:
      if (list.row_count() == 0) {
        return Value::unknown(Fault::empty_list, birthplace(instruction.b));
      }
      return every_row(instruction, context, false);
    case Opcode::every: return every_row(instruction, context, false);
    case Opcode::any: return every_row(instruction, context, true);
    case Opcode::count: return count_rows(instruction, context);
    case Opcode::sum: return sum_rows(instruction, context);
    case Opcode::minimum: return extreme_row(instruction, context, false);
    case Opcode::maximum: return extreme_row(instruction, context, true);
    case Opcode::mean: return mean_row(instruction, context);
    default: break;
  }
  assert(false && "no list opcode");
  return list;
}

// ---- samples ----

// The metric's own condition, at the instant at which it is read; true where it has none.
Value Machine::State::needs_of(std::uint32_t metric, std::uint32_t series, const Context& context) {
  const BlockId needs = metrics[metric].needs;
  if (needs == kNone) return Value::boolean(true);
  const Value result = judge_block(needs, context);
  if (!result.is_false()) return result;
  return Value::unknown(Fault::too_little_traffic, {BirthKind::series, series});
}

Value Machine::State::sample(const Context& context, std::uint32_t operand) {
  const std::uint32_t metric = operand / kTrackCount;
  const bool bare = operand % kTrackCount == static_cast<std::uint32_t>(Track::candidate);
  const std::uint32_t index =
      snapshot->series_index(metric, bare ? context.bare : Track::stable, context.member, !bare);
  if (!bare && context.stable_from < context.stable_to) return stable_then(context, metric, index);
  const Series& series = snapshot->series(index);
  const Birthplace here = {BirthKind::series, index};
  if (series.times.empty()) return Value::unknown(Fault::no_series, here);
  const Instant lower = bare ? context.fresh_from : std::numeric_limits<Instant>::min();
  const std::uint32_t newest =
      newest_between(series.times, lower, std::min(context.at, context.until));
  if (newest == kNoSample) return Value::unknown(Fault::no_sample, here);
  if (minus(context.at, series.times[newest]) > metrics[metric].spacing.stale) {
    return Value::unknown(Fault::stale, here);
  }
  const Value value = series.values[newest];
  if (value.is_unknown()) return value;
  const Value needs = needs_of(metric, index, context);
  return needs.is_true() ? value : needs;
}

// Of a metric by the labels whose values are in force, or of the only one that there is.
Value Machine::State::baseline(std::uint32_t metric, const Context& context) const {
  const std::uint32_t channel = snapshot->channel(metric, context.member);
  if (channel != metric) return snapshot->channels()[channel].baseline;
  return Value::unknown(Fault::no_baseline,
                        {BirthKind::series, metric * kTrackCount +
                                                static_cast<std::uint32_t>(Track::baseline)});
}

// A series is one from its first sample on that may be seen, whether it still has new ones or not:
// what falls silent must be noticed. Only after its metric's `gone after` it is none any more.
bool Machine::State::is_member(std::uint32_t operand, const Context& context) const {
  const std::uint32_t metric = operand / kTrackCount;
  const bool compared = operand % kTrackCount != static_cast<std::uint32_t>(Track::candidate);
  const Track track = compared ? Track::stable : context.bare;
  const std::uint32_t index = snapshot->series_index(metric, track, context.member, false);
  if (index / kTrackCount == metric) return false;
  const std::vector<Instant>& times = snapshot->series(index).times;
  if (compared && context.stable_from < context.stable_to) {
    return newest_between(times, context.stable_from, context.stable_to - 1) != kNoSample;
  }
  Instant lower = context.aggregates_from;
  if (compared) lower = std::min(lower, minus(context.at, metrics[metric].spacing.stale));
  if (metrics[metric].gone > 0) lower = std::max(lower, minus(context.at, metrics[metric].gone));
  return newest_between(times, lower, std::min(context.at, context.until)) != kNoSample;
}

Value Machine::State::all_series(const Instruction& instruction, const Context& context) {
  const std::uint32_t metric = instruction.d / kTrackCount;
  const bool compared =
      instruction.d % kTrackCount != static_cast<std::uint32_t>(Track::candidate);
  const Track track = compared ? Track::stable : context.bare;
  const std::size_t before = listed.size();
  const auto [first, last] = snapshot->members_of(program->metrics[metric].label_set);
  charge(last - first);
  Context inside = context;
  for (inside.member = first; inside.member < last && !spent; ++inside.member) {
    if (!is_member(instruction.d, inside)) continue;
    const Value value = sample(inside, instruction.d);
    listed.push_back(value);
  }
  const std::uint32_t whole = metric * kTrackCount + static_cast<std::uint32_t>(track);
  const bool none = listed.size() == before;
  const Value result =
      none ? Value::unknown(snapshot->series(whole).times.empty() ? Fault::no_series : Fault::no_sample,
                            {BirthKind::series, whole})
           : built.list(std::span(listed).subspan(before));
  listed.resize(before);
  return result;
}

// The median of the stable track while it still took traffic; samples that say nothing are left out.
Value Machine::State::stable_then(const Context& context, std::uint32_t metric, std::uint32_t index) {
  StableThen& info = stable_info[index / kTrackCount];
  if (info.from == context.stable_from && info.to == context.stable_to) return info.median;
  const Series& series = snapshot->series(index);
  const bool is_number = program::cell_class(program->metrics[metric].type) == program::CellClass::number;
  std::size_t known = 0;
  const auto first = std::ranges::lower_bound(series.times, context.stable_from);
  for (auto i = static_cast<std::size_t>(first - series.times.begin());
       is_number && i < series.times.size() && series.times[i] < context.stable_to; ++i) {
    if (!series.values[i].is_unknown()) scratch[known++] = {series.times[i], series.values[i].as_number()};
  }
  info.from = context.stable_from;
  info.to = context.stable_to;
  info.median = known == 0
      ? Value::unknown(series.times.empty() ? Fault::no_series : Fault::no_sample, {BirthKind::series, index})
      : aggregate_of(program::Aggregate::p50, std::span(scratch).first(known));
  return info.median;
}

// ---- dispatch ----

// GCC and clang jump from each opcode's body straight to the next one's, which branch prediction
// likes better than one shared switch. Both forms compile from the same bodies, and a row of
// opcodes.def without a body compiles in neither.
#if defined(__GNUC__)
#define DPOL_COMPUTED_GOTO 1
#else
#define DPOL_COMPUTED_GOTO 0
#endif

#if DPOL_COMPUTED_GOTO
#define DPOL_BODY(name) body_##name:
#define DPOL_NEXT()                                            \
  do {                                                         \
    if (++at == end) goto done;                                \
    goto* kBodies[static_cast<std::size_t>(at->op)];           \
  } while (false)
#else
#define DPOL_BODY(name) case Opcode::name:
#define DPOL_NEXT() break
#endif

// One line each: A = value.
#define DPOL_STEP(name, value)   \
  DPOL_BODY(name) {              \
    file[at->a] = (value);       \
    DPOL_NEXT();                 \
  }

Value Machine::State::execute(BlockId id, const Context& context) {
  const Code& block = blocks[id];
  charge(std::uint64_t{block.count} + 1);
  if (spent) [[unlikely]] return Value::unknown(Fault::step_budget);
  Value* const file = cells.data();
  const Instruction* at = block.first;
  const Instruction* const end = at + block.count;
  if (at == end) return file[block.result];

#define B file[at->b]
#define C file[at->c]
#define D file[at->d]
#if DPOL_COMPUTED_GOTO
  static const void* const kBodies[] = {
#define DPOL_OPCODE(name, a, b, c, d, text) &&body_##name,
#include "runtime/program/opcodes.def"
  };
  goto* kBodies[static_cast<std::size_t>(at->op)];
#else
  for (; at != end; ++at) {
    switch (at->op) {
#endif
  DPOL_STEP(add, arithmetic<Decimal::add>(B, C))
  DPOL_STEP(subtract, arithmetic<Decimal::sub>(B, C))
  DPOL_STEP(multiply, arithmetic<Decimal::mul>(B, C))
  DPOL_STEP(divide, divide(B, C))
  DPOL_STEP(negate, negate(B))
  DPOL_BODY(relative) {
    const bool is_zero = !B.is_unknown() && B.as_number().is_zero();
    file[at->a] = is_zero ? Value::unknown(Fault::zero_baseline, birthplace(at->b))
                          : arithmetic<Decimal::mul>(B, C);
    DPOL_NEXT();
  }
  DPOL_STEP(less, compare(B, C, is_less))
  DPOL_STEP(less_equal, compare(B, C, is_less_equal))
  DPOL_STEP(greater, compare(B, C, is_greater))
  DPOL_STEP(greater_equal, compare(B, C, is_greater_equal))
  DPOL_STEP(equal, compare(B, C, is_equal))
  DPOL_STEP(not_equal, compare(B, C, is_not_equal))
  DPOL_STEP(semver_less, compare(B, C, [this](Value b, Value c) {
              return semver_rank[b.as_id()] < semver_rank[c.as_id()];
            }))
  DPOL_STEP(semver_less_equal, compare(B, C, [this](Value b, Value c) {
              return semver_rank[b.as_id()] <= semver_rank[c.as_id()];
            }))
  DPOL_STEP(semver_greater, compare(B, C, [this](Value b, Value c) {
              return semver_rank[b.as_id()] > semver_rank[c.as_id()];
            }))
  DPOL_STEP(semver_greater_equal, compare(B, C, [this](Value b, Value c) {
              return semver_rank[b.as_id()] >= semver_rank[c.as_id()];
            }))
  DPOL_STEP(semver_equal, compare(B, C, [this](Value b, Value c) {
              return semver_rank[b.as_id()] == semver_rank[c.as_id()];
            }))
  DPOL_STEP(both, kleene_and(B, C))
  DPOL_STEP(either, kleene_or(B, C))
  DPOL_STEP(negation, kleene_not(B))
  DPOL_STEP(choose, choose(B, C, D))
  DPOL_STEP(present, present(B))
  DPOL_STEP(otherwise, B.is_absent() ? C : B)
  DPOL_STEP(assumed, B.is_unknown() ? C : B)
  DPOL_STEP(given, given(B, C))
  DPOL_STEP(contains_text, contains_text(B, C))
  DPOL_STEP(matches, matches(at->d, B))
  DPOL_STEP(length, row_count(B))
  DPOL_STEP(has, has(B, C, at->d))
  DPOL_STEP(field, field(B, at->d))
  DPOL_STEP(find, find(*at))
  DPOL_STEP(nth, nth(*at))
  DPOL_STEP(every, run_rows(*at, context))
  DPOL_STEP(every_of_some, run_rows(*at, context))
  DPOL_STEP(any, run_rows(*at, context))
  DPOL_STEP(count, run_rows(*at, context))
  DPOL_STEP(sum, run_rows(*at, context))
  DPOL_STEP(minimum, run_rows(*at, context))
  DPOL_STEP(maximum, run_rows(*at, context))
  DPOL_STEP(mean, run_rows(*at, context))
  DPOL_STEP(picked, picked(B, C))
  DPOL_STEP(sample, sample(context, at->d))
  DPOL_STEP(baseline, baseline(at->d / kTrackCount, context))
  DPOL_STEP(all_series, all_series(*at, context))
  DPOL_STEP(aggregate, aggregate(*at, site_at(at, context), context))
  DPOL_STEP(worse_share, ranking(*at, site_at(at, context), context))
  DPOL_STEP(worse_amount, ranking(*at, site_at(at, context), context))
  DPOL_STEP(differs_share, ranking(*at, site_at(at, context), context))
  DPOL_STEP(differs_amount, ranking(*at, site_at(at, context), context))
  DPOL_STEP(for_time, window(*at, site_at(at, context), context))
  DPOL_STEP(for_samples, window(*at, site_at(at, context), context))
  DPOL_STEP(of_samples, window(*at, site_at(at, context), context))
  DPOL_STEP(in_samples, window(*at, site_at(at, context), context))
  DPOL_STEP(call, call(static_cast<Function>(at->c), program->arguments.data() + at->d))
#if DPOL_COMPUTED_GOTO
done:
#else
    }
  }
#endif
#undef B
#undef C
#undef D
  return file[block.result];
}

}  // namespace dpol::vm
