// Case: one golden file, `tests/golden/<area>/<name>.dpol`, as it is compiled.
//
// A first line `// options: …` is no part of the policy's meaning; it says how the case is run:
//   --pad N      blanks are added until the text has N bytes (for what is too large to keep)
//   --chain N    beside the file stand "./1.dpol" to "./N.dpol", each of which imports the next
//   any other    an option of `dpol check`, for the stage `verdict`
// A file may import others: "./other.dpol" from its own area, `std.x` from tests/golden/std/x.dpol.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/compile.h"

namespace dpol::golden {

struct Case {
  std::string name;  // "expressions/windows"
  std::string text;  // the file without annotations
  std::vector<std::string> check_options;
  std::size_t pad = 0;
  std::size_t chain = 0;

  [[nodiscard]] std::string file() const { return name + ".dpol"; }
  [[nodiscard]] std::string padded_text() const;
};

[[nodiscard]] std::filesystem::path golden_folder();
/// The whole file; throws where there is none.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// All of them, sorted.
[[nodiscard]] std::vector<std::string> case_names();
[[nodiscard]] Case read_case(const std::string& name);

/// Files are named as below tests/golden.
[[nodiscard]] compiler::CompileResult compile(const Case& test, bool optimise = true);
/// Another text in the place of a case's or an example's own.
[[nodiscard]] compiler::CompileResult compile(const std::string& file, std::string text);

/// The policies of examples/, by their file's name.
struct Example {
  std::string name;
  std::string text;
};
[[nodiscard]] std::vector<Example> examples();

}  // namespace dpol::golden
