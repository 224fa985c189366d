// What people run a service by: feature flags (LaunchDarkly, Unleash, flagd), who is on call and
// what is broken (PagerDuty, Opsgenie), issues that stand for changes (Jira), and objectives
// (OpenSLO).

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sources/changes.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/numbers.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;
using program::Decimal;

std::optional<NodeRef> root_of(Opened& file) {
  const inputs::Document* document = file.json();
  return document == nullptr ? std::nullopt : std::optional(document->root());
}

// Of a list its elements, of anything else itself.
template <class Visit>
void each_of(NodeRef node, const Visit& visit) {
  if (!node.is(NodeKind::list)) return visit(node);
  for (const NodeRef one : node) visit(one);
}

// ---- flags ----

struct Flag {
  bool on = false;
  std::optional<Decimal> percent;
  std::string serves;
  std::optional<std::string> updated_at;
  std::uint32_t line = 0;
};

// By environment and key: of several documents the later one says what a flag is now.
class Flags {
 public:
  void add(std::string_view environment, std::string_view key, Flag flag) {
    flags_.insert_or_assign({std::string(environment), std::string(key)}, std::move(flag));
  }

  void write(Facts& facts) const {
    std::int64_t on = 0;
    facts.open_list("flags");
    for (const auto& [key, flag] : flags_) {
      on += flag.on && !(flag.percent && flag.percent->sign() == 0) ? 1 : 0;
      facts.open_map({}, flag.line);
      facts.text("key", key.second, flag.line);
      facts.text("environment", key.first, flag.line);
      facts.boolean("on", flag.on, flag.line);
      if (flag.percent) {
        facts.text("rollout", flag.percent->to_string() + "%", flag.line);
      } else {
        facts.unknown("rollout", flag.line);
      }
      if (!flag.serves.empty()) facts.text("serves", flag.serves, flag.line);
      if (flag.updated_at) facts.text("updated_at", *flag.updated_at, flag.line);
      facts.close();
    }
    facts.close();
    facts.integer("on", on);
  }

 private:
  std::map<std::pair<std::string, std::string>, Flag> flags_;
};

const Decimal kAll = Decimal::from_int64(100);

std::string as_text(NodeRef value) {
  if (value.is(NodeKind::boolean)) return value.truth() ? "true" : "false";
  return value.is(NodeKind::string) || value.is(NodeKind::number) ? std::string(value.text())
                                                                  : std::string();
}

bool is_empty(NodeRef node, std::string_view key) {
  const auto list = list_at(node, key);
  return !list || list->size() == 0;
}

class LaunchDarkly {
 public:
  LaunchDarkly(NodeRef flag, Flags& out) : flag_(flag), out_(out) {}

  void read() {
    const auto environments = entry(flag_, "environments");
    if (!environments || !environments->is(NodeKind::map)) return;
    for (const NodeRef one : *environments) environment(one);
  }

 private:
  void environment(NodeRef node) {
    Flag flag;
    flag.line = node.line();
    flag.on = truth_at(node, "on").value_or(false);
    flag.updated_at = moment(scalar_at(node, "lastModified"));
    const auto fallthrough = entry(node, "fallthrough");
    const auto plain = fallthrough ? count_at(*fallthrough, "variation") : std::nullopt;
    const auto served = flag.on ? plain : count_at(node, "offVariation");
    if (served) flag.serves = variation(*served);
    if (!flag.on) {
      flag.percent = Decimal();
    } else if (is_empty(node, "rules") && is_empty(node, "targets") &&
               is_empty(node, "contextTargets") && is_empty(node, "prerequisites")) {
      flag.percent = plain ? share_of_variation(*plain) : share(node);
    }
    out_.add(node.key(), text_at(flag_, "key"), std::move(flag));
  }

  // All get one of them: of a flag that is true or false that is the share.
  std::optional<Decimal> share_of_variation(std::int64_t index) const {
    const std::string value = variation(index);
    if (value == "true") return kAll;
    return value == "false" ? std::optional(Decimal()) : std::nullopt;
  }

  // Weights are thousandths of a percent.
  std::optional<Decimal> share(NodeRef node) const {
    const auto rollout = entry(node, "fallthrough", "rollout");
    const auto list = rollout ? list_at(*rollout, "variations") : std::nullopt;
    if (!list) return std::nullopt;
    std::int64_t on = 0;
    for (const NodeRef one : *list) {
      const auto index = count_at(one, "variation");
      const auto weight = count_at(one, "weight");
      const std::string value = index ? variation(*index) : std::string();
      if (!weight || *weight > 100'000 || (value != "true" && value != "false"))
        return std::nullopt;
      if (value == "true") on += *weight;
    }
    Decimal percent;
    if (!Decimal::div(Decimal::from_int64(on), Decimal::from_int64(1000), percent))
      return std::nullopt;
    return percent;
  }

  std::string variation(std::int64_t index) const {
    const auto list = list_at(flag_, "variations");
    if (!list || index >= list->size()) return {};
    auto at = list->begin();
    for (std::int64_t i = 0; i < index; ++i) ++at;
    const auto value = entry(*at, "value");
    return value ? as_text(*value) : std::string();
  }

  NodeRef flag_;
  Flags& out_;
};

bool is_launchdarkly(NodeRef node) {
  return entry(node, "key") && list_at(node, "variations") && entry(node, "environments");
}

std::optional<NodeRef> unleash_features(NodeRef root) {
  const auto state = entry(root, "state");
  const auto list = list_at(state ? *state : root, "features");
  if (!list || list->size() == 0) return std::nullopt;
  const NodeRef first = *list->begin();
  return entry(first, "name") && entry(first, "enabled") ? list : std::nullopt;
}

// A rollout is a string. Several strategies are one or the other, so only one says a share.
void unleash(NodeRef feature, Flags& out) {
  Flag flag;
  flag.line = feature.line();
  flag.on = truth_at(feature, "enabled").value_or(false);
  const auto strategies = list_at(feature, "strategies");
  if (!flag.on) {
    flag.percent = Decimal();
  } else if (!strategies || strategies->size() == 0) {
    flag.percent = kAll;
  } else if (strategies->size() == 1) {
    const NodeRef one = *strategies->begin();
    const std::string_view name = text_at(one, "name");
    const auto parameters = entry(one, "parameters");
    if (!is_empty(one, "constraints") || !is_empty(one, "segments")) {
      // Picked by rules.
    } else if (name == "default") {
      flag.percent = kAll;
    } else if (name == "flexibleRollout" && parameters) {
      flag.percent = decimal_at(*parameters, "rollout");
    }
  }
  out.add(text_at(feature, "environment"), text_at(feature, "name"), std::move(flag));
}

std::optional<NodeRef> flagd_flags(NodeRef root) {
  const auto flags = entry(root, "flags");
  if (!flags || !flags->is(NodeKind::map) || flags->size() == 0) return std::nullopt;
  return entry(*flags->begin(), "state") && entry(*flags->begin(), "variants") ? flags
                                                                               : std::nullopt;
}

void flagd(NodeRef node, Flags& out) {
  Flag flag;
  flag.line = node.line();
  flag.on = text_at(node, "state") == "ENABLED";
  const std::string_view served = text_at(node, "defaultVariant");
  const auto value = entry(node, "variants", served);
  flag.serves = served;
  const auto targeting = entry(node, "targeting");
  const bool rules = targeting && !(targeting->is(NodeKind::map) && targeting->size() == 0);
  if (!flag.on) {
    flag.percent = Decimal();
  } else if (!rules && value && value->is(NodeKind::boolean)) {
    flag.percent = value->truth() ? kAll : Decimal();
  }
  out.add("", node.key(), std::move(flag));
}

// ---- on call ----

struct Person {
  std::string policy, name;
  std::int64_t level = 0;
  std::optional<std::string> from, until;
  std::uint32_t line = 0;
};
struct Incident {
  std::string title, urgency;
  bool open = true;
  std::uint32_t line = 0;
};

class OnCall {
 public:
  void has_people() { some_people_ = true; }
  void has_incidents() { some_incidents_ = true; }
  // One whom several schedules name is one.
  void add(Person person) {
    std::string key = person.policy + "\n" + std::to_string(person.level) + "\n" + person.name;
    people_.try_emplace(std::move(key), std::move(person));
  }
  void add(std::string id, Incident incident) {
    incidents_.insert_or_assign(std::move(id), std::move(incident));
  }

  void write(Facts& facts) const {
    const auto known = [&](std::string_view name, bool some, std::int64_t value) {
      some ? facts.integer(name, value) : facts.unknown(name);
    };
    known("primary", some_people_, people_at(1));
    known("secondary", some_people_, people_at(2));
    write_people(facts);
    std::int64_t open = 0;
    std::int64_t urgent = 0;
    for (const auto& [id, one] : incidents_) {
      open += one.open ? 1 : 0;
      urgent += one.open && is_urgent(one.urgency) ? 1 : 0;
    }
    known("open_incidents", some_incidents_, open);
    known("urgent", some_incidents_, urgent);
    write_incidents(facts);
  }

 private:
  static bool is_urgent(std::string_view word) {
    return word == "high" || word == "P1" || word == "P2";
  }

  std::int64_t people_at(std::int64_t level) const {
    std::set<std::string> names;
    for (const auto& [key, one] : people_) {
      if (one.level == level) names.insert(one.name);
    }
    return static_cast<std::int64_t>(names.size());
  }

  void write_people(Facts& facts) const {
    if (!some_people_) return facts.unknown("people");
    facts.open_list("people");
    for (const auto& [key, one] : people_) {
      facts.open_map({}, one.line);
      facts.text("policy", one.policy, one.line);
      facts.integer("level", one.level, one.line);
      facts.text("person", one.name, one.line);
      if (one.from) facts.text("from", *one.from, one.line);
      if (one.until) facts.text("until", *one.until, one.line);
      facts.close();
    }
    facts.close();
  }

  void write_incidents(Facts& facts) const {
    if (!some_incidents_) return facts.unknown("incidents");
    facts.open_list("incidents");
    for (const auto& [id, one] : incidents_) {
      facts.open_map({}, one.line);
      facts.text("id", id, one.line);
      facts.text("title", one.title, one.line);
      facts.text("urgency", one.urgency, one.line);
      facts.boolean("open", one.open, one.line);
      facts.close();
    }
    facts.close();
  }

  std::map<std::string, Person> people_;
  std::map<std::string, Incident> incidents_;
  bool some_people_ = false;
  bool some_incidents_ = false;
};

// Each page but the last has the key with that value.
void refuse_pages(const Documents& documents, std::string_view key, bool goes_on) {
  for (Opened& file : documents.files) {
    if (truth_at(file.json()->root(), key) != goes_on) return;
  }
  documents.fail(documents.files.back(), 0, "all of the answer, each page as a document",
                 "a page: `" + std::string(key) + "` is " + (goes_on ? "true" : "false"));
}

std::string_view inner_name(NodeRef node, std::string_view key) {
  const auto found = entry(node, key);
  if (!found) return {};
  const std::string_view summary = text_at(*found, "summary");
  return summary.empty() ? text_at(*found, "name") : summary;
}

void pagerduty(NodeRef root, OnCall& out) {
  if (const auto list = list_at(root, "oncalls")) {
    out.has_people();
    for (const NodeRef node : *list) {
      Person one;
      one.line = node.line();
      one.policy = inner_name(node, "escalation_policy");
      one.name = inner_name(node, "user");
      one.level = count_at(node, "escalation_level").value_or(0);
      one.from = moment(text_at(node, "start"));
      one.until = moment(text_at(node, "end"));
      out.add(std::move(one));
    }
  }
  if (const auto list = list_at(root, "incidents")) {
    out.has_incidents();
    for (const NodeRef node : *list) {
      Incident one;
      one.line = node.line();
      one.title = text_at(node, "title");
      one.urgency = text_at(node, "urgency");
      one.open = text_at(node, "status") != "resolved";
      out.add(std::string(text_at(node, "id")), std::move(one));
    }
  }
}

bool is_opsgenie_incident(NodeRef node) {
  return entry(node, "tinyId") && entry(node, "status") && entry(node, "priority");
}

// The answer, or the list in it.
std::optional<NodeRef> opsgenie_incidents(NodeRef root) {
  const auto list = root.is(NodeKind::list) ? std::optional(root) : list_at(root, "data");
  return list && list->size() > 0 && is_opsgenie_incident(*list->begin()) ? list : std::nullopt;
}

// ---- changes ----

// A category is one of three, whatever language and words the project has for its states; `new`
// and `done` keep their keys, and what lies between has had more than one.
void jira(NodeRef issue, ChangeRecords& out) {
  const auto category = entry(issue, "fields", "status", "statusCategory");
  if (!category) return;
  const NodeRef fields = *entry(issue, "fields");
  const std::string_view key = text_at(*category, "key");
  ChangeRecord record;
  record.line = issue.line();
  record.title = text_at(fields, "summary");
  record.state = key == "new" || key == "done" ? key : "active";
  record.status = text_at(*entry(fields, "status"), "name");
  if (const auto priority = entry(fields, "priority")) record.priority = text_at(*priority, "name");
  record.updated_at = moment(text_at(fields, "updated"));
  out.add(text_at(issue, "key"), std::move(record));
}

// ---- objectives ----

bool is_slo(NodeRef node) {
  return text_at(node, "kind") == "SLO" && text_at(node, "apiVersion").starts_with("openslo/");
}

// The SDK writes lists in JSON, people write YAML.
const inputs::Document* openslo_document(Opened& file) {
  if (file.shape() == inputs::Shape::json) return file.json();
  // Only a text that names it is worth the parse.
  const bool named = file.bytes().find("openslo/") != std::string::npos;
  return file.shape() == inputs::Shape::text && named ? file.yaml() : nullptr;
}

// `28d`, `2w`, `1h`: a month or more has no length of its own.
bool is_length(std::string_view text) {
  return text.size() > 1 && whole_number(text.substr(0, text.size() - 1)) &&
         std::string_view("mhdw").find(text.back()) != std::string_view::npos;
}

class OpenSlo {
 public:
  explicit OpenSlo(Facts& facts) : facts_(facts) { facts_.open_list("objectives"); }

  void add(NodeRef slo) {
    const auto spec = entry(slo, "spec");
    const auto objectives = spec ? list_at(*spec, "objectives") : std::nullopt;
    if (!objectives) return;
    for (const NodeRef one : *objectives) objective(slo, *spec, one);
  }

  void finish() {
    facts_.close();
    strictest_ ? facts_.decimal("strictest", *strictest_) : facts_.unknown("strictest");
  }

 private:
  void objective(NodeRef slo, NodeRef spec, NodeRef node) {
    const std::uint32_t line = node.line();
    const auto metadata = entry(slo, "metadata");
    facts_.open_map({}, line);
    facts_.text("slo", metadata ? text_at(*metadata, "name") : std::string_view(), line);
    facts_.text("service", text_at(spec, "service"), line);
    facts_.text("objective", text_at(node, "displayName"), line);
    target(node);
    window(spec, line);
    facts_.text("method", text_at(spec, "budgetingMethod"), line);
    facts_.close();
  }

  // As a share or as a percentage.
  void target(NodeRef node) {
    auto value = decimal_at(node, "target");
    if (!value) {
      value = decimal_at(node, "targetPercent");
      if (value && !Decimal::div(*value, kAll, *value)) value.reset();
    }
    if (!value) return facts_.unknown("target", node.line());
    facts_.decimal("target", *value, node.line());
    if (!strictest_ || *strictest_ < *value) strictest_ = value;
  }

  void window(NodeRef spec, std::uint32_t line) {
    const auto list = list_at(spec, "timeWindow");
    if (!list || list->size() == 0) return;
    const NodeRef one = *list->begin();
    const std::string_view length = text_at(one, "duration");
    if (is_length(length)) facts_.text("window", length, line);
    if (const auto rolling = truth_at(one, "isRolling")) facts_.boolean("rolling", *rolling, line);
  }

  Facts& facts_;
  std::optional<Decimal> strictest_;
};

template <class Read>
void read_flags(const Documents& documents, Facts& facts, const Read& read) {
  Flags flags;
  for (Opened& file : documents.files) read(file.json()->root(), flags);
  flags.write(facts);
}

}  // namespace

bool recognise_launchdarkly(Opened& file) {
  const auto root = root_of(file);
  if (!root) return false;
  if (is_launchdarkly(*root)) return true;
  const auto items = list_at(*root, "items");
  return items && items->size() > 0 && is_launchdarkly(*items->begin());
}
void read_launchdarkly(const Documents& documents, Facts& facts) {
  read_flags(documents, facts, [](NodeRef root, Flags& flags) {
    const auto items = list_at(root, "items");
    each_of(items ? *items : root, [&](NodeRef one) { LaunchDarkly(one, flags).read(); });
  });
}

bool recognise_unleash(Opened& file) {
  const auto root = root_of(file);
  return root && unleash_features(*root);
}
void read_unleash(const Documents& documents, Facts& facts) {
  read_flags(documents, facts, [](NodeRef root, Flags& flags) {
    each_of(*unleash_features(root), [&](NodeRef one) { unleash(one, flags); });
  });
}

bool recognise_flagd(Opened& file) {
  const auto root = root_of(file);
  return root && flagd_flags(*root);
}
void read_flagd(const Documents& documents, Facts& facts) {
  read_flags(documents, facts, [](NodeRef root, Flags& flags) {
    const NodeRef listed = *flagd_flags(root);
    for (const NodeRef one : listed) flagd(one, flags);
  });
}

bool recognise_pagerduty(Opened& file) {
  const auto root = root_of(file);
  if (!root) return false;
  if (list_at(*root, "oncalls")) return true;
  const auto incidents = list_at(*root, "incidents");
  return incidents && (incidents->size() == 0 || entry(*incidents->begin(), "urgency"));
}
void read_pagerduty(const Documents& documents, Facts& facts) {
  OnCall report;
  for (Opened& file : documents.files) pagerduty(file.json()->root(), report);
  refuse_pages(documents, "more", true);
  report.write(facts);
}

bool recognise_opsgenie(Opened& file) {
  const auto root = root_of(file);
  return root && opsgenie_incidents(*root);
}
void read_opsgenie(const Documents& documents, Facts& facts) {
  OnCall report;
  report.has_incidents();
  for (Opened& file : documents.files) {
    const NodeRef listed = *opsgenie_incidents(file.json()->root());
    for (const NodeRef node : listed) {
      Incident one;
      one.line = node.line();
      one.title = text_at(node, "message");
      one.urgency = text_at(node, "priority");
      const std::string_view status = text_at(node, "status");
      one.open = status != "resolved" && status != "closed";
      report.add(std::string(text_at(node, "id")), std::move(one));
    }
  }
  report.write(facts);
}

bool recognise_jira(Opened& file) {
  const auto root = root_of(file);
  if (!root) return false;
  const auto issues = list_at(*root, "issues");
  if (!issues) return entry(*root, "fields", "status", "statusCategory").has_value();
  return entry(*root, "maxResults") || entry(*root, "isLast") ||
         (issues->size() > 0 && entry(*issues->begin(), "fields"));
}

void read_jira(const Documents& documents, Facts& facts) {
  ChangeRecords found;
  std::int64_t total = 0;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    const auto issues = list_at(root, "issues");
    each_of(issues ? *issues : root, [&](NodeRef one) { jira(one, found); });
    total = std::max(total, count_at(root, "total").value_or(0));
  }
  refuse_pages(documents, "isLast", false);
  if (std::cmp_less(found.size(), total)) {
    return documents.fail(documents.files.back(), 0,
                          "all " + std::to_string(total) + " issues, each page as a document",
                          std::to_string(found.size()));
  }
  found.write(facts);
}

bool recognise_openslo(Opened& file) {
  const inputs::Document* document = openslo_document(file);
  if (document == nullptr) return false;
  bool found = false;
  each_of(document->root(), [&](NodeRef one) { found = found || is_slo(one); });
  return found;
}
void read_openslo(const Documents& documents, Facts& facts) {
  OpenSlo reader(facts);
  for (Opened& file : documents.files) {
    each_of(openslo_document(file)->root(), [&](NodeRef one) {
      if (is_slo(one)) reader.add(one);
    });
  }
  reader.finish();
}

}  // namespace dpol::sources
