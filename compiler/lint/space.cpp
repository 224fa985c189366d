#include "compiler/lint/space.h"

#include <algorithm>
#include <array>

#include "compiler/comparisons.h"
#include "runtime/program/semver.h"

namespace dpol::lint {

using compiler::Expr;
using compiler::ExprOp;
using compiler::is_comparison;
using compiler::mirrored;
using compiler::negated;
using program::Aggregate;
using program::Function;
using program::Kind;

namespace {

IntervalSet values_of(ExprOp op, Decimal limit) {
  switch (op) {
    case ExprOp::less:
      return IntervalSet::below(limit, false);
    case ExprOp::less_equal:
      return IntervalSet::below(limit, true);
    case ExprOp::greater:
      return IntervalSet::above(limit, false);
    case ExprOp::greater_equal:
      return IntervalSet::above(limit, true);
    case ExprOp::equal:
      return IntervalSet::point(limit);
    default:
      return IntervalSet::point(limit).complement();
  }
}

// Such that precedence is order; versions with something behind their numbers have none.
std::optional<Decimal> version_number(const std::string& text) {
  program::Semver version;
  program::TextError error;
  if (!program::Semver::parse(text, version, error)) return std::nullopt;
  if (!version.prerelease().empty()) return std::nullopt;
  constexpr std::size_t kMostDigits = 6;
  std::int64_t packed = 0;
  for (const std::string* part :
       {&version.major_version(), &version.minor_version(), &version.patch_version()}) {
    if (part->size() > kMostDigits) return std::nullopt;
    packed = packed * 1'000'000 + std::stoll(*part);
  }
  return Decimal::from_int64(packed);
}

// Something that others are compared with stands to the right.
int rank(const Expr& term) {
  switch (term.op) {
    case ExprOp::sample:
    case ExprOp::aggregate:
    case ExprOp::worse_share:
    case ExprOp::worse_amount:
    case ExprOp::differs_share:
    case ExprOp::differs_amount:
    case ExprOp::all_series:
      return term.track == program::Track::candidate ? 0 : 2;
    case ExprOp::baseline:
      return 3;
    case ExprOp::parameter:
      return 4;
    default:
      return 1;
  }
}

}  // namespace

// ------------------------------------------------------------------------------------ regions

const IntervalSet* Box::find(std::uint32_t variable) const {
  const auto at =
      std::ranges::lower_bound(limits, variable, {}, [](const auto& limit) { return limit.first; });
  return at != limits.end() && at->first == variable ? &at->second : nullptr;
}

namespace {

std::optional<Box> met(const Box& a, const Box& b) {
  Box box;
  auto i = a.limits.begin();
  auto j = b.limits.begin();
  while (i != a.limits.end() || j != b.limits.end()) {
    if (j == b.limits.end() || (i != a.limits.end() && i->first < j->first)) {
      box.limits.push_back(*i++);
    } else if (i == a.limits.end() || j->first < i->first) {
      box.limits.push_back(*j++);
    } else {
      IntervalSet values = intersected(i->second, j->second);
      if (values.is_empty()) return std::nullopt;
      box.limits.emplace_back(i->first, std::move(values));
      ++i;
      ++j;
    }
  }
  return box;
}

// Two boxes that differ in the values of one variable are one.
bool absorbed(std::vector<Box>& boxes, const Box& added) {
  if (added.limits.size() != 1) return false;
  for (Box& box : boxes) {
    if (box.limits.size() != 1 || box.limits[0].first != added.limits[0].first) continue;
    box.limits[0].second = united(box.limits[0].second, added.limits[0].second);
    return true;
  }
  return false;
}

}  // namespace

Region Space::both(const Region& a, const Region& b) {
  Region region{{}, a.exact && b.exact};
  if (a.boxes.size() * b.boxes.size() > kMaxBoxes) {
    if (b.is_empty()) return b;
    Region coarse = a;
    coarse.exact = false;
    return coarse;
  }
  for (const Box& left : a.boxes) {
    for (const Box& right : b.boxes) {
      if (auto box = met(left, right); box && !absorbed(region.boxes, *box)) {
        region.boxes.push_back(std::move(*box));
      }
    }
  }
  return region;
}

Region Space::either(Region a, const Region& b) {
  a.exact = a.exact && b.exact;
  for (const Box& box : b.boxes) {
    if (!absorbed(a.boxes, box)) a.boxes.push_back(box);
  }
  if (a.boxes.size() > kMaxBoxes) return {{Box{}}, false};
  return a;
}

bool Space::share_variables(const Region& a, const Region& b) {
  for (const Box& left : a.boxes) {
    for (const auto& [variable, values] : left.limits) {
      for (const Box& right : b.boxes) {
        if (right.find(variable) != nullptr) return true;
      }
    }
  }
  return false;
}

std::optional<Line> Space::line(const Region& region) {
  if (!region.exact || region.boxes.size() != 1 || region.boxes[0].limits.size() != 1) {
    return std::nullopt;
  }
  const auto& [variable, values] = region.boxes[0].limits[0];
  return Line{variable, values};
}

// ------------------------------------------------------------------------------------ variables

std::uint32_t Space::variable(const std::string& key, const Expr* subject, IntervalSet domain,
                              bool whole) {
  const auto [at, is_new] = by_key_.try_emplace(key, static_cast<std::uint32_t>(variables_.size()));
  if (is_new) {
    if (whole) domain = domain.whole();
    variables_.push_back({std::move(domain), whole, subject});
  }
  return at->second;
}

Region Space::limited(std::uint32_t variable, const IntervalSet& values) {
  const Variable& info = variables_[variable];
  IntervalSet kept = intersected(info.whole ? values.whole() : values, info.domain);
  if (kept.is_empty()) return Region::nothing();
  Box box;
  box.limits.emplace_back(variable, std::move(kept));
  return {{std::move(box)}, true};
}

// Which values a term can have, and whether they are whole.
std::pair<IntervalSet, bool> Space::domain_of(const Expr& term) const {
  const Decimal zero;
  const bool integer = term.type.kind == Kind::integer;
  switch (term.op) {
    case ExprOp::aggregate:
      if (term.aggregate == Aggregate::count) return {IntervalSet::above(zero, true), true};
      if (term.aggregate == Aggregate::stddev) return {IntervalSet::above(zero, true), false};
      if (term.aggregate != Aggregate::avg && term.aggregate != Aggregate::min &&
          term.aggregate != Aggregate::max && term.aggregate != Aggregate::first &&
          term.aggregate != Aggregate::last) {
        return {IntervalSet::all(), false};
      }
      [[fallthrough]];
    case ExprOp::sample: {
      const compiler::MetricInfo& metric = checked_.metrics[term.index];
      const bool whole = integer && term.op == ExprOp::sample;
      if (metric.type.kind != Kind::ratio || !metric.bounded) return {IntervalSet::all(), whole};
      return {IntervalSet::closed(metric.minimum.value_or(zero),
                                  metric.maximum.value_or(Decimal::from_int64(1))),
              false};
    }
    case ExprOp::worse_share:
    case ExprOp::worse_amount:
    case ExprOp::differs_share:
    case ExprOp::differs_amount:
      return {IntervalSet::closed(zero, Decimal::from_int64(1)), false};
    case ExprOp::length:
    case ExprOp::count:
      return {IntervalSet::above(zero, true), true};
    case ExprOp::parameter: {
      const compiler::ParamInfo& param = checked_.params[term.index];
      IntervalSet range = IntervalSet::all();
      if (param.minimum && param.maximum) {
        range = IntervalSet::closed(param.minimum->number, param.maximum->number);
      }
      return {std::move(range), integer};
    }
    case ExprOp::call:
      if (term.function == Function::abs) return {IntervalSet::above(zero, true), integer};
      if (term.function == Function::chars) return {IntervalSet::above(zero, true), true};
      return {IntervalSet::all(), integer};
    default:
      return {IntervalSet::all(), integer};
  }
}

std::uint32_t Space::term_variable(const Expr& term) {
  if (term.type.kind == Kind::enumeration) {
    const auto members = checked_.types.enums[term.type.index].members.size();
    const auto last = Decimal::from_int64(static_cast<std::int64_t>(members) - 1);
    return variable(key(term), &term, IntervalSet::closed(Decimal(), last), true);
  }
  if (term.type.kind == Kind::string) return variable(key(term), &term, IntervalSet::all(), true);
  auto [domain, whole] = domain_of(term);
  return variable(key(term), &term, std::move(domain), whole);
}

std::string Space::key(const Expr& expr) {
  std::string text = compiler::expr_op_name(expr.op);
  const auto add = [&text](std::uint64_t part) { text.append(":").append(std::to_string(part)); };
  add(expr.index);
  add(static_cast<std::uint64_t>(expr.track));
  if (expr.op == ExprOp::aggregate) add(static_cast<std::uint64_t>(expr.aggregate));
  if (expr.op == ExprOp::call) add(static_cast<std::uint64_t>(expr.function));
  if (!expr.seconds.is_zero()) text.append(":").append(expr.seconds.to_string());
  if (compiler::is_window(expr.op)) {
    add(expr.hits);
    add(expr.samples);
    add(expr.across_stages ? 1 : 0);
  }
  text.append(":").append(expr.pattern);
  if (expr.op == ExprOp::constant) {
    add(expr.constant.boolean ? 1 : 0);
    add(expr.constant.ordinal);
    text.append(":").append(expr.constant.number.to_string());
    // With its length, so that no text can pass for other parts of a key.
    add(expr.constant.text.size());
    text.append(":").append(expr.constant.text);
  }
  text += '(';
  for (const compiler::ExprPtr& arg : expr.args) text.append(key(*arg)).append(",");
  return text + ')';
}

// ------------------------------------------------------------------------------------ conditions

Region Space::where(const Expr& expr, bool truth) {
  if (expr.known) return expr.known->boolean == truth ? Region::everything() : Region::nothing();
  // Each level may write out the parts below it.
  steps_ += expr.size;
  if (steps_ > kMaxSteps) return {{Box{}}, false};
  switch (expr.op) {
    case ExprOp::both:
    case ExprOp::either: {
      Region left = where(*expr.args[0], truth);
      const Region right = where(*expr.args[1], truth);
      return (expr.op == ExprOp::both) == truth ? both(left, right)
                                                : either(std::move(left), right);
    }
    case ExprOp::negation:
      return where(*expr.args[0], !truth);
    case ExprOp::choose: {
      Region yes = both(where(*expr.args[0], true), where(*expr.args[1], truth));
      return either(std::move(yes), both(where(*expr.args[0], false), where(*expr.args[2], truth)));
    }
    case ExprOp::given:
      return both(where(*expr.args[0], truth), where(*expr.args[1], true));
    default:
      break;
  }
  if (is_comparison(expr.op)) return comparison(expr, truth);
  if (compiler::is_window(expr.op)) return window(expr, truth);
  return opaque(key(expr), truth);
}

Region Space::opaque(const std::string& key, bool truth) {
  const auto truths = IntervalSet::closed(Decimal(), Decimal::from_int64(1));
  const auto index = variable(key, nullptr, truths, true);
  return limited(index, IntervalSet::point(Decimal::from_int64(truth ? 1 : 0)));
}

// What a window asks of several samples it asks of the newest one, too, if it asks it of all.
Region Space::window(const Expr& expr, bool truth) {
  const bool asks_all = expr.op == ExprOp::for_time || expr.op == ExprOp::for_samples;
  const Region inner = where(*expr.args[0], truth);
  if (inner.is_empty()) return inner;
  Region region = opaque(key(expr), truth);
  if (asks_all && truth) region = both(region, inner);
  region.exact = false;
  return region;
}

Region Space::comparison(const Expr& expr, bool truth) {
  const ExprOp op = truth ? expr.op : negated(expr.op);
  const Expr* left = expr.args[0].get();
  const Expr* right = expr.args[1].get();
  if (left->type.is_numeric() && right->type.is_numeric()) return numbers(expr, op);
  ExprOp sided = op;
  if (left->known) {
    std::swap(left, right);
    sided = mirrored(op);
  }
  if (!right->known || left->known) return opaque_comparison(expr, op);
  const compiler::Constant& constant = *right->known;
  switch (left->type.kind) {
    case Kind::boolean:
      return where(*left, constant.boolean == (sided == ExprOp::equal));
    case Kind::enumeration:
      return limited(term_variable(*left), values_of(sided, Decimal::from_int64(constant.ordinal)));
    case Kind::string:
      if (sided == ExprOp::equal || sided == ExprOp::not_equal) {
        return texts(*left, sided, constant.text);
      }
      break;
    case Kind::semver:
      if (const auto number = version_number(constant.text)) {
        return limited(variable(key(*left), left, IntervalSet::all(), false),
                       values_of(sided, *number));
      }
      break;
    default:
      break;
  }
  return opaque_comparison(expr, op);
}

Region Space::texts(const Expr& term, ExprOp op, const std::string& text) {
  const auto [at, is_new] = texts_.try_emplace(text, static_cast<std::int64_t>(texts_.size()));
  return limited(term_variable(term), values_of(op, Decimal::from_int64(at->second)));
}

// As one truth: of `a < b` and `a >= b` one is the opposite of the other.
Region Space::opaque_comparison(const Expr& expr, ExprOp op) {
  std::string left = key(*expr.args[0]);
  std::string right = key(*expr.args[1]);
  bool truth = true;
  if (op == ExprOp::greater || op == ExprOp::less_equal) {
    std::swap(left, right);
    op = mirrored(op);
  }
  if (op == ExprOp::greater_equal || op == ExprOp::not_equal) {
    op = negated(op);
    truth = false;
  }
  if (op == ExprOp::equal && right < left) std::swap(left, right);
  if (left == right)
    return (op == ExprOp::equal) == truth ? Region::everything() : Region::nothing();
  return opaque(std::string(compiler::expr_op_name(op)) + " " + left + " " + right, truth);
}

// ------------------------------------------------------------------------------------ numbers

std::optional<Space::Linear> Space::product(const Linear& linear, Decimal factor, bool divide) {
  Linear result = linear;
  const auto step = divide ? Decimal::div : Decimal::mul;
  if (!step(linear.scale, factor, result.scale) || !step(linear.offset, factor, result.offset)) {
    return std::nullopt;
  }
  return result;
}

std::optional<Space::Linear> Space::linear(const Expr& expr) const {
  if (expr.known) return Linear{nullptr, Decimal(), expr.known->number};
  const auto side = [&](std::size_t i) { return linear(*expr.args[i]); };
  switch (expr.op) {
    case ExprOp::negate:
      if (const auto a = side(0)) return product(*a, Decimal::from_int64(-1), false);
      return std::nullopt;
    case ExprOp::multiply:
    case ExprOp::relative:
    case ExprOp::divide: {
      const auto a = side(0);
      const auto b = side(1);
      const bool divide = expr.op == ExprOp::divide;
      if (a && b && b->term == nullptr && !b->offset.is_zero())
        return product(*a, b->offset, divide);
      if (a && b && a->term == nullptr && !divide) return product(*b, a->offset, false);
      return Linear{&expr, Decimal::from_int64(1), Decimal()};
    }
    case ExprOp::add:
    case ExprOp::subtract: {
      const auto a = side(0);
      auto b = side(1);
      if (b && expr.op == ExprOp::subtract) b = product(*b, Decimal::from_int64(-1), false);
      if (!a || !b) return std::nullopt;
      if (a->term != nullptr && b->term != nullptr) {
        return Linear{&expr, Decimal::from_int64(1), Decimal()};
      }
      Linear sum{a->term != nullptr ? a->term : b->term, a->term != nullptr ? a->scale : b->scale,
                 Decimal()};
      if (!Decimal::add(a->offset, b->offset, sum.offset)) return std::nullopt;
      return sum;
    }
    default:
      return Linear{&expr, Decimal::from_int64(1), Decimal()};
  }
}

Region Space::numbers(const Expr& expr, ExprOp op) {
  auto left = linear(*expr.args[0]);
  auto right = linear(*expr.args[1]);
  if (!left || !right) return opaque_comparison(expr, op);
  if (left->term == nullptr) {
    std::swap(left, right);
    op = mirrored(op);
  }
  if (left->term == nullptr) return opaque_comparison(expr, op);
  Region region;
  if (right->term == nullptr) {
    region = against_constant(*left, op, right->offset);
  } else {
    if (rank(*left->term) > rank(*right->term)) {
      std::swap(left, right);
      op = mirrored(op);
    }
    region = against_term(*left, op, *right);
  }
  // A truth of its own where the sides have no common form.
  const bool says_nothing = region.boxes.size() == 1 && region.boxes[0].limits.empty();
  return says_nothing && !region.exact ? opaque_comparison(expr, op) : region;
}

// scale * term + offset `op` limit
Region Space::against_constant(const Linear& term, ExprOp op, Decimal limit) {
  Decimal rest;
  Decimal value;
  if (term.scale.is_zero() || !Decimal::sub(limit, term.offset, rest) ||
      !Decimal::div(rest, term.scale, value)) {
    return {{Box{}}, false};
  }
  return limited(term_variable(*term.term),
                 values_of(term.scale.is_negative() ? mirrored(op) : op, value));
}

// The quotient of both terms where neither has an offset, else their difference; both say the same
// where one term is compared with the other itself.
Region Space::against_term(const Linear& left, ExprOp op, const Linear& right) {
  const Region unknown{{Box{}}, false};
  const Decimal one = Decimal::from_int64(1);
  if (left.scale.is_zero() || left.scale.is_negative()) return unknown;
  Decimal scale;
  Decimal offset;
  if (!Decimal::div(right.scale, left.scale, scale) ||
      !Decimal::sub(right.offset, left.offset, offset) ||
      !Decimal::div(offset, left.scale, offset)) {
    return unknown;
  }
  const std::string names = key(*left.term) + " " + key(*right.term);
  if (key(*left.term) == key(*right.term)) {
    // (1 - scale) * term `op` offset
    Decimal rest;
    if (!Decimal::sub(one, scale, rest) || rest.is_zero()) {
      const bool holds = values_of(op, offset).contains(Decimal());
      return rest.is_zero() ? (holds ? Region::everything() : Region::nothing()) : unknown;
    }
    return against_constant({left.term, rest, Decimal()}, op, offset);
  }
  Region region = unknown;
  region.exact = true;
  bool said = false;
  if (offset.is_zero() && scale.sign() > 0) {
    const auto quotient = variable("quotient " + names, left.term, IntervalSet::all(), false);
    region = both(region, limited(quotient, values_of(op, scale)));
    said = true;
  }
  if (scale == one) {
    const auto difference = variable("difference " + names, left.term, IntervalSet::all(), false);
    region = both(region, limited(difference, values_of(op, offset)));
    said = true;
  }
  if (!said) return unknown;
  return region;
}

bool Space::implies(const Expr& a, bool a_truth, const Expr& b, bool b_truth) {
  if (a.op == ExprOp::negation) return implies(*a.args[0], !a_truth, b, b_truth);
  if (b.op == ExprOp::negation) return implies(a, a_truth, *b.args[0], !b_truth);
  // A longer window, or one with more hits, over a narrower condition.
  if (compiler::is_window(b.op) && a.op == b.op && a_truth && b_truth &&
      a.across_stages == b.across_stages) {
    const bool as_long = a.seconds >= b.seconds && a.op == ExprOp::for_time;
    const bool as_many =
        a.op != ExprOp::for_time && a.op != ExprOp::of_samples && a.samples >= b.samples;
    const bool as_often = a.op == ExprOp::of_samples && a.samples == b.samples && a.hits >= b.hits;
    if (as_long || as_many || as_often) return implies(*a.args[0], true, *b.args[0], true);
  }
  return both(where(a, a_truth), where(b, !b_truth)).is_empty();
}

}  // namespace dpol::lint
