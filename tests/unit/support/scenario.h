// Scenario: a policy as text and a release as a few lines, judged. For tests of decisions.
//
// Times are minutes from kStart; T is not known unless deployed() says so.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/decision/judge.h"
#include "runtime/decision/plan.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/program.h"
#include "runtime/program/sending.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/snapshot.h"

namespace dpol::test {

inline constexpr vm::Instant kStart = 1'739'455'200'000'000'000;  // 2025-02-13T14:00:00Z
inline constexpr vm::Instant kMinute = 60'000'000'000;

vm::Instant at_minute(double minutes);

class Scenario {
 public:
  // The text must compile; what does not is reported as a failure of the running test.
  explicit Scenario(std::string_view policy_text);
  ~Scenario();

  Scenario& now(double minute);
  Scenario& deployed(double minute);
  Scenario& stage_option(std::string name);
  Scenario& stage_at_option(double minute);
  Scenario& strict();
  Scenario& force_phase(std::string name);

  // "true", "12", "0.3%", "268ms", an enumeration's member, a text, "NaN" or "absent".
  Scenario& fact(std::string_view path, std::string_view value);
  // One sample at `minute`. "NaN" is a sample that is unknown. "memory[west/a]" is the series of those labels.
  Scenario& sample(std::string_view metric, double minute, std::string_view value);
  // One sample a minute from `minute` on.
  Scenario& samples(std::string_view metric, double minute, std::initializer_list<std::string_view> values);
  Scenario& stable(std::string_view metric, double minute, std::string_view value);
  Scenario& baseline(std::string_view metric, std::string_view value);
  Scenario& stage_mark(double minute, std::string name);
  // Somebody's word on the item whose id ends so, about the release as its facts are when judged.
  Scenario& says(double minute, std::string_view item, std::string_view by, std::string_view role = "",
                 program::Answer answer = program::Answer::confirm, std::string_view stage = "");
  // What was sent of this release is kept, which may be nothing.
  Scenario& keeps_what_was_sent();
  Scenario& sent(double minute, std::string_view message);

  // Judges what was given so far and forgets nothing: more may be added and judged again.
  const decision::Verdict& judge();
  // Likewise what the release still takes.
  decision::Plan plan() const;
  // Of the last judge():
  std::string decision() const;                     // "advance", "hold" …
  std::string outcome(std::string_view tail) const;  // of the rule whose id ends so
  const decision::RuleVerdict& rule(std::string_view tail) const;
  const decision::MessageVerdict& message(std::string_view name) const;

  const program::Program& program() const { return program_; }

 private:
  struct Sample {
    std::string metric;
    program::Track track;
    vm::Instant time;
    std::string value;
  };
  std::uint32_t metric(std::string_view name) const;
  std::uint32_t member(std::string_view name, vm::SnapshotBuilder& builder) const;
  void build(vm::SnapshotBuilder& builder) const;
  vm::Snapshot snapshot() const;
  std::vector<program::SignOff> sign_offs_for(const vm::Snapshot& snapshot) const;

  program::Program program_;
  std::optional<vm::Instant> now_, deployed_, stage_at_;
  std::optional<std::string> stage_;
  decision::Options options_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::vector<Sample> samples_;
  std::vector<std::pair<std::string, std::string>> baselines_;
  std::vector<std::pair<vm::Instant, std::string>> marks_;
  std::vector<program::SignOff> sign_offs_;
  std::vector<program::Sending> sendings_;
  bool keeps_sendings_ = false;
  decision::Verdict verdict_;
};

}  // namespace dpol::test
