// A metric as a figure of a page: what was measured, what it was compared with, and what was looked at.
//
// Promises: as of all reports (report.h). Whatever the picture shows stands below it as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

struct Figure {
  const decision::ChartVerdict* chart = nullptr;
  std::string id{};                            // of the element, once on a page
  std::optional<std::int64_t> deployed_at{};
};
std::string figure(const Figure& figure);

// What is added to the style of pages.
extern const char* const kChartStyle;

}  // namespace dpol::reports
