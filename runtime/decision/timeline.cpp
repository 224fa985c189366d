#include "runtime/decision/timeline.h"

#include <algorithm>
#include <string>

#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::Decimal;
using program::kNone;
using vm::Instant;

namespace {

// "50", "50%" and "50.0%" are one share; a name is not a share.
std::optional<Decimal> share_of(std::string_view spelling) {
  if (!spelling.empty() && spelling.back() == '%') spelling.remove_suffix(1);
  Decimal percent;
  if (Decimal::parse(spelling, percent) != program::NumberError::none) return std::nullopt;
  Decimal share;
  if (!Decimal::div(percent, Decimal::from_int64(100), share)) return std::nullopt;
  return share;
}

// Of consecutive marks of one stage the first begins the visit. A mark of "0" before a rollout that
// has no such stage only says that it has not begun.
void add_mark_visits(const program::Program& program, const program::Rollout& rollout,
                     const vm::Snapshot& snapshot, RolloutTimeline& timeline) {
  for (const vm::StageMark& mark : snapshot.stage_marks()) {
    if (mark.time > snapshot.now()) break;
    const std::optional<std::uint32_t> stage = find_stage(program, rollout, mark.stage);
    if (!stage) {
      const std::optional<Decimal> share = share_of(mark.stage);
      const bool not_begun = share && *share == Decimal() && timeline.visits.empty();
      timeline.odd_stage = not_begun ? std::string() : mark.stage;
      if (!not_begun && !timeline.visits.empty()) timeline.visits.back().end = std::min(timeline.visits.back().end, mark.time);
      continue;
    }
    timeline.odd_stage.clear();
    if (!timeline.visits.empty()) {
      Visit& last = timeline.visits.back();
      if (last.stage == *stage && last.end == vm::kEndOfTime) continue;
      last.end = std::min(last.end, mark.time);
    }
    timeline.visits.push_back({mark.time, vm::kEndOfTime, *stage});
  }
}

// `--stage` names the current stage; marks say what came before it.
void enter_named_stage(std::uint32_t stage, const vm::Snapshot& snapshot, RolloutTimeline& timeline) {
  timeline.odd_stage.clear();
  timeline.current = stage;
  const bool is_last = !timeline.visits.empty() && timeline.visits.back().stage == stage &&
                       timeline.visits.back().end == vm::kEndOfTime;
  if (is_last) {
    timeline.began = timeline.visits.back().begin;
    return;
  }
  // Entered at a time nobody told: after the last sample of another stage, or any time since T.
  Instant begin = snapshot.deployed_at().value_or(vm::kBeginningOfTime);
  if (!snapshot.stage_marks().empty()) begin = std::max(begin, snapshot.stage_marks().back().time + 1);
  if (!timeline.visits.empty()) timeline.visits.back().end = std::min(timeline.visits.back().end, begin);
  timeline.visits.push_back({begin, vm::kEndOfTime, stage});
}

void move_stage_begin(Instant begin, RolloutTimeline& timeline) {
  Visit current = timeline.visits.back();
  timeline.visits.pop_back();
  while (!timeline.visits.empty() && timeline.visits.back().begin >= begin) timeline.visits.pop_back();
  if (!timeline.visits.empty()) timeline.visits.back().end = std::min(timeline.visits.back().end, begin);
  current.begin = begin;
  timeline.visits.push_back(current);
  timeline.began = begin;
}

// Fills the state of an anchor that gives no instant; true if it gives one.
bool known(const AnchorTime& time, const program::Anchor& anchor, PhaseTime& phase) {
  if (time.at) return true;
  if (time.deployment_time_missing) {
    const bool before = anchor.from_deployment && anchor.offset_seconds < Decimal();
    phase.state = before ? PhaseState::open : PhaseState::no_deployment_time;
  } else if (time.unknown.is_absent()) {
    phase.state = PhaseState::no_anchor;
  } else {
    phase.state = PhaseState::unknown;
    phase.unknown = time.unknown;
    phase.blamed = anchor.block;
  }
  return false;
}

}  // namespace

AnchorTime anchor_time(const program::Anchor& anchor, vm::Machine& machine) {
  const vm::Snapshot& snapshot = machine.snapshot();
  AnchorTime result;
  if (anchor.from_deployment) {
    if (snapshot.deployed_at()) {
      result.at = plus(*snapshot.deployed_at(), anchor.offset_seconds);
    } else {
      result.deployment_time_missing = true;
    }
    return result;
  }
  const program::Value value = machine.run(anchor.block, {.at = snapshot.now()});
  if (value.is_unknown()) {
    result.unknown = value;
    result.deployment_time_missing = value.fault() == program::Fault::no_deployment_time;
    return result;
  }
  Instant at = 0;
  if (program::decimal_to_time(value.as_number(), at)) {
    result.at = at;
  } else {
    result.unknown = program::Value::unknown(program::Fault::overflow);
  }
  return result;
}

Instant plus(Instant instant, Decimal seconds) {
  std::int64_t span = 0;
  if (!program::decimal_to_time(seconds, span)) return seconds < Decimal() ? vm::kBeginningOfTime : vm::kEndOfTime;
  Instant sum = 0;
  if (__builtin_add_overflow(instant, span, &sum)) return span < 0 ? vm::kBeginningOfTime : vm::kEndOfTime;
  return std::clamp(sum, vm::kBeginningOfTime, vm::kEndOfTime);
}

std::optional<std::uint32_t> find_stage(const program::Program& program, const program::Rollout& rollout,
                                        std::string_view spelling) {
  const std::optional<Decimal> share = share_of(spelling);
  for (std::uint32_t i = 0; i < rollout.stages.size(); ++i) {
    const program::Stage& stage = rollout.stages[i];
    if (program.text(stage.name) == spelling) return i;
    if (share && stage.share && *stage.share == *share) return i;
  }
  return std::nullopt;
}

RolloutTimeline rollout_timeline(const program::Program& program, const program::Rollout& rollout,
                                 const vm::Snapshot& snapshot) {
  RolloutTimeline timeline;
  add_mark_visits(program, rollout, snapshot, timeline);
  if (snapshot.stage()) {
    if (const auto stage = find_stage(program, rollout, *snapshot.stage())) {
      enter_named_stage(*stage, snapshot, timeline);
    } else {
      timeline.odd_stage = *snapshot.stage();
    }
  } else if (timeline.odd_stage.empty() && !timeline.visits.empty()) {
    timeline.current = timeline.visits.back().stage;
    timeline.began = timeline.visits.back().begin;
  }
  if (timeline.current != kNone && snapshot.stage_at()) move_stage_begin(*snapshot.stage_at(), timeline);
  return timeline;
}

PhaseTime phase_time(const program::Phase& phase, vm::Machine& machine, bool forced) {
  const Instant now = machine.snapshot().now();
  const std::optional<Instant> deployed_at = machine.snapshot().deployed_at();
  PhaseTime result;
  const AnchorTime opens = anchor_time(phase.opens, machine);
  const bool opening_known = known(opens, phase.opens, result);
  if (opening_known) result.opens = opens.at;
  if (result.state == PhaseState::no_anchor || result.state == PhaseState::unknown) return result;
  if (phase.closes) {
    const AnchorTime closes = anchor_time(*phase.closes, machine);
    if (closes.at) result.closes = closes.at;
    // An end that is not there yet leaves the phase open; an end that cannot be known does not.
    if (!closes.at && !closes.deployment_time_missing && !closes.unknown.is_absent()) {
      known(closes, *phase.closes, result);
      return result;
    }
  } else if (opening_known && deployed_at && *result.opens < *deployed_at) {
    result.closes = deployed_at;
  }
  if (forced) {
    result.state = PhaseState::open;
    return result;
  }
  if (!opening_known) return result;
  if (now < *result.opens) {
    result.state = PhaseState::not_open;
  } else if (phase.kind == program::PhaseKind::from && result.closes && now >= *result.closes) {
    result.state = PhaseState::closed;
  }
  return result;
}

}  // namespace dpol::decision
