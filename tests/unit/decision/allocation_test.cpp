// Judging a loaded program on a loaded snapshot allocates nothing, however often it is done.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

#include "compiler/compile.h"
#include "runtime/decision/judge.h"
#include "runtime/vm/machine.h"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

// Every allocation of the program counts; the others call these.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace dpol::test {
namespace {

constexpr const char* kPolicy = R"(
record pod { name string  ready bool  restarts int }
facts { ready bool  pods list of pod  version semver  region string }
metric latency    duration  lower is better  every 1m  baseline median over 1h
metric error_rate ratio     lower is better  every 1m  needs requests >= 10
metric requests   int       every 1m
metric memory     int       every 1m  by pod
policy p "P" {
  item ready  "Ready"   require ready and version >= 1.2.3 and region matches r"^eu-"
  item pods   "Pods"    require every p in pods: p.ready and p.restarts <= 5
  phase after "After" during T..T+15m {
    threshold latency { require <= baseline + 10%  rollback > 2x baseline for 3 samples }
    threshold error_rate rollback > 5% in 3 of 5 samples
    threshold memory each pod { require <= baseline + 10  rollback > 10 + stable for 5m  hold > avg(memory, 5m) + max(memory) }
    rollback slope "Slope" when p95(latency, 5m) > 1s or increase(requests, 5m) > 1000000
  }
  rollout canary {
    stage 10% bake 5m
    stage 100% bake 5m
    threshold latency rollback > stable + 10% for 5m
  }
}
)";

program::Program compiled() {
  compiler::CompileOptions options;
  options.entries.push_back({"test.dpol", kPolicy});
  compiler::CompileResult result = compiler::compile(options);
  for (const lang::Diagnostic& d : result.diagnostics) ADD_FAILURE() << lang::render_diagnostic(d);
  return std::move(result.program.value());
}

vm::Snapshot snapshot_of(const program::Program& program) {
  constexpr vm::Instant kStart = 1'739'455'200'000'000'000;
  constexpr vm::Instant kMinute = 60'000'000'000;
  vm::SnapshotBuilder builder(program);
  for (std::uint32_t m = 0; m < program.metrics.size(); ++m) {
    for (int i = -30; i < 300; ++i) {
      const auto value = program::Value::number(program::Decimal::from_raw((200 + i) * (program::Decimal::kScale / 1000)));
      const std::uint32_t labels = program.metrics[m].label_set;
      std::uint32_t member = program::kNone;
      if (labels != program::kNone) member = *builder.member(labels, {std::string(1, static_cast<char>('a' + (i + 30) % 3))});
      builder.add_sample(m, program::Track::candidate, kStart + i * kMinute, value, {}, member);
      builder.add_sample(m, program::Track::stable, kStart + i * kMinute + 1, value, {}, member);
    }
  }
  builder.mark_stage(kStart, "10%");
  builder.set_now(kStart + 299 * kMinute, false);
  return builder.build();
}

TEST(Allocations, JudgingAllocatesNothing) {
  const program::Program program = compiled();
  const vm::Snapshot snapshot = snapshot_of(program);
  vm::Machine machine(program);
  machine.load(snapshot);
  decision::Judge judge(machine);
  judge.load({});
  const std::size_t before = allocations;
  for (int i = 0; i < 3; ++i) judge.judge();
  const std::size_t after = allocations;
  EXPECT_EQ(after - before, 0U);
  EXPECT_GT(before, 0U);  // the counter counts
  EXPECT_EQ(judge.policies().at(0).rules.size(), program.policies.at(0).rules.size());
}

}  // namespace
}  // namespace dpol::test
