// Windows and aggregates, against the sampling interval, the stage and the phase they stand in.

#include <optional>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

using compiler::is_window;
using program::Aggregate;

constexpr std::int64_t kHugeWindow = 2'000;  // samples
constexpr int kManyWindows = 6;

// How long the samples take that a window needs before it can be true; nothing where that is not
// known or does not matter.
std::optional<Decimal> needed(const Expr& window, const MetricInfo& metric) {
  if (window.op == ExprOp::for_time) return window.seconds;
  if (metric.interval_seconds.is_zero()) return std::nullopt;
  const std::uint32_t count = window.op == ExprOp::of_samples ? window.hits : window.samples;
  Decimal seconds;
  if (!Decimal::mul(metric.interval_seconds, Decimal::from_int64(count), seconds)) {
    return std::nullopt;
  }
  return seconds;
}

class Windows {
 public:
  Windows(const Subject& subject, Report& report) : checked_(subject.checked), report_(report) {}

  void check(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause) {
    int count = 0;
    walk(*clause.condition.expr, [&](const Expr& expr) {
      if (expr.op == ExprOp::aggregate) aggregate(expr);
      if (compiler::is_ranking(expr.op)) ranking(policy, rule, expr);
      if (!is_window(expr.op)) return;
      ++count;
      const std::uint32_t metric = compiler::first_metric(*expr.args[0]);
      if (metric == kNone) return;
      window(expr, checked_.metrics[metric]);
      in_stages(policy, rule, expr, checked_.metrics[metric]);
      in_phase(policy, rule, expr, checked_.metrics[metric]);
    });
    if (count > kManyWindows) {
      report_.add(
          Rule::many_windows, clause.condition.place,
          "this condition has " + std::to_string(count) + " windows; each keeps its own history");
    }
    grace(policy, rule, clause);
  }

 private:
  void window(const Expr& expr, const MetricInfo& metric) {
    const Decimal interval = metric.interval_seconds;
    if (interval.is_zero()) {
      if (expr.op != ExprOp::for_time) {
        report_
            .add(Rule::count_without_interval, expr.place,
                 "how long this takes depends on how often " + quoted(metric.name) +
                     " is sampled, which nothing says")
            .diagnostic.suggest("say `every 1m` where the metric is declared");
      }
      return;
    }
    if (expr.op == ExprOp::for_time) against_interval(expr, metric);
    if (expr.op == ExprOp::for_time) huge(expr.place, expr.seconds, interval);
    if (expr.op != ExprOp::for_time && expr.samples > kHugeWindow) {
      report_.add(Rule::huge_window, expr.place,
                  "this window looks at " + std::to_string(expr.samples) + " samples");
    }
  }

  void against_interval(const Expr& expr, const MetricInfo& metric) {
    const Decimal interval = metric.interval_seconds;
    const std::string every = duration_text(interval);
    if (expr.seconds < interval) {
      add(Rule::window_shorter_than_interval, expr.place, metric,
          "in " + duration_text(expr.seconds) + " there is at most one sample of " +
              quoted(metric.name) + ", which comes every " + every);
      return;
    }
    Decimal quotient;
    if (!Decimal::div(expr.seconds, interval, quotient) || quotient.is_integer()) return;
    add(Rule::uneven_window, expr.place, metric,
        duration_text(expr.seconds) + " is no multiple of " + every +
            ": how many samples it holds depends on when it begins");
  }

  void huge(const Place& place, Decimal seconds, Decimal interval) {
    Decimal samples;
    if (!Decimal::div(seconds, interval, samples)) return;
    if (samples <= Decimal::from_int64(kHugeWindow)) return;
    Decimal whole;
    if (!Decimal::floor(samples, whole)) return;
    report_.add(Rule::huge_window, place, "this looks at " + whole.to_string() + " samples");
  }

  void aggregate(const Expr& expr) {
    const MetricInfo& metric = checked_.metrics[expr.index];
    const Decimal interval = metric.interval_seconds;
    if (interval.is_zero()) return;
    huge(expr.place, expr.seconds, interval);
    Decimal shortest = interval;
    // A slope and a spread are about two samples or more.
    const bool of_two = expr.aggregate == Aggregate::slope || expr.aggregate == Aggregate::stddev;
    if (of_two && !Decimal::add(interval, interval, shortest)) return;
    if (expr.seconds >= shortest) return;
    add(Rule::aggregate_shorter_than_interval, expr.place, metric,
        "in " + duration_text(expr.seconds) + " there " +
            (of_two ? "are not two samples of " : "may be no sample of ") + quoted(metric.name) +
            ", which come every " + duration_text(interval));
  }

  // Below ten samples on each side nothing is known.
  void ranking(const CheckedPolicy& policy, const CheckedRule& rule, const Expr& expr) {
    constexpr std::int64_t kLeast = 10;
    const MetricInfo& metric = checked_.metrics[expr.index];
    if (metric.interval_seconds.is_zero()) return;
    huge(expr.place, expr.seconds, metric.interval_seconds);
    Decimal shortest;
    if (!Decimal::mul(metric.interval_seconds, Decimal::from_int64(kLeast), shortest)) return;
    if (expr.seconds < shortest) {
      add(Rule::aggregate_shorter_than_interval, expr.place, metric,
          "in " + duration_text(expr.seconds) + " there are not the ten samples of " +
              quoted(metric.name) + " that this needs, which come every " +
              duration_text(metric.interval_seconds));
      return;
    }
    const auto length = phase_length(policy, rule);
    if (!length || shortest <= *length) return;
    report_.add(Rule::window_exceeds_phase, expr.place,
                "this needs " + duration_text(shortest) + " of samples, and its phase lasts " +
                    duration_text(*length));
  }

  void in_stages(const CheckedPolicy& policy, const CheckedRule& rule, const Expr& expr,
                 const MetricInfo& metric) {
    const auto seconds = needed(expr, metric);
    if (expr.across_stages || !seconds) return;
    for (const CheckedStage* stage : stages_of(policy, rule)) {
      if (!stage->bake_seconds || stage->bake_seconds->is_zero()) continue;
      Decimal seen;
      if (!Decimal::sub(*stage->bake_seconds, stage->settle_seconds, seen) || *seconds <= seen) {
        continue;
      }
      const bool timed = expr.op == ExprOp::for_time;
      report_
          .add(timed ? Rule::window_exceeds_bake : Rule::count_exceeds_bake, expr.place,
               "this needs " + duration_text(*seconds) + " of samples, and stage " +
                   quoted(stage->name) + " bakes for " + duration_text(seen) +
                   (stage->settle_seconds.is_zero() ? "" : " after it settled"))
          .diagnostic.also(stage->place.file, stage->place.span, "windows start afresh here")
          .suggest("bake longer, ask for less, or look `across stages`");
      return;
    }
  }

  void in_phase(const CheckedPolicy& policy, const CheckedRule& rule, const Expr& expr,
                const MetricInfo& metric) {
    const auto seconds = needed(expr, metric);
    const auto length = phase_length(policy, rule);
    if (!seconds || !length || *seconds <= *length) return;
    report_.add(Rule::window_exceeds_phase, expr.place,
                "this needs " + duration_text(*seconds) + " of samples, and its phase lasts " +
                    duration_text(*length));
  }

  void grace(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause) {
    grace(policy, rule, clause, clause.missing_for_seconds, "if missing");
    grace(policy, rule, clause, clause.baseline_missing_for_seconds, "if baseline missing");
  }

  void grace(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause,
             const Decimal& grace, std::string_view which) {
    if (grace.is_zero()) return;
    std::string limit;
    const auto length = phase_length(policy, rule);
    if (length && grace > *length) {
      limit = "its phase lasts " + duration_text(*length);
    }
    for (const CheckedStage* stage : stages_of(policy, rule)) {
      if (!stage->at_most_seconds || grace < *stage->at_most_seconds) continue;
      limit =
          "stage " + quoted(stage->name) + " ends after " + duration_text(*stage->at_most_seconds);
      break;
    }
    if (limit.empty()) return;
    report_.add(Rule::grace_never_ends, clause.place,
                "`" + std::string(which) + " for " + duration_text(grace) + "` comes too late: " + limit);
  }

  void add(Rule rule, const Place& place, const MetricInfo& metric, std::string message) {
    report_.add(rule, place, std::move(message))
        .diagnostic.also(metric.place.file, metric.place.span, "the interval is declared here");
  }

  const Checked& checked_;
  Report& report_;
};

}  // namespace

void check_windows(const Subject& subject, Report& report) {
  Windows windows(subject, report);
  each_clause(subject.checked,
              [&](const CheckedPolicy& policy, const CheckedRule& rule,
                  const CheckedClause& clause) { windows.check(policy, rule, clause); });
}

}  // namespace dpol::lint
