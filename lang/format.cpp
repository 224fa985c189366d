#include "lang/format.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lang/format_layout.h"
#include "lang/format_print.h"

namespace dpol::lang {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string with_our_line_ends(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string result;
  result.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') result += text[i];
  if (!result.empty() && result.back() != '\n') result += '\n';
  return result;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

/// The next line of a gap that holds anything.
std::string_view next_line(std::string_view& gap) {
  while (!gap.empty()) {
    const std::size_t end = std::min(gap.find('\n'), gap.size());
    const std::string_view line = trimmed(gap.substr(0, end));
    gap.remove_prefix(std::min(end + 1, gap.size()));
    if (!line.empty()) return line;
  }
  return {};
}

bool same_gap(std::string_view a, std::string_view b) {
  for (;;) {
    const std::string_view line = next_line(a);
    if (line != next_line(b)) return false;
    if (line.empty()) return true;
  }
}

bool same_tokens(const Syntax& a, const Syntax& b) {
  if (a.tokens.size() != b.tokens.size()) return false;
  for (TokenIndex i = 0; i < a.tokens.size(); ++i) {
    if (a.tokens[i].kind != b.tokens[i].kind) return false;
    if (a.source.text(a.tokens[i].span()) != b.source.text(b.tokens[i].span())) return false;
    if (!same_gap(a.source.text(gap_before(a.tokens, i)), b.source.text(gap_before(b.tokens, i))))
      return false;
  }
  return true;
}

bool same_node(const Node& a, const Node& b) {
  return a.kind == b.kind && a.has_error == b.has_error && a.detail == b.detail &&
         a.across_stages == b.across_stages && a.first_token == b.first_token &&
         a.end_token == b.end_token && a.subtree_size == b.subtree_size;
}

bool same_tree(const Syntax& a, const Syntax& b) {
  return std::ranges::equal(a.tree.nodes, b.tree.nodes, same_node);
}

/// The formatted text, if it says the same and is its own formatted text. What follows an error is
/// read by the look of its lines, so that only trying tells.
std::optional<std::string> attempt(const Syntax& syntax, FormatReach reach) {
  std::string text = print_layout(syntax, lay_out(syntax, reach));
  const auto again = parse({}, text);
  if (!same_tokens(syntax, *again) || !same_tree(syntax, *again)) return std::nullopt;
  if (print_layout(*again, lay_out(*again, reach)) != text) return std::nullopt;
  return text;
}

}  // namespace

Formatted format(std::string_view text) {
  if (text.size() > kMaxSourceBytes) return {std::string(text), FormatReach::LineEnds};
  std::string normal = with_our_line_ends(text);
  if (normal.size() > kMaxSourceBytes) return {std::string(text), FormatReach::LineEnds};
  const auto syntax = parse({}, normal);
  if (auto all = attempt(*syntax, FormatReach::Statements))
    return {std::move(*all), FormatReach::Statements};
  if (auto some = attempt(*syntax, FormatReach::Declarations)) {
    const auto more = attempt(*parse({}, *some), FormatReach::Statements);
    if (!more || *more == *some) return {std::move(*some), FormatReach::Declarations};
  }
  return {std::move(normal), FormatReach::LineEnds};
}

}  // namespace dpol::lang
