// Snapshot: the inputs of one decision, bound to one Program: facts as cells, lists as columns,
// metrics as series on tracks, the stage each sample was taken at, and the moment judged.
//
// Promises: immutable once built (SnapshotBuilder::build); every value remembers the place in the
// document it came from; nothing in it depends on the order in which documents list their keys.
// Instants are nanoseconds since the Unix epoch, UTC.
#pragma once

#include <array>
#include <cstdint>
#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/program/semver.h"

namespace dpol::vm {

using Instant = std::int64_t;  // ns since the Unix epoch
// The years 1824 and 2116: half of what an Instant holds, so that a span added to either still fits.
inline constexpr Instant kBeginningOfTime = INT64_MIN / 2;
inline constexpr Instant kEndOfTime = INT64_MAX / 2;

// Where a value was read. `document` indexes Snapshot::documents().
struct Origin {
  std::uint32_t document = program::kNone;
  std::uint32_t line = 0;  // 1-based; 0: the document as a whole (a command-line option, say)
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct DocumentInfo {
  std::string name;    // as the user gave it, secrets removed
  std::string digest;  // sha256 of its bytes, lowercase hex; "" for options
};

// One metric on one track. Times strictly increase; of samples at one time the last one given counts.
struct Series {
  std::vector<Instant> times;
  std::vector<program::Value> values;   // number, or unknown(not_a_number | out_of_range)
  std::vector<Origin> origins;
};

// Values of labels, one of each label of a set. All empty: a series without labels, which only
// serves to be compared with.
struct Member {
  std::uint32_t label_set = 0;
  std::vector<std::string> values;
  friend auto operator<=>(const Member&, const Member&) = default;
};

// A metric as a whole, or one of its series. Of a metric with labels the whole has a time wherever
// one of its series has, and no values.
struct Channel {
  std::uint32_t metric = 0;
  std::uint32_t member = program::kNone;
  program::Value baseline{};        // of one of several series
  Origin baseline_origin{};
};

// From this instant on, samples carry this stage (as documents spell it: "50%", "green").
struct StageMark {
  Instant time = 0;
  std::string stage;
};

// Interned text. Program strings come first: symbol i is Program::strings[i] for i < strings.size().
class Symbols {
 public:
  explicit Symbols(const program::Program& program);
  std::uint64_t intern(std::string_view text);
  std::optional<std::uint64_t> find(std::string_view text) const;
  const std::string& text(std::uint64_t symbol) const { return texts_[symbol]; }
  std::size_t size() const { return texts_.size(); }

 private:
  // Asks by a view without making a string of it.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> ids_;
};

class Snapshot {
 public:
  const std::vector<program::Value>& inputs() const { return inputs_; }         // one per Program::inputs
  const std::vector<Origin>& origins() const { return origins_; }               // likewise
  const std::vector<program::Value>& column(std::size_t i) const { return columns_[i]; }
  const std::vector<Origin>& row_origins(std::size_t table) const { return row_origins_[table]; }
  const Series& series(std::uint32_t index) const { return series_[index]; }    // channel * kTrackCount + track
  std::size_t series_count() const { return series_.size(); }
  // The metrics as the program numbers them, then the series of those with labels.
  const std::vector<Channel>& channels() const { return channels_; }
  // In order: by their label sets, then by their values.
  const std::vector<Member>& members() const { return members_; }
  std::pair<std::uint32_t, std::uint32_t> members_of(std::uint32_t label_set) const {
    return {first_members_[label_set], first_members_[label_set + 1]};
  }
  // The series of a metric with labels that belongs to the member; the whole metric where it has
  // none, or no labels.
  std::uint32_t channel(std::uint32_t metric, std::uint32_t member) const;
  // The series that is read. What is compared with is the one without labels where there is no other.
  std::uint32_t series_index(std::uint32_t metric, program::Track track, std::uint32_t member,
                             bool compared) const;
  const std::vector<StageMark>& stage_marks() const { return stage_marks_; }    // by time
  const std::vector<DocumentInfo>& documents() const { return documents_; }
  const Symbols& symbols() const { return symbols_; }
  // The first are the program's constants of that type, in their order.
  const std::vector<program::Semver>& semvers() const { return semvers_; }
  Instant now() const { return now_; }
  bool now_from_clock() const { return now_from_clock_; }
  std::optional<Instant> deployed_at() const { return deployed_at_; }           // T
  const std::optional<std::string>& stage() const { return stage_; }            // --stage
  std::optional<Instant> stage_at() const { return stage_at_; }                 // --stage-at

  // A fact that was not given and that is known once it is known which release this is.
  void add_fact(std::size_t input, program::Value value) { inputs_[input] = value; }
  void add_text(std::size_t input, std::string_view text) {
    inputs_[input] = program::Value::id(symbols_.intern(text));
  }
  // Likewise a baseline that was kept, with the place it was kept in.
  void add_baseline(std::size_t input, program::Value value, Origin origin) {
    inputs_[input] = value;
    origins_[input] = origin;
  }
  // Its index, for origins.
  std::uint32_t add_document(DocumentInfo document) {
    documents_.push_back(std::move(document));
    return static_cast<std::uint32_t>(documents_.size() - 1);
  }

 private:
  friend class SnapshotBuilder;
  explicit Snapshot(const program::Program& program) : symbols_(program) {}
  std::vector<program::Value> inputs_;
  std::vector<Origin> origins_;
  std::vector<std::vector<program::Value>> columns_;
  std::vector<std::vector<Origin>> row_origins_;
  std::vector<Series> series_;
  std::vector<Channel> channels_;
  std::vector<Member> members_;
  std::vector<std::uint32_t> first_members_;     // of each label set, and the end
  std::vector<std::uint32_t> label_sets_;        // of each metric
  std::vector<std::uint32_t> first_channels_;    // of each metric: that of its set's first member
  std::vector<std::uint32_t> stable_alone_;      // of each metric: the only stable series, without labels
  std::vector<StageMark> stage_marks_;
  std::vector<DocumentInfo> documents_;
  Symbols symbols_;
  std::vector<program::Semver> semvers_;
  Instant now_ = 0;
  bool now_from_clock_ = false;
  std::optional<Instant> deployed_at_;
  std::optional<std::string> stage_;
  std::optional<Instant> stage_at_;
};

// Builds a Snapshot. Readers of documents (runtime/inputs) call it; types were checked by them, so a
// value of the wrong class here is a defect of the caller (asserted).
class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(const program::Program& program);

  std::uint32_t add_document(std::string name, std::string digest);

  // Facts and parameters. A later call for the same input wins.
  void set_input(std::size_t input, program::Value value, Origin origin);
  program::Value text_value(std::string_view text);          // interned string
  program::Value semver_value(const program::Semver& version);
  // Appends rows to a row table and answers the list (or map) value that spans them. Every row has
  // one value per column of the table, in column order; nested lists are appended first.
  program::Value append_rows(std::uint32_t row_table, const std::vector<std::vector<program::Value>>& rows,
                             const std::vector<Origin>& origins);

  // Metrics. Unordered calls are fine; build() sorts. Of two samples at one time the later call wins.
  // Samples of the baseline are those of the time before T; without any, the candidate's count.
  // Of a metric with labels: of the series `member` (see member()), of the one without labels if kNone.
  void add_sample(std::uint32_t metric, program::Track track, Instant time, program::Value value, Origin origin,
                  std::uint32_t member = program::kNone);
  // The number of the member here, in the builder; nothing beyond kMaxMembers of a set.
  std::optional<std::uint32_t> member(std::uint32_t label_set, const std::vector<std::string>& values);
  // How many series there are of metrics with labels, those that the other metrics lack included.
  std::size_t channel_count() const;
  void mark_stage(Instant time, std::string stage);
  // What a document gives as the metric's baseline, one value; of several the last one counts.
  void set_baseline(std::uint32_t metric, program::Value value, Origin origin,
                    std::uint32_t member = program::kNone);

  void set_now(Instant now, bool from_clock);
  void set_deployed_at(Instant time);
  void set_stage(std::string stage);
  void set_stage_at(Instant time);

  // The samples of the candidate and of the stable version.
  std::optional<Instant> newest_sample() const;
  std::optional<Instant> first_staged_sample() const;
  bool has_samples(std::uint32_t metric, program::Track track) const;
  bool has_baseline(std::uint32_t metric) const;
  // A fact or parameter as it was given; absent where it was not.
  program::Value given(std::size_t input) const;
  const Symbols& symbols() const { return snapshot_.symbols(); }
  const std::vector<program::Semver>& semvers() const { return snapshot_.semvers(); }
  // T as far as the inputs so far tell, `given` being what an option says.
  std::optional<Instant> deployment(std::optional<Instant> given) const;

  // Sorts, drops samples after `now`, checks ranges of ratio metrics, fills parameters' defaults,
  // resolves T (given, else fact `deployed_at`, else the first sample that carries a stage) and the
  // inputs now and deployed_at, and computes baselines (given, else as the metric declares). A number
  // outside the range of its input, or a ratio fact without one outside 0..1, becomes unknown.
  // The builder is spent afterwards.
  Snapshot build();

 private:
  // A value as a constant cell of the program has it, a semantic version in the snapshot's numbers.
  program::Value constant(std::size_t cell) const;
  program::Value in_range(const program::Input& input, std::size_t index, program::Value value) const;
  struct Part {  // of a metric with labels
    std::array<Series, program::kTrackCount> tracks;
    std::optional<std::pair<program::Value, Origin>> baseline;
  };
  Part& part_of(std::uint32_t metric, std::uint32_t member);
  void place_members();
  void place_channels();
  void join_series(std::uint32_t metric);
  std::uint32_t sampled_before(std::uint32_t metric) const;
  const Series& samples_before(std::uint32_t channel, std::uint32_t alone) const;
  void compute_baselines();
  void sort_samples();
  void sort_stage_marks();
  void resolve_deployment();
  void fill_inputs();
  program::Value baseline_of(const program::Input& input) const;
  program::Value computed_baseline(const program::Metric& metric, const Series& series) const;

  const program::Program& program_;
  Snapshot snapshot_;
  bool now_given_ = false;
  std::vector<bool> input_given_;
  std::vector<std::uint64_t> constant_semvers_;  // of each constant cell
  std::unordered_map<std::string, std::uint64_t> semver_ids_;
  std::vector<std::optional<std::pair<program::Value, Origin>>> given_baselines_;
  std::map<Member, std::uint32_t> member_ids_;
  std::vector<std::size_t> member_counts_;       // of each label set, those without labels left out
  std::vector<std::uint32_t> member_places_;     // of each number here, in the snapshot
  std::vector<std::map<std::uint32_t, Part>> parts_;  // of each metric, by member
};

// What the metric is worth now: the aggregate that its baseline is declared to be, over that time up
// to `now` and from samples not before `not_before`. Unknown with no_baseline where there are none.
program::Value recent_value(const program::Metric& metric, const Series& series, Instant now,
                            std::optional<Instant> not_before);

// How long before T the samples are taken that the metric's baseline is made of.
Instant baseline_span(const program::Metric& metric);

// The aggregate of values that are of no moment, in their order. Unknown where there are none, or by overflow.
program::Value value_over(program::Aggregate aggregate, const std::vector<program::Decimal>& values);

}  // namespace dpol::vm
