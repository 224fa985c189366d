#include "lang/format_layout.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "lang/format_table.h"
#include "lang/utf8.h"

namespace dpol::lang {
namespace {

using N = NodeKind;
using K = TokenKind;

bool opens(K kind) {
  return kind == K::LeftParen || kind == K::LeftBracket || kind == K::LeftBrace;
}
bool closes(K kind) {
  return kind == K::RightParen || kind == K::RightBracket || kind == K::RightBrace;
}

/// The parts of a statement that matter for its layout.
struct Shape {
  std::vector<NodeId> head;   // children before the block
  std::vector<NodeId> block;  // children in it
  TokenIndex open = kNoToken;
  TokenIndex close = kNoToken;
  bool unclosed = false;

  [[nodiscard]] bool has_block() const { return open != kNoToken; }
};

class Planner {
 public:
  Planner(const Syntax& syntax, FormatReach reach)
      : syntax_(syntax), tree_(syntax.tree), tokens_(syntax.tokens), reach_(reach) {
    layout_.gaps.resize(tokens_.size());
    sources_.reserve(tokens_.size());
    for (TokenIndex i = 0; i < tokens_.size(); ++i)
      sources_.push_back(read_gap(syntax.source.text(), gap_before(tokens_, i)).what);
    for (const Diagnostic& problem : syntax.diagnostics)
      if (problem.severity == Severity::Error) troubles_.push_back(problem.primary.span.begin);
    std::ranges::sort(troubles_);
    default_spaces();
  }

  Layout plan() {
    const std::vector<NodeId> declarations = tree_.children(tree_.root());
    TokenIndex next = 0;
    bool after_broken = false;
    for (const NodeId id : declarations) {
      const Node& node = tree_[id];
      if (node.end_token == node.first_token) continue;
      begin_line(node.first_token, 0, node.first_token == next && !continues(id, after_broken));
      next = node.end_token;
      after_broken = is_broken(id);
      const bool whole =
          node.kind != N::Error && (reach_ == FormatReach::Statements || !is_broken(id));
      whole ? statement(id, 0) : keep(node.first_token, node.end_token);
    }
    const TokenIndex end = tokens_.size() - 1;
    if (!sources_[end].foreign) begin_line(end, 0, true);
    layout_.gaps[end].blanks = true;
    align_block(declarations, N::File);
    return std::move(layout_);
  }

 private:
  const Node& node(NodeId id) const { return tree_[id]; }
  TokenIndex first(NodeId id) const { return tree_[id].first_token; }
  TokenIndex end(NodeId id) const { return tree_[id].end_token; }
  Gap& gap(TokenIndex i) { return layout_.gaps[i]; }
  K kind(TokenIndex i) const { return tokens_[i].kind; }

  // ----------------------------------------------------------------------------------------------
  // spaces

  static std::uint32_t usual_spaces(K before, K next) {
    if (before == K::LeftParen || before == K::LeftBracket || before == K::Dot ||
        before == K::DotDot)
      return 0;
    switch (next) {
      case K::Comma:
      case K::RightParen:
      case K::RightBracket:
      case K::DotDot:
      case K::Question:
      case K::Colon:
        return 0;
      case K::Dot:  // `5.s` is no number, and no field of one either
        return before >= K::Date && before <= K::Int ? 1 : 0;
      default:
        return 1;
    }
  }

  void default_spaces() {
    for (TokenIndex i = 1; i < tokens_.size(); ++i)
      gap(i).spaces = usual_spaces(kind(i - 1), kind(i));
    for (NodeId id = 0; id < tree_.nodes.size(); ++id)
      if (!tree_[id].has_error) spaces_of(id);
  }

  void join(TokenIndex i) { gap(i).spaces = 0; }
  void join_all(NodeId id) {
    for (TokenIndex i = first(id) + 1; i < end(id); ++i) join(i);
  }

  void spaces_of(NodeId id) {
    const Node& n = tree_[id];
    switch (n.kind) {
      case N::Unary:
        if (static_cast<UnaryOp>(n.detail) == UnaryOp::Negate) join(n.first_token + 1);
        return;
      case N::Binary:
        return spaces_of_time(id);
      case N::Call:
      case N::Index:
        return join(end(tree_.children(id).front()));
      case N::Comprehension:
        return join(n.first_token + 1);
      case N::Fn:
        return join(n.first_token + 2);
      case N::Outcome:
        if (kind(n.first_token) == K::KwNot) return;  // `not applicable`, unlike `no-go`
        return join_all(id);
      case N::UnitType:
      case N::Action:
        return join_all(id);
      case N::List:
        join(n.first_token + 1);
        return join(n.end_token - 1);
      case N::RecordLiteral:
        return spaces_of_fields(id);
      default:
        return;
    }
  }

  /// `T-48h`, `T+15m`.
  void spaces_of_time(NodeId id) {
    const auto op = static_cast<BinaryOp>(tree_[id].detail);
    if (op != BinaryOp::Add && op != BinaryOp::Subtract) return;
    const std::vector<NodeId> sides = tree_.children(id);
    if (node(sides[0]).kind != N::StartTime || end(id) != first(id) + 3 ||
        kind(first(id) + 2) != K::Quantity)
      return;
    join_all(id);
  }

  void spaces_of_fields(NodeId id) {
    for (const NodeId field : tree_.children(id))
      if (first(field) > first(id) + 1 && kind(first(field) - 1) != K::Comma)
        gap(first(field)).spaces = 2;
  }

  // ----------------------------------------------------------------------------------------------
  // what is broken

  bool trouble_between(TokenIndex from, TokenIndex to) const {
    const std::uint32_t begin = tokens_[from].begin;
    const auto at = std::ranges::lower_bound(troubles_, begin);
    return at != troubles_.end() && *at < tokens_[to - 1].end;
  }
  bool foreign_between(TokenIndex from, TokenIndex to) const {
    for (TokenIndex i = from + 1; i < to; ++i)
      if (sources_[i].foreign) return true;
    return false;
  }
  bool is_broken(NodeId id) const {
    const Node& n = tree_[id];
    return n.has_error || trouble_between(n.first_token, n.end_token) ||
           foreign_between(n.first_token, n.end_token);
  }

  /// Tokens as they are, apart from where the first one stands.
  void keep(TokenIndex from, TokenIndex to) {
    const bool moves = tokens_[from].first_on_line;
    for (TokenIndex i = from + 1; i < to; ++i) {
      gap(i).verbatim = true;
      gap(i).moves_with = moves ? from : kNoToken;
    }
  }

  // ----------------------------------------------------------------------------------------------
  // statements

  /// The node whose braces are a statement's block.
  NodeId block_of(NodeId id) const {
    const N what = node(id).kind;
    if (what != N::Facts && what != N::Record && what != N::Field) return id;
    NodeId at = id;
    for (;;) {
      const std::vector<NodeId> parts = tree_.children(at);
      if (parts.empty()) return id;
      at = parts.back();
      if (node(at).kind == N::RecordType) return at;
      if (node(at).kind != N::ListType && node(at).kind != N::MapType) return id;
    }
  }

  Shape shape_of(NodeId id) const {
    Shape shape;
    const NodeId holder = block_of(id);
    if (holder != id) {
      for (const NodeId part : tree_.children(id))
        if (end(part) <= first(holder)) shape.head.push_back(part);
    }
    TokenIndex at = first(holder);
    for (const NodeId part : tree_.children(holder)) {
      find_brace(shape, at, first(part));
      at = end(part);
      (shape.has_block() ? shape.block : shape.head).push_back(part);
    }
    find_brace(shape, at, end(holder));
    const TokenIndex last = end(holder) - 1;
    const bool is_closed =
        shape.has_block() && last > shape.open && kind(last) == K::RightBrace && last >= at;
    if (is_closed) shape.close = last;
    shape.unclosed = shape.has_block() && !is_closed;
    return shape;
  }

  void find_brace(Shape& shape, TokenIndex from, TokenIndex to) const {
    if (shape.has_block()) return;
    for (TokenIndex i = from; i < to; ++i)
      if (kind(i) == K::LeftBrace) {
        shape.open = i;
        return;
      }
  }

  void statement(NodeId id, std::uint32_t indent) {
    const Node& n = tree_[id];
    if (n.end_token <= n.first_token + 1) return;
    const Shape shape = shape_of(id);
    const TokenIndex head_end = shape.has_block() ? shape.open : n.end_token;
    if (is_broken(id)) {
      const bool outside = shape.has_block() && n.end_token != shape.close + 1;
      if (!shape.has_block() || shape.unclosed || outside || n.kind == N::Field)
        return keep(n.first_token, n.end_token);
      const bool head_broken =
          std::ranges::any_of(shape.head, [&](NodeId part) { return tree_[part].has_error; }) ||
          trouble_between(n.first_token, shape.open + 1) ||
          foreign_between(n.first_token, shape.open + 1);
      if (head_broken) {
        keep(n.first_token, shape.open + 1);
      } else {
        head(id, shape, head_end, indent);
      }
    } else {
      head(id, shape, head_end, indent);
    }
    if (shape.has_block()) block(id, shape, indent);
  }

  static bool begins_rule(N kind) {
    return kind == N::Item || kind == N::Threshold || kind == N::StandingRule || kind == N::Score;
  }

  static bool is_part_of_name(N kind) {
    return kind == N::Name || kind == N::Title || kind == N::FinalMark || kind == N::StageRef ||
           kind == N::EnumValue;
  }

  /// A part of a statement that may begin a line.
  bool is_clause(NodeId id, N parent) const {
    const N what = node(id).kind;
    if (node_info(what).group == NodeGroup::Clause) return what != N::EachClause;
    return (what == N::Title && (parent == N::Metric || parent == N::Param)) || what == N::Default;
  }

  /// How far clauses stand apart from each other on a line.
  static std::uint32_t clause_spaces(N parent, N clause) {
    if (clause == N::AsClause) return 1;
    switch (parent) {
      case N::Item:
      case N::StandingRule:
      case N::Threshold:
      case N::Metric:
      case N::Stage:
      case N::Stages:
      case N::Step:
      case N::Message:
      case N::Waiver:
      case N::Procedure:
      case N::Set:
        return 2;
      case N::Param:
        return clause == N::Default ? 1 : 2;
      default:
        return 1;
    }
  }

  void head(NodeId id, const Shape& shape, TokenIndex to, std::uint32_t indent) {
    const N what = node(id).kind;
    const bool several_lines = shape.has_block() && is_long(id, shape, indent);
    for (TokenIndex i = first(id) + 1; i < to; ++i) place(i, indent + 2 * kIndent);
    TokenIndex first_clause = kNoToken;
    if (shape.has_block()) place(shape.open, indent + 2 * kIndent);
    const bool too_wide = breaks_clauses(id, shape, to, indent);
    bool below = false;  // a clause stands on a line below the first
    for (const NodeId part : shape.head) {
      if (first(part) == end(part)) continue;
      if (begins_rule(node(part).kind)) {
        statement(part, indent);
        continue;
      }
      const bool clause = is_clause(part, what);
      if (clause && first(part) > first(id)) {
        Gap& before = gap(first(part));
        before.breaks = too_wide || sources_[first(part)].line_break;
        before.spaces = clause_spaces(what, node(part).kind);
        before.anchor = before.breaks ? first_clause : kNoToken;
        before.indent = before.anchor != kNoToken ? 0 : indent + (several_lines ? 2 : 1) * kIndent;
        if (first_clause == kNoToken && !before.breaks && !below && node(part).kind != N::AsClause)
          first_clause = first(part);
        below = below || before.breaks;
      }
      const bool has_columns = what == N::Worth && part != shape.head.front();
      if (has_columns) gap(first(part)).spaces = 2;
      if (!is_part_of_name(node(part).kind)) expression(part, indent);
      if (node(part).kind == N::Extends) fill(part, indent + width_between(first(id), first(part)));
    }
  }

  /// Breaks a list where the next element would make its line too long, and goes on below the first
  /// one; `column` is where the list begins.
  void fill(NodeId list, std::size_t column) {
    const std::vector<NodeId> elements = tree_.children(list);
    if (elements.empty()) return;
    const std::size_t begin = column + 1 + width_between(first(list), first(elements.front())) + 1;
    std::size_t next = begin;
    for (const NodeId element : elements) {
      const std::size_t width = width_between(first(element), end(element)) + 2;  // `, ` or ` {`
      Gap& before = gap(first(element));
      before.breaks = element != elements.front() && next + width > kLineWidth + 1;
      if (before.breaks) {
        before.anchor = first(elements.front());
        before.indent = 0;
      }
      next = (before.breaks ? begin : next) + width;
    }
  }

  /// A statement of one line that is too wide, and has clauses to break it at.
  bool breaks_clauses(NodeId id, const Shape& shape, TokenIndex to, std::uint32_t indent) const {
    if (clause_spaces(node(id).kind, N::Require) != 2 || node(id).kind == N::Set) return false;
    if (breaks_between(first(id), to)) return false;
    const bool has_clause = std::ranges::any_of(
        shape.head, [&](NodeId part) { return is_clause(part, node(id).kind); });
    return has_clause && indent + width_between(first(id), to) > kLineWidth;
  }

  bool breaks_between(TokenIndex from, TokenIndex to) const {
    for (TokenIndex i = from + 1; i < to; ++i)
      if (sources_[i].line_break) return true;
    return false;
  }

  std::size_t width_between(TokenIndex from, TokenIndex to) const {
    std::size_t width = 0;
    for (TokenIndex i = from; i < to && width <= 2 * kLineWidth; ++i) {
      const std::string_view text = syntax_.source.text(tokens_[i].span());
      width +=
          columns_of(text.substr(0, text.find('\n'))) + (i == from ? 0 : layout_.gaps[i].spaces);
    }
    return width;
  }

  /// On the line of the token before it, unless a comment keeps it from there.
  void place(TokenIndex i, std::uint32_t indent) {
    Gap& before = gap(i);
    before.verbatim = false;
    before.breaks = false;
    before.indent = indent;
    before.anchor = kNoToken;
  }

  /// Is this the rest of a line whose begin could not be read, or the unreadable rest?
  bool continues(NodeId id, bool after_broken) const {
    return first(id) != 0 && !sources_[first(id)].line_break &&
           (after_broken || node(id).kind == N::Error);
  }

  void begin_line(TokenIndex i, std::uint32_t indent, bool ours) {
    if (sources_[i].foreign || !ours) return;
    place(i, indent);
    gap(i).breaks = i != 0;
    gap(i).blanks = true;
  }

  // ----------------------------------------------------------------------------------------------
  // expressions

  /// The first value in a clause; its lines begin below it.
  TokenIndex value_of(NodeId id) const {
    if (node_info(node(id).kind).group == NodeGroup::Expression) return first(id);
    for (const NodeId part : tree_.children(id))
      if (node_info(node(part).kind).group == NodeGroup::Expression) return first(part);
    return first(id);
  }

  /// Line breaks inside of a clause or value are kept. Lines begin below the value, or inside of
  /// the bracket that is open.
  void expression(NodeId id, std::uint32_t indent) {
    const TokenIndex from = first(id);
    const TokenIndex value = value_of(id);
    const bool is_value = node_info(node(id).kind).group == NodeGroup::Expression;
    if (is_value && sources_[from].line_break && gap(from).spaces != 0 && !gap(from).breaks)
      break_at(from, kNoToken, indent + kIndent);
    struct Bracket {
      TokenIndex open;
      bool hanging;
    };
    std::vector<Bracket> brackets;
    for (TokenIndex i = from + 1; i < end(id); ++i) {
      if (opens(kind(i - 1))) brackets.push_back({i - 1, sources_[i].line_break});
      const bool is_close = closes(kind(i)) && !brackets.empty();
      if (sources_[i].line_break) {
        const bool hanging = !brackets.empty() && brackets.back().hanging;
        if (hanging) {
          break_at(i, brackets.back().open, is_close ? 0 : kIndent);
          gap(i).of_line = true;
          gap(i).inner_indent = is_close ? kIndent : 0;
        } else if (!brackets.empty() && !is_close) {
          break_at(i, brackets.back().open + 1, 0);
        } else if (gap(i).spaces != 0 && !is_close) {
          if (i <= value) {
            break_at(i, from, kIndent);
          } else {
            break_at(i, value, 0);
          }
        } else {
          gap(i).anchor = value < i ? value : from;
          gap(i).indent = 0;
        }
      }
      if (is_close) brackets.pop_back();
    }
  }

  void break_at(TokenIndex i, TokenIndex anchor, std::uint32_t indent) {
    Gap& before = gap(i);
    before.breaks = true;
    before.anchor = anchor;
    before.indent = indent;
  }

  // ----------------------------------------------------------------------------------------------
  // blocks

  /// Does a block go over several lines?
  bool is_long(NodeId id, const Shape& shape, std::uint32_t indent) const {
    if (shape.unclosed || shape.close == shape.open + 1) return false;
    if (shape.block.empty()) {
      const GapText inside = read_gap(syntax_.source.text(), gap_before(tokens_, shape.close));
      return !inside.comments.empty() || shape.close != shape.open + 1;
    }
    return breaks_between(shape.open, shape.close + 1) ||
           indent + width_between(first(id), shape.close + 1) > kLineWidth;
  }

  void block(NodeId id, const Shape& shape, std::uint32_t indent) {
    const bool nothing = shape.close == shape.open + 1;
    const bool comments = nothing && sources_[shape.close].comment;
    if (nothing && !comments) {
      if (!sources_[shape.close].foreign) place(shape.close, indent);
      gap(shape.close).spaces = 0;
      return;
    }
    const bool several = nothing || is_long(id, shape, indent);
    const std::uint32_t inner = indent + kIndent;
    TokenIndex next = shape.open + 1;
    bool after_broken = false;
    for (const NodeId part : shape.block) {
      if (first(part) == end(part)) continue;
      const bool ours = first(part) == next && !continues(part, after_broken);
      after_broken = is_broken(part);
      next = end(part);
      begin_line(first(part), inner, ours);
      if (ours && !several && !sources_[first(part)].foreign) {
        gap(first(part)).breaks = false;
        gap(first(part)).spaces = first(part) == shape.open + 1 ? 1 : 2;
      }
      gap(first(part)).after_open = first(part) == shape.open + 1;
      node(part).kind == N::Error ? keep(first(part), end(part)) : statement(part, inner);
    }
    if (next == shape.close && !sources_[shape.close].foreign) {
      place(shape.close, indent);
      gap(shape.close).breaks = several;
      gap(shape.close).blanks = true;
      gap(shape.close).after_open = nothing;
      gap(shape.close).before_close = true;
      gap(shape.close).inner_indent = kIndent;
    }
    if (several) align_block(shape.block, node(id).kind);
  }

  // ----------------------------------------------------------------------------------------------
  // columns

  void align_block(const std::vector<NodeId>& statements, N parent) {
    std::vector<NodeId> group;
    std::optional<TableKind> group_kind;
    const auto finish = [&] {
      if (group_kind && group.size() > 1) align(*group_kind, group);
      group.clear();
      group_kind.reset();
    };
    for (const NodeId id : statements) {
      if (first(id) == end(id)) continue;
      const bool after_blank =
          read_gap(syntax_.source.text(), gap_before(tokens_, first(id))).blank_anywhere;
      const std::optional<TableKind> kind =
          is_broken(id) || gap(first(id)).verbatim ? std::nullopt : table_of(id, parent);
      if (after_blank || kind != group_kind) finish();
      if (!kind) continue;
      group_kind = kind;
      group.push_back(id);
    }
    finish();
  }

  /// What table a statement's line belongs to, if it is one line or begins with its columns.
  std::optional<TableKind> table_of(NodeId id, N parent) const {
    const std::optional<TableKind> kind = table_kind(tree_, id, parent);
    if (!kind) return std::nullopt;
    const Shape shape = shape_of(id);
    const bool long_block = shape.has_block() && layout_.gaps[shape.close].breaks;
    if (long_block && *kind != TableKind::Stages) return std::nullopt;
    for (const NodeId part : shape.head) {
      if (!is_clause(part, node(id).kind) || node(part).kind == N::AsClause) continue;
      if (layout_.gaps[first(part)].breaks) return std::nullopt;
      break;
    }
    return kind;
  }

  void align(TableKind kind, const std::vector<NodeId>& ids) {
    std::vector<TableRow> rows = table_rows(syntax_, kind, ids);
    for (TableRow& row : rows) measure(row);
    set_columns(rows);
    for (const TableRow& row : rows)
      for (const TableCell& cell : row.cells)
        if (cell.begin != row.cells.front().begin) gap(cell.begin).spaces = cell.spaces;
  }

  /// How wide the cells are, up to where the line ends.
  void measure(TableRow& row) const {
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      TableCell& cell = row.cells[c];
      const TokenIndex to = c + 1 < row.cells.size() ? row.cells[c + 1].begin : row.end;
      for (TokenIndex i = cell.begin; i < to; ++i) {
        const std::string_view text = syntax_.source.text(tokens_[i].span());
        const Gap& before = layout_.gaps[i];
        const bool on_line = i == row.cells.front().begin ||
                             (!before.breaks && !before.verbatim && !sources_[i].comment);
        if (!on_line) {
          row.cells.resize(i == cell.begin ? c : c + 1);
          return;
        }
        cell.width += columns_of(text) + (i == cell.begin ? 0 : before.spaces);
        if (text.find('\n') != std::string_view::npos) {
          row.cells.resize(c + 1);
          return;
        }
      }
    }
  }

  const Syntax& syntax_;
  const Tree& tree_;
  const TokenList& tokens_;
  const FormatReach reach_;
  Layout layout_;
  std::vector<SourceGap> sources_;
  std::vector<std::uint32_t> troubles_;  // where errors are, ascending
};

}  // namespace

GapText read_gap(std::string_view text, Span gap) {
  GapText result;
  bool own_line = gap.begin == 0;
  int line_breaks = own_line ? 1 : 0;
  for (std::uint32_t at = gap.begin; at < gap.end;) {
    const char c = text[at];
    if (c == '\n') {
      result.what.line_break = own_line = true;
      ++line_breaks;
      ++at;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else if (c == '/' && at + 1 < gap.end && text[at + 1] == '/') {
      auto line_end =
          static_cast<std::uint32_t>(std::min<std::size_t>(text.find('\n', at), gap.end));
      const std::uint32_t begin = at;
      at = line_end;
      while (line_end > begin && (text[line_end - 1] == ' ' || text[line_end - 1] == '\t' ||
                                  text[line_end - 1] == '\r'))
        --line_end;
      result.comments.push_back({{begin, line_end}, own_line, line_breaks > 1});
      result.blank_anywhere |= line_breaks > 1;
      result.what.comment = true;
      line_breaks = 0;
    } else {
      result.what.foreign = true;
      ++at;
    }
  }
  result.ends_in_blank = line_breaks > 1;
  result.blank_anywhere |= result.ends_in_blank;
  return result;
}

Span gap_before(const TokenList& tokens, TokenIndex token) {
  return {token == 0 ? 0 : tokens[token - 1].end, tokens[token].begin};
}

std::uint32_t columns_of(std::string_view text) {
  std::uint32_t columns = 0;
  for (std::size_t at = 0; at < text.size(); ++columns) at += decode_utf8(text, at).length;
  return columns;
}

Layout lay_out(const Syntax& syntax, FormatReach reach) { return Planner(syntax, reach).plan(); }

}  // namespace dpol::lang
