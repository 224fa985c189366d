#include "cli/glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFolders = 100'000;  // looked into
constexpr std::size_t kMaxDepth = 64;

std::vector<std::string> segments_of(const std::string& pattern) {
  std::vector<std::string> segments;
  for (const fs::path& part : fs::path(pattern).relative_path()) {
    if (!part.empty() && part != ".") segments.push_back(part.string());
  }
  return segments;
}

class Glob {
 public:
  explicit Glob(const std::string& pattern) : segments_(segments_of(pattern)) {
    if (!segments_.empty()) walk(fs::path(pattern).root_path(), 0, 0);
  }

  std::vector<std::string> files() && {
    return {std::make_move_iterator(found_.begin()), std::make_move_iterator(found_.end())};
  }

 private:
  bool is_full() const { return found_.size() > kMaxMatches || folders_ > kMaxFolders; }

  void walk(const fs::path& folder, std::size_t segment, std::size_t depth) {
    const std::string& pattern = segments_[segment];
    const bool last = segment + 1 == segments_.size();
    if (is_full() || depth > kMaxDepth) return;
    if (pattern == "**") {
      // No folder at all, and each one below.
      if (!last) walk(folder, segment + 1, depth);
      each_entry(folder, [&](const fs::directory_entry& entry, const std::string& name) {
        if (name.starts_with(".")) return;
        if (is_folder(entry)) walk(entry.path(), segment, depth + 1);
        if (last && is_file(entry)) found_.insert(entry.path().string());
      });
      return;
    }
    if (!is_pattern(pattern)) {
      const fs::directory_entry entry(folder / pattern);
      if (last && is_file(entry)) found_.insert(entry.path().string());
      if (!last) walk(entry.path(), segment + 1, depth + 1);
      return;
    }
    each_entry(folder, [&](const fs::directory_entry& entry, const std::string& name) {
      if (fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) != 0) return;
      if (last && is_file(entry)) found_.insert(entry.path().string());
      if (!last && is_folder(entry)) walk(entry.path(), segment + 1, depth + 1);
    });
  }

  template <class Use>
  void each_entry(const fs::path& folder, Use&& use) {
    ++folders_;
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator at(folder.empty() ? fs::path(".") : folder, error), end;
         !error && at != end; at.increment(error))
      entries.push_back(*at);
    for (const fs::directory_entry& entry : entries) {
      if (is_full()) return;
      const std::string name = entry.path().filename().string();
      // Found in ".", a file is called by its name alone.
      use(fs::directory_entry(folder / name), name);
    }
  }

  static bool is_file(const fs::directory_entry& entry) {
    std::error_code error;
    return entry.is_regular_file(error);
  }
  static bool is_folder(const fs::directory_entry& entry) {
    std::error_code error;
    return entry.is_directory(error) && !entry.is_symlink(error);
  }

  std::vector<std::string> segments_;
  std::set<std::string> found_;
  std::size_t folders_ = 0;
};

}  // namespace

bool is_pattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> matching_files(const std::string& pattern) {
  return Glob(pattern).files();
}

}  // namespace dpol::cli
