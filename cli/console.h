// Console: everything a command has of the world around it. Tests bring their own.
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>

#include "runtime/vm/snapshot.h"

namespace dpol::cli {

struct Evidence;
class Past;
// What documents hold, by the names that reports have for them.
using KeptDocuments = std::map<std::string, std::string>;

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
  KeptDocuments* documents = nullptr;  // gets what documents hold, where a report shows their lines
  Evidence* evidence = nullptr;  // gets what is read, where a decision is recorded
  const Past* past = nullptr;    // answers in place of the file system, where a recorded decision is made again
};

}  // namespace dpol::cli
