#include "sources/load.h"

#include <array>

namespace dpol::sources {

using program::Decimal;

namespace {

constexpr std::array<std::string_view, 12> kFacts = {
    "requests",    "rate",        "error_ratio", "latency_avg",  "latency_p50", "latency_p90",
    "latency_p95", "latency_p99", "latency_max", "checks_ratio", "duration",    "users_max"};
constexpr std::string_view kThresholds = "failed_thresholds";

}  // namespace

void LoadReport::set(std::string_view fact, const Decimal& value, std::string_view unit,
                     std::uint32_t line) {
  figures_.insert_or_assign(fact, Figure{value, unit, line});
}

void LoadReport::set_ratio(std::string_view fact, std::int64_t part, std::int64_t whole,
                           std::uint32_t line) {
  Decimal value;
  if (whole > 0 && Decimal::div(Decimal::from_int64(part), Decimal::from_int64(whole), value))
    set(fact, value, {}, line);
}

void LoadReport::write(Facts& facts) const {
  for (const std::string_view fact : kFacts) {
    const auto found = figures_.find(fact);
    if (found == figures_.end()) {
      facts.unknown(fact);
    } else if (const auto& [value, unit, line] = found->second; unit.empty()) {
      facts.decimal(fact, value, line);
    } else {
      facts.text(fact, value.to_string().append(unit), line);
    }
  }
  // A tool that has no thresholds has none that did not hold.
  const auto failed = figures_.find(kThresholds);
  facts.decimal(kThresholds, failed == figures_.end() ? Decimal() : failed->second.value);
}

void LoadSamples::add(std::int64_t start, std::int64_t took, bool failed) {
  if (is_full()) return;
  took_.push_back(took);
  failed_ += failed ? 1 : 0;
  if (start < 0) return;
  first_ = std::min(first_, start);
  last_ = std::max(last_, start + took);
}

void LoadSamples::write(Facts& facts) {
  std::ranges::sort(took_);
  const auto count = static_cast<std::int64_t>(took_.size());
  LoadReport report;
  report.set("requests", Decimal::from_int64(count));
  report.set_ratio("error_ratio", failed_, count);
  if (count > 0) {
    const auto percentile = [&](std::int64_t part) {
      const std::int64_t rank = (part * count + 99) / 100;
      return Decimal::from_int64(
          took_[static_cast<std::size_t>(std::max<std::int64_t>(rank, 1) - 1)]);
    };
    report.set("latency_p50", percentile(50), "ms");
    report.set("latency_p90", percentile(90), "ms");
    report.set("latency_p95", percentile(95), "ms");
    report.set("latency_p99", percentile(99), "ms");
    report.set("latency_max", percentile(100), "ms");
    Decimal sum;
    Decimal average;
    bool fits = true;
    for (const std::int64_t took : took_)
      fits = fits && Decimal::add(sum, Decimal::from_int64(took), sum);
    if (fits && Decimal::div(sum, Decimal::from_int64(count), average))
      report.set("latency_avg", average, "ms");
  }
  if (last_ > first_) {
    const std::int64_t ran = last_ - first_;
    Decimal rate;
    report.set("duration", Decimal::from_int64(ran), "ms");
    if (Decimal::div(Decimal::from_int64(count), Decimal::from_int64(ran), rate) &&
        Decimal::mul(rate, Decimal::from_int64(1000), rate))
      report.set("rate", rate);
  }
  if (most_users_ > 0) report.set("users_max", Decimal::from_int64(most_users_));
  report.write(facts);
}

bool is_one(const Documents& documents) {
  if (documents.files.size() == 1) return true;
  documents.fail(documents.files.back(), 0, "one report",
                 "several: percentiles of several runs cannot be put together");
  return false;
}

std::vector<std::string_view> words(std::string_view line) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string_view> out;
  while (out.size() < 20) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) break;
    out.push_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(out.back().size());
  }
  return out;
}

}  // namespace dpol::sources
