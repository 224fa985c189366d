// Metrics: what their declarations say beyond the name.
#pragma once

#include "compiler/check_expr.h"

namespace dpol::compiler {

// Staleness where a metric does not say it.
inline constexpr std::int64_t kDefaultStaleSeconds = 300;

// Fills Checked::metrics, whose names Names has declared. Metrics that two files declare must be
// declared alike.
void check_metrics(Services& services);

}  // namespace dpol::compiler
