// A layout written down. (Internal to lang.)
#pragma once

#include <string>

#include "lang/format_layout.h"

namespace dpol::lang {

[[nodiscard]] std::string print_layout(const Syntax& syntax, const Layout& layout);

}  // namespace dpol::lang
