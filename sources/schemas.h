// The schemas of sources: what facts documents of a format bring, as declarations of the language.
#pragma once

#include <span>
#include <string_view>

namespace dpol::sources {

struct EmbeddedText {
  std::string_view name;  // "tests.dpol"
  std::string_view text;
};

std::span<const EmbeddedText> source_schemas();

}  // namespace dpol::sources
