// Ranges of semantic versions: `^1.2 || >=2.0.0-rc.1`, as package managers write them.
//
// Promises
//  - A range is alternatives between `||`; an alternative is comparators with spaces between them, all
//    of which must hold. A comparator is `= > >= < <=`, `^` (up to the next change of the leftmost
//    number that is not zero) or `~` (up to the next minor version) and a version, whose minor and
//    patch may be left out or be `x` or `*`; without a sign it is `=`, and `*` is any version.
//  - A pre-release lies in an alternative only if one of its comparators names a pre-release of the
//    same three numbers: whoever asks for `^1.2` did not ask for 1.3.0-beta.
//  - Reading is linear in the text; numbers have at most 15 digits.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/program/semver.h"
#include "runtime/program/text_error.h"

namespace dpol::program {

class VersionRange {
 public:
  // On failure `out` is untouched.
  static bool parse(std::string_view text, VersionRange& out, TextError& error);
  bool contains(const Semver& version) const;

 private:
  friend class RangeReader;
  enum class Sign : std::uint8_t { less, less_equal, equal, greater, greater_equal };
  struct Bound {
    Sign sign = Sign::equal;
    Semver version;
  };
  struct Alternative {
    std::vector<Bound> bounds;
    std::vector<Semver> named;  // pre-releases that the author wrote
  };
  std::vector<Alternative> alternatives_;
};

}  // namespace dpol::program
