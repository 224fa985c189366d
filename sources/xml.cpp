#include "sources/xml.h"

#include <algorithm>
#include <charconv>

namespace dpol::sources {

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.rfind(':') + 1);
}

bool has_attribute(const pugi::xml_node& node, const char* name) {
  return static_cast<bool>(node.attribute(name));
}

std::string_view attribute(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).value();
}

std::optional<std::int64_t> count_of(const pugi::xml_node& node, const char* name) {
  const std::string_view text = attribute(node, name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<program::Decimal> number_of(std::string_view text) {
  std::string plain(text);
  std::erase(plain, ',');
  return program::Decimal::parse(plain);
}

}  // namespace dpol::sources
