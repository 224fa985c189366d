// Regular expressions that say more or less than they seem to.

#include <string_view>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;

constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}";

// An alternative outside of all brackets, as in `^a|b$`.
bool has_open_alternative(std::string_view pattern) {
  int depth = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') ++i;  // stands for itself there
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth == 0) {
      return true;
    }
  }
  return false;
}

bool ends_with_anchor(std::string_view pattern) {
  if (!pattern.ends_with('$')) return false;
  std::size_t slashes = 0;
  while (slashes + 1 < pattern.size() && pattern[pattern.size() - 2 - slashes] == '\\') ++slashes;
  return slashes % 2 == 0;
}

// `.*` with or without anchors; `^$` matches the empty text alone.
bool matches_all(std::string_view pattern) {
  const bool begins = pattern.starts_with('^');
  if (begins) pattern.remove_prefix(1);
  bool any = false;
  for (; pattern.starts_with(".*"); any = true) pattern.remove_prefix(2);
  return pattern.empty() || (pattern == "$" && (any || !begins));
}

void check_pattern(const ast::BinaryExpr& node, const ast::LiteralExpr& literal, Report& report) {
  const std::string pattern = literal.pattern();
  const Place at = place_of(literal);
  const bool begins = pattern.starts_with('^');
  const bool ends = ends_with_anchor(pattern);
  if (matches_all(pattern)) {
    report.add(Rule::pattern_matches_all, at, "every text matches this pattern");
  } else if ((begins || ends) && has_open_alternative(pattern)) {
    report
        .add(Rule::half_anchored_pattern, at,
             "`^` and `$` are part of one alternative only: the others match anywhere")
        .diagnostic.suggest("put the alternatives into brackets: `^(a|b)$`");
  } else if (pattern.find_first_of(kSpecial) == std::string::npos &&
             pattern.find('"') == std::string::npos) {
    Finding& finding = report.add(Rule::plain_pattern, at,
                                  "this pattern is a plain text, found anywhere in the other");
    const auto op = node.op_span();
    finding.diagnostic.help.push_back(
        {"say `contains \"" + pattern + "\"`",
         {{at.file, op, "contains"}, {at.file, at.span, "\"" + pattern + "\""}}});
    finding.fix = finding.diagnostic.help.back().edits;
  }
}

}  // namespace

void check_patterns(const Subject& subject, Report& report) {
  each_node<ast::BinaryExpr>(subject, [&](const lang::Syntax&, const ast::BinaryExpr& node) {
    if (node.op() != lang::BinaryOp::Matches) return;
    if (const auto literal = node.right().as<ast::LiteralExpr>())
      check_pattern(node, literal, report);
  });
}

}  // namespace dpol::lint
