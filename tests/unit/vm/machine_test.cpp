// The machine's promises: no allocation while it runs, a bound on steps, the same answer again.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "runtime/program/codec.h"
#include "runtime/program/digest.h"
#include "runtime/program/verify.h"
#include "tests/unit/program/random.h"
#include "tests/unit/support/sample_program.h"
#include "tests/unit/vm/history.h"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* allocate_or_throw(std::size_t size) {
  if (void* const memory = allocate(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace dpol::vm {
namespace {

using program::Aggregate;
using program::BlockId;
using program::Fault;
using program::Kind;
using program::Opcode;
using program::Program;
using program::Track;
using program::Type;
using program::Value;
using program::testing::Random;
using test::Cell;
using test::History;
using test::minute;
using test::number;
using test::ProgramBuilder;

// Something for every input, list and metric of a program.
Snapshot fill(const Program& program, Random& random) {
  SnapshotBuilder facts(program);
  const auto value_of = [&](const Type& type) {
    switch (program::cell_class(type)) {
      case program::CellClass::boolean: return Value::boolean(random.coin());
      case program::CellClass::symbol: return facts.text_value(random.coin() ? "auth-service" : "auth");
      case program::CellClass::ordinal:
        return Value::id(random.below(program.enumerations[type.index].members.size()));
      case program::CellClass::semver: {
        program::Semver version;
        program::TextError error;
        program::Semver::parse(random.coin() ? "3.1.0" : "4.0.0-rc.1", version, error);
        return facts.semver_value(version);
      }
      default: return number(std::to_string(random.below(20)));
    }
  };
  const auto rows_of = [&](std::uint32_t table) {
    const program::RowTable& rows = program.row_tables[table];
    std::vector<std::vector<Value>> values(random.below(4));
    for (auto& row : values) {
      for (std::uint32_t i = 0; i < rows.column_count; ++i) {
        const Type& type = program.columns[rows.first_column + i].type;
        const bool is_list = program::cell_class(type) == program::CellClass::list;
        row.push_back(is_list ? Value::rows(0, 0) : value_of(type));
      }
    }
    return facts.append_rows(table, values, std::vector<Origin>(values.size()));
  };
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const program::Input& input = program.inputs[i];
    if (input.kind != program::InputKind::fact || random.below(5) == 0) continue;
    const bool is_list = program::cell_class(input.type) == program::CellClass::list;
    facts.set_input(i, is_list ? rows_of(input.type.index) : value_of(input.type), {});
  }
  for (std::uint32_t metric = 0; metric < program.metrics.size(); ++metric) {
    const bool is_number = program::cell_class(program.metrics[metric].type) == program::CellClass::number;
    const std::uint32_t labels = program.metrics[metric].label_set;
    for (int i = 0; i < 30; ++i) {
      const auto track = static_cast<Track>(random.below(2));
      std::uint32_t member = program::kNone;
      if (labels != program::kNone && random.below(5) != 0) {
        const std::string value(1, static_cast<char>('a' + random.below(3)));
        member = *facts.member(labels, std::vector(program.label_sets[labels].labels.size(), value));
      }
      facts.add_sample(metric, track, minute(static_cast<double>(random.below(40))),
                       is_number ? number(std::to_string(random.below(200))) : Value::id(0), {}, member);
    }
  }
  facts.set_deployed_at(minute(5));
  facts.set_now(minute(60), false);
  return facts.build();
}

void run_everything(Machine& machine, const Program& program) {
  for (BlockId block = 0; block < program.blocks.size(); ++block) {
    for (int at = 0; at < 45; at += 3) {
      Context context{.at = minute(at), .fresh_from = minute(2), .aggregates_from = minute(1)};
      machine.run(block, context);
      const auto members = static_cast<std::uint32_t>(machine.snapshot().members().size());
      if (members == 0) continue;
      context.member = static_cast<std::uint32_t>(at) % members;
      machine.run(block, context);
    }
  }
}

TEST(Machine, RunsWithoutAllocating) {
  const Program program = test::sample_program().program;
  ASSERT_FALSE(program::verify(program));
  Random random(3);
  for (int round = 0; round < 20; ++round) {
    const Snapshot snapshot = fill(program, random);
    Machine machine(program);
    machine.load(snapshot);
    const std::size_t before = allocations;
    run_everything(machine, program);
    EXPECT_EQ(allocations, before);
  }
}

TEST(Machine, AggregatesOfLongSeriesDoNotAllocate) {
  History history;
  std::vector<BlockId> blocks;
  for (std::size_t i = 0; i < program::kAggregateNames.size(); ++i) {
    blocks.push_back(history.aggregate(static_cast<Aggregate>(i), "36000"));
  }
  history.start();
  for (int i = 0; i < 500; ++i) history.sample(minute(i), number(std::to_string(i * 7919 % 101)));
  history.load();
  const std::size_t before = allocations;
  for (const BlockId block : blocks) {
    EXPECT_FALSE(history.at(block, minute(499)).is_unknown());
  }
  EXPECT_EQ(allocations, before);
}

// `depth` lists inside each other, `rows` rows each.
struct Loops {
  ProgramBuilder b;
  Cell list;
  BlockId whole = 0;
  std::optional<Program> program;
  std::optional<Snapshot> snapshot;

  Loops(std::size_t depth, std::size_t rows) {
    list = b.fact("rows", b.row_table("row", {{"n", Type::of(Kind::integer)}}));
    b.begin();
    whole = b.end(b.boolean(true));
    for (std::size_t i = 0; i < depth; ++i) {
      const Cell row = b.row();
      b.begin();
      whole = b.end(b.op(Opcode::every, list, row, whole));
    }
    program = b.build();
    SnapshotBuilder facts(*program);
    const std::vector<std::vector<Value>> values(rows, {number("1")});
    facts.set_input(0, facts.append_rows(0, values, std::vector<Origin>(rows)), {});
    snapshot = facts.build();
  }
};

TEST(Machine, StopsWhenItsStepsAreSpent) {
  Loops loops(5, 60);  // 60^5 turns
  Machine machine(*loops.program);
  machine.load(*loops.snapshot);
  EXPECT_EQ(machine.run(loops.whole, {}), Value::unknown(Fault::step_budget));
  EXPECT_LE(machine.steps(), kStepBudget + 1000);
  // The next run has its own steps.
  EXPECT_EQ(machine.run(0, {}), Value::boolean(true));
}

TEST(Machine, StepsAreThoseOfOneRun) {
  Loops loops(2, 100);
  Machine machine(*loops.program);
  machine.load(*loops.snapshot);
  EXPECT_EQ(machine.run(loops.whole, {}), Value::boolean(true));
  const std::uint64_t once = machine.steps();
  EXPECT_GT(once, 10'000U);
  EXPECT_LT(once, 30'000U);
  EXPECT_EQ(machine.run(loops.whole, {}), Value::boolean(true));
  EXPECT_EQ(machine.steps(), 2 * once);
}

// A window that looks at too much is unknown, on the first run as on the second.
TEST(Machine, WindowsSpendStepsForAllTheyLookAt) {
  History history("100000");
  ProgramBuilder& b = history.builder;
  b.begin();
  Cell sum = history.zero;
  for (int i = 0; i < 3'000; ++i) sum = b.op(Opcode::add, sum, history.zero);
  const Cell value = b.op(Opcode::sample, {}, {}, ProgramBuilder::series(history.metric));
  const BlockId body = b.end(b.op(Opcode::less, sum, value), history.metric);
  b.begin();
  const BlockId few = b.end(b.op(Opcode::for_samples, 5'000, {}, body), history.metric);
  b.begin();
  const BlockId many = b.end(b.op(Opcode::for_samples, 10'000, {}, body), history.metric);
  history.start();
  for (int i = 0; i < 10'000; ++i) history.sample(minute(i), number("1"));
  history.load();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(history.at(few, minute(9'999)), Value::boolean(true));
    EXPECT_EQ(history.at(many, minute(9'999)), Value::unknown(Fault::step_budget));
  }
}

TEST(Machine, LoadForgetsTheSnapshotBefore) {
  History history;
  const BlockId window = history.window(Opcode::for_samples, 2);
  history.start();
  const Program& program = *history.program;
  const auto snapshot_of = [&program](const char* value) {
    SnapshotBuilder facts(program);
    for (int i = 0; i < 3; ++i) facts.add_sample(0, Track::candidate, minute(i), number(value), {});
    return facts.build();
  };
  const Snapshot high = snapshot_of("1");
  const Snapshot low = snapshot_of("0");
  Machine machine(program);
  machine.load(high);
  EXPECT_EQ(machine.run(window, {.at = minute(2)}), Value::boolean(true));
  machine.load(low);
  EXPECT_EQ(machine.run(window, {.at = minute(2)}), Value::boolean(false));
  machine.load(high);
  EXPECT_EQ(machine.run(window, {.at = minute(2)}), Value::boolean(true));
}

TEST(Machine, CellsCanBeReadAndRowsBoundAfterwards) {
  ProgramBuilder b;
  const Cell list = b.fact("pods", b.row_table("pod", {{"n", Type::of(Kind::integer)}}));
  const Cell row = b.row();
  const Cell five = b.number("5");
  b.begin();
  const Cell n = b.op(Opcode::field, row, {}, 0);
  const BlockId body = b.end(b.op(Opcode::less, n, five));
  b.begin();
  const BlockId whole = b.end(b.op(Opcode::every, list, row, body));
  const Program program = b.build();
  SnapshotBuilder facts(program);
  facts.set_input(0, facts.append_rows(0, {{number("1")}, {number("7")}, {number("2")}}, {{}, {}, {}}), {});
  const Snapshot snapshot = facts.build();
  Machine machine(program);
  machine.load(snapshot);
  EXPECT_EQ(machine.run(body, {}).fault(), Fault::bad_argument);  // no row is bound
  EXPECT_EQ(machine.run(whole, {}), Value::boolean(false));
  EXPECT_EQ(machine.cell(b.id(n)), number("7"));                  // the row that decided
  machine.set_cell(b.id(row), Value::id(2));
  EXPECT_EQ(machine.run(body, {}), Value::boolean(true));
  EXPECT_EQ(machine.cell(b.id(n)), number("2"));
}

TEST(Machine, SamplesAsOfAnInstant) {
  History history;
  ProgramBuilder& b = history.builder;
  const auto read = [&b](std::uint32_t metric, Track track) {
    b.begin();
    return b.end(b.op(Opcode::sample, {}, {}, ProgramBuilder::series(metric, track)));
  };
  const std::uint32_t other = b.metric("other");
  const BlockId enough = b.compare_block(other, Opcode::less, b.number("10"));
  const std::uint32_t needy = b.metric("needy");
  b.metric_at(needy).needs = enough;
  const BlockId here = read(history.metric, Track::candidate);
  const BlockId there = read(history.metric, Track::stable);
  const BlockId needing = read(needy, Track::candidate);
  history.start();
  SnapshotBuilder& facts = *history.samples;
  history.sample(minute(1), number("1"));
  history.sample(minute(3), number("3"));
  history.sample(minute(2), number("2"), Track::stable);
  facts.add_sample(needy, Track::candidate, minute(0), number("9"), {});
  facts.add_sample(other, Track::candidate, minute(0), number("5"), {});
  facts.add_sample(other, Track::candidate, minute(1), number("10"), {});
  facts.add_sample(other, Track::candidate, minute(2), Value::unknown(Fault::not_a_number), {});
  history.load();
  const auto series = [](Fault fault, std::uint32_t index) {
    return Value::unknown(fault, {program::BirthKind::series, index});
  };
  EXPECT_EQ(history.at(here, minute(0)), series(Fault::no_sample, 0));
  EXPECT_EQ(history.at(here, minute(1)), number("1"));
  EXPECT_EQ(history.at(here, minute(3) - 1), number("1"));
  EXPECT_EQ(history.at(here, minute(8)), number("3"));             // exactly as old as may be
  EXPECT_EQ(history.at(here, minute(8) + 1), series(Fault::stale, 0));
  EXPECT_EQ(history.run(here, {.at = minute(2), .fresh_from = minute(1) + 1}), series(Fault::no_sample, 0));
  EXPECT_EQ(history.run(here, {.at = minute(4), .until = minute(2)}), number("1"));
  EXPECT_EQ(history.run(here, {.at = minute(4), .bare = Track::stable}), number("2"));
  // The stable track is read as of then, however the condition started.
  EXPECT_EQ(history.run(there, {.at = minute(4), .fresh_from = minute(3)}), number("2"));
  EXPECT_EQ(history.at(needing, minute(0)), number("9"));
  EXPECT_EQ(history.at(needing, minute(1)), series(Fault::too_little_traffic, needy * program::kTrackCount));
  EXPECT_EQ(history.at(needing, minute(2)), series(Fault::not_a_number, other * program::kTrackCount));
}

// Where the stable version takes no traffic any more, it is its median over the stage before.
TEST(Machine, StableOverTheStageBefore) {
  History history;
  ProgramBuilder& b = history.builder;
  b.begin();
  const BlockId there = b.end(b.op(Opcode::sample, {}, {}, ProgramBuilder::series(history.metric, Track::stable)));
  history.start();
  history.draw("9121?9", 0, Track::stable);
  history.load();
  const auto median = [&](double from, double to) {
    return history.run(there, {.at = minute(60), .stable_from = minute(from), .stable_to = minute(to)});
  };
  EXPECT_EQ(median(1, 5), number("1"));
  EXPECT_EQ(median(0, 4), number("1.5"));
  EXPECT_EQ(median(4, 5), Value::unknown(Fault::no_sample, {program::BirthKind::series, 1}));
  EXPECT_EQ(median(1, 5), number("1"));
  EXPECT_EQ(history.at(there, minute(60)).fault(), Fault::stale);
}

// A file with random changes that decode() lets through runs, in bounds and within its steps.
TEST(Machine, WhatDecodeLetsThroughRuns) {
  constexpr std::size_t kBodyAt = 54;
  const std::vector<std::uint8_t> whole = program::encode(test::sample_program().program);
  Random random(17);
  std::size_t ran = 0;
  for (int round = 0; round < 8'000; ++round) {
    std::vector<std::uint8_t> bytes = whole;
    for (std::uint64_t changes = 1 + random.below(2); changes > 0; --changes) {
      std::uint8_t& byte = bytes[kBodyAt + random.below(bytes.size() - kBodyAt)];
      byte = static_cast<std::uint8_t>(random.coin() ? random.bits() : byte + random.below(5));
    }
    const program::Digest digest = program::sha256(std::span(bytes).subspan(kBodyAt));
    std::copy(digest.begin(), digest.end(), bytes.begin() + kBodyAt - program::kDigestBytes);
    const auto result = program::decode(bytes);
    const auto* program = std::get_if<Program>(&result);
    if (program == nullptr || random.below(4) != 0) continue;
    const Snapshot snapshot = fill(*program, random);
    Machine machine(*program);
    machine.load(snapshot);
    run_everything(machine, *program);
    ++ran;
  }
  EXPECT_GT(ran, 500U);
}

}  // namespace
}  // namespace dpol::vm
