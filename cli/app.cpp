#include "cli/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <ostream>

#include "cli/command_line.h"
#include "cli/failure.h"
#include "generated/version.h"
#include "lang/parse.h"
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

int run_part(const CommandInfo& command, std::span<const CommandInfo> parts, const Arguments& arguments,
             Console& console) {
  const std::string word = arguments.empty() ? "" : arguments.front();
  std::vector<std::string> names;
  for (const CommandInfo& part : parts) {
    names.emplace_back(part.name.substr(command.name.size() + 1));
    if (names.back() == word) return part.run(part, Arguments(arguments.begin() + 1, arguments.end()), console);
  }
  if (word == "--help" || word == "-h") {
    console.out << fmt::format("{}: {}\n\n", command.name, command.doc);
    for (const CommandInfo& part : parts)
      console.out << fmt::format("dpol {} {}\n    {}\n", part.name, part.arguments, part.doc);
    return kExitDone;
  }
  const std::string which = fmt::format("dpol {} {}", command.name, fmt::join(names, " | "));
  if (word.empty()) throw Failure::usage("which one? " + which);
  throw Failure::usage(fmt::format("there is no `dpol {}` {}{}\nusage: {}", command.name, in_ticks(word),
                                   did_you_mean(word, names), which));
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
  console.out << fmt::format("dpol {}\neditions of the language: {}\n", kVersion, fmt::join(lang::kEditions, ", "));
  return kExitDone;
}

int run_help(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  std::vector<std::string> topic;
  line.positionals("COMMAND", topic, "the command whose options to print");
  if (!line.parse(arguments, console)) return kExitDone;
  if (!topic.empty()) {
    const CommandInfo* about = find_command(topic.front());
    if (about == nullptr) throw Failure::usage(no_such_command(topic.front()));
    // What follows is a part of it: `dpol help baseline save`.
    topic.push_back("--help");
    return about->run(*about, Arguments(topic.begin() + 1, topic.end()), console);
  }
  console.out << "dpol: decides by a written policy whether a release goes on\n\n";
  for (const CommandInfo& row : kCommands) {
    console.out << fmt::format("  dpol {:<12} {}\n", row.name, row.doc);
  }
  console.out << "\n`dpol help COMMAND` prints a command's options.\n";
  return kExitDone;
}

}  // namespace dpol::cli
