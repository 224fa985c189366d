// CommandLine: the options and arguments of one command, described once and then parsed.
//
// Promises: an option takes exactly one value and may say `--name=value` or `--name value`; a wrong
// line is a Failure::usage that names what was meant, followed by the command's usage.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/app.h"

namespace dpol::cli {

class CommandLine {
 public:
  explicit CommandLine(const CommandInfo& command);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // `value` is what help shows for it: "FILE".
  void option(const std::string& names, const std::string& value, std::string& into, const std::string& doc);
  void option(const std::string& names, const std::string& value, std::vector<std::string>& into,
              const std::string& doc);
  void flag(const std::string& names, bool& into, const std::string& doc);
  void positional(const std::string& name, std::string& into, const std::string& doc);
  // One or more.
  void positionals(const std::string& name, std::vector<std::string>& into, const std::string& doc);

  // False: help was asked for and printed.
  bool parse(const Arguments& arguments, Console& console);
  bool given(const std::string& name) const;
  // All that were given, "--facts".
  std::vector<std::string> given_options() const;
  // A usage failure with the command's usage below it.
  [[noreturn]] void fail(const std::string& text) const;

 private:
  struct State;
  [[noreturn]] void unexpected(const std::vector<std::string>& words) const;
  std::unique_ptr<State> state_;
  const CommandInfo& command_;
};

// Between backticks, control characters escaped, cut to a line's length.
std::string in_ticks(std::string_view word);
// "; did you mean `x`?", or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);
// "a, b and c"
std::string listed(const std::vector<std::string>& words);

}  // namespace dpol::cli
