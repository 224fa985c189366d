// Kept baselines on the command line: reading those that a program wants from the state.
#pragma once

#include "cli/people.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::cli {

// Gives the snapshot those baselines of the state that no document brought: of this service and
// environment, and older than the deployment. A Failure where the state cannot be read.
void use_kept_baselines(const program::Program& program, const SignOffOptions& options,
                        vm::Snapshot& snapshot, Console& console);

}  // namespace dpol::cli
