// Whether a text is a regular expression that the machine can run: RE2 syntax, within its memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dpol::vm {

// Memory that one compiled pattern may take.
inline constexpr std::int64_t kPatternBytes = 1 << 20;

// What is wrong with it, in RE2's words; nothing if it is sound.
std::optional<std::string> pattern_fault(std::string_view pattern);

}  // namespace dpol::vm
