// TAP 12 to 14. A subtest is indented, and the line behind it repeats its result: leaves are
// counted. `not ok … # TODO` is no failure, `# SKIP` is no pass. A plan that is not kept is a run
// that broke off: what did not run counts as errored.

#include <algorithm>
#include <cctype>
#include <charconv>

#include "sources/formats.h"
#include "sources/test_cases.h"

namespace dpol::sources {
namespace {

struct Line {
  std::size_t indent = 0;
  std::string_view text;
};

Line split(std::string_view text) {
  const std::size_t indent = std::min(text.find_first_not_of(" \t"), text.size());
  return {indent, text.substr(indent)};
}

bool is_result(std::string_view text) {
  const std::string_view rest = text.starts_with("not ok") ? text.substr(6)
                                : text.starts_with("ok")   ? text.substr(2)
                                                           : "?";
  return rest.empty() || rest[0] == ' ';
}

std::optional<std::int64_t> plan(std::string_view text) {
  if (!text.starts_with("1..")) return std::nullopt;
  text.remove_prefix(3);
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end == text.data() || count < 0) return std::nullopt;
  return count;
}

bool same_word(std::string_view text, std::string_view upper) {
  return text.size() >= upper.size() &&
         std::ranges::equal(text.substr(0, upper.size()), upper, {}, [](char c) {
           return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
         });
}

// Behind the last `#` that no backslash stands before.
std::string_view directive(std::string_view text) {
  for (std::size_t at = text.size(); at-- > 0;) {
    if (text[at] != '#' || (at > 0 && text[at - 1] == '\\')) continue;
    const std::size_t first = text.find_first_not_of(' ', at + 1);
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
  }
  return {};
}

class Tap {
 public:
  explicit Tap(TestCases& cases) : cases_(cases) {}

  void line(const TextLine& line) {
    const auto [indent, text] = split(line.text);
    if (in_block_) {
      in_block_ = !(indent == block_ && text == "...");
      return;
    }
    if (text == "---" && (indent > 0 || results_ > 0)) {
      in_block_ = true;
      block_ = indent;
    } else if (is_result(text)) {
      result(indent, text, line.number);
    } else if (const auto count = plan(text); count && indent == 0) {
      planned_ = *count;
    } else if (text.starts_with("Bail out!")) {
      cases_.add("", std::string(text), {Outcome::errored, {}, line.number});
    }
  }

  // Whether there was a plan.
  bool finish() {
    if (planned_ > results_) cases_.add_counted(Outcome::errored, planned_ - results_);
    return planned_ >= 0;
  }

 private:
  void result(std::size_t indent, std::string_view text, std::uint32_t number) {
    // Results that are further in belong to this one.
    bool below = false;
    bool failed_below = false;
    while (!open_.empty() && open_.back().indent > indent) {
      below = true;
      failed_below = failed_below || open_.back().failed;
      open_.pop_back();
    }
    const bool ok = text.starts_with("ok");
    std::string_view name = text.substr(ok ? 2 : 6);
    name.remove_prefix(std::min(name.find_first_not_of(" 0123456789"), name.size()));
    if (name.starts_with("- ")) name.remove_prefix(2);
    const std::string_view said = directive(name);
    Outcome outcome = ok ? Outcome::passed : Outcome::failed;
    if (same_word(said, "SKIP") || (same_word(said, "TODO") && !ok)) outcome = Outcome::skipped;
    const bool failed = outcome == Outcome::failed;
    if (!below || (failed && !failed_below))
      cases_.add("", std::string(name), {outcome, {}, number});
    if (open_.empty() || open_.back().indent != indent) open_.push_back({indent, false});
    open_.back().failed = open_.back().failed || failed;
    if (indent == 0) ++results_;
  }

  struct Level {
    std::size_t indent = 0;
    bool failed = false;
  };
  TestCases& cases_;
  std::vector<Level> open_;
  std::int64_t planned_ = -1;  // less than nothing: there was no plan
  std::int64_t results_ = 0;
  bool in_block_ = false;
  std::size_t block_ = 0;
};

}  // namespace

bool recognise_tap(Opened& file) {
  if (file.shape() != inputs::Shape::text) return false;
  constexpr std::size_t kLookedAt = 200;
  std::size_t seen = 0;
  for (const TextLine& line : file.lines()) {
    const std::string_view text = split(line.text).text;
    if (text.starts_with("TAP version ")) return true;
    if (plan(line.text) || is_result(line.text)) return true;
    if (!text.empty() && text[0] != '#') return false;
    if (++seen == kLookedAt) break;
  }
  return false;
}

void read_tap(const Documents& documents, Facts& facts) {
  TestCases cases;
  for (Opened& file : documents.files) {
    cases.begin_report();
    Tap tap(cases);
    for (const TextLine& line : file.lines()) tap.line(line);
    if (!tap.finish()) documents.fail(file, 0, "a plan, `1..N`", "none: was the run broken off?");
  }
  if (cases.is_full()) documents.refuse_more_than(TestCases::kMost, "tests");
  cases.write(facts);
}

}  // namespace dpol::sources
