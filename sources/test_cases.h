// TestCases: the tests of one or several reports, whatever runner wrote them.
//
// A case is known by its suite and its name. Of a case that several reports hold (one of a module
// and one of the whole) the gravest outcome counts, once; cases of one name within one report are
// as many tests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/program/decimal.h"
#include "sources/facts.h"

namespace dpol::sources {

// From the lightest to the gravest.
enum class Outcome : std::uint8_t { skipped, passed, flaky, failed, errored };

struct TestCase {
  Outcome outcome = Outcome::passed;
  std::optional<program::Decimal> seconds;
  std::uint32_t line = 0;
};

class TestCases {
 public:
  // The cases that follow stand in another report.
  void begin_report();
  void add(std::string suite, std::string name, TestCase one);
  // Tests that a report counts and does not list.
  void add_counted(Outcome outcome, std::int64_t count);
  // The earliest counts. RFC 3339.
  void add_start(const std::string& time);

  // More than kMost were added; those beyond are left out, so nothing may be written.
  bool is_full() const { return added_ > kMost; }
  static constexpr std::size_t kMost = 1'000'000;

  void write(Facts& facts);

 private:
  using Key = std::pair<std::string, std::string>;
  void merge_report();

  std::map<Key, std::vector<TestCase>> cases_;
  std::map<Key, std::vector<TestCase>> report_;
  std::map<Outcome, std::int64_t> counted_;
  std::optional<std::string> started_;
  std::size_t added_ = 0;
};

}  // namespace dpol::sources
