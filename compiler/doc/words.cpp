#include "compiler/doc/words.h"

#include <fmt/format.h>

#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"

namespace dpol::doc {
namespace {

using compiler::EnumInfo;
using compiler::TypeTable;
using program::Kind;
using program::Type;

std::string members(const EnumInfo& info) {
  return fmt::format("{}", fmt::join(info.members, info.ordered ? " < " : " | "));
}

}  // namespace

std::string duration(const compiler::Decimal& seconds) {
  return program::format_exact(seconds, Type::duration(), program::NoUnits());
}

std::string moment(const compiler::Decimal& seconds) { return program::format_time(seconds); }

std::string type_text(const Type& type, const TypeTable& types) {
  if (type.kind == Kind::enumeration && types.enums[type.index].in_place)
    return members(types.enums[type.index]);
  if (type.kind != Kind::list && type.kind != Kind::map) return program::to_text(type, types);
  const Type element = types.collections[type.index].element;
  const std::string of = type.kind == Kind::list ? "list of " : "map of ";
  if (element.kind == Kind::record && types.records[element.index].in_place) return of + "records";
  if (element.kind == Kind::enumeration && types.enums[element.index].in_place) {
    return of + "(" + members(types.enums[element.index]) + ")";
  }
  return program::to_text(type, types);
}

std::string type_values(const Type& type, const TypeTable& types) {
  if (type.kind == Kind::enumeration && !types.enums[type.index].in_place)
    return members(types.enums[type.index]);
  if (type.kind != Kind::list && type.kind != Kind::map) return {};
  std::string text;
  for (const compiler::ColumnInfo& column : types.collections[type.index].columns) {
    if (column.name.empty() || column.name == "[key]") continue;
    text += fmt::format("{}{}{} {}", text.empty() ? "" : ", ", column.name,
                        column.optional ? "?" : "", type_text(column.type, types));
  }
  return text;
}

Text approval_text(const compiler::Approval& approval, const compiler::Checked& checked) {
  Text text = {plain(approval.count == 1 ? "1 person" : fmt::format("{} people", approval.count))};
  if (approval.role.empty()) {
    text.push_back(plain(", anybody"));
  } else {
    append(text, {plain(" as "), code(approval.role)});
  }
  std::vector<std::string> others;
  for (const std::uint32_t fact : approval.other_than) others.push_back(checked.facts[fact].path);
  if (!others.empty()) {
    text.push_back(plain(", not whom "));
    append(text, listed_code(others));
    text.push_back(plain(others.size() == 1 ? " names" : " name"));
  }
  if (!approval.within_seconds.is_zero()) {
    text.push_back(plain(", no longer ago than " + duration(approval.within_seconds)));
  }
  if (approval.or_not_applicable)
    text.push_back(plain("; or somebody says, with a reason, that it is not applicable"));
  return text;
}

}  // namespace dpol::doc
