// What is changed in a policy, and which changes are noticed.

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/testing/suite.h"

namespace dpol::test {
namespace {

using dpol::testing::Mutant;
using dpol::testing::MutationResult;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

std::vector<std::string> changes(const MutationResult& result) {
  std::vector<std::string> out;
  for (const Mutant& mutant : result.mutants) {
    if (mutant.counts) out.push_back(mutant.from + " -> " + mutant.to);
  }
  return out;
}

TEST(Mutation, ChangesEachKindOfPlace) {
  const Suite suite(R"(facts { a bool  b bool  n int }
metric m duration every 1m
metric e ratio every 1m
policy p {
  param most int = 5 within 0..9
  phase early from T-48h { item x only if a  require n <= most and not b  if missing fail }
  hold quiet when avg(m, 10m) > 250ms
  warn w when n == 0
  item y require e <= baseline + 5pp else rollback
  rollout r {
    stage 10% bake 5m at most 20m settle 1m
    stage 100%
    threshold m rollback > baseline + 10% in 3 of 5 samples
    threshold e rollback > 2x baseline for 2m
  }
}
test "t" { expect hold })");
  EXPECT_THAT(changes(suite.mutate()), IsSupersetOf({"5 -> 6",
                                                     "5 -> 4",
                                                     "T-48h -> T-4d",
                                                     "only if -> always",
                                                     "<= -> <",
                                                     "<= -> >=",
                                                     "and -> or",
                                                     "not -> nothing",
                                                     "if missing -> nothing said of it",
                                                     "require -> warn when not",
                                                     "10m -> 20m",
                                                     "10m -> 5m",
                                                     "250ms -> 275ms",
                                                     "250ms -> 225ms",
                                                     "250ms -> 250s",
                                                     "hold -> warn",
                                                     "== -> !=",
                                                     "0 -> 1",
                                                     "warn -> hold",
                                                     "5pp -> 5.5pp",
                                                     "5pp -> 5% of it",
                                                     "else rollback -> nothing",
                                                     "bake 5m -> bake 10m",
                                                     "at most 20m -> at most 40m",
                                                     "settle 1m -> settle 2m",
                                                     "10% -> 11%",
                                                     "10% -> 9%",
                                                     "in 3 of 5 samples -> in 2 of 5 samples",
                                                     "in 3 of 5 samples -> in 3 of 6 samples",
                                                     "rollback -> hold",
                                                     "2x -> 2.2x",
                                                     "2m -> 4m",
                                                     "for 2m -> no window"}));
}

TEST(Mutation, ChangesStrategiesAndScores) {
  const Suite suite(R"(facts { n int  risk low | high }
policy p {
  rollout slow  { stage 10% stage 100% }
  rollout quick { stage 100% }
  strategy { use slow when risk == high  use quick otherwise }
  score quality { worth 2 n <= 5 half n <= 9  worth 1 n > 1  require >= 75% }
}
test "t" { expect hold })");
  EXPECT_THAT(changes(suite.mutate()),
              IsSupersetOf({"== -> !=", "worth 2 -> worth 4", "worth 1 -> worth 2", ">= -> >",
                            ">= -> <=", "75% -> 82.5%", "5 -> 6"}));
}

TEST(Mutation, IsNoticedByATestAtTheLimit) {
  const std::string policy = "facts { n int } policy p { item a require n <= 3 }";
  const auto survivors = [&](const std::string& tests) {
    std::vector<std::string> out;
    const MutationResult result = Suite(policy + tests).mutate();
    for (const Mutant* mutant : result.survivors())
      out.push_back(mutant->from + " -> " + mutant->to);
    return out;
  };
  const std::string below = "test \"below\" { facts { n = 1 } expect go }";
  const std::string at = "test \"at\" { facts { n = 3 } expect go }";
  const std::string above = "test \"above\" { facts { n = 4 } expect no-go }";
  EXPECT_THAT(survivors(below),
              ElementsAre("<= -> <", "3 -> 4", "3 -> 2", "require -> warn when not"));
  EXPECT_THAT(survivors(at + above), ElementsAre());
}

TEST(Mutation, ThatChangesNothingDoesNotCount) {
  const MutationResult result = Suite(
                                    "facts { n int } policy p { item a require n > 1 } test \"t\" "
                                    "{ facts { n = 2 } expect go }")
                                    .mutate();
  for (const Mutant& mutant : result.mutants)
    EXPECT_TRUE(mutant.counts || !mutant.noticed) << mutant.from;
  EXPECT_LE(result.noticed(), result.tried());
}

TEST(Mutation, LeavesInheritedRulesToTheirPolicy) {
  const Suite suite(
      "facts { n int  k int } policy base { item x require n > 1 } policy p extends base { item y "
      "require k > 1 } test \"t\" of p { expect hold }");
  for (const Mutant& mutant : suite.mutate().mutants) EXPECT_EQ(mutant.rule, "p.y");
}

TEST(Mutation, OfOneFileAddsToThatOfAnother) {
  const std::string policy = "facts { n int } policy p { item a require n <= 3 }";
  MutationResult first = Suite(policy + "test \"at\" { facts { n = 3 } expect go }").mutate();
  ASSERT_TRUE(
      first.merge(Suite(policy + "test \"above\" { facts { n = 4 } expect no-go }").mutate()));
  EXPECT_TRUE(first.survivors().empty());
}

TEST(Mutation, IsBounded) {
  const Suite suite(
      "facts { n int } policy p { item a require n <= 3  item b require n <= 4 } test \"t\" { "
      "facts { n = 5 } "
      "expect no-go }");
  const std::vector<Mutant> all = suite.mutate().mutants;
  ASSERT_EQ(all.size(), 10U);
  const MutationResult some = suite.mutate(5);
  ASSERT_EQ(some.mutants.size(), 5U);
  EXPECT_EQ(some.left_out, 5U);
  // From everywhere, not the first ones.
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(some.mutants[i].to, all[2 * i].to);
}

}  // namespace
}  // namespace dpol::test
