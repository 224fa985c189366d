// Findings in policies that compile, and the safe ones of their fixes.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <system_error>

#include "cli/app.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/policies.h"
#include "compiler/compile.h"
#include "compiler/lint/fix.h"
#include "compiler/lint/lint.h"
#include "runtime/decision/value_text.h"

namespace dpol::cli {
namespace {

constexpr int kExitFindings = 1;
// Fixes that touch each other take turns.
constexpr int kMostRounds = 20;

struct LintCommand {
  PolicyOptions policies;
  std::vector<std::string> only;
  std::vector<std::string> allowed;
  bool fix = false;
  bool list = false;

  void describe(CommandLine& line) {
    line.flag("--fix", fix, "carry out the fixes that are safe, and print what is left");
    line.flag("--rules", list, "print the rules and end");
    line.option("--rule", "NAME", only, "look for this alone; may be repeated");
    line.option("--allow", "NAME", allowed, "do not look for this; may be repeated");
    policies.consequence = "nothing was looked at";
    policies.open_parameters = true;
    policies.describe(line);
  }
};

std::vector<lint::Rule> rules_named(const std::vector<std::string>& names, const CommandLine& line) {
  std::vector<lint::Rule> rules;
  std::vector<std::string> known;
  for (const lint::RuleInfo& info : lint::rules()) known.emplace_back(info.name);
  for (const std::string& name : names) {
    const lint::RuleInfo* info = lint::find_rule(name);
    if (info == nullptr) {
      line.fail(fmt::format("there is no lint rule {}{}; `dpol lint --rules` lists them", in_ticks(name),
                            did_you_mean(name, known)));
    }
    rules.push_back(info->rule);
  }
  return rules;
}

void print_rules(Console& console) {
  std::optional<lint::Family> family;
  for (const lint::RuleInfo& info : lint::rules()) {
    if (family != info.family) {
      console.out << (family ? "\n" : "") << lint::family_text(info.family) << "\n";
      family = info.family;
    }
    console.out << fmt::format("  {} {:<31} {}\n", info.code, info.name, info.title);
  }
}

std::vector<compiler::SourceText> read_sources(const std::vector<std::string>& paths, Console& console) {
  std::vector<compiler::SourceText> sources;
  for (const std::string& path : paths) {
    auto read = read_file(path, lang::kMaxSourceBytes, console);
    const std::string shown = path == "-" ? "standard input" : decision::printable(path);
    if (auto* fault = std::get_if<FileFault>(&read)) throw Failure::input(shown + " " + fault->text);
    sources.push_back({path == "-" ? "<standard input>" : path, std::move(std::get<std::string>(read))});
  }
  return sources;
}

class Linter {
 public:
  Linter(const LintCommand& command, lint::LintOptions options, Console& console)
      : command_(command), options_(std::move(options)), console_(console) {
    sources_ = read_sources(command.policies.files, console);
    options_.entries = sources_.size();
    look();
  }

  // Only what compiles again takes the place of what was there.
  void fix() {
    std::size_t fixed_findings = 0;
    std::map<std::string, std::string> changed;
    for (int round = 0; round < kMostRounds && result_.ok(); ++round) {
      const lint::Fixed fixed = lint::apply_fixes(findings_);
      if (fixed.findings == 0) break;
      const std::vector<compiler::SourceText> before = sources_;
      for (const auto& [file, text] : fixed.texts) replace(file->name(), text);
      look();
      if (!result_.ok()) {
        sources_ = before;
        look();
        break;
      }
      fixed_findings += fixed.findings;
      for (std::size_t i = 0; i < sources_.size(); ++i) {
        if (sources_[i].text != before[i].text) changed[sources_[i].name] = sources_[i].text;
      }
    }
    for (const auto& [path, text] : changed) write(path, text);
    if (changed.empty()) return;
    console_.err << fmt::format("fixed {} finding{} in {} file{}\n", fixed_findings,
                                fixed_findings == 1 ? "" : "s", changed.size(),
                                changed.size() == 1 ? "" : "s");
  }

  int report() {
    const std::vector<lang::Diagnostic> all = lint::messages(result_, findings_);
    const bool json = command_.policies.message_format == "json";
    std::ostream& out = result_.ok() ? console_.out : console_.err;
    const bool terminal = result_.ok() ? console_.out_is_terminal : console_.err_is_terminal;
    const lang::RenderOptions render = {
        .color = wants_color(command_.policies.color, terminal, console_)};
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!json && i > 0) out << "\n";
      out << (json ? lang::render_diagnostic_json(all[i]) : lang::render_diagnostic(all[i], render));
    }
    if (!result_.ok()) refuse(all, json);
    if (all.empty()) return kExitDone;
    if (!json) {
      console_.err << fmt::format("{} finding{}\n", all.size(), all.size() == 1 ? "" : "s");
    }
    return kExitFindings;
  }

 private:
  void look() {
    compiler::CompileOptions options = compile_options_of(command_.policies, console_);
    options.entries = sources_;
    findings_.clear();
    result_ = compiler::compile(options);
    if (!result_.ok() && !result_.defect.empty()) throw std::runtime_error(result_.defect);
    findings_ = lint::lint(result_, options_);
  }

  void replace(const std::string& name, const std::string& text) {
    const auto source = std::ranges::find(sources_, name, &compiler::SourceText::name);
    if (source != sources_.end()) source->text = text;
  }

  // Beside the file first, so that it is there whole at every moment.
  static void write(const std::string& path, const std::string& text) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::canonical(path, error);
    const std::filesystem::path beside = target.string() + ".dpol-fix";
    if (error) throw Failure::output(in_ticks(path) + " cannot be written: " + error.message());
    if (const auto fault = write_file(beside.string(), text)) {
      throw Failure::output(in_ticks(beside.string()) + " " + fault->text);
    }
    std::filesystem::permissions(beside, std::filesystem::status(target, error).permissions(), error);
    std::filesystem::rename(beside, target, error);
    if (!error) return;
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    throw Failure::output(in_ticks(path) + " cannot be replaced: " + error.message());
  }

  [[noreturn]] void refuse(const std::vector<lang::Diagnostic>& all, bool json) const {
    if (json) throw Failure::policy("");
    const auto errors = std::ranges::count(all, lang::Severity::Error, &lang::Diagnostic::severity);
    throw Failure::policy(fmt::format("{} error{}: {}", errors, errors == 1 ? "" : "s",
                                      command_.policies.consequence));
  }

  const LintCommand& command_;
  lint::LintOptions options_;
  Console& console_;
  std::vector<compiler::SourceText> sources_;
  compiler::CompileResult result_;
  std::vector<lint::Finding> findings_;
};

}  // namespace

int run_lint(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  LintCommand options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  if (options.list) {
    print_rules(console);
    return kExitDone;
  }
  options.policies.check(line);
  if (options.fix && std::ranges::find(options.policies.files, "-") != options.policies.files.end()) {
    line.fail("--fix changes files, and standard input is none");
  }
  lint::LintOptions asked;
  asked.only = rules_named(options.only, line);
  asked.without = rules_named(options.allowed, line);
  Linter linter(options, std::move(asked), console);
  if (options.fix) linter.fix();
  return linter.report();
}

}  // namespace dpol::cli
