// Benchmarks of one address that print their figures for people: ab and hey. ab calls an answer
// failed for its length and not for its status; hey counts answers by status and errors apart.

#include <algorithm>

#include "sources/formats.h"
#include "sources/load.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

using program::Decimal;

// Of a benchmark nobody sends more, and sums of such fit.
std::optional<std::int64_t> some_requests(std::string_view text) {
  const auto count = whole_number(text);
  return count && *count < INT64_MAX / 8 ? count : std::nullopt;
}

// The fact of a percentile: `95%`, as hey prints it in some versions `95%%`.
std::string_view percentile_fact(std::string_view word) {
  while (word.ends_with('%')) word.remove_suffix(1);
  if (word == "50") return "latency_p50";
  if (word == "90") return "latency_p90";
  if (word == "95") return "latency_p95";
  return word == "99" ? "latency_p99" : "";
}

// ---- ab ----

class Ab {
 public:
  void line(const TextLine& line) {
    const std::size_t colon = line.text.find(':');
    const auto w = words(line.text);
    if (w.size() >= 2 && w[0].ends_with('%')) return percentile(w, line.number);
    if (colon == std::string_view::npos) return;
    const std::string_view key = line.text.substr(0, colon);
    const auto values = words(line.text.substr(colon + 1));
    if (!values.empty()) value(key, values, line);
  }

  // Without answers there are no percentiles, and with `-d` none are printed.
  bool is_whole() const { return ended_ && requests_ && failed_; }

  void write(Facts& facts) {
    report_.set("requests", Decimal::from_int64(*requests_), {}, requests_line_);
    // An answer of another length may be one that is none of success, too.
    const std::int64_t bad = *failed_ - std::min(length_, *failed_) + std::max(length_, non_2xx_);
    report_.set_ratio("error_ratio", std::min(bad, *requests_), *requests_);
    report_.write(facts);
  }

 private:
  void value(std::string_view key, const std::vector<std::string_view>& w, const TextLine& line) {
    if (key == "Complete requests") {
      requests_ = some_requests(w[0]);
      requests_line_ = line.number;
    } else if (key == "Failed requests") {
      failed_ = some_requests(w[0]);
    } else if (key == "   (Connect") {
      const auto found = std::ranges::find(w, "Length:");
      if (w.end() - found > 1)
        length_ = some_requests(found[1].substr(0, found[1].find(','))).value_or(0);
    } else if (key == "Non-2xx responses") {
      non_2xx_ = some_requests(w[0]).value_or(0);
    } else if (key == "Concurrency Level") {
      set("users_max", w[0], "", line.number);
    } else if (key == "Time taken for tests") {
      set("duration", w[0], "s", line.number);
    } else if (key == "Requests per second") {
      set("rate", w[0], "", line.number);
    } else if (key == "Time per request" && line.text.ends_with("(mean)")) {
      // The other one of that name is over all that run at once.
      set("latency_avg", w[0], "ms", line.number);
    } else if (key == "Transfer rate") {
      ended_ = w.back() == "received";
    }
  }

  void percentile(const std::vector<std::string_view>& w, std::uint32_t line) {
    const std::string_view fact = w[0] == "100%" ? "latency_max" : percentile_fact(w[0]);
    if (!fact.empty()) set(fact, w[1], "ms", line);
  }

  void set(std::string_view fact, std::string_view text, std::string_view unit,
           std::uint32_t line) {
    if (const auto number = Decimal::parse(text)) report_.set(fact, *number, unit, line);
  }

  LoadReport report_;
  std::optional<std::int64_t> requests_, failed_;
  std::uint32_t requests_line_ = 0;
  std::int64_t length_ = 0;
  std::int64_t non_2xx_ = 0;
  bool ended_ = false;
};

// ---- hey ----

class Hey {
 public:
  void line(const TextLine& line) {
    const auto w = words(line.text);
    if (w.empty()) return;
    if (!line.text.starts_with(' ')) {
      section_ = line.text;
    } else if (section_ == "Summary:" && w.size() >= 2) {
      summary(w, line.number);
    } else if (section_ == "Latency distribution:" && w.size() >= 3 && w[1] == "in") {
      if (const std::string_view fact = percentile_fact(w[0]); !fact.empty())
        set(fact, w[2], "s", line.number);
    } else if (w.size() >= 2 && w[0].starts_with('[') && w[0].ends_with(']')) {
      count(w);
    }
  }

  // Nothing ends the lists of answers: they are whole if they hold as many as were sent, which the
  // summary tells by its rate and its time, each to four digits.
  bool is_whole() const {
    if (is_full()) return true;
    Decimal sent;
    Decimal step;
    Decimal distance;
    if (!rate_ || !total_ || !Decimal::mul(*rate_, *total_, sent) ||
        !Decimal::add(*rate_, *total_, step) ||
        !Decimal::mul(step, *Decimal::parse("0.00005"), step) ||
        !Decimal::sub(sent, Decimal::from_int64(answers_ + errors_), distance))
      return false;
    if (distance.sign() < 0 && !Decimal::sub(Decimal(), distance, distance)) return false;
    return distance <= std::max(step, *Decimal::parse("0.5"));
  }

  void write(Facts& facts) {
    const std::int64_t all = answers_ + errors_;
    if (!is_full()) report_.set("requests", Decimal::from_int64(all));
    report_.set_ratio("error_ratio", bad_ + errors_, all);
    // Of no answer the slowest took no time, to hey.
    if (answers_ > 0 && slowest_) report_.set("latency_max", *slowest_, "s", slowest_line_);
    report_.write(facts);
  }

 private:
  // Of more answers than that hey forgets.
  bool is_full() const { return answers_ == 1'000'000; }

  void summary(const std::vector<std::string_view>& w, std::uint32_t line) {
    if (w[0] == "Total:") {
      total_ = Decimal::parse(w[1]);
      set("duration", w[1], "s", line);
    } else if (w[0] == "Slowest:") {
      slowest_ = Decimal::parse(w[1]);
      slowest_line_ = line;
    } else if (w[0] == "Average:") {
      set("latency_avg", w[1], "s", line);
    } else if (w[0] == "Requests/sec:") {
      rate_ = Decimal::parse(w[1]);
      set("rate", w[1], "", line);
    }
  }

  // `[200] 400 responses`, `[48] Get "…": … refused`
  void count(const std::vector<std::string_view>& w) {
    const auto number = some_requests(w[0].substr(1, w[0].size() - 2));
    if (!number) return;
    if (section_ == "Error distribution:") {
      add(errors_, *number);
    } else if (section_ == "Status code distribution:") {
      const std::int64_t answers = some_requests(w[1]).value_or(0);
      add(answers_, answers);
      if (*number < 200 || *number >= 400) add(bad_, answers);
    }
  }

  static void add(std::int64_t& to, std::int64_t count) {
    to = std::min(to + count, INT64_MAX / 8);
  }

  // `NaN` is none.
  void set(std::string_view fact, std::string_view text, std::string_view unit,
           std::uint32_t line) {
    if (const auto number = Decimal::parse(text)) report_.set(fact, *number, unit, line);
  }

  LoadReport report_;
  std::string_view section_;
  std::optional<Decimal> rate_, total_, slowest_;
  std::uint32_t slowest_line_ = 0;
  std::int64_t answers_ = 0;
  std::int64_t errors_ = 0;
  std::int64_t bad_ = 0;
};

}  // namespace

bool recognise_ab(Opened& file) {
  return file.shape() == inputs::Shape::text && file.bytes().starts_with("This is ApacheBench");
}

void read_ab(const Documents& documents, Facts& facts) {
  if (!is_one(documents)) return;
  const Opened& file = documents.files.front();
  Ab ab;
  for (const TextLine& line : file.lines()) ab.line(line);
  if (!ab.is_whole())
    return documents.fail(file, 0, "a report to its line `Transfer rate:`", "one without");
  ab.write(facts);
}

bool recognise_hey(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  bool begun = false;
  for (const TextLine& line : file.lines()) {
    if (line.text.empty()) continue;
    if (begun) return line.text.starts_with("  Total:") && line.text.ends_with(" secs");
    if (line.text != "Summary:") return false;
    begun = true;
  }
  return false;
}

void read_hey(const Documents& documents, Facts& facts) {
  if (!is_one(documents)) return;
  const Opened& file = documents.files.front();
  if (!file.bytes().ends_with('\n'))
    return documents.fail(file, 0, "a last line that ends", "a document that is broken off");
  Hey hey;
  for (const TextLine& line : file.lines()) hey.line(line);
  if (!hey.is_whole()) {
    return documents.fail(file, 0, "as many answers and errors as the summary says were sent",
                          "other than that");
  }
  hey.write(facts);
}

}  // namespace dpol::sources
