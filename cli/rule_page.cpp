#include "cli/rule_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command_line.h"
#include "cli/failure.h"
#include "runtime/decision/value_text.h"
#include "runtime/inputs/program_names.h"
#include "runtime/program/opcode_table.h"
#include "runtime/program/time_text.h"

namespace dpol::cli {
namespace {

using program::BlockId;
using program::Clause;
using program::Instruction;
using program::kNone;
using program::Operand;
using program::Policy;
using program::Program;
using program::Rule;
using program::StringId;

// One of the two.
struct Found {
  const Policy* policy = nullptr;
  const Rule* rule = nullptr;
  const program::Procedure* procedure = nullptr;
};

// Of "a.b.c.require" these: "b.c.require", "c.require", "require", "b.c", "c".
bool is_meant(std::string_view id, std::string_view name) {
  const std::string dotted = "." + std::string(id) + ".";
  return dotted.find("." + std::string(name) + ".") != std::string::npos;
}

std::vector<Found> find_rules(const Program& program, const std::string& name) {
  std::vector<Found> exact;
  std::vector<Found> found;
  std::vector<std::string> known;
  const auto look = [&](const std::string& id, const Found& one) {
    if (id == name) exact.push_back(one);
    if (is_meant(id, name)) found.push_back(one);
    known.push_back(id);
    for (std::size_t dot = id.find('.'); dot != std::string::npos; dot = id.find('.', dot + 1)) {
      known.push_back(id.substr(dot + 1));
      known.push_back(id.substr(dot + 1, id.find('.', dot + 1) - dot - 1));
    }
  };
  for (const Policy& policy : program.policies) {
    for (const Rule& rule : policy.rules) look(program.text(rule.id), {&policy, &rule, nullptr});
    for (const program::Procedure& procedure : policy.procedures)
      look(program.text(procedure.id), {&policy, nullptr, &procedure});
  }
  if (!exact.empty()) return exact;
  if (!found.empty()) return found;
  throw Failure::usage(fmt::format("there is no rule or procedure {}{}", in_ticks(name), did_you_mean(name, known)));
}

// The inputs and series that blocks read, with the blocks that those run.
class Reads {
 public:
  explicit Reads(const Program& program) : program_(program), seen_(program.blocks.size(), false) {}

  void add(BlockId id) {
    if (id == kNone || seen_[id]) return;
    seen_[id] = true;
    const program::Block& block = program_.blocks[id];
    for (std::uint32_t i = block.first; i < block.first + block.count; ++i) add(program_.code[i]);
  }

  const std::set<std::uint32_t>& inputs() const { return inputs_; }
  const std::set<std::uint32_t>& series() const { return series_; }

 private:
  void add(const Instruction& instruction) {
    const program::OpcodeRow& row = program::row_of(instruction.op);
    if (program::is_read_cell(row.b)) add_cell(instruction.b);
    if (program::is_read_cell(row.c)) add_cell(instruction.c);
    if (program::is_read_cell(row.d)) add_cell(instruction.d);
    const auto track = static_cast<std::uint32_t>(instruction.op == program::Opcode::baseline ? program::Track::baseline : program::Track::candidate);
    if (row.d == Operand::series) add_series(instruction.d + track);
    if (row.d == Operand::block || row.d == Operand::number_block) add(instruction.d);
    if (row.d == Operand::arguments) {
      const std::size_t arity = program::kFunctionRows[instruction.c].arity;
      for (std::size_t i = 0; i < arity; ++i) add_cell(program_.arguments[instruction.d + i]);
    }
  }

  void add_cell(std::size_t cell) {
    if (cell < program_.constants.size()) return;
    const std::size_t input = cell - program_.constants.size();
    if (input < program_.inputs.size()) inputs_.insert(static_cast<std::uint32_t>(input));
  }

  void add_series(std::uint32_t index) {
    series_.insert(index);
    add(program_.metrics[index / program::kTrackCount].needs);
  }

  const Program& program_;
  std::vector<bool> seen_;
  std::set<std::uint32_t> inputs_;
  std::set<std::uint32_t> series_;
};

// What the pages of rules and of procedures are made of.
class Page {
 protected:
  Page(const Program& program, const Policy& policy)
      : program_(program), names_(program), policy_(policy) {}

  const std::string& text(StringId id) const { return program_.text(id); }
  const std::string& condition(BlockId block) const { return text(program_.blocks[block].text); }

  void entry(std::string_view label, const std::string& what) {
    if (!what.empty()) out_ += fmt::format("{:<10} {}\n", label, decision::printable(what, 4000));
  }

  std::string titled(StringId title) const { return title == kNone ? "" : " \"" + text(title) + "\""; }

  std::string place(const program::SourcePlace& place) const {
    if (place.file == kNone) return {};
    return fmt::format("  ({}:{})", text(place.file), place.line);
  }

  void reads(const Reads& reads) {
    for (const std::uint32_t index : reads.series()) entry("reads", series(index));
    for (const std::uint32_t index : reads.inputs()) entry("reads", input(index));
  }

  std::string series(std::uint32_t index) const {
    constexpr std::string_view kTracks[] = {"", ".stable", ".baseline"};
    const program::Metric& metric = program_.metrics[index / program::kTrackCount];
    std::string out = fmt::format("metric {}{}, {}", text(metric.name), kTracks[index % program::kTrackCount],
                                  program::to_text(metric.type, names_));
    if (metric.better == program::Direction::lower) out += ", lower is better";
    if (metric.better == program::Direction::higher) out += ", higher is better";
    if (!metric.interval_seconds.is_zero()) out += ", every " + duration(metric.interval_seconds);
    out += ", stale after " + duration(metric.stale_seconds);
    if (metric.label_set != kNone) out += ", by " + labels(metric.label_set);
    if (!metric.gone_seconds.is_zero()) out += " gone after " + duration(metric.gone_seconds);
    return out + place(metric.place);
  }

  std::string labels(std::uint32_t label_set) const {
    std::string out;
    for (const StringId label : program_.label_sets[label_set].labels) out += (out.empty() ? "" : ", ") + text(label);
    return out;
  }

  std::string duration(program::Decimal seconds) const {
    return decision::number_text(program_, seconds, program::Type::duration());
  }

  std::string input(std::uint32_t index) const {
    using program::InputKind;
    const program::Input& input = program_.inputs[index];
    const std::string type = program::to_text(input.type, names_);
    switch (input.kind) {
      case InputKind::fact: return fmt::format("fact {}, {}{}{}", text(input.name), type, input.optional ? ", may be absent" : "", place(input.place));
      case InputKind::parameter: return fmt::format("parameter {}, {}{}{}", text(input.name), type, preset(input), place(input.place));
      case InputKind::baseline:
        return fmt::format("metric {}.baseline{}, {}", text(program_.metrics[input.metric].name),
                           input.baseline == program::kNone ? "" : " " + text(input.baseline), type);
      case InputKind::now: return "now, the moment judged";
      case InputKind::deployed_at: return "T, the start of the deployment";
    }
    return {};
  }

  std::string preset(const program::Input& input) const {
    if (input.fallback == kNone || !input.type.is_numeric()) return {};
    return ", " + decision::number_text(program_, program_.constants[input.fallback].as_number(), input.type) + " unless set";
  }

  const Program& program_;
  inputs::ProgramNames names_;
  const Policy& policy_;
  std::string out_;
};

class RulePage : private Page {
 public:
  RulePage(const Program& program, const Found& found)
      : Page(program, *found.policy), rule_(*found.rule) {}

  std::string run() {
    entry("rule", text(rule_.id) + place(rule_.place));
    entry("title", text(rule_.title));
    entry("about", text(rule_.doc));
    entry("policy", text(policy_.id) + titled(policy_.title));
    for (const StringId parent : policy_.parents) entry("extends", text(parent));
    entry("stands in", scope());
    if (rule_.only_if != kNone) entry("only if", condition(rule_.only_if));
    if (rule_.rollout != kNone) uses();
    for (const program::ScorePart& part : rule_.parts) entry("worth", worth(part) + place(part.place));
    for (const Clause& clause : rule_.clauses) entry("says", says(clause) + place(clause.place));
    reads();
    procedures();
    entry("why", text(rule_.why));
    entry("evidence", text(rule_.evidence));
    entry("severity", text(rule_.severity));
    entry("owner", text(rule_.owner == kNone ? policy_.owner : rule_.owner));
    for (const StringId covered : rule_.covers) entry("covers", text(covered));
    std::string roles;
    for (const StringId role : rule_.waivable_by) roles.append(roles.empty() ? "by " : ", ").append(text(role));
    if (!roles.empty()) entry("waivable", roles);
    if (rule_.is_final) entry("final", "no policy that extends this one may change it");
    if (rule_.trial || policy_.trial) entry("trial", "it is judged and never decides" + until());
    for (const std::uint32_t index : rule_.overrides) overridden(policy_.overrides[index]);
    return out_;
  }

 private:
  std::string scope() const {
    if (rule_.scope == program::Scope::policy) return "the policy itself";
    if (rule_.scope == program::Scope::phase) {
      const program::Phase& phase = policy_.phases[rule_.phase];
      return "phase " + text(phase.name) + titled(phase.title) + place(phase.place);
    }
    const program::Rollout& rollout = policy_.rollouts[rule_.rollout];
    const std::string name = "rollout " + text(rollout.name);
    if (rule_.scope == program::Scope::rollout) return name + ", every stage" + place(rollout.place);
    const std::string first = text(rollout.stages[rule_.first_stage].name);
    const std::string last = text(rollout.stages[rule_.last_stage].name);
    return name + (first == last ? ", stage " + first : ", stages " + first + " to " + last) + place(rollout.place);
  }

  // When the policy uses the rollout that the rule stands in.
  void uses() {
    for (const program::Choice& choice : policy_.strategy) {
      if (choice.rollout != rule_.rollout) continue;
      const std::string when = choice.condition == kNone ? "otherwise" : "when " + condition(choice.condition);
      entry("used", when + place(choice.place));
    }
  }

  std::string worth(const program::ScorePart& part) const {
    std::string out = part.worth.to_string() + ": " + condition(part.full);
    if (part.half != kNone) out += ", half " + condition(part.half);
    return out;
  }

  std::string until() const {
    const auto& end = rule_.trial ? rule_.trial_until : policy_.trial_until;
    std::int64_t at = 0;
    if (!end || !program::decimal_to_time(*end, at)) return {};
    return ", until " + program::format_time(at);
  }

  std::string says(const Clause& clause) const {
    using program::Verb;
    switch (clause.verb) {
      case Verb::require: return "require " + condition(clause.condition) + (clause.or_rollback ? " else rollback" : "");
      case Verb::warn: return "warn when " + condition(clause.condition);
      case Verb::hold: return "hold when " + condition(clause.condition);
      case Verb::rollback: return "rollback when " + condition(clause.condition);
      case Verb::confirm:
        return fmt::format("{} by {} {}", rule_.gate == program::Gate::decide ? "decide" : "confirm", clause.confirm.count,
                           clause.confirm.role == kNone ? "person" : text(clause.confirm.role));
    }
    return {};
  }

  void reads() {
    if (rule_.each != kNone) entry("each", labels(program_.metrics[rule_.each].label_set));
    Reads reads(program_);
    reads.add(rule_.only_if);
    for (const Clause& clause : rule_.clauses) {
      reads.add(clause.condition);
      for (const std::uint32_t index : clause.confirm.other_than) entry("reads", input(index));
    }
    Page::reads(reads);
  }

  // What people do once it has fired or failed.
  void procedures() {
    const auto index = static_cast<std::uint32_t>(&rule_ - policy_.rules.data());
    for (const program::Procedure& procedure : policy_.procedures) {
      if (std::ranges::find(procedure.rules, index) == procedure.rules.end()) continue;
      entry("then", text(procedure.id) + titled(procedure.title) + place(procedure.place));
    }
  }

  void overridden(const program::Override& change) {
    std::string what = fmt::format("{} by {}", text(change.what), text(policy_.id));
    if (change.from != kNone) what += ", it was: " + text(change.from);
    if (change.because != kNone) what += ", because \"" + text(change.because) + "\"";
    entry("changed", what + place(change.place));
  }

  const Rule& rule_;
};

class ProcedurePage : private Page {
 public:
  ProcedurePage(const Program& program, const Found& found)
      : Page(program, *found.policy), procedure_(*found.procedure) {}

  std::string run() {
    entry("procedure", text(procedure_.id) + place(procedure_.place));
    entry("title", text(procedure_.title));
    entry("about", text(procedure_.doc));
    entry("policy", text(policy_.id) + titled(policy_.title));
    if (procedure_.rules.empty()) entry("answers", "no rule: no report shows it");
    for (const std::uint32_t rule : procedure_.rules)
      entry("answers", text(policy_.rules[rule].id) + place(policy_.rules[rule].place));
    if (procedure_.only_if != kNone) entry("only if", condition(procedure_.only_if));
    Reads reads(program_);
    reads.add(procedure_.only_if);
    for (const program::ProcedureStep& one : procedure_.steps) step(one, reads);
    Page::reads(reads);
    entry("why", text(procedure_.why));
    entry("evidence", text(procedure_.evidence));
    entry("severity", text(procedure_.severity));
    entry("owner", text(procedure_.owner == kNone ? policy_.owner : procedure_.owner));
    for (const StringId covered : procedure_.covers) entry("covers", text(covered));
    return out_;
  }

 private:
  void step(const program::ProcedureStep& step, Reads& reads) {
    std::string what = text(step.name);
    if (step.title != kNone) what += (what.empty() ? "\"" : " \"") + text(step.title) + "\"";
    if (step.owner != kNone) what += (what.empty() ? "owner " : ", owner ") + text(step.owner);
    entry("step", what + place(step.place));
    if (step.only_if != kNone) entry("  only if", condition(step.only_if));
    entry("  why", text(step.why));
    std::string run;
    for (const program::TextPart& part : step.run) {
      run += part.hole == kNone ? text(part.text) : "${" + text(part.text) + "}";
      reads.add(part.hole);
    }
    entry("  run", run);
    for (const BlockId check : step.checks) {
      entry("  require", condition(check));
      reads.add(check);
    }
    reads.add(step.only_if);
  }

  const program::Procedure& procedure_;
};

}  // namespace

std::string rule_pages(const Program& program, const std::string& name) {
  std::string pages;
  for (const Found& found : find_rules(program, name)) {
    pages += (pages.empty() ? "" : "\n") +
             (found.rule != nullptr ? RulePage(program, found).run() : ProcedurePage(program, found).run());
  }
  return pages;
}

}  // namespace dpol::cli
