// Documents read as a source, for tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "sources/read.h"

namespace dpol::sources {

inline std::filesystem::path samples_folder() {
  return std::filesystem::path(DPOL_SOURCE_DIR) / "tests/data/sources";
}

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// As JSON without quotes around keys: what a policy has as its facts.
inline void dump(inputs::NodeRef node, std::string& out) {
  switch (node.kind()) {
    case inputs::NodeKind::null:
      out += "null";
      return;
    case inputs::NodeKind::boolean:
      out += node.truth() ? "true" : "false";
      return;
    case inputs::NodeKind::number:
      out += node.text();
      return;
    case inputs::NodeKind::string:
      out += inputs::in_quotes(node.text());
      return;
    case inputs::NodeKind::list:
    case inputs::NodeKind::map:
      break;
  }
  const bool map = node.is(inputs::NodeKind::map);
  out += map ? '{' : '[';
  bool first = true;
  for (const inputs::NodeRef child : node) {
    if (!std::exchange(first, false)) out += ", ";
    if (map) out.append(child.key()).append(" ");
    dump(child, out);
  }
  out += map ? '}' : ']';
}

// One fact a line, an element of a list a line of its own.
inline std::string dump(const inputs::Document& document) {
  std::string out;
  for (const inputs::NodeRef fact : document.root()) {
    if (!fact.is(inputs::NodeKind::list)) {
      out.append(fact.key()).append(" ");
      dump(fact, out);
      out += "\n";
      continue;
    }
    for (const inputs::NodeRef element : fact) {
      out.append(fact.key()).append(" line ").append(std::to_string(element.line())).append(" ");
      dump(element, out);
      out += "\n";
    }
  }
  return out;
}

// The facts or, where there are none, the errors.
inline std::string read_files(std::string_view format, std::vector<inputs::InputFile> files,
                              std::vector<FieldPlace> fields = {}) {
  inputs::InputErrors errors;
  const auto document = read(*find_format(format), std::move(files), {std::move(fields), {}}, errors);
  if (document) return dump(*document);
  std::string text;
  for (const inputs::InputError& error : errors.take()) text += error.to_text() + "\n";
  return text;
}

inline std::string read_text(std::string_view format, std::string text,
                             std::vector<FieldPlace> fields = {}) {
  return read_files(format, {{"x", std::move(text)}}, std::move(fields));
}

}  // namespace dpol::sources
