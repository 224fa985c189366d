// What was decided before, as facts and as a baseline: never more than the record says.
#include "runtime/decision/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support/program_builder.h"

namespace dpol::decision {
namespace {

using program::BaselineRule;
using program::Decimal;
using program::Fault;
using program::Kind;
using program::KeptBaseline;
using program::Type;
using program::Value;

// A program that asks for all of it: the mean of the last two promoted, and the three facts.
class History : public ::testing::Test {
 protected:
  History() {
    test::ProgramBuilder builder;
    const std::uint32_t metric = builder.metric("m", Type::duration());
    builder.metric_at(metric).baseline = {
        .kind = BaselineRule::Kind::promoted, .aggregate = program::Aggregate::avg, .seconds = {}, .releases = 2};
    builder.baseline(metric);
    builder.fact("version", Type::of(Kind::string));
    builder.fact("history.recorded", Type::of(Kind::boolean));
    builder.fact("history.rollbacks", Type::of(Kind::integer));
    builder.fact("history.rolled_back_at", Type::of(Kind::string), true);
    program_ = builder.build();
  }
  vm::Snapshot told(const std::vector<PastDecision>& past, const char* version = "3.0.0") const {
    vm::SnapshotBuilder builder(program_);
    if (version != nullptr) builder.set_input(1, builder.text_value(version), {builder.add_document("facts.json", ""), 1});
    builder.set_deployed_at(100);
    builder.set_now(200, false);
    vm::Snapshot snapshot = builder.build();
    tell_history(program_, past, "decisions.log", snapshot);
    return snapshot;
  }
  Value baseline(const std::vector<PastDecision>& past) const { return told(past).inputs()[0]; }

  static PastDecision promoted(std::int64_t at, const char* version, const char* value, const char* unit = "s") {
    PastDecision one{.at = at, .is_promoted = true, .version = version};
    one.metrics.push_back({.metric = "m", .value = *Decimal::parse(value), .unit = unit});
    return one;
  }
  static PastDecision decided(std::int64_t at, bool rollback, const char* stage = "", const char* version = "3.0.0") {
    return {.at = at, .is_rollback = rollback, .version = version, .stage = stage};
  }
  program::Program program_;
};

TEST_F(History, TheLastTwoReleasesCountOnceEach) {
  EXPECT_EQ(baseline({promoted(1, "1", "9"), promoted(2, "2", "0.1"), promoted(3, "2.1", "0.3"), promoted(4, "2.1", "0.5")}),
            test::number("0.3"));
  // By the moment judged, whatever the order in which they were recorded.
  EXPECT_EQ(baseline({promoted(3, "2.1", "0.3"), promoted(2, "2", "0.1"), promoted(1, "1", "9")}), test::number("0.2"));
}

TEST_F(History, TooFewReleasesLeaveItUnknown) {
  EXPECT_EQ(baseline({}).fault(), Fault::no_history);
  EXPECT_EQ(baseline({promoted(1, "1", "1"), promoted(2, "1", "2")}).fault(), Fault::no_history);
  // Neither the release itself nor what was after its deployment is the time before.
  EXPECT_EQ(baseline({promoted(1, "1", "1"), promoted(2, "3.0.0", "1")}).fault(), Fault::no_history);
  EXPECT_EQ(baseline({promoted(1, "1", "1"), promoted(101, "2", "1")}).fault(), Fault::no_history);
  // One that was promoted without the metric has nothing to say.
  EXPECT_EQ(baseline({promoted(1, "1", "1"), {.at = 2, .is_promoted = true, .version = "2"}}).fault(), Fault::no_history);
}

TEST_F(History, AnotherUnitIsNotConverted) {
  EXPECT_EQ(baseline({promoted(1, "1", "1"), promoted(2, "2", "1", "ms")}).fault(), Fault::other_unit);
}

TEST_F(History, RollbacksThatFollowEachOtherAreOne) {
  const vm::Snapshot snapshot =
      told({decided(1, true, "10%"), decided(2, true, "10%"), decided(3, false), decided(4, true, "50%"),
            decided(5, true, "99%", "2.0.0"), decided(201, true, "100%")});
  EXPECT_TRUE(snapshot.inputs()[2].is_true());
  EXPECT_EQ(snapshot.inputs()[3], test::number("2"));
  EXPECT_EQ(snapshot.symbols().text(snapshot.inputs()[4].as_id()), "50%");
}

TEST_F(History, AnEmptyRecordKnowsThatNothingWas) {
  const vm::Snapshot snapshot = told({decided(1, true, "10%", "2.0.0")});
  EXPECT_TRUE(snapshot.inputs()[2].is_false());
  EXPECT_EQ(snapshot.inputs()[3], test::number("0"));
  EXPECT_EQ(snapshot.inputs()[4].fault(), Fault::absent);
}

TEST_F(History, OfAnUnknownReleaseNothingIsKnown) {
  const vm::Snapshot snapshot = told({decided(1, true, "10%", "")}, nullptr);
  EXPECT_EQ(snapshot.inputs()[2].fault(), Fault::missing);
  EXPECT_EQ(snapshot.inputs()[3].fault(), Fault::missing);
}

}  // namespace
}  // namespace dpol::decision
