#include "sources/changes.h"

#include <utility>

namespace dpol::sources {
namespace {

void text_or_absent(Facts& facts, std::string_view name, std::string_view text,
                    std::uint32_t line) {
  if (!text.empty()) facts.text(name, text, line);
}

void write_row(std::string_view id, const ChangeRecord& one, Facts& facts) {
  const auto truth = [&](std::string_view name, std::optional<bool> value) {
    value ? facts.boolean(name, *value, one.line) : facts.unknown(name, one.line);
  };
  facts.open_map({}, one.line);
  facts.text("id", id, one.line);
  facts.text("title", one.title, one.line);
  one.state.empty() ? facts.unknown("state", one.line) : facts.text("state", one.state, one.line);
  facts.text("status", one.status, one.line);
  text_or_absent(facts, "stage", one.stage, one.line);
  truth("approved", one.approved);
  truth("emergency", one.emergency);
  truth("on_hold", one.on_hold);
  text_or_absent(facts, "risk", one.risk, one.line);
  text_or_absent(facts, "priority", one.priority, one.line);
  text_or_absent(facts, "starts_at", one.starts_at.value_or(""), one.line);
  text_or_absent(facts, "ends_at", one.ends_at.value_or(""), one.line);
  text_or_absent(facts, "updated_at", one.updated_at.value_or(""), one.line);
  facts.close();
}

}  // namespace

void ChangeRecords::add(std::string_view id, ChangeRecord record) {
  records_.insert_or_assign(std::string(id), std::move(record));
}

void ChangeRecords::write(Facts& facts) const {
  std::map<std::string_view, std::int64_t> counts;
  for (const auto& [id, one] : records_) ++counts[one.state];
  // One of which nobody knows may be any of them.
  for (const std::string_view state : {"new", "active", "done"})
    counts.contains("") ? facts.unknown(state) : facts.integer(state, counts[state]);
  facts.open_list("records");
  for (const auto& [id, one] : records_) write_row(id, one, facts);
  facts.close();
}

}  // namespace dpol::sources
