// dpol_editor_grammars ROOT: writes the editor grammars and docs/builtins.md below the root of the repository.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "editors/generate/grammars.h"

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  return out.good();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: dpol_editor_grammars ROOT\n", stderr);
    return 64;
  }
  const std::filesystem::path root = arguments[1];
  const dpol::editors::Grammars grammars = dpol::editors::make_grammars(root);
  for (const std::string& problem : grammars.problems) {
    std::fprintf(stderr, "%s\n", problem.c_str());
  }
  if (!grammars.problems.empty()) return 1;
  for (const dpol::editors::GrammarFile& file : grammars.files) {
    if (!write(root / file.path, file.text)) {
      std::fprintf(stderr, "%s: cannot be written\n", file.path.c_str());
      return 1;
    }
    std::printf("%s\n", file.path.c_str());
  }
  return 0;
}
