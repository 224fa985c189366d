// Answers of Amazon CloudWatch, as its command line writes them: `get-metric-data`, whose series
// are parallel lists with the newest sample first, and `get-metric-statistics`, whose points come
// in no order and say their unit each. A time without traffic has no point at all.

#include <algorithm>
#include <array>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/series.h"

namespace dpol::inputs {

namespace {

constexpr auto kStatistics =
    std::to_array<std::string_view>({"Average", "Sum", "Maximum", "Minimum", "SampleCount"});

constexpr auto kCloudWatchUnits = std::to_array<UnitName>({
    {"None", ""}, {"Count", ""}, {"Percent", "%"}, {"Seconds", "s"}, {"Milliseconds", "ms"},
    {"Microseconds", "us"}, {"Bytes", "B"}, {"Kilobytes", "kB"}, {"Megabytes", "MB"},
    {"Gigabytes", "GB"}, {"Terabytes", "TB"}, {"Bytes/Second", "B/s"},
    {"Kilobytes/Second", "kB/s"}, {"Megabytes/Second", "MB/s"}});

class CloudWatchReader {
 public:
  explicit CloudWatchReader(MetricSink& metrics) : metrics_(metrics) {}

  void read(NodeRef root) {
    if (const auto results = root.find("MetricDataResults")) {
      read_results(*results);
    } else {
      read_statistics(root);
    }
    if (!metrics_.failed()) bind_series(all_, metrics_);
  }

 private:
  void fail(NodeRef node, std::string_view path, std::string expected) {
    metrics_.fail(node.line(), path, {std::move(expected), found_text(node), ""});
  }

  // A time as version 2 of the command line writes it, or seconds, as version 1 does.
  bool add_point(NodeRef time, NodeRef number, NamedSeries& series, std::string_view path) {
    if (!number.is(NodeKind::number)) {
      fail(number, path, "a number");
      return false;
    }
    Mismatch mismatch;
    std::optional<vm::Instant> instant;
    if (time.is(NodeKind::number) || time.is(NodeKind::string))
      instant = read_instant(time.text(), time.is(NodeKind::string), mismatch);
    if (!instant) {
      fail(time, path, "a time");
      return false;
    }
    series.points.push_back({instant, std::string(number.text()), number.line()});
    return true;
  }

  void read_results(NodeRef results) {
    if (!results.is(NodeKind::list)) return fail(results, "MetricDataResults", "a list");
    for (const NodeRef result : results) {
      NamedSeries series;
      series.line = result.line();
      series.name = text_in(result, "Id");
      if (const std::string label = text_in(result, "Label"); !label.empty()) {
        series.aliases.push_back(label);
        series.labels.emplace("label", label);
      }
      const std::string status = text_in(result, "StatusCode");
      if (!status.empty() && status != "Complete")
        metrics_.note(result.line(), "CloudWatch says that " + printable(series.name) +
                                         " is not complete: " + printable(status));
      const auto times = result.find("Timestamps");
      const auto values = result.find("Values");
      if (!times || !values || !times->is(NodeKind::list) || !values->is(NodeKind::list))
        return fail(result, "MetricDataResults", "lists of Timestamps and Values");
      if (times->size() != values->size())
        return metrics_.fail(
            values->line(), series.name,
            {"as many Values as Timestamps",
             std::to_string(values->size()) + " and " + std::to_string(times->size()), ""});
      auto time = times->begin();
      for (const NodeRef value : *values) {
        if (!add_point(*time, value, series, series.name)) return;
        ++time;
      }
      all_.push_back(std::move(series));
    }
  }

  void read_statistics(NodeRef root) {
    const auto points = root.find("Datapoints");
    if (!points || !points->is(NodeKind::list))
      return fail(points.value_or(root), "Datapoints", "a list");
    NamedSeries series;
    series.name = text_in(root, "Label");
    series.line = root.line();
    std::string statistic;
    for (const NodeRef point : *points) {
      const auto time = point.find("Timestamp");
      std::optional<NodeRef> value;
      for (const std::string_view name : kStatistics) {
        const auto found = point.find(name);
        if (!found) continue;
        if (value || (!statistic.empty() && statistic != name))
          return metrics_.fail(point.line(), "Datapoints",
                               {"one statistic", "several", "ask for one: --statistics Average"});
        value = found;
        statistic = name;
      }
      if (!time || !value) return fail(point, "Datapoints", "a Timestamp and a statistic");
      if (!add_point(*time, *value, series, "Datapoints")) return;
      const std::string written = text_in(point, "Unit");
      const std::string unit(find_unit(kCloudWatchUnits, written).value_or(written));
      if (series.points.size() > 1 && unit != series.unit)
        return metrics_.fail(point.line(), "Datapoints", {"one unit", in_quotes(written), ""});
      series.unit = unit;
    }
    if (series.points.empty())
      return metrics_.note(points->line(),
                           "CloudWatch has no points for " + printable(series.name));
    all_.push_back(std::move(series));
  }

  MetricSink& metrics_;
  std::vector<NamedSeries> all_;
};

}  // namespace

bool recognise_cloudwatch(const Candidate& candidate) {
  if (!candidate.is_json || candidate.is_lines) return false;
  const NodeRef root = candidate.json.root();
  return root.find("MetricDataResults") || (root.find("Datapoints") && root.find("Label"));
}

void read_cloudwatch(const Candidate& candidate, MetricSink& metrics) {
  CloudWatchReader(metrics).read(candidate.json.root());
}

}  // namespace dpol::inputs
