// Parts of a condition that change nothing: said twice, implied by others, or always the same.

#include <algorithm>
#include <vector>

#include "compiler/lint/space.h"
#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

// Longer chains are lists of cases, in which each is compared with none.
constexpr std::size_t kMostOperands = 24;

class Operands {
 public:
  Operands(const Subject& subject, Report& report) : report_(report), space_(subject.checked) {}

  void check(const Condition& condition) {
    if (condition && !condition.expr->known) visit(*condition.expr, ExprOp::constant);
  }

 private:
  // Parts that have no text of their own come from a function's body or a shorthand.
  static bool is_written(const Expr& expr) { return expr.text_length > 0; }

  void visit(const Expr& expr, ExprOp above) {
    const bool is_chain = expr.op == ExprOp::both || expr.op == ExprOp::either;
    if (is_chain && expr.op != above && is_written(expr)) chain(expr);
    if (expr.op == ExprOp::choose && expr.type.kind == Kind::boolean) constant_part(*expr.args[0]);
    for (const ExprPtr& arg : expr.args) visit(*arg, expr.op);
  }

  static void flatten(const Expr& expr, ExprOp op, std::vector<const Expr*>& operands) {
    if (expr.op != op) {
      operands.push_back(&expr);
      return;
    }
    for (const ExprPtr& arg : expr.args) flatten(*arg, op, operands);
  }

  void chain(const Expr& expr) {
    std::vector<const Expr*> operands;
    flatten(expr, expr.op, operands);
    if (operands.size() > kMostOperands || space_.where(expr, true).is_empty() ||
        space_.where(expr, false).is_empty()) {
      return;  // as a whole it has its own finding
    }
    std::erase_if(operands, [this](const Expr* part) { return constant_part(*part); });
    for (std::size_t i = 0; i < operands.size(); ++i) {
      for (std::size_t j = i + 1; j < operands.size(); ++j) {
        if (pair(expr.op, *operands[i], *operands[j])) break;
      }
    }
  }

  bool constant_part(const Expr& part) {
    if (part.known || !is_written(part)) return false;
    const bool never = !space_.can_be(part, true);
    if (!never && space_.can_be(part, false)) return false;
    report_.add(Rule::dead_part, part.place,
                std::string("this part is ") + (never ? "true of no value" : "true of all values") +
                    ", so it decides nothing");
    return true;
  }

  bool pair(ExprOp op, const Expr& a, const Expr& b) {
    if (!is_written(a) || !is_written(b) || a.known || b.known) return false;
    if (a.place.span == b.place.span && a.place.file == b.place.file) return false;
    if (Space::key(a) == Space::key(b)) {
      said(Rule::repeated_part, b, a, "this was said before", "here");
      return true;
    }
    const bool is_and = op == ExprOp::both;
    // In `and` the weaker part adds nothing, in `or` the stronger one.
    if (space_.implies(a, true, b, true)) {
      said(Rule::redundant_part, is_and ? b : a, is_and ? a : b,
           is_and ? "this follows from another part" : "this is one case of another part",
           "the part that decides");
      return true;
    }
    if (space_.implies(b, true, a, true)) {
      said(Rule::redundant_part, is_and ? a : b, is_and ? b : a,
           is_and ? "this follows from another part" : "this is one case of another part",
           "the part that decides");
      return true;
    }
    return false;
  }

  void said(Rule rule, const Expr& here, const Expr& other, std::string message,
            std::string label) {
    report_.add(rule, here.place, std::move(message), "changes nothing")
        .diagnostic.also(other.place.file, other.place.span, std::move(label));
  }

  Report& report_;
  Space space_;
};

}  // namespace

void check_operands(const Subject& subject, Report& report) {
  Operands operands(subject, report);
  each_clause(subject.checked,
              [&](const CheckedPolicy&, const CheckedRule& rule, const CheckedClause& clause) {
                operands.check(clause.condition);
                operands.check(rule.only_if);
              });
  for (const CheckedPolicy& policy : subject.checked.policies) operands.check(policy.applies);
  for (const MetricInfo& metric : subject.checked.metrics) operands.check(metric.needs);
}

}  // namespace dpol::lint
