#include "compiler/policies.h"
#include "compiler/clauses.h"

#include <algorithm>
#include <utility>

#include "runtime/program/quantity.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;
using program::Scope;

namespace {

bool is_tail(std::string_view whole, std::string_view tail) {
  return whole == tail || (whole.size() > tail.size() && whole.ends_with(tail) &&
                           whole[whole.size() - tail.size() - 1] == '.');
}

bool reads_param(const Expr& expr, std::uint32_t param) {
  if (expr.op == ExprOp::parameter && expr.index == param) return true;
  return std::ranges::any_of(expr.args,
                             [param](const ExprPtr& arg) { return reads_param(*arg, param); });
}

bool reads_param(const CheckedRule& rule, std::uint32_t param) {
  if (rule.only_if && reads_param(*rule.only_if.expr, param)) return true;
  return std::ranges::any_of(rule.clauses, [param](const CheckedClause& clause) {
    return clause.condition && reads_param(*clause.condition.expr, param);
  });
}

// What it did not inherit is the policy's own.
void sign(CheckedPolicy& policy) {
  for (CheckedRule& rule : policy.rules)
    if (rule.policy.empty()) rule.policy = policy.id;
}

// A rollout that is not for this release is not chosen either.
void put_conditions_of_rollouts(CheckedPolicy& policy) {
  if (policy.strategy.empty() && policy.rollouts.size() == 1 && policy.rollouts[0].only_if)
    policy.strategy.push_back({0, {}, policy.rollouts[0].place});
  for (CheckedChoice& choice : policy.strategy) {
    choice.condition = both_conditions(choice.condition, policy.rollouts[choice.rollout].only_if);
  }
}

}  // namespace

// ------------------------------------------------------------------------------------ all of them

void Policies::build_all() {
  check_messages_of_files();
  for (PolicyInfo& info : services_.names.policies()) build(info, 0);
  apply_waivers_of_files();
  apply_procedures_of_files();
  say_messages_about_nothing();
  services_.checked.policies = judged();
}

const Module& Policies::module_of(const Built& built) const {
  return services_.modules.all()[built.info->module];
}

Place Policies::place(const Built& built, const ast::View& view) const {
  return module_of(built).place(view);
}

ExprScope Policies::scope_of(Built& built, std::set<std::string> present) const {
  ExprScope scope;
  scope.module = built.info->module;
  scope.params = &built.params;
  scope.messages = &built.message_names;
  scope.present = std::move(present);
  return scope;
}

Policies::Built* Policies::build(PolicyInfo& info, std::size_t depth) {
  auto& slot = built_[&info];
  if (!slot) {
    slot = std::make_unique<Built>();
    slot->info = &info;
  }
  Built& built = *slot;
  if (built.state == Built::State::done) return &built;
  if (built.state != Built::State::fresh) return nullptr;
  built.state = Built::State::building;
  if (!inherit(built, depth)) {
    built.state = Built::State::broken;
    return nullptr;
  }
  finish(built);
  sign(built.policy);
  built.state = Built::State::done;
  return &built;
}

void Policies::finish(Built& built) {
  const std::vector<ast::Statement> statements = built.info->node.statements();
  add_names_of_messages(built, statements);
  // What changes the inherited comes first, so that what is added may rest on it.
  for (const ast::Statement& statement : statements) {
    if (const auto param = statement.as<ast::Param>()) add_param(built, param);
  }
  for (const ast::Statement& statement : statements) {
    if (const auto set = statement.as<ast::Set>()) set_param(built, set);
  }
  add_applies(built);
  apply_overrides(built, statements);
  say_clashes(built);
  for (const CheckedRule& rule : built.policy.rules) {
    built.taken.insert(rule.path);
    built.taken.insert(rule.group);
  }
  Spot spot;
  spot.present = built.present;
  add_statements(built, statements, spot);
  add_messages(built);
  apply_waivers(built);
  link_procedures(built);
  ast::Strategy first;
  for (const ast::Statement& statement : statements) {
    const auto strategy = statement.as<ast::Strategy>();
    if (!strategy) continue;
    if (first) {
      services_.sink
          .report(Code::E0541, place(built, strategy), "a policy has one strategy", "a second one")
          .also(place(built, first).file, place(built, first).span, "the first one");
      continue;
    }
    first = strategy;
    add_strategy(built, strategy);
  }
  check_kept_baseline(built);
}

// From that day on a trial is in force.
std::optional<Decimal> Policies::trial_end(Built& built, const ast::TrialMark& mark) {
  if (!mark.until()) return std::nullopt;
  const auto end = ExprCheck(services_, scope_of(built, {}))
                       .constant(mark.until(), Type::of(Kind::time), "the end of a trial");
  return end ? std::optional(end->number) : std::nullopt;
}

const CheckedPolicy* Policies::built_policy(const PolicyInfo& info) const {
  const auto found = built_.find(&info);
  const bool whole = found != built_.end() && found->second->state == Built::State::done;
  return whole ? &found->second->policy : nullptr;
}

std::vector<CheckedPolicy> Policies::judged() {
  std::vector<CheckedPolicy> judged;
  // What lacks a value or a rule because of an error is not to blame for lacking it.
  const bool sound = !services_.sink.has_errors();
  for (const PolicyInfo& info : services_.names.policies()) {
    Built& built = *built_.at(&info);
    if (!services_.modules.all()[info.module].entry || built.state != Built::State::done) continue;
    const auto open = std::ranges::find_if(built.policy.params,
                                           [](const PolicyParam& param) { return !param.value; });
    if (open != built.policy.params.end() && !services_.options.open_parameters) {
      if (built.extended || !sound) continue;  // it is meant to be extended
      const ParamInfo& param = services_.checked.params[open->param];
      services_.sink
          .report(Code::E0506, info.place, "parameter " + quoted(param.name) + " has no value",
                  "in this policy")
          .also(param.place.file, param.place.span, "declared here, without a default")
          .suggest("set it: `set " + param.name + " = …`");
      continue;
    }
    if (built.policy.rollouts.size() > 1 && built.policy.strategy.empty()) {
      if (built.extended || !sound) continue;  // whoever extends it says which
      const CheckedRollout& second = built.policy.rollouts[1];
      services_.sink
          .report(
              Code::E0540, info.place,
              "policy " + quoted(info.name) + " has several rollouts and does not say which to use",
              "in this policy")
          .also(second.place.file, second.place.span, "the second one")
          .suggest("say when each is used: `strategy { use " + second.name + " when …  use " +
                   built.policy.rollouts[0].name + " otherwise }`");
      continue;
    }
    const bool bakes =
        std::ranges::any_of(built.policy.rollouts, [](const CheckedRollout& rollout) {
          return std::ranges::any_of(rollout.stages, [](const CheckedStage& stage) {
            return stage.bake_seconds.has_value();
          });
        });
    if (built.policy.rules.empty() && !bakes && sound) {
      services_.sink
          .report(Code::E0501, info.place, "policy " + quoted(info.name) + " has no rule",
                  "decides nothing")
          .suggest("say what must be so: `item name \"…\" require …`");
      continue;
    }
    judged.push_back(built.policy);
    put_conditions_of_rollouts(judged.back());
  }
  return judged;
}

// ------------------------------------------------------------------------------------ parameters

void Policies::add_param(Built& built, const ast::Param& node) {
  const std::string name(node.name().text());
  const Place at = place(built, node.name());
  if (const auto known = built.params.find(name); known != built.params.end()) {
    const ParamInfo& first = services_.checked.params[known->second];
    auto& diagnostic = services_.sink.report(
        Code::E0309, at, "parameter " + quoted(name) + " is declared twice", "declared again here");
    diagnostic.also(first.place.file, first.place.span, "declared here first");
    if (first.policy != built.policy.id)
      diagnostic.suggest("to give it another value: `set " + name + " = …`");
    return;
  }
  const auto type = services_.names.resolve_type(built.info->module, node.type(), name);
  if (!type) return services_.names.set_broken(name);
  if (type->kind == Kind::list || type->kind == Kind::map || type->kind == Kind::record) {
    services_.sink.report(
        Code::E0426, place(built, node.type()),
        "a parameter is one value, and this is " + services_.names.type_text(*type));
    return services_.names.set_broken(name);
  }
  ParamInfo param;
  param.name = name;
  param.policy = built.policy.id;
  param.type = *type;
  param.title = title_of(built, node.title());
  param.doc = node.doc();
  param.place = at;
  const auto constant = [&](const ast::Expr& expr, std::string_view what) {
    ExprScope scope = scope_of(built, {});
    scope.no_metrics = "a parameter's value cannot depend on metrics";
    return ExprCheck(services_, std::move(scope)).constant(expr, *type, what);
  };
  if (const auto range = node.range().as<ast::RangeExpr>()) {
    param.minimum = constant(range.low(), "a parameter's range");
    param.maximum = constant(range.high(), "a parameter's range");
    if (!type->is_numeric() && param.minimum && param.maximum) {
      services_.sink.report(Code::E0426, place(built, range),
                            services_.names.type_text(*type) + " has no range");
      param.minimum.reset();
      param.maximum.reset();
    } else if (param.minimum && param.maximum && param.minimum->number > param.maximum->number) {
      services_.sink.report(Code::E0423, place(built, range), "this range begins above its end",
                            "an empty range");
      param.minimum.reset();
      param.maximum.reset();
    }
  }
  if (node.default_value()) {
    // Without a default that fits it still is a parameter: no second message for that.
    param.fallback = constant(node.default_value(), "parameter " + quoted(name));
    if (param.fallback)
      check_param_range(param, *param.fallback, place(built, node.default_value()));
  }
  const auto index = static_cast<std::uint32_t>(services_.checked.params.size());
  built.params.emplace(name, index);
  built.policy.params.push_back({index, param.fallback, at});
  services_.checked.params.push_back(std::move(param));
}

// Says so where the value is outside.
bool Policies::check_param_range(const ParamInfo& param, const Constant& value, const Place& at) {
  const bool below = param.minimum && value.number < param.minimum->number;
  const bool above = param.maximum && value.number > param.maximum->number;
  if (!below && !above) return true;
  const auto text = [&](const Constant& constant) {
    return constant_text(constant, param.type, services_.checked.types);
  };
  const std::string least = param.minimum ? text(*param.minimum) : "";
  const std::string most = param.maximum ? text(*param.maximum) : "";
  auto& diagnostic = services_.sink.report(
      Code::E0507, at, text(value) + " lies outside of the range of " + quoted(param.name),
      "must be within " + least + ".." + most);
  if (at.span.begin != param.place.span.begin) {
    diagnostic.also(param.place.file, param.place.span, "declared here, with its range");
  }
  return false;
}

void Policies::set_param(Built& built, const ast::Set& node) {
  const std::vector<ast::Segment> path = node.target().segments();
  if (path.empty()) return;
  const std::string name(path.back().text);
  const Place at = place(built, node.target());
  const auto known = built.params.find(name);
  if (known == built.params.end()) {
    auto& diagnostic =
        services_.sink.report(Code::E0322, at, "there is no parameter " + quoted(name));
    std::vector<std::string> names;
    for (const auto& [param, index] : built.params) names.push_back(param);
    suggest_nearest(diagnostic, at, name, names);
    if (diagnostic.help.empty() && !names.empty())
      diagnostic.suggest("there are " + list_of(names));
    return;
  }
  const ParamInfo param = services_.checked.params[known->second];
  if (param.policy == built.policy.id) {
    services_.sink
        .report(Code::E0322, at, "parameter " + quoted(name) + " is this policy's own", "set here")
        .also(param.place.file, param.place.span, "declared here")
        .suggest("give it its value where it is declared: `param " + name + " … = …`");
    return;
  }
  ExprScope scope = scope_of(built, {});
  scope.no_metrics = "a parameter's value cannot depend on metrics";
  const auto value = ExprCheck(services_, std::move(scope))
                         .constant(node.value(), param.type, "parameter " + quoted(name));
  if (!value || !check_param_range(param, *value, place(built, node.value()))) return;

  CheckedPolicy& policy = built.policy;
  const auto own = std::ranges::find(policy.params, known->second, &PolicyParam::param);
  if (!built.set_here.insert(known->second).second) {
    services_.sink.report(Code::E0309, at, "parameter " + quoted(name) + " is set twice", "again")
        .also(own->place.file, own->place.span, "set here first");
    return;
  }
  CheckedOverride change;
  change.what = "set";
  change.target = param.policy + "." + name;
  change.because = because_text(built, node.because());
  change.from = own->value ? constant_text(*own->value, param.type, services_.checked.types) : "";
  change.to = constant_text(*value, param.type, services_.checked.types);
  change.place = at;
  change.policy = policy.id;
  own->value = *value;
  own->place = at;
  link_param(policy, known->second, static_cast<std::uint32_t>(policy.overrides.size()));
  policy.overrides.push_back(std::move(change));
}

void Policies::link_param(CheckedPolicy& policy, std::uint32_t param,
                          std::uint32_t override_index) {
  for (CheckedRule& rule : policy.rules) {
    const bool known =
        std::ranges::find(rule.overrides, override_index) != rule.overrides.end();
    if (!known && reads_param(rule, param)) rule.overrides.push_back(override_index);
  }
}

std::string Policies::because_text(Built& built, const ast::Because& because) {
  return because ? plain_string(services_, built.info->module, because.string()) : "";
}

void Policies::add_applies(Built& built) {
  for (const ast::Statement& statement : built.info->node.statements()) {
    const auto applies = statement.as<ast::Applies>();
    if (!applies) continue;
    ExprScope scope = scope_of(built, built.present);
    scope.no_candidate = "whether a policy applies cannot depend on the candidate's metrics";
    scope.no_windows = "whether a policy applies is asked at one moment: it has no window";
    const Condition condition = ExprCheck(services_, std::move(scope))
                                    .condition(applies.condition(), ConditionUse::only_if);
    if (!condition) continue;
    add_present(*condition.expr, true, built.present);
    built.applies.push_back(condition);
    built.policy.applies = both_conditions(built.policy.applies, condition);
  }
}

// ------------------------------------------------------------------------------------ overrides

std::vector<std::size_t> Policies::find_rules(const CheckedPolicy& policy,
                                              const std::string& tail) {
  std::string_view name = tail;
  if (name.starts_with(policy.id + ".")) name.remove_prefix(policy.id.size() + 1);
  std::vector<std::size_t> exact;
  std::vector<std::size_t> loose;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const CheckedRule& rule = policy.rules[i];
    if (rule.path == name || rule.group == name) exact.push_back(i);
    if (is_tail(rule.path, name) || is_tail(rule.group, name)) loose.push_back(i);
  }
  return exact.empty() ? loose : exact;
}

std::vector<std::size_t> Policies::find_targets(Built& built, const std::string& name,
                                                const Place& at) {
  const CheckedPolicy& policy = built.policy;
  if (services_.sink.is_full()) return {};
  if (policy.parents.empty()) {
    services_.sink.report(Code::E0509, at,
                          "this policy extends none: it has nothing to change or drop");
    return {};
  }
  std::vector<std::size_t> found = find_rules(policy, name);
  if (found.empty() && built.rules_missing) return {};
  if (found.empty()) {
    auto& diagnostic =
        services_.sink.report(Code::E0503, at, "there is no inherited rule " + quoted(name));
    std::vector<std::string> names;
    add_rule_names(policy, false, names);
    suggest_nearest(diagnostic, at, name, names);
    return {};
  }
  std::vector<std::string> groups;
  for (const std::size_t i : found) {
    if (std::ranges::find(groups, policy.rules[i].group) == groups.end())
      groups.push_back(policy.rules[i].group);
  }
  if (groups.size() > 1) {
    services_.sink.report(Code::E0504, at, quoted(name) + " fits several rules", "which one?")
        .suggest("say more of it: " + list_of(groups));
    return {};
  }
  for (const std::size_t i : found) {
    const CheckedRule& rule = policy.rules[i];
    if (!rule.is_final) continue;
    services_.sink
        .report(Code::E0505, at, quoted(rule.path) + " is final: nobody may change or drop it")
        .also(rule.place.file, rule.place.span, "declared `final` here");
    return {};
  }
  return found;
}

void Policies::apply_overrides(Built& built, const std::vector<ast::Statement>& statements) {
  for (const ast::Statement& statement : statements) {
    switch (statement.kind()) {
      case NodeKind::Drop:
        drop_rules(built, statement.as<ast::Drop>());
        break;
      case NodeKind::Replace:
        replace_rules(built, statement.as<ast::Replace>());
        break;
      case NodeKind::Phase:
        apply_overrides(built, statement.as<ast::Phase>().statements());
        break;
      case NodeKind::Rollout:
        apply_overrides(built, statement.as<ast::Rollout>().statements());
        break;
      case NodeKind::Stage:
        apply_overrides(built, statement.as<ast::Stage>().statements());
        break;
      case NodeKind::FromStage:
        apply_overrides(built, statement.as<ast::FromStage>().statements());
        break;
      case NodeKind::Stages:
        apply_overrides(built, statement.as<ast::Stages>().statements());
        break;
      case NodeKind::Step:
        apply_overrides(built, statement.as<ast::Step>().statements());
        break;
      default:
        break;
    }
  }
}

namespace {

std::string lines_of(const CheckedPolicy& policy, const std::vector<std::size_t>& rules) {
  std::string text;
  for (const std::size_t i : rules)
    text.append(text.empty() ? "" : "; ").append(policy.rules[i].line);
  return text;
}

// What the rules are called together: the group if all of it is meant. Two parents may have one of the same path.
const std::string& name_of(const CheckedPolicy& policy, const std::vector<std::size_t>& rules) {
  const CheckedRule& first = policy.rules[rules.front()];
  const bool one_path = std::ranges::all_of(
      rules, [&](std::size_t i) { return policy.rules[i].path == first.path; });
  return one_path ? first.path : first.group;
}

std::string target_of(const CheckedPolicy& policy, const std::vector<std::size_t>& rules) {
  return policy.id + "." + name_of(policy, rules);
}

void erase_rules(CheckedPolicy& policy, const std::vector<std::size_t>& rules) {
  for (auto at = rules.rbegin(); at != rules.rend(); ++at) {
    policy.rules.erase(policy.rules.begin() + static_cast<std::ptrdiff_t>(*at));
  }
}

}  // namespace

void Policies::drop_rules(Built& built, const ast::Drop& node) {
  if (!node.target() || node.has_error()) return;
  const std::vector<std::size_t> rules =
      find_targets(built, node.target().joined(), place(built, node.target()));
  if (rules.empty()) return;
  CheckedPolicy& policy = built.policy;
  policy.overrides.push_back({"drop", target_of(policy, rules), because_text(built, node.because()),
                              lines_of(policy, rules), "", place(built, node), policy.id});
  Dropped& dropped = built.dropped.emplace_back();
  dropped.change = policy.overrides.back().place;
  for (const std::size_t i : rules)
    dropped.rules.emplace_back(policy.rules[i].path, policy.rules[i].place);
  erase_rules(policy, rules);
}

void Policies::replace_rules(Built& built, const ast::Replace& node) {
  const ast::Rule rule = node.rule();
  if (!rule || node.has_error()) return;
  const auto threshold = rule.as<ast::Threshold>();
  ast::View named = node.target();
  std::string name = node.target().joined();
  if (!node.target()) {
    named = threshold && !threshold.subjects().empty() ? ast::View(threshold.subjects()[0])
                                                       : ast::View(rule.name());
    name = named.text();
  }
  const std::vector<std::size_t> targets = find_targets(built, name, place(built, named));
  if (targets.empty()) return;
  CheckedPolicy& policy = built.policy;
  const CheckedRule old = policy.rules[targets.front()];

  Spot spot;
  spot.scope = old.scope;
  spot.phase = old.phase;
  spot.rollout = old.rollout;
  spot.first_stage = old.first_stage;
  spot.last_stage = old.last_stage;
  spot.present = built.present;
  spot.only_if = old.around;
  std::vector<CheckedRule> rules = rules_of(built, rule, spot);
  if (rules.empty()) return;
  const std::string own_group = rules.front().group;
  const std::string name_kept = name_of(policy, targets);
  if (std::ranges::any_of(rules,
                          [&](const CheckedRule& other) { return other.group != own_group; })) {
    services_.sink.report(Code::E0504, place(built, rule), "one rule is replaced by one",
                          "several thresholds at once");
    return;
  }
  const auto change = static_cast<std::uint32_t>(policy.overrides.size());
  CheckedOverride entry{"replace",
                        target_of(policy, targets),
                        because_text(built, node.reason()),
                        lines_of(policy, targets),
                        "",
                        place(built, node),
                        built.policy.id};
  for (CheckedRule& added : rules) {
    // It keeps the name it is known by.
    added.path = name_kept + added.path.substr(own_group.size());
    added.group = old.group;
    added.overrides.push_back(change);
    entry.to.append(entry.to.empty() ? "" : "; ").append(added.line);
  }
  policy.overrides.push_back(std::move(entry));
  erase_rules(policy, targets);
  policy.rules.insert(policy.rules.begin() + static_cast<std::ptrdiff_t>(targets.front()),
                      std::make_move_iterator(rules.begin()), std::make_move_iterator(rules.end()));
}

// ------------------------------------------------------------------------------------ statements

void Policies::add_statements(Built& built, const std::vector<ast::Statement>& statements,
                              const Spot& spot) {
  for (const ast::Statement& statement : statements) {
    if (!statement.has_error()) add_statement(built, statement, spot);
  }
}

void Policies::add_statement(Built& built, const ast::Statement& statement, const Spot& spot) {
  switch (statement.kind()) {
    case NodeKind::Phase:
      return add_phase(built, statement.as<ast::Phase>());
    case NodeKind::Rollout:
      return add_rollout(built, statement.as<ast::Rollout>());
    case NodeKind::Item:
    case NodeKind::Threshold:
    case NodeKind::StandingRule:
    case NodeKind::Score:
      return add_rules(built, rules_of(built, statement.as<ast::Rule>(), spot));
    case NodeKind::UseBaseline:
      return use_baseline(built, statement.as<ast::UseBaseline>());
    case NodeKind::Message:
      built.own_messages.push_back({statement.as<ast::Message>(), spot});
      return;
    case NodeKind::Procedure:
      return add_procedure(built, statement.as<ast::Procedure>(), spot);
    case NodeKind::Waiver:
      built.waivers.push_back(
          {built.info->module, statement.as<ast::Waiver>(), built.info, spot.prefix});
      return;
    default:
      return;  // what was dealt with before, and stages, which their rollout reads
  }
}

void Policies::use_baseline(Built& built, const ast::UseBaseline& node) {
  const Place at = place(built, node);
  if (built.baseline) {
    services_.sink.report(Code::E0547, at, "this policy already says which baseline it means", "again")
        .also(built.baseline->file, built.baseline->span, "the first one");
    return;
  }
  built.baseline = at;
  built.policy.baseline = node.name().text();
}

bool Policies::is_taken(Built& built, const CheckedRule& rule) {
  if (!built.taken.contains(rule.path) && !built.taken.contains(rule.group)) return false;
  const auto& rules = built.policy.rules;
  const auto twin = std::ranges::find_if(rules, [&](const CheckedRule& other) {
    return other.path == rule.path || other.group == rule.group;
  });
  if (twin == rules.end()) return false;
  auto& diagnostic = services_.sink.report(
      Code::E0502, rule.place, "there already is a rule " + quoted(rule.group) + " in this policy",
      "again");
  diagnostic.also(twin->place.file, twin->place.span, "the first one");
  diagnostic.suggest(
      twin->place.file != rule.place.file || !built.policy.parents.empty()
          ? "to change the inherited one: `replace …`; to have both, name this one with `as`"
          : "give one of them another name; a threshold takes one by `as`");
  return true;
}

void Policies::add_rules(Built& built, std::vector<CheckedRule> rules) {
  auto& all = built.policy.rules;
  if (all.size() + rules.size() > program::kMaxRules) {
    if (!rules.empty()) {
      services_.sink.report(
          Code::E0523, built.policy.place,
          "more than " + std::to_string(program::kMaxRules) + " rules in one policy");
    }
    return;
  }
  for (const CheckedRule& rule : rules) {
    if (is_taken(built, rule)) return;
  }
  for (CheckedRule& rule : rules) {
    built.taken.insert(rule.path);
    built.taken.insert(rule.group);
    all.push_back(std::move(rule));
  }
}

std::string Policies::title_of(Built& built, const ast::Title& title) {
  if (!title) return {};
  for (const ast::StringPart& part : title.parts()) {
    if (!part.hole) continue;
    services_.sink.report(Code::E0450, place(built, title),
                          "this text is the same for every release: it has no holes",
                          "a hole is filled in when a release is judged");
    break;
  }
  return title.value();
}

}  // namespace dpol::compiler
