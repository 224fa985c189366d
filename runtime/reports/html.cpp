// The report as one HTML file: the decision, what made it with its values, the metrics and how far off
// they are, what is missing and how to bring it; the rest folded away. Whatever a value holds is text.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "generated/version.h"
#include "runtime/html/html.h"
#include "runtime/program/time_text.h"
#include "runtime/reports/advice.h"
#include "runtime/reports/chart.h"
#include "runtime/reports/finding.h"
#include "runtime/reports/html_text.h"
#include "runtime/reports/messages.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Missing;
using decision::Observed;
using decision::Outcome;
using decision::PolicyVerdict;
using decision::RuleVerdict;
using decision::Verdict;
using html::element;

constexpr std::size_t kMostListed = 200;  // rules of one section or table, and inputs that are missing

constexpr const char* kReportStyle = R"css(.decision { padding: .9rem 1.1rem; border: 1px solid var(--line); border-left: .5rem solid var(--soft); border-radius: .5rem; background: var(--fill); }
.decision h1, .decision h2 { margin: 0 0 .3rem; }
.decision p { margin: .15rem 0 0; }
.decision.go { border-left-color: var(--require); } .decision.go .word { color: var(--require); }
.decision.hold { border-left-color: var(--warn); } .decision.hold .word { color: var(--warn); }
.decision.stop { border-left-color: var(--rollback); } .decision.stop .word { color: var(--rollback); }
.outcome { display: inline-block; margin-right: .15rem; padding: 0 .5rem; border: 1px solid; border-radius: .8rem; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.outcome.good { color: var(--require); } .outcome.caution { color: var(--warn); } .outcome.bad { color: var(--rollback); } .outcome.dim { color: var(--soft); }
.condition { margin: .3rem 0 .1rem; max-width: none; line-height: 1.4; }
.condition .part { display: inline-grid; vertical-align: top; max-width: 100%; }
.condition .value { font-weight: 600; font-size: .92em; font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; border-top: 2px solid var(--link); }
.condition .value.unknown { color: var(--warn); border-top-style: dashed; border-top-color: var(--warn); }
.margin, .above { margin: .4rem 0; }
summary { cursor: pointer; padding: .25rem 0; }
summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
section > details { border-top: 1px solid var(--line); padding: .3rem 0; }
section > details > summary { font-weight: 600; }
ol.steps { padding-left: 1.4rem; }
ol.steps > li { margin-bottom: .6rem; }
@media print {
  details::details-content { content-visibility: visible; height: auto; }
  summary { list-style: none; }
  article, .chart { break-inside: auto; }
  figcaption { break-after: avoid; }
  .decision, .outcome { background: none; }
  .chart > svg { max-width: 12cm; }
}
)css";

std::string paragraph(const std::string& content) { return content.empty() ? "" : element("p", content) + "\n"; }

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// The sign tells it at a glance; the word says it to everybody.
struct OutcomeLook {
  const char* tone;
  const char* sign;
};
OutcomeLook look_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return {"good", "✓"};
    case Outcome::warn: return {"caution", "!"};
    case Outcome::fail:
    case Outcome::fired: return {"bad", "✕"};
    case Outcome::held: return {"caution", "‖"};
    case Outcome::pending: return {"caution", "…"};
    case Outcome::unknown: return {"caution", "?"};
    case Outcome::waived: return {"dim", "~"};
    case Outcome::skipped: return {"dim", "–"};
  }
  return {"dim", ""};
}

std::string badge(const RuleVerdict& rule) {
  const OutcomeLook look = look_of(rule.outcome);
  return fmt::format("<span class=\"outcome {}\"><span aria-hidden=\"true\">{}</span> {}{}</span>", rule.trial ? "dim" : look.tone, look.sign,
                     rule.trial ? "on trial: " : "", name(rule.outcome));
}

const char* look_of(Decision decision) {
  switch (decision) {
    case Decision::go: return "go";
    case Decision::hold: return "hold";
    case Decision::no_go:
    case Decision::rollback: return "stop";
  }
  return "";
}

std::string place_text(const decision::Place& place) {
  if (place.file.empty()) return {};
  return html_name(place.line == 0 ? place.file : fmt::format("{}:{}", place.file, place.line));
}

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + safe(value);
  return html::escaped(out);
}

// Lines of a label and HTML.
class Lines {
 public:
  void add(const char* label, const std::string& content) {
    if (!content.empty()) out_ += "<div><dt>" + std::string(label) + "</dt><dd>" + content + "</dd></div>\n";
  }
  std::string text() const { return out_.empty() ? "" : "<dl>\n" + out_ + "</dl>\n"; }

 private:
  std::string out_;
};

// The condition, each part with its values below it; a part may have smaller ones in it.
class ConditionText {
 public:
  explicit ConditionText(const RuleVerdict& rule) : text_(rule.condition) {
    for (const Observed& part : rule.observed) {
      if (!part.values.empty() && part.length != 0 && end_of(part) <= text_.size()) parts_.push_back(&part);
    }
    std::ranges::stable_sort(parts_, {}, [](const Observed* part) { return std::pair(part->column, ~part->length); });
  }

  std::string run() { return "<p class=\"condition\">" + between(0, text_.size()) + "</p>\n"; }

 private:
  static std::uint64_t end_of(const Observed& part) { return std::uint64_t{part.column} + part.length; }

  std::string between(std::uint64_t at, std::uint64_t end) {
    std::string out;
    while (next_ < parts_.size() && parts_[next_]->column < end) {
      const Observed& part = *parts_[next_++];
      if (part.column < at || end_of(part) > end) continue;
      out += words(at, part.column);
      at = end_of(part);
      out += "<span class=\"part\"><span>" + between(part.column, at) + "</span><span class=\"value" + (part.known ? "" : " unknown") +
             "\">" + joined(part.values) + "</span></span>";
    }
    return out + words(at, end);
  }

  std::string words(std::uint64_t from, std::uint64_t to) const { return from < to ? html_code(text_.substr(from, to - from)) : ""; }

  std::string_view text_;
  std::vector<const Observed*> parts_;  // the outer before the inner
  std::size_t next_ = 0;
};

std::string score_part(const decision::PartVerdict& part) {
  std::string text = html_safe(part.earned) + " of " + html_safe(part.worth) + ": " + html_code(part.condition);
  if (!part.half.empty()) text += ", half " + html_code(part.half);
  for (const Observed& seen : part.observed) text += "; " + html::escaped(seen_text(seen));
  return text;
}

class PolicyPart {
 public:
  // `level`: of the headings of its sections. Ids begin with the prefix.
  PolicyPart(const Verdict& verdict, const PolicyVerdict& policy, unsigned level, std::string prefix)
      : policy_(policy), level_(level), prefix_(std::move(prefix)) {
    std::int64_t deployed_at = 0;
    program::TextError ignored;
    if (verdict.deployed_at && program::parse_time(*verdict.deployed_at, program::Zoneless::utc, deployed_at, ignored))
      deployed_at_ = deployed_at;
    if (policy.charts) drawn_.resize(policy.charts->size());
  }

  // The decision, as a heading of that level.
  std::string decision(unsigned level, const std::string& id) const {
    const std::string word = upper(policy_.applies ? policy_.decision_word : "not applicable");
    std::string out = fmt::format("<div class=\"decision {}\">\n<h{}{}><span class=\"word\">{}</span> {}</h{}>\n",
                                  policy_.applies ? look_of(policy_.decision) : "", level, id.empty() ? "" : " id=\"" + id + "\"",
                                  html::escaped(word), html_safe(policy_.title.empty() ? policy_.id : policy_.title), level);
    std::string of = policy_.title.empty() ? "" : html_code(policy_.id);
    const auto add = [&of](const std::string& text) { of += (of.empty() || text.empty() ? "" : " · ") + text; };
    add(html::escaped(release_text(policy_)));
    add(stage());
    out += paragraph(of) + paragraph(html::escaped(decision_reason(policy_)));
    if (policy_.rollout && !policy_.rollout->run.empty()) out += paragraph("run: " + html_code(policy_.rollout->run));
    return out + "</div>\n";
  }

  std::string run() {
    if (policy_.applies) {
      decisive();
      missing();
      procedures();
      rules("Warnings", "warnings", [](Weight weight) { return weight == Weight::warns; });
      messages();
      metrics();
    }
    rest();
    return std::move(out_);
  }

 private:
  std::string stage() const {
    if (!policy_.rollout || policy_.rollout->stage.empty()) return {};
    const decision::RolloutVerdict& rollout = *policy_.rollout;
    std::string text = rollout.others.empty() ? "" : "rollout " + html_safe(rollout.name) + " · ";
    text += "stage " + html_safe(rollout.stage);
    if (rollout.step != 0) text += fmt::format(" ({} of {})", rollout.step, rollout.steps);
    if (!rollout.stage_title.empty()) text += ": " + html_safe(rollout.stage_title);
    if (policy_.decision_word == "advance" && rollout.next) text += ", next " + html_safe(*rollout.next);
    return text;
  }

  void heading(unsigned level, const std::string& id, const std::string& content) {
    level = std::min(level, 6U);
    out_ += fmt::format("<h{}{}>{}</h{}>\n", level, id.empty() ? "" : " id=\"" + id + "\"", content, level);
  }
  void begin(const std::string& title, const std::string& name) {
    const std::string id = prefix_ + name;
    // Of several policies each is a landmark, and not their parts.
    out_ += prefix_.empty() ? "<section aria-labelledby=\"" + id + "\">\n" : "<section>\n";
    heading(level_, id, title);
  }
  void end() { out_ += "</section>\n"; }
  void fold(const std::string& summary, const std::string& content, bool open = false) {
    out_ += std::string("<details") + (open ? " open" : "") + "><summary>" + summary + "</summary>\n" + content + "</details>\n";
  }

  // ---- rules ----

  template <class Wanted>
  std::vector<const RuleVerdict*> chosen(Wanted wanted) const {
    std::vector<Finding> found;
    for (const RuleVerdict& rule : policy_.rules) {
      if (wanted(weight_of(rule))) found.push_back({&policy_, &rule, weight_of(rule)});
    }
    std::vector<const RuleVerdict*> rules;
    for (const Finding& one : by_weight(std::move(found))) rules.push_back(one.rule);
    return rules;
  }

  void decisive() {
    const auto decides = [](Weight weight) { return weight < Weight::warns; };
    if (!chosen(decides).empty()) {
      rules("What decided", "decided", decides);
      return;
    }
    begin("What decided", "decided");
    std::uint32_t passed = policy_.counts[static_cast<std::size_t>(Outcome::pass)];
    const bool warned = policy_.counts[static_cast<std::size_t>(Outcome::warn)] != 0;
    if (policy_.decision == Decision::go) {
      out_ += paragraph(counted(passed, "rule") + (passed == 1 ? " passes" : " pass") + "; none stops the release.");
    } else if (!policy_.decision_reason.empty()) {
      out_ += paragraph(html_safe(policy_.decision_reason) + ".");
    } else {
      out_ += paragraph(warned ? "A warning holds under --strict." : "No rule by itself.");
    }
    end();
  }

  template <class Wanted>
  void rules(const std::string& title, const std::string& name, Wanted wanted) {
    std::vector<const RuleVerdict*> all = chosen(wanted);
    if (all.empty()) return;
    begin(title, name);
    std::size_t shown = 0;
    std::size_t left_out = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i] == nullptr) continue;
      if (++shown > kMostListed) {
        ++left_out;
        continue;
      }
      article(*all[i], likewise(all, i));
    }
    if (left_out != 0) out_ += paragraph(fmt::format("And {} more.", counted(left_out, "rule")));
    end();
  }

  // Those behind that were stopped by the same are named below it, and taken out.
  static std::string likewise(std::vector<const RuleVerdict*>& all, std::size_t first) {
    std::string ids;
    std::size_t count = 0;
    for (std::size_t i = first + 1; i < all.size(); ++i) {
      if (all[i] == nullptr || !same_cause(*all[first], *all[i])) continue;
      if (++count <= kMostListed) ids += (ids.empty() ? "" : ", ") + html_name(all[i]->id);
      all[i] = nullptr;
    }
    if (count > kMostListed) ids += fmt::format(", and {} more", count - kMostListed);
    return count == 0 ? "" : "<details><summary>" + counted(count, "rule") + " likewise</summary>\n<p>" + ids + "</p>\n</details>\n";
  }

  void article(const RuleVerdict& rule, const std::string& likewise) {
    out_ += "<article>\n";
    heading(level_ + 1, "", badge(rule) + " " + (rule.title.empty() ? html_name(rule.id) : html_safe(rule.title)));
    std::string about = rule.title.empty() ? "" : html_name(rule.id);
    const auto add = [&about](const std::string& text) { about += (about.empty() || text.empty() ? "" : " · ") + text; };
    add(place_text(rule.place));
    if (!rule.severity.empty()) add("severity " + html_safe(rule.severity));
    if (!about.empty()) out_ += "<p class=\"id\">" + about + "</p>\n";
    if (!rule.condition.empty()) out_ += ConditionText(rule).run();
    if (rule.margin_words) {
      const bool named = !rule.margin_expr.empty() && rule.margin_expr != rule.condition;
      out_ += "<p class=\"margin\"><strong>" + html_safe(*rule.margin_words) + "</strong>" + (named ? ": " + html_code(rule.margin_expr) : "") + "</p>\n";
    }
    out_ += lines(rule);
    charts(rule);
    out_ += values(rule) + likewise;
    out_ += "</article>\n";
  }

  std::string lines(const RuleVerdict& rule) const {
    Lines lines;
    lines.add("Because", html_safe(rule.reason));
    if (!rule.series.empty()) lines.add("Series", html::escaped(series_words(rule)));
    if (rule.fired_at) lines.add("Fired at", html_safe(*rule.fired_at));
    if (rule.due_at) lines.add(rule.outcome == Outcome::skipped ? "Due at" : "Until", html_safe(*rule.due_at));
    for (const Missing& one : rule.missing) lines.add("Missing", html_safe(one.reason));
    if (rule.score.find("..") != std::string::npos || !rule.parts.empty()) lines.add("Score", html_safe(rule.score));
    for (const decision::PartVerdict& part : rule.parts) lines.add("Part", score_part(part));
    for (const decision::SignOffVerdict& one : rule.sign_offs) lines.add("Sign-off", html::escaped(sign_off_words(one)));
    if (rule.waiver) lines.add("Waiver", html::escaped(waiver_words(*rule.waiver)));
    if (!rule.confirm_command.empty()) lines.add("To sign", html_code(rule.confirm_command));
    if (rule.trial_until) lines.add("In force from", html_safe(*rule.trial_until));
    lines.add("Read from", sources(rule));
    lines.add("Why", html_safe(rule.why));
    lines.add("Evidence", html_safe(rule.evidence));
    if (rule.owner != policy_.owner) lines.add("Owner", html_safe(rule.owner));
    return lines.text();
  }

  static std::string sources(const RuleVerdict& rule) {
    constexpr std::size_t kMostSources = 3;
    std::vector<std::string> seen;
    for (const Observed& part : rule.observed) {
      if (!part.source.empty() && std::ranges::find(seen, part.source) == seen.end()) seen.push_back(part.source);
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(seen.size(), kMostSources); ++i) text += (i == 0 ? "" : ", ") + html_name(seen[i]);
    return seen.size() > kMostSources ? fmt::format("{}, and {} more", text, seen.size() - kMostSources) : text;
  }

  // Every digit, and each place; a condition may name the same twice.
  static std::string values(const RuleVerdict& rule) {
    html::Table table{.about = "Values of " + html_safe(rule.id), .columns = {"Part", "Values", "Read from"}};
    std::set<std::string> seen;
    for (const Observed& part : rule.observed) {
      if (part.values.empty() || !seen.insert(seen_text(part)).second) continue;
      table.rows.push_back({html_code(part.expr), joined(part.exact.empty() ? part.values : part.exact),
                            part.source.empty() ? "" : html_name(part.source)});
    }
    return table.rows.empty() ? "" : "<details><summary>Values in full</summary>\n" + html::table(table) + "</details>\n";
  }

  // ---- metrics ----

  std::string chart_id(std::size_t index) const { return fmt::format("{}metric-{}", prefix_, index + 1); }
  std::string drawing(std::size_t index) {
    drawn_[index] = true;
    return figure({.chart = &(*policy_.charts)[index], .id = chart_id(index), .deployed_at = deployed_at_});
  }

  // Each metric is drawn once, where it is looked at first.
  void charts(const RuleVerdict& rule) {
    if (!policy_.charts) return;
    std::string above;
    for (std::size_t i = 0; i < policy_.charts->size(); ++i) {
      const decision::ChartVerdict& chart = (*policy_.charts)[i];
      if (std::ranges::find(chart.rules, rule.id) == chart.rules.end()) continue;
      if (drawn_[i]) above += (above.empty() ? "" : ", ") + ("<a href=\"#" + chart_id(i) + "\">" + html_safe(chart.name) + "</a>");
      else out_ += drawing(i);
    }
    if (!above.empty()) out_ += "<p class=\"above\">Drawn above: " + above + ".</p>\n";
  }

  void metrics() {
    if (!policy_.charts) return;
    const auto left = static_cast<std::size_t>(std::ranges::count(drawn_, false));
    if (left == 0 && policy_.charts_left_out == 0) return;
    std::string content;
    const bool all = left == drawn_.size();
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      if (!drawn_[i]) content += drawing(i);
    }
    if (policy_.charts_left_out != 0) content += paragraph(fmt::format("{} more not drawn.", counted(policy_.charts_left_out, "metric")));
    begin(all ? "Metrics" : "Other metrics", "metrics");
    fold(counted(left, all ? "metric" : "other metric") + " that rules looked at", content, policy_.decision == Decision::go);
    end();
  }

  // ---- what is missing ----

  void missing() {
    const std::vector<MissingInput> entries =
        missing_inputs(policy_, [](const RuleVerdict& rule) { return weight_of(rule) < Weight::warns; });
    if (entries.empty()) return;
    begin("What is missing", "missing");
    out_ += "<ul>\n";
    for (std::size_t i = 0; i < std::min(entries.size(), kMostListed); ++i) {
      const auto& [one, count] = entries[i];
      std::string text = element("strong", html_safe(one->reason));
      if (!one->source.empty()) text += ", see " + html_name(one->source);
      if (const std::string how = advice(*one); !how.empty()) text += "<br>" + html::escaped(how);
      if (count > 1) text += fmt::format(" ({} rules wait for it)", count);
      out_ += element("li", text) + "\n";
    }
    out_ += "</ul>\n";
    if (entries.size() > kMostListed) out_ += paragraph(fmt::format("And {} more.", entries.size() - kMostListed));
    end();
  }

  static std::string lacking(const std::vector<Missing>& missing) {
    std::string out;
    for (const Missing& one : missing) out += (out.empty() ? "" : "; ") + html_safe(one.reason);
    return out;
  }

  // ---- what is to be done ----

  void procedures() {
    if (policy_.procedures.empty()) return;
    begin("What to do", "procedures");
    for (const decision::ProcedureVerdict& procedure : policy_.procedures) {
      out_ += "<article>\n";
      heading(level_ + 1, "", html_safe(procedure.title.empty() ? procedure.id : procedure.title));
      Lines lines;
      lines.add("Procedure", html_name(procedure.id) + (procedure.place.file.empty() ? "" : " · " + place_text(procedure.place)));
      std::string answers;
      for (const std::string& id : procedure.answers) answers += (answers.empty() ? "" : ", ") + html_name(id);
      lines.add("Answers", answers);
      lines.add("Whether", html_safe(procedure.reason));
      lines.add("Missing", lacking(procedure.missing));
      lines.add("Severity", html_safe(procedure.severity));
      if (procedure.owner != policy_.owner) lines.add("Owner", html_safe(procedure.owner));
      lines.add("Why", html_safe(procedure.why));
      lines.add("Evidence", html_safe(procedure.evidence));
      out_ += lines.text();
      if (!procedure.steps.empty()) {
        out_ += "<ol class=\"steps\">\n";
        for (const decision::StepVerdict& one : procedure.steps) step(one);
        out_ += "</ol>\n";
      }
      out_ += "</article>\n";
    }
    end();
  }

  void step(const decision::StepVerdict& step) {
    out_ += "<li>" + html_safe(step.title.empty() ? step.name : step.title) + "\n";
    Lines lines;
    lines.add("Owner", html_safe(step.owner));
    lines.add("Whether", html_safe(step.reason));
    lines.add("Why", html_safe(step.why));
    lines.add("Missing", lacking(step.missing));
    for (const decision::CheckVerdict& check : step.checks) {
      std::string text = element("strong", name(check.outcome)) + ": " + html_code(check.condition);
      for (const Observed& seen : check.observed) text += "; " + html::escaped(seen_text(seen));
      if (!check.missing.empty()) text += "; " + lacking(check.missing);
      lines.add("Now", text);
    }
    out_ += lines.text();
    if (!step.run.empty()) verbatim(step.is_complete ? "Command" : "Command, of which something is not known", step.run);
    out_ += "</li>\n";
  }

  void verbatim(const std::string& about, std::string_view text) {
    out_ += "<figure><figcaption>" + about + "</figcaption>\n<pre><code>";
    while (true) {
      const std::size_t end = text.find('\n');
      out_ += html_safe(text.substr(0, end));
      if (end == std::string_view::npos) break;
      out_ += '\n';
      text.remove_prefix(end + 1);
    }
    out_ += "</code></pre></figure>\n";
  }

  // ---- messages ----

  void messages() {
    if (!policy_.messages) return;
    const auto told = [](const decision::MessageVerdict& message) { return is_told(message, Which::due); };
    if (std::ranges::none_of(*policy_.messages, told)) return;
    begin("Messages", "messages");
    for (const decision::MessageVerdict& message : *policy_.messages) {
      if (!told(message)) continue;
      out_ += "<article>\n";
      heading(level_ + 1, "", html_name(message.id));
      Lines lines;
      lines.add("State", message.state == decision::MessageState::unknown ? "cannot tell whether it is due" : name(message.state));
      lines.add("Time", html_safe(message.when) + (message.until ? ", until " + html_safe(*message.until) : ""));
      lines.add("Because", html_safe(message.reason));
      lines.add("Missing", lacking(message.missing));
      std::string to;
      for (const decision::RecipientVerdict& one : message.recipients)
        to += (to.empty() ? "" : ", ") + html_safe(one.name) + (one.members.empty() ? "" : " (" + joined(one.members) + ")");
      lines.add("To", to);
      lines.add("Via", joined(message.channels));
      out_ += lines.text();
      verbatim("Text", message.text);
      out_ += "</article>\n";
    }
    end();
  }

  // ---- the rest ----

  void rest() {
    const std::size_t before = out_.size();
    begin("The rest", "rest");
    const std::size_t empty = out_.size();
    if (policy_.applies) {
      others("on trial, deciding nothing", [](const RuleVerdict& rule) { return rule.trial; });
      others("waived", [](const RuleVerdict& rule) { return !rule.trial && rule.outcome == Outcome::waived; });
      others("passed", [](const RuleVerdict& rule) { return !rule.trial && rule.outcome == Outcome::pass; });
      others("skipped", [](const RuleVerdict& rule) { return !rule.trial && rule.outcome == Outcome::skipped; });
      overrides();
    }
    particulars();
    if (out_.size() == empty) out_.resize(before);
    else end();
  }

  template <class Wanted>
  void others(const char* what, Wanted wanted) {
    html::Table table{.about = fmt::format("Rules {} of {}", what, html_safe(policy_.id)), .columns = {"Rule", "Outcome", "Says", "Where"}};
    std::size_t count = 0;
    for (const RuleVerdict& rule : policy_.rules) {
      if (!wanted(rule) || ++count > kMostListed) continue;
      const std::string title = rule.title.empty() ? "" : html_safe(rule.title) + "<br>";
      table.rows.push_back({title + html_name(rule.id), badge(rule), note(rule), place_text(rule.place)});
    }
    if (count == 0) return;
    fold(fmt::format("{} {}", counted(count, "rule"), what),
         html::table(table) + (count > kMostListed ? paragraph(fmt::format("And {} more.", count - kMostListed)) : ""));
  }

  static std::string note(const RuleVerdict& rule) {
    std::string out;
    const auto add = [&out](const std::string& text) {
      if (!text.empty()) out += (out.empty() ? "" : "<br>") + text;
    };
    if (!rule.condition.empty()) add(html_code(rule.condition));
    std::set<std::string> said;
    for (const Observed& part : rule.observed) {
      const std::string text = seen_text(part);
      if (said.insert(text).second) add(html::escaped(text) + (part.source.empty() ? "" : " from " + html_name(part.source)));
    }
    if (rule.margin_words) add(html_safe(*rule.margin_words));
    add(html_safe(rule.reason));
    if (rule.due_at) add("due at " + html_safe(*rule.due_at));
    for (const Missing& one : rule.missing) add(html_safe(one.reason));
    for (const decision::SignOffVerdict& one : rule.sign_offs) add(html::escaped(sign_off_words(one)));
    if (rule.waiver) add(html::escaped(waiver_words(*rule.waiver)));
    if (rule.trial_until) add("in force from " + html_safe(*rule.trial_until) + " on");
    return out;
  }

  void overrides() {
    if (policy_.overrides.empty()) return;
    html::Table table{.about = "What was changed of " + html_safe(policy_.id), .columns = {"What", "Change", "From", "To", "Because", "Where"}};
    for (const decision::OverrideVerdict& one : policy_.overrides) {
      if (table.rows.size() == kMostListed) break;
      table.rows.push_back({html_name(one.target), html_safe(one.what), one.from.empty() ? "" : html_code(one.from), one.to.empty() ? "" : html_code(one.to),
                            html_safe(one.because), place_text(one.place)});
    }
    fold(counted(policy_.overrides.size(), "change") + " of what it extends", html::table(table));
  }

  void particulars() {
    Lines lines;
    if (!policy_.title.empty()) lines.add("Policy", html_code(policy_.id));
    lines.add("Owner", html_safe(policy_.owner));
    if (!policy_.digest.empty()) lines.add("Digest", html_code(policy_.digest));
    for (std::size_t i = 0; i < std::min(policy_.files.size(), kMostListed); ++i) lines.add("File", html_name(policy_.files[i]));
    if (policy_.rollout && policy_.rollout->stage_began_at) lines.add("Stage since", html_safe(*policy_.rollout->stage_began_at));
    if (const std::string text = lines.text(); !text.empty()) fold("The policy", text);
  }

  const PolicyVerdict& policy_;
  unsigned level_;
  std::string prefix_;
  std::optional<std::int64_t> deployed_at_;
  std::vector<bool> drawn_;  // of each chart
  std::string out_;
};

std::string inputs(const Verdict& verdict) {
  if (verdict.inputs.empty()) return {};
  html::Table table{.about = "Inputs", .columns = {"Input", "Digest"}};
  for (const decision::InputVerdict& input : verdict.inputs) {
    if (table.rows.size() == kMostListed) break;
    table.rows.push_back({html_name(input.name), input.digest.empty() ? "" : html_code(input.digest)});
  }
  return "<details><summary>" + counted(verdict.inputs.size(), "input") + "</summary>\n" + html::table(table) + "</details>\n";
}

std::string footer(const Verdict& verdict) {
  std::string out = "<footer>\n" + inputs(verdict) + "<p>";
  if (!verdict.at.empty()) out += "Judged at " + html_safe(verdict.at) + (verdict.at_from_clock ? ", the machine's clock. " : ". ");
  if (verdict.deployed_at) out += "Deployed at " + html_safe(*verdict.deployed_at) + ". ";
  return out + "Written by " + element("code", fmt::format("dpol check {}", kVersion)) + ".</p>\n</footer>\n</body>\n</html>\n";
}

// Several policies: what came of all, then each.
std::string of_many(const Verdict& verdict) {
  const std::string word = verdict.any_applies ? upper(verdict.decision_word) : "NOTHING DECIDED";
  std::string out = fmt::format("<header>\n<div class=\"decision {}\">\n<h1><span class=\"word\">{}</span></h1>\n",
                                verdict.any_applies ? look_of(verdict.decision) : "", html::escaped(word));
  const std::size_t count = verdict.policies.size();
  out += paragraph(count == 0 ? "No policy was judged." : fmt::format("{} policies", count)) + "</div>\n</header>\n";
  if (count != 0) {
    out += "<nav aria-label=\"Policies\">\n<ul>\n";
    for (std::size_t i = 0; i < count; ++i)
      out += fmt::format("<li><a href=\"#policy-{}\">{}</a></li>\n", i + 1, html::escaped(decision_line(verdict.policies[i])));
    out += "</ul>\n</nav>\n";
  }
  out += "<main id=\"main\">\n";
  for (std::size_t i = 0; i < count; ++i) {
    PolicyPart part(verdict, verdict.policies[i], 3, fmt::format("policy-{}-", i + 1));
    const std::string id = fmt::format("policy-{}", i + 1);
    out += "<section aria-labelledby=\"" + id + "\">\n" + part.decision(2, id) + part.run() + "</section>\n";
  }
  return out + "</main>\n";
}

}  // namespace

std::string render_html(const Verdict& verdict, const Options&) {
  const bool is_one = verdict.policies.size() == 1;
  const std::string title = is_one ? decision_line(verdict.policies.front())
                                   : (verdict.any_applies ? upper(verdict.decision_word) : "NOTHING DECIDED") +
                                         fmt::format(" · {} policies", verdict.policies.size());
  const std::string style = std::string(kChartStyle) + kReportStyle;
  std::string out = html::head({.title = html::escaped(title), .subject = "report", .style = style});
  if (is_one) {
    PolicyPart part(verdict, verdict.policies.front(), 2, "");
    out += "<header>\n" + part.decision(1, "") + "</header>\n<main id=\"main\">\n" + part.run() + "</main>\n";
  } else {
    out += of_many(verdict);
  }
  return out + footer(verdict);
}

}  // namespace dpol::reports
