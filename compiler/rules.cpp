// Rules: items, thresholds and standing rules, with their clauses.

#include <algorithm>
#include <utility>

#include "compiler/clauses.h"
#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;
using program::Missing;
using program::RuleKind;
using program::Verb;

namespace {

Verb verb_of(ast::Verb verb) {
  switch (verb) {
    case ast::Verb::Require:
      return Verb::require;
    case ast::Verb::Warn:
      return Verb::warn;
    case ast::Verb::Hold:
      return Verb::hold;
    case ast::Verb::Rollback:
      return Verb::rollback;
  }
  return Verb::require;
}

Missing missing_of(ast::Outcome outcome) {
  switch (outcome) {
    case ast::Outcome::Pass:
      return Missing::pass;
    case ast::Outcome::Warn:
      return Missing::warn;
    case ast::Outcome::Hold:
      return Missing::hold;
    case ast::Outcome::Fail:
    case ast::Outcome::NoGo:
      return Missing::fail;
    case ast::Outcome::Rollback:
      return Missing::rollback;
    default:
      return Missing::unknown;
  }
}

template <class Test>
bool any_node(const Expr& expr, const Test& test) {
  return test(expr) ||
         std::ranges::any_of(expr.args, [&](const ExprPtr& arg) { return any_node(*arg, test); });
}

bool reads_reference(const Expr& expr) {
  return any_node(expr, [](const Expr& node) {
    return node.op == ExprOp::baseline ||
           (is_measured(node.op) && node.track == program::Track::stable);
  });
}

}  // namespace

namespace {

// What all rules get once their clauses are there.
void complete(CheckedRule& rule, const Condition& around) {
  for (const CheckedClause& clause : rule.clauses)
    rule.line.append(rule.line.empty() ? "" : "; ").append(clause_line(clause));
  rule.around = around;
  rule.only_if = both_conditions(around, rule.only_if);
}

}  // namespace

const char* verb_name(Verb verb) {
  switch (verb) {
    case Verb::require:
      return "require";
    case Verb::warn:
      return "warn";
    case Verb::hold:
      return "hold";
    case Verb::rollback:
      return "rollback";
    case Verb::confirm:
      return "confirm";
  }
  return "";
}

std::string clause_line(const CheckedClause& clause) {
  if (clause.verb == Verb::confirm) {
    const std::string who = clause.approval.role.empty() ? "anybody" : clause.approval.role;
    return "confirm by " + std::to_string(clause.approval.count) + " " + who;
  }
  const std::string when = clause.verb == Verb::require ? " " : " when ";
  return verb_name(clause.verb) + when + clause.condition.text +
         (clause.or_rollback ? " else rollback" : "");
}

bool Policies::too_many_clauses(Built& built, const ast::Rule& node, std::size_t subjects) {
  const std::size_t clauses = node.verbs().size() + node.confirms().size();
  if (clauses <= kMaxClauses && clauses * subjects <= program::kMaxRules) return false;
  services_.sink.report(Code::E0523, place(built, node), "more clauses than one rule can have");
  built.rules_missing = true;
  return true;
}

std::vector<CheckedRule> Policies::rules_of(Built& built, const ast::Rule& node, const Spot& spot) {
  if (!node || node.has_error() || services_.sink.is_full()) return {};
  const auto several = node.as<ast::Threshold>();
  if (too_many_clauses(built, node, several ? several.subjects().size() : 1)) return {};
  std::vector<CheckedRule> rules;
  if (const auto item_node = node.as<ast::Item>()) rules = item(built, item_node, spot);
  if (const auto threshold_node = node.as<ast::Threshold>())
    rules = threshold(built, threshold_node, spot);
  if (const auto standing_node = node.as<ast::StandingRule>())
    rules = standing(built, standing_node, spot);
  if (const auto score_node = node.as<ast::Score>()) rules = score(built, score_node, spot);
  for (CheckedRule& rule : rules) complete(rule, spot.only_if);
  return rules;
}

// What stands in a stage itself is one rule, called as the stage is.
void Policies::own_rule(Built& built, const ast::Body& node, const Spot& spot) {
  const ast::Rule body(node.syntax(), node.node());
  if (body.verbs().empty() && body.confirms().empty()) return;
  if (services_.sink.is_full() || too_many_clauses(built, body, 1)) return;
  CheckedRule rule = rule_head(built, body, spot);
  rule.path = spot.prefix.substr(0, spot.prefix.size() - 1);
  rule.group = rule.path;
  rule.place = place(built, node);
  ClauseContext context = clause_context(built, body, rule, spot.present, {});
  add_clauses(built, body, context, rule.clauses);
  if (rule.clauses.empty()) return;
  complete(rule, spot.only_if);
  add_rules(built, {std::move(rule)});
}

// ---------------------------------------------------------------------- what all rules have

CheckedRule Policies::rule_head(Built& built, const ast::Rule& node, const Spot& spot) {
  CheckedRule rule;
  rule.scope = spot.scope;
  rule.phase = spot.phase;
  rule.rollout = spot.rollout;
  rule.first_stage = spot.first_stage;
  rule.last_stage = spot.last_stage;
  rule.owner = spot.owner;
  rule.title = title_of(built, node.title());
  rule.is_final = node.is_final();
  rule.trial = static_cast<bool>(node.trial());
  rule.doc = node.doc();
  if (node.trial()) rule.trial_until = trial_end(built, node.trial());
  describe(services_, built.info->module, node, rule);
  waivable(built, rule, node);
  return rule;
}

// Who may waive it.
void Policies::waivable(Built& built, CheckedRule& rule, const ast::Rule& node) {
  if (const auto waivable = node.waivable_by()) {
    for (const ast::Path& path : waivable.roles()) {
      const std::string role = path.joined();
      const Place at = place(built, path);
      if (!known_role(services_, role, at)) continue;
      if (std::ranges::find(rule.waivable_by, role) != rule.waivable_by.end()) {
        services_.sink.report(Code::E0517, at, "role " + quoted(role) + " is named twice", "again");
        continue;
      }
      rule.waivable_by.push_back(role);
    }
  }
}

Condition Policies::only_if(Built& built, const ast::Body& node, std::set<std::string>& present) {
  Condition all;
  only_if_of(services_, scope_of(built, {}), node, present, all);
  return all;
}

Policies::ClauseContext Policies::clause_context(Built& built, const ast::Rule& node,
                                                 CheckedRule& rule, std::set<std::string> present,
                                                 const ast::Expr& subject) {
  ClauseContext context;
  context.scope = scope_of(built, std::move(present));
  context.scope.subject = subject;
  if (rule.each != kNone) context.scope.each = services_.checked.metrics[rule.each].label_set;
  context.node = node;
  for (const ast::Needs& needs : node.needs()) {
    ExprScope scope = context.scope;
    scope.no_windows = "what a rule needs is asked at every sample: it has no window";
    context.needs = both_conditions(
        context.needs,
        ExprCheck(services_, std::move(scope)).condition(needs.expression(), ConditionUse::needs));
  }
  rule.needs = context.needs;
  return context;
}

std::optional<CheckedClause> Policies::verb_clause(Built& built, ClauseContext& context, Verb verb,
                                                   const ast::Expr& condition,
                                                   const ast::Action& else_action,
                                                   const Place& at) {
  CheckedClause clause;
  clause.verb = verb;
  clause.place = at;
  clause.condition = ExprCheck(services_, context.scope).condition(condition, ConditionUse::clause);
  if (!clause.condition) {
    built.rules_missing = true;
    return std::nullopt;
  }
  if (else_action) else_outcome(built, clause, else_action);
  if (context.needs) {
    clause.condition.expr = with_needs(clause.condition.expr, context.needs.expr);
    clause.condition.base_metric = first_metric(*clause.condition.expr);
    clause.condition.reads_metrics = clause.condition.reads_metrics || context.needs.reads_metrics;
  }
  return clause;
}

// `require C else hold` is `hold when not C`.
void Policies::else_outcome(Built& built, CheckedClause& clause, const ast::Action& action) {
  switch (action.outcome()) {
    case ast::Outcome::Rollback:
      clause.or_rollback = true;
      return;
    case ast::Outcome::Fail:
    case ast::Outcome::NoGo:
      return;
    case ast::Outcome::Hold:
    case ast::Outcome::Warn:
      break;
    default:
      services_.sink.report(Code::E0517, place(built, action),
                            "a requirement that passes either way says nothing", "no effect");
      return;
  }
  clause.verb = action.outcome() == ast::Outcome::Hold ? Verb::hold : Verb::warn;
  clause.condition = not_condition(clause.condition);
}

// `if missing …` and its sisters, once for all clauses of a rule.
void Policies::absences(Built& built, const ast::Rule& node, std::vector<CheckedClause>& clauses) {
  const auto no_effect = [&](const ast::View& view, const std::string& why) {
    services_.sink.report(Code::E0517, place(built, view), why, "no effect");
  };
  const auto any_clause = [&](const auto& test) {
    return std::ranges::any_of(clauses, [&](const CheckedClause& clause) {
      return clause.condition && any_node(*clause.condition.expr, test);
    });
  };
  if (const auto missing = node.if_missing()) {
    const bool judged =
        std::ranges::any_of(clauses, [](const CheckedClause& c) { return bool(c.condition); });
    if (!clauses.empty() && !judged)
      no_effect(missing, "a sign-off is pending until it is given, never missing");
    const Decimal grace =
        seconds(built, missing.grace(), "the time that something may be missing", true)
            .value_or(Decimal());
    for (CheckedClause& clause : clauses) {
      clause.if_missing = missing_of(missing.action().outcome());
      clause.missing_for_seconds = grace;
    }
  }
  if (const auto missing = node.if_baseline_missing()) {
    const Decimal grace =
        seconds(built, missing.grace(), "the time that a baseline may be missing", true)
            .value_or(Decimal());
    if (!clauses.empty() &&
        !any_clause([](const Expr& e) {
          return is_ranking(e.op) || (e.args.empty() && reads_reference(e));
        })) {
      no_effect(missing, "this rule reads no baseline");
    }
    for (CheckedClause& clause : clauses) {
      clause.if_baseline_missing = missing_of(missing.action().outcome());
      clause.baseline_missing_for_seconds = grace;
    }
  }
  if (const auto empty = node.if_empty()) {
    if (!clauses.empty() &&
        !any_clause([](const Expr& e) { return e.op == ExprOp::every_of_some; })) {
      no_effect(empty, "this rule asks nothing of every row of a list");
    }
    for (CheckedClause& clause : clauses) clause.if_empty = missing_of(empty.action().outcome());
  }
}

// ------------------------------------------------------------------------------------ sign-offs

// Facts that name somebody; nothing, and a message, where one of them cannot.
std::optional<std::vector<std::uint32_t>> Policies::people_of(Built& built,
                                                              const std::vector<ast::Path>& paths) {
  std::vector<std::uint32_t> facts;
  for (const ast::Path& path : paths) {
    std::string name = path.joined();
    if (name.starts_with("facts.")) name.erase(0, std::string_view("facts.").size());
    const auto fact = services_.names.fact(name);
    const Place at = place(built, path);
    if (!fact) {
      if (services_.names.is_broken(name)) return std::nullopt;
      auto& diagnostic = services_.sink.report(Code::E0301, at, "there is no fact " + quoted(name));
      suggest_nearest(diagnostic, at, name, services_.names.fact_paths());
      return std::nullopt;
    }
    const Type& type = services_.checked.facts[*fact].type;
    if (type.kind != Kind::string) {
      services_.sink.report(
          Code::E0415, at,
          quoted(name) + " is " + services_.names.type_text(type) + ", not somebody's name");
      return std::nullopt;
    }
    facts.push_back(*fact);
  }
  return facts;
}

std::optional<Approval> Policies::approval_of(Built& built, const ast::Approver& approver) {
  const auto number = Decimal::parse(approver.count());
  const auto whole = number ? number->to_int64() : std::nullopt;
  constexpr std::int64_t kMostPeople = 100;
  if (!whole || *whole < 1 || *whole > kMostPeople) {
    services_.sink.report(
        Code::E0518, place(built, approver),
        "a sign-off takes from 1 to " + std::to_string(kMostPeople) + " people");
    return std::nullopt;
  }
  Approval approval;
  approval.count = static_cast<std::uint32_t>(*whole);
  approval.role = approver.role().joined();
  if (!known_role(services_, approval.role, place(built, approver.role()))) return std::nullopt;
  const RoleInfo* role = services_.names.role(approval.role);
  if (role != nullptr && !role->members.empty() && role->members.size() < approval.count) {
    services_.sink
        .report(Code::E0702, place(built, approver),
                "a sign-off by " + std::to_string(approval.count) + " of the " +
                    std::to_string(role->members.size()) + " members of " + quoted(role->name),
                "can never be given")
        .also(role->place.file, role->place.span, "its members");
    return std::nullopt;
  }
  return approval;
}

std::vector<CheckedClause> Policies::confirm_clauses(Built& built, const ast::Confirm& node) {
  CheckedClause clause;
  clause.verb = Verb::confirm;
  clause.place = place(built, node);
  clause.approval.or_not_applicable = node.may_be_not_applicable();
  const auto others = people_of(built, node.other_than());
  if (!others) return {};
  clause.approval.other_than = *others;
  if (node.within()) {
    const auto within =
        seconds(built, node.within(), "the time that a sign-off lasts", false);
    if (!within) return {};
    clause.approval.within_seconds = *within;
  }
  std::vector<CheckedClause> clauses;
  for (const ast::Approver& approver : node.approvers()) {
    const auto approval = approval_of(built, approver);
    if (!approval) return {};
    const bool twice = std::ranges::any_of(clauses, [&](const CheckedClause& other) {
      return other.approval.role == approval->role;
    });
    if (twice) {
      services_.sink.report(Code::E0518, place(built, approver),
                            "role " + quoted(approval->role) + " is asked twice", "again");
      return {};
    }
    clause.approval.count = approval->count;
    clause.approval.role = approval->role;
    clauses.push_back(clause);
  }
  if (clauses.empty()) clauses.push_back(clause);
  return clauses;
}

// ------------------------------------------------------------------------------------ gates

// `enter confirm`, `leave confirm` and `decide by` of a stage: rules that stand in it.
void Policies::add_gates(Built& built, const ast::Body& node, const Spot& spot) {
  const auto gate = [&](program::Gate kind, const char* name, const ast::View& first,
                        std::vector<CheckedClause> clauses) {
    if (clauses.empty()) return;
    CheckedRule rule;
    rule.scope = spot.scope;
    rule.rollout = spot.rollout;
    rule.first_stage = spot.first_stage;
    rule.last_stage = spot.last_stage;
    rule.kind = RuleKind::item;
    rule.gate = kind;
    rule.path = spot.prefix + name;
    rule.group = rule.path;
    rule.place = place(built, first);
    rule.clauses = std::move(clauses);
    for (const CheckedClause& clause : rule.clauses) {
      rule.line.append(rule.line.empty() ? std::string(name) + " " : "; ").append(clause_line(clause));
    }
    std::vector<CheckedRule> rules;
    rules.push_back(std::move(rule));
    add_rules(built, std::move(rules));
  };
  const auto confirms = [&](const auto& gates) {
    std::vector<CheckedClause> clauses;
    for (const auto& one : gates) {
      for (CheckedClause& clause : confirm_clauses(built, one.confirm()))
        clauses.push_back(std::move(clause));
    }
    return clauses;
  };
  const auto enter = node.children<ast::Enter>();
  const auto leave = node.children<ast::Leave>();
  const auto decide = node.child<ast::Decide>();
  if (!enter.empty()) gate(program::Gate::enter, "enter", enter.front(), confirms(enter));
  if (!leave.empty()) gate(program::Gate::leave, "leave", leave.front(), confirms(leave));
  if (!decide) return;
  std::vector<CheckedClause> clauses;
  for (const ast::Approver& approver : decide.approvers()) {
    const auto approval = approval_of(built, approver);
    if (!approval) return;
    CheckedClause clause;
    clause.verb = Verb::confirm;
    clause.place = place(built, decide);
    clause.approval = *approval;
    clauses.push_back(std::move(clause));
  }
  gate(program::Gate::decide, "decide", decide, std::move(clauses));
}

// ---------------------------------------------------------------------- kinds of rules

void Policies::add_clauses(Built& built, const ast::Rule& node, ClauseContext& context,
                           std::vector<CheckedClause>& clauses) {
  for (const ast::Clause& child : node.clauses()) {
    if (const auto verb = child.as<ast::VerbClause>()) {
      const auto clause = verb_clause(built, context, verb_of(verb.verb()), verb.condition(),
                                      verb.else_action(), place(built, verb));
      if (clause) clauses.push_back(*clause);
    } else if (const auto confirm = child.as<ast::Confirm>()) {
      for (CheckedClause& clause : confirm_clauses(built, confirm))
        clauses.push_back(std::move(clause));
    }
  }
  absences(built, node, clauses);
}

std::vector<CheckedRule> Policies::item(Built& built, const ast::Item& node, const Spot& spot) {
  CheckedRule rule = rule_head(built, node, spot);
  rule.kind = RuleKind::item;
  rule.path = spot.prefix + std::string(node.name().text());
  rule.group = rule.path;
  rule.place = place(built, node.name());
  std::set<std::string> present = spot.present;
  rule.only_if = only_if(built, node, present);
  ClauseContext context = clause_context(built, node, rule, std::move(present), {});
  add_clauses(built, node, context, rule.clauses);
  return {std::move(rule)};
}

std::vector<CheckedRule> Policies::standing(Built& built, const ast::StandingRule& node,
                                            const Spot& spot) {
  CheckedRule rule = rule_head(built, node, spot);
  const Verb verb = verb_of(node.verb());
  rule.kind = verb == Verb::rollback ? RuleKind::rollback
              : verb == Verb::hold   ? RuleKind::hold
                                     : RuleKind::item;
  rule.path = spot.prefix + std::string(node.name().text());
  rule.group = rule.path;
  rule.place = place(built, node.name());
  std::set<std::string> present = spot.present;
  rule.only_if = only_if(built, node, present);
  ClauseContext context = clause_context(built, node, rule, std::move(present), {});
  const auto clause = verb_clause(built, context, verb, node.condition(), {}, rule.place);
  if (clause) rule.clauses.push_back(*clause);
  for (const ast::Confirm& confirm : node.confirms()) {
    for (CheckedClause& sign : confirm_clauses(built, confirm))
      rule.clauses.push_back(std::move(sign));
  }
  absences(built, node, rule.clauses);
  return {std::move(rule)};
}

// ------------------------------------------------------------------------------------ scores

std::vector<CheckedRule> Policies::score(Built& built, const ast::Score& node, const Spot& spot) {
  CheckedRule rule = rule_head(built, node, spot);
  rule.kind = RuleKind::score;
  rule.path = spot.prefix + std::string(node.name().text());
  rule.group = rule.path;
  rule.place = place(built, node.name());
  std::set<std::string> present = spot.present;
  rule.only_if = only_if(built, node, present);
  ClauseContext context = clause_context(built, node, rule, std::move(present), {});
  rule.parts = parts_of(built, node, context);
  if (rule.parts.empty()) {
    built.rules_missing = true;
    return {};
  }
  const ScoreScope scored{std::string(node.name().text()), &rule.parts};
  context.scope.score = &scored;
  const auto has_window = [](const Condition& condition) {
    return condition && any_node(*condition.expr, [](const Expr& e) { return is_window(e.op); });
  };
  if (std::ranges::any_of(rule.parts, [&](const CheckedPart& part) {
        return has_window(part.full) || has_window(part.half);
      })) {
    context.scope.no_windows = "a score whose parts have windows has none of its own";
  }
  add_clauses(built, node, context, rule.clauses);
  if (node.verbs().empty()) {
    services_.sink
        .report(Code::E0546, rule.place, "this score decides nothing", "how much is needed?")
        .suggest("say what it must reach: `require >= 75%`");
  }
  if (rule.clauses.empty()) {
    built.rules_missing = true;
    return {};
  }
  return {std::move(rule)};
}

// Empty where one of them has errors.
std::vector<CheckedPart> Policies::parts_of(Built& built, const ast::Score& node,
                                            const ClauseContext& context) {
  constexpr std::size_t kMostParts = 100;
  std::vector<CheckedPart> parts;
  std::optional<bool> percent;
  bool broken = node.parts().size() > kMostParts;
  if (broken)
    services_.sink.report(Code::E0546, place(built, node),
                          "a score has at most " + std::to_string(kMostParts) + " parts");
  for (const ast::Worth& part : node.parts()) {
    if (broken) break;
    CheckedPart checked;
    checked.place = place(built, part);
    bool in_percent = false;
    const auto weight = worth(built, part.weight(), in_percent);
    checked.full =
        ExprCheck(services_, context.scope).condition(part.condition(), ConditionUse::clause);
    if (part.half()) {
      checked.half =
          ExprCheck(services_, context.scope).condition(part.half(), ConditionUse::clause);
      broken = broken || !checked.half;
    }
    broken = broken || !weight || !checked.full;
    if (broken) break;
    if (percent && *percent != in_percent) {
      services_.sink.report(Code::E0546, place(built, part.weight()),
                            "the parts of a score are all worth percentages, or all plain numbers",
                            "not as the part before");
      broken = true;
      break;
    }
    percent = in_percent;
    checked.worth = *weight;
    parts.push_back(std::move(checked));
  }
  if (broken) return {};
  return parts;
}

std::optional<Decimal> Policies::worth(Built& built, const ast::LiteralExpr& literal,
                                       bool& percent) {
  if (!literal || literal.has_error()) return std::nullopt;
  percent = literal.text().ends_with('%');
  const auto value =
      ExprCheck(services_, scope_of(built, {}))
          .constant(ast::Expr(literal.syntax(), literal.node()),
                    Type::of(percent ? Kind::ratio : Kind::number), "what a part is worth");
  if (!value) return std::nullopt;
  constexpr std::int64_t kMost = 1'000'000;
  if (value->number.sign() > 0 && value->number <= Decimal::from_int64(kMost)) return value->number;
  services_.sink.report(Code::E0546, place(built, literal),
                        "a part is worth more than nothing, and at most 1000000");
  return std::nullopt;
}

std::string Policies::threshold_name(Built& built, const ast::Threshold& node,
                                     const ast::Expr& subject) {
  if (const auto as = node.child<ast::AsClause>()) {
    if (node.subjects().size() == 1) return std::string(as.name().text());
    services_.sink.report(Code::E0516, place(built, as), "one name for several thresholds",
                          "give each a threshold of its own");
    return {};
  }
  if (const auto path = subject.as<ast::PathExpr>()) {
    std::string name = path.joined();
    for (const std::string_view prefix : {"metrics.", "facts.", "params."}) {
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
    }
    return name;
  }
  services_.sink
      .report(Code::E0516, place(built, subject), "this threshold needs a name", "not just a name")
      .suggest("give it one: `as some_name`");
  return {};
}

// The metric of the subject whose series `each` means.
std::uint32_t Policies::each_metric(Built& built, const ast::EachClause& each,
                                    const ast::Expr& subject) {
  std::vector<std::string> labels;
  for (const ast::Name& label : each.labels()) labels.emplace_back(label.text());
  if (each.has_error()) return kNone;
  std::vector<std::string> wanted = labels;
  std::ranges::sort(wanted);
  std::uint32_t named = kNone;
  const auto& tree = subject.syntax().tree;
  const lang::NodeId root = subject.node();
  for (lang::NodeId i = root + 1 - tree[root].subtree_size; i <= root; ++i) {
    if (tree[i].kind != lang::NodeKind::Path) continue;
    std::vector<ast::Segment> path = ast::PathExpr(subject.syntax(), i).segments();
    if (path.size() > 1 && path[0].text == "metrics") path.erase(path.begin());
    const auto metric = path.empty() ? std::nullopt : services_.names.metric(path[0].text);
    if (!metric) continue;
    std::vector<std::string> own = services_.checked.metrics[*metric].labels;
    std::ranges::sort(own);
    if (!own.empty() && own == wanted) return *metric;
    if (named == kNone || !own.empty()) named = *metric;
  }
  if (named == kNone) {
    services_.sink.report(Code::E0430, place(built, each), "no metric with labels is compared here",
                          "each of what?");
    return kNone;
  }
  const MetricInfo& metric = services_.checked.metrics[named];
  if (services_.names.is_broken(metric.name)) return kNone;
  const auto words = [](const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  };
  auto& diagnostic = services_.sink.report(
      Code::E0430, place(built, each),
      metric.labels.empty() ? quoted(metric.name) + " has one series, and no labels"
                            : quoted(metric.name) + " is `by " + words(metric.labels) + "`",
      "each of other labels");
  diagnostic.also(metric.place.file, metric.place.span, "declared here");
  const Place at = place(built, each);
  if (metric.labels.empty()) {
    diagnostic.suggest("if it has several: `metric " + metric.name + " … by " + words(labels) + "`");
  } else {
    const std::string all = "each " + words(metric.labels);
    diagnostic.suggest("say all of its labels: " + quoted(all), at.file, at.span, all);
  }
  return kNone;
}

// What says the same of each series is not about each.
void Policies::differs_by_series(Built& built, const ast::EachClause& each, const CheckedRule& rule,
                                 const std::vector<CheckedClause>& clauses) {
  const std::vector<MetricInfo>& metrics = services_.checked.metrics;
  const auto by_series = [&](const Expr& expr) {
    const bool one = expr.op == ExprOp::baseline ||
                     (is_measured(expr.op) && expr.op != ExprOp::all_series);
    return one && metrics[expr.index].label_set == metrics[rule.each].label_set;
  };
  for (const CheckedClause& clause : clauses) {
    if (!clause.condition || any_node(*clause.condition.expr, by_series)) continue;
    services_.sink
        .report(Code::E0430, place(built, each), "this is the same for all series", "of no use here")
        .also(clause.place.file, clause.place.span, "takes them together");
    return;
  }
}

// What was kept under a name is one value of each metric, whatever series it has.
void Policies::check_kept_baseline(Built& built) {
  const std::optional<Place>& said = built.baseline ? built.baseline : built.inherited_baseline;
  if (!said || built.policy.baseline.empty()) return;
  const std::vector<MetricInfo>& metrics = services_.checked.metrics;
  for (const CheckedRule& rule : built.policy.rules) {
    for (const CheckedClause& clause : rule.clauses) {
      const bool compares = clause.condition && any_node(*clause.condition.expr, [&](const Expr& expr) {
        return expr.op == ExprOp::baseline && metrics[expr.index].label_set != kNone;
      });
      if (!compares) continue;
      services_.sink
          .report(Code::E0420, *said,
                  "what is kept as " + quoted(built.policy.baseline) +
                      " is one value of each metric, and here each of several series has its own")
          .also(clause.place.file, clause.place.span, "compared here");
      return;
    }
  }
}

std::vector<CheckedRule> Policies::threshold(Built& built, const ast::Threshold& node,
                                             const Spot& spot) {
  std::vector<CheckedRule> rules;
  for (const ast::Expr& subject : node.subjects()) {
    CheckedRule head = rule_head(built, node, spot);
    head.kind = RuleKind::threshold;
    const std::string name = threshold_name(built, node, subject);
    if (name.empty()) {
      built.rules_missing = true;
      return {};
    }
    head.group = spot.prefix + name;
    std::set<std::string> present = spot.present;
    head.only_if = only_if(built, node, present);
    if (node.each()) {
      head.each = each_metric(built, node.each(), subject);
      if (head.each == kNone) {
        built.rules_missing = true;
        return {};
      }
    }
    ClauseContext context = clause_context(built, node, head, std::move(present), subject);

    std::vector<CheckedClause> clauses;
    add_clauses(built, node, context, clauses);
    if (node.each()) differs_by_series(built, node.each(), head, clauses);
    std::map<std::string, int> seen;
    for (CheckedClause& clause : clauses) {
      CheckedRule rule = head;
      rule.path = head.group;
      rule.place = clause.place;
      if (clauses.size() > 1) {
        const std::string verb = verb_name(clause.verb);
        const int number = ++seen[verb];
        rule.path += "." + verb + (number > 1 ? "_" + std::to_string(number) : "");
      }
      rule.clauses.push_back(std::move(clause));
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

}  // namespace dpol::compiler
