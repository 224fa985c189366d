// What the tests of a policy leave untried.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;
using ast::Outcome;

bool is_tail(std::string_view whole, std::string_view tail) {
  return whole == tail || (whole.ends_with(tail) && whole[whole.size() - tail.size() - 1] == '.');
}

class Tests {
 public:
  Tests(const Subject& subject, Report& report) : subject_(subject), report_(report) {
    each_node<ast::Test>(
        subject, [&](const lang::Syntax&, const ast::Test& test) { tests_.push_back(test); });
  }

  void run() {
    titles();
    for (const ast::Test& test : tests_) {
      if (!expects(test).empty()) continue;
      report_.add(Rule::test_expects_nothing, place_of(test.title()),
                  "this test expects nothing, so it cannot fail");
    }
    for (const CheckedPolicy& policy : subject_.checked.policies) of(policy);
  }

 private:
  static std::vector<ast::Expect> expects(const ast::Test& test) {
    std::vector<ast::Expect> all;
    for (const ast::Statement& statement : test.statements()) {
      if (const auto expect = statement.as<ast::Expect>()) all.push_back(expect);
    }
    return all;
  }

  void titles() {
    std::map<std::string, ast::Test> first;
    for (const ast::Test& test : tests_) {
      if (!test.title()) continue;
      const auto [at, is_new] =
          first.try_emplace(test.policy().joined() + " " + test.title().value(), test);
      if (is_new) continue;
      const Place other = place_of(at->second.title());
      report_
          .add(Rule::test_title_twice, place_of(test.title()),
               "another test has this title, so a report cannot tell them apart")
          .diagnostic.also(other.file, other.span, "the other one");
    }
  }

  void of(const CheckedPolicy& policy) {
    std::vector<ast::Test> own;
    for (const ast::Test& test : tests_) {
      const ast::Path path = test.policy();
      if (!path || is_tail(policy.id, path.joined()) || is_tail(path.joined(), policy.id)) {
        own.push_back(test);
      }
    }
    if (own.empty()) {
      report_.add(Rule::no_tests, policy.place, "no test is of policy " + quoted(policy.id))
          .diagnostic.suggest("write one: `test \"…\" of " + policy.id + " { … expect … }`");
      return;
    }
    only_good_news(policy, own);
    const Names named = named_by(own);
    for (const CheckedRule& rule : policy.rules) rollback(policy, rule, named);
  }

  void only_good_news(const CheckedPolicy& policy, const std::vector<ast::Test>& own) {
    bool some = false;
    for (const ast::Test& test : own) {
      for (const ast::Expect& expect : expects(test)) {
        some = true;
        const Outcome outcome = expect.outcome();
        if (outcome != Outcome::Go && outcome != Outcome::Advance && outcome != Outcome::Promoted) {
          return;
        }
      }
    }
    if (!some) return;
    report_.add(Rule::only_good_news, policy.place,
                "all tests of " + quoted(policy.id) +
                    " expect that the release goes on; a policy without rules would pass them");
  }

  using Names = std::set<std::string, std::less<>>;

  // The rules that tests expect something by.
  static Names named_by(const std::vector<ast::Test>& own) {
    Names names;
    for (const ast::Test& test : own) {
      for (const ast::Expect& expect : expects(test)) {
        for (const ast::Path& name : expect.by()) names.insert(name.joined());
        if (expect.syntax().source.text(expect.outcome_span()) != "fired") continue;
        for (const ast::Path& name : expect.rules()) names.insert(name.joined());
      }
    }
    return names;
  }

  static bool has_tail(const Names& names, std::string_view id) {
    while (!names.contains(id)) {
      const std::size_t dot = id.find('.');
      if (dot == std::string_view::npos) return false;
      id.remove_prefix(dot + 1);
    }
    return true;
  }

  void rollback(const CheckedPolicy& policy, const CheckedRule& rule, const Names& named) {
    const auto clause = std::ranges::find_if(rule.clauses, [](const CheckedClause& c) {
      return c.verb == Verb::rollback && c.condition;
    });
    if (clause == rule.clauses.end()) return;
    if (has_tail(named, policy.rule_id(rule)) || has_tail(named, policy.id + "." + rule.group))
      return;
    report_.add(Rule::untested_rollback, rule.place,
                "no test expects a rollback by " + quoted(rule.path));
  }

  const Subject& subject_;
  Report& report_;
  std::vector<ast::Test> tests_;
};

}  // namespace

void check_tests(const Subject& subject, Report& report) { Tests(subject, report).run(); }

}  // namespace dpol::lint
