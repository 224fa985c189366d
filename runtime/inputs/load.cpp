#include "runtime/inputs/load.h"

#include <algorithm>

#include "runtime/inputs/document.h"
#include "runtime/inputs/facts.h"
#include "runtime/inputs/formats.h"
#include "runtime/inputs/metrics.h"
#include "runtime/inputs/nearest.h"
#include "runtime/inputs/redact.h"
#include "runtime/program/digest.h"

namespace dpol::inputs {
namespace {

class Loader {
 public:
  Loader(const program::Program& program, const LoadRequest& request)
      : program_(program),
        request_(request),
        builder_(program),
        facts_(program, builder_, errors_, remarks_),
        metrics_(program, builder_, errors_, remarks_) {}

  LoadResult load() {
    for (const SourceInput& source : request_.sources) load_source(source);
    for (const InputFile& file : request_.facts) load_facts(file);
    for (const std::string& option : request_.fact_options) load_option("--fact", option);
    for (const std::string& option : request_.set_options) load_option("--set", option);
    load_instants();
    metrics_.set_undated(at_.value_or(request_.clock));
    for (const MetricsInput& input : request_.metrics) load_metrics(input);
    if (!request_.asked.empty() && errors_.empty()) ask();
    metrics_.finish();
    finish_now();
    load_stage();

    LoadResult result;
    result.errors = errors_.take();
    if (result.errors.empty()) {
      result.loaded.emplace(Loaded{builder_.build(), std::move(remarks_)});
    }
    return result;
  }

 private:
  void fail(Mismatch mismatch) {
    InputError error;
    error.expected = std::move(mismatch.expected);
    error.found = std::move(mismatch.found);
    error.hint = std::move(mismatch.hint);
    errors_.add(std::move(error));
  }

  // Whether the document may be looked into.
  bool check_size(const InputFile& file) {
    if (file.bytes.size() <= kMaxDocumentBytes) return true;
    fail({"", "is larger than " + std::to_string(kMaxDocumentBytes >> 20) + " MiB", ""});
    return false;
  }

  // A fact that is out of several documents comes from none of them alone.
  void load_source(const SourceInput& source) {
    std::vector<FactBinder::Part> parts;
    std::uint32_t last_line = 0;
    for (const SourceInput::File& file : source.files) {
      const std::string name = redact(file.name);
      last_line += file.lines;
      parts.push_back({builder_.add_document(name, file.digest), name, last_line});
    }
    if (parts.size() != 1) {
      const std::string name = "source " + source.source;
      parts.push_back({builder_.add_document(name, ""), name, 0});
    }
    errors_.begin(parts.back().name);
    facts_.bind_source(source.source, source.facts, parts);
  }

  void load_facts(const InputFile& file) {
    errors_.begin(file.name);
    if (!check_size(file)) return;
    const std::uint32_t document =
        builder_.add_document(redact(file.name), program::sha256_hex(file.bytes));
    read_facts(file, document, facts_, errors_);
  }

  void load_metrics(const MetricsInput& input) {
    errors_.begin(input.file.name);
    if (!check_size(input.file)) return;
    const std::string name = redact(input.file.name);
    const std::uint32_t document =
        builder_.add_document(name, program::sha256_hex(input.file.bytes));
    std::optional<MetricTarget> target;
    if (!input.target.empty()) {
      target = metrics_.read_target(input.target);
      if (!target) return;
    }
    metrics_.begin(document, name, target);
    read_metrics(input.file, metrics_, facts_, errors_);
  }

  // Reports show which option a value came from, and not the value a second time.
  void load_option(std::string_view word, std::string_view option) {
    const std::size_t equals = option.find('=');
    const std::string name = std::string(word) + " " + std::string(option.substr(0, equals));
    errors_.begin(word);
    if (equals == std::string_view::npos || equals == 0) {
      return fail({"`name=value`", in_quotes(option), ""});
    }
    if (!is_utf8(option)) return fail({"UTF-8", in_quotes(option), ""});
    const std::string path(option.substr(0, equals));
    const std::string_view text = option.substr(equals + 1);
    const std::uint32_t document = builder_.add_document(redact(name), "");
    if (word == "--set") {
      facts_.bind_parameter(path, text, document);
    } else {
      facts_.bind_fact(path, text, document, word);
    }
  }

  std::optional<vm::Instant> read_option(std::string_view name,
                                         const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    errors_.begin(name);
    Mismatch mismatch;
    const auto instant = read_instant(*text, true, mismatch);
    if (!instant) {
      mismatch.found = in_quotes(*text);
      fail(std::move(mismatch));
    }
    return instant;
  }

  // Who asks is answered as of one moment: what the inputs say, else the clock. A system that has
  // nothing new to say must not make the moment an old one.
  void ask() {
    const auto newest = metrics_.newest_sample();
    const vm::Instant now = at_ ? *at_ : newest.value_or(request_.clock);
    const QueryPlan plan = plan_queries(
        program_, builder_, request_.asked, {now, builder_.deployment(deployed_at_), request_.measures},
        [this](const MetricTarget& target) { return metrics_.is_brought(target); });
    for (const Note& note : plan.notes) remarks_.add_note(note);
    for (const InputError& error : plan.errors) {
      errors_.begin(error.file);
      errors_.add(error);
    }
    if (!plan.errors.empty() || plan.queries.empty()) return;
    asked_at_ = now;
    std::size_t bytes = 0;
    for (const Query& query : plan.queries) {
      const Answer answer = request_.ask(query);
      load_answer(query, answer);
      bytes += answer.file.bytes.size();
      if (bytes <= kMaxDocumentBytes) continue;
      return fail({"", "the answers have more than " + std::to_string(kMaxDocumentBytes >> 20) + " MiB together",
                   "aggregate in the queries"});
    }
  }

  void load_answer(const Query& query, const Answer& answer) {
    const std::string name = redact(answer.file.name);
    errors_.begin(name);
    if (!answer.fault.empty()) return fail({"", redact(answer.fault), answer.hint});
    if (!answer.is_there || !check_size(answer.file)) return;
    const std::uint32_t document =
        builder_.add_document(name, program::sha256_hex(answer.file.bytes));
    metrics_.begin_answer(document, name, {query.target, query.scale, query.over_time});
    read_answer(answer.file, metrics_, errors_);
  }

  void finish_now() {
    const auto newest = builder_.newest_sample();
    const vm::Instant known = asked_at_ ? *asked_at_ : newest.value_or(request_.clock);
    const bool looked = asked_at_ || metrics_.used_undated() || !newest;
    const bool from_clock = !at_ && looked && known == request_.clock;
    builder_.set_now(at_.value_or(known), from_clock);
  }

  void load_instants() {
    at_ = read_option("--at", request_.at);
    deployed_at_ = read_option("--deployed-at", request_.deployed_at);
    if (deployed_at_) builder_.set_deployed_at(*deployed_at_);
    if (const auto time = read_option("--stage-at", request_.stage_at)) {
      builder_.set_stage_at(*time);
    }
  }

  // Unlike a document's, a stage that was typed is meant for these very rollouts.
  void load_stage() {
    if (!request_.stage) return;
    errors_.begin("--stage");
    const auto stage = read_stage(*request_.stage);
    if (!stage) {
      return fail(
          {"a percentage from 0 to 100, or a stage's name", in_quotes(*request_.stage), ""});
    }
    const std::vector<std::string>& known = metrics_.stages();
    if (!known.empty() && std::ranges::find(known, *stage) == known.end()) {
      return fail({"a stage of a rollout: " + listed(known), in_quotes(*request_.stage),
                   did_you_mean(*stage, known)});
    }
    builder_.set_stage(*stage);
  }

  const program::Program& program_;
  const LoadRequest& request_;
  std::optional<vm::Instant> at_, deployed_at_;  // as options say
  std::optional<vm::Instant> asked_at_;
  vm::SnapshotBuilder builder_;
  InputErrors errors_;
  Remarks remarks_;
  FactBinder facts_;
  MetricSink metrics_;
};

bool is_target_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

}  // namespace

LoadResult load(const program::Program& program, const LoadRequest& request) {
  return Loader(program, request).load();
}

MetricsArgument split_metrics_argument(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  const bool has_target = equals != std::string_view::npos && equals > 0 && argument[0] != '.' &&
                          std::ranges::all_of(argument.substr(0, equals), is_target_character);
  if (!has_target) return {"", std::string(argument)};
  return {std::string(argument.substr(0, equals)), std::string(argument.substr(equals + 1))};
}

}  // namespace dpol::inputs
