#include "sources/csv.h"

#include <algorithm>

namespace dpol::sources {

CsvRows::CsvRows(std::string_view text, std::uint32_t lines_before)
    : rest_(text), line_(lines_before + 1), row_line_(line_) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  const std::string_view first = rest_.substr(0, rest_.find('\n'));
  for (const char candidate : {';', '\t'}) {
    if (std::ranges::count(first, candidate) > std::ranges::count(first, separator_))
      separator_ = candidate;
  }
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
  row.clear();
  while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) {
    rest_.remove_prefix(rest_[0] == '\r' ? 2 : 1);
    ++line_;
  }
  row_line_ = line_;
  if (rest_.empty()) return false;
  row.emplace_back();
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (c == '\n') ++line_;
    if (quoted) {
      if (c != '"') {
        row.back() += c;
      } else if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
        row.back() += rest_[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"' && row.back().empty()) {
      quoted = true;
    } else if (c == separator_) {
      if (row.size() == kMostColumns) {
        fault_ = "a row of more than " + std::to_string(kMostColumns) + " columns";
        return false;
      }
      row.emplace_back();
    } else if (c == '\n') {
      break;
    } else {
      row.back() += c;
    }
  }
  if (quoted) {
    fault_ = "quotes that are not closed";
    return false;
  }
  rest_.remove_prefix(std::min(at + 1, rest_.size()));
  if (row.back().ends_with('\r')) row.back().pop_back();
  return true;
}

}  // namespace dpol::sources
