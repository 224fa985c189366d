#include "testing/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "runtime/vm/machine.h"

namespace dpol::testing {

using compiler::CheckedClause;
using compiler::CheckedRule;
using compiler::Expr;
using compiler::ExprOp;
using decision::Outcome;
using program::BlockId;
using program::CellId;
using program::kNone;
using program::Opcode;
using program::Value;

namespace {

constexpr std::size_t kNoCondition = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kMostInstants = 1'000;  // of a window that are looked at

bool is_junction(Opcode op) { return op == Opcode::both || op == Opcode::either; }

// Whether some input could leave it without a value.
bool may_be_unknown(const Expr& expr) {
  switch (expr.op) {
    case ExprOp::fact:
    case ExprOp::sample:
    case ExprOp::baseline:
    case ExprOp::aggregate:
    case ExprOp::worse_share:
    case ExprOp::worse_amount:
    case ExprOp::differs_share:
    case ExprOp::differs_amount:
    case ExprOp::all_series:
    case ExprOp::deployed_at:
    case ExprOp::find:
    case ExprOp::divide:
    case ExprOp::relative:
      return true;
    default:
      break;
  }
  return std::ranges::any_of(expr.args,
                             [](const compiler::ExprPtr& arg) { return may_be_unknown(*arg); });
}

// The parts of a condition by where they begin in their file, the widest that is no junction first.
using Texts = std::map<std::tuple<std::string, std::uint32_t, std::uint32_t>, const Expr*>;
void add_texts(const Expr& expr, Texts& texts) {
  const bool junction = expr.op == ExprOp::both || expr.op == ExprOp::either;
  if (!junction && expr.type.kind == program::Kind::boolean && expr.text_length > 0) {
    const decision::Place place = place_of(expr.place);
    const Expr*& known = texts[{place.file, place.line, place.column}];
    if (known == nullptr || known->text_length < expr.text_length) known = &expr;
  }
  for (const compiler::ExprPtr& arg : expr.args) add_texts(*arg, texts);
}

std::vector<std::string> outcomes_of(const CheckedRule& rule) {
  std::vector<std::string> outcomes;
  const auto add = [&outcomes](const char* outcome) {
    if (std::ranges::find(outcomes, outcome) == outcomes.end()) outcomes.emplace_back(outcome);
  };
  for (const CheckedClause& clause : rule.clauses) {
    switch (clause.verb) {
      case program::Verb::require:
        add("pass");
        add(clause.or_rollback ? "fired" : "fail");
        break;
      case program::Verb::warn:
        add("pass");
        add("warn");
        break;
      case program::Verb::hold:
        add("pass");
        add("held");
        break;
      case program::Verb::rollback:
        add("pass");
        add("fired");
        break;
      case program::Verb::confirm:
        add("pass");
        add("pending");
        break;
    }
  }
  return outcomes;
}

}  // namespace

const char* name(Branch branch) {
  switch (branch) {
    case Branch::is_true:
      return "true";
    case Branch::is_false:
      return "false";
    case Branch::is_unknown:
      return "unknown";
  }
  return "";
}

bool PolicyCoverage::merge(const PolicyCoverage& other) {
  const auto same_place = [](const auto& a, const auto& b) {
    return a.place.file == b.place.file && a.place.line == b.place.line &&
           a.place.column == b.place.column;
  };
  const bool same = policy == other.policy && std::ranges::equal(rules, other.rules, same_place) &&
                    std::ranges::equal(conditions, other.conditions, same_place);
  if (!same) return false;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    rules[i].judged += other.rules[i].judged;
    for (std::size_t k = 0; k < rules[i].seen.size(); ++k)
      rules[i].seen[k] += other.rules[i].seen[k];
  }
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    for (std::size_t k = 0; k < kBranchCount; ++k)
      conditions[i].seen[k] += other.conditions[i].seen[k];
  }
  return true;
}

Share PolicyCoverage::rules_judged() const {
  const auto judged =
      std::ranges::count_if(rules, [](const RuleCoverage& rule) { return rule.judged != 0; });
  return {static_cast<std::size_t>(judged), rules.size()};
}

Share PolicyCoverage::outcomes() const {
  Share share;
  for (const RuleCoverage& rule : rules) {
    share.all += rule.seen.size();
    share.seen += static_cast<std::size_t>(
        std::ranges::count_if(rule.seen, [](std::uint64_t n) { return n != 0; }));
  }
  return share;
}

Share PolicyCoverage::branches() const {
  Share share;
  for (const ConditionCoverage& condition : conditions) {
    for (std::size_t i = 0; i < kBranchCount; ++i) {
      share.all += condition.wanted[i] ? 1 : 0;
      share.seen += condition.wanted[i] && condition.seen[i] != 0 ? 1 : 0;
    }
  }
  return share;
}

Coverage::Coverage(const Subject& subject) : subject_(subject) {
  const program::Policy& policy = subject.program->policies.front();
  result_.policy = subject.policy().id;
  of_block_.assign(subject.program->blocks.size(), kNoCondition);
  parts_.resize(subject.program->blocks.size());
  for (std::size_t i = 0; i < subject.own_rules; ++i) {
    const CheckedRule& rule = subject.policy().rules[i];
    if (!subject.is_own(rule.place)) continue;
    rule_ = subject.policy().rule_id(rule);
    indices_.push_back(i);
    RuleCoverage& covered = result_.rules.emplace_back();
    covered.id = rule_;
    covered.place = place_of(rule.place);
    covered.outcomes = outcomes_of(rule);
    covered.seen.resize(covered.outcomes.size());
    add_condition(rule.only_if, policy.rules[i].only_if, "only if", false);
    for (std::size_t c = 0; c < rule.clauses.size(); ++c)
      add_condition(rule.clauses[c].condition, policy.rules[i].clauses[c].condition, "condition",
                    true);
  }
  for (std::size_t i = 0; i < policy.strategy.size(); ++i) {
    const compiler::CheckedChoice& choice = subject.policy().strategy[i];
    rule_ = result_.policy + ".strategy";
    if (subject.is_own(choice.place))
      add_condition(choice.condition, policy.strategy[i].condition, "use when", true);
  }
}

void Coverage::add_condition(const compiler::Condition& condition, BlockId block, std::string what,
                             bool may_lack) {
  if (!condition || block == kNone || of_block_[block] != kNoCondition || condition.expr->known)
    return;
  of_block_[block] = result_.conditions.size();
  ConditionCoverage& covered = result_.conditions.emplace_back();
  covered.rule = rule_;
  covered.text = condition.text;
  covered.what = std::move(what);
  covered.place = place_of(condition.place);
  covered.wanted = {true, true, may_lack && may_be_unknown(*condition.expr)};
  add_parts(condition, block);
}

// The sides of each `and` and `or`, those of windows' bodies too.
void Coverage::add_parts(const compiler::Condition& condition, BlockId id) {
  const program::Program& program = *subject_.program;
  const program::Block& block = program.blocks[id];
  Texts texts;
  add_texts(*condition.expr, texts);
  std::map<CellId, std::size_t> made_by;
  for (std::size_t i = block.first; i < std::size_t{block.first} + block.count; ++i)
    made_by[program.code[i].a] = i;
  const auto text_of = [&](CellId cell) -> std::optional<std::pair<std::string, decision::Place>> {
    if (const auto made = made_by.find(cell); made != made_by.end()) {
      if (is_junction(program.code[made->second].op)) return std::nullopt;
      const program::SourcePlace& at = program.places[made->second];
      const auto found = texts.find({program.text(at.file), at.line, at.column});
      if (found == texts.end()) return std::nullopt;
      return std::pair(condition.text.substr(found->second->text_begin, found->second->text_length),
                       place_of(found->second->place));
    }
    for (const program::TracePoint& point : block.traces) {
      if (point.cell == cell)
        return std::pair(condition.text.substr(point.begin, point.length),
                         place_of(condition.place));
    }
    return std::nullopt;
  };
  for (std::size_t i = block.first; i < std::size_t{block.first} + block.count; ++i) {
    const program::Instruction& instruction = program.code[i];
    if (!is_junction(instruction.op)) continue;
    for (const CellId cell : {instruction.b, instruction.c}) {
      const bool known =
          std::ranges::any_of(parts_[id], [cell](const Part& part) { return part.cell == cell; });
      const auto text = text_of(cell);
      if (known || !text || cell < program.constants.size()) continue;
      parts_[id].push_back({id, cell, result_.conditions.size()});
      result_.conditions.push_back(
          {rule_, text->first, "part", text->second, {true, true, false}, {}});
    }
  }
  for (const BlockId body : block.windows) add_parts(condition, body);
}

void Coverage::record(std::size_t condition, Value value) {
  const Branch branch = value.is_unknown() ? Branch::is_unknown
                        : value.is_true()  ? Branch::is_true
                                           : Branch::is_false;
  ++result_.conditions[condition].seen[static_cast<std::size_t>(branch)];
}

void Coverage::look(vm::Machine& machine, BlockId id, const vm::Context& context) {
  const Value value = machine.run(id, context);
  if (of_block_[id] != kNoCondition) record(of_block_[id], value);
  for (const Part& part : parts_[id]) record(part.condition, machine.cell(part.cell));
  const program::Block& block = subject_.program->blocks[id];
  std::size_t window = 0;
  for (std::size_t i = block.first; i < std::size_t{block.first} + block.count; ++i) {
    const Opcode op = subject_.program->code[i].op;
    const bool is_window = op == Opcode::for_time || op == Opcode::for_samples ||
                           op == Opcode::of_samples || op == Opcode::in_samples;
    if (!is_window || window >= block.windows.size()) continue;
    const BlockId body = block.windows[window++];
    if (parts_[body].empty() && subject_.program->blocks[body].windows.empty()) continue;
    for (const vm::Context& instant : machine.window_instants(i, context, kMostInstants))
      look(machine, body, instant);
  }
}

void Coverage::see(const decision::Judge& judge) {
  vm::Machine& machine = judge.machine();
  const program::Policy& policy = subject_.program->policies.front();
  for (const program::Choice& choice : policy.strategy) {
    const bool known = choice.condition != kNone && of_block_[choice.condition] != kNoCondition;
    if (known) look(machine, choice.condition, {.at = machine.snapshot().now()});
  }
  for (std::size_t i = 0; i < result_.rules.size(); ++i) {
    const decision::RuleJudgement& judged = judge.policies().front().rules[indices_[i]];
    const program::Rule& rule = policy.rules[indices_[i]];
    const bool asked = judged.outcome != Outcome::skipped || judged.skip == decision::Skip::only_if;
    if (rule.only_if != kNone && asked)
      look(machine, rule.only_if, {.at = machine.snapshot().now()});
    if (judged.outcome == Outcome::skipped) continue;
    RuleCoverage& covered = result_.rules[i];
    ++covered.judged;
    for (std::size_t k = 0; k < covered.outcomes.size(); ++k) {
      if (covered.outcomes[k] == decision::name(judged.outcome)) ++covered.seen[k];
    }
    if (judged.clause == kNone) continue;
    for (const program::Clause& clause : rule.clauses) {
      if (clause.condition == kNone) continue;
      look(machine, clause.condition, judged.context);
      if (rule.each != kNone) look_at_others(machine, rule, clause.condition, judged.context);
    }
  }
}

// Of `each`: the series that did not decide were judged, too.
void Coverage::look_at_others(vm::Machine& machine, const program::Rule& rule, BlockId condition,
                              vm::Context context) {
  const std::uint32_t decided = context.member;
  const std::uint32_t labels = subject_.program->metrics[rule.each].label_set;
  const auto [first, last] = machine.snapshot().members_of(labels);
  for (context.member = first; context.member < last; ++context.member) {
    const bool judged = context.member != decided &&
                        machine.is_member(rule.each * program::kTrackCount, context);
    if (judged) look(machine, condition, context);
  }
}

std::string render_lcov(const std::vector<PolicyCoverage>& policies) {
  struct File {
    std::map<std::uint32_t, std::uint64_t> lines;
    std::vector<const RuleCoverage*> rules;
    std::map<std::uint32_t, std::vector<const ConditionCoverage*>> conditions;
  };
  std::map<std::string, File> files;
  for (const PolicyCoverage& policy : policies) {
    for (const RuleCoverage& rule : policy.rules) {
      File& file = files[rule.place.file];
      file.rules.push_back(&rule);
      file.lines[rule.place.line] += rule.judged;
    }
    for (const ConditionCoverage& condition : policy.conditions) {
      File& file = files[condition.place.file];
      file.conditions[condition.place.line].push_back(&condition);
      std::uint64_t& hits = file.lines[condition.place.line];
      for (const std::uint64_t seen : condition.seen) hits = std::max(hits, seen);
    }
  }
  const auto present = [](const auto& counts) {
    return std::ranges::count_if(counts, [](const auto& count) { return count != 0; });
  };
  std::string out = "TN:\n";
  for (const auto& [name, file] : files) {
    out += fmt::format("SF:{}\n", name);
    std::vector<std::uint64_t> judged;
    for (const RuleCoverage* rule : file.rules)
      out += fmt::format("FN:{},{}\n", rule->place.line, rule->id);
    for (const RuleCoverage* rule : file.rules) {
      out += fmt::format("FNDA:{},{}\n", rule->judged, rule->id);
      judged.push_back(rule->judged);
    }
    out += fmt::format("FNF:{}\nFNH:{}\n", judged.size(), present(judged));
    std::vector<std::uint64_t> branches;
    for (const auto& [line, conditions] : file.conditions) {
      for (std::size_t block = 0; block < conditions.size(); ++block) {
        const ConditionCoverage& condition = *conditions[block];
        const bool ran = present(condition.seen) != 0;
        for (std::size_t i = 0; i < kBranchCount; ++i) {
          if (!condition.wanted[i]) continue;
          out += fmt::format("BRDA:{},{},{},{}\n", line, block, i,
                             ran ? std::to_string(condition.seen[i]) : "-");
          branches.push_back(condition.seen[i]);
        }
      }
    }
    out += fmt::format("BRF:{}\nBRH:{}\n", branches.size(), present(branches));
    std::vector<std::uint64_t> lines;
    for (const auto& [line, hits] : file.lines) {
      out += fmt::format("DA:{},{}\n", line, hits);
      lines.push_back(hits);
    }
    out += fmt::format("LF:{}\nLH:{}\nend_of_record\n", lines.size(), present(lines));
  }
  return out;
}

}  // namespace dpol::testing
