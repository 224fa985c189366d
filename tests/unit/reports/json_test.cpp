#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "runtime/reports/messages.h"
#include "runtime/reports/report.h"
#include "tests/unit/reports/schema.h"
#include "tests/unit/reports/verdicts.h"

namespace dpol::reports {
namespace {

using decision::Decision;
using decision::Outcome;
using decision::RuleVerdict;
using decision::Verdict;
using nlohmann::json;
using testing::canary;
using testing::policy;
using testing::rule;
using testing::verdict;
using testing::with_procedure;
using testing::violations;
using ::testing::IsEmpty;
using ::testing::Not;

json schema() {
  std::ifstream in(DPOL_SOURCE_DIR "/docs/report.schema.json");
  return json::parse(in);
}

json rendered(const Verdict& verdict) { return json::parse(render(Format::json, verdict)); }

// Every field filled, of every kind of rule.
Verdict full() {
  RuleVerdict all = rule("shop.all", "require", Outcome::fail, "a <= 1");
  all.observed = {{"a", 0, 1, {"2", "3"}, "m.json:3", true}, {"b", 9, 1, {"unknown (stale)"}, "", false}};
  all.margin = "+2";
  all.margin_words = "2 over";
  all.margin_expr = "a <= 1";
  all.missing = {{"b", "stale", "b is stale", "m.json:2"}, {"c", "missing", "c was not given", ""}};
  all.fired_at = "2025-02-13T14:06:00Z";
  all.due_at = "2025-02-13T14:06:00.5Z";
  all.trial_until = "2025-02-14T00:00:00Z";
  all.score = "50%..75%";
  all.parts = {{.condition = "a < 1", .half = "a < 2", .worth = "2", .earned = "1..2", .observed = all.observed,
                .missing = all.missing, .place = {"shop.dpol", 4, 1}}};
  all.title = "All";
  all.group = "before";
  all.reason = "because";
  all.severity = "high";
  all.doc = "Docs";
  all.why = "Why";
  all.evidence = "Evidence";
  all.covers = {"G006"};
  all.each = {"pod"};
  all.series = {{{"pod", "a"}}};
  all.series_alike = 1;
  all.series_judged = 3;
  all.overrides = {{"replace", "shop.all", "", "a <= 2", "a <= 1", {"shop.dpol", 3, 1}}};
  RuleVerdict trial = rule("shop.trial", "rollback", Outcome::fired, "x");
  trial.trial = true;
  trial.place = {"shop.dpolc", 0, 0};
  RuleVerdict bare = rule("shop.bare", "confirm", Outcome::pending, "");
  bare.place = {};
  bare.owner = "";
  bare.sign_offs = {{.by = "Ann", .role = "manager", .answer = "confirm", .at = "2025-02-13T14:01:00Z", .note = "Read",
                     .source = "signoffs.json:4", .counts = false, .why_not = "has expired"}};
  bare.confirm_command = "dpol confirm shop.bare --by NAME";
  decision::PolicyVerdict shop = policy("shop", Decision::no_go, {all, trial, bare});
  shop.rollout = decision::RolloutVerdict{.name = "canary", .stage = "", .step = 0, .steps = 5, .next = {}, .stage_began_at = {}};
  shop.rollout->stage_title = "Ten";
  shop.rollout->run = "make smoke";
  shop.rollout->because = "risk == high";
  shop.rollout->others = {"rolling"};
  shop.decision_reason = "reason";
  shop.overrides = all.overrides;
  shop.service = "";
  Verdict out = verdict({shop});
  out.at_from_clock = true;
  out.inputs.push_back({"--fact", ""});
  return out;
}

Verdict several() {
  decision::PolicyVerdict other = policy("other", Decision::hold, {});
  other.applies = false;
  other.decision_word = "decides nothing";
  other.not_applicable_because = "only if environment == staging";
  return verdict({canary().policies[0], other});
}

// The document of the contract, field by field and in its order.
TEST(Json, Canary) {
  Verdict one = canary();
  one.policies[0].rules.erase(one.policies[0].rules.begin());
  one.policies[0].counts[static_cast<std::size_t>(Outcome::pass)] = 0;
  const std::string text = render(Format::json, one);
  const std::string version = json::parse(text)["engine"]["version"];
  EXPECT_EQ(text, R"({
  "schema": "dpol.report/1",
  "decision": "rollback",
  "exit_code": 3,
  "at": "2025-02-13T14:06:00Z",
  "deployed_at": "2025-02-13T13:30:00Z",
  "policy": {
    "id": "auth_canary",
    "title": "Authentication service, canary",
    "digest": "sha256:00ff",
    "files": [
      "auth_canary.dpol"
    ],
    "owner": "team-identity"
  },
  "release": {
    "service": "auth-service",
    "version": "3.1.0",
    "environment": null
  },
  "rollout": {
    "name": "canary",
    "stage": "50%",
    "step": 3,
    "steps": 5,
    "next": "75%",
    "stage_began_at": "2025-02-13T14:04:00Z"
  },
  "summary": {
    "pass": 0,
    "warn": 0,
    "fail": 0,
    "fired": 1,
    "held": 0,
    "pending": 0,
    "unknown": 0,
    "waived": 0,
    "skipped": 0
  },
  "rules": [
    {
      "id": "auth_canary.canary.latency_p95.rollback",
      "verb": "rollback",
      "title": null,
      "outcome": "fired",
      "condition": "latency_p95 >= 250ms in 3 of 5 samples",
      "observed": [
        {
          "expr": "latency_p95",
          "values": [
            "268ms",
            "272ms",
            "265ms"
          ],
          "source": "metrics.ndjson:3",
          "known": true,
          "column": 0,
          "length": 11
        }
      ],
      "margin": "+22ms",
      "missing": [],
      "location": {
        "file": "auth_canary.dpol",
        "line": 25,
        "column": 29
      },
      "owner": "team-identity",
      "severity": null,
      "waiver": null,
      "overrides": [],
      "group": "canary",
      "margin_words": "22ms over",
      "margin_expr": "latency_p95 >= 250ms",
      "fired_at": "2025-02-13T14:06:00Z"
    }
  ],
  "inputs": [
    {
      "name": "metrics.ndjson",
      "digest": "sha256:aa"
    }
  ],
  "engine": {
    "version": ")" + version + R"("
  }
}
)");
}

TEST(Json, KeepsToItsSchema) {
  const json allowed = schema();
  EXPECT_THAT(violations(allowed, rendered(canary())), IsEmpty());
  EXPECT_THAT(violations(allowed, rendered(full())), IsEmpty());
  EXPECT_THAT(violations(allowed, rendered(several())), IsEmpty());
  EXPECT_THAT(violations(allowed, rendered(verdict({}))), IsEmpty());
}

// All fields that a report may have are in the schema, and every one of them was seen.
TEST(Json, TellsOfMessagesWhatTheSchemaSays) {
  decision::Verdict verdict = full();
  decision::MessageVerdict message{.id = "p.window", .name = "window", .text = "Deploying\n\x1b[2J",
                                   .recipients = {{.name = "manager", .is_role = true, .members = {"Ann"}}},
                                   .channels = {"mail"}, .when = "at T", .state = decision::MessageState::late,
                                   .reason = "late by 1h", .from = "2025-02-13T14:00:00Z",
                                   .until = "2025-02-13T15:00:00Z", .sent_at = "2025-02-13T13:00:00Z",
                                   .again_at = "2025-02-13T16:00:00Z",
                                   .missing = {{.name = "x", .fault = "missing", .reason = "x was not given", .source = ""}},
                                   .owner = "team", .severity = "high", .doc = "doc", .why = "why",
                                   .evidence = "evidence", .covers = {"G1"}, .place = {.file = "p.dpol", .line = 2, .column = 3}};
  decision::MessageVerdict later = message;
  later.state = decision::MessageState::not_yet;
  verdict.policies[0].messages = {message, later};
  const json report = rendered(verdict);
  ASSERT_EQ(report["messages"].size(), 2U);
  const json allowed = schema()["$defs"]["message"];
  const json& one = report["messages"][0];
  for (const auto& [field, ignored] : one.items()) EXPECT_TRUE(allowed["properties"].contains(field)) << field;
  EXPECT_EQ(one.size(), allowed["properties"].size());
  for (const json& field : allowed["required"]) EXPECT_TRUE(one.contains(field)) << field;
  for (std::size_t i = 0; i < 7; ++i) {
    const char* state = decision::name(static_cast<decision::MessageState>(i));
    EXPECT_EQ(allowed["properties"]["state"]["enum"][i], state);
  }
  const json due = json::parse(messages_as_json(verdict, Which::due));
  EXPECT_EQ(due["schema"], "dpol.messages/1");
  EXPECT_EQ(due["messages"], json::array({one}));
  EXPECT_EQ(json::parse(messages_as_json(verdict, Which::all))["messages"].size(), 2U);
  const std::string text = messages_as_text(verdict, Which::all);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("p.window"), std::string::npos);
}

TEST(Json, HasNoFieldThatTheSchemaLacks) {
  const json allowed = schema();
  const auto same = [&](const json& value, const char* definition) {
    std::set<std::string> documented;
    for (const auto& [field, ignored] : allowed["$defs"][definition]["properties"].items()) documented.insert(field);
    std::set<std::string> seen;
    for (const auto& [field, ignored] : value.items()) seen.insert(field);
    for (const std::string& field : seen) EXPECT_EQ(documented.count(field), 1U) << definition << "." << field;
  };
  const json report = rendered(full());
  same(report, "report");
  for (const json& one : report["rules"]) same(one, "rule");
  same(report["rules"][0]["observed"][0], "observed");
  same(report["rules"][0]["missing"][0], "missing");
  same(report["rules"][0]["overrides"][0], "override");
  same(report["summary"], "summary");
  same(report["rules"][0]["parts"][0], "part");
  EXPECT_EQ(report["rules"][0]["parts"][0].size(), allowed["$defs"]["part"]["properties"].size());
  const json& rollout = report["rollout"];
  for (const auto& [field, ignored] : rollout.items()) {
    EXPECT_TRUE(allowed["$defs"]["report"]["properties"]["rollout"]["properties"].contains(field)) << field;
  }
  EXPECT_EQ(rollout["because"], "risk == high");
  EXPECT_EQ(rollout["others"], json({"rolling"}));
  same(rendered(several()), "reports");
  std::set<std::string> rule_fields;
  for (const json& one : report["rules"]) {
    for (const auto& [field, ignored] : one.items()) rule_fields.insert(field);
  }
  EXPECT_EQ(rule_fields.size(), allowed["$defs"]["rule"]["properties"].size());
}

// Each field of each part of a report, with its type and whether it is always there, a line each.
std::set<std::string> promises(const json& schema) {
  std::set<std::string> lines;
  for (const auto& [part, definition] : schema["$defs"].items()) {
    json bare = definition;
    const auto strip = [](const auto& self, json& value) -> void {
      if (value.is_object()) value.erase("description");
      for (json& child : value) {
        if (child.is_structured()) self(self, child);
      }
    };
    strip(strip, bare);
    for (const json& field : bare.value("required", json::array())) lines.insert(part + "." + field.get<std::string>() + " is always there");
    if (!bare.contains("properties")) {
      lines.insert(part + " is " + bare.dump());
      continue;
    }
    for (const auto& [field, type] : bare["properties"].items()) lines.insert(part + "." + field + " is " + type.dump());
  }
  return lines;
}

// What dpol.report/1 once promised it promises for good: a line that is gone or another would be dpol.report/2. New
// fields are added to the file, by hand or with DPOL_UPDATE=1.
TEST(Json, KeepsWhatItOncePromised) {
  const std::string file = std::string(DPOL_SOURCE_DIR) + "/tests/data/report-1.promises";
  const std::set<std::string> now = promises(schema());
  std::set<std::string> then;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) then.insert(line);
  if (std::getenv("DPOL_UPDATE") != nullptr) {
    std::ofstream out(file, std::ios::app);
    for (const std::string& line : now) {
      if (then.count(line) == 0) out << line << "\n";
    }
    return;
  }
  ASSERT_GT(then.size(), 100U);
  for (const std::string& line : then) EXPECT_EQ(now.count(line), 1U) << "no longer so: " << line;
  for (const std::string& line : now) EXPECT_EQ(then.count(line), 1U) << "new, and not promised yet: " << line;
}

TEST(Json, ExitCodesAreWhatTheyWere) {
  EXPECT_EQ(decision::exit_code(Decision::go), 0);
  EXPECT_EQ(decision::exit_code(Decision::no_go), 1);
  EXPECT_EQ(decision::exit_code(Decision::hold), 2);
  EXPECT_EQ(decision::exit_code(Decision::rollback), 3);
  EXPECT_EQ(decision::kExitNothingDecided, 4);
}

TEST(Json, OfProceduresHasAllFieldsThatTheSchemaNames) {
  const json allowed = schema();
  const json report = rendered(verdict({with_procedure()}));
  EXPECT_THAT(violations(allowed, report), IsEmpty());
  const auto seen = [&](const json& values, const char* definition) {
    std::set<std::string> fields;
    for (const json& value : values) {
      for (const auto& [field, ignored] : value.items()) fields.insert(field);
    }
    std::set<std::string> documented;
    for (const auto& [field, ignored] : allowed["$defs"][definition]["properties"].items()) documented.insert(field);
    EXPECT_EQ(fields, documented) << definition;
  };
  const json& procedures = report["procedures"];
  seen(procedures, "procedure");
  seen(procedures[0]["steps"], "procedure_step");
  EXPECT_EQ(procedures[0]["steps"][0]["complete"], false);
  EXPECT_EQ(procedures[0]["steps"][1]["run"], nullptr);
  EXPECT_EQ(procedures[0]["steps"][1]["checks"][0]["outcome"], "fail");
}

TEST(Json, TheSchemaRefuses) {
  const json allowed = schema();
  const auto refused = [&](const char* pointer, const json& value) {
    json report = rendered(full());
    report[json::json_pointer(pointer)] = value;
    EXPECT_THAT(violations(allowed, report), Not(IsEmpty())) << pointer << " = " << value;
  };
  refused("/decision", "maybe");
  refused("/exit_code", 7);
  refused("/at", "yesterday");
  refused("/schema", "dpol.report/2");
  refused("/rules/0/outcome", "ok");
  refused("/rules/0/observed/0/values/0", 268);
  refused("/rules/0/location/line", 0);
  refused("/rules/0/title", "");
  refused("/summary/pass", -1);
  refused("/inputs/0/digest", "md5:00");
  for (const json& field : allowed["$defs"]["report"]["required"]) {
    json report = rendered(full());
    report.erase(field.get<std::string>());
    EXPECT_THAT(violations(allowed, report), Not(IsEmpty())) << field;
  }
}

TEST(Json, WhatIsNotThereIsNullOrAbsent) {
  const json report = rendered(full());
  EXPECT_TRUE(report["release"]["service"].is_null());
  EXPECT_TRUE(report["rollout"]["stage"].is_null());
  EXPECT_TRUE(report["rollout"]["step"].is_null());
  EXPECT_TRUE(report["rules"][2]["condition"].is_null());
  EXPECT_TRUE(report["rules"][2]["location"].is_null());
  EXPECT_TRUE(report["rules"][2]["owner"].is_null());
  EXPECT_FALSE(report["rules"][2].contains("reason"));
  EXPECT_FALSE(report["rules"][2].contains("trial"));
  EXPECT_TRUE(report["inputs"][1]["digest"].is_null());
  EXPECT_TRUE(rendered(verdict({policy("p", Decision::go, {})}))["rollout"].is_null());
  EXPECT_FALSE(rendered(canary()).contains("at_from_clock"));
}

TEST(Json, TrialsAreCountedApart) {
  const json report = rendered(full());
  EXPECT_EQ(report["rules"][1]["trial"], true);
  EXPECT_EQ(report["summary"]["fired"], 0);
  EXPECT_EQ(report["trial_summary"]["fired"], 1);
  EXPECT_FALSE(rendered(canary()).contains("trial_summary"));
}

TEST(Json, SeveralPoliciesAreEachADocument) {
  const json both = rendered(several());
  EXPECT_EQ(both["decision"], "rollback");
  EXPECT_EQ(both["exit_code"], 3);
  ASSERT_EQ(both["policies"].size(), 2U);
  EXPECT_EQ(both["policies"][0], rendered(verdict({canary().policies[0]})));
  EXPECT_TRUE(both["policies"][1]["decision"].is_null());
  EXPECT_EQ(both["policies"][1]["exit_code"], 4);
  EXPECT_EQ(both["policies"][1]["reason"], "only if environment == staging");
}

TEST(Json, BytesThatAreNotUtf8AreReplaced) {
  Verdict odd = canary();
  odd.policies[0].service = "a\xff";
  EXPECT_EQ(rendered(odd)["release"]["service"], "a\xef\xbf\xbd");
}

TEST(Formats, EachHasANameAndADoc) {
  ASSERT_FALSE(formats().empty());
  for (const FormatInfo& info : formats()) {
    EXPECT_EQ(find_format(info.name), &info);
    EXPECT_FALSE(info.doc.empty());
    EXPECT_TRUE(render(info.format, canary()).ends_with("\n")) << info.name;
    EXPECT_EQ(render(info.format, canary()), render(info.format, canary()));
  }
  EXPECT_EQ(find_format("prety"), nullptr);
  EXPECT_TRUE(find_format("html")->draws);
  EXPECT_FALSE(find_format("json")->draws);
}

}  // namespace
}  // namespace dpol::reports
