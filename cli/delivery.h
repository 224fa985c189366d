// Delivery: which reports go where, as --format and --output say, and bringing them there.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "runtime/decision/verdict.h"
#include "runtime/reports/report.h"

namespace dpol::cli {

class Delivery {
 public:
  // --format, --output, --verbose, --explain
  void describe(CommandLine& line);
  // After parsing.
  void check(const CommandLine& line);

  bool is_verbose() const { return verbose_; }
  // Whether the lines of documents are shown.
  bool explains() const { return explain_; }
  // Whether a report wants pictures of metrics.
  bool draws() const;

  // Renders all, then writes all: files first, so that nothing is on standard output if one fails.
  void deliver(const decision::Verdict& verdict, const std::string& color, Console& console) const;

 private:
  struct Target {
    const reports::FormatInfo* format;
    std::string file;  // "": standard output
  };
  void add_target(const std::string& spec, const CommandLine& line);
  void check_files_differ(const CommandLine& line) const;
  std::string render(const Target& target, const decision::Verdict& verdict, const std::string& color,
                     const Console& console) const;

  std::vector<std::string> specs_;
  std::string output_;
  bool verbose_ = false;
  bool explain_ = false;
  std::vector<Target> targets_;
};

}  // namespace dpol::cli
