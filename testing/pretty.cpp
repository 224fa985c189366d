// The report of a run of tests for people: a line for each test, below a failed one what was
// expected and what the judge saw; then coverage and mutations, and the count at the end.

#include <fmt/format.h>

#include <algorithm>

#include "runtime/reports/page.h"
#include "runtime/reports/text.h"
#include "testing/report.h"

namespace dpol::testing {

using reports::Line;
using reports::safe;
using reports::Tone;

namespace {

constexpr std::size_t kLeft = 6;    // of titles
constexpr std::size_t kDeeper = 8;  // of what the judge saw

std::string place_text(const decision::Place& place) {
  if (place.file.empty()) return {};
  return place.line == 0 ? safe(place.file) : fmt::format("{}:{}", safe(place.file), place.line);
}

class Page {
 public:
  explicit Page(const reports::Options& options)
      : options_(options), width_(std::max(options.width, reports::kNarrowest)) {}

  std::string run(const TestRun& run) {
    for (const TestResult& result : run.results) test(result);
    if (!run.coverage.empty()) coverage(run.coverage);
    for (const MutationResult& result : run.mutations) mutations(result);
    total(run);
    return std::move(out_);
  }

 private:
  void write(const Line& line) { line.render(options_.color, out_); }

  // A text, and a place at the right or, where both do not fit, below.
  void entry(const char* label, Tone tone, std::size_t left, const std::string& text,
             const decision::Place& at) {
    const std::string place = place_text(at);
    const std::size_t room = reports::width_of(place) + 2;
    const bool aside = left + reports::width_of(text) + room <= width_;
    std::vector<std::string> parts = reports::wrap(text, width_ - left);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Line line;
      if (i == 0) line.put(0, label, tone);
      line.put(left, std::move(parts[i]));
      if (i == 0 && aside) line.put(width_ - reports::width_of(place), place, Tone::dim);
      write(line);
    }
    if (!aside && !place.empty()) write(Line().put(left, place, Tone::dim));
  }

  void test(const TestResult& result) {
    if (result.passed()) return entry("pass", Tone::good, kLeft, safe(result.title), result.place);
    entry("FAIL", Tone::bad, kLeft, safe(result.title), result.place);
    if (!result.defect.empty()) entry("", Tone::plain, kLeft, safe(result.defect), {});
    for (const FailedExpectation& failure : result.failures) failed(failure);
  }

  void failed(const FailedExpectation& failure) {
    entry("", Tone::plain, kLeft, safe(failure.expected), failure.place);
    entry("", Tone::plain, kLeft, fmt::format("but {}, at {}", safe(failure.got), safe(failure.at)),
          {});
    reports::Options inner = options_;
    inner.width = std::max(width_ - kDeeper, reports::kNarrowest);
    indented(seen_text(failure, inner));
    out_ += '\n';
  }

  void indented(const std::string& text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      if (end > begin) out_ += std::string(kDeeper, ' ') + text.substr(begin, end - begin);
      out_ += '\n';
      begin = end + 1;
    }
  }

  // ---- coverage ----

  void coverage(const std::vector<PolicyCoverage>& policies) {
    out_ += '\n';
    std::size_t widest = std::string_view("coverage").size();
    for (const PolicyCoverage& policy : policies)
      widest = std::max(widest, reports::width_of(safe(policy.policy)));
    constexpr std::size_t kColumn = 20;
    const auto row = [&](const std::string& name, const std::string& rules,
                         const std::string& outcomes, const std::string& branches, Tone tone) {
      const std::size_t left = widest + 2;
      write(Line()
                .put(0, name, tone)
                .put(left, rules, tone)
                .put(left + kColumn, outcomes, tone)
                .put(left + 2 * kColumn, branches, tone));
    };
    const auto cell = [](const Share& share) { return share_text(share.seen, share.all); };
    row("coverage", "rules", "outcomes", "branches", Tone::bold);
    for (const PolicyCoverage& policy : policies)
      row(safe(policy.policy), cell(policy.rules_judged()), cell(policy.outcomes()),
          cell(policy.branches()), Tone::plain);
    for (const PolicyCoverage& policy : policies) uncovered(policy);
  }

  void uncovered(const PolicyCoverage& policy) {
    bool first = true;
    const auto gap = [&](const std::string& text, const decision::Place& place) {
      if (first) out_ += '\n';
      first = false;
      entry("", Tone::plain, 2, text, place);
    };
    for (const RuleCoverage& rule : policy.rules) {
      if (rule.judged == 0) {
        gap(fmt::format("{} is never judged", safe(rule.id)), rule.place);
        continue;
      }
      std::vector<std::string> never;
      for (std::size_t i = 0; i < rule.outcomes.size(); ++i) {
        if (rule.seen[i] == 0) never.push_back(rule.outcomes[i]);
      }
      if (!never.empty())
        gap(fmt::format("{} is never {}", safe(rule.id), fmt::join(never, " or ")), rule.place);
    }
    for (const ConditionCoverage& condition : policy.conditions) {
      std::vector<std::string> never;
      for (std::size_t i = 0; i < kBranchCount; ++i) {
        if (condition.wanted[i] && condition.seen[i] == 0)
          never.emplace_back(name(static_cast<Branch>(i)));
      }
      if (!never.empty())
        gap(fmt::format("`{}` is never {}", safe(condition.text), fmt::join(never, " or ")),
            condition.place);
    }
  }

  // ---- mutations ----

  void mutations(const MutationResult& result) {
    out_ += '\n';
    const std::vector<const Mutant*> survivors = result.survivors();
    std::string text = result.tried() == 0
                           ? "nothing to change"
                           : share_text(result.noticed(), result.tried()) + " changes noticed";
    if (result.left_out != 0) text += fmt::format(", {} more not tried", result.left_out);
    write(Line().put(0, "mutation", Tone::bold).put(10, safe(result.policy) + ": " + text));
    if (!survivors.empty()) out_ += "\nNo test notices\n";
    const Mutant* before = nullptr;
    for (const Mutant* survivor : survivors) {
      const Mutant& mutant = *survivor;
      const bool same = before != nullptr && before->rule == mutant.rule &&
                        before->condition == mutant.condition &&
                        before->place.file == mutant.place.file &&
                        before->place.line == mutant.place.line;
      before = &mutant;
      if (!same) {
        const std::string text = mutant.condition.empty() ? mutant.rule : mutant.condition;
        entry("", Tone::plain, 2, safe(text), mutant.place);
        if (!mutant.condition.empty()) write(Line().put(2, safe(mutant.rule), Tone::dim));
      }
      write(Line()
                .put(6, fmt::format("`{}`", safe(mutant.from)))
                .append(fmt::format(" becoming `{}`", safe(mutant.to))));
    }
  }

  void total(const TestRun& run) {
    const std::size_t all = run.results.size();
    const std::size_t failed = run.failed();
    out_ += '\n';
    Line line;
    line.put(0,
             fmt::format("{} test{}: {} passed, {} failed", all, all == 1 ? "" : "s", all - failed,
                         failed),
             failed == 0 ? Tone::good : Tone::bad);
    if (run.left_out != 0)
      line.append(fmt::format(", {} left out by --filter", run.left_out), Tone::dim);
    write(line);
  }

  const reports::Options& options_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string render_pretty(const TestRun& run, const reports::Options& options) {
  return Page(options).run(run);
}

}  // namespace dpol::testing
