#include "runtime/reports/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "runtime/reports/advice.h"
#include "runtime/reports/text.h"

namespace dpol::reports {

using decision::Outcome;
using decision::PolicyVerdict;
using decision::RuleVerdict;

Weight weight_of(const RuleVerdict& rule) {
  switch (rule.outcome) {
    case Outcome::pass:
    case Outcome::waived: return Weight::passes;
    case Outcome::skipped: return Weight::skipped;
    default: break;
  }
  if (rule.trial) return Weight::trial;
  switch (rule.outcome) {
    case Outcome::unknown: return Weight::unknown;
    case Outcome::pending: return Weight::waits;
    case Outcome::warn: return Weight::warns;
    // A bake that is not over waits for time alone.
    case Outcome::held: return rule.verb == "bake" ? Weight::waits : Weight::stops;
    default: return Weight::stops;
  }
}

std::vector<Finding> findings(const decision::Verdict& verdict) {
  std::vector<Finding> all;
  for (const PolicyVerdict& policy : verdict.policies) {
    if (!policy.applies) continue;
    for (const RuleVerdict& rule : policy.rules) all.push_back({&policy, &rule, weight_of(rule)});
  }
  return all;
}

std::vector<Finding> by_weight(std::vector<Finding> all) {
  // Policies and rules stand in the order of the verdict's own lists.
  const auto gravity = [](const Finding& one) {
    return std::tuple(one.weight, one.rule->outcome != Outcome::fired, one.rule->outcome != Outcome::fail, one.policy, one.rule);
  };
  std::ranges::sort(all, {}, gravity);
  return all;
}

bool lets_go(const PolicyVerdict& policy) { return !policy.applies || policy.decision == decision::Decision::go; }

std::string release_text(const PolicyVerdict& policy) {
  std::string text = safe(policy.service);
  if (!policy.version.empty()) text += (text.empty() ? "version " : " ") + safe(policy.version);
  if (!policy.environment.empty()) text += (text.empty() ? "" : " · ") + safe(policy.environment);
  return text;
}

std::string decision_line(const PolicyVerdict& policy) {
  std::string line = upper(policy.applies ? policy.decision_word : "not applicable") + " " + safe(policy.id);
  if (const std::string release = release_text(policy); !release.empty()) line += " · " + release;
  if (policy.rollout && !policy.rollout->stage.empty()) line += " · stage " + safe(policy.rollout->stage);
  return line;
}

std::string decision_reason(const PolicyVerdict& policy) {
  if (!policy.applies) return "decides nothing: " + safe(policy.not_applicable_because);
  std::string counts;
  for (std::size_t i = 0; i < decision::kOutcomeCount; ++i) {
    if (policy.counts[i] == 0) continue;
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", policy.counts[i], name(static_cast<Outcome>(i)));
  }
  const std::string reason = safe(policy.decision_reason);
  return reason + (reason.empty() || counts.empty() ? "" : "; ") + (counts.empty() ? "" : "rules: " + counts);
}

std::string headline(const RuleVerdict& rule) {
  return (rule.trial ? "on trial, " : "") + std::string(name(rule.outcome)) + ": " + safe(rule.title.empty() ? rule.id : rule.title);
}

namespace {

std::string series_text(const RuleVerdict& rule) {
  std::string text;
  for (const decision::SeriesLabels& labels : rule.series) {
    text += text.empty() ? "" : "; ";
    for (std::size_t i = 0; i < labels.size(); ++i)
      text += (i == 0 ? "" : ", ") + safe(labels[i].first) + " \"" + safe(labels[i].second) + "\"";
  }
  return fmt::format("{} of {} series: {}", rule.series_alike, rule.series_judged, text);
}

std::string waiver_text(const decision::WaiverVerdict& waiver) {
  const std::string until = " by " + safe(waiver.by) + " until " + safe(waiver.until) + ": " + safe(waiver.because);
  if (waiver.state != "valid") return "a waiver counts for nothing (" + safe(waiver.state) + ")" + until;
  return waiver.instead_of.empty() ? "waiver not needed" + until : "waived, else " + safe(waiver.instead_of) + "," + until;
}

}  // namespace

bool same_cause(const RuleVerdict& a, const RuleVerdict& b) {
  if (a.reason.empty() || a.condition.empty() || a.outcome != Outcome::unknown || b.outcome != a.outcome) return false;
  return a.reason == b.reason && a.condition == b.condition && a.missing.size() == b.missing.size() &&
         std::ranges::equal(a.missing, b.missing, {}, &decision::Missing::reason, &decision::Missing::reason);
}

std::string waiver_words(const decision::WaiverVerdict& waiver) {
  const std::string who = "waiver by " + safe(waiver.by);
  const std::string because = ": " + safe(waiver.because);
  if (waiver.state == "expired") return who + " expired at " + safe(waiver.until) + " and counts for nothing" + because;
  if (waiver.state == "unknown_release") return who + " counts for nothing: whether it is for this release is not known";
  if (waiver.state == "not_a_member") return who + " counts for nothing: they may not waive this rule now" + because;
  if (waiver.instead_of.empty()) return who + " until " + safe(waiver.until) + ", not needed" + because;
  return "waived (else " + safe(waiver.instead_of) + ") by " + safe(waiver.by) + " until " + safe(waiver.until) + because;
}

namespace {

std::string answer_words(const std::string& answer) {
  if (answer == "confirm") return "signed";
  if (answer == "refuse") return "refused";
  if (answer == "not_applicable") return "said to be not applicable";
  return "decided to " + (answer == "rollback" ? "roll back" : safe(answer));
}

std::string label_words(const decision::SeriesLabels& labels) {
  std::string text;
  for (const auto& [label, value] : labels) text += (text.empty() ? "" : ", ") + safe(label) + " \"" + safe(value) + "\"";
  return text;
}

}  // namespace

std::string sign_off_words(const decision::SignOffVerdict& sign_off) {
  std::string text = answer_words(sign_off.answer) + " by " + safe(sign_off.by);
  if (!sign_off.role.empty()) text += " as " + safe(sign_off.role);
  text += " at " + safe(sign_off.at);
  if (!sign_off.note.empty()) text += ": " + safe(sign_off.note);
  if (!sign_off.counts) text += "; it " + safe(sign_off.why_not);
  return text;
}

// Those that pass need no names.
std::string series_words(const RuleVerdict& rule) {
  if (rule.series_judged == 1) return label_words(rule.series.front()) + ", the only series";
  const std::string judged = std::to_string(rule.series_judged) + " series";
  if (rule.series_alike == 1) return label_words(rule.series.front()) + ", of " + judged;
  const bool all = rule.series_alike == rule.series_judged;
  const std::string alike = all ? "all " + judged : std::to_string(rule.series_alike) + " of " + judged;
  std::string text = label_words(rule.series.front());
  if (rule.outcome == Outcome::pass) return alike + ", first " + text;
  for (std::size_t i = 1; i < rule.series.size(); ++i) text += "; " + label_words(rule.series[i]);
  const std::size_t more = rule.series_alike - std::min<std::size_t>(rule.series_alike, rule.series.size());
  return alike + ": " + text + (more == 0 ? "" : "; and " + std::to_string(more) + " more");
}

std::string seen_text(const decision::Observed& part) {
  std::string text = safe(part.expr) + " is ";
  for (std::size_t i = 0; i < part.values.size(); ++i) text += (i == 0 ? "" : ", ") + safe(part.values[i]);
  return text;
}

std::vector<std::string> details(const RuleVerdict& rule) {
  std::vector<std::string> lines;
  if (!rule.title.empty()) lines.push_back("rule " + safe(rule.id));
  if (!rule.condition.empty())
    lines.push_back(safe(rule.condition) + (rule.margin_words ? " (" + safe(*rule.margin_words) + ")" : ""));
  if (!rule.series.empty()) lines.push_back(series_text(rule));
  for (const decision::Observed& part : rule.observed) {
    // A condition may name the same twice.
    std::string text = seen_text(part);
    if (!part.source.empty()) text += ", read from " + safe(part.source);
    if (std::ranges::find(lines, text) == lines.end()) lines.push_back(std::move(text));
  }
  if (!rule.score.empty()) lines.push_back("the score is " + safe(rule.score));
  if (!rule.reason.empty()) lines.push_back(safe(rule.reason));
  if (rule.fired_at) lines.push_back("fired at " + safe(*rule.fired_at));
  if (rule.due_at) lines.push_back((rule.outcome == Outcome::skipped ? "due at " : "until ") + safe(*rule.due_at));
  for (const decision::Missing& missing : rule.missing) {
    const std::string how = advice(missing);
    lines.push_back("missing: " + safe(missing.reason) + (how.empty() ? "" : "; " + how));
  }
  if (!rule.confirm_command.empty()) lines.push_back("sign: " + safe(rule.confirm_command));
  if (rule.waiver) lines.push_back(waiver_text(*rule.waiver));
  if (!rule.why.empty()) lines.push_back("why: " + safe(rule.why));
  if (!rule.owner.empty()) lines.push_back("owner: " + safe(rule.owner));
  return lines;
}

std::vector<MissingInput> missing_inputs(const PolicyVerdict& policy, bool (*wanted)(const RuleVerdict&)) {
  using Key = std::tuple<std::string_view, std::string_view, std::string_view>;
  std::map<Key, std::size_t> place_of;
  std::vector<MissingInput> inputs;
  for (const RuleVerdict& rule : policy.rules) {
    if (!wanted(rule)) continue;
    for (const decision::Missing& one : rule.missing) {
      const auto [at, is_new] = place_of.try_emplace(Key{one.name, one.reason, one.source}, inputs.size());
      if (is_new) inputs.push_back({&one, 0});
      ++inputs[at->second].rules;
    }
  }
  return inputs;
}

std::string_view without_dot(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

SourcePlace source_place(std::string_view source) {
  const std::size_t colon = source.rfind(':');
  SourcePlace place{.file = std::string(source), .line = 0};
  if (source.find("://") != std::string_view::npos) return place;  // what ends an address is its port
  if (colon == std::string_view::npos || colon + 1 == source.size() || source.size() - colon > 10) return place;
  std::uint32_t line = 0;
  for (const char c : source.substr(colon + 1)) {
    if (c < '0' || c > '9') return place;
    line = line * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return {.file = std::string(source.substr(0, colon)), .line = line};
}

}  // namespace dpol::reports
