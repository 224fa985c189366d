#include "compiler/declarations.h"

#include <algorithm>
#include <array>
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

}  // namespace

void check_declarations(Services& services) {
  for (std::size_t i = 0; i < services.modules.all().size(); ++i) {
    const Module& module = services.modules.all()[i];
    for (const auto& declaration : ast::File(*module.syntax).declarations()) {
      if (const auto source = declaration.as<ast::Source>()) SourceCheck(services, i).check(source);
    }
  }
}

}  // namespace dpol::compiler
