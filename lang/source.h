// A source file held in memory, and the map from byte offsets to lines and columns.
//
// Promises: `text` is at most kMaxSourceBytes long for every file the lexer accepts (a longer one is refused with
// E0101 before anything else looks at it); an offset fits 32 bits; lines and columns are 1-based; a column counts
// Unicode code points (a byte that belongs to no valid sequence counts as one). `utf16_column` is for editors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::lang {

inline constexpr std::size_t kMaxSourceBytes = 16U * 1024U * 1024U;

/// A half-open range of bytes in one file.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

class SourceFile {
 public:
  SourceFile() : SourceFile({}, {}) {}
  SourceFile(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const;

  [[nodiscard]] bool too_large() const { return text_.size() > kMaxSourceBytes; }

  [[nodiscard]] std::size_t line_count() const { return line_starts_.size(); }
  /// The text of a 1-based line, without its line break.
  [[nodiscard]] std::string_view line_text(std::uint32_t line) const;
  [[nodiscard]] std::uint32_t line_start(std::uint32_t line) const { return line_starts_[line - 1]; }
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;
  [[nodiscard]] LineColumn position(std::uint32_t offset) const;
  /// 0-based column in UTF-16 code units, as the language server protocol counts.
  [[nodiscard]] std::uint32_t utf16_column(std::uint32_t offset) const;
  /// The offset of a 0-based line and 0-based UTF-16 column; clamped to the line, and to the file.
  [[nodiscard]] std::uint32_t offset_of_utf16(std::uint32_t line, std::uint32_t column) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

}  // namespace dpol::lang
