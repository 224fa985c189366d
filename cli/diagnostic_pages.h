// The pages of docs/diagnostics, as the build found them: what `dpol explain CODE` prints.
#pragma once

#include <span>
#include <string_view>

namespace dpol::cli {

struct DiagnosticPage {
  std::string_view code;  // "E0312"
  std::string_view text;  // Markdown
};

// By code.
std::span<const DiagnosticPage> diagnostic_pages();

}  // namespace dpol::cli
