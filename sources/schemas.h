// The schemas of sources: what facts documents of a format bring, as declarations of the language.
#pragma once

#include <span>
#include <string_view>

#include "compiler/compile.h"

namespace dpol::sources {

// What policies may name as the format of a source.
std::span<const compiler::SourceFormat> source_formats();

struct EmbeddedText {
  std::string_view name;  // "tests.dpol"
  std::string_view text;
};
std::span<const EmbeddedText> source_schemas();

}  // namespace dpol::sources
