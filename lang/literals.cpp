#include "lang/literals.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "lang/parse.h"

namespace dpol::lang {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

int to_int(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::string quoted(std::string_view code) { return "`" + std::string(code) + "`"; }

std::uint32_t offset_in(std::size_t at) { return static_cast<std::uint32_t>(at); }

// ---------------------------------------------------------------------- strings

struct Delimiters {
  std::size_t open = 1;
  std::size_t close = 1;
};

Delimiters delimiters(std::string_view text) {
  const auto closed_by = [&](std::size_t open, std::string_view close) {
    const bool closed = text.size() >= open + close.size() && text.ends_with(close);
    return Delimiters{open, closed ? close.size() : 0};
  };
  if (text.starts_with("\"\"\"")) return closed_by(3, "\"\"\"");
  if (text.starts_with("\xE2\x80")) {  // typographic quotes, complained about by the lexer
    const bool closed = text.size() >= 6 && text.substr(text.size() - 3).starts_with("\xE2\x80");
    return {3, closed ? 3U : 0U};
  }
  return text.empty() ? Delimiters{0, 0} : closed_by(1, text.substr(0, 1));
}

/// Reads the inside of one string, character by character, into parts.
class StringReader {
 public:
  StringReader(const SourceFile& source, Span span, std::vector<Diagnostic>* problems)
      : source_(source), text_(source.text()), problems_(problems) {
    const std::string_view token = source.text(span);
    const Delimiters around = delimiters(token);
    at_ = span.begin + around.open;
    end_ = span.end - around.close;
    raw_ = token.starts_with('`');
    if (token.starts_with("\"\"\"")) find_layout();
  }

  std::vector<StringPart> read() {
    part_begin_ = at_;
    while (at_ < end_) {
      const std::string_view rest = text_.substr(at_, end_ - at_);
      if (rest.starts_with("$${"))
        take("${", 3);
      else if (rest.starts_with("${"))
        hole();
      else if (!raw_ && rest.front() == '\\')
        escape();
      else
        character();
    }
    finish_text(end_);
    return std::move(parts_);
  }

 private:
  [[nodiscard]] bool complaining() const { return problems_ != nullptr && problems_->size() < kMaxSyntaxDiagnostics; }

  void take(std::string_view decoded, std::size_t length) {
    pending_ += decoded;
    at_ += length;
  }

  void character() {
    const char c = text_[at_];
    take(text_.substr(at_, 1), 1);
    if (c != '\n') return;
    for (std::size_t i = 0; i < indent_ && at_ < end_ && (text_[at_] == ' ' || text_[at_] == '\t'); ++i) ++at_;
  }

  void escape() {
    const char c = at_ + 1 < end_ ? text_[at_ + 1] : '\0';
    if (c == '"' || c == '\\') return take(text_.substr(at_ + 1, 1), 2);
    if (c == 'n') return take("\n", 2);
    const std::size_t length = std::min<std::size_t>(2, end_ - at_);
    if (complaining()) {
      const Span span{offset_in(at_), offset_in(at_ + length)};
      Diagnostic problem(DiagnosticCode::E0107, "unknown escape " + quoted(source_.text(span)), &source_, span);
      problem.suggest("a string knows `\\\"`, `\\\\` and `\\n`; a backslash itself is `\\\\`", &source_,
                      {span.begin, span.begin}, "\\");
      problems_->push_back(std::move(problem));
    }
    take(text_.substr(at_, length), length);
  }

  void hole() {
    const std::size_t begin = at_;
    StringPart part{true, {}, {}, {offset_in(begin), 0}};
    at_ += 2;
    bool sound = path(part);
    if (sound && at_ < end_ && text_[at_] == '}')
      ++at_;
    else
      sound = false;
    if (sound) {
      finish_text(begin);
      part.span.end = offset_in(at_);
      parts_.push_back(std::move(part));
      part_begin_ = at_;
      return;
    }
    const std::size_t stop = text_.substr(0, end_).find_first_of("}\"\n", at_);
    at_ = stop == std::string_view::npos ? end_ : stop + (text_[stop] == '}' ? 1 : 0);
    pending_ += text_.substr(begin, at_ - begin);
    complain_of_hole({offset_in(begin), offset_in(at_)});
  }

  bool path(StringPart& part) {
    while (at_ < end_ && is_name_char(text_[at_]) && !is_digit(text_[at_])) {
      const std::size_t from = at_;
      while (at_ < end_ && is_name_char(text_[at_])) ++at_;
      part.path.push_back({text_.substr(from, at_ - from), {offset_in(from), offset_in(at_)}});
      if (part.path.size() > 1) part.text += '.';
      part.text += part.path.back().text;
      if (at_ >= end_ || text_[at_] != '.') return true;
      ++at_;
    }
    return false;
  }

  void complain_of_hole(Span span) {
    if (!complaining()) return;
    Diagnostic problem(DiagnosticCode::E0108, "a hole holds one path, such as `${service}` or `${release.version}`",
                       &source_, span);
    problem.suggest("for the text itself write `$${`", &source_, {span.begin, span.begin}, "$");
    problems_->push_back(std::move(problem));
  }

  void finish_text(std::size_t end) {
    if (!pending_.empty()) parts_.push_back({false, std::move(pending_), {}, {offset_in(part_begin_), offset_in(end)}});
    pending_.clear();
  }

  /// Where the text of a string of several lines begins and ends, and how far it is indented.
  void find_layout() {
    const auto blank = [&](std::size_t from, std::size_t to) {
      return text_.substr(from, to - from).find_first_not_of(" \t\r") == std::string_view::npos;
    };
    const std::size_t first_break = text_.substr(0, end_).find('\n', at_);
    if (first_break == std::string_view::npos) return;
    indent_ = std::string_view::npos;
    for (std::size_t line = first_break + 1;;) {
      const std::size_t next = text_.substr(0, end_).find('\n', line);
      const std::size_t stop = next == std::string_view::npos ? end_ : next;
      const std::size_t text_at = std::min(text_.find_first_not_of(" \t", line), stop);
      if (!blank(line, stop) || stop == end_) indent_ = std::min(indent_, text_at - line);
      if (stop == end_) break;
      line = stop + 1;
    }
    if (blank(at_, first_break)) {
      at_ = first_break + 1;
      for (std::size_t i = 0; i < indent_ && at_ < end_ && (text_[at_] == ' ' || text_[at_] == '\t'); ++i) ++at_;
    }
    const std::size_t last_break = text_.substr(0, end_).rfind('\n');
    if (last_break != std::string_view::npos && last_break >= at_ && blank(last_break + 1, end_)) end_ = last_break;
    if (end_ > at_ && text_[end_ - 1] == '\r') --end_;
  }

  const SourceFile& source_;
  std::string_view text_;
  std::vector<Diagnostic>* problems_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::size_t indent_ = 0;
  std::size_t part_begin_ = 0;
  bool raw_ = false;
  std::string pending_;
  std::vector<StringPart> parts_;
};

// ---------------------------------------------------------------------- numbers

constexpr std::array<std::string_view, 19> kUnits{"ns", "us",  "ms",  "s",   "m",   "h",  "d",  "w", "B", "kB",
                                                  "MB", "GB",  "TB",  "KiB", "MiB", "GiB", "TiB", "pp", "x"};

struct Habit {
  std::string_view wrong;
  std::string_view right;
};
/// What other systems call our units, letters in lower case.
constexpr std::array<Habit, 20> kHabits{{{"sec", "s"},     {"secs", "s"},  {"second", "s"}, {"seconds", "s"}, {"min", "m"},
                                         {"mins", "m"},    {"minute", "m"}, {"minutes", "m"}, {"hr", "h"},     {"hrs", "h"},
                                         {"hour", "h"},    {"hours", "h"}, {"day", "d"},    {"days", "d"},    {"k", "kB"},
                                         {"g", "GB"},      {"ki", "KiB"},  {"mi", "MiB"},   {"gi", "GiB"},    {"msec", "ms"}}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<std::string_view> meant_unit(std::string_view wrong) {
  if (wrong.starts_with("\xC2\xB5") || wrong.starts_with("\xCE\xBC")) return "us";
  const std::string small = lower(wrong);
  for (std::string_view unit : kUnits)
    if (lower(unit) == small) return unit;
  for (const Habit& habit : kHabits)
    if (habit.wrong == small) return habit.right;
  return std::nullopt;
}

std::size_t digits_end(std::string_view text, std::size_t from = 0) {
  std::size_t at = from;
  while (at < text.size() && (is_digit(text[at]) || text[at] == '_' ||
                              (text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]))))
    ++at;
  return at;
}

/// "1e3" as "1000"; nothing if that would be absurdly long.
std::optional<std::string> written_out(std::string_view mantissa, std::string_view exponent) {
  const bool negative = exponent.starts_with('-');
  const std::string_view digits = exponent.substr(exponent.find_first_of("0123456789"));
  if (digits.size() > 2 || to_int(digits) > 15 || mantissa.size() > 20) return std::nullopt;
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string all(mantissa.substr(0, point));
  if (point < mantissa.size()) all += mantissa.substr(point + 1);
  int at = static_cast<int>(point) + (negative ? -to_int(digits) : to_int(digits));
  while (at <= 0) all.insert(0, "0"), ++at;
  while (static_cast<std::size_t>(at) > all.size()) all += '0';
  std::string whole = all.substr(0, static_cast<std::size_t>(at));
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  const std::string fraction = all.substr(static_cast<std::size_t>(at));
  return fraction.empty() ? whole : whole + "." + fraction;
}

Diagnostic bad_exponent(const SourceFile& source, Span span, std::string_view text, std::size_t mark) {
  Diagnostic problem(DiagnosticCode::E0112, "numbers have no exponent: " + quoted(text), &source, span);
  if (const auto plain = written_out(text.substr(0, mark), text.substr(mark + 1)))
    problem.suggest("write it out: " + quoted(*plain), &source, span, *plain);
  return problem;
}

Diagnostic bad_underscore(const SourceFile& source, Span span, std::string_view text) {
  Diagnostic problem(DiagnosticCode::E0111, "an underscore stands between two digits, or not at all: " + quoted(text),
                     &source, span);
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  problem.suggest("without it: " + quoted(plain), &source, span, plain);
  return problem;
}

bool underscores_misplaced(std::string_view digits) {
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] != '_') continue;
    if (i == 0 || i + 1 == digits.size() || !is_digit(digits[i - 1]) || !is_digit(digits[i + 1])) return true;
  }
  return false;
}

Diagnostic bad_unit(const SourceFile& source, Span span, std::string_view digits, std::string_view unit) {
  Diagnostic problem(DiagnosticCode::E0114, "unknown unit " + quoted(unit), &source,
                     {span.begin + offset_in(digits.size()), span.begin + offset_in(digits.size() + unit.size())});
  std::string text(digits);
  const auto meant = meant_unit(unit);
  if (meant) {
    text += *meant;
    problem.suggest("write " + quoted(text), &source, span, text);
  } else {
    problem.suggest("units: ns us ms s m h d w, B kB MB GB TB KiB MiB GiB TiB, % pp x");
    text += ' ';
    text += unit;
    if (unit.size() > 3) problem.suggest("or part the number and the word: " + quoted(text), &source, span, text);
  }
  return problem;
}

}  // namespace

std::int64_t DateParts::epoch_seconds() const {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

bool DateParts::exists() const {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return date.ok() && hour < 24 && minute < 60 && second < 60;
}

std::vector<NumberPart> decode_number(std::string_view text) {
  std::vector<NumberPart> parts;
  std::string_view per;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    per = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = digits_end(text, at);
    if (end == at) break;
    NumberPart part;
    for (char c : text.substr(at, end - at))
      if (c != '_') part.digits += c;
    at = end;
    while (at < text.size() && !is_digit(text[at])) ++at;
    part.unit = text.substr(end, at - end);
    part.per = per;
    parts.push_back(std::move(part));
  }
  return parts;
}

DateParts decode_date(std::string_view text) {
  DateParts date;
  const auto number = [&](std::size_t at, std::size_t length) {
    return at + length <= text.size() && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                     text.begin() + static_cast<std::ptrdiff_t>(at + length), is_digit)
               ? to_int(text.substr(at, length))
               : 0;
  };
  date.year = number(0, 4);
  date.month = number(5, 2);
  date.day = number(8, 2);
  date.has_time = text.size() > 10;
  if (date.has_time) {
    date.hour = number(11, 2);
    date.minute = number(14, 2);
    date.second = number(17, 2);
  }
  return date;
}

SemverParts decode_semver(std::string_view text) {
  SemverParts parts;
  if (text.starts_with('v')) text.remove_prefix(1);
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    parts.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  if (const std::size_t minus = text.find('-'); minus != std::string_view::npos) {
    parts.pre = text.substr(minus + 1);
    text = text.substr(0, minus);
  }
  const std::size_t first = std::min(text.find('.'), text.size());
  const std::size_t second = std::min(text.find('.', first + 1), text.size());
  parts.major = text.substr(0, first);
  if (first < text.size()) parts.minor = text.substr(first + 1, second - first - 1);
  if (second < text.size()) parts.patch = text.substr(second + 1);
  return parts;
}

std::vector<StringPart> decode_string(const SourceFile& source, Span span, std::vector<Diagnostic>* problems) {
  return StringReader(source, span, problems).read();
}

std::string decode_regex(std::string_view text) {
  if (text.starts_with('r')) text.remove_prefix(1);
  const Delimiters around = delimiters(text);
  return std::string(text.substr(around.open, text.size() - around.open - around.close));
}

Diagnostic diagnose_number(const SourceFile& source, Span span) {
  const std::string_view text = source.text(span);
  const std::size_t end = digits_end(text);
  const std::string_view digits = text.substr(0, end);
  const std::string_view rest = text.substr(end);
  if (underscores_misplaced(digits)) return bad_underscore(source, span, text);
  if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') {
    Diagnostic problem(DiagnosticCode::E0110, "a number does not begin with a superfluous zero: " + quoted(text), &source, span);
    std::string plain(text.substr(std::min(text.find_first_not_of('0'), end - 1)));
    if (plain.starts_with('.')) plain.insert(0, "0");
    problem.suggest("write " + quoted(plain), &source, span, plain);
    return problem;
  }
  if (rest.size() >= 2 && (rest[0] == 'e' || rest[0] == 'E') && rest.find_first_not_of("0123456789", 1 + (is_digit(rest[1]) ? 0 : 1)) == std::string_view::npos &&
      is_digit(rest.back()))
    return bad_exponent(source, span, text, end);
  const bool one_word = !rest.empty() && !is_digit(rest.back()) && rest.find_first_of("_.%0123456789") == std::string_view::npos;
  const bool known = std::find(kUnits.begin(), kUnits.end(), rest) != kUnits.end();
  if (one_word && !known && std::count(digits.begin(), digits.end(), '.') <= 1) return bad_unit(source, span, digits, rest);
  Diagnostic problem(DiagnosticCode::E0109, quoted(text) + " is neither a number nor a name", &source, span,
                     "a literal ends where the next word begins");
  if (std::count(digits.begin(), digits.end(), '.') > 1)
    problem.suggest("a version has three parts, as in `1.4.0`");
  else if (!rest.empty())
    problem.suggest("a unit follows its number directly (`250ms`, `0.5%`), anything else after a space");
  return problem;
}

void check_duration(const SourceFile& source, Span span, std::vector<Diagnostic>& problems) {
  static constexpr std::array<std::string_view, 8> kLargeToSmall{"w", "d", "h", "m", "s", "ms", "us", "ns"};
  const std::vector<NumberPart> parts = decode_number(source.text(span));
  if (parts.size() < 2 || problems.size() >= kMaxSyntaxDiagnostics) return;
  std::size_t previous = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto at = static_cast<std::size_t>(std::find(kLargeToSmall.begin(), kLargeToSmall.end(), parts[i].unit) - kLargeToSmall.begin());
    const bool fits = at < kLargeToSmall.size() && (i == 0 || at > previous);
    previous = at;
    if (fits) continue;
    const bool duration = at < kLargeToSmall.size();
    Diagnostic problem(DiagnosticCode::E0115,
                       duration ? "the parts of a duration go from large to small, each unit once"
                                : "only a duration is written in several parts",
                       &source, span);
    problem.suggest(duration ? "as in `1h30m`" : "write one number, as in `1.5GiB`");
    problems.push_back(std::move(problem));
    return;
  }
}

}  // namespace dpol::lang
