// The lines of documents that a report speaks of, for --explain.
#pragma once

#include <map>
#include <string>

#include "cli/console.h"
#include "runtime/decision/verdict.h"

namespace dpol::cli {

// By "facts.json:3", the place that a report names: the line without its indentation, of a long one the part around
// the name that was looked for. Secrets are taken out.
std::map<std::string, std::string> quoted_lines(const decision::Verdict& verdict, const KeptDocuments& documents);

}  // namespace dpol::cli
