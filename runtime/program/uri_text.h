// Text as a part of a URI (RFC 3986, section 2).
#pragma once

#include <string>
#include <string_view>

namespace dpol::program {

// All but letters, digits, `-._~` and what is in `also_plain` as %XX.
std::string percent_encoded(std::string_view text, std::string_view also_plain = {});

}  // namespace dpol::program
