#include "tests/golden/annotations.h"

#include <algorithm>
#include <map>
#include <vector>

namespace dpol::golden {
namespace {

constexpr std::string_view kAtTheEnd = " at the end: ";
constexpr std::string_view kElsewhere = " in ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view skip_digits(std::string_view text) {
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  return text;
}

// The E0312 of `E0312: …`, or "".
std::string_view code_of(std::string_view text) {
  const bool is_message = text.size() > 7 && text[0] >= 'A' && text[0] <= 'Z' &&
                          std::all_of(text.begin() + 1, text.begin() + 5, is_digit) && text.substr(5, 2) == ": ";
  return is_message ? text.substr(0, 5) : std::string_view{};
}

// Each takes what follows the two slashes.
std::string_view code_of_drawn(std::string_view text) {
  const std::size_t carets = text.find_first_not_of(' ');
  if (carets == std::string_view::npos || text[carets] != '^') return {};
  const std::size_t space = text.find_first_not_of('^', carets);
  return space != std::string_view::npos && text[space] == ' ' ? code_of(text.substr(space + 1)) : std::string_view{};
}

std::string_view code_of_counted(std::string_view text) {
  const std::string_view end = skip_digits(text);
  if (end.size() == text.size() || !end.starts_with('-')) return {};
  const std::string_view message = skip_digits(end.substr(1));
  return message.starts_with(' ') ? code_of(message.substr(1)) : std::string_view{};
}

std::string_view code_of_told(std::string_view text) {
  if (text.starts_with(kAtTheEnd)) return code_of(text.substr(kAtTheEnd.size()));
  if (!text.starts_with(kElsewhere)) return {};
  const std::size_t colon = text.find(": ");
  return colon != std::string_view::npos ? code_of(text.substr(colon + 2)) : std::string_view{};
}

// The pieces between line breaks: one more than there are of those.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return lines;
    begin = end + 1;
  }
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) text.append(i == 0 ? "" : "\n").append(lines[i]);
  return text;
}

std::string message_of(const lang::Diagnostic& diagnostic) {
  return std::string(diagnostic.code_text()) + ": " + diagnostic.message;
}

std::string marked(const lang::SourceFile& source, const lang::Diagnostic& diagnostic) {
  const lang::Span span = diagnostic.primary.span;
  const lang::LineColumn begin = source.position(span.begin);
  lang::LineColumn end = source.position(span.end);
  if (end.line != begin.line) {
    const auto length = static_cast<std::uint32_t>(source.line_text(begin.line).size());
    end = source.position(source.line_start(begin.line) + length);
  }
  if (begin.column < 3) {
    return "//" + std::to_string(begin.column) + "-" + std::to_string(end.column) + " " + message_of(diagnostic);
  }
  const std::uint32_t width = std::max(end.column, begin.column + 1) - begin.column;
  return "//" + std::string(begin.column - 3, ' ') + std::string(width, '^') + " " + message_of(diagnostic);
}

std::string told(const lang::SourceFile* source, const lang::Label& place, const std::string& message) {
  if (place.file == source || place.file == nullptr) return "//" + std::string(kAtTheEnd) + message;
  const std::uint32_t line = place.file->line_of(place.span.begin);
  return "//" + std::string(kElsewhere) + place.file->name() + ":" + std::to_string(line) + ": " + message;
}

}  // namespace

std::string_view annotation_code(std::string_view line) {
  if (!line.starts_with("//")) return {};
  line.remove_prefix(2);
  for (const auto code_in : {code_of_told, code_of_drawn, code_of_counted}) {
    if (const std::string_view code = code_in(line); !code.empty()) return code;
  }
  return {};
}

std::string without_annotations(std::string_view file) {
  std::vector<std::string> kept;
  for (const std::string_view line : lines_of(file)) {
    if (!is_annotation(line)) kept.emplace_back(line);
  }
  return joined(kept);
}

std::string annotate(std::string_view text, const lang::SourceFile* source,
                     std::span<const lang::Diagnostic> diagnostics) {
  const std::vector<std::string_view> lines = lines_of(text);
  // The empty piece behind the last line break is no line that anything could stand below.
  const std::size_t drawable = lines.back().empty() ? lines.size() - 1 : lines.size();
  std::map<std::size_t, std::vector<std::string>> below;
  for (const lang::Diagnostic& diagnostic : diagnostics) {
    const lang::Label& place = diagnostic.primary;
    const std::size_t line = place.file == source && source != nullptr ? source->line_of(place.span.begin) : 0;
    if (line >= 1 && line <= drawable) {
      below[line].push_back(marked(*source, diagnostic));
    } else {
      below[drawable].push_back(told(source, place, message_of(diagnostic)));
    }
  }
  std::vector<std::string> all = below[0];
  for (std::size_t i = 0; i < lines.size(); ++i) {
    all.emplace_back(lines[i]);
    const auto& added = below[i + 1];
    all.insert(all.end(), added.begin(), added.end());
  }
  return joined(all);
}

}  // namespace dpol::golden
