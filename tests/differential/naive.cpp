#include "tests/differential/naive.h"

#include <re2/re2.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "runtime/program/semver.h"
#include "runtime/program/time_text.h"

namespace dpol::test {

using compiler::ExprOp;
using program::BirthKind;
using program::Decimal;
using program::Fault;
using program::Kind;
using program::Track;
using vm::Context;
using vm::Instant;

namespace {

// Symbols of texts that the policy has and no input does.
constexpr std::uint64_t kMadeUp = std::uint64_t{1} << 40;

Instant nanoseconds(Decimal seconds) {
  std::int64_t ns = 0;
  if (program::decimal_to_time(seconds, ns)) return ns;
  return seconds.is_negative() ? vm::kBeginningOfTime : vm::kEndOfTime;
}

Instant floor_divide(Instant a, Instant b) { return a / b - (a % b != 0 && a < 0 ? 1 : 0); }

bool names_metric(ExprOp op) {
  return op == ExprOp::sample || op == ExprOp::aggregate || op == ExprOp::baseline || op == ExprOp::all_series ||
         compiler::is_ranking(op);
}

// The metric that the text of an expression names first.
void find_first_metric(const compiler::Expr& expr, const compiler::Expr*& first) {
  // A score's parts stand where its name does.
  for (std::size_t i = 1; expr.op == ExprOp::score && i < expr.args.size(); ++i) {
    const compiler::Expr* part = nullptr;
    find_first_metric(*expr.args[i], part);
    if (part == nullptr) continue;
    if (first == nullptr || expr.text_begin < first->text_begin) first = part;
    return;
  }
  if (names_metric(expr.op) && expr.text_length > 0 && (first == nullptr || expr.text_begin < first->text_begin)) {
    first = &expr;
  }
  for (const compiler::ExprPtr& arg : expr.args) find_first_metric(*arg, first);
}

program::Value all_of(const std::vector<program::Value>& values) {
  program::Value unknown = program::Value::boolean(true);
  for (const program::Value v : values) {
    if (v.is_false()) return v;
    if (v.is_unknown() && !unknown.is_unknown()) unknown = v;
  }
  return unknown;
}

struct Counts {
  std::uint64_t yes = 0;
  std::uint64_t perhaps = 0;
  program::Value unknown;  // the first
};
Counts count_truths(const std::vector<program::Value>& values) {
  Counts counts;
  for (const program::Value v : values) {
    if (v.is_true()) ++counts.yes;
    if (!v.is_unknown()) continue;
    if (counts.perhaps++ == 0) counts.unknown = v;
  }
  return counts;
}

}  // namespace

Naive::Naive(const compiler::Checked& checked, const program::Program& program, const vm::Snapshot& snapshot)
    : checked_(checked), program_(program), snapshot_(snapshot) {
  for (std::uint32_t c = 0; c < snapshot.channels().size(); ++c) {
    const vm::Channel& channel = snapshot.channels()[c];
    if (channel.member == program::kNone) continue;
    for (std::uint32_t track = 0; track < 2; ++track) {
      const std::uint32_t whole = channel.metric * program::kTrackCount + track;
      vm::Series& all = whole_[whole];
      const std::vector<Instant>& times = snapshot.series(c * program::kTrackCount + track).times;
      for (const Instant time : times) {
        const auto at = std::lower_bound(all.times.begin(), all.times.end(), time);
        if (at == all.times.end() || *at != time) all.times.insert(at, time);
      }
      all.values.assign(all.times.size(), Value::unknown(Fault::no_sample, {BirthKind::series, whole}));
    }
  }
}

// ---- inputs ----

program::Value Naive::text_value(const std::string& text) {
  for (std::uint64_t i = 0; i < snapshot_.symbols().size(); ++i) {
    if (snapshot_.symbols().text(i) == text) return Value::id(i);
  }
  return Value::id(made_up_texts_.try_emplace(text, kMadeUp + made_up_texts_.size()).first->second);
}

program::Value Naive::fact(std::uint32_t index) const {
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
    const program::Input& input = program_.inputs[i];
    if (input.kind == program::InputKind::fact && program_.text(input.name) == checked_.facts[index].path) {
      return snapshot_.inputs()[i];
    }
  }
  throw std::logic_error("a fact that the program does not read");
}

program::Value Naive::parameter(std::uint32_t index) const {
  const std::optional<compiler::Constant>& value = checked_.params[index].fallback;
  if (!value) throw std::logic_error("a parameter without a value");
  return checked_.params[index].type.kind == Kind::boolean ? Value::boolean(value->boolean) : Value::number(value->number);
}

// The series that belongs to the label values in force, where they are of the metric's labels.
std::optional<std::uint32_t> Naive::own_channel(std::uint32_t metric, const Context& context) const {
  if (context.member == program::kNone) return std::nullopt;
  for (std::uint32_t c = 0; c < snapshot_.channels().size(); ++c) {
    const vm::Channel& channel = snapshot_.channels()[c];
    if (channel.metric == metric && channel.member == context.member) return c;
  }
  return std::nullopt;
}

Naive::Found Naive::find(std::uint32_t metric, Track track, bool compared, const Context& context) const {
  const auto at = [&](std::uint32_t channel) { return channel * program::kTrackCount + static_cast<std::uint32_t>(track); };
  const std::optional<std::uint32_t> own = own_channel(metric, context);
  if (!own) {
    const auto whole = whole_.find(at(metric));
    return {whole == whole_.end() ? &snapshot_.series(at(metric)) : &whole->second, at(metric)};
  }
  if (compared) {
    // The only one that there is, and without labels, is the one for all.
    std::vector<std::uint32_t> with_samples;
    for (std::uint32_t c = 0; c < snapshot_.channels().size(); ++c) {
      const vm::Channel& channel = snapshot_.channels()[c];
      const bool has = channel.metric == metric && channel.member != program::kNone &&
                       !snapshot_.series(c * program::kTrackCount + 1).times.empty();
      if (has) with_samples.push_back(c);
    }
    if (with_samples.size() == 1) {
      const std::vector<std::string>& labels = snapshot_.members()[snapshot_.channels()[with_samples[0]].member].values;
      const bool none = std::all_of(labels.begin(), labels.end(), [](const std::string& label) { return label.empty(); });
      if (none) return {&snapshot_.series(at(with_samples[0])), at(with_samples[0])};
    }
  }
  return {&snapshot_.series(at(*own)), at(*own)};
}

std::vector<std::uint32_t> Naive::members_of(std::uint32_t metric) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t m = 0; m < snapshot_.members().size(); ++m) {
    if (snapshot_.members()[m].label_set == checked_.metrics[metric].label_set) found.push_back(m);
  }
  return found;
}

// Whether the series has been seen, and is not gone: of what is compared with, as long as it is not stale.
bool Naive::is_member(std::uint32_t metric, bool compared, const Context& context) const {
  const std::optional<std::uint32_t> own = own_channel(metric, context);
  if (!own) return false;
  const Track track = compared ? Track::stable : context.bare;
  const compiler::MetricInfo& info = checked_.metrics[metric];
  for (const Instant time : snapshot_.series(*own * program::kTrackCount + static_cast<std::uint32_t>(track)).times) {
    if (compared && context.stable_from < context.stable_to) {
      if (time >= context.stable_from && time < context.stable_to) return true;
      continue;
    }
    if (time > context.at || time > context.until) continue;
    const bool gone = !info.gone_seconds.is_zero() && context.at - time > nanoseconds(info.gone_seconds);
    const bool fresh = compared && context.at - time <= nanoseconds(info.stale_seconds);
    if (!gone && (fresh || time >= context.aggregates_from)) return true;
  }
  return false;
}

program::Value Naive::all_series(const Expr& expr, const Context& context) {
  const bool compared = expr.track != Track::candidate;
  std::vector<Value> values;
  Context inside = context;
  for (const std::uint32_t member : members_of(expr.index)) {
    inside.member = member;
    if (is_member(expr.index, compared, inside)) values.push_back(read(expr.index, expr.track, inside));
  }
  if (!values.empty()) return made_up_list(values);
  inside.member = program::kNone;
  const Found whole = find(expr.index, compared ? Track::stable : context.bare, false, inside);
  return Value::unknown(whole.series->times.empty() ? Fault::no_series : Fault::no_sample, whole.born());
}

program::Value Naive::baseline(std::uint32_t metric, const Context& context) const {
  if (checked_.metrics[metric].label_set != program::kNone) {
    if (const auto own = own_channel(metric, context)) return snapshot_.channels()[*own].baseline;
    return Value::unknown(Fault::no_baseline, {BirthKind::series, metric * program::kTrackCount + 2});
  }
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
    if (is_baseline(program_.inputs[i], metric)) return snapshot_.inputs()[i];
  }
  throw std::logic_error("a baseline is read but is no input");
}

// Indices of the samples in [from, to] that count: of each interval the last.
std::vector<std::size_t> Naive::thinned(const vm::Series& s, std::uint32_t metric, Instant from, Instant to) const {
  const Instant every = nanoseconds(checked_.metrics[metric].interval_seconds);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < s.times.size(); ++i) {
    if (s.times[i] < from || s.times[i] > to) continue;
    if (every > 0 && !kept.empty() && floor_divide(s.times[kept.back()], every) == floor_divide(s.times[i], every)) {
      kept.pop_back();
    }
    kept.push_back(i);
  }
  return kept;
}

program::Value Naive::read(std::uint32_t metric, Track track, const Context& context) {
  const bool bare = track == Track::candidate;
  if (bare) track = context.bare;
  const Found found = find(metric, track, !bare, context);
  if (!bare && context.stable_from < context.stable_to) return stable_before(found, context);
  const vm::Series& s = *found.series;
  const program::Birthplace born = found.born();
  if (s.times.empty()) return Value::unknown(Fault::no_series, born);
  const Instant to = std::min(context.at, context.until);
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; i < s.times.size(); ++i) {
    if (s.times[i] <= to && (!bare || s.times[i] >= context.fresh_from)) newest = i;
  }
  if (!newest) return Value::unknown(Fault::no_sample, born);
  const compiler::MetricInfo& info = checked_.metrics[metric];
  if (context.at - s.times[*newest] > nanoseconds(info.stale_seconds)) return Value::unknown(Fault::stale, born);
  const Value value = s.values[*newest];
  if (value.is_unknown()) return value;
  if (info.needs) {
    const Value needs = what_it_needs(info, context);
    if (needs.is_unknown()) return needs;
    if (needs.is_false()) return Value::unknown(Fault::too_little_traffic, born);
  }
  return value;
}

// ---- expressions ----

program::Value Naive::constant(const Expr& expr) {
  switch (expr.type.kind) {
    case Kind::boolean: return Value::boolean(expr.constant.boolean);
    case Kind::enumeration: return Value::id(expr.constant.ordinal);
    case Kind::string: return text_value(expr.constant.text);
    case Kind::semver: throw std::logic_error("a version is compared by text, not by value");
    default: return Value::number(expr.constant.number);
  }
}

// It is the same for all policies, whatever they mean by a baseline.
program::Value Naive::what_it_needs(const compiler::MetricInfo& metric, const Context& context) {
  const compiler::CheckedPolicy* const policy = std::exchange(policy_, nullptr);
  const Value needs = evaluate(*metric.needs.expr, context);
  policy_ = policy;
  return needs;
}

// Whether it is the metric's baseline, of the name that this policy means.
bool Naive::is_baseline(const program::Input& input, std::uint32_t metric) const {
  if (input.kind != program::InputKind::baseline || input.metric != metric) return false;
  std::string name = checked_.metrics[metric].baseline_name;
  if (policy_ != nullptr && !policy_->baseline.empty()) name = policy_->baseline;
  return name == (input.baseline == program::kNone ? "" : program_.text(input.baseline));
}

// Where a baseline or a stable value was read.
program::Birthplace Naive::reference_born(const Expr& expr) const {
  if (expr.op == ExprOp::sample) {
    return {BirthKind::series, expr.index * program::kTrackCount + static_cast<std::uint32_t>(expr.track)};
  }
  for (std::uint32_t i = 0; i < program_.inputs.size(); ++i) {
    const program::Input& input = program_.inputs[i];
    if (is_baseline(input, expr.index)) return {BirthKind::input, i};
  }
  return {};
}

program::Value Naive::arithmetic(const Expr& expr, const Context& context) {
  const Value a = evaluate(*expr.args[0], context);
  if (expr.op == ExprOp::negate) return a.is_unknown() ? a : Value::number(a.as_number().neg());
  const Value b = evaluate(*expr.args[1], context);
  if (a.is_unknown()) return a;
  if (b.is_unknown()) return b;
  const Decimal x = a.as_number();
  const Decimal y = b.as_number();
  Decimal out;
  bool fits = true;
  switch (expr.op) {
    case ExprOp::add: fits = Decimal::add(x, y, out); break;
    case ExprOp::subtract: fits = Decimal::sub(x, y, out); break;
    case ExprOp::relative:
      if (x.is_zero()) return Value::unknown(Fault::zero_baseline, reference_born(*expr.args[0]));
      [[fallthrough]];
    case ExprOp::multiply: fits = Decimal::mul(x, y, out); break;
    default:
      if (y.is_zero()) return Value::unknown(Fault::division_by_zero);
      fits = Decimal::div(x, y, out);
  }
  return fits ? Value::number(out) : Value::unknown(Fault::overflow);
}

program::Value Naive::comparison(const Expr& expr, const Context& context) {
  int order = 0;
  const program::Type& type = expr.args[0]->type;
  if (type.kind == Kind::semver || expr.args[1]->type.kind == Kind::semver) {
    program::Semver sides[2];
    for (int i = 0; i < 2; ++i) {
      program::TextError error;
      if (expr.args[i]->op == ExprOp::constant) {
        program::Semver::parse(expr.args[i]->constant.text, sides[i], error);
        continue;
      }
      const Value v = evaluate(*expr.args[i], context);
      if (v.is_unknown()) return v;
      sides[i] = snapshot_.semvers()[v.as_id()];
    }
    order = sides[0] < sides[1] ? -1 : sides[1] < sides[0] ? 1 : 0;
  } else {
    const Value a = evaluate(*expr.args[0], context);
    const Value b = evaluate(*expr.args[1], context);
    if (a.is_unknown()) return a;
    if (b.is_unknown()) return b;
    order = a == b ? 0 : a.raw() < b.raw() ? -1 : 1;
  }
  switch (expr.op) {
    case ExprOp::less: return Value::boolean(order < 0);
    case ExprOp::less_equal: return Value::boolean(order <= 0);
    case ExprOp::greater: return Value::boolean(order > 0);
    case ExprOp::greater_equal: return Value::boolean(order >= 0);
    case ExprOp::equal: return Value::boolean(order == 0);
    default: return Value::boolean(order != 0);
  }
}

program::Value Naive::loop(const Expr& expr, const Context& context) {
  const Value list = evaluate(*expr.args[0], context);
  if (list.is_unknown()) return list;
  if (expr.op == ExprOp::every_of_some && list.row_count() == 0) return Value::unknown(Fault::empty_list);
  const bool picks = expr.op == ExprOp::minimum || expr.op == ExprOp::maximum || expr.op == ExprOp::mean;
  if (picks) return picked_rows(expr, list, context);
  std::vector<Value> values;
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    rows_[expr.index] = list.first_row() + i;
    values.push_back(evaluate(*expr.args[1], context));
  }
  if (expr.op == ExprOp::every || expr.op == ExprOp::every_of_some) return all_of(values);
  const Counts counts = count_truths(values);
  if (expr.op == ExprOp::any) {
    if (counts.yes > 0) return Value::boolean(true);
    return counts.perhaps > 0 ? counts.unknown : Value::boolean(false);
  }
  if (counts.perhaps > 0) return counts.unknown;
  if (expr.op == ExprOp::count) return Value::number(Decimal::from_int64(static_cast<std::int64_t>(counts.yes)));
  program::DecimalSum sum;
  for (const Value v : values) sum.add(v.as_number());
  Decimal total;
  return sum.total(total) ? Value::number(total) : Value::unknown(Fault::overflow);
}

// Every case there is: each unknown truth is true in half of them.
program::Value Naive::score(const Expr& expr, const Context& context) {
  const Value limit = evaluate(*expr.args[0], context);
  std::vector<Value> truths;
  for (std::size_t i = 1; i < expr.args.size(); ++i) truths.push_back(evaluate(*expr.args[i], context));
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (truths[i].is_unknown()) open.push_back(i);
  }
  if (limit.is_unknown()) return limit;
  bool ever = false;
  bool always = true;
  for (std::uint64_t which = 0; which < std::uint64_t{1} << open.size(); ++which) {
    std::vector<bool> holds;
    for (const Value truth : truths) holds.push_back(truth.is_true());
    for (std::size_t i = 0; i < open.size(); ++i) holds[open[i]] = (which >> i & 1) != 0;
    Decimal sum;
    Decimal total;
    for (std::size_t part = 0; part < expr.weights.size(); ++part) {
      Decimal own = expr.weights[part];
      Decimal::add(total, own, total);
      if (!holds[2 * part] && holds[2 * part + 1]) Decimal::div(own, Decimal::from_int64(2), own);
      if (holds[2 * part] || holds[2 * part + 1]) Decimal::add(sum, own, sum);
    }
    Decimal share;
    Decimal::div(sum, total, share);
    const Decimal line = limit.as_number();
    const bool holds_now = expr.comparison == ExprOp::less         ? share < line
                           : expr.comparison == ExprOp::less_equal ? share <= line
                           : expr.comparison == ExprOp::greater    ? share > line
                                                                   : share >= line;
    ever = ever || holds_now;
    always = always && holds_now;
  }
  if (ever == always) return Value::boolean(ever);
  for (std::size_t part = 0; part < expr.weights.size(); ++part) {
    if (truths[2 * part].is_unknown()) return truths[2 * part];
    if (truths[2 * part].is_false() && truths[2 * part + 1].is_unknown()) return truths[2 * part + 1];
  }
  throw std::logic_error("a score of known parts is known");
}

// The least, the greatest or the mean over the rows that `where` takes.
program::Value Naive::picked_rows(const Expr& expr, Value list, const Context& context) {
  const Expr& body = *expr.args[1];
  std::vector<Decimal> taken;
  for (std::uint32_t i = 0; i < list.row_count(); ++i) {
    rows_[expr.index] = list.first_row() + i;
    if (body.op == ExprOp::picked) {
      const Value where = evaluate(*body.args[1], context);
      if (where.is_unknown()) return where;
      if (where.is_false()) continue;
    }
    const Value value = evaluate(body.op == ExprOp::picked ? *body.args[0] : body, context);
    if (value.is_unknown()) return value;
    taken.push_back(value.as_number());
  }
  if (taken.empty()) return Value::unknown(list.row_count() > 0 ? Fault::no_row_chosen : Fault::empty_list);
  if (expr.op == ExprOp::minimum) return Value::number(*std::ranges::min_element(taken));
  if (expr.op == ExprOp::maximum) return Value::number(*std::ranges::max_element(taken));
  program::DecimalSum sum;
  for (const Decimal value : taken) sum.add(value);
  Decimal mean;
  if (!sum.total(mean)) return Value::unknown(Fault::overflow);
  const bool fits = Decimal::div(mean, Decimal::from_int64(static_cast<std::int64_t>(taken.size())), mean);
  return fits ? Value::number(mean) : Value::unknown(Fault::overflow);
}

program::Value Naive::evaluate(const Expr& expr, const Context& context) {
  switch (expr.op) {
    case ExprOp::constant: return constant(expr);
    case ExprOp::fact: return fact(expr.index);
    case ExprOp::parameter: return parameter(expr.index);
    case ExprOp::now: return Value::number(program::time_to_decimal(snapshot_.now()));
    case ExprOp::deployed_at: {
      for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
        if (program_.inputs[i].kind == program::InputKind::deployed_at) return snapshot_.inputs()[i];
      }
      throw std::logic_error("T is read but is no input");
    }
    case ExprOp::sample: return read(expr.index, expr.track, context);
    case ExprOp::baseline: return baseline(expr.index, context);
    case ExprOp::all_series: return all_series(expr, context);
    case ExprOp::aggregate: return aggregate(expr, context);
    case ExprOp::worse_share:
    case ExprOp::worse_amount:
    case ExprOp::differs_share:
    case ExprOp::differs_amount: return ranking(expr, context);
    case ExprOp::element: return Value::id(rows_.at(expr.index));
    case ExprOp::field: {
      const Value row = evaluate(*expr.args[0], context);
      if (row.is_unknown()) return row;
      return row_value(row.as_id(), expr.collection, expr.index);
    }
    case ExprOp::nth: {
      const Value list = evaluate(*expr.args[0], context);
      const Value number = evaluate(*expr.args[1], context);
      if (list.is_unknown()) return list;
      if (number.is_unknown()) return number;
      if (list.row_count() == 0) return Value::unknown(Fault::empty_list);
      std::vector<std::uint64_t> rows;
      for (std::uint32_t i = 0; i < list.row_count(); ++i) rows.push_back(list.first_row() + std::uint64_t{i});
      if (number.as_number().is_negative()) std::ranges::reverse(rows);
      const auto place = (number.as_number().is_negative() ? number.as_number().neg() : number.as_number()).to_int64();
      const std::int64_t at = place.value_or(INT64_MAX) - (number.as_number().is_negative() ? 1 : 0);
      return at < std::ssize(rows) ? Value::id(rows[static_cast<std::size_t>(at)]) : Value::unknown(Fault::no_such_row);
    }
    case ExprOp::picked: throw std::logic_error("a row is picked outside of a loop");
    case ExprOp::find: {
      const Value map = evaluate(*expr.args[0], context);
      const Value key = evaluate(*expr.args[1], context);
      if (map.is_unknown()) return map;
      if (key.is_unknown()) return key;
      const program::RowTable& table = program_.row_tables[expr.collection];
      for (std::uint64_t row = map.first_row(); row < std::uint64_t{map.first_row()} + map.row_count(); ++row) {
        if (snapshot_.column(table.first_column)[row] == key) return Value::id(row);
      }
      return Value::unknown(Fault::no_such_key);
    }
    case ExprOp::add:
    case ExprOp::subtract:
    case ExprOp::multiply:
    case ExprOp::divide:
    case ExprOp::negate:
    case ExprOp::relative:
      return arithmetic(expr, context);
    case ExprOp::less:
    case ExprOp::less_equal:
    case ExprOp::greater:
    case ExprOp::greater_equal:
    case ExprOp::equal:
    case ExprOp::not_equal:
      return comparison(expr, context);
    case ExprOp::both: {
      const Value a = evaluate(*expr.args[0], context);
      const Value b = evaluate(*expr.args[1], context);
      if (a.is_false() || b.is_false()) return Value::boolean(false);
      return a.is_unknown() ? a : b;
    }
    case ExprOp::either: {
      const Value a = evaluate(*expr.args[0], context);
      const Value b = evaluate(*expr.args[1], context);
      if (a.is_true() || b.is_true()) return Value::boolean(true);
      return a.is_unknown() ? a : b;
    }
    case ExprOp::negation: {
      const Value a = evaluate(*expr.args[0], context);
      return a.is_unknown() ? a : Value::boolean(a.is_false());
    }
    case ExprOp::score: return score(expr, context);
    case ExprOp::choose: {
      const Value a = evaluate(*expr.args[0], context);
      const Value b = evaluate(*expr.args[1], context);
      const Value c = evaluate(*expr.args[2], context);
      if (a.is_unknown()) return b == c && !b.is_unknown() ? b : a;
      return a.is_true() ? b : c;
    }
    case ExprOp::present: {
      const Value a = evaluate(*expr.args[0], context);
      if (a.is_absent()) return Value::boolean(false);
      return a.is_unknown() ? a : Value::boolean(true);
    }
    case ExprOp::otherwise: {
      const Value a = evaluate(*expr.args[0], context);
      return a.is_absent() ? evaluate(*expr.args[1], context) : a;
    }
    case ExprOp::given: {
      const Value a = evaluate(*expr.args[0], context);
      const Value b = evaluate(*expr.args[1], context);
      if (b.is_unknown()) return b;
      return b.is_true() ? a : Value::unknown(Fault::too_little_traffic);
    }
    case ExprOp::contains_text: {
      const Value a = evaluate(*expr.args[0], context);
      const Value b = evaluate(*expr.args[1], context);
      if (a.is_unknown()) return a;
      if (b.is_unknown()) return b;
      return Value::boolean(text_of(a).find(text_of(b)) != std::string::npos);
    }
    case ExprOp::matches: {
      const Value a = evaluate(*expr.args[0], context);
      if (a.is_unknown()) return a;
      return Value::boolean(RE2::PartialMatch(text_of(a), expr.pattern));
    }
    case ExprOp::length: {
      const Value a = evaluate(*expr.args[0], context);
      return a.is_unknown() ? a : Value::number(Decimal::from_int64(a.row_count()));
    }
    case ExprOp::has: {
      const Value a = evaluate(*expr.args[0], context);
      const Value b = evaluate(*expr.args[1], context);
      if (a.is_unknown()) return a;
      if (a.row_count() == 0) return Value::boolean(false);
      if (b.is_unknown()) return b;
      const program::RowTable& table = program_.row_tables[expr.collection];
      std::vector<Value> found;
      for (std::uint64_t row = a.first_row(); row < std::uint64_t{a.first_row()} + a.row_count(); ++row) {
        const Value cell = row_value(row, expr.collection, table.keyed ? 1 : 0);
        found.push_back(cell.is_unknown() ? cell : Value::boolean(cell == b));
      }
      const Counts counts = count_truths(found);
      if (counts.yes > 0) return Value::boolean(true);
      return counts.perhaps > 0 ? counts.unknown : Value::boolean(false);
    }
    case ExprOp::every:
    case ExprOp::every_of_some:
    case ExprOp::any:
    case ExprOp::count:
    case ExprOp::sum:
    case ExprOp::minimum:
    case ExprOp::maximum:
    case ExprOp::mean:
      return loop(expr, context);
    case ExprOp::for_time:
    case ExprOp::for_samples:
    case ExprOp::of_samples:
    case ExprOp::in_samples:
      return window(expr, context);
    case ExprOp::call: return function(expr, context);
  }
  throw std::logic_error("an operation that nobody evaluates");
}

// ---- windows ----

// What a window over `body` looks at, newest first.
std::vector<Naive::Element> Naive::elements(const Expr& body, bool across, const Context& context) {
  const Expr* first = nullptr;
  find_first_metric(body, first);
  if (first == nullptr) throw std::logic_error("a window without a metric");
  const std::uint32_t metric = first->index;
  const Instant stale = nanoseconds(checked_.metrics[metric].stale_seconds);
  const vm::Series& s = *find(metric, context.bare, false, context).series;
  std::vector<std::size_t> kept = thinned(s, metric, across ? context.aggregates_from : context.fresh_from,
                                          std::min(context.at, context.until));
  std::reverse(kept.begin(), kept.end());
  std::vector<Element> out;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const Instant time = s.times[kept[k]];
    if (k == 0 && context.at - time > stale) out.push_back({std::nullopt, Fault::stale});
    if (k > 0 && s.times[kept[k - 1]] - time > stale) out.push_back({std::nullopt, Fault::gap});
    out.push_back({time, Fault::none});
  }
  return out;
}

program::Value Naive::nothing_seen(const Expr& body, const Context& context) const {
  const Expr* first = nullptr;
  find_first_metric(body, first);
  const Found found = find(first->index, context.bare, false, context);
  return Value::unknown(found.series->times.empty() ? Fault::no_series : Fault::no_sample, found.born());
}

program::Value Naive::window(const Expr& expr, const Context& context) {
  const Expr& body = *expr.args[0];
  std::vector<Value> values;  // newest first
  bool reached_start = false;
  // Nobody knows how many samples a gap or a silent end hides: as many as the window can hold.
  const std::size_t hidden = expr.op == ExprOp::for_time ? 1 : expr.samples;
  const Instant start = context.at - nanoseconds(expr.seconds);
  const std::vector<Element> seen = elements(body, expr.across_stages, context);
  if (seen.empty()) return nothing_seen(body, context);
  for (const Element& element : seen) {
    if (expr.op == ExprOp::for_time && reached_start) break;
    if (!element.at) {
      values.insert(values.end(), hidden, Value::unknown(element.fault));
      continue;
    }
    Context then = context;
    then.at = *element.at;
    if (expr.across_stages) then.fresh_from = context.aggregates_from;
    values.push_back(evaluate(body, then));
    reached_start = reached_start || *element.at <= start;
  }
  switch (expr.op) {
    case ExprOp::for_time:
      if (!reached_start) values.push_back(Value::unknown(Fault::window_open));
      return all_of(values);
    case ExprOp::for_samples:
      values.resize(std::min<std::size_t>(values.size(), expr.samples));
      while (values.size() < expr.samples) values.push_back(Value::unknown(Fault::window_open));
      return all_of(values);
    case ExprOp::of_samples: {
      values.resize(std::min<std::size_t>(values.size(), expr.samples));
      while (values.size() < expr.samples) values.push_back(Value::unknown(Fault::window_open));
      const Counts counts = count_truths(values);
      if (counts.yes >= expr.hits) return Value::boolean(true);
      return counts.yes + counts.perhaps < expr.hits ? Value::boolean(false) : counts.unknown;
    }
    default: {
      const Counts counts = count_truths(values);
      if (counts.yes >= expr.samples) return Value::boolean(true);
      return counts.yes + counts.perhaps < expr.samples ? Value::boolean(false) : counts.unknown;
    }
  }
}

// ---- aggregates ----

namespace {

std::optional<Decimal> quantile(std::vector<Decimal> sorted, const char* p) {
  std::sort(sorted.begin(), sorted.end());
  Decimal rank;
  const Decimal last = Decimal::from_int64(static_cast<std::int64_t>(sorted.size()) - 1);
  if (!Decimal::mul(last, *Decimal::parse(p), rank)) return std::nullopt;
  Decimal whole, part, step, out;
  if (!Decimal::floor(rank, whole) || !Decimal::sub(rank, whole, part)) return std::nullopt;
  const auto i = static_cast<std::size_t>(*whole.to_int64());
  if (part.is_zero()) return sorted[i];
  if (!Decimal::sub(sorted[i + 1], sorted[i], step) || !Decimal::mul(step, part, step) ||
      !Decimal::add(sorted[i], step, out)) {
    return std::nullopt;
  }
  return out;
}

std::optional<Decimal> total_of(const std::vector<Decimal>& values) {
  program::DecimalSum sum;
  for (const Decimal v : values) sum.add(v);
  Decimal out;
  if (!sum.total(out)) return std::nullopt;
  return out;
}

std::optional<Decimal> mean_of(const std::vector<Decimal>& values) {
  program::DecimalSum sum;
  for (const Decimal v : values) sum.add(v);
  Decimal out;
  if (!sum.mean(static_cast<std::int64_t>(values.size()), out)) return std::nullopt;
  return out;
}

std::optional<Decimal> deviation_of(const std::vector<Decimal>& values) {
  const std::optional<Decimal> mean = mean_of(values);
  if (!mean) return std::nullopt;
  std::vector<Decimal> squares;
  for (const Decimal v : values) {
    Decimal d;
    if (!Decimal::sub(v, *mean, d) || !Decimal::mul(d, d, d)) return std::nullopt;
    squares.push_back(d);
  }
  const std::optional<Decimal> variance = mean_of(squares);
  Decimal out;
  if (!variance || !Decimal::sqrt(*variance, out)) return std::nullopt;
  return out;
}

}  // namespace

// Of the stage before, once the stable version takes no traffic: the median of what is known.
program::Value Naive::stable_before(const Found& found, const Context& context) {
  const vm::Series& s = *found.series;
  const program::Birthplace born = found.born();
  std::vector<Decimal> known;
  for (std::size_t i = 0; i < s.times.size(); ++i) {
    const bool inside = context.stable_from <= s.times[i] && s.times[i] < context.stable_to;
    if (inside && !s.values[i].is_unknown()) known.push_back(s.values[i].as_number());
  }
  if (known.empty()) return Value::unknown(s.times.empty() ? Fault::no_series : Fault::no_sample, born);
  const std::optional<Decimal> median = quantile(known, "0.5");
  return median ? Value::number(*median) : Value::unknown(Fault::overflow);
}

program::Value Naive::aggregate(const Expr& expr, const Context& context) {
  using program::Aggregate;
  const Track track = expr.track == Track::candidate ? context.bare : expr.track;
  const Found found = find(expr.index, track, expr.track != Track::candidate, context);
  const program::Birthplace born = found.born();
  const vm::Series& s = *found.series;
  if (s.times.empty()) return Value::unknown(Fault::no_series, born);
  const Instant to = std::min(context.at, context.until);
  const Instant start = context.at - nanoseconds(expr.seconds);
  const Instant stale = nanoseconds(checked_.metrics[expr.index].stale_seconds);
  std::vector<std::size_t> inside;
  std::optional<std::size_t> before;
  std::optional<std::size_t> newest;
  for (const std::size_t i : thinned(s, expr.index, context.aggregates_from, to)) {
    if (s.times[i] > start) inside.push_back(i);
    else before = i;
    newest = i;
  }
  const bool counter = expr.aggregate == Aggregate::delta || expr.aggregate == Aggregate::increase || expr.aggregate == Aggregate::rate;
  const auto effective = [&](std::size_t i) {
    Context then = context;
    then.at = s.times[i];
    then.fresh_from = context.aggregates_from;
    Value v = s.values[i];
    const compiler::MetricInfo& info = checked_.metrics[expr.index];
    if (v.is_unknown() || !info.needs) return v;
    const Value needs = what_it_needs(info, then);
    if (needs.is_unknown()) return needs;
    return needs.is_true() ? v : Value::unknown(Fault::too_little_traffic, born);
  };
  if (expr.aggregate == Aggregate::count) {
    std::int64_t known = 0;
    for (const std::size_t i : inside) known += effective(i).is_unknown() ? 0 : 1;
    return Value::number(Decimal::from_int64(known));
  }
  if (newest && context.at - s.times[*newest] > stale) return Value::unknown(Fault::stale, born);
  if (inside.empty()) return Value::unknown(Fault::no_sample, born);
  if (counter && before && start - s.times[*before] <= stale) inside.insert(inside.begin(), *before);
  // Of several reasons to be unknown the newest.
  std::vector<Decimal> values;
  for (std::size_t k = inside.size(); k-- > 0;) {
    const Value v = effective(inside[k]);
    if (v.is_unknown()) return v;
    values.insert(values.begin(), v.as_number());
    if (k > 0 && s.times[inside[k]] - s.times[inside[k - 1]] > stale) return Value::unknown(Fault::gap, born);
  }
  if ((counter || expr.aggregate == Aggregate::slope) && values.size() < 2) return Value::unknown(Fault::no_sample, born);
  std::optional<Decimal> out;
  Decimal d;
  switch (expr.aggregate) {
    case Aggregate::avg: out = mean_of(values); break;
    case Aggregate::min: out = *std::min_element(values.begin(), values.end()); break;
    case Aggregate::max: out = *std::max_element(values.begin(), values.end()); break;
    case Aggregate::sum: out = total_of(values); break;
    case Aggregate::p50: out = quantile(values, "0.5"); break;
    case Aggregate::p90: out = quantile(values, "0.9"); break;
    case Aggregate::p95: out = quantile(values, "0.95"); break;
    case Aggregate::p99: out = quantile(values, "0.99"); break;
    case Aggregate::stddev: out = deviation_of(values); break;
    case Aggregate::first: out = values.front(); break;
    case Aggregate::last: out = values.back(); break;
    case Aggregate::delta:
      if (Decimal::sub(values.back(), values.front(), d)) out = d;
      break;
    case Aggregate::increase: {
      std::vector<Decimal> growth;
      for (std::size_t k = 1; k < values.size(); ++k) {
        if (values[k] < values[k - 1]) growth.push_back(values[k]);
        else if (Decimal::sub(values[k], values[k - 1], d)) growth.push_back(d);
        else return Value::unknown(Fault::overflow);
      }
      out = total_of(growth);
      break;
    }
    default: throw std::logic_error("an aggregate that no random policy asks for");
  }
  return out ? Value::number(*out) : Value::unknown(Fault::overflow);
}

}  // namespace dpol::test
