#include <algorithm>

#include "runtime/vm/functions/arguments.h"

namespace dpol::vm {

using program::CellClass;
using program::Fault;
using program::Value;

namespace {

// All elements of a plain list into the room for a new one; the first unknown one instead.
Value collect(const Arguments& arguments) {
  const Value list = arguments.value(0);
  if (list.row_count() > program::kMaxBuiltRows) return Value::unknown(Fault::too_large);
  const std::uint32_t column = arguments.program.row_tables[arguments.table(0)].first_column;
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    const Value value = arguments.element(list, column, i);
    if (value.is_unknown()) return value;
    arguments.values.push_back(value);
  }
  return list;
}

// By bits: any order that puts like values side by side.
bool bits_before(Value a, Value b) { return a.raw() < b.raw(); }

}  // namespace

Value body_distinct(const Arguments& arguments) {
  if (const Value list = collect(arguments); list.is_unknown()) return list;
  std::vector<Value>& values = arguments.values;
  std::vector<Value> seen = values;
  std::ranges::sort(seen, bits_before);
  const auto repeated = std::ranges::unique(seen);
  seen.erase(repeated.begin(), repeated.end());
  std::vector<bool> taken(seen.size());
  const auto again = [&](Value value) {
    const auto place = std::ranges::lower_bound(seen, value, bits_before) - seen.begin();
    const bool before = taken[static_cast<std::size_t>(place)];
    taken[static_cast<std::size_t>(place)] = true;
    return before;
  };
  // In order: remove_if asks each value once, from the first.
  values.erase(std::remove_if(values.begin(), values.end(), again), values.end());
  return arguments.built.list(values);
}

Value body_sorted(const Arguments& arguments) {
  if (const Value list = collect(arguments); list.is_unknown()) return list;
  const program::RowTable& table = arguments.program.row_tables[arguments.table(0)];
  const bool texts =
      program::cell_class(arguments.program.columns[table.first_column].type) == CellClass::symbol;
  std::ranges::sort(arguments.values, [&](Value a, Value b) {
    if (!texts) return a.raw() < b.raw();
    return arguments.built.text_of(a.as_id()) < arguments.built.text_of(b.as_id());
  });
  return arguments.built.list(arguments.values);
}

Value body_slice(const Arguments& arguments) {
  const Value list = arguments.value(0);
  const std::size_t from = clamped(arguments.number(1), list.row_count());
  const std::size_t to = std::max(from, clamped(arguments.number(2), list.row_count()));
  return Value::rows(list.first_row() + static_cast<std::uint32_t>(from),
                     static_cast<std::uint32_t>(to - from));
}

Value body_keys(const Arguments& arguments) {
  if (const Value list = collect(arguments); list.is_unknown()) return list;
  std::ranges::sort(arguments.values, [&](Value a, Value b) {
    return arguments.built.text_of(a.as_id()) < arguments.built.text_of(b.as_id());
  });
  return arguments.built.list(arguments.values);
}

Value body_has_key(const Arguments& arguments) {
  const Value map = arguments.value(0);
  const std::uint32_t column = arguments.program.row_tables[arguments.table(0)].first_column;
  for (std::uint32_t i = 0; i < map.row_count(); ++i) {
    if (arguments.element(map, column, i) == arguments.value(1)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

}  // namespace dpol::vm
