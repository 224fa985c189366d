// Regexes: the patterns of a program, compiled once. Private to runtime/vm.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/vm/snapshot.h"

namespace dpol::vm {

// The answers of all patterns on all texts of the inputs that can reach them, found when a snapshot
// is loaded: RE2 allocates while it matches. Texts that conditions build are matched as they come.
class Regexes {
 public:
  explicit Regexes(const program::Program& program);
  ~Regexes();
  Regexes(const Regexes&) = delete;
  Regexes& operator=(const Regexes&) = delete;

  void load(const program::Program& program, const Snapshot& snapshot);
  // bad_argument where the pattern is none.
  program::Value matches(std::uint32_t regex, std::uint64_t symbol, std::string_view text) const;
  // The group of the first match; why not, if there is none.
  program::Fault capture(program::StringId pattern, std::string_view text, std::size_t group,
                         std::string_view& out) const;

 private:
  struct Pattern;
  class Texts;
  std::vector<Pattern> patterns_;
  std::unordered_map<program::StringId, std::size_t> by_text_;
};

}  // namespace dpol::vm
