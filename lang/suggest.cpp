#include "lang/suggest.h"

#include <algorithm>
#include <array>

#include "lang/sorting.h"

namespace dpol::lang {
namespace {

// Locale-free: names are ASCII.
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t allowed_mistakes(std::string_view wrong) { return std::max<std::size_t>(1, wrong.size() / 3); }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > kMaxSuggestLength || b.size() > kMaxSuggestLength)
    return same_letters(a, b) ? 0 : std::max(a.size(), b.size());
  // Three rows suffice: a transposition looks two rows back.
  using Row = std::array<std::size_t, kMaxSuggestLength + 1>;
  Row before{};
  Row above{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

std::vector<std::string_view> nearest_names(std::string_view wrong, std::span<const std::string_view> candidates,
                                            std::size_t limit) {
  struct Near {
    std::size_t distance;
    std::string_view name;
  };
  std::vector<Near> near;
  for (std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(wrong, candidate);
    // A name whose every letter is wrong is no suggestion, however short.
    if (distance <= allowed_mistakes(wrong) && distance < candidate.size() &&
        (distance < wrong.size() || wrong.size() > kMaxSuggestLength))
      near.push_back({distance, candidate});
  }
  sort_stably(near, [](const Near& a, const Near& b) { return a.distance < b.distance; });
  std::vector<std::string_view> names;
  for (const Near& n : near) {
    if (names.size() == limit) break;
    if (std::find(names.begin(), names.end(), n.name) == names.end()) names.push_back(n.name);
  }
  return names;
}

std::optional<std::string_view> nearest_name(std::string_view wrong, std::span<const std::string_view> candidates) {
  const std::vector<std::string_view> names = nearest_names(wrong, candidates, 1);
  if (names.empty()) return std::nullopt;
  return names.front();
}

}  // namespace dpol::lang
