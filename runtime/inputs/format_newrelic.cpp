// Answers of New Relic to a query (NRQL): those of NerdGraph, and of the older query API without
// time series. Rows are flat: numbers are columns named by function and attribute, texts say what
// the row is about, and a percentile is an object. With TIMESERIES a row has the seconds between
// which it was measured.

#include <algorithm>
#include <array>

#include "runtime/inputs/formats.h"
#include "runtime/inputs/series.h"

namespace dpol::inputs {

namespace {

// Columns of time, and how many events were looked at.
constexpr auto kNoNumbers = std::to_array<std::string_view>(
    {"beginTimeSeconds", "endTimeSeconds", "inspectedCount", "timestamp"});

std::optional<NodeRef> find_at(NodeRef node, std::initializer_list<std::string_view> path) {
  std::optional<NodeRef> at = node;
  for (const std::string_view key : path) {
    if (!at->is(NodeKind::map)) return std::nullopt;
    at = at->find(key);
    if (!at) return std::nullopt;
  }
  return at;
}

bool has_error(NodeRef root) {
  const auto errors = root.find("errors");
  return errors && errors->is(NodeKind::list) && errors->size() > 0 &&
         (*errors->begin()).is(NodeKind::map);
}

// What holds results and what is said about them.
std::optional<NodeRef> answer_in(NodeRef root) {
  if (const auto nrql = find_at(root, {"data", "actor", "account", "nrql"})) return nrql;
  const auto metadata = find_at(root, {"metadata"});
  const bool asked =
      metadata && metadata->is(NodeKind::map) &&
      (metadata->find("eventTypes") || metadata->find("eventType") || metadata->find("contents"));
  return asked ? std::optional(root) : std::nullopt;
}

bool has_times(NodeRef rows) {
  return rows.is(NodeKind::list) && rows.size() > 0 && (*rows.begin()).is(NodeKind::map) &&
         (*rows.begin()).find("beginTimeSeconds");
}

class NewRelicReader {
 public:
  explicit NewRelicReader(MetricSink& metrics) : metrics_(metrics) {}

  void read(NodeRef root) {
    if (root.is(NodeKind::map) && has_error(root)) {
      const auto message = (*root.find("errors")->begin()).find("message");
      return metrics_.fail(
          root.line(), "",
          {"", "New Relic answered with an error" + (message ? ": " + found_text(*message) : ""),
           ""});
    }
    const NodeRef answer = answer_in(root).value_or(root);
    if (answer.is(NodeKind::map) && !take_rest(answer)) return;
    const auto rows = answer.is(NodeKind::map) ? answer.find("results") : std::optional(answer);
    if (!rows || !rows->is(NodeKind::list)) return fail(rows.value_or(answer), "results", "a list");
    if (rows->size() == 0) return metrics_.note(rows->line(), "the query found nothing");
    for (const NodeRef row : *rows) {
      if (!read_row(row)) return;
    }
    for (auto& [key, series] : all_) series_.push_back(std::move(series));
    bind_series(series_, metrics_);
  }

 private:
  void fail(NodeRef node, std::string_view path, std::string expected, std::string hint = "") {
    metrics_.fail(node.line(), path, {std::move(expected), found_text(node), std::move(hint)});
  }

  // Until when was asked, and what makes an answer none, or a part of one.
  bool take_rest(NodeRef answer) {
    for (const std::string_view key : {"timeSeries", "facets"}) {
      if (const auto other = answer.find(key); other && !answer.find("results")) {
        fail(*other, key, "results", "ask NerdGraph, whose answers are rows");
        return false;
      }
    }
    const auto done = find_at(answer, {"queryProgress", "completed"});
    if (done && done->is(NodeKind::boolean) && !done->truth()) {
      metrics_.fail(done->line(), "queryProgress",
                    {"a query that is completed", "one that still runs",
                     "ask nrqlQueryProgress for its results"});
      return false;
    }
    if (const auto messages = find_at(answer, {"metadata", "messages"});
        messages && messages->is(NodeKind::list)) {
      for (const NodeRef message : *messages) {
        if (message.is(NodeKind::string))
          metrics_.note(message.line(), "New Relic says: " + printable(message.text()));
      }
    }
    auto end = find_at(answer, {"metadata", "timeWindow", "end"});
    if (!end) end = find_at(answer, {"metadata", "endTimeMillis"});
    if (end && end->is(NodeKind::number)) end_ = instant_in(end->text(), 1000);
    return true;
  }

  // When a row begins: what is measured before T is not of what came with it. Without TIMESERIES
  // until when was asked.
  bool read_time(NodeRef row, std::optional<vm::Instant>& time) {
    const auto begin = row.find("beginTimeSeconds");
    if (!begin) {
      time = end_;
      return true;
    }
    if (begin->is(NodeKind::number)) time = instant_in(begin->text(), 1);
    if (!time) fail(*begin, "beginTimeSeconds", "seconds since 1970");
    return time.has_value();
  }

  bool read_row(NodeRef row) {
    if (!row.is(NodeKind::map)) {
      fail(row, "results", "a row");
      return false;
    }
    if (const auto events = row.find("events")) {
      fail(*events, "results", "numbers", "ask for one: `SELECT average(duration) …`");
      return false;
    }
    std::optional<vm::Instant> time;
    if (!read_time(row, time)) return false;
    std::map<std::string, std::string> labels;
    for (const NodeRef column : row) {
      if (column.is(NodeKind::string)) labels.emplace(column.key(), column.text());
      if (column.key() != "facet" || !column.is(NodeKind::list)) continue;
      for (const NodeRef one : column) {
        if (one.is(NodeKind::string))
          labels.emplace("facet" + std::to_string(labels.size()), one.text());
      }
    }
    for (const NodeRef column : row) add_column(column, labels, time);
    return true;
  }

  void add_column(NodeRef column, const std::map<std::string, std::string>& labels,
                  std::optional<vm::Instant> time) {
    const std::string name(column.key());
    if (std::ranges::find(kNoNumbers, name) != kNoNumbers.end()) return;
    if (column.is(NodeKind::number) || column.is(NodeKind::null))
      add_point(column, name, "", labels, time);
    if (!column.is(NodeKind::map)) return;
    for (const NodeRef part : column) {
      if (part.is(NodeKind::number) || part.is(NodeKind::null))
        add_point(part, name + "." + std::string(part.key()), column.size() == 1 ? name : "",
                  labels, time);
    }
  }

  void add_point(NodeRef number, const std::string& name, const std::string& alias,
                 const std::map<std::string, std::string>& labels,
                 std::optional<vm::Instant> time) {
    NamedSeries& series = all_[{name, labels}];
    if (series.name.empty()) {
      series.name = name;
      series.labels = labels;
      series.line = number.line();
      for (const std::string& other : {name, alias}) {
        if (!other.empty()) series.aliases.insert(series.aliases.end(), {other, with_underscores(other)});
      }
    }
    series.points.push_back(
        {time, number.is(NodeKind::null) ? "" : std::string(number.text()), number.line()});
  }

  MetricSink& metrics_;
  std::optional<vm::Instant> end_;
  std::map<std::pair<std::string, std::map<std::string, std::string>>, NamedSeries> all_;
  std::vector<NamedSeries> series_;
};

}  // namespace

bool recognise_newrelic(const Candidate& candidate) {
  if (!candidate.is_json || candidate.is_lines) return false;
  const NodeRef root = candidate.json.root();
  if (!root.is(NodeKind::map)) return has_times(root);
  return answer_in(root) || has_error(root);
}

void read_newrelic(const Candidate& candidate, MetricSink& metrics) {
  NewRelicReader(metrics).read(candidate.json.root());
}

}  // namespace dpol::inputs
