#include "runtime/inputs/sample_reader.h"

#include "runtime/inputs/nearest.h"

namespace dpol::inputs {

using program::Track;

namespace {

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

// `entry` is the metric's, `node` its value: the same, or that of a track.
void add_value(NodeRef entry, NodeRef node, const MetricTarget& target, vm::Instant time,
               MetricSink& metrics) {
  // A baseline that is not known yet is as good as none; a sample that is not known is a sample.
  if (target.track == Track::baseline && node.is(NodeKind::null)) return;
  Mismatch mismatch;
  if (const auto value = metrics.read(target, node, mismatch)) {
    metrics.add(target, time, *value, node.line());
    return;
  }
  const std::string_view track = entry.is(NodeKind::map) ? node.key() : std::string_view{};
  metrics.fail(node.line(), path_of(entry, track), std::move(mismatch));
}

void read_tracks(NodeRef entry, std::uint32_t metric, vm::Instant time, MetricSink& metrics) {
  static const std::vector<std::string> kTracks = {"candidate", "stable", "baseline"};
  for (const NodeRef node : entry) {
    std::size_t track = 0;
    while (track < kTracks.size() && node.key() != kTracks[track]) ++track;
    if (track == kTracks.size()) {
      metrics.fail(node.line(), path_of(entry),
                   {"candidate, stable or baseline", in_quotes(node.key()),
                    did_you_mean(node.key(), kTracks)});
      continue;
    }
    add_value(entry, node, {metric, static_cast<Track>(track)}, time, metrics);
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
      read_tracks(entry, *metric, time, metrics);
    } else {
      add_value(entry, entry, {*metric, Track::candidate}, time, metrics);
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
