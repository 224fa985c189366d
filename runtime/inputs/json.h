// JSON (RFC 8259) to a Document, strictly: the whole text is checked, nothing may follow the value,
// the text is UTF-8 (a byte order mark in front is skipped), keys of an object differ, and numbers
// keep their text, of any length. Built on simdjson's on-demand parser.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/inputs/document.h"

namespace dpol::inputs {

struct SyntaxFault {
  std::uint32_t line = 0;  // 1-based
  std::string text;        // a sentence: "is not JSON: …", "nested deeper than 200 levels"
};

// Reads many texts with one set of buffers.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // On failure `document` holds nothing of use. The lines of nodes count from `first_line`.
  bool read(std::string_view text, Document& document, SyntaxFault& fault,
            std::uint32_t first_line = 1);

  // The same for a text behind which kPadding more bytes may be read (their values are ignored):
  // saves a copy.
  static constexpr std::size_t kPadding = 64;
  bool read_padded(std::string_view text, Document& document, SyntaxFault& fault,
                   std::uint32_t first_line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dpol::inputs
