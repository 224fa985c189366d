// Change requests of ServiceNow, as its Table API and its Change Management API have them. Every
// value is a text, and one that is empty is none. By `sysparm_display_value` a field is its value,
// a map of both, or only what people are shown: then states are words of a language, and times are
// of the zone of whoever asked, so that they are none that can be told.

#include <algorithm>

#include "sources/changes.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/numbers.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

struct SnowField {
  std::string_view value;    // "" where only what is shown is there
  std::string_view display;  // "" where only the value is there
  std::string_view any() const { return value.empty() ? display : value; }
  std::string_view shown() const { return display.empty() ? value : display; }
};

// The Change Management API has numbers for it, as `-2.0`.
std::string_view snow_value(NodeRef node, std::string_view key) {
  const auto found = entry(node, key);
  std::string_view text = scalar_at(node, key);
  if (found && found->is(NodeKind::number) && text.ends_with(".0")) text.remove_suffix(2);
  return text;
}

std::string_view without_minus(std::string_view text) {
  return text.starts_with('-') ? text.substr(1) : text;
}

// One record and how its fields are written.
class SnowRecord {
 public:
  explicit SnowRecord(NodeRef node) : node_(node) {
    // Of a plain text the state tells which of both it is.
    const std::string_view state = snow_value(node, "state");
    shown_only_ = !state.empty() && !whole_number(without_minus(state));
  }

  SnowField field(std::string_view key) const {
    const auto found = entry(node_, key);
    if (!found) return {};
    if (found->is(NodeKind::map))
      return {snow_value(*found, "value"), scalar_at(*found, "display_value")};
    if (found->is(NodeKind::boolean)) return {found->truth() ? "true" : "false", {}};
    const std::string_view text = snow_value(node_, key);
    return shown_only_ ? SnowField{{}, text} : SnowField{text, {}};
  }

  // Values are in UTC and do not say so.
  std::optional<std::string> time(std::string_view key) const {
    return moment(field(key).value, true);
  }

  std::optional<bool> truth(std::string_view key) const {
    const std::string_view text = field(key).any();
    if (text == "true") return true;
    return text == "false" ? std::optional(false) : std::nullopt;
  }

 private:
  NodeRef node_;
  bool shown_only_ = false;
};

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// What a field may hold: as a value, as people are shown it in English, and as the schema has it.
struct SnowWord {
  std::string_view value, display, word;
};
constexpr SnowWord kSnowStages[] = {
    {"-5", "New", "new"},
    {"-4", "Assess", "assess"},
    {"-3", "Authorize", "authorize"},
    {"-2", "Scheduled", "scheduled"},
    {"-1", "Implement", "implement"},
    {"0", "Review", "review"},
    {"3", "Closed", "closed"},
    {"4", "Canceled", "canceled"},
    {"4", "Cancelled", "canceled"},
};
constexpr SnowWord kSnowRisks[] = {
    {"1", "Very High", "very_high"},
    {"2", "High", "high"},
    {"3", "Moderate", "moderate"},
    {"4", "Low", "low"},
};
// What else there is, such as `not_required`, is neither.
constexpr SnowWord kSnowApprovals[] = {
    {"approved", "Approved", "true"},
    {"requested", "Requested", "false"},
    {"not requested", "Not Yet Requested", "false"},
    {"rejected", "Rejected", "false"},
    {"cancelled", "Cancelled", "false"},
};
constexpr SnowWord kSnowTypes[] = {
    {"emergency", "Emergency", "true"},
    {"normal", "Normal", "false"},
    {"standard", "Standard", "false"},
};

template <std::size_t N>
const SnowWord* find_word(const SnowWord (&words)[N], SnowField field) {
  const auto* const found = std::ranges::find_if(words, [&](const SnowWord& one) {
    return field.value.empty() ? same_word(one.display, field.display) : one.value == field.value;
  });
  return found == std::end(words) ? nullptr : found;
}

template <std::size_t N>
std::optional<bool> truth_of(const SnowWord (&words)[N], SnowField field) {
  const SnowWord* const found = find_word(words, field);
  return found == nullptr ? std::nullopt : std::optional(found->word == "true");
}

// A state of a project's own is new, active or done by whether the record is active.
std::string_view snow_state(std::string_view stage, const SnowRecord& record) {
  if (stage == "new") return "new";
  if (stage == "closed" || stage == "canceled") return "done";
  if (!stage.empty()) return "active";
  const auto active = record.truth("active");
  if (!active) return {};
  return *active ? "active" : "done";
}

ChangeRecord snow_change(NodeRef node, const SnowRecord& record) {
  ChangeRecord out;
  out.line = node.line();
  out.title = record.field("short_description").shown();
  const SnowField state = record.field("state");
  const SnowWord* const stage = find_word(kSnowStages, state);
  if (stage != nullptr) out.stage = stage->word;
  out.state = snow_state(out.stage, record);
  out.status = stage != nullptr && state.display.empty() ? stage->display : state.shown();
  out.approved = truth_of(kSnowApprovals, record.field("approval"));
  out.emergency = truth_of(kSnowTypes, record.field("type"));
  // Of a type of a project's own it is known that it is not that one.
  if (!out.emergency && !record.field("type").value.empty()) out.emergency = false;
  out.on_hold = record.truth("on_hold");
  if (const SnowWord* const risk = find_word(kSnowRisks, record.field("risk")))
    out.risk = risk->word;
  out.priority = record.field("priority").shown();
  out.starts_at = record.time("start_date");
  out.ends_at = record.time("end_date");
  out.updated_at = record.time("sys_updated_on");
  return out;
}

// Other tables have records too: incidents, problems. Tables that extend this one begin like it.
bool is_change_request(NodeRef node) {
  const SnowRecord record(node);
  const SnowField table = record.field("sys_class_name");
  if (!table.any().empty())
    return table.any().starts_with("change_request") || table.display == "Change Request";
  return record.field("number").any().starts_with("CHG");
}

// The records of an answer; an empty list is that there are none.
std::optional<NodeRef> snow_result(NodeRef root) {
  const auto result = entry(root, "result");
  if (!result) return std::nullopt;
  if (result->is(NodeKind::map)) return is_change_request(*result) ? result : std::nullopt;
  if (!result->is(NodeKind::list)) return std::nullopt;
  if (result->size() == 0) return root.size() == 1 ? result : std::nullopt;
  return is_change_request(*result->begin()) ? result : std::nullopt;
}

}  // namespace

bool recognise_servicenow(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && snow_result(document->root());
}

void read_servicenow(const Documents& documents, Facts& facts) {
  ChangeRecords records;
  for (Opened& file : documents.files) {
    // Whether one record could be read.
    const auto read = [&](NodeRef node) {
      const SnowRecord record(node);
      const std::string_view id = record.field("number").any();
      if (is_change_request(node) && !id.empty() && !record.field("state").any().empty()) {
        records.add(id, snow_change(node, record));
        return true;
      }
      documents.fail(file, node.line(), "a change request with `number` and `state`",
                     "a record without, or one of another table");
      return false;
    };
    const NodeRef result = *snow_result(file.json()->root());
    if (result.is(NodeKind::map)) {
      if (!read(result)) return;
      continue;
    }
    for (const NodeRef node : result) {
      if (!read(node)) return;
    }
  }
  records.write(facts);
}

}  // namespace dpol::sources
