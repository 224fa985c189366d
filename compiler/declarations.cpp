#include "compiler/declarations.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;

void check_functions(Services& services) {
  for (FnInfo& fn : services.names.functions()) {
    ExprScope scope;
    scope.module = fn.module;
    ExprCheck(services, std::move(scope)).function(fn);
  }
}

namespace {

std::string joined(const std::vector<ast::Segment>& path) {
  std::string text;
  for (const ast::Segment& segment : path) {
    if (!text.empty()) text += '.';
    text += segment.text;
  }
  return text;
}

// ------------------------------------------------------------------------------------ sources

class SourceCheck {
 public:
  SourceCheck(Services& services, std::size_t module) : services_(services), module_(module) {}

  void check(const ast::Source& source) {
    if (source.has_error()) return;
    if (source.format().text() != "prometheus") {
      const Place at = place(source.format());
      services_.sink
          .report(Code::E0599, at,
                  "not supported yet: a source of format " + quoted(source.format().text()),
                  "only `prometheus`")
          .suggest("give its facts with `--facts`");
      return;
    }
    for (const ast::SourceTrack& track : source.tracks()) check_track(track);
    for (const ast::Assign& query : source.assignments()) check_query(query);
  }

 private:
  Place place(const ast::View& view) const { return services_.modules.all()[module_].place(view); }

  void check_track(const ast::SourceTrack& track) {
    const std::string name(track.name().text());
    static const std::vector<std::string> kTracks = {"candidate", "stable", "baseline"};
    if (std::ranges::find(kTracks, name) == kTracks.end()) {
      const Place at = place(track.name());
      auto& diagnostic =
          services_.sink.report(Code::E0302, at, "there is no track " + quoted(name));
      suggest_nearest(diagnostic, at, name, kTracks);
    }
    for (const ast::Assign& word : track.words()) {
      words_.insert(std::string(word.target().text()));
      check_holes(word.value());
    }
  }

  void check_query(const ast::Assign& query) {
    const ast::PathExpr target = query.target().as<ast::PathExpr>();
    const std::string name = target.joined();
    if (target && !services_.names.metric(name)) {
      const Place at = place(target);
      auto& diagnostic =
          services_.sink.report(Code::E0301, at, "there is no metric " + quoted(name));
      suggest_nearest(diagnostic, at, name, services_.names.metric_names());
      if (diagnostic.help.empty()) diagnostic.suggest("declare it: `metric " + name + " …`");
    }
    check_holes(query.value());
    if (query.unit()) check_unit(query.unit());
  }

  void check_holes(const ast::Expr& text) {
    const auto literal = text.as<ast::LiteralExpr>();
    if (!literal) return;
    for (const ast::StringPart& part : literal.parts()) {
      if (!part.hole) continue;
      const std::string path = joined(part.path);
      if (words_.contains(path) || services_.names.fact(path)) continue;
      const Place at = {place(text).file, part.span};
      auto& diagnostic =
          services_.sink.report(Code::E0301, at, "there is no fact or word " + quoted(path));
      std::vector<std::string> names = services_.names.fact_paths();
      names.insert(names.end(), words_.begin(), words_.end());
      suggest_nearest(diagnostic, at, path, names);
    }
  }

  void check_unit(const ast::Type& unit) {
    static constexpr auto kUnits = std::to_array<std::string_view>(
        {"%",  "ns", "us", "ms", "s",   "m",   "h",   "d",   "w", "B",
         "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "1", "pp"});
    const std::string name(unit.unit());
    if (std::ranges::find(kUnits, name) != kUnits.end() || services_.names.find_unit(name)) return;
    const Place at = place(unit);
    auto& diagnostic = services_.sink.report(Code::E0304, at, "there is no unit " + quoted(name));
    std::vector<std::string> names(kUnits.begin(), kUnits.end());
    names.insert(names.end(), services_.checked.types.units.begin(),
                 services_.checked.types.units.end());
    suggest_nearest(diagnostic, at, name, names);
  }

  Services& services_;
  std::size_t module_;
  std::set<std::string> words_;
};

// ------------------------------------------------------------------------------------ tests

class TestCheck {
 public:
  TestCheck(Services& services, const Policies& policies)
      : services_(services), policies_(policies), sound_(!services.sink.has_errors()) {}

  void check(std::size_t module, const ast::Test& test) {
    module_ = module;
    if (test.has_error()) return;
    const CheckedPolicy* policy = nullptr;
    if (const ast::Path path = test.policy()) {
      const PolicyInfo* info = services_.names.policy(module_, path.segments(), place(path));
      if (info == nullptr) return;
      policy = policies_.built_policy(*info);
      if (policy == nullptr) return;  // its own errors have been reported
      // Rules that have errors are not there, which is no fault of the test.
      if (!sound_) policy = nullptr;
    }
    for (const ast::Statement& statement : test.statements()) check(statement, policy);
  }

 private:
  Place place(const ast::View& view) const { return services_.modules.all()[module_].place(view); }

  void check(const ast::Statement& statement, const CheckedPolicy* policy) {
    switch (statement.kind()) {
      case NodeKind::TestFacts:
        for (const ast::Assign& fact : statement.as<ast::TestFacts>().assignments())
          check_fact(fact);
        break;
      case NodeKind::TestAt:
        check_stage(statement.as<ast::TestAt>().stage(), policy);
        for (const ast::Assign& metric : statement.as<ast::TestAt>().assignments())
          check_metric(metric);
        break;
      case NodeKind::Set:
        check_param(statement.as<ast::Set>(), policy);
        break;
      case NodeKind::TestSign:
        check_rule(statement.as<ast::TestSign>().item(), policy);
        break;
      case NodeKind::Expect:
        check_expect(statement.as<ast::Expect>(), policy);
        break;
      default:
        break;
    }
  }

  void check_expect(const ast::Expect& expect, const CheckedPolicy* policy) {
    if (expect.outcome() == ast::Outcome::None || expect.outcome() == ast::Outcome::Other) {
      const Place at = {place(expect).file, expect.outcome_span()};
      static const std::vector<std::string> kOutcomes = {"go",   "advance", "promoted",
                                                         "hold", "no-go",   "rollback"};
      const std::string word(at.file->text(at.span));
      auto& diagnostic = services_.sink.report(Code::E0303, at, quoted(word) + " is no decision");
      suggest_nearest(diagnostic, at, word, kOutcomes);
      if (diagnostic.help.empty()) diagnostic.suggest("it is one of " + list_of(kOutcomes));
    }
    for (const ast::Path& rule : expect.by()) check_rule(rule, policy);
    check_stage(expect.at_stage(), policy);
  }

  void check_stage(const ast::StageRef& ref, const CheckedPolicy* policy) {
    if (policy == nullptr || !ref || ref.has_error()) return;
    const std::string name(ref.name() ? ref.name().text() : ref.share().text());
    std::vector<std::string> names;
    for (const CheckedRollout& rollout : policy->rollouts) {
      for (const CheckedStage& stage : rollout.stages) names.push_back(stage.name);
    }
    if (std::ranges::find(names, name) != names.end()) return;
    const Place at = place(ref);
    auto& diagnostic = services_.sink.report(
        Code::E0321, at, "policy " + quoted(policy->id) + " has no stage " + quoted(name));
    suggest_nearest(diagnostic, at, name, names);
    if (diagnostic.help.empty() && !names.empty())
      diagnostic.suggest("its stages are " + list_of(names, 10));
  }

  void check_fact(const ast::Assign& assign) {
    ast::Expr target = assign.target();
    if (const auto index = target.as<ast::IndexExpr>()) target = index.object();
    const auto path = target.as<ast::PathExpr>();
    if (!path) return;
    std::string name = path.joined();
    constexpr std::string_view kPrefix = "facts.";
    if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
    if (services_.names.fact(name) || services_.names.is_fact_group(name)) return;
    const Place at = place(path);
    auto& diagnostic = services_.sink.report(Code::E0301, at, "there is no fact " + quoted(name));
    suggest_nearest(diagnostic, at, name, services_.names.fact_paths());
  }

  void check_metric(const ast::Assign& assign) {
    const auto path = assign.target().as<ast::PathExpr>();
    if (!path) return;
    std::vector<ast::Segment> segments = path.segments();
    if (segments.size() > 1 && segments[0].text == "metrics") segments.erase(segments.begin());
    if (segments.empty()) return;
    const std::string name(segments[0].text);
    const Place at = {place(path).file, segments[0].span};
    if (!services_.names.metric(name)) {
      auto& diagnostic =
          services_.sink.report(Code::E0301, at, "there is no metric " + quoted(name));
      suggest_nearest(diagnostic, at, name, services_.names.metric_names());
      return;
    }
    if (segments.size() > 2 || (segments.size() == 2 && !path.track())) {
      services_.sink
          .report(Code::E0302, place(path),
                  "metric " + quoted(name) + " has no " + quoted(segments[1].text))
          .suggest("it has `.stable`, `.baseline` and `.candidate`");
    }
  }

  void check_param(const ast::Set& set, const CheckedPolicy* policy) {
    if (policy == nullptr || !set.target()) return;
    const std::string name(set.target().segments().back().text);
    std::vector<std::string> names;
    for (const PolicyParam& param : policy->params)
      names.push_back(services_.checked.params[param.param].name);
    if (std::ranges::find(names, name) != names.end()) return;
    const Place at = place(set.target());
    auto& diagnostic = services_.sink.report(
        Code::E0322, at, "policy " + quoted(policy->id) + " has no parameter " + quoted(name));
    suggest_nearest(diagnostic, at, name, names);
  }

  void check_rule(const ast::Path& path, const CheckedPolicy* policy) {
    if (policy == nullptr || !path) return;
    if (services_.sink.is_full()) return;
    const std::string name = path.joined();
    if (tails(*policy).contains(name)) return;
    const Place at = place(path);
    auto& diagnostic = services_.sink.report(
        Code::E0503, at, "policy " + quoted(policy->id) + " has no rule " + quoted(name));
    std::vector<std::string> names;
    for (const CheckedRule& rule : policy->rules) {
      names.push_back(rule.path);
      names.push_back(rule.path.substr(rule.path.rfind('.') + 1));
    }
    suggest_nearest(diagnostic, at, name, names);
  }

  // Every name by which a rule of the policy may be called.
  const std::set<std::string>& tails(const CheckedPolicy& policy) {
    const auto [at, is_new] = tails_.try_emplace(&policy);
    if (!is_new) return at->second;
    const auto add = [&](std::string name) {
      at->second.insert(policy.id + "." + name);
      for (std::size_t dot = 0; dot != std::string::npos; dot = name.find('.')) {
        if (dot > 0) name.erase(0, dot + 1);
        at->second.insert(name);
      }
    };
    for (const CheckedRule& rule : policy.rules) {
      add(rule.path);
      add(rule.group);
    }
    return at->second;
  }

  Services& services_;
  std::map<const CheckedPolicy*, std::set<std::string>> tails_;
  const Policies& policies_;
  std::size_t module_ = 0;
  bool sound_;
};

}  // namespace

void check_declarations(Services& services, const Policies& policies) {
  TestCheck tests(services, policies);
  for (std::size_t i = 0; i < services.modules.all().size(); ++i) {
    const Module& module = services.modules.all()[i];
    for (const auto& declaration : ast::File(*module.syntax).declarations()) {
      const Place at = module.place(declaration);
      const auto later = [&](const char* what) {
        services.sink.report(Code::E0599, at, std::string("not supported yet: ") + what);
      };
      switch (declaration.kind()) {
        case NodeKind::Source:
          SourceCheck(services, i).check(declaration.as<ast::Source>());
          break;
        case NodeKind::Test:
          tests.check(i, declaration.as<ast::Test>());
          break;
        case NodeKind::Message:
          later("`message`");
          break;
        case NodeKind::Procedure:
          later("`procedure`");
          break;
        default:
          break;
      }
    }
  }
}

}  // namespace dpol::compiler
