#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/documents.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/prometheus.h"
#include "cli/sources.h"
#include "runtime/inputs/document.h"
#include "runtime/inputs/redact.h"

namespace dpol::cli {
namespace {

void check_pairs(const CommandLine& line, const char* option, const std::vector<std::string>& pairs) {
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      line.fail(fmt::format("{} {}: expected a name, `=` and a value", option, in_ticks(pair)));
    }
  }
}

inputs::LoadRequest request_of(const program::Program& program, const InputOptions& options, const Moments& moments,
                               MetricServers& servers, Console& console) {
  inputs::LoadRequest request;
  request.sources = read_sources(program, options.sources, console);
  for (const std::string& path : options.facts) request.facts.push_back(read_document(path, console));
  request.fact_options = options.fact_options;
  request.set_options = options.set_options;
  for (const std::string& argument : servers.documents()) {
    inputs::MetricsArgument parts = inputs::split_metrics_argument(argument);
    request.metrics.push_back({read_document(parts.path, console), std::move(parts.target)});
  }
  request.at = moments.at;
  request.deployed_at = moments.deployed_at;
  request.stage = moments.stage;
  request.stage_at = moments.stage_at;
  request.clock = console.clock();
  if (options.asks) request.asked = servers.sources();
  request.ask = [&servers](const inputs::Query& query) { return servers.ask(query); };
  request.measures = options.measures;
  return request;
}

template <class List>
void print_all(const List& list, std::string_view prefix, Console& console) {
  for (const auto& one : list) console.err << prefix << one.to_text() << "\n";
}

void print_remarks(const inputs::Remarks& remarks, Console& console) {
  print_all(remarks.notes, "note: ", console);
  print_all(remarks.facts, "note: ", console);
  print_all(remarks.metrics, "note: ", console);
  if (remarks.unlisted != 0) console.err << fmt::format("note: and {} more\n", remarks.unlisted);
}

}  // namespace

void InputOptions::describe(CommandLine& line) {
  line.option("--source", "NAME=FILE|URL", sources,
              "the documents of a source of the policy, or the server it asks, in place of what it names; may be repeated");
  line.option("--facts", "FILE", facts, "a document of facts, JSON or YAML; may be repeated, the later wins");
  line.option("--fact", "PATH=VALUE", fact_options, "one fact; may be repeated");
  line.option("--set", "NAME=VALUE", set_options, "the value of a parameter; may be repeated");
  line.option("--metrics", "[NAME[.TRACK]=]FILE|URL", metrics,
              "metrics: JSON, NDJSON or an answer of Prometheus, of which the metric is said; or the address of the "
              "server that the sources of metrics ask; may be repeated");
}

void InputOptions::check(const CommandLine& line) const {
  check_pairs(line, "--source", sources);
  check_pairs(line, "--fact", fact_options);
  check_pairs(line, "--set", set_options);
}

std::size_t InputOptions::from_standard_input() const {
  auto count = std::ranges::count(facts, "-");
  count += std::ranges::count_if(sources, [](const std::string& one) { return one.ends_with("=-"); });
  for (const std::string& argument : metrics) {
    if (inputs::split_metrics_argument(argument).path == "-") ++count;
  }
  return static_cast<std::size_t>(count);
}

vm::Snapshot load_inputs(const program::Program& program, const InputOptions& options,
                         const Moments& moments, Console& console) {
  MetricServers servers(program, options, console);
  inputs::LoadResult result = inputs::load(program, request_of(program, options, moments, servers, console));
  if (!result.loaded) {
    print_all(result.errors, "error: ", console);
    throw Failure::input(fmt::format("{} error{} in the inputs: nothing was decided", result.errors.size(),
                                     result.errors.size() == 1 ? "" : "s"));
  }
  print_remarks(result.loaded->remarks, console);
  return std::move(result.loaded->snapshot);
}

}  // namespace dpol::cli
