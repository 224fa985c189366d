#include "compiler/promql.h"

namespace dpol::compiler {

using program::QueryHole;

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ':' || c == '.';
}

}  // namespace

void PromqlText::read(std::string_view text) {
  for (const char c : text) {
    step(c);
    previous_ = c;
  }
}

void PromqlText::fill() {
  class_begins_ = false;
  if (quote_ == 0) {
    before_last_ = last_;
    last_ = '0';
  }
  previous_ = '0';
}

void PromqlText::step(char c) {
  if (quote_ != 0) return step_quoted(c);
  if (comment_) {
    comment_ = c != '\n';
    return;
  }
  if (kBlanks.find(c) != std::string_view::npos) return;
  if (c == '"' || c == '\'' || c == '`') return open(c);
  comment_ = c == '#';
  if (comment_) return;
  if (c == '{') ++braces_;
  if (c == '}') --braces_;
  before_last_ = last_;
  last_ = c;
}

void PromqlText::open(char c) {
  quote_ = c;
  escaped_ = pattern_escaped_ = in_class_ = class_begins_ = in_literal_ = false;
  matcher_ = Matcher::none;
  if (braces_ <= 0) return;
  if (last_ == '~' && (before_last_ == '=' || before_last_ == '!')) matcher_ = Matcher::pattern;
  if (last_ == '=' && (is_word(before_last_) || before_last_ == '!' || before_last_ == '"'))
    matcher_ = Matcher::value;
}

void PromqlText::step_quoted(char c) {
  if (escaped_) {
    escaped_ = false;
    // \\ is the backslash of a pattern; of others it is enough that they are no bracket.
    if (matcher_ == Matcher::pattern) step_pattern(c == '\\' ? '\\' : 'x');
    return;
  }
  if (c == '\\' && quote_ != '`') {
    escaped_ = true;
    return;
  }
  if (c == quote_) {
    before_last_ = last_;
    last_ = '"';
    quote_ = 0;
    return;
  }
  if (matcher_ == Matcher::pattern) step_pattern(c);
}

void PromqlText::step_pattern(char c) {
  if (pattern_escaped_) {
    pattern_escaped_ = class_begins_ = false;
    in_literal_ = in_literal_ || c == 'Q';
    return;
  }
  if (c == '\\') {
    pattern_escaped_ = true;
  } else if (!in_class_) {
    in_class_ = class_begins_ = c == '[';
  } else if (c != '^' || !class_begins_) {
    // A bracket that stands first in a class is one of its characters.
    if (c == ']' && !class_begins_) in_class_ = false;
    class_begins_ = false;
  }
}

QueryHole PromqlText::place() const {
  if (comment_ || escaped_) return QueryHole::none;
  // A number that goes on in a word, or after one, would be another word.
  if (quote_ == 0) return is_word(previous_) ? QueryHole::none : QueryHole::number;
  if (matcher_ == Matcher::value) return QueryHole::label;
  const bool free = matcher_ == Matcher::pattern && !pattern_escaped_ && !in_class_ && !in_literal_;
  return free ? QueryHole::pattern : QueryHole::none;
}

std::string PromqlText::escaped(std::string_view words, bool& ok) const {
  if (quote_ == 0) return std::string(words);
  if (quote_ == '`') {
    ok = ok && words.find('`') == std::string_view::npos;
    return std::string(words);
  }
  std::string text;
  for (const char c : words) {
    if (c == '\\' || c == quote_) text += '\\';
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text;
}

}  // namespace dpol::compiler
