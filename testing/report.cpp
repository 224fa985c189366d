#include "testing/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dpol::testing {

std::size_t TestRun::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(results, [](const TestResult& result) { return !result.passed(); }));
}

std::span<const FormatInfo> formats() {
  static constexpr auto kFormats = std::to_array<FormatInfo>({
#define DPOL_TEST_FORMAT(name, doc, function) {Format::name, #name, doc},
#include "testing/formats.def"
  });
  return kFormats;
}

const FormatInfo* find_format(std::string_view name) {
  const auto found = std::ranges::find(formats(), name, &FormatInfo::name);
  return found == formats().end() ? nullptr : &*found;
}

std::string render(Format format, const TestRun& run, const reports::Options& options) {
  switch (format) {
#define DPOL_TEST_FORMAT(name, doc, function) \
  case Format::name:                          \
    return function(run, options);
#include "testing/formats.def"
  }
  return {};
}

std::string seen_text(const FailedExpectation& failure, const reports::Options& options) {
  // Rules that pass or are skipped are listed in verbose reports only.
  const auto is_quiet = [](const decision::RuleVerdict& rule) {
    return rule.outcome == decision::Outcome::pass || rule.outcome == decision::Outcome::skipped;
  };
  reports::Options form = options;
  form.verbose = std::ranges::any_of(failure.verdict.policies.front().rules, is_quiet);
  std::string text = reports::render(reports::Format::pretty, failure.verdict, form);
  // Their last paragraph is about inputs and program.
  if (form.verbose) text.erase(std::min(text.rfind("\n\n"), text.size() - 1) + 1);
  return text;
}

// Rounded down, so that 100% is all of them.
std::string share_text(std::size_t part, std::size_t all) {
  if (all == 0) return "none";
  return fmt::format("{} of {} ({}%)", part, all, part * 100 / all);
}

}  // namespace dpol::testing
