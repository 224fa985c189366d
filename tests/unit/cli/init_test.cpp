// dpol init: what it writes, what it refuses, and that every starter is what it promises to be.

#include <gmock/gmock.h>

#include <filesystem>

#include "cli/starters.h"
#include "compiler/compile.h"
#include "tests/unit/cli/session.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;
using ::testing::StartsWith;

class Init : public testing::Session {
 protected:
  std::string folder() const { return fs::path(path("x")).parent_path().string(); }
  Outcome init(Arguments more) {
    Arguments arguments = {"init"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {"--dir", folder()});
    return dpol(arguments);
  }
};

TEST_F(Init, WritesTheFilesAndSaysWhatIsNext) {
  const Outcome outcome = init({"canary"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* file :
       {"canary.dpol", "canary_test.dpol", "canary_facts.json", "canary_metrics.ndjson"}) {
    EXPECT_NE(read(file), "") << file;
    EXPECT_THAT(outcome.out, HasSubstr(path(file)));
  }
  EXPECT_THAT(outcome.out, HasSubstr("\n  dpol test " + path("canary_test.dpol") + "\n"));
  EXPECT_THAT(outcome.out, HasSubstr(" --metrics " + path("canary_metrics.ndjson") + "\n"));
  EXPECT_THAT(outcome.out, EndsWith("\n  dpol doc " + path("canary.dpol") + "\n"));
}

TEST_F(Init, WithoutANameItIsTheFirst) {
  EXPECT_EQ(init({}).code, 0);
  EXPECT_TRUE(fs::exists(path("standard.dpol")));
}

TEST_F(Init, NothingIsOverwritten) {
  write("canary_test.dpol", "mine");
  const Outcome outcome = init({"canary"});
  EXPECT_EQ(outcome.code, 74);
  EXPECT_THAT(outcome.err,
              HasSubstr("canary_test.dpol` is there already, and nothing was written; --force"));
  EXPECT_EQ(read("canary_test.dpol"), "mine");
  EXPECT_FALSE(fs::exists(path("canary.dpol"))) << "one of two files helps nobody";
}

TEST_F(Init, ForceOverwrites) {
  write("hotfix.dpol", "mine");
  EXPECT_EQ(init({"hotfix", "--force"}).code, 0);
  EXPECT_THAT(read("hotfix.dpol"), StartsWith("/// A hotfix"));
  EXPECT_EQ(init({"hotfix", "--force"}).code, 0);
  EXPECT_EQ(init({"hotfix"}).code, 74);
}

TEST_F(Init, ALinkThatLeadsNowhereIsThereToo) {
  fs::create_symlink(path("elsewhere"), path("standard.dpol"));
  EXPECT_EQ(init({}).code, 74);
  EXPECT_EQ(init({"--force"}).code, 74);
  EXPECT_FALSE(fs::exists(path("elsewhere")));
}

TEST_F(Init, AFolderInTheWay) {
  fs::create_directory(path("standard.dpol"));
  EXPECT_EQ(init({}).code, 74);
  EXPECT_EQ(init({"--force"}).code, 74);
}

TEST_F(Init, AFolderThatIsNotThereIsMade) {
  EXPECT_EQ(dpol({"init", "--dir", path("not/here")}).code, 0);
  EXPECT_NE(read("not/here/standard.dpol"), "");
  const Outcome outcome = dpol({"init", "--dir", path("not/here/standard.dpol")});
  EXPECT_EQ(outcome.code, 74);
  EXPECT_THAT(outcome.err, HasSubstr("cannot be made: "));
}

TEST_F(Init, ArgumentsAreQuotedForAShell) {
  fs::create_directory(path("it's a folder"));
  const Outcome outcome = dpol({"init", "--dir", path("it's a folder")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("it'\\''s a folder/standard_test.dpol'"));
}

TEST_F(Init, AWrongName) {
  const Outcome outcome = init({"canari"});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(
      outcome.err,
      HasSubstr("there is no starter `canari`; did you mean `canary`?; there are standard, canary "
                "and hotfix"));
}

// ---- each starter

class Starters : public Init, public ::testing::WithParamInterface<const Starter*> {
 protected:
  void SetUp() override {
    Init::SetUp();
    ASSERT_EQ(init({std::string(GetParam()->name)}).code, 0);
  }
  std::string policy() const { return path(GetParam()->policy); }
  std::string tests() const { return path(GetParam()->tests); }
};

TEST_P(Starters, IsFormattedAndHasNoFinding) {
  const Outcome format = dpol({"fmt", "--check", policy(), tests()});
  EXPECT_EQ(format.code, 0) << format.out << format.err;
  const Outcome lint = dpol({"lint", policy(), tests()});
  EXPECT_EQ(lint.code, 0) << lint.out << lint.err;
}

TEST_P(Starters, ItsTestsNoticeEveryChange) {
  const Outcome outcome = dpol({"test", tests(), "--mutate"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("(100%) changes noticed"));
  EXPECT_THAT(outcome.out, HasSubstr(" 0 failed"));
}

TEST_P(Starters, DecidesTheExampleRelease) {
  Arguments arguments = {"check", policy(), "--facts", path(GetParam()->facts)};
  if (!GetParam()->metrics.empty())
    arguments.insert(arguments.end(), {"--metrics", path(GetParam()->metrics)});
  const Outcome outcome = dpol(arguments);
  EXPECT_TRUE(outcome.code == 2 || outcome.code == 3) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("missing")));
}

TEST_P(Starters, CanBeReadByAnybody) {
  for (const char* format : {"markdown", "html"}) {
    const Outcome outcome = dpol({"doc", "--format", format, policy()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out, "");
  }
}

// A line that wraps is read twice.
TEST_P(Starters, LinesAreShort) {
  for (const StarterFile& file : GetParam()->files) {
    if (!file.name.ends_with(".dpol")) continue;
    std::string_view text = file.text;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size() - 1);
      EXPECT_LE(end, 120U) << file.name << ": " << text.substr(0, end);
      text.remove_prefix(end + 1);
    }
  }
}

std::vector<const Starter*> all() {
  std::vector<const Starter*> found;
  for (const Starter& starter : starters()) found.push_back(&starter);
  return found;
}

INSTANTIATE_TEST_SUITE_P(All, Starters, ::testing::ValuesIn(all()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(StarterTable, EveryFileOfTheFolderBelongsToARow) {
  std::size_t files = 0;
  for (const Starter& starter : starters()) {
    EXPECT_GE(starter.files.size(), 3U)
        << starter.name << ": a policy, its tests and an example release";
    files += starter.files.size();
  }
  const auto folder = fs::directory_iterator(fs::path(DPOL_SOURCE_DIR) / "starters");
  EXPECT_EQ(files, static_cast<std::size_t>(std::distance(begin(folder), end(folder))));
}

}  // namespace
}  // namespace dpol::cli
