// Small helps for walking XML.
#pragma once

#include <cstdint>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "runtime/program/decimal.h"

namespace dpol::sources {

// Behind the namespace's prefix.
std::string_view local_name(const pugi::xml_node& node);
bool has_attribute(const pugi::xml_node& node, const char* name);
std::string_view attribute(const pugi::xml_node& node, const char* name);
// Digits only; nothing where there is no such attribute or it is none.
std::optional<std::int64_t> count_of(const pugi::xml_node& node, const char* name);
// "1.25", also as "1,234.5".
std::optional<program::Decimal> number_of(std::string_view text);

}  // namespace dpol::sources
