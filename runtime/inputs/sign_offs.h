// Sign-offs from a JSON document: a list, or an object whose `sign_offs` is one.
//
//   {"sign_offs": [
//     {"item": "checkout.before.rollback_plan", "service": "checkout", "version": "3.1.0",
//      "environment": "production", "by": "a name", "role": "release_manager",
//      "at": "2025-02-13T14:05:00Z"}
//   ]}
//
// `item` may be any tail of the id that is not ambiguous. `answer` says what `dpol confirm` says by
// options: confirm (if it is left out), refuse, not_applicable; of a stage that a person decides on
// proceed, hold, rollback. `stage` and `note` are optional; `service`, `version` and `environment`
// are those of the release, left out where the policy does not declare them.
//
// Promises: all or nothing; every error names file and line.
#pragma once

#include <vector>

#include "runtime/inputs/input_error.h"
#include "runtime/inputs/input_file.h"
#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"

namespace dpol::inputs {

struct SignOffs {
  std::vector<program::SignOff> sign_offs;
  std::vector<InputError> errors;  // where there are any, no sign-off counts
};

SignOffs read_sign_offs(const program::Program& program, const InputFile& file);

}  // namespace dpol::inputs
