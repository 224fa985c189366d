#include "cli/prometheus.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>

#include "cli/command_line.h"
#include "cli/documents.h"
#include "cli/evidence.h"
#include "cli/failure.h"
#include "runtime/inputs/redact.h"
#include "runtime/program/time_text.h"
#include "runtime/prometheus/client.h"

namespace dpol::cli {
namespace {

constexpr std::string_view kUsual = "PROMETHEUS";  // variables of an address that has none

std::string shown_address(const std::string& text) {
  return inputs::printable(inputs::redact(text));
}

// PROMETHEUS of PROMETHEUS_URL.
std::string secrets_of(const std::string& variable) {
  constexpr std::string_view kUrl = "_URL";
  return variable.ends_with(kUrl) ? variable.substr(0, variable.size() - kUrl.size()) : variable;
}

// Files of secrets end with a line break, and so do variables made of them.
std::string without_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// What an answer is recorded under: one query may be asked in parts.
std::string key_of(const std::string& name, const inputs::Query& query) {
  return fmt::format("{} {}..{}", name, program::format_time(query.from), program::format_time(query.to));
}

}  // namespace

MetricServers::MetricServers(const program::Program& program, const InputOptions& options,
                             Console& console)
    : program_(program), console_(console), shows_queries_(options.shows_queries) {
  std::string for_all;
  for (const std::string& argument : options.metrics) {
    if (!is_url(argument)) {
      documents_.push_back(argument);
    } else if (std::exchange(for_all, argument) != "") {
      throw Failure::usage(
          "--metrics names two servers: say `--source NAME=URL` of which source each is");
    }
  }
  bool any = false;
  for (std::uint32_t i = 0; i < program.sources.size(); ++i) {
    if (program.text(program.sources[i].format) != program::kPrometheusFormat) continue;
    any = true;
    find_address(i, options, for_all);
  }
  if (!any && !for_all.empty()) {
    throw Failure::input(
        fmt::format("--metrics {}: no source of the policy says what to ask a server: `source "
                    "metrics prometheus … {{ }}`",
                    shown_address(for_all)));
  }
}

MetricServers::~MetricServers() = default;

void MetricServers::find_address(std::uint32_t index, const InputOptions& options,
                                 const std::string& for_all) {
  const program::Source& source = program_.sources[index];
  const std::string& name = program_.text(source.name);
  const std::string written = source.files.empty() ? "" : program_.text(source.files.front());
  const std::string secrets =
      source.address_in_environment ? secrets_of(written) : std::string(kUsual);
  const std::string prefix = name + "=";
  std::string given;
  bool has_documents = false;
  for (const std::string& option : options.sources) {
    if (!option.starts_with(prefix)) continue;
    const std::string value = option.substr(prefix.size());
    if (!is_url(value)) {
      has_documents = true;
      documents_.push_back(value);
    } else if (std::exchange(given, value) != "") {
      throw Failure::usage(fmt::format("--source {} is given two servers", in_ticks(name)));
    }
  }
  if (given.empty() && has_documents) return;
  if (console_.past != nullptr) {
    const auto& servers = console_.past->evidence().servers;
    if (const auto then = servers.find(name); then != servers.end()) asked_[index] = {then->second, "", nullptr};
    return;
  }
  if (given.empty()) given = for_all;
  if (!given.empty()) {
    asked_[index] = {given, secrets, nullptr};
  } else if (!source.address_in_environment && !written.empty()) {
    asked_[index] = {written, "", nullptr};
  } else if (source.address_in_environment && !variable(written).empty()) {
    const std::string address = without_end(variable(written));
    // Not shown: whoever writes a policy could name any variable, one with a secret, too.
    if (!is_url(address)) {
      throw Failure::input(
          fmt::format("source {}: what {} holds is no address: http://… or https://…",
                      in_ticks(name), in_ticks(written)));
    }
    asked_[index] = {address, secrets, nullptr};
  } else if (options.asks && options.metrics.empty()) {
    console_.err << fmt::format(
        "note: source {}: {}, so nothing is asked; or say `--source {}=URL`\n", in_ticks(name),
        written.empty() ? "the policy names no server" : in_ticks(written) + " is not set", name);
  }
}

std::vector<std::uint32_t> MetricServers::sources() const {
  std::vector<std::uint32_t> all;
  for (const auto& [source, asked] : asked_) all.push_back(source);
  return all;
}

std::string MetricServers::variable(const std::string& name) const {
  return console_.environment ? console_.environment(name).value_or("") : std::string();
}

prometheus::Client& MetricServers::client_of(Asked& asked) const {
  if (asked.client) return *asked.client;
  prometheus::Server server;
  server.address = asked.address;
  if (asked.secrets.empty()) {
    server.when_denied = server.when_untrusted =
        "an address that a policy names is asked without secrets: say `env.PROMETHEUS_URL` there";
  } else {
    server.when_denied =
        fmt::format("{0}_TOKEN, or {0}_USER and {0}_PASSWORD, say who asks", asked.secrets);
    server.when_untrusted =
        fmt::format("{}_CA names the file of the authority that signed it", asked.secrets);
    const auto secret = [&](const char* what) {
      return without_end(variable(asked.secrets + "_" + what));
    };
    server.access = {secret("TOKEN"), secret("USER"), secret("PASSWORD"),
                     secret("CA"),    secret("CERT"), secret("KEY")};
  }
  asked.client = std::make_unique<prometheus::Client>(std::move(server));
  return *asked.client;
}

void MetricServers::show(const inputs::Query& query) const {
  const std::string when = query.step == 0
                               ? "at " + program::format_time(query.to)
                               : fmt::format("{}..{} every {}s", program::format_time(query.from),
                                             program::format_time(query.to),
                                             static_cast<double>(query.step / 1'000'000) / 1000);
  console_.err << fmt::format("note: asked for {} {}: {}\n", query.name, when,
                              inputs::printable(query.text));
}

inputs::Answer MetricServers::ask(const inputs::Query& query) {
  if (shows_queries_) show(query);
  Asked& asked = asked_.at(query.source);
  if (console_.past != nullptr) return answer_then(asked, query);
  inputs::Answer answer = client_of(asked).ask(query);
  if (console_.evidence != nullptr && answer.is_there) {
    console_.evidence->servers[program_.text(program_.sources[query.source].name)] = prometheus::read_address(asked.address).base;
    keep_file(key_of(answer.file.name, query), answer.file.bytes, console_);
  }
  return answer;
}

inputs::Answer MetricServers::answer_then(const Asked& asked, const inputs::Query& query) const {
  inputs::Answer answer;
  answer.file.name = prometheus::answer_name(asked.address, query);
  auto read = console_.past->read(key_of(answer.file.name, query));
  if (auto* bytes = std::get_if<std::string>(&read)) {
    answer.is_there = true;
    answer.file.bytes = std::move(*bytes);
  } else {
    answer.fault = std::get<FileFault>(read).text;
  }
  return answer;
}

}  // namespace dpol::cli
