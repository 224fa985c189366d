// Loops inside loops: their work is the product of what they go through.

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

void visit(const Expr& expr, const Expr* outer, Report& report) {
  const bool loops = compiler::is_loop(expr.op);
  // A list that is part of the outer row is gone through once in all.
  if (loops && outer != nullptr && expr.args[0]->op == ExprOp::fact) {
    report
        .add(Rule::nested_loops, expr.place,
             "this goes through a whole list for each row of another")
        .diagnostic.also(outer->place.file, outer->place.span, "the outer loop");
  }
  for (const ExprPtr& arg : expr.args) visit(*arg, loops ? &expr : outer, report);
}

}  // namespace

void check_loops(const Subject& subject, Report& report) {
  each_clause(subject.checked,
              [&](const CheckedPolicy&, const CheckedRule&, const CheckedClause& clause) {
                visit(*clause.condition.expr, nullptr, report);
              });
}

}  // namespace dpol::lint
