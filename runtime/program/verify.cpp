// The tables that blocks and policies rest on.

#include "runtime/program/verify.h"

#include <algorithm>
#include <unordered_set>

#include "runtime/program/semver.h"
#include "runtime/program/verifier.h"

namespace dpol::program {
namespace {

// RFC 3629: shortest form only, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const unsigned next = byte(i + 1);
    std::size_t length = 0;
    if (lead < 0x80) {
      length = 1;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F)) return false;
      length = 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      if ((lead == 0xF0 && next < 0x90) || (lead == 0xF4 && next > 0x8F)) return false;
      length = 4;
    } else {
      return false;
    }
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

bool is_hex_digest(std::string_view text) {
  constexpr std::size_t kHexDigits = 64;
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == kHexDigits && std::ranges::all_of(text, is_digit);
}

bool is_numeric_class(const Type& type) {
  return type.kind <= Kind::map && cell_class(type) == CellClass::number;
}

}  // namespace

std::optional<VerifyFault> verify(const Program& program) { return Verifier(program).run(); }

std::optional<VerifyFault> Verifier::run() {
  // Each step may rely on those before it.
  const bool sound = verify_limits() && verify_strings() && verify_types() && verify_columns() &&
                     verify_constants() && verify_inputs() && verify_spans() && verify_code() &&
                     verify_labels() && verify_metrics() && verify_policies() && verify_files();
  if (sound) return std::nullopt;
  return fault_;
}

bool Verifier::fail(std::string_view what) {
  if (fault_) return false;
  std::string sentence;
  for (const auto& [table, index] : where_) {
    if (!sentence.empty()) sentence += ", ";
    sentence.append(table).append(" ").append(std::to_string(index));
  }
  if (!sentence.empty()) sentence += ": ";
  fault_ = VerifyFault{sentence.append(what)};
  return false;
}

bool Verifier::text(StringId id) { return expect(id < program_.strings.size(), "no such text"); }
bool Verifier::text_or_none(StringId id) { return id == kNone || text(id); }
bool Verifier::place(const SourcePlace& place) { return text_or_none(place.file); }

bool Verifier::not_negative(Decimal value) {
  return expect(Decimal::in_range(value.raw()), "a number out of range") &&
         expect(!value.is_negative(), "a number below zero");
}

bool Verifier::verify_limits() {
  const auto small = [](const auto& table) { return table.size() < kNone; };
  std::size_t rules = 0;
  for (const Policy& policy : program_.policies) rules += policy.rules.size();
  return expect(program_.cell_count() <= kMaxCells, "too many cells") &&
         expect(program_.code.size() <= kMaxInstructions, "too many instructions") &&
         expect(rules <= kMaxRules, "too many rules") &&
         expect(small(program_.strings) && small(program_.columns) && small(program_.blocks),
                "a table too long for its indexes") &&
         // Types name them with 16 bits, instructions name series with 32.
         expect(program_.enumerations.size() <= UINT16_MAX, "too many enumerations") &&
         expect(program_.row_tables.size() <= UINT16_MAX, "too many row tables") &&
         expect(program_.metrics.size() < kNone / kTrackCount, "too many metrics") &&
         expect(program_.label_sets.size() <= program_.metrics.size(), "more labels than metrics") &&
         expect(program_.regexes.size() <= kMaxPatterns, "too many patterns") &&
         expect(program_.unit_names.size() <= Dimension::kUserUnits, "too many units") &&
         expect(program_.constants.size() == program_.constant_types.size(),
                "constants and their types differ in number") &&
         expect(program_.places.size() == program_.code.size(),
                "instructions and their places differ in number");
}

// Two texts that are the same would be two symbols that differ.
bool Verifier::verify_strings() {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < program_.strings.size(); ++i) {
    const In in(*this, "text", i);
    if (!expect(is_utf8(program_.strings[i]), "not UTF-8")) return false;
    if (!expect(seen.insert(program_.strings[i]).second, "occurs twice")) return false;
  }
  return true;
}

bool Verifier::type(const Type& type) {
  if (!expect(type.kind <= Kind::map, "no such kind of type")) return false;
  const bool is_list = type.kind == Kind::list || type.kind == Kind::map;
  if (is_list) {
    if (!expect(type.index < program_.row_tables.size(), "no such row table")) return false;
    if (!expect(program_.row_tables[type.index].keyed == (type.kind == Kind::map),
                "a list is not keyed, a map is")) {
      return false;
    }
  }
  if (type.kind == Kind::enumeration &&
      !expect(type.index < program_.enumerations.size(), "no such enumeration")) {
    return false;
  }
  for (std::size_t base = 0; base < Dimension::kBases; ++base) {
    const int exponent = type.dimension.exponents[base];
    const bool named = base < Dimension::kFirstUser ||
                       base - Dimension::kFirstUser < program_.unit_names.size();
    if (!expect(exponent == 0 || (type.kind == Kind::quantity && named && exponent != INT8_MIN),
                "a dimension that cannot be")) {
      return false;
    }
  }
  return true;
}

bool Verifier::verify_types() {
  for (std::size_t i = 0; i < program_.unit_names.size(); ++i) {
    const In in(*this, "unit", i);
    if (!text(program_.unit_names[i])) return false;
  }
  for (std::size_t i = 0; i < program_.enumerations.size(); ++i) {
    const In in(*this, "enumeration", i);
    const Enumeration& enumeration = program_.enumerations[i];
    if (!text(enumeration.name)) return false;
    if (!expect(!enumeration.members.empty(), "has no member")) return false;
    for (const StringId member : enumeration.members) {
      if (!text(member)) return false;
    }
  }
  for (std::size_t i = 0; i < program_.regexes.size(); ++i) {
    const In in(*this, "regex", i);
    if (!text(program_.regexes[i])) return false;
  }
  return true;
}

// Every column belongs to one table: otherwise appending rows to one would shift the other's.
bool Verifier::verify_columns() {
  for (std::size_t i = 0; i < program_.columns.size(); ++i) {
    const In in(*this, "column", i);
    const Column& column = program_.columns[i];
    if (!text(column.name) || !type(column.type)) return false;
    if (!expect(column.type.kind != Kind::record, "a record is one column for each of its fields")) {
      return false;
    }
  }
  std::vector<bool> owned(program_.columns.size());
  for (std::size_t i = 0; i < program_.row_tables.size(); ++i) {
    const In in(*this, "row table", i);
    const RowTable& table = program_.row_tables[i];
    if (!text_or_none(table.name)) return false;
    const std::uint64_t end = std::uint64_t{table.first_column} + table.column_count;
    if (!expect(end <= program_.columns.size(), "no such column")) return false;
    for (std::uint64_t column = table.first_column; column < end; ++column) {
      if (!expect(!owned[column], "shares a column")) return false;
      owned[column] = true;
    }
    if (!table.keyed) continue;
    if (!expect(table.column_count > 0, "a map without a key")) return false;
    if (!expect(program_.columns[table.first_column].type.kind == Kind::string,
                "a map's key is a string")) {
      return false;
    }
  }
  return expect(std::ranges::all_of(owned, std::identity()), "a column belongs to no row table");
}

bool Verifier::verify_constant(const Type& constant_type, Value value) {
  if (!type(constant_type)) return false;
  const CellClass cell_class = program::cell_class(constant_type);
  if (!expect(cell_class != CellClass::list && cell_class != CellClass::row,
              "a list is no constant")) {
    return false;
  }
  if (value.is_unknown()) {
    return expect(value == Value::unknown(value.fault()) && value.fault() != Fault::none &&
                      static_cast<std::size_t>(value.fault()) < kFaultCount,
                  "an unknown for no known reason");
  }
  if (cell_class == CellClass::number) {
    return expect(Decimal::in_range(value.raw()), "a number out of range");
  }
  if (!expect(value.high == 0, "an id out of range")) return false;
  if (cell_class == CellClass::boolean) return expect(value.low <= 1, "neither true nor false");
  if (cell_class == CellClass::ordinal) {
    return expect(value.low < program_.enumerations[constant_type.index].members.size(),
                  "no such member");
  }
  if (!expect(value.low < program_.strings.size(), "no such text")) return false;
  if (cell_class != CellClass::semver) return true;
  Semver version;
  TextError error;
  return expect(Semver::parse(program_.strings[value.low], version, error),
                "not a semantic version");
}

bool Verifier::verify_constants() {
  for (std::size_t i = 0; i < program_.constants.size(); ++i) {
    const In in(*this, "constant", i);
    if (!verify_constant(program_.constant_types[i], program_.constants[i])) return false;
  }
  return true;
}

bool Verifier::verify_bound(std::uint32_t cell, const Type& input_type) {
  if (cell == kNone) return true;
  if (!expect(cell < program_.constants.size(), "its default or range is no constant")) return false;
  const Type& bound = program_.constant_types[cell];
  const bool same_class = cell_class(bound) == cell_class(input_type) &&
                          (bound.kind != Kind::enumeration || bound.index == input_type.index);
  return expect(same_class, "its default or range is of another class");
}

bool Verifier::verify_input(const Input& input) {
  if (!expect(input.kind <= InputKind::deployed_at, "no such kind of input")) return false;
  if (!text(input.name) || !type(input.type) || !place(input.place)) return false;
  if (!text_or_none(input.baseline)) return false;
  if (!expect(input.type.kind != Kind::record, "a record is one input for each of its fields")) {
    return false;
  }
  if (input.kind == InputKind::baseline) {
    if (!expect(input.metric < program_.metrics.size(), "no such metric")) return false;
    if (!expect(is_numeric_class(input.type) &&
                    is_numeric_class(program_.metrics[input.metric].type),
                "a baseline is a number")) {
      return false;
    }
  }
  const bool is_moment = input.kind == InputKind::now || input.kind == InputKind::deployed_at;
  if (!expect(!is_moment || input.type.kind == Kind::time, "not a time")) return false;
  if (!verify_bound(input.fallback, input.type)) return false;
  if (input.minimum == kNone && input.maximum == kNone) return true;
  if (!expect(is_numeric_class(input.type), "only a number has a range")) return false;
  if (!verify_bound(input.minimum, input.type) || !verify_bound(input.maximum, input.type)) {
    return false;
  }
  for (const std::uint32_t bound : {input.minimum, input.maximum}) {
    if (!expect(bound == kNone || !program_.constants[bound].is_unknown(), "an unknown range")) {
      return false;
    }
  }
  return true;
}

bool Verifier::verify_inputs() {
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
    const In in(*this, "input", i);
    if (!verify_input(program_.inputs[i])) return false;
  }
  return true;
}

bool Verifier::verify_labels() {
  for (std::size_t i = 0; i < program_.label_sets.size(); ++i) {
    const In in(*this, "label set", i);
    const std::vector<StringId>& labels = program_.label_sets[i].labels;
    if (!expect(!labels.empty() && labels.size() <= kMaxLabels, "no label, or too many")) return false;
    for (std::size_t l = 0; l < labels.size(); ++l) {
      if (!text(labels[l])) return false;
      const auto before = labels.begin() + static_cast<std::ptrdiff_t>(l);
      if (!expect(std::find(labels.begin(), before, labels[l]) == before, "a label twice")) return false;
    }
  }
  return true;
}

bool Verifier::verify_metric(const Metric& metric, std::size_t index) {
  if (!text(metric.name) || !text_or_none(metric.doc) || !type(metric.type)) return false;
  if (!place(metric.place)) return false;
  const CellClass measured = cell_class(metric.type);
  if (!expect(measured == CellClass::number || measured == CellClass::ordinal ||
                  measured == CellClass::boolean,
              "a metric is a number, one of an enumeration, or true or false")) {
    return false;
  }
  if (!expect(metric.better <= Direction::higher, "no such direction")) return false;
  if (!not_negative(metric.interval_seconds) || !not_negative(metric.stale_seconds)) return false;
  if (!expect(metric.label_set == kNone || metric.label_set < program_.label_sets.size(),
              "no such labels")) {
    return false;
  }
  if (!not_negative(metric.gone_seconds)) return false;
  if (!condition_or_none(metric.needs)) return false;
  const bool has_range = Decimal::in_range(metric.minimum.raw()) &&
                         Decimal::in_range(metric.maximum.raw()) &&
                         metric.minimum <= metric.maximum;
  if (!expect(has_range, "its range is none")) return false;
  const BaselineRule& baseline = metric.baseline;
  if (!expect(baseline.kind <= BaselineRule::Kind::promoted, "no such kind of baseline")) return false;
  if (!expect(static_cast<std::size_t>(baseline.aggregate) < kAggregateNames.size(),
              "no such aggregate")) {
    return false;
  }
  if (!not_negative(baseline.seconds)) return false;
  if (metric.baseline_input == kNone) return true;
  if (!expect(metric.baseline_input < program_.inputs.size(), "no such input")) return false;
  const Input& input = program_.inputs[metric.baseline_input];
  return expect(input.kind == InputKind::baseline && input.metric == index,
                "its baseline is another input");
}

bool Verifier::verify_metrics() {
  for (std::size_t i = 0; i < program_.metrics.size(); ++i) {
    const In in(*this, "metric", i);
    if (!verify_metric(program_.metrics[i], i)) return false;
  }
  return true;
}

bool Verifier::verify_files() {
  for (std::size_t i = 0; i < program_.files.size(); ++i) {
    const In in(*this, "file", i);
    if (!text(program_.files[i].name)) return false;
    if (!expect(is_hex_digest(program_.files[i].digest), "no SHA-256")) return false;
  }
  return expect(program_.digest.empty() || is_hex_digest(program_.digest),
                "the program's digest is no SHA-256");
}

}  // namespace dpol::program
