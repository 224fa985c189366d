// Checked: the typed, resolved model of everything that a compilation judges.
//
// Promises
//  - Complete: an evaluator that walks it needs no syntax tree, no bytecode and no names: every name
//    is an index into a table here, every literal a value in base units, every shorthand spelled
//    out (the left side of a threshold, `in a..b`, `where`, `within 10% of`, percentages,
//    functions, `needs` of a rule, inherited rules).
//  - Parallel to the Program: policies, rules and their clauses, phases, rollouts, stages, metrics,
//    enumerations, collections (row tables), columns within a collection and the facts' order are
//    the same as there.
//  - Expressions are immutable and shared; places point into the sources that CompileResult keeps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source.h"
#include "runtime/program/program.h"

namespace dpol::compiler {

using program::Decimal;
using program::Kind;
using program::kNone;
using program::Type;

struct Place {
  const lang::SourceFile* file = nullptr;
  lang::Span span;
};
inline bool same_place(const Place& a, const Place& b) {
  return a.file == b.file && a.span.begin == b.span.begin;
}

// ---- types ----
struct EnumInfo {
  std::string name;
  bool ordered = false;
  std::vector<std::string> members;  // ordinal = index
  bool in_place = false;             // declared where it is used; `name` is the field's
  Place place;
};
struct FieldInfo {
  std::string name;
  Type type;
  bool optional = false;
  Place place;
};
struct RecordInfo {
  std::string name;
  std::vector<FieldInfo> fields;
  bool in_place = false;
  Place place;
};
// A column of a collection's rows. Records within records are flattened: "image.digest".
struct ColumnInfo {
  std::string name;  // "" is the element itself, "[key]" the key of a map
  Type type;
  bool optional = false;
};
// What a list or map holds. Type::index of Kind::list and Kind::map is an index into
// TypeTable::collections, and so into Program::row_tables.
struct CollectionInfo {
  Type element;
  bool keyed = false;  // a map: column 0 is the key
  std::vector<ColumnInfo> columns;
};
class TypeTable final : public program::TypeNames {
 public:
  std::vector<std::string> units;
  std::vector<EnumInfo> enums;
  std::vector<RecordInfo> records;
  std::vector<CollectionInfo> collections;

  std::string_view unit_name(std::size_t unit) const override { return units[unit]; }
  std::string_view enumeration_name(std::uint16_t index) const override {
    return enums[index].name;
  }
  std::string_view record_name(std::uint16_t index) const override { return records[index].name; }
  Type element_type(std::uint16_t index) const override { return collections[index].element; }
};

// ---- values ----
// Which member counts follows from the type beside it.
struct Constant {
  Decimal number;  // every numeric kind and time, in base units
  bool boolean = false;
  std::uint32_t ordinal = 0;  // enumeration
  std::string text;           // string, semver
  friend bool operator==(const Constant&, const Constant&) = default;
};
// As a policy writes it: 99.5%, "text", high.
std::string constant_text(const Constant& value, const Type& type, const TypeTable& types);

// ---- inputs ----
struct FactInfo {
  std::string path;  // dotted: tests.failed; never a record
  Type type;
  bool optional = false;
  std::string doc;
  Place place;
};
struct SourceFieldInfo {
  std::string fact;  // behind the source's name and a dot
  std::string at;
  std::string unit;
};
struct SourceOptionInfo {
  std::string name;
  bool is_file = false;
  std::string value;
  friend bool operator==(const SourceOptionInfo&, const SourceOptionInfo&) = default;
};
struct CheckedQueryPart {
  program::QueryHole hole = program::QueryHole::none;
  std::string text;                    // of a hole the fact's path
  std::uint32_t fact = program::kNone;  // of a hole
  std::uint8_t quote = 0;              // around a hole
  friend bool operator==(const CheckedQueryPart&, const CheckedQueryPart&) = default;
};
struct CheckedQuery {
  std::uint32_t metric = 0;
  program::Track track = program::Track::candidate;
  std::vector<CheckedQueryPart> text;
  std::string unit;     // "": base units
  bool of_all = false;  // uses no word of a track
  Place place;
};
// Documents that bring facts, or a monitoring system that is asked.
struct SourceInfo {
  std::string name;
  std::string format;
  std::vector<std::string> files;
  std::vector<SourceFieldInfo> fields;
  std::vector<CheckedQuery> queries;
  bool address_in_environment = false;
  std::vector<SourceOptionInfo> options;
  Place place;
};
struct ParamInfo {
  std::string name;
  std::string policy;  // that declares it
  Type type;
  std::optional<Constant> fallback;
  std::optional<Constant> minimum, maximum;
  std::string title;
  std::string doc;
  Place place;
};
struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

// An expression with the text that reports quote.
struct Condition {
  ExprPtr expr;
  std::string text;  // canonical, one line
  std::uint32_t base_metric =
      kNone;                   // the first it names in its text: its samples are the instants
  bool reads_metrics = false;  // any track, baselines too
  Place place;

  explicit operator bool() const { return expr != nullptr; }
};

struct MetricInfo {
  std::string name;
  std::string title;
  std::string doc;
  Type type;
  program::Direction better = program::Direction::neither;
  Decimal interval_seconds;
  Decimal stale_seconds;
  Condition needs;      // may be empty
  bool bounded = true;  // ratio only
  std::optional<Decimal> minimum, maximum;
  program::BaselineRule baseline;
  Place place;
  std::string baseline_name;  // of a saved one; "": the rule says what it is
  std::uint32_t label_set = kNone;  // into Checked::label_sets; kNone: one series
  std::vector<std::string> labels;  // in the order of its own text
  Decimal gone_seconds;             // 0: a series that was seen stays one
};

// ---- expressions ----
enum class ExprOp : std::uint8_t {
#define DPOL_EXPR(name, text) name,
#include "compiler/expr_ops.def"
};
const char* expr_op_name(ExprOp op);

// How a constant was written, where that decides what it may stand for.
enum class Literal : std::uint8_t {
  none,
  number,   // 12, 0.5: a count, of whatever the other side counts
  rate,     // 1200/s: a rate of whatever the other side counts
  percent,  // 5%: a share, or a change
  text,     // "2xx": a string, or an enumeration's value
};

struct Expr {
  ExprOp op = ExprOp::constant;
  Type type;
  std::vector<ExprPtr> args;
  Constant constant;
  std::uint32_t index = 0;  // fact, parameter, metric, loop or column, as the row of the op says
  std::uint16_t collection =
      0;  // of element, field, find, has and loops: which TypeTable::collections
  program::Track track = program::Track::candidate;
  program::Aggregate aggregate = program::Aggregate::avg;
  program::Function function = program::Function::abs;
  Decimal seconds;         // of a window or aggregate
  std::uint32_t hits = 0;  // `in hits of samples samples`
  std::uint32_t samples = 0;
  bool across_stages = false;
  std::vector<Decimal> weights;               // score: what each part is worth
  ExprOp comparison = ExprOp::greater_equal;  // score: `score comparison limit`
  std::uint32_t left_begin = 0;               // score: where its name stands in Condition::text
  std::uint32_t left_length = 0;
  std::string pattern;  // of matches: RE2 syntax; of field: the column's name
  Literal literal = Literal::none;
  Place place;
  std::uint32_t text_begin = 0;  // byte span inside Condition::text; length 0: not in the text
  std::uint32_t text_length = 0;
  // What the compiler found out; nothing that gives the value needs it.
  bool closed = false;            // no input below it
  std::optional<Constant> known;  // its value, if that is the same for all inputs
  std::uint32_t size = 1;  // nodes, itself included, shared ones counted each time; saturates
  std::uint32_t depth = 1;
};

// The first metric that is named in the text of a condition or a part of it; kNone: none. Its
// samples are the instants of the condition, and of a window over that part.
std::uint32_t first_metric(const Expr& expr);
bool reads_metrics(const Expr& expr);
inline constexpr bool is_window(ExprOp op) {
  return op >= ExprOp::for_time && op <= ExprOp::in_samples;
}
// Compares the candidate's samples with the stable version's.
inline constexpr bool is_ranking(ExprOp op) {
  return op >= ExprOp::worse_share && op <= ExprOp::differs_amount;
}
// What it reads of a metric: index and track say which.
inline constexpr bool is_measured(ExprOp op) {
  return op == ExprOp::sample || op == ExprOp::aggregate || op == ExprOp::all_series || is_ranking(op);
}
inline constexpr bool is_loop(ExprOp op) { return op >= ExprOp::every && op <= ExprOp::mean; }

// ---- policies ----
struct Approval {
  std::uint32_t count = 1;
  std::string role;                       // "": anybody
  std::vector<std::uint32_t> other_than;  // string facts
  Decimal within_seconds;                 // 0: a sign-off lasts
  bool or_not_applicable = false;
};
struct RoleInfo {
  std::string name;
  std::string title;
  bool has_members = false;           // false: whoever says so
  std::vector<std::string> members;   // listed
  std::uint32_t fact = kNone;         // else whom this fact names: a string or a list of strings
  Place place;
};
struct CheckedClause {
  program::Verb verb = program::Verb::require;
  Condition condition;  // confirm has none
  bool or_rollback = false;
  program::Missing if_missing = program::Missing::unknown;
  Decimal missing_for_seconds;
  program::Missing if_baseline_missing = program::Missing::unknown;
  Decimal baseline_missing_for_seconds;
  program::Missing if_empty = program::Missing::unknown;
  Approval approval;
  Place place;
};
struct CheckedOverride {
  std::string what;  // set, replace, drop
  std::string target;
  std::string because;
  std::string from;
  std::string to;
  Place place;
  std::string policy;  // that makes the change
};
// A part of a score.
struct CheckedPart {
  Decimal worth;
  Condition full;
  Condition half;  // may be empty
  Place place;
};
// What explains a rule, a procedure or a message.
struct CheckedAbout {
  std::string doc, why, evidence, severity, owner;
  std::vector<std::string> covers;
};
struct CheckedRule : CheckedAbout {
  std::string path;   // the id without the policy's name: canary.latency_p95
  std::string group;  // what `drop` and `replace` may also call it: canary.latency_p95
  std::string title;
  program::RuleKind kind = program::RuleKind::item;
  program::Gate gate = program::Gate::none;
  program::Scope scope = program::Scope::policy;
  std::uint32_t phase = kNone;
  std::uint32_t rollout = kNone;
  std::uint32_t first_stage = 0;
  std::uint32_t last_stage = 0;
  Condition only_if;  // may be empty
  std::vector<CheckedClause> clauses;
  bool is_final = false;
  bool trial = false;
  std::vector<std::string> waivable_by;  // roles, any of which may waive; empty: nobody may
  std::vector<std::uint32_t> overrides;
  std::string line;  // the rule on one line, as overrides quote it
  Place place;
  std::optional<Decimal> trial_until;  // seconds since 1970
  std::vector<CheckedPart> parts;      // score
  Condition around;                    // part of only_if: of the `from stage` or `stages` around it
  Condition needs;                     // part of the conditions of its clauses; may be empty
  std::string policy;                  // that says it
  std::uint32_t each = kNone;          // a metric with labels: judged for each of its series
};
struct CheckedAnchor {
  bool from_deployment = true;
  Decimal offset_seconds;
  Condition time;  // else
  std::string text;
};
struct CheckedPhase {
  std::string name;
  std::string title;
  program::PhaseKind kind = program::PhaseKind::from;
  CheckedAnchor opens;
  std::optional<CheckedAnchor> closes;
  Condition only_if;
  Place place;
  bool after_rollback = false;  // a bare metric means the stable track
};
struct CheckedStage {
  std::string name;
  std::optional<Decimal> share;
  std::optional<Decimal> bake_seconds;
  std::optional<Decimal> at_most_seconds;
  program::Missing at_most_outcome = program::Missing::rollback;
  Decimal settle_seconds;
  Condition only_if;
  Place place;
  std::string title, run;
};
struct CheckedRollout {
  std::string name;
  std::string title;
  std::vector<CheckedStage> stages;
  Place place;
  Condition only_if;  // may be empty; part of the conditions of CheckedPolicy::strategy
};
struct CheckedChoice {
  std::uint32_t rollout = 0;
  Condition condition;  // empty: otherwise
  Place place;
};
// A parameter as one policy has it, inherited ones included.
struct PolicyParam {
  std::uint32_t param = kNone;    // into Checked::params
  std::optional<Constant> value;  // its default, or what the nearest `set` says
  Place place;                    // of the `set`, else of the declaration
};
struct CheckedWaiver {
  std::string target;
  std::vector<std::uint32_t> rules;  // into CheckedPolicy::rules
  Condition scope;
  Decimal until;  // seconds since the epoch
  std::string by;
  std::string because;
  std::vector<std::string> roles;  // whose members may waive, any of them
  Place place;
};
// A stretch of a text, of a message or of a command: words, or a text that the release fills in.
struct CheckedTextPart {
  std::string text;  // of a hole: its path
  Condition hole;    // empty: words
};
struct CheckedProcedureStep {
  std::string name, title, owner, why;
  Condition only_if;  // may be empty
  std::vector<CheckedTextPart> run;
  std::vector<Condition> checks;
  Place place;
};
struct CheckedProcedure : CheckedAbout {
  // What `on` names; once it is known which rules are meant, by their full name.
  struct Target {
    std::string name;
    Place place;
    bool resolved = false;
  };
  std::string path;  // the id without the policy's name
  std::string title;
  std::vector<Target> targets;
  std::vector<std::uint32_t> rules;  // into CheckedPolicy::rules
  Condition only_if;                 // may be empty
  std::vector<CheckedProcedureStep> steps;
  Place place;
};
struct CheckedRecipient {
  std::string name;  // an address, or of a role
  bool is_role = false;
};
struct CheckedMessage : CheckedAbout {
  std::string name;
  std::vector<CheckedTextPart> text;
  std::vector<CheckedRecipient> recipients;
  std::vector<std::string> channels;
  std::optional<CheckedAnchor> opens, closes;
  Decimal within_seconds;  // 0: it does not matter how late it is
  Decimal every_seconds;   // 0: once
  Condition while_true;    // may be empty
  std::vector<std::string> on;  // groups of the rules that it is about; empty: about none
  Condition only_if;       // may be empty
  program::Scope scope = program::Scope::policy;
  std::uint32_t phase = kNone;
  std::uint32_t rollout = kNone;
  std::uint32_t first_stage = 0;
  std::uint32_t last_stage = 0;
  Place place;
};
// A policy as those that extend it name it.
struct CheckedParent {
  std::string id;
  std::vector<std::string> extends;
  std::string title;
  std::string owner;
  std::string doc;
};
struct CheckedPolicy {
  std::string id;
  std::string title;
  std::string owner;
  std::string doc;
  Condition applies;  // may be empty
  bool trial = false;
  std::vector<std::string> extends;
  std::vector<CheckedParent> parents;  // those, and whatever they extend
  std::vector<CheckedPhase> phases;
  std::vector<CheckedRollout> rollouts;
  std::vector<CheckedRule> rules;
  std::vector<CheckedOverride> overrides;
  std::vector<CheckedWaiver> waivers;
  std::vector<PolicyParam> params;
  Place place;
  std::optional<Decimal> trial_until;
  // The first whose condition holds is followed; of one whose condition is unknown only if the rest
  // would choose the same. Empty: the only rollout, or none.
  std::vector<CheckedChoice> strategy;
  Place strategy_place;
  std::vector<CheckedProcedure> procedures;
  std::vector<CheckedMessage> messages;  // no two of one name
  std::string baseline;  // whose name its baselines have; "": as the metrics declare them

  std::string rule_id(const CheckedRule& rule) const { return id + "." + rule.path; }
};

struct Checked {
  TypeTable types;
  std::vector<FactInfo> facts;
  std::vector<ParamInfo> params;  // of all policies
  std::vector<std::vector<std::string>> label_sets;  // what tells series apart
  std::vector<MetricInfo> metrics;
  std::vector<SourceInfo> sources;
  std::vector<RoleInfo> roles;  // by name
  std::vector<CheckedPolicy> policies;  // those that are judged
};

}  // namespace dpol::compiler
