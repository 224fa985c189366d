#include "runtime/reports/report.h"

#include <algorithm>
#include <iterator>

namespace dpol::reports {
namespace {

constexpr FormatInfo kFormats[] = {
#define DPOL_FORMAT(name, doc, function, draws) {Format::name, #name, doc, draws},
#include "runtime/reports/formats.def"
};

}  // namespace

std::span<const FormatInfo> formats() { return kFormats; }

const FormatInfo* find_format(std::string_view name) {
  const auto* found =
      std::ranges::find_if(kFormats, [name](const FormatInfo& info) { return info.name == name; });
  return found == std::end(kFormats) ? nullptr : found;
}

std::string render(Format format, const decision::Verdict& verdict, const Options& options) {
  switch (format) {
#define DPOL_FORMAT(name, doc, function, draws) \
  case Format::name:                     \
    return function(verdict, options);
#include "runtime/reports/formats.def"
  }
  return {};
}

}  // namespace dpol::reports
