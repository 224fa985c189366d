#include "sources/vulnerabilities.h"

#include <algorithm>
#include <cctype>

#include "sources/times.h"

namespace dpol::sources {
namespace {

constexpr std::pair<std::string_view, Severity> kSeverities[] = {
    {"critical", Severity::critical}, {"high", Severity::high},
    {"medium", Severity::medium},     {"moderate", Severity::medium},
    {"low", Severity::low},           {"negligible", Severity::negligible},
};

std::string_view text_of(Severity severity) {
  if (severity == Severity::unknown) return "unknown_severity";
  return std::ranges::find(kSeverities, severity, [](const auto& row) { return row.second; })
      ->first;
}

}  // namespace

Severity severity_of(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found =
      std::ranges::find(kSeverities, lower, [](const auto& row) { return row.first; });
  return found == std::end(kSeverities) ? Severity::unknown : found->second;
}

void Vulnerabilities::add(std::string id, std::string package, std::string version,
                          std::string fixed_in, Severity severity, std::uint32_t line) {
  Found& found = found_
                     .try_emplace({std::move(id), std::move(package), std::move(version)},
                                  Found{fixed_in, severity, line})
                     .first->second;
  found.severity = std::max(found.severity, severity);
  if (found.fixed_in.empty()) found.fixed_in = std::move(fixed_in);
}

void Vulnerabilities::subject(std::string_view name) {
  if (name.empty()) return;
  if (subject_ && *subject_ != name) subjects_differ_ = true;
  subject_ = name;
}

void Vulnerabilities::made_at(const std::string& time) {
  if (!made_at_ || is_earlier(time, *made_at_)) made_at_ = time;
}

void Vulnerabilities::write(Facts& facts) const {
  std::map<Severity, std::int64_t> counts;
  std::int64_t fixable = 0;
  for (const auto& [key, found] : found_) {
    ++counts[found.severity];
    if (found.severity >= Severity::high && !found.fixed_in.empty()) ++fixable;
  }
  facts.integer("critical", counts[Severity::critical]);
  facts.integer("high", counts[Severity::high]);
  facts.integer("medium", counts[Severity::medium]);
  facts.integer("low", counts[Severity::low]);
  facts.integer("other", counts[Severity::unknown] + counts[Severity::negligible]);
  facts.integer("fixable", fixable);
  facts.integer("secrets", secrets_);
  facts.integer("misconfigurations", misconfigurations_);
  if (subject_ && !subjects_differ_) facts.text("subject", *subject_);
  if (made_at_) facts.text("made_at", *made_at_);
  facts.open_list("found");
  for (const auto& [key, found] : found_) {
    facts.open_map({}, found.line);
    facts.text("id", std::get<0>(key), found.line);
    facts.text("package", std::get<1>(key), found.line);
    facts.text("version", std::get<2>(key), found.line);
    if (!found.fixed_in.empty()) facts.text("fixed_in", found.fixed_in, found.line);
    facts.text("severity", text_of(found.severity), found.line);
    facts.close();
  }
  facts.close();
}

}  // namespace dpol::sources
