#include "runtime/reports/page.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

const char* sequence(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::bold: return "\x1b[1m";
    case Tone::dim: return "\x1b[2m";
    case Tone::good: return "\x1b[1;32m";
    case Tone::caution: return "\x1b[1;33m";
    case Tone::bad: return "\x1b[1;31m";
  }
  return "";
}
constexpr const char* kPlainAgain = "\x1b[0m";

}  // namespace

Line& Line::put(std::size_t column, std::string text, Tone tone) {
  if (!text.empty()) pieces_.push_back({column, std::move(text), tone});
  return *this;
}

Line& Line::append(std::string text, Tone tone) { return put(width(), std::move(text), tone); }

Line& Line::merge(Line other) {
  std::ranges::move(other.pieces_, std::back_inserter(pieces_));
  return *this;
}

std::size_t Line::width() const {
  std::size_t end = 0;
  for (const Piece& piece : pieces_) end = std::max(end, piece.column + width_of(piece.text));
  return end;
}

void Line::render(bool color, std::string& out) const {
  std::vector<const Piece*> sorted;
  for (const Piece& piece : pieces_) sorted.push_back(&piece);
  std::ranges::stable_sort(sorted, {}, [](const Piece* piece) { return piece->column; });
  std::size_t column = 0;
  for (const Piece* piece : sorted) {
    if (piece->column > column) {
      out.append(piece->column - column, ' ');
      column = piece->column;
    }
    const bool painted = color && piece->tone != Tone::plain;
    if (painted) out += sequence(piece->tone);
    out += piece->text;
    if (painted) out += kPlainAgain;
    column += width_of(piece->text);
  }
  out += '\n';
}

}  // namespace dpol::reports
