#include "tests/unit/doc/pages.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
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

struct Tag {
  std::string name;
  bool closes = false;
  std::map<std::string, std::string> attributes;
};

// Between < and >. Values are quoted, so a sign of either kind never stands in one.
Tag tag_of(std::string_view text) {
  Tag tag;
  if (text.starts_with('/')) {
    tag.closes = true;
    text.remove_prefix(1);
  }
  const std::size_t end = std::min(text.find(' '), text.size());
  tag.name = text.substr(0, end);
  text.remove_prefix(end);
  while (true) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) return tag;
    text.remove_prefix(start);
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) {
      tag.attributes[std::string(text)] = "";
      return tag;
    }
    const std::size_t close = text.find('"', equals + 2);
    if (close == std::string_view::npos) {
      tag.attributes["not closed"] = text;
      return tag;
    }
    tag.attributes[std::string(text.substr(0, equals))] =
        text.substr(equals + 2, close - equals - 2);
    text.remove_prefix(close + 1);
  }
}

bool is_void(const std::string& name) { return name == "meta" || name == "!DOCTYPE"; }

class Page {
 public:
  std::string run(std::string_view html) {
    for (std::size_t at = html.find('<'); at != std::string_view::npos;
         at = html.find('<', at + 1)) {
      const std::size_t end = html.find('>', at);
      if (end == std::string_view::npos) return "a tag without an end";
      const Tag tag = tag_of(html.substr(at + 1, end - at - 1));
      look_at(tag);
      if (!fault_.empty()) return fault_;
      // Styles are no markup.
      at = tag.name == "style" && !tag.closes ? html.find("</style>", at) - 1 : end;
    }
    if (!open_.empty()) return "not closed: " + open_.back();
    for (const std::string& link : links_) {
      if (!ids_.contains(link)) return "a link to nowhere: " + link;
    }
    return "";
  }

 private:
  void look_at(const Tag& tag) {
    static const std::set<std::string> kKnown = {
        "!DOCTYPE", "html",  "head",    "meta",    "title", "style", "body", "a",      "header",
        "nav",      "main",  "section", "article", "h1",    "h2",    "h3",   "h4",     "h5",
        "h6",       "p",     "code",    "span",    "dl",    "div",   "dt",   "dd",     "ul",
        "li",       "table", "thead",   "tbody",   "tr",    "th",    "td",   "strong", "footer", "figure",
        "figcaption", "pre"};
    static const std::set<std::string> kAttributes = {
        "html",     "lang",  "charset",   "http-equiv", "content",         "name",
        "class",    "href",  "id",        "aria-label", "aria-hidden", "aria-labelledby", "role",
        "tabindex", "scope", "data-label"};
    if (!kKnown.contains(tag.name)) fault_ = "a tag that nobody wrote: " + tag.name;
    for (const auto& [name, value] : tag.attributes) {
      if (!kAttributes.contains(name)) fault_ = "an attribute that nobody wrote: " + name;
      if (value.find_first_of("<>") != std::string::npos)
        fault_ = "markup in an attribute: " + value;
    }
    if (is_void(tag.name) || !fault_.empty()) return;
    if (tag.closes) {
      if (open_.empty() || open_.back() != tag.name) fault_ = "closed and not open: " + tag.name;
      if (!open_.empty()) open_.pop_back();
      return;
    }
    open_.push_back(tag.name);
    if (const auto id = tag.attributes.find("id");
        id != tag.attributes.end() && !ids_.insert(id->second).second)
      fault_ = "an id twice: " + id->second;
    if (const auto href = tag.attributes.find("href"); href != tag.attributes.end()) {
      if (!href->second.starts_with('#')) fault_ = "a link out of the page: " + href->second;
      links_.push_back(href->second.substr(1));
    }
    if (tag.name.size() == 2 && tag.name[0] == 'h' &&
        std::isdigit(static_cast<unsigned char>(tag.name[1])) != 0) {
      const int level = tag.name[1] - '0';
      if (level > level_ + 1) fault_ = "a heading that skips a level: " + tag.name;
      if (level == 1 && level_ != 0) fault_ = "two main headings";
      level_ = level;
    }
  }

  std::string fault_;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  std::vector<std::string> links_;
  int level_ = 0;
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

std::string seen(std::string_view html) {
  const std::size_t body = html.find("<body>");
  std::string out;
  bool in_tag = false;
  for (const char c : html.substr(body == std::string_view::npos ? 0 : body)) {
    if (c == '<') in_tag = true;
    if (!in_tag) out += c;
    if (c == '>') in_tag = false;
  }
  for (const auto& [reference, character] :
       {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&quot;", "\""},
        std::pair{"&#39;", "'"}, std::pair{"&amp;", "&"}}) {
    for (std::size_t at = out.find(reference); at != std::string::npos;
         at = out.find(reference, at + 1)) {
      out.replace(at, std::string_view(reference).size(), character);
    }
  }
  return out;
}

std::string fault_of(std::string_view html) { return Page().run(html); }

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
