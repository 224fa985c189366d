// One expression, checked among declarations that most tests can share.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check_expr.h"
#include "compiler/metrics.h"
#include "lang/ast.h"

namespace dpol::compiler {

inline constexpr std::string_view kPrelude = R"(
unit request
unit order
enum risk ordered low < medium < high
record image { tag string   digest? string }
record pod { name string   phase Running | Pending   restarts int   ready bool   cpu float   image image   labels list of string }
facts {
  environment  dev | staging | production
  target       dev | staging | production
  colour       red | "2xx"
  level        risk
  service      string
  version      semver
  minimum      semver
  frozen       bool
  tests        { failed int   total int   coverage ratio   report? string   skipped? int }
  load         { rps request/s   requests request   bytes bytes   window duration   cpu float }
  peak         { rps request/s }
  orders       order
  drift        points
  since        time
  incident     { opened_at? time }
  tags         list of string
  sizes        list of int
  versions     list of semver
  pods         list of pod
  limits       map of int
  zones        map of pod
}
metric error_rate   ratio
metric other_rate   ratio
metric latency      duration
metric latency_p50  duration
metric memory       bytes
metric restarts     int
metric throughput   request/s
metric served       request
metric load_average float
metric gap          points
metric health       passing | failing
metric up           bool
fn double(x duration) duration = x * 2
fn is_ready(p pod) bool = p.ready and p.restarts < 5
fn too_slow(limit duration) = latency > limit
fn steady() = latency < 1s for 3 samples
fn looped(x int) int = looped(x)
)";

struct Probe {
  std::string type;                // "" where there is an error
  std::vector<std::string> codes;  // of all messages, in order of place
  std::string text;                // canonical
  ExprPtr expr;
  std::vector<std::string> messages;
  std::vector<std::string> help;
};

// `subject`: what a threshold leaves out on the left, or "".
inline Probe probe(std::string_view expression, std::string_view subject = "") {
  CompileOptions options;
  options.check_regex = [](std::string_view pattern) -> std::optional<std::string> {
    if (pattern.find("((") != std::string_view::npos) return "missing )";
    return std::nullopt;
  };
  std::string text(kPrelude);
  if (subject.empty()) {
    text.append("policy probe { item probe require ").append(expression).append(" }");
  } else {
    text.append("policy probe { threshold ")
        .append(subject)
        .append(" { require ")
        .append(expression)
        .append(" } }");
  }
  options.entries = {{"probe.dpol", text}};
  Sink sink;
  Modules modules(options, sink);
  modules.load();
  Checked checked;
  Probe result;
  const auto collect = [&result](const std::vector<lang::Diagnostic>& diagnostics) {
    for (const lang::Diagnostic& diagnostic : diagnostics) {
      result.codes.emplace_back(lang::diagnostic_info(diagnostic.code).text);
      result.messages.push_back(diagnostic.message);
      for (const lang::Help& help : diagnostic.help) result.help.push_back(help.text);
    }
  };
  const lang::Syntax& syntax = *modules.all()[0].syntax;
  if (!syntax.ok()) {
    collect(syntax.diagnostics);
    return result;
  }
  Names names(modules, checked, sink);
  names.declare_all();
  Services services{modules, names, checked, sink, options};
  check_metrics(services);

  std::map<std::string, std::uint32_t> params;
  const auto param = [&](const char* name, Type type) {
    params.emplace(name, static_cast<std::uint32_t>(checked.params.size()));
    ParamInfo info;
    info.name = name;
    info.type = type;
    checked.params.push_back(std::move(info));
  };
  param("max_rate", Type::of(Kind::ratio));
  param("growth", Type::of(Kind::change));
  param("limit", Type::duration());
  param("enabled", Type::of(Kind::boolean));

  ExprScope scope;
  scope.params = &params;
  lang::ast::Expr found;
  for (const auto& declaration : lang::ast::File(syntax).declarations()) {
    const auto policy = declaration.as<lang::ast::Policy>();
    if (!policy) continue;
    const auto rule = policy.statements()[0].as<lang::ast::Rule>();
    found = rule.verbs()[0].condition();
    if (const auto threshold = rule.as<lang::ast::Threshold>())
      scope.subject = threshold.subjects()[0];
  }
  const Condition condition = ExprCheck(services, scope).any(found);
  if (condition) {
    result.type = names.type_text(condition.expr->type);
    result.text = condition.text;
    result.expr = condition.expr;
  }
  collect(sink.take());
  return result;
}

}  // namespace dpol::compiler
