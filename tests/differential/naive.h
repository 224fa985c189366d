// naive: the meaning of a checked policy, executable: a tree walk with no bytecode, no cache and no
// cleverness. The differential test holds the compiler, the machine and the judge against it.
//
// It reads the typed model (compiler/checked.h) and the snapshot's raw samples, and shares with the
// product only Decimal, Value and those two. Windows rescan the series from the start for every look.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/checked.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/snapshot.h"

namespace dpol::test {

class Naive {
 public:
  // `program` only tells which cell an input of the snapshot is.
  Naive(const compiler::Checked& checked, const program::Program& program, const vm::Snapshot& snapshot);

  // Whose conditions are evaluated from here on: it says what a baseline is.
  void stand_in(const compiler::CheckedPolicy& policy) { policy_ = &policy; }
  program::Value evaluate(const compiler::Expr& expr, const vm::Context& context);

  struct Outcome {
    decision::Outcome outcome = decision::Outcome::skipped;
    program::Fault fault = program::Fault::none;  // of the unknown that decided
  };
  void hear(std::vector<program::SignOff> sign_offs) { sign_offs_ = std::move(sign_offs); }
  // One per rule of the policy, in order.
  std::vector<Outcome> judge(const compiler::CheckedPolicy& policy);

 private:
  using Value = program::Value;
  using Expr = compiler::Expr;
  struct Element {
    std::optional<vm::Instant> at;            // none: an element nobody saw
    program::Fault fault = program::Fault::none;
  };
  struct Found {   // a series and its number in the snapshot
    const vm::Series* series;
    std::uint32_t index;
    program::Birthplace born() const { return {program::BirthKind::series, index}; }
  };
  struct Visit {
    vm::Instant begin;
    vm::Instant end;
    std::uint32_t stage;
  };
  struct Stand {   // where the rollout stands
    std::optional<std::uint32_t> rollout;
    Value choice_unknown;   // it is not known which
    std::vector<Visit> visits;
    std::optional<std::uint32_t> current;
  };

  Value text_value(const std::string& text);
  Value constant(const Expr& expr);
  Value fact(std::uint32_t index) const;
  Value parameter(std::uint32_t index) const;
  Value read(std::uint32_t metric, program::Track track, const vm::Context& context);
  static Value stable_before(const Found& found, const vm::Context& context);
  Value all_series(const Expr& expr, const vm::Context& context);
  Value baseline(std::uint32_t metric, const vm::Context& context) const;
  Value aggregate(const Expr& expr, const vm::Context& context);
  Value what_it_needs(const compiler::MetricInfo& metric, const vm::Context& context);
  bool is_baseline(const program::Input& input, std::uint32_t metric) const;
  Value ranking(const Expr& expr, const vm::Context& context);
  // The samples of a window; else why they are not known.
  std::optional<Value> known_samples(const Expr& expr, program::Track track, bool compared, const vm::Context& context,
                                     std::vector<program::Decimal>& values);
  program::Birthplace reference_born(const compiler::Expr& expr) const;
  Value arithmetic(const Expr& expr, const vm::Context& context);
  Value comparison(const Expr& expr, const vm::Context& context);
  Value picked_rows(const Expr& expr, Value list, const vm::Context& context);
  // naive_functions.cpp
  Value function(const Expr& expr, const vm::Context& context);
  Value number_function(const Expr& expr, const std::vector<Value>& args);
  static Value nearest_multiple(program::Decimal x, program::Decimal step);
  Value text_function(const Expr& expr, const std::vector<Value>& args);
  Value list_function(const Expr& expr, const std::vector<Value>& args);
  Value version_function(const Expr& expr, const std::vector<Value>& args);
  Value time_function(const Expr& expr, const std::vector<Value>& args);
  std::string text_of(Value v) const;
  Value built_text(const std::string& text);
  Value made_up_list(const std::vector<Value>& values);
  Value row_value(std::uint64_t row, std::uint32_t collection, std::uint32_t column) const;
  Value loop(const Expr& expr, const vm::Context& context);
  Value score(const Expr& expr, const vm::Context& context);
  Value window(const Expr& expr, const vm::Context& context);
  Value nothing_seen(const Expr& body, const vm::Context& context) const;
  std::vector<Element> elements(const Expr& body, bool across, const vm::Context& context);
  // What a metric means where the context's label values are in force. `compared`: it was written `.stable`.
  Found find(std::uint32_t metric, program::Track track, bool compared, const vm::Context& context) const;
  std::optional<std::uint32_t> own_channel(std::uint32_t metric, const vm::Context& context) const;
  bool is_member(std::uint32_t metric, bool compared, const vm::Context& context) const;
  std::vector<std::uint32_t> members_of(std::uint32_t metric) const;
  std::vector<std::size_t> thinned(const vm::Series& series, std::uint32_t metric, vm::Instant from, vm::Instant to) const;

  Stand stand(const compiler::CheckedPolicy& policy);
  void choose(const compiler::CheckedPolicy& policy, Stand& stand);
  bool started(const Stand& stand) const;
  Outcome judge_rule(const compiler::CheckedPolicy& policy, const compiler::CheckedRule& rule, const Stand& stand);
  Outcome judge_unwaived(const compiler::CheckedPolicy& policy, const compiler::CheckedRule& rule, const Stand& stand,
                         bool waived);
  Outcome people_say(const compiler::CheckedPolicy& policy, const compiler::CheckedRule& rule,
                     const compiler::CheckedClause& clause, const Stand& stand);
  std::optional<std::string> name_in(std::uint32_t fact) const;
  std::optional<bool> is_of(const std::string& role, const std::string& person) const;
  bool is_waived(const compiler::CheckedPolicy& policy, const compiler::CheckedRule& rule);

  const compiler::Checked& checked_;
  const compiler::CheckedPolicy* policy_ = nullptr;  // that is judged; none while a metric's `needs` is asked
  const program::Program& program_;
  const vm::Snapshot& snapshot_;
  std::vector<program::SignOff> sign_offs_;
  std::map<std::uint32_t, vm::Series> whole_;    // of metrics with labels, by number: instants of all series
  std::map<std::uint32_t, std::uint64_t> rows_;         // row each enclosing loop is at
  std::vector<Value> made_up_rows_;                     // of lists that expressions build
  std::map<std::string, std::uint64_t> made_up_texts_;  // texts of the policy that no input has
};

}  // namespace dpol::test
