// Markdown for a pull request, a ticket or the summary of a pipeline: the decision, what made it, what is missing, the rest
// as counts. Whatever a value holds, it is text and no markup: no link, no mention, no HTML.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/reports/advice.h"
#include "runtime/reports/finding.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::PolicyVerdict;
using decision::RuleVerdict;

constexpr std::size_t kMostListed = 200;  // rules of one table
// Of rows and lists together. A comment on GitHub takes 65,536 characters.
constexpr std::size_t kMostBytes = 60'000;
constexpr std::size_t kWidest = 400;  // columns of one value, one condition

// Whether what begins there would be read as a link once all markup is gone.
bool begins_link(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with("://")) return true;
  if (text[at] != '.' || at < 3) return false;
  return std::ranges::all_of(text.substr(at - 3, 3), [](char c) { return c == 'w' || c == 'W'; });
}

// As running text.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '&') out += "&amp;";
    // Names and numbers are looked for once more behind the markup, too.
    else if (c == '@' || c == '#' || begins_link(text, i)) out += std::string("\\") + c + "<!-- -->";
    else if (std::string_view("\\`*_{}[]~^$!|").find(c) != std::string_view::npos) out += std::string("\\") + c;
    else out += c;
  }
  return out;
}

// As code, in a cell of a table, too.
std::string code(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  std::string inner;
  for (const char c : text) {
    if (c == '|') inner += '\\';
    inner += c;
  }
  const bool needs_room = inner.empty() || inner.front() == '`' || inner.back() == '`' || inner.front() == ' ';
  return needs_room ? fence + " " + inner + " " + fence : fence + inner + fence;
}

// Of a text that came in.
std::string foreign_code(std::string_view text) { return code(cut_middle(safe(text), kWidest)); }
std::string foreign(std::string_view text) { return plain(cut_middle(safe(text), kWidest)); }

std::string place_text(const decision::Place& place) {
  if (place.file.empty()) return {};
  return place.line == 0 ? code(safe(place.file)) : code(fmt::format("{}:{}", safe(place.file), place.line));
}

std::string values(const RuleVerdict& rule) {
  std::string out;
  std::set<std::string> seen;
  for (const decision::Observed& part : rule.observed) {
    std::string text = part.expr + " = ";
    for (std::size_t i = 0; i < part.values.size(); ++i) text += (i == 0 ? "" : ", ") + part.values[i];
    text = foreign_code(text) + (part.source.empty() ? "" : " from " + foreign_code(part.source));
    if (seen.insert(text).second) out += (out.empty() ? "" : "<br>") + text;
  }
  if (rule.margin_words) out += (out.empty() ? "" : "<br>") + foreign(*rule.margin_words);
  return out;
}

std::string notes(const RuleVerdict& rule) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : "<br>") + text; };
  if (!rule.condition.empty()) add(foreign_code(rule.condition));
  const std::string seen = values(rule);
  if (!seen.empty()) add(seen);
  if (!rule.reason.empty()) add(foreign(rule.reason));
  if (rule.due_at) add("until " + code(safe(*rule.due_at)));
  if (rule.fired_at) add("fired at " + code(safe(*rule.fired_at)));
  if (rule.waiver) add("waiver by " + foreign(rule.waiver->by) + " until " + code(safe(rule.waiver->until)) + ": " + foreign(rule.waiver->because));
  if (!rule.confirm_command.empty()) add(code(safe(rule.confirm_command)));
  return out;
}

class PolicyText {
 public:
  // Rows and lists take their bytes out of `room`.
  PolicyText(const PolicyVerdict& policy, std::size_t& room) : policy_(policy), room_(room) {}

  std::string text() {
    out_ = "## " + plain(decision_line(policy_)) + "\n\n" + plain(decision_reason(policy_)) + "\n";
    if (!policy_.applies) return out_;
    const auto decides = [](Weight weight) { return weight < Weight::warns; };
    table("What decided", decides);
    missing();
    table("Warnings", [](Weight weight) { return weight == Weight::warns; });
    rest();
    return out_;
  }

 private:
  template <class Wanted>
  void table(std::string_view title, Wanted wanted) {
    std::vector<Finding> rows;
    for (const RuleVerdict& rule : policy_.rules) {
      if (wanted(weight_of(rule))) rows.push_back({&policy_, &rule, weight_of(rule)});
    }
    if (rows.empty()) return;
    out_ += fmt::format("\n### {}\n\n| Outcome | Rule | Says | Where |\n|---|---|---|---|\n", title);
    rows = by_weight(std::move(rows));
    std::size_t shown = 0;
    while (shown < std::min(rows.size(), kMostListed) && take(row(*rows[shown].rule), out_)) ++shown;
    if (rows.size() > shown) out_ += fmt::format("\nand {} more\n", rows.size() - shown);
  }

  static std::string row(const RuleVerdict& rule) {
    const std::string title = rule.title.empty() ? "" : foreign(rule.title) + "<br>";
    return fmt::format("| **{}** | {}{} | {} | {} |\n", rule.trial ? "on trial: " + std::string(name(rule.outcome)) : name(rule.outcome),
                       title, foreign_code(rule.id), notes(rule), place_text(rule.place));
  }

  // Whether there was room for it.
  bool take(const std::string& text, std::string& out) {
    if (text.size() > room_) return false;
    room_ -= text.size();
    out += text;
    return true;
  }

  void missing() {
    std::set<std::string> said;
    std::string list;
    for (const RuleVerdict& rule : policy_.rules) {
      if (weight_of(rule) >= Weight::warns) continue;
      for (const decision::Missing& one : rule.missing) {
        const std::string how = advice(one);
        const std::string line = "- " + foreign(one.reason) + (how.empty() ? "" : ": " + code(how)) + "\n";
        if (said.size() < kMostListed && said.insert(line).second) take(line, list);
      }
    }
    if (!list.empty()) out_ += "\n### What is missing\n\n" + list;
  }

  void rest() {
    std::size_t count = 0;
    std::string outer = std::move(out_);
    out_.clear();
    const auto is_rest = [](Weight weight) { return weight > Weight::warns; };
    for (const RuleVerdict& rule : policy_.rules) count += is_rest(weight_of(rule)) ? 1 : 0;
    table("The others", is_rest);
    const std::string inner = std::move(out_);
    out_ = std::move(outer);
    if (count == 0) return;
    out_ += fmt::format("\n<details><summary>{} other rule{}</summary>\n{}\n</details>\n", count, count == 1 ? "" : "s", inner);
  }

  const PolicyVerdict& policy_;
  std::size_t& room_;
  std::string out_;
};

}  // namespace

std::string render_markdown(const decision::Verdict& verdict, const Options&) {
  std::string out;
  std::size_t room = kMostBytes;
  for (const PolicyVerdict& policy : verdict.policies) out += (out.empty() ? "" : "\n") + PolicyText(policy, room).text();
  if (verdict.policies.empty()) out = "## NOTHING DECIDED\n\nno policy was judged\n";
  out += fmt::format("\n<sub>judged at {}{}</sub>\n", code(safe(verdict.at)), verdict.at_from_clock ? ", the time of the run" : "");
  return out;
}

}  // namespace dpol::reports
