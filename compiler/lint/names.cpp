// How things are called.

#include <map>
#include <string>
#include <utility>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;
using lang::NodeKind;

bool is_snake_case(std::string_view name) {
  bool after_bar = true;  // a bar neither first nor twice
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool bar = c == '_';
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (bar && !after_bar);
    if (!fits) return false;
    after_bar = bar;
  }
  return !after_bar;
}

std::string snake_case(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    const bool after_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
    if (upper && after_lower && !text.ends_with('_')) text += '_';
    if (c == '_' && (text.empty() || text.ends_with('_'))) continue;
    text += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (text.ends_with('_')) text.pop_back();
  return text;
}

// What a policy gives a name to, of its own choice.
struct Named : ast::View {
  using View::View;
  static bool is(NodeKind kind);
};

bool Named::is(NodeKind kind) {
  switch (kind) {
    case NodeKind::Enum:
    case NodeKind::Record:
    case NodeKind::Metric:
    case NodeKind::Fn:
    case NodeKind::FnParam:
    case NodeKind::Role:
    case NodeKind::Policy:
    case NodeKind::Param:
    case NodeKind::Phase:
    case NodeKind::Item:
    case NodeKind::StandingRule:
    case NodeKind::Rollout:
    case NodeKind::Quantifier:
      return true;
    default:
      return false;
  }
}

class Shadows {
 public:
  Shadows(const Subject& subject, Report& report) : report_(report) {
    for (const auto& fact : subject.checked.facts) {
      inputs_.insert({fact.path.substr(0, fact.path.find('.')), {fact.place, "fact"}});
    }
    for (const auto& metric : subject.checked.metrics) {
      inputs_.insert({metric.name, {metric.place, "metric"}});
    }
  }

  void check(const ast::Name& name, const std::string& what) {
    const auto hidden = inputs_.find(std::string(name.text()));
    if (!name || hidden == inputs_.end()) return;
    const auto& [place, kind] = hidden->second;
    report_
        .add(Rule::shadowing_name, place_of(name),
             what + " " + quoted(name.text()) + " hides the " + kind + " of that name")
        .diagnostic.also(place.file, place.span, std::string("the ") + kind);
  }

 private:
  Report& report_;
  std::map<std::string, std::pair<Place, const char*>> inputs_;
};

}  // namespace

void check_names(const Subject& subject, Report& report) {
  Shadows shadows(subject, report);
  each_node<Named>(subject, [&](const lang::Syntax&, const Named& node) {
    const auto name = node.child<ast::Name>();
    if (!name || is_snake_case(name.text())) return;
    report.add(Rule::not_snake_case, place_of(name), quoted(name.text()) + " is not in snake_case")
        .diagnostic.suggest("call it " + quoted(snake_case(name.text())));
  });
  each_node<ast::QuantifierExpr>(subject,
                                 [&](const lang::Syntax&, const ast::QuantifierExpr& node) {
                                   shadows.check(node.variable(), "the variable");
                                 });
  each_node<ast::ComprehensionExpr>(subject,
                                    [&](const lang::Syntax&, const ast::ComprehensionExpr& node) {
                                      shadows.check(node.variable(), "the variable");
                                    });
  each_node<ast::FnParam>(subject, [&](const lang::Syntax&, const ast::FnParam& node) {
    shadows.check(node.name(), "the parameter");
  });
  each_node<ast::Param>(subject, [&](const lang::Syntax&, const ast::Param& node) {
    shadows.check(node.name(), "the parameter");
  });
}

}  // namespace dpol::lint
