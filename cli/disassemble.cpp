#include <ostream>

#include "cli/app.h"
#include "cli/exit_codes.h"
#include "cli/policies.h"
#include "runtime/program/disassemble.h"

namespace dpol::cli {

int run_disassemble(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  PolicyOptions options;
  options.consequence = "there is no program to print";
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);
  console.out << program::disassemble(load_policies(options, console));
  return kExitDone;
}

}  // namespace dpol::cli
