// From `test` declarations to CheckedTests.
#pragma once

#include "compiler/check_expr.h"
#include "compiler/policies.h"

namespace dpol::compiler {

// Of the entry files' tests; those of imported files are checked by name only where they are run.
CheckedTests check_tests(Services& services, const Policies& policies);

}  // namespace dpol::compiler
