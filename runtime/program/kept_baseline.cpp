#include "runtime/program/kept_baseline.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/program/characters.h"
#include "runtime/program/quantity.h"

namespace dpol::program {
namespace {

// Units whose numbers have a form of their own.
const std::array<std::pair<std::string_view, Type>, 6>& known_units() {
  static const std::array<std::pair<std::string_view, Type>, 6> kUnits = {
      {{"number", Type::of(Kind::number)},
       {"ratio", Type::of(Kind::ratio)},
       {"points", Type::of(Kind::points)},
       {"s", Type::duration()},
       {"bytes", Type::bytes()},
       {"1/s", Type::quantity(Dimension::per_second())}}};
  return kUnits;
}

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

std::string unit_of(const Type& type, const UnitNames& names) {
  switch (type.kind) {
    case Kind::quantity:
      return to_text(type.dimension, names);
    case Kind::ratio:
      return "ratio";
    case Kind::points:
      return "points";
    case Kind::change:
      return "change";
    default:
      return "number";
  }
}

std::string kept_text(const KeptBaseline& baseline) {
  for (const auto& [unit, type] : known_units()) {
    if (unit == baseline.unit) return format_value(baseline.value, type, NoUnits());
  }
  return format_value(baseline.value, Type::of(Kind::number), NoUnits()) + " " + baseline.unit;
}

bool is_baseline_name(std::string_view text) {
  return !text.empty() && text.size() <= kMostBaselineName && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return begins_name(c) || is_digit(c); });
}

}  // namespace dpol::program
