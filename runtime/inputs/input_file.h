// InputFile: the bytes of one input under the name its giver knows it by; Sniff: what the first
// look at them tells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dpol::inputs {

struct InputFile {
  std::string name;  // as given; may hold secrets, so reports show redact(name)
  std::string bytes;
};

enum class Shape : std::uint8_t {
  text,   // anything below is ruled out
  json,   // begins with "{" or "["
  empty,  // nothing but blanks
  html,   // or XML: begins with "<"
  utf16,  // or UTF-32
  gzip,
  zip,
  binary,  // holds NUL bytes
};

Shape sniff(std::string_view bytes);

// One more than there are line ends.
std::uint32_t count_lines(std::string_view bytes);

// "nothing: it is empty", "gzip-compressed data", …; of text its first line, quoted.
std::string shape_text(Shape shape, std::string_view bytes);
// What to do about it, or "".
std::string shape_hint(Shape shape);

}  // namespace dpol::inputs
