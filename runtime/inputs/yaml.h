// YAML to a Document: one document of YAML 1.2 with the core schema, less what surprises.
//  - Of plain scalars null, booleans (true, false) and decimal numbers have a type; all else is a
//    string: yes, no, on, off, 0o14, 0x1F, 1:30, 2026-12-31, and numbers with a leading zero.
//  - Refused: a second document, a key given twice, keys that are no scalars, merge keys (`<<`),
//    tags other than those of the core schema, a block mapping's key without ":".
//  - An alias stands for a copy of what its anchor names, up to a bound on all copies together.
#pragma once

#include <string_view>

#include "runtime/inputs/document.h"
#include "runtime/inputs/json.h"

namespace dpol::inputs {

// Smaller than kMaxDocumentBytes: the parser needs some hundred times the size of a text.
inline constexpr std::size_t kMaxYamlBytes = 8U << 20;
// Nodes that aliases may stand for, all together.
inline constexpr std::size_t kMaxAliasedNodes = 100'000;

// `text` is UTF-8, which is checked. On failure `document` holds nothing of use.
bool read_yaml(std::string_view text, Document& document, SyntaxFault& fault);

}  // namespace dpol::inputs
