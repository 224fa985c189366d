#include "runtime/decision/explain.h"

#include <algorithm>

#include "runtime/decision/observe.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::Clause;
using program::Decimal;
using program::kNone;
using program::Policy;
using program::Program;
using program::Rule;
using program::StringId;
using program::Verb;
using vm::Instant;

const char* name(Decision decision) {
  switch (decision) {
    case Decision::go: return "go";
    case Decision::hold: return "hold";
    case Decision::no_go: return "no-go";
    case Decision::rollback: return "rollback";
  }
  return "";
}

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "pass";
    case Outcome::warn: return "warn";
    case Outcome::fail: return "fail";
    case Outcome::fired: return "fired";
    case Outcome::held: return "held";
    case Outcome::pending: return "pending";
    case Outcome::unknown: return "unknown";
    case Outcome::waived: return "waived";
    case Outcome::skipped: return "skipped";
  }
  return "";
}

int exit_code(Decision decision) {
  switch (decision) {
    case Decision::go: return kExitGo;
    case Decision::hold: return kExitHold;
    case Decision::no_go: return kExitNoGo;
    case Decision::rollback: return kExitRollback;
  }
  return kExitHold;
}

namespace {

const char* verb_name(Verb verb) {
  switch (verb) {
    case Verb::require: return "require";
    case Verb::warn: return "warn";
    case Verb::hold: return "hold";
    case Verb::rollback: return "rollback";
    case Verb::confirm: return "confirm";
  }
  return "";
}

class PolicyExplainer {
 public:
  PolicyExplainer(const Judge& judge, std::size_t index)
      : judge_(judge), machine_(judge.machine()), program_(machine_.program()), snapshot_(machine_.snapshot()),
        index_(index), policy_(program_.policies[index]), judgement_(judge.policies()[index]),
        timeline_(judge.rollout(index)) {}

  PolicyVerdict run() {
    PolicyVerdict out;
    out.id = text(policy_.id);
    out.title = text(policy_.title);
    out.owner = text(policy_.owner);
    out.digest = "sha256:" + program_.digest;
    for (const program::SourceFileInfo& file : program_.files) out.files.push_back(text(file.name));
    out.service = release_fact("service");
    out.version = release_fact("version");
    out.environment = release_fact("environment");
    for (const program::Override& o : policy_.overrides) out.overrides.push_back(override_verdict(o));
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) out.rules.push_back(rule_verdict(i));
    add_stage(out);
    for (const RuleVerdict& rule : out.rules) {
      ++(rule.trial ? out.trial_counts : out.counts)[static_cast<std::size_t>(rule.outcome)];
    }
    decide(out);
    return out;
  }

 private:
  const std::string& text(StringId id) const { return program_.text(id); }
  std::string duration(Decimal seconds) const { return number_text(program_, seconds, program::Type::duration()); }

  Place place(const program::SourcePlace& p) const { return {text(p.file), p.line, p.column}; }

  OverrideVerdict override_verdict(const program::Override& o) const {
    return {text(o.what), text(o.target), text(o.because), text(o.from), text(o.to), place(o.place)};
  }

  // A fact every release has by convention; "" where it is not declared or not known.
  std::string release_fact(std::string_view fact) const {
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const program::Input& input = program_.inputs[i];
      if (input.kind != program::InputKind::fact || text(input.name) != fact) continue;
      const program::Value value = snapshot_.inputs()[i];
      if (value.is_unknown()) return {};
      if (input.type.kind == program::Kind::string) return printable(snapshot_.symbols().text(value.as_id()));
      return value_text(program_, snapshot_, value, input.type);
    }
    return {};
  }

  std::string group(const Rule& rule) const {
    if (rule.scope == program::Scope::phase) {
      const program::Phase& phase = policy_.phases[rule.phase];
      return text(phase.title == kNone ? phase.name : phase.title);
    }
    if (rule.scope == program::Scope::policy) return {};
    const program::Rollout& rollout = policy_.rollouts[rule.rollout];
    if (rule.scope == program::Scope::rollout) return text(rollout.name);
    std::string stages = text(rollout.stages[rule.first_stage].name);
    if (rule.last_stage != rule.first_stage) stages += " to " + text(rollout.stages[rule.last_stage].name);
    return text(rollout.name) + " " + stages;
  }

  RuleVerdict rule_verdict(std::size_t index) {
    const Rule& rule = policy_.rules[index];
    const RuleJudgement& judged = judgement_.rules[index];
    const Clause& clause = rule.clauses[judged.clause == kNone ? 0 : judged.clause];
    RuleVerdict out;
    out.id = text(rule.id);
    out.title = text(rule.title);
    out.verb = verb_name(clause.verb);
    out.group = group(rule);
    out.outcome = judged.outcome;
    out.trial = rule.trial || policy_.trial;
    out.place = place(clause.place.line != 0 ? clause.place : rule.place);
    out.owner = text(rule.owner == kNone ? policy_.owner : rule.owner);
    out.severity = text(rule.severity);
    out.doc = text(rule.doc);
    out.why = text(rule.why);
    out.evidence = text(rule.evidence);
    for (const StringId id : rule.covers) out.covers.push_back(text(id));
    for (const std::uint32_t o : rule.overrides) out.overrides.push_back(override_verdict(policy_.overrides[o]));
    if (clause.condition != kNone) out.condition = text(program_.blocks[clause.condition].text);
    if (judged.due_at) out.due_at = program::format_time(*judged.due_at);
    if (judged.outcome == Outcome::skipped) out.reason = skip_reason(rule, judged);
    else if (judged.outcome == Outcome::pending) out.reason = pending_reason(clause);
    else add_values(clause, judged, out);
    return out;
  }

  void add_values(const Clause& clause, const RuleJudgement& judged, RuleVerdict& out) {
    if (judged.block == kNone) {
      out.missing.push_back(missing_of(machine_, judged.value, "the stage of the rollout", judged.context.at));
      return;
    }
    const bool is_condition = judged.block == clause.condition;
    if (!is_condition) {
      out.condition = text(program_.blocks[judged.block].text);
      out.reason = "cannot tell whether it applies";
    }
    Observation seen = observe(machine_, judged.block, judged.context, is_condition && clause.verb != Verb::require);
    out.observed = std::move(seen.observed);
    if (judged.value.is_unknown()) out.missing = std::move(seen.missing);
    out.margin = std::move(seen.margin);
    out.margin_words = std::move(seen.margin_words);
    out.margin_expr = std::move(seen.margin_expr);
    if (judged.answered_for_missing) out.reason = "unknown, answered by its `if missing`";
    if (judged.latched) {
      out.fired_at = program::format_time(judged.context.at);
      if (judged.context.at < snapshot_.now()) out.reason = "fired at " + *out.fired_at + "; a rollback stays fired";
    }
  }

  std::string pending_reason(const Clause& clause) const {
    const program::Confirm& confirm = clause.confirm;
    std::string reason = "needs " + std::to_string(confirm.count) + " " + text(confirm.role) + " to sign off";
    if (confirm.other_than != kNone) reason += ", other than " + text(program_.inputs[confirm.other_than].name);
    return reason;
  }

  std::string skip_reason(const Rule& rule, const RuleJudgement& judged) const {
    const std::string condition = judged.block == kNone ? "" : text(program_.blocks[judged.block].text);
    const program::Phase* phase = rule.phase == kNone ? nullptr : &policy_.phases[rule.phase];
    switch (judged.skip) {
      case Skip::none: return {};
      case Skip::policy_not_applicable: return "the policy is not for this release: only if " + condition;
      case Skip::phase_not_applicable: return "its phase is not for this release: only if " + condition;
      case Skip::only_if: return "not for this release: only if " + condition;
      case Skip::no_anchor: return "not for this release: " + text(phase->opens.text) + " is absent";
      case Skip::phase_not_open: return "due from " + text(phase->opens.text) + " on";
      case Skip::phase_closed: return "its phase is over";
      case Skip::no_deployment_time: return "due after the deployment's start, which is not known (--deployed-at)";
      case Skip::before_deployment: return "due after the deployment's start";
      case Skip::stage_not_reached: return "due at stage " + stage_name(rule.first_stage);
      case Skip::stage_over: return "stage " + stage_name(rule.last_stage) + " is over";
    }
    return {};
  }

  std::string stage_name(std::uint32_t stage) const {
    return text(policy_.rollouts[Judge::chosen_rollout(policy_)].stages[stage].name);
  }

  // ---- the rollout ----

  void add_stage(PolicyVerdict& out) {
    const std::uint32_t chosen = Judge::chosen_rollout(policy_);
    if (chosen == kNone || judgement_.policy_not_applicable) return;
    const program::Rollout& rollout = policy_.rollouts[chosen];
    RolloutVerdict verdict{.name = text(rollout.name), .steps = static_cast<std::uint32_t>(rollout.stages.size())};
    if (timeline_.current != kNone) {
      verdict.stage = stage_name(timeline_.current);
      verdict.step = timeline_.current + 1;
      if (const std::uint32_t next = judge_.next_stage(index_); next != kNone) verdict.next = stage_name(next);
      if (timeline_.began) verdict.stage_began_at = program::format_time(*timeline_.began);
    }
    out.rollout = std::move(verdict);
    if (judgement_.stage.judged) add_bake(rollout, out);
  }

  void add_bake(const program::Rollout& rollout, PolicyVerdict& out) {
    const StageJudgement& judged = judgement_.stage;
    RuleVerdict bake;
    bake.verb = "bake";
    bake.outcome = judged.outcome;
    bake.trial = policy_.trial;
    bake.owner = text(policy_.owner);
    if (timeline_.current == kNone) {
      bake.id = text(policy_.id) + "." + text(rollout.name) + ".stage";
      bake.group = text(rollout.name);
      bake.place = place(rollout.place);
      bake.missing.push_back(missing_of(machine_, program::Value::unknown(judged.fault), "the stage", snapshot_.now()));
      if (!timeline_.odd_stage.empty()) bake.reason = "`" + printable(timeline_.odd_stage) + "` is not one of its stages";
      out.rules.push_back(std::move(bake));
      return;
    }
    const program::Stage& stage = rollout.stages[timeline_.current];
    if (!stage.bake_seconds && !stage.at_most_seconds) return;
    bake.id = text(policy_.id) + "." + text(rollout.name) + "." + text(stage.name) + ".bake";
    bake.group = text(rollout.name) + " " + text(stage.name);
    bake.place = place(stage.place);
    if (stage.bake_seconds) bake.condition = "bake " + duration(*stage.bake_seconds);
    if (stage.at_most_seconds) bake.condition += (bake.condition.empty() ? "" : " ") + ("at most " + duration(*stage.at_most_seconds));
    if (!timeline_.began) {
      bake.missing.push_back(missing_of(machine_, program::Value::unknown(judged.fault), "the stage's start", snapshot_.now()));
    } else {
      bake.reason = bake_reason(stage, judged);
      if (judged.outcome == Outcome::held) bake.due_at = program::format_time(*judged.baked_at);
    }
    out.rules.push_back(std::move(bake));
  }

  std::string bake_reason(const program::Stage& stage, const StageJudgement& judged) const {
    const std::string so_far = duration(program::time_to_decimal(snapshot_.now() - *timeline_.began));
    if (judged.limit_passed) return "still on hold after " + so_far + ", at most " + duration(*stage.at_most_seconds);
    if (judged.outcome == Outcome::held) return "baking: " + so_far + " of " + duration(*stage.bake_seconds);
    return "at this stage for " + so_far;
  }

  // ---- the decision ----

  void decide(PolicyVerdict& out) const {
    out.applies = judgement_.applies;
    out.decision = judgement_.decision;
    if (!out.applies) {
      if (judgement_.policy_not_applicable) {
        out.not_applicable_because = "only if " + text(program_.blocks[policy_.applies].text);
      } else if (policy_.trial) {
        out.not_applicable_because = std::string("it is on trial, and would decide ") + name(out.decision);
      } else {
        out.not_applicable_because = "none of its rules is for this release";
      }
      out.decision_word = "decides nothing";
      return;
    }
    out.decision_word = name(out.decision);
    if (judgement_.nothing_due) out.decision_reason = "nothing is due yet";
    if (out.decision == Decision::go && out.rollout && out.rollout->step != 0) {
      out.decision_word = out.rollout->next ? "advance" : "promoted";
    }
  }

  const Judge& judge_;
  vm::Machine& machine_;
  const Program& program_;
  const vm::Snapshot& snapshot_;
  std::size_t index_;
  const Policy& policy_;
  const PolicyJudgement& judgement_;
  const RolloutTimeline& timeline_;
};

}  // namespace

Verdict explain(const Judge& judge) {
  const vm::Snapshot& snapshot = judge.machine().snapshot();
  Verdict out;
  out.at = program::format_time(snapshot.now());
  out.at_from_clock = snapshot.now_from_clock();
  if (snapshot.deployed_at()) out.deployed_at = program::format_time(*snapshot.deployed_at());
  for (const vm::DocumentInfo& document : snapshot.documents()) {
    out.inputs.push_back({document.name, document.digest.empty() ? "" : "sha256:" + document.digest});
  }
  out.decision = Decision::go;
  for (std::size_t i = 0; i < judge.policies().size(); ++i) {
    out.policies.push_back(PolicyExplainer(judge, i).run());
    const PolicyVerdict& policy = out.policies.back();
    if (!policy.applies) continue;
    if (!out.any_applies || policy.decision > out.decision) {
      out.decision = policy.decision;
      out.decision_word = policy.decision_word;
    }
    out.any_applies = true;
  }
  out.exit_code = out.any_applies ? exit_code(out.decision) : kExitNothingDecided;
  if (!out.any_applies) out.decision_word = "decides nothing";
  return out;
}

}  // namespace dpol::decision
