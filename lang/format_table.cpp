#include "lang/format_table.h"

#include <algorithm>
#include <array>

namespace dpol::lang {
namespace {

using N = NodeKind;
using K = TokenKind;

constexpr std::uint32_t kMostColumns = 8;

bool is_group(NodeKind kind, NodeGroup group) { return node_info(kind).group == group; }

/// What of a table is decided by all of its rows.
struct Common {
  bool has_marks =
      false;  // `final` and `trial` stand in the first column, together with word and name
  bool has_only_if_column = false;
};

class RowWriter {
 public:
  RowWriter(const Syntax& syntax, NodeId statement, const Common& common)
      : tree_(syntax.tree),
        tokens_(syntax.tokens),
        id_(statement),
        parts_(syntax.tree.children(statement)),
        common_(common) {
    row_.cells.push_back({first(id_), 0, 0, 0, 0});
    row_.end = tree_[id_].end_token;
  }

  TableRow write(TableKind kind) {
    switch (kind) {
      case TableKind::Rules:
        rule();
        break;
      case TableKind::Thresholds:
        threshold();
        break;
      case TableKind::Verbs:
        comparison(id_, 1);
        break;
      case TableKind::Metrics:
        metric();
        break;
      case TableKind::Params:
        param();
        break;
      case TableKind::Fields:
        if (!parts_.empty()) cell(first(parts_.back()), 1, 2);
        break;
      case TableKind::Values:
        if (!parts_.empty()) cell(tree_[parts_.front()].end_token, 1, 1);
        break;
      case TableKind::Tracks:
        cell(first(id_) + 1, 1, 1);
        break;
      case TableKind::Sets:
        if (!parts_.empty()) cell(tree_[parts_.front()].end_token, 1, 1);
        part(N::Because, 2, 2);
        break;
      case TableKind::Drops:
        part(N::Because, 1, 1);
        break;
      case TableKind::Stages:
        stage();
        break;
      case TableKind::Steps:
        part(N::Title, 1, 2);
        first_clause(2);
        break;
      case TableKind::Uses:
        if (!parts_.empty()) cell(tree_[parts_.front()].end_token, 1, 2);
        break;
      case TableKind::Worths:
        if (parts_.size() > 1) cell(first(parts_[1]), 1, 2);
        part(N::Half, 2, 2);
        break;
      case TableKind::Roles:
        part(N::Title, 1, 2);
        part(N::RoleMembers, 2, 2);
        break;
      case TableKind::Enums:
        cell(first(id_) + 2, 1, 2);
        break;
      case TableKind::Imports:
        part(N::Alias, 1, 2);
        break;
      case TableKind::Explaining:
        cell(first(id_) + 1, 1, 1);
        break;
    }
    return std::move(row_);
  }

 private:
  TokenIndex first(NodeId id) const { return tree_[id].first_token; }
  TokenIndex end(NodeId id) const { return tree_[id].end_token; }
  bool is_clause(NodeId id) const {
    return is_group(tree_[id].kind, NodeGroup::Clause) && tree_[id].kind != N::AsClause &&
           tree_[id].kind != N::EachClause;
  }

  void cell(TokenIndex token, std::uint32_t column, std::uint32_t apart) {
    const TableCell& last = row_.cells.back();
    if (token > last.begin && token < row_.end && column > last.column && column < kMostColumns)
      row_.cells.push_back({token, column, apart, 0, 0});
  }
  /// In whatever column comes after the last one.
  void next_cell(TokenIndex token, std::uint32_t apart) {
    cell(token, row_.cells.back().column + 1, apart);
  }

  void part(NodeKind kind, std::uint32_t column, std::uint32_t apart) {
    for (const NodeId id : parts_)
      if (tree_[id].kind == kind) return cell(first(id), column, apart);
  }

  /// The clause, or the brace that it stands in.
  TokenIndex begin_of(NodeId clause) const {
    const TokenIndex at = first(clause);
    return at > first(id_) && tokens_[at - 1].kind == K::LeftBrace ? at - 1 : at;
  }
  void first_clause(std::uint32_t column) {
    for (const NodeId id : parts_)
      if (is_clause(id)) return cell(begin_of(id), column, 2);
  }

  void rule() {
    if (!common_.has_marks) part(N::Name, 1, 1);
    part(N::Title, 2, 2);
    for (const NodeId id : parts_) {
      if (!is_clause(id)) continue;
      const bool is_only_if = tree_[id].kind == N::OnlyIf && begin_of(id) == first(id);
      if (is_only_if && common_.has_only_if_column && row_.cells.back().column < 3) {
        cell(first(id), 3, 2);
        continue;
      }
      return cell(begin_of(id), 4, 2);
    }
  }

  void threshold() {
    part(N::Title, 1, 2);
    for (const NodeId id : parts_) {
      if (!is_clause(id)) continue;
      cell(begin_of(id), 2, 2);
      if (begin_of(id) == first(id)) comparison(id, 3);
      return;
    }
  }

  /// The sign, the limit and the window of a comparison whose left side is left out.
  void comparison(NodeId clause, std::uint32_t column) {
    const std::vector<NodeId> parts = tree_.children(clause);
    if (parts.empty()) return;
    const NodeId value = parts.front();
    const bool has_window = tree_[value].kind == N::Window;
    NodeId at = value;
    NodeId above = value;
    while (tree_[at].kind != N::ImplicitLeft) {
      if (!is_group(tree_[at].kind, NodeGroup::Expression) || tree_[at].subtree_size == 1) return;
      above = at;
      at = tree_.children(at).front();
    }
    const std::vector<NodeId> sides = tree_.children(above);
    if (sides.size() < 2) return;
    cell(first(value), column, 1);
    cell(first(sides[1]), column + 1, 1);
    if (has_window) cell(end(tree_.children(value).front()), column + 2, 1);
  }

  void metric() {
    if (parts_.size() < 2) return;
    cell(first(parts_[1]), 1, 2);
    for (std::size_t i = 2; i < parts_.size(); ++i) {
      const NodeKind kind = tree_[parts_[i]].kind;
      const std::uint32_t last = row_.cells.back().column;
      if (kind == N::Direction && last < 2) {
        cell(first(parts_[i]), 2, 2);
      } else if (kind == N::EveryClause && last < 3) {
        cell(first(parts_[i]), 3, 2);
      } else {
        return next_cell(first(parts_[i]), 2);
      }
    }
  }

  void param() {
    if (parts_.size() < 2) return;
    cell(first(parts_[1]), 1, 2);
    part(N::Default, 2, 1);
    part(N::ValueRange, 3, 2);
    for (const NodeId id : parts_)
      if (tree_[id].kind == N::Title) next_cell(first(id), 2);
  }

  void stage() {
    part(N::Title, 1, 2);
    bool has_bake = false;
    for (const NodeId id : parts_) {
      if (!is_clause(id)) continue;
      const TokenIndex at = begin_of(id);
      if (at != first(id)) return;
      if (tree_[id].kind != N::Bake || has_bake) return next_cell(at, 2);
      cell(at, 2, 2);
      has_bake = true;
    }
  }

  const Tree& tree_;
  const TokenList& tokens_;
  const NodeId id_;
  const std::vector<NodeId> parts_;
  const Common& common_;
  TableRow row_;
};

Common common_of(const Tree& tree, const std::vector<NodeId>& statements) {
  Common common;
  std::size_t only_ifs = 0;
  for (const NodeId id : statements) {
    bool counted = false;
    for (const NodeId part : tree.children(id)) {
      const NodeKind kind = tree[part].kind;
      common.has_marks |= kind == N::FinalMark || kind == N::TrialMark;
      if (!is_group(kind, NodeGroup::Clause) || counted) continue;
      counted = true;
      only_ifs += kind == N::OnlyIf ? 1 : 0;
    }
  }
  common.has_only_if_column = only_ifs > 1 && 2 * only_ifs >= statements.size();
  return common;
}

bool compares_the_metric(const Tree& tree, NodeId clause) {
  const std::vector<NodeId> parts = tree.children(clause);
  if (parts.empty()) return false;
  NodeId at = parts.front();
  while (tree[at].subtree_size > 1 && is_group(tree[at].kind, NodeGroup::Expression))
    at = tree.children(at).front();
  return tree[at].kind == N::ImplicitLeft;
}

}  // namespace

std::optional<TableKind> table_kind(const Tree& tree, NodeId statement, NodeKind parent) {
  const bool in_rule = parent == N::Threshold || parent == N::Score;
  const bool on_its_own = !in_rule && parent != N::Item && parent != N::StandingRule &&
                          parent != N::Stage && parent != N::Step;
  switch (tree[statement].kind) {
    case N::Item:
    case N::StandingRule:
      return TableKind::Rules;
    case N::Threshold:
      return TableKind::Thresholds;
    case N::Require:
    case N::WarnWhen:
    case N::HoldWhen:
    case N::RollbackWhen:
      return in_rule && compares_the_metric(tree, statement) ? std::optional(TableKind::Verbs)
                                                             : std::nullopt;
    case N::Metric:
      return TableKind::Metrics;
    case N::Param:
      return TableKind::Params;
    case N::Field:
      return TableKind::Fields;
    case N::Assign:
      return TableKind::Values;
    case N::SourceTrack:
      return TableKind::Tracks;
    case N::Set:
      return TableKind::Sets;
    case N::Drop:
      return TableKind::Drops;
    case N::Stage:
      return TableKind::Stages;
    case N::Step:
      return TableKind::Steps;
    case N::Use:
      return TableKind::Uses;
    case N::Worth:
      return TableKind::Worths;
    case N::Role:
      return TableKind::Roles;
    case N::Enum:
      return TableKind::Enums;
    case N::Import:
      return TableKind::Imports;
    case N::Owner:
    case N::Applies:
    case N::Why:
    case N::Evidence:
    case N::Severity:
    case N::Covers:
      return on_its_own ? std::optional(TableKind::Explaining) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::vector<TableRow> table_rows(const Syntax& syntax, TableKind kind,
                                 const std::vector<NodeId>& statements) {
  const Common common = common_of(syntax.tree, statements);
  std::vector<TableRow> rows;
  rows.reserve(statements.size());
  for (const NodeId id : statements) rows.push_back(RowWriter(syntax, id, common).write(kind));
  return rows;
}

void set_columns(std::vector<TableRow>& rows) {
  std::array<std::uint32_t, kMostColumns> width{};
  std::array<std::uint32_t, kMostColumns> apart{};
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const TableCell& cell = row.cells[i];
      apart[cell.column] = std::max(apart[cell.column], cell.apart);
      const bool ends_line = i + 1 == row.cells.size();
      if (!ends_line && cell.width <= kWidestCell)
        width[cell.column] = std::max(width[cell.column], cell.width);
    }
  }
  std::array<std::uint32_t, kMostColumns> begin{};
  for (std::uint32_t column = 1; column < kMostColumns; ++column)
    for (std::uint32_t before = 0; before < column; ++before)
      if (width[before] != 0)
        begin[column] = std::max(begin[column], begin[before] + width[before] + apart[column]);
  for (TableRow& row : rows) {
    std::uint32_t at = 0;
    for (TableCell& cell : row.cells) {
      if (&cell != &row.cells.front())
        cell.spaces = std::max(cell.apart, begin[cell.column] > at ? begin[cell.column] - at : 0);
      at += cell.spaces + cell.width;
    }
  }
}

}  // namespace dpol::lang
