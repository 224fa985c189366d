#include "cli/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "cli/command_line.h"
#include "cli/documents.h"
#include "cli/evidence.h"
#include "cli/failure.h"
#include "cli/glob.h"
#include "runtime/inputs/input_error.h"
#include "runtime/program/digest.h"
#include "sources/read.h"

namespace dpol::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{512} << 20U;  // of all documents of a source

using Given = std::map<std::string, std::vector<std::string>>;

Given split(const program::Program& program, const std::vector<std::string>& options) {
  std::vector<std::string> known;
  for (const program::Source& source : program.sources) known.push_back(program.text(source.name));
  Given given;
  for (const std::string& option : options) {
    const std::size_t equals = option.find('=');
    const std::string name = option.substr(0, equals);
    if (std::ranges::find(known, name) == known.end()) {
      throw Failure::usage(
          known.empty() ? fmt::format("--source {}: the policy has no sources", in_ticks(name))
                        : fmt::format("--source {}: there is no such source{}; there is {}",
                                      in_ticks(name), did_you_mean(name, known), listed(known)));
    }
    given[name].push_back(option.substr(equals + 1));
  }
  return given;
}

class Reader {
 public:
  Reader(const program::Program& program, Given given, Console& console)
      : program_(program), given_(std::move(given)), console_(console) {}

  std::vector<inputs::SourceInput> read() {
    for (const program::Source& source : program_.sources) read(source);
    const std::vector<inputs::InputError> errors = errors_.take();
    for (const inputs::InputError& error : errors)
      console_.err << "error: " << error.to_text() << "\n";
    if (!errors.empty()) {
      throw Failure::input(fmt::format("{} error{} in the inputs: nothing was decided",
                                       errors.size(), errors.size() == 1 ? "" : "s"));
    }
    return std::move(inputs_);
  }

 private:
  void read(const program::Source& source) {
    const std::string& name = program_.text(source.name);
    if (program_.text(source.format) == program::kPrometheusFormat) return;  // cli/prometheus.h
    const sources::FormatInfo* format = sources::find_format(program_.text(source.format));
    if (format == nullptr) {
      throw Failure::input(fmt::format(
          "source {} is of format {}, which this dpol does not know: compile the policy again",
          in_ticks(name), in_ticks(program_.text(source.format))));
    }
    inputs::SourceInput input;
    input.source = name;
    std::vector<inputs::InputFile> files = files_of(source, name);
    if (files.empty()) return;
    for (const inputs::InputFile& file : files)
      input.files.push_back(
          {file.name, program::sha256_hex(file.bytes), inputs::count_lines(file.bytes)});
    sources::SourceSettings settings;
    for (const program::SourceField& field : source.fields)
      settings.fields.push_back(
          {program_.text(field.fact), program_.text(field.at), program_.text(field.unit)});
    for (const program::SourceOption& option : source.options) settings.options.push_back(value_of(option));
    auto facts = sources::read(*format, std::move(files), settings, errors_);
    if (!facts) return;
    input.facts = std::move(*facts);
    inputs_.push_back(std::move(input));
  }

  sources::OptionValue value_of(const program::SourceOption& option) {
    const std::string& value = program_.text(option.value);
    if (!option.is_file) return {program_.text(option.name), {}, value};
    inputs::InputFile file = read_document(value, console_);
    return {program_.text(option.name), std::move(file.name), std::move(file.bytes)};
  }

  std::vector<inputs::InputFile> files_of(const program::Source& source, const std::string& name) {
    const auto given = given_.find(name);
    std::vector<std::string> patterns;
    for (const program::StringId file : source.files) patterns.push_back(program_.text(file));
    if (given != given_.end()) patterns = given->second;
    std::vector<inputs::InputFile> files;
    std::size_t bytes = 0;
    for (const std::string& path : expanded(patterns, given != given_.end())) {
      files.push_back(read_document(path, console_));
      bytes += files.back().bytes.size();
      if (bytes > kMostBytes) {
        throw Failure::input(fmt::format("the documents of source {} are larger than {} MiB together",
                                         in_ticks(name), kMostBytes >> 20U));
      }
    }
    if (files.empty()) {
      console_.err
          << (patterns.empty()
                  ? fmt::format(
                        "note: source {}: no file is named, here or by `--source {}=FILE`\n",
                        in_ticks(name), name)
                  : fmt::format("note: source {}: there is no file {}\n", in_ticks(name),
                                in_ticks(fmt::format("{}", fmt::join(patterns, "`, `")))));
    }
    return files;
  }

  std::vector<std::string> matching(const std::string& pattern) {
    if (console_.past != nullptr) return console_.past->matches(pattern);
    std::vector<std::string> found = matching_files(pattern);
    if (console_.evidence != nullptr && found.size() <= kMaxMatches) console_.evidence->patterns[pattern] = found;
    return found;
  }

  // Each file once, also where several patterns name it.
  std::vector<std::string> expanded(const std::vector<std::string>& patterns, bool must_be_there) {
    std::vector<std::string> paths;
    for (const std::string& pattern : patterns) {
      std::vector<std::string> found = {pattern};
      if (pattern != "-" && !(must_be_there && !is_pattern(pattern)))
        found = matching(pattern);
      if (found.size() > kMaxMatches)
        throw Failure::input(
            fmt::format("{} names more than {} files", in_ticks(pattern), kMaxMatches));
      if (found.empty() && must_be_there)
        throw Failure::input(fmt::format("there is no file {}", in_ticks(pattern)));
      for (std::string& path : found) {
        if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
      }
    }
    return paths;
  }

  const program::Program& program_;
  Given given_;
  Console& console_;
  inputs::InputErrors errors_;
  std::vector<inputs::SourceInput> inputs_;
};

}  // namespace

std::vector<inputs::SourceInput> read_sources(const program::Program& program,
                                              const std::vector<std::string>& given,
                                              Console& console) {
  return Reader(program, split(program, given), console).read();
}

}  // namespace dpol::cli
