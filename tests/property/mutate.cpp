#include "tests/property/mutate.h"

#include <algorithm>
#include <array>
#include <set>

#include "lang/parse.h"

namespace dpol::test {
namespace {

using lang::Token;
using lang::TokenKind;

// Tokens of one class can mostly stand for each other.
enum Class : std::size_t { kName, kNumber, kText, kWord, kComparison, kArithmetic, kOther, kClasses };

Class class_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::Name:
      return kName;
    case TokenKind::Rate:
    case TokenKind::Points:
    case TokenKind::Percent:
    case TokenKind::Factor:
    case TokenKind::Quantity:
    case TokenKind::Float:
    case TokenKind::Int:
    case TokenKind::Date:
    case TokenKind::Semver:
      return kNumber;
    case TokenKind::String:
    case TokenKind::Query:
    case TokenKind::Regex:
      return kText;
    case TokenKind::Plus:
    case TokenKind::Minus:
    case TokenKind::Star:
    case TokenKind::Slash:
      return kArithmetic;
    default:
      if (kind >= TokenKind::EqualEqual && kind <= TokenKind::Greater) return kComparison;
      return lang::is_word(kind) ? kWord : kOther;
  }
}

// What no file of ours holds, and files of others do.
constexpr std::array<std::string_view, 40> kOddities = {
    "\"",  "\"\"\"", "`",  "r\"", "${", "${a.b}", "$${", "\\", "'", ";", "#", "/*", "//", "///", "\r\n", "\t",
    std::string_view("\0", 1), "\xFF", "\xC3", "\xE2\x80\xAE", "\xEF\xBB\xBF", "\xC2\xA0", "ä", "&&", "||", "!", "=>",
    "99999999999999999999999999999999999999999999", "0.0000000000000000000000001", "1e9", "007", "1__2", "5 %",
    "2026-02-30", "1m2h", "v1.2.3-rc.1+b", "((((((((", "}}}}", "{{{{", "[[[["};

std::vector<Token> tokens_of(const lang::SourceFile& source) {
  std::vector<lang::Diagnostic> ignored;
  lang::TokenList list = lang::tokenize(source, ignored);
  list.tokens.pop_back();
  return std::move(list.tokens);
}

std::size_t place(std::string_view text, Random& random) { return random.below(text.size() + 1); }

// A range of bytes, mostly short.
std::pair<std::size_t, std::size_t> piece(std::string_view text, Random& random) {
  const std::size_t begin = place(text, random);
  const std::size_t most = random.chance(80) ? 12 : 400;
  return {begin, std::min(most, text.size() - begin) == 0 ? 0 : random.below(std::min(most, text.size() - begin) + 1)};
}

void damage_bytes(std::string& text, Random& random) {
  const auto [begin, length] = piece(text, random);
  switch (random.below(5)) {
    case 0:
      text.erase(begin, length);
      return;
    case 1:
      text.insert(begin, text.substr(begin, length));
      return;
    case 2:
      if (begin < text.size()) text[begin] = static_cast<char>(random.below(256));
      return;
    case 3: {
      const std::string moved = text.substr(begin, length);
      text.erase(begin, length);
      text.insert(place(text, random), moved);
      return;
    }
    default:
      text.insert(begin, kOddities[random.below(kOddities.size())]);
  }
}

}  // namespace

Mutator::Mutator(const std::vector<std::string>& texts) : tokens_(kClasses) {
  std::vector<std::set<std::string>> seen(kClasses);
  for (const lang::Word& word : lang::words()) seen[kWord].emplace(word.spelling);
  std::set<std::string> lines;
  for (const std::string& text : texts) {
    const lang::SourceFile source("x", text);
    for (const Token& token : tokens_of(source)) seen[class_of(token.kind)].emplace(source.text(token.span()));
    for (std::uint32_t line = 1; line <= source.line_count(); ++line) lines.emplace(source.line_text(line));
  }
  for (std::size_t i = 0; i < kClasses; ++i) tokens_[i].assign(seen[i].begin(), seen[i].end());
  lines_.assign(lines.begin(), lines.end());
}

std::string Mutator::damaged(std::string_view text, Random& random) const {
  std::string result(text);
  for (std::uint64_t times = 1 + random.below(4); times > 0; --times) {
    if (random.chance(40)) {
      damage_bytes(result, random);
      continue;
    }
    const lang::SourceFile source("x", result);
    const std::vector<Token> tokens = tokens_of(source);
    if (tokens.empty()) continue;
    const Token& token = random.pick(tokens);
    const Token& other = random.pick(tokens);
    const std::string& borrowed = random.pick(tokens_[random.below(kClasses)]);
    switch (random.below(6)) {
      case 0:
        result.erase(token.begin, token.end - token.begin);
        break;
      case 1:
        result.insert(token.begin, borrowed + " ");
        break;
      case 2:
        result.replace(token.begin, token.end - token.begin, borrowed);
        break;
      case 3:
        result.replace(token.begin, token.end - token.begin, std::string(source.text(other.span())));
        break;
      case 4:
        result.insert(source.line_start(source.line_of(token.begin)), random.pick(lines_) + "\n");
        break;
      default:
        result.erase(token.begin);
    }
  }
  return result;
}

std::string Mutator::reworded(std::string_view text, Random& random) const {
  std::string result(text);
  for (std::uint64_t times = 1 + random.below(2); times > 0; --times) {
    const lang::SourceFile source("x", result);
    const std::vector<Token> tokens = tokens_of(source);
    if (tokens.empty()) break;
    const Token& token = random.pick(tokens);
    const Class kind = class_of(token.kind);
    // Names of the same file more often mean something.
    std::vector<std::string> own;
    for (const Token& each : tokens) {
      if (class_of(each.kind) == kind) own.emplace_back(source.text(each.span()));
    }
    const std::string& by = kind != kWord && random.chance(70) ? random.pick(own) : random.pick(tokens_[kind]);
    result.replace(token.begin, token.end - token.begin, by);
  }
  return result;
}

}  // namespace dpol::test
