#include "compiler/check_expr.h"

#include <algorithm>
#include <utility>

#include "compiler/fold.h"
#include "runtime/program/semver.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using ast::ExprKind;
using ast::Segment;
using ast::TrackName;
using Code = lang::DiagnosticCode;
using lang::NodeId;
using program::Track;

namespace {

// How many levels the syntax of an expression has, without recursion.
std::uint32_t syntax_depth(const ast::Expr& expr) {
  struct Part {
    std::uint32_t size;
    std::uint32_t depth;
  };
  std::vector<Part> parts;
  const auto& nodes = expr.syntax().tree.nodes;
  const NodeId root = expr.node();
  for (NodeId i = root + 1 - nodes[root].subtree_size; i <= root; ++i) {
    std::uint32_t depth = 0;
    for (std::uint32_t left = nodes[i].subtree_size - 1; left > 0;) {
      left -= parts.back().size;
      depth = std::max(depth, parts.back().depth);
      parts.pop_back();
    }
    parts.push_back({nodes[i].subtree_size, depth + 1});
  }
  return parts.back().depth;
}

std::string present_key(const Expr& expr) {
  if (expr.op == ExprOp::fact) return "fact " + std::to_string(expr.index);
  if (expr.op == ExprOp::field && expr.args[0]->op == ExprOp::element) {
    return "loop " + std::to_string(expr.args[0]->index) + " " + expr.pattern;
  }
  return {};
}

std::uint32_t saturating_sum(std::uint32_t a, std::uint32_t b) {
  return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

}  // namespace

void add_present(const Expr& expr, bool truth, std::set<std::string>& present) {
  switch (expr.op) {
    case ExprOp::present:
      if (const std::string key = present_key(*expr.args[0]); truth && !key.empty()) {
        present.insert(key);
      }
      break;
    case ExprOp::negation:
      return add_present(*expr.args[0], !truth, present);
    case ExprOp::both:
    case ExprOp::either:
      if ((expr.op == ExprOp::both) != truth) return;
      add_present(*expr.args[0], truth, present);
      add_present(*expr.args[1], truth, present);
      break;
    default:
      break;
  }
}

std::string plain_string(Services& services, std::size_t module, const ast::LiteralExpr& literal) {
  if (!literal || literal.has_error()) return {};
  if (auto text = literal.plain_text()) return *std::move(text);
  services.sink.report(Code::E0450, services.modules.all()[module].place(literal),
                       "this text is the same for every release: it has no holes",
                       "a hole is filled in when a release is judged");
  return {};
}

ExprCheck::ExprCheck(Services& services, ExprScope scope)
    : services_(services), scope_(std::move(scope)) {}

// ------------------------------------------------------------------------------------ entry points

bool ExprCheck::begin(const View& expr) {
  if (!expr || expr.has_error()) return false;
  if (services_.sink.is_full() || services_.nodes > kMaxExprNodes) return false;
  root_ = expr;
  if (syntax_depth(expr) > kMaxExprDepth) {
    report(Code::E0428, expr, "this expression is nested too deeply");
    return false;
  }
  text_.emplace(expr, scope_.subject, scope_.score != nullptr ? scope_.score->name : "");
  return true;
}

Condition ExprCheck::finish(ExprPtr expr, const View& view) {
  Condition condition;
  if (!expr) return condition;
  condition.text = text_->text();
  condition.base_metric = first_metric(*expr);
  condition.reads_metrics = reads_metrics(*expr);
  condition.place = place(view);
  condition.expr = std::move(expr);
  return condition;
}

Condition ExprCheck::condition(const View& expr, ConditionUse use) {
  if (!begin(expr)) return {};
  ExprPtr checked = boolean(expr, "a condition");
  if (!checked) return {};
  if (checked->known) {
    const bool value = checked->known->boolean;
    const bool never = use == ConditionUse::only_if && !value;
    report(never ? Code::W0501 : Code::W0401, expr,
           never ? "this is never so: what it stands for never applies"
                 : "this condition is always " + std::string(value ? "true" : "false"),
           "the same whatever the inputs are");
  }
  if (use == ConditionUse::clause) checked = with_outermost_every(checked);
  return finish(checked, expr);
}

Condition ExprCheck::typed(const View& expr, const Type& want, std::string_view what) {
  if (!begin(expr)) return {};
  const ExprPtr checked = check(expr, want);
  if (!checked) return {};
  return finish(coerce(expr, checked, want, what), expr);
}

Condition ExprCheck::any(const View& expr) {
  if (!begin(expr)) return {};
  return finish(check(expr), expr);
}

std::optional<Constant> ExprCheck::constant(const View& expr, const Type& want,
                                            std::string_view what) {
  const Condition checked = typed(expr, want, what);
  if (!checked) return std::nullopt;
  if (!checked.expr->known) {
    report(Code::E0422, expr, std::string(what) + " must be the same for all inputs",
           "this depends on what is read");
    return std::nullopt;
  }
  return checked.expr->known;
}

// ------------------------------------------------------------------------------------ building

Place ExprCheck::place(const ast::View& view) const {
  if (view.kind() == lang::NodeKind::ImplicitLeft && scope_.subject) {
    return services_.modules.all()[scope_.module].place(scope_.subject);
  }
  if (at_) return {services_.modules.all()[scope_.module].place(view).file, *at_};
  return services_.modules.all()[scope_.module].place(view);
}

std::string ExprCheck::source_text(const View& e) const {
  if (e.kind() == ExprKind::ImplicitLeft && scope_.score != nullptr) return scope_.score->name;
  if (e.kind() == ExprKind::ImplicitLeft) return expr_text(scope_.subject);
  std::string text = expr_text(e);
  constexpr std::size_t kShown = 60;
  return text.size() <= kShown ? text : text.substr(0, kShown) + "…";
}

lang::Diagnostic& ExprCheck::report(Code code, const ast::View& view, std::string message,
                                    std::string label) {
  return services_.sink.report(code, place(view), std::move(message), std::move(label));
}

// Whether there is room for one more.
bool ExprCheck::count_node() {
  if (++services_.nodes <= kMaxExprNodes) return true;
  if (services_.nodes == kMaxExprNodes + 1) {
    report(Code::E0523, root_,
           "the conditions of all files together are larger than a program can be");
  }
  return false;
}

ExprPtr ExprCheck::make(const View& e, Expr expr) {
  if (!count_node()) return nullptr;
  expr.place = place(e);
  if (text_) {
    const TextSpan span = text_->span(e.node(), left_);
    expr.text_begin = span.begin;
    expr.text_length = span.length;
  }
  expr.closed = expr.op == ExprOp::constant || (!expr.args.empty() && !is_ranking(expr.op));
  for (const ExprPtr& arg : expr.args) {
    expr.size = saturating_sum(expr.size, arg->size);
    expr.depth = std::max(expr.depth, arg->depth + 1);
    expr.closed = expr.closed && arg->closed;
  }
  if (expr.size > kMaxExprSize || expr.depth > kMaxExprDepth) {
    report(Code::E0428, root_, "this expression is too large once its functions are written out");
    return nullptr;
  }
  const bool zero_divisor =
      expr.op == ExprOp::divide && expr.args[1]->known && expr.args[1]->known->number.is_zero();
  Folded folded = fold(expr);
  if (zero_divisor || folded.fault != program::Fault::none) {
    report(Code::E0421, e,
           quoted(source_text(e)) + " has no value: it " +
               program::fault_text(zero_divisor ? program::Fault::division_by_zero : folded.fault),
           "always unknown");
    return nullptr;
  }
  expr.known = std::move(folded.value);
  return std::make_shared<const Expr>(std::move(expr));
}

ExprPtr ExprCheck::node(const View& e, ExprOp op, const Type& type, std::vector<ExprPtr> args) {
  if (std::ranges::any_of(args, [](const ExprPtr& arg) { return !arg; })) return nullptr;
  Expr expr;
  expr.op = op;
  expr.type = type;
  expr.args = std::move(args);
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::number_constant(const View& e, Decimal value, const Type& type) {
  Expr expr;
  expr.type = type;
  expr.constant.number = value;
  return make(e, std::move(expr));
}

namespace {

// Of a count: nothing but units that a policy declares.
bool counts_only(const program::Dimension& dimension) {
  return dimension.exponents[program::Dimension::kTime] == 0 &&
         dimension.exponents[program::Dimension::kBytes] == 0;
}
bool rates_counts_only(const program::Dimension& dimension) {
  return dimension.exponents[program::Dimension::kTime] == -1 &&
         dimension.exponents[program::Dimension::kBytes] == 0;
}

bool literal_fits(const Expr& expr, const Type& want) {
  switch (expr.literal) {
    case Literal::none:
      return false;
    case Literal::number:
      if (want.kind == Kind::number) return true;
      if (want.kind == Kind::integer) return expr.known && expr.known->number.is_integer();
      return want.kind == Kind::quantity && counts_only(want.dimension);
    case Literal::rate:
      return want.kind == Kind::quantity && rates_counts_only(want.dimension);
    case Literal::percent:
      return want.kind == Kind::change || want.kind == Kind::ratio;
    case Literal::text:
      return want.kind == Kind::string;
  }
  return false;
}

}  // namespace

// The expression as a `want`, or nothing.
ExprPtr ExprCheck::adapt(const ExprPtr& expr, const Type& want) const {
  if (expr->type == want) return expr;
  const bool widens = expr->type.kind == Kind::integer && want.kind == Kind::number;
  if (widens || literal_fits(*expr, want)) {
    Expr retyped = *expr;
    retyped.type = want;
    return std::make_shared<const Expr>(std::move(retyped));
  }
  if (expr->literal == Literal::text && want.kind == Kind::enumeration) {
    const auto& members = services_.checked.types.enums[want.index].members;
    const auto member = std::ranges::find(members, expr->constant.text);
    if (member == members.end()) return nullptr;
    Expr value = *expr;
    value.type = want;
    value.literal = Literal::none;
    value.constant = {};
    value.constant.ordinal = static_cast<std::uint32_t>(member - members.begin());
    value.known = value.constant;
    return std::make_shared<const Expr>(std::move(value));
  }
  return nullptr;
}

ExprPtr ExprCheck::coerce(const View& e, const ExprPtr& expr, const Type& want,
                          std::string_view what) {
  if (ExprPtr fitting = adapt(expr, want)) return fitting;
  if (expr->literal == Literal::text && want.kind == Kind::enumeration) {
    return unknown_member(e, want, expr->constant.text);
  }
  auto& diagnostic = report(Code::E0415, e,
                            std::string(what) + " is " + type_text(want) + ", and " +
                                quoted(source_text(e)) + " is " + type_text(expr->type),
                            type_text(expr->type));
  const std::string text = source_text(e);
  if (want.kind == Kind::ratio && expr->literal == Literal::number) {
    diagnostic.suggest("say `" + text + "%`, or the share times 100");
  } else if (want.kind == Kind::points && expr->literal == Literal::percent &&
             text.ends_with('%')) {
    const Place at = place(e);
    const std::string points = text.substr(0, text.size() - 1) + "pp";
    diagnostic.suggest("percentage points: " + quoted(points), at.file, at.span, points);
  } else if (want.is_duration() && expr->literal == Literal::number) {
    diagnostic.suggest("say the unit: `" + text + "s`, `" + text + "m`");
  } else if (want.is_bytes() && expr->literal == Literal::number) {
    diagnostic.suggest("say the unit: `" + text + "MiB`, `" + text + "MB`");
  }
  return nullptr;
}

// ------------------------------------------------------------------------------------ dispatch

ExprPtr ExprCheck::check(const View& e, const Want& want) { return check_inner(e, want, false); }

ExprPtr ExprCheck::check_absent(const View& e) { return check_inner(e, std::nullopt, true); }

ExprPtr ExprCheck::boolean(const View& e, std::string_view what) {
  const ExprPtr expr = check(e, Type::of(Kind::boolean));
  if (!expr || expr->type.kind == Kind::boolean) return expr;
  auto& diagnostic = report(Code::E0402, e,
                            std::string(what) + " is true or false, and " + quoted(source_text(e)) +
                                " is " + type_text(expr->type),
                            type_text(expr->type));
  if (expr->op == ExprOp::sample && e.kind() == ExprKind::Path) {
    diagnostic.suggest("compare it with a limit");
  } else if (expr->type.kind == Kind::list) {
    diagnostic.suggest("say of which: `every x in " + source_text(e) + ": …`");
  }
  return nullptr;
}

ExprPtr ExprCheck::check_inner(const View& e, const Want& want, bool may_be_absent) {
  if (!e || e.has_error()) return nullptr;
  switch (e.kind()) {
    case ExprKind::Missing:
      return nullptr;
    case ExprKind::Int:
    case ExprKind::Float:
    case ExprKind::Percent:
    case ExprKind::Points:
    case ExprKind::Factor:
    case ExprKind::Quantity:
    case ExprKind::Rate:
      return quantity(e);
    case ExprKind::Date:
    case ExprKind::Semver:
    case ExprKind::String:
    case ExprKind::Query:
    case ExprKind::Regex:
    case ExprKind::Bool:
      return literal(e, want);
    case ExprKind::StartTime:
      return node(e, ExprOp::deployed_at, Type::of(Kind::time), {});
    case ExprKind::Path:
      return path(e, want, may_be_absent);
    case ExprKind::Track:
      return track(e);
    case ExprKind::ImplicitLeft:
      return implicit_left(e);
    case ExprKind::Field:
      return field(e, may_be_absent);
    case ExprKind::Index:
      return index(e, may_be_absent);
    case ExprKind::Call:
      return call(e);
    case ExprKind::Comprehension:
      return comprehension(e);
    case ExprKind::Unary:
      return unary(e);
    case ExprKind::Scale:
      return scale(e);
    case ExprKind::Binary:
      return binary(e, want);
    case ExprKind::Within:
      return within(e);
    case ExprKind::If:
      return choice(e, want);
    case ExprKind::Quantifier:
      return quantifier(e);
    case ExprKind::Window:
      return window(e);
    case ExprKind::Else:
      return otherwise(e, want);
    case ExprKind::Range:
      report(Code::E0415, e, "a range stands after `in`, `within` or `during` only", "not a value");
      return nullptr;
    case ExprKind::List:
      report(Code::E0415, e, "a list of values stands after `in` only", "not a value");
      return nullptr;
    case ExprKind::Record:
      report(Code::E0415, e, "a record stands in the facts of a test only", "not a value");
      return nullptr;
  }
  return nullptr;
}

// ------------------------------------------------------------------------------------ literals

ExprPtr ExprCheck::quantity(const View& e) {
  program::Quantity quantity;
  program::QuantityError error;
  if (!program::parse_quantity(e.text(), program::QuantityStyle::literal, services_.names, quantity,
                               error)) {
    if (error.fault == program::QuantityFault::unknown_unit) {
      auto& diagnostic = report(Code::E0304, e, "there is no unit " + quoted(error.text));
      suggest_nearest(diagnostic, place(e), error.text, services_.checked.types.units);
    } else {
      report(Code::E0425, e, "this number is out of range or has more than 18 fraction digits");
    }
    return nullptr;
  }
  Expr expr;
  expr.type = quantity.type;
  expr.constant.number = quantity.value;
  if (quantity.form == program::QuantityForm::integer ||
      quantity.form == program::QuantityForm::decimal) {
    expr.literal = Literal::number;
  } else if (quantity.form == program::QuantityForm::percent) {
    expr.literal = Literal::percent;
  } else if (quantity.type == Type::quantity(program::Dimension::per_second())) {
    expr.literal = Literal::rate;
  }
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::literal(const View& e, const Want& want) {
  const auto literal = e.as<ast::LiteralExpr>();
  Expr expr;
  switch (e.kind()) {
    case ExprKind::Bool:
      expr.type = Type::of(Kind::boolean);
      expr.constant.boolean = literal.boolean();
      return make(e, std::move(expr));
    case ExprKind::Date:
      expr.type = Type::of(Kind::time);
      expr.constant.number = Decimal::from_int64(literal.date().epoch_seconds());
      return make(e, std::move(expr));
    case ExprKind::Semver: {
      program::Semver version;
      program::TextError error;
      if (!program::Semver::parse(e.text(), version, error)) {
        report(Code::E0425, e, "this is no semantic version");
        return nullptr;
      }
      expr.type = Type::of(Kind::semver);
      expr.constant.text = version.to_string();
      return make(e, std::move(expr));
    }
    case ExprKind::String:
      return text_literal(e, want);
    default:
      break;
  }
  report(Code::E0415, e,
         e.kind() == ExprKind::Regex ? "a regular expression stands after `matches` only"
                                     : "a query stands in a source only",
         "not a value");
  return nullptr;
}

ExprPtr ExprCheck::text_literal(const View& e, const Want& want) {
  const auto text = e.as<ast::LiteralExpr>().plain_text();
  if (!text) return text_with_holes(e);
  Expr expr;
  expr.type = Type::of(Kind::string);
  expr.constant.text = *text;
  expr.literal = Literal::text;
  const ExprPtr made = make(e, std::move(expr));
  if (made && want && want->kind == Kind::enumeration) return coerce(e, made, *want, "this");
  return made;
}

// ------------------------------------------------------------------------------------ names

const ExprCheck::Local* ExprCheck::local(std::string_view name) const {
  for (auto at = locals_.rbegin(); at != locals_.rend(); ++at) {
    if (at->name == name) return &*at;
  }
  return nullptr;
}

ExprPtr ExprCheck::path(const View& e, const Want& want, bool may_be_absent) {
  return path_value(e, e.as<ast::PathExpr>().segments(), want, may_be_absent);
}

ExprPtr ExprCheck::path_value(const View& e, const std::vector<Segment>& path, const Want& want,
                              bool may_be_absent) {
  if (path.empty()) return nullptr;
  const std::string first(path[0].text);
  const std::vector<Segment> rest(path.begin() + 1, path.end());

  if (const Local* found = local(first)) {
    Expr copy = *found->value;
    copy.place = place(e);
    const TextSpan span = text_ ? text_->span(e.node(), left_) : TextSpan{};
    copy.text_begin = span.begin;
    copy.text_length = span.length;
    return fields(e, std::make_shared<const Expr>(std::move(copy)), rest, may_be_absent);
  }
  if (want && want->kind == Kind::enumeration && rest.empty()) {
    const auto& members = services_.checked.types.enums[want->index].members;
    if (std::ranges::find(members, first) != members.end())
      return enum_member(e, want->index, first);
  }
  const bool prefix = first == "facts" || first == "metrics" || first == "params";
  if (prefix && !rest.empty() && !services_.names.is_fact_group(first)) {
    return prefixed_path(e, path, may_be_absent);
  }
  if (scope_.params != nullptr) {
    if (const auto param = scope_.params->find(first); param != scope_.params->end()) {
      return param_path(e, param->second, rest);
    }
  }
  if (const auto metric = services_.names.metric(first)) return metric_path(e, *metric, rest);
  if (services_.names.fact(first) || services_.names.is_fact_group(first)) {
    return fact_path(e, path, may_be_absent);
  }
  if (first == "now" && rest.empty()) return node(e, ExprOp::now, Type::of(Kind::time), {});
  if (const auto enumeration = services_.names.enumeration(first);
      enumeration && rest.size() == 1) {
    return enum_member(e, *enumeration, rest[0].text);
  }
  return unknown_name(e, joined(path), want);
}

ExprPtr ExprCheck::prefixed_path(const View& e, const std::vector<Segment>& path,
                                 bool may_be_absent) {
  const std::vector<Segment> inner(path.begin() + 1, path.end());
  const std::vector<Segment> rest(path.begin() + 2, path.end());
  const std::string name(inner[0].text);
  if (path[0].text == "facts") return fact_path(e, inner, may_be_absent);
  if (path[0].text == "metrics") {
    if (const auto metric = services_.names.metric(name)) return metric_path(e, *metric, rest);
    auto& diagnostic = report(Code::E0301, e, "there is no metric " + quoted(name));
    suggest_nearest(diagnostic, {place(e).file, inner[0].span}, name,
                    services_.names.metric_names());
    return nullptr;
  }
  if (scope_.params != nullptr) {
    if (const auto param = scope_.params->find(name); param != scope_.params->end()) {
      return param_path(e, param->second, rest);
    }
  }
  auto& diagnostic = report(Code::E0301, e, "there is no parameter " + quoted(name));
  std::vector<std::string> names;
  if (scope_.params != nullptr) {
    for (const auto& [param, index] : *scope_.params) names.push_back(param);
  }
  suggest_nearest(diagnostic, {place(e).file, inner[0].span}, name, names);
  return nullptr;
}

ExprPtr ExprCheck::fact_path(const View& e, const std::vector<Segment>& path, bool may_be_absent) {
  const std::string name = joined(path);
  if (services_.names.is_broken(name)) return nullptr;
  if (const auto fact = services_.names.fact(name)) {
    const FactInfo& info = services_.checked.facts[*fact];
    Expr expr;
    expr.op = ExprOp::fact;
    expr.type = info.type;
    expr.index = *fact;
    ExprPtr made = make(e, std::move(expr));
    return info.optional && !may_be_absent ? absent_read(e, made, name) : made;
  }
  if (services_.names.is_fact_group(name)) {
    if (meaning_ != nullptr) return meant_fact(e, name);
    std::vector<std::string> members;
    for (const std::string& fact : services_.names.fact_paths()) {
      if (fact.starts_with(name + ".")) members.push_back(fact);
    }
    report(Code::E0311, e, quoted(name) + " is a group of facts, not a value", "which of them?")
        .suggest("it holds " + list_of(members));
    return nullptr;
  }
  // The longest part that is known says what is wrong with the rest.
  for (std::size_t n = path.size() - 1; n > 0; --n) {
    const std::string known = joined({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(n)});
    if (const auto fact = services_.names.fact(known)) {
      report(Code::E0302, e,
             quoted(known) + " is " + type_text(services_.checked.facts[*fact].type) +
                 ": it has no field " + quoted(path[n].text));
      return nullptr;
    }
    if (!services_.names.is_fact_group(known)) continue;
    std::vector<std::string> members;
    for (const std::string& fact : services_.names.fact_paths()) {
      if (fact.starts_with(known + ".")) members.push_back(fact);
    }
    auto& diagnostic = report(Code::E0302, e, "there is no fact " + quoted(name));
    suggest_nearest(diagnostic, place(e), name, members);
    if (diagnostic.help.empty()) diagnostic.suggest(quoted(known) + " holds " + list_of(members));
    return nullptr;
  }
  auto& diagnostic = report(Code::E0301, e, "there is no fact " + quoted(name));
  suggest_nearest(diagnostic, {place(e).file, {path.front().span.begin, path.back().span.end}},
                  name, services_.names.fact_paths());
  return nullptr;
}

// What a group of facts stands for. Where that is absent it is unknown, and what is asked of it holds.
ExprPtr ExprCheck::meant_fact(const View& e, const std::string& group) {
  std::vector<std::string> wanted;
  for (const std::string_view member : meaning_->members) {
    wanted.push_back(group + "." + std::string(member));
    const auto fact = services_.names.fact(wanted.back());
    if (!fact) continue;
    Expr expr;
    expr.op = ExprOp::fact;
    expr.type = services_.checked.facts[*fact].type;
    expr.index = *fact;
    return make(e, std::move(expr));
  }
  report(Code::E0311, e, "nothing in " + quoted(group) + " says " + std::string(meaning_->says))
      .suggest("there would have to be a fact " + quoted(wanted.front()));
  return nullptr;
}

// Tells how to read what may be absent.
ExprPtr ExprCheck::absent_read(const View& e, ExprPtr expr, const std::string& key) {
  if (!expr || scope_.may_be_absent || scope_.present.contains(present_key(*expr))) return expr;
  const Place at = place(e);
  const bool in_hole = at_.has_value();
  auto& diagnostic =
      report(Code::E0407, e, quoted(key) + " is optional: it may be absent", "and then?");
  if (in_hole) {
    diagnostic.suggest("test for it first: `present " + key + " and …`");
    return nullptr;
  }
  const View around = comparison_ ? comparison_ : e;
  const std::string text = source_text(around);
  const lang::Span span = place(around).span;
  diagnostic.suggest("test for it first: `(present " + key + " and " + text + ")`", at.file, span,
                     "(present " + key + " and " + text + ")");
  diagnostic.suggest("or say what counts instead: `(" + key + " else …)`");
  return nullptr;
}

ExprPtr ExprCheck::metric_path(const View& e, std::uint32_t metric,
                               const std::vector<Segment>& rest) {
  if (rest.empty()) return metric_value(e, metric, TrackName::Candidate);
  if (rest.size() == 1) {
    const std::string_view word = rest[0].text;
    if (word == "candidate") return metric_value(e, metric, TrackName::Candidate);
    if (word == "stable") return metric_value(e, metric, TrackName::Stable);
    if (word == "baseline") return metric_value(e, metric, TrackName::Baseline);
  }
  const std::string& name = services_.checked.metrics[metric].name;
  auto& diagnostic =
      report(Code::E0302, e, "metric " + quoted(name) + " has no " + quoted(joined(rest)));
  suggest_nearest(diagnostic, {place(e).file, rest[0].span}, rest[0].text,
                  {"stable", "baseline", "candidate"});
  if (diagnostic.help.empty()) diagnostic.suggest("it has `.stable`, `.baseline` and `.candidate`");
  return nullptr;
}

ExprPtr ExprCheck::metric_value(const View& e, std::uint32_t metric, TrackName track) {
  const MetricInfo& info = services_.checked.metrics[metric];
  if (services_.names.is_broken(info.name)) return nullptr;
  if (!scope_.no_metrics.empty()) {
    report(Code::E0510, e, std::string(scope_.no_metrics), "a metric");
    return nullptr;
  }
  if (!scope_.no_candidate.empty() && track == TrackName::Candidate) {
    report(Code::E0510, e, std::string(scope_.no_candidate), "the candidate's")
        .suggest("what only counts with enough traffic is said by `needs`");
    return nullptr;
  }
  if (track == TrackName::Baseline && !info.type.is_numeric()) {
    report(Code::E0420, e,
           quoted(info.name) + " is " + type_text(info.type) + ": only numbers have a baseline");
    return nullptr;
  }
  if (info.label_set != kNone) {
    if (list_ == e.node()) return all_series(e, metric, track);
    if (scope_.each != info.label_set) return several_series(e, info, track);
  }
  Expr expr;
  expr.op = track == TrackName::Baseline ? ExprOp::baseline : ExprOp::sample;
  expr.track = track == TrackName::Stable     ? Track::stable
               : track == TrackName::Baseline ? Track::baseline
                                              : Track::candidate;
  expr.type = info.type;
  expr.index = metric;
  return make(e, std::move(expr));
}

// One value is meant, and there are several.
ExprPtr ExprCheck::several_series(const View& e, const MetricInfo& info, TrackName track) {
  const std::string text = source_text(e);
  std::string message =
      quoted(text) + " has a series for each " + list_of(info.labels, info.labels.size());
  if (scope_.each != kNone) {
    const auto& others = services_.checked.label_sets[scope_.each];
    message += ", and what is judged here is each " + list_of(others, others.size());
  }
  auto& diagnostic = report(Code::E0429, e, std::move(message), "which of them?");
  const Place at = place(e);
  if (!over_time_ && track != TrackName::Baseline && info.type.is_numeric()) {
    const std::string all = "max(" + text + ")";
    diagnostic.suggest("take them together: " + quoted(all) + ", or `min`, `avg`, `sum`, `count`",
                       at.file, at.span, all);
  } else if (!over_time_ && track != TrackName::Baseline) {
    diagnostic.suggest("take them together: `every x in " + text + ": …`, or `any`, `none`");
  }
  std::string each;
  for (const std::string& label : info.labels) each += (each.empty() ? "" : ", ") + label;
  diagnostic.suggest("or judge each by itself: `threshold " + info.name + " each " + each + " { … }`");
  return nullptr;
}

// The values of all series, where a list may stand.
ExprPtr ExprCheck::all_series(const View& e, std::uint32_t metric, TrackName track) {
  const MetricInfo& info = services_.checked.metrics[metric];
  if (track == TrackName::Baseline) return several_series(e, info, track);
  const auto collection = services_.names.collection(info.type, false);
  if (!collection) {
    report(Code::E0523, e, "too many kinds of lists and maps");
    return nullptr;
  }
  Expr expr;
  expr.op = ExprOp::all_series;
  expr.track = track == TrackName::Stable ? Track::stable : Track::candidate;
  expr.type = Type::of(Kind::list, *collection);
  expr.collection = *collection;
  expr.index = metric;
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::check_list(const View& e) {
  const bool stands_for_left = e && e.kind() == ExprKind::ImplicitLeft && scope_.subject;
  const View& named = stands_for_left ? scope_.subject : e;
  const bool is_name = named && (named.kind() == ExprKind::Path || named.kind() == ExprKind::Track);
  const NodeId before = std::exchange(list_, is_name ? named.node() : kNoList);
  ExprPtr list = check(e);
  list_ = before;
  return list;
}

ExprPtr ExprCheck::param_path(const View& e, std::uint32_t param,
                              const std::vector<Segment>& rest) {
  const ParamInfo& info = services_.checked.params[param];
  if (!rest.empty()) {
    report(Code::E0302, e,
           "parameter " + quoted(info.name) + " is " + type_text(info.type) + ": it has no field " +
               quoted(rest[0].text));
    return nullptr;
  }
  Expr expr;
  expr.op = ExprOp::parameter;
  expr.type = info.type;
  expr.index = param;
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::enum_member(const View& e, std::uint16_t enumeration, std::string_view member) {
  const auto& members = services_.checked.types.enums[enumeration].members;
  const auto found = std::ranges::find(members, member);
  const Type type = Type::of(Kind::enumeration, enumeration);
  if (found == members.end()) return unknown_member(e, type, std::string(member));
  Expr expr;
  expr.type = type;
  expr.constant.ordinal = static_cast<std::uint32_t>(found - members.begin());
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::unknown_member(const View& e, const Type& type, const std::string& name) {
  const EnumInfo& info = services_.checked.types.enums[type.index];
  auto& diagnostic = report(
      Code::E0303, e,
      quoted(name) + (info.in_place ? " is none of " : " is no value of " + info.name + ": ") +
          list_of(info.members));
  const Place at = place(e);
  suggest_nearest(diagnostic, at, name, info.members);
  diagnostic.also(info.place.file, info.place.span, "declared here");
  return nullptr;
}

std::vector<std::string> ExprCheck::visible_names() const {
  std::vector<std::string> names;
  for (const Local& local : locals_) names.push_back(local.name);
  if (scope_.params != nullptr) {
    for (const auto& [name, index] : *scope_.params) names.push_back(name);
  }
  for (std::string& name : services_.names.metric_names()) names.push_back(std::move(name));
  for (std::string& path : services_.names.fact_paths()) names.push_back(std::move(path));
  names.emplace_back("now");
  return names;
}

ExprPtr ExprCheck::unknown_name(const View& e, const std::string& name, const Want& want) {
  if (services_.names.is_broken(name)) return nullptr;
  if (want && want->kind == Kind::enumeration) return unknown_member(e, *want, name);
  auto& diagnostic =
      report(Code::E0301, e, "there is no fact, metric or parameter " + quoted(name));
  const Place at = place(e);
  if (services_.names.has_function(name) || is_builtin_function(name)) {
    diagnostic.primary.text = "a function: call it";
    return nullptr;
  }
  if (want && want->kind == Kind::string) {
    diagnostic.suggest("a text is quoted: `\"" + name + "\"`", at.file, at.span,
                       "\"" + name + "\"");
  }
  // With and without its unit of time or its group, names are often written wrongly.
  suggest_nearest(diagnostic, at, name, visible_names());
  if (diagnostic.help.empty() && name.find('.') == std::string::npos) {
    diagnostic.suggest("declare it: `facts { " + name + " … }` or `metric " + name + " …`");
  }
  return nullptr;
}

// ------------------------------------------------------------------------------------ tracks

void ExprCheck::add_metrics(const View& e, std::set<std::uint32_t>& metrics) const {
  const auto& tree = e.syntax().tree;
  const NodeId root = e.node();
  for (NodeId i = root + 1 - tree[root].subtree_size; i <= root; ++i) {
    const lang::NodeKind kind = tree[i].kind;
    if (kind == lang::NodeKind::ImplicitLeft && scope_.subject && root != scope_.subject.node()) {
      add_metrics(scope_.subject, metrics);
    }
    if (kind != lang::NodeKind::Path) continue;
    const std::vector<Segment> path = ast::PathExpr(e.syntax(), i).segments();
    if (path.empty() || local(path[0].text) != nullptr) continue;
    const bool prefixed = path.size() > 1 && path[0].text == "metrics";
    if (!prefixed && scope_.params != nullptr &&
        scope_.params->contains(std::string(path[0].text))) {
      continue;
    }
    if (const auto metric = services_.names.metric(path[prefixed ? 1 : 0].text)) {
      metrics.insert(*metric);
    }
  }
}

std::set<std::uint32_t> ExprCheck::metrics_in(const View& e) const {
  std::set<std::uint32_t> metrics;
  if (e) add_metrics(e, metrics);
  return metrics;
}

ExprPtr ExprCheck::track(const View& e) {
  const TrackName track = e.as<ast::TrackExpr>().track();
  std::set<std::uint32_t> metrics = metrics_in(comparison_);
  const std::set<std::uint32_t> subject = metrics_in(scope_.subject);
  // In a threshold the metric it is about comes first; one that is compared on its own, second.
  const bool about_subject =
      subject.size() == 1 && (metrics.empty() || metrics.contains(*subject.begin()));
  if (about_subject) metrics = subject;
  if (metrics.size() == 1) return metric_value(e, *metrics.begin(), track);

  if (other_side_broken_) return nullptr;
  const std::string word(e.text());
  auto& diagnostic = report(Code::E0419, e,
                            quoted(word) + (metrics.empty() ? " of what? No metric is compared here"
                                                            : " of which metric?"),
                            metrics.empty() ? "say the metric" : "more than one is compared here");
  const Place at = place(e);
  for (const std::uint32_t metric : metrics) {
    const std::string full = services_.checked.metrics[metric].name + "." + word;
    diagnostic.suggest("say " + quoted(full), at.file, at.span, full);
  }
  if (metrics.empty()) diagnostic.suggest("say it in full: `metric." + word + "`");
  return nullptr;
}

ExprPtr ExprCheck::implicit_left(const View& e) {
  if (scope_.score != nullptr) {
    report(Code::E0546, root_, "a score is compared with one limit by `<`, `<=`, `>` or `>=`",
           "something else")
        .suggest("as in `require >= 75%`");
    return nullptr;
  }
  if (!scope_.subject) {
    report(Code::E0419, e, "what is compared here?", "no metric is left out");
    return nullptr;
  }
  const NodeId before = std::exchange(left_, e.node());
  ExprPtr subject = check(scope_.subject);
  left_ = before;
  return subject;
}

// ------------------------------------------------------------------------------------ rows

ExprPtr ExprCheck::fields(const View& e, ExprPtr row, const std::vector<Segment>& path,
                          bool may_be_absent) {
  if (path.empty()) return row;
  if (row->type.kind != Kind::record) {
    report(Code::E0302, e,
           quoted(source_text(e)) + " has no field " + quoted(path[0].text) + ": its value is " +
               type_text(row->type));
    return nullptr;
  }
  return column(e, row, joined(path), may_be_absent);
}

// A field, or an inner record of a row; the name of the inner record is kept in Expr::pattern.
ExprPtr ExprCheck::column(const View& e, const ExprPtr& row, const std::string& name,
                          bool may_be_absent) {
  const std::string path = row->pattern.empty() ? name : row->pattern + "." + name;
  const auto& columns = services_.checked.types.collections[row->collection].columns;
  const auto found = std::ranges::find(columns, path, &ColumnInfo::name);
  if (found != columns.end() && path != "[key]") {
    Expr whole = *row;
    whole.pattern.clear();
    Expr expr;
    expr.op = ExprOp::field;
    expr.type = found->type;
    expr.index = static_cast<std::uint32_t>(found - columns.begin());
    expr.collection = row->collection;
    expr.pattern = path;
    expr.args = {std::make_shared<const Expr>(std::move(whole))};
    ExprPtr made = make(e, std::move(expr));
    return found->optional && !may_be_absent ? absent_read(e, made, source_text(e)) : made;
  }
  const bool is_inner = std::ranges::any_of(
      columns, [&](const ColumnInfo& info) { return info.name.starts_with(path + "."); });
  if (is_inner) {
    Expr inner = *row;
    inner.pattern = path;
    return std::make_shared<const Expr>(std::move(inner));
  }
  std::vector<std::string> names;
  for (const ColumnInfo& info : columns) {
    if (info.name != "[key]") names.push_back(info.name);
  }
  auto& diagnostic = report(Code::E0302, e, type_text(row->type) + " has no field " + quoted(path));
  const auto nearest = e.as<ast::PathExpr>();
  const std::vector<Segment> segments = nearest ? nearest.segments() : std::vector<Segment>{};
  if (segments.size() == 2) {
    suggest_nearest(diagnostic, {place(e).file, segments[1].span}, path, names);
  }
  if (diagnostic.help.empty()) diagnostic.suggest("its fields are " + list_of(names));
  return nullptr;
}

// A row as a value: of a list of records the row itself, of other lists its only column.
ExprPtr ExprCheck::row_value(const View& e, ExprPtr row) {
  if (!row || row->type.kind == Kind::record) return row;
  return column(e, row, "", false);
}

ExprPtr ExprCheck::field(const View& e, bool may_be_absent) {
  const auto access = e.as<ast::FieldExpr>();
  const ExprPtr object = check(access.object());
  if (!object) return nullptr;
  if (object->type.kind != Kind::record) {
    report(Code::E0302, e,
           quoted(source_text(access.object())) + " is " + type_text(object->type) +
               ": it has no field " + quoted(access.field().text()));
    return nullptr;
  }
  return column(e, object, std::string(access.field().text()), may_be_absent);
}

ExprPtr ExprCheck::index(const View& e, bool) {
  const auto access = e.as<ast::IndexExpr>();
  const ExprPtr map = check(access.object());
  if (map && map->type.kind == Kind::list) {
    const Type whole = Type::of(Kind::integer);
    const ExprPtr number = check(access.key(), whole);
    const ExprPtr fitting =
        number ? coerce(access.key(), number, whole, "the number of a row") : nullptr;
    return fitting ? nth_row(e, map, fitting) : nullptr;
  }
  const ExprPtr key = check(access.key(), Type::of(Kind::string));
  if (!map || !key) return nullptr;
  if (map->type.kind != Kind::map) {
    report(
        Code::E0416, access.object(),
        "only a list or a map is read by what is in brackets, and this is " + type_text(map->type));
    return nullptr;
  }
  const ExprPtr text = coerce(access.key(), key, Type::of(Kind::string), "the key of a map");
  if (!text) return nullptr;
  Expr expr;
  expr.op = ExprOp::find;
  expr.collection = map->type.index;
  expr.type = services_.checked.types.collections[map->type.index].element;
  expr.args = {map, text};
  return row_value(e, make(e, std::move(expr)));
}

}  // namespace dpol::compiler
