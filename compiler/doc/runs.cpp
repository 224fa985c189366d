#include "compiler/doc/runs.h"

#include <fmt/format.h>

#include <algorithm>

namespace dpol::doc {
namespace {

bool is_slug(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Text words(std::string_view text) {
  if (is_blank(text)) return {};
  return {plain(std::string(text))};
}

Text code_or_nothing(std::string_view text) {
  if (text.empty()) return {};
  return {code(std::string(text))};
}

void append(Text& text, Text more) {
  for (Run& run : more) text.push_back(std::move(run));
}

Text listed(const std::vector<Text>& parts) {
  Text text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) text.push_back(plain(i + 1 == parts.size() ? " and " : ", "));
    append(text, parts[i]);
  }
  return text;
}

Text listed_code(const std::vector<std::string>& parts) {
  std::vector<Text> texts;
  for (const std::string& part : parts) texts.push_back({code(part)});
  return listed(texts);
}

std::string counted(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::vector<std::string> paragraphs(const std::string& doc) {
  std::vector<std::string> found(1);
  for (std::size_t at = 0; at <= doc.size();) {
    const std::size_t end = std::min(doc.find('\n', at), doc.size());
    std::string line = doc.substr(at, end - at);
    if (const std::size_t first = line.find_first_not_of(" \t\r"); first == std::string::npos) {
      if (!found.back().empty()) found.emplace_back();
    } else {
      found.back().append(found.back().empty() ? "" : " ").append(line, first);
    }
    at = end + 1;
  }
  if (found.back().empty()) found.pop_back();
  return found;
}

std::string Anchors::of(std::string_view name) {
  std::string slug;
  for (const char c : name) slug += is_slug(c) ? c : '-';
  std::string free = slug;
  for (int i = 2; !taken_.insert(free).second; ++i) free = fmt::format("{}-{}", slug, i);
  return free;
}

}  // namespace dpol::doc
