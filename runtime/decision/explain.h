// explain: a judgement in words. Runs the deciding conditions once more to read the value under each
// of their parts, so that judging itself keeps no record.
#pragma once

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"

namespace dpol::decision {

// After judge.judge(). Uses the judge's machine.
Verdict explain(const Judge& judge);

// One rule, as a judgement of it or of one of its clauses says.
RuleVerdict explain(const Judge& judge, std::size_t policy, std::size_t rule, const RuleJudgement& judged);
// What somebody runs who signs off that clause; "" while it is not known which release this is.
std::string confirm_command(const Judge& judge, std::size_t policy, std::size_t rule, std::size_t clause);

}  // namespace dpol::decision
