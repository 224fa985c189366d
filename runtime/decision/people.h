// people: what persons have to say in a decision: which sign-offs count for an item of this
// release, and which waivers are valid.
//
// Promises: a pure function of program, snapshot and sign-offs. A person's last word on an item is
// the one that counts, so nobody counts twice; what was said after the moment judged is not heard;
// a sign-off for another service, version, environment or stage is not heard either.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decision/verdict.h"
#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/snapshot.h"

namespace dpol::decision {

// What a sign-off is bound to: the facts service, version and environment, as far as the policy
// declares them.
struct Release {
  std::string service;
  std::string version;
  std::string environment;
  std::string unknown;  // which of them is declared and not known; then no sign-off is for it
};
Release release_of(const program::Program& program, const vm::Snapshot& snapshot);

// Why a sign-off for the item and the release counts, or does not.
enum class Heed : std::uint8_t {
  counts,
  later,         // given after the moment judged
  superseded,    // the same person said something later
  expired,       // older than `within` allows
  not_a_member,  // of the role in which it was given
  excluded,      // by `other than`
  other_role,    // the item asks for others
  other_answer,  // not one that the item takes
};
const char* words(Heed heed);

struct Heard {
  std::uint32_t sign_off = 0;  // into the list given
  Heed heed = Heed::counts;
};

// One `confirm` clause, counted.
struct Tally {
  Outcome outcome = Outcome::pending;
  std::uint32_t people = 0;  // who signed, or said proceed
  program::Value unknown{};  // of Outcome::unknown: the fact that says whom to count
  std::vector<Heard> heard;  // in the order of time
};

class People {
 public:
  // All three outlive it.
  People(const program::Program& program, const vm::Snapshot& snapshot,
         const std::vector<program::SignOff>& sign_offs);

  // `stage`: what the rule is bound to; "" for a rule outside of rollouts.
  Tally tally(const program::Rule& rule, const program::Clause& clause,
              std::string_view stage) const;
  const Release& release() const { return release_; }

 private:
  bool is_for(const program::SignOff& sign_off, std::string_view item,
              std::string_view stage) const;
  Heed heed(const program::SignOff& sign_off, const program::Rule& rule,
            const program::Clause& clause, Tally& tally) const;
  void supersede(Tally& tally) const;
  void count(const program::Rule& rule, const program::Clause& clause, Tally& tally) const;

  const program::Program& program_;
  const vm::Snapshot& snapshot_;
  const std::vector<program::SignOff>& sign_offs_;
  Release release_;
};

// Whether somebody is of a role. Unknown where the fact that names its members is.
program::Value is_member(const program::Program& program, const vm::Snapshot& snapshot,
                         std::uint32_t role, std::string_view person);

enum class WaiverState : std::uint8_t {
  valid,
  other_release,    // it is for others
  unknown_release,  // nobody knows whether it is for this one
  expired,
  not_a_member,  // who gave it may not waive now
};
WaiverState waiver_state(const program::Waiver& waiver, vm::Machine& machine);

}  // namespace dpol::decision
