// The product against its executable meaning: random well-typed policies on random inputs must give
// the same values and outcomes by machine and judge as by the naive walk, optimised or not.
//
// DPOL_DIFFERENTIAL_POLICIES=N raises the number of policies, DPOL_DIFFERENTIAL_SEED=S runs one file of them.
#include <gtest/gtest.h>

#include <string>

#include "compiler/compile.h"
#include "runtime/decision/judge.h"
#include "runtime/program/codec.h"
#include "runtime/program/verify.h"
#include "runtime/vm/machine.h"
#include "tests/differential/generator.h"
#include "tests/differential/how_many.h"
#include "tests/differential/naive.h"
#include "tests/unit/support/reproduce.h"

namespace dpol::test {
namespace {

using program::Value;

constexpr std::uint64_t kShards = 20;

std::string words(Value v) {
  if (v.is_unknown()) return std::string("unknown ") + program::fault_name(v.fault());
  return v.as_number().to_string() + " (low " + std::to_string(v.low) + ")";
}

compiler::CompileResult compile_text(const std::string& text, bool optimise) {
  compiler::CompileOptions options;
  options.entries.push_back({"random.dpol", text});
  options.optimise = optimise;
  return compiler::compile(options);
}

// Numbers of symbols and versions differ between programs; what they stand for must not.
bool same(Value a, Value b) {
  if (a.is_unknown() && b.is_unknown()) return a.fault() == b.fault();
  return a == b;
}

class Differential {
 public:
  explicit Differential(std::uint64_t seed) : seed_(seed), random_(seed) {}

  // False after a failure, which it has described.
  bool run() {
    text_ = random_policies(random_);
    const compiler::CompileResult plain = compile_text(text_, false);
    const compiler::CompileResult optimised = compile_text(text_, true);
    if (!plain.ok() || !optimised.ok()) return fail(messages(plain) + messages(optimised));
    // The same random numbers for both programs, so the same inputs.
    const std::uint64_t inputs_seed = random_.below(UINT64_MAX);
    for (const compiler::CompileResult* compiled : {&plain, &optimised}) {
      if (!check(*compiled, inputs_seed, compiled == &optimised)) return false;
    }
    return true;
  }

 private:
  static std::string messages(const compiler::CompileResult& result) {
    std::string out;
    for (const lang::Diagnostic& d : result.diagnostics) out += lang::render_diagnostic(d);
    return out;
  }

  bool fail(const std::string& what) {
    ADD_FAILURE() << "seed " << seed_ << ": " << what << "\n" << text_;
    return false;
  }

  bool check(const compiler::CompileResult& compiled, std::uint64_t inputs_seed, bool optimised) {
    const program::Program& program = *compiled.program;
    if (const auto fault = program::verify(program)) return fail("refused by the verifier: " + fault->what);
    Random inputs(inputs_seed);
    const vm::Snapshot snapshot = random_snapshot(program, inputs);
    vm::Machine machine(program);
    machine.load(snapshot);
    Naive naive(compiled.checked, program, snapshot);
    const std::vector<program::SignOff> sign_offs = random_sign_offs(program, snapshot, inputs);
    naive.hear(sign_offs);
    const std::string which = optimised ? " (optimised)" : " (not optimised)";
    return same_values(compiled, machine, snapshot, naive, inputs, which) &&
           same_outcomes(compiled, machine, naive, sign_offs, which);
  }

  bool same_values(const compiler::CompileResult& compiled, vm::Machine& machine, const vm::Snapshot& snapshot,
                   Naive& naive, Random& random, const std::string& which) {
    const program::Program& program = *compiled.program;
    for (std::size_t p = 0; p < program.policies.size(); ++p) {
      const compiler::CheckedPolicy& policy = compiled.checked.policies[p];
      if (policy.rules.size() != program.policies[p].rules.size()) return fail("another number of rules" + which);
      naive.stand_in(policy);
      for (std::size_t r = 0; r < policy.rules.size(); ++r) {
        for (std::size_t c = 0; c < policy.rules[r].clauses.size(); ++c) {
          const compiler::Condition& condition = policy.rules[r].clauses[c].condition;
          const program::BlockId block = program.policies[p].rules[r].clauses[c].condition;
          if (!condition) continue;
          for (int look = 0; look < 3; ++look) {
            vm::Context context = random_context(snapshot, random, condition.reads_metrics);
            context.member = random_member(program, snapshot, program.policies[p].rules[r].each, random);
            const Value by_machine = machine.run(block, context);
            const Value by_walk = naive.evaluate(*condition.expr, context);
            if (same(by_machine, by_walk)) continue;
            return fail(policy.rule_id(policy.rules[r]) + which + ": `" + condition.text + "`: the machine says " +
                        words(by_machine) + ", the walk " + words(by_walk));
          }
        }
      }
    }
    return true;
  }

  bool same_outcomes(const compiler::CompileResult& compiled, vm::Machine& machine, Naive& naive,
                     const std::vector<program::SignOff>& sign_offs, const std::string& which) {
    decision::Judge judge(machine);
    judge.load({}, sign_offs);
    judge.judge();
    for (std::size_t p = 0; p < compiled.checked.policies.size(); ++p) {
      const compiler::CheckedPolicy& policy = compiled.checked.policies[p];
      const std::vector<Naive::Outcome> expected = naive.judge(policy);
      for (std::size_t r = 0; r < policy.rules.size(); ++r) {
        const decision::RuleJudgement& judged = judge.policies()[p].rules[r];
        if (judged.outcome == expected[r].outcome) continue;
        return fail(policy.rule_id(policy.rules[r]) + which + ": judged " + decision::name(judged.outcome) + ", the walk " +
                    decision::name(expected[r].outcome) + " (" + program::fault_name(expected[r].fault) + ")");
      }
    }
    return true;
  }

  // Of a rule over `each` series: the label values that are in force, if there are any.
  static std::uint32_t random_member(const program::Program& program, const vm::Snapshot& snapshot, std::uint32_t each,
                                     Random& random) {
    if (each == program::kNone) return program::kNone;
    const auto [first, last] = snapshot.members_of(program.metrics[each].label_set);
    if (first == last || random.chance(5)) return program::kNone;
    return first + static_cast<std::uint32_t>(random.below(last - first));
  }

  static vm::Context random_context(const vm::Snapshot& snapshot, Random& random, bool metrics) {
    constexpr vm::Instant kSecond = 1'000'000'000;
    vm::Context context{.at = snapshot.now()};
    if (!metrics) return context;
    const vm::Instant back = static_cast<vm::Instant>(random.below(900)) * kSecond;
    if (random.chance(70)) context.at -= back;
    if (random.chance(60)) {
      context.aggregates_from = context.at - static_cast<vm::Instant>(random.below(900)) * kSecond;
      context.fresh_from = context.aggregates_from;
      if (random.chance(40)) context.fresh_from += static_cast<vm::Instant>(random.below(300)) * kSecond;
    }
    if (random.chance(10)) context.bare = program::Track::stable;
    return context;
  }

  std::uint64_t seed_;
  Random random_;
  std::string text_;
};

class DifferentialTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DifferentialTest, MachineAndJudgeSayWhatTheWalkSays) {
  const std::uint64_t policies = number_from_environment("DPOL_DIFFERENTIAL_POLICIES", how_many_policies()) / kShards;
  const std::uint64_t only = number_from_environment("DPOL_DIFFERENTIAL_SEED", UINT64_MAX);
  if (only != UINT64_MAX) {
    Differential(only).run();
    return;
  }
  std::uint64_t failures = 0;
  for (std::uint64_t i = 0; i * kPoliciesAtOnce < policies && failures < 3; ++i) {
    if (!Differential(GetParam() * 1'000'000'007 + i).run()) ++failures;
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, DifferentialTest, testing::Range<std::uint64_t>(0, kShards));

}  // namespace
}  // namespace dpol::test
