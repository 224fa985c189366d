// Tokens: the kinds, the table of words, and the list that the lexer makes of a file.
//
// Promises: tokens stand in source order and never overlap; the last one is EndOfFile, zero bytes wide. Comments are no
// tokens (a formatter finds them in the gaps). `///` documentation is kept beside the tokens, so that it may stand
// anywhere without disturbing the grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lang/source.h"

namespace dpol::lang {

enum class TokenKind : std::uint8_t {
#define DPOL_TOKEN(kind, shown) kind,
#define DPOL_WORD(kind, spelling, category) kind,
#include "lang/token_kinds.def"
};

inline constexpr TokenKind kFirstPlainWord = TokenKind::KwBool;
inline constexpr TokenKind kLastPlainWord = TokenKind::KwAvg;
inline constexpr TokenKind kFirstContextualWord = TokenKind::KwModule;
inline constexpr TokenKind kLastContextualWord = TokenKind::KwPresent;
inline constexpr TokenKind kFirstReservedWord = TokenKind::KwAnd;
inline constexpr TokenKind kLastReservedWord = TokenKind::KwScore;

/// What a word is to an editor.
enum class WordCategory : std::uint8_t {
  Type,
  Function,
  Declaration,
  Statement,
  Verb,
  Clause,
  Filler,
  Operator,
  Constant,
  Track,
};

enum class WordReach : std::uint8_t { Plain, Contextual, Reserved };

struct Word {
  TokenKind kind;
  std::string_view spelling;
  WordCategory category;
  WordReach reach;
};

/// Every keyword, in table order.
[[nodiscard]] std::span<const Word> words();
/// The row of a spelling; null for an ordinary name.
[[nodiscard]] const Word* find_word(std::string_view spelling);
/// The row of a keyword's kind; null for other kinds.
[[nodiscard]] const Word* find_word(TokenKind kind);

/// The enumerator's name, for dumps ("KwItem").
[[nodiscard]] std::string_view kind_name(TokenKind kind);
/// How a message speaks of a kind: "`item`", "a string", "the end of the file".
[[nodiscard]] std::string_view kind_shown(TokenKind kind);

/// A name or any word whatever.
[[nodiscard]] constexpr bool is_word(TokenKind kind) {
  return kind >= TokenKind::Name && kind <= kLastReservedWord;
}
[[nodiscard]] constexpr bool is_reserved(TokenKind kind) {
  return kind >= kFirstReservedWord && kind <= kLastReservedWord;
}
/// Usable as a name where an operand or a rule's name is expected.
[[nodiscard]] constexpr bool is_free_name(TokenKind kind) { return is_word(kind) && !is_reserved(kind); }
[[nodiscard]] constexpr bool is_literal(TokenKind kind) {
  return kind >= TokenKind::Regex && kind <= TokenKind::Int;
}
[[nodiscard]] bool is_declaration_word(TokenKind kind);
/// Begins a statement inside a policy or a test (verbs included).
[[nodiscard]] bool is_statement_word(TokenKind kind);

struct Token {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  TokenKind kind = TokenKind::EndOfFile;
  bool first_on_line = false;

  [[nodiscard]] Span span() const { return {begin, end}; }
};
static_assert(sizeof(Token) == 12);

using TokenIndex = std::uint32_t;

struct TokenList {
  std::vector<Token> tokens;  // ends with EndOfFile
  std::vector<Span> docs;     // each `///` line, whole, in source order

  [[nodiscard]] const Token& operator[](TokenIndex index) const { return tokens[index]; }
  [[nodiscard]] TokenIndex size() const { return static_cast<TokenIndex>(tokens.size()); }
  /// The documentation lines that stand directly before a token.
  [[nodiscard]] std::span<const Span> docs_before(TokenIndex index) const;
};

}  // namespace dpol::lang
