#include "sources/json_nodes.h"

namespace dpol::sources {

using inputs::NodeKind;
using inputs::NodeRef;

std::optional<NodeRef> entry(NodeRef node, std::string_view key) {
  if (!node.is(NodeKind::map)) return std::nullopt;
  const auto found = node.find(key);
  return found && !found->is(NodeKind::null) ? found : std::nullopt;
}

std::string_view text_at(NodeRef node, std::string_view key) {
  const auto found = entry(node, key);
  return found && found->is(NodeKind::string) ? found->text() : std::string_view();
}

std::optional<NodeRef> list_at(NodeRef node, std::string_view key) {
  const auto found = entry(node, key);
  return found && found->is(NodeKind::list) ? found : std::nullopt;
}

}  // namespace dpol::sources
