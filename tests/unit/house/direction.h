// The rules of the house: which folder may include which, and which package may be used where.
//
// Promises
//  - Reads every C++ source below the folders that make up the product; tests and benches may
//    include anything and are not read.
//  - A folder or a package that the tables of direction.cpp do not name is reported too, so a new
//    one gets its row before it gets used.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace dpol::house {

struct Violation {
  std::string file;  // from the root, with forward slashes
  std::size_t line;  // 1 is the first
  std::string message;
};

struct Findings {
  std::vector<Violation> violations;  // by file, then line
  std::vector<std::string> files;     // every file that was read, sorted
};

Findings check_includes(const std::filesystem::path& root);

}  // namespace dpol::house
