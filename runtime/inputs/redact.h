// Names of inputs and messages about them end up in reports; secrets must not.
#pragma once

#include <string>
#include <string_view>

namespace dpol::inputs {

// The text with `***` in the place of
//   what stands between "://" and "@" in a URL (user and password), and
//   the values of parameters whose name says they are secret (token=, password=, api_key=, …).
// Anything else stays byte for byte; doing it twice changes nothing.
std::string redact(std::string_view text);
// The same for a line of a document, where besides `"token": "…"`, `password: …` and `Authorization: …` lose their values.
std::string redact_line(std::string_view line);

}  // namespace dpol::inputs
