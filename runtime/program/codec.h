// codec: a Program as the bytes of a .dpolc file, and back.
//
// The file: "DPOLC\n" magic, format version (a hash of opcodes.def, functions.def, aggregates.def
// and faults.def, so a program never runs on a machine with other instructions), body length,
// SHA-256 of the body, body. All integers little-endian, all counts bounded by the bytes that are
// there before anything is allocated: a header that claims a gigabyte costs nothing.
// The same Program gives the same bytes on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "runtime/program/program.h"

namespace dpol::program {

std::uint64_t format_version();

std::vector<std::uint8_t> encode(const Program& program);

struct DecodeFault {
  std::size_t offset = 0;   // byte in the file
  std::string what;         // what was expected there
};
// Decodes and verifies. Never throws; allocates at most a small multiple of bytes.size().
std::variant<Program, DecodeFault> decode(std::span<const std::uint8_t> bytes);

// Whether bytes begin like a .dpolc file.
bool looks_like_program(std::span<const std::uint8_t> bytes);

}  // namespace dpol::program
