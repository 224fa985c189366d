#include <algorithm>

#include "runtime/vm/functions/arguments.h"

namespace dpol::vm {

using program::Decimal;
using program::Value;

namespace {

// To the nearest multiple of `step`, away from zero at a half, as people round on paper. On the raw
// units, where nothing is rounded but what is asked for.
Value nearest(Decimal number, Decimal step) {
  const program::Int128 x = number.raw();
  const program::Int128 rest = x % step.raw();
  const program::Int128 size = rest < 0 ? -rest : rest;
  const Decimal down = Decimal::from_raw(x - rest);
  if (size < step.raw() - size) return Value::number(down);
  Decimal result;
  return number_or_overflow(Decimal::add(down, x < 0 ? step.neg() : step, result), result);
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
  return nearest(arguments.number(0), Decimal::from_int64(1));
}

Value body_round_to(const Arguments& arguments) {
  if (arguments.number(1).sign() <= 0) return bad_argument();
  return nearest(arguments.number(0), arguments.number(1));
}

}  // namespace dpol::vm
