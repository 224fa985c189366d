// lint: what a policy that compiles says, and its author hardly means.
//
// Promises
//  - Looks at sound policies only: of a result with errors nothing is found.
//  - A rule speaks of values and meaning; names are looked at by the rules about names alone.
//  - Findings are in the entry files, sorted by place; one rule says one thing about one place once.
//  - No I/O; work is bounded (kMaxFindings, and the limits of space.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/compile.h"
#include "lang/diagnostic.h"

namespace dpol::lint {

inline constexpr std::size_t kMaxFindings = 500;

enum class Family : std::uint8_t {
  cannot_happen,
  never_decided,
  ambiguous,
  governance,
  naming,
  performance,
  tests,
};
// "cannot happen"
std::string_view family_text(Family family);

enum class Rule : std::uint16_t {
#define DPOL_LINT(code, name, text, family, severity, title) name,
#include "compiler/lint/rules.def"
};

struct RuleInfo {
  Rule rule;
  std::string_view code;  // "L0101"
  std::string_view name;  // "never-fails"
  Family family;
  lang::Severity severity;
  std::string_view title;
};
std::span<const RuleInfo> rules();
const RuleInfo& rule_info(Rule rule);
// By name or code; null if there is none.
const RuleInfo* find_rule(std::string_view name_or_code);

struct Finding {
  Rule rule{};
  lang::Diagnostic diagnostic;
  // What `--fix` does about it: the policy decides as before. Often nothing.
  std::vector<lang::Edit> fix;
};

struct LintOptions {
  std::size_t entries = 1;    // how many of CompileResult::files are looked at
  std::vector<Rule> only;     // these; empty: all
  std::vector<Rule> without;  // but not these
};

std::vector<Finding> lint(const compiler::CompileResult& result, const LintOptions& options);

// What is told: the compiler's messages and the findings, sorted by place. Where a finding says that a
// condition cannot happen, the compiler's word that it is constant would say the same again.
std::vector<lang::Diagnostic> messages(const compiler::CompileResult& result,
                                       std::span<const Finding> findings);

}  // namespace dpol::lint
