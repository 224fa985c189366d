#include "sources/coverage.h"

namespace dpol::sources {

void Coverage::note(Parts& parts, std::string_view file, std::string_view place, bool ran,
                    std::int64_t weight) {
  if (++noted_ > kMost) return;
  // No name of a file has a zero byte.
  std::string key(file);
  key.append(1, '\0').append(place);
  Part& part = parts[std::move(key)];
  part.ran = part.ran || ran;
  part.weight = weight;
}

void Coverage::line(std::string_view file, std::string_view place, bool ran, std::int64_t weight) {
  note(lines_, file, place, ran, weight);
}

void Coverage::branch(std::string_view file, std::string_view place, bool taken) {
  note(branches_, file, place, taken, 1);
}

void Coverage::function(std::string_view file, std::string_view place, bool entered) {
  note(functions_, file, place, entered, 1);
}

void Coverage::add_lines(std::int64_t covered, std::int64_t valid) {
  more_lines_ = {more_lines_.covered + covered, more_lines_.valid + valid};
}

void Coverage::add_branches(std::int64_t covered, std::int64_t valid) {
  more_branches_ = {more_branches_.covered + covered, more_branches_.valid + valid};
}

void Coverage::add_functions(std::int64_t covered, std::int64_t valid) {
  more_functions_ = {more_functions_.covered + covered, more_functions_.valid + valid};
}

void Coverage::made_at(const std::string& time) { made_at_ = time; }

Coverage::Totals Coverage::sum(const Parts& parts, Totals totals) {
  for (const auto& [key, part] : parts) {
    totals.valid += part.weight;
    if (part.ran) totals.covered += part.weight;
  }
  return totals;
}

void Coverage::write(Facts& facts) const {
  const Totals lines = sum(lines_, more_lines_);
  const Totals branches = sum(branches_, more_branches_);
  const Totals functions = sum(functions_, more_functions_);
  facts.ratio("lines", lines.covered, lines.valid);
  facts.integer("lines_covered", lines.covered);
  facts.integer("lines_valid", lines.valid);
  facts.ratio("branches", branches.covered, branches.valid);
  facts.integer("branches_covered", branches.covered);
  facts.integer("branches_valid", branches.valid);
  facts.ratio("functions", functions.covered, functions.valid);
  if (made_at_) facts.text("made_at", *made_at_);
}

}  // namespace dpol::sources
