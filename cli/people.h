// People on the command line: where what they signed and what they were told is kept and read from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "runtime/decision/people.h"
#include "runtime/program/program.h"
#include "runtime/program/sending.h"
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
  // The messages sent for this release. Nothing where nobody keeps them (no state was named, and the
  // usual one is not there), or where it is not known which release this is.
  std::optional<std::vector<program::Sending>> sendings;
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
                    GivenSignOffs& into, Console& console);

// A usage failure where what somebody said is too long to be kept, or no plain text.
void check_text(const CommandLine& line, const char* option, const std::string& text,
                std::size_t most);
inline constexpr std::size_t kMostNameBytes = 200;
inline constexpr std::size_t kMostNoteBytes = 10'000;
// Which release this is, for what is kept of it; a Failure where that is not known.
decision::Release known_release(const program::Program& program, const vm::Snapshot& snapshot);
// " for cart 1.2.0 production", " for every release"
std::string for_release(const std::string& service, const std::string& version,
                        const std::string& environment);
// Adds to the state, the default one where `state` is empty; a Failure where that cannot be.
void keep(const program::SignOff& sign_off, const std::string& state);
void keep(const program::Sending& sending, const std::string& state);

}  // namespace dpol::cli
