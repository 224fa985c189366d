// dpol doc: what it writes where, and what it refuses. What a document says: tests/unit/doc,
// tests/golden/doc.

#include <gmock/gmock.h>

#include "tests/unit/cli/session.h"

namespace dpol::cli {
namespace {

using ::testing::HasSubstr;
using testing::Outcome;
using ::testing::StartsWith;

class Doc : public testing::Session {};

constexpr const char* kPolicy =
    "facts { failed int }\n"
    "policy p \"The policy\" { item tests \"Tests pass\" require failed == 0 }\n";

TEST_F(Doc, MarkdownGoesToStandardOutput) {
  const Outcome outcome = dpol({"doc", write("p.dpol", kPolicy)});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("# The policy\n"));
  EXPECT_THAT(outcome.out,
              HasSubstr("- **Tests pass** · `p.tests`\n  - Requires: `failed == 0`\n"));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Doc, OrToAFile) {
  const Outcome outcome =
      dpol({"doc", "--format", "html", "-o", path("p.html"), write("p.dpol", kPolicy)});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(read("p.html"), StartsWith("<!DOCTYPE html>\n"));
}

TEST_F(Doc, StandardInputIsAPolicyToo) {
  standard_input = kPolicy;
  EXPECT_THAT(dpol({"doc", "-"}).out, StartsWith("# The policy\n"));
}

TEST_F(Doc, AnErrorWritesNothing) {
  const Outcome outcome =
      dpol({"doc", "-o", path("p.md"),
            write("p.dpol", "policy p \"P\" { item a require nothing == 0 }\n")});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("E0301"));
  EXPECT_THAT(outcome.err, HasSubstr("1 error: nothing was written"));
  EXPECT_EQ(read("p.md"), "");
}

TEST_F(Doc, FactsAloneAreNoPolicy) {
  const Outcome outcome = dpol({"doc", write("p.dpol", "facts { failed int }\n")});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("there is no policy to write about"));
}

TEST_F(Doc, WrongUse) {
  EXPECT_THAT(dpol({"doc"}).err, HasSubstr("which policy? POLICY is missing"));
  const Outcome format = dpol({"doc", "--format", "htm", write("p.dpol", kPolicy)});
  EXPECT_EQ(format.code, 64);
  EXPECT_THAT(
      format.err,
      HasSubstr(
          "there is no format `htm`; did you mean `html`?; the formats are markdown and html"));
  EXPECT_EQ(dpol({"doc", path("nowhere.dpol")}).code, 5);
  EXPECT_EQ(dpol({"doc", "-o", path("no/folder.md"), write("p.dpol", kPolicy)}).code, 74);
}

TEST_F(Doc, ACompiledPolicyHasNoWordsLeft) {
  const std::string compiled = path("p.dpolc");
  ASSERT_EQ(dpol({"compile", "-o", compiled, write("p.dpol", kPolicy)}).code, 0);
  const Outcome outcome = dpol({"doc", compiled});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.err, HasSubstr("is compiled: "));
}

}  // namespace
}  // namespace dpol::cli
