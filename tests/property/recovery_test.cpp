// Broken policies: whatever is left of a text, or made of it, is read to its end, with messages that make sense and
// without a crash; what compiles in spite of all is a sound program.
//
// DPOL_RECOVERY_MUTANTS=N raises the number of mutants, DPOL_RECOVERY_SEED=S runs one and prints it.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/golden/case.h"
#include "tests/property/mutate.h"
#include "tests/property/policies.h"
#include "tests/unit/support/invariants.h"
#include "tests/unit/support/reproduce.h"

namespace dpol::test {
namespace {

constexpr std::uint64_t kShards = 8;
constexpr std::uint64_t kMutants = 20'000;

// ---- what is being read, should it be the last thing this process does

std::string current;

void tell_current() { std::fprintf(stderr, "\n%s\n", current.c_str()); }

class Recovery : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override { tell_on_death(tell_current); }
};

// ---- truncations

TEST_P(Recovery, OfBeginnings) {
  const std::vector<Policy>& all = policies();
  ASSERT_GT(all.size(), 60U);
  for (std::size_t i = GetParam(); i < all.size(); i += kShards) {
    for (std::size_t cut = 0; cut <= all[i].text.size(); ++cut) {
      current = all[i].file + " cut after " + std::to_string(cut) + " bytes";
      const auto syntax = lang::parse(all[i].file, all[i].text.substr(0, cut));
      ASSERT_EQ(syntax_fault(*syntax), "") << current;
    }
  }
}

// ---- mutations

class Mutants {
 public:
  Mutants() : mutator_(policy_texts()) {}

  void check(std::uint64_t seed) const {
    Random random(seed);
    const Policy& policy = random.pick(policies());
    const std::string text = seed % 2 == 0 ? mutator_.damaged(policy.text, random) : mutator_.reworded(policy.text, random);
    current = "DPOL_RECOVERY_SEED=" + std::to_string(seed) + ", made of " + policy.file + ":\n" + text;
    const auto syntax = lang::parse(policy.file, text);
    ASSERT_EQ(syntax_fault(*syntax), "") << current;
    const compiler::CompileResult result = golden::compile(policy.file, text);
    ASSERT_EQ(compile_fault(result), "") << current;
    ASSERT_TRUE(!result.program || syntax->ok()) << "compiles with syntax errors\n" << current;
  }

 private:
  Mutator mutator_;
};

TEST_P(Recovery, OfMutants) {
  const Mutants mutants;
  if (const std::uint64_t seed = number_from_environment("DPOL_RECOVERY_SEED", 0)) {
    if (seed % kShards != GetParam()) return;
    mutants.check(seed);
    tell_current();
    return;
  }
  const std::uint64_t count = number_from_environment("DPOL_RECOVERY_MUTANTS", kMutants);
  for (std::uint64_t seed = GetParam(); seed < count && !HasFatalFailure(); seed += kShards) mutants.check(seed);
}

INSTANTIATE_TEST_SUITE_P(Shards, Recovery, testing::Range<std::uint64_t>(0, kShards));

}  // namespace
}  // namespace dpol::test
