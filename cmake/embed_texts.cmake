# Writes the texts of a folder as a C++ source, for `cmake -P`:
#   cmake -DFILES=docs/lint/*.md -DFUNCTION=lint_pages -DHEADER=cli/embedded.h
#         -DNAMESPACE=dpol::cli -DOUTPUT=lint_pages.cpp -P embed_texts.cmake
# The header declares the function, and EmbeddedText: a name and a text.
# A page (.md) is named as its file without the suffix, any other text with it. README.md is about the others.

file(GLOB files "${FILES}")
list(FILTER files EXCLUDE REGEX "/README.md$")
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME)
  string(REGEX REPLACE "\\.md$" "" name "${name}")
  file(READ "${file}" text)
  string(APPEND rows "    {\"${name}\", R\"dpol_text(${text})dpol_text\"},\n")
endforeach()

# An array of no rows would be none.
file(WRITE "${OUTPUT}" "// Written by cmake/embed_texts.cmake.
#include \"${HEADER}\"

namespace ${NAMESPACE} {
namespace {

constexpr EmbeddedText kTexts[] = {
${rows}    {\"\", \"\"},
};

}  // namespace

std::span<const EmbeddedText> ${FUNCTION}() {
  return std::span(kTexts).first(std::size(kTexts) - 1);
}

}  // namespace ${NAMESPACE}
")
