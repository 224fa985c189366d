// Facts out of any document, by JSON pointers (RFC 6901). What stands nowhere is unknown. Of
// several documents the later wins, fact by fact; the rows of several tables follow each other.
//
// What is no tree of maps and lists is read as one:
//   csv     a list of rows, each a map by the header's names: `/0/version`; the list itself is ``
//   ndjson  a list of the lines
//   xml     an element is a map of its attributes (`@name`), its children by their names, those of
//           one name as a list, and its text (`#text`); one that has only a text is that text
// Cells and texts are strings, which numbers, times and the like are read from; `true` and `false`
// are truths, and what is empty is unknown.

#include <deque>
#include <map>

#include "runtime/inputs/json.h"
#include "sources/csv.h"
#include "sources/formats.h"
#include "sources/numbers.h"
#include "sources/xml.h"

namespace dpol::sources {
namespace {

using inputs::Document;
using inputs::NodeKind;
using inputs::NodeRef;

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape =
        token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[++i] == '0' ? '~' : '/') : token[i];
  }
  return out;
}

std::optional<NodeRef> element(NodeRef list, std::string_view token) {
  const auto wanted = whole_number(token);
  if (!wanted || *wanted >= list.size()) return std::nullopt;
  auto at = list.begin();
  for (std::int64_t i = 0; i < *wanted; ++i) ++at;
  return *at;
}

std::optional<NodeRef> find(NodeRef root, std::string_view pointer) {
  std::optional<NodeRef> at = root;
  while (at && !pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string token = unescaped(pointer.substr(0, end));
    pointer.remove_prefix(end);
    if (at->is(NodeKind::map)) {
      at = at->find(token);
    } else if (at->is(NodeKind::list)) {
      at = element(*at, token);
    } else {
      at.reset();
    }
  }
  return at;
}

void write(const Documents& documents, std::span<const NodeRef> roots, Facts& facts) {
  for (const FieldPlace& field : documents.fields) {
    std::optional<NodeRef> found;
    for (const NodeRef root : roots) {
      if (const auto node = find(root, field.at)) found = node;
    }
    if (found) {
      facts.copy(field.fact, *found, field.unit);
    } else {
      facts.unknown(field.fact);
    }
  }
}

// A document that others are read into, and where its tree stands.
constexpr std::string_view kTree = "tree";

NodeRef tree_of(const Document& document) { return *document.root().find(kTree); }

void text(Facts& out, std::string_view key, std::string_view value, std::uint32_t line) {
  if (value.empty()) return out.unknown(key, line);
  if (value == "true" || value == "false") return out.boolean(key, value == "true", line);
  out.text(key, value, line);
}

// ---- CSV ----

void csv_rows(const Documents& documents, const Opened& file, Facts& out) {
  CsvRows rows(file.bytes(), file.lines_before());
  std::vector<std::string> row;
  while (rows.next(row)) {
    out.open_map({}, rows.line());
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!rows.header()[i].empty()) text(out, rows.header()[i], row[i], rows.line());
    }
    out.close();
  }
  if (!rows.fault().empty()) documents.fail(file, rows.line(), "a row of a CSV file", rows.fault());
}

// ---- XML ----

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

class XmlTree {
 public:
  XmlTree(const Opened& file, Facts& out) : file_(file), out_(out) {}

  // Documents are of bounded depth.
  void element(std::string_view key, const pugi::xml_node& node) {
    std::map<std::string_view, std::vector<pugi::xml_node>> children;
    std::string words;
    for (const pugi::xml_node child : node.children()) {
      if (child.type() == pugi::node_element) {
        children[child.name()].push_back(child);
      } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        words += child.value();
      }
    }
    const std::uint32_t line = file_.line_of(node);
    if (children.empty() && !node.first_attribute()) return text(out_, key, trimmed(words), line);
    out_.open_map(key, line);
    for (const pugi::xml_attribute one : node.attributes())
      text(out_, "@" + std::string(one.name()), one.value(), line);
    if (!trimmed(words).empty()) text(out_, "#text", trimmed(words), line);
    for (const auto& [name, elements] : children) {
      if (elements.size() == 1) {
        element(name, elements.front());
        continue;
      }
      out_.open_list(name, file_.line_of(elements.front()));
      for (const pugi::xml_node& one : elements) element({}, one);
      out_.close();
    }
    out_.close();
  }

 private:
  const Opened& file_;
  Facts& out_;
};

void refuse_fault(const Documents& documents, const std::optional<std::string>& fault) {
  if (fault) documents.fail(documents.files.back(), 0, "a document that can be held", *fault);
}

}  // namespace

bool recognise_json(Opened& file) { return file.json() != nullptr; }
void read_json(const Documents& documents, Facts& facts) {
  std::vector<NodeRef> roots;
  for (Opened& file : documents.files) roots.push_back(file.json()->root());
  write(documents, roots, facts);
}

bool recognise_yaml(Opened& file) { return file.yaml() != nullptr; }
void read_yaml(const Documents& documents, Facts& facts) {
  std::vector<NodeRef> roots;
  for (Opened& file : documents.files) roots.push_back(file.yaml()->root());
  write(documents, roots, facts);
}

bool recognise_csv(Opened& file) {
  return file.shape() == inputs::Shape::text && !CsvRows(file.bytes()).header().empty();
}
void read_csv(const Documents& documents, Facts& facts) {
  Document table;
  Facts out(table);
  out.open_list(kTree);
  for (const Opened& file : documents.files) csv_rows(documents, file, out);
  out.close();
  if (const auto fault = out.finish()) return refuse_fault(documents, fault);
  const NodeRef root = tree_of(table);
  write(documents, {&root, 1}, facts);
}

bool recognise_ndjson(Opened& file) { return file.first_json_line() != nullptr; }
void read_ndjson(const Documents& documents, Facts& facts) {
  inputs::JsonReader reader;
  Document one;
  Document all;
  Facts out(all);
  out.open_list(kTree);
  for (const Opened& file : documents.files) {
    for (const TextLine& line : file.lines()) {
      if (line.text.find_first_not_of(" \t") == std::string_view::npos) continue;
      inputs::SyntaxFault fault;
      if (!reader.read(line.text, one, fault, line.number))
        return documents.fail(file, line.number, "a JSON document", "a line that " + fault.text);
      out.copy({}, one.root());
    }
  }
  out.close();
  if (const auto fault = out.finish()) return refuse_fault(documents, fault);
  const NodeRef root = tree_of(all);
  write(documents, {&root, 1}, facts);
}

bool recognise_xml(Opened& file) { return file.xml() != nullptr; }
void read_xml(const Documents& documents, Facts& facts) {
  std::deque<Document> trees;
  std::vector<NodeRef> roots;
  for (Opened& file : documents.files) {
    Document& tree = trees.emplace_back();
    Facts out(tree);
    out.open_map(kTree);
    XmlTree(file, out).element(file.xml()->name(), *file.xml());
    out.close();
    if (const auto fault = out.finish()) return refuse_fault(documents, fault);
    roots.push_back(tree_of(tree));
  }
  write(documents, roots, facts);
}

}  // namespace dpol::sources
