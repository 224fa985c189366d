// Text in XML.
#pragma once

#include <string>
#include <string_view>

namespace dpol::reports {

// Between tags or double quotes; made safe (text.h).
std::string xml(std::string_view text);
// Of several lines each by itself, so that the breaks stay.
std::string xml_lines(const std::string& text);

}  // namespace dpol::reports
