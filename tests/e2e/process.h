// Process: one command of /bin/sh, run as on a bare machine and measured.
//
// Promises
//  - The environment is the same everywhere: LC_ALL=C, an empty HOME, a time zone that is off by
//  odd
//    minutes, a PATH of the program's folder and the system's; nothing else but TMP, and what the
//    sanitizers read.
//  - The command and all it started end with the time limit, and no more than kMostOutput bytes of
//    what it prints are kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace dpol::e2e {

inline constexpr std::size_t kMostOutput = 16U << 20;

struct Command {
  std::string script;     // for /bin/sh
  std::string folder;     // where it runs
  std::string path;       // PATH
  std::string temporary;  // TMP, a folder that exists
  std::chrono::seconds time_limit{60};
};

struct Finished {
  std::string output;  // standard output and standard error, as they came
  int exit_code = 0;   // 128 + N after signal N, as the shell has it
  bool timed_out = false;
  bool output_cut = false;
  std::uint64_t peak_bytes = 0;  // resident, of the largest process
};

Finished run(const Command& command);

}  // namespace dpol::e2e
