// What tests read from documents: the texts of one in order, and of what was written only what is
// seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/doc/document.h"

namespace dpol::doc::testing {

// All texts in the order in which they stand in any format.
std::vector<std::string> texts_of(const Document& document);

// Letters and digits alone, so that neither markup nor line breaks matter.
std::string letters(std::string_view text);

// What is wrong with Markdown: rows of a table that are not as long as its head. "" if nothing is.
std::string fault_of_markdown(std::string_view markdown);

}  // namespace dpol::doc::testing
