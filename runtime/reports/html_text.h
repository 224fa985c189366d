// Texts that came in as HTML: what the page and its pictures are written with.
#pragma once

#include <string>
#include <string_view>

#include "runtime/html/html.h"
#include "runtime/reports/text.h"

namespace dpol::reports {

inline std::string html_safe(std::string_view text) { return html::escaped(safe(text)); }
inline std::string html_code(std::string_view text) { return html::element("code", html_safe(text)); }
// An id or a path, which may break at its joints.
inline std::string html_name(std::string_view text) { return html::element("code", html::breakable(html_safe(text))); }

}  // namespace dpol::reports
