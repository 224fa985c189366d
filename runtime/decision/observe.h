// observe: runs one condition again and reads the value under each of its parts, what is missing and
// how far it is from its limit. Allocates freely: only conditions that a report shows come here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/decision/verdict.h"
#include "runtime/program/program.h"
#include "runtime/vm/machine.h"

namespace dpol::decision {

struct Observation {
  std::vector<Observed> observed;   // by place in the condition
  std::vector<Missing> missing;     // no name twice
  std::optional<std::string> margin;
  std::optional<std::string> margin_words;
  std::optional<std::uint32_t> margin_permille;  // nothing where the limit is 0
  std::string margin_expr;
};

// `trouble_is_true`: the condition names trouble (warn, hold, rollback), not what must be so.
Observation observe(vm::Machine& machine, program::BlockId block, const vm::Context& context, bool trouble_is_true);

// "metrics.ndjson:3", or "" where nothing is known.
std::string source_text(const vm::Snapshot& snapshot, const vm::Origin& origin);

// pod="a", zone="b": the values of labels; "" of a series without any.
std::string member_text(const vm::Machine& machine, std::uint32_t member);

// The missing input that an unknown value speaks of; `expr` names it where the value itself does not.
Missing missing_of(const vm::Machine& machine, program::Value unknown, const std::string& expr, vm::Instant at);

}  // namespace dpol::decision
