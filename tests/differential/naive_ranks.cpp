// `worse(…)` and `differs(…)`, word by word: every pair of samples is compared, every rank counted, every probability
// looked for from the front of its table.

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "runtime/program/time_text.h"
#include "tests/differential/naive.h"

namespace dpol::test {

using compiler::Expr;
using compiler::ExprOp;
using program::BirthKind;
using program::Decimal;
using program::Fault;
using program::Track;
using program::Value;
using vm::Context;
using vm::Instant;

namespace {

using Wide = __int128_t;

constexpr std::size_t kLeast = 10;
constexpr Wide kBillion = 1'000'000'000;

const std::vector<std::int64_t>& tails() {
  static const std::vector<std::int64_t> kAll = {
#define DPOL_TAIL(value) value,
#include "runtime/vm/normal_tail.def"
  };
  return kAll;
}

Instant nanoseconds(Decimal seconds) {
  std::int64_t ns = 0;
  return program::decimal_to_time(seconds, ns) ? ns : vm::kEndOfTime;
}

Wide up(Wide a, Wide b) {
  Wide q = a / b;
  while (q * b < a) ++q;
  return q;
}

// Twice the mean rank of each of `some` among `all`.
std::vector<Wide> ranks_of(const std::vector<Decimal>& some, const std::vector<Decimal>& all) {
  std::vector<Wide> out;
  for (const Decimal& own : some) {
    Wide rank = 1;
    for (const Decimal& other : all) rank += other < own ? 2 : other == own ? 1 : 0;
    out.push_back(rank);
  }
  return out;
}

// In billionths, rounded up.
Wide resemblance(const std::vector<Wide>& ranks) {
  const Wide n = static_cast<Wide>(ranks.size());
  Wide sum = 0;
  for (const Wide r : ranks) sum += r;
  Wide above = 0;
  Wide below = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    below += (n * ranks[i] - sum) * (n * ranks[i] - sum);
    if (i > 0) above += (n * ranks[i] - sum) * (n * ranks[i - 1] - sum);
  }
  if (below == 0) return 0;
  const Wide corrected = up(n * up(above * kBillion, below) + kBillion, n - 3);
  return corrected < 0 ? 0 : corrected;
}

// How sure it is that the first are larger.
Decimal sure_of(const std::vector<Decimal>& ours, const std::vector<Decimal>& theirs, std::size_t look, int sides) {
  std::vector<Decimal> all = ours;
  all.insert(all.end(), theirs.begin(), theirs.end());
  Wide lead = -1;  // twice: pairs won less pairs lost, by two, and the correction
  for (const Decimal& a : ours) {
    for (const Decimal& b : theirs) lead += a > b ? 1 : a < b ? -1 : 0;
  }
  const Wide alike = std::max(resemblance(ranks_of(ours, all)), resemblance(ranks_of(theirs, all)));
  if (lead <= 0 || alike >= kBillion) return {};
  std::map<Decimal, Wide> times;
  for (const Decimal& value : all) ++times[value];
  Wide ties = 0;
  for (const auto& [value, t] : times) ties += (t - 1) * t * (t + 1);
  const Wide n = static_cast<Wide>(ours.size());
  const Wide m = static_cast<Wide>(theirs.size());
  const Wide total = n + m;
  const Wide square = lead * lead * 3 * total * (total - 1) * (kBillion - alike);
  const Wide unit = n * m * ((total + 1) * total * (total - 1) - ties) * (kBillion + alike);
  std::size_t step = 0;  // of a twentieth
  while (step + 1 < tails().size() && static_cast<Wide>((step + 1) * (step + 1)) * unit <= 400 * square) ++step;
  const Wide one = kBillion * kBillion;
  const Wide k = static_cast<Wide>(std::min<std::size_t>(look, 10'000'000));
  const Wide doubt = static_cast<Wide>(tails()[step]) * sides * k * (k + 1);
  if (doubt >= one) return {};
  const Wide millionth = one / 1'000'000;
  return Decimal::from_raw((one - doubt) / millionth * millionth);
}

}  // namespace

std::optional<program::Value> Naive::known_samples(const Expr& expr, Track track, bool compared, const Context& context,
                                                   std::vector<Decimal>& values) {
  const compiler::MetricInfo& info = checked_.metrics[expr.index];
  const Found found = find(expr.index, track, compared, context);
  const program::Birthplace born = found.born();
  const vm::Series& s = *found.series;
  if (s.times.empty()) return Value::unknown(Fault::no_series, born);
  const std::vector<std::size_t> kept =
      thinned(s, expr.index, context.aggregates_from, std::min(context.at, context.until));
  const Instant stale = nanoseconds(info.stale_seconds);
  if (!kept.empty() && context.at - s.times[kept.back()] > stale) return Value::unknown(Fault::stale, born);
  std::vector<std::size_t> inside;
  for (const std::size_t i : kept) {
    if (s.times[i] > context.at - nanoseconds(expr.seconds)) inside.push_back(i);
  }
  if (inside.empty()) return Value::unknown(Fault::no_sample, born);
  for (std::size_t k = inside.size(); k-- > 0;) {
    Value value = s.values[inside[k]];
    if (!value.is_unknown() && info.needs) {
      Context then = context;
      then.at = s.times[inside[k]];
      then.fresh_from = context.aggregates_from;
      const Value needs = what_it_needs(info, then);
      if (needs.is_unknown()) return needs;
      if (!needs.is_true()) return Value::unknown(Fault::too_little_traffic, born);
    }
    if (value.is_unknown()) return value;
    if (k > 0 && s.times[inside[k]] - s.times[inside[k - 1]] > stale) return Value::unknown(Fault::gap, born);
  }
  if (inside.size() < kLeast) return Value::unknown(Fault::window_open, born);
  for (const std::size_t i : inside) values.push_back(s.values[i].as_number());
  return std::nullopt;
}

program::Value Naive::ranking(const Expr& expr, const Context& context) {
  std::vector<Decimal> ours;
  std::vector<Decimal> theirs;
  if (const auto unknown = known_samples(expr, context.bare, false, context, ours)) return *unknown;
  if (const auto unknown = known_samples(expr, Track::stable, true, context, theirs)) return *unknown;
  const Value effect = evaluate(*expr.args[0], context);
  if (effect.is_unknown()) return effect;
  if (effect.as_number().sign() <= 0) return Value::unknown(Fault::bad_argument);
  // Every sample of the candidate's could have been a look, but those before there were enough.
  std::size_t look = 0;
  for (const Instant at : find(expr.index, context.bare, false, context).series->times)
    look += at >= context.aggregates_from && at <= std::min(context.at, context.until) ? 1 : 0;
  look -= kLeast - 1;
  const bool share = expr.op == ExprOp::worse_share || expr.op == ExprOp::differs_share;
  const bool differs = expr.op == ExprOp::differs_share || expr.op == ExprOp::differs_amount;
  const bool lower = checked_.metrics[expr.index].better == program::Direction::lower;
  Decimal surest;
  for (const bool larger : {true, false}) {
    if (!differs && larger != lower) continue;
    std::vector<Decimal> limits;
    for (const Decimal& value : theirs) {
      Decimal by = effect.as_number();
      if (share && !Decimal::mul(value.abs(), effect.as_number(), by)) return Value::unknown(Fault::overflow);
      Decimal limit;
      if (!(larger ? Decimal::add(value, by, limit) : Decimal::sub(value, by, limit)))
        return Value::unknown(Fault::overflow);
      limits.push_back(limit);
    }
    const Decimal sure = larger ? sure_of(ours, limits, look, differs ? 2 : 1)
                                : [&] {
                                    // Smaller is larger, seen from below.
                                    std::vector<Decimal> a;
                                    std::vector<Decimal> b;
                                    for (const Decimal& value : ours) a.push_back(value.neg());
                                    for (const Decimal& value : limits) b.push_back(value.neg());
                                    return sure_of(a, b, look, differs ? 2 : 1);
                                  }();
    if (surest < sure) surest = sure;
  }
  return Value::number(surest);
}

}  // namespace dpol::test
