// Policies: from declarations to the rules that are judged, parents merged in.
//
// Promises
//  - A rule's path does not depend on which policy inherits it, and no two rules of a policy share
//    one.
//  - Only policies of entry files are judged, and of those not the ones that leave a parameter open
//    for a policy that extends them.
//  - What two parents call alike and declare differently is said, with both places, unless the policy
//    settles it.
//  - Every override is named in CheckedPolicy::overrides; rules that are final have none.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check_expr.h"

namespace dpol::compiler {

inline constexpr std::size_t kMaxPolicyDepth = 50;  // policies extending policies
inline constexpr std::size_t kMaxParents = 200;     // that one policy extends, on all levels
inline constexpr std::size_t kMaxClauses = 1'000;   // of one rule
// Rules, parameters, overrides, phases, stages, messages, procedures and their steps of all policies,
// inherited ones each time.
inline constexpr std::size_t kMaxPolicyParts = 100'000;

// What two parents of a policy call alike.
struct Clash {
  enum class Kind : std::uint8_t {
    rule,
    parameter,
    set,
    phase,
    rollout,
    strategy,
    baseline,
    procedure,
    message,
  };
  Kind kind = Kind::rule;
  std::string name;
  std::string first_name;  // of a rule: the whole path, as names of rules meet in part
  Place first;
  Place second;
  std::size_t parent = 0;       // the later of the two, among those that the policy extends
  std::uint32_t param = kNone;  // set: into Checked::params
};

class Policies {
 public:
  explicit Policies(Services& services) : services_(services) {}

  // Builds every policy of every module; fills Checked::policies.
  void build_all();

  // The rules that a dotted name means in a policy: the tail of their paths or groups.
  static std::vector<std::size_t> find_rules(const CheckedPolicy& policy, const std::string& tail);

  // As it was built; null where it has errors.
  const CheckedPolicy* built_policy(const PolicyInfo& info) const;

 private:
  struct WaiverNode {
    std::size_t module = 0;
    lang::ast::Waiver node;
    const PolicyInfo* policy = nullptr;  // that it stands in
    std::string prefix = {};             // of the phase or rollout that it stands in: "canary."
  };
  // Where a rule or a message stands.
  struct Spot {
    program::Scope scope = program::Scope::policy;
    std::uint32_t phase = kNone;
    std::uint32_t rollout = kNone;
    std::uint32_t first_stage = 0;
    std::uint32_t last_stage = 0;
    std::string prefix;  // "canary." or ""
    std::string owner;
    std::set<std::string> present;
    Condition only_if;  // of the `from stage` or `stages` around, for each of its rules
  };
  struct MessageNode {
    lang::ast::Message node;
    Spot spot;
  };
  // What `drop` took away: paths, and where they were declared.
  struct Dropped {
    Place change;
    std::vector<std::pair<std::string, Place>> rules;
  };
  struct Built {
    enum class State : std::uint8_t { fresh, building, done, broken } state = State::fresh;
    CheckedPolicy policy;
    std::map<std::string, std::uint32_t> params;  // visible names -> Checked::params
    std::optional<Place> baseline;                // where it says which, itself
    std::optional<Place> inherited_baseline;      // where a parent says so
    std::set<std::string> present;                // what `applies only if` has tested
    std::set<std::uint32_t> set_here;             // parameters this policy itself has set
    std::set<std::string, std::less<>> taken;     // paths and groups of the rules
    bool extended = false;
    bool rules_missing = false;  // some rule has errors, here or in a parent
    std::set<std::string> own_procedures;  // those that it declares itself
    std::vector<WaiverNode> waivers;  // that stand in it and in its parents
    std::map<std::string, Place> message_names;  // its own, inherited ones, those of files
    std::vector<MessageNode> own_messages;       // what they are about may stand behind them
    const PolicyInfo* info = nullptr;
    std::size_t depth = 0;                     // policies below it that extend each other
    std::vector<const PolicyInfo*> ancestors;  // who CheckedPolicy::parents are
    std::vector<Condition> applies;            // what CheckedPolicy::applies joins
    std::vector<Dropped> dropped;              // by it and its parents
    std::vector<Clash> clashes;                // of its parents
  };
  // A message that stands outside of policies.
  struct FileMessage {
    std::size_t module = 0;
    lang::ast::Message node;
    std::optional<CheckedMessage> checked;   // nothing: it has errors
    std::vector<bool> found;                 // for each of `on`: whether a policy has such a rule
  };

  Built* build(PolicyInfo& info, std::size_t depth);
  void add_param(Built& built, const lang::ast::Param& node);
  void set_param(Built& built, const lang::ast::Set& node);
  bool check_param_range(const ParamInfo& param, const Constant& value, const Place& place);
  void add_applies(Built& built);
  void use_baseline(Built& built, const lang::ast::UseBaseline& node);
  void apply_overrides(Built& built, const std::vector<lang::ast::Statement>& statements);
  void drop_rules(Built& built, const lang::ast::Drop& node);
  void replace_rules(Built& built, const lang::ast::Replace& node);
  std::vector<std::size_t> find_targets(Built& built, const std::string& name, const Place& place);
  std::string because_text(Built& built, const lang::ast::Because& because);
  void add_statements(Built& built, const std::vector<lang::ast::Statement>& statements,
                      const Spot& spot);
  void add_statement(Built& built, const lang::ast::Statement& statement, const Spot& spot);
  void link_param(CheckedPolicy& policy, std::uint32_t param, std::uint32_t override_index);
  void finish(Built& built);
  std::optional<Decimal> trial_end(Built& built, const lang::ast::TrialMark& mark);
  std::vector<CheckedPolicy> judged();

  // ---- parents.cpp ----
  class Inheritance;
  bool inherit(Built& built, std::size_t depth);
  Built* parent_of(Built& built, const lang::ast::Path& path, std::size_t depth);
  bool fits(const Built& base, const Place& at);
  void forget_drops(Built& built);
  void link_set(CheckedPolicy& policy, const PolicyParam& param);
  void say_clashes(Built& built);
  bool is_settled(Built& built, const Clash& clash);

  // ---- phases.cpp ----
  void add_phase(Built& built, const lang::ast::Phase& node);
  bool time_phase(Built& built, const lang::ast::Phase& node, CheckedPhase& phase);
  std::optional<CheckedAnchor> anchor(Built& built, const lang::ast::Expr& expr);
  void add_rollout(Built& built, const lang::ast::Rollout& node);
  std::uint32_t declare_rollout(Built& built, const lang::ast::Rollout& node);
  void add_stage(Built& built, CheckedRollout& rollout, const lang::ast::Stage& node);
  void add_step(Built& built, CheckedRollout& rollout, const lang::ast::Step& node);
  void add_stages(Built& built, CheckedRollout& rollout, const lang::ast::Stages& node);
  bool is_new_stage(const CheckedRollout& rollout, const CheckedStage& stage);
  template <class Node>
  void stage_clauses(Built& built, const Node& node, CheckedStage& stage);
  template <class Node>
  void rules_of_stage(Built& built, const CheckedRollout& rollout, const Node& node,
                      std::uint32_t stage, bool inherited, Spot spot);
  template <class Node>
  bool keeps_times(const Node& node, const Place& at, const CheckedStage& stage);
  void rules_of_stages(Built& built, const CheckedRollout& rollout, const lang::ast::Stages& node,
                       bool inherited, Spot spot);
  void rules_from_stage(Built& built, const CheckedRollout& rollout,
                        const lang::ast::FromStage& node, Spot spot);
  void own_rule(Built& built, const lang::ast::Body& node, const Spot& spot);
  std::optional<std::pair<Decimal, Decimal>> ends_of(Built& built, const lang::ast::Stages& node);
  std::optional<std::uint32_t> find_stage(const CheckedRollout& rollout, const std::string& name,
                                          const Place& at);
  void add_strategy(Built& built, const lang::ast::Strategy& node);
  std::optional<std::uint32_t> find_stage(Built& built, const CheckedRollout& rollout,
                                          const lang::ast::StageRef& ref);
  void bake(Built& built, CheckedStage& stage, const lang::ast::Bake& node);
  std::optional<Decimal> seconds(Built& built, const lang::ast::Expr& expr, std::string_view what,
                                 bool may_be_zero);

  // ---- rules.cpp ----
  struct ClauseContext {
    ExprScope scope;
    Condition needs;
    lang::ast::Rule node;
  };
  std::vector<CheckedRule> rules_of(Built& built, const lang::ast::Rule& node, const Spot& spot);
  std::vector<CheckedRule> item(Built& built, const lang::ast::Item& node, const Spot& spot);
  std::vector<CheckedRule> threshold(Built& built, const lang::ast::Threshold& node,
                                     const Spot& spot);
  void check_kept_baseline(Built& built);
  std::uint32_t each_metric(Built& built, const lang::ast::EachClause& each,
                            const lang::ast::Expr& subject);
  void differs_by_series(Built& built, const lang::ast::EachClause& each, const CheckedRule& rule,
                         const std::vector<CheckedClause>& clauses);
  std::vector<CheckedRule> standing(Built& built, const lang::ast::StandingRule& node,
                                    const Spot& spot);
  std::vector<CheckedRule> score(Built& built, const lang::ast::Score& node, const Spot& spot);
  std::vector<CheckedPart> parts_of(Built& built, const lang::ast::Score& node,
                                    const ClauseContext& context);
  std::optional<Decimal> worth(Built& built, const lang::ast::LiteralExpr& literal, bool& percent);
  CheckedRule rule_head(Built& built, const lang::ast::Rule& node, const Spot& spot);
  void waivable(Built& built, CheckedRule& rule, const lang::ast::Rule& node);
  std::string threshold_name(Built& built, const lang::ast::Threshold& node,
                             const lang::ast::Expr& subject);
  Condition only_if(Built& built, const lang::ast::Body& node, std::set<std::string>& present);
  ClauseContext clause_context(Built& built, const lang::ast::Rule& node, CheckedRule& rule,
                               std::set<std::string> present, const lang::ast::Expr& subject);
  std::optional<CheckedClause> verb_clause(Built& built, ClauseContext& context, program::Verb verb,
                                           const lang::ast::Expr& condition,
                                           const lang::ast::Action& else_action,
                                           const Place& place);
  void else_outcome(Built& built, CheckedClause& clause, const lang::ast::Action& action);
  void absences(Built& built, const lang::ast::Rule& node, std::vector<CheckedClause>& clauses);
  void add_clauses(Built& built, const lang::ast::Rule& node, ClauseContext& context,
                   std::vector<CheckedClause>& clauses);
  std::vector<CheckedClause> confirm_clauses(Built& built, const lang::ast::Confirm& node);
  std::optional<std::vector<std::uint32_t>> people_of(Built& built,
                                                      const std::vector<lang::ast::Path>& paths);
  std::optional<Approval> approval_of(Built& built, const lang::ast::Approver& approver);
  void add_gates(Built& built, const lang::ast::Body& node, const Spot& spot);
  bool too_many_clauses(Built& built, const lang::ast::Rule& node, std::size_t subjects);
  // The rules of one statement.
  void add_rules(Built& built, std::vector<CheckedRule> rules);
  bool is_taken(Built& built, const CheckedRule& rule);

  // ---- waivers.cpp ----
  void apply_waivers(Built& built);
  void apply_waivers_of_files();
  static std::vector<std::size_t> rules_of_waiver(const CheckedPolicy& policy,
                                                  const WaiverNode& waiver);
  bool add_waiver(Built& built, const WaiverNode& waiver, const std::vector<std::size_t>& rules);
  std::optional<CheckedWaiver> waiver_head(const WaiverNode& waiver);
  Condition waiver_scope(const WaiverNode& waiver);
  bool may_waive(const WaiverNode& waiver, const CheckedRule& rule, const std::string& by);
  bool is_one_rule(const CheckedPolicy& policy, const std::vector<std::size_t>& rules, const Place& at,
                   const std::string& name);

  // ---- procedures.cpp ----
  std::optional<CheckedProcedure> procedure(Built& built, const lang::ast::Procedure& node,
                                            const Spot& spot);
  std::optional<CheckedProcedureStep> procedure_step(Built& built, const lang::ast::Step& node,
                                                     const std::set<std::string>& present);
  std::optional<std::vector<CheckedTextPart>> command(Built& built,
                                                      const lang::ast::LiteralExpr& text,
                                                      std::set<std::string> present);
  void add_procedure(Built& built, const lang::ast::Procedure& node, const Spot& spot);
  void link_procedures(Built& built);
  bool link_target(const CheckedPolicy& policy, CheckedProcedure::Target& target,
                   std::vector<std::uint32_t>& rules);
  void apply_procedures_of_files();
  void apply_procedure_of_file(const CheckedProcedure& procedure);
  bool add_procedure_of_file(Built& built, CheckedProcedure procedure);

  // ---- messages.cpp ----
  void check_messages_of_files();
  void add_names_of_messages(Built& built, const std::vector<lang::ast::Statement>& statements);
  void add_messages(Built& built);
  void add_message(Built& built, const MessageNode& message);
  void add_message_of_file(Built& built, FileMessage& message);
  void say_messages_about_nothing();
  bool may_have_more(const CheckedMessage& message);
  bool is_new_message(Built& built, const CheckedMessage& message);
  std::vector<std::string> rules_told(Built& built, const lang::ast::Message& node);

  ExprScope scope_of(Built& built, std::set<std::string> present) const;
  Place place(const Built& built, const lang::ast::View& view) const;
  std::string title_of(Built& built, const lang::ast::Title& title);
  const Module& module_of(const Built& built) const;

  Services& services_;
  std::map<const PolicyInfo*, std::unique_ptr<Built>> built_;
  std::vector<FileMessage> file_messages_;
  std::map<std::string, Place> file_message_names_;
  std::size_t parts_ = 0;
};

// A clause on one line: `require tests.failed == 0`.
std::string clause_line(const CheckedClause& clause);
const char* verb_name(program::Verb verb);

}  // namespace dpol::compiler
