// disassemble: a Program as text for people: constants, inputs, metrics, each block with one
// instruction a line (names instead of indices where there are any), rules with their blocks.
// Stable: golden tests quote it.
#pragma once

#include <string>

#include "runtime/program/program.h"

namespace dpol::program {

std::string disassemble(const Program& program);

}  // namespace dpol::program
