// What coverage counts.

#include <gmock/gmock.h>

#include "tests/unit/testing/suite.h"

namespace dpol::test {
namespace {

using dpol::testing::Branch;
using dpol::testing::ConditionCoverage;
using dpol::testing::PolicyCoverage;
using ::testing::ElementsAre;

const std::string kPolicy = R"(facts { a bool  b bool  n int }
metric m duration every 1m
policy p {
  item both  require a and n > 3
  item plain require b
  rollback slow when (m > 1s and m < 9s) for 2 samples
}
)";

const ConditionCoverage& condition(const PolicyCoverage& coverage, const std::string& text) {
  for (const ConditionCoverage& own : coverage.conditions) {
    if (own.text == text) return own;
  }
  ADD_FAILURE() << "no condition " << text;
  static const ConditionCoverage kNone;
  return kNone;
}

TEST(Coverage, CountsOutcomesAndBranches) {
  const PolicyCoverage coverage =
      Suite(kPolicy + "test \"t\" { facts { a = true  n = 3 } expect no-go }").coverage();
  EXPECT_EQ(coverage.rules_judged().seen, 2U);
  EXPECT_EQ(coverage.rules_judged().all, 3U);
  EXPECT_THAT(coverage.rules[0].outcomes, ElementsAre("pass", "fail"));
  EXPECT_THAT(coverage.rules[0].seen, ElementsAre(0U, 1U));
  EXPECT_THAT(condition(coverage, "a and n > 3").seen, ElementsAre(0U, 1U, 0U));
  EXPECT_THAT(condition(coverage, "a").seen, ElementsAre(1U, 0U, 0U));
  EXPECT_THAT(condition(coverage, "n > 3").seen, ElementsAre(0U, 1U, 0U));
  EXPECT_THAT(condition(coverage, "b").seen, ElementsAre(0U, 0U, 1U));
  EXPECT_EQ(coverage.branches().seen, 4U);
}

TEST(Coverage, LooksIntoWindows) {
  const PolicyCoverage coverage =
      Suite(kPolicy + "test \"t\" { at T every 1m { m = [500ms, 2s, 2s] } expect rollback }")
          .coverage();
  EXPECT_EQ(condition(coverage, "m < 9s").what, "part");
  EXPECT_GT(condition(coverage, "m > 1s").seen[static_cast<std::size_t>(Branch::is_true)], 0U);
}

TEST(Coverage, OfOneTestAddsToThatOfAnother) {
  PolicyCoverage first =
      Suite(kPolicy + "test \"t\" { facts { b = true } expect hold }").coverage();
  const PolicyCoverage second =
      Suite(kPolicy + "test \"t\" { facts { b = false } expect no-go }").coverage();
  ASSERT_TRUE(first.merge(second));
  EXPECT_THAT(condition(first, "b").seen, ElementsAre(1U, 1U, 0U));
  EXPECT_FALSE(
      first.merge(Suite("facts { a bool } policy p { item x require a } test \"t\" { expect hold }")
                      .coverage()));
}

TEST(Coverage, IsOfWhatThePolicySaysItself) {
  const Suite suite(
      "facts { a bool  b bool } policy base { item x require a } policy p extends base { item y "
      "require b } test \"t\" of p { expect hold }");
  ASSERT_EQ(suite.coverage().rules.size(), 1U);
  EXPECT_EQ(suite.coverage().rules[0].id, "p.y");
}

TEST(Coverage, IsOfStrategiesToo) {
  const Suite suite(R"(facts { risk low | high }
policy p {
  rollout slow  { stage 10% stage 100% }
  rollout quick { stage 100% }
  strategy { use slow when risk == high  use quick otherwise }
  item a require risk != low
}
test "high" { facts { risk = high } at stage 100% { } expect promoted }
test "low" { facts { risk = low } at stage 100% { } expect no-go })");
  EXPECT_THAT(condition(suite.coverage(), "risk == high").seen, ElementsAre(1U, 1U, 0U));
  EXPECT_EQ(condition(suite.coverage(), "risk == high").what, "use when");
}

TEST(Lcov, HasLinesFunctionsAndBranches) {
  const std::string text = dpol::testing::render_lcov(
      {Suite(kPolicy + "test \"t\" { facts { b = true } expect hold }").coverage()});
  EXPECT_EQ(text, R"(TN:
SF:t.dpol
FN:4,p.both
FN:5,p.plain
FN:6,p.slow
FNDA:1,p.both
FNDA:1,p.plain
FNDA:0,p.slow
FNF:3
FNH:2
BRDA:4,0,0,0
BRDA:4,0,1,0
BRDA:4,0,2,1
BRDA:4,1,0,0
BRDA:4,1,1,0
BRDA:4,2,0,0
BRDA:4,2,1,0
BRDA:5,0,0,1
BRDA:5,0,1,0
BRDA:5,0,2,0
BRDA:6,0,0,-
BRDA:6,0,1,-
BRDA:6,0,2,-
BRDA:6,1,0,-
BRDA:6,1,1,-
BRDA:6,2,0,-
BRDA:6,2,1,-
BRF:17
BRH:2
DA:4,1
DA:5,1
DA:6,0
LF:3
LH:2
end_of_record
)");
}

}  // namespace
}  // namespace dpol::test
