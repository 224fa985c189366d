// What was sent, on the command line: kept in the same state as sign-offs.
#pragma once

#include <optional>
#include <vector>

#include "cli/people.h"
#include "runtime/program/sending.h"

namespace dpol::cli {

// Those of a release. Nothing where nobody keeps them (no state was named, and the usual one is not
// there), or where it is not known which release this is.
std::optional<std::vector<program::Sending>> sendings_of(const SignOffOptions& options,
                                                         const decision::Release& release);
void keep_sending(const program::Sending& sending, const SignOffOptions& options);

}  // namespace dpol::cli
