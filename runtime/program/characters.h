// What the readers of this folder ask of a character, whatever the locale.
#pragma once

namespace dpol::program {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace dpol::program
