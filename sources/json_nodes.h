// Small helps for walking JSON documents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/inputs/document.h"
#include "runtime/program/decimal.h"

namespace dpol::sources {

// The entry of a map, where the node is one and has it and it is not null.
std::optional<inputs::NodeRef> entry(inputs::NodeRef node, std::string_view key);
// What stands along the keys.
template <class... Keys>
std::optional<inputs::NodeRef> entry(inputs::NodeRef node, std::string_view key, Keys... more) {
  const auto found = entry(node, key);
  return found ? entry(*found, more...) : std::nullopt;
}
// "" where it is no string.
std::string_view text_at(inputs::NodeRef node, std::string_view key);
// The node of a list, or nothing.
std::optional<inputs::NodeRef> list_at(inputs::NodeRef node, std::string_view key);
// Of a string or a number what it is written as; "" of anything else. Some tools quote numbers.
std::string_view scalar_at(inputs::NodeRef node, std::string_view key);
// A whole number of 0 or more, quoted or not; nothing where there is none.
std::optional<std::int64_t> count_at(inputs::NodeRef node, std::string_view key);
std::optional<program::Decimal> decimal_at(inputs::NodeRef node, std::string_view key);
std::optional<bool> truth_at(inputs::NodeRef node, std::string_view key);

}  // namespace dpol::sources
