// compile: policy files to a verified Program, in one call.
//
// Promises
//  - No I/O of its own: files that are imported are asked for through CompileOptions::read_file.
//  - Work and memory are bounded by the limits of lang/source.h, modules.h and program.h.
//  - If there is no error among the diagnostics, `program` is there and passes program::verify().
//  - The same options give the same result, byte for byte.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/checked.h"
#include "compiler/tests.h"
#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "runtime/program/program.h"

namespace dpol::compiler {

struct SourceText {
  std::string name;  // as diagnostics and reports show it
  std::string text;
};

// What a `source` may be: a format of documents and the facts that it brings.
// What may be said of a source beside its documents: `key = "release.pub"`.
struct SourceOption {
  std::string_view name;
  bool is_files = false;  // names of files, which are read with the documents; else one text
};
struct SourceFormat {
  std::string_view name;    // junit
  std::string_view schema;  // declarations of dpol: one `facts`, and what its types need; "": the
                            // policy says itself where its facts stand in the document
  std::vector<SourceOption> options = {};
};

struct CompileOptions {
  // The policies of these files are judged; those of imported files are there to be extended.
  std::vector<SourceText> entries;
  // The text of a file, by a path made of an entry's name, an `import` and `policy_paths`; nothing
  // where there is no such file. Without it nothing can be imported.
  std::function<std::optional<std::string>(const std::string& path)> read_file;
  // Where `import std.x` looks for `std/x.dpol`, in this order.
  std::vector<std::string> policy_paths;
  std::span<const SourceFormat> source_formats;
  // A module that comes with the program, `std.x`; asked for where no file has it.
  std::function<std::optional<SourceText>(const std::string& module)> library;
  // What is wrong with a regular expression (RE2 syntax), or nothing. Without it all are accepted.
  std::function<std::optional<std::string>(std::string_view pattern)> check_regex;
  // Keeps policies with a parameter that nobody has set, for looking at what is there to be
  // extended; the value of such a parameter is not known.
  bool open_parameters = false;
  // Folds constants, computes equal parts of a condition once. Never changes what a rule decides.
  bool optimise = true;
};

struct CompileResult {
  std::vector<lang::Diagnostic> diagnostics;  // of all files, by place
  std::optional<program::Program> program;    // if there is no error
  // What verify() has against the program; then there is none, and the fault is the compiler's.
  std::string defect;
  Checked checked;  // what the program was made from
  CheckedTests tests;
  // The files that places and diagnostics point into: the entries first, then imported ones.
  std::vector<std::unique_ptr<lang::Syntax>> files;
  std::vector<std::unique_ptr<lang::Syntax>> schemas;  // of the sources; types may point into them

  bool ok() const { return program.has_value(); }
};

CompileResult compile(const CompileOptions& options);

// A verified program of a model that was changed after it was checked; `files` as the result had
// them. Nothing where the program would pass a limit or would not be sound.
std::optional<program::Program> lower_again(
    const Checked& checked, const std::vector<std::unique_ptr<lang::Syntax>>& files);

}  // namespace dpol::compiler
