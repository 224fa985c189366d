// dpol lint: what it prints where, its exit codes, and what --fix writes.

#include <gmock/gmock.h>

#include "tests/unit/cli/session.h"

namespace dpol::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Lint : public testing::Session {};
using testing::Outcome;

constexpr const char* kSound =
    "facts { failed int }\n"
    "policy p \"P\" {\n"
    "  owner \"team-p\"\n"
    "  item tests \"Tests pass\" require failed == 0\n"
    "}\n"
    "test \"t\" of p { facts { failed = 1 }  expect no-go by tests }\n";
constexpr const char* kFound =
    "facts { failed int }\n"
    "policy p \"P\" {\n"
    "  owner \"team-p\"\n"
    "  item tests \"Tests pass\" require not (failed != 0)\n"
    "}\n"
    "test \"t\" of p { facts { failed = 1 }  expect no-go by tests }\n";

TEST_F(Lint, SaysNothingOfASoundPolicy) {
  const Outcome outcome = dpol({"lint", write("p.dpol", kSound)});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Lint, FindingsGoToStandardOutput) {
  const Outcome outcome = dpol({"lint", write("p.dpol", kFound)});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, StartsWith("note[L0306]: "));
  EXPECT_THAT(outcome.out, HasSubstr("dpol explain L0306"));
  EXPECT_EQ(outcome.err, "1 finding\n");
}

TEST_F(Lint, OneJsonObjectForEachFinding) {
  const Outcome outcome = dpol({"lint", "--message-format", "json", write("p.dpol", kFound)});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, StartsWith("{\"code\":\"L0306\",\"severity\":\"note\""));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Lint, WhatDoesNotCompile) {
  const Outcome outcome = dpol({"lint", write("p.dpol", "policy p { item i require nothing }")});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("error[E0301]"));
  EXPECT_THAT(outcome.err, EndsWith("nothing was looked at\n"));
}

TEST_F(Lint, WhatCannotBeRead) { EXPECT_EQ(dpol({"lint", path("none.dpol")}).code, 5); }

TEST_F(Lint, Usage) {
  EXPECT_EQ(dpol({"lint"}).code, 64);
  EXPECT_EQ(dpol({"lint", "--fix", "-"}).code, 64);
  const Outcome outcome = dpol({"lint", "--rule", "never-fail", write("p.dpol", kFound)});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean `never-fails`?"));
}

TEST_F(Lint, RulesCanBeChosen) {
  const std::string file = write("p.dpol", kFound);
  EXPECT_EQ(dpol({"lint", "--rule", "never-fails", file}).code, 0);
  EXPECT_EQ(dpol({"lint", "--allow", "doubled-not", file}).code, 0);
  EXPECT_EQ(dpol({"lint", "--rule", "L0306", file}).code, 1);
}

TEST_F(Lint, FixRewritesTheFile) {
  const std::string file = write("p.dpol", kFound);
  const Outcome outcome = dpol({"lint", "--fix", file});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "fixed 1 finding in 1 file\n");
  EXPECT_EQ(read("p.dpol"), kSound);
}

TEST_F(Lint, FixLeavesAloneWhatDoesNotCompile) {
  const std::string text = std::string(kFound) + "policy q { item i require nothing }\n";
  EXPECT_EQ(dpol({"lint", "--fix", write("p.dpol", text)}).code, 4);
  EXPECT_EQ(read("p.dpol"), text);
}

TEST_F(Lint, ListsItsRules) {
  const Outcome outcome = dpol({"lint", "--rules"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("cannot happen\n  L0101 never-fails"));
}

TEST_F(Lint, PagesAreExplained) {
  const Outcome by_name = dpol({"explain", "never-fails"});
  EXPECT_EQ(by_name.code, 0);
  EXPECT_THAT(by_name.out, StartsWith("# never-fails (L0101)"));
  EXPECT_EQ(dpol({"explain", "l0101"}).out, by_name.out);
  EXPECT_THAT(dpol({"explain", "never-fail"}).err, HasSubstr("did you mean `never-fails`?"));
}

}  // namespace
}  // namespace dpol::cli
