// Results of tests in XML of other runners than those that write JUnit's: NUnit 3, TRX (vstest,
// MSTest), xUnit.net (version 1 has `assembly` for its root) and ctest. What they have in common is
// that the counts beside the cases are no help (TRX counts no test that was not executed), so cases
// are counted. A test that came to no end or to no conclusion did not pass.

#include <algorithm>
#include <iterator>
#include <map>

#include "sources/formats.h"
#include "sources/numbers.h"
#include "sources/test_cases.h"
#include "sources/times.h"
#include "sources/xml.h"

namespace dpol::sources {
namespace {

using program::Decimal;

bool is_root(Opened& file, std::string_view name) {
  const pugi::xml_node* root = file.xml();
  return root != nullptr && local_name(*root) == name;
}

std::optional<Decimal> seconds_of(std::string_view text) {
  const auto seconds = number_of(text);
  return seconds && seconds->sign() >= 0 ? seconds : std::nullopt;
}

// `hh:mm:ss.fffffff`, with days before a dot in front.
std::optional<Decimal> span_seconds(std::string_view text) {
  std::int64_t whole = 0;
  const std::size_t first = text.find(':');
  if (const std::size_t dot = text.find('.'); dot < first) {
    const auto days = whole_number(text.substr(0, dot));
    if (!days || *days > 10'000) return std::nullopt;
    whole = *days * 24;
    text.remove_prefix(dot + 1);
  }
  for (int part = 0; part < 2; ++part) {
    const std::size_t colon = text.find(':');
    const auto number = colon > 2 ? std::nullopt : whole_number(text.substr(0, colon));
    if (!number) return std::nullopt;
    whole = (whole + *number) * 60;
    text.remove_prefix(colon + 1);
  }
  auto seconds = seconds_of(text);
  if (!seconds || !Decimal::add(*seconds, Decimal::from_int64(whole), *seconds))
    return std::nullopt;
  return seconds;
}

// Everything below a node that has the name, however deep; bounded as documents are.
template <class Visit>
void each_named(const pugi::xml_node& node, std::string_view name, const Visit& visit) {
  for (const pugi::xml_node child : node.children()) {
    if (local_name(child) == name) {
      visit(child);
    } else {
      each_named(child, name, visit);
    }
  }
}

pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node child : node.children()) {
    if (local_name(child) == name) return child;
  }
  return {};
}

template <class Read>
void read_reports(const Documents& documents, Facts& facts, const Read& read) {
  TestCases cases;
  for (Opened& file : documents.files) {
    cases.begin_report();
    read(file, *file.xml(), cases);
  }
  if (cases.is_full()) documents.refuse_more_than(TestCases::kMost, "tests");
  cases.write(facts);
}

void add_start(TestCases& cases, std::string_view text, bool utc = false) {
  if (const auto time = moment(text, utc)) cases.add_start(*time);
}

// ---- NUnit ----

Outcome nunit_outcome(const pugi::xml_node& node) {
  const std::string_view result = attribute(node, "result");
  if (result == "Passed" || result == "Warning") return Outcome::passed;
  if (result == "Skipped") return Outcome::skipped;
  const bool failed = result == "Failed" && attribute(node, "label").empty();
  return failed ? Outcome::failed : Outcome::errored;
}

void nunit(const Opened& file, const pugi::xml_node& root, TestCases& cases) {
  add_start(cases, attribute(root, "start-time"));
  std::int64_t listed = 0;
  std::int64_t bad = 0;
  each_named(root, "test-case", [&](const pugi::xml_node& node) {
    TestCase one;
    one.line = file.line_of(node);
    one.outcome = nunit_outcome(node);
    one.seconds = seconds_of(attribute(node, "duration"));
    ++listed;
    if (one.outcome >= Outcome::failed) ++bad;
    cases.add(std::string(attribute(node, "classname")), std::string(attribute(node, "name")), one);
  });
  // A run may fail outside of its tests: an assembly that cannot be loaded, a set-up.
  const std::string_view result = attribute(root, "result");
  if (bad == 0 && (result.starts_with("Failed") || (listed == 0 && result == "Invalid")))
    cases.add_counted(Outcome::errored, 1);
}

// ---- TRX ----

Outcome trx_outcome(std::string_view outcome) {
  if (outcome == "Passed" || outcome == "PassedButRunAborted" || outcome == "Warning")
    return Outcome::passed;
  if (outcome == "NotExecuted" || outcome == "NotRunnable") return Outcome::skipped;
  return outcome == "Failed" ? Outcome::failed : Outcome::errored;
}

class Trx {
 public:
  Trx(const Opened& file, const pugi::xml_node& root, TestCases& cases)
      : file_(file), cases_(cases) {
    // A result names its test; the class stands with the test.
    for (const pugi::xml_node test : child_of(root, "TestDefinitions").children())
      classes_.emplace(attribute(test, "id"), attribute(child_of(test, "TestMethod"), "className"));
  }

  // Returns how many did not pass. A test with data has a result for each row inside of its own.
  std::int64_t results(const pugi::xml_node& list) {
    std::int64_t bad = 0;
    for (const pugi::xml_node node : list.children()) {
      const pugi::xml_node rows = child_of(node, "InnerResults");
      const std::int64_t inside = rows ? results(rows) : 0;
      const Outcome outcome = trx_outcome(attribute(node, "outcome"));
      bad += inside;
      if (rows && (inside > 0 || outcome < Outcome::failed)) continue;
      if (outcome >= Outcome::failed) ++bad;
      add(node, outcome);
    }
    return bad;
  }

 private:
  void add(const pugi::xml_node& node, Outcome outcome) {
    TestCase one;
    one.line = file_.line_of(node);
    one.outcome = outcome;
    one.seconds = span_seconds(attribute(node, "duration"));
    const auto group = classes_.find(attribute(node, "testId"));
    cases_.add(group == classes_.end() ? std::string() : std::string(group->second),
               std::string(attribute(node, "testName")), one);
  }

  const Opened& file_;
  TestCases& cases_;
  std::map<std::string_view, std::string_view> classes_;
};

void trx(const Opened& file, const pugi::xml_node& root, TestCases& cases) {
  add_start(cases, attribute(child_of(root, "Times"), "start"));
  const std::int64_t bad = Trx(file, root, cases).results(child_of(root, "Results"));
  // The run was stopped or crashed, with no test to show for it.
  const std::string_view outcome = attribute(child_of(root, "ResultSummary"), "outcome");
  const bool sound = outcome == "Completed" || outcome == "Passed" || outcome == "Warning";
  if (bad == 0 && !sound) cases.add_counted(Outcome::errored, 1);
}

// ---- xUnit.net ----

void xunit_assembly(const Opened& file, const pugi::xml_node& assembly, TestCases& cases) {
  add_start(cases, attribute(assembly, "start-rtf"));
  each_named(assembly, "test", [&](const pugi::xml_node& node) {
    const std::string_view result = attribute(node, "result");
    TestCase one;
    one.line = file.line_of(node);
    one.outcome = result == "Pass"                         ? Outcome::passed
                  : result == "Skip" || result == "NotRun" ? Outcome::skipped
                  : result == "Fail"                       ? Outcome::failed
                                                           : Outcome::errored;
    one.seconds = seconds_of(attribute(node, "time"));
    cases.add(std::string(attribute(node, "type")), std::string(attribute(node, "name")), one);
  });
  // What failed outside of tests: clean-up of a class, of a collection, of the assembly.
  const auto listed = child_of(assembly, "errors").children("error");
  const std::int64_t errors = std::max<std::int64_t>(std::distance(listed.begin(), listed.end()),
                                                     count_of(assembly, "errors").value_or(0));
  if (errors > 0) cases.add_counted(Outcome::errored, errors);
}

void xunit(const Opened& file, const pugi::xml_node& root, TestCases& cases) {
  if (local_name(root) == "assembly") return xunit_assembly(file, root, cases);
  add_start(cases, attribute(root, "start-rtf"));
  each_named(root, "assembly",
             [&](const pugi::xml_node& assembly) { xunit_assembly(file, assembly, cases); });
}

// ---- ctest ----

std::string_view measurement(const pugi::xml_node& test, std::string_view name) {
  for (const pugi::xml_node one : child_of(test, "Results").children()) {
    if (attribute(one, "name") == name) return child_of(one, "Value").child_value();
  }
  return {};
}

// A test that could not be run is none that was left out: only a disabled or skipped one is.
Outcome ctest_outcome(const pugi::xml_node& test) {
  const std::string_view status = attribute(test, "Status");
  if (status == "passed") return Outcome::passed;
  if (status == "failed") return Outcome::failed;
  const std::string_view why = measurement(test, "Completion Status");
  const bool left_out = why == "Disabled" || why.starts_with("SKIP_");
  return left_out ? Outcome::skipped : Outcome::errored;
}

void ctest(const Opened& file, const pugi::xml_node& root, TestCases& cases) {
  each_named(root, "Testing", [&](const pugi::xml_node& testing) {
    // `StartDateTime` has no year.
    add_start(cases, child_of(testing, "StartTestTime").child_value());
    for (const pugi::xml_node test : testing.children()) {
      if (local_name(test) != "Test") continue;
      TestCase one;
      one.line = file.line_of(test);
      one.outcome = ctest_outcome(test);
      one.seconds = seconds_of(measurement(test, "Execution Time"));
      cases.add(child_of(test, "Path").child_value(), child_of(test, "Name").child_value(), one);
    }
  });
}

}  // namespace

bool recognise_nunit(Opened& file) { return is_root(file, "test-run"); }
void read_nunit(const Documents& documents, Facts& facts) { read_reports(documents, facts, nunit); }

bool recognise_trx(Opened& file) { return is_root(file, "TestRun"); }
void read_trx(const Documents& documents, Facts& facts) { read_reports(documents, facts, trx); }

bool recognise_xunit(Opened& file) {
  return is_root(file, "assemblies") ||
         (is_root(file, "assembly") && has_attribute(*file.xml(), "run-date"));
}
void read_xunit(const Documents& documents, Facts& facts) { read_reports(documents, facts, xunit); }

bool recognise_ctest(Opened& file) {
  return is_root(file, "Site") && child_of(*file.xml(), "Testing");
}
void read_ctest(const Documents& documents, Facts& facts) { read_reports(documents, facts, ctest); }

}  // namespace dpol::sources
