// Where in a query of Prometheus (PromQL) a place is, as far as that decides how a value must be
// escaped there. Not a parser: it knows quotes, comments, the operators before a quote and, within
// a regular expression, brackets. Where it is not sure, a place takes nothing.
#pragma once

#include <string>
#include <string_view>

#include "runtime/program/program.h"

namespace dpol::compiler {

class PromqlText {
 public:
  // The next words of the query.
  void read(std::string_view text);
  // A hole was filled with a value.
  void fill();

  // How a value that stands here is escaped; none: nothing may stand here.
  program::QueryHole place() const;
  bool in_quotes() const { return quote_ != 0; }
  char quote() const { return quote_; }
  // Words that are not escaped yet, as they stand between the quotes around this place; outside of
  // quotes as they are. Nothing can be written so that it ends a raw text: then `ok` is false.
  std::string escaped(std::string_view words, bool& ok) const;

 private:
  enum class Matcher : unsigned char { none, value, pattern };
  void step(char c);
  void open(char c);
  void step_quoted(char c);
  void step_pattern(char c);

  char quote_ = 0;
  Matcher matcher_ = Matcher::none;  // of the open quote
  bool escaped_ = false;             // the quoted text goes on after a backslash
  bool comment_ = false;
  int braces_ = 0;
  char last_ = 0;         // outside of quotes, blanks left out
  char before_last_ = 0;  // likewise
  char previous_ = 0;     // the character before, blanks and all
  // Within a pattern:
  bool pattern_escaped_ = false;
  bool in_class_ = false;
  bool class_begins_ = false;
  bool in_literal_ = false;  // behind \Q, where an escape would be literal, too
};

}  // namespace dpol::compiler
