// Test Anything Protocol, version 14: a point for each policy's decision and for each rule. What waits is a point that is
// skipped; what is not known is not ok.

#include <fmt/format.h>

#include <algorithm>

#include "runtime/reports/finding.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::RuleVerdict;

// Between a point's number and its directive.
std::string description(std::string_view text) {
  std::string out;
  for (const char c : safe(text)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// A scalar of YAML between double quotes; the text is safe.
std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

class Points {
 public:
  void add(bool ok, std::string_view what, const std::string& skipped, const std::vector<std::string>& lines,
           const decision::Place& place) {
    out_ += fmt::format("{}ok {} - {}", ok ? "" : "not ", ++count_, description(what));
    if (!skipped.empty()) out_ += " # SKIP " + description(skipped);
    out_ += "\n";
    if (lines.empty()) return;
    out_ += "  ---\n  message:\n";
    for (const std::string& line : lines) out_ += "    - " + yaml_text(line) + "\n";
    if (place.line != 0)
      out_ += fmt::format("  at:\n    file: {}\n    line: {}\n", yaml_text(safe(place.file)), place.line);
    out_ += "  ...\n";
  }
  std::string text() const { return fmt::format("TAP version 14\n1..{}\n", count_) + out_; }

 private:
  std::size_t count_ = 0;
  std::string out_;
};

void add_rule(const RuleVerdict& rule, Points& points) {
  const std::string what = rule.id + (rule.title.empty() ? "" : ": " + rule.title);
  const Weight weight = weight_of(rule);
  const bool waits = weight == Weight::waits || weight == Weight::skipped;
  std::vector<std::string> lines;
  if (weight != Weight::passes || rule.waiver) lines = details(rule);
  if (weight == Weight::warns || weight == Weight::trial) lines.insert(lines.begin(), headline(rule));
  const std::string why = !waits ? "" : std::string(name(rule.outcome)) + (rule.reason.empty() ? "" : ": " + rule.reason);
  points.add(weight > Weight::unknown, what, why, lines, rule.place);
}

}  // namespace

std::string render_tap(const decision::Verdict& verdict, const Options&) {
  Points points;
  for (const decision::PolicyVerdict& policy : verdict.policies) {
    const std::string reason = decision_reason(policy);
    points.add(lets_go(policy), decision_line(policy), policy.applies ? "" : reason,
               lets_go(policy) ? std::vector<std::string>() : std::vector{reason}, {});
    if (!policy.applies) continue;
    for (const RuleVerdict& rule : policy.rules) add_rule(rule, points);
  }
  return points.text();
}

}  // namespace dpol::reports
