// verify: proves a Program sound before anything of it runs.
//
// After verify() returned no fault, the machine may run any block of the program on any snapshot
// made for it without a check of its own: every operand names a cell, block, column, series, regex,
// aggregate or function that exists and has the class its opcode asks for; every cell that is read
// was written before it in the same block, or is a constant or an input, or is the loop row of a
// list opcode that encloses it; blocks only run smaller ones and not deeper than kMaxBlockDepth; windows stand in no list
// body and count samples of a metric; every index of every table (rules, phases, stages, traces, strings …) is in bounds.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "runtime/program/program.h"

namespace dpol::program {

// Different regular expressions of a program: each takes memory of its own once compiled.
inline constexpr std::size_t kMaxPatterns = 1'000;

struct VerifyFault {
  std::string what;  // one sentence: the table, the index, what is wrong
};

// The first fault found, or nothing: the program is sound.
std::optional<VerifyFault> verify(const Program& program);

}  // namespace dpol::program
