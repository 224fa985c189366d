// ProgramWriter: the tables of a Program while it is being written.
//
// Cells are named by Cell (a tag and an index) until finish() knows how many constants and inputs
// there are. Equal strings and equal constants share one entry.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/checked.h"
#include "runtime/program/program.h"

namespace dpol::compiler {

struct Cell {
  enum class Kind : std::uint8_t { none, constant, input, temporary } kind = Kind::none;
  std::uint32_t index = 0;
  friend auto operator<=>(const Cell&, const Cell&) = default;
};

// An operand of an instruction is a cell or a plain number, as its opcode's row says.
struct Operand {
  Cell cell;
  std::uint32_t number = 0;

  Operand() = default;
  Operand(Cell c) : cell(c) {}             // NOLINT(google-explicit-constructor)
  Operand(std::uint32_t n) : number(n) {}  // NOLINT(google-explicit-constructor)
  friend auto operator<=>(const Operand&, const Operand&) = default;
};

struct Step {
  program::Opcode op = program::Opcode::add;
  Cell a;
  Operand b, c, d;
  program::SourcePlace place;
};
struct Trace {
  Cell cell;
  program::TracePoint point;
};
struct Margin {
  Cell value, limit;
  program::Comparison comparison;
};
struct BlockDraft {
  std::vector<Step> steps;
  Cell result;
  std::vector<Trace> traces;
  std::vector<Margin> margins;
  program::Block block;  // all but the above
};

class ProgramWriter {
 public:
  program::StringId string(std::string_view text);
  program::StringId string_or_none(std::string_view text);
  Cell constant(const Type& type, const Constant& value);
  Cell number(Decimal value, const Type& type);
  Cell input(program::Input input);
  Cell temporary(program::CellClass cell_class);
  std::uint32_t regex(const std::string& pattern);
  // A cell of no kind stands for its number.
  std::uint32_t arguments(std::vector<Cell> cells);
  program::SourcePlace place(const Place& place);

  program::BlockId add(BlockDraft block);

  // A constant's final cell: constants come first, so it is known at once.
  static std::uint32_t final_constant(Cell cell) { return cell.index; }

  std::size_t cell_count() const;
  std::size_t step_count() const { return steps_; }
  program::Program& tables() { return program_; }

  std::size_t pattern_count() const { return program_.regexes.size(); }
  // Only if cell_count() and step_count() are within the limits.
  program::Program finish();

 private:
  program::CellId final_cell(Cell cell) const;
  std::uint32_t final_operand(const Operand& operand) const;

  program::Program program_;
  std::map<std::string, program::StringId, std::less<>> strings_;
  std::map<std::pair<Type, std::pair<std::int64_t, std::uint64_t>>, std::uint32_t> constants_;
  std::map<std::string, std::uint32_t> regexes_;
  std::vector<Cell> arguments_;
  std::vector<BlockDraft> blocks_;
  std::size_t steps_ = 0;
};

}  // namespace dpol::compiler
