// Text on a screen of fixed columns: how wide it is, where it breaks, how it is cut.
//
// Promises: nothing that came in can move the cursor or reorder a line: control characters,
// characters that change the direction of text and bytes that are not UTF-8 are written as escapes.
// Widths follow the code points (wide ones take two columns, combining ones none), no locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::reports {

// A text made safe, that still knows which byte of the source stands in which column.
class ScreenText {
 public:
  explicit ScreenText(std::string_view source);

  const std::string& text() const { return text_; }
  std::size_t width() const { return width_; }
  // The column in which the character of this source byte begins; width() beyond the end.
  std::size_t column(std::size_t source_byte) const;
  // The part in the columns [from, to).
  std::string columns(std::size_t from, std::size_t to) const;
  // Begins of the lines, in columns, if no line may be wider than `width`: broken after spaces
  // where there are any.
  std::vector<std::size_t> line_starts(std::size_t width) const;

 private:
  struct Glyph {
    std::size_t source;  // byte in the source
    std::size_t begin;   // byte in text_
    std::size_t column;
    std::size_t width;
  };
  using Glyphs = std::vector<Glyph>;
  Glyphs::const_iterator first_from(std::size_t column) const;
  void append(std::size_t source, std::string_view text, std::size_t width);

  Glyphs glyphs_;
  std::size_t source_size_ = 0;
  std::string text_;
  std::size_t width_ = 0;
};

// The safe form.
std::string safe(std::string_view source);
// The same with its ASCII letters as capitals.
std::string upper(std::string_view source);
// Of a safe text.
std::size_t width_of(std::string_view text);
// At most `width` columns: the middle gives way to "…".
std::string cut_middle(std::string_view text, std::size_t width);
// At most `width` columns: the beginning gives way, since the end of a path says more.
std::string cut_front(std::string_view text, std::size_t width);
// Lines of at most `width` columns, broken at spaces; at least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace dpol::reports
