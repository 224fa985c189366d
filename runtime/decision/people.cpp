#include "runtime/decision/people.h"

#include <algorithm>
#include <numeric>

#include "runtime/decision/value_text.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::Answer;
using program::Clause;
using program::kNone;
using program::Program;
using program::Rule;
using program::SignOff;
using program::Value;

const char* words(Heed heed) {
  switch (heed) {
    case Heed::counts:
      return "counts";
    case Heed::later:
      return "was given after the moment judged";
    case Heed::superseded:
      return "was followed by another word of the same person";
    case Heed::expired:
      return "has expired";
    case Heed::not_a_member:
      return "is by somebody who is not of that role";
    case Heed::excluded:
      return "is by somebody who may not sign here";
    case Heed::other_role:
      return "is in a role that is not asked for here";
    case Heed::other_answer:
      return "is no answer to this item";
  }
  return "";
}

// ---- the release ----

namespace {

// The text of an input that is known; of semantic versions as it was given.
std::string text_of(const Program& program, const vm::Snapshot& snapshot, std::size_t input) {
  const Value value = snapshot.inputs()[input];
  if (program.inputs[input].type.kind == program::Kind::string)
    return snapshot.symbols().text(value.as_id());
  return value_text(program, snapshot, value, program.inputs[input].type);
}

}  // namespace

Release release_of(const Program& program, const vm::Snapshot& snapshot) {
  Release release;
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    if (program.inputs[i].kind != program::InputKind::fact) continue;
    const std::string& name = program.text(program.inputs[i].name);
    std::string* into = name == "service"       ? &release.service
                        : name == "version"     ? &release.version
                        : name == "environment" ? &release.environment
                                                : nullptr;
    if (into == nullptr) continue;
    const Value value = snapshot.inputs()[i];
    if (!value.is_unknown())
      *into = text_of(program, snapshot, i);
    else if (!value.is_absent() && release.unknown.empty())
      release.unknown = name;
  }
  return release;
}

// ---- roles ----

Value is_member(const Program& program, const vm::Snapshot& snapshot, std::uint32_t role,
                std::string_view person) {
  if (role == kNone || !program.roles[role].has_members) return Value::boolean(true);
  const program::Role& of = program.roles[role];
  if (of.fact == kNone) {
    return Value::boolean(std::ranges::any_of(
        of.members, [&](program::StringId member) { return program.text(member) == person; }));
  }
  const Value value = snapshot.inputs()[of.fact];
  if (value.is_unknown()) return value;
  const program::Type& type = program.inputs[of.fact].type;
  if (type.kind == program::Kind::string)
    return Value::boolean(snapshot.symbols().text(value.as_id()) == person);
  const std::vector<Value>& names = snapshot.column(program.row_tables[type.index].first_column);
  Value unknown = Value::boolean(false);
  for (std::uint32_t i = 0; i < value.row_count(); ++i) {
    const Value name = names[value.first_row() + i];
    if (name.is_unknown())
      unknown = name;
    else if (snapshot.symbols().text(name.as_id()) == person)
      return Value::boolean(true);
  }
  return unknown;
}

// ---- sign-offs ----

People::People(const Program& program, const vm::Snapshot& snapshot,
               const std::vector<SignOff>& sign_offs)
    : program_(program),
      snapshot_(snapshot),
      sign_offs_(sign_offs),
      release_(release_of(program, snapshot)) {}

bool People::is_for(const SignOff& sign_off, std::string_view item, std::string_view stage) const {
  return sign_off.item == item && sign_off.service == release_.service &&
         sign_off.version == release_.version && sign_off.environment == release_.environment &&
         (stage.empty() || sign_off.stage == stage);
}

Heed People::heed(const SignOff& sign_off, const Rule& rule, const Clause& clause,
                  Tally& tally) const {
  if (sign_off.at > snapshot_.now()) return Heed::later;
  const bool decides = sign_off.answer >= Answer::proceed;
  if (decides != (rule.gate == program::Gate::decide)) return Heed::other_answer;
  if (sign_off.answer == Answer::not_applicable && !clause.confirm.or_not_applicable)
    return Heed::other_answer;
  // Whoever is one of those named for sure is none whose part is in doubt.
  Value doubt;
  for (const std::uint32_t input : clause.confirm.other_than) {
    const Value name = snapshot_.inputs()[input];
    if (name.is_unknown())
      doubt = name;
    else if (snapshot_.symbols().text(name.as_id()) == sign_off.by)
      return Heed::excluded;
  }
  if (doubt.is_unknown()) tally.unknown = doubt;
  // In which role somebody speaks is part of what they say: only of the role asked for it is known
  // here whether they are of it.
  if (clause.confirm.role != kNone && sign_off.role == program_.text(clause.confirm.role)) {
    const Value member = is_member(program_, snapshot_, clause.confirm.members, sign_off.by);
    if (member.is_unknown())
      tally.unknown = member;
    else if (member.is_false())
      return Heed::not_a_member;
  }
  return Heed::counts;
}

// Of what a person said the last counts, in whatever role.
void People::supersede(Tally& tally) const {
  for (std::size_t i = 0; i < tally.heard.size(); ++i) {
    Heard& one = tally.heard[i];
    if (one.heed != Heed::counts) continue;
    for (std::size_t k = i + 1; k < tally.heard.size() && one.heed == Heed::counts; ++k) {
      const Heard& other = tally.heard[k];
      if (other.heed == Heed::counts &&
          sign_offs_[other.sign_off].by == sign_offs_[one.sign_off].by) {
        one.heed = Heed::superseded;
      }
    }
  }
}

void People::count(const Rule& rule, const Clause& clause, Tally& tally) const {
  bool refused = false;
  bool held = false;
  bool undone = false;
  bool not_applicable = false;
  for (Heard& one : tally.heard) {
    const SignOff& sign_off = sign_offs_[one.sign_off];
    const bool of_role =
        clause.confirm.role == kNone || sign_off.role == program_.text(clause.confirm.role);
    // A decision to roll back stays one, whatever is said later.
    const bool heard = one.heed == Heed::counts || one.heed == Heed::superseded;
    undone = undone || (heard && of_role && sign_off.answer == Answer::rollback);
    if (one.heed != Heed::counts) continue;
    if (!of_role) {
      one.heed = Heed::other_role;
      continue;
    }
    refused = refused || sign_off.answer == Answer::refuse;
    held = held || sign_off.answer == Answer::hold;
    if (sign_off.answer == Answer::refuse || sign_off.answer == Answer::hold ||
        sign_off.answer == Answer::rollback)
      continue;
    const program::Decimal age =
        program::Decimal::from_raw(program::time_to_decimal(snapshot_.now()).raw() -
                                   program::time_to_decimal(sign_off.at).raw());
    if (!clause.confirm.within_seconds.is_zero() && age > clause.confirm.within_seconds) {
      one.heed = Heed::expired;
      continue;
    }
    not_applicable = not_applicable || sign_off.answer == Answer::not_applicable;
    if (sign_off.answer != Answer::not_applicable) ++tally.people;
  }
  if (rule.gate == program::Gate::decide && undone)
    tally.outcome = Outcome::fired;
  else if (refused)
    tally.outcome = Outcome::fail;
  else if (held)
    tally.outcome = Outcome::held;
  else if (not_applicable || tally.people >= clause.confirm.count)
    tally.outcome = Outcome::pass;
}

Tally People::tally(const Rule& rule, const Clause& clause, std::string_view stage) const {
  Tally tally;
  if (!release_.unknown.empty()) return tally;
  for (std::uint32_t i = 0; i < sign_offs_.size(); ++i) {
    if (is_for(sign_offs_[i], program_.text(rule.id), stage))
      tally.heard.push_back({i, Heed::counts});
  }
  std::ranges::stable_sort(tally.heard, {},
                           [&](const Heard& one) { return sign_offs_[one.sign_off].at; });
  for (Heard& one : tally.heard) one.heed = heed(sign_offs_[one.sign_off], rule, clause, tally);
  supersede(tally);
  count(rule, clause, tally);
  // Whoever must not be counted might be among them.
  if (tally.unknown.is_unknown()) tally.outcome = Outcome::unknown;
  return tally;
}

// ---- waivers ----

WaiverState waiver_state(const program::Waiver& waiver, vm::Machine& machine) {
  const vm::Snapshot& snapshot = machine.snapshot();
  const Value scope = machine.run(waiver.scope, {.at = snapshot.now()});
  if (scope.is_unknown()) return WaiverState::unknown_release;
  if (!scope.is_true()) return WaiverState::other_release;
  if (program::time_to_decimal(snapshot.now()) >= waiver.until) return WaiverState::expired;
  const std::string_view by = machine.program().text(waiver.by);
  const bool may = waiver.members.empty() ||
                   std::ranges::any_of(waiver.members, [&](std::uint32_t role) {
                     return is_member(machine.program(), snapshot, role, by).is_true();
                   });
  return may ? WaiverState::valid : WaiverState::not_a_member;
}

}  // namespace dpol::decision
