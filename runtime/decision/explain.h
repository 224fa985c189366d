// explain: a judgement in words. Runs the deciding conditions once more to read the value under each
// of their parts, so that judging itself keeps no record.
#pragma once

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"

namespace dpol::decision {

// After judge.judge(). Uses the judge's machine.
Verdict explain(const Judge& judge);

}  // namespace dpol::decision
