// MetricSink: samples and baselines that documents of any format bring, bound to the metrics that
// a Program declares.
//
// Rules
//  - Numbers as ValueReader reads them; null, NaN and infinities are samples that are unknown.
//  - A metric that nothing declares is remarked upon, with the nearest declared name.
//  - Series of the same metric and track that differ in their labels are not mixed: they are an
//    error that names the labels, but for the labels that the metric declares.
//  - Of a metric with labels every series of the candidate carries them. What it is compared with may
//    be one without.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/inputs/document.h"
#include "runtime/inputs/remarks.h"
#include "runtime/inputs/value_reader.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::inputs {

// What `--metrics NAME.TRACK=FILE` says the file holds.
struct MetricTarget {
  std::uint32_t metric = 0;
  program::Track track = program::Track::candidate;
};

// What a document is that answers a query of the policy: about one track of one metric, whatever the
// labels say.
struct Answered {
  MetricTarget target;
  program::Decimal scale = program::Decimal::from_int64(1);  // one of its units, in base units
  bool over_time = false;  // a baseline as samples of the time before T
};

class MetricSink {
 public:
  MetricSink(const program::Program& program, vm::SnapshotBuilder& builder, InputErrors& errors,
             Remarks& remarks);

  // The samples that follow come from this document; `target` is what the command line says.
  void begin(std::uint32_t document, std::string_view name, std::optional<MetricTarget> target);
  void begin_answer(std::uint32_t document, std::string_view name, const Answered& answered);
  const std::optional<MetricTarget>& target() const { return target_; }
  // Whether several samples are one baseline.
  bool takes_baseline_over_time() const { return answered_ && answered_->over_time; }
  // A document so far had samples of it, or a baseline.
  bool is_brought(const MetricTarget& target) const;
  // Of those samples; see SnapshotBuilder.
  std::optional<vm::Instant> newest_sample() const;
  const std::string& file() const { return file_; }

  std::optional<std::uint32_t> find(std::string_view name) const;
  const std::string& name(std::uint32_t metric) const;
  std::size_t metric_count() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }

  // The stages of all rollouts, as read_stage spells them, each once, in the policies' order.
  const std::vector<std::string>& stages() const { return stages_; }

  // "latency_p95" or "latency_p95.stable"; otherwise an error about it was added.
  std::optional<MetricTarget> read_target(std::string_view text);

  // One value of a document, read as the metric's type.
  std::optional<program::Value> read(const MetricTarget& target, NodeRef node, Mismatch& mismatch);
  // The same for a text without quotes, of a table.
  std::optional<program::Value> read_text(const MetricTarget& target, std::string_view text,
                                          Mismatch& mismatch);
  // The text of a number in base units, as monitoring systems give it; a number too large for a
  // Decimal is unknown. Otherwise an error was added.
  std::optional<program::Value> read_number(const MetricTarget& target, std::string_view text,
                                            std::uint32_t line, std::string_view path,
                                            program::Decimal scale = program::Decimal::from_int64(1));
  // One of the unit that a document says its numbers are in, in base units; "" is a base unit.
  // Nothing, and an error, where the metric measures something else.
  std::optional<program::Decimal> scale_of(const MetricTarget& target, std::string_view unit,
                                           std::uint32_t line, std::string_view path);
  // The time of samples that have none: the moment of the decision, as far as it is known before any
  // sample is. Once it was asked for, `used_undated` says so.
  vm::Instant undated() {
    used_undated_ = true;
    return undated_;
  }
  bool used_undated() const { return used_undated_; }
  void set_undated(vm::Instant time) { undated_ = time; }

  // `member`: of a metric with labels (see member_of).
  void add(const MetricTarget& target, vm::Instant time, program::Value value, std::uint32_t line,
           std::uint32_t member = program::kNone);
  // A sample's stage, in the spelling of a policy.
  void mark_stage(vm::Instant time, const std::string& stage, std::uint32_t line);

  // The names of a metric's labels; none: it has one series.
  const std::vector<std::string>& labels(std::uint32_t metric) const { return labels_[metric]; }
  // The series of those values of its labels, one of each, or all empty; otherwise an error was added.
  std::optional<std::uint32_t> member_of(const MetricTarget& target, const std::vector<std::string>& values,
                                         std::uint32_t line, std::string_view path);

  // A series that carries labels; its samples are added by finish().
  using Labels = std::map<std::string, std::string>;
  struct Sample {
    vm::Instant time = 0;
    program::Value value;
    std::uint32_t line = 0;
  };
  void add_series(const MetricTarget& target, const Labels& labels, std::vector<Sample> samples,
                  std::uint32_t line);
  void finish();

  void remark_unclaimed(std::string_view name, std::uint32_t line);
  void note(std::uint32_t line, std::string text);
  void fail(std::uint32_t line, std::string_view path, Mismatch mismatch);
  bool failed() const { return errors_.failed(); }

 private:
  struct LabelledSeries {
    std::string labels;
    std::uint32_t document = 0;
    std::string file;
    std::uint32_t line = 0;
    std::vector<Sample> samples;
    bool over_time = false;
  };
  static const LabelledSeries* find_second(const std::vector<LabelledSeries>& all);
  void refuse_several(const MetricTarget& target, const std::vector<LabelledSeries>& all,
                      const LabelledSeries& second);
  // Which series a sample is of, and whether one of a baseline is a sample of the time before T.
  struct Of {
    std::uint32_t member = program::kNone;
    bool over_time = false;
  };
  void put(const MetricTarget& target, const Sample& sample, std::uint32_t document, Of of);
  void note_range(const MetricTarget& target, program::Value value, std::uint32_t line);
  program::Birthplace born_at(const MetricTarget& target) const;

  const program::Program& program_;
  vm::SnapshotBuilder& builder_;
  InputErrors& errors_;
  Remarks& remarks_;
  ValueReader values_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> labels_;  // of each metric
  std::unordered_map<std::string, std::uint32_t> by_name_;
  std::vector<std::string> stages_;

  std::uint32_t document_ = 0;
  std::string file_;
  std::optional<MetricTarget> target_;
  std::optional<Answered> answered_;
  vm::Instant undated_ = 0;
  bool used_undated_ = false;
  std::set<std::string> unclaimed_;       // said already, of this document
  std::set<std::string> unknown_stages_;  // likewise
  std::set<std::uint32_t> out_of_range_;  // metrics said already
  // By metric, track and member, in the order given.
  std::map<std::tuple<std::uint32_t, program::Track, std::uint32_t>, std::vector<LabelledSeries>>
      labelled_;
  bool too_many_ = false;  // said already
};

// {job="api", pod="a"}
std::string labels_text(const MetricSink::Labels& labels);

// A stage as policies spell it: "50%" for 50, "50%" and "50.0%"; any other text as it is. Nothing
// for a number outside 0..100.
std::optional<std::string> read_stage(std::string_view text);

// "latency_p95", "latency_p95.stable".
std::string series_name(const std::string& metric, program::Track track);

}  // namespace dpol::inputs
