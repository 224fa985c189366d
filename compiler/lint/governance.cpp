// Who is responsible, who may do what, and whether it is said why.

#include <algorithm>

#include "compiler/lint/subject.h"

namespace dpol::lint {

namespace {

namespace ast = lang::ast;
using program::Missing;

void owner(const CheckedPolicy& policy, Report& report) {
  if (!policy.owner.empty()) return;
  const bool all_owned = std::ranges::all_of(
      policy.rules, [](const CheckedRule& rule) { return !rule.owner.empty(); });
  if (all_owned) return;
  report.add(Rule::no_owner, policy.place, "nobody owns policy " + quoted(policy.id))
      .diagnostic.suggest("say who is asked about it: `owner \"team-…\"`");
}

void rule(const ast::Rule& node, Report& report) {
  if (node.kind() == lang::NodeKind::Item && !node.title()) {
    report
        .add(Rule::no_title, place_of(node.name()),
             "reports have nothing but a name for " + quoted(node.name().text()))
        .diagnostic.suggest("give it a title: `item " + std::string(node.name().text()) +
                            " \"…\"`");
  }
  if (!node.is_final()) return;
  const ast::Name name = node.name();
  const Place at = name ? place_of(name) : place_of(node);
  if (!node.why() && node.doc().empty()) {
    report.add(Rule::final_without_why, at, "nobody may change this rule, and it does not say why")
        .diagnostic.suggest("say `why \"…\"`");
  }
  if (const auto waivable = node.waivable_by()) {
    report.add(Rule::waivable_final, place_of(waivable),
               "a final rule cannot be dropped, and yet it can be waived for any release");
  }
}

void changes(const ast::Policy& policy, Report& report) {
  for (const ast::Statement& statement : policy.statements()) {
    const auto set = statement.as<ast::Set>();
    const auto replace = statement.as<ast::Replace>();
    if (set && !set.because()) {
      report
          .add(Rule::change_without_reason, place_of(set),
               "this parameter is set, and it is not said why")
          .diagnostic.suggest("say `because \"…\"`");
    }
    if (replace && !replace.reason()) {
      const ast::Name name = replace.rule().name();
      report
          .add(Rule::change_without_reason, name ? place_of(name) : place_of(replace),
               "an inherited rule is replaced, and it is not said why")
          .diagnostic.suggest("say `because \"…\"`");
    }
  }
}

}  // namespace

void check_governance(const Subject& subject, Report& report) {
  for (const CheckedPolicy& policy : subject.checked.policies) owner(policy, report);
  each_node<ast::Rule>(subject,
                       [&](const lang::Syntax&, const ast::Rule& node) { rule(node, report); });
  each_node<ast::Policy>(
      subject, [&](const lang::Syntax&, const ast::Policy& node) { changes(node, report); });
  each_node<ast::TrialMark>(subject, [&](const lang::Syntax&, const ast::TrialMark& node) {
    if (node.until()) return;
    report
        .add(Rule::trial_without_end, place_of(node),
             "this trial has no end, so nobody is asked to decide about it")
        .diagnostic.suggest("say until when: `trial until 2026-12-31`");
  });
  each_node<ast::Confirm>(subject, [&](const lang::Syntax&, const ast::Confirm& node) {
    if (!node.approvers().empty()) return;
    report.add(Rule::confirm_by_anybody, place_of(node), "anybody can give this sign-off")
        .diagnostic.suggest("say whose it is: `confirm by 1 release_manager`");
  });
  each_clause(subject.checked,
              [&](const CheckedPolicy&, const CheckedRule&, const CheckedClause& clause) {
                if (clause.if_missing != Missing::pass || clause.verb == Verb::warn) return;
                report
                    .add(Rule::unknown_passes, clause.place,
                         "where nothing is known of `" + clause.condition.text + "`, this passes")
                    .diagnostic.suggest("`if missing hold` asks somebody to look");
              });
}

}  // namespace dpol::lint
