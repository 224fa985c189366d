// dpol test: compiles each file that has tests, runs them, and says what failed and what no test
// has seen.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <thread>

#include "cli/app.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/policies.h"
#include "lang/ast.h"
#include "lang/parse.h"
#include "runtime/decision/value_text.h"
#include "testing/report.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kExitFailed = 1;
constexpr auto kWatchPause = std::chrono::milliseconds(300);

struct TestOptions {
  PolicyOptions policies;
  std::string filter;
  std::string format = "pretty";
  std::string output;
  std::string lcov;
  bool coverage = false;
  bool mutate = false;
  bool watch = false;

  void describe(CommandLine& line) {
    line.positionals("PATH", policies.files, "a file with tests, or a folder of such files");
    policies.describe_common(line);
    line.option("--filter", "TEXT", filter,
                "only tests with this in their title or their policy's name");
    std::vector<std::string> names;
    for (const testing::FormatInfo& info : testing::formats()) names.emplace_back(info.name);
    line.option("--format", "FORMAT", format, fmt::format("{}", fmt::join(names, " | ")));
    line.option("--output", "FILE", output, "where the report goes, in place of standard output");
    line.flag("--coverage", coverage, "which rules and branches the tests have seen");
    line.option("--coverage-lcov", "FILE", lcov, "the same as an lcov tracefile");
    line.flag("--mutate", mutate,
              "change the policies in every place in turn: which changes does no test notice?");
    line.flag("--watch", watch, "run again whenever a file changes");
  }

  void check(const CommandLine& line) const {
    if (policies.files.empty()) line.fail("which tests? PATH is missing");
    policies.check(line);
    if (std::ranges::find(policies.files, "-") != policies.files.end())
      line.fail("tests are read from files");
    if (testing::find_format(format) != nullptr) return;
    std::vector<std::string> names;
    for (const testing::FormatInfo& info : testing::formats()) names.emplace_back(info.name);
    line.fail(fmt::format("there is no format {}{}; the formats are {}", in_ticks(format),
                          did_you_mean(format, names), listed(names)));
  }
};

struct File {
  std::string path;
  bool named = false;  // on the command line, and not found in a folder
};

// Named files, and those of folders in the order of their names.
std::vector<File> files_of(const std::vector<std::string>& paths) {
  std::vector<File> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back({path, true});
      continue;
    }
    std::vector<std::string> found;
    auto walk = fs::recursive_directory_iterator(
        path, fs::directory_options::skip_permission_denied, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
      std::error_code ignored;
      if (walk->path().extension() == ".dpol" && walk->is_regular_file(ignored))
        found.push_back(walk->path().string());
    }
    if (error)
      throw Failure::input(decision::printable(path) + " cannot be read: " + error.message());
    std::ranges::sort(found);
    for (std::string& file : found) files.push_back({std::move(file), false});
  }
  return files;
}

// A file in a folder that has no test may be a part of something that does not compile by itself.
bool has_test(const std::string& path, Console& console) {
  auto read = read_file(path, lang::kMaxSourceBytes, console);
  if (auto* fault = std::get_if<FileFault>(&read))
    throw Failure::input(decision::printable(path) + " " + fault->text);
  const auto syntax = lang::parse(path, std::move(std::get<std::string>(read)));
  return std::ranges::any_of(lang::ast::File(*syntax).declarations(),
                             [](const lang::ast::Declaration& declaration) {
                               return declaration.kind() == lang::NodeKind::Test;
                             });
}

bool chosen(const TestOptions& options, const compiler::CheckedTest& test,
            const compiler::CheckedPolicy& policy) {
  return options.filter.empty() || test.title.find(options.filter) != std::string::npos ||
         policy.id.find(options.filter) != std::string::npos;
}

// Tests of one policy may stand in several files.
template <class Result>
void add(std::vector<Result>& results, Result result) {
  if (std::ranges::none_of(results, [&](Result& known) { return known.merge(result); }))
    results.push_back(std::move(result));
}

// The tests of one compilation, policy by policy.
class FileRun {
 public:
  FileRun(const compiler::CompileResult& compiled, const TestOptions& options,
          testing::TestRun& run)
      : compiled_(compiled), options_(options), run_(run) {
    for (const compiler::TestedPolicy& tested : compiled.tests.policies)
      subjects_.push_back(testing::make_subject(compiled, tested));
  }

  // Policies that were not changed, as their tests fail as they are.
  const std::vector<std::string>& unsound() const { return unsound_; }

  void run() {
    tests_.resize(subjects_.size());
    std::vector<std::optional<testing::Coverage>> coverage(subjects_.size());
    std::vector<bool> passed(subjects_.size(), true);
    for (const compiler::CheckedTest& test : compiled_.tests.tests) {
      const testing::Subject& subject = subjects_[test.policy];
      if (!chosen(options_, test, subject.policy())) {
        ++run_.left_out;
        continue;
      }
      auto& covered = coverage[test.policy];
      if (!covered && subject.program) covered.emplace(subject);
      run_.results.push_back(testing::run_test(
          subject, test, [&](const decision::Judge& judge) { covered->see(judge); }));
      passed[test.policy] = passed[test.policy] && run_.results.back().passed();
      tests_[test.policy].push_back(&test);
    }
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      if (coverage[i] && (options_.coverage || !options_.lcov.empty()))
        add(run_.coverage, coverage[i]->result());
      if (!options_.mutate || tests_[i].empty()) continue;
      if (passed[i])
        add(run_.mutations, testing::mutate(compiled_, subjects_[i], tests_[i]));
      else
        unsound_.push_back(subjects_[i].policy().id);
    }
  }

 private:
  const compiler::CompileResult& compiled_;
  const TestOptions& options_;
  testing::TestRun& run_;
  std::vector<testing::Subject> subjects_;
  std::vector<std::vector<const compiler::CheckedTest*>> tests_;
  std::vector<std::string> unsound_;
};

void write(const std::string& path, const std::string& text) {
  if (const auto fault = write_file(path, text))
    throw Failure::output(in_ticks(path) + " " + fault->text);
}

void deliver(const TestOptions& options, testing::TestRun run, Console& console) {
  if (!options.lcov.empty()) write(options.lcov, testing::render_lcov(run.coverage));
  if (!options.coverage) run.coverage.clear();
  reports::Options form;
  form.color = wants_color(options.policies.color,
                           options.output.empty() && console.out_is_terminal, console);
  if (options.output.empty() && console.out_width != 0) form.width = console.out_width;
  const std::string text = testing::render(testing::find_format(options.format)->format, run, form);
  if (options.output.empty())
    console.out << text;
  else
    write(options.output, text);
}

// `watched`: the files that were read.
int run_once(const TestOptions& options, Console& console, std::set<std::string>& watched) {
  testing::TestRun run;
  bool compiles = true;
  for (const File& file : files_of(options.policies.files)) {
    watched.insert(file.path);
    if (!file.named && !has_test(file.path, console)) continue;
    const compiler::CompileResult compiled =
        compile_policies({file.path}, options.policies, console);
    for (const auto& source : compiled.files) watched.insert(source->source.name());
    if (!compiled.ok()) {
      compiles = false;
      const Failure failure = not_compiled(compiled, options.policies);
      if (!failure.text.empty()) console.err << "dpol: " << failure.text << "\n";
      continue;
    }
    FileRun file_run(compiled, options, run);
    file_run.run();
    for (const std::string& policy : file_run.unsound())
      console.err << "dpol: " << in_ticks(policy) << " is not changed, as its tests in "
                  << decision::printable(file.path) << " fail\n";
  }
  if (!compiles) throw Failure::policy("");
  if (run.results.empty()) {
    throw Failure::policy(run.left_out == 0
                              ? "no test found"
                              : fmt::format("no test found: --filter {} leaves out all {}",
                                            in_ticks(options.filter), run.left_out));
  }
  const bool failed = run.failed() != 0;
  deliver(options, std::move(run), console);
  return failed ? kExitFailed : kExitDone;
}

using Times = std::map<std::string, fs::file_time_type>;

Times times_of(const TestOptions& options, const std::set<std::string>& watched) {
  Times times;
  std::set<std::string> files = watched;
  try {
    for (const File& file : files_of(options.policies.files)) files.insert(file.path);
  } catch (const Failure&) {
    // A folder that is being written; the next look finds it.
  }
  for (const std::string& file : files) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (!error) times.emplace(file, time);
  }
  return times;
}

// Until it is interrupted.
[[noreturn]] void watch(const TestOptions& options, Console& console) {
  while (true) {
    std::set<std::string> watched;
    const Times before = times_of(options, watched);
    try {
      run_once(options, console, watched);
    } catch (const Failure& failure) {
      if (!failure.text.empty()) console.err << "dpol: " << failure.text << "\n";
    }
    Times known = times_of(options, watched);
    // What changed while the tests ran was perhaps not seen by them.
    for (const auto& [file, time] : before) known[file] = time;
    console.out << std::flush;
    console.err << "watching " << known.size() << (known.size() == 1 ? " file" : " files")
                << std::endl;
    while (times_of(options, watched) == known) std::this_thread::sleep_for(kWatchPause);
    console.out << "\n";
  }
}

}  // namespace

int run_test(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  TestOptions options;
  options.policies.consequence = "no test was run";
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);
  if (options.watch) watch(options, console);
  std::set<std::string> watched;
  return run_once(options, console, watched);
}

}  // namespace dpol::cli
