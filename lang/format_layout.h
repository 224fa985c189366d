// Where every token goes: what the formatter decides, apart from writing it down. (Internal to
// lang.)
//
// Promises: a layout depends on tokens, comments and tree, and on where the author broke lines,
// never on the blanks between tokens; so the layout of a formatted text gives that text again.
#pragma once

#include <limits>
#include <string_view>
#include <vector>

#include "lang/format.h"
#include "lang/parse.h"

namespace dpol::lang {

inline constexpr TokenIndex kNoToken = std::numeric_limits<TokenIndex>::max();
inline constexpr std::uint32_t kIndent = 2;

/// What stands between two tokens of the source.
struct SourceGap {
  bool line_break = false;
  bool comment = false;
  bool foreign = false;  // text that is neither space nor a comment
};

/// What comes before a token.
struct Gap {
  bool verbatim = true;       // as in the source; all below is then of no account
  bool breaks = false;        // the token begins a line
  bool blanks = false;        // blank lines of the source are kept, at most one in a row
  bool after_open = false;    // but not before the first line
  bool before_close = false;  // and not before the token
  bool of_line = false;       // lines are indented from the begin of the anchor's line
  std::uint32_t spaces = 1;
  std::uint32_t indent = 0;        // of a line that begins here: columns from the anchor
  std::uint32_t inner_indent = 0;  // more, for comments before the token
  TokenIndex anchor = kNoToken;
  TokenIndex moves_with = kNoToken;  // lines of a verbatim gap move sideways as this token does
};

struct Layout {
  std::vector<Gap> gaps;  // one before each token
};

/// The comment lines of a gap, from `at` on.
struct Comment {
  Span span;                 // without trailing blanks
  bool own_line = false;     // nothing but blanks before it
  bool after_blank = false;  // a blank line before it
};
struct GapText {
  std::vector<Comment> comments;
  SourceGap what;
  bool ends_in_blank = false;  // a blank line before the token
  bool blank_anywhere = false;
};
[[nodiscard]] GapText read_gap(std::string_view text, Span gap);

/// The bytes between a token and the one before it.
[[nodiscard]] Span gap_before(const TokenList& tokens, TokenIndex token);

/// Columns that a text takes.
[[nodiscard]] std::uint32_t columns_of(std::string_view text);

[[nodiscard]] Layout lay_out(const Syntax& syntax, FormatReach reach);

}  // namespace dpol::lang
