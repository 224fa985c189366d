#include "support.h"

namespace dpol::lang::ast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EveryForm : public ::testing::Test {
 protected:
  void SetUp() override {
    syntax_ = parse("every_form.dpol", read_source_file("tests/unit/lang/every_form.dpol"));
    file_ = File(*syntax_);
  }

  template <class V>
  std::vector<V> all() const {
    return file_.children<V>();
  }
  Policy policy() const { return file_.child<Policy>(); }
  /// The phase, item, rollout … of that name, wherever it stands.
  template <class V>
  V named(std::string_view name) const {
    for (NodeId id = 0; id < syntax_->tree.nodes.size(); ++id)
      if (const V v = View(*syntax_, id).as<V>(); v && v.name().text() == name) return v;
    ADD_FAILURE() << name;
    return V();
  }

  std::unique_ptr<Syntax> syntax_;
  File file_;
};

std::vector<std::string> texts(const auto& views) {
  std::vector<std::string> out;
  for (const auto& view : views) out.emplace_back(view.text());
  return out;
}

TEST_F(EveryForm, Head) {
  EXPECT_EQ(file_.file_doc(), "Everything.");
  EXPECT_EQ(all<Module>().at(0).path().joined(), "acme.all");
  const auto imports = all<Import>();
  ASSERT_THAT(imports, SizeIs(2));
  EXPECT_EQ(imports[0].path().joined(), "std.release");
  EXPECT_FALSE(imports[0].file());
  EXPECT_FALSE(imports[0].alias());
  EXPECT_EQ(imports[1].file().plain_text(), "./limits.dpol");
  EXPECT_EQ(imports[1].alias().text(), "limits");
  EXPECT_EQ(all<UnitDecl>().at(0).name().text(), "order");
}

TEST_F(EveryForm, Types) {
  const Type risk = all<EnumDecl>().at(0).type();
  EXPECT_TRUE(risk.ordered());
  ASSERT_THAT(risk.values(), SizeIs(3));
  EXPECT_EQ(risk.values()[2].value(), "very high");
  EXPECT_TRUE(risk.values()[2].quoted());
  EXPECT_FALSE(all<EnumDecl>().at(1).type().ordered());
  EXPECT_THAT(texts(all<RecordDecl>().at(0).fields()), ElementsAre("name string", "phase string", "restarts int", "ready bool"));
  const auto fields = all<Facts>().at(0).fields();
  ASSERT_THAT(fields, SizeIs(10));
  EXPECT_EQ(fields[0].type().kind(), TypeKind::Name);
  EXPECT_EQ(fields[0].type().joined(), "string");
  EXPECT_EQ(fields[2].type().kind(), TypeKind::Enum);
  EXPECT_THAT(texts(fields[2].type().values()), ElementsAre("dev", "staging", "production"));
  EXPECT_EQ(fields[3].type().kind(), TypeKind::Record);
  EXPECT_FALSE(fields[3].type().fields()[1].optional());
  EXPECT_TRUE(fields[3].type().fields()[2].optional());
  EXPECT_EQ(fields[4].type().kind(), TypeKind::List);
  EXPECT_EQ(fields[4].type().element().joined(), "pod");
  EXPECT_EQ(fields[5].type().kind(), TypeKind::Map);
  EXPECT_TRUE(fields[6].type().ordered());
  EXPECT_EQ(fields[7].type().kind(), TypeKind::Unit);
  EXPECT_EQ(fields[7].type().unit(), "request");
  EXPECT_EQ(fields[7].type().per(), "s");
  EXPECT_EQ(fields[9].type().kind(), TypeKind::PercentChange);
}

TEST_F(EveryForm, Metrics) {
  const auto metrics = all<Metric>();
  EXPECT_EQ(metrics[0].name().text(), "error_rate");
  EXPECT_EQ(metrics[0].type().joined(), "ratio");
  EXPECT_EQ(metrics[0].direction(), MetricDirection::LowerIsBetter);
  EXPECT_EQ(metrics[0].every().text(), "1m");
  EXPECT_EQ(metrics[0].stale_after().text(), "5m");
  EXPECT_EQ(metrics[0].title().value(), "Share of requests answered 5xx");
  EXPECT_THAT(metrics[0].needs(), SizeIs(1));
  EXPECT_EQ(metrics[0].range().kind(), ExprKind::Range);
  EXPECT_EQ(metrics[1].baseline().form(), BaselineIs::Form::Over);
  EXPECT_EQ(metrics[1].baseline().aggregate().text(), "median");
  EXPECT_EQ(metrics[1].baseline().duration().text(), "24h");
  EXPECT_EQ(metrics[2].baseline().form(), BaselineIs::Form::OfLastPromoted);
  EXPECT_EQ(metrics[2].baseline().aggregate().text(), "avg");
  EXPECT_EQ(metrics[2].baseline().count().text(), "3");
  EXPECT_EQ(metrics[3].baseline().form(), BaselineIs::Form::Named);
  EXPECT_EQ(metrics[3].baseline().name().text(), "known_good");
  EXPECT_EQ(metrics[3].direction(), MetricDirection::None);
  EXPECT_THAT(texts(metrics[4].labels()), ElementsAre("pod", "zone"));
}

TEST_F(EveryForm, Sources) {
  const auto sources = all<Source>();
  EXPECT_EQ(sources[0].format().text(), "junit");
  EXPECT_EQ(sources[0].address().kind(), ExprKind::String);
  EXPECT_FALSE(sources[1].address());
  EXPECT_EQ(sources[2].name().joined(), "tests.unit");
  EXPECT_EQ(sources[2].address().kind(), ExprKind::List);
  const auto fields = sources[2].fields();
  ASSERT_THAT(fields, SizeIs(2));
  EXPECT_EQ(fields[0].field().name().text(), "failed");
  EXPECT_EQ(fields[0].at().as<LiteralExpr>().plain_text(), "/failed");
  EXPECT_FALSE(fields[0].unit());
  EXPECT_TRUE(fields[1].field().optional());
  EXPECT_EQ(fields[1].unit().unit(), "ms");
  EXPECT_EQ(sources[3].address().as<PathExpr>().joined(), "env.PROMETHEUS_URL");
  ASSERT_THAT(sources[3].tracks(), SizeIs(2));
  EXPECT_EQ(sources[3].tracks()[1].name().text(), "stable");
  const auto words = sources[3].tracks()[1].words();
  ASSERT_THAT(words, SizeIs(1));
  EXPECT_EQ(words[0].value().as<LiteralExpr>().parts().size(), 4U);
  const auto queries = sources[3].assignments();
  ASSERT_THAT(queries, SizeIs(3));
  EXPECT_EQ(queries[0].value().kind(), ExprKind::Query);
  EXPECT_EQ(queries[0].unit().unit(), "%");
  EXPECT_EQ(queries[1].unit().unit(), "ms");
  EXPECT_EQ(queries[2].unit().unit(), "MB");
  EXPECT_EQ(queries[2].unit().per(), "s");
}

TEST_F(EveryForm, FunctionsAndRoles) {
  const auto fns = all<Fn>();
  ASSERT_THAT(fns[0].params(), SizeIs(2));
  EXPECT_EQ(fns[0].params()[1].type().kind(), TypeKind::PercentChange);
  EXPECT_EQ(fns[0].result().joined(), "duration");
  EXPECT_EQ(fns[0].body().kind(), ExprKind::If);
  EXPECT_FALSE(fns[1].result());
  const auto roles = all<Role>();
  EXPECT_EQ(roles[0].title().value(), "Release managers");
  EXPECT_EQ(roles[0].members().text(), "oncall.primary");
  EXPECT_FALSE(roles[1].members());
}

TEST_F(EveryForm, PolicyHead) {
  const Policy p = policy();
  EXPECT_EQ(p.trial().until().as<LiteralExpr>().date().year, 2026);
  EXPECT_EQ(p.name().text(), "checkout");
  EXPECT_EQ(p.title().value(), "Checkout service");
  EXPECT_THAT(texts(p.extends()), ElementsAre("release.standard", "other.x"));
  EXPECT_EQ(p.owner().expression().as<LiteralExpr>().plain_text(), "team-checkout");
}

TEST_F(EveryForm, PolicyStatements) {
  const Param limit = named<Param>("max_error_rate");
  EXPECT_EQ(limit.default_value().text(), "0.5%");
  EXPECT_EQ(limit.range().as<RangeExpr>().high().text(), "1%");
  EXPECT_FALSE(named<Param>("must").default_value());
  EXPECT_EQ(policy().child<Applies>().condition().kind(), ExprKind::Binary);
  const Set set = policy().child<Set>();
  EXPECT_EQ(set.target().joined(), "max_error_rate");
  EXPECT_EQ(set.value().text(), "0.3%");
  EXPECT_TRUE(set.because());
  const Drop drop = policy().child<Drop>();
  EXPECT_EQ(drop.target().joined(), "load_test");
  EXPECT_EQ(drop.because().string().plain_text(), "Load is tested weekly");
  const auto replaced = policy().children<Replace>();
  ASSERT_THAT(replaced, SizeIs(2));
  EXPECT_FALSE(replaced[0].target());
  EXPECT_EQ(replaced[0].reason().string().plain_text(), "stricter");
  EXPECT_EQ(replaced[0].rule().name().text(), "coverage");
  EXPECT_EQ(replaced[1].target().joined(), "before.x");
  EXPECT_EQ(replaced[1].reason().string().plain_text(), "y");
  EXPECT_EQ(policy().child<UseBaseline>().name().text(), "known_good");
}

TEST_F(EveryForm, Phases) {
  const Phase before = named<Phase>("before");
  EXPECT_EQ(before.from().text(), "T-48h");
  EXPECT_EQ(before.until().kind(), ExprKind::StartTime);
  EXPECT_FALSE(before.during());
  EXPECT_THAT(before.only_if(), SizeIs(2));
  EXPECT_EQ(before.statements().front().kind(), NodeKind::Item);
  EXPECT_EQ(named<Phase>("validated").during().kind(), ExprKind::Range);
}

TEST_F(EveryForm, Items) {
  const Item coverage = named<Phase>("before").children<Item>().at(1);
  ASSERT_THAT(coverage.verbs(), SizeIs(2));
  EXPECT_EQ(coverage.verbs()[0].verb(), Verb::Require);
  EXPECT_EQ(coverage.verbs()[1].verb(), Verb::Warn);
  const Item braced = named<Item>("braced");
  ASSERT_THAT(braced.verbs(), SizeIs(4));
  EXPECT_EQ(braced.verbs()[0].else_action().outcome(), Outcome::Rollback);
  EXPECT_EQ(braced.verbs()[3].verb(), Verb::Rollback);
  const Item plan = named<Item>("rollback_plan");
  ASSERT_THAT(plan.confirms(), SizeIs(1));
  const Confirm confirm = plan.confirms()[0];
  ASSERT_THAT(confirm.approvers(), SizeIs(1));
  EXPECT_EQ(confirm.approvers()[0].count(), "1");
  EXPECT_EQ(confirm.approvers()[0].role().joined(), "release_manager");
  EXPECT_THAT(texts(confirm.other_than()), ElementsAre("author"));
  EXPECT_TRUE(confirm.may_be_not_applicable());
  EXPECT_THAT(named<Item>("two").confirms()[0].approvers(), SizeIs(2));
}

TEST_F(EveryForm, ExplainingClauses) {
  const Item item = named<Item>("explain");
  EXPECT_EQ(item.why().string().plain_text(), "because");
  EXPECT_THAT(item.evidence(), SizeIs(1));
  EXPECT_EQ(item.severity().expression().text(), "critical");
  ASSERT_THAT(item.covers(), SizeIs(1));
  EXPECT_EQ(item.covers()[0].ids()[1].plain_text(), "G007");
  EXPECT_TRUE(item.owner());
  EXPECT_THAT(texts(item.waivable_by().roles()), ElementsAre("incident_commander", "cto"));
  EXPECT_EQ(item.if_missing().grace().text(), "10m");
  EXPECT_EQ(item.if_missing().action().outcome(), Outcome::Rollback);
  EXPECT_EQ(item.if_baseline_missing().action().outcome(), Outcome::Warn);
  EXPECT_FALSE(item.if_baseline_missing().grace());
  EXPECT_EQ(item.if_empty().action().outcome(), Outcome::Pass);
  EXPECT_THAT(item.needs(), SizeIs(1));
  EXPECT_EQ(item.child<AsClause>().name().text(), "foo");
}

TEST_F(EveryForm, Expressions) {
  const auto condition = [&](std::string_view name) { return named<Item>(name).verbs().at(0).condition(); };
  const auto quantifier = condition("q").as<QuantifierExpr>();
  EXPECT_EQ(quantifier.variable().text(), "p");
  EXPECT_EQ(quantifier.list().text(), "pods");
  EXPECT_EQ(quantifier.where().text(), "p.x");
  EXPECT_EQ(quantifier.body().kind(), ExprKind::Binary);
  const auto both = condition("c").as<BinaryExpr>();
  const auto count = both.left().as<BinaryExpr>().left().as<ComprehensionExpr>();
  EXPECT_EQ(count.function().text(), "count");
  EXPECT_EQ(count.variable().text(), "p");
  EXPECT_EQ(count.where().text(), "p.restarts > 5");
  EXPECT_FALSE(count.value());
  const auto sum = both.right().as<BinaryExpr>().left().as<ComprehensionExpr>();
  EXPECT_EQ(sum.value().text(), "p.restarts");
  EXPECT_FALSE(sum.where());
  const auto call = condition("idx").as<BinaryExpr>().right().as<CallExpr>();
  EXPECT_EQ(call.callee().text(), "f");
  ASSERT_THAT(call.arguments(), SizeIs(3));
  EXPECT_FALSE(call.arguments()[0].name());
  EXPECT_EQ(call.arguments()[2].name().text(), "by");
  const auto field = condition("idx").as<BinaryExpr>().left().as<FieldExpr>();
  EXPECT_EQ(field.field().text(), "y");
  EXPECT_EQ(field.object().as<IndexExpr>().key().as<LiteralExpr>().plain_text(), "key");
  EXPECT_EQ(both.left().as<BinaryExpr>().op(), BinaryOp::Equal);
  EXPECT_EQ(syntax_->source.text(both.op_span()), "and");
  EXPECT_EQ(condition("stat").as<CallExpr>().arguments()[1].value().as<TrackExpr>().track(), TrackName::Stable);
}

TEST_F(EveryForm, Thresholds) {
  const auto thresholds = named<Phase>("validated").children<Threshold>();
  ASSERT_THAT(thresholds, SizeIs(3));
  EXPECT_THAT(texts(thresholds[1].subjects()), ElementsAre("latency_p50", "latency_p95"));
  EXPECT_THAT(texts(thresholds[2].each().labels()), ElementsAre("pod"));
  EXPECT_FALSE(thresholds[0].each());
  const auto verbs = thresholds[0].verbs();
  ASSERT_THAT(verbs, SizeIs(5));
  EXPECT_EQ(verbs[0].condition().as<BinaryExpr>().left().kind(), ExprKind::ImplicitLeft);
  const auto rollback = verbs[2].condition().as<WindowExpr>();
  EXPECT_EQ(rollback.window(), WindowKind::ForDuration);
  EXPECT_EQ(rollback.duration().text(), "2m");
  EXPECT_FALSE(rollback.count());
  const auto hold = verbs[3].condition().as<WindowExpr>();
  EXPECT_EQ(hold.window(), WindowKind::ForSamples);
  EXPECT_EQ(hold.count().text(), "3");
  EXPECT_TRUE(hold.across_stages());
  const auto warn = verbs[4].condition().as<WindowExpr>();
  EXPECT_EQ(warn.window(), WindowKind::InOfSamples);
  EXPECT_EQ(warn.count().text(), "3");
  EXPECT_EQ(warn.out_of().text(), "5");
  EXPECT_FALSE(warn.across_stages());
  EXPECT_EQ(syntax_->source.text(warn.window_span()), "in 3 of 5 samples");
}

TEST_F(EveryForm, MarksAndStandingRules) {
  const StandingRule loss = named<StandingRule>("data_loss");
  EXPECT_TRUE(loss.is_final());
  EXPECT_EQ(loss.verb(), Verb::Rollback);
  EXPECT_EQ(loss.condition().text(), "incident.data_loss");
  EXPECT_EQ(named<Item>("zz").trial().until().text(), "2026-12-31");
  EXPECT_TRUE(named<StandingRule>("aa").trial());
  EXPECT_FALSE(named<StandingRule>("aa").trial().until());
  EXPECT_EQ(named<StandingRule>("aa").verb(), Verb::Hold);
  EXPECT_EQ(named<StandingRule>("w").verb(), Verb::Warn);
}

TEST_F(EveryForm, Rollouts) {
  const Rollout canary = named<Rollout>("canary");
  const auto stages = canary.children<Stage>();
  ASSERT_THAT(stages, SizeIs(6));
  EXPECT_EQ(stages[0].stage().share().number().front().digits, "10");
  EXPECT_EQ(stages[0].bake().duration().text(), "5m");
  EXPECT_EQ(stages[0].bake().at_most().duration().text(), "30m");
  EXPECT_EQ(stages[0].bake().at_most().else_action().outcome(), Outcome::Rollback);
  EXPECT_EQ(stages[1].bake().at_most().else_action().outcome(), Outcome::NoGo);
  EXPECT_EQ(stages[1].settle().text(), "2m");
  EXPECT_EQ(stages[2].stage().name().text(), "green");
  EXPECT_FALSE(stages[2].stage().share());
  EXPECT_EQ(stages[3].stage().name().text(), "preview");
  EXPECT_EQ(stages[3].stage().share().text(), "0%");
  EXPECT_THAT(stages[3].enter(), SizeIs(1));
  EXPECT_THAT(stages[3].leave().at(0).confirm().approvers(), IsEmpty());
  EXPECT_EQ(stages[3].decide().approvers().at(0).role().joined(), "boss");
  EXPECT_THAT(stages[4].statements(), SizeIs(2));
  const Stages many = canary.child<Stages>();
  EXPECT_EQ(std::string(many.first().text()) + many.last().text().data()[0] + std::string(many.step().text()), "5%55%");
  EXPECT_EQ(many.bake().duration().text(), "1m");
  EXPECT_EQ(canary.child<FromStage>().stage().share().text(), "50%");
  EXPECT_THAT(canary.child<FromStage>().statements(), SizeIs(1));
}

TEST_F(EveryForm, StepsStrategyScore) {
  const auto steps = named<Rollout>("blue_green").children<Step>();
  ASSERT_THAT(steps, SizeIs(3));
  EXPECT_EQ(steps[0].name().text(), "smoke");
  EXPECT_THAT(steps[0].statements(), SizeIs(1));
  EXPECT_FALSE(steps[1].name());
  EXPECT_THAT(steps[1].verbs(), SizeIs(1));
  EXPECT_EQ(steps[2].run().plain_text(), "kubectl");
  const auto uses = policy().child<Strategy>().uses();
  ASSERT_THAT(uses, SizeIs(2));
  EXPECT_EQ(uses[0].rollout().joined(), "canary");
  EXPECT_EQ(uses[0].condition().text(), "risk == high");
  EXPECT_FALSE(uses[1].condition());
  const Score score = named<Score>("quality");
  ASSERT_THAT(score.parts(), SizeIs(2));
  EXPECT_EQ(score.parts()[0].weight().text(), "2");
  EXPECT_EQ(score.parts()[0].condition().text(), "error_rate <= 1%");
  EXPECT_EQ(score.parts()[0].half().text(), "error_rate <= 2%");
  EXPECT_FALSE(score.parts()[1].half());
  EXPECT_THAT(score.verbs(), SizeIs(2));
}

TEST_F(EveryForm, MessagesProceduresWaivers) {
  const Message window = named<Message>("window");
  EXPECT_THAT(texts(window.recipients()), ElementsAre("stakeholders", "\"all\""));
  EXPECT_THAT(window.channels(), SizeIs(2));
  EXPECT_EQ(window.at().kind(), ExprKind::Range);
  EXPECT_FALSE(window.every());
  const Message progress = named<Message>("prog");
  EXPECT_EQ(progress.every().interval().text(), "15m");
  EXPECT_EQ(progress.every().condition().text(), "incident.open");
  EXPECT_THAT(texts(progress.on()), ElementsAre("crash_loop", "freeze"));
  EXPECT_EQ(progress.within().duration().text(), "48h");
  EXPECT_EQ(progress.within().after().text(), "incident.closed_at");
  const Procedure undo = named<Procedure>("undo");
  EXPECT_THAT(texts(undo.on()), ElementsAre("error_spike", "crash_loop"));
  ASSERT_THAT(undo.steps(), SizeIs(2));
  EXPECT_FALSE(undo.steps()[0].run().plain_text());  // it has a hole
  EXPECT_THAT(undo.only_if(), SizeIs(1));
  const Waiver waiver = all<Waiver>().at(0);
  EXPECT_EQ(waiver.target().joined(), "coverage");
  ASSERT_THAT(waiver.matches(), SizeIs(1));
  EXPECT_EQ(waiver.matches()[0].fact().joined(), "service");
  EXPECT_EQ(waiver.matches()[0].value().as<LiteralExpr>().plain_text(), "checkout");
  EXPECT_EQ(waiver.until().as<LiteralExpr>().date().month, 12);
  EXPECT_EQ(waiver.by().plain_text(), "a name");
  EXPECT_TRUE(waiver.because());
}

TEST_F(EveryForm, Tests) {
  const ast::Test test = all<ast::Test>().at(0);
  EXPECT_EQ(test.title().value(), "latency at 50% rolls back");
  EXPECT_EQ(test.policy().joined(), "auth_canary");
  const auto statements = test.statements();
  ASSERT_THAT(statements, SizeIs(17));
  const auto facts = statements[0].as<TestFacts>().assignments();
  ASSERT_THAT(facts, SizeIs(4));
  const auto pods = facts[2].value().as<ListExpr>().elements();
  ASSERT_THAT(pods, SizeIs(2));
  EXPECT_EQ(pods[0].as<RecordExpr>().fields().at(1).name().text(), "restarts");
  EXPECT_EQ(facts[3].target().as<PathExpr>().joined(), "tests.failed");
  const TestAt at = statements[1].as<TestAt>();
  EXPECT_EQ(at.stage().share().text(), "50%");
  EXPECT_EQ(at.every().text(), "1m");
  EXPECT_FALSE(at.time());
  ASSERT_THAT(at.assignments(), SizeIs(4));
  EXPECT_EQ(at.assignments()[1].target().as<PathExpr>().track(), TrackName::Stable);
  EXPECT_EQ(at.assignments()[0].target().as<PathExpr>().track(), std::nullopt);
  EXPECT_EQ(at.assignments()[3].target().kind(), ExprKind::Index);
  EXPECT_EQ(statements[2].as<TestAt>().time().text(), "T+5m");
  EXPECT_EQ(statements[2].as<TestAt>().stage().name().text(), "green");
  const TestSign sign = statements[5].as<TestSign>();
  EXPECT_EQ(sign.item().joined(), "rollback_plan");
  EXPECT_EQ(sign.by().plain_text(), "ann");
  EXPECT_EQ(sign.role().text(), "release_manager");
  const Expect rollback = statements[6].as<Expect>();
  EXPECT_EQ(rollback.outcome(), Outcome::Rollback);
  EXPECT_THAT(texts(rollback.by()), ElementsAre("latency_p95"));
  EXPECT_EQ(rollback.at_time().text(), "T+5m");
  EXPECT_EQ(statements[7].as<Expect>().outcome(), Outcome::NoGo);
  EXPECT_EQ(statements[8].as<Expect>().outcome(), Outcome::Promoted);
  EXPECT_EQ(statements[8].as<Expect>().at_stage().share().text(), "100%");
  EXPECT_EQ(statements[9].as<TestAt>().length().text(), "30m");
  const Expect rules = statements[10].as<Expect>();
  EXPECT_THAT(texts(rules.rules()), ElementsAre("coverage", "before.tests"));
  EXPECT_EQ(rules.at_time().text(), "T-1h");
  EXPECT_TRUE(statements[11].as<Expect>().rules().empty());
  EXPECT_EQ(statements[11].as<Expect>().condition().kind(), ExprKind::Binary);
  EXPECT_EQ(statements[12].as<Expect>().condition().text(), "not facts.frozen");
  EXPECT_EQ(statements[13].as<Expect>().condition().kind(), ExprKind::Quantifier);
  EXPECT_TRUE(statements[14].as<TestSign>().has_answer());
  EXPECT_FALSE(sign.has_answer());
  const Expect told = statements[15].as<Expect>();
  EXPECT_THAT(texts(told.messages()), ElementsAre("window", "undone"));
  EXPECT_FALSE(told.no_message());
  EXPECT_EQ(told.at_time().text(), "T-30h");
  EXPECT_TRUE(statements[16].as<Expect>().no_message());
  EXPECT_FALSE(rules.no_message());
}

TEST(Ast, NullViewsAnswerNothing) {
  const Policy none;
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.name());
  EXPECT_EQ(none.title().value(), "");
  EXPECT_THAT(none.statements(), IsEmpty());
  EXPECT_EQ(none.span(), Span{});
  EXPECT_EQ(Expr().kind(), ExprKind::Missing);
  EXPECT_FALSE(BinaryExpr().left());
  EXPECT_EQ(WindowExpr().window_span(), Span{});
  EXPECT_EQ(Expect().outcome(), Outcome::None);
  EXPECT_TRUE(none.has_error());
}

TEST(Ast, ParenthesesAreLookedThrough) {
  const auto syntax = parse("t.dpol", "policy p { item a require ((x)) }");
  const Expr e = File(*syntax).child<Policy>().child<Item>().verbs()[0].condition();
  EXPECT_EQ(e.kind(), ExprKind::Path);
  EXPECT_TRUE(e.parenthesized());
  EXPECT_EQ(e.text(), "x");
  EXPECT_EQ(syntax->source.text(e.outer_span()), "((x))");
}

TEST(Ast, DocsBelongToWhatFollows) {
  const auto syntax = parse("t.dpol", "///  Two\n/// lines.  \npolicy p {\n  /// An item.\n  item a require x\n}\n");
  const Policy p = File(*syntax).child<Policy>();
  EXPECT_EQ(p.doc(), " Two\nlines.");
  EXPECT_EQ(p.child<Item>().doc(), "An item.");
  EXPECT_EQ(File(*syntax).file_doc(), "");
}

}  // namespace
}  // namespace dpol::lang::ast
