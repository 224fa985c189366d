// Calls the functions of functions.def. Each body is bound to its row by name; an unknown argument
// never reaches it.

#include "runtime/vm/state.h"

namespace dpol::vm {

using program::CellId;
using program::Opcode;
using program::Value;

namespace {

using Body = Value (*)(const Arguments&);
constexpr auto kBodies = std::to_array<Body>({
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) body_##name,
#include "runtime/program/functions.def"
});

// The letters of lists and maps.
bool is_list(char letter) {
  return letter == 'l' || letter == 'm' || letter == 'p' || letter == 's';
}

}  // namespace

std::size_t clamped(program::Decimal number, std::size_t most) {
  if (number.is_negative()) return 0;
  const auto whole_number = number.to_int64();
  if (!whole_number) return most;
  return std::min(static_cast<std::size_t>(*whole_number), most);
}

Value Arguments::element(Value list, std::uint32_t column, std::uint32_t i) const {
  const std::uint64_t row = std::uint64_t{list.first_row()} + i;
  return row >= kFirstBuiltRow ? built.row(row) : snapshot.column(column)[row];
}

Written::Written(const program::Program& program) {
  for (const program::Instruction& instruction : program.code) {
    if (instruction.op != Opcode::call) continue;
    const program::FunctionRow& row = program::kFunctionRows[instruction.c];
    for (std::size_t i = 0; i < row.arity; ++i) {
      const char letter = row.arguments[i];
      if (letter != 'g' && letter != 'z') continue;
      const CellId cell = program.arguments[instruction.d + i];
      const auto id = static_cast<program::StringId>(program.constants[cell].as_id());
      program::VersionRange range;
      program::TextError error;
      if (letter == 'g' && program::VersionRange::parse(program.strings[id], range, error)) {
        ranges.try_emplace(id, std::move(range));
      }
      const auto zone = letter == 'z' ? program::Zone::find(program.strings[id]) : std::nullopt;
      if (zone) zones.try_emplace(id, *zone);
    }
  }
}

Value Machine::State::call(program::Function function, const CellId* arguments) {
  const auto index = static_cast<std::size_t>(function);
  const program::FunctionRow& row = program::kFunctionRows[index];
  Arguments given{*program, *snapshot, cells, regexes, written, built, draft, values, arguments, 0};
  for (std::size_t i = 0; i < row.arity; ++i) {
    const char letter = row.arguments[i];
    if (letter == 'K') given.first_table = arguments[i];
    if (program::is_table_argument(letter)) continue;
    if (given.value(i).is_unknown()) return given.value(i);
    if (letter == 't') charge(given.text(i).size() / kBytesPerStep);
    if (is_list(letter)) charge(given.value(i).row_count());
  }
  draft.clear();
  values.clear();
  const Value result = kBodies[index](given);
  charge((draft.size() / kBytesPerStep) + values.size());
  return result;
}

}  // namespace dpol::vm
