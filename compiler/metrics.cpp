#include "compiler/metrics.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using program::Aggregate;
using program::BaselineRule;

namespace {

class MetricCheck {
 public:
  explicit MetricCheck(Services& services) : services_(services) {}

  void run() {
    const auto& declarations = services_.names.metric_declarations();
    // Types first: a `needs` may name any metric.
    for (std::size_t i = 0; i < declarations.size(); ++i) {
      services_.checked.metrics[i] = describe(declarations[i].front());
    }
    for (std::size_t i = 0; i < declarations.size(); ++i) {
      MetricInfo& metric = services_.checked.metrics[i];
      metric.needs = needs(declarations[i].front(), metric.label_set);
      for (std::size_t other = 1; other < declarations[i].size(); ++other) {
        compare(metric, declarations[i][other]);
      }
    }
    check_cycles();
  }

 private:
  using Declaration = Names::MetricDeclaration;

  Place place(const Declaration& declaration, const ast::View& view) const {
    return services_.modules.all()[declaration.module].place(view);
  }
  ExprScope scope(const Declaration& declaration) const {
    ExprScope scope;
    scope.module = declaration.module;
    return scope;
  }

  MetricInfo describe(const Declaration& declaration) {
    const ast::Metric& node = declaration.node;
    MetricInfo metric;
    metric.name = node.name().text();
    metric.title = node.title().value();
    metric.doc = node.doc();
    metric.place = place(declaration, node.name());
    const auto declared = type(declaration);
    if (!declared) services_.names.set_broken(metric.name);
    metric.type = declared.value_or(Type::of(Kind::number));
    if (node.direction() == ast::MetricDirection::LowerIsBetter)
      metric.better = program::Direction::lower;
    if (node.direction() == ast::MetricDirection::HigherIsBetter)
      metric.better = program::Direction::higher;
    metric.interval_seconds =
        seconds(declaration, node.every(), "the sampling interval").value_or(Decimal());
    metric.stale_seconds =
        seconds(declaration, node.stale_after(), "the age at which a sample is stale")
            .value_or(Decimal::from_int64(kDefaultStaleSeconds));
    set_range(metric, declaration);
    if (const auto baseline = node.baseline()) set_baseline(metric, declaration, baseline);
    if (const auto labels = node.child<ast::ByLabels>()) set_labels(metric, declaration, labels);
    const bool saved = !metric.baseline_name.empty() || metric.baseline.kind == BaselineRule::Kind::promoted;
    if (saved && !metric.labels.empty()) no_saved_baseline(metric, place(declaration, node.baseline()));
    return metric;
  }

  std::optional<Type> type(const Declaration& declaration) {
    const ast::Type node = declaration.node.type();
    const auto type =
        services_.names.resolve_type(declaration.module, node, declaration.node.name().text());
    if (!type) return std::nullopt;
    switch (type->kind) {
      case Kind::boolean:
      case Kind::integer:
      case Kind::number:
      case Kind::ratio:
      case Kind::points:
      case Kind::quantity:
      case Kind::enumeration:
        return type;
      default:
        break;
    }
    services_.sink.report(Code::E0426, place(declaration, node),
                          "a metric cannot be " + services_.names.type_text(*type),
                          "samples are numbers, true or false, or values of an enum");
    return std::nullopt;
  }

  std::optional<Decimal> seconds(const Declaration& declaration, const ast::Expr& expr,
                                 std::string_view what) {
    if (!expr) return std::nullopt;
    const auto value =
        ExprCheck(services_, scope(declaration)).constant(expr, Type::duration(), what);
    if (!value) return std::nullopt;
    if (value->number.sign() <= 0) {
      services_.sink.report(Code::E0411, place(declaration, expr),
                            std::string(what) + " must be longer than nothing");
      return std::nullopt;
    }
    return value->number;
  }

  void set_range(MetricInfo& metric, const Declaration& declaration) {
    const auto range = declaration.node.range().as<ast::RangeExpr>();
    if (!range) return;
    if (metric.type.kind != Kind::ratio) {
      services_.sink.report(Code::E0426, place(declaration, range),
                            "only a ratio has a range that its samples must keep, and " +
                                quoted(metric.name) + " is " +
                                services_.names.type_text(metric.type));
      return;
    }
    const auto low = ExprCheck(services_, scope(declaration))
                         .constant(range.low(), metric.type, "a metric's range");
    const auto high = ExprCheck(services_, scope(declaration))
                          .constant(range.high(), metric.type, "a metric's range");
    if (!low || !high) return;
    if (low->number > high->number) {
      services_.sink.report(Code::E0423, place(declaration, range),
                            "this range begins above its end", "an empty range");
      return;
    }
    metric.minimum = low->number;
    metric.maximum = high->number;
  }

  void set_labels(MetricInfo& metric, const Declaration& declaration, const ast::ByLabels& node) {
    for (const ast::Name& label : node.labels()) {
      if (node.has_error()) return;
      const std::string name(label.text());
      if (std::ranges::find(metric.labels, name) != metric.labels.end()) {
        services_.sink.report(Code::E0430, place(declaration, label),
                              "label " + quoted(name) + " is named twice", "again");
        return;
      }
      metric.labels.push_back(name);
    }
    if (metric.labels.size() > program::kMaxLabels) {
      services_.sink.report(
          Code::E0430, place(declaration, node),
          "a metric is by at most " + std::to_string(program::kMaxLabels) + " labels");
      metric.labels.clear();
      return;
    }
    metric.label_set = label_set(metric.labels);
    const auto gone = seconds(declaration, node.gone_after(), "the silence after which a series is gone");
    if (!gone) return;
    metric.gone_seconds = *gone;
    if (*gone > metric.stale_seconds) return;
    services_.sink
        .report(Code::E0430, place(declaration, node.gone_after()),
                "a series would be gone before it is stale: nobody would notice that it fell silent",
                "not longer than `stale after`")
        .suggest("its samples are stale after " +
                 program::format_exact(metric.stale_seconds, Type::duration(), services_.checked.types));
  }

  // Metrics by the same labels, in whatever order, share one set.
  std::uint32_t label_set(const std::vector<std::string>& labels) {
    auto& sets = services_.checked.label_sets;
    const auto same = std::ranges::find_if(sets, [&labels](const std::vector<std::string>& set) {
      return std::ranges::is_permutation(set, labels);
    });
    const auto index = static_cast<std::uint32_t>(same - sets.begin());
    if (same == sets.end()) sets.push_back(labels);
    return index;
  }

  void set_baseline(MetricInfo& metric, const Declaration& declaration,
                    const ast::BaselineIs& baseline) {
    if (!metric.type.is_numeric()) {
      services_.sink.report(Code::E0420, place(declaration, baseline),
                            quoted(metric.name) + " is " + services_.names.type_text(metric.type) +
                                ": only numbers have a baseline");
      return;
    }
    if (baseline.form() == ast::BaselineIs::Form::Named) {
      metric.baseline_name = baseline.name().text();
      return;
    }
    const auto aggregate = baseline_aggregate(declaration, baseline.aggregate());
    if (!aggregate) return;
    metric.baseline.aggregate = *aggregate;
    if (baseline.form() == ast::BaselineIs::Form::Over) {
      const auto over =
          seconds(declaration, baseline.duration(), "the time that a baseline is taken over");
      if (!over) return;
      metric.baseline.kind = BaselineRule::Kind::over;
      metric.baseline.seconds = *over;
      return;
    }
    const auto releases =
        ExprCheck(services_, scope(declaration))
            .constant(baseline.count(), Type::of(Kind::integer), "a number of releases");
    const auto count = releases ? releases->number.to_int64() : std::nullopt;
    if (!count) return;
    constexpr std::int64_t kMaxReleases = 1000;
    if (*count < 1 || *count > kMaxReleases) {
      services_.sink.report(
          Code::E0425, place(declaration, baseline.count()),
          "a number of releases is a whole number from 1 to " + std::to_string(kMaxReleases));
      return;
    }
    metric.baseline.kind = BaselineRule::Kind::promoted;
    metric.baseline.releases = static_cast<std::uint32_t>(*count);
  }

  // What was kept is one value, and series come and go with the version that they belong to.
  void no_saved_baseline(MetricInfo& metric, const Place& at) {
    services_.sink
        .report(Code::E0420, at,
                "what was kept of a version is one value, and " + quoted(metric.name) +
                    " has a series for each " + list_of(metric.labels, metric.labels.size()))
        .suggest("take what each of them was before: `baseline median over 24h`");
    metric.baseline = {};
    metric.baseline_name.clear();
  }

  std::optional<Aggregate> baseline_aggregate(const Declaration& declaration,
                                              const ast::Name& name) {
    struct Row {
      std::string_view name;
      Aggregate aggregate;
    };
    static constexpr auto kRows = std::to_array<Row>({{"median", Aggregate::p50},
                                                      {"avg", Aggregate::avg},
                                                      {"min", Aggregate::min},
                                                      {"max", Aggregate::max},
                                                      {"p50", Aggregate::p50},
                                                      {"p90", Aggregate::p90},
                                                      {"p95", Aggregate::p95},
                                                      {"p99", Aggregate::p99}});
    for (const Row& row : kRows) {
      if (row.name == name.text()) return row.aggregate;
    }
    std::vector<std::string> names;
    for (const Row& row : kRows) names.emplace_back(row.name);
    const Place at = place(declaration, name);
    auto& diagnostic =
        services_.sink.report(Code::E0413, at, "a baseline cannot be the " + quoted(name.text()));
    suggest_nearest(diagnostic, at, name.text(), names);
    if (diagnostic.help.empty()) diagnostic.suggest("it can be " + list_of(names, names.size()));
    return std::nullopt;
  }

  Condition needs(const Declaration& declaration, std::uint32_t each) {
    Condition all;
    for (const ast::Needs& clause : declaration.node.needs()) {
      ExprScope inside = scope(declaration);
      inside.no_windows = "what a metric needs is asked at one moment: it has no window";
      inside.each = each;
      all = both_conditions(all, ExprCheck(services_, std::move(inside))
                                     .condition(clause.expression(), ConditionUse::needs));
    }
    return all;
  }

  void compare(const MetricInfo& first, const Declaration& declaration) {
    MetricInfo second = describe(declaration);
    second.needs = needs(declaration, second.label_set);
    const bool same =
        first.type == second.type && first.better == second.better &&
        first.interval_seconds == second.interval_seconds &&
        first.stale_seconds == second.stale_seconds && first.minimum == second.minimum &&
        first.maximum == second.maximum && first.labels == second.labels &&
        first.gone_seconds == second.gone_seconds && first.baseline == second.baseline &&
        first.baseline_name == second.baseline_name && first.needs.text == second.needs.text;
    const bool clash = second.place.file != first.place.file;
    if (same && clash) return;
    services_.sink
        .report(clash ? Code::E0310 : Code::E0309, second.place,
                "metric " + quoted(first.name) +
                    (clash ? " is declared differently in two files" : " is declared twice"),
                "declared again here")
        .also(first.place.file, first.place.span, "declared here first");
  }

  static void add_metrics(const Expr& expr, std::set<std::uint32_t>& metrics) {
    if (is_measured(expr.op) || expr.op == ExprOp::baseline) {
      metrics.insert(expr.index);
    }
    for (const ExprPtr& arg : expr.args) add_metrics(*arg, metrics);
  }

  using Graph = std::vector<std::set<std::uint32_t>>;

  // Takes away what leads to nothing that is left, again and again: of a graph without circles
  // nothing stays.
  static void strip(const Graph& edges, const Graph& reversed, std::vector<bool>& left) {
    std::vector<std::size_t> open(edges.size());
    std::vector<std::uint32_t> free;
    for (std::uint32_t i = 0; i < edges.size(); ++i) {
      if (!left[i]) continue;
      open[i] = static_cast<std::size_t>(
          std::ranges::count_if(edges[i], [&](std::uint32_t m) { return left[m]; }));
      if (open[i] == 0) free.push_back(i);
    }
    while (!free.empty()) {
      const std::uint32_t metric = free.back();
      free.pop_back();
      left[metric] = false;
      for (const std::uint32_t reader : reversed[metric]) {
        if (left[reader] && --open[reader] == 0) free.push_back(reader);
      }
    }
  }

  void check_cycles() {
    std::vector<MetricInfo>& metrics = services_.checked.metrics;
    Graph reads(metrics.size());
    Graph readers(metrics.size());
    for (std::uint32_t i = 0; i < metrics.size(); ++i) {
      if (metrics[i].needs) add_metrics(*metrics[i].needs.expr, reads[i]);
      for (const std::uint32_t read : reads[i]) readers[read].insert(i);
    }
    std::vector<bool> left(metrics.size(), true);
    strip(reads, readers, left);
    // What only leads into a circle is not to blame.
    strip(readers, reads, left);
    for (std::uint32_t i = 0; i < metrics.size(); ++i) {
      if (left[i]) report_circle(i, reads, left);
    }
  }

  // One message for the whole circle: from a metric on, what it reads, until a name comes again.
  void report_circle(std::uint32_t first, const Graph& reads, std::vector<bool>& left) {
    const std::vector<MetricInfo>& metrics = services_.checked.metrics;
    std::string chain = metrics[first].name;
    for (std::uint32_t at = first; left[at];) {
      left[at] = false;
      const auto next =
          std::ranges::find_if(reads[at], [&](std::uint32_t m) { return left[m] || m == first; });
      if (next == reads[at].end()) break;
      at = *next;
      chain += " -> " + metrics[at].name;
    }
    services_.sink.report(
        Code::E0424, metrics[first].needs.place,
        "what " + quoted(metrics[first].name) + " needs leads back to itself: " + chain,
        "a metric cannot rest on itself");
  }

  Services& services_;
};

}  // namespace

void check_metrics(Services& services) { MetricCheck(services).run(); }

}  // namespace dpol::compiler
