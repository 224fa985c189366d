// Load tests: what JMeter, Gatling (up to 3.9), Locust, vegeta and wrk write. Each has units of its
// own, wrk several in a line. Where a document lists requests one by one the figures are counted;
// where it has figures, the percentiles that it has are read and no other is made up.

#include <algorithm>

#include "sources/csv.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/load.h"
#include "sources/numbers.h"
#include "sources/xml.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;
using program::Decimal;

bool ends_its_last_line(const Documents& documents, const Opened& file) {
  if (file.bytes().ends_with('\n')) return true;
  documents.fail(file, 0, "a last line that ends", "a document that is broken off");
  return false;
}

// Below that no run is so slow, and above it sums would not fit.
std::optional<std::int64_t> milliseconds(std::string_view text) {
  const auto number = whole_number(text);
  return number && *number < 1'000'000'000'000'000 ? number : std::nullopt;
}

// ---- JMeter ----

// JMeter lists a transaction beside the requests that it is made of.
constexpr std::string_view kTransaction = "Number of samples in transaction";

CsvRows csv_of(const Opened& file) { return CsvRows(file.bytes(), file.lines_before()); }

bool is_jmeter_csv(const CsvRows& rows) {
  return rows.column("timeStamp") && rows.column("elapsed") && rows.column("success");
}

bool row_ends_with(std::size_t columns, std::initializer_list<std::optional<std::size_t>> used) {
  return std::ranges::any_of(used, [&](const auto& one) { return one && *one + 1 == columns; });
}

void jmeter_csv(const Documents& documents, const Opened& file, LoadSamples& samples) {
  CsvRows rows = csv_of(file);
  const auto start = rows.column("timeStamp");
  const auto took = rows.column("elapsed");
  const auto success = rows.column("success");
  const auto message = rows.column("responseMessage");
  const auto users = rows.column("allThreads");
  std::vector<std::string> row;
  std::size_t columns = 0;
  while (rows.next(row)) {
    columns = row.size();
    if (message && row[*message].starts_with(kTransaction)) continue;
    const auto elapsed = milliseconds(row[*took]);
    if (!elapsed) {
      return documents.fail(file, rows.line(), "milliseconds as `elapsed`", "`" + row[*took] + "`");
    }
    samples.add(milliseconds(row[*start]).value_or(-1), *elapsed, row[*success] != "true");
    if (users) samples.users(whole_number(row[*users]).value_or(0));
  }
  if (!rows.fault().empty())
    return documents.fail(file, rows.line(), "a row of a CSV file", rows.fault());
  // A row with all of its cells may end the file, where what could be cut of the last one is not
  // looked at.
  if (columns == 0 || row_ends_with(columns, {start, took, success, message, users}))
    ends_its_last_line(documents, file);
}

bool is_sample(const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  return name == "httpSample" || name == "sample";
}

// A transaction is a `sample` around those that it is made of; what is in an `httpSample` are its
// redirects and the parts of the page. Documents are of bounded depth.
void jmeter_xml(const pugi::xml_node& parent, LoadSamples& samples) {
  for (const pugi::xml_node node : parent.children()) {
    if (!is_sample(node)) continue;
    const bool holds = std::ranges::any_of(
        node.children(), [](const pugi::xml_node& child) { return is_sample(child); });
    if (local_name(node) == "sample" && holds) {
      jmeter_xml(node, samples);
    } else if (!attribute(node, "rm").starts_with(kTransaction)) {
      samples.add(milliseconds(attribute(node, "ts")).value_or(-1),
                  milliseconds(attribute(node, "t")).value_or(0), attribute(node, "s") != "true");
      samples.users(count_of(node, "na").value_or(0));
    }
  }
}

// ---- Gatling ----

std::vector<std::string_view> tabbed(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t at = 0; fields.size() < 20;) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    fields.push_back(line.substr(at, end - at));
    if (end == line.size()) break;
    at = end + 1;
  }
  return fields;
}

// Versions differ in what stands before the two times, and the outcome stands behind them.
bool gatling_request(const std::vector<std::string_view>& fields, LoadSamples& samples) {
  for (std::size_t i = 3; i < fields.size(); ++i) {
    if (fields[i] != "OK" && fields[i] != "KO") continue;
    const auto start = milliseconds(fields[i - 2]);
    const auto end = milliseconds(fields[i - 1]);
    if (!start || !end || *end < *start || fields[i - 1].size() < 13) continue;
    samples.add(*start, *end - *start, fields[i] == "KO");
    return true;
  }
  return false;
}

void gatling(const Documents& documents, const Opened& file, LoadSamples& samples) {
  if (!ends_its_last_line(documents, file)) return;
  std::int64_t users = 0;
  for (const TextLine& line : file.lines()) {
    const auto fields = tabbed(line.text);
    if (fields[0] == "USER") {
      for (const std::string_view field : fields) {
        users += field == "START" ? 1 : field == "END" ? -1 : 0;
      }
      samples.users(users);
    } else if (fields[0] == "REQUEST" && !gatling_request(fields, samples)) {
      return documents.fail(file, line.number, "a request with its times and `OK` or `KO`",
                            "one without");
    }
  }
}

// ---- Locust ----

bool is_locust(const CsvRows& rows) {
  return rows.column("Name") && rows.column({"Request Count", "# requests"}) &&
         rows.column({"Average Response Time", "Average response time"});
}

class Locust {
 public:
  Locust(const CsvRows& rows, const std::vector<std::string>& row) : rows_(rows), row_(row) {}

  void write(Facts& facts) const {
    LoadReport report;
    const auto requests = count({"Request Count", "# requests"});
    const auto failures = count({"Failure Count", "# failures"});
    if (requests) report.set("requests", Decimal::from_int64(*requests), {}, rows_.line());
    if (requests && failures)
      report.set_ratio("error_ratio", std::min(*failures, *requests), *requests, rows_.line());
    figure(report, "rate", {"Requests/s"}, "");
    figure(report, "latency_avg", {"Average Response Time", "Average response time"}, "ms");
    figure(report, "latency_p50", {"50%", "Median Response Time", "Median response time"}, "ms");
    figure(report, "latency_p90", {"90%"}, "ms");
    figure(report, "latency_p95", {"95%"}, "ms");
    figure(report, "latency_p99", {"99%"}, "ms");
    figure(report, "latency_max", {"Max Response Time", "Max response time"}, "ms");
    report.write(facts);
  }

 private:
  std::optional<std::int64_t> count(std::initializer_list<std::string_view> names) const {
    const auto column = rows_.column(names);
    return column ? whole_number(row_[*column]) : std::nullopt;
  }

  void figure(LoadReport& report, std::string_view fact,
              std::initializer_list<std::string_view> names, std::string_view unit) const {
    const auto column = rows_.column(names);
    const auto value = column ? Decimal::parse(row_[*column]) : std::nullopt;
    if (value) report.set(fact, *value, unit, rows_.line());
  }

  const CsvRows& rows_;
  const std::vector<std::string>& row_;
};

// ---- wrk ----

// `581.61us`, `1.22ms`, `2.10s`, `1.20m`: to seconds.
std::optional<Decimal> wrk_seconds(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::string_view seconds;
  };
  for (const auto& [name, seconds] :
       {Unit{"us", "0.000001"}, {"ms", "0.001"}, {"s", "1"}, {"m", "60"}, {"h", "3600"}}) {
    if (!text.ends_with(name)) continue;
    auto value = Decimal::parse(text.substr(0, text.size() - name.size()));
    if (value && Decimal::mul(*value, *Decimal::parse(seconds), *value)) return value;
  }
  return std::nullopt;
}

class Wrk {
 public:
  void line(const TextLine& line) {
    const auto w = words(line.text);
    if (w.size() < 2) return;
    const std::uint32_t at = line.number;
    if (w[0] == "Latency" && w.size() >= 4 && w[1] != "Distribution") {
      seconds("latency_avg", w[1], at);
      seconds("latency_max", w[3], at);
    } else if (w[0] == "50%" || w[0] == "90%" || w[0] == "99%") {
      seconds(w[0] == "50%"   ? "latency_p50"
              : w[0] == "90%" ? "latency_p90"
                              : "latency_p99",
              w[1], at);
    } else if (w.size() >= 4 && w[1] == "requests" && w[2] == "in") {
      requests_ = whole_number(w[0]);
      requests_line_ = at;
      seconds("duration", w[3].substr(0, w[3].find(',')), at);
    } else if (w.size() >= 5 && w[1] == "threads" && w[4].starts_with("connection")) {
      if (const auto users = whole_number(w[3]))
        report_.set("users_max", Decimal::from_int64(*users), {}, at);
    } else {
      outcome(w, at);
    }
  }

  // The last line is there.
  bool is_whole() const { return ended_ && requests_; }

  void write(Facts& facts) {
    report_.set("requests", Decimal::from_int64(*requests_), {}, requests_line_);
    // An answer that did not come is none of the requests that wrk counts.
    if (*requests_ < INT64_MAX - errors_)
      report_.set_ratio("error_ratio", bad_ + errors_, *requests_ + errors_);
    report_.write(facts);
  }

 private:
  void outcome(const std::vector<std::string_view>& w, std::uint32_t at) {
    if (w[0] == "Non-2xx" && w.size() >= 5) {
      bad_ = whole_number(w[4]).value_or(0);
    } else if (w[0] == "Socket" && w[1] == "errors:") {
      for (std::size_t i = 3; i < w.size(); i += 2) {
        const auto count = whole_number(w[i].substr(0, w[i].find(',')));
        if (count && *count < INT64_MAX / 8) errors_ += *count;
      }
    } else if (w[0] == "Requests/sec:") {
      if (const auto rate = Decimal::parse(w[1])) report_.set("rate", *rate, {}, at);
    } else if (w[0] == "Transfer/sec:") {
      ended_ = w[1].ends_with('B');
    }
  }

  void seconds(std::string_view fact, std::string_view text, std::uint32_t at) {
    if (const auto value = wrk_seconds(text)) report_.set(fact, *value, "s", at);
  }

  LoadReport report_;
  std::optional<std::int64_t> requests_;
  std::uint32_t requests_line_ = 0;
  std::int64_t bad_ = 0;
  std::int64_t errors_ = 0;
  bool ended_ = false;
};

void vegeta(NodeRef root, Facts& facts) {
  LoadReport report;
  const NodeRef latencies = *entry(root, "latencies");
  const auto set = [&](std::string_view fact, NodeRef from, std::string_view key,
                       std::string_view unit) {
    const auto value = decimal_at(from, key);
    if (value) report.set(fact, *value, unit, entry(from, key)->line());
  };
  set("requests", root, "requests", "");
  set("rate", root, "rate", "");
  set("duration", root, "duration", "ns");
  set("latency_avg", latencies, "mean", "ns");
  set("latency_p50", latencies, "50th", "ns");
  set("latency_p90", latencies, "90th", "ns");
  set("latency_p95", latencies, "95th", "ns");
  set("latency_p99", latencies, "99th", "ns");
  set("latency_max", latencies, "max", "ns");
  auto failed = decimal_at(root, "success");
  // Of no request at all every one failed, to vegeta; nothing is known of them.
  const bool any = count_at(root, "requests").value_or(0) > 0;
  if (failed && any && Decimal::sub(Decimal::from_int64(1), *failed, *failed))
    report.set("error_ratio", *failed, {}, entry(root, "success")->line());
  report.write(facts);
}

}  // namespace

bool recognise_jmeter(Opened& file) {
  if (file.shape() == inputs::Shape::html) {
    const pugi::xml_node* root = file.xml();
    return root != nullptr && local_name(*root) == "testResults";
  }
  return file.shape() == inputs::Shape::text && is_jmeter_csv(csv_of(file));
}

void read_jmeter(const Documents& documents, Facts& facts) {
  LoadSamples samples;
  for (Opened& file : documents.files) {
    if (file.shape() == inputs::Shape::html) {
      jmeter_xml(*file.xml(), samples);
    } else {
      jmeter_csv(documents, file, samples);
    }
  }
  if (samples.is_full()) documents.refuse_more_than(LoadSamples::kMost, "requests");
  samples.write(facts);
}

bool recognise_gatling(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  const auto first = tabbed((*file.lines().begin()).text);
  return first[0] == "RUN" && first.size() >= 5;
}

void read_gatling(const Documents& documents, Facts& facts) {
  LoadSamples samples;
  for (const Opened& file : documents.files) gatling(documents, file, samples);
  if (samples.is_full()) documents.refuse_more_than(LoadSamples::kMost, "requests");
  samples.write(facts);
}

bool recognise_locust(Opened& file) {
  return file.shape() == inputs::Shape::text && is_locust(csv_of(file));
}

// The last row is of all requests; without it the file was broken off.
void read_locust(const Documents& documents, Facts& facts) {
  if (!is_one(documents)) return;
  const Opened& file = documents.files.front();
  CsvRows rows = csv_of(file);
  const std::size_t name = *rows.column("Name");
  std::vector<std::string> row;
  while (rows.next(row)) {
    if (row[name] == "Aggregated" || row[name] == "Total") return Locust(rows, row).write(facts);
  }
  documents.fail(file, rows.line(), "a row `Aggregated`",
                 rows.fault().empty() ? "none" : rows.fault());
}

bool recognise_vegeta(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && entry(document->root(), "latencies") &&
         entry(document->root(), "success") && entry(document->root(), "status_codes");
}

void read_vegeta(const Documents& documents, Facts& facts) {
  if (is_one(documents)) vegeta(documents.files.front().json()->root(), facts);
}

bool recognise_wrk(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  const auto first = words((*file.lines().begin()).text);
  return first.size() >= 5 && first[0] == "Running" && first[2] == "test" && first[3] == "@";
}

void read_wrk(const Documents& documents, Facts& facts) {
  if (!is_one(documents)) return;
  const Opened& file = documents.files.front();
  Wrk wrk;
  for (const TextLine& line : file.lines()) wrk.line(line);
  if (!wrk.is_whole())
    return documents.fail(file, 0, "a report to its last line, `Transfer/sec:`", "one without");
  wrk.write(facts);
}

}  // namespace dpol::sources
