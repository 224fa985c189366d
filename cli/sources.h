// The documents of a policy's sources: found, read, and turned into the facts that they bring.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "runtime/inputs/load.h"
#include "runtime/program/program.h"

namespace dpol::cli {

// Of every source of the program. `given` are the options `NAME=FILE`: they take the place of what
// the policy names. A source none of whose files is there brings nothing, and a note says so; a
// file that an option names has to be there. Throws a Failure after all errors were printed.
std::vector<inputs::SourceInput> read_sources(const program::Program& program,
                                              const std::vector<std::string>& given,
                                              Console& console);

}  // namespace dpol::cli
