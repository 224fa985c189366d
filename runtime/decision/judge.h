// Judge: rules to outcomes, outcomes to a decision. The meaning of language.md sections 4 and 5.
//
// Promises
//  - load() allocates; judge() does not (a test counts), however often it runs.
//  - Pure: program, snapshot and options decide everything.
//  - A rule that cannot be judged is never passed over: it is skipped with a reason that is part of
//    the policy (not for this release, not due) or it is unknown and holds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/decision/people.h"
#include "runtime/decision/timeline.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"
#include "runtime/vm/machine.h"

namespace dpol::decision {

struct Options {
  bool strict = false;                // a warning holds
  std::vector<std::string> phases;    // judged whether open or not
  bool closed_phases = false;         // those that are over are judged too, as of their end
};

// Why a rule was not judged.
enum class Skip : std::uint8_t {
  none,
  policy_not_applicable,  // not for this release, from here …
  phase_not_applicable,
  only_if,
  no_anchor,
  rollout_not_chosen,     // … to here
  phase_not_open,         // not due, from here …
  phase_closed,
  no_deployment_time,
  before_deployment,
  stage_not_reached,
  stage_over,             // … to here
};
bool is_not_due(Skip skip);

inline constexpr std::size_t kMostSeriesNamed = 10;

struct RuleJudgement {
  Outcome outcome = Outcome::skipped;
  Skip skip = Skip::none;
  std::uint32_t clause = program::kNone;      // the one that decided; kNone: none was judged
  program::BlockId block = program::kNone;    // what was evaluated: a condition, an `only if`, an anchor
  program::Value value{};                     // what it gave
  vm::Context context{};                      // under which context
  std::optional<vm::Instant> due_at{};        // of a rule not due, where it is known
  bool answered_for_missing = false;          // an `if missing` gave the outcome
  bool latched = false;                       // fired at context.at, maybe earlier than now
  bool by_people = false;                     // sign-offs gave the outcome
  std::uint32_t waiver = program::kNone;      // of a rule with a clause that is waived: into Policy::waivers
  Outcome waived = Outcome::pass;             // and what that clause would have come to
  // Of `each`: how many series were judged, how many of them came to this outcome, and the first of those,
  // into Snapshot::members(). The very first, context.member, is the one that the rest speaks of.
  std::uint32_t series_judged = 0;
  std::uint32_t series_alike = 0;
  std::array<std::uint32_t, kMostSeriesNamed> series{};
};

// The current stage's bake and its limit.
struct StageJudgement {
  bool judged = false;                        // the rollout stands at a stage (or should, and nobody knows which)
  Outcome outcome = Outcome::pass;
  program::Fault fault = program::Fault::none;      // of outcome unknown
  std::optional<vm::Instant> baked_at;        // when the bake is over
  std::optional<vm::Instant> limit_at;        // when `at most` ends every hold
  bool limit_passed = false;                  // and it did
};

// Which rollout the policy follows.
struct ChoiceJudgement {
  std::uint32_t rollout = program::kNone;     // kNone: none, or not known
  std::uint32_t choice = program::kNone;      // index into Policy::strategy: what was taken or is not known
  program::Value unknown{};                   // of a choice that is not known: what its condition gave
  bool is_unknown() const { return unknown.is_unknown(); }
};

struct PolicyJudgement {
  bool applies = false;                       // false: decides nothing for this release, or is on trial
  bool policy_not_applicable = false;         // because its own `applies` says so
  bool nothing_due = false;
  Decision decision = Decision::hold;         // of a policy on trial: what it would be
  std::vector<RuleJudgement> rules;           // one per Policy::rules
  std::vector<PhaseTime> phases;
  StageJudgement stage;
  ChoiceJudgement choice;
};

// Whether something that stands where a rule may stand has its time now.
struct Standing {
  Skip skip = Skip::none;
  std::optional<vm::Instant> due_at{};
  program::Value unknown{};                   // where nobody knows
  program::BlockId blamed = program::kNone;
  vm::Context context{};                      // in which conditions are asked
};

class Judge {
 public:
  // The machine's program must have passed verify(); machine and program outlive the judge.
  explicit Judge(vm::Machine& machine);

  // Binds the snapshot that the machine has loaded.
  void load(const Options& options, std::vector<program::SignOff> sign_offs = {});
  // Judges every policy on it.
  void judge();

  const std::vector<PolicyJudgement>& policies() const { return policies_; }
  // The rollout that the policy follows for this release; kNone: none, or not known.
  std::uint32_t chosen_rollout(std::size_t policy) const { return policies_[policy].choice.rollout; }
  // Whether it decides nothing yet. A trial whose end has come is in force.
  bool on_trial(std::size_t policy) const;
  bool on_trial(std::size_t policy, std::size_t rule) const;
  // The stage after the current one that is for this release; kNone: it is the last, or not known.
  std::uint32_t next_stage(std::size_t policy) const;
  const RolloutTimeline& rollout(std::size_t policy) const { return rollouts_[policy]; }
  // Of a `confirm` clause.
  const Tally& tally(std::size_t policy, std::size_t rule, std::size_t clause) const {
    return tallies_[policy][rule][clause];
  }
  const std::vector<program::SignOff>& sign_offs() const { return sign_offs_; }
  const Release& release() const { return release_; }
  // One per Policy::waivers.
  const std::vector<WaiverState>& waivers(std::size_t policy) const { return waivers_[policy]; }
  // Of a message; the phase's own `only if` is not asked.
  Standing standing(std::size_t policy, const program::Message& message) const;
  // Each clause of a rule by itself, of which judge() kept the gravest. Empty where what is around the
  // clauses says all: the rule, its phase or its stage is not for this release, or nobody knows.
  std::vector<RuleJudgement> clauses(std::size_t policy, std::size_t rule) const;
  const Options& options() const { return options_; }
  vm::Machine& machine() const { return machine_; }
  // Under which context a rule of the policy itself is judged now.
  vm::Context now_context(std::size_t policy) const;

 private:
  struct Due;
  struct Latch;
  ChoiceJudgement choose(const program::Policy& policy);
  bool is_trial(bool trial, const std::optional<program::Decimal>& until) const;
  const program::Rollout& followed(std::size_t policy) const;
  void judge_policy(std::size_t policy);
  bool policy_applies(std::size_t policy);
  void judge_rule(std::size_t policy, std::size_t rule);
  void load_people(std::size_t policy, const People& people);
  std::uint32_t stage_from(std::size_t policy, std::uint32_t first) const;
  bool gate_open(std::size_t policy, const program::Rule& rule) const;
  RuleJudgement judge_sign_offs(const Tally& tally, RuleJudgement result) const;
  void waive(std::size_t policy, std::size_t rule, RuleJudgement& judgement) const;
  Due due(std::size_t policy, const program::Rule& rule) const;
  Due phase_due(std::size_t policy, const program::Rule& rule) const;
  Due stage_due(std::size_t policy, const program::Rule& rule) const;
  bool started(std::size_t policy) const;
  bool is_set_aside(std::size_t policy, std::size_t rule, const Due& due, RuleJudgement& result) const;
  RuleJudgement judge_clause(std::size_t policy, std::size_t rule, std::uint32_t clause, const Due& due) const;
  RuleJudgement judge_each(std::size_t policy, std::size_t rule, std::uint32_t clause, const Due& due) const;
  RuleJudgement judge_series(std::size_t policy, std::size_t rule, std::uint32_t clause, const Due& due) const;
  RuleJudgement judge_condition(const program::Clause& clause, const vm::Context& context) const;
  bool latch(std::size_t policy, const program::Rule& rule, const program::Clause& clause, const Due& due,
             RuleJudgement& result) const;
  bool fires(const program::Clause& clause, const vm::Context& context, RuleJudgement& result) const;
  void answer_missing(const program::Clause& clause, RuleJudgement& result) const;
  bool missing_long_enough(const program::Clause& clause, program::Decimal grace, const vm::Context& context) const;
  void judge_stage(std::size_t policy);
  void decide(std::size_t policy);

  vm::Machine& machine_;
  const program::Program& program_;
  Options options_;
  std::vector<PolicyJudgement> policies_;
  std::vector<RolloutTimeline> rollouts_;   // one per policy; empty where it has none
  std::vector<program::SignOff> sign_offs_;
  Release release_;
  std::vector<std::vector<std::vector<Tally>>> tallies_;         // by policy, rule and clause
  std::vector<std::vector<WaiverState>> waivers_;                // by policy
  std::vector<std::vector<std::uint32_t>> waived_by_;            // by policy and rule: a valid waiver, or kNone
};

// How much an outcome decides; of a rule's clauses the one with the gravest speaks for it.
int gravity(Outcome outcome);
// The effect of an outcome on the decision.
Decision effect(Outcome outcome, bool strict);

}  // namespace dpol::decision
