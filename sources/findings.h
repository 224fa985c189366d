// Findings: what scanners of code found, whichever they were, without what is suppressed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/decimal.h"
#include "sources/facts.h"
#include "sources/times.h"

namespace dpol::sources {

struct Finding {
  std::string tool;
  std::string rule;
  std::string level;                         // note, warning, error
  std::optional<program::Decimal> severity;  // 0 to 10, as of CVSS
  std::string file;
  std::optional<std::int64_t> file_line;
  std::uint32_t line = 0;  // of the document
};

class Findings {
 public:
  // From the best to the worst that can be said of a scan.
  enum class Finished : std::uint8_t { yes, unsaid, no };

  void add(Finding finding) { found_.push_back(std::move(finding)); }
  void add_suppressed() { ++suppressed_; }
  void tool(std::string_view name);
  // Of several scans the worst counts.
  void finished(Finished finished);
  // When one of them ended, where it says so.
  void made_at(const std::optional<std::string>& moment) { made_at_.add(moment); }

  void write(Facts& facts) const;

 private:
  std::vector<Finding> found_;
  std::int64_t suppressed_ = 0;
  std::vector<std::string> tools_;
  Finished finished_ = Finished::yes;
  OldestMoment made_at_;
};

}  // namespace dpol::sources
