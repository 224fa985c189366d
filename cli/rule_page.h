// What there is to know about rules without judging it: what they say and read, where they
// come from and who changed them.
#pragma once

#include <string>

#include "runtime/program/program.h"

namespace dpol::cli {

// Of the rules that `name` means: an id, or a part of it between dots: "latency_p95.rollback" or, with
// all its clauses, "latency_p95". Throws Failure::usage where there is none.
std::string rule_pages(const program::Program& program, const std::string& name);

}  // namespace dpol::cli
