// Lowering: the checked model to a Program.
//
// Promises: each temporary is written once; a block reads nothing of another but the rows of loops
// around it; with or without `optimise` every block gives the same values, has the same traces and
// the same comparisons. What a Program cannot hold is a diagnostic.
#pragma once

#include <optional>

#include <vector>

#include "compiler/sink.h"
#include "runtime/program/program.h"

namespace dpol::compiler {

// Nothing where a limit of program.h is passed; the sink says which.
std::optional<program::Program> lower(const Checked& checked,
                                      const std::vector<const lang::SourceFile*>& files,
                                      bool optimise, Sink& sink);

}  // namespace dpol::compiler
