#include "runtime/inputs/formats.h"

#include "runtime/inputs/redact.h"

namespace dpol::inputs {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct FactFormat {
  std::string_view name;
  bool (*recognise)(const Candidate&);
  void (*read)(const Candidate&, std::uint32_t, FactBinder&, InputErrors&);
};
struct MetricFormat {
  std::string_view name;
  bool (*recognise)(const Candidate&);
  void (*read)(const Candidate&, MetricSink&);
};

constexpr FactFormat kFactFormats[] = {
#define DPOL_FACT_FORMAT(name, doc) {#name, recognise_##name, read_##name},
#define DPOL_METRIC_FORMAT(name, doc)
#include "runtime/inputs/formats.def"
};
constexpr MetricFormat kMetricFormats[] = {
#define DPOL_FACT_FORMAT(name, doc)
#define DPOL_METRIC_FORMAT(name, doc) {#name, recognise_##name, read_##name},
#include "runtime/inputs/formats.def"
};

std::string expected_of(FormatFamily family) {
  std::string text;
  for (const FormatInfo& format : formats()) {
    if (format.family != family) continue;
    text.append(text.empty() ? "" : "; or ").append(format.doc);
  }
  return text;
}

// The first line that is not blank.
struct FirstLine {
  std::string_view text;
  std::uint32_t number = 1;
  bool is_last = true;  // nothing but blanks follows
};
FirstLine first_line(std::string_view bytes) {
  FirstLine line;
  for (std::size_t start = 0; start < bytes.size(); ++line.number) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    line.text = bytes.substr(start, end - start);
    if (line.text.find_first_not_of(kBlanks) != std::string_view::npos) {
      line.is_last = bytes.find_first_not_of(kBlanks, end) == std::string_view::npos;
      return line;
    }
    start = end + 1;
  }
  return line;
}

// A series of Prometheus 3 may begin as JSON does, `{"http.requests",job="shop"} 1`; an object goes on otherwise.
Shape metrics_shape(std::string_view bytes) {
  const Shape shape = sniff(bytes);
  const auto skip_blanks = [&](std::size_t at) { return std::min(bytes.find_first_not_of(kBlanks, at), bytes.size()); };
  std::size_t at = skip_blanks(0);
  if (shape != Shape::json || bytes[at] != '{') return shape;
  at = skip_blanks(at + 1);
  if (at == bytes.size() || bytes[at] != '"') return shape;
  for (++at; at < bytes.size() && bytes[at] != '"'; ++at) at += bytes[at] == '\\' ? 1 : 0;
  if (at >= bytes.size()) return shape;
  at = skip_blanks(at + 1);
  return at < bytes.size() && (bytes[at] == ',' || bytes[at] == '}') ? Shape::text : shape;
}

// A first line that is a value of its own, with more behind it, makes a document of lines.
bool parse_json(Candidate& candidate, SyntaxFault& fault) {
  JsonReader reader;
  const FirstLine line = first_line(candidate.file.bytes);
  if (reader.read(line.text, candidate.json, fault, line.number)) {
    candidate.is_json = true;
    candidate.is_lines = !line.is_last;
  } else if (!line.is_last) {
    candidate.is_json = reader.read(candidate.file.bytes, candidate.json, fault);
  }
  return candidate.is_json;
}

void add_fault(InputErrors& errors, const SyntaxFault& fault) {
  InputError error;
  error.line = fault.line;
  error.found = fault.text;
  errors.add(std::move(error));
}

void refuse_shape(InputErrors& errors, FormatFamily family, const Candidate& candidate) {
  InputError error;
  error.expected = expected_of(family);
  error.found = shape_text(candidate.shape, candidate.file.bytes);
  error.hint = shape_hint(candidate.shape);
  errors.add(std::move(error));
}

template <typename Format, std::size_t Count>
const Format* find_format(const Format (&all)[Count], const Candidate& candidate) {
  for (const Format& format : all) {
    if (format.recognise(candidate)) return &format;
  }
  return nullptr;
}

void refuse_content(InputErrors& errors, const Candidate& candidate, const FactBinder& facts) {
  const NodeRef root = candidate.json.root();
  InputError error;
  error.line = root.line();
  error.expected = expected_of(FormatFamily::metrics);
  error.found = found_text(root);
  if (facts.looks_like_facts(root)) error.hint = "it looks like facts: give it by --facts";
  errors.add(std::move(error));
}

}  // namespace

const std::vector<FormatInfo>& formats() {
  static const std::vector<FormatInfo> kFormats = {
#define DPOL_FACT_FORMAT(name, doc) {FormatFamily::facts, #name, doc},
#define DPOL_METRIC_FORMAT(name, doc) {FormatFamily::metrics, #name, doc},
#include "runtime/inputs/formats.def"
  };
  return kFormats;
}

void read_facts(const InputFile& file, std::uint32_t document, FactBinder& facts,
                InputErrors& errors) {
  Candidate candidate = {file, sniff(file.bytes), false, false, {}};
  const FactFormat* format = find_format(kFactFormats, candidate);
  if (format == nullptr) return refuse_shape(errors, FormatFamily::facts, candidate);
  format->read(candidate, document, facts, errors);
}

void read_metrics(const InputFile& file, MetricSink& metrics, const FactBinder& facts,
                  InputErrors& errors) {
  Candidate candidate = {file, metrics_shape(file.bytes), false, false, {}};
  SyntaxFault fault;
  const bool is_json = candidate.shape == Shape::json;
  if (is_json && !parse_json(candidate, fault)) return add_fault(errors, fault);
  const MetricFormat* format = find_format(kMetricFormats, candidate);
  if (format == nullptr && !is_json) return refuse_shape(errors, FormatFamily::metrics, candidate);
  if (format == nullptr) return refuse_content(errors, candidate, facts);
  format->read(candidate, metrics);
}

void read_answer(const InputFile& file, MetricSink& metrics, InputErrors& errors) {
  Candidate candidate = {file, sniff(file.bytes), false, false, {}};
  SyntaxFault fault;
  const bool is_json = candidate.shape == Shape::json;
  if (is_json && !parse_json(candidate, fault)) return add_fault(errors, fault);
  if (is_json && recognise_prometheus_answer(candidate))
    return read_prometheus_answer(candidate, metrics);
  InputError error;
  error.expected = "an answer of Prometheus' HTTP API";
  error.found = is_json ? found_text(candidate.json.root()) : shape_text(candidate.shape, file.bytes);
  error.hint = "the address is the one under which /api/v1/query is found";
  errors.add(std::move(error));
}

std::string_view recognise(FormatFamily family, const InputFile& file) {
  Candidate candidate = {file, family == FormatFamily::metrics ? metrics_shape(file.bytes) : sniff(file.bytes), false,
                         false, {}};
  if (family == FormatFamily::facts) {
    const FactFormat* format = find_format(kFactFormats, candidate);
    return format == nullptr ? std::string_view{} : format->name;
  }
  SyntaxFault fault;
  if (candidate.shape == Shape::json && !parse_json(candidate, fault)) return {};
  const MetricFormat* format = find_format(kMetricFormats, candidate);
  return format == nullptr ? std::string_view{} : format->name;
}

}  // namespace dpol::inputs
