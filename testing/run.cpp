#include "testing/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/ast.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/messages.h"
#include "runtime/decision/people.h"
#include "runtime/program/sign_off.h"
#include "runtime/program/time_text.h"
#include "runtime/vm/machine.h"
#include "testing/snapshot.h"

namespace dpol::testing {

using compiler::CheckedTest;
using compiler::TestExpectation;
using decision::Decision;
using decision::Judge;
using decision::Outcome;
using decision::PolicyJudgement;
using decision::RuleJudgement;
using decision::RuleVerdict;

namespace {

using Form = TestExpectation::Form;

// Why an expectation did not come true; "": it did.
class Comparison {
 public:
  Comparison(const Subject& subject, const Judge& judge)
      : subject_(subject), judge_(judge), judgement_(judge.policies().front()) {}

  std::string run(const TestExpectation& expected) const {
    switch (expected.form) {
      case Form::decision:
        return decision(expected);
      case Form::rules:
        return rules(expected);
      case Form::messages:
        return messages(expected);
      case Form::value:
        return value(expected);
    }
    return {};
  }

 private:
  // A policy on trial is tested as if it were in force.
  bool applies() const {
    return judgement_.applies || (subject_.policy().trial && !judgement_.policy_not_applicable);
  }

  std::string word() const {
    if (!applies()) return "that the policy decides nothing";
    if (judgement_.decision != Decision::go || subject_.policy().rollouts.empty())
      return decision::name(judgement_.decision);
    if (judge_.rollout(0).current == program::kNone) return "go";
    return judge_.next_stage(0) == program::kNone ? "promoted" : "advance";
  }

  std::string decision(const TestExpectation& expected) const {
    const std::string got = word();
    // `go` leaves open what it is called at this stage.
    const bool same = got == expected.word ||
                      (expected.word == "go" && applies() && judgement_.decision == Decision::go);
    if (!same) return "it is " + got;
    for (const TestExpectation::Named& named : expected.rules) {
      const bool decides = std::ranges::any_of(named.rules, [&](std::uint32_t rule) {
        const Outcome outcome = judgement_.rules[rule].outcome;
        return outcome != Outcome::skipped &&
               decision::effect(outcome, false) == judgement_.decision;
      });
      if (!decides)
        return fmt::format("it is {}, but not by {}, which is {}", got, named.name,
                           outcomes(named));
    }
    return {};
  }

  // The outcomes of the rules of one name, the gravest first, each once.
  std::string outcomes(const TestExpectation::Named& named) const {
    std::vector<std::string> words;
    for (const std::uint32_t rule : named.rules) {
      const std::string word = decision::name(judgement_.rules[rule].outcome);
      if (std::ranges::find(words, word) == words.end()) words.push_back(word);
    }
    return fmt::format("{}", fmt::join(words, " and "));
  }

  // Of several rules of one name: a pass is one of all of them that are judged, a skip of all;
  // anything else may be one's.
  bool is(const TestExpectation::Named& named, std::string_view word) const {
    const auto has = [&](std::uint32_t rule) {
      return decision::name(judgement_.rules[rule].outcome) == word;
    };
    if (!std::ranges::any_of(named.rules, has)) return false;
    if (word == "skipped") return std::ranges::all_of(named.rules, has);
    if (word != "pass") return true;
    return std::ranges::all_of(named.rules, [&](std::uint32_t rule) {
      return has(rule) || judgement_.rules[rule].outcome == Outcome::skipped;
    });
  }

  std::string rules(const TestExpectation& expected) const {
    std::string differences;
    for (const TestExpectation::Named& named : expected.rules) {
      if (is(named, expected.word)) continue;
      differences +=
          fmt::format("{}{} is {}", differences.empty() ? "" : ", ", named.name, outcomes(named));
    }
    return differences;
  }

  // One of which nobody can tell whether it is due is neither expected nor excluded.
  std::string messages(const TestExpectation& expected) const {
    const std::vector<decision::MessageVerdict> all = decision::messages(judge_, 0, {});
    std::string differences;
    for (const std::uint32_t index : expected.messages) {
      const decision::MessageVerdict& message = all[index];
      const bool known = message.state != decision::MessageState::unknown;
      if (known && decision::is_due(message.state) == expected.told) continue;
      differences += fmt::format("{}{} is {}{}{}", differences.empty() ? "" : ", ", message.name,
                                 decision::name(message.state), message.reason.empty() ? "" : ": ",
                                 message.reason);
    }
    return differences;
  }

  std::string value(const TestExpectation& expected) const {
    const RuleJudgement& rule = judgement_.rules[expected.rule];
    switch (rule.outcome) {
      case Outcome::pass:
        return {};
      case Outcome::fail:
        return "it is false";
      case Outcome::skipped:
        return judgement_.policy_not_applicable ? "the policy decides nothing"
                                                : "metrics are not judged before T";
      default:
        return "it is unknown";
    }
  }

  const Subject& subject_;
  const Judge& judge_;
  const PolicyJudgement& judgement_;
};

// A test's policy at one moment.
class Moment {
 public:
  Moment(const Subject& subject, const CheckedTest& test, program::Decimal at)
      : snapshot_(snapshot_of(*subject.program, subject.checked, subject.policy(), test, at)),
        machine_(*subject.program),
        judge_(machine_) {
    machine_.load(snapshot_);
    judge_.load({}, sign_offs(subject, test));
    judge_.judge();
  }
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;

  const Judge& judge() const { return judge_; }
  vm::Instant now() const { return snapshot_.now(); }

 private:
  // For this release, whichever it is.
  std::vector<program::SignOff> sign_offs(const Subject& subject, const CheckedTest& test) const {
    const decision::Release release = decision::release_of(*subject.program, snapshot_);
    std::vector<program::SignOff> all;
    for (const compiler::TestSign& sign : test.signs) {
      program::SignOff& out = all.emplace_back();
      out.item = subject.policy().rule_id(subject.policy().rules[sign.rule]);
      out.service = release.service;
      out.version = release.version;
      out.environment = release.environment;
      out.stage = sign.stage;
      out.by = sign.by;
      out.role = sign.role;
      out.answer = sign.answer;
      program::decimal_to_time(sign.at, out.at);
      const decision::Place place = place_of(sign.place);
      out.source = fmt::format("{}:{}", place.file, place.line);
    }
    return all;
  }

  vm::Snapshot snapshot_;
  vm::Machine machine_;
  Judge judge_;
};

std::vector<program::Decimal> moments_of(const CheckedTest& test) {
  std::vector<program::Decimal> moments;
  for (const TestExpectation& expected : test.expectations) moments.push_back(expected.at);
  std::ranges::sort(moments);
  const auto twice = std::ranges::unique(moments);
  moments.erase(twice.begin(), twice.end());
  return moments;
}

bool matters(const TestExpectation& expected, std::uint32_t index, const RuleVerdict& rule,
             Decision decision) {
  if (expected.form == Form::value) return index == expected.rule;
  if (expected.form == Form::messages) return false;
  const bool named = std::ranges::any_of(expected.rules, [&](const TestExpectation::Named& own) {
    return std::ranges::find(own.rules, index) != own.rules.end();
  });
  if (named || expected.form == Form::rules) return named;
  const bool decides =
      rule.outcome != Outcome::skipped && decision::effect(rule.outcome, false) == decision;
  return decides && (decision != Decision::go || rule.outcome == Outcome::warn);
}

// What the expectation is about, and no more.
decision::Verdict relevant(const Judge& judge, const Subject& subject,
                           const TestExpectation& expected) {
  decision::Verdict verdict = decision::explain(judge);
  decision::PolicyVerdict& policy = verdict.policies.front();
  std::vector<RuleVerdict> rules;
  // What is behind the policy's own rules and those that tests expect is the bake of its stage.
  const std::size_t written = subject.policy().rules.size();
  for (std::uint32_t i = 0; i < policy.rules.size(); ++i) {
    RuleVerdict& rule = policy.rules[i];
    const bool expectation = i >= subject.own_rules && i < written;
    if (expectation ? expected.rule != i : !matters(expected, i, rule, policy.decision)) continue;
    if (expectation) {
      rule.id.clear();
      rule.trial = false;
    }
    if (rule.owner == policy.owner) rule.owner.clear();
    rules.push_back(std::move(rule));
  }
  // What identifies the policy is in its own reports.
  policy.title.clear();
  policy.owner.clear();
  policy.digest.clear();
  policy.files.clear();
  if (policy.rollout) policy.rollout->stage_began_at.reset();
  policy.rules = std::move(rules);
  policy.overrides.clear();
  std::ranges::fill(policy.counts, 0U);
  std::ranges::fill(policy.trial_counts, 0U);
  for (const RuleVerdict& rule : policy.rules)
    ++(rule.trial ? policy.trial_counts : policy.counts)[static_cast<std::size_t>(rule.outcome)];
  verdict.inputs.clear();
  return verdict;
}

// The declaration around a policy's name.
compiler::Place declaration_of(const compiler::CompileResult& compiled,
                               const compiler::Place& name) {
  for (const auto& syntax : compiled.files) {
    if (&syntax->source != name.file) continue;
    for (const lang::ast::Declaration& declaration : lang::ast::File(*syntax).declarations()) {
      const lang::Span span = declaration.span();
      if (span.begin <= name.span.begin && name.span.end <= span.end) return {name.file, span};
    }
  }
  return name;
}

}  // namespace

decision::Place place_of(const compiler::Place& place) {
  if (place.file == nullptr) return {};
  const auto position = place.file->position(place.span.begin);
  return {std::string(place.file->name()), position.line, position.column};
}

bool Subject::is_own(const compiler::Place& place) const {
  return place.file == text.file && place.span.begin >= text.span.begin &&
         place.span.end <= text.span.end;
}

Subject make_subject(const compiler::CompileResult& compiled,
                     const compiler::TestedPolicy& tested) {
  Subject subject;
  subject.checked = compiled.checked;
  subject.checked.policies = {tested.policy};
  subject.own_rules = tested.own_rules;
  subject.text = declaration_of(compiled, tested.policy.place);
  subject.program = compiler::lower_again(subject.checked, compiled.files);
  return subject;
}

TestResult run_test(const Subject& subject, const CheckedTest& test, const Watcher& watch) {
  TestResult result;
  result.title = test.title;
  result.policy = subject.policy().id;
  result.place = place_of(test.place);
  result.expectations = test.expectations.size();
  if (test.expectations.empty()) {
    result.defect = "it expects nothing: it could not fail";
    return result;
  }
  if (!subject.program) {
    result.defect = "the policy and what its tests expect do not fit into one program";
    return result;
  }
  for (const program::Decimal at : moments_of(test)) {
    const Moment moment(subject, test, at);
    for (const TestExpectation& expected : test.expectations) {
      if (expected.at != at) continue;
      std::string got = Comparison(subject, moment.judge()).run(expected);
      if (got.empty()) continue;
      result.failures.push_back({expected.text, std::move(got), program::format_time(moment.now()),
                                 place_of(expected.place),
                                 relevant(moment.judge(), subject, expected)});
    }
    if (watch) watch(moment.judge());
  }
  std::ranges::stable_sort(result.failures, {}, [](const FailedExpectation& failed) {
    return std::pair(failed.place.line, failed.place.column);
  });
  return result;
}

bool test_passes(const Subject& subject, const CheckedTest& test) {
  if (!subject.program || test.expectations.empty()) return false;
  for (const program::Decimal at : moments_of(test)) {
    const Moment moment(subject, test, at);
    const Comparison comparison(subject, moment.judge());
    for (const TestExpectation& expected : test.expectations) {
      if (expected.at == at && !comparison.run(expected).empty()) return false;
    }
  }
  return true;
}

}  // namespace dpol::testing
