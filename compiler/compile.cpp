#include "compiler/compile.h"

#include <utility>

#include "compiler/check_tests.h"
#include "compiler/declarations.h"
#include "compiler/lower.h"
#include "compiler/metrics.h"
#include "compiler/policies.h"
#include "runtime/program/verify.h"

namespace dpol::compiler {

namespace {

void collect(CompileResult& result, Modules& modules, Sink& sink) {
  for (Module& module : modules.all()) {
    for (lang::Diagnostic& diagnostic : module.syntax->diagnostics) {
      result.diagnostics.push_back(diagnostic);
    }
    (module.is_schema ? result.schemas : result.files).push_back(std::move(module.syntax));
  }
  for (lang::Diagnostic& diagnostic : sink.take())
    result.diagnostics.push_back(std::move(diagnostic));
  lang::sort_diagnostics(result.diagnostics);
}

// Everything after reading. A file that cannot be parsed would make the others look wrong.
std::optional<program::Program> translate(const CompileOptions& options, Modules& modules,
                                          Checked& checked, CheckedTests& tests, Sink& sink,
                                          std::string& defect) {
  if (sink.has_errors() || modules.has_syntax_errors()) return std::nullopt;
  Names names(modules, checked, sink);
  names.declare_all();
  Services services{modules, names, checked, sink, options};
  check_metrics(services);
  check_functions(services);
  Policies policies(services);
  policies.build_all();
  check_declarations(services);
  tests = check_tests(services, policies);
  if (sink.has_errors()) return std::nullopt;

  std::vector<const lang::SourceFile*> files;
  for (const Module& module : modules.all())
    if (!module.is_schema) files.push_back(&module.syntax->source);
  auto program = lower(checked, files, options.optimise, sink);
  if (!program) return std::nullopt;
  if (const auto fault = program::verify(*program)) {
    defect = fault->what;
    return std::nullopt;
  }
  return program;
}

}  // namespace

CompileResult compile(const CompileOptions& options) {
  CompileResult result;
  Sink sink;
  Modules modules(options, sink);
  modules.load();
  result.program =
      translate(options, modules, result.checked, result.tests, sink, result.defect);
  collect(result, modules, sink);
  return result;
}

std::optional<program::Program> lower_again(
    const Checked& checked, const std::vector<std::unique_ptr<lang::Syntax>>& files) {
  std::vector<const lang::SourceFile*> sources;
  for (const auto& file : files) sources.push_back(&file->source);
  Sink sink;
  auto program = lower(checked, sources, true, sink);
  if (!program || program::verify(*program)) return std::nullopt;
  return program;
}

}  // namespace dpol::compiler
