#include "testing/snapshot.h"

#include <map>
#include <string>
#include <utility>

#include "runtime/program/semver.h"
#include "runtime/program/time_text.h"

namespace dpol::testing {

using compiler::Checked;
using compiler::CheckedPolicy;
using compiler::CheckedTest;
using compiler::Constant;
using compiler::TestBlock;
using compiler::TestGap;
using compiler::TestSeries;
using compiler::TestValue;
using program::BirthKind;
using program::Decimal;
using program::Fault;
using program::InputKind;
using program::Kind;
using program::Type;
using program::Value;

namespace {

vm::Instant instant(Decimal seconds) {
  vm::Instant out = 0;
  if (program::decimal_to_time(seconds, out)) return out;
  return seconds.is_negative() ? vm::kBeginningOfTime : vm::kEndOfTime;
}

class Binder {
 public:
  Binder(const program::Program& program, const Checked& checked)
      : program_(program), checked_(checked), builder_(program) {}

  vm::Snapshot run(const CheckedPolicy& policy, const CheckedTest& test, Decimal at) {
    const lang::SourceFile* file = test.place.file;
    document_ = builder_.add_document(file == nullptr ? "" : std::string(file->name()), "");
    std::map<std::pair<InputKind, std::string>, std::uint32_t> inputs;
    for (std::uint32_t i = 0; i < program_.inputs.size(); ++i)
      inputs.emplace(std::pair{program_.inputs[i].kind, program_.text(program_.inputs[i].name)}, i);
    for (const compiler::TestFact& fact : test.facts) {
      const auto input = inputs.find({InputKind::fact, checked_.facts[fact.fact].path});
      if (input == inputs.end() || fact.value.gap != TestGap::none) continue;
      const compiler::FactInfo& info = checked_.facts[fact.fact];
      line_ = line_of(fact.place);
      builder_.set_input(input->second, value(fact.value, info.type, info.optional, input->second),
                         {document_, line_});
    }
    for (const compiler::TestParam& param : test.params) {
      const compiler::ParamInfo& info = checked_.params[param.param];
      const auto input = inputs.find({InputKind::parameter, policy.id + "." + info.name});
      if (input == inputs.end()) continue;
      builder_.set_input(input->second, scalar(param.value, info.type),
                         {document_, line_of(param.place)});
    }
    for (const TestBlock& block : test.blocks) add_block(block);
    builder_.set_now(instant(at), false);
    if (test.deployed_at) builder_.set_deployed_at(instant(*test.deployed_at));
    return builder_.build();
  }

 private:
  static std::uint32_t line_of(const compiler::Place& place) {
    return place.file == nullptr ? 0 : place.file->position(place.span.begin).line;
  }

  Value scalar(const Constant& constant, const Type& type) {
    switch (type.kind) {
      case Kind::boolean:
        return Value::boolean(constant.boolean);
      case Kind::enumeration:
        return Value::id(constant.ordinal);
      case Kind::string:
        return builder_.text_value(constant.text);
      case Kind::semver: {
        program::Semver version;
        program::TextError error;
        program::Semver::parse(constant.text, version, error);
        return builder_.semver_value(version);
      }
      default:
        return Value::number(constant.number);
    }
  }

  Value value(const TestValue& given, const Type& type, bool optional, std::uint32_t input) {
    if (given.gap != TestGap::none)
      return Value::unknown(optional ? Fault::absent : Fault::missing, {BirthKind::input, input});
    if (type.kind != Kind::list && type.kind != Kind::map) return scalar(given.constant, type);
    const compiler::CollectionInfo& collection = checked_.types.collections[type.index];
    std::vector<std::vector<Value>> rows;
    for (const std::vector<TestValue>& row : given.rows) {
      std::vector<Value>& out = rows.emplace_back();
      for (std::size_t i = 0; i < row.size(); ++i) {
        const compiler::ColumnInfo& column = collection.columns[i];
        const bool is_key = collection.keyed && i == 0;
        out.push_back(is_key ? builder_.text_value(row[i].constant.text)
                             : value(row[i], column.type, column.optional, input));
      }
    }
    return builder_.append_rows(type.index, rows,
                                std::vector<vm::Origin>(rows.size(), {document_, line_}));
  }

  std::uint32_t member_of(const TestSeries& series) {
    if (series.labels.empty()) return program::kNone;
    return builder_.member(checked_.metrics[series.metric].label_set, series.labels)
        .value_or(program::kNone);
  }

  void add_block(const TestBlock& block) {
    const vm::Instant begin = instant(block.begin);
    const vm::Instant every = instant(block.every);
    if (block.stage) builder_.mark_stage(begin, *block.stage);
    for (const TestSeries& series : block.series) {
      const Type& type = checked_.metrics[series.metric].type;
      const vm::Origin origin{document_, line_of(series.place)};
      const std::uint32_t member = member_of(series);
      const program::Birthplace born{
          BirthKind::series,
          series.metric * program::kTrackCount + static_cast<std::uint32_t>(series.track)};
      const auto sample = [&](const TestValue& given) {
        return given.gap == TestGap::none ? scalar(given.constant, type)
                                          : Value::unknown(Fault::not_a_number, born);
      };
      if (series.track == program::Track::baseline) {
        if (series.values.front().gap == TestGap::none)
          builder_.set_baseline(series.metric, sample(series.values.front()), origin, member);
        continue;
      }
      for (std::uint32_t i = 0; i < block.count; ++i) {
        const TestValue& given = series.values[series.constant ? 0 : i];
        if (given.gap == TestGap::missing) continue;
        builder_.add_sample(series.metric, series.track,
                            begin + every * static_cast<vm::Instant>(i), sample(given), origin,
                            member);
      }
    }
  }

  const program::Program& program_;
  const Checked& checked_;
  vm::SnapshotBuilder builder_;
  std::uint32_t document_ = 0;
  std::uint32_t line_ = 0;
};

}  // namespace

vm::Snapshot snapshot_of(const program::Program& program, const Checked& checked,
                         const CheckedPolicy& policy, const CheckedTest& test, Decimal at) {
  return Binder(program, checked).run(policy, test, at);
}

}  // namespace dpol::testing
