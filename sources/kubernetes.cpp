// `kubectl get … -o json`: one object or a list of them, of which deployments, pods, autoscalers
// and events are read. A number that is absent is 0. `Running` is a phase, not health: what counts
// is the condition Ready. A container that was killed for its memory says so in its state, or, once
// it is restarted, in its last one. Where a deployment's status is of an older generation, it says
// nothing about the specification that is there now.

#include <algorithm>
#include <string>
#include <vector>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/kubernetes_scaling.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

struct Pod {
  std::string name, space, phase, waiting;
  bool ready = false;
  bool oom_killed = false;
  bool limits = true;
  std::int64_t restarts = 0;
  std::uint32_t line = 0;
};
struct Deployment {
  std::string name, space;
  std::int64_t desired = 0, updated = 0, ready = 0, available = 0;
  bool current = false;
  std::vector<std::string> images;
  std::uint32_t line = 0;
};

bool is_oom(NodeRef state) {
  const auto ended = entry(state, "terminated");
  return ended && text_at(*ended, "reason") == "OOMKilled";
}

class Kubernetes {
 public:
  // What it is no object of is left out: services, nodes.
  void object(NodeRef node, std::string_view kind, std::string_view version) {
    if (const std::string_view own = text_at(node, "kind"); !own.empty()) kind = own;
    if (const std::string_view own = text_at(node, "apiVersion"); !own.empty()) version = own;
    if (const auto items = list_at(node, "items")) {
      // Of a list of pods the items need not say that they are.
      const std::string_view of_items =
          kind.ends_with("List") ? kind.substr(0, kind.size() - 4) : kind;
      for (const NodeRef item : *items) object(item, of_items, version);
      if (items->size() == 0 && (kind == "List" || kind == "EventList")) events_.add_empty_list();
    } else if (kind == "Pod") {
      pod(node);
    } else if (kind == "Deployment") {
      deployment(node);
    } else if (kind == "HorizontalPodAutoscaler") {
      autoscalers_.add(node);
    } else if (kind == "Event" && is_event_api(version)) {
      events_.add(node);
    }
  }

  void write(Facts& facts) const {
    facts.open_list("pods");
    for (const Pod& one : pods_) write(one, facts);
    facts.close();
    facts.open_list("deployments");
    for (const Deployment& one : deployments_) write(one, facts);
    facts.close();
    autoscalers_.write(facts);
    events_.write(facts);
    sums(facts);
  }

 private:
  void pod(NodeRef node) {
    Pod out;
    out.line = node.line();
    if (const auto metadata = entry(node, "metadata")) {
      out.name = text_at(*metadata, "name");
      out.space = text_at(*metadata, "namespace");
    }
    if (const auto containers = entry(node, "spec", "containers");
        containers && containers->is(NodeKind::list)) {
      for (const NodeRef container : *containers) {
        const auto limits = entry(container, "resources", "limits");
        out.limits = out.limits && limits && entry(*limits, "memory") && entry(*limits, "cpu");
      }
    }
    const auto status = entry(node, "status");
    out.phase = status ? std::string(text_at(*status, "phase")) : std::string();
    if (out.phase.empty()) out.phase = "Unknown";
    if (status) conditions(*status, out);
    for (const char* const key : {"containerStatuses", "initContainerStatuses"}) {
      const auto list = status ? list_at(*status, key) : std::nullopt;
      if (!list) continue;
      for (const NodeRef container : *list) add_container(container, out);
    }
    pods_.push_back(std::move(out));
  }

  static void conditions(NodeRef status, Pod& out) {
    const auto list = list_at(status, "conditions");
    if (!list) return;
    for (const NodeRef condition : *list) {
      if (text_at(condition, "type") == "Ready") out.ready = text_at(condition, "status") == "True";
    }
  }

  static void add_container(NodeRef container, Pod& out) {
    out.restarts += count_at(container, "restartCount").value_or(0);
    for (const char* const key : {"state", "lastState"}) {
      if (const auto state = entry(container, key))
        out.oom_killed = out.oom_killed || is_oom(*state);
    }
    if (const auto waiting = entry(container, "state", "waiting"); waiting && out.waiting.empty())
      out.waiting = text_at(*waiting, "reason");
  }

  void deployment(NodeRef node) {
    Deployment out;
    out.line = node.line();
    std::int64_t generation = 0;
    if (const auto metadata = entry(node, "metadata")) {
      out.name = text_at(*metadata, "name");
      out.space = text_at(*metadata, "namespace");
      generation = count_at(*metadata, "generation").value_or(0);
    }
    if (const auto spec = entry(node, "spec")) {
      // As the cluster fills it in.
      out.desired = count_at(*spec, "replicas").value_or(1);
      if (const auto containers = entry(*spec, "template", "spec", "containers");
          containers && containers->is(NodeKind::list)) {
        for (const NodeRef container : *containers)
          out.images.emplace_back(text_at(container, "image"));
      }
    }
    if (const auto status = entry(node, "status")) {
      out.updated = count_at(*status, "updatedReplicas").value_or(0);
      out.ready = count_at(*status, "readyReplicas").value_or(0);
      out.available = count_at(*status, "availableReplicas").value_or(0);
      out.current = count_at(*status, "observedGeneration").value_or(-1) >= generation;
    }
    deployments_.push_back(std::move(out));
  }

  static void write(const Pod& one, Facts& facts) {
    facts.open_map({}, one.line);
    facts.text("name", one.name, one.line);
    facts.text("namespace", one.space, one.line);
    const bool known = one.phase == "Pending" || one.phase == "Running" ||
                       one.phase == "Succeeded" || one.phase == "Failed";
    facts.text("phase", known ? std::string_view(one.phase) : "Unknown", one.line);
    facts.boolean("ready", one.ready, one.line);
    facts.integer("restarts", one.restarts, one.line);
    if (!one.waiting.empty()) facts.text("waiting_reason", one.waiting, one.line);
    facts.boolean("oom_killed", one.oom_killed, one.line);
    facts.boolean("limits", one.limits, one.line);
    facts.close();
  }

  static void write(const Deployment& one, Facts& facts) {
    facts.open_map({}, one.line);
    facts.text("name", one.name, one.line);
    facts.text("namespace", one.space, one.line);
    facts.integer("desired", one.desired, one.line);
    facts.integer("updated", one.updated, one.line);
    facts.integer("ready", one.ready, one.line);
    facts.integer("available", one.available, one.line);
    facts.boolean("current", one.current, one.line);
    facts.open_list("images", one.line);
    for (const std::string& image : one.images) facts.text({}, image, one.line);
    facts.close();
    facts.close();
  }

  // Of what is not in the documents nothing is known: no deployments are not 0 of 0 replicas.
  void sums(Facts& facts) const {
    const auto sum = [&](std::string_view name, std::int64_t Deployment::* part) {
      std::int64_t total = 0;
      for (const Deployment& one : deployments_) total += one.*part;
      deployments_.empty() ? facts.unknown(name) : facts.integer(name, total);
    };
    sum("desired", &Deployment::desired);
    sum("updated", &Deployment::updated);
    sum("ready", &Deployment::ready);
    sum("available", &Deployment::available);
    if (deployments_.empty()) {
      facts.unknown("current");
    } else {
      facts.boolean("current", std::ranges::all_of(deployments_, &Deployment::current));
    }
    std::int64_t restarts = 0;
    for (const Pod& one : pods_) restarts += one.restarts;
    const auto number = [&](std::string_view name, std::int64_t value) {
      pods_.empty() ? facts.unknown(name) : facts.integer(name, value);
    };
    number("restarts", restarts);
    number("crash_looping",
           std::ranges::count(pods_, std::string("CrashLoopBackOff"), &Pod::waiting));
    number("oom_killed", std::ranges::count(pods_, true, &Pod::oom_killed));
  }

  std::vector<Pod> pods_;
  std::vector<Deployment> deployments_;
  Autoscalers autoscalers_;
  ClusterEvents events_;
};

bool is_object_of_interest(NodeRef node) {
  std::string_view kind = text_at(node, "kind");
  if (kind.size() > 4 && kind.ends_with("List")) kind.remove_suffix(4);
  if (kind == "Pod" || kind == "Deployment" || kind == "HorizontalPodAutoscaler") return true;
  if (kind == "Event") return is_event_api(text_at(node, "apiVersion"));
  const auto items = kind == "List" ? list_at(node, "items") : std::nullopt;
  if (!items) return false;
  for (const NodeRef item : *items) {
    if (is_object_of_interest(item)) return true;
  }
  return items->size() == 0;
}

}  // namespace

bool recognise_kubernetes(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && !text_at(document->root(), "apiVersion").empty() &&
         is_object_of_interest(document->root());
}

void read_kubernetes(const Documents& documents, Facts& facts) {
  Kubernetes reader;
  for (Opened& file : documents.files) reader.object(file.json()->root(), "", "");
  reader.write(facts);
}

}  // namespace dpol::sources
