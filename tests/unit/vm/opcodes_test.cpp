// Every opcode on known and on unknown operands.

#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "runtime/vm/machine.h"
#include "tests/unit/support/program_builder.h"

namespace dpol::vm {
namespace {

using program::BirthKind;
using program::Fault;
using program::Function;
using program::Kind;
using program::Opcode;
using program::Program;
using program::Type;
using program::Value;
using test::Cell;
using test::number;
using test::ProgramBuilder;

const Type kNumber = Type::of(Kind::number);
const Type kBoolean = Type::of(Kind::boolean);
const Type kString = Type::of(Kind::string);

const Value kTrue = Value::boolean(true);
const Value kFalse = Value::boolean(false);
const Value kStale = Value::unknown(Fault::stale);
const Value kMissing = Value::unknown(Fault::missing);
const Value kAbsent = Value::unknown(Fault::absent);

// One block of one instruction over constants.
class OneStep {
 public:
  OneStep(Opcode op, std::initializer_list<std::pair<Type, Value>> operands) {
    std::vector<test::Operand> cells;
    for (const auto& [type, value] : operands) cells.emplace_back(builder_.constant(type, value));
    cells.resize(3);
    builder_.begin();
    block_ = builder_.end(builder_.op(op, cells[0], cells[1], cells[2]));
  }
  Value result() {
    const Program program = builder_.build();
    const Snapshot snapshot = SnapshotBuilder(program).build();
    Machine machine(program);
    machine.load(snapshot);
    return machine.run(block_, {});
  }

 private:
  ProgramBuilder builder_;
  program::BlockId block_ = 0;
};

Value numbers(Opcode op, Value b, Value c) { return OneStep(op, {{kNumber, b}, {kNumber, c}}).result(); }
Value booleans(Opcode op, Value b, Value c) {
  return OneStep(op, {{kBoolean, b}, {kBoolean, c}}).result();
}

TEST(Opcodes, Arithmetic) {
  EXPECT_EQ(numbers(Opcode::add, number("0.1"), number("0.2")), number("0.3"));
  EXPECT_EQ(numbers(Opcode::subtract, number("0.3"), number("0.1")), number("0.2"));
  EXPECT_EQ(numbers(Opcode::multiply, number("0.18"), number("1.1")), number("0.198"));
  EXPECT_EQ(numbers(Opcode::divide, number("1"), number("8")), number("0.125"));
  EXPECT_EQ(numbers(Opcode::relative, number("180"), number("1.1")), number("198"));
  EXPECT_EQ(OneStep(Opcode::negate, {{kNumber, number("3")}}).result(), number("-3"));
  for (const Opcode op : {Opcode::add, Opcode::subtract, Opcode::multiply, Opcode::divide,
                          Opcode::relative}) {
    EXPECT_EQ(numbers(op, kStale, kMissing), kStale);
    EXPECT_EQ(numbers(op, number("1"), kMissing), kMissing);
  }
  EXPECT_EQ(OneStep(Opcode::negate, {{kNumber, kStale}}).result(), kStale);
}

TEST(Opcodes, ArithmeticOutsideItsDomainIsUnknown) {
  const Value most = Value::number(program::Decimal::max());
  EXPECT_EQ(numbers(Opcode::add, most, number("1")).fault(), Fault::overflow);
  EXPECT_EQ(numbers(Opcode::subtract, number("-1"), most).fault(), Fault::overflow);
  EXPECT_EQ(numbers(Opcode::multiply, most, number("2")).fault(), Fault::overflow);
  EXPECT_EQ(numbers(Opcode::divide, most, number("0.5")).fault(), Fault::overflow);
  EXPECT_EQ(numbers(Opcode::divide, number("1"), number("0")).fault(), Fault::division_by_zero);
  EXPECT_EQ(numbers(Opcode::divide, number("0"), number("0")).fault(), Fault::division_by_zero);
  EXPECT_EQ(numbers(Opcode::relative, number("0"), number("1.1")).fault(), Fault::zero_baseline);
}

TEST(Opcodes, Comparisons) {
  struct Row {
    Opcode op;
    Value below, same, above;
  };
  for (const Row& row : {Row{Opcode::less, kTrue, kFalse, kFalse},
                         Row{Opcode::less_equal, kTrue, kTrue, kFalse},
                         Row{Opcode::greater, kFalse, kFalse, kTrue},
                         Row{Opcode::greater_equal, kFalse, kTrue, kTrue},
                         Row{Opcode::equal, kFalse, kTrue, kFalse},
                         Row{Opcode::not_equal, kTrue, kFalse, kTrue}}) {
    EXPECT_EQ(numbers(row.op, number("-1.5"), number("2")), row.below);
    EXPECT_EQ(numbers(row.op, number("2"), number("2.0")), row.same);
    EXPECT_EQ(numbers(row.op, number("2"), number("-100")), row.above);
    EXPECT_EQ(numbers(row.op, kStale, kMissing), kStale);
    EXPECT_EQ(numbers(row.op, number("1"), kMissing), kMissing);
  }
}

TEST(Opcodes, OrdinalsCompareInTheirOrder) {
  ProgramBuilder builder;
  const Type risk = builder.enumeration("risk", {"low", "medium", "high"});
  const Cell low = builder.ordinal(risk, 0);
  const Cell high = builder.ordinal(risk, 2);
  builder.begin();
  const auto block = builder.end(builder.op(Opcode::less, low, high));
  const Program program = builder.build();
  const Snapshot snapshot = SnapshotBuilder(program).build();
  Machine machine(program);
  machine.load(snapshot);
  EXPECT_EQ(machine.run(block, {}), kTrue);
}

TEST(Opcodes, KleeneTables) {
  const Value values[] = {kFalse, kStale, kTrue};
  const Value conjunction[3][3] = {{kFalse, kFalse, kFalse}, {kFalse, kStale, kStale}, {kFalse, kStale, kTrue}};
  const Value disjunction[3][3] = {{kFalse, kStale, kTrue}, {kStale, kStale, kTrue}, {kTrue, kTrue, kTrue}};
  const Value negation[3] = {kTrue, kStale, kFalse};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      EXPECT_EQ(booleans(Opcode::both, values[i], values[j]), conjunction[i][j]);
      EXPECT_EQ(booleans(Opcode::either, values[i], values[j]), disjunction[i][j]);
    }
    EXPECT_EQ(OneStep(Opcode::negation, {{kBoolean, values[i]}}).result(), negation[i]);
  }
  // Of two reasons the left one.
  EXPECT_EQ(booleans(Opcode::both, kStale, kMissing), kStale);
  EXPECT_EQ(booleans(Opcode::either, kMissing, kStale), kMissing);
}

TEST(Opcodes, Choose) {
  const auto choose = [](Value yes, Value no, Value condition) {
    return OneStep(Opcode::choose, {{kNumber, yes}, {kNumber, no}, {kBoolean, condition}}).result();
  };
  EXPECT_EQ(choose(number("1"), kStale, kTrue), number("1"));
  EXPECT_EQ(choose(kStale, number("2"), kFalse), number("2"));
  EXPECT_EQ(choose(number("1"), number("2"), kMissing), kMissing);
  EXPECT_EQ(choose(number("2"), number("2"), kMissing), number("2"));
}

TEST(Opcodes, PresentAndOtherwise) {
  const auto present = [](Value value) { return OneStep(Opcode::present, {{kNumber, value}}).result(); };
  EXPECT_EQ(present(number("0")), kTrue);
  EXPECT_EQ(present(kAbsent), kFalse);
  EXPECT_EQ(present(kStale), kStale);
  EXPECT_EQ(numbers(Opcode::otherwise, number("1"), number("2")), number("1"));
  EXPECT_EQ(numbers(Opcode::otherwise, kAbsent, number("2")), number("2"));
  EXPECT_EQ(numbers(Opcode::otherwise, kStale, number("2")), kStale);
}

TEST(Opcodes, Assumed) {
  EXPECT_EQ(booleans(Opcode::assumed, kTrue, kFalse), kTrue);
  EXPECT_EQ(booleans(Opcode::assumed, kFalse, kTrue), kFalse);
  EXPECT_EQ(numbers(Opcode::assumed, kAbsent, number("2")), number("2"));
  EXPECT_EQ(numbers(Opcode::assumed, kStale, number("2")), number("2"));
  EXPECT_EQ(numbers(Opcode::assumed, kStale, kMissing), kMissing);
}

TEST(Opcodes, Given) {
  EXPECT_EQ(booleans(Opcode::given, kTrue, kTrue), kTrue);
  EXPECT_EQ(booleans(Opcode::given, kFalse, kTrue), kFalse);
  EXPECT_EQ(booleans(Opcode::given, kTrue, kFalse).fault(), Fault::too_little_traffic);
  EXPECT_EQ(booleans(Opcode::given, kStale, kTrue), kStale);
  EXPECT_EQ(booleans(Opcode::given, kTrue, kMissing), kMissing);
}

// A program over facts, run on one snapshot.
struct Bench {
  ProgramBuilder builder;
  std::optional<Program> program;
  std::optional<SnapshotBuilder> facts;
  std::optional<Snapshot> snapshot;
  std::optional<Machine> machine;

  void assemble() {
    program = builder.build();
    facts.emplace(*program);
  }
  void start() {
    snapshot = facts->build();
    machine.emplace(*program);
    machine->load(*snapshot);
  }
};

TEST(Opcodes, SemanticVersions) {
  Bench bench;
  ProgramBuilder& b = bench.builder;
  const Cell fact = b.fact("version", Type::of(Kind::semver));
  const Cell release = b.semver("2.0.0");
  const Cell candidate = b.semver("2.0.0-rc.1");
  const Cell missing = b.fact("other", Type::of(Kind::semver));
  std::vector<program::BlockId> blocks;
  for (const Opcode op : {Opcode::semver_less, Opcode::semver_less_equal, Opcode::semver_greater,
                          Opcode::semver_greater_equal, Opcode::semver_equal}) {
    for (const auto& [left, right] : {std::pair{candidate, release}, {release, candidate}, {fact, release},
                                      {release, fact}, {missing, fact}}) {
      b.begin();
      blocks.push_back(b.end(b.op(op, left, right)));
    }
  }
  bench.assemble();
  program::Semver version;
  program::TextError error;
  ASSERT_TRUE(program::Semver::parse("v2.0.0+build.7", version, error));
  bench.facts->set_input(0, bench.facts->semver_value(version), {});
  bench.start();
  const Value unknown = Value::unknown(Fault::missing, {BirthKind::input, 1});
  const Value expected[] = {kTrue,  kFalse, kFalse, kFalse, unknown,   // less
                            kTrue,  kFalse, kTrue,  kTrue,  unknown,   // less or equal
                            kFalse, kTrue,  kFalse, kFalse, unknown,   // greater
                            kFalse, kTrue,  kTrue,  kTrue,  unknown,   // greater or equal
                            kFalse, kFalse, kTrue,  kTrue,  unknown};  // equal
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(bench.machine->run(blocks[i], {}), expected[i]) << i;
  }
}

TEST(Opcodes, Texts) {
  Bench bench;
  ProgramBuilder& b = bench.builder;
  const Cell name = b.fact("name", kString);
  const Cell none = b.fact("none", kString);
  const Cell part = b.symbol("auth");
  const Cell empty = b.symbol("");
  const Cell other = b.symbol("checkout");
  const std::uint32_t pattern = b.regex("^auth-[a-z]+$");
  const std::uint32_t broken = b.regex("(");
  const std::uint32_t huge = b.regex("((a{100}){100}){100}");
  std::vector<program::BlockId> blocks;
  const auto block = [&](Opcode op, test::Operand x, test::Operand y, test::Operand z) {
    b.begin();
    blocks.push_back(b.end(b.op(op, x, y, z)));
  };
  block(Opcode::contains_text, name, part, {});
  block(Opcode::contains_text, name, empty, {});
  block(Opcode::contains_text, name, other, {});
  block(Opcode::contains_text, part, name, {});
  block(Opcode::contains_text, none, part, {});
  block(Opcode::contains_text, part, none, {});
  block(Opcode::matches, name, {}, pattern);
  block(Opcode::matches, part, {}, pattern);
  block(Opcode::matches, none, {}, pattern);
  block(Opcode::matches, name, {}, broken);
  block(Opcode::matches, name, {}, huge);
  block(Opcode::equal, name, part, {});
  bench.assemble();
  bench.facts->set_input(0, bench.facts->text_value("auth-service"), {});
  bench.start();
  const Value missing = Value::unknown(Fault::missing, {BirthKind::input, 1});
  const Value expected[] = {kTrue, kTrue, kFalse, kFalse, missing, missing, kTrue, kFalse, missing,
                            Value::unknown(Fault::bad_argument),
                            Value::unknown(Fault::bad_argument), kFalse};
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(bench.machine->run(blocks[i], {}), expected[i]) << i;
  }
}

TEST(Opcodes, PatternsSeeTextsHoweverTheyArrive) {
  Bench bench;
  ProgramBuilder& b = bench.builder;
  const Type pods = b.row_table("pod", {{"name", kString}});
  const Cell list = b.fact("pods", pods);
  const Cell first = b.fact("first", kString);
  const Cell second = b.fact("second", kString, true);
  const Cell flag = b.fact("flag", kBoolean);
  const std::uint32_t pattern = b.regex("^a");
  const Cell row = b.row();
  b.begin();
  const Cell name = b.op(Opcode::field, row, {}, 0);
  const auto body = b.end(b.op(Opcode::matches, name, {}, pattern));
  b.begin();
  const auto every = b.end(b.op(Opcode::every, list, row, body));
  b.begin();
  const Cell chosen = b.op(Opcode::choose, first, b.op(Opcode::otherwise, second, first), flag);
  const auto choice = b.end(b.op(Opcode::matches, chosen, {}, pattern));
  bench.assemble();
  SnapshotBuilder& facts = *bench.facts;
  facts.set_input(0, facts.append_rows(0, {{facts.text_value("a1")}, {facts.text_value("a2")}}, {{}, {}}), {});
  facts.set_input(1, facts.text_value("b"), {});
  facts.set_input(2, facts.text_value("also"), {});
  facts.set_input(3, kFalse, {});
  bench.start();
  EXPECT_EQ(bench.machine->run(every, {}), kTrue);
  EXPECT_EQ(bench.machine->run(choice, {}), kTrue);
}

// pods: list of {restarts, ready}; each test gives the rows.
struct Pods {
  Bench bench;
  Cell list, limit, row;
  program::BlockId every, every_of_some, any, count, sum, length, has;
  program::BlockId least, most, mean, least_picked, second, last;

  Pods() {
    ProgramBuilder& b = bench.builder;
    list = b.fact("pods", b.row_table("pod", {{"restarts", Type::of(Kind::integer)}}));
    limit = b.number("5");
    const auto body_of = [&b](Cell row, Cell limit_cell) {
      b.begin();
      return b.end(b.op(Opcode::less, b.op(Opcode::field, row, {}, 0), limit_cell));
    };
    const auto loop = [&](Opcode op) {
      const Cell r = b.row();
      program::BlockId body = 0;
      if (op == Opcode::sum) {
        b.begin();
        body = b.end(b.op(Opcode::field, r, {}, 0));
      } else {
        body = body_of(r, limit);
      }
      b.begin();
      return b.end(b.op(op, list, r, body));
    };
    every = loop(Opcode::every);
    every_of_some = loop(Opcode::every_of_some);
    any = loop(Opcode::any);
    count = loop(Opcode::count);
    sum = loop(Opcode::sum);
    const auto reduce = [&](Opcode op, bool picks) {
      const Cell r = b.row();
      b.begin();
      Cell value = b.op(Opcode::field, r, {}, 0);
      if (picks) value = b.op(Opcode::picked, value, b.op(Opcode::greater_equal, value, limit));
      const program::BlockId body = b.end(value);
      b.begin();
      return b.end(b.op(op, list, r, body));
    };
    least = reduce(Opcode::minimum, false);
    most = reduce(Opcode::maximum, false);
    mean = reduce(Opcode::mean, false);
    least_picked = reduce(Opcode::minimum, true);
    const auto row_at = [&](std::string_view number_text) {
      b.begin();
      return b.end(b.op(Opcode::field, b.op(Opcode::nth, list, b.number(number_text)), {}, 0));
    };
    second = row_at("1");
    last = row_at("-1");
    b.begin();
    length = b.end(b.op(Opcode::length, list));
    b.begin();
    has = b.end(b.op(Opcode::has, list, limit, 0));
    bench.assemble();
  }
  void rows(std::initializer_list<Value> values) {
    std::vector<std::vector<Value>> table;
    for (const Value value : values) table.push_back({value});
    const std::vector<Origin> origins(table.size());
    // A list of another release stands before it: rows need not begin at zero.
    bench.facts->append_rows(0, {{number("100")}}, {{}});
    bench.facts->set_input(0, bench.facts->append_rows(0, table, origins), {});
    bench.start();
  }
  Value run(program::BlockId block) { return bench.machine->run(block, {}); }
};

TEST(Opcodes, ListsOfKnownRows) {
  Pods pods;
  pods.rows({number("1"), number("2"), number("9")});
  EXPECT_EQ(pods.run(pods.every), kFalse);
  EXPECT_EQ(pods.run(pods.every_of_some), kFalse);
  EXPECT_EQ(pods.run(pods.any), kTrue);
  EXPECT_EQ(pods.run(pods.count), number("2"));
  EXPECT_EQ(pods.run(pods.sum), number("12"));
  EXPECT_EQ(pods.run(pods.length), number("3"));
  EXPECT_EQ(pods.run(pods.has), kFalse);
}

TEST(Opcodes, ListsWithAnUnknownRow) {
  Pods pods;
  pods.rows({number("1"), kStale, number("5")});
  EXPECT_EQ(pods.run(pods.every), kFalse);  // 5 is not below 5
  EXPECT_EQ(pods.run(pods.any), kTrue);
  EXPECT_EQ(pods.run(pods.count), kStale);
  EXPECT_EQ(pods.run(pods.sum), kStale);
  EXPECT_EQ(pods.run(pods.length), number("3"));
  EXPECT_EQ(pods.run(pods.has), kTrue);
}

TEST(Opcodes, ListsThatAnUnknownRowDecides) {
  Pods pods;
  pods.rows({number("1"), kStale});
  EXPECT_EQ(pods.run(pods.every), kStale);
  EXPECT_EQ(pods.run(pods.every_of_some), kStale);
  EXPECT_EQ(pods.run(pods.has), kStale);
  Pods other;
  other.rows({number("7"), kStale});
  EXPECT_EQ(other.run(other.any), kStale);
}

TEST(Opcodes, RowsByNumberAndTheirExtremes) {
  Pods pods;
  pods.rows({number("7"), number("1"), number("9")});
  EXPECT_EQ(pods.run(pods.least), number("1"));
  EXPECT_EQ(pods.run(pods.most), number("9"));
  EXPECT_EQ(pods.run(pods.mean), number("5.666666666666666667"));
  EXPECT_EQ(pods.run(pods.least_picked), number("7"));
  EXPECT_EQ(pods.run(pods.second), number("1"));
  EXPECT_EQ(pods.run(pods.last), number("9"));
  Pods one;
  one.rows({number("1")});
  EXPECT_EQ(one.run(one.least_picked), Value::unknown(Fault::no_row_chosen, {BirthKind::input, 0}));
  EXPECT_EQ(one.run(one.second), Value::unknown(Fault::no_such_row, {BirthKind::input, 0}));
  Pods stale;
  stale.rows({number("9"), kStale});
  for (const auto block : {stale.least, stale.most, stale.mean, stale.least_picked, stale.last}) EXPECT_EQ(stale.run(block), kStale);
  Pods none;
  none.rows({});
  for (const auto block : {none.least, none.most, none.mean, none.second, none.last}) {
    EXPECT_EQ(none.run(block), Value::unknown(Fault::empty_list, {BirthKind::input, 0}));
  }
}

TEST(Opcodes, EmptyLists) {
  Pods pods;
  pods.rows({});
  EXPECT_EQ(pods.run(pods.every), kTrue);
  EXPECT_EQ(pods.run(pods.every_of_some), Value::unknown(Fault::empty_list, {BirthKind::input, 0}));
  EXPECT_EQ(pods.run(pods.any), kFalse);
  EXPECT_EQ(pods.run(pods.count), number("0"));
  EXPECT_EQ(pods.run(pods.sum), number("0"));
  EXPECT_EQ(pods.run(pods.length), number("0"));
  EXPECT_EQ(pods.run(pods.has), kFalse);
}

TEST(Opcodes, UnknownLists) {
  Pods pods;
  pods.bench.start();
  const Value missing = Value::unknown(Fault::missing, {BirthKind::input, 0});
  for (const auto block : {pods.every, pods.every_of_some, pods.any, pods.count, pods.sum, pods.length, pods.has}) {
    EXPECT_EQ(pods.run(block), missing);
  }
}

TEST(Opcodes, SumOverflows) {
  Pods pods;
  const Value most = Value::number(program::Decimal::max());
  pods.rows({most, most});
  EXPECT_EQ(pods.run(pods.sum).fault(), Fault::overflow);
}

TEST(Opcodes, MapsAndFields) {
  Bench bench;
  ProgramBuilder& b = bench.builder;
  const Type quota = b.row_table("quota", {{"[key]", kString}, {"", kNumber}}, true);
  const Cell map = b.fact("quota", quota);
  const Cell unset = b.fact("unset", quota);
  const Cell name = b.fact("name", kString);
  const Cell cpu = b.symbol("cpu");
  const Cell disk = b.symbol("disk");
  std::vector<program::BlockId> blocks;
  for (const auto& [list, key] : {std::pair{map, cpu}, {map, disk}, {map, name}, {unset, cpu}}) {
    b.begin();
    blocks.push_back(b.end(b.op(Opcode::field, b.op(Opcode::find, list, key, 0), {}, 1)));
  }
  bench.assemble();
  SnapshotBuilder& facts = *bench.facts;
  facts.set_input(0, facts.append_rows(0, {{facts.text_value("memory"), number("4")}, {facts.text_value("cpu"), number("8")}}, {{}, {}}), {});
  bench.start();
  EXPECT_EQ(bench.machine->run(blocks[0], {}), number("8"));
  EXPECT_EQ(bench.machine->run(blocks[1], {}).fault(), Fault::no_such_key);
  EXPECT_EQ(bench.machine->run(blocks[2], {}), Value::unknown(Fault::missing, {BirthKind::input, 2}));
  EXPECT_EQ(bench.machine->run(blocks[3], {}), Value::unknown(Fault::missing, {BirthKind::input, 1}));
}

TEST(Opcodes, Functions) {
  Bench bench;
  ProgramBuilder& b = bench.builder;
  const auto block = [&b](Function function, std::initializer_list<Cell> arguments) {
    const std::uint32_t first = b.arguments(arguments);
    b.begin();
    return b.end(b.op(Opcode::call, {}, function, first));
  };
  const auto n = [&b](std::string_view text) { return b.number(text); };
  struct Case {
    program::BlockId block;
    Value expected;
  };
  const Cell stale = b.unknown(kNumber, Fault::stale);
  const Cell no_text = b.unknown(kString, Fault::stale);
  const Cell most = b.constant(kNumber, Value::number(program::Decimal::max()));
  const std::vector<Case> cases = {
      {block(Function::abs, {n("-2.5")}), number("2.5")},
      {block(Function::least, {n("-1"), n("3")}), number("-1")},
      {block(Function::greatest, {n("-1"), n("3")}), number("3")},
      {block(Function::floor, {n("-2.5")}), number("-3")},
      {block(Function::ceil, {n("2.1")}), number("3")},
      {block(Function::round, {n("2.5")}), number("3")},
      {block(Function::round, {n("3.5")}), number("4")},
      {block(Function::round, {n("-2.5")}), number("-3")},
      {block(Function::round, {n("2.499999999999999999")}), number("2")},
      // 170141183460469231713.24…, so the whole number below is the nearest, and the one above is none.
      {block(Function::round, {most}), number("170141183460469231713")},
      {block(Function::round_to, {most, n("2")}), Value::unknown(Fault::overflow)},
      {block(Function::ceil, {most}), Value::unknown(Fault::overflow)},
      {block(Function::starts_with, {b.symbol("v1.2"), b.symbol("v")}), kTrue},
      {block(Function::starts_with, {b.symbol("v"), b.symbol("v1.2")}), kFalse},
      {block(Function::ends_with, {b.symbol("a.dpol"), b.symbol(".dpol")}), kTrue},
      {block(Function::ends_with, {b.symbol("a.dpol"), b.symbol("a")}), kFalse},
      {block(Function::chars, {b.symbol("gr\xC3\xBC\xC3\x9F")}), number("4")},
      {block(Function::chars, {b.symbol("")}), number("0")},
      {block(Function::clamp, {n("7"), n("1"), n("5")}), number("5")},
      {block(Function::clamp, {n("0"), n("1"), n("5")}), number("1")},
      {block(Function::clamp, {n("3"), n("5"), n("1")}), Value::unknown(Fault::bad_argument)},
      {block(Function::round_to, {n("-1.25"), n("0.5")}), number("-1.5")},
      {block(Function::round_to, {n("1.2"), n("0.5")}), number("1")},
      {block(Function::round_to, {n("1.2"), n("0")}), Value::unknown(Fault::bad_argument)},
      {block(Function::to_int, {b.symbol("-12")}), number("-12")},
      {block(Function::to_int, {b.symbol("1.5")}), Value::unknown(Fault::bad_argument)},
      {block(Function::to_int, {b.symbol("12 apples")}), Value::unknown(Fault::bad_argument)},
      {block(Function::to_float, {b.symbol("1.5")}), number("1.5")},
      {block(Function::to_float, {b.symbol("NaN")}), Value::unknown(Fault::bad_argument)},
      {block(Function::to_duration, {b.symbol("1m30s")}), number("90")},
      {block(Function::to_duration, {b.symbol("90")}), Value::unknown(Fault::bad_argument)},
      {block(Function::hour, {n("1782945000"), b.symbol("Asia/Kolkata")}), number("4")},
      {block(Function::year, {n("-62135596801"), b.symbol("UTC")}), Value::unknown(Fault::bad_argument)},
      {block(Function::minute, {most, b.symbol("UTC")}), Value::unknown(Fault::bad_argument)},
      {block(Function::satisfies, {b.semver("1.4.0"), b.symbol("^1.2")}), kTrue},
      {block(Function::major, {b.semver("99999999999999999999999.0.0")}), Value::unknown(Fault::overflow)},
      {block(Function::is_prerelease, {b.semver("1.0.0-rc.1")}), kTrue},
      {block(Function::abs, {stale}), kStale},
      {block(Function::least, {n("1"), stale}), kStale},
      {block(Function::starts_with, {b.symbol("v"), no_text}), kStale},
      {block(Function::chars, {no_text}), kStale},
  };
  bench.assemble();
  bench.start();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(bench.machine->run(cases[i].block, {}), cases[i].expected) << i;
  }
}

}  // namespace
}  // namespace dpol::vm
