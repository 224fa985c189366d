#include "compiler/check_tests.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "compiler/clauses.h"
#include "runtime/program/semver.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;

namespace {

const std::vector<std::string> kDecisions = {"go",   "advance", "promoted",
                                             "hold", "no-go",   "rollback"};
const std::vector<std::string> kOutcomes = {"pass",    "warn",    "fail",   "fired",  "held",
                                            "pending", "unknown", "waived", "skipped"};

// Snapshots hold times up to some way beyond it, in either direction from 1970.
constexpr std::int64_t kLastSecond = 4'575'000'000;

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string decision_word(ast::Outcome outcome) {
  switch (outcome) {
    case ast::Outcome::Go:
      return "go";
    case ast::Outcome::Advance:
      return "advance";
    case ast::Outcome::Promoted:
      return "promoted";
    case ast::Outcome::Hold:
      return "hold";
    case ast::Outcome::NoGo:
      return "no-go";
    case ast::Outcome::Rollback:
      return "rollback";
    default:
      return "";
  }
}

// Whitespace of any length as one space: a text over several lines on one.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

const char* outcome_of_missing(program::Missing missing) {
  switch (missing) {
    case program::Missing::unknown:
      return "unknown";
    case program::Missing::pass:
      return "pass";
    case program::Missing::warn:
      return "warn";
    case program::Missing::hold:
      return "held";
    case program::Missing::fail:
      return "fail";
    case program::Missing::rollback:
      return "fired";
  }
  return "unknown";
}

// The outcomes that a rule's clauses allow, whatever the inputs are.
std::set<std::string> outcomes_of(const CheckedRule& rule) {
  std::set<std::string> outcomes = {"skipped"};
  if (!rule.waivable_by.empty()) outcomes.insert("waived");
  if (rule.only_if) outcomes.insert("unknown");
  for (const CheckedClause& clause : rule.clauses) {
    outcomes.insert("pass");
    outcomes.insert("unknown");
    for (const program::Missing missing :
         {clause.if_missing, clause.if_baseline_missing, clause.if_empty})
      outcomes.insert(outcome_of_missing(missing));
    switch (clause.verb) {
      case program::Verb::require:
        outcomes.insert("fail");
        if (clause.or_rollback) outcomes.insert("fired");
        break;
      case program::Verb::warn:
        outcomes.insert("warn");
        break;
      case program::Verb::hold:
        outcomes.insert("held");
        break;
      case program::Verb::rollback:
        outcomes.insert("fired");
        break;
      case program::Verb::confirm:
        outcomes.insert("pending");
        outcomes.insert("fail");
        if (rule.gate == program::Gate::decide) outcomes.insert({"held", "fired"});
        break;
    }
  }
  return outcomes;
}

// Whether an outcome can be what a decision is made by.
bool may_decide(const std::string& outcome, const std::string& decision) {
  if (decision == "rollback") return outcome == "fired";
  if (decision == "no-go") return outcome == "fail";
  if (decision == "hold") return outcome == "held" || outcome == "pending" || outcome == "unknown";
  return outcome == "pass" || outcome == "warn" || outcome == "waived";
}

class TestCheck {
 public:
  TestCheck(Services& services, const Policies& policies)
      : services_(services), policies_(policies), sound_(!services.sink.has_errors()) {}

  void check(std::size_t module, const ast::Test& node);
  CheckedTests take() { return std::move(out_); }

 private:
  Place place(const ast::View& view) const { return services_.modules.all()[module_].place(view); }
  lang::Diagnostic& report(Code code, const ast::View& view, std::string message,
                           std::string label = {}) {
    sound_test_ = false;
    return services_.sink.report(code, place(view), std::move(message), std::move(label));
  }
  bool broken() {
    sound_test_ = false;
    return false;
  }
  const PolicyInfo* policy_of(const ast::Test& node);
  std::size_t tested(const CheckedPolicy& policy);
  const CheckedPolicy& policy() const { return out_.policies[test_.policy].policy; }
  std::size_t own_rules() const { return out_.policies[test_.policy].own_rules; }
  ExprCheck constants() {
    ExprScope scope;
    scope.module = module_;
    scope.no_metrics = "what a test gives cannot depend on metrics";
    return ExprCheck(services_, std::move(scope));
  }

  // ---- facts and parameters ----
  void fact(const ast::Assign& assign);
  void fact_or_group(const std::string& path, const ast::Expr& value, const ast::View& target);
  void map_entry(std::uint32_t fact, const ast::Expr& key, const ast::Expr& value,
                 const ast::View& target);
  void give(std::uint32_t fact, TestValue value, const ast::View& target);
  void parameter(const ast::Set& set);
  std::optional<TestValue> value_of(const ast::Expr& expr, const Type& type,
                                    const std::string& what);
  std::optional<Constant> scalar(const ast::Expr& expr, const Type& type, const std::string& what);
  std::optional<Constant> version(const ast::Expr& expr, const std::string& text);
  std::optional<TestValue> rows_of(const ast::Expr& expr, const Type& type,
                                   const std::string& what);
  std::optional<std::vector<TestValue>> row_of(const ast::Expr& expr,
                                               const CollectionInfo& collection,
                                               const std::string& what);
  bool fill_row(const ast::RecordExpr& record, const std::string& prefix,
                const CollectionInfo& collection, std::vector<TestValue>& row);
  std::optional<TestGap> gap_of(const ast::Expr& expr, const Type& type) const;

  // ---- time ----
  void find_deployment(const std::vector<ast::Statement>& statements);
  bool reads_deployment(const ast::Expr& expr) const;
  std::optional<Decimal> moment(const ast::Expr& expr);
  std::optional<Decimal> in_time(const ast::View& view, const Decimal& seconds);
  std::optional<Decimal> positive(const ast::Expr& expr, const std::string& what);
  Decimal deployment() const {
    return test_.deployed_at.value_or(Decimal::from_int64(kTestDeploymentSeconds));
  }

  // ---- samples ----
  void block(const ast::TestAt& node);
  bool when(const ast::TestAt& node, TestBlock& block);
  bool fill_time(const ast::TestAt& node, TestBlock& block);
  std::optional<std::uint32_t> steps(const ast::TestAt& node, const Decimal& every);
  std::optional<TestSeries> series(const ast::Assign& assign);
  bool label_values(const ast::Assign& assign, ast::Expr& named, std::vector<std::string>& values);
  bool fit_labels(const ast::Assign& assign, const MetricInfo& metric,
                  const std::vector<std::string>& values, TestSeries& out);
  std::optional<std::uint32_t> metric_of(const ast::Expr& named, program::Track& track);
  std::optional<std::string> stage_of(const ast::StageRef& ref);
  Decimal end_of(const TestBlock& block) const;

  // ---- sign-offs ----
  void sign(const ast::TestSign& node);
  bool sign_as(const ast::TestSign& node, const CheckedRule& rule, TestSign& out);
  bool sign_says(const ast::TestSign& node, const CheckedRule& rule, TestSign& out);
  bool sign_at(const ast::TestSign& node, const CheckedRule& rule, TestSign& out);
  void date_signs();

  // ---- expectations ----
  void expectation(const ast::Expect& expect);
  bool expect_decision(const ast::Expect& expect, TestExpectation& out);
  bool expect_rules(const ast::Expect& expect, TestExpectation& out);
  bool expect_messages(const ast::Expect& expect, TestExpectation& out);
  bool expect_value(const ast::Expect& expect, TestExpectation& out);
  bool expected_when(const ast::Expect& expect, TestExpectation& out);
  bool may_be_called(const ast::Expect& expect, const std::string& stage, const std::string& word);
  bool wrong_word(const ast::Expect& expect, const std::vector<std::string>& words,
                  std::string_view what);
  bool name_rules(const std::vector<ast::Path>& paths, TestExpectation& out);
  void not_a_rule(const ast::Path& path, const std::string& name);

  Services& services_;
  const Policies& policies_;
  bool sound_;
  CheckedTests out_;
  std::map<const CheckedPolicy*, std::size_t> tested_;
  std::size_t samples_ = 0;  // of all tests

  // The test at hand.
  std::size_t module_ = 0;
  CheckedTest test_;
  bool sound_test_ = true;
  std::size_t test_samples_ = 0;
  std::map<std::uint32_t, Place> given_;
  std::map<std::pair<std::uint32_t, std::string>, Place> given_keys_;
  struct OfLabels {
    std::set<std::uint32_t> metrics;
    std::set<std::vector<std::string>> members;
  };
  std::map<std::uint32_t, OfLabels> labelled_;  // by label set
};

// ------------------------------------------------------------------------------------ a test

void TestCheck::check(std::size_t module, const ast::Test& node) {
  module_ = module;
  if (node.has_error() || !sound_) return;
  const PolicyInfo* info = policy_of(node);
  const CheckedPolicy* policy = info == nullptr ? nullptr : policies_.built_policy(*info);
  if (policy == nullptr) return;
  test_ = {};
  sound_test_ = true;
  test_samples_ = 0;
  given_.clear();
  given_keys_.clear();
  labelled_.clear();
  test_.policy = tested(*policy);
  test_.title = node.title().value();
  test_.place = place(node.title());
  const std::vector<ast::Statement> statements = node.statements();
  for (const ast::Statement& statement : statements) {
    if (const auto facts = statement.as<ast::TestFacts>()) {
      for (const ast::Assign& assign : facts.assignments()) fact(assign);
    }
    if (const auto set = statement.as<ast::Set>()) parameter(set);
  }
  for (const PolicyParam& param : policy->params) {
    const bool set = param.value || std::ranges::any_of(test_.params, [&](const TestParam& own) {
                       return own.param == param.param;
                     });
    const std::string& name = services_.checked.params[param.param].name;
    if (set || !sound_test_) continue;
    report(Code::E0506, node.title(), "parameter " + quoted(name) + " has no value in this test")
        .suggest("set it: `set " + name + " = …`");
  }
  find_deployment(statements);
  for (const ast::Statement& statement : statements) {
    if (const auto at = statement.as<ast::TestAt>()) block(at);
    if (const auto own = statement.as<ast::TestSign>()) sign(own);
  }
  test_.now = test_.blocks.empty() ? deployment() : end_of(test_.blocks.back());
  for (const ast::Statement& statement : statements) {
    if (const auto expect = statement.as<ast::Expect>()) expectation(expect);
  }
  date_signs();
  if (sound_test_ && services_.modules.all()[module].entry) out_.tests.push_back(std::move(test_));
}

const PolicyInfo* TestCheck::policy_of(const ast::Test& node) {
  if (const ast::Path path = node.policy())
    return services_.names.policy(module_, path.segments(), place(path));
  std::vector<std::string> names;
  const PolicyInfo* only = nullptr;
  for (const PolicyInfo& info : services_.names.policies()) {
    if (info.module != module_) continue;
    only = &info;
    names.push_back(info.name);
  }
  if (names.size() == 1) return only;
  auto& diagnostic = report(Code::E0601, node.title(), "of which policy is this test?");
  if (names.empty()) {
    diagnostic.suggest("this file has no policy: say `of` and the policy's name behind the title");
  } else {
    diagnostic.suggest("say `of " + names.front() + "` behind the title; the policies here are " +
                       list_of(names));
  }
  return nullptr;
}

std::size_t TestCheck::tested(const CheckedPolicy& policy) {
  const auto [at, is_new] = tested_.try_emplace(&policy, out_.policies.size());
  if (is_new) out_.policies.push_back({policy, policy.rules.size()});
  return at->second;
}

// ------------------------------------------------------------------------------------ facts

void TestCheck::fact(const ast::Assign& assign) {
  ast::Expr target = assign.target();
  const auto index = target.as<ast::IndexExpr>();
  if (index) target = index.object();
  const auto path = target.as<ast::PathExpr>();
  if (!path) {
    report(Code::E0603, target, "a fact is named here, and given a value");
    return;
  }
  std::string name = path.joined();
  constexpr std::string_view kPrefix = "facts.";
  if (name.starts_with(kPrefix) && !services_.names.fact(name)) name.erase(0, kPrefix.size());
  if (!index) return fact_or_group(name, assign.value(), path);
  const auto fact = services_.names.fact(name);
  if (fact && services_.checked.facts[*fact].type.kind == Kind::map)
    return map_entry(*fact, index.key(), assign.value(), path);
  if (!fact) return fact_or_group(name, assign.value(), path);
  report(Code::E0603, target, quoted(name) + " is no map: it has no keys");
}

// A fact, or with a record a whole group of them.
void TestCheck::fact_or_group(const std::string& path, const ast::Expr& value,
                              const ast::View& target) {
  if (const auto fact = services_.names.fact(path)) {
    auto read = value_of(value, services_.checked.facts[*fact].type, "fact `" + path + "`");
    if (!read) return void(broken());
    return give(*fact, std::move(*read), target);
  }
  const auto record = value.as<ast::RecordExpr>();
  if (services_.names.is_fact_group(path) && record) {
    for (const ast::FieldInit& field : record.fields())
      fact_or_group(path + "." + std::string(field.name().text()), field.value(), field.name());
    return;
  }
  if (services_.names.is_broken(path)) return void(broken());
  if (services_.names.is_fact_group(path)) {
    report(Code::E0311, target, quoted(path) + " is a group of facts")
        .suggest("give each of them, or all in braces: `" + path + " = { … }`");
    return;
  }
  auto& diagnostic = report(Code::E0301, target, "there is no fact " + quoted(path));
  suggest_nearest(diagnostic, place(target), path, services_.names.fact_paths());
}

void TestCheck::map_entry(std::uint32_t fact, const ast::Expr& key, const ast::Expr& value,
                          const ast::View& target) {
  const FactInfo& info = services_.checked.facts[fact];
  const CollectionInfo& collection = services_.checked.types.collections[info.type.index];
  const auto name = scalar(key, Type::of(Kind::string), "the key of a map");
  auto row = row_of(value, collection, quoted(info.path));
  if (!name || !row) return void(broken());
  const auto [at, is_new] = given_keys_.try_emplace({fact, name->text}, place(target));
  const bool whole = given_.contains(fact);
  if (!is_new || whole) {
    const Place& first = whole ? given_.at(fact) : at->second;
    report(Code::E0602, target, quoted(info.path) + " has this entry already", "again")
        .also(first.file, first.span, "given here first");
    return;
  }
  (*row)[0].constant.text = name->text;
  auto known = std::ranges::find(test_.facts, fact, &TestFact::fact);
  if (known == test_.facts.end()) {
    test_.facts.push_back({fact, {}, place(target)});
    known = test_.facts.end() - 1;
  }
  known->value.rows.push_back(std::move(*row));
}

void TestCheck::give(std::uint32_t fact, TestValue value, const ast::View& target) {
  const auto [at, is_new] = given_.try_emplace(fact, place(target));
  const bool in_parts = std::ranges::find(test_.facts, fact, &TestFact::fact) != test_.facts.end();
  if (!is_new || in_parts) {
    report(Code::E0602, target,
           "fact " + quoted(services_.checked.facts[fact].path) + " is given twice", "again")
        .also(at->second.file, at->second.span, "given here first");
    return;
  }
  test_.facts.push_back({fact, std::move(value), place(target)});
}

void TestCheck::parameter(const ast::Set& set) {
  if (!set.target()) return;
  const std::string name(set.target().segments().back().text);
  std::vector<std::string> names;
  std::optional<std::uint32_t> found;
  for (const PolicyParam& param : policy().params) {
    names.push_back(services_.checked.params[param.param].name);
    if (names.back() == name) found = param.param;
  }
  if (!found) {
    auto& diagnostic =
        report(Code::E0322, set.target(),
               "policy " + quoted(policy().id) + " has no parameter " + quoted(name));
    suggest_nearest(diagnostic, place(set.target()), name, names);
    return;
  }
  const ParamInfo& info = services_.checked.params[*found];
  const auto value = scalar(set.value(), info.type, "parameter `" + name + "`");
  if (!value) return void(broken());
  const bool low = info.minimum && value->number < info.minimum->number;
  const bool high = info.maximum && value->number > info.maximum->number;
  if (low || high) {
    report(Code::E0507, set.value(), "this is outside the range of parameter " + quoted(name))
        .also(info.place.file, info.place.span, "declared here");
    return;
  }
  const auto known = std::ranges::find(test_.params, *found, &TestParam::param);
  if (known != test_.params.end()) {
    report(Code::E0602, set.target(), "parameter " + quoted(name) + " is given twice", "again")
        .also(known->place.file, known->place.span, "given here first");
    return;
  }
  test_.params.push_back({*found, *value, place(set.target())});
}

// ------------------------------------------------------------------------------------ values

std::optional<TestGap> TestCheck::gap_of(const ast::Expr& expr, const Type& type) const {
  const auto path = expr.as<ast::PathExpr>();
  if (!path) return std::nullopt;
  const std::string word = path.joined();
  if (word != "unknown" && word != "missing") return std::nullopt;
  if (type.kind == Kind::enumeration &&
      contains(services_.checked.types.enums[type.index].members, word))
    return std::nullopt;
  return word == "unknown" ? TestGap::unknown : TestGap::missing;
}

std::optional<TestValue> TestCheck::value_of(const ast::Expr& expr, const Type& type,
                                             const std::string& what) {
  TestValue value;
  if (const auto gap = gap_of(expr, type)) {
    value.gap = *gap;
    return value;
  }
  if (type.kind == Kind::list || type.kind == Kind::map) return rows_of(expr, type, what);
  const auto constant = scalar(expr, type, what);
  if (!constant) return std::nullopt;
  value.constant = *constant;
  return value;
}

std::optional<Constant> TestCheck::scalar(const ast::Expr& expr, const Type& type,
                                          const std::string& what) {
  if (expr.as<ast::ListExpr>() || expr.as<ast::RecordExpr>()) {
    report(Code::E0603, expr, what + " has one value",
           expr.as<ast::ListExpr>() ? "a list" : "a record");
    return std::nullopt;
  }
  if (type.kind == Kind::time) {
    const auto seconds = moment(expr);
    if (!seconds) return std::nullopt;
    Constant constant;
    constant.number = *seconds;
    return constant;
  }
  const auto literal = expr.as<ast::LiteralExpr>();
  if (type.kind == Kind::semver && literal && literal.is_string() && literal.plain_text())
    return version(expr, *literal.plain_text());
  return constants().constant(expr, type, what);
}

std::optional<Constant> TestCheck::version(const ast::Expr& expr, const std::string& text) {
  program::Semver parsed;
  program::TextError error;
  if (!program::Semver::parse(text, parsed, error)) {
    report(Code::E0603, expr, quoted(text) + " is no version",
           "expected " + std::string(error.expected));
    return std::nullopt;
  }
  Constant constant;
  constant.text = parsed.to_string();
  return constant;
}

std::optional<TestValue> TestCheck::rows_of(const ast::Expr& expr, const Type& type,
                                            const std::string& what) {
  const CollectionInfo& collection = services_.checked.types.collections[type.index];
  TestValue value;
  if (type.kind == Kind::map) {
    const auto record = expr.as<ast::RecordExpr>();
    if (!record) {
      report(Code::E0603, expr, what + " is a map", "entries in braces, `{ key = value }`");
      return std::nullopt;
    }
    std::set<std::string> keys;
    for (const ast::FieldInit& field : record.fields()) {
      auto row = row_of(field.value(), collection, what);
      if (!row) return std::nullopt;
      (*row)[0].constant.text = std::string(field.name().text());
      if (!keys.insert((*row)[0].constant.text).second) {
        report(Code::E0602, field.name(), "this key is given twice", "again");
        return std::nullopt;
      }
      value.rows.push_back(std::move(*row));
    }
    return value;
  }
  const auto list = expr.as<ast::ListExpr>();
  if (!list) {
    report(Code::E0603, expr, what + " is a list", "elements in brackets, `[…]`");
    return std::nullopt;
  }
  for (const ast::Expr& element : list.elements()) {
    auto row = row_of(element, collection, "an element of " + what);
    if (!row) return std::nullopt;
    value.rows.push_back(std::move(*row));
  }
  return value;
}

std::optional<std::vector<TestValue>> TestCheck::row_of(const ast::Expr& expr,
                                                        const CollectionInfo& collection,
                                                        const std::string& what) {
  TestValue none;
  none.gap = TestGap::missing;
  std::vector<TestValue> row(collection.columns.size(), none);
  if (collection.keyed) row[0] = {};
  if (collection.columns.back().name.empty()) {
    auto value = value_of(expr, collection.columns.back().type, what);
    if (!value) return std::nullopt;
    row.back() = std::move(*value);
    return row;
  }
  const auto record = expr.as<ast::RecordExpr>();
  if (!record) {
    report(Code::E0603, expr, what + " is a record", "fields in braces, `{ name = … }`");
    return std::nullopt;
  }
  if (!fill_row(record, "", collection, row)) return std::nullopt;
  return row;
}

bool TestCheck::fill_row(const ast::RecordExpr& record, const std::string& prefix,
                         const CollectionInfo& collection, std::vector<TestValue>& row) {
  std::set<std::string> seen;
  for (const ast::FieldInit& field : record.fields()) {
    const std::string name = prefix + std::string(field.name().text());
    if (!seen.insert(name).second) {
      report(Code::E0602, field.name(), "field " + quoted(name) + " is given twice", "again");
      return false;
    }
    std::vector<std::string> names;
    std::optional<std::size_t> column;
    bool is_group = false;
    for (std::size_t i = 0; i < collection.columns.size(); ++i) {
      names.push_back(collection.columns[i].name);
      if (names.back() == name) column = i;
      is_group = is_group || names.back().starts_with(name + ".");
    }
    if (column) {
      auto value = value_of(field.value(), collection.columns[*column].type, quoted(name));
      if (!value) return false;
      row[*column] = std::move(*value);
    } else if (const auto inner = field.value().as<ast::RecordExpr>(); is_group && inner) {
      if (!fill_row(inner, name + ".", collection, row)) return false;
    } else {
      auto& diagnostic = report(Code::E0302, field.name(), "there is no field " + quoted(name));
      suggest_nearest(diagnostic, place(field.name()), name, names);
      return false;
    }
  }
  return true;
}

// ------------------------------------------------------------------------------------ time

bool TestCheck::reads_deployment(const ast::Expr& expr) const {
  if (!expr) return false;
  for (lang::TokenIndex i = expr.first_token(); i < expr.end_token(); ++i) {
    if (expr.syntax().tokens[i].kind == lang::TokenKind::KwT) return true;
  }
  return false;
}

// T is what the fact deployed_at says; else there is one if something speaks of it, and a first
// stage that is given a date begins it.
void TestCheck::find_deployment(const std::vector<ast::Statement>& statements) {
  const auto fact = services_.names.fact("deployed_at");
  if (fact && services_.checked.facts[*fact].type.kind == Kind::time) {
    const auto given = std::ranges::find(test_.facts, *fact, &TestFact::fact);
    if (given != test_.facts.end() && given->value.gap == TestGap::none) {
      test_.deployed_at = given->value.constant.number;
      return;
    }
  }
  bool spoken_of = false;
  bool staged = false;
  for (const ast::Statement& statement : statements) {
    const auto at = statement.as<ast::TestAt>();
    const auto expect = statement.as<ast::Expect>();
    spoken_of = spoken_of || (at && (!at.time() || reads_deployment(at.time()))) ||
                (expect && reads_deployment(expect.at_time()));
    if (!at || !at.stage() || staged) continue;
    staged = true;
    if (!at.time() || reads_deployment(at.time())) continue;
    test_.deployed_at = moment(at.time());
    return;
  }
  if (spoken_of) test_.deployed_at = Decimal::from_int64(kTestDeploymentSeconds);
}

std::optional<Decimal> TestCheck::moment(const ast::Expr& expr) {
  ExprScope scope;
  scope.module = module_;
  scope.no_metrics = "a moment of a test cannot depend on metrics";
  const Condition time = ExprCheck(services_, std::move(scope))
                             .typed(expr, Type::of(Kind::time), "a moment of a test");
  if (!time) {
    broken();
    return std::nullopt;
  }
  if (time.expr->known) return in_time(expr, time.expr->known->number);
  const auto offset = offset_from_deployment(*time.expr);
  Decimal seconds;
  if (offset && Decimal::add(deployment(), *offset, seconds)) return in_time(expr, seconds);
  report(Code::E0422, expr, "a moment of a test must be the same for all inputs",
         "T, T and a duration, or a date");
  return std::nullopt;
}

std::optional<Decimal> TestCheck::in_time(const ast::View& view, const Decimal& seconds) {
  if (seconds.abs() <= Decimal::from_int64(kLastSecond)) return seconds;
  report(Code::E0425, view, "a moment of a test lies between the years 1825 and 2115");
  return std::nullopt;
}

std::optional<Decimal> TestCheck::positive(const ast::Expr& expr, const std::string& what) {
  const auto value = constants().constant(expr, Type::duration(), what);
  if (!value) {
    broken();
    return std::nullopt;
  }
  if (value->number.sign() > 0) return value->number;
  report(Code::E0411, expr, what + " must be longer than nothing");
  return std::nullopt;
}

Decimal TestCheck::end_of(const TestBlock& block) const {
  Decimal length;
  Decimal end = block.begin;
  if (Decimal::mul(block.every, Decimal::from_int64(block.count - 1), length))
    Decimal::add(block.begin, length, end);
  return end;
}

// ------------------------------------------------------------------------------------ samples

void TestCheck::block(const ast::TestAt& node) {
  TestBlock block;
  block.place = place(node);
  block.every = Decimal::from_int64(60);
  if (node.stage()) {
    block.stage = stage_of(node.stage());
    if (!block.stage) broken();
  }
  std::map<std::tuple<std::uint32_t, program::Track, std::vector<std::string>>, Place> given;
  std::optional<Decimal> interval;
  for (const ast::Assign& assign : node.assignments()) {
    auto own = series(assign);
    if (!own) {
      broken();
      continue;
    }
    const auto [at, is_new] = given.try_emplace({own->metric, own->track, own->labels}, own->place);
    const MetricInfo& metric = services_.checked.metrics[own->metric];
    if (!is_new) {
      report(Code::E0602, assign.target(), "metric " + quoted(metric.name) + " is given twice",
             "again")
          .also(at->second.file, at->second.span, "given here first");
      continue;
    }
    const Decimal& every = metric.interval_seconds;
    if (every.sign() > 0 && (!interval || every < *interval)) interval = every;
    block.series.push_back(std::move(*own));
  }
  if (interval) block.every = *interval;
  if (!sound_test_ || !fill_time(node, block) || !when(node, block)) return;
  Decimal length;
  Decimal end;
  const bool held = Decimal::mul(block.every, Decimal::from_int64(block.count), length) &&
                    Decimal::add(block.begin, length, end);
  if (!in_time(node, held ? end : Decimal::max())) return;
  test_.blocks.push_back(std::move(block));
}

// How many samples there are, and how far apart.
bool TestCheck::fill_time(const ast::TestAt& node, TestBlock& block) {
  if (node.every()) {
    const auto every = positive(node.every(), "the time between samples");
    if (!every) return false;
    block.every = *every;
  }
  for (const TestSeries& series : block.series) {
    if (!series.constant)
      block.count = std::max(block.count, static_cast<std::uint32_t>(series.values.size()));
  }
  if (node.length()) {
    const auto count = steps(node, block.every);
    if (!count) return false;
    block.count = *count;
  }
  const auto assigned = node.assignments();
  for (std::size_t i = 0; i < block.series.size(); ++i) {
    const TestSeries& series = block.series[i];
    if (series.constant || series.values.size() == block.count) continue;
    report(Code::E0604, assigned[i].value(),
           "here are " + std::to_string(series.values.size()) + " samples, and " +
               std::to_string(block.count) + " in the block")
        .suggest(
            "`missing` stands for a sample that was not taken, one value without brackets "
            "for all");
    return false;
  }
  test_samples_ += std::size_t{block.count} * std::max<std::size_t>(block.series.size(), 1);
  samples_ += std::size_t{block.count} * std::max<std::size_t>(block.series.size(), 1);
  if (test_samples_ <= kMaxTestSamples && samples_ <= kMaxTestsSamples) return true;
  report(Code::E0604, node,
         test_samples_ > kMaxTestSamples
             ? "a test has at most " + std::to_string(kMaxTestSamples) + " samples"
             : "all tests together have at most " + std::to_string(kMaxTestsSamples) + " samples");
  return false;
}

std::optional<std::uint32_t> TestCheck::steps(const ast::TestAt& node, const Decimal& every) {
  const auto length = positive(node.length(), "the length of the block");
  if (!length) return std::nullopt;
  Decimal whole;
  Decimal product;
  const bool divides = Decimal::div(*length, every, whole) && whole.is_integer() &&
                       Decimal::mul(whole, every, product) && product == *length;
  const auto count = whole.to_int64();
  if (!divides || !count) {
    report(Code::E0604, node.length(), "the time between samples does not divide this")
        .suggest("samples are taken from the first to the last moment of the block");
    return std::nullopt;
  }
  if (*count >= kMaxTestSamples) {
    report(Code::E0604, node.length(),
           "a test has at most " + std::to_string(kMaxTestSamples) + " samples");
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*count + 1);
}

bool TestCheck::when(const ast::TestAt& node, TestBlock& block) {
  const bool follows = !test_.blocks.empty();
  const Decimal last = follows ? end_of(test_.blocks.back()) : Decimal();
  if (!node.time()) {
    block.begin = follows ? last : deployment();
    if (follows && !Decimal::add(last, block.every, block.begin)) block.begin = last;
    // A stage is part of the deployment, whatever was given before.
    if (block.stage) block.begin = std::max(block.begin, deployment());
    return true;
  }
  const auto begin = moment(node.time());
  if (!begin) return false;
  block.begin = *begin;
  const bool empty_before = follows && test_.blocks.back().series.empty();
  const bool late_enough = !follows || last < *begin || (empty_before && last == *begin);
  if (late_enough) return true;
  const Place& before = test_.blocks.back().place;
  report(Code::E0605, node.time(), "this is not after the block before it")
      .also(before.file, before.span, "lasts longer")
      .suggest("blocks stand in the order of time; without a time one follows the other");
  return false;
}

// memory["a"], memory.stable["a"]["zone"]: the values in brackets, in the order of their text.
bool TestCheck::label_values(const ast::Assign& assign, ast::Expr& named,
                             std::vector<std::string>& values) {
  named = assign.target();
  while (const auto index = named.as<ast::IndexExpr>()) {
    const auto key = index.key().as<ast::LiteralExpr>();
    const bool is_text = key && index.key().kind() == ast::ExprKind::String;
    const auto value = is_text ? key.plain_text() : std::nullopt;
    if (!value || value->empty()) {
      if (!index.has_error())
        report(Code::E0603, index.key(), "the value of a label is a text: `[\"pod-1\"]`");
      return false;
    }
    values.insert(values.begin(), *value);
    named = index.object();
  }
  if (named.as<ast::PathExpr>()) return true;
  auto& diagnostic =
      report(Code::E0603, assign.target(), "a metric is named here, and given samples");
  if (!values.empty() && named.as<ast::FieldExpr>())
    diagnostic.suggest("labels come last: `memory.stable[\"pod-1\"]`");
  return false;
}

// In the order of their set; none: a series without labels, to be compared with.
bool TestCheck::fit_labels(const ast::Assign& assign, const MetricInfo& metric,
                           const std::vector<std::string>& values, TestSeries& out) {
  if (values.size() != metric.labels.size() &&
      (!values.empty() || out.track == program::Track::candidate)) {
    std::string example = metric.name;
    for (const std::string& label : metric.labels) example += "[\"" + label + "\"]";
    auto& diagnostic =
        report(Code::E0603, assign.target(),
               metric.labels.empty()
                   ? quoted(metric.name) + " has one series, and no labels"
                   : quoted(metric.name) + " has a series for each " +
                         list_of(metric.labels, metric.labels.size()));
    if (!metric.labels.empty()) diagnostic.suggest("say which: " + quoted(example));
    return false;
  }
  if (metric.labels.empty()) return true;
  OfLabels& of = labelled_[metric.label_set];
  of.metrics.insert(out.metric);
  if (values.empty()) return true;
  for (const std::string& label : services_.checked.label_sets[metric.label_set]) {
    const auto own = std::ranges::find(metric.labels, label);
    out.labels.push_back(values[static_cast<std::size_t>(own - metric.labels.begin())]);
  }
  of.members.insert(out.labels);
  std::size_t all = 0;
  for (const auto& [set, own] : labelled_) all += own.metrics.size() * (own.members.size() + 1);
  if (of.members.size() <= program::kMaxMembers && all <= program::kMaxChannels) return true;
  report(Code::E0604, assign.target(),
         "a test has at most " + std::to_string(program::kMaxMembers) + " series of a metric, and " +
             std::to_string(program::kMaxChannels) + " of all");
  return false;
}

std::optional<std::uint32_t> TestCheck::metric_of(const ast::Expr& named, program::Track& track) {
  const auto path = named.as<ast::PathExpr>();
  std::vector<ast::Segment> segments = path.segments();
  if (segments.size() > 1 && segments[0].text == "metrics") segments.erase(segments.begin());
  if (segments.empty()) return std::nullopt;
  const std::string name(segments[0].text);
  const auto metric = services_.names.metric(name);
  if (!metric) {
    if (services_.names.is_broken(name)) return std::nullopt;
    const Place at = {place(path).file, segments[0].span};
    sound_test_ = false;
    auto& diagnostic = services_.sink.report(Code::E0301, at, "there is no metric " + quoted(name));
    suggest_nearest(diagnostic, at, name, services_.names.metric_names());
    if (services_.names.fact(name))
      diagnostic.suggest("it is a fact, and facts have no history: give it in `facts { … }`");
    return std::nullopt;
  }
  if (segments.size() > 2 || (segments.size() == 2 && !path.track())) {
    report(Code::E0302, path, "metric " + quoted(name) + " has no " + quoted(segments[1].text))
        .suggest("it has `.stable`, `.baseline` and `.candidate`");
    return std::nullopt;
  }
  if (segments.size() == 2 && path.track() == ast::TrackName::Stable)
    track = program::Track::stable;
  if (segments.size() == 2 && path.track() == ast::TrackName::Baseline)
    track = program::Track::baseline;
  return metric;
}

std::optional<TestSeries> TestCheck::series(const ast::Assign& assign) {
  TestSeries out;
  ast::Expr named;
  std::vector<std::string> values;
  if (!label_values(assign, named, values)) return std::nullopt;
  const auto metric = metric_of(named, out.track);
  if (!metric) return std::nullopt;
  out.metric = *metric;
  out.place = place(assign.target());
  const MetricInfo& info = services_.checked.metrics[*metric];
  if (!fit_labels(assign, info, values, out)) return std::nullopt;
  const std::string what = "metric `" + info.name + "`";
  const auto list = assign.value().as<ast::ListExpr>();
  if (list && out.track == program::Track::baseline) {
    report(Code::E0603, assign.value(), "a baseline is one value", "a list");
    return std::nullopt;
  }
  out.constant = !list;
  const auto elements = list ? list.elements() : std::vector<ast::Expr>{assign.value()};
  if (elements.empty()) {
    report(Code::E0604, assign.value(), "there is no sample in this list");
    return std::nullopt;
  }
  if (elements.size() > kMaxTestSamples) {
    report(Code::E0604, assign.value(),
           "a test has at most " + std::to_string(kMaxTestSamples) + " samples");
    return std::nullopt;
  }
  for (const ast::Expr& element : elements) {
    auto value = value_of(element, info.type, what);
    if (!value) return std::nullopt;
    out.values.push_back(std::move(*value));
  }
  return out;
}

std::optional<std::string> TestCheck::stage_of(const ast::StageRef& ref) {
  if (ref.has_error()) {
    broken();
    return std::nullopt;
  }
  const std::string name(ref.name() ? ref.name().text() : ref.share().text());
  std::vector<std::string> names;
  for (const CheckedRollout& rollout : policy().rollouts) {
    for (const CheckedStage& stage : rollout.stages) names.push_back(stage.name);
  }
  if (contains(names, name)) return name;
  auto& diagnostic =
      report(Code::E0321, ref, "policy " + quoted(policy().id) + " has no stage " + quoted(name));
  suggest_nearest(diagnostic, place(ref), name, names);
  if (diagnostic.help.empty() && !names.empty())
    diagnostic.suggest("its stages are " + list_of(names, 10));
  return std::nullopt;
}

// ------------------------------------------------------------------------------------ sign-offs

void TestCheck::sign(const ast::TestSign& node) {
  TestExpectation named;
  if (!name_rules({node.item()}, named)) return void(broken());
  TestSign out;
  out.place = place(node);
  for (const std::uint32_t rule : named.rules.front().rules) {
    const auto asks = [](const CheckedClause& clause) {
      return clause.verb == program::Verb::confirm;
    };
    if (std::ranges::any_of(policy().rules[rule].clauses, asks)) out.rule = rule;
  }
  if (out.rule == kNone) {
    report(Code::E0606, node.item(),
           "rule " + quoted(node.item().joined()) + " is not signed off by people");
    return;
  }
  const CheckedRule& rule = policy().rules[out.rule];
  if (sign_as(node, rule, out) && sign_says(node, rule, out) && sign_at(node, rule, out)) test_.signs.push_back(std::move(out));
}

// Who signs, and in which role. Whoever has no name is somebody else each time.
bool TestCheck::sign_as(const ast::TestSign& node, const CheckedRule& rule, TestSign& out) {
  std::vector<std::string> roles;
  for (const CheckedClause& clause : rule.clauses) {
    if (clause.verb == program::Verb::confirm && !contains(roles, clause.approval.role))
      roles.push_back(clause.approval.role);
  }
  out.role = node.role() ? std::string(node.role().text()) : roles.front();
  if (!node.role() && roles.size() > 1) {
    report(Code::E0518, node, "in which role? " + quoted(rule.path) + " asks for several")
        .suggest("say it: `as " + roles.front() + "`");
    return false;
  }
  if (!contains(roles, out.role)) {
    auto& diagnostic =
        report(Code::E0518, node.role(),
               quoted(rule.path) + " does not ask for a sign-off as " + quoted(out.role));
    suggest_nearest(diagnostic, place(node.role()), out.role, roles);
    return false;
  }
  const auto info = std::ranges::find(services_.checked.roles, out.role, &RoleInfo::name);
  const bool listed = info != services_.checked.roles.end() && !info->members.empty();
  if (!node.by()) {
    const std::size_t nth = test_.signs.size();
    out.by =
        listed ? info->members[nth % info->members.size()] : "person " + std::to_string(nth + 1);
    return true;
  }
  out.by = plain_string(services_, module_, node.by());
  if (!listed || contains(info->members, out.by)) return true;
  report(Code::E0518, node.by(), quoted(out.by) + " is not of the role " + quoted(out.role))
      .also(info->place.file, info->place.span, "its members");
  return false;
}

// What the item takes for an answer.
bool TestCheck::sign_says(const ast::TestSign& node, const CheckedRule& rule, TestSign& out) {
  std::vector<program::Answer> answers = {program::Answer::confirm, program::Answer::refuse};
  if (std::ranges::any_of(rule.clauses, [](const CheckedClause& clause) {
        return clause.verb == program::Verb::confirm && clause.approval.or_not_applicable;
      })) {
    answers.push_back(program::Answer::not_applicable);
  }
  if (rule.gate == program::Gate::decide)
    answers = {program::Answer::proceed, program::Answer::hold, program::Answer::rollback};
  out.answer = answers.front();
  if (!node.has_answer()) return true;
  const Place at = {place(node).file, node.answer_span()};
  const std::string said = on_one_line(at.file->text(at.span));
  std::vector<std::string> words;
  for (const program::Answer answer : answers) {
    words.emplace_back(program::answer_name(answer));
    std::ranges::replace(words.back(), '_', ' ');
    if (words.back() != said) continue;
    out.answer = answer;
    return true;
  }
  auto& diagnostic = services_.sink.report(
      Code::E0606, at, quoted(said) + " is no answer that " + quoted(rule.path) + " takes");
  suggest_nearest(diagnostic, at, said, words);
  if (diagnostic.help.empty()) diagnostic.suggest("it takes " + list_of(words));
  return broken();
}

// When, and for which stage: as far as the test has come.
bool TestCheck::sign_at(const ast::TestSign& node, const CheckedRule& rule, TestSign& out) {
  std::string current;
  for (const TestBlock& block : test_.blocks) {
    if (block.stage) current = *block.stage;
  }
  out.at = test_.blocks.empty() ? Decimal::min() : end_of(test_.blocks.back());
  const bool staged = rule.scope == program::Scope::rollout || rule.scope == program::Scope::stages;
  if (!staged) return true;
  if (rule.gate != program::Gate::none)
    current = policy().rollouts[rule.rollout].stages[rule.first_stage].name;
  out.stage = current;
  if (!current.empty()) return true;
  report(Code::E0606, node, quoted(rule.path) + " is signed off for a stage, and none has begun")
      .suggest("put it behind the stage: `at stage 50% { … }  confirm …`");
  return false;
}

// Who signs before all else signs at the first moment that the test speaks of.
void TestCheck::date_signs() {
  Decimal first = test_.blocks.empty() ? test_.now : test_.blocks.front().begin;
  for (const TestExpectation& expected : test_.expectations) first = std::min(first, expected.at);
  for (TestSign& sign : test_.signs) sign.at = std::max(sign.at, first);
}

// ------------------------------------------------------------------------------------ expectations

void TestCheck::expectation(const ast::Expect& expect) {
  TestExpectation out;
  out.place = place(expect);
  out.text = on_one_line(expect.text());
  out.at = test_.now;
  const bool fits = !expect.messages().empty() ? expect_messages(expect, out)
                    : expect.condition()       ? expect_value(expect, out)
                    : expect.rules().empty() ? expect_decision(expect, out)
                                             : expect_rules(expect, out);
  const bool timed = expected_when(expect, out);
  if (!fits || !timed) return void(broken());
  test_.expectations.push_back(std::move(out));
}

bool TestCheck::wrong_word(const ast::Expect& expect, const std::vector<std::string>& words,
                           std::string_view what) {
  const Place at = {place(expect).file, expect.outcome_span()};
  const std::string word(at.file->text(at.span));
  auto& diagnostic =
      services_.sink.report(Code::E0303, at, quoted(word) + " is no " + std::string(what));
  suggest_nearest(diagnostic, at, word, words);
  if (services_.names.fact(word))
    diagnostic.suggest("of a fact say what it is: `" + word + " == true`");
  if (diagnostic.help.empty()) diagnostic.suggest("it is one of " + list_of(words, 10));
  return broken();
}

bool TestCheck::expect_decision(const ast::Expect& expect, TestExpectation& out) {
  out.form = TestExpectation::Form::decision;
  out.word = decision_word(expect.outcome());
  if (!contains(kDecisions, out.word)) return wrong_word(expect, kDecisions, "decision");
  const bool of_rollout = out.word == "advance" || out.word == "promoted";
  const auto staged = std::ranges::any_of(
      policy().rollouts, [](const CheckedRollout& rollout) { return !rollout.stages.empty(); });
  if (of_rollout && !staged) {
    report(Code::E0606, expect,
           "policy " + quoted(policy().id) + " has no rollout: it is never " + out.word)
        .suggest("expect `go`");
    return false;
  }
  if (!name_rules(expect.by(), out)) return false;
  for (const TestExpectation::Named& named : out.rules) {
    const bool able = std::ranges::any_of(named.rules, [&](std::uint32_t rule) {
      return std::ranges::any_of(
          outcomes_of(policy().rules[rule]),
          [&](const std::string& outcome) { return may_decide(outcome, out.word); });
    });
    if (able) continue;
    report(Code::E0606, expect,
           "rule " + quoted(named.name) + " can never be why the decision is " + out.word);
    return false;
  }
  return true;
}

bool TestCheck::expect_rules(const ast::Expect& expect, TestExpectation& out) {
  out.form = TestExpectation::Form::rules;
  const Place at = {place(expect).file, expect.outcome_span()};
  out.word = std::string(at.file->text(at.span));
  if (!contains(kOutcomes, out.word)) return wrong_word(expect, kOutcomes, "outcome of a rule");
  if (!name_rules(expect.rules(), out)) return false;
  for (const TestExpectation::Named& named : out.rules) {
    std::set<std::string> able;
    for (const std::uint32_t rule : named.rules) able.merge(outcomes_of(policy().rules[rule]));
    if (able.contains(out.word)) continue;
    report(Code::E0606, expect, "rule " + quoted(named.name) + " can never be " + out.word)
        .suggest("it can be " + list_of({able.begin(), able.end()}, 10));
    return false;
  }
  return true;
}

// That messages are due, or that none of them is.
bool TestCheck::expect_messages(const ast::Expect& expect, TestExpectation& out) {
  out.form = TestExpectation::Form::messages;
  out.told = !expect.no_message();
  const std::vector<CheckedMessage>& all = policy().messages;
  for (const ast::Path& path : expect.messages()) {
    const std::string name = path.joined();
    const auto found = std::ranges::find_if(all, [&](const CheckedMessage& message) {
      return message.name == name || policy().id + "." + message.name == name;
    });
    if (found != all.end()) {
      out.messages.push_back(static_cast<std::uint32_t>(found - all.begin()));
      continue;
    }
    std::vector<std::string> names;
    for (const CheckedMessage& message : all) names.push_back(message.name);
    auto& diagnostic = report(Code::E0713, path,
                              "policy " + quoted(policy().id) + " has no message " + quoted(name));
    suggest_nearest(diagnostic, place(path), name, names);
    if (diagnostic.help.empty() && !names.empty())
      diagnostic.suggest("there are " + list_of(names));
    return false;
  }
  return true;
}

// The condition becomes a rule on trial behind the policy's own.
bool TestCheck::expect_value(const ast::Expect& expect, TestExpectation& out) {
  out.form = TestExpectation::Form::value;
  std::map<std::string, std::uint32_t> params;
  for (const PolicyParam& param : policy().params)
    params.emplace(services_.checked.params[param.param].name, param.param);
  ExprScope scope;
  scope.module = module_;
  scope.params = &params;
  CheckedClause clause;
  clause.condition =
      ExprCheck(services_, std::move(scope)).condition(expect.condition(), ConditionUse::clause);
  clause.place = place(expect.condition());
  if (!clause.condition) return broken();
  TestedPolicy& tested = out_.policies[test_.policy];
  CheckedRule rule;
  rule.path = "expected_" + std::to_string(tested.policy.rules.size() - tested.own_rules + 1);
  rule.group = rule.path;
  rule.trial = true;
  rule.place = place(expect.condition());
  rule.clauses.push_back(std::move(clause));
  out.rule = static_cast<std::uint32_t>(tested.policy.rules.size());
  tested.policy.rules.push_back(std::move(rule));
  return true;
}

// At the end of the test, of a stage, or at a moment.
bool TestCheck::expected_when(const ast::Expect& expect, TestExpectation& out) {
  if (expect.at_time()) {
    const auto at = moment(expect.at_time());
    if (at) out.at = *at;
    return at.has_value();
  }
  if (!expect.at_stage()) return true;
  const auto stage = stage_of(expect.at_stage());
  if (!stage || !sound_test_) return false;
  bool visited = false;
  std::string current;
  for (const TestBlock& block : test_.blocks) {
    if (block.stage) current = *block.stage;
    if (current != *stage) continue;
    visited = true;
    out.at = end_of(block);
  }
  if (!visited) {
    report(Code::E0606, expect.at_stage(), "the test never reaches stage " + quoted(*stage))
        .suggest("give its samples: `at stage " + *stage + " { … }`");
    return false;
  }
  return may_be_called(expect, *stage, out.word);
}

// A stage that only ever is the last one does not advance, and one that never is is not promoted.
bool TestCheck::may_be_called(const ast::Expect& expect, const std::string& stage,
                              const std::string& word) {
  bool may_be_last = false;
  bool may_go_on = false;
  for (const CheckedRollout& rollout : policy().rollouts) {
    const auto at = std::ranges::find(rollout.stages, stage, &CheckedStage::name);
    if (at == rollout.stages.end()) continue;
    may_go_on = may_go_on || at + 1 != rollout.stages.end();
    may_be_last =
        may_be_last || std::all_of(at + 1, rollout.stages.end(),
                                   [](const CheckedStage& later) { return bool(later.only_if); });
  }
  if ((word != "promoted" || may_be_last) && (word != "advance" || may_go_on)) return true;
  report(Code::E0606, expect,
         "stage " + quoted(stage) + (may_be_last ? " is the last one" : " is not the last one"),
         may_be_last ? "a go is `promoted` here" : "a go is `advance` here");
  return false;
}

bool TestCheck::name_rules(const std::vector<ast::Path>& paths, TestExpectation& out) {
  for (const ast::Path& path : paths) {
    const std::string name = path.joined();
    TestExpectation::Named named{name, {}};
    std::vector<std::string> groups;
    for (const std::size_t rule : Policies::find_rules(policy(), name)) {
      if (rule >= own_rules()) continue;
      named.rules.push_back(static_cast<std::uint32_t>(rule));
      const std::string& group = policy().rules[rule].group;
      if (!contains(groups, group)) groups.push_back(group);
    }
    if (named.rules.empty()) {
      not_a_rule(path, name);
      return false;
    }
    if (groups.size() > 1) {
      report(Code::E0504, path, quoted(name) + " fits several rules", "which one?")
          .suggest("say more of it: " + list_of(groups));
      return false;
    }
    out.rules.push_back(std::move(named));
  }
  return true;
}

void TestCheck::not_a_rule(const ast::Path& path, const std::string& name) {
  auto& diagnostic =
      report(Code::E0503, path, "policy " + quoted(policy().id) + " has no rule " + quoted(name));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < own_rules(); ++i) {
    const CheckedRule& rule = policy().rules[i];
    names.push_back(rule.path);
    names.push_back(rule.path.substr(rule.path.rfind('.') + 1));
  }
  suggest_nearest(diagnostic, place(path), name, names);
}

}  // namespace

CheckedTests check_tests(Services& services, const Policies& policies) {
  TestCheck check(services, policies);
  for (std::size_t i = 0; i < services.modules.all().size(); ++i) {
    for (const auto& declaration : ast::File(*services.modules.all()[i].syntax).declarations()) {
      if (services.sink.is_full()) return check.take();
      if (const auto test = declaration.as<ast::Test>()) check.check(i, test);
    }
  }
  return check.take();
}

}  // namespace dpol::compiler
