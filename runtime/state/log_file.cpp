#include "runtime/state/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "runtime/program/digest.h"

namespace dpol::state {
namespace {

constexpr std::string_view kHead = R"({"seq":)";
constexpr std::string_view kPrevious = R"(,"previous":")";
constexpr std::string_view kTail = R"(,"hash":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::string_view kAlgorithm = "sha256:";
constexpr std::size_t kHashBytes = 71;  // "sha256:" and 64 digits
constexpr std::size_t kChunk = 1U << 16U;
constexpr std::uint64_t kMostRead = 4 * kMostLineBytes;  // two lines, and what doubling adds

std::string hash_of(std::string_view text) {
  return std::string(kAlgorithm) + program::sha256_hex(text);
}
std::string hash_of_nothing() {
  return std::string(kAlgorithm) + std::string(kHashBytes - kAlgorithm.size(), '0');
}

Fault cannot(const char* what, int error) {
  return {std::string(what) + ": " + std::generic_category().message(error)};
}

// Reads a prefix away; false, and nothing is read, where there is another one.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_number(std::string_view& text, std::uint64_t& number) {
  std::size_t digits = 0;
  number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    const auto digit = static_cast<std::uint64_t>(text[digits++] - '0');
    if (__builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, digit, &number))
      return false;
  }
  // One number has one spelling.
  if (digits == 0 || text.front() == '0') return false;
  text.remove_prefix(digits);
  return true;
}

bool take_hash(std::string_view& text, std::string& hash) {
  if (text.size() < kHashBytes || !text.starts_with(kAlgorithm)) return false;
  hash = text.substr(0, kHashBytes);
  text.remove_prefix(kHashBytes);
  return hash.find_first_not_of("0123456789abcdef", kAlgorithm.size()) == std::string::npos;
}

// Whether a text without an end can be the beginning of a line that was cut off; a lost power
// supply may leave zeros.
bool is_cut_off(std::string_view text) {
  const std::size_t most = std::min(text.size(), kHead.size());
  return text.substr(0, most) == kHead.substr(0, most) ||
         text.find_first_not_of('\0') == std::string_view::npos;
}

// An open file under a lock; both end with it.
class Locked {
 public:
  Locked() = default;
  ~Locked() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  std::optional<Fault> open(const std::string& path, int patience_milliseconds);
  std::optional<Fault> read_last();
  std::optional<Fault> take_out_rest();
  std::optional<Fault> write(const std::string& line);

  const std::string& last_line() const { return last_; }  // "": there is none
  std::uint64_t rest() const { return rest_; }

 private:
  std::optional<Fault> lock(int patience_milliseconds) const;
  bool read_at(std::uint64_t offset, std::string& into) const;
  bool write_all(const std::string& bytes) const;

  std::string path_;
  int descriptor_ = -1;
  bool is_new_ = false;
  std::uint64_t size_ = 0;  // of whole lines
  std::uint64_t rest_ = 0;
  std::string last_;
};

std::optional<Fault> Locked::lock(int patience_milliseconds) const {
  using namespace std::chrono;
  const auto end = steady_clock::now() + milliseconds(patience_milliseconds);
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return cannot("cannot be locked", errno);
    if (steady_clock::now() >= end)
      return Fault{"is locked by another program; try again when that is done"};
    std::this_thread::sleep_for(milliseconds(2));
  }
  return std::nullopt;
}

std::optional<Fault> Locked::open(const std::string& path, int patience_milliseconds) {
  path_ = path;
  std::error_code ignored;
  is_new_ = !std::filesystem::exists(path, ignored);
  constexpr mode_t kMode = 0666;  // less what the process leaves out
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kMode);
  if (descriptor_ < 0) return cannot("cannot be written", errno);
  if (auto fault = lock(patience_milliseconds)) return fault;
  struct stat about{};
  if (::fstat(descriptor_, &about) != 0) return cannot("cannot be read", errno);
  if (!S_ISREG(about.st_mode)) return Fault{"is no file that lines can be added to"};
  size_ = static_cast<std::uint64_t>(about.st_size);
  return std::nullopt;
}

bool Locked::read_at(std::uint64_t offset, std::string& into) const {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t count = ::pread(descriptor_, into.data() + got, into.size() - got,
                                  static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    got += static_cast<std::size_t>(count);
  }
  return true;
}

// The last whole line and what stands behind it, read from the end.
std::optional<Fault> Locked::read_last() {
  std::string tail;
  std::size_t end = std::string::npos;  // of the last whole line
  std::size_t begin = std::string::npos;
  // Twice as much each time, so that a long line is not read again and again.
  for (std::uint64_t wanted = kChunk;
       begin == std::string::npos && tail.size() < std::min(size_, kMostRead); wanted *= 2) {
    tail.resize(std::min(wanted, size_));
    if (!read_at(size_ - tail.size(), tail)) return cannot("cannot be read", errno);
    end = tail.rfind('\n');
    begin = end == std::string::npos || end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
  }
  const bool has_none = begin == std::string::npos && tail.size() < size_;
  if (has_none || tail.size() - (end == std::string::npos ? 0 : end) > kMostLineBytes)
    return Fault{"is no decision log: it holds a line that is too long"};
  const std::string rest = end == std::string::npos ? tail : tail.substr(end + 1);
  if (end != std::string::npos) {
    begin = begin == std::string::npos ? 0 : begin + 1;
    last_ = tail.substr(begin, end - begin);
  }
  rest_ = rest.size();
  size_ -= rest_;
  if (end != std::string::npos) {
    const auto line = read_log_line(last_);
    if (!line) return Fault{"is no decision log: its last line is none of one"};
    if (!line->hash_is_right)
      return Fault{"is damaged: its last line is not as it was written (`dpol log verify`)"};
  }
  if (rest_ != 0 && !is_cut_off(rest)) return Fault{"is no decision log: its last line has no end"};
  return std::nullopt;
}

std::optional<Fault> Locked::take_out_rest() {
  if (rest_ == 0) return std::nullopt;
  if (::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0) return std::nullopt;
  return cannot("cannot be written", errno);
}

bool Locked::write_all(const std::string& bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

std::optional<Fault> Locked::write(const std::string& line) {
  if (!write_all(line) || ::fsync(descriptor_) != 0) {
    const int error = errno;
    // Best effort: a part of a line that stays is taken out by the next append. A whole one must
    // not stay.
    const bool undone = ::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0;
    Fault fault = cannot("cannot be written", error);
    if (!undone) fault.text += "; what was begun could not be undone";
    return fault;
  }
  if (!is_new_) return std::nullopt;
  // A new file is there only once its folder says so.
  std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  if (folder.empty()) folder = ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;  // a folder that may be written and not read
  const bool synced = ::fsync(descriptor) == 0 || errno == EINVAL;
  const int error = errno;
  ::close(descriptor);
  if (synced) return std::nullopt;
  return cannot("cannot be written", error);
}

}  // namespace

std::optional<LogLine> read_log_line(std::string_view line) {
  LogLine out;
  std::string_view text = line;
  if (text.size() > kMostLineBytes || !take(text, kHead) || !take_number(text, out.number))
    return std::nullopt;
  if (!take(text, kPrevious) || !take_hash(text, out.previous) || !take(text, "\","))
    return std::nullopt;
  const std::size_t tail = kTail.size() + kHashBytes + kEnd.size();
  if (text.size() < tail) return std::nullopt;
  std::string_view last = text.substr(text.size() - tail);
  if (!take(last, kTail) || !take_hash(last, out.hash) || last != kEnd) return std::nullopt;
  out.hash_is_right = hash_of(line.substr(0, line.size() - tail)) == out.hash;
  return out;
}

Result<Appended> append_to_log(const std::string& path, std::string_view body,
                               int patience_milliseconds) {
  if (path.empty()) return Fault{"has no name"};
  Locked file;
  if (auto fault = file.open(path, patience_milliseconds)) return *std::move(fault);
  if (auto fault = file.read_last()) return *std::move(fault);
  Appended out{.number = 1, .hash = {}, .taken_out = file.rest()};
  std::string previous = hash_of_nothing();
  if (const auto last = read_log_line(file.last_line())) {
    previous = last->hash;
    if (__builtin_add_overflow(last->number, 1, &out.number))
      return Fault{"is full: its numbers are used up"};
  }
  std::string line =
      std::string(kHead) + std::to_string(out.number) + std::string(kPrevious) + previous + "\",";
  if (body.size() + 2 * kTail.size() + 4 * kHashBytes > kMostLineBytes)
    return Fault{"cannot hold it: the decision is longer than a line may be"};
  line += body.substr(1, body.size() - 2);
  out.hash = hash_of(line);
  line.append(kTail).append(out.hash).append(kEnd);
  line += '\n';
  if (auto fault = file.take_out_rest()) return *std::move(fault);
  if (auto fault = file.write(line)) return *std::move(fault);
  return out;
}

Result<LogReader> LogReader::open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Fault{"is a folder"};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot("cannot be read", errno);
  return LogReader(std::move(file));
}

bool LogReader::next(std::string& line) {
  while (!fault_) {
    const std::size_t end = buffer_.find('\n', std::max(at_, searched_));
    if (end != std::string::npos) {
      line.assign(buffer_, at_, end - at_);
      at_ = end + 1;
      ++line_;
      return true;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    searched_ = buffer_.size();
    if (buffer_.size() > kMostLineBytes) {
      fault_ = Fault{"is no decision log: line " + std::to_string(line_ + 1) + " is too long"};
      break;
    }
    const std::size_t before = buffer_.size();
    buffer_.resize(before + kChunk);
    file_.read(buffer_.data() + before, static_cast<std::streamsize>(kChunk));
    buffer_.resize(before + static_cast<std::size_t>(file_.gcount()));
    if (file_.bad()) fault_ = Fault{"cannot be read"};
    if (buffer_.size() == before) break;
  }
  unfinished_ = buffer_.size();
  return false;
}

std::optional<std::string> Chain::add(std::string_view text) {
  const auto line = read_log_line(text);
  if (!line) {
    // What follows is held against what is known: that a line was put in between is said once.
    return "is no line of a decision log";
  }
  const std::uint64_t expected = number_ + 1;
  const std::string before = hash_.empty() ? hash_of_nothing() : hash_;
  const std::uint64_t last = number_;
  number_ = line->number;
  hash_ = line->hash;
  if (!line->hash_is_right) return "was changed: it is not as it was written";
  const std::string number = std::to_string(line->number);
  if (line->number > expected) {
    const std::uint64_t gone = line->number - expected;
    return "is decision " + number + ": " + (gone == 1 ? "the one" : std::to_string(gone)) +
           " before it " + (gone == 1 ? "was" : "were") + " taken out or moved";
  }
  if (line->number < expected)
    return "is decision " + number + " and stands behind decision " + std::to_string(last) +
           ": it was moved or put in";
  if (line->previous != before)
    return "does not follow the line before it: that one was changed or replaced";
  return std::nullopt;
}

}  // namespace dpol::state
