// The pages of docs/diagnostics and docs/lint, as the build found them: what `dpol explain CODE` prints.
#pragma once

#include <span>
#include <string_view>

namespace dpol::cli {

struct DiagnosticPage {
  std::string_view code;  // "E0312"; of a lint rule its name
  std::string_view text;  // Markdown
};

// By code.
std::span<const DiagnosticPage> diagnostic_pages();
// By name.
std::span<const DiagnosticPage> lint_pages();

}  // namespace dpol::cli
