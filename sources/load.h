// The results of load tests, whichever tool ran them: figures as the tool has them, or requests one
// by one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/decimal.h"
#include "sources/facts.h"
#include "sources/formats.h"

namespace dpol::sources {

// Facts of schemas/load.dpol by their names; what nobody sets is unknown.
class LoadReport {
 public:
  // The unit is one of values: "ms", "s"; "" for a number without one.
  void set(std::string_view fact, const program::Decimal& value, std::string_view unit = {},
           std::uint32_t line = 0);
  // part of whole; nothing where there is no whole.
  void set_ratio(std::string_view fact, std::int64_t part, std::int64_t whole,
                 std::uint32_t line = 0);
  void write(Facts& facts) const;

 private:
  struct Figure {
    program::Decimal value;
    std::string_view unit;
    std::uint32_t line = 0;
  };
  std::map<std::string_view, Figure> figures_;
};

// Requests of one or several documents, out of which the figures are counted. A percentile is the
// smallest time that as many requests did not exceed: one that was measured, never one in between.
class LoadSamples {
 public:
  static constexpr std::size_t kMost = 10'000'000;

  // Milliseconds; the start since 1970, negative where it is not known.
  void add(std::int64_t start, std::int64_t took, bool failed);
  void users(std::int64_t count) { most_users_ = std::max(most_users_, count); }
  bool is_full() const { return took_.size() >= kMost; }

  void write(Facts& facts);

 private:
  std::vector<std::int64_t> took_;
  std::int64_t failed_ = 0;
  std::int64_t first_ = INT64_MAX;
  std::int64_t last_ = INT64_MIN;
  std::int64_t most_users_ = 0;
};

// Of several reports with percentiles there is no common one: then an error, and false.
bool is_one(const Documents& documents);

// The first words of a line, up to 20.
std::vector<std::string_view> words(std::string_view line);

}  // namespace dpol::sources
