#include "compiler/doc/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace dpol::doc {
namespace {

using compiler::CheckedClause;
using compiler::CheckedOverride;
using compiler::CheckedRule;
using compiler::Condition;
using program::Missing;
using program::RuleKind;
using program::Scope;
using program::Verb;

bool judged_from_deployment(const CheckedRule& rule) {
  return std::ranges::any_of(rule.clauses,
                             [](const CheckedClause& c) { return c.condition.reads_metrics; }) ||
         std::ranges::all_of(rule.clauses,
                             [](const CheckedClause& c) { return c.verb == Verb::rollback; });
}

bool same_absences(const CheckedClause& a, const CheckedClause& b) {
  return a.if_missing == b.if_missing && a.missing_for_seconds == b.missing_for_seconds &&
         a.if_baseline_missing == b.if_baseline_missing &&
         a.baseline_missing_for_seconds == b.baseline_missing_for_seconds && a.if_empty == b.if_empty;
}

std::string_view missing_text(Missing missing) {
  switch (missing) {
    case Missing::unknown:
      return "";
    case Missing::pass:
      return "passes";
    case Missing::warn:
      return "warns";
    case Missing::hold:
      return "holds";
    case Missing::fail:
      return "fails";
    case Missing::rollback:
      return "rolls back";
  }
  return "";
}

struct Spoken {
  std::string label;
  Tone tone;
};

Spoken spoken(const CheckedRule& rule, const CheckedClause& clause) {
  switch (clause.verb) {
    case Verb::require:
      if (clause.or_rollback) return {"Requires, else rolls back", Tone::rollback};
      return {"Requires", Tone::require};
    case Verb::warn:
      return {"Warns when", Tone::warn};
    case Verb::hold:
      return {"Holds when", Tone::hold};
    case Verb::rollback:
      return {"Rolls back when", Tone::rollback};
    case Verb::confirm:
      break;
  }
  switch (rule.gate) {
    case program::Gate::none:
      return {"Confirmed by", Tone::person};
    case program::Gate::enter:
      return {"Entered once confirmed by", Tone::person};
    case program::Gate::leave:
      return {"Left once confirmed by", Tone::person};
    case program::Gate::decide:
      return {"Decided by", Tone::person};
  }
  return {"", Tone::none};
}

// What a rule without a title is called.
Text title_of(const CheckedRule& rule, const compiler::CheckedPolicy& policy) {
  if (!is_blank(rule.title)) return {strong(rule.title)};
  const auto stage = [&](std::string_view what) -> Text {
    const compiler::CheckedStage& stage = policy.rollouts[rule.rollout].stages[rule.first_stage];
    return {strong(fmt::format("{} stage {}", what, stage.name))};
  };
  switch (rule.gate) {
    case program::Gate::enter:
      return stage("Entering");
    case program::Gate::leave:
      return stage("Leaving");
    case program::Gate::decide:
      return stage("What becomes of");
    case program::Gate::none:
      break;
  }
  const std::string& name = rule.kind == RuleKind::threshold ? rule.group : rule.path;
  return {code(name.substr(name.rfind('.') + 1))};
}

}  // namespace

Text change_text(const CheckedOverride& change) {
  const std::string name = change.target.substr(change.target.find('.') + 1);
  Text text;
  if (change.what == "set") {
    text = {plain("sets "), code(name), plain(" to "), code(change.to)};
    if (!change.from.empty()) append(text, {plain(", it was "), code(change.from)});
  } else if (change.what == "drop") {
    text = {plain("drops "), code(name), plain(": "), code(change.from)};
  } else {
    text = {plain("replaces "), code(name),         plain(": "),
            code(change.to),    plain(", it was "), code(change.from)};
  }
  if (change.because.empty()) {
    text.push_back(plain("; no reason is given"));
  } else {
    text.push_back(plain("; because “" + change.because + "”"));
  }
  return text;
}

RulesOf::RulesOf(const compiler::Checked& checked, const compiler::CheckedPolicy& policy,
                 Anchors& anchors)
    : checked_(checked), policy_(policy), anchors_(policy.rules.size()) {
  for (const Statement& statement : where([](const CheckedRule&) { return true; })) {
    const std::string anchor = anchors.of(policy.rule_id(policy.rules[statement.rules.front()]));
    for (const std::uint32_t rule : statement.rules) anchors_[rule] = anchor;
  }
}

// Of a threshold the rules differ in their verbs alone, unless one of them was replaced.
bool RulesOf::same_statement(const CheckedRule& a, const CheckedRule& b) const {
  const bool one_threshold =
      a.kind == RuleKind::threshold && b.kind == RuleKind::threshold && a.group == b.group;
  return one_threshold && a.scope == b.scope && a.title == b.title && a.doc == b.doc &&
         a.why == b.why && a.evidence == b.evidence && a.severity == b.severity &&
         a.owner == b.owner && a.waivable_by == b.waivable_by && a.covers == b.covers &&
         a.only_if.text == b.only_if.text && a.needs.text == b.needs.text &&
         a.is_final == b.is_final && a.trial == b.trial && a.trial_until == b.trial_until &&
         a.policy == b.policy && same_absences(a.clauses.front(), b.clauses.front());
}

template <class Test>
std::vector<Statement> RulesOf::where(Test test) const {
  std::vector<Statement> statements;
  for (std::uint32_t i = 0; i < policy_.rules.size(); ++i) {
    const CheckedRule& rule = policy_.rules[i];
    if (!test(rule)) continue;
    if (!statements.empty() &&
        same_statement(policy_.rules[statements.back().rules.front()], rule)) {
      statements.back().rules.push_back(i);
    } else {
      statements.push_back({{i}});
    }
  }
  return statements;
}

std::vector<Statement> RulesOf::at_any_time() const {
  return where([](const CheckedRule& rule) {
    return rule.scope == Scope::policy && !judged_from_deployment(rule);
  });
}

std::vector<Statement> RulesOf::from_deployment() const {
  return where([](const CheckedRule& rule) {
    return rule.scope == Scope::policy && judged_from_deployment(rule);
  });
}

std::vector<Statement> RulesOf::of_phase(std::uint32_t phase) const {
  return where([phase](const CheckedRule& rule) {
    return rule.scope == Scope::phase && rule.phase == phase;
  });
}

std::vector<Statement> RulesOf::of_rollout(std::uint32_t rollout) const {
  return where([rollout](const CheckedRule& rule) {
    return rule.scope == Scope::rollout && rule.rollout == rollout;
  });
}

std::vector<Statement> RulesOf::of_stages(std::uint32_t rollout, std::uint32_t first,
                                          std::uint32_t last) const {
  return where([=](const CheckedRule& rule) {
    return rule.scope == Scope::stages && rule.rollout == rollout && rule.first_stage == first &&
           rule.last_stage == last;
  });
}

Run RulesOf::link(std::uint32_t rule) const {
  return code(policy_.rules[rule].path, anchors_[rule]);
}

Entries RulesOf::entries(const std::vector<Statement>& statements) const {
  Entries entries;
  for (const Statement& statement : statements) entries.push_back(entry(statement));
  return entries;
}

Entry RulesOf::entry(const Statement& statement) const {
  const CheckedRule& rule = policy_.rules[statement.rules.front()];
  const bool several = statement.rules.size() > 1;
  Entry entry;
  entry.anchor = anchors_[statement.rules.front()];
  entry.id = policy_.id + "." + (several ? rule.group : rule.path);
  entry.title = title_of(rule, policy_);
  if (rule.is_final) entry.marks.emplace_back("final");
  if (rule.trial) {
    entry.marks.push_back(rule.trial_until ? "on trial until " + moment(*rule.trial_until)
                                           : "on trial");
  }
  if (!rule.doc.empty()) entry.lines.push_back({"About", words(rule.doc), Tone::none});
  if (rule.only_if) entry.lines.push_back({"Only if", {code(rule.only_if.text)}, Tone::none});
  for (const compiler::CheckedPart& part : rule.parts) {
    Text text = {code(part.full.text)};
    if (part.half) append(text, {plain("; half of it for "), code(part.half.text)});
    entry.lines.push_back({"Worth " + part.worth.to_string(), std::move(text), Tone::none});
  }
  for (const std::uint32_t index : statement.rules)
    clauses(policy_.rules[index], several, entry.lines);
  options(rule, entry.lines);
  origin(statement, entry.lines);
  return entry;
}

void RulesOf::clauses(const CheckedRule& rule, bool one_of_several, Lines& lines) const {
  for (const CheckedClause& clause : rule.clauses) {
    auto [label, tone] = spoken(rule, clause);
    Text text = clause.verb == Verb::confirm ? approval_text(clause.approval, checked_)
                                             : Text{code(clause.condition.text)};
    // What a waiver, a test or a report calls this one.
    if (one_of_several) append(text, {plain(" · "), code(rule.path.substr(rule.group.size() + 1))});
    lines.push_back({std::move(label), std::move(text), tone});
  }
}

void RulesOf::options(const CheckedRule& rule, Lines& lines) const {
  if (rule.each != program::kNone) {
    lines.push_back({"For each", listed_code(checked_.metrics[rule.each].labels), Tone::none});
  }
  if (rule.needs) lines.push_back({"Counts only if", {code(rule.needs.text)}, Tone::none});
  absences(rule, lines);
  const auto line = [&lines](std::string_view label, const std::string& text) {
    if (!text.empty()) lines.push_back({std::string(label), words(text), Tone::none});
  };
  line("Why", rule.why);
  line("Evidence", rule.evidence);
  line("Severity", rule.severity);
  if (rule.owner != policy_.owner) line("Owner", rule.owner);
  if (!rule.covers.empty()) lines.push_back({"Covers", listed_code(rule.covers), Tone::none});
  if (!rule.waivable_by.empty()) {
    lines.push_back({"Waivable by", listed_code(rule.waivable_by), Tone::person});
  }
  if (rule.trial) line("On trial", "it is judged and reported, and decides nothing");
}

// They are said once for a rule, and held by each of its clauses.
void RulesOf::absences(const CheckedRule& rule, Lines& lines) const {
  if (rule.clauses.empty()) return;
  const CheckedClause& clause = rule.clauses.front();
  const auto line = [&](std::string_view label, Missing missing, std::string_view more = "") {
    if (missing == Missing::unknown) return;
    lines.push_back(
        {std::string(label), words(std::string(missing_text(missing)).append(more)), Tone::none});
  };
  const auto grace = [](const program::Decimal& seconds) {
    return seconds.is_zero() ? std::string() : " once that has lasted " + duration(seconds);
  };
  line("If it cannot be known", clause.if_missing, grace(clause.missing_for_seconds));
  line("If the baseline is missing", clause.if_baseline_missing,
       grace(clause.baseline_missing_for_seconds));
  line("If the list is empty", clause.if_empty);
}

void RulesOf::origin(const Statement& statement, Lines& lines) const {
  const CheckedRule& first = policy_.rules[statement.rules.front()];
  if (first.policy != policy_.id) {
    lines.push_back({"Comes from", {code(first.policy)}, Tone::none});
  }
  std::set<std::uint32_t> changes;
  for (const std::uint32_t rule : statement.rules)
    changes.insert(policy_.rules[rule].overrides.begin(), policy_.rules[rule].overrides.end());
  for (const std::uint32_t index : changes) {
    const CheckedOverride& change = policy_.overrides[index];
    Text text = {code(change.policy), plain(" ")};
    append(text, change_text(change));
    lines.push_back({"Changed", std::move(text), Tone::change});
  }
}

}  // namespace dpol::doc
