// Lines of the record that anybody may have written.
#include "cli/log_entry.h"

#include <gtest/gtest.h>

namespace dpol::cli {
namespace {

constexpr const char* kWhole =
    R"({"seq":7,"schema":"dpol.log/1","at":"2025-02-13T14:05:00Z","decision":"promoted",)"
    R"("release":{"service":"cart","version":"1.2.0","environment":null},)"
    R"("policies":[{"id":"p","decision":"promoted","stage":"100%","decided_by":[{"rule":"p.a","outcome":"held"}]}],)"
    R"("metrics":[{"metric":"m","value":"0.18","unit":"s"}]})";

TEST(LogEntry, IsReadAsItWasWritten) {
  const auto read = read_log_entry(kWhole);
  ASSERT_TRUE(std::holds_alternative<LoggedDecision>(read));
  const auto& one = std::get<LoggedDecision>(read);
  EXPECT_EQ(one.number, 7U);
  EXPECT_EQ(one.decision, "promoted");
  EXPECT_EQ(one.service, "cart");
  EXPECT_EQ(one.environment, "");
  ASSERT_EQ(one.policies.size(), 1U);
  EXPECT_EQ(one.policies[0].stage, "100%");
  EXPECT_EQ(one.policies[0].decided_by, std::vector<std::string>{"p.a held"});
  ASSERT_EQ(one.metrics.size(), 1U);
  EXPECT_EQ(one.metrics[0].value.to_string(), "0.18");
}

TEST(LogEntry, WhatSaysNothingIsRefused) {
  const std::string whole = kWhole;
  const std::pair<const char*, const char*> changes[] = {
      {R"("seq":7)", R"("seq":0)"},           {R"("seq":7)", R"("seq":1e300)"},     {R"("seq":7)", R"("seq":"7")"},
      {R"("seq":7,)", ""},                    {"log/1", "log/2"},                   {"14:05:00Z", "24:05:00"},
      {R"("promoted",)", "3,"},               {R"({"service":"cart",)", R"([],"x":{)"}, {R"("cart")", "[]"},
      {R"([{"id")", R"([3,{"id")"},           {R"([{"rule")", R"([[],{"rule")"},    {R"("0.18")", R"("much")"},
      {R"("0.18")", R"("1e300")"},            {R"("0.18")", "0.18"},                {R"([{"metric")", R"({"a":{"metric")"}};
  for (const auto& [from, to] : changes) {
    std::string changed = whole;
    changed.replace(changed.find(from), std::string_view(from).size(), to);
    EXPECT_TRUE(std::holds_alternative<std::string>(read_log_entry(changed))) << changed;
  }
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_TRUE(std::holds_alternative<std::string>(read_log_entry(whole.substr(0, length)))) << length;
  EXPECT_TRUE(std::holds_alternative<std::string>(read_log_entry(std::string(100'000, '['))));
}

Evidence all_of_it() {
  Evidence evidence{.arguments = {"p.dpol", "--facts", "a \"b\".json"}, .clock = 1'739'455'200'000'000'001, .files = {}, .patterns = {}, .servers = {},
                    .state = {}, .history = Evidence::History{.own = true, .name = "d.log", .digest = "sha256:1"}, .keep = ""};
  evidence.files = {{"p.dpol", "sha256:2"}, {"a \"b\".json", "sha256:3"}};
  evidence.patterns = {{"r/*.xml", {"r/a.xml", "r/b.xml"}}, {"none", {}}};
  evidence.servers = {{"metrics", "https://prometheus.example"}};
  Evidence::KeptState state{.name = "state.db", .sign_offs = {}, .sendings = {}, .baselines = {}};
  state.sign_offs.push_back({.item = "p.a", .service = "s", .by = "Ann", .role = "r", .answer = program::Answer::not_applicable,
                             .note = "n", .at = 5});
  state.sendings = {{.message = "m", .by = "Bob", .at = 7}};
  state.baselines.push_back({.name = "good", .metric = "m", .value = program::Decimal::from_int64(3), .unit = "s", .at = 9});
  evidence.state = std::move(state);
  return evidence;
}

TEST(LogEvidence, IsReadAsItWasWritten) {
  const Evidence said = all_of_it();
  const auto read = read_log_evidence(log_entry(decision::Verdict{}, 0, {}, said));
  ASSERT_TRUE(std::holds_alternative<LoggedEvidence>(read)) << std::get<std::string>(read);
  const auto& [evidence, report, engine] = std::get<LoggedEvidence>(read);
  EXPECT_EQ(report, report_digest(decision::Verdict{}));
  EXPECT_NE(engine, "");
  EXPECT_EQ(evidence.arguments, said.arguments);
  EXPECT_EQ(evidence.clock, said.clock);
  EXPECT_EQ(evidence.files, said.files);
  EXPECT_EQ(evidence.patterns, said.patterns);
  EXPECT_EQ(evidence.servers, said.servers);
  ASSERT_TRUE(evidence.state);
  EXPECT_EQ(evidence.state->name, "state.db");
  EXPECT_EQ(evidence.state->sign_offs, said.state->sign_offs);
  EXPECT_EQ(evidence.state->sendings, said.state->sendings);
  EXPECT_EQ(evidence.state->baselines, said.state->baselines);
  ASSERT_TRUE(evidence.history);
  EXPECT_TRUE(evidence.history->own);
  EXPECT_EQ(evidence.history->name, "d.log");
  EXPECT_EQ(evidence.history->digest, "sha256:1");
}

TEST(LogEvidence, WhatSaysNothingIsRefused) {
  const std::string whole = log_entry(decision::Verdict{}, 0, {}, all_of_it());
  const std::pair<const char*, const char*> changes[] = {
      {R"("run":{)", R"("ran":{)"},           {R"("run":{)", R"("run":[],"x":{)"},    {R"("clock":"2025)", R"("clock":"x2025)"},
      {R"(["p.dpol",)", R"([[],)"},           {R"({"name":"p.dpol",)", R"({"name":3,)"}, {R"("files":["r/a.xml")", R"("files":[7)"},
      {R"("state":{)", R"("state":3,"x":{)"}, {R"("sign_offs":[{"item")", R"("sign_offs":[{"item":[],"x")"},
      {R"("not_applicable")", R"("perhaps")"}, {R"("sendings":[{)", R"("sendings":[7,{)"}, {R"("value":"3")", R"("value":"much")"},
      {R"("own":true)", R"("own":"yes")"},    {R"("engine":{)", R"("engine":3,"x":{)"}};
  for (const auto& [from, to] : changes) {
    std::string changed = whole;
    const std::size_t at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << whole;
    changed.replace(at, std::string_view(from).size(), to);
    EXPECT_TRUE(std::holds_alternative<std::string>(read_log_evidence(changed))) << changed;
  }
  for (std::size_t length = 0; length < whole.size(); length += 3)
    EXPECT_TRUE(std::holds_alternative<std::string>(read_log_evidence(whole.substr(0, length)))) << length;
  EXPECT_EQ(std::get<std::string>(read_log_evidence(kWhole)),
            "was recorded by a dpol that did not record what a decision was made of");
}

}  // namespace
}  // namespace dpol::cli
