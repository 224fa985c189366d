#include "compiler/queries.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "compiler/promql.h"
#include "runtime/program/quantity.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using program::Kind;
using program::QueryHole;
using program::Track;

namespace {

constexpr std::size_t kMostQueries = 1'000;      // of a source
constexpr std::size_t kMostQueryBytes = 32'000;  // of a query's words

std::string joined(const std::vector<lang::Segment>& path) {
  std::string text;
  for (const lang::Segment& segment : path) {
    if (!text.empty()) text += '.';
    text += segment.text;
  }
  return text;
}

const std::vector<std::string>& track_names() {
  static const std::vector<std::string> kTracks = {"candidate", "stable", "baseline"};
  return kTracks;
}

using Words = std::map<std::string, ast::Expr, std::less<>>;

bool fits(QueryHole place, const Type& type) {
  switch (type.kind) {
    case Kind::string:
    case Kind::enumeration:
    case Kind::semver:
      return place != QueryHole::number;
    case Kind::integer:
      return true;
    case Kind::number:
    case Kind::ratio:
      return place == QueryHole::number;
    default:
      return place == QueryHole::number && type.is_duration();
  }
}

class MetricSourceCheck {
 public:
  MetricSourceCheck(Services& services, std::size_t module, const ast::Source& source)
      : services_(services), module_(module), source_(source) {}

  std::optional<SourceInfo> check() {
    info_.name = source_.name().joined();
    info_.format = program::kPrometheusFormat;
    info_.place = place(source_.name());
    for (const ast::SourceField& field : source_.fields()) {
      report(Code::E0324, field, "a source of metrics has no fields")
          .suggest("say what to ask: `error_rate = `…``");
    }
    if (source_.address()) check_address(source_.address());
    for (const ast::SourceTrack& track : source_.tracks()) check_track(track);
    // What is wrong with one query says nothing about the next.
    for (const ast::Assign& query : source_.assignments()) {
      const bool so_far = std::exchange(sound_, true);
      check_query(query);
      sound_ = sound_ && so_far;
    }
    if (!sound_) return std::nullopt;
    return std::move(info_);
  }

 private:
  Place place(const ast::View& view) const { return services_.modules.all()[module_].place(view); }
  Place place(const ast::View& view, lang::Span span) const { return {place(view).file, span}; }

  lang::Diagnostic& report(Code code, const ast::View& at, std::string text) {
    return report(code, place(at), std::move(text));
  }
  lang::Diagnostic& report(Code code, const Place& at, std::string text) {
    sound_ = false;
    return services_.sink.report(code, at, std::move(text));
  }

  void check_address(const ast::Expr& address) {
    if (const auto path = address.as<ast::PathExpr>()) {
      const std::string text = path.joined();
      constexpr std::string_view kEnvironment = "env.";
      if (text.starts_with(kEnvironment) &&
          text.find('.', kEnvironment.size()) == std::string::npos) {
        info_.address_in_environment = true;
        info_.files.push_back(text.substr(kEnvironment.size()));
        return;
      }
    }
    const auto literal = address.as<ast::LiteralExpr>();
    const auto text = literal ? literal.plain_text() : std::nullopt;
    if (!text || !(text->starts_with("http://") || text->starts_with("https://"))) {
      report(Code::E0324, address,
             "the address of a source of metrics is a URL, or where the environment has one")
          .suggest("`env.PROMETHEUS_URL`, or `\"https://prometheus.example\"`");
    } else if (text->find_first_of("@?#") != std::string::npos) {
      report(Code::E0324, address,
             "an address in a policy has no user, no password and no parameters")
          .suggest("`env.PROMETHEUS_URL`, and the secret in the environment, too");
    } else {
      info_.files.push_back(*text);
    }
  }

  void check_track(const ast::SourceTrack& track) {
    const std::string name(track.name().text());
    const auto known = std::ranges::find(track_names(), name);
    if (known == track_names().end()) {
      auto& diagnostic = report(Code::E0302, track.name(), "there is no track " + quoted(name));
      suggest_nearest(diagnostic, place(track.name()), name, track_names());
    }
    for (const ast::Assign& word : track.words()) {
      const std::string text(word.target().text());
      names_.insert(text);
      if (!is_text(word.value())) {
        broken_.insert(text);
        if (!word.has_error())
          report(Code::E0324, word.value(), "a word of a query is a text")
              .suggest("`" + text + " = \"…\"`");
        continue;
      }
      if (!check_holes(word.value(), false)) broken_.insert(text);
      if (known == track_names().end()) {
        broken_.insert(text);
        continue;
      }
      if (!words_[static_cast<std::size_t>(known - track_names().begin())]
               .emplace(text, word.value())
               .second)
        report(Code::E0309, word.target(),
               "word " + quoted(text) + " is given twice to this track");
    }
  }

  static std::string unit_of(const ast::Assign& query) {
    const ast::Type unit = query.unit();
    if (!unit) return {};
    const std::string per(unit.per());
    return std::string(unit.unit()) + (per.empty() ? "" : "/") + per;
  }

  static bool is_text(const ast::Expr& expr) {
    return expr.kind() == ast::ExprKind::String || expr.kind() == ast::ExprKind::Query;
  }

  // That each hole is a fact, or in a query a word.
  bool check_holes(const ast::Expr& text, bool words_too) {
    bool all = true;
    for (const lang::StringPart& part : text.as<ast::LiteralExpr>().parts()) {
      if (!part.hole) continue;
      const std::string path = joined(part.path);
      if ((words_too && names_.contains(path)) || services_.names.fact(path)) continue;
      const Place at = place(text, part.span);
      auto& diagnostic =
          report(Code::E0301, at,
                 "there is no fact " + std::string(words_too ? "or word " : "") + quoted(path));
      std::vector<std::string> names = services_.names.fact_paths();
      if (words_too) names.insert(names.end(), names_.begin(), names_.end());
      suggest_nearest(diagnostic, at, path, names);
      all = false;
    }
    return all;
  }

  void check_query(const ast::Assign& query) {
    const ast::PathExpr target = query.target().as<ast::PathExpr>();
    const std::string name = target.joined();
    const auto metric = target ? services_.names.metric(name) : std::nullopt;
    if (target && !metric) {
      const Place at = place(target);
      auto& diagnostic = report(Code::E0301, at, "there is no metric " + quoted(name));
      suggest_nearest(diagnostic, at, name, services_.names.metric_names());
      if (diagnostic.help.empty()) diagnostic.suggest("declare it: `metric " + name + " …`");
    }
    if (!is_text(query.value())) {
      if (!query.has_error())
        report(Code::E0324, query.value(), "what to ask is a text")
            .suggest("`" + name + " = `sum(…)``");
      return;
    }
    check_holes(query.value(), true);
    if (query.unit() && !check_source_unit(services_, module_, query.unit())) sound_ = false;
    if (!metric || !sound_) return;
    check_measure(query, services_.checked.metrics[*metric]);
    if (!asked_.insert(*metric).second)
      report(Code::E0309, target, "metric " + quoted(name) + " is asked for twice");
    add_tracks(query, *metric);
  }

  // That what the answer is in is what the metric measures.
  void check_measure(const ast::Assign& query, const MetricInfo& metric) {
    if (!metric.type.is_numeric() || metric.type.kind == Kind::time) {
      report(Code::E0325, query.target(),
             "answers are numbers, and " + quoted(metric.name) + " is " +
                 services_.names.type_text(metric.type));
      return;
    }
    if (!query.unit()) return;
    const std::string unit = unit_of(query);
    if (unit == "1") return;
    program::Quantity one;
    program::QuantityError error;
    if (!program::parse_quantity("1" + unit, program::QuantityStyle::input, services_.names, one,
                                 error)) {
      report(Code::E0304, query.unit(), "there is no unit " + quoted(unit));
      return;
    }
    const bool share = metric.type.kind == Kind::ratio || metric.type.kind == Kind::points;
    if (one.type == metric.type ||
        (share && (one.type.kind == Kind::ratio || one.type.kind == Kind::points)))
      return;
    report(Code::E0304, query.unit(),
           quoted(unit) + " is a unit of " + services_.names.type_text(one.type) + ", and " +
               quoted(metric.name) + " is " + services_.names.type_text(metric.type));
  }

  // The candidate's query always; that of another track where it has words for it.
  void add_tracks(const ast::Assign& query, std::uint32_t metric) {
    std::set<std::string> used;
    for (const lang::StringPart& part : query.value().as<ast::LiteralExpr>().parts())
      if (part.hole && names_.contains(part.text)) used.insert(part.text);
    if (std::ranges::any_of(used,
                            [this](const std::string& word) { return broken_.contains(word); }))
      return;
    bool any = false;
    for (std::size_t track = 0; track < words_.size(); ++track) {
      // The version that ran before is the stable one, as long as nothing else is said.
      const bool has_own = !words_[track].empty();
      const Words& words = track == static_cast<std::size_t>(Track::baseline) && !has_own
                               ? words_[static_cast<std::size_t>(Track::stable)]
                               : words_[track];
      const bool has_words =
          std::ranges::all_of(used, [&](const std::string& word) { return words.contains(word); });
      if (!has_words || (used.empty() && track != 0)) continue;
      any = true;
      CheckedQuery checked;
      checked.metric = metric;
      checked.track = static_cast<Track>(track);
      checked.of_all = used.empty();
      checked.unit = unit_of(query);
      checked.place = place(query.target());
      if (!put_together(query.value(), words, checked)) return;
      info_.queries.push_back(std::move(checked));
    }
    if (!any) {
      report(Code::E0325, query.value(),
             "no track has all the words of this query: " + list_of({used.begin(), used.end()}))
          .suggest("say in `candidate { … }` what each of them is");
    }
    if (info_.queries.size() > kMostQueries)
      report(Code::E0523, query.target(),
             "more than " + std::to_string(kMostQueries) + " queries in a source");
  }

  bool put_together(const ast::Expr& query, const Words& words, CheckedQuery& checked) {
    PromqlText text;
    for (const lang::StringPart& part : query.as<ast::LiteralExpr>().parts()) {
      const Place at = place(query, part.span);
      const auto word = part.hole ? words.find(part.text) : words.end();
      if (!part.hole) {
        text.read(part.text);
        add(part.text, checked);
      } else if (word == words.end()) {
        if (!add_fact(joined(part.path), at, text, checked)) return false;
      } else if (!add_word(word->second, at, text, checked)) {
        return false;
      }
    }
    std::size_t bytes = 0;
    for (const CheckedQueryPart& part : checked.text) bytes += part.text.size();
    if (bytes > kMostQueryBytes) {
      report(Code::E0325, query,
             "a query has at most " + std::to_string(kMostQueryBytes) + " bytes");
    } else if (text.in_quotes()) {
      report(Code::E0325, query,
             std::string("a quote of this query is not closed: ") + text.quote())
          .suggest("a quote within a text of the query has a backslash before it");
    }
    return sound_;
  }

  // Words stand in a query as if they were written there, and within quotes as a part of that text.
  bool add_word(const ast::Expr& word, const Place& used, PromqlText& text, CheckedQuery& checked) {
    for (const lang::StringPart& part : word.as<ast::LiteralExpr>().parts()) {
      if (part.hole) {
        if (!add_fact(joined(part.path), place(word, part.span), text, checked)) return false;
        continue;
      }
      bool ok = true;
      const std::string escaped = text.escaped(part.text, ok);
      if (!ok) {
        report(Code::E0325, used,
               "this word has a backtick, which ends the raw text that it stands in")
            .suggest("write the text of the query between double quotes");
        return false;
      }
      text.read(escaped);
      add(escaped, checked);
    }
    return true;
  }

  static void add(const std::string& words, CheckedQuery& checked) {
    if (words.empty()) return;
    if (!checked.text.empty() && checked.text.back().hole == QueryHole::none) {
      checked.text.back().text += words;
    } else {
      checked.text.push_back({QueryHole::none, words, program::kNone, 0});
    }
  }

  bool add_fact(const std::string& path, const Place& at, PromqlText& text, CheckedQuery& checked) {
    const std::uint32_t fact = *services_.names.fact(path);
    const Type& type = services_.checked.facts[fact].type;
    const QueryHole hole = text.place();
    if (hole == QueryHole::none) {
      report(Code::E0325, at, "no value can stand here in a query")
          .suggest("a fact is the value of a label, `{job=\"${" + path +
                   "}\"}`, or a number by itself");
      return false;
    }
    if (!fits(hole, type)) {
      auto& diagnostic = report(
          Code::E0325, at,
          quoted(path) + " is " + services_.names.type_text(type) +
              (hole == QueryHole::number ? ", and outside of quotes stands a number or a duration"
                                         : ", and a label is a text"));
      if (hole == QueryHole::number)
        diagnostic.suggest("as the value of a label: `{job=\"${" + path +
                           "}\"}`; parts of a query are words of a track");
      return false;
    }
    checked.text.push_back({hole, path, fact, static_cast<std::uint8_t>(text.quote())});
    text.fill();
    return true;
  }

  Services& services_;
  std::size_t module_;
  const ast::Source& source_;
  SourceInfo info_;
  bool sound_ = true;
  std::set<std::string, std::less<>> names_;  // of the words of all tracks
  std::set<std::string> broken_;              // of them, those with an error
  std::array<Words, program::kTrackCount> words_;
  std::set<std::uint32_t> asked_;
};

}  // namespace

std::optional<SourceInfo> check_metric_source(Services& services, std::size_t module,
                                              const ast::Source& source) {
  return MetricSourceCheck(services, module, source).check();
}

bool check_source_unit(Services& services, std::size_t module, const ast::Type& unit) {
  static constexpr auto kUnits = std::to_array<std::string_view>(
      {"%",  "ns", "us", "ms", "s",   "m",   "h",   "d",   "w", "B",
       "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "1", "pp"});
  const std::string name(unit.unit());
  if (std::ranges::find(kUnits, name) != kUnits.end() || services.names.find_unit(name))
    return true;
  const Place at = services.modules.all()[module].place(unit);
  auto& diagnostic = services.sink.report(Code::E0304, at, "there is no unit " + quoted(name));
  std::vector<std::string> names(kUnits.begin(), kUnits.end());
  names.insert(names.end(), services.checked.types.units.begin(),
               services.checked.types.units.end());
  suggest_nearest(diagnostic, at, name, names);
  return false;
}

}  // namespace dpol::compiler
