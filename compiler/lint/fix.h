// Carrying out the fixes of findings, all of a finding or nothing of it.
#pragma once

#include <map>
#include <span>
#include <string>

#include "compiler/lint/lint.h"

namespace dpol::lint {

struct Fixed {
  std::map<const lang::SourceFile*, std::string> texts;  // of the files that changed
  std::size_t findings = 0;                              // that were fixed
};

// Where two fixes touch the same text the first one is carried out; the other is found again in
// what comes out of it.
Fixed apply_fixes(std::span<const Finding> findings);

}  // namespace dpol::lint
