// Queries of sources: whom they ask about, and how far back they look.

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "compiler/lint/subject.h"
#include "lang/literals.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;

struct Query {
  Place place;
  bool tells_tracks_apart = true;
  Decimal range;  // the longest it looks back; 0: not at all
};

// "5m", "1h30m", as queries write durations.
std::optional<Decimal> range_seconds(std::string_view text) {
  static const std::map<std::string_view, std::int64_t> kMilliseconds = {
      {"ms", 1},         {"s", 1'000},       {"m", 60'000},        {"h", 3'600'000},
      {"d", 86'400'000}, {"w", 604'800'000}, {"y", 31'536'000'000}};
  Decimal sum;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && digits < 9 && text[digits] >= '0' && text[digits] <= '9';
         ++digits) {
      number = number * 10 + (text[digits] - '0');
    }
    std::size_t end = digits;
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    const auto unit = kMilliseconds.find(text.substr(digits, end - digits));
    if (digits == 0 || unit == kMilliseconds.end()) return std::nullopt;
    Decimal part;
    if (!Decimal::mul(Decimal::from_int64(number), Decimal::from_int64(unit->second), part) ||
        !Decimal::div(part, Decimal::from_int64(1000), part) || !Decimal::add(sum, part, sum)) {
      return std::nullopt;
    }
    text.remove_prefix(end);
  }
  return sum;
}

// The longest `[5m]` of a query; of `[1h:5m]` the first part. Quoted label values are skipped.
Decimal longest_range(std::string_view query) {
  Decimal longest;
  char quote = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (c != '[') continue;
    const std::size_t end = query.find_first_of(":]", i);
    if (end == std::string_view::npos) break;
    if (const auto range = range_seconds(query.substr(i + 1, end - i - 1))) {
      longest = std::max(longest, *range);
    }
  }
  return longest;
}

std::map<std::string, Query, std::less<>> queries_of(const Subject& subject) {
  std::map<std::string, Query, std::less<>> queries;
  each_node<ast::Source>(subject, [&](const lang::Syntax&, const ast::Source& source) {
    std::set<std::string, std::less<>> words;
    for (const ast::SourceTrack& track : source.tracks()) {
      for (const ast::Assign& word : track.words()) words.emplace(word.target().text());
    }
    for (const ast::Assign& assign : source.assignments()) {
      const auto text = assign.value().as<ast::LiteralExpr>();
      if (!text) continue;
      Query query{place_of(assign.value()), words.empty(), {}};
      std::string plain;
      for (const ast::StringPart& part : text.parts()) {
        if (part.hole) query.tells_tracks_apart |= words.contains(part.text);
        plain += part.hole ? std::string("x") : part.text;
      }
      query.range = longest_range(plain);
      queries.emplace(std::string(assign.target().text()), std::move(query));
    }
  });
  return queries;
}

class Queries {
 public:
  Queries(const Subject& subject, Report& report)
      : checked_(subject.checked), report_(report), queries_(queries_of(subject)) {}

  void check(const CheckedPolicy& policy, const CheckedRule& rule, const CheckedClause& clause) {
    std::set<std::uint32_t> metrics;
    walk(*clause.condition.expr, [&](const Expr& expr) {
      if (compiler::is_measured(expr.op)) metrics.insert(expr.index);
    });
    for (const std::uint32_t index : metrics) {
      const MetricInfo& metric = checked_.metrics[index];
      const auto query = queries_.find(metric.name);
      if (query == queries_.end()) continue;
      for (const CheckedStage* stage : stages_of(policy, rule)) {
        of_all(*stage, metric, query->second, clause);
        looks_back(*stage, metric, query->second, clause);
      }
    }
  }

 private:
  void of_all(const CheckedStage& stage, const MetricInfo& metric, const Query& query,
              const CheckedClause& clause) {
    if (query.tells_tracks_apart || !stage.share || *stage.share >= Decimal::from_int64(1)) return;
    report_
        .add(Rule::query_of_all, query.place,
             "this asks about all versions together, and " + quoted(metric.name) +
                 " is judged at stage " + quoted(stage.name),
             "uses no word of `candidate` and `stable`")
        .diagnostic.also(clause.condition.place.file, clause.condition.place.span, "judged here");
  }

  void looks_back(const CheckedStage& stage, const MetricInfo& metric, const Query& query,
                  const CheckedClause& clause) {
    // The first sample of a stage is taken up to one interval after it began.
    Decimal covered;
    if (!Decimal::add(stage.settle_seconds, metric.interval_seconds, covered)) return;
    if (query.range <= covered || metric.interval_seconds.is_zero()) return;
    report_
        .add(Rule::query_exceeds_settle, query.place,
             "this looks back " + duration_text(query.range) + ", so the first samples of stage " +
                 quoted(stage.name) + " are about the stage before it")
        .diagnostic.also(clause.condition.place.file, clause.condition.place.span, "judged here")
        .suggest("say `settle " + duration_text(query.range) + "` for the stage");
  }

  const Checked& checked_;
  Report& report_;
  std::map<std::string, Query, std::less<>> queries_;
};

}  // namespace

void check_queries(const Subject& subject, Report& report) {
  Queries queries(subject, report);
  each_clause(subject.checked,
              [&](const CheckedPolicy& policy, const CheckedRule& rule,
                  const CheckedClause& clause) { queries.check(policy, rule, clause); });
}

}  // namespace dpol::lint
