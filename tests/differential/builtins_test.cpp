// Each example of functions.def and forms.def has the value that its row says: by the machine, optimised
// or not, and by the naive walk. docs/builtins.md shows the same rows.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/program/time_text.h"
#include "runtime/program/verify.h"
#include "runtime/vm/machine.h"
#include "tests/differential/naive.h"

namespace dpol::test {
namespace {

using program::Decimal;
using program::Value;

struct Row {
  const char* example;
  const char* value;
};
const std::vector<Row> kRows = {
#define DPOL_FUNCTION(name, signature, arity, result, arguments, doc, example, value) {example, value},
#include "runtime/program/functions.def"
#define DPOL_FORM(area, form, doc, example, value) {example, value},
#include "lang/forms.def"
};

// What docs/builtins.md says that the examples are about.
constexpr const char* kFacts =
    "record pod { name string  restarts int }\n"
    "facts { team string  replicas int  built time  labels map of string  sizes list of int  pods list of pod  report? string\n"
    "  scan { made_at? time  subject? string } }\n"
    "message window \"We deploy\" to \"all@example.com\" via \"mail\" at T\n";

vm::Snapshot snapshot_of(const program::Program& program) {
  vm::SnapshotBuilder builder(program);
  const vm::Origin origin{builder.add_document("examples", ""), 1};
  const auto number = [](std::int64_t n) { return Value::number(Decimal::from_int64(n)); };
  const auto text = [&](const char* t) { return builder.text_value(t); };
  std::int64_t now = 0;
  program::TextError error;
  program::parse_time("2026-07-01T12:00:00Z", program::Zoneless::error, now, error);
  for (std::size_t i = 0; i < program.inputs.size(); ++i) {
    const program::Input& input = program.inputs[i];
    if (input.kind != program::InputKind::fact) continue;
    const std::string& name = program.text(input.name);
    const auto rows = [&](std::vector<std::vector<Value>> values) {
      const std::vector<vm::Origin> origins(values.size(), origin);
      return builder.append_rows(input.type.index, values, origins);
    };
    Value value;
    if (name == "team") value = text("cart");
    if (name == "replicas") value = number(3);
    if (name == "scan.subject") value = text("cart-3");
    if (name == "built" || name == "scan.made_at") value = Value::number(program::time_to_decimal(now - 7'200'000'000'000));
    if (name == "labels") value = rows({{text("team"), text("cart")}, {text("tier"), text("gold")}});
    if (name == "sizes") value = rows({{number(10)}, {number(20)}, {number(30)}});
    if (name == "pods") value = rows({{text("a"), number(0)}, {text("b"), number(4)}});
    if (name == "sent.window") value = Value::boolean(true);
    if (name == "report") value = Value::unknown(program::Fault::absent);
    builder.set_input(i, value, origin);
  }
  builder.set_now(now, false);
  return builder.build();
}

class BuiltinsTest : public testing::TestWithParam<std::size_t> {};

TEST_P(BuiltinsTest, ExampleHasItsValue) {
  const Row& row = kRows[GetParam()];
  const std::string value = row.value;
  const std::string condition = value == "true"    ? std::string(row.example)
                                : value == "false" ? "not " + std::string(row.example)
                                                   : std::string(row.example) + " == " + value;
  for (const bool optimise : {true, false}) {
    compiler::CompileOptions options;
    options.entries.push_back({"example.dpol", kFacts + ("policy p { item i require " + condition + " }\n")});
    options.optimise = optimise;
    const compiler::CompileResult compiled = compiler::compile(options);
    std::string messages;
    for (const lang::Diagnostic& d : compiled.diagnostics) messages += lang::render_diagnostic(d);
    ASSERT_TRUE(compiled.ok()) << messages;
    const auto fault = program::verify(*compiled.program);
    ASSERT_FALSE(fault) << fault->what;
    const vm::Snapshot snapshot = snapshot_of(*compiled.program);
    vm::Machine machine(*compiled.program);
    machine.load(snapshot);
    const vm::Context context{.at = snapshot.now()};
    const Value by_machine = machine.run(compiled.program->policies[0].rules[0].clauses[0].condition, context);
    EXPECT_TRUE(by_machine.is_true()) << condition << (by_machine.is_unknown() ? program::fault_name(by_machine.fault()) : " is false");
    Naive naive(compiled.checked, *compiled.program, snapshot);
    const auto& checked = compiled.checked.policies[0].rules[0].clauses[0].condition;
    const Value by_walk = naive.evaluate(*checked.expr, context);
    EXPECT_TRUE(by_walk.is_true()) << "the walk: " << condition;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, BuiltinsTest, testing::Range<std::size_t>(0, kRows.size()));

}  // namespace
}  // namespace dpol::test
