// CiReport: what a forge says about one commit: its checks, the reviews of its change, where it is
// deployed; whichever forge it is.
//
// A check is known by its group (a suite, a workflow, a stage) and its name; of several the newest
// counts, so a repeated run replaces the one before. What is listed twice has one id and counts
// once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/facts.h"

namespace dpol::sources {

enum class CheckOutcome : std::uint8_t { passed, neutral, skipped, pending, cancelled, failed };

struct CiCheck {
  std::string group;
  std::string name;
  std::string id;  // "": it has none
  std::string at;  // when it began, as moment() has it; "": it does not say
  CheckOutcome outcome = CheckOutcome::pending;
  std::uint32_t line = 0;
};

enum class Verdict : std::uint8_t { approved, changes_requested, dismissed };

struct CiReview {
  std::string user;
  std::string commit;  // that was looked at; "": it does not say
  std::string at;
  Verdict verdict = Verdict::approved;
  std::uint32_t line = 0;
};

struct CiDeployment {
  std::string environment;
  std::string state;  // a value of the schema's
  std::string at;
  std::uint32_t line = 0;
};

// Of the change that is reviewed.
struct CiChange {
  std::optional<std::string> author;
  std::string state;  // open, merged, closed; "": it does not say
  std::optional<bool> draft;
  std::optional<bool> approved;  // by the forge's own rules
};

class CiReport {
 public:
  void add(CiCheck check);
  // Of one user the last verdict counts.
  void add(CiReview review);
  void add(CiDeployment deployment);
  // That all of them are known, even where there is none.
  void has_all_reviews() { all_reviews_ = all_approvals_ = true; }
  void has_all_approvals() { all_approvals_ = true; }
  void has_checks() { some_checks_ = true; }
  CiChange& change() { return change_; }
  // False where another commit was named before: facts are about one.
  bool set_commit(std::string_view commit);
  const std::string& commit() const { return commit_; }
  bool has_outcome(CheckOutcome outcome) const;
  bool has_any_check() const { return !checks_.empty(); }

  void write(Facts& facts) const;

 private:
  void write_checks(Facts& facts) const;
  void write_reviews(Facts& facts) const;

  using Key = std::pair<std::string, std::string>;
  std::map<Key, CiCheck> checks_;
  std::map<std::string, Key> ids_;
  std::map<std::string, CiReview> reviews_;          // by user
  std::map<std::string, CiDeployment> deployments_;  // by environment
  CiChange change_;
  std::string commit_;
  bool all_reviews_ = false;
  bool all_approvals_ = false;
  bool some_checks_ = false;
};

}  // namespace dpol::sources
