// The canonical one-line text of an expression, as reports quote it, and the place of each part.
//
// Promises: spaces, line breaks, comments and superfluous parentheses of the source do not matter;
// where a threshold leaves its left side out, the text has it; work is linear in the text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "lang/ast.h"

namespace dpol::compiler {

struct TextSpan {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
};

class ExprText {
 public:
  // `subject`: what stands in for left sides that are left out; may be null.
  // `name` does so where `subject` is null.
  ExprText(const lang::ast::Expr& expr, const lang::ast::Expr& subject, std::string name = {});

  const std::string& text() const { return text_; }
  // Of a node; `left` is the ImplicitLeft node it stands in for, if it is part of the subject.
  static constexpr lang::NodeId kNoLeft = ~lang::NodeId{0};
  TextSpan span(lang::NodeId node, lang::NodeId left = kNoLeft) const;

 private:
  void expr(const lang::ast::Expr& expr);
  void body(const lang::ast::Expr& expr);
  void literal(const lang::ast::LiteralExpr& literal);
  void binary(const lang::ast::BinaryExpr& binary);
  void unary(const lang::ast::UnaryExpr& unary);
  void quantifier(const lang::ast::QuantifierExpr& quantifier);
  void comprehension(const lang::ast::ComprehensionExpr& comprehension);
  void call(const lang::ast::CallExpr& call);
  void window(const lang::ast::WindowExpr& window);
  void list(const lang::ast::ListExpr& list);
  void record(const lang::ast::RecordExpr& record);

  lang::ast::Expr subject_;
  std::string name_;
  lang::NodeId left_ = kNoLeft;
  std::string text_;
  std::map<std::pair<lang::NodeId, lang::NodeId>, TextSpan> spans_;
};

// The text alone.
std::string expr_text(const lang::ast::Expr& expr);

}  // namespace dpol::compiler
