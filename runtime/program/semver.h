// Semantic versions (semver.org 2.0.0). Numeric identifiers may have any number of digits, so no
// version overflows; reading and comparing are linear in the text.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/text_error.h"

namespace dpol::program {

class Semver {
 public:
  // 0.0.0
  Semver() = default;

  // The specification's grammar, with one "v" allowed in front. On failure `out` is untouched.
  static bool parse(std::string_view text, Semver& out, TextError& error);

  // Digits without leading zeros.
  const std::string& major_version() const { return core_[0]; }
  const std::string& minor_version() const { return core_[1]; }
  const std::string& patch_version() const { return core_[2]; }
  // The identifiers between "-" and "+"; empty for a release.
  const std::vector<std::string>& prerelease() const { return prerelease_; }
  // What follows "+"; plays no part in precedence.
  const std::string& build() const { return build_; }

  // Precedence: versions that differ in their build only are equal.
  std::weak_ordering compare(const Semver& other) const;
  friend bool operator==(const Semver& a, const Semver& b) { return a.compare(b) == 0; }
  friend std::weak_ordering operator<=>(const Semver& a, const Semver& b) { return a.compare(b); }

  // As parsed, without the "v".
  std::string to_string() const;

 private:
  std::array<std::string, 3> core_ = {"0", "0", "0"};
  std::vector<std::string> prerelease_;
  std::string build_;
};

}  // namespace dpol::program
