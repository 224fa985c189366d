// Remarks: what reading the inputs of a decision found that is no error: notes, and names that
// documents have and no policy declares.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/inputs/input_error.h"

namespace dpol::inputs {

// A fact, metric or field that nothing reads.
struct Unclaimed {
  std::string file;
  std::uint32_t line = 0;
  std::string path;     // as the document has it: tests.faild
  std::string nearest;  // a declared name that may be meant, or ""

  // facts.json:3: no policy reads `servce`; did you mean `service`?
  std::string to_text() const;
  friend bool operator==(const Unclaimed&, const Unclaimed&) = default;
};

struct Remarks {
  // More of a kind would not be read by anyone.
  static constexpr std::size_t kMost = 100;

  std::vector<Note> notes;
  std::vector<Unclaimed> facts;
  std::vector<Unclaimed> metrics;
  std::size_t unlisted = 0;  // those beyond kMost of each list

  void add_note(Note note);
  void add_fact(Unclaimed fact);
  void add_metric(Unclaimed metric);
};

}  // namespace dpol::inputs
