#include "cli/log_entry.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "generated/version.h"
#include "runtime/inputs/document.h"
#include "runtime/inputs/json.h"
#include "runtime/program/digest.h"
#include "runtime/program/time_text.h"
#include "runtime/reports/report.h"

namespace dpol::cli {
namespace {

using decision::Outcome;
using decision::PolicyVerdict;
using decision::RuleVerdict;
using decision::Verdict;
using inputs::NodeKind;
using inputs::NodeRef;
using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "dpol.log/1";
constexpr std::size_t kMostListed = 10'000;  // of what a line lists

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

bool decides(const RuleVerdict& rule) {
  switch (rule.outcome) {
    case Outcome::fail:
    case Outcome::fired:
    case Outcome::held:
    case Outcome::pending:
    case Outcome::unknown:
      return !rule.trial;
    default:
      return false;
  }
}

Json policy_json(const PolicyVerdict& policy) {
  Json decided_by = Json::array();
  for (const RuleVerdict& rule : policy.rules) {
    if (decides(rule)) decided_by.push_back({{"rule", rule.id}, {"outcome", decision::name(rule.outcome)}});
  }
  Json out = {{"id", policy.id},
              {"digest", policy.digest},
              {"decision", policy.applies ? Json(policy.decision_word) : Json()},
              {"rollout", policy.rollout ? text_or_null(policy.rollout->name) : Json()},
              {"stage", policy.rollout ? text_or_null(policy.rollout->stage) : Json()}};
  out["decided_by"] = std::move(decided_by);
  return out;
}

// What people had to do with it, of all policies.
void add_people(const Verdict& verdict, Json& out) {
  Json waivers = Json::array();
  Json sign_offs = Json::array();
  for (const PolicyVerdict& policy : verdict.policies) {
    for (const RuleVerdict& rule : policy.rules) {
      if (const auto& waiver = rule.waiver)
        waivers.push_back({{"rule", rule.id},
                           {"state", waiver->state},
                           {"by", waiver->by},
                           {"until", waiver->until},
                           {"because", waiver->because}});
      for (const decision::SignOffVerdict& sign_off : rule.sign_offs)
        sign_offs.push_back({{"rule", rule.id},
                             {"by", sign_off.by},
                             {"role", text_or_null(sign_off.role)},
                             {"answer", sign_off.answer},
                             {"at", sign_off.at},
                             {"counts", sign_off.counts}});
    }
  }
  out["waivers"] = std::move(waivers);
  out["sign_offs"] = std::move(sign_offs);
}

Json sign_off_json(const program::SignOff& one) {
  return {{"item", one.item},       {"service", one.service}, {"version", one.version},
          {"environment", one.environment}, {"stage", one.stage}, {"by", one.by},
          {"role", one.role},       {"answer", program::answer_name(one.answer)}, {"note", one.note},
          {"at", program::format_time(one.at)}};
}
Json sending_json(const program::Sending& one) {
  return {{"message", one.message}, {"service", one.service}, {"version", one.version},
          {"environment", one.environment}, {"by", one.by}, {"note", one.note}, {"at", program::format_time(one.at)}};
}
Json baseline_json(const program::KeptBaseline& one) {
  return {{"name", one.name}, {"metric", one.metric}, {"service", one.service}, {"version", one.version},
          {"environment", one.environment}, {"value", one.value.to_string()}, {"unit", one.unit},
          {"at", program::format_time(one.at)}};
}

template <class List, class Write>
Json list_json(const List& list, Write write) {
  Json out = Json::array();
  for (const auto& one : list) out.push_back(write(one));
  return out;
}

Json evidence_json(const Evidence& evidence) {
  Json files = Json::array();
  for (const auto& [name, digest] : evidence.files) files.push_back({{"name", name}, {"digest", digest}});
  Json patterns = Json::array();
  for (const auto& [pattern, names] : evidence.patterns) patterns.push_back({{"pattern", pattern}, {"files", names}});
  Json out = {{"arguments", evidence.arguments}, {"clock", program::format_time(evidence.clock)}};
  out["files"] = std::move(files);
  out["patterns"] = std::move(patterns);
  Json servers = Json::array();
  for (const auto& [source, address] : evidence.servers) servers.push_back({{"source", source}, {"address", address}});
  out["servers"] = std::move(servers);
  out["state"] = nullptr;
  if (const auto& state = evidence.state) {
    out["state"] = {{"name", state->name}};
    out["state"]["sign_offs"] = list_json(state->sign_offs, sign_off_json);
    out["state"]["sendings"] = state->sendings ? list_json(*state->sendings, sending_json) : Json();
    out["state"]["baselines"] = list_json(state->baselines, baseline_json);
  }
  out["history"] = nullptr;
  if (const auto& history = evidence.history)
    out["history"] = {{"own", history->own}, {"name", history->name}, {"digest", history->digest}};
  return out;
}

// ---- reading ----

// The text of a field that may be null or not there; nothing where it is something else.
std::optional<std::string> text_of(NodeRef map, std::string_view key) {
  const auto node = map.find(key);
  if (!node || node->is(NodeKind::null)) return std::string();
  if (!node->is(NodeKind::string)) return std::nullopt;
  return std::string(node->text());
}

bool read_texts(NodeRef map, std::initializer_list<std::pair<std::string_view, std::string*>> fields) {
  if (!map.is(NodeKind::map)) return false;
  for (const auto& [key, into] : fields) {
    auto text = text_of(map, key);
    if (!text) return false;
    *into = *std::move(text);
  }
  return true;
}

bool read_time(NodeRef map, std::string_view key, std::int64_t& into) {
  const auto text = text_of(map, key);
  program::TextError error;
  return text && program::parse_time(*text, program::Zoneless::error, into, error);
}

// A list of maps, which may be left out.
template <class Read>
bool read_list(NodeRef map, std::string_view key, Read read) {
  const auto list = map.find(key);
  if (!list) return true;
  if (!list->is(NodeKind::list) || list->size() > kMostListed) return false;
  for (const NodeRef entry : *list) {
    if (!read(entry)) return false;
  }
  return true;
}

bool read_policy(NodeRef node, LoggedDecision& out) {
  LoggedPolicy policy;
  if (!read_texts(node, {{"id", &policy.id}, {"decision", &policy.decision}, {"stage", &policy.stage}})) return false;
  const bool read = read_list(node, "decided_by", [&](NodeRef entry) {
    std::string rule;
    std::string outcome;
    if (!read_texts(entry, {{"rule", &rule}, {"outcome", &outcome}})) return false;
    policy.decided_by.push_back(rule + " " + outcome);
    return true;
  });
  out.policies.push_back(std::move(policy));
  return read;
}

bool read_metric(NodeRef node, LoggedDecision& out) {
  program::KeptBaseline kept{.service = out.service, .version = out.version, .environment = out.environment, .at = out.at};
  std::string value;
  if (!read_texts(node, {{"metric", &kept.metric}, {"value", &value}, {"unit", &kept.unit}})) return false;
  const auto number = program::Decimal::parse(value);
  if (!number) return false;
  kept.value = *number;
  out.metrics.push_back(std::move(kept));
  return true;
}

bool read_all(NodeRef root, LoggedDecision& out) {
  std::string schema;
  if (!read_texts(root, {{"schema", &schema}, {"decision", &out.decision}})) return false;
  if (schema != kSchema) return false;
  const auto number = root.find("seq");
  if (!number || !number->is(NodeKind::number)) return false;
  const auto whole = program::Decimal::parse(number->text());
  const auto seq = whole ? whole->to_int64() : std::nullopt;
  if (!seq || *seq < 1) return false;
  out.number = static_cast<std::uint64_t>(*seq);
  if (!read_time(root, "at", out.at)) return false;
  if (out.decision.empty()) out.decision = "decides nothing";
  const auto release = root.find("release");
  if (!release || !read_texts(*release, {{"service", &out.service},
                                         {"version", &out.version},
                                         {"environment", &out.environment}}))
    return false;
  return read_list(root, "policies", [&](NodeRef entry) { return read_policy(entry, out); }) &&
         read_list(root, "metrics", [&](NodeRef entry) { return read_metric(entry, out); });
}

bool read_texts_of(NodeRef map, std::string_view key, std::vector<std::string>& into) {
  return read_list(map, key, [&](NodeRef entry) {
    if (!entry.is(NodeKind::string)) return false;
    into.emplace_back(entry.text());
    return true;
  });
}

bool read_sign_off(NodeRef node, std::vector<program::SignOff>& into) {
  program::SignOff one;
  std::string answer;
  if (!read_texts(node, {{"item", &one.item}, {"service", &one.service}, {"version", &one.version},
                         {"environment", &one.environment}, {"stage", &one.stage}, {"by", &one.by},
                         {"role", &one.role}, {"answer", &answer}, {"note", &one.note}}))
    return false;
  const auto known = program::find_answer(answer);
  if (!known || !read_time(node, "at", one.at)) return false;
  one.answer = *known;
  into.push_back(std::move(one));
  return true;
}

bool read_sending(NodeRef node, std::vector<program::Sending>& into) {
  program::Sending one;
  if (!read_texts(node, {{"message", &one.message}, {"service", &one.service}, {"version", &one.version},
                         {"environment", &one.environment}, {"by", &one.by}, {"note", &one.note}}))
    return false;
  if (!read_time(node, "at", one.at)) return false;
  into.push_back(std::move(one));
  return true;
}

bool read_baseline(NodeRef node, std::vector<program::KeptBaseline>& into) {
  program::KeptBaseline one;
  std::string value;
  if (!read_texts(node, {{"name", &one.name}, {"metric", &one.metric}, {"service", &one.service},
                         {"version", &one.version}, {"environment", &one.environment}, {"value", &value},
                         {"unit", &one.unit}}))
    return false;
  const auto number = program::Decimal::parse(value);
  if (!number || !read_time(node, "at", one.at)) return false;
  one.value = *number;
  into.push_back(std::move(one));
  return true;
}

bool read_state(NodeRef node, Evidence& out) {
  if (node.is(NodeKind::null)) return true;
  Evidence::KeptState state;
  if (!read_texts(node, {{"name", &state.name}})) return false;
  const auto sendings = node.find("sendings");
  if (sendings && !sendings->is(NodeKind::null)) {
    state.sendings.emplace();
    if (!read_list(node, "sendings", [&](NodeRef entry) { return read_sending(entry, *state.sendings); })) return false;
  }
  const bool read =
      read_list(node, "sign_offs", [&](NodeRef entry) { return read_sign_off(entry, state.sign_offs); }) &&
      read_list(node, "baselines", [&](NodeRef entry) { return read_baseline(entry, state.baselines); });
  out.state = std::move(state);
  return read;
}

bool read_history(NodeRef node, Evidence& out) {
  if (node.is(NodeKind::null)) return true;
  Evidence::History history;
  if (!read_texts(node, {{"name", &history.name}, {"digest", &history.digest}})) return false;
  const auto own = node.find("own");
  if (!own || !own->is(NodeKind::boolean)) return false;
  history.own = own->truth();
  out.history = std::move(history);
  return true;
}

bool read_evidence(NodeRef run, Evidence& out) {
  if (!run.is(NodeKind::map) || !read_time(run, "clock", out.clock)) return false;
  if (!read_texts_of(run, "arguments", out.arguments)) return false;
  const bool files = read_list(run, "files", [&](NodeRef entry) {
    std::string name;
    std::string digest;
    return read_texts(entry, {{"name", &name}, {"digest", &digest}}) && out.files.emplace(name, digest).second;
  });
  const bool patterns = read_list(run, "patterns", [&](NodeRef entry) {
    std::string pattern;
    return read_texts(entry, {{"pattern", &pattern}}) && read_texts_of(entry, "files", out.patterns[pattern]);
  });
  const bool servers = read_list(run, "servers", [&](NodeRef entry) {
    std::string source;
    std::string address;
    return read_texts(entry, {{"source", &source}, {"address", &address}}) && out.servers.emplace(source, address).second;
  });
  const auto state = run.find("state");
  const auto history = run.find("history");
  return files && patterns && servers && state && history && read_state(*state, out) && read_history(*history, out);
}

}  // namespace

bool is_promoted(const Verdict& verdict) {
  return verdict.any_applies && verdict.decision == decision::Decision::go &&
         std::ranges::any_of(verdict.policies, [](const PolicyVerdict& policy) {
           return policy.applies && policy.decision_word == "promoted";
         });
}

std::string log_entry(const Verdict& verdict, std::int64_t recorded_at,
                      const std::vector<program::KeptBaseline>& measured, const Evidence& evidence) {
  Json out = {{"schema", kSchema},
              {"recorded_at", program::format_time(recorded_at)},
              {"at", verdict.at},
              {"deployed_at", verdict.deployed_at ? Json(*verdict.deployed_at) : Json()},
              {"decision", verdict.any_applies ? Json(verdict.decision_word) : Json()},
              {"exit_code", verdict.exit_code}};
  // All policies read the same facts.
  const PolicyVerdict none;
  const PolicyVerdict& release = verdict.policies.empty() ? none : verdict.policies.front();
  out["release"] = {{"service", text_or_null(release.service)},
                    {"version", text_or_null(release.version)},
                    {"environment", text_or_null(release.environment)}};
  out["policies"] = Json::array();
  for (const PolicyVerdict& policy : verdict.policies) out["policies"].push_back(policy_json(policy));
  add_people(verdict, out);
  if (!measured.empty()) {
    out["metrics"] = Json::array();
    for (const program::KeptBaseline& kept : measured)
      out["metrics"].push_back({{"metric", kept.metric}, {"value", kept.value.to_string()}, {"unit", kept.unit}});
  }
  out["inputs"] = Json::array();
  for (const decision::InputVerdict& input : verdict.inputs)
    out["inputs"].push_back({{"name", input.name}, {"digest", text_or_null(input.digest)}});
  out["engine"] = {{"version", kVersion}};
  out["run"] = evidence_json(evidence);
  out["report"] = report_digest(verdict);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string report_digest(const Verdict& verdict) {
  return "sha256:" + program::sha256_hex(reports::render(reports::Format::json, verdict));
}

std::variant<LoggedEvidence, std::string> read_log_evidence(std::string_view line) {
  inputs::Document document;
  inputs::SyntaxFault fault;
  if (!inputs::JsonReader().read(line, document, fault)) return fault.text;
  const NodeRef root = document.root();
  if (!root.is(NodeKind::map)) return "is no decision";
  const auto run = root.find("run");
  if (!run) return "was recorded by a dpol that did not record what a decision was made of";
  LoggedEvidence out;
  const auto engine = root.find("engine");
  if (!engine || !read_texts(*engine, {{"version", &out.engine}}) || !read_texts(root, {{"report", &out.report}}) ||
      !read_evidence(*run, out.evidence))
    return "does not say what the decision was made of";
  return out;
}

std::variant<LoggedDecision, std::string> read_log_entry(std::string_view line) {
  inputs::Document document;
  inputs::SyntaxFault fault;
  if (!inputs::JsonReader().read(line, document, fault)) return fault.text;
  LoggedDecision out;
  if (!document.root().is(NodeKind::map) || !read_all(document.root(), out)) return "is no decision";
  return out;
}

}  // namespace dpol::cli
