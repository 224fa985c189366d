// The verifier passes a sound program and refuses each way of being unsound.

#include "runtime/program/verify.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/unit/support/sample_program.h"

namespace dpol::program {
namespace {

using test::Cell;
using test::decimal;
using test::ProgramBuilder;
using test::sample_program;
using test::SampleProgram;

std::string refusal(const Program& program) {
  const auto fault = verify(program);
  return fault ? fault->what : "";
}

TEST(Verify, PassesASoundProgram) { EXPECT_EQ(refusal(sample_program().program), ""); }
TEST(Verify, PassesAnEmptyProgram) { EXPECT_EQ(refusal(Program()), ""); }

TEST(Verify, TheSoundProgramHasEveryOpcode) {
  std::set<Opcode> seen;
  for (const Instruction& instruction : sample_program().program.code) seen.insert(instruction.op);
  EXPECT_EQ(seen.size(), kOpcodeRows.size());
}

// One change that makes the sound program unsound, and the words of the refusal.
struct Damage {
  std::string expected;
  std::function<void(SampleProgram&)> make;
};

Instruction& first_of(Program& program, Opcode op) {
  for (Instruction& instruction : program.code) {
    if (instruction.op == op) return instruction;
  }
  throw std::runtime_error("no such instruction");
}
std::function<void(SampleProgram&)> change(Opcode op, const std::function<void(Instruction&)>& edit) {
  return [op, edit](SampleProgram& s) { edit(first_of(s.program, op)); };
}
std::function<void(SampleProgram&)> edit(const std::function<void(Program&)>& edit) {
  return [edit](SampleProgram& s) { edit(s.program); };
}
CellId constant_of(const Program& program, CellClass wanted) {
  for (std::size_t i = 0; i < program.constants.size(); ++i) {
    if (cell_class(program.constant_types[i]) == wanted) return static_cast<CellId>(i);
  }
  throw std::runtime_error("no such constant");
}

void expect_refusals(const std::vector<Damage>& damages) {
  for (std::size_t i = 0; i < damages.size(); ++i) {
    SampleProgram sample = sample_program();
    damages[i].make(sample);
    const std::string what = refusal(sample.program);
    EXPECT_NE(what.find(damages[i].expected), std::string::npos)
        << "damage " << i << " gave \"" << what << "\", expected \"" << damages[i].expected << "\"";
  }
}

TEST(Verify, RefusesTablesOutOfLimits) {
  expect_refusals({
      {"too many cells", edit([](Program& p) { p.temporaries.resize(kMaxCells); })},
      {"too many instructions", edit([](Program& p) { p.code.resize(kMaxInstructions + 1); })},
      {"too many rules", edit([](Program& p) { p.policies[0].rules.resize(kMaxRules + 1); })},
      {"too many enumerations", edit([](Program& p) { p.enumerations.resize(70'000); })},
      {"too many row tables", edit([](Program& p) { p.row_tables.resize(70'000); })},
      {"too many patterns", edit([](Program& p) { p.regexes.resize(1'001); })},
      {"too many units", edit([](Program& p) { p.unit_names.resize(15); })},
      {"constants and their types", edit([](Program& p) { p.constant_types.pop_back(); })},
      {"instructions and their places", edit([](Program& p) { p.places.pop_back(); })},
  });
}

TEST(Verify, RefusesTextsAndTypes) {
  expect_refusals({
      {"text 0: not UTF-8", edit([](Program& p) { p.strings[0] = "\xC3"; })},
      {"text 0: not UTF-8", edit([](Program& p) { p.strings[0] = "\xED\xA0\x80"; })},
      {"text 0: not UTF-8", edit([](Program& p) { p.strings[0] = "\xC0\xAF"; })},
      {"text 0: not UTF-8", edit([](Program& p) { p.strings[0] = "\xF4\x90\x80\x80"; })},
      {"text 1: occurs twice", edit([](Program& p) { p.strings[1] = p.strings[0]; })},
      {"unit 0: no such text", edit([](Program& p) { p.unit_names[0] = 9999; })},
      {"enumeration 0: no such text", edit([](Program& p) { p.enumerations[0].name = kNone; })},
      {"enumeration 0: has no member", edit([](Program& p) { p.enumerations[0].members.clear(); })},
      {"enumeration 0: no such text", edit([](Program& p) { p.enumerations[0].members[1] = 9999; })},
      {"regex 0: no such text", edit([](Program& p) { p.regexes[0] = 9999; })},
      {"column 0: no such text", edit([](Program& p) { p.columns[0].name = 9999; })},
      {"column 1: no such kind", edit([](Program& p) { p.columns[1].type.kind = static_cast<Kind>(77); })},
      {"column 1: a dimension", edit([](Program& p) { p.columns[1].type.dimension.exponents[0] = 1; })},
      {"column 1: a dimension",
       edit([](Program& p) { p.columns[1].type = Type::quantity(Dimension::user(3)); })},
      {"column 1: a dimension",
       edit([](Program& p) {
         p.columns[1].type = Type::duration();
         p.columns[1].type.dimension.exponents[0] = INT8_MIN;
       })},
      {"column 2: no such enumeration", edit([](Program& p) { p.columns[2].type.index = 9; })},
      {"column 1: no such row table", edit([](Program& p) { p.columns[1].type = Type::of(Kind::list, 9); })},
      {"column 1: a list is not keyed", edit([](Program& p) { p.columns[1].type = Type::of(Kind::list, 1); })},
      {"column 1: a record", edit([](Program& p) { p.columns[1].type = Type::of(Kind::record); })},
      {"row table 0: no such text", edit([](Program& p) { p.row_tables[0].name = 9999; })},
      {"row table 1: no such column", edit([](Program& p) { p.row_tables[1].column_count = 4'000'000'000; })},
      {"row table 1: shares a column", edit([](Program& p) { p.row_tables[1].first_column = 2; })},
      {"row table 1: a map without a key", edit([](Program& p) { p.row_tables[1].column_count = 0; })},
      {"row table 1: a map's key", edit([](Program& p) { p.columns[3].type = Type::of(Kind::integer); })},
      {"a column belongs to no row table", edit([](Program& p) { p.row_tables[0].column_count = 2; })},
  });
}

TEST(Verify, RefusesConstantsAndInputs) {
  const auto constant = [](CellClass wanted, const std::function<void(Value&, Type&)>& edit_it) {
    return edit([wanted, edit_it](Program& p) {
      const CellId cell = constant_of(p, wanted);
      edit_it(p.constants[cell], p.constant_types[cell]);
    });
  };
  expect_refusals({
      {"a number out of range", constant(CellClass::number, [](Value& v, Type&) { v = {1, INT64_MAX}; })},
      {"an unknown for no known reason", constant(CellClass::number, [](Value& v, Type&) { v = Value::unknown(Fault::none); })},
      {"an unknown for no known reason",
       constant(CellClass::number, [](Value& v, Type&) { v = Value::unknown(static_cast<Fault>(200)); })},
      {"an unknown for no known reason",
       constant(CellClass::number, [](Value& v, Type&) { v = Value::unknown(Fault::stale, {BirthKind::input, 3}); })},
      {"neither true nor false", constant(CellClass::boolean, [](Value& v, Type&) { v = Value::id(2); })},
      {"an id out of range", constant(CellClass::boolean, [](Value& v, Type&) { v = {0, 1}; })},
      {"no such member", constant(CellClass::ordinal, [](Value& v, Type&) { v = Value::id(2); })},
      {"no such text", constant(CellClass::symbol, [](Value& v, Type&) { v = Value::id(9999); })},
      {"not a semantic version", constant(CellClass::semver, [](Value& v, Type&) { v = Value::id(0); })},
      {"a list is no constant", constant(CellClass::number, [](Value&, Type& t) { t = Type::of(Kind::list, 0); })},
      {"input 0: no such kind of input", edit([](Program& p) { p.inputs[0].kind = static_cast<InputKind>(9); })},
      {"input 0: no such text", edit([](Program& p) { p.inputs[0].name = kNone; })},
      {"input 0: no such text", edit([](Program& p) { p.inputs[0].place.file = 9999; })},
      {"input 0: no such row table", edit([](Program& p) { p.inputs[0].type.index = 9; })},
      {"input 1: a record", edit([](Program& p) { p.inputs[1].type = Type::of(Kind::record); })},
      {"input 5: its default or range is no constant", edit([](Program& p) { p.inputs[5].fallback = 9999; })},
      {"input 5: its default or range is of another class",
       edit([](Program& p) { p.inputs[5].fallback = constant_of(p, CellClass::symbol); })},
      {"input 3: its default or range is of another class",
       edit([](Program& p) {
         p.enumerations.push_back(p.enumerations[0]);
         p.inputs[3].type.index = 1;
         p.inputs[3].fallback = constant_of(p, CellClass::ordinal);
       })},
      {"input 2: only a number has a range",
       edit([](Program& p) { p.inputs[2].minimum = constant_of(p, CellClass::symbol); })},
      {"input 5: an unknown range",
       edit([](Program& p) { p.inputs[5].maximum = static_cast<std::uint32_t>(p.constants.size() - 1); })},
      {"input 6: no such metric", edit([](Program& p) { p.inputs[6].metric = 9; })},
      {"input 6: a baseline is a number", edit([](Program& p) { p.inputs[6].type = Type::of(Kind::string); })},
      {"input 6: a baseline is a number", edit([](Program& p) { p.metrics[1].type = Type::of(Kind::boolean); })},
      {"input 7: not a time", edit([](Program& p) { p.inputs[7].type = Type::duration(); })},
      {"input 8: not a time", edit([](Program& p) { p.inputs[8].type = Type::duration(); })},
  });
}

TEST(Verify, RefusesMetrics) {
  const auto metric = [](const std::function<void(Metric&)>& edit_it) {
    return edit([edit_it](Program& p) { edit_it(p.metrics[1]); });
  };
  expect_refusals({
      {"metric 1: no such text", metric([](Metric& m) { m.name = kNone; })},
      {"metric 1: no such text", metric([](Metric& m) { m.doc = 9999; })},
      {"metric 1: no such text", metric([](Metric& m) { m.place.file = 9999; })},
      {"metric 2: a metric is a number", edit([](Program& p) { p.metrics[2].type = Type::of(Kind::string); })},
      {"an aggregate of what is no number",
       edit([](Program& p) {
         const Aggregate count = Aggregate::count;
         first_of(p, Opcode::aggregate).c = static_cast<std::uint16_t>(count);
         first_of(p, Opcode::aggregate).d = 6;
         p.metrics[2].type = Type::of(Kind::boolean);
       })},
      {"metric 1: no such direction", metric([](Metric& m) { m.better = static_cast<Direction>(7); })},
      {"metric 1: a number below zero", metric([](Metric& m) { m.interval_seconds = decimal("-1"); })},
      {"metric 1: a number below zero", metric([](Metric& m) { m.stale_seconds = decimal("-1"); })},
      {"metric 3: a number below zero", edit([](Program& p) { p.metrics[3].gone_seconds = decimal("-1"); })},
      {"metric 1: no such labels", metric([](Metric& m) { m.label_set = 7; })},
      {"label set 0: no label, or too many", edit([](Program& p) { p.label_sets[0].labels.clear(); })},
      {"label set 0: no label, or too many", edit([](Program& p) { p.label_sets[0].labels.resize(9); })},
      {"label set 0: no such text", edit([](Program& p) { p.label_sets[0].labels[1] = 9999; })},
      {"label set 0: a label twice", edit([](Program& p) { p.label_sets[0].labels[1] = p.label_sets[0].labels[0]; })},
      {"more labels than metrics", edit([](Program& p) { p.label_sets.resize(5, p.label_sets[0]); })},
      {"metric 1: its range is none", metric([](Metric& m) { m.minimum = decimal("2"); })},
      {"metric 1: no such kind of baseline",
       metric([](Metric& m) { m.baseline.kind = static_cast<BaselineRule::Kind>(9); })},
      {"metric 1: no such aggregate", metric([](Metric& m) { m.baseline.aggregate = static_cast<Aggregate>(99); })},
      {"metric 1: a number below zero", metric([](Metric& m) { m.baseline.seconds = decimal("-1"); })},
      {"metric 1: no such input", metric([](Metric& m) { m.baseline_input = 9999; })},
      {"metric 1: its baseline is another input", metric([](Metric& m) { m.baseline_input = 0; })},
      {"metric 0: no such block", edit([](Program& p) { p.metrics[2].needs = 9999; std::swap(p.metrics[2], p.metrics[0]); p.metrics[0].baseline_input = kNone; p.blocks.clear(); p.code.clear(); p.places.clear(); p.metrics[1].needs = kNone; p.policies.clear(); })},
      // A metric's condition must be there before what reads the metric.
      {"its metric needs a block that is not smaller", edit([](Program& p) { p.metrics[0].needs = 0; })},
      {"its metric needs a block that is not smaller", edit([](Program& p) { p.metrics[1].needs = 9999; })},
      {"its metric needs what is no condition",
       [](SampleProgram& s) { s.program.metrics[1].needs = s.total; }},
      {"runs a block that reads a row of nobody's",
       [](SampleProgram& s) { s.program.metrics[1].needs = s.restarts; }},
  });
}

TEST(Verify, RefusesBlocks) {
  expect_refusals({
      {"block 0: no such instruction", edit([](Program& p) { p.blocks[0].count = 4'000'000'000; })},
      {"block 1: shares an instruction", edit([](Program& p) { p.blocks[1].first = 0; })},
      {"an instruction belongs to no block", edit([](Program& p) { p.blocks[0].count = 1; })},
      {"block 0: no such metric", edit([](Program& p) { p.blocks[0].base_metric = 77; })},
      {"block 0: no such text", edit([](Program& p) { p.blocks[0].text = 9999; })},
      {"block 0: no such text", edit([](Program& p) { p.blocks[0].place.file = 9999; })},
      {"no such text", edit([](Program& p) { p.places[3].file = 9999; })},
      {"no such cell", [](SampleProgram& s) { s.program.blocks[s.opening].result = 50'000; }},
      {"its metric needs what is no condition", edit([](Program& p) { p.blocks[0].result = 50'000; })},
      {"is read before it is written", [](SampleProgram& s) { s.program.blocks[s.opening].result = s.program.blocks[s.spike].result; }},
      {"its result is no truth value, no number and no text",
       [](SampleProgram& s) { s.program.blocks[s.opening].result = constant_of(s.program, CellClass::ordinal); }},
      {"a block with a result of another class",
       [](SampleProgram& s) { s.program.policies[0].messages[0].text[1].hole = s.pods; }},
      {"a block with a result of another class",
       [](SampleProgram& s) { s.program.policies[0].phases[0].only_if = s.hole; }},
      {"its list of windows is another", [](SampleProgram& s) { s.program.blocks[s.window].windows.pop_back(); }},
      {"a cell of no known class", edit([](Program& p) { p.temporaries[0] = static_cast<CellClass>(9); })},
  });
}

TEST(Verify, RefusesInstructions) {
  const auto number_cell = [](const Program& p) { return constant_of(p, CellClass::number); };
  const auto symbol_cell = [](const Program& p) { return constant_of(p, CellClass::symbol); };
  expect_refusals({
      {"no such opcode", change(Opcode::add, [](Instruction& i) { i.op = static_cast<Opcode>(99); })},
      {"no such cell", change(Opcode::add, [](Instruction& i) { i.b = 59'999; })},
      {"C 59999: no such cell", change(Opcode::add, [](Instruction& i) { i.c = 59'999; })},
      {"D 70000: no such cell", change(Opcode::choose, [](Instruction& i) { i.d = 70'000; })},
      {"is read before it is written", change(Opcode::add, [](Instruction& i) { i.b = i.a; })},
      {"an operand where none is", change(Opcode::add, [](Instruction& i) { i.d = 1; })},
      {"an operand where none is", change(Opcode::negate, [](Instruction& i) { i.c = 1; })},
      {"a cell of another class",
       edit([&](Program& p) { first_of(p, Opcode::add).b = symbol_cell(p); })},
      {"a cell of another class", edit([&](Program& p) { first_of(p, Opcode::both).b = number_cell(p); })},
      {"a cell of another class", edit([&](Program& p) { first_of(p, Opcode::contains_text).b = number_cell(p); })},
      {"a cell of another class", edit([&](Program& p) { first_of(p, Opcode::semver_less).b = symbol_cell(p); })},
      {"a cell of another class", edit([&](Program& p) { first_of(p, Opcode::length).b = symbol_cell(p); })},
      {"a cell of another class", edit([&](Program& p) { first_of(p, Opcode::field).b = symbol_cell(p); })},
      {"a cell without an order",
       edit([&](Program& p) {
         first_of(p, Opcode::less).b = symbol_cell(p);
         first_of(p, Opcode::less).c = symbol_cell(p);
       })},
      {"not of the class of the other", edit([&](Program& p) { first_of(p, Opcode::less).c = symbol_cell(p); })},
      {"not of the class of the other", edit([&](Program& p) { first_of(p, Opcode::choose).c = symbol_cell(p); })},
      // Two enumerations are two classes.
      {"not of the class of the other",
       edit([](Program& p) {
         p.enumerations.push_back(p.enumerations[0]);
         p.inputs[3].type.index = 1;
       })},
      {"a class that equality of bits does not fit",
       edit([](Program& p) {
         Instruction& equal = first_of(p, Opcode::equal);
         equal.b = equal.c = constant_of(p, CellClass::semver);
       })},
      {"a class that equality of bits does not fit",
       edit([](Program& p) {
         Instruction& equal = first_of(p, Opcode::not_equal);
         equal.b = equal.c = static_cast<CellId>(p.input_cell(0));
       })},
      {"a window of no constant length",
       edit([](Program& p) { first_of(p, Opcode::for_time).b = static_cast<CellId>(p.input_cell(5)); })},
      {"a window of no length",
       edit([](Program& p) { p.constants[first_of(p, Opcode::for_time).b] = Value::number(Decimal()); })},
      {"a window of no length",
       edit([](Program& p) { p.constants[first_of(p, Opcode::aggregate).b] = Value::unknown(Fault::overflow); })},
      {"no such number of samples", change(Opcode::for_samples, [](Instruction& i) { i.b = 0; })},
      {"no such number of samples", change(Opcode::in_samples, [](Instruction& i) { i.b = 10'001; })},
      {"no such number of samples", change(Opcode::of_samples, [](Instruction& i) { i.c = 10'001; })},
      {"more samples wanted than looked at", change(Opcode::of_samples, [](Instruction& i) { i.b = 6; })},
      {"no smaller block", change(Opcode::every, [](Instruction& i) { i.d = 9999; })},
      {"no smaller block", [](SampleProgram& s) { first_of(s.program, Opcode::every).d = s.pods; }},
      {"no smaller block", [](SampleProgram& s) { first_of(s.program, Opcode::for_time).d = s.window; }},
      {"a block with a result of another class", [](SampleProgram& s) {
         const BlockId sum_body = first_of(s.program, Opcode::sum).d;
         first_of(s.program, Opcode::every).d = sum_body;
       }},
      {"a block with a result of another class",
       [](SampleProgram& s) { first_of(s.program, Opcode::sum).d = s.restarts; }},
      {"a window over what names no metric",
       [](SampleProgram& s) {
         s.program.blocks[s.spike].base_metric = kNone;
       }},
      {"no such column", change(Opcode::field, [](Instruction& i) { i.d = 99; })},
      {"a column of another table", change(Opcode::field, [](Instruction& i) { i.d = 4; })},
      {"a column of another table", change(Opcode::has, [](Instruction& i) { i.d = 3; })},
      {"the column holds another class", change(Opcode::has, [](Instruction& i) { i.d = 1; })},
      {"not the key of the map", change(Opcode::find, [](Instruction& i) { i.d = 4; })},
      {"not the key of the map",
       edit([](Program& p) { first_of(p, Opcode::find).b = static_cast<CellId>(p.input_cell(0)); })},
      {"no such pattern", change(Opcode::matches, [](Instruction& i) { i.d = 7; })},
      {"no such metric", change(Opcode::sample, [](Instruction& i) { i.d = 77; })},
      {"a baseline is an input", change(Opcode::sample, [](Instruction& i) { i.d = 2; })},
      {"all series of what has one", change(Opcode::all_series, [](Instruction& i) { i.d = 0; })},
      {"a list of other values", change(Opcode::all_series, [](Instruction& i) { i.c = 0; })},
      {"no such row table", change(Opcode::all_series, [](Instruction& i) { i.c = 9; })},
      {"a baseline is an input", change(Opcode::all_series, [](Instruction& i) { i.d += 2; })},
      {"no baseline of a number", change(Opcode::baseline, [](Instruction& i) { ++i.d; })},
      {"each series of what has one", edit([](Program& p) { p.policies[0].rules.back().each = 0; })},
      {"each series of what has one", edit([](Program& p) { p.policies[0].rules.back().each = 77; })},
      {"compares another track than the candidate's", change(Opcode::worse_share, [](Instruction& i) { ++i.d; })},
      {"nothing says what is worse",
       edit([](Program& p) {
         p.metrics[first_of(p, Opcode::worse_share).d / kTrackCount].better = Direction::neither;
       })},
      {"no such aggregate", change(Opcode::aggregate, [](Instruction& i) { i.c = 99; })},
      {"no such function", change(Opcode::call, [](Instruction& i) { i.c = 99; })},
      {"no such argument", change(Opcode::call, [](Instruction& i) { i.d = 1; })},
      {"no such argument", change(Opcode::call, [](Instruction& i) { i.d = kNone; })},
      {"argument 0: a cell of another class", edit([&](Program& p) { p.arguments[0] = number_cell(p); })},
      {"argument 1: is read before", edit([](Program& p) { p.arguments[1] = p.blocks.back().result; })},
      {"not a cell to write", change(Opcode::add, [](Instruction& i) { i.a = 0; })},
      {"not a cell to write", edit([](Program& p) { first_of(p, Opcode::add).a = static_cast<CellId>(p.input_cell(0)); })},
      {"writes a cell of another class", edit([](Program& p) { first_of(p, Opcode::add).a = first_of(p, Opcode::both).a; })},
      {"is written twice", edit([](Program& p) { first_of(p, Opcode::either).a = first_of(p, Opcode::contains_text).a; })},
      {"is written twice", edit([](Program& p) { first_of(p, Opcode::any).c = first_of(p, Opcode::every).c; })},
      // The body's row is bound by another list.
      {"a block that reads a row of nobody's",
       edit([](Program& p) { std::swap(first_of(p, Opcode::any).c, first_of(p, Opcode::every).c); first_of(p, Opcode::any).d = first_of(p, Opcode::every).d; })},
  });
}

TEST(Verify, RefusesARowOfAnotherTable) {
  // The row of a map, whose columns a body over pods must not read.
  expect_refusals({{"a column of another table", edit([](Program& p) {
                      first_of(p, Opcode::every).b = static_cast<CellId>(p.input_cell(4));
                    })}});
}

TEST(Verify, RefusesAWindowInsideAListsBody) {
  ProgramBuilder b;
  const Type table = b.row_table("pod", {{"n", Type::of(Kind::integer)}});
  const Cell list = b.fact("pods", table);
  const std::uint32_t metric = b.metric("m");
  const Cell zero = b.number("0");
  const BlockId inner = b.compare_block(metric, Opcode::less, zero);
  b.begin();
  const BlockId body = b.end(b.op(Opcode::for_samples, 3, {}, inner), metric);
  const Cell row = b.row();
  b.begin();
  b.end(b.op(Opcode::every, list, row, body));
  EXPECT_NE(refusal(b.build()).find("a window inside a list's body"), std::string::npos);
}

// A chain of blocks, each a list body of the next.
Program nested(std::size_t depth) {
  ProgramBuilder b;
  const Cell list = b.fact("pods", b.row_table("pod", {{"n", Type::of(Kind::integer)}}));
  b.begin();
  BlockId block = b.end(b.boolean(true));
  for (std::size_t i = 1; i < depth; ++i) {
    const Cell row = b.row();
    b.begin();
    block = b.end(b.op(Opcode::every, list, row, block));
  }
  return b.build();
}

TEST(Verify, RefusesBlocksNestedTooDeeply) {
  EXPECT_EQ(refusal(nested(kMaxBlockDepth)), "");
  EXPECT_NE(refusal(nested(kMaxBlockDepth + 1)).find("blocks nested too deeply"), std::string::npos);
}

// A body may read the row of the list around it, but only inside that list.
TEST(Verify, RowsReachInnerBodies) {
  ProgramBuilder b;
  const Type inner_table = b.row_table("container", {{"n", Type::of(Kind::integer)}});
  const Type outer_table = b.row_table("pod", {{"n", Type::of(Kind::integer)}, {"containers", inner_table}});
  const Cell pods = b.fact("pods", outer_table);
  const Cell pod = b.row();
  const Cell container = b.row();
  b.begin();
  const BlockId inner = b.end(b.op(Opcode::less, b.op(Opcode::field, container, {}, 0), b.op(Opcode::field, pod, {}, 1)));
  b.begin();
  const BlockId outer = b.end(b.op(Opcode::every, b.op(Opcode::field, pod, {}, 2), container, inner));
  b.begin();
  const BlockId whole = b.end(b.op(Opcode::every, pods, pod, outer));
  Rule rule;
  rule.id = b.text("p.r");
  rule.clauses.resize(1);
  rule.clauses[0].condition = whole;
  Policy policy;
  policy.id = b.text("p");
  policy.rules = {rule};
  b.tables().policies = {policy};
  Program program = b.build();
  EXPECT_EQ(refusal(program), "");
  program.policies[0].rules[0].clauses[0].condition = outer;
  EXPECT_NE(refusal(program).find("reads a row of nobody's"), std::string::npos);
}

TEST(Verify, RefusesWhatReportsCouldNotRead) {
  const auto trace = [](const std::function<void(TracePoint&)>& edit_it) {
    return [edit_it](SampleProgram& s) { edit_it(s.program.blocks[s.spike].traces[0]); };
  };
  const auto comparison = [](const std::function<void(Comparison&)>& edit_it) {
    return [edit_it](SampleProgram& s) { edit_it(s.program.blocks[s.spike].comparisons[0]); };
  };
  expect_refusals({
      {"trace 0: no such cell", trace([](TracePoint& t) { t.cell = 59'999; })},
      {"trace 0: no such kind", trace([](TracePoint& t) { t.type.kind = static_cast<Kind>(90); })},
      {"trace 0: a type that is not the cell's", trace([](TracePoint& t) { t.type = Type::of(Kind::string); })},
      {"trace 0: a type that is not the cell's",
       [](SampleProgram& s) {
         s.program.enumerations.push_back(s.program.enumerations[0]);
         TracePoint& t = s.program.blocks[s.spike].traces[0];
         t.cell = constant_of(s.program, CellClass::ordinal);
         t.type = Type::of(Kind::enumeration, 1);
       }},
      {"trace 0: a part outside the text", trace([](TracePoint& t) { t.length = 1000; })},
      {"trace 0: a part outside the text", trace([](TracePoint& t) { t.begin = kNone; })},
      {"comparison 0: compares no numbers", comparison([](Comparison& c) { c.value = 59'999; })},
      {"comparison 0: compares no numbers",
       [](SampleProgram& s) { s.program.blocks[s.spike].comparisons[0].limit = constant_of(s.program, CellClass::symbol); }},
      {"comparison 0: no comparison", comparison([](Comparison& c) { c.op = Opcode::add; })},
      {"comparison 0: its difference is no number", comparison([](Comparison& c) { c.type = Type::of(Kind::string); })},
      {"comparison 0: a part outside the text", comparison([](Comparison& c) { c.begin = 30; })},
  });
}

TEST(Verify, RefusesPolicies) {
  const auto policy = [](const std::function<void(Policy&)>& edit_it) {
    return edit([edit_it](Program& p) { edit_it(p.policies[0]); });
  };
  expect_refusals({
      {"policy 0: no such text", policy([](Policy& p) { p.id = kNone; })},
      {"policy 0: no such text", policy([](Policy& p) { p.title = 9999; })},
      {"policy 0: no such text", policy([](Policy& p) { p.owner = 9999; })},
      {"policy 0: no such text", policy([](Policy& p) { p.doc = 9999; })},
      {"policy 0: no such text", policy([](Policy& p) { p.parents[0] = 9999; })},
      {"policy 0: no such text", policy([](Policy& p) { p.place.file = 9999; })},
      {"policy 0: no such block", policy([](Policy& p) { p.applies = 9999; })},
      {"policy 0: a block with a result of another class",
       [](SampleProgram& s) { s.program.policies[0].applies = s.opening; }},
      {"parameter 0: is no input", policy([](Policy& p) { p.parameters[0] = 0; })},
      {"waiver 0: no such text", policy([](Policy& p) { p.waivers[0].by = kNone; })},
      {"waiver 0: no such text", policy([](Policy& p) { p.waivers[0].because = 9999; })},
      {"waiver 0: no such rule", policy([](Policy& p) { p.waivers[0].rules = {9}; })},
      {"waiver 0: no such role", policy([](Policy& p) { p.waivers[0].members = {0, 2}; })},
      {"waiver 0: no such block", policy([](Policy& p) { p.waivers[0].scope = kNone; })},
      {"procedure 0: no such text", policy([](Policy& p) { p.procedures[0].id = kNone; })},
      {"procedure 0: no such text", policy([](Policy& p) { p.procedures[0].why = 9999; })},
      {"procedure 0: no such text", policy([](Policy& p) { p.procedures[0].covers = {9999}; })},
      {"procedure 0: no such rule", policy([](Policy& p) { p.procedures[0].rules = {9}; })},
      {"procedure 0: no such block", policy([](Policy& p) { p.procedures[0].only_if = 9999; })},
      {"step 0: no such text", policy([](Policy& p) { p.procedures[0].steps[0].title = 9999; })},
      {"step 0: no such text", policy([](Policy& p) { p.procedures[0].steps[0].run[0].text = kNone; })},
      {"step 0: no such block", policy([](Policy& p) { p.procedures[0].steps[0].run[0].hole = 9999; })},
      {"step 0: a block with a result of another class",
       policy([](Policy& p) { p.procedures[0].steps[0].run[0].hole = p.procedures[0].only_if; })},
      {"step 0: no such block", policy([](Policy& p) { p.procedures[0].steps[0].only_if = 9999; })},
      {"step 0: no such block", policy([](Policy& p) { p.procedures[0].steps[0].checks = {kNone}; })},
      {"message 0: no such text", policy([](Policy& p) { p.messages[0].name = kNone; })},
      {"message 0: no such text", policy([](Policy& p) { p.messages[0].why = 9999; })},
      {"message 0: no such text", policy([](Policy& p) { p.messages[0].text[0].text = kNone; })},
      {"message 0: no such block", policy([](Policy& p) { p.messages[0].text[1].hole = 9999; })},
      {"message 0: no such text", policy([](Policy& p) { p.messages[0].channels = {9999}; })},
      {"message 0: no such text", policy([](Policy& p) { p.messages[0].covers = {9999}; })},
      {"message 0: no such role", policy([](Policy& p) { p.messages[0].recipients[0].members = 9; })},
      {"message 0: no such role", policy([](Policy& p) { p.messages[0].recipients[1].members = 0; })},
      {"message 0: an end without a beginning", policy([](Policy& p) { p.messages[0].opens.reset(); })},
      {"message 0: no such rule", policy([](Policy& p) { p.messages[0].rules = {9}; })},
      {"message 0: rules that it is not about", policy([](Policy& p) { p.messages[0].on_rules = false; })},
      {"message 0: no such block", policy([](Policy& p) { p.messages[0].while_true = 9999; })},
      {"message 0: no such block", policy([](Policy& p) { p.messages[0].only_if = 9999; })},
      {"message 0: no such stage", policy([](Policy& p) { p.messages[0].last_stage = 9; })},
      {"role 0: no such text", edit([](Program& p) { p.roles[0].name = kNone; })},
      {"role 0: no such text", edit([](Program& p) { p.roles[0].members[1] = 9999; })},
      {"role 1: members from an input that is no list", edit([](Program& p) { p.roles[1].fact = 9999; })},
      {"parameter 0: is no input", policy([](Policy& p) { p.parameters[0] = 9999; })},
      {"phase 0: no such text", policy([](Policy& p) { p.phases[0].name = kNone; })},
      {"phase 0: no such text", policy([](Policy& p) { p.phases[0].title = 9999; })},
      {"phase 0: no such kind", policy([](Policy& p) { p.phases[0].kind = static_cast<PhaseKind>(9); })},
      {"phase 0: no such text", policy([](Policy& p) { p.phases[0].opens.text = 9999; })},
      {"phase 0: a number out of range",
       policy([](Policy& p) { p.phases[0].opens.offset_seconds = Decimal::from_raw(Decimal::kMaxUnits + 1); })},
      {"phase 1: a block with a result of another class",
       [](SampleProgram& s) { s.program.policies[0].phases[1].opens.block = s.pods; }},
      {"phase 1: never closes", policy([](Policy& p) { p.phases[1].closes.reset(); })},
      {"phase 1: no such text", policy([](Policy& p) { p.phases[1].closes->text = 9999; })},
      {"phase 1: no such block", policy([](Policy& p) { p.phases[1].only_if = 9999; })},
      {"rollout 0: no such text", policy([](Policy& p) { p.rollouts[0].name = kNone; })},
      {"rollout 0: no such text", policy([](Policy& p) { p.rollouts[0].title = 9999; })},
      {"stage 1: no such text", policy([](Policy& p) { p.rollouts[0].stages[1].name = kNone; })},
      {"stage 1: a share above 1", policy([](Policy& p) { p.rollouts[0].stages[1].share = decimal("1.1"); })},
      {"stage 1: a number below zero", policy([](Policy& p) { p.rollouts[0].stages[1].share = decimal("-0.1"); })},
      {"stage 1: a number below zero", policy([](Policy& p) { p.rollouts[0].stages[1].bake_seconds = decimal("-1"); })},
      {"stage 1: a number below zero", policy([](Policy& p) { p.rollouts[0].stages[1].at_most_seconds = decimal("-1"); })},
      {"stage 1: a number below zero", policy([](Policy& p) { p.rollouts[0].stages[1].settle_seconds = decimal("-1"); })},
      {"stage 1: a bake that lasts", policy([](Policy& p) { p.rollouts[0].stages[1].at_most_outcome = Missing::pass; })},
      {"stage 1: no such block", policy([](Policy& p) { p.rollouts[0].stages[1].only_if = 9999; })},
      {"stage 0: no such text", policy([](Policy& p) { p.rollouts[0].stages[0].title = 9999; })},
      {"stage 0: no such text", policy([](Policy& p) { p.rollouts[0].stages[0].run = 9999; })},
      {"choice 0: no such rollout", policy([](Policy& p) { p.strategy[0].rollout = 1; })},
      {"choice 0: no such block", policy([](Policy& p) { p.strategy[0].condition = 9999; })},
      {"policy 0: an end of no trial", policy([](Policy& p) { p.trial_until = decimal("1"); })},
      {"override 0: no such text", policy([](Policy& p) { p.overrides[0].what = kNone; })},
      {"override 0: no such text", policy([](Policy& p) { p.overrides[0].to = 9999; })},
  });
}

TEST(Verify, RefusesRules) {
  const auto rule = [](std::size_t index, const std::function<void(Rule&)>& edit_it) {
    return edit([index, edit_it](Program& p) { edit_it(p.policies[0].rules[index]); });
  };
  const auto clause = [](std::size_t index, const std::function<void(Clause&)>& edit_it) {
    return edit([index, edit_it](Program& p) { edit_it(p.policies[0].rules[0].clauses[index]); });
  };
  expect_refusals({
      {"rule 0: an end of no trial", rule(0, [](Rule& r) { r.trial_until = decimal("1"); })},
      {"rule 3: a score and its parts", rule(3, [](Rule& r) { r.parts.clear(); })},
      {"rule 3: a score and its parts", rule(3, [](Rule& r) { r.kind = RuleKind::item; })},
      {"rule 3, part 0: worth nothing", rule(3, [](Rule& r) { r.parts[0].worth = Decimal(); })},
      {"part 0: no such block", rule(3, [](Rule& r) { r.parts[0].full = 9999; })},
      {"part 0: no such block", rule(3, [](Rule& r) { r.parts[0].half = 9999; })},
      {"rule 0: no such text", rule(0, [](Rule& r) { r.id = kNone; })},
      {"rule 0: no such text", rule(0, [](Rule& r) { r.why = 9999; })},
      {"rule 0: no such text", rule(0, [](Rule& r) { r.waivable_by = {9999}; })},
      {"rule 0: no such text", rule(0, [](Rule& r) { r.covers[0] = 9999; })},
      {"rule 0: no such kind of rule", rule(0, [](Rule& r) { r.kind = static_cast<RuleKind>(9); })},
      {"rule 0: no such scope", rule(0, [](Rule& r) { r.scope = static_cast<Scope>(9); })},
      {"rule 0: no such phase", rule(0, [](Rule& r) { r.phase = 2; })},
      {"rule 1: no such rollout", rule(1, [](Rule& r) { r.rollout = 1; })},
      {"rule 1: no such rollout", rule(1, [](Rule& r) { r.scope = Scope::rollout; r.rollout = kNone; })},
      {"rule 1: no such stage", rule(1, [](Rule& r) { r.last_stage = 3; })},
      {"rule 1: no such stage", rule(1, [](Rule& r) { r.first_stage = 2; r.last_stage = 1; })},
      {"rule 0: no such block", rule(0, [](Rule& r) { r.only_if = 9999; })},
      {"rule 0: no such override", rule(0, [](Rule& r) { r.overrides[0] = 1; })},
      {"rule 0: has no clause", rule(0, [](Rule& r) { r.clauses.clear(); })},
      {"clause 0: no such verb", clause(0, [](Clause& c) { c.verb = static_cast<Verb>(9); })},
      {"clause 0: no such block", clause(0, [](Clause& c) { c.condition = kNone; })},
      {"clause 0: a block with a result of another class",
       [](SampleProgram& s) { s.program.policies[0].rules[0].clauses[0].condition = s.opening; }},
      {"clause 0: no such answer", clause(0, [](Clause& c) { c.if_missing = static_cast<Missing>(9); })},
      {"clause 0: no such answer", clause(0, [](Clause& c) { c.if_baseline_missing = static_cast<Missing>(9); })},
      {"clause 0: no such answer", clause(0, [](Clause& c) { c.if_empty = static_cast<Missing>(9); })},
      {"clause 0: a number below zero", clause(0, [](Clause& c) { c.missing_for_seconds = decimal("-1"); })},
      {"clause 0: a number below zero", clause(0, [](Clause& c) { c.baseline_missing_for_seconds = decimal("-1"); })},
      {"clause 1: a confirm has no condition", clause(1, [](Clause& c) { c.condition = 0; })},
      {"clause 1: a confirm by nobody", clause(1, [](Clause& c) { c.confirm.count = 0; })},
      {"clause 1: no such text", clause(1, [](Clause& c) { c.confirm.role = 9999; })},
      {"clause 1: other than an input that is no string", clause(1, [](Clause& c) { c.confirm.other_than = {0}; })},
      {"clause 1: no such role", clause(1, [](Clause& c) { c.confirm.members = 2; })},
      {"clause 1: a number below zero", clause(1, [](Clause& c) { c.confirm.within_seconds = decimal("-1"); })},
      {"rule 2: no such gate", rule(2, [](Rule& r) { r.gate = static_cast<Gate>(9); })},
      {"rule 2: a gate that is not of one stage", rule(2, [](Rule& r) { r.last_stage = 2; })},
      {"rule 0: a gate that is not of one stage", rule(0, [](Rule& r) { r.gate = Gate::leave; })},
      {"rule 1: a gate that is no sign-off",
       rule(1, [](Rule& r) { r.gate = Gate::decide; r.last_stage = r.first_stage; })},
      {"file 0: no such text", edit([](Program& p) { p.files[0].name = kNone; })},
      {"file 0: no SHA-256", edit([](Program& p) { p.files[0].digest[0] = 'G'; })},
      {"the program's digest is no SHA-256", edit([](Program& p) { p.digest.pop_back(); })},
  });
}

}  // namespace
}  // namespace dpol::program
