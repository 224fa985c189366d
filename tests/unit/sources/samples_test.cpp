// What documents that tools wrote say. Beside each stands what is read out of it, in a file with
// .facts behind its name; DPOL_UPDATE=1 writes them, for people to check.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/sources/support.h"

namespace dpol::sources {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::string format;
  fs::path path;
};

std::vector<Sample> samples() {
  std::vector<Sample> found;
  for (const auto& folder : fs::directory_iterator(samples_folder())) {
    if (!folder.is_directory()) continue;
    for (const auto& file : fs::directory_iterator(folder.path())) {
      if (file.path().extension() != ".facts")
        found.push_back({folder.path().filename().string(), file.path()});
    }
  }
  std::ranges::sort(found, {}, &Sample::path);
  return found;
}

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, SayWhatTheySay) {
  const auto& [format, path] = GetParam();
  const std::string found = read_files(format, {{path.filename().string(), file_text(path)}});
  const fs::path expected(path.string() + ".facts");
  if (std::getenv("DPOL_UPDATE") != nullptr) std::ofstream(expected, std::ios::binary) << found;
  EXPECT_EQ(found, file_text(expected)) << path;
}

// No format takes another's documents for its own, so `dpol facts` finds out which one it is.
TEST_P(Samples, AreTheirFormatsAlone) {
  const auto& [format, path] = GetParam();
  const FormatInfo* found = recognise({path.filename().string(), file_text(path)});
  const bool refused = path.filename() == "legacy-null.json";
  EXPECT_EQ(found == nullptr ? "" : found->name, refused ? "" : format) << path;
}

// Texts that nothing ends.
constexpr std::string_view kOpenEnded[] = {"lcov",   "gocover", "tap",       "git", "spdx",
                                           "jmeter", "gatling", "liquibase", "ab"};

// Wherever it is cut: refused, or no better than the whole.
TEST_P(Samples, CutShortPassNothing) {
  const auto& [format, path] = GetParam();
  const std::string text = file_text(path);
  const std::size_t step = std::max<std::size_t>(text.size() / 40, 1);
  for (std::size_t length = 0; length < text.size(); length += step) {
    inputs::InputErrors errors;
    std::vector<inputs::InputFile> files = {{"x", text.substr(0, length)}};
    const auto document = read(*find_format(format), std::move(files), {}, errors);
    EXPECT_EQ(document.has_value(), errors.empty()) << path << " cut at " << length;
    // Lines of text and of events may end anywhere; whatever has a structure may not.
    const bool structured = text.starts_with('{') || text.starts_with('[') || text.starts_with('<');
    const bool lines =
        format == "gotest" ||
        (!structured && std::ranges::find(kOpenEnded, format) != std::end(kOpenEnded));
    const bool only_blanks_gone = text.find_first_not_of(" \t\r\n", length) == std::string::npos;
    EXPECT_TRUE(!document || lines || only_blanks_gone) << path << " cut at " << length;
  }
}

std::string name_of(const testing::TestParamInfo<Sample>& info) {
  std::string name = info.param.format + "_" + info.param.path.filename().string();
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Sources, Samples, testing::ValuesIn(samples()), name_of);

TEST(Formats, EachHasASample) {
  const std::vector<Sample> all = samples();
  for (const FormatInfo& format : formats()) {
    if (format.schema.empty()) continue;
    EXPECT_TRUE(std::ranges::any_of(all, [&](const Sample& one) {
      return one.format == format.name;
    })) << format.name;
  }
}

TEST(Formats, EachSchemaCompiles) {
  for (const compiler::SourceFormat& format : source_formats()) {
    if (format.schema.empty()) continue;
    compiler::CompileOptions options;
    options.source_formats = source_formats();
    const std::string name = format.name == "history" ? "history" : "it";
    options.entries = {{"x", "source " + name + " " + std::string(format.name)}};
    const compiler::CompileResult result = compiler::compile(options);
    ASSERT_TRUE(result.ok()) << format.name;
    EXPECT_FALSE(result.checked.facts.empty()) << format.name;
    for (const compiler::FactInfo& fact : result.checked.facts)
      EXPECT_TRUE(fact.path.starts_with(name + ".")) << fact.path;
    // Schemas are the program's own, not files of the policy.
    EXPECT_EQ(result.program->files.size(), 1U);
  }
}

// What may be said of a source whose formats have that schema, beside its documents.
std::string options_of(std::string_view schema) {
  struct Row {
    std::string_view format, name, doc;
  };
  static constexpr Row kRows[] = {
#define DPOL_SOURCE_OPTION(format, name, kind, doc) {#format, #name, doc},
#include "sources/options.def"
  };
  std::string text;
  for (const Row& row : kRows) {
    const FormatInfo* format = find_format(row.format);
    if (format == nullptr || format->schema != schema) continue;
    text += (text.empty() ? "\nIn braces behind the documents:\n\n- `" : "- `") + std::string(row.name) + "`: " +
            std::string(row.doc) + "\n";
  }
  return text;
}

// docs/sources.md: every format with the facts that it brings.
std::string reference() {
  std::string text =
      "# Formats of sources\n\n"
      "What documents a `source` may read, and which facts they bring. A source `tests` of format "
      "`junit` brings "
      "`tests.total`, `tests.failed` and so on; a `?` marks what may be absent. "
      "[language.md](language.md#sources) "
      "says how a source is declared. This page is written from the schemas that the compiler "
      "reads: "
      "`DPOL_UPDATE=1 ./dev test -R sources.Formats`.\n";
  std::vector<std::string_view> schemas;
  for (const FormatInfo& format : formats()) {
    if (std::ranges::find(schemas, format.schema) == schemas.end())
      schemas.push_back(format.schema);
  }
  for (const std::string_view schema : schemas) {
    text += schema.empty() ? std::string("\n## Any document\n\n")
                           : "\n## " + std::string(schema) + "\n\n";
    std::string_view facts;
    for (const FormatInfo& format : formats()) {
      if (format.schema != schema) continue;
      text += "- `" + std::string(format.name) + "`: " + std::string(format.doc) + "\n";
      for (const compiler::SourceFormat& one : source_formats())
        if (one.name == format.name) facts = one.schema;
    }
    text += options_of(schema);
    if (!facts.empty()) text += "\n```dpol\n" + std::string(facts) + "```\n";
  }
  return text;
}

TEST(Formats, ThePageSaysWhatTheSchemasSay) {
  const fs::path page = fs::path(DPOL_SOURCE_DIR) / "docs/sources.md";
  if (std::getenv("DPOL_UPDATE") != nullptr) std::ofstream(page, std::ios::binary) << reference();
  EXPECT_EQ(reference(), file_text(page));
}

}  // namespace
}  // namespace dpol::sources
