// queries: what the sources of a program ask a monitoring system for one decision.
//
// Promises
//  - A pure function of program, facts and moments. A value of a fact stands in a query only where
//    the compiler found a place for it, escaped for that place.
//  - Times of samples are multiples of the metric's interval since 1970 and not those of this very
//    check, so that a later check sees the same samples.
//  - No query asks for more than kMostSamples; a longer span is asked in parts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/inputs/input_error.h"
#include "runtime/inputs/input_file.h"
#include "runtime/inputs/metrics.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::inputs {

// What Prometheus gives at most is 11,000.
inline constexpr vm::Instant kMostSamples = 10'000;
inline constexpr vm::Instant kMostParts = 30;

struct Query {
  std::uint32_t source = 0;  // into Program::sources
  MetricTarget target;
  program::Decimal scale = program::Decimal::from_int64(1);
  bool over_time = false;  // a baseline out of samples before T
  std::string name;        // error_rate.stable
  std::string text;
  vm::Instant from = 0, to = 0;  // whole milliseconds
  vm::Instant step = 0;          // 0: at `to` alone
};

struct Answer {
  InputFile file;  // its name: whom it is of and what about
  bool is_there = false;
  std::string fault;  // why it is not there, if this was found out
  std::string hint;
};

using Ask = std::function<Answer(const Query& query)>;

struct QueryPlan {
  std::vector<Query> queries;
  std::vector<Note> notes;         // what is not asked, and why
  std::vector<InputError> errors;  // what cannot be
};

struct QueryMoments {
  vm::Instant now = 0;
  std::optional<vm::Instant> deployed_at;
  bool measures = false;  // what a baseline would be is asked for, besides what conditions read
};

// Of these sources, but for tracks that are brought by a document.
QueryPlan plan_queries(const program::Program& program, const vm::SnapshotBuilder& facts,
                       const std::vector<std::uint32_t>& sources, const QueryMoments& moments,
                       const std::function<bool(const MetricTarget&)>& is_brought);

}  // namespace dpol::inputs
