// The reports of a run of tests for programs: JUnit XML, TAP and JSON.

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "generated/version.h"
#include "runtime/reports/text.h"
#include "runtime/reports/xml.h"
#include "testing/report.h"

namespace dpol::testing {

using nlohmann::ordered_json;
using reports::safe;
using reports::xml;
using reports::xml_lines;

namespace {

std::string place_text(const decision::Place& place) {
  return fmt::format("{}:{}", place.file, place.line);
}

void junit_case(const TestResult& result, std::string& out) {
  out += fmt::format(
      "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" assertions=\"{}\"",
      xml(result.title), xml(result.policy), xml(result.place.file), result.place.line,
      result.expectations);
  if (result.passed()) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  if (!result.defect.empty()) {
    out += fmt::format("      <error message=\"{}\"/>\n", xml(result.defect));
  } else {
    // One failure a case is all that every reader of this format takes.
    std::string text;
    for (const FailedExpectation& failure : result.failures) {
      text += fmt::format("{}: {}\nbut {}, at {}\n{}", place_text(failure.place), failure.expected,
                          failure.got, failure.at, seen_text(failure, {}));
    }
    const FailedExpectation& first = result.failures.front();
    out += fmt::format("      <failure message=\"{}\" type=\"expectation\">{}</failure>\n",
                       xml(first.expected + ", but " + first.got), xml_lines(text));
  }
  out += "    </testcase>\n";
}

// A double-quoted scalar of YAML; JSON's quoting is a part of it.
std::string yaml(const std::string& text) { return ordered_json(safe(text)).dump(); }

ordered_json location(const decision::Place& place) {
  if (place.file.empty()) return nullptr;
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

ordered_json failure_json(const FailedExpectation& failure) {
  ordered_json out = {{"expected", failure.expected},
                      {"got", failure.got},
                      {"at", failure.at},
                      {"location", location(failure.place)}};
  const decision::PolicyVerdict& policy = failure.verdict.policies.front();
  out["decision"] = policy.decision_word;
  out["rules"] = ordered_json::array();
  for (const decision::RuleVerdict& rule : policy.rules) {
    ordered_json entry = {{"id", rule.id},
                          {"outcome", decision::name(rule.outcome)},
                          {"condition", rule.condition},
                          {"location", location(rule.place)}};
    entry["observed"] = ordered_json::array();
    for (const decision::Observed& part : rule.observed)
      entry["observed"].push_back(
          {{"expr", part.expr}, {"values", part.values}, {"source", part.source}});
    out["rules"].push_back(std::move(entry));
  }
  return out;
}

ordered_json share_json(const Share& share) { return {{"seen", share.seen}, {"all", share.all}}; }

ordered_json coverage_json(const PolicyCoverage& policy) {
  ordered_json out = {{"policy", policy.policy},
                      {"rules", share_json(policy.rules_judged())},
                      {"outcomes", share_json(policy.outcomes())},
                      {"branches", share_json(policy.branches())}};
  out["uncovered"] = ordered_json::array();
  for (const RuleCoverage& rule : policy.rules) {
    for (std::size_t i = 0; i < rule.outcomes.size(); ++i) {
      if (rule.seen[i] != 0) continue;
      out["uncovered"].push_back(
          {{"rule", rule.id}, {"never", rule.outcomes[i]}, {"location", location(rule.place)}});
    }
  }
  for (const ConditionCoverage& condition : policy.conditions) {
    for (std::size_t i = 0; i < kBranchCount; ++i) {
      if (!condition.wanted[i] || condition.seen[i] != 0) continue;
      out["uncovered"].push_back({{"rule", condition.rule},
                                  {"condition", condition.text},
                                  {"never", name(static_cast<Branch>(i))},
                                  {"location", location(condition.place)}});
    }
  }
  return out;
}

ordered_json mutation_json(const MutationResult& result) {
  ordered_json out = {{"policy", result.policy},
                      {"tried", result.tried()},
                      {"noticed", result.noticed()},
                      {"left_out", result.left_out}};
  out["survivors"] = ordered_json::array();
  for (const Mutant* mutant : result.survivors()) {
    out["survivors"].push_back({{"rule", mutant->rule},
                                {"condition", mutant->condition},
                                {"from", mutant->from},
                                {"to", mutant->to},
                                {"location", location(mutant->place)}});
  }
  return out;
}

}  // namespace

std::string render_junit(const TestRun& run, const reports::Options&) {
  std::map<std::string, std::vector<const TestResult*>> suites;
  for (const TestResult& result : run.results) suites[result.policy].push_back(&result);
  const auto counts = [](std::size_t all, std::size_t failures, std::size_t errors) {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\"", all, failures, errors);
  };
  std::string body;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const auto& [policy, results] : suites) {
    std::size_t failed = 0;
    std::size_t broken = 0;
    std::string cases;
    for (const TestResult* result : results) {
      broken += result->defect.empty() ? 0 : 1;
      failed += result->defect.empty() && !result->passed() ? 1 : 0;
      junit_case(*result, cases);
    }
    body += fmt::format("  <testsuite name=\"{}\" {}>\n{}  </testsuite>\n", xml(policy),
                        counts(results.size(), failed, broken), cases);
    failures += failed;
    errors += broken;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dpol\" "
      "{}>\n{}</testsuites>\n",
      counts(run.results.size(), failures, errors), body);
}

std::string render_tap(const TestRun& run, const reports::Options&) {
  std::string out = fmt::format("TAP version 14\n1..{}\n", run.results.size());
  std::size_t number = 0;
  for (const TestResult& result : run.results) {
    std::string title;  // `#` would begin a directive
    for (const char c : safe(result.title))
      title += c == '#' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    out += fmt::format("{}ok {} - {}: {}\n", result.passed() ? "" : "not ", ++number,
                       safe(result.policy), title);
    if (result.passed()) continue;
    out += "  ---\n";
    out += fmt::format("  at: {}\n", yaml(place_text(result.place)));
    if (!result.defect.empty()) out += fmt::format("  message: {}\n", yaml(result.defect));
    if (!result.failures.empty()) out += "  failures:\n";
    for (const FailedExpectation& failure : result.failures) {
      out += fmt::format("    - expected: {}\n      got: {}\n      at: {}\n      place: {}\n",
                         yaml(failure.expected), yaml(failure.got), yaml(failure.at),
                         yaml(place_text(failure.place)));
    }
    out += "  ...\n";
  }
  return out;
}

std::string render_json(const TestRun& run, const reports::Options&) {
  ordered_json out = {{"schema", "dpol.tests/1"},
                      {"tests", run.results.size()},
                      {"failed", run.failed()},
                      {"left_out", run.left_out}};
  out["results"] = ordered_json::array();
  for (const TestResult& result : run.results) {
    ordered_json entry = {{"title", result.title},
                          {"policy", result.policy},
                          {"passed", result.passed()},
                          {"location", location(result.place)},
                          {"expectations", result.expectations}};
    if (!result.defect.empty()) entry["defect"] = result.defect;
    entry["failures"] = ordered_json::array();
    for (const FailedExpectation& failure : result.failures)
      entry["failures"].push_back(failure_json(failure));
    out["results"].push_back(std::move(entry));
  }
  if (!run.coverage.empty()) out["coverage"] = ordered_json::array();
  for (const PolicyCoverage& policy : run.coverage)
    out["coverage"].push_back(coverage_json(policy));
  if (!run.mutations.empty()) out["mutation"] = ordered_json::array();
  for (const MutationResult& result : run.mutations)
    out["mutation"].push_back(mutation_json(result));
  out["engine"] = {{"version", kVersion}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dpol::testing
