#include "cli/standard_library.h"

#include <algorithm>

#include "cli/embedded.h"

namespace dpol::cli {

std::optional<compiler::SourceText> standard_module(const std::string& name) {
  constexpr std::string_view kPackage = "std.";
  if (!name.starts_with(kPackage)) return std::nullopt;
  const std::string file = name.substr(kPackage.size()) + ".dpol";
  const auto modules = standard_modules();
  const auto found = std::ranges::find(modules, file, &EmbeddedText::name);
  if (found == modules.end()) return std::nullopt;
  return compiler::SourceText{"dpol:std/" + file, std::string(found->text)};
}

}  // namespace dpol::cli
