// Annotations: the messages about a policy as comments inside its text, each below the line it is about:
//
//     require <= baseline + 1%
//   //                      ^^ E0312: `baseline + 1%` is ambiguous
//
// Of a place of several lines the part on its first line is marked. `//` covers the first two columns, so a place that
// begins there is told in numbers (`//1-7 E0208: …`, columns from 1, the end excluded). What has no line in the file
// stands before its end: `// at the end: E0205: …`, `// in std/x.dpol:3: E0301: …`.
//
// Promises: without_annotations(annotate(text, …)) is text, for any text that holds no annotations of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lang/diagnostic.h"

namespace dpol::golden {

/// "E0312" of an annotation; "" of any other line.
[[nodiscard]] std::string_view annotation_code(std::string_view line);
[[nodiscard]] inline bool is_annotation(std::string_view line) { return !annotation_code(line).empty(); }
[[nodiscard]] std::string without_annotations(std::string_view file);
/// `text` is what `source` begins with; diagnostics of other files are told at the end.
[[nodiscard]] std::string annotate(std::string_view text, const lang::SourceFile* source,
                                   std::span<const lang::Diagnostic> diagnostics);

}  // namespace dpol::golden
