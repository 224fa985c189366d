// What brings releases into a cluster and what it says of them: applications of Argo CD, rollouts
// and analyses of Argo Rollouts, objects of Flux and Flagger, releases of Helm.
//
// A status is of the past as long as it is of another generation or another revision. Conditions
// are the words True, False and Unknown, and Unknown is unknown.

#include <algorithm>
#include <array>
#include <map>

#include "sources/formats.h"
#include "sources/kubernetes_objects.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;
using program::Decimal;

bool is_of_group(NodeRef object, std::string_view group) {
  const std::string_view version = text_at(object, "apiVersion");
  const std::string_view own = version.substr(0, std::min(version.find('/'), version.size()));
  return own == group || (own.ends_with(group) && own[own.size() - group.size() - 1] == '.');
}

template <std::size_t Count>
std::string_view one_of(std::string_view word, const std::array<std::string_view, Count>& known) {
  return std::ranges::find(known, word) == known.end() ? std::string_view() : word;
}

void write_truth(Facts& facts, std::string_view name, std::optional<bool> truth,
                 std::uint32_t line = 0) {
  truth ? facts.boolean(name, *truth, line) : facts.unknown(name, line);
}

// Of several documents the later one tells what an object is now: (kind, namespace, name).
using Key = std::array<std::string, 3>;
using Objects = std::map<Key, NodeRef>;

template <class IsOne>
Objects objects_of(const Documents& documents, const IsOne& is_one) {
  Objects found;
  for (Opened& file : documents.files) {
    each_object(file.json()->root(), {}, [&](NodeRef object, std::string_view kind) {
      if (is_one(object, kind)) {
        found.insert_or_assign(
            Key{std::string(kind), std::string(namespace_of(object)), std::string(name_of(object))},
            object);
      }
      return false;
    });
  }
  return found;
}

template <class IsOne>
bool has(Opened& file, const IsOne& is_one) {
  const inputs::Document* document = file.json();
  return document != nullptr && has_object(document->root(), is_one);
}

// ---- Argo CD ----

// The API of Argo CD leaves out of what kind its answer is.
bool is_application(NodeRef object, std::string_view kind) {
  if (kind == "Application")
    return is_of_group(object, "argoproj.io") || !entry(object, "apiVersion");
  return kind.empty() && entry(object, "spec", "destination") && entry(object, "spec", "project") &&
         entry(object, "status", "sync");
}

std::string joined_revisions(NodeRef of) {
  std::string text(text_at(of, "revision"));
  if (const auto several = list_at(of, "revisions"); several && text.empty()) {
    for (const NodeRef one : *several) {
      if (!one.is(NodeKind::string)) continue;
      text.append(text.empty() ? "" : " ").append(one.text());
    }
  }
  return text;
}

class ArgoCd {
 public:
  explicit ArgoCd(const Objects& applications) : applications_(applications) {}

  void write(Facts& facts) {
    facts.open_list("applications");
    for (const auto& [key, node] : applications_) application(node, facts);
    facts.close();
    const bool none = applications_.empty();
    write_truth(facts, "synced", none ? std::nullopt : synced_);
    write_truth(facts, "healthy", none ? std::nullopt : healthy_);
    none || silent_ ? facts.unknown("out_of_sync") : facts.integer("out_of_sync", out_of_sync_);
    facts.open_list("conditions");
    for (const NodeRef one : conditions_) facts.text({}, text_at(one, "type"), one.line());
    facts.close();
    if (ended_) facts.text("made_at", *ended_);
  }

 private:
  static constexpr std::array<std::string_view, 2> kSync = {"Synced", "OutOfSync"};
  static constexpr std::array<std::string_view, 5> kHealth = {"Healthy", "Progressing", "Degraded",
                                                              "Suspended", "Missing"};
  static constexpr std::array<std::string_view, 5> kPhase = {"Running", "Succeeded", "Failed",
                                                             "Error", "Terminating"};

  void application(NodeRef node, Facts& facts) {
    const auto status = entry(node, "status");
    const auto sync = status ? entry(*status, "sync") : std::nullopt;
    const auto health = status ? entry(*status, "health") : std::nullopt;
    const std::string_view synced = sync ? one_of(text_at(*sync, "status"), kSync) : "";
    const std::string_view healthy = health ? one_of(text_at(*health, "status"), kHealth) : "";
    const std::string revision = sync ? joined_revisions(*sync) : std::string();
    const std::uint32_t line = node.line();
    facts.open_map({}, line);
    facts.text("name", name_of(node), line);
    facts.text("namespace", namespace_of(node), line);
    facts.text("sync", synced.empty() ? "Unknown" : synced, line);
    facts.text("health", healthy.empty() ? "Unknown" : healthy, line);
    facts.text("revision", revision, line);
    if (status) operation(*status, revision, facts);
    facts.boolean("auto_sync", entry(node, "spec", "syncPolicy", "automated").has_value(), line);
    images(status, line, facts);
    facts.close();
    add(synced_, synced, "Synced");
    add(healthy_, healthy, "Healthy");
    silent_ = silent_ || !status;
    if (status) rest(*status);
  }

  // One that is not as it should be outweighs those of which nothing is known.
  static void add(std::optional<bool>& all, std::string_view word, std::string_view good) {
    if (all == false) return;
    if (word.empty()) {
      all.reset();
    } else if (word != good) {
      all = false;
    }
  }

  // It may be one of before this revision.
  void operation(NodeRef status, const std::string& revision, Facts& facts) {
    const auto last = entry(status, "operationState");
    if (!last) return;
    const std::string_view phase = one_of(text_at(*last, "phase"), kPhase);
    if (!phase.empty()) facts.text("operation", phase, last->line());
    if (const auto result = entry(*last, "syncResult"))
      facts.boolean("current", joined_revisions(*result) == revision, last->line());
    if (const auto ended = moment(text_at(*last, "finishedAt"));
        ended && (!ended_ || is_earlier(*ended_, *ended)))
      ended_ = ended;
  }

  static void images(const std::optional<NodeRef>& status, std::uint32_t line, Facts& facts) {
    facts.open_list("images", line);
    const auto summary = status ? entry(*status, "summary") : std::nullopt;
    if (const auto list = summary ? list_at(*summary, "images") : std::nullopt) {
      for (const NodeRef image : *list) {
        if (image.is(NodeKind::string)) facts.text({}, image.text(), image.line());
      }
    }
    facts.close();
  }

  void rest(NodeRef status) {
    if (const auto resources = list_at(status, "resources")) {
      for (const NodeRef one : *resources)
        out_of_sync_ += text_at(one, "status") == "OutOfSync" ? 1 : 0;
    }
    if (const auto list = list_at(status, "conditions")) {
      for (const NodeRef one : *list) conditions_.push_back(one);
    }
  }

  const Objects& applications_;
  std::vector<NodeRef> conditions_;
  std::optional<std::string> ended_;
  std::int64_t out_of_sync_ = 0;
  std::optional<bool> synced_ = true;
  std::optional<bool> healthy_ = true;
  bool silent_ = false;  // one has no status
};

// ---- Argo Rollouts ----

bool is_rollout(NodeRef object, std::string_view kind) {
  return (kind == "Rollout" || kind == "AnalysisRun") && is_of_group(object, "argoproj.io");
}

class Rollouts {
 public:
  explicit Rollouts(const Objects& objects) : objects_(objects) {}

  void write(Facts& facts) {
    facts.open_list("rollouts");
    for (const auto& [key, node] : objects_) {
      if (key[0] == "Rollout") rollout(node, facts);
    }
    facts.close();
    const auto known = [&](std::string_view name, std::int64_t count, bool any) {
      any ? facts.integer(name, count) : facts.unknown(name);
    };
    write_truth(facts, "healthy", rollouts_ == 0 ? std::nullopt : std::optional(healthy_));
    known("aborted", aborted_, rollouts_ > 0);
    std::map<std::string_view, std::int64_t> phases;
    std::int64_t analyses = 0;
    for (const auto& [key, node] : objects_) {
      if (key[0] != "AnalysisRun") continue;
      ++analyses;
      const auto status = entry(node, "status");
      ++phases[status ? text_at(*status, "phase") : std::string_view()];
    }
    known("analyses", analyses, analyses > 0);
    known("successful", phases["Successful"], analyses > 0);
    known("failed", phases["Failed"], analyses > 0);
    known("errors", phases["Error"], analyses > 0);
    known("inconclusive", phases["Inconclusive"], analyses > 0);
    known("running", phases["Running"] + phases["Pending"] + phases[""], analyses > 0);
    facts.open_list("metrics");
    for (const auto& [key, node] : objects_) {
      if (key[0] == "AnalysisRun") metrics(node, facts);
    }
    facts.close();
  }

 private:
  static constexpr std::array<std::string_view, 4> kPhase = {"Healthy", "Progressing", "Paused",
                                                             "Degraded"};
  static constexpr std::array<std::string_view, 6> kMeasured = {
      "Pending", "Running", "Successful", "Failed", "Error", "Inconclusive"};

  // Versions before 1.0 have no phase: then it is what the numbers and conditions say.
  static std::string_view phase_of(NodeRef node, NodeRef status) {
    if (const std::string_view phase = one_of(text_at(status, "phase"), kPhase); !phase.empty())
      return phase;
    if (truth_at(status, "abort").value_or(false)) return "Degraded";
    const auto progressing = condition_of(node, "Progressing");
    if (progressing && text_at(*progressing, "status") == "False") return "Degraded";
    if (truth_at(status, "controllerPause").value_or(false) || entry(status, "pauseConditions"))
      return "Paused";
    const std::string_view current = text_at(status, "currentPodHash");
    if (current.empty()) return "Unknown";
    return current == stable_hash(status) && is_full(node, status) ? "Healthy" : "Progressing";
  }

  static std::string_view stable_hash(NodeRef status) {
    if (const std::string_view stable = text_at(status, "stableRS"); !stable.empty()) return stable;
    const auto canary = entry(status, "canary");
    return canary ? text_at(*canary, "stableRS") : std::string_view();
  }

  static std::int64_t desired_of(NodeRef node) {
    const auto spec = entry(node, "spec");
    return spec ? count_at(*spec, "replicas").value_or(1) : 1;
  }

  static bool is_full(NodeRef node, NodeRef status) {
    const std::int64_t desired = desired_of(node);
    return count_at(status, "availableReplicas").value_or(0) >= desired &&
           count_at(status, "updatedReplicas").value_or(0) >= desired;
  }

  void rollout(NodeRef node, Facts& facts) {
    const auto found = entry(node, "status");
    const std::uint32_t line = node.line();
    const std::string_view phase = found ? phase_of(node, *found) : "Unknown";
    const bool aborted = found && truth_at(*found, "abort").value_or(false);
    ++rollouts_;
    aborted_ += aborted ? 1 : 0;
    healthy_ = healthy_ && !aborted && phase == "Healthy";
    const auto number = [&](std::string_view key) {
      return found ? count_at(*found, key).value_or(0) : 0;
    };
    facts.open_map({}, line);
    facts.text("name", name_of(node), line);
    facts.text("namespace", namespace_of(node), line);
    facts.text("phase", phase, line);
    steps(node, found, facts);
    facts.boolean("aborted", aborted, line);
    const bool paused = found && (phase == "Paused" || entry(*found, "pauseConditions"));
    facts.boolean("paused", paused, line);
    facts.integer("desired", desired_of(node), line);
    facts.integer("ready", number("readyReplicas"), line);
    facts.integer("available", number("availableReplicas"), line);
    current(node, found, facts);
    facts.close();
  }

  static void steps(NodeRef node, const std::optional<NodeRef>& status, Facts& facts) {
    const auto canary = entry(node, "spec", "strategy", "canary");
    if (const auto list = canary ? list_at(*canary, "steps") : std::nullopt) {
      if (const auto step = status ? count_at(*status, "currentStepIndex") : std::nullopt)
        facts.integer("step", *step, node.line());
      facts.integer("steps", list->size(), node.line());
    }
    // What the steps ask for is not what the router does.
    const auto weights = status ? entry(*status, "canary", "weights", "canary") : std::nullopt;
    const auto weight = weights ? count_at(*weights, "weight") : std::nullopt;
    if (weight) facts.ratio("weight", *weight, 100, weights->line());
  }

  // The observed generation is a string, and in old versions a hash that says nothing.
  static void current(NodeRef node, const std::optional<NodeRef>& status, Facts& facts) {
    const auto metadata = entry(node, "metadata");
    const auto wanted = metadata ? count_at(*metadata, "generation") : std::nullopt;
    const auto seen = status ? count_at(*status, "observedGeneration") : std::nullopt;
    if (wanted && seen) facts.boolean("current", *seen >= *wanted, node.line());
  }

  static void metrics(NodeRef node, Facts& facts) {
    const auto status = entry(node, "status");
    const auto list = status ? list_at(*status, "metricResults") : std::nullopt;
    if (!list) return;
    for (const NodeRef one : *list) {
      const std::string_view phase = one_of(text_at(one, "phase"), kMeasured);
      facts.open_map({}, one.line());
      facts.text("analysis", name_of(node), one.line());
      facts.text("name", text_at(one, "name"), one.line());
      facts.text("phase", phase.empty() ? "Pending" : phase, one.line());
      facts.integer("measured", count_at(one, "count").value_or(0), one.line());
      facts.integer("failed", count_at(one, "failed").value_or(0), one.line());
      facts.integer("errors", count_at(one, "error").value_or(0), one.line());
      facts.integer("inconclusive", count_at(one, "inconclusive").value_or(0), one.line());
      last_value(one, facts);
      facts.close();
    }
  }

  // A text that holds what the provider answered: `0.98`, `[0.98]`, `false`, `NaN`.
  static void last_value(NodeRef metric, Facts& facts) {
    const auto list = list_at(metric, "measurements");
    if (!list || list->size() == 0) return;
    std::string_view text;
    std::uint32_t line = 0;
    for (const NodeRef one : *list) {
      text = scalar_at(one, "value");
      line = one.line();
    }
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    if (const auto value = Decimal::parse(text)) facts.decimal("last", *value, line);
  }

  const Objects& objects_;
  std::int64_t rollouts_ = 0;
  std::int64_t aborted_ = 0;
  bool healthy_ = true;
};

// ---- Flux ----

bool is_of_flux(NodeRef object, std::string_view kind) {
  return is_of_group(object, "toolkit.fluxcd.io") ||
         (kind == "Canary" && is_of_group(object, "flagger.app"));
}

class Flux {
 public:
  explicit Flux(const Objects& objects) : objects_(objects) {}

  void write(Facts& facts) {
    facts.open_list("objects");
    for (const auto& [key, node] : objects_) object(key, node, facts);
    facts.close();
    // One that is not ready outweighs those of which it is not known.
    if (failing_ > 0) {
      facts.boolean("ready", false);
    } else {
      write_truth(facts, "ready",
                  objects_.empty() || unknown_ > 0 ? std::nullopt : std::optional(true));
    }
    objects_.empty() ? facts.unknown("failing") : facts.integer("failing", failing_);
    objects_.empty() ? facts.unknown("suspended") : facts.integer("suspended", suspended_);
    facts.open_list("canaries");
    for (const auto& [key, node] : objects_) {
      if (key[0] == "Canary") canary(node, facts);
    }
    facts.close();
  }

 private:
  void object(const Key& key, NodeRef node, Facts& facts) {
    const std::uint32_t line = node.line();
    const auto condition = condition_of(node, key[0] == "Canary" ? "Promoted" : "Ready");
    const std::string_view word = condition ? text_at(*condition, "status") : std::string_view();
    const auto spec = entry(node, "spec");
    const bool suspended = spec && truth_at(*spec, "suspend").value_or(false);
    const auto current = is_current(node, condition);
    std::optional<bool> ready;
    if (word == "True" || word == "False") ready = word == "True";
    // What was ready before the last change is not known to be now.
    if (ready == true && current == false) ready.reset();
    if (ready == false) ++failing_;
    if (!ready) ++unknown_;
    suspended_ += suspended ? 1 : 0;
    facts.open_map({}, line);
    facts.text("kind", key[0], line);
    facts.text("name", key[2], line);
    facts.text("namespace", key[1], line);
    write_truth(facts, "ready", ready, line);
    facts.text("reason", condition ? text_at(*condition, "reason") : std::string_view(), line);
    facts.boolean("suspended", suspended, line);
    if (const std::string_view revision = revision_of(node); !revision.empty())
      facts.text("revision", revision, line);
    if (current) facts.boolean("current", *current, line);
    facts.close();
  }

  // The generation that was seen stands in the status, and in each condition.
  static std::optional<bool> is_current(NodeRef node, const std::optional<NodeRef>& condition) {
    const auto metadata = entry(node, "metadata");
    const auto status = entry(node, "status");
    const auto wanted = metadata ? count_at(*metadata, "generation") : std::nullopt;
    auto seen = condition ? count_at(*condition, "observedGeneration") : std::nullopt;
    if (!seen && status) seen = count_at(*status, "observedGeneration");
    return wanted && seen ? std::optional(*seen >= *wanted) : std::nullopt;
  }

  static std::string_view revision_of(NodeRef node) {
    const auto status = entry(node, "status");
    if (!status) return {};
    if (const auto artifact = entry(*status, "artifact")) return text_at(*artifact, "revision");
    return text_at(*status, "lastAppliedRevision");
  }

  static void canary(NodeRef node, Facts& facts) {
    const auto status = entry(node, "status");
    facts.open_map({}, node.line());
    facts.text("name", name_of(node), node.line());
    facts.text("namespace", namespace_of(node), node.line());
    facts.text("phase", status ? text_at(*status, "phase") : std::string_view(), node.line());
    facts.ratio("weight", status ? count_at(*status, "canaryWeight").value_or(0) : 0, 100,
                node.line());
    facts.integer("failed_checks", status ? count_at(*status, "failedChecks").value_or(0) : 0,
                  node.line());
    facts.close();
  }

  const Objects& objects_;
  std::int64_t failing_ = 0;
  std::int64_t unknown_ = 0;
  std::int64_t suspended_ = 0;
};

// ---- Helm ----

struct Release {
  std::string name;
  std::string space;
  std::string status;
  std::string chart;
  std::string app_version;
  std::optional<std::int64_t> revision;
  std::optional<std::string> updated;
  std::uint32_t line = 0;
};

// `helm status` has what is of the deployment in `info`; `helm history` lists the revisions of one
// release, without its name.
std::optional<Release> release_of(NodeRef node) {
  if (!node.is(NodeKind::map)) return std::nullopt;
  const auto info = entry(node, "info");
  Release out;
  out.line = node.line();
  out.status = text_at(info ? *info : node, "status");
  out.name = text_at(node, "name");
  out.space = text_at(node, "namespace");
  if (out.status.empty() || (!info && !entry(node, "chart"))) return std::nullopt;
  out.chart = text_at(node, "chart");
  out.app_version = text_at(node, "app_version");
  out.revision = count_at(node, "revision");
  if (!out.revision) out.revision = count_at(node, "version");
  std::string_view at = text_at(node, "updated");
  if (info) at = text_at(*info, "last_deployed");
  // `helm list` prints as Go does: `… +0000 UTC`.
  if (const std::size_t zone = at.rfind(" +"); zone != std::string_view::npos)
    at = at.substr(0, at.find(' ', zone + 1));
  out.updated = moment(at);
  return out;
}

}  // namespace

bool recognise_argocd(Opened& file) { return has(file, is_application); }
void read_argocd(const Documents& documents, Facts& facts) {
  const Objects found = objects_of(documents, is_application);
  ArgoCd(found).write(facts);
}

bool recognise_rollouts(Opened& file) { return has(file, is_rollout); }
void read_rollouts(const Documents& documents, Facts& facts) {
  const Objects found = objects_of(documents, is_rollout);
  Rollouts(found).write(facts);
}

bool recognise_flux(Opened& file) { return has(file, is_of_flux); }
void read_flux(const Documents& documents, Facts& facts) {
  const Objects found = objects_of(documents, is_of_flux);
  Flux(found).write(facts);
}

bool recognise_helm(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  const NodeRef root = document->root();
  if (!root.is(NodeKind::list)) return entry(root, "info") && release_of(root).has_value();
  return root.size() > 0 && entry(*root.begin(), "chart") && release_of(*root.begin()).has_value();
}

void read_helm(const Documents& documents, Facts& facts) {
  std::map<std::pair<std::string, std::string>, Release> newest;
  const auto add = [&](NodeRef node) {
    auto one = release_of(node);
    if (!one) return;
    Release& known = newest.try_emplace({one->space, one->name}, *one).first->second;
    if (one->revision.value_or(0) >= known.revision.value_or(0)) known = std::move(*one);
  };
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (!root.is(NodeKind::list)) {
      add(root);
      continue;
    }
    for (const NodeRef one : root) add(one);
  }
  std::int64_t failed = 0;
  std::int64_t pending = 0;
  bool deployed = true;
  std::optional<std::string> made_at;
  facts.open_list("releases");
  for (const auto& [key, one] : newest) {
    failed += one.status == "failed" ? 1 : 0;
    pending += one.status.starts_with("pending") || one.status == "uninstalling" ? 1 : 0;
    deployed = deployed && one.status == "deployed";
    if (one.updated && (!made_at || is_earlier(*made_at, *one.updated))) made_at = one.updated;
    facts.open_map({}, one.line);
    facts.text("name", one.name, one.line);
    facts.text("namespace", one.space, one.line);
    if (one.revision) facts.integer("revision", *one.revision, one.line);
    facts.text("status", one.status, one.line);
    if (!one.chart.empty()) facts.text("chart", one.chart, one.line);
    if (!one.app_version.empty()) facts.text("app_version", one.app_version, one.line);
    if (one.updated) facts.text("updated", *one.updated, one.line);
    facts.close();
  }
  facts.close();
  facts.boolean("deployed", deployed);
  facts.integer("failed", failed);
  facts.integer("pending", pending);
  if (made_at) facts.text("made_at", *made_at);
}

}  // namespace dpol::sources
