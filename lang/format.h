// The formatter: a policy's text in the one style (docs/formatting.md).
//
// Promises: the result has the same tokens, comments and tree as the text, whatever the text is;
// formatting it once more changes nothing; line ends are `\n`. A statement with a syntax error
// keeps its text as it is, what stands around it is formatted. Line breaks between clauses are the
// author's, save where a line would become longer than kLineWidth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dpol::lang {

/// A one-line statement or block that is longer is broken at its clauses or statements.
inline constexpr std::size_t kLineWidth = 120;

enum class FormatReach : std::uint8_t {
  Statements,    // all but the broken statements
  Declarations,  // all but the declarations that something is broken in
  LineEnds,      // nothing but the ends of lines: the file is too broken, or too large
};

struct Formatted {
  std::string text;
  FormatReach reach = FormatReach::Statements;
};

[[nodiscard]] Formatted format(std::string_view text);

}  // namespace dpol::lang
