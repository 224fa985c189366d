// From a Plan to a Document: which sections there are, and in which order.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "plans/plans.h"
#include "plans/words.h"

namespace dpol::plans {
namespace {

using decision::ChoicePlan;
using decision::ClausePlan;
using decision::ItemPlan;
using decision::MessagePlan;
using decision::Need;
using decision::Outcome;
using decision::PlanState;
using decision::PolicyPlan;
using decision::ProcedurePlan;
using decision::SectionPlan;
using decision::StagePlan;
using doc::append;
using doc::code;
using doc::Entries;
using doc::Entry;
using doc::Lines;
using doc::Paragraph;
using doc::plain;
using doc::Run;
using doc::Section;
using doc::strong;
using doc::Table;
using doc::Text;
using doc::Tone;

void line(Lines& lines, std::string_view label, Text text, Tone tone = Tone::none) {
  if (!text.empty()) lines.push_back({std::string(label), std::move(text), tone});
}

// Of a rule that is one verb of a threshold the metric, too: latency_p95.require.
std::string last_part(const std::string& id) {
  const std::size_t dot = id.rfind('.');
  if (dot == std::string::npos) return id;
  const std::string_view last = std::string_view(id).substr(dot + 1);
  for (const std::string_view verb : {"require", "warn", "hold", "rollback"}) {
    const bool is_verb = last == verb || (last.starts_with(verb) && last[verb.size()] == '_');
    if (is_verb && dot != 0) return id.substr(id.rfind('.', dot - 1) + 1);
  }
  return std::string(last);
}

Text title_or_name(const std::string& title, const std::string& id) {
  return {doc::is_blank(title) ? code(last_part(id)) : strong(title)};
}

Text number(std::size_t count) { return doc::words(count == 0 ? "" : std::to_string(count)); }

struct Spoken {
  std::string_view label;
  Tone tone;
};

Spoken spoken(const ItemPlan& item, const ClausePlan& clause) {
  if (clause.verb == "require" && clause.or_rollback) return {"Requires, else rolls back", Tone::rollback};
  if (clause.verb == "require") return {"Requires", Tone::require};
  if (clause.verb == "warn") return {"Warns when", Tone::warn};
  if (clause.verb == "hold") return {"Holds when", Tone::hold};
  if (clause.verb == "rollback") return {"Rolls back when", Tone::rollback};
  if (item.gate == "enter") return {"Entered once signed by", Tone::person};
  if (item.gate == "leave") return {"Left once signed by", Tone::person};
  if (item.gate == "decide") return {"Decided by", Tone::person};
  return {"Signed by", Tone::person};
}

// As a task of its section, with all that it takes; others stand in tables.
bool is_listed(const SectionPlan& section, const ItemPlan& item) {
  return item.is_task && item.state != PlanState::not_applicable && section.state != PlanState::not_applicable;
}

class PolicyPages {
 public:
  PolicyPages(const decision::Plan& plan, const PolicyPlan& policy, unsigned level, doc::Anchors& anchors)
      : plan_(plan), policy_(policy), level_(level), anchors_(anchors) {
    for (const SectionPlan& section : policy.sections) {
      section_anchors_.push_back(anchors.of(policy.id + "-" + section.title));
      for (const ItemPlan& item : section.items)
        if (is_listed(section, item)) item_anchors_[item.rule.id] = anchors.of(item.rule.id);
    }
  }

  std::vector<doc::Block> head() const;
  std::vector<Section> sections();

 private:
  Section& section(std::string title, std::string anchor, unsigned deeper = 0);
  Section& section_of(std::string title, std::string_view name) {
    return section(std::move(title), anchors_.of(policy_.id + "-" + std::string(name)));
  }
  void other_parts();
  Text link(const std::string& rule) const;
  Text summary() const;

  void glance();
  void needs();
  Text how(const Need& need) const;
  void signatures();
  void strategy();
  Table choices() const;
  Table stages() const;
  void tasks(std::size_t index);
  Text times(const SectionPlan& section) const;
  Entry task(const ItemPlan& item) const;
  void clause(const ItemPlan& item, const ClausePlan& clause, Lines& lines) const;
  void signs(const ClausePlan& clause, bool is_done, Lines& lines) const;
  void reasons(const ItemPlan& item, Lines& lines) const;
  void not_asked(const SectionPlan& section, Section& at) const;
  void watched();
  void watch(const SectionPlan& section, const ItemPlan& item, Table& table) const;
  void procedures();
  void procedure(const ProcedurePlan& plan);
  Entry step(const ProcedurePlan& plan, std::size_t index) const;
  void messages();
  Entry message(const MessagePlan& plan) const;
  void changes();

  const decision::Plan& plan_;
  const PolicyPlan& policy_;
  unsigned level_;
  doc::Anchors& anchors_;
  std::vector<std::string> section_anchors_;
  std::map<std::string, std::string> item_anchors_;
  std::vector<Section> sections_;
};

// ---------------------------------------------------------------------------- the release

std::string release_of(const PolicyPlan& policy) {
  std::string text = policy.service;
  if (!policy.version.empty()) text += (text.empty() ? "" : " ") + policy.version;
  if (!policy.environment.empty()) text += (text.empty() ? "" : " ") + ("to " + policy.environment);
  return text;
}

std::vector<doc::Block> PolicyPages::head() const {
  Lines lines;
  line(lines, "Release", doc::words(release_of(policy_)));
  Text policy = {code(policy_.id)};
  if (!doc::is_blank(policy_.title)) policy.push_back(plain(" " + policy_.title));
  if (!policy_.owner.empty()) policy.push_back(plain(", owned by " + policy_.owner));
  line(lines, "Policy", std::move(policy));
  if (policy_.trial) {
    const std::string until = policy_.trial_until ? "until " + *policy_.trial_until + " " : "";
    line(lines, "On trial", doc::words(until + "it decides nothing"));
  }
  line(lines, "As of", doc::words(plan_.at + (plan_.at_from_clock ? ", by the clock" : "")));
  line(lines, "Deployment", {plain("T"), plain(plan_.deployed_at ? " is " + *plan_.deployed_at : " is not known yet")});
  if (!policy_.because.condition.empty()) line(lines, "Only if", because(policy_.because));
  for (const decision::Missing& one : policy_.because.missing) line(lines, "Missing", missing(one));
  if (!policy_.applies) line(lines, "Not for this release", doc::words("the policy asks nothing of it"), Tone::hold);
  if (policy_.applies) line(lines, "Tasks", summary());
  std::vector<doc::Block> blocks;
  blocks.emplace_back(std::move(lines));
  for (const std::string& text : doc::paragraphs(policy_.doc)) blocks.emplace_back(Paragraph{doc::words(text)});
  return blocks;
}

Text PolicyPages::summary() const {
  constexpr std::string_view kWords[] = {"done", "open", "later", "over", "not for this release"};
  std::string text;
  for (std::size_t i = 0; i < decision::kPlanStateCount; ++i) {
    if (policy_.counts[i] != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", policy_.counts[i], kWords[i]);
  }
  return doc::words(text.empty() ? "none" : text);
}

std::vector<Section> PolicyPages::sections() {
  if (!policy_.applies) return {};
  glance();
  needs();
  signatures();
  strategy();
  for (std::size_t i = 0; i < policy_.sections.size(); ++i) tasks(i);
  watched();
  procedures();
  messages();
  other_parts();
  changes();
  return std::move(sections_);
}

Section& PolicyPages::section(std::string title, std::string anchor, unsigned deeper) {
  sections_.push_back({level_ + deeper, std::move(title), std::move(anchor), {}});
  return sections_.back();
}

Text PolicyPages::link(const std::string& rule) const {
  const auto anchor = item_anchors_.find(rule);
  const std::string name = rule.starts_with(policy_.id + ".") ? rule.substr(policy_.id.size() + 1) : rule;
  return {code(name, anchor == item_anchors_.end() ? "" : anchor->second)};
}

void PolicyPages::glance() {
  if (policy_.sections.empty()) return;
  Table table{"How far each part is",
              {"Part", "From", "Until", "Done", "Open", "Later", "Over", "Not for this release", "Watched"},
              {}};
  for (std::size_t i = 0; i < policy_.sections.size(); ++i) {
    const SectionPlan& section = policy_.sections[i];
    if (section.state == PlanState::not_applicable) continue;
    std::size_t counts[decision::kPlanStateCount] = {};
    std::size_t watched = 0;
    for (const ItemPlan& item : section.items) {
      if (item.is_task) ++counts[static_cast<std::size_t>(item.state)];
      if (!item.is_task && item.state != PlanState::not_applicable) ++watched;
    }
    std::vector<Text> row = {{Run{doc::Form::plain, section.title, section_anchors_[i]}},
                             moment(section.from, section.from_at),
                             moment(section.until, section.until_at)};
    for (const std::size_t count : counts) row.push_back(number(count));
    row.push_back(number(watched));
    table.rows.push_back(std::move(row));
  }
  section_of("At a glance", "glance").blocks.emplace_back(std::move(table));
}

// ---------------------------------------------------------------------------- what is to be brought

void PolicyPages::needs() {
  if (policy_.needs.empty()) return;
  Table table{"What is missing", {"Missing", "How to bring it", "When", "Waiting for it"}, {}};
  constexpr std::size_t kMostRules = 8;
  for (const bool now : {true, false}) {
    for (const Need& need : policy_.needs) {
      if (need.now != now) continue;
      std::vector<Text> rules;
      for (std::size_t i = 0; i < std::min(need.rules.size(), kMostRules); ++i) rules.push_back(link(need.rules[i]));
      if (need.rules.size() > kMostRules) rules.push_back(doc::words(fmt::format("{} more", need.rules.size() - kMostRules)));
      table.rows.push_back({doc::words(need.missing.reason), how(need), doc::words(now ? "now" : "later"), doc::listed(rules)});
    }
  }
  section_of("What is missing", "missing").blocks.emplace_back(std::move(table));
}

Text PolicyPages::how(const Need& need) const {
  Text text = missing(need.missing);
  text.erase(text.begin());
  if (!text.empty()) text.front().text.erase(0, 2);  // "; "
  if (need.files.empty()) return text;
  append(text, {plain((text.empty() ? "" : "; ") + std::string("the source reads "))});
  append(text, doc::listed_code(need.files));
  if (!need.format.empty()) text.push_back(plain(" as " + need.format));
  return text;
}

void PolicyPages::signatures() {
  Table table{"Who signs what", {"What", "Who", "Part", "How far"}, {}};
  for (const SectionPlan& section : policy_.sections) {
    for (const ItemPlan& item : section.items) {
      if (item.state == PlanState::not_applicable) continue;
      for (const ClausePlan& clause : item.clauses) {
        if (!clause.ask) continue;
        const bool is_done = clause.state == PlanState::done;
        const bool is_later = clause.state == PlanState::later;
        table.rows.push_back({link(item.rule.id), ask(*clause.ask), doc::words(section.title),
                              doc::words(is_done ? "signed" : is_later ? "later" : "open")});
      }
    }
  }
  if (!table.rows.empty()) section_of("Who signs", "signatures").blocks.emplace_back(std::move(table));
}

// ---------------------------------------------------------------------------- the strategy

void PolicyPages::strategy() {
  if (policy_.choices.empty() && policy_.stages.empty()) return;
  Section& at = section_of("Strategy", "strategy");
  Text text;
  if (policy_.rollout_unknown) {
    text = doc::words("Nobody can tell yet which rollout is used.");
  } else if (policy_.rollout.empty()) {
    text = doc::words("No rollout is used.");
  } else {
    text = {plain("The rollout "), code(policy_.rollout), plain(" is used")};
    if (!doc::is_blank(policy_.rollout_title)) text.push_back(plain(", “" + policy_.rollout_title + "”"));
    text.push_back(plain("."));
  }
  at.blocks.emplace_back(Paragraph{std::move(text)});
  if (!policy_.choices.empty()) at.blocks.emplace_back(choices());
  if (policy_.stages.empty()) return;
  at.blocks.emplace_back(stages());
  at.blocks.emplace_back(Paragraph{doc::words("A stage begins no earlier than it says, if every one before it is left "
                                              "as soon as it has baked.")});
}

Table PolicyPages::choices() const {
  Table table{"Which rollout is used", {"Rollout", "When", "For this release"}, {}};
  for (const ChoicePlan& choice : policy_.choices) {
    const Text when = choice.when.condition.empty() ? doc::words("otherwise") : because(choice.when);
    std::string holds = choice.chosen             ? "used"
                        : choice.holds == "yes"   ? "holds"
                        : choice.holds == "no"    ? "does not hold"
                        : choice.holds == "unknown" ? "not known"
                                                  : "not asked";
    table.rows.push_back({{code(choice.rollout)}, when, doc::words(holds)});
  }
  return table;
}

Table PolicyPages::stages() const {
  Table table{"Stages of " + policy_.rollout,
              {"Stage", "What it is", "Begins", "Bakes for", "At most", "Leaves out", "Only if", "What is run", "How far"},
              {}};
  for (const StagePlan& stage : policy_.stages) {
    Text most;
    if (!stage.at_most.empty())
      most = doc::words(stage.at_most + (stage.at_most_else == "rollback" ? ", else rolls back" : ", else no-go"));
    constexpr std::string_view kFar[] = {"", "here", "", "over", "not for this release"};
    table.rows.push_back({{code(stage.name)},
                          doc::words(stage.title),
                          moment(stage.from, stage.from_at),
                          doc::words(stage.bake),
                          std::move(most),
                          doc::words(stage.settle.empty() ? "" : "its first " + stage.settle),
                          because(stage.because),
                          doc::code_or_nothing(stage.run),
                          doc::words(kFar[static_cast<std::size_t>(stage.state)])});
  }
  return table;
}

// ---------------------------------------------------------------------------- tasks

void PolicyPages::tasks(std::size_t index) {
  const SectionPlan& plan = policy_.sections[index];
  if (plan.state == PlanState::not_applicable) return;
  Section& at = section(plan.title, section_anchors_[index]);
  at.blocks.emplace_back(Paragraph{times(plan)});
  Entries entries;
  for (const ItemPlan& item : plan.items) {
    if (is_listed(plan, item)) entries.push_back(task(item));
  }
  const auto watched = std::ranges::count_if(plan.items, [](const ItemPlan& item) {
    return !item.is_task && item.state != PlanState::not_applicable;
  });
  if (!entries.empty()) at.blocks.emplace_back(std::move(entries));
  if (watched != 0) {
    at.blocks.emplace_back(Paragraph{doc::words(doc::counted(static_cast<std::size_t>(watched), "rule") +
                                                (watched == 1 ? " watches" : " watch") + " what happens; see below.")});
  }
  not_asked(plan, at);
}

// Rollouts that are not used, phases that are not for this release.
void PolicyPages::other_parts() {
  Table table{"Parts for other releases", {"Part", "Why", "Values", "Rules"}, {}};
  for (const SectionPlan& section : policy_.sections) {
    if (section.state != PlanState::not_applicable) continue;
    table.rows.push_back({doc::words(section.title), doc::words(section.reason), values(section.because.observed),
                          number(section.items.size())});
  }
  if (!table.rows.empty()) section_of("Parts for other releases", "other-parts").blocks.emplace_back(std::move(table));
}

Text PolicyPages::times(const SectionPlan& section) const {
  Text text;
  if (section.from.empty() && !section.from_at) {
    text = doc::words(section.kind == decision::SectionKind::any_time ? "Due before the deployment and after it."
                                                                      : "Due once it is reached.");
  } else {
    text = {plain("From ")};
    append(text, moment(section.from, section.from_at));
  }
  if (!section.until.empty()) {
    text.push_back(plain(" until "));
    append(text, moment(section.until, section.until_at));
  }
  if (section.from.empty() && !section.from_at) return text;
  constexpr std::string_view kFar[] = {".", ".", "; not yet.", "; over.", "."};
  text.push_back(plain(std::string(kFar[static_cast<std::size_t>(section.state)])));
  if (!section.reason.empty()) text.push_back(plain(" " + section.reason + "."));
  return text;
}

Entry PolicyPages::task(const ItemPlan& item) const {
  Entry entry;
  entry.anchor = item_anchors_.at(item.rule.id);
  entry.id = item.rule.id;
  entry.title = title_or_name(item.rule.title, item.rule.id);
  if (!item.gate.empty() && doc::is_blank(item.rule.title)) {
    const std::string_view what = item.gate == "enter" ? "Entering" : item.gate == "leave" ? "Leaving" : "What becomes of";
    entry.title = {strong(fmt::format("{} stage {}", what, item.stage))};
  }
  if (item.is_final) entry.marks.emplace_back("final");
  if (item.rule.trial) entry.marks.emplace_back("on trial");
  entry.state = state_of(item);
  Text labels;
  for (const std::string& label : item.rule.each) {
    if (!labels.empty()) labels.push_back(plain(", "));
    labels.push_back(code(label));
  }
  if (!labels.empty()) line(entry.lines, "For each", std::move(labels));
  for (const ClausePlan& one : item.clauses) clause(item, one, entry.lines);
  reasons(item, entry.lines);
  return entry;
}

void PolicyPages::clause(const ItemPlan& item, const ClausePlan& clause, Lines& lines) const {
  const auto [label, tone] = spoken(item, clause);
  if (clause.ask) {
    line(lines, label, ask(*clause.ask), tone);
    signs(clause, clause.state == PlanState::done, lines);
    return;
  }
  line(lines, label, {code(clause.condition)}, tone);
  line(lines, "Limit", limits(clause));
  Text seen = values(clause.observed);
  const bool tells = clause.margin_words && (clause.state == PlanState::open || *clause.margin_words != "at the limit");
  if (tells && !seen.empty()) seen.push_back(plain(", " + *clause.margin_words));
  line(lines, clause.fired_at ? "At " + *clause.fired_at : "Now", std::move(seen));
  for (const decision::Missing& one : clause.missing) line(lines, "Missing", missing(one), Tone::warn);
}

void PolicyPages::signs(const ClausePlan& clause, bool is_done, Lines& lines) const {
  for (const decision::SignOffVerdict& said : clause.sign_offs) {
    std::string text = said.by + (said.role.empty() ? "" : " as " + said.role) + " at " + said.at + ": " + said.answer;
    if (!said.note.empty()) text += ", “" + said.note + "”";
    if (!said.counts) text += "; it does not count: " + said.why_not;
    line(lines, "Said", doc::words(text));
  }
  for (const decision::Missing& one : clause.missing) line(lines, "Missing", missing(one), Tone::warn);
  if (is_done) return;
  if (clause.state == PlanState::open) line(lines, "Waits", doc::words(clause.reason), Tone::warn);
  line(lines, "To sign", doc::code_or_nothing(clause.ask->command));
}

void PolicyPages::reasons(const ItemPlan& item, Lines& lines) const {
  if (!item.because.condition.empty() || !item.because.missing.empty()) {
    line(lines, "Cannot tell whether", because(item.because), Tone::warn);
    for (const decision::Missing& one : item.because.missing) line(lines, "Missing", missing(one), Tone::warn);
  }
  for (const decision::PartVerdict& part : item.rule.parts) {
    Text text = {code(part.condition), plain(" brings " + part.earned + " of " + part.worth)};
    line(lines, "Part", std::move(text));
  }
  if (!item.rule.score.empty()) line(lines, "Score", doc::words(item.rule.score));
  if (item.rule.waiver) {
    const decision::WaiverVerdict& waiver = *item.rule.waiver;
    line(lines, "Waiver",
         doc::words(fmt::format("{} by {} until {}, because “{}”", waiver.state, waiver.by, waiver.until, waiver.because)),
         Tone::change);
  }
  if (item.state == PlanState::done) return;
  line(lines, "Why", doc::words(item.rule.why));
  line(lines, "Evidence", doc::words(item.rule.evidence));
  line(lines, "Severity", doc::words(item.rule.severity));
  if (item.rule.owner != policy_.owner) line(lines, "Owner", doc::words(item.rule.owner));
  if (!item.waivable_by.empty()) line(lines, "Waivable by", doc::listed_code(item.waivable_by), Tone::person);
}

void PolicyPages::not_asked(const SectionPlan& section, Section& at) const {
  Table table{"Not for this release: " + section.title, {"Not for this release", "Why", "Values"}, {}};
  for (const ItemPlan& item : section.items) {
    if (item.state != PlanState::not_applicable) continue;
    Text what = link(item.rule.id);
    if (!doc::is_blank(item.rule.title)) append(what, {plain(" " + item.rule.title)});
    table.rows.push_back({std::move(what), doc::words(item.rule.reason), values(item.because.observed)});
  }
  if (!table.rows.empty()) at.blocks.emplace_back(std::move(table));
}

// ---------------------------------------------------------------------------- what is watched

void PolicyPages::watched() {
  Table table{"What is watched", {"What", "Does", "When", "Limit", "Part", "Now"}, {}};
  for (const SectionPlan& section : policy_.sections) {
    if (section.state == PlanState::not_applicable) continue;
    for (const ItemPlan& item : section.items)
      if (item.state != PlanState::not_applicable) watch(section, item, table);
  }
  if (table.rows.empty()) return;
  Section& at = section_of("What rolls back, holds and warns", "watched");
  at.blocks.emplace_back(std::move(table));
}

void PolicyPages::watch(const SectionPlan& section, const ItemPlan& item, Table& table) const {
  for (const ClausePlan& clause : item.clauses) {
    const bool undoes = clause.verb == "rollback" || clause.or_rollback;
    const bool warns = clause.verb == "warn" || clause.verb == "hold";
    if (!undoes && !warns) continue;
    Text what = link(item.rule.id);
    if (!doc::is_blank(item.rule.title)) append(what, {plain(" " + item.rule.title)});
    if (item.rule.trial) what.push_back(plain(" (on trial)"));
    Text when = {code(clause.condition)};
    if (clause.or_rollback) append(when, {plain(" does not hold")});
    Text now;
    if (clause.state != PlanState::later && clause.state != PlanState::over) {
      const bool quiet = clause.outcome == Outcome::pass;
      const bool known = clause.outcome != Outcome::unknown;
      now = doc::words(quiet ? "quiet" : known ? decision::name(clause.outcome) : "not known");
    }
    table.rows.push_back({std::move(what), doc::words(undoes ? "rolls back" : clause.verb == "hold" ? "holds" : "warns"),
                          std::move(when), limits(clause), doc::words(section.title), std::move(now)});
  }
}

// ---------------------------------------------------------------------------- procedures

void PolicyPages::procedures() {
  if (policy_.procedures.empty()) return;
  section_of("What to do when it goes wrong", "procedures");
  Table others{"Procedures that are not for this release", {"Not for this release", "Why", "Values"}, {}};
  for (const ProcedurePlan& plan : policy_.procedures) {
    if (plan.state != PlanState::not_applicable) {
      procedure(plan);
      continue;
    }
    Text what = {code(last_part(plan.procedure.id))};
    if (!doc::is_blank(plan.procedure.title)) append(what, {plain(" " + plan.procedure.title)});
    others.rows.push_back({std::move(what), doc::words(plan.reason), values(plan.because.observed)});
  }
  if (others.rows.empty()) return;
  section("Procedures for other releases", anchors_.of(policy_.id + "-other-procedures"), 1)
      .blocks.emplace_back(std::move(others));
}

void PolicyPages::procedure(const ProcedurePlan& plan) {
  const decision::ProcedureVerdict& procedure = plan.procedure;
  Section& at = section(doc::is_blank(procedure.title) ? last_part(procedure.id) : procedure.title,
                        anchors_.of(procedure.id), 1);
  Lines lines;
  line(lines, "Procedure", {code(procedure.id)});
  std::vector<Text> rules;
  for (const std::string& rule : plan.state == PlanState::open ? procedure.answers : plan.on) rules.push_back(link(rule));
  line(lines, plan.state == PlanState::open ? "Now, as of" : "Once one of these fires or fails", doc::listed(rules),
       Tone::rollback);
  line(lines, "Only if", because(plan.because));
  for (const decision::Missing& one : procedure.missing) line(lines, "Missing", missing(one), Tone::warn);
  line(lines, "Owner", doc::words(procedure.owner));
  line(lines, "Why", doc::words(procedure.why));
  at.blocks.emplace_back(std::move(lines));
  Entries steps;
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) steps.push_back(step(plan, i));
  if (!steps.empty()) at.blocks.emplace_back(std::move(steps));
}

Entry PolicyPages::step(const ProcedurePlan& plan, std::size_t index) const {
  const decision::StepVerdict& step = plan.procedure.steps[index];
  Entry entry;
  entry.id = plan.procedure.id + "." + (step.name.empty() ? std::to_string(index + 1) : step.name);
  entry.anchor = anchors_.of(entry.id);
  const std::string title = !doc::is_blank(step.title) ? step.title : !step.name.empty() ? step.name : "Step";
  entry.title = {strong(fmt::format("{}. {}", index + 1, title))};
  line(entry.lines, "By", doc::words(step.owner == plan.procedure.owner ? "" : step.owner), Tone::person);
  line(entry.lines, "Perhaps", doc::words(step.reason), Tone::warn);
  for (const decision::CheckVerdict& check : step.checks) {
    Text text = {code(check.condition)};
    const char* now = check.outcome == Outcome::pass ? "it is so now" : check.outcome == Outcome::fail ? "it is not so now" : "not known now";
    text.push_back(plain(std::string("; ") + now));
    line(entry.lines, "Must be so", std::move(text), Tone::require);
  }
  for (const decision::Missing& one : step.missing) line(entry.lines, "Missing", missing(one), Tone::warn);
  line(entry.lines, "Why", doc::words(step.why));
  if (!step.run.empty()) entry.texts.push_back({step.is_complete ? "Run" : "Incomplete, not to be run", step.run});
  return entry;
}

// ---------------------------------------------------------------------------- messages

void PolicyPages::messages() {
  if (policy_.messages.empty()) return;
  Section& at = section_of("Who is told what", "messages");
  Entries entries;
  Table others{"Messages that are not for this release", {"Not for this release", "Why"}, {}};
  for (const MessagePlan& plan : policy_.messages) {
    if (plan.message.state == decision::MessageState::not_applicable) {
      others.rows.push_back({{code(plan.message.name)}, doc::words(plan.message.reason)});
    } else {
      entries.push_back(message(plan));
    }
  }
  if (!entries.empty()) at.blocks.emplace_back(std::move(entries));
  if (!others.rows.empty()) at.blocks.emplace_back(std::move(others));
}

Entry PolicyPages::message(const MessagePlan& plan) const {
  const decision::MessageVerdict& message = plan.message;
  Entry entry;
  entry.anchor = anchors_.of(message.id);
  entry.id = message.id;
  entry.title = {code(message.name)};
  entry.state = state_of(message);
  std::vector<Text> to;
  for (const decision::RecipientVerdict& recipient : message.recipients) {
    Text one = recipient.is_role ? Text{code(recipient.name)} : doc::words(recipient.name);
    if (!recipient.members.empty()) one.push_back(plain(fmt::format(" ({})", fmt::join(recipient.members, ", "))));
    to.push_back(std::move(one));
  }
  line(entry.lines, "To", doc::listed(to), Tone::person);
  line(entry.lines, "Via", doc::words(fmt::format("{}", fmt::join(message.channels, ", "))));
  line(entry.lines, "When", doc::words(message.when));
  line(entry.lines, "Stands in", doc::words(plan.section));
  line(entry.lines, "From", moment(plan.from, plan.from_at));
  if (message.until) line(entry.lines, "Until", doc::words(*message.until));
  if (message.sent_at) line(entry.lines, "Sent", doc::words(*message.sent_at));
  if (message.again_at) line(entry.lines, "Again", doc::words(*message.again_at));
  line(entry.lines, "Now", doc::words(message.reason));
  // What is measured is not there before it is measured.
  for (const decision::Missing& one : message.missing) {
    if (message.state != decision::MessageState::not_yet || one.fault == "missing")
      line(entry.lines, "Missing", missing(one), Tone::warn);
  }
  if (message.owner != policy_.owner) line(entry.lines, "Owner", doc::words(message.owner));
  entry.texts.push_back({"Text", message.text});
  return entry;
}

// ---------------------------------------------------------------------------- changes

void PolicyPages::changes() {
  if (policy_.overrides.empty()) return;
  Table table{"Changes of what is inherited", {"What", "Which", "It was", "It is", "Because"}, {}};
  for (const decision::OverrideVerdict& change : policy_.overrides) {
    table.rows.push_back({doc::words(change.what),
                          {code(change.target)},
                          doc::code_or_nothing(change.from),
                          doc::code_or_nothing(change.to),
                          doc::words(change.because)});
  }
  section_of("What was changed", "changes").blocks.emplace_back(std::move(table));
}

void add(doc::Document& document, std::vector<Section> sections) {
  for (Section& section : sections) document.sections.push_back(std::move(section));
}

std::string title_of(const PolicyPlan& policy) {
  const std::string release = release_of(policy);
  if (!release.empty()) return "Plan: " + release;
  return "Plan: " + (doc::is_blank(policy.title) ? policy.id : policy.title);
}

}  // namespace

doc::Document describe(const decision::Plan& plan) {
  doc::Document document;
  document.subject = "plan";
  document.written_by = "dpol plan";
  doc::Anchors anchors;
  if (plan.policies.size() == 1) {
    PolicyPages pages(plan, plan.policies.front(), 1, anchors);
    document.title = title_of(plan.policies.front());
    document.blocks = pages.head();
    add(document, pages.sections());
    return document;
  }
  document.title = plan.policies.empty() ? "Plan" : title_of(plan.policies.front());
  for (const PolicyPlan& policy : plan.policies) {
    PolicyPages pages(plan, policy, 2, anchors);
    const std::string title = doc::is_blank(policy.title) ? policy.id : policy.title;
    document.sections.push_back({1, title, anchors.of("policy-" + policy.id), pages.head()});
    add(document, pages.sections());
  }
  return document;
}

}  // namespace dpol::plans
