// dpol doc: what a policy demands, for people.

#include <fmt/format.h>

#include <ostream>
#include <span>

#include "cli/app.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/policies.h"
#include "compiler/doc/doc.h"
#include "runtime/program/codec.h"

namespace dpol::cli {
namespace {

struct DocOptions {
  PolicyOptions policies;
  std::string format = "markdown";
  std::string output;

  void describe(CommandLine& line) {
    std::string known;
    for (const doc::FormatInfo& info : doc::formats()) {
      known += fmt::format("{}{} ({})", known.empty() ? "" : "; ", info.name, info.doc);
    }
    policies.consequence = "nothing was written";
    policies.open_parameters = true;
    policies.describe(line);
    line.option("--format", "FORMAT", format, known + "; without it markdown");
    line.option("-o,--output", "FILE", output, "where to write it, in place of standard output");
  }
};

const doc::FormatInfo& format_named(const std::string& name, const CommandLine& line) {
  if (const doc::FormatInfo* info = doc::find_format(name)) return *info;
  std::vector<std::string> names;
  for (const doc::FormatInfo& info : doc::formats()) names.emplace_back(info.name);
  line.fail(fmt::format("there is no format {}{}; the formats are {}", in_ticks(name),
                        did_you_mean(name, names), listed(names)));
}

// A program has no documentation, and not all of the words.
void refuse_programs(const std::vector<std::string>& files, Console& console) {
  for (const std::string& path : files) {
    if (path == "-") continue;
    const auto read = read_file(path, program::kMaxFileBytes, console);
    const auto* text = std::get_if<std::string>(&read);
    if (text == nullptr) continue;
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text->data()), text->size());
    if (!program::looks_like_program(bytes)) continue;
    throw Failure::usage(in_ticks(path) + " is compiled: give the policy it was made from");
  }
}

}  // namespace

int run_doc(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  DocOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.policies.check(line);
  const doc::FormatInfo& format = format_named(options.format, line);

  refuse_programs(options.policies.files, console);
  const compiler::CompileResult result =
      compile_policies(options.policies.files, options.policies, console);
  if (!result.ok()) throw not_compiled(result, options.policies);
  if (result.checked.policies.empty()) {
    throw Failure::policy(
        "there is no policy to write about: files that declare facts, functions and roles alone "
        "have none");
  }
  const std::string text = format.write(doc::describe(result.checked));
  if (options.output.empty()) {
    console.out << text;
  } else if (const auto fault = write_file(options.output, text)) {
    throw Failure::output(in_ticks(options.output) + " " + fault->text);
  }
  return kExitDone;
}

}  // namespace dpol::cli
