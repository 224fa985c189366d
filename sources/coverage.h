// Coverage: what ran, of one or several reports. What several reports tell of one file's line or
// branch is put together: it ran if it did in one of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sources/facts.h"

namespace dpol::sources {

class Coverage {
 public:
  // `place`: which of the file's lines, branches or functions. `weight`: how many it stands for.
  void line(std::string_view file, std::string_view place, bool ran, std::int64_t weight = 1);
  void branch(std::string_view file, std::string_view place, bool taken);
  void function(std::string_view file, std::string_view place, bool entered);
  // Where a report has sums alone.
  void add_lines(std::int64_t covered, std::int64_t valid);
  void add_branches(std::int64_t covered, std::int64_t valid);
  void add_functions(std::int64_t covered, std::int64_t valid);
  // RFC 3339 or seconds; the last one counts.
  void made_at(const std::string& time);

  // More than kMost lines, branches and functions; those beyond are left out.
  bool is_full() const { return noted_ > kMost; }
  static constexpr std::size_t kMost = 5'000'000;

  void write(Facts& facts) const;

 private:
  struct Part {
    bool ran = false;
    std::int64_t weight = 1;
  };
  struct Totals {
    std::int64_t covered = 0;
    std::int64_t valid = 0;
  };
  using Parts = std::map<std::string, Part>;
  void note(Parts& parts, std::string_view file, std::string_view place, bool ran,
                   std::int64_t weight);
  static Totals sum(const Parts& parts, Totals totals);

  Parts lines_, branches_, functions_;
  std::size_t noted_ = 0;
  Totals more_lines_, more_branches_, more_functions_;
  std::optional<std::string> made_at_;
};

}  // namespace dpol::sources
