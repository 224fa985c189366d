// Broken policies: whatever is left of a text, or made of it, is read to its end, with messages that make sense and
// without a crash; what compiles in spite of all is a sound program.
//
// DPOL_RECOVERY_MUTANTS=N raises the number of mutants, DPOL_RECOVERY_SEED=S runs one and prints it.
// DPOL_RECOVERY_EVERY_CUT=1 cuts long files, too, at every byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/golden/case.h"
#include "tests/property/mutate.h"
#include "tests/unit/support/invariants.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace dpol::test {
namespace {

constexpr std::uint64_t kShards = 8;
constexpr std::uint64_t kMutants = 20'000;
// Of a file that would take more than so many bytes to read at every cut, every n-th byte is cut at.
constexpr std::size_t kMostBytesOfCuts = 150'000;

struct Policy {
  std::string file;
  std::string text;
};

const std::vector<Policy>& policies() {
  static const std::vector<Policy> kPolicies = [] {
    std::vector<Policy> all;
    for (const std::string& name : golden::case_names()) {
      const golden::Case test = golden::read_case(name);
      all.push_back({test.file(), test.text});
    }
    for (const golden::Example& example : golden::examples()) all.push_back({example.name, example.text});
    return all;
  }();
  return kPolicies;
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// ---- what is being read, should it be the last thing this process does

std::string current;

void tell_current() { std::fprintf(stderr, "\n%s\n", current.c_str()); }
void on_abort(int) {
  tell_current();
  std::signal(SIGABRT, SIG_DFL);
}

void tell_current_on_death() {
  std::signal(SIGABRT, on_abort);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(tell_current);
#endif
}

class Recovery : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override { tell_current_on_death(); }
};

// ---- truncations

TEST_P(Recovery, OfBeginnings) {
  const std::vector<Policy>& all = policies();
  ASSERT_GT(all.size(), 60U);
  const bool every_cut = number_from_environment("DPOL_RECOVERY_EVERY_CUT", 0) != 0;
  for (std::size_t i = GetParam(); i < all.size(); i += kShards) {
    const std::size_t size = all[i].text.size();
    const std::size_t stride = every_cut ? 1 : size * size / 2 / kMostBytesOfCuts + 1;
    for (std::size_t cut = 0; cut <= size; cut += stride) {
      current = all[i].file + " cut after " + std::to_string(cut) + " bytes";
      const auto syntax = lang::parse(all[i].file, all[i].text.substr(0, cut));
      ASSERT_EQ(syntax_fault(*syntax), "") << current;
    }
  }
}

// ---- mutations

class Mutants {
 public:
  Mutants() : mutator_(texts()) {}

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
  static std::vector<std::string> texts() {
    std::vector<std::string> all;
    for (const Policy& policy : policies()) all.push_back(policy.text);
    return all;
  }
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
