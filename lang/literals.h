// What literal tokens mean: their text taken apart, nothing computed.
//
// Promises: decoding a token that the lexer accepted is exact; decoding one that it complained about gives something
// harmless. Numbers stay digits here: how they are kept is not the language's business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/source.h"

namespace dpol::lang {

struct Segment {
  std::string_view text;
  Span span;
};

/// One piece of a string or query: literal text, or the path in a hole `${a.b}`.
struct StringPart {
  bool hole = false;
  std::string text;           // decoded; of a hole: the path joined by dots
  std::vector<Segment> path;  // of a hole
  Span span;
};

struct DateParts {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  bool has_time = false;

  [[nodiscard]] std::int64_t epoch_seconds() const;
  /// Is there such a day, and such a time of day?
  [[nodiscard]] bool exists() const;
};

/// 1h30m has two parts; 10MB/s has the unit MB and per "s"; 5%, 5pp and 2x have those as their unit; 7 has none.
struct NumberPart {
  std::string digits;  // digits and at most one point
  std::string_view unit;
  std::string_view per;
};

struct SemverParts {
  std::string major, minor, patch, pre, build;  // pre and build without their sign
};

[[nodiscard]] std::vector<NumberPart> decode_number(std::string_view text);
[[nodiscard]] DateParts decode_date(std::string_view text);
[[nodiscard]] SemverParts decode_semver(std::string_view text);
/// A string or query token. Complaints about escapes and holes go to `problems` if it is given. In a string of several
/// lines a line break directly after the opening quotes, the last line if it is blank, and the indentation common to all
/// lines are no part of the text.
[[nodiscard]] std::vector<StringPart> decode_string(const SourceFile& source, Span span,
                                                    std::vector<Diagnostic>* problems = nullptr);
/// The pattern of a regular expression token.
[[nodiscard]] std::string decode_regex(std::string_view text);

/// Why a run of characters that begins with a digit is no literal.
[[nodiscard]] Diagnostic diagnose_number(const SourceFile& source, Span span);
/// The complaint about a duration whose parts do not go from large to small; nothing if they do.
void check_duration(const SourceFile& source, Span span, std::vector<Diagnostic>& problems);

}  // namespace dpol::lang
