// Samples as NDJSON: one JSON object a line, blank lines between them at will.

#include <algorithm>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/sample_reader.h"

namespace dpol::inputs {
namespace {

void read_line(std::string_view line, std::uint32_t number, bool is_cut, JsonReader& reader,
               Document& document, MetricSink& metrics) {
  SyntaxFault fault;
  if (reader.read_padded(line, document, fault, number)) {
    read_sample(document.root(), metrics);
    return;
  }
  metrics.fail(
      fault.line, "",
      {"", fault.text, is_cut ? "this last line has no end: is the document cut off?" : ""});
}

}  // namespace

bool recognise_sample_lines(const Candidate& candidate) {
  return candidate.is_lines && looks_like_sample(candidate.json.root());
}

void read_sample_lines(const Candidate& candidate, MetricSink& metrics) {
  if (metrics.target()) {
    metrics.fail(0, "", {"", "names its metrics itself", "give it without `NAME=`"});
    return;
  }
  std::string padded;
  padded.reserve(candidate.file.bytes.size() + JsonReader::kPadding);
  padded.append(candidate.file.bytes).append(JsonReader::kPadding, ' ');
  const std::string_view bytes = std::string_view(padded).substr(0, candidate.file.bytes.size());

  JsonReader reader;
  Document document;
  std::uint32_t number = 1;
  for (std::size_t start = 0; start < bytes.size(); ++number) {
    const std::size_t newline = bytes.find('\n', start);
    const std::size_t end = std::min(newline, bytes.size());
    const std::string_view line = bytes.substr(start, end - start);
    start = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    read_line(line, number, newline == std::string_view::npos, reader, document, metrics);
  }
}

}  // namespace dpol::inputs
