// RulesOf: the rules of a policy as entries, in the order of time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/checked.h"
#include "compiler/doc/document.h"
#include "compiler/doc/words.h"

namespace dpol::doc {

// What one statement of the policy says: a rule or, of a threshold, one for each of its verbs.
struct Statement {
  std::vector<std::uint32_t> rules;  // into CheckedPolicy::rules; at least one
};

class RulesOf {
 public:
  RulesOf(const compiler::Checked& checked, const compiler::CheckedPolicy& policy,
          Anchors& anchors);

  // Of a policy itself, those that are due at any time and those that are due from the deployment
  // on.
  std::vector<Statement> at_any_time() const;
  std::vector<Statement> from_deployment() const;
  std::vector<Statement> of_phase(std::uint32_t phase) const;
  // At every stage.
  std::vector<Statement> of_rollout(std::uint32_t rollout) const;
  // At the stages [first, last].
  std::vector<Statement> of_stages(std::uint32_t rollout, std::uint32_t first,
                                   std::uint32_t last) const;

  Entries entries(const std::vector<Statement>& statements) const;
  // A rule's name, leading to it.
  Run link(std::uint32_t rule) const;

 private:
  template <class Test>
  std::vector<Statement> where(Test test) const;
  bool same_statement(const compiler::CheckedRule& a, const compiler::CheckedRule& b) const;

  Entry entry(const Statement& statement) const;
  void clauses(const compiler::CheckedRule& rule, bool one_of_several, Lines& lines) const;
  void options(const compiler::CheckedRule& rule, Lines& lines) const;
  void absences(const compiler::CheckedRule& rule, Lines& lines) const;
  void origin(const Statement& statement, Lines& lines) const;

  const compiler::Checked& checked_;
  const compiler::CheckedPolicy& policy_;
  std::vector<std::string> anchors_;  // of each rule
};

// How a departure from what is inherited reads: "`set` …".
Text change_text(const compiler::CheckedOverride& change);

}  // namespace dpol::doc
