// What holds for every file that the front end reads, however broken: asked by golden, property and fuzz tests.
// Each answers what is wrong, in words; "" where all is well.
#pragma once

#include <span>
#include <string>

#include "compiler/compile.h"
#include "lang/diagnostic.h"
#include "lang/format.h"
#include "lang/parse.h"

namespace dpol::test {

/// Tokens, tree and messages of one file keep the promises of token.h, tree.h and parse.h; the views of ast.h and the
/// literals can be read; the tree can be dumped.
[[nodiscard]] std::string syntax_fault(const lang::Syntax& syntax);

/// Every place of every message lies in its file, on whole characters; messages are one line without a final full stop.
[[nodiscard]] std::string diagnostics_fault(std::span<const lang::Diagnostic> diagnostics);

/// Formatted, a text has the same tokens and comments in the same order, and the same tree; formatted once more it stays
/// as it is; and a text without errors is formatted wholly. `reach` is told how much of it was formatted.
[[nodiscard]] std::string format_fault(const std::string& text, lang::FormatReach* reach = nullptr);

/// A program, verified and the same after a round through its encoding, or errors; never both, never neither.
[[nodiscard]] std::string compile_fault(const compiler::CompileResult& result);

}  // namespace dpol::test
