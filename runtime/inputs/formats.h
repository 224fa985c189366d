// The formats of input documents: formats.def as code. Each format has a file of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/document.h"
#include "runtime/inputs/facts.h"
#include "runtime/inputs/input_file.h"
#include "runtime/inputs/json.h"
#include "runtime/inputs/metrics.h"

namespace dpol::inputs {

// A document as far as it had to be read to tell what it is.
struct Candidate {
  const InputFile& file;
  Shape shape = Shape::text;
  // Of JSON: the whole document, or its first line where each line is a value of its own.
  bool is_json = false;
  bool is_lines = false;
  Document json;
};

#define DPOL_FACT_FORMAT(name, doc)                                                       \
  bool recognise_##name(const Candidate& candidate);                                      \
  void read_##name(const Candidate& candidate, std::uint32_t document, FactBinder& facts, \
                   InputErrors& errors);
#define DPOL_METRIC_FORMAT(name, doc)                \
  bool recognise_##name(const Candidate& candidate); \
  void read_##name(const Candidate& candidate, MetricSink& metrics);
#include "runtime/inputs/formats.def"

enum class FormatFamily : std::uint8_t { facts, metrics };
struct FormatInfo {
  FormatFamily family;
  std::string_view name;
  std::string_view doc;
};
const std::vector<FormatInfo>& formats();

// Recognises the document's format and reads it, or adds an error that says what was expected.
// `document` is its number in the snapshot; `errors` has begun with its name.
void read_facts(const InputFile& file, std::uint32_t document, FactBinder& facts,
                InputErrors& errors);
// `metrics` has begun with the document.
void read_metrics(const InputFile& file, MetricSink& metrics, const FactBinder& facts,
                  InputErrors& errors);

// An answer to a query of the policy, which only Prometheus' HTTP API gives.
void read_answer(const InputFile& file, MetricSink& metrics, InputErrors& errors);

// The name of the format that read_metrics or read_facts would read the file as, or "".
std::string_view recognise(FormatFamily family, const InputFile& file);

}  // namespace dpol::inputs
