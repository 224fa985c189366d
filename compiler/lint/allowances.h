// Allowances: `// dpol: allow(rule) because "…"`, on the line of a finding or on the line above it.
// (Internal to compiler/lint.)
#pragma once

#include <vector>

#include "compiler/lint/subject.h"

namespace dpol::lint {

// Takes away what is allowed; adds what is wrong with the allowances themselves.
std::vector<Finding> apply_allowances(const Subject& subject, std::vector<Finding> findings);

}  // namespace dpol::lint
