# Writes the pages of a folder as a C++ source, for `cmake -P`:
#   cmake -DFOLDER=docs/diagnostics -DFUNCTION=diagnostic_pages -DOUTPUT=diagnostic_pages.cpp
#         -P embed_pages.cmake
# A page is named as its file, without the suffix. README.md is the list of them, and no page.

file(GLOB pages "${FOLDER}/*.md")
list(FILTER pages EXCLUDE REGEX "/README.md$")
list(SORT pages)
set(rows "")
foreach(page IN LISTS pages)
  get_filename_component(code "${page}" NAME_WE)
  file(READ "${page}" text)
  string(APPEND rows "    {\"${code}\", R\"dpol_page(${text})dpol_page\"},\n")
endforeach()

# An array of no rows would be none.
file(WRITE "${OUTPUT}" "// Written by cmake/embed_pages.cmake.
#include \"cli/diagnostic_pages.h\"

namespace dpol::cli {
namespace {

constexpr DiagnosticPage kPages[] = {
${rows}    {\"\", \"\"},
};

}  // namespace

std::span<const DiagnosticPage> ${FUNCTION}() {
  return std::span(kPages).first(std::size(kPages) - 1);
}

}  // namespace dpol::cli
")
