// Words for parts of a plan that stand in several places of its pages.
#pragma once

#include <string>
#include <vector>

#include "compiler/doc/document.h"
#include "compiler/doc/runs.h"
#include "runtime/decision/plan.h"

namespace dpol::plans {

// `platform` is vm, `error_rate` is 0.2%
doc::Text values(const std::vector<decision::Observed>& observed);
// A condition and its values.
doc::Text because(const decision::Because& because);
// <= 198ms (baseline 180ms + 10%)
doc::Text limit(const decision::Limit& limit);
// Those of which the condition itself does not say the number.
doc::Text limits(const decision::ClausePlan& clause);
// 1 person as release_manager, not whom author names, no longer ago than 24h
doc::Text ask(const decision::Ask& ask);
// T-48h, 2025-02-11T14:00:00Z; only what is known
doc::Text moment(const std::string& words, const std::optional<std::string>& at);
// What is missing, and how to bring it.
doc::Text missing(const decision::Missing& missing);

// How far a rule or a message is.
doc::State state_of(const decision::ItemPlan& item);
doc::State state_of(const decision::MessageVerdict& message);

}  // namespace dpol::plans
