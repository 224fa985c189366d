// Plan: what a policy asks of one release, from now to its end: each rule with what it still takes,
// the rollout that was chosen with its stages, every limit as a number, what is done when something
// goes wrong, and who is told what.
//
// Promises
//  - Complete: every rule of a policy stands in one section, every stage, procedure and message too,
//    also those that are not for this release, with the condition that says so and its values.
//  - A pure function of what was judged and of what was sent. It decides nothing, and what is
//    unknown is open, with what is missing.
//  - Strings are as in a Verdict; who writes them down escapes them for where they go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/sending.h"
#include "runtime/program/sign_off.h"
#include "runtime/vm/machine.h"

namespace dpol::decision {

enum class PlanState : std::uint8_t {
  done,            // it is so
  open,            // it is asked now, and is not so or not known
  later,           // its time has not come
  over,            // its time has passed, and it is judged no more
  not_applicable,  // not for this release
};
inline constexpr std::size_t kPlanStateCount = 5;
const char* name(PlanState state);  // "done" … "not_applicable"

// A condition that says what is for this release, with the values it saw.
struct Because {
  std::string condition{};  // "": there is none
  std::vector<Observed> observed{};
  std::vector<Missing> missing{};
};

// A comparison with the number that its limit comes to.
struct Limit {
  std::string comparison{};  // latency_p95 <= baseline + 10%
  std::string relation{};    // <=
  std::string value{};       // 198ms; "": not known
  std::string exact{};       // with every digit
  std::string made_of{};     // baseline 180ms + 10%; "" of a number that stands in the condition
  bool measured_then = false;  // not known before it runs, as it depends on what is measured then
  std::vector<Missing> missing{};
};

// Whose word a `confirm` asks for.
struct Ask {
  std::uint32_t count = 1;
  std::string role{};                 // "": anybody
  std::vector<std::string> members{};  // who may, where the policy lists them
  std::string named_by{};             // the fact that names them
  std::vector<std::string> other_than{};  // facts that name whom it does not take
  std::string within{};               // how old it may be
  bool or_not_applicable = false;
  std::string command{};              // what one of them runs; "" where the release is not known
};

struct ClausePlan {
  std::string verb{};          // require, warn, hold, rollback, confirm
  bool or_rollback = false;    // a require that rolls back
  PlanState state = PlanState::open;
  Outcome outcome = Outcome::skipped;
  std::string condition{};     // "" of a confirm
  std::string reason{};
  std::vector<Observed> observed{};
  std::optional<std::string> margin_words{};
  std::vector<Missing> missing{};
  std::vector<Limit> limits{};
  std::optional<Ask> ask{};
  std::vector<SignOffVerdict> sign_offs{};
  std::optional<std::string> fired_at{};
  Place place{};
};

struct ItemPlan {
  RuleVerdict rule{};          // what speaks for it now, and what explains it
  PlanState state = PlanState::open;
  bool is_task = false;        // somebody has to bring it about; else it is watched
  std::string gate{};          // enter, leave, decide: of a person's say about a stage
  std::string stage{};         // that stage
  bool is_final = false;
  std::vector<std::string> waivable_by{};  // roles, any of them
  Because because{};           // of what is not applicable, or may not be
  std::vector<ClausePlan> clauses{};
};

enum class SectionKind : std::uint8_t { any_time, phase, deployment, rollout, stages };
const char* name(SectionKind kind);

struct SectionPlan {
  SectionKind kind = SectionKind::any_time;
  std::string name{};          // of the phase or rollout
  std::string title{};
  std::string stages{};        // of SectionKind::stages: "10%", "10% to 50%"
  std::string from{};          // T-48h; "": at any time
  std::string until{};
  std::optional<std::string> from_at{};
  std::optional<std::string> until_at{};
  PlanState state = PlanState::open;  // open: under way; never done
  std::string reason{};
  Because because{};
  std::vector<ItemPlan> items{};
};

struct ChoicePlan {
  std::string rollout{};
  std::string title{};
  Because when{};              // "" as its condition: otherwise
  std::string holds{};         // yes, no, unknown, not_asked
  bool chosen = false;
};

struct StagePlan {
  std::string name{};
  std::string title{};
  std::string share{};
  std::string bake{};
  std::string at_most{};
  std::string at_most_else{};  // rollback, no-go
  std::string settle{};
  std::string run{};           // done by a person or a pipeline, never by dpol
  std::string from{};          // the earliest it can begin: T+5m
  std::optional<std::string> from_at{};   // that moment, or the one at which it did begin
  std::optional<std::string> baked_at{};  // the earliest it can be left
  PlanState state = PlanState::later;     // open: it is the current one
  Because because{};
};

struct ProcedurePlan {
  ProcedureVerdict procedure{};
  std::vector<std::string> on{};  // rules that it answers
  PlanState state = PlanState::later;  // open: one of them has fired or failed
  std::string reason{};
  Because because{};
};

struct MessagePlan {
  MessageVerdict message{};
  std::string section{};       // title of where it stands; "": of the policy itself
  std::string from{};          // the earliest moment: T-48h
  std::optional<std::string> from_at{};
};

// Something missing, once.
struct Need {
  Missing missing{};
  std::string format{};                // of the source that would bring it
  std::vector<std::string> files{};    // and what that source reads
  std::vector<std::string> rules{};    // that wait for it
  bool now = false;                    // one of them is due
};

struct PolicyPlan {
  std::string id{}, title{}, doc{}, owner{}, digest{};
  std::vector<std::string> files{};
  std::string service{}, version{}, environment{};
  bool applies = true;         // false: it asks nothing of this release
  Because because{};           // the policy's own `applies only if`
  bool trial = false;
  std::optional<std::string> trial_until{};
  std::string rollout{};       // that is used; "": none, or not known
  std::string rollout_title{};
  bool rollout_unknown = false;
  std::vector<ChoicePlan> choices{};   // of a strategy
  std::vector<StagePlan> stages{};     // of the rollout that is used
  std::vector<SectionPlan> sections{}; // in the order of time
  std::vector<ProcedurePlan> procedures{};
  std::vector<MessagePlan> messages{};
  std::vector<Need> needs{};
  std::vector<OverrideVerdict> overrides{};
  std::uint32_t counts[kPlanStateCount] = {};  // of tasks that are not on trial
};

struct Plan {
  bool any_applies = false;
  std::string at{};
  bool at_from_clock = false;
  std::optional<std::string> deployed_at{};
  std::vector<PolicyPlan> policies{};
  std::vector<InputVerdict> inputs{};
};

// Of the snapshot that the machine has loaded. `sendings`: those for this release.
Plan make_plan(vm::Machine& machine, const Options& options, const std::vector<program::SignOff>& sign_offs,
               const std::vector<program::Sending>& sendings);

}  // namespace dpol::decision
