// Procedures in a verdict: what is to be done now that rules have fired or failed.
//
// Promises: nothing here changes a decision or runs a command. A command is shown whole or says what
// it lacks, and then no shell runs it by mistake.
#pragma once

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"

namespace dpol::decision {

// Of a policy whose rules have been explained in `out`.
void add_procedures(const Judge& judge, std::size_t policy, PolicyVerdict& out);

}  // namespace dpol::decision
