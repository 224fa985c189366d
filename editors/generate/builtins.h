// docs/builtins.md: every function of the language, made from the rows of the tables.
//
// Promises: pure; each row of functions.def, aggregates.def and forms.def appears once, with its example.
#pragma once

#include <string>

namespace dpol::editors {

std::string make_builtins();

}  // namespace dpol::editors
