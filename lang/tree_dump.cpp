#include "lang/tree_dump.h"

#include <vector>

namespace dpol::lang {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
}

/// What `detail` says of this kind of node.
std::string detail_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::Unary:
      return " " + std::string(spelling(static_cast<UnaryOp>(node.detail)));
    case NodeKind::Binary:
      return " " + std::string(spelling(static_cast<BinaryOp>(node.detail)));
    case NodeKind::Quantifier:
      return " " + std::string(spelling(static_cast<QuantifierKind>(node.detail)));
    case NodeKind::Window: {
      static constexpr std::string_view kForms[] = {"for duration", "for samples", "in of samples", "in samples"};
      return " " + std::string(kForms[node.detail]) + (node.across_stages ? " across stages" : "");
    }
    default:
      return {};
  }
}

}  // namespace

std::string dump_tokens(const Syntax& syntax) {
  std::string out;
  for (const Token& token : syntax.tokens.tokens) {
    const LineColumn at = syntax.source.position(token.begin);
    out += std::to_string(at.line) + ":" + std::to_string(at.column) + " ";
    out += kind_name(token.kind);
    if (token.end > token.begin) {
      out += ' ';
      append_escaped(out, syntax.source.text(token.span()));
    }
    out += '\n';
  }
  return out;
}

std::string dump_tree(const Syntax& syntax, NodeId root) {
  // The last child is pushed first, so that the stack gives the first one back first.
  struct Pending {
    NodeId id;
    std::size_t depth;
  };
  std::string out;
  std::vector<Pending> stack{{root, 0}};
  while (!stack.empty()) {
    const auto [id, depth] = stack.back();
    stack.pop_back();
    const Node& node = syntax.tree[id];
    out.append(2 * depth, ' ');
    out += node_info(node.kind).name;
    out += detail_of(node);
    if (node.has_error) out += " !";
    if (node.subtree_size == 1 && node.end_token > node.first_token) {
      out += ' ';
      append_escaped(out, syntax.text(id));
    }
    out += '\n';
    for (NodeId child : syntax.tree.children_backwards(id)) stack.push_back({child, depth + 1});
  }
  return out;
}

std::string dump_tree(const Syntax& syntax) { return dump_tree(syntax, syntax.tree.root()); }

}  // namespace dpol::lang
