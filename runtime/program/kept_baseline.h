// KeptBaseline: what one metric was worth while a version ran, wherever that was kept; and the unit
// that its number is in, by name, so that no number is ever taken for one of another unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/program/decimal.h"
#include "runtime/program/type.h"

namespace dpol::program {

struct KeptBaseline {
  std::string name{};  // "": the one that is meant where none is named
  std::string metric{};
  std::string service{};  // whose it is; "" where the policy knows none
  std::string version{};  // that ran
  std::string environment{};
  Decimal value{};      // in base units
  std::string unit{};   // unit_of the metric's type
  std::int64_t at = 0;  // of the samples; ns since the Unix epoch
  friend bool operator==(const KeptBaseline&, const KeptBaseline&) = default;
};

// The base unit of numbers of that type: "s", "bytes", "request/s", "ratio", "points", "change",
// "number". Types of one unit are compared by their numbers alone.
std::string unit_of(const Type& type, const UnitNames& names);

// The value with its unit, for people, who need no policy for it: "180ms", "0.2%", "12 request/s".
std::string kept_text(const KeptBaseline& baseline);

// What a policy may call a baseline: a name of the language, of at most kMostBaselineName bytes.
inline constexpr std::size_t kMostBaselineName = 200;
bool is_baseline_name(std::string_view text);

}  // namespace dpol::program
