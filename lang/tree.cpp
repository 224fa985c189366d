#include "lang/tree.h"

#include <algorithm>
#include <array>

namespace dpol::lang {
namespace {

constexpr std::array kNodeInfos = {
#define DPOL_NODE(kind, group, repeat, shown) \
  NodeInfo{NodeKind::kind, #kind, NodeGroup::group, NodeRepeat::repeat, shown},
#include "lang/node_kinds.def"
};
static_assert(kNodeInfos.size() <= 256);

constexpr std::array<std::string_view, 3> kUnaryOps{"not", "-", "present"};
constexpr std::array<std::string_view, 16> kBinaryOps{"or", "and", "==", "!=",      "<",        "<=", ">", ">=",
                                                      "in", "not in", "matches", "contains", "+", "-", "*", "/"};
constexpr std::array<std::string_view, 3> kQuantifiers{"every", "any", "none"};

}  // namespace

const NodeInfo& node_info(NodeKind kind) { return kNodeInfos[static_cast<std::size_t>(kind)]; }

std::string_view spelling(UnaryOp op) { return kUnaryOps[static_cast<std::size_t>(op)]; }
std::string_view spelling(BinaryOp op) { return kBinaryOps[static_cast<std::size_t>(op)]; }
std::string_view spelling(QuantifierKind kind) { return kQuantifiers[static_cast<std::size_t>(kind)]; }

std::vector<NodeId> Tree::children(NodeId id) const {
  std::vector<NodeId> found;
  for (NodeId child : children_backwards(id)) found.push_back(child);
  std::reverse(found.begin(), found.end());
  return found;
}

Span node_span(const Tree& tree, const TokenList& tokens, NodeId id) {
  const Node& node = tree[id];
  if (node.end_token > node.first_token) return {tokens[node.first_token].begin, tokens[node.end_token - 1].end};
  const std::uint32_t after = node.first_token == 0 ? 0 : tokens[node.first_token - 1].end;
  return {after, after};
}

}  // namespace dpol::lang
