// Clauses that are judged together: which covers which, and which contradict each other.

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "compiler/lint/space.h"
#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

// What a clause does when it speaks.
enum class Effect : std::uint8_t { warns, holds, fails, fails_or_rolls_back, rolls_back };

struct Judged {
  const CheckedRule* rule;
  const CheckedClause* clause;
  Effect effect;
  Region bad;   // where it speaks
  Region good;  // where it does not

  const Expr& expr() const { return *clause->condition.expr; }
  bool truth() const { return bad_truth(*clause); }
};

Effect effect_of(const CheckedClause& clause) {
  switch (clause.verb) {
    case Verb::warn:
      return Effect::warns;
    case Verb::hold:
      return Effect::holds;
    case Verb::rollback:
      return Effect::rolls_back;
    default:
      return clause.or_rollback ? Effect::fails_or_rolls_back : Effect::fails;
  }
}

// More than these in one place are compared with their neighbours only.
constexpr std::size_t kMostCompared = 100;

class Pairs {
 public:
  Pairs(const Subject& subject, Report& report) : report_(report), space_(subject.checked) {}

  void run(const CheckedPolicy& policy) {
    std::map<std::tuple<program::Scope, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                        std::string>,
             std::vector<Judged>>
        places;
    for (const CheckedRule& rule : policy.rules) {
      if (rule.trial) continue;
      const bool staged = rule.scope == program::Scope::stages;
      auto& judged = places[{rule.scope, rule.phase, rule.rollout, staged ? rule.first_stage : 0,
                             staged ? rule.last_stage : 0, rule.only_if.text}];
      for (const CheckedClause& clause : rule.clauses) add(judged, rule, clause);
    }
    for (const auto& [place, judged] : places) compare(judged);
  }

 private:
  // What can end in one way only has its own finding.
  void add(std::vector<Judged>& judged, const CheckedRule& rule, const CheckedClause& clause) {
    if (!clause.condition || clause.condition.expr->known) return;
    const bool truth = bad_truth(clause);
    Judged added{&rule, &clause, effect_of(clause), space_.where(*clause.condition.expr, truth),
                 space_.where(*clause.condition.expr, !truth)};
    if (!added.bad.is_empty() && !added.good.is_empty()) judged.push_back(std::move(added));
  }

  void compare(const std::vector<Judged>& judged) {
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const std::size_t end = std::min(judged.size(), i + kMostCompared);
      for (std::size_t j = i + 1; j < end; ++j) compare(judged[i], judged[j]);
    }
  }

  // `a` stands first.
  void compare(const Judged& a, const Judged& b) {
    if (!Space::share_variables(a.bad, b.bad) && !Space::share_variables(a.good, b.good)) return;
    if (a.effect == b.effect) {
      same_effect(a, b);
      return;
    }
    const Judged& warning = a.effect == Effect::warns ? a : b;
    const Judged& graver = a.effect == Effect::warns ? b : a;
    if (warning.effect == Effect::warns) warn_and(warning, graver);
  }

  bool within(const Judged& a, const Judged& b) {
    if (Space::both(a.bad, b.good).is_empty()) return true;
    const bool windows = compiler::is_window(a.expr().op) && compiler::is_window(b.expr().op);
    return windows && space_.implies(a.expr(), a.truth(), b.expr(), b.truth());
  }

  void warn_and(const Judged& warning, const Judged& graver) {
    if (!within(warning, graver)) return;
    const bool same = within(graver, warning);
    const Place& other = graver.clause->condition.place;
    Finding& finding = report_.add(
        same ? Rule::warning_equals_failure : Rule::dead_warning, warning.clause->condition.place,
        same ? "this warns of exactly what " + verdict(graver.effect) + " anyway"
             : "wherever this warns, `" + graver.clause->condition.text + "` already " +
                   verdict(graver.effect),
        "never the verdict");
    finding.diagnostic.also(other.file, other.span, "the graver one");
  }

  static std::string verdict(Effect effect) {
    switch (effect) {
      case Effect::holds:
        return "holds";
      case Effect::rolls_back:
        return "rolls back";
      default:
        return "fails";
    }
  }

  // Whether `kept` also does what `gone` does when nothing is known, and when a rule is waived or
  // dropped.
  static bool can_replace(const Judged& kept, const Judged& gone) {
    const CheckedClause& a = *kept.clause;
    const CheckedClause& b = *gone.clause;
    const bool as_unknown = a.if_missing == b.if_missing && a.if_empty == b.if_empty &&
                            a.missing_for_seconds == b.missing_for_seconds &&
                            a.if_baseline_missing == b.if_baseline_missing &&
                            a.baseline_missing_for_seconds == b.baseline_missing_for_seconds;
    const bool as_firm =
        (kept.rule->waivable_by.empty() || kept.rule->waivable_by == gone.rule->waivable_by) &&
        (kept.rule->is_final || !gone.rule->is_final);
    return as_unknown && as_firm;
  }

  void same_effect(const Judged& a, const Judged& b) {
    const bool a_in_b = within(a, b) && can_replace(b, a);
    const bool b_in_a = within(b, a) && can_replace(a, b);
    if (a_in_b && b_in_a) {
      covered(Rule::repeated_rule, b, a, "this asks the same as another rule", "the first one");
    } else if (a_in_b || b_in_a) {
      const Judged& inner = a_in_b ? a : b;
      const Judged& outer = a_in_b ? b : a;
      covered(Rule::covered_rule, inner, outer,
              "whenever this speaks, `" + outer.clause->condition.text + "` has already decided so",
              "the stricter one");
    } else if (a.truth() == false && Space::both(a.good, b.good).is_empty()) {
      covered(Rule::contradicting_rules, b, a,
              "`" + b.clause->condition.text + "` and `" + a.clause->condition.text +
                  "` cannot both hold",
              "the other one");
    }
  }

  void covered(Rule rule, const Judged& here, const Judged& other, std::string message,
               std::string label) {
    // One text may become several rules, such as a threshold over two metrics.
    const Place& at = here.clause->condition.place;
    const Place& there = other.clause->condition.place;
    if (at.file == there.file && at.span == there.span) return;
    report_.add(rule, at, std::move(message))
        .diagnostic.also(there.file, there.span, std::move(label));
  }

  Report& report_;
  Space space_;
};

}  // namespace

void check_pairs(const Subject& subject, Report& report) {
  Pairs pairs(subject, report);
  for (const CheckedPolicy& policy : subject.checked.policies) pairs.run(policy);
}

}  // namespace dpol::lint
