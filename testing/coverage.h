// Coverage: which rules the tests have seen judged, to which outcomes, and each condition and each
// part of an `and` or `or` true and false.
//
// Promises: counts what the tests' own moments have shown, by running each condition once more
// where its rule was judged. Only what the policy itself says: rules it inherits are covered by the
// tests of the policy they come from. Places inside of `every` and `any` are no branches of their
// own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decision/judge.h"
#include "runtime/decision/verdict.h"
#include "testing/run.h"

namespace dpol::testing {

enum class Branch : std::uint8_t { is_true, is_false, is_unknown };
inline constexpr std::size_t kBranchCount = 3;
const char* name(Branch branch);

// A condition, or a part of one, that may go either way.
struct ConditionCoverage {
  std::string rule;  // id
  std::string text;
  std::string what;  // "condition", "part", "only if", "use when"
  decision::Place place;
  std::array<bool, kBranchCount> wanted{};
  std::array<std::uint64_t, kBranchCount> seen{};
};
struct RuleCoverage {
  std::string id;
  decision::Place place;
  std::uint64_t judged = 0;           // moments at which it was judged
  std::vector<std::string> outcomes;  // that it can have, but for unknown, waived and skipped
  std::vector<std::uint64_t> seen;    // of each
};
struct Share {
  std::size_t seen = 0;
  std::size_t all = 0;
};
struct PolicyCoverage {
  std::string policy;
  std::vector<RuleCoverage> rules;
  std::vector<ConditionCoverage> conditions;

  // Adds what was seen of the same policy by tests in another file. False: it is another policy.
  bool merge(const PolicyCoverage& other);

  Share rules_judged() const;
  Share outcomes() const;
  Share branches() const;
};

class Coverage {
 public:
  // The subject outlives it.
  explicit Coverage(const Subject& subject);
  // What this moment shows.
  void see(const decision::Judge& judge);
  const PolicyCoverage& result() const { return result_; }

 private:
  // A cell of a block that is a part of a condition.
  struct Part {
    program::BlockId block = program::kNone;
    program::CellId cell = 0;
    std::size_t condition = 0;  // into result_.conditions
  };
  void add_condition(const compiler::Condition& condition, program::BlockId block, std::string what,
                     bool may_be_unknown);
  void add_parts(const compiler::Condition& condition, program::BlockId block);
  void look(vm::Machine& machine, program::BlockId block, const vm::Context& context);
  void look_at_others(vm::Machine& machine, const program::Rule& rule, program::BlockId condition,
                      vm::Context context);
  void record(std::size_t condition, program::Value value);

  const Subject& subject_;
  PolicyCoverage result_;
  std::vector<std::size_t> indices_;      // of the covered rules in the policy
  std::string rule_;                      // whose conditions are being added
  std::vector<std::size_t> of_block_;     // of each block: its condition, or kNoCondition
  std::vector<std::vector<Part>> parts_;  // of each block
};

// All policies as an lcov tracefile.
std::string render_lcov(const std::vector<PolicyCoverage>& policies);

}  // namespace dpol::testing
