// The policies that mutants and beginnings are made of: the golden cases, the examples, and a file that has
// every form of the language.
#pragma once

#include <string>
#include <vector>

namespace dpol::test {

struct Policy {
  std::string file;
  std::string text;
};

const std::vector<Policy>& policies();
std::vector<std::string> policy_texts();

}  // namespace dpol::test
