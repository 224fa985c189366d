// Windows, rule by rule and at their boundaries.

#include <gtest/gtest.h>

#include "tests/unit/vm/history.h"

namespace dpol::vm {
namespace {

using program::BirthKind;
using program::Fault;
using program::Opcode;
using program::Track;
using program::Value;
using test::Cell;
using test::History;
using test::kMinute;
using test::minute;
using test::number;
using test::ProgramBuilder;

// "1" true, "0" false, else the fault.
std::string shown(Value value) {
  if (value.is_unknown()) return program::fault_name(value.fault());
  return value.is_true() ? "1" : "0";
}

struct Windows : History {
  explicit Windows(std::string_view stale = "300", std::string_view every = "0")
      : History(stale, every),
        five_minutes(builder.seconds("300")),
        of(window(Opcode::of_samples, 3, 5)),
        consecutive(window(Opcode::for_samples, 3)),
        since(window(Opcode::in_samples, 3)),
        lasting(window(Opcode::for_time, five_minutes)) {
    start();
  }
  Cell five_minutes;
  program::BlockId of, consecutive, since, lasting;
};

// The window's answer when the last sample drawn is the newest.
std::string ends(program::BlockId Windows::*window, std::string_view picture) {
  Windows w;
  w.draw(picture);
  w.load();
  return shown(w.at(w.*window, minute(static_cast<double>(picture.size()) - 1)));
}

TEST(Windows, ThreeOfFive) {
  EXPECT_EQ(ends(&Windows::of, "1"), "window_open");
  EXPECT_EQ(ends(&Windows::of, "11"), "window_open");   // two of two are not three of five
  EXPECT_EQ(ends(&Windows::of, "111"), "1");            // three of three already are
  EXPECT_EQ(ends(&Windows::of, "00"), "window_open");
  EXPECT_EQ(ends(&Windows::of, "000"), "0");            // three of five can no longer be
  EXPECT_EQ(ends(&Windows::of, "0011"), "window_open");
  EXPECT_EQ(ends(&Windows::of, "00111"), "1");
  EXPECT_EQ(ends(&Windows::of, "00110"), "0");
  EXPECT_EQ(ends(&Windows::of, "11100"), "1");
  EXPECT_EQ(ends(&Windows::of, "111001"), "1");         // the first has left the window: 1 1 . . 1
  EXPECT_EQ(ends(&Windows::of, "1110010"), "0");
  EXPECT_EQ(ends(&Windows::of, "00?11"), "not_a_number");
  EXPECT_EQ(ends(&Windows::of, "0?111"), "1");
  EXPECT_EQ(ends(&Windows::of, "000?1"), "0");
}

TEST(Windows, ThreeConsecutive) {
  EXPECT_EQ(ends(&Windows::consecutive, "11"), "window_open");
  EXPECT_EQ(ends(&Windows::consecutive, "0"), "0");
  EXPECT_EQ(ends(&Windows::consecutive, "111"), "1");
  EXPECT_EQ(ends(&Windows::consecutive, "0111"), "1");
  EXPECT_EQ(ends(&Windows::consecutive, "1101"), "0");
  EXPECT_EQ(ends(&Windows::consecutive, "1?1"), "not_a_number");
  EXPECT_EQ(ends(&Windows::consecutive, "0?1"), "0");
  EXPECT_EQ(ends(&Windows::consecutive, "?111"), "1");
}

TEST(Windows, AnyThreeSinceTheStart) {
  EXPECT_EQ(ends(&Windows::since, "11"), "0");          // what was not taken yet does not count
  EXPECT_EQ(ends(&Windows::since, "1000010001"), "1");
  EXPECT_EQ(ends(&Windows::since, "10000100"), "0");
  EXPECT_EQ(ends(&Windows::since, "11?"), "not_a_number");
  EXPECT_EQ(ends(&Windows::since, "1?0"), "0");
  EXPECT_EQ(ends(&Windows::since, "11?1"), "1");
}

TEST(Windows, ForFiveMinutes) {
  EXPECT_EQ(ends(&Windows::lasting, "11111"), "window_open");   // four minutes
  EXPECT_EQ(ends(&Windows::lasting, "111111"), "1");            // five
  EXPECT_EQ(ends(&Windows::lasting, "011111"), "0");
  EXPECT_EQ(ends(&Windows::lasting, "0111111"), "1");
  EXPECT_EQ(ends(&Windows::lasting, "?111111"), "1");
  EXPECT_EQ(ends(&Windows::lasting, "11?111"), "not_a_number");
  EXPECT_EQ(ends(&Windows::lasting, "10?111"), "0");
}

TEST(Windows, ForFiveMinutesToTheNanosecond) {
  Windows w;
  w.draw("111111");
  w.load();
  EXPECT_EQ(shown(w.at(w.lasting, minute(5) - 1)), "window_open");
  EXPECT_EQ(shown(w.at(w.lasting, minute(5))), "1");
  EXPECT_EQ(shown(w.at(w.lasting, minute(5) + 1)), "1");
}

// What was in force when the window began counts, however long before that it was taken.
TEST(Windows, TheSampleInForceAtTheStartCounts) {
  Windows w;
  w.sample(minute(0), number("0"));
  w.sample(minute(4), number("1"));
  w.sample(minute(8), number("1"));
  w.load();
  EXPECT_EQ(shown(w.at(w.lasting, minute(8))), "0");   // at 3 m the sample of 0 m was in force
  EXPECT_EQ(shown(w.at(w.lasting, minute(9) - 1)), "0");
  EXPECT_EQ(shown(w.at(w.lasting, minute(9))), "1");
}

TEST(Windows, OneSampleCanCoverAWindow) {
  Windows w("600");
  w.sample(minute(0), number("1"));
  w.load();
  EXPECT_EQ(shown(w.at(w.lasting, minute(5) - 1)), "window_open");
  EXPECT_EQ(shown(w.at(w.lasting, minute(5))), "1");
  EXPECT_EQ(shown(w.at(w.lasting, minute(10))), "1");
  EXPECT_EQ(shown(w.at(w.lasting, minute(10) + 1)), "stale");
}

// A gap hides nobody knows how many samples.
TEST(Windows, Gaps) {
  EXPECT_EQ(ends(&Windows::of, "111-----1"), "gap");
  EXPECT_EQ(ends(&Windows::of, "111----1"), "1");              // five minutes are no gap
  EXPECT_EQ(ends(&Windows::of, "11111-----000"), "0");         // three of five can no longer be
  EXPECT_EQ(ends(&Windows::of, "00-----111"), "1");
  EXPECT_EQ(ends(&Windows::consecutive, "11-----1"), "gap");
  EXPECT_EQ(ends(&Windows::consecutive, "11-----0"), "0");
  EXPECT_EQ(ends(&Windows::consecutive, "0-----111"), "1");
  EXPECT_EQ(ends(&Windows::since, "0-----0"), "gap");
  EXPECT_EQ(ends(&Windows::since, "11-----1"), "1");
  EXPECT_EQ(ends(&Windows::lasting, "11111-----11"), "gap");
  EXPECT_EQ(ends(&Windows::lasting, "1-----111111"), "1");     // before the window
}

TEST(Windows, SilenceIsStale) {
  Windows w;
  w.draw("000000");
  w.load();
  for (const auto window : {w.of, w.consecutive, w.since, w.lasting}) {
    EXPECT_EQ(shown(w.at(window, minute(10))), "0");           // exactly the limit
  }
  EXPECT_EQ(shown(w.at(w.of, minute(10) + 1)), "stale");
  EXPECT_EQ(shown(w.at(w.consecutive, minute(10) + 1)), "stale");
  EXPECT_EQ(shown(w.at(w.since, minute(10) + 1)), "stale");
  EXPECT_EQ(shown(w.at(w.lasting, minute(10) + 1)), "0");      // the 0 at 5 m still decides
}

TEST(Windows, WithoutAnySample) {
  Windows w;
  w.load();
  for (const auto window : {w.of, w.consecutive, w.since, w.lasting}) {
    EXPECT_EQ(w.at(window, minute(0)), Value::unknown(Fault::no_series, {BirthKind::series, 0}));
  }
  Windows later;
  later.draw("111111", 100);
  later.load();
  for (const auto window : {later.of, later.consecutive, later.since, later.lasting}) {
    EXPECT_EQ(shown(later.at(window, minute(99))), "no_sample");
  }
  EXPECT_EQ(shown(later.run(later.since, {.at = minute(200), .fresh_from = minute(190)})), "no_sample");
}

TEST(Windows, ConditionsStartAfresh) {
  Windows w;
  w.draw("111111111");
  w.load();
  const auto run = [&w](program::BlockId window, double at, double fresh_from) {
    return shown(w.run(window, {.at = minute(at), .fresh_from = minute(fresh_from)}));
  };
  EXPECT_EQ(run(w.of, 4, 3), "window_open");
  EXPECT_EQ(run(w.of, 5, 3), "1");
  EXPECT_EQ(run(w.consecutive, 4, 3), "window_open");
  EXPECT_EQ(run(w.consecutive, 5, 3), "1");
  EXPECT_EQ(run(w.since, 4, 3), "0");
  EXPECT_EQ(run(w.since, 5, 3), "1");
  EXPECT_EQ(run(w.lasting, 7, 3), "window_open");
  EXPECT_EQ(run(w.lasting, 8, 3), "1");
  EXPECT_EQ(run(w.lasting, 8, 3.5), "window_open");
}

TEST(Windows, AcrossStagesReachesBackToWhereAggregatesDo) {
  Windows w;
  w.builder.across_stages(w.body);
  w.start();
  w.draw("111111");
  w.load();
  const Context context = {.at = minute(5), .fresh_from = minute(4), .aggregates_from = minute(3)};
  EXPECT_EQ(shown(w.run(w.consecutive, context)), "1");
  EXPECT_EQ(shown(w.run(w.lasting, context)), "window_open");
  EXPECT_EQ(shown(w.run(w.body, context)), "1");
}

TEST(Windows, SamplesAfterTheEndDoNotExist) {
  Windows w;
  w.draw("00011111");
  w.load();
  EXPECT_EQ(shown(w.run(w.consecutive, {.at = minute(7)})), "1");
  EXPECT_EQ(shown(w.run(w.consecutive, {.at = minute(7), .until = minute(4)})), "0");
  EXPECT_EQ(shown(w.run(w.body, {.at = minute(7), .until = minute(2)})), "0");
}

TEST(Windows, TheLastSampleOfAnIntervalCounts) {
  Windows w("300", "60");
  // Jitter: two samples in the second minute, the first of them true.
  w.sample(minute(0.1), number("1"));
  w.sample(minute(1.1), number("1"));
  w.sample(minute(1.9), number("0"));
  w.sample(minute(2.5), number("1"));
  w.sample(minute(3.5), number("1"));
  w.load();
  // As of 1.1 m the true one was the last of its minute, as of 1.9 m it is not.
  EXPECT_EQ(shown(w.at(w.since, minute(1.1))), "0");
  EXPECT_EQ(shown(w.at(w.consecutive, minute(1.1))), "window_open");
  EXPECT_EQ(shown(w.at(w.consecutive, minute(1.9))), "0");
  EXPECT_EQ(shown(w.at(w.consecutive, minute(3.5))), "0");
  EXPECT_EQ(shown(w.at(w.of, minute(3.5))), "1");       // 1 0 1 1
  EXPECT_EQ(shown(w.at(w.since, minute(3.5))), "1");
}

TEST(Windows, ABareMetricMayMeanTheStableTrack) {
  Windows w;
  w.draw("000");
  w.draw("111", 0.5, Track::stable);
  w.load();
  EXPECT_EQ(shown(w.run(w.consecutive, {.at = minute(2.5)})), "0");
  EXPECT_EQ(shown(w.run(w.consecutive, {.at = minute(2.5), .bare = Track::stable})), "1");
  EXPECT_EQ(shown(w.run(w.consecutive, {.at = minute(2.5)})), "0");
}

// The newest reason is named.
TEST(Windows, Reasons) {
  Windows w;
  w.draw("1?11");
  w.load();
  EXPECT_EQ(w.at(w.consecutive, minute(3)), Value::unknown(Fault::not_a_number, {BirthKind::series, 0}));
  EXPECT_EQ(w.at(w.consecutive, minute(9)), Value::unknown(Fault::stale, {BirthKind::series, 0}));
}

// m > m.stable, whose samples come at other times.
TEST(Windows, TracksWithDifferentTimestamps) {
  Windows w;
  ProgramBuilder& b = w.builder;
  b.begin();
  const Cell here = b.op(Opcode::sample, {}, {}, ProgramBuilder::series(w.metric));
  const Cell there = b.op(Opcode::sample, {}, {}, ProgramBuilder::series(w.metric, Track::stable));
  const auto worse = b.end(b.op(Opcode::less, there, here), w.metric);
  b.begin();
  const auto window = b.end(b.op(Opcode::for_samples, 2, {}, worse), w.metric);
  w.start();
  w.sample(minute(0), number("5"));
  w.sample(minute(1), number("5"));
  w.sample(minute(2), number("5"));
  w.sample(minute(-0.5), number("4"), Track::stable);
  w.sample(minute(1.5), number("6"), Track::stable);
  w.load();
  EXPECT_EQ(shown(w.at(window, minute(1))), "1");       // 4 was in force at both
  EXPECT_EQ(shown(w.at(window, minute(2))), "0");
  // The stable track does not start afresh with the condition.
  EXPECT_EQ(shown(w.run(window, {.at = minute(1), .fresh_from = minute(0)})), "1");
}

TEST(Windows, ReportsSeeWhatAWindowLookedAt) {
  Windows w;
  w.draw("1101-----1?01");
  w.load();
  const auto instruction = w.program->blocks[w.of].first;
  const Context context = {.at = minute(12), .fresh_from = minute(1)};
  const auto looked = w.machine->window_instants(instruction, context, 10);
  const std::vector<std::string> values = {"1", "not_a_number", "0", "1"};
  ASSERT_EQ(looked.size(), values.size());
  for (std::size_t i = 0; i < looked.size(); ++i) {
    EXPECT_EQ(looked[i].at, minute(9 + static_cast<double>(i)));
    EXPECT_EQ(looked[i].fresh_from, minute(1));
    EXPECT_EQ(shown(w.run(w.body, looked[i])), values[i]);
  }
  const auto newest = w.machine->window_instants(instruction, context, 2);
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].at, minute(11));
  EXPECT_EQ(newest[1].at, minute(12));
}

TEST(Windows, InstantsOfAMetric) {
  Windows w;
  w.draw("11111");
  w.load();
  const auto span = w.machine->instants(w.metric, Track::candidate, minute(1), minute(3));
  EXPECT_EQ(span.first, 1U);
  EXPECT_EQ(span.last, 4U);
  const auto none = w.machine->instants(w.metric, Track::stable, minute(1), minute(3));
  EXPECT_EQ(none.first, none.last);
  const auto outside = w.machine->instants(w.metric, Track::candidate, minute(3.5), minute(3.6));
  EXPECT_EQ(outside.first, outside.last);
}

}  // namespace
}  // namespace dpol::vm
