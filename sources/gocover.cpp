// Profiles of Go: `FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT` a line. A block may stand in it
// once for each package that was tested: it ran if it did in one of them. What counts is
// statements.

#include <string>

#include "sources/coverage.h"
#include "sources/formats.h"
#include "sources/numbers.h"

namespace dpol::sources {
namespace {

bool is_mode(std::string_view text) {
  return text == "mode: set" || text == "mode: count" || text == "mode: atomic";
}

bool add_block(std::string_view text, Coverage& coverage) {
  const std::size_t last = text.rfind(' ');
  if (last == std::string_view::npos || last == 0) return false;
  const std::size_t middle = text.rfind(' ', last - 1);
  if (middle == std::string_view::npos) return false;
  const auto count = whole_number(text.substr(last + 1));
  const auto statements = whole_number(text.substr(middle + 1, last - middle - 1));
  const std::size_t colon = text.substr(0, middle).rfind(':');
  constexpr std::int64_t kMost = 1'000'000;  // statements of one block
  if (!count || !statements || *statements > kMost || colon == std::string_view::npos) return false;
  coverage.line(text.substr(0, colon), text.substr(colon + 1, middle - colon - 1), *count > 0,
                *statements);
  return true;
}

}  // namespace

bool recognise_gocover(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  const TextLines lines = file.lines();
  return lines.begin() != lines.end() && is_mode((*lines.begin()).text);
}

void read_gocover(const Documents& documents, Facts& facts) {
  Coverage coverage;
  for (Opened& file : documents.files) {
    for (const TextLine& line : file.lines()) {
      // Profiles that were put together by hand repeat the first line.
      if (line.text.empty() || is_mode(line.text) || add_block(line.text, coverage)) continue;
      documents.fail(file, line.number, "`FILE:LINE.COLUMN,LINE.COLUMN STATEMENTS COUNT`",
                     inputs::in_quotes(line.text));
    }
  }
  if (coverage.is_full()) documents.refuse_more_than(Coverage::kMost, "lines and branches");
  coverage.write(facts);
}

}  // namespace dpol::sources
