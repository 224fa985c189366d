// The runner itself: a transcript test that cannot fail would prove nothing.

#include "tests/e2e/transcript.h"

#include <gtest/gtest.h>

#include "tests/e2e/process.h"

namespace dpol::e2e {
namespace {

Finished shell(const std::string& script, std::chrono::seconds limit = std::chrono::seconds(60)) {
  return run({.script = script,
              .folder = "/",
              .path = "/usr/bin:/bin",
              .temporary = "/tmp",
              .time_limit = limit});
}

TEST(TranscriptText, HasCommandsOutputsAndDemands) {
  const Transcript t = parse_transcript(
      "# Why.\n# expect 3 \"ROLL BACK\" \"22ms\" so it says\n# memory 20 MB\n$ dpol check \\\n> "
      "a.dpol\nROLLBACK\n\n"
      "  values\n[3]\n\n# Next.\n$ true\n");
  ASSERT_EQ(t.error, "");
  ASSERT_EQ(t.steps.size(), 2U);
  const Step& step = t.steps[0];
  EXPECT_EQ(step.line, 4U);
  EXPECT_EQ(step.command, "dpol check \\\na.dpol");
  EXPECT_EQ(step.output, (std::vector<std::string>{"ROLLBACK", "", "  values"}));
  EXPECT_EQ(step.exit_code, 3);
  ASSERT_TRUE(step.expectation);
  EXPECT_EQ(step.expectation->exit_code, 3);
  EXPECT_EQ(step.expectation->parts, (std::vector<std::string>{"ROLL BACK", "22ms"}));
  EXPECT_EQ(step.memory_mb, 20U);
  EXPECT_EQ(t.steps[1].exit_code, 0);
  EXPECT_TRUE(t.steps[1].output.empty());
}

TEST(TranscriptText, ComesBackAsItWas) {
  for (const std::string text :
       {"# a\n\n# b\n$ x\nout\n\nmore\n[2]\n\n# c\n$ y\n> z\n\n# end\n", "$ x\n"}) {
    const Transcript t = parse_transcript(text);
    ASSERT_EQ(t.error, "");
    EXPECT_EQ(to_text(t), text);
  }
}

TEST(TranscriptText, RefusesWhatItCannotRead) {
  EXPECT_NE(parse_transcript("").error, "");
  EXPECT_NE(parse_transcript("# only words\n").error, "");
  EXPECT_NE(parse_transcript("output first\n$ x\n").error, "");
  EXPECT_NE(parse_transcript("# expect rollback\n$ x\n").error, "");
  EXPECT_NE(parse_transcript("# expect 3 \"open\n$ x\n").error, "");
  EXPECT_NE(parse_transcript("# memory 3\n$ x\n").error, "");
}

TEST(TranscriptMatch, DotsAreAnyLines) {
  using Lines = std::vector<std::string>;
  EXPECT_TRUE(matches({"a", "...", "d"}, {"a", "b", "c", "d"}));
  EXPECT_TRUE(matches({"a", "...", "d"}, {"a", "d"}));
  EXPECT_TRUE(matches({"..."}, Lines{}));
  EXPECT_TRUE(matches({"...", "b", "..."}, {"b", "b", "c"}));
  EXPECT_FALSE(matches({"a", "...", "d"}, {"a", "b", "c"}));
  EXPECT_FALSE(matches({"a"}, {"a", "b"}));
  EXPECT_FALSE(matches({"a", "b"}, {"a"}));
  EXPECT_FALSE(matches(Lines{}, {"a"}));
  EXPECT_TRUE(matches(Lines{}, Lines{}));
}

TEST(TranscriptMatch, TellsWhatDiffers) {
  EXPECT_EQ(difference({"a", "b", "c"}, {"a", "x", "c", "d"}), "  a\n- b\n+ x\n  c\n+ d\n");
}

TEST(Process, TakesOutputsAndExitCode) {
  const Finished finished = shell("echo out; echo err >&2; exit 3");
  EXPECT_EQ(finished.output, "out\nerr\n");
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_FALSE(finished.timed_out);
}

TEST(Process, SeesAPinnedEnvironment) {
  EXPECT_EQ(shell("echo \"$LC_ALL|$HOME|$TZ|$PATH|$TMP|$TERM|$NO_COLOR\"").output,
            "C||Asia/Kathmandu|/usr/bin:/bin|/tmp||\n");
}

TEST(Process, EndsWithItsTime) {
  const Finished finished = shell("sleep 30 & sleep 30", std::chrono::seconds(1));
  EXPECT_TRUE(finished.timed_out);
  EXPECT_EQ(finished.exit_code, 128 + 9);
}

TEST(Process, MeasuresTheLargestOfAllProcesses) {
  // tail keeps what it read when it is asked for more lines than there are bytes.
  const std::uint64_t small = shell("true").peak_bytes;
  const std::uint64_t large = shell("head -c 80000000 /dev/zero | tail -n 1 | wc -c").peak_bytes;
  EXPECT_GT(large, small + (60U << 20));
}

TEST(Process, KeepsABoundedPartOfTheOutput) {
  const Finished finished = shell("head -c 20000000 /dev/zero");
  EXPECT_TRUE(finished.output_cut);
  EXPECT_EQ(finished.output.size(), kMostOutput);
}

}  // namespace
}  // namespace dpol::e2e
