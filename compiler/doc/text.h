// Texts of a policy on their way into a document.
#pragma once

#include <string>
#include <string_view>

namespace dpol::doc {

// On one line and nothing but characters that are seen: line breaks and tabs become spaces, other
// control characters \u{1b}, bytes that are no UTF-8 the replacement character.
std::string on_one_line(std::string_view text);

}  // namespace dpol::doc
