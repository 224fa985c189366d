#include "runtime/inputs/value_reader.h"

#include <cassert>

#include "runtime/inputs/input_error.h"
#include "runtime/inputs/nearest.h"
#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"

namespace dpol::inputs {

using program::Birthplace;
using program::Decimal;
using program::Fault;
using program::Kind;
using program::NumberError;
using program::Quantity;
using program::QuantityError;
using program::QuantityFault;
using program::QuantityForm;
using program::Type;
using program::Value;

namespace {

constexpr std::string_view kExpectedTime =
    "a time such as \"2026-12-31T10:00:00Z\", or seconds since 1970";
constexpr std::string_view kTimeSpan = "a time between the years 1825 and 2115";

std::string found_string(std::string_view text) { return "the string " + in_quotes(text); }

std::string found_number(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string shown(text.substr(0, kShown));
  if (text.size() > kShown) shown += "…";
  return "the number " + shown;
}

std::string found_scalar(std::string_view text, bool is_text) {
  return is_text ? found_string(text) : found_number(text);
}

// `10000/s` of a type that counts something per time need not say what.
bool counts_per_time(const Type& type) {
  return type.dimension.exponents[program::Dimension::kTime] == -1 &&
         type.dimension.exponents[program::Dimension::kBytes] == 0;
}
bool per_second(const Quantity& quantity) {
  return quantity.form == QuantityForm::rate &&
         quantity.type == Type::quantity(program::Dimension::per_second());
}

// Whether a quantity written so is a value of the type. `2x` is none of any.
bool fits(const Type& type, const Quantity& quantity) {
  const bool bare =
      quantity.form == QuantityForm::integer || quantity.form == QuantityForm::decimal;
  switch (type.kind) {
    case Kind::ratio:
    case Kind::change:
      return bare || quantity.form == QuantityForm::percent;
    case Kind::points:
      return bare || quantity.form == QuantityForm::points;
    case Kind::quantity:
      return bare || quantity.type == type || (counts_per_time(type) && per_second(quantity));
    default:
      return bare;
  }
}

std::string unit_hint(const Type& type, const Quantity& quantity) {
  if (type.kind == Kind::points && quantity.form == QuantityForm::percent) {
    return "percentage points are written `pp`: \"1pp\"";
  }
  if (type.kind == Kind::ratio && quantity.form == QuantityForm::points) {
    return "percentage points are a difference of shares; a share is written \"1%\"";
  }
  return {};
}

std::string quantity_hint(const QuantityError& error) {
  if (error.fault == QuantityFault::unknown_unit || error.fault == QuantityFault::bad_rate) {
    return "there is no unit " + in_quotes(error.text) +
           " here: " + std::string(error.where.expected);
  }
  return {};
}

}  // namespace

std::string found_text(NodeRef node) {
  switch (node.kind()) {
    case NodeKind::null:
      return "null";
    case NodeKind::boolean:
      return node.truth() ? "true" : "false";
    case NodeKind::number:
      return found_number(node.text());
    case NodeKind::string:
      return found_string(node.text());
    case NodeKind::list:
      return node.size() == 0 ? "an empty list" : "a list of " + std::to_string(node.size());
    case NodeKind::map:
      break;
  }
  if (node.size() == 0) return "an empty map";
  std::vector<std::string> keys;
  constexpr std::size_t kShown = 4;
  for (const NodeRef entry : node) {
    if (keys.size() > kShown) break;
    keys.push_back(in_quotes(entry.key()));
  }
  return "a map with " + listed(keys, "and", kShown);
}

std::optional<vm::Instant> read_instant(std::string_view text, bool is_text, Mismatch& mismatch) {
  vm::Instant instant = 0;
  program::TextError time_error;
  Decimal seconds;
  const NumberError number = Decimal::parse(text, seconds);
  const bool is_number = number != NumberError::malformed;
  const bool read = is_number
                        ? number == NumberError::none && program::decimal_to_time(seconds, instant)
                        : program::parse_time(text, program::Zoneless::error, instant, time_error);
  const bool inside = instant > vm::kBeginningOfTime && instant < vm::kEndOfTime;
  if (read && inside) return instant;
  mismatch = {std::string(kExpectedTime), found_scalar(text, is_text), {}};
  if (is_number || read) {
    mismatch.expected = kTimeSpan;
    if (is_number) mismatch.hint = "seconds since 1970 are expected: is it in milliseconds?";
  } else if (time_error.offset > 0) {
    mismatch.hint = "expected " + std::string(time_error.expected) + " at character " +
                    std::to_string(time_error.offset + 1);
  }
  return std::nullopt;
}

std::string ValueReader::expected(const Type& type) const {
  switch (type.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return "a whole number";
    case Kind::number:
      return "a number";
    case Kind::ratio:
      return "a share: 0.05, or a text such as \"5%\"";
    case Kind::points:
      return "percentage points: 0.01, or a text such as \"1pp\"";
    case Kind::change:
      return "a relative change: 0.1, or a text such as \"10%\"";
    case Kind::time:
      return std::string(kExpectedTime);
    case Kind::semver:
      return "a semantic version such as \"1.4.2\"";
    case Kind::string:
      return "a string";
    case Kind::enumeration: {
      std::vector<std::string> members;
      for (const auto member : program_.enumerations[type.index].members) {
        members.push_back(program_.text(member));
      }
      return listed(members);
    }
    case Kind::quantity:
      if (type.is_duration()) return "a duration: seconds, or a text such as \"250ms\"";
      if (type.is_bytes()) return "a size: bytes, or a text such as \"2GiB\"";
      return "a number of " + program::to_text(type, names_) + ", or a text with that unit";
    case Kind::record:
      return "a map";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return {};
}

bool ValueReader::is_outside_ratio(const Type& type, Value value) {
  return type.kind == Kind::ratio && !value.is_unknown() &&
         (value.as_number().is_negative() || value.as_number() > Decimal::from_int64(1));
}

std::string ValueReader::ratio_note(Value value) {
  const std::string number = value.as_number().to_string();
  std::string text = "is " + number + ", outside 0%..100%, and counts as unknown";
  if (!value.as_number().is_negative()) text += "; a percentage is written \"" + number + "%\"";
  return text;
}

std::string ValueReader::print(const Type& type, Value value) const {
  return program::format_exact(value.as_number(), type, names_);
}

std::optional<Value> ValueReader::numeric(const Type& type, std::string_view text, bool is_text,
                                          Birthplace born, Mismatch& mismatch) {
  // Failing is rare and its words cost: they are made only then.
  const auto fail = [&](std::string hint) {
    mismatch = {expected(type), found_scalar(text, is_text), std::move(hint)};
    return std::nullopt;
  };
  Quantity quantity;
  QuantityError error;
  if (!program::parse_quantity(text, program::QuantityStyle::input, names_, quantity, error)) {
    if (error.fault == QuantityFault::not_finite) return Value::unknown(Fault::not_a_number, born);
    if (error.fault == QuantityFault::out_of_range) {
      return fail("numbers are held up to 170000000000000000000 in base units");
    }
    return fail(quantity_hint(error));
  }
  if (!fits(type, quantity)) return fail(unit_hint(type, quantity));
  if (type.kind == Kind::integer && !quantity.value.to_int64()) {
    return fail(quantity.value.is_integer() ? "it does not fit 64 bits" : "");
  }
  return Value::number(quantity.value);
}

std::optional<Value> ValueReader::time(std::string_view text, bool is_text, Mismatch& mismatch) {
  const auto instant = read_instant(text, is_text, mismatch);
  if (!instant) return std::nullopt;
  return Value::number(program::time_to_decimal(*instant));
}

std::optional<Value> ValueReader::member(const Type& type, std::string_view text,
                                         Mismatch& mismatch) {
  const auto& members = program_.enumerations[type.index].members;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (program_.text(members[i]) == text) return Value::id(i);
    names.push_back(program_.text(members[i]));
  }
  mismatch = {expected(type), found_string(text), did_you_mean(text, names)};
  return std::nullopt;
}

// What is written as a string.
std::optional<Value> ValueReader::symbol(const Type& type, std::string_view text, Birthplace born,
                                         Mismatch& mismatch) {
  switch (type.kind) {
    case Kind::string:
      return builder_.text_value(text);
    case Kind::enumeration:
      return member(type, text, mismatch);
    case Kind::time:
      return time(text, true, mismatch);
    case Kind::semver: {
      program::Semver version;
      program::TextError error;
      if (program::Semver::parse(text, version, error)) return builder_.semver_value(version);
      mismatch = {expected(type), found_string(text), {}};
      if (error.offset > 0) {
        mismatch.hint = "expected " + std::string(error.expected) + " at character " +
                        std::to_string(error.offset + 1);
      }
      return std::nullopt;
    }
    default:
      if (type.is_numeric()) return numeric(type, text, true, born, mismatch);
      mismatch = {expected(type), found_string(text), {}};
      return std::nullopt;
  }
}

std::optional<Value> ValueReader::read(const Type& type, NodeRef node, Birthplace born,
                                       Mismatch& mismatch) {
  assert(!node.is(NodeKind::null));
  if (node.is(NodeKind::boolean) && type.kind == Kind::boolean) return Value::boolean(node.truth());
  if (node.is(NodeKind::string)) return symbol(type, node.text(), born, mismatch);
  if (node.is(NodeKind::number) && type.kind == Kind::time)
    return time(node.text(), false, mismatch);
  if (node.is(NodeKind::number) && type.is_numeric()) {
    return numeric(type, node.text(), false, born, mismatch);
  }
  mismatch = {expected(type), found_text(node), {}};
  const bool wants_text =
      type.kind == Kind::string || type.kind == Kind::enumeration || type.kind == Kind::semver;
  if (wants_text && (node.is(NodeKind::number) || node.is(NodeKind::boolean))) {
    mismatch.hint = "put it between double quotes";
  }
  return std::nullopt;
}

std::optional<Value> ValueReader::read_text(const Type& type, std::string_view text,
                                            Birthplace born, Mismatch& mismatch) {
  if (type.kind != Kind::boolean) return symbol(type, text, born, mismatch);
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  mismatch = {expected(type), found_string(text), {}};
  return std::nullopt;
}

}  // namespace dpol::inputs
