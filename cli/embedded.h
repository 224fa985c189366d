// The texts that are part of the program, as the build found them.
#pragma once

#include <span>
#include <string_view>

namespace dpol::cli {

struct EmbeddedText {
  std::string_view name;  // of its file; of a page without the suffix
  std::string_view text;
};

// All by name. docs/diagnostics and docs/lint are what `dpol explain CODE` prints, in Markdown;
// starters/ what `dpol init` writes; stdlib-policies/std/ is what `import std.x` finds.
std::span<const EmbeddedText> diagnostic_pages();
std::span<const EmbeddedText> lint_pages();
std::span<const EmbeddedText> starter_files();
std::span<const EmbeddedText> standard_modules();

}  // namespace dpol::cli
