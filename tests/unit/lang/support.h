// What the tests of lang share: short ways to parse, and to say what came of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/tree_dump.h"

namespace dpol::lang {

inline std::string read_source_file(const std::string& path) {
  std::ifstream in(std::string(DPOL_SOURCE_DIR) + "/" + path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<std::string> sound_files() {
  return {"examples/auth_canary.dpol", "examples/release_excerpt.dpol", "examples/checkout.dpol",
          "tests/unit/lang/every_form.dpol"};
}

/// The codes of all diagnostics, in order.
inline std::vector<std::string> codes(const Syntax& syntax) {
  std::vector<std::string> found;
  for (const Diagnostic& d : syntax.diagnostics) found.emplace_back(diagnostic_info(d.code).text);
  return found;
}

inline std::string all_messages(const Syntax& syntax) {
  std::string text;
  for (const Diagnostic& d : syntax.diagnostics) text += render_diagnostic(d) + "\n";
  return text;
}

/// The codes that a text gives rise to.
inline std::vector<std::string> codes_of(const std::string& text) { return codes(*parse("t.dpol", text)); }

/// The text after every edit of the first diagnostic's help number `index`.
inline std::string mended(const Syntax& syntax, std::size_t index = 0) {
  std::string text(syntax.source.text());
  if (syntax.diagnostics.empty() || syntax.diagnostics.front().help.size() <= index) return text;
  std::vector<Edit> edits = syntax.diagnostics.front().help[index].edits;
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
  for (const Edit& edit : edits) text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
  return text;
}

/// Whatever tree.h promises of any tree and this one breaks; empty if nothing.
inline std::string broken_promise(const Syntax& syntax) {
  const Tree& tree = syntax.tree;
  if (tree.empty() || tree[tree.root()].kind != NodeKind::File) return "no file at the root";
  if (tree[tree.root()].subtree_size != tree.nodes.size()) return "nodes outside of the file";
  if (tree[tree.root()].end_token != syntax.tokens.size() - 1) return "tokens outside of the file";
  for (NodeId id = 0; id < tree.nodes.size(); ++id) {
    const Node& node = tree[id];
    const std::string name(node_info(node.kind).name);
    if (node.first_token > node.end_token || node.subtree_size > id + 1) return name + " is turned round";
    TokenIndex next = node.end_token;
    std::uint32_t size = 1;
    bool broken = false;
    for (NodeId child : tree.children_backwards(id)) {
      if (tree[child].end_token > next) return name + " has children out of order";
      next = tree[child].first_token;
      size += tree[child].subtree_size;
      broken |= tree[child].has_error;
    }
    if (next < node.first_token) return name + " has children outside of it";
    if (size != node.subtree_size) return name + " has a wrong size";
    if (broken && !node.has_error) return name + " hides an error";
  }
  if (tree[tree.root()].has_error && syntax.ok()) return "an error without a message";
  return {};
}

inline void expect_well_formed(const Syntax& syntax) { ASSERT_EQ(broken_promise(syntax), ""); }

}  // namespace dpol::lang
