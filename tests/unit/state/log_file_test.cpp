// The record of decisions: what was changed is found, what was recorded is there, and nothing half is.
#include "runtime/state/log_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

namespace dpol::state {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LogFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (fs::temp_directory_path() / (std::string("dpol-log-") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".log")).string();
    fs::remove_all(path_);
  }
  void TearDown() override { fs::remove_all(path_); }

  Appended append(const std::string& body) const {
    auto out = append_to_log(path_, body);
    if (const auto* fault = std::get_if<Fault>(&out)) {
      ADD_FAILURE() << fault->text;
      return {};
    }
    return std::get<Appended>(out);
  }
  std::string refused() const {
    const auto out = append_to_log(path_, R"({"x":1})");
    const auto* fault = std::get_if<Fault>(&out);
    return fault == nullptr ? "" : fault->text;
  }
  std::string read() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  // "2: was changed …"; and what stands behind the last line.
  std::vector<std::string> findings(std::uint64_t* unfinished = nullptr) const {
    auto opened = LogReader::open(path_);
    LogReader& log = std::get<LogReader>(opened);
    Chain chain;
    std::vector<std::string> out;
    for (std::string line; log.next(line);) {
      if (const auto wrong = chain.add(line)) out.push_back(std::to_string(log.line_number()) + ": " + *wrong);
    }
    if (log.fault()) out.push_back(log.fault()->text);
    if (unfinished != nullptr) *unfinished = log.unfinished();
    return out;
  }
  std::vector<std::string> three() const {
    for (const char* body : {R"({"decision":"go"})", R"({"decision":"hold"})", R"({"decision":"rollback"})"}) append(body);
    std::vector<std::string> lines;
    std::ifstream in(path_);
    for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
    return lines;
  }
  std::string path_;
};

TEST_F(LogFile, LinesFollowEachOther) {
  const Appended first = append(R"({"decision":"go"})");
  const Appended second = append(R"({"decision":"hold"})");
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(second.number, 2U);
  EXPECT_THAT(findings(), IsEmpty());
  EXPECT_THAT(read(), ::testing::StartsWith(R"({"seq":1,"previous":"sha256:0000)"));
  EXPECT_THAT(read(), HasSubstr(R"({"seq":2,"previous":")" + first.hash + R"(","decision":"hold","hash":")" +
                                second.hash + "\"}\n"));
}

TEST_F(LogFile, EveryChangedByteIsFound) {
  three();
  const std::string whole = read();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char c : {'\0', '\n', '0', '"', static_cast<char>(whole[i] ^ 1)}) {
      if (c == whole[i]) continue;
      std::string changed = whole;
      changed[i] = c;
      Chain chain;
      bool found = !changed.ends_with('\n');
      for (std::size_t at = 0, end = 0; (end = changed.find('\n', at)) != std::string::npos; at = end + 1)
        found = found || chain.add(std::string_view(changed).substr(at, end - at));
      ASSERT_TRUE(found) << "byte " << i << " as " << static_cast<int>(c);
    }
  }
}

TEST_F(LogFile, WhatWasTakenOutMovedOrPutInIsNamed) {
  const std::vector<std::string> lines = three();
  write(lines[0] + lines[2]);
  EXPECT_THAT(findings(), ElementsAre("2: is decision 3: the one before it was taken out or moved"));
  write(lines[1] + lines[2]);
  EXPECT_THAT(findings(), ElementsAre("1: is decision 2: the one before it was taken out or moved"));
  write(lines[0] + lines[1] + lines[1] + lines[2]);
  EXPECT_THAT(findings(), ElementsAre("3: is decision 2 and stands behind decision 2: it was moved or put in"));
  write(lines[0] + lines[2] + lines[1]);
  EXPECT_THAT(findings(), ElementsAre("2: is decision 3: the one before it was taken out or moved",
                                      "3: is decision 2 and stands behind decision 3: it was moved or put in"));
  write(lines[0] + "\n" + lines[1] + lines[2]);
  EXPECT_THAT(findings(), ElementsAre("2: is no line of a decision log"));
  // Of the last lines only their hash tells that they were there.
  write(lines[0] + lines[1]);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(LogFile, ALineWrittenAnewDoesNotFit) {
  const std::vector<std::string> lines = three();
  fs::remove(path_);
  append(R"({"decision":"go"})");
  append(R"({"decision":"go"})");
  write(read() + lines[2]);
  EXPECT_THAT(findings(), ElementsAre("3: does not follow the line before it: that one was changed or replaced"));
}

TEST_F(LogFile, AWriteThatWasCutOffIsTakenOutAndNothingElse) {
  const std::vector<std::string> lines = three();
  const std::string before = lines[0] + lines[1];
  for (std::size_t length = 0; length < lines[2].size(); length += 11) {
    write(before + lines[2].substr(0, length));
    std::uint64_t unfinished = 0;
    ASSERT_THAT(findings(&unfinished), IsEmpty());
    ASSERT_EQ(unfinished, length);
    const Appended next = append(R"({"decision":"rollback"})");
    ASSERT_EQ(next.number, 3U);
    ASSERT_EQ(next.taken_out, length);
    ASSERT_EQ(read(), before + lines[2]);
  }
  // All but its end; and what a lost power supply may leave.
  write(before + lines[2].substr(0, lines[2].size() - 1));
  EXPECT_EQ(append(R"({"decision":"rollback"})").number, 3U);
  EXPECT_EQ(read(), before + lines[2]);
  write(before + std::string(100, '\0'));
  EXPECT_EQ(append(R"({"decision":"rollback"})").taken_out, 100U);
  EXPECT_EQ(read(), before + lines[2]);
}

TEST_F(LogFile, WhatIsNoRecordIsRefusedAndLeftAlone) {
  const std::vector<std::string> lines = three();
  std::string changed = lines[0] + lines[1];
  changed[changed.size() - 100] ^= 1;
  for (const std::string& bytes : std::vector<std::string>{
           "policy p { }\n", "no end", lines[0] + "no end", "\n", lines[0] + "\n", "{}\n", changed, lines[0] + "{\"hash\":1}\n",
           R"({"seq":18446744073709551616,)" + lines[0].substr(9), R"({"seq":01,)" + lines[0].substr(9)}) {
    write(bytes);
    EXPECT_NE(refused(), "") << bytes;
    EXPECT_EQ(read(), bytes);
  }
  fs::remove(path_);
  fs::create_directory(path_);
  EXPECT_THAT(refused(), HasSubstr("cannot be written"));
  fs::remove(path_);
}

TEST_F(LogFile, ALineWithoutBoundIsNotHeld) {
  write("{");
  fs::resize_file(path_, 36U << 20U);
  EXPECT_THAT(refused(), HasSubstr("too long"));
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("line 1 is too long")));
  fs::remove(path_);
  const auto long_one = append_to_log(path_, "{\"x\":\"" + std::string(kMostLineBytes, 'x') + "\"}");
  ASSERT_TRUE(std::holds_alternative<Fault>(long_one));
  EXPECT_EQ(read(), "");
}

TEST_F(LogFile, IsNotWaitedForWithoutEnd) {
  three();
  const std::string before = read();
  const int other = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const auto out = append_to_log(path_, R"({"x":1})", 20);
  ::close(other);
  ASSERT_TRUE(std::holds_alternative<Fault>(out));
  EXPECT_THAT(std::get<Fault>(out).text, HasSubstr("is locked"));
  EXPECT_EQ(read(), before);
}

TEST_F(LogFile, AFullDiskLeavesItAsItWas) {
  three();
  const std::string before = read();
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 50, before.size() + 50};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto out = append_to_log(path_, R"({"x":1})");
    const auto* fault = std::get_if<Fault>(&out);
    ::_exit(fault != nullptr && fault->text.starts_with("cannot be written") ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read(), before);
}

// Each child says of what it recorded that it is; some are killed at whatever they do.
TEST_F(LogFile, SeveralProcessesLoseAndDoubleNothing) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  constexpr int kProcesses = 6;
  std::array<pid_t, kProcesses> children{};
  for (pid_t& child : children) {
    child = ::fork();
    if (child != 0) continue;
    for (int i = 0; i < 40; ++i) {
      const auto out = append_to_log(path_, R"({"by":)" + std::to_string(::getpid()) + "}");
      const auto* appended = std::get_if<Appended>(&out);
      if (appended == nullptr) ::_exit(1);
      const std::string said = appended->hash + "\n";
      if (::write(pipe[1], said.data(), said.size()) < 0) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::string said;
  std::array<char, 4096> buffer{};
  int killed = 0;
  for (ssize_t count = 0; (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(count));
    if (killed < 3 && said.size() > static_cast<std::size_t>(killed + 1) * 1500) ::kill(children[killed++], SIGKILL);
  }
  ::close(pipe[0]);
  for (int i = 0; i < kProcesses; ++i) {
    int status = -1;
    ASSERT_EQ(::waitpid(children[i], &status, 0), children[i]);
    if (i >= killed) {
      EXPECT_EQ(status, 0);
    }
  }
  append(R"({"last":true})");
  std::uint64_t unfinished = 0;
  EXPECT_THAT(findings(&unfinished), IsEmpty());
  EXPECT_EQ(unfinished, 0U);
  const std::string all = read();
  std::size_t lines = 0;
  for (std::size_t at = 0; at < said.size(); at = said.find('\n', at) + 1, ++lines) {
    const std::string hash = said.substr(at, said.find('\n', at) - at);
    ASSERT_NE(all.find("\"hash\":\"" + hash + "\"}\n"), std::string::npos);
  }
  EXPECT_GE(lines, static_cast<std::size_t>((kProcesses - killed) * 40));
}

}  // namespace
}  // namespace dpol::state
