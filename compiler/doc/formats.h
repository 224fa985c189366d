// The forms in which a Document is written.
//
// Promises: a pure function of the document; nothing of its texts becomes markup.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/doc/document.h"

namespace dpol::doc {

struct FormatInfo {
  std::string_view name;
  std::string_view doc;
  std::string (*write)(const Document& document);
};
std::span<const FormatInfo> formats();
const FormatInfo* find_format(std::string_view name);

#define DPOL_DOC_FORMAT(name, doc, function) std::string function(const Document& document);
#include "compiler/doc/formats.def"

}  // namespace dpol::doc
