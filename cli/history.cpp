#include "cli/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/failure.h"
#include "cli/log_entry.h"
#include "runtime/decision/history.h"
#include "runtime/decision/people.h"
#include "runtime/inputs/input_error.h"
#include "runtime/state/log_file.h"

namespace dpol::cli {
namespace {

using decision::PastDecision;

PastDecision past_of(LoggedDecision&& one, const std::vector<std::string>& metrics) {
  PastDecision past{.at = one.at, .is_rollback = one.decision == "rollback", .version = std::move(one.version)};
  for (const LoggedPolicy& policy : one.policies) {
    if (policy.decision == one.decision && past.stage.empty()) past.stage = policy.stage;
  }
  // What was measured is recorded of promoted releases alone.
  past.is_promoted = !one.metrics.empty();
  for (program::KeptBaseline& kept : one.metrics) {
    if (std::ranges::find(metrics, kept.metric) != metrics.end()) past.metrics.push_back(std::move(kept));
  }
  return past;
}

}  // namespace

void use_history(const program::Program& program, const std::string& history, const std::string& log,
                 vm::Snapshot& snapshot) {
  const std::string& path = history.empty() ? log : history;
  const decision::WantedHistory wanted = decision::wanted_history(program, snapshot);
  const decision::Release release = decision::release_of(program, snapshot);
  if (path.empty() || wanted.is_empty() || !release.unknown.empty()) return;
  const std::string name = inputs::printable(path);
  std::vector<PastDecision> past;
  std::error_code error;
  if (!history.empty() || std::filesystem::exists(path, error)) {
    auto opened = state::LogReader::open(path);
    if (const auto* fault = std::get_if<state::Fault>(&opened)) throw Failure::input(name + " " + fault->text);
    auto& reader = std::get<state::LogReader>(opened);
    state::Chain chain;
    for (std::string text; reader.next(text);) {
      const auto fail = [&](const std::string& why) -> Failure {
        return Failure::input(fmt::format("{}:{}: {}\nnothing is decided by a record that is not as it was written",
                                          name, reader.line_number(), why));
      };
      if (const auto wrong = chain.add(text)) throw fail(*wrong);
      auto read = read_log_entry(text);
      if (const auto* why = std::get_if<std::string>(&read)) throw fail(*why);
      auto& one = std::get<LoggedDecision>(read);
      if (one.service != release.service || one.environment != release.environment) continue;
      past.push_back(past_of(std::move(one), wanted.metrics));
    }
    if (reader.fault()) throw Failure::input(name + " " + reader.fault()->text);
  }
  decision::tell_history(program, past, name, snapshot);
}

}  // namespace dpol::cli
