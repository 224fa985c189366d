#include "lang/utf8.h"

#include <algorithm>
#include <array>

namespace dpol::lang {
namespace {

struct Interval {
  char32_t low;
  char32_t high;
};

// The blocks that matter in practice; a complete table would be Unicode's own and is not worth its size here.
constexpr std::array<Interval, 9> kZeroWidth{{{0x0300, 0x036F},
                                              {0x0483, 0x0489},
                                              {0x0591, 0x05BD},
                                              {0x064B, 0x065F},
                                              {0x200B, 0x200F},
                                              {0x202A, 0x202E},
                                              {0x2060, 0x2069},
                                              {0xFE00, 0xFE0F},
                                              {0xFEFF, 0xFEFF}}};
constexpr std::array<Interval, 9> kWide{{{0x1100, 0x115F},
                                         {0x2E80, 0x303E},
                                         {0x3041, 0x33FF},
                                         {0x3400, 0x9FFF},
                                         {0xA000, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFF60},
                                         {0x1F300, 0x1FAFF}}};

template <std::size_t N>
bool contains(const std::array<Interval, N>& intervals, char32_t value) {
  return std::any_of(intervals.begin(), intervals.end(),
                     [value](const Interval& i) { return value >= i.low && value <= i.high; });
}

std::uint32_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

}  // namespace

Utf8Char decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at >= text.size()) return {};
  const unsigned char lead = byte(at);
  const std::uint32_t length = sequence_length(lead);
  if (length == 1) return {lead, 1, true};
  if (length == 0 || at + length > text.size()) return {lead, 1, false};
  static constexpr std::array<unsigned char, 5> kLeadBits{0, 0, 0x1F, 0x0F, 0x07};
  char32_t value = lead & kLeadBits[length];
  for (std::uint32_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return {lead, 1, false};
    value = (value << 6U) | (byte(at + i) & 0x3FU);
  }
  static constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[length] || value > 0x10FFFF || surrogate) return {lead, 1, false};
  return {value, length, true};
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Utf8Char c = decode_utf8(text, at);
    if (!c.valid) return at;
    at += c.length;
  }
  return std::string_view::npos;
}

int display_width(char32_t value) {
  if (value < 0x300) return 1;
  if (contains(kZeroWidth, value)) return 0;
  return contains(kWide, value) ? 2 : 1;
}

}  // namespace dpol::lang
