// Type: what a value of a Program is. Small, trivially copyable, compared by its bits.
//
// A Type says by index which enum, record or element it means; the Program that the index belongs
// to holds the tables. Two Types of different Programs are therefore not comparable.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "runtime/program/dimension.h"

namespace dpol::program {

enum class Kind : std::uint8_t {
  boolean,
  integer,   // whole count
  number,    // real without dimension
  ratio,     // share, 1 is 100 %
  points,    // difference of ratios, 0.01 is 1pp
  change,    // change relative to something, 0.1 is +10 %
  quantity,  // real with a Dimension; duration and bytes among them
  time,      // instant, seconds since the Unix epoch
  semver,
  string,
  enumeration,  // index: which enum
  record,       // index: which record
  list,         // index: which element type
  map,          // index: which element type; keys are strings
};

struct Type {
  Kind kind = Kind::boolean;
  std::uint16_t index = 0;   // of enumeration, record, list, map; else 0
  Dimension dimension = {};  // of quantity; else none()

  static constexpr Type of(Kind kind) { return {kind, 0, {}}; }
  static constexpr Type of(Kind kind, std::uint16_t index) { return {kind, index, {}}; }
  // A quantity whose dimensions cancelled out is a plain number.
  static constexpr Type quantity(const Dimension& dimension) {
    return {dimension.is_none() ? Kind::number : Kind::quantity, 0, dimension};
  }
  static constexpr Type duration() { return quantity(Dimension::duration()); }
  static constexpr Type bytes() { return quantity(Dimension::bytes()); }

  constexpr bool is_duration() const { return *this == duration(); }
  constexpr bool is_bytes() const { return *this == bytes(); }
  // What a difference of two such values is: of ratios points, of times a duration.
  constexpr Type difference() const {
    if (kind == Kind::ratio) return of(Kind::points);
    if (kind == Kind::time) return duration();
    return *this;
  }
  // Held as a Decimal (a time too).
  constexpr bool is_numeric() const { return kind >= Kind::integer && kind <= Kind::time; }

  friend constexpr bool operator==(const Type&, const Type&) = default;
  friend constexpr auto operator<=>(const Type&, const Type&) = default;
};

static_assert(std::is_trivially_copyable_v<Type>);

// The names and element types that indices stand for.
class TypeNames : public UnitNames {
 public:
  virtual std::string_view enumeration_name(std::uint16_t index) const = 0;
  virtual std::string_view record_name(std::uint16_t index) const = 0;
  virtual Type element_type(std::uint16_t index) const = 0;
};

// The word of a kind: "bool", "ratio", "percent change", "list", …
std::string_view kind_text(Kind kind);

// As a policy writes it: `duration`, `request/s`, `list of pod`. Element types are followed to a
// fixed depth, so that a damaged table cannot make this endless.
std::string to_text(const Type& type, const TypeNames& names);

}  // namespace dpol::program
