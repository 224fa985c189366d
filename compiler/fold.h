// Folding: the values of expressions that are the same for all inputs, by exact Decimals.
#pragma once

#include <optional>

#include "compiler/checked.h"
#include "runtime/program/value.h"

namespace dpol::compiler {

struct Folded {
  std::optional<Constant> value;
  // Set where the value is unknown whatever the inputs are: a division by zero, an overflow.
  program::Fault fault = program::Fault::none;
};

// From what is known of its arguments. A part that decides alone (`false and x`) is enough.
Folded fold(const Expr& expr);

}  // namespace dpol::compiler
