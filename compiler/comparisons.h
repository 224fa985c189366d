// What the six comparisons are to one another.
#pragma once

#include "compiler/checked.h"

namespace dpol::compiler {

inline bool is_comparison(ExprOp op) { return op >= ExprOp::less && op <= ExprOp::not_equal; }

// Of what is known, `not (a op b)` is `a negated(op) b`.
inline ExprOp negated(ExprOp op) {
  switch (op) {
    case ExprOp::less:
      return ExprOp::greater_equal;
    case ExprOp::less_equal:
      return ExprOp::greater;
    case ExprOp::greater:
      return ExprOp::less_equal;
    case ExprOp::greater_equal:
      return ExprOp::less;
    case ExprOp::equal:
      return ExprOp::not_equal;
    default:
      return ExprOp::equal;
  }
}

// `a op b` is `b mirrored(op) a`.
inline ExprOp mirrored(ExprOp op) {
  switch (op) {
    case ExprOp::less:
      return ExprOp::greater;
    case ExprOp::less_equal:
      return ExprOp::greater_equal;
    case ExprOp::greater:
      return ExprOp::less;
    case ExprOp::greater_equal:
      return ExprOp::less_equal;
    default:
      return op;
  }
}

}  // namespace dpol::compiler
