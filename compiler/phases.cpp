// Phases and rollouts: when rules are due.

#include <algorithm>
#include <utility>

#include "compiler/clauses.h"
#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;
using program::Missing;
using program::PhaseKind;
using program::Scope;

namespace {

constexpr std::string_view kRolledBackAt = "rolled_back_at";

std::string stage_name(const ast::StageRef& ref) {
  return std::string(ref.name() ? ref.name().text() : ref.share().text());
}

// "12.5%" as 12_5.
std::string digits_of(const std::string& share) {
  std::string digits = share.substr(0, share.size() - 1);
  std::ranges::replace(digits, '.', '_');
  return digits;
}

// A name that may stand in a rule's id: `50%` is stage_50.
std::string id_of_stage(const CheckedStage& stage) {
  if (!stage.name.ends_with('%')) return stage.name;
  return "stage_" + digits_of(stage.name);
}

std::string name_of_share(Decimal share) {
  Decimal percent;
  Decimal::mul(share, Decimal::from_int64(100), percent);  // of at most 1
  return percent.to_string() + "%";
}

bool reads_rollback_time(const Checked& checked, const Expr& expr) {
  if (expr.op == ExprOp::fact) {
    const std::string& path = checked.facts[expr.index].path;
    return path == kRolledBackAt || path.ends_with("." + std::string(kRolledBackAt));
  }
  return std::ranges::any_of(
      expr.args, [&](const ExprPtr& arg) { return reads_rollback_time(checked, *arg); });
}

// As `deployed_at` is T by its name, `rolled_back_at` is when the release was undone.
bool follows_rollback(const Checked& checked, const CheckedAnchor& opens) {
  return opens.time && reads_rollback_time(checked, *opens.time.expr);
}

}  // namespace

std::optional<Decimal> Policies::seconds(Built& built, const ast::Expr& expr, std::string_view what,
                                         bool may_be_zero) {
  if (!expr) return std::nullopt;
  const auto value =
      ExprCheck(services_, scope_of(built, {})).constant(expr, Type::duration(), what);
  if (!value) return std::nullopt;
  const int sign = value->number.sign();
  if (sign > 0 || (sign == 0 && may_be_zero)) return value->number;
  services_.sink.report(Code::E0411, place(built, expr),
                        std::string(what) + " must be longer than nothing");
  return std::nullopt;
}

// ------------------------------------------------------------------------------------ phases

void Policies::add_phase(Built& built, const ast::Phase& node) {
  const std::string name(node.name().text());
  auto& phases = built.policy.phases;
  auto known = std::ranges::find(phases, name, &CheckedPhase::name);
  const bool timed = node.from() || node.until() || node.during();
  if (known != phases.end()) {
    const bool conditions = !node.only_if().empty();
    if (timed || conditions) {
      services_.sink
          .report(Code::E0512, place(built, node.name()),
                  "phase " + quoted(name) +
                      " is there already: its time and its `only if` stay as they are",
                  "says them again")
          .also(known->place.file, known->place.span, "declared here")
          .suggest("leave them out to add rules to it, or give the phase another name");
      return;
    }
    if (node.title()) known->title = title_of(built, node.title());
  } else {
    CheckedPhase phase;
    phase.name = name;
    phase.title = title_of(built, node.title());
    phase.place = place(built, node.name());
    std::set<std::string> present = built.present;
    phase.only_if = only_if(built, node, present);
    if (!time_phase(built, node, phase)) return;
    phase.after_rollback = follows_rollback(services_.checked, phase.opens);
    phases.push_back(std::move(phase));
    known = phases.end() - 1;
  }
  Spot spot;
  spot.scope = Scope::phase;
  spot.phase = static_cast<std::uint32_t>(known - phases.begin());
  spot.prefix = name + ".";
  spot.present = built.present;
  if (known->only_if) add_present(*known->only_if.expr, true, spot.present);
  if (node.owner()) spot.owner = word_of(services_, built.info->module, node.owner().expression());
  add_statements(built, node.statements(), spot);
}

bool Policies::time_phase(Built& built, const ast::Phase& node, CheckedPhase& phase) {
  ast::View end;
  if (const auto during = node.during().as<ast::RangeExpr>()) {
    if (node.from() || node.until()) {
      services_.sink.report(Code::E0513, place(built, node.during()),
                            "a phase opens `from` a moment or `during` a time, not both");
      return false;
    }
    phase.kind = PhaseKind::during;
    const auto opens = anchor(built, during.low());
    phase.closes = anchor(built, during.high());
    end = during.high();
    if (!opens || !phase.closes) return false;
    phase.opens = *opens;
  } else if (node.during()) {
    if (!node.during().has_error()) {
      services_.sink.report(Code::E0513, place(built, node.during()),
                            "`during` takes a range of moments", "`T..T+15m`, say");
    }
    return false;
  } else if (node.from()) {
    const auto opens = anchor(built, node.from());
    if (!opens) return false;
    phase.opens = *opens;
    if (node.until()) {
      phase.closes = anchor(built, node.until());
      end = node.until();
      if (!phase.closes) return false;
    }
  } else {
    services_.sink
        .report(Code::E0511, phase.place,
                "phase " + quoted(phase.name) + " does not say when it is", "when?")
        .suggest("`from T-48h`, `during T..T+15m`");
    return false;
  }
  const bool both_from_start =
      phase.closes && phase.opens.from_deployment && phase.closes->from_deployment;
  if (both_from_start && phase.opens.offset_seconds >= phase.closes->offset_seconds) {
    services_.sink.report(Code::E0423, place(built, end),
                          "phase " + quoted(phase.name) + " closes before it opens",
                          "opens at " + phase.opens.text);
    return false;
  }
  return true;
}

std::optional<CheckedAnchor> Policies::anchor(Built& built, const ast::Expr& expr) {
  return anchor_of(services_, scope_of(built, {}), expr,
                   "when a phase is cannot depend on metrics", "the beginning or end of a phase");
}

// ------------------------------------------------------------------------------------ rollouts

// The index of the rollout: a new one, with its stages, or the inherited one of that name.
std::uint32_t Policies::declare_rollout(Built& built, const ast::Rollout& node) {
  const std::string name(node.name().text());
  auto& rollouts = built.policy.rollouts;
  const auto known = std::ranges::find(rollouts, name, &CheckedRollout::name);
  const auto index = static_cast<std::uint32_t>(known - rollouts.begin());
  std::set<std::string> present = built.present;
  if (known != rollouts.end()) {
    if (node.title()) known->title = title_of(built, node.title());
    if (!node.only_if().empty()) {
      services_.sink
          .report(Code::E0512, place(built, node.only_if().front()),
                  "rollout " + quoted(name) + " is there already: its `only if` stays as it is",
                  "says it again")
          .also(known->place.file, known->place.span, "declared here");
    }
    return index;
  }
  CheckedRollout rollout;
  rollout.name = name;
  rollout.title = title_of(built, node.title());
  rollout.place = place(built, node.name());
  rollout.only_if = only_if(built, node, present);
  bool staged = false;
  for (const ast::Statement& statement : node.statements()) {
    const NodeKind kind = statement.kind();
    staged =
        staged || kind == NodeKind::Step || kind == NodeKind::Stages || kind == NodeKind::Stage;
    if (statement.has_error()) continue;
    if (const auto stage = statement.as<ast::Stage>()) add_stage(built, rollout, stage);
    if (const auto step = statement.as<ast::Step>()) add_step(built, rollout, step);
    if (const auto stages = statement.as<ast::Stages>()) add_stages(built, rollout, stages);
  }
  if (!staged) {
    services_.sink.report(Code::E0515, rollout.place, "rollout " + quoted(name) + " has no stages")
        .suggest("`stage 10% bake 5m`, say");
  }
  rollouts.push_back(std::move(rollout));
  return index;
}

void Policies::add_rollout(Built& built, const ast::Rollout& node) {
  const std::size_t before = built.policy.rollouts.size();
  Spot spot;
  spot.scope = Scope::rollout;
  spot.rollout = declare_rollout(built, node);
  const bool inherited = spot.rollout < before;
  const CheckedRollout rollout = built.policy.rollouts[spot.rollout];
  spot.prefix = rollout.name + ".";
  spot.present = built.present;
  if (rollout.only_if) add_present(*rollout.only_if.expr, true, spot.present);
  add_statements(built, node.statements(), spot);
  spot.scope = Scope::stages;
  for (const ast::Statement& statement : node.statements()) {
    if (statement.has_error()) continue;
    const auto named = [&](const std::string& name) -> std::optional<std::uint32_t> {
      const auto found = std::ranges::find(rollout.stages, name, &CheckedStage::name);
      if (found == rollout.stages.end()) return std::nullopt;
      return static_cast<std::uint32_t>(found - rollout.stages.begin());
    };
    if (const auto stage = statement.as<ast::Stage>()) {
      std::optional<std::uint32_t> index = named(stage_name(stage.stage()));
      if (!index && inherited) index = find_stage(built, rollout, stage.stage());
      if (index) rules_of_stage(built, rollout, stage, *index, inherited, spot);
    } else if (const auto step = statement.as<ast::Step>()) {
      const std::string name(step.name().text());
      std::optional<std::uint32_t> index = named(name);
      if (!index && inherited && step.name())
        index = find_stage(rollout, name, place(built, step.name()));
      if (index) rules_of_stage(built, rollout, step, *index, inherited, spot);
    } else if (const auto stages = statement.as<ast::Stages>()) {
      rules_of_stages(built, rollout, stages, inherited, spot);
    } else if (const auto from = statement.as<ast::FromStage>()) {
      rules_from_stage(built, rollout, from, spot);
    }
  }
}

// ------------------------------------------------------------------------------------ their rules

template <class Node>
bool Policies::keeps_times(const Node& node, const Place& at, const CheckedStage& stage) {
  if (!node.bake() && !node.settle() && !node.run() && node.only_if().empty()) return true;
  services_.sink.report(Code::E0512, at, "an inherited stage keeps its times", "says them again")
      .also(stage.place.file, stage.place.span, "declared here");
  return false;
}

template <class Node>
void Policies::rules_of_stage(Built& built, const CheckedRollout& rollout, const Node& node,
                              std::uint32_t stage, bool inherited, Spot spot) {
  const CheckedStage& checked = rollout.stages[stage];
  if (inherited && !keeps_times(node, place(built, node), checked)) return;
  spot.first_stage = spot.last_stage = stage;
  spot.prefix += id_of_stage(checked) + ".";
  if (checked.only_if) add_present(*checked.only_if.expr, true, spot.present);
  own_rule(built, node, spot);
  add_gates(built, node, spot);
  add_statements(built, node.statements(), spot);
}

void Policies::rules_of_stages(Built& built, const CheckedRollout& rollout, const ast::Stages& node,
                               bool inherited, Spot spot) {
  const auto ends = ends_of(built, node);
  if (!ends) return;
  const auto index_of = [&](Decimal share) {
    return std::ranges::find(rollout.stages, name_of_share(share), &CheckedStage::name) -
           rollout.stages.begin();
  };
  const auto first = static_cast<std::size_t>(index_of(ends->first));
  const auto last = static_cast<std::size_t>(index_of(ends->second));
  // What is wrong with new ones has been said.
  if (first >= rollout.stages.size() || last >= rollout.stages.size() || first > last) {
    if (inherited)
      find_stage(rollout, name_of_share(first < rollout.stages.size() ? ends->second : ends->first),
                 place(built, node));
    return;
  }
  spot.first_stage = static_cast<std::uint32_t>(first);
  spot.last_stage = static_cast<std::uint32_t>(last);
  const CheckedStage& checked = rollout.stages[first];
  if (inherited && !keeps_times(node, place(built, node), checked)) return;
  spot.only_if = checked.only_if;
  if (spot.only_if) add_present(*spot.only_if.expr, true, spot.present);
  // People are asked at each of them.
  for (std::size_t i = first; i <= last; ++i) {
    Spot one = spot;
    one.first_stage = one.last_stage = static_cast<std::uint32_t>(i);
    one.prefix += id_of_stage(rollout.stages[i]) + ".";
    add_gates(built, node, one);
  }
  spot.prefix +=
      "stages_" + digits_of(checked.name) + "_to_" + digits_of(rollout.stages[last].name) + ".";
  own_rule(built, node, spot);
  add_statements(built, node.statements(), spot);
}

void Policies::rules_from_stage(Built& built, const CheckedRollout& rollout,
                                const ast::FromStage& node, Spot spot) {
  const auto index = find_stage(built, rollout, node.stage());
  if (!index) return;
  spot.first_stage = *index;
  spot.last_stage = static_cast<std::uint32_t>(rollout.stages.size() - 1);
  spot.prefix += "from_" + id_of_stage(rollout.stages[*index]) + ".";
  spot.only_if = only_if(built, node, spot.present);
  own_rule(built, node, spot);
  add_statements(built, node.statements(), spot);
}

// ------------------------------------------------------------------------------------ stages

bool Policies::is_new_stage(const CheckedRollout& rollout, const CheckedStage& stage) {
  const auto twin = std::ranges::find(rollout.stages, stage.name, &CheckedStage::name);
  if (twin == rollout.stages.end()) return true;
  services_.sink
      .report(Code::E0514, stage.place, "stage " + quoted(stage.name) + " stands twice", "again")
      .also(twin->place.file, twin->place.span, "the first one");
  return false;
}

// What a stage, a step and a row of stages say alike.
template <class Node>
void Policies::stage_clauses(Built& built, const Node& node, CheckedStage& stage) {
  std::set<std::string> present = built.present;
  stage.title = title_of(built, node.title());
  stage.only_if = only_if(built, node, present);
  if (node.settle()) {
    stage.settle_seconds =
        seconds(built, node.settle(), "the time to settle", true).value_or(Decimal());
  }
  if (node.bake()) bake(built, stage, node.bake());
  if (node.run()) stage.run = plain_string(services_, built.info->module, node.run());
}

void Policies::add_stage(Built& built, CheckedRollout& rollout, const ast::Stage& node) {
  if (!node.stage() || node.stage().has_error()) return;
  CheckedStage stage;
  stage.name = stage_name(node.stage());
  stage.place = place(built, node.stage());
  if (!is_new_stage(rollout, stage)) return;
  if (const auto share = node.stage().share()) {
    const auto value = ExprCheck(services_, scope_of(built, {}))
                           .constant(ast::Expr(share.syntax(), share.node()), Type::of(Kind::ratio),
                                     "a stage's share");
    if (!value) return;
    if (value->number.is_negative() || value->number > Decimal::from_int64(1)) {
      services_.sink.report(Code::E0514, place(built, share),
                            "a stage has a share of the traffic from 0% to 100%");
      return;
    }
    stage.share = value->number;
  }
  stage_clauses(built, node, stage);
  rollout.stages.push_back(std::move(stage));
}

// A stage without a share.
void Policies::add_step(Built& built, CheckedRollout& rollout, const ast::Step& node) {
  if (!node.name()) {
    services_.sink
        .report(Code::E0542, place(built, node), "a step of a rollout needs a name", "which one?")
        .suggest("name it: `step smoke …`; `--stage smoke` then says that it is current");
    return;
  }
  CheckedStage stage;
  stage.name = std::string(node.name().text());
  stage.place = place(built, node.name());
  if (!is_new_stage(rollout, stage)) return;
  stage_clauses(built, node, stage);
  rollout.stages.push_back(std::move(stage));
}

// The first and the last share of `stages A to B by C`.
std::optional<std::pair<Decimal, Decimal>> Policies::ends_of(Built& built,
                                                             const ast::Stages& node) {
  const auto share = [&](const ast::Expr& expr) -> std::optional<Decimal> {
    const auto value = ExprCheck(services_, scope_of(built, {}))
                           .constant(expr, Type::of(Kind::ratio), "a stage's share");
    return value ? std::optional(value->number) : std::nullopt;
  };
  const auto first = share(node.first());
  const auto last = share(node.last());
  if (!first || !last) return std::nullopt;
  return std::pair(*first, *last);
}

void Policies::add_stages(Built& built, CheckedRollout& rollout, const ast::Stages& node) {
  constexpr std::size_t kMostStages = 1'000;
  const auto ends = ends_of(built, node);
  const auto step =
      ExprCheck(services_, scope_of(built, {}))
          .constant(node.step(), Type::of(Kind::ratio), "the step from stage to stage");
  if (!ends || !step) return;
  const auto wrong = [&](const ast::View& at, const std::string& what) {
    services_.sink.report(Code::E0543, place(built, at), what)
        .suggest("as in `stages 5% to 50% by 5% bake 1m`");
  };
  const auto& [first, last] = *ends;
  if (first.is_negative() || last > Decimal::from_int64(1))
    return wrong(node, "stages have shares of the traffic from 0% to 100%");
  if (first >= last) return wrong(node.last(), "the last stage has a larger share than the first");
  if (step->number.sign() <= 0) return wrong(node.step(), "the step is more than nothing");
  CheckedStage stage;
  stage.place = place(built, node);
  stage_clauses(built, node, stage);
  std::size_t count = 0;
  for (Decimal share = first; share <= last; ++count) {
    if (count == kMostStages)
      return wrong(node.step(), "this makes more than " + std::to_string(kMostStages) + " stages");
    stage.share = share;
    stage.name = name_of_share(share);
    if (!is_new_stage(rollout, stage)) return;
    rollout.stages.push_back(stage);
    if (share == last) return;
    if (!Decimal::add(share, step->number, share)) return;
  }
  wrong(node.step(), "steps of this size do not end at the last stage");
}

void Policies::bake(Built& built, CheckedStage& stage, const ast::Bake& node) {
  stage.bake_seconds = seconds(built, node.duration(), "the time to bake", true);
  const ast::AtMost at_most = node.at_most();
  if (!at_most || !stage.bake_seconds) return;
  stage.at_most_seconds = seconds(built, at_most.duration(), "the longest time to bake", false);
  if (!stage.at_most_seconds) return;
  if (*stage.at_most_seconds < *stage.bake_seconds) {
    services_.sink.report(Code::E0514, place(built, at_most.duration()),
                          "a stage cannot end before it has baked", "shorter than its `bake`");
  }
  const ast::Action action = at_most.else_action();
  if (!action) return;
  switch (action.outcome()) {
    case ast::Outcome::Rollback:
      stage.at_most_outcome = Missing::rollback;
      break;
    case ast::Outcome::Fail:
    case ast::Outcome::NoGo:
      stage.at_most_outcome = Missing::fail;
      break;
    default:
      services_.sink
          .report(Code::E0514, place(built, action),
                  "a stage that takes too long is rolled back or no-go")
          .suggest("`else rollback` or `else no-go`");
  }
}

std::optional<std::uint32_t> Policies::find_stage(Built& built, const CheckedRollout& rollout,
                                                  const ast::StageRef& ref) {
  if (!ref || ref.has_error()) return std::nullopt;
  return find_stage(rollout, stage_name(ref), place(built, ref));
}

std::optional<std::uint32_t> Policies::find_stage(const CheckedRollout& rollout,
                                                  const std::string& name, const Place& at) {
  const auto found = std::ranges::find(rollout.stages, name, &CheckedStage::name);
  if (found != rollout.stages.end())
    return static_cast<std::uint32_t>(found - rollout.stages.begin());
  std::vector<std::string> names;
  for (const CheckedStage& stage : rollout.stages) names.push_back(stage.name);
  auto& diagnostic = services_.sink.report(
      Code::E0321, at, "rollout " + quoted(rollout.name) + " has no stage " + quoted(name));
  suggest_nearest(diagnostic, at, name, names);
  if (diagnostic.help.empty() && !names.empty())
    diagnostic.suggest("its stages are " + list_of(names, 10));
  return std::nullopt;
}

// ------------------------------------------------------------------------------------ strategy

namespace {

std::string strategy_line(const CheckedPolicy& policy) {
  std::string line;
  for (const CheckedChoice& choice : policy.strategy) {
    line.append(line.empty() ? "use " : "; use ").append(policy.rollouts[choice.rollout].name);
    line.append(choice.condition ? " when " + choice.condition.text : " otherwise");
  }
  return line;
}

}  // namespace

// A strategy takes the place of the inherited one as a whole, and the report says so.
void Policies::add_strategy(Built& built, const ast::Strategy& node) {
  CheckedPolicy& policy = built.policy;
  const std::string before = strategy_line(policy);
  policy.strategy.clear();
  policy.strategy_place = place(built, node);
  ast::Use otherwise;
  for (const ast::Use& use : node.uses()) {
    if (use.has_error()) continue;
    if (otherwise) {
      services_.sink
          .report(Code::E0545, place(built, use), "behind `otherwise` nothing is chosen any more",
                  "never used")
          .also(place(built, otherwise).file, place(built, otherwise).span, "chosen before");
      continue;
    }
    const std::string name = use.rollout().joined();
    const Place at = place(built, use.rollout());
    const auto found = std::ranges::find(policy.rollouts, name, &CheckedRollout::name);
    if (found == policy.rollouts.end()) {
      std::vector<std::string> names;
      for (const CheckedRollout& rollout : policy.rollouts) names.push_back(rollout.name);
      auto& diagnostic =
          services_.sink.report(Code::E0544, at, "there is no rollout " + quoted(name));
      suggest_nearest(diagnostic, at, name, names);
      if (diagnostic.help.empty())
        diagnostic.suggest(names.empty()
                               ? "declare it: `rollout " + name + " { stage 100% bake 30m }`"
                               : "there are " + list_of(names));
      if (!use.condition()) otherwise = use;
      continue;
    }
    CheckedChoice choice;
    choice.rollout = static_cast<std::uint32_t>(found - policy.rollouts.begin());
    choice.place = place(built, use);
    if (use.condition()) {
      ExprScope scope = scope_of(built, built.present);
      scope.no_candidate = "which rollout is used cannot depend on the candidate's metrics";
      scope.no_windows = "which rollout is used is asked at one moment: it has no window";
      choice.condition =
          ExprCheck(services_, std::move(scope)).condition(use.condition(), ConditionUse::only_if);
      if (!choice.condition) continue;
    } else {
      otherwise = use;
    }
    policy.strategy.push_back(std::move(choice));
  }
  if (before.empty()) return;
  policy.overrides.push_back({"replace", policy.id + ".strategy", "", before, strategy_line(policy),
                              policy.strategy_place, policy.id});
}

}  // namespace dpol::compiler
