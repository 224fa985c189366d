// Expressions: from syntax to typed, resolved, desugared trees (checked.h).
//
// Promises: a part with an error is reported once and silences everything above it; what comes out
// is well typed as expr_ops.def says; depth and size are bounded by kMaxExprDepth and kMaxExprSize.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/builtins.h"
#include "compiler/compile.h"
#include "compiler/names.h"
#include "compiler/print_expr.h"
#include "compiler/sink.h"

namespace dpol::compiler {

inline constexpr Type kBoolean = Type::of(Kind::boolean);
inline constexpr Type kInteger = Type::of(Kind::integer);
inline constexpr Type kNumber = Type::of(Kind::number);

inline constexpr std::uint32_t kMaxExprDepth = 250;
inline constexpr std::uint32_t kMaxExprSize = 20'000;
inline constexpr std::uint32_t kMaxFunctionDepth = 32;   // functions calling functions
inline constexpr std::uint32_t kMaxExprNodes = 500'000;  // of a compilation

// What all stages share.
struct Services {
  Modules& modules;
  Names& names;
  Checked& checked;
  Sink& sink;
  const CompileOptions& options;
  std::uint32_t next_loop = 0;
  std::uint32_t functions_open = 0;  // being checked, one calling the other
  std::uint32_t nodes = 0;           // made so far
};

// A score whose comparisons are being checked.
struct ScoreScope {
  std::string name;
  const std::vector<CheckedPart>* parts = nullptr;
};

// What surrounds an expression.
struct ExprScope {
  std::size_t module = 0;
  const std::map<std::string, std::uint32_t>* params = nullptr;  // of the policy
  lang::ast::Expr subject;  // of a threshold: its left side; null elsewhere
  const ScoreScope* score =
      nullptr;                    // of a score: what is compared where the left side is left out
  const std::map<std::string, Place>* messages = nullptr;  // of the policy: what `sent` knows
  std::set<std::string> present;  // optional things that were tested before
  bool may_be_absent = false;     // absence is an answer of its own here (a phase's moments)
  // Why metrics, the candidate's metrics, or windows may not be read here; empty: they may.
  std::string_view no_metrics;
  std::string_view no_candidate;
  std::string_view no_windows;
  std::uint32_t each = kNone;  // labels whose values are in force: a metric by them is one series
};

// What is known to be present where `expr` is `truth`.
void add_present(const Expr& expr, bool truth, std::set<std::string>& present);

// What a condition is for: what an empty list means, and what is said of one that never changes.
enum class ConditionUse : std::uint8_t { clause, only_if, needs };

class ExprCheck {
 public:
  ExprCheck(Services& services, ExprScope scope);

  // Warns where it is always true or false. Empty where there is an error.
  Condition condition(const lang::ast::Expr& expr, ConditionUse use);
  // An expression of that type.
  Condition typed(const lang::ast::Expr& expr, const Type& want, std::string_view what);
  // The value of an expression that must not depend on any input.
  std::optional<Constant> constant(const lang::ast::Expr& expr, const Type& want,
                                   std::string_view what);
  // An expression of any type; with its text.
  Condition any(const lang::ast::Expr& expr);
  // A text taken apart: what is written, and each hole as a text of its own. Nothing where a hole
  // has an error.
  std::optional<std::vector<CheckedTextPart>> pieces(const lang::ast::LiteralExpr& literal);
  // The text of what stands in a hole of `text`, a title.
  Condition hole_of(const lang::ast::View& text, const lang::StringPart& part);
  // A function, whether it is called or not.
  void function(FnInfo& fn) { prepare(fn, {}); }

 private:
  using View = lang::ast::Expr;
  using Want = std::optional<Type>;
  struct Local {
    std::string name;
    ExprPtr value;  // a row, or a value
    Place place;
  };

  static constexpr lang::NodeId kNoList = std::numeric_limits<lang::NodeId>::max();

  // ---- check_expr.cpp: dispatch and names ----
  bool begin(const View& expr);
  Condition finish(ExprPtr expr, const View& view);
  ExprPtr check(const View& e, const Want& want = std::nullopt);
  ExprPtr check_inner(const View& e, const Want& want, bool may_be_absent);
  ExprPtr check_absent(const View& e);
  ExprPtr boolean(const View& e, std::string_view what);
  ExprPtr literal(const View& e, const Want& want);
  ExprPtr quantity(const View& e);
  ExprPtr text_literal(const View& e, const Want& want);
  ExprPtr path(const View& e, const Want& want, bool may_be_absent);
  ExprPtr path_value(const View& e, const std::vector<lang::ast::Segment>& path, const Want& want,
                     bool may_be_absent);
  ExprPtr fact_path(const View& e, const std::vector<lang::ast::Segment>& path, bool may_be_absent);
  ExprPtr meant_fact(const View& e, const std::string& group);
  ExprPtr metric_path(const View& e, std::uint32_t metric,
                      const std::vector<lang::ast::Segment>& rest);
  ExprPtr param_path(const View& e, std::uint32_t param,
                     const std::vector<lang::ast::Segment>& rest);
  ExprPtr prefixed_path(const View& e, const std::vector<lang::ast::Segment>& path,
                        bool may_be_absent);
  ExprPtr enum_member(const View& e, std::uint16_t enumeration, std::string_view member);
  ExprPtr unknown_name(const View& e, const std::string& name, const Want& want);
  std::vector<std::string> visible_names() const;
  ExprPtr unknown_member(const View& e, const Type& type, const std::string& name);
  ExprPtr metric_value(const View& e, std::uint32_t metric, lang::ast::TrackName track);
  ExprPtr several_series(const View& e, const MetricInfo& info, lang::ast::TrackName track);
  ExprPtr all_series(const View& e, std::uint32_t metric, lang::ast::TrackName track);
  // What stands where a list may: a metric with labels is one, of the values of its series.
  ExprPtr check_list(const View& e);
  ExprPtr track(const View& e);
  ExprPtr implicit_left(const View& e);
  ExprPtr fields(const View& e, ExprPtr row, const std::vector<lang::ast::Segment>& path,
                 bool may_be_absent);
  ExprPtr column(const View& e, const ExprPtr& row, const std::string& name, bool may_be_absent);
  ExprPtr row_value(const View& e, ExprPtr row);
  ExprPtr field(const View& e, bool may_be_absent);
  ExprPtr index(const View& e, bool may_be_absent);
  ExprPtr absent_read(const View& e, ExprPtr expr, const std::string& key);
  const Local* local(std::string_view name) const;
  std::set<std::uint32_t> metrics_in(const View& e) const;
  void add_metrics(const View& e, std::set<std::uint32_t>& metrics) const;

  // ---- check_operators.cpp ----
  ExprPtr unary(const View& e);
  ExprPtr scale(const View& e);
  ExprPtr binary(const View& e, const Want& want);
  ExprPtr logic(const View& e);
  ExprPtr comparison(const View& e);
  ExprPtr score(const View& e);
  void say_what_never_changes(const View& e, ExprOp op, const Expr& left, const Expr& right);
  bool warn_beyond(const View& e, ExprOp op, const View& of, Decimal least, Decimal most,
                   Decimal limit);
  ExprPtr compare(const View& e, lang::BinaryOp op, const View& left_view, ExprPtr left,
                  const View& right_view, ExprPtr right);
  std::pair<ExprPtr, ExprPtr> check_pair(const View& left, const View& right);
  bool stands_alone(const View& e) const;
  bool unify(ExprPtr& left, ExprPtr& right) const;
  ExprPtr cannot_compare(const View& e, const View& left_view, const ExprPtr& left,
                         const View& right_view, const ExprPtr& right);
  bool explain_bare_number(const View& view, const Expr& bare, const View& other_view,
                           const Expr& other);
  bool explain_percent(const View& view, const Expr& percent, const Expr& other);
  bool explain_text(const View& view, const Expr& text, const Expr& other);
  ExprPtr membership(const View& e);
  ExprPtr in_range(const View& e, const lang::ast::RangeExpr& range, const View& value);
  ExprPtr in_list(const View& e, const lang::ast::ListExpr& list, const View& value);
  ExprPtr in_fact(const View& e, const View& list, const View& value);
  ExprPtr contains(const View& e);
  ExprPtr matches(const View& e);
  ExprPtr within(const View& e);
  ExprPtr arithmetic(const View& e);
  ExprPtr sum(const View& e, bool plus, ExprPtr left, ExprPtr right);
  ExprPtr relative_sum(const View& e, bool plus, const ExprPtr& left, const ExprPtr& change);
  ExprPtr product(const View& e, ExprPtr left, ExprPtr right);
  ExprPtr quotient(const View& e, const ExprPtr& left, const ExprPtr& right);
  ExprPtr ambiguous_percent(const View& e, bool plus, const Expr& left, const Expr& percent);
  ExprPtr bad_arithmetic(const View& e, const Expr& left, const Expr& right);
  ExprPtr choice(const View& e, const Want& want);
  ExprPtr otherwise(const View& e, const Want& want);

  // ---- check_calls.cpp: functions, loops, windows ----
  ExprPtr call(const View& e);
  ExprPtr aggregate(const View& e, program::Aggregate aggregate);
  ExprPtr ranking(const View& e, const std::string& name);
  std::optional<Decimal> confidence(const View& e);
  bool is_stable_track(const View& e, const Expr& metric, const std::string& name);
  ExprPtr effect_of(const View& e, const ExprPtr& by, const Expr& metric, bool& share);
  bool is_metric_argument(const View& view, const std::string& name);
  ExprPtr user_call(const View& e, FnInfo& fn);
  bool prepare(FnInfo& fn, const View& call);
  bool may_stand_here(const View& e, const Expr& body);
  std::optional<std::vector<View>> arguments(const View& e, const std::vector<std::string>& names);
  ExprPtr list_length(const View& e);
  ExprPtr count_series(const View& e, const ExprPtr& list);
  ExprPtr quantifier(const View& e);
  ExprPtr comprehension(const View& e);
  // The list of a loop; opens the loop's scope on success.
  ExprPtr open_loop(const View& list, const lang::ast::Name& variable, std::uint32_t& loop);
  void close_loop();
  ExprPtr window(const View& e);
  std::optional<std::uint32_t> sample_count(const View& e);
  std::optional<Decimal> positive_duration(const View& e, std::string_view what);

  // ---- check_builtins.cpp: functions of the language, rows of lists, texts with holes ----
  ExprPtr builtin(const View& e, program::Function function);
  ExprPtr builtin_argument(const View& view, std::string_view type, const std::string& name);
  static Type builtin_result(std::string_view result, const Expr& first);
  ExprPtr list_argument(const View& view, std::string_view type, const std::string& name,
                        const ExprPtr& arg);
  ExprPtr written_argument(const View& view, std::string_view type, const std::string& name);
  bool unify_numbers(const std::vector<View>& views, const Signature& signature,
                     std::vector<ExprPtr>& args, const std::string& name);
  ExprPtr age(const View& e);
  ExprPtr subject(const View& e);
  ExprPtr sent(const View& e);
  ExprPtr nth_row(const View& e, const ExprPtr& list, const ExprPtr& number);
  ExprPtr list_aggregate(const View& e, program::Aggregate aggregate, const std::string& name,
                         const ExprPtr& list);
  ExprPtr row_of(const ExprPtr& list, std::uint32_t loop, const Place& at) const;
  ExprPtr reduce(const View& e, std::string_view name, std::uint32_t loop, const ExprPtr& list,
                 ExprPtr value, const ExprPtr& where, const View& at);
  ExprPtr call_of(const View& e, program::Function function, std::vector<ExprPtr> args);
  ExprPtr hole(const View& e, const lang::StringPart& part);
  ExprPtr text_with_holes(const View& e);
  std::optional<std::string> written_pattern(const View& view, std::string_view where);
  bool are_weekdays(const View& view, const Expr& text, const Expr& other);

  // ---- building ----
  Place place(const lang::ast::View& view) const;
  std::string source_text(const View& e) const;
  ExprPtr make(const View& e, Expr expr);
  bool count_node();
  ExprPtr node(const View& e, ExprOp op, const Type& type, std::vector<ExprPtr> args);
  ExprPtr number_constant(const View& e, Decimal value, const Type& type);
  ExprPtr adapt(const ExprPtr& expr, const Type& want) const;
  ExprPtr coerce(const View& e, const ExprPtr& expr, const Type& want, std::string_view what);
  ExprPtr expand(const ExprPtr& body, const std::vector<ExprPtr>& args,
                 std::map<std::uint32_t, std::uint32_t>& loops, const Place& at);
  std::string type_text(const Type& type) const { return services_.names.type_text(type); }
  lang::Diagnostic& report(lang::DiagnosticCode code, const lang::ast::View& view,
                           std::string message, std::string label = {});

  Services& services_;
  ExprScope scope_;
  std::optional<ExprText> text_;
  lang::NodeId left_ = ExprText::kNoLeft;  // the ImplicitLeft whose subject is being checked
  std::vector<Local> locals_;
  View comparison_;  // the innermost one, for `baseline` alone
  View root_;
  std::optional<lang::Span> at_;  // of the hole that is being checked
  std::uint32_t loops_ = 0;  // list bodies around
  bool in_window_ = false;
  lang::NodeId list_ = kNoList;  // where a list may stand
  // Of a group of facts that stands for one of them, as in `age(scan)`: which, and what that says.
  struct Meaning {
    std::vector<std::string_view> members;
    std::string_view says;
  };
  const Meaning* meaning_ = nullptr;
  bool over_time_ = false;       // inside of what an aggregate looks back over
  bool other_side_broken_ = false;  // of the comparison
};

// `element` nodes from here on are the parameters of a function whose body is being checked.
inline constexpr std::uint32_t kFnParameter = 0x8000'0000;

// `condition` where `needs` holds: inside its windows, else around the whole.
ExprPtr with_needs(const ExprPtr& condition, const ExprPtr& needs);
// The outermost `every` of a condition, made to be unknown over an empty list.
ExprPtr with_outermost_every(const ExprPtr& condition);
// Both conditions, with their texts joined.
Condition both_conditions(const Condition& a, const Condition& b);

// `not (condition)`.
Condition not_condition(const Condition& condition);

// A string without holes; reports those.
std::string plain_string(Services& services, std::size_t module,
                         const lang::ast::LiteralExpr& literal);

}  // namespace dpol::compiler
