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

// Rounded down, so that 100% is all of them.
std::string share_text(std::size_t part, std::size_t all) {
  if (all == 0) return "none";
  return fmt::format("{} of {} ({}%)", part, all, part * 100 / all);
}

}  // namespace dpol::testing
