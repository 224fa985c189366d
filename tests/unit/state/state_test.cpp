// The file of sign-offs: what is kept comes back, and what is no state of dpol is refused and left alone.
#include "runtime/state/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace dpol::state {
namespace {

namespace fs = std::filesystem;
using program::Answer;
using program::SignOff;
using ::testing::HasSubstr;

SignOff sign_off(const std::string& by) {
  return {.item = "checkout.before.plan", .service = "checkout", .version = "3.1.0", .environment = "production",
          .stage = "50%", .by = by, .role = "manager", .answer = Answer::refuse, .note = "no\nplan \xC3\xA9", .at = -5};
}

class StateFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              (std::string("dpol-state-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const char* name = "state.db") const { return (folder_ / name).string(); }
  void write(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  std::string read() const {
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static std::string fault(const Result<State>& opened) {
    const auto* fault = std::get_if<Fault>(&opened);
    return fault == nullptr ? "" : fault->text;
  }
  State writer() {
    auto opened = State::open(path(), Open::write);
    EXPECT_EQ(fault(opened), "");
    return std::move(std::get<State>(opened));
  }
  std::vector<SignOff> kept(const std::string& version = "3.1.0") const {
    auto opened = State::open(path(), Open::read);
    EXPECT_EQ(fault(opened), "");
    if (!std::holds_alternative<State>(opened)) return {};
    auto found = std::get<State>(opened).sign_offs("checkout", version, "production");
    EXPECT_TRUE(std::holds_alternative<std::vector<SignOff>>(found));
    return std::get<std::vector<SignOff>>(found);
  }

 private:
  fs::path folder_;
};

TEST_F(StateFile, GivesBackWhatWasRecordedInItsOrder) {
  {
    State state = writer();
    EXPECT_FALSE(state.record(sign_off("Bo")));
    EXPECT_FALSE(state.record(sign_off("Ann")));
  }
  EXPECT_FALSE(writer().record(sign_off("Bo'); DROP TABLE sign_off; --")));
  EXPECT_THAT(kept(), ::testing::ElementsAre(sign_off("Bo"), sign_off("Ann"), sign_off("Bo'); DROP TABLE sign_off; --")));
  EXPECT_THAT(kept("3.1.1"), ::testing::IsEmpty());
}

TEST_F(StateFile, MakesItsFolderAndSurvivesBeingEmpty) {
  auto opened = State::open(path("a/b/state.db"), Open::write);
  EXPECT_EQ(fault(opened), "");
  EXPECT_TRUE(fs::exists(path("a/b/state.db")));
  write("");
  EXPECT_THAT(kept(), ::testing::IsEmpty());
}

TEST_F(StateFile, ReadingNeverMakesAFile) {
  EXPECT_EQ(fault(State::open(path(), Open::read)), "is not there");
  EXPECT_FALSE(fs::exists(path()));
  EXPECT_EQ(fault(State::open("", Open::read)), "has no name");
  EXPECT_EQ(fault(State::open(path("."), Open::write)), "is a folder");
}

TEST_F(StateFile, RefusesWhatIsNoDatabaseAndLeavesItAlone) {
  const std::string text(5'000, 'x');
  write(text);
  EXPECT_EQ(fault(State::open(path(), Open::read)), "is no database");
  EXPECT_EQ(fault(State::open(path(), Open::write)), "is no database");
  EXPECT_EQ(read(), text);
}

// Offsets in SQLite's header: user_version at 60, application_id at 68, both big-endian.
TEST_F(StateFile, RefusesOtherProgramsAndLaterForms) {
  { EXPECT_FALSE(writer().record(sign_off("Ann"))); }
  const std::string whole = read();
  std::string later = whole;
  later[63] = 9;
  write(later);
  EXPECT_THAT(fault(State::open(path(), Open::write)), HasSubstr("later dpol"));
  std::string other = whole;
  other[68] = 1;
  write(other);
  EXPECT_THAT(fault(State::open(path(), Open::write)), HasSubstr("another program"));
  EXPECT_EQ(read(), other);
}

TEST_F(StateFile, NoDamageMakesItCrash) {
  {
    State state = writer();
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(state.record(sign_off("Ann" + std::to_string(i))));
  }
  const std::string whole = read();
  ASSERT_GT(whole.size(), 8'000U);
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string damaged = whole;
    for (std::size_t i = at; i < std::min(at + 40, damaged.size()); ++i) damaged[i] = static_cast<char>(0xA5);
    write(damaged);
    auto opened = State::open(path(), Open::read);
    if (auto* state = std::get_if<State>(&opened)) {
      (void)state->sign_offs("checkout", "3.1.0", "production");
    }
    write(whole.substr(0, at));
    auto cut = State::open(path(), Open::read);
    if (auto* state = std::get_if<State>(&cut)) (void)state->sign_offs("checkout", "3.1.0", "production");
  }
}

TEST_F(StateFile, RefusesAnAnswerThatSaysNothing) {
  { EXPECT_FALSE(writer().record(sign_off("Ann"))); }
  std::string bytes = read();
  const std::size_t at = bytes.find("refuse");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 6, "accept");
  write(bytes);
  auto opened = State::open(path(), Open::read);
  ASSERT_TRUE(std::holds_alternative<State>(opened));
  const auto found = std::get<State>(opened).sign_offs("checkout", "3.1.0", "production");
  ASSERT_TRUE(std::holds_alternative<Fault>(found));
  EXPECT_THAT(std::get<Fault>(found).text, HasSubstr("damaged"));
}

TEST_F(StateFile, WhatIsReadOnlyIsSaidToBe) {
  { EXPECT_FALSE(writer().record(sign_off("Ann"))); }
  fs::permissions(path(), fs::perms::owner_read);
  std::ofstream probe(path(), std::ios::app);
  if (probe) GTEST_SKIP() << "this user may write everything";
  auto opened = State::open(path(), Open::write);
  ASSERT_EQ(fault(opened), "");
  const auto refused = std::get<State>(opened).record(sign_off("Bo"));
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->text, HasSubstr("read-only"));
}

}  // namespace
}  // namespace dpol::state
