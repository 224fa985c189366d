// Program: a compiled policy file. What the compiler writes, the verifier proves and the machine runs.
//
// Promises
//  - Everything a decision needs and nothing of the text but what reports quote: one flat set of
//    tables that refer to each other by index, so that a Program can be written to a file, read back
//    and proved sound (verify.h) before it runs.
//  - The *cell file* is one array of values: [constants | inputs | temporaries]. Every operand of an
//    instruction is a cell, so comparing an input with a constant is one instruction.
//  - A *block* is a straight run of instructions with one result cell. Each temporary is written by
//    exactly one instruction, so after a block has run every intermediate value can still be read:
//    that is how reports show the value under each part of a condition, at no cost when none is asked.
//  - Blocks are numbered so that a block only ever runs blocks of smaller numbers: no recursion, no
//    stack, a bound on the steps.
//
// A Program that did not pass verify() must not be run.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/type.h"
#include "runtime/program/value.h"

namespace dpol::program {

// ---- limits: of a Program, checked by compiler and verifier, documented in docs/language.md ----
inline constexpr std::size_t kMaxCells = 60'000;
inline constexpr std::size_t kMaxInstructions = 200'000;
inline constexpr std::size_t kMaxBlockDepth = 16;      // blocks running blocks
inline constexpr std::uint32_t kMaxWindowSamples = 10'000;
inline constexpr std::size_t kMaxText = 64U << 10;         // bytes of a text that a condition builds
inline constexpr std::size_t kMaxBuiltBytes = 16U << 20;   // of all texts that one run builds
inline constexpr std::size_t kMaxBuiltRows = 100'000;      // of all lists that one run builds
inline constexpr std::size_t kMaxRules = 10'000;
inline constexpr std::size_t kMaxLabels = 8;             // of a metric
inline constexpr std::size_t kMaxMembers = 1'000;        // series of one metric: values of its labels
inline constexpr std::size_t kMaxChannels = 100'000;     // series of all metrics with labels
inline constexpr std::size_t kMaxFileBytes = 64U << 20;  // of a .dpolc

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Facts of this prefix tell whether a message was sent: `sent(window)` reads `sent.window`.
inline constexpr std::string_view kSentFacts = "sent.";

using StringId = std::uint32_t;  // index into Program::strings
using CellId = std::uint16_t;
using BlockId = std::uint32_t;

enum class Track : std::uint8_t { candidate, stable, baseline };
inline constexpr std::uint32_t kTrackCount = 3;

// What a cell holds, as far as instructions care. The Type says more, for loading and printing.
enum class CellClass : std::uint8_t {
  number,   // every numeric kind and time
  boolean,
  symbol,   // string, interned
  ordinal,  // enumeration
  semver,   // interned
  list,     // list or map: a span of rows
  row,      // one row: a loop's element, a map's entry
};
CellClass cell_class(const Type& type);

enum class Opcode : std::uint16_t {
#define DPOL_OPCODE(name, a, b, c, d, text) name,
#include "runtime/program/opcodes.def"
};
enum class Aggregate : std::uint16_t {
#define DPOL_AGGREGATE(name, result, text) name,
#include "runtime/program/aggregates.def"
};
enum class Function : std::uint16_t {
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) name,
#include "runtime/program/functions.def"
};

struct Instruction {
  Opcode op = Opcode::add;
  std::uint16_t a = 0;
  std::uint16_t b = 0;
  std::uint16_t c = 0;
  std::uint32_t d = 0;
  friend bool operator==(const Instruction&, const Instruction&) = default;
};
static_assert(sizeof(Instruction) == 12);

struct SourcePlace {
  StringId file = kNone;
  std::uint32_t line = 0;    // 1-based; 0: none
  std::uint32_t column = 0;  // 1-based
  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

// ---- tables of types ----
struct Enumeration {
  StringId name = kNone;  // of the declaration or the field
  bool ordered = false;
  std::vector<StringId> members;  // ordinal = index
  friend bool operator==(const Enumeration&, const Enumeration&) = default;
};

// One column of a row table. All lists whose elements have one type share that type's row table.
struct Column {
  StringId name = kNone;  // "restarts", "image.digest"; "" is the element itself; "[key]" a map's key
  Type type;
  bool optional = false;
  friend bool operator==(const Column&, const Column&) = default;
};
// Columns [first_column, first_column + column_count). For a map the first column is the key.
struct RowTable {
  StringId name = kNone;
  std::uint32_t first_column = 0;
  std::uint32_t column_count = 0;
  bool keyed = false;
  friend bool operator==(const RowTable&, const RowTable&) = default;
};

// ---- inputs ----
enum class InputKind : std::uint8_t {
  fact,              // name is its dotted path
  parameter,         // name is policy.parameter; has a default unless the compiler demanded one
  baseline,          // of metric `metric`
  now,               // time
  deployed_at,        // T
};
struct Input {
  InputKind kind = InputKind::fact;
  StringId name = kNone;
  Type type;                 // list and map: index into Program::row_tables
  bool optional = false;     // absent is not unknown
  std::uint32_t metric = kNone;
  std::uint32_t fallback = kNone;    // cell of a constant: a parameter's default
  std::uint32_t minimum = kNone;     // cells of constants: the range a parameter or a `within` fact must keep
  std::uint32_t maximum = kNone;
  StringId baseline = kNone;         // of a baseline that is asked for by name: which
  SourcePlace place;
  friend bool operator==(const Input&, const Input&) = default;
};

struct BaselineRule {
  enum class Kind : std::uint8_t { standard, over, promoted };
  Kind kind = Kind::standard;     // standard: median of the hour before T
  Aggregate aggregate = Aggregate::p50;
  Decimal seconds;                // over: the span before T
  std::uint32_t releases = 0;     // promoted
  friend bool operator==(const BaselineRule&, const BaselineRule&) = default;
};
// What tells the series of a metric apart: `by pod, zone`. Metrics by the same labels share it.
struct LabelSet {
  std::vector<StringId> labels;
  friend bool operator==(const LabelSet&, const LabelSet&) = default;
};
enum class Direction : std::uint8_t { neither, lower, higher };
struct Metric {
  StringId name = kNone;
  StringId doc = kNone;
  Type type;
  Direction better = Direction::neither;
  bool counter = false;
  Decimal interval_seconds;           // `every`; 0: every sample counts
  Decimal stale_seconds;              // `stale after`
  BlockId needs = kNone;              // evaluated at the sample's instant
  bool bounded = true;                // ratio only: a value outside [minimum, maximum] is unknown
  Decimal minimum;                    // default 0
  Decimal maximum;                    // default 1
  BaselineRule baseline;
  std::uint32_t baseline_input = kNone;  // index into inputs, if any rule reads it
  SourcePlace place;
  std::uint32_t label_set = kNone;    // into Program::label_sets; kNone: one series
  Decimal gone_seconds;               // a series that was silent for longer is none any more; 0: never so
  friend bool operator==(const Metric&, const Metric&) = default;
};

// ---- code ----
// A part of a condition whose value a report may show under the text.
struct TracePoint {
  CellId cell = 0;
  std::uint32_t begin = 0;   // byte span inside Block::text
  std::uint32_t length = 0;
  Type type;                 // list and map: index into Program::row_tables
  bool leaf = false;         // an input, a sample, an aggregate: what `missing` names
  friend bool operator==(const TracePoint&, const TracePoint&) = default;
};
// A comparison of numbers inside the block, for margins. The side that is the limit is `limit`.
struct Comparison {
  CellId value = 0;
  CellId limit = 0;
  Opcode op = Opcode::less;   // less, less_equal, equal, not_equal, read as `value op limit`
  bool swapped = false;       // true: read as `limit op value`
  bool negated = false;       // under an odd number of `not`
  Type type;                  // of the difference
  std::uint32_t begin = 0;    // span inside Block::text
  std::uint32_t length = 0;
  friend bool operator==(const Comparison&, const Comparison&) = default;
};
struct Block {
  std::uint32_t first = 0;        // instructions [first, first + count)
  std::uint32_t count = 0;
  CellId result = 0;
  std::uint32_t base_metric = kNone;  // the first metric it names: its samples are the block's instants
  bool reads_metrics = false;     // itself or a block it runs
  bool across_stages = false;     // a window over this block does not start afresh at a stage
  StringId text = kNone;          // the condition as reports quote it, on one line; a window's or a list's
                                  // body shares the text of the condition it is part of
  std::vector<TracePoint> traces;
  std::vector<Comparison> comparisons;
  std::vector<BlockId> windows;   // blocks that window instructions of this block run, in order
  SourcePlace place;
  friend bool operator==(const Block&, const Block&) = default;
};

// ---- sources ----
// Documents of a known format that bring the facts NAME.…: `source tests junit "report.xml"`.
struct SourceField {
  StringId fact = kNone;  // behind the source's name and a dot
  StringId at = kNone;    // where in the document, as the format has it: a JSON pointer
  StringId unit = kNone;  // of a number in the document: "ms", "%"
  friend bool operator==(const SourceField&, const SourceField&) = default;
};
// Where in a query the value of a fact stands, and so how it is escaped.
enum class QueryHole : std::uint8_t {
  none,     // words of the query itself
  label,    // within quotes: the value of a label
  pattern,  // within quotes: part of a regular expression
  number,   // outside of quotes: a number or a duration
};
struct QueryPart {
  QueryHole hole = QueryHole::none;
  StringId text = kNone;        // the words; of a hole the fact's path
  std::uint32_t input = kNone;  // of a hole: the fact
  std::uint8_t quote = 0;       // of a hole within quotes: which character they are
  friend bool operator==(const QueryPart&, const QueryPart&) = default;
};
// What a monitoring system is asked for one track of a metric.
struct MetricQuery {
  std::uint32_t metric = 0;
  Track track = Track::candidate;
  std::vector<QueryPart> text;
  StringId unit = kNone;      // of the numbers of the answer; kNone: base units
  bool of_all = false;        // uses no word of a track: its answer is about all versions
  SourcePlace place;
  friend bool operator==(const MetricQuery&, const MetricQuery&) = default;
};
inline constexpr std::string_view kPrometheusFormat = "prometheus";
// What is said of a source beside its documents.
struct SourceOption {
  StringId name = kNone;
  bool is_file = false;  // the value names one
  StringId value = kNone;
  friend bool operator==(const SourceOption&, const SourceOption&) = default;
};
struct Source {
  StringId name = kNone;
  StringId format = kNone;
  // Names and patterns of files; none: only an option names them. Of a source that is asked: its
  // address, or the variable of the environment that has it.
  std::vector<StringId> files;
  std::vector<SourceField> fields;  // of a format that leaves them to the policy
  std::vector<MetricQuery> queries;  // of a source that is asked
  bool address_in_environment = false;
  std::vector<SourceOption> options;
  SourcePlace place;
  friend bool operator==(const Source&, const Source&) = default;
};

// ---- policies ----
enum class Verb : std::uint8_t { require, warn, hold, rollback, confirm };
enum class Missing : std::uint8_t { unknown, pass, warn, hold, fail, rollback };

// Whose sign-offs count as a role's.
struct Role {
  StringId name = kNone;
  StringId title = kNone;
  bool has_members = false;          // false: whoever says so
  std::vector<StringId> members;     // listed in the policy
  std::uint32_t fact = kNone;        // else the input that names them: a string or a list of strings
  SourcePlace place;
  friend bool operator==(const Role&, const Role&) = default;
};
struct Confirm {
  std::uint32_t count = 1;
  StringId role = kNone;                   // kNone: anybody
  std::uint32_t members = kNone;           // into Program::roles; kNone: the role is not declared
  std::vector<std::uint32_t> other_than;   // inputs of string facts
  Decimal within_seconds;                  // older sign-offs do not count; 0: they last
  bool or_not_applicable = false;
  friend bool operator==(const Confirm&, const Confirm&) = default;
};
struct Clause {
  Verb verb = Verb::require;
  BlockId condition = kNone;       // confirm has none
  bool or_rollback = false;        // `require C else rollback`
  Missing if_missing = Missing::unknown;
  Decimal missing_for_seconds;     // 0: at once
  Missing if_baseline_missing = Missing::unknown;
  Decimal baseline_missing_for_seconds;
  Missing if_empty = Missing::unknown;
  Confirm confirm;
  SourcePlace place;
  friend bool operator==(const Clause&, const Clause&) = default;
};

// Where a rule stands; what decides when it is due.
enum class Scope : std::uint8_t { policy, phase, rollout, stages };
enum class RuleKind : std::uint8_t { item, threshold, rollback, hold, score };
// A person's say about a stage: before it is entered, before it is left, or what becomes of it.
enum class Gate : std::uint8_t { none, enter, leave, decide };
// A part of a score, for reports: the conditions of its clauses say all that decides.
struct ScorePart {
  Decimal worth;
  BlockId full = kNone;
  BlockId half = kNone;  // kNone: all or nothing
  SourcePlace place;
  friend bool operator==(const ScorePart&, const ScorePart&) = default;
};
struct Override {
  StringId what = kNone;     // "set", "replace", "drop"
  StringId target = kNone;   // id of the rule or parameter
  StringId because = kNone;
  StringId from = kNone;     // as it was in the parent, one line
  StringId to = kNone;       // as it is now; kNone for drop
  SourcePlace place;
  friend bool operator==(const Override&, const Override&) = default;
};
struct Rule {
  StringId id = kNone;       // stable, dotted: checkout.before.unit_tests
  StringId title = kNone;    // kNone: none
  RuleKind kind = RuleKind::item;
  Gate gate = Gate::none;         // of the stage first_stage
  Scope scope = Scope::policy;
  std::uint32_t phase = kNone;    // phase: index into Policy::phases
  std::uint32_t rollout = kNone;  // rollout, stages: index into Policy::rollouts
  std::uint32_t first_stage = 0;  // stages: [first_stage, last_stage]
  std::uint32_t last_stage = 0;
  BlockId only_if = kNone;
  std::vector<Clause> clauses;
  bool reads_metrics = false;
  bool is_final = false;
  bool trial = false;
  StringId doc = kNone;
  StringId why = kNone;
  StringId evidence = kNone;
  StringId severity = kNone;
  StringId owner = kNone;         // kNone: the policy's
  std::vector<StringId> waivable_by;     // roles; empty: nobody may waive it
  std::vector<StringId> covers;
  std::vector<std::uint32_t> overrides;  // into Policy::overrides
  SourcePlace place;
  std::optional<Decimal> trial_until;    // of a trial, seconds since 1970: from then on in force
  std::vector<ScorePart> parts;          // score
  std::uint32_t each = kNone;            // a metric with labels: judged for each of its series
  friend bool operator==(const Rule&, const Rule&) = default;
};

// A moment: T plus an offset, or an expression over facts.
struct Anchor {
  bool from_deployment = true;
  Decimal offset_seconds;      // from_deployment
  BlockId block = kNone;       // else: its result is a time
  StringId text = kNone;       // "T-48h"
  friend bool operator==(const Anchor&, const Anchor&) = default;
};
enum class PhaseKind : std::uint8_t { from, during };
struct Phase {
  StringId name = kNone;
  StringId title = kNone;
  PhaseKind kind = PhaseKind::from;
  Anchor opens;
  std::optional<Anchor> closes;   // during always; from with `until`
  BlockId only_if = kNone;
  bool after_rollback = false;    // a bare metric means the stable track
  SourcePlace place;
  friend bool operator==(const Phase&, const Phase&) = default;
};

struct Stage {
  StringId name = kNone;              // "50%", "green", "preview"
  std::optional<Decimal> share;       // of traffic, 0..1
  std::optional<Decimal> bake_seconds;
  std::optional<Decimal> at_most_seconds;
  Missing at_most_outcome = Missing::rollback;  // rollback or fail
  Decimal settle_seconds;
  BlockId only_if = kNone;
  SourcePlace place;
  StringId title = kNone;
  StringId run = kNone;               // what a person or a pipeline runs here; dpol never does
  friend bool operator==(const Stage&, const Stage&) = default;
};
struct Rollout {
  StringId name = kNone;
  StringId title = kNone;
  std::vector<Stage> stages;
  SourcePlace place;
  friend bool operator==(const Rollout&, const Rollout&) = default;
};
// `use ROLLOUT when C`. Of a policy's choices the first whose condition holds is taken.
struct Choice {
  std::uint32_t rollout = 0;          // index into Policy::rollouts
  BlockId condition = kNone;          // kNone: otherwise
  SourcePlace place;
  friend bool operator==(const Choice&, const Choice&) = default;
};

// Somebody answers for rules that are broken or cannot be judged: for some releases, for a time.
struct Waiver {
  StringId target = kNone;            // as it is written
  std::vector<std::uint32_t> rules;   // into Policy::rules
  BlockId scope = kNone;              // which releases
  Decimal until;                      // seconds since the epoch; no longer valid from then on
  StringId by = kNone;
  StringId because = kNone;
  std::vector<std::uint32_t> members; // into Program::roles: who may waive; empty: whoever says so
  SourcePlace place;
  friend bool operator==(const Waiver&, const Waiver&) = default;
};

// A stretch of a text, of a message or of a command: words, or what the release fills in.
struct TextPart {
  StringId text = kNone;              // of a hole: its path, as it is written
  BlockId hole = kNone;               // its result is a text; kNone: words
  friend bool operator==(const TextPart&, const TextPart&) = default;
};
struct ProcedureStep {
  StringId name = kNone;
  StringId title = kNone;
  StringId owner = kNone;
  StringId why = kNone;
  BlockId only_if = kNone;
  std::vector<TextPart> run;          // empty: nothing is run
  std::vector<BlockId> checks;        // its `require`: shown with what they come to, decide nothing
  SourcePlace place;
  friend bool operator==(const ProcedureStep&, const ProcedureStep&) = default;
};
// What people do once one of its rules has fired or failed. It is shown; dpol runs nothing of it.
struct Procedure {
  StringId id = kNone;
  StringId title = kNone;
  StringId doc = kNone;
  StringId owner = kNone;             // kNone: the policy's
  StringId why = kNone;
  StringId evidence = kNone;
  StringId severity = kNone;
  std::vector<StringId> covers;
  std::vector<std::uint32_t> rules;   // into Policy::rules: what it answers
  BlockId only_if = kNone;
  std::vector<ProcedureStep> steps;
  SourcePlace place;
  friend bool operator==(const Procedure&, const Procedure&) = default;
};
struct Recipient {
  StringId name = kNone;              // an address, or the name of a role
  bool is_role = false;
  std::uint32_t members = kNone;      // into Program::roles; kNone: an address, or a role not declared
  friend bool operator==(const Recipient&, const Recipient&) = default;
};
// What people are told, and when. All that is said of the time must be so.
struct Message {
  StringId name = kNone;
  std::vector<TextPart> text;
  std::vector<Recipient> recipients;
  std::vector<StringId> channels;
  std::optional<Anchor> opens;        // from this moment on …
  std::optional<Anchor> closes;       // … until this one, after which it is too late
  Decimal within_seconds;             // … or so long after, and late from then on; 0: does not matter
  Decimal every_seconds;              // 0: once
  BlockId while_true = kNone;
  bool on_rules = false;              // only if one of `rules` speaks up
  std::vector<std::uint32_t> rules;   // into Policy::rules
  BlockId only_if = kNone;
  Scope scope = Scope::policy;        // where it stands: only while that is open or under way
  std::uint32_t phase = kNone;        // as of a rule, from here …
  std::uint32_t rollout = kNone;
  std::uint32_t first_stage = 0;
  std::uint32_t last_stage = 0;       // … to here
  StringId doc = kNone;
  StringId why = kNone;
  StringId evidence = kNone;
  StringId severity = kNone;
  StringId owner = kNone;             // kNone: the policy's
  std::vector<StringId> covers;
  SourcePlace place;
  friend bool operator==(const Message&, const Message&) = default;
};

struct Policy {
  StringId id = kNone;
  StringId title = kNone;
  StringId owner = kNone;
  StringId doc = kNone;
  BlockId applies = kNone;
  bool trial = false;
  std::vector<StringId> parents;      // nearest first
  std::vector<Phase> phases;
  std::vector<Rollout> rollouts;
  std::vector<Rule> rules;            // in the order of the text, parents first
  std::vector<Override> overrides;
  std::vector<Waiver> waivers;
  std::vector<std::uint32_t> parameters;  // inputs
  SourcePlace place;
  std::optional<Decimal> trial_until;     // as of a rule
  std::vector<Choice> strategy;           // empty: its only rollout, or none
  std::vector<Procedure> procedures;
  std::vector<Message> messages;          // no two of one name
  friend bool operator==(const Policy&, const Policy&) = default;
};

// A file the program was made from.
struct SourceFileInfo {
  StringId name = kNone;
  std::string digest;   // sha256 of its bytes, lowercase hex
  friend bool operator==(const SourceFileInfo&, const SourceFileInfo&) = default;
};

struct Program {
  std::vector<std::string> strings;
  std::vector<StringId> unit_names;      // user count units, by Dimension's index
  std::vector<Enumeration> enumerations;
  std::vector<RowTable> row_tables;
  std::vector<Column> columns;
  std::vector<StringId> regexes;         // RE2 syntax, checked by the compiler

  std::vector<Value> constants;          // cells [0, constants.size())
  std::vector<Type> constant_types;      // kString: the Value's id is a StringId; semver likewise
  std::vector<Input> inputs;             // the next cells
  std::vector<CellClass> temporaries;    // the rest: class of each
  std::vector<CellId> arguments;         // of `call`

  std::vector<LabelSet> label_sets;
  std::vector<Metric> metrics;
  std::vector<Instruction> code;
  std::vector<SourcePlace> places;       // one per instruction
  std::vector<Block> blocks;
  std::vector<Source> sources;
  std::vector<Role> roles;
  std::vector<Policy> policies;
  std::vector<SourceFileInfo> files;
  std::string digest;                    // sha256 over names and bytes of `files`, lowercase hex

  std::size_t cell_count() const { return constants.size() + inputs.size() + temporaries.size(); }
  std::size_t input_cell(std::size_t input) const { return constants.size() + input; }
  const std::string& text(StringId id) const {
    static const std::string kEmpty;
    return id == kNone ? kEmpty : strings[id];
  }
  friend bool operator==(const Program&, const Program&) = default;
};

}  // namespace dpol::program
