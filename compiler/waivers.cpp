// Waivers: who answers for which rules, for which releases and until when.

#include <algorithm>
#include <iterator>
#include <utility>

#include "compiler/clauses.h"
#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;

// Those of the policy itself and of its parents, on the rules as they are in this policy.
void Policies::apply_waivers(Built& built) {
  for (const WaiverNode& waiver : built.waivers) {
    if (!waiver.node.target() || waiver.node.has_error()) continue;
    const std::string name = waiver.node.target().joined();
    const Place at = services_.modules.all()[waiver.module].place(waiver.node.target());
    const std::vector<std::size_t> rules = rules_of_waiver(built.policy, waiver);
    if (rules.empty()) {
      if (waiver.policy != built.info || built.rules_missing) continue;  // the rule was dropped
      const std::string where =
          waiver.prefix.empty() ? "this policy"
                                : quoted(waiver.prefix.substr(0, waiver.prefix.size() - 1));
      auto& diagnostic = services_.sink.report(Code::E0706, at, where + " has no rule " + quoted(name));
      std::vector<std::string> names;
      add_rule_names(built.policy, false, names);
      suggest_nearest(diagnostic, at, name, names);
      continue;
    }
    if (is_one_rule(built.policy, rules, at, name)) add_waiver(built, waiver, rules);
  }
}

// One that stands in a phase or rollout is for the rules that stand there, too.
std::vector<std::size_t> Policies::rules_of_waiver(const CheckedPolicy& policy,
                                                   const WaiverNode& waiver) {
  std::vector<std::size_t> rules = find_rules(policy, waiver.prefix + waiver.node.target().joined());
  std::erase_if(rules, [&](std::size_t i) { return !policy.rules[i].path.starts_with(waiver.prefix); });
  return rules;
}

// Those that stand outside of policies: for every policy that has the rule.
void Policies::apply_waivers_of_files() {
  for (std::size_t i = 0; i < services_.modules.all().size(); ++i) {
    const Module& module = services_.modules.all()[i];
    for (const auto& declaration : ast::File(*module.syntax).declarations()) {
      const WaiverNode waiver{i, declaration.as<ast::Waiver>(), nullptr, {}};
      if (!waiver.node || waiver.node.has_error() || !waiver.node.target()) continue;
      const std::string name = waiver.node.target().joined();
      const Place at = module.place(waiver.node.target());
      bool found = false;
      bool whole = true;
      std::vector<std::string> names;
      for (const PolicyInfo& info : services_.names.policies()) {
        const Built& built = *built_.at(&info);
        whole = whole && built.state == Built::State::done && !built.rules_missing;
        if (built.state != Built::State::done) continue;
        add_rule_names(built.policy, true, names);
      }
      for (PolicyInfo& info : services_.names.policies()) {
        Built& built = *built_.at(&info);
        if (built.state != Built::State::done) continue;
        const std::vector<std::size_t> rules = find_rules(built.policy, name);
        if (rules.empty()) continue;
        found = true;
        if (!is_one_rule(built.policy, rules, at, name) || !add_waiver(built, waiver, rules)) break;
      }
      if (found || !whole) continue;
      auto& diagnostic =
          services_.sink.report(Code::E0706, at, "no policy has a rule " + quoted(name));
      suggest_nearest(diagnostic, at, name, names);
    }
  }
}

bool Policies::is_one_rule(const CheckedPolicy& policy, const std::vector<std::size_t>& rules,
                           const Place& at, const std::string& name) {
  std::vector<std::string> groups;
  for (const std::size_t i : rules) {
    if (std::ranges::find(groups, policy.rules[i].group) == groups.end())
      groups.push_back(policy.rules[i].group);
  }
  if (groups.size() == 1) return true;
  services_.sink.report(Code::E0504, at, quoted(name) + " fits several rules", "which one?")
      .suggest("say more of it: " + list_of(groups));
  return false;
}

bool Policies::add_waiver(Built& built, const WaiverNode& waiver,
                          const std::vector<std::size_t>& rules) {
  const std::optional<CheckedWaiver> checked = waiver_head(waiver);
  if (!checked) return false;
  // Parts of a threshold that were replaced may be waived by others.
  std::vector<CheckedWaiver> by_roles;
  for (const std::size_t i : rules) {
    const CheckedRule& rule = built.policy.rules[i];
    if (!may_waive(waiver, rule, checked->by)) return false;
    auto of_roles = std::ranges::find(by_roles, rule.waivable_by, &CheckedWaiver::roles);
    if (of_roles == by_roles.end()) {
      of_roles = by_roles.insert(by_roles.end(), *checked);
      of_roles->roles = rule.waivable_by;
    }
    of_roles->rules.push_back(static_cast<std::uint32_t>(i));
  }
  std::ranges::move(by_roles, std::back_inserter(built.policy.waivers));
  return true;
}

// A waiver of everything, for ever, by nobody or for nothing is no waiver.
std::optional<CheckedWaiver> Policies::waiver_head(const WaiverNode& waiver) {
  const ast::Waiver& node = waiver.node;
  const Place at = services_.modules.all()[waiver.module].place(node.target());
  const auto lacks = [&](const char* what, const char* help) {
    services_.sink
        .report(Code::E0705, at, std::string("this waiver does not say ") + what, "too broad")
        .suggest(help);
    return std::nullopt;
  };
  if (node.matches().empty()) return lacks("for which releases", "`for service \"…\"`");
  if (!node.until()) return lacks("until when", "`until 2026-12-31`");
  if (!node.by()) return lacks("who answers for it", "`by \"a name\"`");
  if (!node.because()) return lacks("why", "`because \"…\"`");
  CheckedWaiver checked;
  checked.target = node.target().joined();
  checked.place = at;
  checked.by = plain_string(services_, waiver.module, node.by());
  checked.because = plain_string(services_, waiver.module, node.because().string());
  if (checked.by.empty() || checked.because.empty())
    return lacks("who answers for it and why", "a name and a reason, not empty");
  ExprScope scope;
  scope.module = waiver.module;
  const auto until = ExprCheck(services_, std::move(scope))
                         .constant(node.until(), Type::of(Kind::time), "the end of a waiver");
  if (!until) return std::nullopt;
  checked.until = until->number;
  checked.scope = waiver_scope(waiver);
  if (!checked.scope) return std::nullopt;
  return checked;
}

// `for service "checkout", environment production` as `service == "checkout" and …`.
Condition Policies::waiver_scope(const WaiverNode& waiver) {
  const Module& module = services_.modules.all()[waiver.module];
  Condition all;
  for (const ast::WaiverMatch& match : waiver.node.matches()) {
    const std::string path = match.fact().joined();
    const Place at = module.place(match.fact());
    const auto fact = services_.names.fact(path);
    if (!fact) {
      if (services_.names.is_broken(path)) return {};
      auto& diagnostic = services_.sink.report(Code::E0301, at, "there is no fact " + quoted(path));
      suggest_nearest(diagnostic, at, path, services_.names.fact_paths());
      return {};
    }
    const Type type = services_.checked.facts[*fact].type;
    if (type.kind == Kind::list || type.kind == Kind::map) {
      services_.sink.report(Code::E0415, at,
                            quoted(path) + " is " + services_.names.type_text(type) +
                                ", and a waiver is for one value");
      return {};
    }
    ExprScope scope;
    scope.module = waiver.module;
    const auto value = ExprCheck(services_, std::move(scope))
                           .constant(match.value(), type, "what a waiver is for");
    if (!value) return {};
    Expr left;
    left.op = ExprOp::fact;
    left.type = type;
    left.index = *fact;
    left.place = at;
    Expr right;
    right.type = type;
    right.constant = *value;
    right.known = *value;
    right.closed = true;
    right.place = module.place(match.value());
    Expr same;
    same.op = ExprOp::equal;
    same.type = Type::of(Kind::boolean);
    same.place = at;
    same.size = 3;
    same.depth = 2;
    same.args = {std::make_shared<const Expr>(std::move(left)),
                 std::make_shared<const Expr>(std::move(right))};
    Condition condition;
    condition.expr = std::make_shared<const Expr>(std::move(same));
    condition.text = path + " == " + constant_text(*value, type, services_.checked.types);
    condition.place = at;
    all = both_conditions(all, condition);
  }
  return all;
}

bool Policies::may_waive(const WaiverNode& waiver, const CheckedRule& rule, const std::string& by) {
  const Place at = services_.modules.all()[waiver.module].place(waiver.node.target());
  if (rule.waivable_by.empty()) {
    services_.sink.report(Code::E0703, at, "nobody may waive " + quoted(rule.path))
        .also(rule.place.file, rule.place.span, "it does not say `waivable by`");
    return false;
  }
  std::vector<const RoleInfo*> roles;
  std::vector<std::string> members;
  for (const std::string& name : rule.waivable_by) {
    const RoleInfo* role = services_.names.role(name);
    if (role == nullptr || role->members.empty()) return true;  // known once a release is judged
    roles.push_back(role);
    members.insert(members.end(), role->members.begin(), role->members.end());
  }
  if (std::ranges::find(members, by) != members.end()) return true;
  const Place who = services_.modules.all()[waiver.module].place(waiver.node.by());
  auto& diagnostic =
      services_.sink.report(Code::E0704, who,
                            quoted(by) + (roles.size() > 1 ? " is none of " : " is no ") + list_of(rule.waivable_by) + ", who may waive this");
  for (const RoleInfo* role : roles)
    diagnostic.also(role->place.file, role->place.span, "the members");
  suggest_nearest(diagnostic, who, by, members);
  return false;
}

}  // namespace dpol::compiler
