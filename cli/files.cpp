#include "cli/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <istream>
#include <memory>
#include <system_error>

#include "cli/evidence.h"

namespace dpol::cli {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

FileFault fault(const char* what, int error) {
  return {std::string(what) + ": " + std::generic_category().message(error)};
}

std::string read_stream(std::istream& in, std::size_t most) {
  std::string bytes;
  std::array<char, 1 << 16> buffer{};
  while (bytes.size() <= most && in.good()) {
    const std::size_t wanted = std::min(buffer.size(), most + 1 - bytes.size());
    in.read(buffer.data(), static_cast<std::streamsize>(wanted));
    bytes.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  return bytes;
}

std::optional<FileFault> write_as(const char* mode, const std::string& path, std::string_view bytes) {
  errno = 0;
  std::FILE* file = std::fopen(path.c_str(), mode);
  if (file == nullptr) return fault("cannot be written", errno);
  const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = errno;
  // Buffered bytes may only fail to be written here.
  if (std::fclose(file) != 0) return fault("cannot be written", errno);
  if (!whole) return fault("cannot be written", error);
  return std::nullopt;
}

std::variant<std::string, FileFault> read_now(const std::string& path, std::size_t most, Console& console) {
  if (path == "-") {
    std::string bytes = read_stream(console.in, most);
    if (console.in.bad()) return fault("cannot be read", EIO);
    return bytes;
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return FileFault{"is a directory, not a file"};
  errno = 0;
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return fault("cannot be read", errno);
  std::string bytes;
  std::array<char, 1 << 16> buffer{};
  while (bytes.size() <= most) {
    const std::size_t wanted = std::min(buffer.size(), most + 1 - bytes.size());
    const std::size_t got = std::fread(buffer.data(), 1, wanted, file.get());
    bytes.append(buffer.data(), got);
    if (got < wanted) break;
  }
  if (std::ferror(file.get()) != 0) return fault("cannot be read", errno);
  return bytes;
}

std::filesystem::perms usual_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return static_cast<std::filesystem::perms>(0666 & ~mask);
}

// Written beside it, it takes the place of what is there.
std::optional<FileFault> write_beside(const std::filesystem::path& target, std::filesystem::perms mode, std::string_view bytes) {
  std::string beside = target.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(beside.data());
  if (descriptor < 0) return fault("cannot be written", errno);
  ::close(descriptor);
  std::optional<FileFault> failed = write_file(beside, bytes);
  if (!failed) {
    std::error_code error;
    std::filesystem::permissions(beside, mode, error);
    if (!error) std::filesystem::rename(beside, target, error);
    if (error) failed = fault("cannot be written", error.value());
  }
  if (failed) ::unlink(beside.c_str());
  return failed;
}

}  // namespace

std::variant<std::string, FileFault> read_file(const std::string& path, std::size_t most, Console& console) {
  if (console.past != nullptr) return console.past->read(path);
  auto read = read_now(path, most, console);
  if (const auto* bytes = std::get_if<std::string>(&read)) keep_file(path, *bytes, console);
  return read;
}

std::optional<FileFault> write_file(const std::string& path, std::string_view bytes) {
  return write_as("wb", path, bytes);
}

std::optional<FileFault> create_file(const std::string& path, std::string_view bytes) {
  return write_as("wbx", path, bytes);
}

std::optional<FileFault> replace_file(const std::string& path, std::string_view bytes) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) return fault("cannot be written", error.value());
  const fs::perms mode = fs::status(target, error).permissions();
  if (error) return fault("cannot be written", error.value());
  // Whoever may not write a file shall not replace it either.
  if (::access(target.c_str(), W_OK) != 0) return fault("cannot be written", errno);
  return write_beside(target, mode, bytes);
}

std::optional<FileFault> write_whole(const std::string& path, std::string_view bytes) {
  namespace fs = std::filesystem;
  // What is open already under another name, such as /dev/stderr, is written to and not replaced.
  if (path.starts_with("/dev/") || path.starts_with("/proc/")) return write_as("ab", path, bytes);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return write_beside(path, usual_mode(), bytes);
  const bool is_file = fs::is_regular_file(fs::status(path, error));
  return is_file ? replace_file(path, bytes) : write_file(path, bytes);
}

}  // namespace dpol::cli
