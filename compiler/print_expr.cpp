#include "compiler/print_expr.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using ast::ExprKind;
using lang::NodeId;

ExprText::ExprText(const ast::Expr& root, const ast::Expr& subject, std::string name)
    : subject_(subject), name_(std::move(name)) {
  expr(root);
}

TextSpan ExprText::span(NodeId node, NodeId left) const {
  const auto found = spans_.find({left, node});
  return found == spans_.end() ? TextSpan{} : found->second;
}

void ExprText::expr(const ast::Expr& e) {
  if (!e) return;
  if (e.parenthesized()) text_ += '(';
  const auto begin = static_cast<std::uint32_t>(text_.size());
  body(e);
  spans_[{left_, e.node()}] = {begin, static_cast<std::uint32_t>(text_.size()) - begin};
  if (e.parenthesized()) text_ += ')';
}

void ExprText::body(const ast::Expr& e) {
  switch (e.kind()) {
    case ExprKind::Missing:
      break;
    case ExprKind::Int:
    case ExprKind::Float:
    case ExprKind::Percent:
    case ExprKind::Points:
    case ExprKind::Factor:
    case ExprKind::Quantity:
    case ExprKind::Rate:
    case ExprKind::Date:
    case ExprKind::Semver:
    case ExprKind::String:
    case ExprKind::Query:
    case ExprKind::Regex:
    case ExprKind::Bool:
      return literal(e.as<ast::LiteralExpr>());
    case ExprKind::StartTime:
    case ExprKind::Track:
      text_ += e.text();
      break;
    case ExprKind::Path:
      text_ += e.as<ast::PathExpr>().joined();
      break;
    case ExprKind::ImplicitLeft:
      // A subject that left its own left side out is a mistake of the caller's.
      if (left_ == kNoLeft && subject_) {
        left_ = e.node();
        expr(subject_);
        left_ = kNoLeft;
      }
      if (!subject_) text_ += name_;
      break;
    case ExprKind::Field:
      expr(e.as<ast::FieldExpr>().object());
      text_.append(".").append(e.as<ast::FieldExpr>().field().text());
      break;
    case ExprKind::Index:
      expr(e.as<ast::IndexExpr>().object());
      text_ += '[';
      expr(e.as<ast::IndexExpr>().key());
      text_ += ']';
      break;
    case ExprKind::Call:
      return call(e.as<ast::CallExpr>());
    case ExprKind::Comprehension:
      return comprehension(e.as<ast::ComprehensionExpr>());
    case ExprKind::Unary:
      return unary(e.as<ast::UnaryExpr>());
    case ExprKind::Scale:
      expr(e.as<ast::ScaleExpr>().factor());
      text_ += ' ';
      expr(e.as<ast::ScaleExpr>().operand());
      break;
    case ExprKind::Binary:
      return binary(e.as<ast::BinaryExpr>());
    case ExprKind::Within: {
      const auto within = e.as<ast::WithinExpr>();
      expr(within.value());
      text_ += " within ";
      expr(within.tolerance());
      text_ += " of ";
      expr(within.reference());
      break;
    }
    case ExprKind::Range:
      expr(e.as<ast::RangeExpr>().low());
      text_ += "..";
      expr(e.as<ast::RangeExpr>().high());
      break;
    case ExprKind::If:
      text_ += "if ";
      expr(e.as<ast::IfExpr>().condition());
      text_ += " then ";
      expr(e.as<ast::IfExpr>().then_value());
      text_ += " else ";
      expr(e.as<ast::IfExpr>().else_value());
      break;
    case ExprKind::Quantifier:
      return quantifier(e.as<ast::QuantifierExpr>());
    case ExprKind::Window:
      return window(e.as<ast::WindowExpr>());
    case ExprKind::Else:
      expr(e.as<ast::ElseExpr>().value());
      text_ += " else ";
      expr(e.as<ast::ElseExpr>().fallback());
      break;
    case ExprKind::List:
      return list(e.as<ast::ListExpr>());
    case ExprKind::Record:
      return record(e.as<ast::RecordExpr>());
  }
}

void ExprText::literal(const ast::LiteralExpr& literal) {
  const std::string_view source = literal.text();
  if (source.find('\n') == std::string_view::npos) {
    text_ += source;
    return;
  }
  // A text of several lines, on one.
  for (const char c : source) {
    if (c == '\n') {
      text_ += "\\n";
    } else if (c != '\r') {
      text_ += c;
    }
  }
}

void ExprText::binary(const ast::BinaryExpr& binary) {
  expr(binary.left());
  text_.append(" ").append(lang::spelling(binary.op())).append(" ");
  expr(binary.right());
}

void ExprText::unary(const ast::UnaryExpr& unary) {
  text_ += lang::spelling(unary.op());
  if (unary.op() != lang::UnaryOp::Negate) text_ += ' ';
  expr(unary.operand());
}

void ExprText::quantifier(const ast::QuantifierExpr& quantifier) {
  text_.append(lang::spelling(quantifier.quantifier())).append(" ");
  text_.append(quantifier.variable().text()).append(" in ");
  expr(quantifier.list());
  if (quantifier.where()) {
    text_ += " where ";
    expr(quantifier.where());
  }
  text_ += ": ";
  expr(quantifier.body());
}

void ExprText::comprehension(const ast::ComprehensionExpr& comprehension) {
  text_.append(comprehension.function().text()).append("(");
  text_.append(comprehension.variable().text()).append(" in ");
  expr(comprehension.list());
  if (comprehension.where()) {
    text_ += " where ";
    expr(comprehension.where());
  }
  if (comprehension.value()) {
    text_ += ": ";
    expr(comprehension.value());
  }
  text_ += ')';
}

void ExprText::call(const ast::CallExpr& call) {
  expr(call.callee());
  text_ += '(';
  bool first = true;
  for (const ast::ArgumentView& argument : call.arguments()) {
    if (!first) text_ += ", ";
    first = false;
    if (argument.name()) text_.append(argument.name().text()).append(": ");
    expr(argument.value());
  }
  text_ += ')';
}

void ExprText::window(const ast::WindowExpr& window) {
  expr(window.condition());
  const bool in = window.window() == lang::WindowKind::InOfSamples ||
                  window.window() == lang::WindowKind::InSamples;
  text_ += in ? " in " : " for ";
  if (window.window() == lang::WindowKind::ForDuration) {
    expr(window.duration());
  } else {
    expr(window.count());
    if (window.out_of()) {
      text_ += " of ";
      expr(window.out_of());
    }
    text_ += " samples";
  }
  if (window.across_stages()) text_ += " across stages";
}

void ExprText::list(const ast::ListExpr& list) {
  const bool braces = list.text().starts_with('{');
  text_ += braces ? '{' : '[';
  bool first = true;
  for (const ast::Expr& element : list.elements()) {
    if (!first) text_ += ", ";
    first = false;
    expr(element);
  }
  text_ += braces ? '}' : ']';
}

void ExprText::record(const ast::RecordExpr& record) {
  text_ += '{';
  for (const ast::FieldInit& field : record.fields()) {
    text_.append(" ").append(field.name().text()).append(" = ");
    expr(field.value());
  }
  text_ += " }";
}

std::string expr_text(const ast::Expr& expr) { return ExprText(expr, {}).text(); }

}  // namespace dpol::compiler
