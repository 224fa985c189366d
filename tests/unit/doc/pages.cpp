#include "tests/unit/doc/pages.h"

#include <algorithm>
#include <cctype>
#include <type_traits>

#include "compiler/doc/text.h"

namespace dpol::doc::testing {
namespace {

std::string line_of(const Text& text) {
  std::string out;
  for (const Run& run : text) out += on_one_line(run.text);
  return out;
}

class Texts {
 public:
  std::vector<std::string> run(const Document& document) {
    found_.push_back(document.title);
    add(document.blocks);
    for (const Section& section : document.sections) {
      found_.push_back(section.title);
      add(section.blocks);
    }
    return std::move(found_);
  }

 private:
  void add(const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
      std::visit([this](const auto& one) { add(one); }, block);
    }
  }
  void add(const Text& text) { found_.push_back(line_of(text)); }
  void add(const Paragraph& paragraph) { add(paragraph.text); }
  void add(const Lines& lines) {
    for (const Line& line : lines) {
      found_.push_back(line.label);
      add(line.text);
    }
  }
  void add(const Entries& entries) {
    for (const Entry& entry : entries) {
      add(entry.title);
      found_.push_back(entry.id);
      found_.insert(found_.end(), entry.marks.begin(), entry.marks.end());
      if (entry.state && entry.state->word != "done") found_.push_back(entry.state->word);
      add(entry.lines);
      for (const Verbatim& text : entry.texts) add(text);
    }
  }
  void add(const Verbatim& text) {
    found_.push_back(text.about);
    found_.push_back(text.text);
  }
  void add(const Table& table) {
    const auto used = columns_in_use(table);
    for (const std::size_t i : used) found_.push_back(table.columns[i]);
    for (const auto& row : table.rows) {
      for (const Text& cell : row) add(cell);
    }
  }
  void add(const Node& node) {
    add(node.text);
    for (const Text& note : node.notes) add(note);
    for (const Node& below : node.below) add(below);
  }

  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> texts_of(const Document& document) { return Texts().run(document); }

std::string letters(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
  }
  return out;
}

std::string fault_of_markdown(std::string_view markdown) {
  std::size_t columns = 0;  // of the table that the line is in; 0: of none
  for (std::size_t at = 0; at < markdown.size();) {
    const std::size_t end = std::min(markdown.find('\n', at), markdown.size());
    const std::string_view line = markdown.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with('|')) {
      columns = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++bars;
    }
    if (columns != 0 && bars != columns)
      return "a row that is not as long as its head: " + std::string(line);
    columns = bars;
  }
  return "";
}

}  // namespace dpol::doc::testing
