// Conditions that can be read in two ways, or said more plainly.

#include <string>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;
using ast::ExprKind;
using lang::BinaryOp;

void mixed(const ast::BinaryExpr& node, Report& report) {
  if (node.op() != BinaryOp::Or) return;
  for (const ast::Expr& side : {node.left(), node.right()}) {
    const auto inner = side.as<ast::BinaryExpr>();
    if (!inner || inner.op() != BinaryOp::And || side.parenthesized()) continue;
    const Place at = place_of(inner);
    Finding& finding = report.add(Rule::mixed_and_or, at,
                                  "`and` binds tighter than `or`: say so with parentheses");
    const lang::Span before{at.span.begin, at.span.begin};
    const lang::Span behind{at.span.end, at.span.end};
    finding.diagnostic.help.push_back(
        {"put it into parentheses", {{at.file, before, "("}, {at.file, behind, ")"}}});
    finding.fix = finding.diagnostic.help.back().edits;
  }
}

bool is_truth(const ast::Expr& expr, bool value) {
  const auto literal = expr.as<ast::LiteralExpr>();
  return expr.kind() == ExprKind::Bool && literal && literal.boolean() == value;
}

void truth_compared(const ast::BinaryExpr& node, Report& report) {
  const bool equal = node.op() == BinaryOp::Equal;
  if (!equal && node.op() != BinaryOp::NotEqual) return;
  const ast::Expr left = node.left();
  const ast::Expr right = node.right();
  if (left.kind() == ExprKind::ImplicitLeft || left.kind() == ExprKind::Bool) return;
  const bool says_true = is_truth(right, equal);
  if (!says_true && !is_truth(right, !equal)) return;
  const Place at = place_of(node);
  const std::string text(at.file->text(left.outer_span()));
  Finding& finding = report.add(Rule::truth_compared, at, quoted(text) + " is a truth already");
  if (!says_true) {
    finding.diagnostic.suggest("say `not " + text + "`");
    return;
  }
  finding.diagnostic.suggest("say `" + text + "`", at.file, at.span, text);
  finding.fix = finding.diagnostic.help.back().edits;
}

std::string_view opposite(BinaryOp op) {
  switch (op) {
    case BinaryOp::Equal:
      return "!=";
    case BinaryOp::NotEqual:
      return "==";
    case BinaryOp::Less:
      return ">=";
    case BinaryOp::LessEqual:
      return ">";
    case BinaryOp::Greater:
      return "<=";
    case BinaryOp::GreaterEqual:
      return "<";
    case BinaryOp::In:
      return "not in";
    case BinaryOp::NotIn:
      return "in";
    default:
      return "";
  }
}

void doubled_not(const ast::UnaryExpr& node, Report& report) {
  if (node.op() != lang::UnaryOp::Not) return;
  const auto inner = node.operand().as<ast::BinaryExpr>();
  if (!inner) return;
  const std::string_view op = opposite(inner.op());
  if (op.empty() || inner.left().kind() == ExprKind::ImplicitLeft) return;
  const Place at = place_of(node);
  const std::string said = std::string(at.file->text(inner.left().outer_span())) + " " +
                           std::string(op) + " " +
                           std::string(at.file->text(inner.right().outer_span()));
  Finding& finding = report.add(Rule::doubled_not, at, "a sign can say this `not`");
  const bool has_comment = at.file->text(at.span).find("//") != std::string_view::npos;
  if (has_comment) return;
  finding.diagnostic.suggest("say `" + said + "`", at.file, at.span, said);
  finding.fix = finding.diagnostic.help.back().edits;
}

}  // namespace

void check_spelling(const Subject& subject, Report& report) {
  each_node<ast::BinaryExpr>(subject, [&](const lang::Syntax&, const ast::BinaryExpr& node) {
    mixed(node, report);
    truth_compared(node, report);
  });
  each_node<ast::UnaryExpr>(
      subject, [&](const lang::Syntax&, const ast::UnaryExpr& node) { doubled_not(node, report); });
}

}  // namespace dpol::lint
