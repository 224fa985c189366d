// Writes what fuzzers start from into a folder, made anew from the golden files and the tables, so that no seed is of an
// older language or file format:
//
//   write_seeds FOLDER     FOLDER/<target>/… and FOLDER/<target>.dict

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>

#include "lang/token.h"
#include "tests/fuzz/targets.h"
#include "tests/golden/case.h"

namespace dpol::fuzz {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << bytes;
  if (!out) throw std::runtime_error("cannot write " + file.string());
}

std::string flat(std::string name) {
  for (char& c : name) {
    if (c == '/') c = '_';
  }
  return name;
}

void write_policy(const fs::path& folder, const std::string& name, const std::string& text) {
  write(folder / "parse" / name, text);
  write(folder / "format" / name, text);
  write(folder / "compile" / name, text);
  const compiler::CompileResult result = golden::compile(name, text);
  if (!result.program) return;
  const std::vector<std::uint8_t> body = body_of(*result.program);
  write(folder / "program_load" / name, {reinterpret_cast<const char*>(body.data()), body.size()});
}

// In the syntax of libFuzzer's dictionaries.
std::string entry(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.append(1, '\\').append(1, c);
    } else if (byte < 0x20 || byte >= 0x7F) {
      quoted.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 0xF]);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"\n";
}

std::string policy_dictionary() {
  std::string dictionary;
  for (const lang::Word& word : lang::words()) dictionary += entry(word.spelling);
  // The signs, as messages show them: `..`
#define DPOL_TOKEN(kind, shown) \
  if (std::string_view(shown).starts_with('`')) dictionary += entry(std::string_view(shown).substr(1, sizeof(shown) - 3));
#include "lang/token_kinds.def"
  for (const char* literal : {"\"a\"", "\"${a.b}\"", "\"\"\"", "`a`", "r\"a+\"", "2026-12-31", "2026-12-31T10:00:00Z",
                              "1.2.3-rc.1", "1200/s", "10MB/s", "5pp", "0.5%", "2x", "250ms", "1h30m", "2GiB", "0.25",
                              "42", "// c\n", "/// d\n", "\xE2\x89\xA4", "&&", "\xEF\xBB\xBF"}) {
    dictionary += entry(literal);
  }
  return dictionary;
}

std::string document_dictionary(std::initializer_list<const char*> words) {
  std::string dictionary;
  for (const char* word : words) dictionary += entry(word);
  for (const char* sign : {"{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "\\u0000", "\\ud800", "1e400",
                           "-0", "NaN", "\"0.3%\"", "\"250ms\"", "\"2GiB\"", "\"5pp\"", "2025-02-13T14:05:00Z", "\n"}) {
    dictionary += entry(sign);
  }
  return dictionary;
}

void write_documents(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(DPOL_SOURCE_DIR) / "tests/data/sources")) {
    if (entry.is_regular_file() && entry.path().extension() != ".facts" && entry.path().extension() != ".md")
      write(folder / "documents" / entry.path().filename(), golden::read_file(entry.path()));
  }
}

void write_dictionaries(const fs::path& folder) {
  write(folder / "parse.dict", policy_dictionary());
  write(folder / "compile.dict", policy_dictionary());
  write(folder / "facts_json.dict",
        document_dictionary({"service", "version", "environment", "production", "risk", "tests", "failed", "coverage",
                             "report", "took", "size", "bandwidth", "load", "at", "frozen", "pods", "names", "flags",
                             "nodes", "restarts", "image", "digest", "tests.failed", "---", "- ", "&a", "*a", "!!int"}));
  write(folder / "metrics.dict",
        document_dictionary({"time", "stage", "metrics", "candidate", "stable", "baseline", "latency_p95", "error_rate",
                             "requests", "memory", "status", "success", "data", "resultType", "matrix", "vector",
                             "scalar", "result", "metric", "values", "value", "__name__", "\"+Inf\""}));
}

}  // namespace

void write_seeds(const fs::path& folder) {
  for (const std::string& name : golden::case_names()) write_policy(folder, flat(name), golden::read_case(name).text);
  for (const golden::Example& example : golden::examples()) write_policy(folder, example.name, example.text);
  write_policy(folder, "documents", std::string(document_policy()));
  write_dictionaries(folder);
}

}  // namespace dpol::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "write_seeds FOLDER\n";
    return 64;
  }
  try {
    dpol::fuzz::write_seeds(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "write_seeds: " << error.what() << "\n";
    return 1;
  }
}
