// The program: the process's streams, terminal, environment and clock as a Console.

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "cli/app.h"

namespace {

std::size_t terminal_width(int descriptor) {
  winsize size{};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

// Whole seconds: more would only be noise in reports.
dpol::vm::Instant now() {
  using namespace std::chrono;
  return nanoseconds(floor<seconds>(system_clock::now().time_since_epoch())).count();
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away is a failed write like any other, told by the exit code.
  std::signal(SIGPIPE, SIG_IGN);
  dpol::cli::Console console{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .out_is_terminal = isatty(STDOUT_FILENO) != 0,
      .err_is_terminal = isatty(STDERR_FILENO) != 0,
      .out_width = terminal_width(STDOUT_FILENO),
      .no_color = is_set("NO_COLOR"),
      .clock = now,
      .environment = variable,
  };
  return dpol::cli::run(dpol::cli::Arguments(argv + (argc > 0 ? 1 : 0), argv + argc), console);
}
