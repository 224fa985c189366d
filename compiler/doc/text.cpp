#include "compiler/doc/text.h"

#include <fmt/format.h>

#include "lang/utf8.h"

namespace dpol::doc {
namespace {

bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || lang::is_direction_control(value) ||
         value == 0x2028 || value == 0x2029;
}

}  // namespace

std::string on_one_line(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const lang::Utf8Char c = lang::decode_utf8(text, at);
    if (!c.valid) {
      out += "\xEF\xBF\xBD";
    } else if (c.value == '\n' || c.value == '\t' || c.value == '\r') {
      out += ' ';
    } else if (is_control(c.value)) {
      out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(c.value));
    } else {
      out += text.substr(at, c.length);
    }
    at += c.length;
  }
  return out;
}

}  // namespace dpol::doc
