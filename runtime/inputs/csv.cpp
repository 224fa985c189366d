#include "runtime/inputs/csv.h"

#include <algorithm>

namespace dpol::inputs {

CsvRecords::CsvRecords(std::string_view text, char separator, std::uint32_t line)
    : rest_(text), separator_(separator), line_(line), record_line_(line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

CsvResult CsvRecords::next(std::vector<std::string>& fields) {
  fields.clear();
  while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) {
    rest_.remove_prefix(rest_[0] == '\r' ? 2 : 1);
    ++line_;
  }
  record_line_ = line_;
  if (rest_.empty()) return CsvResult::end;
  fields.emplace_back();
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (c == '\n') ++line_;
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
        fields.back() += rest_[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == separator_) {
      if (fields.size() == kMostColumns) return CsvResult::too_many_columns;
      fields.emplace_back();
    } else if (c == '\n') {
      break;
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return CsvResult::open_quote;
  rest_.remove_prefix(std::min(at + 1, rest_.size()));
  if (fields.back().ends_with('\r')) fields.back().pop_back();
  return CsvResult::record;
}

}  // namespace dpol::inputs
