// The functions that fuzzers call with bytes of any kind, and that a test calls with every file of the corpora.
//
// Promises: a target returns whatever the bytes are; where the product breaks a promise it prints which and aborts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/program/program.h"

namespace dpol::fuzz {

using Bytes = std::span<const std::uint8_t>;

#define DPOL_FUZZ_TARGET(name, doc) void name(Bytes bytes);
#include "tests/fuzz/targets.def"

struct Target {
  std::string_view name;
  void (*run)(Bytes bytes);
};
[[nodiscard]] std::span<const Target> targets();

/// What program_load reads: an encoding without its header, whose digest no fuzzer could guess.
[[nodiscard]] std::vector<std::uint8_t> body_of(const program::Program& program);
/// The policy that facts_json and metrics read documents for.
[[nodiscard]] std::string_view document_policy();

}  // namespace dpol::fuzz
