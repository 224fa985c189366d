// ProgramNames: the names that types and units of a Program have, for reading values and for
// messages. The program must outlive it.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/program/program.h"
#include "runtime/program/quantity.h"
#include "runtime/program/type.h"

namespace dpol::inputs {

class ProgramNames final : public program::TypeNames, public program::UnitLookup {
 public:
  explicit ProgramNames(const program::Program& program) : program_(program) {}

  std::string_view unit_name(std::size_t unit) const override;
  std::optional<std::size_t> find_unit(std::string_view name) const override;
  std::string_view enumeration_name(std::uint16_t index) const override;
  // `index` is a row table, as in the types of a Program's inputs and columns.
  std::string_view record_name(std::uint16_t index) const override;
  program::Type element_type(std::uint16_t index) const override;

 private:
  const program::Program& program_;
};

}  // namespace dpol::inputs
