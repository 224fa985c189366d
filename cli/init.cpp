// A policy to start from, written into a folder.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <system_error>

#include "cli/app.h"
#include "cli/command_line.h"
#include "cli/embedded.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "runtime/decision/value_text.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  std::string starter = "standard";
  std::string folder = ".";
  bool force = false;
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const EmbeddedText& starter : starters()) all.emplace_back(starter.name);
  return all;
}

const EmbeddedText& find_starter(const std::string& name, const CommandLine& line) {
  const auto found = std::ranges::find(starters(), name, &EmbeddedText::name);
  if (found != starters().end()) return *found;
  line.fail(fmt::format("there is no starter {}{}; there is {}", in_ticks(name),
                        did_you_mean(name, names()), listed(names())));
}

}  // namespace

int run_init(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  InitOptions options;
  line.positional("STARTER", options.starter, listed(names()) + " (standard)");
  line.option("--dir", "DIR", options.folder, "the folder that it is written into (.)");
  line.flag("--force", options.force, "replace a file of that name");
  if (!line.parse(arguments, console)) return kExitDone;
  const EmbeddedText& starter = find_starter(options.starter, line);

  std::error_code error;
  const std::string file = (fs::path(options.folder) / fmt::format("{}.dpol", starter.name)).lexically_normal().string();
  if (!options.force && fs::exists(fs::symlink_status(file, error))) {
    throw Failure::output(fmt::format(
        "{} is there already: --force replaces it, --dir DIR writes elsewhere", in_ticks(file)));
  }
  fs::create_directories(options.folder, error);
  if (error) {
    throw Failure::output(
        fmt::format("the folder {} cannot be made: {}", in_ticks(options.folder), error.message()));
  }
  if (const auto fault = write_file(file, starter.text))
    throw Failure::output(fmt::format("{} {}", in_ticks(file), fault->text));
  const std::string shown = decision::printable(file);
  console.out << fmt::format(
      "wrote {0}\n\n"
      "  dpol test {0}           runs its tests\n"
      "  dpol test {0} --mutate  tells what they would not notice\n"
      "  dpol lint {0}           tells what it says and hardly means\n"
      "  dpol check {0}          decides a release, with --facts FILE and --metrics FILE\n",
      shown);
  return kExitDone;
}

}  // namespace dpol::cli
