// Evidence: what a decision was made of. Collected while a check runs whose decision is recorded, written into the
// record, and taken from there where that decision is made again.
//
// Promises
//  - Whatever a check reads that may be another thing tomorrow is in it: the arguments, the clock, each file and answer
//    with its digest, what patterns named, what a state held of the release, which record said what was decided before.
//  - What is read from a record may hold anything: bounded, and refused where it has not the form of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/files.h"
#include "runtime/program/kept_baseline.h"
#include "runtime/program/sending.h"
#include "runtime/program/sign_off.h"

namespace dpol::cli {

struct Evidence {
  struct KeptState {
    std::string name;  // of the file
    std::vector<program::SignOff> sign_offs;
    std::optional<std::vector<program::Sending>> sendings;
    std::vector<program::KeptBaseline> baselines;
  };
  // `own`: the record that the decision itself is written to, as far as it went; else a file and its digest.
  struct History {
    bool own = false;
    std::string name, digest;
  };

  std::vector<std::string> arguments;  // passwords of addresses taken out
  std::int64_t clock = 0;              // ns since 1970
  std::map<std::string, std::string> files;                  // by name: "sha256:…"
  std::map<std::string, std::vector<std::string>> patterns;  // and the files that they named
  std::map<std::string, std::string> servers;  // that sources of metrics asked: addresses, by source
  std::optional<KeptState> state;
  std::optional<History> history;

  std::string keep;  // a folder that gets each file that is read, by digest; "": none does
  // What went wrong while it was kept.
  std::optional<FileFault> add_file(const std::string& name, std::string_view bytes);
};

// Tells the evidence of a decision that is recorded, if this is one; a Failure where it cannot be kept.
void keep_file(const std::string& name, std::string_view bytes, const Console& console);

// Evidence that answers in place of the file system: documents are found in a folder by what they hold, whatever they
// are called there.
class Past {
 public:
  // `record` is where the evidence is from, and `number` the decision's in it.
  Past(Evidence evidence, std::string folder, std::string record, std::uint64_t number);

  const Evidence& evidence() const { return evidence_; }
  // Looks for every file; what is not there as it was, a line each.
  std::vector<std::string> find_all();

  std::variant<std::string, FileFault> read(const std::string& name) const;
  std::vector<std::string> matches(const std::string& pattern) const;
  // Where the record of earlier decisions is now, and how much of it was there.
  const std::string& history() const { return history_; }
  std::uint64_t history_lines() const { return history_lines_; }

 private:
  std::string find(const std::string& name, const std::string& digest);
  void search();

  Evidence evidence_;
  std::string folder_;
  bool is_searched_ = false;
  std::map<std::string, std::string> by_digest_;  // paths in the folder
  std::map<std::string, std::string> paths_;      // by name
  std::string history_;
  std::uint64_t history_lines_ = UINT64_MAX;
};

}  // namespace dpol::cli
