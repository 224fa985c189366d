// From checked policies to a Document: which sections there are, and in which order.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/doc/doc.h"
#include "compiler/doc/reads.h"
#include "compiler/doc/rules.h"
#include "compiler/doc/tasks.h"
#include "compiler/doc/words.h"
#include "lang/sorting.h"
#include "runtime/program/quantity.h"

namespace dpol::doc {
namespace {

using compiler::Checked;
using compiler::CheckedAnchor;
using compiler::CheckedChoice;
using compiler::CheckedClause;
using compiler::CheckedOverride;
using compiler::CheckedPhase;
using compiler::CheckedPolicy;
using compiler::CheckedRollout;
using compiler::CheckedRule;
using compiler::CheckedStage;
using compiler::ParamInfo;
using compiler::RoleInfo;
using program::Verb;

std::string name_or_title(const std::string& name, const std::string& title) {
  return is_blank(title) ? name : title;
}

// How much of each verb there is in a section.
struct Count {
  std::size_t require = 0, warn = 0, hold = 0, rollback = 0;
  std::vector<Text> people;

  void add(const CheckedRule& rule) {
    for (const CheckedClause& clause : rule.clauses) {
      switch (clause.verb) {
        case Verb::require:
          ++require;
          break;
        case Verb::warn:
          ++warn;
          break;
        case Verb::hold:
          ++hold;
          break;
        case Verb::rollback:
          ++rollback;
          break;
        case Verb::confirm: {
          const Text who =
              clause.approval.role.empty() ? words("anybody") : Text{code(clause.approval.role)};
          const auto same = [&who](const Text& other) {
            return other.front().text == who.front().text;
          };
          if (std::ranges::none_of(people, same)) people.push_back(who);
        }
      }
    }
  }
};

Text number(std::size_t count) { return words(count == 0 ? "" : std::to_string(count)); }

class PolicyPages {
 public:
  PolicyPages(const Checked& checked, const CheckedPolicy& policy, unsigned level, Anchors& anchors)
      : checked_(checked),
        policy_(policy),
        level_(level),
        anchors_(anchors),
        rules_(checked, policy, anchors),
        tasks_(policy, rules_, anchors) {}

  // What is said before the first section.
  std::vector<Block> head() const;
  std::vector<Section> sections();

 private:
  Section& section(std::string title, std::string_view anchor, unsigned deeper = 0);
  void add_rules(Section& section, const std::vector<Statement>& statements);
  void glance();

  void rules_of_policy(const std::vector<Statement>& statements, std::string title,
                       std::string_view anchor, std::string_view when);
  void phases(bool before_deployment);
  void phase(std::uint32_t index);
  Text times(const CheckedPhase& phase) const;

  void rollouts();
  void strategy();
  void rollout(std::uint32_t index);
  Table stages(const CheckedRollout& rollout) const;
  void rules_of_stages(std::uint32_t rollout, std::uint32_t first, std::uint32_t last);

  void tasks();
  void people();
  Text members(const std::string& role) const;
  void waivers();
  void parameters();
  void reads();
  void origins();
  Node origin(const compiler::CheckedParent& policy, std::set<std::string>& told) const;
  void requirements();

  const Checked& checked_;
  const CheckedPolicy& policy_;
  unsigned level_;
  Anchors& anchors_;
  RulesOf rules_;
  Tasks tasks_;
  std::vector<Section> sections_;
  Table glance_{"What is demanded when",
                {"When", "Requirements", "Signed by", "Warnings", "Holds", "Rollbacks"},
                {}};
};

// ---------------------------------------------------------------------------- the policy

std::vector<Block> PolicyPages::head() const {
  std::vector<Block> blocks;
  for (std::string& text : paragraphs(policy_.doc)) blocks.emplace_back(Paragraph{words(text)});
  Lines lines = {{"Policy", {code(policy_.id)}, Tone::none}};
  if (!policy_.owner.empty()) lines.push_back({"Owner", words(policy_.owner), Tone::none});
  if (policy_.applies)
    lines.push_back({"Applies only if", {code(policy_.applies.text)}, Tone::none});
  if (policy_.trial) {
    const std::string until =
        policy_.trial_until ? "until " + moment(*policy_.trial_until) + " " : "";
    lines.push_back(
        {"On trial", words(until + "it is judged and reported, and decides nothing"), Tone::none});
  }
  if (!policy_.extends.empty())
    lines.push_back({"Extends", listed_code(policy_.extends), Tone::none});
  blocks.emplace_back(std::move(lines));
  blocks.emplace_back(
      Paragraph{words("T is the moment at which the deployment begins. What is not known never "
                      "counts as good: it holds the release, unless a rule says otherwise.")});
  return blocks;
}

std::vector<Section> PolicyPages::sections() {
  section("At a glance", "glance");
  rules_of_policy(rules_.at_any_time(), "At any time", "any-time",
                  "Due before the deployment and after it.");
  phases(true);
  rules_of_policy(rules_.from_deployment(), "From the deployment on", "deployment",
                  "Due from T on, at every stage and after the last one.");
  rollouts();
  phases(false);
  glance();
  tasks();
  people();
  waivers();
  parameters();
  reads();
  origins();
  requirements();
  return std::move(sections_);
}

Section& PolicyPages::section(std::string title, std::string_view anchor, unsigned deeper) {
  sections_.push_back({level_ + deeper,
                       std::move(title),
                       anchors_.of(fmt::format("{}-{}", policy_.id, anchor)),
                       {}});
  return sections_.back();
}

void PolicyPages::add_rules(Section& section, const std::vector<Statement>& statements) {
  if (statements.empty()) return;
  Count count;
  for (const Statement& statement : statements) {
    for (const std::uint32_t rule : statement.rules) count.add(policy_.rules[rule]);
  }
  glance_.rows.push_back({{Run{Form::plain, section.title, section.anchor}},
                          number(count.require),
                          listed(count.people),
                          number(count.warn),
                          number(count.hold),
                          number(count.rollback)});
  section.blocks.emplace_back(rules_.entries(statements));
}

// It stands first, and is known last.
void PolicyPages::glance() {
  if (glance_.rows.empty()) {
    sections_.erase(sections_.begin());
  } else {
    sections_.front().blocks.emplace_back(std::move(glance_));
  }
}

// ---------------------------------------------------------------------------- in the order of time

void PolicyPages::rules_of_policy(const std::vector<Statement>& statements, std::string title,
                                  std::string_view anchor, std::string_view when) {
  if (statements.empty()) return;
  Section& at = section(std::move(title), anchor);
  at.blocks.emplace_back(Paragraph{words(when)});
  add_rules(at, statements);
}

// Those that open at a fact come last: when that is, only a release knows.
void PolicyPages::phases(bool before_deployment) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < policy_.phases.size(); ++i) {
    const CheckedAnchor& opens = policy_.phases[i].opens;
    const bool before = opens.from_deployment && opens.offset_seconds.sign() < 0;
    if (before == before_deployment) order.push_back(i);
  }
  lang::sort_stably(order, [this](std::uint32_t a, std::uint32_t b) {
    const CheckedAnchor& first = policy_.phases[a].opens;
    const CheckedAnchor& second = policy_.phases[b].opens;
    if (first.from_deployment != second.from_deployment) return first.from_deployment;
    return first.from_deployment && first.offset_seconds < second.offset_seconds;
  });
  for (const std::uint32_t index : order) phase(index);
}

void PolicyPages::phase(std::uint32_t index) {
  const CheckedPhase& phase = policy_.phases[index];
  Section& at = section(is_blank(phase.title) ? "Phase " + phase.name : phase.title, phase.name);
  at.blocks.emplace_back(Paragraph{times(phase)});
  add_rules(at, rules_.of_phase(index));
}

Text PolicyPages::times(const CheckedPhase& phase) const {
  Text text = {plain("Phase "), code(phase.name), plain(": ")};
  const Run opens = code(phase.opens.text);
  if (phase.kind == program::PhaseKind::during) {
    append(text,
           {plain("judged on what happens from "), opens, plain(" to "),
            code(phase.closes ? phase.closes->text : ""), plain(", and that stands afterwards.")});
  } else {
    const bool ends_at_deployment =
        !phase.closes && phase.opens.from_deployment && phase.opens.offset_seconds.sign() < 0;
    append(text, {plain("from "), opens});
    if (phase.closes) append(text, {plain(" until "), code(phase.closes->text)});
    if (ends_at_deployment) append(text, {plain(" until "), code("T")});
    text.push_back(plain(phase.closes || ends_at_deployment ? "." : " on."));
  }
  if (phase.only_if) append(text, {plain(" Only if "), code(phase.only_if.text), plain(".")});
  if (phase.after_rollback)
    text.push_back(plain(" The release has been undone: metrics are those of the stable version."));
  return text;
}

// ---------------------------------------------------------------------------- rollouts

void PolicyPages::rollouts() {
  strategy();
  for (std::uint32_t i = 0; i < policy_.rollouts.size(); ++i) rollout(i);
}

void PolicyPages::strategy() {
  if (policy_.rollouts.size() < 2) return;
  Section& at = section("Strategy", "strategy");
  at.blocks.emplace_back(
      Paragraph{words("The first of these that holds says which rollout is used.")});
  Table table{"Which rollout is used", {"Rollout", "When"}, {}};
  for (const CheckedChoice& choice : policy_.strategy) {
    table.rows.push_back(
        {{code(policy_.rollouts[choice.rollout].name)},
         choice.condition ? Text{code(choice.condition.text)} : words("otherwise")});
  }
  at.blocks.emplace_back(std::move(table));
}

void PolicyPages::rollout(std::uint32_t index) {
  const CheckedRollout& rollout = policy_.rollouts[index];
  Section& at =
      section(is_blank(rollout.title) ? "Rollout " + rollout.name : rollout.title, rollout.name);
  Text text = {plain("Rollout "), code(rollout.name), plain(", from T on, stage by stage.")};
  if (rollout.only_if) append(text, {plain(" Only if "), code(rollout.only_if.text), plain(".")});
  at.blocks.emplace_back(Paragraph{std::move(text)});
  at.blocks.emplace_back(stages(rollout));

  if (const auto statements = rules_.of_rollout(index); !statements.empty()) {
    Section& every = section(rollout.name + ": every stage", rollout.name + "-every", 1);
    add_rules(every, statements);
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> spans;
  for (const CheckedRule& rule : policy_.rules) {
    if (rule.scope == program::Scope::stages && rule.rollout == index)
      spans.emplace(rule.first_stage, rule.last_stage);
  }
  for (const auto& [first, last] : spans) rules_of_stages(index, first, last);
}

void PolicyPages::rules_of_stages(std::uint32_t rollout, std::uint32_t first, std::uint32_t last) {
  const std::vector<CheckedStage>& stages = policy_.rollouts[rollout].stages;
  const std::string name = stages[first].name;
  std::string span = "stage " + name;
  if (first != last && last + 1 == stages.size()) span = "from stage " + name + " on";
  if (first != last && last + 1 != stages.size())
    span = "stages " + name + " to " + stages[last].name;
  const std::string& of = policy_.rollouts[rollout].name;
  Section& at = section(of + ": " + span, fmt::format("{}-{}-{}", of, first, last), 1);
  add_rules(at, rules_.of_stages(rollout, first, last));
}

Table PolicyPages::stages(const CheckedRollout& rollout) const {
  Table table{"Stages of " + rollout.name,
              {"Stage", "Share", "Bakes for", "At most", "Leaves out", "Only if", "What it is",
               "What is run"},
              {}};
  constexpr program::Type kShare = program::Type::of(program::Kind::ratio);
  for (const CheckedStage& stage : rollout.stages) {
    Text most;
    if (stage.at_most_seconds) {
      most = words(duration(*stage.at_most_seconds) +
                   (stage.at_most_outcome == program::Missing::rollback ? ", else rolls back"
                                                                        : ", else no-go"));
    }
    table.rows.push_back(
        {{code(stage.name)},
         words(stage.share ? program::format_exact(*stage.share, kShare, checked_.types) : ""),
         words(stage.bake_seconds ? duration(*stage.bake_seconds) : ""),
         std::move(most),
         words(stage.settle_seconds.is_zero() ? "" : "its first " + duration(stage.settle_seconds)),
         code_or_nothing(stage.only_if.text),
         words(stage.title),
         code_or_nothing(stage.run)});
  }
  return table;
}

// ---------------------------------------------------------------------------- people

void PolicyPages::tasks() {
  if (Entries entries = tasks_.procedures(); !entries.empty())
    section("What is to be done", "procedures").blocks.emplace_back(std::move(entries));
  if (Entries entries = tasks_.messages(); !entries.empty())
    section("Who is told what", "messages").blocks.emplace_back(std::move(entries));
}

void PolicyPages::people() {
  struct Duty {
    std::vector<Text> signs;
    std::vector<Text> waives;
    std::vector<Text> is_told;
  };
  std::map<std::string, Duty> duties;
  for (std::uint32_t i = 0; i < policy_.rules.size(); ++i) {
    const CheckedRule& rule = policy_.rules[i];
    for (const std::string& role : rule.waivable_by) duties[role].waives.push_back({rules_.link(i)});
    std::set<std::string> asked;
    for (const CheckedClause& clause : rule.clauses) {
      if (clause.verb != Verb::confirm || !asked.insert(clause.approval.role).second) continue;
      duties[clause.approval.role].signs.push_back({rules_.link(i)});
    }
  }
  for (std::size_t i = 0; i < policy_.messages.size(); ++i) {
    for (const compiler::CheckedRecipient& to : policy_.messages[i].recipients)
      if (to.is_role) duties[to.name].is_told.push_back({tasks_.message(i)});
  }
  if (duties.empty()) return;
  Table table{"Roles", {"Role", "Called", "Members", "Signs", "May waive", "Is told"}, {}};
  for (const auto& [role, duty] : duties) {
    const auto info = std::ranges::find(checked_.roles, role, &RoleInfo::name);
    table.rows.push_back({role.empty() ? words("anybody") : Text{code(role)},
                          info == checked_.roles.end() ? Text{} : words(info->title), members(role),
                          listed(duty.signs), listed(duty.waives), listed(duty.is_told)});
  }
  section("People", "people").blocks.emplace_back(std::move(table));
}

Text PolicyPages::members(const std::string& role) const {
  const auto info = std::ranges::find(checked_.roles, role, &RoleInfo::name);
  if (role.empty()) return {};
  if (info == checked_.roles.end() || !info->has_members) return words("whoever signs as one");
  if (info->fact != program::kNone)
    return {plain("whom "), code(checked_.facts[info->fact].path), plain(" names")};
  std::vector<Text> names;
  for (const std::string& name : info->members) names.push_back(words(name));
  return listed(names);
}

void PolicyPages::waivers() {
  if (policy_.waivers.empty()) return;
  Table table{"Waivers", {"Rules", "For", "Until", "By", "Because"}, {}};
  for (const compiler::CheckedWaiver& waiver : policy_.waivers) {
    std::vector<Text> rules;
    for (const std::uint32_t rule : waiver.rules) rules.push_back({rules_.link(rule)});
    Text by = words(waiver.by);
    if (!waiver.roles.empty()) append(by, {plain(", as ")});
    append(by, listed_code(waiver.roles));
    table.rows.push_back({listed(rules),
                          {code(waiver.scope.text)},
                          words(moment(waiver.until)),
                          std::move(by),
                          words(waiver.because)});
  }
  section("Waivers", "waivers").blocks.emplace_back(std::move(table));
}

// ---------------------------------------------------------------------------- what it is made from

void PolicyPages::parameters() {
  if (policy_.params.empty()) return;
  Table table{"Parameters", {"Parameter", "Value", "Unless set", "Range", "Type", "About"}, {}};
  for (const compiler::PolicyParam& own : policy_.params) {
    const ParamInfo& param = checked_.params[own.param];
    const auto value = [&](const std::optional<compiler::Constant>& constant) {
      return constant ? compiler::constant_text(*constant, param.type, checked_.types) : "";
    };
    Text range;
    if (param.minimum && param.maximum)
      range = {code(value(param.minimum) + ".." + value(param.maximum))};
    const bool departs = own.value != param.fallback;
    const std::string about =
        param.title + (param.title.empty() || param.doc.empty() ? "" : ". ") + param.doc;
    table.rows.push_back({{code(param.name)},
                          code_or_nothing(value(own.value)),
                          departs ? code_or_nothing(value(param.fallback)) : Text{},
                          std::move(range),
                          {code(type_text(param.type, checked_.types))},
                          words(about)});
  }
  section("Parameters", "parameters").blocks.emplace_back(std::move(table));
}

void PolicyPages::reads() {
  const Reads reads(checked_, policy_);
  Table facts = reads.facts();
  if (!facts.rows.empty()) section("Facts it reads", "facts").blocks.emplace_back(std::move(facts));
  Table metrics = reads.metrics();
  if (!metrics.rows.empty())
    section("Metrics it reads", "metrics").blocks.emplace_back(std::move(metrics));
}

void PolicyPages::origins() {
  if (policy_.parents.empty()) return;
  const compiler::CheckedParent own{policy_.id, policy_.extends, policy_.title, policy_.owner,
                                    policy_.doc};
  std::set<std::string> told;
  section("Where it comes from", "origins").blocks.emplace_back(origin(own, told));
}

// Below a policy stand those that it extends; what two of them extend is told once.
Node PolicyPages::origin(const compiler::CheckedParent& policy, std::set<std::string>& told) const {
  Node node;
  node.text = {code(policy.id)};
  if (!is_blank(policy.title)) append(node.text, {plain(" "), strong(policy.title)});
  if (!policy.owner.empty()) node.text.push_back(plain(", owned by " + policy.owner));
  if (!told.insert(policy.id).second) return node;
  const auto rules =
      static_cast<std::size_t>(std::ranges::count(policy_.rules, policy.id, &CheckedRule::policy));
  node.notes.push_back(words(fmt::format("{} of this policy", counted(rules, "rule"))));
  for (const CheckedOverride& change : policy_.overrides) {
    if (change.policy == policy.id) node.notes.push_back(change_text(change));
  }
  for (const std::string& id : policy.extends) {
    const auto parent = std::ranges::find(policy_.parents, id, &compiler::CheckedParent::id);
    if (parent != policy_.parents.end()) node.below.push_back(origin(*parent, told));
  }
  return node;
}

// From requirements to rules, and back.
void PolicyPages::requirements() {
  std::map<std::string, std::vector<Text>> covered;
  Table by_rule{"What each rule covers", {"Rule", "Requirements"}, {}};
  const auto add = [&](const Run& name, const std::vector<std::string>& covers) {
    if (covers.empty()) return;
    const std::set<std::string> ids(covers.begin(), covers.end());
    for (const std::string& id : ids) covered[id].push_back({name});
    by_rule.rows.push_back({{name}, listed_code({ids.begin(), ids.end()})});
  };
  for (std::uint32_t i = 0; i < policy_.rules.size(); ++i)
    add(rules_.link(i), policy_.rules[i].covers);
  for (std::size_t i = 0; i < policy_.procedures.size(); ++i)
    add(tasks_.procedure(i), policy_.procedures[i].covers);
  for (std::size_t i = 0; i < policy_.messages.size(); ++i)
    add(tasks_.message(i), policy_.messages[i].covers);
  if (covered.empty()) return;
  Table by_id{"What covers each requirement", {"Requirement", "Rules"}, {}};
  for (const auto& [id, rules] : covered) by_id.rows.push_back({{code(id)}, listed(rules)});
  Section& at = section("Requirements", "requirements");
  at.blocks.emplace_back(std::move(by_id));
  at.blocks.emplace_back(std::move(by_rule));
}

void add(Document& document, std::vector<Section> sections) {
  for (Section& section : sections) document.sections.push_back(std::move(section));
}

}  // namespace

Document describe(const Checked& checked) {
  Document document;
  Anchors anchors;
  if (checked.policies.size() == 1) {
    const CheckedPolicy& policy = checked.policies.front();
    PolicyPages pages(checked, policy, 1, anchors);
    document.title = name_or_title(policy.id, policy.title);
    document.blocks = pages.head();
    add(document, pages.sections());
    return document;
  }
  document.title = "Policies";
  Table list{"Policies", {"Policy", "Title", "Owner"}, {}};
  for (const CheckedPolicy& policy : checked.policies) {
    PolicyPages pages(checked, policy, 2, anchors);
    const std::string anchor = anchors.of("policy-" + policy.id);
    list.rows.push_back({{code(policy.id, anchor)}, words(policy.title), words(policy.owner)});
    document.sections.push_back({1, name_or_title(policy.id, policy.title), anchor, pages.head()});
    add(document, pages.sections());
  }
  document.blocks.emplace_back(std::move(list));
  return document;
}

}  // namespace dpol::doc
