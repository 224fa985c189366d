#include "runtime/decision/history.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/decision/baselines.h"
#include "runtime/decision/people.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/program_units.h"

namespace dpol::decision {
namespace {

using program::BaselineRule;
using program::Decimal;
using program::Fault;
using program::Input;
using program::KeptBaseline;
using program::Kind;
using program::Program;
using program::Value;

constexpr std::string_view kRecorded = "history.recorded";
constexpr std::string_view kRollbacks = "history.rollbacks";
constexpr std::string_view kRolledBackAt = "history.rolled_back_at";

bool is_open(const vm::Snapshot& snapshot, std::size_t input) {
  return snapshot.inputs()[input].is_unknown() && snapshot.origins()[input].document == program::kNone;
}

bool is_told(const Program& program, const Input& input) {
  if (input.kind != program::InputKind::fact) return false;
  const std::string& path = program.text(input.name);
  return (path == kRecorded && input.type.kind == Kind::boolean) ||
         (path == kRollbacks && input.type.kind == Kind::integer) ||
         (path == kRolledBackAt && input.type.kind == Kind::string);
}

// The last word of a version counts: rollbacks that follow each other are one.
struct Told {
  bool recorded = false;
  std::int64_t rollbacks = 0;
  std::optional<std::string> stage;
};
Told told_of(const std::vector<PastDecision>& past, const std::string& version, vm::Instant now) {
  Told told;
  bool was_rollback = false;
  for (const PastDecision& one : past) {
    if (one.version != version || one.at > now) continue;
    told.recorded = true;
    if (one.is_rollback && !was_rollback) ++told.rollbacks;
    if (one.is_rollback) told.stage = one.stage;
    was_rollback = one.is_rollback;
  }
  return told;
}

void tell_facts(const Program& program, const Told& told, vm::Snapshot& snapshot) {
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    if (!is_told(program, program.inputs[i]) || !is_open(snapshot, i)) continue;
    const std::string& path = program.text(program.inputs[i].name);
    if (path == kRecorded) snapshot.add_fact(i, Value::boolean(told.recorded));
    if (path == kRollbacks) snapshot.add_fact(i, Value::number(Decimal::from_int64(told.rollbacks)));
    // A rollback without a stage was at none that has a name.
    if (path == kRolledBackAt && told.stage) snapshot.add_text(i, *told.stage);
  }
}

const BaselineRule* promoted_rule(const Program& program, const WantedBaseline& wanted) {
  const BaselineRule& rule = program.metrics[program.inputs[wanted.input].metric].baseline;
  return wanted.name.empty() && rule.kind == BaselineRule::Kind::promoted ? &rule : nullptr;
}

// What the newest of each other version measured, newest first, at most as many as the rule says.
std::vector<KeptBaseline> of_promoted(const std::vector<PastDecision>& past, const WantedBaseline& wanted,
                                      std::size_t most, const std::string& version, vm::Instant newest) {
  std::vector<const PastDecision*> promoted;
  for (const PastDecision& one : past) {
    if (one.is_promoted && one.version != version && one.at <= newest) promoted.push_back(&one);
  }
  std::ranges::stable_sort(promoted, {}, &PastDecision::at);
  std::vector<KeptBaseline> found;
  for (auto one = promoted.rbegin(); one != promoted.rend() && found.size() < most; ++one) {
    const auto metric = std::ranges::find((*one)->metrics, wanted.metric, &KeptBaseline::metric);
    const bool known = std::ranges::find(found, (*one)->version, &KeptBaseline::version) != found.end();
    if (metric == (*one)->metrics.end() || known) continue;
    found.push_back(*metric);
    found.back().version = (*one)->version;
  }
  return found;
}

void use_promoted(const Program& program, const WantedBaseline& wanted, const BaselineRule& rule,
                  const std::vector<KeptBaseline>& found, const std::string& from, vm::Snapshot& snapshot) {
  const program::Metric& metric = program.metrics[program.inputs[wanted.input].metric];
  const std::string unit = program::unit_of(metric.type, program::ProgramUnits(program));
  std::vector<Decimal> values;
  bool other_unit = false;
  for (const KeptBaseline& one : found) {
    other_unit = other_unit || one.unit != unit;
    values.push_back(one.value);
  }
  const program::Birthplace here = {program::BirthKind::input, wanted.input};
  Value value = other_unit ? Value::unknown(Fault::other_unit) : vm::value_over(rule.aggregate, values);
  if (value.is_unknown()) value = Value::unknown(value.fault(), here);
  const std::string source = from + " (promoted: " + printable(found.back().version) +
                             (found.size() == 1 ? "" : " to " + printable(found.front().version)) + ")";
  snapshot.add_baseline(wanted.input, value, {snapshot.add_document({source, ""}), 0});
}

}  // namespace

WantedHistory wanted_history(const Program& program, const vm::Snapshot& snapshot) {
  WantedHistory wanted;
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    wanted.facts = wanted.facts || (is_told(program, program.inputs[i]) && is_open(snapshot, i));
  for (const WantedBaseline& one : wanted_baselines(program, snapshot)) {
    if (promoted_rule(program, one) != nullptr) wanted.metrics.push_back(one.metric);
  }
  return wanted;
}

void tell_history(const Program& program, const std::vector<PastDecision>& past, const std::string& from,
                  vm::Snapshot& snapshot) {
  const Release release = release_of(program, snapshot);
  if (!release.unknown.empty()) return;
  tell_facts(program, told_of(past, release.version, snapshot.now()), snapshot);
  for (const WantedBaseline& wanted : wanted_baselines(program, snapshot)) {
    const BaselineRule* rule = promoted_rule(program, wanted);
    if (rule == nullptr) continue;
    const auto found = of_promoted(past, wanted, rule->releases, release.version, newest_baseline(snapshot));
    if (!found.empty() && found.size() == rule->releases) use_promoted(program, wanted, *rule, found, from, snapshot);
  }
}

}  // namespace dpol::decision
