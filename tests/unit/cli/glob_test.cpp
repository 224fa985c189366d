#include "cli/glob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// A folder of reports, which is the current one meanwhile.
class Glob : public testing::Test {
 protected:
  Glob() : before_(fs::current_path()) {
    folder_ = fs::temp_directory_path() / ("dpol_glob_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    for (const char* const file :
         {"a.xml", "b.xml", "c.json", "build/x.xml", "build/unit/y.xml", "build/unit/deep/z.xml",
          ".hidden/h.xml", "build/.h.xml", "odd [1].xml"}) {
      fs::create_directories((folder_ / file).parent_path());
      std::ofstream(folder_ / file) << "x";
    }
    fs::create_directory_symlink(folder_, folder_ / "build/loop");
    fs::current_path(folder_);
  }
  ~Glob() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  fs::path before_;
  fs::path folder_;
};

TEST_F(Glob, ANameIsItself) {
  EXPECT_THAT(matching_files("a.xml"), ElementsAre("a.xml"));
  EXPECT_THAT(matching_files("./build/x.xml"), ElementsAre("build/x.xml"));
  EXPECT_THAT(matching_files("nothing.xml"), IsEmpty());
  EXPECT_THAT(matching_files("build"), IsEmpty()) << "a folder is no file";
  EXPECT_THAT(matching_files(""), IsEmpty());
}

TEST_F(Glob, StarsStayWithinAFolder) {
  EXPECT_THAT(matching_files("*.xml"), ElementsAre("a.xml", "b.xml", "odd [1].xml"));
  EXPECT_THAT(matching_files("?.xml"), ElementsAre("a.xml", "b.xml"));
  EXPECT_THAT(matching_files("[bc].*"), ElementsAre("b.xml", "c.json"));
  EXPECT_THAT(matching_files("*/*.xml"), ElementsAre("build/x.xml"));
  EXPECT_THAT(matching_files("b*/u*/*.xml"), ElementsAre("build/unit/y.xml"));
}

TEST_F(Glob, TwoStarsAreFoldersOfAnyDepthAndNone) {
  EXPECT_THAT(matching_files("build/**/*.xml"),
              ElementsAre("build/unit/deep/z.xml", "build/unit/y.xml", "build/x.xml"));
  EXPECT_THAT(matching_files("**/z.xml"), ElementsAre("build/unit/deep/z.xml"));
  EXPECT_THAT(matching_files("build/unit/**"),
              ElementsAre("build/unit/deep/z.xml", "build/unit/y.xml"));
}

TEST_F(Glob, WhatIsHiddenHasToBeNamedAndLinksAreNotEntered) {
  EXPECT_THAT(matching_files(".hidden/*.xml"), ElementsAre(".hidden/h.xml"));
  EXPECT_THAT(matching_files("build/.*.xml"), ElementsAre("build/.h.xml"));
  EXPECT_THAT(matching_files("**/h.xml"), IsEmpty());
}

TEST_F(Glob, AbsolutePatternsAreTakenFromTheRoot) {
  EXPECT_THAT(matching_files((folder_ / "*.json").string()),
              ElementsAre((folder_ / "c.json").string()));
}

TEST_F(Glob, ManyFilesAreTooMany) {
  fs::create_directory("many");
  for (std::size_t i = 0; i < kMaxMatches + 5; ++i) std::ofstream("many/" + std::to_string(i));
  EXPECT_GT(matching_files("many/*").size(), kMaxMatches);
  EXPECT_LE(matching_files("many/*").size(), kMaxMatches + 1);
}

}  // namespace
}  // namespace dpol::cli
