#include "runtime/reports/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dpol::reports {
namespace {

using ::testing::ElementsAre;

TEST(Text, EscapesWhatWouldNotShow) {
  EXPECT_EQ(safe("plain ä 日 😀"), "plain ä 日 😀");
  EXPECT_EQ(safe(std::string_view("a\0b", 3)), "a\\u{0}b");
  EXPECT_EQ(safe("\t\r\n\x1b\x7f"), "\\t\\r\\n\\u{1b}\\u{7f}");
  EXPECT_EQ(safe("\xc2\x85\xe2\x80\xa8\xe2\x81\xa6\xef\xbb\xbf"), "\\u{85}\\u{2028}\\u{2066}\\u{feff}");
}

TEST(Text, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(safe("\xff"), "\\xff");
  EXPECT_EQ(safe("\xc3"), "\\xc3");                      // cut short
  EXPECT_EQ(safe("\xc0\xaf"), "\\xc0\\xaf");             // longer than need be
  EXPECT_EQ(safe("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(safe("\xed\xa0\x80"), "\\xed\\xa0\\x80");    // half of a surrogate pair
  EXPECT_EQ(safe("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(safe("\xe2\x82x"), "\\xe2\\x82x");
}

TEST(Text, WidthsCountColumns) {
  EXPECT_EQ(width_of(""), 0U);
  EXPECT_EQ(width_of("abc"), 3U);
  EXPECT_EQ(width_of("é"), 1U);
  EXPECT_EQ(width_of("e\xcc\x81"), 1U);  // a combining accent
  EXPECT_EQ(width_of("日本"), 4U);
  EXPECT_EQ(width_of("😀"), 2U);
  EXPECT_EQ(width_of("│·…"), 3U);
}

TEST(Text, ColumnsOfBytes) {
  const ScreenText text("a日\nb");
  EXPECT_EQ(text.text(), "a日\\nb");
  EXPECT_EQ(text.column(0), 0U);
  EXPECT_EQ(text.column(1), 1U);
  EXPECT_EQ(text.column(3), 1U);  // inside the character
  EXPECT_EQ(text.column(4), 3U);
  EXPECT_EQ(text.column(5), 5U);
  EXPECT_EQ(text.column(6), 6U);
  EXPECT_EQ(text.column(1000), 6U);
  EXPECT_EQ(ScreenText("").column(0), 0U);
}

TEST(Text, PartsByColumns) {
  const ScreenText text("a日be\xcc\x81");
  EXPECT_EQ(text.columns(0, 5), "a日be\xcc\x81");
  EXPECT_EQ(text.columns(0, 2), "a");  // the wide one does not fit
  EXPECT_EQ(text.columns(1, 3), "日");
  EXPECT_EQ(text.columns(4, 5), "e\xcc\x81");
  EXPECT_EQ(text.columns(3, 4), "b");
  EXPECT_EQ(text.columns(5, 9), "");
  EXPECT_EQ(text.columns(3, 3), "");
}

TEST(Text, Cuts) {
  EXPECT_EQ(cut_middle("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_middle("abcdef", 5), "ab…ef");
  EXPECT_EQ(cut_middle("abcdef", 4), "ab…f");
  EXPECT_EQ(cut_middle("abcdef", 1), "…");
  EXPECT_EQ(cut_front("policies/shop.dpol:7", 12), "…shop.dpol:7");
  EXPECT_EQ(cut_front("shop.dpol:7", 12), "shop.dpol:7");
  EXPECT_LE(width_of(cut_middle("日本日本日本", 6)), 6U);
}

TEST(Text, Wraps) {
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two three", 6), ElementsAre("one", "two", "three"));
  EXPECT_THAT(wrap("abcdefgh ij", 3), ElementsAre("abc", "def", "gh", "ij"));
  EXPECT_THAT(wrap("日本日", 4), ElementsAre("日本", "日"));
}

}  // namespace
}  // namespace dpol::reports
