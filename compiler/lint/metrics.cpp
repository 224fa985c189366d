// What is asked of metrics: growth, exact values, single samples, shares of few, changes of zero.

#include <algorithm>
#include <optional>
#include <set>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

using program::Aggregate;
using program::Direction;
using program::Track;

bool is_growth(const Expr& expr) {
  return expr.op == ExprOp::aggregate &&
         (expr.aggregate == Aggregate::increase || expr.aggregate == Aggregate::rate);
}

// Shares and durations go up and down.
bool is_gauge(const MetricInfo& metric) {
  return metric.type.kind == Kind::ratio || metric.type.kind == Kind::points ||
         metric.type.is_duration();
}

// Real numbers that are measured, not counted.
bool is_measured(const Expr& expr) {
  if (expr.op != ExprOp::sample && expr.op != ExprOp::aggregate) return false;
  return expr.type.kind == Kind::number || expr.type.kind == Kind::ratio ||
         expr.type.kind == Kind::points || expr.type.kind == Kind::quantity;
}

bool is_reference(const Expr& expr) {
  return expr.op == ExprOp::baseline ||
         (compiler::is_measured(expr.op) && expr.track == Track::stable);
}

class Metrics {
 public:
  Metrics(const Subject& subject, Report& report) : checked_(subject.checked), report_(report) {
    each_clause(checked_,
                [this](const CheckedPolicy&, const CheckedRule&, const CheckedClause& clause) {
                  walk(*clause.condition.expr, [this](const Expr& expr) {
                    if (is_growth(expr) && !is_gauge(checked_.metrics[expr.index]))
                      counters_.insert(expr.index);
                  });
                });
  }

  void declared() {
    for (const MetricInfo& metric : checked_.metrics) {
      if (metric.interval_seconds.is_zero() || metric.stale_seconds >= metric.interval_seconds) {
        continue;
      }
      report_.add(Rule::stale_before_next, metric.place,
                  "a sample of " + quoted(metric.name) + " is stale after " +
                      duration_text(metric.stale_seconds) + ", and the next one comes after " +
                      duration_text(metric.interval_seconds));
    }
  }

  void check(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause) {
    parts(*clause.condition.expr, clause, false);
    one_sample(clause);
    share(policy, rule, clause);
  }

 private:
  // `open`: another part of an `or` may decide instead.
  void parts(const Expr& expr, const CheckedClause& clause, bool open) {
    open = open || expr.op == ExprOp::either;
    if (expr.op == ExprOp::equal || expr.op == ExprOp::not_equal) equality(expr);
    if (expr.op >= ExprOp::less && expr.op <= ExprOp::greater_equal) compared_counter(expr);
    if (is_growth(expr)) growth(expr);
    if (!open && clause.if_missing == program::Missing::unknown) zero(expr);
    for (const ExprPtr& arg : expr.args) parts(*arg, clause, open);
  }

  void equality(const Expr& expr) {
    const Expr& left = *expr.args[0];
    const Expr& right = *expr.args[1];
    if (!is_measured(left) && !is_measured(right)) return;
    const auto zero = [](const Expr& side) { return side.known && side.known->number.is_zero(); };
    if (zero(left) || zero(right)) return;  // nothing at all is a value like no other
    report_.add(Rule::measured_equality, expr.place,
                "a measurement is hardly ever exactly some value",
                "say a range: `<=`, `in a..b`, `within … of`");
  }

  void compared_counter(const Expr& expr) {
    for (const ExprPtr& side : expr.args) {
      if (side->op != ExprOp::sample || !counters_.contains(side->index)) continue;
      const std::string& name = checked_.metrics[side->index].name;
      report_.add(Rule::counter_as_gauge, side->place,
                  quoted(name) +
                      " is a counter elsewhere (`rate`, `increase`), and here it is "
                      "compared as it stands",
                  "grows for as long as the process runs");
    }
  }

  void growth(const Expr& expr) {
    const MetricInfo& metric = checked_.metrics[expr.index];
    const bool is_rate = metric.type.kind == Kind::quantity && !metric.type.is_duration() &&
                         !metric.type.is_bytes() && per_second(metric);
    if (!is_gauge(metric) && !is_rate) return;
    report_
        .add(Rule::rate_of_gauge, expr.place,
             quoted(metric.name) + (is_rate ? " is a rate already" : " goes up and down") +
                 ": where it falls, this takes it for a counter that began again")
        .diagnostic.also(metric.place.file, metric.place.span, "declared here")
        .suggest("`delta`, `slope` and `avg` are for what goes up and down");
  }

  bool per_second(const MetricInfo& metric) const {
    return program::to_text(metric.type, checked_.types).ends_with("/s");
  }

  // baseline + 10%, 2x baseline: nothing where the baseline is zero.
  void zero(const Expr& expr) {
    const bool scales = expr.op == ExprOp::relative || expr.op == ExprOp::multiply;
    if (!scales) return;
    const Expr* reference = is_reference(*expr.args[0]) ? expr.args[0].get() : nullptr;
    if (reference == nullptr && is_reference(*expr.args[1])) reference = expr.args[1].get();
    if (reference == nullptr) return;
    const MetricInfo& metric = checked_.metrics[reference->index];
    const bool counts = metric.type.kind == Kind::ratio || metric.type.kind == Kind::integer;
    if (!counts || metric.better != Direction::lower) return;
    report_
        .add(Rule::zero_baseline, expr.place,
             quoted(metric.name) + " may well be zero when all is well, and then " +
                 (expr.op == ExprOp::relative ? "this limit is unknown" : "this limit is zero"))
        .diagnostic.suggest("add an absolute limit: `… or <= 1%`, or say a distance: `+ 1pp`");
  }

  void one_sample(const CheckedClause& clause) {
    const bool rolls_back = clause.verb == Verb::rollback || clause.or_rollback;
    if (!rolls_back) return;
    bool has_window = false;
    const Expr* sample = nullptr;
    walk(*clause.condition.expr, [&](const Expr& expr) {
      has_window = has_window || compiler::is_window(expr.op) || expr.op == ExprOp::aggregate ||
                   compiler::is_ranking(expr.op);
      const bool one = expr.op == ExprOp::sample || expr.op == ExprOp::all_series;
      if (one && expr.track == Track::candidate && sample == nullptr) sample = &expr;
    });
    // `increase(restarts, 5m)` looks at several samples by itself.
    if (has_window || sample == nullptr) return;
    report_
        .add(Rule::rollback_on_one_sample, clause.condition.place,
             "a single sample of " + quoted(checked_.metrics[sample->index].name) + " rolls back")
        .diagnostic.suggest("ask for several: `for 2m`, `for 3 samples`, `in 3 of 5 samples`");
  }

  // At a small share of the traffic a ratio may be one request of three.
  void share(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause) {
    const auto traffic = traffic_metric();
    if (!traffic || clause.verb == Verb::warn) return;
    bool has_needs = false;
    const Expr* ratio = nullptr;
    walk(*clause.condition.expr, [&](const Expr& expr) {
      has_needs = has_needs || expr.op == ExprOp::given;
      if (expr.op == ExprOp::sample && checked_.metrics[expr.index].type.kind == Kind::ratio) {
        ratio = &expr;
      }
    });
    if (has_needs || ratio == nullptr || checked_.metrics[ratio->index].needs) return;
    const Decimal tenth = *Decimal::parse("0.1");
    for (const CheckedStage* stage : stages_of(policy, rule)) {
      if (!stage->share || *stage->share > tenth) continue;
      report_
          .add(Rule::ratio_without_needs, clause.condition.place,
               quoted(checked_.metrics[ratio->index].name) + " is judged at stage " +
                   quoted(stage->name) + " however few requests it rests on")
          .diagnostic.suggest("say `needs " + *traffic +
                              " >= …`, here or where the metric is declared");
      return;
    }
  }

  // What could say how much a ratio rests on: a count of something per second, or a count.
  std::optional<std::string> traffic_metric() const {
    for (const MetricInfo& metric : checked_.metrics) {
      const bool counted = metric.type.kind == Kind::quantity && !metric.type.is_duration() &&
                           !metric.type.is_bytes();
      if (counted && metric.better == Direction::neither) return metric.name;
    }
    return std::nullopt;
  }

  const Checked& checked_;
  Report& report_;
  std::set<std::uint32_t> counters_;
};

}  // namespace

void check_metrics(const Subject& subject, Report& report) {
  Metrics metrics(subject, report);
  metrics.declared();
  each_clause(subject.checked,
              [&](const CheckedPolicy& policy, const CheckedRule& rule,
                  const CheckedClause& clause) { metrics.check(policy, rule, clause); });
}

}  // namespace dpol::lint
