// Baselines that outlive a release: keeping what the running version measures, and showing it.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "cli/app.h"
#include "cli/baseline_list.h"
#include "cli/baselines.h"
#include "cli/evidence.h"
#include "cli/failure.h"
#include "cli/inputs.h"
#include "cli/moments.h"
#include "cli/policies.h"
#include "runtime/decision/baselines.h"
#include "runtime/decision/people.h"
#include "runtime/inputs/document.h"
#include "runtime/program/time_text.h"
#include "runtime/state/state.h"

namespace dpol::cli {
namespace {

using program::KeptBaseline;
using program::Program;

std::string path_of(const std::string& state) { return state.empty() ? kDefaultState : state; }

void check_name(const CommandLine& line, const std::string& name) {
  if (!line.given("--name") || program::is_baseline_name(name)) return;
  line.fail(fmt::format("--name {}: letters, digits and `_`, as a policy can say it", in_ticks(name)));
}

struct SaveOptions {
  std::string name, state;
  std::string track = "candidate";
  PolicyOptions policies;
  InputOptions inputs{.measures = true};
  Moments moments;

  void describe(CommandLine& line) {
    line.option("--name", "NAME", name, "what a policy calls it: `baseline NAME`");
    line.option("--track", "TRACK", track, "whose samples: candidate | stable; else candidate");
    line.option("--state", "FILE", state, std::string("where to keep it; else ") + kDefaultState);
    policies.consequence = "nothing was saved";
    policies.describe(line);
    inputs.describe(line);
    moments.describe(line);
  }
  void check(const CommandLine& line) const {
    policies.check(line);
    inputs.check(line);
    check_name(line, name);
    if (track != "candidate" && track != "stable")
      line.fail(fmt::format("--track {}: samples are of the candidate or of the stable version", in_ticks(track)));
  }
};

void keep_all(const std::vector<KeptBaseline>& kept, const std::string& state) {
  const std::string path = path_of(state);
  const std::string name = inputs::printable(path);
  auto opened = state::State::open(path, state::Open::write);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw Failure::output(name + " " + fault->text);
  if (const auto fault = std::get<state::State>(opened).record(kept)) throw Failure::output(name + " " + fault->text);
}

int save(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  SaveOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.moments.check(line);
  options.check(line);
  const Program program = load_policies(options.policies, console);
  options.moments.check_against(program, line);
  const vm::Snapshot snapshot = load_inputs(program, options.inputs, options.moments, console);
  const decision::Release release = known_release(program, snapshot);
  const auto track = options.track == "stable" ? program::Track::stable : program::Track::candidate;
  decision::Measured measured = decision::measure(program, snapshot, track);
  for (const std::string& why : measured.unknown) console.err << "note: not saved: " << why << "\n";
  if (measured.known.empty()) throw Failure::input("no metric has a value: nothing was saved");
  for (KeptBaseline& kept : measured.known) {
    kept.name = options.name;
    kept.service = release.service;
    kept.version = release.version;
    kept.environment = release.environment;
  }
  keep_all(measured.known, options.state);
  console.out << "saved " << baselines_as_text(measured.known, snapshot.now());
  return kExitDone;
}

struct ShowOptions {
  std::string name, service, environment, state, at;
  std::string format = "pretty";

  void describe(CommandLine& line) {
    line.option("--name", "NAME", name, "only those of that name");
    line.option("--service", "NAME", service, "only those of that service");
    line.option("--environment", "NAME", environment, "only those of that environment");
    line.option("--at", "TIME", at, "the moment that ages are counted from; else the clock");
    line.option("--format", "FORMAT", format, "pretty | json");
    line.option("--state", "FILE", state, std::string("where they are kept; else ") + kDefaultState);
  }
  std::int64_t moment(const CommandLine& line, const Console& console) const {
    if (!line.given("--at")) return console.clock();
    std::int64_t instant = 0;
    program::TextError error;
    if (program::parse_time(at, program::Zoneless::error, instant, error)) return instant;
    line.fail(fmt::format("--at {}: expected {} at character {}, as in 2025-02-13T14:05:00Z", in_ticks(at),
                          error.expected, error.offset + 1));
  }
  bool shows(const CommandLine& line, const KeptBaseline& kept) const {
    return (!line.given("--name") || kept.name == name) &&
           (!line.given("--service") || kept.service == service) &&
           (!line.given("--environment") || kept.environment == environment);
  }
};

int show(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  ShowOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  check_name(line, options.name);
  if (options.format != "pretty" && options.format != "json")
    line.fail(fmt::format("there is no format {}; the formats are pretty and json", in_ticks(options.format)));
  const std::int64_t now = options.moment(line, console);

  const std::string path = path_of(options.state);
  const std::string name = inputs::printable(path);
  auto opened = state::State::open(path, state::Open::read);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw Failure::input(name + " " + fault->text);
  auto found = std::get<state::State>(opened).baselines();
  if (const auto* fault = std::get_if<state::Fault>(&found)) throw Failure::input(name + " " + fault->text);
  auto& kept = std::get<std::vector<KeptBaseline>>(found);
  std::erase_if(kept, [&](const KeptBaseline& one) { return !options.shows(line, one); });
  console.out << (options.format == "json" ? baselines_as_json(kept, now)
                                           : baselines_as_text(kept, now));
  return kExitDone;
}

constexpr CommandInfo kParts[] = {
    {"baseline save", "POLICY… [options]", "keep what the running version measures, for the next release", save},
    {"baseline show", "[options]", "the newest baselines that are kept, and how old they are", show},
};

void use_past_baselines(const Program& program, const std::vector<decision::WantedBaseline>& wanted, const Evidence& then,
                        vm::Snapshot& snapshot) {
  if (!then.state) return;
  for (const decision::WantedBaseline& want : wanted) {
    const auto kept = std::ranges::find_if(then.state->baselines, [&](const KeptBaseline& one) {
      return one.name == want.name && one.metric == want.metric;
    });
    if (kept != then.state->baselines.end()) decision::use_baseline(program, want, *kept, then.state->name, snapshot);
  }
}

}  // namespace

void use_kept_baselines(const Program& program, const SignOffOptions& options, vm::Snapshot& snapshot, Console& console) {
  const std::vector<decision::WantedBaseline> wanted = decision::wanted_baselines(program, snapshot);
  if (console.past != nullptr) return use_past_baselines(program, wanted, console.past->evidence(), snapshot);
  const std::string path = path_of(options.state);
  std::error_code error;
  if (wanted.empty() || (options.state.empty() && !std::filesystem::exists(path, error))) return;
  const decision::Release release = decision::release_of(program, snapshot);
  if (!release.unknown.empty()) return;
  const std::string name = inputs::printable(path);
  auto opened = state::State::open(path, state::Open::read);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw Failure::input(name + " " + fault->text);
  for (const decision::WantedBaseline& want : wanted) {
    auto found = std::get<state::State>(opened).baseline(release.service, release.environment, want.name,
                                                         want.metric, decision::newest_baseline(snapshot));
    if (const auto* fault = std::get_if<state::Fault>(&found)) throw Failure::input(name + " " + fault->text);
    const auto& kept = std::get<std::optional<KeptBaseline>>(found);
    if (!kept) continue;
    decision::use_baseline(program, want, *kept, name, snapshot);
    if (console.evidence != nullptr && console.evidence->state) console.evidence->state->baselines.push_back(*kept);
  }
}

int run_baseline(const CommandInfo& command, const Arguments& arguments, Console& console) {
  return run_part(command, kParts, arguments, console);
}

}  // namespace dpol::cli
