// The listing names what it lists, is stable, and never fails, sound program or not.

#include "runtime/program/disassemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/program/random.h"
#include "tests/unit/support/sample_program.h"

namespace dpol::program {
namespace {

using ::testing::HasSubstr;
using test::Cell;
using test::ProgramBuilder;

TEST(Disassemble, ASmallProgramInFull) {
  ProgramBuilder b;
  const std::uint32_t latency = b.metric("latency_p95", Type::duration(), "300", "60");
  const Cell limit = b.seconds("0.25");
  const Cell failed = b.fact("tests.failed", Type::of(Kind::integer));
  const BlockId spike = b.compare_block(latency, Opcode::less, limit);
  b.begin();
  const BlockId window = b.end(b.op(Opcode::of_samples, 3, 5, spike), latency);
  b.quote(window, "latency_p95 < 250ms in 3 of 5 samples");
  b.begin();
  b.end(b.op(Opcode::equal, failed, b.constant(Type::of(Kind::integer), test::number("0"))));
  EXPECT_EQ(disassemble(b.build()),
            "program -\n"
            "constants\n"
            "  250ms                duration\n"
            "  0                    int\n"
            "inputs\n"
            "  tests.failed         fact int\n"
            "metrics\n"
            "  latency_p95          duration, every 1m, stale after 5m\n"
            "block b0, at samples of latency_p95\n"
            "  t0    = sample            latency_p95\n"
            "  t1    = less              t0, 250ms\n"
            "  = t1\n"
            "block b1 \"latency_p95 < 250ms in 3 of 5 samples\", at samples of latency_p95\n"
            "  t2    = of_samples        3, 5, b0\n"
            "  = t2\n"
            "block b2\n"
            "  t3    = equal             tests.failed, 0\n"
            "  = t3\n");
}

TEST(Disassemble, NamesEverythingOfTheSample) {
  const std::string text = disassemble(test::sample_program().program);
  for (const std::string_view part :
       {"file \"auth.dpol\" sha256:", "unit request", "enum risk low < high", "rows 0 pod",
        "\"restarts\"", "rows 1 labels, keyed", "100request", "3.1.0", "\"auth\"", "unknown(division_by_zero)",
        "auth.quota           param int = 5 within 0..", "latency.baseline     baseline duration",
        "lower is better, every 1m, stale after 5m, needs b0", "baseline avg over 1d",
        "latency.stable", "r\"^auth-\"", "starts_with", "labels.[key]", "pod.restarts",
        "policy auth \"Authentication\"", "phase before from T-2d", "phase validated during b",
        "..T+15m only if b", "stage 0.5 bake 5m at most 30m else rollback",
        "rule auth.before.pods, phase before", "else rollback if empty pass",
        "confirm by 2 release_manager other than service within 1d or not applicable",
        "rule auth.canary.stage_50.enter, rollout canary, stages 1..1, to enter",
        "waiver of auth.before.pods, only if b", "procedure auth.undo on auth.canary.latency, only if b",
        "step undo only if b", " run \"undo auth\" require b",
        "message window to release_manager \"all@example.com\" via \"mail\", from T-2d for 1d, every 15m, while b",
        ", on auth.canary.latency, only if b", "says \"Restarted \" b",
        "whom service names",
        "rule auth.canary.latency, rollout canary, stages 1..2", "if missing hold for 10m"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Disassemble, TextStaysOnItsLine) {
  ProgramBuilder b;
  b.symbol("a\nb\"\x01");
  EXPECT_THAT(disassemble(b.build()), HasSubstr(R"("a\x0ab\"\x01")"));
}

// A damaged program may be listed, to see what is wrong with it.
TEST(Disassemble, SurvivesUnsoundPrograms) {
  const Program sound = test::sample_program().program;
  testing::Random random(7);
  for (int round = 0; round < 2'000; ++round) {
    Program program = sound;
    Instruction& instruction = program.code[random.below(program.code.size())];
    instruction.b = static_cast<std::uint16_t>(random.bits());
    instruction.c = static_cast<std::uint16_t>(random.bits());
    instruction.d = static_cast<std::uint32_t>(random.bits());
    if (random.coin()) instruction.op = static_cast<Opcode>(random.below(60));
    program.blocks[random.below(program.blocks.size())].first = static_cast<std::uint32_t>(random.below(500));
    program.policies[0].rules[1].rollout = static_cast<std::uint32_t>(random.below(3));
    program.constants[random.below(program.constants.size())] = {random.below(100), 0};
    if (random.coin()) program.strings.resize(random.below(program.strings.size()));
    if (random.coin()) program.row_tables.clear();
    EXPECT_FALSE(disassemble(program).empty());
  }
}

}  // namespace
}  // namespace dpol::program
