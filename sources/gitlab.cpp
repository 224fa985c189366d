// GitLab: answers of its API (pipelines, jobs, merge requests, approvals, reports of tests) and
// what its webhooks send. A job that may fail blocks nothing; one that waits for somebody to start
// it blocks unless it may fail. Jobs of one name are attempts: the newest counts.

#include <algorithm>
#include <map>

#include "sources/ci.h"
#include "sources/formats.h"
#include "sources/json_nodes.h"
#include "sources/test_cases.h"
#include "sources/times.h"

namespace dpol::sources {
namespace {

using inputs::NodeKind;
using inputs::NodeRef;

enum class Shape : std::uint8_t { other, pipeline, job, change, approvals, hook };

bool has_all(NodeRef node, std::initializer_list<std::string_view> keys) {
  return std::ranges::all_of(keys,
                             [&](std::string_view key) { return node.find(key).has_value(); });
}

Shape shape_of(NodeRef node) {
  if (!node.is(NodeKind::map)) return Shape::other;
  const std::string_view hook = text_at(node, "object_kind");
  if (hook == "pipeline" || hook == "build" || hook == "deployment" || hook == "merge_request")
    return Shape::hook;
  if (has_all(node, {"approved_by", "approvals_required"})) return Shape::approvals;
  if (has_all(node, {"iid", "state", "source_branch", "target_branch"})) return Shape::change;
  if (has_all(node, {"name", "stage", "status"}) && !node.find("conclusion")) return Shape::job;
  if (has_all(node, {"id", "sha", "ref", "status"}) && !node.find("conclusion"))
    return Shape::pipeline;
  return Shape::other;
}

CheckOutcome outcome_of(NodeRef node) {
  const std::string_view status = text_at(node, "status");
  const bool may_fail = truth_at(node, "allow_failure").value_or(false);
  if (status == "success") return CheckOutcome::passed;
  if (status == "skipped") return CheckOutcome::skipped;
  if (status == "manual") return may_fail ? CheckOutcome::skipped : CheckOutcome::pending;
  if (status == "failed") return may_fail ? CheckOutcome::neutral : CheckOutcome::failed;
  if (status == "canceled" || status == "canceling")
    return may_fail ? CheckOutcome::neutral : CheckOutcome::cancelled;
  // created, pending, preparing, running, scheduled, waiting_for_resource; and what may come.
  return CheckOutcome::pending;
}

std::string time_at(NodeRef node, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const auto time = moment(text_at(node, key))) return *time;
  }
  return {};
}

class GitLab {
 public:
  GitLab(const Documents& documents, CiReport& report) : documents_(documents), report_(report) {}

  void document(Opened& file) {
    file_ = &file;
    const NodeRef root = file.json()->root();
    if (!root.is(NodeKind::list)) return one(root);
    for (const NodeRef element : root) one(element);
  }

  // A pipeline is what its jobs are, unless they do not tell all of it.
  void finish() {
    if (!pipeline_) return;
    const bool said =
        pipeline_->outcome == CheckOutcome::passed || report_.has_outcome(pipeline_->outcome);
    if (!report_.has_any_check() || !said) report_.add(*pipeline_);
  }

 private:
  void one(NodeRef node) {
    switch (shape_of(node)) {
      case Shape::pipeline:
        return pipeline(node);
      case Shape::job:
        return job(node);
      case Shape::change:
        return change(node);
      case Shape::approvals:
        return approvals(node);
      case Shape::hook:
        return hook(node);
      case Shape::other:
        return;
    }
  }

  void pipeline(NodeRef node) {
    commit(node.line(), text_at(node, "sha"));
    CiCheck check;
    check.line = node.line();
    check.group = "pipeline";
    check.name = "pipeline";
    check.at = time_at(node, {"created_at"});
    check.outcome = outcome_of(node);
    if (!pipeline_ || !is_earlier(check.at, pipeline_->at)) pipeline_ = std::move(check);
  }

  void job(NodeRef node) {
    if (const auto its = entry(node, "commit")) commit(node.line(), text_at(*its, "id"));
    CiCheck check;
    check.line = node.line();
    check.group = text_at(node, "stage");
    check.name = text_at(node, "name");
    check.id = scalar_at(node, "id");
    check.at = time_at(node, {"created_at"});
    check.outcome = outcome_of(node);
    report_.add(std::move(check));
  }

  void hook(NodeRef node) {
    const std::string_view kind = text_at(node, "object_kind");
    const auto about = entry(node, "object_attributes");
    if (kind == "pipeline") {
      if (about) pipeline(*about);
      const auto builds = list_at(node, "builds");
      if (!builds) return;
      for (const NodeRef build : *builds) job(build);
    } else if (kind == "merge_request") {
      if (about) change(*about);
    } else if (kind == "deployment") {
      deployment(node);
    } else {
      commit(node.line(), text_at(node, "sha"));
      build(node);
    }
  }

  // The hook of one job has names of its own.
  void build(NodeRef node) {
    CiCheck check;
    check.line = node.line();
    check.group = text_at(node, "build_stage");
    check.name = text_at(node, "build_name");
    check.id = scalar_at(node, "build_id");
    check.at = time_at(node, {"build_created_at"});
    const std::string_view status = text_at(node, "build_status");
    const bool may_fail = truth_at(node, "build_allow_failure").value_or(false);
    check.outcome = status == "success"                ? CheckOutcome::passed
                    : status == "skipped"              ? CheckOutcome::skipped
                    : status == "failed" && may_fail   ? CheckOutcome::neutral
                    : status == "failed"               ? CheckOutcome::failed
                    : status == "canceled" && may_fail ? CheckOutcome::neutral
                    : status == "canceled"             ? CheckOutcome::cancelled
                                                       : CheckOutcome::pending;
    report_.add(std::move(check));
  }

  void deployment(NodeRef node) {
    const std::string_view status = text_at(node, "status");
    CiDeployment one;
    one.line = node.line();
    one.environment = text_at(node, "environment");
    one.at = time_at(node, {"status_changed_at"});
    one.state = status == "success"                          ? "succeeded"
                : status == "running"                        ? "running"
                : status == "failed" || status == "canceled" ? "failed"
                                                             : "pending";
    // The hook has the commit in its address alone.
    const std::string_view url = text_at(node, "commit_url");
    if (const std::size_t slash = url.rfind('/'); slash != std::string_view::npos)
      commit(node.line(), url.substr(slash + 1));
    report_.add(std::move(one));
  }

  void change(NodeRef node) {
    commit(node.line(), text_at(node, "sha"));
    if (const auto last = entry(node, "last_commit")) commit(node.line(), text_at(*last, "id"));
    CiChange& change = report_.change();
    if (const auto author = entry(node, "author")) change.author = text_at(*author, "username");
    const std::string_view state = text_at(node, "state");
    change.state = state == "opened" || state == "locked" ? "open"
                   : state == "merged"                    ? "merged"
                                                          : "closed";
    for (const std::string_view key : {"draft", "work_in_progress"}) {
      if (const auto draft = truth_at(node, key)) change.draft = draft;
    }
  }

  void approvals(NodeRef node) {
    // Who asks for changes is not told.
    if (const auto left = count_at(node, "approvals_left")) report_.change().approved = *left == 0;
    const auto list = list_at(node, "approved_by");
    if (!list) return;
    report_.has_all_approvals();
    for (const NodeRef one : *list) {
      const auto user = entry(one, "user");
      if (!user) continue;
      CiReview review;
      review.user = text_at(*user, "username");
      review.line = one.line();
      report_.add(std::move(review));
    }
  }

  void commit(std::uint32_t line, std::string_view found) {
    if (report_.set_commit(found) || refused_) return;
    refused_ = true;
    documents_.fail(*file_, line,
                    "documents of one commit, as others are of `" + report_.commit() + "`",
                    "one of `" + std::string(found) + "`");
  }

  const Documents& documents_;
  CiReport& report_;
  Opened* file_ = nullptr;
  std::optional<CiCheck> pipeline_;  // the newest
  bool refused_ = false;
};

}  // namespace

bool recognise_gitlab(Opened& file) {
  const inputs::Document* document = file.json();
  if (document == nullptr) return false;
  const NodeRef root = document->root();
  if (!root.is(NodeKind::list)) return shape_of(root) != Shape::other;
  return root.size() > 0 && shape_of(*root.begin()) != Shape::other;
}

void read_gitlab(const Documents& documents, Facts& facts) {
  CiReport report;
  GitLab reader(documents, report);
  for (Opened& file : documents.files) reader.document(file);
  reader.finish();
  report.write(facts);
}

bool recognise_gitlab_tests(Opened& file) {
  const inputs::Document* document = file.json();
  return document != nullptr && list_at(document->root(), "test_suites") &&
         entry(document->root(), "total_count");
}

namespace {

// Cases by their status. The counts beside them count an error as no failure; where fewer cases are
// listed than are counted, the rest counts too.
void add_suite(NodeRef suite, TestCases& cases) {
  std::map<Outcome, std::int64_t> listed;
  const auto list = list_at(suite, "test_cases");
  if (list) {
    for (const NodeRef one : *list) {
      const std::string_view status = text_at(one, "status");
      TestCase test;
      test.line = one.line();
      test.outcome = status == "success"   ? Outcome::passed
                     : status == "failed"  ? Outcome::failed
                     : status == "skipped" ? Outcome::skipped
                                           : Outcome::errored;
      if (const auto took = decimal_at(one, "execution_time"); took && took->sign() >= 0)
        test.seconds = took;
      std::string_view group = text_at(one, "classname");
      if (group.empty()) group = text_at(suite, "name");
      cases.add(std::string(group), std::string(text_at(one, "name")), test);
      ++listed[test.outcome];
    }
  }
  const auto rest = [&](std::string_view key, Outcome outcome) {
    const std::int64_t counted = count_at(suite, key).value_or(0);
    if (counted > listed[outcome] && counted < INT64_MAX / 1000)
      cases.add_counted(outcome, counted - listed[outcome]);
  };
  rest("success_count", Outcome::passed);
  rest("failed_count", Outcome::failed);
  rest("skipped_count", Outcome::skipped);
  rest("error_count", Outcome::errored);
  // A suite that could not be read has no cases.
  if (entry(suite, "suite_error")) cases.add_counted(Outcome::errored, 1);
}

}  // namespace

void read_gitlab_tests(const Documents& documents, Facts& facts) {
  TestCases cases;
  for (Opened& file : documents.files) {
    cases.begin_report();
    const NodeRef suites = *list_at(file.json()->root(), "test_suites");
    for (const NodeRef suite : suites) add_suite(suite, cases);
  }
  if (cases.is_full()) documents.refuse_more_than(TestCases::kMost, "tests");
  cases.write(facts);
}

}  // namespace dpol::sources
