#include "runtime/program/version_range.h"

#include <gtest/gtest.h>

#include <string>

namespace dpol::program {
namespace {

bool contains(const char* range_text, const char* version_text) {
  VersionRange range;
  Semver version;
  TextError error;
  EXPECT_TRUE(VersionRange::parse(range_text, range, error)) << range_text << ": " << error.expected;
  EXPECT_TRUE(Semver::parse(version_text, version, error)) << version_text;
  return range.contains(version);
}

struct Case {
  const char* range;
  const char* inside;
  const char* outside;
};

TEST(VersionRange, Bounds) {
  for (const Case& c : {Case{"1.2.3", "1.2.3+build", "1.2.4"}, Case{"=1.2", "1.2.9", "1.3.0"},
                        Case{"1.x", "1.99.0", "2.0.0"}, Case{"1.*.*", "1.0.0", "0.9.9"},
                        Case{"*", "7.0.0", "7.0.0-rc.1"}, Case{"^1.2", "1.9.0", "2.0.0"},
                        Case{"^1.2.3", "1.2.3", "1.2.2"}, Case{"^0.2.3", "0.2.9", "0.3.0"},
                        Case{"^0.0.3", "0.0.3", "0.0.4"}, Case{"^0", "0.9.0", "1.0.0"},
                        Case{"~1.2.3", "1.2.9", "1.3.0"}, Case{"~1.2", "1.2.0", "1.3.0"},
                        Case{"~1", "1.9.0", "2.0.0"}, Case{">1.2", "1.3.0", "1.2.9"},
                        Case{">=1.2", "1.2.0", "1.1.9"}, Case{"<1.2", "1.1.9", "1.2.0"},
                        Case{"<=1.2", "1.2.9", "1.3.0"}, Case{">1.2.3 <2", "1.2.4", "1.2.3"},
                        Case{"> 1.2.3", "1.2.4", "1.2.3"}, Case{"1.2.3 || ^3", "3.1.0", "2.0.0"},
                        Case{"v1.2.3", "1.2.3", "1.2.2"}}) {
    EXPECT_TRUE(contains(c.range, c.inside)) << c.range << " " << c.inside;
    EXPECT_FALSE(contains(c.range, c.outside)) << c.range << " " << c.outside;
  }
}

TEST(VersionRange, PrereleasesOnlyWhereTheyAreNamed) {
  EXPECT_FALSE(contains("^1.2", "1.3.0-beta"));
  EXPECT_FALSE(contains("<2.0.0", "2.0.0-rc.1"));
  EXPECT_FALSE(contains("^1.2", "2.0.0-rc.1"));
  EXPECT_TRUE(contains(">=2.0.0-rc.1", "2.0.0-rc.2"));
  EXPECT_FALSE(contains(">=2.0.0-rc.1", "2.0.0-beta"));
  EXPECT_FALSE(contains(">=2.0.0-rc.1", "2.1.0-rc.1"));
  EXPECT_TRUE(contains("^1.2 || >=2.0.0-rc.1", "2.1.0"));
  EXPECT_TRUE(contains("2.0.0-rc.1", "2.0.0-rc.1"));
}

TEST(VersionRange, WhatIsNone) {
  for (const char* text : {"", " ", "a", "^", "1.2.3.4", "01.2", ">=1.2,<2", "^1.2 |", "^1.2 ||", "|| 1", "1.2.3-", ">=>1",
                           "1234567890123456", "1.2.3-rc..1"}) {
    VersionRange range;
    TextError error;
    EXPECT_FALSE(VersionRange::parse(text, range, error)) << text;
    EXPECT_LE(error.offset, std::string(text).size());
    EXPECT_FALSE(error.expected.empty());
  }
}

}  // namespace
}  // namespace dpol::program
