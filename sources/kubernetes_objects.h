// Objects as `kubectl get … -o json` prints them: one, a list of kind `List` or `…List`, or, as
// other tools print them, a plain list.
#pragma once

#include <string_view>

#include "sources/json_nodes.h"

namespace dpol::sources {

// Calls visit(object, kind) for each object; visit says whether to stop. Documents are of bounded
// depth.
template <class Visit>
bool each_object(inputs::NodeRef node, std::string_view kind, const Visit& visit) {
  if (node.is(inputs::NodeKind::list)) {
    for (const inputs::NodeRef item : node) {
      if (each_object(item, kind, visit)) return true;
    }
    return false;
  }
  if (const std::string_view own = text_at(node, "kind"); !own.empty()) kind = own;
  const auto items = list_at(node, "items");
  if (!items) return visit(node, kind);
  // Items of a list of one kind need not say that they are of it.
  if (kind.ends_with("List")) kind.remove_suffix(4);
  for (const inputs::NodeRef item : *items) {
    if (each_object(item, kind, visit)) return true;
  }
  return false;
}

// Whether there is an object of which `is_one` holds.
template <class IsOne>
bool has_object(inputs::NodeRef root, const IsOne& is_one) {
  return each_object(root, {}, is_one);
}

// "" where it has none.
inline std::string_view name_of(inputs::NodeRef object) {
  const auto metadata = entry(object, "metadata");
  return metadata ? text_at(*metadata, "name") : std::string_view();
}
inline std::string_view namespace_of(inputs::NodeRef object) {
  const auto metadata = entry(object, "metadata");
  return metadata ? text_at(*metadata, "namespace") : std::string_view();
}

// The condition of that type in the object's status.
inline std::optional<inputs::NodeRef> condition_of(inputs::NodeRef object, std::string_view type) {
  const auto status = entry(object, "status");
  const auto list = status ? list_at(*status, "conditions") : std::nullopt;
  if (!list) return std::nullopt;
  for (const inputs::NodeRef one : *list) {
    if (text_at(one, "type") == type) return one;
  }
  return std::nullopt;
}

}  // namespace dpol::sources
