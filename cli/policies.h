// From the policies of a command line to a Program, with the messages about them on standard error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/failure.h"
#include "compiler/compile.h"
#include "runtime/program/program.h"

namespace dpol::cli {

struct PolicyOptions {
  std::vector<std::string> files;         // .dpol, together one program; or one .dpolc
  std::vector<std::string> search_paths;  // --policy-path
  std::string message_format = "text";
  std::string color = "auto";
  std::string consequence = "nothing was decided";  // of an error
  bool open_parameters = false;  // policies that are there to be extended are looked at, too

  // --policy-path, --message-format, --color and POLICY…
  void describe(CommandLine& line);
  // The same without POLICY…
  void describe_common(CommandLine& line);
  // After parsing: what CLI11 cannot see.
  void check(const CommandLine& line) const;
};

// --color on a stream.
bool wants_color(const std::string& option, bool is_terminal, const Console& console);

// Everything but the entries.
compiler::CompileOptions compile_options_of(const PolicyOptions& options, Console& console);
// All files as one compilation, its messages printed. Throws a Failure where a file cannot be read.
compiler::CompileResult compile_policies(const std::vector<std::string>& files, const PolicyOptions& options,
                                         Console& console);
// The Failure of a compilation with errors.
Failure not_compiled(const compiler::CompileResult& result, const PolicyOptions& options);

// A verified program. Throws a Failure: kExitPolicy where there are errors in the policies, with the
// messages printed; kExitInput where a file cannot be read or is no program.
program::Program load_policies(const PolicyOptions& options, Console& console);

// Leaves out the policies that --policy does not name; all stay where it names none.
void keep_chosen(program::Program& program, const std::vector<std::string>& chosen, const CommandLine& line);

}  // namespace dpol::cli
