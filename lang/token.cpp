#include "lang/token.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace dpol::lang {
namespace {

constexpr std::array kWords = {
#define DPOL_PLAIN_WORD(kind, spelling, category) \
  Word{TokenKind::kind, spelling, WordCategory::category, WordReach::Plain},
#define DPOL_CONTEXTUAL_WORD(kind, spelling, category) \
  Word{TokenKind::kind, spelling, WordCategory::category, WordReach::Contextual},
#define DPOL_RESERVED_WORD(kind, spelling, category) \
  Word{TokenKind::kind, spelling, WordCategory::category, WordReach::Reserved},
#include "lang/token_kinds.def"
};

constexpr std::array kNames = {
#define DPOL_TOKEN(kind, shown) std::string_view(#kind),
#define DPOL_WORD(kind, spelling, category) std::string_view(#kind),
#include "lang/token_kinds.def"
};

constexpr std::array kShown = {
#define DPOL_TOKEN(kind, shown) std::string_view(shown),
#define DPOL_WORD(kind, spelling, category) std::string_view("`" spelling "`"),
#include "lang/token_kinds.def"
};

constexpr auto index_of(TokenKind kind) { return static_cast<std::size_t>(kind); }

// The parser's ranges of kinds stand on the groups being contiguous and in this order.
constexpr bool groups_are_contiguous() {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const Word& word = kWords[i];
    const auto reach = [&] {
      if (word.kind >= kFirstPlainWord && word.kind <= kLastPlainWord) return WordReach::Plain;
      if (word.kind >= kFirstContextualWord && word.kind <= kLastContextualWord) return WordReach::Contextual;
      return WordReach::Reserved;
    }();
    if (reach != word.reach || index_of(word.kind) != index_of(kFirstPlainWord) + i) return false;
  }
  return kWords.front().kind == kFirstPlainWord && kWords.back().kind == kLastReservedWord &&
         index_of(TokenKind::Name) + 1 == index_of(kFirstPlainWord);
}
static_assert(groups_are_contiguous());
static_assert(kNames.size() < 256, "the parser reads kinds as bytes");

constexpr auto kWordsBySpelling = [] {
  auto sorted = kWords;
  std::sort(sorted.begin(), sorted.end(), [](const Word& a, const Word& b) { return a.spelling < b.spelling; });
  return sorted;
}();

}  // namespace

std::span<const Word> words() { return kWords; }

const Word* find_word(std::string_view spelling) {
  const auto* at = std::lower_bound(kWordsBySpelling.begin(), kWordsBySpelling.end(), spelling,
                                    [](const Word& word, std::string_view s) { return word.spelling < s; });
  return at != kWordsBySpelling.end() && at->spelling == spelling ? at : nullptr;
}

const Word* find_word(TokenKind kind) {
  if (kind < kFirstPlainWord || kind > kLastReservedWord) return nullptr;
  return &kWords[index_of(kind) - index_of(kFirstPlainWord)];
}

std::string_view kind_name(TokenKind kind) { return kNames[index_of(kind)]; }
std::string_view kind_shown(TokenKind kind) { return kShown[index_of(kind)]; }

bool is_declaration_word(TokenKind kind) {
  const Word* word = find_word(kind);
  return word != nullptr && word->category == WordCategory::Declaration;
}

bool is_statement_word(TokenKind kind) {
  const Word* word = find_word(kind);
  if (word == nullptr) return false;
  if (word->category == WordCategory::Verb) return word->reach == WordReach::Reserved;
  return word->category == WordCategory::Statement;
}

std::span<const Span> TokenList::docs_before(TokenIndex index) const {
  assert(index < tokens.size());
  const std::uint32_t low = index == 0 ? 0 : tokens[index - 1].end;
  const std::uint32_t high = tokens[index].begin;
  const auto at_or_after = [&](std::uint32_t offset) {
    return std::lower_bound(docs.begin(), docs.end(), offset,
                            [](const Span& doc, std::uint32_t o) { return doc.begin < o; });
  };
  return {at_or_after(low), at_or_after(high)};
}

}  // namespace dpol::lang
