// Starters: policies that a team begins with, each with its tests and an example release.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::cli {

struct StarterFile {
  std::string name;        // "canary_test.dpol"
  std::string_view about;  // "its tests"
  std::string_view text;
};
struct Starter {
  std::string_view name;
  std::string_view doc;
  std::vector<StarterFile> files;  // the policy first, then its tests, then what it may be tried on

  // Its files, as arguments of a command; "" where it has none of that kind.
  std::string policy;
  std::string tests;
  std::string facts;
  std::string metrics;
};

// In the order of starters.def.
std::span<const Starter> starters();

}  // namespace dpol::cli
