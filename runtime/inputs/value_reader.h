// ValueReader: a value of a document, or a text of the command line, read as a declared type.
//
// Rules
//  - A bare number is in base units (seconds, bytes, 1 for 100 %, per second); a string carries its
//    unit ("250ms", "0.3%", "1pp", "2GiB") or is a bare number itself.
//  - A time is RFC 3339 with a zone, or a number of seconds since the epoch.
//  - "NaN" and infinities are no error but unknown. Anything else that is not of the type is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/inputs/document.h"
#include "runtime/inputs/program_names.h"
#include "runtime/vm/snapshot.h"

namespace dpol::inputs {

// Why a value is not of its type.
struct Mismatch {
  std::string expected;
  std::string found;
  std::string hint;
};

class ValueReader {
 public:
  ValueReader(const program::Program& program, vm::SnapshotBuilder& builder)
      : program_(program), names_(program), builder_(builder) {}

  // Of any type but lists and maps. The node is not null.
  std::optional<program::Value> read(const program::Type& type, NodeRef node,
                                     program::Birthplace born, Mismatch& mismatch);
  // The same for a text without quotes, as options have it: `3`, `0.5%`, `true`, `production`.
  std::optional<program::Value> read_text(const program::Type& type, std::string_view text,
                                          program::Birthplace born, Mismatch& mismatch);

  // "a whole number", "a duration: seconds, or a text such as "250ms"", "dev, staging or
  // production"
  std::string expected(const program::Type& type) const;
  // Whether the value lies outside a ratio's 0..1, which makes it unknown unless declared
  // otherwise.
  static bool is_outside_ratio(const program::Type& type, program::Value value);
  // "is 87, outside 0%..100%, …": of such a value.
  static std::string ratio_note(program::Value value);
  // The value as its type prints, in full.
  std::string print(const program::Type& type, program::Value value) const;

  const ProgramNames& names() const { return names_; }

 private:
  std::optional<program::Value> numeric(const program::Type& type, std::string_view text,
                                        bool is_text, program::Birthplace born, Mismatch& mismatch);
  std::optional<program::Value> time(std::string_view text, bool is_text, Mismatch& mismatch);
  std::optional<program::Value> member(const program::Type& type, std::string_view text,
                                       Mismatch& mismatch);
  std::optional<program::Value> symbol(const program::Type& type, std::string_view text,
                                       program::Birthplace born, Mismatch& mismatch);

  const program::Program& program_;
  ProgramNames names_;
  vm::SnapshotBuilder& builder_;
};

// "the string "none"", "the number 3.5", "true", "null", "a list of 3", "a map with a and b".
std::string found_text(NodeRef node);

// A time as --at and documents give it: RFC 3339 with a zone, or seconds since the epoch.
std::optional<vm::Instant> read_instant(std::string_view text, bool is_text, Mismatch& mismatch);

}  // namespace dpol::inputs
