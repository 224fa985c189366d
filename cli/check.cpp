// The main job: policies and inputs in, a report and its exit code out.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "cli/app.h"
#include "cli/baselines.h"
#include "cli/delivery.h"
#include "cli/failure.h"
#include "cli/history.h"
#include "cli/inputs.h"
#include "cli/log_entry.h"
#include "cli/moments.h"
#include "cli/people.h"
#include "cli/policies.h"
#include "runtime/decision/baselines.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/judge.h"
#include "runtime/decision/messages.h"
#include "runtime/inputs/input_error.h"
#include "runtime/state/log_file.h"
#include "runtime/vm/machine.h"

namespace dpol::cli {
namespace {

struct CheckOptions {
  PolicyOptions policies;
  InputOptions inputs;
  Moments moments;
  SignOffOptions sign_offs;
  Delivery delivery;
  std::vector<std::string> chosen;  // --policy
  std::string log, history;
  bool strict = false;
  bool messages = false;

  void describe(CommandLine& line) {
    policies.describe(line);
    line.option("--policy", "NAME", chosen, "judge this policy of the files, not all; may be repeated");
    inputs.describe(line);
    moments.describe(line);
    sign_offs.describe(line);
    line.flag("--strict", strict, "a warning holds");
    line.flag("--messages", messages, "tell below the report which messages are due");
    line.option("--log", "FILE", log, "record the decision there, as a line behind the others (`dpol log`)");
    line.option("--history", "FILE", history, "what was decided before: a record; else that of --log");
    delivery.describe(line);
  }

  void check(const CommandLine& line) {
    policies.check(line);
    inputs.check(line);
    moments.check(line);
    delivery.check(line);
    inputs.shows_queries = delivery.is_verbose();
    if (line.given("--log") && (log.empty() || log == "-")) line.fail("--log: which file? Decisions are recorded in one");
    const auto policies_there = static_cast<std::size_t>(std::ranges::count(policies.files, "-"));
    const auto sign_offs_there = static_cast<std::size_t>(std::ranges::count(sign_offs.files, "-"));
    if (policies_there + sign_offs_there + inputs.from_standard_input() > 1) line.fail("standard input can be read only once");
  }
};

decision::Verdict decide(const program::Program& program, vm::Snapshot& snapshot, GivenSignOffs given,
                         const CheckOptions& options) {
  if (given.sendings) decision::tell_what_was_sent(program, *given.sendings, snapshot);
  vm::Machine machine(program);
  machine.load(snapshot);
  decision::Judge judge(machine);
  judge.load({.strict = options.strict, .phases = options.moments.phases}, std::move(given.sign_offs));
  judge.judge();
  decision::Verdict verdict = decision::explain(judge);
  if (options.messages)
    decision::add_messages(judge, given.sendings.value_or(std::vector<program::Sending>{}), verdict);
  for (GivenSignOffs::Document& document : given.documents) {
    verdict.inputs.push_back({std::move(document.name), std::move(document.digest)});
  }
  return verdict;
}

// Nothing is reported that should be recorded and is not.
void record(const std::string& path, const decision::Verdict& verdict, const program::Program& program,
            const vm::Snapshot& snapshot, Console& console) {
  std::vector<program::KeptBaseline> measured;
  if (is_promoted(verdict)) measured = decision::measure(program, snapshot, program::Track::candidate).known;
  const std::string name = inputs::printable(path);
  const auto appended = state::append_to_log(path, log_entry(verdict, console.clock(), measured));
  if (const auto* fault = std::get_if<state::Fault>(&appended))
    throw Failure::output(fmt::format("{} {}\nthe decision was not recorded, and is not reported", name, fault->text));
  const auto& done = std::get<state::Appended>(appended);
  if (done.taken_out != 0)
    console.err << fmt::format("note: {}: {} bytes of a write that was cut off were taken out\n", name, done.taken_out);
}

}  // namespace

int run_check(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  CheckOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);

  program::Program program = load_policies(options.policies, console);
  // Before policies are left out: what they ask for is no mistake of the document.
  GivenSignOffs given = read_sign_off_files(program, options.sign_offs, console);
  keep_chosen(program, options.chosen, line);
  options.moments.check_against(program, line);
  vm::Snapshot snapshot = load_inputs(program, options.inputs, options.moments, console);
  add_from_state(options.sign_offs, decision::release_of(program, snapshot), given);
  use_kept_baselines(program, options.sign_offs, snapshot);
  use_history(program, options.history, options.log, snapshot);
  const decision::Verdict verdict = decide(program, snapshot, std::move(given), options);
  if (!options.log.empty()) record(options.log, verdict, program, snapshot, console);
  options.delivery.deliver(verdict, options.policies.color, console);
  return verdict.exit_code;
}

}  // namespace dpol::cli
