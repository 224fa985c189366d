// What the record of decisions says of one: written from a verdict, read back for those who look something up.
//
// Promises: what is written is one line of JSON, a pure function of its arguments; what is read may hold anything, and
// what has not the form of a decision is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/evidence.h"
#include "runtime/decision/verdict.h"
#include "runtime/program/kept_baseline.h"

namespace dpol::cli {

// dpol.log/1. `measured` is kept of releases that are promoted.
std::string log_entry(const decision::Verdict& verdict, std::int64_t recorded_at,
                      const std::vector<program::KeptBaseline>& measured, const Evidence& evidence);
// "sha256:…" of its report as JSON: two verdicts that have the same are the same to whoever reads them.
std::string report_digest(const decision::Verdict& verdict);
// Whether a policy promotes, and nothing graver is decided.
bool is_promoted(const decision::Verdict& verdict);

struct LoggedPolicy {
  std::string id;
  std::string decision;
  std::string stage;                    // "" where it has none
  std::vector<std::string> decided_by;  // "checkout.latency_p95 fired"
};
struct LoggedDecision {
  std::uint64_t number = 0;
  std::int64_t at = 0;   // the moment judged
  std::string decision;  // go, advance, promoted, hold, no-go, rollback; "decides nothing"
  std::string service, version, environment;
  std::vector<LoggedPolicy> policies;
  std::vector<program::KeptBaseline> metrics;  // without name; of a promoted release
};
// The decision, or why the line is none.
std::variant<LoggedDecision, std::string> read_log_entry(std::string_view line);

// What a recorded decision was made of, and what came of it.
struct LoggedEvidence {
  Evidence evidence;
  std::string report;  // its digest
  std::string engine;  // version
};
// Or why it is not there.
std::variant<LoggedEvidence, std::string> read_log_evidence(std::string_view line);

}  // namespace dpol::cli
