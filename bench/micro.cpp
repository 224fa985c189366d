// One benchmark for each step from text to decision, on one policy of forty rules and its document,
// with the same forty rules by hand beside them. Compare figures of one run only.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/by_hand.h"
#include "compiler/compile.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/judge.h"
#include "runtime/inputs/load.h"
#include "runtime/program/codec.h"
#include "runtime/vm/machine.h"

namespace dpol::bench {
namespace {

std::string read_corpus(const std::string& name) {
  std::ifstream file(std::string(DPOL_SOURCE_DIR) + "/bench/corpus/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) {
    std::fprintf(stderr, "bench: cannot read bench/corpus/%s\n", name.c_str());
    std::exit(1);
  }
  return text.str();
}

const std::string& policy_text() {
  static const std::string text = read_corpus("service.dpol");
  return text;
}
const std::string& document_text() {
  static const std::string text = read_corpus("service.json");
  return text;
}

compiler::CompileResult compile_policy(const std::string& text) {
  compiler::CompileOptions options;
  options.entries.push_back({"service.dpol", text});
  return compiler::compile(options);
}

const program::Program& compiled() {
  static const compiler::CompileResult result = [] {
    compiler::CompileResult r = compile_policy(policy_text());
    for (const lang::Diagnostic& d : r.diagnostics) std::fputs(lang::render_diagnostic(d).c_str(), stderr);
    if (!r.program) std::exit(1);
    return r;
  }();
  return *result.program;
}

inputs::LoadResult load_document() {
  inputs::LoadRequest request;
  request.facts.push_back({"service.json", document_text()});
  request.clock = 1'739'455'200'000'000'000;
  inputs::LoadResult result = inputs::load(compiled(), request);
  for (const inputs::InputError& e : result.errors) std::fputs((e.to_text() + "\n").c_str(), stderr);
  if (!result.loaded) std::exit(1);
  return result;
}

// Both judges must agree on every rule before either is timed.
void check_verdicts(const decision::Judge& judge) {
  const std::uint64_t by_hand = judge_by_hand(parse_by_hand(document_text()));
  const auto& rules = judge.policies().at(0).rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const bool holds = rules[i].outcome == decision::Outcome::pass;
    if (holds == ((by_hand >> i & 1U) != 0)) continue;
    std::fprintf(stderr, "bench: rule %zu is judged otherwise by hand\n", i);
    std::exit(1);
  }
}

void tokenize(benchmark::State& state) {
  const lang::SourceFile source("service.dpol", policy_text());
  for (auto _ : state) {
    std::vector<lang::Diagnostic> diagnostics;
    benchmark::DoNotOptimize(lang::tokenize(source, diagnostics));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * policy_text().size()));
}
BENCHMARK(tokenize);

void parse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(lang::parse("service.dpol", policy_text()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * policy_text().size()));
}
BENCHMARK(parse);

void compile(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(compile_policy(policy_text()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * policy_text().size()));
}
BENCHMARK(compile);

void read_bytecode(benchmark::State& state) {
  const std::vector<std::uint8_t> bytes = program::encode(compiled());
  for (auto _ : state) benchmark::DoNotOptimize(program::decode(bytes));
}
BENCHMARK(read_bytecode);

void load_facts(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(load_document());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * document_text().size()));
}
BENCHMARK(load_facts);

void load_facts_nlohmann_dom(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_by_hand(document_text()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * document_text().size()));
}
BENCHMARK(load_facts_nlohmann_dom);

// Conditions alone: what A1 and A2 of the goals speak of.
void evaluate_conditions(benchmark::State& state) {
  const inputs::LoadResult loaded = load_document();
  vm::Machine machine(compiled());
  machine.load(loaded.loaded->snapshot);
  const vm::Context context{.at = loaded.loaded->snapshot.now()};
  const auto& rules = compiled().policies.at(0).rules;
  for (auto _ : state) {
    for (const program::Rule& rule : rules) {
      benchmark::DoNotOptimize(machine.run(rule.clauses[0].condition, context));
    }
  }
  state.counters["ns_a_rule"] = benchmark::Counter(
      static_cast<double>(state.iterations() * rules.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(evaluate_conditions);

void judge(benchmark::State& state) {
  const inputs::LoadResult loaded = load_document();
  vm::Machine machine(compiled());
  machine.load(loaded.loaded->snapshot);
  decision::Judge judge(machine);
  judge.load({});
  judge.judge();
  check_verdicts(judge);
  for (auto _ : state) {
    judge.judge();
    benchmark::DoNotOptimize(judge.policies().data());
  }
}
BENCHMARK(judge);

void judge_by_hand_in_cpp(benchmark::State& state) {
  const Service service = parse_by_hand(document_text());
  for (auto _ : state) benchmark::DoNotOptimize(judge_by_hand(service));
}
BENCHMARK(judge_by_hand_in_cpp);

// Bytes of facts to a decision in words.
void whole_check(benchmark::State& state) {
  vm::Machine machine(compiled());
  for (auto _ : state) {
    const inputs::LoadResult loaded = load_document();
    machine.load(loaded.loaded->snapshot);
    decision::Judge judge(machine);
    judge.load({});
    judge.judge();
    benchmark::DoNotOptimize(decision::explain(judge));
  }
}
BENCHMARK(whole_check);

}  // namespace
}  // namespace dpol::bench
