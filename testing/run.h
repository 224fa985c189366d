// Running tests: the policy under test on what the test gives, judged by the judge of releases, and
// held against what the test expects.
//
// Promises
//  - Pure: the same compilation gives the same results, in the order of the text.
//  - A test passes only if every one of its expectations was judged and came true.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/program.h"

namespace dpol::testing {

struct FailedExpectation {
  std::string expected;  // as the test says it
  std::string got;       // in words
  std::string at;        // the moment judged
  decision::Place place;
  decision::Verdict verdict;  // of the policy, with the rules that matter here alone
};

struct TestResult {
  std::string title;
  std::string policy;
  decision::Place place;
  std::size_t expectations = 0;
  std::vector<FailedExpectation> failures;
  std::string defect;  // why it could not be run at all; "" otherwise

  bool passed() const { return defect.empty() && failures.empty(); }
};

// A policy with a program of its own, as it is or changed by a mutation.
struct Subject {
  compiler::Checked checked;  // holds this one policy
  std::size_t own_rules = 0;  // behind them stand what tests expect
  compiler::Place text;       // of the policy's declaration
  std::optional<program::Program> program;

  const compiler::CheckedPolicy& policy() const { return checked.policies.front(); }
  // Whether the policy itself says it, and not one that it extends.
  bool is_own(const compiler::Place& place) const;
};

Subject make_subject(const compiler::CompileResult& compiled, const compiler::TestedPolicy& tested);

// Called with the judge behind each moment that was judged.
using Watcher = std::function<void(const decision::Judge&)>;

// With reasons, for reports.
TestResult run_test(const Subject& subject, const compiler::CheckedTest& test,
                    const Watcher& watch = {});
// Whether it passes, and nothing more.
bool test_passes(const Subject& subject, const compiler::CheckedTest& test);

decision::Place place_of(const compiler::Place& place);

}  // namespace dpol::testing
