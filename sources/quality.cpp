// Lighthouse and SonarQube: judgements of quality.
//
// Lighthouse: scores are 0 to 1, and null where a category or an audit does not apply. Times are in
// milliseconds, in `numericValue` or, before version 4, in `rawValue`. A run that says of an error
// measured nothing. It is noisy, so of several runs the median counts.
// SonarQube: numbers are strings, ratings letters in exports; a condition that was not measured has
// no value.

#include <algorithm>
#include <array>
#include <map>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;
using program::Decimal;

// ---- Lighthouse ----

class Lighthouse {
 public:
  void add(NodeRef root) {
    ++runs_;
    for (const auto& [fact, category] : kCategories) {
      if (const auto found = entry(root, "categories", category))
        keep(fact, decimal_at(*found, "score"), found->line());
    }
    for (const auto& [fact, audit] : kAudits) {
      const auto found = entry(root, "audits", audit);
      if (!found) continue;
      auto value = decimal_at(*found, "numericValue");
      if (!value) value = decimal_at(*found, "rawValue");
      keep(fact, value, found->line());
    }
    for (const std::string_view key : {"finalDisplayedUrl", "finalUrl", "requestedUrl"}) {
      if (url_.empty()) url_ = text_at(root, key);
    }
    const auto time = moment(text_at(root, "fetchTime"));
    if (time && (!made_at_ || is_earlier(*made_at_, *time))) made_at_ = time;
  }

  void write(Facts& facts) {
    for (const auto& [fact, category] : kCategories) write(fact, "", facts);
    for (const auto& [fact, audit] : kAudits)
      write(fact, fact == "layout_shift" ? "" : "ms", facts);
    facts.integer("runs", runs_);
    if (!url_.empty()) facts.text("url", url_);
    if (made_at_) facts.text("made_at", *made_at_);
  }

 private:
  struct Row {
    std::string_view fact;
    std::string_view key;
  };
  static constexpr std::array<Row, 4> kCategories = {
      Row{"performance", "performance"},
      {"accessibility", "accessibility"},
      {"best_practices", "best-practices"},
      {"seo", "seo"},
  };
  static constexpr std::array<Row, 6> kAudits = {
      Row{"first_paint", "first-contentful-paint"},
      {"largest_paint", "largest-contentful-paint"},
      {"blocking_time", "total-blocking-time"},
      {"speed_index", "speed-index"},
      {"interactive", "interactive"},
      {"layout_shift", "cumulative-layout-shift"},
  };

  void keep(std::string_view fact, const std::optional<Decimal>& value, std::uint32_t line) {
    if (!value) return;
    values_[fact].push_back(*value);
    lines_[fact] = line;
  }

  // A figure that one run lacks has no median.
  void write(std::string_view fact, std::string_view unit, Facts& facts) {
    std::vector<Decimal>& values = values_[fact];
    if (values.size() != static_cast<std::size_t>(runs_)) return facts.unknown(fact);
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    Decimal median = values[middle];
    if (values.size() % 2 == 0 && !(Decimal::add(median, values[middle - 1], median) &&
                                    Decimal::div(median, Decimal::from_int64(2), median)))
      return facts.unknown(fact);
    const std::uint32_t line = runs_ == 1 ? lines_[fact] : 0;
    if (unit.empty()) {
      facts.decimal(fact, median, line);
    } else {
      facts.text(fact, median.to_string().append(unit), line);
    }
  }

  std::map<std::string_view, std::vector<Decimal>> values_;
  std::map<std::string_view, std::uint32_t> lines_;
  std::int64_t runs_ = 0;
  std::string url_;
  std::optional<std::string> made_at_;
};

// "" where the run went well.
std::string error_of(NodeRef root) {
  const auto error = entry(root, "runtimeError");
  if (!error) return {};
  const std::string_view code = text_at(*error, "code");
  return code == "NO_ERROR" ? std::string() : "`runtimeError` " + std::string(code);
}

// ---- SonarQube ----

// The answer itself, or a report around it.
std::optional<NodeRef> gate_of(NodeRef root) {
  if (const auto found = entry(root, "projectStatus")) return found;
  return entry(root, "qualityGateStatus", "projectStatus");
}

std::optional<Decimal> sonar_number(NodeRef node, std::string_view key) {
  const std::string_view text = scalar_at(node, key);
  if (text.size() == 1 && text[0] >= 'A' && text[0] <= 'E')
    return Decimal::from_int64(text[0] - 'A' + 1);
  return Decimal::parse(text);
}

template <std::size_t Count>
bool is_one_of(std::string_view word, const std::array<std::string_view, Count>& known) {
  return std::ranges::find(known, word) != known.end();
}

class SonarQube {
 public:
  SonarQube(const Documents& documents, Facts& facts) : documents_(documents), facts_(facts) {}

  void gate(const Opened& file, NodeRef gate) {
    static constexpr std::array<std::string_view, 4> kGate = {"OK", "WARN", "ERROR", "NONE"};
    const std::string_view status = text_at(gate, "status");
    if (!is_one_of(status, kGate)) {
      return documents_.fail(file, gate.line(), "`status` of OK, WARN, ERROR or NONE",
                             "`" + std::string(status) + "`");
    }
    const std::uint32_t line = gate.line();
    facts_.text("gate", status, line);
    if (status == "NONE") {
      facts_.unknown("passed", line);
    } else {
      facts_.boolean("passed", status == "OK", line);
    }
    if (const auto lenient = truth_at(gate, "ignoredConditions"))
      facts_.boolean("lenient", *lenient, line);
    std::int64_t failed = 0;
    facts_.open_list("conditions");
    if (const auto list = list_at(gate, "conditions")) {
      for (const NodeRef one : *list) failed += condition(one) ? 0 : 1;
    }
    facts_.close();
    facts_.integer("failed", failed);
  }

 private:
  // Whether it holds.
  bool condition(NodeRef node) {
    static constexpr std::array<std::string_view, 3> kOutcome = {"OK", "WARN", "ERROR"};
    const std::string_view status = text_at(node, "status");
    const std::uint32_t line = node.line();
    facts_.open_map({}, line);
    facts_.text("metric", text_at(node, "metricKey"), line);
    facts_.text("outcome", is_one_of(status, kOutcome) ? status : "NO_VALUE", line);
    if (const auto value = sonar_number(node, "actualValue"))
      facts_.decimal("actual", *value, line);
    if (const auto value = sonar_number(node, "errorThreshold"))
      facts_.decimal("threshold", *value, line);
    facts_.close();
    return status != "WARN" && status != "ERROR";
  }

  const Documents& documents_;
  Facts& facts_;
};

}  // namespace

bool recognise_lighthouse(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && entry(document->root(), "lighthouseVersion") &&
         entry(document->root(), "audits");
}

void read_lighthouse(const Documents& documents, Facts& facts) {
  Lighthouse reader;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (const std::string error = error_of(root); !error.empty()) {
      documents.fail(file, root.line(), "a run that measured the page", error);
      return;
    }
    reader.add(root);
  }
  reader.write(facts);
}

bool recognise_sonarqube(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && gate_of(document->root()).has_value();
}

void read_sonarqube(const Documents& documents, Facts& facts) {
  if (documents.files.size() != 1) {
    return documents.fail(documents.files.back(), 0, "the quality gate of one project", "several");
  }
  const Opened& file = documents.files.front();
  SonarQube(documents, facts).gate(file, *gate_of(documents.files.front().json()->root()));
}

}  // namespace dpol::sources
