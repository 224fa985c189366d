// Samples as CSV whose first line says what the columns are: `time` (or `timestamp`), metrics
// (`latency_p95`, `latency_p95.stable`), and `stage`. Values as in dpol's own documents: a bare
// number is in base units, a text carries its unit; an empty cell is a sample that is not known.

#include <algorithm>

#include "runtime/inputs/csv.h"
#include "runtime/inputs/formats.h"
#include "runtime/inputs/nearest.h"
#include "runtime/inputs/series.h"

namespace dpol::inputs {

namespace {

bool is_time(std::string_view name) { return name == "time" || name == "timestamp"; }

class TableReader {
 public:
  explicit TableReader(MetricSink& metrics) : metrics_(metrics) {}

  void read(std::string_view bytes) {
    CsvRecords records(bytes);
    std::vector<std::string> fields;
    for (CsvResult result{}; !metrics_.failed() && (result = records.next(fields)) != CsvResult::end;) {
      const std::uint32_t line = records.line();
      if (result == CsvResult::open_quote) return fail(line, "", "a closing quote", in_quotes(fields.back()));
      if (result == CsvResult::too_many_columns)
        return fail(line, "", "at most " + std::to_string(CsvRecords::kMostColumns) + " columns", "more");
      const bool is_blank = fields.size() == 1 && trimmed(fields.front()).empty();
      if (is_blank) continue;
      columns_.empty() ? read_head(fields, line) : read_row(fields, line);
    }
    for (auto& [key, samples] : series_) {
      const std::uint32_t line = samples.front().line;
      metrics_.add_series(*columns_[key.first].target, key.second, std::move(samples), line);
    }
  }

 private:
  struct Column {
    std::string name;
    std::optional<MetricTarget> target;
    bool is_label = false;
  };

  void fail(std::uint32_t line, std::string_view path, std::string expected, std::string found) {
    metrics_.fail(line, path, {std::move(expected), std::move(found), ""});
  }

  void read_head(const std::vector<std::string>& fields, std::uint32_t line) {
    for (const std::string& field : fields) {
      Column column{std::string(trimmed(field)), std::nullopt};
      const std::string metric = column.name.substr(0, column.name.rfind('.'));
      const bool twice = std::ranges::find(columns_, column.name, &Column::name) != columns_.end();
      if (twice) return fail(line, "", "each column once", in_quotes(column.name));
      if (metrics_.find(column.name) || metrics_.find(metric)) {
        column.target = metrics_.read_target(column.name);
        if (!column.target) return;
      } else if (is_label(column.name)) {
        column.is_label = has_labels_ = true;
      } else if (!is_time(column.name) && column.name != "stage") {
        metrics_.remark_unclaimed(column.name, line);
      }
      columns_.push_back(std::move(column));
    }
  }

  // A metric is declared with a series for each value of it.
  bool is_label(const std::string& name) const {
    for (std::uint32_t i = 0; i < metrics_.metric_count(); ++i) {
      const std::vector<std::string>& labels = metrics_.labels(i);
      if (std::ranges::find(labels, name) != labels.end()) return true;
    }
    return false;
  }

  void read_row(const std::vector<std::string>& fields, std::uint32_t line) {
    if (fields.size() != columns_.size())
      return fail(line, "", std::to_string(columns_.size()) + " fields",
                  std::to_string(fields.size()));
    std::optional<vm::Instant> time;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!is_time(columns_[i].name)) continue;
      const std::string_view text = trimmed(fields[i]);
      const bool is_number = program::Decimal::parse(text).has_value();
      Mismatch mismatch;
      time = read_instant(text, !is_number, mismatch);
      if (!time) return fail(line, columns_[i].name, mismatch.expected, in_quotes(text));
    }
    if (!time) return fail(line, "time", "the time of the sample", "none");
    MetricSink::Labels labels;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (columns_[i].is_label) labels.emplace(columns_[i].name, trimmed(fields[i]));
    for (std::size_t i = 0; i < fields.size(); ++i)
      add(i, trimmed(fields[i]), labels, *time, line);
  }

  void add(std::size_t index, std::string_view text, const MetricSink::Labels& labels, vm::Instant time,
           std::uint32_t line) {
    const Column& column = columns_[index];
    if (column.name == "stage" && !text.empty()) {
      const auto stage = read_stage(text);
      if (!stage)
        return fail(line, "stage", "a percentage from 0 to 100, or a stage's name",
                    in_quotes(text));
      return metrics_.mark_stage(time, *stage, line);
    }
    if (!column.target) return;
    if (text.empty() && column.target->track == program::Track::baseline) return;
    Mismatch mismatch;
    const auto value = metrics_.read_text(*column.target, text, mismatch);
    if (!value) return fail(line, column.name, mismatch.expected, mismatch.found);
    if (!has_labels_ && metrics_.labels(column.target->metric).empty())
      return metrics_.add(*column.target, time, *value, line);
    // A row that is about another series has nothing to say of this one.
    if (!text.empty()) series_[{index, labels}].push_back({time, *value, line});
  }

  MetricSink& metrics_;
  std::vector<Column> columns_;
  bool has_labels_ = false;
  std::map<std::pair<std::size_t, MetricSink::Labels>, std::vector<MetricSink::Sample>> series_;
};

}  // namespace

bool recognise_metric_table(const Candidate& candidate) {
  if (candidate.shape != Shape::text) return false;
  const std::string_view bytes = candidate.file.bytes;
  std::vector<std::string> fields;
  if (CsvRecords(bytes.substr(0, bytes.find('\n'))).next(fields) != CsvResult::record || fields.size() < 2) return false;
  return std::ranges::any_of(fields,
                             [](const std::string& field) { return is_time(trimmed(field)); });
}

void read_metric_table(const Candidate& candidate, MetricSink& metrics) {
  if (metrics.target())
    return metrics.fail(0, "", {"", "names its metrics itself", "give it without `NAME=`"});
  TableReader(metrics).read(candidate.file.bytes);
}

}  // namespace dpol::inputs
