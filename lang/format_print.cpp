#include "lang/format_print.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dpol::lang {
namespace {

/// Lines are kept apart until the end, since comments behind them are aligned over several.
struct Line {
  std::string text;
  std::string comment;
  std::uint32_t indent = 0;
  bool code = false;     // it holds a token
  bool several = false;  // a token in it goes over several lines
};

class Printer {
 public:
  Printer(const Syntax& syntax, const Layout& layout)
      : syntax_(syntax),
        layout_(layout),
        columns_(syntax.tokens.size(), 0),
        line_begins_(syntax.tokens.size(), 0) {}

  std::string print() {
    const TokenIndex end = syntax_.tokens.size() - 1;
    for (TokenIndex i = 0; i < end; ++i) {
      gap(i);
      token(i);
    }
    gap(end);
    return joined();
  }

 private:
  void gap(TokenIndex i) {
    const Span span = gap_before(syntax_.tokens, i);
    if (layout_.gaps[i].verbatim) return copy(i, span);
    const Gap& gap = layout_.gaps[i];
    const GapText text = read_gap(syntax_.source.text(), span);
    const bool at_end = i + 1 == syntax_.tokens.size();
    const std::uint32_t indent = base(gap) + gap.indent;
    bool blanks = gap.blanks && !gap.after_open;
    for (const Comment& comment : text.comments) {
      const std::string_view words = syntax_.source.text(comment.span);
      if (!comment.own_line && !lines_.back().text.empty() && lines_.back().comment.empty()) {
        lines_.back().comment = words;
        continue;
      }
      new_line(blanks && comment.after_blank, indent + gap.inner_indent);
      lines_.back().comment = words;
      blanks = gap.blanks;
    }
    if (at_end) return;
    if (gap.breaks || !lines_.back().comment.empty()) {
      new_line(blanks && !gap.before_close && text.ends_in_blank, indent);
    } else if (i != 0) {
      append(std::string(gap.spaces, ' '));
    }
  }

  std::uint32_t base(const Gap& gap) const {
    if (gap.anchor == kNoToken) return 0;
    return gap.of_line ? line_begins_[gap.anchor] : columns_[gap.anchor];
  }

  /// Text of the source as it is, its lines moved sideways together with the statement's first
  /// line.
  void copy(TokenIndex i, Span span) {
    std::string_view text = syntax_.source.text(span);
    const TokenIndex with = layout_.gaps[i].moves_with;
    const bool moves = with != kNoToken && !read_gap(syntax_.source.text(), span).what.foreign;
    if (moves && with != moving_) {
      moving_ = with;
      move_by_ = std::int64_t{columns_[with]} - source_column(with);
    }
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      append(without_trailing_blanks(text.substr(0, end)));
      text.remove_prefix(end + 1);
      start_line({});
      const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
      const bool is_empty = blanks < text.size() && text[blanks] == '\n';
      if (!moves || is_empty) continue;
      append(std::string(static_cast<std::size_t>(std::max<std::int64_t>(
                             0, static_cast<std::int64_t>(blanks) + move_by_)),
                         ' '));
      text.remove_prefix(blanks);
    }
    append(text);
  }

  static std::string_view without_trailing_blanks(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
  }

  /// Of a token that begins its line.
  std::int64_t source_column(TokenIndex i) const {
    const std::uint32_t at = syntax_.tokens[i].begin;
    return std::int64_t{at} - syntax_.source.line_start(syntax_.source.line_of(at));
  }

  void token(TokenIndex i) {
    if (!begun_) line_begin_ = column_;
    begun_ = true;
    columns_[i] = column_;
    line_begins_[i] = line_begin_;
    append(syntax_.source.text(syntax_.tokens[i].span()));
    lines_.back().code = true;
  }

  void append(std::string_view text) {
    const std::size_t line_end = text.rfind('\n');
    if (line_end == std::string_view::npos) {
      column_ += columns_of(text);
    } else {
      column_ = columns_of(text.substr(line_end + 1));
      lines_.back().several = true;
    }
    lines_.back().text += text;
  }

  void start_line(std::string text) {
    column_ = static_cast<std::uint32_t>(text.size());
    begun_ = false;
    const auto indent = static_cast<std::uint32_t>(text.size());
    lines_.push_back({std::move(text), {}, indent});
  }

  void new_line(bool blank, std::uint32_t indent) {
    const bool nothing_yet =
        lines_.size() == 1 && lines_.back().text.empty() && lines_.back().comment.empty();
    if (nothing_yet) {
      lines_.clear();
    } else if (blank) {
      lines_.emplace_back();
    }
    start_line(std::string(indent, ' '));
  }

  // ---- comments behind lines

  static bool joins(const Line& line) {
    return !line.comment.empty() && line.code && !line.several;
  }

  void align_comments() {
    for (std::size_t begin = 0; begin < lines_.size();) {
      std::size_t end = begin;
      std::uint32_t width = 0;
      while (end < lines_.size() && joins(lines_[end]) &&
             lines_[end].indent == lines_[begin].indent) {
        const std::uint32_t own = columns_of(lines_[end++].text);
        if (own <= kLineWidth) width = std::max(width, own);
      }
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t own = columns_of(lines_[i].text);
        lines_[i].text.append((own <= kLineWidth ? width - own : 0) + 2, ' ');
      }
      if (end == begin && lines_[begin].code && !lines_[begin].comment.empty())
        lines_[begin].text += "  ";
      begin = std::max(end, begin + 1);
    }
  }

  std::string joined() {
    align_comments();
    std::string text;
    std::size_t end = 0;  // of the last line that holds anything
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      Line& line = lines_[i];
      line.text += line.comment;
      const bool is_empty = !line.code && line.text.find_first_not_of(' ') == std::string::npos;
      if (!is_empty) text += line.text;
      if (!is_empty) end = text.size();
      text += '\n';
    }
    text.resize(end);
    // Only a string that nothing closes holds the last line's end.
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
  }

  const Syntax& syntax_;
  const Layout& layout_;
  std::vector<std::uint32_t> columns_;      // of each token, as printed
  std::vector<std::uint32_t> line_begins_;  // the indentation of the line that holds it
  std::vector<Line> lines_{1};
  std::uint32_t column_ = 0;
  std::uint32_t line_begin_ = 0;
  bool begun_ = false;  // the line holds a token
  TokenIndex moving_ = kNoToken;
  std::int64_t move_by_ = 0;
};

}  // namespace

std::string print_layout(const Syntax& syntax, const Layout& layout) {
  return Printer(syntax, layout).print();
}

}  // namespace dpol::lang
