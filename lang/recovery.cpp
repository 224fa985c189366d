#include "lang/recovery.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cassert>
#include <utility>

#include "lang/suggest.h"

namespace dpol::lang {
namespace {

constexpr unsigned in(Place place) { return 1U << static_cast<unsigned>(place); }

constexpr unsigned kContainers = in(Place::Phase) | in(Place::Rollout) | in(Place::Stage) | in(Place::Step);

unsigned places_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::Item:
    case NodeKind::Threshold:
    case NodeKind::StandingRule:
    case NodeKind::Score:
      return in(Place::Policy) | kContainers;
    case NodeKind::Replace:
    case NodeKind::Drop:
      return in(Place::Policy) | in(Place::Phase) | in(Place::Rollout);
    case NodeKind::Set:
      return in(Place::Policy) | in(Place::Test);
    case NodeKind::Message:
      return in(Place::Top) | in(Place::Policy) | kContainers;
    case NodeKind::Procedure:
      return in(Place::Top) | in(Place::Policy) | in(Place::Phase) | in(Place::Rollout);
    case NodeKind::Waiver:
      return in(Place::Top) | in(Place::Policy) | in(Place::Phase) | in(Place::Rollout) | in(Place::Stage);
    case NodeKind::Param:
    case NodeKind::Applies:
    case NodeKind::Phase:
    case NodeKind::Rollout:
    case NodeKind::Strategy:
    case NodeKind::UseBaseline:
      return in(Place::Policy);
    case NodeKind::Stage:
    case NodeKind::Stages:
    case NodeKind::FromStage:
      return in(Place::Rollout);
    case NodeKind::Step:
      return in(Place::Rollout) | in(Place::Procedure);
    case NodeKind::TestFacts:
    case NodeKind::TestAt:
    case NodeKind::TestSign:
    case NodeKind::Expect:
      return in(Place::Test);
    default:
      return ~0U;
  }
}

/// The words that begin something in a place, for suggestions.
std::span<const std::string_view> words_of(Place place) {
  using namespace std::string_view_literals;
  static constexpr std::array kTop{"module"sv, "import"sv, "unit"sv,   "enum"sv,    "record"sv,    "facts"sv,  "metric"sv, "source"sv,
                                   "fn"sv,     "role"sv,   "policy"sv, "message"sv, "procedure"sv, "waiver"sv, "test"sv,   "trial"sv};
  static constexpr std::array kPolicy{"param"sv,    "applies"sv,  "set"sv,    "drop"sv,      "replace"sv,  "phase"sv,   "item"sv,
                                      "threshold"sv, "rollback"sv, "hold"sv,   "warn"sv,      "rollout"sv,  "strategy"sv, "score"sv,
                                      "baseline"sv, "message"sv,  "procedure"sv, "waiver"sv,  "owner"sv,    "why"sv,     "evidence"sv,
                                      "severity"sv, "covers"sv,   "final"sv,  "trial"sv,     "only"sv,     "require"sv, "confirm"sv};
  static constexpr std::array kPhase{"item"sv, "threshold"sv, "rollback"sv, "hold"sv, "warn"sv, "score"sv, "message"sv,
                                     "procedure"sv, "replace"sv, "drop"sv, "only"sv, "owner"sv, "why"sv, "evidence"sv,
                                     "severity"sv, "covers"sv, "final"sv, "trial"sv, "require"sv, "confirm"sv};
  static constexpr std::array kRollout{"stage"sv, "stages"sv, "step"sv, "from"sv, "item"sv, "threshold"sv, "rollback"sv, "hold"sv,
                                       "warn"sv, "score"sv, "message"sv, "only"sv, "owner"sv, "why"sv, "evidence"sv,
                                       "severity"sv, "covers"sv, "final"sv, "trial"sv};
  static constexpr std::array kStage{"item"sv, "threshold"sv, "rollback"sv, "hold"sv, "warn"sv, "score"sv, "require"sv,
                                     "confirm"sv, "bake"sv, "settle"sv, "enter"sv, "leave"sv, "decide"sv, "run"sv,
                                     "only"sv, "owner"sv, "why"sv, "evidence"sv, "severity"sv, "covers"sv};
  static constexpr std::array kProcedure{"step"sv};
  static constexpr std::array kTest{"facts"sv, "at"sv, "confirm"sv, "set"sv, "expect"sv};
  static constexpr std::array kRule{"require"sv, "warn"sv, "hold"sv, "rollback"sv, "confirm"sv, "when"sv, "only"sv, "if"sv, "needs"sv,
                                    "waivable"sv, "why"sv, "evidence"sv, "severity"sv, "covers"sv, "owner"sv, "because"sv, "as"sv,
                                    "else"sv};
  static constexpr std::array kScore{"worth"sv, "require"sv, "warn"sv, "hold"sv, "rollback"sv, "half"sv};
  static constexpr std::array kStrategy{"use"sv};
  static constexpr std::array kMetric{"lower"sv, "higher"sv, "every"sv, "stale"sv, "needs"sv, "baseline"sv, "by"sv, "within"sv,
                                      "owner"sv, "why"sv};
  static constexpr std::array kMessage{"to"sv, "via"sv, "at"sv, "every"sv, "on"sv, "within"sv, "only"sv, "while"sv};
  static constexpr std::array kWaiver{"for"sv, "until"sv, "by"sv, "because"sv};
  switch (place) {
    case Place::Top:
      return kTop;
    case Place::Policy:
      return kPolicy;
    case Place::Phase:
      return kPhase;
    case Place::Rollout:
      return kRollout;
    case Place::Stage:
    case Place::Step:
      return kStage;
    case Place::Procedure:
      return kProcedure;
    case Place::Test:
      return kTest;
    case Place::Rule:
    case Place::Threshold:
      return kRule;
    case Place::Score:
      return kScore;
    case Place::Strategy:
      return kStrategy;
    case Place::Metric:
      return kMetric;
    case Place::Message:
      return kMessage;
    case Place::Waiver:
      return kWaiver;
    case Place::Source:
    case Place::Fields:
    case Place::Values:
      break;
  }
  return {};
}

/// What stands in a place, for "begins no …".
std::string_view content_of(Place place) {
  switch (place) {
    case Place::Top:
      return "declaration";
    case Place::Fields:
      return "field";
    case Place::Source:
    case Place::Values:
      return "assignment";
    default:
      return "statement";
  }
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

bool opens(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace;
}

TokenKind opener_of(TokenKind closer) {
  return closer == TokenKind::RightParen ? TokenKind::LeftParen : TokenKind::LeftBracket;
}

/// Braces and depth are the matter of the whole file, not of a line.
bool about_structure(DiagnosticCode code) {
  return code == DiagnosticCode::E0205 || code == DiagnosticCode::E0207 || code == DiagnosticCode::E0211 ||
         code == DiagnosticCode::E0218;
}

}  // namespace

bool may_stand(NodeKind kind, Place place) { return (places_of(kind) & in(place)) != 0; }

std::string_view place_shown(Place place) {
  static constexpr std::array<std::string_view, 18> kShown{
      "a file",      "a policy", "a phase",    "a rollout", "a stage",  "a step", "a procedure",          "a test",    "a rule",
      "a threshold", "a score",  "a strategy", "a metric",  "a source", "fields", "an assignment of values", "a message", "a waiver"};
  return kShown[static_cast<std::size_t>(place)];
}

Builder::Builder(const SourceFile& source, const TokenList& tokens, std::vector<Diagnostic>& diagnostics)
    : source_(source), tokens_(tokens), diagnostics_(diagnostics) {
  note_lexer_errors();
  pair_brackets();
}

void Builder::note_lexer_errors() {
  for (const Diagnostic& d : diagnostics_) {
    lexer_lines_.push_back(source_.line_of(d.primary.span.begin));
    const std::string_view rest = source_.text().substr(d.primary.span.begin);
    const bool comment = rest.starts_with("/*") && rest.find("*/", 2) == std::string_view::npos;
    if (comment && rest.find_first_of("{}") != std::string_view::npos) braces_hidden_ = true;
    const bool unclosed = d.code == DiagnosticCode::E0104 || d.code == DiagnosticCode::E0105 || d.code == DiagnosticCode::E0106;
    if (!unclosed) continue;
    const auto at = std::lower_bound(tokens_.tokens.begin(), tokens_.tokens.end(), d.primary.span.begin,
                                     [](const Token& t, std::uint32_t offset) { return t.begin < offset; });
    if (at != tokens_.tokens.end() && source_.text(at->span()).find_first_of("{}") != std::string_view::npos)
      braces_hidden_ = true;
  }
  std::sort(lexer_lines_.begin(), lexer_lines_.end());
}

void Builder::pair_brackets() {
  partners_.assign(tokens_.size(), kNone);
  std::vector<TokenIndex> open;
  const auto pair = [&](std::size_t depth, TokenIndex closer) {
    partners_[open[depth]] = closer;
    partners_[closer] = open[depth];
    open.resize(depth);
  };
  for (TokenIndex i = 0; i < tokens_.size(); ++i) {
    const TokenKind kind = tokens_[i].kind;
    if (opens(kind)) open.push_back(i);
    if (kind != TokenKind::RightBrace && kind != TokenKind::RightParen && kind != TokenKind::RightBracket) continue;
    const bool brace = kind == TokenKind::RightBrace;
    const TokenKind wanted = brace ? TokenKind::LeftBrace : opener_of(kind);
    // A parenthesis never reaches out of its braces; a brace reaches over unclosed parentheses.
    std::size_t depth = open.size();
    while (depth > 0 && tokens_[open[depth - 1]].kind != wanted &&
           (brace || tokens_[open[depth - 1]].kind != TokenKind::LeftBrace))
      --depth;
    if (depth > 0 && tokens_[open[depth - 1]].kind == wanted) pair(depth - 1, i);
  }
  for (TokenIndex i : open)
    if (tokens_[i].kind == TokenKind::LeftBrace) ++unpaired_braces_;
}

// ---------------------------------------------------------------------- the tree

void Builder::close(NodeKind kind, Mark from, TokenIndex end, std::uint8_t detail) {
  assert(from.nodes <= tree_.nodes.size() && from.token <= end);
  Node node;
  node.kind = kind;
  node.detail = detail;
  node.first_token = from.token;
  node.end_token = end;
  node.subtree_size = static_cast<std::uint32_t>(tree_.nodes.size() - from.nodes + 1);
  node.has_error = node_info(kind).group == NodeGroup::Trouble || kind == NodeKind::MissingExpression;
  tree_.nodes.push_back(node);
  const auto id = static_cast<NodeId>(tree_.nodes.size() - 1);
  std::uint16_t height = 0;
  for (NodeId child : tree_.children_backwards(id)) {
    tree_.nodes[id].has_error |= tree_[child].has_error;
    height = std::max(height, heights_[child]);
  }
  heights_.push_back(static_cast<std::uint16_t>(height + 1));
  const NodeGroup group = node_info(kind).group;
  if (group != NodeGroup::Declaration && group != NodeGroup::Statement) return;
  check_repeats(id);
  if (!tree_[id].has_error && !panic_) check_not_empty(id);
}

void Builder::check_repeats(NodeId parent) {
  std::bitset<256> seen;
  for (NodeId child : tree_.children_backwards(parent)) {
    const Node& node = tree_[child];
    const auto bit = static_cast<std::size_t>(node.kind);
    if (node_info(node.kind).repeat == NodeRepeat::Many || node.has_error) continue;
    if (!seen[bit]) {
      seen[bit] = true;
      continue;
    }
    // Walking backwards, this is an earlier one; the later ones are what is too much.
    const std::vector<NodeId> all = tree_.children(parent);
    const auto later = std::find_if(std::upper_bound(all.begin(), all.end(), child), all.end(),
                                    [&](NodeId id) { return tree_[id].kind == node.kind; });
    const bool was = panic_;
    panic_ = false;
    if (Diagnostic* d = remark(DiagnosticCode::E0225, std::string(node_info(node.kind).shown) + " is given twice",
                               tree_[*later].first_token, tree_[*later].end_token))
      d->also(&source_, node_span(tree_, tokens_, child), "first here");
    panic_ = was;
  }
}

void Builder::check_not_empty(NodeId rule) {
  const auto has = [&](auto... kinds) {
    for (NodeId child : tree_.children_backwards(rule))
      if (((tree_[child].kind == kinds) || ...)) return true;
    return false;
  };
  const Node node = tree_[rule];
  const bool verbs = has(NodeKind::Require, NodeKind::WarnWhen, NodeKind::HoldWhen, NodeKind::RollbackWhen);
  const auto complain_of = [&](DiagnosticCode about, std::string message, std::string help) {
    if (Diagnostic* problem = remark(about, std::move(message), node.first_token, node.first_token + 1)) problem->suggest(std::move(help));
  };
  if (node.kind == NodeKind::Item && !verbs && !has(NodeKind::Confirm))
    complain_of(DiagnosticCode::E0220, "this item says nothing",
                "give it a `require`, `warn when`, `hold when`, `rollback when` or `confirm`");
  if (node.kind == NodeKind::Threshold && !verbs)
    complain_of(DiagnosticCode::E0220, "this threshold compares nothing", "as in `threshold latency_p95 require < 250ms`");
  if (node.kind == NodeKind::Score && !has(NodeKind::Worth))
    complain_of(DiagnosticCode::E0220, "this score has no parts", "as in `worth 2 error_rate <= 1%`");
  if (node.kind == NodeKind::StandingRule && !has(NodeKind::When))
    complain_of(DiagnosticCode::E0215, "this rule has no condition", "say when, as in `rollback crash_loop when restarts > 5`");
}

Tree Builder::finish(TokenIndex end) {
  close(NodeKind::File, {0, 0}, end);
  return std::move(tree_);
}

// ---------------------------------------------------------------------- messages

bool Builder::suppressed(DiagnosticCode code, Span span) const {
  if (about_structure(code)) return braces_hidden_ && code != DiagnosticCode::E0218;
  // An unreadable character or literal mostly is the cause of what follows on its line.
  return std::binary_search(lexer_lines_.begin(), lexer_lines_.end(), source_.line_of(span.begin));
}

Diagnostic* Builder::report(Diagnostic problem) {
  if (diagnostics_.size() >= kMaxSyntaxDiagnostics) return &(spare_ = std::move(problem));
  return &diagnostics_.emplace_back(std::move(problem));
}

Diagnostic* Builder::remark(DiagnosticCode code, std::string message, TokenIndex from, TokenIndex end, std::string label) {
  if (panic_) return nullptr;
  const std::uint32_t begin = token(from).begin;
  const Span span{begin, end > from ? token(end - 1).end : begin};
  if (suppressed(code, span)) return nullptr;
  return report(Diagnostic(code, std::move(message), &source_, span, std::move(label)));
}

Diagnostic* Builder::complain(DiagnosticCode code, std::string message, TokenIndex from, TokenIndex end, std::string label) {
  Diagnostic* problem = remark(code, std::move(message), from, end, std::move(label));
  panic_ = true;
  return problem;
}

Span Builder::place_of(TokenIndex at) const {
  const Token& here = token(at);
  const bool elsewhere = here.kind == TokenKind::EndOfFile || here.first_on_line;
  if (!elsewhere || at == 0) return here.span();
  const std::uint32_t after = token(at - 1).end;
  return {after, after};
}

std::string Builder::found(TokenIndex at) const {
  const Token& here = token(at);
  if (here.kind == TokenKind::EndOfFile || here.kind == TokenKind::String || here.kind == TokenKind::Query)
    return std::string(kind_shown(here.kind));
  return code(text(at));
}

std::string Builder::excerpt(std::uint32_t begin, std::uint32_t end) const {
  std::string out;
  for (char c : source_.text({begin, end})) {
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!space || (!out.empty() && out.back() != ' ')) out += space ? ' ' : c;
  }
  constexpr std::size_t kMost = 72;
  if (out.size() <= kMost) return out;
  std::size_t cut = kMost;
  while ((static_cast<unsigned char>(out[cut]) & 0xC0U) == 0x80) --cut;
  return out.substr(0, cut) + " …";
}

void Builder::help_edit(Diagnostic* problem, std::string text, Span span, std::string replacement) const {
  if (problem != nullptr) problem->suggest(std::move(text), &source_, span, std::move(replacement));
}

void Builder::missing(const Expectation& expectation, TokenIndex at) {
  leaf(expectation.node, at, at);
  if (panic_) return;
  // The lexer has spoken of an unreadable literal already.
  if (kind(at) == TokenKind::Error) return panic();
  const Span place = place_of(at);
  panic_ = true;
  if (suppressed(expectation.code, place)) return;
  report(Diagnostic(expectation.code, "expected " + std::string(expectation.what) + ", found " + found(at), &source_, place,
                    "expected here"));
}

void Builder::not_a_statement(TokenIndex at, Place place) {
  const std::string_view spelled = text(at);
  const bool first = token(at).first_on_line || place == Place::Top;
  std::vector<std::string_view> candidates(words_of(place).begin(), words_of(place).end());
  const bool known = std::find(candidates.begin(), candidates.end(), spelled) != candidates.end();
  if (!first)
    for (const Word& word : words())
      if (word.category == WordCategory::Operator) candidates.push_back(word.spelling);
  auto near = is_word(kind(at)) && !known ? nearest_name(spelled, candidates) : std::nullopt;
  if (near == spelled) near.reset();  // an operator that stands in the wrong place
  if (panic_ && !(near && first)) return;
  panic_ = false;
  const DiagnosticCode about = place == Place::Top ? DiagnosticCode::E0208 : DiagnosticCode::E0209;
  Diagnostic* problem = nullptr;
  const Word* word = find_word(kind(at));
  const bool begins = word != nullptr && (word->category == WordCategory::Statement || word->category == WordCategory::Declaration);
  const bool strayed = !known && place != Place::Top && (first ? is_reserved(kind(at)) || (begins && !near) : begins && is_reserved(kind(at)));
  if (strayed)
    problem = complain(DiagnosticCode::E0210, code(spelled) + " does not belong in " + std::string(place_shown(place)), at, at + 1);
  else if (first)
    problem = complain(about, found(at) + " begins no " + std::string(content_of(place)), at, at + 1);
  else
    problem = complain(about, "unexpected " + found(at), at, at + 1);
  if (problem == nullptr) return;
  if (near)
    help_edit(problem, "did you mean " + code(*near) + "?", token(at).span(), std::string(*near));
  else if (place == Place::Top)
    problem->suggest("declarations begin with: module import unit enum record facts metric source fn role policy message "
                     "procedure waiver test");
}

void Builder::misplaced(TokenIndex from, Place place) {
  // A broken statement, or one around another misplaced one, was spoken of already.
  const NodeKind kind = last_node().kind;
  if (std::exchange(last_node().has_error, true)) return;
  const bool was = panic_;
  panic_ = false;
  Diagnostic* problem =
      remark(DiagnosticCode::E0210, std::string(node_info(kind).shown) + " does not belong in " + std::string(place_shown(place)),
             from, from + 1);
  panic_ = was;
  if (problem == nullptr) return;
  const unsigned places = places_of(kind);
  std::string where;
  for (unsigned p = static_cast<unsigned>(Place::Policy); p <= static_cast<unsigned>(Place::Test); ++p) {
    if ((places & (1U << p)) == 0) continue;
    if (!where.empty()) where += ", ";
    where += place_shown(static_cast<Place>(p));
  }
  problem->suggest("it stands in: " + where);
}

void Builder::outside_policy(TokenIndex from) {
  const bool was = panic_;
  panic_ = false;
  if (Diagnostic* problem = remark(DiagnosticCode::E0211, code(text(from)) + " stands outside of every policy", from, from + 1))
    problem->suggest("put it between the braces of a `policy`; or is a `}` above it one too many?");
  panic_ = was;
}

void Builder::reserved_name(TokenIndex at, bool operand) {
  const std::string word(text(at));
  Diagnostic* problem = remark(DiagnosticCode::E0204, code(word) + " is a reserved word", at, at + 1);
  if (problem == nullptr) return;
  if (operand)
    problem->suggest("what is declared by that name is reached as " + code("facts." + word) + ", " + code("metrics." + word) +
                     " or " + code("params." + word));
  else
    problem->suggest("choose another name, such as " + code(word + "_1"), &source_, token(at).span(), word + "_1");
}

void Builder::window_needs_parens(Mark chain, NodeKind around) {
  const Node& window = last_node();
  assert(window.kind == NodeKind::Window);
  const auto id = static_cast<NodeId>(tree_.nodes.size() - 1);
  const Node& condition = tree_[tree_.children(id).front()];
  const TokenIndex window_token = condition.end_token;
  const Span whole{token(chain.token).begin, token(window_token - 1).end};
  const Span part{token(window.first_token).begin, token(window.end_token - 1).end};
  const Span reach{token(window_token).begin, part.end};
  const bool was = panic_;
  panic_ = false;
  Diagnostic* problem = remark(DiagnosticCode::E0212, "this window needs parentheses: what does it span?", window_token, window.end_token);
  panic_ = was;
  if (problem == nullptr) return;
  const std::string tail = excerpt(reach.begin, reach.end);
  Help all{"the whole condition: " + code("(" + excerpt(whole.begin, whole.end) + ") " + tail), {}};
  all.edits.push_back({&source_, {whole.begin, whole.begin}, "("});
  all.edits.push_back({&source_, {whole.end, whole.end}, ")"});
  const std::string_view last = around == NodeKind::Binary ? "its last part alone: " : "what is inside alone: ";
  Help one{std::string(last) + code(excerpt(whole.begin, part.begin) + "(" + excerpt(part.begin, part.end) + ")"), {}};
  one.edits.push_back({&source_, {part.begin, part.begin}, "("});
  one.edits.push_back({&source_, {part.end, part.end}, ")"});
  problem->help.push_back(std::move(all));
  problem->help.push_back(std::move(one));
}

void Builder::comparison_chain(TokenIndex second_op, TokenIndex end) {
  // On top of the tree stand the first comparison and, if it could be read, what it is compared with in turn.
  Diagnostic* problem = remark(DiagnosticCode::E0213, "comparisons do not chain", second_op, second_op + 1);
  if (problem == nullptr) return;
  auto id = static_cast<NodeId>(tree_.nodes.size() - 1);
  const Node third = tree_[id];
  id -= third.subtree_size;
  const Node first = tree_[id];
  const std::vector<NodeId> sides = tree_.children(id);
  // A range holds its ends: it says what `<=` says, not what `<` does.
  const auto rising = [](TokenKind k) { return k == TokenKind::LessEqual; };
  if (first.kind != NodeKind::Binary || sides.size() != 2 || third.end_token <= third.first_token || third.end_token != end) return;
  const Node left = tree_[sides[0]];
  const Node middle = tree_[sides[1]];
  const auto words = [&](const Node& n) { return n.end_token > n.first_token ? excerpt(token(n.first_token).begin, token(n.end_token - 1).end) : std::string(); };
  const Span all{token(first.first_token).begin, token(third.end_token - 1).end};
  if (rising(kind(left.end_token)) && rising(kind(second_op)) && left.end_token > left.first_token) {
    const std::string ours = words(middle) + " in " + words(left) + ".." + words(third);
    help_edit(problem, "a range: " + code(ours), all, ours);
    return;
  }
  const std::string ours = words(first) + " and " + words(middle) + " " + std::string(text(second_op)) + " " + words(third);
  help_edit(problem, "say both: " + code(ours), all, ours);
}

// ---------------------------------------------------------------------- recovery

bool Builder::begins_statement(const Token& token) {
  if (token.kind == TokenKind::EndOfFile || token.kind == TokenKind::RightBrace || token.first_on_line) return true;
  const Word* word = find_word(token.kind);
  return word != nullptr && word->category == WordCategory::Statement && word->reach == WordReach::Reserved;
}

bool Builder::begins_clause(const Token& token) {
  if (begins_statement(token) || token.kind == TokenKind::LeftBrace || token.kind == TokenKind::KwIf) return true;
  const Word* word = find_word(token.kind);
  return word != nullptr && word->reach == WordReach::Reserved &&
         (word->category == WordCategory::Verb || word->category == WordCategory::Clause);
}

bool Builder::statement_between(TokenIndex from, TokenIndex to) const {
  for (TokenIndex i = from; i < to; ++i)
    if (tokens_[i].first_on_line && (is_statement_word(tokens_[i].kind) || is_declaration_word(tokens_[i].kind))) return true;
  return false;
}

TokenIndex Builder::skip(TokenIndex at, bool to_clause) {
  const TokenIndex from = at;
  do {
    const TokenKind here = kind(at);
    if (here == TokenKind::EndOfFile) break;
    const bool over = opens(here) && partners_[at] != kNone && (here != TokenKind::LeftBrace || unpaired_braces_ == 0);
    at = over ? partners_[at] + 1 : at + 1;
  } while (!(to_clause ? begins_clause(token(at)) : begins_statement(token(at))));
  if (at > from) leaf(NodeKind::Error, from, at);
  return at;
}

TokenIndex Builder::skip_to(TokenIndex at, TokenIndex target) {
  if (target > at) leaf(NodeKind::Error, at, target);
  return target;
}

TokenIndex Builder::brace_ahead(TokenIndex at) const {
  if (in_first_column(at) && is_declaration_word(kind(at))) return kNone;
  for (TokenIndex i = at; i < tokens_.size(); ++i) {
    const Token& here = tokens_[i];
    if (here.kind == TokenKind::LeftBrace) return i;
    if (here.kind == TokenKind::RightBrace || here.kind == TokenKind::EndOfFile || (i > at && here.first_on_line)) break;
  }
  return kNone;
}

std::uint32_t Builder::column(TokenIndex at) const {
  const std::uint32_t begin = token(at).begin;
  return begin - source_.line_start(source_.line_of(begin));
}

std::uint32_t Builder::indent_of_line(TokenIndex at) const {
  while (at > 0 && !tokens_[at].first_on_line) --at;
  return column(at);
}

bool Builder::declares_here(TokenIndex at, Place place) const {
  switch (kind(at)) {
    case TokenKind::KwTest:
      return kind(at + 1) == TokenKind::String;
    case TokenKind::KwFacts:
      return kind(at + 1) == TokenKind::LeftBrace && place != Place::Test;
    case TokenKind::KwMessage:
    case TokenKind::KwProcedure:
    case TokenKind::KwWaiver:
      return false;
    default:
      return is_declaration_word(kind(at)) && is_word(kind(at + 1)) && place != Place::Fields;
  }
}

bool Builder::block_ends_here(TokenIndex at, TokenIndex open, Place place) const {
  const Token& here = token(at);
  if (!here.first_on_line || (!is_statement_word(here.kind) && !is_declaration_word(here.kind))) return false;
  if (column(at) == 0 && declares_here(at, place)) return true;
  return unpaired_braces_ > 0 && column(at) <= indent_of_line(open);
}

void Builder::missing_brace(TokenIndex at, TokenIndex open) {
  if (unpaired_braces_ > 0) --unpaired_braces_;
  leaf(NodeKind::Missing, at, at);
  const std::uint32_t after = at == 0 ? 0 : token(at - 1).end;
  const bool was = panic_;
  panic_ = false;
  if (!too_deep_ && !suppressed(DiagnosticCode::E0205, {after, after})) {
    const std::uint32_t line = source_.line_of(token(open).begin);
    const std::uint32_t indent = indent_of_line(open);
    Diagnostic problem(DiagnosticCode::E0205, "missing `}` for the block that opens on line " + std::to_string(line), &source_,
                       {after, after}, "expected `}` here");
    problem.also(&source_, token(open).span(), "opened here");
    problem.suggest("close the block before this place", &source_, {after, after}, "\n" + std::string(indent, ' ') + "}");
    report(std::move(problem));
  }
  panic_ = was;
}

void Builder::missing_bracket(TokenIndex at, TokenIndex open) {
  leaf(NodeKind::Missing, at, at);
  if (panic_) return;
  panic_ = true;
  const Span place = place_of(at);
  if (suppressed(DiagnosticCode::E0206, place)) return;
  const std::string closer = kind(open) == TokenKind::LeftParen ? ")" : kind(open) == TokenKind::LeftBracket ? "]" : "}";
  Diagnostic problem(DiagnosticCode::E0206, "expected " + code(closer) + ", found " + found(at), &source_, place, "expected here");
  problem.also(&source_, token(open).span(), "opened here");
  const std::uint32_t after = at == 0 ? 0 : token(at - 1).end;
  problem.suggest("close it with " + code(closer), &source_, {after, after}, closer);
  report(std::move(problem));
}

void Builder::stray_bracket(TokenIndex at) {
  if (!stray) complain(DiagnosticCode::E0207, found(at) + " closes nothing", at, at + 1);
  if (kind(at) == TokenKind::RightBrace) stray = true;
}

void Builder::give_up(std::string message, std::string help, TokenIndex at) {
  if (!too_deep_)
    if (Diagnostic* problem = remark(DiagnosticCode::E0218, std::move(message), at, at + 1)) problem->suggest(std::move(help));
  panic_ = true;
  too_deep_ = true;
}

bool Builder::enter(TokenIndex at) {
  if (++depth_ <= kMaxNesting) return true;
  give_up("nested more than " + std::to_string(kMaxNesting) + " deep", "give the inner part a name of its own, with `fn`", at);
  return false;
}

bool Builder::too_high(TokenIndex at) {
  if (heights_.back() < kMaxTreeHeight) return false;
  give_up("more than " + std::to_string(kMaxTreeHeight) + " operators in a chain", "a list says the same: `x in {a, b, c}`", at);
  return true;
}

void Builder::restart() {
  panic_ = false;
  too_deep_ = false;
  depth_ = 0;
  no_else = no_within = false;
}

TokenIndex Builder::next_declaration(TokenIndex at) const {
  for (TokenIndex i = at; i < tokens_.size(); ++i)
    if (tokens_[i].kind == TokenKind::EndOfFile || (i > at && tokens_[i].first_on_line && is_declaration_word(tokens_[i].kind) && column(i) == 0))
      return i;
  return tokens_.size() - 1;
}

}  // namespace dpol::lang
