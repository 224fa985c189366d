#include "runtime/decision/observe.h"

#include <algorithm>
#include <map>

#include "runtime/decision/value_text.h"
#include "runtime/program/opcode_table.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::Block;
using program::BlockId;
using program::CellId;
using program::Decimal;
using program::Instruction;
using program::kNone;
using program::Opcode;
using program::Program;
using program::TracePoint;
using program::Value;
using vm::Context;
using vm::Instant;

namespace {

constexpr std::size_t kMostSamples = 10;  // of a window, the newest
constexpr std::size_t kMostRows = 3;      // of a list, the first that decide
constexpr std::size_t kMostSeries = 6;    // of a metric with labels, the first
constexpr std::size_t kMostSeriesAsked = 10;  // of these, the first that are missing are asked for

// One part of the condition, over all the times and rows it was looked at.
struct Part {
  TracePoint trace;
  std::vector<std::string> values{};
  std::vector<std::string> exact{};
  std::string source{};
  bool known = true;
};

struct Gap {  // of a comparison, value minus limit
  Decimal difference;
  Decimal limit;
  const program::Comparison* comparison;
};

class Observer {
 public:
  Observer(vm::Machine& machine, const Context& context, bool trouble_is_true)
      : machine_(machine), program_(machine.program()), context_(context), trouble_is_true_(trouble_is_true) {}

  Observation run(BlockId id) {
    whole_ = &program_.blocks[id];
    const Value result = machine_.run(id, context_);
    visit(id, context_, 0);
    Observation out;
    for (auto& [begin, part] : parts_) out.observed.push_back(finish(part));
    if (result.is_unknown() && missing_.empty()) {
      add_missing(result, program_.text(whole_->text), context_.at);
    }
    out.missing = std::move(missing_);
    if (!result.is_unknown()) measure(result.is_true() == trouble_is_true_, out);
    return out;
  }

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;

  // The block has just run under `context`: its cells hold its values.
  void visit(BlockId id, const Context& context, int depth) {
    const Block& block = program_.blocks[id];
    const vm::Machine::Kept kept(machine_);
    read(block, context);
    if (depth > static_cast<int>(program::kMaxBlockDepth)) return;
    for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
      const Instruction& instruction = program_.code[i];
      if (program::is_window(instruction.op)) visit_window(i, context, depth);
      if (program::is_list_loop(instruction.op)) visit_rows(instruction, context, depth);
    }
  }

  void visit_window(std::uint32_t instruction, const Context& context, int depth) {
    const BlockId body = program_.code[instruction].d;
    for (const Context& then : machine_.window_instants(instruction, context, kMostSamples)) {
      machine_.run(body, then);
      visit(body, then, depth + 1);
    }
  }

  void visit_rows(const Instruction& loop, const Context& context, int depth) {
    const Value list = machine_.cell(loop.b);
    if (list.is_unknown()) return;
    const Value result = machine_.cell(loop.a);
    std::size_t shown = 0;
    for (std::uint32_t i = 0; i < list.row_count() && shown < kMostRows; ++i) {
      machine_.set_cell(loop.c, Value::id(list.first_row() + i));
      const Value value = machine_.run(loop.d, context);
      if (!decides(loop.op, result, value)) continue;
      ++shown;
      visit(loop.d, context, depth + 1);
    }
  }

  // Of a list only the rows that made it what it is are worth showing.
  static bool decides(Opcode op, Value result, Value row) {
    switch (op) {
      case Opcode::every:
      case Opcode::every_of_some:
        return result.is_true() || !row.is_true();
      case Opcode::any:
        return result.is_false() || !row.is_false();
      case Opcode::count:
        return row.is_true() || row.is_unknown();
      default:
        return true;
    }
  }

  void read(const Block& block, const Context& context) {
    for (const TracePoint& trace : block.traces) {
      if (trace.cell < program_.constants.size()) continue;
      const Value value = machine_.cell(trace.cell);
      if (!trace.leaf && (value.is_unknown() || trace.type.kind == program::Kind::boolean)) continue;
      const auto [place, fresh] = parts_.try_emplace(Key{trace.begin, trace.length}, Part{.trace = trace});
      Part& part = place->second;
      part.known = !value.is_unknown();
      part.source = source_of(block, trace.cell, context);
      const std::string series = all_series_text(block, trace, value, context);
      if (!series.empty()) {
        part.values.push_back(series);
        part.exact.push_back(series);
        continue;
      }
      part.values.push_back(value.is_unknown() ? unknown_word(value) : known_text(block, trace, value));
      part.exact.push_back(value.is_unknown() ? unknown_word(value)
                                              : digits_of(trace, value));
      if (value.is_unknown()) add_missing(value, text_of(trace), context.at);
    }
    for (const program::Comparison& comparison : block.comparisons) note_gap(comparison);
  }

  // Of a metric with labels what each series is: "a: 3, b: 4".
  std::string all_series_text(const Block& block, const TracePoint& trace, Value list, const Context& context) {
    if (trace.type.kind != program::Kind::list || list.is_unknown()) return {};
    const auto first = program_.code.begin() + block.first;
    const auto found = std::find_if(first, first + block.count, [&](const Instruction& i) {
      return i.op == Opcode::all_series && i.a == trace.cell;
    });
    if (found == first + block.count) return {};
    const program::Metric& metric = program_.metrics[found->d / program::kTrackCount];
    const auto [begin, end] = machine_.snapshot().members_of(metric.label_set);
    std::string text;
    std::uint32_t row = 0;
    Context inside = context;
    for (inside.member = begin; inside.member < end; ++inside.member) {
      if (!machine_.is_member(found->d, inside)) continue;
      const Value value = machine_.built_row(list, row++);
      if (value.is_unknown() && row <= kMostSeriesAsked) add_missing(value, text_of(trace), context.at);
      if (row > kMostSeries) continue;
      text += (text.empty() ? "" : ", ") + label_values(inside.member) + ": " +
              (value.is_unknown() ? unknown_word(value) : value_text(program_, machine_.snapshot(), value, metric.type));
    }
    return row > kMostSeries ? text + ", and " + std::to_string(row - kMostSeries) + " more" : text;
  }

  std::string label_values(std::uint32_t member) const {
    std::string text;
    for (const std::string& value : machine_.snapshot().members()[member].values) {
      text += (text.empty() ? "" : "/") + printable(value);
    }
    return text;
  }

  // With every digit; of a text that the condition built, the machine knows the letters.
  std::string digits_of(const TracePoint& trace, Value value) const {
    if (trace.type.kind == program::Kind::string) return quoted_text(machine_.text(value));
    return exact_text(program_, machine_.snapshot(), value, trace.type);
  }

  // A value that missed its limit by little must not print as the limit.
  std::string known_text(const Block& block, const TracePoint& trace, Value value) const {
    for (const program::Comparison& comparison : block.comparisons) {
      if (comparison.value != trace.cell && comparison.limit != trace.cell) continue;
      const Value other = machine_.cell(comparison.value == trace.cell ? comparison.limit : comparison.value);
      if (!other.is_unknown()) return compared_text(program_, value.as_number(), other.as_number(), trace.type);
    }
    if (trace.type.kind == program::Kind::string) return quoted_text(machine_.text(value));
    return value_text(program_, machine_.snapshot(), value, trace.type);
  }

  static std::string unknown_word(Value value) {
    return value.is_absent() ? "absent" : std::string("unknown (") + program::fault_name(value.fault()) + ")";
  }

  std::string text_of(const TracePoint& trace) const {
    const std::string& whole = program_.text(whole_->text);
    if (trace.begin > whole.size()) return {};
    return whole.substr(trace.begin, trace.length);
  }

  void add_missing(Value value, const std::string& expr, Instant at) {
    Missing missing = missing_of(machine_, value, expr, at);
    const bool known = std::any_of(missing_.begin(), missing_.end(),
                                   [&](const Missing& m) { return m.name == missing.name; });
    if (!known) missing_.push_back(std::move(missing));
  }

  std::string source_of(const Block& block, CellId cell, const Context& context) const {
    const vm::Snapshot& snapshot = machine_.snapshot();
    const std::size_t constants = program_.constants.size();
    if (cell < constants + program_.inputs.size()) return source_text(snapshot, snapshot.origins()[cell - constants]);
    for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
      const Instruction& instruction = program_.code[i];
      if (instruction.a != cell) continue;
      if (instruction.op == Opcode::sample || program::reads_samples(instruction.op)) {
        return series_source(instruction.d, context);
      }
      if (instruction.op == Opcode::baseline) return baseline_source(instruction.d / program::kTrackCount, context);
      if (instruction.op == Opcode::field) return row_source(instruction, context);
    }
    return {};
  }

  std::string series_source(std::uint32_t index, const Context& context) const {
    const bool compared = index % program::kTrackCount != 0;
    const vm::Series& series = machine_.snapshot().series(machine_.snapshot().series_index(
        index / program::kTrackCount, compared ? program::Track::stable : context.bare, context.member, compared));
    const auto after = std::upper_bound(series.times.begin(), series.times.end(), std::min(context.at, context.until));
    if (after == series.times.begin()) return {};
    return source_text(machine_.snapshot(), series.origins[static_cast<std::size_t>(after - series.times.begin()) - 1]);
  }

  std::string baseline_source(std::uint32_t metric, const Context& context) const {
    const vm::Snapshot& snapshot = machine_.snapshot();
    return source_text(snapshot, snapshot.channels()[snapshot.channel(metric, context.member)].baseline_origin);
  }

  std::string row_source(const Instruction& field, const Context&) const {
    const Value row = machine_.cell(field.b);
    if (row.is_unknown()) return {};
    for (std::size_t t = 0; t < program_.row_tables.size(); ++t) {
      const program::RowTable& table = program_.row_tables[t];
      if (field.d < table.first_column || field.d >= table.first_column + table.column_count) continue;
      const auto& origins = machine_.snapshot().row_origins(t);
      return row.as_id() < origins.size() ? source_text(machine_.snapshot(), origins[row.as_id()]) : std::string();
    }
    return {};
  }

  void note_gap(const program::Comparison& comparison) {
    const Value value = machine_.cell(comparison.value);
    const Value limit = machine_.cell(comparison.limit);
    Decimal difference;
    if (value.is_unknown() || limit.is_unknown() ||
        !Decimal::sub(value.as_number(), limit.as_number(), difference)) {
      return;
    }
    gaps_.push_back({difference, limit.as_number(), &comparison});
  }

  // Whether more of the value makes the comparison's trouble worse; nothing for == and !=.
  std::optional<bool> more_is_trouble(const program::Comparison& c) const {
    if (c.op != Opcode::less && c.op != Opcode::less_equal) return std::nullopt;
    const bool low_is_true = !c.swapped;              // value < limit
    const bool low_is_meant = low_is_true != c.negated;
    return trouble_is_true_ ? !low_is_meant : low_is_meant;
  }

  bool in_trouble(const Gap& gap) const {
    const program::Comparison& c = *gap.comparison;
    const int sign = c.swapped ? -gap.difference.sign() : gap.difference.sign();
    bool truth = false;
    if (c.op == Opcode::less) truth = sign < 0;
    if (c.op == Opcode::less_equal) truth = sign <= 0;
    if (c.op == Opcode::equal) truth = sign == 0;
    if (c.op == Opcode::not_equal) truth = sign != 0;
    return (truth != c.negated) == trouble_is_true_;
  }

  // The margin of the first comparison that explains the outcome; over a window its worst sample.
  void measure(bool trouble, Observation& out) const {
    const auto first = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& g) { return in_trouble(g) == trouble; });
    if (first == gaps_.end()) return;
    const std::optional<bool> upward = more_is_trouble(*first->comparison);
    Decimal worst = first->difference;
    Decimal limit = first->limit;
    for (const Gap& gap : gaps_) {
      if (gap.comparison != first->comparison || in_trouble(gap) != trouble) continue;
      if (upward && (*upward ? gap.difference <= worst : gap.difference >= worst)) continue;
      worst = gap.difference;
      limit = gap.limit;
    }
    const program::Type& type = first->comparison->type;
    out.margin_expr = program_.text(whole_->text).substr(
        std::min<std::size_t>(first->comparison->begin, program_.text(whole_->text).size()), first->comparison->length);
    out.margin = number_text(program_, worst, type, true);
    out.margin_permille = permille(worst, limit);
    if (worst.is_zero()) out.margin_words = "at the limit";
    else out.margin_words = number_text(program_, worst.abs(), type) + (worst.is_negative() ? " under" : " over");
  }

  static std::optional<std::uint32_t> permille(const Decimal& margin, const Decimal& limit) {
    constexpr std::int64_t kMost = 1'000'000;
    Decimal share;
    if (limit.is_zero()) return std::nullopt;
    const bool fits = Decimal::div(margin.abs(), limit.abs(), share) && Decimal::mul(share, Decimal::from_int64(1000), share) &&
                      Decimal::floor(share, share);
    return static_cast<std::uint32_t>(std::min(fits ? share.to_int64().value_or(kMost) : kMost, kMost));
  }

  // A value that never changed over the window is said once.
  static void shorten(std::vector<std::string>& values) {
    const bool constant = std::all_of(values.begin(), values.end(),
                                      [&](const std::string& v) { return v == values.front(); });
    if (constant) values.resize(1);
    if (values.size() > kMostSamples) values.erase(values.begin(), values.end() - kMostSamples);
  }

  Observed finish(Part& part) const {
    shorten(part.values);
    shorten(part.exact);
    return {.expr = text_of(part.trace), .column = part.trace.begin, .length = part.trace.length,
            .values = std::move(part.values), .source = std::move(part.source), .known = part.known,
            .exact = std::move(part.exact)};
  }

  vm::Machine& machine_;
  const Program& program_;
  const Context& context_;
  bool trouble_is_true_;
  const Block* whole_ = nullptr;
  std::map<Key, Part> parts_;
  std::vector<Missing> missing_;
  std::vector<Gap> gaps_;
};

constexpr const char* kTrackSuffix[] = {"", ".stable", ".baseline"};

// memory.stable, memory{pod="a"}
std::string series_name(const vm::Machine& machine, std::uint32_t index) {
  const Program& program = machine.program();
  const vm::Channel& channel = machine.snapshot().channels()[index / program::kTrackCount];
  std::string name = program.text(program.metrics[channel.metric].name) + kTrackSuffix[index % program::kTrackCount];
  const std::string labels = member_text(machine, channel.member);
  return labels.empty() ? name : name + "{" + labels + "}";
}

std::string birth_name(const vm::Machine& machine, program::Birthplace born, const std::string& expr) {
  const Program& program = machine.program();
  switch (born.kind) {
    case program::BirthKind::input: {
      const program::Input& input = program.inputs[born.index];
      if (input.kind == program::InputKind::baseline) {
        const std::string name = program.text(program.metrics[input.metric].name) + ".baseline";
        return input.baseline == kNone ? name : name + " (" + program.text(input.baseline) + ")";
      }
      if (input.kind == program::InputKind::deployed_at) return "T";
      if (input.kind == program::InputKind::now) return "now";
      return program.text(input.name);
    }
    case program::BirthKind::series:
      return series_name(machine, born.index);
    case program::BirthKind::none:
      break;
  }
  return expr;
}

// What a report adds where a series is stale or empty: when it was last seen.
void add_last_seen(const vm::Machine& machine, program::Birthplace born, program::Fault fault, Instant at, Missing& missing) {
  if (born.kind != program::BirthKind::series) return;
  const vm::Series& series = machine.snapshot().series(born.index);
  const auto after = std::upper_bound(series.times.begin(), series.times.end(), at);
  if (after == series.times.begin()) return;
  const auto newest = static_cast<std::size_t>(after - series.times.begin()) - 1;
  missing.source = source_text(machine.snapshot(), series.origins[newest]);
  if (fault != program::Fault::stale) return;
  const program::Metric& metric =
      machine.program().metrics[machine.snapshot().channels()[born.index / program::kTrackCount].metric];
  const Decimal age = program::time_to_decimal(at - series.times[newest]);
  missing.reason += " (" + number_text(machine.program(), age, program::Type::duration()) + " old, limit " +
                    number_text(machine.program(), metric.stale_seconds, program::Type::duration()) + ")";
}

// The source below whose name the fact stands, or "".
std::string source_of_fact(const program::Program& program, std::uint32_t input) {
  const std::string& fact = program.text(program.inputs[input].name);
  for (const program::Source& source : program.sources) {
    const std::string& name = program.text(source.name);
    if (program.inputs[input].kind == program::InputKind::fact && fact.starts_with(name + ".")) return name;
  }
  return {};
}

}  // namespace

// pod="a", zone="b": values of labels; of a series without any "".
std::string member_text(const vm::Machine& machine, std::uint32_t index) {
  if (index == kNone) return {};
  const vm::Member& member = machine.snapshot().members()[index];
  const program::LabelSet& set = machine.program().label_sets[member.label_set];
  std::string text;
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    if (member.values[i].empty()) continue;
    text += (text.empty() ? "" : ", ") + machine.program().text(set.labels[i]) + "=" + quoted_text(member.values[i]);
  }
  return text;
}

std::string source_text(const vm::Snapshot& snapshot, const vm::Origin& origin) {
  if (origin.document == kNone || origin.document >= snapshot.documents().size()) return {};
  const std::string name = printable(snapshot.documents()[origin.document].name);
  return origin.line == 0 ? name : name + ":" + std::to_string(origin.line);
}

Missing missing_of(const vm::Machine& machine, Value unknown, const std::string& expr, Instant at) {
  const program::Birthplace born = unknown.born();
  Missing missing;
  missing.name = birth_name(machine, born, expr);
  missing.fault = program::fault_name(unknown.fault());
  missing.reason = missing.name + " " + program::fault_text(unknown.fault());
  if (born.kind == program::BirthKind::input) {
    missing.source = source_text(machine.snapshot(), machine.snapshot().origins()[born.index]);
    missing.given_by = source_of_fact(machine.program(), born.index);
  }
  add_last_seen(machine, born, unknown.fault(), at, missing);
  return missing;
}

Observation observe(vm::Machine& machine, BlockId block, const Context& context, bool trouble_is_true) {
  return Observer(machine, context, trouble_is_true).run(block);
}

}  // namespace dpol::decision
