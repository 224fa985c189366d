// Console: everything a command has of the world around it. Tests bring their own.
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "runtime/vm/snapshot.h"

namespace dpol::cli {

struct Console {
  std::istream& in;
  std::ostream& out;  // reports and listings, nothing else
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::size_t out_width = 0;  // columns of the terminal; 0: not known
  bool no_color = false;      // the environment says NO_COLOR
  std::function<vm::Instant()> clock;
  // A variable of the environment; none: there are no variables.
  std::function<std::optional<std::string>(const std::string&)> environment = {};
};

}  // namespace dpol::cli
