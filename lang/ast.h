// Typed views over the flat tree: what a declaration, statement, clause or expression is made of, by name.
//
// Promises: a view is two words, copied freely, valid while its Syntax lives. Any single-part accessor may answer a null
// view (test it with `if (auto title = item.title())`): for an optional part that was not written, and in a broken file
// for any part at all. Every accessor of a null view answers null, empty or false, so nothing here crashes on a broken
// tree. In a file without syntax errors the parts not marked "may be null" are always there. `kind()` of a null Expr is
// ExprKind::Missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/literals.h"
#include "lang/parse.h"

namespace dpol::lang::ast {

using lang::DateParts;
using lang::NumberPart;
using lang::Segment;
using lang::SemverParts;
using lang::StringPart;

// ---------------------------------------------------------------------- ground

class View {
 public:
  View() = default;
  View(const Syntax& syntax, NodeId id) : syntax_(&syntax), id_(id) {}

  explicit operator bool() const { return syntax_ != nullptr; }
  [[nodiscard]] NodeId node() const { return id_; }
  [[nodiscard]] NodeKind kind() const { return syntax_ ? syntax_->tree[id_].kind : NodeKind::Missing; }
  [[nodiscard]] NodeGroup group() const { return node_info(kind()).group; }
  [[nodiscard]] Span span() const { return syntax_ ? syntax_->span(id_) : Span{}; }
  [[nodiscard]] std::string_view text() const { return syntax_ ? syntax_->text(id_) : std::string_view{}; }
  [[nodiscard]] bool has_error() const { return !syntax_ || syntax_->tree[id_].has_error; }
  [[nodiscard]] const Syntax& syntax() const { return *syntax_; }  // not of a null view
  [[nodiscard]] TokenIndex first_token() const { return syntax_ ? syntax_->tree[id_].first_token : 0; }
  [[nodiscard]] TokenIndex end_token() const { return syntax_ ? syntax_->tree[id_].end_token : 0; }
  /// The `///` lines directly before it, without their slashes, joined by newlines.
  [[nodiscard]] std::string doc() const;

  /// The same place seen as a V; null if it is none.
  template <class V>
  [[nodiscard]] V as() const {
    return syntax_ && V::is(kind()) ? V(*syntax_, id_) : V();
  }

  /// The first direct child that is a V.
  template <class V>
  [[nodiscard]] V child() const {
    V found;
    if (!syntax_) return found;
    for (NodeId id : syntax_->tree.children_backwards(id_))
      if (V::is(syntax_->tree[id].kind)) found = V(*syntax_, id);
    return found;
  }
  /// All direct children that are a V, in source order.
  template <class V>
  [[nodiscard]] std::vector<V> children() const {
    std::vector<V> found;
    if (!syntax_) return found;
    for (NodeId id : syntax_->tree.children(id_))
      if (V::is(syntax_->tree[id].kind)) found.emplace_back(*syntax_, id);
    return found;
  }
  template <class V>
  [[nodiscard]] V child_at(std::size_t index) const {
    std::vector<V> found = children<V>();
    return index < found.size() ? found[index] : V();
  }

 protected:
  [[nodiscard]] TokenKind token_kind(TokenIndex index) const;
  /// The kinds of the node's first token, or EndOfFile.
  [[nodiscard]] TokenKind first_kind() const;
  [[nodiscard]] bool has_token(TokenKind kind) const;

  const Syntax* syntax_ = nullptr;
  NodeId id_ = 0;
};

/// A view of exactly one kind of node.
template <NodeKind Kind>
class ViewOf : public View {
 public:
  static constexpr NodeKind kKind = Kind;
  [[nodiscard]] static bool is(NodeKind kind) { return kind == Kind; }
  using View::View;
};

/// A single word: the name of a declaration, rule, field, argument, variable.
class Name : public ViewOf<NodeKind::Name> {
 public:
  using ViewOf::ViewOf;
};

/// a, a.b, a.b.c: where a declaration, rule or policy is referred to (never an expression's path: that is PathExpr).
class Path : public ViewOf<NodeKind::Path> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Segment> segments() const;
  [[nodiscard]] std::string joined() const;  // with dots, without the spaces of the source
};

class Title : public ViewOf<NodeKind::Title> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<StringPart> parts() const;
  /// The text, holes shown as written.
  [[nodiscard]] std::string value() const;
};

// ---------------------------------------------------------------------- expressions

enum class ExprKind : std::uint8_t {
  Missing,
  Int, Float, Percent, Points, Factor, Quantity, Rate, Date, Semver, String, Query, Regex, Bool,  // LiteralExpr
  StartTime,      // T
  Path,           // PathExpr: a.b.c, also m.stable (see PathExpr::track)
  Track,          // TrackExpr: stable, baseline or candidate alone
  ImplicitLeft,   // the left side left out in a threshold: the rule's metric
  Field,          // FieldExpr: (…).name
  Index,          // IndexExpr
  Call,           // CallExpr
  Comprehension,  // ComprehensionExpr
  Unary,          // UnaryExpr: not, -, present
  Scale,          // ScaleExpr: 2x E
  Binary,         // BinaryExpr
  Within,         // WithinExpr: A within 10% of B
  Range,          // RangeExpr
  If,             // IfExpr
  Quantifier,     // QuantifierExpr
  Window,         // WindowExpr
  Else,           // ElseExpr
  List,           // ListExpr
  Record,         // RecordExpr
};

/// Any expression. Parentheses are looked through: `node()` is what they hold, `outer_span()` includes them.
class Expr : public View {
 public:
  [[nodiscard]] static bool is(NodeKind kind);
  Expr() = default;
  Expr(const Syntax& syntax, NodeId id);

  [[nodiscard]] ExprKind kind() const;
  [[nodiscard]] NodeKind node_kind() const { return View::kind(); }
  [[nodiscard]] bool parenthesized() const { return outer_ != id_; }
  [[nodiscard]] Span outer_span() const { return syntax_ ? syntax_->span(outer_) : Span{}; }

 private:
  NodeId outer_ = 0;
};

/// A Path, Quantity …: `e.as<LiteralExpr>()` is null unless e is a literal.
class LiteralExpr : public ViewOf<NodeKind::Literal> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] TokenKind token() const { return first_kind(); }
  [[nodiscard]] bool is_string() const { return token() == TokenKind::String; }
  /// Int, Float, Percent, Points, Factor, Quantity, Rate.
  [[nodiscard]] std::vector<NumberPart> number() const;
  [[nodiscard]] bool boolean() const { return token() == TokenKind::KwTrue; }
  [[nodiscard]] DateParts date() const;
  [[nodiscard]] SemverParts semver() const;
  /// String and Query.
  [[nodiscard]] std::vector<StringPart> parts() const;
  /// String and Query without holes; nullopt if there are any.
  [[nodiscard]] std::optional<std::string> plain_text() const;
  /// Regex: the pattern between the quotes.
  [[nodiscard]] std::string pattern() const;
};

enum class TrackName : std::uint8_t { Candidate, Stable, Baseline };

class PathExpr : public ViewOf<NodeKind::Path> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Segment> segments() const;
  [[nodiscard]] std::string joined() const;
  /// If the last of several segments is the word stable, baseline or candidate: that one. Whether it is a track or a
  /// field of that name depends on what stands before it.
  [[nodiscard]] std::optional<TrackName> track() const;
};

class TrackExpr : public ViewOf<NodeKind::Track> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] TrackName track() const;
};

class FieldExpr : public ViewOf<NodeKind::FieldAccess> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr object() const { return child<Expr>(); }
  [[nodiscard]] Name field() const { return child<Name>(); }
};

class IndexExpr : public ViewOf<NodeKind::Index> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr object() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr key() const { return child_at<Expr>(1); }
};

class ArgumentView : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind) { return kind == NodeKind::Argument || kind == NodeKind::NamedArgument; }
  [[nodiscard]] Name name() const { return child<Name>(); }  // may be null: positional
  [[nodiscard]] Expr value() const { return child<Expr>(); }
};

class CallExpr : public ViewOf<NodeKind::Call> {
 public:
  using ViewOf::ViewOf;
  /// The function: a Path, else an error of the compiler's.
  [[nodiscard]] Expr callee() const { return child<Expr>(); }
  [[nodiscard]] std::vector<ArgumentView> arguments() const { return children<ArgumentView>(); }
};

class WhereView : public ViewOf<NodeKind::Where> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr condition() const { return child<Expr>(); }
};

/// count(p in pods where C), sum(p in pods where C: p.restarts); the functions are count, sum, min, max, avg.
class ComprehensionExpr : public ViewOf<NodeKind::Comprehension> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name function() const { return child_at<Name>(0); }
  [[nodiscard]] Name variable() const { return child_at<Name>(1); }
  [[nodiscard]] Expr list() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr where() const { return child<WhereView>().condition(); }  // may be null
  [[nodiscard]] Expr value() const { return child_at<Expr>(1); }              // may be null
};

class UnaryExpr : public ViewOf<NodeKind::Unary> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] UnaryOp op() const { return syntax_ ? UnaryOp{syntax_->tree[id_].detail} : UnaryOp::Not; }
  [[nodiscard]] Expr operand() const { return child<Expr>(); }
};

class ScaleExpr : public ViewOf<NodeKind::Scale> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr factor() const { return child_at<Expr>(0); }  // a Factor literal
  [[nodiscard]] Expr operand() const { return child_at<Expr>(1); }
};

class BinaryExpr : public ViewOf<NodeKind::Binary> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] BinaryOp op() const { return syntax_ ? BinaryOp{syntax_->tree[id_].detail} : BinaryOp::Or; }
  [[nodiscard]] Span op_span() const;
  [[nodiscard]] Expr left() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr right() const { return child_at<Expr>(1); }
};

/// value within tolerance of reference; in a threshold the value is an ImplicitLeft.
class WithinExpr : public ViewOf<NodeKind::Within> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr value() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr tolerance() const { return child_at<Expr>(1); }
  [[nodiscard]] Expr reference() const { return child_at<Expr>(2); }
};

class RangeExpr : public ViewOf<NodeKind::Range> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr low() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr high() const { return child_at<Expr>(1); }
};

class IfExpr : public ViewOf<NodeKind::If> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr condition() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr then_value() const { return child_at<Expr>(1); }
  [[nodiscard]] Expr else_value() const { return child_at<Expr>(2); }
};

class QuantifierExpr : public ViewOf<NodeKind::Quantifier> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] QuantifierKind quantifier() const {
    return syntax_ ? QuantifierKind{syntax_->tree[id_].detail} : QuantifierKind::Every;
  }
  [[nodiscard]] Name variable() const { return child<Name>(); }
  [[nodiscard]] Expr list() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr where() const { return child<WhereView>().condition(); }  // may be null
  [[nodiscard]] Expr body() const { return child_at<Expr>(1); }
};

/// A condition over time or samples.
class WindowExpr : public ViewOf<NodeKind::Window> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] WindowKind window() const { return syntax_ ? WindowKind{syntax_->tree[id_].detail} : WindowKind::ForDuration; }
  [[nodiscard]] bool across_stages() const { return syntax_ && syntax_->tree[id_].across_stages; }
  [[nodiscard]] Expr condition() const { return child_at<Expr>(0); }
  /// ForDuration: how long.
  [[nodiscard]] Expr duration() const;
  /// ForSamples, InSamples: N. InOfSamples: the N of `in N of M samples`.
  [[nodiscard]] Expr count() const;
  /// InOfSamples: M. Null otherwise.
  [[nodiscard]] Expr out_of() const;
  /// From `for` or `in` to the end.
  [[nodiscard]] Span window_span() const;
};

/// value else fallback.
class ElseExpr : public ViewOf<NodeKind::Else> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr value() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr fallback() const { return child_at<Expr>(1); }
};

/// {a, b} or [a, b].
class ListExpr : public ViewOf<NodeKind::List> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Expr> elements() const { return children<Expr>(); }
};

class FieldInit : public ViewOf<NodeKind::FieldInit> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name name() const { return child<Name>(); }
  [[nodiscard]] Expr value() const { return child<Expr>(); }
};

/// { name = "a"  restarts = 3 }.
class RecordExpr : public ViewOf<NodeKind::RecordLiteral> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<FieldInit> fields() const { return children<FieldInit>(); }
};

// ---------------------------------------------------------------------- types

enum class TypeKind : std::uint8_t { Missing, Name, Unit, PercentChange, List, Map, Enum, Record };

class EnumValue : public ViewOf<NodeKind::EnumValue> {
 public:
  using ViewOf::ViewOf;
  /// The name, or the decoded text of a quoted value.
  [[nodiscard]] std::string value() const;
  [[nodiscard]] bool quoted() const { return first_kind() == TokenKind::String; }
};

class Field;

class Type : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind);
  [[nodiscard]] TypeKind kind() const;
  /// Name: the dotted name.
  [[nodiscard]] std::vector<Segment> segments() const;
  [[nodiscard]] std::string joined() const;
  /// Unit `a/b`: the two names. (A plain `%` or `ms` after `in` is a Unit with an empty `per`.)
  [[nodiscard]] std::string_view unit() const;
  [[nodiscard]] std::string_view per() const;
  /// List, Map.
  [[nodiscard]] Type element() const { return child<Type>(); }
  /// Enum.
  [[nodiscard]] std::vector<EnumValue> values() const { return children<EnumValue>(); }
  [[nodiscard]] bool ordered() const { return first_kind() == TokenKind::KwOrdered; }
  /// Record.
  [[nodiscard]] std::vector<Field> fields() const;
};

class Field : public ViewOf<NodeKind::Field> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name name() const { return child<Name>(); }
  [[nodiscard]] Type type() const { return child<Type>(); }
  [[nodiscard]] bool optional() const;
};

// ---------------------------------------------------------------------- clauses

enum class Outcome : std::uint8_t { None, Pass, Warn, Hold, Fail, NoGo, Rollback, Go, Advance, Promoted, Other };

/// pass, warn, hold, fail, no-go or rollback, as said after `else`, `if missing` ….
class Action : public ViewOf<NodeKind::Action> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Outcome outcome() const;
};

class ElseAction : public ViewOf<NodeKind::ElseAction> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Action action() const { return child<Action>(); }
};

/// Any clause; switch on `kind()`, then `as<…>()`.
class Clause : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind) { return node_info(kind).group == NodeGroup::Clause; }
};

/// A clause that holds just one expression.
template <NodeKind Kind>
class ExprClause : public ViewOf<Kind> {
 public:
  using ViewOf<Kind>::ViewOf;
  [[nodiscard]] Expr expression() const { return this->template child<Expr>(); }
};

using OnlyIf = ExprClause<NodeKind::OnlyIf>;
using When = ExprClause<NodeKind::When>;
using Needs = ExprClause<NodeKind::Needs>;
using Evidence = ExprClause<NodeKind::Evidence>;
using SeverityClause = ExprClause<NodeKind::Severity>;
using Owner = ExprClause<NodeKind::Owner>;
using PhaseFrom = ExprClause<NodeKind::PhaseFrom>;
using PhaseUntil = ExprClause<NodeKind::PhaseUntil>;
using PhaseDuring = ExprClause<NodeKind::PhaseDuring>;
using Settle = ExprClause<NodeKind::Settle>;
using EveryClause = ExprClause<NodeKind::EveryClause>;
using StaleAfter = ExprClause<NodeKind::StaleAfter>;
using GoneAfter = ExprClause<NodeKind::GoneAfter>;
using ValueRange = ExprClause<NodeKind::ValueRange>;
using Default = ExprClause<NodeKind::Default>;
using SendAt = ExprClause<NodeKind::SendAt>;
using SendWhile = ExprClause<NodeKind::SendWhile>;
using WaiverUntil = ExprClause<NodeKind::WaiverUntil>;
using GraceTime = ExprClause<NodeKind::GraceTime>;
using SignedWithin = ExprClause<NodeKind::SignedWithin>;
using RoleMembers = ExprClause<NodeKind::RoleMembers>;
using Half = ExprClause<NodeKind::Half>;

enum class Verb : std::uint8_t { Require, Warn, Hold, Rollback };

/// require C else A, warn when C, hold when C, rollback when C; in a threshold or score the same without `when`, and with
/// ImplicitLeft where the metric is left out.
class VerbClause : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind) {
    return kind == NodeKind::Require || kind == NodeKind::WarnWhen || kind == NodeKind::HoldWhen ||
           kind == NodeKind::RollbackWhen;
  }
  [[nodiscard]] Verb verb() const;
  [[nodiscard]] Expr condition() const { return child<Expr>(); }
  [[nodiscard]] Action else_action() const { return child<ElseAction>().action(); }  // may be null; Require only
};

class Approver : public ViewOf<NodeKind::Approver> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::string count() const;  // digits; "1" where none is written
  [[nodiscard]] Path role() const { return child<Path>(); }
};

/// confirm by 2 engineer, 1 release_manager other than author within 24h or not applicable because.
class Confirm : public ViewOf<NodeKind::Confirm> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Approver> approvers() const;  // empty: anybody
  [[nodiscard]] std::vector<Path> other_than() const;
  [[nodiscard]] Expr within() const { return child<SignedWithin>().expression(); }  // may be null
  [[nodiscard]] bool may_be_not_applicable() const { return bool(child<ViewOf<NodeKind::NotApplicable>>()); }
};

/// if missing for 10m hold; kind() tells IfMissing, IfBaselineMissing, IfEmpty.
class IfAbsent : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind) {
    return kind == NodeKind::IfMissing || kind == NodeKind::IfBaselineMissing || kind == NodeKind::IfEmpty;
  }
  [[nodiscard]] Expr grace() const { return child<GraceTime>().expression(); }  // may be null
  [[nodiscard]] Action action() const { return child<Action>(); }
};

class WaivableBy : public ViewOf<NodeKind::WaivableBy> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Path> roles() const { return children<Path>(); }
};

/// why, because, run, by (of a waiver): one string.
template <NodeKind Kind>
class TextClause : public ViewOf<Kind> {
 public:
  using ViewOf<Kind>::ViewOf;
  [[nodiscard]] LiteralExpr string() const { return this->template child<LiteralExpr>(); }
};
using Why = TextClause<NodeKind::Why>;
using Because = TextClause<NodeKind::Because>;
using Run = TextClause<NodeKind::Run>;
using WaiverBy = TextClause<NodeKind::WaiverBy>;

class Covers : public ViewOf<NodeKind::Covers> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<LiteralExpr> ids() const { return children<LiteralExpr>(); }
};

class AsClause : public ViewOf<NodeKind::AsClause> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name name() const { return child<Name>(); }
};

class AtMost : public ViewOf<NodeKind::AtMost> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr duration() const { return child<Expr>(); }
  [[nodiscard]] Action else_action() const { return child<ElseAction>().action(); }  // may be null
};

/// bake 5m at most 30m else rollback.
class Bake : public ViewOf<NodeKind::Bake> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr duration() const { return child<Expr>(); }
  [[nodiscard]] AtMost at_most() const { return child<AtMost>(); }  // may be null
};

/// enter confirm …, leave confirm ….
template <NodeKind Kind>
class GateClause : public ViewOf<Kind> {
 public:
  using ViewOf<Kind>::ViewOf;
  [[nodiscard]] Confirm confirm() const { return this->template child<Confirm>(); }
};
using Enter = GateClause<NodeKind::Enter>;
using Leave = GateClause<NodeKind::Leave>;

class Decide : public ViewOf<NodeKind::Decide> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Approver> approvers() const;
};

/// worth 2 C half D.
class Worth : public ViewOf<NodeKind::Worth> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] LiteralExpr weight() const { return child<LiteralExpr>(); }
  [[nodiscard]] Expr condition() const { return child_at<Expr>(1); }
  [[nodiscard]] Expr half() const { return child<Half>().expression(); }  // may be null
};

// ---------------------------------------------------------------------- things with clauses

/// What has a body of clauses and (for containers) statements, braced or not.
class Body : public View {
 public:
  using View::View;
  [[nodiscard]] Name name() const { return child<Name>(); }
  [[nodiscard]] Title title() const { return child<Title>(); }  // may be null
  [[nodiscard]] std::vector<Clause> clauses() const { return children<Clause>(); }
  [[nodiscard]] std::vector<OnlyIf> only_if() const { return children<OnlyIf>(); }
  [[nodiscard]] std::vector<VerbClause> verbs() const { return children<VerbClause>(); }
  [[nodiscard]] std::vector<Confirm> confirms() const { return children<Confirm>(); }
  [[nodiscard]] std::vector<Needs> needs() const { return children<Needs>(); }
  // Each of these may be null:
  [[nodiscard]] IfAbsent if_missing() const;
  [[nodiscard]] IfAbsent if_baseline_missing() const;
  [[nodiscard]] IfAbsent if_empty() const;
  [[nodiscard]] WaivableBy waivable_by() const { return child<WaivableBy>(); }
  [[nodiscard]] Why why() const { return child<Why>(); }
  [[nodiscard]] Owner owner() const { return child<Owner>(); }
  [[nodiscard]] SeverityClause severity() const { return child<SeverityClause>(); }
  [[nodiscard]] Because because() const { return child<Because>(); }
  [[nodiscard]] std::vector<Evidence> evidence() const { return children<Evidence>(); }
  [[nodiscard]] std::vector<Covers> covers() const { return children<Covers>(); }
};

template <NodeKind Kind>
class BodyOf : public Body {
 public:
  static constexpr NodeKind kKind = Kind;
  [[nodiscard]] static bool is(NodeKind kind) { return kind == Kind; }
  using Body::Body;
};

class TrialMark : public ViewOf<NodeKind::TrialMark> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr until() const { return child<Expr>(); }  // may be null
};

/// Item, Threshold, StandingRule, Score: what has an outcome of its own.
class Rule : public Body {
 public:
  using Body::Body;
  [[nodiscard]] static bool is(NodeKind kind) {
    return kind == NodeKind::Item || kind == NodeKind::Threshold || kind == NodeKind::StandingRule ||
           kind == NodeKind::Score;
  }
  [[nodiscard]] bool is_final() const { return bool(child<ViewOf<NodeKind::FinalMark>>()); }
  [[nodiscard]] TrialMark trial() const { return child<TrialMark>(); }  // may be null
};

template <NodeKind Kind>
class RuleOf : public Rule {
 public:
  static constexpr NodeKind kKind = Kind;
  [[nodiscard]] static bool is(NodeKind kind) { return kind == Kind; }
  using Rule::Rule;
};

// ---------------------------------------------------------------------- statements

/// Any statement in a body (Message, Procedure and Waiver too); switch on `kind()`, then `as<…>()`.
class Statement : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind) {
    return node_info(kind).group == NodeGroup::Statement || kind == NodeKind::Message || kind == NodeKind::Procedure ||
           kind == NodeKind::Waiver;
  }
};

class Item : public RuleOf<NodeKind::Item> {
 public:
  using RuleOf::RuleOf;
};

class EachClause : public ViewOf<NodeKind::EachClause> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Name> labels() const { return children<Name>(); }
};

class Threshold : public RuleOf<NodeKind::Threshold> {
 public:
  using RuleOf::RuleOf;
  /// The metrics (or facts) that the comparisons leave out; one rule each.
  [[nodiscard]] std::vector<Expr> subjects() const { return children<Expr>(); }
  [[nodiscard]] EachClause each() const { return child<EachClause>(); }  // may be null
};

/// rollback NAME … when C; the same for hold and warn.
class StandingRule : public RuleOf<NodeKind::StandingRule> {
 public:
  using RuleOf::RuleOf;
  [[nodiscard]] Verb verb() const;
  [[nodiscard]] Expr condition() const { return child<When>().expression(); }
};

class Score : public RuleOf<NodeKind::Score> {
 public:
  using RuleOf::RuleOf;
  [[nodiscard]] std::vector<Worth> parts() const { return children<Worth>(); }
};

class Param : public BodyOf<NodeKind::Param> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Type type() const { return child<Type>(); }
  [[nodiscard]] Expr default_value() const { return child<Default>().expression(); }  // may be null
  [[nodiscard]] Expr range() const { return child<ValueRange>().expression(); }       // may be null; a Range
};

class Applies : public BodyOf<NodeKind::Applies> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Expr condition() const { return child<OnlyIf>().expression(); }
};

class Set : public BodyOf<NodeKind::Set> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Path target() const { return child<Path>(); }
  [[nodiscard]] Expr value() const { return child_at<Expr>(1); }
};

class Drop : public BodyOf<NodeKind::Drop> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Path target() const { return child<Path>(); }
};

/// replace item coverage "…" require … because "…"; or with the name of what is replaced before the rule.
class Replace : public BodyOf<NodeKind::Replace> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Path target() const { return child<Path>(); }  // may be null: the rule's own name
  [[nodiscard]] Rule rule() const { return child<Rule>(); }
  /// The reason, wherever it was said: before the rule or among its clauses. May be null.
  [[nodiscard]] Because reason() const;
};

template <NodeKind Kind>
class ContainerOf : public BodyOf<Kind> {
 public:
  using BodyOf<Kind>::BodyOf;
  [[nodiscard]] std::vector<Statement> statements() const { return this->template children<Statement>(); }
};

class Phase : public ContainerOf<NodeKind::Phase> {
 public:
  using ContainerOf::ContainerOf;
  // Each may be null:
  [[nodiscard]] Expr from() const { return child<PhaseFrom>().expression(); }
  [[nodiscard]] Expr until() const { return child<PhaseUntil>().expression(); }
  [[nodiscard]] Expr during() const { return child<PhaseDuring>().expression(); }  // a Range
};

class Rollout : public ContainerOf<NodeKind::Rollout> {
 public:
  using ContainerOf::ContainerOf;
};

/// 50%, green, or preview 0%.
class StageRef : public ViewOf<NodeKind::StageRef> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name name() const { return child<Name>(); }                  // may be null
  [[nodiscard]] LiteralExpr share() const { return child<LiteralExpr>(); }   // may be null; a Percent
};

class Stage : public ContainerOf<NodeKind::Stage> {
 public:
  using ContainerOf::ContainerOf;
  [[nodiscard]] StageRef stage() const { return child<StageRef>(); }
  // Each may be null:
  [[nodiscard]] LiteralExpr run() const { return child<Run>().string(); }
  [[nodiscard]] Bake bake() const { return child<Bake>(); }
  [[nodiscard]] Expr settle() const { return child<Settle>().expression(); }
  [[nodiscard]] Decide decide() const { return child<Decide>(); }
  [[nodiscard]] std::vector<Enter> enter() const { return children<Enter>(); }
  [[nodiscard]] std::vector<Leave> leave() const { return children<Leave>(); }
};

/// stages 5% to 50% by 5% bake 1m.
class Stages : public ContainerOf<NodeKind::Stages> {
 public:
  using ContainerOf::ContainerOf;
  [[nodiscard]] Expr first() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr last() const { return child_at<Expr>(1); }
  [[nodiscard]] Expr step() const { return child_at<Expr>(2); }
  // Each may be null:
  [[nodiscard]] LiteralExpr run() const { return child<Run>().string(); }
  [[nodiscard]] Bake bake() const { return child<Bake>(); }
  [[nodiscard]] Expr settle() const { return child<Settle>().expression(); }
  [[nodiscard]] Decide decide() const { return child<Decide>(); }
  [[nodiscard]] std::vector<Enter> enter() const { return children<Enter>(); }
  [[nodiscard]] std::vector<Leave> leave() const { return children<Leave>(); }
};

class FromStage : public ContainerOf<NodeKind::FromStage> {
 public:
  using ContainerOf::ContainerOf;
  [[nodiscard]] StageRef stage() const { return child<StageRef>(); }
};

class Step : public ContainerOf<NodeKind::Step> {
 public:
  using ContainerOf::ContainerOf;  // name() may be null
  // Each may be null:
  [[nodiscard]] Expr settle() const { return child<Settle>().expression(); }
  [[nodiscard]] LiteralExpr run() const { return child<Run>().string(); }
  [[nodiscard]] Bake bake() const { return child<Bake>(); }
  [[nodiscard]] Decide decide() const { return child<Decide>(); }
  [[nodiscard]] std::vector<Enter> enter() const { return children<Enter>(); }
  [[nodiscard]] std::vector<Leave> leave() const { return children<Leave>(); }
};

class Use : public ViewOf<NodeKind::Use> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Path rollout() const { return child<Path>(); }
  [[nodiscard]] Expr condition() const { return child<When>().expression(); }  // may be null: otherwise
};

class Strategy : public BodyOf<NodeKind::Strategy> {
 public:
  using BodyOf::BodyOf;  // name() may be null
  [[nodiscard]] std::vector<Use> uses() const { return children<Use>(); }
};

/// baseline known_good
class UseBaseline : public BodyOf<NodeKind::UseBaseline> {
 public:
  using BodyOf::BodyOf;
};

// ---------------------------------------------------------------------- declarations

class Declaration : public View {
 public:
  using View::View;
  [[nodiscard]] static bool is(NodeKind kind) { return node_info(kind).group == NodeGroup::Declaration; }
};

class Module : public ViewOf<NodeKind::Module> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Path path() const { return child<Path>(); }
};

/// edition 1
class Edition : public ViewOf<NodeKind::Edition> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] LiteralExpr number() const { return child<LiteralExpr>(); }
};

class Alias : public ViewOf<NodeKind::Alias> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name name() const { return child<Name>(); }
};

/// import std.release, or import "./limits.dpol" as limits.
class Import : public ViewOf<NodeKind::Import> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Path path() const { return child<Path>(); }                 // may be null
  [[nodiscard]] LiteralExpr file() const { return child<LiteralExpr>(); }   // may be null; a String
  [[nodiscard]] Name alias() const { return child<Alias>().name(); }        // may be null
};

class UnitDecl : public BodyOf<NodeKind::Unit> {
 public:
  using BodyOf::BodyOf;
};

class EnumDecl : public BodyOf<NodeKind::Enum> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Type type() const { return child<Type>(); }
};

class RecordDecl : public BodyOf<NodeKind::Record> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Type type() const { return child<Type>(); }
  [[nodiscard]] std::vector<Field> fields() const { return type().fields(); }
};

class Facts : public ViewOf<NodeKind::Facts> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Field> fields() const { return child<Type>().fields(); }
};

/// What a metric's (or policy's) `baseline` clause says.
class BaselineIs : public ViewOf<NodeKind::BaselineIs> {
 public:
  enum class Form : std::uint8_t { Named, Over, OfLastPromoted };
  using ViewOf::ViewOf;
  [[nodiscard]] Form form() const;
  [[nodiscard]] Name name() const { return child<Name>(); }  // Named; null otherwise
  [[nodiscard]] Name aggregate() const;                      // Over, OfLastPromoted: median, avg …
  [[nodiscard]] Expr duration() const;                       // Over
  [[nodiscard]] Expr count() const;                          // OfLastPromoted
};

class ByLabels : public ViewOf<NodeKind::ByLabels> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Name> labels() const { return children<Name>(); }
  [[nodiscard]] Expr gone_after() const { return child<GoneAfter>().expression(); }  // may be null
};

enum class MetricDirection : std::uint8_t { None, LowerIsBetter, HigherIsBetter };

class Metric : public BodyOf<NodeKind::Metric> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Type type() const { return child<Type>(); }
  [[nodiscard]] MetricDirection direction() const;
  // Each may be null or empty:
  [[nodiscard]] Expr every() const { return child<EveryClause>().expression(); }
  [[nodiscard]] Expr stale_after() const { return child<StaleAfter>().expression(); }
  [[nodiscard]] Expr range() const { return child<ValueRange>().expression(); }  // a Range
  [[nodiscard]] BaselineIs baseline() const { return child<BaselineIs>(); }
  [[nodiscard]] std::vector<Name> labels() const { return child<ByLabels>().labels(); }
};

/// target = value, and in a source: name = `query` in unit.
class Assign : public ViewOf<NodeKind::Assign> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr target() const { return child_at<Expr>(0); }  // a Path, or an Index of one
  [[nodiscard]] Expr value() const { return child_at<Expr>(1); }
  [[nodiscard]] Type unit() const { return child<Type>(); }        // may be null; a Unit
};

class SourceTrack : public BodyOf<NodeKind::SourceTrack> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] std::vector<Assign> words() const { return children<Assign>(); }
};

/// failed int at "/failed" in ms
class SourceField : public ViewOf<NodeKind::SourceField> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Field field() const { return child<Field>(); }
  [[nodiscard]] Expr at() const { return child<Expr>(); }    // a String
  [[nodiscard]] Type unit() const { return child<Type>(); }  // may be null; a Unit
};

class Source : public ViewOf<NodeKind::Source> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] PathExpr name() const { return child_at<PathExpr>(0); }
  [[nodiscard]] Name format() const { return child<Name>(); }
  [[nodiscard]] Expr address() const { return child_at<Expr>(1); }  // may be null; a String, List or Path
  [[nodiscard]] std::vector<SourceField> fields() const { return children<SourceField>(); }
  [[nodiscard]] std::vector<SourceTrack> tracks() const { return children<SourceTrack>(); }
  [[nodiscard]] std::vector<Assign> assignments() const { return children<Assign>(); }
};

class FnParam : public ViewOf<NodeKind::FnParam> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Name name() const { return child<Name>(); }
  [[nodiscard]] Type type() const { return child<Type>(); }
};

/// fn worst(a duration, b duration) duration = max(a, b)
class Fn : public BodyOf<NodeKind::Fn> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] std::vector<FnParam> params() const { return children<FnParam>(); }
  [[nodiscard]] Type result() const { return child<Type>(); }  // may be null
  [[nodiscard]] Expr body() const { return child<Expr>(); }
};

class Role : public BodyOf<NodeKind::Role> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] Expr members() const { return child<RoleMembers>().expression(); }  // may be null
};

class Policy : public ContainerOf<NodeKind::Policy> {
 public:
  using ContainerOf::ContainerOf;
  [[nodiscard]] std::vector<Path> extends() const { return child<ViewOf<NodeKind::Extends>>().children<Path>(); }
  [[nodiscard]] TrialMark trial() const { return child<TrialMark>(); }  // may be null
};

class SendEvery : public ViewOf<NodeKind::SendEvery> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr interval() const { return child<Expr>(); }
  [[nodiscard]] Expr condition() const { return child<SendWhile>().expression(); }  // may be null
};

class SendWithin : public ViewOf<NodeKind::SendWithin> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Expr duration() const { return child_at<Expr>(0); }
  [[nodiscard]] Expr after() const { return child_at<Expr>(1); }
};

class Message : public BodyOf<NodeKind::Message> {
 public:
  using BodyOf::BodyOf;
  /// Paths (roles) and string literals.
  [[nodiscard]] std::vector<Expr> recipients() const { return child<ViewOf<NodeKind::SendTo>>().children<Expr>(); }
  [[nodiscard]] std::vector<LiteralExpr> channels() const {
    return child<ViewOf<NodeKind::SendVia>>().children<LiteralExpr>();
  }
  // Each may be null or empty:
  [[nodiscard]] Expr at() const { return child<SendAt>().expression(); }
  [[nodiscard]] SendEvery every() const { return child<SendEvery>(); }
  [[nodiscard]] SendWithin within() const { return child<SendWithin>(); }
  [[nodiscard]] std::vector<Path> on() const { return child<ViewOf<NodeKind::OnRules>>().children<Path>(); }
};

class Procedure : public BodyOf<NodeKind::Procedure> {
 public:
  using BodyOf::BodyOf;
  [[nodiscard]] std::vector<Path> on() const { return child<ViewOf<NodeKind::OnRules>>().children<Path>(); }
  [[nodiscard]] std::vector<Step> steps() const { return children<Step>(); }
};

class WaiverMatch : public ViewOf<NodeKind::WaiverMatch> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Path fact() const { return child<Path>(); }
  [[nodiscard]] Expr value() const { return child_at<Expr>(1); }
};

class Waiver : public BodyOf<NodeKind::Waiver> {
 public:
  using BodyOf::BodyOf;  // has no name(); because() is the reason
  [[nodiscard]] Path target() const { return child<Path>(); }
  [[nodiscard]] std::vector<WaiverMatch> matches() const {
    return child<ViewOf<NodeKind::WaiverFor>>().children<WaiverMatch>();
  }
  [[nodiscard]] Expr until() const { return child<WaiverUntil>().expression(); }
  [[nodiscard]] LiteralExpr by() const { return child<WaiverBy>().string(); }
};

// ---------------------------------------------------------------------- tests

class TestFacts : public ViewOf<NodeKind::TestFacts> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] std::vector<Assign> assignments() const { return children<Assign>(); }
};

/// at stage 50% every 1m for 10m { … }, at T+5m { … }.
class TestAt : public ViewOf<NodeKind::TestAt> {
 public:
  using ViewOf::ViewOf;
  // Each may be null, not both of the first two:
  [[nodiscard]] Expr time() const { return child<Expr>(); }
  [[nodiscard]] StageRef stage() const { return child<StageRef>(); }
  [[nodiscard]] Expr every() const { return child<EveryClause>().expression(); }
  [[nodiscard]] Expr length() const { return child<ViewOf<NodeKind::TestFor>>().child<Expr>(); }
  [[nodiscard]] std::vector<Assign> assignments() const { return children<Assign>(); }
};

/// confirm rollback_plan by "a name" as release_manager says refuse.
class TestSign : public ViewOf<NodeKind::TestSign> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Path item() const { return child<Path>(); }
  [[nodiscard]] LiteralExpr by() const { return child<WaiverBy>().string(); }  // may be null
  [[nodiscard]] Name role() const { return child<AsClause>().name(); }        // may be null
  [[nodiscard]] Span answer_span() const { return says().span(); }             // empty where nothing is said
  [[nodiscard]] bool has_answer() const { return static_cast<bool>(says()); }

 private:
  [[nodiscard]] ViewOf<NodeKind::Outcome> says() const {
    return child<ViewOf<NodeKind::SignSays>>().child<ViewOf<NodeKind::Outcome>>();
  }
};

/// One of four: expect rollback by latency_p95 at T+5m; expect tests, coverage is pass; expect no message undone;
/// expect p95(latency, 5m) < 1s.
class Expect : public ViewOf<NodeKind::Expect> {
 public:
  using ViewOf::ViewOf;
  /// The rules before `is`; empty in the other forms.
  [[nodiscard]] std::vector<Path> rules() const;
  /// Of the third form; empty in the others.
  [[nodiscard]] std::vector<Path> messages() const { return child<ViewOf<NodeKind::MessageRefs>>().children<Path>(); }
  [[nodiscard]] bool no_message() const;
  /// Of the fourth form; null in the others.
  [[nodiscard]] Expr condition() const { return child<Expr>(); }
  [[nodiscard]] Outcome outcome() const;
  [[nodiscard]] Span outcome_span() const { return child<ViewOf<NodeKind::Outcome>>().span(); }
  [[nodiscard]] std::vector<Path> by() const;
  [[nodiscard]] Expr at_time() const { return child<ViewOf<NodeKind::ExpectAt>>().child<Expr>(); }          // may be null
  [[nodiscard]] StageRef at_stage() const { return child<ViewOf<NodeKind::ExpectAt>>().child<StageRef>(); }  // may be null
};

class Test : public ViewOf<NodeKind::Test> {
 public:
  using ViewOf::ViewOf;
  [[nodiscard]] Title title() const { return child<Title>(); }
  [[nodiscard]] Path policy() const { return child<ViewOf<NodeKind::TestOf>>().child<Path>(); }  // may be null
  /// TestFacts, TestAt, TestSign, Set, Expect, in order.
  [[nodiscard]] std::vector<Statement> statements() const { return children<Statement>(); }
};

class File : public ViewOf<NodeKind::File> {
 public:
  using ViewOf::ViewOf;
  explicit File(const Syntax& syntax) : ViewOf(syntax, syntax.tree.root()) {}
  [[nodiscard]] std::vector<Declaration> declarations() const { return children<Declaration>(); }
  /// The documentation before `module` or the first `import`.
  [[nodiscard]] std::string file_doc() const;
};

}  // namespace dpol::lang::ast
