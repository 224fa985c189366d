// Regions against brute force: random conditions over two facts and a share, judged at every point
// of a grid.

#include "compiler/lint/space.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/lint/support.h"

namespace dpol::lint {
namespace {

using compiler::Expr;
using compiler::ExprOp;

// a and b are whole, x is not.
struct Point {
  Decimal a, b, x;
};

class Evaluator {
 public:
  Evaluator(const compiler::Checked& checked, const Point& point)
      : checked_(checked), point_(point) {}

  bool truth(const Expr& expr) const {
    if (expr.known) return expr.known->boolean;
    const auto side = [&](std::size_t i) -> const Expr& { return *expr.args[i]; };
    switch (expr.op) {
      case ExprOp::both:
        return truth(side(0)) && truth(side(1));
      case ExprOp::either:
        return truth(side(0)) || truth(side(1));
      case ExprOp::negation:
        return !truth(side(0));
      case ExprOp::choose:
        return truth(side(0)) ? truth(side(1)) : truth(side(2));
      case ExprOp::less:
        return number(side(0)) < number(side(1));
      case ExprOp::less_equal:
        return number(side(0)) <= number(side(1));
      case ExprOp::greater:
        return number(side(0)) > number(side(1));
      case ExprOp::greater_equal:
        return number(side(0)) >= number(side(1));
      case ExprOp::equal:
        return number(side(0)) == number(side(1));
      case ExprOp::not_equal:
        return number(side(0)) != number(side(1));
      default:
        ADD_FAILURE() << compiler::expr_op_name(expr.op);
        return false;
    }
  }

  Decimal number(const Expr& expr) const {
    if (expr.known) return expr.known->number;
    if (expr.op == ExprOp::fact) return fact(expr.index);
    Decimal result;
    if (expr.op == ExprOp::negate) return number(*expr.args[0]).neg();
    const Decimal left = number(*expr.args[0]);
    const Decimal right = number(*expr.args[1]);
    if (expr.op == ExprOp::add) {
      EXPECT_TRUE(Decimal::add(left, right, result));
    }
    if (expr.op == ExprOp::subtract) {
      EXPECT_TRUE(Decimal::sub(left, right, result));
    }
    if (expr.op == ExprOp::multiply) {
      EXPECT_TRUE(Decimal::mul(left, right, result));
    }
    return result;
  }

  Decimal fact(std::uint32_t index) const {
    const std::string& name = checked_.facts[index].path;
    return name == "a" ? point_.a : name == "b" ? point_.b : point_.x;
  }

 private:
  const compiler::Checked& checked_;
  const Point& point_;
};

class Writer {
 public:
  explicit Writer(std::uint32_t seed) : engine_(seed) {}

  int below(int end) { return static_cast<int>(engine_() % static_cast<unsigned>(end)); }

  std::string condition(int depth, bool with_pairs) {
    if (depth == 0 || below(5) == 0) return comparison(with_pairs);
    const std::string a = condition(depth - 1, with_pairs);
    switch (below(5)) {
      case 0:
        return "not (" + a + ")";
      case 1:
      case 2:
        return "(" + a + ") and (" + condition(depth - 1, with_pairs) + ")";
      case 3:
        return "(if " + a + " then " + condition(depth - 1, with_pairs) + " else " +
               condition(depth - 1, with_pairs) + ")";
      default:
        return "(" + a + ") or (" + condition(depth - 1, with_pairs) + ")";
    }
  }

 private:
  std::string comparison(bool with_pairs) {
    static const std::vector<std::string> kSigns = {"<", "<=", ">", ">=", "==", "!="};
    std::string left = std::vector<std::string>{"a", "b", "x"}[static_cast<std::size_t>(below(3))];
    const std::string other = left == "a" ? "b" : "a";
    if (below(3) == 0) left = "2 * " + left;
    if (below(4) == 0) left += " - " + std::to_string(below(3));
    if (below(8) == 0) left = "-(" + left + ")";
    std::string right = std::to_string(below(6));
    if (with_pairs && below(3) == 0) right = below(2) == 0 ? "3 * " + other : other + " + 1";
    return left + " " + kSigns[static_cast<std::size_t>(below(6))] + " " + right;
  }

  std::mt19937 engine_;
};

std::vector<Point> grid() {
  std::vector<Point> points;
  for (int a = 1; a <= 6; ++a) {
    for (int b = 1; b <= 6; ++b) {
      for (int x = 2; x <= 12; ++x) {
        Decimal half;
        EXPECT_TRUE(Decimal::div(Decimal::from_int64(x), Decimal::from_int64(2), half));
        points.push_back({Decimal::from_int64(a), Decimal::from_int64(b), half});
      }
    }
  }
  return points;
}

// The condition of the only rule.
struct Compiled {
  compiler::CompileResult result;
  const Expr* expr = nullptr;
};

Compiled compiled(const std::string& condition) {
  Compiled made{test::compile("facts { a int  b int  x float }\npolicy p { item i require " +
                              condition + " }\n"),
                nullptr};
  EXPECT_TRUE(made.result.ok()) << test::complaints(made.result);
  if (made.result.ok()) {
    made.expr = made.result.checked.policies[0].rules[0].clauses[0].condition.expr.get();
  }
  return made;
}

bool holds(const Region& region, const Space& space, const Evaluator& point) {
  for (const Box& box : region.boxes) {
    bool inside = true;
    for (const auto& [variable, values] : box.limits) {
      const Expr* subject = space.subject(variable);
      inside = inside && subject != nullptr && values.contains(point.fact(subject->index));
    }
    if (inside) return true;
  }
  return false;
}

TEST(Space, RegionsHoldExactlyThePointsWhereAConditionIsSo) {
  const std::vector<Point> points = grid();
  Writer writer(3);
  std::size_t exact = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string text = writer.condition(3, false);
    const Compiled made = compiled(text);
    ASSERT_NE(made.expr, nullptr);
    for (const bool truth : {true, false}) {
      Space space(made.result.checked);
      const Region region = space.where(*made.expr, truth);
      exact += region.exact ? 1 : 0;
      for (const Point& point : points) {
        const Evaluator evaluator(made.result.checked, point);
        const bool so = evaluator.truth(*made.expr) == truth;
        const bool inside = holds(region, space, evaluator);
        if (so) {
          ASSERT_TRUE(inside) << text;
        }
        if (region.exact) {
          ASSERT_EQ(inside, so) << text;
        }
      }
    }
  }
  EXPECT_GT(exact, 600U);
}

TEST(Space, WhatIsEmptyNeverHappensAndWhatIsImpliedFollows) {
  const std::vector<Point> points = grid();
  Writer writer(5);
  std::size_t empty = 0;
  std::size_t implied = 0;
  for (int i = 0; i < 600; ++i) {
    const std::string text =
        "(" + writer.condition(2, true) + ") and (" + writer.condition(1, true) + ")";
    const Compiled made = compiled(text);
    ASSERT_NE(made.expr, nullptr);
    if (made.expr->op != ExprOp::both) continue;
    Space space(made.result.checked);
    const bool never = !space.can_be(*made.expr, true);
    const Expr& left = *made.expr->args[0];
    const Expr& right = *made.expr->args[1];
    const bool follows = space.implies(left, true, right, true);
    empty += never ? 1 : 0;
    implied += follows ? 1 : 0;
    for (const Point& point : points) {
      const Evaluator evaluator(made.result.checked, point);
      if (never) {
        ASSERT_FALSE(evaluator.truth(*made.expr)) << text;
      }
      if (follows) {
        ASSERT_TRUE(!evaluator.truth(left) || evaluator.truth(right)) << text;
      }
    }
  }
  EXPECT_GT(empty, 40U);
  EXPECT_GT(implied, 40U);
}

TEST(Space, ManyCasesGrowCoarserAndNeverWrong) {
  std::string text = "(a == 1 and b == 1)";
  for (int i = 2; i < 60; ++i) {
    text += " or (a == " + std::to_string(i) + " and b == " + std::to_string(i) + ")";
  }
  const Compiled made = compiled(text);
  ASSERT_NE(made.expr, nullptr);
  Space space(made.result.checked);
  const Region region = space.where(*made.expr, true);
  EXPECT_LE(region.boxes.size(), kMaxBoxes);
  EXPECT_FALSE(region.exact);
  EXPECT_FALSE(region.is_empty());
}

}  // namespace
}  // namespace dpol::lint
