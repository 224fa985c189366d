#include "runtime/inputs/sample_reader.h"

#include <algorithm>
#include <set>

#include "runtime/inputs/nearest.h"

namespace dpol::inputs {

using program::Track;

namespace {

constexpr std::string_view kLabels = "labels";

// Of the entry of a metric, or of one of its tracks.
std::string path_of(NodeRef metric, std::string_view track = {}) {
  std::string path = "metrics." + printable(metric.key());
  if (!track.empty()) path.append(".").append(track);
  return path;
}

std::optional<vm::Instant> read_time(NodeRef sample, MetricSink& metrics) {
  const auto node = sample.find("time");
  Mismatch mismatch;
  if (!node) {
    mismatch = {"the time of the sample", "none", ""};
  } else if (node->is(NodeKind::number) || node->is(NodeKind::string)) {
    const auto time = read_instant(node->text(), node->is(NodeKind::string), mismatch);
    if (time) return time;
  } else {
    mismatch = {"a time such as \"2026-12-31T10:00:00Z\", or seconds since 1970", found_text(*node),
                ""};
  }
  metrics.fail(node ? node->line() : sample.line(), "time", std::move(mismatch));
  return std::nullopt;
}

void read_stage_of(NodeRef node, vm::Instant time, MetricSink& metrics) {
  if (node.is(NodeKind::null)) return;
  if (node.is(NodeKind::number) || node.is(NodeKind::string)) {
    if (const auto stage = read_stage(node.text())) {
      metrics.mark_stage(time, *stage, node.line());
      return;
    }
  }
  metrics.fail(node.line(), "stage",
               {"a percentage from 0 to 100, or a stage's name", found_text(node), ""});
}

std::string words(const std::vector<std::string>& labels) { return listed(labels, "and"); }

// Which series of a metric a value is of.
struct Of {
  NodeRef entry;              // the metric's
  std::uint32_t metric = 0;
  std::uint32_t member = program::kNone;
  bool has_labels = false;    // it stands in an entry with labels
};

// `entry` is the metric's, `node` its value: the same, or that of a track.
void add_value(const Of& of, NodeRef node, Track track, vm::Instant time, MetricSink& metrics) {
  const NodeRef entry = of.entry;
  const MetricTarget target = {of.metric, track};
  // A baseline that is not known yet is as good as none; a sample that is not known is a sample.
  if (target.track == Track::baseline && node.is(NodeKind::null)) return;
  const std::vector<std::string>& labels = metrics.labels(of.metric);
  if (!labels.empty() && !of.has_labels && track == Track::candidate) {
    return metrics.fail(node.line(), path_of(entry),
                        {"a list of series, [{\"labels\": {\"" + labels[0] + "\": …}, \"candidate\": …}, …]",
                         found_text(node),
                         "the metric is declared with a series for each " + words(labels)});
  }
  Mismatch mismatch;
  if (const auto value = metrics.read(target, node, mismatch)) {
    metrics.add(target, time, *value, node.line(), of.member);
    return;
  }
  const bool below = entry.is(NodeKind::map) || of.has_labels;
  const std::string_view word = below ? node.key() : std::string_view{};
  metrics.fail(node.line(), path_of(entry, word), std::move(mismatch));
}

// `tracks` is the metric's entry, or one of its series.
void read_tracks(const Of& of, NodeRef tracks, vm::Instant time, MetricSink& metrics) {
  static const std::vector<std::string> kTracks = {"candidate", "stable", "baseline"};
  for (const NodeRef node : tracks) {
    if (of.has_labels && node.key() == kLabels) continue;
    std::size_t track = 0;
    while (track < kTracks.size() && node.key() != kTracks[track]) ++track;
    if (track == kTracks.size()) {
      metrics.fail(node.line(), path_of(of.entry),
                   {"candidate, stable or baseline", in_quotes(node.key()),
                    did_you_mean(node.key(), kTracks)});
      continue;
    }
    add_value(of, node, static_cast<Track>(track), time, metrics);
  }
}

// The values of the metric's labels, in their order.
std::optional<std::vector<std::string>> read_labels(NodeRef series, const Of& of, MetricSink& metrics) {
  const std::vector<std::string>& names = metrics.labels(of.metric);
  std::vector<std::string> values(names.size());
  const auto labels = series.find(kLabels);
  const std::string path = path_of(of.entry, kLabels);
  for (const NodeRef label : *labels) {
    const auto name = std::ranges::find(names, label.key());
    if (name == names.end()) {
      metrics.fail(label.line(), path,
                   {words(names), in_quotes(label.key()), did_you_mean(label.key(), names)});
      return std::nullopt;
    }
    if (!label.is(NodeKind::string) || label.text().empty()) {
      metrics.fail(label.line(), path, {"a text that is not empty", found_text(label), ""});
      return std::nullopt;
    }
    values[static_cast<std::size_t>(name - names.begin())] = std::string(label.text());
  }
  const auto lacks = std::ranges::find(values, std::string());
  if (lacks == values.end()) return values;
  metrics.fail(labels->line(), path,
               {"each of " + words(names),
                "none for " + names[static_cast<std::size_t>(lacks - values.begin())], ""});
  return std::nullopt;
}

// Several series where one is expected.
void refuse_series(NodeRef entry, MetricSink& metrics) {
  std::vector<std::string> all;
  for (const NodeRef series : entry) {
    MetricSink::Labels labels;
    if (const auto node = series.is(NodeKind::map) ? series.find(kLabels) : std::nullopt;
        node && node->is(NodeKind::map)) {
      for (const NodeRef label : *node) {
        if (label.is(NodeKind::string)) labels.emplace(label.key(), label.text());
      }
    }
    all.push_back(labels_text(labels));
  }
  constexpr std::size_t kMostNamed = 10;
  metrics.fail(entry.line(), path_of(entry),
               {"", printable(entry.key()) + " has " + std::to_string(all.size()) +
                        " series where one is expected: " + listed(all, "and", kMostNamed),
                "declare the metric `by` what tells them apart"});
}

// [{"labels": {"pod": "a"}, "candidate": 1, "stable": 2}, …]
void read_series(const Of& whole, vm::Instant time, MetricSink& metrics) {
  if (metrics.labels(whole.metric).empty()) return refuse_series(whole.entry, metrics);
  std::set<std::uint32_t> seen;
  for (const NodeRef series : whole.entry) {
    const auto labels = series.is(NodeKind::map) ? series.find(kLabels) : std::nullopt;
    if (!labels || !labels->is(NodeKind::map)) {
      metrics.fail(series.line(), path_of(whole.entry),
                   {"a series {\"labels\": {…}, \"candidate\": …}",
                    series.is(NodeKind::map) && labels ? "labels that are " + found_text(*labels) : found_text(series),
                    ""});
      continue;
    }
    const auto values = read_labels(series, whole, metrics);
    if (!values) continue;
    const auto member = metrics.member_of({whole.metric, Track::candidate}, *values, series.line(),
                                          path_of(whole.entry));
    if (!member) return;
    if (!seen.insert(*member).second) {
      metrics.fail(series.line(), path_of(whole.entry), {"each series once", "the same labels again", ""});
      continue;
    }
    read_tracks({whole.entry, whole.metric, *member, true}, series, time, metrics);
  }
}

void read_values(NodeRef node, vm::Instant time, MetricSink& metrics) {
  if (!node.is(NodeKind::map)) {
    metrics.fail(node.line(), "metrics", {"a map of metrics", found_text(node), ""});
    return;
  }
  for (const NodeRef entry : node) {
    const auto metric = metrics.find(entry.key());
    if (!metric) {
      metrics.remark_unclaimed(entry.key(), entry.line());
    } else if (entry.is(NodeKind::map)) {
      read_tracks({entry, *metric}, entry, time, metrics);
    } else if (entry.is(NodeKind::list) && entry.size() > 0 && (*entry.begin()).is(NodeKind::map)) {
      read_series({entry, *metric}, time, metrics);
    } else {
      add_value({entry, *metric}, entry, Track::candidate, time, metrics);
    }
  }
}

}  // namespace

bool looks_like_sample(NodeRef node) {
  return node.find("metrics").has_value() || (node.find("time") && node.find("stage"));
}

void read_sample(NodeRef sample, MetricSink& metrics) {
  if (!sample.is(NodeKind::map)) {
    metrics.fail(sample.line(), "",
                 {"a sample {\"time\": …, \"metrics\": {…}}", found_text(sample), ""});
    return;
  }
  static const std::vector<std::string> kFields = {"time", "stage", "metrics"};
  for (const NodeRef entry : sample) {
    if (entry.key() == kFields[0] || entry.key() == kFields[1] || entry.key() == kFields[2])
      continue;
    if (const auto meant = nearest_name(entry.key(), kFields)) {
      metrics.fail(
          entry.line(), "",
          {"time, stage and metrics", in_quotes(entry.key()), "did you mean `" + *meant + "`?"});
    } else {
      metrics.remark_unclaimed(entry.key(), entry.line());
    }
  }
  const auto time = read_time(sample, metrics);
  const auto values = sample.find("metrics");
  if (!values) {
    metrics.fail(sample.line(), "metrics", {"a map of metrics", "none", ""});
    return;
  }
  if (!time) return;
  if (const auto stage = sample.find("stage")) read_stage_of(*stage, *time, metrics);
  read_values(*values, *time, metrics);
}

}  // namespace dpol::inputs
