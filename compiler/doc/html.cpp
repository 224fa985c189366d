// A Document as one HTML file: no script, nothing loaded from anywhere, readable on a phone, on
// paper, and by a screen reader.

#include <algorithm>

#include "compiler/doc/formats.h"
#include "compiler/doc/text.h"
#include "runtime/html/html.h"

namespace dpol::doc {
namespace {

using html::element;

// Between tags and inside of quoted attributes.
std::string escaped(std::string_view raw) { return html::escaped(on_one_line(raw)); }

std::string line_of(const Text& text) {
  std::string out;
  for (const Run& run : text) {
    std::string words = escaped(run.text);
    if (run.form == Form::code) words = element("code", words);
    if (run.form == Form::strong) words = element("strong", words);
    if (!run.target.empty()) words = "<a href=\"#" + escaped(run.target) + "\">" + words + "</a>";
    out += words;
  }
  return out;
}

// A heading says for itself that it is important.
std::string title_of(Text text) {
  for (Run& run : text) {
    if (run.form == Form::strong) run.form = Form::plain;
  }
  return line_of(text);
}

// Shown before the word, so that it is told at a glance; the word says it to everybody.
std::string state_of(const State& state) {
  constexpr std::string_view kClasses[] = {"done", "open", "later"};
  constexpr std::string_view kSigns[] = {"✓", "○", "·"};
  const auto index = static_cast<std::size_t>(state.check);
  return "<span class=\"state " + std::string(kClasses[index]) + "\"><span aria-hidden=\"true\">" +
         std::string(kSigns[index]) + "</span> " + escaped(state.word) + "</span>";
}

std::string_view tone_of(Tone tone) {
  switch (tone) {
    case Tone::none:
      return "";
    case Tone::require:
      return " class=\"require\"";
    case Tone::warn:
      return " class=\"warn\"";
    case Tone::hold:
      return " class=\"hold\"";
    case Tone::rollback:
      return " class=\"rollback\"";
    case Tone::person:
      return " class=\"person\"";
    case Tone::change:
      return " class=\"change\"";
  }
  return "";
}

class Html {
 public:
  std::string run(const Document& document) {
    const std::string title = escaped(document.title);
    out_ = html::head({.title = title, .subject = escaped(document.subject)});
    out_ += "<header>\n<h1>" + title + "</h1>\n</header>\n";
    contents(document);
    out_ += "<main id=\"main\">\n";
    level_ = 1;
    blocks(document.blocks);
    sections(document.sections);
    out_ += "</main>\n<footer><p>Written by " + element("code", escaped(document.written_by)) +
            ".</p></footer>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  // The first two levels; what lies deeper stands below them anyway.
  void contents(const Document& document) {
    if (document.sections.empty()) return;
    out_ += "<nav aria-label=\"Contents\">\n<ul>\n";
    unsigned depth = 1;
    bool first = true;
    for (const Section& section : document.sections) {
      if (section.level > 2) continue;
      if (section.level > depth) out_ += "\n<ul>\n";
      if (section.level < depth) out_ += "</li>\n</ul>\n</li>\n";
      if (section.level == depth && !first) out_ += "</li>\n";
      depth = section.level;
      first = false;
      out_ += "<li><a href=\"#" + escaped(section.anchor) + "\">" + escaped(section.title) + "</a>";
    }
    for (; depth > 1; --depth) out_ += "</li>\n</ul>\n";
    out_ += "</li>\n</ul>\n</nav>\n";
  }

  void sections(const std::vector<Section>& sections) {
    unsigned open = 0;
    for (const Section& section : sections) {
      for (; open >= section.level; --open) out_ += "</section>\n";
      ++open;
      level_ = section.level + 1;
      const std::string anchor = escaped(section.anchor);
      out_ += "<section id=\"" + anchor + "\" aria-labelledby=\"" + anchor + "-title\">\n";
      heading(level_, " id=\"" + anchor + "-title\"", escaped(section.title));
      blocks(section.blocks);
    }
    for (; open > 0; --open) out_ += "</section>\n";
  }

  void heading(unsigned level, const std::string& attributes, const std::string& content) {
    const std::string name = "h" + std::to_string(std::min(level, 6U));
    out_ += "<" + name + attributes + ">" + content + "</" + name + ">\n";
  }

  void blocks(const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
      std::visit([this](const auto& one) { write(one); }, block);
    }
  }

  void write(const Paragraph& paragraph) { out_ += element("p", line_of(paragraph.text)) + "\n"; }

  void write(const Lines& lines) {
    if (lines.empty()) return;
    out_ += "<dl>\n";
    for (const Line& line : lines) {
      out_ += "<div" + std::string(tone_of(line.tone)) + "><dt>" + escaped(line.label) +
              "</dt><dd>" + line_of(line.text) + "</dd></div>\n";
    }
    out_ += "</dl>\n";
  }

  void write(const Entries& entries) {
    for (const Entry& entry : entries) {
      out_ += "<article id=\"" + escaped(entry.anchor) + "\">\n";
      heading(level_ + 1, "", title_of(entry.title));
      out_ += "<p class=\"id\">" + element("code", escaped(entry.id));
      for (const std::string& mark : entry.marks)
        out_ += " <span class=\"mark\">" + escaped(mark) + "</span>";
      if (entry.state) out_ += " " + state_of(*entry.state);
      out_ += "</p>\n";
      write(entry.lines);
      for (const Verbatim& text : entry.texts) write(text);
      out_ += "</article>\n";
    }
  }

  void write(const Verbatim& text) {
    out_ += "<figure><figcaption>" + escaped(text.about) + "</figcaption>\n<pre><code>";
    std::string_view rest = text.text;
    while (true) {
      const std::size_t end = rest.find('\n');
      out_ += escaped(rest.substr(0, end));
      if (end == std::string_view::npos) break;
      out_ += '\n';
      rest.remove_prefix(end + 1);
    }
    out_ += "</code></pre></figure>\n";
  }

  void write(const Table& table) {
    const std::vector<std::size_t> used = columns_in_use(table);
    html::Table page{.about = escaped(table.about)};
    for (const std::size_t i : used) page.columns.push_back(escaped(table.columns[i]));
    for (const std::vector<Text>& row : table.rows) {
      std::vector<std::string>& cells = page.rows.emplace_back();
      for (const std::size_t i : used) cells.push_back(i < row.size() ? line_of(row[i]) : "");
    }
    out_ += html::table(page);
  }

  void write(const Node& node) {
    out_ += "<ul class=\"tree\">\n";
    tree(node);
    out_ += "</ul>\n";
  }

  void tree(const Node& node) {
    out_ += "<li>" + line_of(node.text) + "\n";
    if (!node.notes.empty()) {
      out_ += "<ul class=\"notes\">\n";
      for (const Text& note : node.notes) out_ += element("li", line_of(note)) + "\n";
      out_ += "</ul>\n";
    }
    if (!node.below.empty()) {
      out_ += "<ul>\n";
      for (const Node& below : node.below) tree(below);
      out_ += "</ul>\n";
    }
    out_ += "</li>\n";
  }

  std::string out_;
  unsigned level_ = 1;
};

}  // namespace

std::string write_html(const Document& document) { return Html().run(document); }

}  // namespace dpol::doc
