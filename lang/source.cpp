#include "lang/source.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "lang/utf8.h"

namespace dpol::lang {

SourceFile::SourceFile(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  if (too_large()) return;  // offsets of such a file need not fit; nobody looks at its lines
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
}

std::string_view SourceFile::text(Span span) const {
  assert(span.begin <= span.end && span.end <= text_.size());
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

std::string_view SourceFile::line_text(std::uint32_t line) const {
  assert(line >= 1 && line <= line_starts_.size());
  const std::size_t begin = line_starts_[line - 1];
  std::size_t end = line < line_starts_.size() ? line_starts_[line] : text_.size();
  if (end > begin && text_[end - 1] == '\n') --end;
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::uint32_t SourceFile::line_of(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

LineColumn SourceFile::position(std::uint32_t offset) const {
  const std::uint32_t line = line_of(offset);
  const std::size_t end = std::min<std::size_t>(offset, text_.size());
  std::uint32_t column = 1;
  for (std::size_t at = line_starts_[line - 1]; at < end; ++column) at += decode_utf8(text_, at).length;
  return {line, column};
}

std::uint32_t SourceFile::utf16_column(std::uint32_t offset) const {
  const std::size_t end = std::min<std::size_t>(offset, text_.size());
  std::uint32_t column = 0;
  for (std::size_t at = line_starts_[line_of(offset) - 1]; at < end;) {
    const Utf8Char c = decode_utf8(text_, at);
    column += c.valid && c.value > 0xFFFF ? 2 : 1;
    at += c.length;
  }
  return column;
}

std::uint32_t SourceFile::offset_of_utf16(std::uint32_t line, std::uint32_t column) const {
  if (line >= line_starts_.size()) return static_cast<std::uint32_t>(text_.size());
  const std::string_view text = line_text(line + 1);
  std::size_t at = 0;
  for (std::uint32_t passed = 0; at < text.size() && passed < column;) {
    const Utf8Char c = decode_utf8(text, at);
    passed += c.valid && c.value > 0xFFFF ? 2 : 1;
    at += c.length;
  }
  return static_cast<std::uint32_t>(line_starts_[line] + at);
}

}  // namespace dpol::lang
