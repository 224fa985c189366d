// Rollouts: stages that decide nothing, or that nothing ends.

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;
using lang::NodeKind;

class Stages {
 public:
  Stages(const Subject& subject, Report& report) : subject_(subject), report_(report) {
    each_node<ast::Stage>(subject, [this](const lang::Syntax& syntax, const ast::Stage& node) {
      if (!node.decide() && node.leave().empty()) return;
      with_people_.emplace(&syntax.source, node.stage().span().begin);
    });
  }

  void run(const CheckedPolicy& policy) {
    for (std::uint32_t i = 0; i < policy.rollouts.size(); ++i) {
      const auto& rollout = policy.rollouts[i];
      shares(rollout.stages);
      for (const CheckedStage& stage : rollout.stages) settles(stage);
      rollback(policy, i);
    }
    for (const CheckedRule& rule : policy.rules) {
      for (const CheckedClause& clause : rule.clauses) judged(policy, rule, clause);
    }
  }

 private:
  void shares(const std::vector<CheckedStage>& stages) {
    const CheckedStage* before = nullptr;
    for (const CheckedStage& stage : stages) {
      if (!stage.share) continue;
      if (before != nullptr && *stage.share <= *before->share) {
        report_
            .add(Rule::shares_not_increasing, stage.place,
                 "stage " + quoted(stage.name) + " gets no more traffic than the stage before it")
            .diagnostic.also(before->place.file, before->place.span, "the stage before");
      }
      before = &stage;
    }
    if (before == nullptr || before != &stages.back()) return;
    if (*before->share < Decimal::from_int64(1)) {
      report_.add(Rule::last_stage_partial, before->place,
                  "the last stage is " + quoted(before->name) +
                      ": the release is promoted with a part "
                      "of the traffic never judged");
    }
  }

  void settles(const CheckedStage& stage) {
    if (!stage.bake_seconds || stage.settle_seconds.is_zero()) return;
    if (stage.settle_seconds < *stage.bake_seconds) return;
    report_.add(Rule::settle_outlasts_bake, stage.place,
                "stage " + quoted(stage.name) + " leaves out its first " +
                    duration_text(stage.settle_seconds) + " and bakes for " +
                    duration_text(*stage.bake_seconds) + ": no sample is left to judge");
  }

  void rollback(const CheckedPolicy& policy, std::uint32_t rollout) {
    const bool rolls_back = std::ranges::any_of(policy.rules, [&](const CheckedRule& rule) {
      const bool applies = rule.rollout == rollout || rule.rollout == kNone;
      return applies && !rule.trial &&
             std::ranges::any_of(rule.clauses, [](const CheckedClause& clause) {
               return clause.verb == Verb::rollback || clause.or_rollback ||
                      clause.if_missing == program::Missing::rollback;
             });
    });
    if (rolls_back) return;
    const auto& info = policy.rollouts[rollout];
    const bool ends = std::ranges::any_of(
        info.stages, [](const CheckedStage& stage) { return stage.at_most_seconds.has_value(); });
    if (ends) return;
    report_.add(Rule::no_rollback, info.place,
                "no rule ever rolls rollout " + quoted(info.name) + " back");
  }

  void judged(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause) {
    if (!clause.condition || clause.condition.base_metric == kNone) return;
    const MetricInfo& metric = subject_.checked.metrics[clause.condition.base_metric];
    const auto stages = stages_of(policy, rule);
    for (const CheckedStage* stage : stages) {
      if (never_sampled(*stage, metric, clause)) return;
    }
    if (clause.verb != Verb::hold) return;
    for (const CheckedStage* stage : stages) {
      if (stage->at_most_seconds || has_people(*stage)) continue;
      report_
          .add(Rule::hold_without_end, clause.condition.place,
               "nothing ends this hold: stage " + quoted(stage->name) + " may last for ever")
          .diagnostic.also(stage->place.file, stage->place.span, "has no `at most`")
          .suggest("say `bake … at most … else rollback` for the stage");
      return;
    }
  }

  bool never_sampled(const CheckedStage& stage, const MetricInfo& metric,
                     const CheckedClause& clause) {
    Decimal seen;
    if (!stage.bake_seconds || stage.bake_seconds->is_zero() ||
        !Decimal::sub(*stage.bake_seconds, stage.settle_seconds, seen) || seen.sign() <= 0 ||
        metric.interval_seconds <= seen) {
      return false;
    }
    report_
        .add(Rule::bake_shorter_than_interval, clause.condition.place,
             quoted(metric.name) + " comes every " + duration_text(metric.interval_seconds) +
                 ", and stage " + quoted(stage.name) + " bakes for " + duration_text(seen))
        .diagnostic.also(stage.place.file, stage.place.span, "this stage may see no sample");
    return true;
  }

  // Somebody decides about the stage or lets it go on.
  bool has_people(const CheckedStage& stage) const {
    return with_people_.contains({stage.place.file, stage.place.span.begin});
  }

  const Subject& subject_;
  Report& report_;
  std::set<std::pair<const lang::SourceFile*, std::uint32_t>> with_people_;
};

void check_written(const ast::Rollout& rollout, Report& report) {
  std::vector<ast::Stage> stages;
  for (const ast::Statement& statement : rollout.statements()) {
    if (const auto stage = statement.as<ast::Stage>()) stages.push_back(stage);
  }
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const ast::Stage& stage = stages[i];
    const bool has_confirm = !stage.leave().empty() || stage.decide();
    if (!stage.bake() && !has_confirm && i + 1 < stages.size()) {
      report
          .add(Rule::stage_without_bake, place_of(stage.stage()),
               "nothing keeps stage " + quoted(stage.stage().text()) +
                   " going: it ends with its first good sample")
          .diagnostic.suggest("say how long it lasts: `bake 10m`");
    }
  }
}

}  // namespace

void check_stages(const Subject& subject, Report& report) {
  Stages stages(subject, report);
  for (const CheckedPolicy& policy : subject.checked.policies) stages.run(policy);
  each_node<ast::Policy>(subject, [&](const lang::Syntax&, const ast::Policy& policy) {
    // A rollout that is named again only adds to inherited stages, which have their times.
    if (!policy.extends().empty()) return;
    for (const ast::Statement& statement : policy.statements()) {
      if (const auto rollout = statement.as<ast::Rollout>()) check_written(rollout, report);
    }
  });
  each_node<ast::Bake>(subject, [&](const lang::Syntax& syntax, const ast::Bake& bake) {
    const ast::AtMost at_most = bake.at_most();
    if (!at_most || at_most.else_action()) return;
    const std::uint32_t end = at_most.span().end;
    Finding& finding = report.add(Rule::unsaid_at_most, place_of(at_most),
                                  "this does not say how the stage ends; it rolls back");
    finding.diagnostic.suggest("say so", &syntax.source, {end, end}, " else rollback");
    finding.fix = finding.diagnostic.help.back().edits;
  });
}

}  // namespace dpol::lint
