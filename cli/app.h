// The program dpol without its main(): finds the command, runs it, turns every failure into an exit
// code and a message on standard error.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"

namespace dpol::cli {

using Arguments = std::vector<std::string>;

struct CommandInfo {
  std::string_view name;
  std::string_view arguments;
  std::string_view doc;
  int (*run)(const CommandInfo& command, const Arguments& arguments, Console& console);
};

std::span<const CommandInfo> commands();
const CommandInfo* find_command(std::string_view name);

// The part of a command that its first argument names, as in `dpol baseline save`; help for all of
// them, or a Failure that names them. Names of parts begin with that of the command.
int run_part(const CommandInfo& command, std::span<const CommandInfo> parts, const Arguments& arguments,
             Console& console);

// The command that the first argument names. Never throws; flushes and checks console.out.
int run(const Arguments& arguments, Console& console);

// The rows of commands.def.
#define DPOL_COMMAND(name, usage, doc, function) \
  int function(const CommandInfo& command, const Arguments& arguments, Console& console);
#include "cli/commands.def"

}  // namespace dpol::cli
