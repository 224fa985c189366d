// The record of decisions as a source: what it says of earlier ones.
#pragma once

#include <string>

#include "cli/console.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::cli {

// Reads the record `history`; where none is named, that of `log`, which need not be there yet. A Failure where it cannot
// be read or is not as it was written: nothing is decided by it then.
void use_history(const program::Program& program, const std::string& history, const std::string& log,
                 vm::Snapshot& snapshot, Console& console);

}  // namespace dpol::cli
