// A command run in a folder of its own, with streams that tests read.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "cli/app.h"
#include "cli/console.h"

namespace dpol::cli::testing {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

// 2025-02-13T14:05:00Z
inline constexpr vm::Instant kClock = 1'739'455'500'000'000'000;

class Session : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("dpol-cli-" + std::string(test->test_suite_name()) + "-" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  Outcome dpol(const Arguments& arguments) { return dpol(arguments, [](Console&) {}); }
  template <class Change>
  Outcome dpol(const Arguments& arguments, Change change) {
    std::istringstream in(standard_input);
    std::ostringstream out;
    std::ostringstream err;
    Console console{.in = in, .out = out, .err = err, .out_is_terminal = false,
                    .err_is_terminal = false, .out_width = 0, .no_color = false,
                    .clock = [] { return kClock; }};
    change(console);
    const int code = run(arguments, console);
    return {code, out.str(), err.str()};
  }

  std::string standard_input;

 private:
  std::filesystem::path folder_;
};

}  // namespace dpol::cli::testing
