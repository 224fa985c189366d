// Metrics of OpenTelemetry as JSON (OTLP): one export, or one a line as collectors write files.
// Numbers of gauges and sums; int64 comes as a string, times are nanoseconds as strings. A
// resource's attributes and a point's are the labels of a series.

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/series.h"

namespace dpol::inputs {

namespace {

using Labels = std::map<std::string, std::string>;

// Units as the standard of OpenTelemetry (UCUM) writes them, and as policies do.
constexpr auto kOtlpUnits = std::to_array<UnitName>({
    {"1", ""}, {"min", "m"}, {"By", "B"}, {"kBy", "kB"}, {"MBy", "MB"}, {"GBy", "GB"},
    {"TBy", "TB"}, {"KiBy", "KiB"}, {"MiBy", "MiB"}, {"GiBy", "GiB"}, {"TiBy", "TiB"}});

std::string unit_of(std::string_view text) {
  // {request}: what is counted, and no unit.
  if (text.starts_with('{') && text.ends_with('}')) return {};
  return std::string(find_unit(kOtlpUnits, text).value_or(text));
}

std::string scalar_in(NodeRef map, std::string_view key) {
  const auto node = map.find(key);
  return node && (node->is(NodeKind::string) || node->is(NodeKind::number))
             ? std::string(node->text())
             : std::string();
}

class OtlpReader {
 public:
  explicit OtlpReader(MetricSink& metrics) : metrics_(metrics) {}

  void read(NodeRef root) {
    const auto resources = root.find("resourceMetrics");
    if (!resources || !resources->is(NodeKind::list)) {
      return metrics_.fail(root.line(), "resourceMetrics",
                           {"a list", resources ? found_text(*resources) : "none", ""});
    }
    for (const NodeRef resource : *resources) {
      Labels labels;
      if (const auto about = resource.find("resource")) add_labels(*about, labels);
      for (const char* key : {"scopeMetrics", "instrumentationLibraryMetrics"}) {
        const auto scopes = resource.find(key);
        if (!scopes || !scopes->is(NodeKind::list)) continue;
        for (const NodeRef scope : *scopes) {
          const auto list = scope.find("metrics");
          if (!list || !list->is(NodeKind::list)) continue;
          for (const NodeRef metric : *list) read_metric(metric, labels);
        }
      }
    }
  }

  void bind() {
    if (!metrics_.failed()) bind_series(all_, metrics_);
  }

 private:
  static void add_labels(NodeRef owner, Labels& labels) {
    const auto attributes = owner.find("attributes");
    if (!attributes || !attributes->is(NodeKind::list)) return;
    for (const NodeRef attribute : *attributes) {
      const auto value = attribute.find("value");
      const std::string key = scalar_in(attribute, "key");
      if (key.empty() || !value || !value->is(NodeKind::map)) continue;
      for (const NodeRef one : *value) {
        const bool is_text = one.is(NodeKind::string) || one.is(NodeKind::number);
        labels[key] = is_text
                          ? std::string(one.text())
                          : (one.is(NodeKind::boolean) ? (one.truth() ? "true" : "false") : "…");
      }
    }
  }

  void read_metric(NodeRef metric, const Labels& labels) {
    NamedSeries series;
    series.name = scalar_in(metric, "name");
    series.line = metric.line();
    series.labels = labels;
    series.unit = unit_of(scalar_in(metric, "unit"));
    series.aliases.push_back(with_underscores(series.name));
    if (series.name.empty())
      return metrics_.fail(metric.line(), "name", {"the name of a metric", "none", ""});
    for (const char* kind : {"gauge", "sum"}) {
      const auto data = metric.find(kind);
      if (!data) continue;
      return read_points(*data, series);
    }
    series.refusal = "is a histogram or a summary, and no series of numbers";
    all_.push_back(std::move(series));
  }

  void read_points(NodeRef data, const NamedSeries& series) {
    const auto points = data.find("dataPoints");
    if (!points || !points->is(NodeKind::list))
      return metrics_.fail(data.line(), series.name,
                           {"a list of dataPoints", points ? found_text(*points) : "none", ""});
    for (const NodeRef point : *points) {
      Labels labels = series.labels;
      add_labels(point, labels);
      NamedSeries::Point out;
      out.line = point.line();
      out.number = scalar_in(point, "asDouble");
      if (out.number.empty()) out.number = scalar_in(point, "asInt");
      const std::string time = scalar_in(point, "timeUnixNano");
      std::int64_t nanoseconds = 0;
      const auto [end, fault] =
          std::from_chars(time.data(), time.data() + time.size(), nanoseconds);
      if (time.empty() || fault != std::errc() || end != time.data() + time.size()) {
        metrics_.fail(point.line(), series.name,
                      {"timeUnixNano, nanoseconds since 1970", in_quotes(time), ""});
        return;
      }
      out.time = nanoseconds;
      add(series, std::move(labels), std::move(out));
    }
  }

  void add(const NamedSeries& series, Labels labels, NamedSeries::Point point) {
    const std::string key = series.name + labels_text(labels);
    const auto [place, is_new] = by_key_.try_emplace(key, all_.size());
    if (is_new) {
      all_.push_back(series);
      all_.back().labels = std::move(labels);
      all_.back().points.clear();
    }
    all_[place->second].points.push_back(std::move(point));
  }

  MetricSink& metrics_;
  std::vector<NamedSeries> all_;
  std::map<std::string, std::size_t> by_key_;
};

}  // namespace

bool recognise_otlp_metrics(const Candidate& candidate) {
  return candidate.is_json && candidate.json.root().find("resourceMetrics").has_value();
}

void read_otlp_metrics(const Candidate& candidate, MetricSink& metrics) {
  OtlpReader reader(metrics);
  if (!candidate.is_lines) {
    reader.read(candidate.json.root());
    return reader.bind();
  }
  JsonReader json;
  std::uint32_t number = 1;
  const std::string_view bytes = candidate.file.bytes;
  for (std::size_t start = 0; start < bytes.size(); ++number) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    const std::string_view line = bytes.substr(start, end - start);
    start = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    Document document;
    SyntaxFault fault;
    if (!json.read(line, document, fault, number))
      return metrics.fail(fault.line, "", {"", fault.text, ""});
    reader.read(document.root());
  }
  reader.bind();
}

}  // namespace dpol::inputs
