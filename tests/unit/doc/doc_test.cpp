// Documents of all policies at hand: nothing is left out, nothing becomes markup.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "compiler/doc/doc.h"
#include "compiler/doc/text.h"
#include "compiler/doc/words.h"
#include "runtime/program/opcode_table.h"
#include "tests/golden/case.h"
#include "tests/unit/doc/pages.h"
#include "tests/unit/doc/samples.h"
#include "tests/unit/support/html_page.h"

namespace dpol::doc {

const std::vector<testing::Sample>& testing::samples() {
  static const std::vector<Sample> kSamples = [] {
    std::vector<Sample> found;
    for (const std::string& name : golden::case_names()) {
      compiler::CompileResult result = golden::compile(golden::read_case(name));
      if (result.ok() && !result.checked.policies.empty())
        found.push_back({name, std::move(result)});
    }
    for (const golden::Example& example : golden::examples()) {
      compiler::CompileResult result = golden::compile(example.name, example.text);
      if (result.ok() && !result.checked.policies.empty())
        found.push_back({example.name, std::move(result)});
    }
    return found;
  }();
  return kSamples;
}

namespace {

using compiler::Checked;
using compiler::CheckedPolicy;
using compiler::CheckedRule;
using compiler::CompileResult;
using compiler::Condition;

using testing::Sample;
using testing::samples;

TEST(Doc, HasSomethingToRead) { EXPECT_GT(samples().size(), 40U); }

// ---- completeness: what the model holds is in the document

class Missing {
 public:
  Missing(const CompileResult& result, const Document& document) : result_(result) {
    for (const std::string& text : testing::texts_of(document))
      all_ += testing::letters(text) + "\n";
  }

  std::string run() {
    for (const CheckedPolicy& policy : result_.checked.policies) add(policy);
    // What the program asks for is what the policies read, found by other means.
    for (const std::string& fact : facts_in_code()) want("fact", fact);
    for (const program::Metric& metric : result_.program->metrics) {
      if (reads(metric)) want("metric", result_.program->text(metric.name));
    }
    return missing_;
  }

 private:
  void want(const std::string& what, const std::string& text) {
    if (all_.find(testing::letters(on_one_line(text))) == std::string::npos)
      missing_ += what + ": " + text + "\n";
  }
  void want(const std::string& what, const Condition& condition) {
    if (condition) want(what, condition.text);
  }

  // Of the facts that are operands of some instruction.
  std::set<std::string> facts_in_code() const {
    const program::Program& program = *result_.program;
    std::set<std::string> facts;
    const auto cell = [&](std::size_t index) {
      if (index < program.constants.size() ||
          index - program.constants.size() >= program.inputs.size())
        return;
      const program::Input& input = program.inputs[index - program.constants.size()];
      if (input.kind == program::InputKind::fact) facts.insert(program.text(input.name));
    };
    for (const program::Instruction& one : program.code) {
      const program::OpcodeRow& row = program::row_of(one.op);
      if (program::is_read_cell(row.b)) cell(one.b);
      if (program::is_read_cell(row.c)) cell(one.c);
      if (program::is_read_cell(row.d)) cell(one.d);
      if (row.d != program::Operand::arguments) continue;
      for (std::size_t i = 0; i < program::kFunctionRows[one.c].arity; ++i)
        cell(program.arguments[one.d + i]);
    }
    return facts;
  }

  bool reads(const program::Metric& metric) const {
    const auto index = static_cast<std::uint32_t>(&metric - result_.program->metrics.data());
    return std::ranges::any_of(result_.program->blocks, [index](const program::Block& block) {
      return block.base_metric == index;
    });
  }

  void add(const CheckedPolicy& policy) {
    want("policy", policy.id);
    want("title", policy.title);
    want("owner", policy.owner);
    want("applies", policy.applies);
    for (const compiler::CheckedParent& parent : policy.parents) want("parent", parent.id);
    for (const compiler::PolicyParam& param : policy.params) add(param);
    for (const compiler::CheckedPhase& phase : policy.phases) {
      want("phase", phase.name);
      want("phase's title", phase.title);
      want("opens", phase.opens.text);
      if (phase.closes) want("closes", phase.closes->text);
      want("phase only if", phase.only_if);
    }
    for (const compiler::CheckedRollout& rollout : policy.rollouts) add(rollout);
    for (const compiler::CheckedChoice& choice : policy.strategy) want("choice", choice.condition);
    for (const CheckedRule& rule : policy.rules) add(policy, rule);
    for (const compiler::CheckedProcedure& procedure : policy.procedures) add(policy, procedure);
    for (const compiler::CheckedMessage& message : policy.messages) add(policy, message);
    for (const compiler::CheckedOverride& change : policy.overrides) {
      want("because", change.because);
      want("from", change.from);
      want("to", change.to);
    }
    for (const compiler::CheckedWaiver& waiver : policy.waivers) {
      want("waived for", waiver.scope);
      want("waived by", waiver.by);
      want("waived because", waiver.because);
      want("waived until", moment(waiver.until));
    }
  }

  void add(const compiler::PolicyParam& own) {
    const compiler::ParamInfo& param = result_.checked.params[own.param];
    want("parameter", param.name);
    want("parameter's title", param.title);
    const auto value = [&](const auto& constant) {
      if (constant)
        want("value of " + param.name, constant_text(*constant, param.type, result_.checked.types));
    };
    value(own.value);
    value(param.minimum);
    value(param.maximum);
  }

  void add(const compiler::CheckedRollout& rollout) {
    want("rollout", rollout.name);
    want("rollout's title", rollout.title);
    want("rollout only if", rollout.only_if);
    for (const compiler::CheckedStage& stage : rollout.stages) {
      want("stage", stage.name);
      want("stage's title", stage.title);
      want("run", stage.run);
      want("stage only if", stage.only_if);
      if (stage.bake_seconds) want("bake", duration(*stage.bake_seconds));
      if (stage.at_most_seconds) want("at most", duration(*stage.at_most_seconds));
      if (!stage.settle_seconds.is_zero()) want("settle", duration(stage.settle_seconds));
    }
  }

  template <class Task>
  void add_reasons(const Task& task) {
    for (const std::string& text : {task.why, task.evidence, task.severity, task.owner, task.doc})
      want("text", text);
    for (const std::string& id : task.covers) want("covers", id);
    want("only if", task.only_if);
  }

  void add(const CheckedPolicy& policy, const compiler::CheckedProcedure& procedure) {
    want("procedure", policy.id + "." + procedure.path);
    want("procedure's title", procedure.title);
    add_reasons(procedure);
    for (const std::uint32_t rule : procedure.rules) want("answers", policy.rules[rule].path);
    for (const compiler::CheckedProcedureStep& step : procedure.steps) {
      want("step", step.title.empty() ? step.name : step.title);
      want("step's owner", step.owner);
      want("step's why", step.why);
      want("step only if", step.only_if);
      for (const compiler::CheckedTextPart& part : step.run) want("run", part.text);
      for (const Condition& check : step.checks) want("check", check);
    }
  }

  void add(const CheckedPolicy& policy, const compiler::CheckedMessage& message) {
    want("message", policy.id + "." + message.name);
    add_reasons(message);
    for (const compiler::CheckedTextPart& part : message.text) want("text", part.text);
    for (const compiler::CheckedRecipient& to : message.recipients) want("to", to.name);
    for (const std::string& channel : message.channels) want("via", channel);
    for (const std::string& rule : message.on) want("on", rule);
    if (message.opens) want("opens", message.opens->text);
    if (message.closes) want("closes", message.closes->text);
    if (!message.within_seconds.is_zero()) want("within", duration(message.within_seconds));
    if (!message.every_seconds.is_zero()) want("every", duration(message.every_seconds));
    want("while", message.while_true);
    if (message.scope == program::Scope::phase)
      want("in", "phase " + policy.phases[message.phase].name);
  }

  void add(const CheckedPolicy& policy, const CheckedRule& rule) {
    want("rule", policy.id + "." + rule.group);
    if (rule.path != rule.group) want("verb", rule.path.substr(rule.group.size() + 1));
    want("title", rule.title);
    want("only if", rule.only_if);
    want("needs", rule.needs);
    for (const compiler::CheckedPart& part : rule.parts) {
      want("worth", part.worth.to_string());
      want("full", part.full);
      want("half", part.half);
    }
    for (const compiler::CheckedClause& clause : rule.clauses) {
      want("condition", clause.condition);
      want("role", clause.approval.role);
      for (const std::uint32_t fact : clause.approval.other_than)
        want("other than", result_.checked.facts[fact].path);
      if (!clause.approval.within_seconds.is_zero())
        want("within", duration(clause.approval.within_seconds));
      if (!clause.missing_for_seconds.is_zero())
        want("missing for", duration(clause.missing_for_seconds));
      if (!clause.baseline_missing_for_seconds.is_zero())
        want("baseline missing for", duration(clause.baseline_missing_for_seconds));
    }
    for (const std::string& text :
         {rule.why, rule.evidence, rule.severity, rule.owner}) {
      want("text", text);
    }
    for (const std::string& role : rule.waivable_by) want("waivable by", role);
    for (const std::string& id : rule.covers) want("covers", id);
    if (rule.trial_until) want("trial until", moment(*rule.trial_until));
  }

  const CompileResult& result_;
  std::string all_;
  std::string missing_;
};

TEST(Doc, LeavesNothingOut) {
  for (const Sample& sample : samples()) {
    EXPECT_EQ(Missing(sample.result, describe(sample.result.checked)).run(), "") << sample.name;
  }
}

// Among the samples there is one of each, so that the test above has seen it.
TEST(Doc, HasSeenEveryKindOfRule) {
  std::set<program::RuleKind> kinds;
  std::set<program::Verb> verbs;
  std::set<program::Gate> gates;
  std::set<program::Scope> scopes;
  std::set<program::Missing> missing;
  for (const Sample& sample : samples()) {
    for (const CheckedPolicy& policy : sample.result.checked.policies) {
      for (const CheckedRule& rule : policy.rules) {
        kinds.insert(rule.kind);
        gates.insert(rule.gate);
        scopes.insert(rule.scope);
        for (const compiler::CheckedClause& clause : rule.clauses) {
          verbs.insert(clause.verb);
          missing.insert({clause.if_missing, clause.if_baseline_missing, clause.if_empty});
        }
      }
    }
  }
  EXPECT_EQ(kinds.size(), 5U);
  EXPECT_EQ(verbs.size(), 5U);
  EXPECT_EQ(gates.size(), 4U);
  EXPECT_EQ(scopes.size(), 4U);
  EXPECT_EQ(missing.size(), 6U);
}

// ---- what the formats make of a document

// Each text of the document is seen, in its order.
std::string lost(const std::vector<std::string>& texts, const std::string& written) {
  std::size_t at = 0;
  for (const std::string& text : texts) {
    const std::string wanted = testing::letters(text);
    const std::size_t found = written.find(wanted, at);
    if (found == std::string::npos) return text;
    at = found + wanted.size();
  }
  return "";
}

TEST(Doc, BothFormatsSayAllOfIt) {
  for (const Sample& sample : samples()) {
    const Document document = describe(sample.result.checked);
    const std::vector<std::string> texts = testing::texts_of(document);
    EXPECT_EQ(lost(texts, testing::letters(write_markdown(document))), "") << sample.name;
    EXPECT_EQ(lost(texts, testing::letters(test::seen(write_html(document)))), "")
        << sample.name;
  }
}

TEST(Doc, PagesAreSound) {
  for (const Sample& sample : samples()) {
    const Document document = describe(sample.result.checked);
    EXPECT_EQ(test::fault_of(write_html(document)), "") << sample.name;
    EXPECT_EQ(testing::fault_of_markdown(write_markdown(document)), "") << sample.name;
  }
}

TEST(Doc, TheSamePolicyGivesTheSameBytes) {
  const golden::Case test = golden::read_case("doc/everything");
  const CompileResult once = golden::compile(test);
  const CompileResult again = golden::compile(test);
  ASSERT_TRUE(once.ok() && again.ok());
  EXPECT_EQ(write_html(describe(once.checked)), write_html(describe(again.checked)));
  EXPECT_EQ(write_markdown(describe(once.checked)), write_markdown(describe(again.checked)));
}

TEST(Doc, RulesStandInTheOrderOfTime) {
  const CompileResult result = golden::compile(golden::read_case("doc/everything"));
  std::vector<std::string> titles;
  for (const Section& section : describe(result.checked).sections) {
    if (section.level == 1) titles.push_back(section.title);
  }
  EXPECT_THAT(titles, ::testing::ElementsAre(
                          "At a glance", "At any time", "Before", "From the deployment on",
                          "Strategy", "Blue and green", "Rollout canary", "Validated",
                          "Phase later", "After an incident", "After it was undone",
                          "What is to be done", "Who is told what", "People", "Waivers",
                          "Parameters", "Facts it reads", "Metrics it reads", "Requirements"));
}

// ---- the checks above see what they are for

TEST(Pages, FaultsAreSeen) {
  EXPECT_EQ(test::fault_of("<p>a</p>"), "");
  EXPECT_NE(test::fault_of("<p>a"), "");
  EXPECT_NE(test::fault_of("<p>a</p></p>"), "");
  EXPECT_NE(test::fault_of("<script>a</script>"), "");
  EXPECT_NE(test::fault_of("<p onclick=\"a\">a</p>"), "");
  EXPECT_NE(test::fault_of("<h1>a</h1><h3>a</h3>"), "");
  EXPECT_NE(test::fault_of("<p id=\"a\">a</p><p id=\"a\">a</p>"), "");
  EXPECT_NE(test::fault_of("<a href=\"#a\">a</a>"), "");
  EXPECT_NE(test::fault_of("<a href=\"http:a\">a</a>"), "");
  EXPECT_EQ(testing::fault_of_markdown("| a | b |\n| --- | --- |\n| 1 | a \\| b |\n"), "");
  EXPECT_NE(testing::fault_of_markdown("| a | b |\n| --- | --- |\n| 1 | a | b |\n"), "");
}

// ---- parts

TEST(Words, OnOneLine) {
  EXPECT_EQ(on_one_line("a\nb\tc"), "a b c");
  EXPECT_EQ(on_one_line("\x1b[31m"), "\\u{1b}[31m");
  EXPECT_EQ(on_one_line("a\xff"), "a\xEF\xBF\xBD");
  EXPECT_EQ(on_one_line("\u202Eabc"), "\\u{202e}abc");
  EXPECT_EQ(on_one_line("größer"), "größer");
}

TEST(Words, AnchorsAreEachTakenOnce) {
  Anchors anchors;
  EXPECT_EQ(anchors.of("a.b"), "a.b");
  EXPECT_EQ(anchors.of("a.b"), "a.b-2");
  EXPECT_EQ(anchors.of("a%b"), "a-b");
  EXPECT_EQ(anchors.of("a\"b"), "a-b-2");
}

TEST(Words, EmptyColumnsAreLeftOut) {
  const Table table{"", {"a", "b", "c"}, {{words("1"), {}, {}}, {{}, {}, words("2")}}};
  EXPECT_THAT(columns_in_use(table), ::testing::ElementsAre(0U, 2U));
}

Document paragraph(const std::string& text) { return {"t", {Paragraph{words(text)}}, {}}; }

struct Escape {
  const char* text;
  const char* markdown;
};

TEST(Markdown, PlainTextIsNoMarkup) {
  for (const auto& [text, markdown] :
       {Escape{"*a* _b_ `c`", "\\*a\\* \\_b\\_ \\`c\\`"},
        Escape{"snake_case_name", "snake_case_name"}, Escape{"# a", "\\# a"},
        Escape{"1. a", "1\\. a"}, Escape{"2026 was", "2026 was"}, Escape{"- a", "\\- a"},
        Escape{"    a", "a"}, Escape{"<b> & [x](y)", "\\<b\\> \\& \\[x\\](y)"},
        Escape{"a | b", "a \\| b"}, Escape{"back\\slash", "back\\\\slash"}}) {
    EXPECT_EQ(write_markdown(paragraph(text)), std::string("# t\n\n") + markdown + "\n");
  }
}

TEST(Markdown, CodeTakesAsLongAFenceAsItNeeds) {
  const auto line = [](const char* text) {
    return write_markdown({"t", {Paragraph{{plain("x "), code(text)}}}, {}}).substr(6);
  };
  EXPECT_EQ(line("a"), " `a`\n");
  EXPECT_EQ(line("a`b"), " ``a`b``\n");
  EXPECT_EQ(line("``"), " ``` `` ```\n");
  EXPECT_EQ(line("a | b"), " `a | b`\n");
  EXPECT_EQ(line(" "), "\n");
  const Table table{"", {"c"}, {{{code("a | b")}}}};
  EXPECT_EQ(write_markdown({"t", {table}, {}}), "# t\n\n| c |\n| --- |\n| `a \\| b` |\n");
}

TEST(Formats, EachHasANameAndADoc) {
  for (const FormatInfo& info : formats()) {
    EXPECT_FALSE(info.doc.empty());
    EXPECT_EQ(find_format(info.name), &info);
  }
  EXPECT_EQ(find_format("pdf"), nullptr);
}

}  // namespace
}  // namespace dpol::doc
