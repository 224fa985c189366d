// messages: which messages of the policies are due now, with their texts.
//
// Promises: a pure function of what was judged and of what was sent. It changes no judgement: a hole
// that cannot be filled in is shown as what is unknown, and a message of which nobody can tell
// whether it is due is told as such.
#pragma once

#include <vector>

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/sending.h"

namespace dpol::decision {

// After judge.judge(): the messages of one policy, in its order. `sendings`: those for this release.
std::vector<MessageVerdict> messages(const Judge& judge, std::size_t policy,
                                     const std::vector<program::Sending>& sendings);

// Those of all policies, into the verdict on them.
void add_messages(const Judge& judge, const std::vector<program::Sending>& sendings, Verdict& verdict);

// Fills in what conditions ask by `sent(…)`, where it was not given: whether a message was sent up to
// the moment judged.
void tell_what_was_sent(const program::Program& program, const std::vector<program::Sending>& sendings,
                        vm::Snapshot& snapshot);

}  // namespace dpol::decision
