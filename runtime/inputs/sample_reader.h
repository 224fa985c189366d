// One sample of dpol's own metric documents, for the formats that hold them:
//   {"time": "2025-02-13T14:05:00Z", "stage": 50,
//    "metrics": {"latency_p95": {"candidate": 0.268, "stable": 0.22, "baseline": 0.18},
//                "error_rate": "0.3%"}}
#pragma once

#include "runtime/inputs/metrics.h"

namespace dpol::inputs {

// A map that has one of a sample's own fields.
bool looks_like_sample(NodeRef node);

// Adds what the sample holds, or errors.
void read_sample(NodeRef sample, MetricSink& metrics);

}  // namespace dpol::inputs
