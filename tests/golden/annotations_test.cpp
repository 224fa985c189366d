#include "tests/golden/annotations.h"

#include <gtest/gtest.h>

namespace dpol::golden {
namespace {

using lang::Diagnostic;
using lang::DiagnosticCode;
using lang::SourceFile;

Diagnostic diagnostic(const SourceFile* file, std::uint32_t begin, std::uint32_t end) {
  return {DiagnosticCode::E0201, "a message", file, {begin, end}};
}

std::string annotated(const SourceFile& source, std::vector<Diagnostic> diagnostics) {
  const std::string text = annotate(source.text(), &source, diagnostics);
  EXPECT_EQ(without_annotations(text), source.text());
  return text;
}

TEST(Annotations, StandBelowTheirLine) {
  const SourceFile source("x.dpol", "ab cde f\n  gh\n");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 3, 6), diagnostic(&source, 11, 13)}),
            "ab cde f\n"
            "// ^^^ E0201: a message\n"
            "  gh\n"
            "//^^ E0201: a message\n");
}

TEST(Annotations, OfAnEmptyPlaceHaveOneCaret) {
  const SourceFile source("x.dpol", "ab cde\n");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 6, 6)}), "ab cde\n//    ^ E0201: a message\n");
}

TEST(Annotations, UnderTheSlashesAreCounted) {
  const SourceFile source("x.dpol", "abc\n");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 0, 3), diagnostic(&source, 1, 1)}),
            "abc\n//1-4 E0201: a message\n//2-2 E0201: a message\n");
}

TEST(Annotations, OfSeveralLinesMarkTheFirst) {
  const SourceFile source("x.dpol", "ab cde\nfgh\n");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 3, 9)}), "ab cde\n// ^^^ E0201: a message\nfgh\n");
}

TEST(Annotations, CountCharactersNotBytes) {
  const SourceFile source("x.dpol", "äöü xy\n");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 7, 9)}), "äöü xy\n//  ^^ E0201: a message\n");
}

TEST(Annotations, WithoutALineStandAtTheEnd) {
  const SourceFile source("x.dpol", "ab\n");
  const SourceFile other("y.dpol", "ab\ncd\n");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 3, 3), diagnostic(&other, 3, 5)}),
            "ab\n// at the end: E0201: a message\n// in y.dpol:2: E0201: a message\n");
}

TEST(Annotations, OfAnEmptyFile) {
  const SourceFile source("x.dpol", "");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 0, 0)}), "// at the end: E0201: a message\n");
}

TEST(Annotations, AfterALineWithoutABreak) {
  const SourceFile source("x.dpol", "ab cd");
  EXPECT_EQ(annotated(source, {diagnostic(&source, 3, 5)}), "ab cd\n// ^^ E0201: a message");
}

TEST(Annotations, AreToldFromOtherComments) {
  for (const char* line : {"//  ^^ E0201: x", "//^ E0201: x", "//1-7 E0208: x", "// at the end: E0201: x",
                           "// in std/x.dpol:3: E0301: x"}) {
    EXPECT_TRUE(is_annotation(line)) << line;
  }
  for (const char* line : {"// E0201: x", "//", "// ^ is a caret", "//1-7 is a range", "// in the end: it works",
                           "  //  ^^ E0201: x", "/// ^ E0201: x", "// options: --at 10:00"}) {
    EXPECT_FALSE(is_annotation(line)) << line;
  }
}

}  // namespace
}  // namespace dpol::golden
