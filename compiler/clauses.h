// Clauses that stand in several kinds of statement - rules, procedures, messages, phases - and mean the
// same in each.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check_expr.h"

namespace dpol::compiler {

// A quoted text or a bare name.
std::string word_of(Services& services, std::size_t module, const lang::ast::Expr& expr);
// `why`, `owner`, `severity`, `evidence` and `covers`; what is not said stays.
void describe(Services& services, std::size_t module, const lang::ast::Body& node,
              CheckedAbout& about);

// False, and said so, where roles are declared and this is none of them. `otherwise` ends the help.
bool known_role(Services& services, const std::string& role, const Place& at,
                std::string_view otherwise = {});

// All `only if` of a statement, into `all`. What they test for is `present` behind them. False if one of
// them has errors.
bool only_if_of(Services& services, const ExprScope& scope, const lang::ast::Body& node,
                std::set<std::string>& present, Condition& all);

// A moment: T with or without an offset, or what facts say. `no_metrics` says why metrics may not
// be read, `what` what the moment is of.
std::optional<CheckedAnchor> anchor_of(Services& services, ExprScope scope,
                                       const lang::ast::Expr& expr, std::string_view no_metrics,
                                       std::string_view what);
// The seconds from T of `T`, `T+…`, `T-…`; nothing of any other moment.
std::optional<Decimal> offset_from_deployment(const Expr& expr);

// What a rule of the policy may be called, for whoever misspelt it; from outside of it also by its id.
void add_rule_names(const CheckedPolicy& policy, bool from_outside,
                    std::vector<std::string>& names);

}  // namespace dpol::compiler
