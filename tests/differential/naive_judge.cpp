// The naive judge: language.md's sections on what is due, latches, stages and outcomes, one question
// after the other, with nothing remembered between rules.
#include <algorithm>
#include <functional>

#include "runtime/program/time_text.h"
#include "tests/differential/naive.h"

namespace dpol::test {

using compiler::CheckedAnchor;
using compiler::CheckedClause;
using compiler::CheckedPhase;
using compiler::CheckedPolicy;
using compiler::CheckedRule;
using decision::Outcome;
using program::Decimal;
using program::Fault;
using program::Missing;
using program::Scope;
using program::Verb;
using vm::Context;
using vm::Instant;

namespace {

Instant shift(Instant at, Decimal seconds) {
  std::int64_t ns = 0;
  if (!program::decimal_to_time(seconds, ns)) return seconds.is_negative() ? vm::kBeginningOfTime : vm::kEndOfTime;
  return at + ns;
}

int graveness(Outcome outcome) {
  const Outcome order[] = {Outcome::skipped, Outcome::pass, Outcome::waived, Outcome::warn, Outcome::pending,
                           Outcome::held, Outcome::unknown, Outcome::fail, Outcome::fired};
  return static_cast<int>(std::find(std::begin(order), std::end(order), outcome) - std::begin(order));
}

Outcome answer_outcome(Missing answer) {
  const Outcome outcomes[] = {Outcome::unknown, Outcome::pass, Outcome::warn, Outcome::held, Outcome::fail, Outcome::fired};
  return outcomes[static_cast<std::size_t>(answer)];
}

// "50", "50%" and the share 0.5 are one stage.
bool names_stage(const compiler::CheckedStage& stage, std::string text) {
  if (stage.name == text) return true;
  if (!text.empty() && text.back() == '%') text.pop_back();
  const std::optional<Decimal> percent = Decimal::parse(text);
  Decimal share;
  return percent && stage.share && Decimal::div(*percent, Decimal::from_int64(100), share) && share == *stage.share;
}

}  // namespace

// Known where every case, of each condition that is not known, leads to one rollout or to none.
void Naive::choose(const CheckedPolicy& policy, Stand& stand) {
  if (policy.strategy.empty()) {
    if (!policy.rollouts.empty()) stand.rollout = 0;
    return;
  }
  std::vector<Value> conditions;
  std::vector<std::size_t> open;
  for (const compiler::CheckedChoice& choice : policy.strategy) {
    conditions.push_back(choice.condition ? evaluate(*choice.condition.expr, {.at = snapshot_.now()}) : Value::boolean(true));
    if (conditions.back().is_unknown()) open.push_back(conditions.size() - 1);
  }
  std::vector<std::optional<std::uint32_t>> answers;
  for (std::uint64_t which = 0; which < std::uint64_t{1} << open.size(); ++which) {
    std::vector<Value> assumed = conditions;
    for (std::size_t i = 0; i < open.size(); ++i) assumed[open[i]] = Value::boolean((which >> i & 1) != 0);
    const auto first = std::find_if(assumed.begin(), assumed.end(), [](Value v) { return v.is_true(); });
    const bool none = first == assumed.end();
    answers.push_back(none ? std::nullopt
                           : std::optional(policy.strategy[static_cast<std::size_t>(first - assumed.begin())].rollout));
  }
  stand.rollout = answers.front();
  for (const std::optional<std::uint32_t>& answer : answers) {
    if (answer == answers.front()) continue;
    stand.rollout.reset();
    stand.choice_unknown = conditions[open.front()];
  }
}

Naive::Stand Naive::stand(const CheckedPolicy& policy) {
  Stand out;
  choose(policy, out);
  if (!out.rollout) return out;
  const std::vector<compiler::CheckedStage>& stages = policy.rollouts[*out.rollout].stages;
  const auto find = [&](const std::string& text) -> std::optional<std::uint32_t> {
    for (std::uint32_t i = 0; i < stages.size(); ++i) {
      if (names_stage(stages[i], text)) return i;
    }
    return std::nullopt;
  };
  Instant last_mark = vm::kBeginningOfTime;
  for (const vm::StageMark& mark : snapshot_.stage_marks()) {
    if (mark.time > snapshot_.now()) continue;
    last_mark = mark.time;
    const std::optional<std::uint32_t> stage = find(mark.stage);
    if (!stage) continue;  // random inputs name real stages only
    if (!out.visits.empty() && out.visits.back().stage == *stage) continue;
    if (!out.visits.empty()) out.visits.back().end = mark.time;
    out.visits.push_back({mark.time, vm::kEndOfTime, *stage});
  }
  if (snapshot_.stage()) {
    const std::uint32_t named = *find(*snapshot_.stage());
    if (out.visits.empty() || out.visits.back().stage != named) {
      Instant begin = snapshot_.deployed_at().value_or(vm::kBeginningOfTime);
      if (last_mark != vm::kBeginningOfTime) begin = std::max(begin, last_mark + 1);
      if (!out.visits.empty()) out.visits.back().end = begin;
      out.visits.push_back({begin, vm::kEndOfTime, named});
    }
  }
  if (out.visits.empty()) return out;
  out.current = out.visits.back().stage;
  if (snapshot_.stage_at()) {
    Visit current = out.visits.back();
    current.begin = *snapshot_.stage_at();
    std::erase_if(out.visits, [&](const Visit& v) { return v.begin >= current.begin; });
    if (!out.visits.empty() && out.visits.back().end == vm::kEndOfTime) out.visits.pop_back();
    if (!out.visits.empty()) out.visits.back().end = std::min(out.visits.back().end, current.begin);
    out.visits.push_back(current);
  }
  return out;
}

bool Naive::started(const Stand& stand) const {
  if (snapshot_.deployed_at()) return *snapshot_.deployed_at() <= snapshot_.now();
  return stand.current.has_value();
}

std::vector<Naive::Outcome> Naive::judge(const CheckedPolicy& policy) {
  stand_in(policy);
  const Stand where = stand(policy);
  std::vector<Outcome> out;
  Outcome all;
  bool judged = true;
  if (policy.applies) {
    const Value applies = evaluate(*policy.applies.expr, {.at = snapshot_.now()});
    judged = applies.is_true();
    if (applies.is_unknown()) all = {decision::Outcome::unknown, applies.fault()};
  }
  for (const CheckedRule& rule : policy.rules) out.push_back(judged ? judge_rule(policy, rule, where) : all);
  return out;
}

// ---- people ----

std::optional<std::string> Naive::name_in(std::uint32_t fact) const {
  const Value v = this->fact(fact);
  if (v.is_unknown()) return std::nullopt;
  return snapshot_.symbols().text(v.as_id());
}

std::optional<bool> Naive::is_of(const std::string& role, const std::string& person) const {
  for (const compiler::RoleInfo& info : checked_.roles) {
    if (info.name != role || !info.has_members) continue;
    if (info.fact == program::kNone) {
      return std::find(info.members.begin(), info.members.end(), person) != info.members.end();
    }
    const program::Type& type = checked_.facts[info.fact].type;
    if (type.kind == program::Kind::string) {
      const std::optional<std::string> name = name_in(info.fact);
      return name ? std::optional(*name == person) : std::nullopt;
    }
    const Value list = fact(info.fact);
    if (list.is_unknown()) return std::nullopt;
    bool doubtful = false;
    const std::vector<Value>& names = snapshot_.column(program_.row_tables[type.index].first_column);
    for (std::uint32_t i = list.first_row(); i < list.first_row() + list.row_count(); ++i) {
      if (names[i].is_unknown()) doubtful = true;
      else if (snapshot_.symbols().text(names[i].as_id()) == person) return true;
    }
    return doubtful ? std::nullopt : std::optional(false);
  }
  return true;
}

// Person by person: what did they say last, and does it count?
Naive::Outcome Naive::people_say(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause,
                                 const Stand& where) {
  const compiler::Approval& asked = clause.approval;
  const bool decides = rule.gate == program::Gate::decide;
  std::string service;
  for (std::uint32_t i = 0; i < checked_.facts.size(); ++i) {
    if (checked_.facts[i].path != "service") continue;
    const std::optional<std::string> name = name_in(i);
    if (!name) return {decision::Outcome::pending, Fault::none};
    service = *name;
  }
  std::string stage;
  if (rule.gate != program::Gate::none) stage = policy.rollouts[rule.rollout].stages[rule.first_stage].name;
  else if (rule.scope == Scope::rollout || rule.scope == Scope::stages) stage = policy.rollouts[rule.rollout].stages[*where.current].name;

  bool doubtful = false, refused = false, undone = false, held = false, not_applicable = false;
  std::map<std::string, std::vector<program::SignOff>> by_person;
  for (const program::SignOff& said : sign_offs_) {
    if (said.item != policy.rule_id(rule) || said.service != service || said.at > snapshot_.now()) continue;
    if (!stage.empty() && said.stage != stage) continue;
    const bool of_deciding = said.answer == program::Answer::proceed || said.answer == program::Answer::hold ||
                             said.answer == program::Answer::rollback;
    if (of_deciding != decides) continue;
    if (said.answer == program::Answer::not_applicable && !asked.or_not_applicable) continue;
    bool may = true;
    bool perhaps = false;
    for (const std::uint32_t other : asked.other_than) {
      const std::optional<std::string> name = name_in(other);
      if (!name) perhaps = true;
      else if (*name == said.by) may = false;
    }
    if (!may) continue;
    doubtful = doubtful || perhaps;
    if (said.role == asked.role) {
      const std::optional<bool> of_it = is_of(asked.role, said.by);
      if (!of_it) doubtful = true;
      else if (!*of_it) continue;
    }
    by_person[said.by].push_back(said);
  }
  std::uint32_t people = 0;
  for (auto& [person, all] : by_person) {
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    for (const program::SignOff& said : all) undone = undone || (said.role == asked.role && said.answer == program::Answer::rollback);
    const program::SignOff& last = all.back();
    if (!asked.role.empty() && last.role != asked.role) continue;
    const bool fresh = asked.within_seconds.is_zero() || shift(last.at, asked.within_seconds) >= snapshot_.now();
    switch (last.answer) {
      case program::Answer::refuse: refused = true; break;
      case program::Answer::hold: held = true; break;
      case program::Answer::rollback: break;
      case program::Answer::not_applicable: not_applicable = not_applicable || fresh; break;
      default: people += fresh ? 1 : 0;
    }
  }
  if (doubtful) return {decision::Outcome::unknown, Fault::missing};
  if (undone) return {decision::Outcome::fired, Fault::none};
  if (refused) return {decision::Outcome::fail, Fault::none};
  if (held) return {decision::Outcome::held, Fault::none};
  const bool enough = not_applicable || people >= asked.count;
  return {enough ? decision::Outcome::pass : decision::Outcome::pending, Fault::none};
}

bool Naive::is_waived(const CheckedPolicy& policy, const CheckedRule& rule) {
  for (const compiler::CheckedWaiver& waiver : policy.waivers) {
    const bool is_for = std::any_of(waiver.rules.begin(), waiver.rules.end(),
                                    [&](std::uint32_t r) { return &policy.rules[r] == &rule; });
    if (!is_for || program::time_to_decimal(snapshot_.now()) >= waiver.until) continue;
    if (!evaluate(*waiver.scope.expr, {.at = snapshot_.now()}).is_true()) continue;
    for (const std::string& role : waiver.roles) {
      if (is_of(role, waiver.by) == std::optional(true)) return true;
    }
  }
  return false;
}

Naive::Outcome Naive::judge_rule(const CheckedPolicy& policy, const CheckedRule& rule, const Stand& where) {
  const bool waived = is_waived(policy, rule);
  const Outcome out = judge_unwaived(policy, rule, where, waived);
  // What stopped the rule before its clauses.
  if (waived && out.outcome == decision::Outcome::unknown) return {decision::Outcome::waived, out.fault};
  return out;
}

Naive::Outcome Naive::judge_unwaived(const CheckedPolicy& policy, const CheckedRule& rule, const Stand& where, bool waived) {
  const Instant now = snapshot_.now();
  const std::optional<Instant> t = snapshot_.deployed_at();
  const bool begun = started(where);

  // Where all traffic is the candidate's, the stable version is what it was in the stage before.
  const auto freeze_stable = [&](std::size_t visit, Context& context) {
    context.stable_from = context.stable_to = 0;
    if (visit == 0 || policy.rollouts[*where.rollout].stages[where.visits[visit].stage].share != Decimal::from_int64(1)) return;
    context.stable_from = where.visits[visit - 1].begin;
    context.stable_to = where.visits[visit - 1].end;
  };
  Context here{.at = now};
  if (begun) {
    here.fresh_from = here.aggregates_from = t.value_or(vm::kBeginningOfTime);
    if (where.current) {
      const Visit& visit = where.visits.back();
      here.fresh_from = std::max(here.fresh_from, shift(visit.begin, policy.rollouts[*where.rollout].stages[visit.stage].settle_seconds));
      freeze_stable(where.visits.size() - 1, here);
    }
  }
  bool due = true;
  bool absent = false;
  bool undone = false;
  bool may_roll_back = begun;
  Value anchor_unknown;
  Instant latch_from = t.value_or(vm::kBeginningOfTime);
  Instant latch_to = now;
  Instant latch_floor = latch_from;
  std::uint32_t first_stage = 0;
  std::uint32_t last_stage = 0xFFFFFFFF;
  const bool of_rollout = rule.scope == Scope::rollout || rule.scope == Scope::stages;
  // Where it is not known which rollout is used, all that is known of a rule still counts.
  const bool undecided = of_rollout && where.choice_unknown.is_unknown();

  if (rule.scope == Scope::phase) {
    const CheckedPhase& phase = policy.phases[rule.phase];
    bool no_t = false;
    const auto time_of = [&](const CheckedAnchor& anchor, Value& unknown) -> std::optional<Instant> {
      no_t = false;
      if (anchor.from_deployment) {
        no_t = !t;
        return t ? std::optional(shift(*t, anchor.offset_seconds)) : std::nullopt;
      }
      const Value v = evaluate(*anchor.time.expr, {.at = now});
      std::int64_t ns = 0;
      if (!v.is_unknown() && program::decimal_to_time(v.as_number(), ns)) return ns;
      unknown = v.is_unknown() ? v : Value::unknown(Fault::overflow);
      return std::nullopt;
    };
    Value why;
    const std::optional<Instant> opens = time_of(phase.opens, why);
    const bool opens_without_t = !opens && no_t;
    if (!opens && !no_t) {
      if (why.is_absent()) absent = true;
      else anchor_unknown = why;
    }
    std::optional<Instant> closes;
    if (phase.closes) {
      Value why_not;
      closes = time_of(*phase.closes, why_not);
      if (!closes && !no_t && !why_not.is_absent() && !absent && !anchor_unknown.is_unknown()) anchor_unknown = why_not;
    } else if (opens && t && *opens < *t) {
      closes = t;
    }
    if (opens_without_t) due = phase.opens.offset_seconds.is_negative();
    else if (opens && now < *opens) due = false;
    else if (opens && phase.kind == program::PhaseKind::from && closes && *closes <= now) due = false;
    if (anchor_unknown.is_unknown()) due = true;

    const bool over = closes && *closes <= now;
    if (over && !anchor_unknown.is_unknown()) {
      here.at = here.until = *closes;
      if (t && *closes <= *t) here.fresh_from = here.aggregates_from = vm::kBeginningOfTime;
    }
    // After a rollback the stable version serves, and nothing of before counts.
    if (phase.after_rollback) {
      undone = true;
      here.bare = program::Track::stable;
      here.stable_from = here.stable_to = 0;
      if (opens) here.fresh_from = here.aggregates_from = *opens;
    }
    if (phase.kind == program::PhaseKind::during && opens && !anchor_unknown.is_unknown()) {
      here.fresh_from = std::max(here.fresh_from, *opens);
      here.aggregates_from = std::max(here.aggregates_from, *opens);
      if (closes) here.until = std::min(here.until, *closes);
    }
    may_roll_back = begun && !(over && t && *closes <= *t);
    if (opens) latch_from = std::max(latch_from, *opens);
    latch_to = here.at;
    if (phase.kind == program::PhaseKind::during || undone) latch_floor = latch_from;
    if (phase.only_if && due && !absent) {
      const Value v = evaluate(*phase.only_if.expr, here);
      if (v.is_false()) return {};
      if (v.is_unknown()) return {Outcome{decision::Outcome::unknown, v.fault()}};
    }
  }
  if (of_rollout) {
    if (rule.scope == Scope::stages) {
      first_stage = rule.first_stage;
      last_stage = rule.last_stage;
    }
    if (where.choice_unknown.is_unknown()) {
      may_roll_back = true;
      anchor_unknown = where.choice_unknown;
    } else if (where.rollout != rule.rollout) {
      return {};
    } else if (!begun) due = false;
    else if (!where.current) anchor_unknown = Value::unknown(Fault::no_stage);
    else if (*where.current < first_stage || *where.current > last_stage) due = false;
    if (rule.gate == program::Gate::enter && !where.choice_unknown.is_unknown()) {
      // Open at the stage itself, and where no stage for this release stands between it and the current one.
      bool next = where.current || !begun;
      for (std::uint32_t i = where.current ? *where.current + 1 : 0; i < first_stage && next; ++i) {
        const compiler::Condition& only_if = policy.rollouts[rule.rollout].stages[i].only_if;
        next = only_if && evaluate(*only_if.expr, {.at = now}).is_false();
      }
      const compiler::Condition& own = policy.rollouts[rule.rollout].stages[first_stage].only_if;
      if (own && evaluate(*own.expr, {.at = now}).is_false()) next = false;
      if (where.current && *where.current > first_stage) next = false;
      if (next || where.current == std::optional(first_stage)) {
        due = true;
        anchor_unknown = Value();
      }
    }
  }
  if (rule.scope == Scope::stages && rule.first_stage == rule.last_stage) {
    const compiler::CheckedStage& stage = policy.rollouts[rule.rollout].stages[rule.first_stage];
    const Value v = stage.only_if ? evaluate(*stage.only_if.expr, here) : Value::boolean(true);
    if (v.is_false()) return {};
    if (v.is_unknown() && due && !undecided) return {decision::Outcome::unknown, v.fault()};
  }
  if (rule.only_if && !absent) {
    const Value v = evaluate(*rule.only_if.expr, here);
    if (v.is_false()) return {};
    if (v.is_unknown() && due && !undecided) return {decision::Outcome::unknown, v.fault()};
  }

  Outcome gravest;
  for (std::size_t i = 0; i < rule.clauses.size(); ++i) {
    const CheckedClause& clause = rule.clauses[i];
    Outcome out;
    const auto judged_now = [&]() -> Outcome {
      const bool undoes = clause.verb == Verb::rollback;
      if (absent || !due) return {};
      const bool from_t_on = undoes || (rule.scope == Scope::policy && clause.condition && clause.condition.reads_metrics);
      if (from_t_on && !may_roll_back) return {};
      if (anchor_unknown.is_unknown()) return {decision::Outcome::unknown, anchor_unknown.fault()};
      if (clause.verb == Verb::confirm) return people_say(policy, rule, clause, where);
      const Value v = evaluate(*clause.condition.expr, here);
      if (!v.is_unknown()) {
        switch (clause.verb) {
          case Verb::require:
            if (v.is_true()) return {decision::Outcome::pass, Fault::none};
            return {clause.or_rollback && may_roll_back ? decision::Outcome::fired : decision::Outcome::fail, Fault::none};
          case Verb::warn: return {v.is_true() ? decision::Outcome::warn : decision::Outcome::pass, Fault::none};
          case Verb::hold: return {v.is_true() ? decision::Outcome::held : decision::Outcome::pass, Fault::none};
          default: return {v.is_true() ? decision::Outcome::fired : decision::Outcome::pass, Fault::none};
        }
      }
      Missing answer = clause.if_missing;
      const bool of_baseline = v.fault() == Fault::zero_baseline ||
          (v.born().kind == program::BirthKind::input &&
           program_.inputs[v.born().index].kind == program::InputKind::baseline) ||
          (v.born().kind == program::BirthKind::series && v.born().index % program::kTrackCount == 2) ||
          (v.born().kind == program::BirthKind::series && v.born().index % program::kTrackCount == 1 &&
           here.bare == program::Track::candidate);
      program::Decimal grace = clause.missing_for_seconds;
      if (of_baseline) {
        answer = clause.if_baseline_missing;
        grace = clause.baseline_missing_for_seconds;
      } else if (v.fault() == Fault::empty_list) {
        answer = clause.if_empty;
        grace = {};
      }
      if (!grace.is_zero()) {
        Instant since = here.fresh_from;
        if (clause.condition.base_metric != program::kNone) {
          for (const Instant at : find(clause.condition.base_metric, here.bare, false, here).series->times) {
            if (at < here.fresh_from || at > here.at) continue;
            Context then = here;
            then.at = at;
            if (!evaluate(*clause.condition.expr, then).is_unknown()) since = at;
          }
        }
        if (shift(since, grace) > here.at) answer = Missing::unknown;
      }
      if (answer != Missing::unknown) return {answer_outcome(answer), v.fault()};
      return {clause.verb == Verb::warn ? decision::Outcome::warn : decision::Outcome::unknown, v.fault()};
    };
    const auto fired_before = [&] {
      if (clause.verb != Verb::rollback && !clause.or_rollback) return false;
      if (!may_roll_back || absent || clause.condition.base_metric == program::kNone) return false;
      for (const Instant at : find(clause.condition.base_metric, here.bare, false, here).series->times) {
        if (at < latch_from || at > std::min(latch_to, here.until)) continue;
        Context then = here;
        then.at = at;
        then.fresh_from = latch_floor;
        then.aggregates_from = rule.scope == Scope::phase ? std::max(latch_floor, here.aggregates_from) : latch_floor;
        const Visit* visit = nullptr;
        then.stable_from = then.stable_to = 0;
        for (std::size_t v = 0; v < where.visits.size(); ++v) {
          if (undone || where.visits[v].begin > at || at >= where.visits[v].end) continue;
          visit = &where.visits[v];
          freeze_stable(v, then);
        }
        if (visit != nullptr) {
          if (of_rollout && (visit->stage < first_stage || visit->stage > last_stage)) continue;
          then.fresh_from = std::max(latch_floor, shift(visit->begin, policy.rollouts[*where.rollout].stages[visit->stage].settle_seconds));
          if (at < then.fresh_from) continue;
        } else if (of_rollout) {
          continue;
        }
        const Value v = evaluate(*clause.condition.expr, then);
        if (clause.verb == Verb::rollback ? v.is_true() : v.is_false()) return true;
      }
      return false;
    };
    // A person's decision to roll back stays, wherever the rollout stands now.
    const bool undone = rule.gate == program::Gate::decide && may_roll_back &&
                        people_say(policy, rule, clause, where).outcome == decision::Outcome::fired;
    const auto judged = [&] {
      return undone || fired_before() ? Outcome{decision::Outcome::fired, Fault::none} : judged_now();
    };
    if (rule.each == program::kNone) {
      out = judged();
    } else {
      // The gravest of all series; one that is none yet, or none any more, only counts if it fired before.
      std::vector<Outcome> all;
      for (const std::uint32_t member : members_of(rule.each)) {
        here.member = member;
        const bool is_one = is_member(rule.each, false, here);
        if (is_one || fired_before()) all.push_back(is_one ? judged() : Outcome{decision::Outcome::fired, Fault::none});
      }
      here.member = program::kNone;
      if (all.empty()) all.push_back(judged());
      out = *std::max_element(all.begin(), all.end(), [](const Outcome& a, const Outcome& b) {
        return graveness(a.outcome) < graveness(b.outcome);
      });
    }
    const bool to_waive = out.outcome == decision::Outcome::fail || out.outcome == decision::Outcome::unknown ||
                          out.outcome == decision::Outcome::pending;
    if (waived && to_waive) out.outcome = decision::Outcome::waived;
    if (i == 0 || graveness(out.outcome) > graveness(gravest.outcome)) gravest = out;
  }
  return gravest;
}

}  // namespace dpol::test
