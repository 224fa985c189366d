// Building a Snapshot: order does not matter, defaults and baselines are filled in, what is out of
// range is unknown.

#include "runtime/vm/snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/unit/vm/history.h"

namespace dpol::vm {
namespace {

using program::BirthKind;
using program::Fault;
using program::InputKind;
using program::Kind;
using program::Program;
using program::Track;
using program::Type;
using program::Value;
using test::Cell;
using test::decimal;
using test::History;
using test::minute;
using test::number;
using test::ProgramBuilder;

Value born(Fault fault, std::uint32_t input) { return Value::unknown(fault, {BirthKind::input, input}); }

TEST(Snapshot, SamplesAreSortedAndTheLastGivenOfOneTimeCounts) {
  History history;
  history.start();
  history.sample(minute(3), number("3"));
  history.sample(minute(1), number("1"));
  history.sample(minute(2), number("8"));
  history.sample(minute(3), number("4"));
  history.sample(minute(2), number("2"));
  history.load();
  const Series& series = history.snapshot->series(0);
  EXPECT_EQ(series.times, (std::vector<Instant>{minute(1), minute(2), minute(3)}));
  EXPECT_EQ(series.values, (std::vector<Value>{number("1"), number("2"), number("4")}));
  EXPECT_EQ(series.origins.size(), 3U);
}

TEST(Snapshot, NowIsTheNewestSampleUnlessGivenAndNothingIsLater) {
  History history;
  history.start();
  history.draw("123");
  history.samples->mark_stage(minute(2.5), "50%");
  EXPECT_EQ(history.samples->newest_sample(), minute(2));
  const Snapshot snapshot = history.samples->build();
  EXPECT_EQ(snapshot.now(), minute(2));
  EXPECT_TRUE(snapshot.stage_marks().empty());
  History cut;
  cut.start();
  cut.draw("123");
  cut.samples->set_now(minute(1), true);
  const Snapshot early = cut.samples->build();
  EXPECT_EQ(early.series(0).times.size(), 2U);
  EXPECT_TRUE(early.now_from_clock());
}

TEST(Snapshot, RatiosOutOfRangeAreUnknown) {
  ProgramBuilder b;
  const auto ratio = b.metric("ratio", Type::of(Kind::ratio));
  const auto wide = b.metric("wide", Type::of(Kind::ratio));
  const auto free = b.metric("free", Type::of(Kind::ratio));
  b.metric_at(wide).maximum = decimal("2");
  b.metric_at(free).bounded = false;
  b.baseline(ratio);
  b.fact("coverage", Type::of(Kind::ratio));
  b.fact("load", Type::of(Kind::number));
  const Program program = b.build();
  SnapshotBuilder facts(program);
  for (const auto metric : {ratio, wide, free}) {
    facts.add_sample(metric, Track::candidate, minute(0), number("1"), {});
    facts.add_sample(metric, Track::candidate, minute(1), number("1.5"), {});
    facts.add_sample(metric, Track::candidate, minute(2), number("-0.1"), {});
    facts.add_sample(metric, Track::candidate, minute(3), Value::unknown(Fault::not_a_number), {});
  }
  facts.set_baseline(ratio, number("87"), {});
  facts.set_input(1, number("87"), {});
  facts.set_input(2, number("87"), {});
  const Snapshot snapshot = facts.build();
  const auto unknown = [](Fault fault, std::uint32_t metric) {
    return Value::unknown(fault, {BirthKind::series, metric * program::kTrackCount});
  };
  EXPECT_EQ(snapshot.series(0).values,
            (std::vector<Value>{number("1"), unknown(Fault::out_of_range, ratio), unknown(Fault::out_of_range, ratio),
                                unknown(Fault::not_a_number, ratio)}));
  EXPECT_EQ(snapshot.series(3).values,
            (std::vector<Value>{number("1"), number("1.5"), unknown(Fault::out_of_range, wide), unknown(Fault::not_a_number, wide)}));
  EXPECT_EQ(snapshot.series(6).values,
            (std::vector<Value>{number("1"), number("1.5"), number("-0.1"), unknown(Fault::not_a_number, free)}));
  EXPECT_EQ(snapshot.inputs()[0], born(Fault::out_of_range, 0));
  EXPECT_EQ(snapshot.inputs()[1], born(Fault::out_of_range, 1));
  EXPECT_EQ(snapshot.inputs()[2], number("87"));
}

TEST(Snapshot, InputsAreFilledIn) {
  ProgramBuilder b;
  const Cell fallback = b.semver("1.2.3");
  const Cell low = b.number("0");
  const Cell high = b.number("10");
  b.semver("0.9.0");
  b.fact("needed", Type::of(Kind::string));
  b.fact("optional", Type::of(Kind::string), true);
  b.input({.kind = InputKind::parameter, .name = b.text("p.version"), .type = Type::of(Kind::semver),
           .fallback = ProgramBuilder::constant_cell(fallback), .place = {}});
  b.input({.kind = InputKind::parameter, .name = b.text("p.limit"), .type = Type::of(Kind::number),
           .minimum = ProgramBuilder::constant_cell(low), .maximum = ProgramBuilder::constant_cell(high), .place = {}});
  b.input({.name = b.text("within"), .type = Type::of(Kind::number),
           .minimum = ProgramBuilder::constant_cell(low), .maximum = ProgramBuilder::constant_cell(high), .place = {}});
  b.moment(InputKind::now);
  b.moment(InputKind::deployed_at);
  const Program program = b.build();
  SnapshotBuilder facts(program);
  facts.set_input(4, number("10.1"), {.document = 0, .line = 7});
  facts.set_now(1'500'000'000, false);
  const Snapshot snapshot = facts.build();
  EXPECT_EQ(snapshot.inputs()[0], born(Fault::missing, 0));
  EXPECT_EQ(snapshot.inputs()[1], born(Fault::absent, 1));
  EXPECT_EQ(snapshot.semvers()[snapshot.inputs()[2].as_id()].to_string(), "1.2.3");
  EXPECT_EQ(snapshot.inputs()[3], born(Fault::missing, 3));
  EXPECT_EQ(snapshot.inputs()[4], born(Fault::out_of_range, 4));
  EXPECT_EQ(snapshot.origins()[4], (Origin{0, 7}));
  EXPECT_EQ(snapshot.inputs()[5], number("1.5"));
  EXPECT_EQ(snapshot.inputs()[6], born(Fault::no_deployment_time, 6));
}

TEST(Snapshot, DeploymentIsGivenOrAFactOrTheFirstStage) {
  ProgramBuilder b;
  b.fact("deployed_at", Type::of(Kind::time));
  b.moment(InputKind::deployed_at);
  const Program program = b.build();
  const auto resolve = [&program](bool option, bool fact, bool stage) {
    SnapshotBuilder facts(program);
    facts.set_now(minute(60), false);
    if (option) facts.set_deployed_at(minute(1));
    if (fact) facts.set_input(0, Value::number(decimal("1739455320")), {});  // minute 2
    if (stage) {
      facts.mark_stage(minute(5), "50%");
      facts.mark_stage(minute(3), "10%");
    }
    return facts.build();
  };
  EXPECT_EQ(resolve(true, true, true).deployed_at(), minute(1));
  EXPECT_EQ(resolve(false, true, true).deployed_at(), minute(2));
  EXPECT_EQ(resolve(false, false, true).deployed_at(), minute(3));
  EXPECT_EQ(resolve(false, false, false).deployed_at(), std::nullopt);
  EXPECT_EQ(resolve(false, true, false).inputs()[1], number("1739455320"));
}

TEST(Snapshot, StagesAreChanges) {
  History history;
  history.start();
  SnapshotBuilder& facts = *history.samples;
  facts.set_now(minute(60), false);
  for (const auto& [at, stage] : {std::pair{5.0, "25%"}, {0.0, "10%"}, {1.0, "10%"}, {6.0, "25%"}, {9.0, "10%"}, {9.0, "50%"}}) {
    facts.mark_stage(minute(at), stage);
  }
  EXPECT_EQ(facts.first_staged_sample(), minute(0));
  const Snapshot snapshot = facts.build();
  ASSERT_EQ(snapshot.stage_marks().size(), 3U);
  EXPECT_EQ(snapshot.stage_marks()[0].stage, "10%");
  EXPECT_EQ(snapshot.stage_marks()[1].time, minute(5));
  EXPECT_EQ(snapshot.stage_marks()[2].stage, "50%");
}

// A baseline of one metric by its rule, from samples of minutes -120 to 9; T is minute 0.
Value baseline(const program::BaselineRule& rule, bool nan = false, bool deployed = true, const char* given = nullptr) {
  History history("300", "60");
  history.builder.baseline(history.metric);
  history.builder.metric_at(history.metric).baseline = rule;
  history.start();
  for (int i = -120; i < 10; ++i) {
    history.sample(minute(i), number(std::to_string(i + 200)));
    // Of one interval the last sample counts.
    history.sample(minute(i + 0.1), number(std::to_string(i + 300)));
  }
  if (nan) history.sample(minute(-30.5), Value::unknown(Fault::not_a_number));
  if (deployed) history.samples->set_deployed_at(minute(0));
  if (given != nullptr) {
    history.samples->set_baseline(history.metric, number("1"), {});
    history.samples->set_baseline(history.metric, number(given), {.document = 0, .line = 3});
  }
  history.load();
  return history.snapshot->inputs()[0];
}

TEST(Snapshot, Baselines) {
  using Rule = program::BaselineRule;
  using program::Aggregate;
  const Rule standard;
  const Rule average{.kind = Rule::Kind::over, .aggregate = Aggregate::avg, .seconds = decimal("600"), .releases = 0};
  const Rule promoted{.kind = Rule::Kind::promoted, .aggregate = Aggregate::avg, .seconds = {}, .releases = 3};
  // Minutes -60 to -1: 240 to 299, the median between 269 and 270.
  EXPECT_EQ(baseline(standard), number("269.5"));
  EXPECT_EQ(baseline(average), number("294.5"));
  EXPECT_EQ(baseline(promoted), born(Fault::no_history, 0));
  EXPECT_EQ(baseline(standard, false, false), born(Fault::no_baseline, 0));
  EXPECT_EQ(baseline(standard, true), born(Fault::not_a_number, 0));
  EXPECT_EQ(baseline(average, true), number("294.5"));  // the NaN lies before its span
  EXPECT_EQ(baseline(promoted, true, false, "7"), number("7"));
}

TEST(Snapshot, NoBaselineWithoutSamplesBeforeDeployment) {
  History history;
  history.builder.baseline(history.metric);
  history.start();
  history.draw("111", 0);
  history.draw("111", -90);
  history.samples->set_deployed_at(minute(0));
  history.load();
  EXPECT_EQ(history.snapshot->inputs()[0], born(Fault::no_baseline, 0));
}

class SeriesOfLabels : public testing::Test {
 protected:
  SeriesOfLabels() : labels_(b_.label_set({"zone", "pod"})), memory_(b_.metric("memory")), other_(b_.metric("other")) {
    b_.metric_at(memory_).label_set = labels_;
    b_.metric_at(other_).label_set = labels_;
    program_ = b_.build();
    samples_.emplace(program_);
  }
  std::uint32_t member(const char* zone, const char* pod) { return *samples_->member(labels_, {zone, pod}); }
  void add(double at, const char* value, std::uint32_t member, Track track = Track::candidate) {
    samples_->add_sample(memory_, track, minute(at), number(value), {}, member);
  }
  const Series& series(const Snapshot& snapshot, std::uint32_t member, Track track = Track::candidate, bool compared = false) {
    return snapshot.series(snapshot.series_index(memory_, track, member, compared));
  }

  ProgramBuilder b_;
  std::uint32_t labels_, memory_, other_;
  Program program_;
  std::optional<SnapshotBuilder> samples_;
};

TEST_F(SeriesOfLabels, StandInTheOrderOfTheirValues) {
  const std::uint32_t west = member("west", "b");
  const std::uint32_t east = member("east", "z");
  const std::uint32_t first = member("west", "a");
  EXPECT_EQ(member("west", "b"), west);
  add(2, "3", west);
  add(1, "2", west);
  add(1, "7", east);
  add(0, "9", first);
  samples_->add_sample(other_, Track::candidate, minute(5), number("1"), {}, first);
  EXPECT_EQ(samples_->channel_count(), 6U);
  EXPECT_EQ(samples_->newest_sample(), minute(5));
  const Snapshot snapshot = samples_->build();
  ASSERT_EQ(snapshot.members_of(labels_), (std::pair<std::uint32_t, std::uint32_t>(0, 3)));
  EXPECT_EQ(snapshot.members()[0].values, (std::vector<std::string>{"east", "z"}));
  EXPECT_EQ(snapshot.members()[1].values, (std::vector<std::string>{"west", "a"}));
  EXPECT_EQ(snapshot.members()[2].values, (std::vector<std::string>{"west", "b"}));
  EXPECT_EQ(series(snapshot, 0).values, std::vector{number("7")});
  EXPECT_EQ(series(snapshot, 2).values, (std::vector{number("2"), number("3")}));
  // The whole metric has the times of all, and no value of its own.
  const Series& whole = series(snapshot, program::kNone);
  EXPECT_EQ(whole.times, (std::vector<Instant>{minute(0), minute(1), minute(2)}));
  EXPECT_EQ(whole.values[0], Value::unknown(Fault::no_sample, {BirthKind::series, memory_ * program::kTrackCount}));
  EXPECT_TRUE(series(snapshot, 1, Track::stable).times.empty());
}

TEST_F(SeriesOfLabels, AreComparedWithTheOnlyOneThatHasNoLabels) {
  const std::uint32_t a = member("west", "a");
  add(0, "1", a);
  add(0, "5", program::kNone, Track::stable);
  const Snapshot alone = SnapshotBuilder(*samples_).build();
  EXPECT_EQ(series(alone, 1, Track::stable, true).values, std::vector{number("5")});
  EXPECT_TRUE(series(alone, 1, Track::stable, false).values.empty());
  add(0, "6", member("west", "old"), Track::stable);
  const Snapshot several = samples_->build();
  EXPECT_TRUE(series(several, 1, Track::stable, true).values.empty());
}

TEST_F(SeriesOfLabels, HaveBaselinesOfTheirOwn) {
  const std::uint32_t a = member("west", "a");
  const std::uint32_t c = member("west", "c");
  for (int i = -10; i < 0; ++i) {
    add(i, "4", a);
    add(i, "8", c);
  }
  samples_->set_deployed_at(minute(0));
  const auto baseline = [&](const Snapshot& snapshot, std::uint32_t member) {
    return snapshot.channels()[snapshot.channel(memory_, member)].baseline;
  };
  const Snapshot computed = SnapshotBuilder(*samples_).build();
  EXPECT_EQ(baseline(computed, 0), number("4"));
  EXPECT_EQ(baseline(computed, 1), number("8"));
  samples_->set_baseline(memory_, number("5"), {});
  const Snapshot for_all = SnapshotBuilder(*samples_).build();
  EXPECT_EQ(baseline(for_all, 1), number("5"));  // 0 is the series without labels now
  EXPECT_EQ(baseline(for_all, 2), number("5"));
  // What is brought for some labels is not mixed with what is brought without.
  samples_->set_baseline(memory_, number("6"), {}, a);
  const Snapshot own = samples_->build();
  EXPECT_EQ(baseline(own, 1), number("6"));
  EXPECT_EQ(baseline(own, 2), number("8"));
}

TEST_F(SeriesOfLabels, AreNotMoreThanMayBe) {
  for (std::size_t i = 0; i < program::kMaxMembers; ++i) ASSERT_TRUE(samples_->member(labels_, {"west", std::to_string(i)}));
  EXPECT_EQ(samples_->member(labels_, {"east", "0"}), std::nullopt);
  EXPECT_TRUE(samples_->member(labels_, {"west", "7"}));
  EXPECT_TRUE(samples_->member(labels_, {"", ""}));
}

TEST(Snapshot, TextsAreInterned) {
  ProgramBuilder b;
  const Cell known = b.symbol("known");
  b.fact("text", Type::of(Kind::string));
  const Program program = b.build();
  SnapshotBuilder facts(program);
  EXPECT_EQ(facts.text_value("known"), program.constants[ProgramBuilder::constant_cell(known)]);
  const Value fresh = facts.text_value("fresh");
  EXPECT_EQ(facts.text_value("fresh"), fresh);
  EXPECT_GE(fresh.as_id(), program.strings.size());
  const Snapshot snapshot = facts.build();
  EXPECT_EQ(snapshot.symbols().text(fresh.as_id()), "fresh");
}

TEST(Snapshot, RowsOfListsInsideLists) {
  ProgramBuilder b;
  const Type containers = b.row_table("container", {{"share", Type::of(Kind::ratio)}});
  const Type pods = b.row_table("pod", {{"name", Type::of(Kind::string)}, {"containers", containers}});
  b.fact("pods", pods);
  const Program program = b.build();
  SnapshotBuilder facts(program);
  const Value first = facts.append_rows(0, {{number("0.5")}, {number("7")}}, {{0, 1}, {0, 2}});
  const Value second = facts.append_rows(0, {{number("1")}}, {{0, 3}});
  const Value list = facts.append_rows(1, {{facts.text_value("a"), first}, {facts.text_value("b"), second}}, {{0, 1}, {0, 3}});
  facts.set_input(0, list, {});
  const Snapshot snapshot = facts.build();
  EXPECT_EQ(second, Value::rows(2, 1));
  EXPECT_EQ(snapshot.column(0), (std::vector<Value>{number("0.5"), Value::unknown(Fault::out_of_range), number("1")}));
  EXPECT_EQ(snapshot.column(2)[1], second);
  EXPECT_EQ(snapshot.row_origins(0)[2], (Origin{0, 3}));
}

TEST(Snapshot, DocumentsAndStagesAreKept) {
  const Program program;
  SnapshotBuilder facts(program);
  EXPECT_EQ(facts.add_document("a.json", "00"), 0U);
  EXPECT_EQ(facts.add_document("b.json", "11"), 1U);
  facts.set_stage("50%");
  facts.set_stage_at(minute(4));
  const Snapshot snapshot = facts.build();
  EXPECT_EQ(snapshot.documents()[1].name, "b.json");
  EXPECT_EQ(snapshot.stage(), "50%");
  EXPECT_EQ(snapshot.stage_at(), minute(4));
}

}  // namespace
}  // namespace dpol::vm
