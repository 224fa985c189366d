// go test -json: one event a line. A test that panics has no last event, and its package fails
// without a failed test; lines of a failed build are plain text between the events.

#include <map>
#include <set>

#include "sources/formats.h"
#include "sources/test_cases.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

std::string_view text_of(NodeRef node, std::string_view key) {
  const auto found = node.find(key);
  return found && found->is(NodeKind::string) ? found->text() : std::string_view();
}

struct Test {
  std::optional<Outcome> outcome;
  std::optional<program::Decimal> seconds;
  std::uint32_t line = 0;
};
struct Package {
  std::map<std::string, Test, std::less<>> tests;
  bool failed = false;
  std::uint32_t line = 0;
};

class GoTest {
 public:
  explicit GoTest(TestCases& cases) : cases_(cases) {}

  void event(NodeRef event, std::uint32_t line) {
    const std::string_view action = text_of(event, "Action");
    const std::string_view name = text_of(event, "Test");
    if (const auto time = moment(text_of(event, "Time"))) cases_.add_start(*time);
    Package& package = packages_[std::string(text_of(event, "Package"))];
    if (name.empty()) {
      if (action == "fail") package.failed = true;
      if (action == "fail") package.line = line;
      return;
    }
    Test& test = package.tests[std::string(name)];
    if (test.line == 0) test.line = line;
    if (action == "pass") test.outcome = Outcome::passed;
    if (action == "fail") test.outcome = Outcome::failed;
    if (action == "skip") test.outcome = Outcome::skipped;
    if (const auto elapsed = event.find("Elapsed"); elapsed && elapsed->is(NodeKind::number))
      test.seconds = program::Decimal::parse(elapsed->text());
  }

  void finish() {
    for (auto& [name, package] : packages_) {
      bool told = false;
      for (const auto& [test, found] : package.tests) {
        const Outcome outcome = found.outcome.value_or(Outcome::errored);
        const bool bad = outcome == Outcome::failed || outcome == Outcome::errored;
        // The result of a test with subtests repeats theirs.
        if (has_subtests(package, test) && !(bad && !fails_below(package, test))) continue;
        told = told || bad;
        cases_.add(name, test, {outcome, found.seconds, found.line});
      }
      if (package.failed && !told) cases_.add(name, "", {Outcome::errored, {}, package.line});
    }
  }

 private:
  static bool has_subtests(const Package& package, const std::string& test) {
    const auto next = package.tests.lower_bound(test + "/");
    return next != package.tests.end() && next->first.starts_with(test + "/");
  }
  static bool fails_below(const Package& package, const std::string& test) {
    for (auto at = package.tests.lower_bound(test + "/");
         at != package.tests.end() && at->first.starts_with(test + "/"); ++at) {
      if (at->second.outcome.value_or(Outcome::errored) >= Outcome::failed) return true;
    }
    return false;
  }

  TestCases& cases_;
  std::map<std::string, Package> packages_;
};

}  // namespace

bool recognise_gotest(Opened& file) {
  const inputs::Document* first = file.first_json_line();
  return first != nullptr && first->root().is(NodeKind::map) && first->root().find("Action") &&
         (first->root().find("Package") || first->root().find("ImportPath"));
}

void read_gotest(const Documents& documents, Facts& facts) {
  TestCases cases;
  inputs::JsonReader reader;
  for (Opened& file : documents.files) {
    cases.begin_report();
    GoTest run(cases);
    for (const TextLine& line : file.lines()) {
      if (!line.text.starts_with("{")) continue;
      inputs::Document event;
      inputs::SyntaxFault fault;
      if (!reader.read(line.text, event, fault, line.number)) {
        documents.fail(file, fault.line, "", fault.text);
        break;
      }
      run.event(event.root(), line.number);
    }
    run.finish();
  }
  if (cases.is_full()) documents.refuse_more_than(TestCases::kMost, "tests");
  cases.write(facts);
}

}  // namespace dpol::sources
