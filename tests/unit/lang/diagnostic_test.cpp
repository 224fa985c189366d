#include "support.h"

#include <set>

#include "lang/suggest.h"

namespace dpol::lang {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Span span_of(const SourceFile& file, std::string_view text, std::size_t from = 0) {
  const auto at = static_cast<std::uint32_t>(file.text().find(text, from));
  return {at, at + static_cast<std::uint32_t>(text.size())};
}

TEST(Source, LinesAndColumns) {
  const SourceFile file("t", "a\xC3\xBC" "b\r\n\xF0\x9F\x98\x80x\n");
  EXPECT_EQ(file.line_count(), 3U);
  EXPECT_EQ(file.position(0), (LineColumn{1, 1}));
  EXPECT_EQ(file.position(3), (LineColumn{1, 3}));
  EXPECT_EQ(file.line_text(1), "a\xC3\xBC" "b");
  EXPECT_EQ(file.position(6 + 4), (LineColumn{2, 2}));
  EXPECT_EQ(file.utf16_column(6 + 4), 2U);
  EXPECT_EQ(file.offset_of_utf16(1, 2), 10U);
  EXPECT_EQ(file.offset_of_utf16(1, 99), 11U);
  EXPECT_EQ(file.offset_of_utf16(99, 0), file.text().size());
  EXPECT_EQ(file.position(static_cast<std::uint32_t>(file.text().size())), (LineColumn{3, 1}));
}

TEST(Render, TheFormOfTheContract) {
  std::string text(13, '\n');
  text += "    require <= baseline + 1%\n";
  const SourceFile file("checkout.dpol", text);
  Diagnostic d(DiagnosticCode::E0201, "`baseline + 1%` is ambiguous: error_rate is itself a ratio", &file, span_of(file, "1%"),
               "a share or a relative change?");
  d.suggest("percentage points: `baseline + 1pp`").suggest("relative change:   `baseline * 1.01`");
  EXPECT_EQ(render_diagnostic(d),
            "error[E0201]: `baseline + 1%` is ambiguous: error_rate is itself a ratio\n"
            "  --> checkout.dpol:14:27\n"
            "   |\n"
            "14 |     require <= baseline + 1%\n"
            "   |                           ^^ a share or a relative change?\n"
            "   |\n"
            "   = help: percentage points: `baseline + 1pp`\n"
            "   = help: relative change:   `baseline * 1.01`\n"
            "   = see:  dpol explain E0201\n");
}

TEST(Render, SecondaryLabelsInOrderWithGaps) {
  const SourceFile file("t.dpol", "one\ntwo\nthree\nfour\nfive\nsix\n");
  Diagnostic d(DiagnosticCode::E0205, "m", &file, span_of(file, "three"), "here");
  d.also(&file, span_of(file, "one"), "opened here").also(&file, span_of(file, "six"), "and here");
  EXPECT_EQ(render_diagnostic(d),
            "error[E0205]: m\n"
            " --> t.dpol:3:1\n"
            "  |\n"
            "1 | one\n"
            "  | --- opened here\n"
            "2 | two\n"
            "3 | three\n"
            "  | ^^^^^ here\n"
            "...\n"
            "6 | six\n"
            "  | --- and here\n"
            "  |\n"
            "  = see:  dpol explain E0205\n");
}

TEST(Render, AnotherFile) {
  const SourceFile one("one.dpol", "abc\n");
  const SourceFile two("two.dpol", "x\n  def\n");
  Diagnostic d(DiagnosticCode::E0201, "m", &one, {0, 3});
  d.also(&two, span_of(two, "def"), "declared here");
  EXPECT_EQ(render_diagnostic(d),
            "error[E0201]: m\n"
            " --> one.dpol:1:1\n"
            "  |\n"
            "1 | abc\n"
            "  | ^^^\n"
            " ::: two.dpol:2:3\n"
            "  |\n"
            "2 |   def\n"
            "  |   --- declared here\n"
            "  |\n"
            "  = see:  dpol explain E0201\n");
}

TEST(Render, TabsWideCharactersAndSeveralLines) {
  const SourceFile tabs("t.dpol", "\ta\tb\n");
  EXPECT_THAT(render_diagnostic(Diagnostic(DiagnosticCode::E0201, "m", &tabs, span_of(tabs, "b"))),
              HasSubstr("1 |     a   b\n  |         ^\n"));
  const SourceFile wide("t.dpol", "\xE6\xBC\xA2\xC3\xBC x\n");
  EXPECT_THAT(render_diagnostic(Diagnostic(DiagnosticCode::E0201, "m", &wide, span_of(wide, "x"))),
              HasSubstr("\n  |     ^\n"));
  const SourceFile lines("t.dpol", "ab(\n  c\n  d) e\n");
  EXPECT_EQ(render_diagnostic(Diagnostic(DiagnosticCode::E0201, "m", &lines, {2, 12}, "all this")),
            "error[E0201]: m\n"
            " --> t.dpol:1:3\n"
            "  |\n"
            "1 | ab(\n"
            "  |   ^\n"
            "2 |   c\n"
            "3 |   d) e\n"
            "  |   ^^ all this\n"
            "  |\n"
            "  = see:  dpol explain E0201\n");
}

TEST(Render, LongLinesAreCutAroundTheirMark) {
  const std::string text = std::string(5000, 'a') + "HERE" + std::string(20000, 'b');
  const SourceFile file("t.dpol", text);
  const std::string shown = render_diagnostic(Diagnostic(DiagnosticCode::E0201, "m", &file, span_of(file, "HERE"), "x"));
  EXPECT_THAT(shown, HasSubstr("HERE"));
  EXPECT_THAT(shown, HasSubstr("^^^^ x"));
  EXPECT_LT(shown.size(), 500U);
  const std::size_t line = shown.find("1 | ");
  const std::size_t marks = shown.find("  | ", line);
  // The cut's sign is three bytes, one column.
  EXPECT_EQ(shown.find("HERE") - line - 2, shown.find("^^^^") - marks);
}

TEST(Render, NothingUntamedReachesTheTerminal) {
  const SourceFile file("t\x1b.dpol", "a \x1b[31m \xE2\x80\xAE \xFF b\n");
  const std::string shown = render_diagnostic(Diagnostic(DiagnosticCode::E0103, "m\x07", &file, span_of(file, "b"), "\x1b"));
  EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown, Not(HasSubstr("\x07")));
  EXPECT_THAT(shown, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(shown, Not(HasSubstr("\xFF")));
}

TEST(Render, ColourOnlyWhenAsked) {
  const SourceFile file("t.dpol", "abc\n");
  const Diagnostic d(DiagnosticCode::E0201, "m", &file, {0, 3});
  EXPECT_THAT(render_diagnostic(d), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(render_diagnostic(d, {.color = true}), HasSubstr("\x1b[1;31merror[E0201]\x1b[0m"));
}

TEST(Render, Json) {
  const SourceFile file("t.dpol", "a \"b\"\nc\n");
  Diagnostic d(DiagnosticCode::E0201, "say \"x\"\n", &file, {2, 5}, "l");
  d.also(&file, {6, 7}, "s").suggest("h", &file, {6, 7}, "\\");
  EXPECT_EQ(render_diagnostic_json(d),
            "{\"code\":\"E0201\",\"severity\":\"error\",\"message\":\"say \\\"x\\\"\\u000a\","
            "\"primary\":{\"file\":\"t.dpol\",\"line\":1,\"column\":3,\"end_line\":1,\"end_column\":6,\"begin\":2,\"end\":5,\"label\":\"l\"},"
            "\"secondary\":[{\"file\":\"t.dpol\",\"line\":2,\"column\":1,\"end_line\":2,\"end_column\":2,\"begin\":6,\"end\":7,\"label\":\"s\"}],"
            "\"help\":[{\"text\":\"h\",\"edits\":[{\"file\":\"t.dpol\",\"line\":2,\"column\":1,\"end_line\":2,\"end_column\":2,\"begin\":6,"
            "\"end\":7,\"replacement\":\"\\\\\"}]}],\"see\":\"dpol explain E0201\"}\n");
}

TEST(Diagnostics, SortedByPlace) {
  const SourceFile file("t.dpol", "abcdef");
  std::vector<Diagnostic> all;
  all.emplace_back(DiagnosticCode::E0202, "b", &file, Span{3, 4});
  all.emplace_back(DiagnosticCode::E0201, "a", &file, Span{1, 2});
  sort_diagnostics(all);
  EXPECT_EQ(all.front().message, "a");
}

TEST(Diagnostics, TheTableHasNoRepeats) {
  std::set<std::string_view> names;
  std::set<std::string_view> all_codes;
  for (const DiagnosticInfo& info : diagnostic_infos()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(all_codes.insert(info.text).second) << info.text;
    EXPECT_EQ(&diagnostic_info(info.code), find_diagnostic(info.text));
    EXPECT_FALSE(info.title.ends_with('.'));
  }
  EXPECT_EQ(find_diagnostic("E9999"), nullptr);
}

TEST(Diagnostics, EverySyntaxErrorHasAPage) {
  for (const DiagnosticInfo& info : diagnostic_infos()) {
    if (info.text >= "E0300") continue;
    const std::string page = read_source_file("docs/diagnostics/" + std::string(info.text) + ".md");
    EXPECT_TRUE(page.starts_with("# " + std::string(info.text) + ": ")) << info.text;
    EXPECT_THAT(page, HasSubstr("```dpol")) << info.text;
  }
}

/// The code blocks of a page, without their fences.
std::vector<std::string> code_blocks(const std::string& page) {
  constexpr std::string_view kFence = "```dpol\n";
  std::vector<std::string> blocks;
  for (std::size_t at = page.find(kFence); at != std::string::npos; at = page.find(kFence, at)) {
    at += kFence.size();
    const std::size_t end = page.find("```", at);
    blocks.push_back(page.substr(at, end - at));
    at = end;
  }
  return blocks;
}

/// An example is a file, or what stands in a policy, an item, a stage, a procedure, a source.
std::vector<std::vector<std::string>> readings(const std::string& example) {
  std::vector<std::vector<std::string>> all;
  for (const char* around : {"@", "policy p {\n@\n}", "policy p { item i\n@\n}", "policy p { rollout r {\n@\n} }",
                             "procedure q { step\n@\n}", "source s prometheus {\n@\n}", "policy p {\nitem i require x\n@\n}"}) {
    std::string text = around;
    text.replace(text.find('@'), 1, example);
    all.push_back(codes_of(text));
  }
  return all;
}

TEST(Diagnostics, EveryPageShowsItsErrorAndHowToMendIt) {
  const std::set<std::string_view> cannot_be_shown{"E0101", "E0102", "E0116", "E0218", "E0227"};
  for (const DiagnosticInfo& info : diagnostic_infos()) {
    if (info.text >= "E0300" || cannot_be_shown.contains(info.text)) continue;
    const auto blocks = code_blocks(read_source_file("docs/diagnostics/" + std::string(info.text) + ".md"));
    ASSERT_FALSE(blocks.empty()) << info.text;
    const auto wrong = readings(blocks.front());
    EXPECT_TRUE(std::any_of(wrong.begin(), wrong.end(), [&](const auto& found) {
      return !found.empty() && std::all_of(found.begin(), found.end(), [&](const auto& c) { return c == info.text; });
    })) << info.text << "\n" << blocks.front();
    for (std::size_t i = 1; i < blocks.size(); ++i) {
      const auto right = readings(blocks[i]);
      EXPECT_TRUE(std::any_of(right.begin(), right.end(), [](const auto& found) { return found.empty(); })) << blocks[i];
    }
  }
}

// ---------------------------------------------------------------------- suggestions

TEST(Suggest, Distance) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("latency", "latnecy"), 1U);
  EXPECT_EQ(edit_distance("item", "ITEM"), 0U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggest, NearestIsNearEnoughAndFirstOfEquals) {
  const std::vector<std::string_view> names{"error_rate", "latency_p95", "latency_p99", "item", "as"};
  EXPECT_EQ(nearest_name("eror_rate", names), "error_rate");
  EXPECT_EQ(nearest_name("latency_p9", names), "latency_p95");
  EXPECT_EQ(nearest_name("Itme", names), "item");
  EXPECT_EQ(nearest_name("cpu", names), std::nullopt);
  EXPECT_EQ(nearest_name("x", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_THAT(nearest_names("latency_p9", names, 5), ElementsAre("latency_p95", "latency_p99"));
  EXPECT_EQ(nearest_name(std::string(1000, 'a'), names), std::nullopt);
}

}  // namespace
}  // namespace dpol::lang
