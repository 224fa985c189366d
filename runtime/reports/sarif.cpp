// SARIF 2.1.0, and the Code Quality form of GitLab: rules as findings at their places in the policy.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "generated/version.h"
#include "runtime/program/digest.h"
#include "runtime/program/uri_text.h"
#include "runtime/reports/finding.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::RuleVerdict;
using nlohmann::ordered_json;

constexpr const char* kSarifSchema = "https://json.schemastore.org/sarif-2.1.0.json";
constexpr const char* kFingerprint = "dpolRule/v1";
constexpr std::size_t kMostSources = 20;

std::string print(const ordered_json& value) { return value.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

// The same for every run, as long as the rule is called the same.
std::string fingerprint(const Finding& finding) {
  return program::sha256_hex(finding.policy->id + '\n' + finding.rule->id + '\n' + finding.rule->verb).substr(0, 40);
}

std::string message_of(const RuleVerdict& rule) {
  std::string text = headline(rule);
  for (const std::string& line : details(rule)) text += "\n" + line;
  return text;
}

// `[text](address)` is a link in every text of SARIF (3.11.6): what a document says is none.
ordered_json message(std::string text) {
  for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at)) text.insert(at + 1, " ");
  return {{"text", std::move(text)}};
}

bool is_link(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) && text.find_first_of(" \t\n\"<>") == std::string_view::npos;
}

// A path as a reference of RFC 3986, relative if it was; a drive or a scheme it cannot have by accident.
std::string uri(std::string_view path) {
  if (is_link(path)) return std::string(path);
  path = without_dot(path);
  return (path.starts_with('/') ? "file://" : "") + program::percent_encoded(path, "/");
}

const char* level_of(Weight weight) {
  switch (weight) {
    case Weight::stops:
    case Weight::unknown: return "error";
    case Weight::warns: return "warning";
    default: return "note";
  }
}

ordered_json location(const std::string& file, std::uint32_t line) {
  ordered_json place = {{"artifactLocation", {{"uri", uri(file)}}}};
  if (line != 0) place["region"] = {{"startLine", line}};
  return {{"physicalLocation", place}};
}

// Where what was seen was read.
ordered_json sources_of(const RuleVerdict& rule) {
  ordered_json out = ordered_json::array();
  for (const decision::Observed& part : rule.observed) {
    // An option is no document.
    if (part.source.empty() || part.source.starts_with("--") || out.size() >= kMostSources) continue;
    const SourcePlace place = source_place(part.source);
    ordered_json one = location(place.file, place.line);
    one["id"] = out.size() + 1;
    one["message"] = message(seen_text(part));
    out.push_back(std::move(one));
  }
  return out;
}

ordered_json rule_json(const Finding& finding) {
  const RuleVerdict& rule = *finding.rule;
  const std::string title = safe(rule.title.empty() ? (rule.condition.empty() ? rule.id : rule.condition) : rule.title);
  const bool says_verb = rule.condition.empty() || rule.condition.starts_with(rule.verb);
  std::string help = (says_verb ? "" : safe(rule.verb) + " ") + (rule.condition.empty() ? title : safe(rule.condition));
  for (const std::string* more : {&rule.why, &rule.evidence, &rule.doc}) {
    if (!more->empty()) help += "\n" + safe(*more);
  }
  ordered_json out = {{"id", safe(rule.id)},
                      {"shortDescription", message(title)},
                      {"fullDescription", message(safe(rule.doc.empty() ? title : rule.doc))},
                      {"help", message(help)},
                      {"defaultConfiguration", {{"level", rule.verb == "warn" ? "warning" : "error"}}}};
  for (const std::string* link : {&rule.evidence, &rule.doc, &rule.why}) {
    if (is_link(*link)) out["helpUri"] = *link;
  }
  ordered_json tags = ordered_json::array({"deployment"});
  for (const std::string& id : rule.covers) tags.push_back(safe(id));
  out["properties"] = {{"tags", std::move(tags)}};
  return out;
}

ordered_json result_json(const Finding& finding, std::size_t index) {
  const RuleVerdict& rule = *finding.rule;
  const std::string file = rule.place.file.empty() && !finding.policy->files.empty() ? finding.policy->files.front() : rule.place.file;
  ordered_json out = {{"ruleId", safe(rule.id)},
                      {"ruleIndex", index},
                      {"level", level_of(finding.weight)},
                      {"message", message(message_of(rule))}};
  // A place of its own is what shows a finding in the first place.
  out["locations"] = ordered_json::array({location(file.empty() ? safe(finding.policy->id) : file, std::max(rule.place.line, 1U))});
  ordered_json sources = sources_of(rule);
  if (!sources.empty()) out["relatedLocations"] = std::move(sources);
  out["partialFingerprints"] = {{kFingerprint, fingerprint(finding)}};
  out["properties"] = {{"outcome", name(rule.outcome)}, {"policy", safe(finding.policy->id)}, {"trial", rule.trial}};
  return out;
}

// Of GitLab's five.
const char* severity_of(const Finding& finding) {
  switch (finding.weight) {
    case Weight::stops: return finding.rule->outcome == decision::Outcome::fired ? "blocker" : "critical";
    case Weight::unknown: return "major";
    case Weight::warns: return "minor";
    default: return "info";
  }
}

}  // namespace

std::string render_sarif(const decision::Verdict& verdict, const Options&) {
  ordered_json rules = ordered_json::array();
  ordered_json results = ordered_json::array();
  for (const Finding& finding : findings(verdict)) {
    rules.push_back(rule_json(finding));
    if (finding.weight < Weight::passes) results.push_back(result_json(finding, rules.size() - 1));
  }
  std::string decisions;
  for (const decision::PolicyVerdict& policy : verdict.policies) decisions += (decisions.empty() ? "" : "; ") + decision_line(policy);
  ordered_json driver = {{"name", "dpol"}, {"version", kVersion}, {"semanticVersion", kVersion}};
  driver["rules"] = std::move(rules);
  ordered_json run = {{"tool", {{"driver", std::move(driver)}}}};
  run["columnKind"] = "unicodeCodePoints";
  run["invocations"] = ordered_json::array({{{"executionSuccessful", true}, {"exitCode", verdict.exit_code}, {"exitCodeDescription", decisions}}});
  run["automationDetails"] = {{"id", "dpol/"}};
  run["results"] = std::move(results);
  return print({{"$schema", kSarifSchema}, {"version", "2.1.0"}, {"runs", ordered_json::array({std::move(run)})}});
}

std::string render_gitlab(const decision::Verdict& verdict, const Options&) {
  ordered_json out = ordered_json::array();
  for (const Finding& finding : by_weight(findings(verdict))) {
    if (finding.weight >= Weight::passes) break;
    const RuleVerdict& rule = *finding.rule;
    const std::string_view file = without_dot(rule.place.file);
    out.push_back({{"description", message_of(rule)},
                   {"check_name", safe(rule.id)},
                   {"fingerprint", fingerprint(finding)},
                   {"severity", severity_of(finding)},
                   {"location", {{"path", file.empty() ? safe(finding.policy->id) : safe(file)},
                                 {"lines", {{"begin", std::max(rule.place.line, 1U)}}}}}});
  }
  return print(out);
}

}  // namespace dpol::reports
