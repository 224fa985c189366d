#include "runtime/decision/procedures.h"

#include <algorithm>
#include <utility>

#include "runtime/decision/observe.h"
#include "runtime/decision/shell.h"

namespace dpol::decision {
namespace {

using program::BlockId;
using program::kNone;
using program::Value;

constexpr const char* kUnsound = "cannot be one word of a command: it is too long, begins like an option or holds control characters";

class ProcedureExplainer {
 public:
  ProcedureExplainer(const Judge& judge, std::size_t policy)
      : machine_(judge.machine()), program_(machine_.program()), policy_(program_.policies[policy]),
        context_(judge.now_context(policy)) {}

  // Nothing of a procedure that is for other releases.
  std::optional<ProcedureVerdict> run(const program::Procedure& procedure) {
    std::vector<Missing> missing;
    if (!is_for_release(procedure.only_if, missing)) return std::nullopt;
    ProcedureVerdict verdict = head(procedure);
    if (!missing.empty()) verdict.reason = kPerhaps;
    verdict.missing = std::move(missing);
    add_steps(procedure, verdict);
    return verdict;
  }

 private:
  // Whether it is for this release; what is missing where nobody can tell.
  bool is_for_release(BlockId only_if, std::vector<Missing>& missing) {
    if (only_if == kNone) return true;
    const Value holds = machine_.run(only_if, context_);
    if (holds.is_unknown()) missing.push_back(missing_of(machine_, holds, text(program_.blocks[only_if].text), context_.at));
    return !holds.is_false();
  }

  ProcedureVerdict head(const program::Procedure& procedure) const {
    ProcedureVerdict out;
    out.id = text(procedure.id);
    out.title = text(procedure.title);
    out.doc = text(procedure.doc);
    out.owner = text(procedure.owner == kNone ? policy_.owner : procedure.owner);
    out.why = text(procedure.why);
    out.evidence = text(procedure.evidence);
    out.severity = text(procedure.severity);
    for (const program::StringId id : procedure.covers) out.covers.push_back(text(id));
    out.place = place(procedure.place);
    return out;
  }

  void add_steps(const program::Procedure& procedure, ProcedureVerdict& out) {
    for (const program::ProcedureStep& step : procedure.steps) {
      StepVerdict verdict;
      if (!is_for_release(step.only_if, verdict.missing)) continue;
      if (!verdict.missing.empty()) verdict.reason = kPerhaps;
      verdict.name = text(step.name);
      verdict.title = text(step.title);
      verdict.owner = text(step.owner);
      verdict.why = text(step.why);
      verdict.place = place(step.place);
      for (const program::TextPart& part : step.run) add_part(part, verdict);
      for (const BlockId check : step.checks) verdict.checks.push_back(check_verdict(check));
      out.steps.push_back(std::move(verdict));
    }
  }

  static constexpr const char* kPerhaps = "cannot tell whether it is for this release";

  const std::string& text(program::StringId id) const { return program_.text(id); }
  Place place(const program::SourcePlace& p) const { return {text(p.file), p.line, p.column}; }

  void add_part(const program::TextPart& part, StepVerdict& out) {
    if (part.hole == kNone) {
      out.run += text(part.text);
      return;
    }
    const Value value = machine_.run(part.hole, context_);
    if (value.is_unknown()) {
      lack(part, missing_of(machine_, value, text(part.text), context_.at), out);
      return;
    }
    const std::string word(machine_.text(value));
    if (!is_sound_word(word, out.run)) {
      const std::string name = text(part.text);
      lack(part, {name, program::fault_name(program::Fault::bad_argument), name + " " + kUnsound, ""}, out);
      return;
    }
    out.run += shell_word(word);
  }

  // `<|name unknown|>` is an error to every shell, which then runs nothing of the line.
  void lack(const program::TextPart& part, Missing missing, StepVerdict& out) const {
    out.run += "<|" + text(part.text) + " unknown|>";
    out.is_complete = false;
    const bool known = std::ranges::any_of(out.missing, [&](const Missing& other) { return other.name == missing.name; });
    if (!known) out.missing.push_back(std::move(missing));
  }

  CheckVerdict check_verdict(BlockId block) {
    CheckVerdict out;
    const Value value = machine_.run(block, context_);
    out.outcome = value.is_unknown() ? Outcome::unknown : value.is_true() ? Outcome::pass : Outcome::fail;
    out.condition = text(program_.blocks[block].text);
    Observation seen = observe(machine_, block, context_, false);
    out.observed = std::move(seen.observed);
    if (value.is_unknown()) out.missing = std::move(seen.missing);
    return out;
  }

  vm::Machine& machine_;
  const program::Program& program_;
  const program::Policy& policy_;
  const vm::Context context_;
};

// What has fired or failed of what the procedure answers.
std::vector<std::string> answered(const program::Program& program, const program::Policy& policy,
                                  const program::Procedure& procedure, const PolicyVerdict& verdict) {
  std::vector<std::string> ids;
  for (const std::uint32_t index : procedure.rules) {
    const std::string& id = program.text(policy.rules[index].id);
    const auto rule = std::ranges::find(verdict.rules, id, &RuleVerdict::id);
    if (rule == verdict.rules.end() || rule->trial) continue;
    if (rule->outcome == Outcome::fired || rule->outcome == Outcome::fail) ids.push_back(id);
  }
  return ids;
}

}  // namespace

void add_procedures(const Judge& judge, std::size_t policy, PolicyVerdict& out) {
  const program::Program& program = judge.machine().program();
  for (const program::Procedure& procedure : program.policies[policy].procedures) {
    std::vector<std::string> answers = answered(program, program.policies[policy], procedure, out);
    if (answers.empty()) continue;
    auto verdict = ProcedureExplainer(judge, policy).run(procedure);
    if (!verdict || verdict->steps.empty()) continue;
    verdict->answers = std::move(answers);
    out.procedures.push_back(std::move(*verdict));
  }
}

std::optional<ProcedureVerdict> procedure_now(const Judge& judge, std::size_t policy, std::size_t procedure) {
  return ProcedureExplainer(judge, policy).run(judge.machine().program().policies[policy].procedures[procedure]);
}

}  // namespace dpol::decision
