// The messages of policies: which are due for a release, and that one was sent.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/app.h"
#include "cli/baselines.h"
#include "cli/failure.h"
#include "cli/inputs.h"
#include "cli/moments.h"
#include "cli/people.h"
#include "cli/policies.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/judge.h"
#include "runtime/decision/messages.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/time_text.h"
#include "runtime/reports/messages.h"
#include "runtime/vm/machine.h"

namespace dpol::cli {
namespace {

using program::Program;
using program::Sending;

struct MessagesOptions {
  PolicyOptions policies;
  InputOptions inputs;
  Moments moments;
  SignOffOptions sign_offs;
  bool due = false;
  std::string sent, by, note;
  std::string format = "pretty";

  void describe(CommandLine& line) {
    line.flag("--due", due, "only those that are due now, or may be");
    line.option("--sent", "NAME", sent, "record that this one was sent");
    line.option("--by", "WHO", by, "with --sent: who sent it");
    line.option("--note", "TEXT", note, "with --sent: what shall be kept beside it");
    line.option("--format", "FORMAT", format, "pretty | json");
    policies.consequence = "nothing was judged";
    policies.describe(line);
    inputs.describe(line);
    moments.describe(line);
    sign_offs.describe(line);
  }

  void check(const CommandLine& line) {
    policies.check(line);
    inputs.check(line);
    moments.check(line);
    if (format != "pretty" && format != "json")
      line.fail(fmt::format("there is no format {}; the formats are pretty and json", in_ticks(format)));
    if (due && !sent.empty()) line.fail("--due and --sent exclude each other");
    if (line.given("--sent") && sent.empty()) line.fail("which message was sent? --sent NAME");
    if (sent.empty() && (line.given("--by") || line.given("--note")))
      line.fail("--by and --note go with --sent");
    check_text(line, "--by", by, kMostNameBytes);
    check_text(line, "--note", note, kMostNoteBytes);
  }
};

// By its name or its whole id.
std::string find_message(const Program& program, const std::string& name, const CommandLine& line) {
  std::vector<std::string> known;
  for (const program::Policy& policy : program.policies) {
    for (const program::Message& message : policy.messages) {
      const std::string& own = program.text(message.name);
      if (name == own || name == program.text(policy.id) + "." + own) return own;
      if (std::ranges::find(known, own) == known.end()) known.push_back(own);
    }
  }
  if (known.empty()) line.fail(fmt::format("--sent {}: the policy has no messages", in_ticks(name)));
  line.fail(fmt::format("--sent {}: there is no such message{}; there is {}", in_ticks(name),
                        did_you_mean(name, known), listed(known)));
}

std::string sentence(const Sending& sending) {
  std::string what = "sent " + sending.message +
                     for_release(sending.service, sending.version, sending.environment);
  if (!sending.by.empty()) what += ", by " + decision::printable(sending.by);
  return what + ", at " + program::format_time(sending.at);
}

int record(const MessagesOptions& options, const Program& program, const vm::Snapshot& snapshot,
           const CommandLine& line, Console& console) {
  Sending sending{.message = find_message(program, options.sent, line), .by = options.by, .note = options.note};
  const decision::Release release = known_release(program, snapshot);
  sending.service = release.service;
  sending.version = release.version;
  sending.environment = release.environment;
  // When it was sent is now, whatever the metrics say.
  sending.at = options.moments.at ? snapshot.now() : console.clock();
  keep(sending, options.sign_offs.state);
  console.out << sentence(sending) << "\n";
  return kExitDone;
}

}  // namespace

int run_messages(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  MessagesOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);

  const Program program = load_policies(options.policies, console);
  options.moments.check_against(program, line);
  GivenSignOffs given = read_sign_off_files(program, options.sign_offs, console);
  vm::Snapshot snapshot = load_inputs(program, options.inputs, options.moments, console);
  if (!options.sent.empty()) return record(options, program, snapshot, line, console);

  const decision::Release release = decision::release_of(program, snapshot);
  add_from_state(options.sign_offs, release, given, console);
  use_kept_baselines(program, options.sign_offs, snapshot, console);
  if (given.sendings) decision::tell_what_was_sent(program, *given.sendings, snapshot);
  vm::Machine machine(program);
  machine.load(snapshot);
  decision::Judge judge(machine);
  judge.load({.strict = false, .phases = options.moments.phases}, std::move(given.sign_offs));
  judge.judge();
  decision::Verdict verdict = decision::explain(judge);
  decision::add_messages(judge, given.sendings.value_or(std::vector<Sending>{}), verdict);
  const reports::Which which = options.due ? reports::Which::due : reports::Which::all;
  console.out << (options.format == "json" ? reports::messages_as_json(verdict, which)
                                           : reports::messages_as_text(verdict, which));
  return kExitDone;
}

}  // namespace dpol::cli
