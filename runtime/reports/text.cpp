#include "runtime/reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace dpol::reports {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Code points that take no column: combining marks, joiners, variation selectors.
constexpr Range kZeroWidth[] = {{0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD},
                                {0x064B, 0x065F},   {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},
                                {0x200B, 0x200D},   {0x20D0, 0x20FF},   {0xFE00, 0xFE0F},
                                {0xFE20, 0xFE2F},   {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF}};
// Code points that take two: East Asian wide and full-width forms, pictographs.
constexpr Range kDoubleWidth[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
                                  {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                  {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                                  {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};
// Control characters, line separators, and what changes the direction of text.
constexpr Range kEscaped[] = {{0x0000, 0x001F}, {0x007F, 0x009F}, {0x061C, 0x061C},
                              {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069},
                              {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t point) {
  return std::ranges::any_of(ranges, [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

std::size_t width_of_point(std::uint32_t point) {
  if (point < 0x300) return 1;
  if (is_in(kZeroWidth, point)) return 0;
  return is_in(kDoubleWidth, point) ? 2 : 1;
}

struct Decoded {
  std::uint32_t point = 0;
  std::size_t length = 0;  // 0: no valid sequence begins here
};

Decoded decode(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
  if (length == 0 || text.size() < length) return {};
  std::uint32_t point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    point = point << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < kSmallest[length] || point > 0x10FFFF || is_surrogate) return {};
  return {point, length};
}

std::string escape(std::uint32_t point) {
  switch (point) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return fmt::format("\\u{{{:x}}}", point);
  }
}

}  // namespace

ScreenText::ScreenText(std::string_view source) : source_size_(source.size()) {
  text_.reserve(source.size());
  glyphs_.reserve(source.size());
  for (std::size_t i = 0; i < source.size();) {
    const Decoded decoded = decode(source.substr(i));
    if (decoded.length == 0) {
      const std::string escaped = fmt::format("\\x{:02x}", static_cast<unsigned char>(source[i]));
      append(i, escaped, escaped.size());
      ++i;
      continue;
    }
    if (is_in(kEscaped, decoded.point)) {
      const std::string escaped = escape(decoded.point);
      append(i, escaped, escaped.size());
    } else {
      append(i, source.substr(i, decoded.length), width_of_point(decoded.point));
    }
    i += decoded.length;
  }
}

void ScreenText::append(std::size_t source, std::string_view text, std::size_t width) {
  glyphs_.push_back({source, text_.size(), width_, width});
  text_ += text;
  width_ += width;
}

std::size_t ScreenText::column(std::size_t source_byte) const {
  if (source_byte >= source_size_) return width_;
  const auto after = std::ranges::upper_bound(glyphs_, source_byte, {}, &Glyph::source);
  return std::prev(after)->column;
}

// A combining mark belongs to the character before it, which ends in the column where the mark stands.
ScreenText::Glyphs::const_iterator ScreenText::first_from(std::size_t column) const {
  auto found = std::ranges::lower_bound(glyphs_, column, {}, &Glyph::column);
  while (column != 0 && found != glyphs_.end() && found->width == 0) ++found;
  return found;
}

std::string ScreenText::columns(std::size_t from, std::size_t to) const {
  const auto first = first_from(from);
  auto last = first_from(to);
  // A wide character that reaches beyond `to` is left out.
  while (last > first && std::prev(last)->column + std::prev(last)->width > to) --last;
  if (last <= first) return {};
  const std::size_t end = last == glyphs_.end() ? text_.size() : last->begin;
  return text_.substr(first->begin, end - first->begin);
}

std::vector<std::size_t> ScreenText::line_starts(std::size_t width) const {
  std::vector<std::size_t> starts = {0};
  std::size_t after_space = 0;  // column behind the last space seen
  for (std::size_t i = 0; i < glyphs_.size(); ++i) {
    const bool is_last = i + 1 == glyphs_.size();
    const std::size_t end = is_last ? width_ : glyphs_[i + 1].column;
    const bool is_space = text_[glyphs_[i].begin] == ' ';
    if (end - starts.back() > width && !is_space && glyphs_[i].column > starts.back()) {
      starts.push_back(after_space > starts.back() ? after_space : glyphs_[i].column);
    }
    if (is_space) after_space = end;
  }
  return starts;
}

std::string safe(std::string_view source) { return ScreenText(source).text(); }

std::string upper(std::string_view source) {
  std::string out = safe(source);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::size_t width_of(std::string_view text) { return ScreenText(text).width(); }

std::string cut_middle(std::string_view text, std::size_t width) {
  const ScreenText shown(text);
  if (shown.width() <= width) return shown.text();
  if (width < 3) return "…";
  const std::size_t tail = (width - 1) / 2;
  const std::size_t head = width - 1 - tail;
  return shown.columns(0, head) + "…" + shown.columns(shown.width() - tail, shown.width());
}

std::string cut_front(std::string_view text, std::size_t width) {
  const ScreenText shown(text);
  if (shown.width() <= width) return shown.text();
  if (width < 2) return "…";
  return "…" + shown.columns(shown.width() - (width - 1), shown.width());
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  const ScreenText shown(text);
  const std::vector<std::size_t> starts = shown.line_starts(width);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : shown.width();
    std::string line = shown.columns(starts[i], end);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace dpol::reports
