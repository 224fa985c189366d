#include "runtime/program/items.h"

#include <algorithm>

namespace dpol::program {
namespace {

bool is_item(const Rule& rule) {
  return std::ranges::any_of(rule.clauses, [](const Clause& clause) { return clause.verb == Verb::confirm; });
}

bool is_tail(std::string_view whole, std::string_view tail) {
  return whole.size() > tail.size() && whole.ends_with(tail) && whole[whole.size() - tail.size() - 1] == '.';
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMostNames = 12;
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    out += (i == 0 ? "`" : i + 1 == names.size() ? " or `" : ", `") + names[i] + "`";
  }
  return names.size() > kMostNames ? out + " …" : out;
}

std::optional<std::string> wrong_answer(const Rule& rule, Answer answer) {
  if ((answer >= Answer::proceed) != (rule.gate == Gate::decide)) {
    return rule.gate == Gate::decide ? "it asks for a decision: `proceed`, `hold` or `rollback`"
                                     : "it asks for a sign-off, not for a decision";
  }
  if (answer != Answer::not_applicable) return std::nullopt;
  const bool may = std::ranges::any_of(
      rule.clauses, [](const Clause& clause) { return clause.confirm.or_not_applicable; });
  if (may) return std::nullopt;
  return "it does not say `or not applicable`, so it applies";
}

}  // namespace

std::vector<ItemRef> find_items(const Program& program, std::string_view name) {
  std::vector<ItemRef> exact;
  std::vector<ItemRef> loose;
  for (std::uint32_t p = 0; p < program.policies.size(); ++p) {
    for (std::uint32_t r = 0; r < program.policies[p].rules.size(); ++r) {
      const Rule& rule = program.policies[p].rules[r];
      if (!is_item(rule)) continue;
      const std::string& id = program.text(rule.id);
      if (id == name) exact.push_back({p, r});
      if (!name.empty() && is_tail(id, name)) loose.push_back({p, r});
    }
  }
  return exact.empty() ? loose : exact;
}

std::vector<std::string> item_names(const Program& program) {
  std::vector<std::string> names;
  for (const Policy& policy : program.policies) {
    for (const Rule& rule : policy.rules) {
      if (!is_item(rule)) continue;
      for (std::string name = program.text(rule.id);;) {
        names.push_back(name);
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos) break;
        name.erase(0, dot + 1);
      }
    }
  }
  return names;
}

std::vector<std::string> roles_of(const Program& program, const Rule& rule) {
  std::vector<std::string> roles;
  for (const Clause& clause : rule.clauses) {
    if (clause.verb != Verb::confirm) continue;
    const std::string& role = program.text(clause.confirm.role);
    if (std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
  }
  return roles;
}

std::optional<std::string> refusal(const Program& program, const Rule& rule, const SignOff& sign_off) {
  if (auto text = wrong_answer(rule, sign_off.answer)) return text;
  const std::vector<std::string> roles = roles_of(program, rule);
  const bool anybody = std::ranges::find(roles, "") != roles.end();
  if (!anybody && std::ranges::find(roles, sign_off.role) == roles.end()) {
    if (sign_off.role.empty()) return "it asks for the role " + listed(roles);
    return "it does not ask for the role `" + sign_off.role + "`, but for " + listed(roles);
  }
  const auto role = std::ranges::find(program.roles, sign_off.role,
                                      [&](const Role& one) { return program.text(one.name); });
  if (role == program.roles.end() || role->members.empty()) return std::nullopt;
  std::vector<std::string> members;
  for (const StringId member : role->members) members.push_back(program.text(member));
  if (std::ranges::find(members, sign_off.by) != members.end()) return std::nullopt;
  return "`" + sign_off.by + "` is not of the role `" + sign_off.role + "`: that is " + listed(members);
}

}  // namespace dpol::program
