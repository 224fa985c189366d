#include "runtime/reports/change.h"

#include <algorithm>

#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Outcome;
using decision::PolicyVerdict;
using decision::RuleVerdict;

constexpr std::size_t kMostRules = 20;
constexpr std::size_t kMostLimits = 3;

// The decision that a rule alone makes.
Decision decision_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::fired: return Decision::rollback;
    case Outcome::fail: return Decision::no_go;
    case Outcome::held:
    case Outcome::pending:
    case Outcome::unknown: return Decision::hold;
    default: return Decision::go;
  }
}

// What it would take that the rule stands no more in the way.
std::string needed(const RuleVerdict& rule) {
  if (rule.outcome == Outcome::fired && rule.fired_at)
    return "fired at " + safe(*rule.fired_at) + ", and stays so for this release";
  if (rule.margin_words) return safe(*rule.margin_words) + " in " + safe(rule.margin_expr.empty() ? rule.condition : rule.margin_expr);
  std::string text;
  for (const decision::Missing& one : rule.missing) text += (text.empty() ? "" : "; ") + safe(one.reason);
  if (!text.empty()) return text;
  if (!rule.reason.empty()) text = safe(rule.reason);
  if (rule.due_at) text += (text.empty() ? "until " : ", until ") + safe(*rule.due_at);
  if (!text.empty()) return text;
  return (rule.verb == "require" ? "is not so: " : "is so: ") + safe(rule.condition);
}

std::vector<const RuleVerdict*> that_make(const PolicyVerdict& policy, Decision decision) {
  std::vector<const RuleVerdict*> rules;
  for (const RuleVerdict& rule : policy.rules) {
    if (!rule.trial && decision_of(rule.outcome) == decision && decision != Decision::go) rules.push_back(&rule);
  }
  return rules;
}

Change change(std::string heading, const std::vector<const RuleVerdict*>& rules, std::size_t most) {
  Change out{std::move(heading), {}, rules.size() - std::min(rules.size(), most)};
  for (std::size_t i = 0; i < std::min(rules.size(), most); ++i)
    out.rules.push_back(safe(rules[i]->id) + ": " + needed(*rules[i]));
  return out;
}

// How little of its limit each passing rule has left.
std::vector<Change> nearest_limits(const PolicyVerdict& policy) {
  std::vector<const RuleVerdict*> rules;
  for (const RuleVerdict& rule : policy.rules) {
    const bool passes = rule.outcome == Outcome::pass || rule.outcome == Outcome::warn;
    if (!rule.trial && passes && rule.margin_permille) rules.push_back(&rule);
  }
  if (rules.empty()) return {};
  std::ranges::stable_sort(rules, {}, [](const RuleVerdict* rule) { return *rule->margin_permille; });
  return {change("no rule stands in the way; the nearest limits", rules, kMostLimits)};
}

}  // namespace

std::vector<Change> changes(const PolicyVerdict& policy) {
  if (policy.decision == Decision::go) return nearest_limits(policy);
  std::vector<Change> out;
  bool besides = false;
  for (const Decision from : {Decision::rollback, Decision::no_go, Decision::hold}) {
    const std::vector<const RuleVerdict*> rules = that_make(policy, from);
    if (rules.empty()) continue;
    // The next milder one that some other rule makes.
    Decision to = Decision::go;
    for (const Decision milder : {Decision::no_go, Decision::hold}) {
      if (to == Decision::go && milder < from && !that_make(policy, milder).empty()) to = milder;
    }
    out.push_back(change("to " + upper(decision::name(to)) + (besides ? " without these, too" : " without these"), rules, kMostRules));
    besides = true;
  }
  return out;
}

}  // namespace dpol::reports
