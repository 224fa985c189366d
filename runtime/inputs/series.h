// Series of documents in which names and labels say what a number is about, bound to the metrics
// that a Program declares.
//
// What a series belongs to is said by, in this order: the command line (NAME=FILE), its name where
// that is a declared metric, the program where it declares one metric and the document has one
// series. A document has many more series than a policy asks for, so the others are passed over. Of a metric
// with labels a series has those that it is said with: `by service_name` means `service.name`, too.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/inputs/metrics.h"

namespace dpol::inputs {

struct NamedSeries {
  struct Point {
    std::optional<vm::Instant> time;  // none: when the document was made, which is now
    std::string number;               // "": it is not known
    std::uint32_t line = 0;
  };
  std::string name;
  std::vector<std::string> aliases;  // other names that a policy may know it by
  std::map<std::string, std::string> labels;
  std::string unit;     // of its numbers, as policies write it: ms, %; "": base units
  std::string refusal;  // why it is no series of numbers: only said if it is meant
  std::vector<Point> points;
  std::uint32_t line = 0;
};

// Adds what is meant to the sink, or errors.
void bind_series(const std::vector<NamedSeries>& all, MetricSink& metrics);

// Without the blanks and carriage returns around it.
std::string_view trimmed(std::string_view text);

// The string below a key, or "".
std::string text_in(NodeRef map, std::string_view key);

// Another name of "a.b.c", as a policy can write it: "a_b_c".
std::string with_underscores(std::string name);

// A count of such parts of a second since 1970; nothing where it is none.
std::optional<vm::Instant> instant_in(std::string_view count, std::int64_t parts_of_a_second);

// What a system calls a unit, and what policies do.
using UnitName = std::pair<std::string_view, std::string_view>;
std::optional<std::string_view> find_unit(std::span<const UnitName> units, std::string_view name);

}  // namespace dpol::inputs
