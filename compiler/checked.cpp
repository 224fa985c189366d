#include "compiler/checked.h"

#include "runtime/program/quantity.h"

namespace dpol::compiler {

const char* expr_op_name(ExprOp op) {
  switch (op) {
#define DPOL_EXPR(name, text) \
  case ExprOp::name:          \
    return #name;
#include "compiler/expr_ops.def"
  }
  return "";
}

std::string constant_text(const Constant& value, const Type& type, const TypeTable& types) {
  switch (type.kind) {
    case Kind::boolean:
      return value.boolean ? "true" : "false";
    case Kind::enumeration:
      return types.enums[type.index].members[value.ordinal];
    case Kind::string:
      return "\"" + value.text + "\"";
    case Kind::semver:
      return value.text;
    default:
      return program::format_exact(value.number, type, types);
  }
}

namespace {

bool names_metric(const Expr& expr) {
  return is_measured(expr.op) || expr.op == ExprOp::baseline;
}

struct FirstMetric {
  std::uint32_t metric = kNone;
  std::uint32_t begin = 0;

  // `begin` stands in for parts that have no text of their own, such as a function's body.
  void visit(const Expr& expr, std::uint32_t inherited) {
    const std::uint32_t here = expr.text_length > 0 ? expr.text_begin : inherited;
    if (names_metric(expr) && (metric == kNone || here < begin)) {
      metric = expr.index;
      begin = here;
    }
    if (expr.op == ExprOp::score) {
      // Its parts are in texts of their own; they stand where its name does.
      std::uint32_t of_parts = kNone;
      for (std::size_t i = 1; i < expr.args.size() && of_parts == kNone; ++i)
        of_parts = first_metric(*expr.args[i]);
      if (of_parts != kNone && (metric == kNone || here < begin)) {
        metric = of_parts;
        begin = here;
      }
      return visit(*expr.args[0], here);
    }
    if (expr.op == ExprOp::given) {
      // What a rule `needs` is no part of its condition's text.
      visit(*expr.args[0], here);
      if (metric == kNone) visit(*expr.args[1], here);
      return;
    }
    for (const ExprPtr& arg : expr.args) visit(*arg, here);
  }
};

}  // namespace

std::uint32_t first_metric(const Expr& expr) {
  FirstMetric first;
  first.visit(expr, expr.text_begin);
  return first.metric;
}

bool reads_metrics(const Expr& expr) {
  if (names_metric(expr)) return true;
  for (const ExprPtr& arg : expr.args) {
    if (reads_metrics(*arg)) return true;
  }
  return false;
}

}  // namespace dpol::compiler
