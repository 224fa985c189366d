#include "support.h"

#include "lang/literals.h"

namespace dpol::lang {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> kinds(const std::string& text) {
  const SourceFile source("t.dpol", text);
  std::vector<Diagnostic> diagnostics;
  std::vector<std::string> found;
  for (const Token& token : tokenize(source, diagnostics).tokens)
    if (token.kind != TokenKind::EndOfFile) found.emplace_back(kind_name(token.kind));
  return found;
}

std::vector<std::string> problems(const std::string& text) {
  const SourceFile source("t.dpol", text);
  std::vector<Diagnostic> diagnostics;
  (void)tokenize(source, diagnostics);
  std::vector<std::string> found;
  for (const Diagnostic& d : diagnostics) found.emplace_back(diagnostic_info(d.code).text);
  return found;
}

TEST(Lexer, ReadsEachLiteral) {
  EXPECT_THAT(kinds("r\"a.*\" \"s\" `q` 2026-12-31 2026-12-31T10:00:00Z"), ElementsAre("Regex", "String", "Query", "Date", "Date"));
  EXPECT_THAT(kinds("1.2.3 v1.2.3-rc.1+b.5 1200/s 10MB/s 0.5/m"), ElementsAre("Semver", "Semver", "Rate", "Rate", "Rate"));
  EXPECT_THAT(kinds("5pp 0.5% 2x 1.5x 250ms 1h30m 2GiB 3w"),
              ElementsAre("Points", "Percent", "Factor", "Factor", "Quantity", "Quantity", "Quantity", "Quantity"));
  EXPECT_THAT(kinds("0.25 7 1_000_000 0"), ElementsAre("Float", "Int", "Int", "Int"));
  EXPECT_THAT(kinds("\"\"\"a \" b\n c\"\"\""), ElementsAre("String"));
}

TEST(Lexer, EveryTimeAndByteUnitIsAQuantity) {
  for (const char* unit : {"ns", "us", "ms", "s", "m", "h", "d", "w", "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"})
    EXPECT_THAT(kinds("3" + std::string(unit)), ElementsAre("Quantity")) << unit;
}

TEST(Lexer, TakesTheLongestInTheOrderOfTheTable) {
  EXPECT_THAT(kinds("T-48h..T+15m"), ElementsAre("KwT", "Minus", "Quantity", "DotDot", "KwT", "Plus", "Quantity"));
  EXPECT_THAT(kinds("0..5"), ElementsAre("Int", "DotDot", "Int"));
  EXPECT_THAT(kinds("0%..5%"), ElementsAre("Percent", "DotDot", "Percent"));
  EXPECT_THAT(kinds("1.5..2"), ElementsAre("Float", "DotDot", "Int"));
  EXPECT_THAT(kinds("m/s 5m/(x)"), ElementsAre("Name", "Slash", "Name", "Quantity", "Slash", "LeftParen", "Name", "RightParen"));
  EXPECT_THAT(kinds("0/s..10order/s"), ElementsAre("Rate", "DotDot", "Rate"));
  EXPECT_THAT(kinds("10/s.x"), ElementsAre("Int", "Slash", "Name", "Dot", "Name"));
  EXPECT_THAT(kinds("2026-12"), ElementsAre("Int", "Minus", "Int"));
  EXPECT_THAT(kinds("<= < == = != .. ."), ElementsAre("LessEqual", "Less", "EqualEqual", "Equal", "NotEqual", "DotDot", "Dot"));
  EXPECT_THAT(kinds("items item r v1"), ElementsAre("Name", "KwItem", "Name", "Name"));
}

TEST(Lexer, EveryWordOfTheTableIsItsKind) {
  for (const Word& word : words()) EXPECT_THAT(kinds(std::string(word.spelling)), ElementsAre(std::string(kind_name(word.kind))));
}

TEST(Lexer, CommentsAreNoTokensAndDocsAreKeptBeside) {
  const SourceFile source("t.dpol", "/// one\n/// two\n// three\nfacts {} //// four\n/// five\nunit a");
  std::vector<Diagnostic> diagnostics;
  const TokenList list = tokenize(source, diagnostics);
  ASSERT_EQ(list.docs.size(), 3U);
  EXPECT_EQ(list.docs_before(0).size(), 2U);
  EXPECT_EQ(list.docs_before(1).size(), 0U);
  EXPECT_EQ(list.docs_before(3).size(), 1U);
  EXPECT_THAT(diagnostics, IsEmpty());
}

TEST(Lexer, KnowsWhatBeginsALine) {
  const SourceFile source("t.dpol", "a b\n  c // x\n/* \n");
  std::vector<Diagnostic> diagnostics;
  const TokenList list = tokenize(source, diagnostics);
  EXPECT_TRUE(list[0].first_on_line);
  EXPECT_FALSE(list[1].first_on_line);
  EXPECT_TRUE(list[2].first_on_line);
}

TEST(Lexer, ALiteralThatRunsOnIsAnErrorWithAHint) {
  EXPECT_THAT(problems("250msx"), ElementsAre("E0114"));
  EXPECT_THAT(problems("5K"), ElementsAre("E0114"));
  EXPECT_THAT(problems("5_"), ElementsAre("E0111"));
  EXPECT_THAT(problems("1__0"), ElementsAre("E0111"));
  EXPECT_THAT(problems("007"), ElementsAre("E0110"));
  EXPECT_THAT(problems("00.5"), ElementsAre("E0110"));
  EXPECT_THAT(problems("1e5"), ElementsAre("E0112"));
  EXPECT_THAT(problems("2.5e-3"), ElementsAre("E0112"));
  EXPECT_THAT(problems("1.2.3.4"), ElementsAre("E0109"));
  EXPECT_THAT(problems("5%x"), ElementsAre("E0109"));
  EXPECT_THAT(problems("5m30"), ElementsAre("E0109"));
  EXPECT_THAT(problems("30m1h"), ElementsAre("E0115"));
  EXPECT_THAT(problems("1h1h"), ElementsAre("E0115"));
  EXPECT_THAT(problems("1GiB5MiB"), ElementsAre("E0115"));
  EXPECT_THAT(problems("2026-13-01"), ElementsAre("E0113"));
  EXPECT_THAT(problems("2026-02-29"), ElementsAre("E0113"));
  EXPECT_THAT(problems("2024-02-29"), IsEmpty());
  EXPECT_THAT(problems("2026-12-31T10:00Z"), ElementsAre("E0109"));
}

TEST(Lexer, HelpIsCodeToPaste) {
  const auto help = [](const std::string& text) {
    const auto syntax = parse("t.dpol", text);
    return mended(*syntax);
  };
  EXPECT_EQ(help("250min"), "250m");
  EXPECT_EQ(help("5gb"), "5GB");
  EXPECT_EQ(help("10\xC2\xB5s"), "10us");
  EXPECT_EQ(help("1e3"), "1000");
  EXPECT_EQ(help("2.5e-3"), "0.0025");
  EXPECT_EQ(help("0012"), "12");
  EXPECT_EQ(help("1__000"), "1000");
}

TEST(Lexer, OneErrorForAnUnclosedString) {
  EXPECT_THAT(problems("\"abc\nx"), ElementsAre("E0104"));
  EXPECT_THAT(problems("\"\"\"abc\nx"), ElementsAre("E0104"));
  EXPECT_THAT(problems("`abc\nx"), ElementsAre("E0105"));
  EXPECT_THAT(problems("r\"abc\nx"), ElementsAre("E0106"));
  EXPECT_THAT(codes_of("policy p { item a \"x {\n require x }\n}\n"), ElementsAre("E0104"));
}

TEST(Lexer, EscapesAndHoles) {
  EXPECT_THAT(problems(R"("\q")"), ElementsAre("E0107"));
  EXPECT_THAT(problems(R"("${}" "${a b}" "${a" "${1}")"), ElementsAre("E0108", "E0108", "E0108", "E0108"));
  EXPECT_THAT(problems(R"("${a.b.c} $${x} $ \" \\ \n")"), IsEmpty());
  EXPECT_THAT(problems("`${pods} [1m] \\d`"), IsEmpty());
}

TEST(Lexer, ForeignWritingIsReadAsMeant) {
  EXPECT_THAT(kinds("a && b || !c"), ElementsAre("Name", "KwAnd", "Name", "KwOr", "KwNot", "Name"));
  EXPECT_THAT(problems("a && b || !c"), ElementsAre("E0117", "E0117", "E0117"));
  EXPECT_THAT(problems("a <> b"), ElementsAre("E0117"));
  EXPECT_THAT(problems("'x'"), ElementsAre("E0118"));
  EXPECT_THAT(problems("\xE2\x80\x9Cx\xE2\x80\x9D"), ElementsAre("E0118"));
  EXPECT_THAT(problems("a; b"), ElementsAre("E0119"));
  EXPECT_THAT(problems("# x"), ElementsAre("E0120"));
  EXPECT_THAT(problems("/* x"), ElementsAre("E0120"));
  EXPECT_THAT(problems("a \xE2\x89\xA4 b"), ElementsAre("E0117"));
  EXPECT_THAT(problems("a @ b"), ElementsAre("E0103"));
  EXPECT_THAT(problems("a\x01 b"), ElementsAre("E0103"));
}

TEST(Lexer, Encoding) {
  EXPECT_THAT(problems("\xEF\xBB\xBF" "facts {}"), IsEmpty());
  EXPECT_THAT(problems("\"\xFF\""), ElementsAre("E0102"));
  EXPECT_THAT(problems("\xFF\xFE"), ElementsAre("E0102"));
  EXPECT_THAT(problems("\"\xE2\x80\xAE\" // \xE2\x81\xA6"), ElementsAre("E0116", "E0116"));
  EXPECT_THAT(problems("\"gr\xC3\xBC\xC3\x9F\""), IsEmpty());
}

TEST(Lexer, RefusesAFileThatIsTooLarge) {
  const auto syntax = parse("big.dpol", std::string(50U * 1024U * 1024U, ' '));
  EXPECT_THAT(codes(*syntax), ElementsAre("E0101"));
  EXPECT_LT(render_diagnostic(syntax->diagnostics.front()).size(), 1000U);
}

TEST(Lexer, TheTokensCoverTheTextInOrder) {
  for (const std::string& path : sound_files()) {
    const SourceFile source(path, read_source_file(path));
    std::vector<Diagnostic> diagnostics;
    const TokenList list = tokenize(source, diagnostics);
    std::uint32_t at = 0;
    for (const Token& token : list.tokens) {
      EXPECT_GE(token.begin, at);
      at = token.end;
    }
    EXPECT_EQ(at, source.text().size());
  }
}

// ---------------------------------------------------------------------- literals taken apart

TEST(Literals, Numbers) {
  const auto one = decode_number("1_250.5MB/s");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].digits, "1250.5");
  EXPECT_EQ(one[0].unit, "MB");
  EXPECT_EQ(one[0].per, "s");
  const auto two = decode_number("1h30m");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].digits + std::string(two[0].unit), "1h");
  EXPECT_EQ(two[1].digits + std::string(two[1].unit), "30m");
  EXPECT_EQ(decode_number("0.5%").front().unit, "%");
  EXPECT_EQ(decode_number("7").front().unit, "");
}

TEST(Literals, Dates) {
  EXPECT_EQ(decode_date("1970-01-02").epoch_seconds(), 86400);
  EXPECT_EQ(decode_date("2025-02-13T14:05:00Z").epoch_seconds(), 1739455500);
  EXPECT_FALSE(decode_date("2025-02-13").has_time);
  EXPECT_FALSE(decode_date("2025-02-13T25:00:00Z").exists());
}

TEST(Literals, Versions) {
  const SemverParts parts = decode_semver("v1.20.3-rc.1+b5");
  EXPECT_EQ(parts.major + "|" + parts.minor + "|" + parts.patch + "|" + parts.pre + "|" + parts.build, "1|20|3|rc.1|b5");
}

std::string decoded(const std::string& text) {
  const SourceFile source("t", text);
  std::string out;
  for (const StringPart& part : decode_string(source, {0, static_cast<std::uint32_t>(text.size())}))
    out += part.hole ? "<" + part.text + ">" : part.text;
  return out;
}

TEST(Literals, Strings) {
  EXPECT_EQ(decoded(R"("a \"b\" \\ \n ${x.y}!")"), "a \"b\" \\ \n <x.y>!");
  EXPECT_EQ(decoded(R"("$${x} costs $5")"), "${x} costs $5");
  EXPECT_EQ(decoded("`a\\d ${pods}`"), "a\\d <pods>");
  EXPECT_EQ(decoded("\"\"\"one\"\"\""), "one");
  EXPECT_EQ(decoded("\"\"\"\n    one\n      two\n\n    ${x}\n    \"\"\""), "one\n  two\n\n<x>");
  EXPECT_EQ(decoded("\"\""), "");
  EXPECT_EQ(decode_regex("r\"a\\d\\\"\""), "a\\d\\\"");
}

}  // namespace
}  // namespace dpol::lang
