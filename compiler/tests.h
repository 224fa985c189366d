// Tests as data: what the `test` declarations of the entry files give and what they expect.
//
// Promises
//  - Complete, as Checked is: names are indices, every value is of its fact's, parameter's or
//    metric's type and in base units, every moment is resolved; running a test needs no syntax.
//  - What a test says that makes no sense is a diagnostic and leaves no test behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/checked.h"
#include "runtime/program/sign_off.h"

namespace dpol::compiler {

// T of a test that does not say when it is: 2030-01-01T12:00:00Z, a Tuesday.
inline constexpr std::int64_t kTestDeploymentSeconds = 1'893'499'200;
inline constexpr std::uint32_t kMaxTestSamples = 100'000;    // in a test
inline constexpr std::size_t kMaxTestsSamples = 10'000'000;  // in all tests of a compilation

enum class TestGap : std::uint8_t {
  none,
  unknown,  // of a metric: a sample that is no number; of a fact: not given
  missing,  // of a metric: no sample at all; of a fact: not given
};

// A value of a fact or a column, or one sample.
struct TestValue {
  TestGap gap = TestGap::none;
  Constant constant;
  std::vector<std::vector<TestValue>> rows;  // list and map: of every column, in their order
};

struct TestFact {
  std::uint32_t fact = kNone;
  TestValue value;
  Place place;
};
struct TestParam {
  std::uint32_t param = kNone;  // into Checked::params
  Constant value;
  Place place;
};
// A metric on a track during a block: one value for all its samples, or one for each.
struct TestSeries {
  std::uint32_t metric = kNone;
  std::vector<std::string> labels;  // of a metric with labels: the value of each, in the order of its set; or none
  program::Track track = program::Track::candidate;  // baseline: its one value
  bool constant = true;
  std::vector<TestValue> values;
  Place place;
};
struct TestBlock {
  Decimal begin;            // seconds since 1970
  Decimal every;            // between samples
  std::uint32_t count = 1;  // samples: at begin, begin + every, …; the last one is its end
  std::optional<std::string> stage;
  std::vector<TestSeries> series;
  Place place;
};

// What somebody says of an item.
struct TestSign {
  std::uint32_t rule = kNone;  // into CheckedPolicy::rules
  std::string by;
  std::string role;      // "" where the item asks for none
  std::string stage;     // of an item that stands in a rollout
  program::Answer answer = program::Answer::confirm;
  Decimal at;            // seconds since 1970
  Place place;
};

struct TestExpectation {
  enum class Form : std::uint8_t { decision, rules, messages, value };
  Form form = Form::decision;
  // decision: go, advance, promoted, hold, no-go, rollback; rules: pass, warn, fail, fired, held,
  // pending, unknown, waived, skipped.
  std::string word;
  // Of each rule named, what it may mean: the rules of a threshold share a name.
  struct Named {
    std::string name;
    std::vector<std::uint32_t> rules;  // into CheckedPolicy::rules
  };
  std::vector<Named> rules;
  std::vector<std::uint32_t> messages;  // into CheckedPolicy::messages
  bool told = true;                     // messages: whether they are due
  // value: the rule, behind the policy's own, that requires the condition.
  std::uint32_t rule = kNone;
  Decimal at;        // the moment judged, seconds since 1970
  std::string text;  // as it is written, on one line
  Place place;
};

struct CheckedTest {
  std::string title;
  std::size_t policy = 0;              // into CheckedTests::policies
  std::optional<Decimal> deployed_at;  // T, where the test has one
  Decimal now;                         // its last moment
  std::vector<TestFact> facts;
  std::vector<TestParam> params;
  std::vector<TestBlock> blocks;  // by time
  std::vector<TestSign> signs;
  std::vector<TestExpectation> expectations;
  Place place;
};

// A policy under test. Behind its own rules stand, on trial, the conditions that its tests expect
// to hold, so that they are judged where the policy stands, and by the same judge.
struct TestedPolicy {
  CheckedPolicy policy;
  std::size_t own_rules = 0;
};

struct CheckedTests {
  std::vector<TestedPolicy> policies;
  std::vector<CheckedTest> tests;  // in the order of the files and their text
};

}  // namespace dpol::compiler
