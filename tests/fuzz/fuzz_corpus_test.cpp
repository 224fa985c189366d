// Every file of the corpora through its target: what a fuzzer once found stays found. A target that breaks a promise
// ends this program; the file it was reading is named by the test.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/targets.h"
#include "tests/golden/case.h"

namespace dpol::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(DPOL_SOURCE_DIR) / "tests" / "fuzz" / "corpus";

std::vector<fs::path> files_of(std::string_view target) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus / target)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

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

INSTANTIATE_TEST_SUITE_P(Targets, Corpus, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(CorpusFolder, HasNoOther) {
  std::set<std::string> names;
  for (const Target& target : targets()) names.emplace(target.name);
  for (const fs::directory_entry& entry : fs::directory_iterator(kCorpus)) {
    EXPECT_TRUE(names.contains(entry.path().filename().string())) << entry.path() << " is nobody's corpus";
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
