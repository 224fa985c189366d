#include "plans/words.h"

#include <fmt/format.h>

#include "runtime/reports/advice.h"

namespace dpol::plans {

using decision::MessageState;
using decision::Observed;
using decision::Outcome;
using decision::PlanState;
using doc::append;
using doc::Check;
using doc::code;
using doc::plain;
using doc::State;
using doc::Text;
using doc::words;

Text values(const std::vector<Observed>& observed) {
  Text text;
  for (const Observed& part : observed) {
    if (!text.empty()) text.push_back(plain(", "));
    append(text, {code(part.expr), plain(" is " + fmt::format("{}", fmt::join(part.values, ", ")))});
  }
  return text;
}

Text because(const decision::Because& because) {
  if (because.condition.empty()) return {};
  Text text = {code(because.condition)};
  const Text seen = values(because.observed);
  if (!seen.empty()) append(text, {plain(": ")});
  append(text, seen);
  return text;
}

Text limit(const decision::Limit& limit) {
  if (limit.value.empty() && limit.measured_then)
    return {code(limit.relation + " " + limit.made_of), plain(", as measured then")};
  if (limit.value.empty()) return {code(limit.relation + " " + limit.made_of), plain(", not known")};
  Text text = {code(limit.relation + " " + limit.value)};
  if (!limit.made_of.empty()) append(text, {plain(" ("), code(limit.made_of), plain(")")});
  return text;
}

Text limits(const decision::ClausePlan& clause) {
  std::vector<Text> parts;
  for (const decision::Limit& one : clause.limits)
    if (!one.made_of.empty()) parts.push_back(limit(one));
  return doc::listed(parts);
}

Text ask(const decision::Ask& ask) {
  Text text = {plain(ask.count == 1 ? "1 person" : fmt::format("{} people", ask.count))};
  if (ask.role.empty()) text.push_back(plain(", anybody"));
  if (!ask.role.empty()) append(text, {plain(" as "), code(ask.role)});
  if (!ask.members.empty()) text.push_back(plain(fmt::format(" ({})", fmt::join(ask.members, ", "))));
  if (!ask.named_by.empty()) append(text, {plain(", whom "), code(ask.named_by), plain(" names")});
  if (!ask.other_than.empty()) {
    text.push_back(plain(", not whom "));
    append(text, doc::listed_code(ask.other_than));
    text.push_back(plain(ask.other_than.size() == 1 ? " names" : " name"));
  }
  if (!ask.within.empty()) text.push_back(plain(", no longer ago than " + ask.within));
  if (ask.or_not_applicable) text.push_back(plain("; or somebody says, with a reason, that it is not applicable"));
  return text;
}

Text moment(const std::string& words, const std::optional<std::string>& at) {
  Text text;
  if (!words.empty()) text.push_back(code(words));
  if (!at) return text;
  text.push_back(plain(words.empty() ? *at : " (" + *at + ")"));
  return text;
}

Text missing(const decision::Missing& missing) {
  Text text = words(missing.reason);
  const std::string how = reports::advice(missing);
  if (!how.empty()) text.push_back(plain("; " + how));
  return text;
}

State state_of(const decision::ItemPlan& item) {
  switch (item.state) {
    case PlanState::done:
      if (item.rule.outcome == Outcome::waived) return {Check::done, "waived"};
      return {Check::done, item.rule.outcome == Outcome::warn ? "done, with a warning" : "done"};
    case PlanState::later: return {Check::later, "later"};
    case PlanState::over: return {Check::open, "over, and it was not so"};
    case PlanState::not_applicable: return {Check::later, "not for this release"};
    case PlanState::open: break;
  }
  switch (item.rule.outcome) {
    case Outcome::fail: return {Check::open, "not so"};
    case Outcome::fired: return {Check::open, "rolls back"};
    case Outcome::held: return {Check::open, "holds"};
    case Outcome::pending: return {Check::open, "to be signed"};
    default: return {Check::open, "not known"};
  }
}

State state_of(const decision::MessageVerdict& message) {
  switch (message.state) {
    case MessageState::due: return {Check::open, "due"};
    case MessageState::late: return {Check::open, "late"};
    case MessageState::unknown: return {Check::open, "cannot tell"};
    case MessageState::not_yet: return {Check::later, "not yet"};
    case MessageState::sent: return {Check::done, "sent"};
    case MessageState::missed: return {Check::open, "missed"};
    case MessageState::not_applicable: break;
  }
  return {Check::later, "not for this release"};
}

}  // namespace dpol::plans
