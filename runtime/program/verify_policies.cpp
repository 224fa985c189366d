// Policies: phases, rollouts, rules and what they point to.

#include <algorithm>

#include "runtime/program/verifier.h"

namespace dpol::program {

template <class Part>
bool Verifier::verify_scope(const Policy& policy, const Part& part) {
  switch (part.scope) {
    case Scope::policy: return true;
    case Scope::phase: return expect(part.phase < policy.phases.size(), "no such phase");
    case Scope::rollout: return expect(part.rollout < policy.rollouts.size(), "no such rollout");
    case Scope::stages:
      return expect(part.rollout < policy.rollouts.size(), "no such rollout") &&
             expect(part.first_stage <= part.last_stage &&
                        part.last_stage < policy.rollouts[part.rollout].stages.size(),
                    "no such stage");
  }
  return fail("no such scope");
}

bool Verifier::verify_policies() {
  for (std::size_t i = 0; i < program_.sources.size(); ++i) {
    const In in(*this, "source", i);
    if (!verify_source(program_.sources[i])) return false;
  }
  for (std::size_t i = 0; i < program_.roles.size(); ++i) {
    const In in(*this, "role", i);
    if (!verify_role(program_.roles[i])) return false;
  }
  for (std::size_t i = 0; i < program_.policies.size(); ++i) {
    const In in(*this, "policy", i);
    if (!verify_policy(program_.policies[i])) return false;
  }
  return true;
}

bool Verifier::verify_source(const Source& source) {
  return text(source.name) && text(source.format) && place(source.place) &&
         std::ranges::all_of(source.files, [this](StringId id) { return text(id); }) &&
         std::ranges::all_of(source.fields, [this](const SourceField& field) {
           return text(field.fact) && text(field.at) && text_or_none(field.unit);
         }) &&
         std::ranges::all_of(source.options, [this](const SourceOption& option) {
           return text(option.name) && text(option.value);
         }) &&
         std::ranges::all_of(source.queries, [this](const MetricQuery& one) { return verify_query(one); });
}

// That each hole has a fact that can be written there.
bool Verifier::verify_query(const MetricQuery& query) {
  const auto is_sound = [this](const QueryPart& part) {
    if (!text(part.text)) return false;
    if (part.hole == QueryHole::none) return true;
    if (!expect(part.input < program_.inputs.size(), "no such input")) return false;
    const CellClass cell = cell_class(program_.inputs[part.input].type);
    const bool is_text = cell == CellClass::symbol || cell == CellClass::semver || cell == CellClass::ordinal;
    const bool in_quotes = part.quote == '"' || part.quote == '\'' || part.quote == '`';
    const bool number = part.hole == QueryHole::number;
    return expect((is_text && !number) || cell == CellClass::number, "a hole that its fact does not fit") &&
           expect(in_quotes != number, "a hole without its quotes");
  };
  return expect(query.metric < program_.metrics.size(), "no such metric") && text_or_none(query.unit) &&
         place(query.place) && std::ranges::all_of(query.text, is_sound);
}

bool Verifier::is_text_input(std::uint32_t input) const {
  return input < program_.inputs.size() && program_.inputs[input].type.kind == Kind::string;
}

bool Verifier::verify_role(const Role& role) {
  if (!text(role.name) || !text_or_none(role.title) || !place(role.place)) return false;
  if (!std::ranges::all_of(role.members, [this](StringId id) { return text(id); })) return false;
  if (role.fact == kNone || is_text_input(role.fact)) return true;
  if (!expect(role.fact < program_.inputs.size() &&
                  program_.inputs[role.fact].type.kind == Kind::list,
              "members from an input that is no list")) {
    return false;
  }
  const RowTable& table = program_.row_tables[program_.inputs[role.fact].type.index];
  return expect(table.column_count == 1 &&
                    program_.columns[table.first_column].type.kind == Kind::string,
                "members that are no strings");
}

bool Verifier::verify_waiver(const Policy& policy, const Waiver& waiver) {
  if (!text(waiver.target) || !text(waiver.by) || !text(waiver.because) || !place(waiver.place)) {
    return false;
  }
  for (const std::uint32_t rule : waiver.rules) {
    if (!expect(rule < policy.rules.size(), "no such rule")) return false;
  }
  for (const std::uint32_t role : waiver.members) {
    if (!expect(role < program_.roles.size(), "no such role")) return false;
  }
  return expect(Decimal::in_range(waiver.until.raw()), "a number out of range") &&
         closed_block(waiver.scope, CellClass::boolean);
}

bool Verifier::verify_procedure_step(const ProcedureStep& step) {
  for (const StringId id : {step.name, step.title, step.owner, step.why}) {
    if (!text_or_none(id)) return false;
  }
  if (!place(step.place) || !condition_or_none(step.only_if)) return false;
  for (const TextPart& part : step.run) {
    if (!text(part.text)) return false;
    if (part.hole != kNone && !closed_block(part.hole, CellClass::symbol)) return false;
  }
  return std::ranges::all_of(step.checks,
                             [this](BlockId id) { return closed_block(id, CellClass::boolean); });
}

bool Verifier::verify_procedure(const Policy& policy, const Procedure& procedure) {
  for (const StringId id : {procedure.title, procedure.doc, procedure.owner, procedure.why,
                            procedure.evidence, procedure.severity}) {
    if (!text_or_none(id)) return false;
  }
  if (!text(procedure.id) || !place(procedure.place)) return false;
  if (!std::ranges::all_of(procedure.covers, [this](StringId id) { return text(id); })) return false;
  for (const std::uint32_t rule : procedure.rules) {
    if (!expect(rule < policy.rules.size(), "no such rule")) return false;
  }
  if (!condition_or_none(procedure.only_if)) return false;
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const In in(*this, "step", i);
    if (!verify_procedure_step(procedure.steps[i])) return false;
  }
  return true;
}

bool Verifier::verify_policy(const Policy& policy) {
  if (!text(policy.id) || !text_or_none(policy.title) || !text_or_none(policy.owner)) return false;
  if (!text_or_none(policy.doc) || !place(policy.place)) return false;
  if (!condition_or_none(policy.applies)) return false;
  if (!std::ranges::all_of(policy.parents, [this](StringId id) { return text(id); })) return false;
  for (std::size_t i = 0; i < policy.phases.size(); ++i) {
    const In in(*this, "phase", i);
    if (!verify_phase(policy.phases[i])) return false;
  }
  for (std::size_t i = 0; i < policy.rollouts.size(); ++i) {
    const In in(*this, "rollout", i);
    if (!verify_rollout(policy.rollouts[i])) return false;
  }
  for (std::size_t i = 0; i < policy.strategy.size(); ++i) {
    const In in(*this, "choice", i);
    const Choice& choice = policy.strategy[i];
    if (!expect(choice.rollout < policy.rollouts.size(), "no such rollout")) return false;
    if (!condition_or_none(choice.condition) || !place(choice.place)) return false;
  }
  if (!verify_trial(policy.trial, policy.trial_until)) return false;
  for (std::size_t i = 0; i < policy.overrides.size(); ++i) {
    const In in(*this, "override", i);
    if (!verify_override(policy.overrides[i])) return false;
  }
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const In in(*this, "rule", i);
    if (!verify_rule(policy, policy.rules[i])) return false;
  }
  for (std::size_t i = 0; i < policy.waivers.size(); ++i) {
    const In in(*this, "waiver", i);
    if (!verify_waiver(policy, policy.waivers[i])) return false;
  }
  for (std::size_t i = 0; i < policy.procedures.size(); ++i) {
    const In in(*this, "procedure", i);
    if (!verify_procedure(policy, policy.procedures[i])) return false;
  }
  for (std::size_t i = 0; i < policy.messages.size(); ++i) {
    const In in(*this, "message", i);
    if (!verify_message(policy, policy.messages[i])) return false;
  }
  for (std::size_t i = 0; i < policy.parameters.size(); ++i) {
    const In in(*this, "parameter", i);
    const std::uint32_t input = policy.parameters[i];
    if (!expect(input < program_.inputs.size() &&
                    program_.inputs[input].kind == InputKind::parameter,
                "is no input that is a parameter")) {
      return false;
    }
  }
  return true;
}

bool Verifier::verify_message_texts(const Message& message) {
  for (const StringId id : {message.doc, message.why, message.evidence, message.severity, message.owner}) {
    if (!text_or_none(id)) return false;
  }
  const auto is_text = [this](StringId id) { return text(id); };
  return text(message.name) && place(message.place) && std::ranges::all_of(message.channels, is_text) &&
         std::ranges::all_of(message.covers, is_text);
}

bool Verifier::verify_message(const Policy& policy, const Message& message) {
  if (!verify_message_texts(message)) return false;
  for (const TextPart& part : message.text) {
    if (!text(part.text)) return false;
    if (part.hole != kNone && !closed_block(part.hole, CellClass::symbol)) return false;
  }
  for (const Recipient& recipient : message.recipients) {
    if (!text(recipient.name)) return false;
    if (recipient.members == kNone) continue;
    if (!expect(recipient.is_role && recipient.members < program_.roles.size(), "no such role")) return false;
  }
  if (message.opens && !verify_anchor(*message.opens)) return false;
  if (message.closes && !verify_anchor(*message.closes)) return false;
  if (!not_negative(message.within_seconds) || !not_negative(message.every_seconds)) return false;
  const bool needs_beginning = message.closes || !message.within_seconds.is_zero();
  if (!expect(message.opens || !needs_beginning, "an end without a beginning")) return false;
  for (const std::uint32_t rule : message.rules) {
    if (!expect(rule < policy.rules.size(), "no such rule")) return false;
  }
  if (!expect(message.on_rules || message.rules.empty(), "rules that it is not about")) return false;
  return condition_or_none(message.while_true) && condition_or_none(message.only_if) &&
         verify_scope(policy, message);
}

bool Verifier::verify_trial(bool trial, const std::optional<Decimal>& until) {
  return !until || (expect(trial, "an end of no trial") &&
                    expect(Decimal::in_range(until->raw()), "a number out of range"));
}

bool Verifier::verify_part(const ScorePart& part) {
  return not_negative(part.worth) && expect(!part.worth.is_zero(), "worth nothing") &&
         closed_block(part.full, CellClass::boolean) && condition_or_none(part.half) &&
         place(part.place);
}

bool Verifier::verify_anchor(const Anchor& anchor) {
  if (!text_or_none(anchor.text)) return false;
  if (anchor.from_deployment) {
    return expect(Decimal::in_range(anchor.offset_seconds.raw()), "a number out of range");
  }
  return closed_block(anchor.block, CellClass::number);
}

bool Verifier::verify_phase(const Phase& phase) {
  if (!text(phase.name) || !text_or_none(phase.title) || !place(phase.place)) return false;
  if (!expect(phase.kind <= PhaseKind::during, "no such kind of phase")) return false;
  if (!verify_anchor(phase.opens)) return false;
  if (!expect(phase.closes || phase.kind == PhaseKind::from, "never closes")) return false;
  if (phase.closes && !verify_anchor(*phase.closes)) return false;
  return condition_or_none(phase.only_if);
}

bool Verifier::verify_stage(const Stage& stage) {
  if (!text(stage.name) || !place(stage.place) || !condition_or_none(stage.only_if)) return false;
  if (!text_or_none(stage.title) || !text_or_none(stage.run)) return false;
  if (stage.share) {
    if (!not_negative(*stage.share)) return false;
    if (!expect(*stage.share <= Decimal::from_int64(1), "a share above 1")) return false;
  }
  if (stage.bake_seconds && !not_negative(*stage.bake_seconds)) return false;
  if (stage.at_most_seconds && !not_negative(*stage.at_most_seconds)) return false;
  if (!not_negative(stage.settle_seconds)) return false;
  return expect(stage.at_most_outcome == Missing::rollback || stage.at_most_outcome == Missing::fail,
                "a bake that lasts too long ends in rollback or no-go");
}

bool Verifier::verify_rollout(const Rollout& rollout) {
  if (!text(rollout.name) || !text_or_none(rollout.title) || !place(rollout.place)) return false;
  for (std::size_t i = 0; i < rollout.stages.size(); ++i) {
    const In in(*this, "stage", i);
    if (!verify_stage(rollout.stages[i])) return false;
  }
  return true;
}

bool Verifier::verify_override(const Override& change) {
  return text(change.what) && text(change.target) && text_or_none(change.because) &&
         text_or_none(change.from) && text_or_none(change.to) && place(change.place);
}

bool Verifier::verify_rule_texts(const Rule& rule) {
  for (const StringId id : {rule.title, rule.doc, rule.why, rule.evidence, rule.severity, rule.owner}) {
    if (!text_or_none(id)) return false;
  }
  const auto is_text = [this](StringId id) { return text(id); };
  return text(rule.id) && place(rule.place) && std::ranges::all_of(rule.covers, is_text) &&
         std::ranges::all_of(rule.waivable_by, is_text);
}

bool Verifier::verify_rule(const Policy& policy, const Rule& rule) {
  if (!verify_rule_texts(rule) || !verify_scope(policy, rule)) return false;
  if (!expect(rule.kind <= RuleKind::score, "no such kind of rule")) return false;
  if (!condition_or_none(rule.only_if)) return false;
  if (!expect(rule.each == kNone || (rule.each < program_.metrics.size() &&
                                     program_.metrics[rule.each].label_set != kNone),
              "each series of what has one")) {
    return false;
  }
  for (const std::uint32_t change : rule.overrides) {
    if (!expect(change < policy.overrides.size(), "no such override")) return false;
  }
  if (!verify_trial(rule.trial, rule.trial_until)) return false;
  if (!expect(rule.parts.empty() == (rule.kind != RuleKind::score), "a score and its parts")) return false;
  for (std::size_t i = 0; i < rule.parts.size(); ++i) {
    const In in(*this, "part", i);
    if (!verify_part(rule.parts[i])) return false;
  }
  if (!expect(!rule.clauses.empty(), "has no clause")) return false;
  if (!expect(rule.gate <= Gate::decide, "no such gate")) return false;
  if (rule.gate != Gate::none) {
    const bool of_one_stage = rule.scope == Scope::stages && rule.first_stage == rule.last_stage;
    if (!expect(of_one_stage, "a gate that is not of one stage")) return false;
    for (const Clause& clause : rule.clauses) {
      if (!expect(clause.verb == Verb::confirm, "a gate that is no sign-off")) return false;
    }
  }
  for (std::size_t i = 0; i < rule.clauses.size(); ++i) {
    const In in(*this, "clause", i);
    if (!verify_clause(rule.clauses[i])) return false;
  }
  return true;
}

bool Verifier::verify_clause(const Clause& clause) {
  if (!expect(clause.verb <= Verb::confirm, "no such verb") || !place(clause.place)) return false;
  for (const Missing missing : {clause.if_missing, clause.if_baseline_missing, clause.if_empty}) {
    if (!expect(missing <= Missing::rollback, "no such answer to what is missing")) return false;
  }
  if (!not_negative(clause.missing_for_seconds)) return false;
  if (!not_negative(clause.baseline_missing_for_seconds)) return false;
  if (clause.verb != Verb::confirm) return closed_block(clause.condition, CellClass::boolean);
  if (!expect(clause.condition == kNone, "a confirm has no condition")) return false;
  const Confirm& confirm = clause.confirm;
  if (!expect(confirm.count > 0, "a confirm by nobody") || !text_or_none(confirm.role)) return false;
  if (!expect(confirm.members == kNone || confirm.members < program_.roles.size(), "no such role") ||
      !not_negative(confirm.within_seconds)) {
    return false;
  }
  for (const std::uint32_t input : confirm.other_than) {
    if (!expect(is_text_input(input), "other than an input that is no string")) return false;
  }
  return true;
}

}  // namespace dpol::program
