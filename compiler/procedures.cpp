// Procedures: what people do once a rule has fired or failed.

#include <algorithm>
#include <string_view>
#include <utility>

#include "compiler/clauses.h"
#include "compiler/policies.h"

namespace dpol::compiler {

namespace ast = lang::ast;
using Code = lang::DiagnosticCode;
using lang::NodeKind;
using program::Missing;
using program::Verb;

namespace {

constexpr std::size_t kMostProcedures = 1'000;  // of a policy
constexpr std::size_t kMostSteps = 100;         // of a procedure

// Where a shell stands in a command. What fills a hole is quoted as a word of its own, and that
// protects from nothing inside of quotes, here-documents and calculations. Where this is not sure
// of where it stands, it takes it for such a place.
class ShellText {
 public:
  void read(std::string_view text) {
    for (const char c : text) step(c);
  }
  void fill() { last_ = 'x'; }  // a hole: some word
  bool takes_word() const { return !unsure_ && quote_ == 0 && !escaped_ && last_ != '$'; }

 private:
  void step(char c) {
    const char before = std::exchange(last_, c);
    if (std::exchange(escaped_, false)) return;
    if (comment_) {
      comment_ = c != '\n';
      return;
    }
    if (quote_ == '\'') {
      if (c == '\'') quote_ = 0;
      return;
    }
    if (c == '\\') {
      escaped_ = true;
    } else if (c == '`' || (before == '$' && (c == '{' || (quote_ != 0 && c == '(')))) {
      unsure_ = true;
    } else if (c == '"') {
      quote_ = quote_ == 0 ? '"' : '\0';
    } else if (quote_ == 0) {
      unsure_ = unsure_ || (c == '\'' && before == '$') ||
                (c == before && (c == '<' || c == '(' || c == '['));
      if (c == '\'') quote_ = c;
      comment_ = c == '#' && (begins_word(before));
    }
  }
  static bool begins_word(char before) {
    return std::string_view(" \t\n;|&()\0", 9).find(before) != std::string_view::npos;
  }

  char last_ = '\0';
  char quote_ = '\0';
  bool escaped_ = false;
  bool comment_ = false;
  bool unsure_ = false;
};

bool stops(Missing missing) { return missing == Missing::fail || missing == Missing::rollback; }

// Whether a rule can ever come to what a procedure answers.
bool can_break(const CheckedRule& rule) {
  return std::ranges::any_of(rule.clauses, [](const CheckedClause& clause) {
    return (clause.verb != Verb::warn && clause.verb != Verb::hold) || stops(clause.if_missing) ||
           stops(clause.if_baseline_missing) || stops(clause.if_empty);
  });
}

std::string line_of(const CheckedProcedure& procedure) {
  std::string line;
  for (const CheckedProcedureStep& step : procedure.steps) {
    std::string what = step.title.empty() ? step.name : step.title;
    if (what.empty()) {
      for (const CheckedTextPart& part : step.run)
        what += part.hole ? "${" + part.text + "}" : part.text;
    }
    if (what.empty() && !step.checks.empty()) what = "require " + step.checks.front().text;
    line.append(line.empty() ? "" : "; ").append(what);
  }
  return line;
}

// What a step of a procedure has no use for.
bool is_of_procedure(NodeKind kind) {
  switch (kind) {
    case NodeKind::OnlyIf:
    case NodeKind::Run:
    case NodeKind::Require:
    case NodeKind::Why:
    case NodeKind::Owner:
      return true;
    default:
      return false;
  }
}

}  // namespace

// A policy has one procedure of a name: its own takes the place of an inherited one.
void Policies::add_procedure(Built& built, const ast::Procedure& node, const Spot& spot) {
  std::optional<CheckedProcedure> checked = procedure(built, node, spot);
  if (!checked) return;
  CheckedPolicy& policy = built.policy;
  const auto twin = std::ranges::find(policy.procedures, checked->path, &CheckedProcedure::path);
  const bool own = !built.own_procedures.insert(checked->path).second;
  if (twin == policy.procedures.end()) {
    if (policy.procedures.size() >= kMostProcedures) {
      services_.sink.report(
          Code::E0523, checked->place,
          "more than " + std::to_string(kMostProcedures) + " procedures in one policy");
      return;
    }
    policy.procedures.push_back(*std::move(checked));
  } else if (own) {
    services_.sink
        .report(Code::E0560, checked->place,
                "there already is a procedure " + quoted(checked->path) + " in this policy",
                "again")
        .also(twin->place.file, twin->place.span, "the first one");
  } else {
    policy.overrides.push_back({"replace", policy.id + "." + checked->path, "", line_of(*twin),
                                line_of(*checked), checked->place, policy.id});
    *twin = *std::move(checked);
  }
}

std::optional<CheckedProcedure> Policies::procedure(Built& built, const ast::Procedure& node,
                                                    const Spot& spot) {
  if (node.has_error() || !node.name() || services_.sink.is_full()) return std::nullopt;
  CheckedProcedure checked;
  checked.path = spot.prefix + std::string(node.name().text());
  checked.place = place(built, node.name());
  checked.title = title_of(built, node.title());
  checked.doc = node.doc();
  checked.owner = spot.owner;
  describe(services_, built.info->module, node, checked);
  std::set<std::string> present = spot.present;
  checked.only_if = both_conditions(spot.only_if, only_if(built, node, present));
  for (const ast::Path& path : node.on())
    checked.targets.push_back({path.joined(), place(built, path)});
  const std::vector<ast::Step> steps = node.steps();
  if (steps.empty() || steps.size() > kMostSteps) {
    services_.sink
        .report(Code::E0562, checked.place,
                steps.empty() ? "this procedure has no step"
                              : "a procedure has at most " + std::to_string(kMostSteps) + " steps")
        .suggest("say what is to be done: `step \"Undo\" run \"…\"`");
    return std::nullopt;
  }
  bool sound = true;
  for (const ast::Step& step : steps) {
    std::optional<CheckedProcedureStep> one = procedure_step(built, step, present);
    sound = sound && one;
    if (one) checked.steps.push_back(*std::move(one));
  }
  if (!sound) return std::nullopt;
  return checked;
}

std::optional<CheckedProcedureStep> Policies::procedure_step(Built& built, const ast::Step& node,
                                                             const std::set<std::string>& before) {
  const auto refuse = [&](const ast::View& at, const std::string& what, const std::string& help) {
    services_.sink.report(Code::E0562, place(built, at), what).suggest(help);
    return std::nullopt;
  };
  for (const ast::Clause& clause : node.clauses()) {
    if (is_of_procedure(clause.kind())) continue;
    return refuse(
        clause,
        "a step of a procedure decides nothing: it has no " +
            std::string(lang::node_info(clause.kind()).shown),
        "a step says what to `run` and what it shall `require`; rules stand in the policy");
  }
  if (!node.statements().empty()) {
    return refuse(
        node.statements().front(), "a step of a procedure holds no rules and no other steps",
        "a step says what to `run` and what it shall `require`; rules stand in the policy");
  }
  CheckedProcedureStep step;
  step.place = place(built, node);
  step.name = std::string(node.name().text());
  step.title = title_of(built, node.title());
  if (node.owner()) step.owner = word_of(services_, built.info->module, node.owner().expression());
  if (node.why()) step.why = plain_string(services_, built.info->module, node.why().string());
  std::set<std::string> present = before;
  step.only_if = only_if(built, node, present);
  if (node.run()) {
    auto run = command(built, node.run(), present);
    if (!run) return std::nullopt;
    step.run = *std::move(run);
  }
  for (const ast::VerbClause& verb : node.verbs()) {
    if (verb.else_action()) {
      return refuse(verb.else_action(), "a step of a procedure decides nothing: it has no `else`",
                    "leave it out");
    }
    Condition check = ExprCheck(services_, scope_of(built, present))
                          .condition(verb.condition(), ConditionUse::clause);
    if (!check) return std::nullopt;
    step.checks.push_back(std::move(check));
  }
  if (step.name.empty() && step.title.empty() && step.run.empty() && step.checks.empty())
    return refuse(node, "this step says nothing",
                  "say what is to be done: `step \"Undo\" run \"…\"`");
  return step;
}

// What stands in `run`, with holes only where what fills them can be quoted.
std::optional<std::vector<CheckedTextPart>> Policies::command(Built& built,
                                                              const ast::LiteralExpr& text,
                                                              std::set<std::string> present) {
  auto parts = ExprCheck(services_, scope_of(built, std::move(present))).pieces(text);
  if (!parts) return std::nullopt;
  ShellText shell;
  const std::vector<lang::StringPart> written = text.parts();
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!written[i].hole) {
      shell.read(written[i].text);
      continue;
    }
    if (!shell.takes_word()) {
      services_.sink
          .report(Code::E0563, {place(built, text).file, written[i].span},
                  "what fills " + quoted("${" + written[i].text + "}") +
                      " cannot be quoted here, and it comes from outside",
                  "within quotes, or where a shell calculates")
          .suggest("leave the quotes out: dpol quotes what needs it");
      return std::nullopt;
    }
    shell.fill();
  }
  return parts;
}

// ------------------------------------------------------------------------------------ their rules

// Those of the policy and of its parents, on the rules as they are in this policy.
void Policies::link_procedures(Built& built) {
  CheckedPolicy& policy = built.policy;
  for (CheckedProcedure& procedure : policy.procedures) {
    procedure.rules.clear();
    for (CheckedProcedure::Target& target : procedure.targets) {
      if (link_target(policy, target, procedure.rules)) continue;
      if (target.resolved || built.rules_missing) continue;  // the rule was dropped, or has errors
      auto& diagnostic = services_.sink.report(Code::E0561, target.place,
                                               "this policy has no rule " + quoted(target.name));
      std::vector<std::string> names;
      add_rule_names(policy, false, names);
      suggest_nearest(diagnostic, target.place, target.name, names);
    }
  }
}

// False where the policy has no such rule. What fits several is said, once.
bool Policies::link_target(const CheckedPolicy& policy, CheckedProcedure::Target& target,
                           std::vector<std::uint32_t>& rules) {
  const std::vector<std::size_t> found = find_rules(policy, target.name);
  if (found.empty()) return false;
  if (!target.resolved && !is_one_rule(policy, found, target.place, target.name)) return true;
  const bool breaks =
      std::ranges::any_of(found, [&](std::size_t i) { return can_break(policy.rules[i]); });
  // A rule that lost its clause to an error is not to blame for what it lacks.
  const bool whole =
      std::ranges::none_of(found, [&](std::size_t i) { return policy.rules[i].clauses.empty(); });
  if (!target.resolved && !breaks && whole) {
    services_.sink
        .report(Code::E0517, target.place,
                quoted(target.name) + " neither fails nor fires: what is to be done is never shown",
                "no effect")
        .also(policy.rules[found.front()].place.file, policy.rules[found.front()].place.span,
              "it holds or warns");
  }
  // From here on an heir's rule of a similar name is not meant.
  if (!target.resolved) {
    const CheckedRule& first = policy.rules[found.front()];
    target.name = found.size() == 1 ? first.path : first.group;
    target.resolved = true;
  }
  for (const std::size_t i : found) {
    const auto rule = static_cast<std::uint32_t>(i);
    if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  }
  return true;
}

// Those that stand outside of policies: for every policy that has one of their rules.
void Policies::apply_procedures_of_files() {
  for (std::size_t i = 0; i < services_.modules.all().size(); ++i) {
    const Module& module = services_.modules.all()[i];
    for (const auto& declaration : ast::File(*module.syntax).declarations()) {
      const auto node = declaration.as<ast::Procedure>();
      if (!node || parts_ > kMaxPolicyParts) continue;
      PolicyInfo nobody;  // a file declares no parameters
      nobody.module = i;
      Built file;
      file.info = &nobody;
      if (const auto checked = procedure(file, node, {})) apply_procedure_of_file(*checked);
    }
  }
}

void Policies::apply_procedure_of_file(const CheckedProcedure& procedure) {
  std::vector<bool> found(procedure.targets.size(), false);
  bool whole = true;
  std::vector<std::string> names;
  for (PolicyInfo& info : services_.names.policies()) {
    Built& built = *built_.at(&info);
    whole = whole && built.state == Built::State::done && !built.rules_missing;
    if (built.state != Built::State::done || services_.sink.is_full()) continue;
    CheckedProcedure own = procedure;
    for (std::size_t t = 0; t < own.targets.size(); ++t) {
      if (link_target(built.policy, own.targets[t], own.rules)) found[t] = true;
    }
    add_rule_names(built.policy, true, names);
    if (!own.rules.empty() && !add_procedure_of_file(built, std::move(own))) return;
  }
  for (std::size_t t = 0; t < found.size() && whole; ++t) {
    if (found[t]) continue;
    const CheckedProcedure::Target& target = procedure.targets[t];
    auto& diagnostic = services_.sink.report(Code::E0561, target.place,
                                             "no policy has a rule " + quoted(target.name));
    suggest_nearest(diagnostic, target.place, target.name, names);
  }
}

// False where it cannot be added, which is said.
bool Policies::add_procedure_of_file(Built& built, CheckedProcedure procedure) {
  auto& all = built.policy.procedures;
  const auto twin = std::ranges::find(all, procedure.path, &CheckedProcedure::path);
  if (twin != all.end()) {
    services_.sink
        .report(Code::E0560, procedure.place,
                "policy " + quoted(built.policy.id) + " has a procedure " +
                    quoted(procedure.path) + ", too")
        .also(twin->place.file, twin->place.span, "the policy's");
    return false;
  }
  parts_ += 1 + procedure.steps.size();
  if (parts_ > kMaxPolicyParts) {
    services_.sink.report(Code::E0523, procedure.place,
                          "all policies together have more than a program can hold");
    return false;
  }
  all.push_back(std::move(procedure));
  return true;
}

}  // namespace dpol::compiler
