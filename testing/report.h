// What a run of tests found, and its forms.
//
// Promises: pure; whatever a title or a value holds, the form stays well formed and no control
// character reaches a terminal. Every rendering ends with a newline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/reports/report.h"
#include "testing/coverage.h"
#include "testing/mutation.h"
#include "testing/run.h"

namespace dpol::testing {

struct TestRun {
  std::vector<TestResult> results;
  std::size_t left_out = 0;               // by the filter
  std::vector<PolicyCoverage> coverage;   // empty: not asked for
  std::vector<MutationResult> mutations;  // likewise

  std::size_t failed() const;
};

enum class Format : std::uint8_t {
#define DPOL_TEST_FORMAT(name, doc, function) name,
#include "testing/formats.def"
};
struct FormatInfo {
  Format format;
  std::string_view name;
  std::string_view doc;
};
std::span<const FormatInfo> formats();
// Null where there is none of that name.
const FormatInfo* find_format(std::string_view name);

std::string render(Format format, const TestRun& run, const reports::Options& options = {});

// The rows of formats.def.
#define DPOL_TEST_FORMAT(name, doc, function) \
  std::string function(const TestRun& run, const reports::Options& options);
#include "testing/formats.def"

// What the judge saw of a failed expectation, as `dpol check` prints it: the decision, and the
// rules that decided or were named, whatever came of them.
std::string seen_text(const FailedExpectation& failure, const reports::Options& options);
// "14 of 20 (70%)", "none".
std::string share_text(std::size_t part, std::size_t all);

}  // namespace dpol::testing
