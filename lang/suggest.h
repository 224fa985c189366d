// The nearest legal name to a misspelt one.
//
// Promises: case does not count; a transposition of neighbours is one mistake (Damerau-Levenshtein, restricted); the
// answer does not depend on anything but the words and their order (ties go to the earlier candidate); work is bounded:
// words longer than kMaxSuggestLength bytes are compared exactly only.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace dpol::lang {

inline constexpr std::size_t kMaxSuggestLength = 64;

[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest candidate if it is near enough to be meant (at most a third of the letters wrong, at least one).
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view wrong,
                                                           std::span<const std::string_view> candidates);
/// The nearest `limit` candidates that are near enough, nearest first.
[[nodiscard]] std::vector<std::string_view> nearest_names(std::string_view wrong,
                                                          std::span<const std::string_view> candidates,
                                                          std::size_t limit);

}  // namespace dpol::lang
