#include "tests/golden/stages.h"

#include <sstream>
#include <utility>

#include "cli/app.h"
#include "compiler/doc/doc.h"
#include "compiler/lint/lint.h"
#include "lang/format.h"
#include "lang/tree_dump.h"
#include "runtime/program/disassemble.h"

namespace dpol::golden {
namespace {

namespace fs = std::filesystem;

std::string tree(const Case& test, const compiler::CompileResult&) {
  return lang::dump_tree(*lang::parse(test.file(), test.text));
}

std::string formatted(const Case& test, const compiler::CompileResult&) { return lang::format(test.text).text; }

std::string bytecode(const Case&, const compiler::CompileResult& result) {
  return result.program ? program::disassemble(*result.program) : "it does not compile\n";
}

std::string help(const Case& test, const compiler::CompileResult& result) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : messages(test, result)) {
    text.append(text.empty() ? "" : "\n").append(lang::render_diagnostic(diagnostic));
  }
  return text;
}

std::string document(const compiler::CompileResult& result, std::string (*write)(const doc::Document&)) {
  return result.ok() ? write(doc::describe(result.checked)) : "it does not compile\n";
}

std::string markdown(const Case&, const compiler::CompileResult& result) { return document(result, doc::write_markdown); }

std::string html(const Case&, const compiler::CompileResult& result) { return document(result, doc::write_html); }

// Reports name files as the command line does, so that must not say where this machine keeps them.
class InFolder {
 public:
  explicit InFolder(const fs::path& folder) : before_(fs::current_path()) { fs::current_path(folder); }
  ~InFolder() {
    std::error_code ignored;
    fs::current_path(before_, ignored);
  }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  fs::path before_;
};

std::string verdict(const Case& test, const compiler::CompileResult&) {
  const InFolder folder(golden_folder());
  cli::Arguments arguments = {"check", test.file(), "--policy-path", "."};
  for (const auto& [option, suffix] : {std::pair{"--facts", ".facts.json"}, std::pair{"--metrics", ".metrics.ndjson"},
                                       std::pair{"--signoffs", ".signoffs.json"}}) {
    if (!fs::exists(test.name + suffix)) continue;
    arguments.emplace_back(option);
    arguments.push_back(test.name + suffix);
  }
  arguments.insert(arguments.end(), test.check_options.begin(), test.check_options.end());
  std::istringstream in;
  std::ostringstream out;
  cli::Console console{.in = in, .out = out, .err = out, .clock = [] { return vm::Instant{0}; }};
  const int code = cli::run(arguments, console);
  return out.str() + "[" + std::to_string(code) + "]\n";
}

}  // namespace

std::vector<lang::Diagnostic> messages(const Case& test, const compiler::CompileResult& result) {
  if (!test.name.starts_with("lint/")) return result.diagnostics;
  return lint::messages(result, lint::lint(result, {}));
}

const std::vector<Stage>& stages() {
  static const std::vector<Stage> kStages = {
      {".tree", tree}, {".fmt", formatted}, {".bytecode", bytecode}, {".help", help},
      {".md", markdown}, {".html", html}, {".verdict", verdict}};
  return kStages;
}

const std::vector<std::string_view>& input_suffixes() {
  static const std::vector<std::string_view> kSuffixes = {".facts.json", ".metrics.ndjson", ".signoffs.json"};
  return kSuffixes;
}

}  // namespace dpol::golden
