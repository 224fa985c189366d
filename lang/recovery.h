// What the parser's grammar builds with: the growing tree, the messages, and the way back onto the road after an error.
// (Internal to lang; the grammar itself is in parser.cpp.)
//
// Promises: one root cause, one message. After a complaint the builder is in *panic*: everything is accepted in silence
// until a loop of statements or clauses finds a token that begins one, or a bracket finds its partner. Every skip moves
// forward, so recovery always ends. Indentation is looked at only where the braces of the file do not pair.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "lang/parse.h"

namespace dpol::lang {

/// Where a statement may stand; a set of these is a mask.
enum class Place : std::uint8_t {
  Top, Policy, Phase, Rollout, Stage, Step, Procedure, Test,
  Rule, Threshold, Score, Strategy, Metric, Source, Fields, Values, Message, Waiver,
};

[[nodiscard]] bool may_stand(NodeKind kind, Place place);
[[nodiscard]] std::string_view place_shown(Place place);

/// What was expected: the code, the words, and the node that stands for it.
struct Expectation {
  DiagnosticCode code;
  std::string_view what;
  NodeKind node;
};

class Builder {
 public:
  /// The begin of a node that is yet to be closed.
  struct Mark {
    std::size_t nodes = 0;
    TokenIndex token = 0;
  };

  Builder(const SourceFile& source, const TokenList& tokens, std::vector<Diagnostic>& diagnostics);

  // ---- tokens
  [[nodiscard]] TokenKind kind(TokenIndex index) const {
    return index < tokens_.size() ? tokens_[index].kind : TokenKind::EndOfFile;
  }
  [[nodiscard]] const Token& token(TokenIndex index) const { return tokens_[std::min(index, tokens_.size() - 1)]; }
  [[nodiscard]] std::string_view text(TokenIndex index) const { return source_.text(token(index).span()); }
  [[nodiscard]] bool in_first_column(TokenIndex at) const { return token(at).first_on_line && column(at) == 0; }

  // ---- the tree
  [[nodiscard]] Mark mark(TokenIndex at) const { return {tree_.nodes.size(), at}; }
  void close(NodeKind kind, Mark from, TokenIndex end, std::uint8_t detail = 0);
  void leaf(NodeKind kind, TokenIndex from, TokenIndex end) { close(kind, mark(from), end); }
  void rewind(Mark from) {
    tree_.nodes.resize(from.nodes);
    heights_.resize(from.nodes);
  }
  [[nodiscard]] Node& last_node() { return tree_.nodes.back(); }
  [[nodiscard]] bool last_is(NodeKind kind) const { return !tree_.nodes.empty() && tree_.nodes.back().kind == kind; }
  Tree finish(TokenIndex end);

  // ---- messages
  [[nodiscard]] bool in_panic() const { return panic_; }
  void calm() { panic_ = false; }
  void panic() { panic_ = true; }
  /// A complaint at some tokens. Starts the panic; null if nobody should hear it.
  Diagnostic* complain(DiagnosticCode code, std::string message, TokenIndex from, TokenIndex end, std::string label = {});
  /// A complaint after which all is clear: no panic follows.
  Diagnostic* remark(DiagnosticCode code, std::string message, TokenIndex from, TokenIndex end, std::string label = {});
  void missing(const Expectation& expectation, TokenIndex at);
  /// Of a run of such tokens the first is spoken of, and later ones that look like misspelt words.
  void not_a_statement(TokenIndex at, Place place);
  /// Of the statement on top of the tree.
  void misplaced(TokenIndex from, Place place);
  void outside_policy(TokenIndex from);
  void reserved_name(TokenIndex at, bool operand);
  void window_needs_parens(Mark chain, NodeKind around);
  void comparison_chain(TokenIndex second_op, TokenIndex end);
  void help_edit(Diagnostic* problem, std::string text, Span span, std::string replacement) const;

  // ---- recovery; each answers the token at which to go on
  /// The partner of an opening bracket; kNone if it has none.
  static constexpr TokenIndex kNone = std::numeric_limits<TokenIndex>::max();
  [[nodiscard]] TokenIndex partner(TokenIndex open) const { return partners_[open]; }
  /// Over at least one token, to what may begin a statement (or a clause) or closes a block; leaves an Error node.
  TokenIndex skip(TokenIndex at, bool to_clause);
  /// To a closing bracket, or a `{`, further on; leaves an Error node. Answers `at` where there is none.
  TokenIndex skip_to(TokenIndex at, TokenIndex target);
  /// The `{` of the statement that went wrong, if it is still on the way; kNone otherwise.
  [[nodiscard]] TokenIndex brace_ahead(TokenIndex at) const;
  /// Does a block opened at `open` end here, though no `}` stands here?
  [[nodiscard]] bool block_ends_here(TokenIndex at, TokenIndex open, Place place) const;
  void missing_brace(TokenIndex at, TokenIndex open);
  void missing_bracket(TokenIndex at, TokenIndex open);
  void stray_bracket(TokenIndex at);

  // ---- depth
  [[nodiscard]] bool enter(TokenIndex at);
  void leave() { --depth_; }
  /// Has a chain of operators made the expression on top of the tree too high to be walked safely? Complains if so.
  [[nodiscard]] bool too_high(TokenIndex at);
  /// Text nested too deeply was met: everything up to the next declaration is given up.
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  /// At the begin of a declaration everything is as at the begin of the file.
  void restart();
  /// Where to go on after text that was nested too deeply: the next declaration.
  /// Is there a `{` or a first word of a statement between two tokens?
  [[nodiscard]] bool statement_between(TokenIndex from, TokenIndex to) const;
  [[nodiscard]] static bool begins_statement(const Token& token);
  [[nodiscard]] static bool begins_clause(const Token& token);
  [[nodiscard]] TokenIndex next_declaration(TokenIndex at) const;

  // ---- what an expression may not take, since a clause around it wants it
  bool no_else = false;
  bool no_within = false;
  bool outcome_else = false;  // `else pass` gives an outcome here, not a value
  Mark fold;          // the begin of what an infix or postfix operator continues
  bool stray = false;  // a `}` too many was met: what follows at the top is read in silence
  int threshold_verbs = 0;  // comparisons of the threshold being read

 private:
  void give_up(std::string message, std::string help, TokenIndex at);
  [[nodiscard]] bool declares_here(TokenIndex at, Place place) const;
  [[nodiscard]] bool suppressed(DiagnosticCode code, Span span) const;
  Diagnostic* report(Diagnostic problem);
  [[nodiscard]] Span place_of(TokenIndex at) const;
  [[nodiscard]] std::string found(TokenIndex at) const;
  [[nodiscard]] std::uint32_t column(TokenIndex at) const;
  [[nodiscard]] std::uint32_t indent_of_line(TokenIndex at) const;
  [[nodiscard]] std::string excerpt(std::uint32_t begin, std::uint32_t end) const;
  void pair_brackets();
  void note_lexer_errors();
  void check_repeats(NodeId parent);
  void check_not_empty(NodeId rule);

  const SourceFile& source_;
  const TokenList& tokens_;
  std::vector<Diagnostic>& diagnostics_;
  Tree tree_;
  std::vector<std::uint16_t> heights_;  // of each node's subtree
  std::vector<TokenIndex> partners_;
  std::vector<std::uint32_t> lexer_lines_;  // lines that already have a complaint
  std::uint32_t unpaired_braces_ = 0;       // how many `}` are missing in all, and not yet complained about
  bool braces_hidden_ = false;              // an unclosed string holds braces: do not speak of them
  bool panic_ = false;
  std::size_t depth_ = 0;
  bool too_deep_ = false;
  Diagnostic spare_;
};

}  // namespace dpol::lang
