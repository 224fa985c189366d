// Where in its release a check stands: the options that say a time, a stage or a phase, held against
// what the policies know.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "runtime/program/program.h"

namespace dpol::cli {

struct Moments {
  // Times as given; check() has found that they are ones.
  std::optional<std::string> at;
  std::optional<std::string> deployed_at;
  std::optional<std::string> stage_at;
  std::optional<std::string> stage;
  std::vector<std::string> phases;

  // --at, --deployed-at, --phase, --stage, --stage-at
  void describe(CommandLine& line);
  // After parsing: a text that is no time is a usage failure.
  void check(const CommandLine& line);
  // A stage or phase that no policy of the program has is a usage failure naming those there are.
  void check_against(const program::Program& program, const CommandLine& line) const;

 private:
  std::string at_text_;
  std::string deployed_at_text_;
  std::string stage_at_text_;
  std::string stage_text_;
};

}  // namespace dpol::cli
