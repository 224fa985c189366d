// dpol init: writes a policy to start from.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <system_error>

#include "cli/app.h"
#include "cli/command_line.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/starters.h"
#include "runtime/decision/value_text.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  std::string starter;
  std::string folder;
  bool force = false;

  void describe(CommandLine& line) {
    std::string known;
    for (const Starter& each : starters()) {
      known += fmt::format("{}{} ({})", known.empty() ? "" : "; ", each.name, each.doc);
    }
    line.positional("STARTER", starter, known + "; without it " + std::string(starters()[0].name));
    line.option("--dir", "DIR", folder, "the folder to write to, in place of this one");
    line.flag("--force", force, "overwrite files that are there");
  }
};

const Starter& starter_named(const std::string& name, const CommandLine& line) {
  if (name.empty()) return starters()[0];
  const auto found = std::ranges::find(starters(), name, &Starter::name);
  if (found != starters().end()) return *found;
  std::vector<std::string> names;
  for (const Starter& starter : starters()) names.emplace_back(starter.name);
  line.fail(fmt::format("there is no starter {}{}; there are {}", in_ticks(name),
                        did_you_mean(name, names), listed(names)));
}

// As an argument for a shell.
std::string quoted(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-+,:@%";
  const std::string shown = decision::printable(path, path.size() * 8);
  if (!shown.empty() && shown.find_first_not_of(kPlain) == std::string::npos) return shown;
  std::string out = "'";
  for (const char c : shown) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

class Init {
 public:
  Init(const InitOptions& options, const Starter& starter) : options_(options), starter_(starter) {}

  // All of them or, where one is there already, none.
  void write() const {
    if (!options_.force) refuse_to_overwrite();
    std::error_code error;
    if (!options_.folder.empty()) fs::create_directories(options_.folder, error);
    if (error) {
      throw Failure::output(fmt::format("the folder {} cannot be made: {}",
                                        in_ticks(options_.folder), error.message()));
    }
    for (const StarterFile& file : starter_.files) {
      const std::string path = path_of(file.name);
      const auto fault = options_.force && is_there(path) ? replace_file(path, file.text)
                                                          : create_file(path, file.text);
      if (fault) throw Failure::output(in_ticks(path) + " " + fault->text);
    }
  }

  void tell(Console& console) const {
    console.out << fmt::format("{}: {}\n\n", starter_.name, starter_.doc);
    std::size_t width = 0;
    for (const StarterFile& file : starter_.files) width = std::max(width, shown(file.name).size());
    for (const StarterFile& file : starter_.files) {
      console.out << fmt::format("  {:<{}}  {}\n", shown(file.name), width, file.about);
    }
    console.out << fmt::format(
        "\nNext:\n  dpol test {}\n  dpol check {} --facts {}{}\n  dpol doc {}\n",
        argument(starter_.tests), argument(starter_.policy), argument(starter_.facts),
        starter_.metrics.empty() ? "" : " --metrics " + argument(starter_.metrics),
        argument(starter_.policy));
  }

 private:
  // A link that leads nowhere is there, too: writing to it would make a file somewhere else.
  static bool is_there(const std::string& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
  }

  void refuse_to_overwrite() const {
    std::vector<std::string> there;
    for (const StarterFile& file : starter_.files) {
      if (is_there(path_of(file.name))) there.push_back(in_ticks(path_of(file.name)));
    }
    if (there.empty()) return;
    throw Failure::output(fmt::format(
        "{} {} there already, and nothing was written; --force overwrites {}", listed(there),
        there.size() == 1 ? "is" : "are", there.size() == 1 ? "it" : "them"));
  }

  std::string path_of(const std::string& name) const {
    return (fs::path(options_.folder) / name).string();
  }
  std::string shown(const std::string& name) const { return decision::printable(path_of(name)); }
  // A folder may begin with a dash, and is no option for that.
  std::string argument(const std::string& name) const {
    const std::string path = path_of(name);
    return quoted(path.starts_with("-") ? "./" + path : path);
  }

  const InitOptions& options_;
  const Starter& starter_;
};

}  // namespace

int run_init(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  InitOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  const Init init(options, starter_named(options.starter, line));
  init.write();
  init.tell(console);
  return kExitDone;
}

}  // namespace dpol::cli
