#include "tests/unit/support/scenario.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "compiler/compile.h"
#include "runtime/decision/charts.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/messages.h"
#include "runtime/decision/people.h"
#include "runtime/program/items.h"
#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"

namespace dpol::test {

using program::Value;

namespace {

program::Program compile_text(std::string_view text) {
  compiler::CompileOptions options;
  options.entries.push_back({"test.dpol", std::string(text)});
  compiler::CompileResult result = compiler::compile(options);
  std::string messages;
  for (const lang::Diagnostic& d : result.diagnostics) messages += lang::render_diagnostic(d);
  if (!result.program) throw std::runtime_error("the policy of this test does not compile:\n" + messages);
  return std::move(*result.program);
}

bool ends_with_id(std::string_view id, std::string_view tail) {
  if (!id.ends_with(tail)) return false;
  return id.size() == tail.size() || id[id.size() - tail.size() - 1] == '.';
}

Value number_value(std::string_view text) {
  program::Quantity quantity;
  program::QuantityError error;
  if (text == "NaN") return Value::unknown(program::Fault::not_a_number);
  if (!program::parse_quantity(text, program::QuantityStyle::input, program::NoUnits(), quantity, error)) {
    throw std::runtime_error("not a quantity: " + std::string(text));
  }
  return Value::number(quantity.value);
}

Value fact_value(const program::Program& program, const program::Type& type, std::string_view text,
                 vm::SnapshotBuilder& builder) {
  switch (type.kind) {
    case program::Kind::boolean:
      return Value::boolean(text == "true");
    case program::Kind::string:
      return builder.text_value(text);
    case program::Kind::enumeration: {
      const auto& members = program.enumerations[type.index].members;
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (program.text(members[i]) == text) return Value::id(i);
      }
      throw std::runtime_error("no such member: " + std::string(text));
    }
    case program::Kind::time: {
      std::int64_t instant = 0;
      program::TextError error;
      if (program::parse_time(text, program::Zoneless::error, instant, error)) {
        return Value::number(program::time_to_decimal(instant));
      }
      return number_value(text);
    }
    default:
      return number_value(text);
  }
}

}  // namespace

vm::Instant at_minute(double minutes) {
  return kStart + static_cast<vm::Instant>(minutes * static_cast<double>(kMinute));
}

Scenario::Scenario(std::string_view policy_text) : program_(compile_text(policy_text)) {}
Scenario::~Scenario() = default;

Scenario& Scenario::now(double minute) { now_ = at_minute(minute); return *this; }
Scenario& Scenario::deployed(double minute) { deployed_ = at_minute(minute); return *this; }
Scenario& Scenario::stage_option(std::string name) { stage_ = std::move(name); return *this; }
Scenario& Scenario::stage_at_option(double minute) { stage_at_ = at_minute(minute); return *this; }
Scenario& Scenario::strict() { options_.strict = true; return *this; }
Scenario& Scenario::force_phase(std::string name) { options_.phases.push_back(std::move(name)); return *this; }

Scenario& Scenario::fact(std::string_view path, std::string_view value) {
  facts_.emplace_back(path, value);
  return *this;
}

std::uint32_t Scenario::metric(std::string_view name) const {
  for (std::uint32_t i = 0; i < program_.metrics.size(); ++i) {
    if (program_.text(program_.metrics[i].name) == name.substr(0, name.find('['))) return i;
  }
  throw std::runtime_error("no such metric: " + std::string(name));
}

std::uint32_t Scenario::member(std::string_view name, vm::SnapshotBuilder& builder) const {
  if (!name.ends_with(']')) return program::kNone;
  std::vector<std::string> values(1);
  for (const char c : name.substr(name.find('[') + 1, name.size() - name.find('[') - 2)) {
    if (c == '/') values.emplace_back();
    else values.back() += c;
  }
  return builder.member(program_.metrics[metric(name)].label_set, values).value();
}

Scenario& Scenario::sample(std::string_view name, double minute, std::string_view value) {
  samples_.push_back({std::string(name), program::Track::candidate, at_minute(minute), std::string(value)});
  return *this;
}

Scenario& Scenario::samples(std::string_view name, double minute, std::initializer_list<std::string_view> values) {
  for (const std::string_view value : values) sample(name, minute++, value);
  return *this;
}

Scenario& Scenario::stable(std::string_view name, double minute, std::string_view value) {
  samples_.push_back({std::string(name), program::Track::stable, at_minute(minute), std::string(value)});
  return *this;
}

Scenario& Scenario::baseline(std::string_view name, std::string_view value) {
  baselines_.emplace_back(name, value);
  return *this;
}

Scenario& Scenario::stage_mark(double minute, std::string name) {
  marks_.emplace_back(at_minute(minute), std::move(name));
  return *this;
}

void Scenario::build(vm::SnapshotBuilder& builder) const {
  const std::uint32_t document = builder.add_document("test", "");
  const vm::Origin origin{document, 1};
  for (const auto& [path, value] : facts_) {
    bool found = false;
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const program::Input& input = program_.inputs[i];
      if (input.kind != program::InputKind::fact || program_.text(input.name) != path) continue;
      found = true;
      Value v = Value::unknown(program::Fault::missing, {program::BirthKind::input, static_cast<std::uint32_t>(i)});
      if (value == "absent") v = Value::unknown(program::Fault::absent, v.born());
      else if (value != "missing") v = fact_value(program_, input.type, value, builder);
      builder.set_input(i, v, origin);
    }
    if (!found) throw std::runtime_error("no such fact: " + path);
  }
  for (const Sample& s : samples_) {
    builder.add_sample(metric(s.metric), s.track, s.time, number_value(s.value), origin, member(s.metric, builder));
  }
  for (const auto& [name, value] : baselines_) {
    builder.set_baseline(metric(name), number_value(value), origin, member(name, builder));
  }
  for (const auto& [time, name] : marks_) builder.mark_stage(time, name);
  if (deployed_) builder.set_deployed_at(*deployed_);
  if (stage_) builder.set_stage(*stage_);
  if (stage_at_) builder.set_stage_at(*stage_at_);
  builder.set_now(now_ ? *now_ : builder.newest_sample().value_or(kStart), false);
}

vm::Snapshot Scenario::snapshot() const {
  vm::SnapshotBuilder builder(program_);
  build(builder);
  vm::Snapshot snapshot = builder.build();
  if (keeps_sendings_) decision::tell_what_was_sent(program_, sendings_, snapshot);
  return snapshot;
}

std::vector<program::SignOff> Scenario::sign_offs_for(const vm::Snapshot& snapshot) const {
  std::vector<program::SignOff> sign_offs = sign_offs_;
  for (program::SignOff& sign_off : sign_offs) {
    const decision::Release release = decision::release_of(program_, snapshot);
    sign_off.service = release.service;
    sign_off.version = release.version;
    sign_off.environment = release.environment;
  }
  return sign_offs;
}

const decision::Verdict& Scenario::judge() {
  const vm::Snapshot snapshot = this->snapshot();
  vm::Machine machine(program_);
  machine.load(snapshot);
  decision::Judge judge(machine);
  judge.load(options_, sign_offs_for(snapshot));
  judge.judge();
  verdict_ = decision::explain(judge);
  decision::add_messages(judge, sendings_, verdict_);
  decision::add_charts(judge, verdict_);
  return verdict_;
}

decision::Plan Scenario::plan() const {
  const vm::Snapshot snapshot = this->snapshot();
  vm::Machine machine(program_);
  machine.load(snapshot);
  return decision::make_plan(machine, options_, sign_offs_for(snapshot), sendings_);
}

Scenario& Scenario::keeps_what_was_sent() {
  keeps_sendings_ = true;
  return *this;
}

Scenario& Scenario::sent(double minute, std::string_view message) {
  program::Sending sending;
  sending.message = message;
  sending.at = at_minute(minute);
  sendings_.push_back(std::move(sending));
  return keeps_what_was_sent();
}

const decision::MessageVerdict& Scenario::message(std::string_view name) const {
  for (const decision::PolicyVerdict& policy : verdict_.policies) {
    for (const decision::MessageVerdict& message : *policy.messages) {
      if (message.name == name) return message;
    }
  }
  throw std::runtime_error("no such message: " + std::string(name));
}

Scenario& Scenario::says(double minute, std::string_view item, std::string_view by, std::string_view role,
                         program::Answer answer, std::string_view stage) {
  const std::vector<program::ItemRef> items = program::find_items(program_, item);
  if (items.size() != 1) throw std::runtime_error("not one item: " + std::string(item));
  const program::Rule& rule = program_.policies[items[0].policy].rules[items[0].rule];
  program::SignOff sign_off{.item = program_.text(rule.id)};
  sign_off.stage = stage;
  sign_off.by = by;
  sign_off.role = role;
  sign_off.answer = answer;
  sign_off.at = at_minute(minute);
  sign_offs_.push_back(std::move(sign_off));
  return *this;
}

std::string Scenario::decision() const { return verdict_.decision_word; }

const decision::RuleVerdict& Scenario::rule(std::string_view tail) const {
  for (const decision::PolicyVerdict& policy : verdict_.policies) {
    for (const decision::RuleVerdict& rule : policy.rules) {
      if (ends_with_id(rule.id, tail)) return rule;
    }
  }
  throw std::runtime_error("no such rule: " + std::string(tail));
}

std::string Scenario::outcome(std::string_view tail) const { return decision::name(rule(tail).outcome); }

}  // namespace dpol::test
