// Modules: the entry files and everything they import, read and parsed.
//
// Promises: every file is read once, however often and under however many names it is imported; at
// most kMaxFiles files and kMaxTotalBytes bytes are read; a cycle of imports is an error.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/sink.h"
#include "lang/ast.h"
#include "lang/parse.h"

namespace dpol::compiler {

inline constexpr std::size_t kMaxFiles = 500;
inline constexpr std::size_t kMaxTotalBytes = 64U << 20;

struct ImportedModule {
  std::size_t module = 0;
  std::string alias;  // what stands before the dot: `as` name, else the last part of the module's
  Place place;
};

struct Module {
  std::unique_ptr<lang::Syntax> syntax;
  std::string name;  // std.release; "" where the file does not say
  bool entry = false;
  bool is_schema = false;  // of a format of sources, not a file of the author's
  std::vector<ImportedModule> imports;

  Place place(lang::Span span) const { return {&syntax->source, span}; }
  Place place(const lang::ast::View& view) const { return place(view.span()); }
};

class Modules {
 public:
  Modules(const CompileOptions& options, Sink& sink) : options_(options), sink_(sink) {}

  // Reads all. Stops early, with errors in the sink or in a Syntax, where a file cannot be read.
  void load();

  std::vector<Module>& all() { return modules_; }
  const std::vector<Module>& all() const { return modules_; }
  bool has_syntax_errors() const;
  // The schema of a format that some file has a source of; nothing where it has none.
  std::optional<std::size_t> schema(std::string_view format) const;

 private:
  enum class State : std::uint8_t { waiting, loading, done };

  std::size_t add(std::string file, std::string text, bool entry);
  void load_schemas();
  void load_imports(std::size_t module);
  void load_import(std::size_t module, const lang::ast::Import& import);
  std::optional<std::size_t> find(std::size_t module, const lang::ast::Import& import);
  std::optional<std::size_t> find_file(const std::string& path);
  std::optional<std::size_t> find_in_library(const std::string& module);
  void report_cycle(const Place& place, std::size_t target);
  void check_name(std::size_t importer, const lang::ast::Import& import, std::size_t target);

  const CompileOptions& options_;
  Sink& sink_;
  std::vector<Module> modules_;
  std::vector<State> states_;
  std::vector<std::size_t> loading_;  // the chain of imports that is being followed
  std::map<std::string, std::size_t> by_path_;
  std::map<std::string, std::size_t, std::less<>> schemas_;
  std::size_t bytes_ = 0;
};

// "a/b/../c.dpol" without its "." and "..": "a/c.dpol".
std::string normal_path(std::string_view path);
// What `path` means in an import of the file `from`.
std::string relative_path(std::string_view from, std::string_view path);

}  // namespace dpol::compiler
