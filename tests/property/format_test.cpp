// The formatter over beginnings and mutants of policies: tokens, comments and tree stay, and
// formatting twice is formatting once.
//
// DPOL_FORMAT_MUTANTS=N raises the number of mutants, DPOL_FORMAT_SEED=S runs one and prints it.
// DPOL_FORMAT_EVERY_CUT=1 cuts every file at every byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "lang/format.h"
#include "tests/golden/case.h"
#include "tests/property/mutate.h"
#include "tests/unit/support/invariants.h"

namespace dpol::test {
namespace {

constexpr std::uint64_t kShards = 8;
constexpr std::uint64_t kMutants = 20'000;
// Of a file that would take more than so many bytes to format at every cut, every n-th byte is cut
// at.
constexpr std::size_t kMostBytesOfCuts = 8'000;

// What a file says is formatted however long it is; beyond this it takes time and shows nothing
// new.
constexpr std::size_t kMostBytes = 20'000;

struct Policy {
  std::string file;
  std::string text;
};

const std::vector<Policy>& policies() {
  static const std::vector<Policy> kPolicies = [] {
    std::vector<Policy> all;
    for (const std::string& name : golden::case_names()) {
      const golden::Case test = golden::read_case(name);
      if (test.text.size() <= kMostBytes) all.push_back({test.file(), test.text});
    }
    for (const golden::Example& example : golden::examples())
      all.push_back({example.name, example.text});
    return all;
  }();
  return kPolicies;
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Format : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Format, OfBeginnings) {
  const std::vector<Policy>& all = policies();
  ASSERT_GT(all.size(), 60U);
  const bool every_cut = number_from_environment("DPOL_FORMAT_EVERY_CUT", 0) != 0;
  for (std::size_t i = GetParam(); i < all.size(); i += kShards) {
    const std::size_t size = all[i].text.size();
    const std::size_t stride = every_cut ? 1 : size * size / 2 / kMostBytesOfCuts + 1;
    for (std::size_t cut = 0; cut <= size; cut += stride) {
      ASSERT_EQ(format_fault(all[i].text.substr(0, cut)), "")
          << all[i].file << " cut after " << cut << " bytes";
    }
  }
}

class Mutants {
 public:
  Mutants() : mutator_(texts()) {}

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
  static std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (const Policy& policy : policies()) all.push_back(policy.text);
    return all;
  }
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
