#include "runtime/decision/shell.h"

#include <algorithm>

namespace dpol::decision {
namespace {

constexpr std::size_t kMostBytes = 4'000;  // of what fills a hole

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

std::string shell_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./=:@%,";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

bool is_sound_word(std::string_view word, std::string_view before) {
  if (word.size() > kMostBytes || std::ranges::any_of(word, is_control)) return false;
  constexpr std::string_view kApart = " \t\n;|&(";
  const bool begins = before.empty() || kApart.find(before.back()) != std::string_view::npos;
  return !begins || !word.starts_with('-');
}

}  // namespace dpol::decision
