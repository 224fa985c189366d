// The rows of opcodes.def and functions.def as data: what verifier, disassembler and machine ask.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/program/program.h"

namespace dpol::program {

// The kinds of operand; opcodes.def says what each means.
enum class Operand : std::uint8_t {
  none,
  number,
  boolean,
  ordered,
  same,
  symbol,
  semver,
  list,
  row,
  any,
  time_window,
  sample_count,
  block,
  number_block,
  column,
  key_column,
  regex,
  series,
  table,
  aggregate,
  function,
  arguments,
};

struct OpcodeRow {
  std::string_view name;
  Operand a;
  Operand b;
  Operand c;
  Operand d;
  std::string_view text;
};
inline constexpr auto kOpcodeRows = std::to_array<OpcodeRow>({
#define DPOL_OPCODE(name, a, b, c, d, text) \
  {#name, Operand::a, Operand::b, Operand::c, Operand::d, text},
#include "runtime/program/opcodes.def"
});
constexpr const OpcodeRow& row_of(Opcode op) { return kOpcodeRows[static_cast<std::size_t>(op)]; }

struct FunctionRow {
  std::string_view name;
  std::size_t arity;
  CellClass result;
  std::string_view arguments;  // a letter each, as functions.def explains
};
inline constexpr auto kFunctionRows = std::to_array<FunctionRow>({
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) \
  {#name, arity, CellClass::result, arguments},
#include "runtime/program/functions.def"
});
constexpr bool arities_match() {
  for (const FunctionRow& row : kFunctionRows) {
    if (row.arguments.size() != row.arity) return false;
  }
  return true;
}
// Of a letter: whether the argument is a row table and no cell.
constexpr bool is_table_argument(char letter) { return letter == 'K' || letter == 'T'; }
static_assert(arities_match(), "functions.def: one class letter for each argument");

inline constexpr auto kAggregateNames = std::to_array<std::string_view>({
#define DPOL_AGGREGATE(name, result, text) #name,
#include "runtime/program/aggregates.def"
});

// Operands that are a cell the instruction reads.
constexpr bool is_read_cell(Operand operand) {
  switch (operand) {
    case Operand::number:
    case Operand::boolean:
    case Operand::ordered:
    case Operand::same:
    case Operand::symbol:
    case Operand::semver:
    case Operand::list:
    case Operand::row:
    case Operand::any:
    case Operand::time_window:
      return true;
    default:
      return false;
  }
}
constexpr bool is_list_loop(Opcode op) { return row_of(op).c == Operand::row; }
// Compares the distributions of two tracks.
constexpr bool is_ranking(Opcode op) {
  return op >= Opcode::worse_share && op <= Opcode::differs_amount;
}
// Looks at the samples of its operand D, a series.
constexpr bool reads_samples(Opcode op) { return op == Opcode::aggregate || is_ranking(op); }
// Reads samples of a metric, and so what the metric needs.
constexpr bool is_measured(Opcode op) {
  return op == Opcode::sample || op == Opcode::all_series || reads_samples(op);
}
constexpr bool is_window(Opcode op) {
  return op == Opcode::for_time || op == Opcode::for_samples || op == Opcode::of_samples ||
         op == Opcode::in_samples;
}

}  // namespace dpol::program
