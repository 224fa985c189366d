#include "cli/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include "cli/failure.h"
#include "runtime/inputs/input_error.h"
#include "runtime/program/digest.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSearched = 100'000;  // files of a folder
constexpr std::string_view kSha = "sha256:";

std::string digest_of(std::string_view bytes) { return std::string(kSha) + program::sha256_hex(bytes); }

// Of a file of any length; "" where it cannot be read.
std::string digest_of_file(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  program::Sha256 hash;
  std::array<char, 1U << 16U> buffer{};
  while (file.good()) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
  }
  return file.bad() ? std::string() : std::string(kSha) + hash.finish_hex();
}

}  // namespace

std::optional<FileFault> Evidence::add_file(const std::string& name, std::string_view bytes) {
  const std::string digest = digest_of(bytes);
  files.emplace(name, digest);
  if (keep.empty()) return std::nullopt;
  std::error_code error;
  fs::create_directories(keep, error);
  const fs::path path = fs::path(keep) / digest.substr(kSha.size());
  if (digest_of_file(path.string()) == digest) return std::nullopt;
  // Whole or not at all: several checks may keep the same document at once.
  return write_whole(path.string(), bytes);
}

void keep_file(const std::string& name, std::string_view bytes, const Console& console) {
  if (console.evidence == nullptr) return;
  if (const auto fault = console.evidence->add_file(name, bytes))
    throw Failure::output(inputs::printable(console.evidence->keep) + " " + fault->text);
}

Past::Past(Evidence evidence, std::string folder, std::string record, std::uint64_t number)
    : evidence_(std::move(evidence)), folder_(std::move(folder)) {
  if (!evidence_.history || !evidence_.history->own) return;
  history_ = std::move(record);
  history_lines_ = number - 1;
}

std::vector<std::string> Past::find_all() {
  std::vector<std::string> missing;
  const auto look_for = [&](const std::string& name, const std::string& digest) {
    std::string path = find(name, digest);
    if (path.empty()) missing.push_back(fmt::format("{} as it was then: {}", inputs::printable(name), inputs::printable(digest)));
    return path;
  };
  for (const auto& [name, digest] : evidence_.files) paths_[name] = look_for(name, digest);
  const auto& history = evidence_.history;
  if (history && !history->own) history_ = look_for(history->name, history->digest);
  return missing;
}

// Where it stood, under its digest, or anywhere.
std::string Past::find(const std::string& name, const std::string& digest) {
  const std::string hex = digest.starts_with(kSha) ? digest.substr(kSha.size()) : digest;
  for (const fs::path& place : {fs::path(folder_) / hex, fs::path(folder_) / fs::path(name).relative_path()}) {
    if (digest_of_file(place.string()) == digest) return place.string();
  }
  search();
  const auto found = by_digest_.find(digest);
  return found == by_digest_.end() ? std::string() : found->second;
}

void Past::search() {
  if (std::exchange(is_searched_, true)) return;
  std::error_code error;
  std::size_t files = 0;
  for (fs::recursive_directory_iterator at(folder_, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end && files < kMostSearched; at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    ++files;
    const std::string path = at->path().string();
    const std::string digest = digest_of_file(path);
    // Of several that hold the same the first by name, whatever order the folder is in.
    if (digest.empty()) continue;
    const auto [known, is_new] = by_digest_.try_emplace(digest, path);
    if (!is_new) known->second = std::min(known->second, path);
  }
}

std::variant<std::string, FileFault> Past::read(const std::string& name) const {
  const auto path = paths_.find(name);
  if (path == paths_.end()) return FileFault{"cannot be read: it was not read then"};
  std::ifstream file(path->second, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // Somebody may have changed it since it was found.
  if (digest_of(bytes) != evidence_.files.at(name)) return FileFault{"cannot be read: it is no longer as it was"};
  return bytes;
}

std::vector<std::string> Past::matches(const std::string& pattern) const {
  const auto found = evidence_.patterns.find(pattern);
  return found == evidence_.patterns.end() ? std::vector<std::string>() : found->second;
}

}  // namespace dpol::cli
