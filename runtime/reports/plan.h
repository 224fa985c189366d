// A plan for programs: dpol.plan/1, described by docs/plan.schema.json. Pages for people: plans/.
//
// Promises: as of all reports (report.h).
#pragma once

#include <string>

#include "runtime/decision/plan.h"

namespace dpol::reports {

std::string plan_as_json(const decision::Plan& plan);

}  // namespace dpol::reports
