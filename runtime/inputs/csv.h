// CSV (RFC 4180), a record at a time. Fields in quotes may hold separators, line ends and doubled quotes; empty lines are
// none. What a spreadsheet would take for a formula is text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::inputs {

enum class CsvResult : std::uint8_t { record, end, open_quote, too_many_columns };

class CsvRecords {
 public:
  static constexpr std::size_t kMostColumns = 1000;

  // `line`: the number of the first line. A mark of byte order at the beginning is no part of a field.
  explicit CsvRecords(std::string_view text, char separator = ',', std::uint32_t line = 1);

  CsvResult next(std::vector<std::string>& fields);
  std::uint32_t line() const { return record_line_; }  // where the last record begins

 private:
  std::string_view rest_;
  char separator_;
  std::uint32_t line_;
  std::uint32_t record_line_;
};

}  // namespace dpol::inputs
