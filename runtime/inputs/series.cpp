#include "runtime/inputs/series.h"

#include <algorithm>
#include <utility>

#include "runtime/inputs/nearest.h"

namespace dpol::inputs {

namespace {

constexpr std::size_t kMostNamed = 8;

class Binder {
 public:
  Binder(const std::vector<NamedSeries>& all, MetricSink& metrics) : all_(all), metrics_(metrics) {}

  void bind() {
    if (all_.empty()) return metrics_.note(0, "the document has no series");
    if (metrics_.target()) {
      for (const NamedSeries& series : all_) add(series, *metrics_.target());
      return;
    }
    bool any = false;
    for (const NamedSeries& series : all_) {
      const auto metric = metric_of(series);
      if (!metric) continue;
      any = true;
      add(series, {*metric, program::Track::candidate});
    }
    if (any) return;
    if (metrics_.metric_count() == 1 && all_.size() == 1)
      return add(all_.front(), {0, program::Track::candidate});
    refuse();
  }

 private:
  std::optional<std::uint32_t> metric_of(const NamedSeries& series) const {
    if (const auto metric = metrics_.find(series.name)) return metric;
    for (const std::string& alias : series.aliases) {
      if (const auto metric = metrics_.find(alias)) return metric;
    }
    return std::nullopt;
  }

  void refuse() {
    if (metrics_.metric_count() == 0)
      return metrics_.fail(0, "", {"", "no policy declares a metric", ""});
    std::vector<std::string> names;
    for (const NamedSeries& series : all_) {
      if (std::ranges::find(names, series.name) == names.end()) names.push_back(series.name);
      if (names.size() > kMostNamed) break;
    }
    std::string hint = names.size() == 1 ? did_you_mean(names.front(), metrics_.names()) : "";
    if (!hint.empty()) hint += " ";
    metrics_.fail(all_.front().line, "",
                  {"a series named as a declared metric (" + listed(metrics_.names()) + ")",
                   listed(names, "and", kMostNamed),
                   hint + "say which metric the file holds: --metrics " + metrics_.name(0) + "=" +
                       metrics_.file()});
  }

  void add(const NamedSeries& series, const MetricTarget& target) {
    if (!series.refusal.empty()) {
      metrics_.fail(series.line, series.name, {"", series.refusal, ""});
      return;
    }
    const auto scale = metrics_.scale_of(target, series.unit, series.line, series.name);
    if (!scale) return;
    std::vector<MetricSink::Sample> samples;
    samples.reserve(series.points.size());
    for (const NamedSeries::Point& point : series.points) {
      const auto value = metrics_.read_number(target, point.number.empty() ? "NaN" : point.number,
                                              point.line, series.name, *scale);
      if (!value) return;
      samples.push_back({point.time ? *point.time : metrics_.undated(), *value, point.line});
    }
    if (target.track == program::Track::baseline && samples.size() > 1) {
      metrics_.fail(series.line, series.name,
                    {"one value, since a baseline is one", std::to_string(samples.size()), ""});
      return;
    }
    metrics_.add_series(target, labels_of(series, target), std::move(samples), series.line);
  }

  MetricSink::Labels labels_of(const NamedSeries& series, const MetricTarget& target) const {
    MetricSink::Labels labels = series.labels;
    for (const std::string& wanted : metrics_.labels(target.metric)) {
      for (const auto& [name, value] : series.labels) {
        std::string plain = name;
        std::ranges::replace_if(plain, [](char c) { return c == '.' || c == '-'; }, '_');
        if (plain == wanted) labels.emplace(wanted, value);
      }
    }
    labels.emplace("__name__", series.name);
    return labels;
  }

  const std::vector<NamedSeries>& all_;
  MetricSink& metrics_;
};

}  // namespace

void bind_series(const std::vector<NamedSeries>& all, MetricSink& metrics) {
  Binder(all, metrics).bind();
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

std::string text_in(NodeRef map, std::string_view key) {
  const auto node = map.find(key);
  return node && node->is(NodeKind::string) ? std::string(node->text()) : std::string();
}

std::string with_underscores(std::string name) {
  std::ranges::replace(name, '.', '_');
  return name;
}

std::optional<vm::Instant> instant_in(std::string_view count, std::int64_t parts_of_a_second) {
  const auto read = program::Decimal::parse(count);
  program::Decimal seconds;
  if (!read || !program::Decimal::div(*read, program::Decimal::from_int64(parts_of_a_second), seconds))
    return std::nullopt;
  Mismatch mismatch;
  return read_instant(seconds.to_string(), false, mismatch);
}

std::optional<std::string_view> find_unit(std::span<const UnitName> units, std::string_view name) {
  const auto found = std::ranges::find(units, name, &UnitName::first);
  if (found == units.end()) return std::nullopt;
  return found->second;
}

}  // namespace dpol::inputs
