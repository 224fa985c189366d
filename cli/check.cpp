// The main job: policies and inputs in, a report and its exit code out.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "cli/app.h"
#include "cli/baselines.h"
#include "cli/delivery.h"
#include "cli/evidence.h"
#include "cli/failure.h"
#include "cli/history.h"
#include "cli/inputs.h"
#include "cli/log_entry.h"
#include "cli/moments.h"
#include "cli/people.h"
#include "cli/policies.h"
#include "generated/version.h"
#include "runtime/decision/baselines.h"
#include "runtime/decision/charts.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/judge.h"
#include "runtime/decision/messages.h"
#include "runtime/inputs/input_error.h"
#include "runtime/inputs/redact.h"
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
  std::string keep;                       // --keep
  std::string from_log, kept_in = ".";    // --from-log, --inputs
  bool strict = false;
  bool messages = false;
  bool draws = false;  // a report wants pictures of metrics

  void describe(CommandLine& line) {
    policies.describe(line);
    line.option("--policy", "NAME", chosen, "judge this policy of the files, not all; may be repeated");
    inputs.describe(line);
    moments.describe(line);
    sign_offs.describe(line);
    line.flag("--strict", strict, "a warning holds");
    line.flag("--messages", messages, "tell below the report which messages are due");
    line.option("--log", "FILE", log, "record the decision there, as a line behind the others (`dpol log`)");
    line.option("--keep", "DIR", keep, "keep there each document that a recorded decision is made of, under its digest");
    line.option("--from-log", "N", from_log, "make the N-th decision of the record --log again, of the same documents");
    line.option("--inputs", "DIR", kept_in, "where these documents are now, under whatever names; else this folder");
    line.option("--history", "FILE", history, "what was decided before: a record; else that of --log");
    delivery.describe(line);
  }

  void check(const CommandLine& line) {
    policies.check(line);
    inputs.check(line);
    moments.check(line);
    delivery.check(line);
    draws = delivery.draws();
    inputs.shows_queries = delivery.is_verbose();
    if (line.given("--log") && (log.empty() || log == "-")) line.fail("--log: which file? Decisions are recorded in one");
    if (line.given("--keep") && (keep.empty() || log.empty())) line.fail("--keep DIR: of decisions that are recorded; say --log FILE, too");
    if (line.given("--inputs")) line.fail("--inputs: where to look for what a recorded decision was made of; say --from-log N, too");
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
  if (options.draws) decision::add_charts(judge, verdict);
  for (GivenSignOffs::Document& document : given.documents) {
    verdict.inputs.push_back({std::move(document.name), std::move(document.digest)});
  }
  return verdict;
}

struct Decided {
  program::Program program;
  vm::Snapshot snapshot;
  decision::Verdict verdict;
};

Decided decide_all(const CheckOptions& options, const CommandLine& line, Console& console) {
  program::Program program = load_policies(options.policies, console);
  // Before policies are left out: what they ask for is no mistake of the document.
  GivenSignOffs given = read_sign_off_files(program, options.sign_offs, console);
  keep_chosen(program, options.chosen, line);
  options.moments.check_against(program, line);
  vm::Snapshot snapshot = load_inputs(program, options.inputs, options.moments, console);
  add_from_state(options.sign_offs, decision::release_of(program, snapshot), given, console);
  use_kept_baselines(program, options.sign_offs, snapshot, console);
  use_history(program, options.history, options.log, snapshot, console);
  decision::Verdict verdict = decide(program, snapshot, std::move(given), options);
  return {std::move(program), std::move(snapshot), std::move(verdict)};
}

// Nothing is reported that should be recorded and is not.
void record(const std::string& path, const Decided& decided, const Evidence& evidence, Console& console) {
  std::vector<program::KeptBaseline> measured;
  if (is_promoted(decided.verdict))
    measured = decision::measure(decided.program, decided.snapshot, program::Track::candidate).known;
  const std::string name = inputs::printable(path);
  const auto appended = state::append_to_log(path, log_entry(decided.verdict, evidence.clock, measured, evidence));
  if (const auto* fault = std::get_if<state::Fault>(&appended))
    throw Failure::output(fmt::format("{} {}\nthe decision was not recorded, and is not reported", name, fault->text));
  const auto& done = std::get<state::Appended>(appended);
  if (done.taken_out != 0)
    console.err << fmt::format("note: {}: {} bytes of a write that was cut off were taken out\n", name, done.taken_out);
}

// What is recorded is recorded of this very run.
decision::Verdict decide_and_record(const CheckOptions& options, const CommandLine& line, const Arguments& arguments,
                                    const Console& console) {
  Evidence evidence;
  for (const std::string& argument : arguments) evidence.arguments.push_back(inputs::redact(argument));
  evidence.clock = console.clock();
  evidence.keep = options.keep;
  Console watched = console;
  watched.evidence = &evidence;
  watched.clock = [&evidence] { return evidence.clock; };
  Decided decided = decide_all(options, line, watched);
  record(options.log, decided, evidence, watched);
  return std::move(decided.verdict);
}

// ---- a recorded decision, made again ----

std::uint64_t number_of(const CommandLine& line, const std::string& text) {
  const auto number = program::Decimal::parse(text);
  const auto whole = number ? number->to_int64() : std::nullopt;
  if (!whole || *whole < 1) line.fail(fmt::format("--from-log {}: the number of a decision, from 1 on", in_ticks(text)));
  return static_cast<std::uint64_t>(*whole);
}

// That line, after all before it were found as they were written.
std::string line_of_log(const std::string& path, std::uint64_t number) {
  const std::string name = inputs::printable(path);
  auto opened = state::LogReader::open(path);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw Failure::input(name + " " + fault->text);
  auto& reader = std::get<state::LogReader>(opened);
  state::Chain chain;
  std::string text;
  while (chain.last_number() < number && reader.next(text)) {
    if (const auto wrong = chain.add(text))
      throw Failure::input(fmt::format("{}:{}: {}\nno decision is made again by a record that is not as it was written",
                                       name, reader.line_number(), *wrong));
  }
  if (reader.fault()) throw Failure::input(name + " " + reader.fault()->text);
  if (chain.last_number() < number)
    throw Failure::input(fmt::format("{} has {} decisions: there is no number {}", name, chain.last_number(), number));
  return text;
}

// Beside the number only what says where things are and how the report looks.
void check_alone(const CheckOptions& options, const CommandLine& line) {
  if (options.log.empty()) line.fail("--from-log: of which record? --log FILE");
  static const std::vector<std::string> kOfNow = {"--from-log", "--log",     "--inputs", "--format",
                                                  "--output",   "--verbose", "--explain", "--color",
                                                  "--message-format"};
  for (const std::string& option : line.given_options()) {
    if (std::ranges::find(kOfNow, option) == kOfNow.end())
      line.fail(fmt::format("{} is in the record already: --from-log takes what was said then", option));
  }
  if (!options.policies.files.empty())
    line.fail(fmt::format("{}: which policy it was is in the record already", in_ticks(options.policies.files.front())));
}

int make_again(const CommandInfo& command, CheckOptions& asked, const CommandLine& line, Console& console) {
  check_alone(asked, line);
  asked.delivery.check(line);
  const std::uint64_t number = number_of(line, asked.from_log);
  const std::string place = fmt::format("{}:{}", inputs::printable(asked.log), number);
  auto read = read_log_evidence(line_of_log(asked.log, number));
  if (const auto* why = std::get_if<std::string>(&read)) throw Failure::input(place + ": " + *why);
  auto& logged = std::get<LoggedEvidence>(read);
  Past past(std::move(logged.evidence), asked.kept_in, asked.log, number);
  if (const std::vector<std::string> missing = past.find_all(); !missing.empty()) {
    for (const std::string& one : missing)
      console.err << fmt::format("error: {} does not have {}\n", inputs::printable(asked.kept_in), one);
    throw Failure::input(place + ": not all that the decision was made of is there; --inputs DIR says where it is");
  }
  KeptDocuments documents;
  Console then = console;
  if (asked.delivery.explains()) then.documents = &documents;
  then.past = &past;
  then.evidence = nullptr;
  then.clock = [&past] { return past.evidence().clock; };
  CommandLine said(command);
  CheckOptions options;
  options.describe(said);
  said.parse(past.evidence().arguments, then);
  options.check(said);
  options.draws = asked.delivery.draws();
  const decision::Verdict verdict = decide_all(options, said, then).verdict;
  if (report_digest(verdict) != logged.report)
    throw Failure::input(fmt::format("{}: what comes of it now is not what was reported by dpol {}; this is dpol {}", place,
                                     inputs::printable(logged.engine), kVersion));
  asked.delivery.deliver(verdict, asked.policies.color, then);
  return verdict.exit_code;
}

}  // namespace

int run_check(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  CheckOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  if (line.given("--from-log")) return make_again(command, options, line, console);
  options.check(line);
  KeptDocuments documents;
  Console keeping = console;
  if (options.delivery.explains()) keeping.documents = &documents;
  const decision::Verdict verdict =
      options.log.empty() ? decide_all(options, line, keeping).verdict : decide_and_record(options, line, arguments, keeping);
  options.delivery.deliver(verdict, options.policies.color, keeping);
  return verdict.exit_code;
}

}  // namespace dpol::cli
