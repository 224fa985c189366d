#include "bench/by_hand.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dpol::bench {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits(const std::string& text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

bool is_version(const std::string& text) {
  if (text.empty() || text[0] != 'v') return false;
  std::size_t at = 1;
  for (int part = 0; part < 3; ++part) {
    const std::size_t n = digits(text, at);
    if (n == 0) return false;
    at += n;
    if (part < 2 && (at >= text.size() || text[at++] != '.')) return false;
  }
  return at == text.size();
}

bool is_ticket(const std::string& text) {
  if (text.compare(0, 4, "CHG-") != 0) return false;
  const std::size_t n = digits(text, 4);
  return n >= 4 && n <= 6 && text.size() == 4 + n;
}

Figures figures(const nlohmann::json& j) {
  return {j.at("error_rate"), j.at("p50"), j.at("p95"), j.at("p99"),
          j.at("rps"), j.at("cpu"), j.at("mem"), j.at("saturation")};
}

}  // namespace

Service parse_by_hand(const std::string& text) {
  const nlohmann::json j = nlohmann::json::parse(text);
  Service s;
  s.tier = j.at("service").at("tier");
  const nlohmann::json& d = j.at("deploy");
  s.env = d.at("env");
  s.version = d.at("version");
  s.strategy = d.at("strategy");
  s.region = d.at("region");
  s.author = d.at("author");
  s.approver = d.at("approver");
  s.ticket = d.at("ticket");
  s.hour = d.at("hour");
  s.dow = d.at("dow");
  s.approvals = d.at("approvals");
  s.freeze = d.at("freeze");
  s.allow_migrations = d.at("allow_migrations");
  s.baseline = figures(j.at("baseline"));
  s.canary = figures(j.at("canary"));
  s.critical = j.at("trivy").at("critical");
  s.high = j.at("trivy").at("high");
  s.medium = j.at("trivy").at("medium");
  const nlohmann::json& t = j.at("tests");
  s.passed = t.at("passed");
  s.failed = t.at("failed");
  s.skipped = t.at("skipped");
  s.total = t.at("total");
  s.coverage = t.at("coverage");
  s.restart_count = j.at("health").at("restart_count");
  s.consecutive_failures = j.at("health").at("consecutive_failures");
  s.status = j.at("health").at("status");
  s.migrations_pending = j.at("db").at("migrations_pending");
  s.backup_age_minutes = j.at("db").at("backup_age_minutes");
  s.replica_lag_s = j.at("db").at("replica_lag_s");
  s.alerts_critical = j.at("alerts").at("critical");
  s.alerts_warning = j.at("alerts").at("warning");
  s.error_budget_remaining = j.at("slo").at("error_budget_remaining");
  s.runbook = j.at("docs").at("runbook");
  s.rollback_plan = j.at("docs").at("rollback_plan");
  s.changelog = j.at("docs").at("changelog");
  s.dashboards = j.at("monitoring").at("dashboards");
  s.monitoring_alerts = j.at("monitoring").at("alerts");
  s.oncall = j.at("monitoring").at("oncall");
  for (const nlohmann::json& p : j.at("pods")) {
    s.pods.push_back({p.at("status"), p.at("restarts"), p.at("cpu"), p.at("mem"), p.at("mem_limit"), p.at("ready")});
  }
  return s;
}

std::uint64_t judge_by_hand(const Service& s) {
  std::uint64_t holds = 0;
  int rule = 0;
  const auto note = [&](bool b) { holds |= std::uint64_t{b} << rule++; };
  const auto every = [&](auto test) { return std::all_of(s.pods.begin(), s.pods.end(), test); };
  const Figures& b = s.baseline;
  const Figures& c = s.canary;
  note(c.error_rate <= b.error_rate + 0.01);
  note(c.p95 <= b.p95 * 1.1);
  note(c.p99 < b.p99 * 2.0);
  note(c.p50 <= b.p50 * 1.25);
  note(s.restart_count <= 5);
  note(s.critical == 0 && s.high == 0);
  note(s.medium <= 10);
  note(s.failed == 0);
  note(s.coverage >= 0.8);
  note(s.env == "production");
  note(is_version(s.version));
  note(s.region == "eu-west-1" || s.region == "us-east-1" || s.region == "us-west-2" || s.region == "ap-south-1");
  note(s.strategy == "canary" || s.strategy == "blue_green" || s.strategy == "rolling");
  note(every([](const Pod& p) { return p.status == "Running" && p.restarts < 3; }));
  note(every([](const Pod& p) { return p.ready; }));
  note(every([](const Pod& p) { return !(p.cpu > 0.9); }));
  note(every([](const Pod& p) { return p.mem <= p.mem_limit * 0.9; }));
  note(s.passed / s.total >= 0.98);
  note(s.skipped <= s.total * 0.02);
  note(s.passed + s.failed + s.skipped == s.total);
  note(c.rps >= b.rps * 0.8 && c.rps <= b.rps * 1.2);
  note(c.cpu <= b.cpu + 0.15 || c.cpu < 0.5);
  note(c.mem <= b.mem * 1.2);
  note(c.saturation < 0.8);
  note(s.migrations_pending == 0 || s.allow_migrations);
  note(s.backup_age_minutes <= 60);
  note(s.replica_lag_s < 5);
  note(s.hour >= 9 && s.hour < 17);
  note(s.dow >= 1 && s.dow <= 4);
  note(!s.freeze);
  note(s.approvals >= 2);
  note(s.author != s.approver);
  note(is_ticket(s.ticket));
  note(s.alerts_critical == 0 && s.alerts_warning <= 3);
  note(s.error_budget_remaining > 0.1);
  note((c.p95 - b.p95) / b.p95 < 0.25);
  note(s.tier > 2 || s.runbook);
  note(s.rollback_plan && s.changelog);
  note(s.dashboards >= 1 && s.monitoring_alerts >= 3 && !s.oncall.empty());
  note(s.consecutive_failures < 3 && s.status != "degraded" && s.status != "down");
  return holds;
}

}  // namespace dpol::bench
