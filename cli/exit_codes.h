// What dpol's exit codes mean; they never change. 0 to 4 as decisions: runtime/decision/verdict.h.
#pragma once

namespace dpol::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFindings = 1; // `fmt --check`: something would change
inline constexpr int kExitPolicy = 4;   // a policy does not compile, or decides nothing
inline constexpr int kExitInput = 5;    // an input cannot be read
inline constexpr int kExitUsage = 64;
inline constexpr int kExitDefect = 70;  // of dpol
inline constexpr int kExitOutput = 74;  // the output cannot be written

}  // namespace dpol::cli
