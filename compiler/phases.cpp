// Phases and rollouts: when rules are due.

#include <algorithm>
#include <utility>

#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;
using program::Missing;
using program::PhaseKind;
using program::Scope;

namespace {

// "T - 48h" as "T-48h".
std::string tight(std::string text) {
  for (const std::string_view sign : {" - ", " + "}) {
    for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign)) {
      text.replace(at, sign.size(), sign.substr(1, 1));
    }
  }
  return text;
}

// What T has been moved by, if the expression is nothing else.
std::optional<Decimal> offset_from_deployment(const Expr& expr) {
  if (expr.op == ExprOp::deployed_at) return Decimal();
  if (expr.op != ExprOp::add && expr.op != ExprOp::subtract) return std::nullopt;
  const bool swapped = expr.op == ExprOp::add && expr.args[0]->known;
  const Expr& base = *expr.args[swapped ? 1 : 0];
  const Expr& moved = *expr.args[swapped ? 0 : 1];
  const auto inner = offset_from_deployment(base);
  if (!inner || !moved.known) return std::nullopt;
  Decimal result;
  const bool fits = expr.op == ExprOp::add ? Decimal::add(*inner, moved.known->number, result)
                                           : Decimal::sub(*inner, moved.known->number, result);
  return fits ? std::optional(result) : std::nullopt;
}

std::string stage_name(const ast::StageRef& ref) {
  return std::string(ref.name() ? ref.name().text() : ref.share().text());
}

// A name that may stand in a rule's id: `50%` is stage_50.
std::string id_of_stage(const CheckedStage& stage) {
  if (!stage.name.ends_with('%')) return stage.name;
  std::string digits = stage.name.substr(0, stage.name.size() - 1);
  std::ranges::replace(digits, '.', '_');
  return "stage_" + digits;
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
    phases.push_back(std::move(phase));
    known = phases.end() - 1;
  }
  Spot spot;
  spot.scope = Scope::phase;
  spot.phase = static_cast<std::uint32_t>(known - phases.begin());
  spot.prefix = name + ".";
  spot.present = built.present;
  if (known->only_if) add_present(*known->only_if.expr, true, spot.present);
  if (node.owner()) spot.owner = text_of(built, node.owner().expression());
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
  ExprScope scope = scope_of(built, {});
  scope.no_metrics = "when a phase is cannot depend on metrics";
  scope.may_be_absent = true;  // then the phase is skipped
  const Condition time = ExprCheck(services_, std::move(scope))
                             .typed(expr, Type::of(Kind::time), "the beginning or end of a phase");
  if (!time) return std::nullopt;
  CheckedAnchor anchor;
  anchor.text = tight(time.text);
  if (const auto offset = offset_from_deployment(*time.expr)) {
    anchor.offset_seconds = *offset;
  } else {
    anchor.from_deployment = false;
    anchor.time = time;
  }
  return anchor;
}

// ------------------------------------------------------------------------------------ rollouts

void Policies::add_rollout(Built& built, const ast::Rollout& node) {
  const std::string name(node.name().text());
  auto& rollouts = built.policy.rollouts;
  auto known = std::ranges::find(rollouts, name, &CheckedRollout::name);
  const bool inherited = known != rollouts.end();
  for (const auto& clause : node.clauses()) {
    if (clause.kind() == NodeKind::OnlyIf)
      not_supported(place(built, clause), "`only if` on a rollout");
  }
  const std::vector<ast::Statement> statements = node.statements();
  if (inherited) {
    if (node.title()) known->title = title_of(built, node.title());
  } else {
    rollouts.emplace_back();
    known = rollouts.end() - 1;
    known->name = name;
    known->title = title_of(built, node.title());
    known->place = place(built, node.name());
    bool staged = false;
    for (const ast::Statement& statement : statements) {
      if (const auto stage = statement.as<ast::Stage>()) add_stage(built, *known, stage);
      staged = staged || statement.kind() == NodeKind::Step ||
               statement.kind() == NodeKind::Stages || statement.kind() == NodeKind::Stage;
    }
    if (!staged) {
      services_.sink.report(Code::E0515, known->place, "rollout " + quoted(name) + " has no stages")
          .suggest("`stage 10% bake 5m`, say");
    }
  }
  const CheckedRollout rollout = *known;
  Spot spot;
  spot.scope = Scope::rollout;
  spot.rollout = static_cast<std::uint32_t>(known - rollouts.begin());
  spot.prefix = name + ".";
  spot.present = built.present;
  add_statements(built, statements, spot);
  for (const ast::Statement& statement : statements) {
    Spot inner = spot;
    inner.scope = Scope::stages;
    if (const auto stage = statement.as<ast::Stage>()) {
      const bool added = std::ranges::find(rollout.stages, stage_name(stage.stage()),
                                           &CheckedStage::name) != rollout.stages.end();
      if (!inherited && !added) continue;  // what is wrong with it has been said
      const auto index = find_stage(built, rollout, stage.stage());
      if (!index) continue;
      const bool times = stage.bake() || stage.settle() || !stage.only_if().empty();
      if (inherited && times) {
        services_.sink
            .report(Code::E0512, place(built, stage.stage()), "an inherited stage keeps its times",
                    "says them again")
            .also(rollout.stages[*index].place.file, rollout.stages[*index].place.span,
                  "declared here");
        continue;
      }
      inner.first_stage = inner.last_stage = *index;
      inner.prefix += id_of_stage(rollout.stages[*index]) + ".";
      if (rollout.stages[*index].only_if)
        add_present(*rollout.stages[*index].only_if.expr, true, inner.present);
      add_gates(built, stage, inner);
      add_statements(built, stage.statements(), inner);
    } else if (const auto from = statement.as<ast::FromStage>()) {
      const auto index = find_stage(built, rollout, from.stage());
      if (!index) continue;
      inner.first_stage = *index;
      inner.last_stage = static_cast<std::uint32_t>(rollout.stages.size() - 1);
      inner.prefix += "from_" + id_of_stage(rollout.stages[*index]) + ".";
      for (const ast::OnlyIf& clause : from.only_if()) {
        not_supported(place(built, clause), "`only if` on `from stage`");
      }
      add_statements(built, from.statements(), inner);
    }
  }
}

void Policies::add_stage(Built& built, CheckedRollout& rollout, const ast::Stage& node) {
  if (!node.stage() || node.stage().has_error()) return;
  CheckedStage stage;
  stage.name = stage_name(node.stage());
  stage.place = place(built, node.stage());
  const auto twin = std::ranges::find(rollout.stages, stage.name, &CheckedStage::name);
  if (twin != rollout.stages.end()) {
    services_.sink
        .report(Code::E0514, stage.place, "stage " + quoted(stage.name) + " stands twice", "again")
        .also(twin->place.file, twin->place.span, "the first one");
    return;
  }
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
  std::set<std::string> present = built.present;
  stage.only_if = only_if(built, node, present);
  if (node.settle()) {
    stage.settle_seconds =
        seconds(built, node.settle(), "the time to settle", true).value_or(Decimal());
  }
  if (node.bake()) bake(built, stage, node.bake());
  rollout.stages.push_back(std::move(stage));
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
  const std::string name = stage_name(ref);
  const auto found = std::ranges::find(rollout.stages, name, &CheckedStage::name);
  if (found != rollout.stages.end())
    return static_cast<std::uint32_t>(found - rollout.stages.begin());
  std::vector<std::string> names;
  for (const CheckedStage& stage : rollout.stages) names.push_back(stage.name);
  const Place at = place(built, ref);
  auto& diagnostic = services_.sink.report(
      Code::E0321, at, "rollout " + quoted(rollout.name) + " has no stage " + quoted(name));
  suggest_nearest(diagnostic, at, name, names);
  if (diagnostic.help.empty() && !names.empty())
    diagnostic.suggest("its stages are " + list_of(names, 10));
  return std::nullopt;
}

}  // namespace dpol::compiler
