// What a newcomer copies out of README.md is what tests/e2e/readme runs.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace dpol {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = DPOL_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// As a block of code in Markdown: four spaces before each line that has anything.
std::string indented(const std::string& text) {
  std::string out;
  bool fresh = true;
  for (const char c : text) {
    if (fresh && c != '\n') out += "    ";
    out += c;
    fresh = c == '\n';
  }
  return out;
}

TEST(Readme, ShowsTheFilesThatAreRun) {
  const std::string readme = read(kRoot / "README.md");
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(kRoot / "tests/e2e/readme")) {
    if (entry.path().extension() == ".txt") continue;
    const std::string name = entry.path().filename().string();
    const std::string text = read(entry.path());
    ASSERT_NE(text, "");
    EXPECT_NE(readme.find("`" + name + "`:\n\n" + indented(text)), std::string::npos)
        << "README.md shows another " << name;
    ++files;
  }
  EXPECT_EQ(files, 3U);
}

}  // namespace
}  // namespace dpol
