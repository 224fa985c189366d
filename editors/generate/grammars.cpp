#include "editors/generate/grammars.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

#include "editors/generate/builtins.h"

namespace dpol::editors {
namespace {

struct Word {
  std::string_view kind;
  std::string_view spelling;
  std::string_view category;
  std::string_view reach;
};

constexpr std::array kWords{
#define DPOL_PLAIN_WORD(kind, spelling, category) Word{#kind, spelling, #category, "plain"},
#define DPOL_CONTEXTUAL_WORD(kind, spelling, category) \
  Word{#kind, spelling, #category, "contextual"},
#define DPOL_RESERVED_WORD(kind, spelling, category) Word{#kind, spelling, #category, "reserved"},
#include "lang/token_kinds.def"
};

constexpr std::array<std::string_view, 3> kReaches{"plain", "contextual", "reserved"};

constexpr std::array kAggregates{
#define DPOL_AGGREGATE(name, result, text) std::string_view(#name),
#include "runtime/program/aggregates.def"
};

constexpr std::array kFunctions{
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) \
  std::string_view(#name),
#include "runtime/program/functions.def"
};

// A template, the pieces it is made of, and the files it becomes.
struct Template {
  std::string_view text;
  std::string_view parts;
  std::vector<std::string_view> outputs;
};

const std::array<Template, 2>& templates() {
  static const std::array<Template, 2> kTemplates{{
      // Visual Studio Code loads a folder as it is, so that it needs a copy of its own.
      {"dpol.tmLanguage.json.in",
       "dpol.tmLanguage.json.parts",
       {"editors/textmate/dpol.tmLanguage.json", "editors/vscode/syntaxes/dpol.tmLanguage.json"}},
      {"dpol.vim.in", "dpol.vim.parts", {"editors/vim/syntax/dpol.vim"}},
  }};
  return kTemplates;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) pieces.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return pieces;
}

template <class Range>
std::string join(const Range& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text.append(text.empty() ? "" : "|").append(piece);
  return text;
}

// The words that fit; none if a selector is no reach and no category.
std::vector<std::string_view> select(const std::vector<std::string_view>& selectors) {
  std::vector<std::string_view> reaches;
  std::vector<std::string_view> categories;
  for (const std::string_view selector : selectors) {
    const bool reach = std::ranges::find(kReaches, selector) != kReaches.end();
    const bool category = std::ranges::find(kWords, selector, &Word::category) != kWords.end();
    if (!reach && !category) return {};
    (reach ? reaches : categories).push_back(selector);
  }
  const auto fits = [](const std::vector<std::string_view>& wanted, std::string_view one) {
    return wanted.empty() || std::ranges::find(wanted, one) != wanted.end();
  };
  std::vector<std::string_view> spellings;
  for (const Word& word : kWords) {
    if (fits(reaches, word.reach) && fits(categories, word.category)) {
      spellings.push_back(word.spelling);
    }
  }
  return spellings;
}

class Expander {
 public:
  // The pieces of a .parts file; a piece may use those above it.
  void define(std::string_view file, std::string_view text) {
    std::istringstream lines{std::string(text)};
    std::string line;
    while (std::getline(lines, line)) {
      if (line.empty() || line.starts_with('#')) continue;
      const std::size_t sign = line.find(" = ");
      if (sign == std::string::npos) {
        problems_.push_back(std::string(file) + ": no NAME = TEXT: " + line);
        continue;
      }
      const std::string name = line.substr(0, sign);
      if (!parts_.emplace(name, expand(file, line.substr(sign + 3))).second) {
        problems_.push_back(std::string(file) + ": defined twice: " + name);
      }
    }
  }

  std::string expand(std::string_view file, std::string_view text) {
    std::string out;
    for (;;) {
      const std::size_t open = text.find("{{");
      out += text.substr(0, open);
      if (open == std::string_view::npos) return out;
      const std::size_t close = text.find("}}", open);
      if (close == std::string_view::npos) {
        problems_.push_back(std::string(file) + ": {{ is never closed");
        return out;
      }
      const std::string_view inside = text.substr(open + 2, close - open - 2);
      if (auto replacement = replace(inside)) {
        out += *replacement;
      } else {
        problems_.push_back(std::string(file) + ": means nothing: {{" + std::string(inside) + "}}");
      }
      text.remove_prefix(close + 2);
    }
  }

  std::vector<std::string> take_problems() { return std::move(problems_); }

 private:
  std::optional<std::string> replace(std::string_view inside) const {
    std::vector<std::string_view> pieces = split(inside);
    if (pieces.size() == 1) return single(pieces[0]);
    if (pieces.empty()) return std::nullopt;
    const std::string_view verb = pieces[0];
    pieces.erase(pieces.begin());
    if (verb == "word") return pieces.size() == 1 ? word(pieces[0]) : std::nullopt;
    if (verb == "or") return not_empty(join(select(pieces)));
    if (verb == "each") return each(pieces);
    return std::nullopt;
  }

  std::optional<std::string> single(std::string_view name) const {
    if (name == "aggregates") return join(kAggregates);
    if (name == "functions") return join(kFunctions);
    const auto part = parts_.find(name);
    return part == parts_.end() ? std::nullopt : std::optional(part->second);
  }

  static std::optional<std::string> word(std::string_view kind) {
    const auto found = std::ranges::find(kWords, kind, &Word::kind);
    return found == kWords.end() ? std::nullopt : std::optional(std::string(found->spelling));
  }

  static std::optional<std::string> each(std::vector<std::string_view> pieces) {
    const std::string_view pattern = pieces[0];
    const std::size_t place = pattern.find('@');
    if (place == std::string_view::npos) return std::nullopt;
    pieces.erase(pieces.begin());
    std::vector<std::string> around;
    for (const std::string_view spelling : select(pieces)) {
      std::string text(pattern.substr(0, place));
      around.push_back(text.append(spelling).append(pattern.substr(place + 1)));
    }
    return not_empty(join(around));
  }

  static std::optional<std::string> not_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
  }

  std::map<std::string, std::string, std::less<>> parts_;
  std::vector<std::string> problems_;
};

std::optional<std::string> read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Grammars make_grammars(const std::filesystem::path& root) {
  Grammars grammars;
  const std::filesystem::path folder = root / "editors" / "generate" / "templates";
  for (const Template& row : templates()) {
    const auto text = read(folder / row.text);
    const auto parts = read(folder / row.parts);
    if (!text || !parts) {
      grammars.problems.push_back(std::string(text ? row.parts : row.text) + ": cannot be read");
      continue;
    }
    Expander expander;
    expander.define(row.parts, *parts);
    const std::string made = expander.expand(row.text, *text);
    for (const std::string_view path : row.outputs) {
      grammars.files.push_back({std::string(path), made});
    }
    std::ranges::move(expander.take_problems(), std::back_inserter(grammars.problems));
  }
  grammars.files.push_back({"docs/builtins.md", make_builtins()});
  return grammars;
}

}  // namespace dpol::editors
