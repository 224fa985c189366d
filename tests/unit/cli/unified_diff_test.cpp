// Unified diffs: applied to the old text they give the new one, and they are no longer than they
// must be.

#include "cli/unified_diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace dpol::cli {
namespace {

using Lines = std::vector<std::string>;

// Each with its line break; only the last may lack it.
Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

struct Range {
  std::size_t begin = 0;  // lines before it
  std::size_t count = 1;
};

// "3,2" after its sign; where nothing is counted, the number is of the line before.
Range range_of(const std::string& text) {
  Range range;
  const std::size_t comma = text.find(',');
  range.begin = std::stoul(text);
  if (comma != std::string::npos) range.count = std::stoul(text.substr(comma + 1));
  if (range.count != 0) --range.begin;
  return range;
}

// A patch program of twenty lines, which refuses what it cannot apply.
class Patch {
 public:
  explicit Patch(const std::string& before) : old_(lines_of(before)) {}

  std::string apply(const std::string& diff) {
    const Lines lines = lines_of(diff);
    for (std::size_t i = 2; i < lines.size();) i = hunk(lines, i);
    take(old_.size());
    return fault_.empty() ? out_ : fault_;
  }
  std::size_t changes() const { return changes_; }

 private:
  void take(std::size_t until) {
    for (; at_ < until; ++at_) out_ += old_[at_];
  }

  std::size_t hunk(const Lines& lines, std::size_t i) {
    const std::string& head = lines[i];
    if (!head.starts_with("@@ -")) return fail("no hunk: " + head, lines);
    const std::size_t plus = head.find(" +");
    const Range from = range_of(head.substr(4, plus - 4));
    const Range to = range_of(head.substr(plus + 2));
    take(from.begin);
    std::size_t rows = 0;
    std::size_t columns = 0;
    const std::size_t written = lines_of(out_).size();
    if (written != to.begin) return fail("begins elsewhere: " + head, lines);
    for (++i; i < lines.size() && !lines[i].starts_with("@@"); ++i) {
      const char sign = lines[i][0];
      std::string text = lines[i].substr(1);
      if (i + 1 < lines.size() && lines[i + 1].starts_with('\\')) text.pop_back();
      if (sign == '\\') continue;
      if (sign != '+' && (at_ >= old_.size() || old_[at_] != text))
        return fail("not there: " + text, lines);
      if (sign != '+') ++at_, ++rows;
      if (sign != '-') out_ += text, ++columns;
      if (sign != ' ') ++changes_;
    }
    if (rows != from.count || columns != to.count) return fail("counts wrong: " + head, lines);
    return i;
  }

  std::size_t fail(const std::string& why, const Lines& lines) {
    fault_ = why;
    return lines.size();
  }

  Lines old_;
  std::string out_;
  std::string fault_;
  std::size_t at_ = 0;
  std::size_t changes_ = 0;
};

// The fewest lines that must go or come, by the textbook's table.
std::size_t fewest_changes(const Lines& before, const Lines& after) {
  std::vector<std::size_t> row(after.size() + 1, 0);
  for (const std::string& line : before) {
    std::size_t corner = 0;
    for (std::size_t j = 1; j <= after.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = after[j - 1] == line ? corner + 1 : std::max(row[j], row[j - 1]);
      corner = above;
    }
  }
  return before.size() + after.size() - 2 * row.back();
}

TEST(UnifiedDiff, EqualTextsGiveNothing) {
  EXPECT_EQ(unified_diff("a", "", "b", ""), "");
  EXPECT_EQ(unified_diff("a", "x\n", "b", "x\n"), "");
}

TEST(UnifiedDiff, AsOtherToolsWriteIt) {
  EXPECT_EQ(unified_diff("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "b", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  EXPECT_EQ(unified_diff("a", "", "b", "x\n"), "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n");
  EXPECT_EQ(unified_diff("a", "x\n", "b", ""), "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n");
  EXPECT_EQ(unified_diff("a", "x", "b", "x\n"),
            "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n");
}

TEST(UnifiedDiff, ChangesFarApartAreHunksOfTheirOwn) {
  std::string before;
  for (int i = 0; i < 40; ++i) before += std::to_string(i) + "\n";
  std::string after = before;
  after.replace(after.find("5\n"), 1, "five");
  after.replace(after.find("35\n"), 2, "thirty-five");
  const std::string diff = unified_diff("a", before, "b", after);
  std::size_t hunks = 0;
  for (const std::string& line : lines_of(diff)) hunks += line.starts_with("@@") ? 1 : 0;
  EXPECT_EQ(hunks, 2U);
  EXPECT_EQ(Patch(before).apply(diff), after);
}

// Few different lines, so that most are found in many places.
TEST(UnifiedDiff, AppliedItGivesTheNewTextWithTheFewestChanges) {
  std::mt19937 random(20260701);
  const auto some_text = [&random](int letters) {
    std::string text;
    const unsigned lines = random() % 30;
    for (unsigned i = 0; i < lines; ++i)
      text += std::string(1, static_cast<char>('a' + random() % letters)) + "\n";
    if (!text.empty() && random() % 4 == 0) text.pop_back();
    return text;
  };
  for (int i = 0; i < 3000; ++i) {
    const int letters = 1 + static_cast<int>(random() % 6);
    const std::string before = some_text(letters);
    const std::string after = some_text(letters);
    Patch patch(before);
    ASSERT_EQ(patch.apply(unified_diff("a", before, "b", after)), after) << before << "---\n"
                                                                         << after;
    ASSERT_EQ(patch.changes(), fewest_changes(lines_of(before), lines_of(after)))
        << before << "---\n"
        << after;
  }
}

// Beyond the bound it is longer than it must be, and right all the same.
TEST(UnifiedDiff, TextsWithNothingInCommonAreReplaced) {
  std::string before = "head\n";
  std::string after = "head\n";
  for (std::size_t i = 0; i < kMostDifferences; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  before += "tail\n";
  after += "tail\n";
  Patch patch(before);
  EXPECT_EQ(patch.apply(unified_diff("a", before, "b", after)), after);
  EXPECT_EQ(patch.changes(), 2 * kMostDifferences);
}

}  // namespace
}  // namespace dpol::cli
