#include "compiler/clauses.h"

#include <utility>

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;

namespace {

// "T - 48h" as "T-48h".
std::string tight(std::string text) {
  for (const std::string_view sign : {" - ", " + "}) {
    for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign)) {
      text.replace(at, sign.size(), sign.substr(1, 1));
    }
  }
  return text;
}

}  // namespace

std::string word_of(Services& services, std::size_t module, const ast::Expr& expr) {
  if (const auto literal = expr.as<ast::LiteralExpr>(); literal && literal.is_string())
    return plain_string(services, module, literal);
  if (const auto path = expr.as<ast::PathExpr>()) return path.joined();
  if (expr && !expr.has_error()) {
    services.sink.report(Code::E0415, services.modules.all()[module].place(expr),
                         "a name or a quoted text stands here", "neither");
  }
  return {};
}

void describe(Services& services, std::size_t module, const ast::Body& node, CheckedAbout& about) {
  if (node.why()) about.why = plain_string(services, module, node.why().string());
  if (node.owner()) about.owner = word_of(services, module, node.owner().expression());
  if (node.severity()) about.severity = word_of(services, module, node.severity().expression());
  for (const ast::Evidence& evidence : node.evidence()) {
    about.evidence.append(about.evidence.empty() ? "" : "; ")
        .append(word_of(services, module, evidence.expression()));
  }
  for (const ast::Covers& covers : node.covers()) {
    for (const ast::LiteralExpr& id : covers.ids())
      about.covers.push_back(plain_string(services, module, id));
  }
}

bool known_role(Services& services, const std::string& role, const Place& at,
                std::string_view otherwise) {
  const auto& roles = services.names.roles();
  if (roles.empty() || services.names.has_role(role)) return true;
  std::vector<std::string> names;
  for (const auto& [name, declared] : roles) names.push_back(name);
  auto& diagnostic = services.sink.report(Code::E0320, at, "there is no role " + quoted(role));
  suggest_nearest(diagnostic, at, role, names);
  if (diagnostic.help.empty())
    diagnostic.suggest("declare it: `role " + role + "`" + std::string(otherwise));
  return false;
}

bool only_if_of(Services& services, const ExprScope& scope, const ast::Body& node,
                std::set<std::string>& present, Condition& all) {
  bool sound = true;
  for (const ast::OnlyIf& clause : node.only_if()) {
    ExprScope own = scope;
    own.present = present;
    own.no_candidate =
        "`only if` says which releases this is for: it cannot depend on the candidate's metrics";
    own.no_windows = "`only if` is asked at one moment: it has no window";
    const Condition condition = ExprCheck(services, std::move(own))
                                    .condition(clause.expression(), ConditionUse::only_if);
    sound = sound && condition;
    if (!condition) continue;
    add_present(*condition.expr, true, present);
    all = both_conditions(all, condition);
  }
  return sound;
}

std::optional<CheckedAnchor> anchor_of(Services& services, ExprScope scope, const ast::Expr& expr,
                                       std::string_view no_metrics, std::string_view what) {
  scope.no_metrics = no_metrics;
  scope.may_be_absent = true;  // then what has its time by it is not for this release
  const Condition time =
      ExprCheck(services, std::move(scope)).typed(expr, Type::of(Kind::time), what);
  if (!time) return std::nullopt;
  CheckedAnchor anchor;
  anchor.text = tight(time.text);
  if (const auto offset = offset_from_deployment(*time.expr)) {
    anchor.offset_seconds = *offset;
  } else {
    anchor.from_deployment = false;
    anchor.time = time;
  }
  return anchor;
}

std::optional<Decimal> offset_from_deployment(const Expr& expr) {
  if (expr.op == ExprOp::deployed_at) return Decimal();
  if (expr.op != ExprOp::add && expr.op != ExprOp::subtract) return std::nullopt;
  const bool swapped = expr.op == ExprOp::add && expr.args[0]->known;
  const Expr& base = *expr.args[swapped ? 1 : 0];
  const Expr& moved = *expr.args[swapped ? 0 : 1];
  const auto inner = offset_from_deployment(base);
  if (!inner || !moved.known) return std::nullopt;
  Decimal result;
  const bool fits = expr.op == ExprOp::add ? Decimal::add(*inner, moved.known->number, result)
                                           : Decimal::sub(*inner, moved.known->number, result);
  return fits ? std::optional(result) : std::nullopt;
}

void add_rule_names(const CheckedPolicy& policy, bool from_outside,
                    std::vector<std::string>& names) {
  for (const CheckedRule& rule : policy.rules) {
    if (from_outside) names.push_back(policy.rule_id(rule));
    names.push_back(rule.path);
    names.push_back(rule.path.substr(rule.path.rfind('.') + 1));
    names.push_back(rule.group.substr(rule.group.rfind('.') + 1));
  }
}

}  // namespace dpol::compiler
