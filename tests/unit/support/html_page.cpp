#include "tests/unit/support/html_page.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace dpol::test {
namespace {

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

bool is_void(const std::string& name) {
  return name == "meta" || name == "!DOCTYPE" || name == "br" || name == "wbr" || name == "path";
}

class Page {
 public:
  std::string run(std::string_view html) {
    for (std::size_t at = html.find('<'); at != std::string_view::npos;
         at = html.find('<', at + 1)) {
      const std::size_t end = html.find('>', at);
      if (end == std::string_view::npos) return "a tag without an end";
      std::string_view text = html.substr(at + 1, end - at - 1);
      if (text.ends_with('/')) text.remove_suffix(1);
      const Tag tag = tag_of(text);
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
        "figcaption", "pre", "ol", "br", "wbr", "details", "summary", "svg", "desc", "text", "path"};
    static const std::set<std::string> kAttributes = {
        "html",     "lang",  "charset",   "http-equiv", "content",         "name",
        "class",    "href",  "id",        "aria-label", "aria-hidden", "aria-labelledby", "role",
        "tabindex", "scope", "data-label", "open", "viewBox", "d", "x", "y", "text-anchor"};
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

}  // namespace dpol::test
