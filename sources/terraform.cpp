// Terraform (and OpenTofu): `terraform show -json PLAN`. A replacement is both delete and create,
// in either order. A plan without changes may lack `resource_changes`.

#include <algorithm>
#include <map>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

// "" for what changes nothing.
std::string_view action_of(NodeRef actions) {
  bool creates = false;
  bool deletes = false;
  std::string_view other;
  for (const NodeRef action : actions) {
    const std::string_view word = action.is(NodeKind::string) ? action.text() : std::string_view();
    creates = creates || word == "create";
    deletes = deletes || word == "delete";
    if (word == "update") other = "updated";
    if (word == "forget") other = "forgotten";
  }
  if (creates && deletes) return "replaced";
  if (creates) return "created";
  return deletes ? "destroyed" : other;
}

struct Change {
  std::string address;
  std::string kind;
  std::string action;
  std::uint32_t line = 0;
};

}  // namespace

bool recognise_terraform(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  const NodeRef root = document->root();
  return entry(root, "format_version") && entry(root, "terraform_version") &&
         (entry(root, "resource_changes") || entry(root, "planned_values"));
}

void read_terraform(const Documents& documents, Facts& facts) {
  std::vector<Change> changes;
  std::map<std::string, std::int64_t, std::less<>> counts;
  std::optional<std::int64_t> drift;
  OldestMoment made_at;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (const auto errored = entry(root, "errored");
        errored && errored->is(NodeKind::boolean) && errored->truth()) {
      documents.fail(file, errored->line(), "a plan",
                     "one that could not be made: `errored` is true");
      continue;
    }
    made_at.add(moment(text_at(root, "timestamp")));
    if (const auto drifted = list_at(root, "resource_drift"))
      drift = drift.value_or(0) + drifted->size();
    const auto list = list_at(root, "resource_changes");
    if (!list) continue;
    for (const NodeRef one : *list) {
      const auto actions = entry(one, "change", "actions");
      if (!actions || !actions->is(NodeKind::list)) {
        documents.fail(file, one.line(), "a change with `actions`", "one without");
        continue;
      }
      const std::string_view action = action_of(*actions);
      if (action.empty()) continue;
      ++counts[std::string(action)];
      changes.push_back({std::string(text_at(one, "address")), std::string(text_at(one, "type")),
                         std::string(action), one.line()});
    }
  }
  facts.integer("create", counts["created"]);
  facts.integer("update", counts["updated"]);
  facts.integer("destroy", counts["destroyed"]);
  facts.integer("replace", counts["replaced"]);
  if (drift) facts.integer("drift", *drift);
  if (made_at.value()) facts.text("made_at", *made_at.value());
  facts.open_list("changes");
  for (const Change& change : changes) {
    facts.open_map({}, change.line);
    facts.text("address", change.address, change.line);
    facts.text("kind", change.kind, change.line);
    facts.text("action", change.action, change.line);
    facts.close();
  }
  facts.close();
}

}  // namespace dpol::sources
