#include "sources/schemas.h"

#include <algorithm>
#include <cstdint>
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

struct OptionRow {
  std::string_view format;
  compiler::SourceOption option;
};
enum class OptionKind : std::uint8_t { files, text };
constexpr OptionRow kOptions[] = {
#define DPOL_SOURCE_OPTION(format, name, kind, doc) {#format, {#name, OptionKind::kind == OptionKind::files}},
#include "sources/options.def"
};

std::vector<compiler::SourceOption> options_of(std::string_view format) {
  std::vector<compiler::SourceOption> options;
  for (const OptionRow& row : kOptions) {
    if (row.format == format) options.push_back(row.option);
  }
  return options;
}

}  // namespace

std::span<const compiler::SourceFormat> source_formats() {
  static const std::vector<compiler::SourceFormat> kFormats = {
#define DPOL_SOURCE_FORMAT(name, schema, doc, expected) {#name, schema_text(#schema), options_of(#name)},
#include "sources/formats.def"
      // Brought by the record of decisions, not by documents.
      {"history", schema_text("history"), {}},
  };
  return kFormats;
}

}  // namespace dpol::sources
