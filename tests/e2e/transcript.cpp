#include "tests/e2e/transcript.h"

#include <algorithm>
#include <cstdlib>

namespace dpol::e2e {

namespace {

constexpr std::string_view kAnyLines = "...";
constexpr std::string_view kExpect = "# expect ";
constexpr std::string_view kMemory = "# memory ";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

bool is_comment(std::string_view line) { return line == "#" || line.starts_with("# "); }

std::optional<int> exit_code_of(std::string_view line) {
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return std::nullopt;
  const std::string_view digits = line.substr(1, line.size() - 2);
  if (digits.size() > 3 || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return std::atoi(std::string(digits).c_str());
}

// `3 "ROLLBACK" "22ms over"`, and words after the last quote for the reader.
std::optional<Expectation> expectation_of(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || text.empty()) return std::nullopt;
  Expectation expectation;
  expectation.exit_code = std::atoi(std::string(text.substr(0, end)).c_str());
  std::size_t open = text.find('"');
  while (open != std::string_view::npos) {
    const std::size_t close = text.find('"', open + 1);
    if (close == std::string_view::npos) return std::nullopt;
    expectation.parts.emplace_back(text.substr(open + 1, close - open - 1));
    open = text.find('"', close + 1);
  }
  return expectation;
}

std::optional<std::uint64_t> memory_of(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos || text.substr(end) != " MB") return std::nullopt;
  return std::strtoull(std::string(text.substr(0, end)).c_str(), nullptr, 10);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lines_(split_lines(text)) {}

  Transcript run() {
    while (at_ < lines_.size() && transcript_.error.empty()) {
      std::vector<std::string> comments = read_comments();
      if (at_ == lines_.size()) {
        transcript_.trailing = std::move(comments);
      } else {
        read_step(std::move(comments));
      }
    }
    if (transcript_.error.empty() && transcript_.steps.empty())
      transcript_.error = "it holds no command";
    return std::move(transcript_);
  }

 private:
  void fail(std::size_t line, const std::string& what) {
    if (transcript_.error.empty())
      transcript_.error = "line " + std::to_string(line + 1) + ": " + what;
  }

  std::vector<std::string> read_comments() {
    std::vector<std::string> comments;
    while (at_ < lines_.size() && (is_comment(lines_[at_]) || is_blank(lines_[at_]))) {
      comments.push_back(lines_[at_++]);
    }
    return comments;
  }

  void read_step(std::vector<std::string> comments) {
    if (!lines_[at_].starts_with("$ ")) return fail(at_, "neither a comment nor a command");
    Step step;
    step.line = at_ + 1;
    step.comments = std::move(comments);
    read_demands(step);
    step.command = lines_[at_++].substr(2);
    while (at_ < lines_.size() && lines_[at_].starts_with("> "))
      step.command += "\n" + lines_[at_++].substr(2);
    while (at_ < lines_.size() && !lines_[at_].starts_with("$ ") && !is_comment(lines_[at_])) {
      step.output.push_back(lines_[at_++]);
    }
    // What separates the output from the next comment is not printed by the command.
    std::size_t blank = 0;
    while (!step.output.empty() && is_blank(step.output.back())) {
      step.output.pop_back();
      ++blank;
    }
    at_ -= blank;
    if (const auto code = step.output.empty() ? std::nullopt : exit_code_of(step.output.back())) {
      step.exit_code = *code;
      step.output.pop_back();
    }
    transcript_.steps.push_back(std::move(step));
  }

  void read_demands(Step& step) {
    for (const std::string& comment : step.comments) {
      if (comment.starts_with(kExpect)) {
        if (step.expectation) fail(at_, "two `# expect` before one command");
        step.expectation = expectation_of(std::string_view(comment).substr(kExpect.size()));
        if (!step.expectation) fail(at_, "`" + comment + "` is not `# expect N \"part\" …`");
      } else if (comment.starts_with(kMemory)) {
        step.memory_mb = memory_of(std::string_view(comment).substr(kMemory.size()));
        if (!step.memory_mb) fail(at_, "`" + comment + "` is not `# memory N MB`");
      }
    }
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  Transcript transcript_;
};

// Longest common subsequence, by the textbook; outputs are short. Where they are not, only the part
// from the first different line on is compared, and no more than this many lines of it.
constexpr std::size_t kMostLines = 400;

}  // namespace

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  return lines;
}

Transcript parse_transcript(std::string_view text) { return Parser(text).run(); }

std::string to_text(const Transcript& transcript) {
  std::string text;
  const auto add = [&text](const std::string& line) { text.append(line).append("\n"); };
  for (const Step& step : transcript.steps) {
    for (const std::string& comment : step.comments) add(comment);
    std::string prompt = "$ ";
    for (const std::string& line : split_lines(step.command)) {
      add(prompt + line);
      prompt = "> ";
    }
    for (const std::string& line : step.output) add(line);
    if (step.exit_code != 0) add("[" + std::to_string(step.exit_code) + "]");
  }
  for (const std::string& line : transcript.trailing) add(line);
  return text;
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& lines) {
  // reached[i]: the pattern so far can have taken exactly the first i lines.
  std::vector<bool> reached(lines.size() + 1, false);
  reached[0] = true;
  for (const std::string& wanted : pattern) {
    std::vector<bool> next(lines.size() + 1, false);
    for (std::size_t i = 0; i <= lines.size(); ++i) {
      if (wanted == kAnyLines) {
        next[i] = reached[i] || (i > 0 && next[i - 1]);
      } else {
        next[i] = i > 0 && reached[i - 1] && lines[i - 1] == wanted;
      }
    }
    reached = std::move(next);
  }
  return reached[lines.size()];
}

std::string difference(const std::vector<std::string>& expected,
                       const std::vector<std::string>& actual) {
  std::size_t same = 0;
  while (same < std::min(expected.size(), actual.size()) && expected[same] == actual[same]) ++same;
  const std::size_t rows = std::min(expected.size() - same, kMostLines);
  const std::size_t columns = std::min(actual.size() - same, kMostLines);
  std::vector<std::vector<std::size_t>> common(rows + 1, std::vector<std::size_t>(columns + 1, 0));
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i][j] = expected[same + i] == actual[same + j]
                         ? common[i + 1][j + 1] + 1
                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  for (std::size_t i = 0; i < same; ++i) text += "  " + actual[i] + "\n";
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && expected[same + i] == actual[same + j]) {
      text += "  " + actual[same + j] + "\n";
      ++i;
      ++j;
    } else if (j == columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) {
      text += "- " + expected[same + i++] + "\n";
    } else {
      text += "+ " + actual[same + j++] + "\n";
    }
  }
  if (expected.size() - same > rows || actual.size() - same > columns)
    text += "  (and more lines)\n";
  return text;
}

}  // namespace dpol::e2e
