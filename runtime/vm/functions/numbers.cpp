#include <algorithm>

#include "runtime/vm/functions/arguments.h"

namespace dpol::vm {

using program::Decimal;
using program::Value;

namespace {

// Away from zero at a half, as people round on paper.
bool round_half_up(Decimal x, Decimal& out) {
  const Decimal half = Decimal::from_raw(Decimal::kScale / 2);
  Decimal result;
  if (!Decimal::add(x.abs(), half, result) || !Decimal::floor(result, result)) return false;
  out = x.is_negative() ? result.neg() : result;
  return true;
}

}  // namespace

Value body_abs(const Arguments& arguments) { return Value::number(arguments.number(0).abs()); }

Value body_least(const Arguments& arguments) {
  return Value::number(std::min(arguments.number(0), arguments.number(1)));
}

Value body_greatest(const Arguments& arguments) {
  return Value::number(std::max(arguments.number(0), arguments.number(1)));
}

Value body_clamp(const Arguments& arguments) {
  const Decimal low = arguments.number(1);
  const Decimal high = arguments.number(2);
  if (low > high) return bad_argument();
  return Value::number(std::clamp(arguments.number(0), low, high));
}

Value body_floor(const Arguments& arguments) {
  Decimal result;
  return number_or_overflow(Decimal::floor(arguments.number(0), result), result);
}

Value body_ceil(const Arguments& arguments) {
  Decimal result;
  return number_or_overflow(Decimal::ceil(arguments.number(0), result), result);
}

Value body_round(const Arguments& arguments) {
  Decimal result;
  return number_or_overflow(round_half_up(arguments.number(0), result), result);
}

// On the raw units, where nothing is rounded but what is asked for.
Value body_round_to(const Arguments& arguments) {
  const program::Int128 step = arguments.number(1).raw();
  if (step <= 0) return bad_argument();
  const program::Int128 x = arguments.number(0).raw();
  const program::Int128 rest = x % step;
  const program::Int128 size = rest < 0 ? -rest : rest;
  const program::Int128 down = x - rest;
  if (size < step - size) return Value::number(Decimal::from_raw(down));
  const Decimal away = Decimal::from_raw(x < 0 ? -step : step);
  Decimal result;
  return number_or_overflow(Decimal::add(Decimal::from_raw(down), away, result), result);
}

}  // namespace dpol::vm
