// What would change a decision, as --explain tells it.

#include "runtime/reports/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/reports/report.h"
#include "tests/unit/reports/verdicts.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Outcome;
using decision::RuleVerdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::policy;
using testing::rule;
using testing::verdict;

RuleVerdict with_margin(const char* id, Outcome outcome, const char* words, std::uint32_t permille) {
  RuleVerdict out = rule(id, "require", outcome, "x <= 1");
  out.margin_words = words;
  out.margin_permille = permille;
  return out;
}

TEST(Change, EachMilderDecisionTakesMore) {
  RuleVerdict fired = rule("shop.fired", "rollback", Outcome::fired, "latency > 1s");
  fired.fired_at = "2025-02-13T14:05:00Z";
  RuleVerdict unknown = rule("shop.unknown", "require", Outcome::unknown, "failed == 0");
  unknown.missing = {{"failed", "missing", "failed was not given", ""}};
  RuleVerdict pending = rule("shop.pending", "confirm", Outcome::pending, "");
  pending.reason = "needs 1 lead to sign off";
  RuleVerdict trial = with_margin("shop.trial", Outcome::fail, "1 over", 1);
  trial.trial = true;
  const auto found = changes(policy("shop", Decision::rollback,
                                    {fired, with_margin("shop.fail", Outcome::fail, "2 over", 9), unknown, pending, trial,
                                     rule("shop.pass", "require", Outcome::pass, "y")}));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].heading, "to NO-GO without these");
  EXPECT_THAT(found[0].rules, ElementsAre("shop.fired: fired at 2025-02-13T14:05:00Z, and stays so for this release"));
  EXPECT_EQ(found[1].heading, "to HOLD without these, too");
  EXPECT_THAT(found[1].rules, ElementsAre("shop.fail: 2 over in x <= 1"));
  EXPECT_EQ(found[2].heading, "to GO without these, too");
  EXPECT_THAT(found[2].rules, ElementsAre("shop.unknown: failed was not given", "shop.pending: needs 1 lead to sign off"));
}

TEST(Change, PassesOverDecisionsThatNoRuleMakes) {
  const auto found = changes(policy("shop", Decision::rollback, {rule("shop.fired", "rollback", Outcome::fired, "down")}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].heading, "to GO without these");
  EXPECT_THAT(found[0].rules, ElementsAre("shop.fired: is so: down"));
}

TEST(Change, WhereNothingStandsInTheWayTheNearestLimitsAreTold) {
  const auto found = changes(policy("shop", Decision::go,
                                    {with_margin("shop.far", Outcome::pass, "9 under", 900), with_margin("shop.near", Outcome::pass, "1 under", 2),
                                     with_margin("shop.middle", Outcome::pass, "2 under", 50), with_margin("shop.farther", Outcome::pass, "10 under", 950),
                                     rule("shop.none", "require", Outcome::pass, "y")}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].rules, ElementsAre("shop.near: 1 under in x <= 1", "shop.middle: 2 under in x <= 1", "shop.far: 9 under in x <= 1"));
  EXPECT_EQ(found[0].left_out, 1U);
  EXPECT_TRUE(changes(policy("shop", Decision::go, {rule("shop.none", "require", Outcome::pass, "y")})).empty());
}

TEST(Change, IsToldWithTheLinesOfDocumentsIfAskedFor) {
  RuleVerdict broken = rule("shop.tests", "require", Outcome::fail, "failed == 0");
  broken.observed = {{"failed", 0, 6, {"2"}, "facts.json:3", true}, {"failed", 0, 6, {"2"}, "facts.json:3", true}};
  const decision::Verdict all = verdict({policy("shop", Decision::no_go, {broken})});
  Options options;
  EXPECT_THAT(render(Format::pretty, all, options), Not(HasSubstr("change")));
  options.explain = true;
  options.lines = {{"facts.json:3", "\"failed\": \x1b[2J2,"}, {"other.json:1", "not asked for"}};
  const std::string text = render(Format::pretty, all, options);
  EXPECT_THAT(text, HasSubstr("facts.json:3 │ \"failed\": \\u{1b}[2J2,\n"));
  EXPECT_EQ(text.find("facts.json:3 │"), text.rfind("facts.json:3 │"));
  EXPECT_THAT(text, HasSubstr("change  to GO without these\n"));
  EXPECT_THAT(text, HasSubstr("- shop.tests: is not so: failed == 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("other.json")));
}

}  // namespace
}  // namespace dpol::reports
