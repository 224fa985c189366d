// What AWS tells of deployments: `aws deploy get-deployment` and `aws ecs describe-services`. Times
// are seconds since 1970 in the first version of the command line and RFC 3339 in the second.

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

using Count = std::optional<std::int64_t>;

struct AwsDeployment {
  std::string name, status, revision, reason;
  std::string_view state;
  Count desired, running, pending, failed;
  std::optional<bool> rolled_back;
  std::optional<std::string> started_at, updated_at;
  std::uint32_t line = 0;
};

// Of nothing or of what is not known nothing is known.
Count plus(Count a, Count b) {
  if (!a || !b) return std::nullopt;
  return *a > INT64_MAX - *b ? INT64_MAX : *a + *b;
}

class AwsDeployments {
 public:
  // Of one id the later one counts.
  void add(std::string_view id, AwsDeployment one) {
    all_.insert_or_assign(std::string(id), std::move(one));
  }

  void write(Facts& facts) const {
    constexpr std::array<std::string_view, 5> kStates = {"queued", "in_progress", "succeeded",
                                                         "failed", "stopped"};
    std::map<std::string_view, std::int64_t> counts;
    Count desired;
    Count running;
    if (!all_.empty()) desired = running = 0;
    for (const auto& [id, one] : all_) {
      ++counts[one.state];
      desired = plus(desired, one.desired);
      running = plus(running, one.running);
    }
    for (const std::string_view state : kStates)
      all_.empty() ? facts.unknown(state) : facts.integer(state, counts[state]);
    number(facts, "desired", desired, 0);
    number(facts, "running", running, 0);
    facts.open_list("deployments");
    for (const auto& [id, one] : all_) write(id, one, facts);
    facts.close();
  }

 private:
  static void number(Facts& facts, std::string_view name, Count value, std::uint32_t line) {
    value ? facts.integer(name, *value, line) : facts.unknown(name, line);
  }

  static void write(const std::string& id, const AwsDeployment& one, Facts& facts) {
    const auto text = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) facts.text(name, value, one.line);
    };
    facts.open_map({}, one.line);
    facts.text("id", id, one.line);
    facts.text("name", one.name, one.line);
    facts.text("state", one.state, one.line);
    facts.text("status", one.status, one.line);
    text("revision", one.revision);
    number(facts, "desired", one.desired, one.line);
    number(facts, "running", one.running, one.line);
    number(facts, "pending", one.pending, one.line);
    number(facts, "failed", one.failed, one.line);
    one.rolled_back ? facts.boolean("rolled_back", *one.rolled_back, one.line)
                    : facts.unknown("rolled_back", one.line);
    text("reason", one.reason);
    text("started_at", one.started_at.value_or(""));
    text("updated_at", one.updated_at.value_or(""));
    facts.close();
  }

  std::map<std::string, AwsDeployment> all_;
};

std::optional<std::string> aws_time(NodeRef node, std::string_view key) {
  return moment(scalar_at(node, key));
}

// ---- CodeDeploy ----

// "" of one that is not known.
std::string_view codedeploy_state(std::string_view status) {
  if (status == "Created" || status == "Queued") return "queued";
  // Ready: it waits for the traffic, or for somebody to let it go on.
  if (status == "InProgress" || status == "Baking" || status == "Ready") return "in_progress";
  if (status == "Succeeded") return "succeeded";
  if (status == "Failed") return "failed";
  return status == "Stopped" ? "stopped" : "";
}

std::string codedeploy_revision(NodeRef info) {
  const auto revision = entry(info, "revision");
  if (!revision) return {};
  if (const auto place = entry(*revision, "gitHubLocation"))
    return std::string(text_at(*place, "commitId"));
  if (const auto place = entry(*revision, "s3Location")) {
    const std::string_view version = text_at(*place, "version");
    std::string name =
        std::string(text_at(*place, "bucket")).append("/").append(text_at(*place, "key"));
    return version.empty() ? name : name.append("@").append(version);
  }
  for (const char* const key : {"string", "appSpecContent"}) {
    if (const auto place = entry(*revision, key)) return std::string(text_at(*place, "sha256"));
  }
  return {};
}

// A target that was skipped has not got it, and is none that failed.
void codedeploy_counts(NodeRef info, AwsDeployment& out) {
  const auto overview = entry(info, "deploymentOverview");
  if (!overview || !overview->is(NodeKind::map)) return;
  const auto count = [&](std::string_view key) {
    return Count(count_at(*overview, key).value_or(0));
  };
  out.running = count("Succeeded");
  out.failed = count("Failed");
  out.pending = plus(plus(count("Pending"), count("InProgress")), count("Ready"));
  out.desired = plus(plus(plus(out.running, out.failed), out.pending), count("Skipped"));
}

AwsDeployment codedeploy_one(NodeRef info) {
  AwsDeployment out;
  out.line = info.line();
  out.name = std::string(text_at(info, "applicationName"))
                 .append("/")
                 .append(text_at(info, "deploymentGroupName"));
  out.status = text_at(info, "status");
  out.state = codedeploy_state(out.status);
  out.revision = codedeploy_revision(info);
  codedeploy_counts(info, out);
  // One that rolls back is a deployment of its own, which succeeds as others do.
  const auto rollback = entry(info, "rollbackInfo");
  out.rolled_back = text_at(info, "creator") == "codeDeployRollback" ||
                    (rollback && (!text_at(*rollback, "rollbackDeploymentId").empty() ||
                                  !text_at(*rollback, "rollbackTriggeringDeploymentId").empty()));
  if (const auto error = entry(info, "errorInformation")) out.reason = text_at(*error, "message");
  out.started_at = aws_time(info, "startTime");
  if (!out.started_at) out.started_at = aws_time(info, "createTime");
  out.updated_at = aws_time(info, "completeTime");
  return out;
}

bool is_codedeploy(NodeRef node) {
  return entry(node, "deploymentId") && entry(node, "applicationName") && entry(node, "status");
}

// One, several, or what a query took out of the answer.
std::optional<NodeRef> codedeploy_infos(NodeRef root) {
  if (const auto list = list_at(root, "deploymentsInfo")) return list;
  const auto info = entry(root, "deploymentInfo");
  const NodeRef one = info ? *info : root;
  return is_codedeploy(one) ? std::optional(one) : std::nullopt;
}

// ---- ECS ----

bool is_ecs_service(NodeRef node) {
  return entry(node, "serviceArn") && entry(node, "desiredCount") && entry(node, "runningCount");
}

std::optional<NodeRef> ecs_services(NodeRef root) {
  const auto list = root.is(NodeKind::list) ? std::optional(root) : list_at(root, "services");
  if (!list) return is_ecs_service(root) ? std::optional(root) : std::nullopt;
  if (list->size() > 0) return is_ecs_service(*list->begin()) ? list : std::nullopt;
  return list_at(root, "failures") ? list : std::nullopt;
}

// The newest deployment is the primary one; the tasks of those before it run on until it is done.
// CodeDeploy and others bring sets of tasks in place of deployments.
std::optional<NodeRef> ecs_primary(NodeRef service) {
  for (const char* const key : {"deployments", "taskSets"}) {
    const auto list = list_at(service, key);
    if (!list) continue;
    for (const NodeRef one : *list) {
      if (text_at(one, "status") == "PRIMARY") return one;
    }
  }
  return std::nullopt;
}

std::int64_t ecs_deployments(NodeRef service) {
  std::int64_t count = 0;
  for (const char* const key : {"deployments", "taskSets"}) {
    if (const auto list = list_at(service, key)) count += static_cast<std::int64_t>(list->size());
  }
  return count;
}

bool ecs_any_failed(NodeRef service) {
  const auto list = list_at(service, "deployments");
  if (!list) return false;
  for (const NodeRef one : *list) {
    if (text_at(one, "rolloutState") == "FAILED" ||
        text_at(one, "rolloutStateReason").find("rolling back") != std::string_view::npos)
      return true;
  }
  return false;
}

// "" of a word that is not known. Where AWS has no word for it, what its own `services-stable`
// waits for: one deployment alone, and as many tasks as there should be.
std::string_view ecs_state(NodeRef service, const AwsDeployment& out) {
  if (const std::string_view status = text_at(service, "status"); status != "ACTIVE")
    return status == "DRAINING" || status == "INACTIVE" ? "stopped" : "";
  if (out.status == "COMPLETED") return "succeeded";
  if (out.status == "IN_PROGRESS") return "in_progress";
  if (out.status == "FAILED") return "failed";
  if (!out.status.empty() && out.status != "STEADY_STATE" && out.status != "STABILIZING") return "";
  const bool done = out.status != "STABILIZING" && ecs_deployments(service) == 1 && out.desired &&
                    out.running == out.desired;
  return done ? "succeeded" : "in_progress";
}

AwsDeployment ecs_service(NodeRef service) {
  AwsDeployment out;
  out.line = service.line();
  out.name = text_at(service, "serviceName");
  const auto primary = ecs_primary(service);
  const NodeRef from = primary ? *primary : service;
  out.status = text_at(from, "rolloutState");
  if (out.status.empty()) out.status = text_at(from, "stabilityStatus");
  out.revision = text_at(from, "taskDefinition");
  // Of a set of tasks it is a share of the service, computed.
  out.desired = count_at(from, "computedDesiredCount");
  if (!out.desired) out.desired = count_at(from, "desiredCount");
  out.running = count_at(from, "runningCount");
  out.pending = count_at(from, "pendingCount");
  out.failed = count_at(from, "failedTasks");
  out.reason = text_at(from, "rolloutStateReason");
  out.state = ecs_state(service, out);
  // Later on the deployment that failed is listed no more.
  if (ecs_any_failed(service)) out.rolled_back = true;
  if (out.status.empty()) out.status = text_at(service, "status");
  out.started_at = aws_time(from, "createdAt");
  out.updated_at = aws_time(from, "updatedAt");
  return out;
}

// A service that does not exist is none that is fine.
bool refuse_failures(const Documents& documents, const Opened& file, NodeRef root) {
  const auto failures = list_at(root, "failures");
  if (!failures || failures->size() == 0) return false;
  const NodeRef first = *failures->begin();
  documents.fail(
      file, first.line(), "each service that was asked for",
      "`" + std::string(text_at(first, "reason")) + "` of " + std::string(text_at(first, "arn")));
  return true;
}

// Reads what is there, one or a list; false after an error.
template <class Is, class Read>
bool read_each(const Documents& documents, const Opened& file, NodeRef found, const Is& is,
               std::string_view id, const Read& read, AwsDeployments& out) {
  const auto one = [&](NodeRef node) {
    if (!is(node)) {
      documents.fail(file, node.line(), "a deployment with its id, name and status", "another");
      return false;
    }
    AwsDeployment deployment = read(node);
    if (deployment.state.empty()) {
      documents.fail(file, node.line(), "a status that AWS is known to have",
                     "`" + deployment.status + "`");
      return false;
    }
    out.add(text_at(node, id), std::move(deployment));
    return true;
  };
  if (!found.is(NodeKind::list)) return one(found);
  for (const NodeRef node : found) {
    if (!one(node)) return false;
  }
  return true;
}

}  // namespace

bool recognise_codedeploy(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && codedeploy_infos(document->root());
}

void read_codedeploy(const Documents& documents, Facts& facts) {
  AwsDeployments all;
  for (Opened& file : documents.files) {
    if (!read_each(documents, file, *codedeploy_infos(file.json()->root()), is_codedeploy,
                   "deploymentId", codedeploy_one, all))
      return;
  }
  all.write(facts);
}

bool recognise_ecs(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && ecs_services(document->root());
}

void read_ecs(const Documents& documents, Facts& facts) {
  AwsDeployments all;
  for (Opened& file : documents.files) {
    const NodeRef root = file.json()->root();
    if (refuse_failures(documents, file, root) ||
        !read_each(documents, file, *ecs_services(root), is_ecs_service, "serviceArn", ecs_service,
                   all))
      return;
  }
  all.write(facts);
}

}  // namespace dpol::sources
