// What the checks look at, and where they put what they find. (Internal to compiler/lint.)
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/lint/lint.h"
#include "compiler/sink.h"
#include "lang/ast.h"

namespace dpol::lint {

using compiler::Checked;
using compiler::CheckedClause;
using compiler::CheckedPolicy;
using compiler::CheckedRule;
using compiler::CheckedStage;
using compiler::Condition;
using compiler::Expr;
using compiler::ExprOp;
using compiler::ExprPtr;
using compiler::kNone;
using compiler::MetricInfo;
using compiler::Place;
using compiler::quoted;
using program::Decimal;
using program::Kind;
using program::Verb;

class Report {
 public:
  explicit Report(std::vector<const lang::SourceFile*> files) : files_(std::move(files)) {}

  // Valid until the next call. What is not in an entry file, and what was said before, is dropped.
  Finding& add(Rule rule, const Place& place, std::string message, std::string label = {});
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::vector<const lang::SourceFile*> files_;
  std::vector<Finding> findings_;
  Finding dropped_;
  std::set<std::tuple<const lang::SourceFile*, std::uint32_t, std::uint32_t, Rule>> seen_;
};

struct Subject {
  const compiler::CompileResult& result;
  const Checked& checked;
  std::vector<const lang::Syntax*> entries;
};

// One row for each file of checks.
#define DPOL_LINT_CHECKS(X) \
  X(check_outcomes)         \
  X(check_pairs)            \
  X(check_operands)         \
  X(check_direction)        \
  X(check_windows)          \
  X(check_stages)           \
  X(check_queries)          \
  X(check_metrics)          \
  X(check_patterns)         \
  X(check_spelling)         \
  X(check_governance)       \
  X(check_names)            \
  X(check_unused)           \
  X(check_loops)            \
  X(check_tests)

#define DPOL_LINT_DECLARE(check) void check(const Subject& subject, Report& report);
DPOL_LINT_CHECKS(DPOL_LINT_DECLARE)
#undef DPOL_LINT_DECLARE

// ---- what several checks ask ----

// What a clause does where its condition has the truth that it answers to.
inline bool bad_truth(const CheckedClause& clause) { return clause.verb != Verb::require; }

// Calls `visit` for an expression and all of its parts, the outer ones first.
template <class Visit>
void walk(const Expr& expr, const Visit& visit) {
  visit(expr);
  for (const ExprPtr& arg : expr.args) walk(*arg, visit);
}

// Calls `visit` for every condition of a judged rule: (policy, rule, clause).
template <class Visit>
void each_clause(const Checked& checked, const Visit& visit) {
  for (const CheckedPolicy& policy : checked.policies) {
    for (const CheckedRule& rule : policy.rules) {
      for (const CheckedClause& clause : rule.clauses) {
        if (clause.condition) visit(policy, rule, clause);
      }
    }
  }
}

// Calls `visit` for every declaration of one kind in the entry files: (syntax, view).
template <class V, class Visit>
void each_node(const Subject& subject, const Visit& visit) {
  for (const lang::Syntax* syntax : subject.entries) {
    for (lang::NodeId id = 0; id < syntax->tree.nodes.size(); ++id) {
      if (V::is(syntax->tree[id].kind)) visit(*syntax, V(*syntax, id));
    }
  }
}

inline Place place_of(const lang::ast::View& view) { return {&view.syntax().source, view.span()}; }

// "5m", "1h30m"
std::string duration_text(Decimal seconds);

// The stages that a rule is judged in; none outside of rollouts.
std::vector<const CheckedStage*> stages_of(const CheckedPolicy& policy, const CheckedRule& rule);
// How long a `during` phase with both ends at fixed distances from T lasts.
std::optional<Decimal> phase_length(const CheckedPolicy& policy, const CheckedRule& rule);

}  // namespace dpol::lint
