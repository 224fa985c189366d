#include "runtime/decision/value_text.h"

#include "runtime/program/program_units.h"
#include "runtime/program/quantity.h"

namespace dpol::decision {

namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string cut_in_the_middle(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  const std::string dots = "…";
  const std::size_t half = (most - dots.size()) / 2;
  std::size_t head = half;
  while (head > 0 && continues_character(text[head])) --head;
  std::size_t tail = text.size() - half;
  while (tail < text.size() && continues_character(text[tail])) ++tail;
  return text.substr(0, head) + dots + text.substr(tail);
}

std::string hex(unsigned code) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  do digits.insert(digits.begin(), kDigits[code % 16]);
  while ((code /= 16) != 0);
  return digits;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') result += "\\n";
    else if (c == '\t') result += "\\t";
    else if (c == '\r') result += "\\r";
    else if (byte < 0x20 || byte == 0x7F) result += "\\u{" + hex(byte) + "}";
    else result += c;
  }
  return cut_in_the_middle(std::move(result), most);
}

std::string quoted_text(std::string_view text) { return '"' + printable(text) + '"'; }

std::string number_text(const program::Program& program, program::Decimal number, const program::Type& type,
                        bool always_signed) {
  return program::format_value(number, type, program::ProgramUnits(program),
                               always_signed ? program::Sign::always : program::Sign::negative);
}

std::string compared_text(const program::Program& program, program::Decimal number, program::Decimal other,
                          const program::Type& type) {
  return program::format_pair(number, other, type, program::ProgramUnits(program)).first;
}

std::string exact_text(const program::Program& program, const vm::Snapshot& snapshot, program::Value value,
                       const program::Type& type) {
  if (!type.is_numeric()) return value_text(program, snapshot, value, type);
  return program::format_exact(value.as_number(), type, program::ProgramUnits(program));
}

std::string value_text(const program::Program& program, const vm::Snapshot& snapshot, program::Value value,
                       const program::Type& type) {
  switch (type.kind) {
    case program::Kind::boolean:
      return value.is_true() ? "true" : "false";
    case program::Kind::string:
      return quoted_text(snapshot.symbols().text(value.as_id()));
    case program::Kind::semver:
      return printable(snapshot.semvers()[value.as_id()].to_string());
    case program::Kind::enumeration: {
      const auto& members = program.enumerations[type.index].members;
      return value.as_id() < members.size() ? program.text(members[value.as_id()]) : "?";
    }
    case program::Kind::list:
    case program::Kind::map:
      return std::to_string(value.row_count()) + (value.row_count() == 1 ? " entry" : " entries");
    case program::Kind::record:
      return "a record";
    default:
      return number_text(program, value.as_number(), type);
  }
}

}  // namespace dpol::decision
