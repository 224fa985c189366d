// Patterns of file names: `*` and `?` within a folder, `**` for folders in any depth, `[a-z]`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dpol::cli {

inline constexpr std::size_t kMaxMatches = 10'000;

bool is_pattern(const std::string& path);

// The files that a pattern names, in the order of their names; at most kMaxMatches + 1, so that too
// many can be told. Folders that are links are not entered, hidden ones only if the pattern names
// them.
std::vector<std::string> matching_files(const std::string& pattern);

}  // namespace dpol::cli
