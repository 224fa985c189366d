// What a source of metrics asks: `source NAME prometheus ADDRESS { … }`, checked and taken apart.
//
// Promise: where in a query a fact may stand follows from the text of the policy alone, and its
// value is escaped for that very place; no value of a fact makes another query.
#pragma once

#include <optional>

#include "compiler/check_expr.h"

namespace dpol::compiler {

// Nothing where there is an error.
std::optional<SourceInfo> check_metric_source(Services& services, std::size_t module,
                                              const lang::ast::Source& source);

// The unit behind `in`; reports one that there is not.
bool check_source_unit(Services& services, std::size_t module, const lang::ast::Type& unit);

}  // namespace dpol::compiler
