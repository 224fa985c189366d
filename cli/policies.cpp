#include "cli/policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <stdexcept>

#include "cli/failure.h"
#include "cli/files.h"
#include "cli/standard_library.h"
#include "compiler/compile.h"
#include "lang/diagnostic.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/codec.h"
#include "runtime/vm/pattern.h"
#include "sources/schemas.h"

namespace dpol::cli {
namespace {

// Both readers refuse more than they take; one byte beyond is enough for that.
constexpr std::size_t kMostBytes = std::max(lang::kMaxSourceBytes, program::kMaxFileBytes);

std::span<const std::uint8_t> as_bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string shown(const std::string& path) { return path == "-" ? "standard input" : decision::printable(path); }

std::string read_policy(const std::string& path, Console& console) {
  auto read = read_file(path, kMostBytes, console);
  if (auto* fault = std::get_if<FileFault>(&read)) throw Failure::input(shown(path) + " " + fault->text);
  return std::move(std::get<std::string>(read));
}

program::Program decode(const std::string& path, const std::string& bytes) {
  auto decoded = program::decode(as_bytes(bytes));
  if (auto* fault = std::get_if<program::DecodeFault>(&decoded)) {
    throw Failure::input(fmt::format("{} is not a program that this dpol can run: byte {}: {}", shown(path),
                                     fault->offset, fault->what));
  }
  return std::move(std::get<program::Program>(decoded));
}

void print_diagnostics(const compiler::CompileResult& result, const PolicyOptions& options, Console& console) {
  const lang::RenderOptions render = {.color = wants_color(options.color, console.err_is_terminal, console)};
  bool is_first = true;
  for (const lang::Diagnostic& diagnostic : result.diagnostics) {
    if (options.message_format == "json") {
      console.err << lang::render_diagnostic_json(diagnostic);
      continue;
    }
    if (!is_first) console.err << "\n";
    is_first = false;
    console.err << lang::render_diagnostic(diagnostic, render);
  }
}

compiler::CompileResult compile(std::vector<compiler::SourceText> sources, const PolicyOptions& options,
                                Console& console) {
  compiler::CompileOptions compile_options = compile_options_of(options, console);
  compile_options.entries = std::move(sources);
  compiler::CompileResult result = compiler::compile(compile_options);
  print_diagnostics(result, options, console);
  // What the compiler wrote does not hold; cli/app.cpp says so and asks for a report.
  if (!result.defect.empty()) throw std::logic_error("the compiled program is refused: " + result.defect);
  return result;
}

std::string source_name(const std::string& path) { return path == "-" ? "<standard input>" : path; }

}  // namespace

void PolicyOptions::describe(CommandLine& line) {
  line.positionals("POLICY", files, "a policy: .dpol text, or one compiled .dpolc");
  describe_common(line);
}

void PolicyOptions::describe_common(CommandLine& line) {
  line.option("--policy-path", "DIR", search_paths, "where `import a.x` looks for a/x.dpol, before what comes with dpol; may be repeated");
  line.option("--message-format", "text|json", message_format, "of messages about the policy, on standard error");
  line.option("--color", "auto|always|never", color, "colours; auto: on a terminal, unless NO_COLOR is set");
}

void PolicyOptions::check(const CommandLine& line) const {
  if (files.empty()) line.fail("which policy? POLICY is missing");
  if (message_format != "text" && message_format != "json") {
    line.fail(fmt::format("--message-format is text or json, not {}", in_ticks(message_format)));
  }
  if (color != "auto" && color != "always" && color != "never") {
    line.fail(fmt::format("--color is auto, always or never, not {}", in_ticks(color)));
  }
}

compiler::CompileOptions compile_options_of(const PolicyOptions& options, Console& console) {
  compiler::CompileOptions compile_options;
  compile_options.policy_paths = options.search_paths;
  compile_options.library = standard_module;
  compile_options.check_regex = vm::pattern_fault;
  compile_options.source_formats = sources::source_formats();
  compile_options.open_parameters = options.open_parameters;
  compile_options.read_file = [&console](const std::string& path) -> std::optional<std::string> {
    auto read = read_file(path, lang::kMaxSourceBytes, console);
    if (auto* text = std::get_if<std::string>(&read)) return std::move(*text);
    return std::nullopt;
  };
  return compile_options;
}

bool wants_color(const std::string& option, bool is_terminal, const Console& console) {
  if (option == "always") return true;
  return option == "auto" && is_terminal && !console.no_color;
}

Failure not_compiled(const compiler::CompileResult& result, const PolicyOptions& options) {
  const auto errors = std::ranges::count_if(result.diagnostics, [](const lang::Diagnostic& diagnostic) {
    return diagnostic.severity == lang::Severity::Error;
  });
  if (options.message_format == "json") return Failure::policy("");
  return Failure::policy(fmt::format("{} error{}: {}", errors, errors == 1 ? "" : "s", options.consequence));
}

compiler::CompileResult compile_policies(const std::vector<std::string>& files, const PolicyOptions& options,
                                         Console& console) {
  std::vector<compiler::SourceText> sources;
  for (const std::string& path : files) sources.push_back({source_name(path), read_policy(path, console)});
  return compile(std::move(sources), options, console);
}

program::Program load_policies(const PolicyOptions& options, Console& console) {
  std::vector<compiler::SourceText> sources;
  for (const std::string& path : options.files) {
    std::string text = read_policy(path, console);
    if (program::looks_like_program(as_bytes(text))) {
      if (options.files.size() > 1) throw Failure::usage(shown(path) + " is compiled: it goes without other policies");
      return decode(path, text);
    }
    sources.push_back({source_name(path), std::move(text)});
  }
  compiler::CompileResult result = compile(std::move(sources), options, console);
  if (!result.ok()) throw not_compiled(result, options);
  return std::move(*result.program);
}

// Nothing refers to a policy by its index, so leaving some out keeps the program sound.
void keep_chosen(program::Program& program, const std::vector<std::string>& chosen, const CommandLine& line) {
  if (chosen.empty()) return;
  std::vector<std::string> known;
  for (const program::Policy& policy : program.policies) known.push_back(program.text(policy.id));
  for (const std::string& name : chosen) {
    if (std::ranges::find(known, name) != known.end()) continue;
    line.fail(fmt::format("--policy {}: there is no such policy{}; there is {}", in_ticks(name),
                          did_you_mean(name, known), listed(known)));
  }
  std::erase_if(program.policies, [&](const program::Policy& policy) {
    return std::ranges::find(chosen, program.text(policy.id)) == chosen.end();
  });
}

}  // namespace dpol::cli
