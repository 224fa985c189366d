// A tree as text, for golden tests and for looking at: one node a line, children indented below their parent.
//
// Promises: the same tree gives the same bytes; a leaf shows its source text, escaped onto one line; `!` marks a node
// that holds an error.
#pragma once

#include <string>

#include "lang/parse.h"

namespace dpol::lang {

[[nodiscard]] std::string dump_tokens(const Syntax& syntax);
[[nodiscard]] std::string dump_tree(const Syntax& syntax);
[[nodiscard]] std::string dump_tree(const Syntax& syntax, NodeId root);

}  // namespace dpol::lang
