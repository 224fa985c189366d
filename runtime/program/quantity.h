// Quantities as text: `250ms`, `1h30m`, `2GiB`, `0.5%`, `5pp`, `2x`, `1200/s`, `5order/s`, `12`.
// One reader for the literals of a policy and the strings of its inputs, one writer for reports.
//
// Promises
//  - A read value is exact in base units (seconds, bytes, 1 = 100 %, per second), but for digits
//    below 1e-18 and for rates per m, h or d that have no finite decimal: those round once.
//  - format_exact reads back as the same value; two values that differ have different exact texts.
//  - The unit of a text follows from value and type alone, never from a locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/program/decimal.h"
#include "runtime/program/text_error.h"
#include "runtime/program/type.h"

namespace dpol::program {

// How a quantity was written. A percentage reads as Kind::ratio and a factor as Kind::number; what
// they mean (a share or a change, say) is for whoever reads them in their place to decide.
enum class QuantityForm : std::uint8_t {
  integer,   // 12
  decimal,   // 0.3
  percent,   // 0.5%
  points,    // 5pp
  factor,    // 2x
  quantity,  // 250ms 1h30m 2GiB 5order
  rate,      // 1200/s 5order/s 10MiB/s
};

struct Quantity {
  Decimal value;  // in base units
  Type type;      // integer, number, ratio, points or quantity
  QuantityForm form = QuantityForm::integer;
};

// Finds the units that a policy declares.
class UnitLookup {
 public:
  virtual ~UnitLookup() = default;
  // The index that Dimension::user takes.
  virtual std::optional<std::size_t> find_unit(std::string_view name) const = 0;
};

// Where no units are declared.
class NoUnits final : public UnitLookup, public UnitNames {
 public:
  std::optional<std::size_t> find_unit(std::string_view) const override { return std::nullopt; }
  std::string_view unit_name(std::size_t) const override { return "unit"; }
};

enum class QuantityStyle : std::uint8_t {
  // The tokens of a policy: no sign, exponent, leading zero or space; at most 18 fraction digits.
  literal,
  // Strings of documents: as Decimal::parse, and one space allowed before the unit.
  input,
};

enum class QuantityFault : std::uint8_t {
  none,
  no_number,     // nothing that begins a number
  bad_number,    // leading zero, misplaced "_", missing digits, too many fraction digits
  not_finite,    // NaN or Inf, in input style
  out_of_range,  // beyond the range of Decimal
  unknown_unit,  // no such unit; the error's text names it
  bad_rate,      // after "/" something other than s, m, h or d, or a form that has no rate
  bad_compound,  // 1h30m: parts must be whole but for the last, in durations that get smaller
  trailing,      // the text goes on after the quantity
};

struct QuantityError {
  QuantityFault fault = QuantityFault::none;
  TextError where;
  std::string_view text;  // the offending part of what was read; may be empty
};

// Units: ns us µs ms s m h d w; B kB MB GB TB KiB MiB GiB TiB; those of `units`. The whole text
// must match. On failure `out` is untouched.
bool parse_quantity(std::string_view text, QuantityStyle style, const UnitLookup& units,
                    Quantity& out, QuantityError& error);

// Whether a plus stands before positive values.
enum class Sign : std::uint8_t { negative, always };

// For people: a readable unit and about four significant digits (a whole number in full; of a
// duration from a minute up tenths of a second, from an hour up seconds, from a day up minutes). A
// value that is not zero never prints as zero, and a ratio that is not 100 % never as 100%.
//   268ms  0.28%  1pp  1h30m  2GiB  1.25KiB  1185/s  3.5request/s  2025-02-13T14:05:00Z (in full)
// `type` is numeric. Bytes: the unit in which the value is exact with the fewest digits, binary
// before decimal; where four do not suffice, rounded in binary units.
std::string format_value(Decimal value, const Type& type, const UnitNames& units,
                         Sign sign = Sign::negative);

// The same with every digit.
std::string format_exact(Decimal value, const Type& type, const UnitNames& units,
                         Sign sign = Sign::negative);

// Two values that were compared: as format_value with as many more digits as it takes until values
// that differ differ in print.
std::pair<std::string, std::string> format_pair(Decimal a, Decimal b, const Type& type,
                                                const UnitNames& units);

}  // namespace dpol::program
