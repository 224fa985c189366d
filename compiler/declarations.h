// What a file declares beside names and policies: functions that nobody calls, sources, tests, and
// what this version does not do yet.
#pragma once

#include "compiler/check_expr.h"
#include "compiler/policies.h"

namespace dpol::compiler {

void check_functions(Services& services);

// Sources and tests are not run by a Program; their names are checked all the same.
void check_declarations(Services& services, const Policies& policies);

}  // namespace dpol::compiler
