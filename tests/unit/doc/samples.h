// Every policy of tests/golden and examples/ that compiles, compiled once for a test program.
#pragma once

#include <string>
#include <vector>

#include "compiler/compile.h"

namespace dpol::doc::testing {

struct Sample {
  std::string name;
  compiler::CompileResult result;
};
const std::vector<Sample>& samples();

}  // namespace dpol::doc::testing
