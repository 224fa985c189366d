#include "cli/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <ostream>

#include "cli/command_line.h"
#include "cli/failure.h"
#include "generated/version.h"
#include "lang/suggest.h"

namespace dpol::cli {
namespace {

constexpr CommandInfo kCommands[] = {
#define DPOL_COMMAND(name, usage, doc, function) {#name, usage, doc, function},
#include "cli/commands.def"
};

std::string no_such_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const CommandInfo& command : kCommands) names.push_back(command.name);
  std::string text = fmt::format("there is no command {}", in_ticks(word));
  if (const auto meant = lang::nearest_name(word, names)) text += fmt::format("; did you mean `{}`?", *meant);
  return text + fmt::format("\nthe commands are {}", fmt::join(names, ", "));
}

int dispatch(const Arguments& arguments, Console& console) {
  if (arguments.empty()) throw Failure::usage("which command? `dpol help` lists them");
  std::string word = arguments.front();
  if (word == "--version") word = "version";
  if (word == "--help" || word == "-h") word = "help";
  const CommandInfo* command = find_command(word);
  if (command == nullptr) throw Failure::usage(no_such_command(word));
  return command->run(*command, Arguments(arguments.begin() + 1, arguments.end()), console);
}

// Whoever reads the output must be able to tell half of it from all of it.
int checked(int code, Console& console) {
  console.out.flush();
  if (console.out.good()) return code;
  throw Failure::output("standard output cannot be written");
}

}  // namespace

std::span<const CommandInfo> commands() { return kCommands; }

const CommandInfo* find_command(std::string_view name) {
  const auto* found =
      std::ranges::find_if(kCommands, [name](const CommandInfo& command) { return command.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

int run(const Arguments& arguments, Console& console) {
  try {
    return checked(dispatch(arguments, console), console);
  } catch (const Failure& failure) {
    if (!failure.text.empty()) console.err << "dpol: " << failure.text << "\n";
    return failure.exit_code;
  } catch (const std::exception& defect) {
    console.err << fmt::format("dpol: a defect in dpol {}: {}\nplease report it, with what you ran\n", kVersion, defect.what());
    return kExitDefect;
  }
}

int run_version(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  if (!line.parse(arguments, console)) return kExitDone;
  console.out << "dpol " << kVersion << "\n";
  return kExitDone;
}

int run_help(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  std::string topic;
  line.positional("COMMAND", topic, "the command whose options to print");
  if (!line.parse(arguments, console)) return kExitDone;
  if (!topic.empty()) {
    const CommandInfo* about = find_command(topic);
    if (about == nullptr) throw Failure::usage(no_such_command(topic));
    return about->run(*about, {"--help"}, console);
  }
  console.out << "dpol: decides by a written policy whether a release goes on\n\n";
  for (const CommandInfo& row : kCommands) {
    console.out << fmt::format("  dpol {:<12} {}\n", row.name, row.doc);
  }
  console.out << "\n`dpol help COMMAND` prints a command's options.\n";
  return kExitDone;
}

}  // namespace dpol::cli
