// A Document as text, for comparing: JSON without spaces, strings as they are.
#pragma once

#include <string>

#include "runtime/inputs/document.h"

namespace dpol::test {

inline std::string dump(inputs::NodeRef node) {
  switch (node.kind()) {
    case inputs::NodeKind::null:
      return "null";
    case inputs::NodeKind::boolean:
      return node.truth() ? "true" : "false";
    case inputs::NodeKind::number:
      return std::string(node.text());
    case inputs::NodeKind::string:
      return "\"" + std::string(node.text()) + "\"";
    default:
      break;
  }
  const bool is_map = node.is(inputs::NodeKind::map);
  std::string text = is_map ? "{" : "[";
  for (const inputs::NodeRef child : node) {
    if (text.size() > 1) text += ',';
    if (is_map) text += "\"" + std::string(child.key()) + "\":";
    text += dump(child);
  }
  return text + (is_map ? "}" : "]");
}

}  // namespace dpol::test
