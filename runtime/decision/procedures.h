// Procedures in a verdict: what is to be done now that rules have fired or failed.
//
// Promises: nothing here changes a decision or runs a command. A command is shown whole or says what
// it lacks, and then no shell runs it by mistake.
#pragma once

#include <optional>

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"

namespace dpol::decision {

// Of a policy whose rules have been explained in `out`.
void add_procedures(const Judge& judge, std::size_t policy, PolicyVerdict& out);

// A procedure as it stands for this release, whatever has happened; nothing where its `only if` says
// that it is for others.
std::optional<ProcedureVerdict> procedure_now(const Judge& judge, std::size_t policy, std::size_t procedure);

}  // namespace dpol::decision
