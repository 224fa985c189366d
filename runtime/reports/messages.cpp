#include "runtime/reports/messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::MessageState;
using decision::MessageVerdict;

// Below the id, in the column behind the longest state.
constexpr std::size_t kIndent = 15;

std::string state_words(MessageState state) {
  switch (state) {
    case MessageState::due: return "due";
    case MessageState::late: return "late";
    case MessageState::unknown: return "cannot tell";
    case MessageState::not_yet: return "not yet";
    case MessageState::sent: return "sent";
    case MessageState::missed: return "missed";
    case MessageState::not_applicable: return "skipped";
  }
  return "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + safe(word);
  return out;
}

std::string recipients(const MessageVerdict& message) {
  std::string out;
  for (const decision::RecipientVerdict& recipient : message.recipients) {
    out += (out.empty() ? "" : ", ") + safe(recipient.name);
    if (!recipient.members.empty()) out += " (" + joined(recipient.members) + ")";
  }
  return out;
}

std::string time_of(const MessageVerdict& message) {
  std::string out = safe(message.when);
  if (message.state == MessageState::not_yet && message.from) out += "; from " + *message.from;
  if (decision::is_due(message.state) && message.until) out += "; until " + *message.until;
  if (message.sent_at) out += "; sent at " + *message.sent_at;
  if (message.again_at) out += "; again at " + *message.again_at;
  return out;
}

void add_line(const std::string& text, std::string& out) {
  if (!text.empty()) out += std::string(kIndent, ' ') + text;
  out += '\n';
}

void add_text(const MessageVerdict& message, std::string& out) {
  std::string_view rest = message.text;
  out += '\n';
  while (true) {
    const std::size_t end = rest.find('\n');
    add_line(safe(rest.substr(0, end)), out);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  out += '\n';
}

void add_message(const MessageVerdict& message, std::string& out) {
  out += fmt::format("  {:<{}}{}\n", state_words(message.state), kIndent - 2, safe(message.id));
  add_line(time_of(message), out);
  if (!message.reason.empty() && message.state != MessageState::sent) add_line(safe(message.reason), out);
  if (!is_told(message, Which::due)) return;
  for (const decision::Missing& missing : message.missing) add_line("missing: " + safe(missing.reason), out);
  add_line("to " + recipients(message) + " via " + joined(message.channels), out);
  add_text(message, out);
}

}  // namespace

bool is_told(const MessageVerdict& message, Which which) {
  return which == Which::all || decision::is_due(message.state) || message.state == MessageState::unknown;
}

std::string messages_as_text(const decision::Verdict& verdict, Which which) {
  std::string out;
  bool any = false;
  for (const decision::PolicyVerdict& policy : verdict.policies) {
    if (!policy.messages) continue;
    for (const MessageVerdict& message : *policy.messages) {
      any = true;
      if (is_told(message, which)) add_message(message, out);
    }
  }
  // A text ends with an empty line, which is one too many behind the last.
  if (out.ends_with("\n\n")) out.pop_back();
  if (!any) return "there are no messages\n";
  if (out.empty()) return "no message is due\n";
  return out;
}

}  // namespace dpol::reports
