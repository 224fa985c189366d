// What was kept is compared with only where it is meant, in the unit in which it is meant.
#include "runtime/decision/baselines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/program/quantity.h"
#include "tests/unit/support/program_builder.h"

namespace dpol::decision {
namespace {

using program::Decimal;
using program::Fault;
using program::Kind;
using program::KeptBaseline;
using program::Type;
using program::Value;

constexpr vm::Instant kMinute = 60'000'000'000;

TEST(KeptUnits, AreThoseOfTheNumbers) {
  const program::NoUnits none;
  EXPECT_EQ(program::unit_of(Type::duration(), none), "s");
  EXPECT_EQ(program::unit_of(Type::bytes(), none), "bytes");
  EXPECT_EQ(program::unit_of(Type::of(Kind::integer), none), "number");
  EXPECT_EQ(program::unit_of(Type::of(Kind::number), none), "number");
  EXPECT_NE(program::unit_of(Type::of(Kind::ratio), none), program::unit_of(Type::of(Kind::points), none));
}

TEST(KeptUnits, AreShownWithTheirValues) {
  const auto text = [](const char* value, const char* unit) {
    return program::kept_text({.value = *Decimal::parse(value), .unit = unit});
  };
  EXPECT_EQ(text("0.18", "s"), "180ms");
  EXPECT_EQ(text("0.002", "ratio"), "0.2%");
  EXPECT_EQ(text("12", "number"), "12");
  EXPECT_EQ(text("12", "request/s"), "12 request/s");
}

TEST(KeptNames, AreThoseThatAPolicyCanSay) {
  EXPECT_TRUE(program::is_baseline_name("known_good"));
  EXPECT_TRUE(program::is_baseline_name("_2"));
  for (const std::string name : {"", "2nd", "known good", "caf\xC3\xA9", "a.b", "a\n"})
    EXPECT_FALSE(program::is_baseline_name(name)) << name;
  EXPECT_FALSE(program::is_baseline_name(std::string(201, 'a')));
}

// A metric of that type whose baseline is read, and samples of 0.1, 0.2 and 0.3 at the minutes -2, -1 and 0.
class Release {
 public:
  explicit Release(Type type) {
    test::ProgramBuilder builder;
    const std::uint32_t metric = builder.metric("m", type);
    builder.baseline(metric);
    program_ = builder.build();
  }
  vm::Snapshot snapshot(std::optional<vm::Instant> deployed_at, bool brings_baseline = false) const {
    vm::SnapshotBuilder builder(program_);
    const vm::Origin origin{builder.add_document("metrics.json", ""), 1};
    for (int i = -2; i <= 0; ++i)
      builder.add_sample(0, program::Track::candidate, i * kMinute, test::number("0." + std::to_string(i + 3)), origin);
    if (brings_baseline) builder.set_baseline(0, test::number("0.5"), origin);
    if (deployed_at) builder.set_deployed_at(*deployed_at);
    builder.set_now(0, false);
    return builder.build();
  }
  // What the baseline is once this was kept.
  Value used(const KeptBaseline& kept, std::string* source = nullptr) const {
    vm::Snapshot snapshot = this->snapshot(std::nullopt);
    const std::vector<WantedBaseline> wanted = wanted_baselines(program_, snapshot);
    EXPECT_EQ(wanted.size(), 1U);
    use_baseline(program_, wanted.front(), kept, "state.db", snapshot);
    if (source != nullptr) *source = snapshot.documents()[snapshot.origins()[0].document].name;
    return snapshot.inputs()[0];
  }
  const program::Program& program() const { return program_; }

 private:
  program::Program program_;
};

KeptBaseline of_unit(const std::string& unit, const char* value = "0.4") {
  return {.name = "good", .metric = "m", .version = "3.0.0\n", .value = *Decimal::parse(value), .unit = unit,
          .at = -60 * kMinute};
}

TEST(UseBaseline, IsForWhatNoDocumentBrings) {
  const Release release(Type::duration());
  EXPECT_EQ(wanted_baselines(release.program(), release.snapshot({})).size(), 1U);
  EXPECT_TRUE(wanted_baselines(release.program(), release.snapshot({}, true)).empty());
}

TEST(UseBaseline, SaysWhereItIsFromAndHowOldItIs) {
  std::string source;
  EXPECT_EQ(Release(Type::duration()).used(of_unit("s"), &source), test::number("0.4"));
  EXPECT_EQ(source, "state.db (baseline good of 3.0.0\\n from 1969-12-31T23:00:00Z, 1h old)");
}

TEST(UseBaseline, OfAnotherUnitIsUnknownAndNotConverted) {
  for (const char* unit : {"ms", "number", "ratio", "", "S"})
    EXPECT_EQ(Release(Type::duration()).used(of_unit(unit)).fault(), Fault::other_unit) << unit;
}

TEST(UseBaseline, OutsideOfTheRangeIsUnknown) {
  EXPECT_EQ(Release(Type::of(Kind::ratio)).used(of_unit("ratio", "1.01")).fault(), Fault::out_of_range);
  EXPECT_EQ(Release(Type::of(Kind::ratio)).used(of_unit("ratio", "1")), test::number("1"));
}

TEST(UseBaseline, IsNotLaterThanTheDeployment) {
  const Release release(Type::duration());
  EXPECT_EQ(newest_baseline(release.snapshot({})), 0);
  EXPECT_EQ(newest_baseline(release.snapshot(-kMinute)), -kMinute);
  EXPECT_EQ(newest_baseline(release.snapshot(kMinute)), 0);
}

TEST(Measure, TakesWhatRunsNow) {
  const Release release(Type::duration());
  const auto value = [&](std::optional<vm::Instant> deployed_at) {
    const Measured measured = measure(release.program(), release.snapshot(deployed_at), program::Track::candidate);
    return measured.known.size() == 1 ? measured.known.front().value.to_string() : "";
  };
  EXPECT_EQ(value({}), "0.2");               // the median of all three
  EXPECT_EQ(value(0), "0.3");                // what was before T is of another version
  EXPECT_EQ(value(5 * kMinute), "0.2");      // T is to come: it still runs
  const Measured none = measure(release.program(), release.snapshot({}), program::Track::stable);
  EXPECT_TRUE(none.known.empty());
  EXPECT_THAT(none.unknown, ::testing::ElementsAre("m has no samples in the time it is taken over"));
}

}  // namespace
}  // namespace dpol::decision
