// Blocks and instructions.
//
// Blocks are looked at from the largest to the smallest, since a list's row and what table it
// belongs to are known from the block that runs the list; what a block needs from whoever runs it is
// then gathered from the smallest to the largest.

#include <algorithm>
#include <array>

#include "runtime/program/verifier.h"
#include "runtime/program/version_range.h"
#include "runtime/program/zone.h"

namespace dpol::program {
namespace {

constexpr std::array<std::string_view, 4> kLetters = {"A", "B", "C", "D"};

bool has_detail(CellClass cell_class) {
  return cell_class == CellClass::list || cell_class == CellClass::row ||
         cell_class == CellClass::ordinal;
}

std::optional<CellClass> class_of(Operand operand) {
  switch (operand) {
    case Operand::number:
    case Operand::time_window: return CellClass::number;
    case Operand::boolean: return CellClass::boolean;
    case Operand::symbol: return CellClass::symbol;
    case Operand::semver: return CellClass::semver;
    case Operand::list: return CellClass::list;
    case Operand::row: return CellClass::row;
    default: return std::nullopt;
  }
}

}  // namespace

Verifier::Shape Verifier::shape_of(const Type& type) const {
  const CellClass result = cell_class(type);
  return {result, has_detail(result) && result != CellClass::row ? type.index : kNone};
}

// ---- spans ----

bool Verifier::verify_spans() {
  std::vector<bool> owned(program_.code.size());
  for (std::size_t i = 0; i < program_.blocks.size(); ++i) {
    const In in(*this, "block", i);
    const Block& block = program_.blocks[i];
    const std::uint64_t end = std::uint64_t{block.first} + block.count;
    if (!expect(end <= program_.code.size(), "no such instruction")) return false;
    for (std::uint64_t at = block.first; at < end; ++at) {
      if (!expect(!owned[at], "shares an instruction")) return false;
      owned[at] = true;
    }
    if (!expect(block.base_metric == kNone || block.base_metric < program_.metrics.size(),
                "no such metric")) {
      return false;
    }
    if (!text_or_none(block.text) || !place(block.place)) return false;
  }
  for (const SourcePlace& where : program_.places) {
    if (!place(where)) return false;
  }
  return expect(std::ranges::all_of(owned, std::identity()), "an instruction belongs to no block");
}

// ---- what is known of cells and blocks ----

bool Verifier::verify_code() {
  for (const Type& type : program_.constant_types) shapes_.push_back(shape_of(type));
  for (const Input& input : program_.inputs) shapes_.push_back(shape_of(input.type));
  for (const CellClass temporary : program_.temporaries) {
    if (!expect(temporary <= CellClass::row, "a cell of no known class")) return false;
    shapes_.push_back({temporary, kNone});
  }
  written_.assign(shapes_.size(), false);
  bound_.assign(shapes_.size(), false);
  defined_in_.assign(shapes_.size(), kNone);
  facts_.assign(program_.blocks.size(), {});
  for (std::size_t i = program_.blocks.size(); i-- > 0;) {
    const In in(*this, "block", i);
    if (!verify_block(static_cast<BlockId>(i))) return false;
  }
  for (std::size_t i = 0; i < program_.blocks.size(); ++i) {
    const In in(*this, "block", i);
    if (!verify_runs_of(static_cast<BlockId>(i))) return false;
  }
  for (std::size_t i = 0; i < program_.blocks.size(); ++i) {
    const In in(*this, "block", i);
    if (!verify_notes(static_cast<BlockId>(i))) return false;
  }
  return true;
}

bool Verifier::verify_block(BlockId id) {
  running_ = id;
  const Block& block = program_.blocks[id];
  std::vector<BlockId> windows;
  for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
    const In in(*this, "instruction", i);
    const Instruction& instruction = program_.code[i];
    if (!verify_instruction(instruction)) return false;
    if (is_window(instruction.op)) windows.push_back(instruction.d);
  }
  if (!expect(windows == block.windows, "its list of windows is another")) return false;
  if (!readable(block.result)) return false;
  const CellClass result = shapes_[block.result].cell_class;
  return expect(result == CellClass::boolean || result == CellClass::number || result == CellClass::symbol,
                "its result is no truth value, no number and no text");
}

bool Verifier::verify_instruction(const Instruction& instruction) {
  if (!expect(static_cast<std::size_t>(instruction.op) < kOpcodeRows.size(), "no such opcode")) {
    return false;
  }
  return verify_operands(instruction) && verify_relations(instruction) &&
         verify_runs(instruction) && verify_result(instruction);
}

bool Verifier::verify_operands(const Instruction& instruction) {
  const OpcodeRow& row = row_of(instruction.op);
  const std::array<Operand, 3> kinds = {row.b, row.c, row.d};
  const std::array<std::uint32_t, 3> values = {instruction.b, instruction.c, instruction.d};
  Shape before;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const In in(*this, kLetters[i + 1], values[i]);
    // The row of a list opcode is bound by it, not read.
    if (is_list_loop(instruction.op) && kinds[i] == Operand::row) continue;
    if (!verify_operand(kinds[i], values[i], before)) return false;
    if (is_read_cell(kinds[i])) before = shapes_[values[i]];
  }
  return true;
}

bool Verifier::verify_operand(Operand kind, std::uint32_t value, Shape before) {
  if (is_read_cell(kind)) {
    if (!readable(value)) return false;
    const Shape shape = shapes_[value];
    if (const auto wanted = class_of(kind)) {
      if (!expect(shape.cell_class == *wanted, "a cell of another class")) return false;
    }
    if (kind == Operand::time_window) return verify_time_window(value);
    if (kind == Operand::ordered) {
      return expect(shape.cell_class == CellClass::number || shape.cell_class == CellClass::ordinal,
                    "a cell without an order");
    }
    if (kind == Operand::same) return expect(shape == before, "not of the class of the other");
    return true;
  }
  switch (kind) {
    case Operand::none: return expect(value == 0, "an operand where none is");
    case Operand::sample_count:
      return expect(value >= 1 && value <= kMaxWindowSamples, "no such number of samples");
    case Operand::block:
    case Operand::number_block: {
      if (!expect(value < running_, "no smaller block")) return false;
      const CellId result = program_.blocks[value].result;
      const CellClass wanted =
          kind == Operand::block ? CellClass::boolean : CellClass::number;
      return expect(result < shapes_.size() && shapes_[result].cell_class == wanted,
                    "a block with a result of another class");
    }
    case Operand::column:
    case Operand::key_column: return expect(value < program_.columns.size(), "no such column");
    case Operand::regex: return expect(value < program_.regexes.size(), "no such pattern");
    case Operand::series: return verify_series(value);
    case Operand::table: return expect(value < program_.row_tables.size(), "no such row table");
    case Operand::aggregate: return expect(value < kAggregateNames.size(), "no such aggregate");
    case Operand::function: return expect(value < kFunctionRows.size(), "no such function");
    default: return true;  // arguments: with their function
  }
}

bool Verifier::verify_time_window(std::uint32_t cell) {
  if (!expect(cell < program_.constants.size(), "a window of no constant length")) return false;
  const Value seconds = program_.constants[cell];
  return expect(!seconds.is_unknown() && seconds.as_number() > Decimal(), "a window of no length");
}

bool Verifier::verify_series(std::uint32_t series) {
  return expect(series / kTrackCount < program_.metrics.size(), "no such metric") &&
         expect(series % kTrackCount != static_cast<std::uint32_t>(Track::baseline),
                "a baseline is an input, not a series");
}

// What one operand asks of another.
bool Verifier::verify_relations(const Instruction& instruction) {
  const auto& columns = program_.columns;
  switch (instruction.op) {
    case Opcode::equal:
    case Opcode::not_equal: {
      const CellClass compared = shapes_[instruction.b].cell_class;
      return expect(compared != CellClass::semver && compared != CellClass::list,
                    "a class that equality of bits does not fit");
    }
    case Opcode::has: {
      const Shape wanted = shape_of(columns[instruction.d].type);
      return in_table(instruction.d, shapes_[instruction.b].detail) &&
             expect(wanted == shapes_[instruction.c], "the column holds another class") &&
             expect(wanted.cell_class != CellClass::semver && wanted.cell_class != CellClass::list,
                    "a class that equality of bits does not fit");
    }
    case Opcode::field: return in_table(instruction.d, shapes_[instruction.b].detail);
    case Opcode::find: {
      const RowTable& table = program_.row_tables[shapes_[instruction.b].detail];
      return expect(table.keyed && table.first_column == instruction.d, "not the key of the map");
    }
    case Opcode::all_series: {
      const Metric& metric = program_.metrics[instruction.d / kTrackCount];
      return expect(metric.label_set != kNone, "all series of what has one") &&
             expect(plain_column(instruction.c) == shape_of(metric.type), "a list of other values");
    }
    case Opcode::baseline: {
      const Metric& metric = program_.metrics[instruction.d / kTrackCount];
      return expect(instruction.d % kTrackCount == 0 && cell_class(metric.type) == CellClass::number,
                    "no baseline of a number");
    }
    case Opcode::of_samples:
      return expect(instruction.b <= instruction.c, "more samples wanted than looked at");
    case Opcode::call: return verify_arguments(instruction);
    default: return true;
  }
}

bool Verifier::in_table(std::uint32_t column, std::uint32_t table) {
  if (!expect(table < program_.row_tables.size(), "a row of no known table")) return false;
  const RowTable& rows = program_.row_tables[table];
  return expect(column >= rows.first_column && column - rows.first_column < rows.column_count,
                "a column of another table");
}

bool Verifier::verify_arguments(const Instruction& instruction) {
  const FunctionRow& function = kFunctionRows[instruction.c];
  const std::uint64_t end = std::uint64_t{instruction.d} + function.arity;
  if (!expect(end <= program_.arguments.size(), "no such argument")) return false;
  for (std::size_t i = 0; i < function.arity; ++i) {
    const CellId cell = program_.arguments[instruction.d + i];
    const In in(*this, "argument", i);
    const char letter = function.arguments[i];
    if (is_table_argument(letter)) {
      if (!verify_table_argument(instruction, i)) return false;
    } else if (!readable(cell) || !verify_argument(letter, cell)) {
      return false;
    } else if (letter == 'x') {
      const Shape before = shapes_[program_.arguments[instruction.d + i - 1]];
      if (!expect(shapes_[cell] == before, "a type that is not the argument's")) return false;
    }
  }
  return true;
}

bool Verifier::verify_argument(char letter, CellId cell) {
  const Shape shape = shapes_[cell];
  const auto of = [&](CellClass wanted) {
    return expect(shape.cell_class == wanted, "a cell of another class");
  };
  switch (letter) {
    case 'n': return of(CellClass::number);
    case 't': return of(CellClass::symbol);
    case 'v': return of(CellClass::semver);
    case 'a':
      return expect(shape.cell_class != CellClass::list && shape.cell_class != CellClass::row,
                    "a cell without a text");
    case 'l': return of(CellClass::list);
    case 'm':
      return of(CellClass::list) && expect(program_.row_tables[shape.detail].keyed, "a list, not a map");
    case 'p':
    case 's': {
      if (!of(CellClass::list)) return false;
      const auto column = plain_column(shape.detail);
      if (!expect(column.has_value(), "a list whose rows are no plain values")) return false;
      return letter == 'p' || expect(column->cell_class == CellClass::symbol, "a list of other values");
    }
    case 'x': return expect(cell < program_.constants.size(), "no constant");
    default: return verify_written(letter, cell);
  }
}

// The column of a list of plain values, which are equal where their bits are.
std::optional<Verifier::Shape> Verifier::plain_column(std::uint32_t table) const {
  const RowTable& rows = program_.row_tables[table];
  if (rows.keyed || rows.column_count != 1) return std::nullopt;
  const Shape shape = shape_of(program_.columns[rows.first_column].type);
  const bool plain = shape.cell_class == CellClass::number || shape.cell_class == CellClass::boolean ||
                     shape.cell_class == CellClass::symbol || shape.cell_class == CellClass::ordinal;
  return plain ? std::optional(shape) : std::nullopt;
}

// What the author wrote out: patterns, ranges of versions, time zones.
bool Verifier::verify_written(char letter, CellId cell) {
  const bool constant = cell < program_.constants.size() &&
                        shapes_[cell].cell_class == CellClass::symbol &&
                        !program_.constants[cell].is_unknown();
  if (!expect(constant, "no constant text")) return false;
  const std::uint64_t id = program_.constants[cell].as_id();
  if (!expect(id < program_.strings.size(), "no such text")) return false;
  if (letter == 'r') {
    return expect(std::ranges::find(program_.regexes, id) != program_.regexes.end(), "no such pattern");
  }
  VersionRange range;
  TextError error;
  if (letter == 'g') {
    return expect(VersionRange::parse(program_.strings[id], range, error), "no range of versions");
  }
  return expect(letter == 'z' && Zone::find(program_.strings[id]).has_value(), "no time zone");
}

// K: the table of the first argument. T: that of the result, a list of texts.
bool Verifier::verify_table_argument(const Instruction& instruction, std::size_t i) {
  const std::uint32_t table = program_.arguments[instruction.d + i];
  if (kFunctionRows[instruction.c].arguments[i] == 'K') {
    return expect(table == shapes_[program_.arguments[instruction.d]].detail, "another row table");
  }
  if (!expect(table < program_.row_tables.size(), "no such row table")) return false;
  const auto column = plain_column(table);
  return expect(column && column->cell_class == CellClass::symbol, "a row table of no texts");
}

// Blocks that the instruction runs beside its operand D, and what windows ask of theirs.
bool Verifier::verify_runs(const Instruction& instruction) {
  if (is_measured(instruction.op)) {
    const Metric& metric = program_.metrics[instruction.d / kTrackCount];
    const CellClass measured = cell_class(metric.type);
    if (reads_samples(instruction.op) &&
        !expect(measured == CellClass::number, "an aggregate of what is no number")) {
      return false;
    }
    if (is_ranking(instruction.op)) {
      if (!expect(instruction.d % kTrackCount == static_cast<std::uint32_t>(Track::candidate),
                  "compares another track than the candidate's")) {
        return false;
      }
      const bool directed = instruction.op == Opcode::worse_share || instruction.op == Opcode::worse_amount;
      if (!expect(!directed || metric.better != Direction::neither, "nothing says what is worse")) return false;
    }
    const BlockId needs = metric.needs;
    if (needs == kNone) return true;
    if (!expect(needs < running_, "its metric needs a block that is not smaller")) return false;
    const CellId result = program_.blocks[needs].result;
    return expect(result < shapes_.size() && shapes_[result].cell_class == CellClass::boolean,
                  "its metric needs what is no condition");
  }
  if (!is_window(instruction.op)) return true;
  return expect(program_.blocks[instruction.d].base_metric != kNone,
                "a window over what names no metric");
}

std::optional<CellClass> Verifier::result_class(const Instruction& instruction) const {
  const OpcodeRow& row = row_of(instruction.op);
  switch (row.a) {
    case Operand::same: return shapes_[instruction.b].cell_class;
    case Operand::column: return cell_class(program_.columns[instruction.d].type);
    case Operand::series: return cell_class(program_.metrics[instruction.d / kTrackCount].type);
    case Operand::function: return kFunctionRows[instruction.c].result;
    default: return class_of(row.a);
  }
}

bool Verifier::verify_result(const Instruction& instruction) {
  if (is_list_loop(instruction.op)) {
    const In in(*this, "C", instruction.c);
    const std::uint32_t table = shapes_[instruction.b].detail;
    if (!write(instruction.c, {CellClass::row, table})) return false;
    bound_[instruction.c] = true;
  }
  const In in(*this, "A", instruction.a);
  Shape result{*result_class(instruction), kNone};
  const Operand kind = row_of(instruction.op).a;
  if (kind == Operand::same) result = shapes_[instruction.b];
  if (kind == Operand::column) result = shape_of(program_.columns[instruction.d].type);
  if (kind == Operand::series) {
    result = shape_of(program_.metrics[instruction.d / kTrackCount].type);
  }
  if (kind == Operand::function && result.cell_class == CellClass::list) {
    result.detail = list_of_call(instruction);
  }
  if (kind == Operand::list) result.detail = instruction.c;
  if (kind == Operand::row) result.detail = shapes_[instruction.b].detail;
  if (!write(instruction.a, result)) return false;
  defined_in_[instruction.a] = running_;
  return true;
}

// The row table of a function's list: its own, or that of its first argument.
std::uint32_t Verifier::list_of_call(const Instruction& instruction) const {
  const std::size_t own = kFunctionRows[instruction.c].arguments.find('T');
  const bool is_own = own != std::string_view::npos;
  const CellId at = program_.arguments[instruction.d + (is_own ? own : 0)];
  return is_own ? at : shapes_[at].detail;
}

bool Verifier::write(CellId cell, Shape shape) {
  const std::size_t first_temporary = program_.constants.size() + program_.inputs.size();
  if (!expect(cell >= first_temporary && cell < shapes_.size(), "not a cell to write")) return false;
  if (!expect(shapes_[cell].cell_class == shape.cell_class, "writes a cell of another class")) {
    return false;
  }
  if (!expect(!written_[cell], "is written twice")) return false;
  written_[cell] = true;
  shapes_[cell] = shape;
  return true;
}

// A constant, an input, written before in this block, or the row of a list that encloses it.
bool Verifier::readable(std::uint32_t cell) {
  if (!expect(cell < shapes_.size(), "no such cell")) return false;
  if (cell < program_.constants.size() + program_.inputs.size()) return true;
  if (defined_in_[cell] == running_) return true;
  if (!expect(bound_[cell], "is read before it is written")) return false;
  std::vector<CellId>& rows = facts_[running_].free_rows;
  const auto row = static_cast<CellId>(cell);
  if (std::ranges::find(rows, row) == rows.end()) rows.push_back(row);
  return expect(rows.size() <= kMaxBlockDepth, "needs too many rows");
}

// ---- what blocks need ----

bool Verifier::verify_runs_of(BlockId id) {
  const Block& block = program_.blocks[id];
  for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
    const In in(*this, "instruction", i);
    if (!merge_run(id, program_.code[i])) return false;
  }
  return expect(facts_[id].depth <= kMaxBlockDepth, "blocks nested too deeply");
}

bool Verifier::merge_run(BlockId id, const Instruction& instruction) {
  BlockFacts& owner = facts_[id];
  if (is_list_loop(instruction.op)) {
    const BlockFacts& body = facts_[instruction.d];
    if (!expect(!body.has_window, "a window inside a list's body")) return false;
    return merge_body(owner, body, instruction.c);
  }
  BlockId run = kNone;
  if (is_window(instruction.op)) {
    run = instruction.d;
    owner.has_window = true;
  } else if (is_measured(instruction.op)) {
    run = program_.metrics[instruction.d / kTrackCount].needs;
  }
  if (run == kNone) return true;
  owner.depth = std::max(owner.depth, facts_[run].depth + 1);
  return expect(facts_[run].free_rows.empty(), "runs a block that reads a row of nobody's");
}

bool Verifier::merge_body(BlockFacts& owner, const BlockFacts& body, CellId row) {
  owner.depth = std::max(owner.depth, body.depth + 1);
  owner.has_window |= body.has_window;
  for (const CellId cell : body.free_rows) {
    if (cell == row || std::ranges::find(owner.free_rows, cell) != owner.free_rows.end()) continue;
    owner.free_rows.push_back(cell);
  }
  return expect(owner.free_rows.size() <= kMaxBlockDepth, "needs too many rows");
}

bool Verifier::closed_block(BlockId id, CellClass result) {
  if (!expect(id < program_.blocks.size(), "no such block")) return false;
  return expect(shapes_[program_.blocks[id].result].cell_class == result,
                "a block with a result of another class") &&
         expect(facts_[id].free_rows.empty(), "a block that reads a row of nobody's");
}

bool Verifier::condition_or_none(BlockId id) {
  return id == kNone || closed_block(id, CellClass::boolean);
}

// ---- what reports read ----

bool Verifier::verify_span(const Block& block, std::uint32_t begin, std::uint32_t length) {
  const std::size_t size = program_.text(block.text).size();
  return expect(std::uint64_t{begin} + length <= size, "a part outside the text");
}

bool Verifier::verify_notes(BlockId id) {
  const Block& block = program_.blocks[id];
  for (std::size_t i = 0; i < block.traces.size(); ++i) {
    const In in(*this, "trace", i);
    const TracePoint& trace = block.traces[i];
    if (!expect(trace.cell < shapes_.size(), "no such cell") || !type(trace.type)) return false;
    if (!expect(shapes_[trace.cell].cell_class == cell_class(trace.type),
                "a type that is not the cell's")) {
      return false;
    }
    const std::uint32_t detail = shape_of(trace.type).detail;
    if (!expect(detail == kNone || detail == shapes_[trace.cell].detail,
                "a type that is not the cell's")) {
      return false;
    }
    if (!verify_span(block, trace.begin, trace.length)) return false;
  }
  for (std::size_t i = 0; i < block.comparisons.size(); ++i) {
    const In in(*this, "comparison", i);
    const Comparison& comparison = block.comparisons[i];
    const auto is_number = [this](CellId cell) {
      return cell < shapes_.size() && shapes_[cell].cell_class == CellClass::number;
    };
    if (!expect(is_number(comparison.value) && is_number(comparison.limit), "compares no numbers") ||
        !type(comparison.type)) {
      return false;
    }
    if (!expect(cell_class(comparison.type) == CellClass::number, "its difference is no number")) {
      return false;
    }
    const bool compares = comparison.op == Opcode::less || comparison.op == Opcode::less_equal ||
                          comparison.op == Opcode::equal || comparison.op == Opcode::not_equal;
    if (!expect(compares, "no comparison")) return false;
    if (!verify_span(block, comparison.begin, comparison.length)) return false;
  }
  return true;
}

}  // namespace dpol::program
