// Facts: what a reader found out, written front to back as the document that facts are bound from.
// Each carries the line that it comes from, counted on from one document to the next; 0 where it
// comes from several places.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/inputs/document.h"
#include "runtime/program/decimal.h"

namespace dpol::sources {

class Facts {
 public:
  explicit Facts(inputs::Document& document) : writer_(document) { writer_.open_map(1); }

  void integer(std::string_view name, std::int64_t value, std::uint32_t line = 0);
  void decimal(std::string_view name, const program::Decimal& value, std::uint32_t line = 0);
  // As a document has it, with or without a unit: "250ms", "99.5", "NaN".
  void text(std::string_view name, std::string_view value, std::uint32_t line = 0);
  void boolean(std::string_view name, bool value, std::uint32_t line = 0);
  // Unknown; of an optional fact, absent.
  void unknown(std::string_view name, std::uint32_t line = 0);
  // part of whole, or unknown where there is no whole.
  void ratio(std::string_view name, std::int64_t part, std::int64_t whole, std::uint32_t line = 0);

  // Of the next row of a list the name is empty.
  void open_map(std::string_view name, std::uint32_t line = 0);
  void open_list(std::string_view name, std::uint32_t line = 0);
  void close();
  // A part of a document as it stands.
  void copy(std::string_view name, inputs::NodeRef node, std::string_view unit = {});

  // The end of the document; what did not fit, or nothing.
  std::optional<std::string> finish();

 private:
  void key(std::string_view name);
  inputs::DocumentWriter writer_;
};

}  // namespace dpol::sources
