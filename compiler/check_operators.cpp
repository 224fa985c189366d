// Operators: logic, comparisons and arithmetic with units.

#include <algorithm>
#include <utility>

#include "compiler/check_expr.h"
#include "compiler/comparisons.h"
#include "runtime/program/quantity.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using ast::ExprKind;
using Code = lang::DiagnosticCode;
using lang::BinaryOp;
using lang::UnaryOp;
using program::Dimension;

namespace {

bool is_plain(const Type& type) { return type.kind == Kind::integer || type.kind == Kind::number; }

// Has a size, so that it can be added up and multiplied: every number but a moment.
bool is_amount(const Type& type) { return type.is_numeric() && type.kind != Kind::time; }

// A value that changes are relative to.
bool is_reference(const Expr& expr) {
  return expr.op == ExprOp::baseline ||
         (is_measured(expr.op) && expr.track == program::Track::stable);
}

bool rates_of_counts(const Type& type) {
  return type.kind == Kind::quantity && type.dimension.exponents[Dimension::kTime] == -1 &&
         type.dimension.exponents[Dimension::kBytes] == 0;
}

ExprPtr without_own_text(const ExprPtr& expr) {
  Expr copy = *expr;
  copy.text_length = 0;
  return std::make_shared<const Expr>(std::move(copy));
}

std::string percent_as_points(std::string text) {
  if (text.ends_with('%')) text.replace(text.size() - 1, 1, "pp");
  return text;
}

}  // namespace

// ------------------------------------------------------------------------------------ logic

ExprPtr ExprCheck::unary(const View& e) {
  const auto unary = e.as<ast::UnaryExpr>();
  switch (unary.op()) {
    case UnaryOp::Not:
      return node(e, ExprOp::negation, kBoolean,
                  {boolean(unary.operand(), "`not` takes a condition: it")});
    case UnaryOp::Present: {
      const ExprPtr operand = check_absent(unary.operand());
      if (!operand) return nullptr;
      const bool optional =
          (operand->op == ExprOp::fact && services_.checked.facts[operand->index].optional) ||
          (operand->op == ExprOp::field && services_.checked.types.collections[operand->collection]
                                               .columns[operand->index]
                                               .optional);
      if (!optional) {
        report(Code::E0408, unary.operand(),
               quoted(source_text(unary.operand())) + " is not optional: it cannot be absent",
               "present or unknown")
            .suggest("where it is declared, `" + source_text(unary.operand()) +
                     "?` makes a fact or a field optional");
        return nullptr;
      }
      return node(e, ExprOp::present, kBoolean, {operand});
    }
    case UnaryOp::Negate: {
      const ExprPtr operand = check(unary.operand());
      if (!operand) return nullptr;
      if (!is_amount(operand->type)) {
        report(Code::E0406, e, "there is no negative of " + type_text(operand->type));
        return nullptr;
      }
      Expr expr;
      expr.op = ExprOp::negate;
      expr.type = operand->type;
      expr.literal = operand->literal;
      expr.args = {operand};
      return make(e, std::move(expr));
    }
  }
  return nullptr;
}

ExprPtr ExprCheck::binary(const View& e, const Want& want) {
  const BinaryOp op = e.as<ast::BinaryExpr>().op();
  switch (op) {
    case BinaryOp::Or:
    case BinaryOp::And:
      return logic(e);
    case BinaryOp::Equal:
    case BinaryOp::NotEqual:
    case BinaryOp::Less:
    case BinaryOp::LessEqual:
    case BinaryOp::Greater:
    case BinaryOp::GreaterEqual:
      return comparison(e);
    case BinaryOp::In:
    case BinaryOp::NotIn:
      return membership(e);
    case BinaryOp::Matches:
      return matches(e);
    case BinaryOp::Contains:
      return contains(e);
    case BinaryOp::Add:
    case BinaryOp::Subtract:
    case BinaryOp::Multiply:
    case BinaryOp::Divide:
      return arithmetic(e);
  }
  static_cast<void>(want);
  return nullptr;
}

ExprPtr ExprCheck::logic(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  const bool is_and = binary.op() == BinaryOp::And;
  const ExprPtr left = boolean(binary.left(), is_and ? "a part of an `and`" : "a part of an `or`");
  // What the left side tests for may be read on the right.
  const std::set<std::string> before = scope_.present;
  if (left) add_present(*left, is_and, scope_.present);
  const ExprPtr right =
      boolean(binary.right(), is_and ? "a part of an `and`" : "a part of an `or`");
  scope_.present = before;
  return node(e, is_and ? ExprOp::both : ExprOp::either, kBoolean, {left, right});
}

ExprPtr ExprCheck::choice(const View& e, const Want& want) {
  const auto choice = e.as<ast::IfExpr>();
  const ExprPtr condition = boolean(choice.condition(), "what follows `if`");
  const std::set<std::string> before = scope_.present;
  if (condition) add_present(*condition, true, scope_.present);
  ExprPtr yes = check(choice.then_value(), want);
  scope_.present = before;
  if (condition) add_present(*condition, false, scope_.present);
  ExprPtr no = check(choice.else_value(), yes && !want ? Want(yes->type) : want);
  scope_.present = before;
  if (!condition || !yes || !no) return nullptr;
  if (!unify(yes, no) || yes->type != no->type) {
    report(Code::E0415, e,
           "both answers of an `if` have one type; these are " + type_text(yes->type) + " and " +
               type_text(no->type));
    return nullptr;
  }
  return node(e, ExprOp::choose, yes->type, {condition, yes, no});
}

ExprPtr ExprCheck::otherwise(const View& e, const Want& want) {
  const auto otherwise = e.as<ast::ElseExpr>();
  const ExprPtr value = check_absent(otherwise.value());
  if (!value) return nullptr;
  const ExprPtr fallback = check(otherwise.fallback(), want ? want : Want(value->type));
  if (!fallback) return nullptr;
  const bool optional =
      (value->op == ExprOp::fact && services_.checked.facts[value->index].optional) ||
      (value->op == ExprOp::field &&
       services_.checked.types.collections[value->collection].columns[value->index].optional);
  if (!optional) {
    report(Code::E0408, otherwise.value(),
           quoted(source_text(otherwise.value())) + " is not optional: `else` would never count",
           "present or unknown");
    return nullptr;
  }
  const ExprPtr fitting =
      coerce(otherwise.fallback(), fallback, value->type, "what stands for the absent value");
  return node(e, ExprOp::otherwise, value->type, {value, fitting});
}

// ------------------------------------------------------------------------------------ comparisons

namespace {

ExprOp comparison_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::NotEqual:
      return ExprOp::not_equal;
    case BinaryOp::Less:
      return ExprOp::less;
    case BinaryOp::LessEqual:
      return ExprOp::less_equal;
    case BinaryOp::Greater:
      return ExprOp::greater;
    case BinaryOp::GreaterEqual:
      return ExprOp::greater_equal;
    default:
      return ExprOp::equal;
  }
}

// Aggregates that lie between the smallest and the largest sample.
bool keeps_range(program::Aggregate aggregate) {
  switch (aggregate) {
    case program::Aggregate::avg:
    case program::Aggregate::min:
    case program::Aggregate::max:
    case program::Aggregate::p50:
    case program::Aggregate::p90:
    case program::Aggregate::p95:
    case program::Aggregate::p99:
    case program::Aggregate::first:
    case program::Aggregate::last:
      return true;
    default:
      return false;
  }
}

}  // namespace

// A name or text that may be the value of an enumeration: its type comes from the other side.
bool ExprCheck::stands_alone(const View& e) const {
  if (e.kind() == ExprKind::String) return true;
  if (e.kind() != ExprKind::Path) return false;
  const auto path = e.as<ast::PathExpr>().segments();
  if (path.size() != 1 || local(path[0].text) != nullptr) return false;
  const std::string name(path[0].text);
  const bool param = scope_.params != nullptr && scope_.params->contains(name);
  return !param && !services_.names.metric(name) && !services_.names.fact(name) &&
         !services_.names.is_fact_group(name);
}

std::pair<ExprPtr, ExprPtr> ExprCheck::check_pair(const View& left, const View& right) {
  if (stands_alone(left) && !stands_alone(right)) {
    ExprPtr second = check(right);
    if (!second) return {};
    ExprPtr first = check(left, second->type);
    return {std::move(first), std::move(second)};
  }
  ExprPtr first = check(left);
  // A name that may be a value of the other side's type is not to blame for that side's error.
  if (!first && stands_alone(right)) return {};
  // Whose baseline is meant cannot be known where the other side is wrong.
  const bool before = std::exchange(other_side_broken_, !first);
  ExprPtr second = check(right, first ? Want(first->type) : std::nullopt);
  other_side_broken_ = before;
  return {std::move(first), std::move(second)};
}

ExprPtr ExprCheck::comparison(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  if (scope_.score != nullptr && binary.left().kind() == ExprKind::ImplicitLeft) return score(e);
  const View before = std::exchange(comparison_, e);
  auto [left, right] = check_pair(binary.left(), binary.right());
  comparison_ = before;
  if (!left || !right) return nullptr;
  ExprPtr result = compare(e, binary.op(), binary.left(), left, binary.right(), right);
  if (result) say_what_never_changes(e, result->op, *result->args[0], *result->args[1]);
  return result;
}

// Makes both sides of one type, where one of them is a literal that allows it. A ratio and a plain
// number that is no literal (a quotient, say) are comparable as they are.
bool ExprCheck::unify(ExprPtr& left, ExprPtr& right) const {
  if (ExprPtr fitting = adapt(right, left->type)) {
    right = std::move(fitting);
    return true;
  }
  if (ExprPtr fitting = adapt(left, right->type)) {
    left = std::move(fitting);
    return true;
  }
  const auto share_and_number = [](const Expr& share, const Expr& number) {
    return share.type.kind == Kind::ratio && number.type.kind == Kind::number &&
           number.literal == Literal::none;
  };
  return share_and_number(*left, *right) || share_and_number(*right, *left);
}

ExprPtr ExprCheck::compare(const View& e, BinaryOp op, const View& left_view, ExprPtr left,
                           const View& right_view, ExprPtr right) {
  if (!unify(left, right)) return cannot_compare(e, left_view, left, right_view, right);
  if (!are_weekdays(right_view, *right, *left) || !are_weekdays(left_view, *left, *right)) {
    return nullptr;
  }
  const Type& type = left->type;
  const bool is_equality = op == BinaryOp::Equal || op == BinaryOp::NotEqual;
  if (type.kind == Kind::list || type.kind == Kind::map || type.kind == Kind::record) {
    report(Code::E0405, e, type_text(type) + " cannot be compared as a whole")
        .suggest("compare what it holds: `every x in …: …`, `any x in …: …`");
    return nullptr;
  }
  const bool ordered =
      type.is_numeric() || type.kind == Kind::semver ||
      (type.kind == Kind::enumeration && services_.checked.types.enums[type.index].ordered);
  if (!is_equality && !ordered) {
    auto& diagnostic =
        report(Code::E0405, e, type_text(type) + " has no order: only `==` and `!=` are defined");
    if (type.kind == Kind::enumeration) {
      diagnostic.suggest("declare the values in their order: `ordered low < high`");
    }
    return nullptr;
  }
  return node(e, comparison_of(op), kBoolean, {left, right});
}

// A score compared with a limit. Its parts go in as they are: their places are those in their own
// texts.
ExprPtr ExprCheck::score(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  if (binary.op() == BinaryOp::Equal || binary.op() == BinaryOp::NotEqual)
    return implicit_left(binary.left());
  const Type ratio = Type::of(Kind::ratio);
  ExprPtr limit = check(binary.right(), ratio);
  if (limit) limit = coerce(binary.right(), limit, ratio, "the limit of a score");
  if (!limit) return nullptr;
  Expr expr;
  expr.op = ExprOp::score;
  expr.type = kBoolean;
  expr.comparison = comparison_of(binary.op());
  const TextSpan name = text_->span(binary.left().node(), left_);
  expr.left_begin = name.begin;
  expr.left_length = name.length;
  expr.args.push_back(limit);
  for (const CheckedPart& part : *scope_.score->parts) {
    Expr never;
    never.type = kBoolean;
    expr.weights.push_back(part.worth);
    expr.args.push_back(part.full.expr);
    expr.args.push_back(part.half ? part.half.expr : make(e, std::move(never)));
    if (!expr.args.back()) return nullptr;
  }
  if (limit->known)
    warn_beyond(e, expr.comparison, binary.left(), Decimal(), Decimal::from_int64(1),
                limit->known->number);
  return make(e, std::move(expr));
}

// A limit that what is measured can never pass: the rule would be there for nothing.
void ExprCheck::say_what_never_changes(const View& e, ExprOp op, const Expr& left,
                                       const Expr& right) {
  const auto binary = e.as<ast::BinaryExpr>();
  const auto bounded = [this](const Expr& side) -> const MetricInfo* {
    const bool one = side.op == ExprOp::sample || side.op == ExprOp::baseline ||
                     (side.op == ExprOp::aggregate && keeps_range(side.aggregate));
    if (!one || side.type.kind != Kind::ratio) return nullptr;
    const MetricInfo& metric = services_.checked.metrics[side.index];
    return metric.bounded ? &metric : nullptr;
  };
  const bool swapped = left.known.has_value();
  const Expr& measured = swapped ? right : left;
  const Expr& limit = swapped ? left : right;
  const MetricInfo* metric = bounded(measured);
  if (metric == nullptr || !limit.known || limit.type.kind != Kind::ratio) return;
  warn_beyond(e, swapped ? mirrored(op) : op, swapped ? binary.right() : binary.left(),
              metric->minimum.value_or(Decimal()), metric->maximum.value_or(Decimal::from_int64(1)),
              limit.known->number);
}

bool ExprCheck::warn_beyond(const View& e, ExprOp op, const View& of, Decimal least, Decimal most,
                            Decimal limit) {
  std::optional<bool> always;
  if (op == ExprOp::less && (limit > most || limit <= least)) always = limit > most;
  if (op == ExprOp::less_equal && (limit >= most || limit < least)) always = limit >= most;
  if (op == ExprOp::greater && (limit < least || limit >= most)) always = limit < least;
  if (op == ExprOp::greater_equal && (limit <= least || limit > most)) always = limit <= least;
  if (op == ExprOp::equal && (limit < least || limit > most)) always = false;
  if (op == ExprOp::not_equal && (limit < least || limit > most)) always = true;
  if (!always) return false;
  const auto text = [this](Decimal value) {
    return program::format_exact(value, Type::of(Kind::ratio), services_.checked.types);
  };
  report(Code::W0401, e, "this condition is always " + std::string(*always ? "true" : "false"),
         quoted(source_text(of)) + " is never outside of " + text(least) + ".." + text(most));
  return true;
}

// A bare number beside something that has a unit.
bool ExprCheck::explain_bare_number(const View& view, const Expr& bare, const View& other_view,
                                    const Expr& other) {
  if (bare.literal != Literal::number && bare.literal != Literal::rate) return false;
  const std::string text = source_text(view);
  const std::string name = source_text(other_view);
  const Place at = place(view);
  const auto offer = [&](lang::Diagnostic& diagnostic, const std::string& what,
                         const std::string& replacement) {
    diagnostic.suggest(what + quoted(replacement), at.file, at.span, replacement);
  };
  if (other.type.kind == Kind::ratio && bare.literal == Literal::number) {
    Decimal hundredfold;
    auto& diagnostic = report(
        Code::E0404, view,
        quoted(name) + " is a ratio, and " + quoted(text) + " could be a percentage or a share",
        "say which");
    offer(diagnostic, "per cent:   ", text + "%");
    if (bare.known && Decimal::mul(bare.known->number, Decimal::from_int64(100), hundredfold)) {
      offer(diagnostic, "share of 1: ", hundredfold.to_string() + "%");
    }
    return true;
  }
  if (other.type.kind == Kind::points) {
    auto& diagnostic = report(
        Code::E0403, view,
        quoted(name) + " is in percentage points: " + quoted(text) + " needs its unit", "of what?");
    offer(diagnostic, "percentage points: ", text + "pp");
    return true;
  }
  if (other.type.kind != Kind::quantity) return false;
  auto& diagnostic = report(
      Code::E0403, view,
      quoted(name) + " is " + type_text(other.type) + ": " + quoted(text) + " needs its unit",
      "of what?");
  const bool plain = bare.literal == Literal::number;
  if (other.type.is_duration() && plain) {
    offer(diagnostic, "seconds: ", text + "s");
    offer(diagnostic, "milliseconds: ", text + "ms");
  } else if (other.type.is_bytes() && plain) {
    offer(diagnostic, "binary megabytes: ", text + "MiB");
    offer(diagnostic, "megabytes: ", text + "MB");
  } else if (rates_of_counts(other.type) && plain) {
    offer(diagnostic, "per second: ", text + "/s");
  }
  return true;
}

bool ExprCheck::explain_percent(const View& view, const Expr& percent, const Expr& other) {
  if (percent.literal != Literal::percent || other.type.kind != Kind::points) return false;
  const Place at = place(view);
  const std::string points = percent_as_points(source_text(view));
  report(Code::E0401, view, "a difference of ratios is in percentage points, not in per cent",
         "a percentage")
      .suggest("percentage points: " + quoted(points), at.file, at.span, points);
  return true;
}

bool ExprCheck::explain_text(const View& view, const Expr& text, const Expr& other) {
  if (text.literal != Literal::text) return false;
  const Place at = place(view);
  if (other.type.kind == Kind::enumeration) {
    unknown_member(view, other.type, text.constant.text);
    return true;
  }
  const bool unquoted = other.type.is_numeric() || other.type.kind == Kind::semver ||
                        other.type.kind == Kind::boolean;
  if (!unquoted) return false;
  report(Code::E0401, view, "a quoted text is compared with " + type_text(other.type), "a text")
      .suggest("without quotes: " + quoted(text.constant.text), at.file, at.span,
               text.constant.text);
  return true;
}

ExprPtr ExprCheck::cannot_compare(const View& e, const View& left_view, const ExprPtr& left,
                                  const View& right_view, const ExprPtr& right) {
  if (explain_bare_number(right_view, *right, left_view, *left) ||
      explain_bare_number(left_view, *left, right_view, *right) ||
      explain_percent(right_view, *right, *left) || explain_percent(left_view, *left, *right) ||
      explain_text(right_view, *right, *left) || explain_text(left_view, *left, *right)) {
    return nullptr;
  }
  const Place left_place = place(left_view);
  report(Code::E0401, right_view,
         quoted(source_text(left_view)) + " is " + type_text(left->type) + " and " +
             quoted(source_text(right_view)) + " is " + type_text(right->type) +
             ": they cannot be compared",
         type_text(right->type))
      .also(left_place.file, left_place.span, type_text(left->type));
  static_cast<void>(e);
  return nullptr;
}

ExprPtr ExprCheck::membership(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  const View before = std::exchange(comparison_, e);
  ExprPtr inside;
  if (const auto range = binary.right().as<ast::RangeExpr>()) {
    inside = in_range(e, range, binary.left());
  } else if (const auto list = binary.right().as<ast::ListExpr>()) {
    inside = in_list(e, list, binary.left());
  } else {
    inside = in_fact(e, binary.right(), binary.left());
  }
  comparison_ = before;
  return binary.op() == BinaryOp::NotIn ? node(e, ExprOp::negation, kBoolean, {inside}) : inside;
}

// `x in a..b`, both ends included: a <= x and x <= b.
ExprPtr ExprCheck::in_range(const View& e, const ast::RangeExpr& range, const View& value) {
  auto [x, low] = check_pair(value, range.low());
  const ExprPtr high = x ? check(range.high(), x->type) : nullptr;
  if (!x || !low || !high) return nullptr;
  const ExprPtr above = compare(e, BinaryOp::LessEqual, range.low(), low, value, x);
  const ExprPtr below =
      above ? compare(e, BinaryOp::LessEqual, value, x, range.high(), high) : nullptr;
  if (!above || !below) return nullptr;
  const auto& least = above->args[0]->known;
  const auto& most = below->args[1]->known;
  if (least && most && x->type.is_numeric() && least->number > most->number) {
    report(Code::E0423, range,
           "nothing lies in " + quoted(expr_text(View(range.syntax(), range.node()))) +
               ": it begins above its end",
           "an empty range");
    return nullptr;
  }
  return node(e, ExprOp::both, kBoolean, {above, below});
}

ExprPtr ExprCheck::in_list(const View& e, const ast::ListExpr& list, const View& value) {
  const ExprPtr x = check(value);
  if (!x) return nullptr;
  ExprPtr found;
  bool whole = true;
  for (const View& element : list.elements()) {
    const ExprPtr member = check(element, x->type);
    const ExprPtr same = member ? compare(e, BinaryOp::Equal, value, x, element, member) : nullptr;
    whole = whole && same;
    found = !found ? same : same ? node(e, ExprOp::either, kBoolean, {found, same}) : found;
  }
  if (whole && !found) report(Code::E0423, e, "nothing is in an empty list", "always false");
  return whole ? found : nullptr;
}

ExprPtr ExprCheck::in_fact(const View& e, const View& list_view, const View& value) {
  const ExprPtr list = check(list_view);
  if (!list) return nullptr;
  if (list->type.kind != Kind::list) {
    auto& diagnostic =
        report(Code::E0416, list_view,
               "after `in` stands a list or a range, and this is " + type_text(list->type),
               type_text(list->type));
    if (list->type.kind == Kind::string) diagnostic.suggest("part of a text: `a contains b`");
    return nullptr;
  }
  const Type element = services_.checked.types.collections[list->type.index].element;
  if (element.kind == Kind::record || element.kind == Kind::semver || element.kind == Kind::list ||
      element.kind == Kind::map) {
    report(Code::E0416, list_view,
           "the rows of this list are " + type_text(element) + ": say what to compare")
        .suggest("`any x in " + source_text(list_view) + ": x… == …`");
    return nullptr;
  }
  const ExprPtr x = check(value, element);
  const ExprPtr fitting = x ? coerce(value, x, element, "what the list holds") : nullptr;
  if (!fitting) return nullptr;
  Expr expr;
  expr.op = ExprOp::has;
  expr.type = kBoolean;
  expr.collection = list->type.index;
  expr.args = {list, fitting};
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::contains(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  const ExprPtr left = check(binary.left());
  if (!left) return nullptr;
  if (left->type.kind == Kind::list) return in_fact(e, binary.left(), binary.right());
  const ExprPtr right = check(binary.right(), Type::of(Kind::string));
  if (!right) return nullptr;
  if (left->type.kind != Kind::string) {
    report(Code::E0417, binary.left(),
           "only a text or a list contains something, and this is " + type_text(left->type),
           type_text(left->type));
    return nullptr;
  }
  const ExprPtr part =
      coerce(binary.right(), right, Type::of(Kind::string), "what a text contains");
  return node(e, ExprOp::contains_text, kBoolean, {left, part});
}

ExprPtr ExprCheck::matches(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  const ExprPtr left = check(binary.left());
  auto pattern = written_pattern(binary.right(), "after `matches`");
  if (!left || !pattern) return nullptr;
  if (left->type.kind != Kind::string) {
    report(Code::E0417, binary.left(),
           "only a text matches a pattern, and this is " + type_text(left->type),
           type_text(left->type));
    return nullptr;
  }
  Expr expr;
  expr.op = ExprOp::matches;
  expr.type = kBoolean;
  expr.pattern = *std::move(pattern);
  expr.args = {left};
  return make(e, std::move(expr));
}

// `x within 10% of y`: y * 0.9 <= x and x <= y * 1.1; with an absolute tolerance y - t and y + t.
ExprPtr ExprCheck::within(const View& e) {
  const auto within = e.as<ast::WithinExpr>();
  const View before = std::exchange(comparison_, e);
  const ExprPtr value = check(within.value());
  const ExprPtr reference = check(within.reference(), value ? Want(value->type) : std::nullopt);
  comparison_ = before;
  const ExprPtr tolerance = check(within.tolerance());
  if (!value || !reference || !tolerance) return nullptr;
  if (tolerance->known && tolerance->type.is_numeric() && tolerance->known->number.is_negative()) {
    report(Code::E0423, within.tolerance(), "a tolerance is not negative",
           "nothing would be within it");
    return nullptr;
  }
  ExprPtr low;
  ExprPtr high;
  const bool is_relative =
      tolerance->literal == Literal::percent || tolerance->type.kind == Kind::change;
  if (is_relative && reference->type.kind == Kind::ratio &&
      tolerance->literal == Literal::percent) {
    return ambiguous_percent(e, true, *reference, *tolerance);
  }
  if (is_relative) {
    low = relative_sum(e, false, reference, tolerance);
    high = relative_sum(e, true, reference, tolerance);
  } else {
    low = sum(e, false, reference, tolerance);
    high = low ? sum(e, true, reference, tolerance) : nullptr;
  }
  if (!low || !high) return nullptr;
  // Both ends stand for the whole `10% of y`, which is no part of the text by itself.
  low = without_own_text(low);
  high = without_own_text(high);
  const ExprPtr above =
      compare(e, BinaryOp::LessEqual, within.reference(), low, within.value(), value);
  const ExprPtr below =
      above ? compare(e, BinaryOp::LessEqual, within.value(), value, within.reference(), high)
            : nullptr;
  return node(e, ExprOp::both, kBoolean, {above, below});
}

// ------------------------------------------------------------------------------------ arithmetic

ExprPtr ExprCheck::arithmetic(const View& e) {
  const auto binary = e.as<ast::BinaryExpr>();
  const ExprPtr left = check(binary.left());
  const ExprPtr right = check(binary.right());
  if (!left || !right) return nullptr;
  switch (binary.op()) {
    case BinaryOp::Add:
      return sum(e, true, left, right);
    case BinaryOp::Subtract:
      return sum(e, false, left, right);
    case BinaryOp::Multiply:
      return product(e, left, right);
    default:
      return quotient(e, left, right);
  }
}

ExprPtr ExprCheck::bad_arithmetic(const View& e, const Expr& left, const Expr& right) {
  std::string word = "combined";
  if (const auto binary = e.as<ast::BinaryExpr>()) {
    switch (binary.op()) {
      case BinaryOp::Add:
        word = "added";
        break;
      case BinaryOp::Subtract:
        word = "subtracted";
        break;
      case BinaryOp::Multiply:
        word = "multiplied";
        break;
      default:
        word = "divided";
        break;
    }
  }
  auto& diagnostic = report(
      Code::E0406, e, type_text(left.type) + " and " + type_text(right.type) + " cannot be " + word,
      "no such arithmetic");
  const bool bare = right.literal == Literal::number || left.literal == Literal::number;
  if (bare && (left.type.kind == Kind::quantity || right.type.kind == Kind::quantity)) {
    diagnostic.suggest("say the unit of the number");
  }
  if (left.literal == Literal::percent && is_amount(right.type)) {
    diagnostic.suggest("a change stands on the right: `value + 10%`");
  }
  return nullptr;
}

// `baseline + 1%` where the baseline is a share itself.
ExprPtr ExprCheck::ambiguous_percent(const View& e, bool plus, const Expr& left,
                                     const Expr& percent) {
  const auto binary = e.as<ast::BinaryExpr>();
  const View left_view = binary ? binary.left() : e.as<ast::WithinExpr>().reference();
  const View percent_view = binary ? binary.right() : e.as<ast::WithinExpr>().tolerance();
  const bool names_metric = left.op == ExprOp::baseline || left.op == ExprOp::sample;
  const std::string name =
      names_metric ? services_.checked.metrics[left.index].name : source_text(left_view);
  auto& diagnostic =
      report(Code::E0312, percent_view,
             quoted(source_text(e)) + " is ambiguous: " + name + " is itself a ratio",
             "a share or a relative change?");
  const Place at = place(e);
  const Place at_percent = place(percent_view);
  const std::string points = percent_as_points(source_text(percent_view));
  if (!binary) {
    diagnostic.suggest(
        "percentage points: " + quoted("within " + points + " of " + source_text(left_view)),
        at_percent.file, at_percent.span, points);
    return nullptr;
  }
  const std::string absolute = source_text(left_view) + (plus ? " + " : " - ") + points;
  diagnostic.suggest("percentage points: " + quoted(absolute), at.file, at.span, absolute);
  Decimal factor;
  if (percent.known &&
      (plus ? Decimal::add(Decimal::from_int64(1), percent.known->number, factor)
            : Decimal::sub(Decimal::from_int64(1), percent.known->number, factor))) {
    const std::string relative = source_text(left_view) + " * " + factor.to_string();
    diagnostic.suggest("relative change:   " + quoted(relative), at.file, at.span, relative);
  }
  return nullptr;
}

// left * (1 ± change).
ExprPtr ExprCheck::relative_sum(const View& e, bool plus, const ExprPtr& left,
                                const ExprPtr& change) {
  const Decimal one = Decimal::from_int64(1);
  ExprPtr factor;
  if (change->known) {
    Decimal value;
    const bool fits = plus ? Decimal::add(one, change->known->number, value)
                           : Decimal::sub(one, change->known->number, value);
    if (!fits) return bad_arithmetic(e, *left, *change);
    Expr constant;
    constant.type = kNumber;
    constant.constant.number = value;
    constant.place = change->place;
    constant.closed = true;
    constant.known = constant.constant;
    factor = std::make_shared<const Expr>(std::move(constant));
  } else {
    Expr unit;
    unit.type = kNumber;
    unit.constant.number = one;
    unit.place = change->place;
    unit.closed = true;
    unit.known = unit.constant;
    Expr whole;
    whole.op = plus ? ExprOp::add : ExprOp::subtract;
    whole.type = kNumber;
    whole.place = change->place;
    whole.args = {std::make_shared<const Expr>(std::move(unit)), change};
    whole.size = 2 + change->size;
    whole.depth = 1 + change->depth;
    factor = std::make_shared<const Expr>(std::move(whole));
  }
  const Type type = left->type.kind == Kind::integer ? kNumber : left->type;
  return node(e, is_reference(*left) ? ExprOp::relative : ExprOp::multiply, type, {left, factor});
}

ExprPtr ExprCheck::sum(const View& e, bool plus, ExprPtr left, ExprPtr right) {
  const ExprOp op = plus ? ExprOp::add : ExprOp::subtract;
  const Type& a = left->type;
  const Type& b = right->type;
  if (plus && a.kind == Kind::string && b.kind == Kind::string) {
    return call_of(e, program::Function::concat, {left, right});
  }
  if (!a.is_numeric() || !b.is_numeric()) return bad_arithmetic(e, *left, *right);

  // Moments.
  if (a.kind == Kind::time || b.kind == Kind::time) {
    if (a.kind == Kind::time && b.kind == Kind::time && !plus) {
      return node(e, op, Type::duration(), {left, right});
    }
    if (a.kind == Kind::time && b.is_duration()) return node(e, op, a, {left, right});
    if (b.kind == Kind::time && a.is_duration() && plus) return node(e, op, b, {left, right});
    return bad_arithmetic(e, *left, *right);
  }
  // Shares, and what is relative to something.
  const bool percent = right->literal == Literal::percent;
  if (a.kind == Kind::ratio && percent) return ambiguous_percent(e, plus, *left, *right);
  if (plus && left->literal == Literal::percent && b.kind == Kind::ratio) {
    return ambiguous_percent(e, plus, *right, *left);
  }
  if (b.kind == Kind::change && a.kind != Kind::change) {
    return left->literal == Literal::percent && a.kind == Kind::ratio
               ? node(e, op, b, {adapt(left, b), right})
               : relative_sum(e, plus, left, right);
  }
  if (percent && a.kind != Kind::change) return relative_sum(e, plus, left, right);
  if (a.kind == Kind::ratio && b.kind == Kind::points) return node(e, op, a, {left, right});
  if (a.kind == Kind::points && b.kind == Kind::ratio && plus) return node(e, op, b, {left, right});
  if (a.kind == Kind::ratio && b.kind == Kind::ratio) {
    return node(e, op, plus ? a : Type::of(Kind::points), {left, right});
  }
  // Like units.
  const bool bare = left->literal == Literal::number && right->literal == Literal::number;
  const bool bare_rates = left->literal == Literal::rate && right->literal == Literal::rate;
  if (!unify(left, right) || left->type != right->type) return bad_arithmetic(e, *left, *right);
  Expr expr;
  expr.op = op;
  expr.type = left->type;
  expr.literal = bare ? Literal::number : bare_rates ? Literal::rate : Literal::none;
  expr.args = {left, right};
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::scale(const View& e) {
  const auto scale = e.as<ast::ScaleExpr>();
  const ExprPtr factor = check(scale.factor());
  const ExprPtr operand = check(scale.operand());
  if (!factor || !operand) return nullptr;
  if (!is_amount(operand->type)) return bad_arithmetic(e, *factor, *operand);
  const Type type = operand->type.kind == Kind::integer ? kNumber : operand->type;
  return node(e, is_reference(*operand) ? ExprOp::relative : ExprOp::multiply, type,
              {operand, factor});
}

namespace {

// What `a * b` is, or nothing.
std::optional<Type> product_type(const Expr& left, const Expr& right) {
  const Type& a = left.type;
  const Type& b = right.type;
  if (!is_amount(a) || !is_amount(b)) return std::nullopt;
  if (a.kind == Kind::integer && b.kind == Kind::integer) return a;
  if (is_plain(a) && is_plain(b)) return kNumber;
  // A share of a count is a number; a share that was measured, times a factor, is a share. What a
  // percentage is written beside is what it is a share of: 40 * 50% is 20.
  const auto share_of = [](const Expr& share, const Expr& number) {
    const bool counted = number.literal == Literal::none && number.type.kind == Kind::integer;
    return counted || share.literal == Literal::percent ? kNumber : share.type;
  };
  if (a.kind == Kind::ratio && is_plain(b)) return share_of(left, right);
  if (b.kind == Kind::ratio && is_plain(a)) return share_of(right, left);
  if (is_plain(a)) return b;
  if (is_plain(b)) return a;
  if (a.kind == Kind::change || b.kind == Kind::change) return std::nullopt;
  if (a.kind == Kind::ratio) return b;
  if (b.kind == Kind::ratio) return a;
  if (a.kind != Kind::quantity || b.kind != Kind::quantity) return std::nullopt;
  Dimension dimension;
  if (!Dimension::multiply(a.dimension, b.dimension, dimension)) return std::nullopt;
  return Type::quantity(dimension);
}

// What `a / b` is, or nothing.
std::optional<Type> quotient_type(const Expr& left, const Expr& right) {
  const Type& a = left.type;
  const Type& b = right.type;
  if (!is_amount(a) || !is_amount(b)) return std::nullopt;
  if (is_plain(a) && is_plain(b)) return kNumber;
  if (is_plain(b)) return a;
  if (a.kind == b.kind && a.kind != Kind::quantity) return kNumber;
  if (a.kind == Kind::change || b.kind == Kind::change) return std::nullopt;
  if (b.kind == Kind::ratio) return is_plain(a) ? kNumber : a;
  if (b.kind != Kind::quantity || (a.kind != Kind::quantity && !is_plain(a))) return std::nullopt;
  Dimension dimension;
  const Dimension above = is_plain(a) ? Dimension::none() : a.dimension;
  if (!Dimension::divide(above, b.dimension, dimension)) return std::nullopt;
  return Type::quantity(dimension);
}

}  // namespace

ExprPtr ExprCheck::product(const View& e, ExprPtr left, ExprPtr right) {
  const auto type = product_type(*left, *right);
  if (!type) return bad_arithmetic(e, *left, *right);
  // What a change is relative to stands first.
  const auto is_factor = [](const Expr& expr) {
    return is_plain(expr.type) || expr.type.kind == Kind::ratio;
  };
  Expr expr;
  expr.op = ExprOp::multiply;
  if (is_reference(*left) && is_factor(*right) && !is_reference(*right)) {
    expr.op = ExprOp::relative;
  } else if (is_reference(*right) && is_factor(*left) && !is_reference(*left)) {
    expr.op = ExprOp::relative;
    std::swap(left, right);
  }
  expr.type = *type;
  const bool bare = left->literal == Literal::number && right->literal == Literal::number;
  expr.literal = bare ? Literal::number : Literal::none;
  expr.args = {left, right};
  return make(e, std::move(expr));
}

ExprPtr ExprCheck::quotient(const View& e, const ExprPtr& left, const ExprPtr& right) {
  const auto type = quotient_type(*left, *right);
  if (!type) return bad_arithmetic(e, *left, *right);
  Expr expr;
  expr.op = ExprOp::divide;
  expr.type = *type;
  const bool bare = left->literal == Literal::number && right->literal == Literal::number;
  const bool bare_rate =
      left->literal == Literal::number && right->closed && right->type.is_duration();
  expr.literal = bare ? Literal::number : bare_rate ? Literal::rate : Literal::none;
  expr.args = {left, right};
  return make(e, std::move(expr));
}

}  // namespace dpol::compiler
