#include "cli/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/evidence.h"
#include "cli/failure.h"
#include "cli/log_entry.h"
#include "runtime/decision/history.h"
#include "runtime/decision/people.h"
#include "runtime/inputs/input_error.h"
#include "runtime/program/digest.h"
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

// The record that is read, and what it is called in reports.
struct Record {
  std::string path, name;
  bool must_be_there = true;
  std::uint64_t most_lines = UINT64_MAX;
};

std::vector<PastDecision> read_record(const Record& record, const decision::Release& release, const std::vector<std::string>& metrics,
                                      std::string& digest) {
  std::vector<PastDecision> past;
  std::error_code error;
  if (!record.must_be_there && !std::filesystem::exists(record.path, error)) return past;
  auto opened = state::LogReader::open(record.path);
  if (const auto* fault = std::get_if<state::Fault>(&opened)) throw Failure::input(record.name + " " + fault->text);
  auto& reader = std::get<state::LogReader>(opened);
  state::Chain chain;
  program::Sha256 hash;
  for (std::string text; reader.line_number() < record.most_lines && reader.next(text);) {
    const auto fail = [&](const std::string& why) -> Failure {
      return Failure::input(fmt::format("{}:{}: {}\nnothing is decided by a record that is not as it was written",
                                        record.name, reader.line_number(), why));
    };
    if (const auto wrong = chain.add(text)) throw fail(*wrong);
    auto read = read_log_entry(text);
    if (const auto* why = std::get_if<std::string>(&read)) throw fail(*why);
    hash.update(text);
    hash.update("\n");
    auto& one = std::get<LoggedDecision>(read);
    if (one.service != release.service || one.environment != release.environment) continue;
    past.push_back(past_of(std::move(one), metrics));
  }
  if (reader.fault()) throw Failure::input(record.name + " " + reader.fault()->text);
  digest = "sha256:" + hash.finish_hex();
  return past;
}

// Which record it is, now or then; nothing where there is none.
std::optional<Record> record_of(const std::string& history, const std::string& log, const Console& console) {
  const std::string& path = history.empty() ? log : history;
  if (path.empty()) return std::nullopt;
  Record record{.path = path, .name = inputs::printable(path), .must_be_there = !history.empty()};
  if (console.past == nullptr) return record;
  const auto& then = console.past->evidence().history;
  if (!then) return std::nullopt;
  record.path = console.past->history();
  record.must_be_there = false;
  record.most_lines = console.past->history_lines();
  return record;
}

}  // namespace

void use_history(const program::Program& program, const std::string& history, const std::string& log,
                 vm::Snapshot& snapshot, Console& console) {
  const decision::WantedHistory wanted = decision::wanted_history(program, snapshot);
  const decision::Release release = decision::release_of(program, snapshot);
  if (wanted.is_empty() || !release.unknown.empty()) return;
  const auto record = record_of(history, log, console);
  if (!record) return;
  std::string digest;
  const std::vector<PastDecision> past = read_record(*record, release, wanted.metrics, digest);
  if (console.evidence != nullptr)
    console.evidence->history = {.own = history.empty() || history == log, .name = record->path, .digest = digest};
  decision::tell_history(program, past, record->name, snapshot);
}

}  // namespace dpol::cli
