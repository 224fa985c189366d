// Transcript: a file of commands and what they print, run against the program as its users run it.
//
// Promises
//  - A transcript is text that a person reads from top to bottom:
//
//      # Why the answer is what it is, worked out by hand.
//      # expect 3 "ROLLBACK" "22ms over"
//      $ dpol check auth.dpol --metrics spike.ndjson
//      ROLLBACK  auth · …
//      [3]
//
//    `$ ` begins a command for /bin/sh, `> ` continues it. Below stands what it prints on standard
//    output and standard error, in order; `...` alone on a line is any number of lines; `[N]` is an
//    exit code other than 0. A line that begins with `# ` or `$ ` ends the output.
//  - What `update` writes are outputs and exit codes. Comments, commands and the two lines that
//  make
//    demands of the next command stay as they were written:
//      # expect N "part" …   the exit code, and parts of what must be printed
//      # memory N MB         the most memory any process of the command may use
//    So an update cannot turn a wrong decision into the expected one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::e2e {

struct Expectation {
  int exit_code = 0;
  std::vector<std::string> parts;
};

struct Step {
  std::size_t line = 0;               // 1-based, of the command
  std::vector<std::string> comments;  // the lines before the command, as they stand
  std::string command;                // lines joined by newlines
  std::vector<std::string> output;    // expected; no blank lines at the end
  int exit_code = 0;
  std::optional<Expectation> expectation;
  std::optional<std::uint64_t> memory_mb;
};

struct Transcript {
  std::vector<Step> steps;
  std::vector<std::string> trailing;  // comments after the last command
  std::string error;                  // why it is no transcript; "" if it is one
};

Transcript parse_transcript(std::string_view text);
// The inverse: parse_transcript(to_text(t)) is t.
std::string to_text(const Transcript& transcript);

std::vector<std::string> split_lines(std::string_view text);  // without blank lines at the end
bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& lines);
// Both, line by line, with `-` before what only `expected` has and `+` before what only `actual`
// has.
std::string difference(const std::vector<std::string>& expected,
                       const std::vector<std::string>& actual);

}  // namespace dpol::e2e
