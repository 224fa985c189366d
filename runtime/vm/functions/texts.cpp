#include <algorithm>

#include "runtime/program/program_units.h"
#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"
#include "runtime/vm/functions/arguments.h"

namespace dpol::vm {

using program::Decimal;
using program::Fault;
using program::Kind;
using program::Type;
using program::Value;

namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

template <class Change>
Value changed(const Arguments& arguments, const Change& change) {
  std::string& out = arguments.draft;
  if (arguments.text(0).size() > program::kMaxText) return Value::unknown(Fault::too_large);
  for (const char c : arguments.text(0)) out += change(c);
  return arguments.built.text(out);
}

// The byte at which a code point begins, or the end.
std::size_t byte_of(std::string_view text, std::size_t point) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (continues_character(text[at])) continue;
    if (point-- == 0) break;
  }
  return at;
}

}  // namespace

Value body_starts_with(const Arguments& arguments) {
  return Value::boolean(arguments.text(0).starts_with(arguments.text(1)));
}

Value body_ends_with(const Arguments& arguments) {
  return Value::boolean(arguments.text(0).ends_with(arguments.text(1)));
}

// Every code point has one byte that is no continuation.
Value body_chars(const Arguments& arguments) {
  const std::string_view text = arguments.text(0);
  return whole(std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

Value body_lower(const Arguments& arguments) {
  return changed(arguments,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

Value body_upper(const Arguments& arguments) {
  return changed(arguments,
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
}

Value body_trim(const Arguments& arguments) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::string_view text = arguments.text(0);
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  text = text.substr(0, text.find_last_not_of(kBlank) + 1);
  arguments.draft = text.substr(0, program::kMaxText + 1);
  return arguments.built.text(arguments.draft);
}

Value body_substitute(const Arguments& arguments) {
  const std::string_view text = arguments.text(0);
  const std::string_view old = arguments.text(1);
  const std::string_view with = arguments.text(2);
  if (old.empty()) return bad_argument();
  std::string& out = arguments.draft;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(old, at), text.size());
    out.append(text.substr(at, std::min(found - at, program::kMaxText + 1)));
    if (found < text.size()) out.append(with);
    if (out.size() > program::kMaxText) return Value::unknown(Fault::too_large);
    at = found + old.size();
  }
  return arguments.built.text(out);
}

Value body_substring(const Arguments& arguments) {
  const std::string_view text = arguments.text(0);
  const std::size_t from = byte_of(text, clamped(arguments.number(1), text.size()));
  const std::size_t to = byte_of(text, clamped(arguments.number(2), text.size()));
  if (to > from) arguments.draft = text.substr(from, std::min(to - from, program::kMaxText + 1));
  return arguments.built.text(arguments.draft);
}

Value body_concat(const Arguments& arguments) {
  const std::string_view first = arguments.text(0);
  const std::string_view second = arguments.text(1);
  if (first.size() + second.size() > program::kMaxText) return Value::unknown(Fault::too_large);
  arguments.draft.append(first).append(second);
  return arguments.built.text(arguments.draft);
}

Value body_split(const Arguments& arguments) {
  std::string& text = arguments.draft;  // outlives what is built from it
  text = arguments.text(0);
  const std::string separator(arguments.text(1));
  if (separator.empty()) return bad_argument();
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    const Value part = arguments.built.text(std::string_view(text).substr(at, end - at));
    if (part.is_unknown()) return part;
    if (arguments.values.size() == program::kMaxBuiltRows) return Value::unknown(Fault::too_large);
    arguments.values.push_back(part);
    if (end == text.size()) break;
    at = end + separator.size();
  }
  return arguments.built.list(arguments.values);
}

Value body_join(const Arguments& arguments) {
  const Value list = arguments.value(0);
  const std::uint32_t column = arguments.program.row_tables[arguments.table(0)].first_column;
  std::string& out = arguments.draft;
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    const Value part = arguments.element(list, column, i);
    if (part.is_unknown()) return part;
    if (i > 0) out.append(arguments.text(1));
    const std::string_view text = arguments.built.text_of(part.as_id());
    if (out.size() + text.size() > program::kMaxText) return Value::unknown(Fault::too_large);
    out.append(text);
  }
  return arguments.built.text(out);
}

Value body_text(const Arguments& arguments) {
  const Value value = arguments.value(0);
  const Type& type = arguments.program.constant_types[arguments.ids[1]];
  switch (type.kind) {
    case Kind::boolean:
      return arguments.built.text(value.is_true() ? "true" : "false");
    case Kind::string:
      return value;
    case Kind::semver:
      return arguments.built.text(arguments.version(0).to_string());
    case Kind::enumeration: {
      const auto& members = arguments.program.enumerations[type.index].members;
      if (value.as_id() >= members.size()) return bad_argument();
      return arguments.built.text(arguments.program.text(members[value.as_id()]));
    }
    default:
      return arguments.built.text(
          program::format_exact(value.as_number(), type, program::ProgramUnits(arguments.program)));
  }
}

Value body_to_int(const Arguments& arguments) {
  const auto number = Decimal::parse(arguments.text(0));
  return number && number->to_int64() ? Value::number(*number) : bad_argument();
}

Value body_to_float(const Arguments& arguments) {
  const auto number = Decimal::parse(arguments.text(0));
  return number ? Value::number(*number) : bad_argument();
}

Value body_to_duration(const Arguments& arguments) {
  program::Quantity quantity;
  program::QuantityError error;
  const bool read = program::parse_quantity(arguments.text(0), program::QuantityStyle::input,
                                            program::NoUnits(), quantity, error);
  return read && quantity.type.is_duration() ? Value::number(quantity.value) : bad_argument();
}

Value body_capture(const Arguments& arguments) {
  const auto group = arguments.number(2).to_int64();
  if (!group || *group < 0) return bad_argument();
  std::string_view found;
  const Fault fault = arguments.regexes.capture(arguments.constant_text(1), arguments.text(0),
                                                static_cast<std::size_t>(*group), found);
  if (fault != Fault::none) return Value::unknown(fault);
  arguments.draft = found.substr(0, program::kMaxText + 1);
  return arguments.built.text(arguments.draft);
}

}  // namespace dpol::vm
