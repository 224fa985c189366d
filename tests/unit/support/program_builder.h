// ProgramBuilder: Programs by hand, for tests of what reads and runs them.
//
// Cells are named before their numbers are known: constants and inputs may be added at any time,
// build() lays the cell file out. Operands that are literal (a sample count, a block, a column) are
// given as numbers.
#pragma once

#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/program/opcode_table.h"
#include "runtime/program/program.h"

namespace dpol::test {

inline program::Decimal decimal(std::string_view text) {
  const auto value = program::Decimal::parse(text);
  assert(value);
  return *value;
}
inline program::Value number(std::string_view text) {
  return program::Value::number(decimal(text));
}

struct Cell {
  enum class Part : std::uint8_t { none, constant, input, temporary };
  Part part = Part::none;
  std::uint32_t index = 0;
  program::CellClass cell_class = program::CellClass::number;
};

struct Operand {
  Operand() = default;
  Operand(Cell given) : cell(given) {}                                         // NOLINT
  Operand(int given) : literal(static_cast<std::uint32_t>(given)) {}           // NOLINT
  Operand(std::uint32_t given) : literal(given) {}                             // NOLINT
  Operand(program::Aggregate given) : literal(static_cast<std::uint32_t>(given)) {}  // NOLINT
  Operand(program::Function given) : literal(static_cast<std::uint32_t>(given)) {}   // NOLINT
  Cell cell;
  std::uint32_t literal = 0;
};

class ProgramBuilder {
 public:
  program::StringId text(std::string_view text) {
    const auto [place, is_new] =
        ids_.try_emplace(std::string(text), static_cast<std::uint32_t>(program_.strings.size()));
    if (is_new) program_.strings.emplace_back(text);
    return place->second;
  }

  // ---- tables ----
  program::Type enumeration(std::string_view name, std::initializer_list<std::string_view> members) {
    program::Enumeration result{.name = text(name), .ordered = true, .members = {}};
    for (const auto member : members) result.members.push_back(text(member));
    program_.enumerations.push_back(result);
    return program::Type::of(program::Kind::enumeration,
                             static_cast<std::uint16_t>(program_.enumerations.size() - 1));
  }
  // The type of a list (or map, if keyed) of rows with these columns.
  program::Type row_table(std::string_view name,
                          std::initializer_list<std::pair<std::string_view, program::Type>> columns,
                          bool keyed = false) {
    program_.row_tables.push_back({.name = text(name),
                                   .first_column = static_cast<std::uint32_t>(program_.columns.size()),
                                   .column_count = static_cast<std::uint32_t>(columns.size()),
                                   .keyed = keyed});
    for (const auto& [column, type] : columns) {
      program_.columns.push_back({.name = text(column), .type = type, .optional = true});
    }
    return program::Type::of(keyed ? program::Kind::map : program::Kind::list,
                             static_cast<std::uint16_t>(program_.row_tables.size() - 1));
  }
  std::uint32_t regex(std::string_view pattern) {
    program_.regexes.push_back(text(pattern));
    return static_cast<std::uint32_t>(program_.regexes.size() - 1);
  }
  std::uint32_t metric(std::string_view name, program::Type type = program::Type::of(program::Kind::number),
                       std::string_view stale_seconds = "300", std::string_view every_seconds = "0") {
    program::Metric metric;
    metric.name = text(name);
    metric.type = type;
    metric.stale_seconds = decimal(stale_seconds);
    metric.interval_seconds = decimal(every_seconds);
    metric.maximum = decimal("1");
    program_.metrics.push_back(metric);
    return static_cast<std::uint32_t>(program_.metrics.size() - 1);
  }
  // What tells series of metrics apart; a metric takes it by metric_at().
  std::uint32_t label_set(std::initializer_list<std::string_view> labels) {
    program::LabelSet set;
    for (const auto label : labels) set.labels.push_back(text(label));
    program_.label_sets.push_back(std::move(set));
    return static_cast<std::uint32_t>(program_.label_sets.size() - 1);
  }
  program::Metric& metric_at(std::uint32_t index) { return program_.metrics[index]; }

  // ---- cells ----
  Cell constant(const program::Type& type, program::Value value) {
    program_.constants.push_back(value);
    program_.constant_types.push_back(type);
    return {Cell::Part::constant, static_cast<std::uint32_t>(program_.constants.size() - 1),
            program::cell_class(type)};
  }
  Cell number(std::string_view value) {
    return constant(program::Type::of(program::Kind::number), test::number(value));
  }
  Cell seconds(std::string_view value) {
    return constant(program::Type::duration(), test::number(value));
  }
  Cell boolean(bool value) {
    return constant(program::Type::of(program::Kind::boolean), program::Value::boolean(value));
  }
  Cell symbol(std::string_view value) {
    return constant(program::Type::of(program::Kind::string), program::Value::id(text(value)));
  }
  Cell semver(std::string_view value) {
    return constant(program::Type::of(program::Kind::semver), program::Value::id(text(value)));
  }
  Cell ordinal(const program::Type& type, std::uint32_t member) {
    return constant(type, program::Value::id(member));
  }
  Cell unknown(const program::Type& type, program::Fault fault) {
    return constant(type, program::Value::unknown(fault));
  }

  Cell input(const program::Input& input) {
    program_.inputs.push_back(input);
    return {Cell::Part::input, static_cast<std::uint32_t>(program_.inputs.size() - 1),
            program::cell_class(input.type)};
  }
  Cell fact(std::string_view name, const program::Type& type, bool optional = false) {
    return input({.name = text(name), .type = type, .optional = optional, .place = {}});
  }
  Cell baseline(std::uint32_t metric) {
    program_.metrics[metric].baseline_input = static_cast<std::uint32_t>(program_.inputs.size());
    return input({.kind = program::InputKind::baseline,
                  .name = program_.metrics[metric].name,
                  .type = program_.metrics[metric].type,
                  .metric = metric,
                  .place = {}});
  }
  Cell moment(program::InputKind kind) {
    return input({.kind = kind,
                  .name = text(kind == program::InputKind::now ? "now" : "T"),
                  .type = program::Type::of(program::Kind::time),
                  .place = {}});
  }
  // A parameter's default or range: a cell that is a constant.
  static std::uint32_t constant_cell(Cell cell) {
    assert(cell.part == Cell::Part::constant);
    return cell.index;
  }
  Cell temporary(program::CellClass cell_class) {
    program_.temporaries.push_back(cell_class);
    return {Cell::Part::temporary, static_cast<std::uint32_t>(program_.temporaries.size() - 1),
            cell_class};
  }
  // A list body's row.
  Cell row() { return temporary(program::CellClass::row); }

  std::uint32_t arguments(std::initializer_list<Cell> cells) {
    const auto first = static_cast<std::uint32_t>(arguments_.size());
    arguments_.insert(arguments_.end(), cells.begin(), cells.end());
    return first;
  }

  // ---- code ----
  void begin() { first_ = static_cast<std::uint32_t>(code_.size()); }
  // Writes a new temporary of the class that opcodes.def says.
  Cell op(program::Opcode opcode, Operand b = {}, Operand c = {}, Operand d = {}) {
    const Cell a = temporary(result_class(opcode, b, c, d));
    code_.push_back({opcode, a, b, c, d});
    return a;
  }
  program::BlockId end(Cell result, std::uint32_t base_metric = program::kNone) {
    blocks_.push_back({first_, static_cast<std::uint32_t>(code_.size()) - first_, result, base_metric,
                       false, program::kNone});
    return static_cast<program::BlockId>(blocks_.size() - 1);
  }
  // A block of one comparison of a metric with a number.
  program::BlockId compare_block(std::uint32_t metric, program::Opcode opcode, Cell limit,
                                 program::Track track = program::Track::candidate) {
    begin();
    const Cell value = op(program::Opcode::sample, {}, {}, series(metric, track));
    return end(op(opcode, value, limit), metric);
  }
  void across_stages(program::BlockId block) { blocks_[block].across_stages = true; }
  void quote(program::BlockId block, std::string_view words) { blocks_[block].text = text(words); }

  static std::uint32_t series(std::uint32_t metric, program::Track track = program::Track::candidate) {
    return metric * program::kTrackCount + static_cast<std::uint32_t>(track);
  }

  program::CellId id(Cell cell) const {
    std::size_t base = 0;
    if (cell.part != Cell::Part::constant) base += program_.constants.size();
    if (cell.part == Cell::Part::temporary) base += program_.inputs.size();
    return static_cast<program::CellId>(base + cell.index);
  }

  // Tables that need no numbering may be written directly; cells, code and blocks may not.
  program::Program& tables() { return program_; }

  program::Program build() const {
    program::Program program = program_;
    for (const Cell cell : arguments_) program.arguments.push_back(id(cell));
    for (const Line& line : code_) program.code.push_back(laid_out(line));
    program.places.resize(program.code.size());
    for (const Draft& draft : blocks_) program.blocks.push_back(laid_out(draft, program));
    return program;
  }

 private:
  struct Line {
    program::Opcode op;
    Cell a;
    Operand b, c, d;
  };
  struct Draft {
    std::uint32_t first, count;
    Cell result;
    std::uint32_t base_metric;
    bool across_stages;
    program::StringId text;
  };

  program::CellClass result_class(program::Opcode opcode, const Operand& b, const Operand& c,
                                  const Operand& d) const {
    using program::CellClass;
    switch (program::row_of(opcode).a) {
      case program::Operand::boolean: return CellClass::boolean;
      case program::Operand::same: return b.cell.cell_class;
      case program::Operand::row: return CellClass::row;
      case program::Operand::list: return CellClass::list;
      case program::Operand::series:
        return program::cell_class(program_.metrics[d.literal / program::kTrackCount].type);
      case program::Operand::column: return program::cell_class(program_.columns[d.literal].type);
      case program::Operand::function: return program::kFunctionRows[c.literal].result;
      default: return CellClass::number;
    }
  }
  std::uint32_t number_of(const Operand& operand) const {
    return operand.cell.part == Cell::Part::none ? operand.literal : id(operand.cell);
  }
  program::Instruction laid_out(const Line& line) const {
    return {line.op, id(line.a), static_cast<std::uint16_t>(number_of(line.b)),
            static_cast<std::uint16_t>(number_of(line.c)), number_of(line.d)};
  }
  program::Block laid_out(const Draft& draft, const program::Program& program) const {
    program::Block block;
    block.first = draft.first;
    block.count = draft.count;
    block.result = id(draft.result);
    block.base_metric = draft.base_metric;
    block.across_stages = draft.across_stages;
    block.text = draft.text;
    for (std::uint32_t i = draft.first; i < draft.first + draft.count; ++i) {
      const program::Instruction& instruction = program.code[i];
      block.reads_metrics |= program::is_measured(instruction.op);
      if (!program::is_window(instruction.op)) continue;
      block.windows.push_back(instruction.d);
      block.reads_metrics = true;
    }
    return block;
  }

  program::Program program_;
  std::map<std::string, program::StringId> ids_;
  std::vector<Cell> arguments_;
  std::vector<Line> code_;
  std::vector<Draft> blocks_;
  std::uint32_t first_ = 0;
};

}  // namespace dpol::test
