// LogFile: the file of recorded decisions. A line each, JSON, which says its number, the hash of
// the line before it and its own:
//
//   {"seq":2,"previous":"sha256:…","schema":"dpol.log/1",…,"hash":"sha256:…"}
//
// `hash` is that of the line up to and without `,"hash"`; `previous` of the first line is all
// zeros. So a line that is changed, taken out or moved is found by whoever reads the file; that the
// last lines were taken out is found only by whoever has kept a hash.
//
// Promises
//  - What append() says is recorded is on the disk, whole, as the last line. Otherwise the file is
//  as it was.
//  - Several processes may append at once: they wait for each other, for at most
//  kPatienceMilliseconds.
//  - The rest of a write that was cut off (a line without its end, which nobody was told was
//  recorded) is taken out by
//    the next append, which says so. What cannot be such a rest is refused and left alone, and so
//    is a file whose last line is not as it was written.
//  - No line is longer than kMostLineBytes, and no more than that of a file is held at once.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/state/state.h"

namespace dpol::state {

inline constexpr std::size_t kMostLineBytes = 16U << 20U;
inline constexpr int kPatienceMilliseconds = 10'000;

struct Appended {
  std::uint64_t number = 0;
  std::string hash;             // "sha256:…"
  std::uint64_t taken_out = 0;  // bytes of a write that was cut off
};
// `body` is a JSON object on one line that is not empty; it has none of seq, previous and hash.
Result<Appended> append_to_log(const std::string& path, std::string_view body,
                               int patience_milliseconds = kPatienceMilliseconds);

// One line as it says of itself.
struct LogLine {
  std::uint64_t number = 0;
  std::string previous;
  std::string hash;
  bool hash_is_right = false;
};
// Nothing where it has not the form of one.
std::optional<LogLine> read_log_line(std::string_view line);

// Reads a file line by line.
class LogReader {
 public:
  static Result<LogReader> open(const std::string& path);
  // The next whole line, without its end; false at the end of the file, or at a fault.
  bool next(std::string& line);
  const std::optional<Fault>& fault() const { return fault_; }
  std::uint64_t line_number() const { return line_; }  // of the last one, from 1
  // After the end: bytes behind the last whole line.
  std::uint64_t unfinished() const { return unfinished_; }

 private:
  explicit LogReader(std::ifstream file) : file_(std::move(file)) {}
  std::ifstream file_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t searched_ = 0;  // no line ends before
  std::uint64_t line_ = 0;
  std::uint64_t unfinished_ = 0;
  std::optional<Fault> fault_;
};

// Holds line after line against the one before.
class Chain {
 public:
  // What is wrong with this line or before it; nothing where it follows.
  std::optional<std::string> add(std::string_view line);
  std::uint64_t last_number() const { return number_; }
  const std::string& last_hash() const { return hash_; }

 private:
  std::uint64_t number_ = 0;
  std::string hash_;
};

}  // namespace dpol::state
