// The inputs of a check: the options that name documents and values, and reading them all.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/moments.h"
#include "runtime/inputs/load.h"
#include "runtime/program/program.h"

namespace dpol::cli {

struct InputOptions {
  std::vector<std::string> sources = {};
  std::vector<std::string> facts = {};
  std::vector<std::string> fact_options = {};
  std::vector<std::string> set_options = {};
  std::vector<std::string> metrics = {};
  bool asks = true;           // the servers of sources of metrics
  bool measures = false;      // asks for what a baseline would be, too
  bool shows_queries = false;  // tells on standard error what was asked

  // --source, --facts, --fact, --set, --metrics
  void describe(CommandLine& line);
  // After parsing.
  void check(const CommandLine& line) const;
  // How many of them are standard input.
  std::size_t from_standard_input() const;
};

// Reads the documents and binds them to the program. Remarks go to standard error, and so do all
// errors before the Failure that ends with kExitInput.
vm::Snapshot load_inputs(const program::Program& program, const InputOptions& options,
                         const Moments& moments, Console& console);

}  // namespace dpol::cli
