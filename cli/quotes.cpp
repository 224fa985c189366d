#include "cli/quotes.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "runtime/inputs/redact.h"
#include "runtime/reports/finding.h"

namespace dpol::cli {
namespace {

constexpr std::size_t kLongest = 160;  // bytes of a line that is shown whole
constexpr std::size_t kBefore = 40;    // of a longer one: before the name

std::optional<std::string_view> line_of(std::string_view text, std::uint32_t number) {
  for (std::uint32_t line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// `scan.critical` is called `critical` in the document.
std::string shortened(const std::string& line, const std::string& expr) {
  if (line.size() <= kLongest) return line;
  const std::string name = expr.substr(expr.rfind('.') + 1);
  std::size_t at = line.find("\"" + name + "\"");
  if (at == std::string::npos) at = line.find(name);
  std::size_t begin = at == std::string::npos || at < kBefore ? 0 : at - kBefore;
  std::size_t end = std::min(begin + kLongest, line.size());
  while (begin > 0 && is_continuation(line[begin])) --begin;
  while (end < line.size() && is_continuation(line[end])) ++end;
  return (begin == 0 ? "" : "…") + line.substr(begin, end - begin) + (end == line.size() ? "" : "…");
}

}  // namespace

std::map<std::string, std::string> quoted_lines(const decision::Verdict& verdict, const KeptDocuments& documents) {
  std::map<std::string, std::string> lines;
  for (const decision::PolicyVerdict& policy : verdict.policies) {
    for (const decision::RuleVerdict& rule : policy.rules) {
      for (const decision::Observed& part : rule.observed) {
        const reports::SourcePlace place = reports::source_place(part.source);
        const auto document = documents.find(place.file);
        if (place.line == 0 || document == documents.end() || lines.contains(part.source)) continue;
        const auto line = line_of(document->second, place.line);
        if (line) lines.emplace(part.source, shortened(inputs::redact_line(trimmed(*line)), part.expr));
      }
    }
  }
  return lines;
}

}  // namespace dpol::cli
