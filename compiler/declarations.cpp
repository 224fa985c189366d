#include "compiler/declarations.h"

#include <algorithm>
#include <utility>

#include "compiler/queries.h"

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

// That of dpol's own record. Queries have a file of their own, and every other format is one of documents.
constexpr std::string_view kHistory = "history";

class SourceCheck {
 public:
  SourceCheck(Services& services, std::size_t module) : services_(services), module_(module) {}

  void check(const ast::Source& source) {
    if (source.has_error()) return;
    const std::string format(source.format().text());
    if (format == program::kPrometheusFormat) {
      if (auto info = check_metric_source(services_, module_, source)) add(std::move(*info));
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
    std::vector<std::string> names = {std::string(program::kPrometheusFormat)};
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
    for (const ast::Assign& assign : source.assignments()) add_option(assign, format, info);
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

  void add_option(const ast::Assign& assign, const SourceFormat& format, SourceInfo& info) {
    const auto target = assign.target().as<ast::PathExpr>();
    const std::string name = target ? target.joined() : std::string();
    const auto option = std::ranges::find(format.options, name, &SourceOption::name);
    if (option == format.options.end()) {
      if (format.schema.empty()) {
        report(assign, "a fact of a source has a type and a place: `NAME TYPE at \"/pointer\"`");
        return;
      }
      std::vector<std::string> names;
      for (const SourceOption& one : format.options) names.emplace_back(one.name);
      auto& diagnostic = report(assign.target(), "a source of format " + quoted(info.format) + " takes no " + quoted(name));
      if (!names.empty()) suggest_nearest(diagnostic, place(assign.target()), name, names);
      return;
    }
    if (std::ranges::find(info.options, name, &SourceOptionInfo::name) != info.options.end()) {
      report(assign.target(), quoted(name) + " is said twice of one source");
      return;
    }
    std::vector<ast::Expr> values = {assign.value()};
    if (const auto list = assign.value().as<ast::ListExpr>(); list && option->is_files) values = list.elements();
    for (const ast::Expr& one : values) {
      const auto literal = one.as<ast::LiteralExpr>();
      const auto text = literal ? literal.plain_text() : std::nullopt;
      if (!text || text->empty() || *text == "*") {
        report(one, option->is_files ? quoted(name) + " names files: a text without holes, or a list of such texts"
                                     : quoted(name) + " is a text without holes that says something");
        return;
      }
      info.options.push_back({name, option->is_files, *text});
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
    if (field.unit()) check_source_unit(services_, module_, field.unit());
    info.fields.push_back({std::string(field.field().name().text()), *text,
                           field.unit() ? std::string(field.unit().unit()) : std::string()});
  }

  static bool same_queries(const SourceInfo& a, const SourceInfo& b) {
    return std::ranges::equal(a.queries, b.queries, [](const CheckedQuery& x, const CheckedQuery& y) {
      return x.metric == y.metric && x.track == y.track && x.text == y.text && x.unit == y.unit;
    });
  }

  // Of files that import each other several may name the same documents.
  void add(SourceInfo info) {
    std::vector<SourceInfo>& known = services_.checked.sources;
    const auto same = std::ranges::find(known, info.name, &SourceInfo::name);
    if (same == known.end()) return known.push_back(std::move(info));
    const bool clash = same->place.file != info.place.file;
    if (clash && same->format == info.format && same->files == info.files && same->options == info.options &&
        same_queries(*same, info)) return;
    services_.sink
        .report(clash ? Code::E0310 : Code::E0309, info.place,
                "source " + quoted(info.name) + (clash ? " is declared differently in two files" : " is declared twice"),
                "declared again here")
        .also(same->place.file, same->place.span, "declared here first");
  }

  Services& services_;
  std::size_t module_;
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
