// Clauses that can end in one way only, and the conditions under which rules apply.

#include "compiler/lint/space.h"
#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

class Outcomes {
 public:
  Outcomes(const Subject& subject, Report& report)
      : subject_(subject), report_(report), space_(subject.checked) {}

  void run() {
    for (const CheckedPolicy& policy : subject_.checked.policies) {
      applies(policy.applies, "this policy");
      for (const auto& phase : policy.phases) applies(phase.only_if, "this phase");
      for (const auto& rollout : policy.rollouts) {
        for (const CheckedStage& stage : rollout.stages) applies(stage.only_if, "this stage");
      }
      for (const CheckedRule& rule : policy.rules) applies(rule.only_if, "this rule");
    }
    each_clause(subject_.checked, [this](const CheckedPolicy&, const CheckedRule& rule,
                                         const CheckedClause& clause) { judge(rule, clause); });
    for (const MetricInfo& metric : subject_.checked.metrics) {
      if (metric.needs && !metric.needs.expr->known && !space_.can_be(*metric.needs.expr, true)) {
        report_.add(Rule::impossible_needs, metric.needs.place,
                    "`" + metric.needs.text + "` can never hold, so " + quoted(metric.name) +
                        " is always unknown");
      }
    }
  }

 private:
  void judge(const CheckedRule& rule, const CheckedClause& clause) {
    const Expr& whole = *clause.condition.expr;
    if (whole.known) return;  // the compiler warns
    if (needs_fail(whole)) {
      report_.add(Rule::impossible_needs, clause.condition.place,
                  "what this rule needs can never hold, so it is always unknown");
      return;
    }
    const Region yes = space_.where(whole, true);
    const Region no = space_.where(whole, false);
    if (constant(clause, yes, no) || !rule.only_if) return;
    const Region due = space_.where(*rule.only_if.expr, true);
    const Region& bad = bad_truth(clause) ? yes : no;
    if (due.is_empty() || !Space::both(due, bad).is_empty()) return;
    report_
        .add(Rule::excluded_by_only_if, clause.condition.place,
             "where `" + rule.only_if.text + "` holds, `" + clause.condition.text + "` is always " +
                 (bad_truth(clause) ? "false" : "true"),
             "never speaks")
        .diagnostic.also(rule.only_if.place.file, rule.only_if.place.span,
                         "the rule is judged under this condition only");
  }

  // Whether it was found to be so.
  bool constant(const CheckedClause& clause, const Region& yes, const Region& no) {
    const std::string text = "`" + clause.condition.text + "`";
    const bool is_require = clause.verb == Verb::require;
    if (no.is_empty()) {
      report_.add(is_require ? Rule::never_fails : Rule::always_fires, clause.condition.place,
                  text + (is_require ? " is true of all values: this can never fail"
                                     : " is true of all values: this fires whatever comes"),
                  "true of all values that can occur");
    } else if (yes.is_empty()) {
      report_.add(is_require ? Rule::never_passes : Rule::never_fires, clause.condition.place,
                  text + (is_require ? " is true of no value: this can never pass"
                                     : " is true of no value: this can never fire"),
                  "true of no value that can occur");
    } else {
      return false;
    }
    return true;
  }

  bool needs_fail(const Expr& expr) {
    return expr.op == ExprOp::given && !space_.can_be(*expr.args[1], true);
  }

  void applies(const Condition& condition, const std::string& what) {
    if (!condition || condition.expr->known) return;
    if (!space_.can_be(*condition.expr, true)) {
      report_.add(Rule::never_applies, condition.place,
                  "`" + condition.text + "` can never hold, so " + what + " never applies");
    } else if (!space_.can_be(*condition.expr, false)) {
      report_.add(Rule::always_applies, condition.place,
                  "`" + condition.text + "` is true of all values, so it limits nothing");
    }
  }

  const Subject& subject_;
  Report& report_;
  Space space_;
};

}  // namespace

void check_outcomes(const Subject& subject, Report& report) { Outcomes(subject, report).run(); }

}  // namespace dpol::lint
