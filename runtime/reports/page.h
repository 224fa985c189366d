// Lines of pieces that stand in columns, with or without colours: what the pretty report is set with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

enum class Tone : std::uint8_t { plain, bold, dim, good, caution, bad };

// One line. Texts are safe (text.h).
class Line {
 public:
  // Pieces may come in any order; one that begins where another has not ended yet is moved right.
  Line& put(std::size_t column, std::string text, Tone tone = Tone::plain);
  // Behind everything that was put.
  Line& append(std::string text, Tone tone = Tone::plain);
  // Takes over the pieces of another line.
  Line& merge(Line other);
  // Columns up to the end of the last piece.
  std::size_t width() const;
  // With its newline, without blanks at its end.
  void render(bool color, std::string& out) const;

 private:
  struct Piece {
    std::size_t column;
    std::string text;
    Tone tone;
  };
  std::vector<Piece> pieces_;
};

// How a rule's condition is set: its text from column `left` on, in lines of at most `text_width`
// columns, and below each line the values of the parts that begin in it. Values may use the page up
// to `page_width`.
struct ConditionFrame {
  std::size_t left = 0;
  std::size_t text_width = 0;
  std::size_t page_width = 0;
};
std::vector<Line> condition_lines(const decision::RuleVerdict& rule, const ConditionFrame& frame);

}  // namespace dpol::reports
