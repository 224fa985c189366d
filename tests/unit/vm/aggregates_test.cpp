// Aggregates by example, and at their boundaries.

#include <gtest/gtest.h>

#include "tests/unit/vm/history.h"

namespace dpol::vm {
namespace {

using program::Aggregate;
using program::BirthKind;
using program::BlockId;
using program::Decimal;
using program::Fault;
using program::Track;
using program::Value;
using test::History;
using test::minute;
using test::number;

Value unknown(Fault fault, Track track = Track::candidate) {
  return Value::unknown(fault, {BirthKind::series, static_cast<std::uint32_t>(track)});
}

// Every aggregate over five minutes of a metric that is stale after five.
struct Aggregates : History {
  explicit Aggregates(std::string_view every = "0") : History("300", every) {
    for (std::size_t i = 0; i < program::kAggregateNames.size(); ++i) {
      blocks.push_back(aggregate(static_cast<Aggregate>(i), "300"));
    }
    start();
  }
  Value get(Aggregate kind, Instant when) { return at(blocks[static_cast<std::size_t>(kind)], when); }
  Value get(Aggregate kind, const Context& context) { return run(blocks[static_cast<std::size_t>(kind)], context); }
  std::vector<BlockId> blocks;
};

TEST(Aggregates, ByExample) {
  Aggregates a;
  for (const auto& [at, value] : {std::pair{0.0, "10"}, {1.0, "2"}, {2.0, "4"}, {3.0, "4"}, {4.0, "5"}, {5.0, "5"}}) {
    a.sample(minute(at), number(value));
  }
  a.load();
  const Instant now = minute(5);  // (0, 5]: 2 4 4 5 5; in force at 0: 10
  EXPECT_EQ(a.get(Aggregate::avg, now), number("4"));
  EXPECT_EQ(a.get(Aggregate::min, now), number("2"));
  EXPECT_EQ(a.get(Aggregate::max, now), number("5"));
  EXPECT_EQ(a.get(Aggregate::sum, now), number("20"));
  EXPECT_EQ(a.get(Aggregate::count, now), number("5"));
  EXPECT_EQ(a.get(Aggregate::p50, now), number("4"));
  EXPECT_EQ(a.get(Aggregate::p90, now), number("5"));
  EXPECT_EQ(a.get(Aggregate::first, now), number("2"));
  EXPECT_EQ(a.get(Aggregate::last, now), number("5"));
  EXPECT_EQ(a.get(Aggregate::delta, now), number("-5"));
  EXPECT_EQ(a.get(Aggregate::increase, now), number("5"));  // fell to 2: a reset, 2 counts, then 3 more
  EXPECT_EQ(a.get(Aggregate::rate, now).as_number().to_string(), "0.016666666666666667");
  EXPECT_EQ(a.get(Aggregate::stddev, now).as_number().to_string(), "1.095445115010332227");  // sqrt(1.2)
  // 0.7 a minute, by hand: sum (t - mean t)(v - mean v) / sum (t - mean t)^2 = 7 / 10
  EXPECT_EQ(a.get(Aggregate::slope, now).as_number().to_string(), "0.011666666666666667");
}

TEST(Aggregates, PercentilesLieBetweenRanks) {
  Aggregates a;
  a.draw("1234", 0.5);
  a.load();
  EXPECT_EQ(a.get(Aggregate::p50, minute(3.5)), number("2.5"));
  EXPECT_EQ(a.get(Aggregate::p90, minute(3.5)), number("3.7"));
  EXPECT_EQ(a.get(Aggregate::p95, minute(3.5)), number("3.85"));
  EXPECT_EQ(a.get(Aggregate::p99, minute(3.5)), number("3.97"));
}

TEST(Aggregates, TheWindowIsOpenAtItsStart) {
  Aggregates a;
  a.draw("123456");
  a.load();
  EXPECT_EQ(a.get(Aggregate::count, minute(5)), number("5"));
  EXPECT_EQ(a.get(Aggregate::count, minute(5) - 1), number("5"));
  EXPECT_EQ(a.get(Aggregate::first, minute(5)), number("2"));
  EXPECT_EQ(a.get(Aggregate::first, minute(5) - 1), number("1"));
}

TEST(Aggregates, AnUnknownSampleInsideMakesAllButCountUnknown) {
  Aggregates a;
  a.draw("11?1");
  a.load();
  for (std::size_t i = 0; i < a.blocks.size(); ++i) {
    const bool counts = static_cast<Aggregate>(i) == Aggregate::count;
    EXPECT_EQ(a.at(a.blocks[i], minute(3)), counts ? number("3") : unknown(Fault::not_a_number))
        << program::kAggregateNames[i];
  }
  // The NaN has left the window, but not as the start of what grows from there.
  EXPECT_EQ(a.get(Aggregate::avg, minute(7)), number("1"));
  EXPECT_EQ(a.get(Aggregate::increase, minute(7)), unknown(Fault::not_a_number));
}

TEST(Aggregates, WithoutSamples) {
  Aggregates a;
  a.load();
  for (const BlockId block : a.blocks) EXPECT_EQ(a.at(block, minute(0)), unknown(Fault::no_series));
  Aggregates later;
  later.draw("1");
  later.load();
  EXPECT_EQ(later.get(Aggregate::avg, minute(-1)), unknown(Fault::no_sample));
  EXPECT_EQ(later.get(Aggregate::count, minute(-1)), number("0"));
  EXPECT_EQ(later.get(Aggregate::avg, minute(0)), number("1"));
  for (const Aggregate two : {Aggregate::delta, Aggregate::increase, Aggregate::rate, Aggregate::slope}) {
    EXPECT_EQ(later.get(two, minute(0)), unknown(Fault::no_sample));
  }
  // Its age is exactly the window and the limit: it has left the one, not passed the other.
  EXPECT_EQ(later.get(Aggregate::avg, minute(5)), unknown(Fault::no_sample));
  EXPECT_EQ(later.get(Aggregate::avg, minute(5) + 1), unknown(Fault::stale));
  EXPECT_EQ(later.get(Aggregate::count, minute(50)), number("0"));
}

TEST(Aggregates, GapsAndStaleness) {
  History history("60");
  const BlockId average = history.aggregate(Aggregate::avg, "600");
  const BlockId count = history.aggregate(Aggregate::count, "600");
  history.start();
  history.draw("11-11");
  history.load();
  EXPECT_EQ(history.at(average, minute(1)), number("1"));
  EXPECT_EQ(history.at(average, minute(2)), number("1"));      // the newest is as old as may be
  EXPECT_EQ(history.at(average, minute(2) + 1), unknown(Fault::stale));
  EXPECT_EQ(history.at(average, minute(3)), unknown(Fault::gap));
  EXPECT_EQ(history.at(count, minute(4)), number("4"));
}

// What was in force when the window began is where growth starts, unless it was stale by then.
TEST(Aggregates, TheStartOfGrowth) {
  Aggregates a;
  a.sample(minute(0), number("1"));
  a.sample(minute(6), number("4"));
  a.sample(minute(7), number("9"));
  a.load();
  EXPECT_EQ(a.get(Aggregate::increase, minute(10)), unknown(Fault::gap));       // in force at 5 m: 0 m
  EXPECT_EQ(a.get(Aggregate::increase, minute(10) + 1), number("5"));           // it was stale by then
  Aggregates near;
  near.sample(minute(1), number("1"));
  near.sample(minute(6), number("4"));
  near.load();
  EXPECT_EQ(near.get(Aggregate::increase, minute(6)), number("3"));
  EXPECT_EQ(near.get(Aggregate::delta, minute(6)), number("3"));
  EXPECT_EQ(near.get(Aggregate::rate, minute(6)), number("0.01"));
  EXPECT_EQ(near.get(Aggregate::first, minute(6)), number("4"));
}

TEST(Aggregates, ReachBackToWhereTheyMayAndNotFurther) {
  Aggregates a;
  a.draw("123456789");
  a.load();
  const Context context = {.at = minute(8), .fresh_from = minute(7), .aggregates_from = minute(6)};
  EXPECT_EQ(a.get(Aggregate::count, context), number("3"));
  EXPECT_EQ(a.get(Aggregate::avg, context), number("8"));
  EXPECT_EQ(a.get(Aggregate::increase, context), number("2"));  // no start from before
  EXPECT_EQ(a.get(Aggregate::last, {.at = minute(8), .until = minute(4)}), number("5"));
  EXPECT_EQ(a.get(Aggregate::avg, {.at = minute(8), .bare = Track::stable}), unknown(Fault::no_series, Track::stable));
}

TEST(Aggregates, OfEachIntervalTheLastSampleCounts) {
  Aggregates a("60");
  a.sample(minute(0.2), number("1"));
  a.sample(minute(0.8), number("3"));
  a.sample(minute(1.2), number("5"));
  a.sample(minute(1.8), number("9"));
  a.load();
  EXPECT_EQ(a.get(Aggregate::avg, minute(0.2)), number("1"));
  EXPECT_EQ(a.get(Aggregate::avg, minute(0.8)), number("3"));
  EXPECT_EQ(a.get(Aggregate::avg, minute(1.2)), number("4"));  // 3 and 5
  EXPECT_EQ(a.get(Aggregate::avg, minute(1.8)), number("6"));  // 3 and 9
  EXPECT_EQ(a.get(Aggregate::increase, minute(1.8)), number("6"));
}

TEST(Aggregates, ExactSumsAndOverflow) {
  Aggregates a;
  const Value most = Value::number(Decimal::max());
  a.sample(minute(0), most);
  a.sample(minute(1), most);
  a.sample(minute(2), Value::number(Decimal::min()));
  a.load();
  EXPECT_EQ(a.get(Aggregate::sum, minute(1)), Value::unknown(Fault::overflow));
  EXPECT_EQ(a.get(Aggregate::avg, minute(1)), most);           // though the sum is out of range
  EXPECT_EQ(a.get(Aggregate::sum, minute(2)), most);           // the sum before it was
  EXPECT_EQ(a.get(Aggregate::delta, minute(2)), Value::unknown(Fault::overflow));
  EXPECT_EQ(a.get(Aggregate::stddev, minute(2)), Value::unknown(Fault::overflow));
  Aggregates tenths;
  for (int i = 0; i < 5; ++i) tenths.sample(minute(i), number("0.1"));
  tenths.load();
  EXPECT_EQ(tenths.get(Aggregate::sum, minute(4)), number("0.5"));
}

}  // namespace
}  // namespace dpol::vm
