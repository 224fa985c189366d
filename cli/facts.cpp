// dpol facts: what documents say, as policies would have it.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "cli/app.h"
#include "cli/command_line.h"
#include "cli/documents.h"
#include "cli/failure.h"
#include "cli/glob.h"
#include "cli/sources.h"
#include "compiler/compile.h"
#include "runtime/decision/value_text.h"
#include "runtime/inputs/load.h"
#include "sources/read.h"

namespace dpol::cli {
namespace {

struct FactsOptions {
  std::vector<std::string> documents;
  std::string format = "text";

  void describe(CommandLine& line) {
    std::string known;
    for (const sources::FormatInfo& one : sources::formats())
      if (!one.schema.empty()) known += (known.empty() ? "" : ", ") + std::string(one.name);
    line.positionals("SOURCE", documents, "a document, or FORMAT=FILE; the formats are " + known);
    line.option("--format", "text|json", format, "how the facts are printed");
  }

  void check(const CommandLine& line) const {
    if (documents.empty()) line.fail("which documents? SOURCE is missing");
    if (format != "text" && format != "json")
      line.fail(fmt::format("--format is text or json, not {}", in_ticks(format)));
  }
};

// The options `FORMAT=FILE` that read_sources takes: a source is named as its format.
std::vector<std::string> with_formats(const std::vector<std::string>& documents,
                                      const CommandLine& line, Console& console) {
  std::vector<std::string> named;
  for (const std::string& document : documents) {
    const std::size_t equals = document.find('=');
    const std::string word = document.substr(0, equals);
    const sources::FormatInfo* format =
        equals == std::string::npos ? nullptr : sources::find_format(word);
    if (format != nullptr && format->schema.empty()) {
      line.fail(fmt::format("of a document of format {} only a policy says where its facts stand",
                            in_ticks(word)));
    }
    if (format != nullptr) {
      named.push_back(document);
      continue;
    }
    if (document == "-") line.fail("of standard input say the format: FORMAT=-");
    for (const std::string& path :
         is_pattern(document) ? matching_files(document) : std::vector<std::string>{document}) {
      const sources::FormatInfo* found = sources::recognise(read_document(path, console));
      if (found == nullptr)
        throw Failure::input(
            fmt::format("{} is of no format that is known; see dpol help facts", in_ticks(path)));
      named.push_back(fmt::format("{}={}", found->name, path));
    }
  }
  if (named.empty()) throw Failure::input(fmt::format("there is no file {}", listed(documents)));
  return named;
}

// A program that has the facts of these formats, and no policy.
program::Program program_of(const std::vector<std::string>& named) {
  std::set<std::string> formats;
  std::string text;
  for (const std::string& one : named) {
    const std::string format = one.substr(0, one.find('='));
    if (formats.insert(format).second) text += fmt::format("source {0} {0}\n", format);
  }
  compiler::CompileOptions options;
  options.entries = {{"facts", std::move(text)}};
  options.source_formats = sources::source_formats();
  compiler::CompileResult result = compiler::compile(options);
  if (!result.ok()) throw std::logic_error("the schemas of the formats do not compile");
  return std::move(*result.program);
}

// A fact as it is printed.
struct Fact {
  std::string path;
  std::string value;
  std::string origin;
  bool known = false;
};

std::string origin_text(const vm::Snapshot& snapshot, const vm::Origin& origin) {
  if (origin.document >= snapshot.documents().size()) return {};
  const std::string& name = snapshot.documents()[origin.document].name;
  return origin.line == 0 ? name : fmt::format("{}:{}", name, origin.line);
}

std::vector<Fact> facts_of(const program::Program& program, const vm::Snapshot& snapshot) {
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const program::Input& input = program.inputs[i];
    const program::Value value = snapshot.inputs()[i];
    Fact fact{program.text(input.name), {}, {}, !value.is_unknown()};
    fact.value = fact.known ? decision::value_text(program, snapshot, value, input.type)
                            : std::string(input.optional ? "absent" : "unknown");
    if (fact.known) fact.origin = origin_text(snapshot, snapshot.origins()[i]);
    facts.push_back(std::move(fact));
  }
  std::ranges::stable_sort(
      facts, {}, [](const Fact& fact) { return fact.path.substr(0, fact.path.find('.')); });
  return facts;
}

void print_text(const std::vector<Fact>& facts, Console& console) {
  std::size_t path = 0;
  std::size_t value = 0;
  for (const Fact& fact : facts) {
    path = std::max(path, fact.path.size());
    value = std::max(value, std::min<std::size_t>(fact.value.size(), 40));
  }
  for (const Fact& fact : facts) {
    std::string line =
        fmt::format("{:<{}}  {:<{}}  {}", fact.path, path, fact.value, value, fact.origin);
    line.erase(line.find_last_not_of(' ') + 1);
    console.out << line << "\n";
  }
}

void print_json(const std::vector<Fact>& facts, Console& console) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Fact& fact : facts) {
    nlohmann::ordered_json one = {
        {"path", fact.path}, {"known", fact.known}, {"value", nullptr}, {"source", nullptr}};
    if (fact.known) one["value"] = fact.value;
    if (!fact.origin.empty()) one["source"] = fact.origin;
    list.push_back(std::move(one));
  }
  const nlohmann::ordered_json document = {{"schema", "dpol.facts/1"}, {"facts", std::move(list)}};
  console.out << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
              << "\n";
}

}  // namespace

int run_facts(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  FactsOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);
  const std::vector<std::string> named = with_formats(options.documents, line, console);
  const program::Program program = program_of(named);
  inputs::LoadRequest request;
  request.sources = read_sources(program, named, console);
  const inputs::LoadResult result = inputs::load(program, request);
  if (!result.loaded) {
    for (const inputs::InputError& error : result.errors)
      console.err << "error: " << error.to_text() << "\n";
    throw Failure::input("the documents contradict what their format says");
  }
  for (const inputs::Note& note : result.loaded->remarks.notes)
    console.err << "note: " << note.to_text() << "\n";
  const std::vector<Fact> facts = facts_of(program, result.loaded->snapshot);
  options.format == "json" ? print_json(facts, console) : print_text(facts, console);
  return kExitDone;
}

}  // namespace dpol::cli
