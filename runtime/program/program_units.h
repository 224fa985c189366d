// The names of a program's own units, for whoever prints its values.
#pragma once

#include <string_view>

#include "runtime/program/program.h"

namespace dpol::program {

class ProgramUnits final : public UnitNames {
 public:
  explicit ProgramUnits(const Program& program) : program_(program) {}
  std::string_view unit_name(std::size_t index) const override {
    if (index >= program_.unit_names.size()) return "unit";
    return program_.text(program_.unit_names[index]);
  }

 private:
  const Program& program_;
};

}  // namespace dpol::program
