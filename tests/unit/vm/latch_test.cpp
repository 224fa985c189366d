// What a latch does: it asks at every sample in turn, over histories that grow and are long.

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/program/random.h"
#include "tests/unit/vm/history.h"

namespace dpol::vm {
namespace {

using program::Aggregate;
using program::BlockId;
using program::Opcode;
using program::Track;
using program::Value;
using program::testing::Random;
using test::History;
using test::kMinute;
using test::kNow;
using test::number;

struct Latches : History {
  explicit Latches(std::string_view every) : History("300", every) {
    for (const BlockId block :
         {window(Opcode::of_samples, 3, 5), window(Opcode::for_samples, 3), window(Opcode::in_samples, 3),
          window(Opcode::for_time, builder.seconds("300"))}) {
      blocks.push_back(block);
    }
    blocks.push_back(aggregate(Aggregate::avg, "600"));
    blocks.push_back(aggregate(Aggregate::increase, "600"));
    start();
  }
  std::vector<BlockId> blocks;
};

// A check over a longer history finds what the checks before it found, at the same instants: what
// has fired stays fired. Times jitter, so that samples of one interval come in twos and threes.
TEST(Latch, LongerHistoriesAgreeWithShorterOnes) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Random random(seed);
    std::vector<std::pair<Instant, Value>> samples;
    Instant time = kNow;
    for (int i = 0; i < 40; ++i) {
      time += static_cast<Instant>(1 + random.below(random.below(15) == 0 ? 500 : 70)) * 1'000'000'000;
      samples.emplace_back(time, random.below(12) == 0 ? Value::unknown(program::Fault::not_a_number)
                                                       : number(random.below(3) == 0 ? "0" : "1"));
    }
    std::vector<std::vector<Value>> answers;  // of the longest history so far, at each sample
    for (std::size_t length = 1; length <= samples.size(); ++length) {
      Latches history(seed % 2 == 0 ? "60" : "0");
      for (std::size_t i = 0; i < length; ++i) history.sample(samples[i].first, samples[i].second);
      history.load();
      for (std::size_t i = 0; i < length; ++i) {
        std::vector<Value> now;
        for (const BlockId block : history.blocks) {
          now.push_back(history.run(block, {.at = samples[i].first, .fresh_from = kNow}));
        }
        if (i < answers.size()) {
          ASSERT_EQ(now, answers[i]) << "seed " << seed << ", sample " << i << " of " << length;
        } else {
          answers.push_back(now);
        }
      }
    }
  }
}

// Quadratic work on these 100,000 samples would take many minutes.
TEST(Latch, LongHistoriesTakeLinearTime) {
  Latches history("0");
  constexpr std::size_t kSamples = 100'000;
  Random random(1);
  for (std::size_t i = 0; i < kSamples; ++i) {
    const char* const value = random.below(40'000) == 0 ? "1" : "0";
    const Value sample = random.below(50'000) == 0 ? Value::unknown(program::Fault::not_a_number) : number(value);
    history.sample(kNow + static_cast<Instant>(i) * 10'000'000'000, sample);
  }
  history.load();
  const auto start = std::chrono::steady_clock::now();
  std::size_t known = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const Context context = {.at = kNow + static_cast<Instant>(i) * 10'000'000'000, .fresh_from = kNow};
    for (const BlockId block : history.blocks) {
      known += static_cast<std::size_t>(!history.run(block, context).is_unknown());
    }
  }
  EXPECT_GT(known, kSamples);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace dpol::vm
