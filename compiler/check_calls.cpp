// Calls: aggregates, functions of the language, functions of policies; loops and windows.

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/check_expr.h"
#include "compiler/fold.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using ast::ExprKind;
using ast::Segment;
using Code = lang::DiagnosticCode;
using program::Aggregate;
using program::Dimension;
using program::Function;

namespace {

enum class AggregateResult : std::uint8_t { same, count, difference, per_second };
struct AggregateRow {
  std::string_view name;
  AggregateResult result;
};
constexpr auto kAggregates = std::to_array<AggregateRow>({
#define DPOL_AGGREGATE(name, result, text) {#name, AggregateResult::result},
#include "runtime/program/aggregates.def"
});

struct FunctionRow {
  std::string_view name;
};
constexpr auto kFunctions = std::to_array<FunctionRow>({
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) {#name},
#include "runtime/program/functions.def"
});

template <class Rows>
std::optional<std::size_t> find_row(const Rows& rows, std::string_view name) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == name) return i;
  }
  return std::nullopt;
}

std::optional<Type> aggregate_type(AggregateResult result, const Type& metric) {
  switch (result) {
    case AggregateResult::same:
      return metric;
    case AggregateResult::count:
      return kInteger;
    case AggregateResult::difference:
      return metric.difference();
    case AggregateResult::per_second:
      break;
  }
  const Dimension above = metric.kind == Kind::quantity ? metric.dimension : Dimension::none();
  Dimension dimension;
  if (!Dimension::divide(above, Dimension::duration(), dimension)) return std::nullopt;
  return Type::quantity(dimension);
}

// Which aggregates there are of a list as well.
bool takes_list(Aggregate aggregate) {
  return aggregate == Aggregate::min || aggregate == Aggregate::max ||
         aggregate == Aggregate::avg || aggregate == Aggregate::sum ||
         aggregate == Aggregate::first || aggregate == Aggregate::last;
}

bool has_window(const Expr& expr) {
  return is_window(expr.op) ||
         std::ranges::any_of(expr.args, [](const ExprPtr& arg) { return has_window(*arg); });
}

bool reads_candidate(const Expr& expr) {
  if (is_measured(expr.op) && expr.track == program::Track::candidate) return true;
  return std::ranges::any_of(expr.args, [](const ExprPtr& arg) { return reads_candidate(*arg); });
}

}  // namespace

// ------------------------------------------------------------------------------------ calls

ExprPtr ExprCheck::call(const View& e) {
  const auto call = e.as<ast::CallExpr>();
  const auto callee = call.callee().as<ast::PathExpr>();
  if (!callee) {
    if (!call.callee().has_error())
      report(Code::E0305, call.callee(), "only a function can be called");
    return nullptr;
  }
  const std::vector<Segment> path = callee.segments();
  if (path.size() == 1) {
    const std::string_view name = path[0].text;
    if (name == "age") return age(e);
    if (name == "worse" || name == "differs") return ranking(e, std::string(name));
    if (name == "subject") return subject(e);
    if (name == "sent") return sent(e);
    const auto aggregate_row = find_row(kAggregates, name);
    if (aggregate_row) {
      if (name == "count" && call.arguments().size() == 1) return list_length(e);
      return aggregate(e, static_cast<Aggregate>(*aggregate_row));
    }
    if (const auto row = find_row(kFunctions, name)) return builtin(e, static_cast<Function>(*row));
    if (name == "median") {
      const Place at = place(callee);
      report(Code::E0305, callee, "there is no function `median`", "did you mean `p50`?")
          .suggest("the median is `p50`", at.file, at.span, "p50");
      return nullptr;
    }
  }
  FnInfo* fn = services_.names.function(scope_.module, path, place(callee));
  return fn != nullptr ? user_call(e, *fn) : nullptr;
}

// The arguments in the order of `names`; named ones may stand in any order after the others.
std::optional<std::vector<ast::Expr>> ExprCheck::arguments(const View& e,
                                                           const std::vector<std::string>& names) {
  const auto call = e.as<ast::CallExpr>();
  std::vector<View> values(names.size());
  std::size_t position = 0;
  for (const ast::ArgumentView& argument : call.arguments()) {
    std::size_t index = position;
    if (argument.name()) {
      const auto found = std::ranges::find(names, argument.name().text());
      if (found == names.end()) {
        auto& diagnostic = report(Code::E0414, argument.name(),
                                  "there is no argument " + quoted(argument.name().text()));
        suggest_nearest(diagnostic, place(argument.name()), argument.name().text(), names);
        return std::nullopt;
      }
      index = static_cast<std::size_t>(found - names.begin());
    } else {
      ++position;
    }
    if (index >= names.size() || values[index]) {
      report(Code::E0414, argument,
             index >= names.size() ? "too many arguments: " + list_of(names) + " are all there are"
                                   : "argument " + quoted(names[index]) + " is given twice");
      return std::nullopt;
    }
    values[index] = argument.value();
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (values[i]) continue;
    report(Code::E0414, e, "argument " + quoted(names[i]) + " is missing",
           "takes " + list_of(names));
    return std::nullopt;
  }
  return values;
}

ExprPtr ExprCheck::aggregate(const View& e, Aggregate aggregate) {
  const AggregateRow& row = kAggregates[static_cast<std::size_t>(aggregate)];
  const std::string name(row.name);
  const auto call = e.as<ast::CallExpr>();
  const auto written = call.arguments();
  // min(a, b) of two values is another function here.
  const bool extreme = aggregate == Aggregate::min || aggregate == Aggregate::max;
  if (extreme && written.size() == 2 && metrics_in(written[0].value()).empty() &&
      written[0].value().kind() != ExprKind::Track) {
    const std::string other = aggregate == Aggregate::min ? "least" : "greatest";
    const Place at = place(call.callee());
    report(Code::E0413, e,
           quoted(name) + " is over the samples of a metric: `" + name + "(metric, 5m)`",
           "no metric")
        .suggest("of two values: " + quoted(other), at.file, at.span, other);
    return nullptr;
  }
  if (written.size() == 1 && !written[0].name()) {
    const bool ordered = aggregate == Aggregate::first || aggregate == Aggregate::last;
    const ExprPtr list = !takes_list(aggregate) ? nullptr
                         : ordered              ? check(written[0].value())
                                                : check_list(written[0].value());
    if (list && (list->type.kind == Kind::list || list->type.kind == Kind::map)) {
      return list_aggregate(e, aggregate, name, list);
    }
    if (!is_metric_argument(written[0].value(), name)) return nullptr;
  }
  const auto values = arguments(e, {"metric", "over"});
  if (!values) return nullptr;
  over_time_ = true;
  const ExprPtr metric = check((*values)[0]);
  over_time_ = false;
  const auto over =
      positive_duration((*values)[1], "the time that " + quoted(name) + " looks back over");
  if (!metric || !over) return nullptr;
  if (metric->op != ExprOp::sample) {
    report(Code::E0413, (*values)[0],
           metric->op == ExprOp::baseline
               ? "a baseline is one value: nothing is left to aggregate"
               : quoted(name) + " is over the samples of a metric, and " +
                     quoted(source_text((*values)[0])) + " is none",
           "not a metric");
    return nullptr;
  }
  const Type& type = metric->type;
  const bool counted = row.result == AggregateResult::count;
  const bool grows = aggregate == Aggregate::increase || aggregate == Aggregate::rate;
  const auto result = aggregate_type(row.result, type);
  if (!result || (!counted && !type.is_numeric()) ||
      (grows && (type.kind == Kind::ratio || type.kind == Kind::points))) {
    report(Code::E0413, (*values)[0], "there is no " + quoted(name) + " of " + type_text(type),
           type_text(type));
    return nullptr;
  }
  Expr expr;
  expr.op = ExprOp::aggregate;
  expr.type = *result;
  expr.index = metric->index;
  expr.track = metric->track;
  expr.aggregate = aggregate;
  expr.seconds = *over;
  return make(e, std::move(expr));
}

// `worse(m, stable, over: D, by: E, confidence: C)`: how sure it is, compared with C.
ExprPtr ExprCheck::ranking(const View& e, const std::string& name) {
  const auto values = arguments(e, {"metric", "than", "over", "by", "confidence"});
  if (!values) return nullptr;
  const ExprPtr metric = check((*values)[0]);
  const auto over =
      positive_duration((*values)[2], "the time that " + quoted(name) + " looks back over");
  const ExprPtr by = check((*values)[3]);
  const auto sure = confidence((*values)[4]);
  if (!metric || !over || !by || !sure) return nullptr;
  if (metric->op != ExprOp::sample || metric->track != program::Track::candidate ||
      !metric->type.is_numeric()) {
    report(Code::E0413, (*values)[0],
           quoted(name) + " compares the candidate's samples of a metric, which are numbers, and " +
               quoted(source_text((*values)[0])) + " has none",
           "not such a metric");
    return nullptr;
  }
  if (!is_stable_track((*values)[1], *metric, name)) return nullptr;
  const MetricInfo& info = services_.checked.metrics[metric->index];
  const bool differs = name == "differs";
  if (!differs && info.better == program::Direction::neither) {
    report(Code::E0413, (*values)[0], "nothing says what is worse of " + quoted(info.name))
        .also(info.place.file, info.place.span, "say `lower is better` or `higher is better`")
        .suggest("either way: `differs(…)`");
    return nullptr;
  }
  bool share = false;
  ExprPtr effect = effect_of((*values)[3], by, *metric, share);
  if (!effect) return nullptr;
  Expr expr;
  expr.op = differs ? share ? ExprOp::differs_share : ExprOp::differs_amount
            : share ? ExprOp::worse_share
                    : ExprOp::worse_amount;
  expr.type = Type::of(Kind::ratio);
  expr.index = metric->index;
  expr.seconds = *over;
  expr.args = {std::move(effect)};
  const ExprPtr limit = number_constant((*values)[4], *sure, Type::of(Kind::ratio));
  return node(e, ExprOp::greater_equal, kBoolean, {make(e, std::move(expr)), limit});
}

std::optional<Decimal> ExprCheck::confidence(const View& e) {
  const ExprPtr value = check(e);
  const ExprPtr ratio = value ? coerce(e, value, Type::of(Kind::ratio), "the confidence") : nullptr;
  if (!ratio) return std::nullopt;
  if (!ratio->known) {
    report(Code::E0422, e, "the confidence must be the same for all inputs",
           "this depends on what is read");
    return std::nullopt;
  }
  Decimal half;
  Decimal::div(Decimal::from_int64(1), Decimal::from_int64(2), half);
  const Decimal number = ratio->known->number;
  if (number >= half && number < Decimal::from_int64(1)) return number;
  report(Code::E0414, e, "a confidence is at least 50% and less than 100%");
  return std::nullopt;
}

bool ExprCheck::is_stable_track(const View& e, const Expr& metric, const std::string& name) {
  const bool alone = e.kind() == ExprKind::Track;
  if (alone && e.text() == "stable") return true;
  if (!alone) {
    const ExprPtr other = check(e);
    if (!other) return false;
    if (other->op == ExprOp::sample && other->index == metric.index &&
        other->track == program::Track::stable) {
      return true;
    }
  }
  report(Code::E0414, e, quoted(name) + " compares with the same metric of the stable version",
         "not the stable track")
      .suggest("`stable`; with a baseline, which is one value, compare an aggregate: `p95(m, 30m) > "
               "m.baseline + 10%`");
  return false;
}

// By how much: a share of the stable version's value, or an amount.
ExprPtr ExprCheck::effect_of(const View& e, const ExprPtr& by, const Expr& metric, bool& share) {
  const Kind kind = metric.type.kind;
  const bool shares = kind == Kind::ratio || kind == Kind::points;
  if (shares && by->literal == Literal::percent) {
    report(Code::E0414, e, quoted(source_text(e)) + " of a ratio could be points or a part of it",
           "ambiguous")
        .suggest("say percentage points: `1pp`");
    return nullptr;
  }
  share = by->type.kind == Kind::change || (!shares && by->type.kind == Kind::ratio);
  const ExprPtr effect =
      share ? by : coerce(e, by, metric.type.difference(), "what " + quoted(source_text(e)) + " is added to");
  if (!effect) return nullptr;
  if (reads_metrics(*effect)) {
    report(Code::E0422, e, "the effect that is looked for does not depend on metrics");
    return nullptr;
  }
  if (effect->known && effect->known->number.sign() <= 0) {
    report(Code::E0414, e, "the effect that is looked for is more than nothing");
    return nullptr;
  }
  return effect;
}

// Says so where something else stands in a metric's place.
bool ExprCheck::is_metric_argument(const View& view, const std::string& name) {
  const ExprPtr value = check(view);
  if (!value) return false;
  if (value->op == ExprOp::sample || value->op == ExprOp::baseline) return true;
  auto& diagnostic = report(Code::E0413, view,
                            quoted(name) + " is over the samples of a metric, and " +
                                quoted(source_text(view)) + " is none",
                            "not a metric");
  if (value->type.kind == Kind::list && (name == "sum" || name == "count")) {
    diagnostic.suggest("of a list: `" + name + "(x in " + source_text(view) +
                       (name == "sum" ? ": x)`" : " where …)`"));
  }
  return false;
}

ExprPtr ExprCheck::list_length(const View& e) {
  const View list_view = e.as<ast::CallExpr>().arguments()[0].value();
  const ExprPtr list = check_list(list_view);
  if (!list) return nullptr;
  if (list->type.kind != Kind::list && list->type.kind != Kind::map) {
    report(Code::E0416, list_view,
           "`count(…)` counts the rows of a list, and this is " + type_text(list->type),
           type_text(list->type))
        .suggest("of a metric: `count(metric, 5m)` counts its samples");
    return nullptr;
  }
  if (list->op == ExprOp::all_series) return count_series(e, list);
  return node(e, ExprOp::length, kInteger, {list});
}

// ---------------------------------------------------------------------- functions of policies

// Checks the body of a function once, its parameters standing in as rows of no loop.
bool ExprCheck::prepare(FnInfo& fn, const View& call) {
  using State = FnInfo::State;
  if (fn.state == State::done) return true;
  if (fn.state == State::broken) return false;
  if (fn.state == State::checking) {
    report(Code::E0316, call, "function " + quoted(fn.name) + " calls itself",
           "this closes the circle")
        .also(fn.place.file, fn.place.span, "declared here");
    return false;
  }
  if (services_.functions_open >= kMaxFunctionDepth) {
    report(Code::E0428, call,
           "more than " + std::to_string(kMaxFunctionDepth) + " functions call each other");
    return false;
  }
  fn.state = State::checking;
  ++services_.functions_open;
  bool whole = true;
  ExprScope scope;
  scope.module = fn.module;
  ExprCheck body(services_, std::move(scope));
  for (const ast::FnParam& param : fn.node.params()) {
    const std::string name(param.name().text());
    if (body.local(name) != nullptr) {
      services_.sink.report(Code::E0309, body.place(param.name()),
                            "parameter " + quoted(name) + " is declared twice", "again");
      whole = false;
    }
    const auto type = services_.names.resolve_type(fn.module, param.type(), name);
    whole = whole && type;
    if (!type) continue;
    Expr element;
    element.op = ExprOp::element;
    element.type = *type;
    element.index = kFnParameter + static_cast<std::uint32_t>(fn.params.size());
    if (type->kind == Kind::record)
      element.collection = services_.names.collection(*type, false).value_or(0);
    fn.params.push_back(*type);
    fn.param_names.push_back(name);
    body.locals_.push_back(
        {name, std::make_shared<const Expr>(std::move(element)), body.place(param.name())});
  }
  const View node = fn.node.body();
  std::optional<Type> result;
  if (fn.node.result()) {
    result = services_.names.resolve_type(fn.module, fn.node.result(), fn.name);
    whole = whole && result;
  }
  if (whole && body.begin(node)) {
    body.text_.reset();  // what stands in a function is not in the condition's text
    fn.body = body.check(node, result);
    if (fn.body && result)
      fn.body = body.coerce(node, fn.body, *result, "what " + quoted(fn.name) + " gives");
  }
  --services_.functions_open;
  fn.state = fn.body ? State::done : State::broken;
  return fn.body != nullptr;
}

// Whether what a function does may be done where it is called.
bool ExprCheck::may_stand_here(const View& e, const Expr& body) {
  if (reads_metrics(body) && !scope_.no_metrics.empty()) {
    report(Code::E0510, e, std::string(scope_.no_metrics), "reads a metric");
    return false;
  }
  if (reads_candidate(body) && !scope_.no_candidate.empty()) {
    report(Code::E0510, e, std::string(scope_.no_candidate), "reads the candidate's metrics");
    return false;
  }
  if (has_window(body) && (in_window_ || loops_ > 0 || !scope_.no_windows.empty())) {
    report(in_window_ ? Code::E0427 : Code::E0410, e,
           in_window_   ? "a window stands inside another one"
           : loops_ > 0 ? "a window cannot stand inside a list's condition"
                        : std::string(scope_.no_windows),
           "this function has a window");
    return false;
  }
  return true;
}

ExprPtr ExprCheck::user_call(const View& e, FnInfo& fn) {
  if (!prepare(fn, e)) return nullptr;
  const auto views = arguments(e, fn.param_names);
  if (!views) return nullptr;
  std::vector<ExprPtr> args;
  bool whole = true;
  for (std::size_t i = 0; i < views->size(); ++i) {
    const ExprPtr arg = check((*views)[i], fn.params[i]);
    args.push_back(
        arg ? coerce((*views)[i], arg, fn.params[i], "parameter " + quoted(fn.param_names[i]))
            : nullptr);
    whole = whole && args.back();
  }
  if (!whole) return nullptr;
  if (fn.body->size > kMaxExprSize) return nullptr;
  std::map<std::uint32_t, std::uint32_t> loops;
  const ExprPtr body = expand(fn.body, args, loops, place(e));
  if (!body) return nullptr;
  if (!may_stand_here(e, *body)) return nullptr;
  // The call is what stands in the text.
  Expr whole_call = *body;
  const TextSpan span = text_ ? text_->span(e.node(), left_) : TextSpan{};
  whole_call.text_begin = span.begin;
  whole_call.text_length = span.length;
  whole_call.place = place(e);
  return std::make_shared<const Expr>(std::move(whole_call));
}

// A function's body with arguments for parameters, and loops of its own.
ExprPtr ExprCheck::expand(const ExprPtr& body, const std::vector<ExprPtr>& args,
                          std::map<std::uint32_t, std::uint32_t>& loops, const Place& at) {
  if (body->op == ExprOp::element && body->index >= kFnParameter)
    return args[body->index - kFnParameter];
  if (!count_node()) return nullptr;
  Expr copy = *body;
  copy.args.clear();
  if (is_loop(copy.op)) {
    loops[copy.index] = services_.next_loop;
    copy.index = services_.next_loop++;
  } else if (copy.op == ExprOp::element) {
    copy.index = loops.at(copy.index);
  }
  copy.size = 1;
  copy.depth = 1;
  for (const ExprPtr& arg : body->args) {
    ExprPtr inner = expand(arg, args, loops, at);
    if (!inner) return nullptr;
    copy.size = inner->size > kMaxExprSize ? inner->size : copy.size + inner->size;
    copy.depth = std::max(copy.depth, inner->depth + 1);
    copy.args.push_back(std::move(inner));
  }
  if (copy.size > kMaxExprSize || copy.depth > kMaxExprDepth) {
    report(Code::E0428, root_, "this expression is too large once its functions are written out");
    return nullptr;
  }
  if (copy.op == ExprOp::field) {
    // A row that was handed over may belong to another collection of the same records.
    copy.collection = copy.args[0]->collection;
    const auto& columns = services_.checked.types.collections[copy.collection].columns;
    const std::string& prefix = copy.args[0]->pattern;
    const std::string name = prefix.empty() ? copy.pattern : prefix + "." + copy.pattern;
    copy.index = static_cast<std::uint32_t>(std::ranges::find(columns, name, &ColumnInfo::name) -
                                            columns.begin());
    copy.pattern = name;
    if (!prefix.empty()) {
      Expr row = *copy.args[0];
      row.pattern.clear();
      copy.args[0] = std::make_shared<const Expr>(std::move(row));
    }
  }
  if (!copy.args.empty()) {
    // What was not known of a parameter may be known of its argument.
    copy.closed = !is_ranking(copy.op) &&
                  std::ranges::all_of(copy.args, [](const ExprPtr& arg) { return arg->closed; });
    copy.known = fold(copy).value;
  }
  return std::make_shared<const Expr>(std::move(copy));
}

// ------------------------------------------------------------------------------------ loops

ExprPtr ExprCheck::open_loop(const View& list_view, const ast::Name& variable,
                             std::uint32_t& loop) {
  if (list_view.kind() == ExprKind::List) {
    report(Code::E0416, list_view, "a loop goes over a list that is a fact", "values")
        .suggest("to compare with several values: `x in {…}`");
    return nullptr;
  }
  const ExprPtr list = check_list(list_view);
  if (!list || !variable) return nullptr;
  if (list->type.kind != Kind::list && list->type.kind != Kind::map) {
    report(Code::E0416, list_view,
           quoted(source_text(list_view)) + " is " + type_text(list->type) + ", not a list",
           type_text(list->type));
    return nullptr;
  }
  const std::string name(variable.text());
  if (const Local* outer = local(name)) {
    report(Code::E0309, variable, quoted(name) + " already is the name of something else here",
           "again")
        .also(outer->place.file, outer->place.span, "declared here first");
    return nullptr;
  }
  loop = services_.next_loop++;
  locals_.push_back({name, row_of(list, loop, place(variable)), place(variable)});
  ++loops_;
  return list;
}

void ExprCheck::close_loop() {
  locals_.pop_back();
  --loops_;
}

namespace {

Expr loop_node(ExprOp op, const Type& type, std::uint32_t loop, const ExprPtr& list,
               const ExprPtr& body) {
  Expr expr;
  expr.op = op;
  expr.type = type;
  expr.index = loop;
  expr.collection = list->type.index;
  expr.args = {list, body};
  return expr;
}

}  // namespace

// How many series there are: not known while one of them is silent.
ExprPtr ExprCheck::count_series(const View& e, const ExprPtr& list) {
  const std::uint32_t loop = services_.next_loop++;
  Expr known;
  known.op = ExprOp::present;
  known.type = kBoolean;
  known.place = place(e);
  const ExprPtr row = row_of(list, loop, place(e));
  known.args = {row};
  known.size = row->size + 1;
  known.depth = row->depth + 1;
  return make(e, loop_node(ExprOp::count, kInteger, loop, list,
                           std::make_shared<const Expr>(std::move(known))));
}

ExprPtr ExprCheck::quantifier(const View& e) {
  const auto quantifier = e.as<ast::QuantifierExpr>();
  std::uint32_t loop = 0;
  const ExprPtr list = open_loop(quantifier.list(), quantifier.variable(), loop);
  if (!list) return nullptr;
  const std::set<std::string> before = scope_.present;
  ExprPtr where;
  if (quantifier.where()) {
    where = boolean(quantifier.where(), "what follows `where`");
    if (where) add_present(*where, true, scope_.present);
  }
  ExprPtr body = boolean(quantifier.body(), "what holds for each");
  scope_.present = before;
  close_loop();
  if (!body || (quantifier.where() && !where)) return nullptr;

  const bool is_every = quantifier.quantifier() == lang::QuantifierKind::Every;
  const View at = quantifier.body();
  if (where && is_every) {
    body =
        node(at, ExprOp::either, kBoolean, {node(at, ExprOp::negation, kBoolean, {where}), body});
  } else if (where) {
    body = node(at, ExprOp::both, kBoolean, {where, body});
  }
  if (!body) return nullptr;
  ExprPtr result =
      make(e, loop_node(is_every ? ExprOp::every : ExprOp::any, kBoolean, loop, list, body));
  if (quantifier.quantifier() == lang::QuantifierKind::None) {
    result = node(e, ExprOp::negation, kBoolean, {result});
  }
  return result;
}

ExprPtr ExprCheck::comprehension(const View& e) {
  const auto comprehension = e.as<ast::ComprehensionExpr>();
  const std::string function(comprehension.function().text());
  const bool counts = function == "count";
  if (counts == static_cast<bool>(comprehension.value())) {
    report(Code::E0414, e,
           counts ? "`count` counts rows: it takes no value after a colon"
                  : quoted(function) + " needs the value of each row: `" + function +
                        "(x in list: x.field)`");
    return nullptr;
  }
  std::uint32_t loop = 0;
  const ExprPtr list = open_loop(comprehension.list(), comprehension.variable(), loop);
  if (!list) return nullptr;
  const std::set<std::string> before = scope_.present;
  ExprPtr where;
  if (comprehension.where()) {
    where = boolean(comprehension.where(), "what follows `where`");
    if (where) add_present(*where, true, scope_.present);
  }
  ExprPtr value = counts ? nullptr : check(comprehension.value());
  scope_.present = before;
  close_loop();
  if ((comprehension.where() && !where) || (!counts && !value)) return nullptr;
  if (counts) {
    if (!where && list->op == ExprOp::all_series) return count_series(e, list);
    if (!where) return node(e, ExprOp::length, kInteger, {list});
    return make(e, loop_node(ExprOp::count, kInteger, loop, list, where));
  }
  return reduce(e, function, loop, list, value, where, comprehension.value());
}

// ------------------------------------------------------------------------------------ windows

std::optional<std::uint32_t> ExprCheck::sample_count(const View& e) {
  const ExprPtr count = check(e);
  if (!count) return std::nullopt;
  const auto whole = count->known && count->type.kind == Kind::integer
                         ? count->known->number.to_int64()
                         : std::nullopt;
  if (!whole || *whole < 1 || *whole > program::kMaxWindowSamples) {
    report(Code::E0412, e,
           "a number of samples is a whole number from 1 to " +
               std::to_string(program::kMaxWindowSamples));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*whole);
}

std::optional<Decimal> ExprCheck::positive_duration(const View& e, std::string_view what) {
  const ExprPtr duration = check(e);
  if (!duration) return std::nullopt;
  const ExprPtr fitting = coerce(e, duration, Type::duration(), what);
  if (!fitting) return std::nullopt;
  if (!fitting->known) {
    report(Code::E0422, e, std::string(what) + " must be the same for all inputs",
           "this depends on what is read");
    return std::nullopt;
  }
  if (fitting->known->number.sign() <= 0) {
    report(Code::E0411, e, std::string(what) + " must be longer than nothing");
    return std::nullopt;
  }
  return fitting->known->number;
}

ExprPtr ExprCheck::window(const View& e) {
  const auto window = e.as<ast::WindowExpr>();
  const Place here = {place(e).file, window.window_span()};
  if (!scope_.no_windows.empty() || loops_ > 0 || in_window_) {
    const Code code = in_window_ ? Code::E0427 : Code::E0410;
    services_.sink.report(code, here,
                          in_window_   ? "a window stands inside another one"
                          : loops_ > 0 ? "a window cannot stand inside a list's condition"
                                       : std::string(scope_.no_windows),
                          "this window");
    return nullptr;
  }
  in_window_ = true;
  const ExprPtr body = boolean(window.condition(), "what a window looks at");
  in_window_ = false;
  Expr expr;
  expr.type = kBoolean;
  expr.across_stages = window.across_stages();
  bool sound = true;
  if (window.window() == lang::WindowKind::ForDuration) {
    const auto seconds = positive_duration(window.duration(), "the length of a window");
    expr.op = ExprOp::for_time;
    expr.seconds = seconds.value_or(Decimal());
    sound = seconds.has_value();
  } else {
    const auto count = sample_count(window.count());
    const bool of = window.window() == lang::WindowKind::InOfSamples;
    const auto out_of = of ? sample_count(window.out_of()) : count;
    sound = count && out_of;
    expr.op = of                                               ? ExprOp::of_samples
              : window.window() == lang::WindowKind::InSamples ? ExprOp::in_samples
                                                               : ExprOp::for_samples;
    expr.hits = count.value_or(0);
    expr.samples = out_of.value_or(0);
    if (sound && *count > *out_of) {
      services_.sink.report(
          Code::E0412, here,
          std::to_string(*count) + " of " + std::to_string(*out_of) + " samples can never be",
          "more than there are");
      return nullptr;
    }
  }
  if (!body || !sound) return nullptr;
  if (first_metric(*body) == kNone) {
    services_.sink
        .report(Code::E0409, here, "this window has no samples: its condition reads no metric",
                "samples of what?")
        .suggest("facts have no history: leave the window out");
    return nullptr;
  }
  expr.args = {body};
  return make(e, std::move(expr));
}

// ------------------------------------------------------------------------------------ rewriting

namespace {

ExprPtr with_args(const Expr& expr, std::vector<ExprPtr> args) {
  Expr copy = expr;
  copy.args = std::move(args);
  copy.size = 1;
  copy.depth = 1;
  for (const ExprPtr& arg : copy.args) {
    copy.size += arg->size;
    copy.depth = std::max(copy.depth, arg->depth + 1);
  }
  copy.known.reset();
  copy.closed = false;
  return std::make_shared<const Expr>(std::move(copy));
}

ExprPtr given(const ExprPtr& condition, const ExprPtr& needs) {
  Expr expr;
  expr.op = ExprOp::given;
  expr.type = kBoolean;
  expr.place = condition->place;
  expr.text_begin = condition->text_begin;
  expr.text_length = condition->text_length;
  return with_args(expr, {condition, needs});
}

ExprPtr moved(const ExprPtr& expr, std::uint32_t by) {
  Expr copy = *expr;
  if (copy.text_length > 0) copy.text_begin += by;
  if (copy.left_length > 0) copy.left_begin += by;
  for (ExprPtr& arg : copy.args) arg = moved(arg, by);
  return std::make_shared<const Expr>(std::move(copy));
}

// Without places in a text that is not its own.
ExprPtr without_text(const ExprPtr& expr) {
  Expr copy = *expr;
  copy.text_begin = 0;
  copy.text_length = 0;
  for (ExprPtr& arg : copy.args) arg = without_text(arg);
  return std::make_shared<const Expr>(std::move(copy));
}

ExprPtr needing(const ExprPtr& condition, const ExprPtr& needs) {
  if (!has_window(*condition)) {
    return condition->type.kind == Kind::boolean ? given(condition, needs) : condition;
  }
  if (is_window(condition->op)) return with_args(*condition, {given(condition->args[0], needs)});
  std::vector<ExprPtr> args;
  for (const ExprPtr& arg : condition->args) args.push_back(needing(arg, needs));
  return with_args(*condition, std::move(args));
}

// Looser than `and`: needs parentheses inside one.
bool is_loose(const Expr& expr) { return expr.op != ExprOp::both; }

}  // namespace

ExprPtr with_needs(const ExprPtr& condition, const ExprPtr& needs) {
  return needing(condition, without_text(needs));
}

ExprPtr with_outermost_every(const ExprPtr& condition) {
  switch (condition->op) {
    case ExprOp::every: {
      Expr copy = *condition;
      copy.op = ExprOp::every_of_some;
      return std::make_shared<const Expr>(std::move(copy));
    }
    case ExprOp::both:
    case ExprOp::for_time:
    case ExprOp::for_samples:
    case ExprOp::of_samples:
    case ExprOp::in_samples: {
      Expr copy = *condition;
      for (ExprPtr& arg : copy.args) arg = with_outermost_every(arg);
      return std::make_shared<const Expr>(std::move(copy));
    }
    default:
      return condition;
  }
}

Condition both_conditions(const Condition& a, const Condition& b) {
  if (!a) return b;
  if (!b) return a;
  const std::string left = is_loose(*a.expr) ? "(" + a.text + ")" : a.text;
  const std::string right = is_loose(*b.expr) ? "(" + b.text + ")" : b.text;
  const std::uint32_t shift_left = is_loose(*a.expr) ? 1 : 0;
  const auto shift_right = static_cast<std::uint32_t>(
      left.size() + std::string_view(" and ").size() + (is_loose(*b.expr) ? 1 : 0));
  Condition both;
  both.text = left + " and " + right;
  Expr expr;
  expr.op = ExprOp::both;
  expr.type = kBoolean;
  expr.place = b.place;
  expr.text_length = static_cast<std::uint32_t>(both.text.size());
  both.expr = with_args(expr, {moved(a.expr, shift_left), moved(b.expr, shift_right)});
  both.base_metric = first_metric(*both.expr);
  both.reads_metrics = a.reads_metrics || b.reads_metrics;
  both.place = b.place;
  return both;
}

Condition not_condition(const Condition& condition) {
  constexpr std::string_view kNot = "not (";
  Condition result = condition;
  result.text = std::string(kNot) + condition.text + ")";
  Expr expr;
  expr.op = ExprOp::negation;
  expr.type = kBoolean;
  expr.place = condition.place;
  expr.text_length = static_cast<std::uint32_t>(result.text.size());
  result.expr = with_args(expr, {moved(condition.expr, kNot.size())});
  return result;
}

}  // namespace dpol::compiler
