#include "sources/kubernetes_scaling.h"

#include <algorithm>

#include "runtime/inputs/json.h"
#include "sources/kubernetes_objects.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

constexpr std::string_view kConditionsOfV1 = "autoscaling.alpha.kubernetes.io/conditions";

// `Unknown` is not known.
std::optional<bool> condition_status(NodeRef condition) {
  const std::string_view status = text_at(condition, "status");
  if (status == "True") return true;
  return status == "False" ? std::optional(false) : std::nullopt;
}

void tri_state(Facts& facts, std::string_view name, std::optional<bool> value, std::uint32_t line) {
  value ? facts.boolean(name, *value, line) : facts.unknown(name, line);
}

// `Deployment/web`
std::string kind_and_name(NodeRef reference) {
  return std::string(text_at(reference, "kind")).append("/").append(text_at(reference, "name"));
}

}  // namespace

void Autoscalers::conditions(NodeRef list, One& out) {
  if (!list.is(NodeKind::list)) return;
  for (const NodeRef one : list) {
    const std::string_view type = text_at(one, "type");
    if (type == "AbleToScale") out.able_to_scale = condition_status(one);
    if (type == "ScalingActive") out.scaling_active = condition_status(one);
    if (type == "ScalingLimited") out.scaling_limited = condition_status(one);
  }
}

void Autoscalers::add(NodeRef object) {
  One out;
  out.line = object.line();
  out.name = name_of(object);
  out.space = namespace_of(object);
  if (const auto spec = entry(object, "spec")) {
    if (const auto target = entry(*spec, "scaleTargetRef")) out.target = kind_and_name(*target);
    // As the cluster fills it in.
    out.min = count_at(*spec, "minReplicas").value_or(1);
    out.max = count_at(*spec, "maxReplicas");
  }
  if (const auto status = entry(object, "status")) {
    out.current = count_at(*status, "currentReplicas").value_or(0);
    out.desired = count_at(*status, "desiredReplicas").value_or(0);
    if (const auto list = entry(*status, "conditions")) conditions(*list, out);
  }
  if (const auto annotations = entry(object, "metadata", "annotations")) {
    inputs::Document document;
    inputs::SyntaxFault fault;
    const std::string_view text = text_at(*annotations, kConditionsOfV1);
    // One that is broken says nothing, as none would.
    if (!text.empty() && inputs::JsonReader().read(text, document, fault))
      conditions(document.root(), out);
  }
  all_.push_back(std::move(out));
}

void Autoscalers::write(Facts& facts) const {
  facts.open_list("hpas");
  for (const One& one : all_) {
    facts.open_map({}, one.line);
    facts.text("name", one.name, one.line);
    facts.text("namespace", one.space, one.line);
    facts.text("target", one.target, one.line);
    facts.integer("min", one.min, one.line);
    one.max ? facts.integer("max", *one.max, one.line) : facts.unknown("max", one.line);
    facts.integer("current", one.current, one.line);
    facts.integer("desired", one.desired, one.line);
    tri_state(facts, "able_to_scale", one.able_to_scale, one.line);
    tri_state(facts, "scaling_active", one.scaling_active, one.line);
    tri_state(facts, "scaling_limited", one.scaling_limited, one.line);
    facts.close();
  }
  facts.close();
}

// Of other groups are records of an audit, which are called events too.
bool is_event_api(std::string_view api_version) {
  return api_version == "v1" || api_version.starts_with("events.k8s.io/");
}

void ClusterEvents::add(NodeRef object) {
  any_list_ = true;
  One out;
  out.line = object.line();
  out.type = text_at(object, "type");
  out.reason = text_at(object, "reason");
  out.space = namespace_of(object);
  for (const char* const key : {"involvedObject", "regarding"}) {
    if (const auto about = entry(object, key)) out.object = kind_and_name(*about);
  }
  out.message = text_at(object, "message");
  if (out.message.empty()) out.message = text_at(object, "note");

  // An event without a count happened once; one that is repeated has a count or a series.
  const auto see = [&](NodeRef node, std::string_view key) {
    const auto at = moment(text_at(node, key));
    if (at && (!out.last_seen || is_earlier(*out.last_seen, *at))) out.last_seen = at;
  };
  for (const char* const key : {"count", "deprecatedCount"})
    out.count = std::max(out.count, count_at(object, key).value_or(0));
  for (const char* const key : {"lastTimestamp", "deprecatedLastTimestamp", "eventTime"})
    see(object, key);
  if (const auto series = entry(object, "series")) {
    out.count = std::max(out.count, count_at(*series, "count").value_or(0));
    see(*series, "lastObservedTime");
  }
  if (const auto metadata = entry(object, "metadata"); metadata && !out.last_seen)
    see(*metadata, "creationTimestamp");

  std::string name(name_of(object));
  if (name.empty()) name = "#" + std::to_string(all_.size());
  const std::string space = out.space;
  all_.insert_or_assign({space, std::move(name)}, std::move(out));
}

void ClusterEvents::write(Facts& facts) const {
  facts.open_list("events");
  std::int64_t warnings = 0;
  for (const auto& [key, one] : all_) {
    if (one.type == "Warning")
      warnings = one.count > INT64_MAX - warnings ? INT64_MAX : warnings + one.count;
    facts.open_map({}, one.line);
    facts.text("type", one.type, one.line);
    facts.text("reason", one.reason, one.line);
    facts.text("namespace", one.space, one.line);
    facts.text("object", one.object, one.line);
    facts.text("message", one.message, one.line);
    facts.integer("count", one.count, one.line);
    if (one.last_seen) facts.text("last_seen", *one.last_seen, one.line);
    facts.close();
  }
  facts.close();
  any_list_ ? facts.integer("warnings", warnings) : facts.unknown("warnings");
}

}  // namespace dpol::sources
