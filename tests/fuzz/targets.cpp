#include "tests/fuzz/targets.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

#include "compiler/compile.h"
#include "lang/parse.h"
#include "runtime/decision/charts.h"
#include "runtime/decision/explain.h"
#include "runtime/decision/judge.h"
#include "runtime/inputs/load.h"
#include "runtime/program/codec.h"
#include "runtime/program/digest.h"
#include "runtime/program/disassemble.h"
#include "runtime/program/verify.h"
#include "runtime/reports/report.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/pattern.h"
#include "sources/read.h"
#include "tests/unit/support/invariants.h"

namespace dpol::fuzz {
namespace {

using program::Program;
using program::Value;

void demand(const std::string& fault) {
  if (fault.empty()) return;
  std::fprintf(stderr, "%s\n", fault.c_str());
  std::abort();
}

std::string text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

compiler::CompileResult compile_text(std::string text) {
  compiler::CompileOptions options;
  options.entries.push_back({"fuzz.dpol", std::move(text)});
  options.check_regex = vm::pattern_fault;
  return compiler::compile(options);
}

// ---- a snapshot for any program

constexpr vm::Instant kNow = 1'739'455'200'000'000'000;
constexpr vm::Instant kMinute = 60'000'000'000;
constexpr int kDeepestRows = 3;

class Filler {
 public:
  explicit Filler(const Program& program) : program_(program), builder_(program) {}

  vm::Snapshot make() {
    builder_.add_document("fuzz", "");
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const program::Input& input = program_.inputs[i];
      if (input.kind == program::InputKind::fact) builder_.set_input(i, value(input.type, 0), {0, 1});
    }
    for (std::uint32_t metric = 0; metric < program_.metrics.size(); ++metric) samples(metric);
    builder_.set_deployed_at(kNow - 5 * kMinute);
    builder_.set_now(kNow, false);
    mark_stages();
    return builder_.build();
  }

 private:
  Value value(const program::Type& type, int depth) {
    switch (program::cell_class(type)) {
      case program::CellClass::boolean:
        return Value::boolean(true);
      case program::CellClass::symbol:
        return builder_.text_value("a");
      case program::CellClass::ordinal:
        return program_.enumerations[type.index].members.empty() ? Value::unknown(program::Fault::missing) : Value::id(0);
      case program::CellClass::semver: {
        program::Semver version;
        program::TextError error;
        program::Semver::parse("1.2.3", version, error);
        return builder_.semver_value(version);
      }
      case program::CellClass::list:
        return rows(type.index, depth);
      default:
        return Value::number(program::Decimal::from_int64(1));
    }
  }

  Value rows(std::uint32_t table, int depth) {
    std::vector<std::vector<Value>> all(depth < kDeepestRows ? 2 : 0);
    const program::RowTable& row_table = program_.row_tables[table];
    for (std::size_t r = 0; r < all.size(); ++r) {
      for (std::uint32_t c = 0; c < row_table.column_count; ++c) {
        const bool is_key = row_table.keyed && c == 0;
        all[r].push_back(is_key ? builder_.text_value(r == 0 ? "a" : "b")
                                : value(program_.columns[row_table.first_column + c].type, depth + 1));
      }
    }
    return builder_.append_rows(table, all, std::vector<vm::Origin>(all.size(), vm::Origin{0, 1}));
  }

  void samples(std::uint32_t metric) {
    const bool ordinal = program::cell_class(program_.metrics[metric].type) == program::CellClass::ordinal;
    for (int i = 0; i < 5; ++i) {
      const Value value = ordinal ? Value::id(0) : Value::number(program::Decimal::from_int64(i % 2));
      for (const auto track : {program::Track::candidate, program::Track::stable}) {
        builder_.add_sample(metric, track, kNow - i * kMinute, value, {0, 1});
      }
    }
  }

  void mark_stages() {
    for (const program::Policy& policy : program_.policies) {
      for (const program::Rollout& rollout : policy.rollouts) {
        if (!rollout.stages.empty()) builder_.mark_stage(kNow - 3 * kMinute, program_.text(rollout.stages[0].name));
      }
    }
  }

  const Program& program_;
  vm::SnapshotBuilder builder_;
};

vm::Snapshot empty_snapshot(const Program& program) {
  vm::SnapshotBuilder builder(program);
  builder.set_now(kNow, false);
  return builder.build();
}

// ---- running

// One run is bounded by the machine; many in a row would make a fuzzer slow, not find more.
constexpr std::uint64_t kMostSteps = 2'000'000;

void run_blocks(vm::Machine& machine) {
  const std::size_t blocks = machine.program().blocks.size();
  for (program::BlockId block = 0; block < blocks && machine.steps() < kMostSteps; ++block) {
    vm::Context context;
    context.at = kNow;
    machine.run(block, context);
    if (machine.steps() > 2 * vm::kStepBudget) demand("a run took more steps than its budget");
  }
}

void judge_and_report(vm::Machine& machine) {
  decision::Judge judge(machine);
  judge.load({});
  judge.judge();
  decision::Verdict verdict = decision::explain(judge);
  decision::add_charts(judge, verdict);
  for (const reports::FormatInfo& format : reports::formats()) {
    const std::string report = reports::render(format.format, verdict);
    if (!report.ends_with('\n')) demand(std::string(format.name) + ": a report without an end");
    if (report != reports::render(format.format, verdict)) demand(std::string(format.name) + ": two reports of one verdict");
  }
}

void run_on(const Program& program, const vm::Snapshot& snapshot) {
  vm::Machine machine(program);
  machine.load(snapshot);
  run_blocks(machine);
  if (machine.steps() < kMostSteps) judge_and_report(machine);
}

// ---- programs

std::vector<std::uint8_t> with_header(Bytes body) {
  std::vector<std::uint8_t> bytes = program::encode(Program());
  const std::size_t header = bytes.size() - body_of(Program()).size();
  bytes.resize(header);
  const program::Digest digest = program::sha256(body);
  std::copy(digest.begin(), digest.end(), bytes.end() - program::kDigestBytes);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[header - program::kDigestBytes - 8 + i] = static_cast<std::uint8_t>(std::uint64_t{body.size()} >> (8 * i));
  }
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

// ---- documents

constexpr std::string_view kDocumentPolicy = R"(unit order
record pod { name string   restarts int   ready bool   cpu? ratio   image { digest string } }
facts {
  service      string
  version      semver
  environment  dev | staging | production
  risk         ordered low < medium < high
  tests        { failed int   coverage ratio   report? string }
  share        float
  drop         points
  took         duration
  size         bytes
  bandwidth    bytes/s
  load         order/s
  at           time
  frozen       bool
  pods         list of pod
  names        list of string
  flags        map of bool
  nodes        map of pod
}
metric latency_p95    duration  lower is better   every 1m  stale after 5m  "95th percentile"
metric error_rate     ratio     lower is better   every 1m
metric requests       int
metric memory         bytes     baseline median over 24h
metric order_rate     order/s   needs requests >= 10

policy everything "Everything" {
  param limit ratio = 1% within 0%..5%
  item a require tests.failed == 0 and environment == production and risk < high
  item b require every p in pods: p.ready and p.restarts < 3 and p.image.digest != ""
  item c require "x" in names or flags["a"]
  item d require version >= 1.2.3 and took < 5m and size < 2GiB and bandwidth > 1MB/s and load > 3/s
  item e require share < 0.5 and facts.drop < 3pp and not frozen and (tests.report else "") != service
  item f require count(p in pods where p.restarts > 5) == 0
  threshold error_rate { require <= baseline + 1pp   rollback > limit for 3 samples }
  threshold latency_p95 { require <= baseline + 10%   rollback > stable + 25% in 3 of 5 samples }
  threshold memory require <= 1GiB
  threshold order_rate require > 1/s
  rollback grows when increase(requests, 5m) > 100
  rollout canary {
    stage 10% bake 5m
    stage 100% bake 10m
    threshold latency_p95 rollback > 2x baseline for 2m
  }
}
)";

const Program& document_program() {
  static const compiler::CompileResult kResult = compile_text(std::string(kDocumentPolicy));
  for (const lang::Diagnostic& diagnostic : kResult.diagnostics) {
    if (!kResult.program) std::fputs(lang::render_diagnostic(diagnostic).c_str(), stderr);
  }
  if (!kResult.program) demand("the policy for documents does not compile");
  return *kResult.program;
}

void load_and_judge(const inputs::LoadRequest& request) {
  const inputs::LoadResult result = inputs::load(document_program(), request);
  if (result.errors.empty() != result.loaded.has_value()) demand("neither a snapshot nor an error, or both");
  for (const inputs::InputError& error : result.errors) {
    const std::string text = error.to_text();
    const bool is_control = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (is_control) demand("an error holds control characters");
  }
  if (result.loaded) run_on(document_program(), result.loaded->snapshot);
}

// It has the facts of every format that has a schema.
const Program& sources_program() {
  static const Program kProgram = [] {
    std::string text;
    for (const sources::FormatInfo& format : sources::formats()) {
      const std::string name(format.name);
      if (!format.schema.empty()) text += "source " + name + " " + name + "\n";
    }
    compiler::CompileOptions options;
    options.entries.push_back({"sources.dpol", std::move(text)});
    options.source_formats = sources::source_formats();
    compiler::CompileResult result = compiler::compile(options);
    if (!result.program) demand("the schemas do not compile");
    return std::move(*result.program);
  }();
  return kProgram;
}

constexpr std::array kTargets = std::to_array<Target>({
#define DPOL_FUZZ_TARGET(name, doc) {#name, name},
#include "tests/fuzz/targets.def"
});

}  // namespace

std::span<const Target> targets() { return kTargets; }

std::string_view document_policy() { return kDocumentPolicy; }

std::vector<std::uint8_t> body_of(const Program& program) {
  // magic, version, length, digest: codec.h
  constexpr std::size_t kHeaderBytes = 6 + 8 + 8 + program::kDigestBytes;
  const std::vector<std::uint8_t> bytes = program::encode(program);
  return {bytes.begin() + kHeaderBytes, bytes.end()};
}

void parse(Bytes bytes) { demand(test::syntax_fault(*lang::parse("fuzz.dpol", text_of(bytes)))); }

void format(Bytes bytes) { demand(test::format_fault(text_of(bytes))); }

void compile(Bytes bytes) {
  const compiler::CompileResult result = compile_text(text_of(bytes));
  demand(test::compile_fault(result));
  if (!result.program) return;
  run_on(*result.program, empty_snapshot(*result.program));
  run_on(*result.program, Filler(*result.program).make());
}

void program_load(Bytes bytes) {
  const std::vector<std::uint8_t> file = with_header(bytes);
  const auto decoded = program::decode(file);
  const auto* program = std::get_if<Program>(&decoded);
  if (program == nullptr) return;
  if (const auto fault = program::verify(*program)) demand("decoded and not sound: " + fault->what);
  if (program::encode(*program) != file) demand("decoded and encoded again it is another file");
  if (program::disassemble(*program).empty()) demand("the program has no listing");
  run_on(*program, empty_snapshot(*program));
  run_on(*program, Filler(*program).make());
}

void facts_json(Bytes bytes) {
  inputs::LoadRequest request;
  request.facts.push_back({"facts.json", text_of(bytes)});
  request.clock = kNow;
  load_and_judge(request);
}

void metrics(Bytes bytes) {
  inputs::LoadRequest request;
  request.metrics.push_back({{"metrics.json", text_of(bytes)}, ""});
  request.clock = kNow;
  load_and_judge(request);
}

// Whom attestations are checked against: those of tests/data/signatures/bundle-dsse.json.
constexpr std::string_view kAuthority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBMTCB2aADAgECAhQe1dmxEtK5L2aV+7D68kvXV/RsRTAKBggqhkjOPQQDAjAP\n"
    "MQ0wCwYDVQQDDARyb290MB4XDTE2MDMwMzEyMDAwMFoXDTM2MDIyNzEyMDAwMFow\n"
    "DzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDI6vOua\n"
    "1mohT2rkoPFMHof3/jNvBJKCxImRqG4ORmfBDGlIbY4qY8otQpvWc0zYJmi6/dfz\n"
    "nCMc3LUH4WhIalijEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAw\n"
    "RAIgMBik4yKBcwBCI5Y20PegjAFQnCJ1+o/N70LGiNyksw8CIHDQzpRn0xkToap0\n"
    "y9+vDDwCfqXw3xXEPFLN69zp/0AV\n"
    "-----END CERTIFICATE-----\n";
constexpr std::string_view kLog =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEoASztAY7ynJ0CqRaDU0a1bTU41dA\n"
    "o6+UwMVuK68f0RthRYgkrLpfbgkfHlQG5712rnKTd4wdlvJI5DFE8CctYA==\n"
    "-----END PUBLIC KEY-----\n";

sources::SourceSettings settings_of(const sources::FormatInfo& format) {
  if (format.schema.empty()) return {{{"a", "/0/name", ""}, {"all", "", "ms"}}, {}};
  if (format.name != "attestations") return {};
  return {{},
          {{"key", "authority.pem", std::string(kAuthority)},
           {"key", "log.pub", std::string(kLog)},
           {"log", "log.pub", std::string(kLog)},
           {"signer", "", "https://github.com/acme/*"},
           {"issuer", "", "https://token.actions.githubusercontent.com"}}};
}

void documents(Bytes bytes) {
  const inputs::InputFile file{"document", text_of(bytes)};
  // A document that is none is told from others by all of them: once is enough.
  bool refused = false;
  sources::Opened opened(file);
  for (const sources::FormatInfo& format : sources::formats()) {
    if (!format.recognise(opened) && std::exchange(refused, true)) continue;
    inputs::InputErrors errors;
    auto facts = sources::read(format, {file}, settings_of(format), errors);
    if (facts.has_value() != errors.empty()) demand("read with errors, or not read without any");
    if (!facts || format.schema.empty()) continue;
    inputs::LoadRequest request;
    request.clock = kNow;
    request.sources.push_back({std::string(format.name), {{"document", ""}}, std::move(*facts)});
    const inputs::LoadResult result = inputs::load(sources_program(), request);
    for (const inputs::InputError& error : result.errors) demand("not as its schema says: " + error.to_text());
  }
}

}  // namespace dpol::fuzz
