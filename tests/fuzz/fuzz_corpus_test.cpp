// Every file of the corpora through its target: what a fuzzer once found stays found. Then mutants
// of them, as a smoke test without a fuzzer. A target that breaks a promise ends this program; what
// it was reading is named.
//
// DPOL_FUZZ_MUTANTS=N raises the number of mutants of a target, DPOL_FUZZ_SEED=S runs one.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/differential/generator.h"
#include "tests/fuzz/targets.h"
#include "tests/golden/case.h"
#include "tests/unit/support/reproduce.h"

namespace dpol::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(DPOL_SOURCE_DIR) / "tests" / "fuzz" / "corpus";

std::vector<fs::path> files_of(std::string_view target) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus / target))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, EveryFileIsRead) {
  const std::vector<fs::path> files = files_of(GetParam().name);
  EXPECT_GE(files.size(), 5U);
  for (const fs::path& file : files) {
    std::fprintf(stderr, "%s\n", file.filename().c_str());
    GetParam().run(bytes_of(golden::read_file(file)));
  }
}

TEST_P(Corpus, NothingIsRead) { GetParam().run({}); }

// ---- mutants

constexpr std::uint64_t kMutants = 600;
constexpr std::size_t kMostBytes = 4'000;  // of a mutant: larger ones cost time only

std::uint64_t current_seed = 0;
void tell_seed() {
  std::fprintf(stderr, "\nDPOL_FUZZ_SEED=%llu\n", static_cast<unsigned long long>(current_seed));
}

// One to eight damages: a byte changed, some lost, some doubled, some taken from another file.
std::string mutant(const std::vector<std::string>& files, test::Random& random) {
  static const std::string kOdd("\0\xff\x7f\x80{}[]\"\\:,-0e", 15);
  std::string text = random.pick(files);
  for (std::uint64_t i = 0, damages = 1 + random.below(8); i < damages; ++i) {
    const std::size_t at = random.below(text.size() + 1);
    const std::size_t length = random.below(16);
    switch (random.below(5)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(at, 1, kOdd[random.below(kOdd.size())]);
        break;
      default: {
        const std::string& other = random.pick(files);
        text.insert(at, other.substr(random.below(other.size() + 1), length * 4));
      }
    }
  }
  text.resize(std::min(text.size(), kMostBytes));
  return text;
}

TEST_P(Corpus, MutantsAreRead) {
  test::tell_on_death(tell_seed);
  std::vector<std::string> files;
  for (const fs::path& file : files_of(GetParam().name)) files.push_back(golden::read_file(file));
  const std::uint64_t only = test::number_from_environment("DPOL_FUZZ_SEED", UINT64_MAX);
  const std::uint64_t count = test::number_from_environment("DPOL_FUZZ_MUTANTS", kMutants);
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    current_seed = only == UINT64_MAX ? seed : only;
    test::Random random(current_seed);
    GetParam().run(bytes_of(mutant(files, random)));
    if (only != UINT64_MAX) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Corpus, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(CorpusFolder, HasNoOther) {
  std::set<std::string> names;
  for (const Target& target : targets()) names.emplace(target.name);
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus)) {
    EXPECT_TRUE(names.contains(entry.path().filename().string()))
        << entry.path() << " is nobody's corpus";
  }
}

// Programs that a fuzzer starts from are made by this compiler; so its own must pass.
TEST(ProgramLoad, ReadsWhatTheCompilerWrites) {
  std::size_t programs = 0;
  for (const std::string& name : golden::case_names()) {
    const compiler::CompileResult result = golden::compile(golden::read_case(name));
    if (!result.program) continue;
    ++programs;
    program_load(body_of(*result.program));
  }
  EXPECT_GE(programs, 10U);
}

}  // namespace
}  // namespace dpol::fuzz
