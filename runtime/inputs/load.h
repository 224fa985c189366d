// load: everything that one decision is made from, documents and options, to a Snapshot.
//
// Promises
//  - All or nothing: with any error there is no snapshot, and every error that could be found is
//    listed, up to 20 of each input.
//  - A pure function of the request: the clock is given by the caller.
//  - Documents are numbered in the order: sources, facts, --fact, --set, metrics, answers.
//  - What a document of metrics brings is not asked about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/inputs/document.h"
#include "runtime/inputs/input_error.h"
#include "runtime/inputs/input_file.h"
#include "runtime/inputs/queries.h"
#include "runtime/inputs/remarks.h"
#include "runtime/program/program.h"
#include "runtime/vm/snapshot.h"

namespace dpol::inputs {

struct MetricsInput {
  InputFile file;
  std::string target;  // "", "latency_p95" or "latency_p95.stable": see split_metrics_argument
};

// What the documents of a source brought (sources/read.h).
struct SourceInput {
  // Lines of the facts count on from one file to the next.
  struct File {
    std::string name;
    std::string digest;
    std::uint32_t lines = 0;
  };
  std::string source;  // its facts stand below that name
  std::vector<File> files;
  Document facts;
};

struct LoadRequest {
  std::vector<SourceInput> sources;       // documents below win over them
  std::vector<InputFile> facts;           // later wins
  std::vector<std::string> fact_options;  // "path=value"
  std::vector<std::string> set_options;   // "parameter=value"
  std::vector<MetricsInput> metrics;
  std::optional<std::string> at;  // a time, as the other three below as the option has it
  std::optional<std::string> deployed_at;
  std::optional<std::string> stage;  // "50", "50%", "green"
  std::optional<std::string> stage_at;
  vm::Instant clock = 0;  // now, if nothing else says it
  // The sources of Program::sources that are asked, and what asks: after all documents were read and
  // only if they hold no error.
  std::vector<std::uint32_t> asked;
  Ask ask;
  bool measures = false;  // QueryMoments
};

struct Loaded {
  vm::Snapshot snapshot;
  Remarks remarks;
};

struct LoadResult {
  std::optional<Loaded> loaded;
  std::vector<InputError> errors;  // empty if and only if `loaded` is there
};

LoadResult load(const program::Program& program, const LoadRequest& request);

// `NAME=FILE` and `NAME.TRACK=FILE` into both parts; a path or URL alone has no target. A name is
// letters, digits, "_" and ".", so a path that looks like one is given as ./name=file.
struct MetricsArgument {
  std::string target;
  std::string path;
};
MetricsArgument split_metrics_argument(std::string_view argument);

}  // namespace dpol::inputs
