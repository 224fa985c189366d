// Failure: why a command ends early. Thrown inside cli only; run() prints it and exits with its code.
#pragma once

#include <string>
#include <utility>

#include "cli/exit_codes.h"

namespace dpol::cli {

struct Failure {
  int exit_code = kExitUsage;
  std::string text;  // lines without "dpol: " and without the last newline; "": all was said

  static Failure usage(std::string text) { return {kExitUsage, std::move(text)}; }
  static Failure input(std::string text) { return {kExitInput, std::move(text)}; }
  static Failure policy(std::string text) { return {kExitPolicy, std::move(text)}; }
  static Failure output(std::string text) { return {kExitOutput, std::move(text)}; }
};

}  // namespace dpol::cli
