// A text with a policy and its tests, compiled and run.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "testing/coverage.h"
#include "testing/mutation.h"
#include "testing/report.h"
#include "testing/run.h"

namespace dpol::test {

struct Suite {
  compiler::CompileResult compiled;
  std::vector<dpol::testing::Subject> subjects;

  // What does not compile is a failure of the running test.
  explicit Suite(const std::string& text) {
    compiler::CompileOptions options;
    options.entries.push_back({"t.dpol", text});
    compiled = compiler::compile(options);
    for (const lang::Diagnostic& diagnostic : compiled.diagnostics)
      ADD_FAILURE() << lang::render_diagnostic(diagnostic);
    for (const compiler::TestedPolicy& tested : compiled.tests.policies)
      subjects.push_back(dpol::testing::make_subject(compiled, tested));
  }

  dpol::testing::TestResult run(std::size_t test = 0,
                                const dpol::testing::Watcher& watch = {}) const {
    const compiler::CheckedTest& checked = compiled.tests.tests.at(test);
    return dpol::testing::run_test(subjects.at(checked.policy), checked, watch);
  }
  dpol::testing::PolicyCoverage coverage() const {
    dpol::testing::Coverage coverage(subjects.at(0));
    for (std::size_t i = 0; i < compiled.tests.tests.size(); ++i)
      run(i, [&](const decision::Judge& judge) { coverage.see(judge); });
    return coverage.result();
  }
  dpol::testing::MutationResult mutate(std::size_t most = dpol::testing::kMaxMutants) const {
    std::vector<const compiler::CheckedTest*> tests;
    for (const compiler::CheckedTest& test : compiled.tests.tests) tests.push_back(&test);
    return dpol::testing::mutate(compiled, subjects.at(0), tests, most);
  }
};

// Why the only test of the text fails, each expectation on a line; "" if it passes.
inline std::string failures_of(const std::string& text) {
  const dpol::testing::TestResult result = Suite(text).run();
  std::string lines = result.defect;
  for (const dpol::testing::FailedExpectation& failed : result.failures)
    lines += failed.expected + ": " + failed.got + "\n";
  return lines;
}

}  // namespace dpol::test
