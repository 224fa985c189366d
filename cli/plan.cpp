// dpol plan: what a release still takes, for people and for programs. It decides nothing.

#include "runtime/decision/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/app.h"
#include "cli/baselines.h"
#include "cli/failure.h"
#include "cli/files.h"
#include "cli/history.h"
#include "cli/inputs.h"
#include "cli/moments.h"
#include "cli/people.h"
#include "cli/policies.h"
#include "plans/plans.h"
#include "runtime/decision/messages.h"
#include "runtime/vm/machine.h"

namespace dpol::cli {
namespace {

struct PlanOptions {
  PolicyOptions policies;
  InputOptions inputs;
  Moments moments;
  SignOffOptions sign_offs;
  std::vector<std::string> chosen;  // --policy
  std::string history, output;
  std::string format = "markdown";

  void describe(CommandLine& line) {
    std::string known;
    for (const plans::FormatInfo& info : plans::formats())
      known += fmt::format("{}{} ({})", known.empty() ? "" : "; ", info.name, info.doc);
    policies.consequence = "nothing was planned";
    line.option("--format", "FORMAT", format, known + "; without it markdown");
    line.option("-o,--output", "FILE", output, "where to write it, in place of standard output");
    policies.describe(line);
    line.option("--policy", "NAME", chosen, "plan for this policy of the files, not for all; may be repeated");
    inputs.describe(line);
    moments.describe(line);
    sign_offs.describe(line);
    line.option("--history", "FILE", history, "what was decided before: a record of `dpol check --log`");
  }

  void check(const CommandLine& line) {
    policies.check(line);
    inputs.check(line);
    moments.check(line);
    const auto policies_there = static_cast<std::size_t>(std::ranges::count(policies.files, "-"));
    const auto sign_offs_there = static_cast<std::size_t>(std::ranges::count(sign_offs.files, "-"));
    if (policies_there + sign_offs_there + inputs.from_standard_input() > 1) line.fail("standard input can be read only once");
  }
};

const plans::FormatInfo& format_named(const std::string& name, const CommandLine& line) {
  if (const plans::FormatInfo* info = plans::find_format(name)) return *info;
  std::vector<std::string> names;
  for (const plans::FormatInfo& info : plans::formats()) names.emplace_back(info.name);
  line.fail(fmt::format("there is no format {}{}; the formats are {}", in_ticks(name), did_you_mean(name, names), listed(names)));
}

decision::Plan plan_of(PlanOptions& options, const CommandLine& line, Console& console) {
  program::Program program = load_policies(options.policies, console);
  GivenSignOffs given = read_sign_off_files(program, options.sign_offs, console);
  keep_chosen(program, options.chosen, line);
  options.moments.check_against(program, line);
  vm::Snapshot snapshot = load_inputs(program, options.inputs, options.moments, console);
  add_from_state(options.sign_offs, decision::release_of(program, snapshot), given, console);
  use_kept_baselines(program, options.sign_offs, snapshot, console);
  use_history(program, options.history, "", snapshot, console);
  if (given.sendings) decision::tell_what_was_sent(program, *given.sendings, snapshot);
  vm::Machine machine(program);
  machine.load(snapshot);
  decision::Plan plan = decision::make_plan(machine, {.strict = false, .phases = options.moments.phases}, given.sign_offs,
                                            given.sendings.value_or(std::vector<program::Sending>{}));
  for (GivenSignOffs::Document& document : given.documents)
    plan.inputs.push_back({std::move(document.name), std::move(document.digest)});
  return plan;
}

}  // namespace

int run_plan(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  PlanOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);
  const plans::FormatInfo& format = format_named(options.format, line);

  const decision::Plan plan = plan_of(options, line, console);
  const std::string text = format.write(plan);
  if (options.output.empty()) {
    console.out << text;
  } else if (const auto fault = write_file(options.output, text)) {
    throw Failure::output(in_ticks(options.output) + " " + fault->text);
  }
  return plan.any_applies ? kExitDone : kExitPolicy;
}

}  // namespace dpol::cli
