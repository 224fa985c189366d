// The standard library: policies that come with the program, and that teams extend.
#pragma once

#include <optional>
#include <string>

#include "compiler/compile.h"

namespace dpol::cli {

// The text of `std.x`, under the name that messages have for it: dpol:std/x.dpol. Nothing where
// there is no such module.
std::optional<compiler::SourceText> standard_module(const std::string& name);

}  // namespace dpol::cli
