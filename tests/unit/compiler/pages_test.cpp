// docs/diagnostics: the example on a page has what the page is about, and nothing else.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "compiler/compile.h"
#include "sources/schemas.h"

namespace dpol::compiler {
namespace {

// Examples that show several files at once.
const std::set<std::string> kSeveralFiles = {"E0308", "E0310", "E0317", "E0318", "E0319"};

std::string example_of(const std::string& code) {
  std::ifstream in(std::filesystem::path(DPOL_SOURCE_DIR) / "docs" / "diagnostics" /
                   (code + ".md"));
  std::ostringstream text;
  text << in.rdbuf();
  const std::string page = text.str();
  constexpr std::string_view kOpen = "## Example\n\n```dpol\n";
  const std::size_t begin = page.find(kOpen);
  if (begin == std::string::npos) return {};
  const std::size_t from = begin + kOpen.size();
  return page.substr(from, page.find("```", from) - from);
}

TEST(Pages, ExamplesShowTheirMessage) {
  std::size_t shown = 0;
  for (const lang::DiagnosticInfo& info : lang::diagnostic_infos()) {
    const std::string code(info.text);
    const bool of_the_compiler = code[0] == 'W' || code >= "E0301";
    if (!of_the_compiler || kSeveralFiles.contains(code)) continue;
    CompileOptions options;
    options.source_formats = sources::source_formats();
    options.entries = {{code + ".dpol", example_of(code)}};
    const CompileResult result = compile(options);
    ASSERT_EQ(result.diagnostics.size(), 1U) << code;
    EXPECT_EQ(lang::diagnostic_info(result.diagnostics[0].code).text, code);
    ++shown;
  }
  EXPECT_GT(shown, 60U);
}

}  // namespace
}  // namespace dpol::compiler
