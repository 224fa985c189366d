#include "sources/facts.h"

#include <string>

namespace dpol::sources {

using inputs::NodeKind;
using inputs::NodeRef;
using program::Decimal;

// An element of a list has none.
void Facts::key(std::string_view name) {
  if (!name.empty()) writer_.key(name);
}

void Facts::integer(std::string_view name, std::int64_t value, std::uint32_t line) {
  key(name);
  writer_.number(std::to_string(value), line);
}

void Facts::decimal(std::string_view name, const Decimal& value, std::uint32_t line) {
  key(name);
  writer_.number(value.to_string(), line);
}

void Facts::text(std::string_view name, std::string_view value, std::uint32_t line) {
  key(name);
  writer_.string(value, line);
}

void Facts::boolean(std::string_view name, bool value, std::uint32_t line) {
  key(name);
  writer_.boolean(value, line);
}

void Facts::unknown(std::string_view name, std::uint32_t line) {
  key(name);
  writer_.null(line);
}

void Facts::ratio(std::string_view name, std::int64_t part, std::int64_t whole,
                  std::uint32_t line) {
  Decimal value;
  const bool known =
      whole > 0 && Decimal::div(Decimal::from_int64(part), Decimal::from_int64(whole), value);
  if (known) {
    decimal(name, value, line);
  } else {
    unknown(name, line);
  }
}

void Facts::open_map(std::string_view name, std::uint32_t line) {
  key(name);
  writer_.open_map(line);
}

void Facts::open_list(std::string_view name, std::uint32_t line) {
  key(name);
  writer_.open_list(line);
}

void Facts::close() { writer_.close(); }

// A document is nested no deeper than kMaxDocumentDepth.
void Facts::copy(std::string_view name, NodeRef node, std::string_view unit) {
  switch (node.kind()) {
    case NodeKind::null:
      return unknown(name, node.line());
    case NodeKind::boolean:
      return boolean(name, node.truth(), node.line());
    case NodeKind::number:
      key(name);
      if (unit.empty()) {
        writer_.number(node.text(), node.line());
      } else {
        writer_.string(std::string(node.text()).append(unit), node.line());
      }
      return;
    case NodeKind::string:
      // A text that is a number is one whose writer quotes numbers.
      if (!unit.empty() && Decimal::parse(node.text()))
        return text(name, std::string(node.text()).append(unit), node.line());
      return text(name, node.text(), node.line());
    case NodeKind::list:
      open_list(name, node.line());
      for (const NodeRef element : node) copy({}, element, unit);
      return close();
    case NodeKind::map:
      open_map(name, node.line());
      for (const NodeRef entry : node) copy(entry.key(), entry, unit);
      return close();
  }
}

std::optional<std::string> Facts::finish() {
  close();
  if (writer_.fault() == inputs::DocumentFault::none) return std::nullopt;
  return writer_.fault_text();
}

}  // namespace dpol::sources
