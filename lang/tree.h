// The syntax tree: one flat array of 16-byte nodes in postorder (a parent follows its children).
//
// Promises: the last node is File and spans every token; a node's subtree is the `subtree_size` nodes that end with it;
// a child's token range lies within its parent's, siblings' ranges do not overlap and ascend. The tree of a broken file
// is as well-formed as that of a sound one: what is absent is a Missing node, what was skipped an Error node, and every
// node above either carries `has_error`.
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/source.h"
#include "lang/token.h"

namespace dpol::lang {

enum class NodeKind : std::uint8_t {
#define DPOL_NODE(kind, group, repeat, shown) kind,
#include "lang/node_kinds.def"
};

enum class NodeGroup : std::uint8_t { File, Declaration, Statement, Clause, Type, Expression, Part, Trouble };

enum class NodeRepeat : std::uint8_t { Once, Many };

struct NodeInfo {
  NodeKind kind;
  std::string_view name;  // the enumerator, for dumps
  NodeGroup group;
  NodeRepeat repeat;
  std::string_view shown;
};

[[nodiscard]] const NodeInfo& node_info(NodeKind kind);

// What `Node::detail` says of some kinds.
enum class UnaryOp : std::uint8_t { Not, Negate, Present };
enum class BinaryOp : std::uint8_t {
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  NotIn,
  Matches,
  Contains,
  Add,
  Subtract,
  Multiply,
  Divide,
};
enum class QuantifierKind : std::uint8_t { Every, Any, None };
enum class WindowKind : std::uint8_t {
  ForDuration,   // for 5m
  ForSamples,    // for 3 samples
  InOfSamples,   // in 3 of 5 samples
  InSamples,     // in 3 samples
};

[[nodiscard]] std::string_view spelling(UnaryOp op);
[[nodiscard]] std::string_view spelling(BinaryOp op);
[[nodiscard]] std::string_view spelling(QuantifierKind kind);
[[nodiscard]] constexpr bool is_comparison(BinaryOp op) { return op >= BinaryOp::Equal && op <= BinaryOp::GreaterEqual; }

using NodeId = std::uint32_t;

struct Node {
  NodeKind kind = NodeKind::Missing;
  bool has_error = false;          // this node or one below it is an Error or Missing
  std::uint8_t detail = 0;         // UnaryOp, BinaryOp, QuantifierKind, WindowKind
  bool across_stages = false;      // Window only
  TokenIndex first_token = 0;
  TokenIndex end_token = 0;        // one past the last; equals first_token where nothing was read
  std::uint32_t subtree_size = 1;  // this node included
};
static_assert(sizeof(Node) == 16);

class Tree {
 public:
  class ReverseChildren;

  std::vector<Node> nodes;

  [[nodiscard]] bool empty() const { return nodes.empty(); }
  [[nodiscard]] NodeId root() const {
    assert(!nodes.empty());
    return static_cast<NodeId>(nodes.size() - 1);
  }
  [[nodiscard]] const Node& operator[](NodeId id) const {
    assert(id < nodes.size());
    return nodes[id];
  }

  /// Children from the last to the first, without allocation.
  [[nodiscard]] ReverseChildren children_backwards(NodeId id) const;
  /// Children from the first to the last; collects them, so hold on to the answer.
  [[nodiscard]] std::vector<NodeId> children(NodeId id) const;
};

/// Walks the direct children of a node from the last to the first.
class Tree::ReverseChildren {
 public:
  class iterator {
   public:
    iterator(const Tree* tree, NodeId at) : tree_(tree), at_(at) {}
    NodeId operator*() const { return at_ - 1; }
    iterator& operator++() {
      at_ -= (*tree_)[at_ - 1].subtree_size;
      return *this;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.at_ == b.at_; }

   private:
    const Tree* tree_;
    NodeId at_;  // one past the child, so that the end fits
  };

  ReverseChildren(const Tree* tree, NodeId id) : tree_(tree), id_(id) {}
  [[nodiscard]] iterator begin() const { return {tree_, id_}; }
  [[nodiscard]] iterator end() const { return {tree_, id_ + 1 - (*tree_)[id_].subtree_size}; }

 private:
  const Tree* tree_;
  NodeId id_;
};

inline Tree::ReverseChildren Tree::children_backwards(NodeId id) const { return {this, id}; }

/// The bytes of a node: first token's begin to last token's end. A node without tokens is the empty place after the
/// token before it.
[[nodiscard]] Span node_span(const Tree& tree, const TokenList& tokens, NodeId id);

}  // namespace dpol::lang
