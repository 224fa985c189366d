#include "sources/findings.h"

#include <algorithm>

namespace dpol::sources {

using program::Decimal;

void Findings::tool(std::string_view name) {
  if (!name.empty() && std::ranges::find(tools_, name) == tools_.end()) tools_.emplace_back(name);
}

void Findings::finished(Finished finished) { finished_ = std::max(finished_, finished); }

void Findings::write(Facts& facts) const {
  const auto count = [&](auto&& test) {
    return static_cast<std::int64_t>(std::ranges::count_if(found_, test));
  };
  const auto of_level = [&](std::string_view level) {
    return count([&](const Finding& one) { return one.level == level; });
  };
  const auto at_least = [&](std::int64_t least) {
    return count([&](const Finding& one) {
      return one.severity && *one.severity >= Decimal::from_int64(least);
    });
  };
  facts.integer("errors", of_level("error"));
  facts.integer("warnings", of_level("warning"));
  facts.integer("notes", of_level("note"));
  facts.integer("high", at_least(7));
  facts.integer("critical", at_least(9));
  facts.open_list("found");
  for (const Finding& one : found_) {
    facts.open_map({}, one.line);
    facts.text("tool", one.tool, one.line);
    facts.text("rule", one.rule, one.line);
    facts.text("level", one.level, one.line);
    if (one.severity) facts.decimal("severity", *one.severity, one.line);
    if (!one.file.empty()) facts.text("file", one.file, one.line);
    if (one.file_line) facts.integer("line", *one.file_line, one.line);
    facts.close();
  }
  facts.close();
  facts.integer("suppressed", suppressed_);
  if (finished_ == Finished::unsaid) {
    facts.unknown("completed");
  } else {
    facts.boolean("completed", finished_ == Finished::yes);
  }
  facts.open_list("tools");
  for (const std::string& tool : tools_) facts.text({}, tool);
  facts.close();
  if (made_at_.value()) facts.text("made_at", *made_at_.value());
}

}  // namespace dpol::sources
