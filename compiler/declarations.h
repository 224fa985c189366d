// What a file declares beside names, policies and tests: functions that nobody calls, sources, and
// what this version does not do yet.
#pragma once

#include "compiler/check_expr.h"

namespace dpol::compiler {

void check_functions(Services& services);

// Sources are not read by a Program; their names are checked all the same.
void check_declarations(Services& services);

}  // namespace dpol::compiler
