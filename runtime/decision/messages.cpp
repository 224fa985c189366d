#include "runtime/decision/messages.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "runtime/decision/observe.h"
#include "runtime/decision/value_text.h"
#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"

namespace dpol::decision {
namespace {

using program::kNone;
using program::Message;
using program::Value;
using vm::Instant;

constexpr std::size_t kMostTextBytes = 64U << 10;
constexpr std::size_t kMostHoleBytes = 4U << 10;

// Every line of a text, what could deceive a terminal escaped.
std::string lines_of(std::string_view text, std::size_t most) {
  std::string out;
  while (true) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end), most);
    if (end == std::string_view::npos || out.size() > most) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

class MessageJudge {
 public:
  MessageJudge(const Judge& judge, std::size_t policy, const Message& message,
               const std::vector<program::Sending>& sendings)
      : judge_(judge),
        machine_(judge.machine()),
        program_(machine_.program()),
        index_(policy),
        policy_(program_.policies[policy]),
        message_(message),
        sendings_(sendings),
        now_(machine_.snapshot().now()) {}

  MessageVerdict run() {
    standing_ = judge_.standing(index_, message_);
    describe();
    if (applies() && has_begun() && !was_sent() && is_not_over() && speaks()) ask_while();
    if (out_.state == MessageState::unknown) say_sent_instead();
    return std::move(out_);
  }

 private:
  const std::string& text(program::StringId id) const { return program_.text(id); }
  std::string duration(program::Decimal seconds) const {
    return number_text(program_, seconds, program::Type::duration());
  }

  // Ends the judgement: false, so that nothing more is asked.
  bool end(MessageState state, std::string reason) {
    out_.state = state;
    out_.reason = std::move(reason);
    return false;
  }
  bool unknown(Value value, const std::string& expr, std::string reason) {
    blame(value, expr);
    return end(MessageState::unknown, std::move(reason));
  }
  void blame(Value value, const std::string& expr) {
    Missing missing = missing_of(machine_, value, expr, now_);
    const auto same = [&](const Missing& other) { return other.name == missing.name; };
    if (std::ranges::none_of(out_.missing, same)) out_.missing.push_back(std::move(missing));
  }
  // Whether a condition holds. Where nobody knows it says so and is nothing.
  std::optional<bool> holds(program::BlockId block) {
    if (block == kNone) return true;
    const Value value = machine_.run(block, standing_.context);
    if (!value.is_unknown()) return value.is_true();
    unknown(value, text(program_.blocks[block].text),
            "nobody knows whether `" + text(program_.blocks[block].text) + "` holds");
    return std::nullopt;
  }

  // ---- what it says ----

  void describe() {
    out_.name = text(message_.name);
    out_.id = text(policy_.id) + "." + out_.name;
    for (const program::Recipient& recipient : message_.recipients) add_recipient(recipient);
    for (const program::StringId channel : message_.channels)
      out_.channels.push_back(printable(text(channel)));
    out_.when = when();
    out_.owner = text(message_.owner == kNone ? policy_.owner : message_.owner);
    out_.severity = text(message_.severity);
    out_.doc = text(message_.doc);
    out_.why = text(message_.why);
    out_.evidence = text(message_.evidence);
    for (const program::StringId id : message_.covers) out_.covers.push_back(text(id));
    out_.place = {text(message_.place.file), message_.place.line, message_.place.column};
    fill_in();
  }

  void add_recipient(const program::Recipient& recipient) {
    RecipientVerdict out{.name = printable(text(recipient.name)), .is_role = recipient.is_role};
    if (recipient.members != kNone) {
      for (const program::StringId member : program_.roles[recipient.members].members)
        out.members.push_back(printable(text(member)));
    }
    out_.recipients.push_back(std::move(out));
  }

  void fill_in() {
    for (const program::TextPart& part : message_.text) {
      if (part.hole == kNone) {
        out_.text += lines_of(text(part.text), kMostTextBytes);
        continue;
      }
      const Value value = machine_.run(part.hole, standing_.context);
      if (value.is_unknown()) {
        blame(value, text(part.text));
        out_.text += "‹" + text(part.text) + " unknown›";
      } else {
        out_.text += lines_of(machine_.text(value), kMostHoleBytes);
      }
    }
  }

  std::string when() const {
    std::string out;
    const auto add = [&out](const std::string& words) { out += (out.empty() ? "" : " ") + words; };
    if (!message_.within_seconds.is_zero()) {
      add("within " + duration(message_.within_seconds) + " of " + text(message_.opens->text));
    } else if (message_.opens) {
      add("at " + text(message_.opens->text) + (message_.closes ? ".." + text(message_.closes->text) : ""));
    }
    if (!message_.every_seconds.is_zero()) add("every " + duration(message_.every_seconds));
    if (message_.while_true != kNone) add("while " + text(program_.blocks[message_.while_true].text));
    std::string rules;
    for (const std::uint32_t rule : message_.rules)
      rules += (rules.empty() ? "" : ", ") + text(policy_.rules[rule].id);
    if (message_.on_rules) add("on " + (rules.empty() ? "rules that were dropped" : rules));
    return out;
  }

  // ---- is it time? ----

  bool applies() {
    if (judge_.on_trial(index_)) return end(MessageState::not_applicable, "the policy is on trial");
    for (const program::BlockId block : {policy_.applies, message_.only_if, phase_condition()}) {
      const auto so = holds(block);
      if (!so) return false;
      if (!*so)
        return end(MessageState::not_applicable,
                   "not for this release: only if " + text(program_.blocks[block].text));
    }
    if (standing_.skip == Skip::rollout_not_chosen)
      return end(MessageState::not_applicable, "its rollout is not used");
    if (standing_.skip == Skip::no_anchor)
      return end(MessageState::not_applicable, "its phase is not for this release");
    if (message_.on_rules && message_.rules.empty())
      return end(MessageState::not_applicable, "the rules that it is about were dropped");
    return true;
  }

  program::BlockId phase_condition() const {
    return message_.scope == program::Scope::phase ? policy_.phases[message_.phase].only_if : kNone;
  }

  bool has_begun() {
    if (standing_.unknown.is_unknown())
      return unknown(standing_.unknown, "the stage", "nobody knows whether its place is reached");
    switch (standing_.skip) {
      case Skip::no_deployment_time:
        return unknown(Value::unknown(program::Fault::no_deployment_time), "T", "T is not known");
      case Skip::phase_not_open:
      case Skip::before_deployment:
      case Skip::stage_not_reached:
        from_ = standing_.due_at;
        return wait(standing_.skip == Skip::phase_not_open ? "its phase is not open" : "its stage is not reached");
      default:
        break;
    }
    return opens();
  }

  bool wait(std::string reason) {
    if (from_) out_.from = program::format_time(*from_);
    return end(MessageState::not_yet, std::move(reason));
  }

  bool opens() {
    // What is sent over and over is so from the start of the deployment.
    const bool bare = !message_.opens && message_.while_true == kNone && !message_.on_rules &&
                      message_.scope == program::Scope::policy;
    program::Anchor start;
    start.text = kNone;
    if (!message_.opens && !bare) return true;
    from_ = instant(message_.opens ? *message_.opens : start);
    if (!from_) return false;
    out_.from = program::format_time(*from_);
    if (message_.closes) {
      until_ = instant(*message_.closes);
      if (!until_) return false;
    } else if (!message_.within_seconds.is_zero()) {
      until_ = plus(*from_, message_.within_seconds);
    }
    if (until_) out_.until = program::format_time(*until_);
    return now_ >= *from_ || end(MessageState::not_yet, "its time has not come");
  }

  std::optional<Instant> instant(const program::Anchor& anchor) {
    const AnchorTime time = anchor_time(anchor, machine_);
    if (time.at) return time.at;
    if (time.deployment_time_missing) {
      unknown(Value::unknown(program::Fault::no_deployment_time), "T", "T is not known");
    } else if (time.unknown.is_absent()) {
      end(MessageState::not_applicable, "not for this release: " + text(anchor.text) + " is absent");
    } else {
      unknown(time.unknown, text(anchor.text), "nobody knows when " + text(anchor.text) + " is");
    }
    return std::nullopt;
  }

  // ---- was it sent? ----

  // The last time since then.
  std::optional<Instant> last_sent(Instant since) const {
    std::optional<Instant> last;
    for (const program::Sending& sending : sendings_) {
      if (sending.message != text(message_.name) || sending.at > now_ || sending.at < since) continue;
      if (!last || sending.at > *last) last = sending.at;
    }
    return last;
  }

  bool was_sent() {
    // What was said before a rollback fired did not speak of it.
    const Instant since = std::max(from_.value_or(vm::kBeginningOfTime), spoken_since());
    const auto last = last_sent(since);
    if (!last) return false;
    out_.sent_at = program::format_time(*last);
    if (message_.every_seconds.is_zero()) {
      end(MessageState::sent, "sent");
      return true;
    }
    const Instant again = plus(*last, message_.every_seconds);
    if (again <= now_) return false;
    out_.again_at = program::format_time(again);
    end(MessageState::sent, "sent, and due again in " + duration(program::time_to_decimal(again - now_)));
    return true;
  }

  // What nobody knows does not matter any more once it was sent for good.
  void say_sent_instead() {
    if (!message_.every_seconds.is_zero() || !last_sent(from_.value_or(vm::kBeginningOfTime))) return;
    was_sent();
  }

  bool is_not_over() {
    const bool over = standing_.skip == Skip::phase_closed || standing_.skip == Skip::stage_over;
    if (over || (message_.closes && now_ >= *until_)) {
      const bool again = out_.sent_at && !message_.every_seconds.is_zero();
      return again ? end(MessageState::sent, "sent, and its time is over")
                   : end(MessageState::missed, "it was not sent, and its time is over");
    }
    return true;
  }

  // ---- the rules that it is about ----

  static bool speaks_up(Outcome outcome) {
    return outcome == Outcome::fail || outcome == Outcome::fired || outcome == Outcome::held ||
           outcome == Outcome::warn;
  }

  Instant spoken_since() const {
    Instant since = vm::kBeginningOfTime;
    for (const std::uint32_t rule : message_.rules) {
      const RuleJudgement& judged = judge_.policies()[index_].rules[rule];
      if (speaks_up(judged.outcome) && judged.latched) since = std::max(since, judged.context.at);
    }
    return since;
  }

  bool speaks() {
    if (!message_.on_rules) return true;
    const std::vector<RuleJudgement>& rules = judge_.policies()[index_].rules;
    const RuleJudgement* open = nullptr;
    for (const std::uint32_t rule : message_.rules) {
      if (judge_.on_trial(index_, rule)) continue;
      if (speaks_up(rules[rule].outcome)) {
        told_ = text(policy_.rules[rule].id) + ": " + name(rules[rule].outcome);
        return true;
      }
      if (rules[rule].outcome == Outcome::unknown && open == nullptr) open = &rules[rule];
    }
    if (open == nullptr) return end(MessageState::not_yet, "nothing to tell of its rules");
    const std::string expr =
        open->block == kNone ? std::string("its rule") : text(program_.blocks[open->block].text);
    return unknown(open->value, expr, "one of its rules is unknown");
  }

  void ask_while() {
    const auto so = holds(message_.while_true);
    if (!so) return;
    if (!*so) {
      end(MessageState::not_yet, "only while " + text(program_.blocks[message_.while_true].text));
      return;
    }
    const bool late = !message_.within_seconds.is_zero() && now_ >= *until_;
    end(late ? MessageState::late : MessageState::due,
        late ? "late by " + duration(program::time_to_decimal(now_ - *until_)) : told_);
  }

  const Judge& judge_;
  vm::Machine& machine_;
  const program::Program& program_;
  std::size_t index_;
  const program::Policy& policy_;
  const Message& message_;
  const std::vector<program::Sending>& sendings_;
  Instant now_;
  Standing standing_;
  std::optional<Instant> from_, until_;
  std::string told_;
  MessageVerdict out_;
};

}  // namespace

const char* name(MessageState state) {
  static constexpr std::array<const char*, 7> kNames = {
      "due", "late", "unknown", "not_yet", "sent", "missed", "not_applicable"};
  return kNames[static_cast<std::size_t>(state)];
}

bool is_due(MessageState state) {
  return state == MessageState::due || state == MessageState::late;
}

std::vector<MessageVerdict> messages(const Judge& judge, std::size_t policy,
                                     const std::vector<program::Sending>& sendings) {
  std::vector<MessageVerdict> out;
  for (const Message& message : judge.machine().program().policies[policy].messages)
    out.push_back(MessageJudge(judge, policy, message, sendings).run());
  return out;
}

void add_messages(const Judge& judge, const std::vector<program::Sending>& sendings, Verdict& verdict) {
  for (std::size_t i = 0; i < verdict.policies.size(); ++i)
    verdict.policies[i].messages = messages(judge, i, sendings);
}

void tell_what_was_sent(const program::Program& program, const std::vector<program::Sending>& sendings,
                        vm::Snapshot& snapshot) {
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const program::Input& input = program.inputs[i];
    const std::string_view path = program.text(input.name);
    const Value given = snapshot.inputs()[i];
    const bool asked = input.kind == program::InputKind::fact && path.starts_with(program::kSentFacts) &&
                       input.type.kind == program::Kind::boolean && given.is_unknown();
    if (!asked || given.fault() != program::Fault::missing) continue;
    const std::string_view name = path.substr(program::kSentFacts.size());
    const auto is_message = [&](const Message& message) { return program.text(message.name) == name; };
    const bool known = std::ranges::any_of(program.policies, [&](const program::Policy& policy) {
      return std::ranges::any_of(policy.messages, is_message);
    });
    if (!known) continue;
    snapshot.add_fact(i, Value::boolean(std::ranges::any_of(sendings, [&](const program::Sending& sending) {
      return sending.message == name && sending.at <= snapshot.now();
    })));
  }
}

}  // namespace dpol::decision
