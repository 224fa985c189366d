// CSV with a header: a row at a time (runtime/inputs/csv.h); the separator is whichever of `,` `;` and tab the header has
// most of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/inputs/csv.h"

namespace dpol::sources {

class CsvRows {
 public:
  explicit CsvRows(std::string_view text, std::uint32_t lines_before = 0);

  const std::vector<std::string>& header() const { return header_; }
  std::optional<std::size_t> column(std::string_view name) const;
  // The first of these columns that there is.
  std::optional<std::size_t> column(std::initializer_list<std::string_view> names) const;

  // The next row; false at the end, or where fault() says what is wrong.
  bool next(std::vector<std::string>& row);
  std::uint32_t line() const { return records_.line(); }  // where the row begins
  // Empty where all is well: quotes that are not closed, a row of other columns than the header's.
  const std::string& fault() const { return fault_; }

 private:
  bool record(std::vector<std::string>& row);

  inputs::CsvRecords records_;
  std::vector<std::string> header_;
  std::string fault_;
};

}  // namespace dpol::sources
