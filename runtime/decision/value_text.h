// value_text: a value of a program in words, for reports: numbers with their unit, texts quoted and
// escaped, enumerations by name. No control character of an input reaches the result.
#pragma once

#include <string>
#include <string_view>

#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::decision {

// `value` is known and of `type`; `snapshot` interprets text symbols and semantic versions.
std::string value_text(const program::Program& program, const vm::Snapshot& snapshot, program::Value value,
                       const program::Type& type);
// The same with every digit of a number.
std::string exact_text(const program::Program& program, const vm::Snapshot& snapshot, program::Value value,
                       const program::Type& type);
// A text.
std::string quoted_text(std::string_view text);
// A number alone; `always_signed` puts a plus before what is not negative.
std::string number_text(const program::Program& program, program::Decimal number, const program::Type& type,
                        bool always_signed = false);
// A number beside the one it was compared with: with as many more digits as it takes to differ from it.
std::string compared_text(const program::Program& program, program::Decimal number, program::Decimal other,
                          const program::Type& type);

// Control characters as \n, \t, \u{1b}; cut in the middle beyond `most` bytes at character borders.
std::string printable(std::string_view text, std::size_t most = 200);

}  // namespace dpol::decision
