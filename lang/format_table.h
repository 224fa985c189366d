// The columns of statements that stand below each other. (Internal to lang.)
//
// Promises: where the columns of a table begin depends on the widths of its cells alone. A cell
// that ends its line counts for no column, and one wider than kWidestCell pushes only its own line
// aside.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lang/parse.h"

namespace dpol::lang {

inline constexpr std::uint32_t kWidestCell = 48;

/// Statements of one kind stand in one table.
enum class TableKind : std::uint8_t {
  Rules,       // item, rollback, hold, warn:  name  title  only if  the first other clause
  Thresholds,  // threshold:  metrics  verb  sign  limit  window
  Verbs,       // the comparisons of a threshold in braces:  verb  sign  limit  window
  Metrics,     // name  type  direction  every  the rest
  Params,      // name  type  default  range  title
  Fields,      // name  type
  Values,      // target  = value
  Tracks,      // name  { words }
  Sets,        // name  = value  because
  Drops,       // name  because
  Stages,      // share  title  bake  the rest
  Steps,       // name  title  clauses
  Uses,        // name  when
  Worths,      // points  condition  half
  Roles,       // name  title  members
  Enums,       // name  values
  Imports,     // module  as
  Explaining,  // owner, applies, why …:  word  what follows
};

struct TableCell {
  TokenIndex begin = 0;
  std::uint32_t column = 0;
  std::uint32_t apart = 0;   // at least so many blanks before it
  std::uint32_t width = 0;   // measured by the layout
  std::uint32_t spaces = 0;  // the answer: blanks before it
};

struct TableRow {
  std::vector<TableCell> cells;  // from left to right
  TokenIndex end = 0;
};

[[nodiscard]] std::optional<TableKind> table_kind(const Tree& tree, NodeId statement,
                                                  NodeKind parent);
[[nodiscard]] std::vector<TableRow> table_rows(const Syntax& syntax, TableKind kind,
                                               const std::vector<NodeId>& statements);
/// From widths to blanks.
void set_columns(std::vector<TableRow>& rows);

}  // namespace dpol::lang
