// Workflow commands of GitHub Actions: an annotation for each decision and for each rule that has something to say, at its
// place in the policy. The properties stand in the order in which GitHub's own toolkit writes them.

#include <fmt/format.h>

#include "runtime/reports/finding.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

std::string data(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      default: out += c;
    }
  }
  return out;
}

std::string property(std::string_view text) {
  std::string out;
  for (const char c : data(text)) {
    if (c == ':') out += "%3A";
    else if (c == ',') out += "%2C";
    else out += c;
  }
  return out;
}

const char* command_of(Weight weight) {
  switch (weight) {
    case Weight::stops:
    case Weight::unknown: return "error";
    case Weight::warns: return "warning";
    default: return "notice";
  }
}

std::string annotation(const char* command, std::string_view title, const decision::Place& place, std::string_view text) {
  std::string properties = "title=" + property(title);
  if (!place.file.empty() && place.line != 0)
    properties += fmt::format(",file={},line={},col={}", property(safe(without_dot(place.file))), place.line, place.column);
  return fmt::format("::{} {}::{}\n", command, properties, data(text));
}

}  // namespace

std::string render_github(const decision::Verdict& verdict, const Options&) {
  std::string out;
  if (verdict.policies.empty()) return annotation("notice", "NOTHING DECIDED", {}, "no policy was judged");
  for (const decision::PolicyVerdict& policy : verdict.policies)
    out += annotation(lets_go(policy) ? "notice" : "error", decision_line(policy), {}, decision_reason(policy));
  for (const Finding& finding : by_weight(findings(verdict))) {
    if (finding.weight >= Weight::passes) break;
    std::string text;
    for (const std::string& line : details(*finding.rule)) text += (text.empty() ? "" : "\n") + line;
    out += annotation(command_of(finding.weight), headline(*finding.rule), finding.rule->place,
                      text.empty() ? safe(finding.rule->id) : text);
  }
  return out;
}

}  // namespace dpol::reports
