// Messages as text: what is to be said now, to whom, and what is not due.
//
// Promises: as of all reports (report.h).
#pragma once

#include <cstdint>
#include <string>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

enum class Which : std::uint8_t {
  all,
  due,  // and those of which nobody can tell
};

// Those of all policies of the verdict that has them.
std::string messages_as_text(const decision::Verdict& verdict, Which which);
// dpol.messages/1
std::string messages_as_json(const decision::Verdict& verdict, Which which);

// Whether it is one of them.
bool is_told(const decision::MessageVerdict& message, Which which);

}  // namespace dpol::reports
