// Semgrep. How severe a finding is was ERROR, WARNING or INFO, and is CRITICAL, HIGH, MEDIUM or LOW
// since; both stand in results today. Errors of the scan mean that part of the code was not looked
// at.

#include "sources/findings.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

std::string level_of(std::string_view severity) {
  if (severity == "ERROR" || severity == "CRITICAL" || severity == "HIGH") return "error";
  if (severity == "INFO" || severity == "LOW" || severity == "INVENTORY" ||
      severity == "EXPERIMENT")
    return "note";
  return "warning";
}

// The least that a word stands for, in the bands of CVSS.
std::optional<program::Decimal> severity_of(std::string_view severity) {
  if (severity == "CRITICAL") return program::Decimal::from_int64(9);
  if (severity == "HIGH") return program::Decimal::from_int64(7);
  return std::nullopt;
}

}  // namespace

bool recognise_semgrep(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr || !list_at(document->root(), "results") ||
      !list_at(document->root(), "errors"))
    return false;
  const auto results = list_at(document->root(), "results");
  const bool nothing_else = document->root().size() == 2;
  return nothing_else || entry(document->root(), "paths") ||
         (results->size() != 0 && entry(*results->begin(), "check_id"));
}

void read_semgrep(const Documents& documents, Facts& facts) {
  Findings findings;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    findings.tool("Semgrep");
    if (list_at(root, "errors")->size() != 0) findings.finished(Findings::Finished::no);
    const auto results = list_at(root, "results");
    for (const NodeRef result : *results) {
      const auto extra = entry(result, "extra");
      const std::string rule(text_at(result, "check_id"));
      if (!extra || rule.empty()) {
        documents.fail(file, result.line(), "a result with `check_id` and `extra`", "one without");
        continue;
      }
      if (const auto ignored = entry(*extra, "is_ignored");
          ignored && ignored->is(NodeKind::boolean) && ignored->truth()) {
        findings.add_suppressed();
        continue;
      }
      Finding finding;
      finding.tool = "Semgrep";
      finding.rule = rule;
      finding.level = level_of(text_at(*extra, "severity"));
      finding.severity = severity_of(text_at(*extra, "severity"));
      finding.file = text_at(result, "path");
      finding.line = result.line();
      if (const auto start = entry(result, "start", "line"); start && start->is(NodeKind::number))
        finding.file_line = whole_number(start->text());
      findings.add(std::move(finding));
    }
  }
  findings.write(facts);
}

}  // namespace dpol::sources
