#include "runtime/inputs/metrics.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/inputs/nearest.h"
#include "runtime/program/decimal.h"
#include "runtime/program/quantity.h"

namespace dpol::inputs {

using program::BirthKind;
using program::Birthplace;
using program::Decimal;
using program::Fault;
using program::Kind;
using program::Track;
using program::Value;

namespace {

constexpr std::array<std::string_view, program::kTrackCount> kTrackNames = {"candidate", "stable",
                                                                            "baseline"};

}  // namespace

std::string series_name(const std::string& metric, Track track) {
  if (track == Track::candidate) return metric;
  return metric + "." + std::string(kTrackNames[static_cast<std::size_t>(track)]);
}

std::optional<std::string> read_stage(std::string_view text) {
  std::string_view digits = text;
  if (digits.ends_with('%')) digits.remove_suffix(1);
  const auto percent = Decimal::parse(digits);
  if (!percent) {
    if (text.empty()) return std::nullopt;
    return std::string(text);
  }
  if (percent->is_negative() || *percent > Decimal::from_int64(100)) return std::nullopt;
  return percent->to_string() + "%";
}

MetricSink::MetricSink(const program::Program& program, vm::SnapshotBuilder& builder,
                       InputErrors& errors, Remarks& remarks)
    : program_(program),
      builder_(builder),
      errors_(errors),
      remarks_(remarks),
      values_(program, builder) {
  for (std::uint32_t i = 0; i < program.metrics.size(); ++i) {
    names_.push_back(program.text(program.metrics[i].name));
    by_name_.emplace(names_.back(), i);
    std::vector<std::string>& labels = labels_.emplace_back();
    if (program.metrics[i].label_set == program::kNone) continue;
    for (const program::StringId label : program.label_sets[program.metrics[i].label_set].labels) {
      labels.push_back(program.text(label));
    }
  }
  for (const program::Policy& policy : program.policies) {
    for (const program::Rollout& rollout : policy.rollouts) {
      for (const program::Stage& stage : rollout.stages) {
        const std::string& text = program.text(stage.name);
        const std::string spelling = read_stage(text).value_or(text);
        if (std::ranges::find(stages_, spelling) == stages_.end()) stages_.push_back(spelling);
      }
    }
  }
}

void MetricSink::begin(std::uint32_t document, std::string_view name,
                       std::optional<MetricTarget> target) {
  document_ = document;
  file_ = name;
  target_ = target;
  answered_.reset();
  unclaimed_.clear();
  unknown_stages_.clear();
}

void MetricSink::begin_answer(std::uint32_t document, std::string_view name,
                              const Answered& answered) {
  begin(document, name, answered.target);
  answered_ = answered;
}

bool MetricSink::is_brought(const MetricTarget& target) const {
  if (target.track == Track::baseline && builder_.has_baseline(target.metric)) return true;
  if (builder_.has_samples(target.metric, target.track)) return true;
  const auto first = labelled_.lower_bound({target.metric, target.track, 0});
  return first != labelled_.end() && std::get<0>(first->first) == target.metric &&
         std::get<1>(first->first) == target.track;
}

std::optional<std::uint32_t> MetricSink::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

const std::string& MetricSink::name(std::uint32_t metric) const { return names_[metric]; }

std::optional<MetricTarget> MetricSink::read_target(std::string_view text) {
  if (const auto metric = find(text)) return MetricTarget{*metric, Track::candidate};
  const std::size_t dot = text.rfind('.');
  const std::string_view name = text.substr(0, dot);
  const auto metric = find(name);
  if (!metric) {
    Mismatch mismatch = {"", "no policy declares a metric `" + printable(name) + "`",
                         did_you_mean(name, names_)};
    if (mismatch.hint.empty() && !names_.empty())
      mismatch.hint = "declared are " + listed(names_, "and");
    fail(0, "", std::move(mismatch));
    return std::nullopt;
  }
  const auto track = std::ranges::find(kTrackNames, text.substr(dot + 1));
  if (track == kTrackNames.end()) {
    fail(0, "",
         {"candidate, stable or baseline behind the metric's name", in_quotes(text.substr(dot + 1)),
          ""});
    return std::nullopt;
  }
  return MetricTarget{*metric, static_cast<Track>(track - kTrackNames.begin())};
}

std::optional<vm::Instant> MetricSink::newest_sample() const {
  std::optional<vm::Instant> newest = builder_.newest_sample();
  for (const auto& [key, all] : labelled_) {
    if (std::get<1>(key) == Track::baseline) continue;
    for (const LabelledSeries& series : all)
      for (const Sample& sample : series.samples)
        if (!newest || sample.time > *newest) newest = sample.time;
  }
  return newest;
}

Birthplace MetricSink::born_at(const MetricTarget& target) const {
  return {BirthKind::series,
          target.metric * program::kTrackCount + static_cast<std::uint32_t>(target.track)};
}

std::optional<Value> MetricSink::read(const MetricTarget& target, NodeRef node,
                                      Mismatch& mismatch) {
  if (node.is(NodeKind::null)) return Value::unknown(Fault::not_a_number, born_at(target));
  return values_.read(program_.metrics[target.metric].type, node, born_at(target), mismatch);
}

std::optional<Value> MetricSink::read_text(const MetricTarget& target, std::string_view text,
                                           Mismatch& mismatch) {
  if (text.empty()) return Value::unknown(Fault::not_a_number, born_at(target));
  return values_.read_text(program_.metrics[target.metric].type, text, born_at(target), mismatch);
}

std::optional<Value> MetricSink::read_number(const MetricTarget& target, std::string_view text,
                                             std::uint32_t line, std::string_view path,
                                             Decimal scale) {
  const program::Type& type = program_.metrics[target.metric].type;
  if (!type.is_numeric()) {
    fail(line, path, {values_.expected(type), in_quotes(text), "give it as samples of dpol's own"});
    return std::nullopt;
  }
  Decimal number;
  switch (Decimal::parse(text, number)) {
    case program::NumberError::none:
      break;
    case program::NumberError::not_finite:
      return Value::unknown(Fault::not_a_number, born_at(target));
    case program::NumberError::out_of_range:
      return Value::unknown(Fault::overflow, born_at(target));
    case program::NumberError::malformed:
      fail(line, path, {"a number", "the string " + in_quotes(text), ""});
      return std::nullopt;
  }
  if (answered_) scale = answered_->scale;
  if (!Decimal::mul(number, scale, number))
    return Value::unknown(Fault::overflow, born_at(target));
  if (type.kind == Kind::integer && !number.to_int64()) {
    fail(line, path,
         {"a whole number, since " + names_[target.metric] + " is declared int", in_quotes(text),
          "declare it float"});
    return std::nullopt;
  }
  return Value::number(number);
}

std::optional<Decimal> MetricSink::scale_of(const MetricTarget& target, std::string_view unit,
                                            std::uint32_t line, std::string_view path) {
  const program::Type& type = program_.metrics[target.metric].type;
  if (unit.empty()) return Decimal::from_int64(1);
  program::Quantity one;
  program::QuantityError error;
  const program::NoUnits none;
  const bool known = program::parse_quantity("1" + std::string(unit), program::QuantityStyle::input, none, one, error);
  const auto is_share = [](Kind kind) { return kind == Kind::ratio || kind == Kind::points; };
  if (known && (one.type == type || (is_share(one.type.kind) && is_share(type.kind)))) return one.value;
  fail(line, path,
       {values_.expected(type), "numbers in " + in_quotes(unit),
        known ? "declare " + names_[target.metric] + " as what it measures" : ""});
  return std::nullopt;
}

void MetricSink::note_range(const MetricTarget& target, Value value, std::uint32_t line) {
  const program::Metric& metric = program_.metrics[target.metric];
  if (metric.type.kind != Kind::ratio || !metric.bounded || value.is_unknown()) return;
  if (value.as_number() >= metric.minimum && value.as_number() <= metric.maximum) return;
  if (!out_of_range_.insert(target.metric).second) return;
  const std::string name = series_name(names_[target.metric], target.track);
  if (ValueReader::is_outside_ratio(metric.type, value)) {
    note(line, name + " " + ValueReader::ratio_note(value));
  } else {
    note(line, name + " is " + values_.print(metric.type, value) + ", outside " +
                   values_.print(metric.type, Value::number(metric.minimum)) + ".." +
                   values_.print(metric.type, Value::number(metric.maximum)) +
                   ", and counts as unknown");
  }
}

void MetricSink::add(const MetricTarget& target, vm::Instant time, Value value,
                     std::uint32_t line, std::uint32_t member) {
  note_range(target, value, line);
  put(target, {time, value, line}, document_, {member});
}

std::string labels_text(const MetricSink::Labels& labels) {
  std::string text = "{";
  for (const auto& [name, value] : labels) {
    if (text.size() > 1) text += ", ";
    text += printable(name) + "=" + in_quotes(value);
  }
  return text + "}";
}

std::optional<std::uint32_t> MetricSink::member_of(const MetricTarget& target,
                                                   const std::vector<std::string>& values,
                                                   std::uint32_t line, std::string_view path) {
  const std::uint32_t label_set = program_.metrics[target.metric].label_set;
  const auto member = builder_.member(label_set, values);
  if (member) return member;
  if (!std::exchange(too_many_, true)) {
    fail(line, path,
         {"", names_[target.metric] + " has more than " + std::to_string(program::kMaxMembers) +
                  " series: one for each " + listed(labels_[target.metric], "and"),
          "aggregate in the query"});
  }
  return std::nullopt;
}

void MetricSink::put(const MetricTarget& target, const Sample& sample, std::uint32_t document,
                     Of of) {
  const vm::Origin origin = {document, sample.line};
  if (target.track != Track::baseline || of.over_time) {
    builder_.add_sample(target.metric, target.track, sample.time, sample.value, origin, of.member);
    return;
  }
  // Samples are judged by their range when the snapshot is built; a baseline is not one of them.
  const program::Metric& metric = program_.metrics[target.metric];
  Value value = sample.value;
  const bool bounded = metric.type.kind == Kind::ratio && metric.bounded && !value.is_unknown();
  if (bounded && (value.as_number() < metric.minimum || value.as_number() > metric.maximum)) {
    value = Value::unknown(Fault::out_of_range, born_at(target));
  }
  builder_.set_baseline(target.metric, value, origin, of.member);
}

void MetricSink::mark_stage(vm::Instant time, const std::string& stage, std::uint32_t line) {
  builder_.mark_stage(time, stage);
  if (stages_.empty() || std::ranges::find(stages_, stage) != stages_.end()) return;
  constexpr std::size_t kMostSaid = 20;
  if (unknown_stages_.size() >= kMostSaid || !unknown_stages_.insert(stage).second) return;
  std::string text = "no rollout has a stage " + in_quotes(stage);
  if (const auto meant = nearest_name(stage, stages_)) text += "; did you mean `" + *meant + "`?";
  note(line, std::move(text));
}

void MetricSink::add_series(const MetricTarget& target, const Labels& labels,
                            std::vector<Sample> samples, std::uint32_t line) {
  std::uint32_t member = program::kNone;
  if (const std::vector<std::string>& wanted = labels_[target.metric]; !wanted.empty()) {
    std::vector<std::string> values;
    for (const std::string& label : wanted) {
      const auto value = labels.find(label);
      values.push_back(value == labels.end() ? std::string() : value->second);
    }
    const bool none = std::ranges::all_of(values, &std::string::empty);
    if (none && target.track == Track::candidate) {
      return fail(line, "",
                  {"a series for each " + listed(wanted, "and") + ", since " + names_[target.metric] +
                       " is declared so",
                   "one of " + labels_text(labels), "keep the label in the query: `sum by (" + wanted[0] + ") (…)`"});
    }
    const auto found = member_of(target, values, line, "");
    if (!found) return;
    member = *found;
  }
  for (Sample& sample : samples) {
    note_range(target, sample.value, sample.line);
    if (answered_) sample.line = 0;  // an answer is no file that anybody could open
  }
  labelled_[{target.metric, target.track, member}].push_back(
      {labels_text(labels), document_, file_, answered_ ? 0 : line, std::move(samples),
       takes_baseline_over_time()});
}

// The first that cannot belong to the series before it: one document has each series once, while
// several documents may each hold a part of one series.
const MetricSink::LabelledSeries* MetricSink::find_second(const std::vector<LabelledSeries>& all) {
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].document == all[i - 1].document || all[i].labels != all[0].labels) return &all[i];
  }
  return nullptr;
}

void MetricSink::refuse_several(const MetricTarget& target, const std::vector<LabelledSeries>& all,
                                const LabelledSeries& second) {
  std::vector<std::string> labels;
  for (const LabelledSeries& series : all) {
    if (std::ranges::find(labels, series.labels) == labels.end()) labels.push_back(series.labels);
  }
  constexpr std::size_t kMostNamed = 10;
  errors_.begin(second.file);
  fail(second.line, "",
       {"",
        series_name(names_[target.metric], target.track) + " has " + std::to_string(all.size()) +
            " series where one is expected: " + listed(labels, "and", kMostNamed),
        labels_[target.metric].empty()
            ? "choose one by its labels, aggregate in the query, or declare the metric `by` what tells them apart"
            : "its labels do not tell them apart: choose one, aggregate in the query, or declare more"});
}

void MetricSink::finish() {
  for (const auto& [key, all] : labelled_) {
    const auto& [metric, track, member] = key;
    const MetricTarget target = {metric, track};
    if (const LabelledSeries* second = find_second(all)) {
      refuse_several(target, all, *second);
      continue;
    }
    for (const LabelledSeries& series : all) {
      for (const Sample& sample : series.samples)
        put(target, sample, series.document, {member, series.over_time});
    }
  }
  labelled_.clear();
  if (builder_.channel_count() <= program::kMaxChannels) return;
  errors_.begin(file_);
  fail(0, "", {"", "the metrics have more than " + std::to_string(program::kMaxChannels) + " series together",
               "aggregate in the queries"});
}

void MetricSink::remark_unclaimed(std::string_view name, std::uint32_t line) {
  if (unclaimed_.size() > Remarks::kMost || !unclaimed_.emplace(name).second) return;
  remarks_.add_metric({file_, line, std::string(name), nearest_name(name, names_).value_or("")});
}

void MetricSink::note(std::uint32_t line, std::string text) {
  remarks_.add_note({file_, answered_ ? 0 : line, std::move(text)});
}

void MetricSink::fail(std::uint32_t line, std::string_view path, Mismatch mismatch) {
  InputError error;
  error.line = answered_ ? 0 : line;
  error.path = path;
  error.expected = std::move(mismatch.expected);
  error.found = std::move(mismatch.found);
  error.hint = std::move(mismatch.hint);
  errors_.add(std::move(error));
}

}  // namespace dpol::inputs
