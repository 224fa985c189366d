// Two texts as a unified diff, as `diff -u` and `patch` write and read it.
//
// Promises: applied to the old text the diff gives the new one; equal texts give "". Time and
// memory are bounded: stretches in which more than kMostDifferences lines differ are shown as
// replaced as a whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dpol::cli {

inline constexpr std::size_t kMostDifferences = 2000;

std::string unified_diff(std::string_view before_name, std::string_view before,
                         std::string_view after_name, std::string_view after);

}  // namespace dpol::cli
