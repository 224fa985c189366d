#include "compiler/lint/lint.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "compiler/lint/allowances.h"
#include "compiler/lint/subject.h"
#include "runtime/program/quantity.h"

namespace dpol::lint {

namespace {

constexpr std::array kRules = {
#define DPOL_LINT(code, name, text, family, severity, title) \
  RuleInfo{Rule::name, #code, text, Family::family, lang::Severity::severity, title},
#include "compiler/lint/rules.def"
};

// Before allowances; more than these are never printed in any case.
constexpr std::size_t kMostKept = 10'000;

bool is_asked(Rule rule, const LintOptions& options) {
  if (std::ranges::find(options.without, rule) != options.without.end()) return false;
  return options.only.empty() || std::ranges::find(options.only, rule) != options.only.end();
}

void sort_by_place(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    const lang::Label& at = finding.diagnostic.primary;
    return std::tuple(std::string_view(at.file->name()), at.span.begin, finding.rule);
  });
}

}  // namespace

std::span<const RuleInfo> rules() { return kRules; }

const RuleInfo& rule_info(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

const RuleInfo* find_rule(std::string_view name_or_code) {
  const auto* at = std::ranges::find_if(kRules, [&](const RuleInfo& info) {
    return info.name == name_or_code || info.code == name_or_code;
  });
  return at == kRules.end() ? nullptr : at;
}

std::string_view family_text(Family family) {
  switch (family) {
    case Family::cannot_happen:
      return "cannot happen";
    case Family::never_decided:
      return "never decided";
    case Family::ambiguous:
      return "ambiguous";
    case Family::governance:
      return "governance";
    case Family::naming:
      return "naming";
    case Family::performance:
      return "performance";
    case Family::tests:
      return "tests";
  }
  return "";
}

std::vector<Finding> lint(const compiler::CompileResult& result, const LintOptions& options) {
  if (!result.ok()) return {};
  Subject subject{result, result.checked, {}};
  std::vector<const lang::SourceFile*> files;
  for (std::size_t i = 0; i < std::min(options.entries, result.files.size()); ++i) {
    subject.entries.push_back(result.files[i].get());
    files.push_back(&result.files[i]->source);
  }
  Report report(std::move(files));
#define DPOL_LINT_CALL(check) check(subject, report);
  DPOL_LINT_CHECKS(DPOL_LINT_CALL)
#undef DPOL_LINT_CALL
  std::vector<Finding> findings = apply_allowances(subject, report.take());
  std::erase_if(findings, [&](const Finding& finding) { return !is_asked(finding.rule, options); });
  sort_by_place(findings);
  if (findings.size() > kMaxFindings) findings.resize(kMaxFindings);
  return findings;
}

// ------------------------------------------------------------------------------------ subject.h

Finding& Report::add(Rule rule, const Place& place, std::string message, std::string label) {
  Finding finding;
  finding.rule = rule;
  finding.diagnostic.severity = rule_info(rule).severity;
  finding.diagnostic.rule_code = rule_info(rule).code;
  finding.diagnostic.message = std::move(message);
  finding.diagnostic.primary = {place.file, place.span, std::move(label)};
  const bool is_entry = std::ranges::find(files_, place.file) != files_.end();
  if (!is_entry || findings_.size() >= kMostKept ||
      !seen_.emplace(place.file, place.span.begin, place.span.end, rule).second) {
    return dropped_ = std::move(finding);
  }
  return findings_.emplace_back(std::move(finding));
}

std::string duration_text(Decimal seconds) {
  return program::format_exact(seconds, program::Type::duration(), program::NoUnits());
}

std::vector<lang::Diagnostic> messages(const compiler::CompileResult& result,
                                       std::span<const Finding> findings) {
  const auto said_again = [&](const lang::Diagnostic& message) {
    if (message.code != lang::DiagnosticCode::W0401) return false;
    return std::ranges::any_of(findings, [&](const Finding& finding) {
      const lang::Label& place = finding.diagnostic.primary;
      return rule_info(finding.rule).family == Family::cannot_happen &&
             place.file == message.primary.file && place.span.begin < message.primary.span.end &&
             message.primary.span.begin < place.span.end;
    });
  };
  std::vector<lang::Diagnostic> all;
  std::ranges::remove_copy_if(result.diagnostics, std::back_inserter(all), said_again);
  for (const Finding& finding : findings) all.push_back(finding.diagnostic);
  lang::sort_diagnostics(all);
  return all;
}

std::vector<const CheckedStage*> stages_of(const CheckedPolicy& policy, const CheckedRule& rule) {
  std::vector<const CheckedStage*> stages;
  if (rule.rollout == kNone || rule.rollout >= policy.rollouts.size()) return stages;
  const auto& all = policy.rollouts[rule.rollout].stages;
  const bool some = rule.scope == program::Scope::stages;
  const std::size_t last = some ? rule.last_stage : all.size() - 1;
  for (std::size_t i = some ? rule.first_stage : 0; i < all.size() && i <= last; ++i) {
    stages.push_back(&all[i]);
  }
  return stages;
}

std::optional<Decimal> phase_length(const CheckedPolicy& policy, const CheckedRule& rule) {
  if (rule.phase == kNone || rule.phase >= policy.phases.size()) return std::nullopt;
  const compiler::CheckedPhase& phase = policy.phases[rule.phase];
  if (phase.kind != program::PhaseKind::during || !phase.closes || !phase.opens.from_deployment ||
      !phase.closes->from_deployment) {
    return std::nullopt;
  }
  Decimal length;
  if (!Decimal::sub(phase.closes->offset_seconds, phase.opens.offset_seconds, length)) {
    return std::nullopt;
  }
  return length;
}

}  // namespace dpol::lint
