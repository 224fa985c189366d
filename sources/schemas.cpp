#include "sources/schemas.h"

#include <algorithm>
#include <string>
#include <vector>

namespace dpol::sources {
namespace {

// "" where there is none of that name.
std::string_view schema_text(std::string_view schema) {
  const std::string file = std::string(schema) + ".dpol";
  const auto schemas = source_schemas();
  const auto found = std::ranges::find(schemas, file, &EmbeddedText::name);
  return found == schemas.end() ? std::string_view() : found->text;
}

}  // namespace

std::span<const compiler::SourceFormat> source_formats() {
  static const std::vector<compiler::SourceFormat> kFormats = {
#define DPOL_SOURCE_FORMAT(name, schema, doc, expected) {#name, schema_text(#schema)},
#include "sources/formats.def"
      // Brought by the record of decisions, not by documents.
      {"history", schema_text("history")},
  };
  return kFormats;
}

}  // namespace dpol::sources
