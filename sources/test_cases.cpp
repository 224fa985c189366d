#include "sources/test_cases.h"

#include <algorithm>

#include "sources/times.h"

namespace dpol::sources {

using program::Decimal;

namespace {

std::string_view text_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::skipped:
      return "skipped";
    case Outcome::passed:
      return "passed";
    case Outcome::flaky:
      return "flaky";
    case Outcome::failed:
      return "failed";
    case Outcome::errored:
      return "errored";
  }
  return "";
}

bool graver(const TestCase& a, const TestCase& b) { return a.outcome > b.outcome; }

}  // namespace

void TestCases::begin_report() { merge_report(); }

void TestCases::add(std::string suite, std::string name, TestCase one) {
  if (++added_ > kMost) return;
  report_[{std::move(suite), std::move(name)}].push_back(one);
}

void TestCases::add_counted(Outcome outcome, std::int64_t count) { counted_[outcome] += count; }

void TestCases::add_start(const std::string& time) {
  if (!started_ || is_earlier(time, *started_)) started_ = time;
}

void TestCases::merge_report() {
  for (auto& [key, found] : report_) {
    std::ranges::stable_sort(found, graver);
    std::vector<TestCase>& known = cases_[key];
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i == known.size()) {
        known.push_back(found[i]);
      } else if (graver(found[i], known[i])) {
        known[i] = found[i];
      }
    }
  }
  report_.clear();
}

void TestCases::write(Facts& facts) {
  merge_report();
  std::map<Outcome, std::int64_t> counts = counted_;
  Decimal seconds;
  bool timed = false;
  for (const auto& [key, cases] : cases_) {
    for (const TestCase& one : cases) {
      ++counts[one.outcome];
      if (one.seconds && Decimal::add(seconds, *one.seconds, seconds)) timed = true;
    }
  }
  const std::int64_t passed = counts[Outcome::passed] + counts[Outcome::flaky];
  const std::int64_t failed = counts[Outcome::failed] + counts[Outcome::errored];
  facts.integer("total", passed + failed + counts[Outcome::skipped]);
  facts.integer("passed", passed);
  facts.integer("failed", failed);
  facts.integer("errored", counts[Outcome::errored]);
  facts.integer("skipped", counts[Outcome::skipped]);
  facts.integer("flaky", counts[Outcome::flaky]);
  facts.ratio("pass_ratio", passed, passed + failed);
  if (timed) facts.decimal("duration", seconds);
  if (started_) facts.text("made_at", *started_);
  facts.open_list("cases");
  for (const auto& [key, cases] : cases_) {
    for (const TestCase& one : cases) {
      const std::uint32_t line = one.line;
      facts.open_map({}, line);
      facts.text("suite", key.first, line);
      facts.text("name", key.second, line);
      facts.text("outcome", text_of(one.outcome), line);
      if (one.seconds) facts.decimal("duration", *one.seconds, line);
      facts.close();
    }
  }
  facts.close();
}

}  // namespace dpol::sources
