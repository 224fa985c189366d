// The two written forms of a diagnostic.
#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "lang/diagnostic.h"
#include "lang/sorting.h"
#include "lang/utf8.h"

namespace dpol::lang {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "error";
}

/// What may be sent to a terminal: no control characters, nothing that reorders text, no broken UTF-8.
void append_shown(std::string& out, std::string_view text, std::size_t at, const Utf8Char& c) {
  if (!c.valid || c.value < 0x20 || (c.value >= 0x7F && c.value < 0xA0) || is_direction_control(c.value))
    out += kReplacement;
  else
    out += text.substr(at, c.length);
}

std::string shown(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text, at);
    append_shown(out, text, at, c);
    at += c.length;
  }
  return out;
}

// ---------------------------------------------------------------------- one line

/// A source line laid out in terminal columns.
class Layout {
 public:
  Layout(std::string_view line, std::uint32_t tab_width) {
    for (std::size_t at = 0; at < line.size();) {
      const Utf8Char c = decode_utf8(line, at);
      Cell cell{at, width_, {}};
      if (c.valid && c.value == '\t') {
        const std::size_t to = (width_ / tab_width + 1) * tab_width;
        cell.text.assign(to - width_, ' ');
        width_ = to;
      } else {
        append_shown(cell.text, line, at, c);
        width_ += c.valid ? static_cast<std::size_t>(display_width(c.value)) : 1;
      }
      cells_.push_back(std::move(cell));
      at += c.length;
    }
    bytes_ = line.size();
  }

  [[nodiscard]] std::size_t width() const { return width_; }

  /// The column at which a byte of the line is shown.
  [[nodiscard]] std::size_t column(std::size_t byte) const {
    if (byte >= bytes_) return width_ + (byte - bytes_);
    const auto after =
        std::upper_bound(cells_.begin(), cells_.end(), byte, [](std::size_t b, const Cell& c) { return b < c.byte; });
    return std::prev(after)->column;
  }

  /// The text between two columns.
  [[nodiscard]] std::string slice(std::size_t from, std::size_t to) const {
    std::string out;
    for (const Cell& cell : cells_)
      if (cell.column >= from && cell.column < to) out += cell.text;
    return out;
  }

 private:
  struct Cell {
    std::size_t byte;
    std::size_t column;
    std::string text;
  };
  std::vector<Cell> cells_;
  std::size_t width_ = 0;
  std::size_t bytes_ = 0;
};

struct Mark {
  std::size_t from = 0;  // bytes in the line
  std::size_t to = 0;
  bool primary = false;
  std::string_view text;
};

/// The marks of each line of one file, by line number.
using Marks = std::map<std::uint32_t, std::vector<Mark>>;

void add_marks(Marks& marks, const Label& label, bool primary) {
  const SourceFile& file = *label.file;
  const std::uint32_t first = file.line_of(label.span.begin);
  const std::uint32_t last_byte = label.span.end > label.span.begin ? label.span.end - 1 : label.span.begin;
  const std::uint32_t last = file.line_of(last_byte);
  const std::size_t from = label.span.begin - file.line_start(first);
  if (first == last) {
    marks[first].push_back({from, label.span.end - file.line_start(first), primary, label.text});
    return;
  }
  // Of a span of several lines the ends are shown.
  marks[first].push_back({from, file.line_text(first).size(), primary, {}});
  const std::string_view end_line = file.line_text(last);
  const std::size_t indent = std::min(end_line.find_first_not_of(" \t"), end_line.size());
  const std::size_t to = label.span.end - file.line_start(last);
  marks[last].push_back({std::min(indent, to), to, primary, label.text});
}

// ---------------------------------------------------------------------- the text form

class Writer {
 public:
  Writer(const Diagnostic& diagnostic, const RenderOptions& options) : diagnostic_(diagnostic), options_(options) {}

  std::string write() {
    headline();
    if (diagnostic_.primary.file != nullptr) {
      collect();
      snippets();
      gutter();
      out_ += '\n';
    }
    trailer();
    return std::move(out_);
  }

 private:
  enum class Style : std::uint8_t { Plain, Bold, Severity, Gutter };

  void styled(Style style, std::string_view text) {
    if (!options_.color || style == Style::Plain) {
      out_ += text;
      return;
    }
    switch (style) {
      case Style::Severity:
        out_ += diagnostic_.severity == Severity::Error ? "\x1b[1;31m" : "\x1b[1;33m";
        break;
      case Style::Gutter:
        out_ += "\x1b[34m";
        break;
      default:
        out_ += "\x1b[1m";
    }
    out_ += text;
    out_ += "\x1b[0m";
  }

  void headline() {
    const std::string head =
        std::string(severity_word(diagnostic_.severity)) + "[" + std::string(diagnostic_.code_text()) + "]";
    styled(Style::Severity, head);
    styled(Style::Bold, ": " + shown(diagnostic_.message));
    out_ += '\n';
  }

  /// Groups the labels by file (the primary one first) and finds how wide the line numbers are.
  void collect() {
    files_.push_back({diagnostic_.primary.file, {}});
    add_marks(files_.front().second, diagnostic_.primary, true);
    for (const Label& label : diagnostic_.secondary) {
      if (label.file == nullptr) continue;
      auto at = std::find_if(files_.begin(), files_.end(), [&](const auto& f) { return f.first == label.file; });
      if (at == files_.end()) at = files_.insert(files_.end(), {label.file, {}});
      add_marks(at->second, label, false);
    }
    for (auto& [file, marks] : files_) number_width_ = std::max(number_width_, std::to_string(marks.rbegin()->first).size());
  }

  void snippets() {
    for (auto& [file, marks] : files_) {
      const bool first = file == diagnostic_.primary.file;
      std::uint32_t offset = diagnostic_.primary.span.begin;
      if (!first) {
        const auto& [line, line_marks] = *marks.begin();
        offset = static_cast<std::uint32_t>(file->line_start(line) + line_marks.front().from);
      }
      const LineColumn at = file->position(offset);
      out_.append(number_width_, ' ');
      styled(Style::Gutter, first ? "--> " : "::: ");
      out_ += shown(file->name()) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + "\n";
      gutter();
      out_ += '\n';
      lines(*file, marks);
    }
  }

  void lines(const SourceFile& file, Marks& marks) {
    std::uint32_t previous = 0;
    for (auto& [line, line_marks] : marks) {
      if (previous != 0 && line == previous + 2) source_line(file, previous + 1, {});
      if (previous != 0 && line > previous + 2) out_ += "...\n";
      sort_stably(line_marks, [](const Mark& a, const Mark& b) { return a.from < b.from; });
      source_line(file, line, line_marks);
      previous = line;
    }
  }

  void source_line(const SourceFile& file, std::uint32_t line, std::vector<Mark> marks) {
    const std::string_view whole = file.line_text(line);
    const std::string_view part = part_of_long_line(whole, marks);
    const bool skipped = part.data() != whole.data();
    const Layout layout(part, options_.tab_width);
    const auto [from, to] = window(layout, marks);
    const bool cut_left = from > 0 || skipped;
    const bool cut_right = to < layout.width() || part.end() != whole.end();
    std::string number = std::to_string(line);
    number.insert(0, number_width_ - number.size(), ' ');
    styled(Style::Gutter, number + " |");
    std::string text = layout.slice(from, to);
    if (cut_left) text.insert(0, kEllipsis);
    if (cut_right) text += kEllipsis;
    if (!text.empty()) out_ += " " + text;
    out_ += '\n';
    for (const Mark& mark : marks) mark_line(layout, mark, from, to, cut_left);
  }

  /// Of a line of absurd length only the neighbourhood of its mark is laid out; the marks are moved accordingly.
  static std::string_view part_of_long_line(std::string_view line, std::vector<Mark>& marks) {
    constexpr std::size_t kMost = 8192;
    if (line.size() <= kMost) return line;
    std::size_t wanted = marks.empty() ? 0 : marks.front().from;
    for (const Mark& mark : marks)
      if (mark.primary) wanted = mark.from;
    std::size_t skip = wanted > kMost / 2 ? std::min(wanted, line.size()) - kMost / 2 : 0;
    while (skip > 0 && (static_cast<unsigned char>(line[skip]) & 0xC0U) == 0x80) --skip;
    for (Mark& mark : marks) {
      mark.to = std::min(mark.to, skip + kMost);
      mark.from = std::min(mark.from, mark.to);
      mark.from -= std::min(mark.from, skip);
      mark.to -= std::min(mark.to, skip);
    }
    return line.substr(skip, kMost);
  }

  /// The columns of a line to show: all of them, or as many as fit around its first mark.
  [[nodiscard]] std::pair<std::size_t, std::size_t> window(const Layout& layout, const std::vector<Mark>& marks) const {
    const std::size_t most = std::max<std::size_t>(options_.max_width, 20);
    if (layout.width() <= most) return {0, layout.width()};
    std::size_t wanted = marks.empty() ? 0 : layout.column(marks.front().from);
    for (const Mark& mark : marks)
      if (mark.primary) wanted = layout.column(mark.from);
    const std::size_t before = most / 3;
    const std::size_t from = wanted > before ? std::min(wanted - before, layout.width() - most) : 0;
    return {from, from + most};
  }

  void mark_line(const Layout& layout, const Mark& mark, std::size_t from, std::size_t to, bool cut_left) {
    const std::size_t begin = layout.column(mark.from);
    const std::size_t end = std::max(layout.column(mark.to), begin + 1);
    if (begin > to || end <= from) return;  // beyond the part of the line that is shown
    const std::size_t shown_begin = std::max(begin, from);
    const std::size_t shown_end = std::max(std::min(end, std::max(to, begin + 1)), shown_begin + 1);
    gutter();
    out_.append(1 + (shown_begin - from) + (cut_left ? 1 : 0), ' ');
    std::string text(shown_end - shown_begin, mark.primary ? '^' : '-');
    if (!mark.text.empty()) text += " " + shown(mark.text);
    styled(mark.primary ? Style::Severity : Style::Gutter, text);
    out_ += '\n';
  }

  void gutter() {
    out_.append(number_width_ + 1, ' ');
    styled(Style::Gutter, "|");
  }

  void trailer() {
    const std::string indent(number_width_ + 1, ' ');
    for (const Help& help : diagnostic_.help) {
      out_ += indent;
      styled(Style::Bold, "= help: ");
      out_ += shown(help.text) + "\n";
    }
    out_ += indent;
    styled(Style::Bold, "= see:  ");
    out_ += "dpol explain " + std::string(diagnostic_.code_text()) + "\n";
  }

  const Diagnostic& diagnostic_;
  const RenderOptions& options_;
  std::vector<std::pair<const SourceFile*, Marks>> files_;
  std::size_t number_width_ = 1;
  std::string out_;
};

// ---------------------------------------------------------------------- JSON

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text, at);
    if (!c.valid)
      out += kReplacement;
    else if (c.value == '"' || c.value == '\\')
      (out += '\\') += static_cast<char>(c.value);
    else if (c.value < 0x20)
      ((out += "\\u00") += kHex[c.value >> 4U]) += kHex[c.value & 15U];
    else
      out += text.substr(at, c.length);
    at += c.length;
  }
  out += '"';
}

void append_json_place(std::string& out, const SourceFile* file, Span span) {
  out += "\"file\":";
  append_json_string(out, file != nullptr ? std::string_view(file->name()) : std::string_view());
  const LineColumn begin = file != nullptr ? file->position(span.begin) : LineColumn{};
  const LineColumn end = file != nullptr ? file->position(span.end) : LineColumn{};
  const auto number = [&](std::string_view name, std::uint32_t value) {
    ((out += ",\"") += name) += "\":";
    out += std::to_string(value);
  };
  number("line", begin.line);
  number("column", begin.column);
  number("end_line", end.line);
  number("end_column", end.column);
  number("begin", span.begin);
  number("end", span.end);
}

void append_json_label(std::string& out, const Label& label) {
  out += '{';
  append_json_place(out, label.file, label.span);
  out += ",\"label\":";
  append_json_string(out, label.text);
  out += '}';
}

void append_json_help(std::string& out, const Help& help) {
  out += "{\"text\":";
  append_json_string(out, help.text);
  out += ",\"edits\":[";
  for (std::size_t i = 0; i < help.edits.size(); ++i) {
    if (i != 0) out += ',';
    out += '{';
    append_json_place(out, help.edits[i].file, help.edits[i].span);
    out += ",\"replacement\":";
    append_json_string(out, help.edits[i].replacement);
    out += '}';
  }
  out += "]}";
}

}  // namespace

std::string render_diagnostic(const Diagnostic& diagnostic, const RenderOptions& options) {
  RenderOptions sane = options;
  sane.tab_width = std::max<std::uint32_t>(sane.tab_width, 1);
  return Writer(diagnostic, sane).write();
}

std::string render_diagnostic_json(const Diagnostic& diagnostic) {
  std::string out = "{\"code\":";
  append_json_string(out, diagnostic.code_text());
  out += ",\"severity\":";
  append_json_string(out, severity_word(diagnostic.severity));
  out += ",\"message\":";
  append_json_string(out, diagnostic.message);
  out += ",\"primary\":";
  append_json_label(out, diagnostic.primary);
  out += ",\"secondary\":[";
  for (std::size_t i = 0; i < diagnostic.secondary.size(); ++i) {
    if (i != 0) out += ',';
    append_json_label(out, diagnostic.secondary[i]);
  }
  out += "],\"help\":[";
  for (std::size_t i = 0; i < diagnostic.help.size(); ++i) {
    if (i != 0) out += ',';
    append_json_help(out, diagnostic.help[i]);
  }
  out += "],\"see\":";
  append_json_string(out, "dpol explain " + std::string(diagnostic.code_text()));
  out += "}\n";
  return out;
}

}  // namespace dpol::lang
