#include "runtime/decision/explain.h"

#include <algorithm>
#include <utility>

#include "runtime/decision/observe.h"
#include "runtime/decision/procedures.h"
#include "runtime/decision/shell.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {

using program::Clause;
using program::Decimal;
using program::kNone;
using program::Policy;
using program::Program;
using program::Rule;
using program::StringId;
using program::Verb;
using vm::Instant;

const char* name(Decision decision) {
  switch (decision) {
    case Decision::go: return "go";
    case Decision::hold: return "hold";
    case Decision::no_go: return "no-go";
    case Decision::rollback: return "rollback";
  }
  return "";
}

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return "pass";
    case Outcome::warn: return "warn";
    case Outcome::fail: return "fail";
    case Outcome::fired: return "fired";
    case Outcome::held: return "held";
    case Outcome::pending: return "pending";
    case Outcome::unknown: return "unknown";
    case Outcome::waived: return "waived";
    case Outcome::skipped: return "skipped";
  }
  return "";
}

int exit_code(Decision decision) {
  switch (decision) {
    case Decision::go: return kExitGo;
    case Decision::hold: return kExitHold;
    case Decision::no_go: return kExitNoGo;
    case Decision::rollback: return kExitRollback;
  }
  return kExitHold;
}

namespace {

const char* verb_name(Verb verb) {
  switch (verb) {
    case Verb::require: return "require";
    case Verb::warn: return "warn";
    case Verb::hold: return "hold";
    case Verb::rollback: return "rollback";
    case Verb::confirm: return "confirm";
  }
  return "";
}

// What is missing has one name wherever it is missing.
constexpr const char* kTheStage = "the stage of the rollout";

constexpr const char* kUndecided = "cannot tell which rollout to use";

class PolicyExplainer {
 public:
  PolicyExplainer(const Judge& judge, std::size_t index)
      : judge_(judge), machine_(judge.machine()), program_(machine_.program()), snapshot_(machine_.snapshot()),
        index_(index), policy_(program_.policies[index]), judgement_(judge.policies()[index]),
        timeline_(judge.rollout(index)) {}

  PolicyVerdict run() {
    PolicyVerdict out;
    out.id = text(policy_.id);
    out.title = text(policy_.title);
    out.owner = text(policy_.owner);
    out.digest = "sha256:" + program_.digest;
    for (const program::SourceFileInfo& file : program_.files) out.files.push_back(text(file.name));
    out.service = printable(judge_.release().service);
    out.version = printable(judge_.release().version);
    out.environment = printable(judge_.release().environment);
    for (const program::Override& o : policy_.overrides) out.overrides.push_back(override_verdict(o));
    add_choice(out);
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) out.rules.push_back(rule_verdict(i, judgement_.rules[i]));
    add_stage(out);
    for (const RuleVerdict& rule : out.rules) {
      ++(rule.trial ? out.trial_counts : out.counts)[static_cast<std::size_t>(rule.outcome)];
    }
    decide(out);
    if (out.applies) add_procedures(judge_, index_, out);
    return out;
  }

  RuleVerdict rule_verdict(std::size_t index, const RuleJudgement& judged) {
    const Rule& rule = policy_.rules[index];
    const Clause& clause = rule.clauses[judged.clause == kNone ? 0 : judged.clause];
    RuleVerdict out;
    out.id = text(rule.id);
    out.title = text(rule.title);
    out.verb = verb_name(clause.verb);
    out.group = group(rule);
    out.outcome = judged.outcome;
    out.trial = judge_.on_trial(index_, index);
    if (const auto& until = rule.trial ? rule.trial_until : policy_.trial_until) out.trial_until = until_text(*until);
    out.place = place(clause.place.line != 0 ? clause.place : rule.place);
    out.owner = text(rule.owner == kNone ? policy_.owner : rule.owner);
    out.severity = text(rule.severity);
    out.doc = text(rule.doc);
    out.why = text(rule.why);
    out.evidence = text(rule.evidence);
    for (const StringId id : rule.covers) out.covers.push_back(text(id));
    for (const std::uint32_t o : rule.overrides) out.overrides.push_back(override_verdict(policy_.overrides[o]));
    if (clause.condition != kNone) out.condition = text(program_.blocks[clause.condition].text);
    if (judged.due_at) out.due_at = program::format_time(*judged.due_at);
    if (judged.outcome == Outcome::skipped) out.reason = skip_reason(rule, judged);
    else if (judged.by_people) add_people(index, judged, out);
    else add_values(clause, judged, out);
    add_series(rule, judged, out);
    add_waiver(index, judged, out);
    if (judged.outcome != Outcome::skipped && judged.block != kNone && !judged.by_people) add_parts(rule, judged, out);
    return out;
  }

  std::string confirm_command(const Rule& rule, const program::Confirm& confirm) const {
    const Release& release = judge_.release();
    if (!release.unknown.empty()) return {};
    std::string command = "dpol confirm " + text(rule.id) + " --by NAME";
    if (confirm.role != kNone) command += " --role " + text(confirm.role);
    if (rule.gate == program::Gate::decide) command += " --decide proceed";
    const bool of_stage = rule.scope == program::Scope::rollout || rule.scope == program::Scope::stages;
    if (of_stage && rule.gate == program::Gate::none && timeline_.current != kNone) {
      command += " --stage " + shell_word(printable(stage_name(rule.rollout, timeline_.current)));
    }
    command += " " + shell_word(printable(text(policy_.place.file)));
    const std::pair<const char*, const std::string&> facts[] = {
        {"service", release.service}, {"version", release.version}, {"environment", release.environment}};
    for (const auto& [fact, value] : facts) {
      if (!value.empty()) command += std::string(" --fact ") + shell_word(printable(std::string(fact) + "=" + value));
    }
    return command;
  }

 private:
  const std::string& text(StringId id) const { return program_.text(id); }
  std::string duration(Decimal seconds) const { return number_text(program_, seconds, program::Type::duration()); }

  Place place(const program::SourcePlace& p) const { return {text(p.file), p.line, p.column}; }

  OverrideVerdict override_verdict(const program::Override& o) const {
    return {text(o.what), text(o.target), text(o.because), text(o.from), text(o.to), place(o.place)};
  }

  std::string group(const Rule& rule) const {
    if (rule.scope == program::Scope::phase) {
      const program::Phase& phase = policy_.phases[rule.phase];
      return text(phase.title == kNone ? phase.name : phase.title);
    }
    if (rule.scope == program::Scope::policy) return {};
    const program::Rollout& rollout = policy_.rollouts[rule.rollout];
    if (rule.scope == program::Scope::rollout) return text(rollout.name);
    std::string stages = text(rollout.stages[rule.first_stage].name);
    if (rule.last_stage != rule.first_stage) stages += " to " + text(rollout.stages[rule.last_stage].name);
    return text(rollout.name) + " " + stages;
  }

  // Whose series are judged, and which of them decided.
  void add_series(const Rule& rule, const RuleJudgement& judged, RuleVerdict& out) const {
    if (rule.each == kNone) return;
    for (const StringId label : program_.label_sets[program_.metrics[rule.each].label_set].labels) out.each.push_back(text(label));
    if (judged.outcome == Outcome::skipped) return;
    const std::size_t named = std::min<std::size_t>(judged.series_alike, judged.series.size());
    for (std::size_t i = 0; i < named; ++i) {
      const vm::Member& member = snapshot_.members()[judged.series[i]];
      const program::LabelSet& set = program_.label_sets[member.label_set];
      SeriesLabels& labels = out.series.emplace_back();
      for (std::size_t l = 0; l < set.labels.size(); ++l) {
        labels.emplace_back(text(set.labels[l]), printable(member.values[l]));
      }
    }
    out.series_alike = judged.series_alike;
    out.series_judged = judged.series_judged;
  }

  // ---- people ----

  void add_people(std::size_t index, const RuleJudgement& judged, RuleVerdict& out) {
    const Rule& rule = policy_.rules[index];
    const program::Confirm& confirm = rule.clauses[judged.clause].confirm;
    const Tally& tally = judge_.tally(index_, index, judged.clause);
    for (const Heard& heard : tally.heard) {
      const program::SignOff& sign_off = judge_.sign_offs()[heard.sign_off];
      out.sign_offs.push_back({printable(sign_off.by), printable(sign_off.role), program::answer_name(sign_off.answer),
                               program::format_time(sign_off.at), printable(sign_off.note, 2'000), sign_off.source,
                               heard.heed == Heed::counts, heard.heed == Heed::counts ? "" : words(heard.heed)});
    }
    if (tally.outcome == Outcome::unknown) {
      out.reason = "cannot tell whose sign-off counts";
      out.missing.push_back(missing_of(machine_, tally.unknown, "somebody's name", judged.context.at));
    }
    if (tally.outcome != Outcome::pending) return;
    out.reason = pending_reason(rule, confirm, tally);
    out.confirm_command = confirm_command(rule, confirm);
  }

  static std::string people_words(std::uint32_t count, const std::string& role) {
    return std::to_string(count) + " " + (role.empty() ? count == 1 ? "person" : "people" : role);
  }

  std::string pending_reason(const Rule& rule, const program::Confirm& confirm, const Tally& tally) const {
    std::string reason = "needs " + people_words(confirm.count, text(confirm.role)) +
                         (rule.gate == program::Gate::decide ? " to decide" : " to sign off");
    const char* before = ", other than ";
    for (const std::uint32_t input : confirm.other_than) {
      reason += before + text(program_.inputs[input].name);
      before = ", ";
    }
    if (tally.people != 0) {
      reason += "; " + std::to_string(tally.people) + (tally.people == 1 ? " has, " : " have, ") +
                std::to_string(confirm.count - tally.people) + " missing";
    }
    if (!judge_.release().unknown.empty()) {
      return reason + "; the release's " + judge_.release().unknown + " is not known, so that no sign-off can be for it";
    }
    return reason + missing_members(confirm, tally);
  }

  // Who of a role's listed members could still sign.
  std::string missing_members(const program::Confirm& confirm, const Tally& tally) const {
    if (confirm.members == kNone || program_.roles[confirm.members].members.empty()) return {};
    constexpr std::size_t kMostNames = 6;
    std::size_t names = 0;
    std::string list;
    for (const StringId member : program_.roles[confirm.members].members) {
      const std::string& person = text(member);
      const bool signed_here = std::ranges::any_of(tally.heard, [&](const Heard& heard) {
        return heard.heed == Heed::counts && judge_.sign_offs()[heard.sign_off].by == person;
      });
      const bool excluded = std::ranges::any_of(confirm.other_than, [&](std::uint32_t input) {
        const program::Value value = snapshot_.inputs()[input];
        return !value.is_unknown() && snapshot_.symbols().text(value.as_id()) == person;
      });
      if (signed_here || excluded || ++names > kMostNames) continue;
      list += (list.empty() ? "" : ", ") + printable(person);
    }
    if (names == 0) return "; no member is left who could";
    return "; not yet: " + list + (names > kMostNames ? " and " + std::to_string(names - kMostNames) + " more" : "");
  }

  void add_waiver(std::size_t index, const RuleJudgement& judged, RuleVerdict& out) const {
    const std::vector<WaiverState>& states = judge_.waivers(index_);
    std::uint32_t shown = judged.waiver;
    for (std::uint32_t w = 0; w < states.size() && judged.waiver == kNone; ++w) {
      const bool is_for = std::ranges::find(policy_.waivers[w].rules, index) != policy_.waivers[w].rules.end();
      if (!is_for || states[w] == WaiverState::other_release) continue;
      if (shown == kNone || states[w] < states[shown]) shown = w;
    }
    if (shown == kNone) return;
    constexpr const char* kStates[] = {"valid", "other_release", "unknown_release", "expired", "not_a_member"};
    const program::Waiver& waiver = policy_.waivers[shown];
    out.waiver = {kStates[static_cast<std::size_t>(states[shown])],
                  printable(text(waiver.by)),
                  program::format_time(waiver.until),
                  printable(text(waiver.because), 2'000),
                  judged.waiver == kNone ? "" : name(judged.waived),
                  place(waiver.place)};
  }

  std::string until_text(Decimal seconds) const {
    Instant at = 0;
    return program::decimal_to_time(seconds, at) ? program::format_time(at) : std::string();
  }

  // ---- scores ----

  struct Points {  // the least and the most
    Decimal least, most;
  };

  std::string number(Decimal value, bool percent) const {
    return number_text(program_, value, program::Type::of(percent ? program::Kind::ratio : program::Kind::number));
  }
  std::string between(const Points& points, bool percent) const {
    const std::string least = number(points.least, percent);
    return points.least == points.most ? least : least + ".." + number(points.most, percent);
  }

  void add_parts(const Rule& rule, const RuleJudgement& judged, RuleVerdict& out) {
    Points sum;
    Decimal total;
    for (const program::ScorePart& part : rule.parts) {
      const Points points = add_part(part, judged.context, out);
      Decimal::add(sum.least, points.least, sum.least);
      Decimal::add(sum.most, points.most, sum.most);
      Decimal::add(total, part.worth, total);
    }
    if (rule.parts.empty()) return;
    Points share;
    Decimal::div(sum.least, total, share.least);
    Decimal::div(sum.most, total, share.most);
    out.score = between(share, true);
  }

  Points add_part(const program::ScorePart& part, const vm::Context& context, RuleVerdict& out) {
    const auto truth = [&](program::BlockId block) {
      return block == kNone ? program::Value::boolean(false) : machine_.run(block, context);
    };
    const program::Value full = truth(part.full);
    const program::Value half = truth(part.half);
    Decimal middle;
    Decimal::div(part.worth, Decimal::from_int64(2), middle);
    const auto earned = [&](bool unknown_is) {
      const auto holds = [&](program::Value value) { return value.is_unknown() ? unknown_is : value.is_true(); };
      return holds(full) ? part.worth : holds(half) ? middle : Decimal();
    };
    PartVerdict verdict;
    verdict.condition = text(program_.blocks[part.full].text);
    if (part.half != kNone) verdict.half = text(program_.blocks[part.half].text);
    const Points points{earned(false), earned(true)};
    const bool percent = part.worth < Decimal::from_int64(1);
    verdict.worth = number(part.worth, percent);
    verdict.earned = between(points, percent);
    verdict.place = place(part.place);
    Observation seen = observe(machine_, part.full, context, false);
    verdict.observed = std::move(seen.observed);
    if (full.is_unknown()) verdict.missing = std::move(seen.missing);
    else if (full.is_false() && half.is_unknown()) verdict.missing = observe(machine_, part.half, context, false).missing;
    // What a part lacks is what the rule lacks, once.
    for (Missing& missing : verdict.missing) {
      const auto same = [&](const Missing& other) { return other.name == missing.name; };
      if (out.outcome == Outcome::unknown && std::none_of(out.missing.begin(), out.missing.end(), same)) out.missing.push_back(missing);
    }
    out.parts.push_back(std::move(verdict));
    return points;
  }

  void add_values(const Clause& clause, const RuleJudgement& judged, RuleVerdict& out) {
    if (judged.block == kNone) {
      out.missing.push_back(missing_of(machine_, judged.value, kTheStage, judged.context.at));
      return;
    }
    const bool is_condition = judged.block == clause.condition;
    if (!is_condition) {
      out.condition = text(program_.blocks[judged.block].text);
      const ChoiceJudgement& choice = judgement_.choice;
      const bool undecided = choice.is_unknown() && policy_.strategy[choice.choice].condition == judged.block;
      out.reason = undecided ? kUndecided : "cannot tell whether it applies";
    }
    Observation seen = observe(machine_, judged.block, judged.context, is_condition && clause.verb != Verb::require);
    out.observed = std::move(seen.observed);
    if (judged.value.is_unknown()) out.missing = std::move(seen.missing);
    out.margin = std::move(seen.margin);
    out.margin_words = std::move(seen.margin_words);
    out.margin_permille = seen.margin_permille;
    out.margin_expr = std::move(seen.margin_expr);
    if (judged.answered_for_missing) out.reason = "unknown, answered by its `if missing`";
    if (judged.latched) {
      out.fired_at = program::format_time(judged.context.at);
      if (judged.context.at < snapshot_.now()) out.reason = "fired at " + *out.fired_at + "; a rollback stays fired";
    }
  }

  std::string skip_reason(const Rule& rule, const RuleJudgement& judged) const {
    const std::string condition = judged.block == kNone ? "" : text(program_.blocks[judged.block].text);
    const program::Phase* phase = rule.phase == kNone ? nullptr : &policy_.phases[rule.phase];
    switch (judged.skip) {
      case Skip::none: return {};
      case Skip::policy_not_applicable: return "the policy is not for this release: only if " + condition;
      case Skip::phase_not_applicable: return "its phase is not for this release: only if " + condition;
      case Skip::only_if: return "not for this release: only if " + condition;
      case Skip::no_anchor: return "not for this release: " + text(phase->opens.text) + " is absent";
      case Skip::rollout_not_chosen: return not_chosen(rule);
      case Skip::phase_not_open: return "due from " + text(phase->opens.text) + " on";
      case Skip::phase_closed: return "its phase is over";
      case Skip::no_deployment_time: return "due after the deployment's start, which is not known (--deployed-at)";
      case Skip::before_deployment: return "due after the deployment's start";
      case Skip::stage_not_reached:
        if (rule.gate == program::Gate::enter) return "due before stage " + stage_name(rule.rollout, rule.first_stage);
        return "due at stage " + stage_name(rule.rollout, rule.first_stage);
      case Skip::stage_over: return "stage " + stage_name(rule.rollout, rule.last_stage) + " is over";
    }
    return {};
  }

  std::string stage_name(std::uint32_t rollout, std::uint32_t stage) const {
    return text(policy_.rollouts[rollout].stages[stage].name);
  }

  std::string not_chosen(const Rule& rule) const {
    const std::uint32_t chosen = judgement_.choice.rollout;
    const std::string reason = "rollout " + text(policy_.rollouts[rule.rollout].name) + " is not used";
    return chosen == kNone ? reason : reason + ", but " + text(policy_.rollouts[chosen].name);
  }

  // ---- the strategy ----

  // The condition that made the choice: of `otherwise` the one before, which did not hold.
  program::BlockId deciding() const {
    const std::vector<program::Choice>& all = policy_.strategy;
    std::size_t i = std::min<std::size_t>(judgement_.choice.choice, all.size() - 1);
    while (i > 0 && all[i].condition == kNone) --i;
    return all[i].condition;
  }

  void add_choice(PolicyVerdict& out) {
    if (policy_.strategy.empty() || judgement_.policy_not_applicable) return;
    const ChoiceJudgement& judged = judgement_.choice;
    RuleVerdict use;
    use.id = text(policy_.id) + ".strategy";
    use.verb = "use";
    use.outcome = judged.is_unknown() ? Outcome::unknown : Outcome::pass;
    use.trial = judge_.on_trial(index_);
    use.owner = text(policy_.owner);
    use.place = place(policy_.strategy[judged.choice == kNone ? 0 : judged.choice].place);
    use.reason = choice_reason();
    if (const program::BlockId block = deciding(); block != kNone) {
      use.condition = text(program_.blocks[block].text);
      Observation seen = observe(machine_, block, {.at = snapshot_.now()}, false);
      use.observed = std::move(seen.observed);
      if (judged.is_unknown()) use.missing = std::move(seen.missing);
    }
    out.rules.push_back(std::move(use));
  }

  std::string choice_reason() const {
    const ChoiceJudgement& judged = judgement_.choice;
    if (judged.is_unknown()) return kUndecided;
    if (judged.rollout == kNone) return "no rollout is used";
    const std::string name = "rollout " + text(policy_.rollouts[judged.rollout].name);
    if (policy_.strategy[judged.choice].condition == kNone) return "otherwise: " + name;
    return name;
  }

  // ---- the rollout ----

  void add_stage(PolicyVerdict& out) {
    const std::uint32_t chosen = judge_.chosen_rollout(index_);
    if (chosen == kNone || judgement_.policy_not_applicable) return;
    const program::Rollout& rollout = policy_.rollouts[chosen];
    RolloutVerdict verdict{.name = text(rollout.name), .steps = static_cast<std::uint32_t>(rollout.stages.size())};
    for (std::size_t i = 0; i < policy_.rollouts.size(); ++i) {
      if (i != chosen) verdict.others.push_back(text(policy_.rollouts[i].name));
    }
    if (judgement_.choice.choice != kNone) {
      const program::BlockId condition = policy_.strategy[judgement_.choice.choice].condition;
      verdict.because = condition == kNone ? "otherwise" : text(program_.blocks[condition].text);
    }
    if (timeline_.current != kNone) {
      verdict.stage = stage_name(chosen, timeline_.current);
      verdict.stage_title = text(rollout.stages[timeline_.current].title);
      verdict.run = text(rollout.stages[timeline_.current].run);
      verdict.step = timeline_.current + 1;
      if (const std::uint32_t next = judge_.next_stage(index_); next != kNone) verdict.next = stage_name(chosen, next);
      if (timeline_.began) verdict.stage_began_at = program::format_time(*timeline_.began);
    }
    out.rollout = std::move(verdict);
    if (judgement_.stage.judged) add_bake(rollout, out);
  }

  void add_bake(const program::Rollout& rollout, PolicyVerdict& out) {
    const StageJudgement& judged = judgement_.stage;
    RuleVerdict bake;
    bake.verb = "bake";
    bake.outcome = judged.outcome;
    bake.trial = judge_.on_trial(index_);
    bake.owner = text(policy_.owner);
    if (timeline_.current == kNone) {
      bake.id = text(policy_.id) + "." + text(rollout.name) + ".stage";
      bake.group = text(rollout.name);
      bake.place = place(rollout.place);
      bake.missing.push_back(missing_of(machine_, program::Value::unknown(judged.fault), kTheStage, snapshot_.now()));
      if (!timeline_.odd_stage.empty()) bake.reason = "`" + printable(timeline_.odd_stage) + "` is not one of its stages";
      out.rules.push_back(std::move(bake));
      return;
    }
    const program::Stage& stage = rollout.stages[timeline_.current];
    if (!stage.bake_seconds && !stage.at_most_seconds) return;
    bake.id = text(policy_.id) + "." + text(rollout.name) + "." + text(stage.name) + ".bake";
    bake.group = text(rollout.name) + " " + text(stage.name);
    bake.place = place(stage.place);
    if (stage.bake_seconds) bake.condition = "bake " + duration(*stage.bake_seconds);
    if (stage.at_most_seconds) bake.condition += (bake.condition.empty() ? "" : " ") + ("at most " + duration(*stage.at_most_seconds));
    if (!timeline_.began) {
      bake.missing.push_back(missing_of(machine_, program::Value::unknown(judged.fault), "the stage's start", snapshot_.now()));
    } else {
      bake.reason = bake_reason(stage, judged);
      if (judged.outcome == Outcome::held) bake.due_at = program::format_time(*judged.baked_at);
    }
    out.rules.push_back(std::move(bake));
  }

  std::string bake_reason(const program::Stage& stage, const StageJudgement& judged) const {
    const std::string so_far = duration(program::time_to_decimal(snapshot_.now() - *timeline_.began));
    if (judged.limit_passed) return "still on hold after " + so_far + ", at most " + duration(*stage.at_most_seconds);
    if (judged.outcome == Outcome::held) return "baking: " + so_far + " of " + duration(*stage.bake_seconds);
    return "at this stage for " + so_far;
  }

  // ---- the decision ----

  void decide(PolicyVerdict& out) const {
    out.applies = judgement_.applies;
    out.decision = judgement_.decision;
    if (!out.applies) {
      if (judgement_.policy_not_applicable) {
        out.not_applicable_because = "only if " + text(program_.blocks[policy_.applies].text);
      } else if (judge_.on_trial(index_)) {
        out.not_applicable_because = std::string("it is on trial, and would decide ") + name(out.decision);
      } else {
        out.not_applicable_because = "none of its rules is for this release";
      }
      out.decision_word = "decides nothing";
      return;
    }
    out.decision_word = name(out.decision);
    if (judgement_.nothing_due) out.decision_reason = "nothing is due yet";
    if (out.decision == Decision::go && out.rollout && out.rollout->step != 0) {
      out.decision_word = out.rollout->next ? "advance" : "promoted";
    }
  }

  const Judge& judge_;
  vm::Machine& machine_;
  const Program& program_;
  const vm::Snapshot& snapshot_;
  std::size_t index_;
  const Policy& policy_;
  const PolicyJudgement& judgement_;
  const RolloutTimeline& timeline_;
};

}  // namespace

RuleVerdict explain(const Judge& judge, std::size_t policy, std::size_t rule, const RuleJudgement& judged) {
  return PolicyExplainer(judge, policy).rule_verdict(rule, judged);
}

std::string confirm_command(const Judge& judge, std::size_t policy, std::size_t rule, std::size_t clause) {
  const Rule& asked = judge.machine().program().policies[policy].rules[rule];
  return PolicyExplainer(judge, policy).confirm_command(asked, asked.clauses[clause].confirm);
}

Verdict explain(const Judge& judge) {
  const vm::Snapshot& snapshot = judge.machine().snapshot();
  Verdict out;
  out.at = program::format_time(snapshot.now());
  out.at_from_clock = snapshot.now_from_clock();
  if (snapshot.deployed_at()) out.deployed_at = program::format_time(*snapshot.deployed_at());
  for (const vm::DocumentInfo& document : snapshot.documents()) {
    out.inputs.push_back({document.name, document.digest.empty() ? "" : "sha256:" + document.digest});
  }
  out.decision = Decision::go;
  for (std::size_t i = 0; i < judge.policies().size(); ++i) {
    out.policies.push_back(PolicyExplainer(judge, i).run());
    const PolicyVerdict& policy = out.policies.back();
    if (!policy.applies) continue;
    if (!out.any_applies || policy.decision > out.decision) {
      out.decision = policy.decision;
      out.decision_word = policy.decision_word;
    }
    out.any_applies = true;
  }
  out.exit_code = out.any_applies ? exit_code(out.decision) : kExitNothingDecided;
  if (!out.any_applies) out.decision_word = "decides nothing";
  return out;
}

}  // namespace dpol::decision
