// A metric says which way is worse; a rule about it that speaks must also speak of what is worse.

#include "compiler/lint/space.h"
#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

using program::Aggregate;
using program::Direction;

// Where more of the metric is more of the aggregate.
bool keeps_direction(const Expr& expr) {
  if (expr.op == ExprOp::sample) return true;
  if (expr.op != ExprOp::aggregate) return false;
  switch (expr.aggregate) {
    case Aggregate::avg:
    case Aggregate::min:
    case Aggregate::max:
    case Aggregate::sum:
    case Aggregate::p50:
    case Aggregate::p90:
    case Aggregate::p95:
    case Aggregate::p99:
    case Aggregate::first:
    case Aggregate::last:
      return true;
    default:
      return false;
  }
}

// What is left of a condition without its window and its `needs`.
const Expr& judged_part(const Expr& expr) {
  const bool wraps = expr.op == ExprOp::given || compiler::is_window(expr.op);
  return wraps ? judged_part(*expr.args[0]) : expr;
}

// `bad` has every number of `domain` above its own lowest one (below its highest one).
bool reaches_to_the_end(const IntervalSet& bad, const IntervalSet& domain, bool upwards) {
  if (bad.is_empty()) return true;
  const auto& cuts = bad.cuts();
  using Cut = IntervalSet::Cut;
  const IntervalSet beyond = upwards ? IntervalSet::between(cuts.front(), Cut::highest())
                                     : IntervalSet::between(Cut::lowest(), cuts.back());
  return intersected(intersected(beyond, domain), bad.complement()).is_empty();
}

}  // namespace

void check_direction(const Subject& subject, Report& report) {
  Space space(subject.checked);
  each_clause(subject.checked, [&](const CheckedPolicy&, const CheckedRule&,
                                   const CheckedClause& clause) {
    const Expr& part = judged_part(*clause.condition.expr);
    const auto line = Space::line(space.where(part, bad_truth(clause)));
    const Expr* about = line ? space.subject(line->variable) : nullptr;
    if (about == nullptr || !keeps_direction(*about)) return;
    if (about->track != program::Track::candidate) return;
    const MetricInfo& metric = subject.checked.metrics[about->index];
    if (metric.better == Direction::neither) return;
    const bool lower = metric.better == Direction::lower;
    // Hardly anything that is measured is below zero, and nobody writes limits for it.
    const IntervalSet occurring =
        intersected(space.domain(line->variable), IntervalSet::above(Decimal(), true));
    if (reaches_to_the_end(line->values, occurring, lower)) return;
    report
        .add(Rule::worse_is_better, clause.condition.place,
             std::string("this speaks of some values of ") + quoted(metric.name) +
                 " and not of worse ones: " + (lower ? "lower" : "higher") + " is better",
             "stops speaking as it gets worse")
        .diagnostic.also(metric.place.file, metric.place.span, "its direction is declared here");
  });
}

}  // namespace dpol::lint
