// dpol.report/1. The fields that docs/report.schema.json requires are always there, null where there
// is nothing to say; any other field is left out in that case.

#include <nlohmann/json.hpp>

#include "generated/version.h"
#include "runtime/reports/messages.h"
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

ordered_json sign_offs(const RuleVerdict& rule) {
  ordered_json out = ordered_json::array();
  for (const decision::SignOffVerdict& s : rule.sign_offs) {
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
  if (!rule.sign_offs.empty()) out["sign_offs"] = sign_offs(rule);
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

ordered_json procedures_json(const std::vector<decision::ProcedureVerdict>& procedures) {
  ordered_json out = ordered_json::array();
  for (const decision::ProcedureVerdict& procedure : procedures) {
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
    out.push_back(std::move(entry));
  }
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

ordered_json inputs_json(const Verdict& verdict) {
  ordered_json out = ordered_json::array();
  for (const decision::InputVerdict& input : verdict.inputs) {
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
  out["inputs"] = inputs_json(verdict);
  out["engine"] = {{"version", kVersion}};
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
