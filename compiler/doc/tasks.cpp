#include "compiler/doc/tasks.h"

#include <fmt/format.h>

namespace dpol::doc {
namespace {

using compiler::CheckedMessage;
using compiler::CheckedPolicy;
using compiler::CheckedProcedure;
using compiler::CheckedProcedureStep;
using compiler::CheckedTextPart;
using compiler::Condition;
using program::Scope;

// As it is written, with its holes.
std::string template_of(const std::vector<CheckedTextPart>& parts) {
  std::string text;
  for (const CheckedTextPart& part : parts) text += part.hole ? "${" + part.text + "}" : part.text;
  return text;
}

void line(Lines& lines, std::string_view label, Text text, Tone tone = Tone::none) {
  if (!text.empty()) lines.push_back({std::string(label), std::move(text), tone});
}

// The clauses that explain a procedure or a message, as they explain a rule.
template <class Task>
void reasons(const CheckedPolicy& policy, const Task& task, Lines& lines) {
  line(lines, "Why", words(task.why));
  line(lines, "Evidence", words(task.evidence));
  line(lines, "Severity", words(task.severity));
  if (task.owner != policy.owner) line(lines, "Owner", words(task.owner));
  line(lines, "Covers", listed_code(task.covers));
}

Text step_text(const CheckedProcedureStep& step) {
  Text text;
  const auto part = [&text](std::string_view before, Text more) {
    if (more.empty()) return;
    text.push_back(plain((text.empty() ? "" : "; ") + std::string(before)));
    append(text, std::move(more));
  };
  if (!is_blank(step.title)) part("", {strong(step.title)});
  if (is_blank(step.title) && !step.name.empty()) part("", {code(step.name)});
  part("run ", code_or_nothing(template_of(step.run)));
  for (const Condition& check : step.checks)
    part("then ", {code(check.text), plain(" must be so")});
  part("only if ", code_or_nothing(step.only_if.text));
  part("by ", words(step.owner));
  part("why: ", words(step.why));
  return text;
}

}  // namespace

Tasks::Tasks(const CheckedPolicy& policy, const RulesOf& rules, Anchors& anchors)
    : policy_(policy), rules_(rules) {
  for (const CheckedProcedure& one : policy.procedures)
    procedures_.push_back(anchors.of(policy.id + "." + one.path));
  for (const CheckedMessage& one : policy.messages)
    messages_.push_back(anchors.of(policy.id + "." + one.name));
}

Run Tasks::procedure(std::size_t index) const {
  return code(policy_.procedures[index].path, procedures_[index]);
}

Run Tasks::message(std::size_t index) const {
  return code(policy_.messages[index].name, messages_[index]);
}

// ---------------------------------------------------------------------------- procedures

Entries Tasks::procedures() const {
  Entries entries;
  for (std::size_t i = 0; i < policy_.procedures.size(); ++i)
    entries.push_back(entry(policy_.procedures[i], procedures_[i]));
  return entries;
}

Entry Tasks::entry(const CheckedProcedure& procedure, const std::string& anchor) const {
  Entry entry;
  entry.anchor = anchor;
  entry.id = policy_.id + "." + procedure.path;
  entry.title = {is_blank(procedure.title)
                     ? code(procedure.path.substr(procedure.path.rfind('.') + 1))
                     : strong(procedure.title)};
  line(entry.lines, "About", words(procedure.doc));
  std::vector<Text> rules;
  for (const std::uint32_t rule : procedure.rules) rules.push_back({rules_.link(rule)});
  line(entry.lines, "Once one of these fired or failed", listed(rules), Tone::rollback);
  line(entry.lines, "Only if", code_or_nothing(procedure.only_if.text));
  for (std::size_t i = 0; i < procedure.steps.size(); ++i)
    line(entry.lines, fmt::format("Step {}", i + 1), step_text(procedure.steps[i]), Tone::person);
  reasons(policy_, procedure, entry.lines);
  return entry;
}

// ---------------------------------------------------------------------------- messages

Entries Tasks::messages() const {
  Entries entries;
  for (std::size_t i = 0; i < policy_.messages.size(); ++i)
    entries.push_back(entry(policy_.messages[i], messages_[i]));
  return entries;
}

Entry Tasks::entry(const CheckedMessage& message, const std::string& anchor) const {
  Entry entry;
  entry.anchor = anchor;
  entry.id = policy_.id + "." + message.name;
  entry.title = {code(message.name)};
  line(entry.lines, "About", words(message.doc));
  line(entry.lines, "Text", code_or_nothing(template_of(message.text)));
  std::vector<Text> to;
  for (const compiler::CheckedRecipient& one : message.recipients)
    to.push_back(one.is_role ? Text{code(one.name)} : words(one.name));
  line(entry.lines, "To", listed(to), Tone::person);
  std::vector<Text> via;
  for (const std::string& channel : message.channels) via.push_back(words(channel));
  line(entry.lines, "Via", listed(via));
  times(message, entry.lines);
  line(entry.lines, "Only if", code_or_nothing(message.only_if.text));
  reasons(policy_, message, entry.lines);
  return entry;
}

void Tasks::times(const CheckedMessage& message, Lines& lines) const {
  line(lines, "While under way", where(message));
  if (message.opens) {
    Text text = {plain("from "), code(message.opens->text)};
    if (message.closes) append(text, {plain(", before "), code(message.closes->text)});
    if (!message.within_seconds.is_zero())
      text.push_back(plain(", late after " + duration(message.within_seconds)));
    line(lines, "When", std::move(text));
  }
  std::vector<Text> rules;
  for (const std::string& rule : message.on) rules.push_back({code(rule)});
  line(lines, "While one of these speaks", listed(rules), Tone::warn);
  if (message.every_seconds.is_zero()) return;
  Text text = words("every " + duration(message.every_seconds));
  if (message.while_true) append(text, {plain(" while "), code(message.while_true.text)});
  line(lines, "Again", std::move(text));
}

Text Tasks::where(const CheckedMessage& message) const {
  switch (message.scope) {
    case Scope::policy:
      return {};
    case Scope::phase:
      return {plain("phase "), code(policy_.phases[message.phase].name)};
    case Scope::rollout:
      return {plain("rollout "), code(policy_.rollouts[message.rollout].name)};
    case Scope::stages:
      break;
  }
  const std::vector<compiler::CheckedStage>& stages = policy_.rollouts[message.rollout].stages;
  Text text = {plain(message.first_stage == message.last_stage ? "stage " : "stages "),
               code(stages[message.first_stage].name)};
  if (message.first_stage != message.last_stage)
    append(text, {plain(" to "), code(stages[message.last_stage].name)});
  return text;
}

}  // namespace dpol::doc
