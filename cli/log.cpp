// The record of decisions: whether it is whole, and what stands in it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <ostream>

#include "cli/app.h"
#include "cli/command_line.h"
#include "cli/failure.h"
#include "cli/log_entry.h"
#include "runtime/inputs/input_error.h"
#include "runtime/program/time_text.h"
#include "runtime/reports/text.h"
#include "runtime/state/log_file.h"

namespace dpol::cli {
namespace {

using reports::safe;
using state::Chain;
using state::LogReader;

constexpr std::size_t kMostFindings = 20;
constexpr std::size_t kMostKeptBytes = std::size_t{64} << 20U;
const std::vector<std::string> kDecisions = {"go", "advance", "promoted", "hold", "no-go", "rollback"};

LogReader open_log(const std::string& path) {
  auto opened = LogReader::open(path);
  if (const auto* fault = std::get_if<state::Fault>(&opened))
    throw Failure::input(inputs::printable(path) + " " + fault->text);
  return std::move(std::get<LogReader>(opened));
}

// After the last line.
void check_end(const LogReader& log, const std::string& path, Console& console) {
  if (log.fault()) throw Failure::input(inputs::printable(path) + " " + log.fault()->text);
  if (log.unfinished() == 0) return;
  console.err << fmt::format(
      "note: {} ends with {} bytes of a write that was cut off: no decision was recorded there\n",
      inputs::printable(path), log.unfinished());
}

int verify(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  std::string path;
  std::string contains;
  line.positional("FILE", path, "the record, as `dpol check --log` writes it");
  line.option("--contains", "HASH", contains, "a hash that this command once printed: that line must still be there");
  if (!line.parse(arguments, console)) return kExitDone;
  if (path.empty()) line.fail("which file?");
  LogReader log = open_log(path);
  Chain chain;
  std::string text;
  std::size_t findings = 0;
  bool found = contains.empty();
  const auto say = [&](const std::string& what) {
    if (++findings <= kMostFindings) console.out << what << "\n";
  };
  const std::string name = inputs::printable(path);
  while (log.next(text)) {
    if (const auto wrong = chain.add(text)) say(fmt::format("{}:{}: {}", name, log.line_number(), *wrong));
    found = found || chain.last_hash() == contains;
  }
  check_end(log, path, console);
  if (!found) say(fmt::format("{}: no line has the hash {}: what was recorded up to it is gone", name, in_ticks(contains)));
  if (findings > kMostFindings) console.out << fmt::format("and {} more\n", findings - kMostFindings);
  if (findings != 0) return kExitFindings;
  if (chain.last_number() == 0) {
    console.out << "no decision is recorded\n";
  } else {
    console.out << fmt::format("{} {}, each as it was written; the last is {}\n", chain.last_number(),
                               chain.last_number() == 1 ? "decision" : "decisions", chain.last_hash());
  }
  return kExitDone;
}

struct ShowOptions {
  std::string path, service, version, environment, policy, decision, since, until, last;
  std::string format = "pretty";
  std::int64_t from = INT64_MIN;
  std::int64_t to = INT64_MAX;
  std::size_t most = SIZE_MAX;

  void describe(CommandLine& line) {
    line.positional("FILE", path, "the record, as `dpol check --log` writes it");
    line.option("--service", "NAME", service, "only decisions on that service");
    line.option("--version", "VERSION", version, "only those on that version");
    line.option("--environment", "NAME", environment, "only those for that environment");
    line.option("--policy", "NAME", policy, "only those by that policy");
    line.option("--decision", "WORD", decision, fmt::format("only {}", fmt::join(kDecisions, " | ")));
    line.option("--since", "TIME", since, "only those on that moment or a later one");
    line.option("--until", "TIME", until, "only those on an earlier moment");
    line.option("--last", "N", last, "only the last N of them");
    line.option("--format", "FORMAT", format, "pretty | json: the lines as they are recorded");
  }

  void check(const CommandLine& line) {
    if (path.empty()) line.fail("which file?");
    if (format != "pretty" && format != "json")
      line.fail(fmt::format("there is no format {}; the formats are pretty and json", in_ticks(format)));
    if (line.given("--decision") && std::ranges::find(kDecisions, decision) == kDecisions.end())
      line.fail(fmt::format("--decision {}: there is no such decision{}; the decisions are {}", in_ticks(decision),
                            did_you_mean(decision, kDecisions), listed(kDecisions)));
    if (line.given("--since")) from = time_of(line, "--since", since);
    if (line.given("--until")) to = time_of(line, "--until", until);
    if (!line.given("--last")) return;
    const auto number = program::Decimal::parse(last);
    const auto whole = number ? number->to_int64() : std::nullopt;
    constexpr std::int64_t kMost = 100'000;
    if (!whole || *whole < 1 || *whole > kMost)
      line.fail(fmt::format("--last {}: a whole number from 1 to {}", in_ticks(last), kMost));
    most = static_cast<std::size_t>(*whole);
  }

  bool shows(const CommandLine& line, const LoggedDecision& one) const {
    const std::array<std::tuple<const char*, const std::string*, const std::string*>, 4> texts = {
        {{"--service", &service, &one.service},
         {"--version", &version, &one.version},
         {"--environment", &environment, &one.environment},
         {"--decision", &decision, &one.decision}}};
    for (const auto& [option, wanted, is] : texts) {
      if (line.given(option) && *wanted != *is) return false;
    }
    const bool by = !line.given("--policy") ||
                    std::ranges::any_of(one.policies, [&](const LoggedPolicy& p) { return p.id == policy; });
    return by && one.at >= from && one.at < to;
  }

 private:
  static std::int64_t time_of(const CommandLine& line, const char* option, const std::string& text) {
    std::int64_t instant = 0;
    program::TextError error;
    if (program::parse_time(text, program::Zoneless::error, instant, error)) return instant;
    line.fail(fmt::format("{} {}: expected {} at character {}, as in 2025-02-13T14:05:00Z", option, in_ticks(text),
                          error.expected, error.offset + 1));
  }
};

std::string in_words(const LoggedDecision& one) {
  std::string release;
  for (const std::string* part : {&one.service, &one.version, &one.environment}) {
    if (!part->empty()) release += (release.empty() ? "" : " ") + safe(*part);
  }
  std::string out = fmt::format("{:>6}  {}  {:<8}  {}\n", one.number, program::format_time(one.at), safe(one.decision),
                                release.empty() ? "-" : release);
  constexpr std::size_t kMostRules = 5;
  for (const LoggedPolicy& policy : one.policies) {
    out += fmt::format("        {}{}: {}", safe(policy.id), policy.stage.empty() ? "" : " at " + safe(policy.stage),
                       policy.decision.empty() ? "decides nothing" : safe(policy.decision));
    const std::size_t shown = std::min(policy.decided_by.size(), kMostRules);
    for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "; " : ", ") + safe(policy.decided_by[i]);
    if (policy.decided_by.size() > shown) out += fmt::format(" and {} more", policy.decided_by.size() - shown);
    out += "\n";
  }
  return out;
}

int show(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  ShowOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);
  LogReader log = open_log(options.path);
  std::deque<std::string> kept;  // of --last
  std::size_t bytes = 0;
  std::string text;
  bool any = false;
  while (log.next(text)) {
    const auto read = read_log_entry(text);
    if (const auto* why = std::get_if<std::string>(&read))
      throw Failure::input(fmt::format("{}:{}: {}", inputs::printable(options.path), log.line_number(), *why));
    const auto& one = std::get<LoggedDecision>(read);
    if (!options.shows(line, one)) continue;
    any = true;
    std::string shown = options.format == "json" ? text + "\n" : in_words(one);
    if (options.most == SIZE_MAX) {
      console.out << shown;
      continue;
    }
    bytes += shown.size();
    kept.push_back(std::move(shown));
    if (kept.size() > options.most) {
      bytes -= kept.front().size();
      kept.pop_front();
    }
    if (bytes > kMostKeptBytes)
      throw Failure::input(fmt::format("{}: the last {} decisions are too long to be held: ask for fewer, or for all",
                                       inputs::printable(options.path), options.most));
  }
  for (const std::string& shown : kept) console.out << shown;
  check_end(log, options.path, console);
  if (!any && options.format == "pretty") console.out << "no such decision is recorded\n";
  return kExitDone;
}

constexpr CommandInfo kParts[] = {
    {"log verify", "FILE", "find what was changed in the record of decisions, taken out or moved", verify},
    {"log show", "FILE [options]", "the decisions that are recorded", show},
};

}  // namespace

int run_log(const CommandInfo& command, const Arguments& arguments, Console& console) {
  return run_part(command, kParts, arguments, console);
}

}  // namespace dpol::cli
