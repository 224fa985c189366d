#include "runtime/vm/snapshot.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <tuple>
#include <utility>

#include "runtime/program/time_text.h"
#include "runtime/vm/samples.h"

namespace dpol::vm {
namespace {

using program::BirthKind;
using program::Birthplace;
using program::Decimal;
using program::Fault;
using program::Input;
using program::InputKind;
using program::kTrackCount;
using program::Metric;
using program::Program;
using program::Track;
using program::Value;

constexpr std::string_view kDeployedAtFact = "deployed_at";
constexpr Instant kHour = 3'600'000'000'000;

std::uint32_t index_of(std::uint32_t channel, Track track) {
  return channel * program::kTrackCount + static_cast<std::uint32_t>(track);
}

bool is_without_labels(const Member& member) {
  return std::ranges::all_of(member.values, &std::string::empty);
}

Birthplace born_at_input(std::size_t index) {
  return {BirthKind::input, static_cast<std::uint32_t>(index)};
}

bool is_outside(Value value, Decimal minimum, Decimal maximum) {
  return !value.is_unknown() && (value.as_number() < minimum || value.as_number() > maximum);
}
bool is_no_ratio(const program::Type& type, Value value) {
  return type.kind == program::Kind::ratio && is_outside(value, Decimal(), Decimal::from_int64(1));
}

// By time; of several at one time the last one given stays.
void sort_series(Series& series) {
  const bool sorted = std::ranges::adjacent_find(series.times, std::greater_equal<>()) ==
                      series.times.end();
  if (sorted) return;
  std::vector<std::size_t> order(series.times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&series](std::size_t i) { return series.times[i]; });
  Series result;
  for (const std::size_t i : order) {
    if (!result.times.empty() && result.times.back() == series.times[i]) {
      result.values.back() = series.values[i];
      result.origins.back() = series.origins[i];
      continue;
    }
    result.times.push_back(series.times[i]);
    result.values.push_back(series.values[i]);
    result.origins.push_back(series.origins[i]);
  }
  series = std::move(result);
}

void drop_after(Series& series, Instant now) {
  const auto kept = static_cast<std::size_t>(std::ranges::upper_bound(series.times, now) -
                                             series.times.begin());
  series.times.resize(kept);
  series.values.resize(kept);
  series.origins.resize(kept);
}

void judge_samples(Series& series, const Metric& metric, std::uint32_t index) {
  const Birthplace here = {BirthKind::series, index};
  const bool bounded = metric.type.kind == program::Kind::ratio && metric.bounded;
  for (Value& value : series.values) {
    if (value.is_unknown()) {
      value = Value::unknown(value.fault(), here);
    } else if (bounded && is_outside(value, metric.minimum, metric.maximum)) {
      value = Value::unknown(Fault::out_of_range, here);
    }
  }
}

Value kept_in_range(const Metric& metric, Value baseline) {
  const bool bounded = metric.type.kind == program::Kind::ratio && metric.bounded;
  const bool outside = bounded && is_outside(baseline, metric.minimum, metric.maximum);
  return outside ? Value::unknown(Fault::out_of_range) : baseline;
}

// The aggregate that a baseline is, and the time that it is taken over.
std::pair<program::Aggregate, Instant> taken_over(const program::BaselineRule& rule) {
  if (rule.kind != program::BaselineRule::Kind::over) return {program::Aggregate::p50, kHour};
  return {rule.aggregate, nanoseconds_above(rule.seconds)};
}

// Of the thinned samples inside [from, to).
Value aggregate_span(program::Aggregate aggregate, const Series& series, Spacing spacing,
                     Instant from, Instant to) {
  Thinned thinned;
  thinned.build(series, spacing);
  const View view = view_of(thinned, minus(to, 1), from, kEndOfTime);
  if (view.empty()) return Value::unknown(Fault::no_baseline);
  std::vector<Sample> samples;
  for (std::uint32_t p = view.begin; p <= view.end; ++p) {
    const std::uint32_t raw = p == view.end ? view.head : thinned.raw_at(p);
    const Value value = series.values[raw];
    if (value.is_unknown()) return value;
    samples.push_back({series.times[raw], value.as_number()});
  }
  const Value result = aggregate_of(aggregate, samples);
  const bool too_few = result.is_unknown() && result.fault() == Fault::no_sample;
  return too_few ? Value::unknown(Fault::no_baseline) : result;
}

}  // namespace

Symbols::Symbols(const Program& program) : texts_(program.strings) {
  for (std::size_t i = 0; i < texts_.size(); ++i) ids_.emplace(texts_[i], i);
}

std::uint64_t Symbols::intern(std::string_view text) {
  const auto [place, is_new] = ids_.try_emplace(std::string(text), texts_.size());
  if (is_new) texts_.emplace_back(text);
  return place->second;
}

std::optional<std::uint64_t> Symbols::find(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t Snapshot::channel(std::uint32_t metric, std::uint32_t member) const {
  if (member == program::kNone || first_channels_[metric] == program::kNone) return metric;
  if (members_[member].label_set != label_sets_[metric]) return metric;
  return first_channels_[metric] + (member - first_members_[label_sets_[metric]]);
}

std::uint32_t Snapshot::series_index(std::uint32_t metric, Track track, std::uint32_t member,
                                     bool compared) const {
  std::uint32_t found = channel(metric, member);
  if (compared && found != metric && stable_alone_[metric] != program::kNone) {
    found = stable_alone_[metric];
  }
  return index_of(found, track);
}

SnapshotBuilder::SnapshotBuilder(const Program& program)
    : program_(program),
      snapshot_(program),
      input_given_(program.inputs.size()),
      constant_semvers_(program.constants.size()),
      given_baselines_(program.metrics.size()),
      member_counts_(program.label_sets.size()),
      parts_(program.metrics.size()) {
  snapshot_.inputs_.resize(program.inputs.size());
  snapshot_.origins_.resize(program.inputs.size());
  snapshot_.columns_.resize(program.columns.size());
  snapshot_.row_origins_.resize(program.row_tables.size());
  snapshot_.series_.resize(program.metrics.size() * kTrackCount);
  for (std::uint32_t i = 0; i < program.metrics.size(); ++i) {
    snapshot_.channels_.push_back({.metric = i});
    snapshot_.label_sets_.push_back(program.metrics[i].label_set);
  }
  for (std::size_t i = 0; i < program.constants.size(); ++i) {
    if (program.constant_types[i].kind != program::Kind::semver) continue;
    program::Semver version;
    program::TextError error;
    const Value value = program.constants[i];
    const bool ok =
        value.is_unknown() ||
        program::Semver::parse(program.strings[value.as_id()], version, error);
    assert(ok && "the verifier has read it");
    static_cast<void>(ok);
    constant_semvers_[i] = snapshot_.semvers_.size();
    snapshot_.semvers_.push_back(std::move(version));
  }
}

std::uint32_t SnapshotBuilder::add_document(std::string name, std::string digest) {
  snapshot_.documents_.push_back({std::move(name), std::move(digest)});
  return static_cast<std::uint32_t>(snapshot_.documents_.size() - 1);
}

void SnapshotBuilder::set_input(std::size_t input, Value value, Origin origin) {
  assert(input < program_.inputs.size());
  const InputKind kind = program_.inputs[input].kind;
  assert(kind == InputKind::fact || kind == InputKind::parameter);
  static_cast<void>(kind);
  snapshot_.inputs_[input] = value;
  snapshot_.origins_[input] = origin;
  input_given_[input] = true;
}

Value SnapshotBuilder::text_value(std::string_view text) {
  return Value::id(snapshot_.symbols_.intern(text));
}

Value SnapshotBuilder::semver_value(const program::Semver& version) {
  const auto [place, is_new] =
      semver_ids_.try_emplace(version.to_string(), snapshot_.semvers_.size());
  if (is_new) snapshot_.semvers_.push_back(version);
  return Value::id(place->second);
}

Value SnapshotBuilder::append_rows(std::uint32_t row_table,
                                   const std::vector<std::vector<Value>>& rows,
                                   const std::vector<Origin>& origins) {
  assert(row_table < program_.row_tables.size() && rows.size() == origins.size());
  const program::RowTable& table = program_.row_tables[row_table];
  std::vector<Origin>& row_origins = snapshot_.row_origins_[row_table];
  const auto first = static_cast<std::uint32_t>(row_origins.size());
  for (const std::vector<Value>& row : rows) {
    assert(row.size() == table.column_count);
    for (std::uint32_t i = 0; i < table.column_count; ++i) {
      const std::uint32_t column = table.first_column + i;
      const bool outside = is_no_ratio(program_.columns[column].type, row[i]);
      snapshot_.columns_[column].push_back(outside ? Value::unknown(Fault::out_of_range) : row[i]);
    }
  }
  row_origins.insert(row_origins.end(), origins.begin(), origins.end());
  return Value::rows(first, static_cast<std::uint32_t>(rows.size()));
}

std::optional<std::uint32_t> SnapshotBuilder::member(std::uint32_t label_set,
                                                     const std::vector<std::string>& values) {
  Member wanted{label_set, values};
  const auto known = member_ids_.find(wanted);
  if (known != member_ids_.end()) return known->second;
  if (!is_without_labels(wanted)) {
    if (member_counts_[label_set] == program::kMaxMembers) return std::nullopt;
    ++member_counts_[label_set];
  }
  const auto id = static_cast<std::uint32_t>(member_ids_.size());
  member_ids_.emplace(std::move(wanted), id);
  return id;
}

std::size_t SnapshotBuilder::channel_count() const {
  std::vector<std::size_t> members(program_.label_sets.size());
  for (const auto& [member, id] : member_ids_) ++members[member.label_set];
  std::size_t count = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].empty()) count += members[program_.metrics[i].label_set];
  }
  return count;
}

SnapshotBuilder::Part& SnapshotBuilder::part_of(std::uint32_t metric, std::uint32_t member) {
  const std::uint32_t label_set = program_.metrics[metric].label_set;
  if (member == program::kNone) {
    const std::size_t labels = program_.label_sets[label_set].labels.size();
    member = *this->member(label_set, std::vector<std::string>(labels));
  }
  return parts_[metric][member];
}

void SnapshotBuilder::add_sample(std::uint32_t metric, Track track, Instant time, Value value,
                                 Origin origin, std::uint32_t member) {
  assert(metric < program_.metrics.size());
  const bool has_labels = program_.metrics[metric].label_set != program::kNone;
  Series& series = has_labels ? part_of(metric, member).tracks[static_cast<std::size_t>(track)]
                              : snapshot_.series_[index_of(metric, track)];
  series.times.push_back(time);
  series.values.push_back(value);
  series.origins.push_back(origin);
}

void SnapshotBuilder::mark_stage(Instant time, std::string stage) {
  snapshot_.stage_marks_.push_back({time, std::move(stage)});
}

void SnapshotBuilder::set_baseline(std::uint32_t metric, Value value, Origin origin,
                                   std::uint32_t member) {
  assert(metric < program_.metrics.size());
  if (program_.metrics[metric].label_set != program::kNone) {
    part_of(metric, member).baseline = {value, origin};
    return;
  }
  given_baselines_[metric] = {value, origin};
}

void SnapshotBuilder::set_now(Instant now, bool from_clock) {
  snapshot_.now_ = now;
  snapshot_.now_from_clock_ = from_clock;
  now_given_ = true;
}
void SnapshotBuilder::set_deployed_at(Instant time) { snapshot_.deployed_at_ = time; }
void SnapshotBuilder::set_stage(std::string stage) { snapshot_.stage_ = std::move(stage); }
void SnapshotBuilder::set_stage_at(Instant time) { snapshot_.stage_at_ = time; }

std::optional<Instant> SnapshotBuilder::newest_sample() const {
  std::optional<Instant> newest;
  const auto look_at = [&newest](const Series& series) {
    for (const Instant time : series.times) {
      if (!newest || time > *newest) newest = time;
    }
  };
  constexpr auto kBefore = static_cast<std::size_t>(Track::baseline);
  for (std::size_t i = 0; i < snapshot_.series_.size(); ++i) {
    if (i % kTrackCount != kBefore) look_at(snapshot_.series_[i]);
  }
  for (const auto& parts : parts_) {
    for (const auto& [member, part] : parts) {
      for (std::size_t track = 0; track < kBefore; ++track) look_at(part.tracks[track]);
    }
  }
  return newest;
}

std::optional<Instant> SnapshotBuilder::first_staged_sample() const {
  std::optional<Instant> first;
  for (const StageMark& mark : snapshot_.stage_marks_) {
    if (!first || mark.time < *first) first = mark.time;
  }
  return first;
}

bool SnapshotBuilder::has_samples(std::uint32_t metric, Track track) const {
  const auto index = static_cast<std::size_t>(track);
  return !snapshot_.series_[index_of(metric, track)].times.empty() ||
         std::ranges::any_of(parts_[metric], [index](const auto& part) { return !part.second.tracks[index].times.empty(); });
}

bool SnapshotBuilder::has_baseline(std::uint32_t metric) const {
  return given_baselines_[metric] ||
         std::ranges::any_of(parts_[metric], [](const auto& part) { return part.second.baseline.has_value(); });
}

Value SnapshotBuilder::given(std::size_t input) const {
  return input_given_[input] ? snapshot_.inputs_[input] : Value::unknown(Fault::absent);
}

Snapshot SnapshotBuilder::build() {
  if (!now_given_) snapshot_.now_ = newest_sample().value_or(0);
  place_members();
  place_channels();
  sort_samples();
  for (std::uint32_t i = 0; i < program_.metrics.size(); ++i) join_series(i);
  sort_stage_marks();
  resolve_deployment();
  fill_inputs();
  compute_baselines();
  return std::move(snapshot_);
}

void SnapshotBuilder::place_members() {
  member_places_.resize(member_ids_.size());
  snapshot_.first_members_.assign(program_.label_sets.size() + 1, 0);
  for (const auto& [member, id] : member_ids_) {
    member_places_[id] = static_cast<std::uint32_t>(snapshot_.members_.size());
    snapshot_.members_.push_back(member);
    ++snapshot_.first_members_[member.label_set + 1];
  }
  std::partial_sum(snapshot_.first_members_.begin(), snapshot_.first_members_.end(),
                   snapshot_.first_members_.begin());
}

// Of a metric that has any series: one for each member, so that which is which needs no table.
void SnapshotBuilder::place_channels() {
  snapshot_.first_channels_.assign(program_.metrics.size(), program::kNone);
  snapshot_.stable_alone_.assign(program_.metrics.size(), program::kNone);
  for (std::uint32_t i = 0; i < program_.metrics.size(); ++i) {
    if (parts_[i].empty()) continue;
    snapshot_.first_channels_[i] = static_cast<std::uint32_t>(snapshot_.channels_.size());
    const auto [first, last] = snapshot_.members_of(program_.metrics[i].label_set);
    for (std::uint32_t m = first; m < last; ++m) {
      snapshot_.channels_.push_back({.metric = i, .member = m});
    }
    snapshot_.series_.resize(snapshot_.channels_.size() * kTrackCount);
    for (auto& [id, part] : parts_[i]) {
      const std::uint32_t channel = snapshot_.channel(i, member_places_[id]);
      for (const Track track : {Track::candidate, Track::stable, Track::baseline}) {
        snapshot_.series_[index_of(channel, track)] =
            std::move(part.tracks[static_cast<std::size_t>(track)]);
      }
    }
  }
}

// The instants of a metric with labels: wherever one of its series has one.
void SnapshotBuilder::join_series(std::uint32_t metric) {
  const std::uint32_t first = snapshot_.first_channels_[metric];
  if (first == program::kNone) return;
  const auto [from, to] = snapshot_.members_of(program_.metrics[metric].label_set);
  std::uint32_t without_labels = program::kNone;
  std::uint32_t others = 0;
  for (const Track track : {Track::candidate, Track::stable}) {
    Series all;
    for (std::uint32_t member = from; member < to; ++member) {
      const std::uint32_t channel = first + (member - from);
      const std::vector<Instant>& times = snapshot_.series_[index_of(channel, track)].times;
      all.times.insert(all.times.end(), times.begin(), times.end());
      if (track != Track::stable || times.empty()) continue;
      if (is_without_labels(snapshot_.members_[member])) without_labels = channel;
      else ++others;
    }
    std::ranges::sort(all.times);
    all.times.erase(std::unique(all.times.begin(), all.times.end()), all.times.end());
    const std::uint32_t index = index_of(metric, track);
    all.values.assign(all.times.size(), Value::unknown(Fault::no_sample, {BirthKind::series, index}));
    all.origins.resize(all.times.size());
    snapshot_.series_[index] = std::move(all);
  }
  if (others == 0) snapshot_.stable_alone_[metric] = without_labels;
}

// The channel without labels, if it alone has samples of the time before T.
std::uint32_t SnapshotBuilder::sampled_before(std::uint32_t metric) const {
  const auto [first, last] = snapshot_.members_of(program_.metrics[metric].label_set);
  std::uint32_t alone = program::kNone;
  for (std::uint32_t member = first; member < last; ++member) {
    const std::uint32_t channel = snapshot_.channel(metric, member);
    if (snapshot_.series_[index_of(channel, Track::baseline)].times.empty()) continue;
    if (!is_without_labels(snapshot_.members_[member])) return program::kNone;
    alone = channel;
  }
  return alone;
}

// What a baseline is computed of: the samples of the time before T that were brought, for these labels or
// without any (`alone`), else those of the series itself.
const Series& SnapshotBuilder::samples_before(std::uint32_t channel, std::uint32_t alone) const {
  for (const std::uint32_t one : {channel, alone}) {
    if (one == program::kNone) continue;
    const Series& before = snapshot_.series_[index_of(one, Track::baseline)];
    if (!before.times.empty()) return before;
  }
  return snapshot_.series_[index_of(channel, Track::candidate)];
}

// Of each series: what was given for its labels, else what was given without, if nothing was given
// with labels, else what its own samples say.
void SnapshotBuilder::compute_baselines() {
  for (std::uint32_t i = 0; i < program_.metrics.size(); ++i) {
    if (parts_[i].empty()) continue;
    const Metric& metric = program_.metrics[i];
    std::map<std::uint32_t, std::pair<Value, Origin>> given;  // by channel
    std::optional<std::pair<Value, Origin>> alone;
    for (const auto& [id, part] : parts_[i]) {
      if (!part.baseline) continue;
      if (is_without_labels(snapshot_.members_[member_places_[id]])) alone = part.baseline;
      else given.emplace(snapshot_.channel(i, member_places_[id]), *part.baseline);
    }
    const std::uint32_t before = sampled_before(i);
    const auto [first, last] = snapshot_.members_of(metric.label_set);
    for (std::uint32_t member = first; member < last; ++member) {
      const std::uint32_t index = snapshot_.channel(i, member);
      Channel& channel = snapshot_.channels_[index];
      const auto own = given.find(index);
      if (own != given.end()) {
        std::tie(channel.baseline, channel.baseline_origin) = own->second;
      } else if (alone && given.empty()) {
        std::tie(channel.baseline, channel.baseline_origin) = *alone;
      } else {
        channel.baseline = computed_baseline(metric, samples_before(index, before));
      }
      channel.baseline = kept_in_range(metric, channel.baseline);
      if (channel.baseline.is_unknown()) {
        channel.baseline = Value::unknown(channel.baseline.fault(),
                                          {BirthKind::series, index_of(index, Track::baseline)});
      }
    }
  }
}

void SnapshotBuilder::sort_samples() {
  for (std::uint32_t i = 0; i < snapshot_.series_.size(); ++i) {
    Series& series = snapshot_.series_[i];
    sort_series(series);
    drop_after(series, snapshot_.now_);
    judge_samples(series, program_.metrics[snapshot_.channels_[i / kTrackCount].metric], i);
  }
}

// Marks that repeat the stage before them say nothing.
void SnapshotBuilder::sort_stage_marks() {
  std::vector<StageMark>& marks = snapshot_.stage_marks_;
  std::erase_if(marks, [this](const StageMark& mark) { return mark.time > snapshot_.now_; });
  std::ranges::stable_sort(marks, {}, &StageMark::time);
  std::vector<StageMark> changes;
  for (StageMark& mark : marks) {
    if (!changes.empty() && changes.back().time == mark.time) changes.pop_back();
    if (changes.empty() || changes.back().stage != mark.stage) changes.push_back(std::move(mark));
  }
  marks = std::move(changes);
}

void SnapshotBuilder::resolve_deployment() {
  snapshot_.deployed_at_ = deployment(snapshot_.deployed_at_);
}

std::optional<Instant> SnapshotBuilder::deployment(std::optional<Instant> given) const {
  if (given) return given;
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
    const Input& input = program_.inputs[i];
    const bool is_it = input.kind == InputKind::fact && input.type.kind == program::Kind::time &&
                       program_.text(input.name) == kDeployedAtFact;
    if (!is_it || !input_given_[i] || snapshot_.inputs_[i].is_unknown()) continue;
    Instant time = 0;
    if (!program::decimal_to_time(snapshot_.inputs_[i].as_number(), time)) continue;
    return time;
  }
  return first_staged_sample();
}

Value SnapshotBuilder::constant(std::size_t cell) const {
  const Value value = program_.constants[cell];
  const bool is_semver = program_.constant_types[cell].kind == program::Kind::semver;
  return is_semver && !value.is_unknown() ? Value::id(constant_semvers_[cell]) : value;
}

Value SnapshotBuilder::in_range(const Input& input, std::size_t index, Value value) const {
  if (value.is_unknown() || cell_class(input.type) != program::CellClass::number) return value;
  const bool has_range = input.minimum != program::kNone || input.maximum != program::kNone;
  bool outside = false;
  if (input.minimum != program::kNone) {
    outside |= value.as_number() < program_.constants[input.minimum].as_number();
  }
  if (input.maximum != program::kNone) {
    outside |= value.as_number() > program_.constants[input.maximum].as_number();
  }
  outside |= !has_range && input.kind == InputKind::fact && is_no_ratio(input.type, value);
  return outside ? Value::unknown(Fault::out_of_range, born_at_input(index)) : value;
}

void SnapshotBuilder::fill_inputs() {
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
    const Input& input = program_.inputs[i];
    Value value = snapshot_.inputs_[i];
    switch (input.kind) {
      case InputKind::fact:
        if (!input_given_[i]) value = Value::unknown(input.optional ? Fault::absent : Fault::missing);
        break;
      case InputKind::parameter:
        if (input_given_[i]) break;
        value = input.fallback == program::kNone ? Value::unknown(Fault::missing)
                                                 : constant(input.fallback);
        break;
      case InputKind::baseline:
        value = baseline_of(input);
        if (given_baselines_[input.metric]) {
          snapshot_.origins_[i] = given_baselines_[input.metric]->second;
        }
        break;
      case InputKind::now:
        value = Value::number(program::time_to_decimal(snapshot_.now_));
        break;
      case InputKind::deployed_at:
        value = snapshot_.deployed_at_
                    ? Value::number(program::time_to_decimal(*snapshot_.deployed_at_))
                    : Value::unknown(Fault::no_deployment_time);
        break;
    }
    if (value.is_unknown()) value = Value::unknown(value.fault(), born_at_input(i));
    snapshot_.inputs_[i] = in_range(input, i, value);
  }
}

Value SnapshotBuilder::baseline_of(const Input& input) const {
  const std::uint32_t index = input.metric;
  const Metric& metric = program_.metrics[index];
  if (!given_baselines_[index]) {
    // What was asked for by name is nothing else, whatever else there is.
    if (input.baseline != program::kNone) return Value::unknown(Fault::not_saved);
    return computed_baseline(metric, samples_before(index, program::kNone));
  }
  return kept_in_range(metric, given_baselines_[index]->first);
}

Value SnapshotBuilder::computed_baseline(const Metric& metric, const Series& series) const {
  using Rule = program::BaselineRule::Kind;
  const program::BaselineRule& rule = metric.baseline;
  if (rule.kind == Rule::promoted) return Value::unknown(Fault::no_history);
  if (!snapshot_.deployed_at_) return Value::unknown(Fault::no_baseline);
  const Instant start = *snapshot_.deployed_at_;
  const auto [aggregate, span] = taken_over(rule);
  return aggregate_span(aggregate, series, spacing_of(metric), minus(start, span), start);
}

Value recent_value(const Metric& metric, const Series& series, Instant now,
                   std::optional<Instant> not_before) {
  const auto [aggregate, span] = taken_over(metric.baseline);
  Instant from = minus(now, span);
  if (not_before && *not_before <= now) from = std::max(from, *not_before);
  return aggregate_span(aggregate, series, spacing_of(metric), from, minus(now, -1));
}

Instant baseline_span(const program::Metric& metric) { return taken_over(metric.baseline).second; }

Value value_over(program::Aggregate aggregate, const std::vector<Decimal>& values) {
  std::vector<Sample> samples;
  for (const Decimal value : values) samples.push_back({static_cast<Instant>(samples.size()), value});
  return aggregate_of(aggregate, samples);
}

}  // namespace dpol::vm
