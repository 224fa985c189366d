// A Program by hand that has something in every table: what verifier, codec and disassembler are
// tried on. Its policy is a small canary; its blocks are few but run each other in every way.
#pragma once

#include "runtime/program/digest.h"
#include "tests/unit/support/program_builder.h"

namespace dpol::test {

// Numbers of what tests change in it.
struct SampleProgram {
  program::Program program;
  program::BlockId needs = 0;         // requests >= 100
  program::BlockId restarts = 0;      // body over pods: restarts <= 5
  program::BlockId pods = 0;          // every pod: restarts <= 5, and so on
  program::BlockId spike = 0;         // latency >= limit
  program::BlockId window = 0;        // spike in 3 of 5 samples
  program::BlockId opening = 0;       // T as a number
  program::BlockId total = 0;         // sum over pods of restarts
  program::BlockId hole = 0;          // a text
  program::BlockId series = 0;        // of a metric with labels: all of them, and the baseline of one
};

inline void add_policy(ProgramBuilder& b, const SampleProgram& sample, std::uint32_t parameter,
                       std::uint32_t author) {
  using namespace program;
  const auto place = [&b](std::uint32_t line) { return SourcePlace{b.text("auth.dpol"), line, 3}; };
  Policy policy;
  policy.id = b.text("auth");
  policy.title = b.text("Authentication");
  policy.owner = b.text("team-identity");
  policy.parents = {b.text("release.standard")};
  policy.parameters = {parameter};
  policy.place = place(1);
  policy.overrides.push_back({b.text("set"), b.text("auth.limit"), b.text("quieter"), b.text("300ms"),
                              b.text("250ms"), place(2)});
  Phase before;
  before.name = b.text("before");
  before.opens.offset_seconds = decimal("-172800");
  before.opens.text = b.text("T-48h");
  policy.phases.push_back(before);
  Phase during = before;
  during.name = b.text("validated");
  during.kind = PhaseKind::during;
  during.opens = {.from_deployment = false, .offset_seconds = {}, .block = sample.opening, .text = kNone};
  during.closes = Anchor{.from_deployment = true, .offset_seconds = decimal("900"), .block = kNone,
                         .text = b.text("T+15m")};
  during.only_if = sample.pods;
  policy.phases.push_back(during);
  Rollout rollout;
  rollout.name = b.text("canary");
  for (const auto* const share : {"0.1", "0.5", "1"}) {
    Stage stage;
    stage.name = b.text(share);
    stage.share = decimal(share);
    stage.bake_seconds = decimal("300");
    stage.at_most_seconds = decimal("1800");
    rollout.stages.push_back(stage);
  }
  rollout.stages[0].title = b.text("A tenth");
  rollout.stages[0].run = b.text("make smoke");
  policy.rollouts.push_back(rollout);
  policy.strategy.push_back({.rollout = 0, .condition = sample.pods, .place = place(12)});
  policy.strategy.push_back({.rollout = 0, .condition = kNone, .place = place(13)});

  Rule pods;
  pods.id = b.text("auth.before.pods");
  pods.title = b.text("Pods are calm");
  pods.scope = Scope::phase;
  pods.phase = 0;
  pods.covers = {b.text("G006")};
  pods.overrides = {0};
  Clause clause;
  clause.condition = sample.pods;
  clause.or_rollback = true;
  clause.if_empty = Missing::pass;
  pods.clauses.push_back(clause);
  Clause confirm;
  confirm.verb = Verb::confirm;
  confirm.confirm.count = 2;
  confirm.confirm.role = b.text("release_manager");
  confirm.confirm.members = 0;
  confirm.confirm.other_than = {author};
  confirm.confirm.within_seconds = decimal("86400");
  confirm.confirm.or_not_applicable = true;
  pods.clauses.push_back(confirm);
  policy.rules.push_back(pods);
  Rule latency;
  latency.id = b.text("auth.canary.latency");
  latency.kind = RuleKind::threshold;
  latency.scope = Scope::stages;
  latency.rollout = 0;
  latency.first_stage = 1;
  latency.last_stage = 2;
  latency.reads_metrics = true;
  latency.place = place(20);
  Clause spike;
  spike.verb = Verb::rollback;
  spike.condition = sample.window;
  spike.if_missing = Missing::hold;
  spike.missing_for_seconds = decimal("600");
  latency.clauses.push_back(spike);
  policy.rules.push_back(latency);
  Rule memory;
  memory.id = b.text("auth.memory");
  memory.kind = RuleKind::threshold;
  memory.reads_metrics = true;
  memory.each = 3;
  Clause room;
  room.condition = sample.series;
  memory.clauses.push_back(room);
  Rule gate;
  gate.id = b.text("auth.canary.stage_50.enter");
  gate.gate = Gate::enter;
  gate.scope = Scope::stages;
  gate.rollout = 0;
  gate.first_stage = 1;
  gate.last_stage = 1;
  gate.clauses.push_back(confirm);
  policy.rules.push_back(gate);
  Waiver waiver;
  waiver.target = b.text("before.pods");
  waiver.rules = {0};
  waiver.scope = sample.pods;
  waiver.until = decimal("1798675200");
  waiver.by = b.text("Ann");
  waiver.because = b.text("known");
  waiver.members = {0};
  waiver.place = place(30);
  policy.waivers.push_back(waiver);
  Procedure undo;
  undo.id = b.text("auth.undo");
  undo.title = b.text("Roll back");
  undo.covers = {b.text("G007")};
  undo.rules = {1};
  undo.only_if = sample.pods;
  undo.place = place(31);
  ProcedureStep step;
  step.name = b.text("undo");
  step.only_if = sample.pods;
  step.run = {{.text = b.text("undo auth"), .hole = kNone}};
  step.checks = {sample.window};
  step.place = place(32);
  undo.steps.push_back(step);
  policy.procedures.push_back(undo);
  Message told;
  told.name = b.text("window");
  told.text = {{b.text("Restarted "), kNone}, {b.text("service"), sample.hole}};
  told.recipients = {{b.text("release_manager"), true, 0}, {b.text("all@example.com"), false, kNone}};
  told.channels = {b.text("mail")};
  told.opens = Anchor{.from_deployment = true, .offset_seconds = decimal("-172800"), .block = kNone,
                      .text = b.text("T-48h")};
  told.within_seconds = decimal("86400");
  told.every_seconds = decimal("900");
  told.while_true = sample.pods;
  told.on_rules = true;
  told.rules = {1};
  told.only_if = sample.pods;
  told.scope = Scope::stages;
  told.rollout = 0;
  told.first_stage = 1;
  told.last_stage = 2;
  told.covers = {b.text("G007")};
  told.place = place(33);
  policy.messages.push_back(told);
  Role managers;
  managers.name = b.text("release_manager");
  managers.has_members = true;
  managers.members = {b.text("Ann"), b.text("Bo")};
  b.tables().roles.push_back(managers);
  Role duty;
  duty.name = b.text("on_duty");
  duty.has_members = true;
  duty.fact = author;
  b.tables().roles.push_back(duty);
  Rule quality = pods;
  quality.id = b.text("auth.before.quality");
  quality.kind = RuleKind::score;
  quality.trial = true;
  quality.trial_until = decimal("1767139200");
  quality.parts.push_back({.worth = decimal("2"), .full = sample.pods, .half = sample.window, .place = place(14)});
  policy.rules.push_back(quality);
  policy.rules.push_back(memory);
  b.tables().policies.push_back(policy);
}

// Every opcode occurs.
inline SampleProgram sample_program() {
  using namespace program;
  ProgramBuilder b;
  SampleProgram sample;
  b.tables().unit_names = {b.text("request")};
  const Type risk = b.enumeration("risk", {"low", "high"});
  const Type string = Type::of(Kind::string);
  const Type count = Type::of(Kind::integer);
  const Type pod = b.row_table("pod", {{"name", string}, {"restarts", count}, {"risk", risk}});
  const Type labels = b.row_table("labels", {{"[key]", string}, {"", string}}, true);
  const Type memories = b.row_table("int", {{"", count}});
  const std::uint32_t pattern = b.regex("^auth-");
  const std::uint32_t requests = b.metric("requests", Type::quantity(Dimension::user(0)));
  const std::uint32_t latency = b.metric("latency", Type::duration(), "300", "60");
  const std::uint32_t errors = b.metric("errors", Type::of(Kind::ratio));
  const std::uint32_t memory = b.metric("memory", count);
  b.metric_at(memory).label_set = b.label_set({"zone", "pod"});
  b.metric_at(memory).gone_seconds = decimal("600");
  b.metric_at(latency).better = Direction::lower;
  b.metric_at(errors).baseline = {.kind = BaselineRule::Kind::over, .aggregate = Aggregate::avg,
                                  .seconds = decimal("86400"), .releases = 0};

  const Cell hundred = b.constant(Type::quantity(Dimension::user(0)), number("100"));
  const Cell limit = b.seconds("0.25");
  const Cell five = b.constant(count, number("5"));
  const Cell zero = b.constant(count, number("0"));
  const Cell minutes = b.seconds("300");
  const Cell auth = b.symbol("auth");
  const Cell version = b.semver("3.1.0");
  const Cell high = b.ordinal(risk, 1);
  const Cell yes = b.boolean(true);
  b.unknown(count, Fault::division_by_zero);

  const Cell pods = b.fact("pods", pod);
  const Cell deployed = b.fact("version", Type::of(Kind::semver));
  const Cell service = b.fact("service", string);
  const Cell danger = b.fact("risk", risk, true);
  const Cell tags = b.fact("tags", labels);
  const Cell quota = b.input({.kind = InputKind::parameter, .name = b.text("auth.quota"), .type = count,
                              .fallback = ProgramBuilder::constant_cell(five),
                              .minimum = ProgramBuilder::constant_cell(zero), .place = {}});
  const Cell baseline = b.baseline(latency);
  const Cell start = b.moment(InputKind::deployed_at);
  const Cell now = b.moment(InputKind::now);

  b.begin();
  sample.needs = b.end(b.op(Opcode::less_equal, hundred, b.op(Opcode::sample, {}, {}, ProgramBuilder::series(requests))),
                       requests);
  b.metric_at(latency).needs = sample.needs;
  const auto body = [&](Cell row) {
    b.begin();
    return b.end(b.op(Opcode::less_equal, b.op(Opcode::field, row, {}, 1), quota));
  };
  const Cell row = b.row();
  sample.restarts = body(row);
  const Cell some_row = b.row();
  const BlockId some_body = body(some_row);
  const Cell any_row = b.row();
  const BlockId any_body = body(any_row);
  const Cell count_row = b.row();
  const BlockId count_body = body(count_row);
  const Cell sum_row = b.row();
  b.begin();
  const BlockId sum_body = b.end(b.op(Opcode::field, sum_row, {}, 1));
  b.begin();
  sample.total = b.end(b.op(Opcode::sum, pods, sum_row, sum_body));

  const auto picks = [&](Cell of_row) {
    b.begin();
    const Cell restarts = b.op(Opcode::field, of_row, {}, 1);
    return b.end(b.op(Opcode::picked, restarts, b.op(Opcode::less, restarts, quota)));
  };
  const Cell least_row = b.row();
  const BlockId least_body = picks(least_row);
  const Cell most_row = b.row();
  const BlockId most_body = picks(most_row);
  const Cell mean_row = b.row();
  const BlockId mean_body = picks(mean_row);

  b.begin();
  const Cell calm = b.op(Opcode::every, pods, row, sample.restarts);
  const Cell some = b.op(Opcode::every_of_some, pods, some_row, some_body);
  const Cell any = b.op(Opcode::any, pods, any_row, any_body);
  const Cell counted = b.op(Opcode::less, b.op(Opcode::count, pods, count_row, count_body), b.op(Opcode::length, pods));
  const Cell named = b.op(Opcode::has, pods, auth, 0);
  const Cell tag = b.op(Opcode::field, b.op(Opcode::find, tags, auth, 3), {}, 4);
  const Cell texts = b.op(Opcode::either, b.op(Opcode::matches, tag, {}, pattern), b.op(Opcode::contains_text, service, auth));
  const std::uint32_t arguments = b.arguments({service, auth});
  const Cell starts = b.op(Opcode::call, {}, Function::starts_with, arguments);
  const Cell versions = b.op(Opcode::both, b.op(Opcode::semver_less, version, deployed),
                             b.op(Opcode::negation, b.op(Opcode::semver_equal, version, deployed)));
  const Cell older = b.op(Opcode::semver_less_equal, deployed, version);
  const Cell newer = b.op(Opcode::either, b.op(Opcode::semver_greater, deployed, version),
                          b.op(Opcode::semver_greater_equal, deployed, version));
  const Cell more = b.op(Opcode::both, b.op(Opcode::greater, five, zero), b.op(Opcode::greater_equal, five, zero));
  const Cell risky = b.op(Opcode::equal, b.op(Opcode::otherwise, danger, high), high);
  const Cell known = b.op(Opcode::present, danger);
  const Cell chosen = b.op(Opcode::choose, risky, yes, b.op(Opcode::assumed, known, yes));
  const Cell sums = b.op(Opcode::add, b.op(Opcode::subtract, five, zero),
                         b.op(Opcode::negate, b.op(Opcode::multiply, five, b.op(Opcode::divide, five, quota))));
  const Cell nonzero = b.op(Opcode::not_equal, sums, zero);
  const Cell spread = b.op(Opcode::less, b.op(Opcode::minimum, pods, least_row, least_body),
                           b.op(Opcode::add, b.op(Opcode::maximum, pods, most_row, most_body),
                                b.op(Opcode::mean, pods, mean_row, mean_body)));
  const Cell first = b.op(Opcode::less, b.op(Opcode::field, b.op(Opcode::nth, pods, zero), {}, 1), five);
  Cell all = calm;
  for (const Cell part : {spread, first, some, any, counted, named, texts, starts, versions, older, newer, more, chosen, nonzero}) {
    all = b.op(Opcode::both, all, part);
  }
  sample.pods = b.end(b.op(Opcode::given, all, yes));
  b.quote(sample.pods, "every p in pods: p.restarts <= 5");

  b.begin();
  const Cell now_latency = b.op(Opcode::sample, {}, {}, ProgramBuilder::series(latency));
  const Cell raised = b.op(Opcode::relative, baseline, five);
  const Cell above = b.op(Opcode::less, raised, now_latency);
  sample.spike = b.end(b.op(Opcode::either, above, b.op(Opcode::less_equal, limit, now_latency)), latency);
  b.quote(sample.spike, "latency >= 250ms in 3 of 5 samples");
  b.begin();
  const Cell windows[] = {b.op(Opcode::of_samples, 3, 5, sample.spike), b.op(Opcode::for_time, minutes, {}, sample.spike),
                          b.op(Opcode::for_samples, 3, {}, sample.spike), b.op(Opcode::in_samples, 3, {}, sample.spike)};
  const Cell average = b.op(Opcode::aggregate, minutes, Aggregate::avg,
                            ProgramBuilder::series(latency, Track::stable));
  Cell fires = b.op(Opcode::less, average, limit);
  for (const Opcode op : {Opcode::worse_share, Opcode::worse_amount, Opcode::differs_share, Opcode::differs_amount}) {
    const Cell sure = b.op(op, minutes, five, ProgramBuilder::series(latency));
    fires = b.op(Opcode::either, fires, b.op(Opcode::less, five, sure));
  }
  for (const Cell window : windows) fires = b.op(Opcode::either, fires, window);
  sample.window = b.end(fires, latency);
  b.quote(sample.window, "latency >= 250ms in 3 of 5 samples");
  b.begin();
  sample.opening = b.end(b.op(Opcode::choose, start, now, yes));
  b.begin();
  sample.hole = b.end(service);
  const Cell memory_row = b.row();
  b.begin();
  const BlockId memory_body = b.end(b.op(Opcode::less, b.op(Opcode::field, memory_row, {}, 5), five));
  b.begin();
  const Cell own = b.op(Opcode::less, b.op(Opcode::baseline, {}, {}, ProgramBuilder::series(memory)), five);
  const Cell memories_now = b.op(Opcode::all_series, {}, std::uint32_t{memories.index}, ProgramBuilder::series(memory));
  sample.series = b.end(b.op(Opcode::both, own, b.op(Opcode::any, memories_now, memory_row, memory_body)), memory);
  b.begin();
  b.end(b.op(Opcode::less, start, now));

  add_policy(b, sample, quota.index, service.index);
  b.tables().files.push_back({b.text("auth.dpol"), sha256_hex("policy auth {}")});
  b.tables().digest = sha256_hex("auth.dpol policy auth {}");
  sample.program = b.build();
  Block& spike = sample.program.blocks[sample.spike];
  spike.traces.push_back({b.id(now_latency), 0, 7, Type::duration(), true});
  spike.comparisons.push_back({b.id(now_latency), b.id(limit), Opcode::less_equal, true, false,
                               Type::duration(), 0, 16});
  return sample;
}

}  // namespace dpol::test
