#include "runtime/vm/built.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/program/program.h"

namespace dpol::vm {
namespace {

using program::Fault;
using program::Value;

class BuiltTest : public testing::Test {
 protected:
  BuiltTest() {
    program_.strings = {"given"};
    SnapshotBuilder builder(program_);
    snapshot_.emplace(builder.build());
    built_.load(*snapshot_);
  }

  program::Program program_;
  std::optional<Snapshot> snapshot_;
  Built built_;
};

TEST_F(BuiltTest, EachTextHasOneSymbol) {
  EXPECT_EQ(built_.text("given"), Value::id(0));
  const Value built = built_.text("built");
  EXPECT_EQ(built_.text("built"), built);
  EXPECT_NE(built_.text("other"), built);
  EXPECT_EQ(built_.text_of(built.as_id()), "built");
  EXPECT_EQ(built_.text_of(0), "given");
}

TEST_F(BuiltTest, ReleasingFreesSymbolsInAnyNumber) {
  const Value kept = built_.text("kept");
  const Built::Mark mark = built_.mark();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1000; ++i) built_.text("text " + std::to_string(i));
    EXPECT_EQ(built_.text_of(built_.text("text 7").as_id()), "text 7");
    built_.release(mark);
    EXPECT_EQ(built_.text("kept"), kept);
    EXPECT_EQ(built_.text("text 999").as_id(), kept.as_id() + 1);
    built_.release(mark);
  }
}

TEST_F(BuiltTest, GrowthIsBounded) {
  EXPECT_FALSE(built_.text(std::string(program::kMaxText, 'a')).is_unknown());
  EXPECT_EQ(built_.text(std::string(program::kMaxText + 1, 'a')).fault(), Fault::too_large);
  std::size_t fitted = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string text(program::kMaxText, 'b');
    text.replace(0, 4, std::to_string(1000 + i));
    if (!built_.text(text).is_unknown()) ++fitted;
  }
  EXPECT_EQ(fitted, program::kMaxBuiltBytes / program::kMaxText - 2);
  built_.set_base(built_.mark());
  EXPECT_FALSE(built_.text(std::string(program::kMaxText, 'c')).is_unknown());
  const std::vector<Value> rows(program::kMaxBuiltRows, Value::boolean(true));
  const Value list = built_.list(rows);
  EXPECT_EQ(list.row_count(), program::kMaxBuiltRows);
  EXPECT_TRUE(built_.row(list.first_row()).is_true());
  EXPECT_EQ(built_.list(std::vector<Value>(1)).fault(), Fault::too_large);
}

}  // namespace
}  // namespace dpol::vm
