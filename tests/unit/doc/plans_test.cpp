// Plans of all policies at hand: nothing is left out in any format, nothing becomes markup, and the
// JSON is what its schema says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "compiler/doc/formats.h"
#include "plans/plans.h"
#include "plans/words.h"
#include "runtime/decision/plan.h"
#include "runtime/vm/machine.h"
#include "tests/unit/doc/pages.h"
#include "tests/unit/doc/samples.h"
#include "tests/unit/reports/schema.h"
#include "tests/unit/support/html_page.h"

namespace dpol::plans {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr vm::Instant kNow = 1'739'455'200'000'000'000;  // 2025-02-13T14:00:00Z
constexpr vm::Instant kHour = 3'600'000'000'000;

// With no input but, maybe, T.
decision::Plan plan_of(const program::Program& program, std::optional<vm::Instant> deployed_at) {
  vm::SnapshotBuilder builder(program);
  builder.set_now(kNow, false);
  if (deployed_at) builder.set_deployed_at(*deployed_at);
  const vm::Snapshot snapshot = builder.build();
  vm::Machine machine(program);
  machine.load(snapshot);
  return decision::make_plan(machine, {}, {}, {});
}

json schema_of(const char* file) {
  std::ifstream in(std::string(DPOL_SOURCE_DIR "/docs/") + file);
  return json::parse(in);
}

// Ids that a plan does not name, or names twice.
std::string faults_of(const program::Program& program, const decision::Plan& plan) {
  std::multiset<std::string> told;
  for (const decision::PolicyPlan& policy : plan.policies) {
    for (const auto& section : policy.sections)
      for (const auto& item : section.items) told.insert(item.rule.id);
    for (const auto& procedure : policy.procedures) told.insert(procedure.procedure.id);
    for (const auto& message : policy.messages) told.insert(message.message.id);
  }
  std::string faults;
  const auto want = [&](const std::string& id) {
    if (told.count(id) != 1) faults += id + " is told " + std::to_string(told.count(id)) + " times\n";
  };
  for (const program::Policy& policy : program.policies) {
    for (const program::Rule& rule : policy.rules) want(program.text(rule.id));
    for (const program::Procedure& procedure : policy.procedures) want(program.text(procedure.id));
    for (const program::Message& message : policy.messages)
      want(program.text(policy.id) + "." + program.text(message.name));
  }
  return faults;
}

// One test and not four, since compiling all policies is what takes the time.
TEST(Plans, SayAllInEveryFormat) {
  const json allowed = reports::testing::closed(schema_of("plan.schema.json"));
  const std::optional<vm::Instant> moments[] = {std::nullopt, kNow - 3 * kHour, kNow + kHour};
  std::size_t turn = 0;
  for (const doc::testing::Sample& sample : doc::testing::samples()) {
    const program::Program& program = *sample.result.program;
    const decision::Plan plan = plan_of(program, moments[turn++ % std::size(moments)]);
    EXPECT_EQ(faults_of(program, plan), "") << sample.name;
    EXPECT_EQ(test::fault_of(find_format("html")->write(plan)), "") << sample.name;
    EXPECT_EQ(doc::testing::fault_of_markdown(find_format("markdown")->write(plan)), "") << sample.name;
    EXPECT_THAT(reports::testing::violations(allowed, json::parse(find_format("json")->write(plan))), IsEmpty()) << sample.name;
  }
}

TEST(Plans, DescribeAlikeWhatReportsDescribe) {
  const json plan = schema_of("plan.schema.json")["$defs"];
  const json report = schema_of("report.schema.json")["$defs"];
  std::size_t shared = 0;
  for (const auto& [name, definition] : plan.items()) {
    if (!report.contains(name)) continue;
    ++shared;
    EXPECT_EQ(definition, report[name]) << name;
  }
  EXPECT_GE(shared, 8U);
}

TEST(Plans, EachFormatHasANameAndADoc) {
  for (const FormatInfo& info : formats()) {
    EXPECT_FALSE(info.doc.empty());
    EXPECT_EQ(find_format(info.name), &info);
  }
  EXPECT_EQ(find_format("pdf"), nullptr);
}

// Whatever a release says of itself: the same words in every format, and no more than words.
TEST(Plans, TextsOfAReleaseAreNoMarkup) {
  const std::string hostile = "<script>x</script> [a](b) `c` | \x1b[2J # d";
  decision::PolicyPlan policy{.id = "p", .title = hostile, .doc = hostile, .owner = hostile};
  policy.service = hostile;
  decision::ItemPlan item{.is_task = true, .clauses = {{.verb = "require", .condition = hostile, .reason = hostile}}};
  item.rule.id = "p." + hostile;
  item.rule.title = hostile;
  item.rule.why = hostile;
  item.clauses[0].observed = {{.expr = hostile, .values = {hostile}, .source = "", .exact = {hostile}}};
  item.clauses[0].missing = {{.name = hostile, .fault = "missing", .reason = hostile, .source = ""}};
  policy.sections = {{.title = hostile, .from = hostile, .items = {item}}};
  policy.messages.emplace_back();
  policy.messages[0].message.id = "p.m";
  policy.messages[0].message.name = "m";
  policy.messages[0].message.text = hostile + "\n```\n</code></pre>" + hostile;
  const decision::Plan plan{.any_applies = true, .at = "2025-02-13T14:00:00Z", .policies = {policy}};

  const std::string html = find_format("html")->write(plan);
  EXPECT_EQ(test::fault_of(html), "");
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  const std::string markdown = find_format("markdown")->write(plan);
  EXPECT_EQ(markdown.find('\x1b'), std::string::npos);
  EXPECT_THAT(markdown, HasSubstr("\\<script\\>x\\</script\\> \\[a\\](b) \\`c\\` \\| \\\\u{1b}\\[2J # d"));
  // The fence is longer than any in the text.
  EXPECT_THAT(markdown, HasSubstr("    ````\n    <script>"));
  EXPECT_EQ(json::parse(find_format("json")->write(plan))["policies"][0]["policy"]["title"], hostile);
}

doc::Document entry(doc::Entry one) { return {"t", {doc::Entries{std::move(one)}}, {}}; }

TEST(Tasks, AreTickedOnceTheyAreDone) {
  const auto written = [](doc::Check check, const char* word) {
    doc::Entry one;
    one.title = {doc::strong("A")};
    one.id = "p.a";
    one.state = doc::State{check, word};
    return doc::write_markdown(entry(one));
  };
  EXPECT_THAT(written(doc::Check::done, "done"), HasSubstr("- [x] **A** · `p.a`\n"));
  EXPECT_THAT(written(doc::Check::done, "waived"), HasSubstr("- [x] **A** · `p.a` · waived\n"));
  EXPECT_THAT(written(doc::Check::open, "not so"), HasSubstr("- [ ] **A** · `p.a` · not so\n"));
  EXPECT_THAT(written(doc::Check::later, "later"), HasSubstr("- [ ] **A** · `p.a` · later\n"));
}

TEST(Limits, AreSaidAsNumbersFirst) {
  const auto letters = [](const decision::Limit& one) {
    std::string all;
    for (const doc::Run& run : limit(one)) all += run.text;
    return all;
  };
  EXPECT_EQ(letters({.relation = "<=", .value = "198ms", .made_of = "baseline 180ms + 10%"}), "<= 198ms (baseline 180ms + 10%)");
  EXPECT_EQ(letters({.relation = "<", .value = "1%"}), "< 1%");
  EXPECT_EQ(letters({.relation = ">", .made_of = "stable + 20%", .measured_then = true}), "> stable + 20%, as measured then");
  EXPECT_EQ(letters({.relation = ">", .made_of = "baseline unknown + 1pp"}), "> baseline unknown + 1pp, not known");
}

}  // namespace
}  // namespace dpol::plans
