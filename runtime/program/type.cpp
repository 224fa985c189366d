// Canonical texts of Dimension and Type.

#include "runtime/program/type.h"

#include <array>

namespace dpol::program {
namespace {

std::string_view base_name(std::size_t base, const UnitNames& names) {
  if (base == Dimension::kTime) return "s";
  if (base == Dimension::kBytes) return "bytes";
  return names.unit_name(base - Dimension::kFirstUser);
}

void append_factor(std::string& text, std::string_view name, int exponent) {
  text += name;
  if (exponent > 1) text += '^' + std::to_string(exponent);
}

// Time last: a rate reads `bytes/s`.
constexpr std::array<std::size_t, Dimension::kBases> kTextOrder = [] {
  std::array<std::size_t, Dimension::kBases> order{};
  std::size_t at = 0;
  for (std::size_t base = Dimension::kFirstUser; base < Dimension::kBases; ++base) order[at++] = base;
  order[at++] = Dimension::kBytes;
  order[at] = Dimension::kTime;
  return order;
}();

}  // namespace

std::string to_text(const Dimension& dimension, const UnitNames& names) {
  std::string text;
  for (const std::size_t base : kTextOrder) {
    if (dimension.exponents[base] <= 0) continue;
    if (!text.empty()) text += '*';
    append_factor(text, base_name(base, names), dimension.exponents[base]);
  }
  for (const std::size_t base : kTextOrder) {
    if (dimension.exponents[base] >= 0) continue;
    if (text.empty()) text += '1';
    text += '/';
    append_factor(text, base_name(base, names), -dimension.exponents[base]);
  }
  return text;
}

std::string_view kind_text(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::number:
      return "float";
    case Kind::ratio:
      return "ratio";
    case Kind::points:
      return "points";
    case Kind::change:
      return "percent change";
    case Kind::quantity:
      return "quantity";
    case Kind::time:
      return "time";
    case Kind::semver:
      return "semver";
    case Kind::string:
      return "string";
    case Kind::enumeration:
      return "enum";
    case Kind::record:
      return "record";
    case Kind::list:
      return "list";
    case Kind::map:
      return "map";
  }
  return "";
}

std::string to_text(const Type& type, const TypeNames& names) {
  constexpr int kMaxNesting = 16;
  std::string prefix;
  Type inner = type;
  for (int depth = 0; inner.kind == Kind::list || inner.kind == Kind::map; ++depth) {
    prefix += kind_text(inner.kind);
    prefix += " of ";
    if (depth == kMaxNesting) return prefix + "...";
    inner = names.element_type(inner.index);
  }
  if (inner.kind == Kind::enumeration) return prefix.append(names.enumeration_name(inner.index));
  if (inner.kind == Kind::record) return prefix.append(names.record_name(inner.index));
  if (inner.is_duration()) return prefix + "duration";
  if (inner.kind == Kind::quantity) return prefix + to_text(inner.dimension, names);
  return prefix.append(kind_text(inner.kind));
}

}  // namespace dpol::program
