// Just enough UTF-8: decoding that survives any bytes, and how wide a character is on a terminal.
//
// Promises: never reads beyond the text; a byte that begins no valid sequence (overlong, surrogate, cut off) decodes to
// an invalid Utf8Char of length 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dpol::lang {

struct Utf8Char {
  char32_t value = 0;
  std::uint32_t length = 1;
  bool valid = false;
};

[[nodiscard]] Utf8Char decode_utf8(std::string_view text, std::size_t at);
/// Offset of the first invalid byte, or npos.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);
/// 0 for combining marks and invisible characters, 2 for wide East Asian ones, else 1.
[[nodiscard]] int display_width(char32_t value);
/// Characters that change the order in which text is shown, so that it reads otherwise than it means.
[[nodiscard]] constexpr bool is_direction_control(char32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

}  // namespace dpol::lang
