#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <system_error>

#include "cli/app.h"
#include "cli/command_line.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/policies.h"
#include "cli/unified_diff.h"
#include "lang/format.h"
#include "lang/parse.h"
#include "runtime/decision/value_text.h"

namespace dpol::cli {
namespace {

namespace fs = std::filesystem;

struct FmtOptions {
  std::vector<std::string> paths;
  std::string color = "auto";
  bool check = false;
};

// What became of the files, all together.
struct Tally {
  std::size_t changed = 0;
  std::size_t with_errors = 0;
  std::size_t unreadable = 0;
  std::size_t unwritable = 0;
};

// The policies of a folder, sorted. Links to folders are not followed, so that no circle is walked.
std::vector<std::string> policies_below(const std::string& folder, std::error_code& error) {
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (at->path().extension() == ".dpol" && at->is_regular_file(ignored))
      files.push_back(at->path().string());
  }
  std::ranges::sort(files);
  return files;
}

class Run {
 public:
  Run(const FmtOptions& options, Console& console) : options_(options), console_(console) {}

  int all() {
    for (const std::string& path : options_.paths) {
      std::error_code error;
      if (path == "-" || !fs::is_directory(path, error)) {
        one(path);
        continue;
      }
      for (const std::string& file : policies_below(path, error)) one(file);
      if (error) unreadable(path, "cannot be read: " + error.message());
    }
    return exit_code();
  }

 private:
  void one(const std::string& path) {
    std::error_code ignored;
    const std::string target = path == "-" ? path : fs::weakly_canonical(path, ignored).string();
    if (!done_.insert(target.empty() ? path : target).second) return;
    auto read = read_file(path, lang::kMaxSourceBytes, console_);
    if (auto* fault = std::get_if<FileFault>(&read)) return unreadable(path, fault->text);
    const std::string& text = std::get<std::string>(read);
    const bool sound = tell_errors(path, text);
    const std::string formatted = lang::format(text).text;
    if (options_.check) return check(path, text, formatted);
    if (path == "-") {
      console_.out << (text.size() > lang::kMaxSourceBytes && !sound ? std::string() : formatted);
    } else if (formatted != text) {
      write(path, formatted);
    }
  }

  // True: there are none.
  bool tell_errors(const std::string& path, const std::string& text) {
    const auto syntax = lang::parse(path == "-" ? "<standard input>" : path, text);
    if (syntax->ok()) return true;
    ++tally_.with_errors;
    const lang::RenderOptions render = {
        .color = wants_color(options_.color, console_.err_is_terminal, console_)};
    for (const lang::Diagnostic& diagnostic : syntax->diagnostics) {
      if (told_++ != 0) console_.err << "\n";
      console_.err << lang::render_diagnostic(diagnostic, render);
    }
    return false;
  }

  void check(const std::string& path, const std::string& text, const std::string& formatted) {
    if (formatted == text) return;
    ++tally_.changed;
    const std::string name = path == "-" ? "<standard input>" : decision::printable(path);
    console_.out << unified_diff(name, text, name + " (formatted)", formatted);
  }

  void write(const std::string& path, const std::string& formatted) {
    if (const auto fault = replace_file(path, formatted)) {
      ++tally_.unwritable;
      console_.err << "dpol: " << in_ticks(path) << " " << fault->text << "\n";
      return;
    }
    ++tally_.changed;
    console_.err << "formatted " << decision::printable(path) << "\n";
  }

  void unreadable(const std::string& path, const std::string& why) {
    ++tally_.unreadable;
    console_.err << "dpol: " << decision::printable(path == "-" ? "standard input" : path) << " "
                 << why << "\n";
  }

  [[nodiscard]] int exit_code() const {
    if (tally_.unwritable != 0) return kExitOutput;
    if (tally_.unreadable != 0) return kExitInput;
    if (tally_.with_errors != 0) return kExitPolicy;
    return options_.check && tally_.changed != 0 ? kExitFindings : kExitDone;
  }

  const FmtOptions& options_;
  Console& console_;
  Tally tally_;
  std::set<std::string> done_;
  std::size_t told_ = 0;
};

}  // namespace

int run_fmt(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  FmtOptions options;
  line.positionals("PATH", options.paths,
                   "a policy, a folder with policies (*.dpol), or - for standard input");
  line.flag("--check", options.check,
            "write nothing; print what would change as a diff, and end with 1 if anything would");
  line.option("--color", "auto|always|never", options.color,
              "colours of messages; auto: on a terminal, unless NO_COLOR is set");
  if (!line.parse(arguments, console)) return kExitDone;
  if (options.paths.empty()) line.fail("format what? PATH is missing");
  if (options.color != "auto" && options.color != "always" && options.color != "never") {
    line.fail(fmt::format("--color is auto, always or never, not {}", in_ticks(options.color)));
  }
  return Run(options, console).all();
}

}  // namespace dpol::cli
