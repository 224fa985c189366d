#include "cli/moments.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/decision/timeline.h"
#include "runtime/program/time_text.h"

namespace dpol::cli {
namespace {

using program::Policy;
using program::Program;

std::optional<std::string> time_of(const CommandLine& line, const char* option, const std::string& text) {
  if (!line.given(option)) return std::nullopt;
  std::int64_t instant = 0;
  program::TextError error;
  if (program::parse_time(text, program::Zoneless::error, instant, error)) return text;
  line.fail(fmt::format("{} {}: expected {} at character {}, as in 2025-02-13T14:05:00Z", option, in_ticks(text),
                        error.expected, error.offset + 1));
}

void add_new(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::vector<std::string> in_quotes(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back(in_ticks(name));
  return out;
}

void check_stage(const Program& program, const std::string& stage, const CommandLine& line) {
  std::vector<std::string> known;
  for (const Policy& policy : program.policies) {
    for (const program::Rollout& rollout : policy.rollouts) {
      if (decision::find_stage(program, rollout, stage)) return;
      for (const program::Stage& one : rollout.stages) add_new(known, program.text(one.name));
    }
  }
  if (known.empty()) line.fail(fmt::format("--stage {}: no policy has a rollout", in_ticks(stage)));
  line.fail(fmt::format("--stage {}: there is no such stage; the stages are {}", in_ticks(stage), listed(in_quotes(known))));
}

void check_phase(const Program& program, const std::string& phase, const CommandLine& line) {
  std::vector<std::string> known;
  for (const Policy& policy : program.policies) {
    for (const program::Phase& one : policy.phases) add_new(known, program.text(one.name));
  }
  if (std::ranges::find(known, phase) != known.end()) return;
  if (known.empty()) line.fail(fmt::format("--phase {}: no policy has phases", in_ticks(phase)));
  line.fail(fmt::format("--phase {}: there is no such phase{}; the phases are {}", in_ticks(phase),
                        did_you_mean(phase, known), listed(in_quotes(known))));
}

}  // namespace

void Moments::describe(CommandLine& line) {
  line.option("--at", "TIME", at_text_, "the moment to judge; else that of the newest sample, else the clock");
  line.option("--deployed-at", "TIME", deployed_at_text_, "T, the start of the deployment");
  line.option("--phase", "NAME", phases, "judge this phase whether it is open or not; may be repeated");
  line.option("--stage", "STAGE", stage_text_, "the current stage of the rollout: 50%, green");
  line.option("--stage-at", "TIME", stage_at_text_, "when it began");
}

void Moments::check(const CommandLine& line) {
  at = time_of(line, "--at", at_text_);
  deployed_at = time_of(line, "--deployed-at", deployed_at_text_);
  stage_at = time_of(line, "--stage-at", stage_at_text_);
  if (line.given("--stage")) stage = stage_text_;
}

void Moments::check_against(const Program& program, const CommandLine& line) const {
  if (stage) check_stage(program, *stage, line);
  for (const std::string& phase : phases) check_phase(program, phase, line);
}

}  // namespace dpol::cli
