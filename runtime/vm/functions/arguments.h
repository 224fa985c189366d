// What the body of a function sees. Private to runtime/vm: functions.cpp calls the bodies, each
// file of this folder holds those of one area.
//
// Promises: no argument of a body is unknown, and each is of the class that its row says; a body
// that cannot answer says bad_argument, overflow or a fault of its own, and never throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/program/version_range.h"
#include "runtime/program/zone.h"
#include "runtime/vm/built.h"
#include "runtime/vm/regexes.h"

namespace dpol::vm {

// What the author wrote out, read once: by the number of its text.
struct Written {
  std::unordered_map<program::StringId, program::VersionRange> ranges;
  std::unordered_map<program::StringId, program::Zone> zones;

  explicit Written(const program::Program& program);
};

struct Arguments {
  const program::Program& program;
  const Snapshot& snapshot;
  const std::vector<program::Value>& cells;
  const Regexes& regexes;
  const Written& written;
  Built& built;
  std::string& draft;                   // room for a text that is being built; empty
  std::vector<program::Value>& values;  // room for a list that is being built; empty
  const program::CellId* ids;
  std::uint32_t first_table;  // row table of the first argument, if that is a list

  program::Value value(std::size_t i) const { return cells[ids[i]]; }
  program::Decimal number(std::size_t i) const { return value(i).as_number(); }
  std::string_view text(std::size_t i) const { return built.text_of(value(i).as_id()); }
  program::StringId constant_text(std::size_t i) const {
    return static_cast<program::StringId>(program.constants[ids[i]].as_id());
  }
  const program::Semver& version(std::size_t i) const {
    return snapshot.semvers()[value(i).as_id()];
  }
  // Whole seconds of the moment on the clocks of the zone behind it; nothing outside of the years 1
  // to 9999.
  bool local_time(std::int64_t& seconds) const;
  // Whose rows the first argument, a list or a map, spans.
  std::uint32_t table(std::size_t) const { return first_table; }
  // A row of a list with one column.
  program::Value element(program::Value list, std::uint32_t column, std::uint32_t i) const;
};

inline program::Value bad_argument() {
  return program::Value::unknown(program::Fault::bad_argument);
}
inline program::Value number_or_overflow(bool ok, program::Decimal value) {
  return ok ? program::Value::number(value) : program::Value::unknown(program::Fault::overflow);
}
inline program::Value whole(std::int64_t value) {
  return program::Value::number(program::Decimal::from_int64(value));
}
// A whole number brought between 0 and `most`.
std::size_t clamped(program::Decimal number, std::size_t most);

#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) \
  program::Value body_##name(const Arguments&);
#include "runtime/program/functions.def"

}  // namespace dpol::vm
