// The machine against the naive rescan of naive.h, on random histories: irregular times, jitter,
// gaps, NaN, counter resets, two tracks, limits that start and end anywhere.

#include <gtest/gtest.h>

#include "tests/unit/program/random.h"
#include "tests/unit/vm/history.h"
#include "tests/unit/vm/naive.h"

namespace dpol::vm {
namespace {

using program::Aggregate;
using program::BlockId;
using program::Opcode;
using program::Track;
using program::Value;
using program::testing::Random;
using test::Answer;
using test::Cell;
using test::kNow;
using test::kSecond;
using test::NaiveSample;
using test::NaiveSeries;
using test::NaiveWindow;
using test::ProgramBuilder;
using test::WindowKind;

constexpr std::uint32_t kMetrics = 3;  // m; n, which needs r; r

// Draws a series of up to `most` samples, at about one in `step` seconds.
NaiveSeries draw(Random& random, std::size_t most, std::int64_t step) {
  NaiveSeries series;
  const std::int64_t everies[] = {0, 0, 30, 60, 45};
  series.every = everies[random.below(5)] * kSecond;
  series.stale = static_cast<Instant>(1 + random.below(8)) * step * kSecond;
  Instant time = kNow + static_cast<Instant>(random.below(120)) * kSecond;
  std::int64_t value = 0;
  for (std::uint64_t left = random.below(most + 1); left > 0; --left) {
    // Counters that now and then fall, values around zero, whole stretches that stay.
    value = random.below(12) == 0 ? 0 : value + static_cast<std::int64_t>(random.below(7)) - 3;
    const bool is_nan = random.below(15) == 0;
    series.samples.push_back({time, is_nan ? std::nullopt : std::optional(value * 25)});
    const bool is_gap = random.below(20) == 0;
    const auto wait = static_cast<Instant>(random.below(static_cast<std::uint64_t>(2 * step))) + 1;
    time += (is_gap ? series.stale + wait * kSecond : wait * kSecond) +
            static_cast<Instant>(random.below(3)) - 1;
    // Exactly at the limit, too.
    if (random.below(25) == 0) time = series.samples.back().time + series.stale;
  }
  return series;
}

Value value_of(const NaiveSample& sample) {
  if (!sample.hundredths) return Value::unknown(program::Fault::not_a_number);
  return Value::number(program::Decimal::from_raw(*sample.hundredths * test::kUnitsInHundredth));
}

struct World {
  explicit World(std::uint64_t seed);

  // ---- by hand ----
  const NaiveSeries& series(std::uint32_t metric, Track track) const {
    return naive[metric][static_cast<std::size_t>(track)];
  }
  // Sample of a metric as a condition reads it.
  std::optional<std::int64_t> read(std::uint32_t metric, Track track, const Context& c, Instant at) const {
    const bool bare = track == Track::candidate;
    const auto sample = test::in_force(series(metric, bare ? c.bare : track), at,
                                       bare ? c.fresh_from : kBeginningOfTime, c.until);
    if (!sample || !sample->hundredths) return std::nullopt;
    if (metric == 1 && needs(c, at) != Answer(true)) return std::nullopt;
    return sample->hundredths;
  }
  Answer needs(const Context& c, Instant at) const {
    const auto requests = read(2, Track::candidate, c, at);
    return requests ? Answer(*requests >= 0) : Answer();
  }
  Answer above(std::uint32_t metric, Track track, const Context& c, Instant at) const {
    const auto value = read(metric, track, c, at);
    return value ? Answer(*value > 0) : Answer();
  }
  Answer condition(std::size_t which, const Context& c, Instant at) const {
    switch (which) {
      case 0: return above(0, Track::candidate, c, at);
      case 1: return test::conjunction(above(0, Track::candidate, c, at), above(1, Track::candidate, c, at));
      case 2: return test::conjunction(above(0, Track::candidate, c, at), above(0, Track::stable, c, at));
      default: {  // a window over condition 0
        const NaiveWindow two{.kind = WindowKind::for_samples, .span = 0, .wanted = 2, .most = 0};
        return test::judge_window(two, series(0, c.bare), at, c.fresh_from, c.until,
                                  [&](Instant t) { return condition(0, c, t); });
      }
    }
  }
  Answer window_by_hand(std::size_t index, const Context& context, Instant at) const {
    Context c = context;
    if (bodies_across[window_body[index]]) c.fresh_from = c.aggregates_from;
    return test::judge_window(windows[index], series(0, c.bare), at, c.fresh_from, c.until,
                              [&](Instant t) { return condition(window_body[index], c, t); });
  }
  test::NaiveNumber aggregate_by_hand(std::size_t index, const Context& context, Instant at) const {
    const auto [kind, metric, track, span] = aggregates[index];
    Context c = context;
    c.fresh_from = c.aggregates_from;
    const Track real = track == Track::candidate ? c.bare : track;
    return test::naive_aggregate(kind, series(metric, real), span, at, c.aggregates_from, c.until,
                                 [&, m = metric](Instant t) { return m == 1 ? needs(c, t) : Answer(true); });
  }

  struct AggregateCase {
    Aggregate kind;
    std::uint32_t metric;
    Track track;
    Instant span;
  };
  NaiveSeries naive[kMetrics][2];
  std::vector<NaiveWindow> windows;
  std::vector<std::size_t> window_body;
  bool bodies_across[4] = {};
  std::vector<AggregateCase> aggregates;
  // ---- by machine ----
  ProgramBuilder builder;
  std::vector<BlockId> bodies, window_blocks, aggregate_blocks;
  program::Program program;
  std::optional<Snapshot> snapshot;

 private:
  void build_program(Random& random);
  void build_windows(Random& random);
  void load_samples();
};

World::World(std::uint64_t seed) {
  Random random(seed);
  const std::size_t most = 3 + random.below(60);
  for (auto& tracks : naive) {
    tracks[0] = draw(random, most, 40);
    tracks[1] = draw(random, most, 40);
    tracks[1].every = tracks[0].every;
    tracks[1].stale = tracks[0].stale;
  }
  build_program(random);
  build_windows(random);
  program = builder.build();
  load_samples();
}

std::string seconds_text(Instant nanoseconds) {
  return program::Decimal::from_raw(program::Int128{nanoseconds} * 1'000'000'000).to_string();
}

void World::build_program(Random& random) {
  ProgramBuilder& b = builder;
  const char* const names[kMetrics] = {"m", "n", "r"};
  for (std::uint32_t i = 0; i < kMetrics; ++i) {
    b.metric(names[i], program::Type::of(program::Kind::number), seconds_text(naive[i][0].stale),
             seconds_text(naive[i][0].every));
  }
  const Cell zero = b.number("0");
  b.begin();
  const Cell requests = b.op(Opcode::sample, {}, {}, ProgramBuilder::series(2));
  b.metric_at(1).needs = b.end(b.op(Opcode::less_equal, zero, requests), 2);
  const auto above = [&](std::uint32_t metric, Track track) {
    return b.op(Opcode::less, zero, b.op(Opcode::sample, {}, {}, ProgramBuilder::series(metric, track)));
  };
  b.begin();
  bodies.push_back(b.end(above(0, Track::candidate), 0));
  b.begin();
  const Cell first = above(0, Track::candidate);
  bodies.push_back(b.end(b.op(Opcode::both, first, above(1, Track::candidate)), 0));
  b.begin();
  const Cell here = above(0, Track::candidate);
  bodies.push_back(b.end(b.op(Opcode::both, here, above(0, Track::stable)), 0));
  b.begin();
  bodies.push_back(b.end(b.op(Opcode::for_samples, 2, {}, bodies[0]), 0));
  for (std::size_t i = 1; i < bodies.size(); ++i) {
    bodies_across[i] = random.below(3) == 0;
    if (bodies_across[i]) b.across_stages(bodies[i]);
  }
}

void World::build_windows(Random& random) {
  ProgramBuilder& b = builder;
  for (int i = 0; i < 12; ++i) {
    NaiveWindow window;
    window.kind = static_cast<WindowKind>(random.below(4));
    window.span = static_cast<Instant>(1 + random.below(400)) * kSecond;
    window.most = 1 + random.below(7);
    window.wanted = 1 + random.below(window.most);
    const std::size_t body = random.below(bodies.size());
    const Cell span = b.seconds(seconds_text(window.span));
    const auto wanted = static_cast<std::uint32_t>(window.wanted);
    b.begin();
    Cell result;
    switch (window.kind) {
      case WindowKind::for_time: result = b.op(Opcode::for_time, span, {}, bodies[body]); break;
      case WindowKind::for_samples: result = b.op(Opcode::for_samples, wanted, {}, bodies[body]); break;
      case WindowKind::of_samples:
        result = b.op(Opcode::of_samples, wanted, static_cast<std::uint32_t>(window.most), bodies[body]);
        break;
      case WindowKind::in_samples: result = b.op(Opcode::in_samples, wanted, {}, bodies[body]); break;
    }
    window_blocks.push_back(b.end(result, 0));
    windows.push_back(window);
    window_body.push_back(body);
  }
  for (std::size_t i = 0; i < program::kAggregateNames.size(); ++i) {
    const AggregateCase one{static_cast<Aggregate>(i), static_cast<std::uint32_t>(random.below(2)),
                            random.below(3) == 0 ? Track::stable : Track::candidate,
                            static_cast<Instant>(1 + random.below(600)) * kSecond};
    const Cell span = b.seconds(seconds_text(one.span));
    b.begin();
    const Cell result = b.op(Opcode::aggregate, span, one.kind, ProgramBuilder::series(one.metric, one.track));
    aggregate_blocks.push_back(b.end(result));
    aggregates.push_back(one);
  }
}

void World::load_samples() {
  SnapshotBuilder facts(program);
  for (std::uint32_t metric = 0; metric < kMetrics; ++metric) {
    for (std::size_t track = 0; track < 2; ++track) {
      for (const NaiveSample& sample : naive[metric][track].samples) {
        facts.add_sample(metric, static_cast<Track>(track), sample.time, value_of(sample), {});
      }
    }
  }
  facts.set_now(kEndOfTime - 1, false);
  snapshot = facts.build();
}

Context random_context(Random& random) {
  Context context;
  const auto moment = [&random] { return kNow + static_cast<Instant>(random.below(3000)) * kSecond; };
  if (random.coin()) context.aggregates_from = moment();
  context.fresh_from = context.aggregates_from;
  if (random.coin()) context.fresh_from = std::max(context.fresh_from, moment());
  if (random.below(3) == 0) context.until = moment();
  if (random.below(4) == 0) context.bare = Track::stable;
  return context;
}

Answer answer_of(Value value) {
  return value.is_unknown() ? Answer() : Answer(value.is_true());
}

void expect_same(World& world, Machine& machine, const Context& context) {
  for (std::size_t i = 0; i < world.bodies.size(); ++i) {
    ASSERT_EQ(answer_of(machine.run(world.bodies[i], context)), world.condition(i, context, context.at))
        << "condition " << i;
  }
  for (std::size_t i = 0; i < world.windows.size(); ++i) {
    ASSERT_EQ(answer_of(machine.run(world.window_blocks[i], context)),
              world.window_by_hand(i, context, context.at))
        << "window " << i << " of kind " << static_cast<int>(world.windows[i].kind);
  }
  for (std::size_t i = 0; i < world.aggregates.size(); ++i) {
    const Value value = machine.run(world.aggregate_blocks[i], context);
    const test::NaiveNumber expected = world.aggregate_by_hand(i, context, context.at);
    ASSERT_EQ(!value.is_unknown(), expected.known) << program::kAggregateNames[i];
    if (!expected.known) continue;
    if (expected.exact) {
      ASSERT_EQ(value.as_number().to_string(), program::Decimal::from_raw(expected.units).to_string())
          << program::kAggregateNames[i];
    } else {
      ASSERT_NEAR(value.as_number().to_double(), expected.about, 1e-9) << program::kAggregateNames[i];
    }
  }
}

// Instants in any order, under contexts that change: nothing kept from one may show in another.
TEST(Oracle, AnyInstantUnderAnyContext) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    // Every third without room to keep anything, every third with too little for all.
    Machine machine(world.program, seed % 3 == 0 ? 0 : seed % 3 == 1 ? 4000 : kWindowBytes);
    machine.load(*world.snapshot);
    Random random(seed * 7919);
    for (int round = 0; round < 12; ++round) {
      Context context = random_context(random);
      for (int i = 0; i < 6; ++i) {
        context.at = kNow + static_cast<Instant>(random.below(3200)) * kSecond;
        expect_same(world, machine, context);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// The way a latch asks: every sample of the base metric in turn.
TEST(Oracle, EveryInstantInTurn) {
  for (std::uint64_t seed = 1000; seed <= 1060; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    Machine machine(world.program);
    machine.load(*world.snapshot);
    Random random(seed);
    for (int round = 0; round < 3; ++round) {
      Context context = random_context(random);
      for (const NaiveSample& sample : world.series(0, context.bare).samples) {
        context.at = sample.time;
        expect_same(world, machine, context);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// A run costs the same and says the same, whatever ran before it: reasons and places too.
TEST(Oracle, WhatRanBeforeDoesNotShow) {
  for (std::uint64_t seed = 2000; seed <= 2040; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    Machine used(world.program);
    used.load(*world.snapshot);
    Random random(seed);
    for (int round = 0; round < 20; ++round) {
      Context context = random_context(random);
      context.at = kNow + static_cast<Instant>(random.below(3200)) * kSecond;
      for (const auto& blocks : {world.window_blocks, world.aggregate_blocks}) {
        for (const BlockId block : blocks) {
          Machine fresh(world.program);
          fresh.load(*world.snapshot);
          const std::uint64_t before = used.steps();
          ASSERT_EQ(used.run(block, context), fresh.run(block, context));
          ASSERT_EQ(used.steps() - before, fresh.steps());
        }
      }
    }
  }
}

}  // namespace
}  // namespace dpol::vm
