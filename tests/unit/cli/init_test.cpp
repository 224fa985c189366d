// `dpol init`: every starter is a policy that one would want to own.

#include <gmock/gmock.h>

#include <string>

#include "cli/embedded.h"
#include "tests/unit/cli/session.h"

namespace dpol::cli {
namespace {

using testing::Outcome;
using ::testing::HasSubstr;

class Init : public testing::Session {};

TEST_F(Init, StartersAreSoundTestedAndInTheOneStyle) {
  ASSERT_EQ(starters().size(), 3U);
  for (const EmbeddedText& starter : starters()) {
    const std::string name(starter.name);
    const Outcome written = dpol({"init", name, "--dir", path("policies")});
    EXPECT_EQ(written.code, 0) << written.err;
    const std::string file = path("policies/" + name + ".dpol");
    EXPECT_THAT(written.out, HasSubstr("wrote " + file));
    EXPECT_EQ(dpol({"fmt", "--check", file}).out, "");
    EXPECT_EQ(dpol({"lint", file}).out, "");
    const Outcome tested = dpol({"test", file, "--mutate"});
    EXPECT_EQ(tested.code, 0) << tested.out << tested.err;
    // Its tests show how to test: at least nine changes of ten are noticed.
    const std::string& report = tested.out;
    const std::size_t share = report.find("%) changes noticed");
    ASSERT_NE(share, std::string::npos) << report;
    EXPECT_GE(std::stoi(report.substr(report.rfind('(', share) + 1)), 90) << report;
  }
}

TEST_F(Init, StandardIsWhatOneGets) {
  EXPECT_EQ(dpol({"init", "--dir", path("")}).code, 0);
  EXPECT_THAT(read("standard.dpol"), HasSubstr("policy standard \"Standard release\""));
}

TEST_F(Init, WhatIsThereStays) {
  write("canary.dpol", "mine");
  const Outcome refused = dpol({"init", "canary", "--dir", path("")});
  EXPECT_EQ(refused.code, 74);
  EXPECT_THAT(refused.err, HasSubstr("is there already: --force replaces it"));
  EXPECT_EQ(read("canary.dpol"), "mine");
  EXPECT_EQ(dpol({"init", "canary", "--dir", path(""), "--force"}).code, 0);
  EXPECT_THAT(read("canary.dpol"), HasSubstr("rollout canary"));
}

TEST_F(Init, WrongUse) {
  const Outcome unknown = dpol({"init", "canari", "--dir", path("")});
  EXPECT_EQ(unknown.code, 64);
  EXPECT_THAT(unknown.err, HasSubstr("there is no starter `canari`; did you mean `canary`?"));
  write("file", "");
  EXPECT_EQ(dpol({"init", "--dir", path("file")}).code, 74);
}

}  // namespace
}  // namespace dpol::cli
