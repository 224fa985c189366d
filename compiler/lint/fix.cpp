#include "compiler/lint/fix.h"

#include <algorithm>
#include <vector>

namespace dpol::lint {

namespace {

using lang::Edit;

bool touch(const Edit& a, const Edit& b) {
  return a.file == b.file && a.span.begin <= b.span.end && b.span.begin <= a.span.end;
}

bool touches_any(const Edit& edit, const std::vector<Edit>& accepted) {
  return std::ranges::any_of(accepted, [&](const Edit& other) { return touch(edit, other); });
}

}  // namespace

Fixed apply_fixes(std::span<const Finding> findings) {
  Fixed fixed;
  std::vector<Edit> accepted;
  for (const Finding& finding : findings) {
    const bool is_free = std::ranges::none_of(
        finding.fix, [&](const Edit& edit) { return touches_any(edit, accepted); });
    if (finding.fix.empty() || !is_free) continue;
    accepted.insert(accepted.end(), finding.fix.begin(), finding.fix.end());
    ++fixed.findings;
  }
  // From the end, so that what stands before an edit keeps its place.
  std::ranges::sort(accepted, std::ranges::greater(),
                    [](const Edit& edit) { return edit.span.begin; });
  for (const Edit& edit : accepted) {
    const auto [at, is_new] = fixed.texts.try_emplace(edit.file, edit.file->text());
    at->second.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
  }
  return fixed;
}

}  // namespace dpol::lint
