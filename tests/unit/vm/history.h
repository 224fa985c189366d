// History: one metric `m` and the condition 0 < m over it, for tests of windows. Samples are drawn
// as text, one character a minute: 1 true, 0 false, ? NaN, - no sample.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/vm/machine.h"
#include "tests/unit/support/program_builder.h"

namespace dpol::test {

inline constexpr vm::Instant kNow = 1'739'455'200'000'000'000;  // 2025-02-13T14:00:00Z
inline constexpr vm::Instant kMinute = 60'000'000'000;

inline vm::Instant minute(double minutes) {
  return kNow + static_cast<vm::Instant>(minutes * static_cast<double>(kMinute));
}

class History {
 public:
  explicit History(std::string_view stale_seconds = "300", std::string_view every_seconds = "0")
      : metric(builder.metric("m", program::Type::of(program::Kind::number), stale_seconds, every_seconds)),
        zero(builder.number("0")) {
    body = above_zero();
  }

  // 0 < m
  program::BlockId above_zero() {
    builder.begin();
    const Cell value = builder.op(program::Opcode::sample, {}, {}, ProgramBuilder::series(metric));
    return builder.end(builder.op(program::Opcode::less, zero, value), metric);
  }
  program::BlockId window(program::Opcode op, Operand b, Operand c = {}) {
    builder.begin();
    return builder.end(builder.op(op, b, c, body), metric);
  }
  program::BlockId aggregate(program::Aggregate aggregate, std::string_view seconds,
                             program::Track track = program::Track::candidate) {
    const Cell span = builder.seconds(seconds);
    builder.begin();
    return builder.end(builder.op(program::Opcode::aggregate, span, aggregate, ProgramBuilder::series(metric, track)));
  }

  void start() {
    program = builder.build();
    samples.emplace(*program);
  }
  void sample(vm::Instant time, program::Value value, program::Track track = program::Track::candidate) {
    samples->add_sample(metric, track, time, value, {});
  }
  // From `first` minutes on.
  void draw(std::string_view picture, double first = 0, program::Track track = program::Track::candidate) {
    for (std::size_t i = 0; i < picture.size(); ++i) {
      if (picture[i] == '-') continue;
      const program::Value value = picture[i] == '?' ? program::Value::unknown(program::Fault::not_a_number)
                                                     : number(picture.substr(i, 1));
      sample(minute(first + static_cast<double>(i)), value, track);
    }
  }
  void load() {
    snapshot = samples->build();
    machine.emplace(*program);
    machine->load(*snapshot);
  }
  program::Value run(program::BlockId block, vm::Context context) { return machine->run(block, context); }
  program::Value at(program::BlockId block, vm::Instant when) { return machine->run(block, {.at = when}); }

  ProgramBuilder builder;
  std::uint32_t metric;
  Cell zero;
  program::BlockId body;
  std::optional<program::Program> program;
  std::optional<vm::SnapshotBuilder> samples;
  std::optional<vm::Snapshot> snapshot;
  std::optional<vm::Machine> machine;
};

}  // namespace dpol::test
