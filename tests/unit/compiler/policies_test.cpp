// Policies: what is inherited, changed and refused, and what the rules are called.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile.h"
#include "runtime/program/verify.h"

namespace dpol::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kPrelude = R"(
record pod { name string  ready bool }
facts {
  environment  dev | staging | production
  tests        { failed int   report? string }
  frozen       bool
  author       string
  opened_at?   time
  pods         list of pod
}
metric error_rate  ratio
metric latency     duration
)";

using Files = std::map<std::string, std::string>;

CompileResult compile_text(const std::string& text, const Files& files = {}, bool optimise = true) {
  CompileOptions options;
  options.entries = {{"main.dpol", text}};
  options.policy_paths = {"lib"};
  options.optimise = optimise;
  options.read_file = [&files](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  return compile(options);
}

std::string codes(const CompileResult& result) {
  std::string all;
  for (const lang::Diagnostic& diagnostic : result.diagnostics) {
    all += (all.empty() ? "" : " ") + std::string(lang::diagnostic_info(diagnostic.code).text);
  }
  return all;
}

std::string messages(const CompileResult& result) {
  std::string all;
  for (const lang::Diagnostic& diagnostic : result.diagnostics)
    all += lang::render_diagnostic(diagnostic);
  return all;
}

// A policy's body after the prelude.
CompileResult body(const std::string& text) {
  return compile_text(std::string(kPrelude) + "policy p { " + text + " }");
}

std::vector<std::string> rules(const CompileResult& result) {
  std::vector<std::string> all;
  for (const CheckedPolicy& policy : result.checked.policies) {
    for (const CheckedRule& rule : policy.rules)
      all.push_back(policy.rule_id(rule) + ": " + rule.line);
  }
  return all;
}

const program::Rule& rule(const CompileResult& result, std::string_view id) {
  for (const program::Policy& policy : result.program->policies) {
    for (const program::Rule& rule : policy.rules) {
      if (result.program->text(rule.id) == id) return rule;
    }
  }
  ADD_FAILURE() << "no rule " << id;
  static const program::Rule kNone;
  return kNone;
}

struct Row {
  const char* body;
  const char* codes;
};

TEST(Policies, BodiesAndWhatIsWrongWithThem) {
  for (
      const Row& row : std::to_array<Row>({
          {"item a require frozen", ""},
          {"item a require frozen warn when tests.failed > 3", ""},
          {"item a confirm by 2 engineer other than author", ""},
          {"item a require present tests.report", ""},
          {"item a only if present tests.report require tests.report == \"ok\"", ""},
          {"applies only if present tests.report item a require tests.report == \"ok\"", ""},
          {"phase x from T only if present tests.report { item a require tests.report == \"ok\" }",
           ""},
          {"phase x during opened_at..opened_at+15m { item a require frozen }", ""},
          {"phase x from T-48h until T { item a require frozen }", ""},
          {"phase x during T..T+15m { threshold latency require < 1s }", ""},
          {"threshold latency { require < 1s needs error_rate < 1% if missing pass }", ""},
          {"threshold latency { require <= baseline + 10% if baseline missing pass }", ""},
          {"item a require every p in pods: p.ready if empty pass", ""},
          {"item a require frozen else rollback", ""},
          {"item a require frozen else hold", ""},
          {"rollout r { stage 10% bake 5m at most 30m else no-go stage 100% bake 1h threshold "
           "latency rollback > 1s }",
           ""},
          {"rollout r { stage 10% settle 2m { threshold latency rollback > 1s } stage 100% }", ""},
          {"rollout r { stage 10% stage 50%\n from stage 50% { threshold latency rollback > 1s } }",
           ""},
          {"rollout r { stage 10% bake 5m }", ""},
          {"threshold avg(latency, 5m) as slow require < 1s", ""},
          {"trial item a require frozen", ""},
          {"item a require 1 < 2", "W0401"},
          {"item a only if 2 < 1 require frozen", "W0501"},

          {"", "E0501"},
          {"item a require tests.failed", "E0402"},
          {"item a require frozen item a require frozen", "E0502"},
          {"threshold latency require < 1s threshold latency require < 2s", "E0502"},
          {"drop x because \"no\"", "E0509"},
          {"set x = 3", "E0322"},
          {"param x ratio = 0.5% set x = 1% item a require error_rate < x", "E0322"},
          {"param x ratio = 7% within 0%..5% item a require frozen", "E0507"},
          {"param x ratio = 7% within 5%..0% item a require frozen", "E0423"},
          {"param x ratio = 5 item a require frozen", "E0415"},
          {"param x ratio = tests.failed item a require frozen", "E0415"},
          {"param x int = tests.failed item a require frozen", "E0422"},
          {"param x int = increase(latency, 5m) item a require frozen", "E0510"},
          {"param x list of int item a require frozen", "E0426"},
          {"param x ratio param x ratio item a require frozen", "E0309"},
          {"param x ratio item a require error_rate < x", "E0506"},
          {"applies only if latency < 1s item a require frozen", "E0510"},
          {"item a only if latency < 1s require frozen", "E0510"},
          {"item a only if latency.stable < 1s require frozen", ""},
          {"phase x { item a require frozen }", "E0511"},
          {"phase x from 15m { item a require frozen }", "E0415"},
          {"phase x from T+15m until T { item a require frozen }", "E0423"},
          {"phase x during T..T-1h { item a require frozen }", "E0423"},
          {"phase x during T { item a require frozen }", "E0513"},
          {"phase x from T { item a require frozen } phase x from T { item b require frozen }",
           "E0512"},
          {"phase x from T { item a require frozen } phase x { item b require frozen }", ""},
          {"rollout r { threshold latency rollback > 1s }", "E0515"},
          {"rollout r { stage 10% stage 10% threshold latency rollback > 1s }", "E0514"},
          {"rollout r { stage 110% threshold latency rollback > 1s }", "E0514"},
          {"rollout r { stage 10% bake 5m at most 1m threshold latency rollback > 1s }", "E0514"},
          {"rollout r { stage 10% bake 5 }", "E0415"},
          {"rollout r { stage 10%\n from stage 20% { threshold latency rollback > 1s } }", "E0321"},
          {"threshold avg(latency, 5m) require < 1s", "E0516"},
          {"threshold latency, error_rate as x require < baseline", "E0516"},
          {"threshold latency { require < 1s if baseline missing pass }", "E0517"},
          {"item a require frozen if empty pass", "E0517"},
          {"item a confirm by 1 engineer if missing pass", "E0517"},
          {"item a confirm by 0 engineer", "E0518"},
          {"item a confirm by 1 engineer other than nobody", "E0301"},
          {"item a confirm by 1 engineer other than frozen", "E0415"},
          {"rollout r { stage 10% bake 5m enter confirm by 1 engineer }", ""},
          {"rollout r { stages 5% to 50% by 5% bake 1m }", ""},
          {"rollout r { stages 5% to 50% by 20% bake 1m }", "E0543"},
          {"rollout r { stages 50% to 5% by 5% bake 1m }", "E0543"},
          {"rollout r { stages 0% to 100% by 0.01% bake 1m }", "E0543"},
          {"rollout r { stages 5% to 10% by 5% stage 10% bake 1m }", "E0514"},
          {"rollout r only if frozen { step smoke run \"x\" bake 1m require frozen }", ""},
          {"rollout r { step \"Smoke\" bake 1m }", "E0542"},
          {"rollout r { stage 10% bake 5m } rollout s { stage 10% bake 5m }", "E0540"},
          {"rollout r { stage 10% bake 5m } strategy { use r otherwise }", ""},
          {"rollout r { stage 10% bake 5m } strategy { use s otherwise }", "E0544"},
          {"rollout r { stage 10% bake 5m } strategy { use r when latency > 1s }", "E0510"},
          {"rollout r { stage 10% bake 5m } strategy { use r otherwise use r when frozen }",
           "E0545"},
          {"rollout r { stage 10% bake 5m } strategy { use r otherwise } strategy { use r otherwise }",
           "E0541"},
          {"trial until 2026-12-31 item a require frozen", ""},
          {"trial until 5m item a require frozen", "E0415"},
          {"item a confirm by 1 engineer or not applicable because", ""},
          {"score s { worth 2 frozen half tests.failed < 3 require >= 75% warn < 80% }", ""},
          {"score s { worth 2 frozen }", "E0546"},
          {"score s { require >= 75% }", "E0220"},
          {"score s { worth 0 frozen require >= 75% }", "E0546"},
          {"score s { worth 2 frozen worth 5% frozen require >= 75% }", "E0546"},
          {"score s { worth 2 frozen require == 75% }", "E0546"},
          {"score s { worth 2 frozen require >= 75 }", "E0415"},
          {"score s { worth 2 frozen warn > 100% require >= 75% }", "W0401"},
          {"threshold error_rate { require <= 1% rollback > 150% }", "W0401"},
          {"threshold error_rate { require <= 100% rollback > 5% }", "W0401"},
          {"item a require 0% <= error_rate", "W0401"},
          {"item a require error_rate == 100% or error_rate > 0%", ""},
          {"item a require sum(error_rate, 5m) > 150%", ""},
          {"item a require error_rate in 0%..100%", ""},
      })) {
    const CompileResult result = body(row.body);
    EXPECT_EQ(codes(result), row.codes) << row.body << "\n" << messages(result);
    EXPECT_EQ(result.defect, "") << row.body;
    EXPECT_EQ(result.ok(), !lang::has_errors(result.diagnostics)) << row.body;
  }
}

TEST(Policies, DeclarationsAndWhatIsWrongWithThem) {
  for (const Row& row : std::to_array<Row>({
           {"metric m ratio by pod", ""},
           {"metric m ratio by pod, zone gone after 10m", ""},
           {"metric m ratio by pod, pod", "E0430"},
           {"metric m ratio by a, b, c, d, e, f, g, h", ""},
           {"metric m ratio by a, b, c, d, e, f, g, h, i", "E0430"},
           {"metric m ratio by pod gone after 5m", "E0430"},
           {"metric m ratio stale after 1m by pod gone after 61s", ""},
           {"metric m ratio by pod gone after 0s", "E0411"},
           {"metric m ratio by pod baseline known_good", "E0420"},
           {"metric m ratio by pod baseline avg of last 3 promoted", "E0420"},
           {"metric m ratio by pod baseline median over 24h", ""},
           {"metric m ratio by pod needs n > 1 metric n int by pod", ""},
           {"metric m ratio by pod needs n > 1 metric n int by zone", "E0429"},
           {"metric m ratio needs n > 1 metric n int by pod", "E0429"},
           {"metric m ratio needs max(n) > 1 metric n int by pod", ""},
           {"metric m string", "E0426"},
           {"metric m ratio baseline known_good", ""},
           {"metric m ratio baseline median over 24h", ""},
           {"metric m ratio baseline avg of last 3 promoted", ""},
           {"metric m ratio baseline stddev over 24h", "E0413"},
           {"metric m passing | failing baseline median over 24h", "E0420"},
           {"metric m ratio every 0s", "E0411"},
           {"metric m ratio every 5", "E0415"},
           {"metric m ratio within 0%..200%", ""},
           {"metric m ratio within 200%..0%", "E0423"},
           {"metric m int within 0..5", "E0426"},
           {"metric m ratio needs n > 1 metric n int needs m > 1%", "E0424"},
           {"metric m ratio needs m > 1%", "E0424"},
           {"metric m ratio needs n > 1 metric n int", ""},
           {"metric m ratio needs frozen for 5m", "E0410"},
           {"metric latency duration", "E0309"},
           {"metric frozen ratio", "E0309"},
           {"metric tests ratio", "E0309"},
           {"facts { frozen bool }", "E0309"},
           {"facts { frozen { deep bool } }", "E0309"},
           {"facts { a nonsense }", "E0304"},
           {"facts { a percent change }", "E0426"},
           {"facts { a request }", "E0304"},
           {"unit request facts { a request }", ""},
           {"unit u1 unit u2 unit u3 unit u4 unit u5 unit u6 unit u7 unit u8 unit u9 unit u10 "
            "unit u11 unit u12 unit u13 unit u14 unit u15",
            "E0313"},
           {"unit a unit a", "E0309"},
           {"unit bytes", "E0309"},
           {"enum a x | y | x", "E0309"},
           {"enum a x | y enum a x | y", "E0309"},
           {"record a { x int x int }", "E0309"},
           {"record a { b b } record b { a a }", "E0315"},
           {"record a { list list of a }", "E0315"},
           {"fn f(x int) int = g(x) fn g(x int) int = f(x)", "E0316"},
           {"fn f(x int, x int) int = x", "E0309"},
           {"fn f(x int) bool = x", "E0415"},
           {"fn abs(x int) int = x", "E0309"},
           {"fn f() int = 1 fn f() int = 2", "E0309"},
           {"policy p { item a require frozen } policy p { item a require frozen }", "E0309"},
           {"policy p extends q { item a require frozen }", "E0306"},
           {"policy p extends p { item a require frozen }", "E0508"},
           {"policy p extends q { item a require frozen } policy q extends p { item a require "
            "frozen }",
            "E0508"},
           {"role engineer policy p { item a confirm by 1 enginer }", "E0320"},
           {"role engineer policy p { item a require frozen waivable by manager }", "E0320"},
           {"role engineer from pods", "E0701"},
           {"source t junit \"x.xml\"", "E0323"},
           {"source m prometheus { latency = `up` in ms }", ""},
           {"source m prometheus { latncy = `up` in ms }", "E0301"},
           {"source m prometheus { latency = `up` in mz }", "E0304"},
           {"source m prometheus { candidate { pods = \"${author}\" } latency = "
            "`max(l{p=\"${pods}\",e=\"${environment}\"})` in ms }",
            ""},
           {"source m prometheus { latency = `${nonsense}` in ms }", "E0301"},
           {"source m prometheus { canary { pods = \"x\" } latency = `${pods}` in ms }", "E0302"},
           {"message m to stakeholders via \"x\" at T", "E0710"},
           {"message m \"M\" to stakeholders via \"x\" at T", ""},
           {"message m \"M ${frozn}\" to stakeholders via \"x\" at T", "E0301"},
           {"policy p { item a require frozen } test \"t\" { expect maybe }", "E0303"},
           {"test \"t\" { expect go }", "E0601"},
           {"policy p { rollout r { stage 10% bake 5m } } test \"t\" of p { at stage 20% { latency "
            "= 1s } expect hold }",
            "E0321"},
           {"test \"t\" of nobody { facts { frozen = true } expect go }", "E0306"},
           {"policy p { item a require frozen } test \"t\" { facts { frozn = true } expect go }",
            "E0301"},
           {"policy p { item a require frozen } test \"t\" { at T { latncy = 5ms } expect go }", "E0301"},
           {"policy p { item a require frozen } test \"t\" of p { facts { frozen = true } expect "
            "go by a }",
            ""},
           {"policy p { item a require frozen } test \"t\" of p { facts { frozen = true } expect "
            "go by b }",
            "E0503"},
       })) {
    const CompileResult result = compile_text(std::string(kPrelude) + row.body);
    EXPECT_EQ(codes(result), row.codes) << row.body << "\n" << messages(result);
    EXPECT_EQ(result.defect, "") << row.body;
  }
}

TEST(Policies, RuleNames) {
  const CompileResult result = body(R"(
    phase before from T-48h { item tests require tests.failed == 0 }
    threshold latency { require < 1s  rollback > 2s  require < 3s }
    threshold error_rate rollback > 5%
    rollback crash when frozen
    hold freeze when frozen
    rollout canary {
      stage 10%
      stage 12.5% { threshold latency rollback > 4s }
      stage green
      from stage green { threshold latency rollback > 5s }
      threshold latency rollback > 6s
    }
  )");
  ASSERT_TRUE(result.ok()) << messages(result);
  EXPECT_THAT(
      rules(result),
      ElementsAre("p.before.tests: require tests.failed == 0",
                  "p.latency.require: require latency < 1s",
                  "p.latency.rollback: rollback when latency > 2s",
                  "p.latency.require_2: require latency < 3s",
                  "p.error_rate: rollback when error_rate > 5%", "p.crash: rollback when frozen",
                  "p.freeze: hold when frozen", "p.canary.latency: rollback when latency > 6s",
                  "p.canary.stage_12_5.latency: rollback when latency > 4s",
                  "p.canary.from_green.latency: rollback when latency > 5s"));
  const program::Rule& stage = rule(result, "p.canary.stage_12_5.latency");
  EXPECT_EQ(stage.scope, program::Scope::stages);
  EXPECT_EQ(stage.first_stage, 1U);
  EXPECT_EQ(stage.last_stage, 1U);
  const program::Rule& from = rule(result, "p.canary.from_green.latency");
  EXPECT_EQ(from.first_stage, 2U);
  EXPECT_EQ(from.last_stage, 2U);
  EXPECT_EQ(rule(result, "p.before.tests").scope, program::Scope::phase);
  EXPECT_TRUE(rule(result, "p.canary.latency").reads_metrics);
  EXPECT_FALSE(rule(result, "p.before.tests").reads_metrics);
}

TEST(Policies, RulesOfStepsAndStages) {
  const CompileResult result = body(R"(
    rollout blue_green {
      step smoke "Smoke test" bake 1m { require frozen  item pods require tests.failed == 0 }
      stages 10% to 30% by 10% only if frozen { threshold latency rollback > 4s }
      stage green 100% rollback when latency > 5s for 2m
      from stage 20% only if tests.failed < 3 { item late only if frozen require frozen }
    }
  )");
  ASSERT_TRUE(result.ok()) << messages(result);
  EXPECT_THAT(rules(result),
              ElementsAre("p.blue_green.smoke: require frozen",
                          "p.blue_green.smoke.pods: require tests.failed == 0",
                          "p.blue_green.stages_10_to_30.latency: rollback when latency > 4s",
                          "p.blue_green.green: rollback when latency > 5s for 2m",
                          "p.blue_green.from_stage_20.late: require frozen"));
  const program::Rollout& rollout = result.program->policies[0].rollouts[0];
  ASSERT_EQ(rollout.stages.size(), 5U);
  EXPECT_EQ(result.program->text(rollout.stages[3].name), "30%");
  EXPECT_FALSE(rollout.stages[0].share);
  const program::Rule& row = rule(result, "p.blue_green.stages_10_to_30.latency");
  EXPECT_EQ(row.first_stage, 1U);
  EXPECT_EQ(row.last_stage, 3U);
  EXPECT_NE(row.only_if, program::kNone);
  const program::Rule& late = rule(result, "p.blue_green.from_stage_20.late");
  EXPECT_EQ(result.program->text(result.program->blocks[late.only_if].text), "(tests.failed < 3) and (frozen)");
}

TEST(Policies, AStrategyTakesThePlaceOfTheInheritedOne) {
  const CompileResult result = compile_text(std::string(R"(
    facts { frozen bool }
    policy base {
      rollout slow { stage 10% bake 1m  stage 100% bake 1m }
      rollout fast only if not frozen { stage 100% bake 1m }
    }
    policy middle extends base { strategy { use slow otherwise } }
    policy last extends middle { strategy { use fast when not frozen  use slow otherwise } }
  )"));
  ASSERT_TRUE(result.ok()) << messages(result);
  ASSERT_EQ(result.checked.policies.size(), 2U);  // `base` says nothing of which it uses
  const CheckedPolicy& last = result.checked.policies[1];
  ASSERT_EQ(last.strategy.size(), 2U);
  EXPECT_EQ(last.strategy[0].condition.text, "(not frozen) and (not frozen)");
  EXPECT_FALSE(last.strategy[1].condition);
  ASSERT_EQ(last.overrides.size(), 1U);
  EXPECT_EQ(last.overrides[0].target, "last.strategy");
  EXPECT_EQ(last.overrides[0].from, "use slow otherwise");
  EXPECT_EQ(last.overrides[0].to, "use fast when not frozen; use slow otherwise");
}

TEST(Policies, AThresholdOverSeveralMetricsIsARuleEach) {
  const CompileResult result =
      body("threshold latency, latency.stable { require < 1s  warn > 500ms }");
  ASSERT_TRUE(result.ok()) << messages(result);
  EXPECT_THAT(rules(result),
              ElementsAre("p.latency.require: require latency < 1s",
                          "p.latency.warn: warn when latency > 500ms",
                          "p.latency.stable.require: require latency.stable < 1s",
                          "p.latency.stable.warn: warn when latency.stable > 500ms"));
}

const Files& library() {
  static const Files kFiles = {
      {"lib/std/base.dpol", std::string("module std.base\n") + std::string(kPrelude) + R"(
policy base "Base" {
  owner "platform"
  param limit ratio = 1% within 0%..5%
  param open  duration
  phase before from T-48h {
    item tests require tests.failed == 0
    final item freeze require not frozen
  }
  threshold error_rate { require <= limit  rollback > 5% }
  threshold latency require < open
}
)"},
  };
  return kFiles;
}

CompileResult extend(const std::string& text) {
  return compile_text("import std.base\npolicy mine extends base.base { " + text + " }", library());
}

TEST(Policies, Extending) {
  const CompileResult result = extend(R"(
    set limit = 0.5% because "stricter"
    set open = 2s
    drop tests because "tested elsewhere"
    replace error_rate.rollback because "sooner" threshold error_rate rollback > 3%
    phase before { item more require frozen }
  )");
  ASSERT_TRUE(result.ok()) << messages(result);
  EXPECT_THAT(rules(result), ElementsAre("mine.before.freeze: require not frozen",
                                         "mine.error_rate.require: require error_rate <= limit",
                                         "mine.error_rate.rollback: rollback when error_rate > 3%",
                                         "mine.latency: require latency < open",
                                         "mine.before.more: require frozen"));
  const program::Program& program = *result.program;
  ASSERT_EQ(program.policies.size(), 1U);
  const program::Policy& policy = program.policies[0];
  EXPECT_EQ(program.text(policy.owner), "platform");
  EXPECT_EQ(program.text(policy.parents.at(0)), "base");
  std::vector<std::string> overrides;
  for (const program::Override& change : policy.overrides) {
    overrides.push_back(program.text(change.what) + " " + program.text(change.target) + ": " +
                        program.text(change.from) + " -> " + program.text(change.to) + " (" +
                        program.text(change.because) + ")");
  }
  EXPECT_THAT(
      overrides,
      ElementsAre(
          "set base.limit: 1% -> 0.5% (stricter)", "set base.open:  -> 2s ()",
          "drop mine.before.tests: require tests.failed == 0 ->  (tested elsewhere)",
          "replace mine.error_rate.rollback: rollback when error_rate > 5% -> rollback when "
          "error_rate > 3% (sooner)"));
  EXPECT_THAT(rule(result, "mine.error_rate.require").overrides, ElementsAre(0U));
  EXPECT_THAT(rule(result, "mine.latency").overrides, ElementsAre(1U));
  const program::Input& limit = program.inputs[policy.parameters[0]];
  EXPECT_EQ(program.text(limit.name), "mine.limit");
  EXPECT_EQ(program.constants[limit.fallback].as_number().to_string(), "0.005");
  EXPECT_EQ(program.constants[limit.maximum].as_number().to_string(), "0.05");
}

TEST(Policies, ExtendingAndWhatIsWrongWithIt) {
  for (const Row& row : std::to_array<Row>({
           {"", "E0506"},
           {"set open = 2s", ""},
           {"set open = 2s set limit = 9%", "E0507"},
           {"set open = 2s set open = 3s", "E0309"},
           {"set open = 2s set limt = 1%", "E0322"},
           {"set open = 5", "E0415"},
           {"set open = 2s drop nothing because \"x\"", "E0503"},
           {"set open = 2s drop freeze because \"x\"", "E0505"},
           {"set open = 2s replace item freeze require frozen", "E0505"},
           {"set open = 2s drop error_rate because \"x\"", ""},
           {"set open = 2s item tests require frozen", ""},
           {"set open = 2s phase before { item tests require frozen }", "E0502"},
           {"set open = 2s phase before from T-1h { item x require frozen }", "E0512"},
           {"set open = 2s param limit ratio = 1%", "E0309"},
       })) {
    const CompileResult result = extend(row.body);
    EXPECT_EQ(codes(result), row.codes) << row.body << "\n" << messages(result);
  }
}

TEST(Policies, ATailThatFitsSeveralRulesIsAmbiguous) {
  const CompileResult result = compile_text(std::string(kPrelude) + R"(
policy base { phase a from T { item x require frozen } phase b from T { item x require frozen } }
policy mine extends base { drop x because "which?" })");
  EXPECT_EQ(codes(result), "E0504");
  EXPECT_EQ(codes(compile_text(std::string(kPrelude) + R"(
policy base { phase a from T { item x require frozen } phase b from T { item x require frozen } }
policy mine extends base { drop a.x because "this one" })")),
            "");
}

TEST(Policies, SeveralLevels) {
  const CompileResult result = compile_text(std::string(kPrelude) + R"(
policy one { param x duration  threshold latency require < x }
policy two extends one { set x = 3s }
policy three extends two { set x = 2s })");
  ASSERT_TRUE(result.ok()) << messages(result);
  // The first leaves x open for those that extend it, and is not judged by itself.
  EXPECT_THAT(rules(result), ElementsAre("two.latency: require latency < x",
                                         "three.latency: require latency < x"));
  const program::Program& program = *result.program;
  const auto value = [&](std::size_t policy) {
    return program.constants[program.inputs[program.policies[policy].parameters[0]].fallback]
        .as_number()
        .to_string();
  };
  EXPECT_EQ(value(0), "3");
  EXPECT_EQ(value(1), "2");
  EXPECT_EQ(program.policies[1].parents.size(), 2U);
  EXPECT_EQ(program.policies[1].overrides.size(), 2U);
}

const char* const kParents = R"(
policy base {
  param least int = 3
  applies only if environment == production
  phase before from T-48h { item tests require tests.failed <= least  item calm require not frozen }
}
policy strict extends base { set least = 0  drop calm because "asked elsewhere" }
policy code extends base { applies only if not frozen  phase before { item more require frozen } }
policy watch {
  phase during_it during T..T+15m { threshold error_rate require <= 1% }
  phase before "Before" from T-48h { item first require frozen }
  rollout canary { stage 10% bake 5m  stage 100% bake 5m { item whole require frozen } }
}
)";

TEST(Policies, SeveralParentsAreOnePolicy) {
  const CompileResult result = compile_text(std::string(kPrelude) + kParents +
                                            "policy mine extends strict, code, watch {}");
  ASSERT_TRUE(result.ok()) << messages(result);
  const CheckedPolicy& mine = result.checked.policies.back();
  std::vector<std::string> paths;
  for (const CheckedRule& rule : mine.rules)
    paths.push_back(rule.path + " of " + rule.policy + " in " +
                    (rule.phase == kNone ? "none" : mine.phases[rule.phase].name));
  EXPECT_THAT(paths, ElementsAre("before.tests of base in before", "before.calm of base in before",
                                 "before.more of code in before",
                                 "during_it.error_rate of watch in during_it",
                                 "before.first of watch in before",
                                 "canary.stage_100.whole of watch in none"));
  EXPECT_EQ(mine.phases[0].title, "Before");
  EXPECT_EQ(mine.rules[5].rollout, 0U);
  EXPECT_EQ(mine.applies.text, "(environment == production) and (not frozen)");
  EXPECT_THAT(mine.extends, ElementsAre("strict", "code", "watch"));
  std::vector<std::string> parents;
  for (const CheckedParent& parent : mine.parents) parents.push_back(parent.id);
  EXPECT_THAT(parents, ElementsAre("strict", "base", "code", "watch"));
}

// What one of two ways changed is in force; what one of them dropped is still there.
TEST(Policies, OverridesOfSeveralParents) {
  for (const char* order : {"strict, code", "code, strict", "base, strict", "strict, base"}) {
    const CompileResult result = compile_text(std::string(kPrelude) + kParents +
                                              "policy mine extends " + order + " {}");
    ASSERT_TRUE(result.ok()) << messages(result);
    const CheckedPolicy& mine = result.checked.policies.back();
    ASSERT_EQ(mine.overrides.size(), 1U) << order;
    EXPECT_EQ(mine.overrides[0].what + " " + mine.overrides[0].target, "set base.least");
    ASSERT_EQ(mine.params.size(), 1U);
    EXPECT_EQ(mine.params[0].value->number.to_string(), "0");
    const auto tests = std::ranges::find(mine.rules, "before.tests", &CheckedRule::path);
    EXPECT_THAT(tests->overrides, ElementsAre(0U));
    EXPECT_NE(std::ranges::find(mine.rules, "before.calm", &CheckedRule::path), mine.rules.end());
  }
}

TEST(Policies, ManyParentsAreBounded) {
  std::string text(kPrelude);
  std::string all;
  for (int i = 0; i < 201; ++i) {
    const std::string name = "p" + std::to_string(i);
    text += "policy " + name + " { item i" + std::to_string(i) + " require frozen }\n";
    all += (i > 0 ? ", " : "") + name;
    if (i < 199) continue;
    const CompileResult result = compile_text(text + "policy mine extends " + all + " {}");
    EXPECT_EQ(codes(result), i < 200 ? "" : "E0508");
  }
  // Each doubles the ways to the first one, and all of them are one.
  text = std::string(kPrelude) + "policy d0 { item x require frozen }\n";
  for (int i = 1; i < 40; ++i) {
    const std::string below = "d" + std::to_string(i - 1);
    text += "policy l" + std::to_string(i) + " extends " + below + " {}\npolicy r" +
            std::to_string(i) + " extends " + below + " {}\npolicy d" + std::to_string(i) +
            " extends l" + std::to_string(i) + ", r" + std::to_string(i) + " {}\n";
  }
  // (Two levels each, so that the two of the 26th are too deep.)
  EXPECT_EQ(codes(compile_text(text)), "E0508 E0508");
}

TEST(Policies, AppliesOfParentsHoldsToo) {
  const CompileResult result = compile_text(std::string(kPrelude) + R"(
policy one { applies only if environment == production or frozen  item a require tests.failed == 0 }
policy two extends one { applies only if not frozen })");
  ASSERT_TRUE(result.ok()) << messages(result);
  const Condition& applies = result.checked.policies[1].applies;
  EXPECT_EQ(applies.text, "(environment == production or frozen) and (not frozen)");
  const Expr& right = *applies.expr->args[1];
  EXPECT_EQ(applies.text.substr(right.text_begin, right.text_length), "not frozen");
}

TEST(Policies, AnchorsAreFolded) {
  const CompileResult result = body(R"(
    phase a from T-48h until T { item x require frozen }
    phase b during opened_at..opened_at+15m { item x require frozen }
    phase c from T + 5m - 2 * 1m { item x require frozen })");
  ASSERT_TRUE(result.ok()) << messages(result);
  const auto& phases = result.program->policies[0].phases;
  EXPECT_EQ(phases[0].opens.offset_seconds.to_string(), "-172800");
  EXPECT_EQ(result.program->text(phases[0].opens.text), "T-48h");
  EXPECT_TRUE(phases[0].closes->from_deployment);
  EXPECT_FALSE(phases[1].opens.from_deployment);
  EXPECT_NE(phases[1].closes->block, program::kNone);
  EXPECT_EQ(phases[2].opens.offset_seconds.to_string(), "180");
}

TEST(Policies, ElseHoldTurnsTheConditionRound) {
  const CompileResult result = body("item a require frozen and tests.failed == 0 else hold");
  ASSERT_TRUE(result.ok()) << messages(result);
  EXPECT_THAT(rules(result), ElementsAre("p.a: hold when not (frozen and tests.failed == 0)"));
}

TEST(Modules, Imports) {
  const Files files = {
      {"limits.dpol", "facts { frozen bool } fn calm() bool = not frozen"},
      {"lib/a/b.dpol", "module a.b\nimport \"./c.dpol\""},
      {"lib/a/c.dpol", "fn deep() bool = true"},
      {"lib/wrong.dpol", "module other"},
      {"lib/one.dpol", "module one\nimport two"},
      {"lib/two.dpol", "module two\nimport one"},
      {"lib/bad.dpol", "module bad\npolicy {"},
      {"lib/f.dpol", "module f\nfn same() bool = true"},
      {"lib/g.dpol", "module g\nfn same() bool = true"},
  };
  for (const Row& row : std::to_array<Row>({
           {"import \"./limits.dpol\" as limits policy p { item a require limits.calm() }", ""},
           {"import \"limits.dpol\" policy p { item a require calm() }", ""},
           {"import \"./x/../limits.dpol\" policy p { item a require frozen }", ""},
           {"import a.b policy p { item a require deep() }", "W0401"},
           {"import f import g policy p { item a require f.same() }", "W0401"},
           {"import f import g policy p { item a require same() }", "E0317"},
           {"import f as h policy p { item a require h.same() }", "W0401"},
           {"import nothing", "E0307"},
           {"import \"./nothing.dpol\"", "E0307"},
           {"import wrong", "E0319"},
           {"import one", "E0308"},
           {"import \"./main.dpol\"", "E0308"},
           {"import \"./limits.dpol\" facts { frozen int }", "E0310"},
           {"import \"./limits.dpol\" facts { frozen bool }", ""},
       })) {
    const CompileResult result = compile_text(row.body, files);
    EXPECT_EQ(codes(result), row.codes) << row.body << "\n" << messages(result);
  }
  EXPECT_THAT(messages(compile_text("import bad", files)), HasSubstr("lib/bad.dpol"));
}

TEST(Modules, Paths) {
  CompileOptions options;
  options.entries = {{"a/b/main.dpol", "import \"../c.dpol\""}, {"a/c.dpol", "facts { x bool }"}};
  const CompileResult result = compile(options);
  EXPECT_THAT(result.diagnostics, IsEmpty());
  EXPECT_EQ(result.files.size(), 2U);
}

TEST(Compile, MetricsMayBeSharedIfTheyAreDeclaredAlike) {
  const auto both = [](const char* first, const char* second) {
    CompileOptions options;
    options.entries = {{"a.dpol", first}, {"b.dpol", second}};
    return codes(compile(options));
  };
  EXPECT_EQ(both("metric m ratio every 1m", "metric m ratio every 60s"), "");
  EXPECT_EQ(both("metric m ratio every 1m", "metric m ratio every 2m"), "E0310");
  EXPECT_EQ(both("metric m ratio", "metric m duration"), "E0310");
  EXPECT_EQ(both("facts { environment a | b }", "facts { environment a | b }"), "");
  EXPECT_EQ(both("facts { environment a | b }", "facts { environment b | a }"), "E0310");
}

TEST(Compile, IsAPureFunction) {
  const std::string text = std::string(kPrelude) +
                           "policy p { threshold latency, error_rate { require <= 2x baseline } }";
  const CompileResult first = compile_text(text);
  const CompileResult second = compile_text(text);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(*first.program == *second.program);
  EXPECT_NE(first.program->digest, compile_text(text + "\n").program->digest);
}

TEST(Compile, OptimisedOrNotNotesAreTheSame) {
  const std::string text = std::string(kPrelude) + R"(
policy p {
  item a require latency < 180ms + 10% and latency < 180ms + 10% and tests.failed + 1 < 2 * 3
  item b require every q in pods: q.ready or q.name == "x"
  threshold latency needs error_rate < 1% require within 10% of baseline for 3 samples
})";
  const CompileResult on = compile_text(text, {}, true);
  const CompileResult off = compile_text(text, {}, false);
  ASSERT_TRUE(on.ok()) << messages(on);
  ASSERT_TRUE(off.ok());
  EXPECT_FALSE(program::verify(*off.program));
  EXPECT_LT(on.program->code.size(), off.program->code.size());
  ASSERT_EQ(on.program->blocks.size(), off.program->blocks.size());
  for (std::size_t i = 0; i < on.program->blocks.size(); ++i) {
    const program::Block& a = on.program->blocks[i];
    const program::Block& b = off.program->blocks[i];
    ASSERT_EQ(a.traces.size(), b.traces.size()) << i;
    for (std::size_t k = 0; k < a.traces.size(); ++k) {
      EXPECT_EQ(a.traces[k].begin, b.traces[k].begin);
      EXPECT_EQ(a.traces[k].leaf, b.traces[k].leaf);
      EXPECT_EQ(a.traces[k].type, b.traces[k].type);
    }
    EXPECT_EQ(a.comparisons.size(), b.comparisons.size()) << i;
  }
}

TEST(Compile, TracesAndMargins) {
  const CompileResult result =
      body("threshold latency rollback >= baseline + 10% in 3 of 5 samples");
  ASSERT_TRUE(result.ok()) << messages(result);
  const program::Program& program = *result.program;
  ASSERT_EQ(program.blocks.size(), 2U);
  const program::Block& sample = program.blocks[0];
  const std::string& text = program.text(sample.text);
  EXPECT_EQ(text, "latency >= baseline + 10% in 3 of 5 samples");
  std::vector<std::string> parts;
  for (const program::TracePoint& trace : sample.traces) {
    parts.push_back(text.substr(trace.begin, trace.length) + (trace.leaf ? " leaf" : ""));
  }
  EXPECT_THAT(parts, ElementsAre("latency leaf", "baseline leaf", "baseline + 10%"));
  ASSERT_EQ(sample.comparisons.size(), 1U);
  const program::Comparison& margin = sample.comparisons[0];
  EXPECT_EQ(margin.op, program::Opcode::less_equal);
  EXPECT_TRUE(margin.swapped);
  EXPECT_FALSE(margin.negated);
  EXPECT_EQ(margin.value, sample.traces[0].cell);
  EXPECT_EQ(margin.limit, sample.traces[2].cell);
  EXPECT_TRUE(margin.type.is_duration());
  EXPECT_THAT(program.blocks[1].windows, ElementsAre(0U));
  EXPECT_EQ(program.blocks[1].base_metric, 1U);
}

TEST(Compile, TheLimitIsTheSideThatIsNotMeasured) {
  const auto margin = [](const std::string& condition) {
    const CompileResult result = body("item a require " + condition);
    EXPECT_TRUE(result.ok()) << messages(result);
    const program::Block& block = result.program->blocks.back();
    return std::make_tuple(block.comparisons.at(0).swapped, block.comparisons.at(0).negated,
                           block.traces.at(0).cell == block.comparisons.at(0).value);
  };
  EXPECT_EQ(margin("latency < 1s"), std::make_tuple(false, false, true));
  EXPECT_EQ(margin("1s > latency"), std::make_tuple(false, false, true));
  EXPECT_EQ(margin("latency > 1s"), std::make_tuple(true, false, true));
  EXPECT_EQ(margin("not (1s < latency)"), std::make_tuple(true, true, true));
}

TEST(Compile, NeedsRunBeforeTheirReaders) {
  const CompileResult result = compile_text(R"(
metric a int needs b > 1
metric b int needs c > 1
metric c int
policy p { item x require a > 1 })");
  ASSERT_TRUE(result.ok()) << messages(result);
  const auto& metrics = result.program->metrics;
  EXPECT_LT(metrics[1].needs, metrics[0].needs);
  EXPECT_EQ(metrics[2].needs, program::kNone);
}

TEST(Compile, LimitsAreMessages) {
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "every p" + std::to_string(i) + " in pods: ";
  EXPECT_EQ(codes(body("item a require " + deep + "p0.ready")), "E0523");
  std::string functions = "fn f0(x int) int = x + 1\n";
  for (int i = 1; i < 30; ++i) {
    functions += "fn f" + std::to_string(i) + "(x int) int = f" + std::to_string(i - 1) +
                 "(x) + f" + std::to_string(i - 1) + "(x)\n";
  }
  EXPECT_EQ(codes(compile_text(functions)).substr(0, 5), "E0428");
  std::string chain = "fn g0(x int) int = x\n";
  for (int i = 1; i < 200; ++i) {
    chain =
        "fn g" + std::to_string(i) + "(x int) int = g" + std::to_string(i - 1) + "(x)\n" + chain;
  }
  EXPECT_EQ(codes(compile_text(chain)).substr(0, 5), "E0428");
}

TEST(Compile, ALimitIsSaidOnce) {
  std::string facts = "facts {";
  for (int i = 0; i < 30'000; ++i) facts += " f" + std::to_string(i) + " int";
  EXPECT_EQ(codes(compile_text(facts + " } policy p { item a require f29999 == 0 }")), "E0523");
  std::string policies = std::string(kPrelude) + "policy base {";
  for (int i = 0; i < 5'000; ++i) policies += " item a" + std::to_string(i) + " require frozen";
  policies += " }";
  for (int i = 0; i < 30; ++i) policies += " policy p" + std::to_string(i) + " extends base { }";
  EXPECT_EQ(codes(compile_text(policies)), "E0523");
  std::string patterns = "facts { s string } policy p {";
  for (int i = 0; i < 1'001; ++i) {
    patterns += " item a" + std::to_string(i) + " require s matches r\"x" + std::to_string(i) + "\"";
  }
  EXPECT_EQ(codes(compile_text(patterns + " }")), "E0523");
}

TEST(Compile, NothingOfABrokenFileIsJudged) {
  const CompileResult result = compile_text("policy p { item a require }");
  EXPECT_FALSE(result.ok());
  EXPECT_FALSE(result.diagnostics.empty());
}

}  // namespace
}  // namespace dpol::compiler
