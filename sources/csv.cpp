#include "sources/csv.h"

#include <algorithm>

namespace dpol::sources {

using inputs::CsvRecords;
using inputs::CsvResult;

namespace {

// Whichever the header has most of.
char separator_of(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  char separator = ',';
  for (const char candidate : {';', '\t'}) {
    if (std::ranges::count(first, candidate) > std::ranges::count(first, separator)) separator = candidate;
  }
  return separator;
}

}  // namespace

CsvRows::CsvRows(std::string_view text, std::uint32_t lines_before)
    : records_(text, separator_of(text), lines_before + 1) {
  if (!record(header_)) header_.clear();
}

std::optional<std::size_t> CsvRows::column(std::string_view name) const {
  const auto found = std::ranges::find(header_, name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

std::optional<std::size_t> CsvRows::column(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    if (const auto found = column(name)) return found;
  }
  return std::nullopt;
}

bool CsvRows::next(std::vector<std::string>& row) {
  if (!fault_.empty() || !record(row)) return false;
  if (row.size() == header_.size()) return true;
  fault_ = "a row of " + std::to_string(row.size()) + " columns, where the header has " +
           std::to_string(header_.size());
  return false;
}

bool CsvRows::record(std::vector<std::string>& row) {
  switch (records_.next(row)) {
    case CsvResult::record:
      return true;
    case CsvResult::end:
      return false;
    case CsvResult::open_quote:
      fault_ = "quotes that are not closed";
      return false;
    case CsvResult::too_many_columns:
      fault_ = "a row of more than " + std::to_string(CsvRecords::kMostColumns) + " columns";
      return false;
  }
  return false;
}

}  // namespace dpol::sources
