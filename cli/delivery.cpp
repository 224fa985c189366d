#include "cli/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <system_error>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/policies.h"
#include "cli/quotes.h"

namespace dpol::cli {
namespace {

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const reports::FormatInfo& info : reports::formats()) names.emplace_back(info.name);
  return names;
}

}  // namespace

void Delivery::describe(CommandLine& line) {
  line.option("--format", "FORMAT[=FILE]", specs_,
              fmt::format("{}; with a file, to there; may be repeated", fmt::join(format_names(), " | ")));
  line.option("--output", "FILE", output_, "where the report without a file goes, in place of standard output");
  line.flag("-v,--verbose", verbose_, "list every rule, with the values it saw");
  line.flag("--explain", explain_, "show the lines of the documents that decided, and what would change the decision");
}

void Delivery::check(const CommandLine& line) {
  targets_.clear();
  if (specs_.empty()) specs_ = {"pretty"};
  for (const std::string& spec : specs_) add_target(spec, line);
  const auto is_pretty = [](const Target& target) { return target.format->format == reports::Format::pretty; };
  if (explain_ && std::ranges::none_of(targets_, is_pretty)) line.fail("--explain is for the format pretty, and none is asked for");
  const auto without_file = std::ranges::count_if(targets_, [](const Target& target) { return target.file.empty(); });
  if (without_file > 1) line.fail("one report fits on standard output: give the others a file, --format json=FILE");
  if (!output_.empty() && without_file == 0) line.fail("--output has no report to write: every --format has its file");
  for (Target& target : targets_) {
    if (target.file.empty()) target.file = output_;
  }
  check_files_differ(line);
}

// However they are written: `a`, `./a`, by way of a link.
void Delivery::check_files_differ(const CommandLine& line) const {
  std::set<std::filesystem::path> files;
  for (const Target& target : targets_) {
    std::error_code error;
    std::filesystem::path file = std::filesystem::weakly_canonical(std::filesystem::absolute(target.file, error), error);
    if (error) file = target.file;
    if (!target.file.empty() && !files.insert(std::move(file)).second)
      line.fail(fmt::format("two reports for {}", in_ticks(target.file)));
  }
}

bool Delivery::draws() const {
  return std::ranges::any_of(targets_, [](const Target& target) { return target.format->draws; });
}

void Delivery::add_target(const std::string& spec, const CommandLine& line) {
  const std::size_t equals = spec.find('=');
  const std::string name = spec.substr(0, equals);
  const reports::FormatInfo* info = reports::find_format(name);
  if (info == nullptr) {
    line.fail(fmt::format("there is no format {}{}; the formats are {}", in_ticks(name), did_you_mean(name, format_names()),
                          listed(format_names())));
  }
  const std::string file = equals == std::string::npos ? "" : spec.substr(equals + 1);
  if (equals != std::string::npos && file.empty()) line.fail(fmt::format("--format {} names no file", in_ticks(spec)));
  targets_.push_back({info, file});
}

std::string Delivery::render(const Target& target, const decision::Verdict& verdict, const std::string& color,
                             const Console& console) const {
  reports::Options options;
  options.verbose = verbose_;
  options.explain = explain_;
  if (explain_ && console.documents != nullptr) options.lines = quoted_lines(verdict, *console.documents);
  options.color = wants_color(color, target.file.empty() && console.out_is_terminal, console);
  if (target.file.empty() && console.out_width != 0) options.width = console.out_width;
  return reports::render(target.format->format, verdict, options);
}

void Delivery::deliver(const decision::Verdict& verdict, const std::string& color, Console& console) const {
  std::vector<std::string> texts;
  for (const Target& target : targets_) texts.push_back(render(target, verdict, color, console));
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].file.empty()) continue;
    if (const auto fault = write_whole(targets_[i].file, texts[i])) {
      throw Failure::output(in_ticks(targets_[i].file) + " " + fault->text);
    }
  }
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].file.empty()) console.out << texts[i];
  }
}

}  // namespace dpol::cli
