#include "compiler/doc/document.h"

#include <algorithm>

#include "compiler/doc/formats.h"

namespace dpol::doc {
namespace {

constexpr FormatInfo kFormats[] = {
#define DPOL_DOC_FORMAT(name, doc, function) {#name, doc, function},
#include "compiler/doc/formats.def"
};

}  // namespace

std::vector<std::size_t> columns_in_use(const Table& table) {
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool empty = std::ranges::all_of(table.rows, [i](const std::vector<Text>& row) {
      return i >= row.size() || row[i].empty();
    });
    if (!empty) used.push_back(i);
  }
  return used;
}

std::span<const FormatInfo> formats() { return kFormats; }

const FormatInfo* find_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &FormatInfo::name);
  return found == std::end(kFormats) ? nullptr : found;
}

}  // namespace dpol::doc
