// Reports: a Verdict as text for people and for programs.
//
// Promises
//  - Pure: the same verdict and options give the same bytes. No clock, locale, terminal or
//    environment is looked at; who wants colours or another width says so.
//  - Never fails: any Verdict renders, whatever its strings hold. Control characters and bytes that
//    are not UTF-8 never reach a terminal.
//  - Every rendering ends with a newline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

enum class Format : std::uint8_t {
#define DPOL_FORMAT(name, doc, function, draws) name,
#include "runtime/reports/formats.def"
};

struct FormatInfo {
  Format format;
  std::string_view name;
  std::string_view doc;
  bool draws;  // decision::add_charts() is worth its time
};

std::span<const FormatInfo> formats();
// Null where there is none of that name.
const FormatInfo* find_format(std::string_view name);

inline constexpr std::size_t kDefaultWidth = 100;
inline constexpr std::size_t kNarrowest = 40;  // a smaller width is read as this one

struct Options {
  bool verbose = false;               // list every rule
  bool color = false;                 // ANSI sequences
  std::size_t width = kDefaultWidth;  // columns of the terminal
  bool explain = false;               // what would change the decision, and `lines`
  std::map<std::string, std::string> lines = {};  // of documents, by "metrics.ndjson:3"
};

std::string render(Format format, const decision::Verdict& verdict, const Options& options = {});

// The rows of formats.def.
#define DPOL_FORMAT(name, doc, function, draws) \
  std::string function(const decision::Verdict& verdict, const Options& options);
#include "runtime/reports/formats.def"

}  // namespace dpol::reports
