// Tokens to tree, as one PEGTL grammar over the bytes of the token kinds. What builds the tree and finds the way back
// after an error is in recovery.h; here stands what dpol's syntax is.
#include <tao/pegtl.hpp>

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "lang/recovery.h"

namespace dpol::lang {
namespace {

namespace peg = tao::pegtl;
using K = TokenKind;
using N = NodeKind;

// One byte a token, EndOfFile left out: the end of the input stands for it.
using Input = peg::memory_input<peg::tracking_mode::lazy>;

/// No actions, no hooks: the rules build the tree themselves. This keeps a rule to one stack frame.
template <typename Rule>
struct plain_control : peg::normal<Rule> {
  static constexpr bool enable = false;
};

template <typename Rule>
[[nodiscard]] bool go(Input& in, Builder& b) {
  return peg::match<Rule, peg::apply_mode::nothing, peg::rewind_mode::required, peg::nothing, plain_control>(in, b);
}

// What every rule comes down to is kept out of line: hundreds of copies would cost more to compile than calls cost to make.
#define DPOL_OUT_OF_LINE [[gnu::noinline]]

TokenIndex here(const Input& in) { return static_cast<TokenIndex>(in.current() - in.begin()); }
DPOL_OUT_OF_LINE void move_to(Input& in, TokenIndex target) {
  assert(target >= here(in));
  in.bump(std::min<std::size_t>(target - here(in), in.size(0)));
}

// Once the text is given up as nested too deeply, nothing matches until the next declaration.
DPOL_OUT_OF_LINE bool take(Input& in, const Builder& b, TokenKind kind) {
  if (in.empty() || in.peek_uint8() != static_cast<std::uint8_t>(kind) || b.too_deep()) return false;
  in.bump(1);
  return true;
}

DPOL_OUT_OF_LINE bool take_if(Input& in, const Builder& b, bool (*test)(TokenKind)) {
  if (in.empty() || !test(static_cast<TokenKind>(in.peek_uint8())) || b.too_deep()) return false;
  in.bump(1);
  return true;
}

/// After text that is nested too deeply: on to the next declaration.
DPOL_OUT_OF_LINE bool give_up(Input& in, Builder& b) {
  move_to(in, b.skip_to(here(in), b.next_declaration(here(in))));
  b.leaf(NodeKind::MissingExpression, here(in), here(in));
  return true;
}

DPOL_OUT_OF_LINE void miss(Input& in, Builder& b, const Expectation& what) { b.missing(what, here(in)); }

DPOL_OUT_OF_LINE Builder::Mark begin(const Input& in, const Builder& b) { return b.mark(here(in)); }

DPOL_OUT_OF_LINE bool end(Input& in, Builder& b, bool matched, NodeKind kind, Builder::Mark from, std::uint8_t detail = 0) {
  if (matched)
    b.close(kind, from, here(in), detail);
  else
    b.rewind(from);
  return matched;
}

// ---------------------------------------------------------------------- combinators

/// A rule written as a function: `static bool parse(Input&, Builder&)`.
template <typename Derived>
struct written {
  template <peg::apply_mode, peg::rewind_mode, template <typename...> class, template <typename...> class>
  [[nodiscard]] static bool match(Input& in, Builder& b) {
    return Derived::parse(in, b);
  }
};

/// One token that passes a test.
template <bool (*Test)(TokenKind)>
struct token_if : written<token_if<Test>> {
  static bool parse(Input& in, Builder& b) { return take_if(in, b, Test); }
};

/// One token of any of these kinds.
template <TokenKind... Kinds>
struct is : written<is<Kinds...>> {
  static bool parse(Input& in, Builder& b) { return (take(in, b, Kinds) || ...); }
};

/// A look at what comes, which reads nothing.
template <bool (*Test)(const Builder&, TokenIndex)>
struct ahead : written<ahead<Test>> {
  static bool parse(Input& in, Builder& b) { return Test(b, here(in)); }
};

/// Rules in sequence become a node.
template <NodeKind Kind, typename... Rules>
struct node : written<node<Kind, Rules...>> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark mark = begin(in, b);
    return end(in, b, go<peg::seq<Rules...>>(in, b), Kind, mark);
  }
};

/// The same, with a detail; and if a bare window ends it, a complaint.
template <NodeKind Kind, auto Detail, typename... Rules>
struct prefix : written<prefix<Kind, Detail, Rules...>> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark mark = begin(in, b);
    const bool matched = go<peg::seq<Rules...>>(in, b);
    if (matched && b.last_is(N::Window)) b.window_needs_parens(mark, Kind);
    return end(in, b, matched, Kind, mark, static_cast<std::uint8_t>(Detail));
  }
};

/// First, then any number of tails (see wrap), each of which makes a node that begins where First began.
template <typename First, typename... Tails>
struct fold : written<fold<First, Tails...>> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark mark = begin(in, b);
    if (!go<First>(in, b)) return false;
    do {
      b.fold = mark;
      if (b.too_high(here(in))) return give_up(in, b);
    } while (go<peg::sor<Tails...>>(in, b));
    return true;
  }
};

/// First, then at most one of the tails.
template <typename First, typename... Tails>
struct fold_once : written<fold_once<First, Tails...>> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark mark = begin(in, b);
    if (!go<First>(in, b)) return false;
    b.fold = mark;
    (void)go<peg::sor<Tails...>>(in, b);
    return true;
  }
};

/// The tail of a fold.
template <NodeKind Kind, auto Detail, typename... Rules>
struct wrap : written<wrap<Kind, Detail, Rules...>> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark outer = b.fold;
    const Builder::Mark mark = begin(in, b);
    const bool matched = go<peg::seq<Rules...>>(in, b);
    if (Kind == N::Binary && matched && b.last_is(N::Window)) b.window_needs_parens(outer, Kind);
    return end(in, b, matched, Kind, matched ? outer : mark, static_cast<std::uint8_t>(Detail));
  }
};

/// Rule, or a complaint and a node that stands for it. Never fails.
template <typename Rule, const Expectation& What>
struct expect : written<expect<Rule, What>> {
  static bool parse(Input& in, Builder& b) {
    // In panic nothing is guessed at: what stands here may belong to the next statement.
    if (b.in_panic() || !go<Rule>(in, b)) miss(in, b, What);
    return true;
  }
};

/// A token that must stand here. Never fails.
template <TokenKind Kind>
struct need : written<need<Kind>> {
  static bool parse(Input& in, Builder& b) {
    if (!take(in, b, Kind)) miss(in, b, {DiagnosticCode::E0201, kind_shown(Kind), N::Missing});
    return true;
  }
};

/// Rule, one level deeper. Text that is nested too deeply is given up, in one go and with one complaint.
template <typename Rule>
struct deeper : written<deeper<Rule>> {
  static bool parse(Input& in, Builder& b) {
    bool matched = true;
    if (b.enter(here(in))) {
      matched = go<Rule>(in, b);
    } else {
      matched = give_up(in, b);
    }
    b.leave();
    return matched;
  }
};

/// Rule, while a flag of the builder has another value.
template <bool Builder::*Flag, bool Value, typename Rule>
struct with : written<with<Flag, Value, Rule>> {
  static bool parse(Input& in, Builder& b) {
    const bool before = std::exchange(b.*Flag, Value);
    const bool matched = go<Rule>(in, b);
    b.*Flag = before;
    return matched;
  }
};

/// Between brackets, everything may be written that the outside forbids.
template <typename Rule>
using freely = with<&Builder::no_else, false, with<&Builder::no_within, false, with<&Builder::outcome_else, false, Rule>>>;

/// Open Inner Close. What is wrong inside ends at the partner of Open.
template <TokenKind Open, TokenKind Close, typename Inner>
struct closed : written<closed<Open, Close, Inner>> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex open = here(in);
    if (!go<is<Open>>(in, b)) return false;
    (void)go<freely<Inner>>(in, b);
    if (b.too_deep() || go<is<Close>>(in, b)) return true;
    const TokenIndex partner = b.partner(open);
    const bool reachable = partner != Builder::kNone && partner >= here(in) && !b.statement_between(here(in), partner);
    if (!reachable) {
      b.missing_bracket(here(in), open);
      return true;
    }
    if (!b.in_panic()) {
      static constexpr std::string_view kWhat = Close == K::RightParen ? "an operator, `,` or `)`" : Close == K::RightBracket ? "`,` or `]`" : "`,` or `}`";
      b.missing({DiagnosticCode::E0201, kWhat, N::Missing}, here(in));
    }
    move_to(in, b.skip_to(here(in), partner));
    in.bump(1);
    b.calm();
    return true;
  }
};

/// Clauses that follow a statement's head without braces, as many as come.
template <Place Where, typename Clause>
struct clauses : written<clauses<Where, Clause>> {
  static bool parse(Input& in, Builder& b) {
    while (!b.too_deep()) {
      const bool after_error = b.in_panic();
      if (after_error && !Builder::begins_clause(b.token(here(in)))) {
        move_to(in, b.skip(here(in), true));
        continue;
      }
      b.calm();
      if (go<Clause>(in, b)) continue;
      if (after_error) b.panic();
      if (ends(b, here(in))) break;
      b.not_a_statement(here(in), Where);
      move_to(in, b.skip(here(in), true));
    }
    return true;
  }
  static bool ends(const Builder& b, TokenIndex at) {
    const Token& next = b.token(at);
    return Builder::begins_statement(next) || next.kind == K::LeftBrace || is_statement_word(next.kind) || is_declaration_word(next.kind);
  }
};

/// { statements }. One that does not belong here is read, kept and complained of.
template <Place Where, typename Statement>
struct braced : written<braced<Where, Statement>> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex open = here(in);
    if (!go<is<K::LeftBrace>>(in, b)) return false;
    if (b.enter(open)) {
      while (inside(in, b, open)) one(in, b);
    } else {
      (void)give_up(in, b);
    }
    b.leave();
    return true;
  }

 private:
  static bool inside(Input& in, Builder& b, TokenIndex open) {
    const TokenIndex at = here(in);
    if (b.too_deep()) return false;
    if (b.kind(at) == K::RightBrace) {
      in.bump(1);
      b.calm();
      return false;
    }
    if (!in.empty() && !b.block_ends_here(at, open, Where)) return true;
    b.missing_brace(at, open);
    return false;
  }

  static void one(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    const bool after_error = b.in_panic();
    if (after_error && !Builder::begins_statement(b.token(at))) return move_to(in, b.skip(at, false));
    b.calm();
    const bool matched = go<Statement>(in, b);
    if (matched && here(in) > at) {
      if (!may_stand(b.last_node().kind, Where)) b.misplaced(at, Where);
      return;
    }
    if (after_error) b.panic();
    b.not_a_statement(at, Where);
    move_to(in, b.skip(at, false));
  }
};
template <Place Where, typename Statement>
using block = freely<braced<Where, Statement>>;

/// A block that must stand here; if the head before it went wrong, it is looked for on the rest of the line.
template <Place Where, typename Statement>
struct need_block : written<need_block<Where, Statement>> {
  static bool parse(Input& in, Builder& b) {
    if (b.too_deep() || go<block<Where, Statement>>(in, b)) return true;
    b.missing({DiagnosticCode::E0201, kind_shown(K::LeftBrace), N::Missing}, here(in));
    const TokenIndex brace = b.brace_ahead(here(in));
    if (brace == Builder::kNone) return true;
    move_to(in, b.skip_to(here(in), brace));
    b.calm();
    return go<block<Where, Statement>>(in, b);
  }
};

// ---------------------------------------------------------------------- what is expected

constexpr Expectation kValue{DiagnosticCode::E0202, "a value", N::MissingExpression};
constexpr Expectation kCount{DiagnosticCode::E0202, "a whole number", N::MissingExpression};
constexpr Expectation kString{DiagnosticCode::E0202, "a string in quotes", N::MissingExpression};
constexpr Expectation kName{DiagnosticCode::E0203, "a name", N::Missing};
constexpr Expectation kType{DiagnosticCode::E0219, "a type", N::Missing};
constexpr Expectation kEnumValue{DiagnosticCode::E0203, "an enum value", N::Missing};
constexpr Expectation kTitle{DiagnosticCode::E0201, "a title in quotes", N::Missing};
constexpr Expectation kEdition{DiagnosticCode::E0202, "the number of an edition", N::MissingExpression};
constexpr Expectation kFile{DiagnosticCode::E0201, "a module's name or a file in quotes", N::Missing};
constexpr Expectation kAction{DiagnosticCode::E0201, "`pass`, `warn`, `hold`, `fail`, `no-go` or `rollback`", N::Missing};
constexpr Expectation kOutcome{DiagnosticCode::E0201, "an outcome: go, advance, promoted, no-go, hold or rollback", N::Missing};
constexpr Expectation kAnswer{DiagnosticCode::E0201, "an answer: confirm, refuse, not applicable, proceed, hold or rollback", N::Missing};
constexpr Expectation kRuleOutcome{DiagnosticCode::E0201, "an outcome: pass, warn, fail, fired, held, pending, unknown, waived or skipped", N::Missing};
constexpr Expectation kBecause{DiagnosticCode::E0201, "`because` and the reason", N::Missing};
constexpr Expectation kConfirm{DiagnosticCode::E0201, "`confirm`", N::Missing};
constexpr Expectation kOnlyIf{DiagnosticCode::E0201, "`only if`", N::Missing};
constexpr Expectation kRule{DiagnosticCode::E0201, "`item`, `threshold`, `rollback`, `hold`, `warn` or `score`", N::Missing};
constexpr Expectation kStage{DiagnosticCode::E0203, "a stage: a share such as `50%`, or a name", N::Missing};
constexpr Expectation kParams{DiagnosticCode::E0201, "`(`", N::Missing};
constexpr Expectation kWhenOrOtherwise{DiagnosticCode::E0201, "`when` or `otherwise`", N::Missing};
constexpr Expectation kAbsence{DiagnosticCode::E0201, "`missing`, `baseline missing` or `empty`", N::Missing};
constexpr Expectation kBaseline{DiagnosticCode::E0203, "an aggregate or the name of a baseline", N::Missing};
constexpr Expectation kDirection{DiagnosticCode::E0201, "`is better`", N::Missing};
constexpr Expectation kUnit{DiagnosticCode::E0219, "a unit", N::Missing};

// ---------------------------------------------------------------------- looking ahead

bool is_plain_name(TokenKind kind) { return kind >= K::Name && kind <= kLastPlainWord; }
bool is_comparison_sign(TokenKind kind) { return kind >= K::EqualEqual && kind <= K::Greater; }

/// What goes on after an operand.
bool is_operator(TokenKind kind) {
  switch (kind) {
    case K::Dot:
    case K::DotDot:
    case K::LeftParen:
    case K::LeftBracket:
    case K::Plus:
    case K::Minus:
    case K::Star:
    case K::Slash:
    case K::KwAnd:
    case K::KwOr:
    case K::KwIn:
    case K::KwNot:
    case K::KwMatches:
    case K::KwContains:
    case K::KwWithin:
    case K::KwFor:
      return true;
    default:
      return is_comparison_sign(kind);
  }
}

/// A name that cannot be meant as the word that begins a clause or an assignment.
bool plainly_operand(const Builder& b, TokenIndex at) {
  const K kind = b.kind(at);
  const K next = b.kind(at + 1);
  if (is_plain_name(kind)) return next != K::Equal;
  return is_free_name(kind) && (next == K::Dot || next == K::LeftParen || next == K::LeftBracket);
}

bool scales(const Builder& b, TokenIndex at) {
  if (b.kind(at) != K::Factor) return false;
  const K next = b.kind(at + 1);
  const bool track = next == K::KwStable || next == K::KwBaseline || next == K::KwCandidate;
  const bool number = is_literal(next) && next != K::String && next != K::Query && next != K::Regex;
  return track || number || next == K::LeftParen || plainly_operand(b, at + 1);
}

bool asks_presence(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwPresent && plainly_operand(b, at + 1); }

/// `rollback NAME …` that stands as a rule of its own.
bool standing_rule(const Builder& b, TokenIndex at) {
  const K verb = b.kind(at);
  if (verb != K::KwRollback && verb != K::KwHold && verb != K::KwWarn) return false;
  return is_free_name(b.kind(at + 1)) && !is_operator(b.kind(at + 2));
}

/// `warn x > 5`: a verb that lacks its `when`.
bool verb_without_when(const Builder& b, TokenIndex at) {
  const K verb = b.kind(at);
  if (verb != K::KwRollback && verb != K::KwHold && verb != K::KwWarn) return false;
  const K next = b.kind(at + 1);
  if (next == K::KwWhen || next == K::KwUnless || next == K::String || standing_rule(b, at)) return false;
  return is_free_name(next) || is_literal(next) || is_comparison_sign(next) || next == K::LeftParen || next == K::KwNot ||
         next == K::KwAny || next == K::KwEvery || next == K::KwNone;
}

bool comparison_without_left(const Builder& b, TokenIndex at) {
  const K kind = b.kind(at);
  return is_comparison_sign(kind) || kind == K::KwIn || kind == K::KwMatches || kind == K::KwContains || kind == K::KwWithin ||
         (kind == K::KwNot && b.kind(at + 1) == K::KwIn);
}

/// One past a count: a number or a path; `at` if there is none.
TokenIndex after_count(const Builder& b, TokenIndex at) {
  if (b.kind(at) == K::Int) return at + 1;
  if (!is_free_name(b.kind(at))) return at;
  ++at;
  while (b.kind(at) == K::Dot && is_word(b.kind(at + 1))) at += 2;
  return at;
}

bool for_samples(const Builder& b, TokenIndex at) {
  if (b.kind(at) != K::KwFor) return false;
  const TokenIndex after = after_count(b, at + 1);
  return after > at + 1 && b.kind(after) == K::KwSamples;
}

bool in_samples(const Builder& b, TokenIndex at) {
  if (b.kind(at) != K::KwIn) return false;
  const TokenIndex after = after_count(b, at + 1);
  return after > at + 1 && (b.kind(after) == K::KwSamples || b.kind(after) == K::KwOf);
}

bool window_ahead(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwFor || in_samples(b, at); }

/// `else` that gives a value, and not an outcome.
bool else_value(const Builder& b, TokenIndex at) {
  if (b.no_else || b.kind(at) != K::KwElse) return false;
  const K next = b.kind(at + 1);
  if (next == K::KwRollback || next == K::KwHold || next == K::KwWarn) return false;
  if (b.outcome_else && (next == K::KwPass || next == K::KwFail)) return false;
  return !(next == K::KwNo && b.kind(at + 2) == K::Minus && b.kind(at + 3) == K::KwGo);
}

bool within_value(const Builder& b, TokenIndex at) { return !b.no_within && b.kind(at) == K::KwWithin; }

bool record_ahead(const Builder& b, TokenIndex at) {
  return b.kind(at) == K::LeftBrace && is_word(b.kind(at + 1)) && b.kind(at + 2) == K::Equal;
}

/// `{ a, b }`, told from the block of a statement by what follows the first element.
bool braced_list(const Builder& b, TokenIndex at) {
  if (b.kind(at) != K::LeftBrace) return false;
  TokenIndex first = at + 1;
  if (b.kind(first) == K::RightBrace) return true;
  if (b.kind(first) == K::Minus) ++first;
  const K kind = b.kind(first);
  const K next = b.kind(first + 1);
  const bool operand = is_literal(kind) || is_free_name(kind) || kind == K::KwTrue || kind == K::KwFalse || kind == K::Error;
  return operand && (next == K::Comma || next == K::RightBrace || next == K::Dot || next == K::DotDot);
}

bool comprehension_ahead(const Builder& b, TokenIndex at) {
  return b.kind(at) >= K::KwCount && b.kind(at) <= K::KwAvg && b.kind(at + 1) == K::LeftParen &&
         is_free_name(b.kind(at + 2)) && b.kind(at + 3) == K::KwIn;
}

bool named_argument(const Builder& b, TokenIndex at) { return is_word(b.kind(at)) && b.kind(at + 1) == K::Colon; }

bool callable(const Builder& b, TokenIndex at) {
  return b.kind(at) == K::LeftParen && (b.last_is(N::Path) || b.last_is(N::FieldAccess));
}

bool quantifier_ahead(const Builder& b, TokenIndex at) {
  const K kind = b.kind(at);
  return (kind == K::KwEvery || kind == K::KwAny || kind == K::KwNone) && is_free_name(b.kind(at + 1));
}

/// `if` that begins an expression, and not `if missing …`.
bool if_value(const Builder& b, TokenIndex at) {
  if (b.kind(at) != K::KwIf) return false;
  const K next = b.kind(at + 1);
  return next != K::KwMissing && next != K::KwEmpty && !(next == K::KwBaseline && b.kind(at + 2) == K::KwMissing);
}

/// `expect a, b.c is …`.
bool rules_and_is(const Builder& b, TokenIndex at) {
  while (is_word(b.kind(at))) {
    ++at;
    while (b.kind(at) == K::Dot && is_word(b.kind(at + 1))) at += 2;
    if (b.kind(at) != K::Comma) return b.kind(at) == K::KwIs;
    ++at;
  }
  return false;
}

/// `message a` and `no message a`, told from a rule or a fact of that name.
bool messages_ahead(const Builder& b, TokenIndex at) {
  const bool no = b.kind(at) == K::KwNo;
  if (b.kind(no ? at + 1 : at) != K::KwMessage) return false;
  const K next = b.kind(no ? at + 2 : at + 1);
  return no || (is_word(next) && next < kFirstReservedWord && next != K::KwIs && next != K::KwAt && next != K::KwBy);
}

bool prefix_ahead(const Builder& b, TokenIndex at) { return quantifier_ahead(b, at) || if_value(b, at); }

/// `expect C`, told from `expect DECISION`, which is a word that no operator follows, and `no-go`.
bool condition_expected(const Builder& b, TokenIndex at) {
  const K first = b.kind(at);
  if (is_literal(first)) return true;
  if (!is_word(first)) return first == K::LeftParen || first == K::Minus;
  if (first == K::KwNo && b.kind(at + 1) == K::Minus && b.kind(at + 2) == K::KwGo) return false;
  switch (b.kind(at + 1)) {
    case K::Dot:
    case K::LeftParen:
    case K::LeftBracket:
    case K::EqualEqual:
    case K::NotEqual:
    case K::Less:
    case K::LessEqual:
    case K::Greater:
    case K::GreaterEqual:
    case K::Plus:
    case K::Minus:
    case K::Star:
    case K::Slash:
    case K::KwIn:
    case K::KwMatches:
    case K::KwContains:
    case K::KwWithin:
    case K::KwAnd:
    case K::KwOr:
    case K::KwElse:
      return true;
    case K::KwNot:
      return b.kind(at + 2) == K::KwIn;
    default:
      break;
  }
  const bool prefix = first == K::KwNot || first == K::KwPresent;
  return prefix_ahead(b, at) || (prefix && is_word(b.kind(at + 1)));
}

bool enum_ahead(const Builder& b, TokenIndex at) {
  const K kind = b.kind(at);
  if (kind == K::KwOrdered) return is_free_name(b.kind(at + 1)) || b.kind(at + 1) == K::String;
  return kind == K::String || (is_word(kind) && b.kind(at + 1) == K::Bar);
}

/// A declaration's word that begins a line is meant as that, even where a name is still awaited above it.
bool begins_declaration(const Builder& b, TokenIndex at) {
  if (!is_declaration_word(b.kind(at)) || !b.in_first_column(at) || b.token(at + 1).first_on_line) return false;
  const K next = b.kind(at + 1);
  return is_word(next) || next == K::String || next == K::LeftBrace;
}
/// `lower is better` where a metric's type is awaited.
bool metric_goes_on(const Builder& b, TokenIndex at) {
  const K kind = b.kind(at);
  return ((kind == K::KwLower || kind == K::KwHigher) && b.kind(at + 1) == K::KwIs) || (kind == K::KwStale && b.kind(at + 1) == K::KwAfter);
}

bool list_type_ahead(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwList && b.kind(at + 1) == K::KwOf; }
bool map_type_ahead(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwMap && b.kind(at + 1) == K::KwOf; }
bool percent_change_ahead(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwPercent && b.kind(at + 1) == K::KwChange; }
bool unit_type_ahead(const Builder& b, TokenIndex at) { return is_free_name(b.kind(at)) && b.kind(at + 1) == K::Slash; }
bool from_stage_ahead(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwFrom && b.kind(at + 1) == K::KwStage; }
bool because_alone(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwBecause && b.kind(at + 1) != K::String; }
bool tracks_words(const Builder& b, TokenIndex at) { return is_word(b.kind(at)) && b.kind(at + 1) == K::LeftBrace; }
/// `failed int at "/failed"`, told from `error_rate = …`.
bool field_of_source(const Builder& b, TokenIndex at) {
  const K next = b.kind(at + 1);
  return is_word(b.kind(at)) && next != K::Equal && next != K::Dot && next != K::LeftBracket;
}
bool assigned_word(const Builder& b, TokenIndex at) { return is_word(b.kind(at)) && (b.kind(at + 1) == K::Equal || b.kind(at + 1) == K::Dot); }
bool rule_word(const Builder& b, TokenIndex at) {
  switch (b.kind(at)) {
    case K::KwItem:
    case K::KwThreshold:
    case K::KwRollback:
    case K::KwHold:
    case K::KwWarn:
    case K::KwScore:
    case K::KwFinal:
    case K::KwTrial:
      return true;
    default:
      return false;
  }
}
/// A policy, or one on trial: `trial until 2026-12-31 policy …`.
bool policy_ahead(const Builder& b, TokenIndex at) {
  if (b.kind(at) == K::KwTrial) ++at;
  if (b.kind(at) == K::KwUntil) at += 2;
  return b.kind(at) == K::KwPolicy;
}
bool baseline_aggregate(const Builder& b, TokenIndex at) {
  return is_free_name(b.kind(at)) && (b.kind(at + 1) == K::KwOver || (b.kind(at + 1) == K::KwOf && b.kind(at + 2) == K::KwLast));
}
bool is_step_name(TokenKind kind) {
  const Word* word = find_word(kind);
  return is_free_name(kind) && (word == nullptr || word->category != WordCategory::Clause);
}
bool not_after_minus_go(const Builder& b, TokenIndex at) { return b.kind(at) == K::KwNo && b.kind(at + 1) == K::Minus && b.kind(at + 2) == K::KwGo; }

// ---------------------------------------------------------------------- grammar

namespace grammar {

template <typename Item>
using commas = peg::seq<Item, peg::star<is<K::Comma>, Item>>;

// Names, paths, strings.

struct free_name : peg::seq<peg::not_at<ahead<begins_declaration>>, token_if<is_free_name>> {};
struct any_word : token_if<is_word> {};
struct name : node<N::Name, free_name> {};
struct word_name : node<N::Name, any_word> {};
struct path_rest : peg::star<is<K::Dot>, expect<any_word, kName>> {};
struct path : node<N::Path, free_name, path_rest> {};
struct string : node<N::Literal, is<K::String>> {};
struct title : node<N::Title, is<K::String>> {};
struct needed_path : expect<path, kName> {};
struct needed_string : expect<string, kString> {};
struct paths : commas<needed_path> {};
struct strings : commas<needed_string> {};

/// The name of a declaration or rule. A reserved word in its place is spoken of, and taken.
struct needed_name : written<needed_name> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (!b.in_panic() && go<name>(in, b)) return true;
    const K next = b.kind(at + 1);
    const bool a_type = next > K::Name && next <= kLastPlainWord;
    const bool rule_goes_on = next == K::String || next == K::LeftBrace || next == K::Equal || a_type || is_reserved(next) || b.token(at + 1).first_on_line;
    if (is_reserved(b.kind(at)) && rule_goes_on && !b.token(at).first_on_line && !b.in_panic()) {
      b.reserved_name(at, false);
      return go<word_name>(in, b);
    }
    b.missing(kName, at);
    return true;
  }
};

// Expressions.

struct value;
struct unary;
struct additive;
struct range;
struct or_value;

/// What must stand after an operator or a keyword. A reserved word used as a name is spoken of, and taken.
template <typename Rule>
struct operand : written<operand<Rule>> {
  static bool parse(Input& in, Builder& b) {
    if (!b.in_panic() && go<Rule>(in, b)) return true;
    const TokenIndex at = here(in);
    const bool used_as_name = is_reserved(b.kind(at)) && !b.token(at).first_on_line &&
                              (is_comparison_sign(b.kind(at + 1)) || b.kind(at + 1) == K::Dot || b.kind(at + 1) == K::KwAnd || b.kind(at + 1) == K::KwOr);
    if (!used_as_name || b.in_panic()) {
      b.missing(kValue, at);
      return true;
    }
    b.reserved_name(at, true);
    in.bump(1);
    while (b.kind(here(in)) == K::Dot && is_word(b.kind(here(in) + 1))) in.bump(2);
    b.leaf(N::Path, at, here(in));
    return go<Rule>(in, b) || true;
  }
};

/// `250 ms`: read as if the space were not there.
struct spaced_unit : written<spaced_unit> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (b.kind(at) != K::Int && b.kind(at) != K::Float) return false;
    const Token& next = b.token(at + 1);
    if (next.first_on_line || (next.kind != K::Name && next.kind != K::PercentSign)) return false;
    static constexpr std::string_view kUnits[] = {"ns", "us", "ms", "s", "m", "h", "d", "w", "B", "kB", "MB", "GB", "TB",
                                                  "KiB", "MiB", "GiB", "TiB", "pp", "x", "%"};
    if (std::find(std::begin(kUnits), std::end(kUnits), b.text(at + 1)) == std::end(kUnits)) return false;
    const K after = b.kind(at + 2);
    if (after == K::Equal || after == K::Dot || after == K::LeftParen) return false;
    const std::string joined = std::string(b.text(at)) + std::string(b.text(at + 1));
    b.help_edit(b.remark(DiagnosticCode::E0224, "a unit follows its number without a space", at, at + 2), "write `" + joined + "`",
                {b.token(at).begin, next.end}, joined);
    const bool is_factor = b.text(at + 1) == "x";
    const Builder::Mark mark = b.mark(at);
    in.bump(2);
    b.leaf(N::Error, at, here(in));
    if (is_factor) (void)go<deeper<unary>>(in, b);
    b.close(N::MissingExpression, mark, here(in));
    return true;
  }
};

struct literal : node<N::Literal, token_if<is_literal>> {};
struct truth : node<N::Literal, is<K::KwTrue, K::KwFalse>> {};
struct start_time : node<N::StartTime, is<K::KwT>> {};
struct track : node<N::Track, is<K::KwStable, K::KwBaseline, K::KwCandidate>> {};
struct unreadable : node<N::MissingExpression, is<K::Error>> {};
struct paren : node<N::Paren, closed<K::LeftParen, K::RightParen, operand<value>>> {};
struct elements : peg::opt<value, peg::star<is<K::Comma>, peg::opt<value>>> {};
struct bracket_list : node<N::List, closed<K::LeftBracket, K::RightBracket, elements>> {};
struct brace_list : node<N::List, ahead<braced_list>, closed<K::LeftBrace, K::RightBrace, elements>> {};
struct field_init : node<N::FieldInit, word_name, need<K::Equal>, operand<value>> {};
struct field_inits : peg::star<field_init, peg::opt<is<K::Comma>>> {};
struct record : node<N::RecordLiteral, ahead<record_ahead>, closed<K::LeftBrace, K::RightBrace, field_inits>> {};

struct where : node<N::Where, is<K::KwWhere>, operand<value>> {};
struct each_of : peg::seq<name, is<K::KwIn>, operand<additive>, peg::opt<where>, peg::opt<is<K::Colon>, operand<value>>> {};
struct comprehension : deeper<node<N::Comprehension, ahead<comprehension_ahead>, word_name, closed<K::LeftParen, K::RightParen, each_of>>> {};
struct argument : peg::sor<node<N::NamedArgument, ahead<named_argument>, word_name, is<K::Colon>, operand<value>>, node<N::Argument, value>> {};
struct arguments : peg::opt<argument, peg::star<is<K::Comma>, operand<argument>>> {};

struct primary : peg::sor<spaced_unit, literal, comprehension, path, truth, start_time, track, paren, bracket_list, record, brace_list, unreadable> {};
struct postfix : fold<primary, wrap<N::Call, 0, ahead<callable>, closed<K::LeftParen, K::RightParen, arguments>>,
                      wrap<N::Index, 0, closed<K::LeftBracket, K::RightBracket, operand<value>>>,
                      wrap<N::FieldAccess, 0, is<K::Dot>, expect<word_name, kName>>> {};
struct with_else : fold_once<postfix, wrap<N::Else, 0, ahead<else_value>, is<K::KwElse>, operand<deeper<unary>>>> {};
struct negated : deeper<prefix<N::Unary, UnaryOp::Negate, is<K::Minus>, operand<unary>>> {};
struct presence : deeper<prefix<N::Unary, UnaryOp::Present, ahead<asks_presence>, is<K::KwPresent>, operand<postfix>>> {};
struct scaled : deeper<node<N::Scale, ahead<scales>, literal, operand<unary>>> {};

struct if_expression : prefix<N::If, 0, ahead<if_value>, is<K::KwIf>, operand<value>, need<K::KwThen>, with<&Builder::no_else, true, operand<value>>, need<K::KwElse>, operand<value>> {};
struct over_each : peg::seq<name, need<K::KwIn>, operand<additive>, peg::opt<where>, need<K::Colon>, operand<value>> {};
struct quantifier : peg::seq<ahead<quantifier_ahead>, peg::sor<prefix<N::Quantifier, QuantifierKind::Every, is<K::KwEvery>, over_each>, prefix<N::Quantifier, QuantifierKind::Any, is<K::KwAny>, over_each>, prefix<N::Quantifier, QuantifierKind::None, is<K::KwNone>, over_each>>> {};
struct prefixed : deeper<peg::sor<if_expression, quantifier>> {};

/// An `if` or `every` where an operator binds tighter: read all the same.
struct misplaced_prefix : written<misplaced_prefix> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (!prefix_ahead(b, at)) return false;
    if (!go<prefixed>(in, b)) return false;
    Diagnostic* problem = b.remark(DiagnosticCode::E0221, std::string(kind_shown(b.kind(at))) + " needs parentheses here", at, at + 1);
    if (problem == nullptr) return true;
    const std::uint32_t begin = b.token(at).begin;
    const std::uint32_t end = b.token(here(in) - 1).end;
    const SourceFile* file = problem->primary.file;
    problem->help.push_back({"put it in parentheses", {{file, {begin, begin}, "("}, {file, {end, end}, ")"}}});
    return true;
  }
};

struct unary : peg::sor<negated, presence, scaled, with_else, misplaced_prefix> {};
struct product : fold<unary, wrap<N::Binary, BinaryOp::Multiply, is<K::Star>, operand<unary>>, wrap<N::Binary, BinaryOp::Divide, is<K::Slash>, operand<unary>>> {};
struct additive : fold<product, wrap<N::Binary, BinaryOp::Add, is<K::Plus>, operand<product>>, wrap<N::Binary, BinaryOp::Subtract, is<K::Minus>, operand<product>>> {};
struct range : fold_once<additive, wrap<N::Range, 0, is<K::DotDot>, operand<additive>>> {};

template <BinaryOp Op, TokenKind... Signs>
using compare = wrap<N::Binary, Op, is<Signs>..., operand<range>>;

/// `x = 5` for `x == 5`.
struct single_equals : written<single_equals> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (b.kind(at) != K::Equal) return false;
    b.help_edit(b.remark(DiagnosticCode::E0223, "two values are compared with `==`", at, at + 1), "write `==`", b.token(at).span(), "==");
    in.bump(1);
    return true;
  }
};

struct comparison_rest
    : peg::sor<compare<BinaryOp::Less, K::Less>, compare<BinaryOp::LessEqual, K::LessEqual>, compare<BinaryOp::Greater, K::Greater>,
               compare<BinaryOp::GreaterEqual, K::GreaterEqual>, compare<BinaryOp::Equal, K::EqualEqual>, compare<BinaryOp::NotEqual, K::NotEqual>,
               wrap<N::Binary, BinaryOp::In, peg::not_at<ahead<in_samples>>, is<K::KwIn>, operand<range>>, compare<BinaryOp::NotIn, K::KwNot, K::KwIn>,
               compare<BinaryOp::Matches, K::KwMatches>, compare<BinaryOp::Contains, K::KwContains>,
               wrap<N::Within, 0, ahead<within_value>, is<K::KwWithin>, operand<additive>, need<K::KwOf>, operand<additive>>,
               wrap<N::Binary, BinaryOp::Equal, single_equals, operand<range>>> {};
struct left_out : node<N::ImplicitLeft, ahead<comparison_without_left>> {};

/// One comparison; a second one is read and complained of.
struct comparison : written<comparison> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark mark = b.mark(here(in));
    if (!go<peg::sor<left_out, range>>(in, b)) return false;
    b.fold = mark;
    (void)go<comparison_rest>(in, b);
    for (int links = 0; is_comparison_sign(b.kind(here(in))) && !b.in_panic(); ++links) {
      const TokenIndex sign = here(in);
      in.bump(1);
      (void)go<operand<range>>(in, b);
      if (links == 0) b.comparison_chain(sign, here(in));
      b.close(N::Error, mark, here(in));
      b.close(N::MissingExpression, mark, here(in));
    }
    return true;
  }
};

struct count : peg::sor<node<N::Literal, is<K::Int>>, path> {};
struct across : written<across> {  // for the window that is made of it: see window
  static bool parse(Input& in, Builder& b) {
    if (b.kind(here(in)) != K::KwAcross) return false;
    in.bump(1);
    return go<need<K::KwStages>>(in, b);
  }
};
struct window_rest
    : peg::sor<wrap<N::Window, WindowKind::ForSamples, ahead<for_samples>, is<K::KwFor>, count, is<K::KwSamples>, peg::opt<across>>,
               wrap<N::Window, WindowKind::InOfSamples, ahead<in_samples>, is<K::KwIn>, count, is<K::KwOf>, expect<count, kCount>, need<K::KwSamples>, peg::opt<across>>,
               wrap<N::Window, WindowKind::InSamples, ahead<in_samples>, is<K::KwIn>, count, is<K::KwSamples>, peg::opt<across>>,
               wrap<N::Window, WindowKind::ForDuration, is<K::KwFor>, operand<additive>, peg::opt<across>>> {};

/// A condition with at most one window; a second one is read and complained of.
struct window : written<window> {
  static bool parse(Input& in, Builder& b) {
    const Builder::Mark mark = b.mark(here(in));
    if (!go<comparison>(in, b)) return false;
    for (int windows = 0;; ++windows) {
      const TokenIndex at = here(in);
      if (windows == 1 && window_ahead(b, at))
        if (Diagnostic* problem = b.remark(DiagnosticCode::E0214, "a condition has one window", at, at + 1))
          problem->suggest("join two conditions by `and`, each in parentheses with its own window");
      b.fold = mark;
      if (!go<window_rest>(in, b)) return true;
      b.last_node().across_stages = b.kind(here(in) - 1) == K::KwStages && b.kind(here(in) - 2) == K::KwAcross;
    }
  }
};

struct not_value;
struct negation : deeper<prefix<N::Unary, UnaryOp::Not, peg::not_at<ahead<comparison_without_left>>, is<K::KwNot>, operand<not_value>>> {};
struct not_value : peg::sor<peg::seq<ahead<prefix_ahead>, prefixed>, negation, window> {};
struct and_value : fold<not_value, wrap<N::Binary, BinaryOp::And, is<K::KwAnd>, operand<not_value>>> {};
struct or_value : fold<and_value, wrap<N::Binary, BinaryOp::Or, is<K::KwOr>, peg::not_at<is<K::KwNot>, is<K::KwApplicable>>, operand<and_value>>> {};
struct value : deeper<or_value> {};
struct needed_value : operand<value> {};
struct needed_amount : operand<additive> {};

// Types.

struct type;
struct field;
struct enum_value : node<N::EnumValue, peg::sor<free_name, is<K::String>>> {};
struct reserved_enum_value : written<reserved_enum_value> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (!is_reserved(b.kind(at)) || b.token(at).first_on_line) return false;
    const std::string ours = "\"" + std::string(b.text(at)) + "\"";
    b.help_edit(b.remark(DiagnosticCode::E0204, std::string(kind_shown(b.kind(at))) + " is a reserved word", at, at + 1), "quote it: `" + ours + "`",
                b.token(at).span(), ours);
    in.bump(1);
    b.leaf(N::EnumValue, at, here(in));
    return true;
  }
};
struct needed_enum_value : expect<peg::sor<enum_value, reserved_enum_value>, kEnumValue> {};
struct enum_type : node<N::EnumType, peg::sor<peg::seq<is<K::KwOrdered>, needed_enum_value, peg::star<is<K::Less>, needed_enum_value>>, peg::seq<peg::sor<enum_value, reserved_enum_value>, peg::star<is<K::Bar>, needed_enum_value>>>> {};
struct record_type : node<N::RecordType, block<Place::Fields, field>> {};
struct list_type : node<N::ListType, ahead<list_type_ahead>, is<K::KwList>, is<K::KwOf>, expect<type, kType>> {};
struct map_type : node<N::MapType, ahead<map_type_ahead>, is<K::KwMap>, is<K::KwOf>, expect<type, kType>> {};
struct percent_change : node<N::PercentChange, ahead<percent_change_ahead>, is<K::KwPercent>, is<K::KwChange>> {};
struct quotient_type : node<N::UnitType, ahead<unit_type_ahead>, free_name, is<K::Slash>, expect<free_name, kUnit>> {};
struct type_name : node<N::TypeName, free_name, path_rest> {};
struct type : deeper<peg::sor<record_type, list_type, map_type, percent_change, peg::seq<ahead<enum_ahead>, enum_type>, quotient_type, type_name>> {};
struct needed_type : expect<type, kType> {};
struct field : node<N::Field, word_name, peg::opt<is<K::Question>>, needed_type> {};
struct unit : node<N::UnitType, peg::sor<is<K::PercentSign>, peg::seq<free_name, peg::opt<is<K::Slash>, expect<free_name, kUnit>>>>> {};

// Outcomes and people.

struct no_go : peg::seq<ahead<not_after_minus_go>, is<K::KwNo>, is<K::Minus>, is<K::KwGo>> {};
struct action : node<N::Action, peg::sor<is<K::KwPass, K::KwWarn, K::KwHold, K::KwFail, K::KwRollback>, no_go>> {};
struct needed_action : expect<action, kAction> {};
struct else_action : node<N::ElseAction, is<K::KwElse>, needed_action> {};
struct whole_number : node<N::Literal, is<K::Int>> {};
struct approver : node<N::Approver, peg::opt<whole_number>, needed_path> {};
struct approvers : node<N::Approvers, is<K::KwBy>, approver, peg::star<is<K::Comma, K::KwAnd>, approver>> {};
struct other_than : node<N::OtherThan, is<K::KwOther>, need<K::KwThan>, paths> {};
struct not_applicable : node<N::NotApplicable, is<K::KwOr>, need<K::KwNot>, need<K::KwApplicable>, peg::opt<ahead<because_alone>, is<K::KwBecause>>> {};
struct signed_within : node<N::SignedWithin, is<K::KwWithin>, needed_amount> {};
struct confirm : node<N::Confirm, is<K::KwConfirm>, peg::opt<approvers>, peg::opt<other_than>, peg::opt<signed_within>, peg::opt<not_applicable>> {};
struct needed_confirm : expect<confirm, kConfirm> {};

// Clauses of every rule.

template <NodeKind Kind, TokenKind Word, typename... Rules>
using clause = node<Kind, is<Word>, Rules...>;

struct only_if : clause<N::OnlyIf, K::KwOnly, need<K::KwIf>, needed_value> {};
struct grace : clause<N::GraceTime, K::KwFor, needed_amount> {};
struct if_missing : node<N::IfMissing, is<K::KwIf>, is<K::KwMissing>, peg::opt<grace>, needed_action> {};
struct if_baseline_missing : node<N::IfBaselineMissing, is<K::KwIf>, is<K::KwBaseline>, need<K::KwMissing>, peg::opt<grace>, needed_action> {};
struct if_empty : node<N::IfEmpty, is<K::KwIf>, is<K::KwEmpty>, needed_action> {};
struct if_what : node<N::IfMissing, is<K::KwIf>, expect<peg::failure, kAbsence>> {};
struct needs : clause<N::Needs, K::KwNeeds, needed_value> {};
struct waivable : clause<N::WaivableBy, K::KwWaivable, need<K::KwBy>, paths> {};
struct why : clause<N::Why, K::KwWhy, needed_string> {};
struct evidence : clause<N::Evidence, K::KwEvidence, needed_amount> {};
struct severity : clause<N::Severity, K::KwSeverity, needed_amount> {};
struct covers : clause<N::Covers, K::KwCovers, strings> {};
struct owner : clause<N::Owner, K::KwOwner, needed_amount> {};
struct because : clause<N::Because, K::KwBecause, needed_string> {};
struct as_clause : clause<N::AsClause, K::KwAs, needed_name> {};
struct when : clause<N::When, K::KwWhen, needed_value> {};

struct explaining : peg::sor<only_if, why, evidence, severity, covers, owner> {};
struct option : peg::sor<explaining, if_missing, if_baseline_missing, if_empty, if_what, needs, waivable, because, as_clause> {};

// Verbs.

/// `unless C` for `when not (C)`.
struct unless : written<unless> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (b.kind(at) != K::KwUnless) return false;
    if (Diagnostic* problem = b.remark(DiagnosticCode::E0222, "`unless` is no dpol word", at, at + 1)) problem->suggest("write `when not (…)`");
    in.bump(1);
    return true;
  }
};

/// `warn x > 5` for `warn when x > 5`.
struct forgotten_when : written<forgotten_when> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (!verb_without_when(b, at)) return false;
    const std::uint32_t after = b.token(at).end;
    const std::string verb(b.text(at));
    b.help_edit(b.remark(DiagnosticCode::E0215, "`" + verb + "` needs `when`", at, at + 1), "write `" + verb + " when`", {after, after}, " when");
    in.bump(1);
    return true;
  }
};

template <NodeKind Kind, TokenKind Verb>
using when_clause = node<Kind, peg::at<is<Verb>>, peg::sor<forgotten_when, peg::seq<is<Verb>, peg::sor<is<K::KwWhen>, unless>>>, needed_value>;

template <typename Rule>
using before_outcome = with<&Builder::outcome_else, true, Rule>;
struct require : clause<N::Require, K::KwRequire, before_outcome<needed_value>, peg::opt<else_action>> {};
struct item_clause : peg::sor<require, when_clause<N::WarnWhen, K::KwWarn>, when_clause<N::HoldWhen, K::KwHold>, when_clause<N::RollbackWhen, K::KwRollback>, confirm, option> {};

template <NodeKind Kind, TokenKind Verb>
using bare_clause = node<Kind, is<Verb>, peg::opt<is<K::KwWhen>>, needed_value, peg::opt<else_action>>;
struct bare_verb : peg::sor<bare_clause<N::Require, K::KwRequire>, bare_clause<N::WarnWhen, K::KwWarn>, bare_clause<N::HoldWhen, K::KwHold>, bare_clause<N::RollbackWhen, K::KwRollback>> {};
struct threshold_clause : peg::sor<bare_verb, option> {};

/// In a threshold without braces only one comparison may stand.
struct single_verb : written<single_verb> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    if (standing_rule(b, at)) return false;
    const int before = b.threshold_verbs;
    if (!go<bare_verb>(in, b)) return false;
    b.threshold_verbs = before + 1;
    if (before == 1)
      if (Diagnostic* problem = b.remark(DiagnosticCode::E0217, "a threshold with several comparisons needs braces", at, at + 1))
        problem->suggest("as in `threshold error_rate { require <= 1%  rollback > 5% }`");
    return true;
  }
};
struct begin_threshold : written<begin_threshold> {
  static bool parse(Input& in, Builder& b) {
    if (b.kind(here(in)) != K::KwThreshold) return false;
    b.threshold_verbs = 0;
    in.bump(1);
    return true;
  }
};

// Rules.

struct final_mark : clause<N::FinalMark, K::KwFinal> {};
struct trial_mark : clause<N::TrialMark, K::KwTrial, peg::opt<is<K::KwUntil>, needed_amount>> {};
struct marks : peg::star<peg::sor<final_mark, trial_mark>> {};

/// The name of a standing rule, which it cannot do without.
struct standing_name : written<standing_name> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    const K next = b.kind(at);
    if (next != K::KwWhen && next != K::String && next != K::KwUnless) return go<needed_name>(in, b);
    const std::string verb(b.text(at - 1));
    if (Diagnostic* problem = b.remark(DiagnosticCode::E0216, "a `" + verb + "` that stands alone needs a name", at - 1, at))
      problem->suggest("as in `" + verb + " crash_loop when …`; or is it part of an `item`?");
    b.leaf(N::Missing, at, at);
    return true;
  }
};
struct standing_clause : peg::sor<when, peg::seq<unless, node<N::When, needed_value>>, option> {};
/// `rollback slow latency > 5s` for `rollback slow when latency > 5s`.
struct skipped_when : written<skipped_when> {
  static bool parse(Input& in, Builder& b) {
    const TokenIndex at = here(in);
    const K next = b.kind(at);
    const bool operand_ahead = (is_plain_name(next) || is_literal(next) || next == K::LeftParen || next == K::KwNot || next == K::KwAny ||
                                next == K::KwEvery || next == K::KwNone) && next != K::String;
    if (!operand_ahead || b.token(at).first_on_line || b.in_panic()) return false;
    TokenIndex verb = at;
    while (verb > 0 && b.kind(verb) != K::KwRollback && b.kind(verb) != K::KwHold && b.kind(verb) != K::KwWarn) --verb;
    const std::uint32_t before = b.token(at).begin;
    b.help_edit(b.remark(DiagnosticCode::E0215, "`" + std::string(b.text(verb)) + "` needs `when`", at, at + 1), "write `when` before the condition",
                {before, before}, "when ");
    return true;
  }
};
struct standing_head : peg::seq<is<K::KwRollback, K::KwHold, K::KwWarn>, standing_name, peg::opt<title>, peg::opt<skipped_when, node<N::When, needed_value>>> {};
/// A verb without name and without `when`.
struct nameless : peg::seq<forgotten_when, node<N::When, needed_value>> {};

struct item : wrap<N::Item, 0, is<K::KwItem>, needed_name, peg::opt<title>, clauses<Place::Rule, item_clause>, peg::opt<block<Place::Rule, item_clause>>> {};
struct each : clause<N::EachClause, K::KwEach, commas<needed_name>> {};
struct threshold : wrap<N::Threshold, 0, begin_threshold, commas<operand<postfix>>, peg::opt<each>, peg::opt<title>, clauses<Place::Threshold, peg::sor<single_verb, option>>, peg::opt<block<Place::Threshold, threshold_clause>>> {};
struct standing : wrap<N::StandingRule, 0, peg::sor<nameless, standing_head>, clauses<Place::Rule, standing_clause>, peg::opt<block<Place::Rule, standing_clause>>> {};
struct number : node<N::Literal, is<K::Int, K::Float, K::Percent>> {};
struct half : clause<N::Half, K::KwHalf, needed_value> {};
struct worth : clause<N::Worth, K::KwWorth, expect<number, kValue>, needed_value, peg::opt<half>> {};
struct score : wrap<N::Score, 0, is<K::KwScore>, needed_name, peg::opt<title>, clauses<Place::Score, option>, need_block<Place::Score, peg::sor<worth, threshold_clause>>> {};

/// A rule with its marks, which become part of it.
struct rule : written<rule> {
  static bool parse(Input& in, Builder& b) {
    if (!rule_word(b, here(in))) return false;
    const Builder::Mark mark = b.mark(here(in));
    (void)go<marks>(in, b);
    b.fold = mark;
    if (go<peg::sor<item, threshold, standing, score>>(in, b)) return true;
    b.missing(kRule, here(in));
    b.close(N::Error, mark, here(in));
    return true;
  }
};

// Statements of a policy.

struct default_value : clause<N::Default, K::Equal, with<&Builder::no_within, true, needed_value>> {};
struct value_range : clause<N::ValueRange, K::KwWithin, operand<range>> {};
struct param : clause<N::Param, K::KwParam, needed_name, needed_type, peg::star<peg::sor<default_value, value_range, title>>> {};
struct applies : clause<N::Applies, K::KwApplies, expect<only_if, kOnlyIf>> {};
struct set : clause<N::Set, K::KwSet, needed_path, need<K::Equal>, needed_value, peg::opt<because>> {};
struct drop : clause<N::Drop, K::KwDrop, needed_path, expect<because, kBecause>> {};
struct replace : clause<N::Replace, K::KwReplace, peg::opt<peg::not_at<ahead<rule_word>>, path>, peg::opt<because>, expect<rule, kRule>> {};
struct use_baseline : clause<N::UseBaseline, K::KwBaseline, needed_name> {};
struct use : clause<N::Use, K::KwUse, needed_path, expect<peg::sor<when, is<K::KwOtherwise>>, kWhenOrOtherwise>> {};
struct strategy : clause<N::Strategy, K::KwStrategy, peg::opt<name>, need_block<Place::Strategy, use>> {};

struct statement;

struct phase_from : node<N::PhaseFrom, peg::not_at<ahead<from_stage_ahead>>, is<K::KwFrom>, needed_amount> {};
struct phase_until : clause<N::PhaseUntil, K::KwUntil, needed_amount> {};
struct phase_during : clause<N::PhaseDuring, K::KwDuring, operand<range>> {};
struct phase_clause : peg::sor<phase_from, phase_until, phase_during, explaining, because> {};
struct phase : clause<N::Phase, K::KwPhase, needed_name, peg::opt<title>, clauses<Place::Phase, phase_clause>, need_block<Place::Phase, peg::sor<statement, explaining>>> {};

struct at_most : node<N::AtMost, is<K::KwAt>, need<K::KwMost>, before_outcome<needed_amount>, peg::opt<else_action>> {};
struct bake : clause<N::Bake, K::KwBake, needed_amount, peg::opt<at_most>> {};
struct settle : clause<N::Settle, K::KwSettle, needed_amount> {};
struct enter : clause<N::Enter, K::KwEnter, needed_confirm> {};
struct leave : clause<N::Leave, K::KwLeave, needed_confirm> {};
struct decide : clause<N::Decide, K::KwDecide, expect<approvers, kConfirm>> {};
struct run : clause<N::Run, K::KwRun, needed_string> {};
struct stage_clause : peg::sor<bake, settle, enter, leave, decide, run, item_clause> {};
struct stage_body : peg::seq<clauses<Place::Stage, stage_clause>, peg::opt<block<Place::Stage, peg::sor<stage_clause, statement>>>> {};
struct share : node<N::Literal, is<K::Percent>> {};
struct stage_ref : node<N::StageRef, peg::sor<share, peg::seq<name, peg::opt<share>>>> {};
struct needed_stage : expect<stage_ref, kStage> {};
struct stage : clause<N::Stage, K::KwStage, needed_stage, peg::opt<title>, stage_body> {};
struct stages : clause<N::Stages, K::KwStages, needed_amount, need<K::KwTo>, needed_amount, need<K::KwBy>, needed_amount, stage_body> {};
struct from_stage : node<N::FromStage, ahead<from_stage_ahead>, is<K::KwFrom>, is<K::KwStage>, needed_stage, clauses<Place::Stage, explaining>, need_block<Place::Stage, peg::sor<stage_clause, statement>>> {};
struct step_name : node<N::Name, token_if<is_step_name>> {};
struct step : clause<N::Step, K::KwStep, peg::opt<step_name>, peg::opt<title>, clauses<Place::Step, stage_clause>, peg::opt<block<Place::Step, peg::sor<stage_clause, statement>>>> {};
struct rollout : clause<N::Rollout, K::KwRollout, needed_name, peg::opt<title>, clauses<Place::Rollout, peg::sor<explaining, because>>, need_block<Place::Rollout, peg::sor<statement, explaining>>> {};

// Messages, procedures, waivers: declarations that may also stand in a policy.

struct recipient : peg::sor<string, needed_path> {};
struct send_to : clause<N::SendTo, K::KwTo, commas<recipient>> {};
struct send_via : clause<N::SendVia, K::KwVia, strings> {};
struct send_at : clause<N::SendAt, K::KwAt, operand<range>> {};
struct send_while : clause<N::SendWhile, K::KwWhile, with<&Builder::no_within, true, needed_value>> {};
struct send_every : clause<N::SendEvery, K::KwEvery, needed_amount, peg::opt<send_while>> {};
struct send_within : clause<N::SendWithin, K::KwWithin, needed_amount, need<K::KwOf>, needed_amount> {};
struct on_rules : clause<N::OnRules, K::KwOn, paths> {};
struct message_clause : peg::sor<send_to, send_via, send_at, send_every, send_within, on_rules, explaining> {};
struct message : clause<N::Message, K::KwMessage, needed_name, peg::opt<title>, clauses<Place::Message, message_clause>> {};
struct procedure : clause<N::Procedure, K::KwProcedure, needed_name, peg::opt<title>, clauses<Place::Procedure, peg::sor<on_rules, explaining>>, need_block<Place::Procedure, peg::sor<step, explaining>>> {};
struct waiver_match : node<N::WaiverMatch, needed_path, needed_amount> {};
struct waiver_for : clause<N::WaiverFor, K::KwFor, commas<waiver_match>> {};
struct waiver_until : clause<N::WaiverUntil, K::KwUntil, needed_amount> {};
struct waiver_by : clause<N::WaiverBy, K::KwBy, needed_string> {};
struct waiver : clause<N::Waiver, K::KwWaiver, needed_path, clauses<Place::Waiver, peg::sor<waiver_for, waiver_until, waiver_by, because, explaining>>> {};

struct statement : peg::sor<rule, phase, rollout, stage, stages, from_stage, step, param, applies, set, drop, replace, strategy, use_baseline, message, procedure, waiver> {};

// Declarations.

struct module : clause<N::Module, K::KwModule, needed_path> {};
struct alias : clause<N::Alias, K::KwAs, needed_name> {};
struct edition : clause<N::Edition, K::KwEdition, expect<node<N::Literal, is<K::Int>>, kEdition>> {};
struct import : clause<N::Import, K::KwImport, expect<peg::sor<path, string>, kFile>, peg::opt<alias>> {};
struct unit_declaration : clause<N::Unit, K::KwUnit, needed_name> {};
struct enum_declaration : clause<N::Enum, K::KwEnum, needed_name, peg::opt<is<K::Equal>>, expect<enum_type, kEnumValue>> {};
struct needed_fields : node<N::RecordType, need_block<Place::Fields, field>> {};
struct record_declaration : clause<N::Record, K::KwRecord, needed_name, needed_fields> {};
struct facts : clause<N::Facts, K::KwFacts, needed_fields> {};

struct direction : node<N::Direction, is<K::KwLower, K::KwHigher>, expect<peg::seq<is<K::KwIs>, is<K::KwBetter>>, kDirection>> {};
struct every : clause<N::EveryClause, K::KwEvery, needed_amount> {};
struct stale_after : clause<N::StaleAfter, K::KwStale, need<K::KwAfter>, needed_amount> {};
struct gone_after : clause<N::GoneAfter, K::KwGone, need<K::KwAfter>, needed_amount> {};
struct by_labels : clause<N::ByLabels, K::KwBy, commas<needed_name>, peg::opt<gone_after>> {};
struct baseline_over : node<N::BaselineOver, name, is<K::KwOver>, needed_amount> {};
struct baseline_of_last : node<N::BaselineOfLast, name, is<K::KwOf>, is<K::KwLast>, expect<count, kCount>, need<K::KwPromoted>> {};
struct baseline_is : clause<N::BaselineIs, K::KwBaseline, expect<peg::sor<peg::seq<ahead<baseline_aggregate>, peg::sor<baseline_over, baseline_of_last>>, name>, kBaseline>> {};
struct metric_needs : clause<N::Needs, K::KwNeeds, with<&Builder::no_within, true, needed_value>> {};
struct metric_clause : peg::sor<direction, every, stale_after, title, metric_needs, baseline_is, by_labels, value_range, explaining> {};
struct metric_type : peg::seq<peg::not_at<ahead<metric_goes_on>>, type> {};
struct metric : clause<N::Metric, K::KwMetric, needed_name, expect<metric_type, kType>, clauses<Place::Metric, metric_clause>> {};

struct target_path : node<N::Path, ahead<assigned_word>, any_word, path_rest> {};
struct target : fold<peg::sor<target_path, path>, wrap<N::Index, 0, closed<K::LeftBracket, K::RightBracket, operand<value>>>, wrap<N::FieldAccess, 0, is<K::Dot>, expect<word_name, kName>>> {};
struct assign : node<N::Assign, target, need<K::Equal>, needed_value> {};
struct in_unit : peg::seq<is<K::KwIn>, expect<unit, kUnit>> {};
struct source_assign : node<N::Assign, target, need<K::Equal>, needed_amount, peg::opt<in_unit>> {};
struct source_track : node<N::SourceTrack, ahead<tracks_words>, word_name, block<Place::Values, assign>> {};
struct address : peg::sor<string, bracket_list, peg::seq<peg::at<token_if<is_plain_name>>, postfix>> {};
struct source_field : node<N::SourceField, ahead<field_of_source>, field, need<K::KwAt>, needed_string, peg::opt<in_unit>> {};
struct source : clause<N::Source, K::KwSource, needed_path, expect<name, kName>, peg::opt<address>, peg::opt<block<Place::Source, peg::sor<source_track, source_field, source_assign>>>> {};

struct fn_param : node<N::FnParam, name, needed_type> {};
struct fn_params : peg::opt<fn_param, peg::star<is<K::Comma>, expect<fn_param, kName>>> {};
struct fn : clause<N::Fn, K::KwFn, needed_name, expect<closed<K::LeftParen, K::RightParen, fn_params>, kParams>, peg::opt<peg::not_at<is<K::Equal>>, type>, need<K::Equal>, needed_value> {};
struct role_members : clause<N::RoleMembers, K::KwFrom, needed_amount> {};
struct role : clause<N::Role, K::KwRole, needed_name, peg::opt<title>, peg::opt<role_members>> {};

struct extends : clause<N::Extends, K::KwExtends, paths> {};
struct policy_body : wrap<N::Policy, 0, is<K::KwPolicy>, needed_name, peg::opt<title>, peg::opt<extends>, need_block<Place::Policy, peg::sor<statement, explaining>>> {};
struct policy : fold_once<peg::opt<trial_mark>, policy_body> {};

// Tests.

struct at_stage : peg::seq<is<K::KwStage>, needed_stage> {};
struct test_for : clause<N::TestFor, K::KwFor, needed_amount> {};
struct test_at : clause<N::TestAt, K::KwAt, peg::sor<at_stage, peg::seq<needed_amount, peg::opt<at_stage>>>, peg::opt<every>, peg::opt<test_for>, need_block<Place::Values, assign>> {};
struct test_facts : clause<N::TestFacts, K::KwFacts, need_block<Place::Values, assign>> {};
struct outcome : node<N::Outcome, peg::sor<no_go, any_word>> {};
// Not the next statement, where the answer is forgotten.
struct answer : peg::seq<peg::not_at<peg::sor<is<K::KwExpect>, is<K::KwAt>, is<K::KwFacts>, is<K::KwSet>>>, node<N::Outcome, peg::sor<peg::seq<is<K::KwNot>, need<K::KwApplicable>>, any_word>>> {};
struct sign_says : clause<N::SignSays, K::KwSays, expect<answer, kAnswer>> {};
struct test_sign : clause<N::TestSign, K::KwConfirm, needed_path, peg::opt<waiver_by>, peg::opt<as_clause>, peg::opt<sign_says>> {};
struct rule_refs : clause<N::RuleRefs, K::KwBy, paths> {};
struct expect_at : clause<N::ExpectAt, K::KwAt, peg::sor<at_stage, needed_amount>> {};
struct rules_expected : peg::seq<ahead<rules_and_is>, node<N::RuleRefs, paths>, is<K::KwIs>, expect<outcome, kRuleOutcome>> {};
struct messages_expected : peg::seq<ahead<messages_ahead>, node<N::MessageRefs, peg::opt<is<K::KwNo>>, is<K::KwMessage>, paths>> {};
struct value_expected : peg::seq<ahead<condition_expected>, needed_value> {};
struct decision_expected : peg::seq<expect<outcome, kOutcome>, peg::opt<rule_refs>> {};
struct expectation : clause<N::Expect, K::KwExpect, peg::sor<messages_expected, rules_expected, value_expected, decision_expected>, peg::opt<expect_at>> {};
struct test_of : clause<N::TestOf, K::KwOf, needed_path> {};
struct test : clause<N::Test, K::KwTest, expect<title, kTitle>, peg::opt<test_of>, need_block<Place::Test, peg::sor<test_facts, test_at, test_sign, expectation, statement>>> {};

struct declaration : peg::sor<edition, module, import, unit_declaration, enum_declaration, record_declaration, facts, metric, source, fn, role, peg::seq<ahead<policy_ahead>, policy>, message, procedure, waiver, test> {};

/// The whole file. Whatever is no declaration is skipped up to the next.
struct file : written<file> {
  static bool parse(Input& in, Builder& b) {
    bool after_error = false;
    bool declared = false;  // something beside the edition
    bool edition = false;   // no more is allowed
    while (!in.empty()) {
      const TokenIndex at = here(in);
      b.restart();
      if (go<declaration>(in, b) && here(in) > at) {
        const bool is_edition = b.last_is(N::Edition);
        if (is_edition && edition) (void)b.remark(DiagnosticCode::E0226, "`edition` is said once, before everything else", at, at + 1);
        if (b.last_is(N::Module) && declared) (void)b.remark(DiagnosticCode::E0226, "`module` stands before every other declaration", at, at + 1);
        edition = true;
        declared = declared || !is_edition;
        b.stray = false;
        after_error = b.in_panic();
        if (after_error && !Builder::begins_statement(b.token(here(in)))) move_to(in, b.skip(here(in), false));
        continue;
      }
      after_error = between(in, b, at, after_error);
    }
    return true;
  }

 private:
  static bool between(Input& in, Builder& b, TokenIndex at, bool after_error) {
    if (after_error) b.panic();
    const K kind = b.kind(at);
    const bool bracket = kind == K::RightBrace || kind == K::RightParen || kind == K::RightBracket;
    if (bracket) {
      b.stray_bracket(at);
    } else if (is_statement_word(kind) || rule_word(b, at)) {
      // After a broken declaration it is most likely a part of it.
      if (!b.stray && !after_error) b.outside_policy(at);
      b.stray = true;
      b.calm();
      const Builder::Mark mark = b.mark(at);
      if (go<statement>(in, b) && here(in) > at) {
        b.close(N::Error, mark, here(in));
        return b.in_panic();
      }
    } else if (!b.stray) {
      b.not_a_statement(at, Place::Top);
    }
    move_to(in, b.skip(at, false));
    return true;
  }
};

}  // namespace grammar
}  // namespace

Tree parse_tokens(const SourceFile& source, const TokenList& tokens, std::vector<Diagnostic>& diagnostics) {
  Builder builder(source, tokens, diagnostics);
  std::string kinds;
  kinds.reserve(tokens.size());
  for (const Token& token : tokens.tokens) kinds += static_cast<char>(token.kind);
  assert(!kinds.empty() && tokens.tokens.back().kind == TokenKind::EndOfFile);
  kinds.pop_back();
  Input in(kinds.data(), kinds.data() + kinds.size(), "");
  const bool read = go<grammar::file>(in, builder);
  assert(read && in.empty() && "every file is read to its end");
  (void)read;
  return builder.finish(static_cast<TokenIndex>(kinds.size()));
}

}  // namespace dpol::lang
