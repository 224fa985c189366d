#include "runtime/decision/plan.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "runtime/decision/explain.h"
#include "runtime/decision/limits.h"
#include "runtime/decision/messages.h"
#include "runtime/decision/observe.h"
#include "runtime/decision/procedures.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::BlockId;
using program::Decimal;
using program::kNone;
using program::Rule;
using program::Scope;
using program::StringId;
using program::Value;
using program::Verb;
using vm::Instant;

const char* name(PlanState state) {
  static constexpr std::array<const char*, kPlanStateCount> kNames = {"done", "open", "later", "over", "not_applicable"};
  return kNames[static_cast<std::size_t>(state)];
}

const char* name(SectionKind kind) {
  static constexpr std::array<const char*, 5> kNames = {"any_time", "phase", "deployment", "rollout", "stages"};
  return kNames[static_cast<std::size_t>(kind)];
}

namespace {

constexpr const char* kCannotTell = "cannot tell whether it is for this release";

constexpr const char* kGates[] = {"", "enter", "leave", "decide"};

bool is_over(Skip skip) { return skip == Skip::phase_closed || skip == Skip::stage_over; }

PlanState state_of(const RuleJudgement& judged) {
  switch (judged.outcome) {
    case Outcome::pass:
    case Outcome::warn:
    case Outcome::waived:
      return PlanState::done;
    case Outcome::skipped:
      if (is_over(judged.skip)) return PlanState::over;
      return is_not_due(judged.skip) ? PlanState::later : PlanState::not_applicable;
    default:
      return PlanState::open;
  }
}

// T, T-48h, T+1h30m.
std::string from_deployment(const program::Program& program, Decimal seconds) {
  if (seconds.is_zero()) return "T";
  return (seconds.is_negative() ? "T-" : "T+") + number_text(program, seconds.abs(), program::Type::duration());
}

class PolicyPlanner {
 public:
  PolicyPlanner(const Judge& judge, std::size_t index, const PolicyVerdict& verdict)
      : judge_(judge), machine_(judge.machine()), program_(machine_.program()), snapshot_(machine_.snapshot()),
        index_(index), policy_(program_.policies[index]), judgement_(judge.policies()[index]),
        timeline_(judge.rollout(index)), verdict_(verdict), now_{.at = snapshot_.now()} {}

  PolicyPlan run() {
    describe();
    if (!out_.applies) return std::move(out_);
    add_choices();
    add_stages();
    add_sections();
    add_procedures();
    add_messages();
    add_needs();
    return std::move(out_);
  }

 private:
  const std::string& text(StringId id) const { return program_.text(id); }
  std::string duration(Decimal seconds) const { return number_text(program_, seconds, program::Type::duration()); }
  static std::optional<std::string> time(std::optional<Instant> at) {
    return at ? std::optional(program::format_time(*at)) : std::nullopt;
  }

  void describe() {
    out_.id = verdict_.id;
    out_.title = verdict_.title;
    out_.doc = text(policy_.doc);
    out_.owner = verdict_.owner;
    out_.digest = verdict_.digest;
    out_.files = verdict_.files;
    out_.service = verdict_.service;
    out_.version = verdict_.version;
    out_.environment = verdict_.environment;
    out_.overrides = verdict_.overrides;
    out_.trial = judge_.on_trial(index_);
    if (policy_.trial_until) out_.trial_until = until_text(*policy_.trial_until);
    out_.because = because(policy_.applies, now_);
    out_.applies = !judgement_.policy_not_applicable;
    asks_ = out_.because.condition.empty() || machine_.run(policy_.applies, now_).is_true();
  }

  std::optional<std::string> until_text(Decimal seconds) const {
    Instant at = 0;
    return program::decimal_to_time(seconds, at) ? time(at) : std::nullopt;
  }

  // A condition with its values; what is missing where it is unknown.
  Because because(BlockId block, const vm::Context& context) const {
    Because out;
    if (block == kNone) return out;
    out.condition = text(program_.blocks[block].text);
    const Value value = machine_.run(block, context);
    Observation seen = observe(machine_, block, context, false);
    out.observed = std::move(seen.observed);
    if (value.is_unknown()) out.missing = std::move(seen.missing);
    return out;
  }

  // ---- the strategy and its stages ----

  void add_choices() {
    const ChoiceJudgement& judged = judgement_.choice;
    out_.rollout_unknown = judged.is_unknown();
    if (judged.rollout != kNone) {
      out_.rollout = text(policy_.rollouts[judged.rollout].name);
      out_.rollout_title = text(policy_.rollouts[judged.rollout].title);
    }
    bool asked = true;
    for (const program::Choice& choice : policy_.strategy) {
      ChoicePlan plan;
      plan.rollout = text(policy_.rollouts[choice.rollout].name);
      plan.title = text(policy_.rollouts[choice.rollout].title);
      plan.when = because(choice.condition, now_);
      const Value holds = choice.condition == kNone ? Value::boolean(true) : machine_.run(choice.condition, now_);
      plan.holds = !asked ? "not_asked" : holds.is_unknown() ? "unknown" : holds.is_true() ? "yes" : "no";
      plan.chosen = asked && holds.is_true() && judged.rollout == choice.rollout;
      if (holds.is_true()) asked = false;
      out_.choices.push_back(std::move(plan));
    }
  }

  void add_stages() {
    if (judgement_.choice.rollout == kNone) return;
    const std::vector<program::Stage>& stages = policy_.rollouts[judgement_.choice.rollout].stages;
    Decimal offset;                                          // from T, as long as nothing has begun
    std::optional<Instant> at = snapshot_.deployed_at();     // the earliest beginning of the next
    bool is_known = true;                                    // the offset
    for (std::uint32_t i = 0; i < stages.size(); ++i) {
      StagePlan plan = stage_plan(stages[i]);
      plan.state = stage_state(stages[i], i);
      if (plan.state == PlanState::not_applicable) {
        out_.stages.push_back(std::move(plan));
        continue;
      }
      if (has_begun() && i <= timeline_.current) {
        at = began(i);
        is_known = false;
      }
      if (is_known) plan.from = from_deployment(program_, offset);
      plan.from_at = time(at);
      if (at && stages[i].bake_seconds) at = plus(*at, *stages[i].bake_seconds);
      if (stages[i].bake_seconds) Decimal::add(offset, *stages[i].bake_seconds, offset);
      if (at && plan.state != PlanState::over) plan.baked_at = time(at);
      out_.stages.push_back(std::move(plan));
    }
  }

  bool has_begun() const { return timeline_.current != kNone; }

  // When the stage was last entered.
  std::optional<Instant> began(std::uint32_t stage) const {
    if (stage == timeline_.current) return timeline_.began;
    std::optional<Instant> last;
    for (const Visit& visit : timeline_.visits) {
      if (visit.stage == stage) last = visit.begin;
    }
    return last;
  }

  StagePlan stage_plan(const program::Stage& stage) const {
    StagePlan plan;
    plan.name = text(stage.name);
    plan.title = text(stage.title);
    if (stage.share) plan.share = number_text(program_, *stage.share, program::Type::of(program::Kind::ratio));
    if (stage.bake_seconds) plan.bake = duration(*stage.bake_seconds);
    if (stage.at_most_seconds) {
      plan.at_most = duration(*stage.at_most_seconds);
      plan.at_most_else = stage.at_most_outcome == program::Missing::rollback ? "rollback" : "no-go";
    }
    if (!stage.settle_seconds.is_zero()) plan.settle = duration(stage.settle_seconds);
    plan.run = text(stage.run);
    plan.because = because(stage.only_if, now_);
    return plan;
  }

  PlanState stage_state(const program::Stage& stage, std::uint32_t index) const {
    const bool is_for_release = stage.only_if == kNone || !machine_.run(stage.only_if, now_).is_false();
    if (!is_for_release) return PlanState::not_applicable;
    if (!has_begun() || index > timeline_.current) return PlanState::later;
    return index == timeline_.current ? PlanState::open : PlanState::over;
  }

  // ---- sections, in the order of time ----

  void add_sections() {
    add_section({.kind = SectionKind::any_time, .title = "At any time"},
                [&](const Rule& rule) { return rule.scope == Scope::policy && !is_from_deployment(rule); });
    for (const std::uint32_t phase : phases(true)) add_phase(phase);
    SectionPlan deployment{.kind = SectionKind::deployment, .title = "From the deployment on", .from = "T"};
    deployment.from_at = time(snapshot_.deployed_at());
    deployment.state = has_come(snapshot_.deployed_at()) ? PlanState::open : PlanState::later;
    add_section(std::move(deployment),
                [&](const Rule& rule) { return rule.scope == Scope::policy && is_from_deployment(rule); });
    for (std::uint32_t i = 0; i < policy_.rollouts.size(); ++i) add_rollout(i);
    for (const std::uint32_t phase : phases(false)) add_phase(phase);
  }

  template <class Test>
  void add_section(SectionPlan section, Test is_in_it) {
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) {
      if (is_in_it(policy_.rules[i])) section.items.push_back(item(i, section));
    }
    if (section.items.empty()) return;
    for (const ItemPlan& item : section.items) {
      if (item.is_task && !item.rule.trial) ++out_.counts[static_cast<std::size_t>(item.state)];
    }
    out_.sections.push_back(std::move(section));
  }

  bool is_from_deployment(const Rule& rule) const {
    const auto reads_metrics = [&](const program::Clause& clause) {
      return clause.condition != kNone && program_.blocks[clause.condition].reads_metrics;
    };
    const auto undoes = [](const program::Clause& clause) { return clause.verb == Verb::rollback; };
    return std::ranges::any_of(rule.clauses, reads_metrics) || std::ranges::all_of(rule.clauses, undoes);
  }

  bool has_come(std::optional<Instant> at) const { return at && *at <= snapshot_.now(); }

  // Those that open at a fact come last.
  std::vector<std::uint32_t> phases(bool before_deployment) const {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < policy_.phases.size(); ++i) {
      const program::Anchor& opens = policy_.phases[i].opens;
      if ((opens.from_deployment && opens.offset_seconds.is_negative()) == before_deployment) order.push_back(i);
    }
    std::ranges::stable_sort(order, [this](std::uint32_t a, std::uint32_t b) {
      const program::Anchor& first = policy_.phases[a].opens;
      const program::Anchor& second = policy_.phases[b].opens;
      if (first.from_deployment != second.from_deployment) return first.from_deployment;
      return first.from_deployment && first.offset_seconds < second.offset_seconds;
    });
    return order;
  }

  void add_phase(std::uint32_t index) {
    const program::Phase& phase = policy_.phases[index];
    const PhaseTime times = phase_time(phase, machine_, false);
    SectionPlan section{.kind = SectionKind::phase, .name = text(phase.name)};
    section.title = text(phase.title == kNone ? phase.name : phase.title);
    section.from = text(phase.opens.text);
    if (phase.closes) section.until = text(phase.closes->text);
    const bool ends_at_deployment =
        !phase.closes && phase.opens.from_deployment && phase.opens.offset_seconds.is_negative();
    if (ends_at_deployment) section.until = "T";
    section.from_at = time(times.opens);
    section.until_at = time(times.closes);
    say_state(phase, times, section);
    add_section(std::move(section),
                [&](const Rule& rule) { return rule.scope == Scope::phase && rule.phase == index; });
  }

  void say_state(const program::Phase& phase, const PhaseTime& times, SectionPlan& section) const {
    switch (times.state) {
      case PhaseState::open: section.state = PlanState::open; break;
      case PhaseState::not_open:
      case PhaseState::no_deployment_time: section.state = PlanState::later; break;
      case PhaseState::closed: section.state = PlanState::over; break;
      case PhaseState::unknown:
        section.reason = "cannot tell when it opens";
        section.because.missing.push_back(missing_of(machine_, times.unknown, section.from, now_.at));
        break;
      case PhaseState::no_anchor:
        section.state = PlanState::not_applicable;
        section.reason = section.from + " is absent";
        break;
    }
    // What was watched stays on the list once it is over.
    if (phase.kind == program::PhaseKind::during && has_come(times.closes)) section.state = PlanState::over;
    if (phase.only_if == kNone || section.state == PlanState::not_applicable) return;
    section.because = because(phase.only_if, now_);
    const Value value = machine_.run(phase.only_if, now_);
    if (value.is_unknown()) section.reason = kCannotTell;
    if (!value.is_false()) return;
    section.state = PlanState::not_applicable;
    section.reason = "only if " + section.because.condition;
  }

  void add_rollout(std::uint32_t index) {
    const program::Rollout& rollout = policy_.rollouts[index];
    SectionPlan base{.kind = SectionKind::rollout, .name = text(rollout.name), .from = "T"};
    base.from_at = time(snapshot_.deployed_at());
    const bool is_used = judgement_.choice.rollout == index;
    base.state = has_begun() ? PlanState::open : PlanState::later;
    if (!is_used && !out_.rollout_unknown) {
      base.state = PlanState::not_applicable;
      base.reason = out_.rollout.empty() ? "no rollout is used" : "rollout " + out_.rollout + " is used instead";
    } else if (!is_used) {
      base.reason = "cannot tell which rollout to use";
    }
    base.title = base.name + ": every stage";
    add_section(base, [&](const Rule& rule) { return rule.scope == Scope::rollout && rule.rollout == index; });
    std::set<std::pair<std::uint32_t, std::uint32_t>> spans;
    for (const Rule& rule : policy_.rules) {
      if (rule.scope == Scope::stages && rule.rollout == index) spans.emplace(rule.first_stage, rule.last_stage);
    }
    for (const auto& [first, last] : spans) add_span(index, first, last, base);
  }

  void add_span(std::uint32_t rollout, std::uint32_t first, std::uint32_t last, SectionPlan section) {
    const std::vector<program::Stage>& stages = policy_.rollouts[rollout].stages;
    section.kind = SectionKind::stages;
    section.stages = text(stages[first].name);
    section.title = section.name + ": stage " + section.stages;
    if (first != last) {
      section.stages += " to " + text(stages[last].name);
      section.title = section.name + ": stages " + section.stages;
    }
    if (judgement_.choice.rollout == rollout) {
      const StagePlan& begin = out_.stages[first];
      const StagePlan& end = out_.stages[last];
      section.from = begin.from;
      section.from_at = begin.from_at;
      section.state = first == last || begin.state == PlanState::later ? begin.state
                      : end.state == PlanState::over                   ? PlanState::over
                                                                       : PlanState::open;
      if (first == last && !begin.because.condition.empty()) section.because = begin.because;
      if (section.state == PlanState::not_applicable) section.reason = "only if " + begin.because.condition;
    }
    add_section(std::move(section), [&](const Rule& rule) {
      return rule.scope == Scope::stages && rule.rollout == rollout && rule.first_stage == first && rule.last_stage == last;
    });
  }

  // ---- one rule ----

  ItemPlan item(std::size_t index, const SectionPlan& section) {
    const Rule& rule = policy_.rules[index];
    const RuleJudgement& judged = judgement_.rules[index];
    ItemPlan out;
    out.rule = explain(judge_, index_, index, judged);
    out.is_final = rule.is_final;
    for (const program::StringId role : rule.waivable_by) out.waivable_by.push_back(text(role));
    out.gate = kGates[static_cast<std::size_t>(rule.gate)];
    if (rule.gate != program::Gate::none) out.stage = text(policy_.rollouts[rule.rollout].stages[rule.first_stage].name);
    out.is_task = std::ranges::any_of(rule.clauses, [](const program::Clause& clause) {
      return clause.verb == Verb::require || clause.verb == Verb::confirm;
    });
    out.state = state_of(judged);
    const std::vector<RuleJudgement> clauses = asks_ ? judge_.clauses(index_, index) : std::vector<RuleJudgement>{};
    for (std::uint32_t i = 0; i < rule.clauses.size(); ++i)
      out.clauses.push_back(clause(index, i, i < clauses.size() ? clauses[i] : judged, i < clauses.size()));
    if (!clauses.empty() && out.state != PlanState::not_applicable) out.state = gravest(out.clauses);
    if (clauses.empty() && judged.block != kNone) out.because = because(judged.block, judged.context);
    if (out.state == PlanState::later || out.state == PlanState::over) set_aside(rule, section, out);
    if (section.state == PlanState::over && out.state == PlanState::open && !has_fired(out)) out.state = PlanState::over;
    return out;
  }

  static bool has_fired(const ItemPlan& item) { return item.rule.outcome == Outcome::fired; }

  // What is open comes before what comes later; what is over counts as little as it can.
  static PlanState gravest(const std::vector<ClausePlan>& clauses) {
    const auto any = [&](PlanState state) { return std::ranges::find(clauses, state, &ClausePlan::state) != clauses.end(); };
    for (const PlanState state : {PlanState::open, PlanState::later, PlanState::over, PlanState::done})
      if (any(state)) return state;
    return PlanState::not_applicable;
  }

  // Before its time the judge asks of a rule whether it itself is for this release, not its phase.
  void set_aside(const Rule& rule, const SectionPlan& section, ItemPlan& out) {
    if (section.state == PlanState::not_applicable) {
      out.state = PlanState::not_applicable;
      out.rule.reason = "not for this release: " + section.reason;
      out.because = section.because;
    } else if (rule.only_if != kNone && machine_.run(rule.only_if, now_).is_unknown()) {
      out.because = because(rule.only_if, now_);
      out.rule.reason = kCannotTell;
    }
  }

  ClausePlan clause(std::size_t rule_index, std::uint32_t index, const RuleJudgement& judged, bool is_asked) {
    const program::Clause& clause = policy_.rules[rule_index].clauses[index];
    RuleVerdict verdict = explain(judge_, index_, rule_index, judged);
    ClausePlan out;
    out.verb = verb_of(clause.verb);
    out.or_rollback = clause.or_rollback;
    out.state = state_of(judged);
    out.outcome = judged.outcome;
    out.place = {text(clause.place.file), clause.place.line, clause.place.column};
    if (clause.condition != kNone) out.condition = text(program_.blocks[clause.condition].text);
    if (clause.verb == Verb::confirm) out.ask = ask(rule_index, index);
    out.reason = std::move(verdict.reason);
    if (!is_asked) return out;
    out.observed = std::move(verdict.observed);
    out.margin_words = std::move(verdict.margin_words);
    out.missing = std::move(verdict.missing);
    out.sign_offs = std::move(verdict.sign_offs);
    out.fired_at = std::move(verdict.fired_at);
    if (clause.condition == kNone || out.state == PlanState::not_applicable) return out;
    out.limits = limits(machine_, clause.condition, judged.context);
    if (out.state == PlanState::later) foresee(clause, judged, out);
    return out;
  }

  static const char* verb_of(Verb verb) {
    static constexpr const char* kVerbs[] = {"require", "warn", "hold", "rollback", "confirm"};
    return kVerbs[static_cast<std::size_t>(verb)];
  }

  // Facts may be known before a rule is due, so what they lack can be brought before; of metrics only
  // what they are compared with.
  void foresee(const program::Clause& clause, const RuleJudgement& judged, ClausePlan& out) {
    const program::Block& block = program_.blocks[clause.condition];
    if (!block.reads_metrics) {
      const Value value = machine_.run(clause.condition, judged.context);
      Observation seen = observe(machine_, clause.condition, judged.context, clause.verb != Verb::require);
      out.observed = std::move(seen.observed);
      if (value.is_unknown()) out.missing = std::move(seen.missing);
      return;
    }
    for (const Limit& limit : out.limits) {
      if (limit.measured_then) continue;
      out.missing.insert(out.missing.end(), limit.missing.begin(), limit.missing.end());
    }
  }

  Ask ask(std::size_t rule, std::uint32_t clause) const {
    const program::Confirm& confirm = policy_.rules[rule].clauses[clause].confirm;
    Ask out;
    out.count = confirm.count;
    out.role = text(confirm.role);
    if (confirm.members != kNone) {
      const program::Role& role = program_.roles[confirm.members];
      for (const StringId member : role.members) out.members.push_back(printable(text(member)));
      if (role.fact != kNone) out.named_by = text(program_.inputs[role.fact].name);
    }
    for (const std::uint32_t input : confirm.other_than) out.other_than.push_back(text(program_.inputs[input].name));
    if (!confirm.within_seconds.is_zero()) out.within = duration(confirm.within_seconds);
    out.or_not_applicable = confirm.or_not_applicable;
    out.command = confirm_command(judge_, index_, rule, clause);
    return out;
  }

  // ---- procedures and messages ----

  const ItemPlan* find(const std::string& id) const {
    for (const SectionPlan& section : out_.sections) {
      for (const ItemPlan& item : section.items)
        if (item.rule.id == id) return &item;
    }
    return nullptr;
  }

  void add_procedures() {
    for (std::size_t i = 0; i < policy_.procedures.size(); ++i) {
      const program::Procedure& procedure = policy_.procedures[i];
      ProcedurePlan plan;
      bool any_is_for_release = procedure.rules.empty();
      for (const std::uint32_t rule : procedure.rules) {
        plan.on.push_back(text(policy_.rules[rule].id));
        const ItemPlan* item = find(plan.on.back());
        any_is_for_release = any_is_for_release || (item != nullptr && item->state != PlanState::not_applicable);
      }
      plan.because = because(procedure.only_if, judge_.now_context(index_));
      if (auto now = procedure_now(judge_, index_, i)) {
        plan.procedure = std::move(*now);
        if (!any_is_for_release) plan.reason = "no rule that it answers is for this release";
      } else {
        plan.procedure = procedure_head(procedure);
        plan.reason = "only if " + plan.because.condition;
      }
      if (!plan.reason.empty()) plan.state = PlanState::not_applicable;
      say_answers(plan);
      out_.procedures.push_back(std::move(plan));
    }
  }

  ProcedureVerdict procedure_head(const program::Procedure& procedure) const {
    ProcedureVerdict out;
    out.id = text(procedure.id);
    out.title = text(procedure.title);
    out.owner = text(procedure.owner == kNone ? policy_.owner : procedure.owner);
    out.place = {text(procedure.place.file), procedure.place.line, procedure.place.column};
    return out;
  }

  // What has happened is what a check reports.
  void say_answers(ProcedurePlan& plan) const {
    const auto shown = std::ranges::find(verdict_.procedures, plan.procedure.id, &ProcedureVerdict::id);
    if (shown == verdict_.procedures.end()) return;
    plan.procedure.answers = shown->answers;
    plan.state = PlanState::open;
  }

  void add_messages() {
    for (std::size_t i = 0; i < policy_.messages.size(); ++i) {
      const program::Message& message = policy_.messages[i];
      MessagePlan plan;
      plan.message = (*verdict_.messages)[i];
      if (message.scope != Scope::policy) place(message, plan);
      if (message.opens) {
        plan.from = text(message.opens->text);
        plan.from_at = plan.message.from ? plan.message.from : time(anchor_time(*message.opens, machine_).at);
      }
      out_.messages.push_back(std::move(plan));
    }
  }

  void place(const program::Message& message, MessagePlan& plan) const {
    if (message.scope == Scope::phase) {
      const program::Phase& phase = policy_.phases[message.phase];
      plan.section = text(phase.title == kNone ? phase.name : phase.title);
      plan.from = text(phase.opens.text);
      plan.from_at = time(phase_time(phase, machine_, false).opens);
      return;
    }
    const program::Rollout& rollout = policy_.rollouts[message.rollout];
    plan.section = text(rollout.name);
    if (message.scope == Scope::stages) plan.section += ": stage " + text(rollout.stages[message.first_stage].name);
    if (judgement_.choice.rollout != message.rollout || out_.stages.empty()) return;
    const StagePlan& stage = out_.stages[message.scope == Scope::stages ? message.first_stage : 0];
    plan.from = stage.from;
    plan.from_at = stage.from_at;
  }

  // ---- what is missing ----

  void add_needs() {
    need_all(out_.because.missing, "", true);
    for (const ChoicePlan& choice : out_.choices) {
      if (choice.holds == "unknown") need_all(choice.when.missing, out_.id + ".strategy", true);
    }
    for (const SectionPlan& section : out_.sections) {
      need_all(section.because.missing, "", true);
      for (const ItemPlan& item : section.items) {
        if (item.state == PlanState::not_applicable || item.state == PlanState::over) continue;
        const bool now = item.state == PlanState::open;
        need_all(item.because.missing, item.rule.id, now);
        for (const ClausePlan& clause : item.clauses) need_all(clause.missing, item.rule.id, now);
      }
    }
    for (const MessagePlan& plan : out_.messages) {
      if (plan.message.state == MessageState::sent || plan.message.state == MessageState::not_applicable) continue;
      need_all(given(plan.message.missing), plan.message.id, is_due(plan.message.state));
    }
    for (const ProcedurePlan& plan : out_.procedures) {
      for (const StepVerdict& step : plan.procedure.steps)
        need_all(given(step.missing), plan.procedure.id, plan.state == PlanState::open);
    }
    const bool hangs_on_it = !out_.messages.empty() || std::ranges::any_of(out_.sections, [](const SectionPlan& section) {
      return section.kind != SectionKind::any_time;
    });
    if (hangs_on_it && !snapshot_.deployed_at() && !has_begun())
      need_all({missing_of(machine_, Value::unknown(program::Fault::no_deployment_time), "T", now_.at)}, "", false);
  }

  // Of what is said and done later: what can be brought now.
  static std::vector<Missing> given(const std::vector<Missing>& missing) {
    std::vector<Missing> out;
    const auto is_fact = [](const Missing& one) { return one.fault == program::fault_name(program::Fault::missing); };
    std::ranges::copy_if(missing, std::back_inserter(out), is_fact);
    return out;
  }

  void need_all(const std::vector<Missing>& missing, const std::string& rule, bool now) {
    for (const Missing& one : missing) {
      auto found = std::ranges::find_if(out_.needs, [&](const Need& need) {
        return need.missing.name == one.name && need.missing.fault == one.fault;
      });
      if (found == out_.needs.end()) {
        out_.needs.push_back({.missing = one});
        found = std::prev(out_.needs.end());
        add_source(*found);
      }
      found->now = found->now || now;
      if (!rule.empty() && (found->rules.empty() || found->rules.back() != rule)) found->rules.push_back(rule);
    }
  }

  void add_source(Need& need) const {
    for (const program::Source& source : program_.sources) {
      if (need.missing.given_by.empty() || text(source.name) != need.missing.given_by) continue;
      need.format = text(source.format);
      for (const StringId file : source.files) need.files.push_back(text(file));
    }
  }

  const Judge& judge_;
  vm::Machine& machine_;
  const program::Program& program_;
  const vm::Snapshot& snapshot_;
  std::size_t index_;
  const program::Policy& policy_;
  const PolicyJudgement& judgement_;
  const RolloutTimeline& timeline_;
  const PolicyVerdict& verdict_;
  vm::Context now_;
  bool asks_ = true;  // the policy is for this release
  PolicyPlan out_;
};

}  // namespace

Plan make_plan(vm::Machine& machine, const Options& options, const std::vector<program::SignOff>& sign_offs,
               const std::vector<program::Sending>& sendings) {
  Judge judge(machine);
  judge.load(options, sign_offs);
  judge.judge();
  Verdict verdict = explain(judge);
  decision::add_messages(judge, sendings, verdict);
  // The checklist goes on to say what became of a phase that is over; a check does not look back.
  Options whole = options;
  whole.closed_phases = true;
  judge.load(whole, sign_offs);
  judge.judge();
  Plan plan{.at = verdict.at, .at_from_clock = verdict.at_from_clock, .deployed_at = verdict.deployed_at};
  plan.inputs = std::move(verdict.inputs);
  for (std::size_t i = 0; i < verdict.policies.size(); ++i) {
    plan.policies.push_back(PolicyPlanner(judge, i, verdict.policies[i]).run());
    plan.any_applies = plan.any_applies || plan.policies.back().applies;
  }
  return plan;
}

}  // namespace dpol::decision
