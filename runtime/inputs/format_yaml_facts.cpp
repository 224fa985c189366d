// Facts as one YAML mapping.

#include "runtime/inputs/formats.h"
#include "runtime/inputs/redact.h"
#include "runtime/inputs/yaml.h"

namespace dpol::inputs {

bool recognise_yaml_facts(const Candidate& candidate) { return candidate.shape == Shape::text; }

void read_yaml_facts(const Candidate& candidate, std::uint32_t document, FactBinder& facts,
                     InputErrors& errors) {
  Document tree;
  SyntaxFault fault;
  if (read_yaml(candidate.file.bytes, tree, fault)) {
    return facts.bind_document(tree, document, redact(candidate.file.name));
  }
  InputError error;
  error.line = fault.line;
  error.found = fault.text;
  errors.add(std::move(error));
}

}  // namespace dpol::inputs
