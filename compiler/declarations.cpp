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

// ------------------------------------------------------------------------------------ sources

// That of metrics, and that of dpol's own record; every other format is one of documents.
constexpr std::string_view kPrometheus = "prometheus";
constexpr std::string_view kHistory = "history";

class SourceCheck {
 public:
  SourceCheck(Services& services, std::size_t module) : services_(services), module_(module) {}

  void check(const ast::Source& source) {
    if (source.has_error()) return;
    const std::string format(source.format().text());
    if (format == kPrometheus) {
      for (const ast::SourceField& field : source.fields()) {
        report(field, "a source of metrics has no fields").suggest("say what to ask: `error_rate = `…``");
      }
      for (const ast::SourceTrack& track : source.tracks()) check_track(track);
      for (const ast::Assign& query : source.assignments()) check_query(query);
      return;
    }
    if (format == kHistory) return check_history(source);
    const auto formats = services_.options.source_formats;
    const auto known = std::ranges::find(formats, format, &SourceFormat::name);
    if (known == formats.end()) return report_unknown(source.format());
    check_documents(source, *known);
  }

 private:
  Place place(const ast::View& view) const { return services_.modules.all()[module_].place(view); }

  lang::Diagnostic& report(const ast::View& at, std::string text) {
    return services_.sink.report(Code::E0324, place(at), std::move(text));
  }

  void report_unknown(const ast::Name& format) {
    const std::string name(format.text());
    std::vector<std::string> names = {std::string(kPrometheus)};
    for (const SourceFormat& one : services_.options.source_formats) names.emplace_back(one.name);
    auto& diagnostic =
        services_.sink.report(Code::E0323, place(format), "there is no format " + quoted(name));
    suggest_nearest(diagnostic, place(format), name, names);
    if (diagnostic.help.empty())
      diagnostic.suggest("take facts out of any JSON or YAML: `source NAME json \"file.json\" { FACT TYPE at \"/pointer\" }`");
  }

  // What it brings is filled in, from the record that the command line names.
  void check_history(const ast::Source& source) {
    if (source.name().joined() != kHistory)
      report(source.name(), "the record of decisions is called `history`").suggest("`source history history`");
    const bool more = source.address() || !source.fields().empty() || !source.tracks().empty() ||
                      !source.assignments().empty();
    if (more) {
      report(source.format(), "a source of format `history` has no files and no fields")
          .suggest("name the record when dpol runs: `--log FILE` or `--history FILE`");
    }
  }

  void check_documents(const ast::Source& source, const SourceFormat& format) {
    SourceInfo info;
    info.name = source.name().joined();
    info.format = format.name;
    info.place = place(source.name());
    if (source.address()) add_files(source.address(), info);
    const bool has_schema = !format.schema.empty();
    for (const ast::SourceField& field : source.fields()) {
      if (has_schema) {
        report(field, "what a source of format " + quoted(info.format) + " brings is known: it has no fields of its own")
            .suggest("take them out of the same document with a source of format `json` or `yaml`");
        return;
      }
      add_field(field, info);
    }
    if (!has_schema && source.fields().empty()) {
      report(source.format(), "the source does not say which facts it brings")
          .suggest("one a line: `failed int at \"/results/failed\"`");
    }
    for (const ast::SourceTrack& track : source.tracks()) report(track, "documents have no tracks");
    for (const ast::Assign& assign : source.assignments())
      report(assign, "a fact of a source has a type and a place: `NAME TYPE at \"/pointer\"`");
    add(std::move(info));
  }

  void add_files(const ast::Expr& address, SourceInfo& info) {
    std::vector<ast::Expr> texts = {address};
    if (const auto list = address.as<ast::ListExpr>()) texts = list.elements();
    for (const ast::Expr& one : texts) {
      const auto literal = one.as<ast::LiteralExpr>();
      const auto text = literal ? literal.plain_text() : std::nullopt;
      if (text && !text->empty()) {
        info.files.push_back(*text);
      } else {
        report(one, "the files of a source are a text without holes, or a list of such texts")
            .suggest("another file for one release: `--source " + info.name + "=FILE`");
      }
    }
  }

  void add_field(const ast::SourceField& field, SourceInfo& info) {
    const auto literal = field.at().as<ast::LiteralExpr>();
    const auto text = literal ? literal.plain_text() : std::nullopt;
    if (!text || (!text->empty() && text->front() != '/')) {
      report(field.at(), "where a fact stands is a JSON pointer, such as `\"/results/0/failed\"`")
          .suggest("a key with `/` in it has `~1` for it, one with `~` has `~0`");
      return;
    }
    if (field.unit()) check_unit(field.unit());
    info.fields.push_back({std::string(field.field().name().text()), *text,
                           field.unit() ? std::string(field.unit().unit()) : std::string()});
  }

  // Of files that import each other several may name the same documents.
  void add(SourceInfo info) {
    std::vector<SourceInfo>& known = services_.checked.sources;
    const auto same = std::ranges::find(known, info.name, &SourceInfo::name);
    if (same == known.end()) return known.push_back(std::move(info));
    const bool clash = same->place.file != info.place.file;
    if (clash && same->format == info.format && same->files == info.files) return;
    services_.sink
        .report(clash ? Code::E0310 : Code::E0309, info.place,
                "source " + quoted(info.name) + (clash ? " is declared differently in two files" : " is declared twice"),
                "declared again here")
        .also(same->place.file, same->place.span, "declared here first");
  }

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
