// Runs every transcript below this folder. See transcript.h for what one looks like, and README.md
// for how to add one.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/e2e/process.h"
#include "tests/e2e/transcript.h"

namespace dpol::e2e {
namespace {

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

// Red zones, shadow memory and what was freed but is kept for a while.
std::uint64_t most_memory(std::uint64_t mb) { return (kSanitized ? 4 * mb + 600 : mb) << 20; }

const fs::path kRoot = DPOL_E2E_DIR;

std::vector<std::string> transcripts() {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot)) {
    const fs::path path = entry.path().lexically_relative(kRoot);
    if (entry.is_regular_file() && path.extension() == ".txt" && path.has_parent_path()) {
      found.push_back(path.string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool updating() {
  const char* value = std::getenv("DPOL_UPDATE");
  return value != nullptr && std::string(value) == "1";
}

// A folder of its own, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "dpol-e2e-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The folder's name differs from run to run.
std::string without_temporary(std::string text, const std::string& folder) {
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
    text.replace(at, folder.size(), "$TMP");
  }
  return text;
}

class E2e : public testing::TestWithParam<std::string> {
 protected:
  Finished run_step(const Step& step) {
    Finished finished =
        run({.script = step.command,
             .folder = (kRoot / GetParam()).parent_path().string(),
             .path = std::string(DPOL_E2E_PROGRAM_DIR) + ":/usr/local/bin:/usr/bin:/bin",
             .temporary = temporary_.path()});
    finished.output = without_temporary(std::move(finished.output), temporary_.path());
    return finished;
  }

  // What no update changes.
  void check_demands(const Step& step, const Finished& finished) {
    EXPECT_FALSE(finished.timed_out) << "still running after 60 s";
    EXPECT_FALSE(finished.output_cut) << "prints more than 16 MiB";
    EXPECT_LT(finished.exit_code, 128) << "killed by a signal\n" << finished.output;
    if (step.expectation) {
      EXPECT_EQ(finished.exit_code, step.expectation->exit_code) << finished.output;
      for (const std::string& part : step.expectation->parts) {
        EXPECT_NE(finished.output.find(part), std::string::npos)
            << "does not print \"" << part << "\" but\n"
            << finished.output;
      }
    }
    if (step.memory_mb) {
      EXPECT_LE(finished.peak_bytes, most_memory(*step.memory_mb))
          << "uses more memory than it may";
    }
  }

  static void compare(const Step& step, const Finished& finished) {
    const std::vector<std::string> actual = split_lines(finished.output);
    if (matches(step.output, actual) && finished.exit_code == step.exit_code) return;
    std::vector<std::string> wanted = step.output;
    std::vector<std::string> got = actual;
    wanted.push_back("[" + std::to_string(step.exit_code) + "]");
    got.push_back("[" + std::to_string(finished.exit_code) + "]");
    ADD_FAILURE() << difference(wanted, got) << "(DPOL_UPDATE=1 rewrites outputs)";
  }

  static void update(Step& step, const Finished& finished) {
    std::vector<std::string> actual = split_lines(finished.output);
    for (const std::string& line : actual) {
      EXPECT_FALSE(line.starts_with("# ") || line.starts_with("$ ") || line == "#")
          << "this output would read as a part of the transcript; pipe it through sed 's/^/  /':\n"
          << line;
    }
    if (!matches(step.output, actual)) step.output = std::move(actual);
    step.exit_code = finished.exit_code;
  }

 private:
  TemporaryFolder temporary_;
};

TEST_P(E2e, Transcript) {
  const fs::path path = kRoot / GetParam();
  const std::string text = read_file(path);
  Transcript transcript = parse_transcript(text);
  ASSERT_EQ(transcript.error, "") << path;
  for (Step& step : transcript.steps) {
    SCOPED_TRACE("tests/e2e/" + GetParam() + ":" + std::to_string(step.line) + "\n$ " +
                 step.command);
    const Finished finished = run_step(step);
    check_demands(step, finished);
    if (updating()) {
      update(step, finished);
    } else {
      compare(step, finished);
    }
  }
  const std::string now = to_text(transcript);
  if (updating() && !HasFailure() && now != text) std::ofstream(path, std::ios::binary) << now;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.size() - std::string(".txt").size());
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
      '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Transcripts, E2e, testing::ValuesIn(transcripts()), test_name);

}  // namespace
}  // namespace dpol::e2e
