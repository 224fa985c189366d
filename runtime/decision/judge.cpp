#include "runtime/decision/judge.h"

#include <algorithm>
#include <cassert>

#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::Clause;
using program::kNone;
using program::Policy;
using program::Rule;
using program::Scope;
using program::Value;
using program::Verb;
using vm::Context;
using vm::Instant;

// When a rule is judged: now, and for latches over which stretch of the past.
struct Judge::Due {
  Skip skip = Skip::none;                 // none: due now
  std::optional<Instant> due_at;
  Context now;                            // context of a judgement now
  bool may_roll_back = false;             // T has come
  // Latches look at the instants in [latch_from, latch_to]; `in_visits`: only while a stage in
  // [first_stage, last_stage] was current.
  Instant latch_from = vm::kBeginningOfTime;
  Instant latch_to = vm::kBeginningOfTime - 1;
  bool in_visits = false;
  std::uint32_t first_stage = 0;
  std::uint32_t last_stage = 0;
  Value unknown;                          // of a phase whose anchor is unknown
  program::BlockId blamed = kNone;
  bool undecided = false;                 // it is not known which rollout is used
};

bool is_not_due(Skip skip) { return skip >= Skip::phase_not_open; }

Decision effect(Outcome outcome, bool strict) {
  switch (outcome) {
    case Outcome::pass:
    case Outcome::waived:
    case Outcome::skipped:
      return Decision::go;
    case Outcome::warn:
      return strict ? Decision::hold : Decision::go;
    case Outcome::held:
    case Outcome::pending:
    case Outcome::unknown:
      return Decision::hold;
    case Outcome::fail:
      return Decision::no_go;
    case Outcome::fired:
      return Decision::rollback;
  }
  return Decision::hold;
}

int gravity(Outcome outcome) {
  switch (outcome) {
    case Outcome::skipped: return 0;
    case Outcome::pass: return 1;
    case Outcome::waived: return 2;
    case Outcome::warn: return 3;
    case Outcome::pending: return 4;
    case Outcome::held: return 5;
    case Outcome::unknown: return 6;
    case Outcome::fail: return 7;
    case Outcome::fired: return 8;
  }
  return 0;
}

namespace {

Outcome outcome_of(program::Missing missing) {
  switch (missing) {
    case program::Missing::unknown: return Outcome::unknown;
    case program::Missing::pass: return Outcome::pass;
    case program::Missing::warn: return Outcome::warn;
    case program::Missing::hold: return Outcome::held;
    case program::Missing::fail: return Outcome::fail;
    case program::Missing::rollback: return Outcome::fired;
  }
  return Outcome::unknown;
}

// The instant from which conditions at `at` see samples: a stage begins afresh.
Instant fresh_from(const program::Rollout& rollout, const Visit& visit, Instant floor) {
  return std::max(floor, plus(visit.begin, rollout.stages[visit.stage].settle_seconds));
}

// Once all traffic is the candidate's, `stable` is what it was in the stage before.
void freeze_stable(const program::Rollout& rollout, const std::vector<Visit>& visits, std::size_t visit,
                   Context& context) {
  const std::optional<program::Decimal>& share = rollout.stages[visits[visit].stage].share;
  if (visit == 0 || share != program::Decimal::from_int64(1)) return;
  context.stable_from = visits[visit - 1].begin;
  context.stable_to = visits[visit - 1].end;
}

}  // namespace

Judge::Judge(vm::Machine& machine) : machine_(machine), program_(machine.program()) {}

// The first choice whose condition holds. Where it is not known whether one does, the rest may still
// lead to the same rollout.
ChoiceJudgement Judge::choose(const Policy& policy) {
  ChoiceJudgement result;
  if (policy.strategy.empty()) {
    if (policy.rollouts.size() == 1) result.rollout = 0;
    return result;
  }
  const Context context{.at = machine_.snapshot().now()};
  for (std::uint32_t i = 0; i < policy.strategy.size(); ++i) {
    const program::Choice& choice = policy.strategy[i];
    const Value holds = choice.condition == kNone ? Value::boolean(true) : machine_.run(choice.condition, context);
    if (holds.is_false()) continue;
    if (result.is_unknown() && choice.rollout != policy.strategy[result.choice].rollout) return result;
    if (!result.is_unknown()) result.choice = i;
    if (holds.is_unknown()) {
      if (!result.is_unknown()) result.unknown = holds;
      continue;
    }
    result.choice = i;
    result.rollout = choice.rollout;
    result.unknown = {};
    return result;
  }
  return result;
}

const program::Rollout& Judge::followed(std::size_t policy) const {
  return program_.policies[policy].rollouts[chosen_rollout(policy)];
}

bool Judge::is_trial(bool trial, const std::optional<program::Decimal>& until) const {
  return trial && (!until || program::time_to_decimal(machine_.snapshot().now()) < *until);
}

bool Judge::on_trial(std::size_t policy) const {
  return is_trial(program_.policies[policy].trial, program_.policies[policy].trial_until);
}

bool Judge::on_trial(std::size_t policy, std::size_t rule) const {
  const Rule& r = program_.policies[policy].rules[rule];
  return on_trial(policy) || is_trial(r.trial, r.trial_until);
}

std::uint32_t Judge::next_stage(std::size_t policy) const {
  const RolloutTimeline& timeline = rollouts_[policy];
  if (timeline.current == kNone) return kNone;
  return stage_from(policy, timeline.current + 1);
}

// The first stage from there on that is for this release.
std::uint32_t Judge::stage_from(std::size_t policy, std::uint32_t first) const {
  const std::vector<program::Stage>& stages = followed(policy).stages;
  for (std::uint32_t i = first; i < stages.size(); ++i) {
    if (stages[i].only_if == kNone) return i;
    if (!machine_.run(stages[i].only_if, {.at = machine_.snapshot().now()}).is_false()) return i;
  }
  return kNone;
}

void Judge::load(const Options& options, std::vector<program::SignOff> sign_offs) {
  options_ = options;
  sign_offs_ = std::move(sign_offs);
  tallies_.assign(program_.policies.size(), {});
  waivers_.assign(program_.policies.size(), {});
  waived_by_.assign(program_.policies.size(), {});
  const People people(program_, machine_.snapshot(), sign_offs_);
  release_ = people.release();
  policies_.assign(program_.policies.size(), {});
  rollouts_.assign(program_.policies.size(), {});
  for (std::size_t i = 0; i < program_.policies.size(); ++i) {
    const Policy& policy = program_.policies[i];
    policies_[i].rules.assign(policy.rules.size(), {});
    policies_[i].phases.assign(policy.phases.size(), {});
    policies_[i].choice = choose(policy);
    if (chosen_rollout(i) != kNone) {
      rollouts_[i] = rollout_timeline(program_, followed(i), machine_.snapshot());
    }
    load_people(i, people);
  }
}

// Nothing of what people say changes while it is judged.
void Judge::load_people(std::size_t policy, const People& people) {
  const Policy& p = program_.policies[policy];
  tallies_[policy].assign(p.rules.size(), {});
  for (std::size_t r = 0; r < p.rules.size(); ++r) {
    const Rule& rule = p.rules[r];
    const bool of_stage = rule.scope == Scope::rollout || rule.scope == Scope::stages;
    const bool followed = rule.rollout == chosen_rollout(policy);
    const std::uint32_t stage = rule.gate != program::Gate::none ? rule.first_stage
                                : followed                       ? rollouts_[policy].current
                                                                 : kNone;
    const bool known = of_stage && stage != kNone;
    const std::string& name = known ? program_.text(p.rollouts[rule.rollout].stages[stage].name) : program_.text(kNone);
    tallies_[policy][r].assign(rule.clauses.size(), {});
    for (std::size_t c = 0; c < rule.clauses.size(); ++c) {
      if (rule.clauses[c].verb != Verb::confirm || (of_stage && !known)) continue;
      tallies_[policy][r][c] = people.tally(rule, rule.clauses[c], name);
    }
  }
  waived_by_[policy].assign(p.rules.size(), kNone);
  for (std::uint32_t w = 0; w < p.waivers.size(); ++w) {
    waivers_[policy].push_back(waiver_state(p.waivers[w], machine_));
    if (waivers_[policy].back() != WaiverState::valid) continue;
    for (const std::uint32_t rule : p.waivers[w].rules) waived_by_[policy][rule] = w;
  }
}

void Judge::judge() {
  for (std::size_t i = 0; i < policies_.size(); ++i) judge_policy(i);
}

// T has come, or somebody said that a stage is current.
bool Judge::started(std::size_t policy) const {
  const vm::Snapshot& snapshot = machine_.snapshot();
  if (snapshot.deployed_at()) return snapshot.now() >= *snapshot.deployed_at();
  return rollouts_[policy].current != kNone;
}

Context Judge::now_context(std::size_t policy) const {
  const vm::Snapshot& snapshot = machine_.snapshot();
  Context context{.at = snapshot.now()};
  if (!started(policy)) return context;
  const Instant floor = snapshot.deployed_at().value_or(vm::kBeginningOfTime);
  context.fresh_from = floor;
  context.aggregates_from = floor;
  const RolloutTimeline& timeline = rollouts_[policy];
  if (timeline.current != kNone) {
    const program::Rollout& rollout = followed(policy);
    context.fresh_from = fresh_from(rollout, timeline.visits.back(), floor);
    freeze_stable(rollout, timeline.visits, timeline.visits.size() - 1, context);
  }
  return context;
}

// ---- when is a rule due? ----

Judge::Due Judge::due(std::size_t policy, const Rule& rule) const {
  switch (rule.scope) {
    case Scope::phase:
      return phase_due(policy, rule);
    case Scope::rollout:
    case Scope::stages:
      return stage_due(policy, rule);
    case Scope::policy:
      break;
  }
  Due due;
  due.now = now_context(policy);
  due.may_roll_back = started(policy);
  due.latch_from = machine_.snapshot().deployed_at().value_or(vm::kBeginningOfTime);
  due.latch_to = machine_.snapshot().now();
  return due;
}

Judge::Due Judge::phase_due(std::size_t policy, const Rule& rule) const {
  const program::Phase& phase = program_.policies[policy].phases[rule.phase];
  const PhaseTime& time = policies_[policy].phases[rule.phase];
  const Instant now = machine_.snapshot().now();
  Due due;
  switch (time.state) {
    case PhaseState::open: break;
    case PhaseState::not_open: due.skip = Skip::phase_not_open; break;
    case PhaseState::closed: due.skip = Skip::phase_closed; break;
    case PhaseState::no_anchor: due.skip = Skip::no_anchor; break;
    case PhaseState::no_deployment_time: due.skip = Skip::no_deployment_time; break;
    case PhaseState::unknown: break;
  }
  if (due.skip == Skip::phase_not_open) due.due_at = time.opens;
  due.unknown = time.unknown;
  due.blamed = time.blamed;
  due.now = now_context(policy);
  const bool over = time.closes && *time.closes <= now;
  const std::optional<Instant> deployed_at = machine_.snapshot().deployed_at();
  const bool before_start = over && deployed_at && *time.closes <= *deployed_at;
  if (over) {
    // Judged as of its end: what came later is no part of it. A phase before T saw the release before.
    due.now.at = *time.closes;
    due.now.until = *time.closes;
    if (before_start) {
      due.now.fresh_from = vm::kBeginningOfTime;
      due.now.aggregates_from = vm::kBeginningOfTime;
    }
  }
  if (phase.after_rollback) {
    // The release is undone, and its stages with it: what runs now is the stable version, seen afresh.
    due.now.bare = program::Track::stable;
    due.now.stable_from = due.now.stable_to = 0;
    if (time.opens) due.now.fresh_from = due.now.aggregates_from = *time.opens;
  }
  if (phase.kind == program::PhaseKind::during && time.opens) {
    due.now.fresh_from = std::max(due.now.fresh_from, *time.opens);
    due.now.aggregates_from = std::max(due.now.aggregates_from, *time.opens);
    if (time.closes) due.now.until = std::min(due.now.until, *time.closes);
  }
  due.may_roll_back = started(policy) && !before_start;
  due.latch_from = std::max(deployed_at.value_or(vm::kBeginningOfTime),
                            time.opens.value_or(vm::kBeginningOfTime));
  due.latch_to = due.now.at;
  return due;
}

Judge::Due Judge::stage_due(std::size_t policy, const Rule& rule) const {
  const RolloutTimeline& timeline = rollouts_[policy];
  const bool every_stage = rule.scope == Scope::rollout;
  Due due;
  due.now = now_context(policy);
  due.may_roll_back = started(policy);
  due.in_visits = true;
  due.first_stage = every_stage ? 0 : rule.first_stage;
  due.last_stage = every_stage ? kNone : rule.last_stage;
  due.latch_from = machine_.snapshot().deployed_at().value_or(vm::kBeginningOfTime);
  due.latch_to = machine_.snapshot().now();
  const ChoiceJudgement& choice = policies_[policy].choice;
  if (choice.is_unknown()) {
    due.unknown = choice.unknown;
    due.blamed = program_.policies[policy].strategy[choice.choice].condition;
    due.may_roll_back = true;  // not known either, and held for that
    due.undecided = true;
  } else if (choice.rollout != rule.rollout) {
    due.skip = Skip::rollout_not_chosen;
    due.may_roll_back = false;
  } else if (rule.gate == program::Gate::enter && gate_open(policy, rule)) {
    return due;
  } else if (!started(policy)) {
    due.skip = machine_.snapshot().deployed_at() ? Skip::before_deployment : Skip::no_deployment_time;
    due.due_at = machine_.snapshot().deployed_at();
  } else if (timeline.current == kNone) {
    due.unknown = Value::unknown(program::Fault::no_stage);
  } else if (timeline.current < due.first_stage) {
    due.skip = Skip::stage_not_reached;
  } else if (timeline.current > due.last_stage) {
    due.skip = Skip::stage_over;
  }
  return due;
}

Standing Judge::standing(std::size_t policy, const program::Message& message) const {
  Rule spot;
  spot.scope = message.scope;
  spot.phase = message.phase;
  spot.rollout = message.rollout;
  spot.first_stage = message.first_stage;
  spot.last_stage = message.last_stage;
  const Due here = due(policy, spot);
  return {.skip = here.skip, .due_at = here.due_at, .unknown = here.unknown, .blamed = here.blamed, .context = here.now};
}

// Whoever goes to a stage is asked before, in the stage before it, and as long as it lasts.
bool Judge::gate_open(std::size_t policy, const Rule& rule) const {
  const std::uint32_t current = rollouts_[policy].current;
  if (current == rule.first_stage) return true;
  if (current != kNone) return next_stage(policy) == rule.first_stage;
  return !started(policy) && stage_from(policy, 0) == rule.first_stage;
}

// ---- one rule ----

void Judge::waive(std::size_t policy, std::size_t rule, RuleJudgement& judgement) const {
  const std::uint32_t waiver = waived_by_[policy][rule];
  if (waiver == kNone) return;
  const Outcome outcome = judgement.outcome;
  if (outcome != Outcome::fail && outcome != Outcome::unknown && outcome != Outcome::pending) return;
  judgement.outcome = Outcome::waived;
  judgement.waived = outcome;
  judgement.waiver = waiver;
}

RuleJudgement Judge::judge_sign_offs(const Tally& tally, RuleJudgement result) const {
  result.outcome = tally.outcome;
  result.by_people = true;
  if (tally.outcome == Outcome::unknown) result.value = tally.unknown;
  return result;
}

// What stands around the clauses: of its phase, of its stage or of the rule itself an `only if`.
bool Judge::is_set_aside(std::size_t policy, std::size_t index, const Due& due, RuleJudgement& result) const {
  const Rule& rule = program_.policies[policy].rules[index];
  const auto ends = [&](program::BlockId only_if, Value value, Skip skip) {
    result = {.outcome = value.is_false() ? Outcome::skipped : Outcome::unknown,
              .skip = value.is_false() ? skip : Skip::none,
              .block = only_if, .value = value, .context = due.now};
    waive(policy, index, result);
    return true;
  };
  if (rule.scope == Scope::phase) {
    const program::BlockId only_if = program_.policies[policy].phases[rule.phase].only_if;
    if (only_if != kNone && !is_not_due(due.skip) && due.skip != Skip::no_anchor) {
      const Value value = machine_.run(only_if, due.now);
      if (!value.is_true()) return ends(only_if, value, Skip::phase_not_applicable);
    }
  }
  // What is not due yet is not asked whether it applies: the answer may still come.
  const auto says_no = [&](Value value) {
    return value.is_false() || (value.is_unknown() && due.skip == Skip::none && !due.undecided);
  };
  if (rule.scope == Scope::stages && rule.first_stage == rule.last_stage && due.skip != Skip::rollout_not_chosen) {
    const program::BlockId only_if =
        program_.policies[policy].rollouts[rule.rollout].stages[rule.first_stage].only_if;
    const Value value = only_if == kNone ? Value::boolean(true) : machine_.run(only_if, due.now);
    if (says_no(value)) return ends(only_if, value, Skip::only_if);
  }
  if (rule.only_if != kNone && due.skip != Skip::no_anchor && due.skip != Skip::rollout_not_chosen) {
    const Value value = machine_.run(rule.only_if, due.now);
    if (says_no(value)) return ends(rule.only_if, value, Skip::only_if);
  }
  return false;
}

std::vector<RuleJudgement> Judge::clauses(std::size_t policy, std::size_t rule) const {
  std::vector<RuleJudgement> judged;
  const Due due = this->due(policy, program_.policies[policy].rules[rule]);
  RuleJudgement around;
  if (is_set_aside(policy, rule, due, around)) return judged;
  const std::size_t count = program_.policies[policy].rules[rule].clauses.size();
  for (std::uint32_t i = 0; i < count; ++i) {
    judged.push_back(judge_clause(policy, rule, i, due));
    waive(policy, rule, judged.back());
  }
  return judged;
}

void Judge::judge_rule(std::size_t policy, std::size_t index) {
  const Rule& rule = program_.policies[policy].rules[index];
  RuleJudgement& result = policies_[policy].rules[index];
  result = {};
  const Due due = this->due(policy, rule);
  if (is_set_aside(policy, index, due, result)) return;
  // What is waived is told of the rule, also where another of its clauses speaks for it.
  std::uint32_t waiver = kNone;
  Outcome waived = Outcome::pass;
  for (std::uint32_t i = 0; i < rule.clauses.size(); ++i) {
    RuleJudgement clause = judge_clause(policy, index, i, due);
    waive(policy, index, clause);
    if (clause.waiver != kNone && (waiver == kNone || gravity(clause.waived) > gravity(waived))) {
      waiver = clause.waiver;
      waived = clause.waived;
    }
    if (i == 0 || gravity(clause.outcome) > gravity(result.outcome)) result = clause;
  }
  result.waiver = waiver;
  result.waived = waived;
}

RuleJudgement Judge::judge_clause(std::size_t policy, std::size_t rule, std::uint32_t index, const Due& due) const {
  const bool each = program_.policies[policy].rules[rule].each != kNone;
  return each ? judge_each(policy, rule, index, due) : judge_series(policy, rule, index, due);
}

// The gravest outcome of all series; of several alike that of the first. One that nobody has seen yet,
// or that is gone, is not judged; but what it fired stays fired.
RuleJudgement Judge::judge_each(std::size_t policy, std::size_t rule_index, std::uint32_t index, const Due& due) const {
  const Rule& rule = program_.policies[policy].rules[rule_index];
  const Clause& clause = rule.clauses[index];
  const auto [first, last] = machine_.snapshot().members_of(program_.metrics[rule.each].label_set);
  RuleJudgement gravest;
  std::uint32_t judged = 0;
  for (std::uint32_t member = first; member < last; ++member) {
    Due of_series = due;
    of_series.now.member = member;
    RuleJudgement result{.clause = index, .block = clause.condition, .context = of_series.now};
    if (machine_.is_member(rule.each * program::kTrackCount, of_series.now)) {
      result = judge_series(policy, rule_index, index, of_series);
    } else if (!latch(policy, rule, clause, of_series, result)) {
      continue;
    }
    if (judged++ == 0 || gravity(result.outcome) > gravity(gravest.outcome)) gravest = result;
    if (result.outcome != gravest.outcome) continue;
    if (gravest.series_alike < kMostSeriesNamed) gravest.series[gravest.series_alike] = member;
    ++gravest.series_alike;
  }
  // Without any series there is nothing to be known of them.
  if (judged == 0) gravest = judge_series(policy, rule_index, index, due);
  gravest.series_judged = judged;
  return gravest;
}

RuleJudgement Judge::judge_series(std::size_t policy, std::size_t rule_index, std::uint32_t index, const Due& due) const {
  const Rule& rule = program_.policies[policy].rules[rule_index];
  const Clause& clause = rule.clauses[index];
  const bool undoes = clause.verb == Verb::rollback;
  RuleJudgement result{.clause = index, .block = clause.condition, .context = due.now};
  if (latch(policy, rule, clause, due, result)) return result;
  const Tally& tally = tallies_[policy][rule_index][index];
  // A person's decision to roll back stays, too.
  if (tally.outcome == Outcome::fired && due.may_roll_back) return judge_sign_offs(tally, result);
  result.skip = due.skip;
  result.due_at = due.due_at;
  if (result.skip != Skip::none) return result;
  const bool needs_start =
      undoes || (rule.scope == Scope::policy && clause.condition != kNone &&
                 program_.blocks[clause.condition].reads_metrics);
  if (needs_start && !due.may_roll_back) {
    const std::optional<Instant> deployed_at = machine_.snapshot().deployed_at();
    result.skip = deployed_at ? Skip::before_deployment : Skip::no_deployment_time;
    if (deployed_at && *deployed_at > machine_.snapshot().now()) result.due_at = deployed_at;
    return result;
  }
  if (due.unknown.is_unknown()) {
    result.outcome = Outcome::unknown;
    result.value = due.unknown;
    result.block = due.blamed;
    return result;
  }
  if (clause.verb == Verb::confirm) return judge_sign_offs(tally, result);
  RuleJudgement judged = judge_condition(clause, due.now);
  judged.clause = index;
  const bool broken = judged.outcome == Outcome::fail && !judged.answered_for_missing;
  if (broken && clause.or_rollback && due.may_roll_back) judged.outcome = Outcome::fired;
  return judged;
}

RuleJudgement Judge::judge_condition(const Clause& clause, const Context& context) const {
  RuleJudgement result{.block = clause.condition, .value = machine_.run(clause.condition, context), .context = context};
  const bool holds = result.value.is_true();
  if (result.value.is_unknown()) {
    result.outcome = clause.verb == Verb::warn ? Outcome::warn : Outcome::unknown;
    answer_missing(clause, result);
    return result;
  }
  switch (clause.verb) {
    case Verb::require: result.outcome = holds ? Outcome::pass : Outcome::fail; break;
    case Verb::warn: result.outcome = holds ? Outcome::warn : Outcome::pass; break;
    case Verb::hold: result.outcome = holds ? Outcome::held : Outcome::pass; break;
    case Verb::rollback: result.outcome = holds ? Outcome::fired : Outcome::pass; break;
    case Verb::confirm: assert(false); break;
  }
  return result;
}

// ---- what is missing ----

// `if baseline missing` answers for what is compared with, baseline or stable version, `if empty` for a list, `if missing` for the rest.
void Judge::answer_missing(const Clause& clause, RuleJudgement& result) const {
  const program::Birthplace born = result.value.born();
  const bool of_baseline = born.kind == program::BirthKind::series &&
                           born.index % program::kTrackCount == static_cast<std::uint32_t>(program::Track::baseline);
  const bool of_input = of_baseline || (born.kind == program::BirthKind::input &&
                                        program_.inputs[born.index].kind == program::InputKind::baseline);
  const bool of_stable = born.kind == program::BirthKind::series && result.context.bare == program::Track::candidate &&
                         born.index % program::kTrackCount == static_cast<std::uint32_t>(program::Track::stable);
  program::Missing answer = clause.if_missing;
  const bool of_reference = of_input || of_stable || result.value.fault() == program::Fault::zero_baseline;
  program::Decimal grace = clause.missing_for_seconds;
  if (of_reference) {
    answer = clause.if_baseline_missing;
    grace = clause.baseline_missing_for_seconds;
  } else if (result.value.fault() == program::Fault::empty_list) {
    answer = clause.if_empty;
    grace = {};
  }
  if (answer == program::Missing::unknown || !missing_long_enough(clause, grace, result.context)) return;
  result.outcome = outcome_of(answer);
  result.answered_for_missing = true;
}

bool Judge::missing_long_enough(const Clause& clause, program::Decimal grace, const Context& context) const {
  if (grace.is_zero()) return true;
  Instant since = context.fresh_from;
  const std::uint32_t metric = program_.blocks[clause.condition].base_metric;
  if (metric != kNone) {
    const vm::Machine::Span span =
        machine_.instants(metric, context.bare, context.fresh_from, context.at, context.member);
    const vm::Snapshot& snapshot = machine_.snapshot();
    const vm::Series& series = snapshot.series(snapshot.series_index(metric, context.bare, context.member, false));
    for (std::size_t i = span.last; i > span.first; --i) {
      Context then = context;
      then.at = series.times[i - 1];
      if (machine_.run(clause.condition, then).is_unknown()) continue;
      since = then.at;
      break;
    }
  }
  return plus(since, grace) <= context.at;
}

// ---- latches ----

bool Judge::fires(const Clause& clause, const Context& context, RuleJudgement& result) const {
  const Value value = machine_.run(clause.condition, context);
  const bool broken = clause.verb == Verb::rollback ? value.is_true() : value.is_false();
  if (!broken) return false;
  result.outcome = Outcome::fired;
  result.skip = Skip::none;
  result.value = value;
  result.context = context;
  result.latched = true;
  return true;
}

// Judges a clause that rolls back at every sample instant of the past; the first that fires stands.
bool Judge::latch(std::size_t policy, const Rule& rule, const Clause& clause, const Due& due, RuleJudgement& result) const {
  const bool rolls_back = clause.verb == Verb::rollback || clause.or_rollback;
  if (!rolls_back || !due.may_roll_back) return false;
  const std::uint32_t metric = program_.blocks[clause.condition].base_metric;
  if (metric == kNone || due.skip == Skip::no_anchor) return false;
  const Policy& p = program_.policies[policy];
  const RolloutTimeline& timeline = rollouts_[policy];
  const Instant to = std::min(due.latch_to, due.now.until);
  const vm::Machine::Span span = machine_.instants(metric, due.now.bare, due.latch_from, to, due.now.member);
  const vm::Series& series = machine_.snapshot().series(
      machine_.snapshot().series_index(metric, due.now.bare, due.now.member, false));
  const bool undone = rule.scope == Scope::phase && p.phases[rule.phase].after_rollback;
  const bool during = rule.scope == Scope::phase && p.phases[rule.phase].kind == program::PhaseKind::during;
  const Instant floor = undone || during
                            ? due.latch_from
                            : machine_.snapshot().deployed_at().value_or(vm::kBeginningOfTime);
  std::size_t visit = 0;
  for (std::size_t i = span.first; i < span.last; ++i) {
    const Instant at = series.times[i];
    while (visit < timeline.visits.size() && timeline.visits[visit].end <= at) ++visit;
    const bool inside = !undone && visit < timeline.visits.size() && timeline.visits[visit].begin <= at;
    Context context = due.now;
    context.at = at;
    context.fresh_from = floor;
    context.stable_from = 0;
    context.stable_to = 0;
    context.aggregates_from = std::max(floor, rule.scope == Scope::phase ? context.aggregates_from : floor);
    if (inside) {
      const Visit& v = timeline.visits[visit];
      if (due.in_visits && (v.stage < due.first_stage || v.stage > due.last_stage)) continue;
      context.fresh_from = fresh_from(followed(policy), v, floor);
      freeze_stable(followed(policy), timeline.visits, visit, context);
      if (at < context.fresh_from) continue;
    } else if (due.in_visits) {
      continue;
    }
    if (fires(clause, context, result)) return true;
  }
  return false;
}

// ---- stage and decision ----

void Judge::judge_stage(std::size_t policy) {
  StageJudgement& result = policies_[policy].stage;
  result = {};
  if (chosen_rollout(policy) == kNone || !started(policy)) return;
  const RolloutTimeline& timeline = rollouts_[policy];
  result.judged = true;
  if (timeline.current == kNone) {
    result.outcome = Outcome::unknown;
    result.fault = program::Fault::no_stage;
    return;
  }
  const program::Stage& stage = followed(policy).stages[timeline.current];
  if (!stage.bake_seconds && !stage.at_most_seconds) return;
  if (!timeline.began) {
    result.outcome = Outcome::unknown;
    result.fault = program::Fault::no_stage_time;
    return;
  }
  if (stage.bake_seconds) result.baked_at = plus(*timeline.began, *stage.bake_seconds);
  if (stage.at_most_seconds) result.limit_at = plus(*timeline.began, *stage.at_most_seconds);
  if (result.baked_at && machine_.snapshot().now() < *result.baked_at) result.outcome = Outcome::held;
}

bool Judge::policy_applies(std::size_t policy) {
  const program::BlockId block = program_.policies[policy].applies;
  if (block == kNone) return true;
  PolicyJudgement& judgement = policies_[policy];
  const Context context{.at = machine_.snapshot().now()};
  const Value value = machine_.run(block, context);
  if (value.is_true()) return true;
  for (RuleJudgement& rule : judgement.rules) {
    rule = {.outcome = value.is_false() ? Outcome::skipped : Outcome::unknown,
            .skip = value.is_false() ? Skip::policy_not_applicable : Skip::none,
            .block = block, .value = value, .context = context};
  }
  judgement.policy_not_applicable = value.is_false();
  return false;
}

void Judge::judge_policy(std::size_t policy) {
  const Policy& p = program_.policies[policy];
  PolicyJudgement& judgement = policies_[policy];
  judgement.policy_not_applicable = false;
  judgement.stage = {};
  if (policy_applies(policy)) {
    for (std::size_t i = 0; i < p.phases.size(); ++i) {
      const bool forced = std::find(options_.phases.begin(), options_.phases.end(),
                                    program_.text(p.phases[i].name)) != options_.phases.end();
      judgement.phases[i] = phase_time(p.phases[i], machine_, forced);
      if (options_.closed_phases && judgement.phases[i].state == PhaseState::closed)
        judgement.phases[i] = phase_time(p.phases[i], machine_, true);
    }
    for (std::size_t i = 0; i < p.rules.size(); ++i) judge_rule(policy, i);
    judge_stage(policy);
  }
  decide(policy);
}

void Judge::decide(std::size_t policy) {
  const Policy& p = program_.policies[policy];
  PolicyJudgement& judgement = policies_[policy];
  Decision gravest = Decision::go;
  // A rollout that is followed is for this release, due or not.
  bool applies = judgement.stage.judged || judgement.choice.is_unknown() || (!p.strategy.empty() && judgement.choice.rollout != kNone);
  bool due = judgement.stage.judged || judgement.choice.is_unknown();
  if (judgement.choice.is_unknown()) gravest = Decision::hold;
  for (std::size_t i = 0; i < p.rules.size(); ++i) {
    const RuleJudgement& rule = judgement.rules[i];
    applies = applies || rule.outcome != Outcome::skipped || is_not_due(rule.skip);
    if (is_trial(p.rules[i].trial, p.rules[i].trial_until)) continue;
    due = due || rule.outcome != Outcome::skipped;
    gravest = std::max(gravest, effect(rule.outcome, options_.strict));
  }
  StageJudgement& stage = judgement.stage;
  if (stage.judged) gravest = std::max(gravest, effect(stage.outcome, options_.strict));
  if (gravest == Decision::hold && stage.limit_at && machine_.snapshot().now() >= *stage.limit_at) {
    const program::Stage& current = followed(policy).stages[rollouts_[policy].current];
    stage.limit_passed = true;
    stage.outcome = outcome_of(current.at_most_outcome);
    gravest = std::max(gravest, effect(stage.outcome, options_.strict));
  }
  const bool judged = applies && !judgement.policy_not_applicable;
  judgement.applies = judged && !on_trial(policy);
  judgement.nothing_due = judged && !due;
  judgement.decision = judgement.nothing_due ? Decision::hold : gravest;
}

}  // namespace dpol::decision
