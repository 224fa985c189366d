// What would change a decision: which rules stand in the way of the next milder one and what each of them takes, or,
// where nothing stands in the way, which limits are the nearest.
#pragma once

#include <string>
#include <vector>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

struct Change {
  std::string heading;             // "to NO-GO, if none of these rolled back"
  std::vector<std::string> rules;  // "auth.latency: 22ms over in latency_p95 <= 250ms"
  std::size_t left_out = 0;        // more of them
};

// Of a policy that applies; the first is the nearest. Rules on trial change nothing.
std::vector<Change> changes(const decision::PolicyVerdict& policy);

}  // namespace dpol::reports
