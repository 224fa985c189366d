// Space: for which inputs a condition is true, as boxes over variables.
//
// A variable is something a condition compares: a sample, a fact, an aggregate; the quotient or the
// difference of two of them (`latency <= baseline + 10%`); or a part that is not looked into, as a
// truth. Values are in base units, so comparing `250ms` with `0.3s` is comparing numbers.
//
// Promises
//  - A region holds at least every input for which the condition is so. What is empty here can
//    therefore never happen; what is not may still be impossible. Variables that depend on each
//    other are taken as free, and a limit relative to a reference takes that to be positive.
//  - A region that is `exact` holds no other input.
//  - Work is bounded: beyond kMaxBoxes and kMaxSteps regions grow coarser, never wrong.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/checked.h"
#include "compiler/lint/intervals.h"

namespace dpol::lint {

inline constexpr std::size_t kMaxBoxes = 32;
// Parts of conditions that one Space looks at; what comes after is not looked into.
inline constexpr std::uint64_t kMaxSteps = 5'000'000;

struct Box {
  std::vector<std::pair<std::uint32_t, IntervalSet>> limits;  // by variable; others are free
  const IntervalSet* find(std::uint32_t variable) const;
};

struct Region {
  std::vector<Box> boxes;  // none: impossible
  bool exact = true;

  bool is_empty() const { return boxes.empty(); }
  static Region nothing() { return {}; }
  static Region everything() { return {{Box{}}, true}; }
};

// A region over a single variable.
struct Line {
  std::uint32_t variable = 0;
  IntervalSet values;
};

class Space {
 public:
  explicit Space(const compiler::Checked& checked) : checked_(checked) {}

  // The inputs for which a condition has this truth.
  Region where(const compiler::Expr& condition, bool truth);
  // Wherever `a` has its truth, `b` has its own.
  bool implies(const compiler::Expr& a, bool a_truth, const compiler::Expr& b, bool b_truth);
  bool can_be(const compiler::Expr& condition, bool truth) {
    return !where(condition, truth).is_empty();
  }
  static Region both(const Region& a, const Region& b);
  static Region either(Region a, const Region& b);
  static bool share_variables(const Region& a, const Region& b);

  // Exact regions over one variable only.
  static std::optional<Line> line(const Region& region);
  const IntervalSet& domain(std::uint32_t variable) const { return variables_[variable].domain; }
  // What the variable is about: of a quotient or difference what is compared; null: a truth.
  const compiler::Expr* subject(std::uint32_t variable) const {
    return variables_[variable].subject;
  }

  // Equal for expressions that are written alike, whatever their places.
  static std::string key(const compiler::Expr& expr);

 private:
  struct Variable {
    IntervalSet domain;
    bool whole = false;
    const compiler::Expr* subject = nullptr;
  };
  // scale * term + offset
  struct Linear {
    const compiler::Expr* term = nullptr;  // null: a constant
    Decimal scale = Decimal::from_int64(1);
    Decimal offset;
  };

  Region comparison(const compiler::Expr& expr, bool truth);
  Region window(const compiler::Expr& expr, bool truth);
  Region opaque(const std::string& key, bool truth);
  Region opaque_comparison(const compiler::Expr& expr, compiler::ExprOp op);
  Region numbers(const compiler::Expr& expr, compiler::ExprOp op);
  Region against_constant(const Linear& term, compiler::ExprOp op, Decimal limit);
  Region against_term(const Linear& left, compiler::ExprOp op, const Linear& right);
  Region texts(const compiler::Expr& term, compiler::ExprOp op, const std::string& text);
  Region limited(std::uint32_t variable, const IntervalSet& values);
  std::uint32_t variable(const std::string& key, const compiler::Expr* subject, IntervalSet domain,
                         bool whole);
  std::uint32_t term_variable(const compiler::Expr& term);
  std::pair<IntervalSet, bool> domain_of(const compiler::Expr& term) const;
  std::optional<Linear> linear(const compiler::Expr& expr) const;
  static std::optional<Linear> product(const Linear& linear, Decimal factor, bool divide);

  const compiler::Checked& checked_;
  std::uint64_t steps_ = 0;
  std::vector<Variable> variables_;
  std::map<std::string, std::uint32_t> by_key_;
  std::map<std::string, std::int64_t> texts_;  // strings have numbers, in the order they were met
};

}  // namespace dpol::lint
