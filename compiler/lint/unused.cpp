// Declarations that nothing uses.
//
// What is used is told by the names that a file's expressions, types and texts mention. A file with
// a `module` line is there for others, who may use what it does not use itself: its declarations
// are left alone.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "compiler/lint/subject.h"
#include "compiler/modules.h"
#include "lang/literals.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;
using lang::NodeId;
using lang::NodeKind;
using lang::Syntax;
using lang::TokenKind;
using Words = std::set<std::string, std::less<>>;

// The names that a stretch of text mentions.
struct Mentions {
  Words complete;  // a.b.c
  Words prefixes;  // a, a.b, a.b.c
  Words tails;     // c
  Words literals;  // texts of numbers with units

  void add(std::string path) {
    for (const char* word : {"facts.", "metrics.", "params."}) {
      if (path.starts_with(word)) add(path.substr(std::string_view(word).size()));
    }
    for (std::size_t dot = path.find('.'); dot != std::string::npos;
         dot = path.find('.', dot + 1)) {
      prefixes.insert(path.substr(0, dot));
    }
    prefixes.insert(path);
    tails.insert(path.substr(path.rfind('.') + 1));
    complete.insert(std::move(path));
  }
  void add(const Mentions& other) {
    complete.insert(other.complete.begin(), other.complete.end());
    prefixes.insert(other.prefixes.begin(), other.prefixes.end());
    tails.insert(other.tails.begin(), other.tails.end());
    literals.insert(other.literals.begin(), other.literals.end());
  }
  // The fact itself, a part of it, or a record that it is part of.
  bool has_input(const std::string& path) const {
    if (prefixes.contains(path)) return true;
    for (std::size_t dot = path.find('.'); dot != std::string::npos;
         dot = path.find('.', dot + 1)) {
      if (complete.contains(path.substr(0, dot))) return true;
    }
    return false;
  }
  bool has_name(std::string_view name) const {
    return prefixes.contains(name) || tails.contains(name);
  }
  bool has_unit(std::string_view name) const {
    return has_name(name) || std::ranges::any_of(literals, [&](const std::string& literal) {
             return literal.find(name) != std::string::npos;
           });
  }
};

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') kept += c;
  }
  return kept;
}

class Collector {
 public:
  explicit Collector(const Syntax& syntax) : syntax_(syntax) { mark_left_out(); }

  // Of nodes [first, last].
  Mentions collect(NodeId first, NodeId last, bool with_tests) const {
    Mentions mentions;
    for (NodeId id = first; id <= last; ++id) {
      if (!left_out_.contains(id) && (with_tests || !in_test(id))) add(id, mentions);
    }
    return mentions;
  }
  Mentions all(bool with_tests) const { return collect(0, syntax_.tree.root(), with_tests); }

 private:
  void add(NodeId id, Mentions& mentions) const {
    const ast::View node(syntax_, id);
    switch (node.kind()) {
      case NodeKind::Path:
      case NodeKind::TypeName:
        mentions.add(without_blanks(node.text()));
        break;
      case NodeKind::UnitType: {
        const ast::Type type(syntax_, id);
        mentions.add(std::string(type.unit()));
        if (!type.per().empty()) mentions.add(std::string(type.per()));
        break;
      }
      case NodeKind::Literal:
      case NodeKind::Title:
        add_text(node, mentions);
        break;
      default:
        break;
    }
  }

  void add_text(const ast::View& node, Mentions& mentions) const {
    const TokenKind kind = syntax_.tokens[node.first_token()].kind;
    if (kind == TokenKind::String || kind == TokenKind::Query) {
      for (const lang::StringPart& part : lang::decode_string(syntax_.source, node.span())) {
        if (part.hole) mentions.add(part.text);
      }
    } else if (kind != TokenKind::Regex) {
      mentions.literals.emplace(node.text());
    }
  }

  // What is named only to be given or set is not used by that.
  void mark_left_out() {
    for (NodeId id = 0; id < syntax_.tree.nodes.size(); ++id) {
      const ast::View node(syntax_, id);
      if (const auto assign = node.as<ast::Assign>()) left_out_.insert(assign.target().node());
      if (const auto set = node.as<ast::Set>()) left_out_.insert(set.target().node());
      if (const auto module = node.as<ast::Module>()) left_out_.insert(module.path().node());
      if (const auto import = node.as<ast::Import>(); import && import.path()) {
        left_out_.insert(import.path().node());
      }
      if (node.kind() == NodeKind::Test) {
        tests_.emplace_back(id + 1 - syntax_.tree[id].subtree_size, id);
      }
    }
  }
  bool in_test(NodeId id) const {
    return std::ranges::any_of(
        tests_, [&](const auto& range) { return range.first <= id && id <= range.second; });
  }

  const Syntax& syntax_;
  std::set<NodeId> left_out_;
  std::vector<std::pair<NodeId, NodeId>> tests_;
};

bool has_module(const Syntax& syntax) {
  return std::ranges::any_of(syntax.tree.nodes,
                             [](const lang::Node& node) { return node.kind == NodeKind::Module; });
}

// What says which release it is; sign-offs and reports read it without being told to.
bool identifies_release(std::string_view fact) {
  return fact == "service" || fact == "version" || fact == "environment" || fact == "deployed_at";
}

class Unused {
 public:
  Unused(const Subject& subject, Report& report) : subject_(subject), report_(report) {
    for (const auto& file : subject.result.files) {
      const auto at = collectors_.try_emplace(file.get(), *file).first;
      used_.add(at->second.all(false));
    }
  }

  void run() {
    for (const auto& fact : subject_.checked.facts) {
      if (!is_private(fact.place) || identifies_release(fact.path)) continue;
      if (!used_.has_input(fact.path)) {
        report_.add(Rule::unused_fact, fact.place, "nothing reads the fact " + quoted(fact.path));
      }
    }
    for (const MetricInfo& metric : subject_.checked.metrics) {
      if (!is_private(metric.place) || used_.prefixes.contains(metric.name)) continue;
      report_.add(Rule::unused_metric, metric.place,
                  "nothing reads the metric " + quoted(metric.name));
    }
    for (const auto& param : subject_.checked.params) {
      if (!is_private(param.place) || used_.prefixes.contains(param.name)) continue;
      report_.add(Rule::unused_param, param.place,
                  "nothing reads the parameter " + quoted(param.name));
    }
    declarations();
    variables();
    for (const Syntax* syntax : subject_.entries) imports(*syntax);
  }

 private:
  bool is_private(const Place& place) const {
    for (const Syntax* syntax : subject_.entries) {
      if (&syntax->source == place.file) return !has_module(*syntax);
    }
    return false;
  }

  void declarations() {
    for (const Syntax* syntax : subject_.entries) {
      if (has_module(*syntax)) continue;
      for (const ast::Declaration& declaration : ast::File(*syntax).declarations()) {
        const auto name = declaration.child<ast::Name>();
        if (!name) continue;
        const std::string text(name.text());
        switch (declaration.kind()) {
          case NodeKind::Fn:
            if (!used_.has_name(text)) {
              report_.add(Rule::unused_function, place_of(name), "nothing calls " + quoted(text));
            }
            break;
          case NodeKind::Enum:
          case NodeKind::Record:
            if (!used_.has_name(text)) {
              report_.add(Rule::unused_type, place_of(name), "nothing is a " + quoted(text));
            }
            break;
          case NodeKind::Unit:
            if (!used_.has_unit(text)) {
              report_.add(Rule::unused_type, place_of(name),
                          "nothing is counted in " + quoted(text));
            }
            break;
          case NodeKind::Role:
            if (!used_.has_name(text)) {
              report_.add(Rule::unused_role, place_of(name), "nobody is asked as " + quoted(text));
            }
            break;
          default:
            break;
        }
      }
    }
  }

  void variables() {
    each_node<ast::QuantifierExpr>(subject_,
                                   [&](const Syntax& syntax, const ast::QuantifierExpr& node) {
                                     variable(syntax, node, node.variable());
                                   });
    each_node<ast::ComprehensionExpr>(
        subject_, [&](const Syntax& syntax, const ast::ComprehensionExpr& node) {
          // `count(p in pods)` has no condition that could read it.
          if (node.where() || node.value()) variable(syntax, node, node.variable());
        });
    each_node<ast::Fn>(subject_, [&](const Syntax& syntax, const ast::Fn& node) {
      for (const ast::FnParam& param : node.params()) variable(syntax, node, param.name());
    });
  }

  void variable(const Syntax& syntax, const ast::View& scope, const ast::Name& name) {
    const NodeId last = scope.node();
    const NodeId first = last + 1 - syntax.tree[last].subtree_size;
    const Mentions inside = collectors_.at(&syntax).collect(first, last, true);
    if (!name || inside.prefixes.contains(name.text())) return;
    report_.add(Rule::unused_variable, place_of(name),
                quoted(name.text()) + " is not read, so every row gets the same answer");
  }

  // ---- imports

  const Syntax* imported_file(const Syntax& from, const ast::Import& import) const {
    for (const auto& file : subject_.result.files) {
      if (const auto path = import.file()) {
        const auto text = path.plain_text();
        if (text && file->source.name() == compiler::relative_path(from.source.name(), *text)) {
          return file.get();
        }
        continue;
      }
      for (const auto& module : ast::File(*file).children<ast::Module>()) {
        if (module.path().joined() == import.path().joined()) return file.get();
      }
    }
    return nullptr;
  }

  // What a file and those that it imports declare.
  void add_declared(const Syntax& syntax, std::set<const Syntax*>& seen, Words& names) const {
    if (!seen.insert(&syntax).second) return;
    for (const ast::Declaration& declaration : ast::File(syntax).declarations()) {
      if (const auto facts = declaration.as<ast::Facts>()) {
        for (const ast::Field& field : facts.fields()) names.emplace(field.name().text());
      } else if (const auto import = declaration.as<ast::Import>()) {
        if (const Syntax* file = imported_file(syntax, import)) add_declared(*file, seen, names);
      } else if (const auto name = declaration.child<ast::Name>()) {
        names.emplace(name.text());
      }
    }
  }

  void imports(const Syntax& syntax) {
    const Mentions mentioned = collectors_.at(&syntax).all(true);
    for (const auto& import : ast::File(syntax).children<ast::Import>()) {
      const Syntax* file = imported_file(syntax, import);
      if (file == nullptr) continue;
      Words names;
      std::set<const Syntax*> seen = {&syntax};
      add_declared(*file, seen, names);
      seen.erase(&syntax);
      const bool used = std::ranges::any_of(
          names, [&](const std::string& name) { return mentioned.has_name(name); });
      if (used || names.empty() || gives_input(syntax, names) || counts_in(mentioned, seen))
        continue;
      Finding& finding = report_.add(Rule::unused_import, place_of(import),
                                     "nothing of what this imports is used here");
      finding.diagnostic.suggest("take it away", &syntax.source, whole_lines(syntax, import.span()),
                                 "");
      finding.fix = finding.diagnostic.help.back().edits;
    }
  }

  // A literal such as `5order/s` mentions a unit.
  static bool counts_in(const Mentions& mentioned, const std::set<const Syntax*>& files) {
    return std::ranges::any_of(files, [&](const Syntax* file) {
      return std::ranges::any_of(ast::File(*file).children<ast::UnitDecl>(), [&](const auto& unit) {
        return mentioned.has_unit(unit.name().text());
      });
    });
  }

  // With its line break, if nothing else stands on the line.
  static lang::Span whole_lines(const Syntax& syntax, lang::Span span) {
    const std::string_view text = syntax.source.text();
    const std::size_t end = text.find_first_not_of(" \t\r", span.end);
    const bool alone = syntax.source.position(span.begin).column == 1;
    if (alone && end != std::string_view::npos && text[end] == '\n') {
      span.end = static_cast<std::uint32_t>(end) + 1;
    }
    return span;
  }

  // Tests and sources name what they give.
  static bool gives_input(const Syntax& syntax, const Words& names) {
    for (NodeId id = 0; id < syntax.tree.nodes.size(); ++id) {
      const auto assign = ast::View(syntax, id).as<ast::Assign>();
      if (!assign) continue;
      const std::string target = without_blanks(assign.target().text());
      if (names.contains(target.substr(0, target.find_first_of(".[")))) return true;
    }
    return false;
  }

  const Subject& subject_;
  Report& report_;
  std::map<const Syntax*, Collector> collectors_;
  Mentions used_;
};

}  // namespace

void check_unused(const Subject& subject, Report& report) { Unused(subject, report).run(); }

}  // namespace dpol::lint
