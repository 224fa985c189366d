// Verdict: a decision with its reasons, in words: what every report format prints.
//
// Promises: a pure function of program, snapshot and options. Strings are UTF-8 without control
// characters from inputs (they are escaped); instants are RFC 3339 in UTC; numbers carry their unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dpol::decision {

// Gravest last.
enum class Decision : std::uint8_t { go, hold, no_go, rollback };
// One row of language.md's table of outcomes each.
enum class Outcome : std::uint8_t { pass, warn, fail, fired, held, pending, unknown, waived, skipped };
inline constexpr std::size_t kOutcomeCount = 9;

const char* name(Decision decision);  // "go" "hold" "no-go" "rollback"
const char* name(Outcome outcome);    // "pass" …

// Exit codes of `dpol check`, fixed.
inline constexpr int kExitGo = 0;
inline constexpr int kExitNoGo = 1;
inline constexpr int kExitHold = 2;
inline constexpr int kExitRollback = 3;
inline constexpr int kExitNothingDecided = 4;
int exit_code(Decision decision);

struct Place {
  std::string file;
  std::uint32_t line = 0;    // 1-based; 0: unknown
  std::uint32_t column = 0;
};

// The value under a part of the condition.
struct Observed {
  std::string expr;                 // the part, as the condition has it
  std::uint32_t column = 0;         // where it begins in RuleVerdict::condition, bytes from 0
  std::uint32_t length = 0;
  std::vector<std::string> values;  // oldest first; more than one under a window
  std::string source;               // "metrics.ndjson:3" of the newest; "" where there is none
  bool known = true;
  std::vector<std::string> exact{};  // `values` with every digit
};
struct Missing {
  std::string name;      // latency_p95.stable
  std::string fault;     // row name of faults.def
  std::string reason;    // sentence: "latency_p95 has no sample yet"
  std::string source;    // where the input would have been, or where the odd value is
  std::string given_by = {};  // the source of the policy whose documents would have brought it, or ""
};
struct OverrideVerdict {
  std::string what;      // set, replace, drop
  std::string target;
  std::string because;
  std::string from;
  std::string to;
  Place place;
};

// What somebody said about an item of this release.
struct SignOffVerdict {
  std::string by;
  std::string role;       // "" where none was named
  std::string answer;     // confirm, refuse, not_applicable, proceed, hold, rollback
  std::string at;
  std::string note;
  std::string source;     // "signoffs.json:4", ".dpol/state.db"
  bool counts = true;
  std::string why_not;    // where it does not: "has expired"
};
struct WaiverVerdict {
  std::string state;      // valid, expired, not_a_member, unknown_release
  std::string by;
  std::string until;
  std::string because;
  std::string instead_of; // of a rule it waives: the outcome there would be; else ""
  Place place;
};
// A part of a score.
struct PartVerdict {
  std::string condition;
  std::string half;            // the condition for half of it, "" without one
  std::string worth;           // "2", "40%"
  std::string earned;          // "2", "1", "0"; a range "0..2" while a truth is unknown
  std::vector<Observed> observed;  // below `condition`
  std::vector<Missing> missing;
  Place place;
};

using SeriesLabels = std::vector<std::pair<std::string, std::string>>;  // label and value

struct RuleVerdict {
  std::string id;
  std::string title;
  std::string verb;            // require, warn, hold, rollback, confirm, bake, use
  std::string group;           // phase or rollout (and stage) it stands in, "" for the policy itself
  Outcome outcome = Outcome::skipped;
  bool trial = false;
  std::string condition;
  std::string reason;          // why skipped, held, pending; "" where condition and values say it all
  std::vector<Observed> observed;
  std::optional<std::string> margin;    // "+22ms": how far past (broken) or short of (kept, negative) the limit
  std::optional<std::string> margin_words;  // "22ms over"
  std::optional<std::uint32_t> margin_permille;  // its size as thousandths of the limit, up to 1,000,000
  std::string margin_expr;     // the comparison that the margin speaks of; "" without one
  std::vector<Missing> missing;
  std::optional<std::string> fired_at;  // first instant a rollback held
  std::optional<std::string> due_at;    // of a rule not due yet
  Place place;
  std::string owner;
  std::string severity;
  std::string doc;
  std::string why;
  std::string evidence;
  std::vector<std::string> covers;
  std::vector<OverrideVerdict> overrides;
  std::vector<SignOffVerdict> sign_offs;
  std::optional<WaiverVerdict> waiver;      // also one that no longer counts
  std::string confirm_command;              // of a rule that waits for somebody: what they run
  std::optional<std::string> trial_until;  // of a trial that ends, over or not
  std::string score;           // of a score: "83.33%", or a range while a part is unknown
  std::vector<PartVerdict> parts;
  std::vector<std::string> each;  // the labels whose every series is judged
  // Of `each`: the series that came to this outcome, the one that is observed first, and not all if they are many.
  std::vector<SeriesLabels> series;
  std::uint32_t series_alike = 0;   // so many came to it …
  std::uint32_t series_judged = 0;  // … of so many
};

// Whether it is time for a message.
enum class MessageState : std::uint8_t {
  due,
  late,            // due, and its time is over
  unknown,         // nobody can tell
  not_yet,
  sent,
  missed,          // not sent in its time, and now it is too late
  not_applicable,  // not for this release
};
const char* name(MessageState state);
bool is_due(MessageState state);  // due or late

struct RecipientVerdict {
  std::string name;                  // an address, or of a role
  bool is_role = false;
  std::vector<std::string> members{};  // of a role, where they are known
};
struct MessageVerdict {
  std::string id;                    // checkout.window
  std::string name;
  std::string text;                  // holes filled in; an unknown one as ‹version unknown›
  std::vector<RecipientVerdict> recipients;
  std::vector<std::string> channels;
  std::string when;                  // at T-48h..T-24h
  MessageState state = MessageState::not_yet;
  std::string reason;                // why it is in that state
  std::optional<std::string> from;   // when its time begins …
  std::optional<std::string> until;  // … and ends
  std::optional<std::string> sent_at;   // the last time
  std::optional<std::string> again_at;  // of a message sent over and over: when next
  std::vector<Missing> missing;      // what the text or the time lacks
  std::string owner;
  std::string severity;
  std::string doc;
  std::string why;
  std::string evidence;
  std::vector<std::string> covers;
  Place place;
};

struct RolloutVerdict {
  std::string name{};
  std::string stage{};          // "" where it is not known
  std::uint32_t step = 0;       // 1-based; 0: not known
  std::uint32_t steps = 0;
  std::optional<std::string> next{};
  std::optional<std::string> stage_began_at{};
  std::string stage_title{};
  std::string run{};            // what is run at the stage, never by dpol
  std::string because{};        // the condition that chose it, "otherwise"; "" where there is no choice
  std::vector<std::string> others{};  // rollouts of the policy that were not chosen
};

// The present outcome of what a step of a procedure requires. It decides nothing.
struct CheckVerdict {
  std::string condition{};
  Outcome outcome = Outcome::unknown;  // pass, fail or unknown
  std::vector<Observed> observed{};
  std::vector<Missing> missing{};
};
struct StepVerdict {
  std::string name{};
  std::string title{};
  std::string owner{};
  std::string why{};
  std::string reason{};         // why it may not be for this release
  std::string run{};            // with its holes filled in, quoted for a POSIX shell; "" without one
  bool is_complete = true;      // false: something in `run` is not known
  std::vector<Missing> missing{};
  std::vector<CheckVerdict> checks{};
  Place place{};
};
// What is to be done by people.
struct ProcedureVerdict {
  std::string id{};
  std::string title{};
  std::string doc{};
  std::string owner{};
  std::string why{};
  std::string evidence{};
  std::string severity{};
  std::vector<std::string> covers{};
  std::vector<std::string> answers{};  // rules that have fired or failed
  std::string reason{};                // why it may not be for this release
  std::vector<Missing> missing{};
  std::vector<StepVerdict> steps{};
  Place place{};
};

// What is drawn of a metric. Numbers and instants are for coordinates alone, in base units and in
// nanoseconds since 1970; what people read is text.
struct PointVerdict {
  std::int64_t at = 0;
  std::optional<double> value{};      // nothing: unknown
};
struct CurveVerdict {
  std::string name{};                 // latency_p95.stable, memory{pod="a"}
  bool is_stable = false;             // of the version that runs, to be compared with
  std::uint32_t count = 0;            // samples in the time drawn; of many, `points` has fewer
  std::vector<PointVerdict> points{};  // by time
  std::string least{}, greatest{};    // of the known; "" without any
  std::vector<std::pair<std::string, std::string>> newest{};  // time and value, of the time drawn
};
// A line that a sample is compared with.
struct LimitVerdict {
  std::string expr{};                 // the comparison, as the condition has it
  std::string text{};                 // where the line is now: "250ms"
  std::vector<PointVerdict> line{};   // one point: the same all the time
};
// The samples that a rule looked at.
struct WindowVerdict {
  std::string rule{};
  std::int64_t from = 0;
  std::int64_t to = 0;                // `from`: a single sample
};
struct BaselineVerdict {
  std::string name{};                 // latency_p95.baseline (known_good)
  double value = 0;
  std::string text{};
  std::string source{};
};
struct TickVerdict {
  double value = 0;
  std::string text{};
};
struct ChartVerdict {
  std::string name{};                 // of the metric, with the labels of the series: memory{pod="a"}
  std::string doc{};
  std::vector<std::string> rules{};   // ids of those that look at it
  std::int64_t from = 0;              // the time drawn
  std::int64_t to = 0;
  std::vector<CurveVerdict> curves{};
  std::uint32_t curves_left_out = 0;
  std::vector<LimitVerdict> limits{};
  std::vector<WindowVerdict> windows{};
  std::vector<BaselineVerdict> baselines{};
  std::vector<TickVerdict> ticks{};   // of the axis of values; the first and the last are its ends
};

struct PolicyVerdict {
  std::string id;
  std::string title;
  std::string owner;
  std::string digest;                   // "sha256:…"
  std::vector<std::string> files;
  bool applies = true;                  // false: decides nothing
  std::string not_applicable_because;
  Decision decision = Decision::hold;
  std::string decision_word;            // go, advance, promoted, hold, no-go, rollback
  std::string decision_reason;          // where no rule says it: "nothing is due yet …"
  std::string service, version, environment;  // of the release; "" where not given
  std::optional<RolloutVerdict> rollout;
  std::uint32_t counts[kOutcomeCount] = {};
  std::uint32_t trial_counts[kOutcomeCount] = {};
  std::vector<RuleVerdict> rules;       // in the policy's order
  std::vector<OverrideVerdict> overrides;
  std::vector<ProcedureVerdict> procedures;  // those that answer what happened
  std::optional<std::vector<MessageVerdict>> messages{};  // nothing: nobody asked for them
  std::optional<std::vector<ChartVerdict>> charts{};      // likewise
  std::uint32_t charts_left_out = 0;
};

struct InputVerdict {
  std::string name;
  std::string digest;   // "sha256:…", "" for options
};

struct Verdict {
  bool any_applies = false;
  Decision decision = Decision::hold;   // the gravest; meaningless unless any_applies
  std::string decision_word;
  int exit_code = kExitNothingDecided;
  std::string at;                       // now
  bool at_from_clock = false;
  std::optional<std::string> deployed_at;
  std::vector<PolicyVerdict> policies;
  std::vector<InputVerdict> inputs;
};

}  // namespace dpol::decision
