#include "runtime/decision/baselines.h"

#include <algorithm>

#include "runtime/decision/value_text.h"
#include "runtime/program/program_units.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {
namespace {

using program::Decimal;
using program::Fault;
using program::Input;
using program::InputKind;
using program::KeptBaseline;
using program::Program;
using program::Value;

// "state.db (baseline known_good of 3.0.0 from 2025-02-12T14:00:00Z, 1d old)"
std::string source_of(const Program& program, const KeptBaseline& kept, const std::string& from,
                      const vm::Snapshot& snapshot) {
  const Decimal age = program::time_to_decimal(snapshot.now() - kept.at);
  std::string text = from + " (baseline";
  if (!kept.name.empty()) text += " " + kept.name;
  if (!kept.version.empty()) text += " of " + printable(kept.version);
  return text + " from " + program::format_time(kept.at) + ", " +
         number_text(program, age, program::Type::duration()) + " old)";
}

std::uint32_t document_of(const std::string& name, vm::Snapshot& snapshot) {
  const auto& documents = snapshot.documents();
  const auto known = std::ranges::find(documents, name, &vm::DocumentInfo::name);
  if (known != documents.end()) return static_cast<std::uint32_t>(known - documents.begin());
  return snapshot.add_document({name, ""});
}

bool is_outside(const program::Metric& metric, Decimal value) {
  return metric.type.kind == program::Kind::ratio && metric.bounded &&
         (value < metric.minimum || value > metric.maximum);
}

}  // namespace

std::vector<WantedBaseline> wanted_baselines(const Program& program, const vm::Snapshot& snapshot) {
  std::vector<WantedBaseline> wanted;
  for (std::uint32_t i = 0; i < program.inputs.size(); ++i) {
    const Input& input = program.inputs[i];
    const bool brought = snapshot.origins()[i].document != program::kNone;
    if (input.kind != InputKind::baseline || brought) continue;
    const std::string name = input.baseline == program::kNone ? "" : program.text(input.baseline);
    wanted.push_back({i, name, program.text(program.metrics[input.metric].name)});
  }
  return wanted;
}

vm::Instant newest_baseline(const vm::Snapshot& snapshot) {
  return std::min(snapshot.deployed_at().value_or(snapshot.now()), snapshot.now());
}

void use_baseline(const Program& program, const WantedBaseline& wanted, const KeptBaseline& kept,
                  const std::string& from, vm::Snapshot& snapshot) {
  const program::Metric& metric = program.metrics[program.inputs[wanted.input].metric];
  const program::Birthplace here = {program::BirthKind::input, wanted.input};
  Value value = Value::number(kept.value);
  if (kept.unit != program::unit_of(metric.type, program::ProgramUnits(program)))
    value = Value::unknown(Fault::other_unit, here);
  else if (is_outside(metric, kept.value))
    value = Value::unknown(Fault::out_of_range, here);
  const std::uint32_t document = document_of(source_of(program, kept, from, snapshot), snapshot);
  snapshot.add_baseline(wanted.input, value, {document, 0});
}

Measured measure(const Program& program, const vm::Snapshot& snapshot, program::Track track) {
  Measured measured;
  for (std::uint32_t i = 0; i < program.metrics.size(); ++i) {
    const program::Metric& metric = program.metrics[i];
    if (!metric.type.is_numeric()) continue;
    const std::string& name = program.text(metric.name);
    if (metric.label_set != program::kNone) {
      measured.unknown.push_back(name + " has several series: what is kept is one value");
      continue;
    }
    const std::uint32_t index = i * program::kTrackCount + static_cast<std::uint32_t>(track);
    const Value value =
        vm::recent_value(metric, snapshot.series(index), snapshot.now(), snapshot.deployed_at());
    if (value.is_unknown()) {
      const bool none = value.fault() == Fault::no_baseline;
      measured.unknown.push_back(name + " " +
                                 (none ? "has no samples in the time it is taken over"
                                       : program::fault_text(value.fault())));
      continue;
    }
    measured.known.push_back({.metric = name,
                              .value = value.as_number(),
                              .unit = program::unit_of(metric.type, program::ProgramUnits(program)),
                              .at = snapshot.now()});
  }
  return measured;
}

}  // namespace dpol::decision
