#include "runtime/inputs/path_tree.h"

#include <algorithm>

#include "runtime/inputs/input_error.h"

namespace dpol::inputs {
namespace {

bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

}  // namespace

void PathTree::add(std::string_view dotted, std::uint32_t target) {
  PathTree* node = this;
  while (!dotted.empty()) {
    const std::size_t dot = dotted.find('.');
    node = &node->children_[std::string(dotted.substr(0, dot))];
    dotted = dot == std::string_view::npos ? std::string_view{} : dotted.substr(dot + 1);
  }
  node->target_ = target;
}

const PathTree* PathTree::find(std::string_view name) const {
  const PathTree* node = this;
  for (;;) {
    const std::size_t dot = name.find('.');
    const auto child = node->children_.find(name.substr(0, dot));
    if (child == node->children_.end()) return nullptr;
    node = &child->second;
    if (dot == std::string_view::npos) return node;
    name.remove_prefix(dot + 1);
  }
}

std::vector<std::string> PathTree::names() const {
  std::vector<std::string> names;
  for (const auto& [name, child] : children_) names.push_back(name);
  return names;
}

void PathTree::collect(std::vector<std::uint32_t>& targets) const {
  if (target_) targets.push_back(*target_);
  for (const auto& [name, child] : children_) child.collect(targets);
}

std::string PathStack::text(bool any_index) const {
  std::string text;
  for (const Part& part : parts_) {
    if (part.name.data() == nullptr) {
      text += any_index ? "[]" : "[" + std::to_string(part.index) + "]";
    } else if (is_plain(part.name)) {
      if (!text.empty()) text += '.';
      text.append(part.name);
    } else {
      text += "[" + in_quotes(part.name) + "]";
    }
  }
  return text;
}

}  // namespace dpol::inputs
