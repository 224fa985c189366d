// Answers of Datadog to a query of time series (/api/v1/query): points are [milliseconds, number],
// null where there was nothing; no series at all where there is no data.

#include <algorithm>
#include <array>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/series.h"

namespace dpol::inputs {

namespace {

constexpr auto kDatadogUnits = std::to_array<UnitName>({
    {"percent", "%"}, {"nanosecond", "ns"}, {"microsecond", "us"}, {"millisecond", "ms"},
    {"second", "s"}, {"minute", "m"}, {"hour", "h"}, {"day", "d"}, {"byte", "B"},
    {"kibibyte", "KiB"}, {"mebibyte", "MiB"}, {"gibibyte", "GiB"}, {"tebibyte", "TiB"}});

// [numerator, denominator or null]; what is counted is no unit.
std::string unit_of(NodeRef series) {
  const auto unit = series.find("unit");
  if (!unit || !unit->is(NodeKind::list)) return {};
  std::string text;
  std::size_t place = 0;
  for (const NodeRef one : *unit) {
    const std::string name = text_in(one, "name");
    const auto known = find_unit(kDatadogUnits, name);
    if (place == 0) text = known.value_or("");
    if (place == 1 && !text.empty() && !name.empty()) text += "/" + std::string(known.value_or(name));
    ++place;
  }
  return text;
}

class DatadogReader {
 public:
  explicit DatadogReader(MetricSink& metrics) : metrics_(metrics) {}

  void read(NodeRef root) {
    const auto errors = root.find("errors");
    const std::string error = text_in(root, "error");
    if (errors || !error.empty() || text_in(root, "status") == "error") {
      return metrics_.fail(
          root.line(), "",
          {"",
           "Datadog answered with an error: " + (errors ? found_text(*errors) : printable(error)),
           ""});
    }
    const auto list = root.find("series");
    if (!list || !list->is(NodeKind::list)) return fail(list.value_or(root), "series", "a list");
    if (list->size() == 0) return metrics_.note(list->line(), "the query found no series");
    for (const NodeRef series : *list) {
      if (!read_series(series)) return;
    }
    bind_series(all_, metrics_);
  }

 private:
  void fail(NodeRef node, std::string_view path, std::string expected) {
    metrics_.fail(node.line(), path, {std::move(expected), found_text(node), ""});
  }

  bool read_series(NodeRef node) {
    NamedSeries series;
    series.line = node.line();
    series.name = text_in(node, "metric");
    series.unit = unit_of(node);
    for (const char* key : {"display_name", "expression"}) {
      if (const std::string name = text_in(node, key); !name.empty())
        series.aliases.push_back(name);
    }
    series.aliases.push_back(with_underscores(series.name));
    if (const std::string scope = text_in(node, "scope"); !scope.empty())
      series.labels.emplace("scope", scope);
    const auto points = node.find("pointlist");
    if (!points || !points->is(NodeKind::list)) {
      fail(points.value_or(node), "pointlist", "a list");
      return false;
    }
    for (const NodeRef point : *points) {
      if (!read_point(point, series)) return false;
    }
    all_.push_back(std::move(series));
    return true;
  }

  bool read_point(NodeRef point, NamedSeries& series) {
    const bool is_pair =
        point.is(NodeKind::list) && point.size() == 2 && (*point.begin()).is(NodeKind::number);
    const auto time = is_pair ? instant_in((*point.begin()).text(), 1000) : std::nullopt;
    const NodeRef value = is_pair ? *++point.begin() : point;
    if (!time || !(value.is(NodeKind::number) || value.is(NodeKind::null))) {
      fail(point, "pointlist", "[milliseconds, number or null]");
      return false;
    }
    series.points.push_back(
        {time, value.is(NodeKind::null) ? "" : std::string(value.text()), point.line()});
    return true;
  }

  MetricSink& metrics_;
  std::vector<NamedSeries> all_;
};

}  // namespace

bool recognise_datadog(const Candidate& candidate) {
  if (!candidate.is_json || candidate.is_lines) return false;
  const NodeRef root = candidate.json.root();
  if (const auto list = root.find("series"); list && list->is(NodeKind::list))
    return root.find("res_type") || root.find("from_date") ||
           (list->size() > 0 && (*list->begin()).find("pointlist"));
  const auto errors = root.find("errors");
  return errors && errors->is(NodeKind::list) && root.size() == 1;
}

void read_datadog(const Candidate& candidate, MetricSink& metrics) {
  DatadogReader(metrics).read(candidate.json.root());
}

}  // namespace dpol::inputs
