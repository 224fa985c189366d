// PathTree: dotted names as a tree, so that a map is walked once and each key is looked up once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::inputs {

class PathTree {
 public:
  // What a name stands for: an input, a column.
  void add(std::string_view dotted, std::uint32_t target);

  // The child of that name, or nothing. A name with dots steps down several levels.
  const PathTree* find(std::string_view name) const;
  std::optional<std::uint32_t> target() const { return target_; }
  // A name ends here: below it nothing is looked up.
  bool is_leaf() const { return target_.has_value(); }
  // The names of the children.
  std::vector<std::string> names() const;
  // Every target below and including this one, in order of the names.
  void collect(std::vector<std::uint32_t>& targets) const;

 private:
  std::map<std::string, PathTree, std::less<>> children_;
  std::optional<std::uint32_t> target_;
};

// A path for messages, built only when one is needed.
class PathStack {
 public:
  void push(std::string_view name) { parts_.push_back({name, 0}); }
  void push(std::size_t index) { parts_.push_back({{}, index}); }
  void pop() { parts_.pop_back(); }
  // tests.failed, pods[2].restarts, limits["eu-1"]; indices as [] if `any_index`.
  std::string text(bool any_index = false) const;

 private:
  struct Part {
    std::string_view name;  // its data is null: an index
    std::size_t index = 0;
  };
  std::vector<Part> parts_;
};

}  // namespace dpol::inputs
