// JUnit XML, in the form that jenkins-junit.xsd describes: a suite for each policy, a case for each rule, and one for the
// decision, so that nothing is green that is not let go.

#include <fmt/format.h>

#include "runtime/reports/finding.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"
#include "runtime/reports/xml.h"

namespace dpol::reports {
namespace {

using decision::PolicyVerdict;
using decision::RuleVerdict;

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

std::string text_of(const RuleVerdict& rule) {
  std::string text;
  for (const std::string& line : details(rule)) text += line + "\n";
  if (rule.place.line != 0) text += fmt::format("at {}:{}\n", safe(rule.place.file), rule.place.line);
  return text;
}

void fault(const char* tag, const char* type, const std::string& message, const std::string& text, std::string& out) {
  out += fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n", tag, type, xml(message), xml_lines(text));
}

void rule_case(const PolicyVerdict& policy, const RuleVerdict& rule, Counts& counts, std::string& out) {
  const std::string title = rule.title.empty() ? "" : ": " + rule.title;
  out += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(policy.id), xml(rule.id + title));
  ++counts.tests;
  const std::string text = text_of(rule);
  switch (weight_of(rule)) {
    case Weight::stops:
      ++counts.failures;
      return fault("failure", name(rule.outcome), headline(rule), text, out);
    case Weight::unknown:
      ++counts.errors;
      return fault("error", name(rule.outcome), headline(rule), text, out);
    case Weight::waits:
    case Weight::skipped:
      ++counts.skipped;
      out += fmt::format(">\n      <skipped>{}</skipped>\n    </testcase>\n", xml_lines(headline(rule) + "\n" + text));
      return;
    case Weight::warns:
    case Weight::trial:
      out += fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", xml_lines(headline(rule) + "\n" + text));
      return;
    case Weight::passes:
      if (!rule.waiver) {
        out += "/>\n";
        return;
      }
      out += fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", xml_lines(headline(rule) + "\n" + text));
      return;
  }
}

void decision_case(const PolicyVerdict& policy, Counts& counts, std::string& out) {
  out += fmt::format("    <testcase classname=\"{}\" name=\"decision\"", xml(policy.id));
  ++counts.tests;
  const std::string reason = decision_reason(policy) + "\n";
  if (!policy.applies) {
    ++counts.skipped;
    out += fmt::format(">\n      <skipped>{}</skipped>\n    </testcase>\n", xml_lines(reason));
  } else if (lets_go(policy)) {
    out += "/>\n";
  } else {
    ++counts.failures;
    fault("failure", decision::name(policy.decision), decision_line(policy), reason, out);
  }
}

void property(const char* name, const std::string& value, std::string& out) {
  if (!value.empty()) out += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml(value));
}

void suite(const decision::Verdict& verdict, const PolicyVerdict& policy, std::string& out) {
  Counts counts;
  std::string cases;
  decision_case(policy, counts, cases);
  if (policy.applies) {
    for (const RuleVerdict& rule : policy.rules) rule_case(policy, rule, counts, cases);
  }
  out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n    <properties>\n",
                     xml(policy.id), counts.tests, counts.failures, counts.errors, counts.skipped);
  property("decision", policy.applies ? policy.decision_word : "not applicable", out);
  property("at", verdict.at, out);
  property("service", policy.service, out);
  property("version", policy.version, out);
  property("environment", policy.environment, out);
  property("policy digest", policy.digest, out);
  out += "    </properties>\n" + cases + "  </testsuite>\n";
}

}  // namespace

std::string render_junit(const decision::Verdict& verdict, const Options&) {
  std::string suites;
  for (const PolicyVerdict& policy : verdict.policies) suite(verdict, policy, suites);
  // No totals: there is no place for the skipped ones among them, and whoever reads these would count those as passed.
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dpol\">\n" + suites + "</testsuites>\n";
}

}  // namespace dpol::reports
