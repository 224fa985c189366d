#include "testing/mutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "compiler/fold.h"
#include "runtime/program/quantity.h"

namespace dpol::testing {

using compiler::CheckedClause;
using compiler::CheckedPolicy;
using compiler::CheckedRule;
using compiler::CheckedStage;
using compiler::Condition;
using compiler::Constant;
using compiler::Expr;
using compiler::ExprOp;
using compiler::ExprPtr;
using program::Decimal;
using program::Kind;
using program::Type;
using program::Verb;

namespace {

Decimal hundredths(std::int64_t n) { return Decimal::from_raw(Decimal::from_int64(n).raw() / 100); }
const Decimal kOne = Decimal::from_int64(1);

std::optional<Decimal> times(Decimal a, Decimal b) {
  Decimal out;
  return Decimal::mul(a, b, out) ? std::optional(out) : std::nullopt;
}
std::optional<Decimal> plus(Decimal a, Decimal b) {
  Decimal out;
  return Decimal::add(a, b, out) ? std::optional(out) : std::nullopt;
}

// ------------------------------------------------------------------------------------ expressions

// The tree with one node, wherever it is shared, put in another's place; what is known of the nodes
// above is found anew.
class Replacing {
 public:
  Replacing(const Expr* target, ExprPtr by) : target_(target), by_(std::move(by)) {}

  ExprPtr in(const ExprPtr& expr) {
    if (expr.get() == target_) return by_;
    const auto [at, is_new] = made_.try_emplace(expr.get(), expr);
    if (!is_new || expr->args.empty()) return at->second;
    std::vector<ExprPtr> args;
    for (const ExprPtr& arg : expr->args) args.push_back(in(arg));
    if (args == expr->args) return expr;
    Expr copy = *expr;
    copy.args = std::move(args);
    compiler::Folded folded = compiler::fold(copy);
    if (folded.fault != program::Fault::none) never_known_ = true;
    copy.known = std::move(folded.value);
    return made_[expr.get()] = std::make_shared<const Expr>(std::move(copy));
  }
  // The changed expression would not compile.
  bool never_known() const { return never_known_; }

 private:
  const Expr* target_;
  ExprPtr by_;
  std::map<const Expr*, ExprPtr> made_;
  bool never_known_ = false;
};

ExprPtr changed(const Expr& expr, const auto& change) {
  Expr copy = expr;
  change(copy);
  copy.known = compiler::fold(copy).value;
  return std::make_shared<const Expr>(std::move(copy));
}

const char* sign_of(ExprOp op) {
  switch (op) {
    case ExprOp::less:
      return "<";
    case ExprOp::less_equal:
      return "<=";
    case ExprOp::greater:
      return ">";
    case ExprOp::greater_equal:
      return ">=";
    case ExprOp::equal:
      return "==";
    case ExprOp::not_equal:
      return "!=";
    case ExprOp::both:
      return "and";
    case ExprOp::either:
      return "or";
    default:
      return "";
  }
}

// What an operator may have been meant to be: the other side of its limit, and the other direction.
std::vector<ExprOp> other_operators(ExprOp op) {
  switch (op) {
    case ExprOp::less:
      return {ExprOp::less_equal, ExprOp::greater};
    case ExprOp::less_equal:
      return {ExprOp::less, ExprOp::greater_equal};
    case ExprOp::greater:
      return {ExprOp::greater_equal, ExprOp::less};
    case ExprOp::greater_equal:
      return {ExprOp::greater, ExprOp::less_equal};
    case ExprOp::equal:
      return {ExprOp::not_equal};
    case ExprOp::not_equal:
      return {ExprOp::equal};
    case ExprOp::both:
      return {ExprOp::either};
    case ExprOp::either:
      return {ExprOp::both};
    default:
      return {};
  }
}

// A unit that is easily written for another, and by what that makes the value larger.
struct UnitSlip {
  std::string_view unit;
  std::string_view other;
  std::int64_t times;
  std::int64_t per;
};
constexpr auto kUnitSlips = std::to_array<UnitSlip>({
    {"ns", "us", 1'000, 1},   {"us", "ms", 1'000, 1},   {"ms", "s", 1'000, 1},
    {"s", "ms", 1, 1'000},    {"m", "s", 1, 60},        {"h", "m", 1, 60},
    {"d", "h", 1, 24},        {"w", "d", 1, 7},         {"B", "kB", 1'000, 1},
    {"kB", "MB", 1'000, 1},   {"MB", "GB", 1'000, 1},   {"GB", "MB", 1, 1'000},
    {"TB", "GB", 1, 1'000},   {"KiB", "MiB", 1'024, 1}, {"MiB", "GiB", 1'024, 1},
    {"GiB", "MiB", 1, 1'024}, {"TiB", "GiB", 1, 1'024}, {"/s", "/m", 1, 60},
    {"/m", "/s", 60, 1},      {"/h", "/m", 60, 1},      {"/d", "/h", 24, 1},
});

// `250ms` as number and unit; nothing of what is written in several units.
std::optional<std::pair<std::string, const UnitSlip*>> slip_of(const std::string& literal) {
  const std::size_t digits = literal.find_first_not_of("0123456789._");
  if (digits == std::string::npos || digits == 0) return std::nullopt;
  std::string_view unit = std::string_view(literal).substr(digits);
  if (const std::size_t slash = unit.find('/'); slash != std::string::npos)
    unit.remove_prefix(slash);
  const auto found = std::ranges::find(kUnitSlips, unit, &UnitSlip::unit);
  if (found == kUnitSlips.end()) return std::nullopt;
  return std::pair(literal.substr(0, literal.size() - unit.size()), &*found);
}

// ------------------------------------------------------------------------------------ the changes

// One change: how it reads, and how it is made.
struct Change {
  Mutant mutant;
  std::function<bool(CheckedPolicy&)> make;  // false: it cannot be
};

// Where in a policy a condition stands.
using ConditionAt = std::function<Condition&(CheckedPolicy&)>;

class Changes {
 public:
  Changes(const Subject& subject) : subject_(subject), policy_(subject.policy()) {}

  std::vector<Change> take() {
    own_ = subject_.is_own(policy_.applies.place);
    if (policy_.applies) {
      rule_ = policy_.id;
      condition(policy_.applies, [](CheckedPolicy& p) -> Condition& { return p.applies; });
    }
    for (std::size_t i = 0; i < policy_.strategy.size(); ++i) choice(i);
    for (std::size_t i = 0; i < policy_.params.size(); ++i) parameter(i);
    for (std::size_t i = 0; i < policy_.phases.size(); ++i) phase(i);
    for (std::size_t i = 0; i < policy_.rollouts.size(); ++i) {
      for (std::size_t k = 0; k < policy_.rollouts[i].stages.size(); ++k) stage(i, k);
    }
    for (std::size_t i = 0; i < subject_.own_rules; ++i) rule(i);
    return std::move(changes_);
  }

 private:
  void add(const std::string& condition, std::string from, std::string to,
           const compiler::Place& place, std::function<bool(CheckedPolicy&)> make) {
    if (!own_) return;
    changes_.push_back(
        {{rule_, condition, std::move(from), std::move(to), place_of(place)}, std::move(make)});
  }
  std::string text_of(Decimal value, const Type& type) const {
    return program::format_exact(value, type, subject_.checked.types);
  }
  static std::string source_of(const compiler::Place& place) {
    return place.file == nullptr ? "" : std::string(place.file->text(place.span));
  }

  // ---- rules ----
  void rule(std::size_t index) {
    const CheckedRule& rule = policy_.rules[index];
    rule_ = policy_.rule_id(rule);
    own_ = subject_.is_own(rule.place);
    if (rule.only_if) {
      condition(rule.only_if,
                [index](CheckedPolicy& p) -> Condition& { return p.rules[index].only_if; });
      add(rule.only_if.text, "only if", "always", rule.only_if.place, [index](CheckedPolicy& p) {
        p.rules[index].only_if = {};
        return true;
      });
    }
    for (std::size_t i = 0; i < rule.clauses.size(); ++i) clause(index, i);
  }

  void clause(std::size_t rule, std::size_t index) {
    const CheckedClause& clause = policy_.rules[rule].clauses[index];
    const auto at = [rule, index](CheckedPolicy& p) -> CheckedClause& {
      return p.rules[rule].clauses[index];
    };
    if (clause.verb == Verb::confirm) {
      if (clause.approval.count > 1) {
        add("", std::to_string(clause.approval.count), std::to_string(clause.approval.count - 1),
            clause.place, [at](CheckedPolicy& p) { return --at(p).approval.count > 0; });
      }
      return;
    }
    condition(clause.condition, [at](CheckedPolicy& p) -> Condition& { return at(p).condition; });
    verb(clause, at);
    const auto answer = [&](const char* words, program::Missing CheckedClause::* member) {
      if (clause.*member == program::Missing::unknown) return;
      add(clause.condition.text, words, "nothing said of it", clause.place,
          [at, member](CheckedPolicy& p) {
            at(p).*member = program::Missing::unknown;
            return true;
          });
    };
    answer("if missing", &CheckedClause::if_missing);
    answer("if baseline missing", &CheckedClause::if_baseline_missing);
    answer("if empty", &CheckedClause::if_empty);
  }

  void verb(const CheckedClause& clause, const auto& at) {
    const auto becomes = [&](const char* from, const char* to, Verb other) {
      add(clause.condition.text, from, to, clause.place, [at, other](CheckedPolicy& p) {
        at(p).verb = other;
        return true;
      });
    };
    switch (clause.verb) {
      case Verb::require:
        if (clause.or_rollback) {
          add(clause.condition.text, "else rollback", "nothing", clause.place,
              [at](CheckedPolicy& p) {
                at(p).or_rollback = false;
                return true;
              });
        }
        add(clause.condition.text, "require", "warn when not", clause.place,
            [at](CheckedPolicy& p) {
              CheckedClause& own = at(p);
              Expr negation;
              negation.op = ExprOp::negation;
              negation.type = Type::of(Kind::boolean);
              negation.args = {own.condition.expr};
              negation.place = own.condition.place;
              own.condition.expr = std::make_shared<const Expr>(std::move(negation));
              own.verb = Verb::warn;
              own.or_rollback = false;
              return true;
            });
        break;
      case Verb::warn:
        becomes("warn", "hold", Verb::hold);
        break;
      case Verb::hold:
        becomes("hold", "warn", Verb::warn);
        break;
      case Verb::rollback:
        becomes("rollback", "hold", Verb::hold);
        break;
      case Verb::confirm:
        break;
    }
  }

  // ---- conditions ----
  void condition(const Condition& condition, const ConditionAt& at) {
    std::set<const Expr*> seen;
    visit(condition, at, *condition.expr, nullptr, seen);
  }

  void visit(const Condition& condition, const ConditionAt& at, const Expr& expr, const Expr* above,
             std::set<const Expr*>& seen) {
    if (!seen.insert(&expr).second) return;
    node(condition, at, expr, above);
    for (const ExprPtr& arg : expr.args) visit(condition, at, *arg, &expr, seen);
  }

  void replace(const Condition& condition, const ConditionAt& at, const Expr& expr,
               std::string from, std::string to, ExprPtr by) {
    const compiler::Place place = expr.place.file == nullptr ? condition.place : expr.place;
    add(condition.text, std::move(from), std::move(to), place,
        [at, target = &expr, by = std::move(by)](CheckedPolicy& p) {
          Condition& own = at(p);
          Replacing replacing(target, by);
          own.expr = replacing.in(own.expr);
          return !replacing.never_known();
        });
  }

  void node(const Condition& condition, const ConditionAt& at, const Expr& expr,
            const Expr* above) {
    // `worse(…)` asks whether something is sure enough, in no sign that could be another one.
    const bool asks = !expr.args.empty() && compiler::is_ranking(expr.args[0]->op);
    if (asks) return;
    for (const ExprOp other : other_operators(expr.op)) {
      // Ids and texts are the same or not; anything that is ordered may go either way.
      replace(condition, at, expr, sign_of(expr.op), sign_of(other),
              changed(expr, [other](Expr& e) { e.op = other; }));
    }
    if (expr.op == ExprOp::negation && expr.text_length > 0)
      replace(condition, at, expr, "not", "nothing", expr.args[0]);
    if (compiler::is_window(expr.op)) window(condition, at, expr);
    if (expr.op == ExprOp::aggregate || compiler::is_ranking(expr.op)) span(condition, at, expr);
    if (expr.op == ExprOp::score) score(condition, at, expr);
    if (expr.op == ExprOp::constant) literal(condition, at, expr, above);
    points(condition, at, expr);
  }

  // A span of time, doubled and halved.
  void span(const Condition& condition, const ConditionAt& at, const Expr& expr) {
    for (const Decimal factor : {Decimal::from_int64(2), hundredths(50)}) {
      const auto seconds = times(expr.seconds, factor);
      if (!seconds) continue;
      replace(condition, at, expr, text_of(expr.seconds, Type::duration()),
              text_of(*seconds, Type::duration()),
              changed(expr, [&](Expr& e) { e.seconds = *seconds; }));
    }
  }

  void window(const Condition& condition, const ConditionAt& at, const Expr& expr) {
    if (expr.op == ExprOp::for_time) {
      span(condition, at, expr);
      return replace(condition, at, expr, "for " + text_of(expr.seconds, Type::duration()),
                     "no window", expr.args[0]);
    }
    const auto text = [&](std::uint32_t hits, std::uint32_t samples) {
      if (expr.op == ExprOp::of_samples) return fmt::format("in {} of {} samples", hits, samples);
      return fmt::format("{} {} samples", expr.op == ExprOp::for_samples ? "for" : "in", samples);
    };
    const auto to = [&](std::uint32_t hits, std::uint32_t samples) {
      if (samples == 0 || samples > program::kMaxWindowSamples) return;
      if (expr.op == ExprOp::of_samples && (hits == 0 || hits > samples)) return;
      replace(condition, at, expr, text(expr.hits, expr.samples), text(hits, samples),
              changed(expr, [&](Expr& e) {
                e.hits = hits;
                e.samples = samples;
              }));
    };
    if (expr.op == ExprOp::of_samples) {
      to(expr.hits + 1, expr.samples);
      to(expr.hits - 1, expr.samples);
    }
    to(expr.hits, expr.samples + 1);
    to(expr.hits, expr.samples - 1);
  }

  void score(const Condition& condition, const ConditionAt& at, const Expr& expr) {
    for (const ExprOp other : other_operators(expr.comparison)) {
      replace(condition, at, expr, sign_of(expr.comparison), sign_of(other),
              changed(expr, [other](Expr& e) { e.comparison = other; }));
    }
    for (std::size_t i = 0; i < expr.weights.size(); ++i) {
      const auto twice = times(expr.weights[i], Decimal::from_int64(2));
      if (!twice) continue;
      replace(condition, at, expr, "worth " + expr.weights[i].to_string(),
              "worth " + twice->to_string(),
              changed(expr, [&](Expr& e) { e.weights[i] = *twice; }));
    }
  }

  // A number that is written: a little more, a little less, another unit.
  void literal(const Condition& condition, const ConditionAt& at, const Expr& expr,
               const Expr* above) {
    if (!expr.type.is_numeric() || expr.type.kind == Kind::time) return;
    const std::string source = source_of(expr.place);
    if (source.empty() || source.find_first_of("0123456789") == std::string::npos) return;
    const Decimal value = expr.constant.number;
    const auto to = [&](std::optional<Decimal> other, const std::string& text) {
      if (!other || *other == value) return;
      replace(condition, at, expr, source, text,
              changed(expr, [&](Expr& e) { e.constant.number = *other; }));
    };
    // `+ 10%` is computed as a factor of 1.1; `10%` is what was written.
    const bool factor = above != nullptr && above->op == ExprOp::relative && source.ends_with('%');
    if (factor) {
      const auto change = plus(value, kOne.neg());
      for (const std::int64_t share : {110, 90}) {
        const auto other = change ? times(*change, hundredths(share)) : std::nullopt;
        if (other) to(plus(*other, kOne), text_of(other->abs(), Type::of(Kind::change)));
      }
      return;
    }
    const char* factor_sign = source.ends_with('x') ? "x" : "";
    for (const Decimal& other : near(value, expr.type, source))
      to(other, text_of(other, expr.type) + factor_sign);
    const auto slip = slip_of(source);
    if (!slip || expr.type.kind != Kind::quantity) return;
    Decimal other;
    if (Decimal::mul_div(value, Decimal::from_int64(slip->second->times),
                         Decimal::from_int64(slip->second->per), other))
      to(other, slip->first + std::string(slip->second->other));
  }

  // Numbers close to one that is written: a count one more and one less, anything else a tenth.
  static std::vector<Decimal> near(Decimal value, const Type& type, const std::string& source) {
    const bool counts =
        type.kind == Kind::integer || source.find_first_not_of("0123456789_-") == std::string::npos;
    std::vector<Decimal> numbers;
    if (counts) {
      if (const auto more = plus(value, kOne)) numbers.push_back(*more);
      if (value.sign() > 0) numbers.push_back(*plus(value, kOne.neg()));
    } else if (value.is_zero()) {
      if (type.kind == Kind::ratio || type.kind == Kind::points || type.kind == Kind::change)
        numbers.push_back(hundredths(1));
    } else {
      for (const std::int64_t share : {110, 90}) {
        if (const auto other = times(value, hundredths(share))) numbers.push_back(*other);
      }
    }
    return numbers;
  }

  // `baseline + 1pp` for `baseline + 1%`, the slip of all slips.
  void points(const Condition& condition, const ConditionAt& at, const Expr& expr) {
    if (expr.op != ExprOp::add && expr.op != ExprOp::subtract) return;
    const Expr& change = *expr.args[1];
    if (expr.args[0]->type.kind != Kind::ratio || change.type.kind != Kind::points ||
        change.op != ExprOp::constant)
      return;
    const Decimal by =
        expr.op == ExprOp::add ? change.constant.number : change.constant.number.neg();
    const auto factor = plus(kOne, by);
    if (!factor) return;
    Expr number;
    number.type = Type::of(Kind::number);
    number.constant.number = *factor;
    number.known = number.constant;
    number.closed = true;
    number.place = change.place;
    const std::string written = source_of(change.place);
    replace(condition, at, expr, written,
            text_of(change.constant.number, Type::of(Kind::change)) + " of it",
            changed(expr, [&](Expr& e) {
              e.op = ExprOp::multiply;
              e.args[1] = std::make_shared<const Expr>(std::move(number));
            }));
  }

  // ---- what is no condition ----
  void parameter(std::size_t index) {
    const compiler::PolicyParam& param = policy_.params[index];
    const compiler::ParamInfo& info = subject_.checked.params[param.param];
    if (!param.value || !info.type.is_numeric() || info.type.kind == Kind::time) return;
    rule_ = "parameter " + info.name;
    own_ = subject_.is_own(param.place);
    for (const Decimal& other :
         near(param.value->number, info.type, info.type.kind == Kind::integer ? "1" : "1x")) {
      const bool low = info.minimum && other < info.minimum->number;
      const bool high = info.maximum && other > info.maximum->number;
      if (low || high) continue;
      add("", text_of(param.value->number, info.type), text_of(other, info.type), param.place,
          [index, other](CheckedPolicy& p) {
            p.params[index].value->number = other;
            return true;
          });
    }
  }

  void phase(std::size_t index) {
    const compiler::CheckedPhase& phase = policy_.phases[index];
    rule_ = "phase " + phase.name;
    own_ = subject_.is_own(phase.place);
    const auto moved = [&](const compiler::CheckedAnchor& anchor, bool opens) {
      if (!anchor.from_deployment || anchor.offset_seconds.is_zero()) return;
      for (const Decimal factor : {Decimal::from_int64(2), hundredths(50)}) {
        const auto offset = times(anchor.offset_seconds, factor);
        if (!offset) continue;
        const char* sign = offset->is_negative() ? "-" : "+";
        add("", anchor.text, fmt::format("T{}{}", sign, text_of(offset->abs(), Type::duration())),
            phase.place, [index, opens, offset](CheckedPolicy& p) {
              compiler::CheckedPhase& own = p.phases[index];
              (opens ? own.opens : *own.closes).offset_seconds = *offset;
              return !own.closes || !own.opens.from_deployment || !own.closes->from_deployment ||
                     own.opens.offset_seconds < own.closes->offset_seconds;
            });
      }
    };
    moved(phase.opens, true);
    if (phase.closes) moved(*phase.closes, false);
  }

  void choice(std::size_t index) {
    const compiler::CheckedChoice& choice = policy_.strategy[index];
    if (!choice.condition) return;
    rule_ = "use " + policy_.rollouts[choice.rollout].name;
    own_ = subject_.is_own(choice.place);
    condition(choice.condition,
              [index](CheckedPolicy& p) -> Condition& { return p.strategy[index].condition; });
  }

  void stage(std::size_t rollout, std::size_t index) {
    const CheckedStage& stage = policy_.rollouts[rollout].stages[index];
    rule_ = "stage " + stage.name;
    own_ = subject_.is_own(stage.place);
    const auto at = [rollout, index](CheckedPolicy& p) -> CheckedStage& {
      return p.rollouts[rollout].stages[index];
    };
    const auto scaled = [&](const char* word, Decimal seconds, auto member) {
      for (const Decimal factor : {Decimal::from_int64(2), hundredths(50)}) {
        const auto other = times(seconds, factor);
        if (!other || seconds.is_zero()) continue;
        add("", fmt::format("{} {}", word, text_of(seconds, Type::duration())),
            fmt::format("{} {}", word, text_of(*other, Type::duration())), stage.place,
            [at, member, other](CheckedPolicy& p) {
              CheckedStage& own = at(p);
              own.*member = *other;
              return !own.at_most_seconds || !own.bake_seconds ||
                     *own.at_most_seconds >= *own.bake_seconds;
            });
      }
    };
    if (stage.bake_seconds) scaled("bake", *stage.bake_seconds, &CheckedStage::bake_seconds);
    if (stage.at_most_seconds)
      scaled("at most", *stage.at_most_seconds, &CheckedStage::at_most_seconds);
    scaled("settle", stage.settle_seconds, &CheckedStage::settle_seconds);
  }

  const Subject& subject_;
  const CheckedPolicy& policy_;
  std::string rule_;  // what is being changed
  bool own_ = false;  // and whether the policy itself says it
  std::vector<Change> changes_;
};

enum class Fate { does_not_count, noticed, survived };

Fate fate_of(const compiler::CompileResult& compiled, const Subject& subject, const Change& change,
             const std::vector<const compiler::CheckedTest*>& tests) {
  Subject mutant{subject.checked, subject.own_rules, subject.text, std::nullopt};
  if (!change.make(mutant.checked.policies.front())) return Fate::does_not_count;
  mutant.program = compiler::lower_again(mutant.checked, compiled.files);
  if (!mutant.program || *mutant.program == *subject.program) return Fate::does_not_count;
  const bool pass = std::ranges::all_of(
      tests, [&](const compiler::CheckedTest* test) { return test_passes(mutant, *test); });
  return pass ? Fate::survived : Fate::noticed;
}

}  // namespace

MutationResult mutate(const compiler::CompileResult& compiled, const Subject& subject,
                      const std::vector<const compiler::CheckedTest*>& tests, std::size_t most) {
  MutationResult result;
  result.policy = subject.policy().id;
  if (!subject.program) return result;
  const std::vector<Change> changes = Changes(subject).take();
  const std::size_t taken = std::min(changes.size(), most);
  result.left_out = changes.size() - taken;
  for (std::size_t i = 0; i < taken; ++i) {
    const Change& change = changes[i * changes.size() / taken];
    Mutant& mutant = result.mutants.emplace_back(change.mutant);
    const Fate fate = fate_of(compiled, subject, change, tests);
    mutant.counts = fate != Fate::does_not_count;
    mutant.noticed = fate == Fate::noticed;
  }
  return result;
}

bool MutationResult::merge(const MutationResult& other) {
  const auto same = [](const Mutant& a, const Mutant& b) {
    return a.rule == b.rule && a.condition == b.condition && a.from == b.from && a.to == b.to &&
           a.place.file == b.place.file && a.place.line == b.place.line &&
           a.place.column == b.place.column;
  };
  if (policy != other.policy || !std::ranges::equal(mutants, other.mutants, same)) return false;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    mutants[i].counts = mutants[i].counts || other.mutants[i].counts;
    mutants[i].noticed = mutants[i].noticed || other.mutants[i].noticed;
  }
  return true;
}

std::size_t MutationResult::tried() const {
  return static_cast<std::size_t>(std::ranges::count_if(mutants, &Mutant::counts));
}
std::size_t MutationResult::noticed() const {
  return static_cast<std::size_t>(std::ranges::count_if(mutants, &Mutant::noticed));
}
std::vector<const Mutant*> MutationResult::survivors() const {
  std::vector<const Mutant*> survivors;
  for (const Mutant& mutant : mutants) {
    if (mutant.counts && !mutant.noticed) survivors.push_back(&mutant);
  }
  return survivors;
}

}  // namespace dpol::testing
