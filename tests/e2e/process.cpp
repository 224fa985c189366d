#include "tests/e2e/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace dpol::e2e {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::vector<std::string> environment(const Command& command) {
  std::vector<std::string> variables = {"LC_ALL=C", "HOME=", "TZ=Asia/Kathmandu",
                                        "PATH=" + command.path, "TMP=" + command.temporary};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

// In the child. Only what is safe after fork.
[[noreturn]] void become(const Command& command, char* const* variables, int output) {
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) _exit(126);
  if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) _exit(126);
  if (chdir(command.folder.c_str()) != 0) _exit(126);
  const char* arguments[] = {"/bin/sh", "-c", command.script.c_str(), nullptr};
  execve("/bin/sh", const_cast<char* const*>(arguments), variables);
  _exit(126);
}

// Reads until all writers are gone; false if the time is up first.
bool read_all(int input, Clock::time_point deadline, Finished& finished) {
  std::vector<char> buffer(1U << 16);
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{.fd = input, .events = POLLIN, .revents = 0};
    const int count = poll(&ready, 1, static_cast<int>(left));
    if (count < 0 && errno != EINTR) fail("poll");
    if (count <= 0) continue;
    const ssize_t size = read(input, buffer.data(), buffer.size());
    if (size < 0 && errno != EINTR) fail("read");
    if (size == 0) return true;
    if (size < 0) continue;
    const std::size_t room = kMostOutput - finished.output.size();
    finished.output.append(buffer.data(), std::min(static_cast<std::size_t>(size), room));
    finished.output_cut = finished.output_cut || static_cast<std::size_t>(size) > room;
  }
}

}  // namespace

Finished run(const Command& command) {
  const std::vector<std::string> variables = environment(command);
  std::vector<char*> pointers;
  for (const std::string& variable : variables)
    pointers.push_back(const_cast<char*>(variable.c_str()));
  pointers.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  const pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(command, pointers.data(), ends[1]);
  setpgid(child, child);  // here too: whoever comes first
  close(ends[1]);

  Finished finished;
  finished.timed_out = !read_all(ends[0], Clock::now() + command.time_limit, finished);
  close(ends[0]);
  if (finished.timed_out) kill(-child, SIGKILL);
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) fail("wait4");
  }
  finished.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  finished.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts in KiB
  return finished;
}

}  // namespace dpol::e2e
