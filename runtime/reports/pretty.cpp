// The report for people: the decision first, then the rules that made it with the values they saw,
// then what is missing and how to bring it, then the rest as counts.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "generated/version.h"
#include "runtime/reports/advice.h"
#include "runtime/reports/change.h"
#include "runtime/reports/finding.h"
#include "runtime/reports/messages.h"
#include "runtime/reports/page.h"
#include "runtime/reports/report.h"
#include "runtime/reports/text.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Outcome;
using decision::OverrideVerdict;
using decision::PolicyVerdict;
using decision::RuleVerdict;
using decision::Verdict;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGutter = 2;            // between columns
constexpr std::size_t kWidestPlace = 44;
constexpr std::size_t kNarrowestCondition = 30;  // with less room, places move below the conditions
constexpr std::size_t kMostListed = 20;       // rules of one outcome, but for --verbose
constexpr std::size_t kMostReasons = 12;      // of skipped rules
constexpr std::size_t kMostQuoted = 5;        // lines of documents below a rule
constexpr const char* kListsThem = "(--verbose lists them)";

// What decides most comes first. `would` is said of a trial.
struct OutcomeStyle {
  Outcome outcome;
  Tone tone;
  const char* would;
};
constexpr OutcomeStyle kListed[] = {
    {Outcome::fired, Tone::bad, "would roll back"},  {Outcome::fail, Tone::bad, "would fail"},
    {Outcome::held, Tone::caution, "would hold"},    {Outcome::unknown, Tone::caution, "would be unknown"},
    {Outcome::pending, Tone::caution, "would pend"}, {Outcome::warn, Tone::caution, "would warn"},
    {Outcome::waived, Tone::dim, "would be waived"},
};
constexpr OutcomeStyle kRest[] = {
    {Outcome::pass, Tone::good, "would pass"},
    {Outcome::skipped, Tone::dim, "skipped"},
};

Tone tone_of(Decision decision) {
  switch (decision) {
    case Decision::go: return Tone::good;
    case Decision::hold: return Tone::caution;
    case Decision::no_go:
    case Decision::rollback: return Tone::bad;
  }
  return Tone::plain;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

void join(std::string& text, const std::string& part) {
  if (part.empty()) return;
  text += (text.empty() ? "" : " · ") + part;
}

std::string place_text(const decision::Place& place) {
  if (place.file.empty()) return {};
  const std::string file = safe(place.file);
  return place.line == 0 ? file : fmt::format("{}:{}", file, place.line);
}

class PolicyPage {
 public:
  PolicyPage(const PolicyVerdict& policy, const Options& options)
      : policy_(policy), options_(options), width_(std::max(options.width, kNarrowest)) {
    measure();
  }

  std::string run() {
    header();
    if (policy_.applies) {
      rules(false);
      missing_inputs();
      procedures();
      if (options_.explain) what_would_change();
      rest();
      overrides();
      trials();
    }
    if (options_.verbose) particulars();
    std::string out;
    for (const Line& line : lines_) line.render(options_.color, out);
    return out;
  }

 private:
  // ---- columns ----

  void measure() {
    std::size_t label = options_.verbose ? std::string_view("policy").size() : std::string_view("pass").size();
    if (options_.explain) label = std::max(label, std::string_view("change").size());
    std::size_t right = 0;
    for (const RuleVerdict& rule : policy_.rules) {
      if (!rule.trial) label = std::max(label, std::string_view(name(rule.outcome)).size());
      if (is_listed(rule)) right = std::max(right, width_of(place_text(rule.place)));
      if (!rule.trial && !rule.missing.empty()) label = std::max(label, std::string_view("missing").size());
    }
    if (!options_.verbose) right = std::max(right, width_of(kListsThem));
    for (const OverrideVerdict& o : policy_.overrides) label = std::max(label, width_of(safe(o.what)));
    left_ = kIndent + label + kGutter;
    right = std::min(right, kWidestPlace);
    const std::size_t taken = left_ + kGutter + right;
    places_aside_ = taken + kNarrowestCondition <= width_;
    right_ = places_aside_ ? width_ - right : width_;
  }

  bool is_listed(const RuleVerdict& rule) const {
    return options_.verbose || (rule.outcome != Outcome::pass && rule.outcome != Outcome::skipped);
  }

  std::size_t text_width() const { return (places_aside_ ? right_ - kGutter : width_) - left_; }

  Line& line() { return lines_.emplace_back(); }
  void gap() {
    if (!lines_.empty()) line();
  }
  // What was put as a section is set off by an empty line.
  void section() { needs_gap_ = true; }
  Line& entry(const std::string& label, Tone tone) {
    if (needs_gap_) gap();
    needs_gap_ = false;
    return line().put(kIndent, label, tone);
  }
  void aside(Line& on, const std::string& text) const {
    if (places_aside_ && !text.empty()) on.put(right_, cut_front(text, width_ - right_), Tone::dim);
  }
  void aside_or_behind(Line& on, const std::string& text) const {
    if (places_aside_) aside(on, text);
    else on.append(" " + text, Tone::dim);
  }
  void wrapped(const std::string& text, Tone tone = Tone::plain) {
    if (text.empty()) return;
    for (std::string& part : wrap(text, width_ - left_)) line().put(left_, std::move(part), tone);
  }
  // An entry whose text may need several lines.
  void paragraph(const std::string& label, Tone tone, const std::string& text, const std::string& at) {
    Line& first = entry(label, tone);
    aside(first, at);
    std::vector<std::string> parts = wrap(text, text_width());
    first.put(left_, std::move(parts.front()));
    for (std::size_t i = 1; i < parts.size(); ++i) line().put(left_, std::move(parts[i]));
  }

  // ---- the decision ----

  void header() {
    std::string rest;
    join(rest, safe(policy_.id));
    join(rest, release_text(policy_));
    join(rest, stage());
    if (!policy_.applies) {
      headline("NOT APPLICABLE", Tone::dim, rest);
      below("decides nothing: " + safe(policy_.not_applicable_because));
    } else {
      headline(upper(policy_.decision_word), tone_of(policy_.decision), rest);
      reason();
      if (policy_.rollout && !policy_.rollout->stage_title.empty())
        below(safe(policy_.rollout->stage) + ": " + safe(policy_.rollout->stage_title));
      if (policy_.rollout && !policy_.rollout->run.empty()) below("run: " + safe(policy_.rollout->run));
    }
    section();
  }

  void headline(const std::string& word, Tone tone, const std::string& rest) {
    const std::size_t column = width_of(word) + kGutter;
    std::vector<std::string> parts = wrap(rest, width_ - column);
    line().put(0, word, tone).put(column, std::move(parts.front()));
    for (std::size_t i = 1; i < parts.size(); ++i) line().put(column, std::move(parts[i]));
  }

  std::string stage() const {
    if (!policy_.rollout) return {};
    const decision::RolloutVerdict& rollout = *policy_.rollout;
    // Which rollout it is goes without saying where there is only one.
    std::string text = rollout.others.empty() ? "" : "rollout " + safe(rollout.name);
    if (rollout.step == 0) {
      if (!rollout.stage.empty()) join(text, "stage " + safe(rollout.stage));
      return text;
    }
    join(text, fmt::format("stage {} ({} of {})", safe(rollout.stage), rollout.step, rollout.steps));
    if (policy_.decision_word == "advance" && rollout.next) text += ", next " + safe(*rollout.next);
    return text;
  }

  // Why, where no rule below says it.
  void reason() {
    std::string text = safe(policy_.decision_reason);
    if (text.empty() && policy_.decision == Decision::hold && !has_holding_rule()) {
      text = "a warning holds under --strict";
    }
    if (!policy_.decision_reason.empty()) {
      if (const std::string* due = first_due()) text += ", the next rule at " + safe(*due);
    }
    if (!text.empty()) below(text);
  }

  void below(const std::string& text) {
    for (std::string& part : wrap(text, width_ - kIndent)) line().put(kIndent, std::move(part));
  }

  bool has_holding_rule() const {
    const auto count = [this](Outcome outcome) { return policy_.counts[static_cast<std::size_t>(outcome)]; };
    return count(Outcome::held) + count(Outcome::unknown) + count(Outcome::pending) != 0;
  }

  const std::string* first_due() const {
    const std::string* first = nullptr;
    for (const RuleVerdict& rule : policy_.rules) {
      if (rule.outcome != Outcome::skipped || !rule.due_at || rule.trial) continue;
      if (first == nullptr || *rule.due_at < *first) first = &*rule.due_at;
    }
    return first;
  }

  // ---- rules ----

  void rules(bool trial) {
    for (const OutcomeStyle& style : kListed) list(style, trial);
    if (!options_.verbose) {
      if (!trial) waivers_not_needed();
      return;
    }
    for (const OutcomeStyle& style : kRest) list(style, trial);
  }

  void list(const OutcomeStyle& style, bool trial) {
    std::size_t count = 0;
    std::vector<const RuleVerdict*> of_outcome;
    for (const RuleVerdict& rule : policy_.rules) {
      if (rule.outcome == style.outcome && rule.trial == trial) of_outcome.push_back(&rule);
    }
    for (auto rule = of_outcome.begin(); rule != of_outcome.end(); ++rule) {
      if (*rule == nullptr) continue;
      if (++count > kMostListed && !options_.verbose) continue;
      show(**rule, style);
      if (!options_.verbose) likewise(**rule, rule + 1, of_outcome.end());
    }
    if (count <= kMostListed || options_.verbose) return;
    Line& more = entry(trial ? "" : name(style.outcome), style.tone);
    more.put(left_, fmt::format("{} more", counted(count - kMostListed, "rule")));
    aside_or_behind(more, kListsThem);
  }

  // A waiver is shown as long as it lasts, whether it changes anything or not.
  void waivers_not_needed() {
    for (const RuleVerdict& rule : policy_.rules) {
      if (rule.outcome != Outcome::pass || !rule.waiver || rule.trial) continue;
      paragraph(name(rule.outcome), Tone::good, safe(rule.id) + ": " + waiver_words(*rule.waiver), place_text(rule.place));
    }
  }

  // Rules stopped by one condition that is none of theirs, such as their policy's `only if`, are
  // named below the first of them; they are taken out of the list.
  void likewise(const RuleVerdict& first, std::vector<const RuleVerdict*>::iterator rule,
                std::vector<const RuleVerdict*>::iterator end) {
    std::string ids;
    for (; rule != end; ++rule) {
      if (*rule == nullptr || !same_cause(first, **rule)) continue;
      ids += (ids.empty() ? "likewise " : ", ") + safe((*rule)->id);
      *rule = nullptr;
    }
    wrapped(ids, Tone::dim);
  }

  void show(const RuleVerdict& rule, const OutcomeStyle& style) {
    const std::string place = place_text(rule.place);
    if (rule.trial) entry(style.would, style.tone);
    Line& first = rule.trial ? line() : entry(name(rule.outcome), style.tone);
    aside(first, place);
    RuleVerdict shown = rule;
    const bool by_title = rule.condition.empty() && !rule.title.empty();
    if (rule.condition.empty()) {
      shown.observed.clear();
      shown.condition = by_title ? rule.title : rule.id;
    }
    std::vector<Line> lines = condition_lines(shown, {left_, text_width(), width_});
    // The first line is shared with the label and the place.
    const std::size_t index = lines_.size() - 1;
    lines_[index].merge(std::move(lines.front()));
    std::move(lines.begin() + 1, lines.end(), std::back_inserter(lines_));
    details(rule, by_title, place);
  }

  void details(const RuleVerdict& rule, bool by_title, const std::string& place) {
    std::string text;
    if (!rule.condition.empty() || by_title) join(text, safe(rule.id));
    if (!by_title && !rule.title.empty()) join(text, "\"" + safe(rule.title) + "\"");
    if (!rule.severity.empty()) join(text, "severity " + safe(rule.severity));
    if (!rule.owner.empty() && rule.owner != policy_.owner) join(text, "owner " + safe(rule.owner));
    if (!rule.series.empty()) join(text, series_words(rule));
    join(text, sources(rule));
    if (rule.fired_at && rule.reason.empty()) join(text, "fired at " + safe(*rule.fired_at));
    if (!places_aside_) join(text, place);
    wrapped(text, Tone::dim);
    if (options_.explain) quoted_lines(rule);
    wrapped(safe(rule.reason) + due(rule));
    people(rule);
    if (rule.score.find("..") != std::string::npos) wrapped("the score is " + safe(rule.score));
    for (const decision::PartVerdict& part : rule.parts) score_part(part);
    if (rule.trial && rule.trial_until) wrapped("in force from " + safe(*rule.trial_until) + " on", Tone::dim);
    if (rule.trial) for (const decision::Missing& m : rule.missing) wrapped(safe(m.reason));
    if (rule.outcome == Outcome::pass || rule.outcome == Outcome::skipped) return;
    if (!rule.why.empty()) wrapped("why: " + safe(rule.why));
    if (!rule.evidence.empty()) wrapped("evidence: " + safe(rule.evidence));
  }

  void people(const RuleVerdict& rule) {
    for (const decision::SignOffVerdict& s : rule.sign_offs)
      wrapped(sign_off_words(s), s.counts ? Tone::plain : Tone::dim);
    if (rule.waiver) wrapped(waiver_words(*rule.waiver));
    if (!rule.confirm_command.empty()) wrapped("sign: " + safe(rule.confirm_command), Tone::dim);
  }

  void score_part(const decision::PartVerdict& part) {
    std::string text = safe(part.earned) + " of " + safe(part.worth) + ": " + safe(part.condition);
    if (!part.half.empty()) text += ", half " + safe(part.half);
    wrapped(text + values(part.observed));
  }

  static std::string due(const RuleVerdict& rule) {
    if (!rule.due_at) return {};
    if (rule.outcome == Outcome::skipped) return " (" + safe(*rule.due_at) + ")";
    return (rule.reason.empty() ? "until " : ", until ") + safe(*rule.due_at);
  }

  static std::string sources(const RuleVerdict& rule) {
    std::vector<std::string> seen;
    for (const decision::Observed& part : rule.observed) {
      const std::string source = safe(part.source);
      if (!source.empty() && std::ranges::find(seen, source) == seen.end()) seen.push_back(source);
    }
    constexpr std::size_t kMostSources = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(seen.size(), kMostSources); ++i) text += (i == 0 ? "read " : ", ") + seen[i];
    if (seen.size() > kMostSources) text += fmt::format(" and {} more", seen.size() - kMostSources);
    return text;
  }

  // ---- what is missing ----

  void missing_inputs() {
    const std::vector<MissingInput> entries = reports::missing_inputs(policy_, [](const RuleVerdict& rule) {
      return !rule.trial && rule.outcome != Outcome::pass && rule.outcome != Outcome::skipped;
    });
    if (entries.empty()) return;
    section();
    const std::size_t shown = options_.verbose ? entries.size() : std::min(entries.size(), kMostListed);
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& [missing, count] = entries[i];
      paragraph("missing", Tone::caution, safe(missing->reason), safe(missing->source));
      std::string below = advice(*missing);
      if (count > 1) join(below, fmt::format("{} rules wait for it", count));
      if (!places_aside_) join(below, safe(missing->source));
      wrapped(below, Tone::dim);
    }
    if (shown < entries.size()) entry("missing", Tone::caution).put(left_, fmt::format("{} more", entries.size() - shown));
    section();
  }

  // ---- what would change the decision ----

  void what_would_change() {
    for (const Change& change : changes(policy_)) {
      section();
      paragraph("change", Tone::bold, change.heading, "");
      for (const std::string& rule : change.rules) {
        std::vector<std::string> parts = wrap(rule, width_ - left_ - kIndent);
        line().put(left_, "- ").append(std::move(parts.front()));
        for (std::size_t i = 1; i < parts.size(); ++i) line().put(left_ + kIndent, std::move(parts[i]));
      }
      if (change.left_out != 0) wrapped("and " + counted(change.left_out, "more rule"), Tone::dim);
      section();
    }
  }

  // The lines that the values were read from.
  void quoted_lines(const RuleVerdict& rule) {
    std::vector<std::string> seen;
    for (const decision::Observed& part : rule.observed) {
      const auto found = options_.lines.find(part.source);
      if (found == options_.lines.end() || std::ranges::find(seen, part.source) != seen.end()) continue;
      if (seen.size() == kMostQuoted) return;
      seen.push_back(part.source);
      const std::string where = safe(part.source) + " │ ";
      const std::string text = safe(found->second);
      if (left_ + width_of(where) + width_of(text) <= width_) {
        line().put(left_, where, Tone::dim).append(text);
        continue;
      }
      line().put(left_, safe(part.source), Tone::dim);
      for (std::string& piece : wrap(text, width_ - left_ - kGutter)) line().put(left_, "│ ", Tone::dim).append(std::move(piece));
    }
  }

  // ---- what is to be done ----

  void procedures() {
    for (const decision::ProcedureVerdict& procedure : policy_.procedures) {
      section();
      std::string what = safe(procedure.title.empty() ? procedure.id : procedure.title);
      std::string before = ", for ";
      for (const std::string& id : procedure.answers) what += std::exchange(before, ", ") + safe(id);
      paragraph("do", Tone::bold, what, place_text(procedure.place));
      std::string about;
      if (!procedure.title.empty()) join(about, safe(procedure.id));
      if (!procedure.severity.empty()) join(about, "severity " + safe(procedure.severity));
      if (!procedure.owner.empty() && procedure.owner != policy_.owner) join(about, "owner " + safe(procedure.owner));
      wrapped(about, Tone::dim);
      wrapped(safe(procedure.reason), Tone::caution);
      lacking(procedure.missing);
      if (!procedure.why.empty()) wrapped("why: " + safe(procedure.why));
      if (!procedure.evidence.empty()) wrapped("evidence: " + safe(procedure.evidence));
      for (std::size_t i = 0; i < procedure.steps.size(); ++i) step(i + 1, procedure.steps[i]);
      section();
    }
  }

  void step(std::size_t number, const decision::StepVerdict& step) {
    std::string what = safe(step.title.empty() ? step.name : step.title);
    if (!step.owner.empty()) what += (what.empty() ? "owner " : ", owner ") + safe(step.owner);
    wrapped(fmt::format("{}. {}", number, what));
    wrapped(safe(step.reason), Tone::caution);
    if (!step.why.empty()) wrapped("why: " + safe(step.why));
    command(step);
    lacking(step.missing);
    for (const decision::CheckVerdict& check : step.checks) {
      wrapped("now " + std::string(name(check.outcome)) + ": " + safe(check.condition) + (check.missing.empty() ? values(check.observed) : ""),
              check.outcome == Outcome::pass ? Tone::good : Tone::caution);
      lacking(check.missing);
    }
  }

  // As it was written, however long: broken lines would be other commands.
  void command(const decision::StepVerdict& step) {
    std::string_view rest = step.run;
    std::string before = "$ ";
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      line().put(left_ + kIndent, std::exchange(before, "  ") + safe(rest.substr(0, end)),
                 step.is_complete ? Tone::bold : Tone::caution);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void lacking(const std::vector<decision::Missing>& missing) {
    for (const decision::Missing& m : missing) wrapped(safe(m.reason), Tone::caution);
  }

  static std::string values(const std::vector<decision::Observed>& observed) {
    std::string values;
    for (const decision::Observed& seen : observed) {
      if (!seen.values.empty()) join(values, safe(seen.expr) + " " + safe(seen.values.back()));
    }
    return values.empty() ? "" : " (" + values + ")";
  }

  // ---- the rest ----

  void rest() {
    if (options_.verbose) return;
    const std::uint32_t passed = policy_.counts[static_cast<std::size_t>(Outcome::pass)];
    if (passed != 0) {
      Line& pass = entry("pass", Tone::good).put(left_, counted(passed, "rule"));
      aside_or_behind(pass, kListsThem);
    }
    skipped();
  }

  void skipped() {
    std::vector<std::pair<std::string, std::size_t>> reasons;  // in the order of the policy
    for (const RuleVerdict& rule : policy_.rules) {
      if (rule.outcome != Outcome::skipped || rule.trial) continue;
      const std::string reason = safe(rule.reason) + due(rule);
      const auto found = std::ranges::find(reasons, reason, &std::pair<std::string, std::size_t>::first);
      if (found == reasons.end()) reasons.emplace_back(reason, 1);
      else ++found->second;
    }
    std::size_t left_over = 0;
    for (std::size_t i = 0; i < reasons.size(); ++i) {
      if (i >= kMostReasons) left_over += reasons[i].second;
      else paragraph(i == 0 ? "skipped" : "", Tone::dim, counted(reasons[i].second, "rule") + ", " + reasons[i].first, "");
    }
    if (left_over != 0) entry("", Tone::dim).put(left_, counted(left_over, "rule") + " more");
  }

  void overrides() {
    if (!policy_.overrides.empty()) section();
    for (const OverrideVerdict& o : policy_.overrides) {
      std::string text = safe(o.target);
      if (!o.to.empty()) text += o.from.empty() ? " = " + safe(o.to) : ": " + safe(o.to) + " in place of " + safe(o.from);
      else if (!o.from.empty()) text += ": " + safe(o.from);
      if (!o.because.empty()) text += ", because \"" + safe(o.because) + "\"";
      paragraph(safe(o.what), Tone::bold, text, place_text(o.place));
    }
  }

  void trials() {
    std::size_t count = 0;
    for (const std::uint32_t n : policy_.trial_counts) count += n;
    if (count == 0) return;
    section();
    entry("on trial, deciding nothing", Tone::bold);
    rules(true);
    if (options_.verbose) return;
    for (const OutcomeStyle& style : kRest) {
      const std::uint32_t n = policy_.trial_counts[static_cast<std::size_t>(style.outcome)];
      if (n != 0) entry(fmt::format("{}: {}", style.would, counted(n, "rule")), Tone::plain);
    }
  }

  // What identifies the policy, for --verbose.
  void particulars() {
    section();
    const auto fact = [this](const std::string& label, const std::string& text) {
      if (text.empty()) return;
      std::vector<std::string> parts = wrap(text, width_ - left_);
      entry(label, Tone::dim).put(left_, std::move(parts.front()));
      for (std::size_t i = 1; i < parts.size(); ++i) line().put(left_, std::move(parts[i]));
    };
    fact("policy", safe(policy_.title));
    fact("owner", safe(policy_.owner));
    fact("digest", safe(policy_.digest));
    for (const std::string& file : policy_.files) fact("file", safe(file));
    if (policy_.rollout && policy_.rollout->stage_began_at) fact("stage", "since " + safe(*policy_.rollout->stage_began_at));
  }

  const PolicyVerdict& policy_;
  const Options& options_;
  std::size_t width_;
  std::size_t left_ = 0;   // column of texts
  std::size_t right_ = 0;  // column of places
  bool places_aside_ = true;
  bool needs_gap_ = false;
  std::vector<Line> lines_;
};

// What all policies share: the moment, and on request the inputs.
void shared_particulars(const Verdict& verdict, const Options& options, std::string& out) {
  const std::size_t width = std::max(options.width, kNarrowest);
  const auto note = [&](const std::string& text) {
    for (std::string& part : wrap(text, width - kIndent)) {
      Line().put(kIndent, std::move(part), Tone::dim).render(options.color, out);
    }
  };
  if (verdict.at_from_clock) {
    out += '\n';
    note("judged at " + safe(verdict.at) + ", the machine's clock: neither a document nor --at says when");
  }
  if (!options.verbose) return;
  out += '\n';
  if (!verdict.at_from_clock) note("judged at " + safe(verdict.at));
  if (verdict.deployed_at) note("deployed at " + safe(*verdict.deployed_at));
  for (const decision::InputVerdict& input : verdict.inputs) {
    note("input " + safe(input.name) + (input.digest.empty() ? "" : " " + safe(input.digest)));
  }
  note(fmt::format("dpol {}", kVersion));
}

}  // namespace

std::string render_pretty(const Verdict& verdict, const Options& options) {
  std::string out;
  if (verdict.policies.size() != 1) {
    const std::string word = verdict.any_applies ? upper(verdict.decision_word) : "NOTHING DECIDED";
    const Tone tone = verdict.any_applies ? tone_of(verdict.decision) : Tone::dim;
    Line().put(0, word, tone)
        .put(width_of(word) + kGutter, fmt::format("{} {}", verdict.policies.size(), verdict.policies.size() == 1 ? "policy" : "policies"))
        .render(options.color, out);
  }
  for (const PolicyVerdict& policy : verdict.policies) {
    if (!out.empty()) out += '\n';
    out += PolicyPage(policy, options).run();
  }
  const auto asked = [](const PolicyVerdict& policy) { return policy.messages.has_value(); };
  if (std::ranges::any_of(verdict.policies, asked)) out += "\n" + messages_as_text(verdict, Which::due);
  shared_particulars(verdict, options, out);
  return out;
}

}  // namespace dpol::reports
