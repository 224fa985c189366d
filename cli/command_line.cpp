#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "cli/failure.h"
#include "lang/suggest.h"
#include "runtime/decision/value_text.h"

namespace dpol::cli {
namespace {

constexpr std::size_t kMostQuoted = 80;

std::string usage_of(const CommandInfo& command) {
  return fmt::format("dpol {}{}{}", command.name, command.arguments.empty() ? "" : " ", command.arguments);
}

// CLI11 begins its sentences with the option; "--at: 1 required TIME missing" says less than it could.
std::string sentence(const CLI::ParseError& error) {
  const std::string text = error.what();
  const std::size_t colon = text.find(": 1 required");
  if (colon != std::string::npos) return text.substr(0, colon) + " needs a value";
  return text;
}

}  // namespace

struct CommandLine::State {
  CLI::App app;
};

CommandLine::CommandLine(const CommandInfo& command) : state_(std::make_unique<State>()), command_(command) {
  CLI::App& app = state_->app;
  app.name("dpol " + std::string(command.name));
  app.description(std::string(command.doc));
  app.option_defaults()->always_capture_default(false);
  app.get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

void CommandLine::option(const std::string& names, const std::string& value, std::string& into,
                         const std::string& doc) {
  state_->app.add_option(names, into, doc)->type_name(value)->allow_extra_args(false);
}

void CommandLine::option(const std::string& names, const std::string& value,
                         std::vector<std::string>& into, const std::string& doc) {
  state_->app.add_option(names, into, doc)
      ->type_name(value)
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void CommandLine::flag(const std::string& names, bool& into, const std::string& doc) {
  state_->app.add_flag(names, into, doc);
}

void CommandLine::positional(const std::string& name, std::string& into, const std::string& doc) {
  state_->app.add_option(name, into, doc)->type_name("");
}

void CommandLine::positionals(const std::string& name, std::vector<std::string>& into,
                              const std::string& doc) {
  state_->app.add_option(name, into, doc)->type_name("");
}

bool CommandLine::parse(const Arguments& arguments, Console& console) {
  CLI::App& app = state_->app;
  // CLI11 takes words from the back.
  std::vector<std::string> words(arguments.rbegin(), arguments.rend());
  try {
    app.parse(words);
    return true;
  } catch (const CLI::CallForHelp&) {
    console.out << app.help();
    return false;
  } catch (const CLI::ExtrasError&) {
    unexpected(app.remaining(true));
  } catch (const CLI::ParseError& error) {
    fail(sentence(error));
  }
}

bool CommandLine::given(const std::string& name) const { return state_->app.count(name) != 0; }

std::vector<std::string> CommandLine::given_options() const {
  std::vector<std::string> names;
  for (const CLI::Option* option : state_->app.get_options()) {
    if (option->count() != 0 && !option->get_lnames().empty()) names.push_back("--" + option->get_lnames().front());
  }
  return names;
}

void CommandLine::fail(const std::string& text) const {
  throw Failure::usage(fmt::format("{}\nusage: {}\n       `dpol help {}` lists the options", text,
                                   usage_of(command_), command_.name));
}

void CommandLine::unexpected(const std::vector<std::string>& words) const {
  const auto dashed = std::ranges::find_if(words, [](const std::string& word) { return word.starts_with("-"); });
  if (dashed == words.end()) fail("too many arguments: " + in_ticks(words.empty() ? "" : words.front()));
  const std::string name = dashed->substr(0, dashed->find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : state_->app.get_options()) {
    for (const std::string& longname : option->get_lnames()) known.push_back("--" + longname);
  }
  fail(fmt::format("there is no option {}{}", in_ticks(name), did_you_mean(name, known)));
}

std::string in_ticks(std::string_view word) {
  return "`" + decision::printable(word, kMostQuoted) + "`";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  const auto meant = lang::nearest_name(word, views);
  return meant ? fmt::format("; did you mean `{}`?", *meant) : "";
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace dpol::cli
