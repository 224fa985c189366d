// The formatter over beginnings and mutants of policies: tokens, comments and tree stay, and
// formatting twice is formatting once.
//
// Of the beginnings every third is taken, of each file other ones; DPOL_FORMAT_STEP=1 takes all.
// DPOL_FORMAT_MUTANTS=N raises the number of mutants, DPOL_FORMAT_SEED=S runs one and prints it.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "lang/format.h"
#include "tests/property/mutate.h"
#include "tests/property/policies.h"
#include "tests/unit/support/invariants.h"
#include "tests/unit/support/reproduce.h"

namespace dpol::test {
namespace {

constexpr std::uint64_t kShards = 8;
constexpr std::uint64_t kMutants = 20'000;
constexpr std::uint64_t kStep = 3;
class Format : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Format, OfBeginnings) {
  const std::vector<Policy>& all = policies();
  ASSERT_GT(all.size(), 60U);
  const std::uint64_t step = number_from_environment("DPOL_FORMAT_STEP", kStep);
  for (std::size_t i = GetParam(); i < all.size(); i += kShards) {
    for (std::size_t cut = i % step; cut <= all[i].text.size(); cut += step) {
      ASSERT_EQ(format_fault(all[i].text.substr(0, cut)), "")
          << all[i].file << " cut after " << cut << " bytes";
    }
  }
}

class Mutants {
 public:
  Mutants() : mutator_(policy_texts()) {}

  // How much of the mutant could be formatted.
  lang::FormatReach check(std::uint64_t seed, bool print) const {
    Random random(seed);
    const Policy& policy = random.pick(policies());
    const std::string text = seed % 2 == 0 ? mutator_.damaged(policy.text, random)
                                           : mutator_.reworded(policy.text, random);
    const std::string which =
        "DPOL_FORMAT_SEED=" + std::to_string(seed) + ", made of " + policy.file + ":\n" + text;
    if (print) std::fprintf(stderr, "\n%s\n", which.c_str());
    lang::FormatReach reach{};
    EXPECT_EQ(format_fault(text, &reach), "") << which;
    return reach;
  }

 private:
  Mutator mutator_;
};

TEST_P(Format, OfMutants) {
  const Mutants mutants;
  if (const std::uint64_t seed = number_from_environment("DPOL_FORMAT_SEED", 0)) {
    if (seed % kShards == GetParam()) mutants.check(seed, true);
    return;
  }
  const std::uint64_t count = number_from_environment("DPOL_FORMAT_MUTANTS", kMutants);
  std::size_t all = 0;
  std::size_t formatted = 0;
  for (std::uint64_t seed = GetParam(); seed < count && !HasFailure(); seed += kShards) {
    ++all;
    if (mutants.check(seed, false) == lang::FormatReach::Statements) ++formatted;
  }
  // A formatter that gave up on broken files would hold all the promises, too.
  if (all > 100) {
    EXPECT_GT(formatted, all * 95 / 100);
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, Format, testing::Range<std::uint64_t>(0, kShards));

}  // namespace
}  // namespace dpol::test
