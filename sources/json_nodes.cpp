#include "sources/json_nodes.h"

#include "sources/numbers.h"

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

std::string_view scalar_at(NodeRef node, std::string_view key) {
  const auto found = entry(node, key);
  const bool scalar = found && (found->is(NodeKind::string) || found->is(NodeKind::number));
  return scalar ? found->text() : std::string_view();
}

std::optional<std::int64_t> count_at(NodeRef node, std::string_view key) {
  return whole_number(scalar_at(node, key));
}

std::optional<program::Decimal> decimal_at(NodeRef node, std::string_view key) {
  return program::Decimal::parse(scalar_at(node, key));
}

std::optional<bool> truth_at(NodeRef node, std::string_view key) {
  const auto found = entry(node, key);
  return found && found->is(NodeKind::boolean) ? std::optional(found->truth()) : std::nullopt;
}

}  // namespace dpol::sources
