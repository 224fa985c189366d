#include "runtime/inputs/program_names.h"

namespace dpol::inputs {

using program::Kind;
using program::Type;

std::string_view ProgramNames::unit_name(std::size_t unit) const {
  return unit < program_.unit_names.size()
             ? std::string_view(program_.text(program_.unit_names[unit]))
             : "unit";
}

std::optional<std::size_t> ProgramNames::find_unit(std::string_view name) const {
  for (std::size_t i = 0; i < program_.unit_names.size(); ++i) {
    if (program_.text(program_.unit_names[i]) == name) return i;
  }
  return std::nullopt;
}

std::string_view ProgramNames::enumeration_name(std::uint16_t index) const {
  return program_.text(program_.enumerations[index].name);
}

std::string_view ProgramNames::record_name(std::uint16_t index) const {
  return program_.text(program_.row_tables[index].name);
}

Type ProgramNames::element_type(std::uint16_t index) const {
  const program::RowTable& table = program_.row_tables[index];
  const std::uint32_t last = table.first_column + table.column_count - 1;
  const bool single = table.column_count == (table.keyed ? 2U : 1U);
  if (single && program_.text(program_.columns[last].name).empty()) {
    return program_.columns[last].type;
  }
  return Type::of(Kind::record, index);
}

}  // namespace dpol::inputs
