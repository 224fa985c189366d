// Numbers in lines of text.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dpol::sources {

// Of digits only. One that is larger than any count is the largest count.
inline std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? value : INT64_MAX;
}

}  // namespace dpol::sources
