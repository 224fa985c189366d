// One evaluated value in 16 bytes: a number, a truth value, an id, a span of rows, or *unknown*.
//
// Promises: trivially copyable; comparing two values of one class is one 128-bit comparison; an
// unknown carries why it is unknown (a row of faults.def) and where that began, so that a report can
// name the missing input without any bookkeeping while rules run. Logic follows Kleene.
#pragma once

#include <cstdint>

#include "runtime/program/decimal.h"

namespace dpol::program {

// Why a value is unknown. The rows, with the sentence a report prints, are in faults.def.
enum class Fault : std::uint8_t {
#define DPOL_FAULT(name, text) name,
#include "runtime/program/faults.def"
};

inline constexpr std::uint8_t kFaultCount = 0
#define DPOL_FAULT(name, text) +1
#include "runtime/program/faults.def"
    ;

// The sentence of faults.def.
const char* fault_text(Fault fault);
// The row's name, e.g. "stale"; stable, used in JSON reports.
const char* fault_name(Fault fault);

// What an unknown's index counts.
enum class BirthKind : std::uint8_t {
  none,    // no single input is to blame (a division by zero, say): index unused
  input,   // index into Program::inputs
  series,  // index of a series: metric * kTrackCount + track
};

struct Birthplace {
  BirthKind kind = BirthKind::none;
  std::uint32_t index = 0;
  friend bool operator==(Birthplace, Birthplace) = default;
};

struct Value {
  std::uint64_t low = 0;
  std::int64_t high = 0;

  static constexpr std::int64_t kUnknownMark = INT64_MIN;

  static Value number(Decimal d) { return from_raw(d.raw()); }
  static constexpr Value boolean(bool b) { return {b ? 1U : 0U, 0}; }
  // A string symbol, an enumeration's ordinal, a semantic version's id or a row.
  static constexpr Value id(std::uint64_t n) { return {n, 0}; }
  // A list or a map: `count` consecutive rows of its element type's columns, from row `first`.
  static constexpr Value rows(std::uint32_t first, std::uint32_t count) { return {count, first}; }
  static constexpr Value unknown(Fault fault, Birthplace born = {}) {
    return {std::uint64_t{static_cast<std::uint8_t>(fault)} << 56 |
                std::uint64_t{static_cast<std::uint8_t>(born.kind)} << 48 | born.index,
            kUnknownMark};
  }

  constexpr bool is_unknown() const { return high == kUnknownMark; }
  constexpr bool is_true() const { return low == 1 && high == 0; }
  constexpr bool is_false() const { return low == 0 && high == 0; }

  Decimal as_number() const { return Decimal::from_raw(raw()); }
  constexpr std::uint64_t as_id() const { return low; }
  constexpr std::uint32_t first_row() const { return static_cast<std::uint32_t>(high); }
  constexpr std::uint32_t row_count() const { return static_cast<std::uint32_t>(low); }

  // Only of an unknown.
  constexpr Fault fault() const { return static_cast<Fault>(low >> 56); }
  constexpr Birthplace born() const {
    return {static_cast<BirthKind>(low >> 48 & 0xFF), static_cast<std::uint32_t>(low)};
  }
  constexpr bool is_absent() const { return is_unknown() && fault() == Fault::absent; }

  Int128 raw() const {
    return static_cast<Int128>(static_cast<UInt128>(static_cast<std::uint64_t>(high)) << 64 | low);
  }
  static Value from_raw(Int128 raw) {
    return {static_cast<std::uint64_t>(raw),
            static_cast<std::int64_t>(static_cast<UInt128>(raw) >> 64)};
  }

  friend constexpr bool operator==(Value a, Value b) = default;
};
static_assert(sizeof(Value) == 16);

// Kleene's three-valued logic. Of two unknowns the left one is kept, so a reason never depends on
// the order in which a program happens to be laid out.
constexpr Value kleene_and(Value a, Value b) {
  if (a.is_false() || b.is_false()) return Value::boolean(false);
  if (a.is_unknown()) return a;
  return b;
}
constexpr Value kleene_or(Value a, Value b) {
  if (a.is_true() || b.is_true()) return Value::boolean(true);
  if (a.is_unknown()) return a;
  return b;
}
constexpr Value kleene_not(Value a) {
  return a.is_unknown() ? a : Value::boolean(!a.is_true());
}

}  // namespace dpol::program
