#include "tests/golden/case.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "runtime/vm/pattern.h"
#include "sources/schemas.h"
#include "tests/golden/annotations.h"

namespace dpol::golden {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOptions = "// options: ";

void read_options(Case& result) {
  if (!result.text.starts_with(kOptions)) return;
  std::istringstream words(result.text.substr(kOptions.size(), result.text.find('\n') - kOptions.size()));
  for (std::string word; words >> word;) {
    if (word != "--pad" && word != "--chain") {
      result.check_options.push_back(word);
      continue;
    }
    words >> (word == "--pad" ? result.pad : result.chain);
    if (!words) throw std::runtime_error(result.name + ": " + word + " takes a number");
  }
}

// The text of "./3.dpol" in a chain of `length`.
std::optional<std::string> link(const fs::path& file, std::size_t length) {
  const std::string name = file.stem().string();
  const bool is_number = !name.empty() && name.size() < 9 && name.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || std::stoul(name) > length) return std::nullopt;
  return "import \"./" + std::to_string(std::stoul(name) + 1) + ".dpol\"\n";
}

std::optional<std::string> imported(const std::string& path, std::size_t chain) {
  const fs::path inside = fs::path(path).lexically_normal();
  if (inside.is_absolute() || inside.empty() || *inside.begin() == "..") return std::nullopt;
  const fs::path file = golden_folder() / inside;
  if (!fs::is_regular_file(file)) return link(inside, chain);
  return without_annotations(read_file(file));
}

compiler::CompileResult compile(const std::string& file, std::string text, std::size_t chain, bool optimise) {
  compiler::CompileOptions options;
  options.entries.push_back({file, std::move(text)});
  options.read_file = [chain](const std::string& path) { return imported(path, chain); };
  options.policy_paths = {"."};
  options.check_regex = vm::pattern_fault;
  options.source_formats = sources::source_formats();
  options.optimise = optimise;
  return compiler::compile(options);
}

}  // namespace

std::string Case::padded_text() const {
  std::string padded = text;
  if (padded.size() < pad) padded.resize(pad, ' ');
  return padded;
}

fs::path golden_folder() { return fs::path(DPOL_SOURCE_DIR) / "tests" / "golden"; }

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(golden_folder())) {
    if (!entry.is_regular_file() || entry.path().extension() != ".dpol") continue;
    names.push_back(entry.path().lexically_relative(golden_folder()).replace_extension().generic_string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Case read_case(const std::string& name) {
  Case result;
  result.name = name;
  result.text = without_annotations(read_file(golden_folder() / result.file()));
  read_options(result);
  return result;
}

compiler::CompileResult compile(const Case& test, bool optimise) {
  return compile(test.file(), test.padded_text(), test.chain, optimise);
}

compiler::CompileResult compile(const std::string& file, std::string text) {
  return compile(file, std::move(text), 0, true);
}

std::vector<Example> examples() {
  std::vector<Example> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(DPOL_SOURCE_DIR) / "examples")) {
    if (entry.path().extension() != ".dpol") continue;
    all.push_back({entry.path().filename().string(), read_file(entry.path())});
  }
  std::sort(all.begin(), all.end(), [](const Example& a, const Example& b) { return a.name < b.name; });
  return all;
}

}  // namespace dpol::golden
