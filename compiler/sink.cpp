#include "compiler/sink.h"

#include <algorithm>

#include "lang/suggest.h"

namespace dpol::compiler {

lang::Diagnostic& Sink::report(Code code, const Place& place, std::string message,
                               std::string label) {
  lang::Diagnostic diagnostic(code, std::move(message), place.file, place.span, std::move(label));
  if (diagnostic.severity == lang::Severity::Error) has_errors_ = true;
  const bool is_new =
      !is_full() && seen_.emplace(place.file, place.span.begin, place.span.end, code).second;
  if (!is_new) return dropped_ = std::move(diagnostic);
  return kept_.emplace_back(std::move(diagnostic));
}

std::vector<lang::Diagnostic> Sink::take() {
  std::vector<lang::Diagnostic> all(std::make_move_iterator(kept_.begin()),
                                    std::make_move_iterator(kept_.end()));
  kept_.clear();
  return all;
}

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

void suggest_nearest(lang::Diagnostic& diagnostic, const Place& place, std::string_view wrong,
                     const std::vector<std::string>& candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  const auto nearest = lang::nearest_name(wrong, views);
  if (!nearest) return;
  if (diagnostic.primary.text.empty())
    diagnostic.primary.text = "did you mean " + quoted(*nearest) + "?";
  diagnostic.suggest("replace it by " + quoted(*nearest), place.file, place.span,
                     std::string(*nearest));
}

std::string list_of(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  const std::size_t shown = std::min(names.size(), most);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += quoted(names[i]);
  }
  if (shown < names.size()) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

}  // namespace dpol::compiler
