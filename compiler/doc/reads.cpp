#include "compiler/doc/reads.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/doc/words.h"
#include "runtime/program/quantity.h"

namespace dpol::doc {
namespace {

using compiler::CheckedAnchor;
using compiler::CheckedClause;
using compiler::CheckedPolicy;
using compiler::CheckedRule;
using compiler::Condition;
using compiler::Expr;
using compiler::ExprOp;
using compiler::FactInfo;
using compiler::MetricInfo;
using program::Track;

constexpr const char* kAggregates[] = {
#define DPOL_AGGREGATE(name, result, text) #name,
#include "runtime/program/aggregates.def"
};

Text direction(program::Direction better) {
  switch (better) {
    case program::Direction::neither:
      return {};
    case program::Direction::lower:
      return words("lower");
    case program::Direction::higher:
      return words("higher");
  }
  return {};
}

// Which release it is, for reports and sign-offs, and when it began: read whatever a policy says.
bool is_of_every_release(const std::string& fact) {
  return fact == "service" || fact == "version" || fact == "environment" || fact == "deployed_at";
}

Text tracks(const std::set<Track>& read) {
  std::vector<Text> names;
  for (const Track track : read) {
    switch (track) {
      case Track::candidate:
        names.push_back(words("candidate"));
        break;
      case Track::stable:
        names.push_back(words("stable"));
        break;
      case Track::baseline:
        names.push_back(words("baseline"));
        break;
    }
  }
  return listed(names);
}

// "Share of requests answered with an error. The documentation of it."
Text about(const std::string& title, const std::string& doc) {
  return words(title + (title.empty() || doc.empty() ? "" : ". ") + doc);
}

}  // namespace

Reads::Reads(const compiler::Checked& checked, const CheckedPolicy& policy) : checked_(checked) {
  for (std::uint32_t i = 0; i < checked.facts.size(); ++i)
    if (is_of_every_release(checked.facts[i].path)) facts_.insert(i);
  add(policy.applies);
  for (const compiler::CheckedPhase& phase : policy.phases) {
    add(phase.only_if);
    add(phase.opens.time);
    if (phase.closes) add(phase.closes->time);
  }
  for (const compiler::CheckedRollout& rollout : policy.rollouts) {
    add(rollout.only_if);
    for (const compiler::CheckedStage& stage : rollout.stages) add(stage.only_if);
  }
  for (const compiler::CheckedChoice& choice : policy.strategy) add(choice.condition);
  for (const CheckedRule& rule : policy.rules) add(rule);
  for (const compiler::CheckedProcedure& procedure : policy.procedures) add(procedure);
  for (const compiler::CheckedMessage& message : policy.messages) add(message);
  for (const compiler::CheckedWaiver& waiver : policy.waivers) add(waiver.scope);
}

void Reads::add(const CheckedRule& rule) {
  add(rule.only_if);
  add(rule.needs);
  for (const compiler::CheckedPart& part : rule.parts) {
    add(part.full);
    add(part.half);
  }
  for (const CheckedClause& clause : rule.clauses) {
    add(clause.condition);
    facts_.insert(clause.approval.other_than.begin(), clause.approval.other_than.end());
    if (clause.verb == program::Verb::confirm) add_role(clause.approval.role);
  }
}

void Reads::add(const compiler::CheckedProcedure& procedure) {
  add(procedure.only_if);
  for (const compiler::CheckedProcedureStep& step : procedure.steps) {
    add(step.only_if);
    for (const compiler::CheckedTextPart& part : step.run) add(part.hole);
    for (const Condition& check : step.checks) add(check);
  }
}

void Reads::add(const compiler::CheckedMessage& message) {
  for (const compiler::CheckedTextPart& part : message.text) add(part.hole);
  if (message.opens) add(message.opens->time);
  if (message.closes) add(message.closes->time);
  add(message.while_true);
  add(message.only_if);
}

// Whose word counts is read from a fact.
void Reads::add_role(const std::string& name) {
  const auto role = std::ranges::find(checked_.roles, name, &compiler::RoleInfo::name);
  if (role != checked_.roles.end() && role->fact != program::kNone) facts_.insert(role->fact);
}

void Reads::add(const Condition& condition) {
  if (condition) add(*condition.expr);
}

// Parts are shared: each is looked at once.
void Reads::add(const Expr& expr) {
  if (!seen_.insert(&expr).second) return;
  if (expr.op == ExprOp::fact) facts_.insert(expr.index);
  if (compiler::is_measured(expr.op)) add_metric(expr.index, expr.track);
  if (compiler::is_ranking(expr.op)) add_metric(expr.index, Track::stable);
  if (expr.op == ExprOp::baseline) add_metric(expr.index, Track::baseline);
  for (const compiler::ExprPtr& arg : expr.args) add(*arg);
}

void Reads::add_metric(std::uint32_t index, Track track) {
  if (metrics_[index].insert(track).second) add(checked_.metrics[index].needs);
}

Table Reads::facts() const {
  Table table{"Facts", {"Fact", "Type", "Values", "May be absent", "About"}, {}};
  for (const std::uint32_t index : facts_) {
    const FactInfo& fact = checked_.facts[index];
    table.rows.push_back({{code(fact.path)},
                          {code(type_text(fact.type, checked_.types))},
                          code_or_nothing(type_values(fact.type, checked_.types)),
                          words(fact.optional ? "yes" : ""),
                          words(fact.doc)});
  }
  return table;
}

Table Reads::metrics() const {
  Table table{"Metrics",
              {"Metric", "Type", "One series for each", "Values", "Better", "One sample", "Too old after", "Counts if",
               "Within", "Versions", "Baseline", "About"},
              {}};
  for (const auto& [index, read] : metrics_) {
    const MetricInfo& metric = checked_.metrics[index];
    const auto value = [&](const program::Decimal& number) {
      return program::format_exact(number, metric.type, checked_.types);
    };
    Text within;
    if (metric.minimum && metric.maximum)
      within = {code(value(*metric.minimum) + ".." + value(*metric.maximum))};
    table.rows.push_back(
        {{code(metric.name)},
         {code(type_text(metric.type, checked_.types))},
         series(metric),
         code_or_nothing(type_values(metric.type, checked_.types)),
         direction(metric.better),
         words(metric.interval_seconds.is_zero() ? ""
                                                 : "every " + duration(metric.interval_seconds)),
         words(duration(metric.stale_seconds)),
         code_or_nothing(metric.needs.text),
         within,
         tracks(read),
         read.contains(Track::baseline) ? baseline(metric) : Text{},
         about(metric.title, metric.doc)});
  }
  return table;
}

Text Reads::series(const MetricInfo& metric) {
  std::string labels;
  for (const std::string& label : metric.labels) labels += (labels.empty() ? "" : ", ") + label;
  Text text = code_or_nothing(labels);
  if (metric.gone_seconds.is_zero()) return text;
  append(text, words("; gone after " + duration(metric.gone_seconds)));
  return text;
}

Text Reads::baseline(const MetricInfo& metric) const {
  const program::BaselineRule& rule = metric.baseline;
  const bool median = rule.aggregate == program::Aggregate::p50;
  const std::string aggregate =
      median ? "median" : kAggregates[static_cast<std::size_t>(rule.aggregate)];
  switch (rule.kind) {
    case program::BaselineRule::Kind::standard:
      return words("the median of the hour before T");
    case program::BaselineRule::Kind::over:
      return words(fmt::format("{} of {} before T", aggregate, duration(rule.seconds)));
    case program::BaselineRule::Kind::promoted:
      return words(
          fmt::format("{} of the last {}", aggregate, counted(rule.releases, "promoted release")));
  }
  return {};
}

}  // namespace dpol::doc
