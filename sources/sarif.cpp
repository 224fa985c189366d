// SARIF 2.1.0. A result's level is that of its rule where it has none itself, and `warning` where
// neither has one. How bad a finding is stands in a property of the rule, as a number in a string.
// What is suppressed does not count; a run without `results` did not finish.

#include <algorithm>

#include "sources/findings.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;
using program::Decimal;

class Sarif {
 public:
  Sarif(const Documents& documents, const Opened& file, Findings& findings)
      : documents_(documents), file_(file), findings_(findings) {}

  void run(NodeRef run) {
    if (const auto driver = entry(run, "tool", "driver")) {
      tool_ = text_at(*driver, "name");
      rules_ = list_at(*driver, "rules");
    }
    findings_.tool(tool_);
    const auto results = list_at(run, "results");
    if (!results) findings_.finished(Findings::Finished::no);
    invocations(run);
    if (!results) return;
    for (const NodeRef result : *results) add(result);
  }

 private:
  void invocations(NodeRef run) {
    const auto list = list_at(run, "invocations");
    if (!list || list->size() == 0) {
      findings_.finished(Findings::Finished::unsaid);
      findings_.made_at(std::nullopt);
      return;
    }
    for (const NodeRef invocation : *list) {
      const std::string_view ended = text_at(invocation, "endTimeUtc");
      findings_.made_at(moment(ended.empty() ? text_at(invocation, "startTimeUtc") : ended, true));
      const auto done = entry(invocation, "executionSuccessful");
      if (!done || !done->is(NodeKind::boolean)) {
        findings_.finished(Findings::Finished::unsaid);
      } else if (!done->truth()) {
        findings_.finished(Findings::Finished::no);
      }
    }
  }

  void add(NodeRef result) {
    if (!result.is(NodeKind::map))
      return documents_.fail(file_, result.line(), "a result", "something else");
    const std::string_view kind = text_at(result, "kind");
    if (!kind.empty() && kind != "fail" && kind != "open" && kind != "review") return;
    if (text_at(result, "baselineState") == "absent") return;
    if (is_suppressed(result)) {
      findings_.add_suppressed();
      return;
    }
    const auto rule = rule_of(result);
    Finding finding;
    finding.tool = tool_;
    finding.rule = id_of(result, rule);
    finding.level = level_of(result, rule);
    if (finding.level == "none") return;
    finding.severity = severity_of(result, rule);
    finding.line = result.line();
    if (const auto places = list_at(result, "locations"); places && places->size() != 0) {
      if (const auto place = entry(*places->begin(), "physicalLocation")) {
        if (const auto artifact = entry(*place, "artifactLocation"))
          finding.file = text_at(*artifact, "uri");
        if (const auto start = entry(*place, "region", "startLine");
            start && start->is(NodeKind::number))
          finding.file_line = whole_number(start->text());
      }
    }
    findings_.add(std::move(finding));
  }

  static bool is_suppressed(NodeRef result) {
    const auto list = list_at(result, "suppressions");
    if (!list || list->size() == 0) return false;
    // Of one that was asked for and turned down, or not answered yet, nothing follows.
    for (const NodeRef one : *list) {
      const std::string_view status = text_at(one, "status");
      if (!status.empty() && status != "accepted") return false;
    }
    return true;
  }

  std::optional<NodeRef> rule_of(NodeRef result) const {
    if (!rules_) return std::nullopt;
    auto index = entry(result, "ruleIndex");
    if (!index) index = entry(result, "rule", "index");
    if (index && index->is(NodeKind::number)) {
      const auto wanted = whole_number(index->text());
      std::int64_t at = 0;
      for (const NodeRef rule : *rules_) {
        if (at++ == wanted) return rule;
      }
    }
    const std::string id = id_of(result, std::nullopt);
    for (const NodeRef rule : *rules_) {
      if (!id.empty() && text_at(rule, "id") == id) return rule;
    }
    return std::nullopt;
  }

  static std::string id_of(NodeRef result, const std::optional<NodeRef>& rule) {
    std::string_view id = text_at(result, "ruleId");
    if (const auto own = entry(result, "rule"); id.empty() && own) id = text_at(*own, "id");
    if (id.empty() && rule) id = text_at(*rule, "id");
    return std::string(id);
  }

  static std::string level_of(NodeRef result, const std::optional<NodeRef>& rule) {
    std::string_view level = text_at(result, "level");
    if (level.empty() && rule) {
      if (const auto standard = entry(*rule, "defaultConfiguration"))
        level = text_at(*standard, "level");
    }
    const bool known = level == "error" || level == "note" || level == "none";
    return known ? std::string(level) : "warning";
  }

  static std::optional<Decimal> severity_of(NodeRef result, const std::optional<NodeRef>& rule) {
    for (const std::optional<NodeRef>& node : {std::optional(result), rule}) {
      const auto found = node ? entry(*node, "properties", "security-severity") : std::nullopt;
      if (!found || (!found->is(NodeKind::string) && !found->is(NodeKind::number))) continue;
      if (const auto number = Decimal::parse(found->text())) return number;
    }
    return std::nullopt;
  }

  const Documents& documents_;
  const Opened& file_;
  Findings& findings_;
  std::string_view tool_;
  std::optional<NodeRef> rules_;
};

}  // namespace

bool recognise_sarif(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && list_at(document->root(), "runs") &&
         text_at(document->root(), "version").starts_with("2.");
}

void read_sarif(const Documents& documents, Facts& facts) {
  Findings findings;
  for (Opened& file : documents.files) {
    const auto runs = list_at(file.json()->root(), "runs");
    // No scanner ran.
    if (runs->size() == 0) {
      findings.finished(Findings::Finished::unsaid);
      findings.made_at(std::nullopt);
    }
    for (const NodeRef run : *runs) Sarif(documents, file, findings).run(run);
  }
  findings.write(facts);
}

}  // namespace dpol::sources
