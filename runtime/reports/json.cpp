// dpol.report/1 and dpol.plan/1. The fields that docs/report.schema.json and docs/plan.schema.json require are
// always there, null where there is nothing to say; any other field is left out in that case.

#include <nlohmann/json.hpp>

#include "generated/version.h"
#include "runtime/reports/advice.h"
#include "runtime/reports/messages.h"
#include "runtime/reports/plan.h"
#include "runtime/reports/report.h"

namespace dpol::reports {
namespace {

using decision::Outcome;
using decision::OverrideVerdict;
using decision::PolicyVerdict;
using decision::RuleVerdict;
using decision::Verdict;
using nlohmann::ordered_json;

constexpr const char* kSchema = "dpol.report/1";

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json text_or_null(const std::optional<std::string>& text) {
  return text ? ordered_json(*text) : ordered_json(nullptr);
}

void add(ordered_json& out, const char* field, const std::string& text) {
  if (!text.empty()) out[field] = text;
}

void add(ordered_json& out, const char* field, const std::optional<std::string>& text) {
  if (text) out[field] = *text;
}

ordered_json location(const decision::Place& place) {
  if (place.file.empty()) return nullptr;
  if (place.line == 0) return {{"file", place.file}, {"line", nullptr}, {"column", nullptr}};
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

ordered_json summary(const std::uint32_t (&counts)[decision::kOutcomeCount]) {
  ordered_json out = ordered_json::object();
  for (std::size_t i = 0; i < decision::kOutcomeCount; ++i) {
    out[decision::name(static_cast<Outcome>(i))] = counts[i];
  }
  return out;
}

ordered_json overrides(const std::vector<OverrideVerdict>& list) {
  ordered_json out = ordered_json::array();
  for (const OverrideVerdict& o : list) {
    ordered_json entry = {{"what", o.what}, {"target", o.target}, {"because", text_or_null(o.because)}};
    add(entry, "from", o.from);
    add(entry, "to", o.to);
    entry["location"] = location(o.place);
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json observed(const std::vector<decision::Observed>& list) {
  ordered_json out = ordered_json::array();
  for (const decision::Observed& part : list) {
    out.push_back({{"expr", part.expr},
                   {"values", part.exact},
                   {"source", text_or_null(part.source)},
                   {"known", part.known},
                   {"column", part.column},
                   {"length", part.length}});
  }
  return out;
}

ordered_json missing(const std::vector<decision::Missing>& list) {
  ordered_json out = ordered_json::array();
  for (const decision::Missing& m : list) {
    out.push_back({{"name", m.name}, {"fault", m.fault}, {"reason", m.reason}, {"source", text_or_null(m.source)}});
  }
  return out;
}

ordered_json sign_offs(const std::vector<decision::SignOffVerdict>& list) {
  ordered_json out = ordered_json::array();
  for (const decision::SignOffVerdict& s : list) {
    ordered_json entry = {{"by", s.by}, {"role", text_or_null(s.role)}, {"answer", s.answer},
                          {"at", s.at}, {"counts", s.counts},           {"source", text_or_null(s.source)}};
    add(entry, "note", s.note);
    add(entry, "why_not", s.why_not);
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json parts(const RuleVerdict& rule) {
  ordered_json out = ordered_json::array();
  for (const decision::PartVerdict& part : rule.parts) {
    ordered_json entry = {{"condition", part.condition}, {"worth", part.worth}, {"earned", part.earned}};
    add(entry, "half", part.half);
    entry["observed"] = observed(part.observed);
    entry["missing"] = missing(part.missing);
    entry["location"] = location(part.place);
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json waiver_json(const std::optional<decision::WaiverVerdict>& waiver) {
  if (!waiver) return nullptr;
  ordered_json out = {{"state", waiver->state}, {"by", waiver->by}, {"until", waiver->until}, {"because", waiver->because}};
  add(out, "instead_of", waiver->instead_of);
  out["location"] = location(waiver->place);
  return out;
}

ordered_json rule_json(const RuleVerdict& rule) {
  ordered_json out = {
      {"id", rule.id},
      {"verb", rule.verb},
      {"title", text_or_null(rule.title)},
      {"outcome", decision::name(rule.outcome)},
      {"condition", text_or_null(rule.condition)},
      {"observed", observed(rule.observed)},
      {"margin", text_or_null(rule.margin)},
      {"missing", missing(rule.missing)},
      {"location", location(rule.place)},
      {"owner", text_or_null(rule.owner)},
      {"severity", text_or_null(rule.severity)},
      {"waiver", waiver_json(rule.waiver)},
      {"overrides", overrides(rule.overrides)},
  };
  if (rule.trial) out["trial"] = true;
  add(out, "trial_until", rule.trial_until);
  add(out, "score", rule.score);
  if (!rule.parts.empty()) out["parts"] = parts(rule);
  if (!rule.each.empty()) out["each"] = rule.each;
  if (!rule.series.empty()) {
    ordered_json& series = out["series"] = ordered_json::array();
    for (const decision::SeriesLabels& labels : rule.series) {
      ordered_json& one = series.emplace_back(ordered_json::object());
      for (const auto& [label, value] : labels) one[label] = value;
    }
    out["series_alike"] = rule.series_alike;
    out["series_judged"] = rule.series_judged;
  }
  add(out, "group", rule.group);
  add(out, "reason", rule.reason);
  add(out, "margin_words", rule.margin_words);
  add(out, "margin_expr", rule.margin_expr);
  add(out, "fired_at", rule.fired_at);
  add(out, "due_at", rule.due_at);
  add(out, "doc", rule.doc);
  add(out, "why", rule.why);
  add(out, "evidence", rule.evidence);
  if (!rule.covers.empty()) out["covers"] = rule.covers;
  if (!rule.sign_offs.empty()) out["sign_offs"] = sign_offs(rule.sign_offs);
  add(out, "confirm_command", rule.confirm_command);
  return out;
}

ordered_json step_json(const decision::StepVerdict& step) {
  ordered_json checks = ordered_json::array();
  for (const decision::CheckVerdict& check : step.checks) {
    checks.push_back({{"condition", check.condition},
                      {"outcome", decision::name(check.outcome)},
                      {"observed", observed(check.observed)},
                      {"missing", missing(check.missing)}});
  }
  ordered_json out = {{"name", text_or_null(step.name)},       {"title", text_or_null(step.title)},
                      {"run", text_or_null(step.run)},         {"complete", step.is_complete},
                      {"missing", missing(step.missing)},      {"checks", std::move(checks)},
                      {"location", location(step.place)}};
  add(out, "reason", step.reason);
  add(out, "owner", step.owner);
  add(out, "why", step.why);
  return out;
}

ordered_json procedure_json(const decision::ProcedureVerdict& procedure) {
  ordered_json entry = {{"id", procedure.id},
                        {"title", text_or_null(procedure.title)},
                        {"answers", procedure.answers},
                        {"owner", text_or_null(procedure.owner)},
                        {"missing", missing(procedure.missing)},
                        {"location", location(procedure.place)}};
  add(entry, "reason", procedure.reason);
  add(entry, "doc", procedure.doc);
  add(entry, "why", procedure.why);
  add(entry, "evidence", procedure.evidence);
  add(entry, "severity", procedure.severity);
  if (!procedure.covers.empty()) entry["covers"] = procedure.covers;
  ordered_json steps = ordered_json::array();
  for (const decision::StepVerdict& step : procedure.steps) steps.push_back(step_json(step));
  entry["steps"] = std::move(steps);
  return entry;
}

ordered_json procedures_json(const std::vector<decision::ProcedureVerdict>& procedures) {
  ordered_json out = ordered_json::array();
  for (const decision::ProcedureVerdict& procedure : procedures) out.push_back(procedure_json(procedure));
  return out;
}

ordered_json rollout_json(const std::optional<decision::RolloutVerdict>& rollout) {
  if (!rollout) return nullptr;
  ordered_json out = {
      {"name", rollout->name},
      {"stage", text_or_null(rollout->stage)},
      {"step", rollout->step == 0 ? ordered_json(nullptr) : ordered_json(rollout->step)},
      {"steps", rollout->steps},
      {"next", text_or_null(rollout->next)},
  };
  add(out, "stage_began_at", rollout->stage_began_at);
  add(out, "stage_title", rollout->stage_title);
  add(out, "run", rollout->run);
  add(out, "because", rollout->because);
  if (!rollout->others.empty()) out["others"] = rollout->others;
  return out;
}

ordered_json message_json(const decision::MessageVerdict& message) {
  ordered_json to = ordered_json::array();
  for (const decision::RecipientVerdict& recipient : message.recipients) {
    ordered_json entry = {{"name", recipient.name}, {"role", recipient.is_role}};
    if (!recipient.members.empty()) entry["members"] = recipient.members;
    to.push_back(std::move(entry));
  }
  ordered_json out = {{"id", message.id},
                      {"name", message.name},
                      {"state", decision::name(message.state)},
                      {"due", decision::is_due(message.state)},
                      {"text", message.text},
                      {"to", std::move(to)},
                      {"via", message.channels},
                      {"when", message.when},
                      {"missing", missing(message.missing)},
                      {"location", location(message.place)}};
  add(out, "reason", message.reason);
  add(out, "from", message.from);
  add(out, "until", message.until);
  add(out, "sent_at", message.sent_at);
  add(out, "again_at", message.again_at);
  add(out, "owner", message.owner);
  add(out, "severity", message.severity);
  add(out, "doc", message.doc);
  add(out, "why", message.why);
  add(out, "evidence", message.evidence);
  if (!message.covers.empty()) out["covers"] = message.covers;
  return out;
}

ordered_json messages_json(const PolicyVerdict& policy, Which which) {
  ordered_json out = ordered_json::array();
  for (const decision::MessageVerdict& message : *policy.messages) {
    if (is_told(message, which)) out.push_back(message_json(message));
  }
  return out;
}

ordered_json inputs_json(const std::vector<decision::InputVerdict>& inputs) {
  ordered_json out = ordered_json::array();
  for (const decision::InputVerdict& input : inputs) {
    out.push_back({{"name", input.name}, {"digest", text_or_null(input.digest)}});
  }
  return out;
}

ordered_json policy_json(const Verdict& verdict, const PolicyVerdict& policy) {
  ordered_json out = {{"schema", kSchema}};
  out["decision"] = policy.applies ? ordered_json(policy.decision_word) : ordered_json(nullptr);
  out["exit_code"] =
      policy.applies ? decision::exit_code(policy.decision) : decision::kExitNothingDecided;
  out["at"] = verdict.at;
  if (verdict.at_from_clock) out["at_from_clock"] = true;
  add(out, "deployed_at", verdict.deployed_at);
  add(out, "reason", policy.applies ? policy.decision_reason : policy.not_applicable_because);
  out["policy"] = {{"id", policy.id},
                   {"title", text_or_null(policy.title)},
                   {"digest", policy.digest},
                   {"files", policy.files}};
  add(out["policy"], "owner", policy.owner);
  if (!policy.overrides.empty()) out["policy"]["overrides"] = overrides(policy.overrides);
  out["release"] = {{"service", text_or_null(policy.service)},
                    {"version", text_or_null(policy.version)},
                    {"environment", text_or_null(policy.environment)}};
  out["rollout"] = rollout_json(policy.rollout);
  out["summary"] = summary(policy.counts);
  for (const std::uint32_t count : policy.trial_counts) {
    if (count != 0) out["trial_summary"] = summary(policy.trial_counts);
  }
  ordered_json rules = ordered_json::array();
  for (const RuleVerdict& rule : policy.rules) rules.push_back(rule_json(rule));
  out["rules"] = std::move(rules);
  if (!policy.procedures.empty()) out["procedures"] = procedures_json(policy.procedures);
  if (policy.messages) out["messages"] = messages_json(policy, Which::all);
  out["inputs"] = inputs_json(verdict.inputs);
  out["engine"] = {{"version", kVersion}};
  return out;
}

// ---- dpol.plan/1 ----

using decision::PlanState;

ordered_json because_json(const decision::Because& because) {
  if (because.condition.empty() && because.missing.empty()) return nullptr;
  return {{"condition", text_or_null(because.condition)},
          {"observed", observed(because.observed)},
          {"missing", missing(because.missing)}};
}

ordered_json limits_json(const std::vector<decision::Limit>& limits) {
  ordered_json out = ordered_json::array();
  for (const decision::Limit& limit : limits) {
    ordered_json entry = {{"comparison", limit.comparison}, {"relation", limit.relation}, {"value", text_or_null(limit.exact)}};
    add(entry, "shown", limit.value);
    add(entry, "made_of", limit.made_of);
    if (limit.measured_then) entry["measured_then"] = true;
    entry["missing"] = missing(limit.missing);
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json ask_json(const decision::Ask& ask) {
  ordered_json out = {{"count", ask.count}, {"role", text_or_null(ask.role)}};
  if (!ask.members.empty()) out["members"] = ask.members;
  add(out, "named_by", ask.named_by);
  if (!ask.other_than.empty()) out["other_than"] = ask.other_than;
  add(out, "within", ask.within);
  if (ask.or_not_applicable) out["or_not_applicable"] = true;
  add(out, "command", ask.command);
  return out;
}

ordered_json clause_json(const decision::ClausePlan& clause) {
  ordered_json out = {{"verb", clause.verb},
                      {"state", decision::name(clause.state)},
                      {"outcome", decision::name(clause.outcome)},
                      {"condition", text_or_null(clause.condition)},
                      {"limits", limits_json(clause.limits)},
                      {"observed", observed(clause.observed)},
                      {"missing", missing(clause.missing)},
                      {"location", location(clause.place)}};
  if (clause.or_rollback) out["or_rollback"] = true;
  add(out, "reason", clause.reason);
  add(out, "margin_words", clause.margin_words);
  if (clause.ask) out["ask"] = ask_json(*clause.ask);
  if (!clause.sign_offs.empty()) out["sign_offs"] = sign_offs(clause.sign_offs);
  add(out, "fired_at", clause.fired_at);
  return out;
}

ordered_json item_json(const decision::ItemPlan& item) {
  const RuleVerdict& rule = item.rule;
  ordered_json clauses = ordered_json::array();
  for (const decision::ClausePlan& clause : item.clauses) clauses.push_back(clause_json(clause));
  ordered_json out = {{"id", rule.id},
                      {"title", text_or_null(rule.title)},
                      {"task", item.is_task},
                      {"state", decision::name(item.state)},
                      {"outcome", decision::name(rule.outcome)},
                      {"because", because_json(item.because)},
                      {"clauses", std::move(clauses)},
                      {"owner", text_or_null(rule.owner)},
                      {"severity", text_or_null(rule.severity)},
                      {"waiver", waiver_json(rule.waiver)},
                      {"overrides", overrides(rule.overrides)},
                      {"location", location(rule.place)}};
  add(out, "reason", rule.reason);
  add(out, "due_at", rule.due_at);
  add(out, "gate", item.gate);
  add(out, "stage", item.stage);
  if (item.is_final) out["final"] = true;
  if (rule.trial) out["trial"] = true;
  add(out, "trial_until", rule.trial_until);
  if (!item.waivable_by.empty()) out["waivable_by"] = item.waivable_by;
  add(out, "score", rule.score);
  if (!rule.parts.empty()) out["parts"] = parts(rule);
  if (!rule.each.empty()) out["each"] = rule.each;
  add(out, "doc", rule.doc);
  add(out, "why", rule.why);
  add(out, "evidence", rule.evidence);
  if (!rule.covers.empty()) out["covers"] = rule.covers;
  return out;
}

ordered_json section_json(const decision::SectionPlan& section) {
  ordered_json items = ordered_json::array();
  for (const decision::ItemPlan& item : section.items) items.push_back(item_json(item));
  ordered_json out = {{"kind", decision::name(section.kind)},
                      {"name", text_or_null(section.name)},
                      {"title", section.title},
                      {"state", decision::name(section.state)},
                      {"from", text_or_null(section.from)},
                      {"until", text_or_null(section.until)},
                      {"because", because_json(section.because)}};
  add(out, "stages", section.stages);
  add(out, "from_at", section.from_at);
  add(out, "until_at", section.until_at);
  add(out, "reason", section.reason);
  out["items"] = std::move(items);
  return out;
}

ordered_json stage_json(const decision::StagePlan& stage) {
  ordered_json out = {{"name", stage.name}, {"title", text_or_null(stage.title)}, {"state", decision::name(stage.state)}};
  add(out, "share", stage.share);
  add(out, "bake", stage.bake);
  add(out, "at_most", stage.at_most);
  add(out, "at_most_else", stage.at_most_else);
  add(out, "settle", stage.settle);
  add(out, "run", stage.run);
  add(out, "from", stage.from);
  add(out, "from_at", stage.from_at);
  add(out, "baked_at", stage.baked_at);
  out["because"] = because_json(stage.because);
  return out;
}

ordered_json planned_procedure_json(const decision::ProcedurePlan& plan) {
  ordered_json out = procedure_json(plan.procedure);
  out["state"] = decision::name(plan.state);
  out["on"] = plan.on;
  out["because"] = because_json(plan.because);
  if (!plan.reason.empty()) out["reason"] = plan.reason;
  return out;
}

ordered_json planned_message_json(const decision::MessagePlan& plan) {
  ordered_json out = message_json(plan.message);
  add(out, "section", plan.section);
  add(out, "begins", plan.from);
  add(out, "begins_at", plan.from_at);
  return out;
}

ordered_json needs_json(const std::vector<decision::Need>& needs) {
  ordered_json out = ordered_json::array();
  for (const decision::Need& need : needs) {
    ordered_json entry = {{"name", need.missing.name},     {"fault", need.missing.fault},
                          {"reason", need.missing.reason}, {"source", text_or_null(need.missing.source)},
                          {"now", need.now},               {"rules", need.rules}};
    add(entry, "how", advice(need.missing));
    add(entry, "given_by", need.missing.given_by);
    add(entry, "format", need.format);
    if (!need.files.empty()) entry["files"] = need.files;
    out.push_back(std::move(entry));
  }
  return out;
}

ordered_json strategy_json(const decision::PolicyPlan& policy) {
  ordered_json out = ordered_json::array();
  for (const decision::ChoicePlan& choice : policy.choices) {
    out.push_back({{"rollout", choice.rollout},
                   {"title", text_or_null(choice.title)},
                   {"when", because_json(choice.when)},
                   {"holds", choice.holds},
                   {"chosen", choice.chosen}});
  }
  return out;
}

template <class List, class Write>
ordered_json all(const List& list, Write write) {
  ordered_json out = ordered_json::array();
  for (const auto& one : list) out.push_back(write(one));
  return out;
}

ordered_json plan_json(const decision::PolicyPlan& policy) {
  ordered_json out;
  out["policy"] = {{"id", policy.id}, {"title", text_or_null(policy.title)}, {"digest", policy.digest}, {"files", policy.files}};
  add(out["policy"], "owner", policy.owner);
  add(out["policy"], "doc", policy.doc);
  if (!policy.overrides.empty()) out["policy"]["overrides"] = overrides(policy.overrides);
  if (policy.trial) out["policy"]["trial"] = true;
  add(out["policy"], "trial_until", policy.trial_until);
  out["release"] = {{"service", text_or_null(policy.service)},
                    {"version", text_or_null(policy.version)},
                    {"environment", text_or_null(policy.environment)}};
  out["applies"] = policy.applies;
  out["because"] = because_json(policy.because);
  out["summary"] = ordered_json::object();
  for (std::size_t i = 0; i < decision::kPlanStateCount; ++i)
    out["summary"][decision::name(static_cast<PlanState>(i))] = policy.counts[i];
  out["rollout"] = text_or_null(policy.rollout);
  if (policy.rollout_unknown) out["rollout_unknown"] = true;
  out["strategy"] = strategy_json(policy);
  out["stages"] = all(policy.stages, stage_json);
  out["sections"] = all(policy.sections, section_json);
  out["procedures"] = all(policy.procedures, planned_procedure_json);
  out["messages"] = all(policy.messages, planned_message_json);
  out["missing"] = needs_json(policy.needs);
  return out;
}

std::string written(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string messages_as_json(const Verdict& verdict, Which which) {
  ordered_json out = {{"schema", "dpol.messages/1"}, {"at", verdict.at}};
  if (verdict.at_from_clock) out["at_from_clock"] = true;
  add(out, "deployed_at", verdict.deployed_at);
  out["messages"] = ordered_json::array();
  for (const PolicyVerdict& policy : verdict.policies) {
    if (!policy.messages) continue;
    for (ordered_json& message : messages_json(policy, which)) out["messages"].push_back(std::move(message));
  }
  return written(out);
}

std::string plan_as_json(const decision::Plan& plan) {
  ordered_json out = {{"schema", "dpol.plan/1"}, {"at", plan.at}};
  if (plan.at_from_clock) out["at_from_clock"] = true;
  out["deployed_at"] = text_or_null(plan.deployed_at);
  out["policies"] = all(plan.policies, plan_json);
  out["inputs"] = inputs_json(plan.inputs);
  out["engine"] = {{"version", kVersion}};
  return written(out);
}

std::string render_json(const Verdict& verdict, const Options&) {
  ordered_json out;
  if (verdict.policies.size() == 1) {
    out = policy_json(verdict, verdict.policies.front());
  } else {
    out["schema"] = kSchema;
    out["decision"] = verdict.any_applies ? ordered_json(verdict.decision_word) : ordered_json(nullptr);
    out["exit_code"] = verdict.exit_code;
    ordered_json policies = ordered_json::array();
    for (const PolicyVerdict& policy : verdict.policies) policies.push_back(policy_json(verdict, policy));
    out["policies"] = std::move(policies);
  }
  return written(out);
}

}  // namespace dpol::reports
