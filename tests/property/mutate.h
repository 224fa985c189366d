// mutate: a policy's text, damaged as people and programs damage it.
//
// Promises: a pure function of the random numbers; at most twice as long as what came in, and a few hundred bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/differential/generator.h"

namespace dpol::test {

class Mutator {
 public:
  /// What tokens and lines are borrowed from.
  explicit Mutator(const std::vector<std::string>& texts);

  /// One to four damages of any kind: mostly what comes out has syntax errors.
  [[nodiscard]] std::string damaged(std::string_view text, Random& random) const;
  /// A token or two replaced by others of their kind (a name by a name, a number by a number): mostly what comes out
  /// parses, and means something else.
  [[nodiscard]] std::string reworded(std::string_view text, Random& random) const;

 private:
  std::vector<std::vector<std::string>> tokens_;  // by class
  std::vector<std::string> lines_;
};

}  // namespace dpol::test
