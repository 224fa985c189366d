// What was sent, kept beside the sign-offs; files of the form before it had that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>

#include "runtime/state/state.h"

namespace dpol::state {
namespace {

namespace fs = std::filesystem;
using program::Sending;
using program::SignOff;

Sending sending(const std::string& message, std::int64_t at) {
  return {.message = message, .service = "checkout", .version = "3.1.0", .environment = "production",
          .by = "Ann", .note = "two lines\nof it", .at = at};
}

class Sendings : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (fs::temp_directory_path() / (std::string("dpol-sendings-") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".db")).string();
    fs::remove(path_);
  }
  void TearDown() override { fs::remove(path_); }
  State open(Open mode) const {
    auto opened = State::open(path_, mode);
    if (const auto* fault = std::get_if<Fault>(&opened)) ADD_FAILURE() << fault->text;
    return std::move(std::get<State>(opened));
  }
  std::vector<Sending> kept(const std::string& version = "3.1.0") const {
    auto found = open(Open::read).sendings("checkout", version, "production");
    EXPECT_TRUE(std::holds_alternative<std::vector<Sending>>(found));
    return std::get<std::vector<Sending>>(found);
  }
  void run(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  // As the dpol before messages left it: the same without the later tables.
  void make_earlier() const {
    EXPECT_FALSE(open(Open::write).record(SignOff{.item = "p.plan", .service = "checkout", .version = "3.1.0",
                                                  .environment = "production", .by = "Bo", .at = 7}));
    run("DROP TABLE sending; DROP TABLE baseline; PRAGMA user_version = 1");
  }
  std::string path_;
};

TEST_F(Sendings, ComeBackInTheirOrderAndForTheirReleaseAlone) {
  EXPECT_FALSE(open(Open::write).record(sending("window", 20)));
  EXPECT_FALSE(open(Open::write).record(sending("it's; DROP TABLE sending; --", -5)));
  EXPECT_THAT(kept(), ::testing::ElementsAre(sending("window", 20), sending("it's; DROP TABLE sending; --", -5)));
  EXPECT_THAT(kept("3.1.1"), ::testing::IsEmpty());
}

TEST_F(Sendings, AFileOfTheFormBeforeHasNoneUntilOneIsRecorded) {
  make_earlier();
  EXPECT_THAT(kept(), ::testing::IsEmpty());
  const auto bytes = fs::file_size(path_);
  EXPECT_EQ(fs::file_size(path_), bytes);
  EXPECT_FALSE(open(Open::write).record(sending("window", 1)));
  EXPECT_THAT(kept(), ::testing::ElementsAre(sending("window", 1)));
  const auto found = open(Open::read).sign_offs("checkout", "3.1.0", "production");
  ASSERT_TRUE(std::holds_alternative<std::vector<SignOff>>(found));
  EXPECT_EQ(std::get<std::vector<SignOff>>(found).size(), 1U);
}

TEST_F(Sendings, AMissingTableAndAMomentThatIsNoneAreDamage) {
  EXPECT_FALSE(open(Open::write).record(sending("window", 1)));
  run("UPDATE sending SET at = 'soon'");
  const auto found = open(Open::read).sendings("checkout", "3.1.0", "production");
  ASSERT_TRUE(std::holds_alternative<Fault>(found));
  EXPECT_THAT(std::get<Fault>(found).text, ::testing::HasSubstr("damaged"));
  run("DROP TABLE sending");
  const auto opened = State::open(path_, Open::read);
  ASSERT_TRUE(std::holds_alternative<Fault>(opened));
  EXPECT_THAT(std::get<Fault>(opened).text, ::testing::HasSubstr("damaged"));
}

}  // namespace
}  // namespace dpol::state
