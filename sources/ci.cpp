#include "sources/ci.h"

#include <algorithm>

#include "sources/times.h"

namespace dpol::sources {
namespace {

std::string_view text_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::passed:
      return "passed";
    case CheckOutcome::neutral:
      return "neutral";
    case CheckOutcome::skipped:
      return "skipped";
    case CheckOutcome::pending:
      return "pending";
    case CheckOutcome::cancelled:
      return "cancelled";
    case CheckOutcome::failed:
      return "failed";
  }
  return "";
}

// What says when it was is newer than what does not; of two that do not, or at once, the one that
// stands further down.
bool is_replaced(const std::string& old_at, const std::string& new_at) {
  if (old_at.empty() || new_at.empty()) return old_at.empty() || !new_at.empty();
  return !is_earlier(new_at, old_at);
}

template <class Key, class One>
void keep_newest(std::map<Key, One>& known, const Key& key, One one) {
  const auto [place, is_new] = known.try_emplace(key, one);
  if (!is_new && is_replaced(place->second.at, one.at)) place->second = std::move(one);
}

}  // namespace

void CiReport::add(CiCheck check) {
  some_checks_ = true;
  Key key = {check.group, check.name};
  if (!check.id.empty()) {
    // The same one, told in another document by another group.
    const auto [place, is_new] = ids_.try_emplace(check.id, key);
    if (!is_new) key = place->second;
  }
  // What has not begun has no time and is the newest all the same.
  const auto waits = [](const CiCheck& one) {
    return one.outcome == CheckOutcome::pending && one.at.empty();
  };
  if (waits(check)) {
    checks_.insert_or_assign(key, std::move(check));
  } else if (const auto known = checks_.find(key);
             known == checks_.end() || !waits(known->second)) {
    keep_newest(checks_, key, std::move(check));
  }
}

void CiReport::add(CiReview review) {
  const std::string user = review.user;
  keep_newest(reviews_, user, std::move(review));
}

void CiReport::add(CiDeployment deployment) {
  const std::string environment = deployment.environment;
  keep_newest(deployments_, environment, std::move(deployment));
}

bool CiReport::set_commit(std::string_view commit) {
  if (commit.empty()) return true;
  if (commit_.empty()) commit_ = commit;
  return commit_ == commit;
}

bool CiReport::has_outcome(CheckOutcome outcome) const {
  return std::ranges::any_of(checks_,
                             [&](const auto& one) { return one.second.outcome == outcome; });
}

void CiReport::write(Facts& facts) const {
  if (!commit_.empty()) facts.text("commit", commit_);
  write_checks(facts);
  write_reviews(facts);
  if (change_.author) facts.text("author", *change_.author);
  if (!change_.state.empty()) facts.text("change", change_.state);
  if (change_.draft) facts.boolean("draft", *change_.draft);
  facts.open_list("deployments");
  for (const auto& [environment, one] : deployments_) {
    facts.open_map({}, one.line);
    facts.text("environment", environment, one.line);
    facts.text("state", one.state, one.line);
    if (!one.at.empty()) facts.text("at", one.at, one.line);
    facts.close();
  }
  facts.close();
}

void CiReport::write_checks(Facts& facts) const {
  std::map<CheckOutcome, std::int64_t> counts;
  for (const auto& [key, check] : checks_) ++counts[check.outcome];
  const auto count = [&](std::string_view name, std::int64_t value) {
    some_checks_ ? facts.integer(name, value) : facts.unknown(name);
  };
  const std::int64_t bad = counts[CheckOutcome::failed] + counts[CheckOutcome::cancelled];
  const std::int64_t skipped = counts[CheckOutcome::skipped] + counts[CheckOutcome::neutral];
  count("total", static_cast<std::int64_t>(checks_.size()));
  count("passed", counts[CheckOutcome::passed]);
  count("failed", bad);
  count("pending", counts[CheckOutcome::pending]);
  count("skipped", skipped);
  // Nothing that ran says nothing.
  if (checks_.empty()) {
    facts.unknown("green");
  } else {
    facts.boolean("green", counts[CheckOutcome::passed] > 0 && bad == 0 &&
                               counts[CheckOutcome::pending] == 0);
  }
  if (!some_checks_) return facts.unknown("checks");
  facts.open_list("checks");
  for (const auto& [key, check] : checks_) {
    facts.open_map({}, check.line);
    facts.text("name", check.name, check.line);
    facts.text("outcome", text_of(check.outcome), check.line);
    facts.close();
  }
  facts.close();
}

void CiReport::write_reviews(Facts& facts) const {
  std::int64_t approvals = 0;
  std::int64_t of_head = 0;
  std::int64_t against = 0;
  bool says_commit = true;
  for (const auto& [user, review] : reviews_) {
    if (review.verdict == Verdict::changes_requested) ++against;
    // Nobody approves a change of one's own.
    if (review.verdict != Verdict::approved || user == change_.author) continue;
    ++approvals;
    says_commit = says_commit && !review.commit.empty();
    if (review.commit == commit_) ++of_head;
  }
  const auto count = [&](std::string_view name, bool known, std::int64_t value) {
    known ? facts.integer(name, value) : facts.unknown(name);
  };
  const bool some = all_approvals_ || !reviews_.empty();
  count("approvals", some, approvals);
  count("approvals_of_head", some && says_commit && !commit_.empty(), of_head);
  count("changes_requested", all_reviews_, against);
  if (some) {
    facts.open_list("approvers");
    for (const auto& [user, review] : reviews_) {
      if (review.verdict == Verdict::approved && user != change_.author)
        facts.text({}, user, review.line);
    }
    facts.close();
  } else {
    facts.unknown("approvers");
  }
  if (change_.approved) facts.boolean("approved", *change_.approved);
}

}  // namespace dpol::sources
