// Signing off: one person's word about one item of one release, kept in the state.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "cli/app.h"
#include "cli/failure.h"
#include "cli/inputs.h"
#include "cli/moments.h"
#include "cli/people.h"
#include "cli/policies.h"
#include "runtime/decision/judge.h"
#include "runtime/decision/people.h"
#include "runtime/decision/timeline.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/items.h"
#include "runtime/program/time_text.h"

namespace dpol::cli {
namespace {

using program::Answer;
using program::Program;
using program::Rule;
using program::SignOff;

struct ConfirmOptions {
  std::string item;
  std::string by, role, note, because, decision, state;
  bool refuse = false;
  bool not_applicable = false;
  PolicyOptions policies;
  InputOptions inputs{.asks = false};
  Moments moments;

  void describe(CommandLine& line) {
    line.positional("ITEM", item, "what is signed off: a rule's id, or the end of it");
    line.option("--by", "WHO", by, "who signs");
    line.option("--role", "ROLE", role,
                "as what; may be left out where the item asks for one role");
    line.option("--note", "TEXT", note, "what the report shall say beside it");
    line.flag("--refuse", refuse, "the opposite: no-go");
    line.flag("--not-applicable", not_applicable,
              "the item is not for this release; needs --because");
    line.option("--because", "TEXT", because, "why it is not");
    line.option("--decide", "WHAT", decision,
                "proceed, hold or rollback: of a stage that a person decides on");
    line.option("--state", "FILE", state, std::string("where to keep it; else ") + kDefaultState);
    policies.consequence = "nothing was signed";
    policies.describe(line);
    inputs.describe(line);
    moments.describe(line);
  }

  void check(const CommandLine& line) {
    if (item.empty()) line.fail("confirm what? an item, and its policy");
    if (policies.files.empty())
      line.fail("which policy asks for it? dpol confirm ITEM --by WHO POLICY");
    policies.check(line);
    inputs.check(line);
    moments.check(line);
    check_text(line, "--by", by, kMostNameBytes);
    refuse_blank_ends(line, "--by", by);
    if (by.empty()) line.fail("who signs? --by WHO");
    check_text(line, "--note", note, kMostNoteBytes);
    refuse_blank_ends(line, "--note", note);
    check_text(line, "--because", because, kMostNoteBytes);
    refuse_blank_ends(line, "--because", because);
    if (static_cast<int>(refuse) + static_cast<int>(not_applicable) +
            static_cast<int>(!decision.empty()) >
        1)
      line.fail("--refuse, --not-applicable and --decide exclude each other");
    if (not_applicable && because.empty())
      line.fail("--not-applicable needs its reason: --because TEXT");
    if (!not_applicable && !because.empty())
      line.fail("--because goes with --not-applicable; else say --note TEXT");
    if (not_applicable && !note.empty())
      line.fail("--not-applicable has its reason in --because, and no --note");
  }

  Answer answer(const CommandLine& line) const {
    if (refuse) return Answer::refuse;
    if (not_applicable) return Answer::not_applicable;
    if (decision.empty()) return Answer::confirm;
    const auto found = program::find_answer(decision);
    if (!found || *found < Answer::proceed) {
      line.fail(fmt::format("--decide {}: one decides to `proceed`, `hold` or `rollback`",
                            in_ticks(decision)));
    }
    return *found;
  }

 private:
  static void refuse_blank_ends(const CommandLine& line, const char* option,
                                const std::string& text) {
    const bool blank = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    if (blank) line.fail(fmt::format("{} {}: begins or ends with a blank", option, in_ticks(text)));
  }
};

program::ItemRef find_item(const Program& program, const std::string& name,
                           const CommandLine& line) {
  const std::vector<program::ItemRef> found = program::find_items(program, name);
  if (found.size() == 1) return found.front();
  std::vector<std::string> ids;
  for (const program::ItemRef item : found)
    ids.push_back(in_ticks(program.text(program.policies[item.policy].rules[item.rule].id)));
  if (!found.empty())
    line.fail(fmt::format("{} is several items: {}", in_ticks(name), listed(ids)));
  const std::vector<std::string> known = program::item_names(program);
  if (known.empty())
    line.fail(fmt::format("{}: nothing in this policy is signed off by people", in_ticks(name)));
  line.fail(fmt::format("no item {} is signed off by people{}", in_ticks(name),
                        did_you_mean(name, known)));
}

// What the rule is bound to besides the release.
std::string stage_of(const Program& program, program::ItemRef item, const vm::Snapshot& snapshot,
                     const CommandLine& line) {
  const program::Policy& policy = program.policies[item.policy];
  const Rule& rule = policy.rules[item.rule];
  if (rule.scope != program::Scope::rollout && rule.scope != program::Scope::stages) return {};
  const std::vector<program::Stage>& stages = policy.rollouts[rule.rollout].stages;
  if (rule.gate != program::Gate::none) return program.text(stages[rule.first_stage].name);
  const std::uint32_t current =
      decision::rollout_timeline(program, policy.rollouts[rule.rollout], snapshot).current;
  if (current == program::kNone)
    line.fail("at which stage? this item is signed off for one stage: --stage STAGE");
  const bool asked = rule.scope == program::Scope::rollout ||
                     (rule.first_stage <= current && current <= rule.last_stage);
  if (!asked)
    line.fail(fmt::format("{} is not asked for at stage {}", program.text(rule.id),
                          program.text(stages[current].name)));
  return program.text(stages[current].name);
}

// Facts may say who is of a role and who may not sign.
void check_person(const Program& program, const Rule& rule, const SignOff& sign_off,
                  const vm::Snapshot& snapshot, const CommandLine& line, Console& console) {
  for (const program::Clause& clause : rule.clauses) {
    if (clause.verb != program::Verb::confirm) continue;
    const program::Confirm& confirm = clause.confirm;
    if (confirm.role != program::kNone && program.text(confirm.role) != sign_off.role) continue;
    for (const std::uint32_t input : confirm.other_than) {
      const program::Value name = snapshot.inputs()[input];
      if (name.is_unknown() || snapshot.symbols().text(name.as_id()) != sign_off.by) continue;
      line.fail(fmt::format("{} may not sign: {} asks for somebody other than {}",
                            in_ticks(sign_off.by), sign_off.item,
                            program.text(program.inputs[input].name)));
    }
    const program::Value member =
        decision::is_member(program, snapshot, confirm.members, sign_off.by);
    if (member.is_false())
      line.fail(
          fmt::format("{} is not of the role {}", in_ticks(sign_off.by), in_ticks(sign_off.role)));
    if (member.is_unknown())
      console.err << fmt::format(
          "note: who is {} is not known here; `dpol check` will tell whether it counts\n",
          sign_off.role);
  }
}

std::string sentence(const SignOff& sign_off) {
  std::string what =
      sign_off.answer == Answer::confirm  ? "signed off "
      : sign_off.answer == Answer::refuse ? "refused "
      : sign_off.answer == Answer::not_applicable
          ? "not applicable: "
          : std::string("decided to ") + program::answer_name(sign_off.answer) + ": ";
  what += sign_off.item + for_release(sign_off.service, sign_off.version, sign_off.environment);
  if (!sign_off.stage.empty()) what += ", stage " + sign_off.stage;
  what += ", by " + decision::printable(sign_off.by);
  if (!sign_off.role.empty()) what += " as " + sign_off.role;
  return what + " at " + program::format_time(sign_off.at);
}

}  // namespace

int run_confirm(const CommandInfo& command, const Arguments& arguments, Console& console) {
  CommandLine line(command);
  ConfirmOptions options;
  options.describe(line);
  if (!line.parse(arguments, console)) return kExitDone;
  options.check(line);

  SignOff sign_off{.by = options.by, .role = options.role, .answer = options.answer(line)};
  sign_off.note = options.not_applicable ? options.because : options.note;
  const Program program = load_policies(options.policies, console);
  options.moments.check_against(program, line);
  const program::ItemRef item = find_item(program, options.item, line);
  const Rule& rule = program.policies[item.policy].rules[item.rule];
  sign_off.item = program.text(rule.id);
  const std::vector<std::string> roles = program::roles_of(program, rule);
  if (sign_off.role.empty() && roles.size() == 1) sign_off.role = roles.front();
  if (const auto why = program::refusal(program, rule, sign_off)) {
    line.fail(fmt::format("{} cannot be signed so: {}", sign_off.item, decision::printable(*why)));
  }

  const vm::Snapshot snapshot = load_inputs(program, options.inputs, options.moments, console);
  const decision::Release release = known_release(program, snapshot);
  sign_off.service = release.service;
  sign_off.version = release.version;
  sign_off.environment = release.environment;
  sign_off.stage = stage_of(program, item, snapshot, line);
  check_person(program, rule, sign_off, snapshot, line, console);
  // When somebody signs is now, whatever the metrics say.
  sign_off.at = options.moments.at ? snapshot.now() : console.clock();
  keep(sign_off, options.state);
  console.out << sentence(sign_off) << "\n";
  return kExitDone;
}

}  // namespace dpol::cli
