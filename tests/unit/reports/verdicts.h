// Verdicts written by hand, for the tests of reports.
#pragma once

#include "runtime/decision/verdict.h"

namespace dpol::reports::testing {

// Counts the rules, as whoever makes a Verdict does.
inline decision::PolicyVerdict counted(decision::PolicyVerdict policy) {
  for (const decision::RuleVerdict& rule : policy.rules) {
    ++(rule.trial ? policy.trial_counts : policy.counts)[static_cast<std::size_t>(rule.outcome)];
  }
  return policy;
}

inline decision::RuleVerdict rule(const char* id, const char* verb, decision::Outcome outcome,
                                  const char* condition) {
  decision::RuleVerdict out;
  out.id = id;
  out.verb = verb;
  out.outcome = outcome;
  out.condition = condition;
  out.place = {"shop.dpol", 7, 5};
  out.owner = "team-shop";
  return out;
}

inline decision::PolicyVerdict policy(const char* id, decision::Decision decision,
                                      std::vector<decision::RuleVerdict> rules) {
  decision::PolicyVerdict out;
  out.id = id;
  out.owner = "team-shop";
  out.digest = "sha256:00ff";
  out.files = {"shop.dpol"};
  out.decision = decision;
  out.decision_word = decision::name(decision);
  out.service = "shop";
  out.version = "3.1.0";
  out.environment = "production";
  out.rules = std::move(rules);
  return counted(std::move(out));
}

inline decision::Verdict verdict(std::vector<decision::PolicyVerdict> policies) {
  decision::Verdict out;
  out.at = "2025-02-13T14:06:00Z";
  out.decision = decision::Decision::go;
  for (const decision::PolicyVerdict& policy : policies) {
    if (!policy.applies) continue;
    if (!out.any_applies || policy.decision > out.decision) {
      out.decision = policy.decision;
      out.decision_word = policy.decision_word;
    }
    out.any_applies = true;
  }
  out.exit_code =
      out.any_applies ? decision::exit_code(out.decision) : decision::kExitNothingDecided;
  out.inputs = {{"metrics.ndjson", "sha256:aa"}};
  out.policies = std::move(policies);
  return out;
}

inline decision::PolicyVerdict with_procedure() {
  using decision::Outcome;
  decision::PolicyVerdict out = policy("shop", decision::Decision::rollback,
                                       {rule("shop.bad", "rollback", Outcome::fired, "y > 1")});
  const auto missing = [](const char* name) {
    return decision::Missing{name, "not_given", std::string(name) + " was not given", ""};
  };
  decision::ProcedureVerdict undo{.id = "shop.undo", .title = "Roll back", .doc = "About it.",
                                  .owner = "on call", .why = "users see errors",
                                  .evidence = "the runbook", .severity = "high", .covers = {"G1"},
                                  .answers = {"shop.bad"},
                                  .reason = "cannot tell whether it is for this release",
                                  .missing = {missing("platform")}, .place = {"shop.dpol", 9, 3}};
  undo.steps.push_back(
      {.title = "Undo", .owner = "ops", .why = "quickly",
       .run = "kubectl rollout undo deployment/'a b' --namespace a-name-that-is-rather-long\necho <x unknown>",
       .is_complete = false, .missing = {missing("x")}, .place = {"shop.dpol", 10, 5}});
  undo.steps.push_back({.name = "verify", .place = {"shop.dpol", 11, 5}});
  undo.steps[1].checks = {{.condition = "y < 1", .outcome = Outcome::fail,
                           .observed = {{.expr = "y", .length = 1, .values = {"2"}, .source = "", .exact = {"2"}}}},
                          {.condition = "z", .outcome = Outcome::unknown, .missing = {missing("z")}}};
  undo.steps[1].reason = "cannot tell whether it is for this release";
  out.procedures.push_back(std::move(undo));
  return out;
}

// The canary of an authentication service whose 95th percentile left its limit at 50 %.
inline decision::Verdict canary() {
  decision::RuleVerdict latency = rule("auth_canary.canary.latency_p95.rollback", "rollback",
                                       decision::Outcome::fired,
                                       "latency_p95 >= 250ms in 3 of 5 samples");
  latency.observed = {{.expr = "latency_p95",
                       .column = 0,
                       .length = 11,
                       .values = {"268ms", "272ms", "265ms"},
                       .source = "metrics.ndjson:3",
                       .exact = {"268ms", "272ms", "265ms"}}};
  latency.margin = "+22ms";
  latency.margin_words = "22ms over";
  latency.margin_expr = "latency_p95 >= 250ms";
  latency.fired_at = "2025-02-13T14:06:00Z";
  latency.place = {"auth_canary.dpol", 25, 29};
  latency.owner = "team-identity";
  latency.group = "canary";
  decision::RuleVerdict success = rule("auth_canary.canary.success_rate.rollback", "rollback",
                                       decision::Outcome::pass,
                                       "success_rate < 99% in 3 of 5 samples");
  success.observed = {{.expr = "success_rate",
                       .column = 0,
                       .length = 12,
                       .values = {"99.71%"},
                       .source = "metrics.ndjson:3",
                       .exact = {"99.7142%"}}};
  success.place = {"auth_canary.dpol", 24, 29};
  success.owner = "team-identity";
  success.group = "canary";
  decision::PolicyVerdict out =
      policy("auth_canary", decision::Decision::rollback, {success, latency});
  out.title = "Authentication service, canary";
  out.owner = "team-identity";
  out.service = "auth-service";
  out.environment = "";
  out.files = {"auth_canary.dpol"};
  out.rollout = decision::RolloutVerdict{
      .name = "canary", .stage = "50%", .step = 3, .steps = 5, .next = "75%",
      .stage_began_at = "2025-02-13T14:04:00Z"};
  decision::Verdict whole = verdict({out});
  whole.deployed_at = "2025-02-13T13:30:00Z";
  return whole;
}

}  // namespace dpol::reports::testing
