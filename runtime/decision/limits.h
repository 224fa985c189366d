// limits: the comparisons of a condition with the number that each limit comes to: `<= 198ms`, made of
// `baseline 180ms + 10%`.
//
// Promises: runs the condition and reads its cells, changes nothing. A limit that cannot be known
// says why.
#pragma once

#include <vector>

#include "runtime/decision/plan.h"
#include "runtime/program/program.h"
#include "runtime/vm/machine.h"

namespace dpol::decision {

// Of a condition over metrics all of them; of others those whose limit is no plain number.
std::vector<Limit> limits(vm::Machine& machine, program::BlockId block, const vm::Context& context);

}  // namespace dpol::decision
