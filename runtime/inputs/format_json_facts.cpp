// Facts as one JSON object.

#include "runtime/inputs/formats.h"
#include "runtime/inputs/redact.h"
#include "runtime/inputs/yaml.h"

namespace dpol::inputs {
namespace {

bool is_yaml_name(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

}  // namespace

bool recognise_json_facts(const Candidate& candidate) {
  if (candidate.shape == Shape::json) return true;
  return candidate.shape == Shape::text && candidate.file.name.ends_with(".json");
}

void read_json_facts(const Candidate& candidate, std::uint32_t document, FactBinder& facts,
                     InputErrors& errors) {
  Document tree;
  SyntaxFault fault;
  bool read = JsonReader().read(candidate.file.bytes, tree, fault);
  // YAML's flow style begins like JSON.
  if (!read && is_yaml_name(candidate.file.name)) {
    read = read_yaml(candidate.file.bytes, tree, fault);
  }
  if (read) return facts.bind_document(tree, document, redact(candidate.file.name));
  InputError error;
  error.line = fault.line;
  error.found = fault.text;
  errors.add(std::move(error));
}

}  // namespace dpol::inputs
