// charts: what rules saw of metrics, to be drawn. Opt-in, since most reports draw nothing.
//
// Promises: a pure function of what was judged. Bounded: kMostCharts of a policy, those of rules that
// decide first, and kMostPoints of a curve.
#pragma once

#include <cstddef>

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"

namespace dpol::decision {

inline constexpr std::size_t kMostCharts = 24;
inline constexpr std::size_t kMostCurves = 7;    // of a chart: series of one metric, first the one that decides
inline constexpr std::size_t kMostPoints = 240;  // of a curve; of more samples the extremes of each stretch of time
inline constexpr std::size_t kMostLimits = 8;    // of a chart
inline constexpr std::size_t kMostWindows = 200;  // of a chart: rules whose windows are told
inline constexpr std::size_t kMostValues = 12;   // of a curve, as text: the last that are drawn

// After judge.judge() and explain(judge). Uses the judge's machine.
void add_charts(const Judge& judge, Verdict& verdict);

}  // namespace dpol::decision
