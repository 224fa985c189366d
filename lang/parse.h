// From a source file to its tree, in one call.
//
// Promises: never throws on account of the text, never recurses deeper than kMaxNesting levels, always yields a
// well-formed tree (tree.h) of at most some 1,500 levels (kMaxTreeHeight for a chain of operators, and what stands around it); if the file has a syntax error, `diagnostics` holds at least one error, and one root cause
// makes one diagnostic. At most kMaxSyntaxDiagnostics are kept.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/source.h"
#include "lang/token.h"
#include "lang/tree.h"

namespace dpol::lang {

/// The editions of the language: a file says which it is written in (`edition 1`), or it is the first. What would change
/// the meaning of a file makes an edition more, so that no newer dpol reads an older file otherwise.
inline constexpr std::string_view kEditions[] = {"1"};

inline constexpr std::size_t kMaxNesting = 100;
inline constexpr std::size_t kMaxTreeHeight = 1000;
inline constexpr std::size_t kMaxSyntaxDiagnostics = 100;

/// Everything known of one file after reading it. Views (ast.h) point into it, and its diagnostics point to its source:
/// it stays where it was made.
struct Syntax {
  SourceFile source;
  TokenList tokens;
  Tree tree;
  std::vector<Diagnostic> diagnostics;  // in source order

  Syntax() = default;
  Syntax(const Syntax&) = delete;
  Syntax& operator=(const Syntax&) = delete;

  [[nodiscard]] bool ok() const { return !has_errors(diagnostics); }
  [[nodiscard]] Span span(NodeId id) const { return node_span(tree, tokens, id); }
  [[nodiscard]] std::string_view text(NodeId id) const { return source.text(span(id)); }
};

/// Bytes to tokens. Errors go to `diagnostics`; the tokens are usable all the same.
[[nodiscard]] TokenList tokenize(const SourceFile& source, std::vector<Diagnostic>& diagnostics);
/// Tokens to tree.
[[nodiscard]] Tree parse_tokens(const SourceFile& source, const TokenList& tokens, std::vector<Diagnostic>& diagnostics);

/// Both.
[[nodiscard]] std::unique_ptr<Syntax> parse(std::string name, std::string text);

}  // namespace dpol::lang
