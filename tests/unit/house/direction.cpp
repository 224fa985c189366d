#include "tests/unit/house/direction.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace dpol::house {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string_view>;

// A folder of the product and the folders it may include besides itself.
struct Folder {
  std::string_view name;
  Names may_include;
};

const std::vector<Folder>& folders() {
  static const std::vector<Folder> kFolders = {
      {"lang", {}},
      {"runtime/html", {}},
      // Before `compiler`, which they lie in and which knows nothing of them.
      {"compiler/lint", {"compiler", "lang", "runtime/program"}},
      {"compiler/doc", {"compiler", "lang", "runtime/program", "runtime/html"}},
      {"compiler", {"lang", "runtime/program"}},
      {"runtime/program", {}},
      {"runtime/vm", {"runtime/program"}},
      {"runtime/inputs", {"runtime/vm", "runtime/program"}},
      {"runtime/prometheus", {"runtime/inputs", "runtime/vm", "runtime/program"}},
      {"runtime/state", {"runtime/program"}},
      {"sources", {"compiler", "lang", "runtime/inputs", "runtime/vm", "runtime/program"}},
      {"runtime/decision", {"runtime/vm", "runtime/program"}},
      {"runtime/reports", {"runtime/decision", "runtime/program", "runtime/html"}},
      {"plans", {"compiler/doc", "runtime/decision", "runtime/reports"}},
      {"testing",
       {"compiler", "lang", "runtime/program", "runtime/vm", "runtime/decision", "runtime/reports"}},
      {"editors/generate", {"lang", "runtime/program"}},
      {"editors/lsp", {"compiler", "lang", "runtime/program"}},
      {"cli",
       {"lang", "compiler", "compiler/lint", "compiler/doc", "runtime/program", "runtime/vm", "runtime/inputs",
        "runtime/prometheus", "runtime/state", "runtime/decision", "runtime/reports", "plans", "editors/lsp", "sources",
         "testing"}},
  };
  return kFolders;
}

// What the build writes; anyone may read it.
constexpr std::string_view kGenerated = "generated/";

// How heavy a package is for those who include it.
enum class Weight { kLight, kSourcesOnly };

// A header or family of headers from outside, and the only folders or files that may include it.
struct Package {
  std::string_view prefix;
  Weight weight;
  Names places;
};

const std::vector<Package>& packages() {
  static const std::vector<Package> kPackages = {
      {"tao/", Weight::kSourcesOnly, {"lang/lexer.cpp", "lang/parser.cpp"}},
      {"re2/", Weight::kSourcesOnly, {"runtime/vm"}},
      {"sha256.h", Weight::kSourcesOnly, {"runtime/program/digest.cpp"}},
      {"nlohmann/",
       Weight::kSourcesOnly,
       {"runtime/inputs", "runtime/reports", "testing", "editors/lsp", "cli"}},
      {"pugixml.hpp", Weight::kLight, {"sources"}},
      {"simdjson", Weight::kSourcesOnly, {"runtime/inputs"}},
      {"yaml-cpp/", Weight::kSourcesOnly, {"runtime/inputs"}},
      {"curl/", Weight::kSourcesOnly, {"runtime/prometheus"}},
      {"openssl/", Weight::kSourcesOnly, {"sources/signatures.cpp"}},
      {"sqlite3.h", Weight::kSourcesOnly, {"runtime/state"}},
      {"fmt/",
       Weight::kSourcesOnly,
       {"compiler", "runtime/reports", "plans", "testing", "editors/lsp", "cli"}},
      {"CLI/", Weight::kLight, {"cli"}},
      // Libraries return what they have to say; only programs write and log.
      {"spdlog/", Weight::kLight, {"cli", "editors/lsp"}},
      {"iostream", Weight::kLight, {"cli", "editors/lsp"}},
      {"sys/", Weight::kLight, {"cli", "editors/lsp", "runtime/inputs", "runtime/state"}},
      // Test packages belong to tests and benches, which are not read.
      {"gtest/", Weight::kLight, {}},
      {"gmock/", Weight::kLight, {}},
      {"benchmark/", Weight::kLight, {}},
  };
  return kPackages;
}

struct Include {
  std::size_t line;
  std::string path;  // empty when it is a macro
};

// `path` is `place` or lies below it.
bool is_within(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

const Folder* folder_of(std::string_view path) {
  const auto found = std::ranges::find_if(
      folders(), [path](const Folder& folder) { return is_within(path, folder.name); });
  return found == folders().end() ? nullptr : &*found;
}

std::string_view skip_blanks(std::string_view text) {
  const auto start = text.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

// What an #include line names; nothing when the line is another one.
std::optional<std::string> included_by(std::string_view line) {
  line = skip_blanks(line);
  if (!line.starts_with('#')) return std::nullopt;
  line = skip_blanks(line.substr(1));
  constexpr std::string_view kInclude = "include";
  if (!line.starts_with(kInclude)) return std::nullopt;
  line = skip_blanks(line.substr(kInclude.size()));
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return std::string();
  const auto end = line.find(line[0] == '<' ? '>' : '"', 1);
  return end == std::string_view::npos ? std::string() : std::string(line.substr(1, end - 1));
}

std::vector<Include> includes_of(const fs::path& file) {
  std::vector<Include> includes;
  std::ifstream in(file);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (auto path = included_by(line)) includes.push_back({number, std::move(*path)});
  }
  return includes;
}

std::string join(const Names& names) {
  std::string text;
  for (const auto name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text.empty() ? "nothing" : text;
}

bool is_header(std::string_view file) { return file.ends_with(".h"); }

// What is wrong with a package's header in this file; empty when nothing is.
std::string judge_package(std::string_view file, std::string_view path, const Package& package) {
  const bool at_home = std::ranges::any_of(
      package.places, [file](std::string_view place) { return is_within(file, place); });
  if (!at_home) return "<" + std::string(path) + "> belongs to " + join(package.places);
  if (package.weight == Weight::kSourcesOnly && is_header(file)) {
    return "<" + std::string(path) + "> is too heavy for a header";
  }
  return {};
}

std::string judge(std::string_view file, const Folder& home, std::string_view path) {
  if (path.empty()) return "an include by macro cannot be checked";
  if (path.starts_with(kGenerated)) return {};

  if (const Folder* other = folder_of(path)) {
    const bool allowed = other == &home ||
                         std::ranges::find(home.may_include, other->name) != home.may_include.end();
    if (allowed) return {};
    return std::string(home.name) + " includes " + std::string(other->name) + "; it may include " +
           join(home.may_include);
  }

  const auto package = std::ranges::find_if(
      packages(), [path](const Package& row) { return path.starts_with(row.prefix); });
  if (package != packages().end()) return judge_package(file, path, *package);

  // What is left is the standard library, whose headers have neither folder nor suffix, and the
  // system's, which have no folder but those named above.
  if (path.find('/') != std::string_view::npos) {
    return "\"" + std::string(path) + "\" is no folder or package that the house knows";
  }
  return {};
}

bool is_source(const fs::path& path) {
  static const std::initializer_list<std::string_view> kSuffixes = {".h",  ".hpp", ".cpp",
                                                                    ".cc", ".def", ".inc"};
  return std::ranges::find(kSuffixes, path.extension().string()) != kSuffixes.end();
}

// Every source below the product's top folders, from the root and sorted.
std::vector<std::string> sources_below(const fs::path& root) {
  std::vector<std::string> files;
  for (const char* top : {"lang", "compiler", "runtime", "sources", "testing", "editors", "cli"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (entry.is_regular_file() && is_source(entry.path())) {
        files.push_back(entry.path().lexically_relative(root).generic_string());
      }
    }
  }
  std::ranges::sort(files);
  return files;
}

// A quoted name without a folder would be found beside the file, past the table: such an include
// is only good when it names no file there.
bool is_beside(const fs::path& root, const std::string& file, const std::string& path) {
  return !path.empty() && fs::exists((root / file).parent_path() / path) &&
         !fs::exists(root / path);
}

}  // namespace

Findings check_includes(const fs::path& root) {
  Findings findings;
  findings.files = sources_below(root);
  for (const std::string& file : findings.files) {
    const Folder* home = folder_of(file);
    if (home == nullptr) {
      findings.violations.push_back({file, 1, "lies in no folder that the house knows"});
      continue;
    }
    for (const Include& include : includes_of(root / file)) {
      std::string message = is_beside(root, file, include.path)
                                ? "\"" + include.path + "\" is to be written from the root"
                                : judge(file, *home, include.path);
      if (message.empty()) continue;
      findings.violations.push_back({file, include.line, std::move(message)});
    }
  }
  return findings;
}

}  // namespace dpol::house
