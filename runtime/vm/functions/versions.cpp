#include "runtime/vm/functions/arguments.h"

namespace dpol::vm {

using program::Decimal;
using program::Value;

namespace {

Value part(const std::string& digits) {
  const auto number = Decimal::parse(digits);
  return number ? Value::number(*number) : Value::unknown(program::Fault::overflow);
}

}  // namespace

Value body_satisfies(const Arguments& arguments) {
  const auto range = arguments.written.ranges.find(arguments.constant_text(1));
  if (range == arguments.written.ranges.end()) return bad_argument();
  return Value::boolean(range->second.contains(arguments.version(0)));
}

Value body_major(const Arguments& arguments) { return part(arguments.version(0).major_version()); }
Value body_minor(const Arguments& arguments) { return part(arguments.version(0).minor_version()); }
Value body_patch(const Arguments& arguments) { return part(arguments.version(0).patch_version()); }

Value body_is_prerelease(const Arguments& arguments) {
  return Value::boolean(!arguments.version(0).prerelease().empty());
}

}  // namespace dpol::vm
