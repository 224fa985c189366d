// Bodies of the functions of functions.def. Each is bound to its row by name; an unknown argument
// never reaches them.

#include <string>

#include "runtime/vm/state.h"

namespace dpol::vm {
namespace {

using program::CellId;
using program::Decimal;
using program::Fault;
using program::Value;

struct Arguments {
  const std::vector<Value>& cells;
  const Symbols& symbols;
  const CellId* ids;

  Value value(std::size_t i) const { return cells[ids[i]]; }
  Decimal number(std::size_t i) const { return value(i).as_number(); }
  const std::string& text(std::size_t i) const { return symbols.text(value(i).as_id()); }
};

Value number_or_overflow(bool ok, Decimal value) {
  return ok ? Value::number(value) : Value::unknown(Fault::overflow);
}

Value body_abs(const Arguments& arguments) { return Value::number(arguments.number(0).abs()); }

Value body_least(const Arguments& arguments) {
  return Value::number(std::min(arguments.number(0), arguments.number(1)));
}

Value body_greatest(const Arguments& arguments) {
  return Value::number(std::max(arguments.number(0), arguments.number(1)));
}

Value body_floor(const Arguments& arguments) {
  Decimal result;
  return number_or_overflow(Decimal::floor(arguments.number(0), result), result);
}

Value body_ceil(const Arguments& arguments) {
  Decimal result;
  return number_or_overflow(Decimal::ceil(arguments.number(0), result), result);
}

// Away from zero at a half, as people round on paper.
Value body_round(const Arguments& arguments) {
  const Decimal x = arguments.number(0);
  const Decimal half = Decimal::from_raw(Decimal::kScale / 2);
  Decimal result;
  const bool ok = Decimal::add(x.abs(), half, result) && Decimal::floor(result, result);
  return number_or_overflow(ok, x.is_negative() ? result.neg() : result);
}

Value body_starts_with(const Arguments& arguments) {
  return Value::boolean(arguments.text(0).starts_with(arguments.text(1)));
}

Value body_ends_with(const Arguments& arguments) {
  return Value::boolean(arguments.text(0).ends_with(arguments.text(1)));
}

// Every code point has one byte that is no continuation.
Value body_chars(const Arguments& arguments) {
  const std::string& text = arguments.text(0);
  const auto count = std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; });
  return Value::number(Decimal::from_int64(count));
}

using Body = Value (*)(const Arguments&);
constexpr auto kBodies = std::to_array<Body>({
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) body_##name,
#include "runtime/program/functions.def"
});

}  // namespace

Value Machine::State::call(program::Function function, const CellId* arguments) {
  const auto index = static_cast<std::size_t>(function);
  const program::FunctionRow& row = program::kFunctionRows[index];
  const Arguments given{cells, snapshot->symbols(), arguments};
  for (std::size_t i = 0; i < row.arity; ++i) {
    if (given.value(i).is_unknown()) return given.value(i);
    if (row.arguments[i] == 't') charge(given.text(i).size() / kBytesPerStep);
  }
  return kBodies[index](given);
}

}  // namespace dpol::vm
