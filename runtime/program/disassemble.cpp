#include "runtime/program/disassemble.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "runtime/program/opcode_table.h"
#include "runtime/program/quantity.h"
#include "runtime/program/time_text.h"

namespace dpol::program {
namespace {

constexpr std::array<std::string_view, 5> kVerbs = {"require", "warn", "hold", "rollback", "confirm"};
constexpr std::array<std::string_view, 4> kGates = {"go on", "enter", "leave", "decide"};
constexpr std::array<std::string_view, 6> kMissing = {"unknown", "pass", "warn",
                                                      "hold",    "fail", "rollback"};
constexpr std::array<std::string_view, 3> kTracks = {"", ".stable", ".baseline"};
constexpr std::array<std::string_view, 5> kInputKinds = {"fact", "param", "baseline", "now", "T"};
constexpr std::size_t kNameColumn = 20;
// A Program that did not pass verify() may be listed too: that is how one finds out why.
constexpr std::string_view kNothing = "?";

class Listing final : public TypeNames {
 public:
  explicit Listing(const Program& program) : program_(program) {}

  std::string take() {
    list_head();
    list_enumerations();
    list_row_tables();
    list_constants();
    list_inputs();
    list_metrics();
    list_sources();
    list_roles();
    for (std::size_t i = 0; i < program_.blocks.size(); ++i) list_block(i);
    for (const Policy& policy : program_.policies) list_policy(policy);
    return std::move(out_);
  }

  std::string_view unit_name(std::size_t unit) const override {
    return unit < program_.unit_names.size() ? text(program_.unit_names[unit]) : kNothing;
  }
  std::string_view enumeration_name(std::uint16_t index) const override {
    return index < program_.enumerations.size() ? text(program_.enumerations[index].name) : kNothing;
  }
  std::string_view record_name(std::uint16_t) const override { return "record"; }
  Type element_type(std::uint16_t index) const override {
    if (index >= program_.row_tables.size()) return Type::of(Kind::record);
    const RowTable& table = program_.row_tables[index];
    const std::uint32_t first = table.first_column + static_cast<std::uint32_t>(table.keyed);
    const bool single = table.column_count == 1U + static_cast<std::uint32_t>(table.keyed) &&
                        first < program_.columns.size() && text(program_.columns[first].name).empty();
    return single ? program_.columns[first].type : Type::of(Kind::record);
  }

 private:
  template <class... Parts>
  void line(const Parts&... parts) {
    (append(parts), ...);
    out_ += '\n';
  }
  void append(std::string_view part) { out_ += part; }
  void append(std::size_t number) { out_ += std::to_string(number); }

  std::string_view text(StringId id) const {
    if (id == kNone) return "";
    return id < program_.strings.size() ? std::string_view(program_.strings[id]) : kNothing;
  }
  // On one line, whatever it holds.
  static std::string quoted(std::string_view words) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : words) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') result += '\\';
      if (byte >= 0x20 && byte != 0x7F) {
        result += c;
      } else {
        result.append("\\x") += kHex[byte >> 4];
        result += kHex[byte & 0xF];
      }
    }
    return result += '"';
  }
  std::string quoted(StringId id) const { return quoted(text(id)); }
  static std::string padded(std::string_view words, std::size_t width) {
    std::string result(words);
    if (result.size() < width) result.resize(width, ' ');
    return result;
  }
  template <std::size_t kCount, class Enum>
  static std::string_view word(const std::array<std::string_view, kCount>& words, Enum value) {
    const auto index = static_cast<std::size_t>(value);
    return index < kCount ? words[index] : kNothing;
  }

  std::string type_name(const Type& type) const { return to_text(type, *this); }
  std::string seconds(Decimal value) const { return format_exact(value, Type::duration(), *this); }

  std::string constant(std::size_t index) const {
    const Value value = program_.constants[index];
    const Type type =
        index < program_.constant_types.size() ? program_.constant_types[index] : Type();
    if (value.is_unknown()) return std::string("unknown(") + fault_name(value.fault()) + ")";
    switch (cell_class(type)) {
      case CellClass::number: return format_exact(value.as_number(), type, *this);
      case CellClass::boolean: return value.is_true() ? "true" : "false";
      case CellClass::ordinal: return member(type.index, value.as_id());
      case CellClass::semver:
        return std::string(text(static_cast<StringId>(value.as_id())));
      default: return quoted(static_cast<StringId>(value.as_id()));
    }
  }
  std::string member(std::uint16_t enumeration, std::uint64_t ordinal) const {
    if (enumeration >= program_.enumerations.size()) return std::string(kNothing);
    const auto& members = program_.enumerations[enumeration].members;
    return std::string(ordinal < members.size() ? text(members[ordinal]) : kNothing);
  }
  std::string input_name(std::size_t index) const {
    const Input& input = program_.inputs[index];
    switch (input.kind) {
      case InputKind::baseline:
        return (input.metric < program_.metrics.size() ? metric_name(input.metric)
                                                       : std::string(kNothing))
            .append(input.baseline == kNone ? ".baseline" : ".baseline ")
            .append(input.baseline == kNone ? "" : text(input.baseline));
      case InputKind::now: return "now";
      case InputKind::deployed_at: return "T";
      default: return std::string(text(input.name));
    }
  }
  std::string metric_name(std::uint32_t index) const {
    return std::string(index < program_.metrics.size() ? text(program_.metrics[index].name)
                                                       : kNothing);
  }
  std::string cell(std::size_t index) const {
    if (index < program_.constants.size()) return constant(index);
    index -= program_.constants.size();
    if (index < program_.inputs.size()) return input_name(index);
    return "t" + std::to_string(index - program_.inputs.size());
  }
  std::string series(std::uint32_t index) const {
    return metric_name(index / kTrackCount).append(kTracks[index % kTrackCount]);
  }
  std::string column(std::uint32_t index) const {
    if (index >= program_.columns.size()) return std::string(kNothing);
    std::string name;
    for (const RowTable& table : program_.row_tables) {
      const bool inside = index >= table.first_column && index - table.first_column < table.column_count;
      if (inside) name = text(table.name);
    }
    return (name += '.').append(text(program_.columns[index].name));
  }

  std::string operand(Operand kind, std::uint32_t value, const Instruction& instruction) const {
    switch (kind) {
      case Operand::none: return "";
      case Operand::sample_count: return std::to_string(value);
      case Operand::block:
      case Operand::number_block: return "b" + std::to_string(value);
      case Operand::column:
      case Operand::key_column: return column(value);
      case Operand::regex:
        return value < program_.regexes.size() ? "r" + quoted(program_.regexes[value])
                                               : std::string(kNothing);
      case Operand::series: return series(value);
      case Operand::table: return "table " + std::to_string(value);
      case Operand::aggregate:
        return std::string(value < kAggregateNames.size() ? kAggregateNames[value] : kNothing);
      case Operand::function:
        return std::string(value < kFunctionRows.size() ? kFunctionRows[value].name : kNothing);
      case Operand::arguments: return arguments(value, instruction.c);
      default: return cell(value);
    }
  }
  std::string arguments(std::uint32_t first, std::uint32_t function) const {
    std::string result;
    const std::size_t arity = function < kFunctionRows.size() ? kFunctionRows[function].arity : 0;
    for (std::size_t i = 0; i < arity; ++i) {
      if (i > 0) result += ", ";
      const std::size_t at = first + i;
      const bool table = function < kFunctionRows.size() &&
                         is_table_argument(kFunctionRows[function].arguments[i]);
      if (at >= program_.arguments.size()) result += kNothing;
      else result += table ? "table " + std::to_string(program_.arguments[at]) : cell(program_.arguments[at]);
    }
    return result;
  }

  void list_head() {
    line("program ", program_.digest.empty() ? "-" : "sha256:" + program_.digest);
    for (const SourceFileInfo& file : program_.files) {
      line("file ", quoted(file.name), " sha256:", file.digest);
    }
    for (const StringId unit : program_.unit_names) line("unit ", text(unit));
  }

  void list_enumerations() {
    for (const Enumeration& enumeration : program_.enumerations) {
      append("enum ");
      append(text(enumeration.name));
      std::string_view before = " ";
      for (const StringId name : enumeration.members) {
        append(before);
        append(text(name));
        before = enumeration.ordered ? " < " : " | ";
      }
      line();
    }
  }

  void list_row_tables() {
    for (std::size_t i = 0; i < program_.row_tables.size(); ++i) {
      const RowTable& table = program_.row_tables[i];
      line("rows ", i, " ", text(table.name), table.keyed ? ", keyed" : "");
      for (std::uint32_t k = 0; k < table.column_count; ++k) {
        if (table.first_column + k >= program_.columns.size()) break;
        const Column& field = program_.columns[table.first_column + k];
        line("  ", padded(quoted(field.name), kNameColumn), " ", type_name(field.type),
             field.optional ? "?" : "");
      }
    }
  }

  void list_constants() {
    if (!program_.constants.empty()) line("constants");
    for (std::size_t i = 0; i < program_.constants.size(); ++i) {
      const Type type = i < program_.constant_types.size() ? program_.constant_types[i] : Type();
      line("  ", padded(constant(i), kNameColumn), " ", type_name(type));
    }
  }

  void list_inputs() {
    if (!program_.inputs.empty()) line("inputs");
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const Input& input = program_.inputs[i];
      append("  ");
      append(padded(input_name(i), kNameColumn));
      append(" ");
      append(word(kInputKinds, input.kind));
      append(" ");
      append(type_name(input.type));
      if (input.optional) append("?");
      if (input.fallback < program_.constants.size()) append(" = " + constant(input.fallback));
      if (input.minimum != kNone || input.maximum != kNone) {
        append(" within " + bound(input.minimum) + ".." + bound(input.maximum));
      }
      line();
    }
  }
  std::string bound(std::uint32_t index) const {
    return index < program_.constants.size() ? constant(index) : "";
  }

  void list_metrics() {
    if (!program_.metrics.empty()) line("metrics");
    for (const Metric& metric : program_.metrics) {
      append("  ");
      append(padded(text(metric.name), kNameColumn));
      append(" " + type_name(metric.type));
      if (metric.better == Direction::lower) append(", lower is better");
      if (metric.better == Direction::higher) append(", higher is better");
      if (metric.counter) append(", counter");
      if (!metric.interval_seconds.is_zero()) append(", every " + seconds(metric.interval_seconds));
      append(", stale after " + seconds(metric.stale_seconds));
      if (metric.needs != kNone) append(", needs b" + std::to_string(metric.needs));
      append(baseline(metric.baseline));
      append(labels(metric));
      line();
    }
  }
  std::string labels(const Metric& metric) const {
    if (metric.label_set == kNone) return "";
    if (metric.label_set >= program_.label_sets.size()) return std::string(", by ").append(kNothing);
    std::string result = ", by ";
    for (const StringId label : program_.label_sets[metric.label_set].labels) {
      if (!result.ends_with(' ')) result += ", ";
      result += text(label);
    }
    if (!metric.gone_seconds.is_zero()) result += " gone after " + seconds(metric.gone_seconds);
    return result;
  }
  std::string baseline(const BaselineRule& rule) const {
    const auto aggregate = static_cast<std::size_t>(rule.aggregate);
    const std::string_view name =
        aggregate < kAggregateNames.size() ? kAggregateNames[aggregate] : kNothing;
    switch (rule.kind) {
      case BaselineRule::Kind::standard: return "";
      case BaselineRule::Kind::over:
        return std::string(", baseline ").append(name) + " over " + seconds(rule.seconds);
      case BaselineRule::Kind::promoted:
        return std::string(", baseline ").append(name) + " of last " +
               std::to_string(rule.releases) + " promoted";
    }
    return "";
  }

  void list_block(std::size_t index) {
    const Block& block = program_.blocks[index];
    append("block b" + std::to_string(index));
    if (block.text != kNone) append(" " + quoted(block.text));
    if (block.base_metric != kNone) append(", at samples of " + metric_name(block.base_metric));
    if (block.across_stages) append(", across stages");
    line();
    for (std::uint32_t i = 0; i < block.count; ++i) {
      if (std::size_t{block.first} + i < program_.code.size()) {
        list_instruction(program_.code[block.first + i]);
      }
    }
    line("  = ", cell(block.result));
  }

  void list_instruction(const Instruction& instruction) {
    if (static_cast<std::size_t>(instruction.op) >= kOpcodeRows.size()) return line("  ", kNothing);
    const OpcodeRow& row = row_of(instruction.op);
    append("  " + padded(cell(instruction.a), 5) + " = ");
    append(padded(row.name, kNameColumn - 3) + " ");
    std::string_view before;
    for (const auto& [kind, value] :
         {std::pair{row.b, std::uint32_t{instruction.b}}, {row.c, std::uint32_t{instruction.c}},
          {row.d, instruction.d}}) {
      const std::string words = operand(kind, value, instruction);
      if (words.empty()) continue;
      append(before);
      append(words);
      before = ", ";
    }
    while (out_.ends_with(' ')) out_.pop_back();
    line();
  }

  void list_policy(const Policy& policy) {
    append("policy ");
    append(text(policy.id));
    if (policy.title != kNone) append(" " + quoted(policy.title));
    if (policy.applies != kNone) append(", applies only if b" + std::to_string(policy.applies));
    append(trial(policy.trial, policy.trial_until));
    line();
    for (const Phase& phase : policy.phases) list_phase(phase);
    for (const Rollout& rollout : policy.rollouts) list_rollout(rollout);
    for (const Choice& choice : policy.strategy) list_choice(policy, choice);
    for (const Rule& rule : policy.rules) list_rule(policy, rule);
    for (const Waiver& waiver : policy.waivers) list_waiver(policy, waiver);
    for (const Procedure& procedure : policy.procedures) list_procedure(policy, procedure);
    for (const Message& message : policy.messages) list_message(policy, message);
  }

  std::string anchor(const Anchor& anchor) const {
    if (!anchor.from_deployment) return "b" + std::to_string(anchor.block);
    if (anchor.offset_seconds.is_zero()) return "T";
    return "T" + format_exact(anchor.offset_seconds, Type::duration(), *this, Sign::always);
  }
  void list_phase(const Phase& phase) {
    append("  phase ");
    append(text(phase.name));
    append(phase.kind == PhaseKind::during ? " during " : " from ");
    append(anchor(phase.opens));
    if (phase.closes) {
      append(phase.kind == PhaseKind::during ? ".." : " until ");
      append(anchor(*phase.closes));
    }
    if (phase.only_if != kNone) append(" only if b" + std::to_string(phase.only_if));
    if (phase.after_rollback) append(", after rollback");
    line();
  }

  void list_rollout(const Rollout& rollout) {
    line("  rollout ", text(rollout.name));
    for (const Stage& stage : rollout.stages) {
      append("    stage ");
      append(text(stage.name));
      if (stage.bake_seconds) append(" bake " + seconds(*stage.bake_seconds));
      if (stage.at_most_seconds) {
        append(" at most " + seconds(*stage.at_most_seconds));
        append(" else ");
        append(word(kMissing, stage.at_most_outcome));
      }
      if (!stage.settle_seconds.is_zero()) append(" settle " + seconds(stage.settle_seconds));
      if (stage.only_if != kNone) append(" only if b" + std::to_string(stage.only_if));
      if (stage.run != kNone) append(" run " + quoted(stage.run));
      line();
    }
  }

  void list_choice(const Policy& policy, const Choice& choice) {
    append("  use ");
    append(choice.rollout < policy.rollouts.size() ? text(policy.rollouts[choice.rollout].name)
                                                   : kNothing);
    append(choice.condition == kNone ? " otherwise" : " when b" + std::to_string(choice.condition));
    line();
  }

  void list_rule(const Policy& policy, const Rule& rule) {
    append("  rule ");
    append(text(rule.id));
    append(where(policy, rule));
    if (rule.each != kNone) append(", each series of " + metric_name(rule.each));
    if (rule.only_if != kNone) append(", only if b" + std::to_string(rule.only_if));
    append(trial(rule.trial, rule.trial_until));
    if (rule.is_final) append(", final");
    if (rule.gate != Gate::none) {
      append(", to ");
      append(word(kGates, rule.gate));
    }
    line();
    for (const ScorePart& part : rule.parts) list_part(part);
    for (const Clause& clause : rule.clauses) list_clause(clause);
  }
  void list_part(const ScorePart& part) {
    append("    worth " + part.worth.to_string() + " b" + std::to_string(part.full));
    if (part.half != kNone) append(" half b" + std::to_string(part.half));
    line();
  }
  std::string trial(bool trial, const std::optional<Decimal>& until) const {
    if (!trial) return "";
    if (!until) return ", trial";
    return ", trial until " + format_exact(*until, Type::of(Kind::time), *this);
  }
  template <class Part>
  std::string where(const Policy& policy, const Part& rule) const {
    switch (rule.scope) {
      case Scope::policy: break;
      case Scope::phase:
        if (rule.phase < policy.phases.size()) {
          return std::string(", phase ").append(text(policy.phases[rule.phase].name));
        }
        break;
      case Scope::rollout:
      case Scope::stages: {
        if (rule.rollout >= policy.rollouts.size()) break;
        std::string result = std::string(", rollout ").append(text(policy.rollouts[rule.rollout].name));
        if (rule.scope == Scope::rollout) return result;
        return result + ", stages " + std::to_string(rule.first_stage) + ".." +
               std::to_string(rule.last_stage);
      }
    }
    return "";
  }
  void list_waiver(const Policy& policy, const Waiver& waiver) {
    append("  waiver of");
    for (const std::uint32_t rule : waiver.rules) {
      append(" ");
      append(rule < policy.rules.size() ? text(policy.rules[rule].id) : kNothing);
    }
    append(", only if b" + std::to_string(waiver.scope) + ", until " + format_time(waiver.until));
    append(" by " + quoted(waiver.by));
    line();
  }
  void list_procedure(const Policy& policy, const Procedure& procedure) {
    append("  procedure ");
    append(text(procedure.id));
    std::string_view before = " on ";
    for (const std::uint32_t rule : procedure.rules) {
      append(before);
      append(rule < policy.rules.size() ? text(policy.rules[rule].id) : kNothing);
      before = ", ";
    }
    if (procedure.only_if != kNone) append(", only if b" + std::to_string(procedure.only_if));
    line();
    for (const ProcedureStep& step : procedure.steps) {
      append("    step");
      if (step.name != kNone) append(" "), append(text(step.name));
      if (step.title != kNone) append(" " + quoted(step.title));
      if (step.only_if != kNone) append(" only if b" + std::to_string(step.only_if));
      if (!step.run.empty()) append(" run");
      for (const TextPart& part : step.run) {
        append(part.hole == kNone ? " " + quoted(part.text) : " b" + std::to_string(part.hole));
      }
      for (const BlockId check : step.checks) append(" require b" + std::to_string(check));
      line();
    }
  }
  void list_message(const Policy& policy, const Message& message) {
    append("  message ");
    append(text(message.name));
    append(" to");
    for (const Recipient& recipient : message.recipients) {
      append(" ");
      append(recipient.is_role ? text(recipient.name) : quoted(recipient.name));
    }
    append(" via");
    for (const StringId channel : message.channels) append(" " + quoted(channel));
    if (message.opens) append(", from " + anchor(*message.opens));
    if (message.closes) append(" until " + anchor(*message.closes));
    if (!message.within_seconds.is_zero()) append(" for " + seconds(message.within_seconds));
    if (!message.every_seconds.is_zero()) append(", every " + seconds(message.every_seconds));
    if (message.while_true != kNone) append(", while b" + std::to_string(message.while_true));
    if (message.on_rules) append(", on");
    for (const std::uint32_t rule : message.rules) {
      append(" ");
      append(rule < policy.rules.size() ? text(policy.rules[rule].id) : kNothing);
    }
    if (message.only_if != kNone) append(", only if b" + std::to_string(message.only_if));
    append(where(policy, message));
    line();
    append("    says");
    for (const TextPart& part : message.text)
      append(part.hole == kNone ? " " + quoted(part.text) : " b" + std::to_string(part.hole));
    line();
  }
  void list_sources() {
    if (program_.sources.empty()) return;
    line("sources");
    for (const Source& source : program_.sources) {
      append("  ");
      append(padded(text(source.name), kNameColumn));
      append(" ");
      append(text(source.format));
      for (const StringId file : source.files) append(" " + quoted(file));
      line();
      for (const SourceField& field : source.fields) {
        append("    ");
        append(padded(text(field.fact), kNameColumn));
        append(" at " + quoted(field.at));
        if (field.unit != kNone) append(" in " + std::string(text(field.unit)));
        line();
      }
      for (const SourceOption& option : source.options) {
        append("    " + padded(text(option.name), kNameColumn) + " = " + quoted(option.value));
        line();
      }
      for (const MetricQuery& query : source.queries) list_query(query);
    }
  }
  void list_query(const MetricQuery& query) {
    static constexpr std::array<std::string_view, kTrackCount> kTracks = {"", ".stable", ".baseline"};
    static constexpr std::array<std::string_view, 4> kHoles = {"", "label", "pattern", "number"};
    append("    ");
    append(padded(std::string(text(program_.metrics[query.metric].name)) +
                      std::string(kTracks[static_cast<std::size_t>(query.track)]),
                  kNameColumn));
    for (const QueryPart& part : query.text) {
      if (part.hole == QueryHole::none) {
        append(" " + quoted(part.text));
      } else {
        append(" " + std::string(kHoles[static_cast<std::size_t>(part.hole)]) + " i" +
               std::to_string(part.input));
      }
    }
    if (query.unit != kNone) append(" in " + std::string(text(query.unit)));
    line();
  }
  void list_roles() {
    if (program_.roles.empty()) return;
    line("roles");
    for (const Role& role : program_.roles) {
      append("  ");
      append(padded(text(role.name), kNameColumn));
      if (!role.has_members) append(" whoever says so");
      if (role.fact < program_.inputs.size()) append(" whom " + input_name(role.fact) + " names");
      for (const StringId member : role.members) append(" " + quoted(member));
      line();
    }
  }
  void list_clause(const Clause& clause) {
    append("    ");
    append(word(kVerbs, clause.verb));
    if (clause.verb == Verb::confirm) {
      append(" by " + std::to_string(clause.confirm.count) + " ");
      append(text(clause.confirm.role));
      std::string_view before = " other than ";
      for (const std::uint32_t input : clause.confirm.other_than) {
        if (input >= program_.inputs.size()) continue;
        append(before);
        append(input_name(input));
        before = ", ";
      }
      if (!clause.confirm.within_seconds.is_zero()) {
        append(" within " + seconds(clause.confirm.within_seconds));
      }
      if (clause.confirm.or_not_applicable) append(" or not applicable");
    } else {
      append(" b" + std::to_string(clause.condition));
    }
    if (clause.or_rollback) append(" else rollback");
    append(answer(" if missing ", clause.if_missing));
    if (!clause.missing_for_seconds.is_zero()) append(" for " + seconds(clause.missing_for_seconds));
    append(answer(" if baseline missing ", clause.if_baseline_missing));
    if (!clause.baseline_missing_for_seconds.is_zero()) append(" for " + seconds(clause.baseline_missing_for_seconds));
    append(answer(" if empty ", clause.if_empty));
    line();
  }
  static std::string answer(std::string_view when, Missing missing) {
    if (missing == Missing::unknown) return "";
    return std::string(when).append(word(kMissing, missing));
  }

  const Program& program_;
  std::string out_;
};

}  // namespace

std::string disassemble(const Program& program) { return Listing(program).take(); }

}  // namespace dpol::program
