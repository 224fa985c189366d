#include "runtime/program/semver.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/program/random.h"

namespace dpol::program {
namespace {

using testing::Random;

Semver version(std::string_view text) {
  Semver out;
  TextError error;
  EXPECT_TRUE(Semver::parse(text, out, error)) << text << ": expected " << error.expected;
  return out;
}

std::string refused(std::string_view text) {
  Semver out;
  TextError error;
  EXPECT_FALSE(Semver::parse(text, out, error)) << text;
  return std::to_string(error.offset) + ": " + std::string(error.expected);
}

TEST(Semver, Parts) {
  const Semver v = version("v1.20.300-rc.1.x-y+build.007");
  EXPECT_EQ(v.major_version(), "1");
  EXPECT_EQ(v.minor_version(), "20");
  EXPECT_EQ(v.patch_version(), "300");
  EXPECT_EQ(v.prerelease(), (std::vector<std::string>{"rc", "1", "x-y"}));
  EXPECT_EQ(v.build(), "build.007");
  EXPECT_EQ(v.to_string(), "1.20.300-rc.1.x-y+build.007");
  EXPECT_EQ(Semver().to_string(), "0.0.0");
}

TEST(Semver, PrecedenceIsThatOfTheSpecification) {
  const std::vector<std::string_view> ascending = {"0.0.0",
                                                   "0.9.9",
                                                   "1.0.0-0",
                                                   "1.0.0-1",
                                                   "1.0.0-2",
                                                   "1.0.0-10",
                                                   "1.0.0-99999999999999999999999999",
                                                   "1.0.0--",
                                                   "1.0.0-alpha",
                                                   "1.0.0-alpha.1",
                                                   "1.0.0-alpha.beta",
                                                   "1.0.0-beta",
                                                   "1.0.0-beta.2",
                                                   "1.0.0-beta.11",
                                                   "1.0.0-rc.1",
                                                   "1.0.0",
                                                   "1.0.1",
                                                   "1.2.0",
                                                   "1.10.0",
                                                   "2.0.0",
                                                   "99999999999999999999.0.0",
                                                   "100000000000000000000.0.0"};
  std::vector<Semver> versions;
  for (const std::string_view text : ascending) versions.push_back(version(text));
  for (std::size_t i = 0; i < versions.size(); ++i) {
    for (std::size_t j = 0; j < versions.size(); ++j) {
      EXPECT_EQ(versions[i] < versions[j], i < j)
          << versions[i].to_string() << " and " << versions[j].to_string();
      EXPECT_EQ(versions[i] == versions[j], i == j);
    }
  }
}

TEST(Semver, BuildAndPrefixDoNotCompare) {
  EXPECT_EQ(version("v1.2.3+a"), version("1.2.3+b"));
  EXPECT_FALSE(version("1.2.3+a") < version("1.2.3+b"));
  EXPECT_NE(version("1.2.3-a+x"), version("1.2.3+x"));
}

TEST(Semver, RefusalsPointAtTheFault) {
  EXPECT_EQ(refused(""), "0: a major version number");
  EXPECT_EQ(refused("V1.2.3"), "0: a major version number");
  EXPECT_EQ(refused("vv1.2.3"), "1: a major version number");
  EXPECT_EQ(refused("1.2"), "3: \".\": a version has three numbers");
  EXPECT_EQ(refused("1.2."), "4: a patch version number");
  EXPECT_EQ(refused("01.2.3"), "0: a number without leading zeros");
  EXPECT_EQ(refused("1.2.03"), "4: a number without leading zeros");
  EXPECT_EQ(refused("1.2.3-"), "6: a pre-release identifier (letters, digits, \"-\")");
  EXPECT_EQ(refused("1.2.3-a..b"), "8: a pre-release identifier (letters, digits, \"-\")");
  EXPECT_EQ(refused("1.2.3-01"), "6: a number without leading zeros");
  EXPECT_EQ(refused("1.2.3+"), "6: a build identifier (letters, digits, \"-\")");
  EXPECT_EQ(refused("1.2.3.4"), "5: \"-\", \"+\" or the end of the version");
  EXPECT_EQ(refused("1.2.3 "), "5: \"-\", \"+\" or the end of the version");
  EXPECT_EQ(refused("1.2.3+a+b"), "7: \"-\", \"+\" or the end of the version");
}

TEST(Semver, LeadingZerosAreFineInAlphanumericIdentifiersAndBuilds) {
  EXPECT_EQ(version("1.2.3-0a").to_string(), "1.2.3-0a");
  EXPECT_EQ(version("1.2.3+01").to_string(), "1.2.3+01");
}

TEST(Semver, RandomTextsOrderTotally) {
  Random random(3);
  std::vector<Semver> versions;
  for (int i = 0; i < 300'000 && versions.size() < 60; ++i) {
    Semver out;
    TextError error;
    const std::string text = (random.coin() ? "1.0.0-" : "1.") + random.text("0012.-ab+", 8);
    if (Semver::parse(text, out, error)) {
      ASSERT_EQ(out.to_string(), text);
      ASSERT_EQ(version(out.to_string()), out);
      versions.push_back(out);
    } else {
      ASSERT_LE(error.offset, text.size());
      ASSERT_FALSE(error.expected.empty());
    }
  }
  ASSERT_EQ(versions.size(), 60U);
  for (const Semver& a : versions) {
    for (const Semver& b : versions) {
      ASSERT_EQ(a<b, b> a);
      ASSERT_EQ(a == b, !(a < b) && !(b < a));
      for (const Semver& c : versions) {
        if (a < b && b < c) {
          ASSERT_LT(a, c);
        }
      }
    }
  }
}

}  // namespace
}  // namespace dpol::program
