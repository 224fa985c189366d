#include "compiler/fold.h"

#include <algorithm>
#include <string_view>

#include "runtime/program/semver.h"

namespace dpol::compiler {

using program::Fault;
using program::Function;

namespace {

Folded truth(bool value) {
  Constant constant;
  constant.boolean = value;
  return {std::move(constant), Fault::none};
}

Folded number(bool in_range, Decimal value, Fault fault = Fault::overflow) {
  if (!in_range) return {std::nullopt, fault};
  Constant constant;
  constant.number = value;
  return {std::move(constant), Fault::none};
}

Folded arithmetic(ExprOp op, Decimal a, Decimal b) {
  Decimal result;
  switch (op) {
    case ExprOp::add:
      return number(Decimal::add(a, b, result), result);
    case ExprOp::subtract:
      return number(Decimal::sub(a, b, result), result);
    case ExprOp::multiply:
      return number(Decimal::mul(a, b, result), result);
    default:
      break;
  }
  if (b.is_zero()) return {std::nullopt, Fault::division_by_zero};
  return number(Decimal::div(a, b, result), result);
}

// -1, 0 or 1; versions by precedence.
int compare(const Type& type, const Constant& a, const Constant& b) {
  const auto sign = [](auto order) { return (order > 0) - (order < 0); };
  switch (type.kind) {
    case Kind::boolean:
      return int{a.boolean} - int{b.boolean};
    case Kind::enumeration:
      return sign(a.ordinal <=> b.ordinal);
    case Kind::string:
      return sign(a.text <=> b.text);
    case Kind::semver: {
      program::Semver left;
      program::Semver right;
      program::TextError error;
      program::Semver::parse(a.text, left, error);
      program::Semver::parse(b.text, right, error);
      return sign(left <=> right);
    }
    default:
      return sign(a.number <=> b.number);
  }
}

bool holds(ExprOp op, int order) {
  switch (op) {
    case ExprOp::less:
      return order < 0;
    case ExprOp::less_equal:
      return order <= 0;
    case ExprOp::greater:
      return order > 0;
    case ExprOp::greater_equal:
      return order >= 0;
    case ExprOp::equal:
      return order == 0;
    default:
      return order != 0;
  }
}

// Nearest whole number, halves away from zero.
Folded rounded(Decimal a) {
  Decimal half;
  Decimal::div(Decimal::from_int64(1), Decimal::from_int64(2), half);
  Decimal moved;
  const bool negative = a.is_negative();
  if (!Decimal::add(a.abs(), half, moved)) return {std::nullopt, Fault::overflow};
  Decimal result;
  const bool fits = Decimal::floor(moved, result);
  return number(fits, negative ? result.neg() : result);
}

Folded call(Function function, const Constant& a, const Constant* b) {
  Decimal result;
  // Others run: what they build is bounded there.
  switch (function) {
    case Function::abs:
      return number(true, a.number.abs());
    case Function::least:
      return number(true, std::min(a.number, b->number));
    case Function::greatest:
      return number(true, std::max(a.number, b->number));
    case Function::floor:
      return number(Decimal::floor(a.number, result), result);
    case Function::ceil:
      return number(Decimal::ceil(a.number, result), result);
    case Function::round:
      return rounded(a.number);
    case Function::starts_with:
      return truth(a.text.starts_with(b->text));
    case Function::ends_with:
      return truth(a.text.ends_with(b->text));
    case Function::chars: {
      const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
      return number(true, Decimal::from_int64(std::ranges::count_if(a.text, begins)));
    }
    default:
      return {};
  }
}

Folded logic(const Expr& expr) {
  const bool decides = expr.op == ExprOp::either;
  const auto& a = expr.args[0]->known;
  const auto& b = expr.args[1]->known;
  if ((a && a->boolean == decides) || (b && b->boolean == decides)) return truth(decides);
  if (a && b) return truth(!decides);
  return {};
}

}  // namespace

Folded fold(const Expr& expr) {
  const auto known = [&expr](std::size_t i) -> const Constant* {
    return i < expr.args.size() && expr.args[i]->known ? &*expr.args[i]->known : nullptr;
  };
  const Constant* a = known(0);
  const Constant* b = known(1);
  switch (expr.op) {
    case ExprOp::constant:
      return {expr.constant, Fault::none};
    case ExprOp::both:
    case ExprOp::either:
      return logic(expr);
    case ExprOp::choose:
      if (a == nullptr) return {};
      if (const Constant* chosen = known(a->boolean ? 1 : 2)) return {*chosen, Fault::none};
      return {};
    default:
      break;
  }
  if (a == nullptr) return {};
  switch (expr.op) {
    case ExprOp::negation:
      return truth(!a->boolean);
    case ExprOp::negate:
      return number(true, a->number.neg());
    case ExprOp::call:
      if (expr.args.size() > 1 && b == nullptr) return {};
      return call(expr.function, *a, b);
    default:
      break;
  }
  if (b == nullptr) return {};
  switch (expr.op) {
    case ExprOp::add:
    case ExprOp::subtract:
    case ExprOp::multiply:
    case ExprOp::divide:
      return arithmetic(expr.op, a->number, b->number);
    case ExprOp::less:
    case ExprOp::less_equal:
    case ExprOp::greater:
    case ExprOp::greater_equal:
    case ExprOp::equal:
    case ExprOp::not_equal:
      return truth(holds(expr.op, compare(expr.args[0]->type, *a, *b)));
    case ExprOp::contains_text:
      return truth(a->text.find(b->text) != std::string::npos);
    default:
      return {};
  }
}

}  // namespace dpol::compiler
