#include "lang/ast.h"

#include <algorithm>
#include <array>

namespace dpol::lang::ast {
namespace {

std::string join(const std::vector<Segment>& segments) {
  std::string out;
  for (const Segment& segment : segments) {
    if (!out.empty()) out += '.';
    out += segment.text;
  }
  return out;
}

std::vector<Segment> segments_of(const View& view) {
  std::vector<Segment> segments;
  if (!view) return segments;
  const Syntax& syntax = view.syntax();
  for (TokenIndex i = view.first_token(); i < view.end_token(); ++i)
    if (is_word(syntax.tokens[i].kind)) segments.push_back({syntax.source.text(syntax.tokens[i].span()), syntax.tokens[i].span()});
  return segments;
}

std::string joined_text(const std::vector<StringPart>& parts) {
  std::string out;
  for (const StringPart& part : parts) out += part.hole ? "${" + part.text + "}" : part.text;
  return out;
}

std::vector<StringPart> parts_of(const View& view) {
  if (!view || view.first_token() == view.end_token()) return {};
  return decode_string(view.syntax().source, view.syntax().tokens[view.first_token()].span());
}

std::string join_docs(const Syntax& syntax, std::span<const Span> docs) {
  std::string out;
  for (const Span& doc : docs) {
    std::string_view line = syntax.source.text(doc).substr(3);
    if (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    if (!out.empty()) out += '\n';
    out += line;
  }
  return out;
}

Outcome outcome_of(const Syntax& syntax, TokenIndex first, TokenIndex end) {
  if (first == end) return Outcome::None;
  if (end - first == 3) return Outcome::NoGo;  // no - go
  switch (syntax.tokens[first].kind) {
    case TokenKind::KwPass:
      return Outcome::Pass;
    case TokenKind::KwWarn:
      return Outcome::Warn;
    case TokenKind::KwHold:
      return Outcome::Hold;
    case TokenKind::KwFail:
      return Outcome::Fail;
    case TokenKind::KwRollback:
      return Outcome::Rollback;
    case TokenKind::KwGo:
      return Outcome::Go;
    default:
      break;
  }
  const std::string_view text = syntax.source.text(syntax.tokens[first].span());
  if (text == "advance") return Outcome::Advance;
  if (text == "promoted") return Outcome::Promoted;
  return Outcome::Other;
}

}  // namespace

// ---------------------------------------------------------------------- ground

std::string View::doc() const { return syntax_ ? join_docs(*syntax_, syntax_->tokens.docs_before(first_token())) : std::string(); }

TokenKind View::token_kind(TokenIndex index) const { return syntax_->tokens[index].kind; }

TokenKind View::first_kind() const {
  return syntax_ && end_token() > first_token() ? token_kind(first_token()) : TokenKind::EndOfFile;
}

bool View::has_token(TokenKind kind) const {
  if (!syntax_) return false;
  for (TokenIndex i = first_token(); i < end_token(); ++i)
    if (token_kind(i) == kind) return true;
  return false;
}

std::vector<Segment> Path::segments() const { return segments_of(*this); }
std::string Path::joined() const { return join(segments()); }

std::vector<StringPart> Title::parts() const { return parts_of(*this); }
std::string Title::value() const { return joined_text(parts()); }

// ---------------------------------------------------------------------- expressions

bool Expr::is(NodeKind kind) { return node_info(kind).group == NodeGroup::Expression; }

Expr::Expr(const Syntax& syntax, NodeId id) : View(syntax, id), outer_(id) {
  while (View::kind() == NodeKind::Paren) {
    const View inner = syntax_->tree[id_].subtree_size > 1 ? View(*syntax_, *syntax_->tree.children(id_).begin()) : View();
    if (!inner || !is(inner.kind())) break;
    id_ = inner.node();
  }
}

ExprKind Expr::kind() const {
  switch (View::kind()) {
    case NodeKind::Literal:
      switch (first_kind()) {
        case TokenKind::Int:
          return ExprKind::Int;
        case TokenKind::Float:
          return ExprKind::Float;
        case TokenKind::Percent:
          return ExprKind::Percent;
        case TokenKind::Points:
          return ExprKind::Points;
        case TokenKind::Factor:
          return ExprKind::Factor;
        case TokenKind::Quantity:
          return ExprKind::Quantity;
        case TokenKind::Rate:
          return ExprKind::Rate;
        case TokenKind::Date:
          return ExprKind::Date;
        case TokenKind::Semver:
          return ExprKind::Semver;
        case TokenKind::String:
          return ExprKind::String;
        case TokenKind::Query:
          return ExprKind::Query;
        case TokenKind::Regex:
          return ExprKind::Regex;
        case TokenKind::KwTrue:
        case TokenKind::KwFalse:
          return ExprKind::Bool;
        default:
          return ExprKind::Missing;
      }
    case NodeKind::StartTime:
      return ExprKind::StartTime;
    case NodeKind::Path:
      return ExprKind::Path;
    case NodeKind::Track:
      return ExprKind::Track;
    case NodeKind::ImplicitLeft:
      return ExprKind::ImplicitLeft;
    case NodeKind::FieldAccess:
      return ExprKind::Field;
    case NodeKind::Index:
      return ExprKind::Index;
    case NodeKind::Call:
      return ExprKind::Call;
    case NodeKind::Comprehension:
      return ExprKind::Comprehension;
    case NodeKind::Unary:
      return ExprKind::Unary;
    case NodeKind::Scale:
      return ExprKind::Scale;
    case NodeKind::Binary:
      return ExprKind::Binary;
    case NodeKind::Within:
      return ExprKind::Within;
    case NodeKind::Range:
      return ExprKind::Range;
    case NodeKind::If:
      return ExprKind::If;
    case NodeKind::Quantifier:
      return ExprKind::Quantifier;
    case NodeKind::Window:
      return ExprKind::Window;
    case NodeKind::Else:
      return ExprKind::Else;
    case NodeKind::List:
      return ExprKind::List;
    case NodeKind::RecordLiteral:
      return ExprKind::Record;
    default:
      return ExprKind::Missing;
  }
}

std::vector<NumberPart> LiteralExpr::number() const { return decode_number(text()); }
DateParts LiteralExpr::date() const { return decode_date(text()); }
SemverParts LiteralExpr::semver() const { return decode_semver(text()); }
std::vector<StringPart> LiteralExpr::parts() const { return parts_of(*this); }
std::string LiteralExpr::pattern() const { return decode_regex(text()); }

std::optional<std::string> LiteralExpr::plain_text() const {
  const std::vector<StringPart> all = parts();
  if (std::any_of(all.begin(), all.end(), [](const StringPart& p) { return p.hole; })) return std::nullopt;
  return joined_text(all);
}

std::vector<Segment> PathExpr::segments() const { return segments_of(*this); }
std::string PathExpr::joined() const { return join(segments()); }

namespace {

std::optional<TrackName> track_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::KwStable:
      return TrackName::Stable;
    case TokenKind::KwBaseline:
      return TrackName::Baseline;
    case TokenKind::KwCandidate:
      return TrackName::Candidate;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<TrackName> PathExpr::track() const {
  if (!syntax_ || end_token() < first_token() + 3) return std::nullopt;
  return track_of(token_kind(end_token() - 1));
}

TrackName TrackExpr::track() const { return track_of(first_kind()).value_or(TrackName::Candidate); }

Span BinaryExpr::op_span() const {
  if (!syntax_) return {};
  const std::vector<NodeId> sides = syntax_->tree.children(id_);
  if (sides.size() < 2) return span();
  const TokenIndex first = syntax_->tree[sides[0]].end_token;
  const TokenIndex end = syntax_->tree[sides[1]].first_token;
  if (end <= first) return span();
  return {syntax_->tokens[first].begin, syntax_->tokens[end - 1].end};
}

Expr WindowExpr::duration() const { return window() == WindowKind::ForDuration ? child_at<Expr>(1) : Expr(); }
Expr WindowExpr::count() const { return window() == WindowKind::ForDuration ? Expr() : child_at<Expr>(1); }
Expr WindowExpr::out_of() const { return window() == WindowKind::InOfSamples ? child_at<Expr>(2) : Expr(); }

Span WindowExpr::window_span() const {
  if (!syntax_) return {};
  const TokenIndex first = syntax_->tree[syntax_->tree.children(id_).front()].end_token;
  return {syntax_->tokens[first].begin, span().end};
}

// ---------------------------------------------------------------------- types

std::string EnumValue::value() const {
  if (!quoted()) return std::string(text());
  return joined_text(parts_of(*this));
}

bool Type::is(NodeKind kind) { return node_info(kind).group == NodeGroup::Type; }

TypeKind Type::kind() const {
  switch (View::kind()) {
    case NodeKind::TypeName:
      return TypeKind::Name;
    case NodeKind::UnitType:
      return TypeKind::Unit;
    case NodeKind::PercentChange:
      return TypeKind::PercentChange;
    case NodeKind::ListType:
      return TypeKind::List;
    case NodeKind::MapType:
      return TypeKind::Map;
    case NodeKind::EnumType:
      return TypeKind::Enum;
    case NodeKind::RecordType:
      return TypeKind::Record;
    default:
      return TypeKind::Missing;
  }
}

std::vector<Segment> Type::segments() const { return segments_of(*this); }
std::string Type::joined() const { return join(segments()); }

std::string_view Type::unit() const {
  return syntax_ && end_token() > first_token() ? syntax_->source.text(syntax_->tokens[first_token()].span()) : std::string_view();
}

std::string_view Type::per() const {
  return syntax_ && end_token() == first_token() + 3 ? syntax_->source.text(syntax_->tokens[end_token() - 1].span()) : std::string_view();
}

std::vector<Field> Type::fields() const { return children<Field>(); }

bool Field::optional() const {
  const Name named = name();
  return named && named.end_token() < end_token() && token_kind(named.end_token()) == TokenKind::Question;
}

// ---------------------------------------------------------------------- clauses, statements

Outcome Action::outcome() const { return syntax_ ? outcome_of(*syntax_, first_token(), end_token()) : Outcome::None; }

namespace {

// The rules of an expectation, if they stand where they are asked for: before or after its outcome.
std::vector<Path> rules_of(const Expect& expect, bool before) {
  const auto rules = expect.child<ViewOf<NodeKind::RuleRefs>>();
  if (!rules || (rules.span().begin < expect.outcome_span().begin) != before) return {};
  return rules.children<Path>();
}

}  // namespace

std::vector<Path> Expect::rules() const { return rules_of(*this, true); }
std::vector<Path> Expect::by() const { return rules_of(*this, false); }

bool Expect::no_message() const {
  const auto messages = child<ViewOf<NodeKind::MessageRefs>>();
  return messages && syntax_->tokens[messages.first_token()].kind == TokenKind::KwNo;
}

Outcome Expect::outcome() const {
  const auto said = child<ViewOf<NodeKind::Outcome>>();
  return said ? outcome_of(*syntax_, said.first_token(), said.end_token()) : Outcome::None;
}

Verb VerbClause::verb() const {
  switch (kind()) {
    case NodeKind::WarnWhen:
      return Verb::Warn;
    case NodeKind::HoldWhen:
      return Verb::Hold;
    case NodeKind::RollbackWhen:
      return Verb::Rollback;
    default:
      return Verb::Require;
  }
}

std::string Approver::count() const {
  const auto number = child<LiteralExpr>();
  if (!number) return "1";
  const std::vector<NumberPart> parts = number.number();
  return parts.empty() ? "1" : parts.front().digits;
}

std::vector<Approver> Confirm::approvers() const { return child<ViewOf<NodeKind::Approvers>>().children<Approver>(); }
std::vector<Path> Confirm::other_than() const { return child<ViewOf<NodeKind::OtherThan>>().children<Path>(); }
std::vector<Approver> Decide::approvers() const { return child<ViewOf<NodeKind::Approvers>>().children<Approver>(); }

namespace {

template <NodeKind Kind>
IfAbsent absent(const View& body) {
  return body.child<ViewOf<Kind>>().template as<IfAbsent>();
}

}  // namespace

IfAbsent Body::if_missing() const { return absent<NodeKind::IfMissing>(*this); }
IfAbsent Body::if_baseline_missing() const { return absent<NodeKind::IfBaselineMissing>(*this); }
IfAbsent Body::if_empty() const { return absent<NodeKind::IfEmpty>(*this); }

Verb StandingRule::verb() const {
  if (!syntax_) return Verb::Rollback;
  for (TokenIndex i = first_token(); i < end_token(); ++i) {
    if (token_kind(i) == TokenKind::KwHold) return Verb::Hold;
    if (token_kind(i) == TokenKind::KwWarn) return Verb::Warn;
    if (token_kind(i) == TokenKind::KwRollback) return Verb::Rollback;
  }
  return Verb::Rollback;
}

Because Replace::reason() const {
  const Because own = because();
  return own ? own : rule().because();
}

// ---------------------------------------------------------------------- declarations

BaselineIs::Form BaselineIs::form() const {
  if (child<ViewOf<NodeKind::BaselineOver>>()) return Form::Over;
  if (child<ViewOf<NodeKind::BaselineOfLast>>()) return Form::OfLastPromoted;
  return Form::Named;
}

Name BaselineIs::aggregate() const {
  const auto over = child<ViewOf<NodeKind::BaselineOver>>();
  return over ? over.child<Name>() : child<ViewOf<NodeKind::BaselineOfLast>>().child<Name>();
}

Expr BaselineIs::duration() const { return child<ViewOf<NodeKind::BaselineOver>>().child<Expr>(); }
Expr BaselineIs::count() const { return child<ViewOf<NodeKind::BaselineOfLast>>().child<Expr>(); }

MetricDirection Metric::direction() const {
  const auto said = child<ViewOf<NodeKind::Direction>>();
  if (!said) return MetricDirection::None;
  const TokenKind word = syntax_->tokens[said.first_token()].kind;
  return word == TokenKind::KwLower ? MetricDirection::LowerIsBetter : MetricDirection::HigherIsBetter;
}

std::string File::file_doc() const {
  const std::vector<Declaration> all = declarations();
  if (all.empty()) return {};
  const NodeKind first = all.front().kind();
  return first == NodeKind::Edition || first == NodeKind::Module || first == NodeKind::Import ? all.front().doc() : std::string();
}

}  // namespace dpol::lang::ast
