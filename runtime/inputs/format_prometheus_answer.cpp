// Answers of Prometheus' HTTP API to /api/v1/query and /api/v1/query_range, as files.
//
// What a series belongs to is said by, in this order: the command line (NAME=FILE,
// NAME.stable=FILE), the label __name__ where it is a declared metric, the program where it
// declares one metric alone.

#include <algorithm>
#include <map>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/nearest.h"

namespace dpol::inputs {

using program::Track;

namespace {

constexpr std::string_view kNameLabel = "__name__";

using Samples = std::vector<MetricSink::Sample>;

class AnswerReader {
 public:
  explicit AnswerReader(MetricSink& metrics) : metrics_(metrics) {}

  void read(NodeRef root) {
    note_all(root, "warnings", "warning");
    note_all(root, "infos", "info");
    const auto status = root.find("status");
    if (!status->is(NodeKind::string) ||
        (status->text() != "success" && status->text() != "error")) {
      fail(*status, "status", {"\"success\" or \"error\"", found_text(*status), ""});
    } else if (status->text() == "error") {
      refuse_error(root, *status);
    } else if (const auto data = root.find("data")) {
      read_data(*data);
    } else {
      fail(root, "data", {"the data of the answer", "none", ""});
    }
  }

 private:
  void fail(NodeRef node, std::string_view path, Mismatch mismatch) {
    metrics_.fail(node.line(), path, std::move(mismatch));
  }

  // Expects a field of the kind; else an error was added.
  std::optional<NodeRef> field(NodeRef map, std::string_view key, NodeKind kind,
                               std::string_view path, std::string_view expected) {
    const auto node = map.find(key);
    if (node && node->is(kind)) return node;
    fail(node.value_or(map), path, {std::string(expected), node ? found_text(*node) : "none", ""});
    return std::nullopt;
  }

  void note_all(NodeRef root, std::string_view key, std::string_view word) {
    const auto list = root.find(key);
    if (!list || !list->is(NodeKind::list)) return;
    for (const NodeRef item : *list) {
      if (!item.is(NodeKind::string)) continue;
      metrics_.note(item.line(), "Prometheus " + std::string(word) + ": " + printable(item.text()));
    }
  }

  static std::string text_of(NodeRef root, std::string_view key) {
    const auto node = root.find(key);
    return node && node->is(NodeKind::string) ? printable(node->text()) : std::string();
  }

  void refuse_error(NodeRef root, NodeRef status) {
    std::string type = text_of(root, "errorType");
    if (type.empty()) type = "no errorType";
    std::string text = text_of(root, "error");
    if (text.empty()) text = "no text";
    fail(status, "", {"", "Prometheus answered with an error (" + type + "): " + text, ""});
  }

  void read_data(NodeRef data) {
    if (!data.is(NodeKind::map) || !data.find("resultType")) {
      fail(data, "data",
           {"the answer to a query, with resultType and result", found_text(data),
            "ask /api/v1/query or /api/v1/query_range"});
      return;
    }
    const auto type =
        field(data, "resultType", NodeKind::string, "data.resultType", "vector, matrix or scalar");
    if (!type) return;
    const auto result = field(data, "result", NodeKind::list, "data.result", "a list");
    if (!result) return;
    if (type->text() == "vector") return read_series(*result, "value");
    if (type->text() == "matrix") return read_series(*result, "values");
    if (type->text() == "scalar") return read_scalar(*result);
    fail(*type, "data.resultType",
         {"vector, matrix or scalar", in_quotes(type->text()),
          type->text() == "string" ? "a string has no number to judge" : ""});
  }

  void read_scalar(NodeRef result) {
    const auto target = target_of({}, result);
    Samples samples;
    if (target && read_sample(result, *target, "data.result", samples)) {
      metrics_.add_series(*target, {}, std::move(samples), result.line());
    }
  }

  void read_series(NodeRef result, std::string_view values_key) {
    if (result.size() == 0) {
      std::string text = "the query found no series";
      if (metrics_.target()) {
        text += " for " +
                series_name(metrics_.name(metrics_.target()->metric), metrics_.target()->track);
      }
      metrics_.note(result.line(), std::move(text));
      return;
    }
    any_claimed_ = false;
    for (const NodeRef series : result) any_claimed_ |= claims(series);
    std::size_t index = 0;
    for (const NodeRef series : result) {
      read_one(series, values_key, "data.result[" + std::to_string(index++) + "]");
      if (stopped_) return;
    }
  }

  // Its name is that of a declared metric.
  bool claims(NodeRef series) const {
    const auto labels = series.find("metric");
    const auto name = labels ? labels->find(kNameLabel) : std::nullopt;
    return name && name->is(NodeKind::string) && metrics_.find(name->text());
  }

  void read_one(NodeRef series, std::string_view values_key, const std::string& path) {
    if (!series.is(NodeKind::map)) {
      return fail(series, path, {"a series", found_text(series), ""});
    }
    std::map<std::string, std::string> labels;
    if (!read_labels(series, path, labels)) return;
    if (series.find("histogram") || series.find("histograms")) {
      return fail(series, path,
                  {"numbers", "a native histogram",
                   "ask for a number of it, such as histogram_quantile(0.95, …)"});
    }
    const auto target = target_of(labels, series);
    if (!target) return;
    const auto values =
        field(series, values_key, NodeKind::list, path + "." + std::string(values_key), "a list");
    if (!values) return;
    Samples samples;
    if (read_samples(*values, values_key == "value", *target, path + "." + std::string(values_key),
                     samples)) {
      metrics_.add_series(*target, labels, std::move(samples), series.line());
    }
  }

  bool read_labels(NodeRef series, const std::string& path,
                   std::map<std::string, std::string>& labels) {
    const auto metric = series.find("metric");
    if (!metric) return true;  // as some recorders leave it out where there are no labels
    if (!metric->is(NodeKind::map)) {
      fail(*metric, path + ".metric", {"a map of labels", found_text(*metric), ""});
      return false;
    }
    for (const NodeRef label : *metric) {
      if (!label.is(NodeKind::string)) {
        fail(label, path + ".metric", {"labels that are strings", found_text(label), ""});
        return false;
      }
      labels.emplace(label.key(), label.text());
    }
    return true;
  }

  std::optional<MetricTarget> target_of(const std::map<std::string, std::string>& labels,
                                        NodeRef at) {
    if (metrics_.target()) return metrics_.target();
    const auto name = labels.find(std::string(kNameLabel));
    if (name != labels.end()) {
      if (const auto metric = metrics_.find(name->second)) {
        return MetricTarget{*metric, Track::candidate};
      }
      if (any_claimed_) {
        metrics_.remark_unclaimed(name->second, at.line());
        return std::nullopt;
      }
    }
    if (metrics_.metric_count() == 1) return MetricTarget{0, Track::candidate};
    refuse_unnamed(name == labels.end() ? std::string_view() : name->second, at);
    return std::nullopt;
  }

  // One such error stands for all series.
  void refuse_unnamed(std::string_view name, NodeRef at) {
    stopped_ = true;
    if (metrics_.metric_count() == 0) {
      return fail(at, "", {"", "no policy declares a metric", ""});
    }
    std::string found = name.empty() ? "no name" : "the name " + in_quotes(name);
    std::string hint = did_you_mean(name, metrics_.names());
    if (!hint.empty()) hint += " ";
    hint +=
        "say which metric the file holds: --metrics " + metrics_.name(0) + "=" + metrics_.file();
    fail(at, "",
         {"a series named as a declared metric (" + listed(metrics_.names()) + ")",
          std::move(found), std::move(hint)});
  }

  bool read_samples(NodeRef values, bool single, const MetricTarget& target,
                    const std::string& path, Samples& samples) {
    if (single) return read_sample(values, target, path, samples);
    const bool is_one = target.track == Track::baseline && !metrics_.takes_baseline_over_time();
    if (is_one && values.size() > 1) {
      fail(values, path,
           {"one value, since a baseline is one", found_text(values),
            "ask an instant query, such as avg_over_time(…)"});
      return false;
    }
    samples.reserve(values.size());
    for (const NodeRef value : values) {
      if (!read_sample(value, target, path, samples)) return false;
    }
    return true;
  }

  // [seconds, "number"]
  bool read_sample(NodeRef pair, const MetricTarget& target, const std::string& path,
                   Samples& samples) {
    const bool is_pair = pair.is(NodeKind::list) && pair.size() == 2;
    if (!is_pair || !(*pair.begin()).is(NodeKind::number) ||
        !(*++pair.begin()).is(NodeKind::string)) {
      fail(pair, path, {"[seconds, \"number\"]", found_text(pair), ""});
      return false;
    }
    const NodeRef seconds = *pair.begin();
    const NodeRef number = *++pair.begin();
    Mismatch mismatch;
    const auto time = read_instant(seconds.text(), false, mismatch);
    if (!time) {
      fail(seconds, path, std::move(mismatch));
      return false;
    }
    const auto value = metrics_.read_number(target, number.text(), number.line(), path);
    if (value) samples.push_back({*time, *value, number.line()});
    return value.has_value();
  }

  MetricSink& metrics_;
  bool any_claimed_ = false;
  bool stopped_ = false;
};

}  // namespace

bool recognise_prometheus_answer(const Candidate& candidate) {
  if (!candidate.is_json || candidate.is_lines) return false;
  const NodeRef root = candidate.json.root();
  return root.find("status") && (root.find("data") || root.find("error") || root.find("errorType"));
}

void read_prometheus_answer(const Candidate& candidate, MetricSink& metrics) {
  AnswerReader(metrics).read(candidate.json.root());
}

}  // namespace dpol::inputs
