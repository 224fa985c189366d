// Base64 (RFC 4648), as documents hold bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dpol::sources {

// With either alphabet, padded or not; nothing of a text that is none.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dpol::sources
