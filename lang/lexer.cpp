// Bytes to tokens, as one PEGTL grammar. Each token rule has an action that records it; a rule for what is no token of
// ours has an action that complains and records what was meant, so that the parser sees a plausible text.
#include <tao/pegtl.hpp>

#include <algorithm>
#include <array>
#include <cassert>

#include "lang/literals.h"
#include "lang/parse.h"
#include "lang/utf8.h"

namespace dpol::lang {
namespace {

namespace peg = tao::pegtl;

// ---------------------------------------------------------------------- what is recorded

class Recorder {
 public:
  Recorder(const SourceFile& source, std::vector<Diagnostic>& diagnostics) : source_(source), diagnostics_(diagnostics) {}

  [[nodiscard]] Span span(const char* begin, const char* end) const {
    const char* base = source_.text().data();
    return {static_cast<std::uint32_t>(begin - base), static_cast<std::uint32_t>(end - base)};
  }

  void add(TokenKind kind, Span span) {
    std::vector<Token>& tokens = list_.tokens;
    const std::uint32_t from = tokens.empty() ? 0 : tokens.back().end;
    const bool first = tokens.empty() || source_.text({from, span.begin}).find('\n') != std::string_view::npos;
    tokens.push_back({span.begin, span.end, kind, first});
  }

  /// Nobody will hear another complaint: spare the work of making it.
  [[nodiscard]] bool full() const { return diagnostics_.size() >= kMaxSyntaxDiagnostics; }

  void add_doc(Span span) { list_.docs.push_back(span); }

  Diagnostic& complain(DiagnosticCode code, std::string message, Span span, std::string label = {}) {
    return complain(Diagnostic(code, std::move(message), &source_, span, std::move(label)));
  }
  /// Keeps a complaint, up to the limit; what is beyond it lands where nobody looks.
  Diagnostic& complain(Diagnostic problem) {
    if (full()) return spare_ = std::move(problem);
    return diagnostics_.emplace_back(std::move(problem));
  }

  void add_string(Span span) {
    add(TokenKind::String, span);
    if (source_.text(span).find_first_of("\\$") != std::string_view::npos) check_string(span);
  }
  void check_string(Span span) { (void)decode_string(source_, span, &diagnostics_); }
  void check_duration(Span span) { lang::check_duration(source_, span, diagnostics_); }

  [[nodiscard]] const SourceFile& source() const { return source_; }

  TokenList finish() {
    const auto end = static_cast<std::uint32_t>(source_.text().size());
    add(TokenKind::EndOfFile, {end, end});
    return std::move(list_);
  }

 private:
  const SourceFile& source_;
  std::vector<Diagnostic>& diagnostics_;
  TokenList list_;
  Diagnostic spare_;
};

// ---------------------------------------------------------------------- grammar

namespace grammar {

// Comments and space.
struct line_rest : peg::star<peg::not_one<'\n'>> {};
struct blank : peg::plus<peg::one<' ', '\t', '\r', '\n'>> {};
struct doc : peg::seq<peg::string<'/', '/', '/'>, peg::not_at<peg::one<'/'>>, peg::star<peg::not_one<'\r', '\n'>>> {};
struct comment : peg::seq<peg::two<'/'>, line_rest> {};

// Words.
struct word_start : peg::ranges<'a', 'z', 'A', 'Z', '_'> {};
struct word_part : peg::ranges<'a', 'z', 'A', 'Z', '0', '9', '_'> {};
struct word : peg::seq<word_start, peg::star<word_part>> {};
struct no_word : peg::not_at<word_part> {};

// Strings, queries, regular expressions.
struct escaped : peg::seq<peg::one<'\\'>, peg::not_one<'\r', '\n'>> {};
struct string_body : peg::star<peg::sor<escaped, peg::not_one<'"', '\\', '\r', '\n'>>> {};
struct triple_quote : peg::string<'"', '"', '"'> {};
struct long_string : peg::seq<triple_quote, peg::star<peg::not_at<triple_quote>, peg::sor<peg::seq<peg::one<'\\'>, peg::any>, peg::any>>, triple_quote> {};
struct short_string : peg::seq<peg::one<'"'>, string_body, peg::one<'"'>> {};
// Nothing closes it, so nothing later can be told from its text: it takes the rest of the file, which keeps this linear.
struct open_long_string : peg::seq<triple_quote, peg::star<peg::any>> {};
struct open_string : peg::seq<peg::one<'"'>, peg::star<peg::not_one<'\r', '\n'>>> {};
struct regex : peg::seq<peg::string<'r', '"'>, string_body, peg::one<'"'>> {};
struct open_regex : peg::seq<peg::string<'r', '"'>, peg::star<peg::not_one<'\r', '\n'>>> {};
struct query : peg::seq<peg::one<'`'>, peg::star<peg::not_one<'`'>>, peg::one<'`'>> {};
struct open_query : peg::seq<peg::one<'`'>, peg::star<peg::not_one<'\r', '\n'>>> {};

// Numbers.
struct digits : peg::list<peg::plus<peg::digit>, peg::one<'_'>> {};
struct whole : peg::sor<peg::seq<peg::one<'0'>, peg::not_at<peg::ranges<'0', '9', '_'>>>, peg::seq<peg::range<'1', '9'>, peg::star<peg::opt<peg::one<'_'>>, peg::digit>>> {};
struct decimals : peg::seq<whole, peg::one<'.'>, digits> {};
struct amount : peg::sor<decimals, whole> {};
struct time_unit : peg::sor<peg::string<'n', 's'>, peg::string<'u', 's'>, peg::string<'m', 's'>, peg::one<'s', 'm', 'h', 'd', 'w'>> {};
struct byte_unit : peg::seq<peg::opt<peg::sor<peg::seq<peg::one<'K', 'M', 'G', 'T'>, peg::one<'i'>>, peg::one<'k', 'M', 'G', 'T'>>>, peg::one<'B'>> {};
struct unit : peg::sor<byte_unit, time_unit> {};

struct two_digits : peg::rep<2, peg::digit> {};
struct day : peg::seq<peg::rep<4, peg::digit>, peg::one<'-'>, two_digits, peg::one<'-'>, two_digits> {};
struct clock_time : peg::seq<peg::one<'T'>, two_digits, peg::one<':'>, two_digits, peg::one<':'>, two_digits, peg::one<'Z'>> {};
struct date : peg::seq<day, peg::opt<clock_time>, no_word> {};
struct broken_date : peg::seq<day, peg::plus<peg::ranges<'a', 'z', 'A', 'Z', '0', '9', '_', '_', ':', ':', '+', '+'>>> {};
struct version_word : peg::plus<peg::ranges<'a', 'z', 'A', 'Z', '0', '9', '-', '-'>> {};
struct version_words : peg::list<version_word, peg::one<'.'>> {};
struct dotted_digit : peg::seq<peg::one<'.'>, peg::digit> {};
struct semver : peg::seq<peg::opt<peg::one<'v'>>, whole, peg::one<'.'>, whole, peg::one<'.'>, whole, peg::opt<peg::one<'-'>, version_words>, peg::opt<peg::one<'+'>, version_words>, no_word, peg::not_at<dotted_digit>> {};
struct goes_on : peg::sor<word_part, peg::one<'('>, peg::seq<peg::one<'.'>, peg::not_at<peg::one<'.'>>>> {};
struct rate_unit : peg::plus<peg::ranges<'a', 'z', 'A', 'Z'>> {};
struct rate : peg::seq<amount, peg::opt<rate_unit>, peg::one<'/'>, peg::one<'s', 'm', 'h', 'd'>, peg::not_at<goes_on>> {};
struct points : peg::seq<amount, peg::two<'p'>, no_word> {};
struct percent : peg::seq<amount, peg::one<'%'>, no_word> {};
struct factor : peg::seq<amount, peg::one<'x'>, no_word> {};
struct quantity : peg::seq<peg::plus<amount, unit>, no_word> {};
struct number_end : peg::seq<no_word, peg::not_at<dotted_digit>, peg::not_at<peg::one<'%'>>, peg::not_at<peg::sor<peg::string<'\xC2', '\xB5'>, peg::string<'\xCE', '\xBC'>>>> {};
struct float_number : peg::seq<decimals, number_end> {};
struct int_number : peg::seq<whole, number_end> {};
// A run of characters that begins like a number and is none.
struct exponent_sign : peg::seq<peg::one<'e', 'E'>, peg::one<'+', '-'>, peg::at<peg::digit>> {};
struct run_part : peg::sor<exponent_sign, word_part, dotted_digit, peg::string<'\xC2', '\xB5'>, peg::string<'\xCE', '\xBC'>> {};
struct broken_number : peg::seq<peg::digit, peg::star<run_part>, peg::opt<peg::one<'%'>, peg::star<word_part>>> {};

// Punctuation.
struct two_signs : peg::sor<peg::two<'.'>, peg::two<'='>, peg::string<'!', '='>, peg::string<'<', '='>, peg::string<'>', '='>> {};
struct one_sign : peg::one<'<', '>', '=', '+', '-', '*', '/', '%', '.', ',', ':', '|', '?', '(', ')', '{', '}', '[', ']'> {};

// What people write who come from elsewhere.
struct foreign_operator : peg::sor<peg::two<'&'>, peg::two<'|'>, peg::string<'<', '>'>, peg::string<'=', '>'>, peg::string<'=', '<'>, peg::string<'=', '~'>, peg::one<'!'>, peg::string<'\xE2', '\x89', '\xA4'>, peg::string<'\xE2', '\x89', '\xA5'>, peg::string<'\xE2', '\x89', '\xA0'>, peg::string<'\xC3', '\x97'>, peg::string<'\xC3', '\xB7'>, peg::string<'\xE2', '\x88', '\x92'>, peg::string<'\xE2', '\x80', '\x93'>, peg::string<'\xE2', '\x80', '\x94'>, peg::string<'\xE2', '\x80', '\xA6'>> {};
struct single_quoted : peg::seq<peg::one<'\''>, peg::star<peg::not_one<'\'', '\r', '\n'>>, peg::one<'\''>> {};
struct curly_end : peg::sor<peg::string<'\xE2', '\x80', '\x9C'>, peg::string<'\xE2', '\x80', '\x9D'>> {};
struct curly_quoted : peg::seq<peg::string<'\xE2', '\x80'>, peg::one<'\x9C', '\x9D', '\x9E'>, peg::star<peg::not_one<'\xE2', '\r', '\n'>>, curly_end> {};
struct semicolon : peg::one<';'> {};
struct hash_comment : peg::seq<peg::one<'#'>, line_rest> {};
struct block_comment : peg::seq<peg::string<'/', '*'>, peg::until<peg::sor<peg::string<'*', '/'>, peg::eof>>> {};
struct byte_order_mark : peg::string<'\xEF', '\xBB', '\xBF'> {};
struct foreign_space : peg::sor<peg::string<'\xC2', '\xA0'>, peg::seq<peg::string<'\xE2', '\x80'>, peg::range<'\x80', '\x8B'>>, byte_order_mark> {};
struct control_characters : peg::plus<peg::ranges<'\x00', '\x08', '\x0B', '\x0C', '\x0E', '\x1F', '\x7F', '\x7F'>> {};
struct stranger : peg::any {};

// The order is that of the language's table; each group is entered by its first character, so that most text is told apart
// by one look.
struct slashed : peg::seq<peg::at<peg::one<'/'>>, peg::sor<doc, comment, block_comment>> {};
struct quoted : peg::seq<peg::at<peg::one<'"', '`'>>, peg::sor<long_string, open_long_string, short_string, open_string, query, open_query>> {};
struct numeric : peg::seq<peg::at<peg::digit>, peg::sor<date, broken_date, semver, rate, points, percent, factor, quantity, float_number, int_number, broken_number>> {};
struct lettered : peg::seq<peg::at<word_start>, peg::sor<peg::seq<peg::at<peg::one<'r'>>, peg::sor<regex, open_regex>>, peg::seq<peg::at<peg::one<'v'>>, semver>, word>> {};
struct foreign : peg::sor<single_quoted, curly_quoted, semicolon, hash_comment, foreign_space, control_characters, stranger> {};
struct piece : peg::sor<blank, lettered, numeric, slashed, quoted, two_signs, foreign_operator, one_sign, foreign> {};
struct file : peg::seq<peg::opt<byte_order_mark>, peg::star<piece>, peg::eof> {};

}  // namespace grammar

// ---------------------------------------------------------------------- actions

template <typename Rule>
struct record : peg::nothing<Rule> {};

template <TokenKind Kind>
struct record_as {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Recorder& recorder) {
    recorder.add(Kind, recorder.span(in.begin(), in.end()));
  }
};

template <>
struct record<grammar::semver> : record_as<TokenKind::Semver> {};
template <>
struct record<grammar::rate> : record_as<TokenKind::Rate> {};
template <>
struct record<grammar::points> : record_as<TokenKind::Points> {};
template <>
struct record<grammar::percent> : record_as<TokenKind::Percent> {};
template <>
struct record<grammar::factor> : record_as<TokenKind::Factor> {};
template <>
struct record<grammar::float_number> : record_as<TokenKind::Float> {};
template <>
struct record<grammar::int_number> : record_as<TokenKind::Int> {};
template <>
struct record<grammar::regex> : record_as<TokenKind::Regex> {};

template <void (*Act)(Recorder&, Span)>
struct record_by {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Recorder& recorder) {
    Act(recorder, recorder.span(in.begin(), in.end()));
  }
};

void on_doc(Recorder& r, Span span) { r.add_doc(span); }

void on_word(Recorder& r, Span span) {
  const Word* word = find_word(r.source().text(span));
  r.add(word != nullptr ? word->kind : TokenKind::Name, span);
}

void on_string(Recorder& r, Span span) { r.add_string(span); }

void on_open_string(Recorder& r, Span span) {
  r.add(TokenKind::String, span);
  const bool several = r.source().text(span).starts_with("\"\"\"");
  r.complain(DiagnosticCode::E0104, "this string has no closing quote", {span.begin, span.begin + (several ? 3U : 1U)},
             several ? "opened here, and never closed by `\"\"\"`" : "opened here; a string ends on its line")
      .suggest(several ? "close it with `\"\"\"`" : "close it with `\"`", &r.source(), {span.end, span.end},
               several ? "\"\"\"" : "\"");
}

void on_query(Recorder& r, Span span) {
  r.add(TokenKind::Query, span);
  if (r.source().text(span).find('$') != std::string_view::npos) r.check_string(span);
}

void on_open_query(Recorder& r, Span span) {
  r.add(TokenKind::Query, span);
  r.complain(DiagnosticCode::E0105, "this query has no closing backtick", {span.begin, span.begin + 1}, "opened here")
      .suggest("close it with a backtick", &r.source(), {span.end, span.end}, "`");
}

void on_open_regex(Recorder& r, Span span) {
  r.add(TokenKind::Regex, span);
  r.complain(DiagnosticCode::E0106, "this regular expression has no closing quote", {span.begin, span.begin + 2},
             "opened here; it ends on its line")
      .suggest("close it with `\"`", &r.source(), {span.end, span.end}, "\"");
}

void on_date(Recorder& r, Span span) {
  r.add(TokenKind::Date, span);
  if (!decode_date(r.source().text(span)).exists())
    r.complain(DiagnosticCode::E0113, "there is no such date: `" + std::string(r.source().text(span)) + "`", span);
}

void on_broken_date(Recorder& r, Span span) {
  r.add(TokenKind::Date, span);
  r.complain(DiagnosticCode::E0109, "not a time as dpol writes it: `" + std::string(r.source().text(span)) + "`", span)
      .suggest("a day is `2026-12-31`, a moment `2026-12-31T10:00:00Z`, in UTC and to the second");
}

void on_quantity(Recorder& r, Span span) {
  r.add(TokenKind::Quantity, span);
  r.check_duration(span);
}

void on_broken_number(Recorder& r, Span span) {
  r.add(TokenKind::Error, span);
  r.complain(diagnose_number(r.source(), span));
}

struct Sign {
  std::string_view text;
  TokenKind kind;
};
constexpr std::array<Sign, 24> kSigns{{{"..", TokenKind::DotDot},       {"==", TokenKind::EqualEqual},
                                       {"!=", TokenKind::NotEqual},     {"<=", TokenKind::LessEqual},
                                       {">=", TokenKind::GreaterEqual}, {"<", TokenKind::Less},
                                       {">", TokenKind::Greater},       {"=", TokenKind::Equal},
                                       {"+", TokenKind::Plus},          {"-", TokenKind::Minus},
                                       {"*", TokenKind::Star},          {"/", TokenKind::Slash},
                                       {"%", TokenKind::PercentSign},   {".", TokenKind::Dot},
                                       {",", TokenKind::Comma},         {":", TokenKind::Colon},
                                       {"|", TokenKind::Bar},           {"?", TokenKind::Question},
                                       {"(", TokenKind::LeftParen},     {")", TokenKind::RightParen},
                                       {"{", TokenKind::LeftBrace},     {"}", TokenKind::RightBrace},
                                       {"[", TokenKind::LeftBracket},   {"]", TokenKind::RightBracket}}};

void on_sign(Recorder& r, Span span) {
  const std::string_view text = r.source().text(span);
  const auto* at = std::find_if(kSigns.begin(), kSigns.end(), [&](const Sign& s) { return s.text == text; });
  r.add(at->kind, span);
}

struct ForeignSign {
  std::string_view text;
  TokenKind kind;
  std::string_view ours;
};
constexpr std::array<ForeignSign, 16> kForeignSigns{{{"&&", TokenKind::KwAnd, "and"},
                                                     {"||", TokenKind::KwOr, "or"},
                                                     {"!", TokenKind::KwNot, "not"},
                                                     {"<>", TokenKind::NotEqual, "!="},
                                                     {"=>", TokenKind::GreaterEqual, ">="},
                                                     {"=<", TokenKind::LessEqual, "<="},
                                                     {"=~", TokenKind::KwMatches, "matches"},
                                                     {"\xE2\x89\xA4", TokenKind::LessEqual, "<="},
                                                     {"\xE2\x89\xA5", TokenKind::GreaterEqual, ">="},
                                                     {"\xE2\x89\xA0", TokenKind::NotEqual, "!="},
                                                     {"\xC3\x97", TokenKind::Star, "*"},
                                                     {"\xC3\xB7", TokenKind::Slash, "/"},
                                                     {"\xE2\x88\x92", TokenKind::Minus, "-"},
                                                     {"\xE2\x80\x93", TokenKind::Minus, "-"},
                                                     {"\xE2\x80\x94", TokenKind::Minus, "-"},
                                                     {"\xE2\x80\xA6", TokenKind::DotDot, ".."}}};

void on_foreign_operator(Recorder& r, Span span) {
  const std::string_view text = r.source().text(span);
  const auto* at = std::find_if(kForeignSigns.begin(), kForeignSigns.end(), [&](const ForeignSign& s) { return s.text == text; });
  r.add(at->kind, span);
  const std::string ours(at->ours);
  const std::string_view after = r.source().text().substr(span.end);
  const bool joined = at->kind >= kFirstReservedWord && !after.empty() && after.front() != ' ' && after.front() != '\n';
  r.complain(DiagnosticCode::E0117, "dpol writes `" + ours + "` for `" + std::string(text) + "`", span)
      .suggest("write `" + ours + "`", &r.source(), span, joined ? ours + " " : ours);
}

void on_foreign_quotes(Recorder& r, Span span) {
  r.add(TokenKind::String, span);
  const std::string_view text = r.source().text(span);
  const std::size_t around = text.front() == '\'' ? 1 : 3;
  const std::string ours = "\"" + std::string(text.substr(around, text.size() - 2 * around)) + "\"";
  r.complain(DiagnosticCode::E0118, "a string stands in straight double quotes", span)
      .suggest("write `" + ours + "`", &r.source(), span, ours);
}

void on_semicolon(Recorder& r, Span span) {
  if (r.full()) return;
  r.complain(DiagnosticCode::E0119, "statements need no `;`", span).suggest("leave it out", &r.source(), span, "");
}

void on_hash_comment(Recorder& r, Span span) {
  r.complain(DiagnosticCode::E0120, "a comment begins with `//`", {span.begin, span.begin + 1})
      .suggest("write `//`", &r.source(), {span.begin, span.begin + 1}, "//");
}

void on_block_comment(Recorder& r, Span span) {
  r.complain(DiagnosticCode::E0120, "a comment begins with `//` and ends with its line", {span.begin, span.begin + 2})
      .suggest("begin each of its lines with `//`");
}

void on_foreign_space(Recorder& r, Span span) {
  r.complain(DiagnosticCode::E0103, "a space of another kind stands here", span)
      .suggest("use an ordinary space", &r.source(), span, " ");
}

// A run of them has one cause, such as a file that is no text.
void on_control_characters(Recorder& r, Span span) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto c = static_cast<unsigned char>(r.source().text()[span.begin]);
  std::string name = "U+00";
  (name += kHex[c >> 4U]) += kHex[c & 15U];
  const std::uint32_t count = span.end - span.begin;
  r.complain(DiagnosticCode::E0103,
             count == 1 ? "a control character (" + name + ") stands here"
                        : std::to_string(count) + " control characters stand here, the first is " + name,
             span);
}

// What was complained about for the whole file (broken UTF-8, hidden direction marks) is not complained about twice.
struct stranger_action {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Recorder& r) {
    if (r.full()) return;
    const Span first = r.span(in.begin(), in.end());
    const Utf8Char c = decode_utf8(r.source().text(), first.begin);
    const bool continuation = (static_cast<unsigned char>(*in.begin()) & 0xC0U) == 0x80;
    if (!c.valid || continuation || is_direction_control(c.value)) return;
    const Span span{first.begin, first.begin + c.length};
    r.complain(DiagnosticCode::E0103, "dpol does not use the character `" + std::string(r.source().text(span)) + "`", span)
        .suggest("names consist of the letters A to Z, digits and `_`; other text stands in quotes");
  }
};

// clang-format off
template <> struct record<grammar::doc> : record_by<on_doc> {};
template <> struct record<grammar::word> : record_by<on_word> {};
template <> struct record<grammar::long_string> : record_by<on_string> {};
template <> struct record<grammar::short_string> : record_by<on_string> {};
template <> struct record<grammar::open_string> : record_by<on_open_string> {};
template <> struct record<grammar::open_long_string> : record_by<on_open_string> {};
template <> struct record<grammar::query> : record_by<on_query> {};
template <> struct record<grammar::open_query> : record_by<on_open_query> {};
template <> struct record<grammar::open_regex> : record_by<on_open_regex> {};
template <> struct record<grammar::date> : record_by<on_date> {};
template <> struct record<grammar::broken_date> : record_by<on_broken_date> {};
template <> struct record<grammar::quantity> : record_by<on_quantity> {};
template <> struct record<grammar::broken_number> : record_by<on_broken_number> {};
template <> struct record<grammar::two_signs> : record_by<on_sign> {};
template <> struct record<grammar::one_sign> : record_by<on_sign> {};
template <> struct record<grammar::foreign_operator> : record_by<on_foreign_operator> {};
template <> struct record<grammar::single_quoted> : record_by<on_foreign_quotes> {};
template <> struct record<grammar::curly_quoted> : record_by<on_foreign_quotes> {};
template <> struct record<grammar::semicolon> : record_by<on_semicolon> {};
template <> struct record<grammar::hash_comment> : record_by<on_hash_comment> {};
template <> struct record<grammar::block_comment> : record_by<on_block_comment> {};
template <> struct record<grammar::foreign_space> : record_by<on_foreign_space> {};
template <> struct record<grammar::control_characters> : record_by<on_control_characters> {};
template <> struct record<grammar::stranger> : stranger_action {};
// clang-format on

// ---------------------------------------------------------------------- whole-file checks

void check_size(Recorder& recorder) {
  const std::size_t megabytes = recorder.source().text().size() / (1024U * 1024U);
  recorder.complain(DiagnosticCode::E0101, "the file has " + std::to_string(megabytes) + " MiB; a policy may have 16", {0, 0})
      .suggest("part it into modules, and `import` them");
}

void check_encoding(Recorder& recorder) {
  const std::string_view text = recorder.source().text();
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    const auto at = static_cast<std::uint32_t>(bad);
    recorder.complain(DiagnosticCode::E0102, "the file is not UTF-8 from here on", {at, at + 1})
        .suggest("save it in the encoding UTF-8");
  }
  // The lead byte of every direction control.
  for (std::size_t at = text.find('\xE2'); at != std::string_view::npos; at = text.find('\xE2', at + 1)) {
    const Utf8Char c = decode_utf8(text, at);
    if (!c.valid || !is_direction_control(c.value)) continue;
    const auto begin = static_cast<std::uint32_t>(at);
    recorder.complain(DiagnosticCode::E0116, "an invisible character here reorders the text that follows it", {begin, begin + 3})
        .suggest("take it out", &recorder.source(), {begin, begin + 3}, "");
  }
}

}  // namespace

TokenList tokenize(const SourceFile& source, std::vector<Diagnostic>& diagnostics) {
  Recorder recorder(source, diagnostics);
  if (source.too_large()) {
    check_size(recorder);
    return TokenList{{Token{}}, {}};
  }
  check_encoding(recorder);
  const std::string_view text = source.text();
  peg::memory_input<peg::tracking_mode::lazy> in(text.data(), text.data() + text.size(), "");
  const bool read = peg::parse<grammar::file, record>(in, recorder);
  assert(read && "the grammar takes any text");
  (void)read;
  return recorder.finish();
}

}  // namespace dpol::lang
