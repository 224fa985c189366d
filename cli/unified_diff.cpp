#include "cli/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace dpol::cli {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kContext = 3;

// Each with its line break; only the last may lack it.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

// Which lines are gone, which are new.
struct Script {
  std::vector<bool> removed;
  std::vector<bool> added;
};

// Myers, "An O(ND) Difference Algorithm": the furthest reach of each diagonal for 0, 1, 2 …
// differences, and back.
class Comparison {
 public:
  Comparison(const Lines& before, const Lines& after) : before_(before), after_(after) {
    script_.removed.assign(before.size(), false);
    script_.added.assign(after.size(), false);
  }

  Script compare() {
    std::size_t head = 0;
    const std::size_t shorter = std::min(before_.size(), after_.size());
    while (head < shorter && before_[head] == after_[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head &&
           before_[before_.size() - 1 - tail] == after_[after_.size() - 1 - tail])
      ++tail;
    head_ = static_cast<std::int64_t>(head);
    rows_ = static_cast<std::int64_t>(before_.size() - head - tail);
    columns_ = static_cast<std::int64_t>(after_.size() - head - tail);
    if (!search()) replace_all();
    return std::move(script_);
  }

 private:
  [[nodiscard]] bool same(std::int64_t row, std::int64_t column) const {
    return before_[static_cast<std::size_t>(head_ + row)] ==
           after_[static_cast<std::size_t>(head_ + column)];
  }

  bool search() {
    const auto most = std::min<std::int64_t>(rows_ + columns_, kMostDifferences);
    std::vector<std::int64_t> reach(static_cast<std::size_t>(2 * most + 3), 0);
    const auto at = [&](std::int64_t diagonal) -> std::int64_t& {
      return reach[static_cast<std::size_t>(diagonal + most + 1)];
    };
    for (std::int64_t count = 0; count <= most; ++count) {
      // What this round may still ask of the one before.
      std::vector<std::int64_t> kept(reach.begin() + (most + 1 - count),
                                     reach.begin() + (most + 2 + count));
      rounds_.push_back(std::move(kept));
      for (std::int64_t diagonal = -count; diagonal <= count; diagonal += 2) {
        const bool down =
            diagonal == -count || (diagonal != count && at(diagonal - 1) < at(diagonal + 1));
        std::int64_t row = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
        while (row < rows_ && row - diagonal < columns_ && same(row, row - diagonal)) ++row;
        at(diagonal) = row;
        if (row >= rows_ && row - diagonal >= columns_) {
          walk_back(count);
          return true;
        }
      }
    }
    return false;
  }

  // `down` adds a line of the new text, otherwise one of the old text goes. Diagonals are old line
  // minus new line.
  void walk_back(std::int64_t count) {
    std::int64_t row = rows_;
    std::int64_t column = columns_;
    for (; count > 0; --count) {
      const std::vector<std::int64_t>& reach = rounds_[static_cast<std::size_t>(count)];
      const auto at = [&](std::int64_t diagonal) {
        const std::int64_t index = diagonal + count;
        return index < 0 || index >= static_cast<std::int64_t>(reach.size())
                   ? 0
                   : reach[static_cast<std::size_t>(index)];
      };
      const std::int64_t diagonal = row - column;
      const bool down =
          diagonal == -count || (diagonal != count && at(diagonal - 1) < at(diagonal + 1));
      const std::int64_t from = down ? diagonal + 1 : diagonal - 1;
      row = at(from);
      column = row - from;
      if (down) {
        script_.added[static_cast<std::size_t>(head_ + column)] = true;
      } else {
        script_.removed[static_cast<std::size_t>(head_ + row)] = true;
      }
    }
  }

  void replace_all() {
    for (std::int64_t i = 0; i < rows_; ++i)
      script_.removed[static_cast<std::size_t>(head_ + i)] = true;
    for (std::int64_t i = 0; i < columns_; ++i)
      script_.added[static_cast<std::size_t>(head_ + i)] = true;
  }

  const Lines& before_;
  const Lines& after_;
  Script script_;
  std::int64_t head_ = 0;  // lines that both begin with
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  std::vector<std::vector<std::int64_t>> rounds_;  // the reach of diagonals -n to n before round n
};

struct Line {
  char sign;
  std::string_view text;
};

std::vector<Line> merged(const Lines& before, const Lines& after, const Script& script) {
  std::vector<Line> all;
  std::size_t row = 0;
  std::size_t column = 0;
  while (row < before.size() || column < after.size()) {
    if (row < before.size() && script.removed[row]) {
      all.push_back({'-', before[row++]});
    } else if (column < after.size() && script.added[column]) {
      all.push_back({'+', after[column++]});
    } else {
      all.push_back({' ', before[row++]});
      ++column;
    }
  }
  return all;
}

std::string range(std::size_t begin, std::size_t count) {
  const std::size_t first = count == 0 ? begin : begin + 1;
  return count == 1 ? fmt::format("{}", first) : fmt::format("{},{}", first, count);
}

std::string hunk(std::span<const Line> lines, std::size_t row, std::size_t column) {
  std::string text;
  std::size_t rows = 0;
  std::size_t columns = 0;
  for (const Line& line : lines) {
    if (line.sign != '+') ++rows;
    if (line.sign != '-') ++columns;
    text += line.sign;
    text += line.text;
    if (!line.text.ends_with('\n')) text += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{} +{} @@\n{}", range(row, rows), range(column, columns), text);
}

}  // namespace

std::string unified_diff(std::string_view before_name, std::string_view before,
                         std::string_view after_name, std::string_view after) {
  if (before == after) return {};
  const Lines old_lines = lines_of(before);
  const Lines new_lines = lines_of(after);
  const std::vector<Line> all =
      merged(old_lines, new_lines, Comparison(old_lines, new_lines).compare());
  std::string text = fmt::format("--- {}\n+++ {}\n", before_name, after_name);
  std::size_t row = 0;
  std::size_t column = 0;
  const auto pass = [&](std::size_t from, std::size_t to) {
    for (; from < to; ++from) {
      if (all[from].sign != '+') ++row;
      if (all[from].sign != '-') ++column;
    }
  };
  std::size_t done = 0;
  for (std::size_t at = 0; at < all.size();) {
    if (all[at].sign == ' ') {
      ++at;
      continue;
    }
    const std::size_t begin = std::max(done, at - std::min(at, kContext));
    std::size_t last =
        at;  // the last line that differs, with no long stretch of equal ones before it
    for (std::size_t i = at; i < all.size() && i - last <= 2 * kContext; ++i)
      if (all[i].sign != ' ') last = i;
    const std::size_t end = std::min(all.size(), last + 1 + kContext);
    pass(done, begin);
    text += hunk(std::span(all).subspan(begin, end - begin), row, column);
    pass(begin, end);
    done = at = end;
  }
  return text;
}

}  // namespace dpol::cli
