// Stages: what the product makes of a case, as text. A sibling file of a case asks for the stage of its suffix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/case.h"

namespace dpol::golden {

struct Stage {
  std::string_view suffix;  // of the sibling: ".tree"
  std::string (*text)(const Case& test, const compiler::CompileResult& result);
};

/// What is said about a case: the compiler's messages, and of cases in `lint/` the linter's findings.
[[nodiscard]] std::vector<lang::Diagnostic> messages(const Case& test, const compiler::CompileResult& result);

/// .tree      the syntax tree
/// .fmt       the file, formatted
/// .bytecode  the optimised program, disassembled
/// .help      the messages in full
/// .md        what `dpol doc` writes
/// .html      the same as a page
/// .verdict   what `dpol check` prints for x.facts.json and x.metrics.ndjson, and its exit code
[[nodiscard]] const std::vector<Stage>& stages();

/// Siblings that are read and not written.
[[nodiscard]] const std::vector<std::string_view>& input_suffixes();

}  // namespace dpol::golden
