// JUnit XML. There is no one schema: the root is `testsuites` or `testsuite`, suites nest, cases
// may stand below either, and counts may stand anywhere, or nowhere. So cases are counted, and the
// counts that a suite gives for itself only where it lists no case, or fewer failures than it
// counts.

#include "sources/formats.h"
#include "sources/test_cases.h"
#include "sources/times.h"
#include "sources/xml.h"

namespace dpol::sources {
namespace {

bool is_suite(const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  return name == "testsuite" || name == "testsuites";
}

class JUnit {
 public:
  JUnit(const Opened& file, TestCases& cases) : file_(file), cases_(cases) {}

  // Documents are of bounded depth.
  void suite(const pugi::xml_node& node) {
    if (has_attribute(node, "timestamp")) {
      // Without a zone it is the time of the machine that ran the tests, wherever that was.
      if (const auto time = moment(attribute(node, "timestamp"))) cases_.add_start(*time);
    }
    std::int64_t listed = 0;
    std::int64_t failed = 0;
    bool nests = false;
    for (const pugi::xml_node child : node.children()) {
      if (is_suite(child)) {
        nests = true;
        suite(child);
      } else if (local_name(child) == "testcase") {
        ++listed;
        const Outcome outcome = test(node, child);
        if (outcome == Outcome::failed || outcome == Outcome::errored) ++failed;
      }
    }
    if (!nests) counts(node, listed, failed);
  }

 private:
  Outcome test(const pugi::xml_node& suite, const pugi::xml_node& node) {
    TestCase one;
    one.outcome = outcome(node);
    one.line = file_.line_of(node);
    if (const auto seconds = number_of(attribute(node, "time")); seconds && seconds->sign() >= 0)
      one.seconds = seconds;
    std::string_view group = attribute(node, "classname");
    if (group.empty()) group = attribute(suite, "name");
    cases_.add(std::string(group), std::string(attribute(node, "name")), one);
    return one.outcome;
  }

  static Outcome outcome(const pugi::xml_node& node) {
    bool skipped = false;
    bool flaky = false;
    Outcome found = Outcome::passed;
    for (const pugi::xml_node child : node.children()) {
      const std::string_view name = local_name(child);
      if (name == "error") found = std::max(found, Outcome::errored);
      if (name == "failure") found = std::max(found, Outcome::failed);
      skipped = skipped || name == "skipped" || name == "disabled";
      flaky = flaky || name == "flakyFailure" || name == "flakyError";
    }
    if (found != Outcome::passed) return found;
    const std::string_view status = attribute(node, "status");
    const std::string_view result = attribute(node, "result");
    if (skipped || status == "notrun" || status == "disabled" || status == "skipped" ||
        result == "skipped" || result == "suppressed")
      return Outcome::skipped;
    return flaky ? Outcome::flaky : Outcome::passed;
  }

  void counts(const pugi::xml_node& node, std::int64_t listed, std::int64_t failed) {
    const auto count = [&](const char* name) { return count_of(node, name).value_or(0); };
    const std::int64_t failures = count("failures");
    const std::int64_t errors = count("errors");
    if (listed != 0) {
      // A suite that could not be set up fails as a whole, and lists what passed before.
      if (failures + errors > failed && failed == 0)
        cases_.add_counted(Outcome::errored, failures + errors);
      return;
    }
    const std::int64_t skipped = count("skipped") + count("disabled");
    cases_.add_counted(Outcome::failed, failures);
    cases_.add_counted(Outcome::errored, errors);
    cases_.add_counted(Outcome::skipped, skipped);
    cases_.add_counted(Outcome::passed,
                       std::max<std::int64_t>(count("tests") - failures - errors - skipped, 0));
  }

  const Opened& file_;
  TestCases& cases_;
};

}  // namespace

bool recognise_junit(Opened& file) {
  const pugi::xml_node* root = file.xml();
  return root != nullptr && is_suite(*root);
}

void read_junit(const Documents& documents, Facts& facts) {
  TestCases cases;
  for (Opened& file : documents.files) {
    cases.begin_report();
    JUnit(file, cases).suite(*file.xml());
  }
  if (cases.is_full()) documents.refuse_more_than(TestCases::kMost, "tests");
  cases.write(facts);
}

}  // namespace dpol::sources
