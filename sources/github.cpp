// GitHub: answers of its API (check runs, statuses, runs of workflows and their jobs, pull
// requests, reviews, deployments), what `gh … --json` makes of them, and the files of events that
// a workflow finds at GITHUB_EVENT_PATH. REST writes states in lower case, GraphQL in upper case
// and "" for null. Neutral and skipped checks block nothing; one that is not completed has no
// conclusion yet. A list that says how many there are and holds fewer is a page of it: refused.

#include <algorithm>
#include <cctype>
#include <map>

#include "sources/ci.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view first_of(NodeRef node, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const std::string_view text = scalar_at(node, key); !text.empty()) return text;
  }
  return {};
}

// `gh` writes the first moment of all where there is none.
std::string time_at(NodeRef node, std::initializer_list<std::string_view> keys) {
  const std::string_view text = first_of(node, keys);
  return text.starts_with("0001-") ? std::string() : moment(text).value_or("");
}

CheckOutcome outcome_of(std::string_view status, std::string_view conclusion) {
  if (lower(status) != "completed") return CheckOutcome::pending;
  const std::string word = lower(conclusion);
  if (word == "success") return CheckOutcome::passed;
  if (word == "neutral") return CheckOutcome::neutral;
  if (word == "skipped") return CheckOutcome::skipped;
  if (word == "cancelled") return CheckOutcome::cancelled;
  if (word.empty()) return CheckOutcome::pending;
  // failure, timed_out, action_required, startup_failure, stale; and what may come.
  return CheckOutcome::failed;
}

CheckOutcome outcome_of_status(std::string_view state) {
  const std::string word = lower(state);
  if (word == "success") return CheckOutcome::passed;
  return word == "pending" || word == "expected" ? CheckOutcome::pending : CheckOutcome::failed;
}

// What a map is, told by its keys.
enum class Shape : std::uint8_t {
  other,
  run,     // of a check, a job or a workflow
  status,  // of a commit
  bucket,  // a check as `gh pr checks --json` has it
  review,
  change,  // a pull request, of REST or of gh
  deployment_status,
  holder,  // of lists, or of what an event is about
};

bool has_all(NodeRef node, std::initializer_list<std::string_view> keys) {
  return std::ranges::all_of(keys,
                             [&](std::string_view key) { return node.find(key).has_value(); });
}

bool is_holder(NodeRef node);

// Documents are of bounded depth.
Shape shape_of(NodeRef node) {
  if (!node.is(NodeKind::map)) return Shape::other;
  if (has_all(node, {"bucket", "name", "state"})) return Shape::bucket;
  if (has_all(node, {"environment", "state", "deployment_url"})) return Shape::deployment_status;
  if (has_all(node, {"state", "number", "head", "base"}) || entry(node, "headRefOid"))
    return Shape::change;
  if (entry(node, "state") && (entry(node, "user", "login") || entry(node, "author", "login")) &&
      (entry(node, "submitted_at") || entry(node, "submittedAt")))
    return Shape::review;
  if (has_all(node, {"status", "conclusion"}) && !first_of(node, {"name", "workflowName"}).empty())
    return Shape::run;
  if (has_all(node, {"state", "context"})) return Shape::status;
  return is_holder(node) ? Shape::holder : Shape::other;
}

// A list of none says of what it is by its count.
bool is_holder(NodeRef node) {
  for (const std::string_view key : {"check_runs", "workflow_runs", "jobs", "statuses"}) {
    const auto list = list_at(node, key);
    if (!list) continue;
    if (list->size() == 0 && entry(node, "total_count")) return true;
    if (list->size() == 0) continue;
    const Shape first = shape_of(*list->begin());
    if (first == Shape::run || first == Shape::status) return true;
  }
  if (entry(node, "statusCheckRollup")) return true;
  for (const std::string_view key : {"check_run", "workflow_run", "workflow_job", "pull_request",
                                     "review", "deployment_status"}) {
    const auto held = entry(node, key);
    if (held && shape_of(*held) != Shape::other) return true;
  }
  return false;
}

// An answer of GraphQL lies below `data`, as deep as it was asked for.
constexpr int kMostDepth = 12;

class GitHub {
 public:
  GitHub(const Documents& documents, CiReport& report) : documents_(documents), report_(report) {}

  void document(Opened& file) {
    file_ = &file;
    any(file.json()->root(), 0);
  }

  // Whether all pages are there.
  void finish() {
    for (const auto& [list, page] : pages_) {
      if (page.listed >= page.total) continue;
      documents_.fail(documents_.files.back(), 0,
                      "all " + std::to_string(page.total) + " elements of `" + list +
                          "`: `gh api --paginate --slurp`, or each page as a document",
                      std::to_string(page.listed));
    }
  }

 private:
  struct Page {
    std::int64_t total = 0;
    std::int64_t listed = 0;
  };

  void any(NodeRef node, int depth) {
    if (depth > kMostDepth) return;
    if (node.is(NodeKind::list)) {
      for (const NodeRef one : node) {
        if (shape_of(one) == Shape::review) report_.has_all_reviews();
        any(one, depth + 1);
      }
      return;
    }
    switch (shape_of(node)) {
      case Shape::run:
        run(node);
        // `gh run view` lists the jobs in the run that they are of.
        if (const auto jobs = list_at(node, "jobs")) each(*jobs, scalar_at(node, "databaseId"));
        return;
      case Shape::status:
        return status(node);
      case Shape::bucket:
        return bucket(node);
      case Shape::review:
        return review(node);
      case Shape::change:
        return change(node, depth);
      case Shape::deployment_status:
        return deployment(node);
      case Shape::holder:
        return holder(node, depth);
      case Shape::other:
        break;
    }
    if (!node.is(NodeKind::map)) return;
    for (const std::string_view key : {"data", "node", "nodes", "repository", "pullRequest",
                                       "commit", "commits", "contexts", "object"}) {
      if (const auto below = entry(node, key)) any(*below, depth + 1);
    }
  }

  void holder(NodeRef node, int depth) {
    for (const std::string_view list : {"check_runs", "workflow_runs", "jobs", "statuses"}) {
      const auto found = list_at(node, list);
      if (!found) continue;
      report_.has_checks();
      if (list == "statuses") commit(node, {"sha"});
      if (const auto total = count_at(node, "total_count")) {
        Page& page = pages_[std::string(list)];
        page.total = std::max(page.total, *total);
        page.listed += found->size();
      }
      each(*found, {});
    }
    if (const auto rollup = entry(node, "statusCheckRollup")) {
      commit(node, {"oid"});
      report_.has_checks();
      any(*rollup, depth + 1);
    }
    for (const std::string_view key :
         {"check_run", "workflow_run", "workflow_job", "pull_request", "review"}) {
      if (const auto found = entry(node, key)) any(*found, depth + 1);
    }
    if (const auto found = entry(node, "deployment_status")) {
      if (const auto deployed = entry(node, "deployment")) commit(*deployed, {"sha"});
      deployment(*found);
    }
  }

  void each(NodeRef list, std::string_view group) {
    for (const NodeRef one : list) {
      if (shape_of(one) == Shape::status) {
        status(one);
      } else if (one.is(NodeKind::map)) {
        run(one, group);
      }
    }
  }

  void run(NodeRef node, std::string_view group = {}) {
    commit(node, {"head_sha", "headSha"});
    CiCheck check;
    check.line = node.line();
    check.name = first_of(node, {"name", "workflowName"});
    check.id = first_of(node, {"id", "databaseId"});
    // Runs of workflows are numbered apart from jobs, and a job as the check that it is.
    if (entry(node, "workflow_id") || entry(node, "workflowDatabaseId") || entry(node, "jobs"))
      check.id.clear();
    check.at =
        time_at(node, {"started_at", "startedAt", "run_started_at", "created_at", "createdAt"});
    check.outcome = outcome_of(text_at(node, "status"), text_at(node, "conclusion"));
    check.group = group.empty() ? group_of(node) : group;
    report_.add(std::move(check));
  }

  // Names repeat from one suite or workflow to another, and those of one do not stand for those of
  // another.
  static std::string group_of(NodeRef node) {
    if (const auto suite = entry(node, "check_suite")) return std::string(scalar_at(*suite, "id"));
    // A run of a workflow for a push does not stand for one for a schedule.
    const std::string_view workflow = first_of(node, {"workflow_id", "workflowDatabaseId"});
    if (!workflow.empty()) return std::string(workflow) + " " + std::string(text_at(node, "event"));
    return std::string(first_of(node, {"workflowName", "workflow_name", "run_id"}));
  }

  void status(NodeRef node) {
    commit(node, {"sha"});
    CiCheck check;
    check.line = node.line();
    check.group = "status";
    check.name = text_at(node, "context");
    check.at = time_at(node, {"updated_at", "startedAt", "created_at", "createdAt"});
    check.outcome = outcome_of_status(text_at(node, "state"));
    report_.add(std::move(check));
  }

  void bucket(NodeRef node) {
    const std::string_view word = text_at(node, "bucket");
    CiCheck check;
    check.line = node.line();
    check.group = text_at(node, "workflow");
    check.name = text_at(node, "name");
    check.at = time_at(node, {"startedAt"});
    check.outcome = word == "pass"       ? CheckOutcome::passed
                    : word == "pending"  ? CheckOutcome::pending
                    : word == "skipping" ? CheckOutcome::skipped
                    : word == "cancel"   ? CheckOutcome::cancelled
                                         : CheckOutcome::failed;
    report_.add(std::move(check));
  }

  void review(NodeRef node) {
    const std::string word = lower(text_at(node, "state"));
    CiReview one;
    one.line = node.line();
    one.at = time_at(node, {"submitted_at", "submittedAt"});
    one.commit = text_at(node, "commit_id");
    if (const auto seen = entry(node, "commit")) one.commit = text_at(*seen, "oid");
    for (const std::string_view key : {"user", "author"}) {
      if (const auto user = entry(node, key)) one.user = text_at(*user, "login");
    }
    if (word == "approved") {
      one.verdict = Verdict::approved;
    } else if (word == "changes_requested") {
      one.verdict = Verdict::changes_requested;
    } else if (word == "dismissed") {
      one.verdict = Verdict::dismissed;
    } else {
      return;  // a comment takes nothing back
    }
    report_.add(std::move(one));
  }

  void change(NodeRef node, int depth) {
    commit(node, {"headRefOid"});
    if (const auto head = entry(node, "head")) commit(*head, {"sha"});
    CiChange& change = report_.change();
    for (const std::string_view key : {"user", "author"}) {
      if (const auto user = entry(node, key); user && !text_at(*user, "login").empty())
        change.author = text_at(*user, "login");
    }
    const std::string state = lower(text_at(node, "state"));
    const bool merged = truth_at(node, "merged").value_or(false) || entry(node, "merged_at") ||
                        entry(node, "mergedAt") || state == "merged";
    if (!state.empty()) change.state = merged ? "merged" : state == "open" ? "open" : "closed";
    for (const std::string_view key : {"draft", "isDraft"}) {
      if (const auto draft = truth_at(node, key)) change.draft = draft;
    }
    const std::string_view decision = text_at(node, "reviewDecision");
    if (!decision.empty()) change.approved = decision == "APPROVED";
    if (const auto rollup = entry(node, "statusCheckRollup")) {
      report_.has_checks();
      any(*rollup, depth + 1);
    }
    if (const auto reviews = list_at(node, "reviews")) {
      report_.has_all_reviews();
      any(*reviews, depth + 1);
    }
  }

  void deployment(NodeRef node) {
    const std::string word = lower(text_at(node, "state"));
    CiDeployment one;
    one.line = node.line();
    one.environment = text_at(node, "environment");
    one.at = time_at(node, {"created_at", "updated_at"});
    one.state = word == "success"                                            ? "succeeded"
                : word == "in_progress"                                      ? "running"
                : word == "pending" || word == "queued" || word == "waiting" ? "pending"
                : word == "inactive"                                         ? "inactive"
                                                                             : "failed";
    report_.add(std::move(one));
  }

  void commit(NodeRef node, std::initializer_list<std::string_view> keys) {
    const std::string_view found = first_of(node, keys);
    if (report_.set_commit(found) || refused_) return;
    refused_ = true;
    documents_.fail(*file_, node.line(),
                    "documents of one commit, as others are of `" + report_.commit() + "`",
                    "one of `" + std::string(found) + "`");
  }

  const Documents& documents_;
  CiReport& report_;
  Opened* file_ = nullptr;
  std::map<std::string, Page> pages_;
  bool refused_ = false;
};

bool is_githubs(NodeRef node, int depth) {
  if (depth > kMostDepth) return false;
  if (shape_of(node) != Shape::other) return true;
  if (node.is(NodeKind::list)) return node.size() > 0 && is_githubs(*node.begin(), depth + 1);
  if (!node.is(NodeKind::map)) return false;
  for (const std::string_view key :
       {"data", "node", "nodes", "repository", "pullRequest", "commit", "commits", "object"}) {
    const auto below = entry(node, key);
    if (below && is_githubs(*below, depth + 1)) return true;
  }
  return false;
}

}  // namespace

bool recognise_github(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && is_githubs(document->root(), 0);
}

void read_github(const Documents& documents, Facts& facts) {
  CiReport report;
  GitHub reader(documents, report);
  for (Opened& file : documents.files) reader.document(file);
  reader.finish();
  report.write(facts);
}

}  // namespace dpol::sources
