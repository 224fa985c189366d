// What tests read from a page.
#pragma once

#include <string>
#include <string_view>

namespace dpol::test {

// HTML without tags, style and references to characters.
std::string seen(std::string_view html);

// What is wrong with a page: tags that are not closed, ids twice, links to nowhere, headings that
// skip a level, anything that is run or loaded. "" if nothing is.
std::string fault_of(std::string_view html);

}  // namespace dpol::test
