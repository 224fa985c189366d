// read: the documents of a source to the facts that they bring.
//
// Promises
//  - All or nothing: a document that is not of the format, that is broken off or that contradicts
//    itself is an error that names it, the line and what was expected.
//  - A pure function of the bytes. Bounded as documents of inputs are.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/document.h"
#include "runtime/inputs/input_error.h"
#include "runtime/inputs/input_file.h"
#include "sources/formats.h"

namespace dpol::sources {

// What is said of a source beside its documents.
struct SourceSettings {
  std::vector<FieldPlace> fields;
  std::vector<OptionValue> options;
};

// Nothing where there was an error. Lines count on from one document to the next; a fact that is
// out of several has line 0.
std::optional<inputs::Document> read(const FormatInfo& format, std::vector<inputs::InputFile> files,
                                     const SourceSettings& settings, inputs::InputErrors& errors);

// The format that a document is of; null where none recognises it. Formats that fit any document
// are not asked.
const FormatInfo* recognise(const inputs::InputFile& file);

}  // namespace dpol::sources
