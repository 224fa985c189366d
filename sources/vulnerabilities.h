// Vulnerabilities: what scanners of images and packages found, whichever it was. The same
// vulnerability of the same version of a package counts once, in however many places and reports.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "sources/facts.h"

namespace dpol::sources {

enum class Severity : std::uint8_t { unknown, negligible, low, medium, high, critical };
// Of any capitals; unknown for what is none.
Severity severity_of(std::string_view text);

class Vulnerabilities {
 public:
  void add(std::string id, std::string package, std::string version, std::string fixed_in,
           Severity severity, std::uint32_t line);
  void add_secrets(std::int64_t count) { secrets_ += count; }
  void add_misconfigurations(std::int64_t count) { misconfigurations_ += count; }
  // Where several differ, nothing can be said of what was looked at.
  void subject(std::string_view name);
  // The oldest counts: the evidence is as old as its oldest part.
  void made_at(const std::string& time);

  void write(Facts& facts) const;

 private:
  struct Found {
    std::string fixed_in;
    Severity severity = Severity::unknown;
    std::uint32_t line = 0;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Found> found_;
  std::int64_t secrets_ = 0;
  std::int64_t misconfigurations_ = 0;
  std::optional<std::string> subject_;
  bool subjects_differ_ = false;
  std::optional<std::string> made_at_;
};

}  // namespace dpol::sources
