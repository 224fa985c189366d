// People on the command line: where sign-offs are kept and read from.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "runtime/decision/people.h"
#include "runtime/program/program.h"
#include "runtime/program/sign_off.h"

namespace dpol::cli {

inline constexpr const char* kDefaultState = ".dpol/state.db";

struct SignOffOptions {
  std::vector<std::string> files;  // --signoffs
  std::string state;               // --state; "": the default, if it is there

  void describe(CommandLine& line);
};

struct GivenSignOffs {
  std::vector<program::SignOff> sign_offs;
  struct Document {
    std::string name;
    std::string digest;  // "sha256:…", "" for a state
  };
  std::vector<Document> documents;
};

// Those in documents, every one held against what the program asks for. Errors go to standard error
// before the Failure that ends with kExitInput.
GivenSignOffs read_sign_off_files(const program::Program& program, const SignOffOptions& options,
                                  Console& console);
// Adds what the state holds for the release.
void add_from_state(const SignOffOptions& options, const decision::Release& release,
                    GivenSignOffs& into);

}  // namespace dpol::cli
