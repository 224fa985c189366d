#include "compiler/lint/allowances.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace dpol::lint {

namespace {

constexpr std::string_view kBlanks = " \t\r";

// Reads one comment from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  // Letters, digits, `-` and `_`.
  std::string_view name() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  // A text in quotes that says something.
  bool reason() {
    if (!take("\"")) return false;
    const std::size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) return false;
    const std::string_view said = text_.substr(at_, end - at_);
    at_ = end + 1;
    return said.find_first_not_of(kBlanks) != std::string_view::npos;
  }
  bool is_done() {
    skip_blanks();
    return at_ == text_.size();
  }

 private:
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  }
  void skip_blanks() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Allowance {
  const lang::SourceFile* file = nullptr;
  lang::Span comment;
  lang::Span name;
  std::uint32_t line = 0;  // that it speaks for
  Rule rule{};
  bool used = false;
};

class Allowances {
 public:
  explicit Allowances(const Subject& subject) {
    for (const lang::Syntax* syntax : subject.entries) read(*syntax);
  }

  bool allows(const Finding& finding) {
    const lang::Label& place = finding.diagnostic.primary;
    const std::uint32_t line = place.file->line_of(place.span.begin);
    const auto [first, last] = by_line_.equal_range({place.file, line, finding.rule});
    for (auto at = first; at != last; ++at) all_[at->second].used = true;
    return first != last;
  }

  // Called after everything was asked.
  std::vector<Finding> complaints() {
    for (const Allowance& allowance : all_) {
      if (allowance.used) continue;
      Finding& finding =
          add(Rule::unused_allow, allowance.file, allowance.name,
              quoted(rule_info(allowance.rule).name) + " finds nothing here that could be allowed");
      finding.diagnostic.suggest("take the comment away");
    }
    return std::move(complaints_);
  }

 private:
  Finding& add(Rule rule, const lang::SourceFile* file, lang::Span span, std::string message) {
    Finding finding;
    finding.rule = rule;
    finding.diagnostic.severity = rule_info(rule).severity;
    finding.diagnostic.rule_code = rule_info(rule).code;
    finding.diagnostic.message = std::move(message);
    finding.diagnostic.primary = {file, span, {}};
    return complaints_.emplace_back(std::move(finding));
  }

  // Comments stand between tokens. The gap before token `next`.
  void read(const lang::Syntax& syntax) {
    std::uint32_t from = 0;
    for (lang::TokenIndex i = 0; i < syntax.tokens.size(); ++i) {
      const lang::Token& token = syntax.tokens[i];
      read_gap(syntax, from, token.begin, i);
      from = token.end;
    }
  }

  void read_gap(const lang::Syntax& syntax, std::uint32_t begin, std::uint32_t end,
                lang::TokenIndex next) {
    const std::string_view gap = syntax.source.text({begin, end});
    for (std::size_t at = gap.find("//"); at != std::string_view::npos; at = gap.find("//", at)) {
      const std::size_t stop = std::min(gap.find('\n', at), gap.size());
      read_comment(
          syntax,
          {begin + static_cast<std::uint32_t>(at), begin + static_cast<std::uint32_t>(stop)}, next);
      at = stop;
    }
  }

  // The line that a comment speaks for: its own if there is something before it, else that of the
  // token behind it.
  static std::uint32_t line_meant(const lang::Syntax& syntax, lang::Span comment,
                                  lang::TokenIndex next) {
    const std::uint32_t own = syntax.source.line_of(comment.begin);
    const bool trails = next > 0 && syntax.source.line_of(syntax.tokens[next - 1].end - 1) == own;
    return trails ? own : syntax.source.line_of(syntax.tokens[next].begin);
  }

  void read_comment(const lang::Syntax& syntax, lang::Span comment, lang::TokenIndex next) {
    Reader reader(syntax.source.text(comment));
    if (!reader.take("//") || !reader.take("dpol:")) return;
    std::vector<Allowance> found;
    bool is_whole = reader.take("allow") && reader.take("(");
    while (is_whole) {
      const std::string_view name = reader.name();
      const auto end = comment.begin + static_cast<std::uint32_t>(reader.at());
      const lang::Span span{end - static_cast<std::uint32_t>(name.size()), end};
      is_whole = !name.empty();
      if (!is_whole) break;
      if (const RuleInfo* info = find_rule(name)) {
        found.push_back(
            {&syntax.source, comment, span, line_meant(syntax, comment, next), info->rule, false});
      } else {
        report_unknown(syntax.source, span, name);
      }
      if (reader.take(")")) break;
      is_whole = reader.take(",");
    }
    is_whole = is_whole && reader.take("because") && reader.reason() && reader.is_done();
    if (!is_whole) {
      add(Rule::bad_allow, &syntax.source, comment,
          "this allowance is not whole, so it allows nothing")
          .diagnostic.suggest("write `// dpol: allow(rule-name) because \"the reason\"`");
      return;
    }
    for (const Allowance& allowance : found) {
      by_line_.insert({{allowance.file, allowance.line, allowance.rule}, all_.size()});
      all_.push_back(allowance);
    }
  }

  void report_unknown(const lang::SourceFile& file, lang::Span span, std::string_view name) {
    Finding& finding =
        add(Rule::unknown_allow, &file, span, "there is no lint rule " + quoted(name));
    std::vector<std::string> names;
    for (const RuleInfo& info : rules()) names.emplace_back(info.name);
    compiler::suggest_nearest(finding.diagnostic, {&file, span}, name, names);
    if (finding.diagnostic.help.empty()) {
      finding.diagnostic.suggest("`dpol lint --rules` lists them");
    }
  }

  std::vector<Allowance> all_;
  std::multimap<std::tuple<const lang::SourceFile*, std::uint32_t, Rule>, std::size_t> by_line_;
  std::vector<Finding> complaints_;
};

}  // namespace

std::vector<Finding> apply_allowances(const Subject& subject, std::vector<Finding> findings) {
  Allowances allowances(subject);
  std::erase_if(findings, [&](const Finding& finding) { return allowances.allows(finding); });
  for (Finding& complaint : allowances.complaints()) findings.push_back(std::move(complaint));
  return findings;
}

}  // namespace dpol::lint
