// A Document as Markdown after GitHub's dialect (CommonMark with tables).

#include <algorithm>
#include <cctype>
#include <type_traits>

#include "compiler/doc/formats.h"
#include "compiler/doc/text.h"

namespace dpol::doc {
namespace {

constexpr std::string_view kIndent = "  ";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// What begins a list, a heading or a quote where a line begins.
bool begins_block(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("#+-=>").find(text[0]) != std::string_view::npos) return true;
  const std::size_t digits = text.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos &&
         (text[digits] == '.' || text[digits] == ')');
}

// Plain words: nothing of it is markup, wherever in a line it stands.
std::string escaped(std::string_view raw) {
  const std::string text = on_one_line(raw);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool inside =
        i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
    const bool special = std::string_view("\\`*[]<>|~&$").find(c) != std::string_view::npos ||
                         (c == '_' && !inside) ||
                         (c == '!' && i + 1 < text.size() && text[i + 1] == '[');
    if (special) out += '\\';
    out += c;
  }
  return out;
}

// At the beginning of a paragraph or of a list's item.
std::string at_start(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  if (!begins_block(text)) return text;
  const std::size_t digits = text.find_first_not_of("0123456789");
  return text.insert(digits, "\\");
}

// As long a fence as it takes. In a table's cell a bar would end the cell.
std::string code(std::string_view raw, bool in_cell) {
  std::string text;
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : on_one_line(raw)) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    if (c == '|' && in_cell) text += '\\';
    text += c;
  }
  if (text.find_first_not_of(' ') == std::string::npos) return {};
  const bool pad =
      text.front() == '`' || text.back() == '`' || (text.front() == ' ' && text.back() == ' ');
  const std::string fence(longest + 1, '`');
  const std::string space = pad ? " " : "";
  return fence + space + text + space + fence;
}

// Emphasis does not take spaces at its ends.
std::string strong(std::string_view raw) {
  std::string_view text = raw;
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.remove_suffix(1);
  return text.empty() ? std::string() : "**" + escaped(text) + "**";
}

std::string line_of(const Text& text, bool in_cell = false) {
  std::string out;
  for (const Run& run : text) {
    switch (run.form) {
      case Form::plain:
        out += escaped(run.text);
        break;
      case Form::code:
        out += code(run.text, in_cell);
        break;
      case Form::strong:
        out += strong(run.text);
        break;
    }
  }
  // Two spaces at the end would break the line.
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

class Markdown {
 public:
  std::string run(const Document& document) {
    heading(1, document.title);
    blocks(document.blocks);
    for (const Section& section : document.sections) {
      out_ += '\n';
      heading(section.level + 1, section.title);
      blocks(section.blocks);
    }
    return std::move(out_);
  }

 private:
  void heading(unsigned level, const std::string& title) {
    std::string text = escaped(title);
    // A closing row of signs would be taken for markup.
    if (text.ends_with('#')) text.insert(text.size() - 1, "\\");
    out_ += std::string(level, '#') + " " + text + "\n";
  }

  void blocks(const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
      out_ += '\n';
      std::visit([this](const auto& one) { write(one); }, block);
    }
  }

  void write(const Paragraph& paragraph) { out_ += at_start(line_of(paragraph.text)) + "\n"; }

  void write(const Lines& lines) { items(lines, ""); }

  void items(const Lines& lines, std::string_view indent) {
    for (const Line& line : lines) {
      out_ += std::string(indent) + "- " + escaped(line.label) + ": " + line_of(line.text) + "\n";
    }
  }

  void write(const Entries& entries) {
    for (const Entry& entry : entries) {
      const std::string_view box = !entry.state                        ? ""
                                   : entry.state->check == Check::done ? "[x] "
                                                                       : "[ ] ";
      out_ += "- " + std::string(box) + at_start(line_of(entry.title)) + " · " + code(entry.id, false);
      for (const std::string& mark : entry.marks) out_ += " · " + escaped(mark);
      if (entry.state && entry.state->word != "done") out_ += " · " + escaped(entry.state->word);
      out_ += '\n';
      items(entry.lines, kIndent);
      for (const Verbatim& text : entry.texts) {
        out_ += std::string(kIndent) + "- " + escaped(text.about) + ":\n\n";
        fenced(text.text, "    ");
        out_ += '\n';
      }
    }
  }

  void write(const Verbatim& text) {
    out_ += escaped(text.about) + ":\n\n";
    fenced(text.text, "");
  }

  // As long a fence as it takes; what stands between is shown as it is.
  void fenced(std::string_view text, std::string_view indent) {
    std::size_t longest = 2;
    std::size_t run = 0;
    for (const char c : text) {
      run = c == '`' ? run + 1 : 0;
      longest = std::max(longest, run);
    }
    const std::string fence = std::string(indent) + std::string(longest + 1, '`') + "\n";
    out_ += fence;
    while (true) {
      const std::size_t end = text.find('\n');
      const std::string line = on_one_line(text.substr(0, end));
      out_ += (line.empty() ? "" : std::string(indent) + line) + "\n";
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
    out_ += fence;
  }

  void row(const std::vector<std::string>& cells) {
    out_ += '|';
    for (const std::string& cell : cells) out_ += (cell.empty() ? "" : " ") + cell + " |";
    out_ += '\n';
  }

  void write(const Table& table) {
    const std::vector<std::size_t> used = columns_in_use(table);
    std::vector<std::string> cells;
    for (const std::size_t i : used) cells.push_back(escaped(table.columns[i]));
    row(cells);
    row(std::vector<std::string>(used.size(), "---"));
    for (const std::vector<Text>& line : table.rows) {
      cells.clear();
      for (const std::size_t i : used)
        cells.push_back(i < line.size() ? line_of(line[i], true) : "");
      row(cells);
    }
  }

  void write(const Node& node) { tree(node, ""); }

  void tree(const Node& node, const std::string& indent) {
    out_ += indent + "- " + at_start(line_of(node.text)) + "\n";
    const std::string deeper = indent + std::string(kIndent);
    for (const Text& note : node.notes) out_ += deeper + "- " + at_start(line_of(note)) + "\n";
    for (const Node& below : node.below) tree(below, deeper);
  }

  std::string out_;
};

}  // namespace

std::string write_markdown(const Document& document) { return Markdown().run(document); }

}  // namespace dpol::doc
